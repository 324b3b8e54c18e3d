//! One refused recipient: nothing goes to anyone, and the answer says who and why.

use super::*;

fn names(answer: &Answer) -> Vec<&str> {
    answer.recipients.iter().map(Address::as_str).collect()
}

#[tokio::test]
async fn one_refused_recipient_stops_the_mail_for_all() {
    for options in [SinkOptions::default(), without("PIPELINING")] {
        let sink = Sink::start(options).await;
        let upstream = to(&sink, Options::default());
        let all = ["sato@a.test", "refuse-550@a.test", "ito@a.test", "refuse-553@a.test"];
        let answer = refused(upstream.send(&envelope(&all), MAIL, None).await);
        assert_eq!((answer.code, answer.enhanced.as_deref()), (Some(550), Some("5.5.0")));
        assert_eq!((answer.text.as_str(), answer.uncertain), ("the sink says 550", false));
        assert_eq!(names(&answer), ["refuse-550@a.test", "refuse-553@a.test"]);
        assert!(sink.mails().is_empty());
        assert!(!sink.commands().contains(&"DATA".to_owned()), "{:?}", sink.commands());

        // The same connection takes the corrected mail.
        sent(upstream.send(&envelope(&["sato@a.test"]), MAIL, None).await);
        assert_eq!((sink.wait_for(1).await.len(), sink.connections()), (1, 1));
        assert_eq!(sink.mails()[0].recipients, ["sato@a.test"]);
        clean_sink(&sink);
    }
}

#[tokio::test]
async fn only_temporary_refusals_are_tried_later() {
    let sink = Sink::start(SinkOptions::default()).await;
    let upstream = to(&sink, Options::default());
    let answer = later(
        upstream.send(&envelope(&["sato@a.test", "tempfail-451@a.test", "tempfail-452@a.test"]), MAIL, None).await,
    );
    assert_eq!((answer.code, names(&answer)), (Some(451), vec!["tempfail-451@a.test", "tempfail-452@a.test"]));
    let mixed = ["tempfail-451@a.test", "refuse-550@a.test", "sato@a.test"];
    let answer = refused(upstream.send(&envelope(&mixed), MAIL, None).await);
    assert_eq!((answer.code, names(&answer)), (Some(550), vec!["refuse-550@a.test"]));
    assert!(sink.mails().is_empty());
}

#[tokio::test]
async fn a_refused_sender_or_text_is_about_the_mail() {
    for (options, asked) in [(SinkOptions::default(), 1), (without("PIPELINING"), 0)] {
        let sink = Sink::start(options).await;
        let upstream = to(&sink, Options::default());
        let sender = Some(Address::parse("refuse-553@sender.test").unwrap());
        let answer = refused(upstream.send(&Envelope { sender, ..envelope(&["sato@a.test"]) }, MAIL, None).await);
        assert_eq!((answer.code, names(&answer), sink.count("RCPT")), (Some(553), vec![], asked));
        for (recipient, code) in [("data-554@a.test", 554), ("dot-550@a.test", 550), ("early-552@a.test", 552)] {
            let answer = refused(upstream.send(&envelope(&[recipient]), MAIL, None).await);
            assert_eq!((answer.code, answer.uncertain, names(&answer)), (Some(code), false, vec![]), "{recipient}");
        }
        for (recipient, code) in
            [("data-451@a.test", 451), ("dot-452@a.test", 452), ("early-452@a.test", 452), ("dot-421@a.test", 421)]
        {
            let answer = later(upstream.send(&envelope(&[recipient]), MAIL, None).await);
            assert_eq!((answer.code, answer.uncertain), (Some(code), false), "{recipient}");
        }
        assert!(sink.mails().is_empty());
        sent(upstream.send(&envelope(&["sato@a.test"]), MAIL, None).await);
        clean_sink(&sink);
    }
}

