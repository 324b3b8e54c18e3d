//! After kill -9 every mail that was answered with 250 is there.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use atena::store::{Filter, Store};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::client::{Client, PATIENCE};

/// So many mails of the 1,600 are answered before the relay is killed.
const BEFORE_THE_KILL: u32 = 50;

/// Killed with the test, however it ends.
struct Atena(Child);

impl Drop for Atena {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(directory: &std::path::Path) -> (Atena, SocketAddr) {
    let config = directory.join("atena.toml");
    std::fs::write(&config, "data_dir = \"data\"\nlanguage = \"en\"\n[serve]\nlisten = \"127.0.0.1:0\"\n").unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_atena"))
        .args(["--config", config.to_str().unwrap(), "serve"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let output = child.stdout.take().unwrap();
    let atena = Atena(child);
    let first = BufReader::new(output).lines().next().expect("atena says where it listens").unwrap();
    let address = first.split_whitespace().find_map(|word| word.parse().ok()).expect("an address");
    (atena, address)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_250_survives_kill_9() {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    for round in 0..3 {
        let (mut atena, address) = start(directory.path());
        let answered = Arc::new(Semaphore::new(0));
        let mut clients = JoinSet::new();
        for connection in 0..8 {
            let answered = answered.clone();
            clients.spawn(async move {
                let mut client = Client::connect(address).await;
                let mut accepted = Vec::new();
                for n in 0..200 {
                    let name = format!("{round}-{connection}-{n}");
                    let raw = format!(
                        "To: Priya Raman <priya.raman@client.example>\r\nSubject: {name}\r\n\r\nHi Mark,\r\n\r\nHello.\r\n"
                    );
                    match client.try_send("priya.raman@client.example", raw.as_bytes()).await {
                        Some(reply) if reply.starts_with("250 ") => {
                            accepted.push(name);
                            answered.add_permits(1);
                        }
                        Some(reply) => panic!("{reply}"),
                        None => break,
                    }
                }
                accepted
            });
        }
        // In the middle of the load, however fast the machine is.
        let some = tokio::time::timeout(PATIENCE, answered.acquire_many(BEFORE_THE_KILL)).await;
        some.expect("mails are answered in time").unwrap().forget();
        atena.0.kill().unwrap();
        atena.0.wait().unwrap();
        let accepted: Vec<String> = clients.join_all().await.concat();
        assert!(accepted.len() < 8 * 200, "killed too late to prove anything");
        let store = Store::open(&directory.path().join("data")).unwrap();
        let kept = store.list(Filter { limit: 10_000, ..Filter::default() }).await.unwrap();
        let subjects: std::collections::HashSet<&str> = kept.iter().map(|mail| mail.subject.as_str()).collect();
        let lost: Vec<&String> = accepted.iter().filter(|name| !subjects.contains(name.as_str())).collect();
        assert!(lost.is_empty(), "answered 250 and lost: {lost:?}");
    }
}
