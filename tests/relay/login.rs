//! Logins: passed through to the next server, or of the account's own.

use std::sync::Arc;
use std::time::Duration;

use atena::gate::{Gate, LoginCheck, setup};
use atena::message::{Address, Envelope};
use atena::outbox::{Attempt, Sender};
use atena::serve::{BindError, Server};
use atena::store::{Finish, Initial, NewMail, State, Store};
use atena::upstream::{self, Outcome};
use atena::users::Users;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::client::Client;
use crate::relay::{Relay, config};
use crate::support::Authority;
use crate::support::sink::{Opening, Sink, SinkOptions};
use crate::tls::relay_with_tls;
use crate::{CLEAN, MISADDRESSED};

const PASS_THROUGH: &str = "pass_through = true\n";

fn guarded() -> SinkOptions {
    let users = vec![("suzuki".to_owned(), "right".to_owned())];
    SinkOptions { users, login_required: true, ..SinkOptions::default() }
}

async fn log_in(client: &mut Client, password: &str) -> String {
    let response = BASE64_STANDARD.encode(format!("\0suzuki\0{password}"));
    client.say(&format!("AUTH PLAIN {response}")).await
}

#[tokio::test]
async fn the_next_server_decides_who_may_send() {
    let relay = Relay::with_sink(guarded(), PASS_THROUGH).await;
    let mut client = relay.client().await;
    assert!(client.hello().await.contains("AUTH PLAIN LOGIN"));
    assert!(log_in(&mut client, "wrong").await.starts_with("535 "));
    assert!(log_in(&mut client, "right").await.starts_with("235 "));
    assert!(client.send(&["sato@client.example"], CLEAN).await.starts_with("250 "));
    assert_eq!(relay.sink.mails()[0].user.as_deref(), Some("suzuki"));
    let mut stranger = relay.client().await;
    let reply = stranger.send(&["sato@client.example"], CLEAN).await;
    assert!(reply.starts_with("55"), "without a login the next server refuses: {reply}");
    assert_eq!(relay.sink.mails().len(), 1);
}

#[tokio::test]
async fn what_the_next_server_says_about_a_login_is_passed_on() {
    for (theirs, ours) in [
        ("534 5.7.9 Application-specific password required", "535 5.7.8 Application-specific password required"),
        (
            "454 4.7.0 Try in a minute",
            "454 4.7.0 The login could not be checked now, please try again: Try in a minute",
        ),
        ("550 5.7.1 Blocked", "454 4.7.0 The login could not be checked now, please try again: Blocked"),
    ] {
        let sink = SinkOptions { opening: Opening::AuthSays(theirs), ..guarded() };
        let relay = Relay::with_sink(sink, PASS_THROUGH).await;
        let mut client = relay.client().await;
        client.hello().await;
        assert_eq!(log_in(&mut client, "right").await, ours);
    }
}

#[tokio::test]
async fn users_of_its_own_and_of_the_next_server_log_in_side_by_side() {
    let work = "from = [\"suzuki@own.example\"]\npass_through = true\n";
    let relay = Relay::with_serve_and("auth = \"users\"\n", guarded(), work).await;
    Users::of(&relay.config.data_dir).add("scanner", &"paper".to_owned().into()).unwrap();
    let log_in = async |name: &str, password: &str| {
        let mut client = relay.client().await;
        let response = BASE64_STANDARD.encode(format!("\0{name}\0{password}"));
        (client.say(&format!("AUTH PLAIN {response}")).await, client)
    };
    assert!(relay.client().await.say("MAIL FROM:<suzuki@own.example>").await.starts_with("530 "), "nobody is trusted");
    let asked = || relay.sink.commands().iter().filter(|command| command.starts_with("AUTH")).count();
    assert!(log_in("scanner", "wrong").await.0.starts_with("535 "));
    let (reply, mut scanner) = log_in("scanner", "paper").await;
    assert!(reply.starts_with("235 "), "{reply}");
    assert_eq!(asked(), 0, "the password of our own user is nobody else's to see");
    // The account wants a login at its server, which this user does not have.
    let reply = scanner.send(&["sato@client.example"], CLEAN).await;
    assert!(reply.starts_with("554 ") && reply.contains("wants a login at its own server"), "{reply}");
    let (reply, mut suzuki) = log_in("suzuki", "right").await;
    assert!(reply.starts_with("235 "), "{reply}");
    assert!(suzuki.send(&["sato@client.example"], CLEAN).await.starts_with("250 "));
}

