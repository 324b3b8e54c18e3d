//! What programs do to kept mails, and that the record says which one did.

use atena::store::State;
use serde_json::{Value, json};

use crate::{Api, MISADDRESSED, TO};

/// The notes of the record, of all but the first event.
fn notes(mail: &Value) -> Vec<&str> {
    mail["events"].as_array().unwrap().iter().skip(1).filter_map(|event| event["note"].as_str()).collect()
}

#[tokio::test]
async fn what_has_to_be_ticked_has_to_be_listed() {
    let api = Api::start().await;
    let id = api.held(MISADDRESSED).await;
    let path = format!("/api/v1/mails/{id}/release");
    let ticks = api.ticks(&id).await;
    let answer = api.post(&path, "").await;
    assert_eq!(answer.problem(), (422, "not-ticked".to_owned()));
    assert_eq!(answer.value()["ticks"], ticks);
    let some = json!({ "ticks": ["outside:client.example", ticks[2]] });
    let answer = api.post(&path, &some.to_string()).await;
    assert_eq!(answer.value()["ticks"], json!(["outside:partner.example"]));
    assert!(answer.value()["detail"].as_str().unwrap().contains("outside:partner.example"));
    let body = json!({ "ticks": ticks, "note": "the customer calls himself Mark" });
    let mail = api.post(&path, &body.to_string()).await.json();
    assert!(["ready", "sending", "sent"].contains(&mail["state"].as_str().unwrap()), "{mail}");
    assert_eq!(notes(&mail)[0], "the customer calls himself Mark (token crm)");
    let sent = api.relay.sink.wait_for(1).await;
    assert_eq!(
        (&sent[0].recipients[..], sent[0].raw.as_slice()),
        (&TO.map(str::to_owned)[..], MISADDRESSED.as_bytes())
    );
}

#[tokio::test]
async fn of_two_releases_at_once_one_is_done() {
    let api = Api::start().await;
    // What was let go once is not doubted again.
    for (n, name) in ["Mark", "Nora", "Paul", "Olga", "Sean"].into_iter().enumerate() {
        let round = n + 1;
        let id = api.held(&MISADDRESSED.replace("Mark", name)).await;
        let body = json!({ "ticks": api.ticks(&id).await }).to_string();
        let path = format!("/api/v1/mails/{id}/release");
        let (one, other) = tokio::join!(api.post(&path, &body), api.post(&path, &body));
        let mut status = [one.status, other.status];
        status.sort_unstable();
        assert_eq!(status, [200, 409], "{} {}", one.text(), other.text());
        assert_eq!(api.relay.sink.wait_for(round).await.len(), round);
        api.relay.sink.wait_until_idle().await;
    }
    assert_eq!(api.relay.sink.mails().len(), 5);
}

#[tokio::test]
async fn a_mail_goes_later_is_taken_back_and_goes_without_one() {
    let api = Api::start().await;
    let id = api.held(MISADDRESSED).await;
    let act = async |what: &str, body: Value| api.post(&format!("/api/v1/mails/{id}/{what}"), &body.to_string()).await;
    let ticks = api.ticks(&id).await;
    let past = act("release", json!({ "ticks": ticks, "not_before": "2020-01-01T00:00:00Z" })).await;
    assert_eq!(past.problem(), (422, "unfit".to_owned()));
    let later = act("release", json!({ "ticks": ticks, "not_before": "2999-01-01T09:00:00+09:00" })).await.json();
    assert_eq!((&later["state"], &later["due_at"]), (&json!("ready"), &json!("2999-01-01T00:00:00Z")));
    let back = act("cancel", json!({})).await.json();
    assert_eq!((&back["state"], notes(&back)), (&json!("held"), vec!["(token crm)", "(token crm)"]));
    assert_eq!(act("cancel", json!({})).await.problem(), (409, "conflict".to_owned()));
    for (without, status) in [(json!(["x"]), 422), (json!(["k@client.example"]), 422), (json!(TO), 422)] {
        assert_eq!(act("release", json!({ "ticks": ticks, "without": without })).await.status, status, "{without}");
    }
    assert_eq!(act("release", json!({ "ticks": ticks, "without": [TO[1]] })).await.status, 200);
    assert_eq!(api.relay.sink.wait_for(1).await[0].recipients, [TO[0]]);
    api.relay.comes_to(State::Sent).await;
    for what in ["release", "drop", "cancel", "recipients"] {
        let body = if what == "recipients" { json!({ "to": TO }) } else { json!({}) };
        assert_eq!(act(what, body).await.problem(), (409, "conflict".to_owned()), "{what}");
    }
}

