//! Other people's programs: found in PATH, run with an end in sight.

// The tests and a benchmark compile their own copies and use their own parts of it.
#![allow(dead_code)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// No program of these tests takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where a program is. Without it the test is skipped with a line that says so; it fails if `ATENA_REQUIRE_PEERS` is
/// set.
pub(crate) fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Servers lie where the PATH of most people does not lead.
    let directories = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    let found = directories.map(|directory| directory.join(name)).find(|file| file.is_file());
    if found.is_none() {
        missing(&format!("there is no {name} in PATH"));
    }
    found
}

/// Says that a test is skipped, or fails it.
pub(crate) fn missing(reason: &str) {
    assert!(std::env::var_os("ATENA_REQUIRE_PEERS").is_none(), "{reason}, and ATENA_REQUIRE_PEERS is set");
    // Past the test harness, which would swallow what a test that passes prints.
    let _ = writeln!(std::io::stderr(), "skipped: {reason}");
}

/// What a program said and how it ended.
pub(crate) struct Answer {
    pub(crate) code: Option<i32>,
    /// Both streams.
    pub(crate) text: String,
}

/// Runs a program to its end with this input.
pub(crate) fn run(program: &Path, arguments: &[&str], input: &[u8]) -> Answer {
    let mut command = Command::new(program);
    command.args(arguments).env("LC_ALL", "C.UTF-8").stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    std::thread::spawn(move || stdin.write_all(&input));
    let id = child.id();
    let (done, ended) = std::sync::mpsc::channel();
    std::thread::spawn(move || done.send(child.wait_with_output()));
    let output: Output = match ended.recv_timeout(PATIENCE) {
        Ok(output) => output.unwrap(),
        Err(_) => panic!("{} (process {id}) did not end", program.display()),
    };
    let text = [output.stdout, output.stderr].map(|stream| String::from_utf8_lossy(&stream).into_owned()).concat();
    Answer { code: output.status.code(), text }
}

/// Asks again and again until there is an answer.
pub(crate) fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < end, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
