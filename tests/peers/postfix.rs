//! A Postfix of our own: its configuration, queue and mailbox in a scratch directory, on a free port of loopback.

// The tests and a benchmark compile their own copies and use their own parts of it.
#![allow(dead_code)]

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::programs::{find, missing, wait_for};

/// Accepts every recipient and delivers into one Maildir.
pub(crate) struct Postfix {
    directory: tempfile::TempDir,
    program: PathBuf,
    /// In front of commands that only root may run; empty for root.
    become_root: Vec<&'static str>,
    pub(crate) port: u16,
}

/// One for all tests that run at a time; it stops with the last of them.
static RUNNING: Mutex<Weak<Postfix>> = Mutex::new(Weak::new());

impl Postfix {
    /// `None` if this machine cannot run one.
    pub(crate) fn running() -> Option<Arc<Postfix>> {
        // A test that failed while it started one leaves nothing half done behind.
        let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(postfix) = running.upgrade() {
            return Some(postfix);
        }
        let postfix = Arc::new(Postfix::start("")?);
        *running = Arc::downgrade(&postfix);
        Some(postfix)
    }

    /// The text of the mail with this Message-ID as it was delivered, line ends as sent, without the trace headers that
    /// Postfix writes on top.
    pub(crate) fn delivered(&self, id: &str) -> Vec<u8> {
        self.delivered_with(&format!("Message-ID: <{id}>"))
    }

    /// The same of the mail that has this line in its header.
    pub(crate) fn delivered_with(&self, line: &str) -> Vec<u8> {
        let mail = wait_for(&format!("{line} in Postfix's mailbox"), || self.find(line));
        without_trace(&mail)
    }

    /// Whether a mail with this Message-ID was delivered by now.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.has_with(&format!("Message-ID: <{id}>"))
    }

    /// The same of a mail that has this line in its header.
    pub(crate) fn has_with(&self, line: &str) -> bool {
        self.find(line).is_some()
    }

    fn find(&self, line: &str) -> Option<Vec<u8>> {
        let entries = fs::read_dir(self.directory.path().join("mail/box/new")).ok()?;
        let mails = entries.filter_map(|entry| fs::read(entry.ok()?.path()).ok());
        let wanted = format!("\n{line}\n");
        mails.into_iter().find(|mail| contains(mail, wanted.as_bytes())).map(|mail| with_crlf(&mail))
    }

    /// One of its own, with these lines at the end of its `main.cf`; `None` if this machine cannot run one.
    pub(crate) fn start(more: &str) -> Option<Postfix> {
        let program = find("postfix")?;
        let own = id("-u");
        let become_root = if own == "0" { vec![] } else { vec!["sudo", "-n"] };
        if !become_root.is_empty() && !succeeds(&["sudo", "-n", "true"]) {
            missing("Postfix starts for root only, and sudo asks for a password");
            return None;
        }
        let directory = tempfile::tempdir().unwrap();
        let at = directory.path();
        for name in ["conf", "queue", "data", "mail"] {
            fs::create_dir(at.join(name)).unwrap();
        }
        // Postfix's processes run as users of its own; the mailbox is written as one who is not root.
        for (path, mode) in [("", 0o755), ("data", 0o777), ("mail", 0o777)] {
            fs::set_permissions(at.join(path), fs::Permissions::from_mode(mode)).unwrap();
        }
        let port = free_port();
        let mailbox_owner = if own == "0" { "65534".to_owned() } else { own };
        fs::write(at.join("conf/main.cf"), main_cf(at, &mailbox_owner) + more).unwrap();
        fs::write(at.join("conf/master.cf"), master_cf(port)).unwrap();
        let postfix = Postfix { directory, program, become_root, port };
        postfix.command("start");
        wait_for("Postfix to listen", || std::net::TcpStream::connect(("127.0.0.1", port)).ok());
        Some(postfix)
    }

    fn command(&self, verb: &str) {
        let conf = self.directory.path().join("conf");
        let mut words: Vec<&str> = self.become_root.clone();
        let chown = format!(
            "chown postfix '{}'; '{}' -c '{}' {verb}",
            self.directory.path().join("data").display(),
            self.program.display(),
            conf.display()
        );
        words.extend(["sh", "-c", &chown]);
        let output = Command::new(words[0]).args(&words[1..]).stdin(Stdio::null()).output().unwrap();
        let log = fs::read_to_string(self.directory.path().join("log")).unwrap_or_default();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        // While a failed test unwinds, its own message is the one to read.
        assert!(output.status.success() || std::thread::panicking(), "postfix {verb}: {told}\n{log}");
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        self.command("stop");
    }
}

