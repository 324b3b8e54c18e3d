//! One mail at the sink: MAIL, RCPT, DATA, and what goes wrong there on request.

use std::io;

use tokio::io::AsyncBufReadExt;

use super::Received;
use super::fault::{Fault, refusal};
use super::session::Session;

/// An envelope being built.
#[derive(Default)]
pub(super) struct Mail {
    sender: String,
    parameters: Vec<String>,
    recipients: Vec<String>,
    /// Of the last recipient that asked for one.
    fault: Option<Fault>,
}

impl Session<'_> {
    pub(super) async fn mail(&mut self, rest: &str) -> io::Result<bool> {
        let Some((sender, parameters)) = path(rest, "FROM:") else {
            self.violation(format!("MAIL {rest}"));
            return self.reply("501 5.5.4 syntax").await.map(|()| true);
        };
        if self.hello.is_none() || self.mail.is_some() {
            self.violation("MAIL where it may not be".to_owned());
            return self.reply("503 5.5.1 not now").await.map(|()| true);
        }
        if self.shared.options.login_required && self.user.is_none() {
            return self.reply("530 5.7.0 log in first").await.map(|()| true);
        }
        if sender.is_empty() && self.shared.options.refuses_null_path {
            return self.reply("550 5.7.1 nobody may not send").await.map(|()| true);
        }
        let fault = Fault::of(&sender);
        for parameter in &parameters {
            let keyword = parameter.split('=').next().unwrap_or_default();
            let extension = match keyword {
                "BODY" => "8BITMIME",
                "RET" | "ENVID" => "DSN",
                other => other,
            };
            if !self.offers(extension) {
                self.violation(format!("{parameter} was not offered"));
            }
        }
        if !matches!(fault, Some(Fault::Path(_))) {
            self.mail = Some(Mail { sender, parameters, ..Mail::default() });
        }
        self.answer_path(fault).await
    }

    pub(super) async fn rcpt(&mut self, rest: &str) -> io::Result<bool> {
        let Some((recipient, parameters)) = path(rest, "TO:") else {
            self.violation(format!("RCPT {rest}"));
            return self.reply("501 5.5.4 syntax").await.map(|()| true);
        };
        if !parameters.is_empty() && !self.offers("DSN") {
            self.violation(format!("{} was not offered", parameters.join(" ")));
        }
        // A pipelining client cannot know yet that MAIL was refused.
        let Some(mail) = &mut self.mail else { return self.reply("503 5.5.1 MAIL first").await.map(|()| true) };
        let fault = Fault::of(&recipient);
        mail.fault = fault.or(mail.fault);
        let refused = fault.and_then(Fault::path_reply).is_some_and(|reply| !reply.starts_with(b"2"));
        if !refused {
            mail.recipients.push(recipient);
        }
        self.answer_path(fault).await
    }

    async fn answer_path(&mut self, fault: Option<Fault>) -> io::Result<bool> {
        match fault {
            Some(Fault::StallPath) => self.stall().await?,
            Some(Fault::HangupPath) => return Ok(false),
            _ => {}
        }
        match fault.and_then(Fault::path_reply) {
            Some(reply) => self.write(&reply).await?,
            None => self.reply("250 2.1.0 ok").await?,
        }
        Ok(fault != Some(Fault::Path(421)))
    }

    pub(super) async fn data(&mut self) -> io::Result<bool> {
        let Some(mail) = self.mail.take() else { return self.reply("503 5.5.1 MAIL first").await.map(|()| true) };
        if mail.recipients.is_empty() {
            return self.reply("554 5.5.1 no valid recipients").await.map(|()| true);
        }
        match mail.fault {
            Some(Fault::StallData) => self.stall().await?,
            Some(Fault::Data(code)) => {
                self.write(&refusal(code)).await?;
                return Ok(code != 421);
            }
            _ => self.reply("354 go").await?,
        }
        let mut raw = Vec::new();
        if !self.text(mail.fault, &mut raw).await? {
            return Ok(false);
        }
        let received = Received {
            connection: self.number,
            hello: self.hello.clone().unwrap_or_default(),
            tls: self.tls,
            user: self.user.clone(),
            sender: mail.sender,
            parameters: mail.parameters,
            recipients: mail.recipients,
            raw,
        };
        if let Some(Fault::Dot(code)) = mail.fault {
            self.write(&refusal(code)).await?;
            return Ok(code != 421);
        }
        if let Some(Fault::SlowRefusal(wait)) = mail.fault {
            tokio::time::sleep(std::time::Duration::from_millis(wait.into())).await;
            return self.write(&refusal(554)).await.map(|()| true);
        }
        self.shared.keep(received);
        match mail.fault {
            Some(Fault::StallDot) => self.stall().await?,
            Some(Fault::SlowHangup(wait)) => {
                tokio::time::sleep(std::time::Duration::from_millis(wait.into())).await;
                return Ok(false);
            }
            Some(Fault::Slow(wait)) => {
                tokio::time::sleep(std::time::Duration::from_millis(wait.into())).await;
                self.reply("250 2.0.0 kept at last").await?;
            }
            Some(Fault::HangupAfterDot) => return Ok(false),
            Some(Fault::DoubleDot) => self.write(b"250 2.0.0 kept\r\n250 2.0.0 kept\r\n").await?,
            _ => self.reply("250 2.0.0 kept").await?,
        }
        Ok(true)
    }

    /// Reads to CRLF.CRLF and takes the stuffed dots off (RFC 5321 section 4.5.2). `Ok(false)` closes the connection.
    async fn text(&mut self, fault: Option<Fault>, raw: &mut Vec<u8>) -> io::Result<bool> {
        let mut line_start = true;
        let mut piece = Vec::new();
        loop {
            piece.clear();
            if self.io.read_until(b'\n', &mut piece).await? == 0 {
                return Ok(false);
            }
            match fault {
                Some(Fault::HangupData) => return Ok(false),
                Some(Fault::StallText) => return std::future::pending().await,
                Some(Fault::Early(code)) => {
                    self.write(&refusal(code)).await?;
                    // Read on as real servers do: closing at once would reset the connection and lose the reply.
                    while self.io.read_until(b'\n', &mut piece).await? > 0 && !piece.ends_with(b"\r\n.\r\n") {}
                    return Ok(false);
                }
                _ => {}
            }
            if line_start && piece == b".\r\n" {
                return Ok(true);
            }
            let stuffed = line_start && piece.starts_with(b".");
            if stuffed && !piece.starts_with(b"..") {
                self.violation("a leading dot was not doubled".to_owned());
            }
            raw.extend_from_slice(&piece[usize::from(stuffed)..]);
            line_start = piece.ends_with(b"\r\n");
            // A client that was cut off in the middle of a line ended none.
            if piece.ends_with(b"\n") && !line_start {
                self.violation("a bare LF in the text".to_owned());
            }
        }
    }
}

/// `FROM:<path> parameters`; a `>` inside a quoted local part does not end the path.
fn path(rest: &str, word: &str) -> Option<(String, Vec<String>)> {
    let inner = rest.strip_prefix(word)?.strip_prefix('<')?;
    let (mut quoted, mut escaped) = (false, false);
    let end = inner.char_indices().find_map(|(index, c)| {
        let was_escaped = std::mem::take(&mut escaped);
        match c {
            _ if was_escaped => None,
            '\\' if quoted => {
                escaped = true;
                None
            }
            '"' => {
                quoted = !quoted;
                None
            }
            '>' if !quoted => Some(index),
            _ => None,
        }
    })?;
    let parameters = inner[end + 1..].split_ascii_whitespace().map(str::to_owned).collect();
    Some((inner[..end].to_owned(), parameters))
}
