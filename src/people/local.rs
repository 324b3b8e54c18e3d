//! The part of an address before the @ as evidence of a name: `k-sato`, `satok`, `kenichi.sato`, `ksato01`.
//!
//! A desk, a handle, a single word proves nothing against anybody.

use super::domain::is_freemail;
use super::fold::fold;
use super::japanese::Japanese;
use super::name::Agreement;
use super::words::{Words, is_desk};
use super::{latin, romaji, tables};
use crate::message::Address;

/// A local part as words.
pub(super) struct Local {
    pub(super) parts: Vec<String>,
    pub(super) desk: bool,
    domain: String,
    /// The first label of the domain.
    house: String,
}

impl Local {
    pub(super) fn of(address: &Address) -> Local {
        let local = address.local().trim_matches('"').split('+').next().unwrap_or_default();
        let local = fold(local).replace('\'', "");
        let parts: Vec<String> =
            local.split(|c: char| !c.is_alphabetic()).filter(|part| !part.is_empty()).map(str::to_owned).collect();
        Local {
            desk: parts.iter().any(|part| is_desk(part)),
            parts,
            domain: address.domain().to_owned(),
            house: address.domain().split('.').next().unwrap_or_default().to_lowercase(),
        }
    }

    pub(super) fn against(&self, named: &Words) -> Agreement {
        if self.desk || self.parts.is_empty() {
            return Agreement::Unknown;
        }
        let japanese = match named.japanese.is_empty() {
            true => Agreement::Unknown,
            false => self.japanese(&Japanese::of(&named.japanese)),
        };
        let latin = if named.latin.is_empty() { Agreement::Unknown } else { self.latin(&named.latin) };
        match (japanese, latin) {
            (Agreement::Unknown, other) | (other, Agreement::Unknown) => other,
            (a, b) => a.max(b),
        }
    }

    /// Names in it may be anybody's: people choose what they like at consumer domains.
    fn is_private(&self) -> bool {
        is_freemail(&self.domain)
    }

    /// The first label of the domain.
    pub(super) fn house(&self) -> &str {
        &self.house
    }

    /// `kenichi.sato`, `ed.hale`, `mary.stone-hill`: words that can only be a person's name.
    pub(super) fn is_full_name(&self) -> bool {
        let given = |part: &String| tables::is_given_name(part) || tables::is_given_name_romaji(part);
        let long = |part: &&String| part.chars().count() >= 3 || (part.len() == 2 && tables::is_given_name(part));
        let words = self.parts.iter().filter(long).count();
        !self.desk
            && (words == 2 || words == 3 && self.parts.iter().any(given))
            && self.parts.iter().all(|part| long(&part) || part.len() == 1)
            && !self.parts.iter().any(|part| self.house.contains(part.as_str()))
    }

    /// Whether the address has a word as it is written in the text, and not as its owner's header does.
    pub(super) fn sides_with(&self, written: &str, theirs: &str) -> bool {
        self.house.contains(written) || self.parts.iter().any(|part| part.contains(written) && !part.contains(theirs))
    }

    /// Whether every word of a name stands in the address.
    pub(super) fn has_all(&self, named: &Words) -> bool {
        named.latin.len() >= 2 && named.latin.iter().all(|word| self.parts.contains(word))
    }

    /// Whether a part of the address is the name's reading, with no letter more.
    pub(super) fn has_reading(&self, named: &Words) -> bool {
        let name = Japanese::of(&named.japanese);
        let readings = [name.readings(), name.given_readings()].concat();
        self.parts.iter().any(|part| readings.contains(&romaji::skeleton(part)))
    }

    /// `mlehman` for Mark: the first letter, and the rest of the word is another name.
    pub(super) fn has_initial(&self, named: &Words) -> bool {
        let first = self.parts.first().and_then(|part| part.chars().next());
        first.is_some() && named.latin.iter().any(|word| word.chars().next() == first)
    }

    fn japanese(&self, name: &Japanese) -> Agreement {
        let (family, given) = (name.readings(), name.given_readings());
        if family.is_empty() && given.is_empty() {
            return Agreement::Unknown;
        }
        let joined = romaji::skeleton(&self.parts.concat());
        let fits = |part: &str, readings: &[String]| readings.contains(&romaji::skeleton(part));
        let with_initial = |part: &str, readings: &[String]| {
            part.len() > 3 && part.is_ascii() && (fits(&part[1..], readings) || fits(&part[..part.len() - 1], readings))
        };
        let any = |readings: &[String]| {
            self.parts.iter().any(|part| fits(part, readings) || with_initial(part, readings))
                || readings.iter().any(|reading| run_together(&joined, reading))
        };
        // With both names in the text, the given name alone is that of a namesake if another surname stands beside it.
        let namesake = name.has_given() && self.parts.iter().any(|part| self.is_other_surname(part));
        if any(&family) || (!namesake && any(&given)) {
            return Agreement::Same;
        }
        let given = |part: &String| tables::is_given_name_romaji(part);
        let other = self.parts.iter().any(|part| self.is_other_surname(part));
        let full = self.parts.len() == 2 && self.parts.iter().any(given);
        if other && (!self.is_private() || full) && !name.is_foreign() {
            Agreement::Different
        } else {
            Agreement::Unknown
        }
    }

