//! Notices that the database changed, by whichever process, and what happened to mails.

use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;

use super::sqlite::{self, Fault};
use super::{Event, MailId, Store, StoreError, read};

/// Sees changes since it last looked.
pub struct Watch {
    path: Arc<Path>,
    /// Its own: `PRAGMA data_version` counts what others than this connection committed.
    connection: Option<Connection>,
    seen: i64,
    /// The last event that was seen; `None` before the first look.
    last: Option<i64>,
}

impl Store {
    /// Begins to watch; the first look sees no change.
    pub fn watch(&self) -> Watch {
        Watch { path: self.inner.path.as_path().into(), connection: None, seen: -1, last: None }
    }
}

impl Watch {
    /// Whether anything was committed since the last look.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn changed(&mut self) -> Result<bool, StoreError> {
        let version =
            |connection: &Connection| Ok(connection.pragma_query_value(None, "data_version", |row| row.get(0))?);
        let version = self.look(version).await?;
        let changed = self.seen != -1 && self.seen != version;
        self.seen = version;
        Ok(changed)
    }

    /// What happened to mails since the last look, in order.
    ///
    /// # Errors
    /// As those of [`Watch::changed`].
    pub async fn events(&mut self) -> Result<Vec<(MailId, Event)>, StoreError> {
        // Another connection counts from elsewhere.
        let is_new = self.connection.is_none();
        if !self.changed().await? && !is_new {
            return Ok(Vec::new());
        }
        let after = self.last;
        let (events, last) = self.look(move |connection| read::events_after(connection, after)).await?;
        self.last = Some(last);
        Ok(events)
    }

    async fn look<T, F>(&mut self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        let (path, kept) = (Arc::clone(&self.path), self.connection.take());
        let look = move || -> Result<(Connection, T), StoreError> {
            let connection = kept.map_or_else(|| sqlite::open_reader(&path), Ok)?;
            let found = work(&connection).map_err(|fault| fault.explain(&path))?;
            Ok((connection, found))
        };
        // The task is never aborted; a panic in it is a bug that its caller sees as a store that stopped.
        let (connection, found) = tokio::task::spawn_blocking(look).await.map_err(|_| StoreError::Stopped)??;
        self.connection = Some(connection);
        Ok(found)
    }
}
