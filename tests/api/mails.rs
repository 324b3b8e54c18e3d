//! Kept mails as programs see them.

use atena::cli::held::{self, Command, Streams, Style};
use atena::lang::Lang;
use atena::tokens::Scope;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::{Api, MISADDRESSED, TO};

/// What `atena held` prints as JSON, beside the relay.
async fn terminal(api: &Api, command: Command) -> Value {
    let config = api.relay.config.clone();
    let run = move || {
        let style = Style { lang: Lang::En, colour: false, width: 100, time_zone: TimeZone::UTC };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        held::run(&config, &command, &style, Streams { out: &mut out, err: &mut err }).unwrap();
        serde_json::from_slice(&out).unwrap()
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

#[tokio::test]
async fn a_mail_has_the_fields_of_the_terminal_and_its_sheet() {
    let api = Api::start().await;
    let id = api.held(MISADDRESSED).await;
    let mail = api.get(&format!("/api/v1/mails/{id}")).await.json();
    assert_eq!(mail, terminal(&api, Command::Show { id: id.clone(), raw: false, json: true }).await);
    let sheet = &mail["sheet"];
    assert_eq!(mail["findings"][0]["rule"], "greeting-mismatch");
    let organisations = sheet["organisations"].as_array().unwrap();
    let names: Vec<_> = organisations.iter().map(|one| (&one["name"], &one["recipients"][0]["field"])).collect();
    assert_eq!(names, [(&json!("client.example"), &json!("To")), (&json!("partner.example"), &json!("Cc"))]);
    let keys: Vec<&str> = sheet["ticks"].as_array().unwrap().iter().map(|tick| tick["key"].as_str().unwrap()).collect();
    assert_eq!(keys[..2], ["outside:client.example", "outside:partner.example"]);
    assert!(keys[2].starts_with("finding:greeting-mismatch:"), "{keys:?}");
    let greeting: Vec<_> = sheet["texts"][0][0]["runs"].as_array().unwrap().iter().map(|run| &run["text"]).collect();
    assert_eq!(greeting, ["Hi ", "Mark", ","], "the words that were remarked upon are on their own");
    let marked = &sheet["texts"][0][0]["runs"][1]["findings"][0];
    assert_eq!(*marked, mail["findings"][0]["number"]);
    let raw = api.get(&format!("/api/v1/mails/{id}/raw")).await;
    assert_eq!((raw.status, raw.field("content-type")), (200, Some("message/rfc822")));
    assert_eq!(String::from_utf8(raw.body).unwrap(), MISADDRESSED);
}

#[tokio::test]
async fn who_only_decides_sees_no_text() {
    let api = Api::start().await;
    let id = api.held(MISADDRESSED).await;
    let token = api.token("gate", &[Scope::Decide]);
    let mail = api.ask("GET", &format!("/api/v1/mails/{id}"), &token, "").await;
    assert!(mail.json()["sheet"]["ticks"].is_array() && mail.json()["sheet"].get("texts").is_none());
    assert!(!mail.text().contains("wren"), "{}", mail.text());
    let raw = api.ask("GET", &format!("/api/v1/mails/{id}/raw"), &token, "").await;
    assert_eq!(raw.problem(), (403, "no-scope".to_owned()));
}

#[tokio::test]
async fn the_list_is_that_of_the_terminal_filtered_and_page_by_page() {
    let api = Api::start().await;
    let mut ids = Vec::new();
    for words in ["Kingfisher", "Heron", "Heron again"] {
        let mut client = api.relay.client().await;
        let raw = MISADDRESSED.replace("Kingfisher", words);
        assert!(client.send(&TO, raw.as_bytes()).await.starts_with("250 2.0.0 Kept"));
        ids.push(api.relay.stored().await[0].id.to_string());
    }
    ids.reverse();
    let list = async |query: &str| {
        let list = api.get(&format!("/api/v1/mails{query}")).await.json();
        let found: Vec<String> =
            list["mails"].as_array().unwrap().iter().map(|mail| mail["id"].as_str().unwrap().to_owned()).collect();
        (found, list["next"].clone())
    };
    let mut all = api.get("/api/v1/mails").await.json();
    assert_eq!(all.as_object_mut().unwrap().remove("next"), Some(Value::Null));
    assert_eq!(all, terminal(&api, Command::List { all: false, json: true }).await);
    assert_eq!(list("?q=heron%20client.example&order=risk").await, (ids[..2].to_vec(), Value::Null));
    assert_eq!(list("?limit=2").await, (ids[..2].to_vec(), json!(ids[1])));
    assert_eq!(list(&format!("?limit=2&after={}", ids[1])).await, (ids[2..].to_vec(), Value::Null));
    assert_eq!(api.post(&format!("/api/v1/mails/{}/drop", ids[0]), "").await.status, 200);
    assert_eq!(list("").await.0, ids[1..]);
    assert_eq!(list("?state=dropped,sent").await.0, ids[..1]);
    assert_eq!(list("?state=all").await.0, ids);
    let gone = api.get(&format!("/api/v1/mails/{}/raw", ids[0])).await;
    assert_eq!(gone.problem(), (410, "text-gone".to_owned()));
}

#[tokio::test]
async fn what_is_asked_wrongly_is_told_and_not_guessed() {
    let api = Api::start().await;
    let id = api.held(MISADDRESSED).await;
    for query in [
        "limit=0",
        "limit=201",
        "limit=x",
        "order=up",
        "state=open",
        "state=held,x",
        "after=k7m2q9x4",
        "after=x",
        "sate=held",
    ] {
        let answer = api.get(&format!("/api/v1/mails?{query}")).await;
        assert_eq!(answer.problem(), (400, "unreadable".to_owned()), "{query}");
    }
    let mail = format!("/api/v1/mails/{id}");
    for (path, body, status, code) in [
        ("release", "{", 400, "unreadable"),
        ("release", "[]x", 400, "unreadable"),
        ("release", "{\"tick\":[]}", 422, "unfit"),
        ("release", "{\"ticks\":\"all\"}", 422, "unfit"),
        ("release", "{\"not_before\":\"soon\"}", 422, "unfit"),
        ("drop", "{\"mistake\":1}", 422, "unfit"),
        ("cancel", "{\"note\":\"x\"}", 422, "unfit"),
        ("recipients", "{}", 422, "unfit"),
        ("recipients", "{\"to\":[\"nobody\"]}", 422, "unfit"),
        ("say", "", 422, "unfit"),
        ("say", "{\"finding\":0,\"opinion\":\"perhaps\"}", 422, "unfit"),
        ("say", "{\"finding\":-1,\"opinion\":\"right\"}", 422, "unfit"),
        ("say", "{\"finding\":99,\"opinion\":\"right\"}", 422, "unfit"),
    ] {
        assert_eq!(
            api.post(&format!("{mail}/{path}"), body).await.problem(),
            (status, code.to_owned()),
            "{path} {body}"
        );
    }
    for id in ["k7m2q9x4", "x", "k7m2q9x4k7m2q9x4", "%00", "..%2f..", "%E5%AE%9B"] {
        assert_eq!(api.get(&format!("/api/v1/mails/{id}")).await.problem(), (404, "no-mail".to_owned()), "{id}");
        let answer = api.post(&format!("/api/v1/mails/{id}/release"), "{}").await;
        assert_eq!(answer.problem(), (404, "no-mail".to_owned()), "{id}");
    }
    for path in ["/api/v1", "/api/v1/", "/api/v1/mail", "/api/v1/mails/x/y", "/api/v2/mails"] {
        let answer = api.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    assert_eq!(api.get("/api/v1/nothing").await.problem(), (404, "no-path".to_owned()));
    for (method, path, allowed) in
        [("DELETE", mail.as_str(), "GET,HEAD"), ("POST", "/api/v1/mails", "GET,HEAD"), ("GET", "/api/v1/check", "POST")]
    {
        let answer = api.ask(method, path, &api.token, "").await;
        assert_eq!(answer.problem(), (405, "wrong-method".to_owned()), "{method} {path}");
        assert_eq!(answer.field("allow"), Some(allowed), "{method} {path}");
    }
    let form = [("Authorization", format!("Bearer {}", api.token)), ("Content-Type", "text/plain".to_owned())];
    let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
    let answer = api.send("POST", &format!("{mail}/drop"), &form, b"{}").await;
    assert_eq!(answer.problem(), (415, "no-json".to_owned()));
    let note = format!("{{\"note\":\"{}\"}}", "x".repeat(300_000));
    assert_eq!(api.post(&format!("{mail}/release"), &note).await.problem(), (413, "too-large".to_owned()));
    assert_eq!(api.get(&mail).await.json()["state"], "held", "and nothing was done");
}

#[tokio::test]
async fn problems_are_told_in_the_language_asked_for() {
    let api = Api::start().await;
    for (field, title) in [("ja", "トークンが必要です"), ("en-GB, ja;q=0.5", "A token is needed")] {
        let answer = api.send("GET", "/api/v1/mails", &[("Accept-Language", field)], b"").await;
        assert_eq!(answer.value()["title"], title);
        assert_eq!(answer.field("content-language"), Some(&field[..2]));
    }
}
