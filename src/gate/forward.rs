//! Mails on their way to the next server: with their author waiting, or out of the outbox.

use std::sync::Arc;

use jiff::Timestamp;

use super::passage::{Heard, Passage};
use super::tell::About;
use super::{Admission, Gate, Login, Mail, Patience, Waiting, later, no_account, own_answer};
use crate::config::{self, Account, WhenUnreachable};
use crate::message::Envelope;
use crate::notice::News;
use crate::outbox::{self, Attempt};
use crate::store::{Claim, Initial, NewMail};
use crate::upstream::{self, Answer, Outcome};

impl Gate {
    /// Sends the mail on while its author waits.
    pub(super) async fn forward(&self, mail: Mail<'_>, now: Timestamp, mut waiting: Waiting<'_>) -> Admission {
        if let Some(before) = self.earlier(&mail) {
            match before.heard(waiting.as_mut()).await {
                Heard::Outcome(Outcome::Sent { text }) => return Admission::Sent { text },
                Heard::Outcome(Outcome::TryLater(answer)) if answer.uncertain => return Admission::TryLater(answer),
                Heard::Unanswered(passage) => return self.unanswered(&mail, passage),
                // Nothing was delivered: the mail is tried again.
                Heard::Outcome(_) | Heard::CalledBack(_) => {}
            }
        }
        let passes = matches!(mail.account.login, config::Login::PassThrough);
        let login = match mail.login.and_then(Login::passed).filter(|_| passes) {
            Some(passed) => Ok(Some(passed.login.clone())),
            None => self.credentials.login(mail.account, None).await,
        };
        let login = match login {
            Ok(login) => login,
            Err(reason) => {
                let answer = no_login(mail.account, &reason);
                return self.not_now(mail, now, answer).await;
            }
        };
        let upstream = self.upstreams[&mail.account.name].clone();
        let passage = Passage::begin(upstream, Arc::clone(&mail.parcel), login.clone());
        let outcome = match passage.heard(waiting).await {
            Heard::Outcome(outcome) => outcome,
            Heard::CalledBack(Patience::Over) => Outcome::TryLater(too_slow()),
            Heard::CalledBack(Patience::Gone) => return Admission::TryLater(too_slow()),
            Heard::Unanswered(passage) => return self.unanswered(&mail, passage),
        };
        self.mind(mail.account, login.as_ref(), &outcome).await;
        match outcome {
            Outcome::Sent { text } => {
                self.tell_sent(&mail, now).await;
                Admission::Sent { text }
            }
            Outcome::Refused(answer) => Admission::Refused(answer),
            Outcome::TryLater(answer) => self.not_now(mail, now, answer).await,
        }
    }

    /// The same mail, under way or done, whose author has not heard what became of it.
    fn earlier(&self, mail: &Mail<'_>) -> Option<Passage> {
        // Hashing a mail for nothing would be felt at every one.
        if self.passages.is_empty() { None } else { self.passages.take(&mail.key()) }
    }

    fn unanswered(&self, mail: &Mail<'_>, passage: Passage) -> Admission {
        self.passages.keep(mail.key(), passage);
        Admission::Unanswered
    }

    async fn not_now(&self, mail: Mail<'_>, now: Timestamp, answer: Answer) -> Admission {
        // The answer to the final dot was lost: the mail may have arrived (RFC 1047). Queueing it would send it a second
        // time without anybody knowing; the author hears of it and decides.
        if answer.uncertain {
            return Admission::TryLater(answer);
        }
        match self.config.handling.when_unreachable {
            WhenUnreachable::Refuse => Admission::TryLater(answer),
            WhenUnreachable::Queue => {
                let state = Initial::Ready { not_before: Some(later(now, outbox::backoff(1, 0.0))) };
                self.keep(mail, state, now, |id| Admission::Queued { id }).await
            }
        }
    }

    fn account_of(&self, claim: &Claim) -> Option<&Account> {
        let named = claim.account.as_ref();
        let named = named.and_then(|name| self.config.accounts.iter().find(|account| account.name == *name));
        // An account that was renamed since is looked for as for a new mail.
        named.or_else(|| self.config.account_for(sender(claim)))
    }

    /// A password that is no longer right is fetched, or asked for, anew.
    async fn mind(&self, account: &Account, login: Option<&upstream::Login>, outcome: &Outcome) {
        if let (Outcome::Refused(answer), Some(login)) = (outcome, login)
            && is_about_the_login(answer)
        {
            self.credentials.forget(account, login).await;
        }
    }
}

/// What was released goes through the account it was accepted for.
impl outbox::Sender for Arc<Gate> {
    fn tell(&self, claim: &Claim, news: News<'_>) -> Option<NewMail> {
        let about = About {
            id: Some(claim.id.as_str()),
            envelope: &claim.envelope,
            raw: &claim.raw,
            received_at: claim.received_at,
        };
        self.notice(&about, self.account_of(claim)?, news, Timestamp::now())
    }

    async fn send(&self, claim: &Claim) -> Attempt {
        let Some(account) = self.account_of(claim) else {
            return Outcome::TryLater(no_account(sender(claim))).into();
        };
        let login = self.credentials.login(account, claim.envelope.user.as_deref()).await;
        // Of a mail program that logs in itself; a password of the configuration is a person's to mend in time.
        let is_theirs = matches!(account.login, config::Login::PassThrough) && claim.envelope.user.is_some();
        if let (true, Err(reason)) = (is_theirs, &login) {
            return Attempt::NoLogin(format!("account {}: {reason}", account.name));
        }
        let login = match login {
            Ok(login) => login,
            Err(reason) => return Outcome::TryLater(no_login(account, &reason)).into(),
        };
        // Another process may send it once the lease is over: one that slept, with its machine, must not.
        let ours = || Timestamp::now() < claim.lease_until;
        let upstream = &self.upstreams[&account.name];
        let mut outcome = upstream.send_if(&claim.envelope, &claim.raw, login.as_ref(), &ours).await;
        if claim.notice
            && let Outcome::Refused(_) = outcome
        {
            // Some providers take nothing from the null path.
            let envelope = Envelope { sender: claim.envelope.recipients.first().cloned(), ..claim.envelope.clone() };
            outcome = upstream.send_if(&envelope, &claim.raw, login.as_ref(), &ours).await;
        }
        self.mind(account, login.as_ref(), &outcome).await;
        match outcome {
            // The password was changed: a reason to wait for the new one, not to give the mail up.
            Outcome::Refused(answer) if is_about_the_login(&answer) && is_theirs => Attempt::NoLogin(answer.text),
            Outcome::Refused(answer) if is_about_the_login(&answer) => Outcome::TryLater(answer).into(),
            outcome => outcome.into(),
        }
    }
}

fn sender(claim: &Claim) -> &str {
    claim.envelope.sender.as_ref().map_or("", |sender| sender.as_str())
}

fn is_about_the_login(answer: &Answer) -> bool {
    matches!(answer.code, Some(530 | 534 | 535 | 538))
}

fn no_login(account: &Account, reason: &str) -> Answer {
    own_answer(&format!("account {}: {reason}", account.name))
}

fn too_slow() -> Answer {
    own_answer("[atena] the mail server took too long, nothing was sent")
}
