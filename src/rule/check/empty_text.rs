//! `empty-text`: nothing was written.

use serde::Deserialize;

use super::Kind;
use crate::finding::Location;
use crate::message::Kind as Part;
use crate::rule::reading::{Reading, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct EmptyText {
    beside: Beside,
    /// In the subject these say that it is all there is to say; substrings of its folded text.
    subject_is_all: Vec<String>,
}

/// What the missing text would stand beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Beside {
    /// Nothing at all: no text, no file, no picture.
    Nothing,
    /// Files, and not a word about them.
    Files,
}

impl Kind for EmptyText {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let message = reading.message;
        let blank = |text: &str| text.trim().is_empty();
        let nothing_own = message.bodies.iter().all(|body| blank(body.own.text()) && blank(body.quoted.text()));
        if !nothing_own || !message.troubles.is_empty() {
            return Vec::new();
        }
        let subject = reading.subject.folded.text();
        if self.subject_is_all.iter().any(|words| subject.contains(words.as_str())) {
            return Vec::new();
        }
        let files: Vec<String> = message.attachments.iter().filter(|a| a.is_file()).map(|a| a.name.clone()).collect();
        // A mail that is passed on as a file, an invitation or an encrypted part speaks for itself.
        let speaks = message.attachments.iter().any(|a| a.media_type == "message/rfc822" || is_told(a.kind));
        let fires = match self.beside {
            Beside::Files => !files.is_empty() && !speaks,
            Beside::Nothing => {
                let all_blank = message.bodies.iter().all(|body| blank(&body.original));
                message.attachments.is_empty() && all_blank && !is_html(reading)
            }
        };
        if !fires {
            return Vec::new();
        }
        vec![Remark::at(Location::of_mail()).with("files", files)]
    }
}

fn is_told(kind: Part) -> bool {
    matches!(kind, Part::Card | Part::EncryptedMail | Part::Embedded)
}

/// HTML without words may be a picture fetched from elsewhere.
fn is_html(reading: &Reading<'_>) -> bool {
    let kind = reading.message.header("content-type").map(|header| header.text.trim().to_ascii_lowercase());
    kind.is_some_and(|kind| kind.starts_with("text/html"))
}
