//! From a server's name to a session as secure as it must be: TCP, TLS or STARTTLS, greeting.

use tokio::time::timeout;

use super::Server;
use super::response::Status;
use super::session::{Session, Step};
use super::trouble::Trouble;
use super::wire::{SMALL, Wire};
use crate::upstream::connect::{Plan, dial, plan};
use crate::upstream::stream::Socket;
use crate::upstream::tls;

/// A session with its capabilities, and whether it needs no login (PREAUTH).
pub(super) async fn open(server: &Server) -> Result<(Session, bool), Trouble> {
    let limits = &server.limits;
    let tcp = dial(&server.host, server.port, limits.connect).await.map_err(Trouble::Unreachable)?;
    let peer = tcp.peer_addr().map_err(|error| Trouble::from(&error))?;
    let plan = plan(server.security, peer.ip());
    let socket: Box<dyn Socket> = Box::new(tcp);
    let socket = if plan == Plan::Tls { secure(server, socket).await? } else { socket };
    let mut session = Session::new(Wire::new(socket, limits.silence));
    let known = greeting(&mut session).await?;
    session.ask_capabilities().await?;
    if plan != Plan::StartTls {
        return Ok((session, known));
    }
    // A session that is open already cannot be secured any more (RFC 9051 section 7.1.4).
    if known || !session.can("STARTTLS") {
        return Err(Trouble::NoEncryption);
    }
    session.begin("STARTTLS").await?;
    while session.data("STARTTLS", SMALL).await?.is_some() {}
    let bare = session.into_wire().into_socket()?;
    let mut session = Session::new(Wire::new(secure(server, bare).await?, limits.silence));
    // What was said before the handshake is forgotten (RFC 9051 section 6.2.1).
    session.ask_capabilities().await?;
    Ok((session, false))
}

async fn secure(server: &Server, socket: Box<dyn Socket>) -> Result<Box<dyn Socket>, Trouble> {
    let connector = tls::connector(server.ca.as_deref()).map_err(Trouble::Tls)?;
    match timeout(server.limits.connect, tls::handshake(&connector, &server.host, socket)).await {
        Ok(done) => done.map_err(Trouble::Unsecured),
        Err(_) => Err(Trouble::TimedOut),
    }
}

/// Whether the server knows already who this is.
async fn greeting(session: &mut Session) -> Result<bool, Trouble> {
    match session.step(SMALL).await {
        Ok(Step::Status(answer)) if answer.status == Status::Ok => Ok(false),
        Ok(Step::Status(answer)) if answer.status == Status::Preauth => Ok(true),
        Ok(_) | Err(Trouble::Garbage | Trouble::EndlessLine | Trouble::Huge(_)) => Err(Trouble::NotImap),
        Err(trouble) => Err(trouble),
    }
}
