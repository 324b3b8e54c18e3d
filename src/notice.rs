//! Tells the author of a mail what became of it after it was taken: a delivery status notification (RFC 3464).
//!
//! Neither clock nor store. The author is told by mail, since nobody waits for a reply any more: in words, in the form that programs read,
//! and with the header of the mail. Nothing of its text is sent around a second time unless that was asked for (RET=FULL).

mod words;

use std::fmt::Write;

use jiff::Timestamp;
use mail_builder::MessageBuilder;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::message_id::MessageId;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::{BodyPart, MimePart};

use crate::lang::Lang;
use crate::message::{Address, Envelope, Message, Returns};
use crate::upstream::Answer;

/// A mail that was taken, and the program that took it.
pub struct Taken<'a> {
    /// What people type to see it.
    pub id: Option<&'a str>,
    pub envelope: &'a Envelope,
    pub raw: &'a [u8],
    pub received_at: Timestamp,
    /// The next server: a host, or nothing for a Maildir.
    pub server: Option<&'a str>,
    /// The name the relay calls itself.
    pub hostname: &'a str,
}

/// What became of it.
#[derive(Debug, Clone, Copy)]
pub enum News<'a> {
    /// The next server refused it for good.
    Refused(&'a Answer),
    /// No attempt succeeded in time; the last answer.
    Expired(&'a Answer),
    /// Its stored text cannot be read any more.
    Damaged(&'a Answer),
    /// The next server took it, and gives no reports of its own.
    Relayed,
    /// No second person let it go in time; whether it goes all the same.
    Unapproved { sent: bool },
}

impl News<'_> {
    /// RFC 3464 section 2.3.3.
    fn action(self) -> &'static str {
        match self {
            News::Relayed => "relayed",
            News::Unapproved { sent: true } => "delayed",
            News::Refused(_) | News::Expired(_) | News::Damaged(_) | News::Unapproved { sent: false } => "failed",
        }
    }
}

/// A mail to the author, or nothing: the author is nobody (`<>`), or asked not to be told.
pub fn write(mail: &Taken<'_>, news: News<'_>, lang: Lang, now: Timestamp) -> Option<Vec<u8>> {
    let author = mail.envelope.sender.as_ref()?.as_str();
    let wanted = |recipient: &&Address| match news {
        News::Relayed => mail.envelope.reports.wants_success(recipient),
        News::Refused(_) | News::Expired(_) | News::Damaged(_) | News::Unapproved { .. } => {
            mail.envelope.reports.wants_failure(recipient)
        }
    };
    let recipients: Vec<&Address> = mail.envelope.recipients.iter().filter(wanted).collect();
    if recipients.is_empty() {
        return None;
    }
    let read = Message::parse(mail.raw).ok();
    let subject = read.as_ref().and_then(|message| message.subject.as_deref()).unwrap_or_default();
    let own_id = read.as_ref().and_then(|message| {
        let id = message.headers.iter().find(|header| header.name.eq_ignore_ascii_case("message-id"))?;
        Some(id.text.trim().trim_matches(['<', '>']).to_owned())
    });
    let parts = vec![
        MimePart::new("text/plain", words::explain(mail, news, subject, &recipients, lang)),
        part("message/delivery-status", status(mail, news, &recipients)),
        given_back(mail, news),
    ];
    let kind = ContentType::new("multipart/report").attribute("report-type", "delivery-status");
    let mut notice = MessageBuilder::new()
        // Of the author too: providers refuse mail from anybody else.
        .from(("atena", author))
        .to(author)
        .subject(words::subject(news, subject, lang))
        .date(now.as_second())
        .message_id(format!("{}.{}@{}", mail.received_at.as_nanosecond(), now.as_nanosecond(), mail.hostname))
        .header("Auto-Submitted", Raw::new("auto-replied"));
    if let Some(id) = own_id.filter(|id| !id.is_empty()) {
        notice = notice.header("In-Reply-To", MessageId::new(id));
    }
    notice.body(MimePart::new(kind, parts)).write_to_vec().ok()
}

