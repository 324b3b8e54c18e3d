//! A kept mail as it was kept and as the rules see it now: what page, terminal and API show of it.

use jiff::Zoned;

use super::{Gate, Judgement, record};
use crate::config::Config;
use crate::finding::{Allowed, Finding, Level};
use crate::message::{Address, Envelope, Message, readdressed};
use crate::review::{Change, Material, Recipients, Sheet};
use crate::rule::CHECK_FAILED;
use crate::store::{MailId, Readdressed, StoreError, StoredMail};
use crate::team::Approved;

/// One kept mail.
pub struct Opened {
    pub mail: StoredMail,
    /// What it was kept for; their numbers are places in this list.
    pub findings: Vec<Finding>,
    pub allowed: Vec<Allowed>,
    /// `None` where its text is gone.
    judgement: Option<Judgement>,
}

/// Other recipients for a mail, and what would come of it.
pub struct Edit {
    pub changes: Vec<Change>,
    /// Addresses its header names that get nothing as it is, and would not stand there any more.
    pub unnamed: Vec<String>,
    /// What the rules say then.
    pub findings: Vec<Finding>,
    pub new: Readdressed,
}

impl Opened {
    pub fn new(mail: StoredMail, judgement: Option<Judgement>) -> Opened {
        let findings = record::read(&mail.summary.findings_json);
        let allowed = record::read_allowed(&mail.summary.findings_json);
        Opened { mail, findings, allowed, judgement }
    }

    /// `None` where it cannot be read, or is gone.
    pub fn message(&self) -> Option<&Message> {
        self.judgement.as_ref().and_then(|judgement| judgement.message.as_ref())
    }

    pub fn has_error(&self) -> bool {
        self.findings.iter().any(|finding| finding.level == Level::Error)
    }

    /// How much has happened to it, for [`crate::store::Release::revision`].
    pub fn revision(&self) -> usize {
        self.mail.revision()
    }

    pub fn sheet(&self, config: &Config) -> Sheet {
        self.sheet_without(config, &[])
    }

    /// The mail as it would go to all its recipients but these.
    pub fn sheet_without(&self, config: &Config, without: &[Address]) -> Sheet {
        let envelope = &self.mail.summary.envelope;
        let stays = |address: &&Address| !without.iter().any(|out| out.key() == address.key());
        let recipients = envelope.recipients.iter().filter(stays).cloned().collect();
        Sheet::of(&Material {
            envelope: &Envelope { recipients, ..envelope.clone() },
            message: self.message(),
            findings: &self.findings,
            checklist: self.judgement.as_ref().and_then(|judgement| judgement.checklist.as_ref()),
            standing: self.judgement.as_ref().and_then(|judgement| judgement.standing.as_deref()),
            own_domains: &config.own_domains,
            demands: &config.web.demands,
        })
    }

    /// Who gets it; `None` where its header cannot be read.
    pub fn recipients(&self) -> Option<Recipients> {
        Some(Recipients::of(self.message()?, &self.mail.summary.envelope))
    }
}

impl Gate {
    /// # Errors
    /// There is no such mail, or the database cannot be read.
    pub async fn open(&self, id: &MailId) -> Result<Opened, StoreError> {
        let mail = self.store.mail(id).await?.ok_or_else(|| StoreError::Unknown { id: id.clone() })?;
        let judgement = self.look(&mail, &Zoned::now()).await;
        Ok(Opened::new(mail, judgement))
    }

    /// Whether a mail with these findings needs a second person.
    pub(super) fn needs(&self, findings: &[Finding]) -> Approved {
        let policy = &self.config.handling.policy;
        // Nobody knows what a check that failed would have found.
        let unchecked = findings.iter().any(|finding| finding.rule == CHECK_FAILED) && !policy.second_person.is_empty();
        if unchecked || policy.needs_second_person(findings) { Approved::Wanted } else { Approved::Enough }
    }

    /// The mail with other recipients, checked anew; nothing is done. `None` where its text is gone, or its header cannot
    /// be read: what stands in it would be taken out unseen.
    pub async fn edit(&self, opened: &Opened, recipients: &Recipients) -> Option<Edit> {
        let before = opened.recipients()?;
        let raw = readdressed(opened.mail.raw.as_deref()?, &recipients.to, &recipients.cc);
        let envelope = Envelope { recipients: recipients.addresses(), ..opened.mail.summary.envelope.clone() };
        let (envelope, raw, judgement) = self.judged(envelope, raw, &Zoned::now()).await;
        let changes = before.changes(recipients);
        let named = |address: &&Address| changes.iter().any(|one| one.address.to_lowercase() == address.key());
        let undelivered = opened.message().into_iter().flat_map(|message| &message.envelope.undelivered);
        Some(Edit {
            unnamed: undelivered.filter(|address| !named(address)).map(ToString::to_string).collect(),
            new: Readdressed {
                recipients: envelope.recipients,
                raw,
                findings_json: record::write(&judgement.findings, &judgement.allowed),
                risk: record::risk(&judgement.findings),
                approved: self.needs(&judgement.findings),
                note: changes.iter().filter_map(Change::note).collect::<Vec<_>>().join(", "),
                revision: Some(opened.revision()),
            },
            findings: judgement.findings,
            changes,
        })
    }
}
