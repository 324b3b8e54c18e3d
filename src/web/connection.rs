//! Connections of browsers: encrypted where there is a certificate, so many at once, and ended where nothing comes.

use std::net::SocketAddr;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::certificate::Certificate;
use crate::room::Room;

/// Connections at once; an open page holds one for its news.
const MOST: usize = 512;

/// Of one address, behind which a whole office may sit.
const MOST_OF_ONE: usize = 128;

/// For the handshake, and for each head of a request: what says nothing for so long makes room.
const PATIENCE: Duration = Duration::from_secs(30);

/// After a failure of the system (no more files, perhaps) that the next moment may mend.
const PAUSE: Duration = Duration::from_millis(200);

/// Serves everybody who comes; ends all of them when dropped. Behind a proxy everybody comes from its address.
pub(super) async fn serve(listener: TcpListener, certificate: Option<Certificate>, router: Router, behind_proxy: bool) {
    let room = Room::new(MOST, if behind_proxy { MOST } else { MOST_OF_ONE });
    let mut guests = JoinSet::new();
    loop {
        while guests.try_join_next().is_some() {}
        let (stream, peer) = match listener.accept().await {
            Ok(guest) => guest,
            Err(error) => {
                tracing::warn!(%error, "a browser could not be let in");
                sleep(PAUSE).await;
                continue;
            }
        };
        // Closed at once: one that waited would keep others waiting.
        let Some(place) = room.enter(peer.ip()) else { continue };
        let router = router.clone().layer(Extension(ConnectInfo(peer)));
        let acceptor = certificate.as_ref().map(Certificate::acceptor);
        guests.spawn(async move {
            let _place = place;
            match acceptor {
                None => converse(stream, router).await,
                Some(acceptor) => {
                    if let Some(stream) = shake_hands(acceptor.accept(stream), peer).await {
                        converse(stream, router).await;
                    }
                }
            }
        });
    }
}

async fn shake_hands<T>(handshake: impl Future<Output = std::io::Result<T>>, peer: SocketAddr) -> Option<T> {
    match timeout(PATIENCE, handshake).await {
        Ok(Ok(stream)) => Some(stream),
        Ok(Err(error)) => {
            tracing::debug!(%peer, %error, "no TLS with a browser");
            None
        }
        Err(_) => None,
    }
}

async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin, router: Router) {
    let service = TowerToHyperService::new(router);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), service);
    // A browser that goes away in the middle is none of our trouble.
    let _ = connection.await;
}
