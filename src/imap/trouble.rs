//! What can go wrong with an IMAP server, for a person: what it is and the way out.

use std::fmt;
use std::io;

use super::provider::Provider;
use super::{Position, Purpose};
use crate::lang::Bilingual;
use crate::upstream::{TlsError, Unreachable, Unsecured};

/// Why the mails of a folder, or the rest of them, could not be read. Holds no password and no text of mails.
#[derive(Debug)]
pub struct ImapError {
    /// `imap.example:993`.
    pub server: String,
    pub trouble: Trouble,
    /// All mails up to here were handed over; reading can go on from here. `None` before the first.
    pub after: Option<Position>,
}

#[derive(Debug)]
pub enum Trouble {
    Unreachable(Unreachable),
    Tls(TlsError),
    Unsecured(Unsecured),
    /// The server offers no STARTTLS and is not on this machine.
    NoEncryption,
    /// Plaintext behind the answer to STARTTLS.
    Injected,
    /// No byte for as long as is waited.
    TimedOut,
    Closed,
    Failed(io::ErrorKind),
    /// The server ended the session, with these words.
    Bye(String),
    /// No IMAP server answers on this port.
    NotImap,
    /// Something that is no IMAP response, in a session.
    Garbage,
    EndlessLine,
    /// A text of so many octets was announced.
    Huge(u64),
    /// More answers than there can be.
    Endless,
    /// The user name, the password or the token was refused.
    Login {
        user: String,
        said: String,
        token: bool,
        provider: Provider,
    },
    /// The server takes only these kinds of login.
    Mechanisms {
        offered: Vec<String>,
        token: bool,
    },
    /// The user name or password holds what cannot be sent.
    Unsayable,
    /// No folder has this name; those that exist.
    NoFolder {
        name: String,
        existing: Vec<String>,
    },
    /// No folder is known as the one for this; those that exist.
    NoKnownFolder {
        purpose: Purpose,
        existing: Vec<String>,
    },
    /// The server takes mails of at most so many octets.
    TooLarge {
        most: u64,
    },
    /// There is no room left in the mailbox.
    Full {
        said: String,
    },
    /// A command was refused for other reasons.
    Refused {
        command: &'static str,
        said: String,
    },
}

/// More folders than a person reads in one message.
const MOST_FOLDERS: usize = 30;

impl ImapError {
    /// The same for a person, in both languages.
    pub fn explain(&self) -> Bilingual {
        let mut text = self.trouble.explain(&self.server);
        if let Trouble::Garbage | Trouble::EndlessLine | Trouble::Huge(_) | Trouble::Endless = self.trouble {
            text.en.push_str(", and a folder can be read as an mbox file too");
            text.ja.push_str("。フォルダーを mbox で書き出して読み込むこともできます");
        }
        if let Some(after) = self.after {
            let uid = after.last_uid;
            text.en.push_str(&format!("; the mails up to UID {uid} were read, and reading can go on from there"));
            text.ja.push_str(&format!("。UID {uid} までのメールは読み込み済みで、その続きから再開できます"));
        }
        text
    }

    /// Another connection may help.
    pub(super) fn is_passing(&self) -> bool {
        match &self.trouble {
            Trouble::Unreachable(_) | Trouble::TimedOut | Trouble::Closed | Trouble::Failed(_) | Trouble::Bye(_) => {
                true
            }
            // Of a server that spoke TLS before: it was cut off.
            Trouble::Unsecured(Unsecured::Other(_)) => true,
            Trouble::Tls(_)
            | Trouble::Unsecured(_)
            | Trouble::NoEncryption
            | Trouble::Injected
            | Trouble::NotImap
            | Trouble::Garbage
            | Trouble::EndlessLine
            | Trouble::Huge(_)
            | Trouble::Endless
            | Trouble::Login { .. }
            | Trouble::Mechanisms { .. }
            | Trouble::Unsayable
            | Trouble::NoFolder { .. }
            | Trouble::NoKnownFolder { .. }
            | Trouble::TooLarge { .. }
            | Trouble::Full { .. }
            | Trouble::Refused { .. } => false,
        }
    }
}

impl fmt::Display for ImapError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.explain().en)
    }
}

impl std::error::Error for ImapError {}

impl From<&io::Error> for Trouble {
    fn from(error: &io::Error) -> Trouble {
        match error.kind() {
            io::ErrorKind::TimedOut => Trouble::TimedOut,
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe => Trouble::Closed,
            kind => Trouble::Failed(kind),
        }
    }
}

