//! Through each sender's mails in order of time, a tenth after the other: slips are put on the mails of a tenth and judged by
//! what the tenths before taught.

use std::error::Error;
use std::path::{Path, PathBuf};

use atena::cli::backtest::mailbox::{Letter, of_anybody};
use atena::correspondents::slips::{Book, Dice, Recipe, Who, closed, draw};
use atena::correspondents::{Addressee, Known, Outline, SIGNALS, signals};
use atena::lang::Lang;
use atena::store::{People, Store};

/// Somebody's sent mail.
pub(crate) struct Sender {
    /// The folder it is of: people of one world.
    pub(crate) folder: usize,
    pub(crate) letters: Vec<Letter>,
}

/// The slips put on each mail.
pub(crate) const RECIPES: [Recipe; 8] = [
    Recipe { who: Who::LookAlike, instead: false, closed: true },
    Recipe { who: Who::Stranger, instead: false, closed: true },
    Recipe { who: Who::LookAlike, instead: false, closed: false },
    Recipe { who: Who::Stranger, instead: false, closed: false },
    Recipe { who: Who::LastName, instead: false, closed: false },
    Recipe { who: Who::FirstName, instead: false, closed: false },
    Recipe { who: Who::LookAlike, instead: true, closed: false },
    Recipe { who: Who::Namesake, instead: true, closed: false },
];

/// What was done to a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    /// Nothing, or recipients never written to before were left off.
    Clean { closed: bool },
    /// By the place in [`RECIPES`].
    Slip(usize),
}

/// A mail as it was or with a slip.
pub(crate) struct Draft {
    pub(crate) sender: usize,
    pub(crate) done: Done,
    /// Of the newest tenth.
    pub(crate) is_newest: bool,
    /// Which draw it is.
    pub(crate) trial: u64,
    pub(crate) is_reply: bool,
    pub(crate) recipients: Vec<Recipient>,
    /// The place of the wrong one.
    pub(crate) wrong: Option<usize>,
}

pub(crate) struct Recipient {
    pub(crate) is_new: bool,
    /// In the order of [`SIGNALS`].
    pub(crate) values: [f32; SIGNALS.len()],
}

/// The newest tenth is drawn so often, all others once.
const TRIALS: u64 = 3;
const TENTHS: usize = 10;

/// Each entry of a folder is a sender's mail, whatever address it is from.
pub(crate) fn read(folders: &[PathBuf]) -> Result<Vec<Sender>, Box<dyn Error>> {
    let mut senders = Vec::new();
    for (folder, path) in folders.iter().enumerate() {
        let mut entries: Vec<PathBuf> =
            std::fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
        entries.sort();
        senders.extend(entries.iter().map(|entry| sender(folder, entry)));
    }
    Ok(senders)
}

fn sender(folder: usize, path: &Path) -> Sender {
    let mailbox = of_anybody(&[path.to_owned()], Lang::En);
    if let Some(problem) = mailbox.problems.first() {
        let more = mailbox.problems.len();
        eprintln!("{}: {} ({more} such)", problem.path, problem.reason.en);
    }
    let mut letters = mailbox.letters;
    let own: Vec<String> = letters.iter().map(|letter| letter.outline.sender.clone()).collect();
    for letter in &mut letters {
        letter.outline.sender.clone_from(&own[0]);
        letter.outline.recipients.retain(|one| !own.contains(&one.address));
    }
    letters.retain(|letter| !letter.outline.recipients.is_empty());
    Sender { folder, letters }
}

/// Whom the others of a sender's folder write to: strangers, until the sender writes to them.
fn strangers(senders: &[Sender], of: usize) -> Book {
    let mut book = Book::default();
    let others = senders.iter().enumerate().filter(|(at, one)| *at != of && one.folder == senders[of].folder);
    let letters = others.flat_map(|(_, one)| &one.letters);
    letters.flat_map(|letter| &letter.outline.recipients).for_each(|one| book.put(one));
    senders[of].letters.iter().for_each(|letter| book.remove(&letter.outline.sender));
    book
}

