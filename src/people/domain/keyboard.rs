//! Slips of fingers and eyes: which letters are hit or read for which.

const ROWS: [&str; 4] = ["1234567890-", "qwertyuiop", "asdfghjkl", "zxcvbnm"];
/// Letters that look or sound alike.
const ALIKE: [&str; 17] =
    ["bd", "pq", "ce", "nm", "uv", "gq", "hn", "il", "lr", "ck", "vw", "bv", "oc", "sz", "aeo", "mn", "iy"];

/// Whether one word becomes the other by one slip: two letters swapped, one doubled, missing, or hit or read for its
/// neighbour.
pub(super) fn is_slip(written: &str, meant: &str) -> bool {
    let (w, m): (Vec<char>, Vec<char>) = (written.chars().collect(), meant.chars().collect());
    let same = w.iter().zip(&m).take_while(|(a, b)| a == b).count();
    let tail = w.iter().rev().zip(m.iter().rev()).take_while(|(a, b)| a == b).count();
    match w.len().cmp(&m.len()) {
        std::cmp::Ordering::Equal => {
            let differing = w.len() - (same + tail).min(w.len());
            match differing {
                1 => are_neighbours(w[same], m[same]),
                2 => w[same] == m[same + 1] && w[same + 1] == m[same],
                _ => false,
            }
        }
        std::cmp::Ordering::Greater => {
            // A letter too many: doubled, or hit together with its neighbour.
            w.len() == m.len() + 1 && same + tail >= m.len() && {
                let at = same.min(w.len() - 1);
                let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten().filter_map(|n| w.get(n));
                beside.into_iter().any(|c| *c == w[at] || on_keyboard(*c, w[at]))
            }
        }
        std::cmp::Ordering::Less => {
            // A letter too few; of a very short name that leaves another name.
            let at = same.min(m.len() - 1);
            let doubled = at > 0 && m[at - 1] == m[at] || m.get(at + 1) == Some(&m[at]);
            m.len() == w.len() + 1 && same + tail >= w.len() && (doubled || m.len() >= 5)
        }
    }
}

fn are_neighbours(a: char, b: char) -> bool {
    on_keyboard(a, b) || ALIKE.iter().any(|group| group.contains(a) && group.contains(b))
}

/// Keys that touch on a keyboard.
fn on_keyboard(a: char, b: char) -> bool {
    let place = |c: char| ROWS.iter().enumerate().find_map(|(row, keys)| keys.find(c).map(|column| (row, column)));
    match (place(a), place(b)) {
        (Some((row, column)), Some((other_row, other_column))) => match row.abs_diff(other_row) {
            0 => column.abs_diff(other_column) == 1,
            // Each row stands half a key to the right of the one above.
            1 => {
                let (upper, lower) = if row < other_row { (column, other_column) } else { (other_column, column) };
                upper == lower || upper == lower + 1
            }
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_slips_from_other_words() {
        for (written, meant, expected) in [
            ("aova", "aoba", true),
            ("aosa", "aoba", false),
            ("aoda", "aoba", true),
            ("qood", "wood", true),
            ("oaba", "aoba", true),
            ("aobba", "aoba", true),
            ("aobva", "aoba", true),
            ("aobka", "aoba", false),
            ("ood", "wood", false),
            ("heat", "wheat", true),
            ("aoba", "aoba", false),
            ("a", "ab", false),
            ("", "a", false),
        ] {
            assert_eq!(is_slip(written, meant), expected, "{written} {meant}");
        }
        assert!(on_keyboard('q', 'w') && on_keyboard('q', 'a') && on_keyboard('w', 'a') && !on_keyboard('q', 's'));
    }
}
