//! Names in Latin letters compared: short forms, spellings, slips of a letter.

use rapidfuzz::distance::{levenshtein, osa};

use super::name::Agreement;
use super::title::among;
use super::{romaji, tables};

/// The words of a name in a text against those of a recipient's name.
pub(super) fn against(named: &[String], words: &[String], desk: bool) -> Agreement {
    let last = words.len().saturating_sub(1);
    let pair = |mine: &String, n: usize| match last > 0 && n == last && is_patronymic(mine, &words[n]) {
        true => Agreement::Different,
        false => self::words(mine, &words[n]),
    };
    // Nothing fits better than the same word, and it is the common case.
    let same = named.iter().any(|mine| words.contains(mine)).then_some(Agreement::Same);
    let best = same.or_else(|| named.iter().flat_map(|mine| (0..words.len()).map(move |n| pair(mine, n))).max());
    let Some(best) = best else { return Agreement::Unknown };
    if best >= Agreement::Misspelt && is_namesake(named, words) {
        return Agreement::Different;
    }
    if best > Agreement::Different {
        return best;
    }
    // "Ann-Marie" for Annmarie, "Mary Kay" for Marykay.
    let joined = |words: &[String]| words.windows(2).any(|pair| named.contains(&pair.concat()));
    if joined(words) || words.contains(&named.concat()) {
        return Agreement::Same;
    }
    // Initials: "JP" for Jean Pierre.
    let initials: String = words.iter().filter_map(|word| word.chars().next()).collect();
    let abbreviated = named.iter().any(|word| word.chars().count() <= 3 && initials.starts_with(word.as_str()));
    let full = words.iter().filter(|word| word.chars().count() >= 2).count() >= 2;
    if desk || abbreviated || !full { Agreement::Unknown } else { Agreement::Different }
}

/// Two people who share one of their names: "Dear John Smith" to Mary Smith, or to John Brown.
fn is_namesake(named: &[String], words: &[String]) -> bool {
    let ([_, _], [_, _]) = (named, words) else { return false };
    if named.iter().all(|word| words.contains(word)) {
        return false;
    }
    let pairs = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(n, w)| {
        let (shared, rest) = ((&named[n], &words[w]), (&named[1 - n], &words[1 - w]));
        (shared, rest, self::words(shared.0, shared.1) >= Agreement::Misspelt, self::words(rest.0, rest.1))
    });
    let may_be_one = pairs.iter().any(|(.., fits, rest)| *fits && *rest > Agreement::Different);
    !may_be_one
        && pairs.iter().any(|((mine, theirs), rest, fits, _)| *fits && contradict(rest.0, rest.1, mine == theirs))
}

/// Whether the names beside a shared one are those of two people: both are given names, or both are family names.
/// "Mary Kay" may be Mary Miller.
fn contradict(a: &str, b: &str, shared_exactly: bool) -> bool {
    let surname = |name: &str| tables::is_mostly_surname_romaji(name) || !known_given(name);
    let given = shared_exactly && known_given(a) && known_given(b);
    // Regno and Delregno are one name, written apart.
    let apart = !a.contains(b) && !b.contains(a);
    apart && a.len() >= 3 && b.len() >= 3 && (given || (surname(a) && surname(b)))
}

fn known_given(name: &str) -> bool {
    tables::is_given_name(name) || tables::is_given_name_romaji(name)
}

/// Two words of names.
pub(super) fn words(a: &str, b: &str) -> Agreement {
    if a == b {
        return Agreement::Same;
    }
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let length = short.chars().count();
    if length == 1 {
        // An initial proves nothing against a name that begins with it, and nothing for it.
        return if long.starts_with(short) { Agreement::Unknown } else { Agreement::Different };
    }
    let spelling = length >= 3 && (romaji::skeleton(a) == romaji::skeleton(b) || plain(a) == plain(b));
    if spelling || are_short_forms(a, b) {
        return Agreement::Same;
    }
    // Kato and Sato, Mori and Morita are a letter or two apart and two people.
    if tables::is_mostly_surname_romaji(a) && tables::is_mostly_surname_romaji(b) {
        return Agreement::Different;
    }
    if length >= 3 && long.starts_with(short) && !is_feminine(short, long) {
        // Sato is no short form of Satoshi.
        let other = tables::is_mostly_surname_romaji(short) && tables::is_given_name_romaji(long);
        return if other { Agreement::Different } else { Agreement::Same };
    }
    if sound_alike(a, b) {
        return Agreement::Misspelt;
    }
    let both_known = known(a) && known(b);
    if length >= 4 && osa::distance(a.chars(), b.chars()) <= 1 {
        // Maria and Marie may be one, Mark and Mary, Kate and Nate are two.
        let close = length >= 5 && a.chars().next() == b.chars().next();
        return if !both_known || close { Agreement::Misspelt } else { Agreement::Different };
    }
    // A pet name begins like the name: Kysers for Kysa, Rolo for Rodolfo. Unless it is another name: Ken, Kevin.
    let common = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    let pet = !both_known && (common >= 3 || common >= 2 && length <= 4);
    let spelt_apart = !both_known && length >= 6 && common >= 1 && osa::distance(a.chars(), b.chars()) == 2;
    if pet || spelt_apart { Agreement::Unknown } else { Agreement::Different }
}

