//! Structures that would exhaust the parser are told before it sees them.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::Unreadable;

/// More attached messages than this exhaust the parser's stack (measured: it recurses once per level).
const MAX_NESTED: usize = 50;
/// Declared boundaries × size of the mail: each boundary that never comes costs the parser a scan to the end.
const MAX_SCAN: usize = 1 << 30;

pub(super) fn check(raw: &[u8]) -> Result<(), Unreadable> {
    static SIGNS: LazyLock<AhoCorasick> = LazyLock::new(|| {
        AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(["boundary=", "message/rfc822", "message/global", "multipart/digest"])
            .expect("four short literals")
    });
    let (mut boundaries, mut nested) = (0usize, 0usize);
    for found in SIGNS.find_iter(raw) {
        if found.pattern().as_usize() == 0 { boundaries += 1 } else { nested += 1 }
    }
    let scan = boundaries.saturating_sub(20).saturating_mul(raw.len());
    if nested > MAX_NESTED || scan > MAX_SCAN { Err(Unreadable::TooComplex) } else { Ok(()) }
}
