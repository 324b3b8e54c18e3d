//! The relay: listeners, one task per connection, the outbox, and an orderly end.
//!
//! Knows sockets and the clock; the meaning of what clients say is `smtp`'s, what becomes of mails is the gate's.

mod pace;
mod smtp;
mod waiting;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::Instrument;

use crate::certificate::Certificate;
pub use crate::certificate::TlsError;
use crate::config::{Auth, Config};
use crate::gate::Gate;
use crate::notify::Teller;
use crate::outbox;
use crate::room::{Memory, Room};
use crate::smtp::{AuthOffer, Options};
use crate::store::Store;
use crate::users::Logins;
use crate::web::{Door, PageError};

use smtp::Context;

/// How long mails that were begun, and attempts of the outbox, may take to their end once the relay ends.
const GRACE: Duration = Duration::from_secs(10);

/// How long the records of mails that were sent or dropped are kept.
const KEPT_DAYS: i64 = 90;

/// After a failed accept (too many open files): time for connections to end.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Why the relay cannot start.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    #[error("cannot listen on {address}: {error}")]
    Listen { address: SocketAddr, error: io::Error },
    /// Everybody in the network could send mail through it.
    #[error(
        "{address} can be reached from outside this machine: that needs tls_cert, tls_key and auth = \"pass-through\" or \"users\""
    )]
    OpenRelay { address: SocketAddr },
    #[error("listen_tls needs tls_cert and tls_key")]
    NoCertificate,
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error(transparent)]
    Page(#[from] PageError),
}

/// Where the relay listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addresses {
    /// Without encryption or with STARTTLS.
    pub plain: SocketAddr,
    /// With TLS from the first octet.
    pub tls: Option<SocketAddr>,
    /// The review page.
    pub page: Option<SocketAddr>,
}

/// A relay that listens and does not serve yet.
pub struct Server {
    listeners: Vec<(TcpListener, Arc<Context>)>,
    addresses: Addresses,
    gate: Arc<Gate>,
    room: Arc<Room>,
    outbox: outbox::Options,
    page: Option<Door>,
}

impl Server {
    /// Listens where the configuration says. Port 0 is chosen by the system.
    ///
    /// # Errors
    /// An address is taken or not allowed, or the certificate cannot be used.
    pub async fn bind(config: &Config, gate: Gate) -> Result<Server, BindError> {
        let serve = &config.serve;
        let certificate = serve.tls.as_ref().map(Certificate::read).transpose()?.map(Arc::new);
        if serve.listen_tls.is_some() && certificate.is_none() {
            return Err(BindError::NoCertificate);
        }
        let gate = Arc::new(gate);
        let memory = Memory::new(serve.limits.total_size);
        let logins = Arc::new(Logins::new(serve.limits.failed_logins as usize));
        let mut listeners = Vec::new();
        let mut bound = Vec::new();
        for (address, implicit_tls) in [(Some(serve.listen), false), (serve.listen_tls, true)] {
            let Some(address) = address else { continue };
            let options = options(config, address, certificate.is_some())?;
            let listener = TcpListener::bind(address).await.map_err(|error| BindError::Listen { address, error })?;
            bound.push(listener.local_addr().map_err(|error| BindError::Listen { address, error })?);
            let context = Context {
                gate: Arc::clone(&gate),
                trusted: Arc::new(Options { auth: trusted(config, address, options.auth), ..options.clone() }),
                options: Arc::new(options),
                certificate: certificate.clone(),
                implicit_tls,
                limits: serve.limits.clone(),
                memory: Arc::clone(&memory),
                logins: Arc::clone(&logins),
                grace: GRACE,
            };
            listeners.push((listener, Arc::new(context)));
        }
        let page = if config.web.enabled { Some(Door::open(config).await?) } else { None };
        let addresses =
            Addresses { plain: bound[0], tls: bound.get(1).copied(), page: page.as_ref().map(Door::address) };
        let room = Room::new(serve.limits.connections, serve.limits.connections_per_address);
        Ok(Server { listeners, addresses, gate, room, outbox: outbox::Options::default(), page })
    }

    /// A link that opens the review page.
    pub fn page_link(&self) -> Option<&str> {
        self.page.as_ref().map(Door::link)
    }

