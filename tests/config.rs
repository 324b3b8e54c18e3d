//! Is every mistake in a configuration named, in the right place, all at once? Is what is right read right?
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use atena::cli::config as command;
use atena::config::{
    Auth, Config, Defaults, Field, FieldDefault, FromPattern, LogFormat, Login, NoticeTo, Origin, Override, Overrides,
    PageLogin, Party, PasswordSource, Platform, SECTIONS, UpstreamUrl, WhenCheckFails, WhenUnreachable, reference,
};
use atena::finding::Level;
use atena::lang::Lang;
use atena::review::{Demand, Kind};
use atena::source::{Problem, Source, render};
use atena::team::{Expiry, Role};
use atena::verdict::Verdict;

fn defaults() -> Defaults {
    Defaults { language: Lang::En, data_dir: "/data".into(), home: Some("/home/me".into()) }
}

fn load(text: &str) -> Result<Config, Vec<Problem>> {
    Config::load(Source::new("atena.toml", text), Path::new("/etc/atena"), &defaults())
}

fn files(directory: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files
}

fn good(name: &str) -> Config {
    let path = Path::new("fixtures/config/good").join(name);
    Config::from_file(&path, &defaults()).unwrap_or_else(|problems| panic!("{}", render(&problems, false)))
}

fn shown(config: &Config) -> String {
    let mut output = Vec::new();
    command::show(config, &mut output).unwrap();
    String::from_utf8(output).unwrap()
}

/// `UPDATE_EXPECTED=1 cargo test --test config` writes what is expected; read the difference before you commit it.
fn compare(path: &Path, actual: &str) {
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        fs::write(path, actual).unwrap();
    }
    let expected = fs::read_to_string(path).unwrap_or_default();
    assert!(actual == expected, "{} differs; actual:\n{actual}", path.display());
}

#[test]
fn every_bad_file_is_refused_with_the_expected_words() {
    let files = files("fixtures/config/bad");
    assert!(files.len() >= 25);
    for path in files {
        let path = PathBuf::from(path.to_str().unwrap().replace('\\', "/"));
        let Err(problems) = Config::from_file(&path, &defaults()) else { panic!("{} was accepted", path.display()) };
        let text = render(&problems, false);
        assert!(!text.contains("do-not-show-me") && !text.contains("見せないで"), "{}", path.display());
        assert!(!format!("{problems:?}").contains("do-not-show-me"), "{}", path.display());
        for problem in &problems {
            let (line, column) = problem.source.position(problem.span.start);
            assert!(text.contains(&format!("{}:{line}:{column}\n", problem.source.name)), "{problem}");
        }
        compare(&path.with_extension("expected"), &text);
    }
}

#[test]
fn five_mistakes_are_told_at_once() {
    let problems = Config::from_file(Path::new("fixtures/config/bad/five-at-once.toml"), &defaults()).unwrap_err();
    let places: Vec<(usize, usize)> = problems.iter().map(|p| p.source.position(p.span.start)).collect();
    assert_eq!(places, [(1, 1), (4, 10), (5, 20), (9, 12), (12, 9)]);
}

#[test]
fn every_good_file_is_read() {
    for path in files("fixtures/config/good") {
        good(path.file_name().unwrap().to_str().unwrap());
    }
}

#[test]
fn who_is_told_is_read_and_the_path_of_a_webhook_is_shown_nowhere() {
    let config = good("notify.toml");
    assert_eq!(config.notify.mail, Some(NoticeTo::Reviewer("review@example.co.jp".to_owned())));
    let webhook = config.notify.webhook.as_ref().unwrap();
    assert_eq!((webhook.url.path(), webhook.events.len()), ("/hooks/7c1f?thread=do-not-show-me", 8));
    assert!(matches!(&webhook.secret, Some(PasswordSource::Environment(name)) if name == "ATENA_WEBHOOK_SECRET"));
    assert!(webhook.ca.as_ref().unwrap().is_file());
    let (shown, debugged) = (shown(&config), format!("{:?} {:?}", config.notify, config.settings()));
    assert!(shown.contains("127.0.0.1:8065 …"), "{shown}");
    for text in [shown, debugged] {
        assert!(!text.contains("7c1f") && !text.contains("do-not-show-me"), "{text}");
    }
    let quiet = load("").unwrap().notify;
    assert!(!quiet.desktop && quiet.mail.is_none() && quiet.webhook.is_none());
}

