//! The newest mails of those who write: kept in memory, read anew only where the database has changed.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension};

use super::blob;
use crate::correspondents::{History, Judged, Past};
use crate::store::sqlite::Fault;

/// Senders whose newest mails are kept at hand; some megabytes each.
const MOST_HISTORIES: usize = 64;

/// The newest mails of senders that wrote lately, by number of the sender.
#[derive(Default)]
pub(in crate::store) struct Histories {
    kept: Mutex<HashMap<i64, Kept>>,
}

struct Kept {
    version: Version,
    history: Arc<History>,
}

/// The state of a sender's mails: how many, and how often others than new ones have changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) mails: u32,
    pub(super) forgot: i64,
}

impl Histories {
    /// The history as the database has it; read anew only where it has changed.
    pub(super) fn of(&self, connection: &Connection, sender: i64, version: Version) -> Result<Arc<History>, Fault> {
        let history = match self.take(sender, version) {
            None => None,
            Some(kept) if kept.version == version => return Ok(kept.history),
            Some(kept) => continued(connection, sender, kept, version)?,
        };
        let history = match history {
            Some(history) => history,
            None => {
                let mut history = History::new(past(connection, sender, i64::MIN)?);
                put_addresses(connection, &mut history)?;
                Arc::new(history)
            }
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST_HISTORIES && !kept.contains_key(&sender) {
            kept.clear();
        }
        kept.insert(sender, Kept { version, history: Arc::clone(&history) });
        Ok(history)
    }

    /// What is kept: shared where it is right; else taken out, so that what came since is added without a copy.
    fn take(&self, sender: i64, version: Version) -> Option<Kept> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.get(&sender) {
            Some(right) if right.version == version => Some(Kept { version, history: Arc::clone(&right.history) }),
            _ => kept.remove(&sender),
        }
    }
}

/// The history with mails that came behind it, if that is all that has changed.
fn continued(
    connection: &Connection,
    sender: i64,
    kept: Kept,
    version: Version,
) -> Result<Option<Arc<History>>, Fault> {
    let Kept { version: then, mut history } = kept;
    let newest = history.mails().last().map(|mail| mail.at);
    let Some(newest) = newest.filter(|_| then.forgot == version.forgot && then.mails < version.mails) else {
        return Ok(None);
    };
    let new = past(connection, sender, newest)?;
    if new.len() != (version.mails - then.mails) as usize {
        return Ok(None);
    }
    let longer = Arc::make_mut(&mut history);
    if !longer.append(new) {
        return Ok(None);
    }
    put_addresses(connection, longer)?;
    Ok(Some(history))
}

/// Notes the addresses that a history does not know yet.
fn put_addresses(connection: &Connection, history: &mut History) -> Result<(), Fault> {
    let people = history.mails().iter().flat_map(|mail| &mail.recipients).copied();
    let new: BTreeSet<i64> = people.filter(|person| !history.has_address(*person)).collect();
    let mut find = connection.prepare_cached("SELECT address FROM correspondent WHERE number = ?1")?;
    let mut addresses = Vec::with_capacity(new.len());
    for person in new {
        let address = find.query_row([person], |row| row.get::<_, String>(0)).optional()?;
        addresses.extend(address.map(|address| (person, address)));
    }
    history.put_addresses(addresses);
    Ok(())
}

/// Mails that still have their terms, from behind a moment on.
fn past(connection: &Connection, sender: i64, behind: i64) -> Result<Vec<Past>, Fault> {
    let mut find = connection
        .prepare_cached("SELECT at, recipients, terms, odds, namesake FROM recent WHERE sender = ?1 AND at > ?2")?;
    let mut rows = find.query([sender, behind])?;
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let blob = |column: usize| row.get_ref(column).map(|value| value.as_blob().unwrap_or_default());
        let (odds, namesake): (Option<f32>, Option<f32>) = (row.get(3)?, row.get(4)?);
        out.push(Past {
            at: row.get(0)?,
            recipients: blob::to_numbers(blob(1)?),
            terms: blob::to_terms(blob(2)?),
            judged: odds.zip(namesake).map(|(odds, namesake)| Judged { odds, namesake }),
        });
    }
    Ok(out)
}
