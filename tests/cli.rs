//! Does the program print and answer what `fixtures/cli/` says? One directory per case; see its README.

#![allow(clippy::unwrap_used)]

mod terminal;

use std::fs;
use std::path::{Path, PathBuf};

use terminal::{Scratch, difference};

/// What the commands of a case came to.
struct Outcome {
    stdout: String,
    stderr: String,
    /// One exit code per command and line.
    status: String,
}

#[test]
fn every_case_prints_what_it_says() {
    let cases = cases();
    assert!(cases.len() >= 20, "the cases are found");
    let bless = std::env::var_os("ATENA_BLESS").is_some_and(|value| value == "1");
    let mut complaints = Vec::new();
    for case in &cases {
        let outcome = run(case);
        for (name, found) in [("stdout", &outcome.stdout), ("stderr", &outcome.stderr), ("status", &outcome.status)] {
            let file = case.join(name);
            if bless {
                write(&file, found);
                continue;
            }
            let expected = fs::read_to_string(&file).unwrap_or_default();
            if expected != *found {
                complaints.push(format!("{}: {}", file.display(), difference(&expected, found)));
            }
        }
    }
    assert!(complaints.is_empty(), "ATENA_BLESS=1 rewrites the files\n\n{}\n", complaints.join("\n"));
}

/// Runs every line of `cmd` in a scratch directory that holds `drafts/` and the case's other files.
fn run(case: &Path) -> Outcome {
    let scratch = Scratch::new();
    scratch.copy(&root().join("fixtures/drafts"), "drafts");
    for entry in fs::read_dir(case).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if !["cmd", "stdout", "stderr", "status"].contains(&name.as_str()) {
            scratch.copy(&entry.path(), &name);
        }
    }
    let commands = fs::read_to_string(case.join("cmd")).unwrap_or_else(|error| panic!("{}: {error}", case.display()));
    let mut outcome = Outcome { stdout: String::new(), stderr: String::new(), status: String::new() };
    for line in commands.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let output = scratch.run(line);
        outcome.stdout.push_str(&scratch.text(&output.stdout));
        outcome.stderr.push_str(&scratch.text(&output.stderr));
        let code = output.status.code().unwrap_or_else(|| panic!("{line}: ended by a signal"));
        outcome.status.push_str(&format!("{code}\n"));
    }
    outcome
}

fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("fixtures/cli")).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    cases.sort();
    cases
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// An empty text is an absent file.
fn write(file: &Path, text: &str) {
    if text.is_empty() {
        let _ = fs::remove_file(file);
    } else {
        fs::write(file, text).unwrap();
    }
}
