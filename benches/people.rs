//! What is learnt of people, at scale: how fast mails are learnt from, and how long one mail waits for what is known.
//!
//! `ATENA_BENCH_PEOPLE` sets the numbers of correspondents, each with five mails; the largest ones take minutes. On the disk
//! that holds `target/`, because a RAM disk answers another question. Rows marked "processor" leave out what other work on
//! the machine takes, and waiting for the disk; the other rows have both in them.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::Path;
use std::time::{Duration, Instant};

use atena::correspondents::{Addressee, Field, Outline};
use atena::message::Message;
use atena::store::{People, Store};
use jiff::Timestamp;

/// Correspondents of one run each.
const SIZES: &str = "1000 30000";
const MAILS_EACH: usize = 5;
/// Mails learnt in one transaction.
const BATCH: usize = 2_000;
/// People of one sender of the house: most sends go through a few.
const SENDERS: usize = 20;
const ASKED: usize = 200;

fn main() {
    let sizes = std::env::var("ATENA_BENCH_PEOPLE").unwrap_or(SIZES.to_owned());
    let reading = reading();
    println!("mail to outline                    {:>8.0} mails/s on one core", reading);
    let mut before: Option<Run> = None;
    for people in sizes.split_whitespace().map(|size| size.parse().unwrap()) {
        let run = run(people);
        println!("\n{people} correspondents, {} mails, {SENDERS} senders", people * MAILS_EACH);
        println!("outlines learnt                    {:>8.0} mails/s", run.rate);
        println!("  the last tenth of them           {:>8.0} mails/s", run.last_rate);
        println!("  in time of the processor         {:>8.0} mails/s", run.busy_rate);
        println!("read and learnt again, known all   {:>8.0} mails/s", run.again);
        println!("one mail, one batch                {:>8.2?}", run.single);
        println!("known, the process has just begun  {}", run.cold);
        println!("known, the sender wrote before     {}", run.warm);
        println!("known, a mail learnt in between    {}", run.between);
        println!(
            "database                           {:>8.0} MB, {} octets a mail",
            run.octets as f64 / 1e6,
            run.octets / (people * MAILS_EACH) as u64
        );
        if let Some(before) = before {
            let times = |now: Duration, then: Duration| now.as_secs_f64() / then.as_secs_f64();
            println!(
                "growth, processor                  people × {:.0}: warm × {:.1}, cold × {:.1}, a mail learnt × {:.1}",
                people as f64 / before.people as f64,
                times(run.warm.processor, before.warm.processor),
                times(run.cold.processor, before.cold.processor),
                before.busy_rate / run.busy_rate
            );
        }
        before = Some(run);
    }
}

struct Run {
    people: usize,
    rate: f64,
    last_rate: f64,
    busy_rate: f64,
    again: f64,
    single: Duration,
    cold: Row,
    warm: Row,
    between: Row,
    octets: u64,
}

/// How long one mail takes.
struct Row {
    median: Duration,
    /// One in a hundred takes longer.
    worst: Duration,
    /// Of the processor on this thread, on average.
    processor: Duration,
}

impl std::fmt::Display for Row {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:>8.2?}  p99 {:.2?}, processor {:.2?}", self.median, self.worst, self.processor)
    }
}

fn run(people: usize) -> Run {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let store = Store::open(directory.path()).unwrap();
    let busy = busy_of_all();
    let (rate, last_rate) = learn_all(&store.people(), people);
    let mails = people * MAILS_EACH;
    let busy_rate = mails as f64 / (busy_of_all() - busy).as_secs_f64();
    let start = Instant::now();
    let again: Vec<Outline> = (0..BATCH.min(mails)).map(|n| outline(n, people)).collect();
    let count = again.len();
    assert_eq!(store.people().learn(again).unwrap().new, 0);
    let again = count as f64 / start.elapsed().as_secs_f64();
    let asked: Vec<Outline> = (0..ASKED).map(|n| draft(n, people)).collect();
    let cold = row(20, |n| {
        let looked = People::look(directory.path()).unwrap().unwrap();
        drop(looked.known(&asked[n]).unwrap());
    });
    let known = store.people();
    let know = |mail: &Outline| drop(known.known(mail).unwrap());
    asked.iter().for_each(know);
    let warm = row(ASKED, |n| know(&asked[n]));
    let learn = |mails: Vec<Outline>| assert!(known.learn(mails).unwrap().new > 0);
    let single = row(50, |n| learn(vec![outline(mails + n, people)])).median;
    learn((50..50 + SENDERS).map(|n| outline(mails + n, people)).collect());
    let between = row(SENDERS, |n| know(&Outline { sender: sender(n), ..draft(n, people) }));
    drop((known, store));
    Run { people, rate, last_rate, busy_rate, again, single, cold, warm, between, octets: size(directory.path()) }
}

/// All mails, and the last tenth of them, per second.
fn learn_all(people: &People, count: usize) -> (f64, f64) {
    let mails = count * MAILS_EACH;
    let (mut all, mut last) = (Duration::ZERO, Duration::ZERO);
    for from in (0..mails).step_by(BATCH) {
        let batch: Vec<Outline> = (from..mails.min(from + BATCH)).map(|n| outline(n, count)).collect();
        let start = Instant::now();
        people.learn(batch).unwrap();
        all += start.elapsed();
        if from + BATCH > mails / 10 * 9 {
            last += start.elapsed();
        }
    }
    let behind = (0..mails).step_by(BATCH).filter(|from| *from + BATCH > mails / 10 * 9);
    let of_last: usize = behind.map(|from| mails.min(from + BATCH) - from).sum();
    (mails as f64 / all.as_secs_f64(), of_last as f64 / last.as_secs_f64())
}

