//! Opens the SQLite database and says what its errors mean.

use std::cell::Cell;
use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::StoreError;
use crate::private;

/// The file in the data directory.
pub(super) const FILE: &str = "atena.db";

/// Schema versions in order, one file each; a file that was released is never edited.
const SCHEMA: [&str; 11] = [
    include_str!("schema/0001.sqlite.sql"),
    include_str!("schema/0002.sqlite.sql"),
    include_str!("schema/0003.sqlite.sql"),
    include_str!("schema/0004.sqlite.sql"),
    include_str!("schema/0005.sqlite.sql"),
    include_str!("schema/0006.sqlite.sql"),
    include_str!("schema/0007.sqlite.sql"),
    include_str!("schema/0008.sqlite.sql"),
    include_str!("schema/0009.sqlite.sql"),
    include_str!("schema/0010.sqlite.sql"),
    include_str!("schema/0011.sqlite.sql"),
];

/// `aten`, in the database header (`PRAGMA application_id`).
const APPLICATION_ID: i64 = 0x6174_656e;

/// How long a request waits for another process's transaction. Far below the five minutes a mail program waits for
/// an answer (RFC 5321 section 4.5.3.2), far above any transaction of ours.
const BUSY: Duration = Duration::from_secs(10);

/// How soon it looks again. SQLite's own waits grow to a tenth of a second, and between two transactions of an import there
/// is less: a mail would wait for the end of it.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// SQLite's page. Twice as much made single commits half again as slow and grouped ones no faster.
const PAGE_OCTETS: i64 = 4096;

/// Pages kept in memory by the connection that writes: the indexes of some ten thousand mails.
const CACHE_OCTETS: i64 = 4 * 1024 * 1024;

/// The write-ahead log is copied into the database when it has grown to this size, and cut back to it after a large
/// mail. Four times SQLite's default: pages of indexes that change with every mail are copied a quarter as often.
const LOG_OCTETS: i64 = 16 * 1024 * 1024;

/// The connection that writes; creates directory, file and tables as needed.
pub(super) fn open_writer(directory: &Path, path: &Path) -> Result<Connection, StoreError> {
    create_private(directory, path)
        .map_err(|error| StoreError::Open { path: path.to_owned(), cause: error.to_string() })?;
    let connection = connect(path)?;
    // SQLite opens what it may not write for reading, without a word.
    if connection.is_readonly("main").map_err(|error| explain(path, &error))? {
        return Err(StoreError::Open { path: path.to_owned(), cause: "it is read-only".to_owned() });
    }
    check_owner(&connection, path)?;
    let prepare = || -> Result<String, rusqlite::Error> {
        // Before the first table exists, or it has no effect: lets `purge` give room back to the system.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        let mode = log_ahead(&connection)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // What is deleted is overwritten: a sent or dropped mail does not linger in free pages.
        connection.pragma_update(None, "secure_delete", true)?;
        // What a transaction may have to take back stays in memory, not in a file under /var/tmp: it is mail text.
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        connection.pragma_update(None, "journal_size_limit", LOG_OCTETS)?;
        connection.pragma_update(None, "cache_size", CACHE_OCTETS / PAGE_OCTETS)?;
        connection.pragma_update(None, "wal_autocheckpoint", LOG_OCTETS / PAGE_OCTETS)?;
        Ok(mode)
    };
    let mode = prepare().map_err(|error| explain(path, &error))?;
    if mode != "wal" {
        let cause = format!("its file system allows no write-ahead log (journal mode {mode}); use a local disk");
        return Err(StoreError::Open { path: path.to_owned(), cause });
    }
    migrate(&connection, path)?;
    sync_directories(directory)
        .map_err(|error| StoreError::Open { path: directory.to_owned(), cause: error.to_string() })?;
    Ok(connection)
}

/// What is committed may be lost in a crash.
pub(super) fn wait_for_nothing(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    connection.pragma_update(None, "synchronous", "OFF").map_err(|error| explain(path, &error))
}

/// A connection that only reads; the database exists.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let connection = connect(path)?;
    connection.pragma_update(None, "query_only", true).map_err(|error| explain(path, &error))?;
    Ok(connection)
}

/// Whether there is such a column; not where there is no such table.
pub(super) fn has_column(connection: &Connection, table: &str, name: &str) -> Result<bool, Fault> {
    let sql = "SELECT EXISTS (SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2)";
    Ok(connection.query_row(sql, [table, name], |row| row.get(0))?)
}

