//! A next server that takes its time: what the author hears, and that no mail goes twice or against what was said.

use std::time::Duration;

use crate::client::Client;
use crate::plain;
use crate::relay::Relay;
use crate::support::sink::SinkOptions;

/// Authors wait a second.
async fn impatient(more: &str) -> Relay {
    Relay::with_serve_and("answer_timeout = \"1s\"\n", SinkOptions::default(), more).await
}

async fn sent_to(relay: &Relay, recipient: &str, mail: &[u8]) -> String {
    relay.client().await.send(&[recipient], mail).await
}

#[tokio::test]
async fn a_mail_that_was_not_given_over_in_time_is_called_back() {
    let relay = impatient("").await;
    for recipient in ["stall-rcpt@client.example", "stall-data@client.example"] {
        let reply = sent_to(&relay, recipient, &plain("lunch")).await;
        assert!(reply.starts_with("451 4.0.0 ") && reply.contains("nothing was sent"), "{recipient}: {reply}");
    }
    assert!(relay.stored().await.is_empty());
    assert!(relay.stop().await.mails().is_empty());
}

#[tokio::test]
async fn a_mail_that_was_not_given_over_in_time_is_queued_where_that_is_asked_for() {
    let relay = impatient("[policy]\nwhen_unreachable = \"queue\"\n").await;
    let reply = sent_to(&relay, "stall-data@client.example", &plain("lunch")).await;
    assert!(reply.starts_with("250 2.0.0 Queued"), "{reply}");
    assert_eq!(relay.stored().await.len(), 1);
}

#[tokio::test]
async fn a_mail_without_an_answer_is_sent_once_however_often_its_author_tries() {
    let relay = impatient("").await;
    let dressed = |id, second| {
        let dress = format!("Message-ID: <{id}@own.example>\r\nDate: Sat, 21 Nov 2026 10:00:{second} +0900\r\n");
        [dress.as_bytes(), &plain("lunch")].concat()
    };
    let (mail, again) = (dressed("first", "00"), dressed("again", "42"));
    let reply = sent_to(&relay, "slow-2500@client.example", &mail).await;
    assert!(reply.starts_with("451 4.3.0 ") && reply.contains("Send it again to hear"), "{reply}");
    let reply = sent_to(&relay, "slow-2500@client.example", &mail).await;
    assert!(reply.starts_with("451 4.3.0 ") && reply.contains("Send it again to hear"), "still on its way: {reply}");
    // A mail program makes a new Message-ID and a new date for what its user sends again.
    let reply = sent_to(&relay, "slow-2500@client.example", &again).await;
    assert_eq!(reply, "250 2.0.0 Sent: kept at last");
    assert_eq!(relay.sink.mails().len(), 1);
    // Its author has heard it: the next such mail is another one.
    let reply = sent_to(&relay, "slow-2500@client.example", &again).await;
    assert!(reply.starts_with("451 "), "{reply}");
    assert_eq!(relay.sink.wait_for(2).await.len(), 2);
}

#[tokio::test]
async fn another_mail_does_not_get_the_answer_of_the_first() {
    let relay = impatient("").await;
    assert!(sent_to(&relay, "slow-1500@client.example", &plain("lunch")).await.starts_with("451 "));
    assert!(sent_to(&relay, "slow-1500@client.example", &plain("dinner")).await.starts_with("451 "));
    assert_eq!(relay.sink.wait_for(2).await.len(), 2);
}

#[tokio::test]
async fn what_comes_later_than_a_mail_sent_again_is_another_mail() {
    let relay = impatient("[policy]\nreturn_window = \"1s\"\n").await;
    assert!(sent_to(&relay, "slow-1100@client.example", &plain("disk full")).await.starts_with("451 "));
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    // An alarm with the same words, not the same alarm: answered from the first one, it would be lost.
    sent_to(&relay, "slow-1100@client.example", &plain("disk full")).await;
    assert_eq!(relay.sink.wait_for(2).await.len(), 2);
}

