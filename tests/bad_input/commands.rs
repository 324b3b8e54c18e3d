//! `atena check` as a person or a script calls it: inputs of every kind, exit codes, options.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::{fixtures, text};

/// A finding of level error, of level warning, and none.
const WRONG: &str = "From: a@kitayama-seiki.example\nTo: b@mitsuwa-seiko.example\nSubject: Report\n\
                     Date: Tue, 20 Oct 2026 10:12:00 +0900\n\nPlease see the attached report.\n";
const DOUBTFUL: &str = "From: a@kitayama-seiki.example\nTo: b@mitsuwa-seiko.example\nSubject: \n\nUntil tomorrow.\n";
const CLEAN: &str = "From: a@kitayama-seiki.example\nTo: b@mitsuwa-seiko.example\nSubject: Hi\n\nUntil tomorrow.\n";

fn check(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_atena"));
    command.arg("check").arg("--config").arg(fixtures().join("atena.toml")).args(arguments).env("COLUMNS", "100");
    command
}

fn on_stdin(mut command: Command, mail: &[u8]) -> Output {
    let mut child =
        command.arg("-").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(mail).unwrap();
    child.wait_with_output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn paths(answer: &Value) -> Vec<String> {
    answer["messages"].as_array().unwrap().iter().map(|mail| mail["path"].as_str().unwrap().to_owned()).collect()
}

fn in_directory(directory: &Path, arguments: &[&str]) -> (Value, Option<i32>) {
    let output = check(arguments).args(["--format", "json"]).arg(directory).output().unwrap();
    (json(&output), output.status.code())
}

#[test]
fn every_field_of_the_json_says_what_the_page_promises() {
    let output = on_stdin(check(&["--format", "json", "--lang", "en"]), WRONG.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let answer = json(&output);
    assert_eq!(answer["version"], 1);
    assert_eq!(answer["unreadable"], Value::Array(Vec::new()));
    let mail = &answer["messages"][0];
    assert_eq!((&mail["path"], &mail["verdict"]), (&Value::from("-"), &Value::from("hold")));
    let finding = &mail["findings"][0];
    assert_eq!(finding["rule"], "missing-attachment");
    assert_eq!(finding["level"], "error");
    assert_eq!(finding["confidence"], "high");
    for field in ["title", "why", "advice"] {
        assert!(finding[field].as_str().unwrap().len() > 10, "{field}");
    }
    let location = &finding["location"];
    assert_eq!((&location["part"], &location["line"]), (&Value::from("body"), &Value::from(1)));
    let (column, words) = (location["column"].as_u64().unwrap(), location["text"].as_str().unwrap());
    let skip = usize::try_from(column).unwrap() - 1;
    assert!("Please see the attached report."[skip..].starts_with(words), "{location}");
    assert!(finding["evidence"].is_object());
    assert_eq!(mail.as_object().unwrap().len(), 3, "{mail}");
    assert_eq!(finding.as_object().unwrap().len(), 8, "{finding}");
}

#[test]
fn exit_codes_follow_fail_on() {
    for (mail, level, code) in [
        (WRONG, "error", 1),
        (WRONG, "info", 1),
        (DOUBTFUL, "error", 0),
        (DOUBTFUL, "warning", 1),
        (DOUBTFUL, "info", 1),
        (CLEAN, "info", 0),
    ] {
        let output = on_stdin(check(&["--fail-on", level]), mail.as_bytes());
        assert_eq!(output.status.code(), Some(code), "{level}: {}", String::from_utf8_lossy(&output.stdout));
    }
    assert_eq!(check(&[]).output().unwrap().status.code(), Some(2), "nothing to check");
    assert_eq!(on_stdin(check(&["--fail-on", "bad"]), b"").status.code(), Some(2));
    assert_eq!(on_stdin(check(&["--now", "yesterday"]), CLEAN.as_bytes()).status.code(), Some(2));
    assert_eq!(on_stdin(check(&["--rcpt", "nobody"]), CLEAN.as_bytes()).status.code(), Some(2));
    assert_eq!(on_stdin(check(&[]), b" \n").status.code(), Some(2), "nothing on standard input");
}

#[test]
fn a_missing_file_does_not_hide_the_others() {
    let directory = tempfile::tempdir().unwrap();
    let there = directory.path().join("there");
    fs::write(&there, WRONG).unwrap();
    let output = check(&["--format", "json", "gone.eml"]).arg(&there).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let answer = json(&output);
    assert_eq!(answer["unreadable"][0]["path"], "gone.eml");
    assert!(!answer["unreadable"][0]["reason"].as_str().unwrap().is_empty());
    assert_eq!(answer["messages"][0]["findings"][0]["rule"], "missing-attachment");
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("secret.eml");
    fs::write(&file, CLEAN).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o0)).unwrap();
    if fs::read(&file).is_ok() {
        // Nothing is closed to the superuser.
        return;
    }
    let (answer, code) = in_directory(directory.path(), &[]);
    assert_eq!((code, answer["unreadable"].as_array().unwrap().len()), (Some(2), 1));
}

