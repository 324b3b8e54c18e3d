//! Does the HTTP API do what `docs/openapi.json` and `docs/api.md` say, for those alone who may ask it?
//!
//! The relay runs as it does for people, in front of a mail server of the tests' own; every answer is held against the
//! document.

#![allow(clippy::unwrap_used)]

mod support;
mod terminal;

#[path = "relay/client.rs"]
mod client;
#[path = "relay/relay.rs"]
mod relay;

#[path = "api/check.rs"]
mod check;
#[path = "api/contract.rs"]
mod contract;
#[path = "api/decide.rs"]
mod decide;
#[path = "api/drafts.rs"]
mod drafts;
#[path = "api/entry.rs"]
mod entry;
#[path = "api/events.rs"]
mod events;
#[path = "api/http.rs"]
mod http;
#[path = "imap/server.rs"]
mod imap;
#[path = "api/mails.rs"]
mod mails;
#[path = "api/manual.rs"]
mod manual;
#[path = "api/privacy.rs"]
mod privacy;
#[path = "api/ticks.rs"]
mod ticks;

use atena::store::State;
use atena::tokens::{Scope, Token, Tokens};
use serde_json::Value;

use http::Answer;
use relay::Relay;
use support::sink::SinkOptions;

/// Held: the greeting names somebody else. One recipient sees another.
const MISADDRESSED: &str = "From: suzuki@own.example\r\nTo: Priya Raman <priya.raman@client.example>\r\n\
Cc: Jonas Weber <jonas@partner.example>\r\nSubject: Kingfisher\r\nDate: Sat, 21 Nov 2026 10:00:00 +0900\r\n\r\n\
Hi Mark,\r\n\r\nThanks for the call about the wren.\r\n";

const TO: [&str; 2] = ["priya.raman@client.example", "jonas@partner.example"];

/// A relay with its page, and a token for everything.
struct Api {
    relay: Relay,
    token: String,
}

impl Api {
    async fn start() -> Api {
        Api::with("", "").await
    }

    /// With `serve` in `[serve]` and `web` in `[web]`.
    async fn with(serve: &str, web: &str) -> Api {
        Api::of(serve, &format!("[web]\nlisten = \"127.0.0.1:0\"\n{web}")).await
    }

    /// With `serve` in `[serve]` and `more` behind the account's server.
    async fn of(serve: &str, more: &str) -> Api {
        let relay = Relay::with_serve_and(serve, SinkOptions::default(), more).await;
        let mut api = Api { relay, token: String::new() };
        api.token = api.token("crm", &Scope::ALL);
        api
    }

    fn tokens(&self) -> Tokens {
        Tokens::of(&self.relay.config.data_dir)
    }

    fn token(&self, name: &str, scopes: &[Scope]) -> String {
        self.tokens().add(Token { name: name.to_owned(), scopes: scopes.to_vec(), ..Token::default() }).unwrap()
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &self.token, "").await
    }

    async fn post(&self, path: &str, body: &str) -> Answer {
        self.ask("POST", path, &self.token, body).await
    }

    /// With a body as JSON, unless it is empty.
    async fn ask(&self, method: &str, path: &str, token: &str, body: &str) -> Answer {
        let mut fields = vec![("Authorization", format!("Bearer {token}"))];
        if !body.is_empty() {
            fields.push(("Content-Type", "application/json".to_owned()));
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.send(method, path, &fields, body.as_bytes()).await
    }

    async fn send(&self, method: &str, path: &str, fields: &[(&str, &str)], body: &[u8]) -> Answer {
        let answer = http::send(self.relay.page.unwrap(), method, path, fields, body).await;
        contract::hold(method, path, &answer);
        answer
    }

    /// Has a mail held; its id.
    async fn held(&self, raw: &str) -> String {
        let mut client = self.relay.client().await;
        let reply = client.send(&TO, raw.as_bytes()).await;
        assert!(reply.starts_with("250 2.0.0 Kept"), "{reply}");
        self.relay.comes_to(State::Held).await.id.to_string()
    }

    /// All there is to tick before it may go, as JSON.
    async fn ticks(&self, id: &str) -> Value {
        let mail = self.get(&format!("/api/v1/mails/{id}")).await.json();
        let ticks = mail["sheet"]["ticks"].as_array().unwrap().iter().map(|tick| tick["key"].clone()).collect();
        Value::Array(ticks)
    }

    async fn release(&self, id: &str) -> Answer {
        let body = serde_json::json!({ "ticks": self.ticks(id).await });
        self.post(&format!("/api/v1/mails/{id}/release"), &body.to_string()).await
    }
}
