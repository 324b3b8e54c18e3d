//! A server that stalls, hangs up or talks out of turn.

use std::time::{Duration, Instant};

use super::support::sink::Opening;
use super::*;

async fn opening(opening: Opening) -> Outcome {
    let sink = Sink::start(SinkOptions { opening, ..SinkOptions::default() }).await;
    let started = Instant::now();
    let outcome = to(&sink, quick()).send(&envelope(&["sato@a.test"]), MAIL, None).await;
    assert!(started.elapsed() < Duration::from_secs(20), "{opening:?} took {:?}", started.elapsed());
    outcome
}

#[tokio::test]
async fn a_server_that_does_not_open_is_tried_later() {
    for stall in [Opening::StallGreeting, Opening::StallEhlo] {
        let answer = later(opening(stall).await);
        assert!(answer.text.contains("did not answer in time"), "{stall:?}: {}", answer.text);
        assert_eq!((answer.code, answer.uncertain), (None, false));
    }
    assert_eq!(later(opening(Opening::Greeting(421)).await).code, Some(421));
    // It says nothing about the mail: a released one must not fail for it.
    let answer = later(opening(Opening::Greeting(554)).await);
    assert_eq!((answer.code, answer.text.as_str()), (Some(554), "the sink says 554"));
}

#[tokio::test]
async fn nobody_listening_is_said() {
    // Bound and closed again, so that nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let answer =
        later(at(&format!("smtp://127.0.0.1:{port}"), quick()).send(&envelope(&["sato@a.test"]), MAIL, None).await);
    assert_eq!(answer.text, format!("cannot reach smtp://127.0.0.1:{port}: connection refused"));
}

#[tokio::test]
async fn stalls_and_hangups_before_the_dot_are_certain() {
    for options in [SinkOptions::default(), without("PIPELINING")] {
        let sink = Sink::start(options).await;
        let upstream = to(&sink, quick());
        for (name, what) in [
            ("stall-rcpt", "did not answer in time"),
            ("stall-data", "did not answer in time"),
            ("hangup-rcpt", "closed the connection"),
            ("garbage-reply", "not an SMTP reply"),
            ("endless-reply", "without end"),
        ] {
            let answer = later(upstream.send(&envelope(&["sato@a.test", &format!("{name}@a.test")]), MAIL, None).await);
            assert!(answer.text.contains(what), "{name}: {}", answer.text);
            assert_eq!((answer.code, answer.uncertain), (None, false), "{name}");
        }
        for sender in ["stall-mail@sender.test", "hangup-mail@sender.test"] {
            let sender = Some(Address::parse(sender).unwrap());
            later(upstream.send(&Envelope { sender, ..envelope(&["sato@a.test"]) }, MAIL, None).await);
        }
        assert!(sink.mails().is_empty());
        sent(upstream.send(&envelope(&["sato@a.test"]), MAIL, None).await);
        assert_eq!(sink.wait_for(1).await.len(), 1);
    }
}

#[tokio::test]
async fn a_server_that_goes_amid_the_text_has_not_got_the_mail() {
    // More than the buffers on the way can take, so that the dot cannot have left.
    let raw = [b"a\r\n".as_slice(), &vec![b'x'; 30_000_000]].concat();
    for (name, what) in
        [("hangup-data@a.test", "closed the connection"), ("stall-text@a.test", "did not answer in time")]
    {
        let sink = Sink::start(SinkOptions::default()).await;
        let answer = later(to(&sink, quick()).send(&envelope(&[name]), &raw, None).await);
        assert!(answer.text.contains(what), "{name}: {}", answer.text);
        assert!(!answer.uncertain && sink.mails().is_empty(), "{name}");
    }
}

#[tokio::test]
async fn a_server_may_turn_the_mail_down_before_its_end() {
    let sink = Sink::start(SinkOptions::default()).await;
    let upstream = to(&sink, Options::default());
    let raw = b"a\r\n".repeat(1_000_000);
    let answer = refused(upstream.send(&envelope(&["early-552@a.test"]), &raw, None).await);
    assert_eq!((answer.code, answer.text.as_str()), (Some(552), "the sink says 552"));
    let answer = later(upstream.send(&envelope(&["early-452@a.test"]), &raw, None).await);
    assert_eq!((answer.code, answer.uncertain), (Some(452), false));
    assert!(sink.mails().is_empty());
}

#[tokio::test]
async fn after_the_dot_nobody_knows() {
    for (name, arrived) in [("stall-dot@a.test", 1), ("hangup-after-dot@a.test", 1), ("hangup-data@a.test", 0)] {
        let sink = Sink::start(SinkOptions::default()).await;
        let upstream = to(&sink, quick());
        let answer = later(upstream.send(&envelope(&[name]), MAIL, None).await);
        assert!(answer.uncertain, "{name}");
        // It was not sent a second time.
        assert_eq!((sink.mails().len(), sink.connections()), (arrived, 1), "{name}");
    }
}

#[tokio::test]
async fn two_replies_to_one_command_end_the_connection() {
    for options in [SinkOptions::default(), without("PIPELINING")] {
        let sink = Sink::start(options).await;
        let upstream = to(&sink, Options::default());
        let answer = later(upstream.send(&envelope(&["double-reply@a.test"]), MAIL, None).await);
        assert!(answer.text.contains("more than one reply"), "{}", answer.text);
        assert!(sink.mails().is_empty());
        let before = sink.connections();
        sent(upstream.send(&envelope(&["sato@a.test"]), MAIL, None).await);
        assert_eq!(sink.connections(), before + 1);
    }
}

#[tokio::test]
async fn a_second_reply_to_the_dot_does_not_undo_the_first() {
    let sink = Sink::start(SinkOptions::default()).await;
    let upstream = to(&sink, Options { idle_lifetime: Duration::from_secs(3600), ..Options::default() });
    for count in 1..=3 {
        sent(upstream.send(&envelope(&["double-dot@a.test"]), MAIL, None).await);
        // Such a connection is not kept.
        sink.wait_until_idle().await;
        let refused_next = upstream.send(&envelope(&["refuse-550@a.test"]), MAIL, None).await;
        assert_eq!(refused(refused_next).code, Some(550), "the surplus reply was taken for another one");
        sink.hang_up(b"").await;
        assert_eq!(sink.mails().len(), count);
    }
}

#[tokio::test]
async fn a_mail_nobody_wants_sent_any_more_gets_no_dot() {
    let sink = Sink::start(SinkOptions::default()).await;
    let upstream = to(&sink, quick());
    for raw in [MAIL, b""] {
        let answer = later(upstream.send_if(&envelope(&["sato@a.test"]), raw, None, &|| false).await);
        assert!(!answer.uncertain && answer.text.contains("nothing was sent"), "{answer:?}");
    }
    sent(upstream.send_if(&envelope(&["sato@a.test"]), MAIL, None, &|| true).await);
    assert_eq!(sink.wait_for(1).await.len(), 1, "the connection of the one before was not used again");
}
