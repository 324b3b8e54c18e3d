//! Signatures and machine-made footers at the end of own text.

use unicode_width::UnicodeWidthStr;

use super::{Line, Zone};

/// A signature longer than this is a text.
const MAX_LINES: usize = 16;

/// Marks signature and footer lines among the own lines. Footers first: a signature ends where they begin.
pub(super) fn mark(lines: &mut [Line<'_>]) {
    each_own_segment(lines, mark_footers);
    each_own_segment(lines, |segment| {
        if let Some(from) = signature_start(segment) {
            segment[from..].iter_mut().for_each(|line| line.zone = Zone::Signature);
        }
    });
}

fn each_own_segment(lines: &mut [Line<'_>], mark: impl Fn(&mut [Line<'_>])) {
    let mut start = 0;
    while start < lines.len() {
        let end = start + lines[start..].iter().take_while(|line| line.zone == Zone::Own).count();
        mark(&mut lines[start..end]);
        start = end + 1;
    }
}

fn signature_start(segment: &[Line<'_>]) -> Option<usize> {
    // RFC 3676 section 4.3: "-- "; mail programs and people lose the space.
    if let Some(at) = segment.iter().position(|line| matches!(line.text, "-- " | "--" | "—")) {
        return Some(at);
    }
    [ruled(segment), after_closing(segment), contact_block(segment), device_line(segment)].into_iter().flatten().min()
}

/// A rule line, then lines of which some tell how to reach a person.
fn ruled(segment: &[Line<'_>]) -> Option<usize> {
    (tail(segment)..segment.len()).find(|&at| {
        if !is_rule(segment[at].text) {
            return false;
        }
        let rest = &segment[at + 1..];
        let filled = rest.iter().filter(|line| !line.is_blank()).count();
        (1..=MAX_LINES).contains(&filled)
            && rest.iter().filter(|line| is_contact(line.text)).count() >= 1
            && !rest.iter().any(|line| is_prose(line.text))
    })
}

/// Where the last lines begin among which a signature can be; blank lines count, so there is room for them.
fn tail(segment: &[Line<'_>]) -> usize {
    segment.len().saturating_sub(MAX_LINES * 4)
}

/// Behind "Kind regards," stand the names.
fn after_closing(segment: &[Line<'_>]) -> Option<usize> {
    let at = segment.iter().rposition(|line| is_closing(line.text))?;
    let rest = &segment[at + 1..];
    let filled = rest.iter().filter(|line| !line.is_blank()).count();
    let plain = rest.iter().all(|line| !is_prose(line.text));
    ((1..=MAX_LINES).contains(&filled) && plain).then_some(at + 1)
}

/// The last block of lines, when two or more of them tell how to reach a person.
fn contact_block(segment: &[Line<'_>]) -> Option<usize> {
    let last = segment.iter().rposition(|line| !line.is_blank())?;
    let first = segment[..last].iter().rposition(Line::is_blank).map_or(0, |at| at + 1);
    let block = &segment[first..=last];
    let contacts = block.iter().filter(|line| is_contact(line.text)).count();
    let plain = block.iter().all(|line| !is_prose(line.text));
    (first > 0 && block.len() <= MAX_LINES && contacts >= 2 && plain).then_some(first)
}

fn device_line(segment: &[Line<'_>]) -> Option<usize> {
    segment.iter().position(|line| {
        let lower = line.text.trim().to_lowercase();
        ["sent from my ", "sent from outlook", "get outlook for"].iter().any(|start| lower.starts_with(start))
            || ["から送信", "を入手"].iter().any(|end| lower.ends_with(end) && lower.chars().count() < 40)
    })
}

/// A paragraph of legal or list-server text.
fn mark_footers(segment: &mut [Line<'_>]) {
    let mut at = 0;
    while at < segment.len() {
        let length = segment[at..].iter().take_while(|line| !line.is_blank()).count();
        let block = &mut segment[at..at + length];
        // At least one own line must stand above: a mail that only quotes a disclaimer is about it.
        if at > 0 && block.iter().any(|line| is_disclaimer(line.text)) {
            block.iter_mut().for_each(|line| line.zone = Zone::Footer);
        }
        at += length.max(1);
    }
}

fn is_disclaimer(line: &str) -> bool {
    let lower = line.to_lowercase();
    [
        "intended recipient",
        "intended solely for",
        "and any attachments are confidential",
        "any attachments may contain",
        "this e-mail is confidential",
        "this email is confidential",
        "unsubscribe",
        "virus-free",
        "本メールに含まれる情報",
        "機密情報が含まれ",
        "誤って受信され",
        "誤って本メールを受信",
        "配信停止",
        "本メールは送信専用",
        "お心当たりのない場合",
    ]
    .iter()
    .any(|words| lower.contains(words))
}

/// Five or more drawing characters and nothing else.
pub(super) fn is_rule(line: &str) -> bool {
    let line = line.trim();
    let drawing = |c: char| "―─━–—-＝=＊*□■＿_～~＋+・.…☆★◇◆#|┏┓┗┛〓 ".contains(c);
    line.chars().count() >= 5 && line.chars().all(drawing) && !line.starts_with('>')
}

fn is_closing(line: &str) -> bool {
    let lower = line.trim().to_lowercase();
    let words = lower.trim_end_matches([',', '.', '!', ' ', '-', '–', '—']);
    matches!(
        words,
        "best regards"
            | "kind regards"
            | "warm regards"
            | "with kind regards"
            | "with best regards"
            | "kindest regards"
            | "regards"
            | "best"
            | "thanks"
            | "many thanks"
            | "thank you"
            | "thanks again"
            | "thanks in advance"
            | "sincerely"
            | "sincerely yours"
            | "yours sincerely"
            | "yours faithfully"
            | "yours truly"
            | "yours"
            | "cheers"
            | "best wishes"
            | "all the best"
            | "warmly"
            | "respectfully"
            | "cordially"
            | "talk soon"
            | "take care"
            | "敬具"
            | "以上"
    )
}

/// Tells how to reach a person or where a company is.
fn is_contact(line: &str) -> bool {
    let lower = line.to_lowercase();
    let labels = [
        "tel",
        "fax",
        "phone",
        "mobile",
        "電話",
        "携帯",
        "〒",
        "http://",
        "https://",
        "www.",
        "e-mail",
        "mail:",
        "住所",
        "株式会社",
        "有限会社",
        "合同会社",
        "(株)",
        "㈱",
    ];
    let number = line.chars().filter(char::is_ascii_digit).count() >= 8 && line.width() < 60;
    labels.iter().any(|label| lower.contains(label)) || (line.contains('@') && line.contains('.')) || number
}

/// A sentence: signatures have none.
fn is_prose(line: &str) -> bool {
    let line = line.trim();
    let japanese = line.ends_with('。') || line.ends_with("ます") || line.ends_with("ました");
    let english = line.split_whitespace().count() > 6
        && line.ends_with(['.', '?', '!'])
        && !line.contains('@')
        && !line.contains("Ltd");
    japanese || english
}
