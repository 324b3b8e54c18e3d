//! The command line: arguments, language, exit codes. One file per subcommand.
//!
//! Exit codes: 0 nothing at or above the threshold, 1 findings (or: no such mail, examples fail), 2 usage,
//! configuration or unreadable input.
#![allow(clippy::print_stderr)]

mod args;
pub mod backtest;
mod baseline;
mod check;
pub mod config;
pub mod held;
mod help_ja;
pub mod init;
pub mod inputs;
mod lines;
mod manual;
mod notify;
pub mod open;
pub mod people;
mod progress;
pub mod rules;
pub mod serve;
mod signal;
mod sources;
mod token;
pub mod user;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use crate::config::{Config, Defaults, Origin, Override, Overrides, Platform};
use crate::gate::setup;
use crate::lang::Lang;
use crate::source::{self, Problem};

use args::{Args, Command, ConfigCommand, InitArgs};

/// Wrong usage, a wrong configuration, or input that cannot be read.
pub const USAGE: u8 = 2;

/// Runs the program with the process's own arguments, environment and streams.
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let lang = language_of(&arguments);
    let args = match command(lang).try_get_matches_from(arguments).and_then(|matches| Args::from_arg_matches(&matches))
    {
        Ok(args) => args,
        Err(error) if lang == Lang::Ja && error.use_stderr() => {
            eprint!("{}", help_ja::usage_error(&error));
            return ExitCode::from(USAGE);
        }
        Err(error) => {
            // A closed pipe behind `--help` is nobody's mistake.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(USAGE));
        }
    };
    match run(args, lang) {
        Ok(code) => ExitCode::from(code),
        Err(Stop::Problems(problems)) => {
            eprint!("{}", source::render(&problems, io::stderr().is_terminal()));
            ExitCode::from(USAGE)
        }
        Err(Stop::Message(message)) => {
            eprintln!("atena: {message}");
            ExitCode::from(USAGE)
        }
        // `atena check … | head` closes the pipe: the reader has seen enough.
        Err(Stop::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Stop::Io(error)) => {
            eprintln!("atena: {error}");
            ExitCode::from(USAGE)
        }
    }
}

/// The command-line definition, in the language asked for.
pub fn command(lang: Lang) -> clap::Command {
    match lang {
        Lang::En => Args::command(),
        Lang::Ja => help_ja::translate(Args::command()),
    }
}

/// Why a command came to an end before its work was done.
#[derive(Debug)]
pub enum Stop {
    Problems(Vec<Problem>),
    /// In the user's language.
    Message(String),
    Io(io::Error),
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        Stop::Io(error)
    }
}

impl From<Vec<Problem>> for Stop {
    fn from(problems: Vec<Problem>) -> Stop {
        Stop::Problems(problems)
    }
}

fn run(args: Args, lang: Lang) -> Result<u8, Stop> {
    let colour = args.colour.resolve(io::stdout().is_terminal());
    let out = &mut io::stdout().lock();
    match &args.command {
        Command::Serve { .. } => {
            let config = configuration(&args)?;
            serve::run(&config, reading_language(&args, &config, lang), out)
        }
        Command::Open { print } => {
            let config = configuration(&args)?;
            open::run(&config, *print, reading_language(&args, &config, lang), out)
        }
        Command::Held { command } => held_mails(&args, command.as_ref(), lang, colour, out),
        Command::Completions { shell } => {
            manual::completions(*shell, lang, out)?;
            Ok(0)
        }
        Command::Man { directory } => {
            manual::pages(directory.as_deref(), lang, out)?;
            Ok(0)
        }
        Command::Config { command: ConfigCommand::Docs } => {
            config::docs(lang, out)?;
            Ok(0)
        }
        Command::Config { command: ConfigCommand::Check } => {
            // Rules are part of the configuration: a wrong rule id or parameter is one of its problems.
            let checked = match configuration(&args) {
                Ok(config) => setup::rules(&config).map(|_| config),
                Err(problems) => Err(with_rule_problems(problems, lang)),
            };
            let problems = config::check(&checked, lang, colour, out)?;
            Ok(if problems == 0 { 0 } else { USAGE })
        }
        Command::Config { command: ConfigCommand::Show } => {
            config::show(&configuration(&args)?, out)?;
            Ok(0)
        }
        Command::User { command } => {
            let config = configuration(&args)?;
            user::run(&config, command, reading_language(&args, &config, lang), out)
        }
        Command::Token { command } => {
            let config = configuration(&args)?;
            token::run(&config, command, reading_language(&args, &config, lang), out)
        }
        Command::Notify { command } => {
            let config = configuration(&args)?;
            notify::run(&config, command, reading_language(&args, &config, lang), out)
        }
        Command::People { command } => {
            let config = configuration(&args)?;
            people::run(&config, command, reading_language(&args, &config, lang), out)
        }
        Command::Backtest(backtest) => {
            let config = configuration(&args)?;
            backtest::run(&config, backtest, reading_language(&args, &config, lang), out)
        }
        Command::Init(init) => initialise(&args, init, lang, out),
        Command::Check(check) => {
            let config = configuration(&args)?;
            check::run(check, &config, reading_language(&args, &config, lang), colour, out)
        }
        Command::Rules { command } => {
            let config = configuration(&args)?;
            rules::run(command, &config, reading_language(&args, &config, lang), out)
        }
    }
}

