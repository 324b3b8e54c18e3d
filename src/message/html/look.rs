//! What the attributes of an element say about its look and its part in the mail.

use html5gum::{SpanBound, StartTag};

/// What matters of a start tag's attributes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Look {
    /// Nobody sees its content.
    pub(super) is_hidden: bool,
    /// Hidden only by letters of size nought.
    pub(super) is_tiny: bool,
    /// Gives its letters a size to be seen.
    pub(super) sizes_letters: bool,
    /// A blockquote by which editors indent own text.
    pub(super) is_indent: bool,
    /// Outlook puts the head of the quoted mail into it, below a line.
    pub(super) heads_quote: bool,
    /// Yahoo puts the attribution and the quoted mail into it, without other marks.
    pub(super) wraps_quote: bool,
}

impl Look {
    pub(super) fn of<S: SpanBound>(tag: &StartTag<S>) -> Look {
        let mut look = Look {
            is_hidden: matches!(&tag.name[..], b"head" | b"style" | b"script" | b"title" | b"template"),
            ..Look::default()
        };
        let mut is_cited = false;
        for (name, value) in &tag.attributes {
            let value: &[u8] = value;
            match &name[..] {
                b"style" => look.styled(value),
                b"hidden" => look.is_hidden = true,
                b"id" | b"class" => {
                    look.heads_quote |= value == b"divRplyFwdMsg" || value == b"x_divRplyFwdMsg";
                    look.wraps_quote |= value.starts_with(b"yahoo_quoted");
                    is_cited |= value.windows(5).any(|part| part.eq_ignore_ascii_case(b"quote"));
                }
                b"type" | b"cite" => is_cited = true,
                _ => {}
            }
        }
        look.is_indent &= !is_cited;
        look
    }

    fn styled(&mut self, style: &[u8]) {
        let style: String =
            style.iter().filter(|b| !b.is_ascii_whitespace()).map(|b| char::from(b.to_ascii_lowercase())).collect();
        let declarations = style.split(';').filter_map(|declaration| declaration.split_once(':'));
        let (mut has_border, mut is_boxed_in, mut is_tiny) = (false, false, false);
        for (property, value) in declarations {
            let value = value.trim_end_matches("!important");
            match property {
                "display" => self.is_hidden |= value == "none",
                "visibility" => self.is_hidden |= value == "hidden",
                "mso-hide" => self.is_hidden |= value == "all",
                // A picture's frame may have no height; letters without height are hidden with the overflow only.
                "max-height" | "max-width" | "height" => is_boxed_in |= is_nought(value),
                "opacity" => self.is_hidden |= is_nought(value),
                "font-size" if is_nought(value) => is_tiny = true,
                "font-size" | "font" => self.sizes_letters = true,
                "border-left" => has_border |= value != "none",
                "border-top" => {
                    self.heads_quote |= value.starts_with("solid#e1e1e1") || value.starts_with("solid#b5c4df");
                }
                "border" => self.is_indent |= value == "none",
                _ => {}
            }
        }
        self.is_hidden |= is_boxed_in && style.contains("overflow:hidden");
        self.is_tiny = is_tiny && !self.is_hidden;
        self.is_hidden |= is_tiny;
        self.is_indent &= !has_border;
    }
}

/// 0, 0px, 0.0em.
fn is_nought(value: &str) -> bool {
    let number = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    !number.is_empty() && number.bytes().all(|b| b == b'0' || b == b'.')
}
