//! The configuration: a typed, documented, validated value. A `Config` that exists is correct.
//!
//! `fields` is the one definition of every key; `reader` reads a table of it with spans and collects every problem;
//! `sections` turn tables into the types below. Knows TOML, paths and the names of environment variables; must not know
//! sockets, the store, or what a rule's parameters mean (they are kept with their spans for the rule module).

mod accounts;
mod clients;
mod definition;
mod docs;
mod drafts;
mod faults;
mod fields;
mod incidents;
mod kinds;
mod known;
mod load;
mod notify;
mod overrides;
mod places;
mod providers;
mod reader;
mod secrets;
mod sections;
mod settings;
mod team;
mod units;
mod urls;
mod web;

use std::net::SocketAddr;
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

use crate::finding::Level;
use crate::imap::ImapUrl;
use crate::lang::Lang;
use crate::review::Wanted;
use crate::source::Source;
use crate::team::Team;
use crate::verdict::{Policy, Verdict};

pub use crate::source::Fault;
pub use accounts::FromPattern;
pub use definition::{Default as FieldDefault, Field, Form, Kind, Section, Text, Word};
pub use docs::reference;
pub use fields::SECTIONS;
pub use load::Defaults;
pub use notify::{NoticeTo, Notify, Webhook, WebhookUrl};
pub use overrides::{Override, Overrides};
pub use places::{Lookup, Platform, config_file, data_dir, home_dir, language};
pub use providers::{Provider, provider_named, provider_of_domain, providers};
pub use settings::{Origin, Setting};
pub use units::{address, domain, duration, size};
pub use urls::{Security, UpstreamUrl};
pub use web::{PageLogin, Web};

/// Everything `atena.toml` says, with defaults filled in. Paths are absolute if the base directory was.
#[derive(Debug, Clone)]
pub struct Config {
    pub language: Lang,
    /// Lower case, without a final dot; sub-domains count.
    pub own_domains: Vec<String>,
    pub data_dir: PathBuf,
    pub rules_dir: Option<PathBuf>,
    pub serve: Serve,
    pub web: Web,
    /// Who looks at kept mail.
    pub team: Team,
    pub notify: Notify,
    /// At least one.
    pub accounts: Vec<Account>,
    pub handling: Handling,
    pub rules: Vec<RuleOverride>,
    pub clients: Vec<Client>,
    pub joints: Vec<Joint>,
    pub incidents: Vec<Incident>,
    pub facts: Vec<Fact>,
    /// The file, secrets blanked out, for problems that others find in it; `None` without a file.
    pub source: Option<Source>,
    settings: Vec<Setting>,
}

/// `[serve]`: the relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Serve {
    pub listen: SocketAddr,
    /// Implicit TLS; needs `tls`.
    pub listen_tls: Option<SocketAddr>,
    pub tls: Option<ServerTls>,
    pub hostname: String,
    pub auth: Auth,
    /// Programs of this machine need no login.
    pub trust_loopback: bool,
    pub limits: Limits,
    /// Replies may contain Japanese (RFC 6531 promises UTF-8 only to clients that sent SMTPUTF8).
    pub utf8_replies: bool,
    pub log: LogFormat,
}

/// What one client, and all of them together, may ask of the relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one mail.
    pub message_size: usize,
    /// Bytes of all mails in memory; at least `message_size`.
    pub total_size: usize,
    pub recipients: usize,
    /// Bytes of a line of a mail; `None` for no limit.
    pub line_length: Option<usize>,
    pub connections: usize,
    pub connections_per_address: usize,
    /// Refused commands of a connection.
    pub errors: u32,
    /// Commands of a connection between two mails.
    pub commands: u32,
    /// Of one address within a quarter of an hour.
    pub failed_logins: u32,
    /// To the next whole command, and between two octets of a mail.
    pub idle: Duration,
    /// From the end of a mail, or a login, to its answer.
    pub answer: Duration,
    /// From the beginning of a mail's text to its end.
    pub data: Duration,
}

/// The relay's certificate chain and private key, both PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerTls {
    pub cert: PathBuf,
    pub key: PathBuf,
}

/// Whether clients log in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// Offered when an account passes credentials through, never demanded.
    Auto,
    /// Demanded of everybody; every account passes credentials through.
    PassThrough,
    /// Demanded of everybody: of users of its own, or of those an account passes through.
    Users,
    /// Never offered.
    None,
}

/// The form of the operator's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Human,
    Json,
}

/// `[[account]]`: where mail of some sender addresses goes.
#[derive(Debug, Clone)]
pub struct Account {
    pub name: String,
    /// Empty: every address no other account names.
    pub from: Vec<FromPattern>,
    pub upstream: UpstreamUrl,
    pub login: Login,
    /// Send to another machine without encryption where its server offers none.
    pub allow_plaintext: bool,
    /// PEM file with a certificate to trust besides the system's.
    pub tls_ca: Option<PathBuf>,
    /// Where drafts are put that are handed back; `None`: nowhere.
    pub drafts: Option<Drafts>,
}

/// A mailbox with a folder of drafts.
#[derive(Debug, Clone)]
pub struct Drafts {
    pub url: ImapUrl,
    /// `None`: that of the account.
    pub password: Option<PasswordSource>,
}

/// How an account logs in at its server.
#[derive(Debug, Clone)]
pub enum Login {
    None,
    /// With the credentials the mail program gave, if it gave any.
    PassThrough,
    Stored {
        user: String,
        password: PasswordSource,
        /// The password is an OAuth 2.0 access token.
        token: bool,
    },
}

