//! What `atena check` reads: single mails, directories, Maildirs, mboxes, standard input.
//!
//! Mails come one at a time, so that a mailbox of any size needs the memory of one mail; and what is too large to be one is
//! passed over.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::lines::read_line;
use crate::lang::Bilingual;
use crate::output::{Mbox, Unreadable};

/// A mail to check.
#[derive(Debug)]
pub struct Input {
    /// The name people see.
    pub path: String,
    pub mbox: Option<Mbox>,
    pub raw: Vec<u8>,
}

/// No server takes a mail of this size; a file without an end is no mail.
const MOST_OCTETS: usize = 256 * 1024 * 1024;

/// Hands every mail under the given paths to `take`, and every problem to `fail`, in a stable order.
pub fn read_all(paths: &[PathBuf], take: &mut dyn FnMut(Input), fail: &mut dyn FnMut(Unreadable)) {
    for path in paths {
        let result = if path.as_os_str() == "-" { read_stdin(take, fail) } else { read_path(path, true, take, fail) };
        if let Err(error) = result {
            fail(unreadable(path, &error));
        }
    }
}

fn read_stdin(take: &mut dyn FnMut(Input), fail: &mut dyn FnMut(Unreadable)) -> io::Result<()> {
    let mut reader = io::stdin().lock();
    if reader.fill_buf()?.starts_with(b"From ") {
        return read_mbox(reader, "-", MOST_OCTETS, take, fail);
    }
    read_mail(reader, "-", MOST_OCTETS, take, fail)
}

fn read_mail(
    reader: impl Read,
    name: &str,
    most: usize,
    take: &mut dyn FnMut(Input),
    fail: &mut dyn FnMut(Unreadable),
) -> io::Result<()> {
    let mut raw = Vec::new();
    reader.take(most as u64 + 1).read_to_end(&mut raw)?;
    match raw.len() > most {
        true => fail(too_large(name, most)),
        false => take(Input { path: name.to_owned(), mbox: None, raw }),
    }
    Ok(())
}

fn too_large(name: &str, most: usize) -> Unreadable {
    let most = most / (1024 * 1024);
    let reason = Bilingual::new(format!("larger than {most} MB"), format!("{most} MB を超えています"));
    Unreadable { path: name.to_owned(), reason }
}

/// `named` paths were given by a person and are read whatever they are called.
fn read_path(
    path: &Path,
    named: bool,
    take: &mut dyn FnMut(Input),
    fail: &mut dyn FnMut(Unreadable),
) -> io::Result<()> {
    if fs::metadata(path)?.is_dir() {
        return read_directory(path, take, fail);
    }
    let name = path.display().to_string();
    let file = File::open(path)?;
    let mut reader = BufReader::new(file);
    let is_mbox = reader.fill_buf()?.starts_with(b"From ");
    if is_mbox {
        return read_mbox(reader, &name, MOST_OCTETS, take, fail);
    }
    if named || has_extension(path, &["eml", "mbox", "mail"]) {
        return read_mail(reader, &name, MOST_OCTETS, take, fail);
    }
    Ok(())
}

/// A Maildir's mails lie in `cur` and `new`; elsewhere the names tell.
fn read_directory(path: &Path, take: &mut dyn FnMut(Input), fail: &mut dyn FnMut(Unreadable)) -> io::Result<()> {
    let is_maildir = ["cur", "new", "tmp"].iter().all(|part| path.join(part).is_dir());
    let mut entries: Vec<PathBuf> =
        fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    // The order must not depend on the file system.
    entries.sort();
    for entry in entries {
        let in_maildir = is_maildir && ["cur", "new"].iter().any(|part| entry.ends_with(part));
        // A link to a directory could lead back here, and a pipe or device would be waited for for ever.
        let is_directory = entry.is_dir() && !entry.is_symlink();
        let result = if is_maildir && entry.ends_with("tmp") {
            Ok(())
        } else if in_maildir {
            read_maildir_part(&entry, take, fail)
        } else if is_directory
            || (!entry.is_dir() && !is_special(&entry) && has_extension(&entry, &["eml", "mbox", "mail"]))
        {
            read_path(&entry, false, take, fail)
        } else {
            Ok(())
        };
        if let Err(error) = result {
            fail(unreadable(&entry, &error));
        }
    }
    Ok(())
}

fn read_maildir_part(part: &Path, take: &mut dyn FnMut(Input), fail: &mut dyn FnMut(Unreadable)) -> io::Result<()> {
    let mut mails: Vec<PathBuf> =
        fs::read_dir(part)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    mails.sort();
    for mail in mails.iter().filter(|mail| mail.is_file()) {
        let name = mail.display().to_string();
        if let Err(error) = File::open(mail).and_then(|file| read_mail(file, &name, MOST_OCTETS, take, fail)) {
            fail(unreadable(mail, &error));
        }
    }
    Ok(())
}

