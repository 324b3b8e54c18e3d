//! Where mail goes, read from a URL. Pure.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

/// The next place for a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// `smtp://`, `smtps://` or `smtp+starttls://`.
    Smtp(SmtpTarget),
    /// `maildir:PATH`; relative to the working directory, `~` is not expanded.
    Maildir(PathBuf),
}

/// A mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpTarget {
    /// A host name (ASCII), an IPv4 address, or an IPv6 address without brackets.
    pub host: String,
    pub port: u16,
    pub security: Security,
}

/// When the connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// `smtp://`, `imap://`: plaintext to this machine itself, STARTTLS required to any other.
    LoopbackOrStartTls,
    /// `smtp+starttls://`, `imap+starttls://`: STARTTLS always (RFC 3207, RFC 9051 section 6.2.1).
    StartTls,
    /// `smtps://`, `imaps://`: TLS from the first byte (RFC 8314).
    Tls,
}

/// Why a text is not a target. The text itself is never repeated: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    #[error("does not begin with a known scheme; {FORMS}")]
    UnknownScheme,
    #[error(
        "holds a user name or password; take them out, secrets do not belong in the configuration: \
         they are passed through from the mail program, or come from the keyring, a command or the environment"
    )]
    Credentials,
    #[error("names no host; {FORMS}")]
    NoHost,
    #[error("has a host that is not an ASCII name or an IP address (write IPv6 as [::1], international names as xn--)")]
    BadHost,
    #[error("has a port that is not a number from 1 to 65535")]
    BadPort,
    #[error("has something behind the host and port; {FORMS}")]
    Trailing,
    #[error("names no folder; write maildir:PATH")]
    NoPath,
}

const FORMS: &str = "known forms: smtp+starttls://host[:587], smtps://host[:465], smtp://host[:25], maildir:PATH";

impl Target {
    /// Reads one of the forms `smtp://host[:port]`, `smtps://host[:port]`, `smtp+starttls://host[:port]`, `maildir:PATH`.
    ///
    /// # Errors
    /// Says what is wrong and shows the known forms.
    pub fn parse(url: &str) -> Result<Target, TargetError> {
        let url = url.trim();
        let (scheme, rest) = url.split_once(':').ok_or(TargetError::UnknownScheme)?;
        let (security, default_port) = match scheme.to_ascii_lowercase().as_str() {
            "maildir" if rest.is_empty() => return Err(TargetError::NoPath),
            "maildir" => return Ok(Target::Maildir(PathBuf::from(rest))),
            "smtp" => (Security::LoopbackOrStartTls, 25),
            "smtp+starttls" => (Security::StartTls, 587),
            "smtps" => (Security::Tls, 465),
            _ => return Err(TargetError::UnknownScheme),
        };
        let rest = rest.strip_prefix("//").ok_or(TargetError::UnknownScheme)?;
        // Looked for in the whole rest: a password may hold `/` or `?`.
        if rest.contains('@') {
            return Err(TargetError::Credentials);
        }
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if authority.contains(['/', '?', '#']) {
            return Err(TargetError::Trailing);
        }
        let (host, port) = split_port(authority)?;
        let port = port.map_or(Ok(default_port), port_number)?;
        Ok(Target::Smtp(SmtpTarget { host, port, security }))
    }
}

impl SmtpTarget {
    /// The host is this machine by its very name, so that TLS is never asked of it under `smtp://`.
    pub(super) fn is_local_by_name(&self) -> bool {
        match self.host.parse::<IpAddr>() {
            Ok(address) => address.is_loopback(),
            Err(_) => self.host.eq_ignore_ascii_case("localhost"),
        }
    }
}

impl fmt::Display for Target {
    /// The URL form, with the port spelt out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Smtp(smtp) => smtp.fmt(f),
            Target::Maildir(path) => write!(f, "maildir:{}", path.display()),
        }
    }
}

impl fmt::Display for SmtpTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.security {
            Security::LoopbackOrStartTls => "smtp",
            Security::StartTls => "smtp+starttls",
            Security::Tls => "smtps",
        };
        let SmtpTarget { host, port, .. } = self;
        if host.contains(':') { write!(f, "{scheme}://[{host}]:{port}") } else { write!(f, "{scheme}://{host}:{port}") }
    }
}

pub(crate) fn port_number(digits: &str) -> Result<u16, TargetError> {
    let number = if digits.bytes().all(|b| b.is_ascii_digit()) { digits.parse().ok() } else { None };
    number.filter(|&port| port != 0).ok_or(TargetError::BadPort)
}

