//! Learns from people's sent mail how their recipients tell a wrong one, and writes `data/recipient_weights.tsv`.
//!
//! `cargo run --release --example recipients -- [--folds N] [--seed N] [--out FILE] [--rules PACKS] FOLDER…`
//!
//! Each entry of a folder is one sender's mail: a `.jsonl` file (docs/people.md "Lines of JSON"), an mbox file, or a directory
//! of mails. The senders of one folder should be people of one world: whom the others write to are the strangers that are put
//! on a sender's mails. Some hundred mails each and a dozen senders are the least that tells anything.
//!
//! With `--folds` the senders are also parted, each part is judged by weights fitted to the others, and tables say how it
//! fares on the newest tenth of each sender's mails (docs/performance.md "Recipients"); rules are the program's, or those of
//! the packs in a folder (`--rules rules`). The same folders and the same seed make the same file, octet by octet.

// A program for people: it prints.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod fit;
mod measure;
#[path = "../score/packs.rs"]
mod packs;
mod parts;
mod rules;
mod walk;

use std::error::Error;
use std::path::PathBuf;

use atena::cli::backtest::mailbox::on_all_processors;
use atena::correspondents::Weights;
use atena::lang::Lang;
use atena::rule::Rules;
use measure::Judged;
use rules::Counts;
use walk::{Draft, Sender};

const USAGE: &str = "usage: recipients [--folds N] [--seed N] [--out FILE] [--rules PACKS] FOLDER…";