    pub fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// Serves until `shutdown` turns true or its sender is gone. Then no client is let in any more, mails that were
    /// begun and attempts of the outbox may end within ten seconds, and what is left is cut off.
    pub async fn run(self, shutdown: watch::Receiver<bool>) {
        let store = self.gate.store().clone();
        let mut outbox = tokio::spawn(keep_sending(store, Arc::clone(&self.gate), self.outbox, shutdown.clone()));
        let teller = Teller::new(
            self.gate.config(),
            Arc::clone(self.gate.rules()),
            self.gate.store().clone(),
            self.addresses.page,
        );
        // Before the first client is let in: nothing that happens from now on stays untold.
        teller.begin().await;
        let telling = tokio::spawn(teller.run());
        let mut accepting = JoinSet::new();
        if let Some(page) = self.page {
            accepting.spawn(page.run(Arc::clone(&self.gate), self.addresses.plain, shutdown.clone()));
        }
        for (listener, context) in self.listeners {
            accepting.spawn(accept(listener, context, Arc::clone(&self.room), shutdown.clone()));
        }
        let tidying = tokio::spawn(tidy(self.gate.store().clone()));
        let gate = Arc::clone(&self.gate);
        let expiring = tokio::spawn(async move { gate.keep_deadlines().await });
        let gate = Arc::clone(&self.gate);
        let forgetting = tokio::spawn(async move { gate.keep_logins().await });
        accepting.join_all().await;
        tidying.abort();
        expiring.abort();
        forgetting.abort();
        // What was not told yet is told after the next start.
        telling.abort();
        if tokio::time::timeout(GRACE, &mut outbox).await.is_err() {
            tracing::warn!("attempts at sending were cut off; their mails are sent again when their lease ends");
            outbox.abort();
        }
    }
}

