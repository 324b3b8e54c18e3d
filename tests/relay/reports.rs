//! What authors are told about mail after it was taken, and delivery reports as their programs ask for them (RFC 3461).

use atena::store::State;

use crate::relay::Relay;
use crate::support::sink::SinkOptions;
use crate::{MISADDRESSED, plain};

fn with_reports() -> SinkOptions {
    let mut options = SinkOptions::default();
    options.extensions.push("DSN".to_owned());
    options
}

/// A mail with wishes about reports; the reply to its dot.
async fn send_with_wishes(relay: &Relay, notify: &str) -> String {
    let mut client = relay.client().await;
    assert!(client.say("MAIL FROM:<suzuki@own.example> RET=HDRS ENVID=QQ1").await.starts_with("250 "));
    let rcpt = format!("RCPT TO:<priya.raman@client.example> NOTIFY={notify} ORCPT=rfc822;priya@client.example");
    assert!(client.say(&rcpt).await.starts_with("250 "));
    assert!(client.say("DATA").await.starts_with("354 "));
    client.write(&plain("lunch")).await;
    client.say(".").await
}

#[tokio::test]
async fn wishes_go_to_a_server_that_fulfils_them() {
    let relay = Relay::with_sink(with_reports(), "").await;
    assert!(send_with_wishes(&relay, "SUCCESS,FAILURE").await.starts_with("250 2.0.0 Sent"));
    let commands = relay.sink.commands();
    let has = |part: &str| commands.iter().any(|command| command.contains(part));
    assert!(has("RET=HDRS ENVID=QQ1"), "{commands:?}");
    assert!(has("NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;priya@client.example"), "{commands:?}");
    assert!(relay.stored().await.is_empty(), "the server reports, not we");
}

#[tokio::test]
async fn where_the_server_reports_nothing_the_author_hears_that_it_was_handed_on() {
    let relay = Relay::start().await;
    assert!(send_with_wishes(&relay, "SUCCESS").await.starts_with("250 2.0.0 Sent"));
    let mails = relay.sink.wait_for(2).await;
    assert!(relay.sink.violations().is_empty(), "{:?}", relay.sink.violations());
    let (notice, text) = (&mails[1], String::from_utf8_lossy(&mails[1].raw).into_owned());
    assert_eq!((notice.sender.as_str(), notice.recipients.as_slice()), ("", &["suzuki@own.example".to_owned()][..]));
    for part in ["Action: relayed", "Original-Envelope-Id: QQ1", "Original-Recipient: rfc822;priya@client.example"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[tokio::test]
async fn a_released_mail_that_is_refused_comes_back_as_a_notice() {
    let relay = Relay::start().await;
    let mut client = relay.client().await;
    let to = ["priya.raman@client.example", "dot-554@client.example"];
    assert!(client.send(&to, MISADDRESSED).await.starts_with("250 2.0.0 Kept"));
    let id = relay.comes_to(State::Held).await.id;
    relay.store.release(&id, jiff::Timestamp::now(), None).await.unwrap();
    let mails = relay.sink.wait_for(1).await;
    let text = String::from_utf8_lossy(&mails[0].raw).into_owned();
    assert_eq!(mails[0].recipients, ["suzuki@own.example"]);
    assert!(text.contains("554 5.5.0 the sink says 554") && text.contains("Action: failed"), "{text}");
    assert!(text.contains(&format!("atena held show {id}")) && !text.contains("Thanks for the call"), "{text}");
    assert_eq!(relay.comes_to(State::Failed).await.id, id, "and it is still there");
}

#[tokio::test]
async fn a_server_that_takes_nothing_from_nobody_takes_the_notice_from_its_author() {
    let options = SinkOptions { refuses_null_path: true, ..SinkOptions::default() };
    let relay = Relay::with_sink(options, "").await;
    let mut client = relay.client().await;
    assert!(client.send(&["dot-554+priya@client.example"], MISADDRESSED).await.starts_with("250 2.0.0 Kept"));
    let id = relay.comes_to(State::Held).await.id;
    relay.store.release(&id, jiff::Timestamp::now(), None).await.unwrap();
    let mails = relay.sink.wait_for(1).await;
    assert_eq!((mails[0].sender.as_str(), mails[0].recipients.len()), ("suzuki@own.example", 1));
}

#[tokio::test]
async fn a_notice_that_fails_makes_no_other_notice() {
    let relay = Relay::start().await;
    let mut client = relay.client().await;
    // Its author's own address is refused as well.
    client.say("MAIL FROM:<refuse-550+suzuki@own.example>").await;
    assert!(client.say("RCPT TO:<dot-554@client.example>").await.starts_with("250 "));
    client.say("DATA").await;
    client.write(MISADDRESSED).await;
    assert!(client.say(".").await.starts_with("250 2.0.0 Kept"));
    let id = relay.comes_to(State::Held).await.id;
    relay.store.release(&id, jiff::Timestamp::now(), None).await.unwrap();
    for _ in 0..1000 {
        let states: Vec<State> = relay.stored().await.iter().map(|mail| mail.state).collect();
        if states == [State::Failed, State::Failed] {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{:?}", relay.stored().await);
}
