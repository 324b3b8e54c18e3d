//! Slips in the domains of consumer mail, which everybody types by hand: `gmial.com`, `docomo.co.jp`, `hotmail.con`.

use std::sync::LazyLock;

use rapidfuzz::distance::osa;

use super::likeness::{KnownDomains, Likeness};
use super::{registrable, tables, to_ascii};

/// Names that stand for one mail service wherever they appear, with its only domain.
const ONE_DOMAIN: [(&str, &str); 7] = [
    ("gmail", "gmail.com"),
    ("googlemail", "googlemail.com"),
    ("icloud", "icloud.com"),
    ("docomo", "docomo.ne.jp"),
    ("ezweb", "ezweb.ne.jp"),
    ("protonmail", "protonmail.com"),
    ("rocketmail", "rocketmail.com"),
];
/// Names with mail under many top-level domains, and the suffixes that are slips under each of them.
const MANY_DOMAINS: [(&str, &str); 4] =
    [("yahoo", "yahoo.com"), ("hotmail", "hotmail.com"), ("outlook", "outlook.com"), ("aol", "aol.com")];
const SLIPS: [&str; 12] = ["co", "cm", "om", "con", "cpm", "vom", "xom", "comm", "coom", "ocm", "cim", "cmo"];
/// What a mistyped suffix is made of.
const SUFFIX_LABELS: &str =
    "com co jp ne or net org ac go con cm om cpm vom xom comm coom ocm cim cmo coj cojp nejp jpn nep";

/// Ordinary words: a letter away from them is any other word, and somebody's domain.
const ORDINARY: &str = "live mail free orange sky web cox charter rogers shaw sina mac me excite nifty goo tiki willcom disney earthlink \
    verizon naver daum qq att";

/// The consumer domain that a domain is a slip for.
pub fn consumer_slip(domain: &str) -> Option<&'static str> {
    let ascii = to_ascii(domain);
    if tables::is_freemail(&ascii) || tables::is_freemail(&registrable(&ascii)) {
        return None;
    }
    let (label, suffix) = ascii.split_once('.')?;
    let of = |table: &'static [(&str, &str)]| table.iter().find(|(name, _)| *name == label).map(|(_, known)| *known);
    if let Some(known) = of(&ONE_DOMAIN) {
        let is_suffix = |label: &str| SUFFIX_LABELS.split(' ').any(|part| part == label);
        return suffix.split('.').all(is_suffix).then_some(known);
    }
    if let Some(known) = of(&MANY_DOMAINS) {
        return SLIPS.contains(&suffix).then_some(known).or_else(|| undotted(&ascii));
    }
    undotted(&ascii).or_else(|| misspelt(&ascii))
}

/// `docomo.nejp`, `yahoo.cojp`: the dots elsewhere.
fn undotted(ascii: &str) -> Option<&'static str> {
    const SHORTEST: usize = 9;
    let letters = |domain: &'static str| domain.bytes().filter(|c| *c != b'.');
    let mine = ascii.replace('.', "");
    // Of the hundreds of domains few begin alike.
    let alike = |known: &&str| known.len() >= SHORTEST && known.as_bytes().first() == mine.as_bytes().first();
    tables::freemail_domains().filter(alike).find(|known| letters(known).eq(mine.bytes()))
}

/// `gmial.com`, `hotmial.com`: the name a letter off.
fn misspelt(ascii: &str) -> Option<&'static str> {
    static DOMAINS: LazyLock<(Vec<&'static str>, KnownDomains)> = LazyLock::new(|| {
        let ordinary =
            |domain: &str| ORDINARY.split_ascii_whitespace().any(|word| domain.split('.').next() == Some(word));
        let domains: Vec<&str> = tables::freemail_domains().filter(|domain| !ordinary(domain)).collect();
        let known = KnownDomains::new(domains.iter().enumerate().map(|(n, domain)| (*domain, n)));
        (domains, known)
    });
    let (domains, known) = &*DOMAINS;
    let slip = |likeness: Likeness| matches!(likeness, Likeness::Typo | Likeness::Homograph);
    let found = known.like(ascii).into_iter().find(|(.., likeness)| slip(*likeness));
    found.and_then(|(_, n, _)| domains.get(n).copied())
}

