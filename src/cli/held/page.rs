//! One kept mail for people: whom it goes to, why it was kept, its text with the words marked, what has to be ticked, its
//! history.

use std::io::{self, Write};

use anstyle::Style as Look;
use jiff::Timestamp;

use super::Style;
use crate::finding::{Allowed, Finding, Level};
use crate::gate::Opened;
use crate::happening::Happening;
use crate::lang::{Bilingual, Lang};
use crate::message::Address;
use crate::output::{self, Piece, one_line};
use crate::review::{Card, Field, Line, Run, Sheet, Tick, Zone};
use crate::store::{State, StoredMail};

/// Columns beside the text: its indent, and the numbers of findings behind it.
const MARGIN: usize = 10;

/// Narrower rows cannot be read.
const NARROWEST: usize = 20;

/// What a person has said of a mail so far.
#[derive(Default)]
pub(super) struct Draft {
    /// Keys of ticks.
    pub(super) ticked: Vec<String>,
    /// Recipients that shall not get it.
    pub(super) without: Vec<Address>,
}

impl Draft {
    /// The first box that must be ticked and is not.
    pub(super) fn untick<'a>(&self, sheet: &'a Sheet) -> Option<&'a Tick> {
        let without: Vec<String> = self.without.iter().map(ToString::to_string).collect();
        sheet.untick(&self.ticked, &without)
    }
}

pub(super) fn write(
    out: &mut dyn Write,
    opened: &Opened,
    sheet: &Sheet,
    draft: &Draft,
    style: &Style,
) -> io::Result<()> {
    let mut page = Page { out, style, findings: &opened.findings };
    page.head(&opened.mail)?;
    page.sender(opened, sheet)?;
    page.recipients(sheet, &draft.without)?;
    if !opened.findings.is_empty() {
        page.title("Why", "理由")?;
        let options =
            output::Options { lang: style.lang, colour: style.colour, width: style.width, fail_on: Level::Error };
        output::write_findings(page.out, &opened.findings, &options)?;
    }
    page.allowed(&opened.allowed)?;
    page.text(opened, sheet)?;
    page.files(sheet)?;
    page.history(&opened.mail)?;
    page.ticks(opened, sheet, draft)
}

/// The commands that do something with a mail.
pub(super) fn choices(out: &mut dyn Write, mail: &StoredMail) -> io::Result<()> {
    let id = &mail.summary.id;
    mail.summary.state.choices().try_for_each(|action| writeln!(out, "atena held {action} {id}"))
}

struct Page<'a> {
    out: &'a mut dyn Write,
    style: &'a Style,
    findings: &'a [Finding],
}

