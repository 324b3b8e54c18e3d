//! What needs a second person goes only with one.

use atena::store::{State, StoreError};
use atena::team::Approved;
use atena::tokens::{Scope, Token, Tokens};
use jiff::Timestamp;

use crate::support::sink::Received;
use crate::terminal::Scratch;
use crate::{Office, SLIP, http};

const APPROVED: &str = "[rules.greeting-mismatch]\napproval = true\n";

#[tokio::test]
async fn its_sender_cannot_let_it_go_and_somebody_else_can() {
    let office = Office::open(APPROVED).await;
    let mail = office.held("suzuki").await;
    let suzuki = office.login("suzuki").await;
    let page = suzuki.get(&format!("/mail/{mail}")).await.text();
    assert!(page.contains("tanaka, root") && !page.contains("id=\"send\""), "whom to ask: {page}");
    assert_eq!(suzuki.post(&format!("/mail/{mail}/send"), &[]).await.status, 403);
    let chosen = [("action", "send"), ("id", mail.as_str())];
    assert!(suzuki.post("/bulk/do", &chosen).await.field("location").unwrap().contains("n=0"));
    // No other way around it either.
    let id = atena::store::MailId::parse(&mail).unwrap();
    let released = office.relay.store.release(&id, Timestamp::now(), None).await;
    assert!(matches!(released, Err(StoreError::Unapproved { .. })), "{released:?}");
    let token = Token { name: "crm".to_owned(), scopes: Scope::ALL.to_vec(), ..Token::default() };
    let token = format!("Bearer {}", Tokens::of(&office.relay.config.data_dir).add(token).unwrap());
    let fields = [("Authorization", token.as_str())];
    let path = format!("/api/v1/mails/{mail}/release");
    let answer = http::send(office.relay.page.unwrap(), "POST", &path, &fields, b"").await;
    assert_eq!(answer.problem(), (403, "not-approved".to_owned()));
    assert!(office.relay.sink.mails().is_empty());
    let tanaka = office.login("tanaka").await;
    assert_eq!(tanaka.post(&format!("/mail/{mail}/drop"), &[]).await.status, 403, "that is its sender's to do");
    assert_eq!(tanaka.get(&format!("/mail/{mail}/edit")).await.status, 303, "and so is this");
    assert_eq!(tanaka.post(&format!("/mail/{mail}/send"), &[("reason", "I know him as Mark")]).await.status, 303);
    assert_eq!(office.relay.sink.wait_for(1).await[0].raw, SLIP.as_bytes());
    let record = suzuki.get(&format!("/mail/{mail}")).await.text();
    assert!(record.contains("I know him as Mark (tanaka)"), "{record}");
}

#[tokio::test]
async fn who_may_let_it_go_is_told_by_mail_and_again_when_asked_again() {
    let office = Office::open_telling(APPROVED).await;
    let mail = office.held("suzuki").await;
    let notices = office.relay.sink.wait_for(1).await;
    assert_eq!(notices[0].recipients, ["tanaka@own.example"], "of Root there is no address");
    let text = String::from_utf8_lossy(&notices[0].raw).into_owned();
    assert!(text.contains("Subject: Approval needed: Kingfisher"), "{text}");
    assert!(text.contains(&format!("/mail/{mail}")) && !text.contains("Thanks for the call"), "{text}");
    let (suzuki, tanaka) = (office.login("suzuki").await, office.login("tanaka").await);
    assert_eq!(tanaka.post(&format!("/mail/{mail}/refuse"), &[("reason", "Who is Mark?")]).await.status, 303);
    let back = &office.relay.sink.wait_for(2).await[1];
    let text = String::from_utf8_lossy(&back.raw);
    assert_eq!(back.recipients, ["suzuki@own.example"]);
    assert!(text.contains("Subject: Not approved: Kingfisher") && text.contains("Who is Mark? (tanaka)"), "{text}");
    assert_eq!(suzuki.post(&format!("/mail/{mail}/ask"), &[("reason", "Mark")]).await.status, 303);
    assert_eq!(office.relay.sink.wait_for(3).await[2].recipients, ["tanaka@own.example"]);
}

