//! What `atena init` writes: the commented file, and the next steps.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use super::{Answers, OnError, PasswordPlace, certificate};
use crate::config::{FieldDefault, Provider, SECTIONS, Text, UpstreamUrl};
use crate::lang::Lang;

/// RFC 8314 has 465 for it, which only the administrator may open.
const TLS_PORT: u16 = 4650;

/// The file; every key stands below its text from the reference page.
pub(super) fn file(answers: &Answers, lang: Lang) -> String {
    let mut file = File { text: String::new(), lang };
    file.comment(Text {
        en: "Configuration of atena. `atena config check` reads it, `atena config show` prints every key and its value.",
        ja: "atena の設定です。`atena config check` で検査、`atena config show` で全項目の値を表示できます。",
    });
    file.key("", "language", Some(quoted(lang.tag())));
    let own_domains: Vec<String> = answers.own_domains.iter().map(|domain| quoted(domain)).collect();
    file.key("", "own_domains", Some(format!("[{}]", own_domains.join(", "))));
    file.section("serve");
    file.key("serve", "listen", None);
    if !answers.tls.is_empty() {
        let auth = if passes_through(answers) { "pass-through" } else { "users" };
        file.key("serve", "listen_tls", Some(quoted(&listen_tls(&answers.tls))));
        file.key("serve", "tls_cert", Some(quoted(certificate::CERT)));
        file.key("serve", "tls_key", Some(quoted(certificate::KEY)));
        file.key("serve", "auth", Some(quoted(auth)));
        if auth == "users" {
            file.key("serve", "trust_loopback", Some("true".to_owned()));
        }
    }
    file.section("account");
    file.key("account", "name", Some(quoted(&answers.address)));
    file.key("account", "upstream", Some(quoted(&answers.upstream.to_string())));
    if let UpstreamUrl::Smtp { .. } = answers.upstream {
        login(&mut file, answers);
    }
    file.section("policy");
    let verdict = match answers.on_error {
        OnError::Hold => "hold",
        OnError::Return => "return",
    };
    file.key("policy", "error", Some(quoted(verdict)));
    file.key("policy", "warning", None);
    file.text.push_str(match lang {
        Lang::En => CLIENTS_EN,
        Lang::Ja => CLIENTS_JA,
    });
    file.text
}

/// What to type into the mail program, and which commands come next.
pub(super) fn next_steps(answers: &Answers, path: &Path, lang: Lang) -> String {
    let passes = passes_through(answers);
    let place = path.display();
    let mut steps = match lang {
        Lang::En => {
            let login = if passes { "as before" } else { "none" };
            format!(
                "\nWrote {place}.\n\n\
                 Outgoing server to type into your mail program:\n  \
                 server      127.0.0.1\n  port        2525\n  encryption  none (the connection stays on this machine)\n  \
                 login       {login}\n\n\
                 Then start: atena serve\n"
            )
        }
        Lang::Ja => {
            let login = if passes { "これまでどおり" } else { "なし" };
            format!(
                "\n{place} に書き込みました。\n\n\
                 メールソフトの送信サーバー (SMTP) の設定:\n  \
                 サーバー  127.0.0.1\n  ポート    2525\n  暗号化    なし (通信はこのコンピューターの中だけです)\n  \
                 ログイン  {login}\n\n\
                 起動: atena serve\n"
            )
        }
    };
    if let Some(name) = answers.tls.first() {
        let directory = path.parent().unwrap_or(Path::new(""));
        steps.push_str(&devices(name, &directory.join(certificate::AUTHORITY), passes, lang));
    }
    let notes = answers.provider.map(|provider| (provider.note(lang), password_kind(provider)));
    if let Some((note, kind)) = notes {
        for line in note.into_iter().chain(kind.map(|kind| kind.get(lang).to_owned())) {
            steps.push_str(&format!("\n{line}\n"));
        }
    }
    steps
}

/// The address of the network that was named, if one was; a name may lead to any.
fn listen_tls(names: &[String]) -> String {
    match names.iter().find_map(|name| name.parse::<IpAddr>().ok()) {
        Some(address) => SocketAddr::new(address, TLS_PORT).to_string(),
        None => SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), TLS_PORT).to_string(),
    }
}

/// What to do on a phone.
fn devices(name: &str, authority: &Path, passes: bool, lang: Lang) -> String {
    let authority = authority.display();
    match lang {
        Lang::En => {
            let login = if passes { "as before" } else { "of a user you add: atena user add NAME" };
            format!(
                "\nFor phones and other devices in the network:\n  server      {name}\n  port        {TLS_PORT}\n  \
                 encryption  SSL/TLS\n  login       {login}\n\n\
                 Install {authority} on each device as a trusted certificate authority.\n\
                 It is valid for 825 days. Then run init again with the same --tls and --force: it makes new\n\
                 certificates only, and the new authority has to be installed on each device.\n"
            )
        }
        Lang::Ja => {
            let login = if passes { "これまでどおり" } else { "atena user add 名前 で登録した利用者" };
            format!(
                "\nスマートフォンなど、ネットワーク上の機器の設定:\n  サーバー  {name}\n  ポート    {TLS_PORT}\n  \
                 暗号化    SSL/TLS\n  ログイン  {login}\n\n\
                 各機器に {authority} を信頼する認証局としてインストールしてください。\n\
                 有効期間は 825 日です。その後は同じ --tls に --force を付けて init を実行すると、証明書だけが新しくなります。\n\
                 新しい認証局を、もう一度各機器にインストールしてください。\n"
            )
        }
    }
}

