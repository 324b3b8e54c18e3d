//! Addressees that do not stand at the very top: behind a remark (「※再送です。」), and in the closing
//! (「以上、田中様よろしくお願いいたします。」).

use super::super::{Line, Zone};
use super::{Addressee, japanese};

/// A remark above the addressee is short.
const MOST_REMARKS: usize = 4;
/// The closing is among the last lines.
const CLOSING_LINES: usize = 6;

/// The addressee line below a remark: a line of its own, and the letter's first sentence below it.
pub(super) fn head(lines: &[&Line<'_>]) -> Vec<Addressee> {
    for (n, line) in lines.iter().enumerate().take(MOST_REMARKS + 1).skip(1) {
        if introduces(lines[n - 1].text) {
            return Vec::new();
        }
        let greets = lines.get(n + 1).is_some_and(|next| japanese::is_opening(next.text));
        let text = line.text.trim();
        if greets && text.chars().count() <= 30 && japanese::ends_in_honorific(text) {
            let mut out = Vec::new();
            japanese::japanese_line(line, &mut out);
            return out;
        }
    }
    Vec::new()
}

/// Words that present a text to somebody else: what follows is a draft, and greets that other person.
pub(super) fn introduces(line: &str) -> bool {
    const WORDS: [&str; 26] = [
        "文面",
        "文案",
        "下書き",
        "ドラフト",
        "原稿",
        "以下",
        "下記",
        "例文",
        "返信案",
        "メール案",
        "テンプレ",
        "draft",
        "letter",
        "below",
        "following",
        "template",
        "wording",
        "propose",
        "suggest",
        "forward",
        "response",
        "reply",
        "script",
        "e-mail to",
        "email to",
        "note to",
    ];
    let lower = line.to_lowercase();
    lower.trim_end().ends_with([':', '：']) || WORDS.iter().any(|word| lower.contains(word))
}

/// 「以上、田中様よろしくお願いいたします。」: somebody is spoken to by name in the closing.
pub(super) fn closing(lines: &[Line<'_>], out: &mut Vec<Addressee>) {
    let own = lines.iter().rev().filter(|line| line.zone == Zone::Own && !line.is_blank()).take(CLOSING_LINES);
    for line in own {
        if let Some(addressee) = spoken_to(line).filter(|found| out.iter().all(|known| known.name != found.name)) {
            out.push(addressee);
            return;
        }
    }
}

fn spoken_to(line: &Line<'_>) -> Option<Addressee> {
    const REQUESTS: [&str; 10] = [
        "よろしく",
        "宜しく",
        "どうぞよろしく",
        "どうぞ宜しく",
        "何卒よろしく",
        "何卒宜しく",
        "引き続きよろしく",
        "引き続き宜しく",
        "ご確認よろしく",
        "ご確認のほど",
    ];
    let request = |rest: &str| {
        let rest = rest.trim_start_matches(['、', '，', ' ', '\u{3000}']);
        REQUESTS.iter().any(|words| rest.starts_with(words))
    };
    ["様", "さん", "先生", "殿"].iter().find_map(|honorific| {
        let at = line
            .text
            .match_indices(honorific)
            .map(|(at, _)| at)
            .find(|at| request(&line.text[at + honorific.len()..]))?;
        let before = &line.text[..at];
        let name_char = |c: &char| matches!(c, '\u{3400}'..='\u{9FFF}' | '々' | 'ァ'..='ヶ' | 'ー');
        let start = at - before.chars().rev().take_while(name_char).map(char::len_utf8).sum::<usize>();
        let lead = &before[..start];
        // The name must begin a clause: 「本件は田中様」 may speak of him.
        let starts = lead.is_empty()
            || lead.ends_with(['、', '。', '，', ' ', '\u{3000}'])
            || lead == "それでは"
            || lead == "では";
        let name = before[start..].strip_prefix("以上").unwrap_or(&before[start..]);
        let start = at - name.len();
        let length = name.chars().count();
        let range = line.start + start..line.start + at + honorific.len();
        let no_name = matches!(name, "奥" | "神" | "何");
        (starts && !no_name && (1..=6).contains(&length))
            .then(|| japanese::addressee(name, honorific, range, false))
            .flatten()
    })
}
