//! What holds for any input, not only for the transcripts.

use std::sync::Arc;

use atena::message::Address;
use atena::smtp::{AuthOffer, LoginOutcome, Options, Reply, Session, Step};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::driver::{Event, Text, add, event};

/// What clients and attackers type; joined at random, most of it makes sense.
const FRAGMENTS: [&[u8]; 44] = [
    b"EHLO x\r\n",
    b"HELO x\r\n",
    b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n",
    b"MAIL FROM:<a@b.example>\r\n",
    b"MAIL FROM:<> SIZE=5 BODY=8BITMIME SMTPUTF8\r\n",
    b"MAIL FROM:<a@b.example> SIZE=999\r\n",
    b"RCPT TO:<c@d.example>\r\n",
    b"RCPT TO:<\"> \"@d.example>\r\n",
    b"RCPT TO:<@r.example:c@d.example>\r\n",
    "RCPT TO:<太郎@鈴木.example>\r\n".as_bytes(),
    b"DATA\r\n",
    b"DATA\r\n.\r\n",
    b"RSET\r\n",
    b"NOOP\r\n",
    b"HELP\r\n",
    b"VRFY x\r\n",
    b"NOPE\r\n",
    b"QUIT\r\n",
    b"STARTTLS\r\n",
    b"AUTH PLAIN\r\n",
    b"AUTH PLAIN AGhhbmFrbwBzZWNyZXQ=\r\n",
    b"AUTH LOGIN\r\n",
    b"AUTH LOGIN amlybw==\r\n",
    b"aGFuYWtv\r\n",
    b"*\r\n",
    b"GET ",
    b"\x16",
    b"\r\n.\r\n",
    b".\r\n",
    b"\r\n.",
    b"\r\n",
    b"\r",
    b"\n",
    b".",
    b"\0",
    b" ",
    b"text",
    b"..\r\n",
    b"\n.\n",
    &[b'a'; 700],
    b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nBDAT 2\r\na\r",
    b"BDAT 4 LAST\r\n",
    b"BDAT 3\r\n",
    b"BDAT 0 LAST\r\n",
];

fn conversation() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        9 => select(FRAGMENTS.to_vec()).prop_map(<[u8]>::to_vec),
        1 => prop::collection::vec(any::<u8>(), 0..12),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn options() -> impl Strategy<Value = Arc<Options>> {
    let auth = select(vec![AuthOffer::None, AuthOffer::Optional, AuthOffer::Required]);
    (auth, any::<bool>(), any::<bool>(), select(vec![3, 30, 1000]), select(vec![0, 3, 100])).prop_map(
        |(auth, starttls, auth_in_clear, max_size, max_errors)| {
            let hostname = "relay.example".to_owned();
            let bounds = Options { hostname, max_size, max_recipients: 2, max_errors, ..Options::default() };
            let (max_line, max_commands) = (Some(20), 25);
            Arc::new(Options { max_line, max_commands, starttls, auth, auth_in_clear, ..bounds })
        },
    )
}

/// A driver that answers by what it is asked.
fn drive(session: &mut Session, events: Vec<Event>) -> Vec<Event> {
    let mut events = events;
    for _ in 0..100_000 {
        let next = match session.step() {
            Step::NeedInput => return events,
            step => event(step),
        };
        match &next {
            Event::Login(user, _) if user == "hanako" => session.login_answer(LoginOutcome::Accepted),
            Event::Login(..) => session.login_answer(LoginOutcome::Refused { said: None }),
            Event::Message { raw, .. } if raw.0.is_empty() => session.answer(Reply::held("1")),
            Event::Message { .. } => session.answer(Reply::sent("ok")),
            Event::Close if events.last() == Some(&Event::Close) => return events,
            Event::Send(_) | Event::StartTls | Event::Close => {}
        }
        events = add(events, next);
    }
    panic!("the session does not come to rest");
}

/// `before` in pieces; the handshake if one is asked for; `after` in pieces.
fn run(options: &Arc<Options>, before: &[&[u8]], after: &[&[u8]]) -> Vec<Event> {
    let mut session = Session::new(options.clone(), false);
    let mut events = drive(&mut session, Vec::new());
    for piece in before {
        session.input(piece);
        events = drive(&mut session, events);
    }
    if events.last() == Some(&Event::StartTls) {
        session.tls_started();
    }
    for piece in after {
        session.input(piece);
        events = drive(&mut session, events);
    }
    events
}

