//! Hashes that mean the same in every version of the program: they are stored.

/// FNV-1a, 64 bits (Fowler, Noll, Vo; RFC 9923).
pub(super) fn of(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// Several words, told apart.
pub(super) fn of_words(words: &[&str]) -> u64 {
    of(words.join("\u{1f}").as_bytes())
}

/// Both halves folded into one.
pub(super) fn short(bytes: &[u8]) -> u32 {
    let hash = of(bytes);
    (hash ^ (hash >> 32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_published_vectors() {
        assert_eq!(of(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(of(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(of(b"foobar"), 0x8594_4171_f739_67e8);
        assert_ne!(of_words(&["ab", "c"]), of_words(&["a", "bc"]));
    }
}
