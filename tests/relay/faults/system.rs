//! The system as a program sees it, with a disk that fails and a clock that jumps when a test says so.
//!
//! A library of a hundred lines of C stands before the system's own. It needs a C compiler, as building SQLite does, and
//! Linux; elsewhere the tests are skipped and say so.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::programs;

pub(super) struct System {
    library: PathBuf,
    told: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disk {
    Fine,
    Full,
    ReadOnly,
}

impl System {
    /// A system that works so far; `None` after saying why there is none.
    pub(super) fn new(directory: &Path) -> Option<System> {
        if !cfg!(all(target_os = "linux", target_env = "gnu")) {
            programs::missing("a disk that fails and a clock that jumps are made on Linux with glibc only");
            return None;
        }
        let compiler = programs::find("cc")?;
        let (library, told) = (directory.join("system.so"), directory.join("system"));
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/relay/faults/system.c");
        let made = programs::run(
            &compiler,
            &["-shared", "-fPIC", "-Wall", "-Werror", "-o", library.to_str().unwrap(), source, "-ldl"],
            b"",
        );
        assert_eq!(made.code, Some(0), "{}", made.text);
        std::fs::write(&told, [0; 16]).unwrap();
        Some(System { library, told })
    }

    /// Lets the program run on it.
    pub(super) fn carry(&self, program: &mut Command) {
        program.env("LD_PRELOAD", &self.library).env("ATENA_TEST_SYSTEM", &self.told);
    }

    /// From now on.
    pub(super) fn disk(&self, disk: Disk) {
        let errno: i64 = match disk {
            Disk::Fine => 0,
            Disk::Full => 28,
            Disk::ReadOnly => 30,
        };
        self.tell(0, errno);
    }

    /// From now on the time of day is so far ahead, or behind.
    pub(super) fn clock(&self, seconds: i64) {
        self.tell(8, seconds);
    }

    fn tell(&self, at: u64, number: i64) {
        // The running program sees these octets: the file must neither be cut nor be made anew.
        let mut file = File::options().write(true).open(&self.told).unwrap();
        file.seek(SeekFrom::Start(at)).unwrap();
        file.write_all(&number.to_ne_bytes()).unwrap();
    }
}
