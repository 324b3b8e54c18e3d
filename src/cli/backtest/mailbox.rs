//! Past sent mail, read whole and put in order of time.

use std::cell::RefCell;
use std::collections::HashSet;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::thread;

use super::super::inputs::{self, Input};
use super::super::progress::Progress;
use super::super::sources::{self, Kind, Mine};
use crate::correspondents::{Outline, letter};
use crate::lang::Lang;
use crate::output::Unreadable;

/// A mail of the past.
pub struct Letter {
    pub raw: Vec<u8>,
    pub outline: Outline,
}

/// All of them.
#[derive(Default)]
pub struct Mailbox {
    /// Oldest first, each once.
    pub letters: Vec<Letter>,
    /// Mails that somebody else wrote.
    pub others: usize,
    pub problems: Vec<Unreadable>,
}

/// Every mail, whoever wrote it.
pub fn of_anybody(paths: &[PathBuf], lang: Lang) -> Mailbox {
    read(paths, &Mine::anybody(), lang)
}

pub(super) fn read(paths: &[PathBuf], mine: &Mine, lang: Lang) -> Mailbox {
    let (records, mails): (Vec<PathBuf>, Vec<PathBuf>) =
        paths.iter().cloned().partition(|path| Kind::of(path) == Kind::Records);
    let mut mailbox = Mailbox::default();
    let mut inputs = Vec::new();
    records.iter().for_each(|path| read_records(path, &mut inputs, &mut mailbox.problems));
    if !mails.is_empty() {
        read_mails(&mails, &mut inputs, &mut mailbox.problems, lang);
    }
    let outlines = on_all_processors(&inputs, |input| sources::outline(&input.path, &input.raw));
    let mut known = HashSet::new();
    for (input, outline) in inputs.into_iter().zip(outlines) {
        match outline.map(|outline| mine.take(outline)) {
            Err(problem) => mailbox.problems.push(problem),
            Ok(None) => mailbox.others += 1,
            // A copy of a mail would be judged by what the mail itself taught.
            Ok(Some(outline)) if !known.insert((outline.sender.clone(), outline.id)) => {}
            Ok(Some(outline)) => {
                mailbox.letters.push(Letter { raw: input.raw, outline });
            }
        }
    }
    mailbox.letters.sort_by_key(|letter| letter.outline.at);
    mailbox
}

fn read_records(path: &Path, inputs: &mut Vec<Input>, problems: &mut Vec<Unreadable>) {
    let found = sources::read_lines(path, |number, line| {
        let raw = match letter(line) {
            Ok(Some(raw)) => raw.into_bytes(),
            Ok(None) => return Ok::<_, Infallible>(None),
            Err(error) => return Ok(Some(error)),
        };
        inputs.push(Input { path: format!("{}:{number}", path.display()), mbox: None, raw });
        Ok(None)
    });
    problems.extend(found.unwrap_or_default());
}

fn read_mails(paths: &[PathBuf], inputs: &mut Vec<Input>, problems: &mut Vec<Unreadable>, lang: Lang) {
    let mut progress = Progress::new(lang);
    let problems = RefCell::new(problems);
    let mut take = |input: Input| {
        inputs.push(input);
        progress.tick(inputs.len());
    };
    inputs::read_all(paths, &mut take, &mut |problem| problems.borrow_mut().push(problem));
    progress.done();
}

/// What `work` makes of each, in their order.
pub fn on_all_processors<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(items.len());
    if threads < 2 {
        return items.iter().map(work).collect();
    }
    let work = &work;
    thread::scope(|scope| {
        let parts = items.chunks(items.len().div_ceil(threads));
        let handles: Vec<_> =
            parts.map(|part| scope.spawn(move || part.iter().map(work).collect::<Vec<R>>())).collect();
        handles.into_iter().flat_map(|handle| handle.join().expect("a worker ends in order")).collect()
    })
}
