//! BDAT: a text in chunks is the mail that it is in one chunk, and by DATA, or is refused alike; every chunk has one
//! reply; nothing of a chunk is taken for a command, refused or not.
//!
//! The first octet of the input chooses limits and answers, the next three the lengths of the pieces, the next one how
//! many octets with the lengths of chunks follow; the rest is the text.

#![no_main]

use std::sync::Arc;

use atena::smtp::Options;
use atena_fuzz::driver::{Driver, Event, assert_well_formed, replies};
use atena_fuzz::pieces;
use atena_fuzz::text::{refusals, stuff};
use libfuzzer_sys::fuzz_target;

const TO_MAIL: &[u8] = b"EHLO x\r\nMAIL FROM:<a@b.example>\r\n";
const TO_CHUNKS: &[u8] = b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\n";
const MAX_CHUNKS: usize = 16;

fuzz_target!(|input: &[u8]| {
    let Some((&[flags, a, b, c, count], rest)) = input.split_first_chunk::<5>() else { return };
    let (lengths, text) = rest.split_at(rest.len().min(usize::from(count) % MAX_CHUNKS));
    let options = Arc::new(Options {
        max_size: [20, 100, 1000, 1_000_000][usize::from(flags & 3)],
        max_line: (flags & 4 != 0).then_some(15),
        max_errors: 100,
        ..Options::default()
    });
    let client = Client { options, answers: flags >> 4, lower: flags & 8 != 0, lengths: [a, b, c] };
    let chunks = chunks(text, lengths);
    one_mail(&client, text, &chunks);
    every_chunk_has_its_reply(&client, &chunks);
    nowhere_to_put_it(&client, &chunks);
    an_end_that_does_not_come(&client, text);
});

struct Client {
    options: Arc<Options>,
    answers: u8,
    /// Commands in lower case, and lengths with zeros in front.
    lower: bool,
    lengths: [u8; 3],
}

impl Client {
    /// What a session does behind `before`; the same if `bytes` come whole or in pieces.
    fn send(&self, before: &[u8], bytes: &[u8]) -> Vec<Event> {
        let run = |pieces: &[&[u8]]| {
            let mut driver = Driver::new(&self.options, false, self.answers);
            driver.feed(before);
            driver.events.clear();
            driver.feed_each(pieces);
            driver.events
        };
        let whole = run(&[bytes]);
        assert_eq!(run(&pieces(bytes, self.lengths)), whole);
        assert_well_formed(&whole);
        whole
    }

    fn write(&self, chunks: &[&[u8]]) -> Vec<u8> {
        let last = chunks.len() - 1;
        let write = |(at, chunk): (usize, &&[u8])| [self.command(chunk.len(), at == last).as_bytes(), chunk].concat();
        chunks.iter().enumerate().flat_map(write).collect()
    }

    fn command(&self, octets: usize, last: bool) -> String {
        let last = if last { " LAST" } else { "" };
        if self.lower {
            format!("bdat {octets:030}{}\r\n", last.to_lowercase())
        } else {
            format!("BDAT {octets}{last}\r\n")
        }
    }
}

/// The text cut into chunks of these lengths; what is left is the last one.
fn chunks<'a>(text: &'a [u8], lengths: &[u8]) -> Vec<&'a [u8]> {
    let mut rest = text;
    let mut chunks = Vec::new();
    for &length in lengths {
        let (chunk, after) = rest.split_at(rest.len().min(usize::from(length)));
        chunks.push(chunk);
        rest = after;
    }
    chunks.push(rest);
    chunks
}

fn mail(events: &[Event]) -> Option<&Event> {
    events.iter().find(|event| matches!(event, Event::Message { .. }))
}

/// The mail that came of it, or the reply that refused it.
fn outcome(events: &[Event]) -> Result<&Event, &str> {
    mail(events).ok_or_else(|| replies(events).into_iter().find(|reply| !reply.starts_with("250 ")).expect("refused"))
}

fn one_mail(client: &Client, text: &[u8], chunks: &[&[u8]]) {
    let one = client.send(TO_CHUNKS, &client.write(&[text]));
    let many = client.send(TO_CHUNKS, &client.write(chunks));
    assert_eq!(outcome(&many), outcome(&one));
    let fine = refusals(text, &client.options).is_empty();
    let is_text = |event: &Event| matches!(event, Event::Message { raw, .. } if raw == text);
    assert_eq!(outcome(&one).is_ok_and(is_text), fine);
    // Only whole lines can be sent with DATA.
    if fine && (text.is_empty() || text.ends_with(b"\r\n")) {
        let data = client.send(TO_CHUNKS, &[b"DATA\r\n", &stuff(text)[..], b".\r\n"].concat());
        assert_eq!(mail(&data), mail(&one));
    }
}

fn every_chunk_has_its_reply(client: &Client, chunks: &[&[u8]]) {
    let events = client.send(TO_CHUNKS, &[&client.write(chunks)[..], b"NOOP\r\n"].concat());
    let replies = replies(&events);
    assert_eq!(replies.len(), chunks.len() + 1);
    assert_eq!(replies.last(), Some(&"250 2.0.0 OK"));
    let mut open = true;
    for at in 0..chunks.len() {
        let last = at + 1 == chunks.len();
        let codes = codes(&chunks[..=at].concat(), last, &client.options);
        let code = &replies[at][..3];
        match (open, codes.is_empty()) {
            // The answer to the mail, whatever it is.
            (true, true) if last => {}
            (true, true) => assert_eq!(code, "250"),
            (true, false) => assert!(codes.contains(&code), "{code}, not one of {codes:?}"),
            (false, _) => assert_eq!(code, "503"),
        }
        open &= codes.is_empty();
    }
}

/// Why what has come so far is refused. A CR at its end may be half of a line end that the next chunk ends.
fn codes(so_far: &[u8], last: bool, options: &Options) -> Vec<&'static str> {
    let whole = if last { so_far } else { so_far.strip_suffix(b"\r").unwrap_or(so_far) };
    refusals(whole, options)
}

fn nowhere_to_put_it(client: &Client, chunks: &[&[u8]]) {
    for (before, code) in [(&b""[..], "503"), (b"EHLO x\r\n", "503"), (TO_MAIL, "554")] {
        let events = client.send(before, &[&client.write(chunks)[..], b"NOOP\r\n"].concat());
        let replies = replies(&events);
        assert_eq!((events.len(), replies.len()), (1, chunks.len() + 1));
        assert!(replies[..chunks.len()].iter().all(|reply| reply.starts_with(code)), "{replies:?}");
        assert_eq!(replies.last(), Some(&"250 2.0.0 OK"));
    }
}

fn an_end_that_does_not_come(client: &Client, text: &[u8]) {
    for before in [TO_CHUNKS, TO_MAIL, b""] {
        let missing = client.command(text.len() + 1, true);
        assert_eq!(client.send(before, &[missing.as_bytes(), text].concat()), []);
    }
}
