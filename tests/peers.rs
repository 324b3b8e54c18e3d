//! Does a mail get from real mail programs through the relay to a real server, and does its sender learn why not? Are mails read
//! from a real server?
//!
//! Programs that are not installed are skipped with a line that says so, unless `ATENA_REQUIRE_PEERS` is set.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

#[path = "peers/dovecot.rs"]
mod dovecot;
#[path = "peers/imap.rs"]
mod imap;
#[path = "peers/login.rs"]
mod login;
#[path = "peers/postfix.rs"]
mod postfix;
#[path = "peers/programs.rs"]
mod programs;
#[path = "peers/relay.rs"]
mod relay;
#[path = "peers/senders.rs"]
mod senders;
mod support;
mod terminal;
#[path = "peers/tls.rs"]
mod tls;
#[path = "peers/ways.rs"]
mod ways;
#[path = "peers/writers.rs"]
mod writers;

use std::fs;
use std::path::Path;

use postfix::Postfix;
use programs::wait_for;
use relay::Relay;
use senders::{Route, SENDERS};

const TO: &str = "k-sato@aoba.example";
/// Who is not the person the misaddressed mail greets.
const OTHER: &str = "robert.hale@alderbio.example";
/// The end of a configuration under which mails with an error are handed back.
const RETURN: &str = "\n[policy]\nerror = \"return\"\n";

/// A Japanese mail in ISO-2022-JP that no rule minds, with CRLF, under this Message-ID.
fn clean(id: &str) -> Vec<u8> {
    mail("clean", id)
}

/// A mail that greets somebody else.
fn misaddressed(id: &str) -> Vec<u8> {
    mail("greeting", id)
}

fn mail(name: &str, id: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/drafts").join(format!("{name}.eml"));
    let text = fs::read(path).unwrap();
    let lines = text.strip_suffix(b"\n").unwrap().split(|&byte| byte == b'\n');
    let own = format!("Message-ID: <{name}@minato.example>").into_bytes();
    let new = format!("Message-ID: <{id}>").into_bytes();
    let mail: Vec<u8> = lines.flat_map(|line| [if line == own { &new } else { line }, b"\r\n"].concat()).collect();
    assert!(mail.windows(new.len()).any(|window| window == new), "the mail has its Message-ID");
    mail
}

fn to_postfix(postfix: &Postfix, more: &str) -> Relay {
    Relay::start(
        &[],
        &format!("\n[[account]]\nname = \"work\"\nupstream = \"smtp://127.0.0.1:{}\"\n{more}", postfix.port),
    )
}

#[test]
fn a_misaddressed_mail_is_held_and_arrives_once_it_is_released() {
    let Some(postfix) = Postfix::running() else { return };
    let relay = to_postfix(&postfix, "");
    let mail = misaddressed("held@peers.test");
    let Some(answer) = SENDERS[0].send(&Route::plain(relay.port, OTHER), &mail) else { return };
    assert_eq!(answer.code, Some(0), "a 250 that says it is kept: {}", answer.text);
    let held = relay.held();
    assert_eq!(held.iter().map(|mail| mail.state.as_str()).collect::<Vec<_>>(), ["held"]);
    assert!(answer.text.contains(&held[0].id), "the reply names the mail: {}", answer.text);
    let list = relay.command("held list");
    assert!(list.contains(&held[0].id[..8]) && list.contains("Quotation for"), "{list}");
    assert!(!postfix.has("held@peers.test"));
    relay.command(&format!("held release {}", held[0].id));
    assert_eq!(postfix.delivered("held@peers.test"), mail);
    wait_for("an empty list", || relay.held().is_empty().then_some(()));
}
