//! What becomes of a mail: judged by the rules, then sent, kept, or handed back.
//!
//! [`judge`] only reads; [`Gate::admit`] judges and acts. Knows rules, store and next servers; must not know SMTP, sockets
//! of clients, or the clock.

mod admission;
mod credentials;
pub mod drafts;
mod expiry;
pub mod feedback;
mod forward;
mod judge;
mod learner;
mod login;
mod look;
pub mod narrowing;
mod opened;
mod passage;
pub mod record;
mod remembered;
mod sealed;
pub mod setup;
mod tell;
mod words;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{Timestamp, Zoned};

use crate::config::{self, Account, Config, Handling};
use crate::correspondents::Outline;
use crate::facts::Facts;
use crate::finding::Level;
use crate::lang::Lang;
use crate::message::{Address, Envelope, resend_key, resend_key_of_octets, without_field};
use crate::people::domain::belongs_to;
use crate::rule::{self, Rules};
use crate::store::{Initial, MailId, NewMail, People, Store, StoreError};
use crate::upstream::{self, Answer, Upstream, UpstreamError};
use crate::users::Users;
use crate::verdict::Verdict;

pub use admission::Admission;
use credentials::Credentials;
pub use credentials::{password_of_command, password_of_environment, store_in_keyring};
use drafts::Drafts;
use feedback::{Feedback, Seen};
pub use judge::{Judge, Judgement};
use learner::Learner;
pub use login::{Login, LoginCheck};
pub use opened::{Edit, Opened};
pub use passage::{Arrival, Author, Patience};
use passage::{Parcel, Passages};
use words::Style;

/// Judges mails and acts on the judgement.
pub struct Gate {
    config: Config,
    rules: Arc<Rules>,
    /// Without the time.
    facts: Facts,
    store: Store,
    /// Whom past mail went to.
    people: People,
    learner: Option<Learner>,
    feedback: Feedback,
    upstreams: HashMap<String, Upstream>,
    credentials: Arc<Credentials>,
    drafts: Drafts,
    passages: Passages,
    users: Users,
    /// Held while a password is hashed.
    hashing: tokio::sync::Mutex<()>,
}

/// One mail on its way through the gate.
struct Mail<'a> {
    parcel: Arc<Parcel>,
    /// Whose mail it is where there is no login: the address of the connection.
    who: &'a str,
    account: &'a Account,
    login: Option<&'a Login>,
    judgement: Judgement,
}

impl Gate {
    /// Opens no connection yet. `rules` come from [`setup::rules`].
    ///
    /// # Errors
    /// An account's server cannot be used: its CA file cannot be read, or this system has no trusted certificates.
    pub fn new(config: &Config, rules: Arc<Rules>, store: Store) -> Result<Gate, UpstreamError> {
        let mut upstreams = HashMap::new();
        for account in &config.accounts {
            let options = upstream::Options {
                tls_ca: account.tls_ca.clone(),
                allow_plaintext: account.allow_plaintext,
                ..upstream::Options::default()
            };
            upstreams.insert(account.name.clone(), Upstream::new(setup::target(&account.upstream), options)?);
        }
        let facts = setup::facts(config, None);
        let (credentials, passages) = (Arc::<Credentials>::default(), Passages::default());
        let drafts = Drafts::sharing(config, store.clone(), Arc::clone(&credentials));
        let (users, hashing) = (Users::of(&config.data_dir), tokio::sync::Mutex::default());
        let people = store.people();
        Ok(Gate {
            learner: Learner::start(people.clone(), config.handling.learn),
            feedback: Feedback::new(store.clone(), config),
            config: config.clone(),
            rules,
            facts,
            store,
            people,
            upstreams,
            credentials,
            drafts,
            passages,
            users,
            hashing,
        })
    }

    /// Where mails are kept.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Where kept mails are handed back to.
    pub fn drafts(&self) -> &Drafts {
        &self.drafts
    }

