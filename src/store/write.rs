//! What people and the relay change; attempts at sending are in `attempt`. Each function runs inside a transaction of the writer and is one job there.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, params};

use super::people::feedback;
use super::read;
use super::reports;
use super::sqlite::Fault;
use super::told;
use super::{Action, Discard, Initial, MailId, NewMail, Readdressed, Release, Remark, State, StoreError};
use crate::correspondents::feedback::Notes;
use crate::message::Address;
use crate::team::{Approved, Expiry};

/// Octets of one stored piece: a 50 MB mail needs this much working memory beside itself, not twice its size.
const PIECE: usize = 1024 * 1024;

/// Attempts at finding an unused id; with a million mails stored one in a million fails.
const ID_ATTEMPTS: u32 = 8;

/// A resend later than this is another mail, whatever the window.
const RETURN_KEPT: Duration = Duration::from_secs(24 * 3600);

pub(super) fn insert(connection: &Connection, mail: &NewMail) -> Result<MailId, Fault> {
    let received = mail.received_at.as_millisecond();
    let (state, due) = match mail.state {
        Initial::Held => (State::Held, None),
        Initial::Ready { not_before } => (State::Ready, Some(not_before.map_or(received, Timestamp::as_millisecond))),
    };
    let envelope = &mail.envelope;
    let mut statement = connection.prepare_cached(
        "INSERT INTO mail (id, state, sender, recipients, eight_bit, utf8, login, account, subject, findings, size, \
         received_at, changed_at, queued_at, due_at, reports, notice, answer, risk, approval) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12, ?13, ?13, ?14, ?15, ?16, ?17, ?18)",
    )?;
    let mut insert = |id: &MailId| {
        statement.execute(params![
            id.as_str(),
            state.as_str(),
            envelope.sender.as_ref().map(Address::as_str),
            json(&envelope.recipients),
            envelope.eight_bit,
            envelope.utf8,
            envelope.user,
            mail.account,
            mail.subject,
            mail.findings_json,
            mail.raw.len() as i64,
            received,
            due,
            reports::write(&envelope.reports),
            mail.notice,
            mail.answer,
            mail.risk,
            read::approval(mail.approved),
        ])
    };
    let mut id = MailId::random();
    let mut attempt = 1;
    while let Err(error) = insert(&id) {
        if error.sqlite_error_code() != Some(ErrorCode::ConstraintViolation) || attempt == ID_ATTEMPTS {
            return Err(error.into());
        }
        attempt += 1;
        id = MailId::random();
    }
    insert_octets(connection, &id, &mail.raw)?;
    record(connection, &id, mail.received_at, None, state, mail.answer.as_deref())?;
    Ok(id)
}

/// Lets a mail go; `notes` tell what it says of a mail that was held.
pub(super) fn release(
    connection: &Connection,
    id: &MailId,
    release: &Release,
    notes: Option<&Notes>,
    now: Timestamp,
) -> Result<(), Fault> {
    let (from, to) = step(connection, id, Action::Release)?;
    check_revision(connection, id, release.revision, from)?;
    if !release.approves && read::is_unapproved(connection, id)? {
        return Err(StoreError::Unapproved { id: id.clone() }.into());
    }
    if !release.without.is_empty() {
        remove_recipients(connection, id, &release.without)?;
    }
    let due = release.not_before.map_or(now, |time| time.max(now));
    let mut statement = connection.prepare_cached(
        "UPDATE mail SET state = 'ready', changed_at = ?2, queued_at = ?3, due_at = ?3, attempts = 0, failure = NULL, \
         approval = 0, notes = coalesce(?4, notes) WHERE id = ?1",
    )?;
    // Noted when it goes: until then it can be taken back. What went once has said what there was to say.
    let notes = match notes.filter(|_| from == State::Held) {
        Some(notes) if !was_claimed(connection, id)? => serde_json::to_string(notes).ok(),
        _ => None,
    };
    statement.execute(params![id.as_str(), now.as_millisecond(), due.as_millisecond(), notes])?;
    record(connection, id, now, Some(from), to, release.note.as_deref())
}

