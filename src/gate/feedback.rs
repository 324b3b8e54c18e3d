//! What people do with mails says what findings were worth: the one place that says what follows from what.
//!
//! A mail let go as it was: its findings were wrong, and doubts about its recipients are not raised again. A recipient
//! taken out, or a mail that nobody got and that comes again to others: nearly a mail to the wrong one. Terminal and page
//! call this and know nothing of it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;

use super::learner::LARGEST;
use super::{Admission, Judgement, record};
use crate::config::{Config, Handling};
use crate::correspondents::Outline;
use crate::correspondents::feedback::{Doubted, Fate, Notes, Pair, Trace, readdressed, taken_out};
use crate::finding::Finding;
use crate::message::{Address, Envelope, Message};
use crate::people::domain::{belongs_to, is_freemail, registrable};
use crate::store::{Discard, MailId, Readdressed, Release, Store, StoreError, Summary};
use crate::verdict::Verdict;

/// Recipients kept of a mail that was held up for nothing: a circular tells nothing of each.
const MOST_OVERRIDDEN: usize = 10;

/// What people do with kept mails, and what follows from it.
#[derive(Clone)]
pub struct Feedback {
    store: Store,
    handling: Handling,
    own_domains: Vec<String>,
    /// Who decides, for the record, where it is not the person at this machine.
    by: Option<String>,
}

/// What a person says of one finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opinion {
    /// The recipient is right: do not ask again.
    Right,
    /// It would have been a mistake.
    Mistake,
}

impl Feedback {
    pub fn new(store: Store, config: &Config) -> Feedback {
        Feedback { store, handling: config.handling.clone(), own_domains: config.own_domains.clone(), by: None }
    }

    /// The same, with who decides in the record of each mail.
    #[must_use]
    pub fn by(&self, who: String) -> Feedback {
        Feedback { by: Some(who), ..self.clone() }
    }

    /// Lets a mail go.
    ///
    /// # Errors
    /// Those of [`Store::release_noting`].
    pub async fn release(&self, id: &MailId, release: Release, now: Timestamp) -> Result<(), StoreError> {
        let notes = self.store.summary(id).await?.map(|mail| self.of_release(&mail, &release.without, now));
        let release = Release { note: self.signed(release.note), ..release };
        self.store.release_noting(id, release, notes, now).await
    }

    /// Takes a mail back that has not left yet.
    ///
    /// # Errors
    /// Those of [`Store::cancel`].
    pub async fn cancel(&self, id: &MailId, now: Timestamp) -> Result<(), StoreError> {
        self.store.cancel_noting(id, now, self.signed(None)).await
    }

    /// Sends a mail back to its sender that waits for a second person; it stays held.
    ///
    /// # Errors
    /// Those of [`Store::refuse`].
    pub async fn refuse(&self, id: &MailId, why: Option<String>, now: Timestamp) -> Result<(), StoreError> {
        self.store.refuse(id, now, self.signed(why)).await
    }

    /// Its sender asks for a second person once more.
    ///
    /// # Errors
    /// Those of [`Store::ask_again`].
    pub async fn ask_again(&self, id: &MailId, why: Option<String>, now: Timestamp) -> Result<(), StoreError> {
        self.store.ask_again(id, now, self.signed(why)).await
    }

    /// Gives a mail other recipients: those taken out were nearly written to by mistake.
    ///
    /// # Errors
    /// Those of [`Store::readdress`].
    pub async fn readdress(&self, id: &MailId, new: Readdressed, now: Timestamp) -> Result<(), StoreError> {
        let notes = self.store.summary(id).await?.map(|mail| {
            let (before, left) = (keys(&mail.envelope.recipients), keys(&new.recipients));
            let out: Vec<&String> = before.iter().filter(|one| !left.contains(one)).collect();
            let findings = record::read(&mail.findings_json);
            let is_out = |finding: &&Finding| finding.doubt.as_ref().is_some_and(|doubt| out.contains(&&doubt.address));
            let mut notes = self.begun(&mail, now);
            let corrected = findings.iter().filter(|one| self.asks(one)).filter(is_out);
            notes.fates = corrected.map(|one| (one.rule.clone(), Fate::Corrected)).collect();
            if self.handling.learn {
                notes.confused = readdressed(&before, &left, &doubted(&findings));
            }
            notes
        });
        let new = Readdressed { note: self.signed(Some(new.note)).unwrap_or_default(), ..new };
        self.store.readdress(id, new, notes, now).await
    }

    /// Throws a mail away; `mistaken`: the recipients that were doubted would have been wrong.
    ///
    /// # Errors
    /// Those of [`Store::drop_mail`].
    pub async fn drop_mail(&self, id: &MailId, mistaken: bool, now: Timestamp) -> Result<(), StoreError> {
        self.drop_seen(id, mistaken, None, now).await
    }

