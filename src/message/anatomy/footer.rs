//! What machines add: disclaimers, list and virus notices, the armour of PGP.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::contact::{is_rule, is_sentence};
use super::{Line, Zone};

/// Words only machines and legal departments write; lower case.
const PHRASES: [&str; 56] = [
    "intended recipient",
    "intended solely for",
    "intended only for",
    "solely for the use of",
    "and any attachments are confidential",
    "any attachments may contain",
    "any attachment may contain",
    "any files transmitted with it",
    "this e-mail is confidential",
    "this email is confidential",
    "confidentiality notice",
    "received this email in error",
    "received this e-mail in error",
    "received this message in error",
    "delete it from your system",
    "think before you print",
    "before printing this e",
    "to unsubscribe",
    "unsubscribe from this",
    "unsubscribe |",
    "| unsubscribe",
    "unsubscribe:",
    "list-unsubscribe",
    "virus-free. www",
    "virus-free.www",
    "checked for viruses by",
    "scanned for viruses",
    "because you are subscribed to",
    "/listinfo/",
    "registered office:",
    "registered in england",
    "company registered in",
    "diese e-mail enthält vertrauliche",
    "nicht der richtige adressat",
    "diese e-mail irrtümlich",
    "ce message et toutes les pièces jointes",
    "本メールに含まれる情報",
    "本メールに含まれている情報",
    "ファイルに含まれる情報は",
    "本メールには機密",
    "本メールには秘密",
    "本電子メールには",
    "本電子メールに含まれる",
    "このメールには機密",
    "このメールには秘密",
    "誤って受信された場合",
    "誤って本メールを受信",
    "メールにお心当たり",
    "メールに心当たり",
    "配信停止はこちら",
    "配信停止をご希望",
    "配信の停止をご希望",
    "本メールは送信専用",
    "このメールはウイルス",
    "ウイルススキャン済み",
    "このeメールはアバスト",
];
const BEGIN_MESSAGE: usize = PHRASES.len();
const BEGIN_SIGNED: usize = PHRASES.len() + 1;
const BEGIN_SIGNATURE: usize = PHRASES.len() + 2;
const ARMOUR: [&str; 3] =
    ["-----begin pgp message-----", "-----begin pgp signed message-----", "-----begin pgp signature-----"];

static SIGNS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostFirst)
        .build(PHRASES.iter().chain(&ARMOUR))
        .expect("a few dozen literals")
});

/// More notices than this no mail ends with.
const MAX_NOTICES: usize = 16;

/// Marks footers; tells whether the own text hides an encrypted message.
pub(super) fn mark(text: &str, lines: &mut [Line<'_>]) -> bool {
    let mut is_encrypted = false;
    let mut notices = Vec::new();
    for found in SIGNS.find_iter(text) {
        let at = lines.partition_point(|line| line.start <= found.start()).saturating_sub(1);
        if lines[at].zone != Zone::Own {
            continue;
        }
        match found.pattern().as_usize() {
            BEGIN_MESSAGE if lines[at].start == found.start() => {
                armour(&mut lines[at..], "-----END PGP MESSAGE");
                is_encrypted = true;
            }
            BEGIN_SIGNED if lines[at].start == found.start() => signed_head(&mut lines[at..]),
            BEGIN_SIGNATURE if lines[at].start == found.start() => armour(&mut lines[at..], "-----END PGP SIGNATURE"),
            BEGIN_MESSAGE..=BEGIN_SIGNATURE => {}
            // The author speaks about such words.
            _ if text[..found.start()].ends_with(['"', '“', '\'', '‘', '「', '『']) => {}
            _ if notices.last() != Some(&at) => notices.push(at),
            _ => {}
        }
    }
    for &at in notices.iter().rev().take(MAX_NOTICES) {
        if lines[at].zone == Zone::Own {
            notice(lines, at);
        }
    }
    is_encrypted
}

/// From the line that begins the armour to the line that ends it (RFC 9580 section 6.2).
fn armour(lines: &mut [Line<'_>], end: &str) {
    let length = lines.iter().position(|line| line.text.starts_with(end)).map_or(lines.len(), |at| at + 1);
    lines[..length].iter_mut().for_each(|line| line.zone = Zone::Footer);
}

/// The line that begins a signed text, and its "Hash:" fields up to the blank line (RFC 9580 section 7).
fn signed_head(lines: &mut [Line<'_>]) {
    const FIELDS: usize = 5;
    let length = lines.iter().take(FIELDS).position(Line::is_blank).unwrap_or(1);
    lines[..length].iter_mut().for_each(|line| line.zone = Zone::Footer);
}

/// Marks the paragraph of a notice, unless the author speaks above it in the same breath or goes on below.
fn notice(lines: &mut [Line<'_>], at: usize) {
    let is_text = |line: &Line<'_>| line.zone == Zone::Own && !line.is_blank();
    let block = lines[..at].iter().rposition(|line| !is_text(line)).map_or(0, |blank| blank + 1);
    let end = at + lines[at..].iter().take_while(|line| is_text(line)).count();
    let below = lines[end..].iter().take_while(|line| line.zone == Zone::Own);
    let goes_on = below.clone().any(|line| is_sentence(line.text));
    // What stands on top is what the mail is about.
    let is_first = lines[..block].iter().all(Line::is_blank);
    let drawn = (block..at).rev().find(|&above| is_delimiter(lines[above].text));
    let thought = (block..at).rev().find(|&above| ends_thought(lines[above].text)).map(|above| above + 1);
    let start = drawn.or(thought).unwrap_or(block);
    if goes_on || (is_first && start == block) || lines[start..end].iter().any(|line| says_i(line.text)) {
        return;
    }
    lines[start..end].iter_mut().for_each(|line| line.zone = Zone::Footer);
}

fn is_delimiter(line: &str) -> bool {
    is_rule(line) || matches!(line.trim_end(), "--" | "---")
}

/// Machines and legal departments have no I.
fn says_i(line: &str) -> bool {
    line.split(|c: char| !c.is_ascii_alphabetic()).any(|word| matches!(word, "I" | "me" | "my" | "My"))
}

fn ends_thought(line: &str) -> bool {
    line.trim_end().ends_with(['.', '!', '?', '。', '！', '？'])
}

#[cfg(test)]
mod tests {
    use super::super::Anatomy;

    #[test]
    fn what_the_author_says_about_notices_is_own_text() {
        for text in [
            "Hi Kim,\n\nplease unsubscribe me from the list.\n\nAlso, how do I unsubscribe my colleague?\n\nThanks",
            "Dear Kim,\n\nthe words \"intended recipient\" must go.\n\nPlease change the page by Friday.\n",
            "お世話になっております。\n\n添付には機密情報が含まれますので、お取扱いにご注意ください。\n",
            "お詫び申し上げます。\n\n誤って送信されたメールは、破棄くださいますようお願いいたします。\n",
            "お世話になっております。\n\n配信停止のご依頼を承りました。\n\n来月分より停止いたします。\n",
            "This e-mail is confidential, you wrote. Why?\n",
        ] {
            assert!(Anatomy::of(text).footer.is_empty(), "{text}");
        }
    }
}
