//! The review page: kept mails in the browser, why they were kept, and what to do with them; and the same for programs
//! (`api`).
//!
//! Server-rendered; works without JavaScript, which only adds keys and live updates. Knows HTTP, HTML and the gate; what a
//! page shows of a mail is `review`'s, what becomes of it the store's. Mail text never reaches the log.

mod act;
mod api;
mod asset;
mod bulk;
mod connection;
mod drafts;
mod edit;
mod form;
mod frame;
mod guard;
mod key;
mod letter;
mod list;
mod live;
mod login;
mod marked;
mod permit;
mod rights;
mod sheet;
mod start;
mod visitor;
mod words;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{get, post};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, Semaphore, watch};

use crate::certificate::{Certificate, TlsError};
use crate::config::{Config, PageLogin, Web};
use crate::gate::Gate;
use crate::gate::feedback::Feedback;
use crate::lang::Lang;
use crate::private;
use crate::store::Store;
use crate::team::Team;
use crate::users::{Logins, Users};

use guard::Hosts;
use key::Use;
pub use key::{Key, KeyError};

/// Where the page is unless the configuration says otherwise.
pub const USUAL_PORT: u16 = 2580;

/// For `atena open`: the port may be another one each time.
const ADDRESS_FILE: &str = "page.address";

/// Forms carry ids and ticks; a bulk of a thousand mails fits.
const LARGEST_FORM: usize = 256 * 1024;

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    #[error("cannot listen on {address}: {error}")]
    Listen { address: SocketAddr, error: io::Error },
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// What all requests share.
struct Page {
    gate: Arc<Gate>,
    store: Store,
    feedback: Feedback,
    key: Key,
    /// The name of the session's cookie; cookies do not tell ports apart.
    cookie: String,
    lang: Lang,
    time_zone: TimeZone,
    live: live::Live,
    /// Mails whose HTML is made safe at a time.
    letters: Semaphore,
    links: visitor::Links,
    /// Where mail programs connect.
    relay: SocketAddr,
    api: api::Desk,
    /// Who has a password.
    users: Users,
    logins: Logins,
    /// Held while a password is hashed.
    hashing: Mutex<()>,
}

impl Page {
    fn team(&self) -> &Team {
        &self.gate.config().team
    }
}

/// A page that listens and does not answer yet.
pub struct Door {
    listener: TcpListener,
    address: SocketAddr,
    key: Key,
    certificate: Option<Certificate>,
    /// A link that lets its reader in.
    opening: String,
}

/// A link that opens the page once, within ten minutes; where people log in, that of the page.
pub fn link(config: &Config, key: &Key, address: SocketAddr, now: Timestamp) -> String {
    let page = url(&config.web, address);
    match config.web.login {
        PageLogin::Link => format!("{page}/enter?token={}", key.token(Use::Link, now)),
        PageLogin::Users => page,
    }
}

/// The page as a browser is told of it, without a slash at its end.
pub fn url(web: &Web, address: SocketAddr) -> String {
    if let (PageLogin::Users, Some(url)) = (web.login, &web.url) {
        return url.clone();
    }
    let scheme = if web.tls.is_some() { "https" } else { "http" };
    // A link with a token goes to this machine, whatever names it has.
    match web.hosts.first().filter(|_| web.login == PageLogin::Users) {
        Some(host) => format!("{scheme}://{host}:{}", address.port()),
        None => format!("{scheme}://{address}"),
    }
}

/// Where the page of a data directory was last opened; `None` if never.
pub fn last_address(data_dir: &Path) -> Option<SocketAddr> {
    std::fs::read_to_string(data_dir.join(ADDRESS_FILE)).ok()?.trim().parse().ok()
}

fn note_address(data_dir: &Path, address: SocketAddr) -> io::Result<()> {
    private::replace(&data_dir.join(ADDRESS_FILE), &format!("{address}\n"))
}

