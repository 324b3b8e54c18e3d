//! The name tables compiled into the program, searched where they lie: nothing is loaded at start.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

static SURNAMES: &str = include_str!("../../data/ja-surnames.tsv");
static GIVEN_NAMES: &str = include_str!("../../data/ja-given-names.tsv");
static SURNAME_ROMAJI: &str = include_str!("../../data/ja-surname-romaji.txt");
static GIVEN_NAME_ROMAJI: &str = include_str!("../../data/ja-given-name-romaji.txt");
static NICKNAMES: &str = include_str!("../../data/nicknames.txt");
static GIVEN_NAMES_LATIN: &str = include_str!("../../data/given-names.txt");
static SPELLINGS: &str = include_str!("../../data/name-spellings.txt");
static CJK_SURNAMES: &str = include_str!("../../data/cjk-surnames.tsv");
static SURNAME_READINGS: &str = include_str!("../../data/ja-surname-readings.tsv");
static VARIANTS: &str = include_str!("../../data/kanji-variants.tsv");
static COMPANY_FORMS: &str = include_str!("../../data/company-forms.tsv");
static FREEMAIL: &str = include_str!("../../data/freemail-domains.tsv");

/// The romaji spellings of a Japanese surname as written, the likeliest first.
pub(super) fn surname(written: &str) -> Option<std::str::Split<'static, char>> {
    line_of(SURNAMES, written).map(|rest| rest.split(','))
}

/// Further readings of a Japanese surname: 河野 is Kōno and Kawano.
pub(super) fn surname_readings(written: &str) -> Option<std::str::Split<'static, char>> {
    line_of(SURNAME_READINGS, written).map(|rest| rest.split(','))
}

/// The romaji spellings of a Japanese given name as written.
pub(super) fn given_name(written: &str) -> Option<std::str::Split<'static, char>> {
    line_of(GIVEN_NAMES, written).map(|rest| rest.split(','))
}

/// How a Chinese, Korean or Vietnamese surname is written in Latin letters: 王 is Wang, Wong, and Ō in Japan.
pub(super) fn cjk_surname(written: &str) -> Option<std::str::Split<'static, char>> {
    line_of(CJK_SURNAMES, written).map(|rest| rest.split(','))
}

/// Whether a given name of this spelling is known, in any language written in Latin letters but Japanese.
pub(super) fn is_given_name(name: &str) -> bool {
    !nickname_groups(name).is_empty() || line_of(GIVEN_NAMES_LATIN, name).is_some()
}

pub(super) fn is_surname_romaji(romaji: &str) -> bool {
    line_of(SURNAME_ROMAJI, romaji).is_some()
}

/// Whether a surname of this spelling is seen more often than a given name of it.
pub(super) fn is_mostly_surname_romaji(romaji: &str) -> bool {
    line_of(SURNAME_ROMAJI, romaji) == Some("family")
}

pub(super) fn is_given_name_romaji(romaji: &str) -> bool {
    line_of(GIVEN_NAME_ROMAJI, romaji).is_some()
}

/// Finds the line whose first column is `key` in a table sorted by bytes; returns what stands behind the tab.
fn line_of(table: &'static str, key: &str) -> Option<&'static str> {
    if key.is_empty() {
        return None;
    }
    let (mut low, mut high) = (0, table.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = table.as_bytes()[..middle].iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
        let end = table.as_bytes()[middle..].iter().position(|&b| b == b'\n').map_or(table.len(), |at| middle + at);
        let line = &table[start..end];
        let (column, rest) = line.split_once('\t').unwrap_or((line, ""));
        match column.cmp(key) {
            std::cmp::Ordering::Equal => return Some(rest),
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

/// Groups of English given names that stand for one another, by name in lower case.
pub(super) fn nickname_groups(name: &str) -> &'static [u16] {
    static GROUPS: LazyLock<Groups> = LazyLock::new(|| groups(NICKNAMES));
    GROUPS.get(name).map_or(&[], Vec::as_slice)
}

/// Whether a name begins a longer one that it stands for: "fred", "steph", "rob".
pub(super) fn is_short_form(name: &str) -> bool {
    static SHORT: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
        let groups = data_lines(NICKNAMES).map(|line| line.split(' ').collect::<Vec<_>>());
        let short = |group: Vec<&'static str>| {
            let begins = |name: &&str| group.iter().any(|full| full.len() >= name.len() + 2 && full.starts_with(*name));
            group.iter().copied().filter(begins).collect::<Vec<_>>()
        };
        groups.flat_map(short).collect()
    });
    SHORT.contains(name)
}

