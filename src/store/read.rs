//! Reading: rows to values, and a few connections that readers share.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};

use super::reports;
use super::sqlite::{self, Fault};
use super::{Event, Failure, Filter, Found, MailId, Order, Remark, State, StoreError, StoredMail, Summary, id};
use crate::message::{Address, Envelope};
use crate::team::{Approved, Scope};

/// The columns of a [`Summary`], for [`summary`].
pub(super) const SUMMARY: &str = "id, state, sender, recipients, eight_bit, utf8, login, account, subject, findings, \
                                  size, received_at, changed_at, due_at, attempts, uncertain, failure, answer, reports, \
                                  approval";

/// Idle connections kept; more are opened when more readers come at once.
const KEPT: usize = 4;

/// Connections for reading; they never wait for the writer (write-ahead log).
pub(super) struct Readers {
    path: Arc<Path>,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn new(path: Arc<Path>) -> Readers {
        Readers { path, idle: Mutex::new(Vec::new()) }
    }

    /// Runs `work` on a thread that may block.
    pub(super) async fn run<T, F>(self: &Arc<Self>, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        let readers = Arc::clone(self);
        let task = tokio::task::spawn_blocking(move || readers.run_here(work));
        // The task is never aborted; a panic in it is a bug that its caller sees as a store that stopped.
        task.await.map_err(|_| StoreError::Stopped)?
    }