/// As [`release`], it tells something of a mail that was held.
pub(super) fn drop_mail(connection: &Connection, id: &MailId, discard: &Discard, now: Timestamp) -> Result<(), Fault> {
    let (from, to) = step(connection, id, Action::Drop)?;
    check_revision(connection, id, discard.revision, from)?;
    if let Some(notes) = discard.notes.as_ref().filter(|_| from == State::Held) {
        feedback::note_beside(connection, notes)?;
    }
    let mut statement =
        connection.prepare_cached("UPDATE mail SET state = 'dropped', approval = 0, changed_at = ?2 WHERE id = ?1")?;
    statement.execute(params![id.as_str(), now.as_millisecond()])?;
    delete_octets(connection, id)?;
    record(connection, id, now, Some(from), to, discard.note.as_deref())
}

/// What nobody let go in time: it goes, or is thrown away, and `notice` tells its author; both are kept, or neither.
pub(super) fn expire(
    connection: &Connection,
    id: &MailId,
    (revision, expiry): (usize, Expiry),
    notice: Option<&NewMail>,
    now: Timestamp,
) -> Result<(), Fault> {
    if !read::is_unapproved(connection, id)? {
        return Err(StoreError::Changed { id: id.clone(), state: read::state(connection, id)? }.into());
    }
    let (note, revision) = (Some("nobody approved it in time".to_owned()), Some(revision));
    match expiry {
        Expiry::Release => {
            let release_as = Release { note, revision, approves: true, ..Release::default() };
            release(connection, id, &release_as, None, now)?;
        }
        Expiry::Drop => drop_mail(connection, id, &Discard { note, revision, notes: None }, now)?,
    }
    notice.map_or(Ok(()), |notice| insert(connection, notice).map(|_| ()))
}

/// Whether it still is as it was when somebody decided on it: nothing has happened to it since.
fn check_revision(connection: &Connection, id: &MailId, seen: Option<usize>, state: State) -> Result<(), Fault> {
    let Some(seen) = seen else { return Ok(()) };
    match read::revision(connection, id)? == Some(seen) {
        true => Ok(()),
        false => Err(StoreError::Changed { id: id.clone(), state }.into()),
    }
}

/// Whether it went on its way before, to be sent or to fail.
fn was_claimed(connection: &Connection, id: &MailId) -> Result<bool, Fault> {
    let mut find = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM event WHERE mail = (SELECT number FROM mail WHERE id = ?1) \
         AND to_state = 'sending')",
    )?;
    Ok(find.query_row([id.as_str()], |row| row.get(0))?)
}

/// Other recipients, in envelope and header, and what the rules say then.
pub(super) fn readdress(
    connection: &Connection,
    id: &MailId,
    new: &Readdressed,
    notes: Option<&Notes>,
    now: Timestamp,
) -> Result<(), Fault> {
    let (from, to) = step(connection, id, Action::Edit)?;
    check_revision(connection, id, new.revision, from)?;
    if new.recipients.is_empty() {
        return Err(StoreError::NobodyLeft { id: id.clone() }.into());
    }
    if let Some(notes) = notes.filter(|_| from == State::Held) {
        feedback::note_beside(connection, notes)?;
    }
    delete_octets(connection, id)?;
    insert_octets(connection, id, &new.raw)?;
    let mut statement = connection.prepare_cached(
        "UPDATE mail SET state = 'held', changed_at = ?2, recipients = ?3, size = ?4, findings = ?5, risk = ?6, \
         approval = ?7, failure = NULL, queued_at = NULL WHERE id = ?1",
    )?;
    let (recipients, size) = (json(&new.recipients), new.raw.len() as i64);
    let (at, approval) = (now.as_millisecond(), read::approval(new.approved));
    statement.execute(params![id.as_str(), at, recipients, size, new.findings_json, new.risk, approval])?;
    record(connection, id, now, Some(from), to, Some(&new.note))
}

