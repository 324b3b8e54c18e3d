//! Invitations (RFC 5545, RFC 5546): what they say and whom they name. No dates, no recurrence: not for calendars.

use super::address::Address;
use super::mailbox::Mailbox;

/// The words of an invitation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Invitation {
    /// Summaries and places of the events, and what they are about; each once, the longest first: it may be a letter.
    pub(super) texts: Vec<String>,
    pub(super) attendees: Vec<Mailbox>,
}

/// More events or attendees than this no invitation holds; the rest would only cost time.
const MAX_TEXTS: usize = 60;
const MAX_ATTENDEES: usize = 5000;

/// Reads what somebody is asked or told; `None` for answers, which programs write, and for calendars as files.
pub(super) fn read(text: &str) -> Option<Invitation> {
    let mut invitation = Invitation::default();
    let mut method = String::new();
    // Alarms inside an event have descriptions of their own.
    let mut inside: Vec<String> = Vec::new();
    for line in unfold(text) {
        let Some((name, parameters, value)) = property(&line) else { continue };
        let in_event = inside.last().is_some_and(|component| component == "VEVENT" || component == "VTODO");
        match name.as_str() {
            "BEGIN" if inside.len() < 10 => inside.push(value.to_ascii_uppercase()),
            "END" => drop(inside.pop()),
            "METHOD" => method = value.trim().to_ascii_uppercase(),
            "SUMMARY" | "LOCATION" | "DESCRIPTION" if in_event => {
                let text = unescape(value);
                let is_new = !text.trim().is_empty() && !invitation.texts.contains(&text);
                if is_new && invitation.texts.len() < MAX_TEXTS {
                    invitation.texts.push(text);
                }
            }
            "ATTENDEE" if in_event && invitation.attendees.len() < MAX_ATTENDEES => {
                invitation.attendees.extend(attendee(parameters, value));
            }
            _ => {}
        }
    }
    invitation.texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
    matches!(method.as_str(), "REQUEST" | "PUBLISH" | "ADD" | "COUNTER" | "CANCEL").then_some(invitation)
}

impl Invitation {
    /// What none of the mail's other texts says, as a text; white space and line breaks make no difference. `said` holds
    /// those texts [`compact`], and then these too.
    pub(super) fn unsaid(&self, said: &mut Vec<String>) -> Option<String> {
        let mut texts: Vec<&str> = Vec::new();
        for text in &self.texts {
            let compacted = compact(text);
            if !said.iter().any(|known| known.contains(&compacted)) {
                texts.push(text);
                said.push(compacted);
            }
        }
        (!texts.is_empty()).then(|| texts.join("\n\n"))
    }
}

pub(super) fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Lines that begin with a blank go on the line above (RFC 5545 section 3.1).
fn unfold(text: &str) -> impl Iterator<Item = String> {
    let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).peekable();
    std::iter::from_fn(move || {
        let mut line = lines.next()?.to_owned();
        while let Some(more) = lines.next_if(|next| next.starts_with([' ', '\t'])) {
            line.push_str(&more[1..]);
        }
        Some(line)
    })
}

/// Name in upper case, parameters, value; a colon inside quotes ends nothing.
fn property(line: &str) -> Option<(String, &str, &str)> {
    let mut quoted = false;
    let colon = line.char_indices().find(|&(_, c)| {
        quoted ^= c == '"';
        c == ':' && !quoted
    });
    let (head, value) = (&line[..colon?.0], &line[colon?.0 + 1..]);
    let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
    Some((name.trim().to_ascii_uppercase(), parameters, value))
}

/// RFC 5545 section 3.3.11.
fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
            _ => out.push(c),
        }
    }
    out
}

fn attendee(parameters: &str, value: &str) -> Option<Mailbox> {
    let value = value.trim();
    let address = match value.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => &value[7..],
        _ => value,
    };
    let mut quoted = false;
    let name = parameters
        .split(|c| {
            quoted ^= c == '"';
            c == ';' && !quoted
        })
        .find_map(|parameter| parameter.strip_prefix("CN=").or_else(|| parameter.strip_prefix("cn=")))
        .map(|name| name.trim_matches('"').trim())
        .filter(|name| !name.contains('@'));
    let address = Address::parse(address).ok()?;
    Some(Mailbox { name: name.unwrap_or_default().to_owned(), address })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| compact(text)).collect()
    }

    const REQUEST: &str = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY;LANGUAGE=ja:打ち合わ\r\n せ\r\n\
        DESCRIPTION:1行目\\n2行目\\, 続き\r\nLOCATION:本社\r\nATTENDEE;CN=\"Tan; Mei\";ROLE=REQ-PARTICIPANT;X=\"a:b\":mailto:mei@t.example\r\n\
        ATTENDEE:MAILTO:owen@t.example\r\nBEGIN:VALARM\r\nDESCRIPTION:REMINDER\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    #[test]
    fn reads_what_is_asked_and_who_is_invited() {
        let invitation = read(REQUEST).expect("a request");
        assert_eq!(invitation.texts, ["1行目\n2行目, 続き", "打ち合わせ", "本社"]);
        let attendees: Vec<_> = invitation.attendees.iter().map(|a| (a.name.as_str(), a.address.as_str())).collect();
        assert_eq!(attendees, [("Tan; Mei", "mei@t.example"), ("", "owen@t.example")]);
        assert_eq!(invitation.unsaid(&mut said(&["打ち合わせ 本社"])).as_deref(), Some("1行目\n2行目, 続き"));
        assert_eq!(invitation.unsaid(&mut said(&["打ち合わせ", "1行目 2行目,\n続き 本社"])), None);
    }

    #[test]
    fn leaves_answers_and_files_alone() {
        assert_eq!(read(&REQUEST.replace("REQUEST\r", "REPLY\r")), None);
        assert_eq!(read(&REQUEST.replace("METHOD:REQUEST\r\n", "")), None);
        assert_eq!(read("METHOD:REQUEST\nEND:VEVENT\n :\nATTENDEE:x@y.example").map(|i| i.attendees.len()), Some(0));
    }
}
