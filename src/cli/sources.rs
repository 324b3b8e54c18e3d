//! Past mail, as `atena people import` and `atena backtest` read it: single mails, history as lines of JSON, and whose it is.

use std::fs::File;
use std::io::BufReader;
use std::panic::catch_unwind;
use std::path::Path;

use jiff::Timestamp;

use super::Stop;
use super::lines::read_line;
use crate::config::{Config, FromPattern};
use crate::correspondents::{Outline, Standing};
use crate::lang::{Bilingual, Lang};
use crate::message::{Address, Message, is_mail};
use crate::output::Unreadable;
use crate::people::domain::belongs_to;
use crate::store::people::Learnt;
use crate::store::{People, StoreError};

/// A mail in one line; what is longer is no record.
const LONGEST_LINE: usize = 64 * 1024 * 1024;

/// Which reader a file is for, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Records,
    Book,
    Mails,
}

impl Kind {
    pub(super) fn of(path: &Path) -> Kind {
        let extension = path.extension().map(|of| of.to_string_lossy().to_lowercase()).unwrap_or_default();
        match extension.as_str() {
            "jsonl" | "ndjson" => Kind::Records,
            "vcf" | "vcard" | "csv" | "tsv" | "ldif" | "ldi" => Kind::Book,
            // What an address book is often taken for gets an explanation there.
            "xlsx" | "xls" | "mab" | "sqlite" | "pst" => Kind::Book,
            _ => Kind::Mails,
        }
    }
}

/// Hands every line that is not empty to `take`, with its number; `take` says what is wrong with it. What could not be read.
///
/// # Errors
/// Those of `take`, which end the reading.
pub(super) fn read_lines<E>(
    path: &Path,
    mut take: impl FnMut(usize, &str) -> Result<Option<String>, E>,
) -> Result<Vec<Unreadable>, E> {
    let name = path.display().to_string();
    let problem = |line: usize, reason: String| Unreadable {
        path: if line == 0 { name.clone() } else { format!("{name}:{line}") },
        reason: Bilingual::new(reason.clone(), reason),
    };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) => return Ok(vec![problem(0, error.to_string())]),
    };
    let mut reader = BufReader::new(file);
    let (mut line, mut number, mut problems) = (Vec::new(), 0, Vec::new());
    loop {
        let whole = match read_line(&mut reader, &mut line, LONGEST_LINE) {
            Ok(None) => return Ok(problems),
            Ok(Some(whole)) => whole,
            Err(error) => {
                problems.push(problem(number + 1, error.to_string()));
                return Ok(problems);
            }
        };
        number += 1;
        let wrong = match text(&line, whole) {
            Ok(line) if line.trim().is_empty() => None,
            Ok(line) => take(number, line)?,
            Err(wrong) => Some(wrong),
        };
        problems.extend(wrong.map(|reason| problem(number, reason)));
    }
}

/// Or what is wrong with the line, without its text.
fn text(line: &[u8], whole: bool) -> Result<&str, String> {
    if !whole {
        return Err(format!("longer than {} MB", LONGEST_LINE / (1024 * 1024)));
    }
    std::str::from_utf8(line).map_err(|_| "not UTF-8".to_owned())
}

/// What is kept of a mail.
pub(super) fn outline(path: &str, raw: &[u8]) -> Result<Outline, Unreadable> {
    let problem = |en: &str, ja: &str| Unreadable { path: path.to_owned(), reason: Bilingual::new(en, ja) };
    if !is_mail(raw) {
        return Err(problem("this is no mail", "メールではありません"));
    }
    // One mail that breaks its reader must not keep all others from being learnt from.
    let read = catch_unwind(|| Message::parse(raw).ok().map(|message| Outline::of(&message)));
    let Ok(Some(outline)) = read else {
        return Err(problem("its structure cannot be read", "構造を読み取れません"));
    };
    let outline = outline.ok_or_else(|| problem("nobody is named as its author", "差出人がありません"))?;
    match outline.at {
        Some(_) => Ok(outline),
        None => Err(problem("its Date cannot be read", "Date を読み取れません")),
    }
}

