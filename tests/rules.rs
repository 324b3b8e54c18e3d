//! Does every rule do what its examples say?
#![allow(clippy::unwrap_used)]

use std::collections::HashSet;

use atena::facts::{Client, Directory, Facts};
use atena::lang::Lang;
use atena::message::Message;
use atena::rule::Rules;
use atena::source::Source;

fn shipped() -> Rules {
    Rules::load(&Rules::embedded(), &[], Lang::En).unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    })
}

#[test]
fn every_example_does_what_it_says() {
    let outcomes = shipped().test();
    let failures: Vec<String> = outcomes
        .iter()
        .flat_map(|outcome| {
            outcome.failures.iter().map(|failure| {
                let should = if failure.expected_to_fire { "should fire" } else { "should be silent" };
                format!(
                    "{} example {} {should} {}:\n{}\n",
                    outcome.rule,
                    failure.number,
                    failure.detail.clone().unwrap_or_default(),
                    failure.mail
                )
            })
        })
        .collect();
    assert!(failures.is_empty(), "{} examples fail:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn every_rule_has_three_examples_of_each_kind_in_both_languages() {
    let is_japanese = |text: &str| {
        text.chars().any(|c| ('\u{3041}'..='\u{30FF}').contains(&c) || ('\u{4E00}'..='\u{9FFF}').contains(&c))
    };
    for rule in shipped().iter() {
        for (fires, name) in [(true, "match"), (false, "clean")] {
            let of_kind: Vec<_> = rule.examples.iter().filter(|example| example.fires == fires).collect();
            let japanese = of_kind.iter().filter(|example| is_japanese(&example.mail)).count();
            assert!(
                japanese >= 3 && of_kind.len() - japanese >= 3,
                "{}: {name}: {japanese} of {} are Japanese",
                rule.id,
                of_kind.len()
            );
        }
    }
}

#[test]
fn ids_are_unique_and_texts_are_whole() {
    let rules = shipped();
    let ids: HashSet<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids.len(), rules.iter().count());
    for rule in rules.iter() {
        for text in [&rule.title, &rule.why, &rule.advice] {
            assert!(!text.en.trim().is_empty() && !text.ja.trim().is_empty(), "{}", rule.id);
        }
        assert!(!rule.source.is_empty(), "{}", rule.id);
    }
}

/// What one rule, with parameters of one's own, says about a mail: the titles of its findings.
fn said(rule: &str, parameters: &str, mail: &str) -> Vec<String> {
    use atena::config::{Config, Defaults};
    use atena::gate::setup;
    use atena::lang::Lang;
    use atena::source::Source;
    let defaults = Defaults { language: Lang::En, data_dir: "/".into(), home: None };
    let text = format!("own_domains = [\"example.co.jp\"]\n[rules.{rule}]\nenabled = true\n{parameters}\n");
    let config = Config::load(Source::new("atena.toml", text), std::path::Path::new("/"), &defaults)
        .unwrap_or_else(|problems| panic!("{}", problems[0]));
    let rules = setup::rules(&config).unwrap_or_else(|problems| panic!("{}", problems[0]));
    let raw = format!("From: me@example.co.jp\r\nSubject: x\r\n{}", mail.replace('\n', "\r\n"));
    let message = atena::message::Message::parse(raw.as_bytes()).unwrap();
    let findings = rules.run(&message, &setup::facts(&config, None));
    findings.found.into_iter().filter(|finding| finding.rule == rule).map(|finding| finding.title.en).collect()
}

