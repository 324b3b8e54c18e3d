//! The weights that come with the program.

use std::sync::OnceLock;

use super::features::{Features, NAMES};

/// `vector feature mean weight`, a line each; the feature `bias` has its value as weight.
const TABLE: &str = include_str!("../../../data/recipient_weights.tsv");

/// Which mails and people the weights are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Vector {
    /// Mails that answer nothing.
    Main,
    /// Answers, and mails of a thread.
    Thread,
    /// Somebody never written to.
    Namesake,
    NamesakeThread,
}

/// The weights of one vector.
#[derive(Debug)]
pub(super) struct Weights {
    bias: f64,
    /// Place in [`NAMES`], value of an ordinary recipient, weight.
    features: Vec<(usize, f64, f64)>,
}

pub(super) fn vector(which: Vector) -> &'static Weights {
    static ALL: OnceLock<[Weights; 4]> = OnceLock::new();
    let all = ALL.get_or_init(|| ["main", "thread", "namesake", "namesake_thread"].map(read));
    &all[which as usize]
}

fn read(vector: &str) -> Weights {
    let mut weights = Weights { bias: 0.0, features: Vec::new() };
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('\t');
        let (Some(of), Some(name), Some(mean), Some(weight)) = (cells.next(), cells.next(), cells.next(), cells.next())
        else {
            continue;
        };
        let number = |text: &str| text.parse().unwrap_or_default();
        match NAMES.iter().position(|known| *known == name) {
            _ if of != vector => {}
            _ if name == "bias" => weights.bias = number(weight),
            Some(at) => weights.features.push((at, number(mean), number(weight))),
            None => {}
        }
    }
    weights
}

impl Weights {
    pub(super) fn sum(&self, features: &Features) -> f64 {
        self.bias + self.features.iter().map(|(at, mean, weight)| (features.0[*at] - mean) * weight).sum::<f64>()
    }

    /// By how much each signal moves the sum from the one of an ordinary recipient, the greatest first.
    pub(super) fn shares(&self, features: &Features) -> Vec<(&'static str, f64)> {
        let share = |(at, mean, weight): &(usize, f64, f64)| (NAMES[*at], (features.0[*at] - mean) * weight);
        let mut out: Vec<(&'static str, f64)> = self.features.iter().map(share).collect();
        out.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_a_known_feature() {
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let cells: Vec<&str> = line.split('\t').collect();
            let [vector, name, mean, weight] = cells.as_slice() else { panic!("{line}") };
            assert!(["main", "thread", "namesake", "namesake_thread"].contains(vector), "{line}");
            assert!(*name == "bias" || NAMES.contains(name), "{line}");
            assert!(mean.parse::<f64>().is_ok() && weight.parse::<f64>().is_ok(), "{line}");
        }
        assert!(vector(Vector::NamesakeThread).features.len() > 10);
    }
}
