//! What is known for one mail: a few lookups by index, however many people there are.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, params};

use super::blob;
use super::feedback;
use super::histories::{Histories, Version};
use crate::correspondents::{ACQUAINTED, Acquaintance, Known, MOST_MISSING, Missing, Outline, SentFile, keys};
use crate::store::read::timestamp;
use crate::store::sqlite::Fault;

/// Recipients that are looked at: of a circular each costs, and none tells anything.
const MOST_RECIPIENTS: usize = 50;
/// People looked at who have one thing in common with a recipient.
const PER_KEY: i64 = 24;
/// And in all.
const MOST_NEIGHBOURS: usize = 96;
/// Mails of one thread that are looked at.
const MOST_OF_THREAD: usize = 20;
/// Receivers of a file, or of the files of a day.
const MOST_FILES: i64 = 500;
/// People whose mails are counted to tell whether one has written much.
const MOST_COUNTED: i64 = 200;
/// In milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// Mails of other senders to an address.
const OF_COLLEAGUES: &str =
    "SELECT min(sum(sent), 4294967295) FROM correspondent WHERE address = ?1 AND sender <> ?2 AND sent > 0";

const PERSON: &str = "SELECT number, address, name, person, sent, received, first_at, last_at, listed, names, role, blind \
                      FROM correspondent";

pub(super) fn known(connection: &Connection, histories: &Histories, outline: &Outline) -> Result<Known, Fault> {
    // One snapshot: the writer may be learning.
    let snapshot = connection.unchecked_transaction()?;
    let own = sender(&snapshot, &outline.sender)?;
    let house = sender(&snapshot, &house_of(&outline.sender))?;
    let mut said = Known::default();
    let recipients = outline.recipients.iter().map(|one| one.address.as_str());
    feedback::known(&snapshot, &outline.sender, recipients, &mut said)?;
    if own.or(house).is_none() {
        return Ok(said);
    }
    let (number, version) = own.unwrap_or_default();
    let mails = version.mails;
    let look = Look { connection: &snapshot, sender: number };
    let mut people: Vec<Acquaintance> = Vec::new();
    look.people(outline, false, &mut people)?;
    if let Some((house, _)) = house {
        Look { sender: house, ..look }.people(outline, true, &mut people)?;
    }
    look.of_colleagues(outline, &mut people)?;
    look.complete(outline, &mut people)?;
    let mut known = Known::new(mails, people);
    (known.right, known.confused) = (said.right, said.confused);
    known.domains = look.domains(outline)?;
    known.history = histories.of(&snapshot, number, version)?;
    known.thread = look.thread(outline)?;
    known.missing = look.missing(outline, &known)?;
    known.files = look.files(outline)?;
    known.newest_files = look.newest_files(outline)?;
    known.is_acquainted = mails >= ACQUAINTED || look.has_people(house.map(|(house, _)| house))?;
    Ok(known)
}

/// The number of a sender and the state of its mails.
fn sender(connection: &Connection, address: &str) -> Result<Option<(i64, Version)>, Fault> {
    let mut find = connection.prepare_cached("SELECT number, mails, forgot FROM sender WHERE address = ?1")?;
    let version = |row: &Row<'_>| Ok((row.get(0)?, Version { mails: row.get(1)?, forgot: row.get(2)? }));
    Ok(find.query_row([address], version).optional()?)
}

/// What everybody of a house knows is kept under its domain.
fn house_of(address: &str) -> String {
    address.rfind('@').map_or(String::new(), |at| address[at..].to_owned())
}

#[derive(Clone, Copy)]
struct Look<'a> {
    connection: &'a Connection,
    sender: i64,
}

