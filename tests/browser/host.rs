//! The program a script looks at, the server behind it, and what the script asks of both.
//!
//! A script writes its questions on lines of its own, `{"ask": …}`, and reads one line of JSON for each.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use atena::message::{Address, Envelope};
use atena::store::{Initial, NewMail, Store};
use atena::users::Users;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::imap::{Act, Options, PASSWORD, Server, USER};
use crate::programs::{find, missing};
use crate::support::sink::{Sink, SinkOptions};
use crate::terminal::{PROGRAM, Scratch};

/// No script is silent for longer, and no start of the program takes longer.
const PATIENCE: Duration = Duration::from_secs(180);

pub(crate) struct Host {
    chromium: PathBuf,
    node: PathBuf,
    runtime: Runtime,
    sink: Sink,
    scratch: Scratch,
    /// Language, the lines of `[web]`, and those of the account about its mailbox.
    settings: [String; 3],
    mailbox: Option<Server>,
    /// It lives as long as the mailbox.
    mailbox_runtime: Option<Runtime>,
    served: Served,
    /// A second process at the database, as far as the database can tell.
    lock: Option<Connection>,
    /// Let go last, when the browser has ended.
    _turn: MutexGuard<'static, ()>,
}

/// A browser keeps two cores busy; several at once only wait for each other.
static TURN: Mutex<()> = Mutex::new(());

/// `atena serve`, while it runs.
struct Served {
    child: Child,
    relay: u16,
    link: String,
}

impl Host {
    /// `None` where a program or package is missing.
    pub(crate) fn start(language: &str, web: &str) -> Option<Host> {
        Host::start_with(language, web, 0)
    }

    /// With a mailbox of the account, which takes the first draft and refuses the second.
    pub(crate) fn with_mailbox(web: &str) -> Option<Host> {
        let runtime = Runtime::new().unwrap();
        let folders = vec!["() \"/\" INBOX", "(\\Drafts) \"/\" Drafts"];
        let full = Act::Say("TAG NO [OVERQUOTA] Quota exceeded\r\n");
        // Of each draft `APPEND` is told once; the first is let pass.
        let faults = vec![("APPEND", Act::First(""), 1), ("APPEND", full, 1)];
        let mailbox = runtime.block_on(Server::start(Options { folders, faults, ..Options::default() }));
        let account = format!(
            "drafts = \"imap://{USER}@localhost:{}\"\ndrafts_password_command = \"\"\"printf '%s' '{}'\"\"\"\n",
            mailbox.port(),
            PASSWORD.replace('\\', "\\\\")
        );
        let mut host = Host::start_all([String::from("en"), web.to_owned(), account], 0)?;
        (host.mailbox, host.mailbox_runtime) = (Some(mailbox), Some(runtime));
        Some(host)
    }

    /// With so many mails held already.
    pub(crate) fn start_with(language: &str, web: &str, held: usize) -> Option<Host> {
        Host::start_all([language.to_owned(), web.to_owned(), String::new()], held)
    }

    fn start_all(settings: [String; 3], held: usize) -> Option<Host> {
        let (chromium, node) = (find("chromium")?, find("node")?);
        for package in ["playwright-core", "axe-core", "nodemailer"] {
            let directory = modules().join(package);
            if !directory.is_dir() {
                missing(&format!("there is no {}", directory.display()));
                return None;
            }
        }
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let sink = runtime.block_on(Sink::start(SinkOptions::default()));
        let scratch = Scratch::new();
        runtime.block_on(fill(&scratch.path().join("data"), held));
        let served = serve(&scratch, &sink, &settings, 0);
        let (mailbox, mailbox_runtime) = (None, None);
        Some(Host {
            chromium,
            node,
            runtime,
            sink,
            scratch,
            settings,
            mailbox,
            mailbox_runtime,
            served,
            lock: None,
            _turn: turn,
        })
    }