struct Arguments {
    folds: Option<usize>,
    seed: u64,
    out: PathBuf,
    rules: Option<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Arguments {
    fn read(mut given: impl Iterator<Item = String>) -> Result<Arguments, Box<dyn Error>> {
        let out = PathBuf::from("data/recipient_weights.tsv");
        let mut arguments = Arguments { folds: None, seed: 1, out, rules: None, folders: Vec::new() };
        while let Some(one) = given.next() {
            match one.as_str() {
                "--folds" => arguments.folds = Some(given.next().ok_or(USAGE)?.parse()?).filter(|folds| *folds > 1),
                "--seed" => arguments.seed = given.next().ok_or(USAGE)?.parse()?,
                "--out" => arguments.out = given.next().ok_or(USAGE)?.into(),
                "--rules" => arguments.rules = Some(given.next().ok_or(USAGE)?.into()),
                folder => arguments.folders.push(folder.into()),
            }
        }
        if arguments.folders.is_empty() { Err(USAGE.into()) } else { Ok(arguments) }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read(std::env::args().skip(1))?;
    let senders = walk::read(&arguments.folders)?;
    let mails: usize = senders.iter().map(|sender| sender.letters.len()).sum();
    eprintln!("{} senders, {mails} mails", senders.len());
    let drafts = of_each(&senders, |of| walk::drafts(&senders, of, arguments.seed))?;
    let all: Vec<&Draft> = drafts.iter().flatten().collect();
    std::fs::write(&arguments.out, parts::learn(&all, |of| senders[of].folder))?;
    if let Some(folds) = arguments.folds {
        print!("{}", fares(&arguments, folds, &senders, &drafts)?);
    }
    Ok(())
}

/// What `work` makes of each sender.
fn of_each<T: Send>(
    senders: &[Sender],
    work: impl Fn(usize) -> Result<T, Box<dyn Error>> + Sync,
) -> Result<Vec<T>, Box<dyn Error>> {
    let all: Vec<usize> = (0..senders.len()).collect();
    let done = on_all_processors(&all, |of| work(*of).map_err(|error| error.to_string()));
    Ok(done.into_iter().collect::<Result<Vec<T>, String>>()?)
}

/// How weights fitted to the other senders fare on each.
fn fares(
    arguments: &Arguments,
    folds: usize,
    senders: &[Sender],
    drafts: &[Vec<Draft>],
) -> Result<String, Box<dyn Error>> {
    // Each fold has its part of every folder.
    let fold = |of: usize| senders[..of].iter().filter(|one| one.folder == senders[of].folder).count() % folds;
    let learn = |out: &usize| {
        let others: Vec<&Draft> = drafts.iter().flatten().filter(|draft| fold(draft.sender) != *out).collect();
        Weights::read(&parts::learn(&others, |of| senders[of].folder))
    };
    let weights = (0..folds).map(|out| learn(&out)).collect::<Result<Vec<Weights>, String>>()?;
    let packs = arguments.rules.as_deref().map_or_else(|| Ok(Rules::embedded()), packs::read)?;
    let rules = Rules::load(&packs, &[], Lang::En).map_err(|problems| problems[0].to_string())?;
    let counts = of_each(senders, |of| rules::count(senders, of, arguments.seed, &weights[fold(of)], &rules))?;
    let (mut table, mut said, mut thresholds) = (String::new(), String::new(), String::new());
    for (folder, path) in arguments.folders.iter().enumerate() {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let its = drafts.iter().flatten().filter(|draft| senders[draft.sender].folder == folder);
        let judged = Judged::of(its.map(|draft| (draft, &weights[fold(draft.sender)])));
        table += &judged.table(&name);
        thresholds += &format!("{name}\n{}", judged.thresholds());
        let mut sum = Counts::default();
        (0..senders.len()).filter(|of| senders[*of].folder == folder).for_each(|of| sum.add(&counts[of]));
        said += &sum.table(&name);
    }
    let all = Judged::of(drafts.iter().flatten().map(|draft| (draft, &weights[fold(draft.sender)])));
    thresholds += &format!("all\n{}", all.thresholds());
    Ok(format!(
        "| | P@1, 1 %, 5 % without thread | with thread |\n|---|---|---|\n{table}\n{}{said}\n{thresholds}",
        rules::HEAD
    ))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    /// Six people of one house, each with matters of their own: words, and who gets them.
    fn folder() -> tempfile::TempDir {
        const MATTERS: [(&str, [&str; 2]); 4] = [
            ("the sampling plan and the trial review", ["Karin Holt", "Nils Vik"]),
            ("the lease of the scanner and its invoice", ["Karim Oduya", "Mia Holt"]),
            ("the minutes of the council meeting", ["Nils Berg", "Tess Vik"]),
            ("the catalogue and its printing", ["Mia Lund", "Owen Holt"]),
        ];
        let folder = tempfile::tempdir().expect("a directory");
        for sender in 0..6 {
            let mut text = String::new();
            for mail in 0..160 {
                let (matter, people) = MATTERS[(mail * 7 + mail / 5) % 4];
                // Each has customers of their own under the same names.
                let to = people.map(|name| {
                    let house = if mail % 3 == 0 { "alta" } else { "beech" };
                    format!("\"{name} <{}{sender}@{house}.example>\"", name.to_lowercase().replace(' ', "."))
                });
                let day = format!("2025-{:02}-{:02}T10:00:00Z", 1 + mail / 20, 1 + mail % 20);
                writeln!(
                    text,
                    r#"{{"id": "<{sender}.{mail}@own.example>", "date": "{day}", "from": "s{sender}@own.example", "to": [{}], "subject": "{matter}", "body": "Here are {matter}, as we said."}}"#,
                    to.join(", ")
                )
                .expect("a string takes it");
            }
            std::fs::write(folder.path().join(format!("{sender}.jsonl")), text).expect("a file");
        }
        folder
    }

    #[test]
    fn the_same_mails_teach_the_same_weights_and_they_tell_who_is_wrong() {
        let folder = folder();
        let senders = walk::read(&[folder.path().to_owned()]).expect("senders");
        let learn = || {
            let drafts = of_each(&senders, |of| walk::drafts(&senders, of, 1)).expect("drafts");
            let table = parts::learn(&drafts.iter().flatten().collect::<Vec<&Draft>>(), |_| 0);
            (drafts, table)
        };
        let (drafts, table) = learn();
        assert_eq!(table, learn().1);
        let weights = Weights::read(&table).expect("a table");
        let judged = Judged::of(drafts.iter().flatten().map(|draft| (draft, &weights)));
        let closed = judged.table("all");
        let first: f64 = closed.split([' ', '|']).filter_map(|cell| cell.parse().ok()).next().expect("a number");
        assert!(first > 0.9, "{closed}");
    }
}
