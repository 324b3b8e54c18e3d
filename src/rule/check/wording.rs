//! `wording`: words that should not be in what is written now; the kind for rules of one's own.

use serde::Deserialize;

use super::Kind;
use crate::finding::Location;
use crate::rule::reading::{MAX_REMARKS, Reading, Remark, sentence};
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Wording {
    /// What is looked for in own text, never in quoted text or signatures.
    #[serde(default)]
    found: Words,
    /// In the same sentence these make it harmless; in a subject, anywhere.
    #[serde(default)]
    unless: Words,
    /// The subject is looked at too.
    #[serde(default)]
    in_subject: bool,
    /// A fixed notice: each mail that meets the conditions, whatever it says.
    #[serde(default)]
    always: bool,
}

impl Kind for Wording {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![&mut self.found, &mut self.unless]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        if self.always {
            return vec![Remark::at(Location::of_mail()).with("words", "")];
        }
        let hits = reading.own(&self.found).into_iter().filter(|hit| !reading.sentence_has(hit, &self.unless));
        let in_text = hits.map(|hit| Remark::at(reading.own_place(&hit)).with("words", reading.words(&hit)));
        self.in_subject(reading).into_iter().chain(in_text).take(MAX_REMARKS).collect()
    }
}

impl Wording {
    fn in_subject(&self, reading: &Reading<'_>) -> Vec<Remark> {
        if !self.in_subject {
            return Vec::new();
        }
        let subject = &reading.subject;
        let harmless = |range| subject.hits.touch(&self.unless, &sentence(subject.folded.text(), range));
        let found = subject.hits.of(&self.found).iter().find(|range| !harmless((*range).clone()));
        let words = found.map(|range| subject.words(range.clone()).trim());
        words.map(|words| Remark::at(reading.header_place("subject", words)).with("words", words)).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::Rules;
    use crate::source::Source;

    fn failures(check: &str, examples: &[(&str, &str)]) -> Vec<usize> {
        let examples: String =
            examples.iter().map(|(kind, mail)| format!("[[rule.example]]\n{kind} = \"{mail}\"\n")).collect();
        let pack = format!(
            "[[rule]]\nid = \"own\"\nlevel = \"warning\"\nconfidence = \"high\"\ntitle = {{ en = \"x\", ja = \"x\" }}\n\
             why = {{ en = \"x\", ja = \"x\" }}\nadvice = {{ en = \"x\", ja = \"x\" }}\nsource = \"x\"\n[rule.check.wording]\n{check}\n{examples}"
        );
        let rules = Rules::load(&[Source::new("own.toml", pack)], &[], crate::lang::Lang::En).expect("a valid pack");
        rules.test().iter().flat_map(|outcome| outcome.failures.iter().map(|failure| failure.number)).collect()
    }

    #[test]
    fn looks_at_the_subject_when_asked() {
        let subject = "Subject: 【社外秘】お見積り\\n\\n佐藤様";
        let harmless = "Subject: 社外秘の解除について\\n\\n佐藤様";
        let words = "found = [\"社外秘\"]\nunless = [\"解除\"]";
        assert_eq!(
            failures(&format!("{words}\nin_subject = true"), &[("match", subject), ("clean", harmless)]),
            Vec::<usize>::new()
        );
        assert_eq!(failures(words, &[("clean", subject), ("match", "佐藤様\\n\\n社外秘です。")]), Vec::<usize>::new());
    }

    #[test]
    fn a_notice_stands_on_every_mail_that_meets_the_conditions() {
        let inside = "To: fujita@minato.example\\n\\nお疲れさまです。";
        let outside = "To: k-sato@aoba.example\\n\\nお世話になっております。";
        assert_eq!(
            failures("always = true\n[rule.when]\noutside = true", &[("match", outside), ("clean", inside)]),
            Vec::<usize>::new()
        );
    }
}
