//! A program is told, with proof of who tells it, and holds nothing up.

use atena::gate::feedback::Feedback;
use atena::store::{Release, State};
use jiff::Timestamp;
use serde_json::json;

use crate::receiver::{Answer, Receiver};
use crate::relay::{Relay, account, config};
use crate::support::Authority;
use crate::support::sink::{Sink, SinkOptions};
use crate::{TO, hold, plain};

/// A relay with its page, that tells this receiver; `more` in `[notify]`.
async fn relay(receiver: &Receiver, more: &str) -> Relay {
    let address = receiver.address;
    Relay::with(&format!(
        "[web]\nlisten = \"127.0.0.1:0\"\n[notify]\nwebhook = \"http://{address}/hooks/7c1f?thread=1\"\n{more}"
    ))
    .await
}

#[tokio::test]
async fn a_held_mail_is_told_with_a_signature_and_without_its_words_and_recipients() {
    let receiver = Receiver::answering(&[]).await;
    let relay = relay(&receiver, "webhook_secret_command = \"echo hunter2\"\n").await;
    let id = hold(&relay).await;
    let told = receiver.wait_for(1).await.remove(0);
    assert_eq!((told.path.as_str(), told.event().as_str()), ("/hooks/7c1f?thread=1", "held"));
    assert_eq!(told.field("host"), receiver.address.to_string());
    assert!(told.field("content-type").starts_with("application/json"));
    let now = Timestamp::now().as_second();
    assert!(told.is_signed("hunter2", now) && !told.is_signed("hunter3", now) && !told.is_signed("hunter2", now + 600));
    let body = told.json();
    let link = format!("http://{}/mail/{id}", relay.page.unwrap());
    assert_eq!((&body["version"], &body["link"]), (&json!(1), &json!(link)));
    assert_eq!(
        body["mail"],
        json!({
            "id": id.as_str(), "state": "held", "subject": "Kingfisher", "from": "suzuki@own.example",
            "recipients": 2, "outside": 2, "organisations": 2,
        })
    );
    let reasons = body["reasons"].as_array().unwrap();
    assert!(reasons.iter().any(|reason| reason["rule"] == "greeting-mismatch" && reason["level"] == "error"), "{body}");
    let text = body["text"].as_str().unwrap();
    assert!(text.contains("Mail held: “Kingfisher”") && text.ends_with(&link), "{text}");
    for private in ["priya", "blind", "secret.example", "wren", "Mark", "hunter2"] {
        assert!(!told.body.to_lowercase().contains(&private.to_lowercase()), "{private}: {}", told.body);
    }
}

#[tokio::test]
async fn without_a_secret_nothing_is_signed() {
    let receiver = Receiver::answering(&[]).await;
    let relay = relay(&receiver, "").await;
    hold(&relay).await;
    assert_eq!(receiver.wait_for(1).await[0].find("x-atena-signature"), None);
}

#[tokio::test]
async fn what_happens_is_told_in_order_and_only_what_was_asked_for() {
    let receiver = Receiver::answering(&[]).await;
    let relay = relay(&receiver, "webhook_events = [\"held\", \"released\", \"sent\", \"dropped\"]\n").await;
    let mut client = relay.client().await;
    assert!(client.send(&TO, &plain("passes")).await.starts_with("250 2.0.0 Sent"));
    let id = hold(&relay).await;
    let feedback = Feedback::new(relay.store.clone(), &relay.config);
    feedback.release(&id, Release::default(), Timestamp::now()).await.unwrap();
    relay.comes_to(State::Sent).await;
    let other = hold(&relay).await;
    feedback.drop_mail(&other, false, Timestamp::now()).await.unwrap();
    let told = receiver.wait_for(5).await;
    let told: Vec<_> = told.iter().map(|told| (told.event(), told.json()["mail"]["id"].clone())).collect();
    let (id, other) = (json!(id.as_str()), json!(other.as_str()));
    let expected = [("held", &id), ("released", &id), ("sent", &id), ("held", &other), ("dropped", &other)];
    assert_eq!(told, expected.map(|(event, id)| (event.to_owned(), id.clone())));
}

#[tokio::test]
async fn who_is_busy_is_told_again_and_knows_it_by_its_number() {
    let receiver = Receiver::answering(&[Answer::Status(503)]).await;
    let relay = relay(&receiver, "").await;
    hold(&relay).await;
    let told = receiver.wait_for(2).await;
    assert_eq!((told[0].event(), &told[0].body), (told[1].event(), &told[1].body));
    assert_eq!(told[0].field("x-atena-delivery"), told[1].field("x-atena-delivery"));
}

