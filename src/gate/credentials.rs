//! Passwords for the next server: fetched where the configuration says, or remembered from the mail program that
//! logged in, as long as a mail of its user waits. They stay in memory and never reach a log, an error, or the disk.

use std::collections::HashMap;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};
use tokio::io::AsyncReadExt;
use tokio::process::Command;

use super::remembered::Remembered;
use crate::config::{self, Account, PasswordSource};
use crate::upstream::Login;

/// A command that asks its user for a passphrase takes a while; one that hangs must not hang the mail for ever.
const COMMAND_LIMIT: Duration = Duration::from_secs(30);

/// How long a fetched password is used before it is fetched anew: a command per mail would cost more than the mail.
const KEPT: Duration = Duration::from_secs(300);

/// How long nothing is fetched again after a failure: mails that wait in a row would each wait for a command that hangs.
const TROUBLE_KEPT: Duration = Duration::from_secs(10);

/// More no password has.
const MAX_OUTPUT: u64 = 64 * 1024;

/// The passwords this process knows.
#[derive(Default)]
pub(super) struct Credentials {
    /// By account, or mailbox of one: what came of the configured source.
    fetched: Mutex<HashMap<String, Arc<tokio::sync::Mutex<Option<Fetched>>>>>,
    /// Of mail programs.
    pub(super) remembered: Remembered,
}

/// A password or why there is none, with the time it was fetched.
type Fetched = (Instant, Result<SecretString, String>);

impl Credentials {
    /// What to log in with for a mail of `user`. `None`: without login.
    ///
    /// # Errors
    /// Why there is no password now, in ASCII, without any secret.
    pub(super) async fn login(&self, account: &Account, user: Option<&str>) -> Result<Option<Login>, String> {
        match &account.login {
            config::Login::None => Ok(None),
            config::Login::Stored { user, password, token } => {
                let password = self.stored(&account.name, account, user, password).await?;
                Ok(Some(Login { user: user.clone(), password, token: *token }))
            }
            config::Login::PassThrough => {
                // Whoever sent without login is sent on without.
                let Some(user) = user else { return Ok(None) };
                let login = self
                    .remembered
                    .of(&account.upstream, user)
                    .ok_or("waiting for the mail program to log in again: atena keeps its password in memory only")?;
                Ok(Some(login))
            }
        }
    }

    /// What to log in with at the mailbox of an account for a mail of `user`.
    ///
    /// # Errors
    /// As [`Credentials::login`]; also that the mailbox is not known to be that user's.
    pub(super) async fn mailbox(
        &self,
        account: &Account,
        drafts: &config::Drafts,
        user: Option<&str>,
    ) -> Result<Login, String> {
        let name = &drafts.url.user;
        let Some(own) = &drafts.password else {
            // The password is good for its own user only, and a mail goes back to nobody else.
            let is_theirs = |user: &str| user.eq_ignore_ascii_case(name);
            if matches!(account.login, config::Login::PassThrough) && !user.is_some_and(is_theirs) {
                return Err(format!("the mail was not sent with the login {name}, whose mailbox it is"));
            }
            let login = self.login(account, user).await?;
            let login = login.ok_or_else(|| format!("the account {} has no password", account.name))?;
            return Ok(Login { user: name.clone(), ..login });
        };
        let token = matches!(account.login, config::Login::Stored { token: true, .. });
        let password = self.stored(&mailbox(account), account, name, own).await?;
        Ok(Login { user: name.clone(), password, token })
    }

    /// Has the password of the mailbox of an account fetched anew the next time; one of a mail program stays, as its own
    /// server may take it.
    pub(super) async fn fetch_anew(&self, account: &Account) {
        for name in [&account.name, &mailbox(account)] {
            *self.source(name).lock().await = None;
        }
    }

    /// Forgets a password that the next server no longer accepts.
    pub(super) async fn forget(&self, account: &Account, login: &Login) {
        *self.source(&account.name).lock().await = None;
        self.remembered.forget(&account.upstream, login);
    }

