//! Domains compared: which organisation, and is this one a slip for that one?

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_security::confusable_detection::skeleton;

use super::tables;

/// The domain an organisation registers, in lower-case ASCII: `mail.example.co.jp` belongs to `example.co.jp`.
pub fn registrable(domain: &str) -> String {
    let ascii = to_ascii(domain);
    psl::domain_str(&ascii).map(str::to_owned).unwrap_or(ascii)
}

/// Lower-case A-label form, without a final dot; what cannot be converted stays as it is.
pub fn to_ascii(domain: &str) -> String {
    let domain = domain.trim_end_matches('.').to_lowercase();
    idna::domain_to_ascii(&domain).unwrap_or(domain)
}

/// Whether people at this domain share no organisation (free webmail, providers, mobile carriers).
pub fn is_freemail(domain: &str) -> bool {
    let ascii = to_ascii(domain);
    tables::is_freemail(&ascii) || tables::is_freemail(&registrable(&ascii))
}

/// The well-known consumer mail domains, whose misspellings are common.
pub fn freemail_domains() -> &'static KnownDomains {
    static DOMAINS: LazyLock<KnownDomains> =
        LazyLock::new(|| KnownDomains::new(tables::freemail_domains().map(|domain| (domain, 0))));
    &DOMAINS
}

/// The one consumer domain of this name, when its provider has only that one and `domain` is it under a mistyped top-level domain.
pub fn only_consumer_domain_like(domain: &str) -> Option<&'static str> {
    const SLIPS: [(&str, &[&str]); 2] = [
        ("com", &["con", "cm", "co", "om", "comm", "coom", "ocm", "vom", "xom", "cpm", "cim"]),
        ("ne.jp", &["co.jp", "jp", "or.jp", "com", "ne.com", "ne"]),
    ];
    /// The consumer domains of each name.
    static BY_LABEL: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
        let mut out: HashMap<&str, Vec<&str>> = HashMap::new();
        for known in tables::freemail_domains() {
            out.entry(known.split('.').next().unwrap_or(known)).or_default().push(known);
        }
        out
    });
    let domain = registrable(domain);
    let (label, suffix) = domain.split_once('.')?;
    let [only] = BY_LABEL.get(label)?.as_slice() else { return None };
    let known_suffix = only.split_once('.')?.1;
    let is_slip = SLIPS.iter().any(|(right, wrong)| *right == known_suffix && wrong.contains(&suffix));
    is_slip.then_some(*only)
}

/// Whether `domain` is `of` or a sub-domain of it.
pub fn belongs_to(domain: &str, of: &str) -> bool {
    let (domain, of) = (to_ascii(domain), to_ascii(of));
    domain == of || domain.strip_suffix(&of).is_some_and(|head| head.ends_with('.'))
}

/// In which way one domain resembles another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// Looks the same in print: `1` for `l`, `rn` for `m`, Cyrillic `а`.
    Homograph,
    /// A hyphen more or less.
    Hyphen,
    /// The same name under another top-level domain.
    TopLevel,
    /// One or two letters apart.
    Typo,
}

/// How `domain` resembles `known`, if it does without being it. Both may be full domains; the registrable part counts.
pub fn likeness(domain: &str, known: &str) -> Option<Likeness> {
    Known::of(domain)?.likeness(&Known::of(known)?)
}

/// Known domains, arranged so that finding what an unknown one resembles does not depend on how many there are.
#[derive(Debug, Clone, Default)]
pub struct KnownDomains {
    known: Vec<(Known, usize)>,
    /// Positions in `known` under everything two alike domains have in common.
    by_trait: HashMap<String, Vec<u32>>,
}

impl KnownDomains {
    /// Domains, each with a number of the caller's.
    pub fn new<'a>(domains: impl Iterator<Item = (&'a str, usize)>) -> KnownDomains {
        let mut out = KnownDomains::default();
        for (domain, owner) in domains {
            let Some(known) = Known::of(domain) else { continue };
            let at = u32::try_from(out.known.len()).unwrap_or(u32::MAX);
            for shared in known.traits() {
                out.by_trait.entry(shared).or_default().push(at);
            }
            out.known.push((known, owner));
        }
        out
    }

    /// The known domains that `domain` resembles without being one of them: registrable domain, the caller's number.
    pub fn like(&self, domain: &str) -> Vec<(&str, usize, Likeness)> {
        let Some(unknown) = Known::of(domain) else { return Vec::new() };
        let mut candidates: Vec<u32> =
            unknown.traits().iter().filter_map(|shared| self.by_trait.get(shared)).flatten().copied().collect();
        candidates.sort_unstable();
        candidates.dedup();
        let like = |at: u32| {
            let (known, owner) = self.known.get(at as usize)?;
            unknown.likeness(known).map(|likeness| (known.domain.as_str(), *owner, likeness))
        };
        candidates.into_iter().filter_map(like).collect()
    }
}

/// Names up to this long are a slip away only by one letter.
const SHORT: usize = 9;

/// A domain taken apart for comparing.
#[derive(Debug, Clone)]
struct Known {
    /// Registrable.
    domain: String,
    /// Length of its first label.
    label: usize,
    looks: String,
}

