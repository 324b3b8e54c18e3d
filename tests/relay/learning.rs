//! What mails that pass teach of the people they go to, and what teaches nothing.

use std::time::{Duration, Instant};

use atena::store::State;
use atena::store::people::Profile;
use jiff::Timestamp;

use crate::relay::Relay;
use crate::{MISADDRESSED, plain};

const PRIYA: &str = "priya.raman@client.example";

/// What is known of an address once everything was learnt: a relay that ends learns what it still has.
async fn known(relay: Relay, address: &str) -> (Relay, Vec<Profile>) {
    let relay = relay.restart().await;
    let (people, address) = (relay.store.people(), address.to_owned());
    let found = tokio::task::spawn_blocking(move || people.show(&address).unwrap()).await.unwrap();
    (relay, found)
}

async fn nobody_is_known(relay: Relay) -> Relay {
    let relay = relay.restart().await;
    let people = relay.store.people();
    let senders = tokio::task::spawn_blocking(move || people.senders().unwrap()).await.unwrap();
    assert!(senders.is_empty(), "{senders:?}");
    relay
}

#[tokio::test]
async fn a_mail_that_passes_teaches_whom_it_went_to() {
    let relay = Relay::start().await;
    let before = Timestamp::now();
    let reply = relay.client().await.send(&[PRIYA, "blind@secret.example"], &plain("lunch")).await;
    assert!(reply.starts_with("250 2.0.0 Sent"), "{reply}");
    let (relay, priya) = known(relay, PRIYA).await;
    let about = &priya[0].about;
    assert_eq!((about.sender.as_str(), about.name.as_str(), about.sent), ("suzuki@own.example", "Priya Raman", 1));
    assert!(about.last.unwrap().as_second() >= before.as_second(), "the relay's clock tells when");
    assert_eq!(priya[0].greeted, [("priya".to_owned(), 1)], "a blind recipient is not the one greeted");
    let (relay, blind) = known(relay, "blind@secret.example").await;
    assert_eq!(blind[0].about.sent, 1);
    // Sent once more it is no second mail.
    assert!(
        relay
            .client()
            .await
            .send(&[PRIYA, "blind@secret.example"], &plain("lunch"))
            .await
            .starts_with("250 2.0.0 Sent")
    );
    assert_eq!(known(relay, PRIYA).await.1[0].about.sent, 1);
}

#[tokio::test]
async fn a_mail_that_does_not_leave_teaches_nothing() {
    for policy in ["hold", "return", "reject", "delay"] {
        let relay = Relay::with(&format!("[policy]\nerror = \"{policy}\"\ndelay = \"10m\"\n")).await;
        relay.client().await.send(&[PRIYA], MISADDRESSED).await;
        nobody_is_known(relay).await;
    }
    let relay = Relay::start().await;
    for recipient in ["refuse-550@client.example", "dot-452@client.example"] {
        let reply = relay.client().await.send(&[recipient], &plain("lunch")).await;
        assert!(!reply.starts_with("250"), "{reply}");
    }
    relay.client().await.send(&[PRIYA], MISADDRESSED).await;
    let id = relay.comes_to(State::Held).await.id;
    relay.store.drop_mail(&id, Timestamp::now()).await.unwrap();
    nobody_is_known(relay).await;
}

#[tokio::test]
async fn a_released_mail_teaches_when_it_has_left() {
    let relay = Relay::start().await;
    relay.client().await.send(&[PRIYA], MISADDRESSED).await;
    let id = relay.comes_to(State::Held).await.id;
    relay.store.release(&id, Timestamp::now(), None).await.unwrap();
    relay.comes_to(State::Sent).await;
    let (_, priya) = known(relay, PRIYA).await;
    assert_eq!((priya[0].about.sent, priya[0].about.name.as_str()), (1, "Priya Raman"));
}

