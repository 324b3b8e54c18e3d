//! One mail into a folder, as a draft (APPEND, RFC 9051 section 6.3.12).
//!
//! Once the mail is on its way, only the server's answer tells whether it is there: without one it is *uncertain*, and is
//! not tried again here.

use std::fmt;

use tokio::time::timeout;

use super::folder::{self, Folder, Purpose};
use super::response::{Answer, Status};
use super::session::{Session, Step};
use super::trouble::Trouble;
use super::utf7::{encode, quoted};
use super::wire::SMALL;
use super::{Position, Server, connect, login};
use crate::lang::Bilingual;

/// Octets of a mail that is sent without waiting for leave: a longer one may be refused before it is (RFC 7888 section 4).
const UNASKED: usize = 4096;

/// Where a mail lies now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// The folder's name, as people read it.
    pub folder: String,
    /// The mail's place in it, where the server tells (UIDPLUS, RFC 4315).
    pub place: Option<Position>,
}

/// Why a mail was not put into a folder, or why that is not known. Holds no password and no text of mails.
#[derive(Debug)]
pub struct AppendError {
    /// `imap.example:993`.
    pub server: String,
    pub trouble: Trouble,
    /// The mail was on its way, and no answer came: it may lie there.
    pub uncertain: bool,
}

/// Puts a mail into the folder, and without `wanted` into that of drafts; it is marked as a draft that was seen.
///
/// # Errors
/// What the server or the way there has done.
pub async fn append(server: &Server, wanted: Option<&str>, mail: &[u8]) -> Result<Appended, AppendError> {
    let mut begun = false;
    let done = match timeout(server.limits.append, put(server, wanted, mail, &mut begun)).await {
        Ok(done) => done,
        Err(_) => Err(Trouble::TimedOut),
    };
    done.map_err(|trouble| {
        let uncertain = begun && !trouble.is_answer();
        AppendError { server: server.to_string(), trouble, uncertain }
    })
}

impl Trouble {
    /// The server itself said that it does not take the mail.
    fn is_answer(&self) -> bool {
        matches!(
            self,
            Trouble::Refused { .. } | Trouble::Full { .. } | Trouble::TooLarge { .. } | Trouble::NoFolder { .. }
        )
    }
}

/// `begun` turns true when the first octet of the mail may leave.
async fn put(server: &Server, wanted: Option<&str>, mail: &[u8], begun: &mut bool) -> Result<Appended, Trouble> {
    let (mut session, known) = connect::open(server).await?;
    if !known {
        login::log_in(&mut session, server).await?;
    }
    let folders = folder::list(&mut session).await?;
    let target = Target::of(&folders, wanted)?;
    if let Some(most) = limit(&mut session, &target.raw).await?.filter(|most| (mail.len() as u64) > *most) {
        return Err(Trouble::TooLarge { most });
    }
    let answer = send(&mut session, &target.raw, mail, begun).await?;
    let place = match answer.status {
        Status::Ok => answer.appended(),
        _ => return Err(refused(answer, &target, &folders)),
    };
    // Politeness; all is there.
    let _ = session.begin("LOGOUT").await;
    Ok(Appended { folder: target.name, place })
}

/// The folder meant.
struct Target {
    /// As the server writes it.
    raw: String,
    /// As people read it.
    name: String,
}

impl Target {
    fn of(folders: &[Folder], wanted: Option<&str>) -> Result<Target, Trouble> {
        let found = match wanted {
            Some(wanted) => folder::find(folders, wanted),
            None => folder::meant(folders, Purpose::Drafts),
        };
        match (found, wanted) {
            (Some(found), _) => Ok(Target { raw: found.raw.clone(), name: found.name.clone() }),
            // Some folders are open, but on no list.
            (None, Some(wanted)) => Ok(Target { raw: encode(wanted), name: wanted.to_owned() }),
            (None, None) => Err(Trouble::NoKnownFolder { purpose: Purpose::Drafts, existing: folder::names(folders) }),
        }
    }
}

/// Octets that a mail may have in this folder, if the server tells (RFC 7889).
async fn limit(session: &mut Session, folder: &str) -> Result<Option<u64>, Trouble> {
    let all = session.capabilities.iter().find_map(|one| one.strip_prefix("APPENDLIMIT=")?.parse().ok());
    if all.is_some() || !session.can("APPENDLIMIT") {
        return Ok(all);
    }
    session.begin(&format!("STATUS {} (APPENDLIMIT)", quoted(folder))).await?;
    let mut most = None;
    loop {
        match session.step(SMALL).await? {
            Step::Data(values) => {
                let items = values.last().and_then(|value| value.list()).unwrap_or_default();
                let at = items.iter().position(|item| item.is("APPENDLIMIT"));
                most = at.and_then(|at| items.get(at + 1)?.word()?.parse().ok()).or(most);
            }
            Step::Status(_) | Step::Continue => {}
            // A folder that cannot be asked about is refused with the mail, and that is told.
            Step::Done(_) => return Ok(most),
        }
    }
}

/// The command with the mail; the answer to it.
async fn send(session: &mut Session, folder: &str, mail: &[u8], begun: &mut bool) -> Result<Answer, Trouble> {
    // RFC 7888: at most 4096 octets go unasked with LITERAL-.
    let unasked = mail.len() <= UNASKED && (session.can("LITERAL+") || session.can("LITERAL-"));
    let sign = if unasked { "+" } else { "" };
    let command = format!("APPEND {} (\\Draft \\Seen) {{{}{sign}}}", quoted(folder), mail.len());
    let mut sent = false;
    if unasked {
        (*begun, sent) = (true, true);
        session.begin(&command).await?;
        session.octets(mail).await?;
    } else {
        session.begin(&command).await?;
    }
    loop {
        match session.step(SMALL).await? {
            Step::Continue if sent => return Err(Trouble::Garbage),
            Step::Continue => {
                (*begun, sent) = (true, true);
                session.octets(mail).await?;
            }
            // An OK to a mail that it has not got.
            Step::Done(answer) if answer.status == Status::Ok && !sent => return Err(Trouble::Garbage),
            Step::Done(answer) => return Ok(answer),
            Step::Data(_) | Step::Status(_) => {}
        }
    }
}

/// What a refusal means (RFC 5530, RFC 7889, RFC 9051 section 7.1).
fn refused(answer: Answer, target: &Target, folders: &[Folder]) -> Trouble {
    let said = answer.text;
    match answer.code.split(' ').next().unwrap_or_default() {
        // Not made here: a name that was mistyped would become a folder.
        "TRYCREATE" | "NONEXISTENT" => {
            Trouble::NoFolder { name: target.name.clone(), existing: folder::names(folders) }
        }
        "OVERQUOTA" => Trouble::Full { said },
        _ => Trouble::Refused { command: "APPEND", said },
    }
}

impl AppendError {
    /// The same for a person, in both languages.
    pub fn explain(&self) -> Bilingual {
        let text = self.trouble.explain(&self.server);
        if !self.uncertain {
            return text;
        }
        Bilingual::new(
            format!("{}; the draft was on its way and may lie in the folder all the same: look there first", text.en),
            format!("{}。下書きは送り終えている可能性があります。先に下書きフォルダーを確かめてください", text.ja),
        )
    }
}

impl fmt::Display for AppendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.explain().en)
    }
}

impl std::error::Error for AppendError {}