impl Known {
    fn of(domain: &str) -> Option<Known> {
        let domain = registrable(domain);
        let label = domain.find('.')?;
        let looks = looks(&idna::domain_to_unicode(&domain[..label]).0);
        Some(Known { domain, label, looks })
    }

    fn label(&self) -> &str {
        &self.domain[..self.label]
    }

    fn suffix(&self) -> &str {
        &self.domain[self.label + 1..]
    }

    fn bare(&self) -> String {
        self.label().replace('-', "")
    }

    /// Two alike domains share one of these: the look, the name without hyphens, an end of a long name, or a short name
    /// with one letter left out (which all names one slip apart share).
    fn traits(&self) -> Vec<String> {
        const END: usize = 3;
        let (label, suffix) = (self.label(), self.suffix());
        let mut out = vec![format!("l{}", self.looks), format!("b{}", self.bare())];
        if label.len() > SHORT + 1 {
            let head = label.get(..END).unwrap_or(label);
            let tail = label.get(label.len() - END..).unwrap_or(label);
            out.extend([format!("h{head}.{suffix}"), format!("t{tail}.{suffix}")]);
        }
        if label.len() <= SHORT + 1 {
            out.push(format!("d{label}.{suffix}"));
            let without = |(at, c): (usize, char)| format!("d{}{}.{suffix}", &label[..at], &label[at + c.len_utf8()..]);
            out.extend(label.char_indices().map(without));
        }
        out
    }

    fn likeness(&self, known: &Known) -> Option<Likeness> {
        if self.domain == known.domain {
            return None;
        }
        let (label, known_label) = (self.label(), known.label());
        if label == known_label {
            return Some(Likeness::TopLevel);
        }
        if self.looks == known.looks {
            return Some(Likeness::Homograph);
        }
        if self.suffix() != known.suffix() {
            return None;
        }
        if self.bare() == known.bare() {
            return Some(Likeness::Hyphen);
        }
        let allowed = match known_label.len() {
            0..=3 => return None,
            4..=SHORT => 1,
            _ => 2,
        };
        // Two numbered or otherwise serial names (site1, site2) are neighbours on purpose.
        let stem = |label: &str| label.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let serial = label[..stem(label)] == known_label[..stem(known_label)];
        if serial || label.len().abs_diff(known_label.len()) > allowed {
            return None;
        }
        let distance = rapidfuzz::distance::osa::distance(label.chars(), known_label.chars());
        (distance <= allowed && distance * 4 <= known_label.len()).then_some(Likeness::Typo)
    }
}

/// What a hurried eye sees of a label: confusable characters become one (UTS 39, and digits for letters).
fn looks(label: &str) -> String {
    let ascii: String = skeleton(label).collect();
    ascii
        .to_lowercase()
        .replace("rn", "m")
        .replace("vv", "w")
        .chars()
        .map(|c| match c {
            '0' => 'o',
            '1' | 'i' | '|' => 'l',
            '5' => 's',
            _ => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_what_an_organisation_registers() {
        assert_eq!(registrable("Mail.Example.co.jp."), "example.co.jp");
        assert_eq!(registrable("b.example"), "b.example");
        assert!(belongs_to("sales.own.example", "own.example") && !belongs_to("notown.example", "own.example"));
        assert!(is_freemail("gmail.com") && is_freemail("docomo.ne.jp") && !is_freemail("aoba.example"));
    }

    #[test]
    fn sees_slips_and_leaves_neighbours_alone() {
        for (domain, known, expected) in [
            ("aoba-seikl.example", "aoba-seiki.example", Some(Likeness::Homograph)),
            ("alderbi0.example", "alderbio.example", Some(Likeness::Homograph)),
            ("harrow-1ogistics.example", "harrow-logistics.example", Some(Likeness::Homograph)),
            ("arnazon.example", "amazon.example", Some(Likeness::Homograph)),
            ("homarefoods.example", "homare-foods.example", Some(Likeness::Hyphen)),
            ("hiyori-shinkin.test", "hiyori-shinkin.example", Some(Likeness::TopLevel)),
            ("gmial.com", "gmail.com", Some(Likeness::Typo)),
            ("fenwick-outdor.example", "fenwick-outdoor.example", Some(Likeness::Typo)),
            ("аpple.example", "apple.example", Some(Likeness::Homograph)),
            ("abc.example", "abd.example", None),
            ("kanda-syoji.example", "kanda-shouji.example", Some(Likeness::Typo)),
            ("kaneda.example", "haneda.example", Some(Likeness::Typo)),
            ("site1.example", "site2.example", None),
            ("northgate.example", "southgate.example", None),
            ("sub.aoba.example", "aoba.example", None),
        ] {
            assert_eq!(likeness(domain, known), expected, "{domain} {known}");
            let index = KnownDomains::new([(known, 0), ("unrelated.example", 1)].into_iter());
            assert_eq!(index.like(domain).first().map(|found| found.2), expected, "{domain} {known} by index");
        }
    }
}