/// What can go wrong inside a transaction.
#[derive(Debug)]
pub(super) enum Fault {
    Sqlite(rusqlite::Error),
    /// A stored value that this program would never have written, by mail and column.
    Value(String, &'static str),
    Store(StoreError),
}

impl Fault {
    pub(super) fn explain(self, path: &Path) -> StoreError {
        match self {
            Fault::Sqlite(error) => explain(path, &error),
            Fault::Value(mail, column) => {
                StoreError::Damaged { path: path.to_owned(), cause: format!("mail {mail}: unreadable {column}") }
            }
            Fault::Store(error) => error,
        }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Fault {
        Fault::Sqlite(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Fault {
        Fault::Store(error)
    }
}

/// What an error of SQLite means to the caller. The cause never contains data: every value is a bound parameter.
pub(super) fn explain(path: &Path, error: &rusqlite::Error) -> StoreError {
    let (path, cause) = (path.to_owned(), error.to_string());
    // The index of the log is a file too; SQLite calls it an input or output error when there is no room for it.
    if error.sqlite_error().is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE) {
        return StoreError::Full { path };
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => StoreError::Damaged { path, cause },
        Some(ErrorCode::DiskFull) => StoreError::Full { path },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy { path },
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            StoreError::Open { path, cause }
        }
        _ => StoreError::Failed { path, cause },
    }
}

fn connect(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || {
        let mut connection = Connection::open_with_flags(path, flags)?;
        connection.busy_handler(Some(wait))?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(connection)
    };
    open().map_err(|error| explain(path, &error))
}

thread_local! {
    /// When the wait began that this thread is in.
    static WAITING: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Whether to look again. By the clock: on a busy machine a short sleep takes as long as it likes.
fn wait(tries: i32) -> bool {
    let begun = WAITING.get().filter(|_| tries > 0).unwrap_or_else(Instant::now);
    WAITING.set(Some(begun));
    std::thread::sleep(LOOK_AGAIN);
    begun.elapsed() < BUSY
}

/// Makes the directory (0700) and an empty file (0600) where there is none. SQLite gives its log the file's mode.
///
/// A file that exists is not opened: closing it again would end the locks that other connections of this process hold
/// on it (POSIX `fcntl`).
fn create_private(directory: &Path, path: &Path) -> io::Result<()> {
    private::directory(directory)?;
    match private::new_file(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// Makes the new names durable: a synced file under a name that a power cut takes away is lost all the same.
fn sync_directories(directory: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        fs::File::open(directory)?.sync_all()?;
        let parent = directory.parent().filter(|parent| !parent.as_os_str().is_empty());
        // Not every parent may be read; the system made it before us and syncs it in its own time.
        if let Some(Ok(parent)) = parent.map(fs::File::open) {
            parent.sync_all()?;
        }
    }
    #[cfg(not(unix))]
    let _ = directory;
    Ok(())
}

/// Switches to the write-ahead log and returns the mode in effect.
///
/// While two processes create the database at once SQLite answers "locked" here without waiting (waiting could be a
/// deadlock), so the waiting is ours.
fn log_ahead(connection: &Connection) -> Result<String, rusqlite::Error> {
    let start = Instant::now();
    loop {
        match connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0)) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && start.elapsed() < BUSY => {
                std::thread::sleep(Duration::from_millis(5));
            }
            outcome => return outcome,
        }
    }
}

/// Refuses what another program or a newer version wrote, before anything is changed.
fn check_owner(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let look = || -> Result<(i64, i64), rusqlite::Error> {
        // One snapshot: another process may be making the tables right now.
        let snapshot = connection.unchecked_transaction()?;
        let application = snapshot.pragma_query_value(None, "application_id", |row| row.get(0))?;
        let tables = snapshot.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        Ok((application, tables))
    };
    let (application, tables) = look().map_err(|error| explain(path, &error))?;
    if application != APPLICATION_ID && (application != 0 || tables > 0) {
        return Err(StoreError::Foreign { path: path.to_owned() });
    }
    version(connection, path).map(|_| ())
}

/// The schema version of the database, 0 when it is empty.
fn version(connection: &Connection, path: &Path) -> Result<usize, StoreError> {
    let found: i64 =
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(|error| explain(path, &error))?;
    usize::try_from(found).ok().filter(|&version| version <= SCHEMA.len()).ok_or_else(|| StoreError::Newer {
        path: path.to_owned(),
        found,
        known: SCHEMA.len() as i64,
    })
}

/// Brings the tables up to date, all or nothing; another process may be doing the same.
fn migrate(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    if version(connection, path)? == SCHEMA.len() {
        return Ok(());
    }
    let run = |sql: &str| connection.execute_batch(sql).map_err(|error| explain(path, &error));
    run("BEGIN IMMEDIATE")?;
    let upgrade = || {
        for (index, sql) in SCHEMA.iter().enumerate().skip(version(connection, path)?) {
            run(sql)?;
            run(&format!("PRAGMA user_version = {}; PRAGMA application_id = {APPLICATION_ID}", index + 1))?;
        }
        run("COMMIT")
    };
    upgrade().inspect_err(|_| {
        // The error that matters is the one before; closing the connection undoes the transaction in any case.
        let _ = run("ROLLBACK");
    })
}
