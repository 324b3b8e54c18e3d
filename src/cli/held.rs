//! `atena held`: what is kept, why, and what to do with it. Works beside a relay that runs: both see the same store.

mod dialogue;
mod drafts;
mod opener;
mod page;
mod table;
mod watch;

use std::io::{BufRead, Write};

use clap::Subcommand;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use dialogue::Dialogue;
use opener::Opener;
use page::Draft;

use super::Stop;
use crate::config::Config;
use crate::finding::{Allowed, Finding};
use crate::gate::feedback::Feedback;
use crate::gate::record;
use crate::lang::Lang;
use crate::message::Address;
use crate::output::{self, HeldEntry, HeldList, HeldMail, HeldSheet, SheetJson};
use crate::store::{Filter, Found, MailId, Release, State, Store, StoreError, StoredMail, Summary};

/// No such mail, or it cannot be done to it.
const NOT_DONE: u8 = 1;

/// More mails than this nobody reads in a table.
const LIST_LIMIT: u32 = 1000;

/// What is listed that is not over.
const WAITING: [State; 4] = [State::Held, State::Failed, State::Ready, State::Sending];

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
    /// Show one mail: whom it goes to, why it is held, its text with the words marked, what happened to it
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
        /// In place of the second person it waits for; kept in the record
        #[arg(long)]
        approve: bool,
    },
    /// Throw mails away
    Drop {
        /// Ids from the list, or their beginnings
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
        /// It would have gone to the wrong person: remember whom the recipients were confused with
        #[arg(long)]
        mistake: bool,
    },
    /// Put mails into the folder of drafts of their account's mailbox
    Draft {
        /// Ids from the list, or their beginnings
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
        /// Throw each away once its draft is there
        #[arg(long)]
        drop: bool,
    },
    /// Take mails that wait for sending back to held
    Cancel {
        /// Ids from the list, or their beginnings
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
    },
    /// Print a line for each mail that begins to wait, and for each decision, until Ctrl-C
    Watch {
        /// End after the first line
        #[arg(long)]
        once: bool,
        /// Print JSON, one object per line
        #[arg(long)]
        json: bool,
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
pub fn run<'a>(config: &'a Config, command: &Command, style: &'a Style, streams: Streams<'a>) -> Result<u8, Stop> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(Desk::open(config, style, streams)?.run(command))
}

/// Shows the list and does what is typed, until `q` or the end of the input. For a person at a terminal.
///
/// # Errors
/// The store or the rules cannot be read, or a stream cannot be written.
pub fn converse<'a>(
    config: &'a Config,
    style: &'a Style,
    input: &'a mut dyn BufRead,
    streams: Streams<'a>,
) -> Result<u8, Stop> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let desk = Desk::open(config, style, streams)?;
    let opener = Opener::new(config, &desk.store)?;
    runtime.block_on(Dialogue { desk, opener, input, mails: Vec::new(), sent: None }.run())
}

struct Desk<'a> {
    config: &'a Config,
    store: Store,
    feedback: Feedback,
    style: &'a Style,
    streams: Streams<'a>,
}

impl<'a> Desk<'a> {
    fn open(config: &'a Config, style: &'a Style, streams: Streams<'a>) -> Result<Desk<'a>, Stop> {
        let store = Store::open(&config.data_dir).map_err(|error| told(&error, style.lang))?;
        Ok(Desk { config, feedback: Feedback::new(store.clone(), config), store, style, streams })
    }
}

impl Desk<'_> {
    async fn run(mut self, command: &Command) -> Result<u8, Stop> {
        match command {
            Command::List { all, json } => self.list(*all, *json).await,
            Command::Show { id, raw, json } => self.show(id, *raw, *json).await,
            Command::Release { ids, note, without, approve } => {
                let without = without.iter().map(|text| self.address(text)).collect::<Result<Vec<_>, _>>()?;
                let release = Release { without, note: note.clone(), approves: *approve, ..Release::default() };
                let feedback = if *approve { self.feedback.by("--approve".to_owned()) } else { self.feedback.clone() };
                self.each(ids, async |_, id| feedback.release(id, release.clone(), Timestamp::now()).await).await
            }
            Command::Drop { ids, mistake } => {
                self.each(ids, async |desk, id| desk.feedback.drop_mail(id, *mistake, Timestamp::now()).await).await
            }
            Command::Draft { ids, drop } => self.hand_back(ids, *drop).await,
            Command::Watch { once, json } => watch::run(&mut self, *json, *once).await,
            Command::Cancel { ids } => {
                self.each(ids, async |desk, id| desk.store.cancel(id, Timestamp::now()).await).await
            }
        }
    }

    async fn list(&mut self, all: bool, json: bool) -> Result<u8, Stop> {
        let states = if all { Vec::new() } else { WAITING.to_vec() };
        let filter = Filter { states, limit: LIST_LIMIT, ..Filter::default() };
        let mails = self.store.list(filter).await.map_err(|error| told(&error, self.style.lang))?;
        if json {
            let entry = |mail| {
                let (findings, allowed) = kept_for(mail);
                HeldEntry::of(mail, &findings, &allowed, self.style.lang)
            };
            output::write_json(self.streams.out, &HeldList::of(mails.iter().map(entry).collect()))?;
        } else {
            table::write(self.streams.out, &mails, Timestamp::now(), self.style)?;
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
            (false, _) => self.page(mail, json)?,
        }
        Ok(0)
    }

    fn page(&mut self, mail: StoredMail, json: bool) -> Result<(), Stop> {
        let opener = Opener::new(self.config, &self.store)?;
        let opened = opener.open(mail);
        let sheet = opened.sheet(self.config);
        if json {
            let lang = self.style.lang;
            let mail = HeldMail::of(&opened.mail, &opened.findings, &opened.allowed, lang);
            output::write_json(self.streams.out, &HeldSheet { mail, sheet: SheetJson::of(&sheet, lang, true) })?;
        } else {
            page::write(self.streams.out, &opened, &sheet, &Draft::default(), self.style)?;
            page::choices(self.streams.out, &opened.mail)?;
        }
        Ok(())
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

/// What a mail was kept for, and what was found and does not count.
fn kept_for(mail: &Summary) -> (Vec<Finding>, Vec<Allowed>) {
    (record::read(&mail.findings_json), record::read_allowed(&mail.findings_json))
}
