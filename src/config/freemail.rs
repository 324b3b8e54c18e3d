//! Domains that belong to a mail provider's customers, not to an organisation.

use std::collections::HashSet;
use std::sync::LazyLock;

static LISTED: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let lines = include_str!("../../data/freemail-domains.tsv").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split('\t').next()).collect()
});

/// Whether a domain (lower case), or the domain it stands under, is one where anybody has an address.
pub fn is_freemail(domain: &str) -> bool {
    let mut parents = domain.match_indices('.').map(|(dot, _)| &domain[dot + 1..]);
    LISTED.contains(domain) || parents.any(|parent| LISTED.contains(parent))
}

#[cfg(test)]
mod tests {
    use super::is_freemail;

    #[test]
    fn knows_domains_and_what_stands_under_them() {
        assert!(is_freemail("gmail.com") && is_freemail("docomo.ne.jp") && is_freemail("x.yahoo.co.jp"));
        assert!(!is_freemail("notgmail.com") && !is_freemail("ne.jp") && !is_freemail("example.co.jp"));
    }
}
