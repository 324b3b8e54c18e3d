//! The contract of every store: each function below takes a back-end and asks one question. A new back-end is one
//! more `impl Backend` and one more line at the end.
#![allow(clippy::unwrap_used)]

use std::collections::HashSet;
use std::time::Duration;

use atena::message::{Address, Envelope, Reports};
use atena::store::{
    Action, Claim, Event, Failure, Filter, Finish, Found, Initial, MailId, NewMail, Order, Readdressed, Release,
    Remark, State, Store, StoreError, Summary,
};
use atena::team::Approved;
use jiff::Timestamp;

const LEASE: Duration = Duration::from_secs(900);
const WINDOW: Duration = Duration::from_secs(600);
const BCC: &str = "secret-bcc@hidden.example";

/// A place that can be opened several times: each handle is as good as another process.
trait Backend {
    fn new() -> Self;
    fn open(&self) -> Store;
}

struct Sqlite(tempfile::TempDir);

impl Backend for Sqlite {
    fn new() -> Sqlite {
        Sqlite(tempfile::tempdir().unwrap())
    }

    fn open(&self) -> Store {
        Store::open(self.0.path()).unwrap()
    }
}

/// `seconds` after the beginning of every test.
fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn mail(state: Initial, received_at: Timestamp) -> NewMail {
    let recipients = ["sato@client.example", BCC].map(|text| Address::parse(text).unwrap()).to_vec();
    NewMail {
        envelope: Envelope {
            sender: Some(Address::parse("me@own.example").unwrap()),
            recipients,
            eight_bit: true,
            utf8: false,
            reports: Reports { envelope_id: Some("Q1".to_owned()), ..Reports::default() },
            user: Some("me".to_owned()),
        },
        raw: b"Subject: secret-subject\r\n\r\nsecret-text\r\n".to_vec(),
        account: Some("work".to_owned()),
        subject: "secret-subject 見積".to_owned(),
        findings_json: r#"[{"rule":"x"}]"#.to_owned(),
        risk: 0,
        approved: Approved::Enough,
        state,
        received_at,
        answer: None,
        notice: false,
    }
}

const READY: Initial = Initial::Ready { not_before: None };

async fn summary(store: &Store, id: &MailId) -> Summary {
    store.mail(id).await.unwrap().unwrap().summary
}

async fn claim(store: &Store, now: Timestamp) -> Claim {
    store.claim(now, LEASE, "test").await.unwrap().expect("a mail is due")
}

fn sent() -> Finish {
    Finish::Sent { text: "2.0.0 queued as 1".to_owned() }
}

fn retry(seconds: i64, uncertain: bool) -> Finish {
    Finish::Retry { not_before: at(seconds), reason: "451 4.3.0 busy".to_owned(), uncertain }
}

fn failed() -> Finish {
    Finish::Failed { why: Failure::Refused, reason: "550 5.1.1 no such user".to_owned(), uncertain: false }
}

/// A mail brought into `state` the way real ones get there.
async fn mail_in(store: &Store, state: State) -> MailId {
    let initial = if matches!(state, State::Held | State::Dropped) { Initial::Held } else { READY };
    let id = store.hold(mail(initial, at(0))).await.unwrap();
    match state {
        State::Held | State::Ready => {}
        State::Dropped => store.drop_mail(&id, at(1)).await.unwrap(),
        State::Sending | State::Sent | State::Failed => {
            let claim = claim(store, at(1)).await;
            assert_eq!(claim.id, id);
            match state {
                State::Sent => store.finish(&claim, sent(), at(2)).await.unwrap(),
                State::Failed => store.finish(&claim, failed(), at(2)).await.unwrap(),
                _ => {}
            }
        }
    }
    assert_eq!(summary(store, &id).await.state, state);
    id
}

