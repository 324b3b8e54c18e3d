//! `unlikely`: of all recipients one does not fit, as far as past mail tells; and `namesake`: somebody never written to who
//! shares a name with somebody who is.
//!
//! How likely each is, is weighed in `correspondents`; here is from where on it is said. The thresholds are those at which
//! so many of a hundred ordinary mails are remarked upon, counted on real mail (docs/performance.md).

use serde::Deserialize;

use super::Kind;
use crate::correspondents::{Score, Standing};
use crate::rule::reading::{Reading, Recipient, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Unlikely {
    /// From these odds on (natural logarithm), in mails that answer nothing.
    odds: f64,
    /// And in answers.
    odds_in_thread: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Namesake {
    odds: f64,
    odds_in_thread: f64,
    /// From these on another rule speaks.
    below: Option<f64>,
    below_in_thread: Option<f64>,
}

/// People who are named in a sentence.
const MOST_NAMED: usize = 3;

impl Kind for Unlikely {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let Some(standing) = experienced(reading) else { return Vec::new() };
        let least = |score: &Score| if score.is_reply { self.odds_in_thread } else { self.odds };
        // Where several stand out the mail is unusual, not one of them.
        let worst = standing.scores.iter().max_by(|a, b| a.odds.total_cmp(&b.odds));
        let Some(worst) = worst.filter(|score| score.odds >= least(score)) else { return Vec::new() };
        let Some(recipient) = recipient(reading, &worst.address) else { return Vec::new() };
        let better = better(reading, worst);
        if better.is_empty() {
            return Vec::new();
        }
        let about = standing.known.of(&worst.address);
        let last = about.and_then(|one| one.last).map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string());
        vec![
            Remark::at(reading.recipient_place(recipient))
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
            let (least, below) = match score.is_reply {
                true => (self.odds_in_thread, self.below_in_thread),
                false => (self.odds, self.below),
            };
            score.first_time
                && score.namesake.is_some_and(|odds| odds >= least && below.is_none_or(|below| odds < below))
        };
        let remark = |score: &Score| {
            let recipient = recipient(reading, &score.address)?;
            let (address, name, sent) = score.rival.as_ref()?;
            let known = if name.is_empty() { address.clone() } else { format!("{name} <{address}>") };
            Some(
                Remark::at(reading.recipient_place(recipient))
                    .with("address", recipient.mailbox.address.as_str())
                    .with("known", known)
                    .with("sent", *sent as usize),
            )
        };
        standing.scores.iter().filter(fires).filter_map(remark).take(MOST_NAMED).collect()
    }
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