#[cfg(unix)]
#[tokio::test]
async fn a_stranger_with_a_mailbox_at_the_same_provider_does_not_send_as_the_company() {
    let sink = Sink::start(guarded()).await;
    let text = format!(
        "[serve]\nlisten = \"127.0.0.1:0\"\nauth = \"users\"\n{}\n[[account]]\nname = \"company\"\nfrom = \
         [\"*@company.example\"]\nupstream = \"smtp://127.0.0.1:{}\"\nuser = \"suzuki\"\npassword_command = \"echo right\"\n",
        crate::relay::account(&sink, PASS_THROUGH),
        sink.port()
    );
    let relay = Relay::run(sink, &text).await;
    Users::of(&relay.config.data_dir).add("clerk", &"paper".to_owned().into()).unwrap();
    let mut stranger = relay.client().await;
    assert!(log_in(&mut stranger, "right").await.starts_with("235 "));
    stranger.say("MAIL FROM:<boss@company.example>").await;
    stranger.say("RCPT TO:<sato@client.example>").await;
    stranger.say("DATA").await;
    stranger.write(b"From: boss@company.example\r\nTo: sato@client.example\r\nSubject: x\r\n\r\nPlease pay.\r\n").await;
    let reply = stranger.say(".").await;
    assert!(reply.starts_with("554 ") && reply.contains("belongs to another one"), "{reply}");
    assert!(relay.stop().await.mails().is_empty());
}

#[cfg(unix)]
#[tokio::test]
async fn a_user_of_its_own_sends_through_an_account_with_a_password() {
    let login = "user = \"suzuki\"\npassword_command = \"echo right\"\n";
    let serve = "auth = \"users\"\ntrust_loopback = true\n";
    let relay = Relay::with_serve_and(serve, guarded(), login).await;
    Users::of(&relay.config.data_dir).add("scanner", &"paper".to_owned().into()).unwrap();
    let mut client = relay.client().await;
    let response = BASE64_STANDARD.encode("\0scanner\0paper");
    assert!(client.say(&format!("AUTH PLAIN {response}")).await.starts_with("235 "));
    assert!(client.send(&["sato@client.example"], CLEAN).await.starts_with("250 "));
    assert_eq!(relay.sink.mails()[0].user.as_deref(), Some("suzuki"));
    // A program of this machine is trusted, as asked for.
    assert!(relay.client().await.send(&["sato@client.example"], CLEAN).await.starts_with("250 "));
}

#[tokio::test]
async fn an_account_sends_for_its_addresses_only() {
    let relay = Relay::with("from = [\"me@own.example\"]\n").await;
    let mut client = relay.client().await;
    let reply = client.send(&["sato@client.example"], CLEAN).await;
    assert!(reply.starts_with("554 ") && reply.contains("no account is meant for the sender"), "{reply}");
    // Receipts and reports come from nobody.
    assert!(client.say("MAIL FROM:<>").await.starts_with("250 "));
    client.say("RCPT TO:<sato@client.example>").await;
    client.say("DATA").await;
    client.write(b"From: me@own.example\r\nSubject: Read: lunch\r\n\r\nIt was read.\r\n").await;
    let reply = client.say(".").await;
    assert!(reply.starts_with("250 "), "{reply}");
}

