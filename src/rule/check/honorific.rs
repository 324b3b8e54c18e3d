//! `honorific`: the addressee lines carry an honorific too many, or one of the wrong kind.
//!
//! Looks at the head of the letter, since further down 「様」 and 「各位」 stand in sentences, and at one's own people
//! anywhere. What is widespread
//! (部長様, 「ご担当者様」 below a 御中, 様 on a company) is nobody's slip.

use serde::Deserialize;

use super::Kind;
use crate::message::anatomy::{Addressed, Addressee};
use crate::people::name::{Agreement, agreement, is_japanese_surname};
use crate::rule::reading::{Hit, Reading, Remark};
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Honorific {
    /// Honorifics that exclude each other, side by side.
    doubled: Words,
    /// One's own people with an honorific, anywhere in a mail to outsiders: 「弊社の岡本部長様」.
    #[serde(default)]
    own_people: Words,
}

/// The addressees stand in the first lines, and at the beginning of theirs.
const HEAD_LINES: usize = 5;
const HEAD_CHARS: usize = 40;

impl Kind for Honorific {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![&mut self.doubled, &mut self.own_people]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        if let Some(hit) = reading.own(&self.doubled).into_iter().take(HEAD_LINES).find(|hit| is_in_head(reading, hit))
        {
            return vec![Remark::at(reading.own_place(&hit)).with("words", reading.words(&hit))];
        }
        let own = reading.own(&self.own_people).into_iter().find(|hit| !reading.is_quoted(hit));
        if let Some(hit) = own.filter(|_| reading.outside().next().is_some()) {
            return vec![Remark::at(reading.own_place(&hit)).with("words", reading.words(&hit))];
        }
        let slip = |(n, text): (usize, &crate::rule::reading::Text<'_>)| {
            let addressees = &text.body.anatomy.addressees;
            let words = |addressee: &Addressee| &text.body.original[addressee.range.clone()];
            let between = |pair: &[Addressee]| text.body.original.get(pair[0].range.end..pair[1].range.start);
            let both = addressees.windows(2).find(|pair| {
                // 「株式会社青葉精機 御中（佐藤様 気付）」
                let in_brackets = between(pair).is_none_or(|gap| gap.contains(['(', '（']));
                !in_brackets && is_organisation_with_person(words(&pair[0]), &pair[1])
            });
            let range = match both {
                Some(pair) => pair[0].range.start..pair[1].range.end,
                None => addressees.iter().find(|one| is_person_as_organisation(reading, words(one)))?.range.clone(),
            };
            let shown = text.body.original[range.clone()].split_whitespace().collect::<Vec<_>>().join(" ");
            Some(Remark::at(reading.body_place(n, range)).with("words", shown))
        };
        reading.texts.iter().enumerate().find_map(slip).into_iter().collect()
    }
}

fn is_in_head(reading: &Reading<'_>, hit: &Hit) -> bool {
    let text = reading.folded(hit);
    let start = text[..hit.range.start].rfind('\n').map_or(0, |at| at + 1);
    let lines_before = text[..start].lines().filter(|line| !line.trim().is_empty()).take(HEAD_LINES).count();
    let before = &text[start..hit.range.start];
    lines_before < HEAD_LINES && before.chars().count() <= HEAD_CHARS && !before.contains(['。', '「', '、'])
}

/// 「株式会社青葉精機御中 佐藤様」: the letter is either to the organisation or to a person in it.
fn is_organisation_with_person(words: &str, next: &Addressee) -> bool {
    words.ends_with("御中") && next.kind == Addressed::Person && !next.copied
}

/// 「田中御中」, where the mail goes to a person of that name.
fn is_person_as_organisation(reading: &Reading<'_>, words: &str) -> bool {
    let Some(name) = words.strip_suffix("御中").map(str::trim) else { return false };
    let parts: Vec<&str> = name.split_whitespace().collect();
    let is_name = matches!(parts.as_slice(), [surname] | [surname, _] if is_japanese_surname(surname));
    // 「佐藤健一御中」 to somebody who writes herself 「佐藤 健一」.
    let is_shown = reading.recipients.iter().take(20).any(|r| {
        let shown: Vec<&str> = r.mailbox.name.split_whitespace().collect();
        shown.len() == 2 && is_japanese_surname(shown[0]) && shown.concat() == parts.concat()
    });
    is_shown || is_name && reading.recipients.iter().take(20).any(|r| agreement(name, r.mailbox) == Agreement::Same)
}
