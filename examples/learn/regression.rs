//! Logistic regression: of many columns on sparse features, and of one on a few.

use atena::classifier::{Odds, ROLES};

/// A sentence as its features, by number; each weighs one over the root of their count.
pub(crate) struct Sparse {
    pub(crate) features: Vec<u32>,
    pub(crate) shrunk: f32,
    /// Which roles it has; unknown ones teach nothing.
    pub(crate) has: [Option<bool>; ROLES],
}

/// Weights by feature, and of all sentences.
pub(crate) struct Learnt {
    pub(crate) weights: Vec<Odds>,
    pub(crate) always: Odds,
}

const ROUNDS: usize = 12;
/// Step of AdaGrad (Duchi and others, "Adaptive Subgradient Methods", JMLR 12, 2011).
const STEP: f32 = 0.6;
/// The base rate moves more slowly.
const STEP_ALWAYS: f32 = STEP * 0.3;
const PENALTY: f32 = 1e-4;
/// Smaller weights change next to nothing, and are most of them.
const LEAST: f32 = 0.5;
/// What most sentences are not.
const BEGIN: f32 = -2.0;
const FIRST: f32 = 1e-2;

pub(crate) fn probability(odds: f32) -> f32 {
    1.0 / (1.0 + (-odds).exp())
}

impl Learnt {
    pub(crate) fn odds(&self, sentence: &Sparse) -> Odds {
        let mut out = self.always;
        for feature in &sentence.features {
            let row = &self.weights[*feature as usize];
            out.iter_mut().zip(row).for_each(|(sum, weight)| *sum += weight * sentence.shrunk);
        }
        out
    }
}

/// By stochastic gradient descent, in an order that is always the same.
pub(crate) fn learn(sentences: &[&Sparse], features: usize) -> Learnt {
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
                out.always[role] -= STEP_ALWAYS * error[role] / squares_always[role].sqrt();
            }
            for feature in &sentence.features {
                let (weights, squares) = (&mut out.weights[*feature as usize], &mut squares[*feature as usize]);
                for role in 0..ROLES {
                    let gradient = error[role] * sentence.shrunk + PENALTY * weights[role];
                    squares[role] += gradient.powi(2);
                    weights[role] -= STEP * gradient / squares[role].sqrt();
                }
            }
        }
    }
    out.weights.iter_mut().flatten().filter(|weight| weight.abs() < LEAST).for_each(|weight| *weight = 0.0);
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

const ROUNDS_OF_FEW: usize = 300;
const STEP_OF_FEW: f32 = 0.5;
const PENALTY_OF_FEW: f32 = 1.0;

/// Of one column on a few features, by gradient descent over all at once. The first feature is always 1 and is not kept
/// small.
pub(crate) fn of_few(rows: &[Vec<f32>], has: &[bool]) -> Vec<f32> {
    let length = rows.first().map_or(0, Vec::len);
    let mut weights = vec![0.0; length];
    let mut squares = vec![1e-6_f32; length];
    for _ in 0..ROUNDS_OF_FEW {
        let mut gradient: Vec<f32> = weights.iter().map(|weight| PENALTY_OF_FEW * weight).collect();
        gradient[0] = 0.0;
        for (row, has) in rows.iter().zip(has) {
            let error = probability(dot(&weights, row)) - f32::from(u8::from(*has));
            gradient.iter_mut().zip(row).for_each(|(sum, value)| *sum += error * value);
        }
        for ((weight, square), gradient) in weights.iter_mut().zip(&mut squares).zip(gradient) {
            *square += gradient.powi(2);
            *weight -= STEP_OF_FEW * gradient / square.sqrt();
        }
    }
    weights
}

pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
