//! The mails of a quoted thread, one by one: who wrote each, to whom, and where it stands.
//!
//! What a head does not tell is not guessed: names without addresses, as some programs write them inside one house,
//! leave the list of recipients incomplete.

use std::ops::Range;

use super::reading::Reading;
use crate::message::Address;

/// One mail of the quoted thread.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct QuotedMail {
    pub(super) text: usize,
    /// In the original text, its head included.
    pub(super) range: Range<usize>,
    /// As written, in lower case.
    pub(super) author: Option<String>,
    /// The addresses of To and Cc, in lower case.
    pub(super) recipients: Vec<String>,
    /// Every recipient of To and Cc is among `recipients`, and there is one.
    pub(super) complete: bool,
    /// Its head names its author and its recipients, and none of them by address.
    pub(super) names_only: bool,
}

/// The quoted mails, newest first in each text.
pub(super) fn quoted_mails(reading: &Reading<'_>) -> Vec<QuotedMail> {
    let mut out = Vec::new();
    let quoting = reading.texts.iter().enumerate().filter(|(_, part)| !part.body.anatomy.quoted.is_empty());
    for (text, part) in quoting {
        let body = part.body;
        let lines = lines(&body.original, &body.anatomy.quoted);
        let mut mails = heads(&lines);
        let begins = lines.first().map_or(0, |line| line.start);
        let first_head = mails.first().map_or(usize::MAX, |mail| mail.range.start);
        let newest = body.anatomy.quote_head.as_ref().filter(|_| !lines.is_empty());
        match newest {
            Some(head) => {
                let author = head.address.as_deref().and_then(author_in);
                // One block of fields, read twice; or an attribution line above a nested mail.
                let is_newest = |mail: &QuotedMail| {
                    let mut fields = body.original[mail.range.start..].lines().take(LONGEST_HEAD);
                    let told = head.address.as_deref().unwrap_or_default();
                    blank_until(&lines, mail.range.start) && fields.any(|line| line.contains(told))
                };
                if !mails.first().is_some_and(is_newest) {
                    // A head of another form: whom it leaves out nobody knows.
                    let listed = head.recipients.iter().take(MOST_RECIPIENTS);
                    let recipients = listed.filter_map(|one| address_in(one)).collect();
                    mails.insert(0, QuotedMail { range: begins..begins, author, recipients, ..QuotedMail::default() });
                }
            }
            None if !blank_until(&lines, first_head) => {
                mails.insert(0, QuotedMail { range: begins..begins, ..QuotedMail::default() });
            }
            None => {}
        }
        let end = lines.last().map_or(0, |line| line.start + line.text.len());
        let starts: Vec<usize> = mails.iter().map(|mail| mail.range.start).skip(1).chain([end]).collect();
        for (mail, end) in mails.iter_mut().zip(starts) {
            (mail.text, mail.range.end) = (text, end.max(mail.range.start));
        }
        out.extend(mails);
    }
    out
}

struct Line<'a> {
    text: &'a str,
    start: usize,
}

fn lines<'a>(text: &'a str, ranges: &[Range<usize>]) -> Vec<Line<'a>> {
    let mut out = Vec::new();
    for range in ranges {
        let mut start = range.start;
        for line in text[range.clone()].split('\n') {
            out.push(Line { text: line.trim_end_matches('\r'), start });
            start += line.len() + 1;
        }
    }
    out
}

