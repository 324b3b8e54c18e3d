//! The sheet of a kept mail for programs: what the review page shows of it. Findings go by their place in `findings`.

use serde::Serialize;

use crate::finding::Level;
use crate::lang::Lang;
use crate::review::{About, File, House, Line, Run, Sheet, Tick, Zone};

/// What a person sees of a kept mail.
#[derive(Serialize)]
pub struct SheetJson<'a> {
    from: &'a str,
    date: &'a str,
    subject: Vec<RunJson<'a>>,
    organisations: Vec<Organisation<'a>>,
    undelivered: &'a [String],
    files: Vec<FileJson<'a>>,
    ticks: Vec<TickJson<'a>>,
    /// Only for those who may read.
    #[serde(skip_serializing_if = "Option::is_none")]
    texts: Option<Vec<Vec<LineJson<'a>>>>,
}

#[derive(Serialize)]
struct Organisation<'a> {
    name: &'a str,
    own: bool,
    level: Option<&'static str>,
    recipients: Vec<Recipient<'a>>,
}

#[derive(Serialize)]
struct Recipient<'a> {
    field: &'static str,
    name: &'a str,
    address: &'a str,
    sent: Option<u32>,
    last: Option<String>,
    level: Option<&'static str>,
    findings: &'a [usize],
}

#[derive(Serialize)]
struct FileJson<'a> {
    number: usize,
    name: &'a str,
    media_type: &'a str,
    size: usize,
    encrypted: bool,
    findings: &'a [usize],
    #[serde(skip_serializing_if = "Option::is_none")]
    preview: Option<&'a [String]>,
}

#[derive(Serialize)]
struct TickJson<'a> {
    key: &'a str,
    demand: &'static str,
    label: &'a str,
    /// What of the sheet it is about, by its place there or its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    organisation: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finding: Option<usize>,
}

#[derive(Serialize)]
struct LineJson<'a> {
    zone: &'static str,
    runs: Vec<RunJson<'a>>,
}

#[derive(Serialize)]
struct RunJson<'a> {
    text: &'a str,
    #[serde(skip_serializing_if = "<[usize]>::is_empty")]
    findings: &'a [usize],
}

impl<'a> SheetJson<'a> {
    /// `whole`: with the words of the mail and its files.
    pub fn of(sheet: &'a Sheet, lang: Lang, whole: bool) -> SheetJson<'a> {
        let text = |lines: &'a Vec<Line>| lines.iter().map(line).collect();
        SheetJson {
            from: &sheet.from,
            date: &sheet.date,
            subject: runs(&sheet.subject),
            organisations: sheet.houses.iter().map(organisation).collect(),
            undelivered: &sheet.undelivered,
            files: sheet.files.iter().map(|one| file(one, whole)).collect(),
            ticks: sheet.ticks.iter().map(|one| tick(one, sheet, lang)).collect(),
            texts: whole.then(|| sheet.texts.iter().map(text).collect()),
        }
    }
}

fn organisation(house: &House) -> Organisation<'_> {
    let recipients = house.cards.iter().map(|card| Recipient {
        field: card.field.as_str(),
        name: &card.name,
        address: &card.address,
        sent: card.sent,
        last: card.last.map(|at| at.to_string()),
        level: card.level.map(Level::as_str),
        findings: &card.marks,
    });
    let level = house.level().map(Level::as_str);
    Organisation { name: &house.name, own: house.own, level, recipients: recipients.collect() }
}

fn file(file: &File, whole: bool) -> FileJson<'_> {
    FileJson {
        number: file.number,
        name: &file.name,
        media_type: &file.media_type,
        size: file.size,
        encrypted: file.encrypted,
        findings: &file.marks,
        preview: whole.then_some(&file.preview),
    }
}

fn tick<'a>(tick: &'a Tick, sheet: &Sheet, lang: Lang) -> TickJson<'a> {
    let (mut organisation, mut file, mut finding) = (None, None, None);
    match tick.about {
        About::House(n) => organisation = Some(n),
        About::File(n) => file = sheet.files.get(n).map(|file| file.number),
        About::Finding(n) => finding = Some(n),
        About::Mail => {}
    }
    let (key, demand, label) = (tick.key.as_str(), tick.demand.as_str(), tick.label.get(lang));
    TickJson { key, demand, label, organisation, file, finding }
}

fn line(line: &Line) -> LineJson<'_> {
    let zone = match line.zone {
        Zone::Own => "own",
        Zone::Quoted => "quoted",
        Zone::Signature => "signature",
        Zone::Footer => "footer",
    };
    LineJson { zone, runs: runs(&line.runs) }
}

fn runs(runs: &[Run]) -> Vec<RunJson<'_>> {
    runs.iter().map(|run| RunJson { text: &run.text, findings: &run.marks }).collect()
}
