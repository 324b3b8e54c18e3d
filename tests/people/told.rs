//! What past mail tells is said of the next one: import, then check, as a person does both.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::terminal::Scratch;

/// When the drafts are written.
const NOW: &str = "2026-10-14T01:00:00Z";

/// A mail so many hours before the drafts.
fn sent(hours_ago: i64, to: &[&str], text: &str) -> Value {
    let at = NOW.parse::<Timestamp>().unwrap() - SignedDuration::from_hours(hours_ago);
    json!({
        "id": format!("<{hours_ago}.{}@own.example>", to[0]), "date": at.to_string(), "from": "ogawa@own.example", "to": to,
        "subject": format!("News {hours_ago}"), "body": text,
    })
}

/// A mail every other day for so many days, the last one so many days ago.
fn habit(days: std::ops::Range<i64>, to: &[&str], text: &str) -> Vec<Value> {
    days.step_by(2).map(|day| sent(day * 24 + 12, to, text)).collect()
}

/// A scratch directory whose home has learnt from these mails.
fn learnt(mails: &[Value]) -> Scratch {
    let scratch = Scratch::new();
    let lines: Vec<String> = mails.iter().map(Value::to_string).collect();
    std::fs::write(scratch.path().join("sent.jsonl"), lines.join("\n")).unwrap();
    std::fs::write(scratch.path().join("atena.toml"), "").unwrap();
    let output = scratch.run("atena --config atena.toml --data-dir data people import sent.jsonl");
    assert!(output.status.success(), "{}", scratch.text(&output.stderr));
    scratch
}

