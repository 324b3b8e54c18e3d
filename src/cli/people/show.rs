//! `atena people list`, `show` and `export`: what is kept, for people and for programs.

use std::io::Write;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::super::Stop;
use super::{Desk, LIST_LIMIT, said, told};
use crate::correspondents;
use crate::lang::Lang;
use crate::output::{self, one_line};
use crate::store::people::{Exported, Listed, Profile};

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
    /// Of the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<&'a str>,
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
struct Kept<'a> {
    #[serde(flatten)]
    about: Line<'a>,
    #[serde(flatten)]
    kept: &'a correspondents::Kept,
}

#[derive(Serialize)]
struct Learnt<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    mail: &'a correspondents::KeptMail,
}

#[derive(Serialize)]
struct Count<'a> {
    name: &'a str,
    mails: u32,
}

#[derive(Serialize)]
struct Answer<'a, T> {
    version: u32,
    people: Vec<T>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    said: Vec<said::Line<'a>>,
}

impl<'a> Line<'a> {
    fn of(one: &'a Listed, client: Option<&'a str>) -> Line<'a> {
        let time = |at: Option<Timestamp>| at.map(|at| at.to_string());
        Line {
            kind: "contact",
            sender: &one.sender,
            address: &one.address,
            name: &one.name,
            names: &one.names,
            role: &one.role,
            organisation: &one.organisation,
            client,
            sent: one.sent,
            received: one.received,
            first: time(one.first),
            last: time(one.last),
        }
    }
}

impl<'a> Whole<'a> {
    fn of(one: &'a Profile, about: Line<'a>) -> Whole<'a> {
        let counts =
            |list: &'a [(String, u32)]| list.iter().map(|(name, mails)| Count { name, mails: *mails }).collect();
        Whole {
            about,
            address_book: one.about.listed,
            same_person: &one.also,
            greeted: counts(&one.greeted),
            files: one.files.iter().map(|(name, _)| name.as_str()).collect(),
        }
    }
}

impl Desk<'_> {
    /// The `[[client]]` of the configuration that somebody belongs to.
    fn client(&self, one: &Listed) -> Option<&str> {
        self.clients.of(&one.address).map(|client| self.clients.client(client).name.as_str())
    }

    fn line<'a>(&'a self, one: &'a Listed) -> Line<'a> {
        Line::of(one, self.client(one))
    }

    pub(super) fn list(&self, words: &str, json: bool, out: &mut dyn Write) -> Result<u8, Stop> {
        let people = self.people.list(words, LIST_LIMIT).map_err(|error| told(&error, self.lang))?;
        if json {
            let people = people.iter().map(|one| self.line(one)).collect();
            output::write_json(out, &Answer { version: 1, people, said: Vec::new() })?;
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
            let client = self.client(one).map_or_else(String::new, |name| format!("  {}", one_line(name)));
            let sender = if several { format!("  ← {}", one_line(&one.sender)) } else { String::new() };
            writeln!(out, "{:>6}  {}  {}{name}{client}{sender}", one.sent, day(one.last), one_line(&one.address))?;
        }
        Ok(0)
    }

    pub(super) fn show(&self, person: &str, json: bool, out: &mut dyn Write) -> Result<u8, Stop> {
        let profiles = self.people.show(person).map_err(|error| told(&error, self.lang))?;
        let said = self.said(person)?;
        let nothing = profiles.is_empty() && said.is_empty();
        if json {
            let people = profiles.iter().map(|one| Whole::of(one, self.line(&one.about))).collect();
            let said = said.iter().map(said::Line::of).collect();
            output::write_json(out, &Answer { version: 1, people, said })?;
            return Ok(u8::from(nothing));
        }
        if nothing {
            return self.unknown(person, out);
        }
        profiles.iter().try_for_each(|profile| self.page(profile, out))?;
        self.write_said(&said, out)?;
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
            (word("Client", "取引先"), one_line(self.client(about).unwrap_or_default())),
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
        let mut written = Ok(());
        let mut take = |one: Exported| {
            let line = match &one {
                Exported::Person(about, kept) => {
                    serde_json::to_string(&Kept { about: Line { client: None, ..self.line(about) }, kept })
                }
                Exported::Mail(mail) => serde_json::to_string(&Learnt { kind: "learnt", mail }),
            };
            if written.is_ok() {
                written = writeln!(out, "{}", line.expect("texts and numbers have a form in JSON"));
            }
        };
        self.people.export(&mut take).map_err(|error| told(&error, self.lang))?;
        written?;
        self.export_said(out)?;
        Ok(0)
    }
}

fn day(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "–".to_owned(), |at| at.to_zoned(TimeZone::system()).date().to_string())
}
