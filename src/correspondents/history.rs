//! A sender's newest mails, arranged so that those like a new one are found at once: by their words, by who got them.

use std::collections::HashMap;

use super::outline::Judged;
use super::terms::Terms;
use crate::numbers::ByNumber;

/// So many of a sender's mails are remembered with their words. Older ones count in figures alone.
pub const REMEMBERED: usize = 2_000;

/// Fewer tell nothing of one in a hundred.
const LEAST: usize = 150;

/// One mail of the past.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    /// Numbers of correspondents.
    pub recipients: Vec<i64>,
    pub terms: Terms,
    /// How it was judged before it went out, if it was.
    pub judged: Option<Judged>,
}

/// A sender's newest mails, oldest first.
#[derive(Debug, Clone, Default)]
pub struct History {
    mails: Vec<Past>,
    /// Mails with a term, and how much it counts there.
    by_term: ByNumber<u32, Vec<(u32, f32)>>,
    by_person: ByNumber<i64, Vec<u32>>,
    /// Of those who got the mails.
    addresses: ByNumber<i64, String>,
    /// Lengths of the mails as vectors of weighted terms.
    norms: Vec<f32>,
    /// How many mails there were when the lengths were measured.
    measured: usize,
}

impl History {
    /// Of mails in any order; the newest stay.
    pub fn new(mut mails: Vec<Past>) -> History {
        mails.sort_by_key(|mail| mail.at);
        mails.drain(..mails.len().saturating_sub(REMEMBERED));
        let mut history = History::default();
        mails.into_iter().for_each(|mail| history.enter(mail));
        history.measure();
        history
    }

    pub fn len(&self) -> usize {
        self.mails.len()
    }

    pub fn is_empty(&self) -> bool {
        self.mails.is_empty()
    }

    /// The mails, oldest first.
    pub fn mails(&self) -> &[Past] {
        &self.mails
    }

    /// Whether somebody's address is known.
    pub fn has_address(&self, person: i64) -> bool {
        self.addresses.contains_key(&person)
    }

    /// Notes who the people are that the mails went to.
    pub fn put_addresses(&mut self, addresses: impl IntoIterator<Item = (i64, String)>) {
        self.addresses.extend(addresses);
    }

    /// The addresses one of the mails went to.
    pub fn receivers(&self, mail: &Past) -> Vec<&str> {
        mail.recipients.iter().filter_map(|person| self.addresses.get(person).map(String::as_str)).collect()
    }

    /// The mails before a moment, newest first.
    pub fn before(&self, moment: i64) -> impl Iterator<Item = &Past> {
        self.mails[..self.mails.partition_point(|mail| mail.at < moment)].iter().rev()
    }

    /// Since when mails are known without a break, up to a moment; `None` where the last one before it is too long ago.
    pub fn unbroken(&self, moment: i64) -> Option<i64> {
        /// In milliseconds: longer than a holiday.
        const BREAK: i64 = 28 * 24 * 60 * 60 * 1000;
        let mut since = moment;
        for mail in self.before(moment) {
            if since - mail.at > BREAK {
                break;
            }
            since = mail.at;
        }
        (since < moment).then_some(since)
    }

    /// Adds mails newer than all others; whether that was possible.
    pub fn append(&mut self, mails: Vec<Past>) -> bool {
        let newest = self.mails.last().map_or(i64::MIN, |mail| mail.at);
        // Room for a quarter more: taking the oldest out means arranging all anew.
        let fits = self.mails.len() + mails.len() <= REMEMBERED + REMEMBERED / 4;
        if !fits || mails.iter().any(|mail| mail.at < newest) {
            return false;
        }
        mails.into_iter().for_each(|mail| self.enter(mail));
        // What a word weighs changes slowly.
        if self.mails.len() > self.measured + self.measured / 8 {
            self.measure();
        } else {
            let from = self.norms.len();
            self.norms.extend((from..self.mails.len()).map(|n| self.norm(&self.mails[n])).collect::<Vec<f32>>());
        }
        true
    }

    fn enter(&mut self, mail: Past) {
        let number = u32::try_from(self.mails.len()).unwrap_or(u32::MAX);
        for (hash, count) in &mail.terms {
            self.by_term.entry(*hash).or_default().push((number, damped(*count)));
        }
        for person in &mail.recipients {
            self.by_person.entry(*person).or_default().push(number);
        }
        self.mails.push(mail);
    }

    /// As [`History::norm`] for each mail, and term by term: each is weighed once.
    fn measure(&mut self) {
        let mut squares = vec![0.0; self.mails.len()];
        for mails in self.by_term.values() {
            let weight = self.weight(mails.len());
            mails.iter().for_each(|(mail, count)| squares[*mail as usize] += (count * weight).powi(2));
        }
        self.norms = squares.into_iter().map(f32::sqrt).collect();
        self.measured = self.mails.len();
    }