fn cut<'a>(bytes: &'a [u8], cuts: &[Index]) -> Vec<&'a [u8]> {
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    places.sort_unstable();
    places.push(bytes.len());
    let mut start = 0;
    places.into_iter().map(|end| &bytes[std::mem::replace(&mut start, end)..end]).collect()
}

fn replies(events: &[Event]) -> Vec<u8> {
    let sent = events.iter().filter_map(|event| if let Event::Send(text) = event { Some(&text.0[..]) } else { None });
    sent.collect::<Vec<_>>().concat()
}

/// RFC 5321 section 4.2: code, separator, text, CRLF; at most 512 octets; an enhanced code of the same class.
fn assert_well_formed(replies: &[u8]) {
    let text = std::str::from_utf8(replies).unwrap();
    assert!(text.is_empty() || text.ends_with("\r\n"));
    let mut first = true;
    for line in text.split_terminator("\r\n") {
        assert!(line.len() + 2 <= 512, "{} octets", line.len());
        assert!(!line.contains(char::is_control), "{line:?}");
        assert!(line[..3].bytes().all(|b| b.is_ascii_digit()) && matches!(line.as_bytes()[3], b' ' | b'-'), "{line:?}");
        assert!(!first || line.is_ascii(), "{line:?}");
        let enhanced = line[4..].split(' ').next().filter(|word| word.split('.').count() == 3 && word.len() < 12);
        assert!(enhanced.is_none_or(|code| code[..1] == line[..1]), "{line:?}");
        first = line.as_bytes()[3] == b' ';
    }
    assert!(first, "a reply without its last line");
}

/// Where the text ends and the next command begins, read in the plainest way; the text still stuffed.
fn end_of_data(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let text = [b"\r\n", bytes].concat();
    let at = text.windows(5).position(|window| window == b"\r\n.\r\n")?;
    Some((text[2..].get(..at).unwrap_or_default().to_vec(), at + 3))
}

fn stuff(text: &[u8]) -> Vec<u8> {
    let lines = text.split_inclusive(|&byte| byte == b'\n');
    lines.flat_map(|line| [if line.starts_with(b".") { &b"."[..] } else { b"" }, line].concat()).collect()
}

fn unstuff(text: &[u8]) -> Vec<u8> {
    let lines = text.split_inclusive(|&byte| byte == b'\n');
    lines.flat_map(|line| line.strip_prefix(b".").unwrap_or(line).to_vec()).collect()
}

fn has_stray(text: &[u8]) -> bool {
    let without_ends = String::from_utf8_lossy(text).replace("\r\n", "");
    without_ends.contains(['\r', '\n', '\0'])
}

const TO_DATA: &[u8] = b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n";

