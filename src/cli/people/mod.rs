//! `atena people`: whom mail goes to – learnt from sent mail and address books, looked at, joined, forgotten.

mod clients;
mod import;
mod said;
mod show;

use std::io::Write;
use std::path::PathBuf;

use clap::Subcommand;

use super::Stop;
use crate::config::Config;
use crate::facts::Directory;
use crate::gate;
use crate::lang::{Bilingual, Lang};
use crate::store::{People, Store, StoreError};

/// No such person.
const NOT_DONE: u8 = 1;

/// More people than this nobody reads in a table.
const LIST_LIMIT: usize = 1000;

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Learn whom you write to from your sent mail; nothing of the text is kept, and known mails are left out
    Import(Import),
    /// List the people known, those most written to first
    List {
        /// Only those whose address or name has these words
        #[arg(value_name = "WORDS")]
        words: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show all that is kept of a person
    Show {
        /// Mail address
        #[arg(value_name = "ADDRESS")]
        person: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Note that two addresses are one person's
    Merge {
        /// Mail address
        #[arg(value_name = "ADDRESS")]
        person: String,
        /// Another address of the same person
        #[arg(value_name = "ADDRESS")]
        other: String,
    },
    /// Delete all that is kept of people
    Forget {
        /// Mail addresses
        #[arg(value_name = "ADDRESS", required_unless_present = "everybody")]
        people: Vec<String>,
        /// Everybody, and all that was learnt from mail
        #[arg(long = "all", conflicts_with = "people")]
        everybody: bool,
    },
    /// Print the organisations often written to that are no `[[client]]` yet, as blocks for the configuration
    Clients,
    /// Print all that was learnt as lines of JSON that `import` reads
    Export,
}

/// What to learn from.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// Sent mail (.eml, directories, Maildirs, mbox files; - for standard input), a folder of a server
    /// (imaps://user@host/Sent), an address book (.vcf, .csv, .ldif), or history as lines of JSON (.jsonl)
    #[arg(required = true, value_name = "SOURCE")]
    pub(super) sources: Vec<PathBuf>,
    /// Another address of your own that mails may come from; may be given several times (default: those of the
    /// configuration, else any)
    #[arg(long, value_name = "ADDRESS")]
    pub(super) from: Vec<String>,
    /// The address, or @domain of your organisation, that all of it counts for (default: the one each mail comes from)
    #[arg(long = "as", value_name = "ADDRESS")]
    pub(super) as_sender: Option<String>,
    /// Command that prints the password for the server (default: it is asked for)
    #[arg(long, value_name = "COMMAND", group = "secret")]
    pub(super) password_command: Option<String>,
    /// Environment variable that holds the password for the server
    #[arg(long, value_name = "NAME", group = "secret")]
    pub(super) password_env: Option<String>,
    /// Command that prints an access token for the server (OAuth 2.0)
    #[arg(long, value_name = "COMMAND", group = "secret")]
    pub(super) token_command: Option<String>,
}

/// # Errors
/// The store cannot be opened, read or written; a source that nothing can be learnt from.
pub fn run(config: &Config, command: &Command, lang: Lang, out: &mut dyn Write) -> Result<u8, Stop> {
    let store = Store::open(&config.data_dir).map_err(|error| told(&error, lang))?;
    let desk = Desk { people: store.people(), clients: gate::setup::facts(config, None).clients, config, lang };
    match command {
        Command::Import(import) => desk.import(import, out),
        Command::List { words, json } => desk.list(words.as_deref().unwrap_or_default(), *json, out),
        Command::Show { person, json } => desk.show(person, *json, out),
        Command::Merge { person, other } => desk.merge(person, other, out),
        Command::Forget { people, everybody } => desk.forget(people, *everybody, out),
        Command::Clients => desk.clients(out),
        Command::Export => desk.export(out),
    }
}

struct Desk<'a> {
    people: People,
    /// Of the configuration.
    clients: Directory,
    config: &'a Config,
    lang: Lang,
}

impl Desk<'_> {
    fn merge(&self, one: &str, other: &str, out: &mut dyn Write) -> Result<u8, Stop> {
        for address in [one, other] {
            if self.people.show(address).map_err(|error| told(&error, self.lang))?.is_empty() {
                return self.unknown(address, out);
            }
        }
        let count = self.people.merge(one, other).map_err(|error| told(&error, self.lang))?;
        let said = match count {
            0 => Bilingual::new(
                "nobody writes to both of them: they are known to different senders",
                "両方のアドレスに送っている差出人がいません",
            ),
            _ => Bilingual::new(
                format!("{one} and {other} are one person now"),
                format!("{one} と {other} を同じ人として記録しました"),
            ),
        };
        writeln!(out, "{}", said.get(self.lang))?;
        Ok(if count == 0 { NOT_DONE } else { 0 })
    }

    fn forget(&self, people: &[String], everybody: bool, out: &mut dyn Write) -> Result<u8, Stop> {
        if everybody {
            self.people.forget_all().map_err(|error| told(&error, self.lang))?;
            let said = Bilingual::new("all that was learnt is deleted", "学習した内容をすべて削除しました");
            writeln!(out, "{}", said.get(self.lang))?;
            return Ok(0);
        }
        let mut code = 0;
        for address in people {
            if self.people.forget(address).map_err(|error| told(&error, self.lang))? == 0 {
                code = self.unknown(address, out)?;
                continue;
            }
            let said = Bilingual::new(
                format!("{address}: deleted, with everything that leads to it"),
                format!("{address} の記録をすべて削除しました"),
            );
            writeln!(out, "{}", said.get(self.lang))?;
        }
        Ok(code)
    }

    fn unknown(&self, address: &str, out: &mut dyn Write) -> Result<u8, Stop> {
        let said = Bilingual::new(
            format!("{address}: nothing is known of it"),
            format!("{address} についての記録はありません"),
        );
        writeln!(out, "{}", said.get(self.lang))?;
        Ok(NOT_DONE)
    }
}

fn told(error: &StoreError, lang: Lang) -> Stop {
    Stop::Message(error.explain().get(lang).to_owned())
}