#[tokio::test]
async fn an_access_token_is_passed_through() {
    let sink = SinkOptions { mechanisms: vec!["XOAUTH2"], ..guarded() };
    let relay = Relay::with_sink(sink, PASS_THROUGH).await;
    for (mechanism, response) in [
        ("XOAUTH2", "user=suzuki\u{1}auth=Bearer right\u{1}\u{1}"),
        ("OAUTHBEARER", "n,a=suzuki,\u{1}host=mail.example\u{1}port=587\u{1}auth=Bearer right\u{1}\u{1}"),
    ] {
        let mut client = relay.client().await;
        let reply = client.say(&format!("AUTH {mechanism} {}", BASE64_STANDARD.encode(response))).await;
        assert!(reply.starts_with("235 "), "{mechanism}: {reply}");
        assert!(client.send(&["sato@client.example"], CLEAN).await.starts_with("250 "));
        let wrong = BASE64_STANDARD.encode(response.replace("right", "expired"));
        let mut client = relay.client().await;
        let reply = client.say(&format!("AUTH {mechanism} {wrong}")).await;
        // RFC 7628 section 3.2.2: why, for the client to read and to answer.
        assert!(reply.starts_with("334 eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2Vu"), "{mechanism}: {reply}");
        let reply = client.say("AQ==").await;
        assert!(reply.starts_with("535 "), "{mechanism}: {reply}");
    }
    assert_eq!(relay.sink.mails()[1].user.as_deref(), Some("suzuki"));
}

#[cfg(unix)]
#[tokio::test]
async fn an_account_may_have_a_command_that_prints_access_tokens() {
    let login = "user = \"suzuki\"\npassword_command = \"echo right\"\noauth = true\n";
    let sink = SinkOptions { mechanisms: vec!["PLAIN", "OAUTHBEARER"], ..guarded() };
    let relay = Relay::with_sink(sink, login).await;
    assert!(relay.client().await.send(&["sato@client.example"], CLEAN).await.starts_with("250 "));
    assert!(relay.sink.commands().iter().any(|command| command == "AUTH OAUTHBEARER"));
}

#[tokio::test]
async fn whoever_guesses_is_slowed_down() {
    let relay = Relay::with_sink(guarded(), PASS_THROUGH).await;
    let began = std::time::Instant::now();
    for _ in 0..4 {
        let mut client = relay.client().await;
        assert!(log_in(&mut client, "wrong").await.starts_with("535 "));
    }
    assert!(began.elapsed() >= std::time::Duration::from_secs(3), "a second, then two: {:?}", began.elapsed());
    // A program of this machine that goes on with an old password locks nobody out.
    assert!(log_in(&mut relay.client().await, "right").await.starts_with("235 "));
}

#[tokio::test]
async fn a_released_mail_goes_with_the_login_of_its_author() {
    let relay = Relay::with_sink(guarded(), PASS_THROUGH).await;
    let mut client = relay.client().await;
    assert!(log_in(&mut client, "right").await.starts_with("235 "));
    assert!(client.send(&["priya.raman@client.example"], MISADDRESSED).await.starts_with("250 2.0.0 Kept"));
    let id = relay.comes_to(State::Held).await.id;
    relay.store.release(&id, jiff::Timestamp::now(), None).await.unwrap();
    let mails = relay.sink.wait_for(1).await;
    assert_eq!((mails[0].raw.as_slice(), mails[0].user.as_deref()), (MISADDRESSED, Some("suzuki")));
    relay.comes_to(State::Sent).await;
}