#[tokio::test]
async fn whoever_was_taken_off_a_mail_is_not_learnt() {
    let relay = Relay::start().await;
    let raw = String::from_utf8(MISADDRESSED.to_vec()).unwrap();
    let raw = raw
        .replace("client.example>\r\n", "client.example>, wrong@other.example\r\n")
        .replace("Hi Mark,", "Hi Mark,\r\n\r\nI have attached the report.");
    relay.client().await.send(&[PRIYA, "wrong@other.example"], raw.as_bytes()).await;
    let id = relay.comes_to(State::Held).await.id;
    let wrong = atena::message::Address::parse("wrong@other.example").unwrap();
    relay.store.release_without(&id, &[wrong], Timestamp::now(), None).await.unwrap();
    relay.comes_to(State::Sent).await;
    let (relay, priya) = known(relay, PRIYA).await;
    assert_eq!(priya.len(), 1);
    assert!(known(relay, "wrong@other.example").await.1.is_empty(), "although the header still names it");
}

#[tokio::test]
async fn neither_a_refused_mail_nor_the_notice_about_it_teaches() {
    let relay = Relay::start().await;
    let raw = String::from_utf8(MISADDRESSED.to_vec()).unwrap();
    let refused = "refuse-550+raman@client.example";
    relay.client().await.send(&[refused], raw.replace(PRIYA, refused).as_bytes()).await;
    let id = relay.comes_to(State::Held).await.id;
    relay.store.release(&id, Timestamp::now(), None).await.unwrap();
    let notice = relay.sink.wait_for(1).await.remove(0);
    assert_eq!(notice.recipients, ["suzuki@own.example"]);
    relay.comes_to(State::Sent).await;
    nobody_is_known(relay).await;
}

#[tokio::test]
async fn learning_can_be_switched_off() {
    let relay = Relay::with("[policy]\nlearn = false\n").await;
    assert!(relay.client().await.send(&[PRIYA], &plain("lunch")).await.starts_with("250 2.0.0 Sent"));
    relay.client().await.send(&[PRIYA], MISADDRESSED).await;
    let id = relay.comes_to(State::Held).await.id;
    relay.store.release(&id, Timestamp::now(), None).await.unwrap();
    relay.comes_to(State::Sent).await;
    nobody_is_known(relay).await;
}

#[tokio::test]
async fn a_locked_database_keeps_no_mail_back() {
    const LOCKED: Duration = Duration::from_secs(3);
    let relay = Relay::start().await;
    let path = relay.store.path().to_owned();
    let (locked, is_locked) = tokio::sync::oneshot::channel();
    let lock = std::thread::spawn(move || {
        let database = rusqlite::Connection::open(path).unwrap();
        database.execute_batch("BEGIN IMMEDIATE").unwrap();
        locked.send(()).unwrap();
        std::thread::sleep(LOCKED);
        database.execute_batch("COMMIT").unwrap();
    });
    is_locked.await.unwrap();
    let started = Instant::now();
    for n in 0..6 {
        let reply = relay.client().await.send(&[PRIYA], &plain(&format!("lunch {n}"))).await;
        assert!(reply.starts_with("250 2.0.0 Sent"), "{reply}");
    }
    assert!(started.elapsed() < LOCKED * 2, "no longer than the lock: {:?}", started.elapsed());
    lock.join().unwrap();
    assert_eq!(relay.sink.mails().len(), 6);
    assert_eq!(known(relay, PRIYA).await.1[0].about.sent, 6);
}

#[tokio::test]
async fn a_mail_passes_although_nothing_can_be_learnt_from_it() {
    let relay = Relay::start().await;
    let database = rusqlite::Connection::open(relay.store.path()).unwrap();
    let fault = "CREATE TRIGGER fault BEFORE INSERT ON learnt BEGIN SELECT RAISE(ABORT, 'no'); END";
    database.execute_batch(fault).unwrap();
    for n in 0..3 {
        let reply = relay.client().await.send(&[PRIYA], &plain(&format!("lunch {n}"))).await;
        assert!(reply.starts_with("250 2.0.0 Sent"), "{reply}");
    }
    let relay = nobody_is_known(relay).await;
    database.execute_batch("DROP TRIGGER fault").unwrap();
    relay.client().await.send(&[PRIYA], &plain("lunch")).await;
    assert_eq!(known(relay, PRIYA).await.1.len(), 1);
}
