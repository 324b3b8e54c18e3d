//! One mail as the checks see it: its texts scanned once, its recipients sorted by organisation.

use std::cell::OnceCell;
use std::ops::Range;

use jiff::tz::TimeZone;

use super::Vocabulary;
use super::expression::{self, Function, Said};
use super::fault::Fault;
use super::opinion::{self, Label, Weighed};
use super::recipients;
pub(crate) use super::recipients::{Org, Recipient};
pub(crate) use super::remark::{MAX_REMARKS, Remark};
use super::thread::{QuotedMail, quoted_mails};
use super::words::{Hits, Words};
use crate::classifier::Odds;
use crate::clause::{Clauses, ends_sentence};
use crate::facts::Facts;
use crate::finding::{Location, Part};
use crate::lang::Lang;
use crate::message::text::{Folded, is_wide};
use crate::message::{Body, Message, Place};
use crate::people::domain;

/// What a check is given.
pub(crate) struct Reading<'a> {
    pub(crate) message: &'a Message,
    pub(crate) facts: &'a Facts,
    pub(crate) texts: Vec<Text<'a>>,
    pub(crate) recipients: Vec<Recipient<'a>>,
    /// Domains of the sender's organisation: configured, else the sender's own.
    pub(super) own: Vec<String>,
    thread: OnceCell<Vec<QuotedMail>>,
    /// How each person greeted fits the recipients, in the order of `greeting::people`; two kinds ask.
    pub(crate) fits: OnceCell<Vec<Fit>>,
    /// Clients named in what was written now; three kinds ask.
    named: OnceCell<Vec<usize>>,
    pub(crate) subject: Subject<'a>,
    vocabulary: &'a Vocabulary,
    /// By function.
    said: Vec<OnceCell<Vec<Said>>>,
    by_rules: OnceCell<Option<Fault>>,
    fault: OnceCell<Option<Fault>>,
    weighed: OnceCell<Vec<Weighed>>,
    weighed_quotes: OnceCell<Odds>,
    evidence: OnceCell<opinion::Evidence>,
}

/// The subject with what the automaton found in it.
pub(crate) struct Subject<'a> {
    /// Empty if there is none.
    pub(crate) original: &'a str,
    pub(crate) folded: Folded,
    pub(crate) hits: Hits<'a>,
}

impl<'a> Subject<'a> {
    /// The words of a range of the folded subject, as written.
    pub(crate) fn words(&self, range: Range<usize>) -> &'a str {
        &self.original[self.folded.original(range)]
    }
}

/// One body with what the automaton found in it.
pub(crate) struct Text<'a> {
    pub(crate) body: &'a Body,
    index: usize,
    pub(crate) own: Hits<'a>,
    pub(crate) quoted: Hits<'a>,
    clauses: OnceCell<Clauses>,
}

/// Words found in own text.
#[derive(Debug, Clone)]
pub(crate) struct Hit {
    pub(crate) text: usize,
    /// In the folded own text.
    pub(crate) range: Range<usize>,
}

