//! What people do with mails, and what the next mail hears of it: through the relay, beside it another process.

use std::process::Command as Process;

use atena::cli::held::Command;
use atena::gate::feedback::{Feedback, Opinion};
use atena::gate::record;
use atena::lang::Lang;
use atena::store::people::Said;
use atena::store::{Release, State, Store};
use jiff::Timestamp;

use crate::MISADDRESSED;
use crate::held::atena_held;
use crate::relay::Relay;

/// A slip for the client's domain.
const SLIP: &str = "priya.raman@clinet.example";
const PRIYA: &str = "priya.raman@client.example";
const MARK: &str = "mark.adler@client.example";
const CLIENT: &str = "own_domains = [\"own.example\"]\n";
const ASKS: &str = "[rules.confused-before]\nverdict = \"hold\"\n";

async fn relay(more: &str) -> Relay {
    let sink = crate::support::sink::Sink::start(crate::support::sink::SinkOptions::default()).await;
    let account = crate::relay::account(&sink, more);
    let client = "[[client]]\nname = \"Client\"\ndomains = [\"client.example\"]\n";
    Relay::run(sink, &format!("{CLIENT}[serve]\nlisten = \"127.0.0.1:0\"\n{account}{client}")).await
}

fn mail(to: &[&str], subject: &str, text: &str) -> Vec<u8> {
    let (to, text) = (to.join(", "), text.replace('\n', "\r\n"));
    format!("From: suzuki@own.example\r\nTo: {to}\r\nSubject: {subject}\r\n\r\n{text}\r\n").into_bytes()
}

const LETTER: &str = "the drawings of the boiler room are ready for approval.";

async fn send(relay: &Relay, to: &[&str], subject: &str, text: &str) -> String {
    relay.client().await.send(to, &mail(to, subject, text)).await
}

fn drop(id: &str, mistake: bool) -> Command {
    Command::Drop { ids: vec![id.to_owned()], mistake }
}

fn release(id: &str, without: &[&str]) -> Command {
    let without = without.iter().map(|&one| one.to_owned()).collect();
    Command::Release { ids: vec![id.to_owned()], note: None, without, approve: false }
}

/// What was said of an address, once everything was noted: a relay that ends notes what it still has.
async fn said(relay: Relay, address: &'static str) -> (Relay, Vec<Said>) {
    let relay = relay.restart().await;
    let people = relay.store.people();
    let said = tokio::task::spawn_blocking(move || people.said(Some(address)).unwrap()).await.unwrap();
    (relay, said)
}

fn confused(said: &[Said]) -> Vec<(&str, &str, bool)> {
    let mut out = Vec::new();
    for one in said {
        if let Said::Confused { confused, .. } = one {
            out.push((confused.address.as_str(), confused.other.as_str(), confused.beside));
        }
    }
    out
}

/// The finding `confused-before` of the one mail that is held: its title in both languages.
async fn warning(relay: &Relay) -> (String, String) {
    let held = relay.comes_to(State::Held).await;
    let findings = record::read(&held.findings_json);
    let finding = findings.iter().find(|finding| finding.rule == "confused-before").expect("a warning");
    (finding.title.en.clone(), finding.title.ja.clone())
}

