//! `atena people import imap://…`: the command as a person runs it.

use std::process::{Command, Output};

use super::*;

/// More than one transaction takes.
const MAILS: u32 = 2_050;

fn sent(uid: u32) -> Vec<u8> {
    format!(
        "From: {USER}\r\nTo: k{}@aoba.example\r\nMessage-ID: <{uid}@own.example>\r\nDate: Wed, 14 Oct 2026 10:00:00 +0900\r\n\
         Subject: {uid}\r\n\r\nThe quote.\r\n",
        uid % 7
    )
    .into_bytes()
}

async fn import(server: &Server, data: &std::path::Path, more: &[&str]) -> Output {
    let url = format!("imap://{USER}@127.0.0.1:{}/Sent", server.port());
    let mut command = Command::new(env!("CARGO_BIN_EXE_atena"));
    let config = data.join("atena.toml");
    std::fs::write(&config, "").unwrap();
    command.arg("--config").arg(config).arg("--data-dir").arg(data).args(["--lang", "en", "people", "import"]);
    command.args(more).arg(url).args(["--password-env", "ATENA_TEST_PASSWORD"]).env("ATENA_TEST_PASSWORD", PASSWORD);
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_any_size_is_learnt_from_once() {
    let mails = (1..=MAILS).map(|uid| (uid, sent(uid))).collect();
    let server = Server::start(Options { mails, ..Options::default() }).await;
    let data = tempfile::tempdir().unwrap();
    let told = |output: Output| (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    let (out, err) = told(import(&server, data.path(), &[]).await);
    assert_eq!((out, err), (format!("mails learnt from: {MAILS}; known before: 0\n"), String::new()));
    // The next time it goes on behind the last mail; for somebody else it is read anew.
    let (out, _) = told(import(&server, data.path(), &[]).await);
    assert_eq!(out, "mails learnt from: 0; known before: 0\n");
    let (out, _) = told(import(&server, data.path(), &["--as", "office@own.example", "--from", USER]).await);
    assert_eq!(out, format!("mails learnt from: {MAILS}; known before: 0\n"));
}
