//! Mails handed back to the mail program, and the second try that confirms.

use atena::store::State;

use crate::MISADDRESSED;
use crate::relay::Relay;

const TO: &[&str] = &["priya.raman@client.example"];

/// As Thunderbird sends it again: Message-ID, Date and boundary are new.
fn multipart(attempt: u32, words: &str) -> Vec<u8> {
    format!(
        "Message-ID: <{attempt}@own.example>\r\nDate: Sat, 21 Nov 2026 10:0{attempt}:00 +0900\r\n\
         From: suzuki@own.example\r\nTo: Priya Raman <priya.raman@client.example>\r\nSubject: Thanks\r\n\
         Content-Type: multipart/mixed; boundary=\"b{attempt}\"\r\n\r\n--b{attempt}\r\nContent-Type: text/plain\r\n\r\n\
         Hi Mark,\r\n\r\n{words}\r\n--b{attempt}\r\nContent-Type: application/pdf\r\n\
         Content-Disposition: attachment; filename=a.pdf\r\n\r\nfile\r\n--b{attempt}--\r\n"
    )
    .into_bytes()
}

#[tokio::test]
async fn the_same_mail_again_confirms_and_another_one_does_not() {
    let relay = Relay::with("[policy]\nerror = \"return\"\n").await;
    let mut client = relay.client().await;
    let reply = client.send(TO, &multipart(1, "Thanks.")).await;
    let lines: Vec<&str> = reply.split("\r\n").collect();
    assert!(lines[0].starts_with("550-5.7.1 [atena] The greeting names ") && lines[0].is_ascii(), "{reply}");
    assert!(lines[0].ends_with("Fix it, or send again within 10 min to confirm"), "{reply}");
    assert!(lines.len() >= 2 && lines[1].starts_with("550 5.7.1 - "), "{reply}");

    assert!(client.send(TO, &multipart(2, "Thanks, all.")).await.starts_with("550-"), "changed words");
    let both = [TO[0], "sarah.chen@client.example"];
    assert!(client.send(&both, &multipart(2, "Thanks.")).await.starts_with("550-"), "one more recipient");
    let mut other = relay.client().await;
    let reply = other.send(TO, &multipart(3, "Thanks.")).await;
    assert!(reply.starts_with("250 2.0.0 Sent: "), "the same mail passes, over another connection too: {reply}");
    let mails = relay.sink.mails();
    assert_eq!(mails.last().unwrap().raw, multipart(3, "Thanks."));
    assert!(client.send(TO, &multipart(4, "Thanks.")).await.starts_with("550-"), "one confirmation, one mail");
    assert!(relay.stored().await.is_empty(), "a returned mail is its author's");
}

#[tokio::test]
async fn a_confirmed_mail_that_the_next_server_refuses_stays_confirmed() {
    let relay = Relay::with("[policy]\nerror = \"return\"\n").await;
    let to = ["priya.raman@client.example", "tempfail-451@client.example"];
    let text = String::from_utf8(MISADDRESSED.to_vec()).unwrap();
    let raw = text.replace("client.example>\r\n", "client.example>, Priya Raman <tempfail-451@client.example>\r\n");
    let mut client = relay.client().await;
    assert!(client.send(&to, raw.as_bytes()).await.starts_with("550"), "returned");
    assert!(client.send(&to, raw.as_bytes()).await.starts_with("451"), "confirmed, but refused for now");
    assert!(client.send(&to, raw.as_bytes()).await.starts_with("451"), "nobody has to confirm twice");
}

#[tokio::test]
async fn japanese_follows_the_first_line_unless_replies_are_ascii() {
    let japanese = "language = \"ja\"\n";
    let policy = "[policy]\nerror = \"reject\"\n";
    for (utf8, expected) in [("true", true), ("false", false)] {
        let sink = crate::support::sink::Sink::start(crate::support::sink::SinkOptions::default()).await;
        let account = crate::relay::account(&sink, policy);
        let serve = format!("{japanese}[serve]\nlisten = \"127.0.0.1:0\"\nutf8_replies = {utf8}\n{account}");
        let relay = Relay::run(sink, &serve).await;
        let mut client = relay.client().await;
        for _ in 0..2 {
            let reply = client.send(TO, MISADDRESSED).await;
            assert!(reply.starts_with("554-5.7.1 [atena] "), "a rejected mail does not pass the second time: {reply}");
            assert!(reply.lines().next().unwrap().is_ascii());
            assert_eq!(reply.contains("宛名は"), expected, "{reply}");
        }
        assert!(relay.sink.mails().is_empty() && relay.stored().await.is_empty());
    }
}

#[tokio::test]
async fn a_mail_that_cannot_be_checked_is_held_never_passed() {
    let relay = Relay::start().await;
    let bomb = format!("From: a@own.example\r\n{}\r\nHi\r\n", "Content-Type: message/rfc822\r\n\r\n".repeat(200));
    let reply = relay.client().await.send(TO, bomb.as_bytes()).await;
    assert!(reply.starts_with("250 2.0.0 Kept for review"), "{reply}");
    let held = relay.comes_to(State::Held).await;
    assert!(held.findings_json.contains("check-failed"));
    assert!(relay.sink.mails().is_empty());
}

#[tokio::test]
async fn a_mail_that_allows_a_finding_passes_without_the_line_that_said_so() {
    let relay = Relay::with("[policy]\nallow_header = true\n").await;
    let mut client = relay.client().await;
    let allowing = [b"X-Atena-Allow: greeting-mismatch he answers\r\n for her\r\n".as_slice(), MISADDRESSED].concat();
    assert!(client.send(TO, &allowing).await.starts_with("250 2.0.0 Sent: "));
    assert_eq!(relay.sink.mails().last().unwrap().raw, MISADDRESSED);
    let other = [b"X-Atena-Allow: excuse no reason\r\n".as_slice(), MISADDRESSED].concat();
    assert!(!client.send(TO, &other).await.contains("Sent"), "another rule's allowance helps nothing");
    assert_eq!(relay.sink.mails().len(), 1);
    let kept = relay.stored().await;
    assert_eq!(kept.len(), 1);

    let strict = Relay::with("").await;
    assert!(
        !strict.client().await.send(TO, &allowing).await.contains("Sent"),
        "the header counts only when configured"
    );
    assert!(strict.sink.mails().is_empty());
}
