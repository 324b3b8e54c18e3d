//! What the relay costs: the same load through atena and straight to the next server, in turns, in one run.
//!
//! 20 connections, mails of 10 kB, every rule on. Prints mails per second, their ratio, and the latency of a mail from
//! MAIL to the answer behind its final dot; then the same of mails that are held, each on disk before it is answered. Client, relay and next server share the machine, so the ratio is what a
//! machine that does everything itself would see. `ATENA_BENCH_MAILS` sets the mails per connection and round.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use atena::config::{Config, Defaults};
use atena::gate::{Gate, Judge, setup};
use atena::lang::Lang;
use atena::serve::Server;
use atena::source::Source;
use atena::store::{State, Store};
use support::sink::{Sink, SinkOptions};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;

const CONNECTIONS: usize = 20;
const ROUNDS: usize = 5;
const SIZE: usize = 10_000;

fn main() {
    let mails = std::env::var("ATENA_BENCH_MAILS").ok().and_then(|text| text.parse().ok()).unwrap_or(100);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(compare(mails));
}

async fn compare(mails: usize) {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let sink = Sink::start(SinkOptions::default()).await;
    let (stop, relay, store) = relay(directory.path(), &sink).await;
    let (clean, misaddressed) = (mail("佐藤"), mail("田中"));
    // Connections, pages and tables are warm before anything is measured.
    load(sink.address(), 10, &clean).await;
    load(relay, 10, &clean).await;
    let (mut direct, mut through, mut held) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        direct.push(load(sink.address(), mails, &clean).await);
        through.push(load(relay, mails, &clean).await);
        held.push(load(relay, mails, &misaddressed).await);
    }
    let (direct, through, held) = (best(direct), best(through), best(held));
    assert_eq!(store.counts(None).await.unwrap(), [(State::Held, (ROUNDS * CONNECTIONS * mails) as u64)]);
    println!("{CONNECTIONS} connections, {mails} mails of {SIZE} octets each, best of {ROUNDS} rounds");
    println!("direct    {direct}");
    println!("atena     {through}");
    println!("held      {held}");
    println!("rate      {:.0} % of direct; held {:.0} % of sent", share(&through, &direct), share(&held, &through));

    // One mail at a time: what a person waits for.
    let (direct, through) = (one_by_one(sink.address(), &clean).await, one_by_one(relay, &clean).await);
    let added = |at: fn(&Measured) -> Duration| at(&through).saturating_sub(at(&direct));
    println!("one mail at a time: direct {direct}");
    println!("                    atena  {through}");
    println!("added latency       p50 {:.2?}, p99 {:.2?}", added(|m| m.p50), added(|m| m.p99));
    println!("judging alone       {:.2?} a mail", judging());
    stop.send_replace(true);
}

/// What the rules take of it, on one core.
fn judging() -> Duration {
    let config = Config::default_with(&Defaults { language: Lang::Ja, data_dir: "data".into(), home: None });
    let (rules, facts, mail) = (setup::rules(&config).unwrap(), setup::facts(&config, None), mail("佐藤"));
    let rounds = 200;
    let started = Instant::now();
    for _ in 0..rounds {
        assert!(
            Judge { rules: &rules, facts: &facts, policy: setup::policy(&config), people: None }
                .judge(None, &mail)
                .findings
                .is_empty()
        );
    }
    started.elapsed() / rounds
}

/// A relay with the rules as shipped.
async fn relay(directory: &Path, sink: &Sink) -> (watch::Sender<bool>, SocketAddr, Store) {
    let text = format!(
        "own_domains = [\"own.example\"]\n[serve]\nlisten = \"127.0.0.1:0\"\n\
         [[account]]\nname = \"work\"\nupstream = \"smtp://{}\"\n",
        sink.address()
    );
    let defaults = Defaults { language: Lang::Ja, data_dir: directory.join("data"), home: None };
    let config = Config::load(Source::new("atena.toml", text), directory, &defaults).unwrap();
    let store = Store::open(&config.data_dir).unwrap();
    let gate = Gate::new(&config, Arc::new(setup::rules(&config).unwrap()), store.clone()).unwrap();
    let server = Server::bind(&config, gate).await.unwrap();
    let address = server.addresses().plain;
    let (stop, shutdown) = watch::channel(false);
    tokio::spawn(server.run(shutdown));
    (stop, address, store)
}

