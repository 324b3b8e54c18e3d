//! The configuration turned into what the gate works with: rules, facts, policy, next servers.
//!
//! The only place that knows both the configuration's types and those of rules, facts and upstream, so that a dry run
//! and the relay cannot differ in it.

use std::path::Path;

use jiff::Zoned;

use crate::config::{self, Config, Handling, RuleOverride, UpstreamUrl};
use crate::facts::{Client, Contact, Contacts, Directory, Fact, Facts, Incident, Incidents, KnownFacts, Party};
use crate::lang::Lang;
use crate::rule::{Parameter, Rule, Rules, Setting};
use crate::source::{Fault, Problem, Source};
use crate::upstream::{Security, SmtpTarget, Target};

/// The rules in force: the packs that come with the program, then every `*.toml` of `rules_dir` by name, with the
/// changes of `[rules.ID]`.
///
/// # Errors
/// Every problem at once: in a pack, in a setting, or a directory that cannot be read.
pub fn rules(config: &Config) -> Result<Rules, Vec<Problem>> {
    in_force(config, Rules::load_lean)
}

/// The same with the examples of the program's rules, which nobody needs who judges mail.
///
/// # Errors
/// As those of [`rules`].
pub fn rules_with_examples(config: &Config) -> Result<Rules, Vec<Problem>> {
    in_force(config, |own, settings, lang| Rules::load(&[&Rules::embedded(), own].concat(), settings, lang))
}

fn in_force(
    config: &Config,
    load: impl FnOnce(&[Source], &[Setting], Lang) -> Result<Rules, Vec<Problem>>,
) -> Result<Rules, Vec<Problem>> {
    let own = match &config.rules_dir {
        Some(directory) => read_packs(directory, config.language)?,
        None => Vec::new(),
    };
    let source = config.source.clone().unwrap_or_else(|| Source::new("", ""));
    let rules = load(&own, &settings(&source, &config.rules), config.language)?;
    let unknown = unknown_clients(&rules, config, &own, &source);
    if unknown.is_empty() { Ok(rules) } else { Err(unknown) }
}

/// A client that a condition names and nobody else knows would never match, and nobody would notice.
fn unknown_clients(rules: &Rules, config: &Config, packs: &[Source], source: &Source) -> Vec<Problem> {
    let clients = facts(config, None).clients;
    let known = |name: &str| clients.clients().iter().any(|client| client.goes_by(name));
    let problem = |(rule, name): (&Rule, &str)| {
        let settings =
            config.rules.iter().filter(|setting| setting.id == rule.id).flat_map(|setting| &setting.parameters);
        let conditions = settings.filter(|parameter| ["when", "except"].contains(&parameter.name.as_str()));
        let setting = conditions.into_iter().find(|parameter| parameter.lists("clients", name));
        let in_pack = || {
            let pack = packs.iter().find(|pack| *pack.name == *rule.pack)?;
            pack.text.find(name).map(|at| (pack, at..at + name.len()))
        };
        let place = setting.map(|parameter| (source, parameter.span.clone())).or_else(in_pack);
        let (place, span) = place.unwrap_or((source, 0..0));
        let fault = Fault::new(
            format!("a condition of rule `{}` names the client {name:?}, which no [[client]] has", rule.id),
            format!("ルール `{}` の条件にある取引先 {name:?} は、どの [[client]] にもありません", rule.id),
        )
        .help(
            "write the name as it stands in [[client]], or add the client",
            "[[client]] にあるとおりの名前を書くか、取引先を追加してください",
        );
        place.fault(span, &fault, config.language)
    };
    rules.clients_named().filter(|(_, name)| !known(name)).map(problem).collect()
}

/// Problems in the `[rules.ID]` tables of a configuration that is wrong elsewhere: all mistakes are told at once.
pub fn rule_problems(source: &Source, lang: Lang) -> Vec<Problem> {
    Rules::load(&Rules::embedded(), &settings(source, &Config::rules_of(source)), lang).err().unwrap_or_default()
}

