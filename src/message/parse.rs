//! Raw bytes to a `Message`: structure by mail-parser, everything a person reads by our own decoders.

use std::collections::HashSet;

use mail_parser::{Encoding, MessageParser, MessagePart, PartType};

use super::anatomy::QuoteHead;
use super::attachment::{self, Kind, Label};
use super::calendar::{self, Invitation};
use super::header::{self, Header};
use super::lines::Lines;
use super::part::{About, slice, transfer_decode};
use super::{Body, Message, Trouble, attached, charset, complexity, html};

/// Why a mail was not read at all. It must then be held or refused, never passed unread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Structure made to exhaust a parser: nested messages or multiparts beyond what any mail program writes.
    #[error("the mail's structure is nested or split far beyond what mail programs write")]
    TooComplex,
    #[error("there is no mail in it")]
    Empty,
}

pub(super) fn parse(raw: &[u8]) -> Result<Message, Unreadable> {
    if raw.iter().all(u8::is_ascii_whitespace) {
        return Err(Unreadable::Empty);
    }
    complexity::check(raw)?;
    let parsed = MessageParser::default().parse(raw).ok_or(Unreadable::Empty)?;
    let lines = Lines::new(raw);
    let mut message = Message { headers: headers(&parsed, raw, &lines), ..Message::default() };
    message.read_addresses();
    message.subject = message.header("subject").map(|header| header.text.clone());
    message.date = message.header("date").and_then(|header| super::date::parse(&header.text));
    let mut reader = Reader {
        parsed: &parsed,
        raw,
        lines: &lines,
        message: &mut message,
        attached: None,
        drafts: Vec::new(),
        invitations: Vec::new(),
        is_sated: false,
        too_deep: false,
        budget: attachment::Budget::default(),
        shown: HashSet::new(),
    };
    reader.part(0, Around::Top, 0);
    let (too_deep, mut drafts, invitations) = (reader.too_deep, reader.drafts, reader.invitations);
    if too_deep {
        return Err(Unreadable::TooComplex);
    }
    // Nobody is invited to more in one mail; each is compared with all texts before it.
    const MOST_INVITATIONS: usize = 20;
    let mut said: Vec<String> = Vec::new();
    if !invitations.is_empty() {
        said.extend(
            drafts.iter().map(|draft| draft.text.as_str()).chain(message.subject.as_deref()).map(calendar::compact),
        );
    }
    for (n, (raw_line, invitation)) in invitations.into_iter().enumerate() {
        let text = match n < MOST_INVITATIONS {
            true => invitation.unsaid(&mut said),
            false => (!invitation.texts.is_empty()).then(|| invitation.texts.join("\n\n")),
        };
        message.attendees.extend(invitation.attendees);
        drafts.extend(text.map(|text| Draft { text, raw_line, exact: false, attached: None }));
    }
    message.bodies =
        drafts.into_iter().map(|draft| Body::new(draft.text, draft.raw_line, draft.exact, draft.attached)).collect();
    message.note_forwarding();
    if message.bodies.iter().any(|body| body.anatomy.is_encrypted) && !message.troubles.contains(&Trouble::Encrypted) {
        message.troubles.push(Trouble::Encrypted);
    }
    if message.bodies.is_empty() && message.attachments.is_empty() {
        message.troubles.push(Trouble::BrokenStructure);
    }
    Ok(message)
}

fn headers(parsed: &mail_parser::Message<'_>, raw: &[u8], lines: &Lines<'_>) -> Vec<Header> {
    let Some(root) = parsed.parts.first() else { return Vec::new() };
    let read = |field: &mail_parser::Header<'_>| {
        let value = slice(raw, field.offset_start, field.offset_end);
        let unfolded = header::unfold(value);
        Header {
            name: field.name.as_str().to_ascii_lowercase(),
            text: header::decode_words(&unfolded).into_owned(),
            raw: unfolded,
            line: lines.number(field.offset_field as usize),
        }
    };
    root.headers.iter().map(read).collect()
}

