//! `attachment-party`: a file carries another client than the recipients: in its name, in the name of a file inside it,
//! or as the one a document is addressed to.

use std::cell::LazyCell;

use serde::Deserialize;

use super::Kind;
use super::visible;
use crate::facts::Directory;
use crate::message::Attachment;
use crate::rule::reading::{MAX_REMARKS, Org, Reading, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct AttachmentParty {
    /// Words in front of whom a document is for: `prepared for`, `宛先`. In lower case.
    #[serde(default)]
    addressed_by: Vec<String>,
    /// Endings of a line that addresses somebody: `御中`.
    #[serde(default)]
    honorifics: Vec<String>,
    /// Words in a document, or in its name, that say why another client is in it: a case study, a reference list.
    #[serde(default)]
    about_others: Vec<String>,
}

/// A client that a file carries, and where it says so.
struct Carried {
    party: usize,
    seen_in: String,
}

/// An address stands on the first page; in lines of text.
const FIRST_PAGE: usize = 60;
/// Longer lines are running text.
const LONGEST_LINE: usize = 120;

impl Kind for AttachmentParty {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let directory = &reading.facts.clients;
        if directory.clients().is_empty() || !reading.message.attachments.iter().any(Attachment::is_file) {
            return Vec::new();
        }
        let recipients = visible::distinct(reading.outside());
        if recipients.is_empty() {
            return Vec::new();
        }
        let excused = LazyCell::new(|| excused(reading));
        let fits =
            |party: &usize| recipients.iter().any(|org| suits(directory, *party, org)) || excused.contains(party);
        let knows_client = recipients.iter().any(|org| matches!(org, Org::Client(_)));
        let files = reading.message.attachments.iter().enumerate().filter(|(_, file)| file.is_file());
        let carried = files.filter_map(|(at, file)| {
            let parties = self.carried(directory, file, knows_client);
            let first = parties.iter().find(|_| !parties.iter().any(|carried| fits(&carried.party)))?;
            let party = directory.client(first.party).name.as_str();
            let remark = Remark::at(reading.attachment_place(at))
                .with("file", file.name.as_str())
                .with("party", party)
                .with("seen_in", first.seen_in.as_str())
                .with("recipients", visible::names(reading, &recipients));
            Some(remark)
        });
        carried.take(MAX_REMARKS).collect()
    }
}

/// Clients whose file is sent on purpose: the text speaks of them. Who is greeted by mistake does not explain a file:
/// 「北斗建材 髙橋様」 with 北斗建材's file to 東雲製菓.
fn excused(reading: &Reading<'_>) -> Vec<usize> {
    let directory = &reading.facts.clients;
    let mut named = reading.clients_named().to_vec();
    let addressees = reading.texts.iter().flat_map(|text| &text.body.anatomy.addressees);
    let greeted: Vec<usize> = addressees.flat_map(|addressee| directory.mentioned(&addressee.name)).collect();
    named.retain(|client| !greeted.contains(client));
    named
}

fn suits(directory: &Directory, party: usize, org: &Org) -> bool {
    match org {
        Org::Client(client) => directory.are_joint(party, *client),
        // A misspelt domain is a finding of its own; the file fits whom it is meant for.
        Org::Domain(domain) => directory.resembled(domain).is_some_and(|(_, client, _)| client == party),
        Org::Own | Org::Person(_) => false,
    }
}

/// Files of several clients are a collection, which is for its reader to have.
fn only_one(carried: impl Iterator<Item = Carried>) -> Vec<Carried> {
    let mut all: Vec<Carried> = carried.collect();
    if all.iter().any(|one| one.party != all[0].party) {
        all.clear();
    }
    all.truncate(1);
    all
}

impl AttachmentParty {
    /// The clients a file carries. Its name says most; what is inside counts only where that is silent.
    fn carried(&self, directory: &Directory, file: &Attachment, knows_client: bool) -> Vec<Carried> {
        let named = |text: &str| {
            let of = |party| Carried { party, seen_in: text.to_owned() };
            directory.mentioned(text).into_iter().map(of).collect::<Vec<_>>()
        };
        let by_name = named(&file.name);
        // Accountants, printers and translators get what is for clients: only another client is a mistake.
        if !by_name.is_empty() || !knows_client {
            return by_name;
        }
        let entries = file.entries.iter().flat_map(|entry| named(&entry.name));
        let mut inside = only_one(entries.filter(|one| !self.is_about_others(&one.seen_in)));
        if inside.is_empty() {
            inside = only_one(self.addressed(directory, file).into_iter());
        }
        inside
    }

    fn is_about_others(&self, text: &str) -> bool {
        let lower = text.to_lowercase();
        self.about_others.iter().any(|word| lower.contains(word.as_str()))
    }

    /// Whom a document is addressed to: never whom it merely speaks of.
    fn addressed(&self, directory: &Directory, file: &Attachment) -> Vec<Carried> {
        if file.text.is_empty() || self.is_about_others(&file.name) || self.is_about_others(&file.text) {
            return Vec::new();
        }
        let lines: Vec<&str> =
            file.text.lines().map(str::trim).filter(|line| !line.is_empty()).take(FIRST_PAGE).collect();
        let mut out = Vec::new();
        for (n, line) in lines.iter().enumerate().filter(|(_, line)| line.len() <= LONGEST_LINE) {
            let before = n.checked_sub(1).map_or("", |n| lines[n]);
            let mut behind = lines[n + 1..].iter().take(2);
            let is_address = self.ends_address(line)
                || self.opens_address(line)
                // A name in a line or cell of its own: 「御中」 or 「購買部」「佐藤様」 below it, or "Bill to:" above.
                || (directory.is_named(line) && (behind.any(|next| self.ends_address(next)) || self.is_opening(before)));
            if is_address {
                let of = |party| Carried { party, seen_in: (*line).to_owned() };
                out.extend(directory.mentioned(line).into_iter().map(of));
            }
        }
        out
    }

    fn ends_address(&self, line: &str) -> bool {
        let end = line.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '、' | '。' | ',' | '.'));
        let before = self.honorifics.iter().find_map(|word| end.strip_suffix(word.as_str()));
        // 「仕様」 and 「皆様」 address nobody.
        before.is_some_and(|before| {
            !["仕", "同", "模", "多", "皆", "客", "各", "奥", "神"].iter().any(|c| before.ends_with(c))
        })
    }

    fn opens_address(&self, line: &str) -> bool {
        let lower = line.to_lowercase();
        self.addressed_by.iter().any(|words| lower.strip_prefix(words.as_str()).is_some_and(is_edge))
    }

    fn is_opening(&self, line: &str) -> bool {
        let lower = line.to_lowercase();
        self.addressed_by.iter().any(|words| lower.trim_end_matches([':', '：', ' ']) == words.trim_end_matches(':'))
    }
}

/// The words end here: "Client: Lumen", not "Clients"; 「宛先: 青葉精機」, not 「宛先は」.
fn is_edge(rest: &str) -> bool {
    !rest.chars().next().is_some_and(char::is_alphanumeric)
}
