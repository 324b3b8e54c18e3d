//! Tokens of the HTTP API: which program may do what, until when.
//!
//! One file in the data directory, `tokens`, readable for its owner only: a line per token, `name:hash:scopes:user:expiry`. It is
//! read at every request, so that a removal counts at once. A token is 32 random octets: nobody guesses it, however fast its
//! hash is, so SHA-256 does, where a password of a person's choice needs Argon2id.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::private;

const FILE: &str = "tokens";
const OCTETS: usize = 32;

/// So that a token is known for one wherever it turns up.
const PREFIX: &str = "atena_";

/// What a token opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Kept mails, with their texts.
    Read,
    /// What to do with kept mails; they are seen without their texts.
    Decide,
    /// Judging drafts.
    Check,
}

/// What is known of a token.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Token {
    pub name: String,
    pub scopes: Vec<Scope>,
    /// In whose place its program acts: it sees and does what they may. `None`: all of it, but nobody's approval.
    pub user: Option<String>,
    /// Good until then.
    pub expires: Option<Timestamp>,
}

/// Why there is no such token.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    #[error("{path}: {error}")]
    Io { path: PathBuf, error: io::Error },
    /// Names stand in records, in the log and in the file.
    #[error("a token's name has up to 40 letters, digits, dots, hyphens and underscores (A-Z a-z 0-9 . - _)")]
    Name,
    #[error("there is a token of this name already: remove it first, or choose another name")]
    Taken,
    #[error("this system has no random numbers: {0}")]
    Random(getrandom::Error),
}

/// The tokens of one data directory.
#[derive(Debug, Clone)]
pub struct Tokens {
    path: PathBuf,
}

/// A line of the file.
struct Line {
    token: Token,
    hash: String,
}

impl Scope {
    pub const ALL: [Scope; 3] = [Scope::Read, Scope::Decide, Scope::Check];

    pub fn as_str(self) -> &'static str {
        match self {
            Scope::Read => "read",
            Scope::Decide => "decide",
            Scope::Check => "check",
        }
    }

    /// Reads what [`Scope::as_str`] writes.
    pub fn parse(text: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.as_str() == text)
    }
}

impl Token {
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

impl Tokens {
    pub fn of(data_dir: &Path) -> Tokens {
        Tokens { path: data_dir.join(FILE) }
    }

    /// In the order they were added.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn list(&self) -> Result<Vec<Token>, TokensError> {
        Ok(self.read()?.into_iter().map(|line| line.token).collect())
    }

    /// Makes a token: the only time it is seen.
    ///
    /// # Errors
    /// The name cannot be one or is taken, or the file cannot be written.
    pub fn add(&self, token: Token) -> Result<String, TokensError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if token.name.is_empty() || token.name.len() > 40 || !token.name.chars().all(fits) {
            return Err(TokensError::Name);
        }
        let mut lines = self.read()?;
        if lines.iter().any(|line| line.token.name == token.name) {
            return Err(TokensError::Taken);
        }
        let mut octets = [0; OCTETS];
        getrandom::fill(&mut octets).map_err(TokensError::Random)?;
        let secret = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(octets));
        lines.push(Line { token, hash: URL_SAFE_NO_PAD.encode(hash(&secret)) });
        self.write(&lines)?;
        Ok(secret)
    }

    /// Takes a token out; whether there was one.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn remove(&self, name: &str) -> Result<bool, TokensError> {
        let mut lines = self.read()?;
        let before = lines.len();
        lines.retain(|line| line.token.name != name);
        let found = lines.len() < before;
        if found {
            self.write(&lines)?;
        }
        Ok(found)
    }

    /// Takes out all that stand for this user.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn remove_of(&self, user: &str) -> Result<(), TokensError> {
        let mut lines = self.read()?;
        let before = lines.len();
        lines.retain(|line| line.token.user.as_deref() != Some(user));
        if lines.len() < before { self.write(&lines) } else { Ok(()) }
    }

    /// The token that this is, unless it is out of date.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn find(&self, secret: &str, now: Timestamp) -> Result<Option<Token>, TokensError> {
        let given = hash(secret);
        let mut found = None;
        // All of them, to the end: the time of the answer tells nothing of any.
        for Line { token, hash } in self.read()? {
            let same = URL_SAFE_NO_PAD.decode(&hash).is_ok_and(|known| is_same(&known, &given));
            if same && !token.is_expired(now) {
                found = Some(token);
            }
        }
        Ok(found)
    }

    fn read(&self) -> Result<Vec<Line>, TokensError> {
        match fs::read_to_string(&self.path) {
            Ok(text) => Ok(text.lines().filter_map(line).collect()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(self.failed(error)),
        }
    }

    fn write(&self, lines: &[Line]) -> Result<(), TokensError> {
        let written = |Line { token, hash }: &Line| {
            let scopes: Vec<&str> = token.scopes.iter().map(|scope| scope.as_str()).collect();
            let expires = token.expires.map(|at| at.to_string()).unwrap_or_default();
            let user = token.user.as_deref().unwrap_or_default();
            format!("{}:{hash}:{}:{user}:{expires}\n", token.name, scopes.join(","))
        };
        let text: String = lines.iter().map(written).collect();
        let put = || {
            private::directory(self.path.parent().unwrap_or(Path::new(".")))?;
            private::replace(&self.path, &text)
        };
        put().map_err(|error| self.failed(error))
    }

    fn failed(&self, error: io::Error) -> TokensError {
        TokensError::Io { path: self.path.clone(), error }
    }
}