#[tokio::test]
async fn redirects_are_not_followed_and_refusals_not_repeated() {
    let other = Receiver::answering(&[]).await;
    let elsewhere = Answer::Elsewhere(format!("http://{}/there", other.address));
    let receiver = Receiver::answering(&[elsewhere, Answer::Status(404)]).await;
    let relay = relay(&receiver, "webhook_events = [\"held\", \"dropped\"]\n").await;
    let id = hold(&relay).await;
    relay.store.drop_mail(&id, Timestamp::now()).await.unwrap();
    let third = hold(&relay).await;
    // One request for each event: the third is told although the first two were not taken.
    let told = receiver.wait_for(3).await;
    assert_eq!(told.iter().map(|told| told.event()).collect::<Vec<_>>(), ["held", "dropped", "held"]);
    assert_eq!(told[2].json()["mail"]["id"], third.as_str());
    assert!(other.told().is_empty());
}

#[tokio::test]
async fn a_receiver_that_hangs_delays_no_mail_and_is_told_after_a_restart() {
    let receiver = Receiver::answering(&[Answer::Silence]).await;
    let relay = relay(&receiver, "mail = \"sender\"\n").await;
    let id = hold(&relay).await;
    let first = receiver.wait_for(1).await.remove(0);
    // While it hangs: a mail passes, the notice mail goes, another mail is held.
    let mut client = relay.client().await;
    assert!(client.send(&TO, &plain("passes")).await.starts_with("250 2.0.0 Sent"));
    relay.sink.wait_for(2).await;
    relay.store.drop_mail(&id, Timestamp::now()).await.unwrap();
    let other = hold(&relay).await;
    assert_eq!(receiver.told().len(), 1);
    let relay = relay.restart().await;
    let told = receiver.wait_for(3).await;
    assert_eq!(told[1].field("x-atena-delivery"), first.field("x-atena-delivery"));
    assert_eq!(told[1].json()["mail"]["state"], "dropped", "as it stands now");
    assert_eq!(told[2].json()["mail"]["id"], other.as_str());
    relay.stop().await;
}

#[tokio::test]
async fn what_was_held_before_anybody_was_to_be_told_is_not_told() {
    let receiver = Receiver::answering(&[]).await;
    let mut relay = Relay::start().await;
    hold(&relay).await;
    let more = format!("[notify]\nwebhook = \"http://{}/\"\n", receiver.address);
    let text = format!("[serve]\nlisten = \"127.0.0.1:0\"\n{}", account(&relay.sink, &more));
    let quiet = std::mem::replace(&mut relay.config, config(&text, relay.directory.path()));
    let mut relay = relay.restart().await;
    let mut client = relay.client().await;
    assert!(client.send(&["other@client.example"], crate::MISADDRESSED.as_bytes()).await.starts_with("250 2.0.0 Kept"));
    assert_eq!(receiver.wait_for(1).await[0].json()["mail"]["recipients"], 1);
    // Switched off, and on again: what happened meanwhile stays untold.
    let telling = std::mem::replace(&mut relay.config, quiet);
    let mut relay = relay.restart().await;
    hold(&relay).await;
    relay.config = telling;
    let relay = relay.restart().await;
    let mut client = relay.client().await;
    assert!(client.send(&["third@client.example"], crate::MISADDRESSED.as_bytes()).await.starts_with("250 2.0.0 Kept"));
    assert_eq!(receiver.wait_for(2).await[1].json()["mail"]["recipients"], 1);
}

#[tokio::test]
async fn over_tls_only_who_is_trusted_is_told() {
    let (authority, other) = (Authority::new(), Authority::new());
    for (trusted, is_told) in [(&authority, true), (&other, false)] {
        let receiver = Receiver::with_tls(authority.acceptor(&["127.0.0.1"])).await;
        let sink = Sink::start(SinkOptions::default()).await;
        let (address, ca) = (receiver.address, trusted.file().display());
        let more = format!("[notify]\nwebhook = \"https://{address}/\"\nwebhook_ca = \"{ca}\"\n");
        let text = format!("[serve]\nlisten = \"127.0.0.1:0\"\n{}", account(&sink, &more));
        let relay = Relay::run(sink, &text).await;
        hold(&relay).await;
        match is_told {
            true => assert_eq!(receiver.wait_for(1).await[0].event(), "held"),
            false => {
                receiver.is_distrusted().await;
                assert!(receiver.told().is_empty());
            }
        }
    }
}
