//! A second opinion on an answer to a fault: from what its sentences were taken for to what it lacks and what spoils it.
//!
//! The expressions of the packs and the rules built on them say one thing, the sentences weighed by the classifier
//! another, and each is wrong where the other is right. What both say of a mail is weighed once more, by one logistic
//! regression for each label: whether the rule fires, the kind of fault it saw, how likely the likeliest sentence of each
//! role is, and how likely the mail is of each kind ([`KINDS`], weighed first), for that decides what it owes. Most of the
//! mails it was learnt from no rule was tuned on, and the sentences of all were weighed by what other authors taught
//! (`examples/learn`), so that neither is trusted much more than it deserves. The weight `always` of each label holds its
//! threshold: above 0 a finding is reported.

use std::ops::Range;

use super::expression::Function;
use super::fault::{Fault, Kind};
use super::reading::{Hit, Reading};
use crate::classifier::{self, HALF, Odds, Role, Source, seen};
use crate::clause;
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
    DelayUnacknowledged "delay_unacknowledged",
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
                | Label::DelayUnacknowledged
        )
    }

    /// Whether only its rule can tell when it may hold: that an answer is late shows in dates.
    pub fn needs_rule(self) -> bool {
        self == Label::DelayUnacknowledged
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
            Label::DelayUnacknowledged => Role::DelayAck,
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

/// The kinds of mail that people tell apart, as `fixtures/answers` name them.
pub const KINDS: [&str; 7] = ["none", "slight", "real", "first", "contested", "repeat", "late"];

/// What an opinion is made from.
#[derive(Debug, Clone)]
pub struct Evidence {
    pub japanese: bool,
    /// What the rules alone saw: the kind of fault, or none, and what tells of it.
    pub signs: Vec<&'static str>,
    /// The odds of the likeliest sentence of each role.
    pub best: Odds,
    /// How likely the mail is of each of [`KINDS`]: that decides what it owes.
    pub kinds: [f32; KINDS.len()],
}

impl Evidence {
    fn new(japanese: bool, by_rules: Option<&Fault>, best: Odds) -> Evidence {
        let mut signs = vec![by_rules.map_or("none", |fault| fault.kind.name())];
        let admits = |fault: &Fault| fault.admissions.iter().any(|one| one.strength >= CLEAR);
        signs.extend(by_rules.filter(|fault| admits(fault)).map(|_| "admits"));
        signs.extend(by_rules.filter(|fault| !fault.complaint.is_empty()).map(|_| "complained"));
        let mut out = Evidence { japanese, signs, best, kinds: [0.0; KINDS.len()] };
        let features = out.situation();
        let mut odds = [0.0; KINDS.len()];
        for (name, value) in features {
            classifier::row(out.table_of_kinds(), name).for_each(|(kind, weight)| odds[kind] += weight * value);
        }
        out.kinds = odds.map(|odds| 1.0 / (1.0 + (-odds).exp()));
        out
    }

    /// What a kind is weighed by, each by its name.
    pub fn situation(&self) -> Vec<(&'static str, f32)> {
        let seen = |role: Role| seen(self.best[role as usize]);
        let mut out = vec![("always", 1.0)];
        out.extend(self.signs.iter().map(|sign| (*sign, 1.0)));
        out.extend(Role::ALL.iter().map(|role| (role.letter(), 2.0 * seen(*role))));
        let calm = [Role::Complaint, Role::Apology, Role::NamedFault].map(|role| 1.0 - seen(role));
        out.push(("calm", 3.0 * calm.iter().product::<f32>()));
        out.push(("asks", 2.0 * seen(Role::Question) * (1.0 - seen(Role::Complaint))));
        out
    }

    /// What a label is weighed by; `fires`: the rule alone does.
    pub fn features(&self, label: Label, fires: bool) -> Vec<(&'static str, f32)> {
        let odds = self.best[label.role() as usize];
        let mut out = self.situation();
        out.push(("odds", odds.clamp(LEAST, MOST) / 2.0));
        let lacks = 1.0 - seen(odds);
        for ((is, lacks_in), likely) in DEMANDS.into_iter().zip(self.kinds) {
            out.push((is, 2.0 * likely));
            out.push((lacks_in, 2.0 * likely * lacks));
        }
        if fires {
            out.push(("rule", 1.0));
            out.push(("rule without", 2.0 * lacks));
        }
        out
    }

    /// The table of the kinds of mail in its language.
    pub fn table_of_kinds(&self) -> &'static str {
        if self.japanese { "ja?" } else { "en?" }
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

/// Whether a label holds in a mail to the outside.
pub(super) fn settles(reading: &Reading<'_>, label: Label, fires: bool) -> bool {
    let evidence = reading.evidence();
    let odds = evidence.odds(label, fires);
    match label {
        Label::Fault => fires || odds > SURE,
        label => odds > 0.0 && (fires || !label.needs_rule()) || fires && label.is_lack() && is_bare(evidence, label),
    }
}

/// Below these odds nothing looks like a role.
const NOTHING: f32 = -2.0;

/// Whether an answer to a fault holds nothing that looks like what it lacks, nor like any deed: then its shortness is no
/// sign of a slip that was put right.
fn is_bare(evidence: &Evidence, label: Label) -> bool {
    let owed = [label.role(), Role::Remedy, Role::Prevention, Role::NextContact];
    evidence.odds(Label::Fault, true) > 0.0 && owed.iter().all(|role| evidence.best[*role as usize] < NOTHING)
}

/// Whether a mail is likelier about a fault of ours than not.
pub(super) fn is_likely(reading: &Reading<'_>) -> bool {
    reading.evidence().kinds[0] < 0.5
}

/// From this strength on an admission is one.
const CLEAR: u8 = 3;

/// Odds beyond these are all alike.
const LEAST: f32 = -4.0;
const MOST: f32 = 3.0;

/// A mail is of this kind; it is, and the role that a label is about is not in it.
pub const DEMANDS: [(&str, &str); KINDS.len()] = [
    ("is none", "none without"),
    ("is slight", "slight without"),
    ("is real", "real without"),
    ("is first", "first without"),
    ("is contested", "contested without"),
    ("is repeat", "repeat without"),
    ("is late", "late without"),
];

/// The sentences of what was written now, weighed.
pub(super) fn own(reading: &Reading<'_>) -> Vec<Weighed> {
    let quoted = reading.weighed_quotes();
    let of = |text: usize| {
        let own = reading.texts[text].body.own.text();
        // Those of its clauses; most mails need no more of them.
        let sentences = clause::sentences(own);
        let odds = classifier::weigh_together(own, &sentences, quoted);
        let weighed = move |(range, odds)| Weighed { hit: Hit { text, range }, odds };
        sentences.into_iter().zip(odds).map(weighed)
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
    let mut likely: Vec<&Weighed> = reading.weighed().iter().filter(|one| odds(one) > HALF).collect();
    likely.sort_by(|a, b| odds(b).total_cmp(&odds(a)));
    likely.truncate(MANY);
    if likely.is_empty() {
        likely.extend(reading.weighed().first());
    }
    likely.into_iter().map(|one| reading.words(&one.shown(reading))).collect()
}

/// The kind of a fault that no rule sees: the likely one, or a fault like most.
pub(super) fn kind(reading: &Reading<'_>) -> Kind {
    const OF: [Kind; KINDS.len() - 1] =
        [Kind::SlightSlip, Kind::RealFault, Kind::FirstReport, Kind::Contested, Kind::Repeat, Kind::LateAnswer];
    let likely = &reading.evidence().kinds[1..];
    OF.into_iter().zip(likely).find(|(_, likely)| **likely > 0.5).map_or(Kind::RealFault, |(kind, _)| kind)
}

/// The odds of the likeliest quoted sentence of each role.
pub(super) fn best_quoted(reading: &Reading<'_>) -> Odds {
    classifier::best(quoted(reading).map(|(_, _, odds)| odds))
}

/// The evidence of a mail.
pub(super) fn evidence(reading: &Reading<'_>) -> Evidence {
    let japanese = reading.language() == Some(Lang::Ja);
    let best = reading.weighed().iter().map(|one| one.odds).chain([*reading.weighed_quotes()]);
    Evidence::new(japanese, reading.fault_by_rules(), classifier::best(best))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_of_the_weights_are_the_roles_and_labels_in_their_order() {
        let mut lines = include_str!("../../rules/weights.tsv").lines();
        let mut columns = || lines.next().expect("three lines of columns").split('\t').skip(1).collect::<Vec<_>>();
        assert_eq!(columns(), Role::ALL.iter().map(|role| role.letter()).collect::<Vec<_>>());
        assert_eq!(columns(), Label::ALL.iter().map(|label| label.name()).collect::<Vec<_>>());
        assert_eq!(columns(), KINDS);
    }

    #[test]
    fn every_label_has_weights_in_both_languages() {
        for table in ["en@", "ja@"] {
            let labels: Vec<usize> = classifier::row(table, "always").map(|(label, _)| label).collect();
            assert_eq!(labels, (0..Label::ALL.len()).collect::<Vec<_>>(), "{table}");
        }
    }
}
