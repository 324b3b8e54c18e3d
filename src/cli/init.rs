//! `atena init`: asks four questions and where the password is, writes a commented `atena.toml`, and says what to type
//! into the mail program.
//!
//! A password is asked for only to put it into the system's keyring, after the file is written: none can end up in it.

mod certificate;
mod questions;
pub(super) mod secret;
mod template;

use std::fs;
use std::io::{self, BufRead, Write};
use std::path::{Path, PathBuf};

use crate::config::{Config, Defaults, Fault, Provider, UpstreamUrl, provider_of_domain};
use crate::config::{address, domain};
use crate::lang::Lang;
use crate::people::domain::is_freemail;
use crate::private;
use crate::source::{Problem, Source};

/// What the command line says; in a terminal the rest is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    pub address: Option<String>,
    pub upstream: Option<String>,
    /// The login name at the server, if it is not the address.
    pub user: Option<String>,
    pub own_domains: Vec<String>,
    pub on_error: Option<OnError>,
    pub password: Option<PasswordPlace>,
    /// Host names and IP addresses by which devices in the network reach the relay.
    pub tls: Vec<String>,
    /// Write over an existing file.
    pub force: bool,
    pub output: PathBuf,
}

/// What happens to a mail with an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnError {
    Hold,
    Return,
}

/// Where the password comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordPlace {
    /// The mail program logs in as before.
    PassThrough,
    Command(String),
    /// The name of an environment variable.
    Environment(String),
    Keyring,
}

/// Everything the file is made from.
#[derive(Debug)]
struct Answers {
    address: String,
    provider: Option<&'static Provider>,
    upstream: UpstreamUrl,
    user: String,
    own_domains: Vec<String>,
    on_error: OnError,
    password: PasswordPlace,
    tls: Vec<String>,
}

