//! What to say to log in: PLAIN (RFC 4616), LOGIN, OAUTHBEARER (RFC 7628), XOAUTH2. Pure.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use secrecy::ExposeSecret;

use super::capabilities::Capabilities;
use super::failure::own_answer;
use super::{Login, LoginOutcome};

/// The command, without CRLF, and the lines for the challenges that may follow.
///
/// # Errors
/// The server offers nothing that this login can use, or the login holds what cannot be said.
pub(super) fn lines(server: &Capabilities, login: &Login) -> Result<(String, Vec<String>), LoginOutcome> {
    let (user, secret) = (login.user.as_str(), login.password.expose_secret());
    if [user, secret].iter().any(|text| text.contains(['\0', '\u{1}'])) {
        let text = "the user name or password holds a control character";
        return Err(LoginOutcome::Rejected(own_answer("5.7.8", text)));
    }
    if login.token {
        if server.offers_auth("XOAUTH2") {
            // A challenge behind it tells why it failed, and wants an empty line.
            return Ok((format!("AUTH XOAUTH2 {}", xoauth2(user, secret)), vec![String::new()]));
        }
        if server.offers_auth("OAUTHBEARER") {
            return Ok((format!("AUTH OAUTHBEARER {}", oauthbearer(user, secret)), vec![SEEN.to_owned()]));
        }
        return Err(nothing_known(server, "OAUTHBEARER, XOAUTH2"));
    }
    if server.offers_auth("PLAIN") {
        let token = plain(user, secret);
        // Repeated when a server asks for what the command already brought.
        return Ok((format!("AUTH PLAIN {token}"), vec![token]));
    }
    if server.offers_auth("LOGIN") {
        return Ok(("AUTH LOGIN".to_owned(), vec![BASE64_STANDARD.encode(user), BASE64_STANDARD.encode(secret)]));
    }
    Err(nothing_known(server, "PLAIN, LOGIN"))
}

/// The answer to the challenge that tells why OAUTHBEARER failed: 0x01 (RFC 7628 section 3.2.3).
pub(crate) const SEEN: &str = "AQ==";

/// RFC 4616.
pub(crate) fn plain(user: &str, password: &str) -> String {
    BASE64_STANDARD.encode(format!("\0{user}\0{password}"))
}

pub(crate) fn xoauth2(user: &str, token: &str) -> String {
    BASE64_STANDARD.encode(format!("user={user}\u{1}auth=Bearer {token}\u{1}\u{1}"))
}

/// RFC 7628 section 3.1.
pub(crate) fn oauthbearer(user: &str, token: &str) -> String {
    let name = user.replace('=', "=3D").replace(',', "=2C");
    BASE64_STANDARD.encode(format!("n,a={name},\u{1}auth=Bearer {token}\u{1}\u{1}"))
}

fn nothing_known(server: &Capabilities, usable: &str) -> LoginOutcome {
    let text = match server.auth.join(", ") {
        none if none.is_empty() => "the mail server offers no login (AUTH)".to_owned(),
        others => format!("the mail server offers no login that can be used here ({usable}), only {others}"),
    };
    LoginOutcome::Unavailable(own_answer("4.7.0", text))
}