    /// Runs `work` on this thread, which waits for the disk.
    pub(super) fn run_here<T>(&self, work: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, StoreError> {
        let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match kept {
            Some(connection) => connection,
            None => sqlite::open_reader(&self.path)?,
        };
        let outcome = work(&connection).map_err(|fault| fault.explain(&self.path));
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if outcome.is_ok() && idle.len() < KEPT {
            idle.push(connection);
        }
        outcome
    }
}

pub(super) fn list(connection: &Connection, filter: &Filter) -> Result<Vec<Summary>, Fault> {
    let mut sql = "SELECT number FROM mail WHERE TRUE".to_owned();
    let mut values: Vec<String> = Vec::new();
    if !filter.states.is_empty() {
        sql.push_str(&format!(" AND state IN ({})", vec!["?"; filter.states.len()].join(", ")));
        values.extend(filter.states.iter().map(|state| state.as_str().to_owned()));
    }
    for word in filter.words.split_whitespace() {
        sql.push_str(
            " AND (subject || ' ' || coalesce(sender, '') || ' ' || recipients || ' ' || id) LIKE ? ESCAPE '\\'",
        );
        values.push(format!("%{}%", word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")));
    }
    if let Some((condition, compared)) = filter.scope.as_ref().map(seen_by) {
        sql.push_str(&format!(" AND {condition}"));
        values.extend(compared);
    }
    let order = match filter.order {
        Order::Time => "received_at, id",
        Order::Risk => "risk, received_at, id",
    };
    if let Some(after) = &filter.after {
        sql.push_str(&format!(" AND ({order}) < (SELECT {order} FROM mail WHERE id = ?)"));
        values.push(after.as_str().to_owned());
    }
    let descending: Vec<String> = order.split(", ").map(|column| format!("{column} DESC")).collect();
    let (descending, limit) = (descending.join(", "), filter.limit);
    // Which mails are chosen is told by an index alone; only those chosen are read.
    let sql = format!(
        "SELECT {SUMMARY} FROM mail WHERE number IN ({sql} ORDER BY {descending} LIMIT {limit}) ORDER BY {descending}"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(values))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        match summary(row) {
            Ok(mail) => found.push(mail),
            // One damaged row must not hide all the others.
            Err(Fault::Value(mail, column)) => tracing::error!(mail, column, "left out of the list: unreadable"),
            Err(fault) => return Err(fault),
        }
    }
    Ok(found)
}

pub(super) fn counts(connection: &Connection, scope: Option<&Scope>) -> Result<Vec<(State, u64)>, Fault> {
    let (condition, values) = scope.map_or(("TRUE".to_owned(), Vec::new()), seen_by);
    let sql = format!("SELECT state, count(*) FROM mail WHERE {condition} GROUP BY state");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows =
        statement.query_map(params_from_iter(values), |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
    let mut counts = Vec::new();
    for row in rows {
        let (state, count) = row?;
        // A state that is none belongs to a damaged row, which the lists leave out too.
        counts.extend(State::parse(&state).map(|state| (state, count.unsigned_abs())));
    }
    Ok(counts)
}

pub(super) fn mail(connection: &Connection, id: &MailId) -> Result<Option<StoredMail>, Fault> {
    // One snapshot for the three queries.
    let snapshot = connection.unchecked_transaction()?;
    let Some(summary) = without_text(&snapshot, id)? else { return Ok(None) };
    let events = events(&snapshot, id)?;
    let raw = if summary.state.keeps_text() { Some(octets(&snapshot, id, summary.size)?) } else { None };
    Ok(Some(StoredMail { summary, raw, events }))
}

/// One mail without its text, which may be large, or damaged.
pub(super) fn without_text(connection: &Connection, id: &MailId) -> Result<Option<Summary>, Fault> {
    let mut statement = connection.prepare_cached(&format!("SELECT {SUMMARY} FROM mail WHERE id = ?1"))?;
    let mut rows = statement.query([id.as_str()])?;
    rows.next()?.map(summary).transpose()
}

/// How much has happened to a mail, as [`StoredMail::revision`] counts it.
pub(super) fn revision(connection: &Connection, id: &MailId) -> Result<Option<usize>, Fault> {
    let mut count = connection.prepare_cached(
        "SELECT (SELECT count(*) FROM event WHERE event.mail = mail.number AND event.remark <> 4) FROM mail WHERE id = ?1",
    )?;
    let events: Option<i64> = count.query_row([id.as_str()], |row| row.get(0)).optional()?;
    Ok(events.and_then(|events| usize::try_from(events).ok()))
}

/// Whether a mail still needs a second person.
pub(super) fn is_unapproved(connection: &Connection, id: &MailId) -> Result<bool, Fault> {
    let mut statement = connection.prepare_cached("SELECT approval <> 0 FROM mail WHERE id = ?1")?;
    Ok(statement.query_row([id.as_str()], |row| row.get(0))?)
}

/// Held mails that have waited for a second person since `before`.
pub(super) fn unapproved(connection: &Connection, before: Timestamp) -> Result<Vec<MailId>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM mail WHERE approval = 1 AND state = 'held' AND changed_at <= ?1 ORDER BY changed_at LIMIT 1000",
    )?;
    let rows = statement.query_map([before.as_millisecond()], |row| row.get(0).map(MailId::stored))?;
    Ok(rows.collect::<Result<Vec<_>, rusqlite::Error>>()?)
}

/// As [`unapproved`], of which nobody else was told yet.
pub(super) fn unescalated(connection: &Connection, before: Timestamp) -> Result<Vec<MailId>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM mail WHERE approval = 1 AND state = 'held' AND changed_at <= ?1 AND NOT EXISTS \
         (SELECT 1 FROM event WHERE event.mail = mail.number AND event.remark = 4 AND event.at >= mail.changed_at) \
         ORDER BY changed_at LIMIT 1000",
    )?;
    let rows = statement.query_map([before.as_millisecond()], |row| row.get(0).map(MailId::stored))?;
    Ok(rows.collect::<Result<Vec<_>, rusqlite::Error>>()?)
}

/// The mail as it came.
pub(super) fn octets(connection: &Connection, id: &MailId, size: u64) -> Result<Vec<u8>, Fault> {
    let mut raw = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    let mut statement = connection.prepare_cached(
        "SELECT octets FROM piece WHERE mail = (SELECT number FROM mail WHERE id = ?1) ORDER BY number",
    )?;
    let mut rows = statement.query([id.as_str()])?;
    while let Some(row) = rows.next()? {
        raw.extend_from_slice(row.get_ref(0)?.as_blob().map_err(|_| unreadable(id.as_str(), "octets"))?);
    }
    // A piece that is missing must never be sent as a shorter mail.
    if raw.len() as u64 == size { Ok(raw) } else { Err(unreadable(id.as_str(), "octets")) }
}

