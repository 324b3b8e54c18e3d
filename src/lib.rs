//! `atena` (宛名, the name at the top of a letter) checks outgoing mail before it leaves.
//!
//! ```text
//! bytes → smtp::Session → (Envelope, raw) → gate::admit:  parse → facts → rule::run → verdict::decide
//!   forward        → upstream; its answer becomes ours       (refused recipient: nothing was sent to anyone)
//!   hold, delay    → store, one commit                       → 250, kept, id
//!   return, reject →                                           5xx, what is wrong and what to do
//! later: person → cli → store.release → outbox: claim → upstream → store.finish
//! beside it: store's events → notify: desktop, notice mail, webhook
//! ```
//!
//! Guarantee: *a 250 means the upstream accepted the mail or it is committed as held; after a crash a mail may go
//! twice, never zero times.*

pub mod addressbook;
mod browser;
mod certificate;
pub mod checklist;
pub mod classifier;
pub mod clause;
pub mod cli;
pub mod config;
pub mod correspondents;
pub mod facts;
pub mod finding;
pub mod gate;
pub mod happening;
pub mod imap;
pub mod lang;
mod lexicon;
pub mod measure;
pub mod message;
pub mod notice;
pub mod notify;
mod numbers;
pub mod outbox;
pub mod output;
pub mod people;
mod private;
pub mod review;
mod room;
pub mod rule;
pub mod serve;
pub mod smtp;
pub mod source;
pub mod store;
pub mod suggest;
pub mod team;
pub mod tokens;
pub mod upstream;
pub mod users;
pub mod verdict;
pub mod web;