#[tokio::test]
async fn a_refusal_that_came_late_is_told_once() {
    let relay = impatient("").await;
    let reply = sent_to(&relay, "slowrefusal-1500@client.example", &plain("lunch")).await;
    assert!(reply.starts_with("451 ") && reply.contains("Send it again to hear"), "{reply}");
    let reply = sent_to(&relay, "slowrefusal-1500@client.example", &plain("lunch")).await;
    assert!(reply.starts_with("554 5.5.0 the sink says 554"), "{reply}");
    assert!(relay.stop().await.mails().is_empty());
}

#[tokio::test]
async fn an_answer_that_was_lost_after_all_is_told_and_then_the_mail_goes_again() {
    let relay = impatient("").await;
    let reply = sent_to(&relay, "slowhangup-1500@client.example", &plain("lunch")).await;
    assert!(reply.starts_with("451 ") && reply.contains("Send it again to hear"), "{reply}");
    let reply = sent_to(&relay, "slowhangup-1500@client.example", &plain("lunch")).await;
    assert!(reply.starts_with("451 ") && reply.contains("may have arrived"), "{reply}");
    assert_eq!(relay.sink.mails().len(), 1, "so far once: its author decides");
    sent_to(&relay, "slowhangup-1500@client.example", &plain("lunch")).await;
    assert_eq!(relay.sink.wait_for(2).await.len(), 2);
}

#[tokio::test]
async fn a_client_that_hangs_up_hears_the_outcome_when_it_comes_again() {
    let relay = Relay::start().await;
    let mut client = relay.client().await;
    client.begin(&["slow-7000@client.example"], &plain("lunch")).await;
    client.write(b".\r\n").await;
    relay.sink.wait_for(1).await;
    client.close().await;
    // At once, as programs do that have waited long enough; and once more, before the first try has its answer.
    let mut second = relay.client().await;
    second.begin(&["slow-7000@client.example"], &plain("lunch")).await;
    second.write(b".\r\n").await;
    second.close().await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let reply = sent_to(&relay, "slow-7000@client.example", &plain("lunch")).await;
    assert_eq!(reply, "250 2.0.0 Sent: kept at last");
    assert_eq!(relay.sink.mails().len(), 1);
}

#[tokio::test]
async fn what_is_called_back_by_hanging_up_is_not_queued_either() {
    let relay = Relay::with("[policy]\nwhen_unreachable = \"queue\"\n").await;
    let mut client = relay.client().await;
    client.begin(&["stall-data@client.example"], &plain("lunch")).await;
    client.write(b".\r\n").await;
    relay.sink.wait_for_command("DATA", 1).await;
    client.close().await;
    // The same mail again takes the first one's place.
    let reply = relay.client().await.send(&["priya.raman@client.example"], &plain("lunch")).await;
    assert!(reply.starts_with("250 2.0.0 Sent"), "{reply}");
    tokio::time::sleep(Duration::from_millis(5_500)).await;
    assert!(relay.stored().await.is_empty() && relay.sink.mails().len() == 1);
}

#[tokio::test]
async fn a_relay_that_ends_tells_who_waits() {
    let relay = Relay::start().await;
    let mut client = relay.client().await;
    client.begin(&["stall-data@client.example"], &plain("lunch")).await;
    client.write(b".\r\n").await;
    relay.sink.wait_for_command("DATA", 1).await;
    relay.ask_to_stop();
    let reply = client.reply().await;
    assert!(reply.starts_with("451 ") && reply.contains("nothing was sent"), "{reply}");
    assert!(relay.stop().await.mails().is_empty());
}

#[tokio::test]
async fn a_client_that_closes_its_side_still_gets_its_answer() {
    let relay = Relay::start().await;
    let mut client: Client = relay.client().await;
    client.begin(&["slow-300@client.example"], &plain("lunch")).await;
    client.write(b".\r\nQUIT\r\n").await;
    client.close_writing().await;
    assert_eq!(client.reply().await, "250 2.0.0 Sent: kept at last");
    assert!(client.reply().await.starts_with("221 "));
}
