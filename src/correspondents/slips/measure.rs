//! How well slips are told from what was meant. A score is the higher the more a recipient looks wrong; without one it is
//! minus infinity. The measures are those of the published protocol.

/// The scores of a mail with a slip.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    pub wrong: f64,
    pub others: Vec<f64>,
}

/// Scores nearer than this are the same.
const SAME: f64 = 1e-12;

/// Share of the mails on which the wrong recipient looks worst (Prec@1); one of several that look the same counts for its
/// part. Mails with one recipient tell nothing.
pub fn first(slips: &[Ranked]) -> Option<f64> {
    let several = slips.iter().filter(|slip| !slip.others.is_empty());
    let (mut count, mut sum) = (0, 0.0);
    for slip in several {
        count += 1;
        if !slip.others.iter().any(|other| other - slip.wrong > SAME) {
            let same = slip.others.iter().filter(|other| **other >= slip.wrong - SAME).count();
            sum += 1.0 / (1 + same) as f64;
        }
    }
    (count > 0).then(|| sum / f64::from(count))
}

/// How likely a wrong recipient looks worse than a right one, over all mails together (AUC); the same counts half.
pub fn area(slips: &[Ranked]) -> Option<f64> {
    let wrong = slips.iter().map(|slip| (slip.wrong, true));
    let mut all: Vec<(f64, bool)> =
        wrong.chain(slips.iter().flat_map(|slip| slip.others.iter().map(|one| (*one, false)))).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (wrong, right) = (slips.len() as f64, (all.len() - slips.len()) as f64);
    if slips.is_empty() || right == 0.0 {
        return None;
    }
    // The sum of the ranks of the wrong ones, equal scores sharing theirs (Mann and Whitney).
    let (mut sum, mut at) = (0.0, 0);
    for same in all.chunk_by(|a, b| a.0 == b.0) {
        let rank = at as f64 + (same.len() + 1) as f64 / 2.0;
        sum += rank * same.iter().filter(|(_, is_wrong)| *is_wrong).count() as f64;
        at += same.len();
    }
    Some((sum - wrong * (wrong + 1.0) / 2.0) / (wrong * right))
}

/// The score above which at most this share of clean mails has a recipient; `clean` is the highest score of each mail.
pub fn threshold(clean: &[f64], share: f64) -> f64 {
    let mut sorted = clean.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    sorted.get((share * sorted.len() as f64).floor() as usize).copied().unwrap_or(f64::NEG_INFINITY)
}

/// Share of the slips caught when at most this share of clean mails is interrupted.
pub fn caught(slips: &[Ranked], clean: &[f64], share: f64) -> Option<f64> {
    let least = threshold(clean, share);
    let caught = slips.iter().filter(|slip| slip.wrong > least).count();
    (!slips.is_empty() && !clean.is_empty()).then(|| caught as f64 / slips.len() as f64)
}

/// Share of the slips caught at every share of clean mails up to `most`, in `steps` even steps, from none on.
pub fn curve(slips: &[Ranked], clean: &[f64], most: f64, steps: usize) -> Vec<(f64, f64)> {
    let shares = (0..=steps).map(|step| most * step as f64 / steps as f64);
    shares.filter_map(|share| Some((share, caught(slips, clean, share)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slip(wrong: f64, others: &[f64]) -> Ranked {
        Ranked { wrong, others: others.to_vec() }
    }

    #[test]
    fn measures_are_those_computed_by_hand() {
        // First; shares the first place with one other; second; alone.
        let slips = [slip(3.0, &[1.0, 0.0]), slip(2.0, &[2.0]), slip(0.5, &[1.0]), slip(4.0, &[])];
        assert_eq!(first(&slips), Some((1.0 + 0.5 + 0.0) / 3.0));
        // Pairs (wrong, right): 3 and 4 beat all four; 2 beats 1, 0, 1 and ties 2; 0.5 beats 0.
        assert_eq!(area(&slips), Some((4.0 + 4.0 + 3.5 + 1.0) / 16.0));
        let clean = [0.0, 1.0, 2.0, 2.5];
        assert_eq!(threshold(&clean, 0.0), 2.5);
        assert_eq!(threshold(&clean, 0.25), 2.0);
        assert_eq!(threshold(&clean, 1.0), f64::NEG_INFINITY);
        assert_eq!(caught(&slips, &clean, 0.0), Some(0.5));
        assert_eq!(caught(&slips, &clean, 0.25), Some(0.5), "the same score is no alarm");
        assert_eq!(caught(&slips, &clean, 0.5), Some(0.75));
        assert_eq!(curve(&slips, &clean, 1.0, 2), [(0.0, 0.5), (0.5, 0.75), (1.0, 1.0)]);
    }

    #[test]
    fn nothing_is_measured_of_nothing() {
        assert_eq!((first(&[]), area(&[]), caught(&[], &[1.0], 0.5)), (None, None, None));
        assert_eq!((first(&[slip(1.0, &[])]), area(&[slip(1.0, &[])])), (None, None));
        let unknown = [slip(f64::NEG_INFINITY, &[f64::NEG_INFINITY])];
        assert_eq!((first(&unknown), area(&unknown)), (Some(0.5), Some(0.5)));
    }
}
