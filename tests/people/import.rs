//! What is read, what is left out, and what comes of an import that was interrupted.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use crate::terminal::{PROGRAM, Scratch};

fn mail(number: usize, from: &str, to: &str) -> String {
    format!(
        "From: {from}\nTo: {to}\nDate: Wed, 14 Oct 2026 10:{:02}:{:02} +0900\nMessage-ID: <{number}@own.example>\n\
         Subject: News {number}\n\nHello,\n\nnews.\n",
        number / 60 % 60,
        number % 60
    )
}

/// Exit code and what was printed.
fn run(scratch: &Scratch, line: &str) -> (i32, String) {
    let output = scratch.run(line);
    assert_eq!(scratch.text(&output.stderr), "", "{line}");
    (output.status.code().unwrap(), scratch.text(&output.stdout))
}

fn write(scratch: &Scratch, name: &str, octets: impl AsRef<[u8]>) {
    let path = scratch.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, octets).unwrap();
}

const ME: &str = "Mai <ogawa@own.example>";

#[test]
fn single_mails_directories_maildirs_mboxes_and_records_are_read() {
    let scratch = Scratch::new();
    write(&scratch, "dir/a.eml", mail(1, ME, "a@aoba.example"));
    write(&scratch, "dir/sub/b.eml", mail(2, ME, "b@aoba.example"));
    write(&scratch, "dir/notes.txt", "no mail");
    let mbox = format!("From x Wed\n{}\nFrom x Thu\n{}", mail(3, ME, "c@aoba.example"), mail(4, ME, "d@aoba.example"));
    write(&scratch, "Sent", mbox);
    for (part, number) in [("cur", 5), ("new", 6), ("tmp", 7)] {
        write(&scratch, &format!("Maildir/{part}/1:2,S"), mail(number, ME, "e@aoba.example"));
    }
    let line = r#"{"id": "<9@own.example>", "date": "2026-10-14T01:00:00Z", "from": "ogawa@own.example", "to": ["f@aoba.example"], "subject": "x", "body": "hi"}"#;
    write(&scratch, "past.jsonl", format!("{line}\n\n{line}\n"));
    let (code, out) = run(&scratch, "atena people import dir Sent Maildir past.jsonl");
    assert_eq!((code, out.as_str()), (0, "mails learnt from: 7; known before: 1\n"));
    let (code, out) = run(&scratch, "LANG=ja_JP.UTF-8 atena people import dir Sent Maildir past.jsonl");
    assert_eq!((code, out.as_str()), (0, "学習したメール: 0通（学習済み: 8通）\n"));
    assert_eq!(run(&scratch, "atena people list").1.lines().count(), 6);
    assert_eq!(run(&scratch, "atena people import - < dir/a.eml").1, "mails learnt from: 0; known before: 1\n");
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_is_learnt() {
    let scratch = Scratch::new();
    write(&scratch, "empty.eml", "");
    write(&scratch, "undated.eml", "From: ogawa@own.example\nTo: a@aoba.example\nDate: soon\n\nhi\n");
    write(&scratch, "nobody.eml", "To: a@aoba.example\nDate: Wed, 14 Oct 2026 10:00:00 +0900\n\nhi\n");
    let broken =
        format!("From x Wed\nThis is no mail\n\nFrom x Thu\n{}\nFrom \n\nFrom x\n", mail(1, ME, "a@aoba.example"));
    write(&scratch, "box.mbox", broken);
    write(&scratch, "lines.jsonl", b"{\"broken\n\xff\xfe\n{\"date\": \"x\", \"from\": \"a@b.example\"}\n".as_slice());
    let (code, out) = run(&scratch, "atena people import . lines.jsonl missing.eml");
    assert_eq!(code, 0, "something was learnt\n{out}");
    for part in [
        "empty.eml: this is no mail\n",
        "undated.eml: its Date cannot be read\n",
        "nobody.eml: nobody is named as its author\n",
        "box.mbox#1: this is no mail\n",
        "lines.jsonl:1: ",
        "lines.jsonl:2: ",
        "lines.jsonl:3: `date` is no date",
        "missing.eml: there is no such file\n",
        "mails learnt from: 1; known before: 0\n",
        "not read: ",
    ] {
        assert!(out.contains(part), "{part}\n{out}");
    }
    assert!(!out.contains("broken"), "the text of a line is not repeated\n{out}");
    let (_, out) = run(&scratch, "LANG=ja_JP.UTF-8 atena people import .");
    assert!(out.contains("empty.eml: メールではありません") && out.contains("読み取れなかったもの: "), "{out}");
    let (code, out) = run(&scratch, "atena people import missing.eml");
    assert_eq!((code, out.contains("not read: 1")), (2, true), "{out}");
}

#[test]
fn a_place_without_mails_is_most_likely_the_wrong_one() {
    let scratch = Scratch::new();
    write(&scratch, "folder/Sent.msf", "index");
    let (code, out) = run(&scratch, "atena people import folder");
    assert_eq!((code, out.contains("no mail was found")), (2, true), "{out}");
    let (code, out) = run(&scratch, "LANG=ja_JP.UTF-8 atena people import folder");
    assert_eq!((code, out.contains("メールが見つかりません")), (2, true), "{out}");
}

#[test]
fn mails_of_other_people_are_left_out() {
    let scratch = Scratch::new();
    write(&scratch, "a.eml", mail(1, ME, "a@aoba.example"));
    write(&scratch, "b.eml", mail(2, "Ken <ken@aoba.example>", "ogawa@own.example"));
    write(&scratch, "c.eml", mail(3, "Mai <mai@former.example>", "c@aoba.example"));
    write(&scratch, "atena.toml", "own_domains = [\"own.example\"]\n");
    let (code, out) = run(&scratch, "atena --config atena.toml people import .");
    assert_eq!(code, 0);
    assert!(out.starts_with("mails learnt from: 1;") && out.contains("written by others: 2 "), "{out}");
    let (_, out) = run(&scratch, "atena --config atena.toml people import . --from Mai@former.example");
    assert!(out.starts_with("mails learnt from: 1; known before: 1\n") && out.contains("by others: 1 "), "{out}");
    let (_, out) = run(&scratch, "LANG=ja_JP.UTF-8 atena --config atena.toml people import b.eml");
    assert!(out.contains("ほかの人が書いたメール（対象外）: 1通"), "{out}");
    let (_, out) = run(&scratch, "atena people list --json");
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    let mut senders: Vec<&str> =
        json["people"].as_array().unwrap().iter().map(|one| one["sender"].as_str().unwrap()).collect();
    senders.sort_unstable();
    assert_eq!(senders, ["mai@former.example", "ogawa@own.example"]);
    let output = scratch.run("atena people import a.eml --from nobody");
    assert_eq!(output.status.code(), Some(2));
    assert!(scratch.text(&output.stderr).contains("--from nobody: not a mail address"));
}

#[test]
fn old_charsets_are_read() {
    let scratch = Scratch::new();
    let latin = b"From: ogawa@own.example\nTo: =?ISO-8859-1?Q?J=FCrgen_M=FCller?= <jm@alta.example>\n\
        Date: Wed, 14 Oct 2026 10:00:00 +0200\nContent-Type: text/plain; charset=ISO-8859-1\n\
        Content-Transfer-Encoding: 8bit\n\nLieber J\xfcrgen,\n\nGr\xfc\xdfe\n";
    write(&scratch, "latin.eml", latin);
    let jis = b"From: ogawa@own.example\nTo: =?ISO-2022-JP?B?GyRCOjRGIxsoQg==?= <sato@aoba.example>\n\
        Date: Wed, 14 Oct 2026 10:00:00 +0900\nContent-Type: text/plain; charset=ISO-2022-JP\n\n\
        \x1b$B:4F#MM\x1b(B\n\n\x1b$B$*@$OC$K$J$C$F$*$j$^$9!#\x1b(B\n";
    write(&scratch, "jis.eml", jis);
    assert_eq!(run(&scratch, "atena people import .").1, "mails learnt from: 2; known before: 0\n");
    let (_, out) = run(&scratch, "atena people show jm@alta.example");
    assert!(out.contains("Name: Jürgen Müller"), "{out}");
    let (_, out) = run(&scratch, "atena people show sato@aoba.example");
    assert!(out.contains("Name: 佐藤") && out.contains("Greeted as: 佐藤 (1)"), "{out}");
}

#[test]
fn dates_of_broken_clocks_do_no_lasting_harm() {
    let scratch = Scratch::new();
    for (name, date) in [("future", "Thu, 30 Dec 9999 12:00:00 +0000"), ("past", "Mon, 1 Jan 1900 00:00:00 +0000")] {
        let mail = mail(1, ME, "a@aoba.example").replace("Wed, 14 Oct 2026 10:00:01 +0900", date);
        write(&scratch, &format!("{name}.eml"), mail.replace("<1@", &format!("<{name}@")));
    }
    assert_eq!(run(&scratch, "atena people import .").1, "mails learnt from: 2; known before: 0\n");
    let (_, out) = run(&scratch, "atena people show a@aoba.example --json");
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    let time = |name: &str| json["people"][0][name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert!(time("last") <= jiff::Timestamp::now(), "no mail is newer than the moment it is read");
    assert_eq!(time("first").to_string(), "1900-01-01T00:00:00Z");
}

#[test]
fn an_import_that_cannot_be_written_ends_with_the_reason() {
    let scratch = Scratch::new();
    write(&scratch, "a.eml", mail(1, ME, "a@aoba.example"));
    run(&scratch, "atena people import a.eml");
    let database = rusqlite::Connection::open(scratch.path().join("../home/data/atena/atena.db")).unwrap();
    database
        .execute_batch("CREATE TRIGGER fault BEFORE INSERT ON learnt BEGIN SELECT RAISE(ABORT, 'no room'); END")
        .unwrap();
    // More mails than all queues hold: nobody may wait for a learner that has gone.
    let mbox: String = (2..6_000).map(|n| format!("From x\n{}\n", mail(n, ME, "b@aoba.example"))).collect();
    write(&scratch, "box.mbox", mbox);
    let output = scratch.run("atena people import box.mbox");
    assert_eq!(output.status.code(), Some(2));
    assert!(scratch.text(&output.stderr).contains("no room"), "{}", scratch.text(&output.stderr));
    assert_eq!(run(&scratch, "atena people list").1.lines().count(), 1, "nothing is half learnt");
}

#[test]
fn an_import_that_was_killed_is_run_again() {
    const MAILS: usize = 12_000;
    let (killed, whole) = (Scratch::new(), Scratch::new());
    let mbox: String = (0..MAILS)
        .map(|n| format!("From x\n{}\n", mail(n, ME, &format!("P{n} <p{}@aoba.example>", n % 500))))
        .collect();
    for scratch in [&killed, &whole] {
        write(scratch, "box.mbox", &mbox);
    }
    run(&whole, "atena people import box.mbox");
    let path = killed.path().join("../home/data/atena/atena.db");
    let learnt = || {
        let count = |database: rusqlite::Connection| {
            database.query_row("SELECT count(*) FROM learnt", [], |row| row.get::<_, i64>(0)).ok()
        };
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        rusqlite::Connection::open_with_flags(&path, flags).ok().and_then(count).unwrap_or_default()
    };
    let mut child = killed
        .program(PROGRAM)
        .args(["people", "import", "box.mbox"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Killed in the middle: as soon as the first mails are in.
    while learnt() == 0 && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = learnt();
    // The newest of all are learnt last.
    assert!(before > 0 && (before + 300) % 2_000 == 0, "whole batches: {before}");
    let (_, out) = run(&killed, "atena people import box.mbox");
    assert_eq!(out, format!("mails learnt from: {}; known before: {before}\n", MAILS as i64 - before));
    let export = |scratch: &Scratch| {
        let mut lines: Vec<String> = run(scratch, "atena people export").1.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(export(&killed), export(&whole));
}