async fn what_goes_in_comes_out(backend: &impl Backend) {
    let store = backend.open();
    let new = mail(Initial::Held, at(0));
    let id = store.hold(new.clone()).await.unwrap();
    let stored = store.mail(&id).await.unwrap().unwrap();
    assert_eq!(stored.raw.as_deref(), Some(&new.raw[..]));
    assert!(stored.summary.envelope == new.envelope, "the envelope is kept whole");
    assert_eq!((stored.summary.account, stored.summary.subject), (new.account, new.subject));
    assert_eq!((stored.summary.findings_json, stored.summary.size), (new.findings_json, new.raw.len() as u64));
    assert_eq!((stored.summary.received_at, stored.summary.due_at), (at(0), None));
    assert_eq!(stored.events.iter().map(|event| (event.from, event.to)).collect::<Vec<_>>(), [(None, State::Held)]);

    let bare = Envelope { recipients: vec![Address::parse("\"a b\"@例え.example").unwrap()], ..Envelope::default() };
    let new = NewMail { envelope: bare.clone(), raw: Vec::new(), account: None, ..mail(READY, at(0)) };
    let id = store.hold(new).await.unwrap();
    let claim = claim(&store, at(0)).await;
    assert_eq!((claim.id == id, claim.raw.len(), claim.account.as_deref()), (true, 0, None));
    assert!(claim.envelope == bare, "null sender and quoted address are kept");
    assert!(store.mail(&MailId::parse("00000000").unwrap()).await.unwrap().is_none());
}

async fn only_the_table_of_transitions_is_possible(backend: &impl Backend) {
    let store = backend.open();
    for state in State::ALL {
        for action in Action::OF_A_PERSON.into_iter().chain([Action::Edit]) {
            let id = mail_in(&store, state).await;
            let outcome = match action {
                Action::Release => store.release(&id, at(5), Some("checked by phone".to_owned())).await,
                Action::Drop => store.drop_mail(&id, at(5)).await,
                Action::Edit => store.readdress(&id, readdressed(&["ito@client.example"]), None, at(5)).await,
                _ => store.cancel(&id, at(5)).await,
            };
            let stored = store.mail(&id).await.unwrap().unwrap();
            match state.after(action) {
                Some(to) => {
                    assert_eq!((outcome, stored.summary.state), (Ok(()), to), "{state} {action}");
                    let last = stored.events.last().unwrap();
                    assert_eq!((last.from, last.to, last.at), (Some(state), to, at(5)));
                    assert_eq!(last.note.is_some(), matches!(action, Action::Release | Action::Edit));
                    assert_eq!(stored.raw.is_some(), to != State::Dropped);
                }
                None => {
                    assert_eq!(outcome, Err(StoreError::NotAllowed { id: id.clone(), state, action }));
                    assert_eq!(stored.summary.state, state, "nothing changed");
                }
            }
            // Nothing is left that the next round could claim.
            while let Some(claim) = store.claim(at(10_000), LEASE, "test").await.unwrap() {
                store.finish(&claim, sent(), at(10_000)).await.unwrap();
            }
        }
    }
    let nobody = MailId::parse("00000000").unwrap();
    assert_eq!(store.release(&nobody, at(0), None).await, Err(StoreError::Unknown { id: nobody }));
}

fn readdressed(recipients: &[&str]) -> Readdressed {
    Readdressed {
        recipients: recipients.iter().map(|text| Address::parse(text).unwrap()).collect(),
        raw: b"To: somebody else\r\n\r\nsecret-text\r\n".to_vec(),
        findings_json: "[]".to_owned(),
        risk: 0,
        approved: Approved::Enough,
        note: "+ito".to_owned(),
        revision: None,
    }
}

