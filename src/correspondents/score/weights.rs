//! The weights, as a table: those that come with the program, or others to compare them with.

use std::sync::OnceLock;

use super::features::SIGNALS;

/// `vector signal mean weight`, a line each; of `bias` the value is the weight.
const TABLE: &str = include_str!("../../../data/recipient_weights.tsv");

/// Which mails and people a part of the weights is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vector {
    /// Mails that answer nothing.
    Main,
    /// Answers, and mails of a thread.
    Thread,
    /// Somebody never written to, in a mail that answers nothing.
    Namesake,
    NamesakeThread,
}

impl Vector {
    pub const ALL: [Vector; 4] = [Vector::Main, Vector::Thread, Vector::Namesake, Vector::NamesakeThread];

    /// The word in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Vector::Main => "main",
            Vector::Thread => "thread",
            Vector::Namesake => "namesake",
            Vector::NamesakeThread => "namesake_thread",
        }
    }
}

/// What each signal counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights([Sum; 4]);

#[derive(Debug, Clone, Default, PartialEq)]
struct Sum {
    bias: f64,
    /// Place in [`SIGNALS`], value of an ordinary recipient, weight.
    signals: Vec<(usize, f64, f64)>,
}

impl Weights {
    /// Those that come with the program.
    pub fn shipped() -> &'static Weights {
        static SHIPPED: OnceLock<Weights> = OnceLock::new();
        SHIPPED.get_or_init(|| Weights::read(TABLE).expect("a test reads the table"))
    }

    /// # Errors
    /// The first line that is none of the table.
    pub fn read(table: &str) -> Result<Weights, String> {
        let mut weights = Weights(Default::default());
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            weights.enter(line).ok_or_else(|| line.to_owned())?;
        }
        Ok(weights)
    }

    fn enter(&mut self, line: &str) -> Option<()> {
        let cells: Vec<&str> = line.split('\t').collect();
        let [vector, name, mean, weight] = cells.as_slice() else { return None };
        let vector = Vector::ALL.into_iter().find(|known| known.as_str() == *vector)?;
        let (mean, weight) = (mean.parse().ok()?, weight.parse().ok()?);
        let sum = &mut self.0[vector as usize];
        match *name {
            "bias" => sum.bias = weight,
            name => sum.signals.push((SIGNALS.iter().position(|known| *known == name)?, mean, weight)),
        }
        Some(())
    }

    /// Of the values of [`SIGNALS`]: natural logarithm of the odds.
    pub fn sum(&self, of: Vector, values: &[f64]) -> f64 {
        let Sum { bias, signals } = &self.0[of as usize];
        bias + signals.iter().map(|(at, mean, weight)| (values[*at] - mean) * weight).sum::<f64>()
    }

    /// By how much each signal moves the sum from the one of an ordinary recipient, the greatest first.
    pub(super) fn shares(&self, of: Vector, values: &[f64]) -> Vec<(&'static str, f64)> {
        let share = |(at, mean, weight): &(usize, f64, f64)| (SIGNALS[*at], (values[*at] - mean) * weight);
        let mut out: Vec<(&'static str, f64)> = self.0[of as usize].signals.iter().map(share).collect();
        out.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_and_what_is_none_is_not() {
        let weights = Weights::read(TABLE).expect("a table");
        assert!(weights.0.iter().all(|sum| sum.signals.len() >= 10), "{weights:?}");
        for line in ["main\tfit\t0", "main\tnothing\t0\t1", "all\tfit\t0\t1", "main\tfit\tx\t1"] {
            assert_eq!(Weights::read(line), Err(line.to_owned()));
        }
    }

    #[test]
    fn a_sum_is_told_by_its_shares() {
        let weights =
            Weights::read("# of two\nmain\tbias\t0\t-1\nmain\tfit\t2\t0.5\nmain\tsize\t1\t-3").expect("a table");
        let mut values = [0.0; SIGNALS.len()];
        (values[0], values[2]) = (4.0, 2.0);
        assert_eq!(weights.sum(Vector::Main, &values), -1.0 + 1.0 - 3.0);
        assert_eq!(weights.shares(Vector::Main, &values), [("size", -3.0), ("fit", 1.0)]);
    }
}
