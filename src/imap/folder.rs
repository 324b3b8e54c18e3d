//! The folders of a user, and which of them is meant.

use super::response::Value;
use super::session::Session;
use super::trouble::Trouble;
use super::utf7;
use super::wire::SMALL;
use crate::upstream::reply::clean;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Folder {
    /// As the server writes it.
    pub(super) raw: String,
    /// As people read it.
    pub(super) name: String,
    delimiter: Option<char>,
    /// RFC 6154.
    purpose: Option<Purpose>,
}

/// What a folder is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Mails sent.
    Sent,
    /// Mails to go on with.
    Drafts,
}

/// A user with more is read no further list.
const MOST_FOLDERS: usize = 10_000;

/// Of folders of mails sent, in lower case; the first one found is taken.
const SENT: [&str; 14] = [
    "sent",
    "sent messages",
    "sent items",
    "sent mail",
    "sent-mail",
    "送信済み",
    "送信済みアイテム",
    "送信済みメール",
    "送信済みトレイ",
    "送信箱",
    "gesendet",
    "gesendete objekte",
    "envoyés",
    "éléments envoyés",
];

/// Of folders of drafts, in the same way.
const DRAFTS: [&str; 12] = [
    "drafts",
    "draft",
    "下書き",
    "下書きフォルダー",
    "下書きフォルダ",
    "下書きトレイ",
    "下書き箱",
    "草稿",
    "未送信メール",
    "entwürfe",
    "brouillons",
    "borradores",
];

/// What folders of a person may stand below.
const ABOVE: [&str; 3] = ["inbox", "[gmail]", "[google mail]"];

/// All folders that can hold mails.
pub(super) async fn list(session: &mut Session) -> Result<Vec<Folder>, Trouble> {
    // RFC 6154 section 2: without being asked servers may say nothing of what folders are for.
    let ask = if session.can("SPECIAL-USE") && session.can("LIST-EXTENDED") { " RETURN (SPECIAL-USE)" } else { "" };
    session.begin(&format!("LIST \"\" \"*\"{ask}")).await?;
    let mut folders = Vec::new();
    while let Some(values) = session.data("LIST", SMALL).await? {
        if folders.len() < MOST_FOLDERS {
            folders.extend(Folder::of(&values));
        }
    }
    Ok(folders)
}

impl Folder {
    fn of(values: &[Value]) -> Option<Folder> {
        let [command, attributes, delimiter, name, ..] = values else { return None };
        let attributes = attributes.list().filter(|_| command.is("LIST"))?;
        let has = |wanted: &str| attributes.iter().any(|attribute| attribute.is(wanted));
        if has("\\Noselect") || has("\\NonExistent") {
            return None;
        }
        let purpose = [Purpose::Sent, Purpose::Drafts].into_iter().find(|purpose| has(purpose.attribute()));
        let raw = name.name()?;
        let delimiter = if let Value::Text(_) = delimiter { delimiter.name()?.chars().next() } else { None };
        Some(Folder { name: utf7::decode(&raw), raw, delimiter, purpose })
    }

    fn steps(&self) -> Vec<String> {
        let name = self.name.to_lowercase();
        match self.delimiter {
            Some(delimiter) => name.split(delimiter).map(str::to_owned).collect(),
            None => vec![name],
        }
    }
}

/// The folder of this name: as people read it or as the server writes it; failing that in any case, with `/` for any
/// delimiter and without what all folders stand below.
pub(super) fn find<'a>(folders: &'a [Folder], wanted: &str) -> Option<&'a Folder> {
    let exact = folders.iter().find(|folder| folder.name == wanted);
    let lower = wanted.to_lowercase();
    let alike = |folder: &&Folder| {
        let steps = folder.steps();
        let is = |steps: &[String]| {
            steps.join("/") == lower
                || folder.delimiter.is_some_and(|delimiter| steps.join(&delimiter.to_string()) == lower)
        };
        is(&steps) || (steps.len() > 1 && ABOVE.contains(&steps[0].as_str()) && is(&steps[1..]))
    };
    exact.or_else(|| folders.iter().find(|folder| folder.raw == wanted)).or_else(|| folders.iter().find(alike))
}

/// The folder for this: the one the server says it is, else the one of a usual name.
pub(super) fn meant(folders: &[Folder], purpose: Purpose) -> Option<&Folder> {
    let known = || purpose.names().iter().find_map(|name| find(folders, name));
    folders.iter().find(|folder| folder.purpose == Some(purpose)).or_else(known)
}

