//! How each recipient stands, for programs: what is known of it and what its score is made of.

use serde::Serialize;

use crate::correspondents::{Score, Standing};

#[derive(Serialize)]
pub(super) struct Recipient<'a> {
    address: &'a str,
    /// Mails to it before.
    sent: u32,
    received: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<String>,
    /// Natural logarithm of the odds that it is wrong.
    score: f64,
    /// The same by the names it shares with others, for somebody never written to.
    #[serde(skip_serializing_if = "Option::is_none")]
    namesake: Option<f64>,
    signals: Vec<Signal>,
}

#[derive(Serialize)]
struct Signal {
    name: &'static str,
    score: f64,
}

pub(super) fn recipients(standing: &Standing) -> Vec<Recipient<'_>> {
    standing.scores.iter().map(|one| recipient(one, standing)).collect()
}

fn recipient<'a>(one: &'a Score, standing: &Standing) -> Recipient<'a> {
    let known = standing.known.of(&one.address);
    Recipient {
        address: &one.address,
        sent: known.map_or(0, |known| known.sent),
        received: known.map_or(0, |known| known.received),
        last: known.and_then(|known| known.last).map(|at| at.to_string()),
        score: rounded(one.odds),
        namesake: one.namesake.map(rounded),
        signals: one.signals.iter().map(|(name, score)| Signal { name, score: rounded(*score) }).collect(),
    }
}

/// More digits would differ from machine to machine.
fn rounded(score: f64) -> f64 {
    (score * 1e4).round() / 1e4
}