    /// Runs a script to its end; panics with what it says if that is no good one.
    pub(crate) fn run(mut self, script: &str) {
        let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
        fs::create_dir_all(&pictures).unwrap();
        let scene = json!({
            "link": self.served.link, "relay": self.served.relay, "modules": modules(), "chromium": self.chromium,
            "pictures": pictures,
        });
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser").join(format!("{script}.mjs"));
        let mut command = Command::new(&self.node);
        command.arg(file).arg(scene.to_string()).env("TZ", "UTC");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = Ended(command.spawn().unwrap());
        let mut stdin = child.0.stdin.take().unwrap();
        let mut stderr = child.0.stderr.take().unwrap();
        let complaints = std::thread::spawn(move || {
            let mut text = Vec::new();
            stderr.read_to_end(&mut text).map(|_| String::from_utf8_lossy(&text).into_owned())
        });
        let lines = lines(child.0.stdout.take().unwrap());
        let mut said = String::new();
        loop {
            match lines.recv_timeout(PATIENCE) {
                Ok(line) => match question(&line) {
                    Some(question) => self.answer(&question, &mut stdin),
                    None => said.push_str(&format!("{line}\n")),
                },
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("{script}.mjs waits for ever; it said:\n{said}"),
            }
        }
        let status = child.0.wait().unwrap();
        let complaints = complaints.join().unwrap().unwrap();
        assert!(status.success(), "{script}.mjs failed:\n{said}{complaints}\nlog of atena:\n{}", self.log());
        // Past the test harness, which would swallow what a test that passes prints.
        let _ = writeln!(std::io::stderr(), "{said}pictures of {script} are in {}", pictures.display());
    }

    fn answer(&mut self, question: &Value, stdin: &mut ChildStdin) {
        let answer = match question["ask"].as_str().unwrap() {
            "atena" => self.command(&question["words"]),
            "arrived" => self.arrived(usize::try_from(question["count"].as_u64().unwrap()).unwrap()),
            "drafts" => {
                let drafts = self.mailbox.as_ref().unwrap().given();
                drafts.iter().map(|draft| STANDARD.encode(draft)).collect()
            }
            "log" => json!(self.log()),
            "user" => {
                let (name, password) = (question["name"].as_str().unwrap(), question["password"].as_str().unwrap());
                json!(Users::of(&self.scratch.path().join("data")).add(name, &password.into()).unwrap())
            }
            "restart" => {
                self.restart();
                json!({ "link": self.served.link, "relay": self.served.relay })
            }
            "lock" => {
                let connection = Connection::open(self.scratch.path().join("data/atena.db")).unwrap();
                connection.busy_timeout(PATIENCE).unwrap();
                connection.execute_batch("BEGIN EXCLUSIVE").unwrap();
                self.lock = Some(connection);
                json!(true)
            }
            "unlock" => json!(self.lock.take().is_some()),
            other => panic!("a script asks for {other}"),
        };
        // A script that has failed meanwhile does not read; its end says why.
        let _ = writeln!(stdin, "{answer}");
    }

    /// A command beside the relay: how it ended, and what it printed.
    fn command(&self, words: &Value) -> Value {
        let words: Vec<&str> = words.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
        let mut command = self.scratch.program(PROGRAM);
        let output = command.args(["--config", "atena.toml"]).args(words).stdin(Stdio::null()).output().unwrap();
        let text = [output.stdout, output.stderr].map(|stream| self.scratch.text(&stream)).concat();
        json!({ "code": output.status.code(), "text": text })
    }

    /// The mails at the server, once there are so many.
    fn arrived(&self, count: usize) -> Value {
        let mails = self.runtime.block_on(self.sink.wait_for(count));
        assert!(self.sink.violations().is_empty(), "{:?}", self.sink.violations());
        let mails =
            mails.iter().map(|mail| json!({ "recipients": mail.recipients, "raw": STANDARD.encode(&mail.raw) }));
        mails.collect()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.scratch.path().join("log")).unwrap()
    }

    /// Killed, and started again where it was: open pages know its address.
    fn restart(&mut self) {
        let address = self.served.link.split('/').nth(2).unwrap();
        let port = address.rsplit(':').next().unwrap().parse().unwrap();
        self.served.stop();
        self.served = serve(&self.scratch, &self.sink, &self.settings, port);
    }
}

