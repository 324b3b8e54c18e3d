//! Findings about secrets without the secrets: everything but the last characters is starred, in place, so that
//! columns stay right.
//!
//! A secret is hidden however it is spelt: in full width, in capitals, a number with other separators or none.

use std::borrow::Cow;

use aho_corasick::AhoCorasick;

use super::reading::Remark;
use crate::checklist::Checklist;
use crate::finding::{Evidence, Location};
use crate::message::text::Folded;

/// How many characters of a number or key stay readable, so that its owner knows which one is meant.
pub(super) const LAST_SHOWN: usize = 4;

/// The secrets of one mail that are looked for; findings hold only some lines of it.
pub(super) const MOST_SECRETS: usize = 1000;

/// A number this long is one number with any separators; shorter ones stand in dates and prices, too.
const LONG_NUMBER: usize = 9;
/// Characters between two digits of one number.
const WIDEST_GAP: usize = 3;
/// Fewer letters and digits stand everywhere; such a secret is looked for as it is written.
const FEWEST_LETTERS: usize = 3;

/// A secret as it stands in the mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Secret {
    pub(super) words: String,
    /// Characters at its end that may be shown; of a password none, nor its signs.
    pub(super) shown: usize,
}

impl Secret {
    /// On one line.
    pub(super) fn masked(&self) -> String {
        mask(&self.words, self.shown).split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Takes the secrets of a mail out of what rules found, those of other rules too: they quote the same lines.
pub(super) struct Mask {
    /// Over letters and digits alone; of the spellings in their order.
    automaton: Option<AhoCorasick>,
    spellings: Vec<Spelling>,
    /// Secrets with hardly a letter, which only their own characters tell.
    signs: Vec<String>,
}

/// How a secret is recognised among letters and digits.
struct Spelling {
    key: String,
    /// Folded, from the first letter or digit to the last, in bytes.
    width: usize,
    /// The signs around it.
    front: String,
    back: String,
    shown: usize,
    /// Its signs are part of it.
    is_password: bool,
}

impl Mask {
    pub(super) fn of(secrets: impl Iterator<Item = Secret>) -> Mask {
        let (mut spellings, mut signs): (Vec<Spelling>, Vec<String>) = (Vec::new(), Vec::new());
        for Secret { words, shown } in secrets.filter(|secret| secret.shown < secret.words.len()) {
            spellings.extend(Spelling::of(&words, shown, shown == 0));
            if letters(&words) < FEWEST_LETTERS && !words.trim().is_empty() {
                signs.push(words.trim().to_owned());
            }
            // The place of a wrapped secret shows one of its lines.
            let lines: Vec<&str> = words.lines().collect();
            for (n, line) in lines.iter().enumerate().filter(|_| lines.len() > 1) {
                spellings.extend(Spelling::of(line, if n + 1 == lines.len() { shown } else { 0 }, shown == 0));
            }
        }
        let keys = spellings.iter().map(|spelling| spelling.key.as_str());
        let automaton = if spellings.is_empty() { None } else { AhoCorasick::new(keys).ok() };
        Mask { automaton, spellings, signs }
    }

    /// Stars for the secrets in what a rule quotes of the mail. What the rule says in its own words stays.
    pub(super) fn hide(&self, remark: &mut Remark) {
        if self.automaton.is_none() && self.signs.is_empty() {
            return;
        }
        let quoted = self.hide_place(&mut remark.location);
        for (name, value) in &mut remark.evidence {
            match value {
                // What is there in two languages is told by the program.
                _ if name.ends_with("_en") || name.ends_with("_ja") => {}
                Evidence::Text(text) if *text == quoted => text.clone_from(&remark.location.text),
                Evidence::Text(text) => *text = self.hidden(text).into_owned(),
                Evidence::List(items) => items.iter_mut().for_each(|item| *item = self.hidden(item).into_owned()),
                Evidence::Number(_) => {}
            }
        }
    }

    /// The same for a checklist and for words that stand alone.
    pub(super) fn hide_checklist(&self, list: &mut Checklist) {
        let parts = list.parts.iter_mut().filter_map(|part| part.location.as_mut());
        parts
            .chain(list.penalties.iter_mut().map(|penalty| &mut penalty.location))
            .for_each(|place| self.hide_at(place));
        self.hide_words(&mut list.signs);
    }

    pub(super) fn hide_at(&self, place: &mut Location) {
        self.hide_place(place);
    }

    pub(super) fn hide_words(&self, words: &mut [String]) {
        words.iter_mut().for_each(|words| *words = self.hidden(words).into_owned());
    }

    /// Returns the words as they were. They may be a part of a secret that only the line tells.
    fn hide_place(&self, place: &mut Location) -> String {
        let context = self.hidden(&place.context).into_owned();
        let before = place.context.char_indices().nth(place.column.saturating_sub(1)).map(|(at, _)| at);
        let stands_there = before.is_some_and(|at| place.context[at..].starts_with(&place.text));
        let text = if stands_there {
            context.chars().skip(place.column.saturating_sub(1)).take(place.text.chars().count()).collect()
        } else {
            self.hidden(&place.text).into_owned()
        };
        place.context = context;
        std::mem::replace(&mut place.text, text)
    }

    fn hidden<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut starred = vec![];
        if let Some(automaton) = &self.automaton {
            let folded = Folded::new(text);
            let (key, places) = letters_of(folded.text());
            for found in automaton.find_overlapping_iter(&key) {
                let spelling = &self.spellings[found.pattern().as_usize()];
                if let Some(range) = spelling.stands(folded.text(), &places[found.range()]) {
                    spelling.star(text, folded.original(range), &mut starred);
                }
            }
        }
        for signs in &self.signs {
            starred.extend(text.match_indices(signs.as_str()).flat_map(|(at, found)| {
                found.char_indices().filter(|(_, c)| !c.is_whitespace()).map(move |(n, _)| at + n)
            }));
        }
        if starred.is_empty() {
            return Cow::Borrowed(text);
        }
        starred.sort_unstable();
        let is_starred = |at: &usize| starred.binary_search(at).is_ok();
        text.char_indices().map(|(at, c)| if is_starred(&at) { '*' } else { c }).collect::<String>().into()
    }
}

impl Spelling {
    fn of(words: &str, shown: usize, is_password: bool) -> Option<Spelling> {
        let folded = Folded::new(words.trim());
        let (key, places) = letters_of(folded.text());
        let (first, last) = (*places.first()?, *places.last()?);
        let (front, back) = (folded.text()[..first].to_owned(), folded.text()[last + 1..].to_owned());
        let spelling = Spelling { key, width: last + 1 - first, front, back, shown, is_password };
        (letters(words) >= FEWEST_LETTERS).then_some(spelling)
    }

