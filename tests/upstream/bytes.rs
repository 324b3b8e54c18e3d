//! The bytes and the envelope arrive as they were given.

use std::time::{Duration, Instant};

use super::*;

/// Sends each text over one connection and compares what the sink kept. `true`: a CRLF is added.
async fn arrive(options: SinkOptions, texts: &[(Vec<u8>, bool)]) {
    let sink = Sink::start(options).await;
    let upstream = to(&sink, Options::default());
    for (count, (raw, unfinished)) in texts.iter().enumerate() {
        assert_eq!(sent(upstream.send(&envelope(&["sato@a.test"]), raw, None).await), "kept");
        let mails = sink.wait_for(count + 1).await;
        let mut expected = raw.clone();
        if *unfinished {
            expected.extend_from_slice(b"\r\n");
        }
        // Not assert_eq: it would print the texts, and some have 20 MB.
        assert!(mails[count].raw == expected, "text {count} of {} octets arrived changed", raw.len());
        let size = format!("SIZE={}", expected.len());
        let declared = mails[count].parameters.iter().find(|parameter| parameter.starts_with("SIZE"));
        assert!(declared.is_none_or(|declared| *declared == size), "text {count}: {declared:?}");
        let eight_bit = mails[count].parameters.iter().any(|parameter| parameter == "BODY=8BITMIME");
        assert_eq!(eight_bit, !raw.is_ascii(), "text {count}");
    }
    assert_eq!(sink.connections(), 1);
    clean_sink(&sink);
}

fn shapes() -> Vec<(Vec<u8>, bool)> {
    let finished = [
        &b""[..],
        b"\r\n",
        b"\r\n\r\n",
        b".\r\n",
        b"..\r\n",
        b".\r\n.\r\n.\r\n",
        b"\r\n.\r\n",
        b".a\r\n..b\r\n...\r\n",
        b"a\r\n.\r\nMAIL FROM:<x@y.test>\r\n.\r\n",
        b"Subject: x\r\n\r\nends in empty lines\r\n\r\n\r\n",
        b"Subject: =?ISO-2022-JP?B?GyRCJDMkcyRLJEEkTxsoQg==?=\r\n\r\n\x1b$B$3$s$K$A$O\x1b(B\r\n",
        b"Subject: 8-bit\r\n\r\n\x82\xb1\x82\xf1 \xe4\xbd\x90\xe8\x97\xa4 \xff\xfe\r\n",
        b"NUL \0 and \x7f and \x1b\r\n",
    ];
    let unfinished = [&b"."[..], b"..", b"a", b"Subject: x\r\n\r\nno end", b"a\r\n.", b"\r\n.."];
    let mut all: Vec<_> = finished.iter().map(|raw| (raw.to_vec(), false)).collect();
    all.extend(unfinished.iter().map(|raw| (raw.to_vec(), true)));
    // Dots and line ends on both sides of the places where a long text is cut.
    for before in 65_530..65_540 {
        all.push(([&vec![b'x'; before][..], b"\r\n.\r\n..\r\n"].concat(), false));
    }
    all.push((vec![b'x'; 300_000], true));
    all
}

#[tokio::test]
async fn every_shape_arrives_as_it_is() {
    arrive(SinkOptions::default(), &shapes()).await;
}

#[tokio::test]
async fn every_shape_arrives_without_pipelining_and_size() {
    let mut options = without("PIPELINING");
    options.extensions.retain(|line| line == "8BITMIME");
    arrive(options, &shapes()).await;
}

#[tokio::test]
async fn twenty_megabytes_arrive() {
    let line = b"..The quick brown fox jumps over the lazy dog, and the dog does not mind at all.\r\n";
    let raw: Vec<u8> = line.iter().copied().cycle().take(line.len() * 250_000).collect();
    assert!(raw.len() > 20_000_000);
    arrive(SinkOptions::default(), &[(raw, false)]).await;
}

#[tokio::test]
async fn the_envelope_arrives_as_it_is() {
    let sink = Sink::start(SinkOptions::default()).await;
    let upstream = to(&sink, Options { hello: Some("office.sender.test".to_owned()), ..Options::default() });
    let recipients =
        ["Sato@A.test", "a..b.@docomo.test", "\"a b>c\"@d.test", "x@[127.0.0.1]", "Postmaster", "佐藤@例え.test"];
    let bounce = Envelope { sender: None, eight_bit: true, ..envelope(&recipients) };
    sent(upstream.send(&bounce, MAIL, None).await);
    let mail = sink.wait_for(1).await.remove(0);
    assert_eq!((mail.hello.as_str(), mail.sender.as_str()), ("office.sender.test", ""));
    assert_eq!(mail.recipients, recipients);
    assert_eq!(mail.parameters, [&format!("SIZE={}", MAIL.len()), "BODY=8BITMIME", "SMTPUTF8"]);
    clean_sink(&sink);
}

#[tokio::test]
async fn a_thousand_recipients_in_both_ways() {
    let recipients: Vec<String> =
        (0..1000).map(|n| format!("customer-number-{n}@a-rather-long-domain-name.test")).collect();
    let recipients: Vec<&str> = recipients.iter().map(String::as_str).collect();
    for options in [SinkOptions::default(), without("PIPELINING")] {
        let sink = Sink::start(options).await;
        sent(to(&sink, Options::default()).send(&envelope(&recipients), MAIL, None).await);
        assert_eq!(sink.wait_for(1).await[0].recipients, recipients);
        clean_sink(&sink);
    }
}

#[tokio::test]
async fn greets_with_the_address_of_this_end() {
    let sink = Sink::start(SinkOptions::default()).await;
    sent(to(&sink, Options::default()).send(&envelope(&["sato@a.test"]), MAIL, None).await);
    assert_eq!(sink.wait_for(1).await[0].hello, "[127.0.0.1]");
}

#[tokio::test]
async fn each_reply_has_its_own_time() {
    let sink = Sink::start(SinkOptions { latency: Duration::from_millis(400), ..without("PIPELINING") }).await;
    let limit = Duration::from_secs(2);
    let options = Options { command_timeout: limit, data_timeout: limit, ..Options::default() };
    let started = Instant::now();
    sent(to(&sink, options).send(&envelope(&["sato@a.test", "ito@a.test"]), MAIL, None).await);
    assert!(started.elapsed() > limit, "seven replies of 400 ms");
}
