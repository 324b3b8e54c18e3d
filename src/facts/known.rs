//! What one's own organisation promises: warranty, prices, opening hours – the words that announce a topic, and the
//! right values.

use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};

use super::{Directory, Party};
use crate::measure::{self, Quantity};
use crate::message::text::Folded;

/// One topic and what is right to say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// As people call it; facts of one topic are read together.
    pub topic: String,
    /// The words that announce the topic. Latin letters at the ends are whole words.
    pub words: Vec<String>,
    /// As written; each states a quantity.
    pub values: Vec<String>,
    /// In the same sentence these words tell that something else is meant.
    pub unless: Vec<String>,
    /// It holds for this client only, and there in place of what holds for everybody.
    pub client: Option<Party>,
}

/// The known facts, found by their words. Clones share one index.
#[derive(Debug, Clone, Default)]
pub struct KnownFacts {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    facts: Vec<Fact>,
    quantities: Vec<Vec<Quantity>>,
    /// Folded.
    unless: Vec<Vec<String>>,
    words: Option<AhoCorasick>,
    /// The facts that each pattern of `words` announces.
    announced: Vec<Vec<usize>>,
}

/// Words that announce a topic, and where they stand in the folded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    pub range: std::ops::Range<usize>,
    pub facts: Vec<usize>,
}

impl KnownFacts {
    /// Indexes facts; one whose values state no quantity is never compared.
    pub fn new(facts: Vec<Fact>) -> KnownFacts {
        let quantities = facts.iter().map(|fact| fact.values.iter().flat_map(|value| measure::read(value)).collect());
        let quantities = quantities.collect();
        let fold = |text: &String| Folded::new(text.trim()).text().to_owned();
        let unless = facts.iter().map(|fact| fact.unless.iter().map(fold).filter(|word| !word.is_empty()).collect());
        let unless = unless.collect();
        let (mut words, mut announced): (Vec<String>, Vec<Vec<usize>>) = (Vec::new(), Vec::new());
        for (n, fact) in facts.iter().enumerate() {
            for word in fact.words.iter().map(fold).filter(|word| !word.is_empty()) {
                match words.iter().position(|known| *known == word) {
                    Some(at) => announced[at].push(n),
                    None => {
                        words.push(word);
                        announced.push(vec![n]);
                    }
                }
            }
        }
        let automaton = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&words).ok();
        let words = automaton.filter(|_| !words.is_empty());
        KnownFacts { shared: Arc::new(Shared { facts, quantities, unless, words, announced }) }
    }

    pub fn is_empty(&self) -> bool {
        self.shared.facts.is_empty()
    }

    pub fn fact(&self, n: usize) -> &Fact {
        &self.shared.facts[n]
    }

    /// What the values of a fact state.
    pub fn quantities(&self, n: usize) -> &[Quantity] {
        &self.shared.quantities[n]
    }

    /// The words of a folded text that announce topics, in order; of two that overlap the longer one.
    pub fn mentioned(&self, folded: &str) -> Vec<Mention> {
        let Some(words) = &self.shared.words else { return Vec::new() };
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let whole = |range: &std::ops::Range<usize>| {
            let found = &folded[range.clone()];
            let inside_before = latin(found.chars().next()) && latin(folded[..range.start].chars().next_back());
            let inside_behind = latin(found.chars().next_back()) && latin(folded[range.end..].chars().next());
            !inside_before && !inside_behind
        };
        let mention = |found: aho_corasick::Match| Mention {
            range: found.range(),
            facts: self.shared.announced[found.pattern().as_usize()].clone(),
        };
        words.find_iter(folded).map(mention).filter(|mention| whole(&mention.range)).collect()
    }

    /// Whether a folded sentence has words that tell that this fact is not meant.
    pub fn is_excepted(&self, n: usize, sentence: &str) -> bool {
        self.shared.unless[n].iter().any(|word| sentence.contains(word.as_str()))
    }

    /// The facts of a topic that hold for mail to these addresses: those of the client if all belong to it, those of
    /// everybody and of each client where they differ.
    pub fn of_topic(&self, topic: &str, addresses: &[&str], clients: &Directory) -> Vec<usize> {
        let of_topic = |wanted: bool| {
            let all = self.shared.facts.iter().enumerate().filter(move |(_, fact)| fact.topic == topic);
            all.filter(move |(_, fact)| fact.client.is_some() == wanted)
        };
        let meant = |party: &Party| addresses.iter().any(|address| party.is_at(address, clients));
        let special: Vec<usize> =
            of_topic(true).filter(|(_, fact)| fact.client.as_ref().is_some_and(meant)).map(|(n, _)| n).collect();
        let is_special = |address: &&str| {
            special.iter().any(|&n| self.fact(n).client.as_ref().is_some_and(|party| party.is_at(address, clients)))
        };
        match !special.is_empty() && addresses.iter().all(is_special) {
            true => special,
            false => of_topic(false).map(|(n, _)| n).chain(special).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Client;

    fn fact(topic: &str, words: &[&str], value: &str, client: Option<usize>) -> Fact {
        Fact {
            topic: topic.to_owned(),
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            values: vec![value.to_owned()],
            unless: vec!["中古".to_owned()],
            client: client.map(Party::Client),
        }
    }

    #[test]
    fn finds_topics_by_their_longest_words_and_the_client_they_hold_for() {
        let known = KnownFacts::new(vec![
            fact("warranty", &["保証", "Warranty"], "1年", None),
            fact("extended warranty", &["延長保証"], "3年", None),
            fact("warranty", &["保証"], "２年", Some(0)),
        ]);
        let mentioned = |text: &str| known.mentioned(text).into_iter().map(|one| one.facts).collect::<Vec<_>>();
        assert_eq!(mentioned("延長保証と保証、warranty / warrantyless"), [vec![1], vec![0, 2], vec![0]]);
        let client = Client {
            name: "Aoba".to_owned(),
            names: Vec::new(),
            domains: vec!["aoba.example".to_owned()],
            addresses: Vec::new(),
        };
        let clients = Directory::new(vec![client], &[]);
        let of = |addresses: &[&str]| known.of_topic("warranty", addresses, &clients);
        assert_eq!(of(&["a@alta.example"]), [0]);
        assert_eq!(of(&["a@aoba.example"]), [2]);
        assert_eq!(of(&["a@aoba.example", "a@alta.example"]), [0, 2]);
        assert!(known.is_excepted(0, "中古品は") && !known.is_excepted(0, "新品は"));
    }
}
