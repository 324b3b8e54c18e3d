//! A name in a text against a recipient: the same person, another one, or nobody can tell.
//!
//! Evidence in this order: display name, then local part. Kanji, kana and romaji in all spellings, either order, variant
//! characters, short forms. `Different` needs a contradiction: a name that cannot be the one in the text.

use super::display::{display_of, is_organisation};
pub use super::fold::fold;
use super::japanese::Japanese;
use super::local::Local;
use super::words::Words;
use super::{latin, tables};
use crate::message::Mailbox;

/// How a name fits a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreement {
    /// The recipient has another name.
    Different,
    /// Nothing in the address tells a name, or nothing is known about it.
    Unknown,
    /// Very likely the same person under a wrong character: 斎藤 for 斉藤, "Karin" for "Karen".
    Misspelt,
    Same,
}

/// A recipient's name, written otherwise in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misspelling {
    /// The word in the text, folded.
    pub written: String,
    /// The name as the recipient's header has it.
    pub theirs: String,
    /// The word is no name of anybody, or another character; else it is a name too ("Sara" for "Sarah").
    pub certain: bool,
}

/// Compares a name in a text with a recipient.
pub fn agreement(named: &str, recipient: &Mailbox) -> Agreement {
    let named = Words::of(named);
    let local = Local::of(&recipient.address);
    let found = with(&named, recipient, &local);
    // "Dear Alder," to anybody at alder.example: the house is greeted.
    let house = || named.latin.iter().any(|word| word.len() >= 4 && local.house().contains(word.as_str()));
    if found == Agreement::Different && house() { Agreement::Unknown } else { found }
}

fn with(named: &Words, recipient: &Mailbox, local: &Local) -> Agreement {
    let by_local = || local.against(named);
    let Some(display) = display_of(recipient) else { return by_local() };
    // 「経理部（野口）」: the person may stand in the brackets.
    let by_inside = || between(named, &Words::of(&display.inside));
    if is_organisation(&display.outside) {
        return if by_inside() == Agreement::Same { Agreement::Same } else { by_local() };
    }
    let words = Words::of(&display.outside);
    let by_display = between(named, &words);
    match by_display {
        Agreement::Same => return Agreement::Same,
        // The address has the spelling of the text: then the display name is the odd one.
        Agreement::Misspelt if named.latin.iter().any(|word| local.parts.contains(word)) => return Agreement::Same,
        Agreement::Misspelt => return Agreement::Misspelt,
        Agreement::Different | Agreement::Unknown => {}
    }
    if by_inside() == Agreement::Same {
        return Agreement::Same;
    }
    // Somebody else of the same family name: what the address adds is that family name again.
    if by_display == Agreement::Different && share_family(named, &words) && !local.has_all(named) {
        return Agreement::Different;
    }
    // Against another name in kanji an address with an initial or two names in one word is too little.
    let kanji = !named.japanese.is_empty() && !words.japanese.is_empty();
    if by_display == Agreement::Different && kanji && !local.has_reading(named) {
        return Agreement::Different;
    }
    let by_local = by_local();
    if by_local >= Agreement::Misspelt || by_display == Agreement::Unknown { by_local } else { by_display }
}

/// Compares two names word for word, each script with each.
fn between(named: &Words, other: &Words) -> Agreement {
    if named.is_empty() || other.is_empty() {
        return Agreement::Unknown;
    }
    let mut found = Vec::new();
    if !named.japanese.is_empty() {
        let mine = Japanese::of(&named.japanese);
        if !other.japanese.is_empty() {
            found.push(mine.against(&Japanese::of(&other.japanese)));
        }
        if !other.latin.is_empty() {
            found.push(mine.against_latin(&other.latin, other.desk));
        }
    }
    if !named.latin.is_empty() {
        if !other.japanese.is_empty() {
            found.push(Japanese::of(&other.japanese).against_by_latin(&named.latin));
        }
        if !other.latin.is_empty() {
            found.push(latin::against(&named.latin, &other.latin, other.desk));
        }
    }
    let best = found.iter().copied().max().unwrap_or(Agreement::Unknown);
    // In a name of two scripts the one that cannot tell is no doubt about the other.
    if best == Agreement::Unknown && found.contains(&Agreement::Different) { Agreement::Different } else { best }
}

