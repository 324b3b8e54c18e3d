//! In which way one domain resembles another, and which of many known ones an unknown one resembles.

use std::collections::HashMap;

use rapidfuzz::distance::osa;
use unicode_security::confusable_detection::skeleton;

use super::super::tables;
use super::{keyboard, registrable};

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

    /// The known domains that `domain` resembles without being one of them: registrable domain, the caller's number. The
    /// same ones that [`likeness`] tells one by one.
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
/// Among names up to this long nearly every combination of letters is somebody's.
const CROWDED: usize = 5;

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

    /// The letters of a name long enough to be told by them, in the order of the alphabet: cingery and cinergy.
    fn letters(&self) -> Option<String> {
        const LEAST: usize = 6;
        let mut letters: Vec<char> = self.label().chars().collect();
        letters.sort_unstable();
        (letters.len() >= LEAST).then(|| letters.into_iter().collect())
    }

    /// Two alike domains share one of these: the look, the name without hyphens, its letters, an end of a long name, its
    /// middle when there is a slip at each end, or a short name with one letter left out (which all names one slip
    /// apart share). Names of different length may stand on both sides of what is long, hence the overlap.
    fn traits(&self) -> Vec<String> {
        const END: usize = 3;
        let (label, suffix) = (self.label(), self.suffix());
        let mut out = vec![format!("l{}", self.looks), format!("b{}", self.bare())];
        out.extend(self.letters().map(|letters| format!("s{letters}.{suffix}")));
        let chars: Vec<char> = label.chars().collect();
        if chars.len() + 1 >= SHORT {
            let part = |kind: char, chars: &[char]| format!("{kind}{}.{suffix}", chars.iter().collect::<String>());
            out.extend([part('h', &chars[..END]), part('t', &chars[chars.len() - END..])]);
            // A slip in front moves the middle by one at most, and one across its edge leaves three letters of it.
            out.extend(chars.windows(END).skip(END - 1).take(END + 1).map(|middle| part('m', middle)));
        }
        if chars.len() <= SHORT + 1 {
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
        let length = known_label.chars().count();
        let allowed = match length {
            0..=3 => return None,
            4..=SHORT => 1,
            _ => 2,
        };
        if are_serial(label, known_label) || label.chars().count().abs_diff(length) > allowed {
            return None;
        }
        if self.letters().is_some()
            && self.letters() == known.letters()
            && osa::distance(label.chars(), known_label.chars()) == 2
        {
            return Some(Likeness::Typo);
        }
        let distance = osa::distance(label.chars(), known_label.chars());
        if distance > allowed || distance * 4 > length {
            return None;
        }
        // Short names and real names differ by a letter all the time; of them only what fingers and eyes confuse counts.
        let real = |label: &str| tables::is_surname_romaji(label) || tables::is_given_name_romaji(label);
        let crowded = length <= CROWDED || (real(label) && real(known_label));
        (!crowded || keyboard::is_slip(label, known_label)).then_some(Likeness::Typo)
    }
}

/// Names numbered or otherwise serial (site1 and site2, acme-us and acme-uk) are neighbours on purpose.
fn are_serial(a: &str, b: &str) -> bool {
    let stem = |label: &str| label.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let part = |label: &str| label.rfind('-').filter(|at| label.len() - at <= 3).unwrap_or(label.len());
    let cut = part(a) < a.len() && part(b) < b.len() && a[..part(a)] == b[..part(b)];
    a[..stem(a)] == b[..stem(b)] || cut
}

/// The domain a reader sees when letters of another alphabet stand among Latin ones: `аoba.example` with a Cyrillic а.
pub fn skeleton_of_mixed(domain: &str) -> Option<String> {
    let (shown, _) = idna::domain_to_unicode(&super::to_ascii(domain));
    let is_other = |c: char| matches!(c, '\u{370}'..='\u{58F}' | '\u{13A0}'..='\u{13FF}' | '\u{1C80}'..='\u{1C8F}' | '\u{1F00}'..='\u{1FFF}');
    let mixed = |label: &str| label.contains(|c: char| c.is_ascii_alphabetic()) && label.contains(is_other);
    let plain = |c: char| if c.is_ascii() { vec![c] } else { skeleton(c.encode_utf8(&mut [0; 4])).collect() };
    shown.split('.').any(mixed).then(|| shown.chars().flat_map(plain).collect())
}