#[tokio::test]
async fn what_the_server_cannot_take_is_said_at_once() {
    let japanese = envelope(&["佐藤@a.test"]);
    let declared = Envelope { utf8: true, ..envelope(&["sato@a.test"]) };
    let plain = envelope(&["sato@a.test"]);
    let mut small = without("SIZE");
    small.extensions.push("SIZE 1000".to_owned());
    let mut few = without("LIMITS");
    few.extensions.push("LIMITS RCPTMAX=2".to_owned());
    let (two, three) = (envelope(&["a@a.test", "b@a.test"]), envelope(&["a@a.test", "b@a.test", "c@a.test"]));
    let (eight_bit, large) = ("Subject: 宛名\r\n".as_bytes(), [b'x'; 999]);
    for (options, envelope, raw, code) in [
        (without("SMTPUTF8"), &japanese, MAIL, "5.6.7"),
        (without("SMTPUTF8"), &declared, eight_bit, "5.6.7"),
        (without("8BITMIME"), &plain, eight_bit, "5.6.3"),
        // 999 octets and the CRLF that is added.
        (small, &plain, &large, "5.3.4"),
        (few.clone(), &three, MAIL, "5.5.3"),
    ] {
        let sink = Sink::start(options).await;
        let answer = refused(to(&sink, Options::default()).send(envelope, raw, None).await);
        assert_eq!((answer.code, answer.enhanced.as_deref(), answer.text.is_ascii()), (None, Some(code), true));
        assert!(!sink.commands().iter().any(|line| line.starts_with("MAIL")), "{code}");
    }
    // Some programs declare every mail; of ASCII alone it needs nothing of the server.
    let sink = Sink::start(without("SMTPUTF8")).await;
    sent(to(&sink, Options::default()).send(&declared, b"Subject: x\r\n\r\nx\r\n", None).await);
    assert!(!sink.mails()[0].parameters.iter().any(|parameter| parameter == "SMTPUTF8"));
    let mut exact = without("SIZE");
    exact.extensions.push("SIZE 1001".to_owned());
    let sink = Sink::start(exact).await;
    sent(to(&sink, Options::default()).send(&plain, &large, None).await);
    let sink = Sink::start(few).await;
    sent(to(&sink, Options::default()).send(&two, MAIL, None).await);
}

#[tokio::test]
async fn what_could_smuggle_is_not_sent() {
    let sink = Sink::start(SinkOptions::default()).await;
    let upstream = to(&sink, Options::default());
    for raw in [&b"a\n.\nMAIL FROM:<x@y.test>\r\n"[..], b"a\n.\r\n", b"a\r.\r\n", b"a\r\n.\r", b"a\r\r\n"] {
        let answer = refused(upstream.send(&envelope(&["sato@a.test"]), raw, None).await);
        assert_eq!(answer.enhanced.as_deref(), Some("5.6.0"), "{raw:?}");
    }
    assert_eq!(refused(upstream.send(&envelope(&[]), MAIL, None).await).enhanced.as_deref(), Some("5.5.1"));
    assert_eq!(sink.connections(), 0);
}

#[tokio::test]
async fn texts_are_cleaned() {
    let sink = Sink::start(SinkOptions::default()).await;
    let upstream = to(&sink, Options::default());
    for (name, text) in [
        ("latin1-reply", "Empf?nger unbekannt"),
        ("multiline-reply", "no such user, ask the postmaster"),
        ("control-reply", "[2Jgone DATA"),
    ] {
        let answer = refused(upstream.send(&envelope(&[&format!("{name}@a.test")]), MAIL, None).await);
        assert_eq!((answer.code, answer.enhanced.as_deref(), answer.text.as_str()), (Some(550), Some("5.1.1"), text));
    }
    for name in ["long-reply@a.test", "sjis-reply@a.test"] {
        let text = refused(upstream.send(&envelope(&[name]), MAIL, None).await).text;
        assert!(text.chars().count() <= 400 && !text.chars().any(char::is_control), "{name}");
    }
    for name in ["bare-lf-reply@a.test", "empty-reply@a.test"] {
        sent(upstream.send(&envelope(&[name]), MAIL, None).await);
    }
    assert_eq!(sink.connections(), 1, "none of these is a reason to give up the connection");
}
