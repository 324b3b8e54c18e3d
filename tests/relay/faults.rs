//! Thousands of mails through a server that misbehaves, while the relay is killed again and again: what was answered 250
//! is with the next server or on disk, what was refused is nowhere.
//!
//! `ATENA_FAULT_MAILS` sets how many; `cargo test --test relay faults -- --nocapture` tells how they fared.

use std::collections::{HashMap, VecDeque};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use atena::store::{Filter, State, Store};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::client::{Client, PATIENCE};
use crate::support::sink::{Sink, SinkOptions};

const MAILS: usize = 5_000;
const CONNECTIONS: usize = 10;
const KILLS: usize = 6;

/// To whom, and what the next server makes of it; every third mail is clean, and one in nine is held for its greeting.
const RECIPIENTS: [(&str, &str); 9] = [
    ("priya.raman", "Priya"),
    ("refuse-550", "Priya"),
    ("dot-452", "Priya"),
    ("priya.raman", "Priya"),
    ("hangup-after-dot", "Priya"),
    ("data-451", "Priya"),
    ("priya.raman", "Mark"),
    ("hangup-rcpt", "Priya"),
    ("early-452", "Priya"),
];

/// One mail in so many goes to a server that answers when its author no longer waits.
const SLOW_ONE_IN: usize = 200;

fn recipient(n: usize) -> (&'static str, &'static str) {
    if n.is_multiple_of(SLOW_ONE_IN) { ("slow-2500", "Priya") } else { RECIPIENTS[n % RECIPIENTS.len()] }
}

/// Killed with the test, however it ends.
struct Atena(Child);

impl Drop for Atena {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(directory: &Path, sink: &Sink) -> (Atena, SocketAddr) {
    let config = directory.join("atena.toml");
    let text = format!(
        "data_dir = \"data\"\nlanguage = \"en\"\n[serve]\nlisten = \"127.0.0.1:0\"\nanswer_timeout = \"2s\"\n[policy]\nwhen_unreachable = \
         \"queue\"\n[[account]]\nname = \"test\"\nupstream = \"smtp://127.0.0.1:{}\"\n",
        sink.port()
    );
    std::fs::write(&config, text).unwrap();
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

/// What was answered to each mail that was begun; `None` for those whose connection was gone first.
type Journal = Arc<Mutex<HashMap<usize, Option<String>>>>;

/// Sends what is left to send until there is no more, or the relay is gone.
async fn send(address: SocketAddr, waiting: Arc<Mutex<VecDeque<usize>>>, journal: Journal, answered: Arc<Semaphore>) {
    let mut client = Client::connect(address).await;
    loop {
        let Some(n) = waiting.lock().unwrap().pop_front() else { return };
        let (recipient, greeted) = recipient(n);
        let raw = format!(
            "From: suzuki@own.example\r\nTo: Priya Raman <{recipient}@client.example>\r\nSubject: {n}\r\n\r\n\
             Hi {greeted},\r\n\r\nThis is mail {n}.\r\n"
        );
        let to = format!("{recipient}@client.example");
        let mut reply = client.try_send(&to, raw.as_bytes()).await;
        for _ in 0..20 {
            // As a person does who reads that.
            if !reply.as_deref().is_some_and(|reply| reply.contains("Send it again to hear")) {
                break;
            }
            reply = client.try_send(&to, raw.as_bytes()).await;
        }
        let gone = reply.is_none();
        journal.lock().unwrap().insert(n, reply);
        answered.add_permits(1);
        if gone {
            return;
        }
    }
}

fn number(text: &str) -> usize {
    text.trim().parse().unwrap()
}

/// Each mail's number, with how often the next server has it.
fn delivered(sink: &Sink) -> HashMap<usize, usize> {
    let mut times = HashMap::new();
    for mail in sink.mails() {
        let text = String::from_utf8(mail.raw).unwrap();
        let subject = text.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap();
        *times.entry(number(subject)).or_default() += 1;
    }
    times
}

#[expect(clippy::print_stdout, reason = "how the mails fared is for people, with --nocapture")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_nothing_refused_is_sent_whatever_breaks() {
    let mails = std::env::var("ATENA_FAULT_MAILS").map_or(MAILS, |text| number(&text));
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let sink = Sink::start(SinkOptions::default()).await;
    let waiting = Arc::new(Mutex::new((0..mails).collect::<VecDeque<usize>>()));
    let journal = Journal::default();
    for round in 0..=KILLS {
        let (mut atena, address) = start(directory.path(), &sink);
        let answered = Arc::new(Semaphore::new(0));
        let mut clients = JoinSet::new();
        for _ in 0..CONNECTIONS {
            clients.spawn(send(address, Arc::clone(&waiting), Arc::clone(&journal), Arc::clone(&answered)));
        }
        if round < KILLS {
            // In the middle of the load, however fast the machine is; the rounds are of different length.
            let some = u32::try_from(mails * (1 + round % 3) / (3 * KILLS)).unwrap();
            let some = tokio::time::timeout(PATIENCE * 5, answered.acquire_many(some)).await;
            some.expect("mails are answered in time").unwrap().forget();
            atena.0.kill().unwrap();
            atena.0.wait().unwrap();
        }
        clients.join_all().await;
    }
    let journal = std::mem::take(&mut *journal.lock().unwrap());
    assert_eq!(journal.len(), mails, "every mail was begun");
    let stored = Store::open(&directory.path().join("data")).unwrap();
    let stored = stored.list(Filter { limit: u32::MAX, ..Filter::default() }).await.unwrap();
    let stored: HashMap<usize, State> = stored.iter().map(|mail| (number(&mail.subject), mail.state)).collect();
    let delivered = delivered(&sink);
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for (n, reply) in &journal {
        let times = delivered.get(n).copied().unwrap_or_default();
        let here = stored.get(n);
        let fate = match reply.as_deref() {
            Some(reply) if reply.starts_with("250 2.0.0 Sent") => {
                assert_eq!((times, here), (1, None), "{n}: {reply}");
                "sent"
            }
            Some(reply) if reply.starts_with("250 ") => {
                assert!(here.is_some() || times > 0, "lost {n}: {reply}");
                assert!(here != Some(&State::Held) || times == 0, "held and sent {n}: {reply}");
                if reply.contains("Kept") { "held" } else { "queued" }
            }
            Some(reply) if reply.contains("may have arrived") => "uncertain, and said so",
            Some(reply) => {
                assert!(reply.starts_with(['4', '5']), "{n}: {reply}");
                assert_eq!((times, here), (0, None), "refused and yet sent or kept {n}: {reply}");
                "refused"
            }
            None => "unanswered when killed",
        };
        *counts.entry(fate).or_default() += 1;
    }
    let twice = delivered.values().filter(|times| **times > 1).count();
    // A mail that was sent when the relay was killed is sent again; no other is.
    assert!(twice <= KILLS * CONNECTIONS, "{twice} arrived twice");
    println!("{mails} mails, {KILLS} kills: {counts:?}, {twice} arrived twice");
    assert!(["sent", "held", "queued", "refused"].iter().all(|fate| counts.contains_key(fate)), "{counts:?}");
    assert!(counts.get("unanswered when killed").is_some_and(|count| *count <= KILLS * CONNECTIONS), "{counts:?}");
    assert_eq!(sink.violations(), Vec::<String>::new());
}
