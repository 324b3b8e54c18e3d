use super::*;
use crate::message::{Notify, Reports, Wish};

const MAIL: &[u8] =
    b"From: me@own.example\r\nSubject: =?UTF-8?B?6KaL56mN?=\r\nMessage-ID: <1@own.example>\r\n\r\nsecret text\r\n";

fn address(text: &str) -> Address {
    Address::parse(text).expect("an address")
}

fn envelope() -> Envelope {
    Envelope {
        sender: Some(address("me@own.example")),
        recipients: ["sato@client.example", "佐藤@client.example"].map(address).to_vec(),
        ..Envelope::default()
    }
}

fn answer() -> Answer {
    Answer {
        code: Some(550),
        enhanced: Some("5.1.1".to_owned()),
        text: "no such user".to_owned(),
        recipients: vec![address("sato@client.example")],
        uncertain: false,
    }
}

fn notice(envelope: &Envelope, news: News<'_>, lang: Lang) -> Option<String> {
    let received_at = Timestamp::from_second(1_800_000_000).expect("a time");
    let id = Some("7k2m");
    let mail = Taken { id, envelope, raw: MAIL, received_at, server: Some("mail.example"), hostname: "relay.example" };
    write(&mail, news, lang, received_at).map(|raw| String::from_utf8(raw).expect("ASCII"))
}

#[test]
fn a_refusal_names_whom_and_why() {
    let text = notice(&envelope(), News::Refused(&answer()), Lang::En).expect("a notice");
    for part in [
        "To: <me@own.example>\r\n",
        "Auto-Submitted: auto-replied\r\n",
        "In-Reply-To: <1@own.example>\r\n",
        "multipart/report; report-type=\"delivery-status\"",
        "Content-Type: message/delivery-status\r\n",
        "Reporting-MTA: dns; relay.example\r\nArrival-Date: Fri, 15 Jan 2027 08:00:00 +0000\r\n\r\n",
        "Final-Recipient: rfc822; sato@client.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         Remote-MTA: dns; mail.example\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n",
        "Final-Recipient: utf-8; \\x{4F50}\\x{85E4}@client.example\r\nAction: failed\r\nStatus: 5.0.0\r\n",
        "Message-ID: <1@own.example>\r\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("secret"), "the text of the mail stays where it is");
    let read = Message::parse(text.as_bytes()).expect("a mail");
    assert_eq!(read.subject.as_deref(), Some("Not delivered: 見積"));
    let words = &read.bodies[0].original;
    for part in ["refused sato@client.example, and so nobody got the mail", "550 5.1.1 no such user", "held show 7k2m"]
    {
        assert!(words.contains(part), "{part}\n{words}");
    }
}

#[test]
fn it_is_told_in_japanese_too() {
    let lost = Answer { uncertain: true, recipients: Vec::new(), ..answer() };
    let text = notice(&envelope(), News::Expired(&lost), Lang::Ja).expect("a notice");
    let read = Message::parse(text.as_bytes()).expect("a mail");
    assert_eq!(read.subject.as_deref(), Some("送信できませんでした: 見積"));
    let words = &read.bodies[0].original;
    assert!(
        words.contains("4 日間") && words.contains("届いている可能性") && words.contains("もう一度送る"),
        "{words}"
    );
    assert!(text.contains("Status: 5.1.1\r\n"));
}

#[test]
fn nobody_is_told_who_is_nobody_or_wants_to_hear_nothing() {
    let nobody = Envelope { sender: None, ..envelope() };
    assert_eq!(notice(&nobody, News::Refused(&answer()), Lang::En), None, "no notice about a notice");
    let wish = |recipient: &Address, notify| Wish {
        recipient: recipient.clone(),
        notify: Notify::parse(notify),
        original: Some("rfc822;old@client.example".to_owned()),
    };
    let both = |notify| {
        let mut envelope = envelope();
        let recipients = envelope.recipients.iter().map(|recipient| wish(recipient, notify)).collect();
        envelope.reports = Reports { recipients, envelope_id: Some("Q1".to_owned()), ..Reports::default() };
        envelope
    };
    assert_eq!(notice(&both("NEVER"), News::Refused(&answer()), Lang::En), None);
    assert_eq!(notice(&both("FAILURE"), News::Relayed, Lang::En), None);
    let told = notice(&both("SUCCESS"), News::Relayed, Lang::En).expect("a notice");
    assert!(told.contains("Action: relayed\r\n") && told.contains("Original-Envelope-Id: Q1\r\n"), "{told}");
    assert!(told.contains("Original-Recipient: rfc822;old@client.example\r\n"), "{told}");
}

#[test]
fn names_of_the_client_s_own_come_back_as_they_were() {
    for (xtext, text) in
        [("rfc822;sato+2Bshop@d.example", "rfc822;sato+shop@d.example"), ("a+0Ab+", "a+0Ab+"), ("+3D", "=")]
    {
        assert_eq!(decoded(xtext), text);
    }
}

#[test]
fn the_whole_mail_is_given_back_on_request() {
    let mut envelope = envelope();
    envelope.reports.returns = Some(Returns::Full);
    let text = notice(&envelope, News::Refused(&answer()), Lang::En).expect("a notice");
    assert!(text.contains("Content-Type: message/rfc822\r\n") && text.contains("secret text"), "{text}");
}
