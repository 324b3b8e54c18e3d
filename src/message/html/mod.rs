//! HTML to the text its reader sees, in the form of a plain mail: quotes become `> ` lines, rules become dashes.
//!
//! Not for display: a page shows mail by other means. Tokens only, no tree, so any input is read in linear time.

mod look;
mod spot;

use html5gum::{DefaultEmitter, SpanBound, StartTag, Token, Tokenizer};

use look::Look;
pub use spot::{Words, spots};

/// Renders HTML as plain text with LF line ends.
pub(super) fn to_text(html: &str) -> String {
    let mut emitter = DefaultEmitter::default();
    // Script and style contents are then one token each and cannot be taken for text.
    emitter.naively_switch_states(true);
    let mut page = Page::default();
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => page.start(&tag),
            Token::EndTag(tag) => page.end(&tag.name),
            Token::String(text) => page.text(&String::from_utf8_lossy(&text)),
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    page.finish()
}

/// Whether there is any text between tags, shown or not.
pub(super) fn has_text(html: &[u8]) -> bool {
    let mut inside = false;
    html.iter().any(|&b| {
        match b {
            b'<' => inside = true,
            b'>' => inside = false,
            _ => return !inside && !b.is_ascii_whitespace(),
        }
        false
    })
}

#[derive(Default)]
struct Page {
    out: String,
    /// The current line, without its quote marks.
    line: String,
    quotes: usize,
    /// The open blockquotes: whether each is a quotation, and not an indent.
    blockquotes: Vec<bool>,
    pre: usize,
    /// An element whose content nobody sees.
    hidden: Option<Hidden>,
    wrapper: Option<Wrapper>,
}

struct Hidden {
    name: Vec<u8>,
    /// How deep in elements of the same name we are.
    depth: usize,
    /// Letters of size nought; an element inside may give its own letters a size.
    is_tiny: bool,
}

/// A div that holds a quotation with its attribution on top, without other marks.
struct Wrapper {
    /// How deep in divs we are.
    depth: usize,
    /// The attribution is through.
    is_quoting: bool,
}

impl Page {
    fn start<S: SpanBound>(&mut self, tag: &StartTag<S>) {
        let name: &[u8] = &tag.name;
        if self.stays_hidden(tag) {
            return;
        }
        let look = Look::of(tag);
        if look.is_hidden && !is_void(name) && !tag.self_closing {
            self.hidden = Some(Hidden { name: name.to_vec(), depth: 1, is_tiny: look.is_tiny });
            return;
        }
        match name {
            b"br" => self.end_line(),
            b"hr" => self.rule(),
            b"blockquote" => {
                self.block();
                self.blockquotes.push(!look.is_indent);
                self.quotes += usize::from(!look.is_indent);
            }
            b"pre" => {
                self.block();
                self.pre += 1;
            }
            b"li" => {
                self.block();
                self.line.push_str("・ ");
            }
            b"td" | b"th" if !self.line.is_empty() && !self.line.ends_with(' ') => self.line.push(' '),
            _ if is_block(name) => self.block(),
            _ => {}
        }
        if name == b"div" {
            if look.heads_quote {
                self.rule();
            }
            match &mut self.wrapper {
                Some(wrapper) => wrapper.depth += 1,
                None if look.wraps_quote => self.wrapper = Some(Wrapper { depth: 1, is_quoting: false }),
                None => {}
            }
        }
    }

    /// Whether a start tag stands in an element nobody sees, and leaves it so.
    fn stays_hidden<S: SpanBound>(&mut self, tag: &StartTag<S>) -> bool {
        let Some(hidden) = &mut self.hidden else { return false };
        let name: &[u8] = &tag.name;
        // End tags of head and p are optional: what cannot stand inside them ends them (WHATWG HTML, 13.1.2.4).
        let ends = match hidden.name.as_slice() {
            b"head" => !matches!(
                name,
                b"meta" | b"link" | b"title" | b"style" | b"script" | b"base" | b"noscript" | b"template" | b"head"
            ),
            b"p" if is_block(name) => true,
            _ => hidden.is_tiny && Look::of(tag).sizes_letters,
        };
        if ends {
            self.hidden = None;
            return false;
        }
        hidden.depth += usize::from(hidden.name == name);
        true
    }

