//! `unlikely`: of all recipients one does not fit, as far as past mail tells; and `namesake`: somebody never written to who
//! shares a name with somebody who is.
//!
//! How likely each is, is weighed in `correspondents`; here is from where on it is said: the alarm budget, as a share of
//! ordinary mails. Where enough mails of this sender were judged, the score that so few of them exceeded is the threshold;
//! else the one that so few exceeded of other people's mail (docs/performance.md). It moves within bounds: nobody's mails
//! are so uniform that the slightest oddity counts, or so odd that nothing does.

use jiff::Timestamp;
use serde::Deserialize;

use super::Kind;
use crate::correspondents::{Judged, Score, Standing};
use crate::rule::reading::{Reading, Recipient, Remark, zone};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Unlikely {
    from: Threshold,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Namesake {
    from: Threshold,
    /// What lies above this is left to another rule.
    up_to: Option<Threshold>,
}

/// From where on a score is remarked upon.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Threshold {
    /// Share of ordinary mails that may be remarked upon.
    budget: f64,
    /// The odds (natural logarithm), in mails that answer nothing, where the sender's own are not known.
    odds: f64,
    /// And in answers.
    odds_in_thread: f64,
    /// How far below them the sender's own threshold may lie.
    #[serde(default)]
    down: f64,
}

/// How far above everybody's threshold a sender's own may lie.
const UP: f64 = 2.0;

/// From where on a score is remarked upon.
fn threshold(standing: &Standing, score: &Score, of: &Threshold, pick: impl Fn(&Judged) -> f32) -> f64 {
    let Threshold { budget, odds, odds_in_thread, down } = *of;
    let usual = if score.is_reply { odds_in_thread } else { odds };
    let own = standing.known.history.exceeded_by(budget, pick);
    own.map_or(usual, |own| own.clamp(usual - down, usual + UP))
}

/// People who are named in a sentence.
const MOST_NAMED: usize = 3;

impl Kind for Unlikely {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let Some(standing) = experienced(reading) else { return Vec::new() };
        let least = |score: &Score| threshold(standing, score, &self.from, |judged| judged.odds);
        // Where several stand out the mail is unusual, not one of them.
        let worst = standing.scores.iter().max_by(|a, b| a.odds.total_cmp(&b.odds));
        let Some(worst) = worst.filter(|score| score.odds > least(score)) else { return Vec::new() };
        let Some(recipient) = recipient(reading, &worst.address) else { return Vec::new() };
        let better = better(reading, worst);
        if better.is_empty() {
            return Vec::new();
        }
        let about = standing.known.of(&worst.address);
        let last = about.and_then(|one| one.last).map(|at| day(reading, at));
        let others: Vec<&str> = better.iter().map(String::as_str).collect();
        vec![
            Remark::at(reading.recipient_place(recipient))
                .doubting(recipient, &others)
                .with("address", recipient.mailbox.address.as_str())
                .with("sent", about.map_or(0, |one| one.sent) as usize)
                .with("last", last.unwrap_or_else(|| "–".to_owned()))
                .with("better", better),
        ]
    }
}

impl Kind for Namesake {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let Some(standing) = experienced(reading) else { return Vec::new() };
        let fires = |score: &&Score| {
            is_namesake(standing, score, &self.from)
                && self.up_to.as_ref().is_none_or(|of| !is_namesake(standing, score, of))
        };
        let remark = |score: &Score| {
            let recipient = recipient(reading, &score.address)?;
            let (address, name, sent) = score.rival.as_ref()?;
            let known = if name.is_empty() { address.clone() } else { format!("{name} <{address}>") };
            Some(
                Remark::at(reading.recipient_place(recipient))
                    .doubting(recipient, &[address])
                    .with("address", recipient.mailbox.address.as_str())
                    .with("known", known)
                    .with("sent", *sent as usize),
            )
        };
        standing.scores.iter().filter(fires).filter_map(remark).take(MOST_NAMED).collect()
    }
}

/// Somebody never written to, who is easily taken for somebody known and more likely wrong than a threshold says.
pub(super) fn is_namesake(standing: &Standing, score: &Score, from: &Threshold) -> bool {
    let least = || threshold(standing, score, from, |judged| judged.namesake);
    let is_meant = || standing.is_experienced() && score.first_time && score.rival.is_some();
    is_meant() && score.namesake.is_some_and(|odds| odds > least())
}

/// The day of a moment where the author is.
pub(super) fn day(reading: &Reading<'_>, at: Timestamp) -> String {
    at.to_zoned(zone(reading.message, reading.facts)).date().to_string()
}

fn experienced<'a>(reading: &'a Reading<'_>) -> Option<&'a Standing> {
    reading.facts.standing.as_deref().filter(|standing| standing.is_experienced())
}

fn recipient<'a, 'b>(reading: &'b Reading<'a>, address: &str) -> Option<&'b Recipient<'a>> {
    reading.recipients.iter().find(|one| one.mailbox.address.key() == address)
}

/// Who fits better: somebody easily taken for it, else the others on the mail.
fn better(reading: &Reading<'_>, score: &Score) -> Vec<String> {
    if let Some((address, _, _)) = &score.rival {
        return vec![address.clone()];
    }
    let others = reading.recipients.iter().filter(|one| one.mailbox.address.key() != score.address);
    others.map(|one| one.mailbox.address.as_str().to_owned()).take(MOST_NAMED).collect()
}
