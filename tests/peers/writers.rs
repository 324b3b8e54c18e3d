//! Mail programs that write the mail themselves: does its text arrive, and does its author read why not?

use std::io::Write;
use std::path::{Path, PathBuf};

use super::postfix::Postfix;
use super::programs::{Answer, find, missing, run};
use super::senders::FROM;
use super::{RETURN, to_postfix};

const TO: &str = "robert.hale@alderbio.example";
const CLEAN: &str = "Dear Robert,\n\nThank you for your call. 佐藤 will be there, too.\n";
const MISADDRESSED: &str = "Dear Sarah,\n\nThank you for your call.\n";

struct Writer {
    name: &'static str,
    find: fn() -> Option<PathBuf>,
    /// Port, Message-ID, text.
    send: fn(&Path, u16, &str, &str) -> Answer,
    /// Its exit code when the server refuses the mail.
    refused: i32,
}

const NEOMUTT: Writer = Writer { name: "neomutt", find: || find("neomutt"), send: neomutt, refused: 1 };
const GIT: Writer = Writer { name: "git send-email", find: find_git, send: git, refused: 255 };
const S_NAIL: Writer = Writer { name: "s-nail", find: || find("s-nail"), send: s_nail, refused: 4 };

#[test]
fn their_mails_arrive_with_the_text_as_it_was_written() {
    // s-nail lets nobody choose the Message-ID that the mail is found by.
    for writer in [NEOMUTT, GIT] {
        let (Some(program), Some(postfix)) = ((writer.find)(), Postfix::running()) else { continue };
        let relay = to_postfix(&postfix, "");
        let id = format!("{}@peers.test", writer.name.replace(' ', "-"));
        let answer = (writer.send)(&program, relay.port, &id, CLEAN);
        assert_eq!(answer.code, Some(0), "{}: {}\n{}", writer.name, answer.text, relay.log());
        let mail = String::from_utf8(postfix.delivered(&id)).unwrap();
        let (_, text) = mail.split_once("\r\n\r\n").unwrap();
        assert_eq!(text, CLEAN.replace('\n', "\r\n"), "{}", writer.name);
        assert!(relay.held().is_empty());
    }
}

#[test]
fn their_authors_read_why_a_mail_came_back() {
    for writer in [NEOMUTT, GIT, S_NAIL] {
        let (Some(program), Some(postfix)) = ((writer.find)(), Postfix::running()) else { continue };
        let relay = to_postfix(&postfix, RETURN);
        let id = format!("{}-refused@peers.test", writer.name.replace(' ', "-"));
        let answer = (writer.send)(&program, relay.port, &id, MISADDRESSED);
        assert_eq!(answer.code, Some(writer.refused), "{}: {}\n{}", writer.name, answer.text, relay.log());
        assert!(answer.text.contains("宛名は「Sarah」ですが"), "{}: {}", writer.name, answer.text);
        assert!(!postfix.has(&id) && relay.held().is_empty(), "{}", writer.name);
    }
}

/// It insists on TLS unless told otherwise, and shows the last line of a reply.
fn neomutt(program: &Path, port: u16, id: &str, text: &str) -> Answer {
    let settings = [
        format!("set smtp_url=smtp://127.0.0.1:{port} from={FROM} ssl_starttls=no ssl_force_tls=no send_charset=utf-8"),
        "unset record".to_owned(),
        format!("my_hdr Message-ID: <{id}>"),
    ];
    let mut arguments = vec!["-n", "-F", "/dev/null"];
    arguments.extend(settings.iter().flat_map(|setting| ["-e", setting]));
    arguments.extend(["-s", "Quotation", TO]);
    run(program, &arguments, text.as_bytes())
}

/// It reads mails from files, and asks who is at work even where it is told.
fn git(program: &Path, port: u16, id: &str, text: &str) -> Answer {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    write!(
        file,
        "From: {FROM}\nTo: {TO}\nSubject: Quotation\nMessage-ID: <{id}>\nMIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}"
    )
    .unwrap();
    let (port, email) = (format!("--smtp-server-port={port}"), format!("user.email={FROM}"));
    let mut arguments = vec!["-c", "user.name=Mariko Ogawa", "-c", &email, "send-email", "--smtp-server=127.0.0.1"];
    arguments.extend([&port, "--smtp-encryption=none", "--smtp-auth=none", "--from", FROM, "--to", TO]);
    arguments.extend(["--suppress-cc=all", "--confirm=never", "--no-validate", "--quiet"]);
    arguments.push(file.path().to_str().unwrap());
    run(program, &arguments, b"")
}

fn find_git() -> Option<PathBuf> {
    let has_it = |program: &PathBuf| {
        let programs = run(program, &["--exec-path"], b"").text;
        Path::new(programs.trim()).join("git-send-email").is_file()
    };
    // A package of send-email belongs to the package of git, whatever other git comes first.
    let known = [find("git")?, PathBuf::from("/usr/bin/git")].into_iter().filter(|program| program.is_file());
    let found = known.into_iter().find(has_it);
    if found.is_none() {
        missing("git has no send-email");
    }
    found
}

fn s_nail(program: &Path, port: u16, _id: &str, text: &str) -> Answer {
    let server = format!("mta=smtp://127.0.0.1:{port}");
    let options =
        ["-:/", "-S", "v15-compat", "-S", &server, "-S", "smtp-auth=none", "-S", "sendwait", "-S", "ttycharset=utf-8"];
    run(program, &[&options[..], &["-r", FROM, "-s", "Quotation", TO]].concat(), text.as_bytes())
}