async fn other_recipients_are_all_that_gets_the_mail(backend: &impl Backend) {
    let store = backend.open();
    let id = store.hold(NewMail { risk: 3, ..mail(Initial::Held, at(0)) }).await.unwrap();
    let nobody = store.readdress(&id, readdressed(&[]), None, at(1)).await;
    assert_eq!(nobody, Err(StoreError::NobodyLeft { id: id.clone() }));
    store.readdress(&id, readdressed(&["ito@client.example"]), None, at(2)).await.unwrap();
    let undone = Release { not_before: Some(at(20)), ..Release::default() };
    store.release_noting(&id, undone, None, at(10)).await.unwrap();
    assert!(store.claim(at(19), LEASE, "test").await.unwrap().is_none(), "it can be taken back until then");
    let claim = claim(&store, at(20)).await;
    assert_eq!(claim.envelope.recipients, readdressed(&["ito@client.example"]).recipients);
    assert_eq!(claim.raw, readdressed(&[]).raw);
}

async fn lists_are_ordered_and_searched(backend: &impl Backend) {
    let store = backend.open();
    let hold = async |risk: u8, second: i64, subject: &str| {
        let new = NewMail { risk, subject: subject.to_owned(), ..mail(Initial::Held, at(second)) };
        store.hold(new).await.unwrap()
    };
    let [mild, bad, newest] =
        [hold(1, 0, "100%_お見積").await, hold(3, 1, "Offer").await, hold(1, 2, "offer two").await];
    let list = async |filter: Filter| -> Vec<MailId> {
        store.list(filter).await.unwrap().into_iter().map(|mail| mail.id).collect()
    };
    let only = std::slice::from_ref::<MailId>;
    let by_risk = |after| Filter { order: Order::Risk, after, ..Filter::default() };
    assert_eq!(list(by_risk(None)).await, [bad.clone(), newest.clone(), mild.clone()]);
    assert_eq!(list(by_risk(Some(newest.clone()))).await, only(&mild));
    let words = |words: &str| Filter { words: words.to_owned(), ..Filter::default() };
    assert_eq!(list(words("OFFER")).await, [newest.clone(), bad.clone()]);
    assert_eq!(list(words("offer two")).await, only(&newest));
    assert_eq!(list(words("見積 sato@client")).await, only(&mild));
    assert_eq!(list(words("0%_")).await, only(&mild), "wildcards are letters");
    assert_eq!(list(words("' OR 1 --")).await, [], "words are no query");
    assert_eq!(list(words(bad.as_str())).await, only(&bad));
    store.drop_mail(&bad, at(5)).await.unwrap();
    let mut counts = store.counts(None).await.unwrap();
    counts.sort();
    assert_eq!(counts, [(State::Held, 2), (State::Dropped, 1)]);
}

async fn changes_are_noticed(backend: &impl Backend) {
    let store = backend.open();
    let mut watch = store.watch();
    assert!(!watch.changed().await.unwrap(), "the first look begins");
    assert!(!watch.changed().await.unwrap());
    store.hold(mail(Initial::Held, at(0))).await.unwrap();
    assert!(watch.changed().await.unwrap() && !watch.changed().await.unwrap());
}

async fn what_happens_is_told_once_and_in_order(backend: &impl Backend) {
    let (store, other) = (backend.open(), backend.open());
    let old = store.hold(mail(Initial::Held, at(0))).await.unwrap();
    let mut watch = store.watch();
    assert_eq!(watch.events().await.unwrap(), [], "what was before is not told");
    let new = other.hold(mail(Initial::Held, at(1))).await.unwrap();
    store.release(&new, at(2), Some("fine".to_owned())).await.unwrap();
    other.drop_mail(&old, at(3)).await.unwrap();
    let event = |at, from, to, note: Option<&str>| Event { at, from, to, note: note.map(str::to_owned), remark: None };
    let told = [
        (new.clone(), event(at(1), None, State::Held, None)),
        (new, event(at(2), Some(State::Held), State::Ready, Some("fine"))),
        (old, event(at(3), Some(State::Held), State::Dropped, None)),
    ];
    assert_eq!(watch.events().await.unwrap(), told);
    assert_eq!(watch.events().await.unwrap(), []);
}

