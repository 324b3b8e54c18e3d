//! `attachment-text`: the text announces one file, and another of its kind is attached: 「10月分の請求書」 with
//! `請求書_9月.pdf`. Contradiction fires: both must state the same thing, and no file must fit.

use std::ops::Range;

use serde::Deserialize;

use super::Kind;
use super::claims::{About, Claim, From, claims};
use crate::finding::Location;
use crate::message::Attachment;
use crate::message::text::Folded;
use crate::rule::reading::{Hit, MAX_REMARKS, Reading, Remark};
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct AttachmentText {
    /// A clause with these announces a file.
    announced_by: Words,
    /// In the same sentence these say that the file is an earlier, a later or the reader's one.
    unless: Words,
    /// Prefixes of subjects that were written for an earlier mail.
    replies: Vec<String>,
    /// Kinds of document, each with its names in folded text: a quotation is no invoice.
    #[serde(default)]
    documents: Vec<Vec<String>>,
}

/// More announcements in one mail are a list, which is compared no further.
const MAX_CLAUSES: usize = 20;
/// Names are compared as long as they are few: attached ones, ones in archives, and ones in an announcement.
const MAX_FILES: usize = 50;
const MAX_ENTRIES: usize = 50;
const MAX_ANNOUNCED: usize = 20;

/// A file name and what it states.
struct Name {
    shown: String,
    folded: String,
    claims: Vec<Claim>,
}

/// A clause that announces a file, with the statements in it.
struct Announcement {
    /// `None`: the subject.
    text: Option<usize>,
    /// In the folded own text.
    clause: Range<usize>,
    folded: String,
    claims: Vec<Claim>,
}

impl Kind for AttachmentText {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![&mut self.announced_by, &mut self.unless]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let names = names(reading);
        if names.is_empty() {
            return Vec::new();
        }
        let announcements = self.announcements(reading);
        if announcements.is_empty() {
            return Vec::new();
        }
        let mut out: Vec<Remark> = Vec::new();
        let mut said = None;
        for announcement in &announcements {
            let other = other_file(announcement, &names).or_else(|| self.other_document(announcement, &names));
            if let Some((words, name)) = other {
                out.push(remark(reading, announcement, &words, name));
                continue;
            }
            let strong = announcement.claims.iter().filter(|claim| claim.is_strong && is_compared(claim.about));
            for claim in strong.take(MAX_ANNOUNCED) {
                let Some(name) = contradicting(claim, &names) else { continue };
                let said = said.get_or_insert_with(|| everything_said(reading));
                if !is_said(name, claim.about, said) {
                    out.push(remark(reading, announcement, &claim.range, name));
                    break;
                }
            }
        }
        if out.is_empty() {
            out.extend(amount(reading, &names, said.unwrap_or_else(|| everything_said(reading))));
        }
        out.truncate(MAX_REMARKS);
        out
    }
}

fn is_compared(about: About) -> bool {
    !matches!(about, About::Amount(_))
}

fn names(reading: &Reading<'_>) -> Vec<Name> {
    let name = |shown: &str| {
        let folded = Folded::new(shown).text().to_owned();
        Name { shown: shown.to_owned(), claims: claims(&folded, From::FileName), folded }
    };
    let files: Vec<&Attachment> = reading.message.attachments.iter().filter(|file| file.is_file()).collect();
    let entries = files.iter().flat_map(|file| &file.entries).take(MAX_ENTRIES);
    let inside = entries.map(|entry| entry.name.rsplit('/').next().unwrap_or(&entry.name));
    files.iter().take(MAX_FILES).map(|file| file.name.as_str()).chain(inside).map(name).collect()
}

impl AttachmentText {
    fn announcements(&self, reading: &Reading<'_>) -> Vec<Announcement> {
        let mut out: Vec<Announcement> = Vec::new();
        for hit in reading.own(&self.announced_by) {
            let clause = reading.clause(&hit).range;
            let is_known = out.iter().any(|one| one.text == Some(hit.text) && one.clause == clause);
            if is_known || reading.sentence_has(&hit, &self.unless) {
                continue;
            }
            if out.len() == MAX_CLAUSES {
                break;
            }
            let folded = reading.folded(&hit)[clause.clone()].to_owned();
            out.push(Announcement { text: Some(hit.text), clause, claims: claims(&folded, From::Text), folded });
        }
        let subject = Some(reading.subject.folded.text().to_owned()).filter(|_| !out.is_empty());
        if let Some(folded) =
            subject.filter(|text| !self.replies.iter().any(|prefix| text.starts_with(prefix.as_str())))
        {
            let claims = claims(&folded, From::Text);
            out.push(Announcement { text: None, clause: 0..folded.len(), folded, claims });
        }
        out
    }
}

