//! Any text is taken apart into lines that stand in it, in order, each in one part; what is folded leads back into it.
//!
//! The first octet of the input chooses the dress: plain text, HTML, another charset, an invitation, an attached mail.

#![no_main]

use std::ops::Range;

use atena::message::anatomy::Anatomy;
use atena::message::text::Folded;
use atena::message::{Body, Message};
use libfuzzer_sys::fuzz_target;

const DRESSES: [&str; 8] = [
    "Content-Type: text/plain; charset=utf-8\r\n\r\n",
    "Content-Type: text/html; charset=utf-8\r\n\r\n",
    "Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n",
    "Content-Type: text/plain; charset=shift_jis\r\n\r\n",
    "Content-Type: text/plain\r\n\r\n",
    "Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n",
    "Content-Type: message/rfc822\r\n\r\n",
    "Content-Type: text/plain; charset=utf-16\r\n\r\n",
];

fuzz_target!(|input: &[u8]| {
    let Some((&dress, content)) = input.split_first() else { return };
    if let Ok(text) = std::str::from_utf8(content) {
        check(text, &Anatomy::of(text));
    }
    let dress = DRESSES[usize::from(dress) % DRESSES.len()];
    let Ok(message) = Message::parse(&[b"Subject: Fwd: x\r\n", dress.as_bytes(), content].concat()) else { return };
    for Body { original, anatomy, .. } in &message.bodies {
        check(original, anatomy);
    }
});

fn check(text: &str, anatomy: &Anatomy) {
    let parts = [&anatomy.own, &anatomy.quoted, &anatomy.attribution, &anatomy.signature, &anatomy.footer];
    let mut all: Vec<Range<usize>> = Vec::new();
    for part in parts {
        assert!(part.windows(2).all(|pair| pair[0].end <= pair[1].start));
        assert!(part.iter().all(|range| text.get(range.clone()).is_some()));
        all.extend(part.iter().filter(|range| !text[(*range).clone()].trim().is_empty()).cloned());
    }
    all.sort_by_key(|range| range.start);
    assert!(all.windows(2).all(|pair| pair[0].end <= pair[1].start), "a line in two parts");
    assert!(anatomy.addressees.iter().all(|addressee| text.get(addressee.range.clone()).is_some()));
    let folded = Folded::of(text, &anatomy.own);
    for (at, c) in folded.text().char_indices() {
        assert!(text.get(folded.original(at..at + c.len_utf8())).is_some());
    }
}