async fn a_remark_changes_nothing_whatever_the_state(backend: &impl Backend) {
    let store = backend.open();
    for state in State::ALL {
        let id = mail_in(&store, state).await;
        let before = summary(&store, &id).await;
        store.remark(&id, "put among the drafts".to_owned(), at(7)).await.unwrap();
        let stored = store.mail(&id).await.unwrap().unwrap();
        assert!(stored.summary == before, "{state}");
        let note = Some("put among the drafts".to_owned());
        let remark = Event { at: at(7), from: Some(state), to: state, note, remark: Some(Remark::Noted) };
        assert_eq!(stored.events.last(), Some(&remark));
        assert_eq!(stored.events.iter().filter(|event| event.remark.is_some()).count(), 1);
        while let Some(claim) = store.claim(at(10_000), LEASE, "test").await.unwrap() {
            store.finish(&claim, sent(), at(10_000)).await.unwrap();
        }
    }
    let nobody = MailId::parse("00000000").unwrap();
    let unknown = store.remark(&nobody, String::new(), at(7)).await;
    assert_eq!(unknown, Err(StoreError::Unknown { id: nobody }));
}

async fn a_mail_is_sent_retried_and_failed_with_its_history(backend: &impl Backend) {
    let store = backend.open();
    let id = store.hold(mail(READY, at(0))).await.unwrap();
    let first = claim(&store, at(1)).await;
    assert_eq!((first.attempt, first.queued_at, first.lease_until), (1, at(0), at(901)));
    assert_eq!(store.next_due().await.unwrap(), Some(at(901)));
    store.finish(&first, retry(60, true), at(2)).await.unwrap();
    assert!(store.claim(at(59), LEASE, "test").await.unwrap().is_none(), "not before its time");
    let second = claim(&store, at(60)).await;
    assert_eq!((second.attempt, second.uncertain, second.resumed), (2, true, false));
    store.finish(&second, failed(), at(61)).await.unwrap();
    let mail = summary(&store, &id).await;
    assert_eq!((mail.failure, mail.answer.as_deref()), (Some(Failure::Refused), Some("550 5.1.1 no such user")));
    assert!(mail.uncertain, "an earlier attempt may have delivered it");
    store.release(&id, at(100), None).await.unwrap();
    let third = claim(&store, at(100)).await;
    assert_eq!((third.attempt, third.queued_at), (1, at(100)), "a person starts the count anew");
    store.finish(&third, sent(), at(101)).await.unwrap();
    let stored = store.mail(&id).await.unwrap().unwrap();
    assert_eq!((stored.raw, stored.summary.due_at, stored.summary.failure), (None, None, None));
    assert_eq!((stored.summary.uncertain, stored.summary.size), (false, 40));
    let states: Vec<State> = stored.events.iter().map(|event| event.to).collect();
    use State::{Failed, Ready, Sending, Sent};
    assert_eq!(states, [Ready, Sending, Ready, Sending, Failed, Ready, Sending, Sent]);
    assert_eq!(store.next_due().await.unwrap(), None);
}

async fn a_lease_that_ran_out_is_taken_over_and_the_late_one_is_lost(backend: &impl Backend) {
    let (one, other) = (backend.open(), backend.open());
    one.hold(mail(READY, at(0))).await.unwrap();
    let late = claim(&one, at(0)).await;
    assert!(other.claim(at(899), LEASE, "other").await.unwrap().is_none());
    let taken = claim(&other, at(900)).await;
    assert_eq!((taken.resumed, taken.uncertain, taken.attempt), (true, true, 2));
    assert_eq!(taken.raw, late.raw);
    for finish in [sent(), retry(0, false), failed()] {
        assert_eq!(one.finish(&late, finish, at(901)).await, Err(StoreError::Lost { id: late.id.clone() }));
    }
    other.finish(&taken, sent(), at(902)).await.unwrap();
    assert_eq!(other.finish(&taken, sent(), at(903)).await, Err(StoreError::Lost { id: late.id.clone() }));
    assert_eq!(summary(&one, &late.id).await.state, State::Sent);
}

