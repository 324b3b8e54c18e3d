//! `file-sent-elsewhere`: a file of this mail went to another organisation before; `password-elsewhere`: the password goes to
//! other people than the file did.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::Kind;
use super::unlikely::day;
use crate::correspondents::{SentFile, Standing};
use crate::people::domain;
use crate::rule::reading::{Reading, Remark};
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct FileSentElsewhere {
    /// What so many organisations got is for everybody.
    most: usize,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct PasswordElsewhere {
    /// Words that announce the password of a file sent before.
    announces: Words,
}

impl Kind for FileSentElsewhere {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let Some(standing) = &reading.facts.standing else { return Vec::new() };
        let present: BTreeSet<String> =
            reading.outside().map(|one| house(reading, &one.mailbox.address.key())).collect();
        if present.is_empty() {
            return Vec::new();
        }
        let files = reading.message.attachments.iter().enumerate();
        let remark = |(at, attachment): (usize, &crate::message::Attachment)| {
            let before: Vec<&SentFile> = standing
                .known
                .files
                .iter()
                .filter(|file| file.hash == attachment.digest && is_outside(reading, file))
                .collect();
            let houses: BTreeSet<String> = before.iter().map(|file| house(reading, &file.address)).collect();
            let newest = before.first()?;
            if houses.len() > self.most || !houses.is_disjoint(&present) {
                return None;
            }
            Some(
                Remark::at(reading.attachment_place(at))
                    .with("file", attachment.name.as_str())
                    .with("before", newest.address.as_str())
                    .with("date", day(reading, newest.at)),
            )
        };
        files.filter_map(remark).collect()
    }
}

impl Kind for PasswordElsewhere {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![&mut self.announces]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let Some(standing) = &reading.facts.standing else { return Vec::new() };
        let Some(hit) = reading.own(&self.announces).into_iter().next() else { return Vec::new() };
        if !reading.message.attachments.is_empty() {
            return Vec::new();
        }
        let Some((newest, got)) = newest(standing) else { return Vec::new() };
        let stranger = reading.recipients.iter().find(|one| !got.contains(&one.mailbox.address.key()));
        let Some(stranger) = stranger.filter(|one| is_foreign(reading, one.mailbox.address.domain())) else {
            return Vec::new();
        };
        vec![
            Remark::at(reading.own_place(&hit))
                .with("address", stranger.mailbox.address.as_str())
                .with("file", newest.name.as_str())
                .with("before", got.into_iter().collect::<Vec<String>>()),
        ]
    }
}

/// The file that was sent last, and who got it or another of that day: only with one matter in hand it is clear which
/// file the password is for.
fn newest(standing: &Standing) -> Option<(&SentFile, BTreeSet<String>)> {
    let files = &standing.known.newest_files;
    let newest = files.first()?;
    Some((newest, files.iter().map(|file| file.address.clone()).collect()))
}

fn is_outside(reading: &Reading<'_>, file: &SentFile) -> bool {
    is_foreign(reading, file.address.rsplit_once('@').map_or("", |(_, domain)| domain))
}

pub(super) fn is_foreign(reading: &Reading<'_>, of: &str) -> bool {
    !reading.own_domains().iter().any(|own| domain::belongs_to(of, own))
}

/// The organisation of an address, in one word.
pub(super) fn house(reading: &Reading<'_>, address: &str) -> String {
    let of = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    match reading.facts.clients.of(address) {
        Some(client) => reading.facts.clients.client(client).name.clone(),
        None if domain::is_freemail(of) => address.to_owned(),
        None => domain::registrable(of),
    }
}
