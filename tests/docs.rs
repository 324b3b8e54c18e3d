//! Is what the documents show what the program does? Runs every ```` ```console ```` block of `README.md` and
//! `docs/*.md`, and compares the printed reference pages.
//!
//! In a block, lines that begin with `$ ` are commands for a shell, lines that begin with `> ` continue them, all others
//! are what both streams print; `…` stands for any words, on a line of its own for any lines. Blocks of one file share a
//! scratch directory, in which `atena` and `cargo run --release --` are the program under test and `fixtures/readme` is
//! the project's. `atena serve` keeps running until the file ends, on a port that is free instead of 2525, and the first
//! mail that `held list` shows is called `k7m2q9x4`.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod terminal;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use terminal::{PROGRAM, Scratch};

/// No block waits longer for what a server prints.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn console_blocks_show_what_the_program_prints() {
    let mut commands = 0;
    let mut complaints = Vec::new();
    for page in pages() {
        let mut shell = Shell::new();
        for step in steps(&fs::read_to_string(&page).unwrap()) {
            if !shell.knows(&step) {
                break;
            }
            commands += 1;
            let (whole, found) = shell.run(&step);
            if !matches(&step.expected, &found, whole) {
                let name = page.file_name().unwrap().display();
                complaints.push(format!("{name}:{}: $ {}\n{}", step.line, step.command, found.join("\n")));
            }
        }
    }
    assert!(commands > 0, "the blocks are found");
    assert!(complaints.is_empty(), "the program prints something else:\n\n{}\n", complaints.join("\n\n"));
}

#[test]
fn reference_pages_are_what_the_program_prints() {
    let scratch = Scratch::new();
    let pages = [
        ("docs/rules.md", "atena rules list --markdown"),
        ("docs/configuration.md", "atena config docs"),
        ("docs/configuration.ja.md", "atena --lang ja config docs"),
    ];
    for (page, command) in pages {
        let printed = scratch.text(&scratch.run(command).stdout);
        if std::env::var_os("ATENA_BLESS").is_some_and(|value| value == "1") {
            fs::write(root().join(page), &printed).unwrap();
        }
        let written = fs::read_to_string(root().join(page)).unwrap_or_default();
        let same = written == printed;
        assert!(same, "{page} is not what `{command}` prints: {}", terminal::difference(&printed, &written));
    }
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut complaints = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target) {
            let file = target.split('#').next().unwrap();
            let outside = target.contains("://") || file.is_empty();
            if !outside && !page.parent().unwrap().join(file).exists() {
                complaints.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(complaints.is_empty(), "no such file:\n{}", complaints.join("\n"));
}

#[test]
fn an_ellipsis_stands_for_any_lines_and_all_else_is_compared() {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    for (expected, found, whole, same) in [
        ("a\nb", "a\nb", true, true),
        ("a\nb", "a", true, false),
        ("a", "a\nb", true, false),
        ("a", "a\nb", false, true),
        ("a\n…\nd", "a\nb\nc\nd", true, true),
        ("a\n…", "a", true, true),
        ("…\nc\n…\nc", "a\nc\nc", true, true),
        ("a\n…\nd", "a\nb\nc", true, false),
        ("a … d", "a b c d", true, true),
        ("a …", "a b", true, true),
        ("… …", "b", true, false),
        ("a … d", "a b c", true, false),
    ] {
        assert_eq!(matches(&lines(expected), &lines(found), whole), same, "{expected:?} {found:?}");
    }
}

/// One command of a block.
struct Step {
    line: usize,
    command: String,
    expected: Vec<String>,
}

fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for (number, line) in page.lines().enumerate() {
        if line.starts_with("```") {
            inside = line == "```console";
        } else if let (true, Some(command)) = (inside, line.strip_prefix("$ ")) {
            steps.push(Step { line: number + 1, command: command.to_owned(), expected: Vec::new() });
        } else if let (true, Some(step)) = (inside, steps.last_mut()) {
            match line.strip_prefix("> ").filter(|_| step.expected.is_empty()) {
                Some(more) => step.command = format!("{}\n{more}", step.command),
                None => step.expected.push(line.to_owned()),
            }
        }
    }
    // An empty line in front of the next command or the end is for the reader's eye.
    for step in &mut steps {
        while step.expected.last().is_some_and(String::is_empty) {
            step.expected.pop();
        }
    }
    steps
}

/// Whether lines are the expected ones; without `whole`, whether they begin with them.
fn matches(expected: &[String], found: &[String], whole: bool) -> bool {
    match expected.split_first() {
        None => found.is_empty() || !whole,
        Some((line, rest)) if line == "…" => (0..=found.len()).any(|at| matches(rest, &found[at..], whole)),
        Some((line, rest)) => found.first().is_some_and(|found| fits(line, found)) && matches(rest, &found[1..], whole),
    }
}

