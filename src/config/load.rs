//! From a text, a file or nothing to a [`Config`].

use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::reader::Reader;
use super::{
    Config, PageLogin, RuleOverride, accounts, clients, fields, incidents, kinds, known, notify, secrets, sections,
    team, units, web,
};
use crate::lang::Lang;
use crate::source::Fault;
use crate::source::{Problem, Source};

/// What the system says when the file does not.
#[derive(Debug, Clone)]
pub struct Defaults {
    pub language: Lang,
    pub data_dir: PathBuf,
    /// What `~/` means.
    pub home: Option<PathBuf>,
}

impl Config {
    /// Reads a configuration; relative paths start at `base_dir`. Looks at the file system only to see whether the
    /// files that are named exist.
    ///
    /// # Errors
    /// Every problem, in the order of the file, in the file's own language if it names one. Secrets are blanked out.
    pub fn load(source: Source, base_dir: &Path, defaults: &Defaults) -> Result<Config, Vec<Problem>> {
        let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
        let shown = Source::new(source.name.clone(), secrets::blank(text));
        let (document, errors) = DeTable::parse_recoverable(text);
        let language = language_of(document.get_ref()).unwrap_or(defaults.language);
        let mut reader = Reader::new(&shown, language);
        for error in &errors {
            let span = error.span().unwrap_or(0..0);
            reader.report(span, Fault::toml_syntax(error.message()));
        }
        let config = if errors.is_empty() { read(&mut reader, document.get_ref(), base_dir, defaults) } else { None };
        let mut problems = reader.problems;
        problems.sort_by_key(|problem| problem.span.start);
        match config {
            Some(mut config) if problems.is_empty() => {
                config.settings = reader.settings;
                config.note("language", quoted(config.language.tag()), None);
                config.note("data_dir", quoted(&config.data_dir.display().to_string()), None);
                config.add_default_account();
                config.source = Some(shown);
                Ok(config)
            }
            _ => Err(problems),
        }
    }

    /// Reads the file at `path`.
    ///
    /// # Errors
    /// As [`Config::load`]; also when the file cannot be read or is not UTF-8.
    pub fn from_file(path: &Path, defaults: &Defaults) -> Result<Config, Vec<Problem>> {
        let name = path.display().to_string();
        let one = |source: &Source, span, fault: Fault| vec![source.fault(span, &fault, defaults.language)];
        let bytes =
            std::fs::read(path).map_err(|error| one(&Source::new(name.as_str(), ""), 0..0, unreadable(&error)))?;
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Err(one(&Source::new(name.as_str(), ""), 0..0, not_utf8("UTF-16")));
        }
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let lossy = secrets::blank(&String::from_utf8_lossy(error.as_bytes()));
                let source = Source::new(name.as_str(), lossy);
                let end = (at + '\u{fffd}'.len_utf8()).min(source.text.len());
                return Err(one(&source, at..end, not_utf8("Shift_JIS")));
            }
        };
        let base =
            std::path::absolute(path).ok().and_then(|path| path.parent().map(Path::to_owned)).unwrap_or_default();
        Config::load(Source::new(name.as_str(), text), &base, defaults)
    }

    /// The `[rules.ID]` tables of a file that is wrong elsewhere, so that what is wrong in them can be told with the rest.
    /// None if its syntax is broken, or if it names packs of its own, whose rules are not known here.
    pub fn rules_of(source: &Source) -> Vec<RuleOverride> {
        let (document, errors) = DeTable::parse_recoverable(&source.text);
        if !errors.is_empty() || document.get_ref().contains_key("rules_dir") {
            return Vec::new();
        }
        let mut reader = Reader::new(source, Lang::En);
        let root = reader.top(&fields::TOP, document.get_ref());
        let tables = reader.tables_by_id(&root, &fields::RULES);
        sections::rules(&mut reader, &tables)
    }

    /// The configuration of a system without a file: loopback, and a local Maildir as the next server.
    pub fn default_with(defaults: &Defaults) -> Config {
        let mut config =
            Config::load(Source::new("", ""), Path::new(""), defaults).expect("defaults are valid: tests/config.rs");
        config.source = None;
        config
    }
}

/// Where relative paths start.
pub(super) struct Paths<'a> {
    base: &'a Path,
    home: Option<&'a Path>,
}

impl Paths<'_> {
    pub(super) fn resolve(&self, path: &Path) -> Result<PathBuf, Fault> {
        if let Ok(rest) = path.strip_prefix("~") {
            let home = self.home.ok_or_else(|| {
                Fault::new(
                    "`~` means nothing here: there is no home directory",
                    "ホームディレクトリがないため `~` は使えません",
                )
            })?;
            return Ok(home.join(rest));
        }
        Ok(self.base.join(path))
    }

    pub(super) fn path(&self, text: &str) -> Result<PathBuf, Fault> {
        self.resolve(Path::new(&units::filled(text)?))
    }

    pub(super) fn file(&self, text: &str) -> Result<PathBuf, Fault> {
        let path = self.path(text)?;
        let missing = || {
            Fault::new(
                format!("there is no file {}", units::quoted(text)),
                format!("ファイル {} がありません", units::quoted(text)),
            )
        };
        if path.is_file() { Ok(path) } else { Err(from_here(missing(), text)) }
    }

    pub(super) fn directory(&self, text: &str) -> Result<PathBuf, Fault> {
        let path = self.path(text)?;
        let missing = || {
            Fault::new(
                format!("there is no directory {}", units::quoted(text)),
                format!("ディレクトリ {} がありません", units::quoted(text)),
            )
        };
        if path.is_dir() { Ok(path) } else { Err(from_here(missing(), text)) }
    }
}

