//! Does a mail reach the next server whole, to all or to none, whatever that server does?

#![allow(clippy::unwrap_used)]

mod support;

#[path = "upstream/bytes.rs"]
mod bytes;
#[path = "upstream/faults.rs"]
mod faults;
#[path = "upstream/login.rs"]
mod login;
#[path = "upstream/maildir.rs"]
mod maildir;
#[path = "upstream/pool.rs"]
mod pool;
#[path = "upstream/refusals.rs"]
mod refusals;
#[path = "upstream/tls.rs"]
mod tls;

use std::time::Duration;

use atena::message::{Address, Envelope};
use atena::upstream::{Answer, Options, Outcome, Target, Upstream};
use support::sink::{Sink, SinkOptions};

const MAIL: &[u8] = b"Subject: greetings\r\n\r\nDear Ms Sato,\r\n";

/// Limits that a test can wait for; only for servers that stall, since a busy machine may exceed them by itself.
fn quick() -> Options {
    let limit = Duration::from_secs(1);
    Options { command_timeout: limit, data_timeout: limit, ..Options::default() }
}

fn to(sink: &Sink, options: Options) -> Upstream {
    at(&format!("smtp://127.0.0.1:{}", sink.port()), options)
}

fn at(url: &str, options: Options) -> Upstream {
    Upstream::new(Target::parse(url).unwrap(), options).unwrap()
}

fn envelope(recipients: &[&str]) -> Envelope {
    let recipients = recipients.iter().map(|text| Address::parse(text).unwrap()).collect();
    Envelope { sender: Some(Address::parse("suzuki@sender.test").unwrap()), recipients, ..Envelope::default() }
}

/// An extension list without the one named.
fn without(extension: &str) -> SinkOptions {
    let mut options = SinkOptions::default();
    options.extensions.retain(|line| !line.starts_with(extension));
    options
}

#[track_caller]
fn sent(outcome: Outcome) -> String {
    match outcome {
        Outcome::Sent { text } => text,
        other => panic!("not sent: {other:?}"),
    }
}

#[track_caller]
fn refused(outcome: Outcome) -> Answer {
    match outcome {
        Outcome::Refused(answer) => answer,
        other => panic!("not refused: {other:?}"),
    }
}

#[track_caller]
fn later(outcome: Outcome) -> Answer {
    match outcome {
        Outcome::TryLater(answer) => answer,
        other => panic!("not put off: {other:?}"),
    }
}

#[track_caller]
fn clean_sink(sink: &Sink) {
    assert_eq!(sink.violations(), Vec::<String>::new());
}
