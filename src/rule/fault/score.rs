//! The completeness of an answer, from 0 to 100, as a checklist.
//!
//! The weights follow guides to regaining trust after a complaint: a real fault wants the facts, an apology, cause,
//! remedy, prevention and a next step; a slight slip an apology and the correction; a first report above all the hour of
//! the next word.

use super::parts::{There, WHOLE};
use super::{Fault, Kind, Part};
use crate::checklist::{Checklist, Item, Penalty};
use crate::finding::Location;
use crate::lang::{Bilingual, Lang};
use crate::rule::expression::Function;
use crate::rule::reading::Reading;

/// From this score an answer is complete; the second time more is expected.
const PASS: u32 = 70;
const PASS_ON_REPEAT: u32 = 85;

/// What each tactic costs.
const PENALTIES: [(Function, u32); 9] = [
    (Function::Excuse, 15),
    (Function::Blame, 20),
    (Function::Minimizing, 10),
    (Function::Defence, 15),
    (Function::Command, 20),
    (Function::Pressure, 10),
    (Function::Upsell, 10),
    (Function::Runaround, 20),
    (Function::Hush, 20),
];

impl Kind {
    /// What a part adds when it is whole.
    fn weight(self, part: Part) -> u32 {
        match (self, part) {
            (Kind::SlightSlip, Part::Apology | Part::Remedy) => 50,
            (Kind::LateAnswer, Part::DelayAck) => 100,
            (Kind::FirstReport, Part::NamedFault | Part::Apology | Part::Remedy) => 20,
            (Kind::FirstReport, Part::NextContact) => 40,
            (Kind::Contested, Part::NamedFault | Part::Apology | Part::Remedy | Part::NextContact) => 25,
            (Kind::RealFault | Kind::Repeat, Part::NamedFault | Part::Apology | Part::Remedy) => 20,
            (Kind::RealFault | Kind::Repeat, Part::Prevention | Part::NextContact) => 15,
            (Kind::RealFault | Kind::Repeat, Part::Cause) => 10,
            _ => 0,
        }
    }
}

/// The checklist of a mail about a fault, by what the rules found: the parts that are lacking, and what spoils it.
pub(in crate::rule) fn checklist(
    reading: &Reading<'_>,
    fault: &Fault,
    lacking: &[Part],
    spoilt: &[(Function, &Location)],
) -> Checklist {
    let lang = reading.language().unwrap_or(Lang::En);
    let item = |part: Part| {
        let of = fault.kind.weight(part);
        let there = fault.parts.get(part).filter(|_| !lacking.contains(&part));
        (of > 0 || there.is_some()).then(|| Item {
            part: part.name(),
            title: part.title(),
            points: there.map_or(0, |there| points(fault, part, there, of)),
            of,
            location: there.map(|there| reading.own_place(&there.hit)),
            advice: if there.is_some() { String::new() } else { part.advice().get(lang).to_owned() },
        })
    };
    let parts: Vec<Item> = Part::ALL.into_iter().filter_map(item).collect();
    let penalty = |(function, points): (Function, u32)| {
        let (_, location) = spoilt.iter().find(|(found, _)| *found == function)?;
        Some(Penalty { tactic: function.name(), points, location: (*location).clone() })
    };
    let penalties: Vec<Penalty> = PENALTIES.into_iter().filter_map(penalty).collect();
    let sum: u32 = parts.iter().map(|item| item.points).sum();
    let lost: u32 = penalties.iter().map(|penalty| penalty.points).sum();
    Checklist {
        kind: fault.kind.name(),
        title: fault.kind.title(),
        signs: fault.signs.clone(),
        score: sum.saturating_sub(lost),
        pass: if fault.kind == Kind::Repeat { PASS_ON_REPEAT } else { PASS },
        parts,
        penalties,
    }
}

/// Whole from strength 3 on; an apology behind its cause counts half.
fn points(fault: &Fault, part: Part, there: &There, of: u32) -> u32 {
    let cause = fault.parts.get(Part::Cause).map(|cause| (cause.hit.text, cause.hit.range.start));
    let behind = part == Part::Apology && cause.is_some_and(|cause| cause < (there.hit.text, there.hit.range.start));
    if there.strength >= WHOLE && !behind { of } else { of / 2 }
}

impl Part {
    fn title(self) -> Bilingual {
        let (en, ja) = match self {
            Part::NamedFault => ("What went wrong", "何が起きたか"),
            Part::Apology => ("Apology", "お詫び"),
            Part::Responsibility => ("Responsibility", "責任の所在"),
            Part::Cause => ("Cause", "原因"),
            Part::Remedy => ("Remedy", "対応"),
            Part::Prevention => ("Prevention", "再発防止"),
            Part::NextContact => ("Next contact", "次のご連絡"),
            Part::Thanks => ("Thanks", "お礼"),
            Part::DelayAck => ("The delay mentioned", "遅れへの言及"),
            Part::Empathy => ("The reader's trouble", "相手の困りごと"),
        };
        Bilingual::new(en.to_owned(), ja.to_owned())
    }

    /// How to add it.
    fn advice(self) -> Bilingual {
        let (en, ja) = match self {
            Part::NamedFault => (
                "Say what went wrong, when, and for whom: “On 14 October we charged your card twice.”",
                "何が、いつ、どの範囲で起きたかを書いてください。例:「10月14日、ご請求を二重に計上しておりました。」",
            ),
            Part::Apology => (
                "Apologise for it as your own fault, before any explanation: “I am sorry that we sent you the wrong size.”",
                "説明の前に、自分の責任としてお詫びを書いてください。例:「弊社の手配漏れにより、誠に申し訳ございません。」",
            ),
            Part::Responsibility => (
                "Say whose fault it was: “The mistake was ours.”",
                "責任が自社にあることを書いてください。例:「責任はすべて弊社にございます。」",
            ),
            Part::Cause => (
                "Say in one sentence which step of yours failed: “We renewed the certificate and forgot to restart the service.”",
                "自社のどの手順で起きたかを一文で書いてください。例:「変更手順に確認の項目がなく、停止を失念しておりました。」",
            ),
            Part::Remedy => (
                "Say what you have done or will do for this customer: “The right parts left today, free of charge.”",
                "このお客様に何をしたか、何をするかを書いてください。例:「代替品を本日発送し、明日の午前中にお届けします。」",
            ),
            Part::Prevention => (
                "Say what you have changed so that it does not happen again: “From today a second person checks each order.”",
                "繰り返さないために何を変えたかを書いてください。例:「本日より、出荷前に二名で照合いたします。」",
            ),
            Part::NextContact => (
                "Say who will be in touch, when and how: “I will call you on Monday at 10.”",
                "次に誰が、いつ、どう連絡するかを書いてください。例:「10月19日(月)午前中に、私からお電話いたします。」",
            ),
            Part::Thanks => ("Thank the reader for telling you.", "お知らせいただいたことへのお礼を書いてください。"),
            Part::DelayAck => (
                "Mention the delay: “I am sorry that this answer took a week.”",
                "返信が遅れたことに触れてください。例:「お返事が遅くなり、申し訳ございません。」",
            ),
            Part::Empathy => (
                "Say what it meant for the reader: “You had to call sixty customers because of us.”",
                "相手にどんな負担をかけたかを書いてください。例:「現場の皆様に40件の打ち消し作業を強いることとなりました。」",
            ),
        };
        Bilingual::new(en.to_owned(), ja.to_owned())
    }
}
