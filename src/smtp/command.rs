//! One command line to one `Command` (RFC 5321 section 4.1.1), or the reply that says what is wrong with it.
//!
//! Knows the grammar, not the order of commands. No reply repeats what the client typed.

use secrecy::zeroize::Zeroizing;

use super::Reply;
use super::auth::Mechanism;
use super::path::{self, Path};
use crate::message::{Notify, Returns, is_xtext};

/// Octets of ENVID (RFC 3461 section 4.4).
const MAX_ENVELOPE_ID: usize = 100;

/// Octets of ORCPT (RFC 3461 section 4.2).
const MAX_ORIGINAL: usize = 500;

pub(super) enum Command {
    Hello {
        extended: bool,
    },
    Mail(Mail),
    Recipient(Recipient),
    Data,
    Chunk {
        octets: u64,
        last: bool,
    },
    Reset,
    Noop,
    Verify,
    Help,
    Quit,
    StartTls,
    /// `initial` is the response in base64 that stood in the command (RFC 4954 section 4).
    Auth {
        mechanism: Mechanism,
        initial: Option<Zeroizing<String>>,
    },
}

/// RCPT and its parameters (RFC 3461 section 4).
pub(super) struct Recipient {
    pub(super) path: Path,
    pub(super) notify: Option<Notify>,
    pub(super) original: Option<String>,
}

/// MAIL and its parameters.
pub(super) struct Mail {
    /// `None` is the null path `<>`.
    pub(super) sender: Option<Path>,
    /// The octets that `SIZE=` declares (RFC 1870).
    pub(super) size: Option<u128>,
    pub(super) eight_bit: bool,
    pub(super) utf8: bool,
    pub(super) returns: Option<Returns>,
    pub(super) envelope_id: Option<String>,
}

impl Command {
    /// Reads a line without its CRLF.
    pub(super) fn parse(line: &[u8]) -> Result<Command, Reply> {
        let text = std::str::from_utf8(line).map_err(|_| Reply::bad_characters())?;
        // RFC 5321 section 4.1.1: trailing white space is tolerated.
        let text = text.trim_end_matches([' ', '\t']);
        // Among them bare CR, bare LF, and NUL: only CRLF ends a line (RFC 5321 section 2.3.8).
        if text.contains(char::is_control) {
            return Err(Reply::bad_characters());
        }
        let (verb, rest) = text.split_once(' ').unwrap_or((text, ""));
        let rest = rest.trim_start_matches(' ');
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => some(rest, "Say EHLO and the name of your computer").map(|_| Command::Hello { extended: true }),
            "HELO" => some(rest, "Say HELO and the name of your computer").map(|_| Command::Hello { extended: false }),
            "MAIL" => mail(rest).map(Command::Mail),
            "RCPT" => recipient(rest).map(Command::Recipient),
            "DATA" => none(rest, Command::Data),
            "BDAT" => chunk(rest),
            "RSET" => none(rest, Command::Reset),
            "NOOP" => Ok(Command::Noop),
            "VRFY" => some(rest, "Say VRFY and a name or an address").map(|_| Command::Verify),
            "HELP" => Ok(Command::Help),
            "QUIT" => none(rest, Command::Quit),
            "STARTTLS" => none(rest, Command::StartTls),
            "AUTH" => auth(rest),
            "EXPN" | "TURN" | "ETRN" | "SEND" | "SOML" | "SAML" | "BURL" | "ATRN" => Err(Reply::not_implemented()),
            _ => Err(Reply::unknown_command()),
        }
    }
}

fn some<'a>(rest: &'a str, advice: &str) -> Result<&'a str, Reply> {
    if rest.is_empty() { Err(Reply::bad_arguments(advice)) } else { Ok(rest) }
}

fn none(rest: &str, command: Command) -> Result<Command, Reply> {
    if rest.is_empty() { Ok(command) } else { Err(Reply::bad_arguments("This command takes no argument")) }
}

/// `octets [LAST]` (RFC 3030 section 2). Where the number cannot be read nobody knows how much text follows: the
/// connection ends, lest it be taken for commands.
fn chunk(rest: &str) -> Result<Command, Reply> {
    let (octets, last) =
        rest.split_once(' ').map_or((rest, ""), |(octets, last)| (octets, last.trim_start_matches(' ')));
    let digits = !octets.is_empty() && octets.bytes().all(|byte| byte.is_ascii_digit());
    let octets = if digits { octets.parse().ok() } else { None };
    match (octets, last.to_ascii_uppercase().as_str()) {
        (Some(octets), "") => Ok(Command::Chunk { octets, last: false }),
        (Some(octets), "LAST") => Ok(Command::Chunk { octets, last: true }),
        _ => Err(Reply::bad_chunk()),
    }
}

/// `FROM:<reverse-path> [parameters]`.
fn mail(rest: &str) -> Result<Mail, Reply> {
    let usage = || Reply::bad_arguments("Say MAIL FROM:<address>");
    let path = keyword(rest, "FROM:").ok_or_else(usage)?;
    let (path, parameters) = path::split(path).ok_or_else(usage)?;
    let sender =
        if path.is_empty() { None } else { Some(Path::parse(path).map_err(|e| Reply::bad_sender(&e.to_string()))?) };
    // A bare Postmaster is a forward-path only (RFC 5321 section 4.1.1.3): nobody could answer it.
    if sender.as_ref().is_some_and(|sender| sender.address().domain().is_empty()) {
        return Err(Reply::bad_sender("has no domain"));
    }
    let mut mail = Mail { sender, size: None, eight_bit: false, utf8: false, returns: None, envelope_id: None };
    each(parameters, |name, value| mail.set(name, value))?;
    Ok(mail)
}