/// A second person sends a mail back to its sender, or its sender asks for one again; it stays held.
pub(super) fn ask(
    connection: &Connection,
    id: &MailId,
    (from, to): (Approved, Approved),
    now: Timestamp,
    note: Option<&str>,
) -> Result<(), Fault> {
    let state = read::state(connection, id)?;
    let mut statement = connection.prepare_cached(
        "UPDATE mail SET approval = ?3, changed_at = ?4 WHERE id = ?1 AND approval = ?2 AND state = 'held'",
    )?;
    let numbers = (read::approval(from), read::approval(to));
    match statement.execute(params![id.as_str(), numbers.0, numbers.1, now.as_millisecond()])? {
        0 => Err(StoreError::Changed { id: id.clone(), state }.into()),
        _ => {
            let what = if to == Approved::Refused { Remark::SentBack } else { Remark::AskedAgain };
            remark(connection, id, what, note, now)
        }
    }
}

/// Notes on each mail that has waited for a second person since `before`, once, that others may decide from now on.
pub(super) fn escalate(connection: &Connection, before: Timestamp, now: Timestamp) -> Result<Vec<MailId>, Fault> {
    let late = read::unescalated(connection, before)?;
    for id in &late {
        remark(connection, id, Remark::Escalated, None, now)?;
    }
    Ok(late)
}

pub(super) fn cancel(connection: &Connection, id: &MailId, now: Timestamp, note: Option<&str>) -> Result<(), Fault> {
    let (from, to) = step(connection, id, Action::Cancel)?;
    let mut statement = connection.prepare_cached(
        "UPDATE mail SET state = 'held', changed_at = ?2, queued_at = NULL, due_at = NULL, attempts = 0, notes = NULL \
         WHERE id = ?1",
    )?;
    statement.execute(params![id.as_str(), now.as_millisecond()])?;
    record(connection, id, now, Some(from), to, note)
}

/// Notes something in the record of a mail, whatever its state is.
pub(super) fn remark(
    connection: &Connection,
    id: &MailId,
    what: Remark,
    note: Option<&str>,
    now: Timestamp,
) -> Result<(), Fault> {
    let state = read::state(connection, id)?;
    record(connection, id, now, Some(state), state, note)?;
    let event = connection.last_insert_rowid();
    // As `read::remark` reads it.
    let number = match what {
        Remark::Noted => 1,
        Remark::SentBack => 2,
        Remark::AskedAgain => 3,
        Remark::Escalated => 4,
    };
    connection.prepare_cached("UPDATE event SET remark = ?2 WHERE number = ?1")?.execute([event, number])?;
    Ok(())
}

/// No change of state: it is ready as before, only sooner.
pub(super) fn hasten(connection: &Connection, login: &str, now: Timestamp) -> Result<usize, Fault> {
    let mut statement = connection.prepare_cached(
        "UPDATE mail SET due_at = ?2 WHERE login = ?1 AND state = 'ready' AND attempts > 0 AND due_at > ?2",
    )?;
    Ok(statement.execute(params![login, now.as_millisecond()])?)
}

pub(super) fn remember_return(connection: &Connection, key: &str, now: Timestamp) -> Result<(), Fault> {
    forget_returns(connection, now, RETURN_KEPT)?;
    let mut statement = connection
        .prepare_cached("INSERT INTO returned (key, at) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET at = ?2")?;
    statement.execute(params![key, now.as_millisecond()])?;
    Ok(())
}

pub(super) fn confirm_return(
    connection: &Connection,
    key: &str,
    now: Timestamp,
    window: Duration,
) -> Result<bool, Fault> {
    forget_returns(connection, now, window.min(RETURN_KEPT))?;
    let mut statement = connection.prepare_cached("DELETE FROM returned WHERE key = ?1")?;
    Ok(statement.execute([key])? > 0)
}

/// Deletes what is left of mails sent or dropped before `before`, their events included.
pub(super) fn purge(connection: &Connection, before: Timestamp) -> Result<u64, Fault> {
    let mut statement =
        connection.prepare_cached("DELETE FROM mail WHERE state IN ('sent', 'dropped') AND changed_at < ?1")?;
    let purged = statement.execute([before.as_millisecond()])?;
    told::step_back(connection)?;
    // What nobody wrote behind, for as long; much sooner where somebody did.
    feedback::forget_taken_back(connection, before.as_millisecond())?;
    // Gives the room of everything deleted so far back to the system; a row is stepped per page.
    let mut vacuum = connection.prepare("PRAGMA incremental_vacuum")?;
    let mut pages = vacuum.query([])?;
    while pages.next()?.is_some() {}
    Ok(purged as u64)
}

