//! Answers to faults as their authors wrote them, sentence by sentence with what each does: `fixtures/answers/*.txt`.
//!
//! A mail begins with `=== number | labels, or clean | kind | note`, then `From: To: Cc: Subject: Quoted:` (working days
//! between the quoted mail and the answer, or `-`), then a sentence in each line: `codes | sentence` written now,
//! `> codes | sentence` quoted, `/ | words` of addressee, greeting or signature, `~` for a new paragraph.

use std::error::Error;
use std::fmt::Write;

use base64::Engine;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

/// One mail.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) number: String,
    pub(crate) labels: Vec<String>,
    /// `none`, `slight`, `real`, `first`, `contested`, `repeat` or `late`.
    pub(crate) kind: String,
    head: Vec<(String, String)>,
    /// Codes and words of each sentence written now.
    pub(crate) own: Vec<(String, String)>,
    pub(crate) quoted: Vec<(String, String)>,
}

/// Holidays of Japan in the weeks in which the mails are dated.
const HOLIDAYS: [Date; 3] = [date(2026, 10, 12), date(2026, 11, 3), date(2026, 11, 23)];
/// Codes of lines that are no sentences.
const FRAME: &str = "/";
const PARAGRAPH: &str = "~";

/// The mails of a file.
pub(crate) fn read(text: &str) -> Result<Vec<Answer>, Box<dyn Error>> {
    let mut out: Vec<Answer> = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if let Some(title) = line.strip_prefix("=== ") {
            out.push(titled(title));
            continue;
        }
        let answer = out.last_mut().ok_or("a line before the first mail")?;
        let is_head = answer.own.is_empty() && answer.quoted.is_empty();
        match line.split_once(':').filter(|(name, _)| is_head && HEAD.contains(name)) {
            Some((name, value)) => answer.head.push((name.to_owned(), value.trim().to_owned())),
            None => answer.sentence(line)?,
        }
    }
    Ok(out)
}

const HEAD: [&str; 5] = ["From", "To", "Cc", "Subject", "Quoted"];

fn titled(title: &str) -> Answer {
    let mut parts = title.split('|').map(str::trim);
    let mut part = || parts.next().unwrap_or_default();
    let (number, labels, kind) = (part(), part(), part());
    let labels = labels.split(',').map(str::trim).filter(|label| !label.is_empty() && *label != "clean");
    Answer {
        number: number.to_owned(),
        labels: labels.map(str::to_owned).collect(),
        kind: kind.to_owned(),
        ..Answer::default()
    }
}

impl Answer {
    fn sentence(&mut self, line: &str) -> Result<(), Box<dyn Error>> {
        let line = line.trim();
        if line == PARAGRAPH {
            self.own.push((PARAGRAPH.to_owned(), String::new()));
            return Ok(());
        }
        // Some wrote the line of an addressee without the bar.
        let (codes, words) = match (line.split_once('|'), line.strip_prefix(FRAME)) {
            (Some((codes, words)), _) if codes.trim_start_matches('>').trim().len() <= LONGEST_CODES => (codes, words),
            (_, Some(words)) => (FRAME, words),
            _ => return Err(format!("mail {}: no codes in `{line}`", self.number).into()),
        };
        let told: String = codes.chars().filter(|c| c.is_ascii_alphabetic() || *c == '/').collect();
        let into = if codes.starts_with('>') { &mut self.quoted } else { &mut self.own };
        into.push((told, words.trim().to_owned()));
        Ok(())
    }

