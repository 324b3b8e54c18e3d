//! Logistic regression of many columns on sparse features.

use atena::classifier::{Odds, ROLES};

/// A sentence as its features, by number, each with its value.
pub(crate) struct Sparse {
    pub(crate) features: Vec<(u32, f32)>,
    /// Which roles it has; unknown ones teach nothing.
    pub(crate) has: [Option<bool>; ROLES],
}

/// Weights by feature, and of all sentences.
pub(crate) struct Learnt {
    pub(crate) weights: Vec<Odds>,
    pub(crate) always: Odds,
}

/// How fast is learnt.
pub(crate) struct Pace {
    /// Step of AdaGrad (Duchi and others, "Adaptive Subgradient Methods", JMLR 12, 2011).
    pub(crate) step: f32,
    /// On the square of a weight.
    pub(crate) penalty: f32,
    /// Smaller weights become 0.
    pub(crate) least: f32,
}

const ROUNDS: usize = 12;
/// What most sentences are not.
const BEGIN: f32 = -2.0;
const FIRST: f32 = 1e-2;

pub(crate) fn probability(odds: f32) -> f32 {
    1.0 / (1.0 + (-odds).exp())
}

impl Learnt {
    pub(crate) fn odds(&self, sentence: &Sparse) -> Odds {
        let mut out = self.always;
        for (feature, value) in &sentence.features {
            let row = &self.weights[*feature as usize];
            out.iter_mut().zip(row).for_each(|(sum, weight)| *sum += weight * value);
        }
        out
    }
}

/// By stochastic gradient descent, in an order that is always the same.
pub(crate) fn learn(sentences: &[&Sparse], features: usize, pace: &Pace) -> Learnt {
    let mut out = Learnt { weights: vec![[0.0; ROLES]; features], always: [BEGIN; ROLES] };
    let mut squares = vec![[FIRST; ROLES]; features];
    let mut squares_always = [FIRST; ROLES];
    let mut order: Vec<usize> = (0..sentences.len()).collect();
    let mut random = 12_345;
    for _ in 0..ROUNDS {
        shuffle(&mut order, &mut random);
        for sentence in order.iter().map(|n| sentences[*n]) {
            let odds = out.odds(sentence);
            let error: Odds = std::array::from_fn(|role| {
                sentence.has[role].map_or(0.0, |has| probability(odds[role]) - f32::from(u8::from(has)))
            });
            for role in 0..ROLES {
                squares_always[role] += error[role].powi(2);
                // The base rate moves more slowly.
                out.always[role] -= 0.3 * pace.step * error[role] / squares_always[role].sqrt();
            }
            for (feature, value) in &sentence.features {
                let (weights, squares) = (&mut out.weights[*feature as usize], &mut squares[*feature as usize]);
                for role in 0..ROLES {
                    let gradient = error[role] * value + pace.penalty * weights[role];
                    squares[role] += gradient.powi(2);
                    weights[role] -= pace.step * gradient / squares[role].sqrt();
                }
            }
        }
    }
    out.weights.iter_mut().flatten().filter(|weight| weight.abs() < pace.least).for_each(|weight| *weight = 0.0);
    out
}

/// Fisher and Yates, with the multiplier of Knuth's MMIX.
fn shuffle(order: &mut [usize], random: &mut u64) {
    for n in (1..order.len()).rev() {
        *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let below = usize::try_from(*random >> 33).unwrap() % (n + 1);
        order.swap(n, below);
    }
}
