//! Does the tree keep its shape: arrows between modules, pure modules, one owner per crate, readable sizes?

#![allow(clippy::unwrap_used)]

#[path = "architecture/paths.rs"]
mod paths;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The modules in reading order, and what each may name: only rows above it. `◦` marks pure modules: values in,
/// values out; no clock, file, socket, SQL, runtime.
const ARROWS: [(&str, &str, &str); 39] = [
    ("private", "", ""),
    ("browser", "", ""),
    ("lang", "◦", ""),
    ("happening", "◦", "lang"),
    ("suggest", "◦", ""),
    ("numbers", "◦", ""),
    ("source", "◦", "lang"),
    ("finding", "◦", "lang"),
    ("verdict", "◦", "finding"),
    ("checklist", "◦", "lang finding"),
    ("clause", "◦", ""),
    ("classifier", "◦", ""),
    ("message", "◦", ""),
    ("lexicon", "◦", "message"),
    ("people", "◦", "message"),
    ("addressbook", "◦", "lang message"),
    ("measure", "◦", "message"),
    ("correspondents", "◦", "numbers message people"),
    ("facts", "◦", "message people measure correspondents"),
    (
        "rule",
        "◦",
        "lang suggest numbers source finding checklist clause classifier message lexicon people measure correspondents facts",
    ),
    ("review", "◦", "lang finding checklist message people correspondents"),
    ("smtp", "◦", "message"),
    ("team", "◦", ""),
    ("upstream", "", "message"),
    ("imap", "", "lang upstream"),
    ("config", "", "lang happening suggest source finding verdict people measure review team imap"),
    ("store", "", "private lang happening message correspondents team"),
    ("users", "", "private"),
    ("room", "", "users"),
    ("tokens", "", "private"),
    ("output", "", "lang finding checklist verdict message correspondents review store team happening"),
    ("notice", "", "lang message upstream"),
    ("outbox", "", "notice store upstream"),
    (
        "gate",
        "",
        "lang source finding checklist verdict message people correspondents review facts rule config store team upstream imap users notice outbox",
    ),
    ("certificate", "", "config"),
    (
        "web",
        "",
        "private lang happening finding message review config store tokens output gate team users room certificate",
    ),
    ("notify", "", "browser lang happening finding message rule review config store team upstream output gate web"),
    ("serve", "", "smtp config store upstream users room outbox gate certificate web notify"),
    (
        "cli",
        "",
        "private browser lang happening suggest source finding checklist verdict message people addressbook correspondents facts rule review config store imap users tokens output gate web notify serve",
    ),
];

/// Who may name an external crate. A crate that everybody may use has the owner `*`: it brings a vocabulary (time,
/// derives), not a mechanism.
const OWNERS: [(&str, &str); 67] = [
    ("aes", "message"),
    ("aho_corasick", "message facts rule gate"),
    ("ammonia", "web"),
    ("anstyle", "output cli"),
    ("argon2", "users"),
    ("annotate_snippets", "source"),
    ("askama", "web"),
    ("axum", "web"),
    ("base64", "message addressbook smtp upstream tokens web"),
    ("calcard", "addressbook"),
    ("cbc", "message"),
    ("clap", "cli"),
    ("clap_complete", "cli"),
    ("clap_mangen", "cli"),
    ("csv", "addressbook"),
    ("encoding_rs", "message addressbook"),
    ("flate2", "message"),
    ("form_urlencoded", "web"),
    ("futures_core", "web"),
    ("futures_util", "web"),
    ("getrandom", "tokens web"),
    ("hayro_cmap", "message"),
    ("hmac", "web notify"),
    ("html5gum", "message"),
    ("http_body_util", "notify"),
    ("hyper", "web notify"),
    ("hyper_util", "web notify"),
    ("idna", "people"),
    ("jiff", "*"),
    ("keyring", "gate"),
    ("lettre", "upstream"),
    ("mail_builder", "notice notify"),
    ("mail_parser", "message"),
    ("md5", "message"),
    ("notify_rust", "notify"),
    ("psl", "people"),
    ("quick_junit", "output"),
    ("rapidfuzz", "people"),
    ("regex", "rule"),
    ("regex_automata", "rule"),
    ("regex_lite", "rule"),
    ("regex_syntax", "lexicon rule"),
    ("rusqlite", "store"),
    ("ring", "gate"),
    ("rustls", "upstream certificate"),
    ("rustls_platform_verifier", "upstream"),
    ("rcgen", "cli"),
    ("rpassword", "cli"),
    ("secrecy", "smtp config upstream imap users gate web notify cli"),
    ("serde", "*"),
    ("serde_json", "correspondents store output gate web notify cli"),
    ("sha2", "message tokens web notify"),
    ("thiserror", "*"),
    ("tokio", "store upstream imap outbox gate web notify serve cli"),
    ("tokio_rustls", "upstream certificate"),
    ("tokio", "store upstream imap outbox gate web notify serve cli"),
    ("tokio_rustls", "upstream serve"),
    ("toml", "rule config cli"),
    ("tracing", "*"),
    ("tracing_subscriber", "cli"),
    ("unicode_normalization", "message people"),
    ("unicode_security", "people"),
    ("unicode_width", "message output cli"),
    ("uuid", "store"),
    ("zip", "message"),
    ("std", "*"),
    ("core", "*"),
];

