//! What becomes of a mail: judged by the rules, then sent, kept, or handed back.
//!
//! [`judge`] only reads; [`Gate::admit`] judges and acts. Knows rules, store and next servers; must not know SMTP, sockets
//! of clients, or the clock.

mod admission;
mod credentials;
mod judge;
mod login;
pub mod record;
pub mod setup;
mod words;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{Timestamp, Zoned};

use crate::config::{self, Account, Config, Handling, WhenUnreachable};
use crate::facts::Facts;
use crate::message::{Envelope, resend_key, resend_key_of_octets, without_field};
use crate::outbox::{self, Attempt};
use crate::rule::{self, Rules};
use crate::store::{Claim, Initial, MailId, NewMail, Store, StoreError};
use crate::upstream::{self, Answer, Outcome, Upstream, UpstreamError};
use crate::verdict::Verdict;

pub use admission::Admission;
use credentials::Credentials;
pub use credentials::store_in_keyring;
pub use judge::{Judgement, judge};
pub use login::{Login, LoginCheck};
use words::Style;

/// Smaller mails are judged where they are: handing them to another thread would cost more than judging them.
const JUDGED_INLINE: usize = 32 * 1024;

/// Judges mails and acts on the judgement.
pub struct Gate {
    config: Config,
    rules: Arc<Rules>,
    /// Without the time.
    facts: Facts,
    store: Store,
    upstreams: HashMap<String, Upstream>,
    credentials: Credentials,
}

