//! One thread owns the connection that writes, and commits together whatever was asked for meanwhile (group commit).
//!
//! A caller is answered only after the commit that contains its work. Knows nothing of mails.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::StoreError;
use super::sqlite::{Fault, explain};

/// No transaction grows beyond this many requests: an early caller should not wait for all of a long queue.
const MOST_PER_COMMIT: usize = 256;

/// Runs inside a transaction, or is told why there is none; returns how it went and what to do once the commit is
/// decided.
type Job = Box<dyn FnOnce(Result<&Connection, StoreError>) -> (Result<(), StoreError>, Answer) + Send>;
type Answer = Box<dyn FnOnce(Result<(), StoreError>)>;

/// A job in the queue.
struct Work {
    job: Job,
    /// It shares no transaction: what it does to the disk must not undo, or hold up, the others' work.
    alone: bool,
}

/// The way to the writing thread. Dropping it waits for the work already queued, then closes the database.
pub(super) struct Writer {
    queue: Option<mpsc::Sender<Work>>,
    thread: Option<JoinHandle<()>>,
    progress: Arc<Progress>,
    path: Arc<Path>,
}

/// What the thread tells about itself.
#[derive(Default)]
struct Progress {
    commits: AtomicU64,
    /// When the disk last took a write; `None` after a failure.
    wrote: Mutex<Option<Instant>>,
}

impl Writer {
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn start(connection: Connection, path: Arc<Path>) -> Result<Writer, StoreError> {
        let (queue, jobs) = mpsc::channel();
        let progress = Arc::new(Progress::default());
        let thread = {
            let (progress, path) = (Arc::clone(&progress), Arc::clone(&path));
            thread::Builder::new()
                .name("store-writer".to_owned())
                .spawn(move || serve(&connection, &path, &jobs, &progress))
        }
        .map_err(|error| StoreError::Failed { path: path.to_path_buf(), cause: error.to_string() })?;
        Ok(Writer { queue: Some(queue), thread: Some(thread), progress, path })
    }

    /// Runs `work` in the next transaction: alone undone when it fails, answered after the commit.
    ///
    /// Dropping the future does not undo the work.
    ///
    /// # Errors
    /// Those of `work`; or the commit failed and nothing was kept.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        self.submit(work, false)?.await.map_err(|_| StoreError::Stopped)?
    }

    /// As [`Writer::run`], in a transaction of its own, for a thread that may wait: never one of an asynchronous runtime's.
    ///
    /// # Errors
    /// As those of [`Writer::run`].
    pub(super) fn run_blocking<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        self.submit(work, true)?.blocking_recv().map_err(|_| StoreError::Stopped)?
    }

    fn submit<T, F>(&self, work: F, alone: bool) -> Result<oneshot::Receiver<Result<T, StoreError>>, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, Fault> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let path = Arc::clone(&self.path);
        let job: Job = Box::new(move |transaction| {
            let outcome = transaction.and_then(|connection| attempt(&path, || work(connection)));
            let went = outcome.as_ref().map(|_| ()).map_err(StoreError::clone);
            let answer = move |commit: Result<(), StoreError>| {
                // A caller that went away needs no answer.
                let _ = reply.send(outcome.and_then(|value| commit.map(|()| value)));
            };
            (went, Box::new(answer))
        });
        let queue = self.queue.as_ref().ok_or(StoreError::Stopped)?;
        queue.send(Work { job, alone }).map_err(|_| StoreError::Stopped)?;
        Ok(answer)
    }

    /// Transactions that changed something, since the start.
    pub(super) fn commits(&self) -> u64 {
        self.progress.commits.load(Ordering::Relaxed)
    }

    /// Whether the disk took a write within the last `age` and none has failed since.
    pub(super) fn wrote_within(&self, age: Duration) -> bool {
        self.progress.wrote().is_some_and(|at| at.elapsed() < age)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // An error here is the thread's panic, which its callers have seen as `Stopped`.
            let _ = thread.join();
        }
    }
}

