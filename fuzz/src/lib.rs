//! What the targets share: a driver that treats a session as the relay does, and the text of a mail read in the
//! plainest way.

pub mod driver;
pub mod text;

/// `bytes` in pieces of these lengths, over and over.
pub fn pieces(bytes: &[u8], lengths: [u8; 3]) -> Vec<&[u8]> {
    let mut rest = bytes;
    let mut pieces = Vec::new();
    for length in lengths.into_iter().cycle() {
        if rest.is_empty() {
            break;
        }
        // A length of nothing alone would never come to an end.
        let (piece, after) = rest.split_at(usize::from(length.max(1)).min(rest.len()));
        pieces.push(piece);
        rest = after;
    }
    pieces
}
