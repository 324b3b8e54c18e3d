//! Japanese names compared: family and given name, kanji and kana, readings, characters taken for one another.

use super::name::Agreement;
use super::{latin, romaji, tables};

/// A Japanese name taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Japanese {
    /// The words as they stand.
    words: Vec<String>,
    family: String,
    /// Empty if only one name is given.
    given: String,
    /// The words are surely those of a person: the family name is known.
    certain: bool,
}

impl Japanese {
    /// Words of one name, in either order, perhaps with words around it that belong to no name.
    pub(super) fn of(words: &[String]) -> Japanese {
        let known = |word: &String| tables::surname(word).is_some();
        let whole = words.iter().position(known);
        if let Some(at) = whole {
            let given =
                words.get(at + 1).or_else(|| words[..at].last().filter(|word| tables::given_name(word).is_some()));
            let given = given.cloned().unwrap_or_default();
            return Japanese { words: words.to_vec(), family: words[at].clone(), given, certain: true };
        }
        let split = words.iter().find_map(|word| {
            let family = family_prefix(word)?;
            let given = &word[family.len()..];
            tables::given_name(given).is_some().then(|| (family.clone(), given.to_owned()))
        });
        if let Some((family, given)) = split {
            return Japanese { words: words.to_vec(), family, given, certain: true };
        }
        match words {
            [] => Japanese::default(),
            [word] => {
                let family = family_prefix(word).unwrap_or_else(|| word.clone());
                let given = word[family.len()..].to_owned();
                Japanese { words: words.to_vec(), family, given, certain: false }
            }
            [family, given, ..] => {
                let short = words.len() == 2 && words.iter().all(|word| word.chars().count() <= 3);
                Japanese { words: words.to_vec(), family: family.clone(), given: given.clone(), certain: short }
            }
        }
    }

    /// Every romaji skeleton the family name can be written as.
    pub(super) fn readings(&self) -> Vec<String> {
        readings_of_family(&self.family)
    }

    /// The same for the given name, or for the only name if it may be one.
    pub(super) fn given_readings(&self) -> Vec<String> {
        let given = if self.given.is_empty() { &self.family } else { &self.given };
        let mut out: Vec<String> = tables::given_name(given).into_iter().flatten().map(romaji::skeleton).collect();
        out.extend(romaji::of_kana(given).map(|kana| romaji::skeleton(&kana)));
        out
    }

    pub(super) fn has_given(&self) -> bool {
        !self.given.is_empty()
    }

    pub(super) fn same_family(&self, other: &Japanese) -> bool {
        self.family == other.family
    }

    /// These are surely the words of a person's name.
    pub(super) fn is_certain(&self) -> bool {
        self.certain
    }

    /// A given name alone, 健一, or a family name that is one too.
    fn may_be_given(&self) -> bool {
        self.given.is_empty() && tables::given_name(&self.family).is_some()
    }

    /// Nothing but katakana: mostly a foreign name, whose spelling kana cannot tell.
    pub(super) fn is_foreign(&self) -> bool {
        self.words.iter().all(|word| word.chars().all(|c| matches!(c, 'ァ'..='ヿ')))
    }

    /// A word for somebody rather than a name: お母, ご隠居.
    fn is_no_name(&self) -> bool {
        let mut chars = self.family.chars();
        matches!(chars.next(), Some('お' | 'ご' | '御'))
            && chars.next().is_some_and(|c| ('\u{3400}'..='\u{9FFF}').contains(&c))
            && tables::surname(&self.family).is_none()
    }

