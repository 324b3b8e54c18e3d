//! Who is asking: AUTHENTICATE with PLAIN, XOAUTH2 or OAUTHBEARER, else LOGIN.

use secrecy::ExposeSecret;

use super::provider::Provider;
use super::response::{Answer, Status};
use super::session::{Session, Step};
use super::trouble::Trouble;
use super::utf7::quoted;
use super::wire::SMALL;
use super::{Login, Server};
use crate::upstream::sasl::{SEEN, oauthbearer, plain, xoauth2};

/// Logs in, and asks again what the server can do.
pub(super) async fn log_in(session: &mut Session, server: &Server) -> Result<(), Trouble> {
    let (secret, token) = match &server.login {
        Login::Password(secret) => (secret.expose_secret(), false),
        Login::Token(secret) => (secret.expose_secret(), true),
    };
    let user = server.user.as_str();
    if [user, secret].iter().any(|text| text.contains(['\0', '\u{1}', '\r', '\n'])) {
        return Err(Trouble::Unsayable);
    }
    session.hide(secret);
    let answer = if token && session.can("AUTH=XOAUTH2") {
        // A challenge tells why it failed, and wants an empty line.
        authenticate(session, "XOAUTH2", &xoauth2(user, secret), "").await?
    } else if token && session.can("AUTH=OAUTHBEARER") {
        authenticate(session, "OAUTHBEARER", &oauthbearer(user, secret), SEEN).await?
    } else if !token && session.can("AUTH=PLAIN") {
        authenticate(session, "PLAIN", &plain(user, secret), "*").await?
    } else if !token && !session.can("LOGINDISABLED") {
        session.hide(&quoted(secret));
        session.begin(&format!("LOGIN {} {}", quoted(user), quoted(secret))).await?;
        done(session).await?
    } else {
        return Err(Trouble::Mechanisms { offered: offered(session), token });
    };
    if answer.status == Status::Ok {
        return session.ask_capabilities().await;
    }
    // RFC 5530: says nothing about the password.
    const OTHER: [&str; 5] = ["UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "CONTACTADMIN"];
    let said = answer.text;
    if answer.status == Status::Bad || OTHER.contains(&answer.code.as_str()) {
        return Err(Trouble::Refused { command: "LOGIN", said });
    }
    Err(Trouble::Login { user: user.to_owned(), said, token, provider: Provider::of(&server.host) })
}

/// `words` is said with the command if the server allows (SASL-IR, RFC 4959), and `last` to any challenge behind it.
async fn authenticate(session: &mut Session, mechanism: &str, words: &str, last: &str) -> Result<Answer, Trouble> {
    session.hide(words);
    let mut lines = if session.can("SASL-IR") {
        session.begin(&format!("AUTHENTICATE {mechanism} {words}")).await?;
        vec![last]
    } else {
        session.begin(&format!("AUTHENTICATE {mechanism}")).await?;
        vec![last, words]
    };
    loop {
        match session.step(SMALL).await? {
            Step::Continue => session.send(lines.pop().ok_or(Trouble::Garbage)?).await?,
            Step::Data(_) | Step::Status(_) => {}
            Step::Done(answer) => return Ok(answer),
        }
    }
}

async fn done(session: &mut Session) -> Result<Answer, Trouble> {
    loop {
        if let Step::Done(answer) = session.step(SMALL).await? {
            return Ok(answer);
        }
    }
}

fn offered(session: &Session) -> Vec<String> {
    session.capabilities.iter().filter_map(|one| one.strip_prefix("AUTH=").map(str::to_owned)).collect()
}
