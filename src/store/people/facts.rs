//! What is known for one mail: a few lookups by index, however many people there are.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{blob, learn};
use crate::correspondents::{Acquaintance, Known, Outline, Recent, keys};
use crate::store::read::timestamp;
use crate::store::sqlite::Fault;

/// Recipients that are looked at: of a circular each costs, and none tells anything.
const MOST_RECIPIENTS: usize = 50;
/// People looked at who have one thing in common with a recipient.
const PER_KEY: i64 = 24;
/// And in all.
const MOST_NEIGHBOURS: usize = 96;
/// Longer ago is long ago.
const MOST_SINCE: i64 = 2_000;
/// Mails of one thread that are looked at.
const MOST_OF_THREAD: i64 = 20;

const PERSON: &str = "SELECT number, address, name, person, sent, received, first_at, last_at, listed, topic FROM correspondent";

pub(super) fn known(connection: &Connection, outline: &Outline) -> Result<Known, Fault> {
    // One snapshot: the writer may be learning.
    let snapshot = connection.unchecked_transaction()?;
    let mut find = snapshot.prepare_cached("SELECT number, mails FROM sender WHERE address = ?1")?;
    let found: Option<(i64, u32)> =
        find.query_row([&outline.sender], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((sender, mails)) = found else { return Ok(Known::default()) };
    let look = Look { connection: &snapshot, sender };
    let mut people: Vec<(i64, Acquaintance)> = Vec::new();
    let recipients = || outline.recipients.iter().take(MOST_RECIPIENTS);
    for one in recipients() {
        people.extend(look.person(&one.address)?);
    }
    let known: Vec<i64> = people.iter().map(|(number, _)| *number).collect();
    let mut neighbours: BTreeSet<i64> = BTreeSet::new();
    for one in recipients() {
        look.neighbours(&one.address, &one.name, &mut neighbours)?;
    }
    for number in neighbours.into_iter().filter(|number| !known.contains(number)).take(MOST_NEIGHBOURS) {
        people.extend(look.numbered(number)?);
    }
    look.complete(&mut people, &known)?;
    let numbers: HashMap<i64, String> =
        people.iter().map(|(number, one)| (*number, one.address.clone())).collect();
    let together = look.together(&known, &numbers)?;
    let domains = look.domains(people.iter().map(|(_, one)| one.address.as_str()), outline)?;
    let people = people.into_iter().map(|(_, one)| one).collect();
    let mut known = Known::new(mails, people, together);
    known.since = look.first()?;
    known.frequencies = look.frequencies(outline)?;
    known.domains = domains;
    known.recent = look.recent()?;
    known.thread = look.thread(outline)?;
    Ok(known)
}

struct Look<'a> {
    connection: &'a Connection,
    sender: i64,
}

