//! Own text cut into sentences and clauses, each clause with the marks that wording rules need.
//!
//! An expression means what its clause makes of it: 「弊社に責任はございません」 ends in the words of a denial,
//! "if we were late, we apologise" is no apology, 「お送りいただいた」 is the customer's act. So a text is cut first –
//! sentences at full stops and line ends, clauses at commas and at the words that join them – and each clause is
//! marked: negated, conditional, question, request, behind a "but", past, and who acts in it.
//!
//! No parser and no dictionary: Japanese puts the predicate at the end of its clause and the politeness of the verb
//! tells who acts (お送りいたします we, お送りいただく the reader), English puts the subject first. Limits: the agent of a
//! relative clause is not told apart from the main one's; irony and double negation are not seen; a list of nouns with
//! commas is cut into clauses without a predicate. Every step is linear in the text.
//!
//! Works on folded text ([`crate::message::text`]): lower case, half-width Latin, wrapped lines joined.

mod english;
mod japanese;

use std::ops::Range;

/// Who acts in a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Agent {
    /// The sender or his house.
    Us,
    /// The reader.
    Customer,
    /// Somebody else: a carrier, a supplier, another department.
    ThirdParty,
    /// Nobody is named, and the form of the verb does not tell.
    #[default]
    Nobody,
}

/// What a clause is, apart from its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    pub negated: bool,
    /// It says under which condition: 〜であれば, "if", "should you".
    pub condition: bool,
    pub question: bool,
    /// It asks the reader to do something.
    pub request: bool,
    /// It takes back what the clause or sentence before it says: 〜が、, ただ, "but", "however".
    pub but: bool,
    pub past: bool,
    pub agent: Agent,
}

impl Marks {
    /// The marks that are set, for people.
    pub fn names(self) -> Vec<&'static str> {
        let agent = match self.agent {
            Agent::Us => "us",
            Agent::Customer => "you",
            Agent::ThirdParty => "they",
            Agent::Nobody => "",
        };
        let flags = [
            (self.negated, "not"),
            (self.condition, "if"),
            (self.question, "?"),
            (self.request, "please"),
            (self.but, "but"),
            (self.past, "past"),
            (!agent.is_empty(), agent),
        ];
        flags.into_iter().filter(|(set, _)| *set).map(|(_, name)| name).collect()
    }
}

/// A part of a sentence with one thought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    pub range: Range<usize>,
    /// Index of its sentence.
    pub sentence: usize,
    pub marks: Marks,
}

/// The sentences and clauses of a text, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clauses {
    pub sentences: Vec<Range<usize>>,
    pub clauses: Vec<Clause>,
}

impl Clauses {
    /// Cuts and marks a folded text.
    pub fn of(text: &str) -> Clauses {
        let mut out = Clauses::default();
        for range in sentences(text) {
            let sentence = out.sentences.len();
            let words = &text[range.clone()];
            let cut = if is_japanese(words) { japanese::clauses(words) } else { english::clauses(words) };
            out.clauses.extend(cut.into_iter().map(|(part, marks)| Clause {
                range: range.start + part.start..range.start + part.end,
                sentence,
                marks,
            }));
            out.sentences.push(range);
        }
        out
    }

    /// The clause a place stands in, by index; the last one before it where a place stands between two.
    pub fn at(&self, place: usize) -> Option<usize> {
        self.clauses.partition_point(|clause| clause.range.start <= place).checked_sub(1)
    }
}

/// Kana or Chinese characters make a sentence Japanese; mails mix both languages sentence by sentence.
fn is_japanese(sentence: &str) -> bool {
    sentence.chars().any(|c| matches!(c, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}'))
}

/// Non-empty sentences without the blanks around them.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut close = |start: usize, end: usize| {
        let words = text[start..end].trim_end();
        let begin = start + words.len() - words.trim_start().len();
        if begin < start + words.len() {
            out.push(begin..start + words.len());
        }
    };
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if !ends_sentence(text, at, c) {
            continue;
        }
        // 「。」 within brackets closes the sentence behind the bracket.
        while chars.peek().is_some_and(|(_, next)| matches!(next, '」' | '』' | ')' | '!' | '?' | '。')) {
            chars.next();
        }
        let end = chars.peek().map_or(text.len(), |(next, _)| *next);
        close(start, end);
        start = end;
    }
    close(start, text.len());
    out
}

/// Whether a character of a folded text ends a sentence.
pub fn ends_sentence(text: &str, at: usize, c: char) -> bool {
    match c {
        '\n' | '。' | '!' | '?' | '！' | '？' => true,
        '.' => text[at + 1..].chars().next().is_none_or(char::is_whitespace) && !is_abbreviation(&text[..at]),
        _ => false,
    }
}

