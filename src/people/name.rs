//! A name in a text against a recipient: the same person, another one, or nobody can tell.
//!
//! Evidence in this order: display name, then local part. Kanji, kana and romaji in all spellings, either order, variant
//! characters, English nicknames. `Different` needs a contradiction: a name that cannot be the one in the text.

use unicode_normalization::UnicodeNormalization;

use super::display::{display_of, is_organisation};
use super::{romaji, tables};
use crate::message::Mailbox;

/// How a name fits a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreement {
    /// The recipient has another name.
    Different,
    /// Nothing in the address tells a name, or nothing is known about it.
    Unknown,
    /// Surely the same person under a wrong character: 斎藤 for 斉藤, "Sara" for "Sarah".
    Misspelt,
    Same,
}

/// Compares a name in a text (without title and honorific) with a recipient.
pub fn agreement(named: &str, recipient: &Mailbox) -> Agreement {
    let named = Name::of(named);
    let by_local = || named.against_local(recipient.address.local(), recipient.address.domain());
    let Some(display) = display_of(recipient) else { return by_local() };
    // 「経理部（野口）」: the person may stand in the brackets.
    let by_inside = || match display.inside.is_empty() {
        true => Agreement::Unknown,
        false => named.against_display(&fold(&display.inside)),
    };
    if is_organisation(&display.outside) {
        return if by_inside() == Agreement::Same { Agreement::Same } else { by_local() };
    }
    let by_display = named.against_display(&fold(&display.outside));
    if by_display >= Agreement::Misspelt {
        return by_display;
    }
    if by_inside() == Agreement::Same {
        return Agreement::Same;
    }
    let by_local = by_local();
    if by_local >= Agreement::Misspelt || by_display == Agreement::Unknown { by_local } else { by_display }
}

/// Folds for comparing names: NFKC, lower case, diacritics and glyph variants away.
pub fn fold(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.nfkc().flat_map(char::to_lowercase) {
        // Voiced kana decompose too; only marks on Latin letters are dropped.
        if c.is_alphabetic() && ('\u{C0}'..'\u{250}').contains(&c) {
            out.extend(std::iter::once(c).nfd().filter(char::is_ascii).chain(special_latin(c)));
            continue;
        }
        match tables::variant(c) {
            Some((plain, tables::Variant::Same)) => out.push(plain),
            _ if matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}') => {}
            _ => out.push(c),
        }
    }
    out
}

/// Whether a Japanese surname of this spelling is known.
pub fn is_japanese_surname(written: &str) -> bool {
    tables::surname(&fold(written)).is_some()
}

/// The longest known surname that ends a text: 「責任者の藤田」 → 藤田.
pub fn surname_at_end(text: &str) -> Option<&str> {
    let starts = text.char_indices().rev().take(5).map(|(at, _)| at);
    starts.map(|at| &text[at..]).filter(|tail| tail.chars().count() >= 2 && is_japanese_surname(tail)).last()
}

fn special_latin(c: char) -> Option<char> {
    Some(match c {
        'ø' => 'o',
        'ł' => 'l',
        'đ' | 'ð' => 'd',
        'ß' => 's',
        'æ' => 'a',
        'œ' => 'o',
        'ı' => 'i',
        _ => return None,
    })
}

/// Words that make a display name or local part a desk or company and not a person.
const DESK_WORDS: &str = "info sales support team office contact service services admin accounts accounting billing hr jobs \
    press help helpdesk desk mail group inc ltd llc corp company co gmbh department dept customer \
    customers noreply reply order orders shop store web webmaster postmaster marketing purchasing \
    procurement reception it legal finance invoice invoices invoicing payable receivable soumu keiri \
    eigyo jinji toiawase kanri list ml staff hello";

fn is_desk(word: &str) -> bool {
    DESK_WORDS.split(' ').any(|desk| desk == word)
}

struct Name {
    folded: String,
    tokens: Vec<String>,
    japanese: bool,
}

fn is_japanese(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{3041}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '々'))
}

pub(super) fn tokens(text: &str) -> Vec<String> {
    let separator = |c: char| !c.is_alphabetic() && !matches!(c, '々' | 'ー' | '\'');
    text.split(separator).filter(|token| !token.is_empty()).map(|token| token.replace('\'', "")).collect()
}

impl Name {
    fn of(name: &str) -> Name {
        let folded = fold(name);
        Name { tokens: tokens(&folded), japanese: is_japanese(&folded), folded }
    }

    fn compact(&self) -> String {
        self.folded.chars().filter(|c| !c.is_whitespace()).collect()
    }

