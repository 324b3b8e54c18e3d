//! Where mails are read from, as a URL: `imaps://user@host[:port][/folder]` (RFC 5092, as people write it). Pure.

use crate::lang::Bilingual;
use crate::upstream::Security;
use crate::upstream::target::{port_number, split_port};

/// A folder of a user at a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImapUrl {
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub user: String,
    /// As people read it; `None`: the folder of mails sent.
    pub folder: Option<String>,
}

/// Why a text is not such a URL. The text itself is never repeated: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    #[error("does not begin with a known scheme; {FORMS}")]
    UnknownScheme,
    #[error("holds a password; take it out, atena asks for it")]
    Password,
    #[error("names no user; {FORMS}")]
    NoUser,
    #[error("names no host; {FORMS}")]
    NoHost,
    #[error("has a host that is not an ASCII name or an IP address (write IPv6 as [::1], international names as xn--)")]
    BadHost,
    #[error("has a port that is not a number from 1 to 65535")]
    BadPort,
    #[error("has a % that is not followed by two hexadecimal digits, or text that is not UTF-8; write % itself as %25")]
    BadEscape,
    #[error("has a control character in the user name or the folder")]
    Control,
}

const FORMS: &str = "known forms: imaps://user@host[:993][/folder], imap+starttls://user@host[:143][/folder], \
                     imap://user@host[:143][/folder]";

const SCHEMES: [(&str, Security, u16); 3] = [
    ("imaps", Security::Tls, 993),
    ("imap+starttls", Security::StartTls, 143),
    ("imap", Security::LoopbackOrStartTls, 143),
];

impl ImapUrl {
    /// Reads a URL. The user's `@` may stand as it is or as `%40`.
    ///
    /// # Errors
    /// Says what is wrong and shows the known forms.
    pub fn parse(url: &str) -> Result<ImapUrl, UrlError> {
        let (scheme, rest) = url.trim().split_once("://").ok_or(UrlError::UnknownScheme)?;
        let known = SCHEMES.iter().find(|(name, ..)| name.eq_ignore_ascii_case(scheme));
        let (_, security, default_port) = *known.ok_or(UrlError::UnknownScheme)?;
        let (authority, folder) = rest.split_once('/').unwrap_or((rest, ""));
        let Some((user, server)) = authority.rsplit_once('@') else {
            // `user:pass/word@host`
            let is_password = authority.contains(':') && folder.contains('@') && split(authority).is_err();
            return Err(if is_password { UrlError::Password } else { UrlError::NoUser });
        };
        if user.contains(':') {
            return Err(UrlError::Password);
        }
        // RFC 5092 section 3.2: the kind of login, which the caller knows better.
        let user = user.split_once(";AUTH=").map_or(user, |(user, _)| user);
        let (host, port) = split(server)?;
        let user = plain(user)?;
        let folder = plain(folder.strip_suffix('/').unwrap_or(folder))?;
        if user.is_empty() {
            return Err(UrlError::NoUser);
        }
        Ok(ImapUrl {
            host,
            port: port.unwrap_or(default_port),
            security,
            user,
            folder: (!folder.is_empty()).then_some(folder),
        })
    }
}

impl UrlError {
    /// The same for a person, in both languages; the URL is the subject of the sentence.
    pub fn explain(self) -> Bilingual {
        let ja = match self {
            UrlError::UnknownScheme => format!("は対応している形式ではありません。{FORMS_JA}"),
            UrlError::Password => "にパスワードが含まれています。URL から除いてください。パスワードは atena が尋ねます".to_owned(),
            UrlError::NoUser => format!("にユーザー名がありません。{FORMS_JA}"),
            UrlError::NoHost => format!("にサーバー名がありません。{FORMS_JA}"),
            UrlError::BadHost => {
                "のサーバー名が ASCII の名前でも IP アドレスでもありません（IPv6 は [::1]、日本語ドメインは xn-- の形で）".to_owned()
            }
            UrlError::BadPort => "のポート番号が 1 から 65535 までの数ではありません".to_owned(),
            UrlError::BadEscape => {
                "の % の後に 16 進数 2 桁がないか、UTF-8 ではありません。% 自体は %25 と書いてください".to_owned()
            }
            UrlError::Control => "のユーザー名またはフォルダー名に制御文字が含まれています".to_owned(),
        };
        Bilingual::new(self.to_string(), ja)
    }
}

const FORMS_JA: &str = "使える形式：imaps://user@host[:993][/folder]、imap+starttls://user@host[:143][/folder]、\
                        imap://user@host[:143][/folder]";