#[test]
fn a_desktop_is_told_only_by_a_build_that_can() {
    let loaded = load("[notify]\ndesktop = true\n");
    assert_eq!(loaded.is_ok(), cfg!(feature = "desktop-notify"));
    match loaded {
        Ok(config) => assert!(config.notify.desktop),
        Err(problems) => {
            assert!(render(&problems, false).contains("--features desktop-notify"), "{problems:?}");
        }
    }
}

#[test]
fn a_full_file_is_read_as_it_says() {
    let config = good("full.toml");
    assert_eq!(config.language, Lang::Ja);
    assert_eq!(config.own_domains, ["example.co.jp", "例え.example"]);
    assert!(config.data_dir.ends_with("fixtures/config/good/data") && config.data_dir.is_absolute());
    assert!(config.rules_dir.as_deref().unwrap().is_dir());
    let serve = &config.serve;
    assert_eq!(serve.listen, "127.0.0.1:0".parse().unwrap());
    assert_eq!(serve.listen_tls, Some("0.0.0.0:465".parse().unwrap()));
    assert!(serve.tls.as_ref().unwrap().key.is_file());
    assert_eq!((serve.auth, serve.log, serve.utf8_replies), (Auth::PassThrough, LogFormat::Json, false));
    assert_eq!((serve.limits.message_size, serve.limits.recipients, serve.limits.connections), (1_000_000, 100, 5));
    assert_eq!((serve.limits.idle, serve.hostname.as_str()), (Duration::from_secs(90), "mail.example.co.jp"));
    let handling = &config.handling;
    let policy = &handling.policy;
    assert_eq!((policy.info, policy.warning, policy.error), (Verdict::Forward, Verdict::Return, Verdict::Reject));
    assert_eq!(policy.rules.get("greeting-mismatch"), Some(&Verdict::Return));
    assert_eq!((handling.return_window, handling.delay.error), (Duration::from_secs(3600), Duration::from_secs(120)));
    assert_eq!(handling.when_check_fails, WhenCheckFails::Reject);
    assert_eq!(handling.when_unreachable, WhenUnreachable::Queue);
    assert_eq!(config.clients[0].domains, ["yamada.example"]);
    let addresses = config.clients[0].addresses.iter().map(|one| (one.name.as_str(), one.address.as_str()));
    assert_eq!(addresses.collect::<Vec<_>>(), [("", "hanako@gmail.com"), ("山田 花子", "hanako@yamada.example")]);
    assert_eq!(config.joints[0].clients, [0, 1]);
    let demands = &config.web.demands;
    assert_eq!(demands.clients[0].addresses, ["hanako@gmail.com", "hanako@yamada.example"]);
    assert_eq!(demands.clients[0].wanted.checks, ["小川さんの承認済みか", "Prices in yen?"]);
    assert_eq!((demands.clients[0].wanted.demands.as_slice(), demands.clients.len()), (&[Demand::Warnings][..], 2));
    let kinds: Vec<&Kind> = demands.kinds.iter().map(|one| &one.kind).collect();
    let [Kind::Words(known), Kind::Fault, Kind::Words(own)] = kinds[..] else { panic!("{kinds:?}") };
    assert!(
        known.iter().any(|word| word == "見積") && own == &["重要事項説明書", "survey report"],
        "{known:?} {own:?}"
    );
    assert_eq!(config.joints[0].note.as_deref(), Some("共同展示会"));
    let incidents = config.incidents.iter().map(|one| (&one.with, one.date.to_string(), one.kind.as_deref()));
    assert_eq!(
        incidents.collect::<Vec<_>>(),
        [
            (&Party::Client(0), "2026-10-02".to_owned(), Some("誤送信")),
            (&Party::Address("hana@freemail.example".to_owned()), "2026-09-30".to_owned(), None),
        ]
    );
    let facts = config.facts.iter().map(|one| (one.topic.as_str(), one.values.join("|"), one.client.clone()));
    assert_eq!(
        facts.collect::<Vec<_>>(),
        [("保証", "1 year".to_owned(), Some(Party::Client(1))), ("送料", "５５０円|$15".to_owned(), None)]
    );
    assert!(config.offers_login());
}

