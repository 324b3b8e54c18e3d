//! Words, names and addresses of mails stay out of problems and out of the log, and so do tokens.

use serde_json::json;

use crate::support::log::Log;
use crate::{Api, MISADDRESSED};

#[tokio::test]
async fn mails_and_tokens_stay_out_of_the_log_and_of_problems() {
    let log = Log::of_process();
    let api = Api::start().await;
    let raw = MISADDRESSED.replace("wren", "zaunkoenig").replace("Kingfisher", "zaunkoenig");
    let id = api.held(&raw).await;
    let act = async |what: &str, body: serde_json::Value| {
        api.post(&format!("/api/v1/mails/{id}/{what}"), &body.to_string()).await
    };
    let mut problems = vec![
        act("release", json!({})).await,
        act("release", json!({ "without": ["x"], "ticks": api.ticks(&id).await })).await,
        act("recipients", json!({ "to": [] })).await,
        act("cancel", json!({})).await,
        act("say", json!({ "finding": 99, "opinion": "right" })).await,
        api.get(&format!("/api/v1/mails/{id}x")).await,
        api.ask("GET", "/api/v1/mails", "atena_no-such-token", "").await,
        api.post("/api/v1/check?rcpt=zaunkoenig", &raw).await,
        api.post("/api/v1/check", "zaunkoenig").await,
    ];
    assert_eq!(api.post("/api/v1/check", &raw).await.status, 200);
    assert_eq!(act("drop", json!({})).await.status, 200);
    problems.push(act("drop", json!({})).await);
    // Nothing can be kept any more, and the log says so.
    let data = api.relay.config.data_dir.clone();
    std::fs::remove_file(data.join("tokens")).unwrap();
    std::fs::create_dir(data.join("tokens")).unwrap();
    let broken = api.get("/api/v1/mails").await;
    assert_eq!(broken.problem(), (503, "out-of-order".to_owned()));
    problems.push(broken);
    for problem in &problems {
        assert!(problem.status >= 400, "{problem:?}");
        for secret in ["zaunkoenig", "priya", "jonas", "suzuki", "Mark", data.to_str().unwrap()] {
            assert!(!problem.text().contains(secret), "{secret}: {}", problem.text());
        }
    }
    let token = api.token.clone();
    api.relay.stop().await;
    let text = log.text();
    assert!(text.contains("tokens of the API cannot be read"), "the log says what happened: {text}");
    for secret in ["zaunkoenig", "priya", "jonas", "suzuki", "no-such-token", token.as_str()] {
        assert!(!text.contains(secret), "{secret} is in the log");
    }
}
