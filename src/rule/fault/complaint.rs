//! Is the quoted mail a complaint about us?
//!
//! Strong phrases and hints are counted against signs that the matter is settled or somebody else's.

use super::{FULL, same_sentence, tactic};
use crate::rule::expression::{Function, Said};
use crate::rule::reading::Reading;

/// The complaint's words if it weighs enough: a strong phrase, or two hints where goods or services are the matter; each
/// sign of settlement takes a strong one back, and a complaint about somebody else is none. Whoever answers with an
/// apology or a denial has understood a hint as a complaint.
pub(super) fn read(reading: &Reading<'_>, apologies: &[Said]) -> Vec<String> {
    let mut found = reading.quoted_said(Function::Complaint);
    let late = reading.said(Function::DelayAck);
    let about_more = |said: &Said| said.strength >= FULL && !late.iter().any(|one| same_sentence(reading, said, one));
    let apologised = || {
        apologies.iter().any(about_more) || reading.said(Function::NonApology).iter().any(|said| said.strength >= FULL)
    };
    let trouble = reading.quoted_said(Function::Trouble).into_iter().filter(|(_, strength)| *strength >= FULL);
    let trouble: Vec<(String, u8)> = trouble.collect();
    // Most mails quote nothing that could be one; denials are looked for where something might be denied.
    if found.is_empty() && trouble.is_empty() {
        return Vec::new();
    }
    let understood = apologised() || tactic::contests(reading);
    if found.is_empty() && !understood {
        return Vec::new();
    }
    // Whoever only asks again complains of nothing but the wait.
    let chasers = reading.quoted_said(Function::Chaser);
    found.retain(|(words, _)| {
        !chasers.iter().any(|(chaser, _)| chaser.contains(words.as_str()) || words.contains(chaser.as_str()))
    });
    let (strong, mut hints): (Vec<_>, Vec<_>) = found.into_iter().partition(|(_, strength)| *strength >= 2);
    hints.extend(trouble);
    hints.retain(|(hint, _)| !strong.iter().any(|(word, _)| word.contains(hint.as_str())));
    if hints.is_empty() && strong.is_empty() {
        return Vec::new();
    }
    let business = !reading.quoted_said(Function::Transaction).is_empty();
    // Who speaks of somebody else's fault, or of his own, speaks of it in one sentence among many words of trouble.
    let back = reading.quoted_said(Function::Settled).len() + 2 * reading.quoted_said(Function::Foreign).len();
    // Among friends much is late and wrong: strong words count half where no goods or services are the matter, and
    // hints count only for whoever has understood them.
    let weight = |(_, strength): &(String, u8)| match strength {
        0..FULL if business => 2,
        0..FULL => 1,
        _ => ENOUGH,
    };
    let strong_weight: usize = strong.iter().map(weight).sum();
    let hint_weight = if understood { 2 + hints.len() } else { hints.len().min(1) };
    if strong_weight + hint_weight < ENOUGH + back * 2 {
        return Vec::new();
    }
    strong.into_iter().chain(hints).map(|(words, _)| words).collect()
}

/// From this weight on a quoted mail is a complaint.
const ENOUGH: usize = 3;
