//! `missing-recipient`: somebody who got nearly every mail that went to all these recipients does not get this one.
//!
//! "Don't forget Bob" (Roth et al., *Suggesting Friends Using the Implicit Social Graph*, KDD 2010).

use serde::Deserialize;

use super::Kind;
use crate::correspondents::Missing;
use crate::finding::Location;
use crate::rule::reading::{Reading, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct MissingRecipient {}

impl Kind for MissingRecipient {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let Some(standing) = &reading.facts.standing else { return Vec::new() };
        let place = reading.recipients.first().map_or_else(Location::of_mail, |one| reading.recipient_place(one));
        let remark = |one: &Missing| {
            let shown =
                if one.name.is_empty() { one.address.clone() } else { format!("{} <{}>", one.name, one.address) };
            Remark::at(place.clone())
                .with("missing", shown)
                .with("together", one.together as usize)
                .with("of", one.of as usize)
        };
        standing.known.missing.iter().map(remark).collect()
    }
}