impl Door {
    /// Listens where the configuration says. Where it says nothing and the usual port is taken, by the page of another user
    /// perhaps, the system chooses one.
    ///
    /// # Errors
    /// The address is taken or not allowed, or there is no key.
    pub async fn open(config: &Config) -> Result<Door, PageError> {
        let usual = SocketAddr::from((Ipv4Addr::LOCALHOST, USUAL_PORT));
        let address = config.web.listen.unwrap_or(usual);
        let certificate = config.web.tls.as_ref().map(Certificate::read).transpose()?;
        let bound = match TcpListener::bind(address).await {
            Err(_) if config.web.listen.is_none() => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await,
            bound => bound,
        };
        let failed = |error| PageError::Listen { address, error };
        let listener = bound.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let key = Key::of(&config.data_dir)?;
        note_address(&config.data_dir, address).map_err(failed)?;
        let opening = link(config, &key, address, Timestamp::now());
        Ok(Door { listener, address, key, certificate, opening })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A link that lets its reader in.
    pub fn link(&self) -> &str {
        &self.opening
    }

    /// Answers until `shutdown` turns true or its sender is gone.
    pub async fn run(self, gate: Arc<Gate>, relay: SocketAddr, mut shutdown: watch::Receiver<bool>) {
        let page = Arc::new(Page {
            store: gate.store().clone(),
            feedback: Feedback::new(gate.store().clone(), gate.config()),
            cookie: format!("atena-{}", self.address.port()),
            lang: gate.config().language,
            time_zone: TimeZone::system(),
            live: live::Live::default(),
            letters: Semaphore::new(1),
            links: visitor::Links::default(),
            key: self.key,
            api: api::Desk::of(gate.config()),
            users: Users::of(&gate.config().data_dir),
            logins: Logins::new(gate.config().serve.limits.failed_logins as usize),
            hashing: Mutex::new(()),
            gate,
            relay,
        });
        let watching = tokio::spawn(live::keep_watching(Arc::clone(&page)));
        let behind_proxy = page.gate.config().web.url.is_some() && self.address.ip().is_loopback();
        let router = router(page, self.address);
        let stopped = async move {
            // An error is a sender that is gone.
            let _ = shutdown.wait_for(|stop| *stop).await;
        };
        // Not gracefully: pages that listen for news keep their connection open for ever.
        tokio::select! {
            () = connection::serve(self.listener, self.certificate, router, behind_proxy) => {}
            () = stopped => {}
        }
        watching.abort();
    }
}

fn router(page: Arc<Page>, address: SocketAddr) -> Router {
    let web = &page.gate.config().web;
    let opened_at = web.url.iter().filter_map(|url| Some(url.split_once("://")?.1.to_owned()));
    let hosts = Hosts::of(address, &web.hosts.iter().cloned().chain(opened_at).collect::<Vec<_>>());
    Router::new()
        .route("/", get(list::list))
        .route("/enter", get(visitor::enter))
        .route("/proof", get(visitor::proof))
        .route("/login", post(login::log_in).get(login::look))
        .route("/logout", post(login::log_out).get(login::look))
        .route("/language", get(visitor::choose_language))
        .route("/events", get(live::events))
        .route("/start", get(start::start))
        .route("/test", post(start::test).get(start::start))
        .route("/bulk", post(bulk::ask).get(bulk::look))
        .route("/bulk/do", post(bulk::carry_out).get(bulk::look))
        .route("/mail/{id}", get(sheet::show))
        .route("/mail/{id}/revision", get(sheet::revision))
        .route("/mail/{id}/html/{n}", get(letter::html))
        .route("/mail/{id}/draft.eml", get(letter::draft))
        .route("/mail/{id}/draft", post(drafts::hand_back).get(act::look))
        .route("/mail/{id}/send", post(act::send).get(act::look))
        .route("/mail/{id}/drop", post(act::drop_mail).get(act::look))
        .route("/mail/{id}/cancel", post(act::cancel).get(act::look))
        .route("/mail/{id}/refuse", post(act::refuse).get(act::look))
        .route("/mail/{id}/ask", post(act::ask_again).get(act::look))
        .route("/mail/{id}/say", post(act::say).get(act::look))
        .route("/mail/{id}/edit", get(edit::form).post(edit::edit))
        .route("/asset/{name}", get(asset::asset))
        .nest(api::ROOT, api::router(&page))
        .fallback(frame::nothing_here)
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(middleware::from_fn_with_state(hosts, guard::guard))
        .with_state(page)
}
