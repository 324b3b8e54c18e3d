//! Tens of thousands of words and thousands of patterns, linked into octets that a text is scanned with as they lie.
//!
//! `build.rs` has this module too: it links what comes with the program, so that a start reads nothing but what it
//! needs. One's own packs are linked by the same code when they are read.

mod linker;
mod literals;
mod names;
mod octets;
mod triggers;

use std::borrow::Cow;

pub(crate) use linker::{Linker, Wrong};
use literals::Literals;
pub(crate) use names::Names;
use octets::{Groups, Numbers, Reader, Texts};
#[allow(unused_imports)]
pub(crate) use triggers::BOUNDARY;

/// Lists of words that were linked.
#[derive(Debug)]
pub(crate) struct Lexicon(Cow<'static, [u8]>);

/// What a literal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Word {
        list: usize,
        /// It begins, or ends, with a word.
        start: bool,
        end: bool,
    },
    /// The pattern can only match where this literal is.
    Trigger { pattern: usize },
}

/// The parts of a lexicon. Literals, patterns and lists go by their numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    literals: Literals<'a>,
    patterns: Texts<'a>,
    /// Whether every match of a pattern begins with one of its triggers.
    begins: &'a [u8],
    patterns_of: Groups<'a>,
    lists_of: Groups<'a>,
    untriggered: Numbers<'a>,
}

impl Lexicon {
    /// What [`Linker::build`] made.
    pub(crate) fn new(octets: impl Into<Cow<'static, [u8]>>) -> Lexicon {
        Lexicon(octets.into())
    }

    pub(crate) fn view(&self) -> View<'_> {
        let mut parts = Reader(&self.0);
        View {
            literals: Literals::read(&mut parts),
            patterns: parts.texts(),
            begins: parts.octets(),
            patterns_of: parts.groups(),
            lists_of: parts.groups(),
            untriggered: parts.numbers(),
        }
    }
}

impl<'a> View<'a> {
    /// Calls back with each literal and each place where it begins, in the order of the places. Some that may begin at
    /// the start of a word only are told within one too.
    pub(crate) fn find(self, text: &str, found: impl FnMut(usize, usize)) {
        self.literals.find(text, found);
    }

    /// Of a literal, in octets.
    pub(crate) fn length(self, literal: usize) -> usize {
        self.literals.length(literal)
    }

    pub(crate) fn meanings(self, literal: usize) -> impl Iterator<Item = Target> + 'a {
        self.literals.meanings(literal).map(Target::of_number)
    }

    pub(crate) fn patterns(self) -> usize {
        self.patterns.len()
    }

    /// The regular expression, and whether every match begins with one of its triggers.
    pub(crate) fn pattern(self, pattern: usize) -> (&'a str, bool) {
        let source = std::str::from_utf8(self.patterns.get(pattern)).expect("the linker had it as text");
        (source, self.begins[pattern] != 0)
    }

    pub(crate) fn patterns_of(self, list: usize) -> impl Iterator<Item = usize> + 'a {
        self.patterns_of.of(list)
    }

    pub(crate) fn lists_of(self, pattern: usize) -> impl Iterator<Item = usize> + 'a {
        self.lists_of.of(pattern)
    }

    /// Patterns that no literal can rule out; each is run over every text.
    pub(crate) fn untriggered(self) -> impl Iterator<Item = usize> + 'a {
        self.untriggered.iter()
    }
}

/// Bits of a target in a number: below that of its list or pattern.
const WORD: usize = 1;
const START: usize = 2;
const END: usize = 4;

impl Target {
    fn number(self) -> usize {
        match self {
            Target::Trigger { pattern } => pattern << 3,
            Target::Word { list, start, end } => {
                list << 3 | WORD | if start { START } else { 0 } | if end { END } else { 0 }
            }
        }
    }

    fn of_number(number: usize) -> Target {
        let is = |bit: usize| number & bit != 0;
        match is(WORD) {
            true => Target::Word { list: number >> 3, start: is(START), end: is(END) },
            false => Target::Trigger { pattern: number >> 3 },
        }
    }
}