/// Why no file was written.
#[derive(Debug)]
pub enum Failure {
    /// The file exists, and `--force` was not given.
    Exists(PathBuf),
    /// Options that are needed without a terminal.
    Missing(Vec<&'static str>),
    /// An option, and what is wrong with it.
    Wrong(&'static str, Fault),
    /// The answers do not make a valid configuration.
    Invalid(Vec<Problem>),
    /// What no certificate can be made for, and why.
    Names(String, String),
    /// The input ended before the last answer, or the same question was answered wrongly too often.
    Unfinished,
    Io(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Io(error)
    }
}

impl Failure {
    /// What to tell the person.
    pub fn message(&self, lang: Lang) -> String {
        match (self, lang) {
            (Failure::Exists(path), Lang::En) => {
                format!("{} exists already; --force writes over it, --output writes elsewhere", path.display())
            }
            (Failure::Exists(path), Lang::Ja) => {
                format!("{} はすでにあります。--force で上書き、--output で別の場所に書き込みます", path.display())
            }
            (Failure::Missing(options), Lang::En) => {
                format!("without a terminal these are needed: {}", options.join(", "))
            }
            (Failure::Missing(options), Lang::Ja) => format!("端末なしでは次の指定が必要です: {}", options.join("、")),
            (Failure::Wrong(option, fault), lang) => match &fault.help {
                Some(help) => format!("{option}: {} ({})", fault.message.get(lang), help.get(lang)),
                None => format!("{option}: {}", fault.message.get(lang)),
            },
            (Failure::Invalid(problems), _) => problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
            (Failure::Names(names, why), Lang::En) => format!("--tls: no certificate can be made for {names}: {why}"),
            (Failure::Names(names, why), Lang::Ja) => format!("--tls: {names} の証明書を作れません: {why}"),
            (Failure::Unfinished, Lang::En) => "stopped before the last answer; nothing was written".to_owned(),
            (Failure::Unfinished, Lang::Ja) => "途中で終了したため、何も書き込んでいません".to_owned(),
            (Failure::Io(error), Lang::En) => format!("the file cannot be written: {error}"),
            (Failure::Io(error), Lang::Ja) => format!("ファイルに書き込めません: {error}"),
        }
    }
}

/// Asks what the options leave open (in a terminal), writes the file, and prints the next steps.
///
/// # Errors
/// [`Failure`]; then nothing was written.
pub fn run(
    options: &Options,
    lang: Lang,
    terminal: bool,
    input: &mut dyn BufRead,
    output: &mut dyn Write,
) -> Result<(), Failure> {
    let exists = options.output.try_exists()?;
    let directory = options.output.parent().unwrap_or(Path::new(""));
    if exists && !options.tls.is_empty() {
        // Asked for a certificate, nobody wants the configuration written anew.
        certificate::write(directory, &options.tls, options.force)?;
        write!(output, "{}", template::renewed(directory, &options.output, lang))?;
        return Ok(());
    }
    if exists && !options.force {
        return Err(Failure::Exists(options.output.clone()));
    }
    let answers = if terminal { questions::ask(options, lang, input, output)? } else { from_options(options)? };
    let text = template::file(&answers, lang);
    if !answers.tls.is_empty() {
        certificate::write(directory, &answers.tls, options.force)?;
    }
    write_checked(&text, directory, options, lang).inspect_err(|_| {
        // Those that were there before, and were written over by force, are of no use to anybody else.
        if !answers.tls.is_empty() {
            certificate::remove(directory);
        }
    })?;
    write!(output, "{}", template::next_steps(&answers, &options.output, lang))?;
    if answers.password == PasswordPlace::Keyring {
        secret::fill(&answers, lang, terminal, input, output)?;
    }
    Ok(())
}

/// Writes the file, if it is one that loads.
fn write_checked(text: &str, directory: &Path, options: &Options, lang: Lang) -> Result<(), Failure> {
    let defaults = Defaults { language: lang, data_dir: PathBuf::new(), home: None };
    let name = options.output.display().to_string();
    Config::load(Source::new(name, text), directory, &defaults).map_err(Failure::Invalid)?;
    Ok(write_private(&options.output, text, options.force)?)
}

/// Without a terminal: all from the options, everything missing named at once.
fn from_options(options: &Options) -> Result<Answers, Failure> {
    let wrong = |option: &'static str| move |fault| Failure::Wrong(option, fault);
    let address = options.address.as_deref().map(address).transpose().map_err(wrong("--address"))?;
    let given = options.upstream.as_deref().map(UpstreamUrl::parse).transpose().map_err(wrong("--upstream"))?;
    let provider = address.as_deref().and_then(|address| provider_of_domain(domain_of(address)));
    // A provider without encryption is no default: whoever wants it says so.
    let known = provider.and_then(Provider::upstream).filter(|url| !url.exposes_passwords());
    let (Some(address), Some(upstream)) = (&address, given.or(known)) else {
        let mut missing = Vec::new();
        missing.extend(address.is_none().then_some("--address"));
        missing.extend((options.upstream.is_none()).then_some("--upstream"));
        return Err(Failure::Missing(missing));
    };
    let mut own_domains = Vec::new();
    for text in &options.own_domains {
        own_domains.push(domain(text).map_err(wrong("--own-domain"))?);
    }
    if own_domains.is_empty() {
        own_domains = probable_domains(address);
    }
    Ok(Answers {
        address: address.clone(),
        provider,
        upstream,
        user: options.user.clone().unwrap_or_else(|| address.clone()),
        own_domains,
        on_error: options.on_error.unwrap_or(OnError::Hold),
        password: options.password.clone().unwrap_or(PasswordPlace::PassThrough),
        tls: options.tls.clone(),
    })
}

fn domain_of(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// The address's own domain, unless it is a provider's.
fn probable_domains(address: &str) -> Vec<String> {
    let domain = domain_of(address);
    if is_freemail(domain) || provider_of_domain(domain).is_some() { Vec::new() } else { vec![domain.to_owned()] }
}

/// Writes a file that only its owner can read; an existing one only with `replace`.
fn write_private(path: &Path, text: &str, replace: bool) -> io::Result<()> {
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        fs::create_dir_all(directory)?;
    }
    if replace { private::replace(path, text) } else { private::create(path, text) }
}
