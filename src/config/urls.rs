//! The URL of the next server.
//!
//! Pure.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use super::units::quoted;
use crate::source::Fault;
use crate::suggest::nearest;

/// How a connection to a server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (RFC 8314 section 3).
    Tls,
    /// STARTTLS, demanded (RFC 3207).
    StartTls,
    Plain,
}

/// Where mail goes: `smtps://host[:465]`, `smtp+starttls://host[:587]`, `smtp://host[:25]`, or `maildir:PATH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpstreamUrl {
    Smtp {
        security: Security,
        /// A name, an IPv4 address, or an IPv6 address without brackets.
        host: String,
        port: u16,
    },
    Maildir(PathBuf),
}

const SCHEMES: [(&str, Security, u16); 3] =
    [("smtps", Security::Tls, 465), ("smtp+starttls", Security::StartTls, 587), ("smtp", Security::Plain, 25)];

impl UpstreamUrl {
    /// Reads one of the four forms; the path of a Maildir stays as it is written.
    ///
    /// # Errors
    /// Anything else, with the form that was probably meant. Never repeats credentials.
    pub fn parse(text: &str) -> Result<UpstreamUrl, Fault> {
        if let Some(path) = text.strip_prefix("maildir:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            let empty = || {
                Fault::new("`maildir:` has no path", "`maildir:` にパスがありません")
                    .help("write for example \"maildir:/home/me/Maildir\"", "例: \"maildir:/home/me/Maildir\"")
            };
            return if path.is_empty() { Err(empty()) } else { Ok(UpstreamUrl::Maildir(PathBuf::from(path))) };
        }
        let Some((scheme, rest)) = text.split_once("://") else { return Err(no_scheme(text)) };
        let Some((_, security, port)) = SCHEMES.iter().find(|(name, ..)| *name == scheme) else {
            return Err(bad_scheme(scheme));
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains('@') {
            return Err(Fault::new(
                "credentials must not stand in the URL",
                "URL に認証情報を書くことはできません",
            )
            .help(
                "use `user` and `password_command`, `password_env`, `password_keyring` or `pass_through`",
                "`user` と、`password_command`、`password_env`、`password_keyring`、`pass_through` のいずれかを使ってください",
            ));
        }
        let (host, port) = host_and_port(rest, *port)?;
        Ok(UpstreamUrl::Smtp { security: *security, host, port })
    }

    /// Whether what is said to this server stays on this machine.
    pub fn is_local(&self) -> bool {
        match self {
            UpstreamUrl::Maildir(_) => true,
            UpstreamUrl::Smtp { host, .. } => {
                host.eq_ignore_ascii_case("localhost")
                    || host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
            }
        }
    }

    /// Whether nothing but STARTTLS, if the server offers it, protects a password on the way.
    pub fn exposes_passwords(&self) -> bool {
        matches!(self, UpstreamUrl::Smtp { security: Security::Plain, .. }) && !self.is_local()
    }
}

impl fmt::Display for UpstreamUrl {
    /// The form [`UpstreamUrl::parse`] reads, always with the port.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UpstreamUrl::Maildir(path) => write!(f, "maildir:{}", path.display()),
            UpstreamUrl::Smtp { security, host, port } => {
                let scheme = match security {
                    Security::Tls => "smtps",
                    Security::StartTls => "smtp+starttls",
                    Security::Plain => "smtp",
                };
                if host.contains(':') {
                    write!(f, "{scheme}://[{host}]:{port}")
                } else {
                    write!(f, "{scheme}://{host}:{port}")
                }
            }
        }
    }
}

