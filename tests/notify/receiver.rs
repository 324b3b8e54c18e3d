//! What a chat tool is to the relay: an HTTP server that keeps what it is told, and misbehaves on request. It shares no code
//! with the product and verifies signatures as its manual says.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::client::PATIENCE;

/// What a request is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    Status(u16),
    /// 302 to this place.
    Elsewhere(String),
    /// Nothing, ever.
    Silence,
}

#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) path: String,
    /// Names in lower case.
    fields: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Told {
    #[track_caller]
    pub(crate) fn field(&self, name: &str) -> &str {
        self.find(name).unwrap_or_else(|| panic!("no {name}: {self:?}"))
    }

    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// What happened, by both of its places.
    #[track_caller]
    pub(crate) fn event(&self) -> String {
        assert_eq!(self.json()["event"], self.field("x-atena-event"));
        assert_eq!(self.json()["delivery"], self.field("x-atena-delivery"));
        self.field("x-atena-event").to_owned()
    }

    /// Whether the signature is right for this secret, and as fresh as `now`.
    pub(crate) fn is_signed(&self, secret: &str, now: i64) -> bool {
        let time = self.field("x-atena-timestamp");
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{time}.{}", self.body).as_bytes());
        let hex: String = mac.finalize().into_bytes().iter().map(|octet| format!("{octet:02x}")).collect();
        let fresh = time.parse::<i64>().unwrap().abs_diff(now) <= 300;
        fresh && self.field("x-atena-signature") == format!("sha256={hex}")
    }
}

pub(crate) struct Receiver {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
    /// Dropped with the receiver, and its connections with it.
    task: JoinHandle<()>,
}

struct Shared {
    told: watch::Sender<Vec<Told>>,
    /// Handshakes that the other side broke off.
    distrusted: watch::Sender<usize>,
    /// Taken one by one; then everything is 200.
    answers: Mutex<Vec<Answer>>,
    tls: Option<TlsAcceptor>,
}

impl Receiver {
    /// The first answers; all later requests are answered 200.
    pub(crate) async fn answering(answers: &[Answer]) -> Receiver {
        Receiver::start(answers, None).await
    }

    pub(crate) async fn with_tls(tls: TlsAcceptor) -> Receiver {
        Receiver::start(&[], Some(tls)).await
    }

    async fn start(answers: &[Answer], tls: Option<TlsAcceptor>) -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answers = Mutex::new(answers.iter().rev().cloned().collect());
        let shared =
            Arc::new(Shared { told: watch::Sender::new(Vec::new()), distrusted: watch::Sender::new(0), answers, tls });
        let task = tokio::spawn(accept(listener, Arc::clone(&shared)));
        Receiver { address, shared, task }
    }

    /// What it was told, once that is so much.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Told> {
        let mut told = self.shared.told.subscribe();
        let enough = tokio::time::timeout(PATIENCE, told.wait_for(|told| told.len() >= count)).await;
        enough.unwrap_or_else(|_| panic!("{:?}", self.told())).unwrap().clone()
    }

    /// Until somebody broke off the handshake.
    pub(crate) async fn is_distrusted(&self) {
        let mut distrusted = self.shared.distrusted.subscribe();
        let waiting = distrusted.wait_for(|count| *count > 0);
        tokio::time::timeout(PATIENCE, waiting).await.expect("somebody comes").unwrap();
    }

    pub(crate) fn told(&self) -> Vec<Told> {
        self.shared.told.borrow().clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let (socket, _) = listener.accept().await.unwrap();
        let shared = Arc::clone(&shared);
        connections.spawn(async move {
            match &shared.tls {
                None => answer(socket, &shared).await,
                Some(tls) => match tls.accept(socket).await {
                    Ok(socket) => answer(socket, &shared).await,
                    Err(_) => shared.distrusted.send_modify(|count| *count += 1),
                },
            }
        });
    }
}

async fn answer(mut socket: impl AsyncRead + AsyncWrite + Unpin, shared: &Shared) {
    let Some(told) = request(&mut socket).await else { return };
    let answer = shared.answers.lock().unwrap().pop().unwrap_or(Answer::Status(200));
    shared.told.send_modify(|all| all.push(told));
    let head = match answer {
        Answer::Status(status) => format!("HTTP/1.1 {status} Said\r\nContent-Length: 2\r\n\r\nok"),
        Answer::Elsewhere(place) => format!("HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n"),
        Answer::Silence => return std::future::pending().await,
    };
    // Who asked may be gone.
    let _ = socket.write_all(head.as_bytes()).await;
    let _ = socket.shutdown().await;
}

/// A whole request; `None` where the connection ends before.
async fn request(socket: &mut (impl AsyncRead + Unpin)) -> Option<Told> {
    let mut octets = Vec::new();
    loop {
        if let Some(told) = whole(&octets) {
            return Some(told);
        }
        let mut chunk = [0; 4096];
        match socket.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(count) => octets.extend_from_slice(&chunk[..count]),
        }
    }
}

fn whole(octets: &[u8]) -> Option<Told> {
    let end = octets.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8(octets[..end].to_vec()).unwrap();
    let (first, rest) = head.split_once("\r\n").unwrap();
    let path = first.strip_prefix("POST ").unwrap().strip_suffix(" HTTP/1.1").unwrap().to_owned();
    let field = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    let fields: Vec<(String, String)> = rest.lines().filter_map(field).collect();
    let length = fields.iter().find(|(name, _)| name == "content-length")?.1.parse::<usize>().unwrap();
    let body = octets.get(end + 4..end + 4 + length)?;
    Some(Told { path, fields, body: String::from_utf8(body.to_vec()).unwrap() })
}
