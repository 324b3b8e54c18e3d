//! Mails under load and what became of each: answers, the next server and the store have to agree.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use atena::store::{Filter, MailId, State, Store};
use jiff::Timestamp;
use tokio::net::TcpSocket;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::letter::{Letter, number};
use super::system::System;
use crate::client::{Client, PATIENCE};
use crate::support::sink::{Sink, SinkOptions};

pub(super) const CONNECTIONS: usize = 10;

/// A relay of its own process; killed with the test, however it ends.
pub(super) struct Atena {
    child: Child,
    pub(super) address: SocketAddr,
}

impl Atena {
    pub(super) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Atena {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The mails still to be sent, and what was answered to those that were begun; `None` for those whose connection was gone
/// first.
pub(super) struct Load {
    mails: usize,
    pub(super) directory: tempfile::TempDir,
    pub(super) sink: Sink,
    /// Nobody listens on its port, and nobody else gets it.
    closed: TcpSocket,
    waiting: Arc<Mutex<VecDeque<usize>>>,
    journal: Journal,
}

type Journal = Arc<Mutex<HashMap<usize, Option<String>>>>;

/// Those who send, to one relay.
pub(super) struct Clients {
    tasks: JoinSet<()>,
    answered: Arc<Semaphore>,
}

/// How the mails fared.
pub(super) struct Fates {
    pub(super) counts: HashMap<&'static str, usize>,
    pub(super) replies: Vec<String>,
    /// Mails that the next server has more than once.
    pub(super) twice: usize,
}

impl Load {
    pub(super) async fn new(mails: usize) -> Load {
        let closed = TcpSocket::new_v4().unwrap();
        closed.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        Load {
            mails,
            directory: tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap(),
            sink: Sink::start(SinkOptions::default()).await,
            closed,
            waiting: Arc::new(Mutex::new((0..mails).collect())),
            journal: Journal::default(),
        }
    }

    pub(super) fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// The relay as people start it, with its log on the disk that holds the mails.
    pub(super) fn program(&self, system: Option<&System>) -> Command {
        let config = self.directory.path().join("atena.toml");
        let text = format!(
            "data_dir = \"data\"\nlanguage = \"en\"\n[serve]\nlisten = \"127.0.0.1:0\"\nanswer_timeout = \"2s\"\n\
             [policy]\nwhen_unreachable = \"queue\"\n[[account]]\nname = \"test\"\n\
             upstream = \"smtp://127.0.0.1:{}\"\n[[account]]\nname = \"closed\"\nfrom = [\"*@closed.example\"]\n\
             upstream = \"smtp://127.0.0.1:{}\"\n",
            self.sink.port(),
            self.closed.local_addr().unwrap().port()
        );
        std::fs::write(&config, text).unwrap();
        let log = File::options().create(true).append(true).open(self.directory.path().join("log")).unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_atena"));
        program.args(["--config", config.to_str().unwrap(), "serve"]).stdout(Stdio::piped()).stderr(log);
        if let Some(system) = system {
            system.carry(&mut program);
        }
        program
    }

    pub(super) fn start(&self, system: Option<&System>) -> Atena {
        let mut program = self.program(system);
        let mut child = program.spawn().unwrap();
        let output = child.stdout.take().unwrap();
        let mut atena = Atena { child, address: SocketAddr::from(([0, 0, 0, 0], 0)) };
        let first = BufReader::new(output).lines().next().expect("atena says where it listens").unwrap();
        atena.address = first.split_whitespace().find_map(|word| word.parse().ok()).expect("an address");
        atena
    }

    pub(super) fn send_to(&self, atena: &Atena) -> Clients {
        let answered = Arc::new(Semaphore::new(0));
        let mut tasks = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let (waiting, journal) = (Arc::clone(&self.waiting), Arc::clone(&self.journal));
            tasks.spawn(send(atena.address, waiting, journal, Arc::clone(&answered)));
        }
        Clients { tasks, answered }
    }

    /// A mail that was kept and let go, and that the next server has and will answer in two and a half seconds.
    pub(super) async fn under_way(&self, atena: &Atena) -> (Store, MailId) {
        let mut client = Client::connect(atena.address).await;
        let reply = Letter::new(1, "slow-2500", "Mark").send(&mut client).await.unwrap();
        assert!(reply.starts_with("250 2.0.0 Kept"), "{reply}");
        let store = Store::open(&self.data()).unwrap();
        let id = store.list(Filter::default()).await.unwrap()[0].id.clone();
        store.release(&id, Timestamp::now(), None).await.unwrap();
        self.sink.wait_for(1).await;
        (store, id)
    }

    /// Compares what was answered with what is there, once the relay is gone.
    pub(super) async fn fates(self) -> Fates {
        let journal = std::mem::take(&mut *self.journal.lock().unwrap());
        assert_eq!(journal.len(), self.mails, "every mail was begun");
        let stored = Store::open(&self.data()).unwrap();
        let stored = stored.list(Filter { limit: u32::MAX, ..Filter::default() }).await.unwrap();
        let stored: HashMap<usize, State> = stored.iter().map(|mail| (number(&mail.subject), mail.state)).collect();
        let delivered = delivered(&self.sink);
        let mut counts: HashMap<&'static str, usize> = HashMap::new();
        for (n, reply) in &journal {
            let times = delivered.get(n).copied().unwrap_or_default();
            *counts.entry(fate(*n, reply.as_deref(), times, stored.get(n))).or_default() += 1;
        }
        let twice = delivered.values().filter(|times| **times > 1).count();
        assert_eq!(self.sink.violations(), Vec::<String>::new());
        Fates { counts, replies: journal.into_values().flatten().collect(), twice }
    }
}

impl Clients {
    /// Returns when so many more mails are answered: in the middle of the load, however fast the machine is.
    pub(super) async fn answered(&mut self, mails: usize) {
        let gone = async { while self.tasks.join_next().await.is_some() {} };
        let enough = self.answered.acquire_many(u32::try_from(mails).unwrap());
        tokio::select! {
            biased;
            enough = enough => enough.unwrap().forget(),
            () = gone => panic!("the relay is gone while mails are left"),
            () = tokio::time::sleep(PATIENCE * 5) => panic!("mails are not answered in time"),
        }
    }

