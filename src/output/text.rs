//! Text for people: each mail with findings, each finding with its line, its reason and the way out.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use super::checklist;
use super::snippet::Snippet;
use super::visible::{lines, one_line};
use super::wrap::wrap;
use super::{Checked, Options, Unreadable, place};
use crate::finding::{Finding, Level};
use crate::lang::Lang;
use crate::verdict::Verdict;

/// Narrower terminals get lines of this width: below it wrapped text is harder to read than overflowing text.
const MINIMUM_WIDTH: usize = 40;

pub(super) fn write(
    out: &mut dyn Write,
    messages: &[Checked],
    unreadable: &[Unreadable],
    options: &Options,
) -> io::Result<()> {
    let mut page = Page { out, lang: options.lang, colour: options.colour, width: options.width.max(MINIMUM_WIDTH) };
    for message in messages.iter().filter(|message| !message.findings.is_empty() || message.explanation.is_some()) {
        page.message(message)?;
    }
    for input in unreadable {
        page.unreadable(input)?;
    }
    writeln!(page.out, "{}", summary(messages, unreadable, options.lang))
}

pub(super) fn write_findings(out: &mut dyn Write, findings: &[Finding], options: &Options) -> io::Result<()> {
    let mut page = Page { out, lang: options.lang, colour: options.colour, width: options.width.max(MINIMUM_WIDTH) };
    for (n, finding) in findings.iter().enumerate() {
        page.finding(&format!("{} ", n + 1), finding)?;
        writeln!(page.out)?;
    }
    Ok(())
}

pub(super) struct Page<'a> {
    out: &'a mut dyn Write,
    pub(super) lang: Lang,
    colour: bool,
    width: usize,
}

impl Page<'_> {
    fn message(&mut self, message: &Checked) -> io::Result<()> {
        let path = self.paint(Style::new().bold(), &one_line(&message.path));
        writeln!(self.out, "{path}: {}", verdict_words(message.verdict, self.lang))?;
        if let Some(subject) = message.subject.map(one_line).filter(|subject| !subject.trim().is_empty()) {
            self.labelled("  ", self.word("Subject: ", "件名: "), &subject, Style::new().dimmed())?;
        }
        let ordered = message.ordered();
        let implied: Vec<&str> = ordered.iter().flat_map(|finding| finding.implies()).map(String::as_str).collect();
        for finding in ordered.iter().filter(|finding| !implied.contains(&finding.rule.as_str())) {
            writeln!(self.out)?;
            self.finding("", finding)?;
        }
        match (&message.explanation, &message.checklist) {
            (Some(explanation), _) => {
                writeln!(self.out)?;
                checklist::explanation(self, explanation)?;
            }
            (None, Some(list)) => {
                writeln!(self.out)?;
                checklist::checklist(self, list)?;
            }
            (None, None) => {}
        }
        writeln!(self.out)
    }

    fn finding(&mut self, number: &str, finding: &Finding) -> io::Result<()> {
        let style = level_style(finding.level);
        let rule = one_line(&finding.rule);
        let label = format!("{number}{}[{rule}]: ", level_word(finding.level, self.lang));
        self.hanging("  ", &label, "    ", &one_line(finding.title.get(self.lang)), style)?;
        writeln!(self.out, "    {}", self.paint(Style::new().dimmed(), &place(finding)))?;
        if let Some(snippet) = Snippet::of(&finding.location, self.width - "    | ".len()) {
            self.snippet(&snippet, style)?;
        }
        let dimmed = Style::new().dimmed();
        self.labelled("    ", self.word("why: ", "理由: "), &lines(finding.why.get(self.lang)), dimmed)?;
        self.labelled("    ", self.word("advice: ", "対処: "), &lines(finding.advice.get(self.lang)), dimmed)?;
        self.labelled("    ", self.word("includes: ", "含む指摘: "), &one_line(&finding.implies().join(", ")), dimmed)
    }

    fn snippet(&mut self, snippet: &Snippet, style: Style) -> io::Result<()> {
        let bar = self.paint(Style::new().dimmed(), "|");
        writeln!(self.out, "    {bar} {}", snippet.line())?;
        match snippet.marks() {
            Some((blanks, marks)) => writeln!(self.out, "    {bar} {blanks}{}", self.paint(style, &marks)),
            None => Ok(()),
        }
    }

    fn unreadable(&mut self, input: &Unreadable) -> io::Result<()> {
        let label =
            format!("{}: {}", one_line(&input.path), self.word("could not be read: ", "読み込めませんでした: "));
        self.hanging("", &label, "  ", &lines(input.reason.get(self.lang)), level_style(Level::Error))?;
        writeln!(self.out)
    }

    /// A label and its text; further lines stand under the text.
    pub(super) fn labelled(&mut self, indent: &str, label: &str, text: &str, style: Style) -> io::Result<()> {
        if text.trim().is_empty() {
            return Ok(());
        }
        let hang = " ".repeat(indent.len() + label.width());
        self.hanging(indent, label, &hang, text, style)
    }

    /// A label and its text; further lines are indented by `hang`.
    pub(super) fn hanging(
        &mut self,
        indent: &str,
        label: &str,
        hang: &str,
        text: &str,
        style: Style,
    ) -> io::Result<()> {
        write!(self.out, "{indent}{}", self.paint(style, label.trim_end()))?;
        let first = self.width.saturating_sub(indent.len() + label.width());
        let rest = self.width.saturating_sub(hang.len()).max(MINIMUM_WIDTH / 2);
        // A long label (a path, a rule's id) may leave no room: then the text begins on the next line.
        let beside = first >= MINIMUM_WIDTH / 4;
        for (n, line) in wrap(text, if beside { first } else { rest }, rest).iter().enumerate() {
            match n == 0 && beside {
                true => write!(self.out, " {line}")?,
                false => write!(self.out, "\n{hang}{line}")?,
            }
        }
        writeln!(self.out)
    }

    fn paint(&self, style: Style, text: &str) -> String {
        match self.colour {
            true => format!("{style}{text}{style:#}"),
            false => text.to_owned(),
        }
    }

    pub(super) fn word(&self, en: &'static str, ja: &'static str) -> &'static str {
        match self.lang {
            Lang::En => en,
            Lang::Ja => ja,
        }
    }
}

