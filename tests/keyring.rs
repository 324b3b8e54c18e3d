//! Does a password go into the keyring of the system and come out again for a mail? With `--features keyring` only.
//!
//! A bus and a GNOME Keyring of the test's own; without the programs it is skipped with a line that says so.

#![cfg(all(feature = "keyring", target_os = "linux"))]
#![allow(clippy::unwrap_used)]

#[path = "relay/client.rs"]
mod client;
#[path = "peers/programs.rs"]
mod programs;
mod support;
mod terminal;

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, ChildStdout, Stdio};

use client::Client;
use support::sink::{Sink, SinkOptions};
use terminal::{PROGRAM, Scratch};

const PASSWORD: &str = "合言葉 correct horse";

/// Ends with the test, however that ends.
struct Running(Child);

impl Running {
    fn line(output: ChildStdout) -> String {
        BufReader::new(output).lines().next().expect("it says something").unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A session with a keyring that is open: the address of its bus, and what ends it.
fn session(scratch: &Scratch) -> Option<(String, [Running; 2])> {
    let (bus, keyring) = (programs::find("dbus-daemon")?, programs::find("gnome-keyring-daemon")?);
    let quiet = |program: &std::path::Path| {
        let mut command = scratch.program(program);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    };
    let mut bus = Running(quiet(&bus).args(["--session", "--nofork", "--print-address"]).spawn().unwrap());
    let address = Running::line(bus.0.stdout.take().unwrap());
    let runtime = scratch.path().join("runtime");
    std::fs::create_dir(&runtime).unwrap();
    std::fs::set_permissions(&runtime, std::fs::Permissions::from_mode(0o700)).unwrap();
    let mut keyring = quiet(&keyring);
    keyring.args(["--foreground", "--unlock", "--components=secrets"]);
    keyring.env("DBUS_SESSION_BUS_ADDRESS", &address).env("XDG_RUNTIME_DIR", runtime);
    let mut keyring = Running(keyring.spawn().unwrap());
    // The password it is unlocked with ends with its input.
    keyring.0.stdin.take().unwrap().write_all(b"of the keyring").unwrap();
    Some((address, [bus, keyring]))
}

#[tokio::test]
async fn a_password_from_the_keyring_sends_a_mail_and_stands_nowhere_else() {
    let scratch = Scratch::new();
    let Some((bus, _running)) = session(&scratch) else { return };
    let users = vec![("suzuki@own.example".to_owned(), PASSWORD.to_owned())];
    let sink = Sink::start(SinkOptions { users, login_required: true, ..SinkOptions::default() }).await;
    let upstream = format!("smtp://127.0.0.1:{}", sink.port());
    std::fs::write(scratch.path().join("password"), PASSWORD).unwrap();
    let init = format!(
        "DBUS_SESSION_BUS_ADDRESS={bus} atena init --address suzuki@own.example --upstream {upstream} --password-keyring \
         --output atena.toml --force < password"
    );
    // The keyring does not say when it is there.
    programs::wait_for("the keyring to take the password", || {
        let output = scratch.run(&init);
        let said = scratch.text(&output.stdout) + &scratch.text(&output.stderr);
        assert!(!said.contains("horse"), "{said}");
        said.contains("is in the keyring of the system").then_some(())
    });
    std::fs::remove_file(scratch.path().join("password")).unwrap();
    let written = std::fs::read_to_string(scratch.path().join("atena.toml")).unwrap();
    assert!(written.contains("password_keyring = true") && !written.contains("horse"), "{written}");

    let config = format!(
        "data_dir = \"data\"\n[serve]\nlisten = \"127.0.0.1:0\"\n[[account]]\nname = \"work\"\nupstream = \"{upstream}\"\n\
         user = \"suzuki@own.example\"\npassword_keyring = true\n"
    );
    std::fs::write(scratch.path().join("atena.toml"), config).unwrap();
    let log = scratch.path().join("log");
    let mut relay = scratch.program(PROGRAM);
    relay.args(["--config", "atena.toml", "serve"]).env("DBUS_SESSION_BUS_ADDRESS", &bus).env("ATENA_LOG", "debug");
    relay.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(std::fs::File::create(&log).unwrap());
    let mut relay = Running(relay.spawn().unwrap());
    let first = Running::line(relay.0.stdout.take().unwrap());
    let address = first.split_whitespace().find_map(|word| word.parse().ok()).expect("an address");
    let mail = b"From: suzuki@own.example\r\nTo: sato@client.example\r\nSubject: lunch\r\n\r\nAt noon?\r\n";
    let reply = Client::connect(address).await.send(&["sato@client.example"], mail).await;
    assert!(reply.starts_with("250 2.0.0 Sent"), "{reply}\n{}", std::fs::read_to_string(&log).unwrap());
    assert_eq!(sink.mails()[0].user.as_deref(), Some("suzuki@own.example"));
    drop(relay);
    assert!(!std::fs::read_to_string(&log).unwrap().contains("horse"));
}
