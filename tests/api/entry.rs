//! Who is let in, for what, and how often.

use atena::tokens::{Scope, Token};
use jiff::{SignedDuration, Timestamp};

use crate::http;
use crate::terminal::Scratch;
use crate::{Api, MISADDRESSED};

#[tokio::test]
async fn only_a_token_that_counts_opens_anything() {
    let api = Api::start().await;
    let id = api.held(MISADDRESSED).await;
    let past = Timestamp::now() - SignedDuration::from_secs(1);
    let old = Token { name: "old".to_owned(), scopes: Scope::ALL.to_vec(), expires: Some(past), ..Token::default() };
    let old = format!("Bearer {}", api.tokens().add(old).unwrap());
    let (right, basic) = (format!("bearer {}", api.token), format!("Basic {}", api.token));
    for (field, status, challenge) in [
        ("", 401, "Bearer realm=\"atena\""),
        ("Bearer", 401, "Bearer realm=\"atena\""),
        (&basic, 401, "Bearer realm=\"atena\""),
        ("Bearer atena_x", 401, "Bearer realm=\"atena\", error=\"invalid_token\""),
        (&old, 401, "Bearer realm=\"atena\", error=\"invalid_token\""),
        (&right, 200, ""),
    ] {
        let fields = [("Authorization", field)];
        let answer = api.send("GET", "/api/v1/mails", &fields[..usize::from(!field.is_empty())], b"").await;
        assert_eq!(
            (answer.status, answer.field("www-authenticate").unwrap_or_default()),
            (status, challenge),
            "{field}"
        );
    }
    // Its document is everybody's.
    assert_eq!(api.send("GET", "/api/v1/openapi.json", &[], b"").await.json()["openapi"], "3.1.0");
    assert!(api.tokens().remove("crm").unwrap());
    assert_eq!(api.post(&format!("/api/v1/mails/{id}/drop"), "").await.status, 401, "it counts at once");
}

#[tokio::test]
async fn the_session_of_the_page_opens_nothing_here() {
    let api = Api::start().await;
    let id = api.held(MISADDRESSED).await;
    let page = api.relay.page.unwrap();
    let key = atena::web::Key::of(&api.relay.config.data_dir).unwrap();
    let link = atena::web::link(&api.relay.config, &key, page, Timestamp::now());
    let path = link.split_once(&page.to_string()).unwrap().1;
    let entered = http::send(page, "GET", path, &[], b"").await;
    let cookie = entered.field("set-cookie").unwrap().split(';').next().unwrap();
    let fields = [("Cookie", cookie), ("Content-Type", "application/json")];
    assert_eq!(http::send(page, "GET", "/", &fields, b"").await.status, 200, "the page is open");
    for (method, path) in [("GET", format!("/api/v1/mails/{id}")), ("POST", format!("/api/v1/mails/{id}/drop"))] {
        assert_eq!(api.send(method, &path, &fields, b"").await.problem(), (401, "no-token".to_owned()), "{path}");
    }
}

#[tokio::test]
async fn each_scope_opens_its_own() {
    let api = Api::start().await;
    let id = api.held(MISADDRESSED).await;
    let mail = format!("/api/v1/mails/{id}");
    let (raw, drop) = (format!("{mail}/raw"), format!("{mail}/drop"));
    let tokens = Scope::ALL.map(|scope| (scope.as_str(), api.token(scope.as_str(), &[scope])));
    for (method, path, open) in [
        ("GET", "/api/v1/mails", vec!["read", "decide"]),
        ("GET", &mail, vec!["read", "decide"]),
        ("GET", &raw, vec!["read"]),
        ("POST", &format!("{mail}/release"), vec!["decide"]),
        ("POST", &format!("{mail}/cancel"), vec!["decide"]),
        ("POST", &format!("{mail}/recipients"), vec!["decide"]),
        ("POST", &format!("{mail}/say"), vec!["decide"]),
        ("POST", "/api/v1/check", vec!["check"]),
        ("POST", &drop, vec!["decide"]),
    ] {
        for (scope, token) in &tokens {
            let answer = api.ask(method, path, token, "").await;
            assert_eq!(answer.status != 403, open.contains(scope), "{method} {path} with {scope}: {}", answer.text());
            if answer.status == 403 {
                assert_eq!(answer.problem().1, "no-scope");
                assert_eq!(answer.value()["scopes"], serde_json::json!(open));
                let challenge = answer.field("www-authenticate").unwrap();
                assert!(challenge.contains(&format!("scope=\"{}\"", open.join(" "))), "{challenge}");
            }
        }
    }
}