async fn a_late_answer_counts_while_nobody_took_over(backend: &impl Backend) {
    let store = backend.open();
    let id = store.hold(mail(READY, at(0))).await.unwrap();
    let slow = claim(&store, at(0)).await;
    store.finish(&slow, sent(), at(5_000)).await.unwrap();
    assert_eq!(summary(&store, &id).await.state, State::Sent);
}

async fn delayed_mails_wait_and_go_in_order(backend: &impl Backend) {
    let store = backend.open();
    let later = store.hold(mail(Initial::Ready { not_before: Some(at(300)) }, at(0))).await.unwrap();
    let sooner = store.hold(mail(Initial::Ready { not_before: Some(at(200)) }, at(1))).await.unwrap();
    store.hold(mail(Initial::Held, at(2))).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(at(200)));
    assert!(store.claim(at(199), LEASE, "test").await.unwrap().is_none());
    assert_eq!(claim(&store, at(400)).await.id, sooner);
    store.cancel(&later, at(400)).await.unwrap();
    assert!(store.claim(at(400), LEASE, "test").await.unwrap().is_none(), "taken back in time");
}

async fn two_claimers_never_get_the_same_mail(backend: &impl Backend) {
    const MAILS: usize = 120;
    let stores = [backend.open(), backend.open()];
    let mut ids = HashSet::new();
    for second in 0..MAILS {
        ids.insert(stores[0].hold(mail(READY, at(second as i64))).await.unwrap());
    }
    let mut tasks = tokio::task::JoinSet::new();
    for worker in 0..8 {
        let store = stores[worker % 2].clone();
        tasks.spawn(async move {
            let mut mine = Vec::new();
            while let Some(claim) = store.claim(at(500), LEASE, &format!("worker {worker}")).await.unwrap() {
                store.finish(&claim, sent(), at(501)).await.unwrap();
                mine.push(claim.id);
            }
            mine
        });
    }
    let claimed: Vec<MailId> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(claimed.len(), MAILS, "each mail once");
    assert_eq!(claimed.into_iter().collect::<HashSet<_>>(), ids);
}

async fn everything_survives_a_reopen(backend: &impl Backend) {
    let store = backend.open();
    let held = store.hold(mail(Initial::Held, at(0))).await.unwrap();
    let unfinished = mail_in(&store, State::Sending).await;
    store.remember_return("key", at(0)).await.unwrap();
    drop(store);
    let store = backend.open();
    assert_eq!(summary(&store, &held).await.state, State::Held);
    assert!(store.claim(at(900), LEASE, "test").await.unwrap().is_none(), "the lease holds across a restart");
    let again = claim(&store, at(901)).await;
    assert_eq!((again.id, again.resumed), (unfinished, true));
    assert!(store.confirm_return("key", at(1), WINDOW).await.unwrap());
}

async fn a_return_is_confirmed_once_and_in_time(backend: &impl Backend) {
    let store = backend.open();
    assert!(!store.confirm_return("a", at(0), WINDOW).await.unwrap(), "never seen");
    store.remember_return("a", at(0)).await.unwrap();
    assert!(!store.confirm_return("b", at(1), WINDOW).await.unwrap(), "another mail");
    assert!(store.confirm_return("a", at(600), WINDOW).await.unwrap(), "within ten minutes");
    assert!(!store.confirm_return("a", at(600), WINDOW).await.unwrap(), "once only");
    store.remember_return("a", at(0)).await.unwrap();
    assert!(!store.confirm_return("a", at(601), WINDOW).await.unwrap(), "too late");
    store.remember_return("a", at(0)).await.unwrap();
    store.remember_return("a", at(500)).await.unwrap();
    assert!(store.confirm_return("a", at(1_000), WINDOW).await.unwrap(), "handed back again, the clock starts again");
    store.remember_return("a", at(1_000)).await.unwrap();
    assert!(!store.confirm_return("a", at(0), WINDOW).await.unwrap(), "the clock was set back");
}

