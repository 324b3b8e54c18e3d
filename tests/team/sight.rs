//! Who sees which mails.

use atena::message::{Address, Envelope};
use atena::store::{Initial, NewMail};
use jiff::Timestamp;

use crate::Office;

#[tokio::test]
async fn a_sender_sees_own_mail_only_wherever_they_look() {
    let office = Office::open("").await;
    let (own, other) = (office.held("suzuki").await, office.held("mori").await);
    let suzuki = office.login("suzuki").await;
    assert!(suzuki.lists(&own).await && !suzuki.lists(&other).await);
    for search in ["/?q=Kingfisher", "/?order=risk", "/?q=mori"] {
        assert!(!suzuki.get(search).await.text().contains(&other), "{search}");
    }
    for path in ["", "/revision", "/draft.eml", "/edit"] {
        let answer = suzuki.get(&format!("/mail/{other}{path}")).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("Kingfisher"));
    }
    for path in ["send", "drop", "cancel", "say", "refuse", "ask", "draft", "edit"] {
        let answer = suzuki.post(&format!("/mail/{other}/{path}"), &[("to", "x@y.example"), ("seen", "yes")]).await;
        assert_eq!(answer.status, 404, "{path}");
    }
    let chosen = [("action", "drop"), ("id", other.as_str())];
    assert!(!suzuki.post("/bulk", &chosen).await.text().contains("Kingfisher"));
    assert!(suzuki.post("/bulk/do", &chosen).await.field("location").unwrap().contains("n=0"));
    assert_eq!(office.state(&other).await, atena::store::State::Held);
    assert_eq!(suzuki.get(&format!("/mail/{own}")).await.status, 200);
    let answer = suzuki.post("/test", &[("address", "mori@own.example")]).await;
    assert_eq!(answer.status, 403, "a test in somebody else's name");
}

#[tokio::test]
async fn an_approver_sees_what_waits_and_an_admin_everything() {
    let office = Office::open("").await;
    let mail = office.held("suzuki").await;
    assert!(!office.login("tanaka").await.lists(&mail).await, "nothing waits for approval");
    let root = office.login("root").await;
    assert!(root.lists(&mail).await);
    assert_eq!(root.post(&format!("/mail/{mail}/send"), &[]).await.status, 303);
    office.relay.sink.wait_for(1).await;
    let record = root.get(&format!("/mail/{mail}")).await.text();
    assert!(record.contains("(root)"), "the record says who: {record}");
    let approving = Office::open("[rules.greeting-mismatch]\napproval = true\n").await;
    let mail = approving.held("suzuki").await;
    assert!(approving.login("tanaka").await.lists(&mail).await);
    assert!(!approving.login("mori").await.lists(&mail).await);
}

#[tokio::test]
async fn what_was_handed_over_with_a_login_is_its_owner_s() {
    let office = Office::open("").await;
    // The address is nobody's, the login Mori's.
    let id = kept(&office, "office@own.example", Some("mori")).await;
    assert!(office.login("mori").await.lists(&id).await);
    assert!(!office.login("suzuki").await.lists(&id).await);
}

#[tokio::test]
async fn a_domain_is_what_stands_behind_the_last_at() {
    let office = Office::open("[[user]]\nname = \"chief\"\naddresses = [\"*@own.example\"]\n").await;
    office.password("chief", "chief's password");
    let chief = office.login("chief").await;
    for (sender, is_own) in [("\"a@other.example\"@own.example", true), ("\"a@own.example\"@other.example", false)] {
        let id = kept(&office, sender, None).await;
        assert_eq!(chief.lists(&id).await, is_own, "{sender}");
        let status = chief.get(&format!("/mail/{id}")).await.status;
        assert_eq!(status, if is_own { 200 } else { 404 }, "{sender}");
    }
}

/// A mail held from this sender; its id.
async fn kept(office: &Office, sender: &str, login: Option<&str>) -> String {
    let envelope = Envelope {
        sender: Some(Address::parse(sender).unwrap()),
        recipients: vec![Address::parse(crate::TO).unwrap()],
        user: login.map(str::to_owned),
        ..Envelope::default()
    };
    let mail = NewMail::new(envelope, crate::SLIP.as_bytes().to_vec(), Initial::Held, Timestamp::now());
    office.relay.store.hold(NewMail { subject: "Kingfisher".to_owned(), ..mail }).await.unwrap().to_string()
}