impl AttachmentText {
    /// One kind of document is announced, and every file is named as another: 「請求書を添付」 with `見積書.pdf`.
    fn other_document<'n>(&self, announcement: &Announcement, names: &'n [Name]) -> Option<(Range<usize>, &'n Name)> {
        announcement.text?;
        let kinds = |text: &str| -> Vec<usize> {
            let named = |kind: &&Vec<String>| kind.iter().any(|word| text.contains(word.as_str()));
            self.documents.iter().enumerate().filter(|(_, kind)| named(kind)).map(|(n, _)| n).collect()
        };
        let [announced] = kinds(&announcement.folded)[..] else { return None };
        let stated: Vec<Vec<usize>> = names.iter().map(|name| kinds(&name.folded)).collect();
        if stated.iter().any(|kinds| kinds.is_empty() || kinds.contains(&announced)) {
            return None;
        }
        let word = self.documents[announced].iter().find_map(|word| Some((announcement.folded.find(word)?, word)))?;
        Some((word.0..word.0 + word.1.len(), names.first()?))
    }
}

/// The first file that states something else, if no file states the same.
fn contradicting<'n>(claim: &Claim, names: &'n [Name]) -> Option<&'n Name> {
    let of_kind =
        |name: &'n Name| name.claims.iter().filter(|other| other.about == claim.about).map(move |other| (name, other));
    let stated: Vec<(&Name, &Claim)> = names.iter().flat_map(of_kind).collect();
    if stated.iter().any(|(_, other)| agree(claim, other)) {
        return None;
    }
    stated.first().map(|(name, _)| *name)
}

fn agree(text: &Claim, name: &Claim) -> bool {
    match text.about {
        // The invoice of September is issued, and named, in October.
        About::Month => text.value == name.value || (!name.is_strong && name.value[0] == text.value[0] % 12 + 1),
        // Version 3 may be the file's 3.1.
        About::Version => text.value.iter().zip(&name.value).all(|(a, b)| a == b),
        About::Year | About::Quarter | About::Amount(_) => text.value == name.value,
    }
}

/// All statements of the own texts and the subject.
fn everything_said(reading: &Reading<'_>) -> Vec<Claim> {
    let texts = reading.texts.iter().map(|text| text.body.own.text());
    texts.chain([reading.subject.folded.text()]).flat_map(|text| claims(text, From::Text)).collect()
}

/// Whether the text speaks, somewhere, of what a file's name states.
fn is_said(name: &Name, about: About, said: &[Claim]) -> bool {
    let stated = name.claims.iter().filter(|claim| claim.about == about);
    stated.into_iter().any(|claim| said.iter().any(|other| other.about == about && other.value == claim.value))
}

/// A file named in an announcement, and the attached one that has its place: one of the same type with a name much like
/// it. 「写真.jpg」 for `IMG_0012.jpg` is a description.
fn other_file<'n>(announcement: &Announcement, names: &'n [Name]) -> Option<(Range<usize>, &'n Name)> {
    let mut announced = file_names(&announcement.folded);
    announced.truncate(MAX_ANNOUNCED);
    let is_named = |name: &Name, range: &Range<usize>| same_file(&announcement.folded[range.clone()], &name.folded);
    let missing = announced.iter().find(|range| !names.iter().any(|name| is_named(name, range)))?.clone();
    let (stem, end) = parts(&announcement.folded[missing.clone()]);
    let takes_its_place = |name: &&Name| {
        let (other, other_end) = parts(&name.folded);
        end == other_end && resemble(&stem, &other) && !announced.iter().any(|range| is_named(name, range))
    };
    names.iter().find(takes_its_place).map(|name| (missing, name))
}

/// A name without blanks and punctuation, and its ending; `docx` and `xlsm` are as good as `doc` and `xls`.
fn parts(name: &str) -> (String, String) {
    let (stem, end) = name.rsplit_once('.').unwrap_or((name, ""));
    let plain = stem.chars().filter(|c| c.is_alphanumeric()).collect();
    (plain, end.trim_end_matches(['x', 'm']).to_owned())
}