/// Whether one word begins like the other and is the name of somebody else: Paul and Paula, Stefan and Stefanie, but
/// not Fred and Freda, who may be a Frederica.
fn is_feminine(short: &str, long: &str) -> bool {
    const ENDINGS: &str = "a e ia ie la lla le lle ine ina iane iana ette";
    // Bill and Billie, Jack and Jackie.
    let pet = short.len() == 4 && long.ends_with("ie");
    short.len() >= 4
        && !short.ends_with(['a', 'e', 'i', 'o', 'u', 'y'])
        && !pet
        && long.strip_prefix(short).is_some_and(|ending| among(ENDINGS, ending))
        && known_given(short)
        && known_given(long)
        && !tables::is_short_form(short)
}

/// Two surnames, one made of the other: Harris and Harrison, Martin and Martinez.
fn is_patronymic(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let ending = long.strip_prefix(short).filter(|_| short.len() >= 4);
    let made = ending.is_some_and(|end| among("son sen ez sson ton", end) || end == "on" && short.ends_with('s'));
    made && !are_short_forms(a, b)
}

/// Whether a longer word that holds this one is another name.
pub(super) fn is_another(word: &str, longer: &str) -> bool {
    word != longer && (is_feminine(word, longer) || is_patronymic(word, longer) && longer.starts_with(word))
}

/// What of a name is misspelt, and whether surely.
pub(super) struct Slip {
    pub(super) written: String,
    pub(super) theirs: String,
    /// Not a name at all, or a change that only fingers make; else both are names.
    pub(super) certain: bool,
}

/// The word of a name in a text that is a recipient's under other letters.
pub(super) fn slip(named: &[String], words: &[String]) -> Option<Slip> {
    let fits = |mine: &String| words.iter().any(|theirs| theirs == mine);
    named.iter().filter(|mine| !fits(mine)).find_map(|mine| {
        let theirs = words.iter().find(|theirs| is_slip(mine, theirs) && !named.contains(theirs))?;
        // Only fingers swap letters.
        let swapped = osa::distance(mine.chars(), theirs.chars()) < levenshtein::distance(mine.chars(), theirs.chars());
        let certain =
            !known(mine) && !tables::is_mostly_surname_romaji(mine) && (known(theirs) || swapped || mine.len() >= 7);
        Some(Slip { written: mine.clone(), theirs: theirs.clone(), certain })
    })
}

fn is_slip(mine: &str, theirs: &str) -> bool {
    if mine.len() < 3 || theirs.len() < 3 {
        return false;
    }
    if sound_alike(mine, theirs) {
        return true;
    }
    mine.len() >= 4 && words(mine, theirs) == Agreement::Misspelt
}

fn known(name: &str) -> bool {
    tables::is_given_name(name) || !tables::spelling_groups(name).is_empty() || tables::is_mostly_surname_romaji(name)
}

fn are_short_forms(a: &str, b: &str) -> bool {
    let groups = tables::nickname_groups(a);
    !groups.is_empty() && tables::nickname_groups(b).iter().any(|group| groups.contains(group))
}

/// Sara and Sarah.
fn sound_alike(a: &str, b: &str) -> bool {
    let groups = tables::spelling_groups(a);
    !groups.is_empty() && tables::spelling_groups(b).iter().any(|group| groups.contains(group))
}

/// Without what spellings of one name differ in: Mueller and Muller, MacDonald and McDonald.
fn plain(word: &str) -> String {
    let word = word
        .strip_prefix("mac")
        .filter(|rest| rest.len() >= 4)
        .map_or_else(|| word.to_owned(), |rest| format!("mc{rest}"));
    word.replace("ue", "u").replace("oe", "o").replace("ae", "a").replace("aa", "a")
}