    /// The family name: the first of two words, else the longest known surname the text begins with, else all.
    fn family(&self) -> String {
        if self.tokens.len() >= 2 {
            return self.tokens[0].clone();
        }
        family_prefix(&self.compact()).unwrap_or_else(|| self.compact())
    }

    /// Every romaji skeleton the family name, or the whole as a given name, can be written as.
    fn romaji(&self) -> Vec<String> {
        let family = self.family();
        let mut out: Vec<String> = tables::surname(&family).into_iter().flatten().map(romaji::skeleton).collect();
        out.extend(romaji::of_kana(&family).map(|kana| romaji::skeleton(&kana)));
        if self.tokens.len() == 1 && out.is_empty() {
            out.extend(tables::given_name(&self.folded).into_iter().flatten().map(romaji::skeleton));
        }
        out
    }

    fn against_display(&self, display: &str) -> Agreement {
        match (self.japanese, is_japanese(display)) {
            (true, true) => self.japanese_both(display),
            (true, false) => self.japanese_against_latin(&tokens(display)),
            (false, true) => self.latin_against_japanese(display),
            (false, false) => self.latin_both(&tokens(display)),
        }
    }

    fn japanese_both(&self, display: &str) -> Agreement {
        let other = Name::of(display);
        let (mine, theirs) = (self.family(), other.family());
        let (my_all, their_all) = (self.compact(), other.compact());
        if their_all.contains(&mine)
            || my_all.contains(&their_all)
            || (theirs.chars().count() >= 2 && my_all.starts_with(&theirs))
        {
            return Agreement::Same;
        }
        if confused(&their_all).contains(&confused(&mine)) {
            return Agreement::Misspelt;
        }
        let my_romaji = self.romaji();
        let one_is_kana = romaji::of_kana(&mine).is_some() || romaji::of_kana(&theirs).is_some();
        if one_is_kana {
            let same = other.romaji().iter().any(|theirs| my_romaji.contains(theirs));
            return if same { Agreement::Same } else { Agreement::Unknown };
        }
        let has_known_family = tables::surname(&theirs).is_some() && their_all.chars().count() >= 2;
        let looks_like_person = other.tokens.len() == 2 && other.tokens.iter().all(|token| token.chars().count() <= 3);
        if has_known_family || looks_like_person { Agreement::Different } else { Agreement::Unknown }
    }

    fn japanese_against_latin(&self, display: &[String]) -> Agreement {
        let mine = self.romaji();
        if mine.is_empty() {
            return Agreement::Unknown;
        }
        if display.iter().any(|token| mine.contains(&romaji::skeleton(token))) {
            return Agreement::Same;
        }
        let desk = display.iter().any(|token| is_desk(token));
        let known = display.iter().any(|token| token.len() >= 3 && tables::is_surname_romaji(token));
        let full_name = display.len() == 2 && display.iter().all(|token| token.len() >= 2);
        // A katakana name is mostly a foreign one, whose spelling kana cannot tell.
        let foreign = self.folded.chars().all(|c| matches!(c, 'ァ'..='ヿ' | ' '));
        if !desk && !foreign && (known || full_name) { Agreement::Different } else { Agreement::Unknown }
    }

    fn latin_against_japanese(&self, display: &str) -> Agreement {
        let other = Name::of(display);
        let mut theirs = other.romaji();
        let given = other.compact().strip_prefix(other.family().as_str()).map(str::to_owned).unwrap_or_default();
        theirs.extend(tables::given_name(&given).into_iter().flatten().map(romaji::skeleton));
        theirs.extend(romaji::of_kana(&given).map(|kana| romaji::skeleton(&kana)));
        if self.tokens.iter().any(|token| theirs.contains(&romaji::skeleton(token))) {
            return Agreement::Same;
        }
        let japanese_name = self.tokens.iter().any(|token| tables::is_surname_romaji(token));
        let known_family = tables::surname(&other.family()).is_some();
        // Without the given name's reading, a given name in the greeting proves nothing.
        let given_unread = tables::given_name(&given).is_none();
        let could_be_given = self.tokens.iter().any(|token| tables::is_given_name_romaji(token));
        if japanese_name && known_family && !(given_unread && could_be_given) {
            Agreement::Different
        } else {
            Agreement::Unknown
        }
    }

    fn latin_both(&self, display: &[String]) -> Agreement {
        let best = self.tokens.iter().flat_map(|mine| display.iter().map(|theirs| latin_tokens(mine, theirs))).max();
        match best {
            Some(agreement) if agreement > Agreement::Different => return agreement,
            _ => {}
        }
        let desk = display.iter().any(|token| is_desk(token));
        let words = display.iter().filter(|token| token.len() >= 2).count();
        // Initials: "JP" for Jean Pierre.
        let initials: String = display.iter().filter_map(|token| token.chars().next()).collect();
        let abbreviated = self.tokens.iter().any(|token| token.len() <= 3 && *token == initials);
        if desk || abbreviated || words < 2 { Agreement::Unknown } else { Agreement::Different }
    }