/// What rules may know of the configuration. `now` is the time the mail is judged at.
pub fn facts(config: &Config, now: Option<Zoned>) -> Facts {
    let client = |client: &config::Client| Client {
        name: client.name.clone(),
        names: client.names.clone(),
        domains: client.domains.clone(),
        addresses: client.addresses.iter().map(|one| one.address.clone()).collect(),
    };
    let contact = |one: &config::ClientAddress| Contact {
        address: one.address.clone(),
        name: one.name.clone(),
        listed: true,
        ..Contact::default()
    };
    let contacts = config.clients.iter().flat_map(|client| &client.addresses).map(contact).collect();
    let joint: Vec<Vec<String>> = config
        .joints
        .iter()
        .map(|joint| joint.clients.iter().map(|&n| config.clients[n].name.clone()).collect())
        .collect();
    Facts {
        now,
        own_domains: config.own_domains.clone(),
        clients: Directory::new(config.clients.iter().map(client).collect(), &joint),
        contacts: Contacts::new(contacts),
        incidents: Incidents::new(config.incidents.iter().map(incident).collect()),
        known: KnownFacts::new(config.facts.iter().map(fact).collect()),
        standing: None,
    }
}

fn fact(fact: &config::Fact) -> Fact {
    Fact {
        topic: fact.topic.clone(),
        words: fact.words.clone(),
        values: fact.values.clone(),
        unless: fact.unless.clone(),
        client: fact.client.as_ref().map(party),
    }
}

fn party(party: &config::Party) -> Party {
    match party {
        config::Party::Client(client) => Party::Client(*client),
        config::Party::Address(address) => Party::Address(address.clone()),
    }
}

fn incident(incident: &config::Incident) -> Incident {
    Incident {
        with: party(&incident.with),
        date: incident.date,
        kind: incident.kind.clone().unwrap_or_default(),
        note: incident.note.clone().unwrap_or_default(),
    }
}

/// What happens to mails: which verdict follows from which findings, and from a check that failed.
pub fn policy(config: &Config) -> &Handling {
    &config.handling
}

/// The next server of an account.
pub fn target(url: &UpstreamUrl) -> Target {
    match url {
        UpstreamUrl::Smtp { security, host, port } => Target::Smtp(SmtpTarget {
            host: host.clone(),
            port: *port,
            security: match security {
                config::Security::Tls => Security::Tls,
                config::Security::StartTls => Security::StartTls,
                config::Security::Plain => Security::LoopbackOrStartTls,
            },
        }),
        UpstreamUrl::Maildir(path) => Target::Maildir(path.clone()),
    }
}

fn settings(source: &Source, rules: &[RuleOverride]) -> Vec<Setting> {
    let parameter = |parameter: &config::Parameter| Parameter {
        name: parameter.name.clone(),
        value: parameter.value.clone(),
        span: parameter.span.clone(),
    };
    let setting = |rule: &RuleOverride| Setting {
        source: source.clone(),
        id: rule.id.clone(),
        id_span: rule.id_span.clone(),
        enabled: rule.enabled.unwrap_or(true),
        level: rule.level,
        parameters: rule.parameters.iter().map(parameter).collect(),
    };
    rules.iter().map(setting).collect()
}

