//! Arbitrary octets and damaged mails never make the check panic, and every finding points at what it says.

use std::sync::LazyLock;

use proptest::prelude::*;

use atena::finding::{Finding, Part};
use atena::message::Message;
use atena::message::text::Folded;

use super::{WORLD, fixtures};

static MAILS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut paths: Vec<_> = std::fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).unwrap()).collect()
});

/// The findings, after their places were held against the mail.
fn checked(raw: &[u8]) -> Result<Vec<Finding>, TestCaseError> {
    let Ok(message) = Message::parse(raw) else { return Ok(Vec::new()) };
    let findings = WORLD.rules.run(&message, &WORLD.facts).found;
    let lines = raw.split(|&octet| octet == b'\n').count();
    for finding in &findings {
        let place = &finding.location;
        let at = format!("{} at {}:{}:{}", finding.rule, place.part, place.line, place.column);
        prop_assert!(place.line >= 1 && place.column >= 1 && (1..=lines).contains(&place.raw_line), "{}", at);
        prop_assert!(place.context.contains(&place.text), "{}: the line does not hold the words", at);
        let before: String = place.context.chars().skip(place.column - 1).collect();
        prop_assert!(before.starts_with(&place.text) || place.text.is_empty(), "{}: the words stand elsewhere", at);
        match &place.part {
            Part::Body(n) => {
                prop_assert!(*n < message.bodies.len(), "{}", at);
                let line = message.bodies[*n].original.split('\n').nth(place.line - 1);
                let line = line.map(|line| line.trim_end_matches('\r')).unwrap_or_default();
                prop_assert!(is_shown(line, &place.context), "{}: {} is not {}", at, place.context, line);
            }
            Part::Attachment(n) => prop_assert!(*n < message.attachments.len(), "{}", at),
            Part::Header(_) | Part::Envelope | Part::Mail => {}
        }
    }
    Ok(findings)
}

/// The line as it stands, but for the stars over what must not be shown.
fn is_shown(line: &str, shown: &str) -> bool {
    line.chars().count() == shown.chars().count() && line.chars().zip(shown.chars()).all(|(c, s)| c == s || s == '*')
}

/// Octets of a sample changed, cut out, repeated, or taken from another one.
pub(crate) fn damaged(samples: &'static [Vec<u8>]) -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..5u8, any::<u8>());
    let picked = (any::<prop::sample::Index>(), any::<prop::sample::Index>());
    (picked, prop::collection::vec(change, 1..12)).prop_map(|((one, other), changes)| {
        let mut octets = one.get(samples).clone();
        for (from, to, kind, octet) in changes {
            if octets.is_empty() {
                break;
            }
            let (a, b) = (from.index(octets.len()), to.index(octets.len()));
            let range = a.min(b)..a.max(b).min(a.min(b) + 200);
            match kind {
                0 => octets[a] = octet,
                1 => drop(octets.drain(range)),
                2 => octets.insert(a, octet),
                3 => {
                    let copy = octets[range].to_vec();
                    octets.splice(b..b, copy);
                }
                _ => {
                    let donor = other.get(samples);
                    let start = a.min(donor.len());
                    let piece = donor[start..donor.len().min(start + 200)].to_vec();
                    octets.splice(b..b, piece);
                }
            }
        }
        octets
    })
}

fn characters() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        "\r\n",
        "\n",
        "\r",
        " ",
        "\u{3000}",
        "\t",
        "ｶﾞ",
        "ﾞ",
        "㈱",
        "①",
        "Ａ",
        "İ",
        "ß",
        "ﷺ",
        "\u{200b}",
        "\u{fe0f}",
        "👩‍👩‍👧",
        "か\u{3099}",
        "\u{3099}",
        "添付",
        "〇〇様",
        "いたします。",
        "\u{0}",
        "“x”",
        "…",
        "―",
        "ǆ",
        "𠮷",
        "\u{e0101}",
    ]);
    prop::collection::vec(prop_oneof![odd.prop_map(str::to_owned), any::<char>().prop_map(String::from)], 0..80)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_octets_are_survived(raw in prop::collection::vec(any::<u8>(), 0..2000)) {
        checked(&raw)?;
    }

    #[test]
    fn damaged_mails_are_survived(raw in damaged(&MAILS)) {
        checked(&raw)?;
    }

    #[test]
    fn any_text_is_survived(body in characters(), subject in characters()) {
        let subject = subject.replace(['\r', '\n'], " ");
        let raw = format!("To: b@mitsuwa-seiko.example\r\nSubject: {subject}\r\n\r\n{body}");
        checked(raw.as_bytes())?;
    }

    #[test]
    fn folded_text_leads_back_into_the_original(original in characters()) {
        let folded = Folded::new(&original);
        let boundaries: Vec<usize> = folded.text().char_indices().map(|(at, _)| at).chain([folded.text().len()]).collect();
        let mut last = 0;
        for pair in boundaries.windows(2) {
            let range = folded.original(pair[0]..pair[1]);
            prop_assert!(original.get(range.clone()).is_some(), "{:?} is no place in {:?}", range, original);
            prop_assert!(range.start >= last && range.end > range.start, "{:?} behind {}", range, last);
            last = range.start;
            prop_assert!(folded.folded(range.start) <= pair[0]);
        }
        if let Some(&end) = boundaries.last().filter(|&&end| end > 0) {
            prop_assert!(original.get(folded.original(0..end)).is_some());
        }
    }
}

#[test]
fn the_places_in_whole_mails_are_right() {
    for mail in MAILS.iter() {
        checked(mail).unwrap_or_else(|fault| panic!("{fault}: {}", String::from_utf8_lossy(&mail[..200])));
    }
}