/// Sets the parameters behind an address, none of them twice. Names are given in capitals.
fn each(parameters: &str, mut set: impl FnMut(&str, Option<&str>) -> Result<(), Reply>) -> Result<(), Reply> {
    let mut seen = Vec::new();
    for parameter in parameters.split(' ').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').map_or((parameter, None), |(name, value)| (name, Some(value)));
        let name = name.to_ascii_uppercase();
        set(&name, value)?;
        if seen.contains(&name) {
            return Err(Reply::bad_arguments("A parameter is given twice"));
        }
        seen.push(name);
    }
    Ok(())
}

fn bad_value() -> Reply {
    Reply::bad_arguments("A parameter after the address has a value that it cannot have")
}

impl Mail {
    fn set(&mut self, name: &str, value: Option<&str>) -> Result<(), Reply> {
        match (name, value) {
            ("SIZE", Some(value)) => self.size = Some(size(value)?),
            ("BODY", Some(value)) if value.eq_ignore_ascii_case("7BIT") => self.eight_bit = false,
            ("BODY", Some(value)) if value.eq_ignore_ascii_case("8BITMIME") => self.eight_bit = true,
            ("SMTPUTF8", None) => self.utf8 = true,
            // RFC 4954 section 5: who submitted it first. Nobody is trusted to say so; the login counts.
            ("AUTH", Some(value)) if !value.is_empty() => {}
            ("RET", Some(value)) => self.returns = Some(Returns::parse(value).ok_or_else(bad_value)?),
            ("ENVID", Some(value)) if value.len() <= MAX_ENVELOPE_ID && is_xtext(value) => {
                self.envelope_id = Some(value.to_owned());
            }
            ("SIZE" | "BODY" | "SMTPUTF8" | "AUTH" | "RET" | "ENVID", _) => return Err(bad_value()),
            _ => return Err(Reply::unknown_parameter()),
        }
        Ok(())
    }
}

/// RFC 1870 section 3: up to twenty digits, more than fit into 64 bits.
fn size(value: &str) -> Result<u128, Reply> {
    let fine = value.len() <= 20 && value.bytes().all(|b| b.is_ascii_digit());
    let size = if fine { value.parse().ok() } else { None };
    size.ok_or_else(|| Reply::bad_arguments("Say SIZE= and a number of bytes"))
}

/// `TO:<forward-path> [parameters]`.
fn recipient(rest: &str) -> Result<Recipient, Reply> {
    let usage = || Reply::bad_arguments("Say RCPT TO:<address>");
    let path = keyword(rest, "TO:").ok_or_else(usage)?;
    let (path, parameters) = path::split(path).ok_or_else(usage)?;
    if path.is_empty() {
        return Err(Reply::bad_recipient("is empty"));
    }
    let path = Path::parse(path).map_err(|error| Reply::bad_recipient(&error.to_string()))?;
    let mut recipient = Recipient { path, notify: None, original: None };
    each(parameters, |name, value| recipient.set(name, value))?;
    Ok(recipient)
}

impl Recipient {
    fn set(&mut self, name: &str, value: Option<&str>) -> Result<(), Reply> {
        match (name, value) {
            ("NOTIFY", Some(value)) => self.notify = Some(Notify::parse(value).ok_or_else(bad_value)?),
            ("ORCPT", Some(value)) if value.len() <= MAX_ORIGINAL && is_original(value) => {
                self.original = Some(value.to_owned());
            }
            ("NOTIFY" | "ORCPT", _) => return Err(bad_value()),
            _ => return Err(Reply::unknown_parameter()),
        }
        Ok(())
    }
}

/// `addr-type ";" xtext` (RFC 3461 section 4.2).
fn is_original(value: &str) -> bool {
    value.split_once(';').is_some_and(|(kind, address)| {
        !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') && is_xtext(address)
    })
}

/// What follows `word` and, as real clients write, spaces.
fn keyword<'a>(rest: &'a str, word: &str) -> Option<&'a str> {
    let (head, tail) = rest.split_at_checked(word.len())?;
    head.eq_ignore_ascii_case(word).then(|| tail.trim_start_matches(' '))
}

fn auth(rest: &str) -> Result<Command, Reply> {
    let rest = some(rest, "Say AUTH PLAIN or AUTH LOGIN")?;
    let (name, initial) =
        rest.split_once(' ').map_or((rest, None), |(name, initial)| (name, Some(initial.trim_start_matches(' '))));
    let mechanism = Mechanism::parse(name).ok_or_else(Reply::unknown_mechanism)?;
    // RFC 4954 section 4: "=" is an initial response that is there and empty.
    let initial = initial.map(|text| Zeroizing::new(if text == "=" { String::new() } else { text.to_owned() }));
    Ok(Command::Auth { mechanism, initial })
}
