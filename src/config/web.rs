//! `[web]`, from a table to a value.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use toml::Spanned;

use super::load::Paths;
use super::reader::{Reader, Table};
use super::units::quoted;
use super::{ServerTls, Word, kinds, sections, units};
use crate::review::Demands;
use crate::source::Fault;

/// `[web]`: the review page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Web {
    pub enabled: bool,
    /// `None`: the usual port, or another one where that is taken.
    pub listen: Option<SocketAddr>,
    /// How long a mail sent from the page can be taken back.
    pub undo: Duration,
    /// What has to be ticked before a mail can be sent from the page.
    pub demands: Demands,
    /// A mail with an error goes only with a reason.
    pub ask_reason: bool,
    /// Requests to the API with one token, in a minute.
    pub api_rate: u32,
    /// Who is let in.
    pub login: PageLogin,
    /// Names browsers ask for, besides those of this machine; lower case, without a port.
    pub hosts: Vec<String>,
    pub tls: Option<ServerTls>,
    /// Where people open the page, without a slash at its end, if that is not where it listens.
    pub url: Option<String>,
}

/// Who is let in to the review page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageLogin {
    /// Whoever has a link of `atena open`.
    Link,
    /// Whoever has a password.
    Users,
}

/// `relay_tls` is used where the page has no certificate of its own.
pub(super) fn web(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    paths: &Paths,
    relay_tls: Option<&ServerTls>,
) -> Option<Web> {
    let enabled = reader.flag(table, "enabled");
    let listen = reader.parse(table, "listen", units::listen);
    let login = reader.word(table, "login");
    let hosts = reader.parse_each(table, "hosts", host);
    let tls = sections::certificate(reader, table, paths);
    let url = reader.parse(table, "url", url);
    if let (Some(PageLogin::Link), Some(span)) = (login, table.key_span("tls_cert")) {
        reader.report(span, needless_tls());
    }
    let undo = reader.number(table, "undo");
    let demands = reader.parse_each(table, "tick", kinds::demand);
    let ask_reason = reader.flag(table, "ask_reason");
    let api_rate = reader.number(table, "api_rate");
    let far = listen.as_ref().filter(|address| !address.get_ref().ip().to_canonical().is_loopback());
    let tls = tls.or_else(|| far.and(relay_tls).cloned());
    // A certificate that stands there but cannot be read has been reported already.
    let has_tls = tls.is_some() || table.key_span("tls_cert").is_some();
    let is_unnamed = hosts.is_empty() && far.is_some_and(|address| address.get_ref().ip().is_unspecified());
    if let (Some(address), Some(login)) = (far, login)
        && let Some(fault) = exposed(*address.get_ref(), has_tls, login, is_unnamed)
    {
        reader.report(address.span(), fault);
    }
    Some(Web {
        enabled: enabled?,
        listen: listen.map(Spanned::into_inner),
        login: login?,
        hosts: hosts.into_iter().map(Spanned::into_inner).collect(),
        tls,
        url: url.map(Spanned::into_inner),
        undo: Duration::from_millis(undo?),
        demands: Demands { always: demands.into_iter().map(Spanned::into_inner).collect(), ..Demands::default() },
        ask_reason: ask_reason?,
        api_rate: u32::try_from(api_rate?).ok()?,
    })
}

/// A name as a browser's address field has it.
fn host(text: &str) -> Result<String, Fault> {
    // As addresses of browsers have them.
    if let Ok(six) = text.trim_matches(['[', ']']).parse::<Ipv6Addr>() {
        return Ok(format!("[{six}]"));
    }
    if text.is_ascii() && units::is_domain_name(text) || text.parse::<Ipv4Addr>().is_ok() {
        return Ok(text.to_ascii_lowercase());
    }
    Err(Fault::new(
        format!("{} is not the name of a host", quoted(text)),
        format!("{} はホスト名ではありません", quoted(text)),
    )
    .help(
        "the name alone, without https:// and port: \"atena.example\"",
        "https:// やポートを付けず、名前だけを書きます: \"atena.example\"",
    ))
}

/// `https://atena.example`, perhaps with a port.
fn url(text: &str) -> Result<String, Fault> {
    let wrong = || {
        Fault::new(
            format!("{} is not where a page is opened", quoted(text)),
            format!("{} はページの URL ではありません", quoted(text)),
        )
        .help("without a path: \"https://atena.example\"", "パスを付けずに書きます: \"https://atena.example\"")
    };
    let (scheme, rest) = text.trim_end_matches('/').split_once("://").ok_or_else(wrong)?;
    let port = rest.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok());
    let name = host(port.map_or(rest, |(name, _)| name)).map_err(|_| wrong())?;
    if !matches!(scheme, "https" | "http") {
        return Err(wrong());
    }
    let port = port.map(|(_, port)| format!(":{port}")).unwrap_or_default();
    Ok(format!("{scheme}://{name}{port}"))
}

fn needless_tls() -> Fault {
    Fault::new(
        "a page that opens with links of `atena open` is for browsers of this machine, and goes without a certificate",
        "`atena open` のリンクで開くページはこのコンピューター専用なので、証明書は使いません",
    )
    .help(
        "take `tls_cert` and `tls_key` out, or set login = \"users\"",
        "`tls_cert` と `tls_key` を消すか、login = \"users\" としてください",
    )
}

/// Why the page must not listen there: beyond this machine everybody logs in, over TLS, and by a name it knows.
fn exposed(address: SocketAddr, has_tls: bool, login: PageLogin, is_unnamed: bool) -> Option<Fault> {
    let mut missing = Vec::new();
    if login != PageLogin::Users {
        missing.push("`login = \"users\"`");
    }
    if !has_tls {
        missing.extend(["`tls_cert`", "`tls_key`"]);
    }
    if is_unnamed {
        missing.push("`hosts`");
    }
    if missing.is_empty() {
        return None;
    }
    let fault = Fault::new(
        format!("{address} can be reached from other machines, and the page shows whole mails"),
        format!("{address} は他のコンピューターから接続でき、確認ページはメールの全文を表示します"),
    );
    Some(fault.help(
        format!("set {}, or listen on 127.0.0.1", missing.join(", ")),
        format!("{} を設定するか、127.0.0.1 で待ち受けてください", missing.join("、")),
    ))
}

impl Word for PageLogin {
    const WORDS: &'static [(&'static str, PageLogin)] = &[("link", PageLogin::Link), ("users", PageLogin::Users)];
}
