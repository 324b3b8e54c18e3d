//! Who is let in.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::relay::Relay;
use crate::support::Authority;
use crate::support::sink::SinkOptions;
use crate::{Office, http};

#[tokio::test]
async fn only_the_right_password_opens_the_page() {
    let office = Office::open("").await;
    let mail = office.held("suzuki").await;
    let stranger = office.ask("GET", &format!("/mail/{mail}"), "", "").await;
    assert_eq!(stranger.status, 401);
    assert!(stranger.text().contains("name=\"password\"") && !stranger.text().contains("Kingfisher"));
    for (name, password) in [("suzuki", "wrong"), ("suzuki", ""), ("nobody", "suzuki's password"), ("", "")] {
        let answer = office.try_login(name, password).await;
        assert_eq!((answer.status, answer.field("set-cookie")), (401, None), "{name}");
    }
    // A link of `atena open` would let anybody in who reads the data directory, as nobody in particular.
    let key = atena::web::Key::of(&office.relay.config.data_dir).unwrap();
    let page = office.relay.page.unwrap();
    let link = atena::web::link(&office.relay.config, &key, page, jiff::Timestamp::now());
    assert!(!link.contains("token"), "{link}");
    assert!(stranger.text().contains(&format!("name=\"back\" value=\"/mail/{mail}\"")), "{}", stranger.text());
    for (back, to) in [
        ("/mail/x?done=y", "/mail/x?done=y"),
        ("//evil.example/", "/"),
        ("https://evil.example/", "/"),
        ("/\\evil", "/"),
    ] {
        let form = form_urlencoded::Serializer::new("name=suzuki&password=suzuki%27s+password".to_owned())
            .append_pair("back", back)
            .finish();
        let answer = office.ask("POST", "/login", "", &form).await;
        assert_eq!((answer.status, answer.field("location")), (303, Some(to)), "{back}");
    }
    let suzuki = office.login("suzuki").await;
    assert_eq!(suzuki.get(&format!("/mail/{mail}")).await.status, 200);
    let answer = suzuki.post("/logout", &[]).await;
    assert!(answer.field("set-cookie").unwrap().contains("Max-Age=0"));
}

#[tokio::test]
async fn a_new_password_or_a_removal_ends_the_session() {
    let office = Office::open("").await;
    let (suzuki, mori) = (office.login("suzuki").await, office.login("mori").await);
    office.password("suzuki", "something new");
    assert_eq!(suzuki.get("/").await.status, 401);
    assert_eq!(mori.get("/").await.status, 200);
    office.users().remove("mori").unwrap();
    assert_eq!(mori.get("/").await.status, 401);
}

#[tokio::test]
async fn forms_of_other_sessions_do_nothing() {
    let office = Office::open("").await;
    let mail = office.held("suzuki").await;
    let (suzuki, root) = (office.login("suzuki").await, office.login("root").await);
    let page = suzuki.get("/start").await.text();
    let token = page.split_once("name=\"token\" value=\"").unwrap().1.split('"').next().unwrap();
    let body = format!("token={token}");
    let answer = office.ask("POST", &format!("/mail/{mail}/drop"), &root.cookie, &body).await;
    assert_eq!(answer.status, 403);
    assert_eq!(office.state(&mail).await, atena::store::State::Held);
}

#[tokio::test]
async fn who_guesses_is_not_heard_any_more_and_others_are() {
    let office = Office::open("").await;
    let limit = office.relay.config.serve.limits.failed_logins;
    let page = office.relay.page.unwrap();
    // At once: answers to failures come later and later.
    let guesses = (0..limit + 5).map(|n| {
        let body = format!("name=suzuki&password=guess{n}");
        async move {
            let fields = [("Content-Type", "application/x-www-form-urlencoded")];
            http::send(page, "POST", "/login", &fields, body.as_bytes()).await.status
        }
    });
    let answers = futures_util::future::join_all(guesses).await;
    assert_eq!(answers.iter().filter(|status| **status == 429).count(), 5, "{answers:?}");
    assert_eq!(office.try_login("suzuki", "suzuki's password").await.status, 429, "also the right one");
    office.login("mori").await;
}

#[tokio::test]
async fn names_that_nobody_has_fill_no_memory() {
    let office = Office::open("").await;
    let page = office.relay.page.unwrap();
    let limit = office.relay.config.serve.limits.failed_logins;
    let fields = [("Content-Type", "application/x-www-form-urlencoded")];
    let guesses = (0..limit + 3).map(|n| {
        let body = format!("name={n}{}&password=x", "x".repeat(10_000));
        async move { http::send(page, "POST", "/login", &fields, body.as_bytes()).await.status }
    });
    let answers = futures_util::future::join_all(guesses).await;
    assert_eq!(answers.iter().filter(|status| **status == 429).count(), 3, "counted as one: {answers:?}");
}

#[tokio::test]
async fn the_page_is_asked_for_by_its_names_only() {
    let office = Office::open("").await;
    let page = office.relay.page.unwrap();
    for (host, status) in [("atena.example", 401), ("atena.example:443", 403), ("evil.example", 403)] {
        let answer = http::send(page, "GET", "/", &[("Host", host)], b"").await;
        assert_eq!(answer.status, status, "{host}");
    }
}

#[tokio::test]
async fn with_a_certificate_the_page_is_encrypted_and_so_is_the_session() {
    let authority = Authority::new();
    let directory = tempfile::tempdir().unwrap();
    let (cert, key) = authority.pem(&["atena.example"]);
    for (name, text) in [("cert.pem", cert), ("key.pem", key)] {
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    let place = directory.path().display();
    let web = format!(
        "[web]\nlisten = \"127.0.0.1:0\"\nlogin = \"users\"\nhosts = [\"atena.example\"]\n\
         tls_cert = \"{place}/cert.pem\"\ntls_key = \"{place}/key.pem\"\n"
    );
    let relay = Relay::with_serve_and("", SinkOptions::default(), &web).await;
    let password = secrecy::SecretString::from("suzuki's password");
    atena::users::Users::of(&relay.config.data_dir).add("suzuki@own.example", &password).unwrap();
    let page = relay.page.unwrap();
    // Somebody who connects and says nothing keeps nobody out.
    let silent = TcpStream::connect(page).await.unwrap();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(CertificateDer::pem_file_iter(authority.file()).unwrap().map(Result::unwrap));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from("atena.example").unwrap();
    let stream = TcpStream::connect(page).await.unwrap();
    let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
    let form = "name=suzuki%40own.example&password=suzuki%27s+password";
    let request = format!(
        "POST /login HTTP/1.1\r\nHost: atena.example:{}\r\nOrigin: https://atena.example:{}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        page.port(),
        page.port(),
        form.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let cookie = answer.lines().find(|line| line.starts_with("set-cookie")).unwrap();
    assert!(cookie.contains("; Secure") && cookie.contains("HttpOnly"), "{cookie}");
    drop(silent);
}