#[tokio::test]
async fn who_is_no_user_is_told_nothing_of_a_mail_sent_back_in_their_name() {
    let office = Office::open_telling(APPROVED).await;
    let mail = office.held("stranger").await;
    assert_eq!(office.relay.sink.wait_for(1).await[0].recipients, ["tanaka@own.example"]);
    let tanaka = office.login("tanaka").await;
    assert_eq!(tanaka.post(&format!("/mail/{mail}/refuse"), &[("reason", "Who is that?")]).await.status, 303);
    // What is told behind it was told after it.
    office.held("suzuki").await;
    let notices = office.relay.sink.wait_for(2).await;
    assert!(notices.iter().all(|notice| notice.recipients == ["tanaka@own.example"]));
}

#[tokio::test]
async fn others_are_told_once_when_nobody_decides_in_time() {
    let chief = "[[user]]\nname = \"chief\"\nrole = \"approver\"\naddresses = [\"chief@own.example\"]\n";
    let approval = "[approval]\nby = [\"tanaka\"]\nescalate_after = \"1s\"\nescalate_to = [\"chief\"]\n";
    let office = Office::open_telling(&format!("{chief}{approval}{APPROVED}")).await;
    let mail = office.held("suzuki").await;
    assert_eq!(told_late(&office.relay.sink.wait_for(2).await), [BOTH]);
    let now = Timestamp::now();
    assert_eq!(office.relay.store.escalate(now, now).await.unwrap(), [], "once");
    let (suzuki, tanaka) = (office.login("suzuki").await, office.login("tanaka").await);
    assert!(suzuki.get(&format!("/mail/{mail}")).await.text().contains("others may approve, too"));
    // That time went by changes nothing that somebody looks at.
    assert_eq!(suzuki.get(&format!("/mail/{mail}/revision")).await.text(), "1");
    assert_eq!(tanaka.post(&format!("/mail/{mail}/refuse"), &[]).await.status, 303);
    assert_eq!(office.relay.sink.wait_for(3).await[2].recipients, ["suzuki@own.example"]);
    assert_eq!(suzuki.post(&format!("/mail/{mail}/ask"), &[]).await.status, 303);
    assert_eq!(told_late(&office.relay.sink.wait_for(5).await), [BOTH, BOTH], "and once more after that");
}

const BOTH: [&str; 2] = ["tanaka@own.example", "chief@own.example"];

/// Who was told that a mail has waited for long, each time.
fn told_late(notices: &[Received]) -> Vec<&[String]> {
    let late = |notice: &&Received| String::from_utf8_lossy(&notice.raw).contains("has waited for long");
    notices.iter().filter(late).map(|notice| notice.recipients.as_slice()).collect()
}

#[tokio::test]
async fn nobody_approves_their_own_mail() {
    let office = Office::open(APPROVED).await;
    let mail = office.held("tanaka").await;
    let tanaka = office.login("tanaka").await;
    assert_eq!(tanaka.post(&format!("/mail/{mail}/send"), &[]).await.status, 403);
    assert_eq!(tanaka.post(&format!("/mail/{mail}/refuse"), &[]).await.status, 403);
    assert_eq!(office.login("root").await.post(&format!("/mail/{mail}/send"), &[]).await.status, 303);
    office.relay.sink.wait_for(1).await;
}

#[tokio::test]
async fn a_mail_cannot_allow_what_needs_a_second_person() {
    let office = Office::open(&format!("[policy]\nallow_header = true\n{APPROVED}")).await;
    let raw = SLIP.replace("Subject:", "X-Atena-Allow: greeting-mismatch I know him\r\nSubject:");
    office.held_as("suzuki", &raw).await;
}

#[tokio::test]
async fn what_cannot_be_checked_needs_a_second_person_too() {
    let office = Office::open(APPROVED).await;
    let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(60);
    let mail = office.held_as("suzuki", &SLIP.replace("Hi Mark", &format!("{nested}Hi Mark"))).await;
    assert_eq!(office.login("suzuki").await.post(&format!("/mail/{mail}/send"), &[]).await.status, 403);
    assert_eq!(office.login("tanaka").await.post(&format!("/mail/{mail}/send"), &[]).await.status, 303);
}