fn read_packs(directory: &Path, lang: Lang) -> Result<Vec<Source>, Vec<Problem>> {
    let problem = |path: &Path, error: &std::io::Error| {
        let fault = Fault::new(format!("cannot be read: {error}"), format!("読み込めません: {error}"));
        Source::new(path.display().to_string(), "").fault(0..0, &fault, lang)
    };
    let entries = std::fs::read_dir(directory).map_err(|error| vec![problem(directory, &error)])?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| vec![problem(directory, &error)])?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
    // A later pack replaces rules of an earlier one: the order must not depend on the file system.
    paths.sort();
    let (mut packs, mut problems) = (Vec::new(), Vec::new());
    for path in &paths {
        match std::fs::read_to_string(path) {
            Ok(text) => packs.push(Source::new(path.display().to_string(), text)),
            Err(error) => problems.push(problem(path, &error)),
        }
    }
    if problems.is_empty() { Ok(packs) } else { Err(problems) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Defaults;

    fn config(text: &str, base: &Path) -> Config {
        let defaults = Defaults { language: Lang::En, data_dir: base.to_owned(), home: None };
        Config::load(Source::new("atena.toml", text), base, &defaults).expect("a valid configuration")
    }

    #[test]
    fn settings_reach_the_rules_and_problems_point_into_the_file() {
        let base = Path::new("/");
        let quiet = config("[rules.greeting-mismatch]\nenabled = false\n", base);
        let rules = rules(&quiet).expect("the rule exists");
        assert!(rules.get("greeting-mismatch").is_none() && rules.iter().count() > 3);
        let unknown = config("\n[rules.greeting-mismatsh]\nenabled = false\n", base);
        let problems = super::rules(&unknown).expect_err("there is no such rule");
        assert!(problems[0].to_string().starts_with("atena.toml:2:"), "{}", problems[0]);
    }

    #[test]
    fn packs_of_the_directory_are_read_by_name_and_broken_ones_are_reported() {
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::create_dir(directory.path().join("rules")).expect("a directory");
        let config = config("rules_dir = \"rules\"\n", directory.path());
        assert!(rules(&config).is_ok(), "an empty directory is fine");
        std::fs::write(directory.path().join("rules/b.toml"), "[[rule]]\n").expect("written");
        std::fs::write(directory.path().join("rules/a.toml"), b"\xff").expect("written");
        std::fs::write(directory.path().join("rules/note.txt"), "no pack").expect("written");
        let problems = rules(&config).expect_err("a.toml is not UTF-8");
        assert_eq!(problems.len(), 1);
        assert!(problems[0].to_string().contains("a.toml"), "{}", problems[0]);
    }

    #[test]
    fn clients_and_joint_matters_become_facts() {
        let text = "own_domains = [\"own.example\"]\n[[client]]\nname = \"Aoba\"\ndomains = [\"aoba.example\"]\n\
                    [[client]]\nname = \"Marutomi\"\ndomains = [\"marutomi.example\"]\n\
                    [[joint]]\nclients = [\"Aoba\", \"Marutomi\"]\n";
        let facts = facts(&config(text, Path::new("/")), None);
        assert_eq!(facts.own_domains, ["own.example"]);
        assert_eq!(facts.clients.of_domain("mail.marutomi.example"), Some(1));
        assert!(facts.clients.are_joint(0, 1));
    }

    #[test]
    fn incidents_become_facts() {
        let text = "[[client]]\nname = \"Aoba\"\ndomains = [\"aoba.example\"]\n\
                    [[incident]]\nclient = \"aoba\"\ndate = 2026-10-02\nkind = \"late\"\n\
                    [[incident]]\nclient = \"Hana@freemail.example\"\ndate = \"2026-10-03\"\nnote = \"誤送信\"\n";
        let facts = facts(&config(text, Path::new("/")), None);
        let until = "2026-10-14".parse().expect("a date");
        let found = |address: &str| {
            facts.incidents_with(address, until).iter().map(|one| one.date.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(found("sato@aoba.example"), ["2026-10-02"]);
        assert_eq!(found("hana@freemail.example"), ["2026-10-03"]);
    }

    #[test]
    fn facts_of_the_configuration_are_known() {
        let text = "[[client]]\nname = \"Aoba\"\ndomains = [\"aoba.example\"]\n\
                    [[fact]]\ntopic = \"fee\"\nwords = [\"fee\"]\nvalue = \"3%\"\n\
                    [[fact]]\ntopic = \"fee\"\nwords = [\"fee\"]\nvalue = [\"2%\"]\nclient = \"Aoba\"\n";
        let facts = facts(&config(text, Path::new("/")), None);
        let of = |address: &str| facts.known.of_topic("fee", &[address], &facts.clients);
        assert_eq!((of("sato@aoba.example"), of("kim@lumen.example")), (vec![1], vec![0]));
    }

    #[test]
    fn addresses_with_names_become_contacts() {
        let text = "[[client]]\nname = \"Aoba\"\ndomains = [\"aoba.example\"]\n\
                    addresses = [\"佐藤 健一 <K-Sato@aoba.example>\", \"hanako@freemail.example\"]\n";
        let facts = facts(&config(text, Path::new("/")), None);
        let names = ["k-sato@aoba.example", "Hanako@freemail.example"]
            .map(|address| facts.contacts.of_address(address).map(|contact| contact.name.as_str()));
        assert_eq!(names, [Some("佐藤 健一"), Some("")]);
        assert_eq!(facts.clients.of_address("hanako@freemail.example"), Some(0));
    }
}
