//! `[notify]`: what it says, and from a table to it.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use toml::Spanned;

use super::load::Paths;
use super::reader::{Reader, Table};
use super::units::{self, quoted};
use super::{PasswordSource, accounts, urls};
use crate::happening::Happening;
use crate::source::Fault;

/// `[notify]`: how people learn that a mail was held.
#[derive(Debug, Clone)]
pub struct Notify {
    pub desktop: bool,
    pub mail: Option<NoticeTo>,
    pub webhook: Option<Webhook>,
}

/// Who gets a notice mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoticeTo {
    /// The sender of the mail it is about.
    Sender,
    /// Lower case.
    Reviewer(String),
    /// Whoever may let it go that needs a second person: set by `[approval]`.
    Approvers,
}

/// Where what happens is told to a program, and how.
#[derive(Debug, Clone)]
pub struct Webhook {
    pub url: WebhookUrl,
    pub events: Vec<Happening>,
    /// What requests are signed with; never the keyring.
    pub secret: Option<PasswordSource>,
    /// PEM file with a certificate to trust besides the system's.
    pub ca: Option<PathBuf>,
}

/// Where a webhook is. Its path is as good as a password.
#[derive(Clone)]
pub struct WebhookUrl {
    /// Over TLS.
    pub secure: bool,
    /// A name, an IPv4 address, or an IPv6 address without brackets.
    pub host: String,
    pub port: u16,
    /// Path and query, in ASCII.
    path: SecretString,
}

impl WebhookUrl {
    /// Reads `https://…`, or `http://…` on this machine.
    ///
    /// # Errors
    /// Anything else; never repeats the path.
    pub fn parse(text: &str) -> Result<WebhookUrl, Fault> {
        let (secure, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Err(no_web_address()),
        };
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(credentials());
        }
        if !path.bytes().all(|byte| byte.is_ascii_graphic()) || path.contains('#') {
            return Err(wrong_path());
        }
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let (host, port) = urls::host_and_port(authority, if secure { 443 } else { 80 }).map_err(like_this)?;
        let url = WebhookUrl { secure, host, port, path: path.into() };
        if secure || url.is_local() { Ok(url) } else { Err(in_clear()) }
    }

    pub fn path(&self) -> &str {
        self.path.expose_secret()
    }

    /// The host, with the port if that is not the usual one.
    pub fn authority(&self) -> String {
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        let usual = if self.secure { 443 } else { 80 };
        if self.port == usual { host } else { format!("{host}:{}", self.port) }
    }

    fn is_local(&self) -> bool {
        self.host.eq_ignore_ascii_case("localhost")
            || self.host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}/…", if self.secure { "https" } else { "http" }, self.authority())
    }
}

pub(super) fn notify(reader: &mut Reader<'_>, table: &Table<'_>, paths: &Paths) -> Option<Notify> {
    let desktop = reader.flag(table, "desktop");
    let mail = reader.parse(table, "mail", notice_to).map(Spanned::into_inner);
    let url = reader.parse(table, "webhook", WebhookUrl::parse).map(Spanned::into_inner);
    let events = reader.parse_each(table, "webhook_events", event);
    let command = reader.text(table, "webhook_secret_command");
    let variable = reader.parse(table, "webhook_secret_env", accounts::variable_name);
    let ca = reader.parse(table, "webhook_ca", |text| paths.file(text)).map(Spanned::into_inner);
    if desktop == Some(true) && !cfg!(feature = "desktop-notify") {
        reader.report(table.key_span("desktop").unwrap_or(0..0), no_desktop());
    }
    if let (Some(one), Some(_)) = (table.key_span("webhook_secret_env"), table.key_span("webhook_secret_command")) {
        reader.report(one, accounts::two_passwords("webhook_secret_command", "webhook_secret_env"));
    }
    if table.key_span("webhook").is_none() {
        // `webhook_events` is what `config show` prints, too.
        for key in ["webhook_secret_command", "webhook_secret_env", "webhook_ca"] {
            if let Some(span) = table.key_span(key) {
                reader.report(span, without_webhook(key));
            }
        }
    }
    let secret = match (command, variable) {
        (Some(command), _) => Some(PasswordSource::Command(SecretString::from(command.into_inner()))),
        (None, Some(variable)) => Some(PasswordSource::Environment(variable.into_inner())),
        (None, None) => None,
    };
    let events = events.into_iter().map(Spanned::into_inner).collect();
    Some(Notify { desktop: desktop?, mail, webhook: url.map(|url| Webhook { url, events, secret, ca }) })
}