/// Groups of given names that sound alike and are spelt differently, by name in lower case.
pub(super) fn spelling_groups(name: &str) -> &'static [u16] {
    static GROUPS: LazyLock<Groups> = LazyLock::new(|| groups(SPELLINGS));
    GROUPS.get(name).map_or(&[], Vec::as_slice)
}

/// The numbers of the lines a name stands on.
type Groups = HashMap<&'static str, Vec<u16>>;

fn groups(table: &'static str) -> Groups {
    let mut groups = Groups::new();
    for (n, line) in (0..).zip(data_lines(table)) {
        line.split(' ').for_each(|name| groups.entry(name).or_default().push(n));
    }
    groups
}

/// How a kanji relates to the one to compare it with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Variant {
    /// Another glyph of the same character: 髙 and 高.
    Same,
    /// A different character taken for it in names: 斎 and 斉.
    Confused,
}

pub(super) fn variant(c: char) -> Option<(char, Variant)> {
    static TABLE: LazyLock<Vec<(char, (char, Variant))>> = LazyLock::new(|| {
        let read = |line: &str| {
            let mut columns = line.split('\t');
            let (from, to, class) = (columns.next()?.chars().next()?, columns.next()?.chars().next()?, columns.next()?);
            Some((from, (to, if class.starts_with("same") { Variant::Same } else { Variant::Confused })))
        };
        let mut table: Vec<_> = data_lines(VARIANTS).filter_map(read).collect();
        table.sort_by_key(|(from, _)| *from);
        table
    });
    TABLE.binary_search_by_key(&c, |(from, _)| *from).ok().map(|at| TABLE[at].1)
}

/// Company forms and their abbreviations as written, longest first.
pub(super) fn company_forms() -> &'static [&'static str] {
    static FORMS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
        // Kinds of house that are part of a name rather than a form: 日和信用金庫 is not 日和.
        let kept = [
            "信用金庫",
            "信用組合",
            "銀行",
            "市役所",
            "事務所",
            "病院",
            "学校",
            "店",
            "商工会議所",
            "農業協同組合",
            "生活協同組合",
        ];
        let rows = data_lines(COMPANY_FORMS).filter(|line| !kept.iter().any(|kept| line.starts_with(kept)));
        let mut forms: Vec<&str> = rows
            .flat_map(|line| line.split('\t').take(2).flat_map(|column| column.split(',')))
            .filter(|form| !form.is_empty())
            .collect();
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        forms
    });
    &FORMS
}

/// Whether a company form in Japanese script stands in a text.
pub(super) fn has_japanese_company_form(text: &str) -> bool {
    static FORMS: LazyLock<Vec<&'static str>> =
        LazyLock::new(|| company_forms().iter().copied().filter(|form| !form.is_ascii()).collect());
    !text.is_ascii() && FORMS.iter().any(|form| text.contains(form))
}

/// Whether people at this domain share no organisation: free webmail, providers, mobile carriers.
pub(super) fn is_freemail(domain: &str) -> bool {
    static DOMAINS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| freemail_domains().collect());
    DOMAINS.contains(domain)
}

pub(super) fn freemail_domains() -> impl Iterator<Item = &'static str> {
    data_lines(FREEMAIL).filter_map(|line| line.split('\t').next())
}

fn data_lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#') && !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_so_that_every_line_is_found() {
        for table in [
            SURNAMES,
            GIVEN_NAMES,
            SURNAME_ROMAJI,
            GIVEN_NAME_ROMAJI,
            GIVEN_NAMES_LATIN,
            CJK_SURNAMES,
            SURNAME_READINGS,
        ] {
            for line in table.lines() {
                let key = line.split('\t').next().expect("split yields one piece at least");
                assert!(line_of(table, key).is_some(), "{key}");
            }
        }
        assert_eq!(line_of(SURNAMES, "無い名字"), None);
    }
}
