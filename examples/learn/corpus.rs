//! The mails that teach.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;

use atena::classifier::{Odds, Place, ROLES, Role, Source, each};
use atena::facts::Facts;
use atena::message::Message;
use atena::message::text::fold;
use atena::rule::opinion::{Evidence, KINDS, Label};
use atena::rule::{Lesson, Rules};

// It judges findings as well.
#[allow(dead_code)]
#[path = "../score/labelled.rs"]
mod labelled;
use labelled::{Labelled, answers};

/// One mail.
pub(crate) struct Mail {
    pub(crate) author: String,
    pub(crate) own: Vec<Sentence>,
    pub(crate) quoted: Vec<Sentence>,
    /// With the odds of the weights in force; those of its sentences are learnt anew.
    pub(crate) evidence: Evidence,
    pub(crate) by_rules: Vec<Label>,
    /// What holds.
    pub(crate) truth: Vec<Label>,
    /// What a person looked for.
    pub(crate) known: Known,
    /// Whether no rule was tuned on it, so that it says how rules fare.
    pub(crate) untuned: bool,
    /// Which of the kinds of mail it is of.
    pub(crate) kind: Option<usize>,
}

/// What is known of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    All,
    /// Not whether it is about a fault.
    Labels,
    /// An example of a rule tells of that rule.
    Only(Label),
}

impl Mail {
    /// How often it is counted: a person who reads the examples expects what they say.
    pub(crate) fn weight(&self) -> f32 {
        if matches!(self.known, Known::Only(_)) { 3.0 } else { 1.0 }
    }

    pub(crate) fn teaches(&self, label: Label) -> bool {
        match self.known {
            Known::All => true,
            Known::Labels => label != Label::Fault,
            Known::Only(known) => label == known,
        }
    }
}

pub(crate) struct Sentence {
    pub(crate) table: &'static str,
    pub(crate) features: Vec<String>,
    /// What a person said that it does.
    pub(crate) has: [Option<bool>; ROLES],
    /// By weights that were learnt without its author.
    pub(crate) odds: Odds,
}

/// What a person says of one sentence: its codes, and its letters and digits.
struct Told {
    codes: String,
    quoted: bool,
    letters: String,
}

/// Folders that no rule was tuned on are named so.
const UNTUNED: &str = "unseen";

pub(crate) fn read(rules: &Rules, path: &Path) -> Result<Vec<Mail>, Box<dyn Error>> {
    let author = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut out = Vec::new();
    if path.is_file() {
        let japanese = labelled::language(path) == "ja";
        for (n, answer) in answers::read(&std::fs::read_to_string(path)?)?.into_iter().enumerate() {
            let own = answer.own.iter().map(|(codes, words)| Told::new(codes, words, false));
            let quoted = answer.quoted.iter().map(|(codes, words)| Told::new(codes, words, true));
            let told: Vec<Told> = own.chain(quoted).collect();
            let truth = Label::ALL.iter().copied().filter(|label| match label {
                Label::Fault => answer.kind != "none",
                label => answer.labels.iter().any(|name| name == label.name()),
            });
            let truth = truth.collect();
            let kind = KINDS.iter().position(|kind| *kind == answer.kind);
            out.extend(
                mail(rules, &author, &answer.mail(n, japanese)?, &told, truth, Known::All)
                    .map(|mail| Mail { kind, ..mail }),
            );
        }
        return Ok(out);
    }
    let mut told: HashMap<String, Vec<Told>> = HashMap::new();
    for line in std::fs::read_to_string(path.join("sentences.tsv"))?.lines() {
        let mut columns = line.split('\t');
        let (Some(file), Some(codes), Some(words)) = (columns.next(), columns.next(), columns.next()) else { continue };
        told.entry(file.to_owned()).or_default().push(Told::new(codes, words, false));
    }
    for entry in Labelled::read(path)?.entries {
        let told = told.remove(&entry.file).unwrap_or_default();
        let has = |label: &Label| entry.labels.iter().any(|name| name == label.name());
        let truth = Label::ALL.iter().copied().filter(has).collect();
        let mail = mail(rules, &author, &entry.raw, &told, truth, Known::Labels);
        out.extend(mail.map(|mail| Mail { untuned: author.starts_with(UNTUNED), ..mail }));
    }
    Ok(out)
}

