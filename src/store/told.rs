//! How far each way of telling people what happens has come, so that a restart neither forgets an event nor begins anew.

use rusqlite::{Connection, params};

use super::sqlite::Fault;
use super::{Event, MailId, NewMail, Store, StoreError, read, write};

/// Something that happened and was not told yet.
pub struct Untold {
    /// Counts up with everything that happens.
    pub number: i64,
    pub mail: MailId,
    pub event: Event,
}

impl Store {
    /// From now on these ways tell what happens, and no others: a new one begins with what happens next, and what one that
    /// was switched off missed stays untold.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn begin_telling(&self, ways: &[&'static str]) -> Result<(), StoreError> {
        let ways = ways.to_vec();
        self.inner.writer.run(move |connection| begin(connection, &ways)).await
    }

    /// What a way has not told yet, oldest first, at most `most`; nothing of the program's own notices.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn untold(&self, way: &'static str, most: usize) -> Result<Vec<Untold>, StoreError> {
        self.inner.readers.run(move |connection| untold(connection, way, most)).await
    }

    /// A way has told everything up to this number, where `notice` is the mail that tells it: both are kept, or neither.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn told(&self, way: &'static str, number: i64, notice: Option<NewMail>) -> Result<(), StoreError> {
        let is_queued = notice.is_some();
        let record = move |connection: &Connection| {
            connection
                .prepare_cached("UPDATE told SET event = ?2 WHERE way = ?1 AND event < ?2")?
                .execute(params![way, number])?;
            notice.as_ref().map_or(Ok(()), |notice| write::insert(connection, notice).map(|_| ()))
        };
        self.inner.writer.run(record).await?;
        if is_queued {
            self.inner.ready.notify_one();
        }
        Ok(())
    }
}

fn begin(connection: &Connection, ways: &[&str]) -> Result<(), Fault> {
    let listed = serde_json::Value::from(ways).to_string();
    connection.execute("DELETE FROM told WHERE way NOT IN (SELECT value FROM json_each(?1))", [&listed])?;
    connection.execute(
        "INSERT INTO told (way, event) SELECT value, (SELECT coalesce(max(number), 0) FROM event) FROM json_each(?1) \
         WHERE TRUE ON CONFLICT DO NOTHING",
        [&listed],
    )?;
    Ok(())
}

fn untold(connection: &Connection, way: &str, most: usize) -> Result<Vec<Untold>, Fault> {
    let mut statement = connection.prepare_cached(
        "SELECT event.at, from_state, to_state, note, remark, mail.id, event.number FROM event \
         JOIN mail ON mail.number = event.mail \
         WHERE event.number > (SELECT event FROM told WHERE way = ?1) AND NOT mail.notice ORDER BY event.number LIMIT ?2",
    )?;
    let mut rows = statement.query(params![way, most as i64])?;
    let mut untold = Vec::new();
    while let Some(row) = rows.next()? {
        let id: String = row.get(5)?;
        let event = read::event(row, &id)?;
        untold.push(Untold { number: row.get(6)?, mail: MailId::stored(id), event });
    }
    Ok(untold)
}

/// Numbers of events come again once the last ones are deleted: what happens next must not look told.
pub(super) fn step_back(connection: &Connection) -> Result<(), Fault> {
    connection.execute("UPDATE told SET event = min(event, (SELECT coalesce(max(number), 0) FROM event))", [])?;
    Ok(())
}
