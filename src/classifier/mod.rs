//! What a sentence does in an answer to a fault, told by its words: a linear classifier.
//!
//! Expressions find what somebody listed, and there are a hundred ways to make amends or to plead circumstances. So each
//! sentence is also weighed by its words, pairs of words and stems, in Japanese by its characters, and by its place and
//! length: one logistic regression for each role (Fan and others, "LIBLINEAR", JMLR 9, 2008, tell the model; learnt with
//! AdaGrad, Duchi and others, JMLR 12, 2011). It is learnt from the sentences of `fixtures/answers` and `fixtures/fault`
//! by `examples/learn`, which also says how it was measured; `rules/weights.tsv` has what was learnt, for people to
//! read. Nothing is downloaded, and the words that decided can be told.
//!
//! What is written now is then weighed once more, each sentence among its neighbours (`stacked`).
//!
//! Limits: languages other than Japanese and English weigh next to nothing.

mod features;
pub mod stacked;
mod table;

use std::ops::Range;

pub use features::{Feature, Place, each};
use table::{Hash, SCALE, Table};

/// The list of roles, once: the variants, their letters in tables and labelled sentences, and their names.
macro_rules! roles {
    ($($(#[$doc:meta])* $variant:ident $letter:literal $name:literal,)*) => {
        /// What a sentence may do. The last five are looked for in quoted text, the others in what was written now.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Role {
            $($(#[$doc])* $variant,)*
        }

        impl Role {
            pub const ALL: &[Role] = &[$(Role::$variant),*];

            /// In `rules/weights.tsv` and `fixtures/answers`.
            pub fn letter(self) -> &'static str {
                match self {
                    $(Role::$variant => $letter,)*
                }
            }

            /// In output.
            pub fn name(self) -> &'static str {
                match self {
                    $(Role::$variant => $name,)*
                }
            }
        }
    };
}

roles! {
    Apology "A" "apology",
    /// Conditional, about the reader's feelings, or mere regret.
    NonApology "N" "non-apology",
    /// Says what went wrong on our side.
    NamedFault "F" "named-fault",
    /// Takes it on ourselves.
    Ownership "R" "ownership",
    Cause "C" "cause",
    Excuse "X" "excuse",
    Blame "B" "blame",
    Minimizing "M" "minimizing",
    /// A curt order or a put-down.
    Command "D" "command",
    Defence "O" "defence",
    Runaround "W" "runaround",
    Pressure "P" "pressure",
    Remedy "Y" "remedy",
    Prevention "Z" "prevention",
    /// "We will take more care": nothing concrete.
    Vow "V" "vow",
    NextContact "K" "next-contact",
    /// "Feel free to contact us".
    Invitation "k" "invitation",
    Thanks "T" "thanks",
    DelayAck "L" "delay-ack",
    Empathy "E" "empathy",
    /// Quoted: about our side.
    Complaint "c" "complaint",
    /// Quoted: about somebody else.
    Foreign "o" "foreign",
    Question "q" "question",
    Chaser "h" "chaser",
    /// Quoted: it is settled, or thanks.
    Settled "s" "settled",
}

/// How many roles there are.
pub const ROLES: usize = Role::ALL.len();

/// Log-odds of each role.
pub type Odds = [f32; ROLES];

/// Odds of a sentence that nothing was learnt for.
pub const NEVER: f32 = -6.0;

/// Odds of no sentence at all.
pub const NOTHING: Odds = [NEVER; ROLES];

/// Odds of a rare role are low: half of what is found at these is right.
pub(crate) const HALF: f32 = -1.5;

/// How surely something has a role: from 0 to 1, a half at [`HALF`]. How unlikely the unlikely is tells nothing.
pub(crate) fn seen(odds: f32) -> f32 {
    1.0 / (1.0 + (HALF - odds).exp())
}

fn higher(one: &Odds, other: &Odds) -> Odds {
    std::array::from_fn(|role| f32::max(one[role], other[role]))
}

/// The odds of the likeliest of some sentences, role by role.
pub fn best(sentences: impl Iterator<Item = Odds>) -> Odds {
    sentences.fold(NOTHING, |best, odds| higher(&best, &odds))
}

/// The table that comes with the program.
static WEIGHTS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/rules/weights"));

/// Sentences beyond these tell nothing new, and a text may have a hundred thousand.
const MOST: usize = 200;

/// Where a text comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Written now.
    Own,
    Quoted,
}

