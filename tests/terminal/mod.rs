//! The real program in a scratch directory: a home of its own, no configuration, English, no colour.

// Each test file compiles its own copy and uses its own part of it.
#![allow(dead_code, clippy::unwrap_used)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The program under test.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_atena");

/// A directory to work in, and beside it a home; both are gone with it.
pub(crate) struct Scratch {
    root: tempfile::TempDir,
}

impl Scratch {
    pub(crate) fn new() -> Scratch {
        let root = tempfile::tempdir().unwrap();
        for name in ["work", "home"] {
            std::fs::create_dir(root.path().join(name)).unwrap();
        }
        Scratch { root }
    }

    /// The directory commands run in.
    pub(crate) fn path(&self) -> PathBuf {
        self.root.path().join("work")
    }

    /// Copies a directory or a file to the same relative place.
    pub(crate) fn copy(&self, from: &Path, to: &str) {
        copy(from, &self.path().join(to));
    }

    /// The program with these arguments; what a person's environment would bring in is taken away.
    pub(crate) fn program(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let home = self.root.path().join("home");
        let mut command = Command::new(program);
        command.current_dir(self.path()).env_clear().env("HOME", &home).env("LANG", "en_US.UTF-8").env("TZ", "UTC");
        for (name, below) in [("XDG_CONFIG_HOME", "config"), ("XDG_DATA_HOME", "data"), ("XDG_STATE_HOME", "state")] {
            command.env(name, home.join(below));
        }
        // Windows programs do not start without; commands in front of the program are looked for in PATH.
        for name in ["PATH", "SYSTEMROOT"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
    }

    /// One line as a person types it: words with quotes, `NAME=value` in front, `< file` behind. `$WORK` and `$HOME`
    /// stand for the two directories. `atena` is the program under test; so is `cargo run --release --`.
    pub(crate) fn run(&self, line: &str) -> Output {
        let line = line.strip_prefix("cargo run --release --").map_or(line.to_owned(), |rest| format!("atena{rest}"));
        let mut words = words(&self.expand(&line));
        let input = match words.iter().position(|word| word == "<") {
            Some(at) => {
                let name = words.remove(at + 1);
                words.remove(at);
                std::fs::read(self.path().join(&name)).unwrap_or_else(|error| panic!("{name}: {error}"))
            }
            None => Vec::new(),
        };
        let settings: Vec<String> = words.iter().take_while(|word| word.contains('=')).cloned().collect();
        let mut words = words.split_off(settings.len()).into_iter();
        let name = words.next().unwrap_or_else(|| panic!("no command in {line:?}"));
        let mut command = self.program(if name == "atena" { PROGRAM } else { &name });
        for setting in &settings {
            let (name, value) = setting.split_once('=').unwrap();
            command.env(name, value);
        }
        command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{line}: {error}"));
        let mut stdin = child.stdin.take().unwrap();
        // A program that ends without reading closes the pipe.
        let writer = std::thread::spawn(move || stdin.write_all(&input).is_ok());
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        output
    }

    /// What was printed, with the names of the scratch directories taken out.
    pub(crate) fn text(&self, bytes: &[u8]) -> String {
        let text = String::from_utf8(bytes.to_vec()).expect("the program prints UTF-8");
        let root = self.root.path().display().to_string();
        text.replace(&format!("{root}/work"), "$WORK").replace(&format!("{root}/home"), "$HOME")
    }

    fn expand(&self, line: &str) -> String {
        let root = self.root.path().display();
        line.replace("$WORK", &format!("{root}/work")).replace("$HOME", &format!("{root}/home"))
    }
}

/// Splits like a shell, as far as tests need it: spaces, single and double quotes.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote, mut begun) = (Vec::new(), String::new(), None, false);
    for c in line.chars() {
        match (c, quote) {
            (c, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => (quote, begun) = (Some(c), true),
            (c, None) if c.is_whitespace() => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            (c, _) => {
                word.push(c);
                begun = true;
            }
        }
    }
    assert!(quote.is_none(), "an open quote in {line:?}");
    if begun {
        words.push(word);
    }
    words
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    }
}

/// A readable difference of two texts: the first line that is not the same.
pub(crate) fn difference(expected: &str, found: &str) -> String {
    let (mut left, mut right) = (expected.lines(), found.lines());
    for number in 1.. {
        match (left.next(), right.next()) {
            (None, None) => break,
            (a, b) if a == b => {}
            (a, b) => return format!("line {number}\n  expected: {}\n  found:    {}", shown(a), shown(b)),
        }
    }
    "they differ in the last line end".to_owned()
}

fn shown(line: Option<&str>) -> String {
    line.map_or("(the end)".to_owned(), |line| format!("{line:?}"))
}
