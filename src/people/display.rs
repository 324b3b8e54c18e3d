//! Display names: the person's name, and what stands in brackets beside it.

use crate::message::Mailbox;

/// A display name, with what stands in brackets apart: mostly a company or department.
#[derive(Default)]
pub(super) struct Display {
    pub(super) outside: String,
    pub(super) inside: String,
}

/// The display name, unless it only repeats the address.
pub(super) fn display_of(recipient: &Mailbox) -> Option<Display> {
    let mut display = split_brackets(&recipient.name);
    display.outside = display.outside.trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'').to_owned();
    let name = &display.outside;
    let repeats = name.is_empty() || name.contains('@') || name.eq_ignore_ascii_case(recipient.address.local());
    (!repeats).then_some(display)
}

fn split_brackets(name: &str) -> Display {
    let mut depth = 0;
    let mut out = Display::default();
    for c in name.chars() {
        match c {
            '(' | '（' | '[' | '［' | '【' => depth += 1,
            ')' | '）' | ']' | '］' | '】' => depth = i32::max(depth - 1, 0),
            _ if depth == 0 => out.outside.push(c),
            _ => out.inside.push(c),
        }
    }
    if out.outside.trim().is_empty() { Display { outside: out.inside, inside: String::new() } } else { out }
}
