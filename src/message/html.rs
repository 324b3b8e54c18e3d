//! HTML to the text its reader sees, in the form of a plain mail: quotes become `> ` lines, rules become dashes.
//!
//! Not for display: a page shows mail by other means. Tokens only, no tree, so any input is read in linear time.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

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
    pre: usize,
    /// An element whose content nobody sees, and how deep in elements of the same name we are.
    hidden: Option<(Vec<u8>, usize)>,
}

impl Page {
    fn start(&mut self, tag: &StartTag<()>) {
        let name: &[u8] = &tag.name;
        if let Some((hidden, depth)) = &mut self.hidden {
            // End tags of head and p are optional: what cannot stand inside them ends them (WHATWG HTML, 13.1.2.4).
            let ends = match hidden.as_slice() {
                b"head" => !matches!(
                    name,
                    b"meta" | b"link" | b"title" | b"style" | b"script" | b"base" | b"noscript" | b"template" | b"head"
                ),
                b"p" => is_block(name),
                _ => false,
            };
            if !ends {
                *depth += usize::from(hidden == name);
                return;
            }
            self.hidden = None;
        }
        if is_hidden(tag) && !is_void(name) && !tag.self_closing {
            self.hidden = Some((name.to_vec(), 1));
            return;
        }
        match name {
            b"br" => self.end_line(),
            b"hr" => {
                self.block();
                self.line.push_str("----------------------------------------");
                self.block();
            }
            b"blockquote" => {
                self.block();
                self.quotes += 1;
            }
            b"pre" => {
                self.block();
                self.pre += 1;
            }
            b"li" => {
                self.block();
                self.line.push_str("・ ");
            }
            b"td" | b"th" if !self.line.is_empty() => self.line.push(' '),
            _ if is_block(name) => self.block(),
            _ => {}
        }
    }

    fn end(&mut self, name: &[u8]) {
        if let Some((hidden, depth)) = &mut self.hidden {
            *depth -= usize::from(hidden == name);
            if *depth == 0 {
                self.hidden = None;
            }
            return;
        }
        match name {
            b"blockquote" => {
                self.block();
                self.quotes = self.quotes.saturating_sub(1);
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
    }

    fn text(&mut self, text: &str) {
        if self.hidden.is_some() {
            return;
        }
        for c in text.chars() {
            match c {
                '\n' if self.pre > 0 => self.end_line(),
                ' ' | '\t' | '\n' | '\r' | '\u{0C}' if self.pre == 0 => {
                    if !self.line.is_empty() && !self.line.ends_with(' ') {
                        self.line.push(' ');
                    }
                }
                _ => self.line.push(c),
            }
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
        self.out.push_str(self.line.trim_end());
        self.out.push('\n');
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

fn is_hidden(tag: &StartTag<()>) -> bool {
    if matches!(&tag.name[..], b"head" | b"style" | b"script" | b"title" | b"template") {
        return true;
    }
    tag.attributes.iter().any(|(name, value)| {
        let style: String = String::from_utf8_lossy(value).chars().filter(|c| !c.is_whitespace()).collect();
        &name[..] == b"style" && style.to_ascii_lowercase().contains("display:none")
    })
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
