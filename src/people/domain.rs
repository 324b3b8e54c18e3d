//! Domains compared: which organisation, and is this one a slip for that one?

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
pub fn freemail_domains() -> impl Iterator<Item = &'static str> {
    tables::freemail_domains()
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
    if cannot_resemble(domain, known) {
        return None;
    }
    let (domain, known) = (registrable(domain), registrable(known));
    if domain == known {
        return None;
    }
    let (label, suffix) = domain.split_once('.')?;
    let (known_label, known_suffix) = known.split_once('.')?;
    let look = |label: &str| looks(&idna::domain_to_unicode(label).0);
    if look(label) == look(known_label) && label != known_label {
        return Some(Likeness::Homograph);
    }
    if label == known_label {
        return Some(Likeness::TopLevel);
    }
    if suffix != known_suffix {
        return None;
    }
    if label.replace('-', "") == known_label.replace('-', "") {
        return Some(Likeness::Hyphen);
    }
    let allowed = match known_label.len() {
        0..=3 => return None,
        4..=9 => 1,
        _ => 2,
    };
    let distance = rapidfuzz::distance::osa::distance(label.chars(), known_label.chars());
    // Two numbered or otherwise serial names (site1, site2) are neighbours on purpose.
    let serial = label.trim_end_matches(|c: char| c.is_ascii_digit())
        == known_label.trim_end_matches(|c: char| c.is_ascii_digit());
    (distance <= allowed && !serial && distance * 4 <= known_label.len()).then_some(Likeness::Typo)
}

/// A cheap look before the dear one: ASCII names whose lengths differ by more than any slip allows. A top-level domain
/// may be longer (`.co.jp`), hence the room.
fn cannot_resemble(domain: &str, known: &str) -> bool {
    const ROOM: usize = 8;
    let plain = |text: &str| text.is_ascii() && !text.contains("xn--");
    plain(domain)
        && plain(known)
        && domain.matches('.').count() <= 1
        && known.matches('.').count() <= 1
        && domain.len().abs_diff(known.len()) > ROOM
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
            ("kaneda.example", "haneda.example", Some(Likeness::Typo)),
            ("site1.example", "site2.example", None),
            ("northgate.example", "southgate.example", None),
            ("sub.aoba.example", "aoba.example", None),
        ] {
            assert_eq!(likeness(domain, known), expected, "{domain} {known}");
        }
    }
}