fn fits(pattern: &str, line: &str) -> bool {
    match pattern.split_once('…') {
        None => pattern == line,
        Some((start, rest)) => line.strip_prefix(start).is_some_and(|line| {
            let mut ends = line.char_indices().map(|(at, _)| at).chain([line.len()]);
            ends.any(|at| fits(rest, &line[at..]))
        }),
    }
}

/// What runs the commands of one page.
struct Shell {
    scratch: Scratch,
    server: Option<Server>,
    /// The id of the mail that the page calls [`MAIL`].
    mail: Option<String>,
}

/// What pages call the first mail that is held.
const MAIL: &str = "k7m2q9x4";

impl Shell {
    fn new() -> Shell {
        let scratch = Scratch::new();
        scratch.copy(&root().join("fixtures/readme"), "fixtures/readme");
        let bin = scratch.path().join(".bin");
        fs::create_dir(&bin).unwrap();
        std::os::unix::fs::symlink(PROGRAM, bin.join("atena")).unwrap();
        let cargo = bin.join("cargo");
        fs::write(&cargo, "#!/bin/sh\n[ \"$1 $2 $3\" = 'run --release --' ] || exit 64\nshift 3\nexec atena \"$@\"\n")
            .unwrap();
        fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
        Shell { scratch, server: None, mail: None }
    }

    /// Whether the program of a command is there; the rest of a page is skipped without it.
    fn knows(&self, step: &Step) -> bool {
        let name = step.command.split_whitespace().next().unwrap();
        let found = self.command(&format!("command -v {name} >/dev/null")).status().unwrap().success();
        let required = std::env::var_os("ATENA_REQUIRE_PEERS").is_some();
        assert!(found || !required, "there is no {name}, and ATENA_REQUIRE_PEERS is set");
        if !found {
            // Past the test harness, which would swallow what a test that passes prints.
            let _ = writeln!(std::io::stderr(), "skipped from line {} on: there is no {name} in PATH", step.line);
        }
        found
    }

    /// Whether the command came to its end, and what it printed.
    fn run(&mut self, step: &Step) -> (bool, Vec<String>) {
        let program = step.command.strip_prefix("cargo run --release --").or(step.command.strip_prefix("atena"));
        if program.is_some_and(|rest| rest.split_whitespace().next() == Some("serve")) {
            let server = Server::start(self.command(&format!("{} --listen 127.0.0.1:0", step.command)), &step.expected);
            let found = server.printed.clone();
            self.server = Some(server);
            return (false, found);
        }
        let port = self.server.as_ref().map_or("2525", |server| server.port.as_str());
        let mut line = step.command.replace("2525", port);
        if let Some(mail) = &self.mail {
            line = line.replace(MAIL, mail);
        }
        let output = self.command(&line).output().unwrap();
        let text = self.scratch.text(&output.stdout);
        if self.mail.is_none() && line.contains("held list") {
            self.mail = text.lines().nth(1).and_then(|line| line.get(..MAIL.len())).map(str::to_owned);
        }
        let text = text.replace(port, "2525").replace(self.mail.as_deref().unwrap_or(MAIL), MAIL);
        (true, text.trim_end().lines().map(str::to_owned).collect())
    }

    fn command(&self, line: &str) -> std::process::Command {
        let mut command = self.scratch.program("sh");
        let path = std::env::var("PATH").unwrap();
        command.env("PATH", format!("{}:{path}", self.scratch.path().join(".bin").display()));
        // A program in place of the shell gets the signal that ends it.
        let simple = line.starts_with("atena ") || line.starts_with("cargo ");
        let exec = if simple && !line.contains(['\n', '|', ';', '&']) { "exec " } else { "" };
        command.args(["-c", &format!("exec 2>&1\n{exec}{line}")]).stdin(Stdio::null());
        command
    }
}

/// `atena serve` in the background; ended with the page.
struct Server {
    child: Child,
    port: String,
    printed: Vec<String>,
}

impl Server {
    /// Waits until the expected lines were printed; the port it chose stands there as 2525.
    fn start(mut command: std::process::Command, expected: &[String]) -> Server {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = lines(child.stdout.take().unwrap());
        let mut server = Server { child, port: "2525".to_owned(), printed: Vec::new() };
        let end = Instant::now() + PATIENCE;
        while !matches(expected, &server.printed, false) {
            let Ok(line) = lines.recv_timeout(end.saturating_duration_since(Instant::now())) else { break };
            let port =
                line.split_once("127.0.0.1:").map(|(_, rest)| rest.chars().take_while(char::is_ascii_digit).collect());
            // The first one is the relay's.
            if let (Some(port), "2525") = (port, server.port.as_str()) {
                server.port = port;
            }
            server.printed.push(line.replace(&server.port, "2525"));
        }
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            // The receiver is gone once it has seen enough.
            let _ = sender.send(line);
        }
    });
    receiver
}

fn pages() -> Vec<PathBuf> {
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> =
        docs.filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect();
    pages.push(root().join("README.md"));
    pages.push(root().join("CONTRIBUTING.md"));
    pages.sort();
    pages
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