    /// The range of folded text if these letters there are the secret.
    fn stands(&self, text: &str, places: &[usize]) -> Option<std::ops::Range<usize>> {
        let (mut start, mut end) = (*places.first()?, *places.last()? + 1);
        let is_number = self.key.bytes().all(|byte| byte.is_ascii_digit());
        let is_long = is_number && self.key.len() >= LONG_NUMBER;
        let fits = match is_long {
            true => places.windows(2).all(|pair| pair[1] - pair[0] <= 1 + WIDEST_GAP),
            false => end - start <= self.width,
        };
        // A word as password is no part of other words, a short number no part of another.
        let goes_on = |c: char| match is_number {
            true => c.is_ascii_digit(),
            false => c.is_ascii_alphabetic() && self.key.bytes().all(|byte| byte.is_ascii_alphabetic()),
        };
        let is_inside = !is_long && (text[..start].ends_with(goes_on) || text[end..].starts_with(goes_on));
        if self.is_password {
            start -= if text[..start].ends_with(&self.front) { self.front.len() } else { 0 };
            end += if text[end..].starts_with(&self.back) { self.back.len() } else { 0 };
        }
        (fits && !is_inside).then_some(start..end)
    }

    /// Adds the places of the original's characters that must not be seen.
    fn star(&self, text: &str, range: std::ops::Range<usize>, starred: &mut Vec<usize>) {
        let hidden = |c: &char| if self.is_password { !c.is_whitespace() } else { c.is_alphanumeric() };
        let places: Vec<usize> =
            text[range.clone()].char_indices().filter(|(_, c)| hidden(c)).map(|(at, _)| range.start + at).collect();
        starred.extend(&places[..places.len().saturating_sub(self.shown)]);
    }
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphanumeric()).count()
}

