//! `secret`: keys and tokens that open something for whoever holds them.

use serde::Deserialize;

use super::Kind;
use crate::finding::Location;
use crate::rule::mask::{LAST_SHOWN, MOST_SECRETS, Secret as Masked};
use crate::rule::reading::{Hit, MAX_REMARKS, Reading, Remark};
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Secret {
    /// The shapes of tokens. The text they are looked for in is folded: what a shape says of capitals is judged after.
    tokens: Words,
    /// Heads of private keys; the key must follow.
    keys: Words,
    /// In the token itself these say that it is an example.
    examples: Vec<String>,
}

/// A key of any kind is longer than this, in base64.
const SHORTEST_KEY: usize = 40;
/// Tokens have many different characters, "xxxxxxxx" has not.
const FEWEST_CHARACTERS: usize = 8;

impl Kind for Secret {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![&mut self.tokens, &mut self.keys]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let remark = |(place, secret): (Location, Masked)| Remark::at(place).with("masked", secret.masked());
        self.found(reading, MAX_REMARKS).into_iter().map(remark).collect()
    }

    fn secrets(&self, reading: &Reading<'_>) -> Vec<Masked> {
        self.found(reading, MOST_SECRETS).into_iter().map(|(_, secret)| secret).collect()
    }
}

impl Secret {
    fn found(&self, reading: &Reading<'_>, most: usize) -> Vec<(Location, Masked)> {
        let mut hits: Vec<Hit> = reading.own(&self.tokens);
        hits.retain(|hit| self.is_token(reading, hit));
        hits.extend(
            reading.own(&self.keys).into_iter().take(MAX_REMARKS).filter(|hit| is_followed_by_key(reading, hit)),
        );
        hits.truncate(most);
        let secret = |hit: &Hit| {
            let body = reading.texts[hit.text].body;
            let range = body.own.original(hit.range.clone());
            let words = body.original[range.clone()].to_owned();
            // The head of a key is no secret, and the key itself is not shown.
            let shown = if words.starts_with('-') { words.len() } else { LAST_SHOWN };
            (reading.body_place(hit.text, range), Masked { words, shown })
        };
        hits.iter().map(secret).collect()
    }

    fn is_token(&self, reading: &Reading<'_>, hit: &Hit) -> bool {
        let text = reading.folded(hit);
        let folded = &text[hit.range.clone()];
        let original = reading.original(hit);
        // Amazon's are capitals, Google's begin with "AIza" (as their documentation has them).
        let in_case = match &folded[..4] {
            "akia" | "asia" => !original.contains(|c: char| c.is_ascii_lowercase()),
            "aiza" => original.starts_with("AIza"),
            "eyj0" | "eyjh" | "eyjr" => original.starts_with("eyJ"),
            _ => true,
        };
        // A link carries a token to its own reader: an invitation, a download.
        let in_link = text[..hit.range.start].ends_with(['=', '/', '?', '&', '#']) && folded.starts_with("eyj");
        let before = text[..hit.range.start].chars().next_back();
        let goes_on = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let is_whole = !before.is_some_and(goes_on) && !text[hit.range.end..].starts_with(goes_on);
        let mut characters: Vec<char> = folded.chars().collect();
        characters.sort_unstable();
        characters.dedup();
        let is_example = self.examples.iter().any(|word| folded.contains(word.as_str()));
        in_case && is_whole && !in_link && !is_example && characters.len() >= FEWEST_CHARACTERS
    }
}

/// Base64 behind the head, perhaps below header lines of its own (RFC 1421): the head alone is only talk.
fn is_followed_by_key(reading: &Reading<'_>, hit: &Hit) -> bool {
    let body = reading.texts[hit.text].body;
    let behind = &body.original[body.own.original(hit.range.clone()).end..];
    let lines = behind.lines().map(|line| line.trim_start_matches(['>', '+', ' ', '\t']).trim_end()).take(8);
    let is_base64 = |line: &str| line.chars().all(|c| c.is_ascii_alphanumeric() || "+/=".contains(c));
    let keys = lines.skip(1).filter(|line| !line.contains(':') && !line.is_empty());
    keys.take(2).any(|line| line.len() >= SHORTEST_KEY && is_base64(line))
}