/// The findings about a draft: rule and title.
fn findings(scratch: &Scratch, head: &str, text: &str) -> Vec<(String, String)> {
    let mail = format!(
        "From: Mai <ogawa@own.example>\n{head}\nDate: Wed, 14 Oct 2026 10:00:00 +0900\nMessage-ID: <draft@own.example>\n\n{text}\n"
    );
    std::fs::write(scratch.path().join("draft.eml"), mail).unwrap();
    let output = scratch.run("atena --config atena.toml --data-dir data check --format json draft.eml");
    let answer: Value = serde_json::from_str(&scratch.text(&output.stdout)).unwrap();
    let all = answer["messages"][0]["findings"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    all.iter().map(|one| (text(&one["rule"]), text(&one["title"]))).collect()
}

#[track_caller]
fn tells(scratch: &Scratch, rule: &str, head: &str, text: &str) -> String {
    let all = findings(scratch, head, text);
    let found = all.iter().find(|(of, _)| of == rule);
    found.map(|(_, title)| title.clone()).unwrap_or_else(|| panic!("{rule} says nothing: {all:?}"))
}

#[track_caller]
fn is_silent(scratch: &Scratch, rule: &str, head: &str, text: &str) {
    let all = findings(scratch, head, text);
    assert!(all.iter().all(|(of, _)| of != rule), "{all:?}");
}

#[test]
fn what_is_sent_again_went_somewhere_before() {
    const RULE: &str = "resent-to-stranger";
    const SUBJECT: &str = "To: new@alta.example\nSubject: [Resend] Contract";
    let to_a = |days| habit(days, &["a@aoba.example"], "Hello,\n\nnews.");
    let scratch = learnt(&to_a(0..200));
    assert!(tells(&scratch, RULE, SUBJECT, "The contract.").contains("new@alta.example"));
    is_silent(&scratch, RULE, "To: b@aoba.example\nSubject: [Resend] Contract", "The contract.");
    let from_list = "To: new@alta.example, b@aoba.example\nSubject: [Resend] Contract";
    is_silent(&scratch, RULE, from_list, "The contract.");
    // What is older than all that is known, or younger, cannot be known.
    is_silent(&learnt(&habit(0..50, &["a@aoba.example", "b@aoba.example"], "x")), RULE, SUBJECT, "The contract.");
    is_silent(&learnt(&to_a(40..240)), RULE, SUBJECT, "The contract.");
    let gap = [to_a(0..20), to_a(60..240)].concat();
    is_silent(&learnt(&gap), RULE, SUBJECT, "The contract.");
}

#[test]
fn what_follows_goes_where_the_first_one_went() {
    const RULE: &str = "follow-up-elsewhere";
    const HEAD: &str = "To: b@alta.example\nSubject: List";
    const TEXT: &str = "Hello,\n\nI forgot the attachment.";
    let mails = [habit(4..160, &["a@aoba.example"], "x"), habit(5..60, &["b@alta.example"], "x")].concat();
    is_silent(&learnt(&mails), RULE, HEAD, TEXT);
    let with = |last: Value| learnt(&[mails.clone(), vec![last]].concat());
    let scratch = with(sent(1, &["a@aoba.example"], "the list"));
    let told = tells(&scratch, RULE, HEAD, TEXT);
    assert!(told.contains("a@aoba.example") && told.contains("2026-10-14"), "{told}");
    is_silent(&scratch, RULE, "To: a@aoba.example\nSubject: List", TEXT);
    is_silent(&scratch, RULE, "To: colleague@own.example\nSubject: List", TEXT);
    is_silent(&with(sent(1, &["c@alta.example"], "the list")), RULE, HEAD, TEXT);
    is_silent(&with(sent(1, &["colleague@own.example"], "the list")), RULE, HEAD, TEXT);
}

#[test]
fn far_more_recipients_than_ever_are_told() {
    const RULE: &str = "unusually-many-recipients";
    let to = |count: usize| (0..count).map(|n| format!("p{n}@alta.example")).collect::<Vec<_>>().join(", ");
    let head = |count: usize| format!("To: {}\nSubject: News", to(count));
    let scratch =
        learnt(&habit(0..320, &["a@aoba.example", "b@aoba.example", "c@aoba.example", "d@aoba.example"], "x"));
    let told = tells(&scratch, RULE, &head(10), "Hello");
    assert!(told.contains("10 recipients") && told.contains("160 mails") && told.contains("more than 4"), "{told}");
    is_silent(&scratch, RULE, &head(9), "Hello");
    is_silent(&learnt(&habit(0..280, &["a@aoba.example"], "x")), RULE, &head(10), "Hello");
}

#[test]
fn blind_copies_are_a_habit_with_each_person() {
    const SEEN: &str = "blind-copies-now-seen";
    const HIDDEN: &str = "blind-copy-unusual";
    let blind = |n: i64| {
        let mut mail = sent(n * 100, &["ogawa@own.example"], "news");
        mail["bcc"] = json!(["m1@aoba.example", "m2@alta.example", "m3@owada.example"]);
        mail
    };
    let mails = [habit(0..80, &["open@fenwick.example"], "x"), (1..4).map(blind).collect()].concat();
    let scratch = learnt(&mails);
    const ALL: &str = "To: m1@aoba.example, m2@alta.example, m3@owada.example\nSubject: News";
    assert!(tells(&scratch, SEEN, ALL, "Hello").starts_with("3 people"));
    is_silent(&scratch, SEEN, &ALL.replace("To:", "To: ogawa@own.example\nBcc:"), "Hello");
    is_silent(&scratch, HIDDEN, "To: open@fenwick.example\nBcc: m1@aoba.example\nSubject: News", "Hello");
    let told = tells(&scratch, HIDDEN, "To: m1@aoba.example\nBcc: open@fenwick.example\nSubject: News", "Hello");
    assert!(told.contains("40 mails"), "{told}");
    // Once written to openly, a person is no reader of a circular alone.
    let openly = learnt(&[mails, vec![sent(3, &["m1@aoba.example"], "x")]].concat());
    is_silent(&openly, SEEN, ALL, "Hello");
}

#[test]
fn the_matter_of_one_customer_does_not_go_to_another() {
    const RULE: &str = "matter-of-another-customer";
    const ROOF: &str = "Hello,\n\nthe quote for the new roof tiles, the scaffold rental, the crane permit, the drainage \
        survey and the insulation samples are enclosed.";
    const LEASE: &str = "Hello,\n\nthe invoice for the dental scanner lease, its calibration report, the service contract \
        and the spare parts catalogue are enclosed.";
    let mails = [habit(1..120, &["a@aoba.example"], ROOF), habit(2..120, &["b@alta.example"], LEASE)].concat();
    let to = |address: &str| format!("To: {address}\nSubject: Papers");
    let scratch = learnt(&mails);
    let told = tells(&scratch, RULE, &to("b@alta.example"), ROOF);
    assert!(told.contains("aoba.example") && told.contains("2026-"), "{told}");
    is_silent(&scratch, RULE, &to("a@aoba.example"), ROOF);
    is_silent(&scratch, RULE, &to("b@alta.example, c@aoba.example"), ROOF);
    is_silent(&scratch, RULE, &to("new@owada.example"), ROOF);
    // By its name, where the customer is written down.
    std::fs::write(
        scratch.path().join("atena.toml"),
        "own_domains = [\"own.example\"]\n[[client]]\nname = \"Aoba Roofs\"\ndomains = [\"aoba.example\"]\n",
    )
    .unwrap();
    assert!(tells(&scratch, RULE, &to("b@alta.example"), ROOF).contains("Aoba Roofs"));
    // What a third one got too is a template.
    let template = learnt(&[mails, habit(3..40, &["c@owada.example"], ROOF)].concat());
    is_silent(&template, RULE, &to("b@alta.example"), ROOF);
}

#[test]
fn an_address_that_slept_for_years_is_told() {
    const RULE: &str = "dormant-address";
    const HEAD: &str = "To: old@alta.example\nSubject: Hello";
    let old = |count: i64| (0..count).map(|n| sent(24 * (800 + n), &["old@alta.example"], "x")).collect::<Vec<_>>();
    let scratch = learnt(&[habit(0..120, &["a@aoba.example"], "x"), old(3)].concat());
    let told = tells(&scratch, RULE, HEAD, "Hello");
    assert!(told.contains("2024-08-05") && told.contains("3 mails"), "{told}");
    is_silent(&scratch, RULE, "To: old@alta.example\nSubject: Re: Hello\nIn-Reply-To: <1@alta.example>", "Hello");
    is_silent(&learnt(&[habit(0..120, &["a@aoba.example"], "x"), old(2)].concat()), RULE, HEAD, "Hello");
    // Where nothing was learnt of late every address grows old.
    is_silent(&learnt(&[habit(600..720, &["a@aoba.example"], "x"), old(3)].concat()), RULE, HEAD, "Hello");
}
