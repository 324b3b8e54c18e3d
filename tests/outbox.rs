//! Does the outbox send what is due, once, in time, and leave a mail that can be sent again wherever it is stopped?
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use atena::message::{Address, Envelope};
use atena::notice::News;
use atena::outbox::{self, Attempt, Options, Sender};
use atena::store::{Claim, Failure, Filter, Initial, MailId, NewMail, State, Store, Summary};
use atena::upstream::{Answer, Outcome};
use jiff::Timestamp;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

/// A next server that is told by the recipient's name how to behave.
#[derive(Clone, Default)]
struct Fake(Arc<Seen>);

struct Seen {
    attempts: AtomicUsize,
    now: AtomicUsize,
    most: AtomicUsize,
    /// One permit lets one mail to `gate@` through.
    gate: Semaphore,
}

impl Default for Seen {
    fn default() -> Seen {
        Seen { attempts: 0.into(), now: 0.into(), most: 0.into(), gate: Semaphore::new(0) }
    }
}

impl Sender for Fake {
    async fn send(&self, mail: &Claim) -> Attempt {
        assert_eq!(mail.raw, b"octets");
        self.0.attempts.fetch_add(1, Ordering::SeqCst);
        let now = self.0.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.most.fetch_max(now, Ordering::SeqCst);
        let outcome = match mail.envelope.recipients[0].local() {
            "third-time" if mail.attempt < 3 => Outcome::TryLater(answer(451, false)),
            "never" => Outcome::TryLater(answer(451, false)),
            "no-login" => {
                self.0.now.fetch_sub(1, Ordering::SeqCst);
                return Attempt::NoLogin("log in again".to_owned());
            }
            "refused" => Outcome::Refused(answer(550, false)),
            "uncertain" if mail.attempt == 1 => Outcome::TryLater(answer(0, true)),
            "stall" => std::future::pending().await,
            "panic" if mail.attempt == 1 => panic!("a bug in the sender"),
            "gate" => {
                self.0.gate.acquire().await.unwrap().forget();
                Outcome::Sent { text: "ok".to_owned() }
            }
            _ => Outcome::Sent { text: "ok".to_owned() },
        };
        self.0.now.fetch_sub(1, Ordering::SeqCst);
        outcome.into()
    }

    fn tell(&self, mail: &Claim, news: News<'_>) -> Option<NewMail> {
        let subject = match news {
            News::Refused(answer) => format!("refused: {}", answer.line()),
            News::Damaged(answer) => format!("damaged: {}", answer.line()),
            News::Expired(answer) => format!("expired: {}", answer.line()),
            News::Relayed | News::Unapproved { .. } => return None,
        };
        let envelope = Envelope { recipients: mail.envelope.sender.iter().cloned().collect(), ..Envelope::default() };
        (!envelope.recipients.is_empty()).then(|| NewMail { envelope, subject, ..to_send(Vec::new(), Initial::Held) })
    }
}

fn to_send(recipients: Vec<Address>, state: Initial) -> NewMail {
    let envelope = Envelope { recipients, user: Some("suzuki".to_owned()), ..Envelope::default() };
    NewMail::new(envelope, b"octets".to_vec(), state, Timestamp::UNIX_EPOCH)
}

fn answer(code: u16, uncertain: bool) -> Answer {
    let code = (code > 0).then_some(code);
    Answer { code, enhanced: None, text: "said the server".to_owned(), recipients: Vec::new(), uncertain }
}

/// A store, an outbox on it, a clock that only the test moves.
struct Scene {
    directory: tempfile::TempDir,
    store: Store,
    fake: Fake,
    clock: Arc<AtomicI64>,
    options: Options,
    stop: watch::Sender<bool>,
}