/// Lists as the users of other checkers keep them: boundaries of domains, case, wildcards, exclusions, comments.
#[test]
fn lists_of_ones_own_take_the_place_of_the_shipped_ones() {
    let listed = "listed = [\"# partners\", \"rival.example\", \"*.rival.example\", \"-temp@rival.example\"]";
    for (to, fires) in [
        ("a@rival.example", true),
        ("A@RIVAL.example", true),
        ("a@x.rival.example", true),
        ("a@notrival.example", false),
        ("a@rival.example.evil.test", false),
        ("temp@rival.example", false),
        ("a@alert-list.invalid", false),
    ] {
        assert_eq!(!said("alert-list", listed, &format!("To: {to}\n\nHi")).is_empty(), fires, "{to}");
    }
    let groups = "groups = [[\"a.example\"], [\"b.example\"]]";
    assert_eq!(said("forbidden-mix", groups, "To: x@a.example\nCc: y@b.example\n\nHi").len(), 1);
    assert!(said("forbidden-mix", groups, "To: x@a.example\nCc: y@c.example\n\nHi").is_empty());
}

/// N:1, 1:N and N:N of words and recipients, and a name registered for two companies.
#[test]
fn words_and_recipients_belong_together() {
    let table = "table = [\n{ words = [\"ほげほげ株式会社\", \"Hoge\"], recipients = [\"sample.test\"] },\n\
                 { words = [\"ほげほげ株式会社\"], recipients = [\"other.test\", \"third.test\"] },\n]";
    for (mail, fires) in [
        ("To: a@sample.test\n\nほげほげ株式会社 御中", false),
        ("To: a@third.test\n\nほげほげ株式会社 御中", false),
        ("To: a@third.test\n\nHoge Ltd", true),
        ("To: a@nobody.test\n\nほげほげ株式会社 御中", true),
        ("To: a@nobody.test\n\nご連絡です。", false),
    ] {
        assert_eq!(!said("named-without-recipient", table, mail).is_empty(), fires, "{mail}");
    }
    let copy = "table = [{ recipients = [\"a.example\"], also = [\"desk@example.co.jp\"] }]";
    assert_eq!(said("usual-copy", copy, "To: x@a.example\n\nHi").len(), 1);
    assert!(said("usual-copy", copy, "To: x@a.example\nCc: Desk@example.co.jp\n\nHi").is_empty());
}

/// Who is inside, and which addresses are accepted, as users of mail checkers try it first.
#[test]
fn addresses_are_read_as_people_expect() {
    let own = "listed = [\"*\", \"-*@example.co.jp\", \"-example.co.jp\"]";
    assert!(said("alert-list", own, "To: a@EXAMPLE.co.jp, A@example.co.jp\n\nHi").is_empty());
    assert_eq!(said("alert-list", own, "To: a@notexample.co.jp, b@co.jp\n\nHi").len(), 2);
    assert_eq!(said("duplicate-recipient", "", "To: a@EXAMPLE.co.jp, A@example.co.jp\n\nHi").len(), 1);
    let one_name = "To: Sato <a@one.test>, Sato <b@one.test>\n\nHi";
    assert!(said("duplicate-recipient", "", one_name).is_empty());
    // A carrier's address outside the RFC is an address: it can be listed, and it is delivered.
    assert_eq!(said("alert-list", "listed = [\"docomo.ne.jp\"]", "To: foo..bar.@docomo.ne.jp\n\nHi").len(), 1);
    assert!(said("alert-list", own, "To: undisclosed-recipients:;\nBcc: a@example.co.jp\n\nHi").is_empty());
}

/// An office has its own days off, and its own idea of soon.
#[test]
fn days_off_and_limits_of_ones_own_count() {
    let mail = "To: kim@alder.example\nDate: Wed, 14 Oct 2026 10:00:00 +0100\n\nYes.\n\n\
                On 8 Oct 2026, at 10:58, Kim Larsen <kim@alder.example> wrote:\n> Does it run on version 4?";
    let late = |parameters: &str| !said("delay-unacknowledged", parameters, mail).is_empty();
    assert!(late(""));
    assert!(!late("working_days = 4"));
    assert!(!late("closed = [\"2026-10-12\"]"));
    assert!(late("closed = [\"2026-10-15\"]"));
}

/// A pattern without a literal to look for runs over every text; each costs every mail.
#[test]
fn no_pattern_runs_over_every_text() {
    let rules = shipped();
    let patterns = rules.untriggered_patterns();
    assert!(patterns.is_empty(), "{} patterns have no literal at either end:\n{}", patterns.len(), patterns.join("\n"));
}

