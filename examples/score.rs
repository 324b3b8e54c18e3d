//! Scores the rules on a folder of labelled drafts: precision, recall and F1 per label, alarms on clean drafts.
//!
//! `cargo run --release --example score -- DIR [--show LABEL] [--rules PACKS] [--examples]`
//!
//! With `--examples` the rules' own examples are run instead, and those that fail are shown.
//! With `--rules` the packs of that folder are read instead of the built-in ones: words are tuned without a build.
//!
//! The folder holds `*.eml`, `labels.jsonl` (`{"file", "lang", "labels": [{"label", "span"}], "must_not": […]}`),
//! optionally `companions.json` (labels tolerated beside a label) and `history.jsonl` (own domains, clients, joint
//! matters, contacts, incidents by sending organisation). A reported label is right if it is listed; wrong if it is in `must_not` or not
//! tolerated. Only labels that some rule reports and some mail of the folder speaks of are scored; rule ids are labels with
//! hyphens for underscores.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error;
use std::path::Path;

use atena::facts::{Client, Contact, Contacts, Directory, Facts, Incident, Incidents, Party};
use atena::finding::{Finding, Level};
use atena::lang::Lang;
use atena::message::Message;
use atena::people::domain;
use atena::rule::Rules;
use atena::source::Source;
use serde_json::Value;

#[derive(Default)]
struct Count {
    right: usize,
    wrong: usize,
    missed: usize,
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let dir = Path::new(args.first().ok_or("usage: score DIR [--show LABEL]")?);
    let option = |name: &str| args.iter().position(|arg| arg == name).and_then(|at| args.get(at + 1));
    let show = option("--show");
    let packs = option("--rules").map_or_else(|| Ok(Rules::embedded()), |from| packs(Path::new(from)))?;
    let rules = Rules::load(&packs, &[], Lang::En).map_err(|problems| format!("{problems:?}"))?;
    if args.iter().any(|arg| arg == "--examples") {
        for outcome in rules.test() {
            for failure in outcome.failures {
                let expected = if failure.expected_to_fire { "silent " } else { "fires  " };
                println!("{expected} {} {} {}", outcome.rule, failure.number, failure.mail.replace('\n', " / "));
            }
        }
        return Ok(());
    }
    let spoken = spoken_of(&std::fs::read_to_string(dir.join("labels.jsonl"))?)?;
    let known: BTreeSet<String> =
        rules.iter().map(|rule| rule.id.replace('-', "_")).filter(|label| spoken.contains(label)).collect();
    let companions: HashMap<String, Vec<String>> = match std::fs::read_to_string(dir.join("companions.json")) {
        Ok(text) => serde_json::from_str(&text)?,
        Err(_) => HashMap::new(),
    };
    let orgs = orgs(dir)?;
    let mut counts: BTreeMap<(String, String), Count> = BTreeMap::new();
    let (mut clean, mut alarmed, mut must_not_hits) = (0, 0, Vec::new());
    for line in std::fs::read_to_string(dir.join("labels.jsonl"))?.lines() {
        let entry: Value = serde_json::from_str(line)?;
        let file = entry["file"].as_str().unwrap_or_default();
        let lang = entry["lang"].as_str().unwrap_or_default().to_owned();
        let strings = |value: &Value| {
            value.as_array().into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect::<Vec<_>>()
        };
        let labels: Vec<String> = entry["labels"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|l| l["label"].as_str().map(str::to_owned))
            .collect();
        let must_not = strings(&entry["must_not"]);
        let findings = check(&rules, &orgs, &std::fs::read(dir.join(file))?);
        let mut reported: BTreeSet<String> = findings.iter().map(|f| f.rule.replace('-', "_")).collect();
        reported.retain(|label| known.contains(label));
        let tolerated =
            |label: &String| labels.iter().any(|given| companions.get(given).is_some_and(|list| list.contains(label)));
        for label in &reported {
            let count = counts.entry((label.clone(), lang.clone())).or_default();
            if labels.contains(label) {
                count.right += 1;
            } else if must_not.contains(label) || !tolerated(label) {
                count.wrong += 1;
                let words = findings
                    .iter()
                    .find(|f| f.rule.replace('-', "_") == *label)
                    .map(|f| f.location.text.clone())
                    .unwrap_or_default();
                println!("wrong   {file} {label} {}{words}", if must_not.contains(label) { "(must not) " } else { "" });
                if must_not.contains(label) {
                    must_not_hits.push((file.to_owned(), label.clone()));
                }
            }
        }
        for label in labels.iter().filter(|label| known.contains(*label) && !reported.contains(*label)) {
            counts.entry((label.clone(), lang.clone())).or_default().missed += 1;
            println!("missed  {file} {label}");
        }
        if labels.is_empty() {
            clean += 1;
            alarmed += usize::from(findings.iter().any(|f| f.level >= Level::Warning));
        }
        if let Some(show) = show {
            for finding in findings.iter().filter(|f| f.rule.replace('-', "_") == *show || show == "all") {
                println!(
                    "{file} {} {}:{} {}",
                    finding.rule, finding.location.part, finding.location.line, finding.location.text
                );
            }
        }
    }
    print_table(&counts);
    println!(
        "clean drafts {clean}, with a finding of level warning or above {alarmed}; must_not hits {}",
        must_not_hits.len()
    );
    Ok(())
}

