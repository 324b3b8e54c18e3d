//! "Did you mean": the nearest known word.
//!
//! Pure.

/// The candidate nearest to `word`, if it is near enough to be meant: a third of the letters may differ, or one is the
/// beginning of the other (`lang`, `language`).
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase().replace('-', "_");
    let length = word.chars().count();
    let limit = (length / 3).max(1);
    let rank = |candidate: &str| {
        let known = candidate.to_lowercase().replace('-', "_");
        let distance = distance(&word, &known);
        let beginning =
            length.min(known.chars().count()) >= 4 && (known.starts_with(&word) || word.starts_with(&known));
        (distance <= limit || beginning).then_some(distance)
    };
    let near = candidates.into_iter().filter_map(|candidate| Some((rank(candidate)?, candidate)));
    near.min_by_key(|(distance, _)| *distance).map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment) from `a` to `b`, in characters.
pub fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before_last[j - 2] + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_typing_slips() {
        for (a, b, expected) in
            [("", "", 0), ("", "ab", 2), ("lisen", "listen", 1), ("lsiten", "listen", 1), ("宛名", "名宛", 1)]
        {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn suggests_what_is_near_and_nothing_else() {
        let known = ["listen", "listen_tls", "log"];
        assert_eq!(nearest("Listen-TLS", known), Some("listen_tls"));
        assert_eq!(nearest("lisetn", known), Some("listen"));
        assert_eq!(nearest("completely", known), None);
        assert_eq!(nearest("lang", ["log", "language"]), Some("language"));
        assert_eq!(nearest("username", ["name", "user"]), Some("user"));
    }
}
