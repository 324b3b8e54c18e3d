//! One kept mail for people: what it is, why it was kept, its text, its history, what can be done.

use std::collections::HashSet;
use std::io::{self, Write};

use jiff::Timestamp;

use super::Style;
use crate::finding::{Allowed, Level};
use crate::gate::record;
use crate::lang::Lang;
use crate::message::Message;
use crate::output::{self, one_line, visible_lines};
use crate::store::{State, StoredMail};

pub(super) fn write(out: &mut dyn Write, mail: &StoredMail, style: &Style) -> io::Result<()> {
    let message = mail.raw.as_deref().and_then(|raw| Message::parse(raw).ok());
    let mut page = Page { out, style };
    page.head(mail)?;
    page.envelope(mail, message.as_ref())?;
    let findings = record::read(&mail.summary.findings_json);
    if !findings.is_empty() {
        page.title("Why", "理由")?;
        let options =
            output::Options { lang: style.lang, colour: style.colour, width: style.width, fail_on: Level::Error };
        output::write_findings(page.out, &findings, &options)?;
    }
    page.allowed(mail)?;
    match (&message, &mail.raw) {
        (Some(message), _) => page.text(message)?,
        (None, Some(_)) => {
            page.line("(the text cannot be read; --raw writes it)", "（本文を読み取れません。--raw で出力できます）")?
        }
        (None, None) => page.line("(the text is gone)", "（本文は残っていません）")?,
    }
    page.history(mail)?;
    page.choices(mail)
}

struct Page<'a> {
    out: &'a mut dyn Write,
    style: &'a Style,
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

    /// Header fields as their reader sees them, and who really receives the mail.
    fn envelope(&mut self, mail: &StoredMail, message: Option<&Message>) -> io::Result<()> {
        let summary = &mail.summary;
        for (name, en, ja) in
            [("from", "From", "差出人"), ("to", "To", "宛先"), ("cc", "Cc", "Cc"), ("date", "Date", "日付")]
        {
            let fields = message.into_iter().flat_map(|message| &message.headers).filter(|header| header.name == name);
            for header in fields {
                self.field(en, ja, &header.text)?;
            }
        }
        self.field("Subject", "件名", &summary.subject)?;
        let named: HashSet<String> = message
            .into_iter()
            .flat_map(|message| message.to.iter().chain(&message.cc))
            .map(|mailbox| mailbox.address.key())
            .collect();
        let blind = |key: &str| message.is_some() && !named.contains(key);
        let bcc = if self.style.lang == Lang::Ja { "（Bcc）" } else { " (Bcc)" };
        let receivers: Vec<String> = summary
            .envelope
            .recipients
            .iter()
            .map(|address| format!("{address}{}", if blind(&address.key()) { bcc } else { "" }))
            .collect();
        self.field("Receivers", "実際の受信者", &receivers.join(", "))?;
        if let Some(account) = &summary.account {
            self.field("Account", "アカウント", account)?;
        }
        writeln!(self.out)
    }

    /// What was found and did not count.
    fn allowed(&mut self, mail: &StoredMail) -> io::Result<()> {
        let allowed = record::read_allowed(&mail.summary.findings_json);
        if allowed.is_empty() {
            return Ok(());
        }
        self.title("Allowed beforehand", "事前に許可された指摘")?;
        for Allowed { finding, by } in &allowed {
            let reason = by.reason().map(|reason| format!(" – {reason}")).unwrap_or_default();
            let line = format!("[{}] {}{reason}", finding.rule, finding.title.get(self.style.lang));
            writeln!(self.out, "  {}", one_line(&line))?;
        }
        writeln!(self.out)
    }

    fn text(&mut self, message: &Message) -> io::Result<()> {
        self.title("Text", "本文")?;
        for body in &message.bodies {
            for line in visible_lines(body.original.trim_end()).lines() {
                writeln!(self.out, "  {line}")?;
            }
            writeln!(self.out)?;
        }
        if !message.attachments.is_empty() {
            self.title("Attached", "添付")?;
            for file in &message.attachments {
                writeln!(self.out, "  {} ({}, {} bytes)", one_line(&file.name), one_line(&file.media_type), file.size)?;
            }
            writeln!(self.out)?;
        }
        Ok(())
    }

    fn history(&mut self, mail: &StoredMail) -> io::Result<()> {
        self.title("History", "経過")?;
        for event in &mail.events {
            let at = self.time(event.at);
            let to = event.to.explain();
            let note = event.note.as_deref().map(|note| format!(" – {}", one_line(note))).unwrap_or_default();
            writeln!(self.out, "  {at}  {}{note}", to.get(self.style.lang))?;
        }
        writeln!(self.out)
    }

    fn choices(&mut self, mail: &StoredMail) -> io::Result<()> {
        let id = &mail.summary.id;
        for action in mail.summary.state.choices() {
            writeln!(self.out, "atena held {action} {id}")?;
        }
        Ok(())
    }

    fn title(&mut self, en: &str, ja: &str) -> io::Result<()> {
        let title = if self.style.lang == Lang::Ja { ja } else { en };
        let bold = anstyle::Style::new().bold();
        match self.style.colour {
            true => writeln!(self.out, "{bold}{title}{bold:#}"),
            false => writeln!(self.out, "{title}"),
        }
    }

    fn field(&mut self, en: &str, ja: &str, value: &str) -> io::Result<()> {
        let label = if self.style.lang == Lang::Ja { ja } else { en };
        writeln!(self.out, "{label}: {}", one_line(value))
    }

    fn line(&mut self, en: &str, ja: &str) -> io::Result<()> {
        writeln!(self.out, "{}", if self.style.lang == Lang::Ja { ja } else { en })
    }

    fn time(&self, at: Timestamp) -> String {
        at.to_zoned(self.style.time_zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }
}