#[tokio::test]
async fn what_waits_for_its_time_goes_at_once_without_ticks() {
    let api = Api::start().await;
    let id = api.held(MISADDRESSED).await;
    let body = json!({ "ticks": api.ticks(&id).await, "not_before": "2999-01-01T00:00:00Z" });
    let path = format!("/api/v1/mails/{id}/release");
    assert_eq!(api.post(&path, &body.to_string()).await.status, 200);
    assert_eq!(api.post(&path, "").await.status, 200);
    api.relay.sink.wait_for(1).await;
}

#[tokio::test]
async fn a_reason_is_asked_for_where_the_page_asks_for_it() {
    let api = Api::with("", "tick = []\nask_reason = true\n").await;
    let id = api.held(MISADDRESSED).await;
    let path = format!("/api/v1/mails/{id}/release");
    assert_eq!(api.post(&path, "").await.problem(), (422, "unfit".to_owned()));
    assert_eq!(api.post(&path, "{\"note\":\"  \"}").await.problem(), (422, "unfit".to_owned()));
    let long = json!({ "note": "x".repeat(501) });
    assert_eq!(api.post(&path, &long.to_string()).await.problem(), (422, "unfit".to_owned()));
    assert_eq!(api.post(&path, "{\"note\":\"agreed by telephone\"}").await.status, 200);
}

#[tokio::test]
async fn other_recipients_are_written_into_the_header_and_checked() {
    let api = Api::start().await;
    let id = api.held(MISADDRESSED).await;
    let body = json!({ "to": ["Mark Weber <mark@client.example>"], "cc": [], "bcc": ["jonas@partner.example"] });
    let mail = api.post(&format!("/api/v1/mails/{id}/recipients"), &body.to_string()).await.json();
    assert_eq!(mail["recipients"], json!(["mark@client.example", "jonas@partner.example"]));
    let rules: Vec<&str> =
        mail["findings"].as_array().unwrap().iter().map(|finding| finding["rule"].as_str().unwrap()).collect();
    assert!(!rules.contains(&"greeting-mismatch"), "{rules:?}");
    assert_eq!(
        notes(&mail),
        ["−priya.raman@client.example, +mark@client.example, jonas@partner.example: Cc → Bcc (token crm)"]
    );
    let raw = api.get(&format!("/api/v1/mails/{id}/raw")).await.text();
    assert!(raw.contains("To: Mark Weber <mark@client.example>\r\n") && !raw.contains("Cc:"), "{raw}");
    assert!(!raw.contains("jonas"), "blind copies stay out of headers: {raw}");
    assert_eq!(api.release(&id).await.status, 200);
    assert_eq!(api.relay.sink.wait_for(1).await[0].recipients, ["mark@client.example", "jonas@partner.example"]);
}

#[tokio::test]
async fn recipients_of_a_header_that_cannot_be_read_are_left_alone() {
    let api = Api::start().await;
    let forwarded = "Content-Type: message/rfc822\r\n\r\n".repeat(60);
    let id = api.held(&MISADDRESSED.replacen("\r\n\r\n", &format!("\r\n\r\n{forwarded}"), 1)).await;
    let before = api.get(&format!("/api/v1/mails/{id}/raw")).await.text();
    let answer = api.post(&format!("/api/v1/mails/{id}/recipients"), r#"{ "to": ["mark@client.example"] }"#).await;
    assert_eq!(answer.problem(), (422, "unfit".to_owned()));
    assert_eq!(api.get(&format!("/api/v1/mails/{id}/raw")).await.text(), before);
    assert_eq!(api.get(&format!("/api/v1/mails/{id}")).await.json()["recipients"], json!(TO));
}

#[tokio::test]
async fn a_mail_is_dropped_and_the_record_says_by_whom() {
    let api = Api::start().await;
    let id = api.held(MISADDRESSED).await;
    let mail = api.post(&format!("/api/v1/mails/{id}/drop"), "{\"mistake\":true}").await.json();
    assert_eq!((&mail["state"], notes(&mail)), (&json!("dropped"), vec!["(token crm)"]));
    assert!(api.relay.sink.mails().is_empty());
}

#[tokio::test]
async fn what_is_said_of_a_finding_is_noted_if_it_doubts_somebody() {
    let api = Api::start().await;
    let id = api.held(MISADDRESSED).await;
    let findings = api.get(&format!("/api/v1/mails/{id}")).await.json()["findings"].clone();
    let mismatch =
        &findings.as_array().unwrap().iter().find(|one| one["rule"] == "greeting-mismatch").unwrap()["number"];
    let body = json!({ "finding": mismatch, "opinion": "right" });
    let said = api.post(&format!("/api/v1/mails/{id}/say"), &body.to_string()).await.json();
    assert!(said["noted"].is_boolean(), "{said}");
    assert_eq!(api.get(&format!("/api/v1/mails/{id}")).await.json()["state"], "held");
}
