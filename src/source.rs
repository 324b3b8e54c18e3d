//! A named text that a person wrote (configuration, rule pack) and problems that point into it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::lang::{Bilingual, Lang};

/// A file's name and text, shared by every problem found in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Source {
    pub name: Arc<str>,
    pub text: Arc<str>,
}

/// One mistake in a source: where, what, and the way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub source: Source,
    /// Byte range in the source's text.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// The known alternatives or what to do, if there is something to say.
    pub help: Option<String>,
}

/// What is wrong with something a person wrote, and the way out, in both languages; not yet in any place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub message: Bilingual,
    pub help: Option<Bilingual>,
}

impl Fault {
    pub fn new(en: impl Into<String>, ja: impl Into<String>) -> Fault {
        Fault { message: Bilingual::new(en, ja), help: None }
    }

    /// What the TOML parser says, which is English; its common sentences are known in Japanese.
    pub fn toml_syntax(message: &str) -> Fault {
        const KNOWN: [(&str, &str); 8] = [
            ("duplicate key", "同じキーが二度あります"),
            ("invalid basic string", "文字列が \" で閉じられていません"),
            ("invalid literal string", "文字列が ' で閉じられていません"),
            ("string values must be quoted", "文字列は引用符で囲みます"),
            ("key with no value", "キーの後に = と値がありません"),
            ("unclosed table", "セクション名が ] で閉じられていません"),
            ("unclosed array", "リストが ] で閉じられていません"),
            ("invalid unquoted key", "引用符のないキーには英数字と - _ だけが使えます"),
        ];
        let known = KNOWN.iter().find(|(en, _)| message.starts_with(en)).map_or(message, |(_, ja)| ja);
        Fault::new(format!("not valid TOML: {message}"), format!("TOML として読めません: {known}"))
    }

    #[must_use]
    pub fn help(mut self, en: impl Into<String>, ja: impl Into<String>) -> Fault {
        self.help = Some(Bilingual::new(en, ja));
        self
    }
}

impl Source {
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Source {
        Source { name: name.into(), text: text.into() }
    }

    /// Line and column from 1 of a byte offset; the column counts Unicode scalar values.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &self.text[..offset];
        let line_start = before.rfind('\n').map_or(0, |n| n + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    pub fn problem(&self, span: Range<usize>, message: impl Into<String>) -> Problem {
        Problem { source: self.clone(), span, message: message.into(), help: None }
    }

    /// A fault in its place, told in one language.
    pub fn fault(&self, span: Range<usize>, fault: &Fault, lang: Lang) -> Problem {
        let help = fault.help.as_ref().map(|help| help.get(lang).to_owned());
        Problem { source: self.clone(), span, message: fault.message.get(lang).to_owned(), help }
    }
}

impl fmt::Debug for Source {
    /// Without the text: it is long, and whoever prints a configuration did not ask to print the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("name", &self.name).field("bytes", &self.text.len()).finish()
    }
}

/// The problems as a person reads them: what, the line with the place marked, the way out. Ends in a line feed, or is
/// empty. With `colour`, with ANSI styles.
pub fn render(problems: &[Problem], colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut text = String::new();
    for problem in problems {
        let help = problem.help.as_deref().map(printable);
        let span = problem.marked();
        let snippet = Snippet::source(&*problem.source.text)
            .path(&*problem.source.name)
            .annotation(AnnotationKind::Primary.span(span));
        let mut group = Level::ERROR.primary_title(problem.message.as_str()).element(snippet);
        if let Some(help) = &help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&renderer.render(&[group]));
        text.push('\n');
    }
    text
}

/// Control characters could speak to the terminal; what a file says must not.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

impl Problem {
    /// The span, whole characters, cut at the end of its first line: a mark over many lines hides the place.
    fn marked(&self) -> Range<usize> {
        let text = &*self.source.text;
        let mut start = self.span.start.min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = self.span.end.clamp(start, text.len());
        while !text.is_char_boundary(end) {
            end += 1;
        }
        let line_end = text[start..end].find(['\n', '\r']).map_or(end, |n| start + n);
        start..line_end
    }

    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Problem {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Problem {
    /// `file:line:column: message (help)`, the form editors jump to.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.source.position(self.span.start);
        write!(f, "{}:{line}:{column}: {}", self.source.name, self.message)?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}
