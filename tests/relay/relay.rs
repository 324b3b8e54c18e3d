//! The relay as the tests run it: in this process, with its own data directory, on ports the system chose.

// Each test file compiles its own copy and uses its own part of it.
#![allow(dead_code)]

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use atena::config::{Config, Defaults};
use atena::gate::{Gate, setup};
use atena::lang::Lang;
use atena::serve::Server;
use atena::source::Source;
use atena::store::{Filter, State, Store, Summary};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::client::Client;
use crate::support::sink::{Sink, SinkOptions};

pub(crate) struct Relay {
    pub(crate) sink: Sink,
    pub(crate) store: Store,
    pub(crate) config: Config,
    pub(crate) address: SocketAddr,
    pub(crate) tls: Option<SocketAddr>,
    pub(crate) page: Option<SocketAddr>,
    pub(crate) directory: tempfile::TempDir,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Relay {
    /// With the defaults, and a sink as the only account's server.
    pub(crate) async fn start() -> Relay {
        Relay::with("").await
    }

    /// With `more` at the end of the configuration.
    pub(crate) async fn with(more: &str) -> Relay {
        Relay::with_sink(SinkOptions::default(), more).await
    }

    /// With `more` in `[serve]`.
    pub(crate) async fn with_serve(more: &str) -> Relay {
        Relay::with_serve_and(more, SinkOptions::default(), "").await
    }

    /// With `serve` in `[serve]` and `more` at the end.
    pub(crate) async fn with_serve_and(serve: &str, options: SinkOptions, more: &str) -> Relay {
        let sink = Sink::start(options).await;
        let text = format!("[serve]\nlisten = \"127.0.0.1:0\"\n{serve}{}", account(&sink, more));
        Relay::run(sink, &text).await
    }

    pub(crate) async fn with_sink(options: SinkOptions, more: &str) -> Relay {
        Relay::with_serve_and("", options, more).await
    }

    /// With this whole configuration.
    pub(crate) async fn run(sink: Sink, text: &str) -> Relay {
        let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let config = config(text, directory.path());
        Relay::serve(sink, config, directory).await
    }

    /// Ends in order and starts again on the same data.
    pub(crate) async fn restart(self) -> Relay {
        self.stop.send_replace(true);
        self.task.await.unwrap();
        Relay::serve(self.sink, self.config, self.directory).await
    }

    async fn serve(sink: Sink, config: Config, directory: tempfile::TempDir) -> Relay {
        let store = Store::open(&config.data_dir).unwrap();
        let rules = Arc::new(setup::rules(&config).unwrap());
        let gate = Gate::new(&config, rules, store.clone()).unwrap();
        let server = Server::bind(&config, gate).await.unwrap();
        let addresses = server.addresses();
        let (stop, shutdown) = watch::channel(false);
        let task = tokio::spawn(server.run(shutdown));
        Relay {
            sink,
            store,
            config,
            address: addresses.plain,
            tls: addresses.tls,
            page: addresses.page,
            directory,
            stop,
            task,
        }
    }

    pub(crate) async fn client(&self) -> Client {
        Client::connect(self.address).await
    }

    /// What is stored, newest first.
    pub(crate) async fn stored(&self) -> Vec<Summary> {
        self.store.list(Filter { limit: 10_000, ..Filter::default() }).await.unwrap()
    }

    /// The stored mail, once it is in this state.
    pub(crate) async fn comes_to(&self, state: State) -> Summary {
        for _ in 0..2000 {
            if let Some(mail) = self.stored().await.into_iter().find(|mail| mail.state == state) {
                return mail;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("no mail is {state}: {:?}", self.stored().await);
    }

    /// Asks the relay to end.
    pub(crate) fn ask_to_stop(&self) {
        self.stop.send_replace(true);
    }

    /// Asks the relay to end and waits for it.
    pub(crate) async fn stop(self) -> Sink {
        self.ask_to_stop();
        self.task.await.unwrap();
        self.sink
    }
}

/// An account at the sink, then `more`.
pub(crate) fn account(sink: &Sink, more: &str) -> String {
    format!("[[account]]\nname = \"work\"\nupstream = \"smtp://127.0.0.1:{}\"\n{more}", sink.port())
}

pub(crate) fn config(text: &str, directory: &Path) -> Config {
    let defaults = Defaults { language: Lang::En, data_dir: directory.join("data"), home: None };
    Config::load(Source::new("atena.toml", text), directory, &defaults).unwrap()
}
