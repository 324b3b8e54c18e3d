//! Encryption towards the mail program.

use atena::cli::init::{Options, run};
use atena::lang::Lang;

use crate::CLEAN;
use crate::client::Client;
use crate::relay::{Relay, account};
use crate::support::Authority;
use crate::support::sink::{Sink, SinkOptions};

/// A relay with STARTTLS on one port and implicit TLS on the other, and `more` in `[serve]`.
pub(crate) async fn relay_with_tls(authority: &Authority, options: SinkOptions, more: &str, login: &str) -> Relay {
    let (certificate, key) = authority.pem(&["127.0.0.1"]);
    let sink = Sink::start(options).await;
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let (cert_file, key_file) = (directory.path().join("cert.pem"), directory.path().join("key.pem"));
    std::fs::write(&cert_file, certificate).unwrap();
    std::fs::write(&key_file, key).unwrap();
    let text = format!(
        "[serve]\nlisten = \"127.0.0.1:0\"\nlisten_tls = \"127.0.0.1:0\"\ntls_cert = {:?}\ntls_key = {:?}\n{more}{}",
        cert_file,
        key_file,
        account(&sink, login)
    );
    Relay::run(sink, &text).await
}

#[tokio::test]
async fn mail_goes_through_starttls_and_through_implicit_tls() {
    let authority = Authority::new();
    let relay = relay_with_tls(&authority, SinkOptions::default(), "", "").await;
    let mut client = relay.client().await;
    assert!(client.hello().await.contains("STARTTLS"));
    client.start_tls(&authority).await;
    assert!(!client.hello().await.contains("STARTTLS"), "not offered twice");
    assert!(client.send(&["sato@client.example"], CLEAN).await.starts_with("250 "));
    let mut client = Client::connect_tls(relay.tls.unwrap(), &authority).await;
    assert!(client.send(&["sato@client.example"], CLEAN).await.starts_with("250 "));
    assert_eq!(client.say("QUIT").await, "221 2.0.0 Goodbye");
    assert_eq!(relay.sink.mails().iter().filter(|mail| mail.raw == CLEAN).count(), 2);
}

#[tokio::test]
async fn what_was_typed_behind_starttls_has_no_effect() {
    let authority = Authority::new();
    let relay = relay_with_tls(&authority, SinkOptions::default(), "", "").await;
    let mut client = relay.client().await;
    client.write(b"STARTTLS\r\nEHLO x\r\nMAIL FROM:<evil@own.example>\r\nRCPT TO:<x@client.example>\r\n").await;
    assert!(client.reply().await.starts_with("220 "));
    client.secure(&authority).await;
    assert!(client.say("DATA").await.starts_with("503 "));
    assert!(client.say("MAIL FROM:<suzuki@own.example>").await.starts_with("503 "), "EHLO is forgotten too");
}

#[tokio::test]
async fn a_client_that_speaks_no_tls_ends_only_itself() {
    let authority = Authority::new();
    let relay = relay_with_tls(&authority, SinkOptions::default(), "", "").await;
    let mut client = Client::open(relay.tls.unwrap()).await;
    client.write(b"EHLO client.example\r\n").await;
    let mut other = Client::connect_tls(relay.tls.unwrap(), &authority).await;
    assert!(other.send(&["sato@client.example"], CLEAN).await.starts_with("250 "));
}

#[tokio::test]
async fn a_renewed_certificate_counts_without_a_restart_and_a_broken_one_does_not() {
    let (old, new) = (Authority::new(), Authority::new());
    let relay = relay_with_tls(&old, SinkOptions::default(), "", "").await;
    let files = relay.config.serve.tls.clone().unwrap();
    let look = || tokio::time::sleep(std::time::Duration::from_millis(1_100));
    // Gone, then half there: what works goes on working.
    look().await;
    Client::connect_tls(relay.tls.unwrap(), &old).await;
    std::fs::create_dir_all(files.cert.parent().unwrap()).unwrap();
    std::fs::write(&files.cert, "no certificate").unwrap();
    look().await;
    Client::connect_tls(relay.tls.unwrap(), &old).await;
    let (certificate, key) = new.pem(&["127.0.0.1"]);
    std::fs::write(&files.cert, certificate).unwrap();
    look().await;
    // The key of another: they do not work together yet.
    Client::connect_tls(relay.tls.unwrap(), &old).await;
    std::fs::write(&files.key, key).unwrap();
    look().await;
    let mut client = Client::connect_tls(relay.tls.unwrap(), &new).await;
    assert!(client.send(&["sato@client.example"], CLEAN).await.starts_with("250 "));
    std::fs::remove_dir_all(files.cert.parent().unwrap()).unwrap();
}

#[tokio::test]
async fn a_device_that_trusts_what_init_made_connects() {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let options = Options {
        address: Some("suzuki@own.example".to_owned()),
        upstream: Some("smtps://smtp.own.example".to_owned()),
        tls: vec!["127.0.0.1".to_owned()],
        output: directory.path().join("atena.toml"),
        ..Options::default()
    };
    run(&options, Lang::En, false, &mut std::io::empty(), &mut Vec::new()).unwrap();
    let file = |name: &str| directory.path().join("tls").join(name);
    let sink = Sink::start(SinkOptions::default()).await;
    let text = format!(
        "[serve]\nlisten = \"127.0.0.1:0\"\nlisten_tls = \"127.0.0.1:0\"\ntls_cert = {:?}\ntls_key = {:?}\n{}",
        file("cert.pem"),
        file("key.pem"),
        account(&sink, "")
    );
    let relay = Relay::run(sink, &text).await;
    let mut client = Client::connect_trusting(relay.tls.unwrap(), &file("ca.pem")).await;
    assert!(client.send(&["sato@client.example"], CLEAN).await.starts_with("250 "));
}