/// What a part stands in; decides whether a picture is decoration and which text is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    Top,
    Mixed,
    Alternative,
    Related,
    /// PGP/MIME (RFC 3156 section 4).
    Encrypted,
}

/// How deep multiparts are followed; the parser itself bounds them too.
const MAX_DEPTH: usize = 64;

/// A plain alternative shorter than this may be a stub that only points at the other one; in bytes.
const STUB: usize = 300;

/// A decoded text.
struct Draft {
    text: String,
    raw_line: usize,
    exact: bool,
    /// Who wrote the attached mail it is the text of.
    attached: Option<QuoteHead>,
}

struct Reader<'a> {
    parsed: &'a mail_parser::Message<'a>,
    raw: &'a [u8],
    lines: &'a Lines<'a>,
    message: &'a mut Message,
    /// This is a mail attached to the message, and who wrote it.
    attached: Option<QuoteHead>,
    /// Texts found so far; their anatomy is read once it is known which are shown.
    drafts: Vec<Draft>,
    /// Invitations that no other text of the mail puts into words, with their lines.
    invitations: Vec<(usize, Invitation)>,
    /// Another alternative of the next text is read already, and it is no stub: this one needs no rendering.
    is_sated: bool,
    /// Something lies deeper than anybody nests on purpose, and was not read.
    too_deep: bool,
    /// What may still be spent on looking into attachments.
    budget: attachment::Budget,
    /// Content-IDs of the pictures that HTML texts show.
    shown: HashSet<String>,
}

