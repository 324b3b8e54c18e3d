//! What people decide about kept mails, and what they say by it.

use jiff::Timestamp;

use super::{Discard, MailId, NewMail, Readdressed, Release, Remark, Store, StoreError, Tally, people, read, write};
use crate::correspondents::feedback::Notes;
use crate::message::Address;
use crate::team::{Approved, Expiry};

impl Store {
    /// How much has happened to a mail, for [`Release::revision`]; `None` if there is no such mail.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn revision(&self, id: &MailId) -> Result<Option<usize>, StoreError> {
        let id = id.clone();
        self.inner.readers.run(move |connection| read::revision(connection, &id)).await
    }

    /// Lets a held or failed mail go, and one that waits for its time at once; it is sent as soon as an outbox runs.
    ///
    /// # Errors
    /// `Unknown`, `NotAllowed`, or the database cannot be written.
    pub async fn release(&self, id: &MailId, now: Timestamp, note: Option<String>) -> Result<(), StoreError> {
        self.release_noting(id, Release { note, ..Release::default() }, None, now).await
    }

    /// As [`Store::release`], to all its recipients except `without`, for good. Its headers stay as they are.
    ///
    /// # Errors
    /// `Unknown`, `NotAllowed`, `NoSuchRecipient`, `NobodyLeft`, or the database cannot be written.
    pub async fn release_without(
        &self,
        id: &MailId,
        without: &[Address],
        now: Timestamp,
        note: Option<String>,
    ) -> Result<(), StoreError> {
        let release = Release { without: without.to_vec(), note, ..Release::default() };
        self.release_noting(id, release, None, now).await
    }

    /// Lets a held or failed mail go; until `release.not_before` it can be taken back. Where it was held until now, `notes`
    /// are kept with it.
    ///
    /// # Errors
    /// `Unknown`, `NotAllowed`, `NoSuchRecipient`, `NobodyLeft`, or the database cannot be written.
    pub async fn release_noting(
        &self,
        id: &MailId,
        release: Release,
        notes: Option<Notes>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let id = id.clone();
        let let_go = move |connection: &_| write::release(connection, &id, &release, notes.as_ref(), now);
        self.inner.writer.run(let_go).await?;
        self.inner.ready.notify_one();
        Ok(())
    }

    /// Gives a held or failed mail other recipients; it is held. `notes` are kept with it.
    ///
    /// # Errors
    /// `Unknown`, `NotAllowed`, `NobodyLeft`, or the database cannot be written.
    pub async fn readdress(
        &self,
        id: &MailId,
        readdressed: Readdressed,
        notes: Option<Notes>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let id = id.clone();
        let change = move |connection: &_| write::readdress(connection, &id, &readdressed, notes.as_ref(), now);
        self.inner.writer.run(change).await
    }

    /// Throws a held or failed mail away; its text is deleted.
    ///
    /// # Errors
    /// `Unknown`, `NotAllowed`, or the database cannot be written.
    pub async fn drop_mail(&self, id: &MailId, now: Timestamp) -> Result<(), StoreError> {
        self.drop_noting(id, Discard::default(), now).await
    }

    /// As [`Store::drop_mail`], with what it says of the mail, and only as it was seen.
    ///
    /// # Errors
    /// As those of [`Store::drop_mail`], and `Changed`.
    pub async fn drop_noting(&self, id: &MailId, discard: Discard, now: Timestamp) -> Result<(), StoreError> {
        let id = id.clone();
        self.inner.writer.run(move |connection| write::drop_mail(connection, &id, &discard, now)).await
    }

    /// What no second person has let go in time, as it was at `revision`, goes or is thrown away; `notice` tells its author.
    ///
    /// # Errors
    /// `Unknown`, `Changed`, or the database cannot be written: then nothing was done.
    pub async fn expire(
        &self,
        id: &MailId,
        revision: usize,
        expiry: Expiry,
        notice: Option<NewMail>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let id = id.clone();
        let expire = move |connection: &_| write::expire(connection, &id, (revision, expiry), notice.as_ref(), now);
        self.inner.writer.run(expire).await?;
        self.inner.ready.notify_one();
        Ok(())
    }

    /// Notes something in the record of a mail, whatever its state is; nothing else changes.
    ///
    /// # Errors
    /// `Unknown`, or the database cannot be written.
    pub async fn remark(&self, id: &MailId, note: String, now: Timestamp) -> Result<(), StoreError> {
        let id = id.clone();
        self.inner.writer.run(move |connection| write::remark(connection, &id, Remark::Noted, Some(&note), now)).await
    }

    /// Notes what a person said of a mail.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn note(&self, notes: Notes) -> Result<(), StoreError> {
        self.inner.writer.run(move |connection| people::feedback::note(connection, &notes)).await
    }

    /// The rules with what became of their findings since a day, by id.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn tallies(&self, since: Timestamp) -> Result<Vec<Tally>, StoreError> {
        self.inner.readers.run(move |connection| people::feedback::tallies(connection, since)).await
    }

    /// A second person sends a held mail back to its sender, with the reason as a note.
    ///
    /// # Errors
    /// `Unknown`, `Changed` where it waits for nobody, or the database cannot be written.
    pub async fn refuse(&self, id: &MailId, now: Timestamp, note: Option<String>) -> Result<(), StoreError> {
        self.ask(id, (Approved::Wanted, Approved::Refused), now, note).await
    }

    /// The sender of a held mail that was sent back asks once more.
    ///
    /// # Errors
    /// `Unknown`, `Changed` where it was not sent back, or the database cannot be written.
    pub async fn ask_again(&self, id: &MailId, now: Timestamp, note: Option<String>) -> Result<(), StoreError> {
        self.ask(id, (Approved::Refused, Approved::Wanted), now, note).await
    }

    async fn ask(
        &self,
        id: &MailId,
        change: (Approved, Approved),
        now: Timestamp,
        note: Option<String>,
    ) -> Result<(), StoreError> {
        let id = id.clone();
        self.inner.writer.run(move |connection| write::ask(connection, &id, change, now, note.as_deref())).await
    }

    /// Held mails that have waited for a second person since `before`, the oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn unapproved(&self, before: Timestamp) -> Result<Vec<MailId>, StoreError> {
        self.inner.readers.run(move |connection| read::unapproved(connection, before)).await
    }

    /// Notes on each held mail that has waited for a second person since `before`, once, that others may decide from now on;
    /// those mails, the oldest first.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn escalate(&self, before: Timestamp, now: Timestamp) -> Result<Vec<MailId>, StoreError> {
        self.inner.writer.run(move |connection| write::escalate(connection, before, now)).await
    }

    /// Takes a mail that has not left yet back to `held`: delayed, or waiting for the next attempt.
    ///
    /// # Errors
    /// `Unknown`, `NotAllowed`, or the database cannot be written.
    pub async fn cancel(&self, id: &MailId, now: Timestamp) -> Result<(), StoreError> {
        self.cancel_noting(id, now, None).await
    }

    /// As [`Store::cancel`], with a note for the record.
    ///
    /// # Errors
    /// As those of [`Store::cancel`].
    pub async fn cancel_noting(&self, id: &MailId, now: Timestamp, note: Option<String>) -> Result<(), StoreError> {
        let id = id.clone();
        self.inner.writer.run(move |connection| write::cancel(connection, &id, now, note.as_deref())).await
    }
}