    fn norm(&self, mail: &Past) -> f32 {
        let weight = |hash| self.weight(self.with_term(hash).len());
        let squares = mail.terms.iter().map(|(hash, count)| (damped(*count) * weight(*hash)).powi(2));
        squares.sum::<f32>().sqrt()
    }

    fn with_term(&self, hash: u32) -> &[(u32, f32)] {
        self.by_term.get(&hash).map_or(&[], Vec::as_slice)
    }

    /// What a term that stands in so many mails tells: little if it is common, nothing if it stood in one only.
    fn weight(&self, mails: usize) -> f32 {
        match mails {
            ..2 => 0.0,
            mails => (1.0 + self.mails.len() as f32 / mails as f32).ln(),
        }
    }

    /// How alike the words of each mail and these are: the cosine of their weighted terms, from 0 to 1.
    pub fn likeness(&self, terms: &Terms) -> Vec<f32> {
        let mut out = vec![0.0; self.mails.len()];
        let mut length = 0.0;
        for (hash, count) in terms {
            let mails = self.with_term(*hash);
            let weight = self.weight(mails.len());
            let mine = damped(*count) * weight;
            length += mine * mine;
            for (mail, theirs) in mails {
                out[*mail as usize] += mine * theirs * weight;
            }
        }
        let length = length.sqrt();
        for (likeness, norm) in out.iter_mut().zip(&self.norms) {
            *likeness = if *norm > 0.0 && length > 0.0 { *likeness / (norm * length) } else { 0.0 };
        }
        out
    }

    /// The mails to a person, oldest first, by their place in the history.
    pub fn to(&self, person: i64) -> &[u32] {
        self.by_person.get(&person).map_or(&[], Vec::as_slice)
    }

    /// The score that so many of this sender's mails exceed, as a share of all; `None` where too few were judged.
    pub fn exceeded_by(&self, share: f64, score: impl Fn(&Judged) -> f32) -> Option<f64> {
        const NEWEST: usize = 500;
        let mut scores: Vec<f32> =
            self.mails.iter().rev().filter_map(|mail| mail.judged.as_ref()).take(NEWEST).map(score).collect();
        if scores.len() < LEAST {
            return None;
        }
        scores.sort_by(|a, b| b.total_cmp(a));
        let at = (share * scores.len() as f64) as usize;
        scores.get(at).map(|score| f64::from(*score))
    }

    /// The number of recipients that so many of this sender's mails exceed, as a share of all; `None` of too few mails.
    pub fn size_exceeded_by(&self, share: f64) -> Option<usize> {
        let mut sizes: Vec<usize> = self.mails.iter().map(|mail| mail.recipients.len()).collect();
        if sizes.len() < LEAST {
            return None;
        }
        sizes.sort_unstable_by(|a, b| b.cmp(a));
        sizes.get((share * sizes.len() as f64) as usize).copied()
    }

    /// Who else got nearly all the mails that went to all of a group, most faithful first: number, mails to all and this
    /// one, mails to all.
    ///
    /// Two mails are no habit, and of a group of one person many more are needed: people have more than one matter. Whoever
    /// was left out of the last ones has left, or the matter is another.
    pub fn usual_with(&self, group: &[i64]) -> Vec<(i64, u32, u32)> {
        let least = if group.len() < 2 { 12 } else { 6 };
        let Some((first, rest)) = group.split_first() else { return Vec::new() };
        let has_all = |mail: &&u32| rest.iter().all(|one| self.mails[**mail as usize].recipients.contains(one));
        let mails: Vec<u32> = self.to(*first).iter().filter(has_all).copied().collect();
        if mails.len() < least {
            return Vec::new();
        }
        let mut counts: HashMap<i64, u32> = HashMap::new();
        for one in mails.iter().flat_map(|mail| &self.mails[*mail as usize].recipients) {
            *counts.entry(*one).or_default() += 1;
        }
        let newest = &mails[mails.len() - 3..];
        let still = |one: i64| newest.iter().all(|mail| self.mails[*mail as usize].recipients.contains(&one));
        let of = mails.len() as u32;
        let mut out: Vec<(i64, u32, u32)> = counts
            .into_iter()
            .filter(|(one, together)| !group.contains(one) && together * 20 >= of * 19 && still(*one))
            .map(|(one, together)| (one, together, of))
            .collect();
        out.sort_by_key(|(one, together, _)| (std::cmp::Reverse(*together), *one));
        out
    }
}

