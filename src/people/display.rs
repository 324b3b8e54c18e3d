//! Display names: the person's name, and what stands in brackets beside it.

use super::name::{family_prefix, fold, tokens};
use super::tables;
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

/// Whether a display name is that of a house and not of a person; the address may still tell one.
pub(super) fn is_organisation(name: &str) -> bool {
    const ENDINGS: &str = "園芸 商店 商会 製作所 工業 産業 建設 事務所 クリニック 医院 病院 学校 大学 銀行 ホテル 旅館 食堂 書店 薬局 協会 組合 財団 社 屋 堂 店 舗 園 院 庁 部 課 室 係 窓口 センター 事務局";
    let folded = fold(name);
    let compact: String = folded.chars().filter(|c| !c.is_whitespace()).collect();
    let form = tables::company_forms().iter().filter(|form| !form.is_ascii()).any(|form| name.contains(form));
    let ending = !folded.contains(' ')
        && compact.chars().count() >= 3
        && ENDINGS.split(' ').any(|ending| compact.ends_with(ending))
        && family_prefix(&compact) != Some(compact.clone());
    let words = [
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
    form || ending || name.contains(" & ") || tokens(&folded).iter().any(|token| words.contains(&token.as_str()))
}
