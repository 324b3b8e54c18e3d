//! `atena serve`: says where it listens, where mail goes and what to type into the mail program; then relays until it
//! is told to stop.

use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::watch;
use tracing_subscriber::EnvFilter;
use unicode_width::UnicodeWidthStr;

use super::{Stop, signal};
use crate::config::{Account, Auth, Config, LogFormat, Login, PageLogin, UpstreamUrl};
use crate::gate::{Gate, setup};
use crate::lang::{Bilingual, Lang};
use crate::serve::{Addresses, BindError, Server};
use crate::store::Store;
use crate::verdict::Verdict;
use crate::web::PageError;

/// The environment variable that says what is logged, for example `debug`.
const LOG_VARIABLE: &str = "ATENA_LOG";

/// Serves until SIGINT or SIGTERM, then ends in order; the log goes to standard error.
///
/// # Errors
/// A wrong rule pack, a store that cannot be opened, an address that is taken: with the way out.
pub fn run(config: &Config, lang: Lang, out: &mut dyn Write) -> Result<u8, Stop> {
    start_log(config.serve.log);
    let message = |text: &Bilingual| Stop::Message(text.get(lang).to_owned());
    let rules = Arc::new(setup::rules(config)?);
    let store = Store::open(&config.data_dir).map_err(|error| message(&error.explain()))?;
    let gate = Gate::new(config, rules, store).map_err(|error| Stop::Message(error.to_string()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        // Before the first line is written: who reads it may send the signal at once.
        let signal = signal::stop()?;
        let server = Server::bind(config, gate).await.map_err(|error| message(&explain(&error)))?;
        write!(out, "{}", welcome(config, server.addresses(), page(&server, config, lang).as_deref(), lang))?;
        out.flush()?;
        let (stop, shutdown) = watch::channel(false);
        let stopping = tokio::spawn(async move {
            signal.await;
            tracing::info!("stopping");
            stop.send_replace(true);
        });
        server.run(shutdown).await;
        stopping.abort();
        Ok(0)
    })
}

/// How to get to the review page. What is not read at once, in the journal of a service, gets no link that lets in.
fn page(server: &Server, config: &Config, lang: Lang) -> Option<String> {
    let address = server.addresses().page?;
    // Where people log in, the link lets nobody in by itself.
    let shows_link = io::stdout().is_terminal() || config.web.login == PageLogin::Users;
    match (shows_link, lang) {
        (true, _) => server.page_link().map(str::to_owned),
        (false, Lang::En) => Some(format!("http://{address}/ (atena open lets you in)")),
        (false, Lang::Ja) => Some(format!("http://{address}/（atena open で開きます）")),
    }
}