#[tokio::test]
async fn what_its_sender_says_of_a_finding_lets_nothing_go() {
    let client = "[[client]]\nname = \"Alder\"\ndomains = [\"alderbio.example\"]\n";
    let office = Office::open(&format!("{client}[rules.lookalike-domain]\napproval = true\n")).await;
    let to = "priya.raman@alderbi0.example";
    let raw = SLIP.replace("priya.raman@client.example", to).replace("Hi Mark", "Hi Priya");
    let mail = office.held_for(&[to], &raw).await.expect("the rule speaks");
    let suzuki = office.login("suzuki").await;
    for n in ["0", "1", "2"] {
        suzuki.post(&format!("/mail/{mail}/say"), &[("finding", n), ("opinion", "right")]).await;
    }
    let looked = format!("{to}||");
    let form = [("to", to), ("looked", looked.as_str()), ("seen", "yes")];
    assert_eq!(suzuki.post(&format!("/mail/{mail}/edit"), &form).await.status, 303);
    assert_eq!(office.relay.comes_to(State::Held).await.approved, Approved::Wanted);
}

#[tokio::test]
async fn who_comes_later_sees_it_when_it_was_not_decided_in_time() {
    let office = Office::open(&format!(
        "[approval]\nby = [\"tanaka\"]\nescalate_after = \"1s\"\nescalate_to = [\"root\"]\n{APPROVED}"
    ))
    .await;
    let mail = office.held("suzuki").await;
    assert!(office.login("tanaka").await.lists(&mail).await);
    let answer = office.login("tanaka").await.post(&format!("/mail/{mail}/send"), &[]).await;
    assert_eq!(answer.status, 303);
    let dropped = office.held("suzuki").await;
    assert_eq!(office.login("suzuki").await.post(&format!("/mail/{dropped}/drop"), &[]).await.status, 303);
    let tanaka = office.login("tanaka").await;
    assert!(!tanaka.get("/?show=done").await.text().contains(&dropped), "what was dropped is nobody else's");
}

#[tokio::test]
async fn what_was_sent_back_goes_after_it_was_asked_for_again() {
    let office = Office::open(APPROVED).await;
    let mail = office.held("suzuki").await;
    let (suzuki, tanaka) = (office.login("suzuki").await, office.login("tanaka").await);
    assert_eq!(tanaka.post(&format!("/mail/{mail}/refuse"), &[("reason", "Who is Mark?")]).await.status, 303);
    assert_eq!(office.state(&mail).await, State::Held);
    assert!(!tanaka.lists(&mail).await, "it is off the table");
    assert!(suzuki.get(&format!("/mail/{mail}")).await.text().contains("Who is Mark? (tanaka)"));
    assert_eq!(suzuki.post(&format!("/mail/{mail}/send"), &[]).await.status, 403);
    assert_eq!(suzuki.post(&format!("/mail/{mail}/ask"), &[("reason", "His middle name")]).await.status, 303);
    assert_eq!(suzuki.post(&format!("/mail/{mail}/ask"), &[]).await.status, 403, "once");
    assert_eq!(tanaka.post(&format!("/mail/{mail}/send"), &[]).await.status, 303);
    office.relay.sink.wait_for(1).await;
}

#[tokio::test]
async fn other_recipients_are_looked_at_anew() {
    let office = Office::open(APPROVED).await;
    let mail = office.held("suzuki").await;
    let suzuki = office.login("suzuki").await;
    let fields = |to: &'static str| [("to", to), ("looked", ""), ("seen", "yes")];
    let right = "Mark Weber <mark@client.example>";
    let looked = format!("{right}||");
    let mut form = fields(right);
    form[1].1 = &looked;
    assert_eq!(suzuki.post(&format!("/mail/{mail}/edit"), &form).await.status, 303);
    assert_eq!(office.relay.comes_to(State::Held).await.approved, Approved::Enough, "Mark is greeted as Mark");
    let wrong = "Priya Raman <priya.raman@client.example>";
    let looked = format!("{wrong}||");
    let mut form = fields(wrong);
    form[1].1 = &looked;
    assert_eq!(suzuki.post(&format!("/mail/{mail}/edit"), &form).await.status, 303);
    assert_eq!(office.relay.comes_to(State::Held).await.approved, Approved::Wanted);
    assert_eq!(suzuki.post(&format!("/mail/{mail}/send"), &[]).await.status, 403);
}

