//! What a mail wants ticked depends on whom it goes to and what it is.

use serde_json::{Value, json};

use crate::{Api, MISADDRESSED, TO};

const CLIENTS: &str = "tick = [\"errors\"]\n\n\
    [[client]]\nname = \"Raman\"\ndomains = [\"client.example\"]\ncheck = [\"Approved by Ogawa?\", \"円建てか\"]\n\n\
    [[client]]\nname = \"Weber\"\naddresses = [\"jonas@partner.example\"]\ntick = [\"outside\"]\ncheck = [\"円建てか\"]\n\n\
    [[client]]\nname = \"Nobody\"\ndomains = [\"nobody.example\"]\ncheck = [\"Never asked?\"]\n\n\
    [[kind]]\nname = \"quotation\"\ncheck = [\"This month's prices?\"]\n\n\
    [[kind]]\nname = \"fault\"\ntick = [\"missing\"]\ncheck = [\"Read by a second person?\"]\n\n\
    [rules.mixed-clients]\nenabled = false\n";

async fn ticks(api: &Api, id: &str) -> Vec<(String, String)> {
    let mail = api.get(&format!("/api/v1/mails/{id}")).await.json();
    let text = |tick: &Value, name: &str| tick[name].as_str().unwrap().to_owned();
    let ticks = mail["sheet"]["ticks"].as_array().unwrap();
    ticks.iter().map(|tick| (text(tick, "key"), text(tick, "label"))).collect()
}

fn keys(ticks: &[(String, String)]) -> Vec<&str> {
    ticks.iter().map(|(key, _)| key.as_str()).collect()
}

#[tokio::test]
async fn mails_to_a_client_want_its_questions_answered() {
    let api = Api::with("", CLIENTS).await;
    let id = api.held(MISADDRESSED).await;
    let all = ticks(&api, &id).await;
    assert_eq!(
        keys(&all),
        [
            "outside:client.example",
            "outside:partner.example",
            "finding:greeting-mismatch:0",
            "check:Approved by Ogawa?",
            "check:円建てか",
        ]
    );
    assert!(all.iter().any(|(_, label)| label == "円建てか"), "as it was written: {all:?}");
    // The server looks, whatever the page lets pass; of those who get nothing nothing is asked.
    let path = format!("/api/v1/mails/{id}/release");
    let answer = api.post(&path, &json!({ "ticks": keys(&all)[..4] }).to_string()).await;
    assert_eq!(
        (answer.problem(), &answer.value()["ticks"]),
        ((422, "not-ticked".to_owned()), &json!(["check:円建てか"]))
    );
    let body = json!({ "ticks": [keys(&all)[1], keys(&all)[2]], "without": [TO[0]] });
    let answer = api.post(&path, &body.to_string()).await;
    assert_eq!(answer.value()["ticks"], json!(["check:円建てか"]), "Jonas' question stays, Priya's is gone");
    let body = json!({ "ticks": [keys(&all)[1], keys(&all)[2], keys(&all)[4]], "without": [TO[0]] });
    assert_eq!(api.post(&path, &body.to_string()).await.status, 200);
}

#[tokio::test]
async fn mails_of_a_kind_want_its_questions_answered() {
    let api = Api::with("", CLIENTS).await;
    let id = api.held(&MISADDRESSED.replace("Kingfisher", "Quotation")).await;
    assert_eq!(keys(&ticks(&api, &id).await).last(), Some(&"check:This month's prices?"));
}

#[tokio::test]
async fn a_mail_about_a_fault_wants_each_part_ticked_that_it_lacks() {
    let api = Api::with("", CLIENTS).await;
    let text = "We shipped you the wrong birds yesterday, and two of them arrived dead.";
    let id = api.held(&MISADDRESSED.replace("Thanks for the call about the wren.", text)).await;
    let all = ticks(&api, &id).await;
    let missing: Vec<&str> = keys(&all).into_iter().filter(|key| key.starts_with("missing:")).collect();
    assert!(missing.contains(&"missing:apology") && missing.len() > 1, "{all:?}");
    assert_eq!(keys(&all).last(), Some(&"check:Read by a second person?"));
}
