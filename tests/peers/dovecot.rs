//! A Dovecot of our own without privileges: its configuration and a Maildir in a scratch directory, on a free port of loopback
//! with STARTTLS.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::postfix::{free_port, id};
use super::programs::{find, wait_for};
use super::support::Authority;

pub(crate) const PASSWORD: &str = "correct \"horse\" 電池";

/// One user, `mai`, with the folders INBOX, 送信済み (`\Sent`), 下書き (`\Drafts`) and Archive.
pub(crate) struct Dovecot {
    directory: tempfile::TempDir,
    pub(crate) authority: Authority,
    process: Child,
    pub(crate) port: u16,
}

impl Dovecot {
    /// `None` if this machine cannot run one.
    pub(crate) fn start() -> Option<Dovecot> {
        let program = find("dovecot")?;
        let directory = tempfile::tempdir().unwrap();
        let at = directory.path();
        let authority = Authority::new();
        let (certificate, key) = authority.pem(&["localhost"]);
        let port = free_port();
        for folder in ["", ".&kAFP4W4IMH8-", ".&Tgtm+DBN-", ".Archive"] {
            for part in ["cur", "new", "tmp"] {
                fs::create_dir_all(at.join("mail").join(folder).join(part)).unwrap();
            }
        }
        fs::write(at.join("cert.pem"), certificate).unwrap();
        fs::write(at.join("key.pem"), key).unwrap();
        fs::write(at.join("users"), format!("mai:{{PLAIN}}{PASSWORD}\n")).unwrap();
        let user = id("-u");
        fs::write(at.join("dovecot.conf"), configuration(at, port, &user)).unwrap();
        // It refuses to be root in all its parts.
        let mut command = if user == "0" { Command::new("setpriv") } else { Command::new(&program) };
        if user == "0" {
            chown(at);
            command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(program);
        }
        let process = command
            .args(["-F", "-c"])
            .arg(at.join("dovecot.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let dovecot = Dovecot { directory, authority, process, port };
        wait_for("Dovecot to listen", || std::net::TcpStream::connect(("127.0.0.1", port)).ok());
        Some(dovecot)
    }

    /// Puts a mail into the folder of mails sent.
    pub(crate) fn deliver(&self, name: &str, mail: &[u8]) {
        let folder = self.directory.path().join("mail/.&kAFP4W4IMH8-");
        fs::write(folder.join("tmp").join(name), mail).unwrap();
        fs::rename(folder.join("tmp").join(name), folder.join("new").join(name)).unwrap();
    }

    /// The names of the files there; their ends are the flags.
    pub(crate) fn files(&self) -> Vec<String> {
        self.mails(".&kAFP4W4IMH8-").into_iter().map(|(name, _)| name).collect()
    }

    /// The mails of the folder of drafts, with the names of their files.
    pub(crate) fn drafts(&self) -> Vec<(String, Vec<u8>)> {
        self.mails(".&Tgtm+DBN-")
    }

    fn mails(&self, folder: &str) -> Vec<(String, Vec<u8>)> {
        let folder = self.directory.path().join("mail").join(folder);
        let entries = ["cur", "new"].into_iter().flat_map(|part| fs::read_dir(folder.join(part)).unwrap());
        let mail = |entry: fs::DirEntry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap());
        entries.map(|entry| mail(entry.unwrap())).collect()
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // Its own children end with it when it is asked, not when it is killed.
        let _ = Command::new("kill").arg(self.process.id().to_string()).status();
        let _ = self.process.wait();
    }
}

fn chown(at: &Path) {
    let done = Command::new("chown").args(["-R", "65534:65534"]).arg(at).status().unwrap();
    assert!(done.success(), "chown");
}

fn configuration(at: &Path, port: u16, user: &str) -> String {
    let own = || [id("-un"), id("-gn"), id("-u"), id("-g")];
    let nobody = || ["nobody", "nogroup", "65534", "65534"].map(str::to_owned);
    let [user, group, uid, gid] = if user == "0" { nobody() } else { own() };
    let at = at.display();
    format!(
        "base_dir = {at}/run\n\
         state_dir = {at}/state\n\
         log_path = {at}/log\n\
         protocols = imap\n\
         listen = 127.0.0.1\n\
         default_internal_user = {user}\n\
         default_internal_group = {group}\n\
         default_login_user = {user}\n\
         first_valid_uid = 0\n\
         first_valid_gid = 0\n\
         ssl = yes\n\
         ssl_cert = <{at}/cert.pem\n\
         ssl_key = <{at}/key.pem\n\
         mail_location = maildir:{at}/mail\n\
         namespace inbox {{\n  inbox = yes\n  mailbox 送信済み {{\n    special_use = \\Sent\n  }}\n  mailbox 下書き {{\n    special_use = \\Drafts\n  }}\n}}\n\
         passdb {{\n  driver = passwd-file\n  args = {at}/users\n}}\n\
         userdb {{\n  driver = static\n  args = uid={uid} gid={gid} home={at}\n}}\n\
         service anvil {{\n  chroot =\n}}\n\
         service imap-login {{\n  chroot =\n  inet_listener imap {{\n    port = {port}\n  }}\n  inet_listener imaps {{\n    port = 0\n  }}\n}}\n"
    )
}