async fn a_mail_can_go_without_one_recipient(backend: &impl Backend) {
    let store = backend.open();
    let id = store.hold(mail(Initial::Held, at(0))).await.unwrap();
    let address = |text: &str| Address::parse(text).unwrap();
    let stranger = store.release_without(&id, &[address("x@y.example")], at(1), None).await;
    assert_eq!(stranger, Err(StoreError::NoSuchRecipient { id: id.clone() }));
    let all = store.release_without(&id, &[address(BCC), address("sato@client.example")], at(1), None).await;
    assert_eq!(all, Err(StoreError::NobodyLeft { id: id.clone() }));
    let before = summary(&store, &id).await;
    assert_eq!((before.state, before.envelope.recipients.len()), (State::Held, 2), "a refused release changes nothing");
    store.release_without(&id, &[address("SECRET-bcc@hidden.example")], at(1), None).await.unwrap();
    assert!(claim(&store, at(1)).await.envelope.recipients == [address("sato@client.example")]);
}

async fn of_two_who_decide_the_second_is_told(backend: &impl Backend) {
    let (one, other) = (backend.open(), backend.open());
    for second in 0..3 {
        // Other mails, with events of their own.
        let id = one.hold(mail(Initial::Held, at(second))).await.unwrap();
        one.drop_mail(&id, at(second)).await.unwrap();
    }
    let id = one.hold(mail(Initial::Held, at(0))).await.unwrap();
    assert_eq!(one.revision(&id).await.unwrap(), Some(1));
    let later = Release { not_before: Some(at(60)), revision: Some(1), ..Release::default() };
    one.release_noting(&id, later.clone(), None, at(1)).await.unwrap();
    let without = vec![Address::parse(BCC).unwrap()];
    let late = other.release_noting(&id, Release { without, ..later.clone() }, None, at(2)).await;
    assert_eq!(late, Err(StoreError::Changed { id: id.clone(), state: State::Ready }));
    let kept = summary(&one, &id).await;
    assert_eq!((kept.envelope.recipients.len(), kept.due_at), (2, Some(at(60))), "nothing was changed");
    other.cancel(&id, at(3)).await.unwrap();
    let stale = other.readdress(&id, Readdressed { revision: Some(1), ..readdressed(&[BCC]) }, None, at(4)).await;
    assert_eq!(
        stale,
        Err(StoreError::Changed { id: id.clone(), state: State::Held }),
        "held as before, and not the same"
    );
    other.release_noting(&id, Release { revision: Some(3), ..later }, None, at(4)).await.unwrap();
}

async fn ids_are_found_by_their_beginning(backend: &impl Backend) {
    let store = backend.open();
    let mut ids = Vec::new();
    for second in 0..40 {
        ids.push(store.hold(mail(Initial::Held, at(second))).await.unwrap());
    }
    for id in &ids {
        assert_eq!(store.find(&id.as_str().to_uppercase()).await.unwrap(), Found::One(id.clone()));
    }
    // 40 ids, 32 first letters: two share one.
    let first = |id: &MailId| id.as_str()[..1].to_owned();
    let shared = ids.iter().find(|id| ids.iter().filter(|other| first(other) == first(id)).count() > 1).unwrap();
    assert!(matches!(store.find(&first(shared)).await.unwrap(), Found::Ambiguous(some) if some.len() > 1));
    for nothing in ["", "%", "'; DROP TABLE mail; --", "00000000", "123456789"] {
        assert_eq!(store.find(nothing).await.unwrap(), Found::None, "{nothing}");
    }
}

