//! `mixed-clients`: people of two or more client organisations that share no matter see one mail.

use serde::Deserialize;

use super::Kind;
use super::visible::{self, visible};
use crate::rule::reading::{Org, Reading, Remark};
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct MixedClients {
    /// From this many visible recipients the mail is a circular, which `visible-recipients` judges.
    circular: usize,
    /// Words that introduce people to each other or name a joint matter.
    together: Words,
}

impl Kind for MixedClients {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![&mut self.together]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let orgs: Vec<&Org> =
            visible::organisations(reading).into_iter().filter(|org| matches!(org, Org::Client(_))).collect();
        if orgs.len() < 2 || visible(reading).count() >= self.circular || visible::all_joint(reading, &orgs) {
            return Vec::new();
        }
        if self.explained(reading, &orgs) {
            return Vec::new();
        }
        let first_org = orgs[0];
        let Some(stranger) =
            visible(reading).find(|recipient| matches!(recipient.org, Org::Client(_)) && recipient.org != *first_org)
        else {
            return Vec::new();
        };
        let names = visible::names(reading, &orgs);
        vec![
            Remark::at(reading.recipient_place(stranger))
                .with("address", stranger.mailbox.address.as_str())
                .with("names", names),
        ]
    }
}

impl MixedClients {
    /// The text names every one of them, or says that they belong together.
    fn explained(&self, reading: &Reading<'_>, orgs: &[&Org]) -> bool {
        let mut named = reading.clients_named().to_vec();
        named.extend(reading.message.subject.iter().flat_map(|subject| reading.facts.clients.mentioned(subject)));
        let all_named = orgs.iter().all(|org| matches!(org, Org::Client(client) if named.contains(client)));
        all_named || reading.says(&self.together)
    }
}
