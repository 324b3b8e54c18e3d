//! Sizes and numbers at their limits, and a disk that takes nothing.

use crate::client::Client;
use crate::relay::Relay;
use crate::{MISADDRESSED, plain};

const TO: &[&str] = &["priya.raman@client.example"];

/// A clean mail of about so many octets, as an attachment of lines.
fn large(octets: usize) -> Vec<u8> {
    let line = [&[b'A'; 76][..], b"\r\n"].concat();
    let head = b"From: suzuki@own.example\r\nTo: Priya Raman <priya.raman@client.example>\r\nSubject: data\r\n\
        Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHi Priya,\r\n\
        --b\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\
        Content-Disposition: attachment; filename=data.zip\r\n\r\n";
    [&head[..], &line.repeat(octets / line.len()), b"--b--\r\n"].concat()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_megabytes_pass_octet_for_octet() {
    let relay = Relay::start().await;
    let raw = large(49_900_000);
    let reply = relay.client().await.send(TO, &raw).await;
    assert!(reply.starts_with("250 2.0.0 Sent"), "{reply}");
    assert!(relay.sink.mails()[0].raw == raw, "the octets differ");
}

#[tokio::test]
async fn a_mail_over_the_limit_is_refused_when_declared_and_when_sent() {
    let relay = Relay::with_serve("max_message_size = \"64KiB\"\n").await;
    let mut client = relay.client().await;
    assert!(client.say("MAIL FROM:<suzuki@own.example> SIZE=65537").await.starts_with("552 "));
    let reply = client.send(TO, &large(70_000)).await;
    assert!(reply.starts_with("552 5.3.4 "), "{reply}");
    assert!(client.send(TO, &plain("small")).await.starts_with("250 "), "the connection goes on");
    assert_eq!(relay.sink.mails().len(), 1);
}

#[tokio::test]
async fn recipients_beyond_the_limit_are_put_off_and_the_others_get_the_mail() {
    let relay = Relay::with_serve("max_recipients = 100\n").await;
    let mut client = relay.client().await;
    client.say("MAIL FROM:<suzuki@own.example>").await;
    let commands: String = (0..10_000).map(|n| format!("RCPT TO:<p{n}@client.example>\r\n")).collect();
    let mut codes = Vec::new();
    // In portions: a client that never reads its replies is another test.
    for portion in commands.split_inclusive("\r\n").collect::<Vec<_>>().chunks(500) {
        client.write(portion.concat().as_bytes()).await;
        for _ in portion {
            codes.push(client.reply().await[..3].to_owned());
        }
    }
    assert_eq!(codes.iter().filter(|code| *code == "250").count(), 100);
    assert_eq!(codes.iter().filter(|code| *code == "452").count(), 9_900);
    assert!(client.say("DATA").await.starts_with("354 "));
    let note = b"From: suzuki@own.example\r\nTo: undisclosed-recipients:;\r\nSubject: note\r\n\r\nHello all.\r\n.\r\n";
    client.write(note).await;
    let reply = client.reply().await;
    assert!(reply.starts_with("250 "), "{reply}");
    let sent = relay.sink.mails();
    let kept = relay.stored().await;
    let receivers = sent.first().map_or_else(|| kept[0].envelope.recipients.len(), |mail| mail.recipients.len());
    assert_eq!((receivers, sent.len() + kept.len()), (100, 1));
}

#[tokio::test]
async fn one_connection_too_many_is_told_so() {
    let relay = Relay::with_serve("max_connections = 2\n").await;
    let (first, _second) = (relay.client().await, relay.client().await);
    let mut third = Client::open(relay.address).await;
    assert!(third.reply().await.starts_with("421 4.3.2 Too many connections"));
    drop(first);
    for _ in 0..500 {
        let mut again = Client::open(relay.address).await;
        if again.reply().await.starts_with("220 ") {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the room of a client that left was never given away");
}

#[tokio::test]
async fn a_silent_client_is_sent_away() {
    let relay = Relay::with_serve("idle_timeout = \"1s\"\n").await;
    let mut client = relay.client().await;
    assert!(client.reply().await.starts_with("421 4.4.2 "));
    assert_eq!(client.reply().await, "");
}

#[tokio::test]
async fn a_store_that_cannot_be_written_refuses_before_the_body() {
    let relay = Relay::start().await;
    let mut client = relay.client().await;
    // Another process that holds the database locked for longer than the relay waits.
    let path = relay.store.path().to_owned();
    let lock = rusqlite_lock(&path);
    // A write within the last second still counts as healthy.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let reply = client.say("MAIL FROM:<suzuki@own.example>").await;
    assert!(reply.starts_with("451 ") || reply.starts_with("452 "), "{reply}");
    assert!(!reply.contains(path.to_str().unwrap()), "paths are the operator's: {reply}");
    drop(lock);
    assert!(client.send(TO, MISADDRESSED).await.starts_with("250 2.0.0 Kept"), "and recovers by itself");
    assert_eq!(relay.stored().await.len(), 1);
}

fn rusqlite_lock(path: &std::path::Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    connection
}

#[tokio::test]
async fn a_full_disk_between_rcpt_and_the_dot_is_a_452_and_nothing_is_kept() {
    let relay = Relay::start().await;
    let mut client = relay.client().await;
    client.begin(TO, MISADDRESSED).await;
    let lock = rusqlite_lock(relay.store.path());
    let reply = client.say(".").await;
    assert!(reply.starts_with("451 ") || reply.starts_with("452 "), "{reply}");
    drop(lock);
    assert!(relay.stored().await.is_empty() && relay.sink.mails().is_empty());
}
