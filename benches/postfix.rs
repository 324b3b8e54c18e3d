//! What people run today next to the relay: the same load straight to a server, through a Postfix with a filter in front
//! of its queue, and through `atena serve`, in turns, in one run. And what memory the relay takes.
//!
//! Postfix's own `smtp-source` sends and its `smtp-sink` is the server, one command after the other, without pipelining.
//! 20 connections, mails of 10 kB, every rule on. All share the machine. Prints mails per second, their ratios, and how
//! long one mail takes when it is alone. `ATENA_BENCH_MAILS` sets the mails per connection and round.
//!
//! `smtpd_proxy_filter` leads Postfix straight to the server, where a filter that reads mails would stand: it passes each
//! mail on while it arrives, as a relay with a filter that costs nothing would. That flatters Postfix. It needs root or
//! `sudo`; without it, or without Postfix's programs, a line says that nothing is measured.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

#[path = "../tests/peers/postfix.rs"]
mod postfix;
#[path = "../tests/peers/programs.rs"]
mod programs;
#[path = "../tests/peers/relay.rs"]
mod relay;
#[path = "../tests/terminal/mod.rs"]
mod terminal;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use postfix::{Postfix, free_port};
use programs::{find, wait_for};
use relay::Relay;

const CONNECTIONS: usize = 20;
const ROUNDS: usize = 3;
const SIZE: usize = 10_000;
const LARGE: usize = 50_000_000;
const IDLE: usize = 1000;
const MB: usize = 1_000_000;

fn main() {
    let (Some(source), Some(sink)) = (find("smtp-source"), find("smtp-sink")) else { return };
    let sink = Sink::start(&sink);
    let Some(postfix) = Postfix::start(&format!("smtpd_proxy_filter = 127.0.0.1:{}\n", sink.port)) else { return };
    let mails = std::env::var("ATENA_BENCH_MAILS").ok().and_then(|text| text.parse().ok()).unwrap_or(100);
    let source = Source::new(source);
    compare(&source, &[("direct", sink.port), ("Postfix", postfix.port)], mails, &sink);
    idle(&sink);
    large(&source, &sink);
}

fn compare(source: &Source, others: &[(&str, u16)], mails: usize, sink: &Sink) {
    let relay = relay(sink, "");
    let ways = [others, &[("atena", relay.port)]].concat();
    let all = mails * CONNECTIONS;
    // Processes, pages and tables are warm before anything is measured.
    for (_, port) in &ways {
        source.send(*port, CONNECTIONS, 10 * CONNECTIONS, SIZE);
    }
    let mut best = vec![Duration::MAX; ways.len()];
    let mut alone = best.clone();
    for _ in 0..ROUNDS {
        for (at, (_, port)) in ways.iter().enumerate() {
            best[at] = best[at].min(source.send(*port, CONNECTIONS, all, SIZE));
            alone[at] = alone[at].min(source.send(*port, 1, mails, SIZE));
        }
    }
    println!("{CONNECTIONS} connections, {all} mails of {SIZE} octets, and one connection; best of {ROUNDS} rounds");
    for (at, (name, _)) in ways.iter().enumerate() {
        let rate = |took: Duration| all as f64 / took.as_secs_f64();
        let share = 100.0 * rate(best[at]) / rate(best[0]);
        let one = alone[at] / u32::try_from(mails).unwrap();
        println!("{name:<9} {:8.0} mails/s, {share:3.0} % of direct; a mail alone {one:.2?}", rate(best[at]));
    }
    println!("atena     {:.0} % of Postfix", 100.0 * best[1].as_secs_f64() / best[2].as_secs_f64());
    assert!(relay.held().is_empty(), "no rule minds this mail");
}

/// What connections cost on which nothing happens.
fn idle(sink: &Sink) {
    let most = IDLE + 1;
    let relay = relay(sink, &format!("max_connections = {most}\nmax_connections_per_address = {most}\n"));
    let before = memory(relay.id(), "VmRSS");
    let clients: Vec<_> = (0..IDLE).map(|_| greeted(relay.port)).collect();
    let after = memory(relay.id(), "VmRSS");
    let each = after.saturating_sub(before) / clients.len();
    println!("{IDLE} idle connections: {} MB, before them {} MB; {each} octets each", after / MB, before / MB);
}

/// A connection that has said EHLO.
fn greeted(port: u16) -> BufReader<TcpStream> {
    let mut stream = BufReader::new(TcpStream::connect(("127.0.0.1", port)).unwrap());
    for command in ["", "EHLO client.minato.example\r\n"] {
        stream.get_mut().write_all(command.as_bytes()).unwrap();
        let mut line = String::new();
        while line.as_bytes().get(3) != Some(&b' ') {
            line.clear();
            assert!(stream.read_line(&mut line).unwrap() > 0, "the relay hung up");
            assert!(line.starts_with('2'), "{line}");
        }
    }
    stream
}

