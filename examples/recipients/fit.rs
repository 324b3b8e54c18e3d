//! Logistic regression by Newton's method: few signals, many rows, and the same weights every time.

/// One recipient of one draft.
pub(crate) struct Row<'a> {
    pub(crate) values: &'a [f32],
    pub(crate) is_wrong: bool,
    /// How much it counts.
    pub(crate) weight: f64,
}

/// What was learnt: the odds are `bias` and the sum of `weight × (value − mean)`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fit {
    pub(crate) bias: f64,
    /// Mean and weight of each signal, in the order asked for.
    pub(crate) signals: Vec<(f64, f64)>,
}

/// Of the squares of the weights, in standard deviations, against the mean loss.
const PENALTY: f64 = 1e-3;
const ROUNDS: usize = 30;
/// Smaller steps change nothing that is written down.
const SMALLEST: f64 = 1e-7;

/// Fits the signals at `places` of the rows' values.
pub(crate) fn fit(rows: &[Row<'_>], places: &[usize]) -> Fit {
    let scales = scales(rows, places);
    let whole: f64 = rows.iter().map(|row| row.weight).sum();
    let size = places.len() + 1;
    let mut weights = vec![0.0; size];
    let mut x = vec![1.0; size];
    for _ in 0..ROUNDS {
        let mut gradient: Vec<f64> = weights.iter().map(|weight| PENALTY * weight).collect();
        gradient[size - 1] = 0.0;
        let mut curvature = vec![vec![0.0; size]; size];
        for row in rows {
            standardised(row, places, &scales, &mut x);
            let odds: f64 = x.iter().zip(&weights).map(|(x, weight)| x * weight).sum();
            let chance = 1.0 / (1.0 + (-odds).exp());
            let share = row.weight / whole;
            let (error, bend) = (share * (chance - f64::from(u8::from(row.is_wrong))), share * chance * (1.0 - chance));
            for (at, value) in x.iter().enumerate() {
                gradient[at] += error * value;
                let bent = bend * value;
                curvature[at][..=at].iter_mut().zip(&x).for_each(|(sum, other)| *sum += bent * other);
            }
        }
        (0..size - 1).for_each(|at| curvature[at][at] += PENALTY);
        let step = solve(curvature, gradient);
        weights.iter_mut().zip(&step).for_each(|(weight, step)| *weight -= step.clamp(-5.0, 5.0));
        if step.iter().all(|step| step.abs() < SMALLEST) {
            break;
        }
    }
    let signals = scales.iter().zip(&weights).map(|((mean, deviation), weight)| (*mean, weight / deviation)).collect();
    Fit { bias: weights[size - 1], signals }
}

/// Mean and standard deviation of each signal.
fn scales(rows: &[Row<'_>], places: &[usize]) -> Vec<(f64, f64)> {
    let whole: f64 = rows.iter().map(|row| row.weight).sum();
    let of = |at: &usize| {
        let mean = rows.iter().map(|row| row.weight * f64::from(row.values[*at])).sum::<f64>() / whole;
        let spread = rows.iter().map(|row| row.weight * (f64::from(row.values[*at]) - mean).powi(2)).sum::<f64>();
        let deviation = (spread / whole).sqrt();
        // What never differs weighs nothing.
        (mean, if deviation > 1e-9 { deviation } else { 1.0 })
    };
    places.iter().map(of).collect()
}

/// The last one stays 1, for the bias.
fn standardised(row: &Row<'_>, places: &[usize], scales: &[(f64, f64)], into: &mut [f64]) {
    for ((x, at), (mean, deviation)) in into.iter_mut().zip(places).zip(scales) {
        *x = (f64::from(row.values[*at]) - mean) / deviation;
    }
}

/// Cholesky: of a positive definite matrix the lower half is given.
fn solve(mut lower: Vec<Vec<f64>>, mut right: Vec<f64>) -> Vec<f64> {
    let size = right.len();
    for at in 0..size {
        for other in 0..=at {
            let dot: f64 = (0..other).map(|k| lower[at][k] * lower[other][k]).sum();
            let rest = lower[at][other] - dot;
            lower[at][other] = if at == other { rest.max(1e-12).sqrt() } else { rest / lower[other][other] };
        }
    }
    for at in 0..size {
        let dot: f64 = (0..at).map(|k| lower[at][k] * right[k]).sum();
        right[at] = (right[at] - dot) / lower[at][at];
    }
    for at in (0..size).rev() {
        let dot: f64 = (at + 1..size).map(|k| lower[k][at] * right[k]).sum();
        right[at] = (right[at] - dot) / lower[at][at];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equations_are_solved() {
        let lower = vec![vec![4.0], vec![2.0, 5.0], vec![2.0, 3.0, 6.0]];
        let found = solve(lower, vec![8.0, 10.0, 11.0]);
        for (found, expected) in found.iter().zip([1.0, 1.0, 1.0]) {
            assert!((found - expected).abs() < 1e-12, "{found}");
        }
    }

    #[test]
    fn weights_are_those_the_rows_were_drawn_with() {
        // Of every value the share of wrong ones that odds of 1 + 2 x − y give, y being noise for the third signal.
        let mut values = Vec::new();
        for (x, y) in (0..10).flat_map(|x| (0..10).map(move |y| (x as f32 / 10.0, y as f32 / 10.0))) {
            values.push([x, y, 7.0]);
        }
        let rows: Vec<Row<'_>> = values
            .iter()
            .flat_map(|values| {
                let odds = 1.0 + 2.0 * f64::from(values[0]) - f64::from(values[1]);
                let chance = 1.0 / (1.0 + (-odds).exp());
                [(true, chance), (false, 1.0 - chance)].map(|(is_wrong, weight)| Row { values, is_wrong, weight })
            })
            .collect();
        let found = fit(&rows, &[1, 0, 2]);
        let weights: Vec<f64> = found.signals.iter().map(|(_, weight)| *weight).collect();
        // The penalty draws them a little towards nothing.
        for (found, expected) in weights.iter().zip([-1.0, 2.0, 0.0]) {
            assert!((found - expected).abs() < 0.15, "{weights:?}");
        }
        assert_eq!(found, fit(&rows, &[1, 0, 2]), "the same every time");
    }
}
