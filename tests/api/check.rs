//! Judging drafts from afar: the report of the terminal, and nothing is done.

use serde_json::{Value, json};

use crate::terminal::Scratch;
use crate::{Api, MISADDRESSED};

async fn check(api: &Api, query: &str, body: &[u8]) -> crate::http::Answer {
    let right = format!("Bearer {}", api.token);
    let fields = [("Authorization", right.as_str()), ("Content-Type", "message/rfc822")];
    api.send("POST", &format!("/api/v1/check{query}"), &fields, body).await
}

#[tokio::test]
async fn the_report_is_that_of_the_terminal_and_nothing_is_done() {
    let api = Api::start().await;
    let clean = MISADDRESSED.replace("Mark", "Priya");
    let blind = " --rcpt blind@client.example --rcpt priya.raman@client.example";
    let long = format!("{clean}{}", "A line of a long mail.\r\n".repeat(4000));
    for (raw, query, arguments) in [
        (MISADDRESSED, "", ""),
        (&clean, "", ""),
        (MISADDRESSED, "?rcpt=blind@client.example&rcpt=priya.raman%40client.example", blind),
        (&long, "", ""),
    ] {
        let scratch = Scratch::new();
        std::fs::write(scratch.path().join("draft.eml"), raw).unwrap();
        let output = scratch.run(&format!("atena check --format json{arguments} - < draft.eml"));
        let expected: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(check(&api, query, raw.as_bytes()).await.json(), expected, "{query}");
    }
    assert!(api.relay.stored().await.is_empty() && api.relay.sink.mails().is_empty());
}

#[tokio::test]
async fn what_is_no_mail_too_large_or_asked_wrongly_is_told() {
    let api = Api::with("max_message_size = \"64KiB\"\n", "").await;
    for body in ["", "hello", "{\"subject\":\"x\"}"] {
        assert_eq!(check(&api, "", body.as_bytes()).await.problem(), (422, "unfit".to_owned()), "{body}");
    }
    let large = format!("{MISADDRESSED}{}", "x".repeat(64 * 1024));
    assert_eq!(check(&api, "", large.as_bytes()).await.problem(), (413, "too-large".to_owned()));
    for query in ["?rcpt=nobody", "?recipient=a@b.example"] {
        assert_eq!(
            check(&api, query, MISADDRESSED.as_bytes()).await.problem(),
            (400, "unreadable".to_owned()),
            "{query}"
        );
    }
    assert_eq!(check(&api, "", MISADDRESSED.as_bytes()).await.json()["messages"][0]["verdict"], json!("hold"));
}