fn held_mails(
    args: &Args,
    command: Option<&held::Command>,
    lang: Lang,
    colour: bool,
    out: &mut dyn Write,
) -> Result<u8, Stop> {
    let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
    if command.is_none() && !is_terminal {
        // Nobody is there to answer.
        let help = manual::help("held", lang);
        eprint!("{help}");
        return Ok(USAGE);
    }
    let config = configuration(args)?;
    let style = held::Style {
        lang: reading_language(args, &config, lang),
        colour,
        width: width(),
        time_zone: jiff::tz::TimeZone::system(),
    };
    let streams = held::Streams { out, err: &mut io::stderr() };
    match command {
        Some(command) => held::run(&config, command, &style, streams),
        None => held::converse(&config, &style, &mut io::stdin().lock(), streams),
    }
}

/// What is wrong in a file's settings of rules, beside what is wrong in the rest of it.
fn with_rule_problems(mut problems: Vec<Problem>, lang: Lang) -> Vec<Problem> {
    if let Some(source) = problems.first().map(|problem| problem.source.clone()) {
        problems.extend(setup::rule_problems(&source, lang));
        problems.sort_by_key(|problem| problem.span.start);
    }
    problems
}

/// The configuration with what the command line and the environment say in its place.
fn configuration(args: &Args) -> Result<Config, Vec<Problem>> {
    // Problems are told in the language asked for, and are found before it could be set.
    let asked = args.lang.map(|lang| OsString::from(lang.tag()));
    let env = |name: &str| asked.clone().filter(|_| name == "LC_ALL").or_else(|| std::env::var_os(name));
    let config = Config::discover(args.config.as_deref(), Platform::current(), &env)?;
    let given = |value: Option<&Path>, variable: &str| {
        let command_line =
            value.map(|value| Override { value: value.display().to_string(), origin: Origin::CommandLine });
        let environment = || std::env::var(variable).ok().map(|value| Override { value, origin: Origin::Environment });
        command_line.or_else(environment)
    };
    let command_line = |value: &String| Override { value: value.clone(), origin: Origin::CommandLine };
    let (listen, upstream) = match &args.command {
        Command::Serve { listen, upstream } => (listen.as_ref(), upstream.as_ref()),
        _ => (None, None),
    };
    let overrides = Overrides {
        data_dir: given(args.data_dir.as_deref(), "ATENA_DATA_DIR"),
        listen: listen.map(command_line),
        upstream: upstream.map(command_line),
        language: args.lang.map(|lang| Override { value: lang.tag().to_owned(), origin: Origin::CommandLine }),
    };
    config.with(&overrides)
}

/// `--lang`, else the configuration's language.
fn reading_language(args: &Args, config: &Config, lang: Lang) -> Lang {
    if args.lang.is_some() { lang } else { config.language }
}

fn initialise(args: &Args, init: &InitArgs, lang: Lang, out: &mut dyn Write) -> Result<u8, Stop> {
    let env = |name: &str| std::env::var_os(name);
    let default = || crate::config::config_file(Platform::current(), &env);
    let no_place = || match lang {
        Lang::En => {
            Stop::Message("there is no home directory to write the configuration to: name a file with --output".into())
        }
        Lang::Ja => {
            Stop::Message("設定ファイルを置くホームディレクトリがありません。--output で指定してください".into())
        }
    };
    let output = init.output.clone().or_else(|| args.config.clone()).or_else(default).ok_or_else(no_place)?;
    let options = init.options(output);
    let terminal = io::stdin().is_terminal();
    match self::init::run(&options, lang, terminal, &mut io::stdin().lock(), out) {
        Ok(()) => Ok(0),
        Err(failure) => Err(Stop::Message(failure.message(lang))),
    }
}

/// Columns to write in: what the shell says, else a page.
fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    columns.unwrap_or(100).clamp(40, 120)
}

/// The language before anything is parsed: `--lang`, else the locale. Help and usage errors need it first.
fn language_of(arguments: &[OsString]) -> Lang {
    let words: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    let after = words.iter().position(|word| *word == "--lang").and_then(|at| words.get(at + 1).copied());
    let joined = words.iter().find_map(|word| word.strip_prefix("--lang="));
    match after.or(joined) {
        Some("ja") => Lang::Ja,
        Some("en") => Lang::En,
        _ => Defaults::of_system(Platform::current(), &|name| std::env::var_os(name)).language,
    }
}