    /// A Japanese surname, alone, with an initial in front or a given name beside it: `tanaka`, `ktanaka`, `tanakataro`.
    fn is_other_surname(&self, part: &str) -> bool {
        let surname = |part: &str| part.len() >= 4 && tables::is_mostly_surname_romaji(part);
        // Three letters beside an initial or a given name: t-ito, ono, abe.yuko.
        let beside = |other: &String| {
            other == part
                || other.len() == 1
                || tables::is_given_name_romaji(other) && !tables::is_mostly_surname_romaji(other)
        };
        let short = || part.len() == 3 && tables::is_mostly_surname_romaji(part) && self.parts.iter().all(beside);
        let given = |part: &str| part.len() >= 3 && tables::is_given_name_romaji(part);
        let whole_name = |part: &str| tables::is_given_name_romaji(part) || tables::is_given_name(part);
        let initialled = || part.is_ascii() && part.len() >= 6 && !whole_name(part) && surname(&part[1..]);
        let joined = || {
            part.is_ascii()
                && !whole_name(part)
                && (3..part.len().saturating_sub(2)).any(|at| {
                    let (head, tail) = part.split_at(at);
                    (surname(head) && given(tail)) || (given(head) && surname(tail))
                })
        };
        !self.house.contains(part) && (surname(part) || short() || initialled() || joined())
    }

    fn latin(&self, named: &[String]) -> Agreement {
        let joined = self.parts.concat();
        let agreement = latin::against(named, &self.parts, false);
        if agreement == Agreement::Same {
            return agreement;
        }
        let contained = |word: &String| match word.len() {
            0..=2 => false,
            // Sato does not stand in satoshi.
            _ if tables::is_mostly_surname_romaji(word) => run_together(&joined, word),
            3 => joined.starts_with(word.as_str()) || joined.ends_with(word.as_str()),
            _ => joined.contains(word.as_str()),
        };
        let skeleton = romaji::skeleton(&joined);
        let by_romaji = |word: &String| {
            let mine = romaji::skeleton(word);
            match tables::is_mostly_surname_romaji(word) {
                true => run_together(&skeleton, &mine),
                false => word.len() >= 4 && skeleton.contains(&mine),
            }
        };
        // Somebody else of the family has the family name in the address too.
        let namesake = agreement == Agreement::Different && named.iter().any(|word| self.parts.contains(word));
        // Paul does not stand in paula.stone.
        let longer = |word: &String| self.parts.iter().any(|part| latin::is_another(word, part));
        if !namesake && named.iter().any(|word| (contained(word) || by_romaji(word)) && !longer(word)) {
            return Agreement::Same;
        }
        // A letter in front of a surname is an initial: ksato is no misspelt Kato.
        let initialled =
            |part: &String| part.is_ascii() && part.len() >= 5 && tables::is_mostly_surname_romaji(&part[1..]);
        if agreement == Agreement::Misspelt {
            return if self.parts.iter().any(initialled) { Agreement::Unknown } else { agreement };
        }
        let known = |part: &String| tables::is_given_name(part) || tables::is_given_name_romaji(part);
        // A Japanese surname in the text, another one in the address.
        let japanese = named.iter().any(|word| tables::is_mostly_surname_romaji(word))
            && self.parts.iter().any(|part| self.is_other_surname(part))
            && !self.is_private();
        if japanese {
            return Agreement::Different;
        }
        let person = self.is_full_name() && (!self.is_private() || self.parts.iter().any(known));
        if person { agreement } else { Agreement::Unknown }
    }
}

/// `satokenichi`, `kenichisato`: the family name and a given name written as one word. A mere substring proves
/// nothing: watanabe is no tanabe.
fn run_together(joined: &str, family: &str) -> bool {
    let rest = joined.strip_prefix(family).or_else(|| joined.strip_suffix(family));
    family.len() >= 3 && rest.is_some_and(|rest| rest.len() <= 1 || tables::is_given_name_romaji(rest))
}