/// The mail that a session hands on, and what it says after 354.
fn send(data: &[u8], options: &Arc<Options>) -> (Vec<Vec<u8>>, String) {
    let events = run(options, &[TO_DATA, data], &[]);
    let mails = events.iter().filter_map(|event| match event {
        Event::Message { raw: Text(raw), .. } => Some(raw.clone()),
        _ => None,
    });
    let said = String::from_utf8(replies(&events)).unwrap();
    let (_, after) = said.split_once("354 ").unwrap();
    (mails.collect(), after.split_once("\r\n").unwrap().1.to_owned())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn same_steps_however_the_bytes_are_cut(
        options in options(),
        before in conversation(),
        after in conversation(),
        cuts in prop::collection::vec(any::<Index>(), 0..20),
    ) {
        let whole = run(&options, &[&before], &[&after]);
        prop_assert_eq!(&run(&options, &cut(&before, &cuts), &cut(&after, &cuts)), &whole);
        assert_well_formed(&replies(&whole));
    }

    #[test]
    fn any_octets_end_in_replies(bytes in prop::collection::vec(any::<u8>(), 0..6000), options in options()) {
        assert_well_formed(&replies(&run(&options, &[&bytes], &[])));
    }

    #[test]
    fn one_reply_to_one_command(picks in prop::collection::vec(select(FRAGMENTS[..19].to_vec()), 0..30)) {
        // Without what takes the rest for a text, ends the session, or is several commands in one.
        let commands: Vec<&[u8]> =
            picks.into_iter().filter(|command| !command.windows(4).any(|w| [b"DATA", b"QUIT"].contains(&w.try_into().unwrap()))).collect();
        let options = Arc::new(Options { max_errors: 1000, ..Options::default() });
        let said = String::from_utf8(replies(&run(&options, &[&commands.concat()], &[]))).unwrap();
        prop_assert_eq!(said.lines().filter(|line| line.as_bytes()[3] == b' ').count(), 1 + commands.len());
    }

    #[test]
    fn a_mail_only_after_crlf_dot_crlf(pieces in prop::collection::vec(select(vec!["\r\n", "\r", "\n", ".", ".", "a", "\0", "\r\n.", "bc"]), 0..14)) {
        let data = pieces.concat().into_bytes();
        let (mails, said) = send(&data, &Arc::new(Options { max_errors: 1000, ..Options::default() }));
        match end_of_data(&data) {
            None => prop_assert_eq!((mails, said.as_str()), (vec![], "")),
            Some((text, _)) if has_stray(&text) => {
                prop_assert_eq!(mails, Vec::<Vec<u8>>::new());
                prop_assert!(said.starts_with("550 5.6.0 "));
            }
            Some((text, end)) => {
                prop_assert_eq!(mails, vec![unstuff(&text)]);
                // A bare LF ends the session, with a reply.
                let rest = &data[end..];
                let bare = (0..rest.len()).find(|&at| rest[at] == b'\n' && (at == 0 || rest[at - 1] != b'\r'));
                let read = String::from_utf8_lossy(&rest[..bare.unwrap_or(rest.len())]);
                let commands = read.matches("\r\n").count() + usize::from(bare.is_some());
                prop_assert_eq!(said.lines().count(), 1 + commands);
            }
        }
    }

    #[test]
    fn chunks_are_one_text_however_they_are_cut(
        lines in prop::collection::vec("[.a ]{0,5}", 0..8),
        lengths in prop::collection::vec(0_usize..9, 0..9),
    ) {
        let text: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        let mut rest = text.as_str();
        let mut commands = "EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\n".to_owned();
        for length in lengths {
            let (chunk, after) = rest.split_at(length.min(rest.len()));
            commands += &format!("BDAT {}\r\n{chunk}", chunk.len());
            rest = after;
        }
        commands += &format!("BDAT {} LAST\r\n{rest}", rest.len());
        let events = run(&Arc::new(Options::default()), &[commands.as_bytes()], &[]);
        let mails: Vec<&Event> = events.iter().filter(|event| matches!(event, Event::Message { .. })).collect();
        let envelope = "<a@b.example> -> <c@d.example>".to_owned();
        prop_assert_eq!(mails, [&Event::Message { envelope, raw: Text(text.into_bytes()) }]);
    }

    #[test]
    fn unstuffing_undoes_stuffing(lines in prop::collection::vec("[.a ]{0,5}", 0..8)) {
        let text: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        let data = [stuff(text.as_bytes()), b".\r\n".to_vec()].concat();
        let (mails, _) = send(&data, &Arc::new(Options::default()));
        prop_assert_eq!(mails, vec![text.into_bytes()]);
    }

    #[test]
    fn every_address_arrives_as_it_was_written(text in "(\"([ -~]|\\\\[ -~]){0,6}\"|[!-~あ佐ß]{1,6})@(\\[[0-9.]{1,5}\\]|[a-z佐._-]{1,8})") {
        if Address::parse(&text).is_ok() {
            let command = format!("EHLO x\r\nMAIL FROM:<> SMTPUTF8\r\nRCPT TO:<{text}>\r\nDATA\r\n.\r\n");
            let events = run(&Arc::new(Options::default()), &[command.as_bytes()], &[]);
            let envelope = format!("<> -> <{text}> utf8");
            prop_assert!(events.contains(&Event::Message { envelope, raw: Text::default() }), "{events:?}");
        }
    }

    #[test]
    fn no_text_breaks_a_reply(lines in prop::collection::vec("(\\PC|[\\x00-\\x20\u{202e}\u{2028}]|宛名|a{600}|鈴{300}){0,6}", 0..30), enhanced in "[0-9.a\r\n]{0,12}", code in any::<Option<u16>>()) {
        let text = lines.join("\n");
        for reply in [
            Reply::returned(&lines, true),
            Reply::rejected(&lines, false),
            Reply::refused_by_upstream(code, Some(&enhanced), &text),
            Reply::sent(&text),
            Reply::held(&text),
            Reply::try_later(&text),
        ] {
            let bytes = reply.bytes();
            assert_well_formed(&bytes);
            prop_assert!(bytes.len() <= 20 * 512);
            prop_assert_eq!(reply.enhanced().unwrap().as_bytes()[0], bytes[0]);
        }
        prop_assert!(Reply::rejected(&lines, false).bytes().is_ascii());
    }
}
