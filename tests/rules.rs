//! Does every rule do what its examples say?
#![allow(clippy::unwrap_used)]

use std::collections::HashSet;

use atena::lang::Lang;
use atena::rule::Rules;

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
                japanese >= 2 && of_kind.len() - japanese >= 2,
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

/// A pattern without a literal to look for runs over every text; each costs every mail.
#[test]
fn no_pattern_runs_over_every_text() {
    let rules = shipped();
    let patterns = rules.untriggered_patterns();
    assert!(patterns.is_empty(), "{} patterns have no literal at either end:\n{}", patterns.len(), patterns.join("\n"));
}