impl Served {
    fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A process that does not outlive its test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `.ci/run` puts them there.
fn modules() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("peers/node_modules")
}

fn question(line: &str) -> Option<Value> {
    serde_json::from_str(line).ok().filter(|value: &Value| value["ask"].is_string())
}

fn lines(stream: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        // Whoever wanted to know may be gone; a server goes on printing.
        BufReader::new(stream).lines().map_while(Result::ok).for_each(|line| drop(sender.send(line)));
    });
    receiver
}

/// Starts the program; `port` is the page's, 0 for one the system chooses.
fn serve(scratch: &Scratch, sink: &Sink, [language, web, account]: &[String; 3], port: u16) -> Served {
    let config = format!(
        "language = \"{language}\"\ndata_dir = \"data\"\nown_domains = [\"minato.example\"]\n\n\
         [serve]\nlisten = \"127.0.0.1:0\"\n\n[web]\nlisten = \"127.0.0.1:{port}\"\n{web}\n\
         [[account]]\nname = \"work\"\nupstream = \"smtp://127.0.0.1:{}\"\n{account}\n\
         [[client]]\nname = \"Alder Biosciences Ltd\"\nnames = [\"Alder\"]\ndomains = [\"alderbio.example\"]\n\n\
         [[client]]\nname = \"株式会社青葉精機\"\nnames = [\"青葉精機\", \"Aoba Seiki\"]\ndomains = [\"aoba.example\"]\n",
        sink.port()
    );
    fs::write(scratch.path().join("atena.toml"), config).unwrap();
    let log = fs::OpenOptions::new().create(true).append(true).open(scratch.path().join("log")).unwrap();
    let mut command = scratch.program(PROGRAM);
    command.args(["--config", "atena.toml", "serve"]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log);
    let mut child = command.spawn().unwrap();
    let lines = lines(child.stdout.take().unwrap());
    let mut served = Served { child, relay: 0, link: String::new() };
    while served.link.is_empty() {
        let Ok(line) = lines.recv_timeout(PATIENCE) else {
            panic!("it does not start: {}", fs::read_to_string(scratch.path().join("log")).unwrap())
        };
        if let Some((_, link)) = line.split_once("http://") {
            // How to get in follows; the scripts ask `atena open` for a link of their own each.
            let address = link.split([' ', '（']).next().unwrap_or_default();
            served.link = format!("http://{address}");
        } else if let (0, Some((_, rest))) = (served.relay, line.split_once("127.0.0.1:")) {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            served.relay = digits.parse().unwrap();
        }
    }
    served
}

/// Holds many mails, one a second in the past; each hundredth has an error. Without a sync for each.
async fn fill(data_dir: &Path, count: usize) {
    if count == 0 {
        return;
    }
    let store = Store::open_for_a_while(data_dir).unwrap();
    let now = Timestamp::now();
    let mut tasks = JoinSet::new();
    for number in 0..count {
        let (store, mail) = (store.clone(), numbered(number, now));
        tasks.spawn(async move { store.hold(mail).await.unwrap() });
    }
    tasks.join_all().await;
}

fn numbered(number: usize, now: Timestamp) -> NewMail {
    let recipient = Address::parse(&format!("buyer{number}@customer{}.example", number % 100)).unwrap();
    let sender = Address::parse("ogawa@minato.example").ok();
    let envelope = Envelope { sender, recipients: vec![recipient], ..Envelope::default() };
    let subject = format!("Offer number {number}");
    let raw = format!("From: ogawa@minato.example\r\nSubject: {subject}\r\n\r\nPlease see our offer.\r\n").into_bytes();
    let received = now - SignedDuration::from_secs(i64::try_from(number).unwrap());
    let risk = if number % 100 == 99 { 3 } else { 0 };
    NewMail { subject, risk, ..NewMail::new(envelope, raw, Initial::Held, received) }
}
