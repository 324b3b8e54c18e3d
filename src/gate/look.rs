//! What the rules say of a mail; nothing is done. And what those who look at kept mails ask of the gate.

use std::sync::Arc;

use jiff::Zoned;

use super::{Gate, Judge, Judgement, setup};
use crate::config::Config;
use crate::facts::Facts;
use crate::message::{Address, Envelope};
use crate::rule::Rules;
use crate::store::StoredMail;

/// Smaller mails are judged where they are: handing them to another thread would cost more than judging them.
const JUDGED_INLINE: usize = 32 * 1024;

impl Gate {
    /// The configuration it works by.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The rules in force.
    pub fn rules(&self) -> &Arc<Rules> {
        &self.rules
    }

    /// The client an address belongs to, if it is a known one's.
    pub fn client_of(&self, address: &Address) -> Option<&str> {
        let clients = &self.facts.clients;
        clients.of(&address.key()).map(|id| clients.client(id).name.as_str())
    }

    /// What the rules say of a kept mail now. `None` where its text is gone.
    pub async fn look(&self, mail: &StoredMail, now: &Zoned) -> Option<Judgement> {
        let raw = mail.raw.clone()?;
        let (_, _, judgement) = self.judged(mail.summary.envelope.clone(), raw, now).await;
        Some(judgement)
    }

    /// What the rules say of a draft as of its own date, as `atena check` does; without an envelope it goes to whom its
    /// headers name.
    pub async fn check(&self, envelope: Option<Envelope>, raw: Vec<u8>) -> Judgement {
        self.judge(envelope, raw, self.facts.clone()).await.2
    }

    pub(super) async fn judged(&self, envelope: Envelope, raw: Vec<u8>, now: &Zoned) -> (Envelope, Vec<u8>, Judgement) {
        let facts = Facts { now: Some(now.clone()), ..self.facts.clone() };
        let (envelope, raw, judgement) = self.judge(Some(envelope), raw, facts).await;
        (envelope.unwrap_or_default(), raw, judgement)
    }

    async fn judge(
        &self,
        envelope: Option<Envelope>,
        raw: Vec<u8>,
        facts: Facts,
    ) -> (Option<Envelope>, Vec<u8>, Judgement) {
        if raw.len() <= JUDGED_INLINE {
            let (rules, policy) = (&*self.rules, setup::policy(&self.config));
            let judge = Judge { rules, facts: &facts, policy, people: Some(&self.people) };
            let judgement = judge.judge(envelope.as_ref(), &raw);
            return (envelope, raw, judgement);
        }
        let (rules, policy) = (Arc::clone(&self.rules), setup::policy(&self.config).clone());
        let people = self.people.clone();
        let work = move || {
            let judge = Judge { rules: &rules, facts: &facts, policy: &policy, people: Some(&people) };
            let judgement = judge.judge(envelope.as_ref(), &raw);
            (envelope, raw, judgement)
        };
        tokio::task::spawn_blocking(work).await.expect("judge catches panics, and the task is never cancelled")
    }
}
