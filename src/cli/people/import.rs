//! `atena people import`: reads sent mail on all processors, learns it in batches, each all or nothing. Interrupted, it is
//! simply run again: what was learnt is known by its Message-ID.

use std::cell::RefCell;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::super::Stop;
use super::super::inputs::{self, Input};
use super::super::progress::Progress;
use super::{Desk, Import, told};
use crate::config::FromPattern;
use crate::correspondents::{Card, Outline, Record, Records};
use crate::lang::{Bilingual, Lang};
use crate::message::{Address, Message};
use crate::output::Unreadable;
use crate::people::domain::belongs_to;
use crate::store::StoreError;

/// Mails of one transaction: so many at once that rows they share are written once, so few that memory stays small.
const BATCH: usize = 2_000;

/// Problems shown; the rest is counted.
const MOST_SHOWN: usize = 20;

/// What came of an import.
#[derive(Default)]
struct Count {
    learnt: usize,
    known: usize,
    people: usize,
    /// Mails that somebody else wrote.
    others: usize,
    problems: Vec<Unreadable>,
}

impl Desk<'_> {
    pub(super) fn import(&self, import: &Import, out: &mut dyn Write) -> Result<u8, Stop> {
        let mine = Mine::of(self, import)?;
        let mut count = Count::default();
        let (records, mails): (Vec<PathBuf>, Vec<PathBuf>) =
            import.sources.iter().cloned().partition(|path| is_records(path));
        for path in &records {
            self.import_records(path, &mine, &mut count).map_err(|error| told(&error, self.lang))?;
        }
        if !mails.is_empty() {
            self.import_mails(&mails, &mine, &mut count).map_err(|error| told(&error, self.lang))?;
        }
        self.report(&count, out)
    }

    fn import_records(&self, path: &Path, mine: &Mine, count: &mut Count) -> Result<(), StoreError> {
        let name = path.display().to_string();
        let problem = |line: usize, reason: String| Unreadable {
            path: if line == 0 { name.clone() } else { format!("{name}:{line}") },
            reason: Bilingual::new(reason.clone(), reason),
        };
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) => {
                count.problems.push(problem(0, error.to_string()));
                return Ok(());
            }
        };
        let mut records = Records::default();
        let mut mails = Vec::new();
        for (number, line) in BufReader::new(file).lines().enumerate() {
            let line = match line {
                Ok(line) => line,
                Err(error) => {
                    count.problems.push(problem(number + 1, error.to_string()));
                    break;
                }
            };
            match records.read(&line) {
                _ if line.trim().is_empty() => {}
                Ok(Record::Mail(outline)) => mails.extend(mine.take(outline, count)),
                Ok(Record::Person { of, card }) => self.enter(of, card, mine, count)?,
                Ok(Record::Other) => {}
                Err(error) => count.problems.push(problem(number + 1, error)),
            }
            if mails.len() >= BATCH {
                self.learn(std::mem::take(&mut mails), count)?;
            }
        }
        self.learn(mails, count)
    }

    fn enter(&self, of: Vec<String>, card: Card, mine: &Mine, count: &mut Count) -> Result<(), StoreError> {
        let senders = mine.as_sender.clone().map_or(of, |sender| vec![sender]);
        for sender in senders {
            count.people += self.people.enter(&sender, vec![card.clone()])?;
        }
        Ok(())
    }

    fn learn(&self, mails: Vec<Outline>, count: &mut Count) -> Result<(), StoreError> {
        if mails.is_empty() {
            return Ok(());
        }
        let learnt = self.people.learn(mails)?;
        count.learnt += learnt.new;
        count.known += learnt.skipped;
        Ok(())
    }

    /// One thread reads, as many as there are processors take mails apart, one learns; bounded queues between them keep
    /// memory flat.
    fn import_mails(&self, paths: &[PathBuf], mine: &Mine, count: &mut Count) -> Result<(), StoreError> {
        let workers = thread::available_parallelism().map_or(1, usize::from);
        let (raw_sender, raw) = mpsc::sync_channel::<Input>(workers * 4);
        let (outline_sender, outlines) = mpsc::sync_channel::<Result<Outline, Unreadable>>(BATCH);
        let raw = Mutex::new(raw);
        let problems = RefCell::new(Vec::new());
        let outcome = thread::scope(|scope| {
            for _ in 0..workers {
                let outlines = outline_sender.clone();
                scope.spawn(|| take_apart(&raw, outlines));
            }
            drop(outline_sender);
            let learner = scope.spawn(move || self.learn_all(outlines, mine));
            let mut progress = Progress::new(self.lang);
            let mut number = 0;
            let mut take = |input: Input| {
                number += 1;
                progress.tick(number);
                // Workers stop before the end only if the learner could not go on, and then its error is told.
                let _ = raw_sender.send(input);
            };
            inputs::read_all(paths, &mut take, &mut |problem| problems.borrow_mut().push(problem));
            drop(raw_sender);
            progress.done();
            learner.join().expect("learning ends in order")
        });
        let learnt = outcome?;
        count.learnt += learnt.learnt;
        count.known += learnt.known;
        count.others += learnt.others;
        count.problems.extend(problems.into_inner().into_iter().chain(learnt.problems));
        Ok(())
    }

    fn learn_all(&self, outlines: Receiver<Result<Outline, Unreadable>>, mine: &Mine) -> Result<Count, StoreError> {
        let mut count = Count::default();
        let mut batch = Vec::new();
        for outline in outlines {
            match outline {
                Ok(outline) => batch.extend(mine.take(outline, &mut count)),
                Err(problem) => count.problems.push(problem),
            }
            if batch.len() >= BATCH {
                self.learn(std::mem::take(&mut batch), &mut count)?;
            }
        }
        self.learn(batch, &mut count)?;
        Ok(count)
    }

    fn report(&self, count: &Count, out: &mut dyn Write) -> Result<u8, Stop> {
        for problem in count.problems.iter().take(MOST_SHOWN) {
            writeln!(out, "{}: {}", problem.path, problem.reason.get(self.lang))?;
        }
        let (learnt, known, people, others) = (count.learnt, count.known, count.people, count.others);
        let more = count.problems.len();
        let mut said = vec![match self.lang {
            Lang::En => format!("mails learnt from: {learnt}; known before: {known}"),
            Lang::Ja => format!("学習したメール: {learnt}通（学習済み: {known}通）"),
        }];
        said.extend((people > 0).then(|| match self.lang {
            Lang::En => format!("new people: {people}"),
            Lang::Ja => format!("新しい連絡先: {people}件"),
        }));
        said.extend((others > 0).then(|| match self.lang {
            Lang::En => {
                format!("left out, written by others: {others} (a former address of yours is named with --from)")
            }
            Lang::Ja => {
                format!("ほかの人が書いたメール（対象外）: {others}通（以前の自分のアドレスは --from で指定できます）")
            }
        }));
        said.extend((more > 0).then(|| match self.lang {
            Lang::En => format!("not read: {more}"),
            Lang::Ja => format!("読み取れなかったもの: {more}件"),
        }));
        for line in said {
            writeln!(out, "{line}")?;
        }
        // Nothing at all could be read: most likely the wrong place was named.
        Ok(if more > 0 && learnt + known + people + others == 0 { super::super::USAGE } else { 0 })
    }
}