async fn lists_are_newest_first_filtered_and_paged(backend: &impl Backend) {
    let store = backend.open();
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(store.hold(mail(Initial::Held, at(7))).await.unwrap());
    }
    let newest = store.hold(mail(READY, at(8))).await.unwrap();
    let list = |filter| async { store.list(filter).await.unwrap().into_iter().map(|m| m.id).collect::<Vec<_>>() };
    assert_eq!(list(Filter::default()).await[0], newest);
    assert_eq!(list(Filter { states: vec![State::Ready, State::Sent], ..Filter::default() }).await, [newest]);
    let held = |after| Filter { states: vec![State::Held], after, limit: 2, ..Filter::default() };
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.extend(list(held(seen.last().cloned())).await);
    }
    ids.sort();
    seen.sort();
    assert_eq!(seen, ids, "every mail of one instant once, over several pages");
}

async fn each_way_of_telling_goes_on_where_it_was(backend: &impl Backend) {
    let store = backend.open();
    store.hold(mail(Initial::Held, at(0))).await.unwrap();
    assert!(store.untold("mail", 10).await.unwrap().is_empty(), "a way that has not begun");
    store.begin_telling(&["mail", "webhook"]).await.unwrap();
    let id = store.hold(mail(Initial::Held, at(1))).await.unwrap();
    store.drop_mail(&id, at(2)).await.unwrap();
    store.hold(NewMail { notice: true, ..mail(Initial::Held, at(3)) }).await.unwrap();
    let untold = async |way| {
        let untold = backend.open().untold(way, 10).await.unwrap();
        untold.into_iter().map(|one| (one.mail, one.event.to, one.number)).collect::<Vec<_>>()
    };
    let news = untold("mail").await;
    assert_eq!(news.iter().map(|one| (&one.0, one.1)).collect::<Vec<_>>(), [(&id, State::Held), (&id, State::Dropped)]);
    assert_eq!(store.untold("webhook", 1).await.unwrap().len(), 1);
    // The mail that tells and the note that it was told: both.
    let notice = NewMail { notice: true, ..mail(READY, at(4)) };
    store.told("mail", news[0].2, Some(notice)).await.unwrap();
    assert_eq!(untold("mail").await, news[1..]);
    assert_eq!(untold("webhook").await, news);
    assert!(store.next_due().await.unwrap().is_some(), "the notice is to be sent");
    // A way that is switched off and on again begins anew, the other goes on.
    store.begin_telling(&["mail"]).await.unwrap();
    store.begin_telling(&["mail", "webhook"]).await.unwrap();
    assert_eq!((untold("mail").await, untold("webhook").await.len()), (news[1..].to_vec(), 0));
}

async fn what_happens_after_a_purge_is_told(backend: &impl Backend) {
    let store = backend.open();
    store.begin_telling(&["mail"]).await.unwrap();
    let id = mail_in(&store, State::Dropped).await;
    let last = store.untold("mail", 10).await.unwrap().pop().unwrap();
    store.told("mail", last.number, None).await.unwrap();
    assert_eq!(store.purge(at(1_000)).await.unwrap(), 1, "{id} with its events, the last there were");
    let next = store.hold(mail(Initial::Held, at(1_001))).await.unwrap();
    let untold = store.untold("mail", 10).await.unwrap();
    assert_eq!(untold.iter().map(|one| &one.mail).collect::<Vec<_>>(), [&next]);
}

async fn purge_forgets_only_what_is_over(backend: &impl Backend) {
    let store = backend.open();
    let mut ids = Vec::new();
    for state in State::ALL {
        ids.push((state, mail_in(&store, state).await));
        if state == State::Ready {
            // Out of the way of the claims that follow.
            store.cancel(&ids[1].1, at(1)).await.unwrap();
        }
    }
    assert_eq!(store.purge(at(1)).await.unwrap(), 0, "not before they are old enough");
    assert_eq!(store.purge(at(1_000)).await.unwrap(), 2);
    for (state, id) in ids {
        let over = matches!(state, State::Sent | State::Dropped);
        assert_eq!(store.mail(&id).await.unwrap().is_none(), over, "{state}");
    }
}

