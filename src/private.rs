//! Directories and files that only their owner may read: what holds mail, hashes of passwords, keys.
//!
//! The one place that knows the modes. On systems without them the folder of the user's own profile has to do.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Makes a directory and those above it that are missing (0700); one that exists stays as it is.
///
/// # Errors
/// As those of the system.
pub(crate) fn directory(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes a file (0600) and opens it for writing.
///
/// # Errors
/// `AlreadyExists`, also for one that has just appeared; it is not touched.
pub(crate) fn new_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Writes a whole file, on disk when this returns.
///
/// # Errors
/// As those of [`new_file`].
pub(crate) fn create(path: &Path, text: &str) -> io::Result<()> {
    let mut file = new_file(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Puts a file in the place of another, or where there is none: after a crash it is the old one or the new one.
///
/// # Errors
/// The old file is as it was.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let new = path.with_file_name(name);
    // Left by a process of this number that was killed.
    let _ = fs::remove_file(&new);
    create(&new, text).and_then(|()| fs::rename(&new, path)).inspect_err(|_| {
        let _ = fs::remove_file(&new);
    })
}

/// A directory for a while, gone with everything in it when dropped.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// Makes it where the system keeps such.
    ///
    /// # Errors
    /// As those of the system.
    pub(crate) fn new(name: &str) -> io::Result<Scratch> {
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let process = std::process::id();
        let mut number = 0;
        loop {
            let path = std::env::temp_dir().join(format!("{name}-{process}-{number}"));
            match builder.create(&path) {
                Ok(()) => return Ok(Scratch(path)),
                // Somebody else's, or left by a process of this number that was killed.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 1000 => number += 1,
                Err(error) => return Err(error),
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // The system clears what is left.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_for_a_while_is_ones_own_and_goes() {
        let (one, other) = (Scratch::new("atena-test").expect("made"), Scratch::new("atena-test").expect("made"));
        assert_ne!(one.path(), other.path());
        fs::write(one.path().join("file"), "x").expect("writable");
        let path = one.path().to_owned();
        drop(one);
        assert!(!path.exists() && other.path().exists());
    }

    #[test]
    fn a_file_is_made_once_and_replaced_whole() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("file");
        create(&path, "one").expect("new");
        assert_eq!(create(&path, "two").map_err(|error| error.kind()), Err(io::ErrorKind::AlreadyExists));
        replace(&path, "two").expect("writable");
        assert_eq!(fs::read_to_string(&path).expect("there"), "two");
        assert_eq!(fs::read_dir(directory.path()).expect("there").count(), 1, "nothing is left beside it");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        }
    }
}