impl Source {
    /// The table for a sentence.
    pub fn table(self, sentence: &str) -> &'static str {
        match (self, features::is_japanese(sentence)) {
            (Source::Own, false) => "en",
            (Source::Own, true) => "ja",
            (Source::Quoted, false) => "en>",
            (Source::Quoted, true) => "ja>",
        }
    }
}

/// What is learnt for a name in a table besides those of sentences, one weight for each column.
pub(crate) fn row(table: &str, name: &str) -> impl Iterator<Item = (usize, f32)> + use<> {
    let row = Table::read(WEIGHTS).row(Hash::of(table).and(name.as_bytes()));
    row.map(|(column, weight)| (column, f32::from(weight) / SCALE))
}

/// The odds of the sentences of a folded text that was written now, in their order, each among the others and below the
/// best of what is quoted.
pub fn weigh_together(text: &str, sentences: &[Range<usize>], quoted: &Odds) -> Vec<Odds> {
    let alone = weigh(text, sentences, Source::Own);
    let stacked = stacked::Sentences::new(&alone, quoted);
    let odds = |(at, range): (usize, &Range<usize>)| stacked.odds(at, Source::Own.table(&text[range.clone()]));
    sentences.iter().take(alone.len()).enumerate().map(odds).collect()
}

/// The odds of the sentences of a folded text, in their order, each by itself.
pub fn weigh(text: &str, sentences: &[Range<usize>], source: Source) -> Vec<Odds> {
    let table = Table::read(WEIGHTS);
    let of = sentences.len();
    let weighed = sentences.iter().take(MOST).enumerate();
    weighed.map(|(at, range)| odds(table, &text[range.clone()], Place { at, of }, source)).collect()
}

fn odds(table: Table<'_>, sentence: &str, place: Place, source: Source) -> Odds {
    let begun = Hash::of(source.table(sentence));
    let mut sum = [0.0; ROLES];
    let add = |hash: Hash, into: &mut Odds| table.row(hash).for_each(|(role, weight)| into[role] += f32::from(weight));
    let count = each(sentence, place, |feature| add(feature.hash(begun), &mut sum));
    let mut always = [0.0; ROLES];
    add(begun, &mut always);
    let shrunk = 1.0 / (count as f32).sqrt();
    std::array::from_fn(|role| ((always[role] + sum[role] * shrunk) / SCALE).max(NEVER))
}

impl Feature<'_> {
    fn hash(self, begun: Hash) -> Hash {
        match self {
            Feature::Words(words) => begun.and(words.as_bytes()),
            Feature::Pair(first, second) => begun.and(first.as_bytes()).and(b" ").and(second.as_bytes()),
            Feature::Stem(stem) => begun.and(stem.as_bytes()).and(b"*"),
            Feature::Quarter(n) => begun.and(b"@quarter").and(&[digit(n)]),
            Feature::Length(n) => begun.and(b"@length").and(&[digit(n)]),
        }
    }
}

/// Below ten.
fn digit(n: usize) -> u8 {
    b"0123456789"[n % 10]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_is_looked_up_by_the_text_it_has_in_the_table() {
        let begun = Hash::of("en");
        for feature in [
            Feature::Words("we"),
            Feature::Pair("we", "#"),
            Feature::Stem("refu"),
            Feature::Quarter(3),
            Feature::Length(6),
        ] {
            let by_text = begun.and(feature.to_string().as_bytes());
            assert_eq!(format!("{:?}", feature.hash(begun)), format!("{by_text:?}"), "{feature}");
        }
    }
}