pub(super) fn find(connection: &Connection, typed: &str) -> Result<Found, Fault> {
    let Some(beginning) = id::normalise(typed) else { return Ok(Found::None) };
    let mut statement =
        connection.prepare_cached("SELECT id FROM mail WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT 8")?;
    // `~` sorts behind every character of an id.
    let rows = statement.query_map([&beginning, &format!("{beginning}~")], |row| row.get(0).map(MailId::stored))?;
    let mut ids = rows.collect::<Result<Vec<MailId>, rusqlite::Error>>()?;
    Ok(match ids.len() {
        0 => Found::None,
        1 => Found::One(ids.remove(0)),
        _ => Found::Ambiguous(ids),
    })
}

/// A condition for mails of none of these accounts; the list is bound as JSON.
pub(super) const NOT_OF: &str = "coalesce(account, '') NOT IN (SELECT value FROM json_each(?1))";

/// The accounts for [`NOT_OF`].
pub(super) fn accounts(names: &[String]) -> String {
    serde_json::Value::from(names).to_string()
}

pub(super) fn next_due(connection: &Connection, but: &[String]) -> Result<Option<Timestamp>, Fault> {
    let sql = match but {
        [] => "SELECT min(due_at) FROM mail WHERE due_at IS NOT NULL AND ?1 = ?1".to_owned(),
        _ => format!("SELECT min(due_at) FROM mail WHERE due_at IS NOT NULL AND {NOT_OF}"),
    };
    let mut statement = connection.prepare_cached(&sql)?;
    let due: Option<i64> = statement.query_row([accounts(but)], |row| row.get(0))?;
    Ok(due.map(timestamp))
}

/// Whether mails that were tried in vain wait although this user's login is there.
pub(super) fn waits_for(connection: &Connection, login: &str, now: Timestamp) -> Result<bool, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM mail WHERE due_at > ?2 AND state = 'ready' AND login = ?1 AND attempts > 0)",
    )?;
    Ok(statement.query_row(rusqlite::params![login, now.as_millisecond()], |row| row.get(0))?)
}

pub(super) fn keeps_mail_of(connection: &Connection, login: &str) -> Result<bool, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM mail WHERE login = ?1 AND state IN ('held', 'ready', 'sending', 'failed'))",
    )?;
    Ok(statement.query_row([login], |row| row.get(0))?)
}

pub(super) fn state(connection: &Connection, id: &MailId) -> Result<State, Fault> {
    let mut statement = connection.prepare_cached("SELECT state FROM mail WHERE id = ?1")?;
    let text: Option<String> = statement.query_row([id.as_str()], |row| row.get(0)).optional()?;
    let text = text.ok_or_else(|| StoreError::Unknown { id: id.clone() })?;
    State::parse(&text).ok_or_else(|| unreadable(id.as_str(), "state"))
}

/// Reads a row of [`SUMMARY`].
pub(super) fn summary(row: &Row<'_>) -> Result<Summary, Fault> {
    let id: String = row.get(0)?;
    let bad = |column: &'static str| unreadable(&id, column);
    let state: String = row.get(1)?;
    let failure: Option<String> = row.get(16)?;
    Ok(Summary {
        state: State::parse(&state).ok_or_else(|| bad("state"))?,
        envelope: envelope(row).map_err(bad)?,
        account: row.get(7)?,
        subject: row.get(8)?,
        findings_json: row.get(9)?,
        size: u64::try_from(row.get::<_, i64>(10)?).map_err(|_| bad("size"))?,
        received_at: timestamp(row.get(11)?),
        changed_at: timestamp(row.get(12)?),
        due_at: row.get::<_, Option<i64>>(13)?.map(timestamp),
        attempts: row.get(14)?,
        uncertain: row.get(15)?,
        failure: failure.map(|text| Failure::parse(&text).ok_or_else(|| bad("failure"))).transpose()?,
        answer: row.get(17)?,
        approved: approved(row.get(19)?),
        id: MailId::stored(id),
    })
}

fn approved(number: i64) -> Approved {
    match number {
        0 => Approved::Enough,
        2 => Approved::Refused,
        // A damaged row waits for a person.
        _ => Approved::Wanted,
    }
}

/// As [`approved`] reads it.
pub(super) fn approval(approved: Approved) -> i64 {
    match approved {
        Approved::Enough => 0,
        Approved::Wanted => 1,
        Approved::Refused => 2,
    }
}

