//! `atena notify test` says what came of each way.

use std::path::Path;
use std::process::Output;

use tokio::process::Command;

use crate::receiver::{Answer, Receiver};
use crate::relay::Relay;

/// Runs `atena notify test` beside a relay, with this as its configuration.
async fn notify_test(directory: &Path, text: &str, arguments: &[&str]) -> (i32, String) {
    let file = directory.join("atena.toml");
    std::fs::write(&file, text).unwrap();
    let output: Output = Command::new(env!("CARGO_BIN_EXE_atena"))
        .args(["notify", "test", "--config"])
        .arg(&file)
        .arg("--data-dir")
        .arg(directory.join("data"))
        .args(arguments)
        .output()
        .await
        .unwrap();
    let both = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(both).unwrap())
}

#[tokio::test]
async fn each_way_is_tried_and_what_came_of_it_is_said() {
    let receiver = Receiver::answering(&[Answer::Status(204), Answer::Status(404)]).await;
    let relay = Relay::with("[web]\nlisten = \"127.0.0.1:0\"\n").await;
    let account = crate::relay::account(&relay.sink, "");
    let webhook = format!("webhook = \"http://{}/hooks/7c1f\"\n", receiver.address);
    let text = format!("{account}[notify]\nmail = \"sender\"\n{webhook}");
    let directory = relay.directory.path();
    let (code, said) = notify_test(directory, &text, &["--lang", "en", "--sender", "suzuki@own.example"]).await;
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("mail     ok      sent to suzuki@own.example: "), "{said}");
    assert!(said.contains("webhook  ok      127.0.0.1 answered 204"), "{said}");
    let told = receiver.wait_for(1).await.remove(0);
    assert_eq!(told.event(), "test");
    assert!(told.json()["text"].as_str().unwrap().starts_with("Test: Mail held"), "{}", told.body);
    let mails = relay.sink.wait_for(1).await;
    let raw = String::from_utf8_lossy(&mails[0].raw).into_owned();
    assert!(raw.contains("Subject: =?") && raw.contains("This is a test: no mail was held."), "{raw}");
    // What is wrong is said, and what to do.
    let (code, said) = notify_test(directory, &text, &["--lang", "ja"]).await;
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("失敗") && said.contains("--sender") && said.contains("404"), "{said}");
    assert!(!said.contains("7c1f"), "{said}");
}

#[tokio::test]
async fn where_nobody_is_to_be_told_that_is_said() {
    let directory = tempfile::tempdir().unwrap();
    let (code, said) = notify_test(directory.path(), "", &["--lang", "en"]).await;
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("[notify]") && said.contains("docs/notify.md"), "{said}");
    let text = "[notify]\nwebhook = \"http://127.0.0.1:1/\"\nwebhook_secret_env = \"ATENA_NO_SUCH_VARIABLE\"\n";
    let (code, said) = notify_test(directory.path(), text, &["--lang", "en"]).await;
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("failed") && said.contains("ATENA_NO_SUCH_VARIABLE"), "{said}");
}
