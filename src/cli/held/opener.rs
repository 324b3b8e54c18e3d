//! Opens kept mails for the terminal, without a gate: made once, since rules take their time to load.

use jiff::Zoned;

use super::super::Stop;
use crate::config::Config;
use crate::facts::Facts;
use crate::gate::{Judge, Opened, setup};
use crate::rule::Rules;
use crate::store::{People, Store, StoredMail};

pub(super) struct Opener<'a> {
    config: &'a Config,
    rules: Rules,
    facts: Facts,
    people: People,
}

impl<'a> Opener<'a> {
    /// # Errors
    /// What is wrong with the rules.
    pub(super) fn new(config: &'a Config, store: &Store) -> Result<Opener<'a>, Stop> {
        Ok(Opener { config, rules: setup::rules(config)?, facts: setup::facts(config, None), people: store.people() })
    }

    pub(super) fn open(&self, mail: StoredMail) -> Opened {
        let facts = Facts { now: Some(Zoned::now()), ..self.facts.clone() };
        let policy = setup::policy(self.config);
        let judge = Judge { rules: &self.rules, facts: &facts, policy, people: Some(&self.people) };
        let judgement = mail.raw.as_deref().map(|raw| judge.judge(Some(&mail.summary.envelope), raw));
        Opened::new(mail, judgement)
    }
}