impl Look<'_> {
    /// The recipients and whom they can be taken for, those left out that stand there already.
    fn people(&self, outline: &Outline, of_house: bool, into: &mut Vec<Acquaintance>) -> Result<(), Fault> {
        let recipients = || outline.recipients.iter().take(MOST_RECIPIENTS);
        let mut found: Vec<Acquaintance> = Vec::new();
        for one in recipients() {
            found.extend(self.person(&one.address)?);
        }
        let shown = recipients().map(|one| (&one.address, &one.name));
        // The header may show no name, or another one.
        let named = shown.chain(found.iter().map(|one| (&one.address, &one.name)));
        let neighbours = self.neighbours(named.flat_map(|(address, name)| keys(address, name)).collect())?;
        let others = neighbours.into_iter().filter(|number| !found.iter().any(|known| known.number == *number));
        let mut numbered = self.numbered()?;
        for number in others.take(MOST_NEIGHBOURS).collect::<Vec<i64>>() {
            found.extend(numbered.query_row([number], person).optional()?);
        }
        let known: HashSet<String> = into.iter().map(|one| one.address.clone()).collect();
        found.retain(|one| !known.contains(&one.address));
        found.iter_mut().for_each(|one| one.of_house = of_house);
        into.extend(found);
        Ok(())
    }

    fn person(&self, address: &str) -> Result<Option<Acquaintance>, Fault> {
        let sql = format!("{PERSON} WHERE sender = ?1 AND address = ?2");
        let mut find = self.connection.prepare_cached(&sql)?;
        Ok(find.query_row(params![self.sender, address], person).optional()?)
    }

    /// Finds a person by the number.
    fn numbered(&self) -> Result<CachedStatement<'_>, Fault> {
        Ok(self.connection.prepare_cached(&format!("{PERSON} WHERE number = ?1"))?)
    }

    /// People who have one of these keys.
    fn neighbours(&self, keys: BTreeSet<u64>) -> Result<BTreeSet<i64>, Fault> {
        let mut find = self
            .connection
            .prepare_cached("SELECT correspondent FROM likeness WHERE sender = ?1 AND key = ?2 LIMIT ?3")?;
        let mut out = BTreeSet::new();
        for key in keys {
            let rows = find.query_map(params![self.sender, key.cast_signed(), PER_KEY], |row| row.get(0))?;
            for number in rows {
                out.insert(number?);
            }
        }
        Ok(out)
    }

    /// The recipients whom only others here have written to.
    fn of_colleagues(&self, outline: &Outline, into: &mut Vec<Acquaintance>) -> Result<(), Fault> {
        let mut find = self.connection.prepare_cached(OF_COLLEAGUES)?;
        for one in outline.recipients.iter().take(MOST_RECIPIENTS) {
            if into.iter().any(|known| known.address == one.address) {
                continue;
            }
            let mails: Option<u32> = find.query_row(params![one.address, self.sender], |row| row.get(0))?;
            let about = |colleagues| Acquaintance {
                address: one.address.clone(),
                colleagues,
                of_house: true,
                ..Acquaintance::default()
            };
            into.extend(mails.map(about));
        }
        Ok(())
    }

    /// What a person's own row does not tell. What colleagues wrote matters for recipients alone.
    fn complete(&self, outline: &Outline, people: &mut [Acquaintance]) -> Result<(), Fault> {
        let mut greeted = self
            .connection
            .prepare_cached("SELECT name FROM greeting WHERE correspondent = ?1 ORDER BY mails DESC, name")?;
        let mut colleagues = self.connection.prepare_cached(OF_COLLEAGUES)?;
        for one in people {
            one.greeted = greeted.query_map([one.number], |row| row.get(0))?.collect::<Result<_, _>>()?;
            if outline.has(&one.address) {
                let others: Option<u32> = colleagues.query_row(params![one.address, self.sender], |row| row.get(0))?;
                one.colleagues = others.unwrap_or_default();
            }
        }
        Ok(())
    }

    /// Whether the sender or the house has written so much, also by what an address book tells, that a stranger is one.
    fn has_people(&self, house: Option<i64>) -> Result<bool, Fault> {
        let mut find = self.connection.prepare_cached(
            "SELECT coalesce(sum(sent), 0) FROM (SELECT sent FROM correspondent WHERE sender IN (?1, ?2) LIMIT ?3)",
        )?;
        let mails: i64 = find.query_row(params![self.sender, house, MOST_COUNTED], |row| row.get(0))?;
        Ok(mails >= i64::from(ACQUAINTED))
    }

    /// Whom the files of the mail went to before.
    fn files(&self, outline: &Outline) -> Result<Vec<SentFile>, Fault> {
        let mut find = self.connection.prepare_cached(
            "SELECT f.name, f.hash, c.address, f.at FROM file f JOIN correspondent c ON c.number = f.correspondent \
             WHERE f.sender = ?1 AND f.hash = ?2 ORDER BY f.at DESC LIMIT ?3",
        )?;
        let mut out = Vec::new();
        for file in &outline.files {
            let of = params![self.sender, file.hash.cast_signed(), MOST_FILES];
            out.extend(find.query_map(of, file_of)?.collect::<Result<Vec<SentFile>, _>>()?);
        }
        Ok(out)
    }

    /// The files that went out in the day before the mail.
    fn newest_files(&self, outline: &Outline) -> Result<Vec<SentFile>, Fault> {
        let Some(at) = outline.at.map(Timestamp::as_millisecond) else { return Ok(Vec::new()) };
        let mut find = self.connection.prepare_cached(
            "SELECT f.name, f.hash, c.address, f.at FROM file f JOIN correspondent c ON c.number = f.correspondent \
             WHERE f.sender = ?1 AND f.at BETWEEN ?2 AND ?3 ORDER BY f.at DESC LIMIT ?4",
        )?;
        // The clock of the author may be slow.
        let of = params![self.sender, at - DAY, at + DAY / 24, MOST_FILES];
        Ok(find.query_map(of, file_of)?.collect::<Result<_, _>>()?)
    }

    /// Who got nearly all mails that the recipients got together.
    fn missing(&self, outline: &Outline, known: &Known) -> Result<Vec<Missing>, Fault> {
        let people = outline.recipients.iter().map(|one| known.of(&one.address).filter(|one| !one.of_house));
        let Some(group) = people.map(|one| one.map(|one| one.number)).collect::<Option<Vec<i64>>>() else {
            return Ok(Vec::new());
        };
        let mut out = Vec::new();
        let mut numbered = self.numbered()?;
        for (number, together, of) in known.history.usual_with(&group).into_iter().take(MOST_MISSING) {
            if let Some(one) = numbered.query_row([number], person).optional()? {
                out.push(Missing { address: one.address, name: one.name, together, of });
            }
        }
        Ok(out)
    }

    fn domains(&self, outline: &Outline) -> Result<HashMap<String, (u32, u32)>, Fault> {
        let addresses = outline.recipients.iter().map(|one| one.address.as_str());
        let domains: BTreeSet<&str> = addresses.filter_map(|address| Some(address.rsplit_once('@')?.1)).collect();
        let mut find =
            self.connection.prepare_cached("SELECT mails, people FROM domain WHERE sender = ?1 AND domain = ?2")?;
        let mut out = HashMap::new();
        for domain in domains {
            let counts = find.query_row(params![self.sender, domain], |row| Ok((row.get(0)?, row.get(1)?)));
            out.extend(counts.optional()?.map(|counts| (domain.to_owned(), counts)));
        }
        Ok(out)
    }

    /// The addresses earlier mails of the thread went to.
    fn thread(&self, outline: &Outline) -> Result<Vec<String>, Fault> {
        let mut by_subject = self.connection.prepare_cached(
            "SELECT recipients FROM learnt WHERE sender = ?1 AND subject = ?2 ORDER BY at DESC LIMIT ?3",
        )?;
        let mut by_id =
            self.connection.prepare_cached("SELECT recipients FROM learnt WHERE sender = ?1 AND mail = ?2")?;
        let mut found: Vec<Vec<u8>> = Vec::new();
        if let Some(subject) = outline.subject {
            let of = params![self.sender, subject.cast_signed(), MOST_OF_THREAD as i64];
            found.extend(by_subject.query_map(of, |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?);
        }
        for id in outline.answers.iter().rev().take(MOST_OF_THREAD) {
            found.extend(by_id.query_row(params![self.sender, id.cast_signed()], |row| row.get(0)).optional()?);
        }
        let numbers: BTreeSet<i64> = found.iter().flat_map(|recipients| blob::to_numbers(recipients)).collect();
        let mut address = self.connection.prepare_cached("SELECT address FROM correspondent WHERE number = ?1")?;
        let mut out = Vec::new();
        for number in numbers {
            out.extend(address.query_row([number], |row| row.get(0)).optional()?);
        }
        Ok(out)
    }
}

fn file_of(row: &Row<'_>) -> Result<SentFile, rusqlite::Error> {
    let hash: i64 = row.get(1)?;
    Ok(SentFile { name: row.get(0)?, hash: hash.cast_unsigned(), address: row.get(2)?, at: timestamp(row.get(3)?) })
}

fn person(row: &Row<'_>) -> Result<Acquaintance, rusqlite::Error> {
    let time = |at: Option<i64>| at.map(timestamp);
    Ok(Acquaintance {
        number: row.get(0)?,
        address: row.get(1)?,
        name: row.get(2)?,
        person: row.get(3)?,
        sent: row.get(4)?,
        received: row.get(5)?,
        first: time(row.get(6)?),
        last: time(row.get(7)?),
        listed: row.get(8)?,
        names: row.get::<_, String>(9)?.lines().map(str::to_owned).collect(),
        role: row.get(10)?,
        blind: row.get(11)?,
        ..Acquaintance::default()
    })
}