pub(super) fn probe(connection: &Connection) -> Result<(), Fault> {
    connection
        .prepare_cached("INSERT INTO probe (id, at) VALUES (1, 0) ON CONFLICT (id) DO UPDATE SET at = at + 1")?
        .execute([])?;
    Ok(())
}

/// The two states of `action`, or why it is not allowed.
fn step(connection: &Connection, id: &MailId, action: Action) -> Result<(State, State), Fault> {
    let state = read::state(connection, id)?;
    let to = state.after(action).ok_or_else(|| StoreError::NotAllowed { id: id.clone(), state, action })?;
    Ok((state, to))
}

fn remove_recipients(connection: &Connection, id: &MailId, without: &[Address]) -> Result<(), Fault> {
    let mut statement = connection.prepare_cached("SELECT recipients FROM mail WHERE id = ?1")?;
    let text: String = statement.query_row([id.as_str()], |row| row.get(0))?;
    let mut left: Vec<String> = serde_json::from_str(&text).map_err(|_| Fault::Value(id.to_string(), "recipients"))?;
    for address in without {
        let before = left.len();
        left.retain(|recipient| recipient.to_lowercase() != address.key());
        if left.len() == before {
            return Err(StoreError::NoSuchRecipient { id: id.clone() }.into());
        }
    }
    if left.is_empty() {
        return Err(StoreError::NobodyLeft { id: id.clone() }.into());
    }
    let mut statement = connection.prepare_cached("UPDATE mail SET recipients = ?2 WHERE id = ?1")?;
    statement.execute(params![id.as_str(), serde_json::Value::from(left).to_string()])?;
    Ok(())
}

fn insert_octets(connection: &Connection, id: &MailId, raw: &[u8]) -> Result<(), Fault> {
    let mut piece = connection.prepare_cached(
        "INSERT INTO piece (mail, number, octets) VALUES ((SELECT number FROM mail WHERE id = ?1), ?2, ?3)",
    )?;
    for (number, octets) in raw.chunks(PIECE).enumerate() {
        piece.execute(params![id.as_str(), number as i64, octets])?;
    }
    Ok(())
}

pub(super) fn delete_octets(connection: &Connection, id: &MailId) -> Result<(), Fault> {
    connection
        .prepare_cached("DELETE FROM piece WHERE mail = (SELECT number FROM mail WHERE id = ?1)")?
        .execute([id.as_str()])?;
    Ok(())
}

fn forget_returns(connection: &Connection, now: Timestamp, window: Duration) -> Result<(), Fault> {
    // An entry from the future is a clock that was set back: forgotten, the mail is only handed back once more. A little
    // ahead is a mail that came later and was judged faster.
    const AHEAD: i64 = 120_000;
    let mut statement = connection.prepare_cached("DELETE FROM returned WHERE at < ?1 OR at > ?2")?;
    let now = now.as_millisecond();
    let window = i64::try_from(window.as_millis()).unwrap_or(i64::MAX);
    statement.execute([now.saturating_sub(window), now.saturating_add(AHEAD)])?;
    Ok(())
}

/// One line of the audit log.
pub(super) fn record(
    connection: &Connection,
    id: &MailId,
    at: Timestamp,
    from: Option<State>,
    to: State,
    note: Option<&str>,
) -> Result<(), Fault> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO event (mail, at, from_state, to_state, note) \
         VALUES ((SELECT number FROM mail WHERE id = ?1), ?2, ?3, ?4, ?5)",
    )?;
    let from = from.map(State::as_str);
    statement.execute(params![id.as_str(), at.as_millisecond(), from, to.as_str(), note])?;
    Ok(())
}

fn json(recipients: &[Address]) -> String {
    recipients
        .iter()
        .map(|address| serde_json::Value::from(address.as_str()))
        .collect::<serde_json::Value>()
        .to_string()
}
