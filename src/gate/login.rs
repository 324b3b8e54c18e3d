//! Logins of clients that the next server of an account decides about.

use jiff::Timestamp;

use super::Gate;
use crate::config::{self, Account};
use crate::upstream::{self, LoginOutcome};

/// A client whose user and password the next server of an account accepted.
#[derive(Debug, Clone)]
pub struct Login {
    /// The account whose server was asked.
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
        &self.login.user
    }
}

impl Gate {
    /// Asks the next server whether it lets this user in; remembers the password if it does.
    pub async fn verify_login(&self, login: upstream::Login) -> LoginCheck {
        let Some(account) = self.login_account(&login.user) else {
            tracing::warn!("a login was refused: its name tells no account; the mail address as login name does");
            return LoginCheck::Refused(None);
        };
        match self.upstreams[&account.name].verify_login(&login).await {
            LoginOutcome::Accepted => {
                if self.credentials.remember(account, &login) {
                    self.hasten(&login.user).await;
                }
                LoginCheck::Accepted(Login { account: account.name.clone(), login })
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

    /// A login is good for the server that accepted it, and for accounts that have a login of their own.
    pub(super) fn may_use(&self, login: &Login, account: &Account) -> bool {
        let asked = self.config.accounts.iter().find(|asked| asked.name == login.account);
        !matches!(account.login, config::Login::PassThrough)
            || asked.is_some_and(|asked| asked.upstream == account.upstream)
    }
}
