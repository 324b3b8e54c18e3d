//! `[[account]]`: reading, and the choice of an account for a sender.

use std::ops::Range;

use secrecy::SecretString;

use super::load::Paths;
use super::reader::{Reader, Table};
use super::secrets::is_secret_key;
use super::units::{self, quoted};
use super::{Account, Auth, Config, Login, PasswordSource, Serve, UpstreamUrl, drafts};
use crate::source::Fault;

/// Which sender addresses an account takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FromPattern {
    /// One address, lower case.
    Address(String),
    /// Every address of a domain, lower case; sub-domains do not count.
    Domain(String),
}

impl FromPattern {
    pub(super) fn parse(text: &str) -> Result<FromPattern, Fault> {
        if let Some(domain) = text.strip_prefix("*@") {
            return units::domain(domain).map(FromPattern::Domain);
        }
        match units::domain(text.strip_prefix('@').unwrap_or(text)) {
            Ok(domain) => Err(Fault::new(
                format!("{} is a domain, not an address", quoted(text)),
                format!("{} はドメインで、アドレスではありません", quoted(text)),
            )
            .help(
                format!("write \"*@{domain}\" for all its addresses"),
                format!("すべてのアドレスを表すには \"*@{domain}\" と書きます"),
            )),
            Err(_) => units::address(text).map(FromPattern::Address),
        }
    }
}

impl Config {
    /// The account for a sender address: the one naming the address, else its domain, else the one without `from`.
    /// The null path of receipts and reports (RFC 5321 section 4.5.5) goes through a single account. `None`: no account is
    /// meant for this sender.
    pub fn account_for(&self, sender: &str) -> Option<&Account> {
        if let ([only], true) = (self.accounts.as_slice(), sender.is_empty()) {
            return Some(only);
        }
        choose(&self.accounts, sender)
    }

    /// The account a mail was kept for, by its name; one that was renamed since is looked for as for a new mail.
    pub fn account_of(&self, name: Option<&str>, sender: &str) -> Option<&Account> {
        let named = name.and_then(|name| self.accounts.iter().find(|account| account.name == name));
        named.or_else(|| self.account_for(sender))
    }
}

/// The account that names the address, else its domain, else the one without `from`.
fn choose<'a>(accounts: &'a [Account], sender: &str) -> Option<&'a Account> {
    let sender = sender.to_lowercase();
    let domain = sender.rsplit_once('@').map_or("", |(_, domain)| domain);
    let rank = |account: &Account| {
        let best = account.from.iter().filter_map(|pattern| match pattern {
            FromPattern::Address(address) => (*address == sender).then_some(0),
            FromPattern::Domain(name) => (name == domain).then_some(1),
        });
        best.min().or(account.from.is_empty().then_some(2))
    };
    accounts.iter().filter_map(|account| Some((rank(account)?, account))).min_by_key(|(rank, _)| *rank).map(|(_, a)| a)
}

