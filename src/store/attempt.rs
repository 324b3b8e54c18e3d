//! One attempt at sending as the store sees it: claimed, then finished by whoever holds the claim. Each function runs
//! inside a transaction of the writer and is one job there.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::people::feedback;
use super::read::{self, NOT_OF, SUMMARY};
use super::sqlite::Fault;
use super::write::{delete_octets, record};
use super::{Action, Claim, Finish, MailId, State, StoreError};

/// How long a mail that cannot be read is left alone, so that it does not block the others.
const SET_ASIDE: Duration = Duration::from_secs(3600);

/// Takes the mail that has been due longest. The text is still to be read: `raw` is empty. Its size comes along.
pub(super) fn claim(
    connection: &Connection,
    but: &[String],
    now: Timestamp,
    lease: Duration,
    owner: &str,
) -> Result<Option<(Claim, u64)>, Fault> {
    loop {
        let mut statement = connection.prepare_cached(&format!(
            "SELECT id, state FROM mail WHERE due_at <= ?2 AND {NOT_OF} ORDER BY due_at, id LIMIT 1"
        ))?;
        let due = statement
            .query_row(params![read::accounts(but), now.as_millisecond()], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
            })
            .optional()?;
        let Some((id, state)) = due else { return Ok(None) };
        let id = MailId::stored(id);
        match take(connection, &id, state == State::Sending.as_str(), now, lease, owner) {
            Err(Fault::Value(mail, column)) => {
                tracing::error!(mail, column, "unreadable, cannot be sent: set aside for an hour");
                set_aside(connection, &id, now)?;
            }
            taken => return taken.map(Some),
        }
    }
}

/// Records how the attempt that `id` was claimed for with `token` ended.
pub(super) fn finish(
    connection: &Connection,
    id: &MailId,
    token: &str,
    finish: &Finish,
    now: Timestamp,
) -> Result<(), Fault> {
    let (action, answer, uncertain, due, failure) = match finish {
        Finish::Sent { text } => (Action::Deliver, text, false, None, None),
        Finish::Retry { not_before, reason, uncertain } => {
            (Action::Retry, reason, *uncertain, Some(not_before.as_millisecond()), None)
        }
        Finish::Failed { why, reason, uncertain } => (Action::Fail, reason, *uncertain, None, Some(why.as_str())),
    };
    let from = State::Sending;
    let to = from.after(action).ok_or_else(|| StoreError::NotAllowed { id: id.clone(), state: from, action })?;
    let mut statement = connection.prepare_cached(
        "UPDATE mail SET state = ?3, changed_at = ?4, due_at = ?5, failure = ?6, answer = ?7, \
         uncertain = CASE WHEN ?3 = 'sent' THEN FALSE ELSE uncertain OR ?8 END, \
         claim_token = NULL, claim_owner = NULL WHERE id = ?1 AND claim_token = ?2",
    )?;
    let at = now.as_millisecond();
    let ours = statement.execute(params![id.as_str(), token, to.as_str(), at, due, failure, answer, uncertain])?;
    if ours == 0 {
        return Err(StoreError::Lost { id: id.clone() }.into());
    }
    if !to.keeps_text() {
        delete_octets(connection, id)?;
    }
    record(connection, id, now, Some(from), to, Some(answer))
}

fn take(
    connection: &Connection,
    id: &MailId,
    resumed: bool,
    now: Timestamp,
    lease: Duration,
    owner: &str,
) -> Result<(Claim, u64), Fault> {
    let token = uuid::Uuid::now_v7().to_string();
    let lease_until = later(now, lease);
    let mut statement = connection.prepare_cached(&format!(
        "UPDATE mail SET state = 'sending', changed_at = ?2, due_at = ?3, attempts = attempts + 1, \
         uncertain = uncertain OR ?4, claim_token = ?5, claim_owner = ?6 WHERE id = ?1 RETURNING {SUMMARY}, queued_at, notice, notes"
    ))?;
    let values = params![id.as_str(), now.as_millisecond(), lease_until.as_millisecond(), resumed, token, owner];
    let mut rows = statement.query(values)?;
    let row = rows.next()?.ok_or_else(|| StoreError::Unknown { id: id.clone() })?;
    let mail = read::summary(row)?;
    let queued: Option<i64> = row.get("queued_at")?;
    let notice = row.get("notice")?;
    let notes: Option<String> = row.get("notes")?;
    // The statement has to run to its end before the savepoint around it can.
    drop(rows);
    if let Some(notes) = notes {
        note(connection, id, &notes)?;
    }
    let (from, note) = if resumed {
        (State::Sending, Some("the attempt before never ended: lease ran out"))
    } else {
        (State::Ready, None)
    };
    record(connection, id, now, Some(from), State::Sending, note)?;
    let claim = Claim {
        id: mail.id,
        envelope: mail.envelope,
        raw: Vec::new(),
        account: mail.account,
        received_at: mail.received_at,
        queued_at: queued.map_or(mail.received_at, read::timestamp),
        lease_until,
        attempt: mail.attempts,
        uncertain: mail.uncertain,
        damage: None,
        notice,
        resumed,
        token,
    };
    Ok((claim, mail.size))
}

/// It can no longer be taken back: what letting it go said counts from now on.
fn note(connection: &Connection, id: &MailId, notes: &str) -> Result<(), Fault> {
    // What an older version wrote otherwise is left alone: the mail goes all the same.
    if let Ok(notes) = serde_json::from_str(notes) {
        feedback::note_beside(connection, &notes)?;
    }
    connection.prepare_cached("UPDATE mail SET notes = NULL WHERE id = ?1")?.execute([id.as_str()])?;
    Ok(())
}

/// Back to `ready`, later: whether the attempt was counted does not matter, the mail cannot be sent as it is.
fn set_aside(connection: &Connection, id: &MailId, now: Timestamp) -> Result<(), Fault> {
    let mut statement = connection.prepare_cached(
        "UPDATE mail SET state = 'ready', due_at = ?2, claim_token = NULL, claim_owner = NULL WHERE id = ?1",
    )?;
    statement.execute(params![id.as_str(), later(now, SET_ASIDE).as_millisecond()])?;
    record(connection, id, now, Some(State::Ready), State::Ready, Some("the stored mail cannot be read"))
}

/// `now` and `wait` later, or the end of the calendar.
fn later(now: Timestamp, wait: Duration) -> Timestamp {
    let wait = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
    read::timestamp(now.as_millisecond().saturating_add(wait))
}