    /// As [`Feedback::drop_mail`], only as it was at `revision`.
    ///
    /// # Errors
    /// Those of [`Store::drop_noting`].
    pub async fn drop_seen(
        &self,
        id: &MailId,
        mistaken: bool,
        revision: Option<usize>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let notes = match self.store.summary(id).await? {
            Some(mail) => Some(self.of_drop(&mail, mistaken, now).await),
            None => None,
        };
        self.store.drop_noting(id, Discard { notes, note: self.signed(None), revision }, now).await
    }

    /// Notes in the record of a mail that a person had it handed back, or tried to.
    ///
    /// # Errors
    /// Those of [`Store::remark`].
    pub async fn handed_back(&self, id: &MailId, note: String, now: Timestamp) -> Result<(), StoreError> {
        self.store.remark(id, self.signed(Some(note)).unwrap_or_default(), now).await
    }

    /// Notes what a person says of the finding of a mail at this place in its list; the mail stays where it is. `false`
    /// where there is nothing to note: the finding doubts no recipient, or nobody else could be meant.
    ///
    /// # Errors
    /// `Unknown`, or the database cannot be read or written.
    pub async fn say(&self, id: &MailId, finding: usize, opinion: Opinion, now: Timestamp) -> Result<bool, StoreError> {
        let mail = self.store.summary(id).await?.ok_or_else(|| StoreError::Unknown { id: id.clone() })?;
        let findings = record::read(&mail.findings_json);
        let about = findings.get(finding).map(std::slice::from_ref).map(doubted).unwrap_or_default();
        let mut notes = self.begun(&mail, now);
        let recipients = keys(&mail.envelope.recipients);
        match opinion {
            Opinion::Right => {
                notes.undone = about.iter().map(|one| one.address.clone()).collect();
                notes.right = about;
            }
            Opinion::Mistake => notes.confused = about.iter().flat_map(|one| mistake(one, &recipients)).collect(),
        }
        let said = self.handling.learn && !(notes.right.is_empty() && notes.confused.is_empty());
        if said {
            self.store.note(notes).await?;
        }
        Ok(said)
    }

    /// A note of the record, with who decided.
    fn signed(&self, note: Option<String>) -> Option<String> {
        match (&self.by, note) {
            (None, note) => note,
            (Some(who), Some(note)) if !note.is_empty() => Some(format!("{note} ({who})")),
            (Some(who), _) => Some(format!("({who})")),
        }
    }

    /// What there is to note when a kept mail is let go.
    fn of_release(&self, mail: &Summary, without: &[Address], now: Timestamp) -> Notes {
        let findings = record::read(&mail.findings_json);
        let (out, recipients) = (keys(without), keys(&mail.envelope.recipients));
        let left: Vec<String> = recipients.into_iter().filter(|one| !out.contains(one)).collect();
        // Which findings the recipients were taken out for is told by those that doubt them.
        let is_right = |finding: &Finding| match &finding.doubt {
            Some(doubt) => !out.contains(&doubt.address),
            None => out.is_empty(),
        };
        let mut notes = self.begun(mail, now);
        for finding in findings.iter().filter(|finding| self.asks(finding)) {
            let fate = if is_right(finding) { Fate::Released } else { Fate::Corrected };
            notes.fates.push((finding.rule.clone(), fate));
        }
        if self.handling.learn {
            let doubted = doubted(&findings);
            notes.confused = out.iter().flat_map(|address| taken_out(address, &left, &doubted)).collect();
            notes.right = doubted.into_iter().filter(|one| left.contains(&one.address)).collect();
            let rules = findings.iter().filter(|one| self.asks(one) && is_right(one));
            notes.overridden = self.overridden(rules, &notes.sender, &left);
        }
        notes
    }

    /// What there is to note when a kept mail is thrown away.
    async fn of_drop(&self, mail: &Summary, mistaken: bool, now: Timestamp) -> Notes {
        let findings = record::read(&mail.findings_json);
        let mut notes = self.begun(mail, now);
        let asked = findings.iter().filter(|one| self.asks(one));
        notes.fates = asked.map(|one| (one.rule.clone(), Fate::Dropped)).collect();
        if !self.handling.learn {
            return notes;
        }
        let (doubted, recipients) = (doubted(&findings), keys(&mail.envelope.recipients));
        let mistakes = doubted.iter().filter(|_| mistaken).flat_map(|one| mistake(one, &recipients));
        notes.confused = mistakes.collect();
        if mail.size <= LARGEST as u64 {
            // A text that cannot be read keeps no mail from being thrown away.
            let raw = self.store.mail(&mail.id).await.ok().flatten().and_then(|mail| mail.raw);
            // What was dropped is counted as that, not as corrected by what follows.
            let trace = |outline| Trace::of(&outline, Vec::new(), doubted);
            notes.trace = raw.and_then(|raw| outline(&mail.envelope, &raw)).map(trace);
        }
        notes.taken_back = notes.trace.is_some();
        notes
    }

