//! Rules that hold mails up for nothing: what would make them quieter.

use super::setup;
use crate::config::Config;
use crate::finding::Level;
use crate::people::domain::{is_freemail, registrable};
use crate::rule::Rules;
use crate::store::Tally;
use crate::verdict::Verdict;

/// A rule that was overridden every time is proposed for narrowing from so many times on: fewer may be chance.
pub const ALWAYS: u32 = 5;

/// What to change about a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Narrowing {
    /// It is wrong about one address, or everybody at a domain: a pattern of addresses.
    ExceptTo(String),
    /// It is wrong about one client, by name.
    ExceptClient(String),
    /// It is wrong about everybody: a mail shall not stop for it.
    Level,
    /// The same where its level does not decide that.
    Verdict,
}

/// What to change about a rule after what became of its findings; `None` where it was right once, or too little is known.
pub fn narrowing(tally: &Tally, rules: &Rules, config: &Config) -> Option<Narrowing> {
    let rule = rules.get(&tally.rule)?;
    if tally.released < ALWAYS || tally.corrected + tally.dropped > 0 {
        return None;
    }
    let setting = config.rules.iter().find(|setting| setting.id == rule.id);
    let has_except = setting.is_some_and(|setting| setting.parameters.iter().any(|one| one.name == "except"));
    let policy = &config.handling.policy;
    let everybody =
        match policy.rules.contains_key(&rule.id) || rule.level == Level::Info || policy.info >= Verdict::Hold {
            true => Narrowing::Verdict,
            false => Narrowing::Level,
        };
    Some(whom(tally, config).filter(|_| !has_except).unwrap_or(everybody))
}

/// Who all those are that it is wrong about.
fn whom(tally: &Tally, config: &Config) -> Option<Narrowing> {
    let addresses: Vec<&str> = tally.overridden.iter().map(|(address, _)| address.as_str()).collect();
    let (first, rest) = addresses.split_first()?;
    if rest.is_empty() {
        return Some(Narrowing::ExceptTo((*first).to_owned()));
    }
    let clients = setup::facts(config, None).clients;
    if let Some(client) = clients.of(first).filter(|client| rest.iter().all(|one| clients.of(one) == Some(*client))) {
        return Some(Narrowing::ExceptClient(clients.client(client).name.clone()));
    }
    let domain = |address: &str| registrable(address.rsplit_once('@').map_or("", |(_, domain)| domain));
    let of_first = domain(first);
    let same = !is_freemail(&of_first) && rest.iter().all(|one| domain(one) == of_first);
    same.then_some(Narrowing::ExceptTo(of_first))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::Defaults;
    use crate::lang::Lang;
    use crate::source::Source;

    fn proposed(settings: &str, whom: &[&str], corrected: u32) -> Option<Narrowing> {
        let defaults = Defaults { language: Lang::En, data_dir: "/".into(), home: None };
        let client = "[[client]]\nname = \"Aoba\"\ndomains = [\"aoba.example\", \"aoba.test\"]\n";
        let source = Source::new("atena.toml", format!("{client}{settings}"));
        let config = Config::load(source, Path::new("/"), &defaults).expect("a valid configuration");
        let rules = setup::rules(&config).expect("the packs are right");
        let overridden = whom.iter().map(|address| ((*address).to_owned(), 1)).collect();
        let rule = "greeting-mismatch".to_owned();
        narrowing(&Tally { rule, released: ALWAYS, corrected, overridden, ..Tally::default() }, &rules, &config)
    }

    #[test]
    fn the_narrowest_change_that_would_have_helped_is_proposed() {
        let except = |to: &str| Some(Narrowing::ExceptTo(to.to_owned()));
        assert_eq!(proposed("", &["a@aoba.example"], 0), except("a@aoba.example"));
        let client = Some(Narrowing::ExceptClient("Aoba".to_owned()));
        assert_eq!(proposed("", &["a@aoba.example", "b@aoba.test"], 0), client);
        assert_eq!(proposed("", &["a@mail.alta.example", "b@alta.example"], 0), except("alta.example"));
        assert_eq!(proposed("", &["a@gmail.com", "b@gmail.com"], 0), Some(Narrowing::Level));
        assert_eq!(proposed("", &[], 0), Some(Narrowing::Level));
    }

    #[test]
    fn what_is_set_already_is_not_proposed_again() {
        let set = |line: &str| proposed(&format!("[rules.greeting-mismatch]\n{line}\n"), &["a@aoba.example"], 0);
        assert_eq!(set("except = { to = [\"b@aoba.example\"] }"), Some(Narrowing::Level));
        assert_eq!(set("except = { to = [\"b@aoba.example\"] }\nverdict = \"return\""), Some(Narrowing::Verdict));
    }

    #[test]
    fn a_rule_that_was_right_once_stays_as_it_is() {
        assert_eq!(proposed("", &["a@aoba.example"], 1), None);
    }
}