/// How a greeted person fits the recipients as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// Somebody it can be receives the mail, or nobody can tell.
    Fine,
    /// All recipients are known to be others.
    Contradiction,
    /// Others are greeted and receive the mail; this one does not.
    Missing,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(vocabulary: &'a Vocabulary, message: &'a Message, facts: &'a Facts) -> Reading<'a> {
        let lexicon = &vocabulary.lexicon;
        let texts = message.bodies.iter().enumerate().map(|(index, body)| Text {
            body,
            index,
            own: lexicon.scan(body.own.text()),
            quoted: lexicon.scan(body.quoted.text()),
            clauses: OnceCell::new(),
        });
        let own = recipients::own_domains(message, facts);
        let recipients = recipients::sorted(message, facts, &own);
        let original = message.subject.as_deref().unwrap_or_default();
        let folded = Folded::new(original);
        let subject = Subject { original, hits: lexicon.scan(folded.text().to_owned()), folded };
        Reading {
            texts: texts.collect(),
            message,
            facts,
            recipients,
            own,
            subject,
            thread: OnceCell::new(),
            fits: OnceCell::new(),
            named: OnceCell::new(),
            vocabulary,
            said: vec![OnceCell::new(); Function::ALL.len()],
            by_rules: OnceCell::new(),
            fault: OnceCell::new(),
            weighed: OnceCell::new(),
            weighed_quotes: OnceCell::new(),
            evidence: OnceCell::new(),
        }
    }

    /// The sentences and clauses of one own text.
    pub(crate) fn clauses(&self, text: usize) -> &Clauses {
        let text = &self.texts[text];
        text.clauses.get_or_init(|| Clauses::of(text.body.own.text()))
    }

    /// Where phrases of a function stand in what was written now.
    pub(crate) fn said(&self, function: Function) -> &[Said] {
        self.said[function as usize].get_or_init(|| expression::said(&self.vocabulary.expressions, self, function))
    }

    /// Phrases of a function in quoted text, with their strength.
    pub(crate) fn quoted_said(&self, function: Function) -> Vec<(String, u8)> {
        expression::quoted(&self.vocabulary.expressions, self, function)
    }

    /// Where phrases of a function stand in one quoted text, with their strength.
    pub(crate) fn quoted_hits(&self, text: usize, function: Function) -> Vec<(Range<usize>, u8)> {
        expression::quoted_hits(&self.vocabulary.expressions, self, text, function)
    }

    /// What the mail is about if something went wrong.
    pub(crate) fn fault(&self) -> Option<&Fault> {
        self.fault.get_or_init(|| Fault::settled(self)).as_ref()
    }

    /// The same by expressions alone.
    pub(crate) fn fault_by_rules(&self) -> Option<&Fault> {
        self.by_rules.get_or_init(|| Fault::read(self)).as_ref()
    }

    /// The sentences of what was written now, with the odds of what each does.
    pub(crate) fn weighed(&self) -> &[Weighed] {
        self.weighed.get_or_init(|| opinion::own(self))
    }

    /// The odds of what quoted sentences do, of the likeliest for each role.
    pub(crate) fn weighed_quotes(&self) -> &Odds {
        self.weighed_quotes.get_or_init(|| opinion::best_quoted(self))
    }

    /// What a second opinion on the answer is made from.
    pub(crate) fn evidence(&self) -> &opinion::Evidence {
        self.evidence.get_or_init(|| opinion::evidence(self))
    }

    /// Whether a label holds, in the end; `fires`: its rule alone says so. Inside the house and on public lists nobody
    /// is owed an answer.
    pub(crate) fn settles(&self, label: Label, fires: bool) -> bool {
        if self.is_internal() || self.is_on_a_list() { fires } else { opinion::settles(self, label, fires) }
    }

    /// The mail answers or forwards another.
    pub(crate) fn is_reply(&self) -> bool {
        let header = |name| self.message.header(name).is_some();
        let quotes = || self.texts.iter().any(|text| !text.quoted.text().trim().is_empty());
        header("in-reply-to") || header("references") || self.quote_author().is_some() || quotes()
    }

    /// The language of what was written now: Japanese from an eighth of Japanese letters on, so that a Japanese name
    /// does not make an English mail Japanese, nor a line of code a Japanese one English; a text without any letter has no
    /// language.
    pub(crate) fn language(&self) -> Option<Lang> {
        let letters = || self.texts.iter().flat_map(|text| text.body.own.text().chars()).filter(|c| c.is_alphabetic());
        let japanese = |c: &char| matches!(c, '\u{3041}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}');
        match (letters().count(), letters().filter(japanese).count()) {
            (0, _) => None,
            (all, japanese) if japanese * 8 >= all => Some(Lang::Ja),
            _ => Some(Lang::En),
        }
    }

    /// Where words of a list stand in what was written now.
    pub(crate) fn own(&self, words: &Words) -> Vec<Hit> {
        let hits = |(text, found): (usize, &Text<'_>)| {
            found.own.of(words).iter().cloned().map(move |range| Hit { text, range }).collect::<Vec<_>>()
        };
        self.texts.iter().enumerate().flat_map(hits).collect()
    }

    pub(crate) fn says(&self, words: &Words) -> bool {
        self.texts.iter().any(|text| text.own.any(words))
    }

    /// Own text or subject has words of a list.
    pub(crate) fn mentions(&self, words: &Words) -> bool {
        self.says(words) || self.subject.hits.any(words)
    }

    /// The words of a list found in quoted text.
    pub(crate) fn quoted(&self, words: &Words) -> Vec<String> {
        let found = |text: &Text<'_>| {
            text.quoted.of(words).iter().map(|range| text.quoted.text()[range.clone()].to_owned()).collect::<Vec<_>>()
        };
        self.texts.iter().flat_map(found).collect()
    }

    /// The clients named in own text, in order of appearance.
    pub(crate) fn clients_named(&self) -> &[usize] {
        self.named.get_or_init(|| {
            self.texts.iter().flat_map(|text| self.facts.clients.mentioned(text.body.own.text())).collect()
        })
    }

    /// The mails of the quoted thread, newest first in each text.
    pub(crate) fn thread(&self) -> &[QuotedMail] {
        self.thread.get_or_init(|| quoted_mails(self))
    }

    /// The quoted mails of one text that our own house wrote, as ranges of the original text.
    pub(super) fn own_mails(&self, text: usize) -> Vec<Range<usize>> {
        let is_own = |address: &str| {
            address.rsplit_once('@').is_some_and(|(_, of)| self.own.iter().any(|own| domain::belongs_to(of, own)))
        };
        let mails = self.thread().iter().filter(|mail| mail.text == text);
        mails.filter(|mail| mail.author.as_deref().is_some_and(is_own)).map(|mail| mail.range.clone()).collect()
    }

    /// The folded own text a hit stands in.
    pub(crate) fn folded(&self, hit: &Hit) -> &str {
        self.texts[hit.text].own.text()
    }

    /// The sentence around a hit, as a range of the folded own text.
    pub(crate) fn sentence(&self, hit: &Hit) -> Range<usize> {
        sentence(self.folded(hit), hit.range.clone())
    }

    /// The clause of a hit: its part of the sentence between commas.
    pub(crate) fn clause(&self, hit: &Hit) -> Hit {
        let text = self.folded(hit);
        let sentence = self.sentence(hit);
        let comma = |c: char| matches!(c, '、' | ',' | ';');
        let start = text[sentence.start..hit.range.start].rfind(comma);
        let start = start.map_or(sentence.start, |at| {
            sentence.start + at + text[sentence.start + at..].chars().next().map_or(0, char::len_utf8)
        });
        let end = text[hit.range.end..sentence.end].find(comma).map_or(sentence.end, |at| hit.range.end + at);
        let blank = |c: char| c.is_whitespace();
        let start = start + text[start..end].len() - text[start..end].trim_start_matches(blank).len();
        let end =
            start + text[start..end].trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '。' | '.')).len();
        Hit { text: hit.text, range: start.min(hit.range.start)..end.max(hit.range.end) }
    }

    /// Whether a hit stands in quotation marks or back quotes: the words are spoken about, not said.
    pub(crate) fn is_quoted(&self, hit: &Hit) -> bool {
        let text = self.folded(hit);
        let before = &text[self.sentence(hit).start..hit.range.start];
        let open = |opening: char, closing: char| before.matches(opening).count() > before.matches(closing).count();
        let paired = |mark: char| before.matches(mark).count() % 2 == 1 && text[hit.range.end..].contains(mark);
        open('「', '」') || open('『', '』') || paired('`') || paired('"')
    }

    /// Whether words of a list touch the clause of a hit.
    pub(crate) fn clause_has(&self, hit: &Hit, words: &Words) -> bool {
        self.texts[hit.text].own.touch(words, &self.clause(hit).range)
    }

    /// Whether words of a list stand in the sentence of a hit.
    pub(crate) fn sentence_has(&self, hit: &Hit, words: &Words) -> bool {
        self.texts[hit.text].own.touch(words, &self.sentence(hit))
    }

    /// The original text of a hit, on one line.
    pub(crate) fn original(&self, hit: &Hit) -> String {
        let body = self.texts[hit.text].body;
        body.original[body.own.original(hit.range.clone())].split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The words of a hit as they are shown.
    pub(crate) fn words(&self, hit: &Hit) -> String {
        self.original(&self.tidy(hit))
    }

    pub(crate) fn own_place(&self, hit: &Hit) -> Location {
        self.body_place(hit.text, self.texts[hit.text].body.own.original(self.tidy(hit).range))
    }

    /// A hit without blanks around it, and to the end of its word, since patterns end where they are sure:
    /// 「添付いたし」 is shown as 「添付いたします」.
    fn tidy(&self, hit: &Hit) -> Hit {
        const LONGEST_ENDING: usize = 8;
        let text = self.folded(hit);
        let found = &text[hit.range.clone()];
        let start = hit.range.start + found.len() - found.trim_start().len();
        let stop = |c: char| c.is_whitespace() || matches!(c, '.' | ',' | '。' | '、');
        let end = hit.range.start + found.trim_end_matches(stop).len();
        let mut before = text[..end].chars().rev();
        let last = before.next();
        // A date is whole: 「11月31日とご案内」.
        let dated = last.is_some_and(|c| "年月日時分".contains(c)) && before.next().is_some_and(|c| c.is_ascii_digit());
        let japanese = last.is_some_and(is_wide) && !dated;
        let is_kana = |c: &char| japanese && ('\u{3041}'..='\u{3096}').contains(c);
        let ending: usize = text[end..].chars().take(LONGEST_ENDING).take_while(is_kana).map(char::len_utf8).sum();
        Hit { text: hit.text, range: start.min(end)..end + ending }
    }

    /// The place of a range of a body's original text.
    pub(crate) fn body_place(&self, text: usize, range: Range<usize>) -> Location {
        let text = &self.texts[text];
        location(Part::Body(text.index), text.body.place(range))
    }

    pub(crate) fn header_place(&self, field: &str, words: &str) -> Location {
        location(Part::Header(field.to_owned()), self.message.place_in_header(field, words))
    }

    pub(crate) fn recipient_place(&self, recipient: &Recipient<'_>) -> Location {
        self.header_place(recipient.field, recipient.mailbox.address.as_str())
    }

    pub(crate) fn attachment_place(&self, at: usize) -> Location {
        let attachment = &self.message.attachments[at];
        let place = Place {
            line: 1,
            column: 1,
            words: attachment.name.clone(),
            context: attachment.name.clone(),
            raw_line: attachment.raw_line,
        };
        location(Part::Attachment(at), place)
    }

    /// The author of the newest quoted text if an address or name is known.
    pub(crate) fn quote_author(&self) -> Option<&'a crate::message::anatomy::QuoteHead> {
        self.message.bodies.iter().find_map(|body| body.anatomy.quote_head.as_ref())
    }
}