impl Page<'_> {
    fn head(&mut self, mail: &StoredMail) -> io::Result<()> {
        let summary = &mail.summary;
        let state = summary.state.explain();
        let since = self.time(summary.changed_at);
        match self.style.lang {
            Lang::En => writeln!(self.out, "Mail {}: {} since {since}", summary.id, state.en)?,
            Lang::Ja => writeln!(self.out, "メール {}: {}（{since} から）", summary.id, state.ja)?,
        }
        if let (State::Ready, Some(due)) = (summary.state, summary.due_at) {
            let due = self.time(due);
            self.field("Sent from", "送信予定", &due)?;
        }
        if summary.uncertain {
            self.line(
                "An attempt ended without an answer: the mail may have arrived. Ask before you send it again.",
                "返答のないまま終わった送信があります。届いている可能性があるため、再送の前に先方へお確かめください。",
            )?;
        }
        if let Some(answer) = &summary.answer {
            self.field("The mail server said", "メールサーバーの返答", answer)?;
        }
        writeln!(self.out)
    }

    /// As its header has them; the subject of a mail whose text is gone is what was kept of it.
    fn sender(&mut self, opened: &Opened, sheet: &Sheet) -> io::Result<()> {
        let summary = &opened.mail.summary;
        self.field("From", "差出人", &sheet.from)?;
        if !sheet.date.is_empty() {
            self.field("Date", "日付", &sheet.date)?;
        }
        let subject = match sheet.subject.is_empty() {
            true => vec![Piece::new(one_line(&summary.subject), &[])],
            false => pieces(&sheet.subject),
        };
        let label = self.word("Subject: ", "件名: ");
        self.marked(label, &subject, Look::new())?;
        if let Some(account) = &summary.account {
            self.field("Account", "アカウント", account)?;
        }
        writeln!(self.out)
    }

    /// Who really gets it, by organisation.
    fn recipients(&mut self, sheet: &Sheet, without: &[Address]) -> io::Result<()> {
        self.title("Goes to", "宛先")?;
        for house in &sheet.houses {
            let side = if house.own { self.word("inside", "社内") } else { self.word("outside", "社外") };
            match self.style.lang {
                Lang::En => writeln!(self.out, "  {} ({side})", one_line(&house.name))?,
                Lang::Ja => writeln!(self.out, "  {}（{side}）", one_line(&house.name))?,
            }
            house.cards.iter().try_for_each(|card| self.card(card))?;
        }
        let join = |names: Vec<String>| names.join(", ");
        if !without.is_empty() {
            let names = join(without.iter().map(ToString::to_string).collect());
            self.field("  Left out", "  送らない", &names)?;
        }
        if !sheet.undelivered.is_empty() {
            let names = join(sheet.undelivered.clone());
            self.field("  Named in the mail, but gets nothing", "  宛先欄にあるが送られない", &names)?;
        }
        writeln!(self.out)
    }

    fn card(&mut self, card: &Card) -> io::Result<()> {
        let who = match card.name.is_empty() {
            true => card.address.clone(),
            false => format!("{} <{}>", card.name, card.address),
        };
        let who = match card.level {
            Some(level) => self.paint(output::level_style(level), &one_line(&who)),
            None => one_line(&who),
        };
        // What its other readers do not see stands out.
        let field = match card.field {
            Field::Bcc => self.paint(Look::new().bold(), "Bcc"),
            field => format!("{:<3}", field.as_str()),
        };
        let day = card.last.map(|last| self.time(last)[..10].to_owned());
        let before = card.before(day.as_deref()).map(|before| format!(" – {}", before.get(self.style.lang)));
        let marks =
            if card.marks.is_empty() { String::new() } else { format!("  ← {}", self.references(&card.marks)) };
        writeln!(self.out, "    {field}  {who}{}{marks}", before.unwrap_or_default())
    }

    /// What was found and did not count.
    fn allowed(&mut self, allowed: &[Allowed]) -> io::Result<()> {
        if allowed.is_empty() {
            return Ok(());
        }
        self.title("Allowed beforehand", "事前に許可された指摘")?;
        for Allowed { finding, by } in allowed {
            let reason = by.reason(self.style.lang).map(|reason| format!(" – {reason}")).unwrap_or_default();
            let line = format!("[{}] {}{reason}", finding.rule, finding.title.get(self.style.lang));
            writeln!(self.out, "  {}", one_line(&line))?;
        }
        writeln!(self.out)
    }

    fn text(&mut self, opened: &Opened, sheet: &Sheet) -> io::Result<()> {
        if opened.message().is_none() {
            return match opened.mail.raw {
                Some(_) => self.line(
                    "(the text cannot be read; --raw writes it)",
                    "（本文を読み取れません。--raw で出力できます）",
                ),
                None => self.line("(the text is gone)", "（本文は残っていません）"),
            };
        }
        self.title("Text", "本文")?;
        for lines in &sheet.texts {
            lines.iter().try_for_each(|line| self.text_line(line))?;
            writeln!(self.out)?;
        }
        Ok(())
    }

    fn text_line(&mut self, line: &Line) -> io::Result<()> {
        let look = match line.zone {
            Zone::Own => Look::new(),
            Zone::Quoted | Zone::Signature | Zone::Footer => Look::new().dimmed(),
        };
        self.marked("  ", &pieces(&line.runs), look)
    }

    /// A line whose marked words are in colour, or underlined on a line of their own; behind it the numbers of the findings.
    fn marked(&mut self, lead: &str, line: &[Piece], look: Look) -> io::Result<()> {
        let mut lead = lead.to_owned();
        for row in output::rows(line, self.style.width.saturating_sub(MARGIN).max(NARROWEST)) {
            let mut marks: Vec<usize> = row.iter().flat_map(|piece| piece.marks.clone()).collect();
            marks.sort_unstable();
            marks.dedup();
            let shown: String = row.iter().map(|piece| self.piece(piece, look)).collect();
            let numbers = self.references(&marks);
            let blank = " ".repeat(Piece::new(&lead, &[]).width());
            match (marks.is_empty(), self.style.colour) {
                (true, _) => writeln!(self.out, "{}", format!("{lead}{shown}").trim_end())?,
                (false, true) => writeln!(self.out, "{lead}{shown}  ← {numbers}")?,
                (false, false) => {
                    let under = |piece: &Piece| if piece.marks.is_empty() { " " } else { "^" }.repeat(piece.width());
                    let under: String = row.iter().map(under).collect();
                    writeln!(self.out, "{lead}{shown}\n{blank}{} {numbers}", under.trim_end())?;
                }
            }
            lead = blank;
        }
        Ok(())
    }

    fn piece(&self, piece: &Piece, look: Look) -> String {
        let level = piece.marks.iter().filter_map(|&n| self.findings.get(n)).map(|finding| finding.level).max();
        self.paint(level.map_or(look, |level| output::level_style(level).underline()), &piece.text)
    }

    fn files(&mut self, sheet: &Sheet) -> io::Result<()> {
        if sheet.files.is_empty() {
            return Ok(());
        }
        self.title("Attached", "添付")?;
        for file in &sheet.files {
            let locked = match file.encrypted {
                true => self.word(", locked with a password", "、パスワード付き"),
                false => "",
            };
            let marks =
                if file.marks.is_empty() { String::new() } else { format!("  ← {}", self.references(&file.marks)) };
            let (name, kind, size) = (one_line(&file.name), one_line(&file.media_type), file.size_text());
            writeln!(self.out, "  {name} ({kind}, {size}{locked}){marks}")?;
            for line in &file.preview {
                let shown = output::rows(&[Piece::new(line, &[])], self.style.width.saturating_sub(MARGIN));
                let first: String = shown.first().into_iter().flatten().map(|piece| piece.text.as_str()).collect();
                writeln!(self.out, "    {}", self.paint(Look::new().dimmed(), first.trim_end()))?;
            }
        }
        writeln!(self.out)
    }

    fn history(&mut self, mail: &StoredMail) -> io::Result<()> {
        self.title("History", "経過")?;
        for event in &mail.events {
            let at = self.time(event.at);
            let to =
                event.remark.and_then(|_| event.happening()).map_or_else(|| event.to.explain(), Happening::explain);
            let note = event.note.as_deref().map(|note| format!(" – {}", one_line(note))).unwrap_or_default();
            writeln!(self.out, "  {at}  {}{note}", to.get(self.style.lang))?;
        }
        writeln!(self.out)
    }

    /// What the person who sends it answers for; what was released already asks for nothing.
    fn ticks(&mut self, opened: &Opened, sheet: &Sheet, draft: &Draft) -> io::Result<()> {
        let is_open = matches!(opened.mail.summary.state, State::Held | State::Failed);
        if sheet.ticks.is_empty() || !is_open {
            return Ok(());
        }
        self.title("To make sure of before it is sent", "送信前の確認")?;
        for tick in &sheet.ticks {
            let mark = if draft.ticked.contains(&tick.key) { "x" } else { " " };
            writeln!(self.out, "  [{mark}] {}", one_line(tick.label.get(self.style.lang)))?;
        }
        writeln!(self.out)
    }

    /// Findings by the numbers they are listed with.
    fn references(&self, marks: &[usize]) -> String {
        marks.iter().map(|n| (n + 1).to_string()).collect::<Vec<_>>().join(", ")
    }

    fn title(&mut self, en: &str, ja: &str) -> io::Result<()> {
        let title = self.paint(Look::new().bold(), Bilingual::new(en, ja).get(self.style.lang));
        writeln!(self.out, "{title}")
    }

    fn field(&mut self, en: &str, ja: &str, value: &str) -> io::Result<()> {
        let label = if self.style.lang == Lang::Ja { ja } else { en };
        writeln!(self.out, "{label}: {}", one_line(value))
    }

    fn line(&mut self, en: &'static str, ja: &'static str) -> io::Result<()> {
        writeln!(self.out, "{}", self.word(en, ja))
    }

    fn word(&self, en: &'static str, ja: &'static str) -> &'static str {
        match self.style.lang {
            Lang::En => en,
            Lang::Ja => ja,
        }
    }

    fn paint(&self, look: Look, text: &str) -> String {
        match self.style.colour && look != Look::new() && !text.is_empty() {
            true => format!("{look}{text}{look:#}"),
            false => text.to_owned(),
        }
    }

    fn time(&self, at: Timestamp) -> String {
        at.to_zoned(self.style.time_zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }
}

fn pieces(runs: &[Run]) -> Vec<Piece> {
    runs.iter().map(|run| Piece::new(&run.text, &run.marks)).collect()
}
