//! Findings that somebody allowed beforehand: by a setting of the rule, or in the mail itself.

use super::failed::CHECK_FAILED;
use crate::checklist::Checklist;
use crate::finding::{Allowance, Allowed, Finding};
use crate::message::Message;

/// The header field in which a mail allows findings: `X-Atena-Allow: rule-id the reason`, once per rule.
pub const ALLOW_HEADER: &str = "x-atena-allow";

/// What the rules say about a mail.
#[derive(Debug, Default)]
pub struct Findings {
    /// Worst first.
    pub found: Vec<Finding>,
    /// What was found and allowed beforehand; kept so that every use is on record.
    pub allowed: Vec<Allowed>,
    /// What an answer to a fault holds and lacks; `None` where nothing went wrong.
    pub checklist: Option<Checklist>,
}

impl Findings {
    /// Takes out what the mail itself allows. A reason is demanded, and a check that failed cannot be allowed: nobody
    /// knows what it would have found.
    pub fn allow_by_mail(&mut self, message: &Message) {
        let fields = message.headers.iter().filter(|header| header.name == ALLOW_HEADER);
        let allowances: Vec<(&str, &str)> =
            fields.filter_map(|field| field.text.trim().split_once(char::is_whitespace)).collect();
        if allowances.is_empty() {
            return;
        }
        for finding in std::mem::take(&mut self.found) {
            let reason = allowances.iter().find(|(id, _)| *id == finding.rule && finding.rule != CHECK_FAILED);
            match reason {
                Some((_, reason)) => {
                    let by = Allowance::Mail { reason: reason.trim().to_owned() };
                    self.allowed.push(Allowed { finding, by });
                }
                None => self.found.push(finding),
            }
        }
    }
}