fn split(server: &str) -> Result<(String, Option<u16>), UrlError> {
    if server.is_empty() || server.starts_with(':') {
        return Err(UrlError::NoHost);
    }
    let (host, port) = split_port(server).map_err(|_| UrlError::BadHost)?;
    let port = port.map(port_number).transpose().map_err(|_| UrlError::BadPort)?;
    Ok((host, port))
}

/// Without percent-encoding (RFC 3986 section 2.1).
fn plain(text: &str) -> Result<String, UrlError> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        if byte != b'%' {
            octets.push(byte);
            rest = behind;
            continue;
        }
        let digits = behind.get(..2).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok()).ok_or(UrlError::BadEscape)?;
        octets.push(u8::from_str_radix(digits, 16).map_err(|_| UrlError::BadEscape)?);
        rest = &behind[2..];
    }
    let text = String::from_utf8(octets).map_err(|_| UrlError::BadEscape)?;
    if text.chars().any(char::is_control) { Err(UrlError::Control) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        let read = |url: &str| {
            let url = ImapUrl::parse(url).expect(url);
            (url.user, url.host, url.port, url.folder)
        };
        let is = |user: &str, host: &str, port, folder: Option<&str>| {
            (user.to_owned(), host.to_owned(), port, folder.map(str::to_owned))
        };
        for (url, parts) in [
            ("imaps://mai@imap.example", is("mai", "imap.example", 993, None)),
            ("imaps://mai@imap.example/", is("mai", "imap.example", 993, None)),
            (
                "IMAPS://mai%40own.example@imap.example:1993/Sent",
                is("mai@own.example", "imap.example", 1993, Some("Sent")),
            ),
            ("imaps://mai@own.example@imap.example/Sent", is("mai@own.example", "imap.example", 993, Some("Sent"))),
            ("imap://mai@[::1]:1143/INBOX/Sent/", is("mai", "::1", 1143, Some("INBOX/Sent"))),
            (
                "imaps://mai@imap.example/%5BGmail%5D/Sent%20Mail",
                is("mai", "imap.example", 993, Some("[Gmail]/Sent Mail")),
            ),
            ("imaps://mai@imap.example/送信済み", is("mai", "imap.example", 993, Some("送信済み"))),
            ("imaps://mai@imap.example/%E9%80%81%E4%BF%A1", is("mai", "imap.example", 993, Some("送信"))),
            ("imaps://mai@imap.example/a@b", is("mai", "imap.example", 993, Some("a@b"))),
            ("imap+starttls://mai;AUTH=*@imap.example", is("mai", "imap.example", 143, None)),
        ] {
            assert_eq!(read(url), parts, "{url}");
        }
        let security = |url: &str| ImapUrl::parse(url).map(|url| url.security);
        assert_eq!(security("imaps://a@b"), Ok(Security::Tls));
        assert_eq!(security("imap+starttls://a@b"), Ok(Security::StartTls));
        assert_eq!(security("imap://a@b"), Ok(Security::LoopbackOrStartTls));
    }

    #[test]
    fn says_what_is_wrong_and_never_the_password() {
        for (url, error) in [
            ("", UrlError::UnknownScheme),
            ("imap.example", UrlError::UnknownScheme),
            ("pop3://mai@imap.example", UrlError::UnknownScheme),
            ("imaps://imap.example/Sent", UrlError::NoUser),
            ("imaps://imap.example:993/a@b", UrlError::NoUser),
            ("imaps://@imap.example", UrlError::NoUser),
            ("imaps://mai:secret@imap.example", UrlError::Password),
            ("imaps://mai:sec/ret@imap.example", UrlError::Password),
            ("imaps://mai:sec@ret@imap.example", UrlError::Password),
            ("imaps://mai@", UrlError::NoHost),
            ("imaps://mai@:993", UrlError::NoHost),
            ("imaps://mai@例.example", UrlError::BadHost),
            ("imaps://mai@imap.example:0", UrlError::BadPort),
            ("imaps://mai@imap.example:70000", UrlError::BadPort),
            ("imaps://mai@imap.example/100%", UrlError::BadEscape),
            ("imaps://mai@imap.example/%+1", UrlError::BadEscape),
            ("imaps://mai@imap.example/%ff", UrlError::BadEscape),
            ("imaps://mai@imap.example/a%0d%0aA1", UrlError::Control),
        ] {
            assert_eq!(ImapUrl::parse(url), Err(error), "{url}");
            let told = error.explain();
            assert!(!told.en.contains("sec") && !told.ja.is_empty(), "{url}");
        }
    }
}