/// The domain with the top-level domain that was meant, when there is none of the name: `bear.con`, `aoba.co.jpp`.
pub fn top_level_slip(domain: &str) -> Option<String> {
    const MEANT: [&str; 5] = ["com", "net", "org", "jp", "info"];
    const SHORTEST: usize = 2;
    /// RFC 2606, RFC 6761, RFC 7686, RFC 8375, RFC 9476, and names in use inside houses.
    const RESERVED: &str = "example test invalid localhost local localdomain internal intranet lan home corp private onion alt arpa host domain \
        mail loc int prod dev stg box nas ad ads dc";
    let ascii = to_ascii(domain);
    let known = psl::suffix(ascii.as_bytes()).is_some_and(|suffix| suffix.is_known());
    let (rest, last) = ascii.rsplit_once('.')?;
    let plausible = last.len() >= SHORTEST && last.bytes().all(|b| b.is_ascii_alphabetic());
    if known || !plausible || RESERVED.split_ascii_whitespace().any(|reserved| reserved == last) {
        return None;
    }
    let near = |meant: &&&str| {
        let distance = osa::distance(last.chars(), meant.chars());
        distance == 1 && (last.len() >= 3 || last.ends_with('p') || last.starts_with('j'))
    };
    MEANT.iter().find(near).map(|meant| format!("{rest}.{meant}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_slips_in_consumer_domains() {
        for (domain, expected) in [
            ("gmial.com", Some("gmail.com")),
            ("gmai.com", Some("gmail.com")),
            ("gmail.co", Some("gmail.com")),
            ("gmail.co.jp", Some("gmail.com")),
            ("gmail.con", Some("gmail.com")),
            ("hotmial.com", Some("hotmail.com")),
            ("hotmail.con", Some("hotmail.com")),
            ("yahooo.com", Some("yahoo.com")),
            ("yahoo.co", Some("yahoo.com")),
            ("yaho.co.jp", Some("yahoo.co.jp")),
            ("yahoo.cojp", Some("yahoo.co.jp")),
            ("docomo.co.jp", Some("docomo.ne.jp")),
            ("docomo.ne.co.jp", Some("docomo.ne.jp")),
            ("docomo.nejp", Some("docomo.ne.jp")),
            ("docmo.ne.jp", Some("docomo.ne.jp")),
            ("ezweb.jp", Some("ezweb.ne.jp")),
            ("iclould.com", Some("icloud.com")),
            ("outlok.com", Some("outlook.com")),
            ("gmail.com", None),
            ("GMAIL.COM", None),
            ("ymail.com", None),
            ("yahoo.ne.jp", None),
            ("yahoo.com.br", None),
            ("hotmail.fr", None),
            ("softbank.co.jp", None),
            ("biglobe.co.jp", None),
            ("nttdocomo.com", None),
            ("olive.com", None),
            ("grange.fr", None),
            ("gmail.example", None),
            ("aoba.co.jp", None),
            ("localhost", None),
        ] {
            assert_eq!(consumer_slip(domain), expected, "{domain}");
        }
    }

    #[test]
    fn sees_top_level_domains_that_do_not_exist() {
        for (domain, expected) in [
            ("bear.con", Some("bear.com")),
            ("houston.rr.cpm", Some("houston.rr.com")),
            ("aoba.co.jpp", Some("aoba.co.jp")),
            ("aoba.co.ip", Some("aoba.co.jp")),
            ("aoba.ner", Some("aoba.net")),
            ("aoba.com", None),
            ("aoba.co", None),
            ("aoba.cm", None),
            ("aoba.example", None),
            ("aoba.corp", None),
            ("aoba.tokyo", None),
            ("server.lan", None),
            ("host", None),
        ] {
            assert_eq!(top_level_slip(domain).as_deref(), expected, "{domain}");
        }
    }
}
