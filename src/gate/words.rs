//! What a mail program shows its user when a mail is handed back. Pure.

use std::time::Duration;

use crate::finding::Finding;
use crate::lang::{Bilingual, Lang};
use crate::verdict::{Policy, Verdict};

/// How answers are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) lang: Lang,
    /// Lines after the first may be other than ASCII.
    pub(super) utf8: bool,
}

/// The lines for a mail that passes when it is sent again within `window`.
pub(super) fn returned(findings: &[Finding], policy: &Policy, style: Style, window: Duration) -> Vec<String> {
    let minutes = window.as_secs().div_ceil(60).max(1);
    let ask = Bilingual::new(
        format!("Fix it, or send again within {minutes} min to confirm"),
        format!("直して送るか、このままでよければ {minutes} 分以内に同じメールをもう一度送ってください"),
    );
    lines(findings, policy, style, &ask)
}

/// The lines for a mail that does not pass however often it is sent.
pub(super) fn rejected(findings: &[Finding], policy: &Policy, style: Style) -> Vec<String> {
    let ask = Bilingual::new("It was not sent. Fix it and send it again", "送信していません。直してから送ってください");
    lines(findings, policy, style, &ask)
}

/// First a line in ASCII that says all for clients that show only one; then a line per finding in the user's language.
/// No line ends in a full stop: mail programs put one, and a sentence of their own, behind the last.
fn lines(findings: &[Finding], policy: &Policy, style: Style, ask: &Bilingual) -> Vec<String> {
    // Remarks that would not have stopped the mail would only hide those that did.
    let mut told: Vec<&Finding> = findings.iter().filter(|finding| policy.of(finding) > Verdict::Forward).collect();
    if told.is_empty() {
        told = findings.iter().collect();
    }
    told.sort_by_key(|finding| std::cmp::Reverse(policy.of(finding)));
    let first = told.first().map_or("This mail was stopped".to_owned(), |worst| ascii(stem(&worst.title.en)));
    let mut lines = vec![format!("[atena] {first}. {}", ask.en)];
    lines.extend(told.iter().map(|finding| line(finding, style)));
    // Some mail programs show the last line only.
    if let (Lang::Ja, true, Some(last)) = (style.lang, style.utf8, lines.last_mut()) {
        last.push_str(&format!("（{}）", ask.ja));
    }
    lines
}

fn line(finding: &Finding, style: Style) -> String {
    match (style.lang, style.utf8) {
        (Lang::Ja, true) => format!("・{}。{}", stem(&finding.title.ja), stem(&finding.advice.ja)),
        (Lang::En, true) => format!("- {}. {}", stem(&finding.title.en), stem(&finding.advice.en)),
        (_, false) => ascii(&format!("- {}. {}", stem(&finding.title.en), stem(&finding.advice.en))),
    }
}

fn stem(text: &str) -> &str {
    text.trim_end().trim_end_matches(['.', '。'])
}

/// Quotation marks and dashes become their plain forms; a name in another script leaves one mark: `Dear "..."`.
fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        let c = match c {
            '“' | '”' | '「' | '」' => '"',
            '‘' | '’' => '\'',
            '–' | '—' => '-',
            other => other,
        };
        if c.is_ascii() {
            out.push(c);
        } else if !gap {
            out.push_str("...");
        }
        gap = !c.is_ascii();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Confidence, Level, Location};

    fn finding(rule: &str, level: Level, en: &str, ja: &str) -> Finding {
        Finding {
            rule: rule.to_owned(),
            level,
            confidence: Confidence::High,
            title: Bilingual::new(en, ja),
            why: Bilingual::new("", ""),
            advice: Bilingual::new("Read it again.", "読み返してください。"),
            location: Location::of_mail(),
            evidence: Vec::new(),
            doubt: None,
        }
    }

    fn findings() -> Vec<Finding> {
        vec![
            finding("name", Level::Error, "The greeting says “佐藤”, To is ito@a.example", "宛名が「佐藤」です"),
            finding("file", Level::Warning, "A file is missing.", "添付がありません。"),
        ]
    }

    fn policy() -> Policy {
        Policy { error: Verdict::Return, ..Policy::default() }
    }

    #[test]
    fn the_first_line_says_all_in_ascii_and_the_rest_follows_in_japanese() {
        let style = Style { lang: Lang::Ja, utf8: true };
        let lines = returned(&findings(), &policy(), style, Duration::from_secs(600));
        assert_eq!(
            lines,
            [
                "[atena] The greeting says \"...\", To is ito@a.example. Fix it, or send again within 10 min to confirm",
                "・宛名が「佐藤」です。読み返してください（直して送るか、このままでよければ 10 分以内に同じメールをもう一度送ってください）",
            ],
            "the warning did not stop the mail"
        );
    }

    #[test]
    fn what_stopped_the_mail_comes_first_and_ascii_is_kept_when_asked_for() {
        let mut policy = policy();
        policy.rules.insert("file".to_owned(), Verdict::Reject);
        let style = Style { lang: Lang::Ja, utf8: false };
        let lines = rejected(&findings(), &policy, style);
        assert_eq!(lines[0], "[atena] A file is missing. It was not sent. Fix it and send it again");
        assert_eq!(lines[1], "- A file is missing. Read it again");
        assert_eq!(lines[2], "- The greeting says \"...\", To is ito@a.example. Read it again");
        assert!(lines.iter().all(|line| line.is_ascii()));
    }
}