/// One mail on its way through the gate.
struct Mail<'a> {
    envelope: Envelope,
    raw: Vec<u8>,
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
            let options = upstream::Options { tls_ca: account.tls_ca.clone(), ..upstream::Options::default() };
            upstreams.insert(account.name.clone(), Upstream::new(setup::target(&account.upstream), options)?);
        }
        let facts = setup::facts(config, None);
        Ok(Gate { config: config.clone(), rules, facts, store, upstreams, credentials: Credentials::default() })
    }

    /// Where mails are kept.
    pub fn store(&self) -> &Store {
        &self.store
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

    /// Judges one mail and does what the verdict says. `who` tells senders apart where there is no login: the address
    /// of the connection. Dropping the future leaves the mail sent, kept, or neither.
    pub async fn admit(
        &self,
        envelope: Envelope,
        raw: Vec<u8>,
        login: Option<&Login>,
        who: &str,
        now: &Zoned,
    ) -> Admission {
        let sender = envelope.sender.as_ref().map_or("", |sender| sender.as_str());
        // Before anything is kept: a mail that no account may send would be held for ever.
        let Some(account) = self.config.account_for(sender) else {
            return Admission::Refused(no_account(sender));
        };
        if let Some(login) = login.filter(|login| !self.may_use(login, account)) {
            return Admission::Refused(other_account(sender, &login.account));
        }
        let (octets, recipients) = (raw.len(), envelope.recipients.len());
        let (envelope, raw, judgement) = self.judged(envelope, raw, now).await;
        let raw = match self.config.handling.allow_header {
            true => without_field(raw, rule::ALLOW_HEADER),
            false => raw,
        };
        let verdict = judgement.verdict;
        for allowed in &judgement.allowed {
            let (rule, by, reason) = (&allowed.finding.rule, allowed.by.as_str(), allowed.by.reason());
            tracing::info!(rule, by, reason, "a finding was allowed");
        }
        let rules: Vec<String> = judgement.findings.iter().map(|finding| finding.rule.clone()).collect();
        let mail = Mail { envelope, raw, account, login, judgement };
        let admission = self.act(mail, who, now.timestamp()).await;
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
            Admission::Sent { .. } | Admission::Returned { .. } | Admission::Rejected { .. } => {
                tracing::info!(octets, recipients, verdict, rules, outcome, "mail");
            }
        }
        admission
    }

    async fn judged(&self, envelope: Envelope, raw: Vec<u8>, now: &Zoned) -> (Envelope, Vec<u8>, Judgement) {
        let facts = Facts { now: Some(now.clone()), ..self.facts.clone() };
        if raw.len() <= JUDGED_INLINE {
            let judgement = judge(&self.rules, &facts, setup::policy(&self.config), Some(&envelope), &raw);
            return (envelope, raw, judgement);
        }
        let (rules, policy) = (Arc::clone(&self.rules), setup::policy(&self.config).clone());
        let work = move || {
            let judgement = judge(&rules, &facts, &policy, Some(&envelope), &raw);
            (envelope, raw, judgement)
        };
        tokio::task::spawn_blocking(work).await.expect("judge catches panics, and the task is never cancelled")
    }

    async fn act(&self, mail: Mail<'_>, who: &str, now: Timestamp) -> Admission {
        let Handling { policy, return_window, .. } = &self.config.handling;
        let style = Style { lang: self.config.language, utf8: self.config.serve.utf8_replies };
        match mail.judgement.verdict {
            Verdict::Forward => self.forward(mail, now).await,
            Verdict::Hold => self.keep(mail, Initial::Held, now, |id| Admission::Held { id }).await,
            Verdict::Delay => self.delay(mail, now).await,
            Verdict::Return => {
                let lines = words::returned(&mail.judgement.findings, policy, style, *return_window);
                self.hand_back(mail, who, now, lines).await
            }
            Verdict::Reject => Admission::Rejected { lines: words::rejected(&mail.judgement.findings, policy, style) },
        }
    }

    /// Hands the mail back the first time, and sends it on when it comes again unchanged.
    async fn hand_back(&self, mail: Mail<'_>, who: &str, now: Timestamp, lines: Vec<String>) -> Admission {
        let key = match &mail.judgement.message {
            Some(message) => resend_key(message, &mail.envelope, who),
            None => resend_key_of_octets(&mail.raw, &mail.envelope, who),
        };
        match self.store.confirm_return(&key, now, self.config.handling.return_window).await {
            Ok(false) => {}
            Ok(true) => {
                let admission = self.act_confirmed(mail, now).await;
                if !admission.takes_over()
                    && let Err(error) = self.store.remember_return(&key, now).await
                {
                    // The person confirms once more: no mail is lost by it.
                    tracing::warn!(%error, "a confirmation could not be kept for the next try");
                }
                return admission;
            }
            Err(error) => return Admission::NotStored(error),
        }
        match self.store.remember_return(&key, now).await {
            Ok(()) => Admission::Returned { lines },
            // Handed back without being remembered, it could never be confirmed.
            Err(error) => Admission::NotStored(error),
        }
    }

    /// A confirmation answers what the mail was handed back for; what it would be kept for all the same, it is kept for.
    async fn act_confirmed(&self, mail: Mail<'_>, now: Timestamp) -> Admission {
        match judge::confirmed(&self.config.handling, &mail.judgement.findings) {
            Verdict::Forward | Verdict::Return => self.forward(mail, now).await,
            Verdict::Hold | Verdict::Reject => self.keep(mail, Initial::Held, now, |id| Admission::Held { id }).await,
            Verdict::Delay => self.delay(mail, now).await,
        }
    }

    async fn delay(&self, mail: Mail<'_>, now: Timestamp) -> Admission {
        let until = later(now, self.config.handling.delay);
        let state = Initial::Ready { not_before: Some(until) };
        self.keep(mail, state, now, |id| Admission::Delayed { id, until }).await
    }

    async fn forward(&self, mail: Mail<'_>, now: Timestamp) -> Admission {
        let login = match mail.login.filter(|_| matches!(mail.account.login, config::Login::PassThrough)) {
            Some(login) => Ok(Some(login.login.clone())),
            None => self.credentials.login(mail.account, None).await,
        };
        let outcome = self.hand_over(mail.account, login, &mail.envelope, &mail.raw).await;
        match outcome {
            Outcome::Sent { text } => Admission::Sent { text },
            Outcome::Refused(answer) => Admission::Refused(answer),
            // The answer to the final dot was lost: the mail may have arrived (RFC 1047). Queueing it would send it a
            // second time without anybody knowing; the author hears of it and decides.
            Outcome::TryLater(answer) if answer.uncertain => Admission::TryLater(answer),
            Outcome::TryLater(answer) => match self.config.handling.when_unreachable {
                WhenUnreachable::Refuse => Admission::TryLater(answer),
                WhenUnreachable::Queue => {
                    let state = Initial::Ready { not_before: Some(later(now, outbox::backoff(1, 0.0))) };
                    self.keep(mail, state, now, |id| Admission::Queued { id }).await
                }
            },
        }
    }

    async fn hand_over(
        &self,
        account: &Account,
        login: Result<Option<upstream::Login>, String>,
        envelope: &Envelope,
        raw: &[u8],
    ) -> Outcome {
        let login = match login {
            Ok(login) => login,
            Err(reason) => return Outcome::TryLater(own_answer(&format!("account {}: {reason}", account.name))),
        };
        let outcome = self.upstreams[&account.name].send(envelope, raw, login.as_ref()).await;
        if let (Outcome::Refused(answer), Some(login)) = (&outcome, &login)
            && is_about_the_login(answer)
        {
            self.credentials.forget(account, login).await;
        }
        outcome
    }

    async fn keep(
        &self,
        mail: Mail<'_>,
        state: Initial,
        now: Timestamp,
        kept: impl FnOnce(MailId) -> Admission,
    ) -> Admission {
        let subject = mail.judgement.message.as_ref().and_then(|message| message.subject.clone());
        let new = NewMail {
            envelope: mail.envelope,
            raw: mail.raw,
            account: Some(mail.account.name.clone()),
            subject: subject.unwrap_or_default(),
            findings_json: record::write(&mail.judgement.findings, &mail.judgement.allowed),
            state,
            received_at: now,
        };
        self.store.hold(new).await.map_or_else(Admission::NotStored, kept)
    }
}