/// Where a stored password is found; never the password itself.
#[derive(Debug, Clone)]
pub enum PasswordSource {
    /// A command line; its arguments may name private things, hence secret.
    Command(SecretString),
    /// The name of an environment variable.
    Environment(String),
    /// The keyring of the system, under the account's user and server.
    Keyring,
}

/// `[policy]`: what happens to mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handling {
    /// Levels and single rules to verdicts.
    pub policy: Policy,
    /// How long a returned mail may be confirmed by sending it again.
    pub return_window: Duration,
    /// How long a mail with verdict `delay` waits.
    pub delay: Delay,
    pub when_check_fails: WhenCheckFails,
    /// Whether a mail may allow findings itself, with a header field that is then taken out.
    pub allow_header: bool,
    pub when_unreachable: WhenUnreachable,
    /// Whether mails that pass teach whom their sender writes to.
    pub learn: bool,
}

/// How long mails wait that are delayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delay {
    /// For a finding of this level.
    pub info: Duration,
    pub warning: Duration,
    pub error: Duration,
    /// Of mail to anybody outside, whatever was found; zero for none.
    pub outside: Duration,
}

/// The failure policy of the check itself; passing is not among the choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenCheckFails {
    Hold,
    Reject,
}

/// What to do when the next server cannot be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenUnreachable {
    /// 451: the mail program keeps the mail.
    Refuse,
    /// Committed to disk, sent later.
    Queue,
}

/// `[rules.ID]`: changes to one rule. Whether the id and the parameters exist is the rule module's to say.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleOverride {
    pub id: String,
    /// Where the id stands in `Config::source`.
    pub id_span: Range<usize>,
    pub enabled: Option<bool>,
    pub level: Option<Level>,
    /// Also entered in `Handling::policy`.
    pub verdict: Option<Verdict>,
    /// Its findings need a second person; also entered in `Handling::policy`.
    pub second_person: bool,
    pub parameters: Vec<Parameter>,
}

/// A key of `[rules.ID]` that is a parameter of the rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    pub name: String,
    pub value: toml::Value,
    /// Where the name stands in `Config::source`.
    pub name_span: Range<usize>,
    /// Where the value stands in `Config::source`.
    pub span: Range<usize>,
}

impl Parameter {
    /// Whether its value is a table whose list `key` has this text.
    pub fn lists(&self, key: &str, text: &str) -> bool {
        let list = self.value.get(key).and_then(toml::Value::as_array);
        list.into_iter().flatten().any(|item| item.as_str() == Some(text))
    }
}

/// `[[client]]`: an organisation or person whose mail must not mix with another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    pub name: String,
    pub names: Vec<String>,
    /// Lower case; sub-domains count.
    pub domains: Vec<String>,
    pub addresses: Vec<ClientAddress>,
    /// What has to be ticked of mails to it.
    pub wanted: Wanted,
}

/// An address of a client, and whose it is if that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientAddress {
    /// May be empty.
    pub name: String,
    /// Lower case.
    pub address: String,
}

/// `[[joint]]`: clients that are rightly written to together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joint {
    /// Indices into `Config::clients`, ascending, at least two.
    pub clients: Vec<usize>,
    pub note: Option<String>,
}

/// `[[incident]]`: what went wrong with a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    pub with: Party,
    pub date: jiff::civil::Date,
    pub kind: Option<String>,
    pub note: Option<String>,
}

/// `[[fact]]`: what is right to say of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub topic: String,
    pub words: Vec<String>,
    /// Each states a quantity.
    pub values: Vec<String>,
    pub unless: Vec<String>,
    pub client: Option<Party>,
    pub note: Option<String>,
}

/// A client or a single person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Party {
    /// Index into `Config::clients`.
    Client(usize),
    /// Lower case.
    Address(String),
}

impl Config {
    /// Where the value of a key comes from: `language`, `serve.listen`, `account[1].upstream` (counted from 1),
    /// `rules.ID.level`. A key that is not set, or unknown, has its default.
    pub fn origin(&self, key: &str) -> Origin {
        self.settings.iter().find(|setting| setting.path() == key).map_or(Origin::Default, |setting| setting.origin)
    }

    /// Every key with its value and origin, in the order of the reference page.
    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// Whether the relay offers AUTH at all.
    pub fn offers_login(&self) -> bool {
        match self.serve.auth {
            Auth::None => false,
            Auth::PassThrough | Auth::Users => true,
            Auth::Auto => self.accounts.iter().any(|account| matches!(account.login, Login::PassThrough)),
        }
    }
}

impl Word for Auth {
    const WORDS: &'static [(&'static str, Auth)] =
        &[("auto", Auth::Auto), ("pass-through", Auth::PassThrough), ("users", Auth::Users), ("none", Auth::None)];
}

impl Word for LogFormat {
    const WORDS: &'static [(&'static str, LogFormat)] = &[("human", LogFormat::Human), ("json", LogFormat::Json)];
}

impl Word for WhenCheckFails {
    const WORDS: &'static [(&'static str, WhenCheckFails)] =
        &[("hold", WhenCheckFails::Hold), ("reject", WhenCheckFails::Reject)];
}

impl Word for WhenUnreachable {
    const WORDS: &'static [(&'static str, WhenUnreachable)] =
        &[("refuse", WhenUnreachable::Refuse), ("queue", WhenUnreachable::Queue)];
}