#[tokio::test]
async fn a_password_is_kept_while_a_mail_waits_for_it_and_no_longer() {
    let relay = Relay::with_sink(guarded(), PASS_THROUGH).await;
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let gate = Arc::new(Gate::new(&relay.config, setup::rules(&relay.config).unwrap().into(), store.clone()).unwrap());
    let login = || upstream::Login { user: "suzuki".to_owned(), password: "right".into(), token: false };
    let now = jiff::Timestamp::now();
    let envelope = Envelope {
        sender: Some(Address::parse("suzuki@own.example").unwrap()),
        recipients: vec![Address::parse("sato@client.example").unwrap()],
        user: Some("suzuki".to_owned()),
        ..Envelope::default()
    };
    let mail = NewMail::new(envelope, CLEAN.to_vec(), Initial::Ready { not_before: None }, now);
    let send = async || {
        store.hold(mail.clone()).await.unwrap();
        let claim = store.claim(now, Duration::from_secs(60), "this one").await.unwrap().unwrap();
        let attempt = Sender::send(&gate, &claim).await;
        store.finish(&claim, Finish::Sent { text: String::new() }, now).await.unwrap();
        attempt
    };
    assert!(matches!(gate.verify_login(login()).await, LoginCheck::Accepted(_)));
    // The mail program may send something in a moment.
    gate.forget_logins(Duration::from_secs(600)).await;
    assert!(matches!(send().await, Attempt::Ended(Outcome::Sent { .. })));
    let held = store.hold(NewMail { state: Initial::Held, ..mail.clone() }).await.unwrap();
    gate.forget_logins(Duration::ZERO).await;
    assert!(matches!(send().await, Attempt::Ended(Outcome::Sent { .. })), "another mail of the user still waits");
    store.drop_mail(&held, now).await.unwrap();
    gate.forget_logins(Duration::ZERO).await;
    let attempt = send().await;
    assert!(matches!(&attempt, Attempt::NoLogin(why) if why.contains("log in again")), "{attempt:?}");
}