/// Names as people write them: with or without blanks and hyphens, with the words before them run together.
fn same_file(announced: &str, attached: &str) -> bool {
    let ((announced, end), (attached, other_end)) = (parts(announced), parts(attached));
    end == other_end && (announced.ends_with(&attached) || attached.ends_with(&announced))
}

/// At least half of the characters are the same, from the beginning and the end.
fn resemble(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let same = |(a, b): &(&char, &char)| a == b;
    let start = a.iter().zip(&b).take_while(same).count();
    let end = a.iter().rev().zip(b.iter().rev()).take_while(same).count();
    (start + end) * 2 >= a.len().max(b.len())
}

/// File names with a usual ending in a folded sentence.
fn file_names(text: &str) -> Vec<Range<usize>> {
    const ENDINGS: [&str; 17] = [
        "xlsx", "xlsm", "xls", "docx", "doc", "pptx", "ppt", "pdf", "csv", "txt", "zip", "jpeg", "jpg", "png", "tif",
        "dwg", "mp4",
    ];
    let in_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '(' | ')' | '+' | '&' | '~' | '.' | 'ー');
    let mut out = Vec::new();
    for (at, _) in text.match_indices('.') {
        let Some(ending) = ENDINGS.into_iter().find(|ending| text[at + 1..].starts_with(ending)) else { continue };
        let end = at + 1 + ending.len();
        let before = text[..at].rfind(|c| !in_name(c)).map(|n| n + text[n..].chars().next().map_or(1, char::len_utf8));
        let run = before.unwrap_or(0);
        // A particle in front of the name belongs to the sentence: 「資料はA.pdf」.
        let particle = text[run..at].rfind(['は', 'を', 'が', 'も', 'て', 'で']).map(|n| run + n + 'は'.len_utf8());
        let start = particle.unwrap_or(run);
        let is_web = text[..run].ends_with(['/', ':', '@', '\\']);
        let goes_on = text[end..].starts_with(|c: char| c.is_ascii_alphanumeric());
        if start < at && !is_web && !goes_on {
            out.push(start..end);
        }
    }
    out
}

/// The only amount of the text is not the one in a file's name.
fn amount(reading: &Reading<'_>, names: &[Name], said: Vec<Claim>) -> Option<Remark> {
    let amounts = |claims: &[Claim]| claims.iter().filter(|c| !is_compared(c.about)).cloned().collect::<Vec<_>>();
    let said = amounts(&said);
    let (name, stated) =
        names.iter().find_map(|name| amounts(&name.claims).into_iter().next().map(|claim| (name, claim)))?;
    let only = said
        .first()
        .filter(|first| said.iter().all(|claim| claim.value == first.value && claim.about == first.about))?;
    let in_names = names.iter().flat_map(|name| &name.claims).any(|claim| claim.value == only.value);
    if in_names || only.about != stated.about || with_tax(only.value[0], stated.value[0]) {
        return None;
    }
    let (text, claim) = reading.texts.iter().enumerate().find_map(|(n, text)| {
        let found = claims(text.body.own.text(), From::Text).into_iter().find(|claim| claim.about == only.about)?;
        Some((n, found))
    })?;
    let hit = Hit { text, range: claim.range };
    let words = reading.words(&hit);
    Some(Remark::at(reading.own_place(&hit)).with("words", words).with("file", name.shown.as_str()))
}

/// One is the other with consumption tax (10 or 8 per cent), rounded.
fn with_tax(a: u64, b: u64) -> bool {
    let (net, gross) = (u128::from(a.min(b)), u128::from(a.max(b)));
    [110, 108].iter().any(|rate| (net * rate / 100).abs_diff(gross) <= 100)
}

fn remark(reading: &Reading<'_>, announcement: &Announcement, words: &Range<usize>, name: &Name) -> Remark {
    let (place, words): (Location, String) = match announcement.text {
        Some(text) => {
            let start = announcement.clause.start;
            let hit = Hit { text, range: start + words.start..start + words.end };
            (reading.own_place(&hit), reading.original(&hit))
        }
        None => {
            let words = reading.subject.words(words.clone());
            (reading.header_place("subject", words), words.to_owned())
        }
    };
    Remark::at(place).with("words", words).with("file", name.shown.as_str())
}