fn from_here(fault: Fault, text: &str) -> Fault {
    if Path::new(text).is_absolute() {
        return fault;
    }
    fault.help(
        "a relative path starts at the directory of this file",
        "相対パスはこのファイルのあるディレクトリから数えます",
    )
}

/// The whole document; `None` only after a problem.
fn read(reader: &mut Reader<'_>, document: &DeTable<'_>, base: &Path, defaults: &Defaults) -> Option<Config> {
    let paths = Paths { base, home: defaults.home.as_deref() };
    let root = reader.top(&fields::TOP, document);
    let top = sections::top(reader, &root, &paths);
    let serve_table = reader.table(&root, &fields::SERVE);
    let (serve, auth) = sections::serve(reader, &serve_table, &paths);
    let web_table = reader.table(&root, &fields::WEB);
    let web = web::web(reader, &web_table, &paths, serve.as_ref().and_then(|serve| serve.tls.as_ref()));
    let user_tables = reader.tables(&root, &fields::USER);
    let approval_table = reader.table(&root, &fields::APPROVAL);
    let team = team::read(reader, &user_tables, &approval_table);
    let notify_table = reader.table(&root, &fields::NOTIFY);
    let notify = notify::notify(reader, &notify_table, &paths);
    let account_tables = reader.tables(&root, &fields::ACCOUNT);
    let auth_span = serve_table.key_span("auth").unwrap_or(0..0);
    let accounts = accounts::read(reader, &account_tables, &paths, auth, auth_span);
    accounts::check_loops(reader, &account_tables, &accounts, serve.as_ref());
    let policy_table = reader.table(&root, &fields::POLICY);
    let handling = sections::handling(reader, &policy_table, &top.own_domains);
    let rule_tables = reader.tables_by_id(&root, &fields::RULES);
    let rules = sections::rules(reader, &rule_tables);
    let logs_in = web.as_ref().is_none_or(|web| web.enabled && web.login == PageLogin::Users);
    for ((_, table), rule) in rule_tables.iter().zip(&rules) {
        if let (true, Some(span), Some(team)) = (rule.second_person, table.key_span("approval"), &team)
            && let Some(fault) = team::missing(team, logs_in)
        {
            reader.report(span, fault);
        }
    }
    let client_tables = reader.tables(&root, &fields::CLIENT);
    let (clients, names) = clients::read(reader, &client_tables, &top.own_domains);
    let joint_tables = reader.tables(&root, &fields::JOINT);
    let joints = clients::read_joints(reader, &joint_tables, &names, &clients);
    let incident_tables = reader.tables(&root, &fields::INCIDENT);
    let incidents = incidents::read(reader, &incident_tables, &names, &clients);
    let fact_tables = reader.tables(&root, &fields::FACT);
    let facts = known::read(reader, &fact_tables, &names, &clients);
    let kind_tables = reader.tables(&root, &fields::KIND);
    let kinds = kinds::read(reader, &kind_tables);
    let mut web = web?;
    (web.demands.clients, web.demands.kinds) = (kinds::of_clients(&clients), kinds);
    let mut handling = handling?;
    let verdicts = rules.iter().filter_map(|rule| Some((rule.id.clone(), rule.verdict?)));
    handling.policy.rules = verdicts.collect();
    handling.policy.second_person =
        rules.iter().filter(|rule| rule.second_person).map(|rule| rule.id.clone()).collect();
    Some(Config {
        language: top.language.unwrap_or(defaults.language),
        own_domains: top.own_domains,
        data_dir: top.data_dir.unwrap_or_else(|| defaults.data_dir.clone()),
        rules_dir: top.rules_dir,
        serve: serve?,
        web,
        team: team?,
        notify: notify?,
        accounts,
        handling,
        rules,
        clients,
        joints,
        incidents,
        facts,
        source: None,
        settings: Vec::new(),
    })
}

/// The language the file asks for, read first because its problems are told in it.
fn language_of(document: &DeTable<'_>) -> Option<Lang> {
    match document.get("language")?.get_ref().as_str()? {
        "ja" => Some(Lang::Ja),
        "en" => Some(Lang::En),
        _ => None,
    }
}

/// A text as TOML.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn unreadable(error: &std::io::Error) -> Fault {
    match error.kind() {
        std::io::ErrorKind::NotFound => Fault::new("the configuration file does not exist", "設定ファイルがありません")
            .help("`atena init` writes one", "`atena init` で作成できます"),
        _ => Fault::new(
            format!("the configuration file cannot be read: {error}"),
            format!("設定ファイルを読めません: {error}"),
        ),
    }
}

fn not_utf8(probably: &str) -> Fault {
    Fault::new(
        format!("the file is not UTF-8 (perhaps {probably})"),
        format!("ファイルが UTF-8 ではありません ({probably} かもしれません)"),
    )
    .help("save it as UTF-8 in your editor", "エディターで文字コードを UTF-8 にして保存してください")
}
