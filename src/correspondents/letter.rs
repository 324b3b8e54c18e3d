//! Mails written out: a line of JSON history as the mail it tells of, and a mail as it would be to other people.

use std::ops::Range;

use jiff::tz::TimeZone;

use super::record::{mail_of, time};
use super::{Addressee, Field};
use crate::message::anatomy::Anatomy;

/// The mail that a line of JSON history tells of, as a mail program would have written it; `None` where the line is about
/// something else.
///
/// # Errors
/// Why the line tells of no mail, without its text.
pub fn letter(line: &str) -> Result<Option<String>, String> {
    let Some(mail) = mail_of(line)? else { return Ok(None) };
    let at = time(&mail.date).ok_or("`date` is no date, written as 2026-10-14T10:00:00Z")?;
    let mut out = format!("From: {}\r\n", one_line(&mail.from));
    for (name, list) in [("To", &mail.to), ("Cc", &mail.cc), ("Bcc", &mail.bcc)] {
        let list: Vec<String> = list.iter().map(|one| one_line(one)).collect();
        if !list.is_empty() {
            out += &format!("{name}: {}\r\n", list.join(",\r\n "));
        }
    }
    out += &format!("Subject: {}\r\n", one_line(&mail.subject));
    out += &format!("Date: {}\r\n", at.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S %z"));
    for (name, id) in [("Message-ID", &mail.id), ("In-Reply-To", &mail.in_reply_to)] {
        let id = one_line(id.trim().trim_start_matches('<').trim_end_matches('>'));
        if !id.is_empty() {
            out += &format!("{name}: <{id}>\r\n");
        }
    }
    out += "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";
    out += &text(&mail.body, &mail.quoted).replace("\r\n", "\n").replace('\n', "\r\n");
    Ok(Some(out))
}

/// What was written and what others wrote before, so that a reader can tell them apart.
fn text(body: &str, quoted: &str) -> String {
    let body = body.trim_end();
    if quoted.trim().is_empty() {
        return format!("{body}\n");
    }
    let plain = format!("{body}\n\n{quoted}\n");
    // Programs that mark no line have a head of their own above it, which is known most times.
    let end = |range: &Range<usize>| range.start + plain[range.clone()].trim_end().len();
    let is_told_apart = Anatomy::of(&plain).own.iter().all(|range| end(range) <= body.len());
    if is_told_apart {
        return plain;
    }
    let marked: Vec<String> = quoted.lines().map(|line| format!("> {line}")).collect();
    format!("{body}\n\n{}\n", marked.join("\n"))
}

/// The mail, to these people instead.
pub fn readdressed(raw: &[u8], recipients: &[Addressee]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() + 256);
    for (name, field) in [("To", Field::To), ("Cc", Field::Cc), ("Bcc", Field::Bcc)] {
        let list: Vec<String> = recipients.iter().filter(|one| one.field == field).map(mailbox).collect();
        if !list.is_empty() {
            out.extend_from_slice(format!("{name}: {}\r\n", list.join(",\r\n ")).as_bytes());
        }
    }
    let mut lines = raw.split_inclusive(|&octet| octet == b'\n').peekable();
    let mut is_left_out = false;
    while let Some(line) = lines.next_if(|line| !line.trim_ascii().is_empty()) {
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            let name = line.split(|&octet| octet == b':').next().unwrap_or_default().trim_ascii().to_ascii_lowercase();
            is_left_out = matches!(name.as_slice(), b"to" | b"cc" | b"bcc");
        }
        if !is_left_out {
            out.extend_from_slice(line);
        }
    }
    lines.for_each(|line| out.extend_from_slice(line));
    out
}

fn mailbox(one: &Addressee) -> String {
    let name = one_line(&one.name).replace('\\', "\\\\").replace('"', "\\\"");
    if name.is_empty() { one.address.clone() } else { format!("\"{name}\" <{}>", one.address) }
}

fn one_line(text: &str) -> String {
    text.split(char::is_control).collect::<Vec<_>>().join(" ").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::correspondents::{Outline, Record, Records};
    use crate::message::Message;

    fn message(raw: &[u8]) -> Message {
        Message::parse(raw).expect("a mail")
    }

    #[test]
    fn a_line_becomes_the_mail_it_tells_of() {
        for quoted in [
            "From: K <k-sato@aoba.example>\\nSent: Monday\\nTo: me\\n\\nthe old text",
            "somebody wrote\\nthe old text",
            "",
        ] {
            let line = format!(
                r#"{{"id": "<1@own.example>", "date": "2026-10-14T01:00:00Z", "from": "me@own.example", "to": ["\"Sato, K\" <k-sato@aoba.example>", "b@aoba.example"], "cc": ["佐藤 健一 <c@aoba.example>"], "subject": "Re: 見積\n", "body": "佐藤様\n\n見積書です。", "quoted": "{quoted}", "in_reply_to": "<0@aoba.example>"}}"#
            );
            let raw = letter(&line).expect("a record").expect("a mail");
            let mail = message(raw.as_bytes());
            assert_eq!(mail.subject.as_deref(), Some("Re: 見積"));
            assert_eq!(mail.to[0].name, "Sato, K");
            assert_eq!(mail.cc[0].name, "佐藤 健一");
            assert_eq!(mail.bodies[0].own.text().trim(), "佐藤様\n\n見積書です。", "{quoted}");
            let Ok(Record::Mail(told)) = Records::default().read(&line) else { panic!("a mail") };
            let read = Outline::of(&mail).expect("an author");
            assert_eq!((read.id, read.at, &read.answers), (told.id, told.at, &told.answers));
            assert_eq!((read.recipients, read.terms, read.subject), (told.recipients, told.terms, told.subject));
        }
        assert_eq!(letter(r#"{"type": "org", "org": "x", "own_domains": []}"#), Ok(None));
        assert!(letter("{").is_err());
    }

    #[test]
    fn a_mail_goes_to_others_and_stays_the_same() {
        let raw = b"To: a@alta.example,\r\n b@alta.example\r\nFrom: me@own.example\r\nCC: c@alta.example\r\nSubject: x\r\n y\r\n\r\nTo: nobody\r\n";
        let one =
            |address: &str, name: &str, field| Addressee { address: address.to_owned(), name: name.to_owned(), field };
        let to = [one("d@alta.example", "Dee \"D\" Ash", Field::Cc), one("e@alta.example", "", Field::To)];
        let out = readdressed(raw, &to);
        let mail = message(&out);
        assert_eq!((mail.to.len(), mail.cc.len(), mail.cc[0].name.as_str()), (1, 1, "Dee \"D\" Ash"));
        assert!(out.ends_with(b"From: me@own.example\r\nSubject: x\r\n y\r\n\r\nTo: nobody\r\n"));
    }
}
