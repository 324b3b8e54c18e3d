//! Attribution lines: `On …, X wrote:`, 「2026年…X <a@b>:」, 「…のメール:」, wrapped over up to four lines.

use super::head::QuoteHead;
use super::{Line, when};

/// An attribution, from the line `start` to the line it was looked for at.
pub(super) struct Attribution {
    pub(super) start: usize,
    pub(super) head: QuoteHead,
    /// The quoted text behind it carries quote marks.
    pub(super) is_marked: bool,
}

/// More lines, or more octets, than this no mail program writes.
const MAX_LINES: usize = 4;
const MAX_LENGTH: usize = 400;

/// The attribution that ends in this line.
pub(super) fn ending_at(lines: &[Line<'_>], at: usize) -> Option<Attribution> {
    let last = &lines[at];
    if !can_end(last.text.trim_end()) {
        return None;
    }
    let next = lines[at + 1..].iter().find(|line| !line.is_blank());
    let is_marked = next.is_some_and(|next| next.level > last.level || next.text.starts_with("| "));
    let belongs = |line: &Line<'_>| !line.is_blank() && line.level == last.level && line.zone == last.zone;
    let first = (at.saturating_sub(MAX_LINES - 1)..=at)
        .rev()
        .take_while(|&n| belongs(&lines[n]) && (n == at || !ends_sentence(lines[n].text)))
        .find(|&n| opens(lines[n].text));
    // Most lines that end in a colon are somebody's own.
    if !is_marked && first.is_none() && !last.text.contains('道') {
        return None;
    }
    let start = first.unwrap_or(at);
    let text = lines[start..=at].iter().map(|line| line.text.trim()).collect::<Vec<_>>().join(" ");
    let found = text.len() <= MAX_LENGTH && is_attribution(&text, is_marked, first.is_some());
    found.then(|| Attribution { start, head: QuoteHead::of_attribution(&text), is_marked })
}

fn can_end(line: &str) -> bool {
    line.ends_with([':', '：'])
        || line.ends_with("wrote")
        || line.ends_with("wrote ----")
        || line.ends_with("書きました。")
}

fn ends_sentence(line: &str) -> bool {
    line.trim_end().ends_with(['。', '！', '？', '!', '?'])
}

/// Ways an attribution begins, in lower case; a date comes next, or a person.
const OPENINGS: [&str; 22] = [
    "on ",
    "am ",
    "le ",
    "el ",
    "il ",
    "op ",
    "em ",
    "den ",
    "dne ",
    "quoting ",
    "zitat von ",
    "in message",
    "in article",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "令和",
    "at ",
];

fn opens(line: &str) -> bool {
    // Outlook for Mac begins with a byte order mark.
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '*' | '\u{feff}'));
    let starts = |opening: &str| line.get(..opening.len()).is_some_and(|start| start.eq_ignore_ascii_case(opening));
    match line.chars().next() {
        Some(c) if c.is_ascii_digit() || ('０'..='９').contains(&c) => when::is_dated(line),
        _ => OPENINGS.iter().any(|opening| starts(opening)),
    }
}

/// Verbs of attributions, in lower case.
const VERBS: [&str; 17] = [
    "пишет",
    "wrote",
    "writes",
    "schrieb",
    "a écrit",
    "escribió",
    "ha scritto",
    "escreveu",
    "schreef",
    "skrev",
    "写道",
    "寫道",
    "작성",
    "のメール",
    "書きました",
    "quoting ",
    "zitat von ",
];

fn is_attribution(text: &str, is_marked: bool, opens: bool) -> bool {
    let lower = text.to_lowercase();
    let says_wrote = VERBS.iter().any(|verb| lower.contains(verb));
    let has_address = text.contains('@');
    let ends_in_address = text.trim_end_matches([':', '：', ' ', '\u{a0}']).ends_with(['>', '＞']);
    if is_marked {
        return says_wrote
            || (has_address && ends_in_address)
            || (when::is_dated(text) && (has_address || when::has_time(text)));
    }
    // Nothing marks what follows, so the line alone must be beyond doubt.
    opens
        && when::is_dated(text)
        && ((has_address && (says_wrote || ends_in_address)) || (says_wrote && when::has_time(text)))
        || (has_address && says_wrote && ["写道", "寫道"].iter().any(|verb| lower.contains(verb)))
}
