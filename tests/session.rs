//! Is a session the same however its bytes are cut, and does it answer what the transcripts say?

#![allow(clippy::unwrap_used)]

#[path = "session/driver.rs"]
mod driver;
#[path = "session/properties.rs"]
mod properties;
#[path = "session/script.rs"]
mod script;
#[path = "session/waiting.rs"]
mod waiting;

use std::path::PathBuf;

use script::{Answers, Cut, Script};

fn transcripts() -> Vec<(String, Script)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/session");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "smtp"));
    files.sort();
    assert!(files.len() >= 25, "the transcripts are missing");
    let read = |file: PathBuf| {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let script = Script::parse(&name, &std::fs::read_to_string(&file).unwrap());
        (name, script)
    };
    files.into_iter().map(read).collect()
}

#[test]
fn every_transcript_in_step() {
    for (name, script) in transcripts() {
        assert_eq!(script.run(Cut::InStep, Answers::AtOnce), script.expected(), "{name}");
    }
}

#[test]
fn every_transcript_whole_and_byte_by_byte() {
    for (name, script) in transcripts() {
        for cut in [Cut::Whole, Cut::EveryByte] {
            for answers in [Answers::AtOnce, Answers::Late] {
                assert_eq!(script.run(cut, answers), script.expected(), "{name}, {cut:?}, answers {answers:?}");
            }
        }
    }
}

#[test]
fn every_transcript_cut_at_every_byte() {
    for (name, script) in transcripts() {
        let expected = script.expected();
        for at in 0..script.input_len() {
            assert_eq!(script.run(Cut::At(at), Answers::AtOnce), expected, "{name}, cut at {at}");
        }
    }
}