/// Operator's log on standard error; says nothing about recipients, subjects, texts and user names.
fn start_log(format: LogFormat) {
    // A device that is told an address instead of a name makes rustls warn of each of its connections.
    let filter =
        EnvFilter::try_from_env(LOG_VARIABLE).unwrap_or_else(|_| EnvFilter::new("warn,rustls=error,atena=info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_target(false);
    // A log that cannot be written, on a full disk perhaps, must not end the relay: saying so on standard error would.
    let log = log.log_internal_errors(false);
    // An error here is a log that was started before.
    let _ = match format {
        LogFormat::Human => log.with_ansi(io::stderr().is_terminal()).try_init(),
        LogFormat::Json => log.json().try_init(),
    };
    std::panic::set_hook(Box::new(|panic| {
        // Without the message: that of a wrong slice quotes the text it was cut from.
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "a fault in atena; please report the place");
    }));
}

/// Why the relay does not start, and what to do.
fn explain(error: &BindError) -> Bilingual {
    let (address, cause) = match error {
        BindError::Listen { address, error } => (address, error),
        BindError::Page(PageError::Listen { address, error }) => return taken(*address, error, "[web]"),
        BindError::OpenRelay { .. }
        | BindError::NoCertificate
        | BindError::Tls(_)
        | BindError::Page(PageError::Key(_) | PageError::Tls(_)) => {
            return Bilingual::new(error.to_string(), error.to_string());
        }
    };
    taken(*address, cause, "[serve]")
}

/// Why an address of a section cannot be listened on.
fn taken(address: SocketAddr, cause: &io::Error, section: &str) -> Bilingual {
    let other = SocketAddr::new(address.ip(), if address.port() < 1024 { 2525 } else { address.port() + 1 });
    let other_en = format!("choose another address under {section} in atena.toml: listen = \"{other}\"");
    let other_ja = format!("atena.toml の {section} で別のアドレスを指定してください: listen = \"{other}\"");
    let (en, ja) = match cause.kind() {
        io::ErrorKind::AddrInUse => (
            "another program listens there already, perhaps an atena that still runs. Stop it, or".to_owned(),
            "すでに別のプログラム（起動中の atena かもしれません）が使っています。それを止めるか、".to_owned(),
        ),
        io::ErrorKind::PermissionDenied => (
            "this user may not; ports below 1024 are for the administrator. Please".to_owned(),
            "権限がありません（1024 未満のポートは管理者用です）。".to_owned(),
        ),
        io::ErrorKind::AddrNotAvailable => (
            "this machine does not have that address. Please".to_owned(),
            "このアドレスはこのコンピューターにありません。".to_owned(),
        ),
        _ => (format!("{cause}. Please"), format!("{cause}。")),
    };
    Bilingual::new(
        format!("cannot listen on {address}: {en} {other_en}"),
        format!("{address} で受け付けられません。{ja}{other_ja}"),
    )
}

/// The lines a newcomer reads first.
fn welcome(config: &Config, addresses: Addresses, page: Option<&str>, lang: Lang) -> String {
    let word = |en: &str, ja: &str| match lang {
        Lang::En => en.to_owned(),
        Lang::Ja => ja.to_owned(),
    };
    let mut lines = Vec::new();
    let plain =
        if config.serve.tls.is_some() { "STARTTLS".to_owned() } else { word("no encryption", "暗号化なし") };
    lines.push((word("Listens on", "受付"), format!("{} ({plain})", addresses.plain)));
    if let Some(tls) = addresses.tls {
        lines.push((String::new(), format!("{tls} (TLS)")));
    }
    for (n, account) in config.accounts.iter().enumerate() {
        let label = if n == 0 { word("Mail goes to", "送信先") } else { String::new() };
        lines.push((label, destination(account, config.accounts.len() > 1, lang)));
    }
    if config.accounts.iter().all(|account| matches!(account.upstream, UpstreamUrl::Maildir(_))) {
        lines.push((
            String::new(),
            word("nothing leaves this machine", "メールがこのコンピューターの外へ出ることはありません"),
        ));
    }
    lines.push((word("Mail program", "メールソフト"), mail_program(config, addresses, lang)));
    lines.push((word("With an error", "エラーのあるメール"), on_error(config, lang)));
    if let Some(link) = page {
        lines.push((word("Review page", "確認ページ"), link.to_owned()));
    }
    lines.push((
        word("Held mail", "保留メール"),
        word("atena held list, then atena held show ID", "atena held list で一覧、atena held show ID で内容"),
    ));
    lines.push((word("Stop with", "終了"), "Ctrl-C".to_owned()));
    let width = lines.iter().map(|(label, _)| label.width()).max().unwrap_or(0);
    lines.iter().map(|(label, text)| format!("{label}{}  {text}\n", " ".repeat(width - label.width()))).collect()
}

fn destination(account: &Account, named: bool, lang: Lang) -> String {
    let place = match (&account.upstream, lang) {
        (UpstreamUrl::Maildir(path), Lang::En) => format!("the folder {} (Maildir)", path.display()),
        (UpstreamUrl::Maildir(path), Lang::Ja) => format!("フォルダー {}（Maildir）", path.display()),
        (url @ UpstreamUrl::Smtp { .. }, _) => url.to_string(),
    };
    if named { format!("{place} [{}]", account.name) } else { place }
}

/// What to type into the mail program.
fn mail_program(config: &Config, addresses: Addresses, lang: Lang) -> String {
    let (host, port) = (addresses.plain.ip(), addresses.plain.port());
    let encryption = match (config.serve.tls.is_some(), lang) {
        (true, _) => "STARTTLS",
        (false, Lang::En) => "none",
        (false, Lang::Ja) => "なし",
    };
    let passes = config.offers_login() && config.accounts.iter().any(|a| matches!(a.login, Login::PassThrough));
    match (lang, passes) {
        (Lang::En, false) if config.serve.auth == Auth::Users => format!(
            "outgoing server (SMTP) {host}, port {port}, encryption {encryption}, user and password as given to atena user add"
        ),
        (Lang::Ja, false) if config.serve.auth == Auth::Users => format!(
            "送信サーバー (SMTP) を {host}、ポート {port}、暗号化 {encryption}、atena user add で登録したユーザー名とパスワードに設定します"
        ),
        (Lang::En, true) => format!(
            "outgoing server (SMTP) {host}, port {port}, encryption {encryption}, user and password as at your provider"
        ),
        (Lang::En, false) => {
            format!("outgoing server (SMTP) {host}, port {port}, encryption {encryption}, no password")
        }
        (Lang::Ja, true) => format!(
            "送信サーバー (SMTP) を {host}、ポート {port}、暗号化 {encryption}、ユーザー名とパスワードは今までのものに設定します"
        ),
        (Lang::Ja, false) => {
            format!("送信サーバー (SMTP) を {host}、ポート {port}、暗号化 {encryption}、認証なしに設定します")
        }
    }
}

fn on_error(config: &Config, lang: Lang) -> String {
    let minutes = config.handling.return_window.as_secs().div_ceil(60);
    let (en, ja) = match config.handling.policy.error {
        Verdict::Forward => ("is sent all the same".to_owned(), "そのまま送信します".to_owned()),
        Verdict::Delay => {
            ("is sent after a while unless you stop it".to_owned(), "しばらく待ってから送信します".to_owned())
        }
        Verdict::Hold => ("is kept here until you decide".to_owned(), "ご判断まで保留します".to_owned()),
        Verdict::Return => (
            format!("is handed back; sent again unchanged within {minutes} min it goes"),
            format!("差し戻します。{minutes} 分以内にそのまま再送すれば送信します"),
        ),
        Verdict::Reject => ("is refused".to_owned(), "拒否します".to_owned()),
    };
    match lang {
        Lang::En => en,
        Lang::Ja => ja,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::Defaults;
    use crate::source::Source;

    fn config(text: &str) -> Config {
        let defaults = Defaults { language: Lang::En, data_dir: "/data".into(), home: None };
        Config::load(Source::new("atena.toml", text), Path::new("/"), &defaults).expect("a valid configuration")
    }

    fn addresses() -> Addresses {
        Addresses { plain: "127.0.0.1:2525".parse().expect("an address"), tls: None, page: None }
    }

    #[test]
    fn a_newcomer_reads_where_mail_goes_and_what_to_type() {
        let text = welcome(&config(""), addresses(), None, Lang::En);
        assert_eq!(
            text,
            "Listens on     127.0.0.1:2525 (no encryption)\n\
             Mail goes to   the folder /data/delivered (Maildir)\n\
             \x20              nothing leaves this machine\n\
             Mail program   outgoing server (SMTP) 127.0.0.1, port 2525, encryption none, no password\n\
             With an error  is kept here until you decide\n\
             Held mail      atena held list, then atena held show ID\n\
             Stop with      Ctrl-C\n"
        );
        let text = welcome(&config(""), addresses(), None, Lang::Ja);
        assert!(text.contains("このコンピューターの外へ出ることはありません"), "{text}");
        // Full-width labels are as wide as they look: every text begins in one column.
        let columns: Vec<usize> = text.lines().map(|line| line.find("  ").map_or(0, |_| start_of_text(line))).collect();
        assert!(columns.iter().all(|&column| column == columns[0]), "{columns:?}\n{text}");
    }

    /// The column where the text behind the label begins.
    fn start_of_text(line: &str) -> usize {
        let gap = line.find("  ").expect("two blanks behind the label");
        let text = gap + line[gap..].len() - line[gap..].trim_start().len();
        line[..text].width()
    }

    #[test]
    fn a_real_server_and_a_login_are_named() {
        let text = "[policy]\nerror = \"return\"\n[[account]]\nname = \"work\"\nupstream = \"smtps://mail.example\"\npass_through = true\n";
        let text = welcome(&config(text), addresses(), None, Lang::En);
        assert!(text.contains("smtps://mail.example:465\n") && !text.contains("nothing leaves"), "{text}");
        assert!(text.contains("user and password as at your provider"), "{text}");
        assert!(text.contains("sent again unchanged within 10 min"), "{text}");
    }

    #[test]
    fn a_taken_port_is_explained_with_the_way_out() {
        let error = BindError::Listen {
            address: "127.0.0.1:2525".parse().expect("an address"),
            error: io::ErrorKind::AddrInUse.into(),
        };
        let text = explain(&error);
        assert!(text.en.contains("another program listens there") && text.en.contains("127.0.0.1:2526"), "{}", text.en);
        assert!(text.ja.contains("別のプログラム") && text.ja.contains("127.0.0.1:2526"), "{}", text.ja);
    }
}