fn location(part: Part, place: Place) -> Location {
    Location {
        part,
        line: place.line,
        column: place.column,
        text: place.words,
        context: place.context,
        raw_line: place.raw_line,
    }
}

/// Longer sentences are looked at in a window around the words, so that a text without full stops costs no more than
/// one with them. In characters, each way.
const LONGEST_SENTENCE: usize = 600;

/// The sentence around a range: up to a full stop, question or exclamation mark, or line end.
pub(crate) fn sentence(text: &str, range: Range<usize>) -> Range<usize> {
    let mut start = range.start;
    for (at, c) in text[..range.start].char_indices().rev().take(LONGEST_SENTENCE) {
        if ends_sentence(text, at, c) {
            break;
        }
        start = at;
    }
    let mut end = range.end;
    for (at, c) in text[range.end..].char_indices().take(LONGEST_SENTENCE) {
        end = range.end + at + c.len_utf8();
        if ends_sentence(text, range.end + at, c) {
            break;
        }
    }
    start..end
}

/// Where the author is: as the mail says, else where it is judged.
pub(crate) fn zone(message: &Message, facts: &Facts) -> TimeZone {
    let told = message.date.as_ref().or(facts.now.as_ref()).map(|now| now.time_zone().clone());
    told.unwrap_or(TimeZone::UTC)
}