/// One large mail: what it takes of memory and of time.
fn large(source: &Source, sink: &Sink) {
    let relay = relay(sink, "max_message_size = \"60MB\"\n");
    let before = memory(relay.id(), "VmHWM");
    let first = source.send(relay.port, 1, 1, LARGE);
    let peak = memory(relay.id(), "VmHWM");
    let again = || (source.send(sink.port, 1, 1, LARGE), source.send(relay.port, 1, 1, LARGE));
    let (direct, through): (Vec<_>, Vec<_>) = (0..ROUNDS).map(|_| again()).unzip();
    let (direct, through) = (direct.into_iter().min().unwrap(), through.into_iter().min().unwrap().min(first));
    let times = |value: usize| value as f64 / LARGE as f64;
    println!(
        "a mail of {} MB: peak {} MB, before it {} MB; {:.1} times the mail, without what was there before {:.1}",
        LARGE / MB,
        peak / MB,
        before / MB,
        times(peak),
        times(peak.saturating_sub(before))
    );
    let ratio = through.as_secs_f64() / direct.as_secs_f64();
    println!("                 {through:.2?}, direct {direct:.2?}: {ratio:.1} times");
    assert!(relay.held().is_empty(), "no rule minds this mail");
}

/// A value of `/proc/ID/status`, in octets.
fn memory(id: u32, field: &str) -> usize {
    let status = fs::read_to_string(format!("/proc/{id}/status")).expect("figures of memory come from Linux");
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':')).unwrap();
    1024 * line.trim().trim_end_matches(" kB").parse::<usize>().unwrap()
}

fn relay(sink: &Sink, serve: &str) -> Relay {
    Relay::start(
        &[],
        &format!("{serve}\n[[account]]\nname = \"work\"\nupstream = \"smtp://127.0.0.1:{}\"\n", sink.port),
    )
}

/// `smtp-sink`: takes every mail and throws it away.
struct Sink {
    child: Child,
    port: u16,
}

impl Sink {
    fn start(program: &Path) -> Sink {
        let port = free_port();
        let mut command = Command::new(program);
        // Started by root it insists on somebody else to be.
        if postfix::id("-u") == "0" {
            command.args(["-u", "nobody"]);
        }
        let child = command.args([&format!("127.0.0.1:{port}"), "1000"]).stdin(Stdio::null()).spawn().unwrap();
        let sink = Sink { child, port };
        wait_for("smtp-sink to listen", || TcpStream::connect(("127.0.0.1", port)).ok());
        sink
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `smtp-source` and what it sends.
struct Source {
    program: PathBuf,
    directory: tempfile::TempDir,
}

impl Source {
    fn new(program: PathBuf) -> Source {
        let directory = tempfile::tempdir().unwrap();
        for size in [SIZE, LARGE] {
            fs::write(directory.path().join(size.to_string()), mail(size)).unwrap();
        }
        Source { program, directory }
    }

    /// How long it takes to send these mails of this size, connections made once.
    fn send(&self, port: u16, connections: usize, mails: usize, size: usize) -> Duration {
        let mut command = Command::new(&self.program);
        command.args(["-d", "-s", &connections.to_string(), "-m", &mails.to_string()]);
        command.args(["-f", "suzuki@minato.example", "-t", "sato@aoba.example", "-F"]);
        command.arg(self.directory.path().join(size.to_string())).arg(format!("127.0.0.1:{port}"));
        let started = Instant::now();
        let status = command.stdin(Stdio::null()).status().unwrap();
        assert!(status.success(), "smtp-source to port {port}: {status}");
        started.elapsed()
    }
}

/// An ordinary Japanese mail: a small one ends with a long quotation, a large one has a file.
fn mail(size: usize) -> String {
    let mut mail = "From: =?UTF-8?B?6Yi05pyo?= <suzuki@minato.example>\nTo: =?UTF-8?B?5L2Q6Jek?= <sato@aoba.example>\n\
        Subject: =?UTF-8?B?44GK5omT44Gh5ZCI44KP44Gb44Gu5Lu2?=\nMIME-Version: 1.0\n\
        Content-Type: multipart/mixed; boundary=part\n\n--part\nContent-Type: text/plain; charset=UTF-8\n\
        Content-Transfer-Encoding: 8bit\n\n\
        佐藤様\n\nお世話になっております。鈴木です。\n先日の打ち合わせの件、承知いたしました。\n\n"
        .to_owned();
    let line = if size == LARGE {
        mail.push_str("--part\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n");
        "44GK5LiW6Kmx44Gr44Gq44Gj44Gm44GK44KK44G+44GZ44CC6Yi05pyo44Gn44GZ44CCMTIzNDU2\n"
    } else {
        "> お世話になっております。次回の日程についてご相談させてください。\n"
    };
    while mail.len() < size {
        mail.push_str(line);
    }
    mail + "--part--\n"
}
