//! `atena people list`, `show` and `export`: what is kept, for people and for programs.

use std::io::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::super::Stop;
use super::{Desk, LIST_LIMIT, told};
use crate::lang::Lang;
use crate::output::{self, one_line};
use crate::store::people::{Listed, Profile};

/// A person as `import` reads it back.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    sender: &'a str,
    address: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    names: &'a [String],
    #[serde(skip_serializing_if = "str::is_empty")]
    role: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    organisation: &'a str,
    sent: u32,
    received: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<String>,
}

#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    about: Line<'a>,
    address_book: bool,
    same_person: &'a [String],
    greeted: Vec<Count<'a>>,
    files: Vec<&'a str>,
}

#[derive(Serialize)]
struct Count<'a> {
    name: &'a str,
    mails: u32,
}

#[derive(Serialize)]
struct Answer<T> {
    version: u32,
    people: Vec<T>,
}

impl<'a> Line<'a> {
    fn of(one: &'a Listed) -> Line<'a> {
        let time = |at: Option<Timestamp>| at.map(|at| at.to_string());
        Line {
            kind: "contact",
            sender: &one.sender,
            address: &one.address,
            name: &one.name,
            names: &one.names,
            role: &one.role,
            organisation: &one.organisation,
            sent: one.sent,
            received: one.received,
            first: time(one.first),
            last: time(one.last),
        }
    }
}

impl<'a> Whole<'a> {
    fn of(one: &'a Profile) -> Whole<'a> {
        let counts =
            |list: &'a [(String, u32)]| list.iter().map(|(name, mails)| Count { name, mails: *mails }).collect();
        Whole {
            about: Line::of(&one.about),
            address_book: one.about.listed,
            same_person: &one.also,
            greeted: counts(&one.greeted),
            files: one.files.iter().map(|(name, _)| name.as_str()).collect(),
        }
    }
}

impl Desk<'_> {
    pub(super) fn list(&self, words: &str, json: bool, out: &mut dyn Write) -> Result<u8, Stop> {
        let people = self.people.list(words, LIST_LIMIT).map_err(|error| told(&error, self.lang))?;
        if json {
            output::write_json(out, &Answer { version: 1, people: people.iter().map(Line::of).collect() })?;
            return Ok(0);
        }
        if people.is_empty() {
            let said = match self.lang {
                Lang::En => "Nobody is known yet. `atena people import FOLDER` learns from your sent mail.",
                Lang::Ja => {
                    "まだ誰も記録されていません。`atena people import フォルダー` で送信済みメールから学習できます。"
                }
            };
            writeln!(out, "{said}")?;
            return Ok(0);
        }
        let several = people.iter().any(|one| one.sender != people[0].sender);
        for one in &people {
            let name = if one.name.is_empty() { String::new() } else { format!(" ({})", one_line(&one.name)) };
            let sender = if several { format!("  ← {}", one_line(&one.sender)) } else { String::new() };
            writeln!(out, "{:>6}  {}  {}{name}{sender}", one.sent, day(one.last), one_line(&one.address))?;
        }
        Ok(0)
    }

    pub(super) fn show(&self, person: &str, json: bool, out: &mut dyn Write) -> Result<u8, Stop> {
        let profiles = self.people.show(person).map_err(|error| told(&error, self.lang))?;
        if json {
            output::write_json(out, &Answer { version: 1, people: profiles.iter().map(Whole::of).collect() })?;
            return Ok(u8::from(profiles.is_empty()));
        }
        if profiles.is_empty() {
            return self.unknown(person, out);
        }
        profiles.iter().try_for_each(|profile| self.page(profile, out))?;
        Ok(0)
    }

    fn page(&self, one: &Profile, out: &mut dyn Write) -> std::io::Result<()> {
        let word = |en: &'static str, ja: &'static str| if self.lang == Lang::Ja { ja } else { en };
        let about = &one.about;
        writeln!(out, "{}", one_line(&about.address))?;
        let counted = |list: &[(String, u32)]| {
            list.iter().map(|(name, mails)| format!("{} ({mails})", one_line(name))).collect::<Vec<_>>().join(", ")
        };
        let lines = [
            (word("Name", "名前"), one_line(&about.name)),
            (word("Other names", "別名・読み"), one_line(&about.names.join(", "))),
            (word("Role", "役職"), one_line(&about.role)),
            (word("Organisation", "会社"), one_line(&about.organisation)),
            (word("Same person", "同じ人"), one_line(&one.also.join(", "))),
            (word("Known to", "差出人"), one_line(&about.sender)),
            (word("Sent to", "送信"), about.sent.to_string()),
            (word("Answered", "返信"), about.received.to_string()),
            (word("First, last", "最初・最後"), format!("{}, {}", day(about.first), day(about.last))),
            (word("Greeted as", "宛名"), counted(&one.greeted)),
            (
                word("Files", "添付"),
                one_line(&one.files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")),
            ),
        ];
        for (label, text) in lines.iter().filter(|(_, text)| !text.is_empty()) {
            writeln!(out, "  {label}: {text}")?;
        }
        Ok(())
    }

    pub(super) fn export(&self, out: &mut dyn Write) -> Result<u8, Stop> {
        for one in self.people.list("", usize::MAX >> 1).map_err(|error| told(&error, self.lang))? {
            let line = serde_json::to_string(&Line::of(&one)).expect("texts and numbers have a form in JSON");
            writeln!(out, "{line}")?;
        }
        Ok(0)
    }
}

fn day(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "–".to_owned(), |at| at.to_zoned(TimeZone::system()).date().to_string())
}
