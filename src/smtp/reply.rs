//! Every answer this server gives, built by its meaning. The only place with reply codes.
//!
//! A reply cannot break the dialogue, whatever text goes in: at most 512 octets per line (RFC 5321 section 4.5.3.1.5),
//! at most twenty lines, no control characters, an enhanced status code of the reply's own class (RFC 3463, RFC 5248).
//! The first line is ASCII and complete in itself. Texts end without a full stop: mail programs add their own sentence.

mod login;

use std::borrow::Cow;
use std::fmt;

use super::text::{clean, is_enhanced_code, size};

/// More lines than this no mail program shows in a dialog.
const MAX_LINES: usize = 20;

/// What is no line end, for people.
pub(super) const BARE_CR: &str = "a bare CR (carriage return without line feed)";
pub(super) const BARE_LF: &str = "a bare LF (line feed without carriage return)";

/// One reply to one command or one mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    code: u16,
    /// Enhanced status code; the greeting, EHLO, and 3yz replies have none (RFC 2034 section 4).
    status: Option<Cow<'static, str>>,
    /// Cleaned and cut; never empty.
    lines: Vec<String>,
}

/// What became of a mail.
impl Reply {
    /// The next server took the mail; `upstream` is its reply text.
    pub fn sent(upstream: &str) -> Reply {
        Reply::new(250, "2.0.0", &["Sent: ", upstream].concat())
    }

    /// The mail is committed to disk and waits for a person.
    pub fn held(id: &str) -> Reply {
        Reply::new(250, "2.0.0", &format!("Kept for review, not sent yet, id {id}: atena held show {id}"))
    }

    /// The mail is committed to disk and goes at the time `until` unless somebody stops it.
    pub fn delayed(id: &str, until: &str) -> Reply {
        Reply::new(250, "2.0.0", &format!("Will be sent at {until}, to stop it: atena held cancel {id}"))
    }

    /// The mail is committed to disk and goes as soon as the next server takes it.
    pub fn queued(id: &str) -> Reply {
        Reply::new(250, "2.0.0", &format!("Queued, sent as soon as the mail server answers, id {id}"))
    }

    /// Handed back to its author with the reasons; the draft stays open in the mail program. Lines after the first
    /// may be Japanese if `utf8`: mail programs show it, although RFC 6531 section 3.5 promises it only to clients
    /// that asked. The caller chooses the language and gives a first line that says all in ASCII.
    pub fn returned(lines: &[String], utf8: bool) -> Reply {
        Reply::many(550, "5.7.1", lines, utf8)
    }

    /// Handed back for good; otherwise as [`Reply::returned`].
    pub fn rejected(lines: &[String], utf8: bool) -> Reply {
        Reply::many(554, "5.7.1", lines, utf8)
    }

    /// The next server refused, now (4yz) or for good (5yz); nothing was sent to anyone. Its code is passed on if
    /// it can be an answer to a mail: a 421 or 535 is about its dialogue with us, not about ours with the client.
    /// Its enhanced code is passed on if it is one, and of the same class. `text` may have several lines.
    pub fn refused_by_upstream(code: Option<u16>, enhanced: Option<&str>, text: &str) -> Reply {
        let code = match code {
            Some(code @ (450..=452 | 550..=554)) => code,
            Some(400..=499) => 451,
            Some(_) | None => 554,
        };
        let unspecified = if code < 500 { "4.0.0" } else { "5.0.0" };
        let status = enhanced.filter(|status| status[..].starts_with(&unspecified[..2]) && is_enhanced_code(status));
        let lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut reply = Reply::many(code, unspecified, &lines, false);
        reply.status = Some(status.map_or(Cow::Borrowed(unspecified), |status| Cow::Owned(status.to_owned())));
        reply
    }

    /// Nothing is known to have been sent, and sending again later may succeed.
    pub fn try_later(text: &str) -> Reply {
        Reply::new(451, "4.3.0", text)
    }

    /// No room to keep the mail.
    pub fn storage_full() -> Reply {
        let why = "The disk of atena is full, the mail was not sent: make room on it, then send it again";
        Reply::new(452, "4.3.1", why)
    }

    /// Over the size limit, declared (RFC 1870) or real.
    pub fn too_big(max_size: usize) -> Reply {
        Reply::new(
            552,
            "5.3.4",
            &format!("The mail is larger than {} and was not sent: send fewer or smaller attachments", size(max_size)),
        )
    }

    pub(super) fn text_line_too_long(max_line: usize) -> Reply {
        let why =
            format!("The mail has a line longer than {} and was not sent: break it into shorter ones", size(max_line));
        Reply::new(554, "5.6.0", &why)
    }

