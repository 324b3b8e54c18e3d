//! Does what `docs/api.md` shows work? Runs its ```` ```sh ```` blocks, each on a mail of its own, which the page calls
//! `k7m2q9x4`; that of the events, which has no end, is another test's.

use std::process::Stdio;

use crate::MISADDRESSED;
use crate::drafts::Scene;
use crate::imap::Options;
use crate::terminal::Scratch;

const PAGE: &str = include_str!("../../docs/api.md");

/// What the page calls the mail.
const MAIL: &str = "k7m2q9x4";

fn blocks() -> Vec<&'static str> {
    let after = PAGE.split("\n```sh\n").skip(1);
    after.map(|rest| rest.split_once("\n```").unwrap().0).filter(|block| block.contains("curl")).collect()
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
        let Scene { api, id, mailbox: _mailbox } = Scene::new(Options::default()).await;
        let mut command = scratch.program("sh");
        command.env("ATENA", format!("http://{}/api/v1", api.relay.page.unwrap())).env("ATENA_TOKEN", &api.token);
        command.args(["-ec", &block.replace(MAIL, &id)]).stdin(Stdio::null());
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && !out.contains("\"code\":\""), "{block}\n{out}\n{err}");
        ran += 1;
    }
    assert!(ran > 8, "the blocks are found: {ran}");
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
