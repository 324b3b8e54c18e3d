//! History that another program wrote down, and address books.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use super::super::Desk;
use super::mine::Mine;
use super::{BATCH, Count};
use crate::addressbook;
use crate::correspondents::{Card, Record, Records};
use crate::lang::Bilingual;
use crate::output::Unreadable;
use crate::store::StoreError;

/// Larger address books there are none.
const LARGEST_BOOK: u64 = 256 * 1024 * 1024;

/// Which reader a file is for, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Records,
    Book,
    Mails,
}

impl Kind {
    pub(super) fn of(path: &Path) -> Kind {
        let extension = path.extension().map(|of| of.to_string_lossy().to_lowercase()).unwrap_or_default();
        match extension.as_str() {
            "jsonl" | "ndjson" => Kind::Records,
            "vcf" | "vcard" | "csv" | "tsv" | "ldif" | "ldi" => Kind::Book,
            // What an address book is often taken for gets an explanation there.
            "xlsx" | "xls" | "mab" | "sqlite" | "pst" => Kind::Book,
            _ => Kind::Mails,
        }
    }
}

impl Desk<'_> {
    pub(super) fn import_records(&self, path: &Path, mine: &Mine, count: &mut Count) -> Result<(), StoreError> {
        let name = path.display().to_string();
        let problem = |line: usize, reason: String| Unreadable {
            path: if line == 0 { name.clone() } else { format!("{name}:{line}") },
            reason: Bilingual::new(reason.clone(), reason),
        };
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) => {
                count.problems.push(problem(0, error.to_string()));
                return Ok(());
            }
        };
        let mut records = Records::default();
        let mut mails = Vec::new();
        for (number, line) in BufReader::new(file).lines().enumerate() {
            let line = match line {
                Ok(line) => line,
                Err(error) => {
                    count.problems.push(problem(number + 1, error.to_string()));
                    break;
                }
            };
            match records.read(&line) {
                _ if line.trim().is_empty() => {}
                Ok(Record::Mail(outline)) => mails.extend(mine.take(outline, count)),
                Ok(Record::Person { of, card }) => self.enter(of, card, mine, count)?,
                Ok(Record::Other) => {}
                Err(error) => count.problems.push(problem(number + 1, error)),
            }
            if mails.len() >= BATCH {
                self.learn(std::mem::take(&mut mails), count)?;
            }
        }
        self.learn(mails, count)
    }

    fn enter(&self, of: Vec<String>, card: Card, mine: &Mine, count: &mut Count) -> Result<(), StoreError> {
        let senders = mine.as_sender.clone().map_or(of, |sender| vec![sender]);
        for sender in senders {
            count.people += self.people.enter(&sender, vec![card.clone()])?;
        }
        Ok(())
    }

    pub(super) fn import_book(&self, path: &Path, mine: &Mine, count: &mut Count) -> Result<(), StoreError> {
        let name = path.display().to_string();
        let mut octets = Vec::new();
        let read = File::open(path).and_then(|file| file.take(LARGEST_BOOK).read_to_end(&mut octets));
        if let Err(error) = read {
            let reason = Bilingual::new(error.to_string(), error.to_string());
            count.problems.push(Unreadable { path: name, reason });
            return Ok(());
        }
        let book = match addressbook::read(&octets) {
            Ok(book) => book,
            Err(unreadable) => {
                count.problems.push(Unreadable { path: name, reason: unreadable.explain() });
                return Ok(());
            }
        };
        let place = |line: Option<usize>| line.map_or_else(|| name.clone(), |line| format!("{name}:{line}"));
        let problem = |one: &addressbook::Problem| Unreadable { path: place(one.line), reason: one.explain() };
        count.problems.extend(book.problems.iter().map(problem));
        let card = |entry: addressbook::Entry| Card {
            name: entry.name,
            names: entry.names,
            role: entry.role,
            organisation: entry.organisation,
            addresses: entry.addresses,
            ..Card::default()
        };
        let cards: Vec<Card> = book.entries.into_iter().map(card).collect();
        for sender in mine.of_books(&self.people)? {
            count.people += self.people.enter(&sender, cards.clone())?;
        }
        Ok(())
    }
}