    /// This name in a text against the name of a recipient.
    pub(super) fn against(&self, other: &Japanese) -> Agreement {
        if self.words.is_empty() || other.words.is_empty() || self.is_no_name() {
            return Agreement::Unknown;
        }
        if other.words.iter().any(|word| self.names(word)) || self.begins_with(other) {
            return self.given_against(other);
        }
        if self.misspells(other) {
            return Agreement::Misspelt;
        }
        let (mine, theirs) = (self.readings(), other.readings());
        if romaji::of_kana(&self.family).is_some() || romaji::of_kana(&other.family).is_some() {
            let given = || self.given_readings().iter().any(|reading| other.given_readings().contains(reading));
            let same = theirs.iter().any(|theirs| mine.contains(theirs)) || given();
            let readable = !self.is_foreign() && mine.iter().any(|reading| tables::is_mostly_surname_romaji(reading));
            return match () {
                () if same => Agreement::Same,
                () if readable && other.certain && !theirs.is_empty() => Agreement::Different,
                () => Agreement::Unknown,
            };
        }
        // 幹事 is no name anybody has: an office, which the recipient may hold.
        if other.certain && self.is_known() { Agreement::Different } else { Agreement::Unknown }
    }

    fn is_known(&self) -> bool {
        // 北斗建材 begins like a surname, and what follows is no given name.
        let longer = !self.given.is_empty() && self.words.len() == 1 && self.words[0].chars().count() >= 3;
        self.certain
            || (!longer && !self.readings().is_empty())
            || tables::given_name(&self.family).is_some() && self.given.is_empty()
    }

    /// Whether a word of a display name holds this name.
    fn names(&self, word: &str) -> bool {
        let mine = &self.family;
        let prefix = family_prefix(word);
        word == mine
            || prefix.as_deref() == Some(mine)
            || prefix.as_deref().and_then(|family| word.strip_prefix(family)) == Some(mine)
            // Not 林 in 小林, not 山田 in 小山田; but 青葉精機佐藤 has no blank.
            || (mine.chars().count() >= 2 && word.contains(mine.as_str()) && !prefix.is_some_and(|family| family.contains(mine.as_str())))
    }

    /// Only a family name stands in the display name, and this full name begins with it.
    fn begins_with(&self, other: &Japanese) -> bool {
        let all = self.words.concat();
        let theirs = other.words.concat();
        all.starts_with(&theirs) && (theirs.chars().count() >= 2 || self.family == theirs)
    }

    /// The family names agree; what do the given names say?
    fn given_against(&self, other: &Japanese) -> Agreement {
        let both = self.has_given() && other.has_given() && self.family == other.family;
        if !both
            || self.given == other.given
            || self.given.starts_with(&other.given)
            || other.given.starts_with(&self.given)
        {
            return Agreement::Same;
        }
        let known = |given: &str| tables::given_name(given).is_some() && romaji::of_kana(given).is_none();
        if !known(&self.given) || !known(&other.given) {
            return Agreement::Same;
        }
        if given_misspelt(self, other) { Agreement::Misspelt } else { Agreement::Different }
    }

    /// The same family name under another character: 斎藤 for 斉藤, 伊東 for 伊藤.
    fn misspells(&self, other: &Japanese) -> bool {
        let (mine, theirs) = (&self.family, &other.family);
        if confused(mine) == confused(theirs) {
            return true;
        }
        let is_kanji = |name: &str| {
            !name.is_empty()
                && name.chars().all(|c| ('\u{3400}'..='\u{9FFF}').contains(&c) || c == '々' || c == 'ヶ' || c == 'ケ')
        };
        if !is_kanji(mine) || !is_kanji(theirs) {
            return false;
        }
        let shared = mine.chars().any(|c| theirs.contains(c));
        let likeliest =
            |name: &str| tables::surname(name).and_then(|mut readings| readings.next()).map(romaji::skeleton);
        shared && likeliest(mine).is_some_and(|reading| likeliest(theirs) == Some(reading))
    }

    /// What is misspelt, if this is the other's name under a wrong character: as written here.
    pub(super) fn misspelling(&self, other: &Japanese) -> Option<String> {
        match self.against(other) {
            Agreement::Misspelt if self.family == other.family => Some(self.given.clone()),
            Agreement::Misspelt => Some(self.family.clone()),
            _ => None,
        }
    }