#[tokio::test]
async fn a_token_has_so_many_requests_a_minute() {
    let api = Api::with("", "api_rate = 1\n").await;
    assert_eq!(api.get("/api/v1/mails").await.status, 200);
    let answer = api.get("/api/v1/mails").await;
    assert_eq!(answer.problem(), (429, "too-many".to_owned()));
    let seconds: u64 = answer.field("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    let other = api.token("other", &[Scope::Read]);
    assert_eq!(api.ask("GET", "/api/v1/mails", &other, "").await.status, 200, "another's");
}

#[tokio::test]
async fn who_guesses_waits_and_locks_nobody_out() {
    let api = Api::start().await;
    let mut answers = Vec::new();
    // More than come back while the slowest machine sends them.
    for n in 0..100 {
        answers.push(api.ask("GET", "/api/v1/mails", &format!("atena_{n}"), "").await);
    }
    assert!(answers[..10].iter().all(|answer| answer.status == 401));
    let waits = answers.iter().find(|answer| answer.status == 429).expect("one is asked to wait");
    assert!(waits.field("retry-after").is_some());
    assert_eq!(api.get("/api/v1/mails").await.status, 200);
}

#[tokio::test]
async fn hosts_and_sites_of_others_are_turned_away_here_too() {
    let api = Api::start().await;
    let id = api.held(MISADDRESSED).await;
    let right = format!("Bearer {}", api.token);
    for field in [("Host", "evil.test"), ("Origin", "http://evil.test"), ("Sec-Fetch-Site", "cross-site")] {
        let answer =
            api.send("POST", &format!("/api/v1/mails/{id}/drop"), &[("Authorization", &right), field], b"").await;
        assert_eq!(answer.status, 403, "{field:?}");
    }
    assert_eq!(api.get(&format!("/api/v1/mails/{id}")).await.json()["state"], "held");
}

#[test]
fn tokens_are_made_listed_and_removed_at_the_terminal() {
    let scratch = Scratch::new();
    let run = |line: &str| {
        let output = scratch.run(line);
        let text = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap();
        (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
    };
    let (code, out, _) = run("atena token add crm --scope decide --scope read --scope read");
    assert_eq!((code, out.lines().next().unwrap().len()), (0, "atena_".len() + 43), "{out}");
    assert!(out.contains("not shown again"), "{out}");
    assert_eq!(run("atena token add editor --scope check --expires 90d").0, 0);
    let (code, out, _) = run("atena token list");
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!((code, lines[0]), (0, "crm  read,decide"));
    assert!(lines[1].starts_with("editor  check  until 2"), "{out}");
    for (line, words) in [
        ("atena token add crm --scope read", "already"),
        ("atena --lang ja token add crm --scope read", "同じ名前"),
        ("atena token add \"a b\" --scope read", "letters, digits"),
        ("atena token add x --scope all", "invalid value"),
        ("atena token add x", "--scope"),
        ("atena token add x --scope read --expires soon", "90d"),
        ("atena token add x --scope read --expires -1d", ""),
        ("atena --lang ja token add x --scope read --expires 0d", "期間"),
    ] {
        let (code, _, err) = run(line);
        assert!(code == 2 && err.contains(words), "{line}: {code} {err}");
    }
    assert_eq!(run("atena token remove crm").0, 0);
    assert_eq!(run("atena token remove crm").0, 1);
    assert!(!run("atena token list").1.contains("crm"));
}