/// Reads every account and checks them against each other. `auth` is `None` when it could not be read.
pub(super) fn read(
    reader: &mut Reader<'_>,
    tables: &[Table<'_>],
    paths: &Paths,
    auth: Option<Auth>,
    auth_span: Range<usize>,
) -> Vec<Account> {
    let mut accounts = Vec::new();
    let mut names: Vec<(String, usize)> = Vec::new();
    let mut patterns: Vec<(FromPattern, String)> = Vec::new();
    let mut default: Option<usize> = None;
    for table in tables {
        let name = reader.text(table, "name");
        let line = reader.line(&table.span);
        if let Some(name) = &name {
            match names.iter().find(|(known, _)| known == name.get_ref()) {
                Some((_, line)) => reader.report(name.span(), twice(name.get_ref(), *line)),
                None => names.push((name.get_ref().clone(), reader.line(&name.span()))),
            }
        }
        let from = reader.parse_each(table, "from", FromPattern::parse);
        if from.is_empty() && table.key_span("from").is_none() {
            match default {
                Some(first) => reader.report(table.span.clone(), two_defaults(first)),
                None => default = Some(line),
            }
        }
        let owner = name.as_ref().map_or_else(|| table.name.clone(), |name| name.get_ref().clone());
        for pattern in &from {
            match patterns.iter().find(|(known, _)| known == pattern.get_ref()) {
                Some((_, other)) => reader.report(pattern.span(), claimed(other)),
                None => patterns.push((pattern.get_ref().clone(), owner.clone())),
            }
        }
        let upstream = reader.parse(table, "upstream", |text| read_upstream(text, paths));
        let plaintext = reader.flag(table, "allow_plaintext");
        let login = read_login(reader, table, upstream.as_ref().map(|url| url.get_ref()));
        let tls_ca = reader.parse(table, "tls_ca", |text| paths.file(text));
        let drafts = drafts::read(reader, table, login.as_ref());
        if auth == Some(Auth::PassThrough) && !matches!(login, None | Some(Login::PassThrough)) {
            reader.report(table.span.clone(), must_pass_through());
        }
        if auth == Some(Auth::None) && matches!(login, Some(Login::PassThrough)) {
            reader.report(auth_span.clone(), nobody_can_log_in());
        }
        if let (Some(name), Some(upstream), Some(login), Some(allow_plaintext)) = (name, upstream, login, plaintext) {
            accounts.push(Account {
                name: name.into_inner(),
                from: from.into_iter().map(toml::Spanned::into_inner).collect(),
                upstream: upstream.into_inner(),
                login,
                allow_plaintext,
                tls_ca: tls_ca.map(toml::Spanned::into_inner),
                drafts,
            });
        }
    }
    if tables.is_empty() && auth == Some(Auth::PassThrough) {
        reader.report(auth_span, must_pass_through());
    }
    accounts
}

/// A mail that goes on to the relay itself goes round until no connection is left.
pub(super) fn check_loops(reader: &mut Reader<'_>, tables: &[Table<'_>], accounts: &[Account], serve: Option<&Serve>) {
    let Some(serve) = serve else { return };
    let own: Vec<u16> = [Some(serve.listen), serve.listen_tls].into_iter().flatten().map(|own| own.port()).collect();
    for (table, account) in tables.iter().zip(accounts) {
        let UpstreamUrl::Smtp { port, .. } = &account.upstream else { continue };
        if account.upstream.is_local() && own.contains(port) {
            reader.report(table.key_span("upstream").unwrap_or_else(|| table.span.clone()), goes_to_itself());
        }
    }
}

fn read_upstream(text: &str, paths: &Paths) -> Result<UpstreamUrl, Fault> {
    match UpstreamUrl::parse(text)? {
        UpstreamUrl::Maildir(path) => Ok(UpstreamUrl::Maildir(paths.resolve(&path)?)),
        smtp @ UpstreamUrl::Smtp { .. } => Ok(smtp),
    }
}

/// The one way to log in, or `None` after a problem.
fn read_login(reader: &mut Reader<'_>, table: &Table<'_>, upstream: Option<&UpstreamUrl>) -> Option<Login> {
    let user = reader.text(table, "user");
    let command = reader.text(table, "password_command");
    let variable = reader.parse(table, "password_env", variable_name);
    let keyring = reader.flag(table, "password_keyring")?;
    let pass_through = reader.flag(table, "pass_through")?;
    let token = reader.flag(table, "oauth")?;
    if keyring && !cfg!(feature = "keyring") {
        let span = table.key_span("password_keyring")?;
        reader.report(span, no_keyring());
    }
    let mut ways = vec![];
    ways.extend(table.key_span("password_command").map(|span| ("password_command", span)));
    ways.extend(table.key_span("password_env").map(|span| ("password_env", span)));
    ways.extend(table.key_span("password_keyring").filter(|_| keyring).map(|span| ("password_keyring", span)));
    ways.extend(table.key_span("pass_through").filter(|_| pass_through).map(|span| ("pass_through", span)));
    if token && (pass_through || ways.is_empty()) {
        reader.report(table.key_span("oauth").unwrap_or_else(|| table.span.clone()), token_without_command());
    }
    let Some((way, span)) = ways.first().cloned() else {
        return match table.key_span("user") {
            // A password in the wrong key has been reported already, with the same way out.
            Some(_) if table.keys().any(is_secret_key) => None,
            Some(span) => {
                reader.report(span, no_password());
                None
            }
            None => Some(Login::None),
        };
    };
    if let Some((other, span)) = ways.get(1) {
        reader.report(span.clone(), two_passwords(way, other));
        return None;
    }
    if let Some(UpstreamUrl::Maildir(_)) = upstream {
        reader.report(span.clone(), maildir_login(way));
    }
    if pass_through {
        if let Some(span) = table.key_span("user") {
            reader.report(span, user_passes_through());
        }
        return Some(Login::PassThrough);
    }
    if user.is_none() && table.key_span("user").is_none() {
        reader.report(span, no_user(way));
    }
    let password = match (command, variable) {
        (Some(command), _) => PasswordSource::Command(SecretString::from(command.into_inner())),
        (_, Some(variable)) => PasswordSource::Environment(variable.into_inner()),
        (None, None) if keyring => PasswordSource::Keyring,
        (None, None) => return None,
    };
    Some(Login::Stored { user: user?.into_inner(), password, token })
}

