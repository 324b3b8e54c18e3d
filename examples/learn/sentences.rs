//! What sentences do, learnt table by table: first each by itself, then among its neighbours.

use std::collections::{BTreeSet, HashMap};

use atena::classifier::{NEVER, Odds, Role, best, stacked};

use super::Weights;
use super::corpus::{Mail, Sentence};
use super::regression::{Learnt, Pace, Sparse, learn};

/// Features of fewer sentences tell of a sentence, not of a language.
const RAREST: usize = 3;
/// Small weights of words change next to nothing, and are most of them.
const BY_WORDS: Pace = Pace { step: 0.6, penalty: 1e-4, least: 0.5 };
const STACKED: Pace = Pace { step: 0.3, penalty: 5e-4, least: 0.01 };

/// Gives each sentence its odds by weights that were learnt from all other authors; returns the weights of all.
pub(crate) fn learnt(mails: &mut [Mail]) -> Weights {
    let mut out = Weights::new();
    let alone: Vec<Lessons> = tables(mails).iter().map(|table| Lessons::alone(mails, table)).collect();
    for lessons in &alone {
        lessons.held_out(mails);
        out.extend(lessons.weights());
    }
    let own = alone.iter().filter(|lessons| !lessons.table.ends_with('>'));
    let stacked: Vec<Lessons> = own.map(|lessons| Lessons::stacked(mails, &lessons.table)).collect();
    for lessons in &stacked {
        lessons.held_out(mails);
        out.extend(lessons.weights());
    }
    for mail in mails {
        mail.evidence.best = best(mail.own.iter().chain(&mail.quoted).map(|one| one.odds));
    }
    out
}

fn tables(mails: &[Mail]) -> BTreeSet<String> {
    mails.iter().flat_map(sentences).map(|one| one.table.to_owned()).collect()
}

fn sentences(mail: &Mail) -> impl Iterator<Item = &Sentence> {
    mail.own.iter().chain(&mail.quoted)
}

/// The sentences of a table.
struct Lessons {
    table: String,
    of: Vec<Lesson>,
    names: Vec<String>,
    pace: Pace,
    /// The table that is written.
    writes: String,
}

struct Lesson {
    mail: usize,
    /// Its place among the sentences written now, then those quoted.
    at: usize,
    sentence: Sparse,
}

impl Lessons {
    /// By their words.
    fn alone(mails: &[Mail], table: &str) -> Lessons {
        let all = || mails.iter().flat_map(sentences).filter(|one| one.table == table);
        let mut holders: HashMap<&str, usize> = HashMap::new();
        for one in all().filter(|one| is_labelled(&one.has)) {
            let each: BTreeSet<&String> = one.features.iter().collect();
            each.into_iter().for_each(|feature| *holders.entry(feature).or_default() += 1);
        }
        holders.retain(|_, count| *count >= RAREST);
        let mut names: Vec<String> = holders.into_keys().map(str::to_owned).collect();
        names.sort();
        let number: HashMap<&str, u32> = (0..).zip(&names).map(|(n, name)| (name.as_str(), n)).collect();
        let of = lessons(mails, table, |_, _, one| {
            let shrunk = 1.0 / (one.features.len() as f32).sqrt();
            let known = one.features.iter().filter_map(|feature| number.get(feature.as_str()));
            known.map(|feature| (*feature, shrunk)).collect()
        });
        Lessons { table: table.to_owned(), of, names, pace: BY_WORDS, writes: table.to_owned() }
    }

    /// By the odds of all sentences of their mails.
    fn stacked(mails: &[Mail], table: &str) -> Lessons {
        let odds = |sentences: &[Sentence]| sentences.iter().map(|one| one.odds).collect::<Vec<Odds>>();
        let of = lessons(mails, table, |mail, at, _| {
            let (own, quoted) = (odds(&mail.own), best(mail.quoted.iter().map(|one| one.odds)));
            let mut features = Vec::new();
            stacked::Sentences::new(&own, &quoted).each(at, |feature, value| {
                // There are a hundred or two.
                features.push((u32::try_from(feature).unwrap(), value));
            });
            features
        });
        Lessons { table: table.to_owned(), of, names: stacked::names(), pace: STACKED, writes: stacked::table(table) }
    }

    fn learn<'l>(&self, from: impl Iterator<Item = &'l Lesson>) -> Learnt {
        let labelled = from.map(|lesson| &lesson.sentence).filter(|sentence| is_labelled(&sentence.has));
        learn(&labelled.collect::<Vec<_>>(), self.names.len(), &self.pace)
    }

    /// Gives each sentence its odds by the sentences of all other authors.
    fn held_out(&self, mails: &mut [Mail]) {
        let authors: BTreeSet<String> = mails.iter().map(|mail| mail.author.clone()).collect();
        for author in &authors {
            let (held, others): (Vec<&Lesson>, Vec<&Lesson>) =
                self.of.iter().partition(|lesson| mails[lesson.mail].author == *author);
            if held.is_empty() {
                continue;
            }
            let learnt = self.learn(others.into_iter());
            for lesson in held {
                let mail = &mut mails[lesson.mail];
                let own = mail.own.len();
                let one = if lesson.at < own { &mut mail.own[lesson.at] } else { &mut mail.quoted[lesson.at - own] };
                one.odds = learnt.odds(&lesson.sentence).map(|odds| odds.max(NEVER));
            }
        }
    }

    /// What all sentences teach.
    fn weights(&self) -> Weights {
        let Learnt { weights, always } = self.learn(self.of.iter());
        println!("{}: {} sentences, {} features", self.writes, self.of.len(), self.names.len());
        let of_all = String::new();
        let rows = self.names.iter().zip(&weights).chain([(&of_all, &always)]).map(|(name, row)| {
            let told = row.iter().zip(Role::ALL).filter(|(weight, _)| weight.abs() > 0.0);
            ((self.writes.clone(), name.clone()), told.map(|(weight, role)| (role.letter(), *weight)).collect())
        });
        rows.collect()
    }
}

/// The sentences of a table, with the features of each.
fn lessons(mails: &[Mail], table: &str, features: impl Fn(&Mail, usize, &Sentence) -> Vec<(u32, f32)>) -> Vec<Lesson> {
    let all =
        mails.iter().enumerate().flat_map(|(n, mail)| sentences(mail).enumerate().map(move |(at, one)| (n, at, one)));
    let all = all.filter(|(_, _, one)| one.table == table);
    let lesson = |(mail, at, one): (usize, usize, &Sentence)| Lesson {
        mail,
        at,
        sentence: Sparse { features: features(&mails[mail], at, one), has: one.has },
    };
    all.map(lesson).collect()
}

/// Whether a person said anything of what it does.
fn is_labelled(has: &[Option<bool>]) -> bool {
    has.iter().any(Option::is_some)
}
