//! `terms-unclear`: a price without its tax or currency, or a promise whose only time is 「近日中」 or "shortly".
//!
//! Only what the mail as a whole leaves open is told: one word of tax, one day or hour anywhere, and it is silent.

use serde::Deserialize;

use super::order_data::{answered, quoted_range};
use super::{Kind, date};
use crate::measure::{self, Currency, Quantity};
use crate::message::text::is_wide;
use crate::rule::reading::{Hit, Reading, Remark};
use crate::rule::words::Words;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct TermsUnclear {
    /// In the sentence of an amount these say that it is what we ask for.
    prices: Words,
    /// Prices as bare numbers: "our price is 500".
    bare: Words,
    /// Anywhere in own text or subject these settle the tax, or tell where it stands.
    taxed: Words,
    /// In the sentence of an amount these make it no offer.
    no_offer: Words,
    /// Times that are none.
    vague: Words,
    /// In the clause of a vague time these promise something.
    promises: Words,
    /// In the quoted mail these ask for something, or complain.
    asked: Words,
    /// Anywhere in own text these are times, or what the vague time waits for.
    exact: Words,
}

impl Kind for TermsUnclear {
    fn words(&mut self) -> Vec<&mut Words> {
        vec![
            &mut self.prices,
            &mut self.bare,
            &mut self.taxed,
            &mut self.no_offer,
            &mut self.vague,
            &mut self.promises,
            &mut self.asked,
            &mut self.exact,
        ]
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        if reading.is_internal() || reading.is_on_a_list() {
            return Vec::new();
        }
        let remark = |(hit, en, ja): (Hit, &str, &str)| {
            Remark::at(reading.own_place(&hit))
                .with("words", reading.words(&hit))
                .with("what_en", en)
                .with("what_ja", ja)
        };
        [self.untaxed(reading), self.without_currency(reading), self.undated(reading)]
            .into_iter()
            .flatten()
            .map(remark)
            .collect()
    }
}

/// What is unclear: its words, and why in both languages.
type Unclear = (Hit, &'static str, &'static str);

impl TermsUnclear {
    /// A price that does not say whether the tax is in it (消費税法第63条 demands the total towards consumers). Dollars are
    /// left out: sales tax is commonly told at the till.
    fn untaxed(&self, reading: &Reading<'_>) -> Option<Unclear> {
        if !reading.says(&self.prices) || reading.mentions(&self.taxed) || has_files(reading) {
            return None;
        }
        let of_text = |text: usize| {
            let found = measure::find(reading.texts[text].body.own.text());
            found.into_iter().filter(|one| has_tax(&one.quantity)).map(move |one| Hit { text, range: one.range })
        };
        let mut amounts = (0..reading.texts.len()).flat_map(of_text);
        let hit = amounts.find(|hit| {
            is_at_home(reading, hit) && self.is_offer(reading, hit) && reading.sentence_has(hit, &self.prices)
        })?;
        Some((hit, "it is not said whether tax is included", "税込か税別かが書かれていません"))
    }

    fn without_currency(&self, reading: &Reading<'_>) -> Option<Unclear> {
        // From the number on: a unit behind it makes it a quantity.
        let measured = |hit: &Hit| {
            let text = &reading.folded(hit)[hit.range.start..reading.sentence(hit).end];
            measure::find(text).first().is_some_and(|one| one.range.start < hit.range.len())
        };
        let hit = reading.own(&self.bare).into_iter().find(|hit| self.is_offer(reading, hit) && !measured(hit))?;
        Some((hit, "the currency or unit is missing", "通貨や単位が書かれていません"))
    }

    /// The answer to a request promises something, and no time of the whole mail says by when.
    fn undated(&self, reading: &Reading<'_>) -> Option<Unclear> {
        let vague = reading.own(&self.vague);
        let mail = answered(reading).filter(|_| !vague.is_empty() && !reading.says(&self.exact))?;
        if !reading.texts[mail.text].quoted.touch(&self.asked, &quoted_range(reading, mail)) {
            return None;
        }
        let timed = |text: &str| {
            let spans = measure::find(text);
            let is_time = |one: &Quantity| matches!(one, Quantity::Span(_) | Quantity::Hours { .. });
            !date::find(text).is_empty() || spans.iter().any(|found| is_time(&found.quantity))
        };
        if reading.texts.iter().any(|text| timed(text.body.own.text())) {
            return None;
        }
        let hit = vague.into_iter().find(|hit| {
            reading.clause_has(hit, &self.promises) && !reading.is_quoted(hit) && !is_question(reading, hit)
        })?;
        Some((hit, "no day or hour is promised", "いつまでにかが書かれていません"))
    }

    fn is_offer(&self, reading: &Reading<'_>, hit: &Hit) -> bool {
        !reading.sentence_has(hit, &self.no_offer) && !reading.is_quoted(hit) && !is_question(reading, hit)
    }
}

fn has_tax(quantity: &Quantity) -> bool {
    matches!(quantity, Quantity::Money { currency: Currency::Yen | Currency::Euro | Currency::Pound, taxed: None, .. })
}

/// Yen in a foreign language are a price for abroad, where none of the tax is due (消費税法第7条).
fn is_at_home(reading: &Reading<'_>, hit: &Hit) -> bool {
    let words = &reading.folded(hit)[hit.range.clone()];
    let yen = ["yen", "jpy", "¥", "円"].iter().any(|name| words.contains(name));
    !yen || reading.folded(hit)[reading.sentence(hit)].chars().any(is_wide)
}

fn has_files(reading: &Reading<'_>) -> bool {
    reading.message.attachments.iter().any(|file| file.is_file())
}

fn is_question(reading: &Reading<'_>, hit: &Hit) -> bool {
    let words = reading.folded(hit)[reading.sentence(hit)].trim_end();
    words.ends_with('?') || words.trim_end_matches('。').ends_with('か')
}
