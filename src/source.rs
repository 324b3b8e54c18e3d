//! A named text that a person wrote (configuration, rule pack) and problems that point into it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

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
