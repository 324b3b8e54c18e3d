//! A real bus of a session, watched by `dbus-monitor`, with a desktop of the test's own that says which button was pressed.
//!
//! Without the programs the tests are skipped with a line that says so; they fail if `ATENA_REQUIRE_PEERS` is set.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::bus::Desktop;
use crate::client::{Client, PATIENCE};
use crate::{MISADDRESSED, TO, programs};

/// A bus that ends with it.
struct Bus {
    address: String,
    monitor: Lines<BufReader<ChildStdout>>,
    _programs: [Child; 2],
}

fn program(name: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    command
}

fn lines(child: &mut Child) -> Lines<BufReader<ChildStdout>> {
    BufReader::new(child.stdout.take().unwrap()).lines()
}

impl Bus {
    async fn start() -> Option<Bus> {
        let (daemon, monitor) = (programs::find("dbus-daemon")?, programs::find("dbus-monitor")?);
        let mut daemon = program(&daemon, &["--session", "--nofork", "--print-address"]).spawn().unwrap();
        let address = lines(&mut daemon).next_line().await.unwrap().unwrap();
        let interface = "interface='org.freedesktop.Notifications'";
        let mut monitor = program(&monitor, &["--address", &address, interface]).spawn().unwrap();
        let mut monitored = lines(&mut monitor);
        // It says so itself when it sees everything.
        while !next(&mut monitored).await.contains("NameLost") {}
        Some(Bus { address, monitor: monitored, _programs: [daemon, monitor] })
    }

    /// What is monitored up to a line with this.
    async fn until(&mut self, part: &str) -> String {
        let mut seen = String::new();
        loop {
            let line = next(&mut self.monitor).await;
            seen.push_str(&line);
            seen.push('\n');
            if line.contains(part) {
                return seen;
            }
        }
    }
}

async fn next(lines: &mut Lines<BufReader<ChildStdout>>) -> String {
    let line = tokio::time::timeout(PATIENCE, lines.next_line()).await;
    line.expect("a line in time").unwrap().expect("a line")
}

/// `atena` with a bus, a browser that notes its link, and desktop notifications switched on.
fn atena(bus: &Bus, directory: &Path) -> Command {
    let file = directory.join("atena.toml");
    let text = "language = \"en\"\n[serve]\nlisten = \"127.0.0.1:0\"\n[web]\nlisten = \"127.0.0.1:0\"\n[notify]\ndesktop = true\n";
    std::fs::write(&file, text).unwrap();
    let mut command = program(Path::new(env!("CARGO_BIN_EXE_atena")), &[]);
    command.env("DBUS_SESSION_BUS_ADDRESS", &bus.address).env("ATENA_CONFIG", file);
    command.env("ATENA_DATA_DIR", directory.join("data"));
    command
}

#[tokio::test]
async fn a_desktop_that_shows_nothing_is_named_with_the_way_out() {
    let Some(mut bus) = Bus::start().await else { return };
    let directory = tempfile::tempdir().unwrap();
    let output = atena(&bus, directory.path()).args(["notify", "test"]).output().await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("desktop  failed  ") && said.contains("notification daemon"), "{said}");
    // It was asked for all the same.
    let seen = bus.until("member=Notify").await + &bus.until("Open the review page").await;
    assert!(seen.contains("\"atena: Test: Mail held\""), "{seen}");
}

/// What a browser was given, once it was.
async fn opened(note: &Path) -> String {
    loop {
        if let Ok(link) = std::fs::read_to_string(note) {
            return link;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_held_mail_is_shown_and_a_click_opens_the_page() {
    let Some(mut bus) = Bus::start().await else { return };
    let directory = tempfile::tempdir().unwrap();
    let note = directory.path().join("opened");
    let browser = directory.path().join("xdg-open");
    // Written beside and renamed, so that who finds it finds all of it.
    let script = format!("#!/bin/sh\nprintf '%s' \"$1\" >'{0}.new' && mv '{0}.new' '{0}'\n", note.display());
    std::fs::write(&browser, script).unwrap();
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", directory.path().display(), std::env::var("PATH").unwrap());
    let mut desktop = Desktop::on(&bus.address).await;
    let pressing = tokio::spawn(async move { desktop.press("open").await });
    let mut serve = atena(&bus, directory.path()).arg("serve").env("PATH", path).spawn().unwrap();
    let mut said = lines(&mut serve);
    let first = next(&mut said).await;
    let address = first.split_whitespace().nth(2).unwrap().parse().unwrap();
    let mut client = Client::connect(address).await;
    let raw = MISADDRESSED.replace("Kingfisher", "Kingfisher & <b>wren</b>");
    assert!(client.send(&TO, raw.as_bytes()).await.starts_with("250 2.0.0 Kept"));
    let seen = bus.until("Open the review page").await;
    for part in ["\"atena: Mail held\"", "“Kingfisher &amp; &lt;b&gt;wren&lt;/b&gt;” – ", "“Mark”"] {
        assert!(seen.contains(part), "{part}: {seen}");
    }
    assert!(!seen.contains("Thanks for the call"), "no text of the mail: {seen}");
    let link = tokio::time::timeout(PATIENCE, opened(&note)).await.expect("the browser is opened");
    assert!(link.starts_with("http://127.0.0.1:") && link.contains("/enter?token="), "{link}");
    pressing.abort();
}
