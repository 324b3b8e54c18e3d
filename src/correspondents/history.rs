//! A sender's newest mails, arranged so that those like a new one are found at once: by their words, by who got them.

use std::collections::HashMap;

use super::outline::Judged;
use super::terms::Terms;

/// So many of a sender's mails are remembered with their words. Older ones count in figures alone.
pub const REMEMBERED: usize = 2_000;

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
    by_term: HashMap<u32, Vec<(u32, f32)>>,
    by_person: HashMap<i64, Vec<u32>>,
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

    fn measure(&mut self) {
        self.norms = self.mails.iter().map(|mail| self.norm(mail)).collect();
        self.measured = self.mails.len();
    }

    fn norm(&self, mail: &Past) -> f32 {
        let squares = mail.terms.iter().map(|(hash, count)| (damped(*count) * self.weight(*hash)).powi(2));
        squares.sum::<f32>().sqrt()
    }

    /// What a term tells: little if it is common, nothing if it stood in one mail only.
    fn weight(&self, hash: u32) -> f32 {
        match self.by_term.get(&hash).map_or(0, Vec::len) {
            ..2 => 0.0,
            mails => (1.0 + self.mails.len() as f32 / mails as f32).ln(),
        }
    }

    /// How alike the words of each mail and these are: the cosine of their weighted terms, from 0 to 1.
    pub fn likeness(&self, terms: &Terms) -> Vec<f32> {
        let mut out = vec![0.0; self.mails.len()];
        let mut length = 0.0;
        for (hash, count) in terms {
            let weight = self.weight(*hash);
            if weight == 0.0 {
                continue;
            }
            let mine = damped(*count) * weight;
            length += mine * mine;
            for (mail, theirs) in &self.by_term[hash] {
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
        /// Fewer tell nothing of one in a hundred.
        const LEAST: usize = 150;
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