/// A line that was damaged opens nothing.
fn line(text: &str) -> Option<Line> {
    let mut fields = text.splitn(5, ':');
    let (name, hash, scopes) = (fields.next()?.to_owned(), fields.next()?.to_owned(), fields.next()?);
    let scopes = scopes.split(',').filter_map(Scope::parse).collect();
    let user = Some(fields.next()?.to_owned()).filter(|user| !user.is_empty());
    let expires = match fields.next()? {
        "" => None,
        text => Some(text.parse().ok()?),
    };
    Some(Line { token: Token { name, scopes, user, expires }, hash })
}

fn hash(secret: &str) -> [u8; OCTETS] {
    Sha256::digest(secret.as_bytes()).into()
}

/// In a time that does not tell how much of it is the same.
fn is_same(one: &[u8], other: &[u8; OCTETS]) -> bool {
    one.len() == OCTETS && one.iter().zip(other).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    #[test]
    fn a_token_opens_its_scopes_until_it_expires_or_is_removed() {
        let directory = tempfile::tempdir().expect("a directory");
        let tokens = Tokens::of(directory.path());
        let (scopes, expires) = (vec![Scope::Read, Scope::Check], Some(at(1000)));
        let user = Some("tanaka".to_owned());
        let crm = Token { name: "crm".to_owned(), scopes, user, expires };
        let editor = Token { name: "editor-2".to_owned(), scopes: vec![Scope::Check], ..Token::default() };
        let (one, two) = (tokens.add(crm.clone()).expect("new"), tokens.add(editor.clone()).expect("new"));
        let find = |secret: &str, now| tokens.find(secret, now).expect("readable");
        assert_eq!((find(&one, at(999)), find(&one, at(1000))), (Some(crm.clone()), None));
        assert_eq!(find(&two, at(9999)), Some(editor.clone()));
        for wrong in ["", "atena_", &one[1..], &one[..one.len() - 1], &two.to_uppercase()] {
            assert_eq!(find(wrong, at(0)), None, "{wrong}");
        }
        assert!(matches!(tokens.add(crm.clone()), Err(TokensError::Taken)));
        assert_eq!(tokens.list().expect("readable"), [crm, editor]);
        let text = fs::read_to_string(directory.path().join(FILE)).expect("a file");
        assert!(!text.contains(&one) && !text.contains(&two[PREFIX.len()..]), "hashes only");
        assert!(tokens.remove("crm").expect("writable") && !tokens.remove("crm").expect("writable"));
        assert_eq!(find(&one, at(0)), None);
        let phone = Token { name: "phone".to_owned(), user: Some("tanaka".to_owned()), ..Token::default() };
        let phone = tokens.add(phone).expect("new");
        tokens.remove_of("tanaka").expect("writable");
        assert_eq!((find(&phone, at(0)), tokens.list().expect("readable").len()), (None, 1));
    }

    #[test]
    fn names_are_plain_and_damaged_lines_open_nothing() {
        let directory = tempfile::tempdir().expect("a directory");
        let tokens = Tokens::of(directory.path());
        for name in ["", "a b", "a:b", "a\n", "名前", "a)", &"a".repeat(41)] {
            let token = Token { name: name.to_owned(), ..Token::default() };
            assert!(matches!(tokens.add(token), Err(TokensError::Name)), "{name:?}");
        }
        fs::write(
            directory.path().join(FILE),
            "x\nname::read::\nname:AAAA:read::\nname:AAAA:read:\nname:x:read::soon\n",
        )
        .expect("written");
        assert_eq!(tokens.find("", at(0)).expect("readable"), None);
    }
}
