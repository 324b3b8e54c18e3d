//! Two relays on one database: each mail goes once, also when one of them is killed.

use std::collections::HashMap;
use std::time::Duration;

use atena::store::{Filter, State, Store, Summary};
use jiff::Timestamp;

use super::letter::{Letter, number};
use super::load::Load;
use super::random;
use crate::client::{Client, PATIENCE};

const MAILS: usize = 200;

/// Mails that one relay may have on their way when it is killed: of one account.
const UNDER_WAY: usize = 4;

async fn stored(store: &Store) -> Vec<Summary> {
    store.list(Filter { limit: u32::MAX, ..Filter::default() }).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_relays_on_one_database_send_each_mail_once() {
    let load = Load::new(0).await;
    let (one, mut other) = (load.start(None), load.start(None));
    let mut clients = [Client::connect(one.address).await, Client::connect(other.address).await];
    for n in 0..MAILS {
        // Some take a while, so that both have their hands full.
        let name = if n % 10 == 0 { "slow-300" } else { "priya.raman" };
        let reply = Letter::new(n, name, "Mark").send(&mut clients[n % 2]).await.unwrap();
        assert!(reply.starts_with("250 2.0.0 Kept"), "{reply}");
    }
    let store = Store::open(&load.data()).unwrap();
    for mail in stored(&store).await {
        store.release(&mail.id, Timestamp::now(), None).await.unwrap();
    }
    load.sink.wait_for(random(MAILS / 2)).await;
    other.kill();
    let all_but_a_few = async {
        while stored(&store).await.iter().any(|mail| mail.state == State::Ready) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // What the one that is left has on its way comes to its end.
        tokio::time::sleep(Duration::from_secs(1)).await;
    };
    tokio::time::timeout(PATIENCE, all_but_a_few).await.expect("one relay does the work of both");
    let mut times: HashMap<usize, usize> = HashMap::new();
    for mail in load.sink.mails() {
        let text = String::from_utf8(mail.raw).unwrap();
        *times.entry(number(text.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap())).or_default() += 1;
    }
    let mut interrupted = 0;
    for mail in stored(&store).await {
        let times = times.get(&number(&mail.subject)).copied().unwrap_or_default();
        match mail.state {
            State::Sent => assert_eq!(times, 1, "{}", mail.subject),
            // Its lease keeps it from the other relay: the next server may have it.
            State::Sending => {
                interrupted += 1;
                assert!(times <= 1, "{}", mail.subject);
            }
            state => panic!("{} is {state}", mail.subject),
        }
    }
    assert!(interrupted <= UNDER_WAY, "{interrupted} wait for the end of a lease");
    drop(one);
}
