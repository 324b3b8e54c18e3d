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
    /// Names in it may be anybody's: people choose what they like at consumer domains.
    private: bool,
    /// The first label of the domain.
    house: String,
}

impl Local {
    pub(super) fn of(address: &Address) -> Local {
        let local = address.local().trim_matches('"').split('+').next().unwrap_or_default();
        let local = fold(local);
        let parts: Vec<String> =
            local.split(|c: char| !c.is_alphabetic()).filter(|part| !part.is_empty()).map(str::to_owned).collect();
        Local {
            desk: parts.iter().any(|part| is_desk(part)),
            parts,
            private: is_freemail(address.domain()),
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

    /// The first label of the domain.
    pub(super) fn house(&self) -> &str {
        &self.house
    }

    /// `kenichi.sato`: two words that can only be a person's name.
    pub(super) fn is_full_name(&self) -> bool {
        let long = |part: &&String| part.chars().count() >= 3;
        !self.desk
            && self.parts.iter().filter(long).count() == 2
            && self.parts.iter().all(|part| long(&part) || part.len() == 1)
            && !self.parts.iter().any(|part| self.house.contains(part.as_str()))
    }

    /// Whether the address has a word as it is written in the text, and not as its owner's header does.
    pub(super) fn sides_with(&self, written: &str, theirs: &str) -> bool {
        self.house.contains(written) || self.parts.iter().any(|part| part.contains(written) && !part.contains(theirs))
    }

    /// `mlehman` for Mark: the first letter, and the rest of the word is another name.
    pub(super) fn has_initial(&self, named: &Words) -> bool {
        let first = self.parts.first().and_then(|part| part.chars().next());
        first.is_some() && named.latin.iter().any(|word| word.chars().next() == first)
    }

    fn japanese(&self, name: &Japanese) -> Agreement {
        let mut mine = name.readings();
        let family = mine.clone();
        mine.extend(name.given_readings());
        if mine.is_empty() {
            return Agreement::Unknown;
        }
        let joined = romaji::skeleton(&self.parts.concat());
        let fits = |part: &str| mine.contains(&romaji::skeleton(part));
        let with_initial =
            |part: &str| part.len() > 3 && part.is_ascii() && (fits(&part[1..]) || fits(&part[..part.len() - 1]));
        if self.parts.iter().any(|part| fits(part) || with_initial(part))
            || family.iter().any(|m| run_together(&joined, m))
        {
            return Agreement::Same;
        }
        let given = |part: &String| tables::is_given_name_romaji(part);
        let other = self.parts.iter().any(|part| self.is_other_surname(part));
        let full = self.parts.len() == 2 && self.parts.iter().any(given);
        if other && (!self.private || full) && !name.is_foreign() { Agreement::Different } else { Agreement::Unknown }
    }

    /// A Japanese surname, alone or with an initial in front: `tanaka`, `ktanaka`.
    fn is_other_surname(&self, part: &str) -> bool {
        let surname = |part: &str| part.len() >= 4 && tables::is_mostly_surname_romaji(part);
        let initialled = || {
            part.is_ascii()
                && part.len() >= 6
                && !tables::is_given_name_romaji(part)
                && !tables::is_given_name(part)
                && surname(&part[1..])
        };
        !self.house.contains(part) && (surname(part) || initialled())
    }

    fn latin(&self, named: &[String]) -> Agreement {
        let joined = self.parts.concat();
        let agreement = latin::against(named, &self.parts, false);
        if agreement > Agreement::Unknown {
            return agreement;
        }
        let contained = named.iter().any(|word| match word.len() {
            0..=2 => false,
            3 => joined.starts_with(word.as_str()) || joined.ends_with(word.as_str()),
            _ => joined.contains(word.as_str()),
        });
        let skeleton = romaji::skeleton(&joined);
        let by_romaji = named.iter().any(|word| word.len() >= 4 && skeleton.contains(&romaji::skeleton(word)));
        if contained || by_romaji {
            return Agreement::Same;
        }
        let known = |part: &String| tables::is_given_name(part) || tables::is_given_name_romaji(part);
        let person = self.is_full_name() && (!self.private || self.parts.iter().any(known));
        if person { agreement } else { Agreement::Unknown }
    }
}

/// `satokenichi`, `kenichisato`: the family name and a given name written as one word. A mere substring proves
/// nothing: watanabe is no tanabe.
fn run_together(joined: &str, family: &str) -> bool {
    let rest = joined.strip_prefix(family).or_else(|| joined.strip_suffix(family));
    family.len() >= 3 && rest.is_some_and(|rest| rest.len() <= 1 || tables::is_given_name_romaji(rest))
}
