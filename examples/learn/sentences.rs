//! What sentences do, learnt table by table.

use std::collections::{BTreeSet, HashMap};

use atena::classifier::{NEVER, Role};
use atena::rule::opinion::best;

use super::Weights;
use super::corpus::{Mail, Sentence};
use super::regression::{Learnt, Sparse, learn};

/// Features of fewer sentences tell of a sentence, not of a language.
const RAREST: usize = 3;

/// Gives each sentence its odds by weights that were learnt from all other authors.
pub(crate) fn without_their_author(mails: &mut [Mail]) {
    let authors: BTreeSet<String> = mails.iter().map(|mail| mail.author.clone()).collect();
    for table in tables(mails) {
        let lessons = Lessons::new(mails, &table);
        for author in &authors {
            let (held, others): (Vec<&Lesson>, Vec<&Lesson>) =
                lessons.of.iter().partition(|lesson| mails[lesson.mail].author == *author);
            if held.is_empty() {
                continue;
            }
            let learnt = lessons.learn(others.into_iter());
            let mut odds = held.iter().map(|lesson| learnt.odds(&lesson.sentence)).collect::<Vec<_>>().into_iter();
            for mail in mails.iter_mut().filter(|mail| mail.author == *author) {
                for sentence in mail.own.iter_mut().chain(&mut mail.quoted).filter(|one| one.table == table) {
                    // As many as were held back, in the same order.
                    sentence.odds = odds.next().unwrap().map(|odds| odds.max(NEVER));
                }
            }
        }
    }
    for mail in mails {
        mail.evidence.best = best(mail.own.iter().chain(&mail.quoted).map(|one| &one.odds));
    }
}

/// The weights of all sentences.
pub(crate) fn learnt(mails: &[Mail]) -> Weights {
    let mut out = Weights::new();
    for table in tables(mails) {
        let lessons = Lessons::new(mails, &table);
        let Learnt { weights, always } = lessons.learn(lessons.of.iter());
        println!("{table}: {} sentences, {} features", lessons.of.len(), lessons.names.len());
        let of_all = String::new();
        let rows = lessons.names.iter().zip(&weights).chain([(&of_all, &always)]).map(|(name, row)| {
            let told = row.iter().zip(Role::ALL).filter(|(weight, _)| weight.abs() > 0.0);
            ((table.clone(), name.clone()), told.map(|(weight, role)| (role.letter(), *weight)).collect())
        });
        out.extend(rows);
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
    of: Vec<Lesson>,
    names: Vec<String>,
}

struct Lesson {
    mail: usize,
    sentence: Sparse,
}

impl Lessons {
    fn new(mails: &[Mail], table: &str) -> Lessons {
        let all = mails.iter().enumerate().flat_map(|(n, mail)| sentences(mail).map(move |one| (n, one)));
        let all: Vec<(usize, &Sentence)> = all.filter(|(_, one)| one.table == table).collect();
        let mut holders: HashMap<&str, usize> = HashMap::new();
        for (_, one) in all.iter().filter(|(_, one)| is_labelled(&one.has)) {
            let each: BTreeSet<&String> = one.features.iter().collect();
            each.into_iter().for_each(|feature| *holders.entry(feature).or_default() += 1);
        }
        holders.retain(|_, count| *count >= RAREST);
        let mut names: Vec<String> = holders.into_keys().map(str::to_owned).collect();
        names.sort();
        let number: HashMap<&str, u32> = (0..).zip(&names).map(|(n, name)| (name.as_str(), n)).collect();
        let sparse = |one: &Sentence| Sparse {
            features: one.features.iter().filter_map(|feature| number.get(feature.as_str()).copied()).collect(),
            shrunk: 1.0 / (one.features.len() as f32).sqrt(),
            has: one.has,
        };
        let of = all.into_iter().map(|(mail, one)| Lesson { mail, sentence: sparse(one) });
        Lessons { of: of.collect(), names }
    }

    fn learn<'l>(&self, from: impl Iterator<Item = &'l Lesson>) -> Learnt {
        let labelled = from.map(|lesson| &lesson.sentence).filter(|sentence| is_labelled(&sentence.has));
        learn(&labelled.collect::<Vec<_>>(), self.names.len())
    }
}

/// Whether a person said anything of what it does.
fn is_labelled(has: &[Option<bool>]) -> bool {
    has.iter().any(Option::is_some)
}