/// The packs of a folder and of the folders in it.
fn packs(dir: &Path) -> Result<Vec<Source>, Box<dyn Error>> {
    let mut paths: Vec<_> =
        std::fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    paths.sort();
    let mut out = Vec::new();
    for path in paths {
        if path.is_dir() {
            out.extend(packs(&path)?);
        } else if path.extension().is_some_and(|ext| ext == "toml") {
            out.push(Source::new(path.display().to_string(), std::fs::read_to_string(&path)?));
        }
    }
    Ok(out)
}

/// The labels that some entry has or forbids.
fn spoken_of(labels: &str) -> Result<BTreeSet<String>, Box<dyn Error>> {
    let mut out = BTreeSet::new();
    for line in labels.lines() {
        let entry: Value = serde_json::from_str(line)?;
        let list = |key: &str| entry[key].as_array().cloned().unwrap_or_default();
        let given = list("labels").into_iter().map(|label| label["label"].clone());
        out.extend(given.chain(list("must_not")).filter_map(|label| label.as_str().map(str::to_owned)));
    }
    Ok(out)
}

fn print_table(counts: &BTreeMap<(String, String), Count>) {
    println!(
        "{:26} {:4} {:>5} {:>5} {:>6}  {:>9} {:>6} {:>5}",
        "label", "lang", "right", "wrong", "missed", "precision", "recall", "F1"
    );
    let mut total: BTreeMap<&str, Count> = BTreeMap::new();
    for ((label, lang), count) in counts {
        print_row(label, lang, count);
        let sum = total.entry(label).or_default();
        sum.right += count.right;
        sum.wrong += count.wrong;
        sum.missed += count.missed;
    }
    for (label, count) in &total {
        print_row(label, "both", count);
    }
    let macro_f1: f64 = total.values().map(f1).sum::<f64>() / f64::from(u32::try_from(total.len().max(1)).unwrap());
    println!("macro F1 {macro_f1:.3}");
}

fn print_row(label: &str, lang: &str, count: &Count) {
    let ratio = |part: usize, whole: usize| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
    let precision = ratio(count.right, count.right + count.wrong);
    let recall = ratio(count.right, count.right + count.missed);
    println!(
        "{label:26} {lang:4} {:5} {:5} {:6}  {precision:9.2} {recall:6.2} {:5.2}",
        count.right,
        count.wrong,
        count.missed,
        f1(count)
    );
}

fn f1(count: &Count) -> f64 {
    let whole = 2 * count.right + count.wrong + count.missed;
    if whole == 0 { 1.0 } else { 2.0 * count.right as f64 / whole as f64 }
}

fn check(rules: &Rules, orgs: &[Facts], raw: &[u8]) -> Vec<Finding> {
    let message = match Message::parse(raw) {
        Ok(message) => message,
        Err(why) => return vec![atena::rule::unreadable(why)],
    };
    let from = message.from.first().map(|from| from.address.domain().to_owned()).unwrap_or_default();
    let org = orgs.iter().find(|org| org.own_domains.iter().any(|own| domain::belongs_to(&from, own)));
    // Rules ask for incidents up to the mail's own day, so later ones are as unknown as they were then.
    let facts = Facts { now: message.date.clone(), ..org.cloned().unwrap_or_default() };
    rules.run(&message, &facts).found
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
        let contacts = of(id, "contact").into_iter().map(contact).collect();
        let incidents = of(id, "incident").into_iter().filter_map(|record| incident(record, &clients)).collect();
        Facts {
            own_domains: strings(&org["own_domains"]),
            clients: Directory::new(directory, &joint),
            contacts: Contacts::new(contacts),
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

fn contact(record: &Value) -> Contact {
    let text = |key: &str| record[key].as_str().unwrap_or_default().to_owned();
    let count = |key: &str| record[key].as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or_default();
    Contact {
        address: text("addr"),
        name: text("name"),
        names: record["reading"].as_str().map(str::to_owned).into_iter().collect(),
        role: text("role"),
        sent: count("sent"),
        received: count("received"),
        listed: false,
    }
}