    /// Against a name in Latin letters.
    pub(super) fn against_latin(&self, words: &[String], desk: bool) -> Agreement {
        let (mine, given) = (self.readings(), self.given_readings());
        let fits = |readings: &[String]| {
            words.iter().any(|word| readings.contains(&romaji::skeleton(word)))
                || readings.contains(&romaji::skeleton(&words.concat()))
        };
        let given_counts = mine.is_empty() || self.may_be_given() || (self.has_given() && words.len() == 1);
        if mine.is_empty() && given.is_empty() || words.is_empty() {
            return Agreement::Unknown;
        }
        if fits(&mine) || (given_counts && fits(&given)) {
            return Agreement::Same;
        }
        // A Chinese or Korean name is written in more ways than any table knows.
        let elsewhere = tables::cjk_surname(&self.family).is_some() || self.is_foreign();
        let known = words.iter().any(|word| word.len() >= 3 && tables::is_mostly_surname_romaji(word));
        let full_name = words.len() == 2 && words.iter().all(|word| word.len() >= 2) && !elsewhere;
        if !desk && !self.is_foreign() && !self.is_no_name() && (known || full_name) {
            Agreement::Different
        } else {
            Agreement::Unknown
        }
    }

    /// A name in Latin letters against this one.
    pub(super) fn against_by_latin(&self, words: &[String]) -> Agreement {
        let (family, given) = (self.readings(), self.given_readings());
        let fits = |word: &String| {
            let skeleton = romaji::skeleton(word);
            family.contains(&skeleton)
                || given.contains(&skeleton)
                || given.iter().any(|given| latin::words(word, given) == Agreement::Same)
        };
        // 木村 友美 shares her given name with Yumi Goto.
        let other_family = words.len() == 2
            && !words.iter().any(|word| family.contains(&romaji::skeleton(word)))
            && words.iter().any(|word| tables::is_mostly_surname_romaji(word))
            && !family.is_empty()
            && self.certain;
        if !other_family && words.iter().any(fits) {
            return Agreement::Same;
        }
        let japanese_name = words.iter().any(|word| tables::is_surname_romaji(word));
        // Without the given name's reading, a given name in the greeting proves nothing.
        let could_be_given =
            given.is_empty() && words.len() == 1 && words.iter().any(|word| tables::is_given_name_romaji(word));
        let elsewhere = tables::cjk_surname(&self.family).is_some();
        if japanese_name && self.certain && !family.is_empty() && !could_be_given && !elsewhere {
            Agreement::Different
        } else {
            Agreement::Unknown
        }
    }
}

fn given_misspelt(a: &Japanese, b: &Japanese) -> bool {
    let (mine, theirs) = (a.given_readings(), b.given_readings());
    confused(&a.given) == confused(&b.given) || mine.iter().any(|reading| theirs.contains(reading))
}

fn readings_of_family(family: &str) -> Vec<String> {
    let mut out: Vec<String> = tables::surname(family).into_iter().flatten().map(romaji::skeleton).collect();
    out.extend(tables::surname_readings(family).into_iter().flatten().map(romaji::skeleton));
    out.extend(tables::cjk_surname(family).into_iter().flatten().map(romaji::skeleton));
    out.extend(romaji::of_kana(family).map(|kana| romaji::skeleton(&kana)));
    out
}

/// The longest known surname a word begins with.
pub(super) fn family_prefix(word: &str) -> Option<String> {
    let ends: Vec<usize> = word.char_indices().map(|(at, c)| at + c.len_utf8()).take(4).collect();
    let known = |prefix: &&str| tables::surname(prefix).is_some() || tables::cjk_surname(prefix).is_some();
    ends.iter().rev().map(|&end| &word[..end]).find(known).map(str::to_owned)
}

/// The table names each confused pair in one direction or both; the smaller of the two stands for both.
fn confused(text: &str) -> String {
    text.chars().map(|c| tables::variant(c).map_or(c, |(other, _)| c.min(other))).collect()
}