struct Measured {
    /// Mails per second.
    rate: f64,
    p50: Duration,
    p99: Duration,
}

impl std::fmt::Display for Measured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:8.0} mails/s, p50 {:.2?}, p99 {:.2?}", self.rate, self.p50, self.p99)
    }
}

/// In percent.
fn share(of: &Measured, reference: &Measured) -> f64 {
    100.0 * of.rate / reference.rate
}

fn best(rounds: Vec<Measured>) -> Measured {
    rounds.into_iter().max_by(|a, b| a.rate.total_cmp(&b.rate)).unwrap()
}

fn measured(mut latencies: Vec<Duration>, took: Duration) -> Measured {
    latencies.sort();
    let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize];
    Measured { rate: latencies.len() as f64 / took.as_secs_f64(), p50: at(0.5), p99: at(0.99) }
}

async fn load(address: SocketAddr, mails: usize, text: &[u8]) -> Measured {
    let started = Instant::now();
    let mut clients = JoinSet::new();
    for _ in 0..CONNECTIONS {
        clients.spawn(client(address, mails, text.to_owned()));
    }
    let latencies = clients.join_all().await.concat();
    measured(latencies, started.elapsed())
}

async fn one_by_one(address: SocketAddr, text: &[u8]) -> Measured {
    let started = Instant::now();
    let latencies = client(address, 500, text.to_owned()).await;
    measured(latencies, started.elapsed())
}

/// Sends over one connection, the commands of a mail pipelined as mail programs that know RFC 2920 do.
async fn client(address: SocketAddr, mails: usize, text: Vec<u8>) -> Vec<Duration> {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let mut stream = BufReader::new(stream);
    reply(&mut stream, "220").await;
    stream.write_all(b"EHLO bench.example\r\n").await.unwrap();
    reply(&mut stream, "250").await;
    let mut latencies = Vec::with_capacity(mails);
    for _ in 0..mails {
        let started = Instant::now();
        let envelope = b"MAIL FROM:<suzuki@own.example>\r\nRCPT TO:<sato@client.example>\r\nDATA\r\n";
        stream.write_all(envelope).await.unwrap();
        for code in ["250", "250", "354"] {
            reply(&mut stream, code).await;
        }
        stream.write_all(&text).await.unwrap();
        reply(&mut stream, "250").await;
        latencies.push(started.elapsed());
    }
    latencies
}

async fn reply(stream: &mut BufReader<TcpStream>, code: &str) {
    let mut line = String::new();
    loop {
        line.clear();
        stream.read_line(&mut line).await.unwrap();
        assert!(line.starts_with(code), "{line}");
        if line.as_bytes()[3] == b' ' {
            return;
        }
    }
}

/// An ordinary Japanese mail with a long quotation, and its final dot. It is to 佐藤.
fn mail(greeted: &str) -> Vec<u8> {
    let mut text = format!(
        "From: =?UTF-8?B?6Yi05pyo?= <suzuki@own.example>\r\nTo: =?UTF-8?B?5L2Q6Jek?= <sato@client.example>\r\n\
        Subject: =?UTF-8?B?44GK5omT44Gh5ZCI44KP44Gb44Gu5Lu2?=\r\nMIME-Version: 1.0\r\n\
        Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
        {greeted}様\r\n\r\nお世話になっております。鈴木です。\r\n先日の打ち合わせの件、承知いたしました。\r\n\r\n"
    );
    while text.len() < SIZE - 100 {
        text.push_str("> お世話になっております。次回の日程についてご相談させてください。\r\n");
    }
    text.push_str(".\r\n");
    text.into_bytes()
}