/// What a mail of a sender is met with.
pub(crate) struct Past<'a> {
    pub(crate) people: &'a People,
    known: &'a Book,
    strangers: &'a Book,
    seed: u64,
    pub(crate) is_newest: bool,
}

impl Past<'_> {
    /// A slip put on a mail: the recipients without and with it, and who is wrong. The same whoever else is asked for.
    pub(crate) fn slip(
        &self,
        outline: &Outline,
        recipe: usize,
        trial: u64,
    ) -> Option<atena::correspondents::slips::Slip> {
        let mut dice = Dice::new(&[self.seed, recipe as u64, trial, outline.id]);
        draw(RECIPES[recipe], &outline.recipients, self.known, self.strangers, &mut dice)
    }

    /// The mail to these people instead.
    pub(crate) fn known(&self, outline: &Outline, to: &[Addressee]) -> Result<(Outline, Known), Box<dyn Error>> {
        let outline = Outline { recipients: to.to_vec(), ..outline.clone() };
        let known = self.people.known(&outline)?;
        Ok((outline, known))
    }
}

/// Walks through one sender's mails; `visit` sees each with what was known before its tenth and says what to learn.
pub(crate) fn walk(
    senders: &[Sender],
    of: usize,
    seed: u64,
    mut visit: impl FnMut(&Past<'_>, &Letter) -> Result<Outline, Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let people = Store::open_for_a_while(directory.path())?.people();
    let (mut known, mut strangers) = (Book::default(), strangers(senders, of));
    let letters = &senders[of].letters;
    let until = |tenth: usize| (letters.len() * tenth + TENTHS / 2) / TENTHS;
    for tenth in 0..TENTHS {
        let part = &letters[until(tenth)..until(tenth + 1)];
        let past = Past { people: &people, known: &known, strangers: &strangers, seed, is_newest: tenth + 1 == TENTHS };
        let learnt = part.iter().map(|letter| visit(&past, letter)).collect::<Result<Vec<Outline>, _>>()?;
        people.learn(learnt)?;
        for one in part.iter().flat_map(|letter| &letter.outline.recipients) {
            known.put(one);
            strangers.remove(&one.address);
        }
    }
    Ok(())
}

/// All drafts of one sender.
pub(crate) fn drafts(senders: &[Sender], of: usize, seed: u64) -> Result<Vec<Draft>, Box<dyn Error>> {
    let mut drafts = Vec::new();
    walk(senders, of, seed, |past, letter| {
        put_on(past, &letter.outline, of, &mut drafts)?;
        Ok(letter.outline.clone())
    })?;
    Ok(drafts)
}

fn put_on(past: &Past<'_>, outline: &Outline, sender: usize, into: &mut Vec<Draft>) -> Result<(), Box<dyn Error>> {
    let mut add = |done: Done, trial: u64, to: &[Addressee], wrong: Option<&str>| -> Result<(), Box<dyn Error>> {
        let (outline, known) = past.known(outline, to)?;
        let (found, is_reply) = signals(&outline, &known);
        let wrong = wrong.map(|wrong| found.iter().position(|one| one.address == wrong));
        // Where past mail tells nothing there is nobody, and of a list nobody is wrong.
        if found.is_empty() || wrong == Some(None) {
            return Ok(());
        }
        let recipient =
            |values: &[f64; SIGNALS.len()], is_new| Recipient { is_new, values: values.map(|value| value as f32) };
        let recipients = found.iter().map(|one| recipient(&one.values, one.is_new)).collect();
        let is_newest = past.is_newest;
        into.push(Draft { sender, done, is_newest, trial, is_reply, recipients, wrong: wrong.flatten() });
        Ok(())
    };
    add(Done::Clean { closed: false }, 0, &outline.recipients, None)?;
    let left = closed(&outline.recipients, past.known);
    if !left.is_empty() {
        add(Done::Clean { closed: true }, 0, &left, None)?;
    }
    for recipe in 0..RECIPES.len() {
        for trial in 0..if past.is_newest { TRIALS } else { 1 } {
            if let Some(slip) = past.slip(outline, recipe, trial) {
                add(Done::Slip(recipe), trial, &slip.after, Some(&slip.wrong))?;
            }
        }
    }
    Ok(())
}