/// New certificates beside a configuration that stays.
pub(super) fn renewed(directory: &Path, config: &Path, lang: Lang) -> String {
    let [cert, authority] = [certificate::CERT, certificate::AUTHORITY].map(|name| directory.join(name));
    let (cert, authority, config) = (cert.display(), authority.display(), config.display());
    match lang {
        Lang::En => format!(
            "Wrote {cert}, its key, and {authority}; {config} is left as it is.\n\
             Install {authority} on each device: those that know an older one no longer connect.\n"
        ),
        Lang::Ja => format!(
            "{cert} とその鍵、{authority} を書き込みました。{config} は変更していません。\n\
             各機器に {authority} をインストールしてください。以前の認証局では接続できなくなります。\n"
        ),
    }
}

fn passes_through(answers: &Answers) -> bool {
    matches!(answers.password, PasswordPlace::PassThrough) && matches!(answers.upstream, UpstreamUrl::Smtp { .. })
}

/// What must be known about the password of a provider that does not take the usual one.
pub(super) fn password_kind(provider: &Provider) -> Option<Text> {
    Some(match provider.auth.as_str() {
        "password" => return None,
        "oauth2" => Text {
            en: "This provider takes no password over SMTP, only OAuth2.",
            ja: "この事業者の SMTP ではパスワードを使えず、OAuth2 だけが使えます。",
        },
        "app password" | "oauth2 or app password" => Text {
            en: "You need an app password, made in the account's security settings; the usual password is refused.",
            ja: "アカウントのセキュリティ設定で発行するアプリパスワードが必要です。通常のパスワードは使えません。",
        },
        _ => Text {
            en: "The server takes a password of its own for mail programs; the provider's settings page shows or issues it.",
            ja: "メールソフト専用のパスワードが必要です。事業者の設定画面で確認または発行してください。",
        },
    })
}

fn login(file: &mut File, answers: &Answers) {
    let stored = !matches!(answers.password, PasswordPlace::PassThrough);
    if stored {
        file.key("account", "user", Some(quoted(&answers.user)));
    }
    match &answers.password {
        PasswordPlace::PassThrough => file.key("account", "pass_through", Some("true".to_owned())),
        PasswordPlace::Command(command) => file.key("account", "password_command", Some(quoted(command))),
        PasswordPlace::Environment(name) => file.key("account", "password_env", Some(quoted(name))),
        PasswordPlace::Keyring => file.key("account", "password_keyring", Some("true".to_owned())),
    }
    if answers.upstream.exposes_passwords() {
        file.key("account", "allow_plaintext", Some("true".to_owned()));
    }
}

struct File {
    text: String,
    lang: Lang,
}

impl File {
    fn section(&mut self, name: &str) {
        let section = SECTIONS.iter().find(|section| section.name == name).expect("a section of fields.rs");
        self.text.push_str(&format!("\n{}\n", section.header()));
    }

    /// A key with its text; without a value the default is shown, commented out.
    fn key(&mut self, section: &str, key: &str, value: Option<String>) {
        let field = SECTIONS.iter().find(|known| known.name == section).and_then(|section| section.field(key));
        let field = field.expect("a key of fields.rs");
        if !self.text.ends_with("]\n") {
            self.text.push('\n');
        }
        self.comment(field.doc);
        match (value, field.default) {
            (Some(value), _) => self.text.push_str(&format!("{key} = {value}\n")),
            (None, FieldDefault::Value(default)) => self.text.push_str(&format!("# {key} = {default}\n")),
            (None, FieldDefault::Unset(_) | FieldDefault::Required) => {
                self.text.push_str(&format!("# {key} = {}\n", field.example));
            }
        }
    }

    fn comment(&mut self, text: Text) {
        for line in wrap(text.get(self.lang)) {
            self.text.push_str(&format!("# {line}\n"));
        }
    }
}

/// Lines of at most about 100 columns, broken at spaces (English) or after a full stop (Japanese).
fn wrap(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for piece in text.split_inclusive([' ', '。']) {
        let line = lines.last_mut().expect("starts with one line");
        if !line.is_empty() && columns(line) + columns(piece) > 100 {
            lines.push(piece.to_owned());
        } else {
            line.push_str(piece);
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// Near enough for breaking lines: what is not ASCII is two columns wide.
fn columns(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

const CLIENTS_EN: &str = "
# Clients whose mail must not be mixed up:
#
# [[client]]
# name = \"Yamada Trading Co., Ltd.\"
# names = [\"Yamada\"]
# domains = [\"yamada.example\"]
";

const CLIENTS_JA: &str = "
# 取り違えてはならない取引先:
#
# [[client]]
# name = \"山田商事株式会社\"
# names = [\"山田商事\", \"ヤマダ\"]
# domains = [\"yamada.example\"]
";
