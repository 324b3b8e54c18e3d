//! Domains that belong to a mail provider's customers, not to an organisation.

/// Whether a domain (lower case), or the domain it stands under, is one where anybody has an address.
pub fn is_freemail(domain: &str) -> bool {
    let listed = |name: &str| {
        include_str!("../../data/freemail-domains.tsv")
            .lines()
            .filter(|line| !line.starts_with('#'))
            .any(|line| line.split('\t').next() == Some(name))
    };
    let parents = domain.match_indices('.').map(|(dot, _)| &domain[dot + 1..]);
    std::iter::once(domain).chain(parents).any(listed)
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
