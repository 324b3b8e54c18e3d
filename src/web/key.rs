//! Who is let in: links, sessions and forms, all signed with one key.
//!
//! The key lies in the data directory, readable for its owner only, so that links of `atena open` and open pages outlive a
//! restart. Nothing is stored per visitor. Pure apart from the file: the time is an argument.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

use crate::private;

const FILE: &str = "page.key";
const OCTETS: usize = 32;

/// A link is seen by others: in the list of processes, in what a terminal printed.
const LINK_VALID: Duration = Duration::from_secs(10 * 60);
pub(super) const SESSION_VALID: Duration = Duration::from_secs(7 * 24 * 3600);
/// Of somebody who logged in, perhaps at a machine of others.
pub(super) const LOGIN_VALID: Duration = Duration::from_secs(12 * 3600);

/// What a user's session is signed for.
const LOGIN: &str = "login";

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {error}")]
pub struct KeyError {
    pub path: PathBuf,
    pub error: io::Error,
}

/// What a token is good for; one is never taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// In a link: opens a session, once.
    Link,
    /// In a cookie.
    Session,
}

impl Use {
    fn word(self) -> &'static str {
        match self {
            Use::Link => "link",
            Use::Session => "session",
        }
    }

    fn valid(self) -> Duration {
        match self {
            Use::Link => LINK_VALID,
            Use::Session => SESSION_VALID,
        }
    }
}

/// Signs and verifies.
#[derive(Clone)]
pub struct Key {
    secret: [u8; OCTETS],
}

impl Key {
    /// The key of a data directory; made where there is none.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn of(data_dir: &Path) -> Result<Key, KeyError> {
        let path = data_dir.join(FILE);
        let failed = |error| KeyError { path: path.clone(), error };
        match read(&path).map_err(failed)? {
            Some(key) => Ok(key),
            None => make(data_dir, &path).map_err(failed),
        }
    }

    /// A token: until when, something random, and the signature of both.
    pub(super) fn token(&self, purpose: Use, now: Timestamp) -> String {
        let until = now.checked_add(purpose.valid()).unwrap_or(Timestamp::MAX).as_second();
        let head = format!("{until}.{}", URL_SAFE_NO_PAD.encode(random()));
        let mac = self.sign(purpose.word(), &head);
        format!("{head}.{mac}")
    }

    /// Whether a token is good for `purpose` now.
    pub(super) fn accepts(&self, purpose: Use, token: &str, now: Timestamp) -> bool {
        let Some((head, mac)) = token.rsplit_once('.') else { return false };
        let until = head.split('.').next().and_then(|until| until.parse::<i64>().ok());
        self.verify(purpose.word(), head, mac) && until.is_some_and(|until| now.as_second() < until)
    }

    /// The session of a user: until when, something random, the name, and the signature of these and of what changes with
    /// the user's password.
    pub(super) fn login(&self, name: &str, stamp: &str, now: Timestamp) -> String {
        let until = now.checked_add(LOGIN_VALID).unwrap_or(Timestamp::MAX).as_second();
        let head = format!("{until}.{}.{}", URL_SAFE_NO_PAD.encode(random()), URL_SAFE_NO_PAD.encode(name));
        let mac = self.sign(LOGIN, &format!("{head}\0{stamp}"));
        format!("{head}.{mac}")
    }

    /// Whose session this is, if it is good now; `stamp_of` knows what changes with a user's password, of users there are.
    pub(super) fn user(
        &self,
        session: &str,
        now: Timestamp,
        stamp_of: impl FnOnce(&str) -> Option<String>,
    ) -> Option<String> {
        let (head, mac) = session.rsplit_once('.')?;
        let mut parts = head.split('.');
        let until: i64 = parts.next()?.parse().ok()?;
        let name = String::from_utf8(URL_SAFE_NO_PAD.decode(parts.nth(1)?).ok()?).ok()?;
        let stamp = stamp_of(&name)?;
        let good = self.verify(LOGIN, &format!("{head}\0{stamp}"), mac) && now.as_second() < until;
        good.then_some(name)
    }

    /// What a form of this session has to bring along.
    pub(super) fn form_token(&self, session: &str) -> String {
        self.sign("form", session)
    }

    pub(super) fn accepts_form(&self, session: &str, token: &str) -> bool {
        self.verify("form", session, token)
    }

    /// Shows that this is who has the key, to somebody who has it too.
    pub fn proof(&self, question: &str) -> String {
        self.sign("proof", question)
    }

    /// Whether an answer to `question` comes from somebody who has the key.
    pub fn is_proof(&self, question: &str, answer: &str) -> bool {
        self.verify("proof", question, answer)
    }

    /// Something to be asked, never asked before.
    pub fn question() -> String {
        URL_SAFE_NO_PAD.encode(random())
    }

    fn sign(&self, purpose: &str, text: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.mac(purpose, text).finalize().into_bytes())
    }

    /// In a time that does not tell how much of it is right.
    fn verify(&self, purpose: &str, text: &str, mac: &str) -> bool {
        URL_SAFE_NO_PAD.decode(mac).is_ok_and(|mac| self.mac(purpose, text).verify_slice(&mac).is_ok())
    }

    fn mac(&self, purpose: &str, text: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.secret).expect("HMAC takes keys of any length");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        mac
    }
}

