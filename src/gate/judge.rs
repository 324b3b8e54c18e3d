use crate::config::Handling;
use crate::facts::Facts;
use crate::finding::Finding;
use crate::message::{Envelope, Message};
use crate::rule::{self, Rules};
use crate::verdict::Verdict;
#[derive(Debug)]
pub struct Judgement {
    pub verdict: Verdict,
    pub findings: Vec<Finding>,
    pub message: Option<Message>,
}
pub fn judge(rules: &Rules, facts: &Facts, handling: &Handling, envelope: Option<&Envelope>, raw: &[u8]) -> Judgement {
    let mut message = match Message::parse(raw) {
        Ok(m) => m,
        Err(why) => return Judgement { verdict: Verdict::Hold, findings: vec![rule::unreadable(why)], message: None },
    };
    if let Some(e) = envelope {
        message.add_envelope(e);
    }
    let findings = rules.run(&message, facts);
    Judgement { verdict: handling.policy.decide(&findings), findings, message: Some(message) }
}