async fn concurrent_holds_share_commits_and_are_all_kept(backend: &impl Backend) {
    let store = backend.open();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let store = store.clone();
        tasks.spawn(async move { store.hold(mail(Initial::Held, at(0))).await.unwrap() });
    }
    let ids: HashSet<MailId> = tasks.join_all().await.into_iter().collect();
    assert_eq!(ids.len(), 64);
    assert!(store.commits() < 64, "{} commits", store.commits());
    let elsewhere = backend.open();
    for id in &ids {
        assert!(elsewhere.mail(id).await.unwrap().is_some_and(|mail| mail.raw.is_some()), "answered means committed");
    }
}

async fn a_large_mail_comes_back_octet_for_octet(backend: &impl Backend) {
    let store = backend.open();
    let raw: Vec<u8> = (0..50_000_000_u32).map(|i| (i ^ (i >> 7)) as u8).collect();
    let id = store.hold(NewMail { raw: raw.clone(), ..mail(READY, at(0)) }).await.unwrap();
    let claim = claim(&store, at(0)).await;
    assert!(claim.raw == raw, "through the claim");
    assert!(store.mail(&id).await.unwrap().unwrap().raw.is_some_and(|stored| stored == raw), "through the reader");
    store.finish(&claim, sent(), at(1)).await.unwrap();
    assert!(store.mail(&id).await.unwrap().unwrap().raw.is_none());
}

async fn nothing_private_shows_in_debug(backend: &impl Backend) {
    let store = backend.open();
    let new = mail(READY, at(0));
    let mut shown = format!("{new:?}");
    let id = store.hold(new).await.unwrap();
    let claim = claim(&store, at(0)).await;
    let finish = Finish::Failed { why: Failure::Refused, reason: format!("550 <{BCC}> unknown"), uncertain: false };
    shown += &format!("{claim:?} {finish:?}");
    store.finish(&claim, finish, at(1)).await.unwrap();
    shown += &format!("{:?} {:?}", store.mail(&id).await.unwrap(), store.list(Filter::default()).await.unwrap());
    for private in ["secret", "hidden.example", "client.example", "見積"] {
        assert!(!shown.contains(private), "{private} is shown");
    }
}

async fn a_store_that_can_write_is_healthy(backend: &impl Backend) {
    let store = backend.open();
    store.healthy().await.unwrap();
    let commits = store.commits();
    for _ in 0..10 {
        store.healthy().await.unwrap();
    }
    assert!(store.commits() < commits + 10, "asking often costs no commits");
}

macro_rules! contract {
    ($module:ident, $backend:ty: $($question:ident)*) => {
        mod $module {
            use super::Backend;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $question() {
                super::$question(&<$backend>::new()).await;
            })*
        }
    };
}

contract! { sqlite, super::Sqlite:
    what_goes_in_comes_out
    only_the_table_of_transitions_is_possible
    other_recipients_are_all_that_gets_the_mail
    lists_are_ordered_and_searched
    changes_are_noticed
    what_happens_is_told_once_and_in_order
    a_remark_changes_nothing_whatever_the_state
    each_way_of_telling_goes_on_where_it_was
    a_mail_is_sent_retried_and_failed_with_its_history
    a_lease_that_ran_out_is_taken_over_and_the_late_one_is_lost
    a_late_answer_counts_while_nobody_took_over
    delayed_mails_wait_and_go_in_order
    two_claimers_never_get_the_same_mail
    everything_survives_a_reopen
    a_return_is_confirmed_once_and_in_time
    a_mail_can_go_without_one_recipient
    of_two_who_decide_the_second_is_told
    ids_are_found_by_their_beginning
    lists_are_newest_first_filtered_and_paged
    purge_forgets_only_what_is_over
    what_happens_after_a_purge_is_told
    concurrent_holds_share_commits_and_are_all_kept
    a_large_mail_comes_back_octet_for_octet
    nothing_private_shows_in_debug
    a_store_that_can_write_is_healthy
}
