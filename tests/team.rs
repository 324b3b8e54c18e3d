//! Does everybody see and do what they may on a review page that asks for passwords, and nothing else?

#![allow(clippy::unwrap_used)]

mod support;
mod terminal;

#[path = "relay/client.rs"]
mod client;
#[path = "api/contract.rs"]
mod contract;
#[path = "api/http.rs"]
mod http;
#[path = "relay/relay.rs"]
mod relay;

#[path = "team/approval.rs"]
mod approval;
#[path = "team/login.rs"]
mod login;
#[path = "team/programs.rs"]
mod programs;
#[path = "team/sight.rs"]
mod sight;

use atena::store::State;
use atena::users::Users;
use secrecy::SecretString;

use http::Answer;
use relay::Relay;
use support::sink::SinkOptions;

/// Held: the greeting names somebody else.
const SLIP: &str = "From: suzuki@own.example\r\nTo: Priya Raman <priya.raman@client.example>\r\n\
Subject: Kingfisher\r\nDate: Sat, 21 Nov 2026 10:00:00 +0900\r\n\r\nHi Mark,\r\n\r\nThanks for the call.\r\n";
const TO: &str = "priya.raman@client.example";

/// Suzuki writes, Tanaka approves, Mori is another sender, Root sees all.
const TEAM: &str = r#"
[web]
listen = "127.0.0.1:0"
login = "users"
hosts = ["atena.example"]
undo = "0s"
tick = []
[[user]]
name = "suzuki"
addresses = ["suzuki@own.example"]
[[user]]
name = "tanaka"
role = "approver"
addresses = ["tanaka@own.example"]
[[user]]
name = "mori"
addresses = ["mori@own.example"]
[[user]]
name = "root"
role = "admin"
"#;

struct Office {
    relay: Relay,
}

/// Somebody at a browser.
struct Desk<'a> {
    office: &'a Office,
    cookie: String,
}

impl Office {
    /// With `more` behind the team; approvers are told nothing by mail.
    async fn open(more: &str) -> Office {
        let quiet = "[approval]\nnotice = false\n";
        Office::open_telling(&match more.contains("[approval]\n") {
            true => more.replace("[approval]\n", quiet),
            false => format!("{more}{quiet}"),
        })
        .await
    }

    async fn open_telling(more: &str) -> Office {
        let office =
            Office { relay: Relay::with_serve_and("", SinkOptions::default(), &format!("{TEAM}{more}")).await };
        for name in ["suzuki", "tanaka", "mori", "root"] {
            office.password(name, &format!("{name}'s password"));
        }
        office
    }

    fn users(&self) -> Users {
        Users::of(&self.relay.config.data_dir)
    }

    fn password(&self, name: &str, password: &str) {
        self.users().add(name, &SecretString::from(password)).unwrap();
    }

    async fn ask(&self, method: &str, path: &str, cookie: &str, body: &str) -> Answer {
        let mut fields = vec![("Cookie", cookie)];
        if method == "POST" {
            fields.push(("Content-Type", "application/x-www-form-urlencoded"));
        }
        http::send(self.relay.page.unwrap(), method, path, &fields, body.as_bytes()).await
    }

    async fn try_login(&self, name: &str, password: &str) -> Answer {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("name", name)
            .append_pair("password", password)
            .finish();
        self.ask("POST", "/login", "", &form).await
    }

    async fn login(&self, name: &str) -> Desk<'_> {
        let answer = self.try_login(name, &format!("{name}'s password")).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let cookie = answer.field("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        Desk { office: self, cookie }
    }

    /// Has a mail held that is from this person; its id.
    async fn held(&self, from: &str) -> String {
        self.held_as(from, &SLIP.replace("suzuki", from)).await
    }

    /// The id of a mail from Suzuki, if it is held.
    async fn held_for(&self, to: &[&str], raw: &str) -> Option<String> {
        let reply = self.relay.client().await.send(to, raw.as_bytes()).await;
        let stored = self.relay.stored().await;
        stored.into_iter().find(|mail| reply.contains(mail.id.as_str())).map(|mail| mail.id.to_string())
    }

    async fn held_as(&self, from: &str, raw: &str) -> String {
        let mut client = self.relay.client().await;
        assert!(client.say("EHLO x").await.starts_with("250"));
        assert!(client.say(&format!("MAIL FROM:<{from}@own.example>")).await.starts_with("250"));
        assert!(client.say(&format!("RCPT TO:<{TO}>")).await.starts_with("250"));
        assert!(client.say("DATA").await.starts_with("354"));
        client.write(raw.as_bytes()).await;
        let reply = client.say(".").await;
        assert!(reply.starts_with("250 2.0.0 Kept"), "{reply}");
        let stored = self.relay.stored().await;
        stored.into_iter().find(|mail| reply.contains(mail.id.as_str())).unwrap().id.to_string()
    }

    async fn state(&self, id: &str) -> State {
        self.relay.stored().await.into_iter().find(|mail| mail.id.as_str() == id).unwrap().state
    }
}

impl Desk<'_> {
    async fn get(&self, path: &str) -> Answer {
        self.office.ask("GET", path, &self.cookie, "").await
    }

    /// As the forms of the page do it: with the token of the session.
    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get("/start").await.text();
        let token = page.split_once("name=\"token\" value=\"").unwrap().1.split('"').next().unwrap();
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("token", token).extend_pairs(fields);
        self.office.ask("POST", path, &self.cookie, &form.finish()).await
    }

    /// Whether the list has the mail.
    async fn lists(&self, id: &str) -> bool {
        self.get("/").await.text().contains(&format!("/mail/{id}"))
    }
}
