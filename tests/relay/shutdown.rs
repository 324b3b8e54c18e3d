//! An orderly end: what was begun is finished, nothing new is begun.

use crate::plain;
use crate::relay::Relay;

const TO: &[&str] = &["priya.raman@client.example"];

#[tokio::test]
async fn a_mail_that_was_begun_is_finished_and_idle_clients_are_told() {
    let relay = Relay::start().await;
    let mut idle = relay.client().await;
    let mut busy = relay.client().await;
    busy.begin(TO, &plain("last")).await;
    relay.ask_to_stop();
    assert!(idle.reply().await.starts_with("421 4.3.2 "), "who has begun nothing is sent away at once");
    let reply = busy.say(".").await;
    assert!(reply.starts_with("250 2.0.0 Sent"), "{reply}");
    assert!(busy.reply().await.starts_with("421 4.3.2 "), "but the next mail is not begun");
    let address = relay.address;
    let sink = relay.stop().await;
    assert_eq!(sink.mails().len(), 1);
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn the_end_does_not_wait_for_ever() {
    let relay = Relay::start().await;
    let mut client = relay.client().await;
    client.begin(TO, &plain("never ends")).await;
    let started = std::time::Instant::now();
    let sink = relay.stop().await;
    assert!(started.elapsed() < std::time::Duration::from_secs(30));
    assert!(client.reply().await.starts_with("421 4.3.2 "));
    assert!(sink.mails().is_empty(), "half a mail is no mail");
}
