//! Servers that misbehave.

use super::server::Act;
use super::*;

async fn with(start: &'static str, act: Act) -> Read {
    let server = Server::start(Options { faults: vec![(start, act, 1)], ..Options::default() }).await;
    let mut at = at(&server, "imap");
    at.limits.reconnects = 0;
    at.limits.silence = Duration::from_secs(1);
    all(&at).await
}

const STEPS: [&str; 8] = [
    "",
    "CAPABILITY",
    "AUTHENTICATE",
    "LIST",
    "EXAMINE",
    "UID FETCH 1:*",
    "UID FETCH 3,4,7,20,21 (UID RFC",
    "UID FETCH 3,4,7,20,21 (UID BODY",
];

#[tokio::test]
async fn silence_is_not_waited_out_at_any_step() {
    let steps = STEPS.map(|step| tokio::spawn(async move { (step, with(step, Act::Stall).await) }));
    for step in steps {
        let (step, read) = step.await.unwrap();
        read.fails(&["localhost"]);
        assert!(read.result.unwrap_err().to_string().contains("in time"), "{step}");
    }
}

#[tokio::test]
async fn what_is_not_imap_ends_it_at_any_step() {
    for step in STEPS {
        for act in [
            Act::Close,
            Act::Endless,
            Act::Say("220 smtp.example ESMTP\r\n"),
            Act::Say("\0\u{1}\u{2}\r\n"),
            Act::Say("\r\n"),
            Act::Say("A99 OK that was not asked\r\n"),
            Act::Say("* 1 FETCH (UID 3 BODY[] {99999999999}\r\nFrom: x\r\n"),
            Act::Say("* 1 FETCH (UID 3 BODY[] {99999999999999999999999}\r\n"),
            Act::Say("* BYE going down\r\n"),
        ] {
            let read = with(step, act).await;
            read.fails(&["localhost"]);
            assert!(read.mails.is_empty());
        }
    }
}

#[tokio::test]
async fn errors_say_what_came() {
    let mails = "UID FETCH 3,4,7,20,21 (UID BODY";
    for (step, act, parts) in [
        ("", Act::Say("220 smtp.example ESMTP\r\n"), &["993"][..]),
        ("", Act::Endless, &["993"]),
        ("", Act::Say("* BYE too many connections\r\n"), &["too many connections"]),
        (mails, Act::Say("* BYE going down\r\n"), &["going down"]),
        (mails, Act::Say("* 1 FETCH (UID 3 BODY[] {4000000000}\r\n"), &["4000000000"]),
        ("EXAMINE", Act::Say("TAG NO [NOPERM] not yours\r\n"), &["not yours", "EXAMINE"]),
        ("LIST", Act::Say("TAG BAD what\r\n"), &["LIST", "what"]),
    ] {
        with(step, act).await.fails(parts);
    }
    let endless = with(mails, Act::Endless).await.result.unwrap_err().explain();
    assert!(endless.en.contains("a line without end") && endless.ja.contains("終わりのない行"), "{endless:?}");
    let garbage = with(mails, Act::Say("hello\r\n")).await.result.unwrap_err().explain();
    assert!(garbage.en.contains("not IMAP") && !garbage.en.contains("hello"), "{garbage:?}");
}

#[tokio::test]
async fn odd_answers_are_no_mails_and_no_panic() {
    let mails = "UID FETCH 3,4,7,20,21 (UID BODY";
    for odd in [
        "* 1 FETCH (UID 3 BODY[])\r\n",
        "* 1 FETCH (BODY[] UID)\r\n",
        "* 1 FETCH (3 BODY[] UID 3)\r\n",
        "* 1 FETCH\r\n",
        "* FETCH FETCH FETCH\r\n",
        "* 1 FETCH (UID 99 BODY[] {3}\r\nabc)\r\n",
        "* 1 FETCH (UID 99999999999 BODY[] {3}\r\nabc)\r\n",
        "* 3 EXPUNGE\r\n* OK [ALERT] quota {nearly} full\r\n* SEARCH\r\n",
        "* ESEARCH (TAG \"A1\") UID MIN 1\r\n",
    ] {
        let faults = vec![(mails, Act::First(odd), 1)];
        let server = Server::start(Options { faults, ..Options::default() }).await;
        let read = all(&at(&server, "imap")).await;
        whole(&read);
    }
    let nil = Act::Say("* 1 FETCH (UID 3 BODY[] NIL)\r\n* 2 FETCH (UID 4 BODY[] \"short\")\r\nTAG OK done\r\n");
    let server = Server::start(Options { faults: vec![(mails, nil, 1)], ..Options::default() }).await;
    let read = all(&at(&server, "imap")).await;
    assert_eq!((read.uids(), read.summary().missing), (vec![4], 4));
    assert_eq!(read.mails[0].raw, b"short");
}

#[tokio::test]
async fn a_host_that_is_not_there_is_told_at_once() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let url = ImapUrl::parse(&format!("imap://mai@localhost:{port}")).unwrap();
    all(&At::new(&url, password())).await.fails(&[&format!("localhost:{port}")]);
}