    /// Held while fetching, so that one command runs at a time however many mails of the account wait for it; those of
    /// other accounts do not.
    async fn stored(
        &self,
        name: &str,
        account: &Account,
        user: &str,
        source: &PasswordSource,
    ) -> Result<SecretString, String> {
        let known = self.source(name);
        let mut known = known.lock().await;
        if let Some((at, fetched)) = &*known
            && at.elapsed() < if fetched.is_ok() { KEPT } else { TROUBLE_KEPT }
        {
            return fetched.clone();
        }
        let fetched = match source {
            PasswordSource::Command(command) => password_of_command(command).await,
            PasswordSource::Environment(name) => password_of_environment(name),
            PasswordSource::Keyring => keyring(user, account).await,
        };
        *known = Some((Instant::now(), fetched.clone()));
        fetched
    }

    fn source(&self, name: &str) -> Arc<tokio::sync::Mutex<Option<Fetched>>> {
        let mut sources = self.fetched.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(sources.entry(name.to_owned()).or_default())
    }
}

/// Under what the password of an account's mailbox is kept; no account has a line break in its name.
fn mailbox(account: &Account) -> String {
    format!("{}\ndrafts", account.name)
}

/// The first line of what a command prints.
///
/// # Errors
/// Why there is none, without any secret.
pub async fn password_of_command(command: &SecretString) -> Result<SecretString, String> {
    let mut child = shell(command.expose_secret())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        // What a password manager complains about may name private things.
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("the password command cannot be started: {}", error.kind()))?;
    let mut output = child.stdout.take().expect("the output is piped").take(MAX_OUTPUT);
    let run = async {
        let mut text = Vec::new();
        output.read_to_end(&mut text).await?;
        Ok::<_, std::io::Error>((child.wait().await?, text))
    };
    let ended = tokio::time::timeout(COMMAND_LIMIT, run).await;
    let (status, text) = ended
        .map_err(|_| format!("the password command did not end within {} seconds", COMMAND_LIMIT.as_secs()))?
        .map_err(|error| format!("the password command failed: {}", error.kind()))?;
    if !status.success() {
        return Err(format!("the password command failed ({status}), run it by hand to see why"));
    }
    let text = SecretString::from(String::from_utf8(text).map_err(|_| "the password command printed no UTF-8")?);
    let password = text.expose_secret().lines().next().unwrap_or_default().trim();
    if password.is_empty() { Err("the password command printed nothing".to_owned()) } else { Ok(password.into()) }
}

fn shell(command: &str) -> Command {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("/bin/sh", "-c") };
    let mut shell = Command::new(shell);
    shell.arg(flag).arg(command);
    shell
}

/// What an environment variable holds.
///
/// # Errors
/// It is not set.
pub fn password_of_environment(name: &str) -> Result<SecretString, String> {
    match std::env::var(name) {
        Ok(password) if !password.is_empty() => Ok(password.into()),
        Ok(_) | Err(_) => Err(format!("the environment variable {name} with the password is not set")),
    }
}

/// Under the server's host as the service and the account's user.
#[cfg(feature = "keyring")]
async fn keyring(user: &str, account: &Account) -> Result<SecretString, String> {
    let config::UpstreamUrl::Smtp { host, .. } = &account.upstream else {
        return Err("a Maildir takes no password".to_owned());
    };
    let (host, user) = (host.clone(), user.to_owned());
    let read = move || keyring::Entry::new(&host, &user).and_then(|entry| entry.get_password());
    match tokio::task::spawn_blocking(read).await {
        Ok(Ok(password)) => Ok(password.into()),
        // The cause may quote what the keyring holds.
        Ok(Err(_)) | Err(_) => Err("the system's keyring gave no password for this server and user".to_owned()),
    }
}