fn take_apart(raw: &Mutex<Receiver<Input>>, outlines: SyncSender<Result<Outline, Unreadable>>) {
    loop {
        // A poisoned lock only says that another worker panicked between two mails.
        let next = raw.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(input) = next else { return };
        let outline = outline(&input);
        if outlines.send(outline).is_err() {
            return;
        }
    }
}

fn outline(input: &Input) -> Result<Outline, Unreadable> {
    let problem = |en: &str, ja: &str| Unreadable { path: input.path.clone(), reason: Bilingual::new(en, ja) };
    if !inputs::is_mail(&input.raw) {
        return Err(problem("this is no mail", "メールではありません"));
    }
    let message =
        Message::parse(&input.raw).map_err(|_| problem("its structure cannot be read", "構造を読み取れません"))?;
    let outline =
        Outline::of(&message).ok_or_else(|| problem("nobody is named as its author", "差出人がありません"))?;
    match outline.at {
        Some(_) => Ok(outline),
        None => Err(problem("its Date cannot be read", "Date を読み取れません")),
    }
}

fn is_records(path: &Path) -> bool {
    path.extension().is_some_and(|of| of.eq_ignore_ascii_case("jsonl") || of.eq_ignore_ascii_case("ndjson"))
}

/// Whose mail it is.
struct Mine {
    /// In lower case.
    addresses: Vec<String>,
    domains: Vec<String>,
    as_sender: Option<String>,
}

impl Mine {
    fn of(desk: &Desk<'_>, import: &Import) -> Result<Mine, Stop> {
        let wrong = |text: &String, what: &str| {
            Stop::Message(match desk.lang {
                Lang::En => format!("{what} {text}: not a mail address"),
                Lang::Ja => format!("{what} {text}: メールアドレスとして読めません"),
            })
        };
        let as_sender = match &import.as_sender {
            Some(text) if text.starts_with('@') && text.len() > 1 => Some(text.to_lowercase()),
            Some(text) => Some(Address::parse(text).map_err(|_| wrong(text, "--as"))?.key()),
            None => None,
        };
        let named =
            import.from.iter().map(|text| Address::parse(text).map(|one| one.key()).map_err(|_| wrong(text, "--from")));
        let mut addresses = named.collect::<Result<Vec<_>, _>>()?;
        addresses.extend(as_sender.iter().filter(|sender| !sender.starts_with('@')).cloned());
        let (mut domains, config) = (desk.config.own_domains.clone(), desk.config);
        domains.extend(as_sender.iter().filter_map(|sender| sender.strip_prefix('@').map(str::to_owned)));
        for from in config.accounts.iter().flat_map(|account| &account.from) {
            match from {
                FromPattern::Domain(domain) => domains.push(domain.clone()),
                FromPattern::Address(address) => addresses.push(address.clone()),
            }
        }
        Ok(Mine { addresses, domains, as_sender })
    }

    /// The mail if it is one's own, under the name it counts for.
    fn take(&self, outline: Outline, count: &mut Count) -> Option<Outline> {
        let is_told = !self.addresses.is_empty() || !self.domains.is_empty();
        let domain = outline.sender.rsplit_once('@').map_or("", |(_, domain)| domain);
        let is_mine =
            self.addresses.contains(&outline.sender) || self.domains.iter().any(|own| belongs_to(domain, own));
        if is_told && !is_mine {
            count.others += 1;
            return None;
        }
        let sender = self.as_sender.clone().unwrap_or_else(|| outline.sender.clone());
        Some(Outline { sender, ..outline })
    }
}