#[tokio::test]
async fn a_second_person_lets_go_what_was_shown_and_nothing_else() {
    let office = Office::open(APPROVED).await;
    let mail = office.held("suzuki").await;
    let tanaka = office.login("tanaka").await;
    let suzuki = office.login("suzuki").await;
    let looked = "Priya Raman <priya.raman@client.example>, Jonas Weber <jonas@partner.example>||";
    let to = "Priya Raman <priya.raman@client.example>, Jonas Weber <jonas@partner.example>";
    let edited = suzuki.post(&format!("/mail/{mail}/edit"), &[("to", to), ("looked", looked), ("seen", "yes")]).await;
    assert_eq!(edited.status, 303);
    let answer = tanaka.post(&format!("/mail/{mail}/send"), &[("revision", "1")]).await;
    assert_eq!(answer.status, 409, "{}", answer.text());
    assert_eq!(office.state(&mail).await, State::Held);
}

#[tokio::test]
async fn whom_nobody_approves_gets_the_mail_back_whole() {
    for (raw, part) in [
        (SLIP.to_owned(), "Content-Type: message/rfc822".to_owned()),
        (SLIP.replace("Thanks", "Grüße"), "mail.eml".to_owned()),
    ] {
        let office = Office::open(&format!("[approval]\nexpire_after = \"1s\"\n{APPROVED}")).await;
        let mail = office.held_as("suzuki", &raw).await;
        let told = office.relay.sink.wait_for(1).await;
        assert_eq!(told[0].recipients, ["suzuki@own.example"]);
        let text = String::from_utf8_lossy(&told[0].raw).into_owned();
        assert!(text.contains("Not approved, not sent") && text.contains(&part), "{text}");
        assert_eq!(office.relay.comes_to(State::Dropped).await.id.as_str(), mail);
        let whole = atena::message::Message::parse(&told[0].raw).unwrap();
        let given_back = &whole.attachments;
        assert!(given_back.iter().any(|one| one.size == raw.len()), "every octet: {given_back:?}");
    }
}

#[tokio::test]
async fn what_goes_when_its_time_is_over_goes_and_its_sender_is_told() {
    let office = Office::open(&format!("[approval]\nexpire_after = \"1s\"\non_expiry = \"release\"\n{APPROVED}")).await;
    office.held("suzuki").await;
    let sent = office.relay.sink.wait_for(2).await;
    assert!(sent.iter().any(|mail| mail.raw == SLIP.as_bytes()));
    assert!(sent.iter().any(|mail| String::from_utf8_lossy(&mail.raw).contains("Sent without approval")));
}

#[tokio::test]
async fn whoever_runs_the_machine_may_stand_in_and_the_record_says_so() {
    let office = Office::open(APPROVED).await;
    let mail = office.held("suzuki").await;
    let scratch = Scratch::new();
    let data = office.relay.config.data_dir.display();
    std::fs::write(
        scratch.path().join("atena.toml"),
        format!("data_dir = \"{data}\"\n[[account]]\nname = \"work\"\nupstream = \"smtp://127.0.0.1:1\"\n"),
    )
    .unwrap();
    let run = |more: &[&str]| {
        let mut command = scratch.program(crate::terminal::PROGRAM);
        command.args(["--config", "atena.toml", "held", "release", &mail]).args(more).output().unwrap()
    };
    let refused = run(&[]);
    assert!(!refused.status.success() && scratch.text(&refused.stderr).contains("second person"), "{refused:?}");
    assert!(run(&["--approve"]).status.success());
    office.relay.sink.wait_for(1).await;
    let record = office.login("root").await.get(&format!("/mail/{mail}")).await.text();
    assert!(record.contains("(--approve)"), "{record}");
}