/// What a pure module may not name.
const IMPURE: [&str; 14] = [
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::thread",
    "std::time::Instant",
    "std::time::SystemTime",
    "jiff::Zoned::now",
    "jiff::Timestamp::now",
    "Zoned::now",
    "Timestamp::now",
    "tokio",
    "rusqlite",
];

/// Of these a pure module may name the vocabulary of reading bytes it has in memory.
const PURE: [&str; 1] = ["std::io::Read"];

const MOST_LINES: usize = 400;

#[test]
fn modules_name_only_modules_of_their_row() {
    no_complaints(sources().iter().flat_map(arrows).collect());
}

#[test]
fn rows_name_only_rows_above_and_no_arrow_is_stale() {
    let sources = sources();
    let mut complaints = Vec::new();
    for (n, (module, _, names)) in ARROWS.iter().enumerate() {
        for name in names.split_whitespace() {
            if !ARROWS[..n].iter().any(|row| row.0 == name) {
                complaints.push(format!("the table lets `{module}` name `{name}`, which does not stand above it"));
            }
            let used = sources
                .iter()
                .any(|source| source.module == *module && named_modules(source).iter().any(|(_, used)| used == name));
            if !used {
                complaints.push(format!("the table has the arrow {module} → {name}, which no file uses: take it out"));
            }
        }
    }
    no_complaints(complaints);
}

#[test]
fn pure_modules_name_no_clock_file_socket_sql_or_runtime() {
    no_complaints(sources().iter().flat_map(impurities).collect());
}

#[test]
fn each_crate_has_its_owners() {
    let dependencies = dependencies();
    let mut complaints: Vec<String> =
        sources().iter().flat_map(|source| foreign_crates(source, &dependencies)).collect();
    for (name, _) in OWNERS {
        if !dependencies.contains(name) && !["std", "core"].contains(&name) {
            complaints.push(format!("the table gives an owner to `{name}`, which Cargo.toml does not have"));
        }
    }
    no_complaints(complaints);
}

#[test]
fn files_are_short_enough_to_read() {
    no_complaints(sources().iter().filter_map(length).collect());
}

#[test]
fn nothing_is_left_to_do() {
    no_complaints(sources().iter().flat_map(leftovers).collect());
}

/// The checks themselves: each names file, line and what is wrong.
#[test]
fn every_check_can_fail() {
    let bad = Source::new(
        "src/rule/bad.rs",
        "use crate::store::Store;\n\nuse super::super::gate;\nuse std::{fmt, fs};\nfn f() { jiff::Zoned::now(); }\n\
         fn g() { rusqlite::open(); todo!() }\n",
    );
    assert_eq!(
        arrows(&bad),
        [
            "src/rule/bad.rs:1: rule → store is no arrow of the table in tests/architecture.rs",
            "src/rule/bad.rs:3: rule → gate is no arrow of the table in tests/architecture.rs",
        ]
    );
    assert_eq!(
        impurities(&bad),
        [
            "src/rule/bad.rs:4: rule is pure and names std::fs",
            "src/rule/bad.rs:5: rule is pure and names jiff::Zoned::now",
            "src/rule/bad.rs:6: rule is pure and names rusqlite::open",
        ]
    );
    let dependencies = BTreeSet::from(["rusqlite".to_owned(), "jiff".to_owned()]);
    assert_eq!(
        foreign_crates(&bad, &dependencies),
        ["src/rule/bad.rs:6: rule names the crate rusqlite, which belongs to store"]
    );
    assert_eq!(leftovers(&bad), ["src/rule/bad.rs:6: todo! is left"]);
    assert!(length(&Source::new("src/rule/bad.rs", &"\n".repeat(MOST_LINES + 1))).is_some());
    assert_eq!(
        arrows(&Source::new("src/new.rs", "use crate::lang::Lang;"))[0],
        "src/new.rs: the module `new` has no row in the table of tests/architecture.rs"
    );
}

struct Source {
    /// As people write it: `src/rule/mod.rs`.
    name: String,
    /// The module below `src/` it belongs to; empty for `lib.rs` and `main.rs`.
    module: String,
    /// How many `super` lead from it to the root of the crate.
    depth: usize,
    text: String,
    paths: Vec<paths::Path>,
}