    /// Other mails take the memory there is.
    pub(super) fn no_room() -> Reply {
        Reply::new(452, "4.3.1", "Too many mails are on their way, this one was not sent: try again in a moment")
    }

    /// `found` occurs in the text. Next to another server that reads it as a line end, a second mail could be
    /// smuggled in (RFC 5321 section 2.3.8 forbids it).
    pub(super) fn bare_line_end(found: &str) -> Reply {
        Reply::new(550, "5.6.0", &format!("The mail contains {found}, which SMTP forbids, it was not sent"))
    }
}

/// The connection.
impl Reply {
    pub(super) fn ready(hostname: &str) -> Reply {
        Reply::plain(220, &[&format!("{hostname} ESMTP atena")])
    }

    pub(super) fn bye() -> Reply {
        Reply::new(221, "2.0.0", "Goodbye")
    }

    pub(super) fn timed_out() -> Reply {
        Reply::new(421, "4.4.2", "Nothing was received for too long, closing the connection")
    }

    pub(super) fn took_too_long() -> Reply {
        Reply::new(421, "4.4.2", "The mail took too long to arrive and was not sent, closing the connection")
    }

    /// In the middle of a text in which `found` occurs: its author may take that for a line end.
    pub(super) fn timed_out_behind(found: &str) -> Reply {
        let why = format!("The end of the mail did not come: the mail contains {found}, which SMTP forbids");
        Reply::new(421, "4.4.2", &why)
    }

    /// A command line. What follows it may be text of somebody else that was put into the command.
    pub(super) fn bare_lf_in_command() -> Reply {
        let why = format!("A line ended in {BARE_LF}, which SMTP forbids, closing the connection");
        Reply::new(421, "4.5.2", &why)
    }

    pub(super) fn shutting_down() -> Reply {
        Reply::new(421, "4.3.2", "The server is shutting down, please try again in a moment")
    }

    /// For a driver that has no room for one more session.
    pub fn too_many_connections() -> Reply {
        Reply::new(421, "4.3.2", "Too many connections, please try again in a moment")
    }

    pub(super) fn too_many_errors() -> Reply {
        Reply::new(
            421,
            "4.7.0",
            "Too many errors, closing the connection: the answers before this one say what is wrong",
        )
    }

    pub(super) fn too_many_commands() -> Reply {
        Reply::new(421, "4.7.0", "Too many commands without a mail, closing the connection: connect again to go on")
    }

    pub(super) fn too_much_input() -> Reply {
        Reply::new(421, "4.7.0", "Too much was sent without waiting for an answer, closing the connection")
    }

    pub(super) fn not_a_web_server() -> Reply {
        Reply::new(421, "4.7.0", "This is a mail server (SMTP), not a web server")
    }

    pub(super) fn not_implicit_tls() -> Reply {
        Reply::new(421, "4.7.0", "This port does not begin with TLS, choose STARTTLS or no encryption")
    }
}

/// Commands.
impl Reply {
    /// The answer to EHLO: a keyword per line (RFC 5321 section 4.1.1.1).
    pub(super) fn ehlo(hostname: &str, keywords: &[&str]) -> Reply {
        Reply::plain(250, &[&[hostname], keywords].concat())
    }

    pub(super) fn helo(hostname: &str) -> Reply {
        Reply::plain(250, &[hostname])
    }

    pub(super) fn ok() -> Reply {
        Reply::new(250, "2.0.0", "OK")
    }

    pub(super) fn sender_ok() -> Reply {
        Reply::new(250, "2.1.0", "Sender OK")
    }

    pub(super) fn recipient_ok() -> Reply {
        Reply::new(250, "2.1.5", "Recipient OK")
    }

    pub(super) fn start_data() -> Reply {
        Reply::plain(354, &["Go ahead, end with a dot on a line of its own"])
    }

    /// One of several chunks (RFC 3030).
    pub(super) fn chunk_ok(octets: u64) -> Reply {
        Reply::new(250, "2.0.0", &format!("{octets} bytes received"))
    }

    pub(super) fn bad_chunk() -> Reply {
        Reply::new(
            421,
            "4.5.4",
            "Say BDAT, a number of bytes, and LAST if it is the last chunk; closing the connection",
        )
    }

    /// RFC 5321 section 3.5.3: 252 for addresses that are not verified.
    pub(super) fn not_verified() -> Reply {
        Reply::new(252, "2.0.0", "Addresses are not verified before a mail is sent")
    }

    /// `offered` are the commands that not every connection has.
    pub(super) fn help(offered: &str) -> Reply {
        let text = format!("Commands: EHLO HELO{offered} MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT");
        Reply::new(214, "2.0.0", &text)
    }