fn verdict_words(verdict: Verdict, lang: Lang) -> &'static str {
    match (lang, verdict) {
        (Lang::En, Verdict::Forward) => "would be sent",
        (Lang::En, Verdict::Delay) => "would be sent after a delay",
        (Lang::En, Verdict::Hold) => "would be held",
        (Lang::En, Verdict::Return) => "would be handed back",
        (Lang::En, Verdict::Reject) => "would be rejected",
        (Lang::Ja, Verdict::Forward) => "そのまま送信されます",
        (Lang::Ja, Verdict::Delay) => "しばらく待ってから送信されます",
        (Lang::Ja, Verdict::Hold) => "保留されます",
        (Lang::Ja, Verdict::Return) => "差し戻されます",
        (Lang::Ja, Verdict::Reject) => "拒否されます",
    }
}

/// A level as people read it.
pub fn level_word(level: Level, lang: Lang) -> &'static str {
    match (lang, level) {
        (Lang::En, _) => level.as_str(),
        (Lang::Ja, Level::Error) => "エラー",
        (Lang::Ja, Level::Warning) => "警告",
        (Lang::Ja, Level::Info) => "情報",
    }
}

/// How a level looks where there are colours.
pub fn level_style(level: Level) -> Style {
    let colour = match level {
        Level::Error => AnsiColor::Red,
        Level::Warning => AnsiColor::Yellow,
        Level::Info => AnsiColor::Cyan,
    };
    colour.on_default().bold()
}

/// The last line: how many mails, how many with findings, of which levels.
fn summary(messages: &[Checked], unreadable: &[Unreadable], lang: Lang) -> String {
    let mails = messages.len();
    let found = messages.iter().filter(|message| !message.findings.is_empty()).count();
    let counts: Vec<String> = Level::ALL
        .into_iter()
        .rev()
        .map(|level| (level, messages.iter().flat_map(|m| &m.findings).filter(|f| f.level == level).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(level, count)| match lang {
            Lang::Ja => format!("{}{count}件", level_word(level, lang)),
            // "info" has no plural.
            Lang::En if count == 1 || level == Level::Info => format!("{count} {}", level.as_str()),
            Lang::En => format!("{count} {}s", level.as_str()),
        })
        .collect();
    let (lost, allowed) = (unreadable.len(), messages.iter().map(|message| message.allowed.len()).sum::<usize>());
    match lang {
        Lang::En => {
            let checked = format!("{mails} mail{} checked", if mails == 1 { "" } else { "s" });
            let result = match found {
                0 => "no findings".to_owned(),
                _ => format!("{found} with findings ({})", counts.join(", ")),
            };
            let allowed = if allowed == 0 { String::new() } else { format!(", {allowed} allowed") };
            let lost = if lost == 0 { String::new() } else { format!(", {lost} could not be read") };
            format!("{checked}, {result}{allowed}{lost}")
        }
        Lang::Ja => {
            let result = match found {
                0 => "指摘はありません".to_owned(),
                _ => format!("うち{found}通に指摘があります（{}）", counts.join("、")),
            };
            let lost = if lost == 0 { String::new() } else { format!("{lost}件は読み込めませんでした。") };
            let allowed =
                if allowed == 0 { String::new() } else { format!("ほかに{allowed}件は許可済みです。") };
            format!("{mails}通を点検しました。{result}。{allowed}{lost}")
        }
    }
}