impl Purpose {
    fn attribute(self) -> &'static str {
        match self {
            Purpose::Sent => "\\Sent",
            Purpose::Drafts => "\\Drafts",
        }
    }

    fn names(self) -> &'static [&'static str] {
        match self {
            Purpose::Sent => &SENT,
            Purpose::Drafts => &DRAFTS,
        }
    }
}

pub(super) fn names(folders: &[Folder]) -> Vec<String> {
    folders.iter().map(|folder| clean(&folder.name)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::response::{Piece, Response};
    use super::*;

    fn folders(lines: &[&str]) -> Vec<Folder> {
        let read = |line: &&str| match Response::parse(vec![Piece::Line(format!("* LIST {line}").into_bytes())]) {
            Some(Response::Data(values)) => Folder::of(&values),
            other => panic!("{line}: {other:?}"),
        };
        lines.iter().filter_map(read).collect()
    }

    #[test]
    fn the_folder_of_mails_sent() {
        for (lines, name) in [
            (&["() \"/\" INBOX", "(\\HasNoChildren \\Sent) \"/\" Outgoing", "() \"/\" Sent"][..], Some("Outgoing")),
            (&["() \".\" INBOX", "() \".\" INBOX.Sent"], Some("INBOX.Sent")),
            (&["() \"/\" \"Sent Items\"", "() \"/\" INBOX"], Some("Sent Items")),
            (&["() \"/\" \"&kAFP4W4IMH8-\""], Some("送信済み")),
            (&["() \"/\" \"&kAFP4W4IMH8wojCkMMYw4A-\""], Some("送信済みアイテム")),
            (&["(\\Noselect) \"/\" \"[Gmail]\"", "() \"/\" \"[Gmail]/Sent Mail\""], Some("[Gmail]/Sent Mail")),
            (&["() NIL Sent"], Some("Sent")),
            (&["() \"/\" Archive/Sent", "() \"/\" Presents", "(\\NoSelect \\Sent) \"/\" Sent"], None),
        ] {
            let folders = folders(lines);
            assert_eq!(meant(&folders, Purpose::Sent).map(|folder| folder.name.as_str()), name, "{lines:?}");
        }
    }

    #[test]
    fn the_folder_of_drafts() {
        for (lines, name) in [
            (&["() \"/\" Drafts", "(\\HasNoChildren \\Drafts) \"/\" Unfinished"][..], Some("Unfinished")),
            (&["() \".\" INBOX", "() \".\" INBOX.Drafts"], Some("INBOX.Drafts")),
            (&["() \"/\" \"&Tgtm+DBN-\""], Some("下書き")),
            (&["(\\Noselect) \"/\" \"[Gmail]\"", "() \"/\" \"[Gmail]/Drafts\""], Some("[Gmail]/Drafts")),
            (&["() \"/\" \"[Gmail]/&Tgtm+DBN-\"", "(\\Sent) \"/\" Draft-mails"], Some("[Gmail]/下書き")),
            (&["() \"/\" \"Entw&APw-rfe\""], Some("Entwürfe")),
            (&["() \"/\" Archive/Drafts", "(\\Noselect \\Drafts) \"/\" Drafts", "(\\Sent) \"/\" Sent"], None),
        ] {
            let folders = folders(lines);
            assert_eq!(meant(&folders, Purpose::Drafts).map(|folder| folder.name.as_str()), name, "{lines:?}");
        }
    }

    #[test]
    fn a_folder_is_found_as_people_name_it() {
        let folders = folders(&[
            "() \".\" INBOX",
            "() \".\" INBOX.Office.Sent",
            "() \".\" \"INBOX.&kAFP4W4IMH8-\"",
            "() \".\" INBOX.sent",
        ]);
        for (wanted, raw) in [
            ("inbox", Some("INBOX")),
            ("Office/Sent", Some("INBOX.Office.Sent")),
            ("INBOX/office/sent", Some("INBOX.Office.Sent")),
            ("INBOX.Office.Sent", Some("INBOX.Office.Sent")),
            ("送信済み", Some("INBOX.&kAFP4W4IMH8-")),
            ("INBOX.&kAFP4W4IMH8-", Some("INBOX.&kAFP4W4IMH8-")),
            ("Sent", Some("INBOX.sent")),
            ("Work", None),
        ] {
            assert_eq!(find(&folders, wanted).map(|folder| folder.raw.as_str()), raw, "{wanted}");
        }
    }
}
