//! What a program does in the place of a person, by a token of theirs.

use atena::store::State;
use atena::tokens::{Scope, Token, Tokens};
use serde_json::{Value, json};

use crate::contract;
use crate::http::{self, Answer};
use crate::{Office, SLIP};

const APPROVED: &str = "[rules.greeting-mismatch]\napproval = true\n";

struct Program<'a> {
    office: &'a Office,
    token: String,
}

impl Office {
    fn program(&self, user: &str) -> Program<'_> {
        let token = Token {
            name: format!("of-{user}"),
            scopes: Scope::ALL.to_vec(),
            user: Some(user.to_owned()),
            ..Token::default()
        };
        Program { office: self, token: Tokens::of(&self.relay.config.data_dir).add(token).unwrap() }
    }
}

impl Program<'_> {
    async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, "").await
    }

    async fn post(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, body).await
    }

    async fn send(&self, method: &str, path: &str, body: &str) -> Answer {
        let token = format!("Bearer {}", self.token);
        let fields = [("Authorization", token.as_str()), ("Content-Type", "application/json")];
        let path = format!("/api/v1{path}");
        let answer = http::send(self.office.relay.page.unwrap(), method, &path, &fields, body.as_bytes()).await;
        contract::hold(method, &path, &answer);
        answer
    }

    /// The ids of the mails it is told of.
    async fn lists(&self) -> Vec<String> {
        let listed = self.get("/mails").await.json();
        let id = |mail: &Value| mail["id"].as_str().unwrap().to_owned();
        listed["mails"].as_array().unwrap().iter().map(id).collect()
    }
}

fn last_note(mail: &Value) -> &str {
    mail["events"].as_array().unwrap().last().unwrap()["note"].as_str().unwrap()
}

#[tokio::test]
async fn it_is_the_second_person_its_token_stands_for() {
    let office = Office::open(APPROVED).await;
    let mail = office.held("suzuki").await;
    let (suzuki, tanaka) = (office.program("suzuki"), office.program("tanaka"));
    let kept = suzuki.get(&format!("/mails/{mail}")).await.json();
    assert_eq!(kept["approval"], "wanted");
    let release = format!("/mails/{mail}/release");
    assert_eq!(suzuki.post(&release, "").await.problem(), (403, "not-allowed".to_owned()));
    let drop = tanaka.post(&format!("/mails/{mail}/drop"), "").await;
    assert_eq!(drop.problem(), (403, "not-allowed".to_owned()), "that is its sender's to do");
    let blind = tanaka.post(&release, "").await;
    assert_eq!(blind.problem(), (422, "unfit".to_owned()), "of what was looked at only");
    let other = tanaka.post(&release, r#"{"revision": 7}"#).await;
    assert_eq!(other.problem(), (409, "conflict".to_owned()), "it is another one now");
    let body = json!({ "note": "I know him as Mark", "revision": kept["revision"] }).to_string();
    let let_go = tanaka.post(&release, &body).await.json();
    assert!(last_note(&let_go).contains("I know him as Mark (tanaka, token of-tanaka)"), "{let_go}");
    assert_eq!(office.relay.sink.wait_for(1).await[0].raw, SLIP.as_bytes());
}

#[tokio::test]
async fn it_sends_back_and_asks_again() {
    let office = Office::open(APPROVED).await;
    let mail = office.held("suzuki").await;
    let (suzuki, tanaka) = (office.program("suzuki"), office.program("tanaka"));
    let (refuse, ask) = (format!("/mails/{mail}/refuse"), format!("/mails/{mail}/ask"));
    assert_eq!(suzuki.post(&refuse, "").await.problem(), (403, "not-allowed".to_owned()));
    assert_eq!(suzuki.post(&ask, "").await.problem(), (403, "not-allowed".to_owned()), "it was not sent back");
    let back = tanaka.post(&refuse, r#"{"note": "Who is Mark?"}"#).await.json();
    assert_eq!((&back["approval"], back["state"].as_str()), (&"sent-back".into(), Some("held")));
    assert!(last_note(&back).contains("Who is Mark? (tanaka, token of-tanaka)"), "{back}");
    let release = tanaka.post(&format!("/mails/{mail}/release"), "").await;
    assert_eq!(release.status, 404, "it is its sender's again");
    let again = suzuki.post(&ask, r#"{"note": "Her second name"}"#).await.json();
    assert_eq!(again["approval"], "wanted");
    let body = json!({ "revision": again["revision"] }).to_string();
    assert_eq!(tanaka.post(&format!("/mails/{mail}/release"), &body).await.status, 200);
    office.relay.sink.wait_for(1).await;
}

#[tokio::test]
async fn it_sees_what_its_person_sees() {
    let office = Office::open("").await;
    let (own, other) = (office.held("suzuki").await, office.held("mori").await);
    let suzuki = office.program("suzuki");
    assert_eq!(suzuki.lists().await, [own.as_str()]);
    assert_eq!(office.program("root").lists().await.len(), 2, "an admin sees all");
    for path in ["", "/raw"] {
        let answer = suzuki.get(&format!("/mails/{other}{path}")).await;
        assert_eq!(answer.problem(), (404, "no-mail".to_owned()), "{path}");
    }
    for (act, body) in [
        ("release", ""),
        ("drop", ""),
        ("cancel", ""),
        ("draft", ""),
        ("refuse", ""),
        ("ask", ""),
        ("recipients", r#"{"to": ["x@y.example"]}"#),
        ("say", r#"{"finding": 0, "opinion": "right"}"#),
    ] {
        let answer = suzuki.post(&format!("/mails/{other}/{act}"), body).await;
        assert_eq!(answer.problem(), (404, "no-mail".to_owned()), "{act}");
    }
    assert_eq!(office.state(&other).await, State::Held);
    assert_eq!(suzuki.post(&format!("/mails/{own}/drop"), "").await.status, 200);
}

#[tokio::test]
async fn it_has_drafts_of_its_person_checked_and_no_others() {
    let office = Office::open("").await;
    let suzuki = office.program("suzuki");
    assert_eq!(suzuki.post("/check", SLIP).await.status, 200);
    let other = suzuki.post("/check", &SLIP.replace("suzuki@", "mori@")).await;
    assert_eq!(other.problem(), (403, "not-allowed".to_owned()), "whom Mori writes to is Mori's");
}

#[tokio::test]
async fn a_program_of_nobody_s_undoes_no_second_person() {
    let office = Office::open(APPROVED).await;
    let mail = office.held("suzuki").await;
    let token = Token { name: "crm".to_owned(), scopes: Scope::ALL.to_vec(), ..Token::default() };
    let token = Tokens::of(&office.relay.config.data_dir).add(token).unwrap();
    let crm = Program { office: &office, token };
    for act in ["refuse", "ask"] {
        let answer = crm.post(&format!("/mails/{mail}/{act}"), "").await;
        assert_eq!(answer.problem(), (403, "not-allowed".to_owned()), "{act}");
    }
    assert_eq!(crm.post(&format!("/mails/{mail}/release"), "").await.problem(), (403, "not-approved".to_owned()));
}

#[tokio::test]
async fn it_is_let_in_as_long_as_its_person_is() {
    let office = Office::open("").await;
    let suzuki = office.program("suzuki");
    assert_eq!(suzuki.get("/mails").await.status, 200);
    assert!(office.users().remove("suzuki").unwrap());
    assert_eq!(suzuki.get("/mails").await.problem(), (401, "wrong-token".to_owned()));
}
