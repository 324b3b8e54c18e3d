//! The arguments of every subcommand: the one definition that parser, help and completions come from.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

use super::{backtest, held, init, people};
use crate::finding::Level;
use crate::lang::Lang;
use crate::output::Format;
use crate::tokens::Scope;

/// Checks outgoing mail before it leaves: wrong recipients, wrong names, wrong files, missing apologies
#[derive(Debug, Parser)]
#[command(name = "atena", version, propagate_version = true, disable_help_subcommand = true)]
pub(super) struct Args {
    /// Configuration file (default: the user's own, see `atena config show`) [env: ATENA_CONFIG]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    pub(super) config: Option<PathBuf>,
    /// Directory for held mail and learnt facts [env: ATENA_DATA_DIR]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Global options")]
    pub(super) data_dir: Option<PathBuf>,
    /// Language of everything a person reads
    #[arg(long, global = true, value_name = "LANG", value_parser = language, help_heading = "Global options")]
    pub(super) lang: Option<Lang>,
    /// Colours: on a terminal, always, or never
    #[arg(long = "color", global = true, value_name = "WHEN", default_value = "auto", help_heading = "Global options")]
    pub(super) colour: Colour,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check saved drafts: files, directories, Maildirs, mboxes, or - for standard input
    Check(CheckArgs),
    /// Relay mail between the mail program and its server, checking each one
    Serve {
        /// Address and port to listen on
        #[arg(long, value_name = "ADDR")]
        listen: Option<String>,
        /// Outgoing mail server in place of the configured ones, for example smtps://smtp.example.com or maildir:DIR
        #[arg(long, value_name = "URL")]
        upstream: Option<String>,
    },
    /// Open the review page of the relay that runs
    Open {
        /// Only print the link
        #[arg(long)]
        print: bool,
    },
    /// Show, release or drop held mails; in a terminal, without a subcommand, one by one
    Held {
        #[command(subcommand)]
        command: Option<held::Command>,
    },
    /// Show and test the rules
    Rules {
        #[command(subcommand)]
        command: RulesCommand,
    },
    /// Learn whom you write to, and show, join or forget people
    People {
        #[command(subcommand)]
        command: people::Command,
    },
    /// Judge past sent mail in order of time: how often rules speak, what they cost, which wrong recipients they would notice
    Backtest(backtest::Backtest),
    /// Add, list and remove users who may log in at the relay
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Add, list and remove tokens, with which programs use the HTTP API
    Token {
        #[command(subcommand)]
        command: TokenCommand,
    },
    /// Try how you learn that a mail was held: desktop, notice mail, webhook
    Notify {
        #[command(subcommand)]
        command: NotifyCommand,
    },
    /// Check and show the configuration
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Write a configuration after a few questions
    Init(InitArgs),
    /// Print the completions of a shell
    Completions {
        /// Shell
        #[arg(value_name = "SHELL")]
        shell: clap_complete::Shell,
    },
    /// Print the manual pages, or write them into a directory
    Man {
        /// Directory for a file per command, for example /usr/local/share/man/man1
        #[arg(value_name = "DIR")]
        directory: Option<PathBuf>,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum UserCommand {
    /// Add a user or change a password; it is asked for, or read from standard input
    Add {
        /// Login name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// List the users
    List,
    /// Remove a user
    Remove {
        /// Login name
        #[arg(value_name = "NAME")]
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum NotifyCommand {
    /// Send an example through each way that is configured, and say what came of it
    Test {
        /// Whose mail the example is to be (default: the login of the first account, if that is an address)
        #[arg(long = "sender", value_name = "ADDRESS")]
        from_address: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum TokenCommand {
    /// Make a token and print it, this once
    Add {
        /// What the token is for, for example crm
        #[arg(value_name = "NAME")]
        token: String,
        /// What it may do; may be given several times
        #[arg(long, value_name = "SCOPE", required = true)]
        scope: Vec<ScopeArg>,
        /// In whose place its program acts: it sees and does what this user may, and approves for them
        #[arg(long, value_name = "USER")]
        user: Option<String>,
        /// How long it is good, for example 90d (default: until it is removed)
        #[arg(long, value_name = "TIME")]
        expires: Option<String>,
    },
    /// List the tokens
    List,
    /// Remove a token; it opens nothing from then on
    Remove {
        /// Name from the list
        #[arg(value_name = "NAME")]
        token: String,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum ScopeArg {
    /// See kept mails with their texts
    Read,
    /// See kept mails without their texts, and release, drop or change them
    Decide,
    /// Check drafts
    Check,
}

impl ScopeArg {
    pub(super) fn scope(self) -> Scope {
        match self {
            ScopeArg::Read => Scope::Read,
            ScopeArg::Decide => Scope::Decide,
            ScopeArg::Check => Scope::Check,
        }
    }
}

#[derive(Debug, ClapArgs)]
pub(super) struct CheckArgs {
    /// Mails (.eml), directories, Maildirs, mbox files; - reads one mail from standard input
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Envelope recipient that no header names; may be given several times
    #[arg(long, value_name = "ADDRESS")]
    pub(super) rcpt: Vec<String>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: FormatArg,
    /// Mildest level that makes the exit code 1
    #[arg(long, value_name = "LEVEL", default_value = "error")]
    pub(super) fail_on: LevelArg,
    /// Judge as of this time instead of each mail's own Date, for example 2026-10-14T10:00+09:00[Asia/Tokyo]
    #[arg(long, value_name = "TIME")]
    pub(super) now: Option<String>,
    /// Show how each mail was read: the situation, the parts of the answer, every clause with its marks
    #[arg(long)]
    pub(super) explain: bool,
    /// Known findings, which do not count: only new ones make the exit code 1
    #[arg(long, value_name = "FILE", conflicts_with = "write_baseline")]
    pub(super) baseline: Option<PathBuf>,
    /// Known findings older than so many days count again
    #[arg(long, value_name = "DAYS", requires = "baseline")]
    pub(super) baseline_days: Option<u16>,
    /// Write what is found now as the baseline, and end with 0
    #[arg(long, value_name = "FILE")]
    pub(super) write_baseline: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    /// List the rules in force
    List {
        /// Print the reference page of all rules in Markdown
        #[arg(long)]
        markdown: bool,
    },
    /// Explain one rule: what, why, what to do, its examples
    Explain {
        /// Rule id, for example greeting-mismatch
        #[arg(value_name = "RULE")]
        id: String,
    },
    /// Run the examples of all rules, or of the packs named
    Test {
        /// Pack files
        #[arg(value_name = "PACK")]
        packs: Vec<PathBuf>,
    },
    /// Show what became of the findings of each rule, and propose how those that are never right can be quieter
    Stats {
        /// Only mails since this day (UTC), for example 2026-10-01
        #[arg(long, value_name = "DATE")]
        since: Option<Date>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Check the configuration and name every problem with its line
    Check,
    /// Show every setting with its value and where it comes from
    Show,
    /// Print the reference page of all settings
    Docs,
}

#[derive(Debug, ClapArgs)]
pub(super) struct InitArgs {
    /// Your mail address
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
    /// Your outgoing mail server, for example smtps://smtp.example.com
    #[arg(long, value_name = "URL")]
    upstream: Option<String>,
    /// Login name at the server, if it is not your address
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Domain of your own organisation; may be given several times
    #[arg(long, value_name = "DOMAIN")]
    own_domain: Vec<String>,
    /// What happens to a mail with an error: hold it, or return it to the mail program
    #[arg(long, value_name = "VERDICT")]
    on_error: Option<OnErrorArg>,
    /// Command that prints the password
    #[arg(long, value_name = "COMMAND", group = "password")]
    password_command: Option<String>,
    /// Environment variable that holds the password
    #[arg(long, value_name = "NAME", group = "password")]
    password_env: Option<String>,
    /// The password is in the keyring of the operating system
    #[arg(long, group = "password")]
    password_keyring: bool,
    /// The mail program logs in itself; nothing is stored
    #[arg(long, group = "password")]
    pass_through: bool,
    /// Name or IP address of this computer in the network: makes a certificate for it, so that phones and other devices can
    /// connect; may be given several times. With a configuration that exists: only that
    #[arg(long, value_name = "NAME")]
    tls: Vec<String>,
    /// Write over an existing file
    #[arg(long)]
    force: bool,
    /// File to write (default: where the configuration is looked for)
    #[arg(long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

impl InitArgs {
    pub(super) fn options(&self, output: PathBuf) -> init::Options {
        let command = self.password_command.clone().map(init::PasswordPlace::Command);
        let variable = self.password_env.clone().map(init::PasswordPlace::Environment);
        let keyring = self.password_keyring.then_some(init::PasswordPlace::Keyring);
        let through = self.pass_through.then_some(init::PasswordPlace::PassThrough);
        init::Options {
            address: self.address.clone(),
            upstream: self.upstream.clone(),
            user: self.user.clone(),
            own_domains: self.own_domain.clone(),
            on_error: self.on_error.map(|verdict| match verdict {
                OnErrorArg::Hold => init::OnError::Hold,
                OnErrorArg::Return => init::OnError::Return,
            }),
            password: command.or(variable).or(keyring).or(through),
            tls: self.tls.clone(),
            force: self.force,
            output,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum OnErrorArg {
    Hold,
    Return,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Colour {
    Auto,
    Always,
    Never,
}

impl Colour {
    /// Whether to colour; `NO_COLOR` (no-color.org) switches `auto` off.
    pub(super) fn resolve(self, terminal: bool) -> bool {
        match self {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum FormatArg {
    Text,
    Json,
    Sarif,
    Junit,
    Github,
}

impl FormatArg {
    pub(super) fn format(self) -> Format {
        match self {
            FormatArg::Text => Format::Text,
            FormatArg::Json => Format::Json,
            FormatArg::Sarif => Format::Sarif,
            FormatArg::Junit => Format::Junit,
            FormatArg::Github => Format::Github,
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum LevelArg {
    Info,
    Warning,
    Error,
}

impl LevelArg {
    pub(super) fn level(self) -> Level {
        match self {
            LevelArg::Info => Level::Info,
            LevelArg::Warning => Level::Warning,
            LevelArg::Error => Level::Error,
        }
    }
}

fn language(text: &str) -> Result<Lang, String> {
    match text {
        "ja" => Ok(Lang::Ja),
        "en" => Ok(Lang::En),
        _ => Err("the languages are ja and en".to_owned()),
    }
}
