//! `forwarded-file`: a mail is passed on without the file it came with.

use serde::Deserialize;

use super::Kind;
use super::attachment::has_file;
use crate::rule::reading::{Reading, Remark};
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct ForwardedFile {
    /// Beginnings of a subject that passes a mail on.
    prefixes: Vec<String>,
    /// Words in own text that say that a mail is passed on; many answer in one that begins with `FW:`.
    passed_on_by: Words,
    /// Phrases in the passed-on text that announce a file.
    promised_by: Words,
    /// Beginnings of a line of its header block that lists its files.
    listed_by: Vec<String>,
    /// Words in own text that say why the file stays behind, or that it comes another way.
    unless: Words,
}

/// What stands at the top of the passed-on text is the mail that is passed on; below it are the mails it answered. In
/// bytes.
const NEWEST: usize = 1200;

impl Kind for ForwardedFile {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![&mut self.passed_on_by, &mut self.promised_by, &mut self.unless]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let subject = reading.message.subject.as_deref().unwrap_or_default().trim_start().to_lowercase();
        if !self.prefixes.iter().any(|prefix| subject.starts_with(prefix.as_str())) || has_file(reading.message) {
            return Vec::new();
        }
        let words = self.listed(reading).or_else(|| self.promised(reading));
        let words = words.filter(|_| !reading.says(&self.unless));
        let shown = reading.message.subject.as_deref().unwrap_or_default();
        words.map(|words| Remark::at(reading.header_place("subject", shown)).with("words", words)).into_iter().collect()
    }
}

impl ForwardedFile {
    /// 「添付ファイル: 見積書.pdf」 in the header block of the mail that is passed on.
    fn listed(&self, reading: &Reading<'_>) -> Option<String> {
        let body = reading.message.bodies.first()?;
        let end = body.anatomy.quoted.first().map_or(body.original.len(), |first| first.end);
        let block = &body.original[body.anatomy.own.last().map_or(0, |own| own.end).min(end)..end];
        let is_list = |line: &&str| {
            let lower = line.to_lowercase();
            self.listed_by.iter().any(|start| lower.strip_prefix(start.as_str()).is_some_and(|rest| rest.contains('.')))
        };
        block.lines().map(str::trim).take(60).find(is_list).map(str::to_owned)
    }

    fn promised(&self, reading: &Reading<'_>) -> Option<String> {
        if !reading.says(&self.passed_on_by) {
            return None;
        }
        let near = |words: &String| {
            let places = reading.texts.iter().filter_map(|text| text.body.quoted.text().find(words.as_str()));
            places.min().is_some_and(|at| at < NEWEST)
        };
        reading.quoted(&self.promised_by).into_iter().find(near)
    }
}