/// Runs the outbox, and again if it breaks off: mails that were answered 250 wait for it.
async fn keep_sending(store: Store, gate: Arc<Gate>, options: outbox::Options, shutdown: watch::Receiver<bool>) {
    loop {
        // A set ends its task with itself, so that cutting this off cuts the outbox off.
        let mut running = JoinSet::new();
        running.spawn(outbox::run(store.clone(), Arc::clone(&gate), options.clone(), shutdown.clone()));
        if running.join_next().await.is_none_or(|ended| ended.is_ok()) {
            return;
        }
        tracing::error!("the outbox broke off and is started again");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Forgets, once a day, what is left of mails that were sent or dropped long ago.
async fn tidy(store: Store) {
    let mut daily = tokio::time::interval(Duration::from_secs(24 * 60 * 60));
    loop {
        daily.tick().await;
        let before =
            Timestamp::now().checked_sub(jiff::SignedDuration::from_hours(24 * KEPT_DAYS)).unwrap_or(Timestamp::MIN);
        match store.purge(before).await {
            Ok(0) => {}
            Ok(purged) => tracing::info!(purged, "records of mails sent or dropped {KEPT_DAYS} days ago were deleted"),
            Err(error) => tracing::warn!(%error, "old records could not be deleted"),
        }
    }
}

/// Listens and serves; for callers that need not know the addresses.
///
/// # Errors
/// As [`Server::bind`].
pub async fn run(config: &Config, gate: Gate, shutdown: watch::Receiver<bool>) -> Result<(), BindError> {
    Server::bind(config, gate).await?.run(shutdown).await;
    Ok(())
}

/// What one listener offers.
fn options(config: &Config, address: SocketAddr, has_tls: bool) -> Result<Options, BindError> {
    let serve = &config.serve;
    let is_local = address.ip().to_canonical().is_loopback();
    // The configuration says so too; a relay that was put together some other way must not be open either.
    let is_guarded = has_tls && matches!(serve.auth, Auth::PassThrough | Auth::Users);
    if !is_local && !is_guarded {
        return Err(BindError::OpenRelay { address });
    }
    Ok(Options {
        hostname: serve.hostname.clone(),
        max_size: serve.limits.message_size,
        max_recipients: serve.limits.recipients,
        max_line: serve.limits.line_length,
        max_commands: serve.limits.commands,
        max_errors: serve.limits.errors,
        starttls: has_tls,
        auth: match serve.auth {
            Auth::PassThrough | Auth::Users => AuthOffer::Required,
            Auth::Auto if config.offers_login() => AuthOffer::Optional,
            Auth::Auto | Auth::None => AuthOffer::None,
        },
        auth_in_clear: is_local,
    })
}

/// What is asked of programs of this machine. Where others connect as well, a proxy in front of the port makes them look
/// like it.
fn trusted(config: &Config, address: SocketAddr, auth: AuthOffer) -> AuthOffer {
    let is_local = address.ip().to_canonical().is_loopback();
    match auth {
        AuthOffer::Required if config.serve.trust_loopback && is_local => AuthOffer::Optional,
        other => other,
    }
}

/// Lets clients in until the relay ends, then waits for those inside.
async fn accept(listener: TcpListener, context: Arc<Context>, room: Arc<Room>, mut shutdown: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    let mut number: u64 = 0;
    while !*shutdown.borrow() {
        tokio::select! {
            changed = shutdown.changed() => if changed.is_err() { break },
            accepted = listener.accept() => match accepted {
                Ok((socket, peer)) => {
                    number += 1;
                    let span = tracing::info_span!("smtp", connection = number, tls = context.implicit_tls);
                    let client = client(socket, peer, Arc::clone(&context), Arc::clone(&room), shutdown.clone());
                    connections.spawn(client.instrument(span));
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            Some(ended) = connections.join_next() => warn_of_panic(ended),
        }
    }
    // New clients hear at once that nobody listens.
    drop(listener);
    let rest = async {
        while let Some(ended) = connections.join_next().await {
            warn_of_panic(ended)
        }
    };
    // A little more than the sessions have, for their farewells.
    if tokio::time::timeout(context.grace + Duration::from_secs(3), rest).await.is_err() {
        tracing::warn!(connections = connections.len(), "connections were cut off");
    }
}

async fn client(
    socket: TcpStream,
    peer: SocketAddr,
    context: Arc<Context>,
    room: Arc<Room>,
    shutdown: watch::Receiver<bool>,
) {
    tracing::debug!(%peer, "connected");
    let ended = match room.enter(peer.ip()) {
        Some(_place) => smtp::serve(&context, socket, peer, shutdown).await,
        None => {
            tracing::warn!(%peer, "turned away: too many connections");
            smtp::turn_away(socket, context.implicit_tls).await
        }
    };
    match ended {
        Ok(()) => tracing::debug!("closed"),
        Err(error) => tracing::debug!(%error, "broken off"),
    }
}

fn warn_of_panic(ended: Result<(), tokio::task::JoinError>) {
    if ended.is_err_and(|error| error.is_panic()) {
        tracing::error!("a connection broke down; its client got no answer and still has its mail");
    }
}

/// What depends on where a client comes from: every client of the other tests is on this machine.
#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpStream;
    use tokio::sync::watch;

    use super::{Server, smtp};
    use crate::config::{Config, Defaults};
    use crate::gate::{Gate, setup};
    use crate::lang::Lang;
    use crate::source::Source;
    use crate::store::Store;
    use crate::users::Users;

    /// Logs in with each of these passwords over one connection that seems to come from `peer`; the codes of the answers.
    async fn log_in(server: &Server, peer: &str, passwords: &[&str]) -> Vec<String> {
        let (listener, context) = &server.listeners[0];
        let connect = TcpStream::connect(listener.local_addr().expect("bound"));
        let (client, accepted) = tokio::join!(connect, listener.accept());
        let (socket, _) = accepted.expect("a client");
        let (_stop, shutdown) = watch::channel(false);
        let peer: SocketAddr = peer.parse().expect("an address");
        let mut codes = Vec::new();
        let dialogue = async {
            let mut io = BufReader::new(client.expect("listening"));
            let mut commands = vec!["EHLO client.example".to_owned()];
            commands.extend(
                passwords
                    .iter()
                    .map(|password| format!("AUTH PLAIN {}", BASE64_STANDARD.encode(format!("\0clerk\0{password}")))),
            );
            let mut line = String::new();
            io.read_line(&mut line).await.expect("a greeting");
            for command in commands {
                io.write_all(format!("{command}\r\n").as_bytes()).await.expect("written");
                line.clear();
                while line.as_bytes().get(3) != Some(&b' ') {
                    line.clear();
                    io.read_line(&mut line).await.expect("a reply");
                }
                codes.push(line[..3].to_owned());
            }
        };
        let (served, ()) = tokio::join!(smtp::serve(context, socket, peer, shutdown), dialogue);
        // Hung up without QUIT.
        assert!(served.is_ok() || served.is_err_and(|error| error.kind() == std::io::ErrorKind::UnexpectedEof));
        codes.split_off(1)
    }

    #[tokio::test]
    async fn an_address_that_guesses_is_locked_out_and_no_other_is() {
        let directory = tempfile::tempdir().expect("a directory");
        let defaults = Defaults { language: Lang::En, data_dir: directory.path().join("data"), home: None };
        let text = "[serve]\nlisten = \"127.0.0.1:0\"\nauth = \"users\"\nmax_failed_logins = 3\n";
        let config =
            Config::load(Source::new("atena.toml", text), directory.path(), &defaults).expect("a configuration");
        let store = Store::open(&config.data_dir).expect("a store");
        Users::of(&config.data_dir).add("clerk", &"paper".to_owned().into()).expect("a user");
        let gate = Gate::new(&config, setup::rules(&config).expect("rules").into(), store).expect("a gate");
        let server = Server::bind(&config, gate).await.expect("a port");
        assert_eq!(log_in(&server, "192.0.2.7:1025", &["a", "b"]).await, ["535", "535"]);
        assert_eq!(log_in(&server, "192.0.2.7:1026", &["c"]).await, ["535"]);
        assert_eq!(log_in(&server, "192.0.2.7:1027", &["paper"]).await, ["454"], "not even with the right one");
        assert_eq!(log_in(&server, "192.0.2.8:1028", &["paper"]).await, ["235"]);
    }
}