    fn end(&mut self, name: &[u8]) {
        if let Some(hidden) = &mut self.hidden {
            hidden.depth -= usize::from(hidden.name == name);
            if hidden.depth == 0 {
                self.hidden = None;
            }
            return;
        }
        match name {
            b"blockquote" => {
                self.block();
                let is_quote = self.blockquotes.pop().unwrap_or_default();
                self.quotes = self.quotes.saturating_sub(usize::from(is_quote));
            }
            b"pre" => {
                self.block();
                self.pre = self.pre.saturating_sub(1);
            }
            b"p" | b"h1" | b"h2" | b"h3" | b"table" | b"ul" | b"ol" => {
                self.block();
                self.blank();
            }
            _ if is_block(name) => self.block(),
            _ => {}
        }
        if let Some(wrapper) = self.wrapper.as_mut().filter(|_| name == b"div") {
            wrapper.depth -= 1;
            if wrapper.depth == 0 {
                self.quotes -= usize::from(wrapper.is_quoting).min(self.quotes);
                self.wrapper = None;
            }
        }
    }

    fn text(&mut self, text: &str) {
        if self.hidden.is_some() {
            return;
        }
        if self.pre > 0 {
            let mut lines = text.split('\n');
            self.line.push_str(lines.next().unwrap_or_default());
            for line in lines {
                self.end_line();
                self.line.push_str(line);
            }
            return;
        }
        let is_blank = |b: u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0C);
        let mut rest = text;
        while let Some(at) = rest.bytes().position(is_blank) {
            self.line.push_str(&rest[..at]);
            if !self.line.is_empty() && !self.line.ends_with(' ') {
                self.line.push(' ');
            }
            rest = &rest[at + 1..];
        }
        self.line.push_str(rest);
    }

    /// The line people see, unless one stands there already.
    fn rule(&mut self) {
        const RULE: &str = "----------------------------------------";
        self.block();
        if !self.out.trim_end().ends_with(RULE) {
            self.line.push_str(RULE);
            self.block();
        }
    }

    /// A block begins or ends: the line is finished if there is one.
    fn block(&mut self) {
        if !self.line.trim().is_empty() {
            self.end_line();
        } else {
            self.line.clear();
        }
    }

    fn end_line(&mut self) {
        // A bound, so that nested quotes cannot make the text quadratic in the size of the mail.
        let marks = self.quotes.min(8);
        for _ in 0..marks {
            self.out.push_str("> ");
        }
        let line = self.line.trim_end();
        self.out.push_str(line);
        self.out.push('\n');
        if let Some(wrapper) = self.wrapper.as_mut().filter(|wrapper| !wrapper.is_quoting && !line.is_empty()) {
            wrapper.is_quoting = true;
            self.quotes += 1;
        }
        self.line.clear();
    }

    fn blank(&mut self) {
        if !self.out.ends_with("\n\n") && !self.out.ends_with("> \n") {
            self.end_line();
        }
    }

    fn finish(mut self) -> String {
        self.block();
        self.out
    }
}

fn is_void(name: &[u8]) -> bool {
    matches!(name, b"br" | b"hr" | b"img" | b"input" | b"meta" | b"link" | b"area" | b"base" | b"col" | b"wbr")
}

fn is_block(name: &[u8]) -> bool {
    matches!(
        name,
        b"p" | b"div"
            | b"tr"
            | b"table"
            | b"ul"
            | b"ol"
            | b"dl"
            | b"dt"
            | b"dd"
            | b"h1"
            | b"h2"
            | b"h3"
            | b"h4"
            | b"h5"
            | b"h6"
            | b"section"
            | b"article"
            | b"header"
            | b"footer"
            | b"address"
            | b"center"
            | b"form"
            | b"body"
            | b"html"
            | b"li"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_a_reader_sees() {
        let html = "<html><head><title>no</title><style>p{}</style></head><body><div style='display: none'>pre<div>x</div></div>\
                    <p>佐藤様</p>\n<p>Hello &amp; <b>good</b>\n day<br>next</p><ul><li>one<li>two</ul><table><tr><td>a<td>b</table>\
                    <hr><blockquote>quoted<br>line<blockquote>deep</blockquote></blockquote>after<script>if (a<b) x()</script></body>";
        let text = to_text(html);
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim_matches(['>', ' ']).is_empty()).collect();
        assert_eq!(
            lines[..8],
            ["佐藤様", "Hello & good day", "next", "・ one", "・ two", "a b", "-".repeat(40).as_str(), "> quoted"]
        );
        assert_eq!(lines[8..], ["> line", "> > deep", "after"]);
        assert_eq!(
            to_text("<html><head><meta charset=utf-8><title>t</title><body><p>Dear Sarah,").trim(),
            "Dear Sarah,"
        );
        assert_eq!(to_text("<p style='display:none'>pre<p>Dear Sarah,").trim(), "Dear Sarah,");
    }
}
