//! How likely each recipient of a mail is to be the wrong one: a weighted sum of signals, each of which can be told to a
//! person.
//!
//! The heart is who got the mails like this one: mails of the recent past count by their age, by the words they share
//! with this one, and by the other recipients they share with it; a recipient who got few of those, while the others got
//! many, stands out. Beside it: look-alikes on the same mail, whom the greeting names, whose domain is known, who is of the
//! thread. Somebody never written to is judged by names alone, with weights of their own: the wrong person is most often a
//! stranger who shares a name with somebody known.
//!
//! The task is that of Carvalho and Cohen, *Preventing Information Leaks in Email*, SDM 2007; the weights
//! (`data/recipient_weights.tsv`) are those of a logistic regression on simulated slips in mail of thirty people made
//! public, all settings at once. docs/performance.md has the figures. Limits: it knows one sender's own mail only; with two
//! recipients who are always written to together it is the text that must tell; a circular tells it nothing.

mod features;
mod kernel;
pub(super) mod names;
mod thread;
mod weights;

use features::Mail;
pub use features::{SIGNALS, Signals};
pub use weights::{Vector, Weights};

use super::{Known, Outline};

/// How a recipient is judged.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Score {
    /// In lower case.
    pub address: String,
    /// Natural logarithm of the odds that it is wrong, if one mail in two had a wrong recipient.
    pub odds: f64,
    /// The same for somebody never written to, by the names they share with others; `None` for everybody else.
    pub namesake: Option<f64>,
    /// Nobody here has written to it.
    pub first_time: bool,
    /// It is of the thread that the mail goes on with.
    pub in_thread: bool,
    /// Somebody known who is easily taken for it and is more likely meant: address, name, mails to them.
    pub rival: Option<(String, String, u32)>,
    /// The address that the same person uses now, with the day of the last mail to it.
    pub newer: Option<(String, Option<jiff::Timestamp>)>,
    /// The mail is an answer, or goes on with a matter.
    pub is_reply: bool,
    /// What `odds` are made of: by how much each signal moved them from those of an ordinary recipient.
    pub signals: Vec<(&'static str, f64)>,
}

/// Each recipient's score; lists and desks, which no slip puts on a mail, have none.
pub(super) fn scores(outline: &Outline, known: &Known, weights: &Weights) -> Vec<Score> {
    if !known.is_acquainted {
        return Vec::new();
    }
    let mail = Mail::of(outline, known);
    let is_reply = mail.is_reply();
    let (main, namesake) = match is_reply {
        true => (Vector::Thread, Vector::NamesakeThread),
        false => (Vector::Main, Vector::Namesake),
    };
    let judge = |(at, signals): (usize, Signals)| Score {
        odds: weights.sum(main, &signals.values),
        namesake: signals.is_new.then(|| weights.sum(namesake, &signals.values)),
        first_time: mail.is_first_time(at),
        in_thread: mail.is_in_thread(at),
        rival: mail.rival(at).map(|one| (one.address.clone(), one.name.clone(), one.sent)),
        newer: mail.newer(at).map(|one| (one.address.clone(), one.last)),
        is_reply,
        signals: weights.shares(main, &signals.values),
        address: signals.address,
    };
    mail.signals().into_iter().enumerate().map(judge).collect()
}

/// What scores are made of: the signals of each recipient, and whether the mail is an answer. Nothing where past mail tells
/// nothing.
pub fn signals(outline: &Outline, known: &Known) -> (Vec<Signals>, bool) {
    if !known.is_acquainted {
        return (Vec::new(), false);
    }
    let mail = Mail::of(outline, known);
    (mail.signals(), mail.is_reply())
}