    fn against_local(&self, local: &str, domain: &str) -> Agreement {
        let local = fold(local.trim_matches('"').split('+').next().unwrap_or_default());
        let parts: Vec<String> =
            local.split(|c: char| !c.is_alphabetic()).filter(|part| !part.is_empty()).map(str::to_owned).collect();
        if parts.iter().any(|part| is_desk(part)) {
            return Agreement::Unknown;
        }
        if self.japanese { self.japanese_against_local(&parts, domain) } else { self.latin_against_local(&parts) }
    }

    fn japanese_against_local(&self, parts: &[String], domain: &str) -> Agreement {
        let mine = self.romaji();
        if mine.is_empty() {
            return Agreement::Unknown;
        }
        let joined = romaji::skeleton(&parts.concat());
        let fits = |part: &str| mine.contains(&romaji::skeleton(part));
        let with_initial =
            |part: &str| part.len() > 3 && part.is_ascii() && (fits(&part[1..]) || fits(&part[..part.len() - 1]));
        if parts.iter().any(|part| fits(part) || with_initial(part)) || mine.iter().any(|m| run_together(&joined, m)) {
            return Agreement::Same;
        }
        let company = domain.split('.').next().unwrap_or_default();
        let other_surname =
            |part: &str| part.len() >= 4 && tables::is_mostly_surname_romaji(part) && !company.contains(part);
        if parts.iter().any(|part| other_surname(part)) { Agreement::Different } else { Agreement::Unknown }
    }

    fn latin_against_local(&self, parts: &[String]) -> Agreement {
        let joined = parts.concat();
        let best = self.tokens.iter().flat_map(|mine| parts.iter().map(|theirs| latin_tokens(mine, theirs))).max();
        match best {
            Some(agreement) if agreement > Agreement::Different => return agreement,
            _ => {}
        }
        let contained = self.tokens.iter().any(|token| token.len() >= 3 && joined.contains(token.as_str()));
        let by_romaji = self
            .tokens
            .iter()
            .any(|token| token.len() >= 4 && romaji::skeleton(&joined).contains(&romaji::skeleton(token)));
        if contained || by_romaji {
            return Agreement::Same;
        }
        let full_name = parts.len() == 2 && parts.iter().all(|part| part.len() >= 3);
        if full_name { Agreement::Different } else { Agreement::Unknown }
    }
}

/// `satokenichi`, `kenichisato`: the family name and a given name written as one word. A mere substring proves
/// nothing: watanabe is no tanabe.
fn run_together(joined: &str, family: &str) -> bool {
    let rest = joined.strip_prefix(family).or_else(|| joined.strip_suffix(family));
    family.len() >= 3 && rest.is_some_and(|rest| rest.len() <= 1 || tables::is_given_name_romaji(rest))
}

pub(super) fn family_prefix(compact: &str) -> Option<String> {
    let ends: Vec<usize> = compact.char_indices().map(|(at, c)| at + c.len_utf8()).take(4).collect();
    ends.iter().rev().map(|&end| &compact[..end]).find(|prefix| tables::surname(prefix).is_some()).map(str::to_owned)
}

/// The table names each confused pair in one direction or both; the smaller of the two stands for both.
fn confused(text: &str) -> String {
    text.chars().map(|c| tables::variant(c).map_or(c, |(other, _)| c.min(other))).collect()
}

/// Two words of Latin names.
fn latin_tokens(a: &str, b: &str) -> Agreement {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if a == b
        || (short.len() >= 3 && long.starts_with(short))
        || romaji::skeleton(a) == romaji::skeleton(b) && a.len() >= 3
    {
        return Agreement::Same;
    }
    let groups = tables::nickname_groups(a);
    if tables::nickname_groups(b).iter().any(|group| groups.contains(group)) {
        return Agreement::Same;
    }
    // Kato and Sato, Mark and Mary are a letter apart and two people.
    let both_known = |known: fn(&str) -> bool| known(a) && known(b);
    if both_known(tables::is_surname_romaji) || both_known(|name| !tables::nickname_groups(name).is_empty()) {
        return Agreement::Different;
    }
    if short.len() >= 4 && rapidfuzz::distance::osa::distance(a.chars(), b.chars()) <= 1 {
        return Agreement::Misspelt;
    }
    // A single letter is an initial and proves nothing against it.
    if short.len() == 1 && long.starts_with(short) { Agreement::Unknown } else { Agreement::Different }
}

