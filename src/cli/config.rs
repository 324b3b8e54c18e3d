//! `atena config check | show | docs`.

use std::io::{self, Write};

use crate::config::{Config, Form, Origin, SECTIONS, Setting};
use crate::lang::Lang;
use crate::source::{self, Problem};

/// Prints every problem, or that there is none; returns how many there are.
///
/// # Errors
/// Only when `output` cannot be written.
pub fn check(
    loaded: &Result<Config, Vec<Problem>>,
    lang: Lang,
    colour: bool,
    output: &mut dyn Write,
) -> io::Result<usize> {
    match loaded {
        Ok(config) => {
            let name = config.source.as_ref().map(|source| &*source.name);
            match (name, config.language) {
                (Some(name), _) => writeln!(output, "{name}: ok")?,
                (None, Lang::En) => writeln!(output, "ok: no configuration file, everything has its default")?,
                (None, Lang::Ja) => writeln!(output, "ok: 設定ファイルはなく、すべて既定値です")?,
            }
            Ok(0)
        }
        Err(problems) => {
            let count = problems.len();
            write!(output, "{}", source::render(problems, colour))?;
            match lang {
                Lang::En if count == 1 => writeln!(output, "\n1 problem")?,
                Lang::En => writeln!(output, "\n{count} problems")?,
                Lang::Ja => writeln!(output, "\n問題が {count} 件あります")?,
            }
            Ok(count)
        }
    }
}

/// Prints every key with its value and where it comes from, as TOML with comments. No secret is among the values, and
/// of a command only its first word.
///
/// # Errors
/// Only when `output` cannot be written.
pub fn show(config: &Config, output: &mut dyn Write) -> io::Result<()> {
    let lang = config.language;
    let mut table = "";
    for setting in config.settings() {
        if setting.table != table {
            table = &setting.table;
            writeln!(output, "\n{}", header(table))?;
        }
        writeln!(output, "{}", line(setting, lang))?;
    }
    Ok(())
}

/// Prints the reference page of the configuration.
///
/// # Errors
/// Only when `output` cannot be written.
pub fn docs(lang: Lang, output: &mut dyn Write) -> io::Result<()> {
    write!(output, "{}", crate::config::reference(lang))
}

/// `account[1]` is written `[[account]]`.
fn header(table: &str) -> String {
    let list = |name: &str| SECTIONS.iter().any(|section| section.form == Form::List && section.name == name);
    match table.split_once('[') {
        Some((name, _)) if list(name) => format!("[[{name}]]"),
        _ => match table.split_once('.') {
            Some((section, id)) => format!("[{section}.{}]", key(id)),
            None => format!("[{table}]"),
        },
    }
}

fn line(setting: &Setting, lang: Lang) -> String {
    let key = key(&setting.key);
    let origin = origin(setting.origin, lang);
    let hidden = match lang {
        Lang::En => "the rest is not shown",
        Lang::Ja => "以降は表示しません",
    };
    match &setting.value {
        None => format!("# {key} =  # {origin}"),
        Some(value) if setting.cut => format!("# {key} = {value}  # {origin}; {hidden}"),
        Some(value) => format!("{key} = {value}  # {origin}"),
    }
}

fn origin(origin: Origin, lang: Lang) -> String {
    match (origin, lang) {
        (Origin::Default, Lang::En) => "default".to_owned(),
        (Origin::Default, Lang::Ja) => "既定値".to_owned(),
        (Origin::File { line }, Lang::En) => format!("line {line}"),
        (Origin::File { line }, Lang::Ja) => format!("{line} 行目"),
        (Origin::CommandLine, Lang::En) => "command line".to_owned(),
        (Origin::CommandLine, Lang::Ja) => "コマンド行".to_owned(),
        (Origin::Environment, Lang::En) => "environment".to_owned(),
        (Origin::Environment, Lang::Ja) => "環境変数".to_owned(),
    }
}

/// A key as TOML wants it: bare, or in quotes.
fn key(text: &str) -> String {
    let bare = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if bare { text.to_owned() } else { toml::Value::String(text.to_owned()).to_string() }
}