/// The letters and digits of a text without what stands between them, and the place of each of their bytes.
fn letters_of(text: &str) -> (String, Vec<usize>) {
    let mut places = Vec::with_capacity(text.len());
    let mut key = String::with_capacity(text.len());
    for (at, c) in text.char_indices().filter(|(_, c)| c.is_alphanumeric()) {
        key.push(c);
        places.extend(at..at + c.len_utf8());
    }
    (key, places)
}

/// Stars for letters and digits up to the last few; separators stay.
pub(super) fn mask(secret: &str, shown: usize) -> String {
    let hidden = secret.chars().filter(|c| c.is_alphanumeric()).count().saturating_sub(shown);
    let mut seen = 0;
    let star = |c: char| {
        if !c.is_alphanumeric() {
            return c;
        }
        seen += 1;
        if seen <= hidden { '*' } else { c }
    };
    secret.chars().map(star).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Facts;
    use crate::finding::Finding;
    use crate::lang::Lang;
    use crate::message::Message;
    use crate::rule::Rules;

    #[test]
    fn no_finding_shows_a_secret() {
        let rules = Rules::load(&Rules::embedded(), &[], Lang::En).expect("the shipped packs are valid");
        let mail = "From: a@minato.example\r\nTo: c@aoba.example\r\nSubject: card 4539 1488 0343 6467\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
                    〇〇様\r\n\r\nカード番号は5425-2334-3010-9903、〇〇様のパスワード：Kiso#2041。資料を添付いたします。10月22日（水）、鍵はghp_9fK2mQ7xRb4TzW1vNc8LpS5dHj3Gy6Ua0EoX。\r\n\
                    the wrapped one of my company card is 3759\r\n876543 21004.\r\n";
        let message = Message::parse(mail.as_bytes()).expect("a mail");
        let findings = rules.run(&message, &Facts::default());
        let shown = format!("{findings:?}");
        for id in ["sensitive-data", "password-in-text", "secret-key", "missing-attachment", "placeholder-left"] {
            assert!(findings.found.iter().any(|finding| finding.rule == id), "{id} in {shown}");
        }
        for secret in ["4539", "1488", "5425", "3010", "Kiso", "2041", "mQ7xRb4T", "3759", "876543"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }

    fn findings(head: &str, text: &str) -> Vec<Finding> {
        let rules = Rules::load(&Rules::embedded(), &[], Lang::En).expect("the shipped packs are valid");
        let mail = format!(
            "From: a@minato.example\r\nTo: c@aoba.example\r\nDate: Mon, 23 Nov 2026 10:00:00 +0900\r\n{head}\r\n\r\n{text}"
        );
        let message = Message::parse(mail.as_bytes()).expect("a mail");
        rules.run(&message, &Facts::default()).found
    }

    const PLAIN: &str = "Subject: x\r\nContent-Type: text/plain; charset=utf-8";

    /// With a locked archive.
    fn locked(subject: &str, text: &str) -> Vec<Finding> {
        let head = format!("Subject: {subject}\r\nContent-Type: multipart/mixed; boundary=b");
        let parts = format!(
            "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n--b\r\nContent-Type: application/zip\r\n\
             Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=a.zip\r\n\r\n\
             UEsDBBQAAQAIAAAAAAAAAAAAEAAAABAAAAAFAAAAYS50eHR4eHh4eHh4eHh4eHh4eHh4\r\n--b--\r\n"
        );
        findings(&head, &parts)
    }

    #[test]
    fn no_finding_shows_a_password_told_beside_a_locked_file() {
        for (subject, text) in [
            ("x", "Hi Kim,\r\n\r\nplease find attached the file, password: Sea!Wolf42"),
            ("Password: Sea!Wolf42 for you", "Hi Kim,\r\n\r\nthe file is attached. [Name] Password: Sea!Wolf42"),
            ("x", "Hi Kim,\r\n\r\nuse Sea!Wolf42 to open it. [Name]: Sea!Wolf42 is the password"),
            ("x", "佐藤様\r\n\r\n〇〇の資料、「Sea!Wolf42」がパスワードです。"),
            (
                "x",
                "佐藤様\r\n\r\nパスワードは以下の通りです。\r\n\r\nSea!Wolf42\r\n\r\n〇〇様のＳｅａ！Ｗｏｌｆ４２です",
            ),
        ] {
            let found = locked(subject, text);
            let shown = format!("{found:?}");
            assert!(found.iter().any(|finding| finding.rule == "password-same-mail"), "{text}: {shown}");
            for part in ["Sea", "Wolf", "42", "Ｓｅａ", "４２"] {
                assert!(!shown.contains(part), "{text}: {part} in {shown}");
            }
        }
    }

    #[test]
    fn a_password_is_hidden_where_no_rule_fires_for_it() {
        for (head, text) in [
            ("Subject: Password: Sea!Wolf42 [Name]\r\nContent-Type: text/plain", "Hi Kim,\r\n\r\nsee above."),
            (PLAIN, "Hi Kim,\r\n\r\nthe Zoom passcode and password: Sea!Wolf42 for [Name]"),
            (PLAIN, "Hi Kim,\r\n\r\nthanks.\r\n\r\n> password: Sea!Wolf42\r\n\r\n[Name] Sea!Wolf42"),
        ] {
            let found = findings(head, text);
            let shown = format!("{found:?}");
            assert!(found.iter().any(|finding| finding.rule == "placeholder-left"), "{text}: {shown}");
            assert!(!shown.contains("Sea") && !shown.contains("Wolf"), "{text}: {shown}");
        }
    }

    #[test]
    fn a_number_is_hidden_however_it_is_spelt() {
        let found = findings(
            PLAIN,
            "Hi Kim,\r\n\r\ncard 4539 1488 0343 6467\r\n\r\n[Name] 4539148803436467\r\n\r\n[Name] 4539-1488-0343-6467\r\n\r\n\
             [Name] ４５３９１４８８０３４３６４６７\r\n\r\n[Name] 4539.1488.0343.6467 in 2026",
        );
        let lines: Vec<&str> = found
            .iter()
            .filter(|finding| finding.rule == "placeholder-left")
            .map(|finding| finding.location.context.as_str())
            .collect();
        let expected =
            ["************6467", "****-****-****-6467", "************６４６７", "****.****.****.6467 in 2026"];
        assert_eq!(lines, expected.map(|number| format!("[Name] {number}")), "{found:?}");
    }

    #[test]
    fn our_own_words_stay() {
        for password in ["mail", "chat"] {
            let found =
                locked("x", &format!("Hi Kim,\r\n\r\nthe password is {password}. Dear [Name] {password}, sender"));
            let one = found.iter().find(|finding| finding.rule == "password-same-mail").expect("it fires");
            let texts = format!("{:?}{:?}{:?}", one.title, one.why, one.advice);
            assert!(!texts.contains('*') && texts.contains("mail"), "{texts}");
            let other = found.iter().find(|finding| finding.rule == "placeholder-left").expect("it fires");
            let starred = "*".repeat(password.len());
            assert!(
                other.location.context.ends_with(&format!("is {starred}. Dear [Name] {starred}, sender")),
                "{other:?}"
            );
        }
    }

    #[test]
    fn words_and_dates_that_hold_a_short_secret_stay() {
        let mask = |secret: &str, shown| Mask::of(std::iter::once(Secret { words: secret.to_owned(), shown }));
        for (secret, text, expected) in [
            ("send", "Sender, SEND, s. end", "Sender, ****, s. end"),
            ("1012", "10/12, 1012, 21012", "10/12, ****, 21012"),
            ("!!sea42!!", "a!!Sea42!!, sea42", "a*********, *****"),
            ("#!a!", "a #!a! b", "a **** b"),
        ] {
            assert_eq!(mask(secret, 0).hidden(text), expected);
        }
        let wrapped = mask("3759\r\n876543 21004", LAST_SHOWN);
        assert_eq!(wrapped.hidden("of 3759"), "of ****");
        assert_eq!(wrapped.hidden("876543 21004."), "****** *1004.");
    }

    #[test]
    fn shows_the_last_four_only() {
        assert_eq!(mask("4539 1488 0343 6467", LAST_SHOWN), "**** **** **** 6467");
        assert_eq!(mask("４５３９１４８８", LAST_SHOWN), "****１４８８");
        assert_eq!(mask("abc", LAST_SHOWN), "abc");
        assert_eq!(mask("crest#1119", 0), "*****#****");
    }
}