#[test]
fn a_rule_keeps_its_parameters_with_their_places() {
    let config = good("full.toml");
    let source = config.source.as_ref().unwrap();
    let rule = &config.rules[0];
    assert_eq!((rule.id.as_str(), rule.enabled, rule.level), ("greeting-mismatch", Some(true), Some(Level::Warning)));
    assert_eq!(&source.text[rule.id_span.clone()], "greeting-mismatch");
    let names: Vec<&str> = rule.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    assert_eq!(names, ["within", "words"]);
    assert_eq!(rule.parameters[0].value, toml::Value::Integer(3));
    assert_eq!(&source.text[rule.parameters[1].span.clone()], "[\"様\", \"御中\"]");
    assert_eq!(config.rules[1].enabled, Some(false));
}

#[test]
fn an_account_is_chosen_by_address_then_domain_then_default() {
    let config = good("full.toml");
    let name = |sender: &str| config.account_for(sender).map(|account| account.name.as_str());
    assert_eq!(name("ME@example.co.jp"), Some("仕事"));
    assert_eq!(name("anybody@example.jp"), Some("仕事"));
    assert_eq!(name("you@example.co.jp"), Some("残り"));
    assert_eq!(config.accounts[0].from[1], FromPattern::Domain("example.jp".to_owned()));

    let text = "[[account]]\nname = 'a'\nfrom = ['a@x.example']\nupstream = 'maildir:a'\n\
                [[account]]\nname = 'b'\nfrom = ['*@x.example']\nupstream = 'maildir:b'\n";
    let config = load(text).unwrap();
    assert_eq!(config.account_for("b@x.example").unwrap().name, "b");
    assert!(config.account_for("a@y.example").is_none());
}

#[test]
fn without_a_file_everything_stays_on_this_machine() {
    for config in [Config::default_with(&defaults()), good("empty.toml"), good("comments.toml")] {
        assert_eq!(config.serve.listen, "127.0.0.1:2525".parse().unwrap());
        assert_eq!(config.accounts[0].upstream, UpstreamUrl::Maildir("/data/delivered".into()));
        assert_eq!(config.handling.policy, atena::verdict::Policy::default());
        assert!(!config.offers_login());
        assert!(config.settings().iter().all(|setting| setting.origin == Origin::Default));
    }
}

#[test]
fn passwords_are_known_by_their_place_only() {
    let config = good("stored-passwords.toml");
    let Login::Stored { user, password: PasswordSource::Command(_), .. } = &config.accounts[0].login else { panic!() };
    assert_eq!(user, "a@example.jp");
    let Login::Stored { password: PasswordSource::Environment(name), .. } = &config.accounts[1].login else { panic!() };
    assert_eq!(name, "MAIL_PASSWORD");
    assert_eq!(config.accounts[3].upstream, UpstreamUrl::Maildir("/home/me/Mail".into()));
    let drafts = config.accounts[0].drafts.as_ref().unwrap();
    assert_eq!((drafts.url.user.as_str(), drafts.url.folder.as_deref()), ("a@example.jp", Some("Unfinished")));
    assert!(drafts.password.is_none() && config.accounts[2].drafts.is_none());
    let drafts = config.accounts[1].drafts.as_ref().unwrap();
    assert!(matches!(drafts.password, Some(PasswordSource::Command(_))) && drafts.url.folder.is_none());
    assert!(!format!("{config:?}").contains("do-not-show-me"));
    let shown = shown(&config);
    assert!(shown.contains("secret-tool …") && !shown.contains("do-not-show-me"), "{shown}");
}

