//! A mail program: says what it is told to and reads whole replies.

// Each test file compiles its own copy and uses its own part of it.
#![allow(dead_code)]

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::support::Authority;

/// No test waits longer than this for a reply.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Socket for T {}

pub(crate) struct Client {
    /// `None` only while a handshake takes it.
    socket: Option<Box<dyn Socket>>,
    read: Vec<u8>,
}

impl Client {
    /// Connects, reads the greeting, says EHLO.
    pub(crate) async fn connect(address: SocketAddr) -> Client {
        let mut client = Client::open(address).await;
        assert!(client.reply().await.starts_with("220 "));
        client.hello().await;
        client
    }

    /// Connects and reads nothing yet.
    pub(crate) async fn open(address: SocketAddr) -> Client {
        Client { socket: Some(Box::new(TcpStream::connect(address).await.unwrap())), read: Vec::new() }
    }

    /// Connects with TLS from the first octet.
    pub(crate) async fn connect_tls(address: SocketAddr, authority: &Authority) -> Client {
        Client::connect_trusting(address, authority.file()).await
    }

    /// The same, trusting the authority in this PEM file.
    pub(crate) async fn connect_trusting(address: SocketAddr, authority: &Path) -> Client {
        let mut client = Client::open(address).await;
        client.handshake(authority).await;
        assert!(client.reply().await.starts_with("220 "));
        client.hello().await;
        client
    }

    pub(crate) async fn start_tls(&mut self, authority: &Authority) {
        assert!(self.say("STARTTLS").await.starts_with("220 "));
        self.handshake(authority.file()).await;
        self.hello().await;
    }

    /// The handshake alone, after a STARTTLS that was answered.
    pub(crate) async fn secure(&mut self, authority: &Authority) {
        self.handshake(authority.file()).await;
    }

    async fn handshake(&mut self, authority: &Path) {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(authority).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let socket = self.socket.take().unwrap();
        let stream = TlsConnector::from(Arc::new(config)).connect(name, socket).await.unwrap();
        self.socket = Some(Box::new(stream));
    }

    pub(crate) async fn hello(&mut self) -> String {
        let reply = self.say("EHLO client.example").await;
        assert!(reply.starts_with("250"), "{reply}");
        reply
    }

    /// One command, one reply, without the last line end.
    pub(crate) async fn say(&mut self, line: &str) -> String {
        self.write(format!("{line}\r\n").as_bytes()).await;
        self.reply().await
    }

    /// Hangs up without a word.
    pub(crate) async fn close(mut self) {
        self.socket.take();
    }

    /// Says that nothing more comes, and goes on listening.
    pub(crate) async fn close_writing(&mut self) {
        self.socket.as_mut().unwrap().shutdown().await.unwrap();
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        let socket = self.socket.as_mut().unwrap();
        socket.write_all(bytes).await.unwrap();
        socket.flush().await.unwrap();
    }

    /// Writes to a relay that may have hung up; `false` if it has.
    pub(crate) async fn try_write(&mut self, bytes: &[u8]) -> bool {
        self.socket.as_mut().unwrap().write_all(bytes).await.is_ok()
    }

    /// The next whole reply, however many lines; empty when the server has closed.
    pub(crate) async fn reply(&mut self) -> String {
        let whole = async {
            loop {
                if let Some(end) = whole_reply(&self.read) {
                    let rest = self.read.split_off(end);
                    let reply = String::from_utf8(std::mem::replace(&mut self.read, rest)).unwrap();
                    return reply.trim_end().to_owned();
                }
                let mut chunk = [0; 4096];
                match self.socket.as_mut().unwrap().read(&mut chunk).await {
                    Ok(0) | Err(_) => return String::new(),
                    Ok(count) => self.read.extend_from_slice(&chunk[..count]),
                }
            }
        };
        tokio::time::timeout(PATIENCE, whole).await.expect("the relay answers in time")
    }

    /// A mail up to and without its final dot; the recipients must be taken.
    pub(crate) async fn begin(&mut self, recipients: &[&str], raw: &[u8]) {
        assert_eq!(self.envelope(recipients).await, "250 2.1.5 Recipient OK");
        let reply = self.say("DATA").await;
        assert!(reply.starts_with("354 "), "{reply}");
        self.write(&stuffed(raw)).await;
    }

    /// MAIL and RCPTs; the last reply.
    pub(crate) async fn envelope(&mut self, recipients: &[&str]) -> String {
        let mut reply = self.say("MAIL FROM:<suzuki@own.example>").await;
        for recipient in recipients {
            reply = self.say(&format!("RCPT TO:<{recipient}>")).await;
        }
        reply
    }

    /// A whole mail and its answer.
    pub(crate) async fn send(&mut self, recipients: &[&str], raw: &[u8]) -> String {
        self.begin(recipients, raw).await;
        self.say(".").await
    }
}

impl Client {
    /// A whole mail, or as much of it as the server takes; `None` when it goes away before its answer.
    pub(crate) async fn try_send(&mut self, sender: &str, recipients: &[String], raw: &[u8]) -> Option<String> {
        let to: String = recipients.iter().map(|recipient| format!("RCPT TO:<{recipient}>\r\n")).collect();
        let parts = [
            (format!("MAIL FROM:<{sender}>\r\n").into_bytes(), 1),
            (format!("{to}DATA\r\n").into_bytes(), recipients.len() + 1),
            ([&stuffed(raw)[..], b".\r\n"].concat(), 1),
        ];
        let mut answer = String::new();
        for (part, replies) in parts {
            self.socket.as_mut()?.write_all(&part).await.ok()?;
            for _ in 0..replies {
                answer = self.reply().await;
                if answer.is_empty() {
                    return None;
                }
            }
            if answer.starts_with(['4', '5']) {
                break;
            }
        }
        Some(answer)
    }
}

/// The end of the first reply, if it is whole.
fn whole_reply(read: &[u8]) -> Option<usize> {
    let mut start = 0;
    while let Some(length) = read[start..].windows(2).position(|two| two == b"\r\n") {
        let line = &read[start..start + length];
        start += length + 2;
        if line.get(3) != Some(&b'-') {
            return Some(start);
        }
    }
    None
}

/// RFC 5321 section 4.5.2.
fn stuffed(raw: &[u8]) -> Vec<u8> {
    assert!(raw.ends_with(b"\r\n"));
    let mut out = Vec::with_capacity(raw.len() + 100);
    let mut line_start = true;
    for &octet in raw {
        if line_start && octet == b'.' {
            out.push(b'.');
        }
        line_start = octet == b'\n';
        out.push(octet);
    }
    out
}