#[cfg(test)]
mod tests {
    use super::Agreement::{Different, Misspelt, Same, Unknown};
    use super::*;
    use crate::message::Address;

    fn check(cases: &[(&str, &str, &str, Agreement)]) {
        for (named, display, address, expected) in cases {
            let address = Address::parse(address).expect("a valid address");
            let mailbox = Mailbox { name: (*display).to_owned(), address };
            assert_eq!(agreement(named, &mailbox), *expected, "{named} / {display} <{}>", mailbox.address);
        }
    }

    #[test]
    fn japanese_names() {
        check(&[
            ("加藤", "佐藤 健一", "k-sato@aoba.example", Different),
            ("佐藤", "佐藤 健一", "x@aoba.example", Same),
            ("髙橋", "Osamu Takahashi", "o.takahashi@h.example", Same),
            ("東海林", "", "shoji@h.example", Same),
            ("渡邊", "渡辺 美咲", "m@h.example", Same),
            ("斎藤", "斉藤 一", "m@h.example", Misspelt),
            ("加藤", "", "k-sato@aoba.example", Different),
            ("加藤", "", "katou.t@aoba.example", Same),
            ("佐藤", "", "ksato@aoba.example", Same),
            ("佐藤", "", "kenichisato@aoba.example", Same),
            ("田邊", "渡邊 美咲", "m.watanabe@aoba.example", Different),
            ("佐藤", "", "satok@aoba.example", Same),
            ("加藤", "", "info@aoba.example", Unknown),
            ("加藤", "経理部", "keiri@aoba.example", Unknown),
            ("野口", "経理部（野口）", "keiri@aoba.example", Same),
            ("さとう", "佐藤 健一", "x@h.example", Same),
            ("髙橋 修", "東雲 渡邊美咲", "m.watanabe@s.example", Different),
            ("福島", "福田 誠", "fukuda@s.example", Different),
            ("ジョンソン", "Mike Johnson", "mike@s.example", Same),
            ("ウィリアムズ", "Kate Williams", "kate@s.example", Unknown),
            ("佐藤", "kenken", "kenken@s.example", Unknown),
            ("森田", "花房園芸", "minori@s.example", Unknown),
            ("加藤", "阿部 学", "abe@s.example", Different),
            ("大谷", "", "otani@s.example", Same),
            ("大谷", "", "ohtani@s.example", Same),
            ("佐藤健一", "佐藤", "s@s.example", Same),
            ("健一", "佐藤 健一", "s@s.example", Same),
        ]);
    }

    #[test]
    fn english_names() {
        check(&[
            ("Mark", "Priya Raman", "priya.raman@alder.example", Different),
            ("Bob", "Robert Hale", "robert.hale@j.example", Same),
            ("Liz", "Elizabeth Stone", "es@j.example", Same),
            ("Priya", "", "priya.raman@alder.example", Same),
            ("Mark", "", "priya.raman@alder.example", Different),
            ("Mark", "", "info@alder.example", Unknown),
            ("Mark", "Alder Support", "support@alder.example", Unknown),
            ("Mark", "", "pr@alder.example", Unknown),
            ("Sara", "Sarah Chen", "sc@alder.example", Same),
            ("Rosa", "Nettle & Rye", "hello@nettlerye.example", Unknown),
            ("Rosa", "Tessellate Studio", "tess@t.example", Unknown),
            ("Steven", "Stephen King", "sk@alder.example", Same),
            ("Jose", "José García", "jg@alder.example", Same),
            ("Sato", "佐藤 健一", "k@alder.example", Same),
            ("Kenichi", "佐藤 健一", "k@alder.example", Same),
            ("Kato", "佐藤 健一", "k@alder.example", Different),
            ("George", "佐藤 健一", "k@alder.example", Unknown),
            ("JP", "Jean Pierre", "x@alder.example", Unknown),
            ("Mark", "Mary Stone", "ms@alder.example", Different),
            ("Karin", "Karen Stone", "ks@alder.example", Misspelt),
            ("Alex", "Alexandra Moss", "x@alder.example", Same),
            ("Moss", "Alexandra Moss", "x@alder.example", Same),
        ]);
    }

    #[test]
    fn finds_the_surname_behind_modifiers() {
        assert_eq!(surname_at_end("責任者の藤田"), Some("藤田"));
        assert_eq!(surname_at_end("弊社村井"), Some("村井"));
        assert_eq!(surname_at_end("よろしく"), None);
    }
}