/// Said twice is not twice as much.
fn damped(count: u16) -> f32 {
    1.0 + f32::from(count.max(1)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::correspondents::terms;

    fn past(at: i64, to: &[i64], text: &str) -> Past {
        Past { at, recipients: to.to_vec(), terms: terms([text]), judged: None }
    }

    #[test]
    fn mails_about_the_same_matter_are_alike() {
        let history = History::new(vec![
            past(3, &[3], "minutes of the meeting"),
            past(1, &[1], "the quote for the new roof tiles"),
            past(2, &[1, 2], "roof tiles, new quote"),
        ]);
        let alike = history.likeness(&terms(["quote for roof tiles"]));
        assert!(alike[1] > alike[0] && alike[0] > alike[2] && alike[1] <= 1.001, "{alike:?}");
        assert_eq!((history.to(1), history.to(9)), (&[0, 1][..], &[][..]), "oldest first");
        assert!(history.likeness(&Vec::new()).iter().all(|likeness| *likeness == 0.0));
    }

    #[test]
    fn what_is_usual_is_told_by_the_mails_judged() {
        let judged = |at: i64| Some(Judged { odds: at as f32, namesake: -99.0 });
        let mails = |count: i64| (0..count).map(|at| Past { judged: judged(at), ..past(at, &[1], "x") }).collect();
        let history = History::new(mails(200));
        assert_eq!(history.exceeded_by(0.01, |judged| judged.odds), Some(197.0), "two of 200 are higher");
        assert_eq!(history.exceeded_by(0.01, |judged| judged.namesake), Some(-99.0));
        assert_eq!(History::new(mails(149)).exceeded_by(0.01, |judged| judged.odds), None);
        let sizes = |count: i64| (0..count).map(|n| past(n, &(0..n % 200).collect::<Vec<i64>>(), "x")).collect();
        assert_eq!(History::new(sizes(200)).size_exceeded_by(0.01), Some(197));
        assert_eq!(History::new(sizes(149)).size_exceeded_by(0.01), None);
    }

    #[test]
    fn whoever_usually_comes_along_is_missed() {
        let with =
            |to: &[i64], from: i64, count: i64| (from..from + count).map(|at| past(at, to, "x")).collect::<Vec<_>>();
        let mails =
            [with(&[1, 2, 3], 0, 8), with(&[1, 2], 8, 0), with(&[4, 5], 20, 13), with(&[6, 7, 8], 40, 5)].concat();
        let history = History::new(mails.clone());
        assert_eq!(history.usual_with(&[1, 2]), [(3, 8, 8)]);
        assert_eq!(history.usual_with(&[4]), [(5, 13, 13)]);
        assert!(history.usual_with(&[1]).is_empty(), "eight mails to one person");
        assert!(history.usual_with(&[6, 7]).is_empty() && history.usual_with(&[9]).is_empty());
        let left = History::new([mails, with(&[1, 2], 100, 1)].concat());
        assert!(left.usual_with(&[1, 2]).is_empty(), "left out of the last one");
    }

    #[test]
    fn mails_are_known_as_far_as_no_month_is_missing() {
        const DAY: i64 = 24 * 60 * 60 * 1000;
        let mut history = History::new([0, 90, 110, 130].map(|day| past(day * DAY, &[day], "x")).to_vec());
        assert_eq!(history.unbroken(140 * DAY), Some(90 * DAY));
        assert_eq!(history.unbroken(130 * DAY), Some(90 * DAY), "what is not before it does not count");
        assert_eq!((history.unbroken(159 * DAY), history.unbroken(0)), (None, None));
        assert_eq!(history.before(120 * DAY).map(|mail| mail.at / DAY).collect::<Vec<_>>(), [110, 90, 0]);
        history.put_addresses([(110, "a@alta.example".to_owned())]);
        assert_eq!(history.receivers(&history.mails()[2]), ["a@alta.example"]);
        assert!(history.receivers(&history.mails()[0]).is_empty() && !history.has_address(0));
    }

    #[test]
    fn the_newest_stay_and_newer_ones_are_appended() {
        let mails = (0..3_000).map(|at| past(at, &[at % 7], "about tiles")).collect();
        let mut history = History::new(mails);
        assert_eq!((history.len(), history.mails()[0].at), (REMEMBERED, 1_000));
        assert!(history.append(vec![past(3_000, &[1], "tiles")]));
        assert!(!history.append(vec![past(5, &[1], "an old folder is read")]));
        assert!(!history.append((0..600).map(|n| past(3_001 + n, &[1], "x")).collect()), "arranged anew instead");
        assert_eq!(history.likeness(&terms(["tiles"])).len(), REMEMBERED + 1);
    }
}