/// One rule that fires on every mail with "hello", under conditions.
fn under(conditions: &str) -> Rules {
    let pack = format!(
        r#"
        [[rule]]
        id = "hello"
        level = "warning"
        confidence = "high"
        title = {{ en = "x", ja = "x" }}
        why = {{ en = "x", ja = "x" }}
        advice = {{ en = "x", ja = "x" }}
        source = "x"
        when = {{ {conditions} }}
        check = {{ wording = {{ found = ["hello"] }} }}
        example = [{{ match = "hello" }}, {{ clean = "goodbye" }}]
        "#
    );
    Rules::load(&[Source::new("pack.toml", pack)], &[], Lang::En).unwrap_or_else(|problems| panic!("{}", problems[0]))
}

#[test]
fn a_strength_beyond_five_is_told() {
    for (strength, sound) in [(0, false), (1, true), (5, true), (9, false), (300, false)] {
        let pack = format!("[[expression]]\nis = \"remedy\"\nstrength = {strength}\nwords = [\"we fix it\"]\n");
        let loaded = Rules::load(&[Source::new("pack.toml", pack)], &[], Lang::En);
        assert_eq!(loaded.is_ok(), sound, "{strength}");
        let problems = loaded.err().unwrap_or_default();
        assert!(problems.iter().all(|problem| problem.to_string().contains("from 1 to 5")), "{strength}");
    }
}

#[test]
fn conditions_choose_the_mails_a_rule_looks_at() {
    let client = |name: &str, domain: &str| Client {
        name: name.to_owned(),
        names: Vec::new(),
        domains: vec![domain.to_owned()],
        addresses: Vec::new(),
    };
    let clients = Directory::new(vec![client("Alder Ltd", "alder.example"), client("Lumen", "lumen.example")], &[]);
    let facts = Facts { own_domains: vec!["own.example".to_owned()], clients, ..Facts::default() };
    let to = |to: &str, text: &str| {
        let headers = format!("From: a@own.example\r\nTo: {to}\r\nSubject: Offer\r\n");
        format!("{headers}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n")
    };
    let plain = to("b@alder.example", "hello");
    let inside = to("b@own.example", "hello");
    let both = to("b@alder.example, c@own.example, d@lumen.example", "hello");
    let japanese = to("b@alder.example", "hello こんにちは");
    let answer = format!("In-Reply-To: <1@alder.example>\r\n{plain}");
    for (conditions, mail, fires) in [
        ("", &plain, true),
        ("outside = true", &plain, true),
        ("outside = true", &inside, false),
        ("outside = false", &inside, true),
        ("attachment = true", &plain, false),
        ("attachment = false", &plain, true),
        ("reply = true", &plain, false),
        ("reply = true", &answer, true),
        ("language = \"ja\"", &plain, false),
        ("language = \"ja\"", &japanese, true),
        ("language = \"en\"", &japanese, false),
        ("recipients = 3", &both, true),
        ("recipients = 3", &plain, false),
        ("from = [\"own.example\"]", &plain, true),
        ("from = [\"b@own.example\"]", &plain, false),
        ("to = [\"*@lumen.example\"]", &both, true),
        ("to = [\"*@lumen.example\", \"-d@lumen.example\"]", &both, false),
        ("clients = [\"Alder\"]", &plain, true),
        ("clients = [\"Lumen\"]", &plain, false),
        ("says = [\"offer\"]", &plain, true),
        ("says = [\"quotation\"]", &plain, false),
        ("unless = [\"offer\"]", &plain, false),
        ("outside = true, clients = [\"Lumen\"]", &plain, false),
    ] {
        let message = Message::parse(mail.as_bytes()).unwrap();
        let found = !under(conditions).run(&message, &facts).found.is_empty();
        assert_eq!(found, fires, "{conditions}: {mail}");
    }
}