impl Progress {
    fn wrote(&self) -> Option<Instant> {
        *self.wrote.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_wrote(&self, at: Option<Instant>) {
        *self.wrote.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }
}

fn serve(connection: &Connection, path: &Path, queue: &mpsc::Receiver<Work>, progress: &Progress) {
    let mut waiting: Option<Work> = None;
    while let Some(Work { job, alone }) = waiting.take().or_else(|| queue.recv().ok()) {
        let more = || match queue.try_recv() {
            Ok(work) if !work.alone => Some(work.job),
            Ok(work) => {
                waiting = Some(work);
                None
            }
            Err(_) => None,
        };
        let others = if alone { 0 } else { MOST_PER_COMMIT - 1 };
        let batch = std::iter::once(job).chain(std::iter::from_fn(more).take(others));
        let changes_before = connection.total_changes();
        let Batch { answers, committed, no_room } = commit_together(connection, path, batch);
        match &committed {
            Ok(()) if connection.total_changes() > changes_before => {
                progress.commits.fetch_add(1, Ordering::Relaxed);
                progress.set_wrote((!no_room).then(Instant::now));
            }
            Ok(()) if no_room => progress.set_wrote(None),
            Ok(()) => {}
            Err(error) => {
                progress.set_wrote(None);
                tracing::error!(%error, requests = answers.len(), "nothing could be written");
            }
        }
        for answer in answers {
            answer(committed.clone());
        }
    }
}

/// What became of one transaction.
struct Batch {
    answers: Vec<Answer>,
    committed: Result<(), StoreError>,
    /// One of the jobs found the disk full, although the others may have been kept.
    no_room: bool,
}

/// Runs every job of `batch` and commits, or undoes all of them.
fn commit_together(connection: &Connection, path: &Path, batch: impl Iterator<Item = Job>) -> Batch {
    // IMMEDIATE: the lock is taken before anything is read, so that two processes never decide on the same row.
    let mut state = execute(connection, path, "BEGIN IMMEDIATE");
    let mut answers = Vec::new();
    let mut no_room = false;
    for job in batch {
        if state.is_err() {
            answers.push(job(state.clone().map(|()| connection)).1);
            continue;
        }
        // The first one has the transaction for itself: inside a savepoint each statement of a large job costs more the
        // more pages the job has changed (SQLite walks the list of them).
        let is_first = answers.is_empty();
        let (went, answer) = if is_first { job(Ok(connection)) } else { in_savepoint(connection, path, job) };
        answers.push(answer);
        if is_first && went.is_err() && !connection.is_autocommit() {
            let undone = execute(connection, path, "ROLLBACK");
            return Batch { answers, committed: undone, no_room: matches!(went, Err(StoreError::Full { .. })) };
        }
        no_room |= matches!(went, Err(StoreError::Full { .. }));
        if connection.is_autocommit() {
            // A full disk or an I/O error makes SQLite roll the whole transaction back, the others' work with it.
            let cause = "the transaction was rolled back".to_owned();
            state = went.and(Err(StoreError::Failed { path: path.to_owned(), cause }));
        }
    }
    let committed = state.and_then(|()| execute(connection, path, "COMMIT"));
    if committed.is_err() && !connection.is_autocommit() {
        // After a failed COMMIT the transaction is still open; if this fails too, the next BEGIN says so.
        let _ = execute(connection, path, "ROLLBACK");
    }
    Batch { answers, committed, no_room }
}

/// Runs one job so that its failure undoes its own work only.
fn in_savepoint(connection: &Connection, path: &Path, job: Job) -> (Result<(), StoreError>, Answer) {
    if let Err(error) = execute(connection, path, "SAVEPOINT job") {
        return job(Err(error));
    }
    let (went, answer) = job(Ok(connection));
    if connection.is_autocommit() {
        return (went, answer);
    }
    let undone = if went.is_err() { execute(connection, path, "ROLLBACK TO job") } else { Ok(()) };
    let ended = undone.and_then(|()| execute(connection, path, "RELEASE job"));
    if ended.is_err() {
        // Half a job must not be committed: give the transaction up.
        let _ = execute(connection, path, "ROLLBACK");
    }
    (went.and(ended), answer)
}

/// A bug in one job must not end the writing for all: its savepoint is undone like that of any job that fails.
fn attempt<T>(path: &Path, work: impl FnOnce() -> Result<T, Fault>) -> Result<T, StoreError> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(outcome) => outcome.map_err(|fault| fault.explain(path)),
        Err(_) => {
            let cause = "a bug in atena, see the log".to_owned();
            Err(StoreError::Failed { path: path.to_owned(), cause })
        }
    }
}

fn execute(connection: &Connection, path: &Path, sql: &str) -> Result<(), StoreError> {
    let run = || connection.prepare_cached(sql)?.execute([]);
    run().map(|_| ()).map_err(|error| explain(path, &error))
}

#[cfg(test)]
mod tests {
    use super::super::sqlite;
    use super::*;

    fn writer(directory: &tempfile::TempDir) -> Writer {
        let path: Arc<Path> = directory.path().join(sqlite::FILE).into();
        let connection = sqlite::open_writer(directory.path(), &path).expect("an empty directory");
        Writer::start(connection, path).expect("a thread")
    }

