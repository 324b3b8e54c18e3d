//! Logins of clients that the next server of an account decides about.

use std::time::Duration;

use jiff::Timestamp;

use super::Gate;
use crate::config::{self, Account, Auth};
use crate::upstream::{self, LoginOutcome};
use crate::users::Verdict;

/// A mail program logs in anew for each mail, or stays; a mail it sends within this time may be kept and need its password.
const UNUSED: Duration = Duration::from_secs(600);

/// A client that logged in.
#[derive(Debug, Clone)]
pub struct Login {
    user: String,
    /// `None` for a user of our own.
    passed: Option<Passed>,
}

/// What the next server of an account accepted.
#[derive(Debug, Clone)]
pub(super) struct Passed {
    pub(super) account: String,
    pub(super) login: upstream::Login,
}

/// What came of a login.
#[derive(Debug, Clone)]
pub enum LoginCheck {
    Accepted(Login),
    /// With what the server said, if one was asked.
    Refused(Option<String>),
    /// Nobody could be asked, or had an answer.
    TryLater(String),
}

impl Login {
    /// The name the client logged in with.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Where the mail of this client goes on with its own login.
    pub(super) fn passed(&self) -> Option<&Passed> {
        self.passed.as_ref()
    }
}

impl Gate {
    /// Asks our own users, then the next server whether it lets this user in; remembers the password if it does.
    pub async fn verify_login(&self, login: upstream::Login) -> LoginCheck {
        if self.config.serve.auth == Auth::Users && !login.token {
            match self.verify_own(&login).await {
                Some(Verdict::Right) => return LoginCheck::Accepted(Login { user: login.user, passed: None }),
                Some(Verdict::Wrong) => return LoginCheck::Refused(None),
                Some(Verdict::Unknown) => {}
                None => return LoginCheck::TryLater("the users of atena cannot be read, see its log".to_owned()),
            }
        }
        let Some(account) = self.login_account(&login.user) else {
            tracing::warn!(
                "a login was refused: no account passes this name on; a mail address as the name says which, atena user add makes a user"
            );
            return LoginCheck::Refused(None);
        };
        match self.upstreams[&account.name].verify_login(&login).await {
            LoginOutcome::Accepted => {
                if self.credentials.remembered.keep(&account.upstream, &login) {
                    self.hasten(&login.user).await;
                }
                let passed = Passed { account: account.name.clone(), login };
                LoginCheck::Accepted(Login { user: passed.login.user.clone(), passed: Some(passed) })
            }
            LoginOutcome::Rejected(answer) => {
                tracing::info!(account = account.name, code = answer.code, "the next server refused a login");
                LoginCheck::Refused(Some(answer.text))
            }
            LoginOutcome::Unavailable(answer) => {
                tracing::warn!(account = account.name, code = answer.code, "a login could not be checked");
                LoginCheck::TryLater(answer.text)
            }
        }
    }

    /// `None` after a failure, which is logged.
    async fn verify_own(&self, login: &upstream::Login) -> Option<Verdict> {
        let (users, name, password) = (self.users.clone(), login.user.clone(), login.password.clone());
        // One after the other: a hash takes 19 MiB and a processor.
        let _turn = self.hashing.lock().await;
        match tokio::task::spawn_blocking(move || users.verify(&name, &password)).await {
            Ok(Ok(verdict)) => Some(verdict),
            Ok(Err(error)) => {
                tracing::error!(%error, "a login could not be checked");
                None
            }
            Err(_) => None,
        }
    }

    /// Forgets passwords that no mail waits for, until the task is ended.
    pub async fn keep_logins(&self) {
        loop {
            tokio::time::sleep(UNUSED / 10).await;
            self.forget_logins(UNUSED).await;
        }
    }

    /// Forgets the passwords of mail programs that were silent for so long, where no mail of their users waits.
    pub async fn forget_logins(&self, silent_for: Duration) {
        for user in self.credentials.remembered.silent(silent_for) {
            match self.store.keeps_mail_of(&user).await {
                Ok(true) => {}
                Ok(false) => self.credentials.remembered.forget_silent(&user, silent_for),
                // A mail that could not go for that would be worse.
                Err(error) => {
                    tracing::error!(%error, "a password stays in memory: the mails that need it cannot be looked for")
                }
            }
        }
    }

    /// What waits for this login goes now.
    async fn hasten(&self, user: &str) {
        match self.store.hasten(user, Timestamp::now()).await {
            Ok(0) => {}
            Ok(mails) => tracing::info!(mails, "mails that waited for this login are sent"),
            Err(error) => tracing::error!(%error, "mails that wait for a login go later"),
        }
    }

    /// The account whose server may see this user's password: the one of the user's address, else the only one that
    /// passes logins through. A password is never tried at one server after the other.
    fn login_account(&self, user: &str) -> Option<&Account> {
        let passes = |account: &&Account| matches!(account.login, config::Login::PassThrough);
        if user.contains('@')
            && let Some(account) = self.config.account_for(user).filter(passes)
        {
            return Some(account);
        }
        let mut accounts = self.config.accounts.iter().filter(passes);
        let first = accounts.next()?;
        accounts.all(|other| other.upstream == first.upstream).then_some(first)
    }

    /// A login is good for the server that accepted it. Accounts with a login of their own are for users of ours, where there
    /// are any: whoever has a mailbox at the same provider is not one of them.
    pub(super) fn may_use(&self, login: &Login, account: &Account) -> bool {
        let asked = login.passed().and_then(|passed| self.config.accounts.iter().find(|a| a.name == passed.account));
        match account.login {
            config::Login::PassThrough => asked.is_some_and(|asked| asked.upstream == account.upstream),
            _ => self.config.serve.auth != Auth::Users || login.passed().is_none(),
        }
    }
}
