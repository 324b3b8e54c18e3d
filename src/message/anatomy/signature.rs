//! Signatures at the end of own text: behind a delimiter, in a box, below a closing, or without any sign.

use super::contact::{
    is_contact, is_fact, is_name, is_personal_contact, is_postscript, is_reference, is_rule, is_sentence,
};
use super::{Line, Zone};
use crate::message::text::is_wide;

/// A signature longer than this is a text.
const MAX_LINES: usize = 16;

/// Own text goes on below a signature at most so often.
const MAX_SIGNATURES: usize = 3;

/// Marks signatures among the own lines; footers are marked already, since a signature ends where they begin.
pub(super) fn mark(lines: &mut [Line<'_>]) {
    let mut start = 0;
    while start < lines.len() {
        let length = lines[start..].iter().take_while(|line| line.zone == Zone::Own).count();
        let mut segment = &mut lines[start..start + length];
        for _ in 0..MAX_SIGNATURES {
            let Some(found) = find(segment) else { break };
            let end = end(segment, &found);
            segment[found.start..end].iter_mut().for_each(|line| line.zone = Zone::Signature);
            segment = &mut segment[end..];
        }
        start += length + 1;
    }
}

/// Where a signature begins, and up to where it is one beyond doubt.
#[derive(Debug, Clone, Copy)]
struct Found {
    start: usize,
    sure: usize,
}

fn find(segment: &[Line<'_>]) -> Option<Found> {
    [
        delimiter(segment),
        ruled(segment),
        after_closing(segment),
        contact_block(segment),
        name_block(segment),
        device(segment),
    ]
    .into_iter()
    .flatten()
    .min_by_key(|found| found.start)
}

/// A signature goes on to where somebody speaks again; that paragraph is own text as a whole.
fn end(segment: &[Line<'_>], found: &Found) -> usize {
    let mut at = found.sure;
    while at < segment.len() {
        if segment[at].is_blank() {
            at += 1;
            continue;
        }
        let length = segment[at..].iter().take_while(|line| !line.is_blank()).count();
        let block = &segment[at..at + length];
        let follows = at > found.sure && segment[at - 1].is_blank();
        let fits = |line: &Line<'_>| is_contact(line.text) || is_rule(line.text) || is_name(line.text);
        let speaks = block.iter().position(|line| tells(line.text));
        match speaks {
            Some(first) => return if follows || !block[..first].iter().all(fits) { at } else { at + first },
            None if follows && !block.iter().any(fits) => return at,
            None => at += length,
        }
    }
    segment.len()
}

/// The author speaks.
fn tells(line: &str) -> bool {
    is_sentence(line) || is_postscript(line) || is_fact(line) || is_reference(line)
}

/// RFC 3676 section 4.3: "-- "; mail programs and people lose the space, and then it may be a line between thoughts.
fn delimiter(segment: &[Line<'_>]) -> Option<Found> {
    let at = segment.iter().position(|line| matches!(line.text, "-- " | "--" | "—" | "---"))?;
    let speaks = |line: &Line<'_>| is_postscript(line.text);
    if segment[at].text == "-- " {
        let sure = segment[at..].iter().position(speaks).map_or(segment.len(), |length| at + length);
        return Some(Found { start: at, sure });
    }
    let rest = &segment[at + 1..];
    let filled = rest.iter().filter(|line| !line.is_blank()).count();
    let fits = (1..=MAX_LINES).contains(&filled)
        && rest.iter().find(|line| !line.is_blank()).is_some_and(|line| is_name(line.text) || is_contact(line.text));
    fits.then_some(Found { start: at, sure: at + 1 })
}

/// Where the last lines begin among which a signature can be; blank lines count, so there is room for them.
fn tail(segment: &[Line<'_>]) -> usize {
    segment.len().saturating_sub(MAX_LINES * 4)
}

/// A rule line, then lines of which some tell how to reach a person, perhaps up to another rule line.
fn ruled(segment: &[Line<'_>]) -> Option<Found> {
    (tail(segment)..segment.len()).filter(|&at| is_rule(segment[at].text)).find_map(|at| {
        let rest = &segment[at + 1..];
        let closing = rest.iter().position(|line| is_rule(line.text));
        let inside = &rest[..closing.unwrap_or(rest.len())];
        let filled = inside.iter().filter(|line| !line.is_blank()).count();
        let contacts = inside.iter().filter(|line| is_personal_contact(line.text)).count();
        let speaks = inside.iter().filter(|line| is_sentence(line.text)).count();
        let tells = inside.iter().any(|line| is_fact(line.text) || is_postscript(line.text));
        // A box may hold a motto among the addresses.
        let fits = contacts >= 1 && (speaks == 0 || (closing.is_some() && contacts >= 2 && speaks == 1));
        let sure = closing.map_or(at + 1, |closing| at + closing + 2);
        ((1..=MAX_LINES).contains(&filled) && fits && !tells).then_some(Found { start: at, sure })
    })
}

/// Behind "Kind regards," stand the names.
fn after_closing(segment: &[Line<'_>]) -> Option<Found> {
    const CLOSINGS: usize = 3;
    let tail = tail(segment);
    let closings = (tail..segment.len()).rev().filter(|&at| is_closing(segment[at].text)).take(CLOSINGS);
    let named = |&at: &usize| {
        let next = segment[at + 1..].iter().find(|line| !line.is_blank());
        next.is_some_and(|line| is_name(line.text) || is_contact(line.text) && !is_sentence(line.text))
    };
    let at = closings.filter(named).last()?;
    Some(Found { start: at + 1, sure: at + 1 })
}

/// The last block of lines, when two or more of them tell how to reach a person; the names above it too.
fn contact_block(segment: &[Line<'_>]) -> Option<Found> {
    let (first, block) = last_block(segment)?;
    let contacts = block.iter().filter(|line| is_contact(line.text)).count();
    let speaks = block.iter().any(|line| is_sentence(line.text) || is_fact(line.text));
    if first == 0 || block.len() > MAX_LINES || contacts < 2 || speaks {
        return None;
    }
    let above = last_block(&segment[..first]).filter(|(start, above)| {
        *start > 0 && above.len() <= 3 && above.iter().all(|line| is_wide_name(line.text) || is_company(line.text))
    });
    let start = above.map_or(first, |(start, _)| start);
    Some(Found { start, sure: segment.len() })
}

fn is_company(line: &str) -> bool {
    ["株式会社", "有限会社", "合同会社", "(株)", "（株）", "㈱"].iter().any(|form| line.contains(form)) && is_name(line)
}

/// Below 「よろしくお願いいたします。」 stands who wrote.
fn name_block(segment: &[Line<'_>]) -> Option<Found> {
    let (first, block) = last_block(segment)?;
    let (_, above) = last_block(&segment[..first])?;
    let asks =
        ["お願いいたします。", "お願い致します。", "お願いします。", "申し上げます。", "いたします。", "致します。"];
    let closes = above.last().is_some_and(|line| asks.iter().any(|ending| line.text.trim_end().ends_with(ending)));
    let fits = block.len() <= 3 && block.iter().all(|line| is_wide_name(line.text));
    (closes && fits).then_some(Found { start: first, sure: segment.len() })
}

/// A name in Japanese script; what goes on in hiragana is none: 「資料は別便にて」.
fn is_wide_name(line: &str) -> bool {
    let goes_on = line.trim_end().ends_with(|c| ('\u{3041}'..='\u{3096}').contains(&c));
    is_name(line) && line.chars().any(is_wide) && !goes_on
}

/// The last lines without a blank one between them, and where they begin.
fn last_block<'a, 'b>(segment: &'a [Line<'b>]) -> Option<(usize, &'a [Line<'b>])> {
    let last = segment.iter().rposition(|line| !line.is_blank())?;
    let first = segment[..last].iter().rposition(Line::is_blank).map_or(0, |at| at + 1);
    Some((first, &segment[first..=last]))
}

/// What telephones and web mail put below a text.
fn device(segment: &[Line<'_>]) -> Option<Found> {
    let at = segment.iter().position(|line| is_device(line.text))?;
    Some(Found { start: at, sure: at + 1 })
}

fn is_device(line: &str) -> bool {
    const LONGEST: usize = 80;
    const STARTS: [&str; 17] = [
        "sent from my ",
        "sent from outlook",
        "sent from mail for",
        "sent from yahoo",
        "sent from the ",
        "sent via ",
        "sent with ",
        "get outlook for",
        "von meinem ",
        "gesendet von ",
        "envoyé de",
        "envoyé depuis",
        "enviado desde",
        "inviato da",
        "发自我的",
        "나의 iphone",
        "sent from a ",
    ];
    const MAKES: [&str; 14] = [
        "iphone",
        "ipad",
        "android",
        "xperia",
        "galaxy",
        "aquos",
        "スマートフォン",
        "スマホ",
        "携帯",
        "outlook",
        "gmail",
        "yahoo",
        "docomo",
        "アプリ",
    ];
    let line = line.trim().trim_matches(['<', '>', '[', ']', '(', ')', '（', '）']);
    if line.len() > LONGEST || line.len() < 8 {
        return false;
    }
    let starts = |start: &str| line.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start));
    // "Sent with care" is said; "Sent from my iPhone" is not.
    let shaped = STARTS.iter().any(|start| starts(start)) && !line.ends_with(['?', '!', ':']);
    if shaped && (line.split_whitespace().count() <= 8) {
        return true;
    }
    let sends = ["から送信", "から送信しました", "より送信", "から送信されました", "を入手", "から送信。"]
        .iter()
        .any(|end| line.ends_with(end));
    let lower = line.to_lowercase();
    sends && MAKES.iter().any(|make| lower.contains(make))
}

fn is_closing(line: &str) -> bool {
    const LONGEST: usize = 40;
    const CLOSINGS: [&str; 46] = [
        "best regards",
        "kind regards",
        "warm regards",
        "with kind regards",
        "with best regards",
        "kindest regards",
        "with warm regards",
        "regards",
        "rgds",
        "br",
        "best",
        "thanks",
        "many thanks",
        "thank you",
        "thanks again",
        "thanks and regards",
        "thanks & regards",
        "thanks and best regards",
        "thank you very much",
        "thanks in advance",
        "thanks so much",
        "sincerely",
        "sincerely yours",
        "yours sincerely",
        "yours faithfully",
        "yours truly",
        "yours",
        "very truly yours",
        "cheers",
        "best wishes",
        "with best wishes",
        "all the best",
        "all best",
        "warmly",
        "respectfully",
        "cordially",
        "talk soon",
        "take care",
        "mit freundlichen grüßen",
        "viele grüße",
        "cordialement",
        "saludos",
        "cordiali saluti",
        "敬具",
        "以上",
        "草々",
    ];
    let line = line.trim().trim_end_matches([',', '.', '!', ' ', '-', '–', '—', '、', '。']);
    line.len() <= LONGEST && CLOSINGS.contains(&line.to_lowercase().as_str())
}
