//! Is a mail taken apart as its reader would: who wrote what, when, to whom, in which characters?
//!
//! `fixtures/anatomy/*.eml` holds one shape of mail each; `*.expected` shows what was read of it, line by line.
#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use atena::message::anatomy::{Anatomy, QuoteHead};
use atena::message::text::Folded;
use atena::message::{Body, Mailbox, Message};

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/anatomy")
}

fn names(extension: &str) -> Vec<String> {
    let files = std::fs::read_dir(directory()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = files.filter_map(|name| name.strip_suffix(extension).map(str::to_owned)).collect();
    names.sort();
    names
}

/// `ATENA_BLESS=1` writes the files anew.
#[test]
fn every_mail_is_taken_apart_as_recorded() {
    let bless = std::env::var_os("ATENA_BLESS").is_some();
    let mut faults = String::new();
    for name in names(".eml") {
        let raw = std::fs::read(directory().join(format!("{name}.eml"))).unwrap();
        let read = Message::parse(&raw).map_or_else(|error| format!("unreadable: {error}\n"), |mail| describe(&mail));
        let path = directory().join(format!("{name}.expected"));
        if bless {
            std::fs::write(&path, &read).unwrap();
        } else if std::fs::read_to_string(&path).unwrap_or_default() != read {
            writeln!(faults, "{} differs; now:\n{read}", path.display()).unwrap();
        }
    }
    assert!(faults.is_empty(), "\n{faults}\nATENA_BLESS=1 records the new readings");
}

#[test]
fn every_reading_has_its_mail() {
    let mails = names(".eml");
    assert_eq!(mails, names(".expected"));
    assert!(mails.len() >= 80, "{}", mails.len());
}

/// Every part of every text is a place of that text, and each folded word leads back to it.
#[test]
fn every_part_points_into_its_text() {
    for name in names(".eml") {
        let raw = std::fs::read(directory().join(format!("{name}.eml"))).unwrap();
        let Ok(message) = Message::parse(&raw) else { continue };
        for body in &message.bodies {
            let folded = body.own.text();
            for (at, word) in
                folded.split_whitespace().map(|word| (word.as_ptr() as usize - folded.as_ptr() as usize, word))
            {
                let range = body.own.original(at..at + word.len());
                assert!(
                    body.original.is_char_boundary(range.start) && body.original.is_char_boundary(range.end),
                    "{name}"
                );
                let inside = body.anatomy.own.iter().any(|own| own.start <= range.start && range.end <= own.end);
                assert!(inside && !range.is_empty(), "{name}: {word} comes from {range:?}");
            }
            for addressee in &body.anatomy.addressees {
                assert!(
                    body.original[addressee.range.clone()].contains(addressee.name.split(' ').next().unwrap()),
                    "{name}"
                );
            }
        }
    }
}

/// Lines of all the mails in any order: whatever shape that has, each line is in one part and the parts are in order.
#[test]
fn mixed_mails_are_taken_apart_too() {
    let texts = names(".eml").into_iter().map(|name| std::fs::read(directory().join(format!("{name}.eml"))).unwrap());
    let lines: Vec<String> = texts
        .flat_map(|raw| Message::parse(&raw).map(|mail| mail.bodies).unwrap_or_default())
        .flat_map(|body| body.original.split('\n').map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random >> 33).unwrap() % below
    };
    for _ in 0..1000 {
        let mut text = String::new();
        for _ in 0..next(12) + 1 {
            let start = next(lines.len());
            let end = (start + next(8) + 1).min(lines.len());
            let marks = ["", "", "> ", "> > "][next(4)];
            lines[start..end].iter().for_each(|line| writeln!(text, "{marks}{line}").unwrap());
        }
        check_parts(&text);
    }
}

fn check_parts(text: &str) {
    let anatomy = Anatomy::of(text);
    let parts = [&anatomy.own, &anatomy.quoted, &anatomy.attribution, &anatomy.signature, &anatomy.footer];
    let mut all: Vec<Range<usize>> = parts.into_iter().flatten().cloned().collect();
    all.retain(|range| !text[range.clone()].trim().is_empty());
    all.sort_by_key(|range| range.start);
    assert!(all.windows(2).all(|pair| pair[0].end <= pair[1].start), "a line in two parts:\n{text}");
    // Nothing is lost but quote marks.
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    assert_eq!(all.iter().map(|range| letters(&text[range.clone()])).sum::<usize>(), letters(text), "{text}");
    let folded = Folded::of(text, &anatomy.own);
    for (at, c) in folded.text().char_indices() {
        let range = folded.original(at..at + c.len_utf8());
        assert!(text.get(range.clone()).is_some(), "{range:?} in\n{text}");
    }
}

