//! A folder of labelled mails, or a file of answers: the mails, what a person finds in each, what the senders know.

// Sentence by sentence they are of use to `learn` only.
#[allow(dead_code)]
#[path = "answers.rs"]
pub(crate) mod answers;

use std::collections::{BTreeSet, HashMap};
use std::error::Error;
use std::path::Path;

use atena::correspondents::{Outline, Record, Records, Standing};
use atena::facts::{Client, Directory, Facts, Incident, Incidents, Party};
use atena::finding::Finding;
use atena::message::Message;
use atena::people::domain;
use atena::rule::Rules;
use atena::store::{People, Store};
use serde_json::Value;

/// The folder: `labels.jsonl`, the mails, optionally `companions.json` and `history.jsonl`.
pub(crate) struct Labelled {
    pub(crate) entries: Vec<Entry>,
    /// Labels tolerated beside a label.
    companions: HashMap<String, Vec<String>>,
    orgs: Vec<Facts>,
    /// Whom the senders write to, as `atena people import` learns it from `history.jsonl`.
    people: People,
    _store: tempfile::TempDir,
}

/// One mail and what a person finds in it.
pub(crate) struct Entry {
    pub(crate) file: String,
    pub(crate) lang: String,
    pub(crate) labels: Vec<String>,
    pub(crate) must_not: Vec<String>,
    pub(crate) raw: Vec<u8>,
}

/// What a program reported, against what a person found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Right,
    Wrong,
    /// Wrong, and the mail was written to provoke it.
    MustNot,
    Tolerated,
    Missed,
}

impl Labelled {
    pub(crate) fn read(directory: &Path) -> Result<Labelled, Box<dyn Error>> {
        let store = tempfile::tempdir()?;
        let (entries, directory) = if directory.is_file() {
            (answered(directory)?, directory.parent().unwrap_or(directory))
        } else {
            let labels = std::fs::read_to_string(directory.join("labels.jsonl"))?;
            (labels.lines().map(|line| entry(directory, line)).collect::<Result<_, _>>()?, directory)
        };
        let companions = match std::fs::read_to_string(directory.join("companions.json")) {
            Ok(text) => serde_json::from_str(&text)?,
            Err(_) => HashMap::new(),
        };
        Ok(Labelled {
            entries,
            companions,
            orgs: orgs(directory)?,
            people: people(directory, store.path())?,
            _store: store,
        })
    }

    /// The labels that some mail has or forbids and some rule can report; others are not judged.
    pub(crate) fn judged(&self, rules: &Rules) -> BTreeSet<String> {
        let spoken: BTreeSet<&String> =
            self.entries.iter().flat_map(|entry| entry.labels.iter().chain(&entry.must_not)).collect();
        rules.iter().map(|rule| label(&rule.id)).filter(|label| spoken.contains(label)).collect()
    }

    /// What the rules find in a mail, as its sender would have been told.
    pub(crate) fn findings(&self, rules: &Rules, entry: &Entry) -> Result<Vec<Finding>, Box<dyn Error>> {
        let message = match Message::parse(&entry.raw) {
            Ok(message) => message,
            Err(why) => return Ok(vec![atena::rule::unreadable(why)]),
        };
        let from = message.from.first().map(|from| from.address.domain().to_owned()).unwrap_or_default();
        let org = self.orgs.iter().find(|org| org.own_domains.iter().any(|own| domain::belongs_to(&from, own)));
        // Rules ask for incidents up to the mail's own day, so later ones are as unknown as they were then.
        let facts = Facts { now: message.date.clone(), ..org.cloned().unwrap_or_default() };
        let outline = Outline::of(&message).ok_or("a mail without an author")?;
        let known = self.people.known(&outline)?;
        Ok(rules.run(&message, &facts.with(Standing::of(outline, known))).found)
    }

    /// The verdict on each judged label that was reported or should have been.
    pub(crate) fn verdicts(
        &self,
        entry: &Entry,
        findings: &[Finding],
        judged: &BTreeSet<String>,
    ) -> Vec<(String, Verdict)> {
        let reported: BTreeSet<String> = findings.iter().map(|finding| label(&finding.rule)).collect();
        let companion =
            |given: &String, label: &String| self.companions.get(given).is_some_and(|all| all.contains(label));
        let of = |label: &String| match reported.contains(label) {
            true if entry.labels.contains(label) => Some(Verdict::Right),
            true if entry.must_not.contains(label) => Some(Verdict::MustNot),
            true if entry.labels.iter().any(|given| companion(given, label)) => Some(Verdict::Tolerated),
            true => Some(Verdict::Wrong),
            false if entry.labels.contains(label) => Some(Verdict::Missed),
            false => None,
        };
        judged.iter().filter_map(|label| Some((label.clone(), of(label)?))).collect()
    }
}

