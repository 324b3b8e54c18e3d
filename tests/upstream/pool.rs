//! Connections are used again, and never to a mail's harm.

use std::time::Duration;

use secrecy::SecretString;

use super::*;
use atena::upstream::Login;

#[tokio::test]
async fn one_connection_serves_many_mails() {
    let sink = Sink::start(SinkOptions::default()).await;
    let upstream = to(&sink, Options::default());
    for _ in 0..50 {
        sent(upstream.clone().send(&envelope(&["sato@a.test"]), MAIL, None).await);
    }
    assert_eq!((sink.wait_for(50).await.len(), sink.connections()), (50, 1));
    clean_sink(&sink);
}

#[tokio::test]
async fn a_connection_closed_meanwhile_is_replaced() {
    let sink = Sink::start(SinkOptions::default()).await;
    let upstream = to(&sink, Options::default());
    for (count, farewell) in [&b""[..], b"421 4.4.2 idle too long\r\n", b"451 odd\r\n", b"421"].iter().enumerate() {
        sent(upstream.send(&envelope(&["sato@a.test"]), MAIL, None).await);
        sink.hang_up(farewell).await;
        sent(upstream.send(&envelope(&["sato@a.test"]), MAIL, None).await);
        sink.hang_up(b"").await;
        assert_eq!(sink.mails().len(), 2 * (count + 1), "{farewell:?}");
    }
}

#[tokio::test]
async fn a_connection_that_died_silently_is_replaced() {
    let sink = Sink::start(SinkOptions::default()).await;
    // A command may take a minute, which is longer than a mail program waits for its mail.
    let options = Options { connect_timeout: Duration::from_secs(1), ..Options::default() };
    let upstream = to(&sink, options);
    sent(upstream.send(&envelope(&["sato@a.test"]), MAIL, None).await);
    sink.freeze();
    let envelope = envelope(&["sato@a.test"]);
    let again = upstream.send(&envelope, MAIL, None);
    sent(tokio::time::timeout(Duration::from_secs(30), again).await.expect("within what authors wait"));
    assert_eq!((sink.mails().len(), sink.connections()), (2, 2));
}

#[tokio::test]
async fn a_421_amid_the_envelope_is_tried_once_more_only() {
    let sink = Sink::start(SinkOptions::default()).await;
    let upstream = to(&sink, Options::default());
    sent(upstream.send(&envelope(&["sato@a.test"]), MAIL, None).await);
    let answer = later(upstream.send(&envelope(&["tempfail-421@a.test"]), MAIL, None).await);
    assert_eq!((answer.code, sink.connections()), (Some(421), 2));
    assert_eq!(sink.mails().len(), 1);
}

#[tokio::test]
async fn a_cancelled_mail_leaves_nothing_behind() {
    let texts = [
        ("stall-rcpt@a.test", "RCPT TO:<stall-rcpt"),
        ("stall-data@a.test", "DATA"),
        ("stall-text@a.test", "DATA"),
        ("stall-dot@a.test", "DATA"),
    ];
    for (name, stage) in texts {
        let sink = Sink::start(SinkOptions::default()).await;
        let upstream = to(&sink, Options::default());
        sent(upstream.send(&envelope(&["first@a.test"]), MAIL, None).await);
        let (doomed, count) = (envelope(&[name]), sink.count(stage) + 1);
        let text = b"a\r\n".repeat(1_000_000);
        tokio::select! {
            outcome = upstream.send(&doomed, &text, None) => panic!("{name}: {outcome:?}"),
            () = sink.wait_for_command(stage, count) => {}
        }
        let raw = b"Subject: the next one\r\n\r\nintact\r\n";
        sent(upstream.send(&envelope(&["next@a.test"]), raw, None).await);
        let last = sink.mails().pop().unwrap();
        assert_eq!(
            (last.recipients, last.raw, last.connection),
            (vec!["next@a.test".to_owned()], raw.to_vec(), 2),
            "{name}"
        );
    }
}

#[tokio::test]
async fn unused_connections_are_closed_politely() {
    let sink = Sink::start(SinkOptions::default()).await;
    let upstream = to(&sink, Options { idle_lifetime: Duration::from_millis(50), ..Options::default() });
    for count in 1..=2 {
        sent(upstream.send(&envelope(&["sato@a.test"]), MAIL, None).await);
        sink.wait_until_idle().await;
        assert_eq!(sink.count("QUIT"), count);
    }
    let none = to(&sink, Options { max_idle_connections: 0, ..Options::default() });
    sent(none.send(&envelope(&["sato@a.test"]), MAIL, None).await);
    sink.wait_until_idle().await;
}

#[tokio::test]
async fn no_more_connections_are_kept_than_allowed() {
    let sink = Sink::start(SinkOptions { latency: Duration::from_millis(20), ..SinkOptions::default() }).await;
    let upstream = to(&sink, Options { max_idle_connections: 2, ..Options::default() });
    let sends: Vec<_> = (0..6)
        .map(|_| {
            let upstream = upstream.clone();
            tokio::spawn(async move { upstream.send(&envelope(&["sato@a.test"]), MAIL, None).await })
        })
        .collect();
    for send in sends {
        sent(send.await.unwrap());
    }
    assert_eq!((sink.mails().len(), sink.connections()), (6, 6));
    sink.wait_for_command("QUIT", 4).await;
    // The two that are left are used again.
    sent(upstream.send(&envelope(&["sato@a.test"]), MAIL, None).await);
    assert_eq!((sink.connections(), sink.count("QUIT")), (6, 4));
}

#[tokio::test]
async fn nobody_sends_over_the_connection_of_another() {
    let user = |name: &str, password: &str| (name.to_owned(), password.to_owned());
    let users = vec![user("sato", "correct horse"), user("ito", "battery")];
    let sink = Sink::start(SinkOptions { users, ..SinkOptions::default() }).await;
    let upstream = to(&sink, Options::default());
    let login = |name: &str, password: &str| Login {
        user: name.to_owned(),
        password: SecretString::from(password),
        token: false,
    };
    let (sato, ito, wrong) = (login("sato", "correct horse"), login("ito", "battery"), login("sato", "battery"));
    for login in [Some(&sato), Some(&ito), None, Some(&sato), Some(&ito), None] {
        sent(upstream.send(&envelope(&["x@a.test"]), MAIL, login).await);
    }
    let users: Vec<_> = sink.mails().into_iter().map(|mail| mail.user.unwrap_or_default()).collect();
    assert_eq!(users, ["sato", "ito", "", "sato", "ito", ""]);
    assert_eq!(sink.connections(), 3);
    let answer = refused(upstream.send(&envelope(&["x@a.test"]), MAIL, Some(&wrong)).await);
    assert_eq!(answer.code, Some(535), "a wrong password must not find the open connection of the right one");
}