#[test]
fn wrapped_japanese_lines_are_joined_and_lists_and_tables_are_not() {
    for (name, joined, kept) in [
        (
            "wrapped-ja-35",
            &[
                "内容に誤りがございましたので",
                "よろしくお願い申し上げます",
                "折り返されて続きます",
                "途中で折り返されています",
            ][..],
            &["\n・二つ目の項目\n", "\nポンプ", "\nバルブ", "very-long-path/ にございます"][..],
        ),
        (
            "wrapped-ja-38",
            &["ので訂正いたします", "お手元のものは", "変更はございません", "10月22日(木)までに"],
            &["佐藤様\n"],
        ),
    ] {
        let raw = std::fs::read(directory().join(format!("{name}.eml"))).unwrap();
        let message = Message::parse(&raw).unwrap();
        let body = &message.bodies[0];
        for words in joined.iter().chain(kept) {
            let at = body.own.text().find(words).unwrap_or_else(|| panic!("{words:?} in {}", body.own.text()));
            let original = &body.original[body.own.original(at..at + words.len())];
            let compact = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
            assert!(compact(original) >= compact(words), "{words:?} comes from {original:?}");
        }
        if name == "wrapped-ja-38" {
            assert!(body.quoted.text().contains("ご確認をお願いで"), "marks keep quoted lines apart");
        }
    }
}

fn describe(message: &Message) -> String {
    let mut out = String::new();
    let mut line = |label: &str, text: String| writeln!(out, "{label:<11} {text}").unwrap();
    line("subject", message.subject.clone().unwrap_or_default());
    let lists = [("from", &message.from), ("to", &message.to), ("cc", &message.cc), ("invited", &message.attendees)];
    for (label, list) in lists {
        list.iter().for_each(|one| line(label, mailbox(one)));
    }
    for file in &message.attachments {
        line("attachment", format!("{} ({}, {:?})", file.name, file.media_type, file.kind));
    }
    message.troubles.iter().for_each(|trouble| line("trouble", format!("{trouble:?}")));
    for body in &message.bodies {
        out.push('\n');
        out += &describe_body(body);
    }
    out
}

fn mailbox(mailbox: &Mailbox) -> String {
    format!("{} <{}>", mailbox.name, mailbox.address).trim_start().to_owned()
}

fn describe_body(body: &Body) -> String {
    let mut out = String::new();
    let anatomy = &body.anatomy;
    for addressee in &anatomy.addressees {
        let copied = if addressee.copied { ", in copy" } else { "" };
        writeln!(out, "addressee   {} ({:?}{copied})", addressee.name, addressee.kind).unwrap();
    }
    anatomy.quote_head.iter().for_each(|head| writeln!(out, "quotes      {}", describe_head(head)).unwrap());
    anatomy.older_heads.iter().for_each(|head| writeln!(out, "older       {}", describe_head(head)).unwrap());
    let mut at = 0;
    for text in body.original.split('\n') {
        let zone = zone(anatomy, at..at + text.len());
        writeln!(out, "{zone:<11} │ {}", text.trim_end_matches('\r')).unwrap();
        at += text.len() + 1;
    }
    out.replace("│ \n", "│\n")
}

fn describe_head(head: &QuoteHead) -> String {
    let mut out = head.author.clone();
    head.address.iter().for_each(|address| write!(out, " <{address}>").unwrap());
    head.date.iter().for_each(|date| write!(out, ", {}", date.strftime("%Y-%m-%d %H:%M")).unwrap());
    if !head.recipients.is_empty() {
        write!(out, ", to {}", head.recipients.join(" ")).unwrap();
    }
    if head.forwarded {
        out += ", forwarded";
    }
    out.trim_start().to_owned()
}

/// The part a line belongs to; a blank line between two parts belongs to neither.
fn zone(anatomy: &Anatomy, line: Range<usize>) -> &'static str {
    let parts = [
        ("own", &anatomy.own),
        ("quoted", &anatomy.quoted),
        ("attribution", &anatomy.attribution),
        ("signature", &anatomy.signature),
        ("footer", &anatomy.footer),
    ];
    let holds = |ranges: &[Range<usize>]| ranges.iter().any(|range| range.start < line.end && line.start < range.end);
    parts.into_iter().find(|(_, ranges)| holds(ranges)).map_or("", |(name, _)| name)
}
