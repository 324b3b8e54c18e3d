//! What a sentence does, told by what the sentences around it seem to do: stacked sequential learning (Cohen and Carvalho,
//! IJCAI 2005).
//!
//! "The courier had the wrong address" is a cause where an apology stands before it and a measure behind, and blame where
//! neither does. So each sentence is weighed once more: by its own odds, by those of its neighbours, by the best of what
//! stands earlier and later, and by what is quoted. It is learnt on odds that a sentence got from other authors' weights,
//! so that it trusts them as far as they deserve.

use std::sync::OnceLock;

use super::{NEVER, NOTHING, Odds, ROLES, Role, higher, row, seen};

/// Where odds that are weighed again come from.
#[derive(Debug, Clone, Copy)]
enum Spot {
    /// The sentence itself.
    Own,
    /// The same, as a probability.
    Seen,
    Previous,
    Next,
    Earlier,
    Later,
    Quoted,
}

const SPOTS: [(Spot, &str); 7] = [
    (Spot::Own, "own"),
    (Spot::Seen, "seen"),
    (Spot::Previous, "previous"),
    (Spot::Next, "next"),
    (Spot::Earlier, "earlier"),
    (Spot::Later, "later"),
    (Spot::Quoted, "quoted"),
];

/// Besides odds: the place of the sentence, from 0 to 1; how many there are; whether anything is quoted.
const OTHERS: [&str; 3] = ["place", "length", "quotes"];

/// The names of the features in the table of weights, by their number.
pub fn names() -> Vec<String> {
    let of_spot =
        |(_, spot): &(Spot, &str)| Role::ALL.iter().map(|role| format!("{spot} {}", role.letter())).collect::<Vec<_>>();
    SPOTS.iter().flat_map(of_spot).chain(OTHERS.iter().map(|name| (*name).to_owned())).collect()
}

/// Odds up to these tell nothing: most sentences are not most things.
const LEAST: f32 = -4.0;
/// From so many sentences on a text is long.
const MANY: f32 = 20.0;

/// The weights for sentences of one language.
struct Layer {
    always: Odds,
    weights: Vec<Odds>,
}

impl Layer {
    /// For sentences whose first table is this.
    fn of(first: &str) -> &'static Layer {
        static ENGLISH: OnceLock<Layer> = OnceLock::new();
        static JAPANESE: OnceLock<Layer> = OnceLock::new();
        let layer = if first == "ja" { &JAPANESE } else { &ENGLISH };
        layer.get_or_init(|| {
            let table = table(first);
            let weights = |name: &str| {
                let mut out = [0.0; ROLES];
                row(&table, name).for_each(|(role, weight)| out[role] = weight);
                out
            };
            Layer { always: weights(""), weights: names().iter().map(|name| weights(name)).collect() }
        })
    }
}

/// The table that is learnt for the sentences of another.
pub fn table(first: &str) -> String {
    format!("{first}+")
}

/// The sentences of a text with the odds that each has by itself.
pub struct Sentences<'o> {
    own: &'o [Odds],
    quoted: &'o Odds,
    /// The best up to each sentence, and from each on.
    up_to: Vec<Odds>,
    from: Vec<Odds>,
}

impl<'o> Sentences<'o> {
    /// Of a text, and the best of what the mail quotes.
    pub fn new(own: &'o [Odds], quoted: &'o Odds) -> Sentences<'o> {
        let so_far = |best: &mut Odds, odds: &Odds| {
            *best = higher(best, odds);
            Some(*best)
        };
        let up_to = own.iter().scan(NOTHING, so_far).collect();
        let mut from: Vec<Odds> = own.iter().rev().scan(NOTHING, so_far).collect();
        from.reverse();
        Sentences { own, quoted, up_to, from }
    }

    /// Calls back with each feature of a sentence, by number, that is not nothing.
    pub fn each(&self, at: usize, mut add: impl FnMut(usize, f32)) {
        let before = |of: &'o [Odds]| at.checked_sub(1).and_then(|at| of.get(at));
        let spots = [
            (Spot::Seen, Some(&self.own[at])),
            (Spot::Previous, before(self.own)),
            (Spot::Next, self.own.get(at + 1)),
            (Spot::Earlier, at.checked_sub(1).map(|at| &self.up_to[at])),
            (Spot::Later, self.from.get(at + 1)),
            (Spot::Quoted, Some(self.quoted)),
        ];
        for (role, odds) in self.own[at].iter().enumerate().filter(|(_, odds)| **odds > LEAST) {
            add(Spot::Own as usize * ROLES + role, (odds - LEAST) / 2.0);
        }
        for (spot, odds) in spots {
            let Some(odds) = odds else { continue };
            for (role, odds) in odds.iter().enumerate().filter(|(_, odds)| **odds > LEAST) {
                add(spot as usize * ROLES + role, seen(*odds));
            }
        }
        let count = self.own.len() as f32;
        let others = [at as f32 / count, count.min(MANY) / MANY, f32::from(u8::from(*self.quoted != NOTHING))];
        others.into_iter().enumerate().for_each(|(n, value)| add(SPOTS.len() * ROLES + n, value));
    }

    /// The odds of a sentence, which has this table, among the others.
    pub(super) fn odds(&self, at: usize, first: &str) -> Odds {
        let layer = Layer::of(first);
        let mut out = layer.always;
        self.each(at, |feature, value| {
            out.iter_mut().zip(&layer.weights[feature]).for_each(|(sum, weight)| *sum += weight * value);
        });
        out.map(|odds| odds.max(NEVER))
    }
}
