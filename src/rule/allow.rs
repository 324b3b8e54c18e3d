//! Findings that somebody allowed beforehand: by a setting of the rule, or in the mail itself.

use std::collections::HashSet;

use super::failed::CHECK_FAILED;
use super::reading::zone;
use crate::checklist::Checklist;
use crate::facts::Facts;
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
    /// Takes out what the mail itself allows, except of the rules `never`. A reason is demanded, and a check that failed
    /// cannot be allowed: nobody knows what it would have found.
    pub fn allow_by_mail(&mut self, message: &Message, never: &HashSet<String>) {
        let fields = message.headers.iter().filter(|header| header.name == ALLOW_HEADER);
        let allowances: Vec<(&str, &str)> =
            fields.filter_map(|field| field.text.trim().split_once(char::is_whitespace)).collect();
        if allowances.is_empty() {
            return;
        }
        for finding in std::mem::take(&mut self.found) {
            let may_be = finding.rule != CHECK_FAILED && !never.contains(&finding.rule);
            let reason = allowances.iter().find(|(id, _)| may_be && *id == finding.rule);
            match reason {
                Some((_, reason)) => {
                    let by = Allowance::Mail { reason: reason.trim().to_owned() };
                    self.allowed.push(Allowed { finding, by });
                }
                None => self.found.push(finding),
            }
        }
    }

    /// Takes out the doubts about recipients of which a person has said that they are right. A doubt that names whom else
    /// it takes them for was said to be wrong only for these. Those of the rules `never` stay.
    pub fn allow_by_person(&mut self, message: &Message, facts: &Facts, never: &HashSet<String>) {
        let Some(known) = facts.standing.as_ref().map(|standing| &standing.known) else { return };
        for finding in std::mem::take(&mut self.found) {
            let doubt = finding.doubt.as_ref().filter(|_| !never.contains(&finding.rule));
            match doubt.and_then(|doubt| known.said_right(&finding.rule, &doubt.address, &doubt.others)) {
                Some(at) => {
                    let by = Allowance::Person { on: at.to_zoned(zone(message, facts)).date() };
                    self.allowed.push(Allowed { finding, by });
                }
                None => self.found.push(finding),
            }
        }
    }
}
