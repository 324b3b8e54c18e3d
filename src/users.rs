//! Local users: who may log in at the relay itself, with hashes of their passwords.
//!
//! One file in the data directory, `users`, readable for its owner only: a line per user, `name:hash`, the hash in PHC form
//! (Argon2id, RFC 9106). It is read at every login, so that a change counts at once.

mod attempts;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};

use crate::private;

pub(crate) use attempts::{Logins, Trier, owner};

const FILE: &str = "users";

/// No user's: verified where there is no such user, so that the time of the answer does not tell names.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$VE0e3g7U4HVF6Y2RkFjWAw$WJ0LJMKQIyHNsqFHJZc9ZwyvQ2SxhX3vnyGFQTVvCdk";

/// Why a user cannot be added or the file not be used.
#[derive(Debug, thiserror::Error)]
pub enum UsersError {
    #[error("{path}: {error}")]
    Io { path: PathBuf, error: io::Error },
    /// Names stand in logs and in the file.
    #[error("a user name has no spaces, colons or control characters")]
    Name,
    #[error("the password is empty")]
    Empty,
    #[error("the password could not be hashed")]
    Hash,
}

/// What came of a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Right,
    Wrong,
    /// There is no such user here.
    Unknown,
}

/// The users of one data directory.
#[derive(Debug, Clone)]
pub struct Users {
    path: PathBuf,
}

impl Users {
    pub fn of(data_dir: &Path) -> Users {
        Users { path: data_dir.join(FILE) }
    }

    /// Their names, in the order they were added.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn names(&self) -> Result<Vec<String>, UsersError> {
        Ok(self.read()?.into_iter().map(|(name, _)| name).collect())
    }

    /// Whether there is one of this name.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn has(&self, name: &str) -> Result<bool, UsersError> {
        Ok(self.stamp(name)?.is_some())
    }

    /// Adds a user, or gives one another password; whether the name is new.
    ///
    /// # Errors
    /// The name or password cannot be one, or the file cannot be written.
    pub fn add(&self, name: &str, password: &SecretString) -> Result<bool, UsersError> {
        if name.is_empty() || name.chars().any(|c| c.is_control() || c.is_whitespace() || c == ':') {
            return Err(UsersError::Name);
        }
        if password.expose_secret().is_empty() {
            return Err(UsersError::Empty);
        }
        let hash = Argon2::default().hash_password(password.expose_secret().as_bytes());
        let hash = hash.map_err(|_| UsersError::Hash)?.to_string();
        let mut users = self.read()?;
        let known = users.iter_mut().find(|(known, _)| known == name);
        let new = known.is_none();
        match known {
            Some((_, old)) => *old = hash,
            None => users.push((name.to_owned(), hash)),
        }
        self.write(&users)?;
        Ok(new)
    }

    /// Takes a user out; whether there was one.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn remove(&self, name: &str) -> Result<bool, UsersError> {
        let mut users = self.read()?;
        let before = users.len();
        users.retain(|(known, _)| known != name);
        let found = users.len() < before;
        if found {
            self.write(&users)?;
        }
        Ok(found)
    }

    /// What changes with a user's password; `None` where there is no such user. Never to be shown.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub(crate) fn stamp(&self, name: &str) -> Result<Option<String>, UsersError> {
        Ok(self.read()?.into_iter().find(|(known, _)| known == name).map(|(_, hash)| hash))
    }

    /// Takes some ten milliseconds and 19 MiB, known user or not: not for a thread that others wait for.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn verify(&self, name: &str, password: &SecretString) -> Result<Verdict, UsersError> {
        let users = self.read()?;
        let hash = users.iter().find(|(known, _)| known == name).map(|(_, hash)| hash.as_str());
        let right =
            Argon2::default().verify_password(password.expose_secret().as_bytes(), hash.unwrap_or(NOBODY)).is_ok();
        Ok(match (hash, right) {
            (None, _) => Verdict::Unknown,
            (Some(_), true) => Verdict::Right,
            (Some(_), false) => Verdict::Wrong,
        })
    }

    fn read(&self) -> Result<Vec<(String, String)>, UsersError> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(self.failed(error)),
        };
        let line = |line: &str| line.split_once(':').map(|(name, hash)| (name.to_owned(), hash.to_owned()));
        Ok(text.lines().filter_map(line).collect())
    }

    fn write(&self, users: &[(String, String)]) -> Result<(), UsersError> {
        let text: String = users.iter().map(|(name, hash)| format!("{name}:{hash}\n")).collect();
        let put = || {
            private::directory(self.path.parent().unwrap_or(Path::new(".")))?;
            private::replace(&self.path, &text)
        };
        put().map_err(|error| self.failed(error))
    }

    fn failed(&self, error: io::Error) -> UsersError {
        UsersError::Io { path: self.path.clone(), error }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_logs_in_with_the_last_password_and_not_after_removal() {
        let directory = tempfile::tempdir().expect("a directory");
        let users = Users::of(directory.path());
        let secret = |text: &str| SecretString::from(text);
        let verify = |name: &str, text: &str| users.verify(name, &secret(text)).expect("readable");
        assert_eq!(verify("suzuki", "one"), Verdict::Unknown);
        assert!(users.add("suzuki", &secret("one")).expect("writable"));
        assert!(!users.add("suzuki", &secret("two")).expect("writable"));
        assert!(users.add("sato", &secret("one")).expect("writable"));
        assert_eq!((verify("suzuki", "one"), verify("suzuki", "two")), (Verdict::Wrong, Verdict::Right));
        assert_eq!(users.names().expect("readable"), ["suzuki", "sato"]);
        let text = fs::read_to_string(directory.path().join(FILE)).expect("a file");
        assert!(text.starts_with("suzuki:$argon2id$v=19$") && !text.contains("two"), "hashes only");
        assert!(users.remove("suzuki").expect("writable") && !users.remove("suzuki").expect("writable"));
        assert_eq!((verify("suzuki", "two"), verify("sato", "one")), (Verdict::Unknown, Verdict::Right));
        for name in ["", "a b", "a:b", "a\n"] {
            assert!(matches!(users.add(name, &secret("x")), Err(UsersError::Name)), "{name:?}");
        }
        assert!(matches!(users.add("x", &secret("")), Err(UsersError::Empty)));
    }

    #[test]
    fn the_hash_of_nobody_costs_as_much_as_anybody_s() {
        let parsed = argon2::password_hash::phc::PasswordHash::new(NOBODY).expect("a hash");
        let own = Argon2::default().hash_password(b"x").expect("a hash");
        assert_eq!(parsed.params, own.params);
    }
}
