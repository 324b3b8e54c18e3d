//! `subject`: the subject says nothing.

use serde::Deserialize;

use super::Kind;
use crate::rule::reading::{Reading, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Subject {
    /// Reply and forward prefixes, lower case, without colon.
    prefixes: Vec<String>,
    /// What mail programs put where no subject was written, lower case.
    stand_ins: Vec<String>,
}

impl Kind for Subject {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let subject = reading.message.subject.as_deref().unwrap_or_default();
        let rest = self.without_prefixes(&subject.to_lowercase());
        let bare = rest.trim_matches(|c: char| c.is_whitespace() || "()（）[]<>".contains(c)).to_owned();
        if !bare.is_empty() && !self.stand_ins.contains(&bare) {
            return Vec::new();
        }
        vec![Remark::at(reading.header_place("subject", subject)).with("subject", subject)]
    }
}

impl Subject {
    fn without_prefixes(&self, subject: &str) -> String {
        let mut rest = subject.trim();
        while let Some((head, tail)) = rest.split_once([':', '：']) {
            // "Re[2]:", "RE^2:" and the like carry a count.
            let word = head.trim().trim_end_matches(|c: char| c.is_ascii_digit() || "[]^()*".contains(c));
            if !self.prefixes.iter().any(|prefix| prefix == word) {
                break;
            }
            rest = tail.trim();
        }
        rest.to_owned()
    }
}