/// A few get most of the mails, as in life, and everybody gets one.
fn outline(number: usize, people: usize) -> Outline {
    let mix = |salt: u64| {
        let mut x = (number as u64).wrapping_add(salt << 40).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        x = (x ^ (x >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x ^ (x >> 29)
    };
    let often = (mix(1) % 1_000_003) as f64 / 1_000_003.0;
    let second = (often * often * often * people as f64) as usize;
    // A new person every fifth mail, old ones besides.
    let to = [number / MAILS_EACH % people, second.min(number / MAILS_EACH)];
    let mut recipients: Vec<Addressee> = Vec::new();
    for (n, one) in to.iter().take(1 + number % 2).enumerate() {
        let (address, name) = person(*one);
        if !recipients.iter().any(|known| known.address == address) {
            recipients.push(Addressee { address, name, field: if n == 0 { Field::To } else { Field::Cc } });
        }
    }
    let mut terms: Vec<(u32, u16)> = (0..60).map(|n| ((mix(100 + n) % 20_000) as u32 * 7919, 1)).collect();
    terms.sort_unstable();
    terms.dedup();
    Outline {
        sender: sender(number),
        at: Some(Timestamp::from_second(1_500_000_000 + number as i64 * 20).unwrap()),
        id: mix(2),
        answers: vec![mix(3)],
        recipients,
        subject: Some(mix(4) % (people as u64)),
        terms,
        answered: None,
        greeted: vec![person(to[0]).1.split(' ').next_back().unwrap().to_lowercase()],
        quoted: String::new(),
        files: Vec::new(),
        judged: None,
    }
}

fn sender(number: usize) -> String {
    format!("user{}@own.example", number % SENDERS)
}

const FIRST: [&str; 20] = [
    "Anna", "Ben", "Clara", "David", "Elena", "Felix", "Greta", "Hiro", "Ines", "Jonas", "Kenji", "Lena", "Marco",
    "Nora", "Oscar", "Paula", "Rosa", "Sven", "Tomo", "Yuki",
];

/// Names as they are spread in life: first names come again, last names less often.
fn person(number: usize) -> (String, String) {
    let first = FIRST[number % FIRST.len()];
    let syllables =
        ["sa", "to", "mi", "ra", "ken", "lo", "ber", "gu", "vi", "no", "ha", "den", "ku", "ro", "sen", "ti"];
    let last: String = [7, 11, 13].iter().map(|by| syllables[(number / by) % syllables.len()]).collect();
    let domain = number / 8;
    let address = format!("{}.{last}{}@client{domain}.example", first.to_lowercase(), number % 97);
    (address, format!("{first} {last}"))
}

/// A mail to three people: two known ones and a stranger.
fn draft(number: usize, people: usize) -> Outline {
    let mut mail = outline(number * 7919 % (people * MAILS_EACH), people);
    let mut recipients = Vec::new();
    for (address, name) in [person(number * 31 % people), person(number * 17 % people)] {
        recipients.push(Addressee { address, name, field: Field::To });
    }
    let stranger =
        Addressee { address: "anna.satora@new.example".to_owned(), name: "Anna Satora".to_owned(), field: Field::Cc };
    recipients.push(stranger);
    mail.recipients = recipients;
    mail
}

/// Mails of 3 kB that one core takes apart in a second.
fn reading() -> f64 {
    let text = "We looked at the offer and the drawings again; the roof tiles can be delivered in the second week.\r\n";
    let quoted = format!("> {text}");
    let mail = format!(
        "From: Mai Ogawa <ogawa@own.example>\r\nTo: Sato Kenichi <k-sato@aoba.example>\r\nSubject: Re: Roof tiles\r\n\
         Date: Wed, 14 Oct 2026 10:00:00 +0900\r\nMessage-ID: <1@own.example>\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\nDear Mr. Sato,\r\n\r\n{}\r\nOn 13 Oct 2026, Sato wrote:\r\n{}",
        text.repeat(15),
        quoted.repeat(12)
    );
    let count = 2_000;
    let start = Instant::now();
    for _ in 0..count {
        assert!(Outline::of(&Message::parse(mail.as_bytes()).unwrap()).is_some());
    }
    f64::from(count) / start.elapsed().as_secs_f64()
}

fn row(count: usize, mut work: impl FnMut(usize)) -> Row {
    let before = busy(Path::new("/proc/thread-self"));
    let mut times: Vec<Duration> = Vec::with_capacity(count);
    for n in 0..count {
        let start = Instant::now();
        work(n);
        times.push(start.elapsed());
    }
    let processor = (busy(Path::new("/proc/thread-self")) - before) / count as u32;
    times.sort();
    Row { median: times[count / 2], worst: times[count * 99 / 100], processor }
}

/// What a thread has had of the processor; nothing where the system does not tell.
fn busy(thread: &Path) -> Duration {
    let told = std::fs::read_to_string(thread.join("schedstat")).unwrap_or_default();
    Duration::from_nanos(told.split(' ').next().and_then(|time| time.parse().ok()).unwrap_or_default())
}

/// The same for all threads there are.
fn busy_of_all() -> Duration {
    std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten().map(|thread| busy(&thread.path())).sum()
}

fn size(directory: &Path) -> u64 {
    let files = std::fs::read_dir(directory).unwrap();
    files.map(|entry| entry.unwrap().metadata().unwrap().len()).sum()
}
