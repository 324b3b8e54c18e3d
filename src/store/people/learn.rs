//! Learning: many mails in one transaction, each row that they touch written once.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, OptionalExtension, params};

use super::{Learnt, blob};
use crate::correspondents::{Addressee, Field, Outline, REMEMBERED, keys};
use crate::store::sqlite::Fault;

/// Terms kept of one mail.
const MOST_TERMS: usize = 128;
/// Names one is greeted by.
const GREETINGS: i64 = 8;

pub(super) fn learn(connection: &Connection, outlines: &[Outline]) -> Result<Learnt, Fault> {
    let mut batch = Batch { connection, senders: HashMap::new(), numbers: HashMap::new(), changes: Changes::default() };
    let mut learnt = Learnt::default();
    for outline in outlines {
        match batch.take(outline)? {
            true => learnt.new += 1,
            false => learnt.skipped += 1,
        }
    }
    batch.write()?;
    Ok(learnt)
}

/// The number of a sender, made if there is none.
pub(super) fn sender(connection: &Connection, address: &str) -> Result<i64, Fault> {
    let mut find = connection.prepare_cached("SELECT number FROM sender WHERE address = ?1")?;
    if let Some(number) = find.query_row([address], |row| row.get(0)).optional()? {
        return Ok(number);
    }
    connection.prepare_cached("INSERT INTO sender (address) VALUES (?1)")?.execute([address])?;
    Ok(connection.last_insert_rowid())
}

/// The number of a correspondent, made if there is none, and whether it was; a name that was not known is noted.
pub(super) fn correspondent(
    connection: &Connection,
    sender: i64,
    address: &str,
    name: &str,
) -> Result<(i64, bool), Fault> {
    let mut find =
        connection.prepare_cached("SELECT number, name FROM correspondent WHERE sender = ?1 AND address = ?2")?;
    let found: Option<(i64, String)> =
        find.query_row(params![sender, address], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let is_new = found.is_none();
    let number = match found {
        Some((number, known)) if name.is_empty() || known == name => return Ok((number, false)),
        Some((number, _)) => {
            let mut rename = connection.prepare_cached("UPDATE correspondent SET name = ?2 WHERE number = ?1")?;
            rename.execute(params![number, name])?;
            number
        }
        None => {
            let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
            connection
                .prepare_cached("INSERT INTO correspondent (sender, address, name, domain) VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![sender, address, name, domain])?;
            connection.last_insert_rowid()
        }
    };
    // What a former name is taken for stays: completion may still offer it.
    let mut put =
        connection.prepare_cached("INSERT OR IGNORE INTO likeness (sender, key, correspondent) VALUES (?1, ?2, ?3)")?;
    for key in keys(address, name) {
        put.execute(params![sender, key.cast_signed(), number])?;
    }
    Ok((number, is_new))
}

struct Batch<'a> {
    connection: &'a Connection,
    senders: HashMap<String, i64>,
    /// By sender and address, with the name.
    numbers: HashMap<(i64, String), (i64, String)>,
    changes: Changes,
}

/// What the mails of a batch change, by what is written at once. Sorted, so that rows are written in the order they lie in.
#[derive(Default)]
struct Changes {
    mails: BTreeMap<i64, u32>,
    people: BTreeMap<i64, Person>,
    /// Mails, and people seen for the first time.
    domains: BTreeMap<(i64, String), (u32, u32)>,
    greetings: BTreeMap<(i64, String), u32>,
}

#[derive(Default)]
struct Person {
    sent: u32,
    received: u32,
    first: Option<i64>,
    last: Option<i64>,
}

impl Batch<'_> {
    /// Whether the mail was new.
    fn take(&mut self, outline: &Outline) -> Result<bool, Fault> {
        // Without a time it could not be told from mails before and behind it.
        let Some(at) = outline.at.map(|at| at.as_millisecond()) else { return Ok(false) };
        if outline.recipients.is_empty() {
            return Ok(false);
        }
        let sender = match self.senders.get(&outline.sender) {
            Some(&number) => number,
            None => {
                let number = sender(self.connection, &outline.sender)?;
                self.senders.insert(outline.sender.clone(), number);
                number
            }
        };
        if self.is_known(sender, outline.id)? {
            return Ok(false);
        }
        let found: Vec<(i64, bool)> =
            outline.recipients.iter().map(|one| self.number(sender, one)).collect::<Result<_, Fault>>()?;
        let to: Vec<i64> = found.iter().map(|(number, _)| *number).collect();
        let new: Vec<i64> = found.iter().filter(|(_, new)| *new).map(|(number, _)| *number).collect();
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO learnt (sender, mail, at, subject, recipients, terms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        let subject = outline.subject.map(u64::cast_signed);
        let terms = blob::of_terms(outline.terms.iter().take(MOST_TERMS));
        statement.execute(params![sender, outline.id.cast_signed(), at, subject, blob::of_numbers(&to), terms])?;
        self.count(sender, outline, &to, &new, at);
        self.files(sender, outline, &to, at)?;
        Ok(true)
    }

    fn is_known(&self, sender: i64, mail: u64) -> Result<bool, Fault> {
        let mut statement =
            self.connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM learnt WHERE sender = ?1 AND mail = ?2)")?;
        Ok(statement.query_row(params![sender, mail.cast_signed()], |row| row.get(0))?)
    }

    /// The number of a recipient, and whether it is new.
    fn number(&mut self, sender: i64, one: &Addressee) -> Result<(i64, bool), Fault> {
        let key = (sender, one.address.clone());
        if let Some((number, name)) = self.numbers.get(&key)
            && (one.name.is_empty() || *name == one.name)
        {
            return Ok((*number, false));
        }
        let (number, new) = correspondent(self.connection, sender, &one.address, &one.name)?;
        self.numbers.insert(key, (number, one.name.clone()));
        Ok((number, new))
    }

    fn count(&mut self, sender: i64, outline: &Outline, to: &[i64], new: &[i64], at: i64) {
        let changes = &mut self.changes;
        *changes.mails.entry(sender).or_default() += 1;
        for (number, one) in to.iter().zip(&outline.recipients) {
            let person = changes.people.entry(*number).or_default();
            person.sent += 1;
            person.received += u32::from(outline.answered.as_ref() == Some(&one.address));
            person.first = Some(person.first.map_or(at, |first| first.min(at)));
            person.last = Some(person.last.map_or(at, |last| last.max(at)));
            let domain = one.address.rsplit_once('@').map_or("", |(_, domain)| domain);
            let (mails, people) = changes.domains.entry((sender, domain.to_owned())).or_default();
            *mails += 1;
            *people += u32::from(new.contains(number));
        }
        // Of several receivers it is not clear who is meant.
        let addressed: Vec<i64> =
            to.iter().zip(&outline.recipients).filter(|(_, one)| one.field == Field::To).map(|(n, _)| *n).collect();
        if let ([number], [name]) = (addressed.as_slice(), outline.greeted.as_slice()) {
            *changes.greetings.entry((*number, name.clone())).or_default() += 1;
        }
    }

    fn files(&self, sender: i64, outline: &Outline, to: &[i64], at: i64) -> Result<(), Fault> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO file (sender, hash, correspondent, name, at) VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT (sender, hash, correspondent) DO UPDATE SET at = max(at, excluded.at)",
        )?;
        for file in &outline.files {
            for number in to {
                statement.execute(params![sender, file.hash.cast_signed(), number, file.name, at])?;
            }
        }
        Ok(())
    }

    fn write(self) -> Result<(), Fault> {
        let Batch { connection, changes, .. } = self;
        for (sender, mails) in &changes.mails {
            connection
                .prepare_cached("UPDATE sender SET mails = mails + ?2 WHERE number = ?1")?
                .execute(params![sender, mails])?;
            trim(connection, *sender)?;
        }
        changes.people.iter().try_for_each(|(number, person)| write_person(connection, *number, person))?;
        let mut domain = connection.prepare_cached(
            "INSERT INTO domain (sender, domain, mails, people) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (sender, domain) \
             DO UPDATE SET mails = mails + excluded.mails, people = people + excluded.people",
        )?;
        for ((sender, name), (mails, people)) in &changes.domains {
            domain.execute(params![sender, name, mails, people])?;
        }
        changes
            .greetings
            .iter()
            .try_for_each(|((number, name), mails)| write_greeting(connection, *number, name, *mails))
    }
}

