//! The addressee line(s) at the top: 宛名, "Dear …".
//!
//! Finds who is addressed; whether that fits the recipients is for `people` and the rules to say.

use std::ops::Range;

use super::{Line, Zone};

/// Somebody the text addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressee {
    /// The words in the text, honorific included.
    pub range: Range<usize>,
    /// The name alone; for a desk, the words as they stand.
    pub name: String,
    pub kind: Addressed,
    /// Named as a receiver of a copy: 「（CC：木下様）」.
    pub copied: bool,
}

/// What kind of receiver is addressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addressed {
    Person,
    Company,
    /// Nobody by name: ご担当者様, 各位, "Dear all".
    Desk,
}

/// The head of a letter is short.
const MAX_HEAD_LINES: usize = 8;

pub(super) fn find(lines: &[Line<'_>]) -> Vec<Addressee> {
    let own = lines.iter().filter(|line| line.zone == Zone::Own && !line.is_blank()).take(MAX_HEAD_LINES);
    let mut out = Vec::new();
    for (n, line) in own.enumerate() {
        if let Some(mut english) = english_line(line, n) {
            out.append(&mut english);
            // An English salutation is one line.
            break;
        }
        if ends_head(line.text) {
            break;
        }
        japanese_line(line, &mut out);
    }
    // A company line counts only above a person, a desk or 御中: a heading is not an addressee.
    if !out.iter().any(|a| a.kind != Addressed::Company || a.range.len() > a.name.len()) {
        out.clear();
    }
    out
}

/// Whether a word is in a list of words between blanks.
fn among(list: &str, word: &str) -> bool {
    list.split(' ').any(|known| known == word)
}

// ---- Japanese

/// Titles that stand behind a name, with or without an honorific.
const TITLES: &str = "代表取締役社長 代表取締役 取締役 社長 専務 常務 会長 副社長 本部長 部長 次長 課長 係長 室長 所長 \
    支店長 店長 工場長 院長 校長 園長 局長 主任 主査 主事 部長代理 課長代理 教授 准教授 マネージャー \
    マネジャー ディレクター リーダー 理事長";
/// Words that end the name of a place in an organisation.
const PLACES: &str = "部 課 室 係 局 支店 本店 支社 本社 営業所 事業所 本部 グループ チーム 担当 センター 工場 店 窓口 \
    事務局 委員会 研究所 ご担当 御担当";
const COMPANY_MARKS: &str = "株式会社 有限会社 合同会社 合資会社 社団法人 財団法人 医療法人 学校法人 社会福祉法人 独立行政法人 \
    協同組合 (株) （株） ㈱ (有) （有） ㈲ 信用金庫 信用組合 銀行 市役所 大学";
const HONORIFICS: [&str; 8] = ["御中", "様", "さま", "殿", "先生", "さん", "氏", "くん"];
/// Everyday words that end like an honorific.
const NOT_NAMES: &str = "仕様 同様 多様 模様 有様 一様 異様 文様 紋様 様 神様 王様 奥様 何様 図様 貴様 お得意様 お互い様 皆 \
    たくさん みなさん ご苦労様 お疲れ様 お蔭様";

fn ends_head(line: &str) -> bool {
    let line = line.trim();
    let openings = [
        "お世話に",
        "拝啓",
        "謹啓",
        "平素",
        "いつも",
        "お疲れ",
        "はじめまして",
        "初めて",
        "突然",
        "日頃",
        "このたび",
        "この度",
        "ご無沙汰",
    ];
    line.contains('。')
        || openings.iter().any(|opening| line.starts_with(opening))
        || line.ends_with("です")
        || line.ends_with("ます")
        || line.chars().count() > 60
}

fn japanese_line(line: &Line<'_>, out: &mut Vec<Addressee>) {
    let copied = {
        let lower = line.text.to_lowercase();
        lower.contains("cc") || lower.contains("ｃｃ")
    };
    let words = words(line);
    let before = out.len();
    let mut since = 0;
    for (n, (start, word)) in words.iter().enumerate() {
        let Some(honorific) = honorific_of(word) else {
            if let Some((name, _)) = title_of(word).filter(|_| n + 1 == words.len() && words.len() <= 3) {
                out.push(person(name, *start, word, copied));
                since = n + 1;
            }
            continue;
        };
        let stem = word[..word.len() - honorific.len()].trim_end();
        let whole = if stem.is_empty() { since.max(name_start(&words[..n]))..n } else { n..n };
        let from = if stem.is_empty() { words.get(whole.start).map_or(*start, |w| w.0) } else { *start };
        let name = if stem.is_empty() {
            words[whole].iter().map(|w| w.1).collect::<Vec<_>>().join(" ")
        } else {
            stem.to_owned()
        };
        since = n + 1;
        if let Some(addressee) = addressee(&name, honorific, from..start + word.len(), copied) {
            out.push(addressee);
        }
    }
    if out.len() == before {
        company_line(line, &words, out);
    } else {
        company_before_person(&words, before, out);
    }
}

/// Words between spaces and list separators, with their place in the text. Brackets are left out.
fn words<'a>(line: &Line<'a>) -> Vec<(usize, &'a str)> {
    let separator = |c: char| c.is_whitespace() || "、，,・/／＆&：:（）()［］[]【】「」".contains(c);
    // (株) and （有） carry brackets of their own.
    let mut out = Vec::new();
    let mut at = 0;
    for word in line.text.split_inclusive(separator) {
        let trimmed = word.trim_end_matches(separator);
        if !trimmed.is_empty() {
            out.push((line.start + at, trimmed));
        }
        at += word.len();
    }
    out
}

