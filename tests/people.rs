//! Is what was learnt of the people written to right, kept once, found again, and gone when it is forgotten?
#![allow(clippy::unwrap_used)]

mod terminal;

#[path = "people/bounds.rs"]
mod bounds;
#[path = "people/commands.rs"]
mod commands;
#[path = "people/exported.rs"]
mod exported;
#[path = "people/forgotten.rs"]
mod forgotten;
#[path = "people/history.rs"]
mod history;
#[path = "people/import.rs"]
mod import;
#[path = "people/known.rs"]
mod known;
#[path = "people/learnt.rs"]
mod learnt;
#[path = "people/same.rs"]
mod same;
#[path = "people/told.rs"]
mod told;

use atena::correspondents::{Field, Outline};
use atena::message::Message;
use atena::store::{People, Store};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::Connection;

/// Whose mail it is unless a test says otherwise.
const ME: &str = "ogawa@own.example";

/// A store of its own.
struct Scene {
    directory: tempfile::TempDir,
    store: Store,
    people: People,
}

impl Scene {
    fn new() -> Scene {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(directory.path()).unwrap();
        let people = store.people();
        Scene { directory, store, people }
    }

    /// As another program would look at it.
    fn database(&self) -> Connection {
        Connection::open(self.store.path()).unwrap()
    }

    fn count(&self, table: &str) -> i64 {
        self.database().query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    }
}

/// `minutes` after the beginning of every test.
fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_750_000_000 + minutes * 60).unwrap()
}

/// A mail of one's own; each moment is another mail.
fn mail(minutes: i64, to: &[&str]) -> Outline {
    about(minutes, to, "")
}

fn about(minutes: i64, to: &[&str], text: &str) -> Outline {
    mail_of(ME, minutes, to, text)
}

fn mail_of(from: &str, minutes: i64, to: &[&str], text: &str) -> Outline {
    let date = at(minutes).to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    let to = to.join(", ");
    let mail = format!("From: {from}\r\nTo: {to}\r\nDate: {date}\r\n\r\n{}\r\n", text.replace('\n', "\r\n"));
    Outline::of(&Message::parse(mail.as_bytes()).unwrap()).unwrap()
}

/// A mail not sent yet.
fn draft(to: &[&str]) -> Outline {
    Outline { at: None, ..mail(1_000_000, to) }
}

fn copies(mut outline: Outline) -> Outline {
    outline.recipients.iter_mut().for_each(|one| one.field = Field::Cc);
    outline
}
