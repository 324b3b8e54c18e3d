//! History that another program wrote down, and address books.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use super::super::super::lines::read_line;
use super::super::Desk;
use super::mine::Mine;
use super::{BATCH, Count};
use crate::addressbook;
use crate::correspondents::{Card, Record, Records};
use crate::lang::Bilingual;
use crate::output::Unreadable;
use crate::store::StoreError;

/// A mail in one line; what is longer is no record.
const LONGEST_LINE: usize = 64 * 1024 * 1024;

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

/// Without the text of the line.
fn read_record(records: &mut Records, line: &[u8], whole: bool) -> Result<Record, String> {
    if !whole {
        return Err(format!("longer than {} MB", LONGEST_LINE / (1024 * 1024)));
    }
    match std::str::from_utf8(line) {
        Ok(line) if line.trim().is_empty() => Ok(Record::Other),
        Ok(line) => records.read(line),
        Err(_) => Err("not UTF-8".to_owned()),
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
        let mut reader = BufReader::new(file);
        let (mut line, mut number) = (Vec::new(), 0);
        let mut records = Records::default();
        let (mut mails, mut cards) = (Vec::new(), Vec::new());
        loop {
            let whole = match read_line(&mut reader, &mut line, LONGEST_LINE) {
                Ok(None) => break,
                Ok(Some(whole)) => whole,
                Err(error) => {
                    count.problems.push(problem(number + 1, error.to_string()));
                    break;
                }
            };
            number += 1;
            match read_record(&mut records, &line, whole) {
                Ok(Record::Mail(outline)) => mails.extend(mine.take(outline, count)),
                Ok(Record::Person { of, card }) => cards.push((of, card)),
                Ok(Record::Other) => {}
                Err(error) => count.problems.push(problem(number, error)),
            }
            if mails.len() >= BATCH || cards.len() >= BATCH {
                self.enter(std::mem::take(&mut cards), mine, count)?;
                self.learn(std::mem::take(&mut mails), count)?;
            }
        }
        self.enter(cards, mine, count)?;
        self.learn(mails, count)
    }

    /// People of one sender that stand together are entered together: each time is a commit.
    fn enter(&self, cards: Vec<(Vec<String>, Card)>, mine: &Mine, count: &mut Count) -> Result<(), StoreError> {
        let mut by_sender: BTreeMap<String, Vec<Card>> = BTreeMap::new();
        for (of, card) in cards {
            for sender in mine.as_sender.clone().map_or(of, |sender| vec![sender]) {
                by_sender.entry(sender).or_default().push(card.clone());
            }
        }
        for (sender, cards) in by_sender {
            count.people += self.people.enter(&sender, cards)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_no_records_are_told_without_their_text() {
        let read = |line: &[u8], whole: bool| read_record(&mut Records::default(), line, whole);
        assert_eq!(read(b" \r\n", true), Ok(Record::Other));
        for (line, whole) in [(&b"secret \xff"[..], true), (b"{\"secret\": ", false), (b"secret", true)] {
            assert!(!read(line, whole).expect_err("no record").contains("secret"));
        }
    }
}
