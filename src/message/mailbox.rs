//! Address lists of header fields (RFC 5322 section 3.4), read from the raw value.
//!
//! Our own parser: the library loses `"a..b."@docomo.ne.jp` and keeps routes. Lenient, and honest about what it
//! could not read.

use super::address::Address;
use super::header::{decode_words, quoted_string};

/// A person or list as a header names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// The display name as its reader sees it; empty if there is none.
    pub name: String,
    pub address: Address,
}

impl Mailbox {
    /// The mailboxes of a list as a person writes it, `Sato <sato@aoba.example>, ito@alta.example`; what is none is left out.
    pub fn list(text: &str) -> Vec<Mailbox> {
        parse_list(text).0
    }
}

/// The mailboxes of an unfolded header value; what could not be read is returned beside them.
pub(super) fn parse_list(value: &str) -> (Vec<Mailbox>, Vec<String>) {
    let mut list = List::default();
    let mut rest = value;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match c {
            '"' => {
                let (text, tail) = quoted_string(rest);
                let len = rest.len() - tail.len();
                list.quoted(&text, &rest[..len]);
                rest = tail;
            }
            '(' => {
                let (comment, tail) = comment(rest);
                list.comment(comment);
                rest = tail;
            }
            '<' => {
                let end = angle_end(rest);
                list.angle = Some(rest[..end].to_owned());
                rest = rest[end..].strip_prefix('>').unwrap_or(&rest[end..]);
            }
            ',' | ';' => list.finish(),
            // A group's name ends here (`undisclosed-recipients:;`), unless this is inside an address literal.
            ':' if !list.plain.contains('[') => list.clear(),
            _ => list.plain.push(c),
        }
    }
    list.finish();
    (list.mailboxes, list.unreadable)
}

#[derive(Default)]
struct List {
    mailboxes: Vec<Mailbox>,
    unreadable: Vec<String>,
    /// Words outside quotes; a quoted local part is put back with its quotes.
    plain: String,
    name: String,
    comment: String,
    angle: Option<String>,
}

impl List {
    fn quoted(&mut self, text: &str, raw: &str) {
        self.name.push_str(self.plain.trim_start());
        self.plain.clear();
        self.name.push_str(text);
        // Kept in case an @ follows: then it was a local part and not a name.
        self.comment = format!("\"{raw}");
    }

    fn comment(&mut self, text: &str) {
        self.comment = text.to_owned();
    }

    fn clear(&mut self) {
        self.plain.clear();
        self.name.clear();
        self.comment.clear();
        self.angle = None;
    }

    fn finish(&mut self) {
        let plain = self.plain.trim().to_owned();
        let (name, spec) = match self.angle.take() {
            Some(angle) => {
                let name = if self.name.is_empty() { plain } else { format!("{} {plain}", self.name) };
                (name, angle)
            }
            None if plain.starts_with('@') && self.comment.starts_with('"') => {
                (String::new(), format!("{}{plain}", self.comment))
            }
            None => (if self.comment.starts_with('"') { String::new() } else { self.comment.clone() }, plain),
        };
        let name = decode_words(name.trim()).trim().to_owned();
        let spec = route_free(spec.trim());
        match Address::parse(spec) {
            Ok(address) => self.mailboxes.push(Mailbox { name, address }),
            Err(_) if spec.is_empty() && name.is_empty() => {}
            Err(_) => self.unreadable.push(if spec.is_empty() { name } else { spec.to_owned() }),
        }
        self.clear();
    }
}

/// Source routes `<@a,@b:user@host>` are obsolete; the address is what follows (RFC 5322 section 4.4).
fn route_free(spec: &str) -> &str {
    match spec.strip_prefix('@').and_then(|_| spec.split_once(':')) {
        Some((_, address)) => address,
        None => spec,
    }
}

/// The end of `<...>`; a `>` inside a quoted local part does not count.
fn angle_end(text: &str) -> usize {
    let mut quoted = false;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '>' if !quoted => return at,
            _ => {}
        }
    }
    text.len()
}

fn comment(text: &str) -> (&str, &str) {
    let mut depth = 1;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' => depth += 1,
            ')' if depth == 1 => return (&text[..at], &text[at + 1..]),
            ')' => depth -= 1,
            _ => {}
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(value: &str) -> Vec<(String, String)> {
        parse_list(value).0.into_iter().map(|m| (m.name, m.address.to_string())).collect()
    }

    #[test]
    fn reads_the_lists_of_real_mail() {
        for (value, expected) in [
            ("a@b.example", &[("", "a@b.example")][..]),
            (
                "佐藤 健一 <k-sato@b.example>, \"Doe, Jane\" <j@c.example>",
                &[("佐藤 健一", "k-sato@b.example"), ("Doe, Jane", "j@c.example")],
            ),
            ("=?UTF-8?B?5L2Q6Jek?= <s@b.example>;t@c.example", &[("佐藤", "s@b.example"), ("", "t@c.example")]),
            ("jane@c.example (Jane Doe)", &[("Jane Doe", "jane@c.example")]),
            ("\"a..b.\"@docomo.ne.jp", &[("", "\"a..b.\"@docomo.ne.jp")]),
            ("a..b.@docomo.ne.jp", &[("", "a..b.@docomo.ne.jp")]),
            ("<@r1,@r2:u@h.example>", &[("", "u@h.example")]),
            (
                "Team: a@b.example, c@d.example;, e@f.example",
                &[("", "a@b.example"), ("", "c@d.example"), ("", "e@f.example")],
            ),
            ("undisclosed-recipients:;", &[]),
            ("\"x\" y <a@b.example>", &[("x y", "a@b.example")]),
            ("", &[]),
        ] {
            let expected: Vec<_> = expected.iter().map(|(n, a)| (n.to_string(), a.to_string())).collect();
            assert_eq!(list(value), expected, "{value}");
        }
    }

    #[test]
    fn keeps_what_it_cannot_read() {
        assert_eq!(parse_list("nobody, a@b.example, <x y@z>").1, ["nobody", "x y@z"]);
    }
}
