//! The clock jumps, forward and back, while mails come in and others wait.

use atena::store::{Filter, Store};
use jiff::{SignedDuration, Timestamp};

use super::letter::Letter;
use super::load::{Load, is_sent};
use super::mails;
use super::system::System;
use crate::client::Client;

const DAY: i64 = 24 * 3600;

#[expect(clippy::print_stdout, reason = "how the mails fared is for people, with --nocapture")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_jumps_loses_no_mail_and_sends_none_twice() {
    let mails = mails() / 5;
    let load = Load::new(mails).await;
    let Some(system) = System::new(load.directory.path()) else { return };
    let atena = load.start(Some(&system));
    let mut idle = Client::connect(atena.address).await;
    let mut clients = load.send_to(&atena);
    // What waits for its next attempt comes due at once, what is under way outlives its lease, and back again.
    for seconds in [3_600, 0, -3_600, DAY, -DAY, 2 * DAY, 0] {
        clients.answered(mails / 10).await;
        system.clock(seconds);
        let reply = idle.say("NOOP").await;
        assert!(reply.starts_with("250 "), "an idle client is told by another clock: {reply}");
    }
    clients.end().await;
    drop(atena);
    let fates = load.fates().await;
    println!("{mails} mails, a clock that jumps: {:?}, {} arrived twice", fates.counts, fates.twice);
    assert_eq!(fates.twice, 0);
    assert!(["sent", "held", "queued", "refused"].iter().all(|fate| fates.counts.contains_key(fate)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_under_way_when_its_lease_ends_early_goes_once() {
    let load = Load::new(0).await;
    let Some(system) = System::new(load.directory.path()) else { return };
    let atena = load.start(Some(&system));
    let (store, id) = load.under_way(&atena).await;
    system.clock(DAY);
    is_sent(&store, &id).await;
    assert_eq!(load.sink.mails().len(), 1);
    drop(atena);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_behind_a_clock_that_was_set_back_goes_when_a_person_says_so() {
    let load = Load::new(0).await;
    let Some(system) = System::new(load.directory.path()) else { return };
    let atena = load.start(Some(&system));
    let mut client = Client::connect(atena.address).await;
    system.clock(DAY);
    let reply = Letter::new(1, "dot-452", "Priya").send(&mut client).await.unwrap();
    assert!(reply.starts_with("250 2.0.0 Queued"), "{reply}");
    system.clock(0);
    let store = Store::open(&load.data()).unwrap();
    let waiting = store.list(Filter::default()).await.unwrap().remove(0);
    assert!(waiting.due_at.unwrap() > Timestamp::now() + SignedDuration::from_hours(23));
    let tries = load.sink.count("DATA");
    store.release(&waiting.id, Timestamp::now(), None).await.unwrap();
    load.sink.wait_for_command("DATA", tries + 1).await;
    drop(atena);
}