    pub(super) fn unknown_command() -> Reply {
        Reply::new(500, "5.5.1", "Unknown command")
    }

    pub(super) fn not_implemented() -> Reply {
        Reply::new(502, "5.5.1", "This command is not implemented")
    }

    pub(super) fn line_too_long() -> Reply {
        Reply::new(500, "5.5.2", "The command line is too long")
    }

    pub(super) fn bad_characters() -> Reply {
        Reply::new(500, "5.5.2", "The command line contains a control character, or is not UTF-8")
    }

    pub(super) fn bad_arguments(advice: &str) -> Reply {
        Reply::new(501, "5.5.4", advice)
    }

    pub(super) fn unknown_parameter() -> Reply {
        Reply::new(555, "5.5.4", "A parameter after the address is not known here")
    }

    /// `advice` says which command comes first.
    pub(super) fn bad_sequence(advice: &str) -> Reply {
        Reply::new(503, "5.5.1", advice)
    }

    pub(super) fn no_recipients() -> Reply {
        Reply::new(554, "5.5.1", "No recipient was accepted")
    }

    pub(super) fn bad_sender(why: &str) -> Reply {
        Reply::new(553, "5.1.7", &["The sender address ", why].concat())
    }

    pub(super) fn bad_recipient(why: &str) -> Reply {
        Reply::new(553, "5.1.3", &["The recipient address ", why].concat())
    }

    /// RFC 6531 section 3.5: 550 to MAIL, 553 to RCPT.
    pub(super) fn utf8_not_declared(code: u16) -> Reply {
        Reply::new(code, "5.6.7", "The address is not ASCII, and the mail was not declared as SMTPUTF8")
    }

    pub(super) fn utf8_not_taken(code: u16) -> Reply {
        Reply::new(code, "5.6.7", "The mail server behind takes no international addresses (SMTPUTF8)")
    }

    /// RFC 5321 section 4.5.3.1.10: 452, so that the client sends the rest as another mail.
    pub(super) fn too_many_recipients() -> Reply {
        Reply::new(452, "4.5.3", "Too many recipients for one mail, send it to the others as another mail")
    }
}

impl Reply {
    /// The three digits.
    pub fn code(&self) -> u16 {
        self.code
    }

    /// The enhanced status code, if this reply has one.
    pub fn enhanced(&self) -> Option<&str> {
        self.status.as_deref()
    }

    /// As it goes over the wire, CRLF included.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (index, line) in self.lines.iter().enumerate() {
            let last = index + 1 == self.lines.len();
            bytes.extend_from_slice(self.code.to_string().as_bytes());
            bytes.push(if last { b' ' } else { b'-' });
            if let Some(status) = &self.status {
                bytes.extend_from_slice(status.as_bytes());
                bytes.push(b' ');
            }
            bytes.extend_from_slice(line.as_bytes());
            bytes.extend_from_slice(b"\r\n");
        }
        bytes
    }

    /// RFC 5321 section 3.8: 421 announces that the connection is closed.
    pub(super) fn closes(&self) -> bool {
        self.code == 421
    }

    /// The end of this server, or no room in it.
    pub(super) fn is_of_the_server(&self) -> bool {
        self.status.as_deref() == Some("4.3.2")
    }

    /// Nothing came for too long.
    pub(super) fn is_of_time(&self) -> bool {
        self.status.as_deref() == Some("4.4.2")
    }

    pub(super) fn first_line(&self) -> &str {
        &self.lines[0]
    }

    fn new(code: u16, status: &'static str, text: &str) -> Reply {
        Reply { code, status: Some(Cow::Borrowed(status)), lines: vec![clean(text, false)] }
    }

    fn plain(code: u16, lines: &[&str]) -> Reply {
        Reply { code, status: None, lines: lines.iter().map(|line| clean(line, false)).collect() }
    }

    fn many(code: u16, status: &'static str, lines: &[String], utf8: bool) -> Reply {
        let mut cleaned: Vec<String> =
            lines.iter().take(MAX_LINES).enumerate().map(|(index, line)| clean(line, utf8 && index > 0)).collect();
        if lines.len() > MAX_LINES {
            cleaned[MAX_LINES - 1] = format!("... {} more lines", lines.len() - MAX_LINES + 1);
        }
        if cleaned.is_empty() {
            cleaned.push("The mail was not sent".to_owned());
        }
        Reply { code, status: Some(Cow::Borrowed(status)), lines: cleaned }
    }
}

/// Code and status only: the text may name recipients.
impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({} {}, {} lines)", self.code, self.status.as_deref().unwrap_or("-"), self.lines.len())
    }
}