/// Without a charset, which these types do not have.
fn part(kind: &'static str, text: String) -> MimePart<'static> {
    MimePart { headers: vec![("Content-Type".into(), ContentType::new(kind).into())], contents: BodyPart::from(text) }
}

/// RFC 3464 section 2: a block about the mail, one for each recipient.
fn status(mail: &Taken<'_>, news: News<'_>, recipients: &[&Address]) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let mut line = |name: &str, value: &str| {
        let _ = write!(text, "{name}: {value}\r\n");
    };
    if let Some(id) = &mail.envelope.reports.envelope_id {
        line("Original-Envelope-Id", &decoded(id));
    }
    line("Reporting-MTA", &format!("dns; {}", mail.hostname));
    line(
        "Arrival-Date",
        &jiff::fmt::rfc2822::to_string(&mail.received_at.to_zoned(jiff::tz::TimeZone::UTC)).unwrap_or_default(),
    );
    for recipient in recipients {
        line("\r\nFinal-Recipient", &typed(recipient));
        if let Some(original) = mail.envelope.reports.of(recipient).and_then(|wish| wish.original.as_deref()) {
            line("Original-Recipient", &decoded(original));
        }
        line("Action", news.action());
        let (status, diagnostic) = fate(news, recipient);
        line("Status", &status);
        if let Some(server) = mail.server {
            line("Remote-MTA", &format!("dns; {server}"));
        }
        if let Some(diagnostic) = diagnostic {
            line("Diagnostic-Code", &format!("smtp; {diagnostic}"));
        }
    }
    text
}

/// The status code (RFC 3463) and the server's words for one recipient.
fn fate(news: News<'_>, recipient: &Address) -> (String, Option<String>) {
    let (answer, otherwise) = match news {
        News::Relayed => return ("2.0.0".to_owned(), None),
        // Delivery not authorized, message refused; or waiting still, and nothing wrong with it.
        News::Unapproved { sent } => return (if sent { "4.7.0" } else { "5.7.1" }.to_owned(), None),
        News::Refused(answer) => (answer, "5.0.0"),
        // Mail system, other.
        News::Damaged(answer) => (answer, "5.3.0"),
        // Delivery time expired.
        News::Expired(answer) => (answer, "5.4.7"),
    };
    let hit = answer.recipients.is_empty() || answer.recipients.contains(recipient);
    let own = answer.enhanced.as_deref().filter(|status| hit && status.starts_with('5')).unwrap_or(otherwise);
    let diagnostic = answer.code.filter(|_| hit).map(|_| answer.line());
    // Fields of this part are ASCII.
    (own.to_owned(), diagnostic.map(|text| text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect()))
}

/// Without the escapes of xtext (RFC 3461 section 4), as reports have it; what is no ASCII to print stays escaped.
fn decoded(xtext: &str) -> String {
    let mut out = String::new();
    let mut rest = xtext;
    while let Some((before, escaped)) = rest.split_once('+') {
        let (hex, after) = escaped.split_at(escaped.len().min(2));
        out.push_str(before);
        match u8::from_str_radix(hex, 16).ok().filter(u8::is_ascii_graphic) {
            Some(byte) => out.push(byte.into()),
            None => out.extend(["+", hex]),
        }
        rest = after;
    }
    out + rest
}

/// The type of an address and itself; beyond ASCII in the escapes of RFC 6533 section 3.
fn typed(address: &Address) -> String {
    let text = address.as_str();
    if text.is_ascii() {
        return format!("rfc822; {text}");
    }
    let escaped = text.chars().map(|c| if c.is_ascii() { c.to_string() } else { format!("\\x{{{:X}}}", u32::from(c)) });
    format!("utf-8; {}", escaped.collect::<String>())
}

/// The mail's header, or all of it where that was asked for and can be given back as it is.
fn given_back(mail: &Taken<'_>, news: News<'_>) -> MimePart<'static> {
    // RFC 3461 section 4.3: the whole mail for failures only. What nobody keeps any more is given back in any case.
    let failed = !matches!(news, News::Relayed | News::Unapproved { sent: true });
    let whole =
        mail.envelope.reports.returns == Some(Returns::Full) || matches!(news, News::Unapproved { sent: false });
    if failed && whole && mail.raw.is_ascii() {
        return part("message/rfc822", String::from_utf8_lossy(mail.raw).into_owned());
    }
    if let News::Unapproved { sent: false } = news {
        // RFC 2046 section 5.2.1 has no encoding for mails within mails; this is the only copy there will be.
        return MimePart::new("application/octet-stream", mail.raw.to_vec()).attachment("mail.eml");
    }
    let end = mail.raw.windows(4).position(|four| four == b"\r\n\r\n").map_or(mail.raw.len(), |at| at + 2);
    MimePart::new("text/rfc822-headers", String::from_utf8_lossy(&mail.raw[..end]).into_owned())
}

#[cfg(test)]
mod tests;
