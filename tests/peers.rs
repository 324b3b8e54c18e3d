//! Does a mail get from real mail programs through the relay to a real server, and does its sender learn why not?
//!
//! Programs that are not installed are skipped with a line that says so, unless `ATENA_REQUIRE_PEERS` is set.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

#[path = "peers/postfix.rs"]
mod postfix;
#[path = "peers/programs.rs"]
mod programs;
#[path = "peers/relay.rs"]
mod relay;
mod support;
mod terminal;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use postfix::Postfix;
use programs::{Answer, find, run, wait_for};
use relay::Relay;
use support::sink::{Sink, SinkOptions};

const FROM: &str = "ogawa@minato.example";
const TO: &str = "k-sato@aoba.example";

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

/// A mail program and the server its mail is to reach; `None` if one of them is not to be had here.
fn with_postfix(program: &str) -> Option<(PathBuf, Arc<Postfix>)> {
    Some((find(program)?, Postfix::running()?))
}

fn to_postfix(postfix: &Postfix, more: &str) -> Relay {
    Relay::start(
        &[],
        &format!("\n[[account]]\nname = \"work\"\nupstream = \"smtp://127.0.0.1:{}\"\n{more}", postfix.port),
    )
}

/// swaks sends the octets as they are when told to leave them alone; the final dot is then ours to write.
fn swaks(program: &Path, relay: &Relay, more: &[&str], mail: &[u8]) -> Answer {
    let server = format!("127.0.0.1:{}", relay.port);
    let mut arguments = vec!["--server", &server, "--from", FROM, "--to", TO, "--no-data-fixup", "--data", "-"];
    arguments.extend(more);
    run(program, &arguments, &[mail, b".\r\n"].concat())
}

#[test]
fn swaks_sends_a_mail_that_arrives_octet_by_octet() {
    let Some((program, postfix)) = with_postfix("swaks") else { return };
    let relay = to_postfix(&postfix, "");
    let mail = clean("swaks@peers.test");
    let answer = swaks(&program, &relay, &[], &mail);
    assert_eq!(answer.code, Some(0), "{}\n{}", answer.text, relay.log());
    assert_eq!(postfix.delivered("swaks@peers.test"), mail);
    assert!(relay.held().is_empty());
}

#[test]
fn msmtp_sends_a_mail_that_arrives_octet_by_octet() {
    let Some((program, postfix)) = with_postfix("msmtp") else { return };
    let relay = to_postfix(&postfix, "");
    let mail = clean("msmtp@peers.test");
    let port = format!("--port={}", relay.port);
    let from = format!("--from={FROM}");
    let arguments = ["--file=/dev/null", "--host=127.0.0.1", &port, "--tls=off", "--auth=off", &from, TO];
    let answer = run(&program, &arguments, &mail);
    assert_eq!(answer.code, Some(0), "{}\n{}", answer.text, relay.log());
    assert_eq!(postfix.delivered("msmtp@peers.test"), mail);
}

#[test]
fn curl_sends_a_mail_that_arrives_octet_by_octet() {
    let Some((program, postfix)) = with_postfix("curl") else { return };
    let relay = to_postfix(&postfix, "");
    let mail = clean("curl@peers.test");
    let url = format!("smtp://127.0.0.1:{}/client.minato.example", relay.port);
    let arguments =
        ["--silent", "--show-error", "--url", &url, "--mail-from", FROM, "--mail-rcpt", TO, "--upload-file", "-"];
    let answer = run(&program, &arguments, &mail);
    assert_eq!(answer.code, Some(0), "{}\n{}", answer.text, relay.log());
    assert_eq!(postfix.delivered("curl@peers.test"), mail);
}

#[test]
fn python_sends_a_mail_that_arrives_octet_by_octet() {
    let Some((program, postfix)) = with_postfix("python3") else { return };
    let relay = to_postfix(&postfix, "");
    let mail = clean("python@peers.test");
    let script = "import smtplib, sys\n\
                  with smtplib.SMTP('127.0.0.1', int(sys.argv[1])) as server:\n    \
                  server.sendmail(sys.argv[2], [sys.argv[3]], sys.stdin.buffer.read())\n";
    let answer = run(&program, &["-c", script, &relay.port.to_string(), FROM, TO], &mail);
    assert_eq!(answer.code, Some(0), "{}\n{}", answer.text, relay.log());
    assert_eq!(postfix.delivered("python@peers.test"), mail);
}