/// A full stop behind one of these ends no sentence.
fn is_abbreviation(before: &str) -> bool {
    let start = before.rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
    let word = before.get(start..).unwrap_or_default();
    matches!(word, "mr" | "mrs" | "ms" | "dr" | "prof" | "st" | "no" | "vs" | "inc" | "ltd" | "co" | "dept" | "ext")
}

/// Whether a sentence speaks of its reader: English names him, Japanese need not.
pub fn speaks_to_reader(sentence: &str) -> bool {
    is_japanese(sentence) || english::names_reader(sentence)
}

/// Whether some words bring a negation of their own.
pub fn denies(words: &str) -> bool {
    if is_japanese(words) { japanese::denies(words) } else { english::denies(words) }
}

/// Whether any of some words stands in a text.
fn has(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

/// Whether a text ends in any of some words.
fn ends(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.ends_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each clause as `words|marks`, for people to compare.
    fn shown(text: &str) -> Vec<String> {
        let clauses = Clauses::of(text).clauses;
        let words = |one: &Clause| text[one.range.clone()].trim().to_owned();
        clauses.iter().map(|one| format!("{}|{}", words(one), one.marks.names().join(" "))).collect()
    }

    #[test]
    fn japanese_clauses_say_who_acts_and_whether_at_their_end() {
        for (text, expected) in [
            ("弊社に責任はございません。", vec!["弊社に責任はございません。|not us"]),
            ("誠に申し訳ございません。", vec!["誠に申し訳ございません。|us"]),
            ("代替品を本日お送りいたします。", vec!["代替品を本日お送りいたします。|us"]),
            ("お送りいただいた写真を拝見しました。", vec!["お送りいただいた写真を拝見しました。|past us"]),
            (
                "お客様が部屋番号を入力されなかったため、お届けできませんでした。",
                vec!["お客様が部屋番号を入力されなかったため、|not past you", "お届けできませんでした。|not past"],
            ),
            (
                "申し訳ございませんが、在庫がございません。",
                vec!["申し訳ございませんが、|us", "在庫がございません。|not but"],
            ),
            (
                "ご不快に思われたのであれば、お詫びいたします。",
                vec!["ご不快に思われたのであれば、|if", "お詫びいたします。|us"],
            ),
            ("運送会社の落下が原因でした。", vec!["運送会社の落下が原因でした。|past they"]),
            (
                "お手元の写真をお送りいただけますでしょうか。",
                vec!["お手元の写真をお送りいただけますでしょうか。|? please you"],
            ),
            (
                "ご不明な点がございましたら、小川までご連絡ください。",
                vec!["ご不明な点がございましたら、|if", "小川までご連絡ください。|please you"],
            ),
            ("ただ、営業の指示が曖昧でした。", vec!["ただ、|but", "営業の指示が曖昧でした。|but past"]),
            ("二度と起こさないよう確認を徹底いたします。", vec!["二度と起こさないよう確認を徹底いたします。|us"]),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn english_clauses_take_their_agent_from_the_subject() {
        for (text, expected) in [
            ("we have refunded the $40 today.", vec!["we have refunded the $40 today.|past us"]),
            ("if you were offended, we apologise.", vec!["if you were offended,|if past you", "we apologise.|us"]),
            ("sorry, but the courier lost it.", vec!["sorry,|", "but the courier lost it.|but past they"]),
            ("you didn't provide the number.", vec!["you didn't provide the number.|not past you"]),
            (
                "i will call you on monday and will bring it.",
                vec!["i will call you on monday|us", "and will bring it.|us"],
            ),
            ("could you send us the photo?", vec!["could you send us the photo?|? please you"]),
            ("please don't hesitate to call me.", vec!["please don't hesitate to call me.|please you"]),
            (
                "the replacement you asked for will be sent today.",
                vec!["the replacement you asked for will be sent today.|"],
            ),
            ("your staff entered it wrong.", vec!["your staff entered it wrong.|past you"]),
            ("dr. smith called. he was upset.", vec!["dr. smith called.|past", "he was upset.|past they"]),
            ("we have not only replaced it.", vec!["we have not only replaced it.|past us"]),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn a_text_without_an_end_is_one_sentence_and_an_empty_one_none() {
        assert!(Clauses::of(" \n\n ").sentences.is_empty());
        assert_eq!(Clauses::of("thank you").sentences, vec![0..9]);
        assert_eq!(Clauses::of("").at(0), None);
    }
}
