//! What people said of findings: written with what they did, read for the next mail, gone with whom it names.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::correspondents::Known;
use crate::correspondents::feedback::{CORRECTED_WITHIN, Confused, Doubted, Fate, Notes, Pair, Right, Trace};
use crate::store::read::timestamp;
use crate::store::sqlite::Fault;

/// Recipients that are looked up: a circular is nobody's slip.
const MOST_RECIPIENTS: usize = 50;
/// Mails of one sender that are compared with the next one.
const MOST_TAKEN_BACK: i64 = 20;
/// In milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// What became of the findings of one rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    pub rule: String,
    pub told: u32,
    pub held: u32,
    pub returned: u32,
    pub released: u32,
    pub corrected: u32,
    pub dropped: u32,
    /// To whom mails were let go in spite of it, most often first; of all times.
    pub overridden: Vec<(String, u32)>,
}

/// What was said of one pair of addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    Right {
        sender: String,
        right: Right,
    },
    Confused {
        sender: String,
        confused: Confused,
    },
    /// Mails held up for nothing by a rule.
    Overridden {
        sender: String,
        rule: String,
        address: String,
        mails: u32,
    },
}

/// Notes all there is to note of one mail.
pub(in crate::store) fn note(connection: &Connection, notes: &Notes) -> Result<(), Fault> {
    let at = notes.at.as_millisecond();
    forget_taken_back(connection, at)?;
    for (rule, fate) in &notes.fates {
        count(connection, at, rule, *fate)?;
    }
    if notes.sender.is_empty() {
        return Ok(());
    }
    for address in &notes.undone {
        let mut delete =
            connection.prepare_cached("DELETE FROM confused WHERE sender = ?1 AND address = ?2 AND at > ?3")?;
        delete.execute(params![notes.sender, address, at - CORRECTED_WITHIN])?;
    }
    for doubted in &notes.right {
        set_right(connection, &notes.sender, doubted, at)?;
    }
    for pair in &notes.confused {
        set_confused(connection, &notes.sender, pair, at)?;
    }
    for (rule, address) in &notes.overridden {
        let mut put = connection.prepare_cached(
            "INSERT INTO overridden (sender, rule, address, mails, at) VALUES (?1, ?2, ?3, 1, ?4) \
             ON CONFLICT DO UPDATE SET mails = mails + 1, at = excluded.at",
        )?;
        put.execute(params![notes.sender, rule, address, at])?;
    }
    let Some(trace) = &notes.trace else { return Ok(()) };
    if notes.confirmed {
        belie(connection, &notes.sender, trace)?;
    }
    compare(connection, &notes.sender, trace, at)?;
    if notes.taken_back {
        let trace = serde_json::to_string(trace).expect("numbers and texts have a form in JSON");
        let mut put = connection.prepare_cached("INSERT INTO taken_back (sender, at, trace) VALUES (?1, ?2, ?3)")?;
        put.execute(params![notes.sender, at, trace])?;
    }
    Ok(())
}

/// As [`note`], where something else must not fail with it: without its notes a mail is let go all the same.
pub(in crate::store) fn note_beside(connection: &Connection, notes: &Notes) -> Result<(), Fault> {
    connection.execute_batch("SAVEPOINT notes")?;
    if let Err(fault) = note(connection, notes) {
        // The whole transaction is gone where the disk is full.
        if connection.is_autocommit() {
            return Err(fault);
        }
        connection.execute_batch("ROLLBACK TO notes")?;
        tracing::warn!(?fault, "what became of findings was not noted");
    }
    Ok(connection.execute_batch("RELEASE notes")?)
}

fn count(connection: &Connection, at: i64, rule: &str, fate: Fate) -> Result<(), Fault> {
    let column = match fate {
        Fate::Told => "told",
        Fate::Held => "held",
        Fate::Returned => "returned",
        Fate::Released => "released",
        Fate::Corrected => "corrected",
        Fate::Dropped => "dropped",
    };
    let sql = format!(
        "INSERT INTO tally (day, rule, {column}) VALUES (?1, ?2, 1) ON CONFLICT DO UPDATE SET {column} = {column} + 1"
    );
    connection.prepare_cached(&sql)?.execute(params![at.div_euclid(DAY), rule])?;
    Ok(())
}

pub(super) fn set_right(connection: &Connection, sender: &str, doubted: &Doubted, at: i64) -> Result<(), Fault> {
    let mut put = connection.prepare_cached(
        "INSERT INTO said_right (sender, address, rule, other, at) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT DO UPDATE SET at = max(at, excluded.at)",
    )?;
    let nobody = [String::new()];
    let others = if doubted.others.is_empty() { &nobody[..] } else { &doubted.others };
    for other in others {
        put.execute(params![sender, doubted.address, doubted.rule, other, at])?;
    }
    Ok(())
}