/// The examples of the rules.
pub(crate) fn examples(rules: &Rules) -> Vec<Mail> {
    let labelled = |rule| Label::ALL.iter().find(|label| label.name() == labelled::label(rule));
    let mut out = Vec::new();
    for rule in rules.iter() {
        let Some(label) = labelled(&rule.id) else { continue };
        for (message, fires) in rule.examples.iter().filter_map(|one| Some((one.message().ok()?, one.fires))) {
            let truth = if fires { vec![*label] } else { Vec::new() };
            let mail = of_message(rules, "examples", &message, &[], truth, Known::Only(*label));
            out.extend(mail.map(|mail| Mail { untuned: false, ..mail }));
        }
    }
    out
}

fn mail(rules: &Rules, author: &str, raw: &[u8], told: &[Told], truth: Vec<Label>, known: Known) -> Option<Mail> {
    of_message(rules, author, &Message::parse(raw).ok()?, told, truth, known)
}

fn of_message(
    rules: &Rules,
    author: &str,
    message: &Message,
    told: &[Told],
    truth: Vec<Label>,
    known: Known,
) -> Option<Mail> {
    let facts = Facts { now: message.date.clone(), ..Facts::default() };
    let Lesson { own, quoted, evidence, by_rules } = rules.lesson(message, &facts)?;
    let sentences = |words: &[String], source: Source| {
        let of = words.len();
        let one = |(at, words): (usize, &String)| Sentence::new(words, Place { at, of }, source, told);
        words.iter().enumerate().map(one).collect::<Vec<_>>()
    };
    let (words, phrases): (Vec<String>, Vec<Vec<Label>>) = own.into_iter().unzip();
    let mut own = sentences(&words, Source::Own);
    if let Known::Only(label) = known {
        own.iter_mut().zip(&phrases).for_each(|(one, phrases)| one.by_example(label, truth.contains(&label), phrases));
    }
    Some(Mail {
        author: author.to_owned(),
        own,
        quoted: sentences(&quoted, Source::Quoted),
        evidence,
        by_rules,
        truth,
        known,
        untuned: true,
        kind: None,
    })
}

impl Told {
    fn new(codes: &str, words: &str, quoted: bool) -> Told {
        Told { codes: codes.to_owned(), quoted, letters: letters(&fold(words)) }
    }

    /// Sentences may be cut otherwise than they were labelled.
    fn is_about(&self, letters: &str) -> bool {
        const ENOUGH: usize = 6;
        let within = |part: &str, whole: &str| part.chars().count() >= ENOUGH && whole.contains(part);
        !letters.is_empty()
            && (self.letters == letters || within(letters, &self.letters) || within(&self.letters, letters))
    }
}

fn letters(words: &str) -> String {
    words.chars().filter(|c| c.is_alphanumeric()).collect()
}

impl Sentence {
    fn new(words: &str, place: Place, source: Source, told: &[Told]) -> Sentence {
        let mut features = Vec::new();
        each(words, place, |feature| features.push(feature.to_string()));
        let letters = letters(words);
        let mine = told.iter().filter(|told| told.quoted == (source == Source::Quoted) && told.is_about(&letters));
        let codes: String = mine.map(|told| told.codes.as_str()).collect();
        let labelled = told.iter().any(|told| source == Source::Own || told.quoted);
        Sentence {
            table: source.table(words),
            features,
            has: std::array::from_fn(|role| labelled.then(|| codes.contains(Role::ALL[role].letter()))),
            odds: [0.0; ROLES],
        }
    }

    /// Of an example of a rule against what spoils an answer, the sentences with its phrases do that, and none of an
    /// example in which it keeps silent; an example of something that lacks has no sentence that does it.
    fn by_example(&mut self, label: Label, fires: bool, phrases: &[Label]) {
        let has = match (label.is_lack(), fires) {
            (true, true) | (false, false) => Some(false),
            (true, false) => None,
            (false, true) => phrases.contains(&label).then_some(true),
        };
        self.has[label.role() as usize] = has;
    }
}