impl Trouble {
    pub(super) fn explain(&self, server: &str) -> Bilingual {
        let host = server.rsplit_once(':').map_or(server, |(host, _)| host);
        match self {
            Trouble::Unreachable(reason) => Bilingual::new(
                format!("cannot reach {server}: {reason}; check the name of the server and the network"),
                format!(
                    "{server} に接続できません（{}）。サーバー名とネットワークを確かめてください",
                    unreachable(*reason)
                ),
            ),
            Trouble::Tls(error) => Bilingual::new(error.to_string(), tls(error)),
            Trouble::Unsecured(Unsecured::NotTls) => Bilingual::new(
                format!("{server} does not speak TLS; imaps:// is for port 993, imap+starttls:// for 143"),
                format!(
                    "{server} は TLS に対応していません。imaps:// は 993 番、imap+starttls:// は 143 番ポート用です"
                ),
            ),
            Trouble::Unsecured(reason) => Bilingual::new(reason.about(host), unsecured(reason, host)),
            Trouble::NoEncryption => Bilingual::new(
                format!("{server} offers no encryption (STARTTLS), so no password is sent there; try imaps://"),
                format!(
                    "{server} は暗号化（STARTTLS）に対応していないため、パスワードを送りません。imaps:// を試してください"
                ),
            ),
            Trouble::Injected => Bilingual::new(
                format!(
                    "{server} sent plaintext behind its STARTTLS answer; somebody may be tampering with the connection"
                ),
                format!(
                    "{server} が STARTTLS の応答の後に平文を送ってきました。接続が改ざんされているおそれがあります"
                ),
            ),
            Trouble::TimedOut => Bilingual::new(
                format!("{server} did not answer in time; try again later"),
                format!("{server} から時間内に応答がありません。しばらくしてからもう一度お試しください"),
            ),
            Trouble::Closed => {
                Bilingual::new(format!("{server} closed the connection"), format!("{server} が接続を切りました"))
            }
            Trouble::Failed(kind) => Bilingual::new(
                format!("the connection to {server} failed: {kind}"),
                format!("{server} との接続に失敗しました（{kind}）"),
            ),
            Trouble::Bye(said) => Bilingual::new(
                format!("{server} ended the session: {said}"),
                format!("{server} がセッションを終了しました：{said}"),
            ),
            Trouble::NotImap => Bilingual::new(
                format!("no IMAP server answers at {server}; imaps:// is for port 993, imap:// for 143"),
                format!("{server} は IMAP サーバーではありません。imaps:// は 993 番、imap:// は 143 番ポート用です"),
            ),
            Trouble::Garbage | Trouble::EndlessLine | Trouble::Huge(_) | Trouble::Endless => self.misbehaviour(server),
            Trouble::Login { .. } | Trouble::Mechanisms { .. } | Trouble::Unsayable => self.no_login(server),
            Trouble::NoFolder { name, existing } => no_folder(name, &folders(existing), server),
            Trouble::NoKnownFolder { purpose, existing } => no_known_folder(*purpose, &folders(existing), server),
            Trouble::TooLarge { most } => Bilingual::new(
                format!("{server} takes mails of at most {most} octets, and this one is larger"),
                format!(
                    "{server} が受け付けるメールは {most} バイトまでで、このメールはそれより大きいため入れられません"
                ),
            ),
            Trouble::Full { said } => Bilingual::new(
                format!("the mailbox at {server} is full: {said}; delete what is not needed there, and try again"),
                format!(
                    "{server} のメールボックスに空きがありません：{said}。不要なメールを削除してからお試しください"
                ),
            ),
            Trouble::Refused { command, said } => Bilingual::new(
                format!("{server} refused {command}: {said}"),
                format!("{server} が {command} を拒否しました：{said}"),
            ),
        }
    }

    fn misbehaviour(&self, server: &str) -> Bilingual {
        let (en, ja) = match self {
            Trouble::EndlessLine => ("a line without end".to_owned(), "終わりのない行".to_owned()),
            Trouble::Huge(length) => (format!("a text of {length} octets"), format!("{length} バイトのデータ")),
            Trouble::Endless => ("answers without end".to_owned(), "終わりのない応答".to_owned()),
            _ => ("something that is not IMAP".to_owned(), "IMAP ではないデータ".to_owned()),
        };
        Bilingual::new(
            format!("{server} sent {en}, and the connection was ended there; its operator can tell why"),
            format!("{server} が{ja}を送ってきたため、接続を切りました。サーバーの管理者に問い合わせてください"),
        )
    }

