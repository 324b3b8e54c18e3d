//! The sender, or a reviewer, gets one mail for each that is held, and no other follows from it.

use atena::store::State;
use jiff::Timestamp;

use crate::relay::Relay;
use crate::support::sink::{Received, SinkOptions};
use crate::{MISADDRESSED, TO, hold};

async fn relay(to: &str, more: &str) -> Relay {
    Relay::with(&format!("[web]\nlisten = \"127.0.0.1:0\"\n[notify]\nmail = \"{to}\"\n{more}")).await
}

/// Header and text, decoded.
fn read(mail: &Received) -> (String, String) {
    let message = mail_parser::MessageParser::default().parse(&mail.raw).unwrap();
    let raw = String::from_utf8_lossy(&mail.raw).into_owned();
    (raw.split_once("\r\n\r\n").unwrap().0.to_owned(), message.body_text(0).unwrap().into_owned())
}

#[tokio::test]
async fn the_sender_hears_of_a_held_mail_with_all_its_recipients() {
    let relay = relay("sender", "").await;
    let id = hold(&relay).await;
    let mails = relay.sink.wait_for(1).await;
    assert!(relay.sink.violations().is_empty(), "{:?}", relay.sink.violations());
    let notice = &mails[0];
    assert_eq!((notice.sender.as_str(), &notice.recipients[..]), ("", &["suzuki@own.example".to_owned()][..]));
    let (header, text) = read(notice);
    assert!(
        header.contains("Auto-Submitted: auto-generated") && header.contains("Subject: Mail held: Kingfisher"),
        "{header}"
    );
    assert!(header.contains("suzuki@own.example") && !header.contains("Bcc"), "{header}");
    let link = format!("http://{}/mail/{id}", relay.page.unwrap());
    for part in ["To: Priya Raman <priya.raman@client.example>", "Bcc: blind-one@secret.example", "“Mark”", &link] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("wren"), "no text of the mail: {text}");
    // It is neither checked nor held, and nothing follows from it.
    relay.comes_to(State::Sent).await;
    let states: Vec<State> = relay.stored().await.iter().map(|mail| mail.state).collect();
    assert_eq!(states, [State::Sent, State::Held]);
    let relay = relay.restart().await;
    hold_again(&relay).await;
    assert_eq!(relay.sink.wait_for(2).await.len(), 2, "one for each that is held");
}

/// Another recipient, so that it is another mail.
async fn hold_again(relay: &Relay) {
    let mut client = relay.client().await;
    let reply = client.send(&["other@client.example"], MISADDRESSED.as_bytes()).await;
    assert!(reply.starts_with("250 2.0.0 Kept"), "{reply}");
}

#[tokio::test]
async fn a_reviewer_is_shown_no_blind_copies() {
    let relay = relay("review@own.example", "").await;
    hold(&relay).await;
    let mails = relay.sink.wait_for(1).await;
    assert_eq!(mails[0].recipients, ["review@own.example"]);
    let (header, text) = read(&mails[0]);
    assert!(text.contains("To: Priya Raman <priya.raman@client.example>") && text.contains("From: suzuki@own.example"));
    let raw = String::from_utf8_lossy(&mails[0].raw).to_lowercase();
    for hidden in ["blind", "bcc", "secret.example"] {
        assert!(!raw.contains(hidden) && !text.to_lowercase().contains(hidden), "{hidden}: {header}\n{text}");
    }
    // Remarks may be about somebody in blind copy: the rule alone is named.
    assert!(text.contains("Why:") && !text.contains("Mark"), "{text}");
}

#[tokio::test]
async fn a_reviewer_of_a_mail_without_blind_copies_reads_what_is_wrong() {
    let relay = relay("review@own.example", "").await;
    let mut client = relay.client().await;
    assert!(client.send(&TO[..1], MISADDRESSED.as_bytes()).await.starts_with("250 2.0.0 Kept"));
    let (_, text) = read(&relay.sink.wait_for(1).await[0]);
    assert!(text.contains("“Mark”"), "{text}");
}

#[tokio::test]
async fn what_was_answered_with_an_error_makes_no_notice() {
    let relay =
        relay("sender", "[policy]\nwarning = \"return\"\n[rules.greeting-mismatch]\nverdict = \"return\"\n").await;
    let mut client = relay.client().await;
    let reply = client.send(&TO[..1], MISADDRESSED.as_bytes()).await;
    assert!(reply.starts_with("550"), "{reply}");
    // The first notice is that of a mail that is held.
    let held = MISADDRESSED.replace("Hi Mark,", "Hi {{name}},").replace("Kingfisher", "Bittern");
    assert!(client.send(&TO[..1], held.as_bytes()).await.starts_with("250 2.0.0 Kept"));
    assert!(read(&relay.sink.wait_for(1).await[0]).0.contains("Bittern"));
}

#[tokio::test]
async fn a_server_that_takes_nothing_from_nobody_takes_it_from_the_mails_sender() {
    let options = SinkOptions { refuses_null_path: true, ..SinkOptions::default() };
    let relay = Relay::with_sink(options, "[notify]\nmail = \"review@own.example\"\n").await;
    hold(&relay).await;
    let mails = relay.sink.wait_for(1).await;
    assert_eq!(
        (mails[0].sender.as_str(), &mails[0].recipients[..]),
        ("suzuki@own.example", &["review@own.example".to_owned()][..])
    );
}

#[tokio::test]
async fn a_notice_that_fails_makes_no_other_and_a_mail_from_nobody_makes_none() {
    let relay = relay("refuse-550@own.example", "").await;
    let mut client = relay.client().await;
    client.say("MAIL FROM:<>").await;
    assert!(client.say("RCPT TO:<priya.raman@client.example>").await.starts_with("250 "));
    client.say("DATA").await;
    client.write(MISADDRESSED.as_bytes()).await;
    assert!(client.say(".").await.starts_with("250 2.0.0 Kept"));
    let id = hold(&relay).await;
    let failed = relay.comes_to(State::Failed).await;
    assert_eq!(failed.subject, "Mail held: Kingfisher");
    relay.store.drop_mail(&id, Timestamp::now()).await.unwrap();
    hold_again(&relay).await;
    // Four mails and the notices of two of them.
    for _ in 0..1000 {
        let states: Vec<State> = relay.stored().await.iter().map(|mail| mail.state).collect();
        if states.iter().filter(|state| **state == State::Failed).count() == 2 {
            assert_eq!(states.len(), 5, "{states:?}");
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{:?}", relay.stored().await);
}
