//! A second opinion on an answer to a fault: from what its sentences were taken for to what it lacks and what spoils it.
//!
//! The expressions of the packs and the rules built on them say one thing, the sentences weighed by the classifier
//! another, and each is wrong where the other is right. What both say of a mail is weighed once more, by one logistic
//! regression for each label: whether the rule fires, the kind of fault it saw, and how likely the likeliest sentence of
//! each role is. Most of the mails it was learnt from no rule was tuned on, and the sentences of all were weighed by what
//! other authors taught (`examples/learn`), so that neither is trusted much more than it deserves. The weight `always` of
//! each label holds its threshold: above 0 a finding is reported.

use std::ops::Range;

use super::expression::Function;
use super::fault::Kind;
use super::reading::{Hit, Reading};
use crate::classifier::{self, NEVER, Odds, ROLES, Role, Source};
use crate::clause::{self, Clauses};
use crate::lang::Lang;

/// The list of labels, once: their names in `fixtures/answers`, and the variants.
macro_rules! labels {
    ($($(#[$doc:meta])* $variant:ident $name:literal,)*) => {
        /// What it has an opinion on.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Label {
            $($(#[$doc])* $variant,)*
        }

        impl Label {
            pub const ALL: &[Label] = &[$(Label::$variant),*];

            /// As people label mails.
            pub fn name(self) -> &'static str {
                match self {
                    $(Label::$variant => $name,)*
                }
            }
        }
    };
}

labels! {
    /// The mail is about a fault of ours.
    Fault "fault",
    MissingApology "missing_apology",
    NonApology "non_apology",
    NoSpecificFault "no_specific_fault",
    NoRemedy "no_remedy",
    NoPrevention "no_prevention",
    NoNextContact "no_next_contact",
    Excuse "excuse",
    BlameShift "blame_shift",
    Minimizing "minimizing",
    Runaround "runaround",
    PushyCondition "pushy_condition",
    OverDefensive "over_defensive",
    DismissiveCommand "dismissive_command",
}

impl Label {
    /// Whether it tells what the answer to a fault lacks, and so holds only where somebody sees one.
    pub fn is_lack(self) -> bool {
        matches!(
            self,
            Label::MissingApology
                | Label::NoSpecificFault
                | Label::NoRemedy
                | Label::NoPrevention
                | Label::NoNextContact
        )
    }

    /// The function of the phrases that are it.
    pub(super) fn function(self) -> Option<Function> {
        Some(match self {
            Label::NonApology => Function::NonApology,
            Label::Excuse => Function::Excuse,
            Label::BlameShift => Function::Blame,
            Label::Minimizing => Function::Minimizing,
            Label::Runaround => Function::Runaround,
            Label::PushyCondition => Function::Pressure,
            Label::OverDefensive => Function::Defence,
            Label::DismissiveCommand => Function::Command,
            _ => return None,
        })
    }

    /// The role whose sentences tell most about it: those that spoil an answer, or those that it lacks.
    pub fn role(self) -> Role {
        match self {
            Label::Fault | Label::NoSpecificFault => Role::NamedFault,
            Label::MissingApology => Role::Apology,
            Label::NonApology => Role::NonApology,
            Label::NoRemedy => Role::Remedy,
            Label::NoPrevention => Role::Prevention,
            Label::NoNextContact => Role::NextContact,
            Label::Excuse => Role::Excuse,
            Label::BlameShift => Role::Blame,
            Label::Minimizing => Role::Minimizing,
            Label::Runaround => Role::Runaround,
            Label::PushyCondition => Role::Pressure,
            Label::OverDefensive => Role::Defence,
            Label::DismissiveCommand => Role::Command,
        }
    }
}

/// A sentence and the odds of its roles.
#[derive(Debug, Clone)]
pub(crate) struct Weighed {
    pub(crate) hit: Hit,
    pub(crate) odds: Odds,
}

/// What an opinion is made from.
#[derive(Debug, Clone)]
pub struct Evidence {
    pub japanese: bool,
    /// The kind of fault that the rules alone saw.
    pub kind: Option<&'static str>,
    /// The odds of the likeliest sentence of each role.
    pub best: Odds,
}

/// The odds of the likeliest of some sentences, role by role.
pub fn best<'o>(sentences: impl Iterator<Item = &'o Odds>) -> Odds {
    let mut out = [NEVER; ROLES];
    for odds in sentences {
        out.iter_mut().zip(odds).for_each(|(best, odds)| *best = best.max(*odds));
    }
    out
}

impl Evidence {
    /// What is weighed for a label, each by its name; `fires`: the rule alone does.
    pub fn features(&self, label: Label, fires: bool) -> Vec<(&'static str, f32)> {
        let best = |role: Role| self.best[role as usize];
        // How unlikely the unlikely is tells nothing.
        let seen = |role: Role| 1.0 / (1.0 + (-HALF - best(role)).exp());
        let mut out = vec![("always", 1.0), (self.kind.unwrap_or("none"), 1.0)];
        out.extend(Role::ALL.iter().map(|role| (role.letter(), 2.0 * seen(*role))));
        out.push(("odds", best(label.role()).clamp(LEAST, MOST) / 2.0));
        let calm = [Role::Complaint, Role::Apology, Role::NamedFault].map(|role| 1.0 - seen(role));
        out.push(("calm", 3.0 * calm.iter().product::<f32>()));
        out.push(("asks", 2.0 * seen(Role::Question) * (1.0 - seen(Role::Complaint))));
        if fires {
            out.push(("rule", 1.0));
        }
        out
    }

    /// The table of this mail's language.
    pub fn table(&self) -> &'static str {
        if self.japanese { "ja@" } else { "en@" }
    }

    /// The odds of a label over its threshold: from 0 on a finding is due.
    fn odds(&self, label: Label, fires: bool) -> f32 {
        let weight = |(name, value): (&'static str, f32)| {
            let of = classifier::row(self.table(), name).find(|(column, _)| *column == label as usize);
            of.map_or(0.0, |(_, weight)| weight * value)
        };
        self.features(label, fires).into_iter().map(weight).sum()
    }
}