fn today() -> String {
    Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

#[tokio::test]
async fn a_recipient_that_was_released_is_not_doubted_again() {
    let relay = relay("").await;
    let reply = send(&relay, &[SLIP], "Thanks", "Hi Priya,\n\nthanks for the call.").await;
    assert!(reply.contains("Kept for review"), "{reply}");
    let id = relay.comes_to(State::Held).await.id.to_string();
    assert_eq!(atena_held(&relay, release(&id, &[]), Lang::En).await.0, 0);
    relay.comes_to(State::Sent).await;
    let again = send(&relay, &[SLIP], "Thanks", "Hi Priya,\n\nthanks for the call.").await;
    assert!(again.starts_with("250 2.0.0 Sent"), "{again}");
    let other = send(&relay, &["mark@cleint.example"], "Thanks", "Hi Mark,\n\nthanks.").await;
    assert!(other.contains("Kept for review"), "another one is doubted as before: {other}");
    atena_held(&relay, drop(relay.comes_to(State::Held).await.id.as_str(), false), Lang::En).await;

    // Silent, but on record.
    send(&relay, &[SLIP], "Thanks", "Hi Mark,\n\nthanks for the call.").await;
    let held = relay.comes_to(State::Held).await;
    let allowed = record::read_allowed(&held.findings_json);
    assert_eq!(allowed.len(), 1, "{:?}", held.findings_json);
    assert_eq!(allowed[0].finding.rule, "lookalike-domain");
    let (day, show) = (today(), Command::Show { id: held.id.to_string(), raw: false, json: false });
    let (_, page, _) = atena_held(&relay, show, Lang::En).await;
    assert!(page.contains(&format!("on {day} a person said that the recipient is right")), "{page}");
}

#[tokio::test]
async fn a_recipient_that_was_taken_out_is_warned_of_with_its_day() {
    let relay = relay(ASKS).await;
    let both = [PRIYA, "wrong@other.example"];
    relay.client().await.send(&both, &mail(&both, "Thanks", "Hello,\n\nI have attached the report.")).await;
    let id = relay.comes_to(State::Held).await.id.to_string();
    assert_eq!(atena_held(&relay, release(&id, &["WRONG@other.example"]), Lang::En).await.0, 0);
    relay.comes_to(State::Sent).await;
    assert!(
        send(&relay, &["wrong@other.example"], "x", "Hello,\n\nnews.").await.starts_with("250 2.0.0 Sent"),
        "alone"
    );
    let reply = send(&relay, &both, "Report", "Hello,\n\nthe report.").await;
    assert!(reply.contains("Kept for review"), "{reply}");
    let (en, ja) = warning(&relay).await;
    assert_eq!(en, format!("On {} you took wrong@other.example out and wrote to {PRIYA}", today()));
    assert_eq!(ja, format!("{} には wrong@other.example を外し、{PRIYA} に送っています", today()));
}

#[tokio::test]
async fn a_mail_handed_back_and_sent_to_somebody_else_was_nearly_a_slip() {
    let relay = relay(&format!("[policy]\nerror = \"return\"\n{ASKS}")).await;
    let text = format!("Hi Mark,\n\n{LETTER}");
    assert!(send(&relay, &[PRIYA], "Drawings", &text).await.starts_with("550"));
    assert!(send(&relay, &[MARK], "Drawings", &text).await.starts_with("250 2.0.0 Sent"));
    let (relay, noted) = said(relay, PRIYA).await;
    assert_eq!(confused(&noted), [(PRIYA, MARK, false)]);
    let reply = send(&relay, &[PRIYA], "Invoice", "Hi Priya,\n\nthe invoice follows.").await;
    assert!(reply.starts_with("250 2.0.0 Sent"), "greeted by name: {reply}");
    let reply = send(&relay, &[PRIYA], "Invoice", "Hello,\n\nthe invoice.").await;
    assert!(reply.contains("Kept for review"), "{reply}");
    assert_eq!(warning(&relay).await.0, format!("On {} you took {PRIYA} out and wrote to {MARK}", today()));
}

#[tokio::test]
async fn a_mail_handed_back_and_sent_again_as_it_was_was_right() {
    let relay = relay("[policy]\nerror = \"return\"\n").await;
    let text = format!("Hi Priya,\n\n{LETTER}");
    assert!(send(&relay, &[SLIP], "Drawings", &text).await.starts_with("550"));
    assert!(send(&relay, &[SLIP], "Drawings", &text).await.starts_with("250 2.0.0 Sent"));
    let relay = relay.restart().await;
    let third = send(&relay, &[SLIP], "Drawings", &text).await;
    assert!(third.starts_with("250 2.0.0 Sent"), "asked once: {third}");
    let tallies = relay.restart().await.store.tallies(Timestamp::UNIX_EPOCH).await.unwrap();
    let slips = tallies.iter().find(|one| one.rule == "lookalike-domain").unwrap();
    assert_eq!((slips.returned, slips.released, slips.corrected, slips.told), (1, 1, 0, 0));
    assert_eq!(slips.overridden, [(SLIP.to_owned(), 1)]);
}

#[tokio::test]
async fn a_letter_that_goes_to_one_after_the_other_confuses_nobody() {
    let relay = relay("[policy]\nerror = \"return\"\n").await;
    assert!(send(&relay, &[SLIP], "Drawings", &format!("Hi Priya,\n\n{LETTER}")).await.starts_with("550"));
    assert!(send(&relay, &[MARK], "Drawings", &format!("Hi Mark,\n\n{LETTER}")).await.starts_with("250"));
    assert_eq!(said(relay, SLIP).await.1, []);
}

#[tokio::test]
async fn the_same_letter_to_two_confuses_nobody_once_both_have_gone() {
    let relay = relay("[policy]\nerror = \"return\"\n").await;
    let text = format!("Hello,\n\n{LETTER}");
    assert!(send(&relay, &[SLIP], "Drawings", &text).await.starts_with("550"));
    assert!(send(&relay, &[MARK], "Drawings", &text).await.starts_with("250"));
    let (relay, noted) = said(relay, SLIP).await;
    assert_eq!(confused(&noted), [(SLIP, MARK, false)], "so far it looks like a slip");
    assert!(send(&relay, &[SLIP], "Drawings", &text).await.starts_with("250"), "sent again as it was");
    let (relay, noted) = said(relay, SLIP).await;
    assert_eq!(confused(&noted), []);
    assert!(noted.iter().any(|one| matches!(one, Said::Right { .. })), "{noted:?}");
    // Another mail to somebody who was nearly written to by mistake takes nothing back.
    let raw = format!("Hi Mark,\n\n{LETTER}");
    assert!(send(&relay, &[PRIYA], "Boiler", &raw).await.starts_with("550"));
    assert!(send(&relay, &[MARK], "Boiler", &raw).await.starts_with("250"));
    for reply in ["550", "250"] {
        assert!(send(&relay, &[PRIYA], "Lunch", "Hi Mark,\n\nsee you at noon.").await.starts_with(reply));
    }
    assert_eq!(confused(&said(relay, PRIYA).await.1), [(PRIYA, MARK, false)]);
}

#[tokio::test]
async fn a_dropped_mail_that_comes_again_to_somebody_else_was_nearly_a_slip() {
    let relay = relay("").await;
    let text = format!("Hi Mark,\n\n{LETTER}");
    send(&relay, &[PRIYA], "Drawings", &text).await;
    let id = relay.comes_to(State::Held).await.id.to_string();
    atena_held(&relay, drop(&id, false), Lang::En).await;
    assert!(send(&relay, &[MARK], "Drawings", &text).await.starts_with("250 2.0.0 Sent"));
    let (relay, noted) = said(relay, PRIYA).await;
    assert_eq!(confused(&noted), [(PRIYA, MARK, false)]);
    let tallies = relay.store.tallies(Timestamp::UNIX_EPOCH).await.unwrap();
    let greeting = tallies.iter().find(|one| one.rule == "greeting-mismatch").unwrap();
    assert_eq!((greeting.held, greeting.dropped, greeting.corrected), (1, 1, 0));
}

#[tokio::test]
async fn one_click_says_what_a_finding_was_worth() {
    let relay = relay("").await;
    let both = [SLIP, MARK];
    send(&relay, &both, "Thanks", "Hi all,\n\nthanks for the call.").await;
    let held = relay.comes_to(State::Held).await;
    let findings = record::read(&held.findings_json);
    let at = findings.iter().position(|finding| finding.rule == "lookalike-domain").unwrap();
    let feedback = Feedback::new(relay.store.clone(), &relay.config);
    let now = Timestamp::now();
    assert!(feedback.say(&held.id, at, Opinion::Right, now).await.unwrap());
    assert!(feedback.say(&held.id, at, Opinion::Mistake, now).await.unwrap());
    assert!(!feedback.say(&held.id, 99, Opinion::Mistake, now).await.unwrap(), "there is no such finding");
    assert_eq!(relay.comes_to(State::Held).await.id, held.id, "the mail stays where it is");
    let (relay, noted) = said(relay, SLIP).await;
    assert_eq!(confused(&noted), [(SLIP, MARK, true)]);
    assert_eq!(noted.len(), 1, "it is doubted again");
    // And in the terminal, for a whole mail.
    atena_held(&relay, drop(held.id.as_str(), true), Lang::Ja).await;
    assert_eq!(confused(&said(relay, MARK).await.1), [(SLIP, MARK, true)]);
}

#[tokio::test]
async fn two_processes_that_release_the_same_mail_say_it_once() {
    let relay = relay("").await;
    send(&relay, &[PRIYA], "Drawings", "Hi Mark,\n\nthe drawings.").await;
    let id = relay.comes_to(State::Held).await.id;
    let other = Store::open(relay.directory.path().join("data").as_path()).unwrap();
    let (one, two) = (Feedback::new(relay.store.clone(), &relay.config), Feedback::new(other, &relay.config));
    let now = Timestamp::now();
    let _ = tokio::join!(one.release(&id, Release::default(), now), two.release(&id, Release::default(), now));
    relay.comes_to(State::Sent).await;
    let tallies = relay.store.tallies(Timestamp::UNIX_EPOCH).await.unwrap();
    assert_eq!(tallies.iter().map(|one| one.released).sum::<u32>(), 1, "{tallies:?}");
}

#[tokio::test]
async fn a_mail_is_let_go_although_nothing_can_be_noted() {
    let relay = relay("").await;
    send(&relay, &[SLIP], "Thanks", "Hi Priya,\n\nthanks for the call.").await;
    let id = relay.comes_to(State::Held).await.id.to_string();
    let database = rusqlite::Connection::open(relay.store.path()).unwrap();
    let fault = "CREATE TRIGGER fault BEFORE INSERT ON said_right BEGIN SELECT RAISE(ABORT, 'no'); END";
    database.execute_batch(fault).unwrap();
    assert_eq!(atena_held(&relay, release(&id, &[]), Lang::En).await.0, 0);
    relay.comes_to(State::Sent).await;
    let (relay, noted) = said(relay, SLIP).await;
    assert_eq!(noted, [], "all or nothing");
    assert_eq!(relay.store.tallies(Timestamp::UNIX_EPOCH).await.unwrap()[0].released, 0);
}

#[tokio::test]
async fn a_mail_whose_text_is_damaged_can_be_thrown_away() {
    let relay = relay("").await;
    send(&relay, &[SLIP], "Thanks", "Hi Priya,\n\nthanks for the call.").await;
    let id = relay.comes_to(State::Held).await.id.to_string();
    rusqlite::Connection::open(relay.store.path()).unwrap().execute("DELETE FROM piece", []).unwrap();
    let (_, out, err) = atena_held(&relay, drop(&id, true), Lang::En).await;
    assert!(err.is_empty(), "{out}{err}");
    relay.comes_to(State::Dropped).await;
}

#[tokio::test]
async fn what_was_said_is_shown_exported_read_back_and_forgotten() {
    let relay = relay("").await;
    send(&relay, &[SLIP, MARK], "Thanks", "Hi all,\n\nthanks for the call.").await;
    let id = relay.comes_to(State::Held).await.id.to_string();
    atena_held(&relay, release(&id, &[SLIP]), Lang::En).await;
    relay.comes_to(State::Sent).await;
    let other = relay.directory.path().join("other");
    let show = format!("people show {SLIP}");
    let shown = atena(&relay, "data", &format!("{show} --lang en"));
    assert!(shown.contains(&format!("{SLIP} was taken out and {MARK} written to")), "{shown}");
    assert!(atena(&relay, "data", &format!("{show} --lang ja")).contains("を外し"));
    let lines = atena(&relay, "data", "people export");
    assert!(lines.contains("\"type\":\"confused\""), "{lines}");
    std::fs::write(relay.directory.path().join("history.jsonl"), &lines).unwrap();
    atena(&relay, "other", &format!("people import {}/history.jsonl", relay.directory.path().display()));
    assert!(other.join("atena.db").exists());
    let again = atena(&relay, "other", "people export");
    let said =
        |text: &str| text.lines().filter(|line| line.contains("\"confused\"")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!((said(&again), said(&again).len()), (said(&lines), 1));
    assert!(atena(&relay, "data", &format!("people forget {SLIP} --lang en")).contains("deleted"));
    assert!(!atena(&relay, "data", "people export").contains(SLIP));
    assert!(atena(&relay, "data", &format!("{show} --lang en")).contains("nothing is known"));
}

/// What `atena` prints, on a directory of data.
fn atena(relay: &Relay, data: &str, line: &str) -> String {
    let home = relay.directory.path();
    let mut process = Process::new(env!("CARGO_BIN_EXE_atena"));
    process.env("HOME", home).env("XDG_CONFIG_HOME", home).env("TZ", "UTC");
    process.arg("--data-dir").arg(home.join(data)).args(line.split_whitespace());
    String::from_utf8(process.output().unwrap().stdout).unwrap()
}

/// What letting a mail go says is noted when it goes.
async fn all_sent(relay: &Relay) {
    for _ in 0..1200 {
        if relay.store.counts(None).await.unwrap().iter().all(|(state, _)| *state == State::Sent) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("a mail was not sent within a minute");
}

#[tokio::test]
async fn nobody_is_noted_where_nothing_is_learnt() {
    let relay = relay("[policy]\nlearn = false\n").await;
    send(&relay, &[SLIP], "Thanks", "Hi Priya,\n\nthanks for the call.").await;
    let id = relay.comes_to(State::Held).await.id.to_string();
    atena_held(&relay, release(&id, &[]), Lang::En).await;
    all_sent(&relay).await;
    let (relay, noted) = said(relay, SLIP).await;
    assert_eq!(noted, []);
    let tallies = relay.store.tallies(Timestamp::UNIX_EPOCH).await.unwrap();
    assert_eq!((tallies[0].held, tallies[0].released), (1, 1));
}

#[tokio::test]
async fn a_rule_that_is_always_overridden_is_proposed_for_narrowing() {
    let relay = relay("").await;
    for n in 0..5 {
        let raw = String::from_utf8(MISADDRESSED.to_vec()).unwrap().replace("Thanks", &format!("Thanks {n}"));
        relay.client().await.send(&[PRIYA], raw.as_bytes()).await;
        let id = relay.comes_to(State::Held).await.id.to_string();
        atena_held(&relay, release(&id, &[]), Lang::En).await;
    }
    all_sent(&relay).await;
    let relay = relay.restart().await;
    let stats = |more: &str| atena(&relay, "data", &format!("rules stats {more}"));
    let text = stats("--lang en");
    assert!(text.lines().nth(1).unwrap().starts_with("greeting-mismatch "), "{text}");
    let proposal = "[rules.greeting-mismatch]\nexcept = { to = [\"priya.raman@client.example\"] }";
    assert!(text.contains(proposal), "{text}");
    assert!(stats("--lang ja").contains("すべてそのまま送られました（5通）"));
    let json: serde_json::Value = serde_json::from_str(&stats("--json")).unwrap();
    assert_eq!(json["rules"][0]["proposal"], proposal);
    assert_eq!((&json["rules"][0]["held"], &json["rules"][0]["released"]), (&5.into(), &5.into()));
    assert!(stats("--lang en --since 2999-01-01").starts_with("Nothing was found"));
    // What is proposed is understood.
    atena::gate::setup::rules(&crate::relay::config(proposal, relay.directory.path())).unwrap();
}
