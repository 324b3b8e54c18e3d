//! Mails of the past weighed by how much they are like this one, and who got them.

use crate::correspondents::{History, Terms};

/// What the mails like this one tell of each recipient, in order of the recipients.
#[derive(Debug, Default)]
pub(super) struct Kernel {
    /// Logarithm of the share that got the mails like this one, most of it by the matter.
    pub(super) fit: Vec<f64>,
    /// The same, sharper and for the newest mails.
    pub(super) recent: Vec<f64>,
    /// How nearly the others were all the recipients of some mail that this one did not get, from 0 to 1.
    pub(super) group_without: Vec<f64>,
    /// And of some mail that this one got.
    pub(super) group_with: Vec<f64>,
    /// How often this one and the others are written to together.
    pub(super) company: Vec<f64>,
    /// Logarithm of how much more of the mails like this one went to the rival who fits best than to this one.
    pub(super) rival: Vec<f64>,
    /// Logarithm of the number of mails since the last one to it.
    pub(super) since: Vec<f64>,
}

/// After so many mails a mail counts half.
const HALF_FIT: f64 = 100.0;
const HALF_RECENT: f64 = 40.0;
/// Whom one means instead was perhaps not written to for long.
const HALF_RIVAL: f64 = 400.0;

impl Kernel {
    /// `recipients` are numbers of correspondents, `None` for somebody never written to, each with those of its rivals.
    pub(super) fn of(history: &History, terms: &Terms, recipients: &[(Option<i64>, Vec<i64>)]) -> Kernel {
        let count = history.len();
        let alike: Vec<f64> = history.likeness(terms).into_iter().map(f64::from).collect();
        let age = |mail: usize| (count - 1 - mail) as f64;
        let ages_fit: Vec<f64> = (0..count).map(|mail| 0.5_f64.powf(age(mail) / HALF_FIT)).collect();
        let ages_rival: Vec<f64> = (0..count).map(|mail| 0.5_f64.powf(age(mail) / HALF_RIVAL)).collect();
        let ages_recent: Vec<f64> = (0..count).map(|mail| 0.5_f64.powf(age(mail) / HALF_RECENT)).collect();
        let rows: Vec<&[u32]> =
            recipients.iter().map(|(one, _)| one.map_or(&[][..], |number| history.to(number))).collect();
        // Recipients of this mail on each mail of the past.
        let mut shared = vec![0.0; count];
        rows.iter().copied().flatten().for_each(|mail| shared[*mail as usize] += 1.0);
        let sizes: Vec<f64> = history.mails().iter().map(|mail| mail.recipients.len() as f64).collect();
        let others = recipients.len().saturating_sub(1) as f64;
        let mut kernel = Kernel::default();
        let mut weights = vec![0.0; count];
        let mut got = vec![false; count];
        for (at, mine) in rows.iter().enumerate() {
            mine.iter().for_each(|mail| got[*mail as usize] = true);
            let prior = (mine.len() as f64 + 0.1) / (count as f64 + 1.0);
            let (mut fit, mut recent) = (Share::default(), Share::default());
            let (mut with, mut without) = (0.0_f64, 0.0_f64);
            for mail in 0..count {
                let here = f64::from(u8::from(got[mail]));
                let others_there = shared[mail] - here;
                // Jaccard: of the others and those of that mail besides this one, the share that is both.
                let group = others_there / (sizes[mail] - here + others - others_there).max(1.0);
                let by_matter = ages_fit[mail] * (0.1 + alike[mail]) * (0.05 + group);
                let by_both = (0.1 + alike[mail] + 0.5 * group).powi(3);
                fit.add(by_matter, got[mail]);
                recent.add(ages_recent[mail] * by_both, got[mail]);
                weights[mail] = ages_rival[mail] * by_both;
                if got[mail] { with = with.max(group) } else { without = without.max(group) }
            }
            kernel.fit.push(fit.logarithm(prior, 0.01));
            kernel.recent.push(recent.logarithm(prior, 0.005));
            kernel.group_with.push(with);
            kernel.group_without.push(without);
            kernel.company.push(company(&rows, at, &got));
            kernel.rival.push(rival(history, &weights, mine, &recipients[at].1, prior));
            let since = mine.last().map_or(count + 1, |last| count - 1 - *last as usize);
            kernel.since.push((since as f64).ln_1p());
            mine.iter().for_each(|mail| got[*mail as usize] = false);
        }
        kernel
    }

    /// How far a value stands from the mean of the others'.
    pub(super) fn beside(&self, values: &[f64], at: usize) -> f64 {
        if values.len() < 2 {
            return 0.0;
        }
        let others = values.iter().sum::<f64>() - values[at];
        values[at] - others / (values.len() - 1) as f64
    }
}

/// A share of a weighted whole.
#[derive(Default)]
struct Share {
    mine: f64,
    all: f64,
}

impl Share {
    fn add(&mut self, weight: f64, is_mine: bool) {
        self.all += weight;
        if is_mine {
            self.mine += weight;
        }
    }

    /// With little to go by the prior counts, half of it: absence is a sign too.
    fn logarithm(&self, prior: f64, strength: f64) -> f64 {
        ((self.mine + strength / 2.0 * prior) / (self.all + strength) + 1e-4).ln()
    }
}

/// How much better the best of the rivals fits. `weights` are those of each mail.
fn rival(history: &History, weights: &[f64], mine: &[u32], rivals: &[i64], prior: f64) -> f64 {
    const STRENGTH: f64 = 0.005;
    const LEAST: f64 = 1e-3;
    let all = weights.iter().sum::<f64>() + STRENGTH;
    let sum = |mails: &[u32]| mails.iter().map(|mail| weights[*mail as usize]).sum::<f64>();
    let own = (sum(mine) + STRENGTH / 2.0 * prior) / all;
    let best = rivals.iter().map(|one| sum(history.to(*one)) / all).fold(0.0, f64::max);
    ((best + LEAST) / (own + LEAST)).ln()
}

/// Mean over the others who were written to: mails to both among the mails to either. `got` marks the mails of the one at `at`.
fn company(rows: &[&[u32]], at: usize, got: &[bool]) -> f64 {
    let mine = rows[at];
    let others: Vec<&&[u32]> =
        rows.iter().enumerate().filter(|(n, row)| *n != at && !row.is_empty()).map(|(_, row)| row).collect();
    if mine.is_empty() || others.is_empty() {
        return 0.0;
    }
    let together = |row: &[u32]| {
        let both = row.iter().filter(|mail| got[**mail as usize]).count();
        both as f64 / (mine.len() + row.len() - both).max(1) as f64
    };
    others.iter().map(|row| together(row)).sum::<f64>() / others.len() as f64
}