impl Reader<'_> {
    fn part(&mut self, id: u32, around: Around, depth: usize) {
        let Some(part) = self.parsed.parts.get(id as usize) else { return };
        let known: &[Header] = if id == 0 && self.attached.is_none() { &self.message.headers } else { &[] };
        let about = About::new(part, self.raw, known);
        if let PartType::Multipart(children) = &part.body {
            if depth >= MAX_DEPTH {
                self.too_deep = true;
                return;
            }
            return self.multipart(&about.media_type, children, depth);
        }
        if about.media_type.starts_with("multipart/")
            && !slice(self.raw, part.offset_body, part.offset_end).trim_ascii().is_empty()
        {
            // The parser found no parts in it: its boundary never comes, or another one hides it.
            self.message.troubles.push(Trouble::BrokenStructure);
        }
        let is_text = matches!(part.body, PartType::Text(_) | PartType::Html(_)) && about.media_type != "text/calendar";
        // Mail programs show a text with a file name too unless it is declared a file; the only part is the mail itself.
        let shown = about.name.is_none() || about.disposition == "inline" || self.drafts.is_empty();
        if is_text && (id == 0 || (about.disposition != "attachment" && shown)) {
            self.text(part, &about);
            if about.disposition != "attachment" {
                return;
            }
        }
        if about.media_type == "text/calendar" {
            self.invitation(part, &about, around);
        }
        self.attachment(part, about, around);
        if let PartType::Message(inner) = &part.body {
            self.attached_mail(part, inner, depth);
        }
    }

    /// An attached mail was written before: its texts are quoted, its files are files of this mail too. What of it
    /// cannot be read is no fault of this mail.
    fn attached_mail(&mut self, part: &MessagePart<'_>, inner: &mail_parser::Message<'_>, depth: usize) {
        if depth >= MAX_DEPTH {
            self.too_deep = true;
            return;
        }
        // Inside an encoded part offsets count from its decoded bytes.
        let decoded = Lines::all_on(self.lines.number(part.offset_body as usize));
        let is_plain = part.encoding == Encoding::None;
        let (raw, lines) = if is_plain { (self.raw, self.lines) } else { (&*inner.raw_message, &decoded) };
        let troubles = self.message.troubles.len();
        let mut reader = Reader {
            parsed: inner,
            raw,
            lines,
            message: self.message,
            attached: Some(attached::head(&headers(inner, raw, lines))),
            drafts: Vec::new(),
            invitations: Vec::new(),
            is_sated: false,
            too_deep: false,
            // One budget for the whole mail, however deep its files lie.
            budget: std::mem::take(&mut self.budget),
            shown: HashSet::new(),
        };
        reader.part(0, Around::Top, depth + 1);
        let (too_deep, drafts, budget) = (reader.too_deep, reader.drafts, reader.budget);
        self.budget = budget;
        self.too_deep |= too_deep;
        self.drafts.extend(drafts);
        self.message.troubles.truncate(troubles);
    }

    fn invitation(&mut self, part: &MessagePart<'_>, about: &About, around: Around) {
        let raw = slice(self.raw, part.offset_body, part.offset_end);
        let text = charset::decode(&transfer_decode(raw, part.encoding), about.charset.as_deref()).text;
        let Some(mut invitation) = calendar::read(&text) else { return };
        // Beside another alternative it is that text in another dress.
        if around == Around::Alternative && self.drafts.iter().any(|draft| !draft.text.trim().is_empty()) {
            invitation.texts.clear();
        }
        self.invitations.push((self.lines.number(part.offset_body as usize), invitation));
    }

    fn multipart(&mut self, media_type: &str, children: &[u32], depth: usize) {
        let around = match media_type {
            "multipart/alternative" => Around::Alternative,
            "multipart/related" => Around::Related,
            "multipart/encrypted" => Around::Encrypted,
            _ => Around::Mixed,
        };
        if around != Around::Alternative {
            for &child in children {
                self.part(child, around, depth + 1);
            }
            return;
        }
        // One text in several dresses: the first that says something is read; files hidden beside it count.
        let before = self.drafts.len();
        for &child in children {
            let kept = self.drafts.len();
            self.is_sated = kept > before && self.drafts[before].text.trim().len() >= STUB;
            self.part(child, around, depth + 1);
            self.is_sated = false;
            self.choose_alternative(before, kept);
        }
    }

    /// Of the texts of one alternative keeps the first that says something. A plain part that only excuses itself
    /// ("view this mail as HTML") gives way to the dress that people see.
    fn choose_alternative(&mut self, first: usize, new: usize) {
        let said = |draft: &Draft| draft.text.trim().len();
        if new == first || self.drafts.len() == new {
            return;
        }
        let (plain, dressed) = (said(&self.drafts[first]), self.drafts[new..].iter().map(said).sum::<usize>());
        if plain == 0 || (plain < STUB && dressed > plain * 3) {
            let replaced: Vec<Draft> = self.drafts.drain(first..new).collect();
            self.note_unread(&replaced);
        } else {
            let unread: Vec<Draft> = self.drafts.drain(new..).collect();
            self.note_unread(&unread);
        }
    }

    /// What is not read is part of the mail all the same: a change in it makes another mail.
    fn note_unread(&mut self, drafts: &[Draft]) {
        self.message.unread_texts.extend(drafts.iter().map(|draft| attachment::digest(draft.text.trim().as_bytes())));
    }

    fn text(&mut self, part: &MessagePart<'_>, about: &About) {
        let raw = slice(self.raw, part.offset_body, part.offset_end);
        let is_html = matches!(part.body, PartType::Html(_));
        let bytes = transfer_decode(raw, part.encoding);
        let decoded = charset::decode(&bytes, about.charset.as_deref());
        if let Some(extent) = decoded.lost {
            self.message.troubles.push(Trouble::Charset { label: about.charset.clone().unwrap_or_default(), extent });
        }
        if is_html {
            self.shown.extend(attachment::shown_pictures(&decoded.text));
        }
        if is_html && self.is_sated {
            self.message.unread_texts.push(attachment::digest(decoded.text.trim().as_bytes()));
            return;
        }
        let text = if is_html { html::to_text(&decoded.text) } else { decoded.text };
        if is_html && text.trim().is_empty() && html::has_text(&bytes) {
            // A page that shows nothing to us shows something to its reader: it was written to be misread.
            self.message.troubles.push(Trouble::BrokenStructure);
        }
        let raw_line = self.lines.number(part.offset_body as usize);
        let exact = !is_html && part.encoding == Encoding::None;
        self.drafts.push(Draft { text, raw_line, exact, attached: self.attached.clone() });
    }

    fn attachment(&mut self, part: &MessagePart<'_>, about: About, around: Around) {
        let raw_line = self.lines.number(part.offset_header as usize);
        let content: &[u8] = match &part.body {
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => bytes,
            PartType::Message(_) if part.encoding == Encoding::None => {
                slice(self.raw, part.offset_body, part.offset_end)
            }
            PartType::Message(inner) => &inner.raw_message,
            PartType::Text(_) | PartType::Html(_) | PartType::Multipart(_) => &[],
        };
        let subject = match &part.body {
            PartType::Message(inner) => inner.subject().map(str::to_owned),
            _ => None,
        };
        let name = about.name.clone().or(subject).unwrap_or_default();
        let is_shown = |id: &String| self.shown.contains(id) || attachment::is_named_by_outlook(&name);
        let declared = about.disposition == "attachment";
        let embedded =
            about.content_id.as_ref().is_some_and(|id| around == Around::Related || !declared || is_shown(id));
        let kind = match around {
            Around::Encrypted => Kind::EncryptedMail,
            _ => attachment::kind(&about.media_type, embedded, about.name.is_some()),
        };
        if kind == Kind::Nothing {
            return;
        }
        if kind == Kind::EncryptedMail && !self.message.troubles.contains(&Trouble::Encrypted) {
            self.message.troubles.push(Trouble::Encrypted);
        }
        let label = Label { name, media_type: about.media_type, charset: about.charset, kind, raw_line };
        let attachment = match &part.body {
            // In its own bytes: the parser knows fewer charsets.
            PartType::Text(_) | PartType::Html(_) => {
                let raw = slice(self.raw, part.offset_body, part.offset_end);
                attachment::read(label, &transfer_decode(raw, part.encoding), &mut self.budget)
            }
            _ => attachment::read(label, content, &mut self.budget),
        };
        self.message.attachments.push(attachment);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bodies(raw: &str) -> Vec<String> {
        let message = parse(raw.replace('\n', "\r\n").as_bytes()).expect("a readable mail");
        message.bodies.iter().map(|body| body.original.trim().to_owned()).collect()
    }

    #[test]
    fn a_text_with_a_file_name_is_read_when_it_is_all_there_is() {
        for about in [
            "Content-Type: text/plain; name=\"message.txt\"",
            "Content-Disposition: attachment; filename=a.txt",
            "Content-Disposition: inline; filename=a.txt",
        ] {
            assert_eq!(bodies(&format!("Subject: x\n{about}\n\nDear Sarah,\n")), ["Dear Sarah,"], "{about}");
        }
    }

    #[test]
    fn a_stub_gives_way_to_the_text_people_see() {
        let mail = |plain: &str, html: &str| {
            format!(
                "Subject: x\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n{plain}\n--b\n\
                 Content-Type: text/html\n\n<p>{html}</p>\n--b--\n"
            )
        };
        let long = "The report for October is attached. ".repeat(10);
        assert_eq!(bodies(&mail("This mail needs an HTML viewer.", &long)), [long.trim()]);
        assert_eq!(bodies(&mail("Dear Sarah, see you.", "Dear Sarah, see you.")), ["Dear Sarah, see you."]);
        assert_eq!(bodies(&mail(&long, "another text")), [long.trim()]);
        let unread = |html: &str| parse(mail(&long, html).as_bytes()).expect("a readable mail").unread_texts;
        assert_ne!(unread("one"), unread("two"), "a change in the other dress is a change");
    }
}