impl Look<'_> {
    fn person(&self, address: &str) -> Result<Option<(i64, Acquaintance)>, Fault> {
        let sql = format!("{PERSON} WHERE sender = ?1 AND address = ?2");
        let mut find = self.connection.prepare_cached(&sql)?;
        Ok(find.query_row(params![self.sender, address], person).optional()?)
    }

    fn numbered(&self, number: i64) -> Result<Option<(i64, Acquaintance)>, Fault> {
        let mut find = self.connection.prepare_cached(&format!("{PERSON} WHERE number = ?1"))?;
        Ok(find.query_row([number], person).optional()?)
    }

    fn neighbours(&self, address: &str, name: &str, into: &mut BTreeSet<i64>) -> Result<(), Fault> {
        let mut find = self
            .connection
            .prepare_cached("SELECT correspondent FROM likeness WHERE sender = ?1 AND key = ?2 LIMIT ?3")?;
        for key in keys(address, name) {
            let rows = find.query_map(params![self.sender, key.cast_signed(), PER_KEY], |row| row.get(0))?;
            for number in rows {
                into.insert(number?);
            }
        }
        Ok(())
    }

    /// What a person's own row does not tell.
    fn complete(&self, people: &mut [(i64, Acquaintance)], recipients: &[i64]) -> Result<(), Fault> {
        let mut since = self.connection.prepare_cached(
            "SELECT count(*) FROM (SELECT 1 FROM learnt WHERE sender = ?1 AND at > ?2 LIMIT ?3)",
        )?;
        let mut greeted = self
            .connection
            .prepare_cached("SELECT name FROM greeting WHERE correspondent = ?1 ORDER BY mails DESC, name")?;
        for (number, one) in people {
            if recipients.contains(number) {
                let last = one.last.map_or(i64::MIN, Timestamp::as_millisecond);
                one.since = since.query_row(params![self.sender, last, MOST_SINCE], |row| row.get(0))?;
            }
            one.greeted = greeted.query_map([*number], |row| row.get(0))?.collect::<Result<_, _>>()?;
        }
        Ok(())
    }

    /// Mails to a recipient and another of the people.
    fn together(
        &self,
        recipients: &[i64],
        people: &HashMap<i64, String>,
    ) -> Result<Vec<((String, String), u32)>, Fault> {
        let all = serde_json::Value::from(people.keys().copied().collect::<Vec<i64>>()).to_string();
        let mut find = self.connection.prepare_cached(
            "SELECT other, mails FROM together WHERE one = ?1 AND other IN (SELECT value FROM json_each(?2)) UNION ALL \
             SELECT one, mails FROM together WHERE other = ?1 AND one IN (SELECT value FROM json_each(?2))",
        )?;
        let mut out = Vec::new();
        let mut done = HashSet::new();
        for one in recipients {
            let rows = find.query_map(params![one, all], |row| Ok((row.get(0)?, row.get(1)?)))?;
            for row in rows {
                let (other, mails): (i64, u32) = row?;
                if let (Some(a), Some(b)) = (people.get(one), people.get(&other))
                    && done.insert((*one.min(&other), *one.max(&other)))
                {
                    out.push(((a.clone(), b.clone()), mails));
                }
            }
        }
        Ok(out)
    }

    fn domains<'a>(
        &self,
        people: impl Iterator<Item = &'a str>,
        outline: &'a Outline,
    ) -> Result<HashMap<String, u32>, Fault> {
        let addresses = people.chain(outline.recipients.iter().map(|one| one.address.as_str()));
        let domains: BTreeSet<&str> = addresses.filter_map(|address| Some(address.rsplit_once('@')?.1)).collect();
        let mut find = self.connection.prepare_cached("SELECT mails FROM domain WHERE sender = ?1 AND domain = ?2")?;
        let mut out = HashMap::new();
        for domain in domains {
            let mails: Option<u32> = find.query_row(params![self.sender, domain], |row| row.get(0)).optional()?;
            out.extend(mails.map(|mails| (domain.to_owned(), mails)));
        }
        Ok(out)
    }

    fn first(&self) -> Result<Option<Timestamp>, Fault> {
        let mut find = self.connection.prepare_cached("SELECT min(at) FROM learnt WHERE sender = ?1")?;
        Ok(find.query_row([self.sender], |row| row.get::<_, Option<i64>>(0))?.map(timestamp))
    }

    fn frequencies(&self, outline: &Outline) -> Result<HashMap<u32, u32>, Fault> {
        let mut find = self.connection.prepare_cached("SELECT mails FROM term WHERE sender = ?1 AND hash = ?2")?;
        let mut out = HashMap::new();
        for (hash, _) in &outline.terms {
            let mails: Option<u32> = find.query_row(params![self.sender, hash], |row| row.get(0)).optional()?;
            out.extend(mails.map(|mails| (*hash, mails)));
        }
        Ok(out)
    }

    fn recent(&self) -> Result<Vec<Recent>, Fault> {
        let mut find = self.connection.prepare_cached(
            "SELECT recipients, terms FROM learnt WHERE sender = ?1 AND terms IS NOT NULL ORDER BY at DESC LIMIT ?2",
        )?;
        let rows = find.query_map(params![self.sender, learn::NEWEST], |row| {
            let (recipients, terms): (Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?);
            Ok((blob::to_numbers(&recipients), blob::to_hashes(&terms)))
        })?;
        rows.map(|row| row.map(|(recipients, terms)| Recent { recipients, terms }).map_err(Fault::from)).collect()
    }

    fn thread(&self, outline: &Outline) -> Result<Vec<Vec<String>>, Fault> {
        let mut by_subject = self.connection.prepare_cached(
            "SELECT recipients FROM learnt WHERE sender = ?1 AND subject = ?2 ORDER BY at DESC LIMIT ?3",
        )?;
        let mut by_id =
            self.connection.prepare_cached("SELECT recipients FROM learnt WHERE sender = ?1 AND mail = ?2")?;
        let mut found: Vec<Vec<u8>> = Vec::new();
        if let Some(subject) = outline.subject {
            let of = params![self.sender, subject.cast_signed(), MOST_OF_THREAD];
            found.extend(by_subject.query_map(of, |row| row.get(0))?.collect::<Result<Vec<Vec<u8>>, _>>()?);
        }
        for id in outline.answers.iter().rev().take(MOST_OF_THREAD as usize) {
            found.extend(by_id.query_row(params![self.sender, id.cast_signed()], |row| row.get(0)).optional()?);
        }
        let mut address = self.connection.prepare_cached("SELECT address FROM correspondent WHERE number = ?1")?;
        let mut out = Vec::new();
        for recipients in found {
            let mut mail = Vec::new();
            for number in blob::to_numbers(&recipients) {
                mail.extend(address.query_row([number], |row| row.get(0)).optional()?);
            }
            out.push(mail);
        }
        Ok(out)
    }
}

fn person(row: &Row<'_>) -> Result<(i64, Acquaintance), rusqlite::Error> {
    let time = |at: Option<i64>| at.map(timestamp);
    let topic: Option<Vec<u8>> = row.get(9)?;
    let one = Acquaintance {
        address: row.get(1)?,
        name: row.get(2)?,
        number: row.get(0)?,
        person: row.get(3)?,
        sent: row.get(4)?,
        received: row.get(5)?,
        first: time(row.get(6)?),
        last: time(row.get(7)?),
        listed: row.get(8)?,
        topic: topic.map(|blob| blob::to_terms(&blob)).unwrap_or_default(),
        ..Acquaintance::default()
    };
    Ok((one.number, one))
}