fn honorific_of(word: &str) -> Option<&'static str> {
    if among(NOT_NAMES, word) && word != "様" {
        return None;
    }
    HONORIFICS.into_iter().find(|honorific| word.ends_with(honorific))
}

/// The name in front of a title that serves as honorific: 佐藤課長.
fn title_of(word: &str) -> Option<(&str, &'static str)> {
    let title = TITLES.split(' ').filter(|title| word.ends_with(title)).max_by_key(|title| title.len())?;
    let name = &word[..word.len() - title.len()];
    let length = name.chars().count();
    ((1..=4).contains(&length) && name.chars().all(is_name_char) && !is_place(name)).then_some((name, title))
}

/// Where the name in front of a lone honorific begins: behind the last department, title or company.
fn name_start(words: &[(usize, &str)]) -> usize {
    let after_place = words
        .iter()
        .rposition(|(_, word)| is_place(word) || is_company(word) || among(TITLES, word))
        .map_or(0, |at| at + 1);
    // A full name is two words at most.
    after_place.max(words.len().saturating_sub(2))
}

fn addressee(name: &str, honorific: &str, range: Range<usize>, copied: bool) -> Option<Addressee> {
    let name = name.trim();
    let make = |name: &str, kind| Some(Addressee { range: range.clone(), name: name.to_owned(), kind, copied });
    if is_desk(name) {
        return make(name, Addressed::Desk);
    }
    if honorific == "御中" {
        return if is_place(name) { make(name, Addressed::Desk) } else { make(name, Addressed::Company) };
    }
    if is_company(name) {
        return make(name, Addressed::Company);
    }
    let bare = TITLES
        .split(' ')
        .filter_map(|title| name.strip_suffix(title))
        .min_by_key(|name| name.len())
        .unwrap_or(name)
        .trim();
    let bare = bare.rsplit(['\u{3000}']).next().unwrap_or(bare);
    let fine = !bare.is_empty() && bare.chars().count() <= 20 && bare.chars().all(|c| is_name_char(c) || c == ' ');
    if bare.is_empty() || is_place(bare) {
        return make(name, Addressed::Desk);
    }
    if fine { make(bare, Addressed::Person) } else { None }
}

fn person(name: &str, start: usize, word: &str, copied: bool) -> Addressee {
    Addressee { range: start..start + word.len(), name: name.to_owned(), kind: Addressed::Person, copied }
}

/// A line that is a company's name and nothing else.
fn company_line(line: &Line<'_>, words: &[(usize, &str)], out: &mut Vec<Addressee>) {
    let text = line.text.trim();
    let plain = !text.contains(['。', '、', '！', '？', '!', '?', '@', '◆', '■', '【']);
    if let (true, Some((start, company))) = (plain, words.iter().find(|(_, word)| is_company(word))) {
        // A company's own name may hold a space: 株式会社 青葉精機.
        let alone = ["株式会社", "有限会社", "合同会社"].contains(company);
        let end = if alone {
            words.last().map_or(start + company.len(), |(at, word)| at + word.len())
        } else {
            start + company.len()
        };
        let name = line.text[start - line.start..end - line.start].to_owned();
        out.push(Addressee { range: *start..end, name, kind: Addressed::Company, copied: false });
    }
}

/// `三光メディカル　加藤様`: the company stands on the person's line.
fn company_before_person(words: &[(usize, &str)], before: usize, out: &mut Vec<Addressee>) {
    let Some(first_person) = out.get(before).map(|a| a.range.start) else { return };
    if let Some((start, word)) = words.iter().find(|(at, word)| *at < first_person && is_company(word)) {
        let company = Addressee {
            range: *start..start + word.len(),
            name: (*word).to_owned(),
            kind: Addressed::Company,
            copied: false,
        };
        out.insert(before, company);
    }
}

fn is_desk(name: &str) -> bool {
    let desks = [
        "担当者",
        "担当",
        "各位",
        "皆",
        "みな",
        "お客",
        "関係者",
        "会員",
        "お取引先",
        "オーナー",
        "読者",
        "保護者",
        "利用者",
        "購入者",
        "申込者",
        "参加者",
        "御一同",
        "ご一同",
    ];
    name.is_empty()
        || desks.iter().any(|desk| name.ends_with(desk) || name.starts_with("各") || name.starts_with("ご担当"))
}

