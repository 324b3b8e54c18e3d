//! Thousands of mails through a server that misbehaves, while the relay is killed again and again, its disk fills up or
//! turns read-only, and its clock jumps: what was answered 250 is with the next server or on disk, what was refused is
//! nowhere.
//!
//! `ATENA_FAULT_MAILS` sets how many; `cargo test --test relay faults -- --nocapture` tells how they fared.

#[path = "faults/clock.rs"]
mod clock;
#[path = "faults/disk.rs"]
mod disk;
#[path = "faults/letter.rs"]
mod letter;
#[path = "faults/load.rs"]
mod load;
#[path = "faults/system.rs"]
mod system;
#[path = "faults/together.rs"]
mod together;

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use letter::number;
use load::{CONNECTIONS, Load};

const MAILS: usize = 5_000;
const KILLS: usize = 10;

/// Below `limit`. What is tested holds at whatever moment, so no run is to be like the one before.
fn random(limit: usize) -> usize {
    RandomState::new().hash_one(0) as usize % limit.max(1)
}

fn mails() -> usize {
    std::env::var("ATENA_FAULT_MAILS").map_or(MAILS, |text| number(&text))
}

#[expect(clippy::print_stdout, reason = "how the mails fared is for people, with --nocapture")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_nothing_refused_is_sent_whatever_breaks() {
    let mails = mails();
    let load = Load::new(mails).await;
    for round in 0..=KILLS {
        let mut atena = load.start(None);
        let mut clients = load.send_to(&atena);
        if round < KILLS {
            clients.answered(random(mails / KILLS)).await;
            tokio::time::sleep(Duration::from_micros(random(20_000) as u64)).await;
            atena.kill();
        }
        clients.end().await;
    }
    let fates = load.fates().await;
    let (counts, twice) = (fates.counts, fates.twice);
    // A mail that was sent when the relay was killed is sent again; no other is.
    assert!(twice <= KILLS * CONNECTIONS, "{twice} arrived twice");
    println!("{mails} mails, {KILLS} kills: {counts:?}, {twice} arrived twice");
    assert!(["sent", "held", "queued", "refused"].iter().all(|fate| counts.contains_key(fate)), "{counts:?}");
    assert!(counts.get("unanswered when killed").is_some_and(|count| *count <= KILLS * CONNECTIONS), "{counts:?}");
}
