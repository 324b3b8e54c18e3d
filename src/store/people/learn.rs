//! Learning: many mails in one transaction, each row that they touch written once.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::{Connection, OptionalExtension, Row, params};

pub(super) use super::Learnt;
use super::{blob, short};
use crate::correspondents::{Addressee, Field, GREETINGS, Outline, REMEMBERED, keys};
use crate::store::sqlite::Fault;

/// Terms kept of one mail.
const MOST_TERMS: usize = 128;
/// So many mails at once come out of a mailbox, not through a relay.
const IMPORT: usize = 1_000;
/// Memory for pages while a mailbox is read.
const IMPORT_CACHE_KB: i64 = 64 * 1024;
/// Of a mail sent in copies: to more people at once nobody writes.
const MOST_RECIPIENTS: usize = 200;
/// Files kept of one mail.
const MOST_FILES: usize = 20;

pub(super) fn learn(connection: &Connection, outlines: &[Outline]) -> Result<Learnt, Fault> {
    if outlines.len() >= IMPORT {
        // Rows of an import lie all over; the cache is let go with its process.
        connection.pragma_update(None, "cache_size", -IMPORT_CACHE_KB)?;
    }
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

/// A correspondent as it is stored before a batch.
pub(super) struct Found {
    pub(super) number: i64,
    pub(super) name: String,
    /// No mail went to it yet.
    pub(super) is_new: bool,
}

/// A correspondent, made if there is none.
pub(super) fn correspondent(connection: &Connection, sender: i64, address: &str, name: &str) -> Result<Found, Fault> {
    let mut find =
        connection.prepare_cached("SELECT number, name, sent FROM correspondent WHERE sender = ?1 AND address = ?2")?;
    let found =
        |row: &Row<'_>| Ok(Found { number: row.get(0)?, name: row.get(1)?, is_new: row.get::<_, i64>(2)? == 0 });
    if let Some(found) = find.query_row(params![sender, address], found).optional()? {
        return Ok(found);
    }
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    connection
        .prepare_cached("INSERT INTO correspondent (sender, address, name, domain) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![sender, address, short(name), domain])?;
    let found = Found { number: connection.last_insert_rowid(), name: name.to_owned(), is_new: true };
    put_keys(connection, sender, found.number, address, name)?;
    Ok(found)
}

/// Notes what it can be taken for under a name. What a former name is taken for stays: completion may still offer it.
pub(super) fn put_keys(
    connection: &Connection,
    sender: i64,
    number: i64,
    address: &str,
    name: &str,
) -> Result<(), Fault> {
    let mut put =
        connection.prepare_cached("INSERT OR IGNORE INTO likeness (sender, key, correspondent) VALUES (?1, ?2, ?3)")?;
    for key in keys(address, name) {
        put.execute(params![sender, key.cast_signed(), number])?;
    }
    Ok(())
}

/// Gives a mail, by sender, time and number, other recipients in both places they are kept in.
pub(super) fn set_recipients(
    connection: &Connection,
    (sender, at, mail): (i64, i64, i64),
    recipients: &[i64],
) -> Result<(), Fault> {
    let recipients = blob::of_numbers(recipients);
    connection
        .prepare_cached("UPDATE learnt SET recipients = ?3 WHERE sender = ?1 AND mail = ?2")?
        .execute(params![sender, mail, recipients])?;
    connection
        .prepare_cached("UPDATE recent SET recipients = ?4 WHERE sender = ?1 AND at = ?2 AND mail = ?3")?
        .execute(params![sender, at, mail, recipients])?;
    Ok(())
}

struct Batch<'a> {
    connection: &'a Connection,
    senders: HashMap<String, i64>,
    /// By sender and address, with the names whose keys are noted.
    numbers: HashMap<(i64, String), (i64, Vec<String>)>,
    changes: Changes,
}

/// Whether a mail was learnt from before.
enum Seen {
    New(i64),
    Before(KnownMail),
}

/// A mail as it is stored.
struct KnownMail {
    id: i64,
    at: i64,
    /// Numbers of correspondents.
    recipients: Vec<i64>,
}

/// What the mails of a batch change, by what is written at once. Sorted, so that rows are written in the order they lie in.
#[derive(Default)]
struct Changes {
    mails: BTreeMap<i64, u32>,
    /// Senders of whom a mail known before has changed.
    changed: BTreeSet<i64>,
    people: BTreeMap<i64, Person>,
    /// Mails, and people seen for the first time.
    domains: BTreeMap<(i64, String), (u32, u32)>,
    greetings: BTreeMap<(i64, String), u32>,
}

#[derive(Default)]
struct Person {
    sent: u32,
    blind: u32,
    received: u32,
    first: Option<i64>,
    last: Option<i64>,
    /// The newest, with its time.
    name: Option<(i64, String)>,
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
        let id = match self.seen(sender, outline)? {
            Seen::New(id) => id,
            Seen::Before(known) => return self.add_recipients(sender, outline, &known),
        };
        let found: Vec<(i64, bool)> =
            outline.recipients.iter().map(|one| self.number(sender, one)).collect::<Result<_, Fault>>()?;
        let to: Vec<i64> = found.iter().map(|(number, _)| *number).collect();
        let new: Vec<i64> = found.iter().filter(|(_, new)| *new).map(|(number, _)| *number).collect();
        let mut learnt = self
            .connection
            .prepare_cached("INSERT INTO learnt (sender, mail, at, subject, recipients) VALUES (?1, ?2, ?3, ?4, ?5)")?;
        let subject = outline.subject.map(u64::cast_signed);
        let recipients = blob::of_numbers(&to);
        learnt.execute(params![sender, id, at, subject, recipients])?;
        let mut recent = self.connection.prepare_cached(
            "INSERT INTO recent (sender, at, mail, recipients, terms, odds, namesake) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?;
        let terms = blob::of_terms(outline.terms.iter().take(MOST_TERMS));
        let (odds, namesake) = (outline.judged.map(|one| one.odds), outline.judged.map(|one| one.namesake));
        recent.execute(params![sender, at, id, recipients, terms, odds, namesake])?;
        *self.changes.mails.entry(sender).or_default() += 1;
        self.count(sender, outline, &to, &new, at);
        self.files(sender, outline, &to, at)?;
        Ok(true)
    }

    /// Some programs send each recipient a copy of the same mail: whom the others went to is added to it. Whether there was
    /// anybody new.
    fn add_recipients(&mut self, sender: i64, copy: &Outline, known: &KnownMail) -> Result<bool, Fault> {
        let KnownMail { id, at, recipients } = known;
        let (mut outline, mut to, mut new) =
            (Outline { recipients: Vec::new(), ..copy.clone() }, Vec::new(), Vec::new());
        for one in copy.recipients.iter().take(MOST_RECIPIENTS.saturating_sub(recipients.len())) {
            // Of who got it already another copy tells nothing, not even a name.
            if self.known(sender, &one.address)?.is_some_and(|number| recipients.contains(&number)) {
                continue;
            }
            let (number, is_new) = self.number(sender, one)?;
            outline.recipients.push(one.clone());
            to.push(number);
            new.extend(is_new.then_some(number));
        }
        if to.is_empty() {
            return Ok(false);
        }
        let all = [recipients.as_slice(), &to].concat();
        set_recipients(self.connection, (sender, *at, *id), &all)?;
        self.changes.changed.insert(sender);
        self.count(sender, &outline, &to, &new, *at);
        self.files(sender, &outline, &to, *at)?;
        Ok(true)
    }

    /// What the mail is kept under, or the mail itself if it was learnt from before. Some programs give every mail the same
    /// Message-ID: under another subject it is another mail.
    fn seen(&self, sender: i64, outline: &Outline) -> Result<Seen, Fault> {
        let mut find = self
            .connection
            .prepare_cached("SELECT subject, at, recipients FROM learnt WHERE sender = ?1 AND mail = ?2")?;
        let subject = outline.subject.map(u64::cast_signed);
        let found = |row: &Row<'_>| Ok((row.get::<_, Option<i64>>(0)?, row.get(1)?, row.get::<_, Vec<u8>>(2)?));
        let (id, other) = (outline.id.cast_signed(), outline.id_with_subject().cast_signed());
        let before = |id, at, recipients: Vec<u8>| KnownMail { id, at, recipients: blob::to_numbers(&recipients) };
        match find.query_row([sender, id], found).optional()? {
            None => return Ok(Seen::New(id)),
            Some((known, at, recipients)) if known == subject => return Ok(Seen::Before(before(id, at, recipients))),
            Some(_) => {}
        }
        Ok(match find.query_row([sender, other], found).optional()? {
            None => Seen::New(other),
            Some((_, at, recipients)) => Seen::Before(before(other, at, recipients)),
        })
    }

    /// The number of somebody written to before; nothing is noted.
    fn known(&self, sender: i64, address: &str) -> Result<Option<i64>, Fault> {
        if let Some((number, _)) = self.numbers.get(&(sender, address.to_owned())) {
            return Ok(Some(*number));
        }
        let mut find =
            self.connection.prepare_cached("SELECT number FROM correspondent WHERE sender = ?1 AND address = ?2")?;
        Ok(find.query_row(params![sender, address], |row| row.get(0)).optional()?)
    }

    /// The number of a recipient, and whether it is new.
    fn number(&mut self, sender: i64, one: &Addressee) -> Result<(i64, bool), Fault> {
        let key = (sender, one.address.clone());
        if let Some((number, names)) = self.numbers.get_mut(&key) {
            if !one.name.is_empty() && !names.contains(&one.name) {
                put_keys(self.connection, sender, *number, &one.address, &one.name)?;
                names.push(one.name.clone());
            }
            return Ok((*number, false));
        }
        let Found { number, name, is_new } = correspondent(self.connection, sender, &one.address, &one.name)?;
        let mut names = vec![name];
        if !one.name.is_empty() && !names.contains(&one.name) {
            put_keys(self.connection, sender, number, &one.address, &one.name)?;
            names.push(one.name.clone());
        }
        self.numbers.insert(key, (number, names));
        Ok((number, is_new))
    }

    fn count(&mut self, sender: i64, outline: &Outline, to: &[i64], new: &[i64], at: i64) {
        let changes = &mut self.changes;
        for (number, one) in to.iter().zip(&outline.recipients) {
            let person = changes.people.entry(*number).or_default();
            person.sent += 1;
            person.blind += u32::from(one.field == Field::Bcc);
            person.received += u32::from(outline.answered.as_ref() == Some(&one.address));
            person.first = Some(person.first.map_or(at, |first| first.min(at)));
            person.last = Some(person.last.map_or(at, |last| last.max(at)));
            if !one.name.is_empty() && person.name.as_ref().is_none_or(|(named, _)| at >= *named) {
                person.name = Some((at, one.name.clone()));
            }
            let domain = one.address.rsplit_once('@').map_or("", |(_, domain)| domain);
            let (mails, people) = changes.domains.entry((sender, domain.to_owned())).or_default();
            *mails += 1;
            *people += u32::from(new.contains(number));
        }
        if let Some((address, name)) = outline.greeting()
            && let Some((number, _)) = to.iter().zip(&outline.recipients).find(|(_, one)| one.address == address)
        {
            *changes.greetings.entry((*number, short(name).to_owned())).or_default() += 1;
        }
    }

    fn files(&self, sender: i64, outline: &Outline, to: &[i64], at: i64) -> Result<(), Fault> {
        for file in outline.files.iter().take(MOST_FILES) {
            for number in to {
                put_file(self.connection, sender, file.hash.cast_signed(), *number, &file.name, at)?;
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
        for sender in &changes.changed {
            // Other processes have its mails in memory.
            connection.prepare_cached("UPDATE sender SET forgot = forgot + 1 WHERE number = ?1")?.execute([sender])?;
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

/// Notes a file that went to somebody, as it went last.
pub(super) fn put_file(
    connection: &Connection,
    sender: i64,
    hash: i64,
    number: i64,
    name: &str,
    at: i64,
) -> Result<(), Fault> {
    let mut put = connection.prepare_cached(
        "INSERT INTO file (sender, hash, correspondent, name, at) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (sender, hash, correspondent) DO UPDATE SET name = excluded.name, at = excluded.at WHERE excluded.at >= at",
    )?;
    put.execute(params![sender, hash, number, short(name), at])?;
    Ok(())
}

fn write_person(connection: &Connection, number: i64, person: &Person) -> Result<(), Fault> {
    let mut write = connection.prepare_cached(
        "UPDATE correspondent SET sent = min(sent + ?2, 4294967295), received = min(received + ?3, 4294967295), \
         blind = min(blind + ?8, 4294967295), \
         first_at = min(coalesce(first_at, ?4), ?4), last_at = max(coalesce(last_at, ?5), ?5), \
         name = CASE WHEN ?7 >= coalesce(named_at, ?7) THEN ?6 ELSE name END, \
         named_at = CASE WHEN ?7 >= coalesce(named_at, ?7) THEN ?7 ELSE named_at END WHERE number = ?1",
    )?;
    let (at, name) = person.name.as_ref().map(|(at, name)| (*at, short(name))).unzip();
    write.execute(params![number, person.sent, person.received, person.first, person.last, name, at, person.blind])?;
    Ok(())
}

fn write_greeting(connection: &Connection, number: i64, name: &str, mails: u32) -> Result<(), Fault> {
    let mut put = connection.prepare_cached(
        "INSERT INTO greeting (correspondent, name, mails) SELECT ?1, ?2, ?3 \
         WHERE ?4 > (SELECT count(*) FROM greeting WHERE correspondent = ?1) \
            OR EXISTS (SELECT 1 FROM greeting WHERE correspondent = ?1 AND name = ?2) \
         ON CONFLICT (correspondent, name) DO UPDATE SET mails = mails + excluded.mails",
    )?;
    put.execute(params![number, name, mails, GREETINGS as i64])?;
    Ok(())
}

/// Older mails tell what was written to whom by their counts alone.
pub(super) fn trim(connection: &Connection, sender: i64) -> Result<(), Fault> {
    let mut trim = connection.prepare_cached(
        "DELETE FROM recent WHERE sender = ?1 AND (at, mail) <= \
         (SELECT at, mail FROM recent WHERE sender = ?1 ORDER BY at DESC, mail DESC LIMIT 1 OFFSET ?2)",
    )?;
    trim.execute([sender, REMEMBERED as i64])?;
    Ok(())
}