/// What was right before is doubted again.
pub(super) fn set_confused(connection: &Connection, sender: &str, pair: &Pair, at: i64) -> Result<(), Fault> {
    let mut put = connection.prepare_cached(
        "INSERT INTO confused (sender, address, other, beside, at) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT DO UPDATE SET at = max(at, excluded.at), beside = excluded.beside",
    )?;
    put.execute(params![sender, pair.address, pair.other, pair.beside, at])?;
    let mut doubt =
        connection.prepare_cached("DELETE FROM said_right WHERE sender = ?1 AND address = ?2 AND at <= ?3")?;
    doubt.execute(params![sender, pair.address, at])?;
    Ok(())
}

/// The mails of the last hour that nobody got: is this one what was meant? Not of those taken back behind it, itself among
/// them: what the relay notes may be written late.
fn compare(connection: &Connection, sender: &str, trace: &Trace, at: i64) -> Result<(), Fault> {
    let mut find = connection.prepare_cached(
        "SELECT number, trace FROM taken_back WHERE sender = ?1 AND at <= ?2 AND corrected_at IS NULL ORDER BY number DESC LIMIT ?3",
    )?;
    let rows = find.query_map(params![sender, at, MOST_TAKEN_BACK], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let before: Vec<(i64, String)> = rows.collect::<Result<_, _>>()?;
    let mut told = false;
    for (number, text) in before {
        let Ok(earlier) = serde_json::from_str::<Trace>(&text) else { continue };
        let Some(correction) = earlier.corrected_by(trace) else { continue };
        connection
            .prepare_cached("UPDATE taken_back SET corrected_at = ?2 WHERE number = ?1")?
            .execute([number, at])?;
        for rule in &correction.rules {
            count(connection, at, rule, Fate::Corrected)?;
        }
        // Of several attempts the last one is the one that was corrected.
        for pair in correction.confused.iter().filter(|_| !told) {
            set_confused(connection, sender, pair, at)?;
        }
        told = true;
    }
    Ok(())
}

/// The mail that was handed back has come again as it was: what another one between the two made of it was a letter to
/// somebody else.
fn belie(connection: &Connection, sender: &str, trace: &Trace) -> Result<(), Fault> {
    let mut find = connection
        .prepare_cached("SELECT trace, corrected_at FROM taken_back WHERE sender = ?1 AND corrected_at IS NOT NULL")?;
    let rows = find.query_map([sender], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let corrected: Vec<(String, i64)> = rows.collect::<Result<_, _>>()?;
    let mut delete =
        connection.prepare_cached("DELETE FROM confused WHERE sender = ?1 AND address = ?2 AND at = ?3")?;
    for (text, at) in corrected {
        let earlier = serde_json::from_str::<Trace>(&text).ok().filter(|earlier| earlier.is_again(trace));
        for address in earlier.iter().flat_map(Trace::recipients) {
            delete.execute(params![sender, address, at])?;
        }
    }
    Ok(())
}

/// Deletes what is too old to be corrected.
pub(in crate::store) fn forget_taken_back(connection: &Connection, now: i64) -> Result<(), Fault> {
    let mut delete = connection.prepare_cached("DELETE FROM taken_back WHERE at < ?1")?;
    delete.execute([now - CORRECTED_WITHIN])?;
    Ok(())
}

/// What was said of the recipients of a mail.
pub(super) fn known<'a>(
    connection: &Connection,
    sender: &str,
    recipients: impl Iterator<Item = &'a str>,
    known: &mut Known,
) -> Result<(), Fault> {
    let mut right = connection
        .prepare_cached("SELECT sender, address, rule, other, at FROM said_right WHERE sender = ?1 AND address = ?2")?;
    let mut confused = connection
        .prepare_cached("SELECT sender, address, other, beside, at FROM confused WHERE sender = ?1 AND address = ?2")?;
    for address in recipients.take(MOST_RECIPIENTS) {
        for found in right.query_map([sender, address], right_of)? {
            known.right.push(found?.1);
        }
        for found in confused.query_map([sender, address], confused_of)? {
            known.confused.push(found?.1);
        }
    }
    Ok(())
}

fn right_of(row: &Row<'_>) -> Result<(String, Right), rusqlite::Error> {
    let right = Right { address: row.get(1)?, rule: row.get(2)?, other: row.get(3)?, at: timestamp(row.get(4)?) };
    Ok((row.get(0)?, right))
}

fn confused_of(row: &Row<'_>) -> Result<(String, Confused), rusqlite::Error> {
    let confused =
        Confused { address: row.get(1)?, other: row.get(2)?, beside: row.get(3)?, at: timestamp(row.get(4)?) };
    Ok((row.get(0)?, confused))
}

/// All that was said in which an address stands; of every address where none is given.
pub(super) fn said(connection: &Connection, address: Option<&str>) -> Result<Vec<Said>, Fault> {
    let mut out = Vec::new();
    let mut find = connection.prepare_cached(
        "SELECT sender, address, other, beside, at FROM confused WHERE ?1 IS NULL OR ?1 IN (address, other) \
         ORDER BY sender, at DESC, address, other",
    )?;
    for row in find.query_map([address], confused_of)? {
        let (sender, confused) = row?;
        out.push(Said::Confused { sender, confused });
    }
    let mut find = connection.prepare_cached(
        "SELECT sender, address, rule, other, at FROM said_right WHERE ?1 IS NULL OR ?1 IN (address, other) \
         ORDER BY sender, at DESC, address, rule, other",
    )?;
    for row in find.query_map([address], right_of)? {
        let (sender, right) = row?;
        out.push(Said::Right { sender, right });
    }
    let mut find = connection.prepare_cached(
        "SELECT sender, rule, address, mails FROM overridden WHERE ?1 IS NULL OR address = ?1 ORDER BY sender, rule, address",
    )?;
    let overridden = |row: &Row<'_>| {
        let (sender, rule, address) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(Said::Overridden { sender, rule, address, mails: row.get(3)? })
    };
    for row in find.query_map([address], overridden)? {
        out.push(row?);
    }
    Ok(out)
}

