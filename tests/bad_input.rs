//! Mails no honest program writes, and inputs that cannot be read: an answer each time, in bounded work and memory.
#![allow(clippy::unwrap_used)]

#[path = "bad_input/addressbooks.rs"]
mod addressbooks;
#[path = "bad_input/commands.rs"]
mod commands;
#[path = "bad_input/growth.rs"]
mod growth;
#[path = "bad_input/properties.rs"]
mod properties;
#[path = "bad_input/shapes.rs"]
mod shapes;

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use atena::config::{Config, Defaults};
use atena::facts::Facts;
use atena::finding::Finding;
use atena::gate::{Judge, setup};
use atena::lang::Lang;
use atena::message::Envelope;
use atena::rule::Rules;
use atena::source::Source;

struct World {
    config: Config,
    rules: Rules,
    facts: Facts,
}

/// The rules and clients of `fixtures/mail`.
static WORLD: LazyLock<World> = LazyLock::new(|| {
    let text = std::fs::read_to_string(fixtures().join("atena.toml")).unwrap();
    let defaults = Defaults { language: Lang::En, data_dir: fixtures(), home: None };
    let config = Config::load(Source::new("atena.toml", text), &fixtures(), &defaults)
        .unwrap_or_else(|problems| panic!("{}", problems[0]));
    let rules = setup::rules(&config).unwrap_or_else(|problems| panic!("{}", problems[0]));
    let facts = setup::facts(&config, None);
    World { config, rules, facts }
});

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mail")
}

/// What the relay would find.
fn findings(raw: &[u8]) -> Vec<Finding> {
    findings_of(None, raw)
}

fn findings_of(envelope: Option<&Envelope>, raw: &[u8]) -> Vec<Finding> {
    let policy = setup::policy(&WORLD.config);
    Judge { rules: &WORLD.rules, facts: &WORLD.facts, policy, people: None }.judge(envelope, raw).findings
}

fn found(raw: &[u8]) -> Vec<String> {
    let mut rules: Vec<String> = findings(raw).into_iter().map(|finding| finding.rule).collect();
    rules.dedup();
    rules
}

const HEAD: &str = "From: a@kitayama-seiki.example\r\nTo: b@mitsuwa-seiko.example\r\nSubject: test\r\n\
                    Date: Tue, 20 Oct 2026 10:12:00 +0900\r\n";

/// A mail with these header lines and this body behind `HEAD`.
fn mail(headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    [HEAD.as_bytes(), headers.as_bytes(), b"\r\n", body.as_ref()].concat()
}

fn text(body: impl AsRef<[u8]>) -> Vec<u8> {
    mail("Content-Type: text/plain; charset=utf-8\r\n", body)
}

fn html(body: impl AsRef<[u8]>) -> Vec<u8> {
    mail("Content-Type: text/html; charset=utf-8\r\n", body)
}
