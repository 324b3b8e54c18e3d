//! History that another program wrote down, and address books.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::super::super::sources::{self, Mine};
use super::super::Desk;
use super::{BATCH, Count};
use crate::addressbook;
use crate::correspondents::{Card, KeptMail, Record, Records};
use crate::lang::Bilingual;
use crate::output::Unreadable;
use crate::store::StoreError;
use crate::store::people::Said;

/// Larger address books there are none.
const LARGEST_BOOK: u64 = 256 * 1024 * 1024;

impl Desk<'_> {
    pub(super) fn import_records(&self, path: &Path, mine: &Mine, count: &mut Count) -> Result<(), StoreError> {
        let mut records = Records::default();
        let (mut mails, mut cards, mut said, mut kept) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let problems = sources::read_lines(path, |_, line| {
            match records.read(line) {
                Ok(Record::Mail(outline)) => mails.extend(count.own(mine, outline)),
                Ok(Record::Person { of, card }) => cards.push((of, card)),
                Ok(Record::Right { sender, right }) => said.push(Said::Right { sender, right }),
                Ok(Record::Confused { sender, confused }) => said.push(Said::Confused { sender, confused }),
                Ok(Record::Learnt(mail)) => kept.push(mail),
                Ok(Record::Other) => {}
                Err(error) => return Ok(Some(error)),
            }
            if mails.len() >= BATCH || cards.len() >= BATCH || kept.len() >= BATCH {
                self.enter(std::mem::take(&mut cards), mine, count)?;
                self.learn(std::mem::take(&mut mails), count)?;
                self.restore(std::mem::take(&mut kept), mine, count)?;
            }
            Ok(None)
        })?;
        count.problems.extend(problems);
        if !said.is_empty() {
            self.people.enter_said(said)?;
        }
        self.enter(cards, mine, count)?;
        self.learn(mails, count)?;
        self.restore(kept, mine, count)
    }

    /// Mails of an export.
    fn restore(&self, mut mails: Vec<KeptMail>, mine: &Mine, count: &mut Count) -> Result<(), StoreError> {
        if mails.is_empty() {
            return Ok(());
        }
        for (mail, sender) in mails.iter_mut().zip(mine.as_sender.iter().cycle()) {
            mail.sender.clone_from(sender);
        }
        count.add(self.people.restore(mails)?);
        Ok(())
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
