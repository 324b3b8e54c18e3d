//! Display names: the person's name, and what stands in brackets beside it.

use std::sync::LazyLock;

use super::fold::fold;
use super::japanese::{Japanese, family_prefix};
use super::tables;
use super::words::{Words, tokens};
use crate::message::Mailbox;

/// A display name, with what stands in brackets apart: mostly a company or department.
#[derive(Default)]
pub(super) struct Display {
    pub(super) outside: String,
    pub(super) inside: String,
}

/// The display name, unless it only repeats the address.
pub(super) fn display_of(recipient: &Mailbox) -> Option<Display> {
    let mut display = split_brackets(&recipient.name);
    display.outside = display.outside.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'').to_owned();
    let name = &display.outside;
    let repeats = name.is_empty() || name.contains('@') || name.eq_ignore_ascii_case(recipient.address.local());
    (!repeats).then_some(display)
}

fn split_brackets(name: &str) -> Display {
    let mut depth = 0;
    let mut out = Display::default();
    for c in name.chars() {
        match c {
            '(' | '（' | '[' | '［' | '【' => depth += 1,
            ')' | '）' | ']' | '］' | '】' => depth = i32::max(depth - 1, 0),
            _ if depth == 0 => out.outside.push(c),
            _ => out.inside.push(c),
        }
    }
    if out.outside.trim().is_empty() { Display { outside: out.inside, inside: String::new() } } else { out }
}

/// Words that end the name of a Japanese house.
const ENDINGS: &str = "園芸 商店 商会 商事 物産 製作所 製造所 工業 産業 興業 興産 建設 建築 工務店 組合 設計 測量 塗装 事務所 会計 法律 \
    クリニック 医院 病院 歯科 眼科 内科 薬局 学校 学園 学院 大学 高校 銀行 金庫 ホテル 旅館 食堂 書店 書房 出版 印刷 新聞 協会 財団 法人 \
    電機 電器 電気 電子 精機 機械 機工 鉄工 鉄工所 金属 化学 化成 製薬 薬品 石油 通商 貿易 運輸 運送 倉庫 物流 食品 製菓 酒造 水産 農園 牧場 \
    不動産 自動車 交通 観光 造園 総業 デザイン スクール サロン カフェ ジム 教室 神社 センター 事務局 係 窓口 社 屋 堂 店 舗 園 院 庁 部 課 室";

/// Words that say so in English wherever they stand.
const ENGLISH: [&str; 26] = [
    "studio",
    "studios",
    "school",
    "clinic",
    "bank",
    "hotel",
    "restaurant",
    "agency",
    "bakery",
    "church",
    "society",
    "association",
    "foundation",
    "university",
    "college",
    "council",
    "ministry",
    "pharmacy",
    "logistics",
    "solutions",
    "systems",
    "consulting",
    "partners",
    "holdings",
    "industries",
    "foods",
];

/// Whether a display name is that of a house and not of a person; the address may still tell one.
pub(super) fn is_organisation(name: &str) -> bool {
    static ENDINGS_LIST: LazyLock<Vec<&str>> = LazyLock::new(|| ENDINGS.split_whitespace().collect());
    let folded = fold(name);
    let compact: String = folded.chars().filter(|c| !c.is_whitespace()).collect();
    let words = tokens(&folded);
    let is_form = |word: &&String| tables::company_forms().contains(&word.as_str()) || word.chars().count() == 1;
    let form = tables::has_japanese_company_form(name);
    // 「株式会社青葉精機 佐藤」 is 佐藤, 「株式会社 佐藤」 is a house.
    let person_beside =
        words.iter().filter(|word| !is_form(word)).count() >= 2 && Japanese::of(&Words::of(name).japanese).is_certain();
    let ends = |word: &str| ENDINGS_LIST.iter().any(|ending| word.ends_with(ending));
    // 守屋 is a person, 佐藤＠青葉精機 too, 高橋 工務店 is not.
    let person = || family_prefix(&compact) == Some(compact.clone()) || Japanese::of(&words).is_certain();
    let last = words.last().map_or("", String::as_str);
    let ending = compact.chars().count() >= 3
        && ((words.len() > 1 && last.chars().count() >= 2 && ENDINGS_LIST.contains(&last))
            || (ends(&compact) && !person()));
    (form && !person_beside)
        || ending
        || name.contains(" & ")
        || words.iter().any(|word| ENGLISH.contains(&word.as_str()))
}
