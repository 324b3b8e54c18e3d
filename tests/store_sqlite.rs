//! What only the SQLite store can be asked: files in the way, damage, versions, modes, a kill.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use atena::message::{Address, Envelope};
use atena::store::{Filter, Finish, Initial, MailId, NewMail, Store, StoreError};
use jiff::Timestamp;
use rusqlite::Connection;

fn mail(state: Initial, octets: usize) -> NewMail {
    let recipients = vec![Address::parse("sato@client.example").unwrap()];
    let raw = b"octets\r\n".iter().copied().cycle().take(octets).collect();
    NewMail::new(Envelope { recipients, ..Envelope::default() }, raw, state, Timestamp::UNIX_EPOCH)
}

fn refusal(directory: &Path) -> StoreError {
    let error = Store::open(directory).map(|_| ()).unwrap_err();
    // Both languages name the file that is in the way.
    let explained = error.explain();
    let path = directory.display().to_string();
    assert!(explained.en.contains(&path) && explained.ja.contains(&path), "{explained:?}");
    assert_ne!(explained.en, explained.ja);
    error
}

#[test]
fn a_file_where_the_directory_should_be() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("data");
    fs::write(&path, "in the way").unwrap();
    assert!(matches!(refusal(&path), StoreError::Open { .. }));
    assert_eq!(fs::read(&path).unwrap(), b"in the way");
}

#[test]
fn a_directory_where_the_file_should_be() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("atena.db")).unwrap();
    assert!(matches!(refusal(directory.path()), StoreError::Open { .. }));
}

#[cfg(target_os = "linux")]
#[test]
fn a_read_only_directory() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o500)).unwrap();
    let as_root = fs::write(directory.path().join("try"), "").is_ok();
    // root may write anywhere but into /proc.
    let path = if as_root { Path::new("/proc/self") } else { directory.path() };
    assert!(matches!(refusal(path), StoreError::Open { .. }));
}

#[cfg(unix)]
#[test]
fn a_read_only_file() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let path = Store::open(directory.path()).unwrap().path().to_owned();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    // root may write it all the same.
    if fs::OpenOptions::new().append(true).open(&path).is_err() {
        assert!(matches!(refusal(directory.path()), StoreError::Open { .. }));
    }
}

#[test]
fn a_database_of_a_newer_version() {
    let directory = tempfile::tempdir().unwrap();
    let path = Store::open(directory.path()).unwrap().path().to_owned();
    let database = Connection::open(&path).unwrap();
    let known: i64 = database.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    database.pragma_update(None, "user_version", known + 1).unwrap();
    drop(database);
    let error = refusal(directory.path());
    assert_eq!(error, StoreError::Newer { path, found: known + 1, known });
    assert!(error.to_string().contains("update atena"));
}

#[tokio::test]
async fn a_database_of_the_version_before_is_brought_up_to_date() {
    let directory = tempfile::tempdir().unwrap();
    let old = Connection::open(directory.path().join("atena.db")).unwrap();
    old.execute_batch(include_str!("../src/store/schema/0001.sqlite.sql")).unwrap();
    old.execute_batch(
        "PRAGMA user_version = 1; PRAGMA application_id = 0x6174656e; PRAGMA journal_mode = WAL; \
         INSERT INTO mail (id, state, recipients, eight_bit, utf8, subject, findings, size, received_at, changed_at) \
         VALUES ('old', 'held', '[\"a@b.example\"]', FALSE, FALSE, 'kept', '[]', 0, 1, 1)",
    )
    .unwrap();
    drop(old);
    let store = Store::open(directory.path()).unwrap();
    let kept = store.list(Filter::default()).await.unwrap();
    assert_eq!(kept.iter().map(|mail| mail.subject.as_str()).collect::<Vec<_>>(), ["kept"]);
    assert!(kept[0].envelope.reports.is_empty());
}

#[test]
fn what_version_three_had_learnt_stays_when_feedback_is_added() {
    let directory = tempfile::tempdir().unwrap();
    let old = Connection::open(directory.path().join("atena.db")).unwrap();
    for sql in [
        include_str!("../src/store/schema/0001.sqlite.sql"),
        include_str!("../src/store/schema/0002.sqlite.sql"),
        include_str!("../src/store/schema/0003.sqlite.sql"),
        "PRAGMA user_version = 3; PRAGMA application_id = 0x6174656e; PRAGMA journal_mode = WAL; \
         INSERT INTO sender (number, address, mails) VALUES (1, 'a@own.example', 7); \
         INSERT INTO correspondent (sender, address, name, domain, sent) \
         VALUES (1, 'b@client.example', 'B', 'client.example', 7)",
    ] {
        old.execute_batch(sql).unwrap();
    }
    drop(old);
    let people = Store::open(directory.path()).unwrap().people();
    assert_eq!(people.senders().unwrap(), [("a@own.example".to_owned(), 7)]);
    assert_eq!(people.show("b@client.example").unwrap()[0].about.sent, 7);
    assert_eq!(people.said(None).unwrap(), []);
}

#[test]
fn a_database_of_another_program() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("atena.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)").unwrap();
    let before = fs::read(&path).unwrap();
    assert_eq!(refusal(directory.path()), StoreError::Foreign { path: path.clone() });
    assert!(fs::read(&path).unwrap() == before, "it is left as it was");
}

#[test]
fn a_file_that_is_no_database() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("atena.db");
    fs::write(&path, "This is a text file.\n".repeat(1000)).unwrap();
    let error = refusal(directory.path());
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    assert!(error.to_string().contains(".recover"), "the way out: {error}");
}