fn write_person(connection: &Connection, number: i64, person: &Person) -> Result<(), Fault> {
    connection
        .prepare_cached(
            "UPDATE correspondent SET sent = sent + ?2, received = received + ?3, first_at = min(coalesce(first_at, ?4), ?4), \
             last_at = max(coalesce(last_at, ?5), ?5) WHERE number = ?1",
        )?
        .execute(params![number, person.sent, person.received, person.first, person.last])?;
    Ok(())
}

fn write_greeting(connection: &Connection, number: i64, name: &str, mails: u32) -> Result<(), Fault> {
    let mut put = connection.prepare_cached(
        "INSERT INTO greeting (correspondent, name, mails) SELECT ?1, ?2, ?3 \
         WHERE ?4 > (SELECT count(*) FROM greeting WHERE correspondent = ?1) \
            OR EXISTS (SELECT 1 FROM greeting WHERE correspondent = ?1 AND name = ?2) \
         ON CONFLICT (correspondent, name) DO UPDATE SET mails = mails + excluded.mails",
    )?;
    put.execute(params![number, name, mails, GREETINGS])?;
    Ok(())
}

/// Older mails tell what was written to whom by their counts alone.
fn trim(connection: &Connection, sender: i64) -> Result<(), Fault> {
    let mut cut =
        connection.prepare_cached("SELECT at FROM learnt WHERE sender = ?1 ORDER BY at DESC LIMIT 1 OFFSET ?2")?;
    let oldest: Option<i64> = cut.query_row([sender, REMEMBERED as i64], |row| row.get(0)).optional()?;
    let Some(oldest) = oldest else { return Ok(()) };
    let mut trim = connection
        .prepare_cached("UPDATE learnt SET terms = NULL WHERE sender = ?1 AND at <= ?2 AND terms IS NOT NULL")?;
    trim.execute([sender, oldest])?;
    Ok(())
}
