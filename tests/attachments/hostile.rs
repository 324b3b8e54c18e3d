//! Files made to exhaust or break what looks into them.

use atena::message::Message;
use proptest::prelude::*;

use crate::samples::{Lock, deflated, mail, office, stored, zip};
use crate::{attached, names};

#[test]
fn bombs_stay_small() {
    let zeros = vec![b'0'; 64 << 20];
    let bomb = deflated(&[("a.txt", &zeros), ("b.zip", &zeros)]);
    assert_eq!(names(&attached("bomb.zip", &bomb)), ["a.txt", "b.zip"]);
    let xml = format!("<w:document>{}", "<w:p><w:t>x</w:t></w:p>".repeat(4 << 20));
    let document = attached("bomb.docx", &office(&[("word/document.xml", &xml)]));
    assert!(!document.text.is_empty() && document.text.len() <= 8 << 10, "{}", document.text.len());
}

#[test]
fn many_entries_are_cut_off() {
    let many: Vec<String> = (0..5000).map(|n| format!("{n}.txt")).collect();
    let files: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
    assert_eq!(attached("many.zip", &zip(&files, Lock::None)).entries.len(), 2000);
}

/// One archive in which every file is the same bytes, and each of them an archive.
#[test]
fn overlapping_entries_are_paid_for_once() {
    let inner = zip(&[("x.txt", &vec![b'x'; 400 << 10][..])], Lock::None);
    let mut data = stored(b"a.zip", 0, 0, &inner);
    let end = data.split_off(data.len() - 22);
    let directory_at = u32::from_le_bytes(end[16..20].try_into().unwrap()) as usize;
    let record = data[directory_at..].to_vec();
    (1..1000).for_each(|_| data.extend(&record));
    let size = u32::try_from(record.len() * 1000).unwrap();
    data.extend(&end[..12]);
    data.extend(size.to_le_bytes());
    data.extend(&end[16..]);
    let seen = attached("overlap.zip", &data);
    let inside = names(&seen).iter().filter(|name| name.ends_with("x.txt")).count();
    assert!((1..4).contains(&inside), "the budget ends it: {inside}");
}

#[test]
fn lying_sizes_and_offsets_are_survived() {
    let good = zip(&[("a.txt", b"hello"), ("b.pdf", b"%PDF-1.7")], Lock::None);
    for at in 0..good.len().saturating_sub(4) {
        for value in [0, u32::MAX, 0x7FFF_FFFF] {
            let mut bad = good.clone();
            bad[at..at + 4].copy_from_slice(&u32::to_le_bytes(value));
            attached("bad.zip", &bad);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_break_it(start in 0..8usize, bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let starts: [&[u8]; 8] = [
            b"PK\x03\x04", b"PK\x01\x02", b"Rar!\x1A\x07\x01\x00", b"Rar!\x1A\x07\x00", b"7z\xBC\xAF\x27\x1C",
            b"%PDF-/Title(", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"",
        ];
        let content = [starts[start], &bytes].concat();
        prop_assert!(Message::parse(&mail(&[("a.zip", &content), ("b.csv", &content)])).is_ok());
    }

    #[test]
    fn damaged_files_are_survived(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20), cut in any::<prop::sample::Index>()) {
        let inner = deflated(&[("c.txt", &[7; 300])]);
        let good = [
            deflated(&[("a.txt", b"hello hello hello"), ("b.zip", &inner)]),
            office(&[("word/document.xml", "<w:p><w:t>&amp;</w:t></w:p>")]),
        ];
        for mut bytes in good {
            for (at, value) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *value;
            }
            attached("a.zip", &bytes);
            bytes.truncate(cut.index(bytes.len()));
            attached("a.zip", &bytes);
        }
    }
}