pub(super) fn variable_name(text: &str) -> Result<String, Fault> {
    let fine = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    // The text itself may be a password put into the wrong key, so it is not repeated.
    let wrong = || {
        Fault::new("this is not the name of an environment variable", "環境変数の名前ではありません")
            .help("write its name, without `$`: \"ATENA_PASSWORD\"", "`$` を付けずに名前を書きます: \"ATENA_PASSWORD\"")
    };
    if fine { Ok(text.to_owned()) } else { Err(wrong()) }
}

fn twice(name: &str, line: usize) -> Fault {
    Fault::new(
        format!("the account {} exists already (line {line})", quoted(name)),
        format!("アカウント {} はすでにあります ({line} 行目)", quoted(name)),
    )
}

fn two_defaults(line: usize) -> Fault {
    Fault::new(
        format!("two accounts without `from`: this one and the one on line {line}"),
        format!("`from` のないアカウントが二つあります (ここと {line} 行目)"),
    )
    .help(
        "say with `from` which sender addresses use which account",
        "どの差出人アドレスがどのアカウントを使うか、`from` で指定してください",
    )
}

fn claimed(other: &str) -> Fault {
    Fault::new(
        format!("this sender already uses the account {}", quoted(other)),
        format!("この差出人はすでにアカウント {} を使っています", quoted(other)),
    )
}

fn goes_to_itself() -> Fault {
    Fault::new(
        "this is where atena itself listens: mail would go round",
        "atena 自身の待ち受けです。メールが循環してしまいます",
    )
    .help("name your provider's server, or another port", "プロバイダーのサーバーか、別のポートを指定してください")
}

fn must_pass_through() -> Fault {
    Fault::new(
        "`auth = \"pass-through\"` needs `pass_through = true` in every account: nobody else could check the login",
        "`auth = \"pass-through\"` では、すべてのアカウントに `pass_through = true` が必要です。ほかにログインを確かめる方法がありません",
    )
}

fn nobody_can_log_in() -> Fault {
    Fault::new(
        "an account has `pass_through = true`, but `auth = \"none\"` lets nobody log in",
        "`pass_through = true` のアカウントがありますが、`auth = \"none\"` では誰もログインできません",
    )
    .help("write \"auto\" or \"pass-through\"", "\"auto\" か \"pass-through\" にしてください")
}

fn no_keyring() -> Fault {
    Fault::new("this build of atena has no keyring", "この atena にはキーリング機能がありません").help(
        "use `password_command` or `password_env`, or build with `--features keyring`",
        "`password_command` か `password_env` を使うか、`--features keyring` を付けてビルドしてください",
    )
}

fn no_password() -> Fault {
    Fault::new("`user` is set, but nothing says where the password is", "`user` がありますが、パスワードの取得方法がありません").help(
        "add one of `password_command`, `password_env`, `password_keyring`; or take `user` out and use `pass_through`",
        "`password_command`、`password_env`、`password_keyring` のいずれかを加えるか、`user` を消して `pass_through` を使ってください",
    )
}

pub(super) fn two_passwords(one: &str, other: &str) -> Fault {
    Fault::new(format!("`{other}` and `{one}` exclude each other"), format!("`{other}` と `{one}` は同時に使えません"))
        .help("keep one of them", "どちらか一つにしてください")
}

fn maildir_login(way: &str) -> Fault {
    Fault::new(
        format!("a Maildir takes no login, but `{way}` is set"),
        format!("Maildir にログインはありませんが、`{way}` が指定されています"),
    )
}

fn token_without_command() -> Fault {
    Fault::new(
        "`oauth` is about a password of the account, and there is none",
        "`oauth` はアカウントのパスワードについての設定ですが、パスワードの指定がありません",
    )
    .help("add `password_command`, or take it out", "`password_command` を加えるか、この行を消してください")
}

fn user_passes_through() -> Fault {
    Fault::new(
        "`user` has no effect with `pass_through`: the mail program says who logs in",
        "`pass_through` では `user` は使われません。ログイン名はメールソフトが指定します",
    )
    .help("take it out", "この行を消してください")
}

fn no_user(way: &str) -> Fault {
    Fault::new(format!("`{way}` is set, but no `user`"), format!("`{way}` がありますが、`user` がありません"))
        .help("for example: user = \"me@example.jp\"", "例: user = \"me@example.jp\"")
}