fn read(path: &Path) -> io::Result<Option<Key>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let secret = URL_SAFE_NO_PAD.decode(text.trim()).ok().and_then(|octets| octets.try_into().ok());
    match secret {
        Some(secret) => Ok(Some(Key { secret })),
        None => Err(io::Error::new(io::ErrorKind::InvalidData, "no key of atena; delete it and a new one is made")),
    }
}

fn make(data_dir: &Path, path: &Path) -> io::Result<Key> {
    private::directory(data_dir)?;
    let secret = random();
    match private::create(path, &format!("{}\n", URL_SAFE_NO_PAD.encode(secret))) {
        Ok(()) => Ok(Key { secret }),
        // Another process was quicker: its key is the one.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            read(path)?.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
        }
        Err(error) => Err(error),
    }
}

fn random() -> [u8; OCTETS] {
    let mut octets = [0; OCTETS];
    getrandom::fill(&mut octets).expect("the system has random numbers: without them nothing can be signed");
    octets
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    #[test]
    fn a_token_is_good_for_its_purpose_and_its_time_and_with_its_key() {
        let directory = tempfile::tempdir().expect("a directory");
        let key = Key::of(directory.path()).expect("a key");
        let link = key.token(Use::Link, at(1000));
        assert!(key.accepts(Use::Link, &link, at(1000 + 600 - 1)));
        assert!(!key.accepts(Use::Link, &link, at(1000 + 600)), "too late");
        assert!(!key.accepts(Use::Session, &link, at(1001)), "another purpose");
        let later = link.replacen(&(1000 + 600).to_string(), &(2000 + 600).to_string(), 1);
        assert!(link != later && !key.accepts(Use::Link, &later, at(1001)), "its time was changed");
        for broken in ["", ".", "..", "1", "99999999999.x.", &link[1..], &link[..link.len() - 1]] {
            assert!(!key.accepts(Use::Link, broken, at(1001)), "{broken}");
        }
        let again = Key::of(directory.path()).expect("a key");
        assert!(again.accepts(Use::Link, &link, at(1001)), "a restart keeps the key");
        let other = tempfile::tempdir().expect("a directory");
        assert!(!Key::of(other.path()).expect("a key").accepts(Use::Link, &link, at(1001)));
    }

    #[test]
    fn a_session_of_a_user_ends_with_the_password() {
        let directory = tempfile::tempdir().expect("a directory");
        let key = Key::of(directory.path()).expect("a key");
        let session = key.login("佐藤", "one", at(0));
        let user = |session: &str, at, stamp: Option<&str>| key.user(session, at, |_| stamp.map(str::to_owned));
        assert_eq!(user(&session, at(1), Some("one")).as_deref(), Some("佐藤"));
        assert_eq!(user(&session, at(1), Some("two")), None, "another password");
        assert_eq!(user(&session, at(1), None), None, "no user any more");
        assert_eq!(user(&session, at(12 * 3600), Some("one")), None, "too late");
        let other = session.replacen(&URL_SAFE_NO_PAD.encode("佐藤"), &URL_SAFE_NO_PAD.encode("鈴木"), 1);
        assert!(other != session && user(&other, at(1), Some("one")).is_none(), "another name");
        assert!(!key.accepts(Use::Session, &session, at(1)), "no session of a link");
        assert_eq!(user(&key.token(Use::Session, at(0)), at(1), Some("one")), None);
    }

    #[test]
    fn a_form_belongs_to_one_session() {
        let directory = tempfile::tempdir().expect("a directory");
        let key = Key::of(directory.path()).expect("a key");
        let (one, two) = (key.token(Use::Session, at(0)), key.token(Use::Session, at(0)));
        assert!(key.accepts_form(&one, &key.form_token(&one)) && !key.accepts_form(&two, &key.form_token(&one)));
    }

    #[test]
    fn a_damaged_key_is_told_and_left_alone() {
        let directory = tempfile::tempdir().expect("a directory");
        fs::write(directory.path().join(FILE), "x").expect("written");
        let Err(error) = Key::of(directory.path()) else { panic!("no key") };
        assert!(error.to_string().contains("page.key"), "{error}");
        assert_eq!(fs::read_to_string(directory.path().join(FILE)).expect("still there"), "x");
    }
}