#[test]
fn who_looks_at_mail_and_who_approves_it() {
    let config = good("team.toml");
    assert_eq!(
        (config.web.login, config.web.hosts.as_slice()),
        (PageLogin::Users, ["atena.example".to_owned()].as_slice())
    );
    assert!(config.web.tls.is_some());
    let team = &config.team;
    let told: Vec<_> = team.people.iter().map(|one| (one.name.as_str(), one.role, one.away.is_some())).collect();
    assert_eq!(told, [("sato", Role::Sender, false), ("tanaka", Role::Approver, true), ("mori", Role::Admin, false)]);
    assert_eq!(team.people[0].addresses, ["sato@aoba.example", "@sales.aoba.example"]);
    let hour = Duration::from_secs(3600);
    assert_eq!(team.approval.escalation, Some((4 * hour, vec!["mori".to_owned()])));
    assert_eq!(team.approval.expiry, Some((48 * hour, Expiry::Release)));
    assert!(config.handling.policy.second_person.contains("mixed-clients"));
    assert_eq!(config.handling.policy.rules["mixed-clients"], Verdict::Hold);
}

#[test]
fn every_key_is_shown_with_its_origin() {
    let config = good("full.toml");
    assert_eq!(config.origin("serve.listen"), Origin::File { line: 7 });
    assert_eq!(config.origin("account[2].upstream"), Origin::File { line: 29 });
    assert_eq!(config.origin("rules.greeting-mismatch.within"), Origin::File { line: 45 });
    assert_eq!(config.origin("account[1].user"), Origin::Default);
    let shown = shown(&config);
    for section in SECTIONS {
        for field in section.fields {
            assert!(shown.contains(&format!("{} =", field.key)), "{} is not shown", field.key);
        }
    }
    // What is shown can be read again, and means the same.
    let again = Config::load(Source::new("shown", shown.as_str()), Path::new("fixtures/config/good"), &defaults());
    let again = again.unwrap_or_else(|problems| panic!("{}", render(&problems, false)));
    assert_eq!(again.serve.listen, config.serve.listen);
    assert_eq!(again.clients, config.clients);
}

#[test]
fn every_default_and_example_is_valid() {
    let wrong = |field: &Field| format!("{}: {:?}", field.key, field.default);
    for section in SECTIONS {
        for field in section.fields {
            let example = format!("{} = {}", field.key, field.example);
            assert!(toml::from_str::<toml::Table>(&example).is_ok(), "{example}");
            if let FieldDefault::Value(value) = field.default {
                let text = format!("{} = {value}", field.key);
                assert!(toml::from_str::<toml::Table>(&text).is_ok(), "{}", wrong(field));
            }
        }
    }
}

