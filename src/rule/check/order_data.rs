//! `order-data-mismatch`: a number, an amount, a count or a day of the quoted mail comes back changed: 「注文番号 A-1023」
//! is answered with 「A-1032」.
//!
//! Contradiction fires: each side states one value of the same kind, and the two look like a slip of the fingers or stand
//! behind the same label. Whoever corrects, names several values or makes a new offer is left alone.

mod likeness;
mod values;

use std::ops::Range;

use serde::Deserialize;

use super::Kind;
use crate::lang::{Bilingual, Lang};
use crate::people::domain;
use crate::rule::reading::{self, Hit, MAX_REMARKS, Reading, Remark};
use crate::rule::thread::QuotedMail;
use crate::rule::words::Words;
use likeness::Likeness;
use values::{Form, Value};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct OrderDataMismatch {
    /// Kinds of data with the words that announce them.
    data: Vec<Datum>,
    /// In the sentence of either value these tell that one of the two is known to be wrong, or another thing.
    corrects: Words,
    /// In the sentence of an own amount, count or day these tell that it is meant to differ.
    unless: Words,
    /// In the sentence of the value these say that it is what the other asked for; counts, amounts and days need them.
    agreed: Words,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Datum {
    name: Bilingual,
    form: Form,
    labels: Words,
}

/// One value on each side.
struct Pair {
    own: Value,
    quoted: Value,
}

impl Kind for OrderDataMismatch {
    fn words(&mut self) -> Vec<&mut Words> {
        let labels = self.data.iter_mut().map(|datum| &mut datum.labels);
        labels.chain([&mut self.corrects, &mut self.unless, &mut self.agreed]).collect()
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        if reading.is_internal() || reading.is_on_a_list() {
            return Vec::new();
        }
        let Some(mail) = answered(reading) else { return Vec::new() };
        let mut out: Vec<Remark> = Vec::new();
        let mut said: Vec<Range<usize>> = Vec::new();
        for (n, datum) in self.data.iter().enumerate() {
            for pair in self.pairs(reading, n, mail) {
                let hit = Hit { text: mail.text, range: pair.own.range.clone() };
                if said.contains(&hit.range) || out.len() == MAX_REMARKS {
                    continue;
                }
                said.push(hit.range.clone());
                out.push(
                    Remark::at(reading.own_place(&hit))
                        .with("datum_en", datum.name.get(Lang::En))
                        .with("datum_ja", datum.name.get(Lang::Ja))
                        .with("words", reading.original(&hit))
                        .with("theirs", original(reading, mail.text, &pair.quoted.range)),
                );
            }
        }
        out
    }
}

/// The quoted mail that is answered: the newest, if somebody outside can have written it, and it is not passed on.
pub(super) fn answered<'r>(reading: &'r Reading<'_>) -> Option<&'r QuotedMail> {
    let mail = reading.thread().first()?;
    let own = |author: &String| {
        let of = author.rsplit_once('@').map_or("", |(_, domain)| domain);
        reading.own_domains().iter().any(|own| domain::belongs_to(of, own))
    };
    let subject = reading.subject.folded.text();
    let is_forward = ["fw:", "fwd:", "転送"].iter().any(|prefix| subject.starts_with(prefix));
    (!is_forward && !mail.author.as_ref().is_some_and(own)).then_some(mail)
}

/// The part of a text's folded quotes that is one mail.
pub(super) fn quoted_range(reading: &Reading<'_>, mail: &QuotedMail) -> Range<usize> {
    let folded = &reading.texts[mail.text].body.quoted;
    let (start, end) = (folded.folded(mail.range.start), folded.folded(mail.range.end));
    start..end.max(start)
}

/// Words of the folded quotes as they came, on one line.
pub(super) fn original(reading: &Reading<'_>, text: usize, range: &Range<usize>) -> String {
    let body = reading.texts[text].body;
    body.original[body.quoted.original(range.clone())].split_whitespace().collect::<Vec<_>>().join(" ")
}

impl OrderDataMismatch {
    fn pairs(&self, reading: &Reading<'_>, datum: usize, mail: &QuotedMail) -> Vec<Pair> {
        let part = &reading.texts[mail.text];
        let (own, quoted) = (part.body.own.text(), part.quoted.text());
        let newest = quoted_range(reading, mail);
        let form = self.data[datum].form;
        // Without words that agree no amount, count or day is compared, and finding them all costs most.
        if form != Form::Code && !part.own.any(&self.agreed) {
            return Vec::new();
        }
        let own_labels = |datum: &Datum| -> Vec<Range<usize>> {
            let hits = reading.own(&datum.labels).into_iter();
            hits.filter(|hit| hit.text == mail.text).map(|hit| hit.range).collect()
        };
        let quoted_labels = |datum: &Datum| part.quoted.of(&datum.labels).to_vec();
        let of_others = |labels: &dyn Fn(&Datum) -> Vec<Range<usize>>| -> Vec<Range<usize>> {
            let others = self.data.iter().enumerate().filter(|(n, other)| *n != datum && other.form == form);
            others.flat_map(|(_, other)| labels(other)).collect()
        };
        let labels = quoted_labels(&self.data[datum]);
        if form == Form::Code && labels.is_empty() && own_labels(&self.data[datum]).is_empty() {
            return Vec::new();
        }
        let theirs = values::of(form, quoted, newest, &labels, &of_others(&quoted_labels));
        if theirs.is_empty() {
            return Vec::new();
        }
        let ours = values::of(form, own, 0..own.len(), &own_labels(&self.data[datum]), &of_others(&own_labels));
        let mut units: Vec<&str> = theirs.iter().map(|value| value.unit.as_str()).collect();
        units.sort_unstable();
        units.dedup();
        let pair = |unit: &&str| Some(Pair { own: only(&ours, unit)?, quoted: only(&theirs, unit)? });
        units.iter().filter_map(pair).filter(|pair| self.contradicts(reading, form, mail.text, pair)).collect()
    }

    fn contradicts(&self, reading: &Reading<'_>, form: Form, text: usize, pair: &Pair) -> bool {
        let part = &reading.texts[text];
        let (own, quoted) = (part.body.own.text(), part.quoted.text());
        let Pair { own: ours, quoted: theirs } = pair;
        // Each value is known on one side only.
        if ours.is_same(theirs) || values::occurs(form, own, theirs) || values::occurs(form, quoted, ours) {
            return false;
        }
        let (both, one) = (ours.is_labelled && theirs.is_labelled, ours.is_labelled || theirs.is_labelled);
        let likeness = likeness::of(&ours.key, &theirs.key);
        let fits = match form {
            Form::Code => (one && likeness == Likeness::Slip) || (both && likeness == Likeness::Form),
            Form::Money => !values::is_tax(ours, theirs) && likeness == Likeness::Slip,
            // Of two counts of one digit any could be a slip for any.
            Form::Count => likeness == Likeness::Slip && ours.key.len().max(theirs.key.len()) > 1,
            Form::Day => one && likeness == Likeness::Slip,
        };
        let hit = Hit { text, range: ours.range.clone() };
        let agreed = form == Form::Code
            || (reading.sentence_has(&hit, &self.agreed) && !reading.sentence_has(&hit, &self.unless));
        let sentence = reading::sentence(quoted, theirs.range.clone());
        let is_meant = reading.sentence_has(&hit, &self.corrects)
            || reading.is_quoted(&hit)
            || part.quoted.touch(&self.corrects, &sentence);
        fits && agreed && !is_meant
    }
}

/// The only value of a unit, if all say the same; labelled ones come first.
fn only(values: &[Value], unit: &str) -> Option<Value> {
    let of_unit = || values.iter().filter(|value| value.unit == unit);
    let labelled: Vec<&Value> = of_unit().filter(|value| value.is_labelled).collect();
    let all: Vec<&Value> = if labelled.is_empty() { of_unit().collect() } else { labelled };
    let first = *all.first()?;
    all.iter().all(|value| value.is_same(first)).then(|| first.clone())
}