/// Splits an mbox: a mail begins at a `From ` line at the start or behind an empty line; `>From ` is unquoted one
/// level (mboxrd, which reads mboxo too). A mail of more than `most` octets is passed over.
fn read_mbox(
    mut reader: impl BufRead,
    name: &str,
    most: usize,
    take: &mut dyn FnMut(Input),
    fail: &mut dyn FnMut(Unreadable),
) -> io::Result<()> {
    let mut mail: Option<Vec<u8>> = Some(Vec::new());
    let mut line = Vec::new();
    let (mut number, mut line_number, mut first_line, mut after_blank) = (0, 0, 2, true);
    let mut finish = |mail: &mut Option<Vec<u8>>, number: usize, first_line: usize| {
        let path = format!("{name}#{number}");
        match mail.replace(Vec::new()) {
            _ if number == 0 => {}
            Some(raw) => take(Input { path, mbox: Some(Mbox { file: name.to_owned(), first_line }), raw }),
            None => fail(too_large(&path, most)),
        }
    };
    while let Some(whole) = read_line(&mut reader, &mut line, most)? {
        line_number += 1;
        if after_blank && line.starts_with(b"From ") {
            finish(&mut mail, number, first_line);
            number += 1;
            first_line = line_number + 1;
            after_blank = false;
            continue;
        }
        after_blank = line.iter().all(|b| matches!(b, b'\r' | b'\n'));
        let quoted = line.iter().position(|&b| b != b'>').is_some_and(|at| at > 0 && line[at..].starts_with(b"From "));
        mail = mail.filter(|mail| whole && mail.len() + line.len() <= most);
        if let Some(mail) = &mut mail {
            mail.extend_from_slice(if quoted { &line[1..] } else { &line });
        }
    }
    finish(&mut mail, number, first_line);
    Ok(())
}

/// Exists and is neither file nor directory.
fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|about| !about.is_file() && !about.is_dir())
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension().is_some_and(|of| extensions.iter().any(|extension| of.eq_ignore_ascii_case(extension)))
}

fn unreadable(path: &Path, error: &io::Error) -> Unreadable {
    let (en, ja) = match error.kind() {
        io::ErrorKind::NotFound => ("there is no such file".to_owned(), "ファイルがありません".to_owned()),
        io::ErrorKind::PermissionDenied => ("permission denied".to_owned(), "読み取る権限がありません".to_owned()),
        _ => (error.to_string(), format!("読み取れません: {error}")),
    };
    Unreadable { path: path.display().to_string(), reason: Bilingual { en, ja } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_mboxes_and_knows_their_lines() {
        let text =
            b"From a@b Thu\nSubject: one\n\nhi\nFrom here on\n>From there\n\nFrom c@d Fri\nSubject: two\n\n>>From x\n";
        let mut mails = Vec::new();
        read_mbox(&text[..], "box", 1000, &mut |input| mails.push(input), &mut |problem| panic!("{}", problem.path))
            .expect("reading from memory");
        let seen: Vec<_> = mails
            .iter()
            .map(|m| {
                (m.path.as_str(), m.mbox.as_ref().map(|b| b.first_line), String::from_utf8_lossy(&m.raw).into_owned())
            })
            .collect();
        assert_eq!(seen[0], ("box#1", Some(2), "Subject: one\n\nhi\nFrom here on\nFrom there\n\n".to_owned()));
        assert_eq!(seen[1], ("box#2", Some(9), "Subject: two\n\n>From x\n".to_owned()));
        assert_eq!(seen.len(), 2);
    }

    #[test]
    fn a_line_without_an_end_is_passed_over_and_the_mails_around_it_are_read() {
        let endless = "x".repeat(5_000);
        let text = format!(
            "From a@b Thu\nSubject: one\n\nhi\n\nFrom c@d Fri\nSubject: two\n\n{endless}\nmore\n\nFrom e@f Sat\n\
             Subject: three\n\nhi\n\nFrom g@h Sun\n{}\n",
            "some line\n".repeat(200)
        );
        let (mut mails, mut problems) = (Vec::new(), Vec::new());
        read_mbox(text.as_bytes(), "box", 1000, &mut |input| mails.push(input.path), &mut |problem| {
            problems.push(problem.path);
        })
        .expect("reading from memory");
        assert_eq!((mails, problems), (vec!["box#1".into(), "box#3".into()], vec!["box#2".to_owned(), "box#4".into()]));
        let (mut mails, mut problems) = (0, Vec::new());
        let mut read = |raw: &[u8]| {
            read_mail(raw, "x.eml", 1000, &mut |_| mails += 1, &mut |problem| problems.push(problem.path))
                .expect("reading from memory");
        };
        read(&[b'x'; 1000]);
        read(&[b'x'; 1001]);
        assert_eq!((mails, problems), (1, vec!["x.eml".to_owned()]));
    }
}