fn notice_to(text: &str) -> Result<NoticeTo, Fault> {
    match text {
        "sender" => Ok(NoticeTo::Sender),
        address => units::address(address).map(NoticeTo::Reviewer).map_err(|_| nobody(address)),
    }
}

fn event(text: &str) -> Result<Happening, Fault> {
    Happening::ALL.into_iter().find(|happening| happening.as_str() == text).ok_or_else(|| {
        let known = Happening::ALL.map(|happening| format!("\"{}\"", happening.as_str())).join(", ");
        Fault::new(format!("there is no event {}", quoted(text)), format!("{} という出来事はありません", quoted(text)))
            .help(format!("known are {known}"), format!("指定できるのは {known} です"))
    })
}

fn nobody(text: &str) -> Fault {
    Fault::new(
        format!("{} is neither \"sender\" nor a mail address", quoted(text)),
        format!("{} は \"sender\" でもメールアドレスでもありません", quoted(text)),
    )
    .help(
        "write \"sender\", or the address of whoever reviews: \"review@example.jp\"",
        "\"sender\" か、確認担当者のアドレスを書いてください: \"review@example.jp\"",
    )
}

fn no_web_address() -> Fault {
    like_this(Fault::new("this is not the URL of a webhook", "Webhook の URL ではありません"))
}

fn like_this(fault: Fault) -> Fault {
    fault.help(
        "it begins with https://, as the chat tool shows it",
        "チャットツールに表示された https:// で始まる URL を書いてください",
    )
}

fn credentials() -> Fault {
    Fault::new("credentials must not stand in the URL", "URL に認証情報を書くことはできません").help(
        "use `webhook_secret_command` or `webhook_secret_env`; the receiver verifies the signature",
        "`webhook_secret_command` か `webhook_secret_env` を使い、受信側で署名を確かめてください",
    )
}

fn wrong_path() -> Fault {
    Fault::new(
        "the URL has a blank, a `#`, or a character other than ASCII",
        "URL に空白、`#`、または ASCII 以外の文字があります",
    )
    .help("copy it once more, percent-encoded", "パーセントエンコードされた URL を、もう一度コピーしてください")
}

fn in_clear() -> Fault {
    Fault::new(
        "without TLS subjects could be read on the way: http:// is for this machine only",
        "暗号化しないと件名を途中で読まれます。http:// はこのコンピューター宛てのみ使えます",
    )
    .help("write https://", "https:// にしてください")
}

fn no_desktop() -> Fault {
    Fault::new("this build of atena has no desktop notifications", "この atena にはデスクトップ通知機能がありません")
        .help(
            "use `mail` or `webhook`, or build with `--features desktop-notify`",
            "`mail` か `webhook` を使うか、`--features desktop-notify` を付けてビルドしてください",
        )
}

fn without_webhook(key: &str) -> Fault {
    Fault::new(
        format!("`{key}` has no effect without `webhook`"),
        format!("`webhook` がないため、`{key}` は効きません"),
    )
    .help("add `webhook`, or take it out", "`webhook` を加えるか、この行を消してください")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_is_reached_over_tls_or_on_this_machine_and_its_path_is_not_shown() {
        for (text, shown, port, path) in [
            ("https://chat.example/hooks/7c1f?thread=1", "https://chat.example/…", 443, "/hooks/7c1f?thread=1"),
            ("https://chat.example:8443", "https://chat.example:8443/…", 8443, "/"),
            ("https://chat.example?key=1", "https://chat.example/…", 443, "/?key=1"),
            ("http://127.0.0.1:8065/hooks/7c1f", "http://127.0.0.1:8065/…", 8065, "/hooks/7c1f"),
            ("http://[::1]:80/x", "http://[::1]/…", 80, "/x"),
        ] {
            let url = WebhookUrl::parse(text).expect(text);
            assert_eq!((format!("{url:?}").as_str(), url.port, url.path()), (shown, port, path));
        }
        for text in [
            "http://chat.example/7c1f",
            "http://192.0.2.1/7c1f",
            "ftp://chat.example/7c1f",
            "chat.example/7c1f",
            "https://me:7c1f@chat.example/",
            "https:///7c1f",
            "https://chat.example/a b7c1f",
            "https://chat.example/会7c1f",
            "https://chat.example/\r\nX: 7c1f",
            "https://chat.example/7c1f#x",
            "https://chat.example:0/7c1f",
        ] {
            let fault = WebhookUrl::parse(text).expect_err(text);
            assert!(!format!("{fault:?}").contains("7c1f"), "{fault:?}");
        }
    }
}
