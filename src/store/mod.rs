//! Keeps mails that wait: for a person, for their time, for the next server. States and transitions: [`State`] and
//! `docs/guarantees.md`. And what is learnt of the people written to: [`people`].
//!
//! The only module that names `rusqlite`. Knows nothing of rules, SMTP or who asks. Every method that changes
//! something is answered after its commit to disk (write-ahead log, `synchronous=FULL`); a method that fails has
//! changed nothing. Several processes may have the same data directory open.

mod attempt;
mod decide;
mod error;
mod id;
mod mail;
pub mod people;
mod read;
mod reports;
mod sqlite;
mod state;
mod told;
mod watch;
mod write;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;

use crate::team::Scope;

pub use error::StoreError;
pub use id::{Found, MailId};
pub use mail::{
    Claim, Discard, Event, Failure, Filter, Finish, Initial, NewMail, Order, Readdressed, Release, Remark, StoredMail,
    Summary,
};
pub use people::{People, Tally};
pub use state::{Action, State};
pub use told::Untold;
pub use watch::Watch;

use read::Readers;
use writer::Writer;

/// A write so long ago still shows that the disk takes writes.
const HEALTH_KEPT: Duration = Duration::from_secs(1);

/// The mails kept in one data directory. Clones share one connection.
///
/// Dropping a future of this type does not undo what it asked for: it may be committed unanswered.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    writer: Writer,
    readers: Arc<Readers>,
    histories: Arc<people::Histories>,
    /// Told whenever a mail of this process became ready.
    ready: Notify,
    path: PathBuf,
}

impl Store {
    /// Opens the store in `data_dir`; makes what is missing, readable for this user only.
    ///
    /// # Errors
    /// Says which file is in the way, damaged, another program's, or newer than this program.
    pub fn open(data_dir: &Path) -> Result<Store, StoreError> {
        let path: Arc<Path> = data_dir.join(sqlite::FILE).into();
        let connection = sqlite::open_writer(data_dir, &path)?;
        Store::start(connection, path)
    }

    /// As [`Store::open`], for what nobody misses after a crash: nothing waits for the disk.
    ///
    /// # Errors
    /// As those of [`Store::open`].
    pub fn open_for_a_while(data_dir: &Path) -> Result<Store, StoreError> {
        let path: Arc<Path> = data_dir.join(sqlite::FILE).into();
        let connection = sqlite::open_writer(data_dir, &path)?;
        sqlite::wait_for_nothing(&connection, &path)?;
        Store::start(connection, path)
    }

    fn start(connection: rusqlite::Connection, path: Arc<Path>) -> Result<Store, StoreError> {
        let inner = Inner {
            writer: Writer::start(connection, Arc::clone(&path))?,
            readers: Arc::new(Readers::new(Arc::clone(&path))),
            histories: Arc::default(),
            ready: Notify::new(),
            path: path.to_path_buf(),
        };
        Ok(Store { inner: Arc::new(inner) })
    }

    /// The database file.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Keeps a mail; once this returns, it survives a crash.
    ///
    /// # Errors
    /// Nothing was kept.
    pub async fn hold(&self, mail: NewMail) -> Result<MailId, StoreError> {
        let queued = mail.state != Initial::Held;
        let id = self.inner.writer.run(move |connection| write::insert(connection, &mail)).await?;
        if queued {
            self.inner.ready.notify_one();
        }
        Ok(id)
    }