    fn no_login(&self, server: &str) -> Bilingual {
        match self {
            Trouble::Login { user, said, token: true, .. } => Bilingual::new(
                format!(
                    "{server} refused the token of {user}: {said}; tokens are valid for an hour or so, get a new one"
                ),
                format!(
                    "{server} が {user} のトークンを拒否しました：{said}。トークンの有効期間は 1 時間程度です。取り直してください"
                ),
            ),
            Trouble::Login { user, said, provider, .. } => {
                let (en, ja) = provider.advice();
                Bilingual::new(
                    format!("{server} refused the user name or password of {user}: {said}; {en}"),
                    format!("{server} が {user} のユーザー名またはパスワードを拒否しました：{said}。{ja}"),
                )
            }
            Trouble::Mechanisms { offered, token } => {
                let (en, ja) = if *token { ("tokens", "トークン") } else { ("passwords", "パスワード") };
                let offered = if offered.is_empty() { "-".to_owned() } else { offered.join(", ") };
                Bilingual::new(
                    format!(
                        "{server} takes no {en} on this connection (it offers: {offered}); try imaps://, or the other kind of login"
                    ),
                    format!(
                        "{server} はこの接続で{ja}を受け付けません（使える方式：{offered}）。imaps:// か、別のログイン方式を試してください"
                    ),
                )
            }
            _ => Bilingual::new(
                "the user name or password holds a control character; type it again",
                "ユーザー名またはパスワードに制御文字が含まれています。入力し直してください",
            ),
        }
    }
}

fn no_folder(name: &str, folders: &Bilingual, server: &str) -> Bilingual {
    Bilingual::new(
        format!("there is no folder \"{name}\" at {server}; {}", folders.en),
        format!("{server} に「{name}」というフォルダーはありません。{}", folders.ja),
    )
}

fn no_known_folder(purpose: Purpose, folders: &Bilingual, server: &str) -> Bilingual {
    let (en, ja) = match purpose {
        Purpose::Sent => ("mails sent", "送信済み"),
        Purpose::Drafts => ("drafts", "下書き"),
    };
    Bilingual::new(
        format!("no folder at {server} is known as the one of {en}; name it; {}", folders.en),
        format!("{server} の{ja}フォルダーがわかりません。フォルダー名を指定してください。{}", folders.ja),
    )
}

fn folders(existing: &[String]) -> Bilingual {
    if existing.is_empty() {
        return Bilingual::new("the server shows no folders", "サーバーにはフォルダーがありません");
    }
    let shown = existing.iter().take(MOST_FOLDERS).cloned().collect::<Vec<_>>().join(", ");
    let more = if existing.len() > MOST_FOLDERS { ", …" } else { "" };
    Bilingual::new(format!("folders that exist: {shown}{more}"), format!("あるフォルダー：{shown}{more}"))
}

fn unreachable(reason: Unreachable) -> String {
    match reason {
        Unreachable::UnknownHost => "ホスト名が見つかりません".to_owned(),
        Unreachable::NameServer => "DNS サーバーから時間内に応答がありません".to_owned(),
        Unreachable::NoAddress => "ホスト名にアドレスがありません".to_owned(),
        Unreachable::TimedOut => "時間内に応答がありません".to_owned(),
        Unreachable::Failed(io::ErrorKind::ConnectionRefused) => "接続を拒否されました".to_owned(),
        Unreachable::Failed(kind) => kind.to_string(),
    }
}

fn tls(error: &TlsError) -> String {
    match error {
        TlsError::CaFile { path, reason } => format!("CA ファイル {} を読めません（{reason}）", path.display()),
        TlsError::Platform(reason) => {
            format!("このシステムの信頼する証明書を使えません（{reason}）。CA ファイルを指定してください")
        }
    }
}

fn unsecured(reason: &Unsecured, host: &str) -> String {
    match reason {
        Unsecured::Name => format!("「{host}」は証明書の名前になりません"),
        Unsecured::NotTls => format!("{host} は TLS に対応していません"),
        Unsecured::Expired => {
            format!(
                "{host} の証明書は期限切れです。サーバーの管理者による更新が必要です（このコンピューターの時計も確かめてください）"
            )
        }
        Unsecured::NotYet => {
            format!("{host} の証明書はまだ有効ではありません。このコンピューターの時計を確かめてください")
        }
        Unsecured::OtherName(names) if names.is_empty() => {
            format!("証明書が {host} のものではありません。プロバイダーが案内するサーバー名を使ってください")
        }
        Unsecured::OtherName(names) => format!(
            "証明書が {host} ではなく {} のものです。プロバイダーが案内するサーバー名を使ってください",
            names.join("、")
        ),
        Unsecured::UnknownIssuer => {
            format!(
                "{host} の証明書の発行元は、このシステムでは信頼されていません。独自の CA なら、その CA ファイルを指定してください"
            )
        }
        Unsecured::Revoked => format!("{host} の証明書は失効しています"),
        Unsecured::Certificate(reason) => format!("{host} の証明書は有効ではありません（{reason}）"),
        Unsecured::Other(reason) => format!("{host} と安全に接続できません（{reason}）"),
    }
}
