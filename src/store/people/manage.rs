//! What a person does with the people known: look, enter, join, forget.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{Mark, feedback, keep, learn, short};
use crate::correspondents::Card;
use crate::store::read::timestamp;
use crate::store::sqlite::Fault;

/// One line of a list of correspondents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub sender: String,
    pub address: String,
    pub name: String,
    /// Readings and other names.
    pub names: Vec<String>,
    pub role: String,
    pub organisation: String,
    pub sent: u32,
    pub received: u32,
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    /// Stands in an address book.
    pub listed: bool,
}

/// All that is kept of one correspondent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub about: Listed,
    /// Other addresses of the same person.
    pub also: Vec<String>,
    /// Names it is greeted by, with the number of mails.
    pub greeted: Vec<(String, u32)>,
    /// Files sent, newest first.
    pub files: Vec<(String, Timestamp)>,
}

/// Other names kept of one person.
const MOST_NAMES: usize = 8;

const LISTED: &str = "SELECT s.address, c.address, c.name, c.sent, c.received, c.first_at, c.last_at, c.listed, \
                      c.names, c.role, c.organisation, c.number \
                      FROM correspondent c JOIN sender s ON s.number = c.sender";

pub(super) fn senders(connection: &Connection) -> Result<Vec<(String, u32)>, Fault> {
    let mut find = connection.prepare_cached("SELECT address, mails FROM sender ORDER BY address")?;
    let rows = find.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn list(connection: &Connection, words: &str, limit: usize) -> Result<Vec<Listed>, Fault> {
    let sql = format!(
        "{LISTED} WHERE instr(c.address, lower(?1)) OR instr(lower(c.name), lower(?1)) \
         ORDER BY c.sent DESC, c.last_at DESC, c.address LIMIT ?2"
    );
    let mut find = connection.prepare_cached(&sql)?;
    let rows = find.query_map(params![words, limit as i64], listed)?;
    Ok(rows.map(|row| row.map(|(one, _)| one)).collect::<Result<_, _>>()?)
}

/// The correspondents of one sender, with their numbers.
pub(super) fn of_sender(connection: &Connection, sender: i64) -> Result<Vec<(Listed, i64)>, Fault> {
    let mut find = connection.prepare_cached(&format!("{LISTED} WHERE c.sender = ?1 ORDER BY c.address"))?;
    Ok(find.query_map([sender], listed)?.collect::<Result<_, _>>()?)
}

fn listed(row: &rusqlite::Row<'_>) -> Result<(Listed, i64), rusqlite::Error> {
    let time = |at: Option<i64>| at.map(timestamp);
    let one = Listed {
        sender: row.get(0)?,
        address: row.get(1)?,
        name: row.get(2)?,
        sent: row.get(3)?,
        received: row.get(4)?,
        first: time(row.get(5)?),
        last: time(row.get(6)?),
        listed: row.get(7)?,
        names: row.get::<_, String>(8)?.lines().map(str::to_owned).collect(),
        role: row.get(9)?,
        organisation: row.get(10)?,
    };
    Ok((one, row.get(11)?))
}

pub(super) fn show(connection: &Connection, address: &str) -> Result<Vec<Profile>, Fault> {
    let mut find = connection.prepare_cached(&format!("{LISTED} WHERE c.address = ?1 ORDER BY s.address"))?;
    let found: Vec<(Listed, i64)> = find.query_map([address], listed)?.collect::<Result<_, _>>()?;
    found.into_iter().map(|(about, number)| profile(connection, about, number)).collect()
}

pub(super) fn profile(connection: &Connection, about: Listed, number: i64) -> Result<Profile, Fault> {
    let counted = |sql: &str| -> Result<Vec<(String, u32)>, Fault> {
        let mut find = connection.prepare_cached(sql)?;
        let rows = find.query_map([number], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    };
    let mut also = connection.prepare_cached(
        "SELECT o.address FROM correspondent c JOIN correspondent o ON o.sender = c.sender AND o.person = c.person \
         WHERE c.number = ?1 AND c.person <> 0 AND o.number <> ?1 ORDER BY o.address",
    )?;
    let mut files = connection
        .prepare_cached("SELECT name, at FROM file WHERE correspondent = ?1 ORDER BY at DESC, name LIMIT 20")?;
    Ok(Profile {
        about,
        also: also.query_map([number], |row| row.get(0))?.collect::<Result<_, _>>()?,
        greeted: counted("SELECT name, mails FROM greeting WHERE correspondent = ?1 ORDER BY mails DESC, name")?,
        files: files.query_map([number], |row| Ok((row.get(0)?, timestamp(row.get(1)?))))?.collect::<Result<_, _>>()?,
    })
}

/// Puts address-book people in; how many addresses are new.
pub(super) fn enter(connection: &Connection, sender: &str, cards: &[Card]) -> Result<usize, Fault> {
    let sender = learn::sender(connection, sender)?;
    let mut new = 0;
    for card in cards {
        let mut numbers = Vec::new();
        for address in card.addresses.iter().map(|address| address.to_lowercase()) {
            let mut find =
                connection.prepare_cached("SELECT count(*) FROM correspondent WHERE sender = ?1 AND address = ?2")?;
            new += usize::from(find.query_row(params![sender, address], |row| row.get::<_, i64>(0))? == 0);
            let known = learn::correspondent(connection, sender, &address, &card.name)?;
            numbers.push(known.number);
            // The name that mails to it show is the newer one.
            if known.name.is_empty() && !card.name.is_empty() {
                connection
                    .prepare_cached("UPDATE correspondent SET name = ?2 WHERE number = ?1")?
                    .execute(params![known.number, short(&card.name)])?;
                learn::put_keys(connection, sender, known.number, &address, &card.name)?;
            }
        }
        numbers.iter().try_for_each(|number| fill_in(connection, *number, card))?;
        for (number, kept) in numbers.iter().flat_map(|number| card.kept.iter().map(move |kept| (*number, kept))) {
            keep::put_person(connection, sender, number, &card.name, kept)?;
        }
        for pair in numbers.windows(2) {
            join(connection, pair[0], pair[1])?;
        }
    }
    Ok(new)
}

/// What a book says beside the address; counts never get smaller by it.
fn fill_in(connection: &Connection, number: i64, card: &Card) -> Result<(), Fault> {
    let time = |at: Option<Timestamp>| at.map(Timestamp::as_millisecond);
    let mut fill = connection.prepare_cached(
        "UPDATE correspondent SET listed = listed OR ?9, names = coalesce(nullif(?2, ''), names), role = coalesce(nullif(?3, ''), role), \
         organisation = coalesce(nullif(?4, ''), organisation), sent = max(sent, ?5), received = max(received, ?6), \
         first_at = min(coalesce(first_at, ?7), coalesce(?7, first_at)), last_at = max(coalesce(last_at, ?8), coalesce(?8, last_at)) \
         WHERE number = ?1",
    )?;
    let names: Vec<&str> = card.names.iter().take(MOST_NAMES).map(|name| short(name)).collect();
    let names = names.join("\n");
    let (role, organisation) = (short(&card.role), short(&card.organisation));
    let (first, last) = (time(card.first), time(card.last));
    let is_listed = card.kept.as_ref().is_none_or(|kept| kept.address_book);
    fill.execute(params![number, names, role, organisation, card.sent, card.received, first, last, is_listed])?;
    Ok(())
}

pub(super) fn merge(connection: &Connection, one: &str, other: &str) -> Result<usize, Fault> {
    let mut find = connection.prepare_cached(
        "SELECT a.number, b.number FROM correspondent a JOIN correspondent b ON b.sender = a.sender \
         WHERE a.address = ?1 AND b.address = ?2",
    )?;
    let pairs: Vec<(i64, i64)> =
        find.query_map([one, other], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    for (a, b) in &pairs {
        join(connection, *a, *b)?;
    }
    Ok(pairs.len())
}

/// A person goes by the smallest number of its addresses.
pub(super) fn join(connection: &Connection, a: i64, b: i64) -> Result<(), Fault> {
    let mut find = connection.prepare_cached(
        "SELECT sender, person, CASE person WHEN 0 THEN number ELSE person END FROM correspondent WHERE number IN (?1, ?2)",
    )?;
    let rows = find.query_map([a, b], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let both: Vec<(i64, i64, i64)> = rows.collect::<Result<_, _>>()?;
    let Some(one) = both.iter().map(|(.., own)| *own).min() else { return Ok(()) };
    // One statement for each condition: together they would read the whole table.
    let mut all = connection
        .prepare_cached("UPDATE correspondent SET person = ?1 WHERE sender = ?2 AND person = ?3 AND person <> 0")?;
    for (sender, person, _) in &both {
        all.execute([one, *sender, *person])?;
    }
    let mut set = connection.prepare_cached("UPDATE correspondent SET person = ?1 WHERE number IN (?2, ?3)")?;
    set.execute([one, a, b])?;
    Ok(())
}

pub(super) fn forget_all(connection: &Connection) -> Result<(), Fault> {
    // What refers to a sender goes with it.
    connection.execute("DELETE FROM sender", [])?;
    feedback::forget_all(connection)?;
    // Or what was read once would never be read again.
    connection.execute("DELETE FROM mark", [])?;
    Ok(())
}

pub(super) fn mark(connection: &Connection, source: &str) -> Result<Option<Mark>, Fault> {
    let mut find = connection.prepare_cached("SELECT validity, last FROM mark WHERE source = ?1")?;
    let mark =
        |row: &rusqlite::Row<'_>| Ok(Mark { source: source.to_owned(), validity: row.get(0)?, last: row.get(1)? });
    Ok(find.query_row([source], mark).optional()?)
}

pub(super) fn set_mark(connection: &Connection, mark: &Mark) -> Result<(), Fault> {
    let mut set = connection.prepare_cached(
        "INSERT INTO mark (source, validity, last) VALUES (?1, ?2, ?3) \
         ON CONFLICT (source) DO UPDATE SET validity = excluded.validity, last = excluded.last",
    )?;
    set.execute(params![mark.source, mark.validity, mark.last])?;
    Ok(())
}
