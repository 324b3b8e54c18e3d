//! The disk fills up, turns read-only, or somebody else keeps the database for himself, while mails come in.

use std::process::Stdio;
use std::time::Duration;

use super::letter::Letter;
use super::load::{CONNECTIONS, Load, is_sent};
use super::mails;
use super::system::{Disk, System};
use crate::client::Client;
use atena::store::{Filter, State, Store};

/// Longer than the relay waits for the database.
const LOCKED: Duration = Duration::from_secs(12);

#[expect(clippy::print_stdout, reason = "how the mails fared is for people, with --nocapture")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_takes_no_writes_loses_nothing_and_says_what_to_do() {
    let mails = mails() / 2;
    let some = mails / 12;
    let load = Load::new(mails).await;
    let Some(system) = System::new(load.directory.path()) else { return };
    let mut atena = load.start(Some(&system));
    let mut clients = load.send_to(&atena);
    for disk in [Disk::Full, Disk::ReadOnly] {
        clients.answered(some).await;
        system.disk(disk);
        clients.answered(some).await;
        system.disk(Disk::Fine);
    }
    clients.answered(some).await;
    system.disk(Disk::Full);
    clients.answered(some).await;
    atena.kill();
    clients.end().await;
    let started = load.program(Some(&system)).stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8(started.stderr).unwrap();
    assert!(started.status.code() == Some(2) && said.contains("is full: make room on it"), "{said}");
    system.disk(Disk::Fine);
    let atena = load.start(Some(&system));
    load.send_to(&atena).end().await;
    drop(atena);
    let fates = load.fates().await;
    println!("{mails} mails, a disk that fails: {:?}, {} arrived twice", fates.counts, fates.twice);
    assert!(fates.twice <= CONNECTIONS, "only what was sent when it was killed");
    assert!(["sent", "held", "queued", "refused"].iter().all(|fate| fates.counts.contains_key(fate)));
    let full = fates.replies.iter().filter(|reply| reply.starts_with("452 4.3.1 The disk of atena is full")).count();
    let read_only =
        fates.replies.iter().filter(|reply| reply.starts_with("451 4.3.0 The mail could not be stored")).count();
    assert!(full > some / 2 && read_only > some / 2, "{full} heard of a full disk, {read_only} of a read-only one");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_another_program_keeps_locked_is_waited_for_and_then_said() {
    let load = Load::new(0).await;
    let atena = load.start(None);
    let mut client = Client::connect(atena.address).await;
    let other = rusqlite::Connection::open(load.data().join("atena.db")).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let unlock = async {
        tokio::time::sleep(LOCKED).await;
        other.execute_batch("ROLLBACK").unwrap();
    };
    let letter = Letter::new(1, "priya.raman", "Mark");
    let (reply, ()) = tokio::join!(letter.send(&mut client), unlock);
    let reply = reply.unwrap();
    assert!(reply.starts_with("451 4.3.0 The mail could not be stored") && reply.contains("try again"), "{reply}");
    let again = letter.send(&mut client).await;
    assert!(again.unwrap().starts_with("250 2.0.0 Kept"));
    drop(atena);
    let store = Store::open(&load.data()).unwrap();
    let held = store.list(Filter::default()).await.unwrap();
    assert_eq!(held.len(), 1, "refused once, kept once");
    assert_eq!(load.sink.mails().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_sent_while_the_disk_was_full_goes_once() {
    let load = Load::new(0).await;
    let Some(system) = System::new(load.directory.path()) else { return };
    let atena = load.start(Some(&system));
    let (store, id) = load.under_way(&atena).await;
    // The next server has it and answers when nothing can be written down any more.
    system.disk(Disk::Full);
    tokio::time::sleep(Duration::from_secs(4)).await;
    let mail = store.mail(&id).await.unwrap().unwrap();
    assert_eq!(mail.summary.state, State::Sending);
    system.disk(Disk::Fine);
    is_sent(&store, &id).await;
    assert_eq!(load.sink.mails().len(), 1);
    drop(atena);
}