/// What a hurried eye sees of a label: confusable characters become one (UTS 39, and digits for letters).
fn looks(label: &str) -> String {
    let ascii: String = skeleton(label).collect();
    ascii
        .to_lowercase()
        .replace("rn", "m")
        .replace("vv", "w")
        .replace("cl", "d")
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

    /// Every name one slip away: a letter left out, doubled, swapped with the next, or another one.
    fn slips(label: &str) -> Vec<String> {
        let chars: Vec<char> = label.chars().collect();
        let mut out = Vec::new();
        for at in 0..chars.len() {
            let (before, after) = (&chars[..at], &chars[at + 1..]);
            let with = |middle: &[char]| [before, middle, after].concat().into_iter().collect::<String>();
            out.extend([with(&[]), with(&[chars[at], chars[at]]), with(&['q'])]);
            if let Some((&next, rest)) = after.split_first() {
                out.push([before, &[next, chars[at]], rest].concat().into_iter().collect());
            }
        }
        out
    }

    #[test]
    fn the_index_finds_whatever_a_comparison_of_two_finds() {
        for label in ["minato", "aobaseiki", "minatoprin", "minatoprint", "alderbiosci", "xn--wgv71a119e"] {
            let known = format!("{label}.example");
            let index = KnownDomains::new([(known.as_str(), 0)].into_iter());
            for one in slips(label) {
                for two in slips(&one).into_iter().chain([one.clone()]) {
                    let domain = format!("{two}.example");
                    let found = index.like(&domain).first().map(|found| found.2);
                    assert_eq!(found, likeness(&domain, &known), "{domain} {known}");
                }
            }
        }
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
            ("kaneda.example", "haneda.example", None),
            ("aoda.example", "aoba.example", Some(Likeness::Typo)),
            ("aoba.example", "aoki.example", None),
            ("aobaa.example", "aoba.example", Some(Likeness::Typo)),
            ("aova.example", "aoba.example", Some(Likeness::Typo)),
            ("aosa.example", "aoba.example", None),
            ("oaba.example", "aoba.example", Some(Likeness::Typo)),
            ("aoba-seiki.example", "aoba.example", None),
            ("aobaseiki.example", "aoba.example", None),
            ("qilliams.example", "williams.example", Some(Likeness::Typo)),
            ("cingery.example", "cinergy.example", Some(Likeness::Typo)),
            ("bracepat.example", "bracepatt.example", Some(Likeness::Typo)),
            ("gmmsr.example", "gmsr.example", Some(Likeness::Typo)),
            ("clarkson.example", "darkson.example", Some(Likeness::Homograph)),
            ("wvvw-labs.example", "www-labs.example", Some(Likeness::Homograph)),
            ("acme-us.example", "acme-uk.example", None),
            ("acme-systems.example", "acme-system.example", Some(Likeness::Typo)),
            ("wpsenergy.example", "epenergy.example", None),
            ("site1.example", "site2.example", None),
            ("northgate.example", "southgate.example", None),
            ("sub.aoba.example", "aoba.example", None),
        ] {
            assert_eq!(likeness(domain, known), expected, "{domain} {known}");
            let index = KnownDomains::new([(known, 0), ("unrelated.example", 1)].into_iter());
            assert_eq!(index.like(domain).first().map(|found| found.2), expected, "{domain} {known} by index");
        }
    }

    #[test]
    fn sees_letters_of_another_alphabet() {
        for (domain, expected) in [
            ("аoba.example", Some("aoba.example")),
            ("xn--oba-5cd.example", Some("aoba.example")),
            ("aoba.example", None),
            ("日本語tokyo.example", None),
            ("почта.example", None),
            ("müller.example", None),
        ] {
            assert_eq!(skeleton_of_mixed(domain).as_deref(), expected, "{domain}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_index_finds_what_comparing_one_by_one_finds(
            a in "[abo0lmrn-]{1,12}(\\.(example|test|co\\.jp)){1,2}",
            b in "[abo0lmrn-]{1,12}(\\.(example|test|co\\.jp)){1,2}",
        ) {
            let index = KnownDomains::new([(b.as_str(), 0)].into_iter());
            let found = index.like(&a).first().map(|found| found.2);
            proptest::prop_assert_eq!(found, likeness(&a, &b), "{} {}", a, b);
            proptest::prop_assert_eq!(super::super::front_of(&a, |_| false), None);
        }
    }
}
