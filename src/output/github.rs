//! GitHub workflow commands: each finding becomes an annotation of the run and of the file.

use std::io::{self, Write};

use super::visible::{lines, one_line};
use super::{Checked, Unreadable, place};
use crate::finding::{Finding, Level};
use crate::lang::Lang;

pub(super) fn write(
    out: &mut dyn Write,
    messages: &[Checked],
    unreadable: &[Unreadable],
    lang: Lang,
) -> io::Result<()> {
    for message in messages {
        for finding in message.ordered() {
            annotate(out, message, finding, lang)?;
        }
    }
    for input in unreadable {
        let (title, words) = match lang {
            Lang::En => ("unreadable", "could not be read"),
            Lang::Ja => ("unreadable", "読み込めませんでした"),
        };
        let text = format!("{}: {words}: {}", input.path, input.reason.get(lang));
        command(out, "error", &input.path, None, title, &text)?;
    }
    Ok(())
}

fn annotate(out: &mut dyn Write, message: &Checked, finding: &Finding, lang: Lang) -> io::Result<()> {
    let name = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "notice",
    };
    // The log shows only the text, not the title: the text must be enough by itself.
    let text = format!(
        "{} ({}, {})\n{}\n{}",
        finding.title.get(lang),
        message.path,
        place(finding),
        finding.why.get(lang),
        finding.advice.get(lang)
    );
    command(out, name, message.file(), Some(message.file_line(finding)), &finding.rule, &text)
}

fn command(
    out: &mut dyn Write,
    name: &str,
    file: &str,
    line: Option<usize>,
    title: &str,
    text: &str,
) -> io::Result<()> {
    let mut properties = Vec::new();
    // Standard input is no file that could carry an annotation.
    if file != "-" {
        let file = file.strip_prefix("./").unwrap_or(file);
        properties.push(format!("file={}", property(file)));
        properties.extend(line.map(|line| format!("line={line}")));
    }
    properties.push(format!("title={}", property(title)));
    writeln!(out, "::{name} {}::{}", properties.join(","), data(lines(text).trim_end()))
}

/// Escapes the text of a command as actions/toolkit does; `%` first, it begins the other escapes.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property, in which `:` and `,` separate as well.
fn property(text: &str) -> String {
    data(&one_line(text)).replace(':', "%3A").replace(',', "%2C")
}
