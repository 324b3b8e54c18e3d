//! Passwords of mail programs whose login the next server accepted, as long as a mail of theirs may need one; sealed.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use secrecy::ExposeSecret;

use super::sealed::{Seal, Sealed};
use crate::config::UpstreamUrl;
use crate::upstream::Login;

/// By server and user. Accounts at one server share them, since a login at one is good for the others.
#[derive(Default)]
pub(super) struct Remembered {
    passwords: Mutex<HashMap<(String, String), Password>>,
    seal: Seal,
}

struct Password {
    text: Sealed,
    token: bool,
    /// When the mail program used it last.
    since: Instant,
}

impl Remembered {
    /// Keeps a password; whether there was none before.
    pub(super) fn keep(&self, server: &UpstreamUrl, login: &Login) -> bool {
        let password = Password { text: self.seal.close(&login.password), token: login.token, since: Instant::now() };
        self.passwords().insert((server.to_string(), login.user.clone()), password).is_none()
    }

    pub(super) fn of(&self, server: &UpstreamUrl, user: &str) -> Option<Login> {
        let passwords = self.passwords();
        let known = passwords.get(&(server.to_string(), user.to_owned()))?;
        Some(Login { user: user.to_owned(), password: self.seal.open(&known.text)?, token: known.token })
    }

    /// Forgets a password, unless the mail program has logged in with a new one.
    pub(super) fn forget(&self, server: &UpstreamUrl, login: &Login) {
        let (key, mut passwords) = ((server.to_string(), login.user.clone()), self.passwords());
        let known = passwords.get(&key).and_then(|known| self.seal.open(&known.text));
        if known.is_some_and(|known| known.expose_secret() == login.password.expose_secret()) {
            passwords.remove(&key);
        }
    }

    /// The users whose mail programs have not been heard of for so long.
    pub(super) fn silent(&self, silent_for: Duration) -> Vec<String> {
        let passwords = self.passwords();
        let silent = passwords.iter().filter(|(_, known)| known.since.elapsed() >= silent_for);
        silent.map(|((_, user), _)| user.clone()).collect()
    }

    /// Forgets the passwords of a user, unless they were used meanwhile.
    pub(super) fn forget_silent(&self, user: &str, silent_for: Duration) {
        self.passwords().retain(|(_, name), known| name != user || known.since.elapsed() < silent_for);
    }

    fn passwords(&self) -> MutexGuard<'_, HashMap<(String, String), Password>> {
        self.passwords.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
