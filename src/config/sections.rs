//! The top, `[serve]`, `[policy]` and `[rules.ID]`, from tables to values.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use toml::Spanned;

use super::load::Paths;
use super::reader::{Reader, Table};
use super::units;
use super::{Auth, Delay, Handling, Limits, Parameter, RuleOverride, Serve, ServerTls};
use crate::lang::Lang;
use crate::source::Fault;
use crate::verdict::{Policy, Verdict};

/// The keys above the first section.
pub(super) struct Top {
    pub(super) language: Option<Lang>,
    pub(super) own_domains: Vec<String>,
    pub(super) data_dir: Option<PathBuf>,
    pub(super) rules_dir: Option<PathBuf>,
}

pub(super) fn top(reader: &mut Reader<'_>, table: &Table<'_>, paths: &Paths) -> Top {
    Top {
        language: reader.word(table, "language"),
        own_domains: reader
            .parse_each(table, "own_domains", units::domain)
            .into_iter()
            .map(Spanned::into_inner)
            .collect(),
        data_dir: reader.parse(table, "data_dir", |text| paths.path(text)).map(Spanned::into_inner),
        rules_dir: reader.parse(table, "rules_dir", |text| paths.directory(text)).map(Spanned::into_inner),
    }
}

/// `[serve]`, and its `auth` even when the rest is wrong.
pub(super) fn serve(reader: &mut Reader<'_>, table: &Table<'_>, paths: &Paths) -> (Option<Serve>, Option<Auth>) {
    let listen = reader.parse(table, "listen", units::listen);
    let listen_tls = reader.parse(table, "listen_tls", units::listen);
    let tls = certificate(reader, table, paths);
    let hostname = reader.parse(table, "hostname", host_name);
    let auth = reader.word(table, "auth");
    let trust_loopback = reader.flag(table, "trust_loopback");
    let limits = limits(reader, table);
    let utf8_replies = reader.flag(table, "utf8_replies");
    let log = reader.word(table, "log");

    if let (Some(true), Some(Auth::Auto | Auth::None)) = (trust_loopback, auth) {
        reader.report(table.key_span("trust_loopback").unwrap_or(0..0), nothing_demanded());
    }
    // A key that stands there but cannot be read has been reported already; here it counts as set.
    let has_tls = table.key_span("tls_cert").is_some() || table.key_span("tls_key").is_some();
    if let (Some(listen_tls), false) = (&listen_tls, has_tls) {
        reader.report(listen_tls.span(), no_certificate());
    }
    for address in [&listen, &listen_tls].into_iter().flatten() {
        if let Some(fault) = auth.and_then(|auth| exposure(*address.get_ref(), has_tls, auth)) {
            reader.report(address.span(), fault);
        }
    }
    if let (Some(one), Some(two)) = (&listen, &listen_tls)
        && one.get_ref() == two.get_ref()
        && one.get_ref().port() != 0
    {
        reader.report(
            two.span(),
            Fault::new("`listen` and `listen_tls` are the same port", "`listen` と `listen_tls` が同じポートです"),
        );
    }

    let complete = || {
        Some(Serve {
            listen: listen?.into_inner(),
            listen_tls: listen_tls.map(Spanned::into_inner),
            tls,
            hostname: hostname?.into_inner(),
            auth: auth?,
            trust_loopback: trust_loopback?,
            limits: limits?,
            utf8_replies: utf8_replies?,
            log: log?,
        })
    };
    (complete(), auth)
}

/// `tls_cert` and `tls_key`, which go together.
pub(super) fn certificate(reader: &mut Reader<'_>, table: &Table<'_>, paths: &Paths) -> Option<ServerTls> {
    let cert = reader.parse(table, "tls_cert", |text| paths.file(text)).map(Spanned::into_inner);
    let key = reader.parse(table, "tls_key", |text| paths.file(text)).map(Spanned::into_inner);
    for (one, other) in [("tls_cert", "tls_key"), ("tls_key", "tls_cert")] {
        if let (Some(span), None) = (table.key_span(one), table.key_span(other)) {
            reader.report(span, half_tls(one, other));
        }
    }
    cert.zip(key).map(|(cert, key)| ServerTls { cert, key })
}

fn nothing_demanded() -> Fault {
    Fault::new(
        "`trust_loopback` has no effect: `auth` demands no login",
        "`trust_loopback` は効きません。`auth` がログインを必須としていません",
    )
    .help(
        "take it out, or write auth = \"pass-through\" or \"users\"",
        "この行を消すか、auth を \"pass-through\" か \"users\" にしてください",
    )
}