#[test]
fn the_command_line_beats_the_file_and_says_so() {
    let given = |value: &str, origin| Some(Override { value: value.to_owned(), origin });
    let overrides = Overrides {
        listen: given("127.0.0.1:0", Origin::CommandLine),
        upstream: given("smtps://smtp.example.jp", Origin::Environment),
        data_dir: given("/elsewhere", Origin::CommandLine),
        language: given("ja", Origin::Environment),
    };
    let config = good("stored-passwords.toml").with(&overrides).unwrap();
    assert_eq!(config.serve.listen.port(), 0);
    assert_eq!(config.data_dir, Path::new("/elsewhere"));
    assert_eq!(config.language, Lang::Ja);
    assert_eq!(config.accounts.len(), 1);
    assert!(matches!(config.accounts[0].login, Login::PassThrough), "no stored password goes to another server");
    assert_eq!(config.origin("serve.listen"), Origin::CommandLine);
    assert_eq!(config.origin("account[1].upstream"), Origin::Environment);
    assert!(shown(&config).contains("upstream = \"smtps://smtp.example.jp:465\"  # 環境変数"));

    let moved = Overrides { data_dir: given("/elsewhere", Origin::CommandLine), ..Overrides::default() };
    let config = Config::default_with(&defaults()).with(&moved).unwrap();
    assert_eq!(config.accounts[0].upstream, UpstreamUrl::Maildir("/elsewhere/delivered".into()));
}

#[test]
fn the_command_line_cannot_open_the_relay() {
    let given = |value: &str| Some(Override { value: value.to_owned(), origin: Origin::CommandLine });
    let overrides = Overrides {
        listen: given("0.0.0.0:25"),
        upstream: given("smtps://me:do-not-show-me@smtp.example.jp"),
        language: given("fr"),
        data_dir: None,
    };
    let problems = Config::default_with(&defaults()).with(&overrides).unwrap_err();
    let text = render(&problems, false);
    for option in ["--listen", "--upstream", "--lang"] {
        assert!(text.contains(option), "{text}");
    }
    assert!(!text.contains("do-not-show-me"), "{text}");
}

#[test]
fn a_file_that_is_named_must_exist() {
    let nowhere = |_: &str| None;
    let missing = Path::new("fixtures/config/no-such-file.toml");
    let problems = Config::discover(Some(missing), Platform::Unix, &nowhere).unwrap_err();
    assert!(problems[0].to_string().contains("does not exist"));
    let by_variable = |name: &str| (name == "ATENA_CONFIG").then(|| missing.into());
    assert!(Config::discover(None, Platform::Unix, &by_variable).is_err());
    assert!(Config::discover(None, Platform::Unix, &nowhere).unwrap().source.is_none());
}

#[test]
fn the_check_counts_and_says_ok() {
    let mut output = Vec::new();
    assert_eq!(command::check(&Ok(good("full.toml")), Lang::En, false, &mut output).unwrap(), 0);
    assert_eq!(String::from_utf8(output).unwrap(), "fixtures/config/good/full.toml: ok\n");
    let mut output = Vec::new();
    let bad = load("lisen = 1\n[policy]\nerror = 'x'\n");
    assert_eq!(command::check(&bad, Lang::Ja, false, &mut output).unwrap(), 2);
    assert!(String::from_utf8(output).unwrap().ends_with("問題が 2 件あります\n"));
}

#[test]
fn colour_is_added_only_when_asked_for() {
    let problems = load("lisen = 1").unwrap_err();
    assert!(render(&problems, true).contains("\u{1b}["));
    assert!(!render(&problems, false).contains('\u{1b}'));
}

#[test]
fn the_reference_pages_are_what_the_program_prints() {
    compare(Path::new("docs/configuration.md"), &reference(Lang::En));
    compare(Path::new("docs/configuration.ja.md"), &reference(Lang::Ja));
}

proptest::proptest! {
    /// Any text in, an answer out; also after one change to a file that is right.
    #[test]
    fn no_text_is_too_strange(text in "(?s).{0,200}", at in 0_usize..2000, change in "[=\\[\\]\"'#\\n{}山é\\u{feff}]{0,3}") {
        let full = fs::read_to_string("fixtures/config/good/full.toml").unwrap();
        let at = (at..=full.len()).find(|at| full.is_char_boundary(*at)).unwrap_or(full.len());
        for text in [text, format!("{}{change}{}", &full[..at], &full[at..])] {
            if let Err(problems) = load(&text) {
                assert!(!problems.is_empty());
                assert!(render(&problems, false).contains("atena.toml:"));
            }
        }
    }
}