/// The condition for mails somebody sees, with what it compares.
fn seen_by(scope: &Scope) -> (String, Vec<String>) {
    let mut sql = "(login = ?".to_owned();
    let mut values = vec![scope.login.clone()];
    for own in &scope.addresses {
        for column in ["sender", "login"] {
            sql.push_str(&match own.starts_with('@') {
                // The end of it: a quoted local part may have an `@` of its own.
                true => format!(" OR lower(substr({column}, -{})) = ?", own.chars().count()),
                false => format!(" OR lower({column}) = ?"),
            });
            values.push(own.clone());
        }
    }
    if let Some(since) = scope.waiting_since {
        sql.push_str(&format!(" OR (approval = 1 AND state = 'held' AND changed_at <= {})", since.as_millisecond()));
    }
    (format!("{sql})"), values)
}

/// A time of the database; what lies beyond the calendar (a damaged row) becomes its end.
pub(super) fn timestamp(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or(Timestamp::MAX)
}

/// # Errors
/// Names the column that cannot be read.
fn envelope(row: &Row<'_>) -> Result<Envelope, &'static str> {
    let sender: Option<String> = row.get(2).map_err(|_| "sender")?;
    let recipients: String = row.get(3).map_err(|_| "recipients")?;
    let recipients: Vec<String> = serde_json::from_str(&recipients).map_err(|_| "recipients")?;
    let asked: Option<String> = row.get(18).map_err(|_| "reports")?;
    Ok(Envelope {
        sender: sender.map(|text| Address::parse(&text)).transpose().map_err(|_| "sender")?,
        recipients: recipients
            .iter()
            .map(|text| Address::parse(text))
            .collect::<Result<_, _>>()
            .map_err(|_| "recipients")?,
        eight_bit: row.get(4).map_err(|_| "eight_bit")?,
        utf8: row.get(5).map_err(|_| "utf8")?,
        reports: reports::read(asked.as_deref()).ok_or("reports")?,
        user: row.get(6).map_err(|_| "login")?,
    })
}

fn events(connection: &Connection, id: &MailId) -> Result<Vec<Event>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT at, from_state, to_state, note, remark FROM event \
         WHERE mail = (SELECT number FROM mail WHERE id = ?1) ORDER BY number",
    )?;
    let mut rows = statement.query([id.as_str()])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(event(row, id.as_str())?);
    }
    Ok(events)
}

/// What happened behind an event, and the number of the last one there is; without one before, only that.
pub(super) fn events_after(connection: &Connection, after: Option<i64>) -> Result<(Vec<(MailId, Event)>, i64), Fault> {
    // One snapshot for both queries.
    let snapshot = connection.unchecked_transaction()?;
    let last = snapshot.query_row("SELECT coalesce(max(number), 0) FROM event", [], |row| row.get(0))?;
    let mut statement = snapshot.prepare_cached(
        "SELECT event.at, from_state, to_state, note, remark, mail.id FROM event JOIN mail ON mail.number = event.mail \
         WHERE event.number > ?1 ORDER BY event.number",
    )?;
    let mut rows = statement.query([after.unwrap_or(last)])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        let id: String = row.get(5)?;
        let event = event(row, &id)?;
        events.push((MailId::stored(id), event));
    }
    Ok((events, last))
}

fn remark(number: i64) -> Option<Remark> {
    match number {
        0 => None,
        2 => Some(Remark::SentBack),
        3 => Some(Remark::AskedAgain),
        4 => Some(Remark::Escalated),
        _ => Some(Remark::Noted),
    }
}

/// Reads time, states and note of an event, and whether it is a remark.
pub(super) fn event(row: &Row<'_>, mail: &str) -> Result<Event, Fault> {
    let (from, to): (Option<String>, String) = (row.get(1)?, row.get(2)?);
    let read = |text: &str| State::parse(text).ok_or_else(|| unreadable(mail, "event"));
    let from = from.as_deref().map(read).transpose()?;
    Ok(Event { at: timestamp(row.get(0)?), from, to: read(&to)?, note: row.get(3)?, remark: remark(row.get(4)?) })
}

fn unreadable(mail: &str, column: &'static str) -> Fault {
    Fault::Value(mail.to_owned(), column)
}
