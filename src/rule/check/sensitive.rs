//! `sensitive`: numbers of payment cards and persons: what is punished by law or contract when it leaks.
//!
//! A number counts only if its check digit and its form are right, and, where other numbers look the same, if the
//! text beside it says what it is.

use std::ops::Range;

use serde::Deserialize;

use super::Kind;
use super::numbers::{Groups, card_brand, is_my_number, is_social_security, runs};
use crate::finding::Location;
use crate::rule::mask::{LAST_SHOWN, MOST_SECRETS, Secret};
use crate::rule::reading::{MAX_REMARKS, Reading, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Sensitive {
    place: Place,
    /// Beside digits without gaps these say that it is a payment card. All words are substrings of folded text.
    card: Vec<String>,
    /// Whole words that say the same a little in front of the digits.
    card_word: Vec<String>,
    /// There these say that it is a card of another kind, with which nobody pays.
    no_card: Vec<String>,
    /// Right in front of digits these say that it is another number: orders, parcels, serial numbers.
    other: Vec<String>,
    /// Beside twelve digits these say that it is a person's My Number (個人番号).
    my_number: Vec<String>,
    /// Beside nine digits these say that it is a person's US Social Security number.
    social_security: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Place {
    /// What is written now, and the subject.
    Own,
    /// What is quoted or forwarded.
    Quoted,
}

/// What a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Card(&'static str),
    MyNumber,
    SocialSecurity,
}

impl Kind for Sensitive {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let remark = |(place, secret, what): (Location, Secret, What)| {
            let (en, ja) = what.name();
            Remark::at(place).with("masked", secret.masked()).with("what_en", en).with("what_ja", ja)
        };
        self.found(reading, MAX_REMARKS).into_iter().map(remark).collect()
    }

    fn secrets(&self, reading: &Reading<'_>) -> Vec<Secret> {
        self.found(reading, MOST_SECRETS).into_iter().map(|(_, secret, _)| secret).collect()
    }
}

impl Sensitive {
    fn found(&self, reading: &Reading<'_>, most: usize) -> Vec<(Location, Secret, What)> {
        let mut found: Vec<(Location, Secret, What)> = Vec::new();
        for (n, text) in reading.texts.iter().enumerate() {
            let folded = if self.place == Place::Own { &text.body.own } else { &text.body.quoted };
            for (range, what) in self.find(folded.text(), most) {
                let original = folded.original(range);
                let words = text.body.original[original.clone()].to_owned();
                let place = reading.body_place(n, original);
                found.push((place, Secret { words, shown: LAST_SHOWN }, what));
            }
        }
        if self.place == Place::Own {
            for (range, what) in self.find(reading.subject.folded.text(), most) {
                let words = reading.subject.words(range).to_owned();
                let place = reading.header_place("subject", &words);
                found.push((place, Secret { words, shown: LAST_SHOWN }, what));
            }
        }
        found.truncate(most);
        found
    }

    fn find(&self, text: &str, most: usize) -> Vec<(Range<usize>, What)> {
        runs(text).into_iter().filter_map(|groups| self.judge(text, &groups)).take(most).collect()
    }

    fn judge(&self, text: &str, groups: &Groups) -> Option<(Range<usize>, What)> {
        let beside = |range: &Range<usize>, words: &[String]| says(text, around(text, range, 80, 40), words);
        let denied = |range: &Range<usize>| says(text, around(text, range, 16, 0), &self.other);
        if let Some((range, digits)) = groups.card() {
            let brand = card_brand(&digits)?;
            let is_one = groups.is_spaced() || beside(&range, &self.card) || self.is_called_card(text, &range);
            return (is_one && !denied(&range)).then_some((range, What::Card(brand)));
        }
        let digits = groups.digits();
        let range = groups.range();
        let what = match groups.sizes().as_slice() {
            [12] | [4, 4, 4] if is_my_number(&digits) && beside(&range, &self.my_number) => What::MyNumber,
            [9] | [3, 2, 4] if is_social_security(&digits) && beside(&range, &self.social_security) => {
                What::SocialSecurity
            }
            _ => return None,
        };
        (!denied(&range)).then_some((range, what))
    }

    /// "Pay with card 4539…", not "gift card 6500…", "a discarded 4539…".
    fn is_called_card(&self, text: &str, range: &Range<usize>) -> bool {
        let window = around(text, range, 24, 0);
        let before = &text[window.start..range.start];
        let is_whole = |(at, word): (usize, &str)| {
            let latin = |c: char| c.is_ascii_alphanumeric();
            !text[..window.start + at].ends_with(latin) && !before[at + word.len()..].starts_with(latin)
        };
        self.card_word.iter().any(|word| before.match_indices(word.as_str()).any(is_whole))
            && !says(text, around(text, range, 40, 0), &self.no_card)
    }
}

impl What {
    fn name(self) -> (String, String) {
        match self {
            What::Card(brand) => (format!("a payment card number ({brand})"), format!("{brand}のカード番号")),
            What::MyNumber => ("a person's My Number".to_owned(), "マイナンバー（個人番号）".to_owned()),
            What::SocialSecurity => ("a US Social Security number".to_owned(), "米国の社会保障番号（SSN）".to_owned()),
        }
    }
}

fn says(text: &str, window: Range<usize>, words: &[String]) -> bool {
    let window = &text[window];
    words.iter().any(|word| window.contains(word.as_str()))
}

/// A range and so many characters before and behind it.
fn around(text: &str, range: &Range<usize>, before: usize, behind: usize) -> Range<usize> {
    let front = text[..range.start].chars().rev().take(before).map(char::len_utf8).sum::<usize>();
    let back = text[range.end..].chars().take(behind).map(char::len_utf8).sum::<usize>();
    range.start - front..range.end + back
}