/// Learns a mail with how its recipients stood before it: what is usual for a sender is told by such mails.
///
/// # Errors
/// The store cannot be read or written.
pub(super) fn learn_judged(people: &People, outline: Outline) -> Result<Learnt, StoreError> {
    let known = people.known(&outline)?;
    let judged = Standing::of(outline.clone(), known).judged();
    people.learn(vec![Outline { judged, ..outline }])
}

/// Whose mail it is.
pub(super) struct Mine {
    /// In lower case.
    addresses: Vec<String>,
    domains: Vec<String>,
    pub(super) as_sender: Option<String>,
    now: Timestamp,
}

impl Mine {
    /// Of what `--from` and `--as` say, and the accounts of the configuration.
    ///
    /// # Errors
    /// What is no address.
    pub(super) fn of(config: &Config, from: &[String], as_sender: Option<&str>, lang: Lang) -> Result<Mine, Stop> {
        let wrong = |text: &str, what: &str| {
            Stop::Message(match lang {
                Lang::En => format!("{what} {text}: not a mail address"),
                Lang::Ja => format!("{what} {text}: メールアドレスとして読めません"),
            })
        };
        let as_sender = match as_sender {
            Some(text) if text.starts_with('@') && text.len() > 1 => Some(text.to_lowercase()),
            Some(text) => Some(Address::parse(text).map_err(|_| wrong(text, "--as"))?.key()),
            None => None,
        };
        let named =
            from.iter().map(|text| Address::parse(text).map(|one| one.key()).map_err(|_| wrong(text, "--from")));
        let mut addresses = named.collect::<Result<Vec<_>, _>>()?;
        addresses.extend(as_sender.iter().filter(|sender| !sender.starts_with('@')).cloned());
        let mut domains = config.own_domains.clone();
        domains.extend(as_sender.iter().filter_map(|sender| sender.strip_prefix('@').map(str::to_owned)));
        for from in config.accounts.iter().flat_map(|account| &account.from) {
            match from {
                FromPattern::Domain(domain) => domains.push(domain.clone()),
                FromPattern::Address(address) => addresses.push(address.clone()),
            }
        }
        Ok(Mine { addresses, domains, as_sender, now: Timestamp::now() })
    }

    /// Everybody's mail is.
    pub(super) fn anybody() -> Mine {
        Mine { addresses: Vec::new(), domains: Vec::new(), as_sender: None, now: Timestamp::now() }
    }

    /// The mail if it is one's own, under the name it counts for.
    pub(super) fn take(&self, outline: Outline) -> Option<Outline> {
        let is_told = !self.addresses.is_empty() || !self.domains.is_empty();
        let domain = outline.sender.rsplit_once('@').map_or("", |(_, domain)| domain);
        let is_mine =
            self.addresses.contains(&outline.sender) || self.domains.iter().any(|own| belongs_to(domain, own));
        if is_told && !is_mine {
            return None;
        }
        let sender = self.as_sender.clone().unwrap_or_else(|| outline.sender.clone());
        // A clock that was wrong once must not make a mail the newest for ever. Quoted text is never kept.
        let at = outline.at.map(|at| at.min(self.now));
        Some(Outline { sender, at, ..outline })
    }

    /// Whom an address book is for: the one named, the only sender known, else the own organisation.
    pub(super) fn of_books(&self, people: &People) -> Result<Vec<String>, StoreError> {
        if let Some(sender) = &self.as_sender {
            return Ok(vec![sender.clone()]);
        }
        let houses: Vec<String> = self.domains.iter().map(|domain| format!("@{domain}")).collect();
        if !houses.is_empty() {
            return Ok(houses);
        }
        if let [only] = self.addresses.as_slice() {
            return Ok(vec![only.clone()]);
        }
        let known: Vec<String> = people.senders()?.into_iter().map(|(address, _)| address).collect();
        Ok(if let [_] = known.as_slice() { known } else { Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_no_text_are_told_without_it() {
        assert_eq!(text(b" \r\n", true), Ok(" \r\n"));
        for (line, whole) in [(&b"secret \xff"[..], true), (b"{\"secret\": ", false)] {
            assert!(!text(line, whole).expect_err("no text").contains("secret"));
        }
    }
}