fn share_family(named: &Words, other: &Words) -> bool {
    let japanese = || {
        let (mine, theirs) = (Japanese::of(&named.japanese), Japanese::of(&other.japanese));
        mine.has_given() && mine.same_family(&theirs)
    };
    named.latin.len() >= 2 && named.latin.iter().any(|word| other.latin.contains(word))
        || !named.japanese.is_empty() && !other.japanese.is_empty() && japanese()
}

/// How a name in a text is a recipient's, misspelt. Only asked of names that fit.
pub fn misspelling(named: &str, recipient: &Mailbox) -> Option<Misspelling> {
    if agreement(named, recipient) < Agreement::Misspelt {
        return None;
    }
    let named = Words::of(named);
    let local = Local::of(&recipient.address);
    let display = display_of(recipient).filter(|display| !is_organisation(&display.outside));
    let words = display.as_ref().map(|display| Words::of(&display.outside)).unwrap_or_default();
    if let (Some(display), false, false) = (&display, named.japanese.is_empty(), words.japanese.is_empty()) {
        let written = Japanese::of(&named.japanese).misspelling(&Japanese::of(&words.japanese))?;
        return Some(Misspelling { written, theirs: display.outside.clone(), certain: true });
    }
    let theirs = match (&words.latin, words.japanese.is_empty()) {
        (latin, _) if !latin.is_empty() => latin,
        (_, true) if local.is_full_name() => &local.parts,
        _ => return None,
    };
    let slip = latin::slip(&named.latin, theirs)?;
    // A bare address may be that of a list: `libc-alpha` is no misspelt person.
    let person = display.is_some() || slip.certain || is_known_in_latin(&slip.theirs);
    if !person || local.sides_with(&slip.written, &slip.theirs) {
        return None;
    }
    let shown = display.map_or_else(|| recipient.address.to_string(), |display| display.outside);
    Some(Misspelling { written: slip.written, theirs: shown, certain: slip.certain })
}

/// Whether a recipient whose address tells no whole name has the first letter of this one: `mlehman` for Mark.
pub fn initial_fits(named: &str, recipient: &Mailbox) -> bool {
    Local::of(&recipient.address).has_initial(&Words::of(named))
}

/// Whether a Japanese surname of this spelling is known.
pub fn is_japanese_surname(written: &str) -> bool {
    tables::surname(&fold(written)).is_some()
}

/// Whether a word in Latin letters is known as a given name or a Japanese surname.
pub fn is_known_in_latin(word: &str) -> bool {
    let word = fold(word);
    tables::is_given_name(&word)
        || !tables::spelling_groups(&word).is_empty()
        || tables::is_given_name_romaji(&word)
        || tables::is_surname_romaji(&word)
}

/// Whether a name in Japanese is that of a house by its ending: 山田農園, マルヤ商店.
pub fn is_house(name: &str) -> bool {
    !name.is_ascii() && name.chars().count() >= 3 && !is_japanese_surname(name) && is_organisation(name)
}

/// The longest known surname that ends a text: 「責任者の藤田」 → 藤田.
pub fn surname_at_end(text: &str) -> Option<&str> {
    let starts = text.char_indices().rev().take(5).map(|(at, _)| at);
    starts.map(|at| &text[at..]).filter(|tail| tail.chars().count() >= 2 && is_japanese_surname(tail)).last()
}

#[cfg(test)]
mod everybody;
#[cfg(test)]
mod neighbours;
#[cfg(test)]
mod tests;