/// Puts in what another store exported; newer things said stay.
pub(super) fn enter(connection: &Connection, said: &[Said]) -> Result<(), Fault> {
    for one in said {
        match one {
            Said::Right { sender, right } => {
                let Right { address, rule, other, at } = right.clone();
                let others = if other.is_empty() { Vec::new() } else { vec![other] };
                set_right(connection, sender, &Doubted { rule, address, others }, at.as_millisecond())?;
            }
            Said::Confused { sender, confused } => {
                let Confused { address, other, beside, at } = confused.clone();
                set_confused(connection, sender, &Pair { address, other, beside }, at.as_millisecond())?;
            }
            Said::Overridden { .. } => {}
        }
    }
    Ok(())
}

/// The rules with what became of their findings since a day, by id.
pub(in crate::store) fn tallies(connection: &Connection, since: Timestamp) -> Result<Vec<Tally>, Fault> {
    let mut find = connection.prepare_cached(
        "SELECT rule, sum(told), sum(held), sum(returned), sum(released), sum(corrected), sum(dropped) FROM tally \
         WHERE day >= ?1 GROUP BY rule ORDER BY rule",
    )?;
    let tally = |row: &Row<'_>| {
        Ok(Tally {
            rule: row.get(0)?,
            told: row.get(1)?,
            held: row.get(2)?,
            returned: row.get(3)?,
            released: row.get(4)?,
            corrected: row.get(5)?,
            dropped: row.get(6)?,
            overridden: Vec::new(),
        })
    };
    let day = since.as_millisecond().div_euclid(DAY);
    let mut out: Vec<Tally> = find.query_map([day], tally)?.collect::<Result<_, _>>()?;
    let mut whom = connection.prepare_cached(
        "SELECT address, sum(mails) FROM overridden WHERE rule = ?1 AND at >= ?2 GROUP BY address ORDER BY 2 DESC, 1",
    )?;
    for one in &mut out {
        let rows = whom.query_map(params![one.rule, day * DAY], |row| Ok((row.get(0)?, row.get(1)?)))?;
        one.overridden = rows.collect::<Result<_, _>>()?;
    }
    Ok(out)
}

/// Deletes what names an address; for whom something was said of it, itself where it said something.
pub(super) fn forget(connection: &Connection, address: &str) -> Result<Vec<String>, Fault> {
    let mut senders = connection.prepare_cached(
        "SELECT sender FROM said_right WHERE ?1 IN (address, other, sender) UNION \
         SELECT sender FROM confused WHERE ?1 IN (address, other, sender) UNION \
         SELECT sender FROM overridden WHERE ?1 IN (address, sender)",
    )?;
    let found = senders.query_map([address], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for sql in [
        "DELETE FROM said_right WHERE ?1 IN (address, other, sender)",
        "DELETE FROM confused WHERE ?1 IN (address, other, sender)",
        "DELETE FROM overridden WHERE ?1 IN (address, sender)",
        "DELETE FROM taken_back WHERE sender = ?1",
    ] {
        connection.prepare_cached(sql)?.execute([address])?;
    }
    let written = serde_json::Value::from(address).to_string();
    connection.prepare_cached("DELETE FROM taken_back WHERE instr(trace, ?1) > 0")?.execute([written])?;
    Ok(found)
}

/// Deletes all that names somebody.
pub(super) fn forget_all(connection: &Connection) -> Result<(), Fault> {
    Ok(connection.execute_batch(
        "DELETE FROM said_right; DELETE FROM confused; DELETE FROM overridden; DELETE FROM taken_back",
    )?)
}