/// Odds of a fault that no rule sees, from which it is one: nobody is told of what an ordinary mail lacks.
const SURE: f32 = 1.0;

/// Below these odds nothing looks like a role.
const NOTHING: f32 = -2.0;

/// Whether a label holds in a mail to the outside.
pub(super) fn settles(reading: &Reading<'_>, label: Label, fires: bool) -> bool {
    let evidence = reading.evidence();
    let odds = evidence.odds(label, fires);
    if label == Label::Fault {
        return fires || odds > SURE;
    }
    if label.is_lack() && !may_lack(reading, label) {
        return false;
    }
    // A rule misses it in a mail about a fault, and nothing looks like it: nobody need be surer than that.
    let is_owed = || evidence.best[label.role() as usize] < NOTHING && evidence.odds(Label::Fault, true) > 0.0;
    odds > 0.0 || (label.is_lack() && fires && is_owed())
}

/// Whether a fault was seen whose answer may lack this.
fn may_lack(reading: &Reading<'_>, label: Label) -> bool {
    match reading.fault_by_rules() {
        // Nothing more is owed for being late, and what a slight slip was shows by itself.
        Some(fault) => match fault.kind {
            Kind::LateAnswer => false,
            Kind::SlightSlip => label != Label::NoSpecificFault,
            _ => true,
        },
        None => label != Label::NoSpecificFault && reading.fault().is_some(),
    }
}

/// Odds beyond these are all alike.
const LEAST: f32 = -4.0;
const MOST: f32 = 3.0;
/// Odds of a rare role are low: half of what is found at these is right.
const HALF: f32 = 1.5;

/// The sentences of what was written now, weighed.
pub(super) fn own(reading: &Reading<'_>) -> Vec<Weighed> {
    let of = |text: usize| {
        let clauses: &Clauses = reading.clauses(text);
        let odds = classifier::weigh(reading.texts[text].body.own.text(), &clauses.sentences, Source::Own);
        let hit = move |range: &Range<usize>| Hit { text, range: range.clone() };
        clauses.sentences.iter().map(hit).zip(odds).map(|(hit, odds)| Weighed { hit, odds }).collect::<Vec<_>>()
    };
    (0..reading.texts.len()).flat_map(of).collect()
}