    /// Whether lines of [`Admission::Returned`] and [`Admission::Rejected`] may be other than ASCII.
    pub fn utf8_replies(&self) -> bool {
        self.config.serve.utf8_replies
    }

    /// Whether a mail could be kept now: asked before its body is taken.
    ///
    /// # Errors
    /// Why it could not.
    pub async fn ready(&self) -> Result<(), StoreError> {
        self.store.healthy().await
    }

    /// What the next server last said it can do, where all mail goes to one.
    pub fn offer(&self) -> Option<upstream::Offer> {
        match self.config.accounts.as_slice() {
            [only] => self.upstreams[&only.name].offer(),
            _ => None,
        }
    }

    /// Judges one mail and does what the verdict says. `who` tells senders apart where there is no login: the address
    /// of the connection; `author` waits for the next server. Dropping the future leaves the
    /// mail sent, kept, or neither.
    pub async fn admit(
        &self,
        arrival: Arrival,
        login: Option<&Login>,
        who: &str,
        now: &Zoned,
        author: &mut impl Author,
    ) -> Admission {
        let Arrival { envelope, raw, hold } = arrival;
        let sender = envelope.sender.as_ref().map_or("", |sender| sender.as_str());
        // Before anything is kept: a mail that no account may send would be held for ever.
        let Some(account) = self.config.account_for(sender) else {
            return Admission::Refused(no_account(sender));
        };
        if let Some(login) = login.filter(|login| !self.may_use(login, account)) {
            return Admission::Refused(other_account(sender, login));
        }
        let (octets, recipients) = (raw.len(), envelope.recipients.len());
        let (envelope, raw, mut judgement) = self.judged(envelope, raw, now).await;
        let raw = match self.config.handling.allow_header {
            true => without_field(raw, rule::ALLOW_HEADER),
            false => raw,
        };
        let verdict = judgement.verdict;
        for allowed in &judgement.allowed {
            let (rule, by, reason) = (&allowed.finding.rule, allowed.by.as_str(), allowed.by.reason(Lang::En));
            tracing::info!(rule, by, reason = reason.as_deref(), "a finding was allowed");
        }
        let rules: Vec<String> = judgement.findings.iter().map(|finding| finding.rule.clone()).collect();
        // Not kept while the next server takes its time: the newest mails of the sender hang on it.
        let judged = judgement.standing.take().and_then(|standing| standing.judged());
        let outline = judgement.outline.clone().map(|outline| Outline { judged, ..outline });
        let seen = self.feedback.seen(&judgement, &envelope);
        let mail = Mail { parcel: Arc::new(Parcel { envelope, raw, _hold: hold }), who, account, login, judgement };
        let (admission, confirmed) = self.act(mail, now.timestamp(), author).await;
        self.learn(seen, outline, &admission, confirmed, now.timestamp());
        // No names, subject or text: only what the operator needs to see what the gate does.
        let (verdict, rules, outcome) = (verdict.as_str(), rules.join(","), admission.as_str());
        match &admission {
            Admission::NotStored(error) => {
                tracing::error!(octets, recipients, verdict, rules, outcome, %error, "mail");
            }
            Admission::Held { id } | Admission::Delayed { id, .. } | Admission::Queued { id } => {
                tracing::info!(octets, recipients, verdict, rules, outcome, mail = %id, "mail");
            }
            Admission::Refused(answer) | Admission::TryLater(answer) => {
                let (code, uncertain) = (answer.code, answer.uncertain);
                tracing::warn!(octets, recipients, verdict, rules, outcome, code, uncertain, "mail");
            }
            Admission::Unanswered => tracing::warn!(octets, recipients, verdict, rules, outcome, "mail"),
            Admission::Sent { .. } | Admission::Returned { .. } | Admission::Rejected { .. } => {
                tracing::info!(octets, recipients, verdict, rules, outcome, "mail");
            }
        }
        admission
    }