    /// What will be needed of a mail that has just been judged.
    pub(super) fn seen(&self, judgement: &Judgement, envelope: &Envelope) -> Seen {
        let findings = &judgement.findings;
        let asked = || findings.iter().filter(|one| self.asks(one)).map(|one| one.rule.clone()).collect();
        let outline = judgement.outline.as_ref().filter(|_| self.handling.learn);
        Seen {
            findings: findings.clone(),
            recipients: keys(&envelope.recipients),
            trace: outline.map(|outline| Trace::of(outline, asked(), doubted(findings))),
            sender: envelope.sender.as_ref().map(Address::key).unwrap_or_default(),
        }
    }

    /// What there is to note of such a mail once it has gone its way; `confirmed`: it was handed back, and came again as it was.
    pub(super) fn of_admission(&self, seen: Seen, admission: &Admission, confirmed: bool, now: Timestamp) -> Notes {
        let Seen { findings, recipients, trace, sender } = seen;
        let handed_back = matches!(admission, Admission::Returned { .. } | Admission::Rejected { .. });
        let stopped = match admission {
            Admission::Returned { .. } | Admission::Rejected { .. } => Fate::Returned,
            Admission::Held { .. } => Fate::Held,
            _ => Fate::Told,
        };
        // Only these were shown to whoever sent it again.
        let was_returned = |finding: &&Finding| confirmed && self.handling.policy.of(finding) == Verdict::Return;
        let fate = |finding: &Finding| match () {
            () if was_returned(&finding) => Fate::Released,
            () if self.asks(finding) => stopped,
            () => Fate::Told,
        };
        // What only goes along with a mail that was handed back was counted then.
        let counted = findings.iter().filter(|one| !confirmed || self.asks(one));
        let mut notes = Notes::new(&sender, now);
        notes.fates = counted.map(|finding| (finding.rule.clone(), fate(finding))).collect();
        if !self.handling.learn {
            return notes;
        }
        notes.trace = trace;
        notes.taken_back = handed_back && notes.trace.is_some();
        if confirmed {
            let right: Vec<Finding> = findings.iter().filter(was_returned).cloned().collect();
            notes.right = doubted(&right);
            notes.overridden = self.overridden(right.iter(), &sender, &recipients);
            notes.confirmed = true;
        }
        notes
    }

    fn begun(&self, mail: &Summary, now: Timestamp) -> Notes {
        Notes::new(&mail.envelope.sender.as_ref().map(Address::key).unwrap_or_default(), now)
    }

    /// Whether a mail stops for it.
    fn asks(&self, finding: &Finding) -> bool {
        self.handling.policy.of(finding) >= Verdict::Hold
    }

    fn overridden<'a>(
        &self,
        findings: impl Iterator<Item = &'a Finding>,
        sender: &str,
        recipients: &[String],
    ) -> Vec<(String, String)> {
        let domain = |address: &str| address.rsplit_once('@').map_or(String::new(), |(_, domain)| domain.to_owned());
        // As rules take it, where none is configured.
        let of_sender =
            Some(registrable(&domain(sender))).filter(|own| self.own_domains.is_empty() && !is_freemail(own));
        let is_own = |address: &str| {
            self.own_domains.iter().chain(&of_sender).any(|own| !own.is_empty() && belongs_to(&domain(address), own))
        };
        let outside: Vec<&String> =
            recipients.iter().filter(|address| !is_own(address)).take(MOST_OVERRIDDEN).collect();
        findings.flat_map(|one| outside.iter().map(|address| (one.rule.clone(), (*address).clone()))).collect()
    }
}

/// What is needed of a mail once it has gone its way.
pub(super) struct Seen {
    findings: Vec<Finding>,
    /// In lower case.
    recipients: Vec<String>,
    trace: Option<Trace>,
    sender: String,
}

/// The pair a doubt names; else the recipient and those who would have got it too.
fn mistake(doubted: &Doubted, recipients: &[String]) -> Vec<Pair> {
    let pair = |other: &String| Pair { address: doubted.address.clone(), other: other.clone(), beside: false };
    let named: Vec<Pair> =
        doubted.others.iter().filter(|other| !recipients.contains(other)).take(1).map(pair).collect();
    if !named.is_empty() {
        return named;
    }
    let left: Vec<String> = recipients.iter().filter(|one| **one != doubted.address).cloned().collect();
    taken_out(&doubted.address, &left, std::slice::from_ref(doubted))
}

fn doubted(findings: &[Finding]) -> Vec<Doubted> {
    let of = |finding: &Finding| {
        let doubt = finding.doubt.clone()?;
        Some(Doubted { rule: finding.rule.clone(), address: doubt.address, others: doubt.others })
    };
    findings.iter().filter_map(of).collect()
}

fn keys(addresses: &[Address]) -> Vec<String> {
    addresses.iter().map(Address::key).collect()
}

/// The outline of a stored mail of its own author's; reading it must not touch what is done with it.
pub(super) fn outline(envelope: &Envelope, raw: &[u8]) -> Option<Outline> {
    let read = || {
        let mut message = Message::parse(raw).ok()?;
        message.add_envelope(envelope);
        Outline::of(&message)
    };
    let outline = catch_unwind(AssertUnwindSafe(read)).ok().flatten()?;
    envelope.sender.as_ref().is_some_and(|sender| sender.key() == outline.sender).then_some(outline)
}
