//! `envelope`: what the envelope delivers to and what the headers tell their readers differ.
//!
//! A blind copy is exactly that, and some programs send one transaction for each group of recipients: only what neither
//! explains is remarked.

use std::collections::HashSet;

use serde::Deserialize;

use super::Kind;
use crate::finding::{Location, Part};
use crate::message::Address;
use crate::rule::reading::{Org, Reading, Remark};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Envelope {
    side: Side,
    /// Blind copies to outsiders that are still ordinary.
    #[serde(default)]
    limit: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Side {
    /// Recipients that no header names.
    Unnamed,
    /// People of To and Cc who get nothing.
    Undelivered,
}

impl Kind for Envelope {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        if reading.message.envelope.count == 0 || reading.message.header("resent-to").is_some() {
            return Vec::new();
        }
        match self.side {
            Side::Unnamed => self.unnamed(reading),
            Side::Undelivered => undelivered(reading),
        }
        .into_iter()
        .collect()
    }
}

impl Envelope {
    fn unnamed(&self, reading: &Reading<'_>) -> Option<Remark> {
        let first = reading.recipients.len() - reading.message.envelope.unnamed.min(reading.recipients.len());
        let outside: Vec<String> = reading.recipients[first..]
            .iter()
            .filter(|recipient| recipient.org != Org::Own)
            .map(|recipient| recipient.mailbox.address.to_string())
            .collect();
        // A mail that still shows its Bcc names everybody it goes to.
        let shows_blind = reading.message.bcc.len() > reading.message.envelope.unnamed;
        let is_odd = (shows_blind && !outside.is_empty()) || outside.len() > self.limit;
        is_odd.then(|| remark(outside))
    }
}

fn undelivered(reading: &Reading<'_>) -> Option<Remark> {
    let envelope = &reading.message.envelope;
    let named = reading.message.to.len() + reading.message.cc.len();
    let (missing, delivered) = (&envelope.undelivered, named - envelope.undelivered.len().min(named));
    // One transaction for each recipient, or for each part of them, is a way to send.
    if missing.is_empty() || missing.len() >= delivered {
        return None;
    }
    // A transaction for each next server leaves out whole domains.
    let visible = reading.message.to.iter().chain(&reading.message.cc).map(|mailbox| &mailbox.address);
    let lost: HashSet<&Address> = missing.iter().collect();
    let reached: Vec<&Address> = visible.filter(|address| !lost.contains(address)).take(MOST).collect();
    let split = missing.iter().take(MOST).all(|address| reached.iter().all(|other| other.domain() != address.domain()));
    (!split).then(|| remark(missing.iter().map(Address::to_string).collect()))
}

/// More recipients are not compared with each other.
const MOST: usize = 100;

fn remark(addresses: Vec<String>) -> Remark {
    let first = addresses[0].clone();
    let location = Location { part: Part::Envelope, text: first.clone(), context: first, ..Location::of_mail() };
    Remark::at(location).with("count", addresses.len()).with("addresses", addresses)
}