    /// Notes whom a mail went to, and what became of its findings.
    fn learn(&self, seen: Seen, outline: Option<Outline>, admission: &Admission, confirmed: bool, now: Timestamp) {
        let Some(learner) = &self.learner else { return };
        if let (Admission::Sent { .. }, Some(outline)) = (admission, outline) {
            learner.note(outline, now);
        }
        // What its author will send again is counted then.
        if admission.takes_over() || matches!(admission, Admission::Returned { .. } | Admission::Rejected { .. }) {
            learner.keep(self.feedback.of_admission(seen, admission, confirmed, now));
        }
    }

    /// What becomes of it, and whether its author has confirmed it.
    async fn act(&self, mail: Mail<'_>, now: Timestamp, author: &mut impl Author) -> (Admission, bool) {
        if let Some(admission) = self.before(&mail, now, author).await {
            return (admission, false);
        }
        let Handling { policy, return_window, .. } = &self.config.handling;
        let style = Style { lang: self.config.language, utf8: self.config.serve.utf8_replies };
        let admission = match mail.judgement.verdict {
            Verdict::Forward if self.waits_outside(&mail.parcel.envelope) => self.delay(mail, now).await,
            Verdict::Forward => self.forward(mail, now, author).await,
            Verdict::Hold => self.keep(mail, Initial::Held, now, |id| Admission::Held { id }).await,
            Verdict::Delay => self.delay(mail, now).await,
            Verdict::Return => {
                let lines = words::returned(&mail.judgement.findings, policy, style, *return_window);
                return self.hand_back(mail, now, lines, author).await;
            }
            Verdict::Reject => Admission::Rejected { lines: words::rejected(&mail.judgement.findings, policy, style) },
        };
        (admission, false)
    }

    /// Hands the mail back the first time, and sends it on when it comes again unchanged.
    async fn hand_back(
        &self,
        mail: Mail<'_>,
        now: Timestamp,
        lines: Vec<String>,
        author: &mut impl Author,
    ) -> (Admission, bool) {
        let key = mail.key();
        match self.store.confirm_return(&key, now, self.config.handling.return_window).await {
            Ok(false) => {}
            Ok(true) => {
                let admission = self.act_confirmed(mail, now, author).await;
                if !admission.takes_over()
                    && let Err(error) = self.store.remember_return(&key, now).await
                {
                    // The person confirms once more: no mail is lost by it.
                    tracing::warn!(%error, "a confirmation could not be kept for the next try");
                }
                return (admission, true);
            }
            Err(error) => return (Admission::NotStored(error), false),
        }
        let admission = match self.store.remember_return(&key, now).await {
            Ok(()) => Admission::Returned { lines },
            // Handed back without being remembered, it could never be confirmed.
            Err(error) => Admission::NotStored(error),
        };
        (admission, false)
    }

    /// A confirmation answers what the mail was handed back for; what it would be kept for all the same, it is kept for.
    async fn act_confirmed(&self, mail: Mail<'_>, now: Timestamp, author: &mut impl Author) -> Admission {
        match judge::confirmed(&self.config.handling, &mail.judgement.findings) {
            Verdict::Forward | Verdict::Return if self.waits_outside(&mail.parcel.envelope) => {
                self.delay(mail, now).await
            }
            Verdict::Forward | Verdict::Return => self.forward(mail, now, author).await,
            Verdict::Hold | Verdict::Reject => self.keep(mail, Initial::Held, now, |id| Admission::Held { id }).await,
            Verdict::Delay => self.delay(mail, now).await,
        }
    }

    async fn delay(&self, mail: Mail<'_>, now: Timestamp) -> Admission {
        let until = later(now, self.wait(&mail));
        let state = Initial::Ready { not_before: Some(until) };
        self.keep(mail, state, now, |id| Admission::Delayed { id, until }).await
    }

