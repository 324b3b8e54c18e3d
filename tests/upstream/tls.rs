//! Encryption on the way to the next server.

use secrecy::SecretString;

use super::support::Authority;
use super::support::sink::{Opening, TlsMode};
use super::*;
use atena::upstream::{Login, LoginOutcome, UpstreamError};

struct Case {
    sink: Sink,
    authority: Authority,
}

impl Case {
    async fn start(tls: impl Fn(&Authority) -> TlsMode, opening: Opening) -> Case {
        let authority = Authority::new();
        let users = vec![("sato".to_owned(), "secret".to_owned())];
        let tls = tls(&authority);
        let sink = Sink::start(SinkOptions { tls, opening, users, ..SinkOptions::default() }).await;
        Case { sink, authority }
    }

    fn upstream(&self, scheme: &str) -> Upstream {
        let tls_ca = Some(self.authority.file().to_owned());
        at(&format!("{scheme}://localhost:{}", self.sink.port()), Options { tls_ca, ..Options::default() })
    }

    async fn send(&self, scheme: &str) -> Outcome {
        self.upstream(scheme).send(&envelope(&["x@a.test"]), MAIL, None).await
    }
}

fn starttls(authority: &Authority) -> TlsMode {
    TlsMode::StartTls(authority.acceptor(&["localhost"]))
}

fn implicit(authority: &Authority) -> TlsMode {
    TlsMode::Implicit(authority.acceptor(&["localhost"]))
}

#[tokio::test]
async fn both_kinds_of_tls_carry_mail_and_login() {
    for (case, scheme) in [
        (Case::start(starttls, Opening::Fine).await, "smtp+starttls"),
        (Case::start(implicit, Opening::Fine).await, "smtps"),
    ] {
        let upstream = case.upstream(scheme);
        let login = Login { user: "sato".to_owned(), password: SecretString::from("secret"), token: false };
        assert_eq!(upstream.verify_login(&login).await, LoginOutcome::Accepted);
        let raw = [b"..a long one\r\n".repeat(100_000), b"\x82\xa0\r\n".to_vec()].concat();
        sent(upstream.send(&envelope(&["x@a.test"]), &raw, Some(&login)).await);
        let mail = case.sink.wait_for(1).await.remove(0);
        assert_eq!((mail.tls, mail.user.as_deref()), (true, Some("sato")));
        assert!(mail.raw == raw, "the text arrived changed");
        assert_eq!(case.sink.connections(), 1);
        clean_sink(&case.sink);
    }
}

#[tokio::test]
async fn an_address_can_be_the_name_in_the_certificate() {
    let case = Case::start(|authority| TlsMode::Implicit(authority.acceptor(&["127.0.0.1"])), Opening::Fine).await;
    let options = Options { tls_ca: Some(case.authority.file().to_owned()), ..Options::default() };
    let upstream = at(&format!("smtps://127.0.0.1:{}", case.sink.port()), options);
    sent(upstream.send(&envelope(&["x@a.test"]), MAIL, None).await);
}

#[tokio::test]
async fn plaintext_stays_plaintext_on_loopback() {
    let case = Case::start(starttls, Opening::Fine).await;
    sent(case.send("smtp").await);
    assert!(!case.sink.wait_for(1).await[0].tls);
}

#[tokio::test]
async fn plaintext_behind_starttls_is_not_believed() {
    let case = Case::start(starttls, Opening::InjectBehindStartTls).await;
    let answer = later(case.send("smtp+starttls").await);
    assert!(answer.text.contains("tampering"), "{}", answer.text);
    assert!(case.sink.mails().is_empty());
    assert_eq!(case.sink.commands().last().unwrap(), "STARTTLS");
}

#[tokio::test]
async fn no_mail_goes_where_tls_is_demanded_and_missing() {
    let case = Case::start(|_| TlsMode::None, Opening::Fine).await;
    let answer = later(case.send("smtp+starttls").await);
    assert!(answer.text.contains("offers no encryption"), "{}", answer.text);
    let answer = later(case.send("smtps").await);
    assert!(answer.text.contains("does not speak TLS"), "{}", answer.text);
    let case = Case::start(starttls, Opening::RefuseStartTls).await;
    assert_eq!(later(case.send("smtp+starttls").await).code, Some(454));
    assert!(case.sink.mails().is_empty());
}

#[tokio::test]
async fn bad_certificates_are_explained() {
    let wrong_name = |authority: &Authority| TlsMode::Implicit(authority.acceptor(&["mail.other.test"]));
    let expired = |authority: &Authority| TlsMode::StartTls(authority.expired_acceptor(&["localhost"]));
    let unknown = |_: &Authority| TlsMode::Implicit(Authority::new().acceptor(&["localhost"]));
    for (case, scheme, text) in [
        (
            Case::start(wrong_name, Opening::Fine).await,
            "smtps",
            "not for the host name localhost but for mail.other.test",
        ),
        (Case::start(expired, Opening::Fine).await, "smtp+starttls", "the certificate of localhost has expired"),
        (Case::start(unknown, Opening::Fine).await, "smtps", "issued by nobody this system trusts"),
    ] {
        let answer = later(case.send(scheme).await);
        assert!(answer.text.contains(text), "{}", answer.text);
        assert!(answer.text.is_ascii() && !answer.uncertain);
        assert!(case.sink.mails().is_empty());
    }
}

#[test]
fn a_bad_ca_file_is_named_at_the_start() {
    let target = Target::parse("smtps://mail.example").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (missing, empty) = (folder.path().join("missing.pem"), folder.path().join("empty.pem"));
    std::fs::write(&empty, "no certificate here\n").unwrap();
    for path in [missing, empty] {
        let error =
            Upstream::new(target.clone(), Options { tls_ca: Some(path.clone()), ..Options::default() }).unwrap_err();
        assert!(
            matches!(error, UpstreamError::Tls(_)) && error.to_string().contains(path.to_str().unwrap()),
            "{error}"
        );
    }
    for hello in ["", "two words", "a\r\nQUIT", "例え.test"] {
        let options = Options { hello: Some(hello.to_owned()), ..Options::default() };
        assert!(matches!(Upstream::new(target.clone(), options), Err(UpstreamError::Hello)), "{hello:?}");
    }
}