impl Source {
    fn new(name: &str, text: &str) -> Source {
        let inner = name.trim_start_matches("src/").trim_end_matches(".rs");
        let steps: Vec<&str> = inner.split('/').filter(|step| *step != "mod").collect();
        let root = ["lib", "main"].contains(&inner);
        Source {
            name: name.to_owned(),
            module: if root { String::new() } else { steps[0].to_owned() },
            depth: if root { 0 } else { steps.len() },
            text: text.to_owned(),
            paths: paths::paths(text),
        }
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(&root.join("src"), &mut files);
    files.sort();
    assert!(files.len() > 50, "the sources are found");
    let name = |file: &Path| file.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
    files.iter().map(|file| Source::new(&name(file), &std::fs::read_to_string(file).unwrap())).collect()
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn arrows(source: &Source) -> Vec<String> {
    if source.module.is_empty() {
        return Vec::new();
    }
    let Some((module, _, may)) = ARROWS.iter().find(|row| row.0 == source.module) else {
        return vec![format!(
            "{}: the module `{}` has no row in the table of tests/architecture.rs",
            source.name, source.module
        )];
    };
    let is_foreign = |name: &String| name != module && !may.split_whitespace().any(|known| known == name);
    named_modules(source)
        .into_iter()
        .filter(|(_, name)| is_foreign(name))
        .map(|(line, name)| {
            format!("{}:{line}: {module} → {name} is no arrow of the table in tests/architecture.rs", source.name)
        })
        .collect()
}

/// Modules of this crate that a file names, with the line.
fn named_modules(source: &Source) -> Vec<(usize, String)> {
    let module = |path: &paths::Path| {
        let supers = path.segments.iter().take_while(|segment| *segment == "super").count();
        let at = if path.segments[0] == "crate" { 1 } else { supers };
        let from_root = path.segments[0] == "crate" || (supers > 0 && supers >= source.depth);
        path.segments.get(at).filter(|_| from_root).map(|name| (path.line, name.clone()))
    };
    let mut named: Vec<_> = source.paths.iter().filter_map(module).collect();
    named.dedup();
    named
}

fn impurities(source: &Source) -> Vec<String> {
    let pure = ARROWS.iter().any(|(module, mark, _)| *module == source.module && *mark == "◦");
    let written = source.paths.iter().filter(|_| pure).map(|path| (path.line, path.segments.join("::")));
    let impure = |text: &str| {
        IMPURE.iter().any(|name| text == *name || text.strip_prefix(name).is_some_and(|rest| rest.starts_with("::")))
    };
    written
        .filter(|(_, text)| impure(text) && !PURE.contains(&text.as_str()))
        .map(|(line, text)| format!("{}:{line}: {} is pure and names {text}", source.name, source.module))
        .collect()
}

fn foreign_crates(source: &Source, dependencies: &BTreeSet<String>) -> Vec<String> {
    let complaint = |path: &paths::Path| {
        let name = path.segments.first().filter(|name| path.segments.len() > 1 && dependencies.contains(*name))?;
        let at = format!("{}:{}", source.name, path.line);
        match OWNERS.iter().find(|(known, _)| known == name) {
            None => Some(format!("{at}: the crate {name} has no owner in the table of tests/architecture.rs")),
            Some((_, "*")) => None,
            Some((_, owners)) if owners.split_whitespace().any(|owner| owner == source.module) => None,
            Some((_, owners)) => {
                Some(format!("{at}: {} names the crate {name}, which belongs to {owners}", source.module))
            }
        }
    };
    let complaints: BTreeSet<String> = source.paths.iter().filter_map(complaint).collect();
    complaints.into_iter().collect()
}

/// The crates of `[dependencies]`, as Rust writes them.
fn dependencies() -> BTreeSet<String> {
    let manifest: toml::Table = include_str!("../Cargo.toml").parse().unwrap();
    manifest["dependencies"].as_table().unwrap().keys().map(|name| name.replace('-', "_")).collect()
}

fn length(source: &Source) -> Option<String> {
    let lines = source.text.lines().count();
    (lines > MOST_LINES).then(|| format!("{} has {lines} lines, more than {MOST_LINES}: split it", source.name))
}

fn leftovers(source: &Source) -> Vec<String> {
    let lines = source.text.lines().enumerate();
    let left = |line: &str| ["todo!", "unimplemented!", "dbg!"].into_iter().find(|word| line.contains(word));
    lines.filter_map(|(n, line)| left(line).map(|word| format!("{}:{}: {word} is left", source.name, n + 1))).collect()
}

#[track_caller]
fn no_complaints(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}
