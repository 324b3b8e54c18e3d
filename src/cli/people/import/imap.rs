//! Sent mail out of a folder of an IMAP server, which is only looked at. How far it was read is kept beside what was learnt
//! from it, in one transaction, so that the next run goes on from there.

use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::mpsc;
use std::thread;

use super::super::super::Stop;
use super::super::super::init::secret;
use super::super::super::progress::Progress;
use super::super::super::sources::{Mine, outline};
use super::super::{Desk, Import, told};
use super::{BATCH, Count};
use crate::correspondents::Outline;
use crate::gate::{password_of_command, password_of_environment};
use crate::imap::{self, ImapError, ImapUrl, Login, Mail, Position, Server, Summary};
use crate::store::StoreError;
use crate::store::people::Mark;

/// Mails read while others are learnt.
const READ_AHEAD: usize = 16;

/// Why reading a server came to an end.
enum Trouble {
    Server(ImapError),
    Store(StoreError),
    /// Learning could not go on, which its own error tells.
    Stopped,
}

impl From<ImapError> for Trouble {
    fn from(error: ImapError) -> Trouble {
        Trouble::Server(error)
    }
}

pub(super) fn is_url(source: &Path) -> bool {
    let text = source.to_string_lossy().to_lowercase();
    ["imap://", "imaps://", "imap+starttls://"].iter().any(|scheme| text.starts_with(scheme))
}

impl Desk<'_> {
    pub(super) fn import_server(&self, url: &str, import: &Import, mine: &Mine, count: &mut Count) -> Result<(), Stop> {
        let parsed = ImapUrl::parse(url).map_err(|error| {
            let why = error.explain();
            Stop::Message(format!("{}: {}", secretless(url), why.get(self.lang)))
        })?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let server = Server::new(&parsed, self.login(&parsed, import, &runtime)?);
        // Read for somebody else, or with another address of one's own, it is read anew.
        let whose: Vec<&str> = import.as_sender.iter().chain(&import.from).map(String::as_str).collect();
        let folder = parsed.folder.as_deref().unwrap_or_default();
        let source = format!("imap:{}@{server}/{folder} {}", parsed.user, whose.join(" "));
        let mark = self.people.mark(&source).map_err(|error| told(&error, self.lang))?;
        let from = mark.map(|mark| Position { uid_validity: mark.validity, last_uid: mark.last });
        let mut reading = Reading { desk: self, mine, source, batch: Vec::new(), at: None, count };
        let mut progress = Progress::new(self.lang);
        // The runtime reads in a thread of its own: learning waits for the disk, which no runtime's thread may.
        let (sender, mails) = mpsc::sync_channel::<Mail>(READ_AHEAD);
        let folder = parsed.folder.as_deref();
        let outcome = thread::scope(|scope| {
            let reader = scope.spawn(|| {
                let mut take = move |mail: Mail| sender.send(mail).map_err(|_| Trouble::Stopped);
                runtime.block_on(imap::read(&server, folder, from, &mut take))
            });
            let taken = mails.iter().try_for_each(|mail| {
                progress.tick(mail.number as usize);
                reading.take(&mail)
            });
            drop(mails);
            let read = reader.join().expect("reading ends in order");
            taken.and(read)
        });
        progress.done();
        // What was read is learnt, whatever ended it.
        let learnt = reading.learn();
        match outcome.and_then(|summary| learnt.map(|()| summary)) {
            Ok(summary) => {
                count.not_read += left_out(&summary);
                Ok(())
            }
            Err(Trouble::Server(error)) => Err(Stop::Message(error.explain().get(self.lang).to_owned())),
            Err(Trouble::Store(error)) => Err(told(&error, self.lang)),
            Err(Trouble::Stopped) => Err(told(&StoreError::Stopped, self.lang)),
        }
    }

    fn login(&self, url: &ImapUrl, import: &Import, runtime: &tokio::runtime::Runtime) -> Result<Login, Stop> {
        let command = |command: &String| {
            let secret = runtime.block_on(password_of_command(&command.clone().into()));
            secret.map_err(Stop::Message)
        };
        if let Some(token) = &import.token_command {
            return Ok(Login::Token(command(token)?));
        }
        if let Some(password) = &import.password_command {
            return Ok(Login::Password(command(password)?));
        }
        if let Some(name) = &import.password_env {
            return Ok(Login::Password(password_of_environment(name).map_err(Stop::Message)?));
        }
        let terminal = io::stdin().is_terminal();
        let password =
            if terminal { secret::hidden(&url.user, self.lang)? } else { secret::first_line(&mut io::stdin().lock())? };
        Ok(Login::Password(password))
    }
}

/// Mails on their way from a server into the store.
struct Reading<'a> {
    desk: &'a Desk<'a>,
    mine: &'a Mine,
    source: String,
    batch: Vec<Outline>,
    /// Behind the last mail taken.
    at: Option<Position>,
    count: &'a mut Count,
}

impl Reading<'_> {
    fn take(&mut self, mail: &Mail) -> Result<(), Trouble> {
        self.at = Some(mail.position);
        match outline(&format!("{}#{}", self.source, mail.position.last_uid), &mail.raw) {
            Ok(outline) => self.batch.extend(self.count.own(self.mine, outline)),
            Err(problem) => self.count.problems.push(problem),
        }
        if self.batch.len() >= BATCH { self.learn() } else { Ok(()) }
    }

    fn learn(&mut self) -> Result<(), Trouble> {
        let Some(at) = self.at.take() else { return Ok(()) };
        let mark = Mark { source: self.source.clone(), validity: at.uid_validity, last: at.last_uid };
        let batch = std::mem::take(&mut self.batch);
        let learnt = self.desk.people.learn_up_to(batch, mark).map_err(Trouble::Store)?;
        self.count.add(learnt);
        Ok(())
    }
}

fn left_out(summary: &Summary) -> usize {
    (summary.too_large + summary.missing) as usize
}

/// A password typed into a URL is not repeated.
fn secretless(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, place))) => format!("{scheme}://…@{place}"),
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_servers_are_told_from_files() {
        assert!(is_url(Path::new("imaps://me@mail.example/Sent")) && is_url(Path::new("IMAP://me@mail.example")));
        assert!(!is_url(Path::new("imap/Sent")) && !is_url(Path::new("http://mail.example")));
        assert_eq!(secretless("imaps://me:secret@mail.example/Sent"), "imaps://…@mail.example/Sent");
    }
}