    /// Returns when there is nothing more to send, or the relay is gone.
    pub(super) async fn end(self) {
        self.tasks.join_all().await;
    }
}

/// Returns once it is written down that the mail was sent.
pub(super) async fn is_sent(store: &Store, id: &MailId) {
    let state = async || store.mail(id).await.unwrap().unwrap().summary.state;
    let sent = async {
        while state().await != State::Sent {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, sent).await.expect("the outcome is written down in time");
}

/// Sends what is left to send until there is no more, or the relay is gone.
async fn send(address: SocketAddr, waiting: Arc<Mutex<VecDeque<usize>>>, journal: Journal, answered: Arc<Semaphore>) {
    let mut client = Client::connect(address).await;
    loop {
        let Some(n) = waiting.lock().unwrap().pop_front() else { return };
        let letter = Letter::of(n);
        let mut reply = letter.send(&mut client).await;
        for _ in 0..letter.patience {
            // As a person does who reads that.
            if !reply.as_deref().is_some_and(|reply| reply.contains("Send it again to hear")) {
                break;
            }
            reply = letter.send(&mut client).await;
        }
        let gone = reply.is_none();
        journal.lock().unwrap().insert(n, reply);
        answered.add_permits(1);
        if gone {
            return;
        }
    }
}

/// Each mail's number, with how often the next server has it.
fn delivered(sink: &Sink) -> HashMap<usize, usize> {
    let mut times = HashMap::new();
    for mail in sink.mails() {
        let text = String::from_utf8(mail.raw).unwrap();
        let n = number(text.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap());
        let letter = Letter::of(n);
        assert_eq!((text, mail.recipients), (letter.raw, letter.to), "as it was sent, and to all: {n}");
        *times.entry(n).or_default() += 1;
    }
    times
}

/// What a mail was promised, and that it was kept: it is as often with the next server as `times`, and in the store
/// as `here`.
fn fate(n: usize, reply: Option<&str>, times: usize, here: Option<&State>) -> &'static str {
    match reply {
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
        Some(reply) if reply.contains("Send it again to hear") => {
            assert_eq!((times, here), (1, None), "{n}: {reply}");
            "without an answer, and said so"
        }
        Some(reply) => {
            assert!(reply.starts_with(['4', '5']), "{n}: {reply}");
            assert_eq!((times, here), (0, None), "refused and yet sent or kept {n}: {reply}");
            "refused"
        }
        None => "unanswered when killed",
    }
}
