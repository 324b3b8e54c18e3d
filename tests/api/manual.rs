//! Does what `docs/api.md` shows work? Runs its ```` ```sh ```` blocks, each on a mail of its own, which the page calls
//! `k7m2q9x4`; that of the events, which has no end, is another test's.

use std::process::Stdio;

use atena::tokens::{Scope, Token};
use atena::users::Users;

use crate::drafts::Scene;
use crate::imap::Options;
use crate::terminal::Scratch;
use crate::{Api, MISADDRESSED};

const PAGE: &str = include_str!("../../docs/api.md");

/// What the page calls the mail.
const MAIL: &str = "k7m2q9x4";

fn blocks() -> Vec<&'static str> {
    let after = PAGE.split("\n```sh\n").skip(1);
    after.map(|rest| rest.split_once("\n```").unwrap().0).filter(|block| block.contains("curl")).collect()
}

/// A relay where people log in and approve, a token for each of two of them, and a mail that waits.
async fn of_several_people() -> (Api, String, [(&'static str, String); 2]) {
    let people = "login = \"users\"\n[[user]]\nname = \"SUZUKI\"\naddresses = [\"suzuki@own.example\"]\n[[user]]\n\
                  name = \"TANAKA\"\nrole = \"approver\"\n[rules.greeting-mismatch]\napproval = true\n";
    let api = Api::with("", people).await;
    let token = |user: &'static str| {
        Users::of(&api.relay.config.data_dir).add(user, &"their password".into()).unwrap();
        let token =
            Token { name: user.to_owned(), scopes: Scope::ALL.to_vec(), user: Some(user.to_owned()), expires: None };
        (user, api.tokens().add(token).unwrap())
    };
    let tokens = ["SUZUKI", "TANAKA"].map(token);
    let id = api.held(MISADDRESSED).await;
    (api, id, tokens)
}

#[tokio::test]
async fn every_example_of_the_manual_works() {
    let scratch = Scratch::new();
    if !scratch.program("curl").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success()) {
        assert!(std::env::var_os("ATENA_REQUIRE_PEERS").is_none(), "there is no curl");
        return;
    }
    std::fs::write(scratch.path().join("draft.eml"), MISADDRESSED).unwrap();
    let mut ran = 0;
    for block in blocks().into_iter().filter(|block| !block.contains("/events")) {
        // A relay of its own: what was let go once is not doubted again.
        if block.contains("$TANAKA") {
            let (api, id, tokens) = of_several_people().await;
            run(&scratch, &api, &block.replace(MAIL, &id), &tokens).await;
        } else {
            let Scene { api, id, mailbox: _mailbox } = Scene::new(Options::default()).await;
            run(&scratch, &api, &block.replace(MAIL, &id), &[("ATENA_TOKEN", api.token.clone())]).await;
        }
        ran += 1;
    }
    assert!(ran > 9, "the blocks are found: {ran}");
}

async fn run(scratch: &Scratch, api: &Api, block: &str, tokens: &[(&str, String)]) {
    let mut command = scratch.program("sh");
    command.env("ATENA", format!("http://{}/api/v1", api.relay.page.unwrap()));
    command.envs(tokens.iter().map(|(name, token)| (name, token)));
    command.args(["-ec", block]).stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && !out.contains("\"code\":\""), "{block}\n{out}\n{err}");
}

#[test]
fn the_manual_shows_every_path() {
    let document: serde_json::Value = serde_json::from_str(include_str!("../../docs/openapi.json")).unwrap();
    let shown = blocks().join("\n").replace(MAIL, "{id}");
    for path in document["paths"].as_object().unwrap().keys() {
        let path = path.trim_start_matches("/api/v1");
        let used = [' ', '"', '?', '\n'].iter().any(|end| shown.contains(&format!("$ATENA{path}{end}")));
        assert!(used, "{path} is in no example");
    }
}
