//! English salutations: "Dear Ms Lopez,", "Hi Mark and Priya -", or a bare "Derek,".

use super::super::Line;
use super::japanese::is_name_char;
use super::{Addressed, Addressee, among};
use crate::message::text::is_wide;

const SALUTATIONS: [&str; 12] = [
    "dear",
    "hello",
    "hi there",
    "hi",
    "hey",
    "good morning",
    "good afternoon",
    "good evening",
    "greetings",
    "morning",
    "to",
    "attn",
];
const GENERIC: &str = "all doctor teacher coach judge captain officer team both everyone everybody there sir madam sirs folks guys colleagues customer \
    customers client clients friend friends again members member partner partners hiring manager \
    support sales whom whomever ladies gentlemen parents subscriber subscribers valued user users \
    supplier suppliers teams gang honey mum mom mummy dad daddy baby babe sis bro sweetheart \
    darling sweetie dude dudes buddy mate mates pal boss chief man girls boys girl love dear world \
    list maintainers reviewers crew";
const TITLES_EN: &str = "mr mrs ms mx miss dr prof professor sir rev mr. mrs. dr.";

/// The addressees of an English salutation; `None` if the line is not one.
pub(super) fn english_line(line: &Line<'_>, n: usize) -> Option<Vec<Addressee>> {
    if n > 2 {
        return None;
    }
    let text = line.text.trim_end();
    let lower = text.to_ascii_lowercase();
    let indent = lower.len() - lower.trim_start().len();
    let opening = SALUTATIONS.iter().filter(|word| {
        lower[indent..]
            .strip_prefix(**word)
            .is_some_and(|rest| rest.starts_with([' ', ',', '-']) && (**word != "to" || rest.starts_with(" whom")))
    });
    let Some(opening) = opening.max_by_key(|word| word.len()) else {
        return bare_name(line, n).map(|addressee| vec![addressee]);
    };
    let start = indent + opening.len();
    let names = &text[start..start + names_length(&text[start..])];
    if names.chars().any(is_wide) {
        return None;
    }
    Some(split_names(names, line.start + start))
}

/// Names end at the comma, colon, dash or exclamation mark behind which no further name stands.
fn names_length(rest: &str) -> usize {
    let mut end = 0;
    for piece in rest.split_inclusive([',', ':', '!', ';', '—', '–', '.']) {
        let words: Vec<&str> =
            piece.trim_matches(|c: char| c.is_whitespace() || ",:!;—–.".contains(c)).split_whitespace().collect();
        let abbreviated =
            piece.ends_with('.') && words.last().is_some_and(|word| among(TITLES_EN, &word.to_ascii_lowercase()));
        let name_like = words.len() <= 6
            && words.iter().all(|word| is_connector(word) || word.chars().next().is_some_and(char::is_uppercase));
        let greets_nobody = words.iter().all(|word| among(GENERIC, &word.to_ascii_lowercase()));
        if end > 0 && (!name_like || words.is_empty() || words.len() > 3) {
            break;
        }
        if end == 0 && !name_like && !greets_nobody {
            return piece.floor_char_boundary(60);
        }
        end += piece.len();
        if !piece.ends_with(',') && !abbreviated {
            break;
        }
    }
    end
}

fn is_connector(word: &str) -> bool {
    matches!(word, "and" | "&" | "or" | "de" | "van" | "von" | "der" | "la" | "le" | "-" | "+")
        || word.ends_with("-san")
        || word.ends_with("-sama")
}

fn split_names(names: &str, start: usize) -> Vec<Addressee> {
    let mut out = Vec::new();
    let mut at = 0;
    for piece in names.split_inclusive([',', '&', '/', '+']) {
        let mut inner = 0;
        for half in piece.split_inclusive(" and ") {
            let stripped = half.strip_suffix(" and ").unwrap_or(half);
            if let Some(addressee) = english_name(stripped, start + at + inner) {
                out.push(addressee);
            }
            inner += half.len();
        }
        at += piece.len();
    }
    out
}

fn english_name(piece: &str, start: usize) -> Option<Addressee> {
    let strip = |c: char| c.is_whitespace() || ",:!;—–-./&+".contains(c);
    let lead = piece.len() - piece.trim_start_matches(strip).len();
    let words_text = piece.trim_matches(strip);
    let words: Vec<&str> = words_text.split_whitespace().collect();
    if words.is_empty() || words.len() > 5 {
        return None;
    }
    let range = start + lead..start + lead + words_text.len();
    let generic = words.iter().any(|word| among(GENERIC, word.to_ascii_lowercase().trim_matches(strip)));
    if generic {
        return Some(Addressee { range, name: words_text.to_owned(), kind: Addressed::Desk, copied: false });
    }
    let named: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| {
            !among(TITLES_EN, &word.to_ascii_lowercase())
                && !among(TITLES_EN, &word.trim_end_matches('.').to_ascii_lowercase())
        })
        .collect();
    let name = named.join(" ");
    let name = name.trim_end_matches("-san").trim_end_matches("-sama").trim_end_matches(" san").to_owned();
    let fine = !name.is_empty()
        && name.chars().next().is_some_and(char::is_uppercase)
        && name.chars().all(|c| is_name_char(c) || c == ' ' || c == '.');
    fine.then_some(Addressee { range, name, kind: Addressed::Person, copied: false })
}

/// A first line that is a name and a comma: "Derek,".
fn bare_name(line: &Line<'_>, n: usize) -> Option<Addressee> {
    let text = line.text.trim();
    let name = text.strip_suffix([',', '-', '–', '—']).filter(|_| n == 0)?.trim_end();
    let words = name.split_whitespace().count();
    let fine = (1..=2).contains(&words)
        && name.is_ascii()
        && name.split_whitespace().all(|word| {
            word.len() > 1
                && word.chars().next().is_some_and(char::is_uppercase)
                && word[1..].chars().all(|c| c.is_lowercase() || c == '-')
        });
    let lower = name.to_ascii_lowercase();
    let opener = [
        "absolutely",
        "exactly",
        "actually",
        "honestly",
        "finally",
        "definitely",
        "certainly",
        "personally",
        "obviously",
        "well",
        "so",
        "also",
        "btw",
        "fyi",
        "again",
        "please",
        "congratulations",
        "congrats",
        "welcome",
        "done",
        "agreed",
        "perfect",
        "wow",
        "unfortunately",
        "currently",
        "basically",
        "hopefully",
        "thanks",
        "thank you",
        "hi",
        "hello",
        "hey",
        "sorry",
        "ok",
        "okay",
        "yes",
        "no",
        "sure",
        "great",
        "regards",
        "best",
        "morning",
    ];
    if !fine || opener.contains(&lower.as_str()) {
        return None;
    }
    let start = line.start + (line.text.len() - line.text.trim_start().len());
    let kind = if among(GENERIC, &lower) { Addressed::Desk } else { Addressed::Person };
    Some(Addressee { range: start..start + name.len(), name: name.to_owned(), kind, copied: false })
}
