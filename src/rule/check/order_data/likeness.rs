//! How much two values look like one typed twice.

/// What two different values have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    /// One sign changed, left out, doubled, or two neighbours exchanged.
    Slip,
    /// Letters stand where letters stand, and digits where digits.
    Form,
    None,
}

/// Compares two keys of ASCII letters and digits.
pub(super) fn of(one: &str, two: &str) -> Likeness {
    let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), two.chars().collect());
    if is_slip(&a, &b) {
        return Likeness::Slip;
    }
    let form = |c: &char| if c.is_ascii_digit() { '0' } else { *c };
    let same_form = a.len() == b.len() && a.iter().map(form).eq(b.iter().map(form));
    if same_form { Likeness::Form } else { Likeness::None }
}

/// One step of Damerau's four (CACM 7/3, 1964).
fn is_slip(a: &[char], b: &[char]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let head = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let tail = short[head..].iter().rev().zip(long[head..].iter().rev()).take_while(|(x, y)| x == y).count();
    let (left, right) = (&short[head..short.len() - tail], &long[head..long.len() - tail]);
    match (left, right) {
        ([], [_]) | ([_], [_]) => true,
        ([x, y], [v, w]) => x == w && y == v,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_slips_of_the_fingers() {
        for (one, two, expected) in [
            ("a1023", "a1032", Likeness::Slip),
            ("a1023", "a1024", Likeness::Slip),
            ("a1023", "a123", Likeness::Slip),
            ("50", "5", Likeness::Slip),
            ("a1023", "a10233", Likeness::Slip),
            ("a1023", "a5587", Likeness::Form),
            ("a1023", "b1023", Likeness::Slip),
            ("a1023", "1023b77", Likeness::None),
            ("4180", "4810", Likeness::Slip),
            ("4180", "3900", Likeness::Form),
        ] {
            assert_eq!(of(one, two), expected, "{one} {two}");
        }
    }
}