#[test]
fn a_misaddressed_mail_is_held_and_arrives_once_it_is_released() {
    let Some((program, postfix)) = with_postfix("swaks") else { return };
    let relay = to_postfix(&postfix, "");
    let mail = misaddressed("held@peers.test");
    let answer = swaks(&program, &relay, &["--to", "robert.hale@alderbio.example"], &mail);
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
    let Some((program, postfix)) = with_postfix("swaks") else { return };
    let relay = to_postfix(&postfix, "\n[policy]\nerror = \"return\"\n");
    let mail = misaddressed("returned@peers.test");
    let to = ["--to", "robert.hale@alderbio.example"];
    let first = swaks(&program, &relay, &to, &mail);
    // swaks's code for a refusal after the final dot.
    assert_eq!(first.code, Some(26), "{}\n{}", first.text, relay.log());
    for part in [" 550", "[atena] ", "Sarah", "宛名は「Sarah」ですが"] {
        assert!(first.text.contains(part), "{part}: {}", first.text);
    }
    assert!(!postfix.has("returned@peers.test") && relay.held().is_empty());
    let second = swaks(&program, &relay, &to, &mail);
    assert_eq!(second.code, Some(0), "{}\n{}", second.text, relay.log());
    assert_eq!(postfix.delivered("returned@peers.test"), mail);
}

#[test]
fn s_nail_shows_its_user_why_a_mail_came_back() {
    let Some((program, postfix)) = with_postfix("s-nail") else { return };
    let relay = to_postfix(&postfix, "\n[policy]\nerror = \"return\"\n");
    let server = format!("mta=smtp://127.0.0.1:{}", relay.port);
    let options =
        ["-:/", "-S", "v15-compat", "-S", &server, "-S", "smtp-auth=none", "-S", "sendwait", "-S", "ttycharset=utf-8"];
    let from = ["-r", FROM, "-s", "Quotation", "robert.hale@alderbio.example"];
    let answer = run(&program, &[&options[..], &from[..]].concat(), b"Dear Sarah,\n\nThank you for your call.\n");
    assert_ne!(answer.code, Some(0), "{}", answer.text);
    assert!(answer.text.contains("宛名は「Sarah」ですが"), "{}", answer.text);
}

#[test]
fn swaks_logs_in_over_starttls_and_the_login_reaches_the_next_server() {
    let Some(program) = find("swaks") else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let users = vec![("ogawa".to_owned(), "correct horse".to_owned())];
    let sink = runtime.block_on(Sink::start(SinkOptions { users, login_required: true, ..SinkOptions::default() }));
    let certificate = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let files = [("cert.pem", certificate.cert.pem()), ("key.pem", certificate.signing_key.serialize_pem())];
    let config = format!(
        "tls_cert = \"cert.pem\"\ntls_key = \"key.pem\"\nauth = \"pass-through\"\n\n[[account]]\nname = \"work\"\n\
         upstream = \"smtp://127.0.0.1:{}\"\npass_through = true\nallow_plaintext_login = true\n",
        sink.port()
    );
    let relay = Relay::start(&files.each_ref().map(|(name, text)| (*name, text.as_str())), &config);
    let mail = clean("login@peers.test");
    let refused = swaks(&program, &relay, &[], &mail);
    assert!(refused.code != Some(0) && refused.text.contains(" 530"), "no login, no mail: {}", refused.text);
    let wrong = ["--tls", "--auth", "PLAIN", "--auth-user", "ogawa", "--auth-password", "battery staple"];
    let refused = swaks(&program, &relay, &wrong, &mail);
    assert!(refused.code != Some(0) && refused.text.contains(" 535"), "{}\n{}", refused.text, relay.log());
    for mechanism in ["PLAIN", "LOGIN"] {
        let right = ["--tls", "--auth", mechanism, "--auth-user", "ogawa", "--auth-password", "correct horse"];
        let answer = swaks(&program, &relay, &right, &mail);
        assert_eq!(answer.code, Some(0), "{}\n{}", answer.text, relay.log());
        assert!(answer.text.contains("TLS started"), "{}", answer.text);
    }
    let mails = runtime.block_on(sink.wait_for(2));
    for received in &mails {
        assert_eq!(received.user.as_deref(), Some("ogawa"));
        assert_eq!(received.recipients, [TO]);
        assert!(received.raw.ends_with(&mail), "only a trace header may stand before the mail");
    }
    assert!(!relay.log().contains("correct horse") && !relay.log().contains("battery staple"));
    assert_eq!(sink.violations(), Vec::<String>::new());
}
