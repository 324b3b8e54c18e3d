//! The programs of `docs/notify.md` take what atena sends for atena's, and nothing else.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::receiver::{Receiver, Told};
use crate::relay::Relay;
use crate::{hold, programs};

/// The first block of this language.
fn block(language: &str) -> String {
    let manual = std::fs::read_to_string("docs/notify.md").unwrap();
    let (_, rest) = manual.split_once(&format!("\n```{language}\n")).unwrap();
    rest.split_once("\n```").unwrap().0.to_owned()
}

fn python(program: &Path, told: &Told, body: &str, stamp: &str) -> String {
    let headers = json!({ "X-Atena-Timestamp": stamp, "X-Atena-Signature": told.field("x-atena-signature") });
    let script = format!("{}\nprint(is_from_atena({headers}, os.environb[b'BODY']))", block("python"));
    said(Command::new(program).args(["-c", &script]).env("BODY", body))
}

fn shell(directory: &Path, told: &Told, body: &str, stamp: &str) -> String {
    std::fs::write(directory.join("body.json"), body).unwrap();
    let mut shell = Command::new("sh");
    shell.current_dir(directory).args(["-c", &block("sh")]).env("stamp", stamp);
    said(shell.env("signature", told.field("x-atena-signature")))
}

fn said(command: &mut Command) -> String {
    let output = command.env("ATENA_WEBHOOK_SECRET", "hunter2").output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn the_programs_of_the_manual_verify_signatures() {
    let (Some(interpreter), Some(_)) = (programs::find("python3"), programs::find("openssl")) else { return };
    let receiver = Receiver::answering(&[]).await;
    let relay = Relay::with(&format!(
        "[notify]\nwebhook = \"http://{}/\"\nwebhook_secret_command = \"echo hunter2\"\n",
        receiver.address
    ))
    .await;
    hold(&relay).await;
    let told = receiver.wait_for(1).await.remove(0);
    let (stamp, body) = (told.field("x-atena-timestamp"), told.body.as_str());
    let directory = relay.directory.path();
    assert_eq!(
        (python(&interpreter, &told, body, stamp).as_str(), shell(directory, &told, body, stamp).as_str()),
        ("True", "genuine")
    );
    let changed = body.replace("held", "sent");
    assert_eq!(
        (python(&interpreter, &told, &changed, stamp).as_str(), shell(directory, &told, &changed, stamp).as_str()),
        ("False", "")
    );
    let old = (stamp.parse::<i64>().unwrap() - 600).to_string();
    assert_eq!(
        (python(&interpreter, &told, body, &old).as_str(), shell(directory, &told, body, &old).as_str()),
        ("False", "")
    );
}

#[test]
fn the_example_has_the_fields_there_are() {
    let example: serde_json::Value = serde_json::from_str(&block("json")).unwrap();
    let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&example), ["at", "delivery", "event", "link", "mail", "reasons", "text", "version"]);
    assert_eq!(keys(&example["mail"]).len(), 7);
}
