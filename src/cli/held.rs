//! `atena held`: what is kept, why, and what to do with it. Works beside a relay that runs: both see the same store.

mod json;
mod page;
mod table;

use std::io::Write;

use clap::Subcommand;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Stop;
use crate::config::Config;
use crate::lang::Lang;
use crate::message::Address;
use crate::output;
use crate::store::{Filter, Found, MailId, State, Store, StoreError};

/// No such mail, or it cannot be done to it.
const NOT_DONE: u8 = 1;

/// More mails than this nobody reads in a table.
const LIST_LIMIT: u32 = 1000;

/// What to do. Ids are typed as people type them: their beginning is enough.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// List the mails that wait
    List {
        /// Also mails that were sent or dropped
        #[arg(long)]
        all: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show one mail, why it is held, and what happened to it
    Show {
        /// Id from the list, or its beginning
        #[arg(value_name = "ID")]
        id: String,
        /// Write the mail's own bytes
        #[arg(long)]
        raw: bool,
        /// Print JSON
        #[arg(long, conflicts_with = "raw")]
        json: bool,
    },
    /// Send mails on
    Release {
        /// Ids from the list, or their beginnings
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
        /// Reason, kept in the record
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        /// Send without this recipient; may be given several times
        #[arg(long, value_name = "ADDRESS")]
        without: Vec<String>,
    },
    /// Throw mails away
    Drop {
        /// Ids from the list, or their beginnings
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Take mails that wait for sending back to held
    Cancel {
        /// Ids from the list, or their beginnings
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
}

/// How people read it.
#[derive(Debug, Clone)]
pub struct Style {
    pub lang: Lang,
    pub colour: bool,
    /// Columns of the terminal.
    pub width: usize,
    pub time_zone: TimeZone,
}

/// Where it is written: results, and what could not be done.
pub struct Streams<'a> {
    pub out: &'a mut dyn Write,
    pub err: &'a mut dyn Write,
}

/// Runs one command on the configured store. Returns 0, or 1 if a mail does not exist or does not allow it.
///
/// # Errors
/// The store cannot be opened, an address is none, or a stream cannot be written.
pub fn run<'a>(config: &Config, command: &Command, style: &'a Style, streams: Streams<'a>) -> Result<u8, Stop> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let store = Store::open(&config.data_dir).map_err(|error| told(&error, style.lang))?;
    runtime.block_on(Desk { store, style, streams, now: Timestamp::now() }.run(command))
}

struct Desk<'a> {
    store: Store,
    style: &'a Style,
    streams: Streams<'a>,
    now: Timestamp,
}

