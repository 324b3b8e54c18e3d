//! A Maildir as the next server: a mail is "sent" once its file is in `new/` and both are on disk.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::fs::{DirBuilder, File, OpenOptions};
use tokio::io::AsyncWriteExt;

use super::failure::own_answer;
use super::{Answer, Outcome, Wanted};

/// Writes the mail as it is, byte for byte, creating the Maildir if there is none.
pub(super) async fn deliver(root: &Path, raw: &[u8], wanted: Wanted<'_>) -> Outcome {
    let name = unique_name();
    let (temporary, place) = (Temporary(root.join("tmp").join(&name)), root.join("new").join(&name));
    if let Err(error) = write(root, &temporary, &place, raw, wanted).await {
        let text = format!("cannot write to the Maildir {}: {error}", root.display());
        return Outcome::TryLater(own_answer("4.3.0", text));
    }
    // The file is there now; only whether a power cut would take it away again is open.
    if let Err(error) = sync(&root.join("new")).await {
        let answer = own_answer("4.3.0", format!("cannot secure {} on disk: {error}", place.display()));
        return Outcome::TryLater(Answer { uncertain: true, ..answer });
    }
    Outcome::Sent { text: format!("saved as {}", place.display()) }
}

async fn write(root: &Path, temporary: &Temporary, place: &Path, raw: &[u8], wanted: Wanted<'_>) -> io::Result<()> {
    create(root).await?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut file = options.open(&temporary.0).await?;
    file.write_all(raw).await?;
    file.flush().await?;
    file.sync_all().await?;
    if !wanted() {
        return Err(io::Error::other("it took too long"));
    }
    tokio::fs::rename(&temporary.0, place).await
}

/// The three folders, readable by their owner only.
async fn create(root: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    builder.mode(0o700);
    let mut new = false;
    for folder in ["tmp", "new", "cur"] {
        let folder = root.join(folder);
        if !tokio::fs::try_exists(&folder).await? {
            builder.create(&folder).await?;
            new = true;
        }
    }
    if new {
        sync(root).await?;
        // A new Maildir is itself an entry of the folder above.
        let above = root.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
        sync(above).await?;
    }
    Ok(())
}

#[cfg(unix)]
async fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder).await?.sync_all().await
}

/// Other systems give no handle on a folder; their renames are in the journal.
#[cfg(not(unix))]
async fn sync(_folder: &Path) -> io::Result<()> {
    Ok(())
}

/// Removed when delivery fails or is cancelled; after the rename there is nothing left under this name.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// `seconds.MmicrosecondsPprocessQcount.host`, the form of the Maildir specification.
fn unique_name() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{}.M{:06}P{}Q{count}.{}", now.as_secs(), now.subsec_micros(), std::process::id(), host())
}

/// The host's name with `/` and `:` in octal, as the specification asks.
fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .ok()
        .or_else(|| std::env::var("HOSTNAME").ok())
        .or_else(|| std::env::var("COMPUTERNAME").ok())
        .unwrap_or_default();
    let name: String = name.trim().chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    if name.is_empty() { "localhost".to_owned() } else { name.replace('/', "\\057").replace(':', "\\072") }
}
