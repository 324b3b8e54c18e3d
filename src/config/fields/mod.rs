//! Every section and key of `atena.toml`: the one definition that reading, defaults, `config show` and the reference
//! page come from. A table, in the order of the reference page.

mod account;
mod kinds;
mod known;
mod mails;
mod notify;
mod server;
mod team;
mod web;

use super::definition::{Default, Field, Kind, Section, Text};
pub(super) use account::ACCOUNT;
pub(super) use kinds::KIND;
pub(super) use known::{CLIENT, FACT, INCIDENT, JOINT};
pub(super) use mails::{POLICY, RULES};
pub(super) use notify::NOTIFY;
pub(super) use server::{SERVE, TOP};
pub(super) use team::{APPROVAL, USER};
pub(super) use web::WEB;

/// The sections in the order of the reference page.
pub const SECTIONS: [&Section; 14] = [
    &TOP, &SERVE, &WEB, &USER, &APPROVAL, &NOTIFY, &ACCOUNT, &POLICY, &RULES, &CLIENT, &JOINT, &INCIDENT, &FACT, &KIND,
];

const fn field(key: &'static str, kind: Kind, default: Default, example: &'static str, doc: Text) -> Field {
    Field { key, kind, default, example, doc }
}

const fn text(en: &'static str, ja: &'static str) -> Text {
    Text { en, ja }
}

const fn unset(en: &'static str, ja: &'static str) -> Default {
    Default::Unset(Text { en, ja })
}

const DAY: u64 = 86_400_000;
const MB: u64 = 1_000_000;