/// Puts a password into the system's keyring, where an account with `password_keyring = true` finds it.
///
/// # Errors
/// Why it could not, in ASCII, without any secret.
#[cfg(feature = "keyring")]
pub fn store_in_keyring(upstream: &config::UpstreamUrl, user: &str, password: &SecretString) -> Result<(), String> {
    let config::UpstreamUrl::Smtp { host, .. } = upstream else {
        return Err("a Maildir takes no password".to_owned());
    };
    let store = || keyring::Entry::new(host, user).and_then(|entry| entry.set_password(password.expose_secret()));
    store().map_err(|_| "the system's keyring did not take the password".to_owned())
}

/// Puts a password into the system's keyring, where an account with `password_keyring = true` finds it.
///
/// # Errors
/// Always: this program was built without it.
#[cfg(not(feature = "keyring"))]
pub fn store_in_keyring(_: &config::UpstreamUrl, _: &str, _: &SecretString) -> Result<(), String> {
    Err("this atena was built without the system's keyring, use password_command or password_env".to_owned())
}

#[cfg(not(feature = "keyring"))]
async fn keyring(_: &str, _: &Account) -> Result<SecretString, String> {
    Err("this atena was built without the system's keyring, use password_command or password_env".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_command_gives_its_first_line_and_keeps_quiet_when_it_fails() {
        let run = async |command: &str| {
            let outcome = password_of_command(&SecretString::from(command.to_owned())).await;
            outcome.map(|password| password.expose_secret().to_owned())
        };
        assert_eq!(run("echo ' hunter2 '; echo user").await, Ok("hunter2".to_owned()));
        assert_eq!(run("echo").await, Err("the password command printed nothing".to_owned()));
        let failed = run("echo hunter2; echo hunter2 >&2; exit 3").await.expect_err("exit 3");
        assert!(failed.contains("run it by hand") && !failed.contains("hunter2"), "{failed}");
    }

    #[tokio::test]
    async fn a_mailbox_is_opened_with_the_login_of_its_own_user_only() {
        let drafts = |password| config::Drafts {
            url: crate::imap::ImapUrl::parse("imaps://Mai@imap.example").expect("a URL"),
            password,
        };
        let account = Account {
            name: "work".to_owned(),
            from: Vec::new(),
            upstream: config::UpstreamUrl::parse("smtps://smtp.example").expect("a URL"),
            login: config::Login::PassThrough,
            allow_plaintext: false,
            tls_ca: None,
            drafts: None,
        };
        let credentials = Credentials::default();
        let ask = async |user, password| {
            let login = credentials.mailbox(&account, &drafts(password), user).await;
            login.map(|login| (login.user, login.password.expose_secret().to_owned(), login.token))
        };
        assert!(ask(Some("mai"), None).await.is_err_and(|why| why.contains("log in again")));
        let login = |user: &str| Login { user: user.to_owned(), password: "hunter2".into(), token: true };
        credentials.remembered.keep(&account.upstream, &login("mai"));
        credentials.remembered.keep(&account.upstream, &login("eve"));
        assert_eq!(ask(Some("mai"), None).await, Ok(("Mai".to_owned(), "hunter2".to_owned(), true)));
        for user in [Some("eve"), None] {
            let refused = ask(user, None).await.expect_err("another's mailbox");
            assert!(refused.contains("whose mailbox it is") && !refused.contains("hunter2"), "{refused}");
        }
        let own = PasswordSource::Command("echo other".to_owned().into());
        assert_eq!(ask(Some("eve"), Some(own)).await, Ok(("Mai".to_owned(), "other".to_owned(), false)));
    }

    #[test]
    fn an_environment_variable_that_is_missing_is_named() {
        assert!(password_of_environment("PATH").is_ok());
        let error = password_of_environment("ATENA_NO_SUCH_VARIABLE").expect_err("not set");
        assert!(error.contains("ATENA_NO_SUCH_VARIABLE"), "{error}");
    }
}
