//! SASL PLAIN (RFC 4616), LOGIN, OAUTHBEARER (RFC 7628) and XOAUTH2: from base64 lines to a user name and a password or
//! an access token.
//!
//! Knows nothing of who may log in. What is decoded is wiped when dropped.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;

use super::{Credentials, Reply};

/// What a client is told of a token that does not count (RFC 7628 section 3.2.2; Google and Microsoft say as much).
const BAD_TOKEN: &str = r#"{"status":"invalid_token","schemes":"bearer"}"#;

/// A login mechanism that is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mechanism {
    Plain,
    Login,
    OAuthBearer,
    XOAuth2,
}

/// What the next line of the client answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Exchange {
    Plain,
    OAuthBearer,
    XOAuth2,
    LoginUser,
    LoginPassword {
        user: String,
    },
    /// The token was refused, in these words of the next server; whatever the client sends, it has read why.
    Refused {
        said: Option<String>,
    },
}

/// Where a line of the client leads.
pub(super) enum Turn {
    Ask(Exchange),
    Check(Credentials),
    Refuse(Reply),
    /// The login failed.
    Fail(Reply),
}

impl Mechanism {
    pub(super) fn parse(name: &str) -> Option<Mechanism> {
        Some(match name.to_ascii_uppercase().as_str() {
            "PLAIN" => Mechanism::Plain,
            "LOGIN" => Mechanism::Login,
            "OAUTHBEARER" => Mechanism::OAuthBearer,
            "XOAUTH2" => Mechanism::XOAuth2,
            _ => return None,
        })
    }

    /// `initial` is the first response, if it stood in the command.
    pub(super) fn begin(self, initial: Option<Zeroizing<String>>) -> Turn {
        let exchange = match self {
            Mechanism::Plain => Exchange::Plain,
            Mechanism::Login => Exchange::LoginUser,
            Mechanism::OAuthBearer => Exchange::OAuthBearer,
            Mechanism::XOAuth2 => Exchange::XOAuth2,
        };
        match initial {
            Some(initial) => exchange.respond(initial.as_bytes()),
            None => Turn::Ask(exchange),
        }
    }
}

impl Exchange {
    /// The challenge that asks for the line.
    pub(super) fn challenge(&self) -> Reply {
        match self {
            Exchange::Plain | Exchange::OAuthBearer | Exchange::XOAuth2 => Reply::challenge(""),
            Exchange::LoginUser => Reply::challenge("VXNlcm5hbWU6"),
            Exchange::LoginPassword { .. } => Reply::challenge("UGFzc3dvcmQ6"),
            Exchange::Refused { .. } => Reply::challenge(&STANDARD.encode(BAD_TOKEN)),
        }
    }

    /// Takes the client's line, without CRLF.
    pub(super) fn respond(self, line: &[u8]) -> Turn {
        if let Exchange::Refused { said } = &self {
            return Turn::Fail(Reply::login_failed(said.as_deref()));
        }
        // RFC 4954 section 4: "*" cancels.
        if line == b"*" {
            return Turn::Refuse(Reply::login_cancelled());
        }
        self.read(line).unwrap_or_else(|| Turn::Refuse(Reply::bad_login_data()))
    }

    fn read(self, line: &[u8]) -> Option<Turn> {
        let text = decode(line)?;
        match self {
            Exchange::Plain => plain(&text).map(Turn::Check),
            Exchange::OAuthBearer => bearer(&text).map(Turn::Check),
            Exchange::XOAuth2 => xoauth2(&text).map(Turn::Check),
            Exchange::LoginUser => Some(Turn::Ask(Exchange::LoginPassword { user: user(&text)? })),
            Exchange::LoginPassword { user } => {
                Some(Turn::Check(Credentials { user, password: password(&text)?, token: false }))
            }
            Exchange::Refused { .. } => None,
        }
    }
}

fn decode(line: &[u8]) -> Option<Zeroizing<String>> {
    let bytes = Zeroizing::new(STANDARD.decode(line).ok()?);
    Some(Zeroizing::new(std::str::from_utf8(&bytes).ok()?.to_owned()))
}

/// `[authzid] NUL authcid NUL passwd`. Acting for somebody else is not possible here, so the first must be empty or
/// the same name.
fn plain(text: &str) -> Option<Credentials> {
    let mut parts = text.split('\0');
    let (on_behalf_of, name, secret) = (parts.next()?, parts.next()?, parts.next()?);
    let whole = parts.next().is_none() && (on_behalf_of.is_empty() || on_behalf_of == name);
    if whole { Some(Credentials { user: user(name)?, password: password(secret)?, token: false }) } else { None }
}

/// `n,a=USER,^Ahost=…^Aport=…^Aauth=Bearer TOKEN^A^A` (RFC 7628 section 3.1). Host and port are the client's view of
/// where it connected to, and tell nothing here.
fn bearer(text: &str) -> Option<Credentials> {
    let (header, rest) = text.split_once('\u{1}')?;
    let name = header.strip_prefix("n,a=")?.strip_suffix(',')?;
    // RFC 5801 section 4: `,` and `=` of a name are escaped.
    credentials(&name.replace("=2C", ",").replace("=3D", "="), rest)
}

/// `user=USER^Aauth=Bearer TOKEN^A^A`, as Google and Microsoft describe it.
fn xoauth2(text: &str) -> Option<Credentials> {
    let (name, rest) = text.strip_prefix("user=")?.split_once('\u{1}')?;
    credentials(name, rest)
}

/// The user with the token among the fields of `rest`, which ends in an empty one.
fn credentials(name: &str, rest: &str) -> Option<Credentials> {
    let fields = rest.strip_suffix("\u{1}\u{1}")?;
    let (kind, token) = fields.split('\u{1}').find_map(|field| field.strip_prefix("auth="))?.split_once(' ')?;
    // RFC 6750 section 2.1: only these.
    let fine = !token.is_empty() && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b));
    let whole = fine && kind.eq_ignore_ascii_case("Bearer");
    if whole { Some(Credentials { user: user(name)?, password: SecretString::from(token), token: true }) } else { None }
}

/// A name without control characters: it is written to logs and trace headers.
fn user(text: &str) -> Option<String> {
    (!text.is_empty() && !text.chars().any(char::is_control)).then(|| text.to_owned())
}

/// A NUL would end the password early when it is handed on with PLAIN.
fn password(text: &str) -> Option<SecretString> {
    (!text.is_empty() && !text.contains('\0')).then(|| SecretString::from(text))
}
