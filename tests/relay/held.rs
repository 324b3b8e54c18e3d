//! Mails that wait for a person, and what the person does.

use atena::cli::held::{self, Command, Streams, Style};
use atena::lang::Lang;
use atena::store::{State, Summary};
use jiff::tz::TimeZone;

use crate::relay::Relay;
use crate::support::sink::{Sink, SinkOptions};
use crate::{MISADDRESSED, plain};

const TO: &[&str] = &["priya.raman@client.example"];

/// Runs `atena held` beside the relay, as another process would: on a store of its own.
pub(crate) async fn atena_held(relay: &Relay, command: Command, lang: Lang) -> (u8, String, String) {
    let config = relay.config.clone();
    let run = move || {
        let style = Style { lang, colour: false, width: 100, time_zone: TimeZone::UTC };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let streams = Streams { out: &mut out, err: &mut err };
        let code = held::run(&config, &command, &style, streams).unwrap();
        (code, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

fn list() -> Command {
    Command::List { all: false, json: false }
}

fn show(id: &str) -> Command {
    Command::Show { id: id.to_owned(), raw: false, json: false }
}

fn release(id: &str) -> Command {
    Command::Release { ids: vec![id.to_owned()], note: None, without: Vec::new(), approve: false }
}

#[tokio::test]
async fn a_misaddressed_mail_is_held_shown_released_and_sent_once() {
    let relay = Relay::start().await;
    let mut client = relay.client().await;
    let reply = client.send(TO, MISADDRESSED).await;
    let id = relay.stored().await[0].id.to_string();
    assert_eq!(reply, format!("250 2.0.0 Kept for review, not sent yet, id {id}: atena held show {id}"));
    assert!(relay.sink.mails().is_empty());

    let (code, out, _) = atena_held(&relay, list(), Lang::En).await;
    assert_eq!(code, 0);
    assert!(out.lines().nth(1).unwrap().starts_with(&format!("{id}  held ")) && out.contains("Thanks"), "{out}");
    let (_, out, _) = atena_held(&relay, show(&id[..5]), Lang::En).await;
    for part in [
        "error[greeting-mismatch]",
        "Hi Mark,",
        "    To   Priya Raman <priya.raman@client.example>\n",
        "atena held release",
    ] {
        assert!(out.contains(part), "{part}\n{out}");
    }
    let (code, out, _) = atena_held(&relay, release(&id), Lang::En).await;
    assert_eq!((code, out.starts_with(&format!("{id}: released"))), (0, true), "{out}");

    let mails = relay.sink.wait_for(1).await;
    assert_eq!(mails[0].raw, MISADDRESSED);
    relay.comes_to(State::Sent).await;
    let (code, _, err) = atena_held(&relay, release(&id), Lang::En).await;
    assert_eq!((code, err.contains("it is sent")), (1, true), "{err}");
    let sink = relay.stop().await;
    assert_eq!(sink.mails().len(), 1, "exactly once");
}

#[tokio::test]
async fn a_released_mail_can_leave_without_one_recipient() {
    let relay = Relay::start().await;
    relay.client().await.send(&["priya.raman@client.example", "wrong@other.example"], &mixed()).await;
    let id = relay.comes_to(State::Held).await.id.to_string();
    let without = vec!["WRONG@other.example".to_owned()];
    let command = Command::Release { ids: vec![id], note: Some("checked".to_owned()), without, approve: false };
    let (code, ..) = atena_held(&relay, command, Lang::Ja).await;
    assert_eq!(code, 0);
    let mails = relay.sink.wait_for(1).await;
    assert_eq!(mails[0].recipients, TO);
}

/// Held whoever receives it.
fn mixed() -> Vec<u8> {
    let text = String::from_utf8(MISADDRESSED.to_vec()).unwrap();
    text.replace("client.example>\r\n", "client.example>, wrong@other.example\r\n")
        .replace("Hi Mark,", "Hi Mark,\r\n\r\nI have attached the report.")
        .into_bytes()
}

#[tokio::test]
async fn a_dropped_mail_is_gone_and_ids_are_forgiven_or_refused_in_words() {
    let relay = Relay::start().await;
    relay.client().await.send(TO, MISADDRESSED).await;
    let id = relay.comes_to(State::Held).await.id.to_string();
    let command = Command::Drop { ids: vec!["zzzz".to_owned(), id.to_uppercase()], mistake: false };
    let (code, out, err) = atena_held(&relay, command, Lang::Ja).await;
    assert_eq!((code, out.contains("破棄しました"), err.contains("zzzz")), (1, true, true), "{out}{err}");
    let (code, _, err) = atena_held(&relay, Command::Show { id: id.clone(), raw: true, json: false }, Lang::En).await;
    assert_eq!((code, err.contains("the text is gone")), (1, true), "{err}");
    let (_, out, _) = atena_held(&relay, list(), Lang::Ja).await;
    assert_eq!(out, "保留中のメールはありません。\n");
    assert!(relay.sink.mails().is_empty());
}

#[tokio::test]
async fn a_delayed_mail_can_be_taken_back_in_time() {
    let relay = Relay::with("[policy]\nerror = \"delay\"\ndelay = \"10m\"\n").await;
    let reply = relay.client().await.send(TO, MISADDRESSED).await;
    assert!(reply.starts_with("250 2.0.0 Will be sent at ") && reply.contains("atena held cancel "), "{reply}");
    let id = relay.comes_to(State::Ready).await.id.to_string();
    let (code, out, _) = atena_held(&relay, Command::Cancel { ids: vec![id] }, Lang::En).await;
    assert_eq!((code, out.contains("held again")), (0, true), "{out}");
    assert_eq!(relay.comes_to(State::Held).await.attempts, 0);
    assert!(relay.sink.mails().is_empty());
}

#[tokio::test]
async fn a_mail_that_waits_says_what_for_and_goes_at_once_when_a_person_says_so() {
    let more = "[policy]\nerror = \"delay\"\ndelay = \"10m\"\nwhen_unreachable = \"queue\"\n";
    let relay = Relay::with(more).await;
    relay.client().await.send(TO, MISADDRESSED).await;
    let id = relay.comes_to(State::Ready).await.id.to_string();
    let (_, out, _) = atena_held(&relay, list(), Lang::En).await;
    assert!(out.contains("sent at ") && out.contains(" unless"), "{out}");
    let (_, out, _) = atena_held(&relay, list(), Lang::Ja).await;
    assert!(out.contains(" に送信（取り消せま"), "{out}");
    let (_, out, _) = atena_held(&relay, show(&id), Lang::En).await;
    assert!(out.contains(&format!("atena held release {id}\n")), "{out}");
    let (code, out, _) = atena_held(&relay, release(&id), Lang::En).await;
    assert_eq!((code, out.starts_with(&format!("{id}: released"))), (0, true), "{out}");
    assert_eq!(relay.sink.wait_for(1).await[0].raw, MISADDRESSED);
    relay.comes_to(State::Sent).await;

    relay.client().await.send(&["dot-452@client.example"], &plain("lunch")).await;
    let id = relay.comes_to(State::Ready).await.id.to_string();
    let (_, out, _) = atena_held(&relay, list(), Lang::En).await;
    assert!(out.contains("tried again at "), "{out}");
    let (_, out, _) = atena_held(&relay, list(), Lang::Ja).await;
    assert!(out.contains(" に再試行：452"), "{out}");
    let (_, out, _) = atena_held(&relay, show(&id), Lang::En).await;
    assert!(out.contains("The mail server said: 452"), "{out}");
}

#[tokio::test]
async fn each_level_has_its_own_delay_and_mail_to_outside_its_own() {
    let more = "[policy]\nerror = \"delay\"\ndelay = \"1m\"\ndelay_error = \"20m\"\ndelay_outside = \"10m\"\n";
    let sink = Sink::start(SinkOptions::default()).await;
    let text = format!(
        "own_domains = [\"own.example\"]\n[serve]\nlisten = \"127.0.0.1:0\"\n{}",
        crate::relay::account(&sink, more)
    );
    let relay = Relay::run(sink, &text).await;
    let mut client = relay.client().await;
    let minutes = |mail: &Summary| {
        let due = mail.due_at.unwrap().as_millisecond() - mail.received_at.as_millisecond();
        due / 60_000
    };
    assert!(client.send(TO, MISADDRESSED).await.starts_with("250 2.0.0 "));
    assert_eq!(minutes(&relay.stored().await[0]), 20, "the longer one");
    assert!(
        client.send(&["priya.raman@client.example", "sato@own.example"], &plain("lunch")).await.starts_with("250 ")
    );
    assert_eq!(minutes(&relay.stored().await[0]), 10, "somebody outside gets it");
    assert!(client.send(&["sato@team.own.example"], &plain("lunch")).await.starts_with("250 2.0.0 Sent"));
    assert_eq!(relay.stored().await.len(), 2);
}

#[tokio::test]
async fn a_delayed_mail_goes_by_itself() {
    let relay = Relay::with("[policy]\nerror = \"delay\"\ndelay = \"1s\"\n").await;
    relay.client().await.send(TO, MISADDRESSED).await;
    assert!(relay.sink.mails().is_empty());
    assert_eq!(relay.sink.wait_for(1).await[0].raw, MISADDRESSED);
}

#[tokio::test]
async fn octets_and_json_come_out_as_they_are() {
    let relay = Relay::start().await;
    let hostile = [MISADDRESSED, b"\x1b[2Jgone \x9b31m\r\n"].concat();
    relay.client().await.send(&["priya.raman@client.example", "blind@client.example"], &hostile_to(&hostile)).await;
    let summary = relay.comes_to(State::Held).await;
    let id = summary.id.to_string();
    let (_, out, _) = atena_held(&relay, Command::List { all: true, json: true }, Lang::En).await;
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["version"], 1);
    assert_eq!(json["mails"][0]["id"], id.as_str());
    assert_eq!(json["mails"][0]["state"], "held");
    assert!(
        json["mails"][0]["findings"].as_array().unwrap().iter().any(|f| f["rule"] == "missing-attachment"),
        "{out}"
    );
    let (_, out, _) = atena_held(&relay, show(&id), Lang::Ja).await;
    assert!(out.contains("    Bcc  blind@client.example"), "{out}");
    assert!(!out.contains('\u{1b}') && out.contains("␛[2Jgone"), "a mail must not speak to the terminal");
}

/// Names the blind recipient's neighbour so that the greeting still contradicts all who are known.
fn hostile_to(raw: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(raw).replace("Hi Mark,", "Hi Mark,\r\n\r\nI have attached the report.").into_bytes()
}

#[tokio::test]
async fn a_clean_mail_shows_nothing_to_hold() {
    let relay = Relay::start().await;
    relay.client().await.send(TO, &plain("lunch")).await;
    let (code, out, _) = atena_held(&relay, list(), Lang::En).await;
    assert_eq!((code, out.as_str()), (0, "No mail is held.\n"));
}
