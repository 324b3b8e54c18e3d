//! The checklist of an answer and the whole reading of a mail, for people.

use std::io;

use anstyle::{AnsiColor, Style};

use super::text::Page;
use super::visible::one_line;
use crate::checklist::{Checklist, Explanation, Item, Penalty, ReadClause};
use crate::lang::Lang;

/// The parts that are there and those that are not, with the score.
pub(super) fn checklist(page: &mut Page<'_>, list: &Checklist) -> io::Result<()> {
    let (score, pass) = (list.score, list.pass);
    let kind = list.title.get(page.lang);
    let signs = list.signs.iter().map(|sign| one_line(sign)).collect::<Vec<_>>();
    let line = match page.lang {
        Lang::En => format!("{score} of 100, complete from {pass}; {kind} (“{}”)", signs.join("”, “")),
        Lang::Ja => format!("100点中{score}点（{pass}点から合格）。{kind}（「{}」）", signs.join("」「")),
    };
    page.hanging("  ", page.word("The answer: ", "お返事: "), "    ", &line, Style::new().bold())?;
    for item in list.parts.iter().filter(|item| item.of > 0 || item.location.is_some()) {
        self::item(page, item)?;
    }
    for penalty in &list.penalties {
        self::penalty(page, penalty)?;
    }
    Ok(())
}

fn item(page: &mut Page<'_>, item: &Item) -> io::Result<()> {
    let title = item.title.get(page.lang);
    let (mark, colour) = match (&item.location, item.points) {
        (Some(_), points) if points == item.of => ('+', AnsiColor::Green),
        (Some(_), _) => ('~', AnsiColor::Yellow),
        (None, _) => ('-', AnsiColor::Red),
    };
    let points = if item.of > 0 { format!(" {}/{}", item.points, item.of) } else { String::new() };
    let rest = match &item.location {
        Some(place) => match page.lang {
            Lang::En => format!("line {}: “{}”", place.line, one_line(&place.text)),
            Lang::Ja => format!("{}行目:「{}」", place.line, one_line(&place.text)),
        },
        None => item.advice.clone(),
    };
    page.hanging("    ", &format!("{mark} {title}{points}: "), "      ", &rest, colour.on_default())
}

fn penalty(page: &mut Page<'_>, penalty: &Penalty) -> io::Result<()> {
    let words = one_line(&penalty.location.text);
    let text = match page.lang {
        Lang::En => format!("line {}: “{words}”", penalty.location.line),
        Lang::Ja => format!("{}行目:「{words}」", penalty.location.line),
    };
    let label = format!("! {} -{}: ", penalty.tactic, penalty.points);
    page.hanging("    ", &label, "      ", &text, AnsiColor::Red.on_default())
}

/// The situation, the quoted mails, and every clause with its marks and functions.
pub(super) fn explanation(page: &mut Page<'_>, reading: &Explanation) -> io::Result<()> {
    let dimmed = Style::new().dimmed();
    match &reading.checklist {
        Some(list) => checklist(page, list)?,
        None => page.labelled(
            "  ",
            page.word("fault: ", "不備: "),
            page.word("none is told in this mail", "このメールには見当たりません"),
            dimmed,
        )?,
    }
    for quoted in &reading.quoted {
        let text = format!("{} {}", one_line(&quoted.author), one_line(&quoted.date));
        page.labelled("  ", page.word("quoted: ", "引用: "), &text, dimmed)?;
    }
    let quoted = |words: &[String]| words.iter().map(|word| one_line(word)).collect::<Vec<_>>().join(" / ");
    page.labelled("  ", page.word("complaint: ", "苦情の言葉: "), &quoted(&reading.complaint), dimmed)?;
    page.labelled("  ", page.word("settled or foreign: ", "解決済み・他者: "), &quoted(&reading.settled), dimmed)?;
    for clause in &reading.clauses {
        self::clause(page, clause)?;
    }
    Ok(())
}

/// One clause: its line, its words, `[marks]`, `{functions}`, and where a sentence begins `<roles>`.
fn clause(page: &mut Page<'_>, clause: &ReadClause) -> io::Result<()> {
    let mut text = one_line(&clause.location.text);
    if !clause.marks.is_empty() {
        text.push_str(&format!("  [{}]", clause.marks.join(" ")));
    }
    if !clause.functions.is_empty() {
        let names: Vec<String> = clause.functions.iter().map(|(name, strength)| format!("{name} {strength}")).collect();
        text.push_str(&format!("  {{{}}}", names.join(", ")));
    }
    if !clause.roles.is_empty() {
        let names: Vec<String> = clause.roles.iter().map(|(name, percent)| format!("{name} {percent} %")).collect();
        text.push_str(&format!("  <{}>", names.join(", ")));
    }
    page.hanging("  ", &format!("{:>4} ", clause.location.line), "       ", &text, Style::new())
}