/// # Errors
/// It names no host, or no port.
pub(super) fn host_and_port(text: &str, default_port: u16) -> Result<(String, u16), Fault> {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, behind)) => (host, Some(behind.strip_prefix(':').unwrap_or(""))),
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    if !is_host(host) {
        return Err(Fault::new(
            format!("{} is not the name of a server", quoted(host)),
            format!("{} はサーバー名ではありません", quoted(host)),
        )
        .help("write for example \"smtps://smtp.example.jp\"", "例: \"smtps://smtp.example.jp\""));
    }
    let port = match port {
        None => Some(default_port),
        Some(digits) => digits.parse().ok().filter(|port| *port != 0),
    };
    let port = port.ok_or_else(|| {
        Fault::new("the port is not a number from 1 to 65535", "ポート番号は 1 から 65535 までの数です")
    })?;
    Ok((host.to_owned(), port))
}

fn is_host(host: &str) -> bool {
    let label_ok = |label: &str| {
        !label.is_empty() && label.len() <= 63 && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    };
    host.parse::<IpAddr>().is_ok() || (host.len() <= 253 && host.split('.').all(label_ok))
}

fn no_scheme(text: &str) -> Fault {
    let fault = Fault::new("the URL does not say how to connect", "URL に接続方法がありません");
    match host_and_port(text, 465) {
        Ok((host, _)) => fault.help(
            format!("did you mean \"smtps://{host}\" or \"smtp+starttls://{host}\"?"),
            format!("\"smtps://{host}\" または \"smtp+starttls://{host}\" ではありませんか?"),
        ),
        Err(_) => fault.help(
            "write for example \"smtps://smtp.example.jp\" or \"maildir:/home/me/Maildir\"",
            "例: \"smtps://smtp.example.jp\"、\"maildir:/home/me/Maildir\"",
        ),
    }
}

fn bad_scheme(scheme: &str) -> Fault {
    let fault = Fault::new(
        format!("unknown kind of server {}", quoted(scheme)),
        format!("不明な種類のサーバー {} です", quoted(scheme)),
    );
    match nearest(scheme, ["smtps", "smtp+starttls", "smtp"]) {
        Some(meant) => fault.help(format!("did you mean \"{meant}://\"?"), format!("\"{meant}://\" ではありませんか?")),
        None => fault.help(
            "known: \"smtps://\", \"smtp+starttls://\", \"smtp://\", \"maildir:\"",
            "使えるもの: \"smtps://\"、\"smtp+starttls://\"、\"smtp://\"、\"maildir:\"",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form_and_writes_it_back() {
        for (text, written) in [
            ("smtps://smtp.example.jp", "smtps://smtp.example.jp:465"),
            ("smtp+starttls://smtp.example.jp/", "smtp+starttls://smtp.example.jp:587"),
            ("smtp://[::1]:2500", "smtp://[::1]:2500"),
            ("smtp://mailhost", "smtp://mailhost:25"),
            ("maildir:/var/mail/out", "maildir:/var/mail/out"),
        ] {
            let url = UpstreamUrl::parse(text).map(|url| url.to_string());
            assert_eq!(url, Ok(written.to_owned()));
            assert_eq!(UpstreamUrl::parse(written).map(|url| url.to_string()), Ok(written.to_owned()));
        }
    }

    #[test]
    fn refuses_what_could_go_elsewhere() {
        for text in [
            "",
            "smtp.example.jp",
            "http://a.example",
            "smtps://",
            "smtps://a b",
            "smtps://a:0",
            "smtps://a:99999",
            "smtps://a/b",
            "smtps://[::1",
            "maildir:",
        ] {
            assert!(UpstreamUrl::parse(text).is_err(), "{text}");
        }
        let fault = UpstreamUrl::parse("smtps://me:hunter2@a.example").expect_err("credentials");
        assert!(!format!("{fault:?}").contains("hunter2"));
    }

    #[test]
    fn knows_where_a_password_could_be_read() {
        for (text, exposed) in [
            ("smtp://a.example", true),
            ("smtp://127.0.0.1", false),
            ("smtp://localhost:1025", false),
            ("smtps://a.example", false),
        ] {
            assert_eq!(UpstreamUrl::parse(text).map(|url| url.exposes_passwords()), Ok(exposed), "{text}");
        }
    }
}
