//! Blind recipients, names and words stay out of headers, out of other copies, and out of the log.

use crate::plain;
use crate::relay::Relay;
use crate::support::log::Log;

#[tokio::test]
async fn blind_recipients_reach_the_envelope_and_nothing_else() {
    let log = Log::of_process();
    let relay = Relay::start().await;
    let mut client = relay.client().await;
    let to = ["priya.raman@client.example", "blind-one@secret.example"];
    let raw = plain("Kingfisher");
    assert!(client.send(&to, &raw).await.starts_with("250 2.0.0 Sent"));
    let mail = &relay.sink.mails()[0];
    assert_eq!(mail.recipients, to);
    assert_eq!(mail.raw, raw, "no header was added");
    // Held, returned and refused mails are logged too.
    let held = String::from_utf8(plain("Kingfisher")).unwrap().replace("Hi Priya,", "Hi {{name}},");
    assert!(client.send(&to, held.as_bytes()).await.starts_with("250 2.0.0 Kept"));
    assert!(client.send(&["refuse-550+blind-two@secret.example"], &raw).await.starts_with("550"));
    let id = relay.comes_to(atena::store::State::Held).await.id;
    relay.store.release(&id, jiff::Timestamp::now(), None).await.unwrap();
    relay.sink.wait_for(2).await;
    relay.stop().await;
    let text = log.text();
    assert!(
        text.contains("placeholder-left") && text.contains("verdict=\"hold\""),
        "the log says what happened: {text}"
    );
    for secret in ["blind-one", "blind-two", "secret.example", "Kingfisher", "suzuki", "priya"] {
        assert!(!text.contains(secret), "{secret} is in the log");
    }
}

#[tokio::test]
async fn a_client_that_is_sent_away_is_in_the_log_without_its_words() {
    let log = Log::of_process();
    let relay = Relay::with_serve("max_errors = 2\n").await;
    let mut client = relay.client().await;
    for _ in 0..3 {
        client.say("RCPT TO:<kestrel@client.example>").await;
    }
    assert_eq!(client.reply().await, "", "it is closed");
    relay.stop().await;
    let text = log.text();
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("a connection was ended")).collect();
    assert!(lines.iter().any(|line| line.contains("peer=127.0.0.1") && line.contains("Too many errors")), "{lines:?}");
    assert!(!text.contains("kestrel"), "{lines:?}");
}