impl Desk<'_> {
    async fn run(mut self, command: &Command) -> Result<u8, Stop> {
        match command {
            Command::List { all, json } => self.list(*all, *json).await,
            Command::Show { id, raw, json } => self.show(id, *raw, *json).await,
            Command::Release { ids, note, without } => {
                let without = without.iter().map(|text| self.address(text)).collect::<Result<Vec<_>, _>>()?;
                self.each(ids, async |desk, id| desk.store.release_without(id, &without, desk.now, note.clone()).await)
                    .await
            }
            Command::Drop { ids } => self.each(ids, async |desk, id| desk.store.drop_mail(id, desk.now).await).await,
            Command::Cancel { ids } => self.each(ids, async |desk, id| desk.store.cancel(id, desk.now).await).await,
        }
    }

    async fn list(&mut self, all: bool, json: bool) -> Result<u8, Stop> {
        let waiting = vec![State::Held, State::Failed, State::Ready, State::Sending];
        let states = if all { Vec::new() } else { waiting };
        let filter = Filter { states, after: None, limit: LIST_LIMIT };
        let mails = self.store.list(filter).await.map_err(|error| told(&error, self.style.lang))?;
        if json {
            let mails: Vec<json::Entry<'_>> = mails.iter().map(|mail| json::Entry::of(mail, self.style.lang)).collect();
            output::write_json(self.streams.out, &json::Listing { version: 1, mails })?;
        } else {
            table::write(self.streams.out, &mails, self.now, self.style)?;
        }
        Ok(0)
    }

    async fn show(&mut self, typed: &str, raw: bool, json: bool) -> Result<u8, Stop> {
        let Some(id) = self.find(typed).await? else { return Ok(NOT_DONE) };
        let found = self.store.mail(&id).await.map_err(|error| told(&error, self.style.lang))?;
        let Some(mail) = found else { return self.refuse(&StoreError::Unknown { id }) };
        match (raw, &mail.raw) {
            (true, Some(octets)) => self.streams.out.write_all(octets)?,
            (true, None) => {
                let (en, ja) = (
                    "the text is gone: the mail was sent or dropped",
                    "送信済みか破棄済みのため、本文は残っていません",
                );
                return self.complain(&format!("{id}: {}", self.word(en, ja)));
            }
            (false, _) if json => output::write_json(self.streams.out, &json::Whole::of(&mail, self.style.lang))?,
            (false, _) => page::write(self.streams.out, &mail, self.style)?,
        }
        Ok(0)
    }

    /// Does it to every mail named, also after one that does not allow it.
    async fn each(
        &mut self,
        ids: &[String],
        act: impl AsyncFn(&Self, &MailId) -> Result<(), StoreError>,
    ) -> Result<u8, Stop> {
        let mut code = 0;
        for typed in ids {
            let Some(id) = self.find(typed).await? else {
                code = NOT_DONE;
                continue;
            };
            match act(self, &id).await {
                Ok(()) => self.confirm(&id).await?,
                Err(error) => code = self.refuse(&error)?,
            }
        }
        Ok(code)
    }

    /// Says what the mail is now.
    async fn confirm(&mut self, id: &MailId) -> Result<(), Stop> {
        let mail = self.store.mail(id).await.map_err(|error| told(&error, self.style.lang))?;
        let state = mail.map_or(State::Dropped, |mail| mail.summary.state);
        let text = match state {
            State::Held => self.word("held again", "保留に戻しました"),
            State::Dropped => self.word("dropped", "破棄しました"),
            State::Ready | State::Sending | State::Sent | State::Failed => self.word(
                "released; it is sent within seconds while atena serve runs",
                "送信を許可しました。atena serve が動いていれば数秒で送信されます",
            ),
        };
        writeln!(self.streams.out, "{id}: {text}")?;
        Ok(())
    }

    /// The mail meant, or `None` after saying why there is none.
    async fn find(&mut self, typed: &str) -> Result<Option<MailId>, Stop> {
        let shown = output::one_line(typed);
        let found = self.store.find(typed).await.map_err(|error| told(&error, self.style.lang))?;
        let text = match found {
            Found::One(id) => return Ok(Some(id)),
            Found::None => match self.style.lang {
                Lang::En => format!("no mail has an id that begins with \"{shown}\"; atena held list shows all"),
                Lang::Ja => format!("ID が「{shown}」で始まるメールはありません。atena held list で一覧を表示できます"),
            },
            Found::Ambiguous(ids) => {
                let ids = ids.iter().map(MailId::as_str).collect::<Vec<_>>().join(", ");
                match self.style.lang {
                    Lang::En => format!("several mails begin with \"{shown}\": {ids}"),
                    Lang::Ja => format!("「{shown}」で始まるメールが複数あります: {ids}"),
                }
            }
        };
        self.complain(&text)?;
        Ok(None)
    }

    fn address(&self, text: &str) -> Result<Address, Stop> {
        Address::parse(text).map_err(|error| Stop::Message(format!("{}: {error}", output::one_line(text))))
    }

    fn refuse(&mut self, error: &StoreError) -> Result<u8, Stop> {
        self.complain(error.explain().get(self.style.lang))
    }

    fn complain(&mut self, text: &str) -> Result<u8, Stop> {
        writeln!(self.streams.err, "atena: {text}")?;
        Ok(NOT_DONE)
    }

    fn word<'t>(&self, en: &'t str, ja: &'t str) -> &'t str {
        match self.style.lang {
            Lang::En => en,
            Lang::Ja => ja,
        }
    }
}

fn told(error: &StoreError, lang: Lang) -> Stop {
    Stop::Message(error.explain().get(lang).to_owned())
}