/// What was released goes through the account it was accepted for.
impl outbox::Sender for Arc<Gate> {
    async fn send(&self, claim: &Claim) -> Attempt {
        let sender = claim.envelope.sender.as_ref().map_or("", |sender| sender.as_str());
        let named = claim.account.as_ref();
        let named = named.and_then(|name| self.config.accounts.iter().find(|account| account.name == *name));
        // An account that was renamed since is looked for as for a new mail.
        let Some(account) = named.or_else(|| self.config.account_for(sender)) else {
            return Outcome::TryLater(no_account(sender)).into();
        };
        let login = self.credentials.login(account, claim.envelope.user.as_deref()).await;
        // Of a mail program that logs in itself; a password of the configuration is a person's to mend in time.
        let is_theirs = matches!(account.login, config::Login::PassThrough) && claim.envelope.user.is_some();
        if let (true, Err(reason)) = (is_theirs, &login) {
            return Attempt::NoLogin(format!("account {}: {reason}", account.name));
        }
        match self.hand_over(account, login, &claim.envelope, &claim.raw).await {
            // The password was changed: a reason to wait for the new one, not to give the mail up.
            Outcome::Refused(answer) if is_about_the_login(&answer) && is_theirs => Attempt::NoLogin(answer.text),
            Outcome::Refused(answer) if is_about_the_login(&answer) => Outcome::TryLater(answer).into(),
            outcome => outcome.into(),
        }
    }
}

fn is_about_the_login(answer: &Answer) -> bool {
    matches!(answer.code, Some(530 | 534 | 535 | 538))
}

fn no_account(sender: &str) -> Answer {
    own_answer(&format!(
        "[atena] no account is meant for the sender <{sender}>, add it to `from` of an [[account]] in atena.toml"
    ))
}

fn other_account(sender: &str, account: &str) -> Answer {
    own_answer(&format!("[atena] the login is for account {account}, but the sender <{sender}> belongs to another one"))
}

fn own_answer(text: &str) -> Answer {
    Answer { code: None, enhanced: None, text: text.to_owned(), recipients: Vec::new(), uncertain: false }
}

fn later(time: Timestamp, wait: Duration) -> Timestamp {
    time.checked_add(wait).unwrap_or(Timestamp::MAX)
}
