//! Encryption and login.

use super::server::{Act, TOKEN};
use super::*;

fn token(text: &str) -> Login {
    Login::Token(SecretString::from(text))
}

#[tokio::test]
async fn both_kinds_of_tls_carry_mails() {
    let authority = Authority::new();
    let acceptor = || authority.acceptor(&["localhost"]);
    for (tls, scheme) in [(TlsMode::Implicit(acceptor()), "imaps"), (TlsMode::StartTls(acceptor()), "imap+starttls")] {
        let server = Server::start(Options { tls, ..Options::default() }).await;
        let at = At { ca: Some(authority.file().to_owned()), ..at(&server, scheme) };
        whole(&all(&at).await);
    }
}

#[tokio::test]
async fn a_certificate_that_does_not_hold_ends_it_before_the_login() {
    let (authority, other) = (Authority::new(), Authority::new());
    for (acceptor, ca, ja) in [
        (authority.acceptor(&["localhost"]), None, "信頼されていません"),
        (authority.acceptor(&["localhost"]), Some(other.file()), "信頼されていません"),
        (authority.acceptor(&["imap.example"]), Some(authority.file()), "imap.example"),
        (authority.expired_acceptor(&["localhost"]), Some(authority.file()), "期限切れ"),
    ] {
        let server = Server::start(Options { tls: TlsMode::Implicit(acceptor), ..Options::default() }).await;
        let read = all(&At { ca: ca.map(Into::into), ..at(&server, "imaps") }).await;
        read.fails(&[]);
        let told = read.result.unwrap_err().explain();
        assert!(told.ja.contains(ja) && told.en.contains("certificate"), "{told:?}");
        assert!(server.commands().is_empty() && server.connections() == 1);
    }
}

#[tokio::test]
async fn encryption_is_demanded_where_it_was_asked_for() {
    let server = Server::start(Options::default()).await;
    all(&at(&server, "imap+starttls")).await.fails(&["STARTTLS"]);
    // TLS from the first byte, at a server that speaks first.
    all(&at(&server, "imaps")).await.fails(&["imaps://"]);
    let authority = Authority::new();
    for fault in [
        ("STARTTLS", Act::First("TAG OK go\r\n* CAPABILITY IMAP4rev1\r\n"), 1),
        ("", Act::Say("* PREAUTH welcome\r\n"), 1),
    ] {
        let tls = TlsMode::StartTls(authority.acceptor(&["localhost"]));
        let server = Server::start(Options { tls, faults: vec![fault], ..Options::default() }).await;
        let at = At { ca: Some(authority.file().to_owned()), ..at(&server, "imap+starttls") };
        all(&at).await.fails(&["STARTTLS"]);
        assert!(!server.commands().iter().any(|command| command.contains("AUTH") || command.contains("LOGIN")));
    }
}

#[tokio::test]
async fn every_kind_of_login_is_spoken() {
    for (capabilities, login, spoken) in [
        ("AUTH=PLAIN SASL-IR", password(), "AUTHENTICATE PLAIN A"),
        ("AUTH=PLAIN LOGINDISABLED", password(), "AUTHENTICATE PLAIN"),
        ("", password(), "LOGIN "),
        ("AUTH=XOAUTH2 SASL-IR", token(TOKEN), "AUTHENTICATE XOAUTH2 "),
        ("auth=xoauth2", token(TOKEN), "AUTHENTICATE XOAUTH2"),
        ("AUTH=OAUTHBEARER SASL-IR", token(TOKEN), "AUTHENTICATE OAUTHBEARER "),
    ] {
        let server = Server::start(Options { capabilities, ..Options::default() }).await;
        whole(&all(&At { login, ..at(&server, "imap") }).await);
        assert!(server.commands().iter().any(|command| command.starts_with(spoken)), "{capabilities}");
    }
}

#[tokio::test]
async fn a_refused_login_names_user_and_way_out_and_no_secret() {
    let wrong = format!("{PASSWORD}x");
    for (capabilities, login, en) in [
        ("AUTH=PLAIN SASL-IR", Login::Password(SecretString::from(wrong.as_str())), "app password"),
        ("AUTH=PLAIN", Login::Password(SecretString::from(wrong.as_str())), "app password"),
        ("", Login::Password(SecretString::from(wrong)), "app password"),
        ("AUTH=XOAUTH2 SASL-IR", token("ya29.tokenx"), "get a new one"),
        ("AUTH=OAUTHBEARER", token("ya29.tokenx"), "get a new one"),
    ] {
        let server = Server::start(Options { capabilities, ..Options::default() }).await;
        let at = At { login, ..at(&server, "imap") };
        let read = all(&at).await;
        assert!(!format!("{at:?}").contains("token") && !format!("{at:?}").contains("w0rd"), "{at:?}");
        // The server repeats other secrets, which nobody can know.
        let told = read.result.as_ref().unwrap_err().explain();
        assert!(told.en.contains(USER) && told.ja.contains(USER) && told.en.contains(en), "{told:?}");
        assert!(told.en.contains("***") && told.ja.contains("***"), "{told:?}");
        assert_eq!(server.connections(), 1, "nothing is tried twice");
    }
}

#[tokio::test]
async fn a_login_that_cannot_be_made_says_why() {
    let kinds = [("AUTH=GSSAPI LOGINDISABLED", password(), "GSSAPI"), ("AUTH=PLAIN", token(TOKEN), "PLAIN")];
    for (capabilities, login, part) in kinds {
        let server = Server::start(Options { capabilities, ..Options::default() }).await;
        all(&At { login, ..at(&server, "imap") }).await.fails(&[part]);
    }
    let server = Server::start(Options::default()).await;
    let login = Login::Password(SecretString::from("a\r\nA9 LOGOUT"));
    assert!(all(&At { login, ..at(&server, "imap") }).await.result.is_err());
    assert!(!server.commands().iter().any(|command| command.starts_with("AUTH")));
    let faults = vec![("AUTHENTICATE", Act::Say("TAG NO [UNAVAILABLE] later\r\n"), 1)];
    let server = Server::start(Options { faults, ..Options::default() }).await;
    all(&at(&server, "imap")).await.fails(&["later", "LOGIN"]);
}

#[tokio::test]
async fn a_server_that_knows_us_already_is_not_told_the_password() {
    let faults = vec![("", Act::Say("* PREAUTH welcome\r\n"), 1)];
    let server = Server::start(Options { faults, ..Options::default() }).await;
    whole(&all(&at(&server, "imap")).await);
    assert!(!server.commands().iter().any(|command| command.contains("AUTH")));
}