/// The label of a rule.
pub(crate) fn label(rule: &str) -> String {
    rule.replace('-', "_")
}

/// The mails of a file of answers, named by their numbers; the file's name begins with their language.
fn answered(file: &Path) -> Result<Vec<Entry>, Box<dyn Error>> {
    let lang = language(file);
    let entry = |(n, answer): (usize, answers::Answer)| {
        Ok(Entry {
            raw: answer.mail(n, lang == "ja")?,
            file: answer.number,
            lang: lang.to_owned(),
            labels: answer.labels,
            must_not: Vec::new(),
        })
    };
    answers::read(&std::fs::read_to_string(file)?)?.into_iter().enumerate().map(entry).collect()
}

pub(crate) fn language(file: &Path) -> &'static str {
    if file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("ja")) { "ja" } else { "en" }
}

fn entry(directory: &Path, line: &str) -> Result<Entry, Box<dyn Error>> {
    let entry: Value = serde_json::from_str(line)?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |key: &str| entry[key].as_array().cloned().unwrap_or_default();
    let file = text(&entry["file"]);
    Ok(Entry {
        raw: std::fs::read(directory.join(&file))?,
        file,
        lang: text(&entry["lang"]),
        labels: list("labels").iter().map(|label| text(&label["label"])).collect(),
        must_not: list("must_not").iter().map(text).collect(),
    })
}

/// The people of the history, in a store that is gone when the program ends.
fn people(dir: &Path, store: &Path) -> Result<People, Box<dyn Error>> {
    let people = Store::open(store)?.people();
    let text = std::fs::read_to_string(dir.join("history.jsonl")).unwrap_or_default();
    let mut records = Records::default();
    for line in text.lines() {
        if let Record::Person { of, card } = records.read(line)? {
            for sender in of {
                people.enter(&sender, vec![card.clone()])?;
            }
        }
    }
    Ok(people)
}

/// What each sending organisation knows.
fn orgs(dir: &Path) -> Result<Vec<Facts>, Box<dyn Error>> {
    let Ok(text) = std::fs::read_to_string(dir.join("history.jsonl")) else { return Ok(Vec::new()) };
    let records: Vec<Value> = text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let strings = |value: &Value| {
        value.as_array().into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    let of =
        |org: &str, kind: &str| records.iter().filter(|r| r["org"] == *org && r["type"] == *kind).collect::<Vec<_>>();
    let read = |org: &Value| {
        let id = org["org"].as_str().unwrap_or_default();
        let clients = of(id, "client");
        let name = |client: &Value| strings(&client["names"]).first().cloned().unwrap_or_default();
        let directory = clients
            .iter()
            .map(|c| Client {
                name: name(c),
                names: strings(&c["names"]),
                domains: strings(&c["domains"]),
                addresses: Vec::new(),
            })
            .collect();
        let joint: Vec<Vec<String>> = of(id, "together")
            .iter()
            .map(|set| {
                let ids = strings(&set["clients"]);
                clients.iter().filter(|c| ids.iter().any(|id| c["client"] == *id.as_str())).map(|c| name(c)).collect()
            })
            .collect();
        let incidents = of(id, "incident").into_iter().filter_map(|record| incident(record, &clients)).collect();
        Facts {
            own_domains: strings(&org["own_domains"]),
            clients: Directory::new(directory, &joint),
            incidents: Incidents::new(incidents),
            ..Facts::default()
        }
    };
    Ok(records.iter().filter(|r| r["type"] == "org").map(read).collect())
}

/// With a client of the list, else with the address alone.
fn incident(record: &Value, clients: &[&Value]) -> Option<Incident> {
    let text = |key: &str| record[key].as_str().unwrap_or_default().to_owned();
    let client = clients.iter().position(|client| client["client"] == record["client"]);
    Some(Incident {
        with: client.map_or_else(|| Party::Address(text("addr")), Party::Client),
        date: record["date"].as_str()?.parse().ok()?,
        kind: text("kind"),
        note: text("note"),
    })
}
