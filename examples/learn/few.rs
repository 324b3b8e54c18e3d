//! Logistic regression of one column on a few features, by gradient descent over all lessons at once.

use std::collections::BTreeSet;

use super::regression::probability;

const ROUNDS: usize = 300;
const STEP: f32 = 0.5;
const PENALTY: f32 = 1.0;

/// Something that is told by a few features.
pub(crate) struct Row {
    pub(crate) author: String,
    /// The first is always 1, and its weight is not kept small.
    pub(crate) features: Vec<f32>,
    pub(crate) has: bool,
    /// How often it is counted; 0 teaches nothing.
    pub(crate) weight: f32,
}

/// The values of these names, in their order.
pub(crate) fn values(names: &[&'static str], features: &[(&'static str, f32)]) -> Vec<f32> {
    let value = |name: &&str| features.iter().filter(|(known, _)| known == name).map(|(_, value)| value).sum();
    names.iter().map(value).collect()
}

/// The weights that all rows teach but those of one author.
pub(crate) fn learn(rows: &[Row], without: Option<&str>) -> Vec<f32> {
    let length = rows.first().map_or(0, |row| row.features.len());
    let lessons: Vec<&Row> =
        rows.iter().filter(|row| row.weight > 0.0 && Some(row.author.as_str()) != without).collect();
    let mut weights = vec![0.0; length];
    let mut squares = vec![1e-6_f32; length];
    for _ in 0..ROUNDS {
        let mut gradient: Vec<f32> = weights.iter().map(|weight| PENALTY * weight).collect();
        gradient[0] = 0.0;
        for row in &lessons {
            let error = row.weight * (probability(dot(&weights, &row.features)) - f32::from(u8::from(row.has)));
            gradient.iter_mut().zip(&row.features).for_each(|(sum, value)| *sum += error * value);
        }
        for ((weight, square), gradient) in weights.iter_mut().zip(&mut squares).zip(gradient) {
            *square += gradient.powi(2);
            *weight -= STEP * gradient / square.sqrt();
        }
    }
    weights
}

/// The odds of each row by what its author did not teach.
pub(crate) fn held_out(rows: &[Row]) -> Vec<f32> {
    let authors: BTreeSet<&str> = rows.iter().map(|row| row.author.as_str()).collect();
    let mut odds = vec![0.0; rows.len()];
    for author in authors {
        let weights = learn(rows, Some(author));
        let held = rows.iter().zip(&mut odds).filter(|(row, _)| row.author == author);
        held.for_each(|(row, odds)| *odds = dot(&weights, &row.features));
    }
    odds
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
