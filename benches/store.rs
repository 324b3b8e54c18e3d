//! What group commit is worth: the same 64 mails of 10 kB, one after the other and all at once.
//!
//! On the disk that holds `target/`, because a RAM disk answers another question.

use atena::message::{Address, Envelope};
use atena::store::{Initial, NewMail, Store};
use divan::Bencher;
use divan::counter::ItemsCount;
use jiff::Timestamp;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

const MAILS: usize = 64;

fn main() {
    divan::main();
}

/// Each mail is committed before the next one comes.
#[divan::bench]
fn one_commit_per_mail(bencher: Bencher<'_, '_>) {
    let (runtime, store, _directory) = scene();
    bencher.counter(ItemsCount::new(MAILS)).with_inputs(mails).bench_values(|mails| {
        runtime.block_on(async {
            for mail in mails {
                store.hold(mail).await.expect("the disk has room");
            }
        });
    });
}

/// All come at once.
#[divan::bench]
fn group_commit(bencher: Bencher<'_, '_>) {
    let (runtime, store, _directory) = scene();
    bencher.counter(ItemsCount::new(MAILS)).with_inputs(mails).bench_values(|mails| {
        runtime.block_on(async {
            let mut tasks = JoinSet::new();
            for mail in mails {
                let store = store.clone();
                tasks.spawn(async move { store.hold(mail).await.expect("the disk has room") });
            }
            tasks.join_all().await
        })
    });
}

fn scene() -> (Runtime, Store, tempfile::TempDir) {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("target/ is writable");
    let store = Store::open(directory.path()).expect("an empty directory");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().expect("two threads");
    (runtime, store, directory)
}

fn mails() -> Vec<NewMail> {
    let recipient = Address::parse("sato@client.example").expect("an address");
    let envelope = Envelope { recipients: vec![recipient], ..Envelope::default() };
    let mail = NewMail::new(envelope, b"octets\r\n".repeat(1280), Initial::Held, Timestamp::UNIX_EPOCH);
    vec![mail; MAILS]
}
