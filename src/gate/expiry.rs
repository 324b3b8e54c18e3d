//! What becomes of mail that no second person has decided on in time: others are asked, then it goes, or goes back.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Gate;
use super::tell::About;
use crate::notice::News;
use crate::store::{MailId, NewMail, StoreError, StoredMail};
use crate::team::Expiry;

/// How often to look; a decision some seconds late is none too late.
const LOOK: Duration = Duration::from_secs(20);

impl Gate {
    /// Looks for such mail until the task is ended; at once where there is no time set.
    pub async fn keep_deadlines(&self) {
        let approval = &self.config.team.approval;
        let escalation = approval.escalation.as_ref().map(|(after, _)| *after);
        let deadlines = [escalation, approval.expiry.map(|(after, _)| after)];
        let Some(first) = deadlines.into_iter().flatten().min() else { return };
        loop {
            let now = Timestamp::now();
            if let Some(after) = escalation {
                self.escalate(before(now, after), now).await;
            }
            if let Some((after, expiry)) = approval.expiry {
                self.expire_all(before(now, after), expiry, now).await;
            }
            tokio::time::sleep(LOOK.min(first)).await;
        }
    }

    /// Notes that others may decide; who they are, and that they may, follows from the time alone.
    async fn escalate(&self, before: Timestamp, now: Timestamp) {
        match self.store.escalate(before, now).await {
            Ok(late) => late.iter().for_each(|id| tracing::info!(mail = %id, "others may approve a mail from now on")),
            Err(error) => tracing::error!(%error, "nobody else can be told of mail that waits for approval"),
        }
    }

    async fn expire_all(&self, before: Timestamp, expiry: Expiry, now: Timestamp) {
        let late = self.store.unapproved(before).await;
        let late =
            late.inspect_err(|error| tracing::error!(%error, "mail that waits for approval cannot be looked at"));
        for id in late.unwrap_or_default() {
            match self.expire(&id, expiry, now).await {
                Ok(()) => tracing::info!(mail = %id, "nobody approved a mail in time"),
                // Somebody was quicker.
                Err(StoreError::Changed { .. } | StoreError::NotAllowed { .. } | StoreError::Unknown { .. }) => {}
                Err(error) => tracing::error!(%error, mail = %id, "a mail that nobody approved stays held"),
            }
        }
    }

    async fn expire(&self, id: &MailId, expiry: Expiry, now: Timestamp) -> Result<(), StoreError> {
        let mail = self.store.mail(id).await?.ok_or_else(|| StoreError::Unknown { id: id.clone() })?;
        let notice = self.unapproved(&mail, expiry == Expiry::Release, now);
        match (expiry, &notice) {
            // Who is not to be told keeps the mail: thrown away it would be gone.
            (Expiry::Drop, None) => self.store.refuse(id, now, Some("nobody approved it in time".to_owned())).await,
            _ => self.store.expire(id, mail.revision(), expiry, notice, now).await,
        }
    }

    /// The mail that tells its author.
    fn unapproved(&self, mail: &StoredMail, sent: bool, now: Timestamp) -> Option<NewMail> {
        let (summary, raw) = (&mail.summary, mail.raw.as_ref()?);
        let account =
            summary.account.as_deref().and_then(|name| self.config.accounts.iter().find(|one| one.name == name));
        let account = account.or_else(|| self.config.accounts.first())?;
        let id = Some(summary.id.as_str());
        let about = About { id, envelope: &summary.envelope, raw, received_at: summary.received_at };
        self.notice(&about, account, News::Unapproved { sent }, now)
    }
}

/// The moment that is `after` behind us.
fn before(now: Timestamp, after: Duration) -> Timestamp {
    SignedDuration::try_from(after).ok().and_then(|after| now.checked_sub(after).ok()).unwrap_or(Timestamp::MIN)
}