    /// Time to take a mail back: the longest of its reasons.
    fn wait(&self, mail: &Mail<'_>) -> Duration {
        let Handling { delay, policy, .. } = &self.config.handling;
        let delayed = mail.judgement.findings.iter().filter(|finding| policy.of(finding) == Verdict::Delay);
        let of_level = delayed.map(|finding| match finding.level {
            Level::Info => delay.info,
            Level::Warning => delay.warning,
            Level::Error => delay.error,
        });
        let outside = if self.waits_outside(&mail.parcel.envelope) { delay.outside } else { Duration::ZERO };
        of_level.chain([outside]).max().unwrap_or_default()
    }

    /// Whether somebody outside gets it, and such mail waits.
    fn waits_outside(&self, envelope: &Envelope) -> bool {
        let own = &self.facts.own_domains;
        let is_own = |recipient: &Address| own.iter().any(|own| belongs_to(recipient.domain(), own));
        !self.config.handling.delay.outside.is_zero() && !envelope.recipients.iter().all(is_own)
    }

    async fn keep(
        &self,
        mail: Mail<'_>,
        state: Initial,
        now: Timestamp,
        kept: impl FnOnce(MailId) -> Admission,
    ) -> Admission {
        self.keep_tried(mail, state, None, now, kept).await
    }

    /// Keeps a mail that was tried before: `answer` is what came of it.
    async fn keep_tried(
        &self,
        mail: Mail<'_>,
        state: Initial,
        answer: Option<String>,
        now: Timestamp,
        kept: impl FnOnce(MailId) -> Admission,
    ) -> Admission {
        let subject = mail.judgement.message.as_ref().and_then(|message| message.subject.clone());
        let (envelope, raw) = match Arc::try_unwrap(mail.parcel) {
            Ok(parcel) => (parcel.envelope, parcel.raw),
            // An attempt that was called back may not have ended yet.
            Err(parcel) => (parcel.envelope.clone(), parcel.raw.clone()),
        };
        let new = NewMail {
            envelope,
            raw,
            account: Some(mail.account.name.clone()),
            subject: subject.unwrap_or_default(),
            risk: record::risk(&mail.judgement.findings),
            findings_json: record::write(&mail.judgement.findings, &mail.judgement.allowed),
            approved: self.needs(&mail.judgement.findings),
            state,
            received_at: now,
            answer,
            notice: false,
        };
        // Before the mail is there, so that it is never found without.
        if let (Some(passed), config::Login::PassThrough) = (mail.login.and_then(Login::passed), &mail.account.login) {
            self.credentials.remembered.keep(&mail.account.upstream, &passed.login);
        }
        self.store.hold(new).await.map_or_else(Admission::NotStored, kept)
    }
}

impl Mail<'_> {
    /// What makes it the same mail when it comes again.
    fn key(&self) -> String {
        let Parcel { envelope, raw, .. } = &*self.parcel;
        match &self.judgement.message {
            Some(message) => resend_key(message, envelope, self.who),
            None => resend_key_of_octets(raw, envelope, self.who),
        }
    }
}

fn no_account(sender: &str) -> Answer {
    own_answer(&format!(
        "[atena] no account is meant for the sender <{sender}>, add it to `from` of an [[account]] in atena.toml"
    ))
}

fn other_account(sender: &str, login: &Login) -> Answer {
    own_answer(&match login.passed() {
        Some(passed) => format!(
            "[atena] the login is for account {}, but the sender <{sender}> belongs to another one",
            passed.account
        ),
        None => format!("[atena] the sender <{sender}> belongs to an account that wants a login at its own server"),
    })
}

fn own_answer(text: &str) -> Answer {
    Answer { code: None, enhanced: None, text: text.to_owned(), recipients: Vec::new(), uncertain: false }
}

fn later(time: Timestamp, wait: Duration) -> Timestamp {
    time.checked_add(wait).unwrap_or(Timestamp::MAX)
}
