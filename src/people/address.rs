//! Addresses compared: which spellings reach one person.

use unicode_normalization::UnicodeNormalization;

use super::domain;
use crate::message::Address;

/// The spelling all addresses of one mailbox share: case, width and IDNA form away, `+tag` cut, and for Gmail also the
/// dots of the local part, which it ignores.
pub fn person_key(address: &Address) -> String {
    let local: String = address.local().nfkc().flat_map(char::to_lowercase).collect();
    let mut domain = domain::to_ascii(address.domain());
    // A quoted local part is the same without its quotes if nothing in it needs them.
    let plain = |inner: &&str| !inner.contains(|c: char| c.is_whitespace() || "()<>[]:;@\\,\"".contains(c));
    let local = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(plain).unwrap_or(&local);
    let base = match local.split_once('+') {
        Some((base, _)) if !base.is_empty() => base,
        _ => local,
    };
    if domain == "googlemail.com" {
        domain = "gmail.com".to_owned();
    }
    let base = if domain == "gmail.com" { base.replace('.', "") } else { base.to_owned() };
    format!("{base}@{domain}")
}

/// Whether an address is no person's but a mailing list's or a desk's, as far as it tells.
pub fn is_list(address: &str) -> bool {
    const DOMAINS: [&str; 9] = [
        "lists.",
        "list.",
        "groups.",
        "googlegroups.com",
        "groups.io",
        "freelists.org",
        "vger.kernel.org",
        "sourceware.org",
        "bugzilla.",
    ];
    const WORDS: &str = "all announce bugs bugzilla dev devel discuss everyone group groups help helpdesk info list lists \
        maintainers ml noreply notifications office patches reply security staff stable support team users";
    let address = address.to_lowercase();
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    let is_at = |of: &&str| match of.strip_suffix('.') {
        Some(_) => domain.starts_with(*of) || domain.contains(&format!(".{of}")),
        None => domain.strip_suffix(*of).is_some_and(|front| front.is_empty() || front.ends_with('.')),
    };
    // `dev.patel@` is a person.
    let mut words = local.split(['-', '_']);
    DOMAINS.iter().any(is_at) || words.any(|word| WORDS.split_whitespace().any(|of| of == word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(address: &str) -> String {
        person_key(&Address::parse(address).expect("a valid address"))
    }

    #[test]
    fn lists_and_desks_are_told_from_people() {
        for list in [
            "linux-pm@vger.kernel.org",
            "info@aoba.example",
            "sales_team@alta.example",
            "a@lists.owada.example",
            "x@groups.io",
        ] {
            assert!(is_list(list), "{list}");
        }
        for person in ["dev.patel@aoba.example", "x@mygroups.io", "alister@alta.example", "nobody"] {
            assert!(!is_list(person), "{person}");
        }
    }

    #[test]
    fn one_person_under_several_spellings() {
        for (one, other) in [
            ("K-Sato@Aoba.Example", "k-sato@aoba.example"),
            ("sato+orders@aoba.example", "sato@aoba.example"),
            ("j.o.miller@gmail.com", "jomiller@googlemail.com"),
            ("ｓａｔｏ@aoba.example", "sato@aoba.example"),
            ("a@日本語.example", "a@xn--wgv71a119e.example"),
            ("\"foo..bar.\"@docomo.ne.jp", "foo..bar.@docomo.ne.jp"),
        ] {
            assert_eq!(key(one), key(other), "{one} {other}");
        }
        for (one, other) in [
            ("j.miller@aoba.example", "jmiller@aoba.example"),
            ("foo..bar.@docomo.ne.jp", "foobar@docomo.ne.jp"),
            ("\"a b\"@aoba.example", "ab@aoba.example"),
            ("+1@aoba.example", "+2@aoba.example"),
        ] {
            assert_ne!(key(one), key(other), "{one} {other}");
        }
        assert_eq!(key("Postmaster"), "postmaster@");
    }
}
