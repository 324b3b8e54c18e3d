//! Sizes and numbers at their limits, and a disk that takes nothing.

use std::time::Duration;

use crate::client::{Client, PATIENCE};
use crate::relay::Relay;
use crate::support::Authority;
use crate::support::sink::SinkOptions;
use crate::tls::relay_with_tls;
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
    let commands: String = (0..1_000).map(|n| format!("RCPT TO:<p{n}@client.example>\r\n")).collect();
    let mut codes = Vec::new();
    // In portions: a client that never reads its replies is another test.
    for portion in commands.split_inclusive("\r\n").collect::<Vec<_>>().chunks(500) {
        client.write(portion.concat().as_bytes()).await;
        for _ in portion {
            codes.push(client.reply().await[..3].to_owned());
        }
    }
    assert_eq!(codes.iter().filter(|code| *code == "250").count(), 100);
    assert_eq!(codes.iter().filter(|code| *code == "452").count(), 900);
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
async fn an_address_takes_its_own_share_of_connections_only() {
    let relay = Relay::with_serve("max_connections_per_address = 1\n").await;
    let first = relay.client().await;
    assert!(Client::open(relay.address).await.reply().await.starts_with("421 4.3.2 Too many connections"));
    drop(first);
}

#[tokio::test]
async fn a_client_that_gets_nowhere_is_sent_away() {
    let relay = Relay::with_serve("max_commands = 20\n").await;
    let mut client = relay.client().await;
    // EHLO was one; a mail with many recipients begins the count anew.
    for _ in 0..15 {
        assert!(client.say("NOOP").await.starts_with("250 "));
    }
    let recipients: Vec<String> = (0..50).map(|n| format!("p{n}@client.example")).collect();
    let recipients: Vec<&str> = recipients.iter().map(String::as_str).collect();
    assert!(client.send(&recipients, &plain("lunch")).await.starts_with("250 "));
    for _ in 0..20 {
        assert!(client.say("NOOP").await.starts_with("250 "));
    }
    assert!(client.say("NOOP").await.starts_with("421 4.7.0 Too many commands"));
    assert_eq!(client.reply().await, "");
}

#[tokio::test]
async fn octets_one_by_one_are_no_command_on_its_way() {
    let relay = Relay::with_serve("idle_timeout = \"1s\"\n").await;
    let mut client = relay.client().await;
    let began = std::time::Instant::now();
    for octet in b"NOOP aaaaaaaaaaaaaaaaaaaaaa" {
        // It may have been sent away meanwhile.
        client.try_write(&[*octet]).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(client.reply().await.starts_with("421 4.4.2 "), "after {:?}", began.elapsed());
}

#[tokio::test]
async fn a_mail_may_arrive_slowly_but_not_for_ever() {
    let relay = Relay::with_serve("idle_timeout = \"2s\"\ndata_timeout = \"3s\"\n").await;
    let mut client = relay.client().await;
    client.begin(TO, b"a\r\n").await;
    for _ in 0..45 {
        client.try_write(b"a\r\n").await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(client.reply().await.starts_with("421 4.4.2 The mail took too long"));
    assert!(relay.sink.mails().is_empty());
}

#[tokio::test]
async fn mails_together_take_no_more_memory_than_allowed() {
    let relay = Relay::with_serve("max_message_size = \"1MB\"\nmax_total_size = \"1MB\"\n").await;
    let mut slow = relay.client().await;
    slow.begin(TO, &large(900_000)).await;
    // Its octets are on their way through the socket.
    let mut crowded = String::new();
    for _ in 0..100 {
        crowded = relay.client().await.send(TO, &large(300_000)).await;
        if !crowded.starts_with("250") {
            break;
        }
    }
    assert!(crowded.starts_with("452 4.3.1 "), "{crowded}");
    assert!(slow.say(".").await.starts_with("250 "), "who came first is served");
    assert!(relay.client().await.send(TO, &large(900_000)).await.starts_with("250 "), "and there is room again");
}

#[tokio::test]
async fn the_length_of_a_line_has_a_limit_where_one_is_set() {
    let relay = Relay::with_serve("max_line_length = 998\n").await;
    let mut client = relay.client().await;
    let with_line = |octets| [&plain("lunch")[..], &vec![b'a'; octets], b"\r\n"].concat();
    for (octets, code) in [(997, "250 "), (998, "250 "), (999, "554 5.6.0 ")] {
        let reply = client.send(TO, &with_line(octets)).await;
        assert!(reply.starts_with(code), "{octets}: {reply}");
    }
}

#[tokio::test]
async fn a_silent_client_is_sent_away() {
    let relay = Relay::with_serve("idle_timeout = \"1s\"\n").await;
    let mut client = relay.client().await;
    assert!(client.reply().await.starts_with("421 4.4.2 "));
    assert_eq!(client.reply().await, "");
}

#[tokio::test]
async fn a_client_that_never_reads_its_replies_loses_its_place() {
    let relay = Relay::with_serve("idle_timeout = \"1s\"\nmax_connections = 1\nmax_commands = 1000000\n").await;
    let mut deaf = relay.client().await;
    let commands = b"HELP\r\n".repeat(10_000);
    let gone = async {
        // Sooner or later all buffers between are full.
        for _ in 0..1_000 {
            if !deaf.try_write(&commands).await {
                return;
            }
        }
        panic!("the relay goes on taking commands");
    };
    tokio::time::timeout(PATIENCE, gone).await.expect("it is sent away in time");
    assert!(relay.client().await.send(TO, &plain("lunch")).await.starts_with("250 "));
}

#[tokio::test]
async fn a_handshake_that_stalls_loses_its_place() {
    let authority = Authority::new();
    let limits = "idle_timeout = \"1s\"\nmax_connections = 1\n";
    let relay = relay_with_tls(&authority, SinkOptions::default(), limits, "").await;
    let mut silent = Client::open(relay.tls.unwrap()).await;
    // A handshake of which more never comes.
    silent.write(b"\x16\x03\x01").await;
    assert_eq!(silent.reply().await, "", "it is hung up on");
    let mut client = relay.client().await;
    assert!(client.say("STARTTLS").await.starts_with("220 "));
    assert_eq!(client.reply().await, "", "behind STARTTLS, too");
    assert!(relay.client().await.send(TO, &plain("lunch")).await.starts_with("250 "));
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

#[tokio::test]
async fn what_the_next_server_cannot_take_is_told_before_the_body() {
    let extensions = ["PIPELINING", "SIZE 100000", "8BITMIME"].map(str::to_owned).to_vec();
    let relay = Relay::with_sink(SinkOptions { extensions, ..SinkOptions::default() }, "").await;
    let mut client = relay.client().await;
    // Known from the first mail on.
    assert!(client.send(TO, &plain("lunch")).await.starts_with("250 "));
    let reply = client.say("MAIL FROM:<suzuki@own.example> SIZE=100001").await;
    assert_eq!(
        reply,
        "552 5.3.4 The mail is larger than 100000 bytes and was not sent: send fewer or smaller attachments"
    );
    assert!(client.say("MAIL FROM:<鈴木@own.example> SMTPUTF8").await.starts_with("550 5.6.7 The mail server behind"));
    assert!(client.say("MAIL FROM:<suzuki@own.example> SIZE=100000 SMTPUTF8").await.starts_with("250 "));
    assert!(client.say("RCPT TO:<佐藤@client.example>").await.starts_with("553 5.6.7 The mail server behind"));
    assert!(client.say("RCPT TO:<sato@client.example>").await.starts_with("250 "));
}
