//! Lists of numbers in one column, little-endian.

use crate::correspondents::Terms;

const TERM: usize = 6;
const NUMBER: usize = 8;

/// Terms with their counts.
pub(super) fn of_terms<'a>(terms: impl Iterator<Item = &'a (u32, u16)>) -> Vec<u8> {
    terms.flat_map(|(hash, count)| hash.to_le_bytes().into_iter().chain(count.to_le_bytes())).collect()
}

/// What cannot be read is left out: a topic is a hint.
pub(super) fn to_terms(blob: &[u8]) -> Terms {
    let term = |octets: &[u8]| match *octets {
        [a, b, c, d, low, high] => (u32::from_le_bytes([a, b, c, d]), u16::from_le_bytes([low, high])),
        _ => (0, 0),
    };
    blob.chunks_exact(TERM).map(term).collect()
}

pub(super) fn of_numbers(numbers: &[i64]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

pub(super) fn to_numbers(blob: &[u8]) -> Vec<i64> {
    blob.chunks_exact(NUMBER).map(|octets| i64::from_le_bytes(octets.try_into().unwrap_or_default())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_back_as_they_went() {
        let terms = vec![(1, 2), (u32::MAX, u16::MAX)];
        assert_eq!(to_terms(&of_terms(terms.iter())), terms);
        assert_eq!(to_numbers(&of_numbers(&[-1, i64::MAX])), [-1, i64::MAX]);
        assert!(to_terms(b"abc").is_empty() && to_numbers(b"").is_empty());
    }
}