    fn remember(connection: &Connection, key: &str, octets: usize) -> Result<(), Fault> {
        connection
            .execute("INSERT INTO returned (key, at) VALUES (?1 || hex(zeroblob(?2)), 0)", (key, octets as i64))?;
        Ok(())
    }

    async fn count(writer: &Writer) -> i64 {
        let count =
            |connection: &Connection| Ok(connection.query_row("SELECT count(*) FROM returned", [], |row| row.get(0))?);
        writer.run(count).await.expect("readable")
    }

    #[tokio::test]
    async fn a_job_that_breaks_down_ends_no_other() {
        let directory = tempfile::tempdir().expect("a directory");
        let writer = writer(&directory);
        let breaks = writer.run(|connection| {
            remember(connection, "half", 1)?;
            if connection.is_autocommit() { Ok(()) } else { panic!("a bug") }
        });
        let (breaks, works) = tokio::join!(breaks, writer.run(|connection| remember(connection, "whole", 1)));
        assert!(matches!(breaks, Err(StoreError::Failed { .. })), "{breaks:?}");
        assert_eq!((works, count(&writer).await), (Ok(()), 1));
    }

    #[tokio::test]
    async fn a_failing_job_is_undone_alone() {
        let directory = tempfile::tempdir().expect("a directory");
        let writer = writer(&directory);
        let fails = writer.run(|connection| {
            remember(connection, "half", 1)?;
            Err::<(), Fault>(StoreError::Stopped.into())
        });
        let (fails, works) = tokio::join!(fails, writer.run(|connection| remember(connection, "whole", 1)));
        assert_eq!((fails, works), (Err(StoreError::Stopped), Ok(())));
        assert_eq!(count(&writer).await, 1);
    }

    #[tokio::test]
    async fn a_lost_transaction_fails_every_caller_in_it_and_the_next_one_works() {
        let directory = tempfile::tempdir().expect("a directory");
        let writer = writer(&directory);
        let rollback = |connection: &Connection| {
            remember(connection, "lost", 1)?;
            Ok(connection.execute_batch("ROLLBACK")?)
        };
        // Holds the thread until the three jobs behind it are queued.
        let (open, gate) = mpsc::channel::<()>();
        let blocker = writer.run(move |_| Ok(gate.recv().is_ok()));
        let release = async { open.send(()) };
        let (blocked, before, lost, after, _) = tokio::join!(
            blocker,
            writer.run(|connection| remember(connection, "before", 1)),
            writer.run(rollback),
            writer.run(|connection| remember(connection, "after", 1)),
            release,
        );
        for outcome in [blocked.map(|_| ()), before, lost, after] {
            assert!(matches!(outcome, Err(StoreError::Failed { .. })), "{outcome:?}");
        }
        assert_eq!(count(&writer).await, 0);
        assert_eq!(writer.run(|connection| remember(connection, "next", 1)).await, Ok(()));
        assert_eq!(count(&writer).await, 1);
    }

    #[tokio::test]
    async fn a_job_with_a_transaction_of_its_own_takes_nobody_with_it() {
        let directory = tempfile::tempdir().expect("a directory");
        let writer = writer(&directory);
        let (open, gate) = mpsc::channel::<()>();
        let blocker = writer.run(move |_| Ok(gate.recv().is_ok()));
        let alone = writer.submit(|connection| Ok(connection.execute_batch("ROLLBACK")?), true).expect("a writer");
        let release = async { open.send(()) };
        let (blocked, before, lost, after, _) = tokio::join!(
            blocker,
            writer.run(|connection| remember(connection, "before", 1)),
            alone,
            writer.run(|connection| remember(connection, "after", 1)),
            release,
        );
        assert_eq!((blocked, before, after), (Ok(true), Ok(()), Ok(())));
        assert!(matches!(lost, Ok(Err(StoreError::Failed { .. }))), "{lost:?}");
        assert_eq!(count(&writer).await, 2);
    }

    #[tokio::test]
    async fn a_full_disk_is_said_and_leaves_the_store_usable() {
        let directory = tempfile::tempdir().expect("a directory");
        let writer = writer(&directory);
        writer.run(|connection| Ok(connection.pragma_update(None, "max_page_count", 40)?)).await.expect("a pragma");
        let full = writer.run(|connection| remember(connection, "large", 1_000_000)).await;
        assert!(matches!(full, Err(StoreError::Full { .. })), "{full:?}");
        assert!(!writer.wrote_within(Duration::MAX), "the next question for health must really write");
        assert_eq!(writer.run(|connection| remember(connection, "small", 10)).await, Ok(()));
        assert!(writer.wrote_within(Duration::MAX));
        assert_eq!(count(&writer).await, 1);
    }
}
