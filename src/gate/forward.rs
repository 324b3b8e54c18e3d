//! Mails on their way to the next server: with their author waiting, or out of the outbox.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::passage::{Author, Heard, Passage, leaves};
use super::tell::About;
use super::{Admission, Gate, Login, Mail, Patience, later, no_account, own_answer};
use crate::config::{self, Account, WhenUnreachable};
use crate::message::{Envelope, Message};
use crate::notice::News;
use crate::outbox::{self, Attempt};
use crate::store::{Claim, Initial, NewMail};
use crate::upstream::{self, Answer, Outcome};

/// For the outcome of a mail whose author did not wait, where `return_window` is zero.
const LEAST_WINDOW: Duration = Duration::from_secs(600);

impl Gate {
    /// What became of the same mail, sent before by an author who has not heard it; `None` if there was none.
    pub(super) async fn before(&self, mail: &Mail<'_>, now: Timestamp, author: &mut impl Author) -> Option<Admission> {
        // Hashing a mail for nothing would be felt at every one.
        if self.passages.is_empty() {
            return None;
        }
        let key = mail.key();
        let attempt = self.passages.find(&key, self.window())?;
        let heard = if attempt.call_back() { None } else { Some(attempt.heard_again(author).await) };
        if let Some(Heard::Unanswered) = heard {
            return Some(Admission::Unanswered);
        }
        self.passages.forget(&key, &attempt);
        match heard? {
            Heard::Outcome(Outcome::Sent { text }) => {
                self.tell_sent(mail, now).await;
                Some(Admission::Sent { text })
            }
            // Told this once; the next time the mail is tried again.
            Heard::Outcome(Outcome::Refused(answer)) => Some(Admission::Refused(answer)),
            Heard::Outcome(Outcome::TryLater(answer)) if answer.uncertain || !self.queues() => {
                Some(Admission::TryLater(answer))
            }
            Heard::Outcome(Outcome::TryLater(_)) | Heard::CalledBack(_) | Heard::Unanswered => None,
        }
    }

    /// Sends the mail on while its author waits.
    pub(super) async fn forward(&self, mail: Mail<'_>, now: Timestamp, author: &mut impl Author) -> Admission {
        let tried = match self.try_now(&mail, author).await {
            // A password of ours that is no longer right was fetched too early: a token lives an hour.
            Tried::Ended(Outcome::Refused(answer)) if is_about_the_login(&answer) && is_ours(mail.account) => {
                self.try_now(&mail, author).await
            }
            tried => tried,
        };
        match tried {
            Tried::Unanswered => Admission::Unanswered,
            // Whoever hung up hears of no queue, and sends again.
            Tried::Gone => Admission::TryLater(own_answer("The mail program hung up, nothing was sent")),
            Tried::Ended(Outcome::Sent { text }) => {
                self.tell_sent(&mail, now).await;
                Admission::Sent { text }
            }
            Tried::Ended(Outcome::Refused(answer)) if is_about_the_login(&answer) && is_ours(mail.account) => {
                self.not_now(mail, now, answer).await
            }
            Tried::Ended(Outcome::Refused(answer)) => Admission::Refused(answer),
            Tried::Ended(Outcome::TryLater(answer)) => self.not_now(mail, now, answer).await,
        }
    }

    /// One attempt, as long as its author waits.
    async fn try_now(&self, mail: &Mail<'_>, author: &mut impl Author) -> Tried {
        let login = tokio::select! {
            login = self.login(mail) => login,
            patience = leaves(author) => return Tried::called_back(patience),
        };
        let login = match login {
            Ok(login) => login,
            Err(reason) => return Tried::Ended(Outcome::TryLater(no_login(mail.account, &reason))),
        };
        let upstream = self.upstreams[&mail.account.name].clone();
        let passage = Passage::begin(upstream, Arc::clone(&mail.parcel), login.clone());
        let key = std::sync::OnceLock::new();
        let window = self.window();
        let keep = |attempt| self.passages.keep(key.get_or_init(|| mail.key()).clone(), attempt, window);
        let heard = passage.heard(author, keep).await;
        let attempt = passage.attempt();
        if let Heard::Unanswered = heard {
            keep(attempt);
            return Tried::Unanswered;
        }
        // Kept when its author closed, and heard all the same.
        if let Some(key) = key.get() {
            self.passages.forget(key, &attempt);
        }
        match heard {
            Heard::Outcome(outcome) => {
                self.mind(mail.account, login.as_ref(), &outcome).await;
                Tried::Ended(outcome)
            }
            Heard::CalledBack(patience) => Tried::called_back(patience),
            Heard::Unanswered => Tried::Unanswered,
        }
    }

    async fn login(&self, mail: &Mail<'_>) -> Result<Option<upstream::Login>, String> {
        let passes = matches!(mail.account.login, config::Login::PassThrough);
        match mail.login.and_then(Login::passed).filter(|_| passes) {
            Some(passed) => Ok(Some(passed.login.clone())),
            None => self.credentials.login(mail.account, None).await,
        }
    }

    async fn not_now(&self, mail: Mail<'_>, now: Timestamp, answer: Answer) -> Admission {
        // The answer to the final dot was lost: the mail may have arrived (RFC 1047). Queueing it would send it a second
        // time without anybody knowing; the author hears of it and decides.
        if answer.uncertain || !self.queues() {
            return Admission::TryLater(answer);
        }
        let state = Initial::Ready { not_before: Some(later(now, outbox::backoff(1, 0.0))) };
        self.keep_tried(mail, state, Some(answer.line()), now, |id| Admission::Queued { id }).await
    }

    /// How long the same mail counts as sent again. Where nothing is ever handed back, an outcome is still to be heard.
    fn window(&self) -> Duration {
        let window = self.config.handling.return_window;
        if window.is_zero() { LEAST_WINDOW } else { window }
    }

    fn queues(&self) -> bool {
        match self.config.handling.when_unreachable {
            WhenUnreachable::Refuse => false,
            WhenUnreachable::Queue => true,
        }
    }

    fn account_of(&self, claim: &Claim) -> Option<&Account> {
        self.config.account_of(claim.account.as_deref(), sender(claim))
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
            && let Outcome::Refused(answer) = &outcome
            && !is_about_the_login(answer)
        {
            // Some providers take nothing from the null path; a notice is of the author of the mail it is about.
            let author = Message::parse(&claim.raw).ok().and_then(|notice| notice.from.first().cloned());
            let sender = author.map(|author| author.address).or_else(|| claim.envelope.recipients.first().cloned());
            let envelope = Envelope { sender, ..claim.envelope.clone() };
            outcome = upstream.send_if(&envelope, &claim.raw, login.as_ref(), &ours).await;
        }
        self.mind(account, login.as_ref(), &outcome).await;
        if let (Outcome::Sent { .. }, false, Some(learner)) = (&outcome, claim.notice, &self.learner) {
            learner.note_raw(&claim.envelope, &claim.raw, Timestamp::now());
        }
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

/// What came of an attempt with its author waiting.
enum Tried {
    Ended(Outcome),
    /// The final dot has left, and the author no longer waits.
    Unanswered,
    /// Called back, with nobody left to tell.
    Gone,
}

impl Tried {
    fn called_back(patience: Patience) -> Tried {
        match patience {
            Patience::Gone | Patience::Closed => Tried::Gone,
            Patience::Over => Tried::Ended(Outcome::TryLater(own_answer(
                "The mail server took too long, nothing was sent: send the mail again later",
            ))),
        }
    }
}

/// The password is the account's own, not of a mail program.
fn is_ours(account: &Account) -> bool {
    matches!(account.login, config::Login::Stored { .. })
}
