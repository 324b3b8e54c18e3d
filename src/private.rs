//! Directories and files that only their owner may read: what holds mail, hashes of passwords, keys.
//!
//! The one place that knows the modes. On systems without them the folder of the user's own profile has to do.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

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

#[cfg(test)]
mod tests {
    use super::*;

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