fn main_cf(at: &Path, mailbox_owner: &str) -> String {
    let at = at.display();
    format!(
        "compatibility_level = 3.6\n\
         queue_directory = {at}/queue\n\
         data_directory = {at}/data\n\
         maillog_file = {at}/log\n\
         maillog_file_prefixes = {at}\n\
         myhostname = upstream.test\n\
         mydestination =\n\
         mynetworks = 127.0.0.0/8\n\
         inet_interfaces = 127.0.0.1\n\
         inet_protocols = ipv4\n\
         local_recipient_maps =\n\
         alias_maps =\n\
         smtpd_recipient_restrictions = permit_mynetworks, reject\n\
         virtual_mailbox_domains = static:all\n\
         virtual_mailbox_base = {at}/mail\n\
         virtual_mailbox_maps = static:box/\n\
         virtual_minimum_uid = 1\n\
         virtual_uid_maps = static:{mailbox_owner}\n\
         virtual_gid_maps = static:{mailbox_owner}\n"
    )
}

fn master_cf(port: u16) -> String {
    format!(
        "127.0.0.1:{port} inet n - n - - smtpd\n\
         cleanup unix n - n - 0 cleanup\n\
         qmgr unix n - n 300 1 qmgr\n\
         rewrite unix - - n - - trivial-rewrite\n\
         bounce unix - - n - 0 bounce\n\
         defer unix - - n - 0 bounce\n\
         trace unix - - n - 0 bounce\n\
         error unix - - n - - error\n\
         virtual unix - n n - - virtual\n\
         anvil unix - - n - 1 anvil\n\
         postlog unix-dgram n - n - 1 postlogd\n\
         tlsmgr unix - - n - 1 tlsmgr\n"
    )
}

/// Takes off the header fields that servers put on top of a mail they accept, and only those.
fn without_trace(mail: &[u8]) -> Vec<u8> {
    let mut rest = mail;
    loop {
        let is_trace = ["Return-Path:", "X-Original-To:", "Delivered-To:", "Received:"]
            .iter()
            .any(|name| rest.starts_with(name.as_bytes()));
        if !is_trace {
            return rest.to_vec();
        }
        // A field ends before the first line that does not begin with white space.
        let mut end = 0;
        while let Some(at) = rest[end..].iter().position(|&byte| byte == b'\n') {
            end += at + 1;
            if !rest[end..].starts_with(b" ") && !rest[end..].starts_with(b"\t") {
                break;
            }
        }
        rest = &rest[end..];
    }
}

/// A Maildir holds lines as the system ends them.
fn with_crlf(mail: &[u8]) -> Vec<u8> {
    mail.iter().flat_map(|&byte| if byte == b'\n' { vec![b'\r', b'\n'] } else { vec![byte] }).collect()
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

/// Postfix wants to be told its port. The system does not hand the same one out again soon.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub(crate) fn id(option: &str) -> String {
    let output = Command::new("id").arg(option).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn succeeds(words: &[&str]) -> bool {
    Command::new(words[0]).args(&words[1..]).stdin(Stdio::null()).output().is_ok_and(|output| output.status.success())
}
