//! What a client hears when the next server refuses, stalls, or goes away; and that nothing is delivered behind it.

use std::sync::Arc;
use std::time::Duration;

use atena::gate::{Gate, setup};
use atena::message::{Address, Envelope};
use atena::outbox::{Attempt, Sender};
use atena::store::{Initial, NewMail, State, Store};
use atena::upstream::Outcome;

use crate::plain;
use crate::relay::Relay;
use crate::support::sink::{Sink, SinkOptions};

#[tokio::test]
async fn one_refused_recipient_and_nobody_gets_the_mail() {
    let relay = Relay::start().await;
    let mut client = relay.client().await;
    let to = ["priya.raman@client.example", "refuse-550+ito@client.example"];
    let reply = client.send(&to, &plain("lunch")).await;
    assert!(reply.starts_with("550") && reply.contains("<refuse-550+ito@client.example>"), "{reply}");
    assert!(!reply.contains("priya.raman"), "only the refused one is named: {reply}");
    assert!(reply.contains("nothing was sent to anyone") && reply.contains("the sink says 550"), "{reply}");
    assert!(relay.sink.mails().is_empty() && relay.stored().await.is_empty());
    assert!(client.send(&to[..1], &plain("lunch")).await.starts_with("250 "), "the next mail is not affected");
}

#[tokio::test]
async fn a_refusal_is_passed_on_with_its_code() {
    let relay = Relay::start().await;
    let mut client = relay.client().await;
    for (recipient, code) in [("dot-552", "552 "), ("dot-451", "451 "), ("dot-421", "451 "), ("data-554", "554 ")] {
        let reply = client.send(&[&format!("{recipient}@client.example")], &plain("lunch")).await;
        assert!(reply.starts_with(code), "{recipient}: {reply}");
    }
    let stored = relay.stored().await;
    let sink = relay.stop().await;
    assert!(sink.mails().is_empty() && stored.is_empty(), "refused is refused: nothing is delivered later");
}

#[tokio::test]
async fn a_lost_answer_is_told_and_the_mail_is_not_sent_again() {
    let relay = Relay::with("[policy]\nwhen_unreachable = \"queue\"\n").await;
    let reply = relay.client().await.send(&["hangup-after-dot@client.example"], &plain("lunch")).await;
    assert!(reply.starts_with("451 4.3.0 ") && reply.contains("may have arrived"), "{reply}");
    assert!(relay.stored().await.is_empty(), "queued, it would go twice without anybody knowing");
    let sink = relay.stop().await;
    assert_eq!(sink.mails().len(), 1);
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_told_or_waited_for() {
    for (policy, code) in [("", "451 "), ("[policy]\nwhen_unreachable = \"queue\"\n", "250 2.0.0 Queued")] {
        let gone = Sink::start(SinkOptions::default()).await;
        let text = format!("[serve]\nlisten = \"127.0.0.1:0\"\n{}", crate::relay::account(&gone, policy));
        drop(gone);
        let relay = Relay::run(Sink::start(SinkOptions::default()).await, &text).await;
        let reply = relay.client().await.send(&["priya.raman@client.example"], &plain("lunch")).await;
        assert!(reply.starts_with(code), "{reply}");
        let states: Vec<State> = relay.stored().await.iter().map(|mail| mail.state).collect();
        assert_eq!(states, if policy.is_empty() { vec![] } else { vec![State::Ready] });
    }
}

#[tokio::test]
async fn a_hang_up_in_the_middle_is_a_451_and_leaves_nothing_behind() {
    let relay = Relay::start().await;
    for recipient in ["hangup-rcpt", "hangup-data"] {
        let reply = relay.client().await.send(&[&format!("{recipient}@client.example")], &plain("lunch")).await;
        assert!(reply.starts_with("451 "), "{recipient}: {reply}");
    }
    let stored = relay.stored().await;
    let sink = relay.stop().await;
    assert!(sink.mails().is_empty() && stored.is_empty());
}

#[tokio::test]
async fn a_slow_server_holds_up_nobody_else() {
    let relay = Relay::start().await;
    let mut slow = relay.client().await;
    slow.begin(&["stall-dot@client.example"], &plain("slow")).await;
    slow.write(b".\r\n").await;
    relay.sink.wait_for(1).await;
    let mut quick = relay.client().await;
    assert!(quick.send(&["priya.raman@client.example"], &plain("quick")).await.starts_with("250 "));
}

#[tokio::test]
async fn an_attempt_that_slept_through_its_lease_sends_no_dot() {
    let relay = Relay::start().await;
    // A store of its own, so that no other outbox takes the mail.
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let gate = Gate::new(&relay.config, setup::rules(&relay.config).unwrap().into(), store.clone()).unwrap();
    let now = jiff::Timestamp::now();
    let envelope = Envelope {
        sender: Some(Address::parse("suzuki@own.example").unwrap()),
        recipients: vec![Address::parse("sato@client.example").unwrap()],
        ..Envelope::default()
    };
    let mail = NewMail::new(envelope, plain("lunch"), Initial::Ready { not_before: None }, now);
    store.hold(mail).await.unwrap();
    let claim = store.claim(now, Duration::ZERO, "this one").await.unwrap().unwrap();
    let attempt = Sender::send(&Arc::new(gate), &claim).await;
    assert!(matches!(attempt, Attempt::Ended(Outcome::TryLater(ref answer)) if !answer.uncertain), "{attempt:?}");
    assert!(relay.stop().await.mails().is_empty());
}
