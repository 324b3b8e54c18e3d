//! The real program as a relay, and the commands a person gives beside it.

// The tests and a benchmark compile their own copies and use their own parts of it.
#![allow(dead_code)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::terminal::{PROGRAM, Scratch};

/// `atena serve` on a port the system chose, with a configuration and data directory of its own.
pub(crate) struct Relay {
    scratch: Scratch,
    child: Child,
    pub(crate) port: u16,
    /// Those the relay told after the first.
    ports: mpsc::Receiver<u16>,
}

impl Relay {
    /// `more` stands at the end of the configuration's `[serve]` section and may begin others.
    pub(crate) fn start(files: &[(&str, &str)], more: &str) -> Relay {
        let scratch = Scratch::new();
        for (name, text) in files {
            fs::write(scratch.path().join(name), text).unwrap();
        }
        let config = format!("language = \"ja\"\ndata_dir = \"data\"\n\n[serve]\nlisten = \"127.0.0.1:0\"\n{more}");
        fs::write(scratch.path().join("atena.toml"), config).unwrap();
        let log = fs::File::create(scratch.path().join("log")).unwrap();
        let mut command = scratch.program(PROGRAM);
        command.args(["--config", "atena.toml", "serve"]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().unwrap();
        let (sender, ports) = mpsc::channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let port = line.split_once("127.0.0.1:").map(|(_, rest)| rest);
                let digits = port.map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
                if let Some(port) = digits.and_then(|digits| digits.parse().ok()) {
                    // Whoever wanted to know may be gone.
                    let _ = sender.send(port);
                }
            }
        });
        let mut relay = Relay { scratch, child, port: 0, ports };
        relay.port = relay.next_port();
        relay
    }

    /// The port of the next address that the relay tells when it starts; the one with implicit TLS is its second.
    pub(crate) fn next_port(&self) -> u16 {
        let port = self.ports.recv_timeout(Duration::from_secs(20));
        port.unwrap_or_else(|_| panic!("no port was told: {}", self.log()))
    }

    /// The process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What `atena held list` knows.
    pub(crate) fn held(&self) -> Vec<Held> {
        let listing: serde_json::Value = serde_json::from_str(&self.command("held list --json")).unwrap();
        let text = |mail: &serde_json::Value, field: &str| mail[field].as_str().unwrap_or_default().to_owned();
        let mails = listing["mails"].as_array().unwrap();
        mails.iter().map(|mail| Held { id: text(mail, "id"), state: text(mail, "state") }).collect()
    }

    /// Runs `atena` beside the relay; what it prints.
    pub(crate) fn command(&self, words: &str) -> String {
        let output = self.scratch.run(&format!("atena --config atena.toml {words}"));
        let text = self.scratch.text(&output.stdout);
        assert!(output.status.success(), "{words}: {text}{}", self.scratch.text(&output.stderr));
        text
    }

    /// What the relay wrote to its log so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.scratch.path().join("log")).unwrap()
    }
}

/// A mail that was kept.
pub(crate) struct Held {
    pub(crate) id: String,
    pub(crate) state: String,
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
