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
fn a_mail_arrives_octet_by_octet() {
    let Some(postfix) = Postfix::running() else { return };
    let relay = to_postfix(&postfix, "");
    for sender in SENDERS {
        let id = format!("{}@peers.test", sender.name);
        let mail = clean(&id);
        let Some(answer) = sender.send(&Route { port: relay.port, to: TO, login: None }, &mail) else { continue };
        assert_eq!(answer.code, Some(0), "{}: {}\n{}", sender.name, answer.text, relay.log());
        assert_eq!(postfix.delivered(&id), mail, "{}", sender.name);
    }
    assert!(relay.held().is_empty());
}

#[test]
fn a_misaddressed_mail_is_held_and_arrives_once_it_is_released() {
    let Some(postfix) = Postfix::running() else { return };
    let relay = to_postfix(&postfix, "");
    let mail = misaddressed("held@peers.test");
    let Some(answer) = SENDERS[0].send(&Route { port: relay.port, to: OTHER, login: None }, &mail) else { return };
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

#[test]
fn a_returned_mail_tells_why_and_passes_when_it_is_sent_again() {
    let Some(postfix) = Postfix::running() else { return };
    for sender in SENDERS {
        // Each has one of its own: sent by the next program, the mail of the one before would be the same mail again.
        let relay = to_postfix(&postfix, RETURN);
        let route = Route { port: relay.port, to: OTHER, login: None };
        let id = format!("{}-returned@peers.test", sender.name);
        let mail = misaddressed(&id);
        let Some(first) = sender.send(&route, &mail) else { continue };
        assert_eq!(first.code, Some(sender.refused), "{}: {}\n{}", sender.name, first.text, relay.log());
        for part in ["550", "[atena] ", "Sarah", "宛名は「Sarah」ですが"] {
            assert!(first.text.contains(part), "{}: {part}: {}", sender.name, first.text);
        }
        assert!(!postfix.has(&id) && relay.held().is_empty(), "{}", sender.name);
        let second = sender.send(&route, &mail).expect("it was there before");
        assert_eq!(second.code, Some(0), "{}: {}\n{}", sender.name, second.text, relay.log());
        assert_eq!(postfix.delivered(&id), mail, "{}", sender.name);
    }
}