/// What one client, and all of them together, may ask of the relay.
fn limits(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<Limits> {
    // Each is read before the first one missing ends it, so that all problems are told.
    let mut count = |name| reader.number(table, name);
    let (size, total) = (count("max_message_size"), count("max_total_size"));
    let (recipients, line) = (count("max_recipients"), count("max_line_length"));
    let (connections, of_one) = (count("max_connections"), count("max_connections_per_address"));
    let (errors, commands, failed_logins) = (count("max_errors"), count("max_commands"), count("max_failed_logins"));
    let (idle, answer, data) = (count("idle_timeout"), count("answer_timeout"), count("data_timeout"));
    let number = |number: Option<u64>| usize::try_from(number?).ok();
    let size = number(size)?;
    Some(Limits {
        message_size: size,
        total_size: number(total)?.max(size),
        recipients: number(recipients)?,
        line_length: number(line).filter(|&line| line > 0),
        connections: number(connections)?,
        connections_per_address: number(of_one)?,
        errors: u32::try_from(errors?).ok()?,
        commands: u32::try_from(commands?).ok()?,
        failed_logins: u32::try_from(failed_logins?).ok()?,
        idle: Duration::from_millis(idle?),
        answer: Duration::from_millis(answer?),
        data: Duration::from_millis(data?),
    })
}

/// Why the relay must not listen there: outside this machine everybody must log in, and over TLS.
pub(super) fn exposure(address: SocketAddr, has_tls: bool, auth: Auth) -> Option<Fault> {
    if address.ip().to_canonical().is_loopback() {
        return None;
    }
    let mut missing = Vec::new();
    if !has_tls {
        missing.extend(["`tls_cert`", "`tls_key`"]);
    }
    if !matches!(auth, Auth::PassThrough | Auth::Users) {
        missing.push("`auth = \"pass-through\"` / `\"users\"`");
    }
    if missing.is_empty() {
        return None;
    }
    let fault = Fault::new(
        format!("{address} can be reached from other machines, and anybody could send through it"),
        format!("{address} は他のコンピューターから接続でき、誰でもここからメールを送れてしまいます"),
    );
    Some(fault.help(
        format!("set {}, or listen on 127.0.0.1", missing.join(", ")),
        format!("{} を設定するか、127.0.0.1 で待ち受けてください", missing.join("、")),
    ))
}

pub(super) fn handling(reader: &mut Reader<'_>, table: &Table<'_>, own_domains: &[String]) -> Option<Handling> {
    let (info, warning, error) =
        (reader.word(table, "info"), reader.word(table, "warning"), reader.word(table, "error"));
    let return_window = reader.number(table, "return_window");
    let delay = delay(reader, table, own_domains);
    let when_check_fails = reader.word(table, "when_check_fails");
    let when_unreachable = reader.word(table, "when_unreachable");
    let allow_header = reader.flag(table, "allow_header");
    let learn = reader.flag(table, "learn");
    Some(Handling {
        policy: Policy {
            info: info?,
            warning: warning?,
            error: error?,
            rules: Default::default(),
            second_person: Default::default(),
        },
        return_window: Duration::from_millis(return_window?),
        delay: delay?,
        when_check_fails: when_check_fails?,
        when_unreachable: when_unreachable?,
        allow_header: allow_header?,
        learn: learn?,
    })
}

fn delay(reader: &mut Reader<'_>, table: &Table<'_>, own_domains: &[String]) -> Option<Delay> {
    let (usual, outside) = (reader.number(table, "delay"), reader.number(table, "delay_outside"));
    if own_domains.is_empty()
        && outside.is_some_and(|outside| outside > 0)
        && let Some(span) = table.key_span("delay_outside")
    {
        reader.report(span, everybody_is_outside());
    }
    let mut of = |name| reader.number(table, name).or(usual);
    let (info, warning, error) = (of("delay_info"), of("delay_warning"), of("delay_error"));
    Some(Delay {
        info: Duration::from_millis(info?),
        warning: Duration::from_millis(warning?),
        error: Duration::from_millis(error?),
        outside: Duration::from_millis(outside?),
    })
}

pub(super) fn rules(reader: &mut Reader<'_>, tables: &[(Spanned<String>, Table<'_>)]) -> Vec<RuleOverride> {
    let mut rules = Vec::new();
    for (id, table) in tables {
        let (enabled, level, verdict) =
            (reader.flag(table, "enabled"), reader.word(table, "level"), reader.word(table, "verdict"));
        let second_person = reader.flag(table, "approval") == Some(true);
        if second_person && verdict.is_some_and(|verdict| verdict != Verdict::Hold) {
            reader.report(table.key_span("verdict").unwrap_or(0..0), held_anyway());
        }
        let parameters = reader.others(table).into_iter().map(|(name, value)| Parameter {
            name_span: name.span(),
            name: name.into_inner(),
            span: value.span(),
            value: value.into_inner(),
        });
        rules.push(RuleOverride {
            id: id.get_ref().clone(),
            id_span: id.span(),
            enabled,
            level,
            verdict: if second_person { Some(Verdict::Hold) } else { verdict },
            second_person,
            parameters: parameters.collect(),
        });
    }
    rules
}

fn host_name(text: &str) -> Result<String, Fault> {
    if text.is_ascii() && units::is_domain_name(text) {
        return Ok(text.to_owned());
    }
    // The greeting is read by machines: RFC 5321 section 4.1.2 `Domain`, hence ASCII.
    Err(Fault::new(
        format!("{} is not a host name", units::quoted(text)),
        format!("{} はホスト名ではありません", units::quoted(text)),
    )
    .help("write for example \"mail.example.co.jp\", in ASCII", "例: \"mail.example.co.jp\" (半角英数字)"))
}

fn held_anyway() -> Fault {
    Fault::new(
        "a mail that needs a second person is held: `approval` goes with verdict = \"hold\" only",
        "承認の必要なメールは保留されます。`approval` と組み合わせられるのは verdict = \"hold\" だけです",
    )
}

fn half_tls(one: &str, other: &str) -> Fault {
    Fault::new(format!("`{one}` needs `{other}`"), format!("`{one}` には `{other}` も必要です"))
}

fn no_certificate() -> Fault {
    Fault::new("`listen_tls` needs `tls_cert` and `tls_key`", "`listen_tls` には `tls_cert` と `tls_key` が必要です")
}

fn everybody_is_outside() -> Fault {
    Fault::new(
        "`delay_outside` delays every mail, also one to a colleague: without `own_domains` everybody is outside",
        "`own_domains` がないと全員が社外の扱いになり、`delay_outside` は社内宛てを含むすべてのメールを遅らせます",
    )
    .help(
        "name your own domains at the top of the file: own_domains = [\"your-company.example\"]",
        "ファイルの先頭に自社のドメインを書いてください: own_domains = [\"your-company.example\"]",
    )
}