    fn head(&self, name: &str) -> &str {
        self.head.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// The mail as it is sent; the `n`th of its file, which gives it its day.
    pub(crate) fn mail(&self, n: usize, japanese: bool) -> Result<Vec<u8>, Box<dyn Error>> {
        let day = next_workday(date(2026, 10, 14).checked_add((n * 3 % 36).try_into().map(|n: i64| n.days())?)?)?;
        let mut out = String::new();
        for name in ["From", "To", "Cc", "Subject"] {
            let value = self.head(name);
            if !value.is_empty() {
                writeln!(out, "{name}: {}", if name == "Subject" { encoded(value) } else { addresses(value) })?;
            }
        }
        let zone = if japanese { "+0900" } else { "+0000" };
        writeln!(out, "Date: {} 15:{:02}:00 {zone}", day.strftime("%a, %d %b %Y"), n % 60)?;
        writeln!(
            out,
            "Message-ID: <{n}@{}>",
            self.head("From").rsplit('@').next().unwrap_or("x").trim_end_matches('>')
        )?;
        if !self.quoted.is_empty() {
            writeln!(out, "In-Reply-To: <q{n}@client.example>")?;
        }
        out += "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n";
        out += &self.text(japanese);
        if !self.quoted.is_empty() {
            out += &self.quotation(day, japanese)?;
        }
        Ok(out.replace('\n', "\r\n").into_bytes())
    }

    /// Three sentences make a paragraph; whatever has no full stop stands alone.
    fn text(&self, japanese: bool) -> String {
        const PARAGRAPH_OF: usize = 3;
        let (mut out, mut sentences, mut framed) = (String::new(), 0, false);
        for (codes, words) in &self.own {
            let frame = codes == FRAME;
            let joins = sentences > 0 && sentences < PARAGRAPH_OF && !frame && out.ends_with(ENDS);
            match () {
                () if out.is_empty() || codes == PARAGRAPH => {}
                () if frame && framed => out.push('\n'),
                () if joins => out.push_str(if japanese { "" } else { " " }),
                () => {
                    out.push_str("\n\n");
                    sentences = 0;
                }
            }
            out.push_str(words);
            framed = frame;
            sentences = if frame || codes == PARAGRAPH { 0 } else { sentences + 1 };
        }
        out + "\n"
    }

    fn quotation(&self, day: Date, japanese: bool) -> Result<String, Box<dyn Error>> {
        let days = self.head("Quoted").chars().take_while(char::is_ascii_digit).collect::<String>();
        let mut quoted = day;
        for _ in 0..days.parse().unwrap_or(1) {
            quoted = quoted.yesterday()?;
            while !is_workday(quoted) {
                quoted = quoted.yesterday()?;
            }
        }
        let who = self.head("To").split_inclusive('>').next().unwrap_or_default();
        let mut out = if japanese {
            let weekday =
                ["月", "火", "水", "木", "金", "土", "日"][usize::try_from(quoted.weekday().to_monday_zero_offset())?];
            format!("\n{}({weekday}) 10:12 {who}:\n", quoted.strftime("%Y年%-m月%-d日"))
        } else {
            format!("\nOn {} at 10:12, {who} wrote:\n", quoted.strftime("%a, %-d %b %Y"))
        };
        self.quoted.iter().try_for_each(|(_, words)| writeln!(out, "> {words}"))?;
        Ok(out)
    }
}

const LONGEST_CODES: usize = 12;
const ENDS: [char; 12] = ['。', '.', '!', '?', '！', '？', '」', '』', ')', '）', '…', '♪'];

fn is_workday(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !HOLIDAYS.contains(&day)
}

fn next_workday(mut day: Date) -> Result<Date, Box<dyn Error>> {
    while !is_workday(day) {
        day = day.tomorrow()?;
    }
    Ok(day)
}

/// Each address with its name encoded.
fn addresses(value: &str) -> String {
    let one = |address: &str| match address.trim().split_once('<') {
        Some((name, rest)) if !name.trim().is_empty() => format!("{} <{rest}", encoded(name.trim())),
        _ => address.trim().to_owned(),
    };
    value.split(',').map(one).collect::<Vec<_>>().join(", ")
}

/// RFC 2047, in words of at most 75 octets.
fn encoded(words: &str) -> String {
    const CHARACTERS: usize = 14;
    if words.is_ascii() {
        return words.to_owned();
    }
    let characters: Vec<char> = words.chars().collect();
    let word = |part: &[char]| {
        let text: String = part.iter().collect();
        format!("=?utf-8?B?{}?=", base64::engine::general_purpose::STANDARD.encode(text))
    };
    characters.chunks(CHARACTERS).map(word).collect::<Vec<_>>().join("\n ")
}
