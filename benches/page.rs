//! How long the list of the review page takes, with few mails held and with ten thousand.
//!
//! The reference is `style`: a file which the same server answers from memory, over the same connection to a browser.
//! The goal for ten thousand mails is 50 ms.

#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::{Arc, Mutex};

use atena::config::{Config, Defaults};
use atena::finding::{Confidence, Finding, Level, Location};
use atena::gate::{Gate, record, setup};
use atena::lang::{Bilingual, Lang};
use atena::message::{Address, Envelope};
use atena::source::Source;
use atena::store::{Initial, NewMail, Store};
use atena::web::Door;
use divan::Bencher;
use jiff::{SignedDuration, Timestamp};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// As many as one page shows, and as many as nobody should have.
const HELD: [usize; 2] = [50, 10_000];

fn main() {
    divan::main();
}

/// The reference.
#[divan::bench]
fn style(bencher: Bencher<'_, '_>) {
    ask(bencher, HELD[0], "/asset/page.css", ".bar");
}

/// The newest first.
#[divan::bench(args = HELD)]
fn list(bencher: Bencher<'_, '_>, held: usize) {
    ask(bencher, held, "/", "Offer number 0");
}

#[divan::bench(args = HELD)]
fn riskiest_first(bencher: Bencher<'_, '_>, held: usize) {
    ask(bencher, held, "/?order=risk", "Offer number");
}

/// Words that only the oldest mail has.
#[divan::bench(args = HELD)]
fn search(bencher: Bencher<'_, '_>, held: usize) {
    ask(bencher, held, &format!("/?q=number+{}", held - 1), &format!("Offer number {}", held - 1));
}

/// Asks for one page, again and again.
fn ask(bencher: Bencher<'_, '_>, held: usize, path: &str, holds: &str) {
    let browser = Mutex::new(Browser::at(&Page::with(held)));
    let page = browser.lock().unwrap().get(path);
    assert!(page.contains(holds), "{path} shows what is asked for");
    bencher.bench(|| browser.lock().unwrap().get(path).len());
}

/// The page of a data directory with so many held mails.
struct Page {
    link: String,
    _stop: watch::Sender<bool>,
    _runtime: Runtime,
    _directory: tempfile::TempDir,
}

impl Page {
    fn with(held: usize) -> Arc<Page> {
        static PAGES: Mutex<Vec<(usize, Arc<Page>)>> = Mutex::new(Vec::new());
        let mut pages = PAGES.lock().unwrap();
        if let Some((_, page)) = pages.iter().find(|(count, _)| *count == held) {
            return Arc::clone(page);
        }
        let page = Arc::new(Page::open(held));
        pages.push((held, Arc::clone(&page)));
        page
    }

    fn open(held: usize) -> Page {
        let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let (stop, shutdown) = watch::channel(false);
        let link = runtime.block_on(async {
            let config = config(directory.path());
            fill(&config.data_dir, held).await;
            let store = Store::open(&config.data_dir).unwrap();
            let gate = Gate::new(&config, Arc::new(setup::rules(&config).unwrap()), store).unwrap();
            let door = Door::open(&config).await.unwrap();
            let (link, address) = (door.link().to_owned(), door.address());
            tokio::spawn(door.run(Arc::new(gate), address, shutdown));
            link
        });
        Page { link, _stop: stop, _runtime: runtime, _directory: directory }
    }
}

fn config(directory: &Path) -> Config {
    let defaults = Defaults { language: Lang::En, data_dir: directory.join("data"), home: None };
    Config::load(Source::new("atena.toml", "[web]\nlisten = \"127.0.0.1:0\"\n"), directory, &defaults).unwrap()
}

async fn fill(data_dir: &Path, count: usize) {
    let store = Store::open_for_a_while(data_dir).unwrap();
    let now = Timestamp::now();
    let mut tasks = JoinSet::new();
    for number in 0..count {
        let (store, mail) = (store.clone(), mail(number, now));
        tasks.spawn(async move { store.hold(mail).await.unwrap() });
    }
    tasks.join_all().await;
}

/// One a second in the past; each tenth has an error.
fn mail(number: usize, now: Timestamp) -> NewMail {
    let recipient = Address::parse(&format!("buyer{number}@customer{}.example", number % 100)).unwrap();
    let sender = Address::parse("ogawa@minato.example").ok();
    let envelope = Envelope { sender, recipients: vec![recipient], ..Envelope::default() };
    let level = if number % 10 == 9 { Level::Error } else { Level::Warning };
    let finding = Finding {
        rule: "greeting-mismatch".to_owned(),
        level,
        confidence: Confidence::High,
        title: Bilingual::new("The greeting names “Sarah”, but the mail goes to Robert", "宛名が送信先と違います"),
        why: Bilingual::new("Two customers were mixed up.", "取り違えです。"),
        advice: Bilingual::new("Correct the name or the recipient.", "宛名か送信先を直してください。"),
        location: Location::of_mail(),
        evidence: Vec::new(),
        doubt: None,
    };
    let received = now - SignedDuration::from_secs(i64::try_from(number).unwrap());
    NewMail {
        subject: format!("Offer number {number}"),
        findings_json: record::write(&[finding], &[]),
        risk: if level == Level::Error { 3 } else { 2 },
        ..NewMail::new(envelope, b"octets\r\n".repeat(128), Initial::Held, received)
    }
}

/// As much of a browser as it takes: one connection, and the cookie it was given.
struct Browser {
    stream: BufReader<TcpStream>,
    host: String,
    cookie: String,
    _page: Arc<Page>,
}

impl Browser {
    fn at(page: &Arc<Page>) -> Browser {
        let (host, path) = page.link.strip_prefix("http://").unwrap().split_once('/').unwrap();
        let stream = TcpStream::connect(host).unwrap();
        stream.set_nodelay(true).unwrap();
        let (stream, host) = (BufReader::new(stream), host.to_owned());
        let mut browser = Browser { stream, host, cookie: String::new(), _page: Arc::clone(page) };
        browser.get(&format!("/{path}"));
        assert!(!browser.cookie.is_empty(), "the link lets in");
        browser
    }

    fn get(&mut self, path: &str) -> String {
        let request = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\n\r\n", self.host, self.cookie);
        self.stream.get_mut().write_all(request.as_bytes()).unwrap();
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).unwrap();
            match line.trim_end().split_once(": ") {
                Some(("content-length", value)) => length = value.parse().unwrap(),
                Some(("set-cookie", value)) => value.split(';').next().unwrap().clone_into(&mut self.cookie),
                Some(_) => {}
                None if line == "\r\n" => break,
                None => assert!(line.starts_with("HTTP/1.1 "), "{line}"),
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        String::from_utf8(body).unwrap()
    }
}
