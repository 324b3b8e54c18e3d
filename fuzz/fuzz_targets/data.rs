//! What follows DATA: one mail, only after CRLF.CRLF, exactly its text, or one refusal; the rest is read as commands;
//! all the same however the octets are cut.
//!
//! The first octet of the input chooses limits and answers, the next three the lengths of the pieces.

#![no_main]

use std::sync::Arc;

use atena::smtp::Options;
use atena_fuzz::driver::{Driver, Event, assert_well_formed};
use atena_fuzz::pieces;
use atena_fuzz::text::{end_of_data, refusals, unstuff};
use libfuzzer_sys::fuzz_target;

const TO_DATA: &[u8] = b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n";

fuzz_target!(|input: &[u8]| {
    let Some((&[flags, lengths @ ..], bytes)) = input.split_first_chunk::<4>() else { return };
    let options = Arc::new(Options {
        max_size: [20, 100, 1000, 1_000_000][usize::from(flags & 3)],
        max_line: (flags & 4 != 0).then_some(15),
        ..Options::default()
    });
    let answers = flags >> 4;
    let whole = send(&options, answers, &[bytes]);
    assert_eq!(send(&options, answers, &pieces(bytes, lengths)), whole);
    assert_eq!(send(&options, answers, &pieces(bytes, [1; 3])), whole);
    assert_well_formed(&whole);
    check(&whole, bytes, &options, answers);
});

/// What a session does behind 354.
fn send(options: &Arc<Options>, answers: u8, pieces: &[&[u8]]) -> Vec<Event> {
    let mut driver = Driver::new(options, false, answers);
    driver.feed(TO_DATA);
    driver.events.clear();
    driver.feed_each(pieces);
    driver.events
}

fn check(events: &[Event], bytes: &[u8], options: &Arc<Options>, answers: u8) {
    let Some((stuffed, end)) = end_of_data(bytes) else { return assert_eq!(events, []) };
    let text = unstuff(&stuffed);
    let codes = refusals(&text, options);
    // As soon as its text has ended, a mail leaves no trace: one without text leads to the same.
    let stand_in: &[u8] = if codes.is_empty() { b".\r\n" } else { b"\0\r\n.\r\n" };
    let same = send(options, answers, &[stand_in, &bytes[end..]]);
    if codes.is_empty() {
        let Event::Message { raw, .. } = &events[0] else { panic!("not taken: {:?}", events[0]) };
        assert_eq!(*raw, text);
        assert_eq!(events[1..], same[1..]);
    } else {
        let (refusal, after) = first_reply(events);
        assert!(codes.contains(&&refusal[..3]), "{refusal}, not one of {codes:?}");
        assert_eq!(after, first_reply(&same).1);
        assert_eq!(events[1..], same[1..]);
    }
}

/// The first reply, which has one line, and what was sent together with it.
fn first_reply(events: &[Event]) -> (&str, &str) {
    let Some(Event::Send(text)) = events.first() else { panic!("no reply: {events:?}") };
    text.split_once("\r\n").expect("a reply has an end")
}