fn is_place(name: &str) -> bool {
    // One character alone (部, 店) is not a department, and 服部, 阿部, 磯部 are people.
    let surname = [
        "服部",
        "阿部",
        "安部",
        "渡部",
        "岡部",
        "矢部",
        "磯部",
        "園部",
        "長谷部",
        "田部",
        "武部",
        "綾部",
        "江部",
        "日下部",
        "物部",
        "海部",
        "伊部",
        "軽部",
        "刑部",
        "大店",
    ];
    name.chars().count() > 1 && !surname.contains(&name) && PLACES.split(' ').any(|place| name.ends_with(place))
}

fn is_company(name: &str) -> bool {
    COMPANY_MARKS.split(' ').any(|mark| name.contains(mark))
}

fn is_name_char(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '々' | 'ー' | '・' | '-' | '\'' | '’' | 'ヶ' | '〆')
}

// ---- English

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
const GENERIC: &str = "all team both everyone everybody there sir madam sirs folks guys colleagues customer \
    customers client clients friend friends again members member partner partners hiring manager \
    support sales whom whomever ladies gentlemen parents subscriber subscribers valued user users \
    supplier suppliers teams gang honey mum mom mummy dad daddy baby babe sis bro sweetheart \
    darling sweetie dude dudes buddy mate mates pal boss chief man girls boys girl love dear world \
    list maintainers reviewers crew";
const TITLES_EN: &str = "mr mrs ms mx miss dr prof professor sir rev mr. mrs. dr.";

/// The addressees of an English salutation; `None` if the line is not one.
fn english_line(line: &Line<'_>, n: usize) -> Option<Vec<Addressee>> {
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
    if names.chars().any(super::super::text::is_wide) {
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
            return piece.len().min(60);
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

#[cfg(test)]
mod tests {
    use super::super::Anatomy;
    use super::Addressed::{Company, Desk, Person};
    use super::*;

    fn addressed(text: &str) -> Vec<(Addressed, String)> {
        Anatomy::of(text).addressees.into_iter().map(|a| (a.kind, a.name)).collect()
    }

    #[test]
    fn reads_japanese_heads() {
        for (text, expected) in [
            (
                "株式会社青葉精機\n総務部　加藤様\n\nいつもお世話になっております。",
                &[(Company, "株式会社青葉精機"), (Person, "加藤")][..],
            ),
            (
                "北斗建材株式会社\n営業部 課長\n髙橋 修 様\n\nお世話になっております。",
                &[(Company, "北斗建材株式会社"), (Person, "髙橋 修")],
            ),
            ("㈱三光メディカル 佐藤課長\n", &[(Company, "㈱三光メディカル"), (Person, "佐藤")]),
            ("佐藤部長様、木下様\nお世話になっております。", &[(Person, "佐藤"), (Person, "木下")]),
            ("経理部御中\n", &[(Desk, "経理部")]),
            ("株式会社ミナト御中\n", &[(Company, "株式会社ミナト")]),
            ("ご担当者様\n", &[(Desk, "ご担当者")]),
            ("関係者各位\n", &[]),
            ("服部様\n", &[(Person, "服部")]),
            ("田中さん\nお疲れさまです。", &[(Person, "田中")]),
            ("仕様の件です。\n山田様にもお伝えください。", &[]),
            ("お世話になっております。\n山田様の件、承知しました。", &[]),
        ] {
            let expected: Vec<_> = expected.iter().map(|(k, n)| (*k, n.to_string())).collect();
            assert_eq!(addressed(text), expected, "{text}");
        }
        let text = "渡辺様\n（CC：木下様）\n\nお世話になっております。";
        let found = Anatomy::of(text).addressees;
        assert_eq!((found[1].name.as_str(), found[1].copied, &text[found[1].range.clone()]), ("木下", true, "木下様"));
    }

    #[test]
    fn reads_english_salutations() {
        for (text, expected) in [
            ("Hi Mark,\n\nThanks", &[(Person, "Mark")][..]),
            ("Hi Mark and Priya,\n", &[(Person, "Mark"), (Person, "Priya")]),
            ("Dear Anna, Bob & Carl,\nwe", &[(Person, "Anna"), (Person, "Bob"), (Person, "Carl")]),
            ("Dear Mr. Tanaka:\n", &[(Person, "Tanaka")]),
            ("Dear Dr O'Neill,\n", &[(Person, "O'Neill")]),
            ("Hello Sarah, thanks for the quick answer.\n", &[(Person, "Sarah")]),
            ("Dear all,\n", &[(Desk, "all")]),
            ("Hi there,\n", &[]),
            ("Hi,\n", &[]),
            ("To whom it may concern,\n", &[(Desk, "whom it may concern")]),
            ("Derek,\n\nAttached.", &[(Person, "Derek")]),
            ("Thanks,\n\nAttached.", &[]),
            ("Dear Sato-san,\n", &[(Person, "Sato")]),
            ("Dear customers,\n", &[(Desk, "customers")]),
            ("Hi team,\n", &[(Desk, "team")]),
            ("Good morning Jean-Luc!\n", &[(Person, "Jean-Luc")]),
        ] {
            let expected: Vec<_> = expected.iter().map(|(k, n)| (*k, n.to_string())).collect();
            assert_eq!(addressed(text), expected, "{text}");
        }
    }
}