fn blank_until(lines: &[Line<'_>], start: usize) -> bool {
    lines.iter().take_while(|line| line.start < start).all(|line| {
        let text = line.text.trim();
        text.chars().all(|c| !c.is_alphanumeric()) || text.starts_with("--") || text.ends_with([':', '：'])
    })
}

/// A head has a handful of fields, some of them wrapped.
const LONGEST_HEAD: usize = 10;

/// A head that names more recipients is a circular's; it is not complete then.
const MOST_RECIPIENTS: usize = 100;

/// Every head of a mail among the lines, as a mail that ends where it begins.
fn heads(lines: &[Line<'_>]) -> Vec<QuotedMail> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        // Some programs write the subject and the date in front of the author.
        let above = lines[..at].iter().rev().take(3).take_while(|line| label(line.text).is_some()).count();
        let mut start = lines[at].start;
        let mail = match label(lines[at].text) {
            Some((Label::Author, value)) => {
                let rest = &lines[at + 1..lines.len().min(at + 1 + LONGEST_HEAD)];
                let rest = &rest[..rest.iter().position(|line| line.text.trim().is_empty()).unwrap_or(rest.len())];
                let fields = rest.iter().filter(|line| label(line.text).is_some()).count();
                start = lines[at - above].start;
                (fields + above >= 2).then(|| block(value, rest))
            }
            _ => attribution(&lines[..=at]),
        };
        if let Some(mail) = mail {
            out.push(QuotedMail { range: start..start, ..mail });
        }
        at += 1;
    }
    out
}

/// The fields behind the author's.
fn block(author: &str, rest: &[Line<'_>]) -> QuotedMail {
    let mut recipients = Vec::new();
    let mut in_recipients = false;
    for line in rest {
        let value = match label(line.text) {
            Some((Label::Recipients, value)) => {
                in_recipients = true;
                value
            }
            Some(_) => {
                in_recipients = false;
                continue;
            }
            None => line.text,
        };
        if in_recipients {
            let listed = value.split([',', ';']).map(str::trim).filter(|one| !one.is_empty());
            recipients.extend(listed.map(address_in).take(MOST_RECIPIENTS + 1 - recipients.len().min(MOST_RECIPIENTS)));
        }
    }
    let names_only = address_in(author).is_none()
        && author.chars().any(char::is_alphabetic)
        && !recipients.is_empty()
        && recipients.iter().all(Option::is_none);
    QuotedMail {
        names_only,
        author: author_in(author),
        complete: (1..=MOST_RECIPIENTS).contains(&recipients.len()) && recipients.iter().all(Option::is_some),
        recipients: recipients.into_iter().flatten().collect(),
        ..QuotedMail::default()
    }
}

/// Of `List <list-bounces@…> on behalf of Priya <priya@…>` the second one wrote it; a machine's address is nobody's.
fn author_in(value: &str) -> Option<String> {
    let deputy = ["on behalf of", "の代理", "代理人"].iter().any(|words| value.contains(words));
    let author = if deputy { addresses(value).last() } else { address_in(value) };
    author.filter(|address| !address.contains("-bounces"))
}

/// `On …, Priya <priya@alder.example> wrote:`, `… <k-sato@aoba.example>のメール:`, at its last line.
fn attribution(lines: &[Line<'_>]) -> Option<QuotedMail> {
    let whole = lines.last()?.text.trim();
    let last = whole.strip_suffix([':', '：'])?;
    let ends = ["wrote", "のメール", "書きました", ">"].iter().any(|end| last.ends_with(end));
    if !ends || whole.len() > 300 {
        return None;
    }
    let above = lines.len().checked_sub(2).map(|n| lines[n].text).filter(|text| !text.trim().is_empty());
    let author = author_in(whole).or_else(|| above.and_then(author_in))?;
    Some(QuotedMail { author: Some(author), ..QuotedMail::default() })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Label {
    Author,
    Recipients,
    Other,
}

fn label(line: &str) -> Option<(Label, &str)> {
    const LONGEST: usize = 40;
    let line = line.trim_start_matches(['*', ' ', '\t', '\u{3000}']);
    if !line.starts_with(|c: char| "ftcsdrFTCSDR差送宛写日件受".contains(c)) {
        return None;
    }
    let colon = line.char_indices().take(LONGEST).find(|(_, c)| matches!(c, ':' | '：'))?;
    let name = line[..colon.0].trim_matches(|c: char| c == '*' || c.is_whitespace()).to_lowercase();
    let label = match name.as_str() {
        "from" | "差出人" | "送信者" | "送信元" => Label::Author,
        "to" | "cc" | "宛先" | "写し" => Label::Recipients,
        "sent" | "date" | "subject" | "reply-to" | "送信日時" | "日付" | "日時" | "件名" | "受信日時" => {
            Label::Other
        }
        _ => return None,
    };
    Some((label, line[colon.0 + colon.1.len_utf8()..].trim_matches(|c: char| c == '*' || c.is_whitespace())))
}

/// The first address of a text, in lower case.
pub(super) fn address_in(text: &str) -> Option<String> {
    addresses(text).next()
}

/// Every address of a text, in lower case.
pub(super) fn addresses(text: &str) -> impl Iterator<Item = String> {
    let separator = |c: char| c.is_whitespace() || "<>()[]\"',;:：、。「」（）＜＞".contains(c);
    let words = text.split(separator).filter(|word| word.contains('@') && !word.starts_with("mailto"));
    words.filter_map(|word| Address::parse(word.trim_matches(['.', '*'])).ok()).map(|address| address.key())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mails(text: &str) -> Vec<(Option<String>, Vec<String>, bool)> {
        let whole = 0..text.len();
        let lines = lines(text, std::slice::from_ref(&whole));
        heads(&lines).into_iter().map(|mail| (mail.author, mail.recipients, mail.complete)).collect()
    }

    #[test]
    fn reads_the_heads_of_a_thread() {
        let text = "-----Original Message-----\r\nFrom: 藤田 <fujita@own.example>\r\nSent: Friday\r\nTo: 小川 <ogawa@own.example>; Priya [mailto:priya@alder.example]\r\n\
                    Cc: x@own.example,\r\n y@own.example\r\nSubject: Re: a\r\n\r\n小川さん\r\n\r\n2026/10/14 10:23、佐藤 健一\r\n<K-Sato@aoba.example>のメール:\r\n\
                    old\r\n\r\nFrom: Neal, Scott\r\nSent: Monday\r\nTo: Sherriff, John\r\nSubject: x\r\n";
        assert_eq!(
            mails(text),
            [
                (
                    Some("fujita@own.example".to_owned()),
                    ["ogawa@own.example", "priya@alder.example", "x@own.example", "y@own.example"]
                        .map(str::to_owned)
                        .into(),
                    true
                ),
                (Some("k-sato@aoba.example".to_owned()), Vec::new(), false),
                (None, Vec::new(), false),
            ]
        );
        let thunderbird = "-------- 転送メッセージ --------\n件名: 納期\n日付: 2026年10月14日\n差出人: 佐藤 <k-sato@aoba.example>\n宛先: ogawa@own.example\n\n本文";
        let told = (Some("k-sato@aoba.example".to_owned()), vec!["ogawa@own.example".to_owned()], true);
        assert_eq!(mails(thunderbird), [told]);
        let deputy = "From: dev <dev-bounces+me=own.example@lists.example> on behalf of Ann <ann@x.example>\nSent: Monday\nTo: dev@lists.example\n";
        assert_eq!(mails(deputy)[0].0.as_deref(), Some("ann@x.example"));
        assert!(mails("From: the start\nwe said:\nTo: no end\n\nDate: none\n").is_empty());
    }
}