#[cfg(unix)]
#[test]
fn a_directory_that_contains_itself_is_read_once() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("a.eml"), CLEAN).unwrap();
    fs::create_dir(directory.path().join("sub")).unwrap();
    for name in ["up", "again"] {
        std::os::unix::fs::symlink(directory.path(), directory.path().join("sub").join(name)).unwrap();
    }
    let (answer, code) = in_directory(directory.path(), &[]);
    assert_eq!((code, paths(&answer).len()), (Some(0), 1));
}

#[test]
fn directories_mailboxes_and_maildirs_are_read_in_order() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    for part in ["box/cur", "box/new", "box/tmp", "deep/er"] {
        fs::create_dir_all(at(part)).unwrap();
    }
    fs::write(at("box/cur/1:2,S"), CLEAN).unwrap();
    fs::write(at("box/new/2"), WRONG).unwrap();
    fs::write(at("box/tmp/3"), WRONG).unwrap();
    fs::write(at("deep/er/a.EML"), CLEAN).unwrap();
    fs::write(at("notes.txt"), WRONG).unwrap();
    let three = [CLEAN, WRONG, DOUBTFUL].map(|mail| format!("From a@b Thu Oct 15 10:00:00 2026\n{mail}\n")).concat();
    fs::write(at("three.mbox"), three).unwrap();
    let (answer, code) = in_directory(directory.path(), &[]);
    assert_eq!(code, Some(1));
    let ends: Vec<String> =
        paths(&answer).iter().map(|path| path.rsplit(['/', '\\']).next().unwrap().to_owned()).collect();
    assert_eq!(ends, ["1:2,S", "2", "a.EML", "three.mbox#1", "three.mbox#2", "three.mbox#3"]);
    let rules: Vec<&Value> =
        answer["messages"].as_array().unwrap().iter().map(|mail| &mail["findings"][0]["rule"]).collect();
    assert_eq!(rules[1], "missing-attachment");
    assert_eq!((rules[3], rules[4], rules[5]), (&Value::Null, rules[1], &Value::from("empty-subject")));
}

#[test]
fn thousands_of_drafts_keep_their_order() {
    let directory = tempfile::tempdir().unwrap();
    for n in 0..3000 {
        let mail = if n == 1234 { WRONG } else { CLEAN };
        fs::write(directory.path().join(format!("{n:04}.eml")), mail).unwrap();
    }
    let (answer, code) = in_directory(directory.path(), &[]);
    assert_eq!(code, Some(1));
    let paths = paths(&answer);
    assert!(paths.len() == 3000 && paths.is_sorted());
    let wrong: Vec<usize> =
        (0..3000).filter(|&n| !answer["messages"][n]["findings"].as_array().unwrap().is_empty()).collect();
    assert_eq!(wrong, [1234]);
}

#[test]
fn envelope_recipients_and_the_time_reach_the_rules() {
    let output = on_stdin(check(&["--format", "json", "--rcpt", "x@mitsuwa-seikou.example"]), CLEAN.as_bytes());
    assert_eq!(json(&output)["messages"][0]["findings"][0]["rule"], "lookalike-domain");
    // Without a year the time decides which 12 November is meant: it is a Friday in 2027 only.
    let dated = CLEAN.replace("Until tomorrow", "Until Friday 12 November");
    for (now, findings) in [("2026-10-20T10:00+09:00[Asia/Tokyo]", 1), ("2027-10-20T10:00", 0)] {
        let output = on_stdin(check(&["--format", "json", "--now", now]), dated.as_bytes());
        assert_eq!(json(&output)["messages"][0]["findings"].as_array().unwrap().len(), findings, "{now}");
    }
}

#[test]
fn everything_a_person_reads_can_be_japanese() {
    let japanese = |text: &str| text.chars().any(|c| ('\u{3041}'..='\u{30FF}').contains(&c));
    let finding =
        &json(&on_stdin(check(&["--format", "json", "--lang", "ja"]), WRONG.as_bytes()))["messages"][0]["findings"][0];
    for field in ["title", "why", "advice"] {
        assert!(japanese(finding[field].as_str().unwrap()), "{field}");
    }
    for arguments in [["--lang", "ja", "--format", "text"], ["--lang", "ja", "--now", "いま"]] {
        let output = on_stdin(check(&arguments), WRONG.as_bytes());
        let read = [output.stdout, output.stderr].concat();
        assert!(japanese(&String::from_utf8(read).unwrap()), "{arguments:?}");
    }
    let gone = check(&["--lang", "ja", "--format", "json", "gone.eml"]).output().unwrap();
    assert!(japanese(json(&gone)["unreadable"][0]["reason"].as_str().unwrap()));
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let mut command = check(&["--format", "text"]);
    let mut child = command.arg(fixtures()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(!errors.contains("panicked"), "{errors}");
    assert_ne!(output.status.code(), Some(101));
}

/// A mail of 20 MB is checked in 600 MB of addresses, threads and libraries included.
#[cfg(target_os = "linux")]
#[test]
fn memory_is_bounded_by_the_size_of_the_mail() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("large.eml");
    fs::write(&file, text("> 資料をお送りします。\r\n".repeat(600_000))).unwrap();
    let command = "ulimit -v 600000; exec \"$0\" \"$@\"";
    let output = Command::new("sh")
        .args(["-c", command, env!("CARGO_BIN_EXE_atena"), "check", "--format", "json"])
        .arg(&file)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}
