//! AUTH at the next server.

use secrecy::SecretString;

use super::support::sink::Opening;
use super::*;
use atena::upstream::{Login, LoginOutcome};

fn login(password: &str) -> Login {
    Login { user: "sato@sender.test".to_owned(), password: SecretString::from(password), token: false }
}

fn with_users() -> SinkOptions {
    let users = vec![("sato@sender.test".to_owned(), "パスワード 1".to_owned())];
    SinkOptions { users, login_required: true, ..SinkOptions::default() }
}

#[tokio::test]
async fn plain_and_login_are_accepted_and_refused() {
    for mechanisms in [vec!["PLAIN", "LOGIN"], vec!["PLAIN"], vec!["LOGIN"]] {
        let sink = Sink::start(SinkOptions { mechanisms, ..with_users() }).await;
        let upstream = to(&sink, Options::default());
        sent(upstream.send(&envelope(&["x@a.test"]), MAIL, Some(&login("パスワード 1"))).await);
        assert_eq!(sink.mails()[0].user.as_deref(), Some("sato@sender.test"));
        assert_eq!(upstream.verify_login(&login("パスワード 1")).await, LoginOutcome::Accepted);
        let LoginOutcome::Rejected(answer) = upstream.verify_login(&login("wrong")).await else {
            panic!("not rejected")
        };
        assert_eq!((answer.code, answer.enhanced.as_deref()), (Some(535), Some("5.7.8")));
        assert_eq!(answer.text, "the sink does not know you");
        assert_eq!(refused(upstream.send(&envelope(&["x@a.test"]), MAIL, Some(&login("wrong"))).await), answer);
        assert_eq!(sink.mails().len(), 1);
        clean_sink(&sink);
    }
}

#[tokio::test]
async fn a_verified_login_is_not_asked_again_for_its_mail() {
    let sink = Sink::start(with_users()).await;
    let upstream = to(&sink, Options::default());
    assert_eq!(upstream.verify_login(&login("パスワード 1")).await, LoginOutcome::Accepted);
    sent(upstream.send(&envelope(&["x@a.test"]), MAIL, Some(&login("パスワード 1"))).await);
    assert_eq!(sink.connections(), 1);
}

#[tokio::test]
async fn a_server_that_asks_again_is_told_again() {
    let sink = Sink::start(SinkOptions { opening: Opening::AuthAsksAgain, ..with_users() }).await;
    assert_eq!(to(&sink, Options::default()).verify_login(&login("パスワード 1")).await, LoginOutcome::Accepted);
}

#[tokio::test]
async fn what_says_nothing_about_the_password_is_no_rejection() {
    let says = |reply| SinkOptions { opening: Opening::AuthSays(reply), ..with_users() };
    let silent = SinkOptions { opening: Opening::StallEhlo, ..with_users() };
    let foreign = SinkOptions { mechanisms: vec!["GSSAPI", "XOAUTH2"], ..with_users() };
    for (options, limits, text) in [
        (says("454 4.7.0 the password store is away"), Options::default(), "the password store is away"),
        (says("530 5.7.0 STARTTLS first"), Options::default(), "STARTTLS first"),
        (says("550 5.7.1 blocked for an hour"), Options::default(), "blocked for an hour"),
        (silent, quick(), "did not answer in time"),
        (foreign, Options::default(), "only GSSAPI, XOAUTH2"),
        (SinkOptions::default(), Options::default(), "offers no login"),
    ] {
        let sink = Sink::start(options).await;
        let upstream = to(&sink, limits);
        let LoginOutcome::Unavailable(answer) = upstream.verify_login(&login("パスワード 1")).await else {
            panic!("{text}")
        };
        assert!(answer.text.contains(text), "{}", answer.text);
        assert_eq!(later(upstream.send(&envelope(&["x@a.test"]), MAIL, Some(&login("パスワード 1"))).await), answer);
        assert!(sink.mails().is_empty());
    }
}

#[tokio::test]
async fn without_a_login_the_server_s_demand_is_passed_on() {
    let sink = Sink::start(with_users()).await;
    assert_eq!(refused(to(&sink, Options::default()).send(&envelope(&["x@a.test"]), MAIL, None).await).code, Some(530));
}

#[tokio::test]
async fn a_nul_cannot_split_the_credentials() {
    let sink = Sink::start(with_users()).await;
    let upstream = to(&sink, Options::default());
    assert!(matches!(upstream.verify_login(&login("a\0b")).await, LoginOutcome::Rejected(_)));
    assert!(!sink.commands().iter().any(|line| line.starts_with("AUTH")));
}

#[test]
fn a_password_is_not_shown() {
    let shown = format!("{:?}", login("s3cret-word"));
    assert!(!shown.contains("s3cret-word"), "{shown}");
}

#[tokio::test]
async fn an_access_token_goes_by_the_mechanism_that_is_offered() {
    for mechanism in ["XOAUTH2", "OAUTHBEARER"] {
        let users = vec![("sato=1,2@sender.test".to_owned(), "ya29.token".to_owned())];
        // OAUTHBEARER escapes what separates its fields.
        let users = if mechanism == "XOAUTH2" {
            users
        } else {
            vec![("sato=3D1=2C2@sender.test".to_owned(), users[0].1.clone())]
        };
        let sink =
            Sink::start(SinkOptions { users, mechanisms: vec!["PLAIN", mechanism], ..SinkOptions::default() }).await;
        let upstream = to(&sink, quick());
        let login = |token: &str| Login {
            user: "sato=1,2@sender.test".to_owned(),
            password: SecretString::from(token),
            token: true,
        };
        assert_eq!(upstream.verify_login(&login("ya29.token")).await, LoginOutcome::Accepted, "{mechanism}");
        let expired = upstream.verify_login(&login("expired")).await;
        assert!(matches!(expired, LoginOutcome::Rejected(_)), "{mechanism}: {expired:?}");
        sent(upstream.send(&envelope(&["sato@a.test"]), MAIL, Some(&login("ya29.token"))).await);
        assert!(sink.violations().is_empty(), "{:?}", sink.violations());
    }
}
