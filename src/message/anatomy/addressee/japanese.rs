//! Japanese addressee lines: company, department, title, name and honorific, in one line or several.

use std::ops::Range;

use super::super::Line;
use super::{Addressed, Addressee, among};

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
const OTHER_LABELS: &str = "差出人 送信者 発信者 発信元 件名 題名 日付 日時 From Subject Date";
const OWN_LABELS: &str = "宛先 宛て先 送付先 To TO";
/// What people are called by what they are, though some of it is a surname too.
const OFFICES: &str = "大家 家主 地主 施主 お施主 管理人 町内会 町内 町内会長 自治会 自治会長 司会 司会者 幹事 奥 若奥 旦那 運転手 \
    郵便屋 花屋 本屋 床屋 隣人";
/// Everyday words that end like an honorific.
const NOT_NAMES: &str = "仕様 同様 多様 模様 有様 一様 異様 文様 紋様 様 神様 奥様 何様 図様 貴様 お得意様 お互い様 皆 \
    たくさん みなさん ご苦労様 お疲れ様 お蔭様";

pub(super) fn ends_head(line: &str) -> bool {
    let line = line.trim();
    line.contains('。')
        || is_opening(line)
        || line.ends_with("です")
        || line.ends_with("ます")
        || line.chars().count() > 60
}

/// The first words of a letter's text.
pub(super) fn is_opening(line: &str) -> bool {
    const OPENINGS: [&str; 15] = [
        "お世話に",
        "拝啓",
        "謹啓",
        "平素",
        "いつも",
        "お疲れ",
        "おつかれ",
        "はじめまして",
        "初めて",
        "突然",
        "日頃",
        "このたび",
        "この度",
        "ご無沙汰",
        "大変お世話に",
    ];
    OPENINGS.iter().any(|opening| line.trim_start().starts_with(opening))
}

pub(super) fn ends_in_honorific(line: &str) -> bool {
    honorific_of(line).is_some()
}

/// 「中西さん、お世話になっております。」: the addressee in front of the first sentence.
pub(super) fn opening<'a>(line: &Line<'a>) -> Option<Line<'a>> {
    const LONGEST: usize = 20;
    let comma = line.text.find(['、', '，'])?;
    let head = &line.text[..comma];
    let behind = line.text[comma..].trim_start_matches(['、', '，', '\u{3000}', ' ']);
    let greets = [
        "お世話",
        "いつも",
        "お疲れ",
        "おつかれ",
        "こんにちは",
        "おはよう",
        "こんばんは",
        "ご無沙汰",
        "先日は",
        "昨日は",
        "本日は",
        "はじめまして",
        "ありがとう",
        "ご連絡",
    ]
    .iter()
    .any(|words| behind.starts_with(words));
    let names_self =
        behind.split('。').next().is_some_and(|first| first.ends_with("です") && first.chars().count() <= 12);
    let addressed = honorific_of(head.trim()).is_some() && head.chars().count() <= LONGEST;
    (addressed && (greets || names_self)).then_some(Line { text: head, ..*line })
}

pub(super) fn japanese_line(line: &Line<'_>, out: &mut Vec<Addressee>) {
    let copied = {
        let lower = line.text.to_lowercase();
        lower.contains("cc") || lower.contains("ｃｃ")
    };
    let words = words(line);
    // The head of a letter: 「差出人：」 names who writes, 「宛先：」 whom.
    if line.text.contains(['：', ':']) && words.first().is_some_and(|(_, label)| among(OTHER_LABELS, label)) {
        return;
    }
    let before = out.len();
    let mut since = usize::from(words.first().is_some_and(|(_, label)| among(OWN_LABELS, label)));
    for (n, (start, word)) in words.iter().enumerate() {
        let Some(honorific) = honorific_of(word) else {
            if let Some((name, _)) = title_of(word).filter(|_| n + 1 == words.len() && words.len() <= 3) {
                out.push(person(name, *start, word, copied));
                since = n + 1;
            }
            continue;
        };
        let stem = word[..word.len() - honorific.len()].trim_end();
        let whole = match stem.is_empty() {
            // 「株式会社青葉精機 御中」: the organisation is the name, or the department behind it.
            true if honorific == "御中" => {
                let company = words[..n].iter().rposition(|(_, word)| is_company(word)).map_or(since, |at| at + 1);
                (if company < n { company.max(since) } else { since.min(n) })..n
            }
            true => since.max(name_start(&words[..n])).min(n)..n,
            false => n..n,
        };
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

pub(super) fn addressee(name: &str, honorific: &str, range: Range<usize>, copied: bool) -> Option<Addressee> {
    let name = name.trim();
    if name.is_empty() {
        return None;
    }
    let make =
        |name: &str, kind| Some(Addressee { range: range.clone(), name: name.to_owned(), kind, copied, alone: false });
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
    Addressee { range: start..start + word.len(), name: name.to_owned(), kind: Addressed::Person, copied, alone: false }
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
        out.push(Addressee { range: *start..end, name, kind: Addressed::Company, copied: false, alone: false });
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
            alone: false,
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
        || among(OFFICES, name)
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

pub(super) fn is_name_char(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '々' | 'ー' | '・' | '-' | '\'' | '’' | 'ヶ' | '〆')
}