/// `host`, `host:port`, `[v6]` or `[v6]:port`.
pub(crate) fn split_port(authority: &str) -> Result<(String, Option<&str>), TargetError> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (literal, after) = rest.split_once(']').ok_or(TargetError::BadHost)?;
        literal.parse::<std::net::Ipv6Addr>().map_err(|_| TargetError::BadHost)?;
        return match after.strip_prefix(':') {
            Some(port) => Ok((literal.to_owned(), Some(port))),
            None if after.is_empty() => Ok((literal.to_owned(), None)),
            None => Err(TargetError::BadHost),
        };
    }
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    if host.is_empty() {
        return Err(TargetError::NoHost);
    }
    // A second colon is an IPv6 address without brackets.
    if port.is_some_and(|port| port.contains(':')) || !is_host(host) {
        return Err(TargetError::BadHost);
    }
    Ok((host.to_owned(), port))
}

fn is_host(host: &str) -> bool {
    let label_ok =
        |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    host.len() <= 253 && host.strip_suffix('.').unwrap_or(host).split('.').all(label_ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smtp(host: &str, port: u16, security: Security) -> Result<Target, TargetError> {
        Ok(Target::Smtp(SmtpTarget { host: host.to_owned(), port, security }))
    }

    #[test]
    fn reads_the_known_forms() {
        use Security::{LoopbackOrStartTls, StartTls, Tls};
        assert_eq!(Target::parse("smtp://127.0.0.1:2525"), smtp("127.0.0.1", 2525, LoopbackOrStartTls));
        assert_eq!(Target::parse("smtp://mail.example"), smtp("mail.example", 25, LoopbackOrStartTls));
        assert_eq!(Target::parse(" smtps://mail.example/ "), smtp("mail.example", 465, Tls));
        assert_eq!(Target::parse("SMTP+STARTTLS://mail.example"), smtp("mail.example", 587, StartTls));
        assert_eq!(Target::parse("smtp://[::1]:25"), smtp("::1", 25, LoopbackOrStartTls));
        assert_eq!(Target::parse("maildir:./out"), Ok(Target::Maildir("./out".into())));
        assert_eq!(Target::parse("maildir:/var/spool/out@x"), Ok(Target::Maildir("/var/spool/out@x".into())));
    }

    #[test]
    fn says_what_is_wrong() {
        for (url, error) in [
            ("", TargetError::UnknownScheme),
            ("mail.example", TargetError::UnknownScheme),
            ("mail.example:25", TargetError::UnknownScheme),
            ("smtp:mail.example", TargetError::UnknownScheme),
            ("https://mail.example", TargetError::UnknownScheme),
            ("smtp://", TargetError::NoHost),
            ("smtp://:25", TargetError::NoHost),
            ("smtp://a:b@mail.example", TargetError::Credentials),
            ("smtp://sato@mail.example", TargetError::Credentials),
            ("smtps://a:p/w?@mail.example", TargetError::Credentials),
            ("smtp://mail.example:0", TargetError::BadPort),
            ("smtp://mail.example:+25", TargetError::BadPort),
            ("smtp://mail.example:65536", TargetError::BadPort),
            ("smtp://mail.example:", TargetError::BadPort),
            ("smtp://::1", TargetError::NoHost),
            ("smtp://fe80::1", TargetError::BadHost),
            ("smtp://[::1]x", TargetError::BadHost),
            ("smtp://例え.example", TargetError::BadHost),
            ("smtp://mail.example/inbox", TargetError::Trailing),
            ("maildir:", TargetError::NoPath),
        ] {
            assert_eq!(Target::parse(url), Err(error), "{url}");
        }
        let told = TargetError::UnknownScheme.to_string();
        assert!(told.contains("smtps://host[:465]") && told.contains("maildir:PATH"), "{told}");
    }

    #[test]
    fn writes_the_form_it_reads() {
        for url in ["smtp://[::1]:25", "smtps://mail.example:465", "smtp+starttls://mail.example:587", "maildir:a b"] {
            assert_eq!(Target::parse(url).map(|target| target.to_string()), Ok(url.to_owned()));
        }
    }

    #[test]
    fn knows_this_machine_by_name() {
        for (url, local) in [
            ("smtp://localhost", true),
            ("smtp://127.9.9.9", true),
            ("smtp://[::1]", true),
            ("smtp://localhost.example", false),
            ("smtp://192.0.2.1", false),
        ] {
            let Ok(Target::Smtp(target)) = Target::parse(url) else { panic!("{url}") };
            assert_eq!(target.is_local_by_name(), local, "{url}");
        }
    }
}