#[tokio::test]
async fn a_damaged_mail_is_told_and_given_out_no_shorter() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let ready = Initial::Ready { not_before: None };
    let id = store.hold(mail(ready, 3_000_000)).await.unwrap();
    let path = store.path().to_owned();
    drop(store);
    let connection = Connection::open(&path).unwrap();
    connection.execute("DELETE FROM piece WHERE number = 1", []).unwrap();
    drop(connection);
    let store = Store::open(directory.path()).unwrap();
    let claim = store.claim(Timestamp::UNIX_EPOCH, std::time::Duration::from_secs(1), "test").await.unwrap();
    let claim = claim.expect("it is due");
    assert_eq!((&claim.id, claim.raw.len()), (&id, 0));
    assert!(claim.damage.is_some_and(|cause| cause.contains(id.as_str())));
    drop(store);

    let mut octets = fs::read(&path).unwrap();
    let end = octets.len();
    octets[4096..end.min(60_000)].fill(0xff);
    fs::write(&path, octets).unwrap();
    let outcome = match Store::open(directory.path()) {
        Ok(store) => store.list(Filter::default()).await.map(|_| ()),
        Err(error) => Err(error),
    };
    assert!(matches!(outcome, Err(StoreError::Damaged { .. })), "{outcome:?}");
}

#[tokio::test]
async fn a_row_that_cannot_be_read_blocks_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    let ready = Initial::Ready { not_before: None };
    let bad = store.hold(mail(ready, 10)).await.unwrap();
    let good =
        store.hold(mail(Initial::Ready { not_before: Some(Timestamp::from_second(5).unwrap()) }, 10)).await.unwrap();
    let connection = Connection::open(store.path()).unwrap();
    connection.execute("UPDATE mail SET recipients = '[\"no address\"]' WHERE id = ?1", [bad.as_str()]).unwrap();
    let now = Timestamp::from_second(10).unwrap();
    let lease = std::time::Duration::from_secs(900);
    assert_eq!(store.claim(now, lease, "test").await.unwrap().map(|claim| claim.id), Some(good.clone()));
    assert!(store.claim(now, lease, "test").await.unwrap().is_none());
    let listed: Vec<MailId> = store.list(Filter::default()).await.unwrap().into_iter().map(|mail| mail.id).collect();
    assert_eq!(listed, [good]);
    // Still there and still due, for the version that can read it.
    let due: i64 =
        connection.query_row("SELECT due_at FROM mail WHERE id = ?1", [bad.as_str()], |row| row.get(0)).unwrap();
    assert_eq!(due, now.as_millisecond() + 3_600_000);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("deep/data");
    let store = Store::open(&directory).unwrap();
    store.hold(mail(Initial::Held, 10)).await.unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&directory), 0o700);
    for file in fs::read_dir(&directory).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn several_processes_may_create_the_database_at_once() {
    for _ in 0..50 {
        let directory = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            let open = || scope.spawn(|| Store::open(directory.path()).map(|_| ()));
            let handles: Vec<_> = (0..4).map(|_| open()).collect();
            for handle in handles {
                assert_eq!(handle.join().unwrap(), Ok(()));
            }
        });
    }
}

#[tokio::test]
async fn a_sent_mail_leaves_no_text_in_the_file_and_purge_shrinks_it() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(directory.path()).unwrap();
    store.hold(mail(Initial::Ready { not_before: None }, 4_000_000)).await.unwrap();
    let now = Timestamp::from_second(1).unwrap();
    let claim = store.claim(now, std::time::Duration::from_secs(9), "test").await.unwrap().unwrap();
    store.finish(&claim, Finish::Sent { text: String::new() }, now).await.unwrap();
    let path = store.path().to_owned();
    drop(store);
    let contains = |octets: Vec<u8>| octets.windows(8).any(|window| window == b"octets\r\n");
    assert!(fs::metadata(&path).unwrap().len() > 4_000_000);
    assert!(!contains(fs::read(&path).unwrap()), "overwritten");
    let store = Store::open(directory.path()).unwrap();
    assert_eq!(store.purge(Timestamp::from_second(2).unwrap()).await.unwrap(), 1);
    drop(store);
    assert!(fs::metadata(&path).unwrap().len() < 200_000);
}

const CHILD: &str = "ATENA_TEST_HOLDS_IN";

/// Not a question by itself: the process that the next test kills.
#[tokio::test]
async fn child_that_holds_until_killed() {
    let Some(directory) = std::env::var_os(CHILD) else { return };
    let store = Store::open(Path::new(&directory)).unwrap();
    for _ in 0..100_000 {
        let id = store.hold(mail(Initial::Held, 10_000)).await.unwrap();
        // Straight to the descriptor: the harness would keep it until the test ends.
        writeln!(std::io::stderr(), "kept {id}").unwrap();
    }
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_that_holds_until_killed", "--nocapture"])
        .env(CHILD, directory.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut kept = Vec::new();
    let id = |line: String| line.strip_prefix("kept ").and_then(MailId::parse);
    while kept.len() < 50 {
        kept.extend(id(lines.next().expect("the child runs until it is killed").unwrap()));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    kept.extend(lines.map_while(Result::ok).filter_map(id));
    let store = Store::open(directory.path()).unwrap();
    for id in &kept {
        assert_eq!(store.mail(id).await.unwrap().and_then(|mail| mail.raw).map(|raw| raw.len()), Some(10_000));
    }
    store.healthy().await.unwrap();
}