#[tokio::test]
async fn after_a_restart_a_released_mail_waits_for_the_login() {
    let relay = Relay::with_sink(guarded(), PASS_THROUGH).await;
    let mut client = relay.client().await;
    log_in(&mut client, "right").await;
    client.send(&["priya.raman@client.example"], MISADDRESSED).await;
    let id = relay.comes_to(State::Held).await.id;
    let relay = relay.restart().await;
    relay.store.release(&id, jiff::Timestamp::now(), None).await.unwrap();
    for _ in 0..1000 {
        let mail = relay.store.mail(&id).await.unwrap().unwrap().summary;
        if let Some(answer) = mail.answer {
            assert!(answer.contains("waiting for the mail program to log in again"), "{answer}");
            assert_eq!(mail.state, State::Ready, "it is not given up");
            assert!(relay.sink.mails().is_empty());
            let mut client = relay.client().await;
            assert!(log_in(&mut client, "right").await.starts_with("235 "));
            let mails = relay.sink.wait_for(1).await;
            assert_eq!((mails[0].raw.as_slice(), mails[0].user.as_deref()), (MISADDRESSED, Some("suzuki")));
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the outbox never tried");
}

#[cfg(unix)]
#[tokio::test]
async fn an_account_with_a_password_of_its_own_needs_none_from_the_client() {
    let login = "user = \"suzuki\"\npassword_command = \"echo right; echo comment\"\n";
    let relay = Relay::with_sink(guarded(), login).await;
    let mut client = relay.client().await;
    assert!(!client.hello().await.contains("AUTH"));
    assert!(client.send(&["sato@client.example"], CLEAN).await.starts_with("250 "));
    assert_eq!(relay.sink.mails()[0].user.as_deref(), Some("suzuki"));
}

#[tokio::test]
async fn an_environment_variable_holds_the_password_of_an_account() {
    // One that every process has; a test must not set any for all the others.
    let password = std::env::var("PATH").unwrap();
    let sink = SinkOptions { users: vec![("suzuki".to_owned(), password.clone())], ..guarded() };
    let relay = Relay::with_sink(sink, "user = \"suzuki\"\npassword_env = \"PATH\"\n").await;
    let reply = relay.client().await.send(&["sato@client.example"], CLEAN).await;
    assert!(reply.starts_with("250 ") && !reply.contains(&password), "{reply}");
    assert_eq!(relay.sink.mails()[0].user.as_deref(), Some("suzuki"));
}

#[cfg(unix)]
#[tokio::test]
async fn programs_of_this_machine_users_and_those_of_the_next_server_send_through_one_relay() {
    let mut options = guarded();
    options.users.push(("machines".to_owned(), "of the house".to_owned()));
    let sink = Sink::start(options).await;
    let text = format!(
        "[serve]\nlisten = \"127.0.0.1:0\"\nauth = \"users\"\ntrust_loopback = true\n{}\n[[account]]\nname = \"house\"\n\
         from = [\"*@house.example\"]\nupstream = \"smtp://127.0.0.1:{}\"\nuser = \"machines\"\n\
         password_command = \"echo of the house\"\n",
        crate::relay::account(&sink, PASS_THROUGH),
        sink.port()
    );
    let relay = Relay::run(sink, &text).await;
    Users::of(&relay.config.data_dir).add("scanner", &"paper".to_owned().into()).unwrap();
    let send = async |login: Option<(&str, &str)>, sender: &str| {
        let mut client = relay.client().await;
        if let Some((name, password)) = login {
            let response = BASE64_STANDARD.encode(format!("\0{name}\0{password}"));
            let reply = client.say(&format!("AUTH PLAIN {response}")).await;
            if !reply.starts_with("235 ") {
                return reply[..3].to_owned();
            }
        }
        client.say(&format!("MAIL FROM:<{sender}>")).await;
        client.say("RCPT TO:<sato@client.example>").await;
        client.say("DATA").await;
        let mail = format!("From: {sender}\r\nTo: sato@client.example\r\nSubject: scan\r\n\r\nOne page.\r\n");
        client.write(mail.as_bytes()).await;
        client.say(".").await[..3].to_owned()
    };
    let (own, house) = ("suzuki@own.example", "scan@house.example");
    let (suzuki, scanner) = (Some(("suzuki", "right")), Some(("scanner", "paper")));
    for (login, sender, code) in [
        (suzuki, own, "250"),
        (scanner, house, "250"),
        (None, house, "250"),
        // A mailbox at the provider is no user of the house, and a user of the house has none there.
        (suzuki, house, "554"),
        (scanner, own, "554"),
        // The provider wants to know who sends.
        (None, own, "554"),
        (Some(("suzuki", "paper")), own, "535"),
        (Some(("scanner", "right")), house, "535"),
    ] {
        assert_eq!(send(login, sender).await, code, "{login:?} as {sender}");
    }
    let users: Vec<_> = relay.sink.mails().into_iter().map(|mail| mail.user.unwrap()).collect();
    assert_eq!(users, ["suzuki", "machines", "machines"]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_password_that_cannot_be_had_is_a_451_that_says_so() {
    let login = "user = \"suzuki\"\npassword_command = \"echo secret-words; exit 1\"\n";
    let relay = Relay::with_sink(guarded(), login).await;
    let reply = relay.client().await.send(&["sato@client.example"], CLEAN).await;
    assert!(reply.starts_with("451 ") && reply.contains("password command failed"), "{reply}");
    assert!(!reply.contains("secret-words"));
}

#[tokio::test]
async fn a_demanded_login_is_demanded_under_tls_too() {
    let authority = Authority::new();
    let relay = relay_with_tls(&authority, guarded(), "auth = \"pass-through\"\n", PASS_THROUGH).await;
    let mut client = Client::connect_tls(relay.tls.unwrap(), &authority).await;
    assert!(client.say("MAIL FROM:<suzuki@own.example>").await.starts_with("530 "));
    assert!(log_in(&mut client, "right").await.starts_with("235 "));
    assert!(client.send(&["sato@client.example"], CLEAN).await.starts_with("250 "));
}

#[tokio::test]
async fn what_can_be_reached_from_outside_is_no_open_relay() {
    let directory = tempfile::tempdir().unwrap();
    let mut config = config("", directory.path());
    config.serve.listen = "0.0.0.0:0".parse().unwrap();
    let store = Store::open(&config.data_dir).unwrap();
    let gate = Gate::new(&config, setup::rules(&config).unwrap().into(), store).unwrap();
    let refused = Server::bind(&config, gate).await.err().unwrap();
    assert!(matches!(refused, BindError::OpenRelay { .. }), "{refused}");
}
