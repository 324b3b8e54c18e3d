//! A mail server on a loopback port that keeps every mail it accepts, byte for byte, and fails on request.
//!
//! It stands in for a real server wherever none is at hand, and is a second opinion: it shares no code with the
//! product and judges its client strictly. Whatever a client may not do is listed in [`Sink::violations`].
//!
//! ```text
//! let sink = Sink::start(SinkOptions::default()).await;
//! // … send to sink.address() …
//! let mails = sink.wait_for(1).await;
//! ```

pub mod fault;
mod session;
mod transaction;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

/// No test waits longer than this for something that must happen.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone)]
pub struct SinkOptions {
    pub tls: TlsMode,
    /// Users and passwords. With any, AUTH is offered.
    pub users: Vec<(String, String)>,
    /// Of `PLAIN` and `LOGIN`, those that are offered.
    pub mechanisms: Vec<&'static str>,
    /// MAIL without AUTH is answered 530.
    pub login_required: bool,
    /// EHLO lines besides STARTTLS and AUTH. Pipelined commands are a violation unless PIPELINING is among them.
    pub extensions: Vec<String>,
    /// `MAIL FROM:<>` is a 550.
    pub refuses_null_path: bool,
    /// Waited before each reply.
    pub latency: Duration,
    pub opening: Opening,
}

#[derive(Clone)]
pub enum TlsMode {
    None,
    StartTls(TlsAcceptor),
    /// From the first byte.
    Implicit(TlsAcceptor),
}

/// What goes wrong before any mail; later faults are chosen by address, see [`fault::Fault`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    Fine,
    /// No greeting, ever.
    StallGreeting,
    /// No reply to EHLO.
    StallEhlo,
    /// This code instead of the 220.
    Greeting(u16),
    /// Plaintext `250` in one segment with the `220` of STARTTLS (CVE-2011-0411).
    InjectBehindStartTls,
    /// STARTTLS is offered and then answered 454.
    RefuseStartTls,
    /// AUTH is answered so, whatever the password.
    AuthSays(&'static str),
    /// `AUTH PLAIN` with its response on the same line is asked for the response again.
    AuthAsksAgain,
}

impl Default for SinkOptions {
    fn default() -> SinkOptions {
        let extensions = ["PIPELINING", "SIZE 52428800", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES"];
        SinkOptions {
            tls: TlsMode::None,
            users: Vec::new(),
            mechanisms: vec!["PLAIN", "LOGIN"],
            login_required: false,
            extensions: extensions.map(str::to_owned).to_vec(),
            refuses_null_path: false,
            latency: Duration::ZERO,
            opening: Opening::Fine,
        }
    }
}

/// One mail the sink answered 250 to, or took and then did not answer because it was told so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Counted from 1, in the order of connecting.
    pub connection: usize,
    /// The EHLO name.
    pub hello: String,
    pub tls: bool,
    /// Who logged in.
    pub user: Option<String>,
    /// The path of MAIL FROM, without angle brackets.
    pub sender: String,
    /// MAIL parameters as written: `SIZE=10`, `BODY=8BITMIME`, `SMTPUTF8`.
    pub parameters: Vec<String>,
    pub recipients: Vec<String>,
    /// The text, dots unstuffed, up to and without the final dot's line.
    pub raw: Vec<u8>,
}

pub struct Sink {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// Dropped with the sink, and every connection with it.
    listener: JoinHandle<()>,
}

struct Shared {
    options: SinkOptions,
    mails: Mutex<Vec<Received>>,
    commands: Mutex<Vec<String>>,
    violations: Mutex<Vec<String>>,
    connections: AtomicUsize,
    open: AtomicUsize,
    /// Connections up to this one answer nothing more.
    frozen: AtomicUsize,
    /// Rises when all open connections must go; with what is written before.
    farewell: watch::Sender<Vec<u8>>,
    changed: Notify,
}

impl Sink {
    pub async fn start(options: SinkOptions) -> Sink {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            options,
            mails: Mutex::default(),
            commands: Mutex::default(),
            violations: Mutex::default(),
            connections: AtomicUsize::new(0),
            open: AtomicUsize::new(0),
            frozen: AtomicUsize::new(0),
            farewell: watch::channel(Vec::new()).0,
            changed: Notify::new(),
        });
        let accept = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Sink { address, shared, listener: accept }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The mails so far, in the order of their final dots.
    pub fn mails(&self) -> Vec<Received> {
        self.shared.mails.lock().unwrap().clone()
    }

    /// The mails, once there are at least `count`.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        self.until(|| self.shared.mails.lock().unwrap().len() >= count, "mails").await;
        self.mails()
    }

    /// Every command line, in order, without AUTH's secrets.
    pub fn commands(&self) -> Vec<String> {
        self.shared.commands.lock().unwrap().clone()
    }

    /// Returns once `count` command lines that begin so have arrived.
    pub async fn wait_for_command(&self, prefix: &str, count: usize) {
        self.until(|| self.count(prefix) >= count, prefix).await;
    }

    /// How many command lines begin so.
    pub fn count(&self, prefix: &str) -> usize {
        self.shared.commands.lock().unwrap().iter().filter(|line| line.starts_with(prefix)).count()
    }

    /// What clients did that no client may do.
    pub fn violations(&self) -> Vec<String> {
        self.shared.violations.lock().unwrap().clone()
    }

    /// How many connections there have been.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Closes every open connection, after writing `farewell` (for example a 421) to each.
    pub async fn hang_up(&self, farewell: &[u8]) {
        self.shared.farewell.send_replace(farewell.to_vec());
        self.wait_until_idle().await;
    }

    /// Connections that are open now answer nothing more and stay open, as behind a firewall that forgot them.
    pub fn freeze(&self) {
        self.shared.frozen.store(self.connections(), Ordering::SeqCst);
    }

    /// Returns once no connection is open.
    pub async fn wait_until_idle(&self) {
        self.until(|| self.shared.open.load(Ordering::SeqCst) == 0, "the end of all connections").await;
    }

    async fn until(&self, done: impl Fn() -> bool, what: &str) {
        let wait = async {
            loop {
                let changed = self.shared.changed.notified();
                tokio::pin!(changed);
                // Before looking, so that no change in between is missed.
                changed.as_mut().enable();
                if done() {
                    return;
                }
                changed.await;
            }
        };
        assert!(tokio::time::timeout(PATIENCE, wait).await.is_ok(), "the sink waited in vain for {what}");
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

impl Shared {
    fn note(&self, list: &Mutex<Vec<String>>, text: String) {
        list.lock().unwrap().push(text);
        self.changed.notify_waiters();
    }

    fn keep(&self, mail: Received) {
        self.mails.lock().unwrap().push(mail);
        self.changed.notify_waiters();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut sessions = JoinSet::new();
    while let Ok((socket, _)) = listener.accept().await {
        let number = shared.connections.fetch_add(1, Ordering::SeqCst) + 1;
        shared.open.fetch_add(1, Ordering::SeqCst);
        sessions.spawn(serve(socket, number, Arc::clone(&shared)));
        while sessions.try_join_next().is_some() {}
    }
}

async fn serve(socket: TcpStream, number: usize, shared: Arc<Shared>) {
    socket.set_nodelay(true).unwrap();
    let mut farewell = shared.farewell.subscribe();
    // An error is a client that went away; what it sent until then is in the lists.
    let _ = session::run(socket, number, &shared, &mut farewell).await;
    shared.open.fetch_sub(1, Ordering::SeqCst);
    shared.changed.notify_waiters();
}