impl Scene {
    fn new() -> Scene {
        let directory = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicI64::new(0));
        let time = Arc::clone(&clock);
        let options = Options {
            poll: Duration::from_millis(10),
            clock: Arc::new(move || Timestamp::from_second(time.load(Ordering::SeqCst)).unwrap()),
            jitter: Arc::new(|| 0.0),
            ..Options::default()
        };
        let store = Store::open(directory.path()).unwrap();
        Scene { directory, store, fake: Fake::default(), clock, options, stop: watch::channel(false).0 }
    }

    fn start(&self) -> JoinHandle<()> {
        let (store, fake, options) = (self.store.clone(), self.fake.clone(), self.options.clone());
        tokio::spawn(outbox::run(store, fake, options, self.stop.subscribe()))
    }

    fn advance(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    async fn mail(&self, to: &str, state: Initial) -> MailId {
        let recipients = vec![Address::parse(&format!("{to}@client.example")).unwrap()];
        let mail = NewMail { received_at: (self.options.clock)(), ..to_send(recipients, state) };
        self.store.hold(mail).await.unwrap()
    }

    async fn queue(&self, to: &str) -> MailId {
        self.mail(to, Initial::Ready { not_before: None }).await
    }

    async fn summary(&self, id: &MailId) -> Summary {
        self.store.mail(id).await.unwrap().unwrap().summary
    }

    /// Waits until the mail is in `state` after `attempts`.
    async fn comes_to(&self, id: &MailId, state: State, attempts: u32) -> Summary {
        let mut summary = self.summary(id).await;
        for _ in 0..1000 {
            if (summary.state, summary.attempts) == (state, attempts) {
                return summary;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
            summary = self.summary(id).await;
        }
        panic!("{summary:?} instead of {state} after {attempts} attempts");
    }

    async fn sending(&self, count: usize) {
        for _ in 0..1000 {
            if self.fake.0.now.load(Ordering::SeqCst) == count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("never {count} at once");
    }

    fn attempts(&self) -> usize {
        self.fake.0.attempts.load(Ordering::SeqCst)
    }
}

async fn ends(outbox: JoinHandle<()>) {
    tokio::time::timeout(Duration::from_secs(10), outbox).await.expect("it stops when told").unwrap();
}

#[tokio::test]
async fn a_released_mail_is_sent_at_once() {
    let mut scene = Scene::new();
    // So rarely that only the word of the store itself can be in time.
    scene.options.poll = Duration::from_secs(3600);
    let outbox = scene.start();
    let held = scene.mail("sato", Initial::Held).await;
    scene.store.release(&held, Timestamp::UNIX_EPOCH, None).await.unwrap();
    assert_eq!(scene.comes_to(&held, State::Sent, 1).await.answer.as_deref(), Some("ok"));
    let queued = scene.queue("sato").await;
    scene.comes_to(&queued, State::Sent, 1).await;
    assert_eq!(scene.attempts(), 2);
    scene.stop.send(true).unwrap();
    ends(outbox).await;
}

#[tokio::test]
async fn what_another_process_released_is_sent_soon() {
    let mut scene = Scene::new();
    scene.options.poll = Options::default().poll;
    let _outbox = scene.start();
    let id = scene.mail("sato", Initial::Held).await;
    let other = Store::open(scene.directory.path()).unwrap();
    other.release(&id, Timestamp::UNIX_EPOCH, None).await.unwrap();
    scene.comes_to(&id, State::Sent, 1).await;
}

#[tokio::test]
async fn a_busy_server_is_tried_again_and_again() {
    let scene = Scene::new();
    let _outbox = scene.start();
    let id = scene.queue("third-time").await;
    let first = scene.comes_to(&id, State::Ready, 1).await;
    assert_eq!(first.due_at, Some(Timestamp::from_second(60).unwrap()));
    assert_eq!(first.answer.as_deref(), Some("451 said the server"));
    scene.advance(60);
    let second = scene.comes_to(&id, State::Ready, 2).await;
    assert_eq!(second.due_at, Some(Timestamp::from_second(180).unwrap()));
    scene.advance(120);
    scene.comes_to(&id, State::Sent, 3).await;
}

#[tokio::test]
async fn a_mail_that_waits_for_a_login_waits_as_long_as_that_takes_and_goes_with_it() {
    let scene = Scene::new();
    let _outbox = scene.start();
    let id = scene.queue("no-login").await;
    scene.comes_to(&id, State::Ready, 1).await;
    scene.advance(30 * 24 * 3600);
    let waiting = scene.comes_to(&id, State::Ready, 2).await;
    assert_eq!(waiting.answer.as_deref(), Some("log in again"));
    let now = (scene.options.clock)();
    let later = now.checked_add(Duration::from_secs(3600)).unwrap();
    let delayed = scene.mail("sato", Initial::Ready { not_before: Some(later) }).await;
    assert_eq!(scene.store.hasten("tanaka", now).await.unwrap(), 0, "somebody else's login");
    assert_eq!(scene.store.hasten("suzuki", now).await.unwrap(), 1);
    scene.comes_to(&id, State::Ready, 3).await;
    assert_eq!(scene.summary(&delayed).await.due_at, Some(later), "what is delayed keeps its time");
}

#[tokio::test]
async fn after_four_days_a_person_decides() {
    let scene = Scene::new();
    let _outbox = scene.start();
    let id = scene.queue("never").await;
    scene.comes_to(&id, State::Ready, 1).await;
    scene.advance(4 * 24 * 3600 - 1);
    scene.comes_to(&id, State::Ready, 2).await;
    scene.advance(3600);
    let mail = scene.comes_to(&id, State::Failed, 3).await;
    assert_eq!((mail.failure, mail.uncertain), (Some(Failure::Expired), false));
}

#[tokio::test]
async fn a_delayed_mail_waits_for_its_time_and_is_tried_even_when_that_was_long_ago() {
    let scene = Scene::new();
    let _outbox = scene.start();
    let id = scene.mail("sato", Initial::Ready { not_before: Some(Timestamp::from_second(300).unwrap()) }).await;
    // Goes past the outbox in the same queue: had it come first, it would have been seen.
    let marker = scene.queue("sato").await;
    scene.comes_to(&marker, State::Sent, 1).await;
    assert_eq!(scene.summary(&id).await.attempts, 0);
    scene.advance(30 * 24 * 3600);
    scene.comes_to(&id, State::Sent, 1).await;
}

#[tokio::test]
async fn a_refused_mail_is_not_tried_again() {
    let scene = Scene::new();
    let _outbox = scene.start();
    let id = scene.queue("refused").await;
    let mail = scene.comes_to(&id, State::Failed, 1).await;
    assert_eq!((mail.failure, mail.answer.as_deref()), (Some(Failure::Refused), Some("550 said the server")));
    scene.advance(30 * 24 * 3600);
    let marker = scene.queue("sato").await;
    scene.comes_to(&marker, State::Sent, 1).await;
    assert_eq!(scene.attempts(), 2);
}

#[tokio::test]
async fn a_lost_answer_is_written_down_until_the_mail_is_sent() {
    let scene = Scene::new();
    let _outbox = scene.start();
    let id = scene.queue("uncertain").await;
    assert!(scene.comes_to(&id, State::Ready, 1).await.uncertain);
    scene.advance(60);
    assert!(!scene.comes_to(&id, State::Sent, 2).await.uncertain);
}

#[tokio::test]
async fn an_attempt_that_takes_too_long_is_given_up_as_uncertain() {
    let mut scene = Scene::new();
    scene.options.send_limit = Duration::from_millis(50);
    let _outbox = scene.start();
    let id = scene.queue("stall").await;
    assert!(scene.comes_to(&id, State::Ready, 1).await.uncertain);
}

#[tokio::test]
async fn no_more_at_once_than_allowed() {
    let scene = Scene::new();
    let _outbox = scene.start();
    let mut ids = Vec::new();
    for _ in 0..10 {
        ids.push(scene.queue("gate").await);
    }
    scene.sending(4).await;
    scene.fake.0.gate.add_permits(10);
    for id in &ids {
        scene.comes_to(id, State::Sent, 1).await;
    }
    assert_eq!(scene.fake.0.most.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn a_server_that_stalls_holds_up_its_own_mails_only() {
    let scene = Scene::new();
    for _ in 0..10 {
        scene.queue("gate").await;
    }
    let other = NewMail {
        account: Some("other".to_owned()),
        ..to_send(vec![Address::parse("sato@client.example").unwrap()], Initial::Ready { not_before: None })
    };
    let _outbox = scene.start();
    scene.sending(4).await;
    let id = scene.store.hold(other).await.unwrap();
    scene.comes_to(&id, State::Sent, 1).await;
    scene.fake.0.gate.add_permits(10);
}

#[tokio::test]
async fn an_orderly_stop_finishes_the_mail_in_hand_and_begins_no_other() {
    let mut scene = Scene::new();
    scene.options.concurrency = 1;
    let outbox = scene.start();
    let in_hand = scene.queue("gate").await;
    scene.sending(1).await;
    let next = scene.queue("sato").await;
    scene.stop.send(true).unwrap();
    scene.fake.0.gate.add_permits(1);
    ends(outbox).await;
    assert_eq!(scene.summary(&in_hand).await.state, State::Sent);
    assert_eq!(scene.summary(&next).await.state, State::Ready);
}

#[tokio::test]
async fn the_next_start_resumes_what_a_crash_interrupted() {
    let scene = Scene::new();
    let outbox = scene.start();
    let id = scene.queue("gate").await;
    scene.sending(1).await;
    outbox.abort();
    assert!(outbox.await.unwrap_err().is_cancelled());
    assert_eq!(scene.summary(&id).await.state, State::Sending);
    scene.fake.0.gate.add_permits(1);
    let _outbox = scene.start();
    scene.advance(15 * 60);
    scene.comes_to(&id, State::Sent, 2).await;
    let events = scene.store.mail(&id).await.unwrap().unwrap().events;
    let states: Vec<State> = events.iter().map(|event| event.to).collect();
    assert_eq!(states, [State::Ready, State::Sending, State::Sending, State::Sent]);
}

#[tokio::test]
async fn a_mail_whose_attempts_never_end_does_not_go_round_for_ever() {
    let scene = Scene::new();
    let id = scene.queue("sato").await;
    for round in 0..2 {
        scene.advance(round * 900);
        scene.store.claim((scene.options.clock)(), scene.options.lease, "crashes").await.unwrap().unwrap();
    }
    scene.advance(4 * 24 * 3600);
    let _outbox = scene.start();
    let mail = scene.comes_to(&id, State::Failed, 3).await;
    assert_eq!((mail.failure, mail.uncertain, scene.attempts()), (Some(Failure::Expired), true, 0));
}

#[tokio::test]
async fn a_panic_in_one_attempt_stops_nothing_else() {
    let scene = Scene::new();
    let _outbox = scene.start();
    let id = scene.queue("panic").await;
    let other = scene.queue("sato").await;
    scene.comes_to(&other, State::Sent, 1).await;
    scene.comes_to(&id, State::Sending, 1).await;
    scene.advance(15 * 60);
    scene.comes_to(&id, State::Sent, 2).await;
}

#[tokio::test]
async fn the_author_of_a_mail_that_failed_is_told_once() {
    let scene = Scene::new();
    let author = Address::parse("me@own.example").unwrap();
    for (name, subject) in [("refused", "refused: 550 said the server"), ("never", "expired: 451 said the server")] {
        let mut mail = to_send(
            vec![Address::parse(&format!("{name}@client.example")).unwrap()],
            Initial::Ready { not_before: None },
        );
        mail.envelope.sender = Some(author.clone());
        mail.received_at = (scene.options.clock)();
        let id = scene.store.hold(mail).await.unwrap();
        let outbox = scene.start();
        scene.advance(5 * 24 * 3600);
        for _ in 0..1000 {
            if scene.summary(&id).await.state == State::Failed {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let told = scene.store.list(Filter { states: vec![State::Held], ..Filter::default() }).await.unwrap();
        let told: Vec<&Summary> = told.iter().filter(|notice| notice.subject == subject).collect();
        assert_eq!(told.len(), 1, "{name}: together with the outcome");
        assert_eq!(told[0].envelope.recipients, std::slice::from_ref(&author));
        scene.stop.send_replace(true);
        outbox.await.unwrap();
        scene.stop.send_replace(false);
    }
}

#[tokio::test]
async fn a_mail_whose_text_is_damaged_fails_and_is_told() {
    let scene = Scene::new();
    let mut mail = to_send(vec![Address::parse("sato@client.example").unwrap()], Initial::Ready { not_before: None });
    mail.envelope.sender = Some(Address::parse("me@own.example").unwrap());
    let id = scene.store.hold(mail).await.unwrap();
    let other = rusqlite::Connection::open(scene.store.path()).unwrap();
    other.execute("DELETE FROM piece", []).unwrap();
    let _outbox = scene.start();
    let mut failed = Vec::new();
    for _ in 0..1000 {
        // Without its text, which nobody can read.
        failed = scene.store.list(Filter { states: vec![State::Failed], ..Filter::default() }).await.unwrap();
        if !failed.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let failed = &failed[0];
    assert_eq!(failed.id, id);
    assert!(failed.answer.as_ref().is_some_and(|answer| answer.contains("cannot be read")), "{failed:?}");
    let told = scene.store.list(Filter { states: vec![State::Held], ..Filter::default() }).await.unwrap();
    assert!(told[0].subject.starts_with("damaged: "), "{}", told[0].subject);
    assert_eq!(scene.fake.0.attempts.load(Ordering::SeqCst), 0);
}