    /// The mails of `filter`, without their text.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn list(&self, filter: Filter) -> Result<Vec<Summary>, StoreError> {
        self.inner.readers.run(move |connection| read::list(connection, &filter)).await
    }

    /// How many mails stand in each state, of those somebody sees (`None`: of all); states without any are left out.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn counts(&self, scope: Option<Scope>) -> Result<Vec<(State, u64)>, StoreError> {
        self.inner.readers.run(move |connection| read::counts(connection, scope.as_ref())).await
    }

    /// One mail with its text and its history.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn mail(&self, id: &MailId) -> Result<Option<StoredMail>, StoreError> {
        let id = id.clone();
        self.inner.readers.run(move |connection| read::mail(connection, &id)).await
    }

    /// One mail without its text.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn summary(&self, id: &MailId) -> Result<Option<Summary>, StoreError> {
        let id = id.clone();
        self.inner.readers.run(move |connection| read::without_text(connection, &id)).await
    }

    /// The mail whose id begins with what a person typed.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn find(&self, typed: &str) -> Result<Found, StoreError> {
        let typed = typed.to_owned();
        self.inner.readers.run(move |connection| read::find(connection, &typed)).await
    }

    /// Makes mails due now that this user's login is needed for and that were tried in vain; how many. What only waits for
    /// its time keeps it.
    ///
    /// # Errors
    /// The database cannot be read or written.
    pub async fn hasten(&self, user: &str, now: Timestamp) -> Result<usize, StoreError> {
        let login = user.to_owned();
        let waits = self.inner.readers.run(move |connection| read::waits_for(connection, &login, now)).await?;
        if !waits {
            return Ok(0);
        }
        let login = user.to_owned();
        let count = self.inner.writer.run(move |connection| write::hasten(connection, &login, now)).await?;
        self.inner.ready.notify_one();
        Ok(count)
    }

    /// Whether a mail that this user sent has not come to its end: it may still need a login.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn keeps_mail_of(&self, user: &str) -> Result<bool, StoreError> {
        let login = user.to_owned();
        self.inner.readers.run(move |connection| read::keeps_mail_of(connection, &login)).await
    }

    /// Takes the mail that has been due longest: ready since, or sending with a lease that ran out. No two callers,
    /// in whatever process, get the same mail within its lease.
    ///
    /// # Errors
    /// The database cannot be written or read.
    pub async fn claim(&self, now: Timestamp, lease: Duration, owner: &str) -> Result<Option<Claim>, StoreError> {
        self.claim_but(&[], now, lease, owner).await
    }

    /// As [`Store::claim`], leaving the mails of some accounts to wait; those without an account go by `""`.
    ///
    /// # Errors
    /// As those of [`Store::claim`].
    pub async fn claim_but(
        &self,
        accounts: &[String],
        now: Timestamp,
        lease: Duration,
        owner: &str,
    ) -> Result<Option<Claim>, StoreError> {
        let (but, owner) = (accounts.to_vec(), owner.to_owned());
        let take = move |connection: &_| attempt::claim(connection, &but, now, lease, &owner);
        let Some((mut claim, size)) = self.inner.writer.run(take).await? else { return Ok(None) };
        // Read outside the transaction: a large mail must not keep the others from being written.
        let id = claim.id.clone();
        match self.inner.readers.run(move |connection| read::octets(connection, &id, size)).await {
            Ok(raw) => claim.raw = raw,
            // No later attempt would read more of it: a person has to know.
            Err(StoreError::Damaged { cause, .. }) => claim.damage = Some(cause),
            Err(error) => return Err(error),
        }
        Ok(Some(claim))
    }

    /// Records how an attempt ended. After `Sent` the text is deleted.
    ///
    /// # Errors
    /// `Lost` when another outbox has taken the mail over meanwhile; or the database cannot be written.
    pub async fn finish(&self, claim: &Claim, finish: Finish, now: Timestamp) -> Result<(), StoreError> {
        self.finish_and_tell(claim, finish, None, now).await
    }

    /// As [`Store::finish`], and keeps the mail that tells the author: both or neither.
    ///
    /// # Errors
    /// As those of [`Store::finish`].
    pub async fn finish_and_tell(
        &self,
        claim: &Claim,
        finish: Finish,
        notice: Option<NewMail>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (id, token) = (claim.id.clone(), claim.token.clone());
        let again = matches!(finish, Finish::Retry { .. }) || notice.is_some();
        let record = move |connection: &_| {
            attempt::finish(connection, &id, &token, &finish, now)?;
            notice.as_ref().map_or(Ok(()), |notice| write::insert(connection, notice).map(|_| ()))
        };
        self.inner.writer.run(record).await?;
        if again {
            self.inner.ready.notify_one();
        }
        Ok(())
    }

    /// When the next mail may be claimed; in the past when one is due now.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        self.next_due_but(&[]).await
    }

    /// As [`Store::next_due`], without the mails of some accounts.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn next_due_but(&self, accounts: &[String]) -> Result<Option<Timestamp>, StoreError> {
        let accounts = accounts.to_vec();
        self.inner.readers.run(move |connection| read::next_due(connection, &accounts)).await
    }

    /// Waits until a mail of this process may have become ready. Other processes are seen by [`Store::next_due`] only.
    pub async fn ready(&self) {
        self.inner.ready.notified().await;
    }

    /// Remembers a mail that was handed back, by a hash of what makes it the same mail.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn remember_return(&self, key: &str, now: Timestamp) -> Result<(), StoreError> {
        let key = key.to_owned();
        self.inner.writer.run(move |connection| write::remember_return(connection, &key, now)).await
    }

    /// Whether `key` was handed back within `window` (at most a day); true once only. Older entries are deleted.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn confirm_return(&self, key: &str, now: Timestamp, window: Duration) -> Result<bool, StoreError> {
        let key = key.to_owned();
        self.inner.writer.run(move |connection| write::confirm_return(connection, &key, now, window)).await
    }

    /// Deletes what is left of mails sent or dropped before `before` (envelope, subject, findings, history), and gives
    /// free room of the file back to the system. Returns how many mails.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn purge(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.inner.writer.run(move |connection| write::purge(connection, before)).await
    }

    /// Whether a mail could be kept now. Cheap enough to ask before every mail: writes only when nothing was written
    /// within the last second. Room for a large mail is not promised.
    ///
    /// # Errors
    /// Why nothing can be written.
    pub async fn healthy(&self) -> Result<(), StoreError> {
        if self.inner.writer.wrote_within(HEALTH_KEPT) {
            return Ok(());
        }
        self.inner.writer.run(write::probe).await
    }

    /// Transactions committed by this process since it opened the store: fewer than requests under load.
    pub fn commits(&self) -> u64 {
        self.inner.writer.commits()
    }
}