impl Weighed {
    /// As much of it as people are shown.
    pub(super) fn shown(&self, reading: &Reading<'_>) -> Hit {
        const CHARACTERS: usize = 200;
        let Hit { text, range } = self.hit.clone();
        let words = &reading.folded(&self.hit)[range.clone()];
        let length = words.char_indices().nth(CHARACTERS).map_or(words.len(), |(at, _)| at);
        Hit { text, range: range.start..range.start + length }
    }
}

/// The sentences of quoted text that are not our own house's, by text: their folded text, their places, their odds.
pub(super) fn quoted<'r>(reading: &'r Reading<'_>) -> impl Iterator<Item = (&'r str, Range<usize>, Odds)> {
    (0..reading.texts.len()).flat_map(move |text| {
        let own = reading.own_mails(text);
        let folded = &reading.texts[text].body.quoted;
        let is_theirs = |range: &Range<usize>| {
            let at = folded.original(range.clone()).start;
            // In order, and none within another.
            let before = own.partition_point(|mail| mail.start <= at).checked_sub(1);
            before.is_none_or(|before| own[before].end <= at)
        };
        let sentences: Vec<Range<usize>> = clause::sentences(folded.text()).into_iter().filter(is_theirs).collect();
        let odds = classifier::weigh(folded.text(), &sentences, Source::Quoted);
        sentences.into_iter().zip(odds).map(|(range, odds)| (folded.text(), range, odds))
    })
}

/// The sentence that is likeliest what a label is about.
pub(super) fn likeliest<'r>(reading: &'r Reading<'_>, label: Label) -> Option<&'r Weighed> {
    let odds = |one: &&Weighed| one.odds[label.role() as usize];
    reading.weighed().iter().max_by(|a, b| odds(a).total_cmp(&odds(b)))
}

/// Our sentences that tell most surely of a fault; the first one where none does.
pub(super) fn signs(reading: &Reading<'_>) -> Vec<String> {
    const MANY: usize = 2;
    let odds = |one: &Weighed| one.odds[Role::NamedFault as usize].max(one.odds[Role::Apology as usize]);
    let mut likely: Vec<&Weighed> = reading.weighed().iter().filter(|one| odds(one) > -HALF).collect();
    likely.sort_by(|a, b| odds(b).total_cmp(&odds(a)));
    likely.truncate(MANY);
    if likely.is_empty() {
        likely.extend(reading.weighed().first());
    }
    likely.into_iter().map(|one| reading.words(&one.shown(reading))).collect()
}

/// The evidence of a mail.
pub(super) fn evidence(reading: &Reading<'_>) -> Evidence {
    Evidence {
        japanese: reading.language() == Some(Lang::Ja),
        kind: reading.fault_by_rules().map(|fault| fault.kind.name()),
        best: best(
            reading
                .weighed()
                .iter()
                .map(|one| one.odds)
                .chain(quoted(reading).map(|(_, _, odds)| odds))
                .collect::<Vec<_>>()
                .iter(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_of_the_weights_are_the_roles_and_labels_in_their_order() {
        let mut lines = include_str!("../../rules/weights.tsv").lines();
        let mut columns = || lines.next().expect("two lines of columns").split('\t').skip(1).collect::<Vec<_>>();
        assert_eq!(columns(), Role::ALL.iter().map(|role| role.letter()).collect::<Vec<_>>());
        assert_eq!(columns(), Label::ALL.iter().map(|label| label.name()).collect::<Vec<_>>());
    }

    #[test]
    fn every_label_has_weights_in_both_languages() {
        for table in ["en@", "ja@"] {
            let labels: Vec<usize> = classifier::row(table, "always").map(|(label, _)| label).collect();
            assert_eq!(labels, (0..Label::ALL.len()).collect::<Vec<_>>(), "{table}");
        }
    }
}
