//! What spoils an answer, weighed: an excuse, blame, a denial, a put-down.
//!
//! Each phrase has a weight, and three are enough. For a circumstance or a culprit more than the words count: it weighs
//! more before the apology, behind a "but" that follows one, and where nothing is done about it; whoever takes the
//! fault on himself names a cause and makes no excuse.

use crate::clause::Agent;
use crate::rule::expression::{Function, Said};
use crate::rule::reading::{Hit, Reading};

/// From this weight it is one.
pub(in crate::rule) const ENOUGH: i32 = 3;

/// A tactic that was found.
#[derive(Debug)]
pub(in crate::rule) struct Tactic {
    /// Heaviest first.
    pub(in crate::rule) said: Vec<Said>,
    /// What was looked for to take it back.
    pub(in crate::rule) backs: &'static [Function],
}

/// The tactic, if it weighs enough.
pub(in crate::rule) fn read(reading: &Reading<'_>, function: Function) -> Option<Tactic> {
    let mut said = reading.said(function).to_vec();
    // "!!" alone is no tone.
    said.retain(|one| reading.folded(&one.hit)[one.hit.range.clone()].contains(char::is_alphabetic));
    if function == Function::Blame {
        said.retain(|one| !points_at_us(reading, one));
    }
    if function == Function::Excuse && said.is_empty() {
        said.extend(but_behind_apology(reading));
    }
    if said.is_empty() {
        return None;
    }
    let backs = backs(function);
    let taken: i32 = backs.iter().flat_map(|back| reading.said(*back)).map(|back| i32::from(back.strength)).sum();
    let mut weight: i32 = said.iter().map(|one| i32::from(one.strength)).sum();
    weight -= taken;
    if matches!(function, Function::Excuse | Function::Blame) {
        weight += circumstances(reading, &said);
    }
    said.sort_by_key(|one| std::cmp::Reverse(one.strength));
    (weight >= ENOUGH).then_some(Tactic { said, backs })
}

/// "The fault lies with our packing bench", 「原因は弊社の」: whoever is blamed stands behind the words, and it is our house.
/// Our courier and our trainee are others.
fn points_at_us(reading: &Reading<'_>, said: &Said) -> bool {
    const US: [&str; 4] = ["us", "ours", "me", "ourselves"];
    const HOUSE: [&str; 20] = [
        "own",
        "side",
        "end",
        "part",
        "office",
        "desk",
        "warehouse",
        "shop",
        "workshop",
        "store",
        "kitchen",
        "bench",
        "system",
        "systems",
        "software",
        "process",
        "procedure",
        "checks",
        "company",
        "house",
    ];
    const JAPANESE: [&str; 6] = ["弊社", "当社", "当店", "当方", "私ども", "わたくし"];
    const OUTSIDE: [&str; 10] = ["仕入", "委託", "協力", "下請", "取引", "業者", "運送", "新人", "前任", "担当"];
    /// "Our own packing bench": the house is named within these words.
    const NEAR: usize = 4;
    let behind = reading.folded(&said.hit)[said.hit.range.end..].trim_start();
    let mut words = behind.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    if let Some(us) = JAPANESE.iter().find_map(|us| behind.strip_prefix(us)) {
        let theirs = us.strip_prefix('の').unwrap_or(us);
        return !OUTSIDE.iter().any(|outside| theirs.starts_with(outside));
    }
    match words.next() {
        Some("our" | "my") => words.take(NEAR - 1).any(|word| HOUSE.contains(&word)),
        Some(word) => US.contains(&word),
        None => false,
    }
}

/// What takes a tactic back.
fn backs(function: Function) -> &'static [Function] {
    match function {
        Function::Excuse | Function::Blame => &[Function::Ownership],
        Function::Runaround => &[Function::Handover],
        _ => &[],
    }
}

/// What the place of a pleading adds to its words.
fn circumstances(reading: &Reading<'_>, said: &[Said]) -> i32 {
    let apologies = reading.said(Function::Apology);
    let place = |one: &Said| (one.hit.text, one.hit.range.start);
    let early = apologies.first().is_none_or(|apology| said.iter().any(|one| place(one) < place(apology)));
    let but = said.iter().any(|one| {
        let clauses = &reading.clauses(one.hit.text).clauses;
        clauses[one.clause].marks.but && apologies.iter().any(|apology| is_just_behind(reading, apology, one))
    });
    let idle = reading.said(Function::Remedy).is_empty()
        && reading.said(Function::Prevention).iter().all(|one| one.strength < 2);
    // Hints alone are none, wherever they stand.
    if said.iter().all(|one| one.strength < 2) { 0 } else { i32::from(early) + i32::from(but) + i32::from(idle) }
}

/// "Sorry, but it was a Sunday": a "but" behind an apology that tells what was, and brings no offer, turns it into an
/// excuse.
fn but_behind_apology(reading: &Reading<'_>) -> Option<Said> {
    const HINT: u8 = 2;
    let offers =
        [Function::Remedy, Function::NextContact, Function::Ownership, Function::FirstReport, Function::Cushion];
    let apologies = reading.said(Function::Apology);
    (0..reading.texts.len()).find_map(|text| {
        let clauses = reading.clauses(text);
        let told = clauses.clauses.iter().enumerate().filter(|(_, clause)| {
            let marks = clause.marks;
            // "Although" belongs to what one is sorry for, and so does all behind it.
            let words = &reading.texts[text].own.text()[clause.range.clone()];
            let opens = !words.is_ascii() || words.starts_with("but ") || words.starts_with("however");
            marks.but && opens && marks.past && marks.agent != Agent::Customer && !marks.question && !marks.condition
        });
        told.map(|(n, clause)| Said { strength: HINT, hit: Hit { text, range: clause.range.clone() }, clause: n }).find(
            |but| {
                let here = |said: &Said| super::same_sentence(reading, said, but);
                apologies.iter().any(|apology| is_just_behind(reading, apology, but))
                    && !offers.iter().any(|offer| reading.said(*offer).iter().any(here))
            },
        )
    })
}

/// In the sentence of the apology or the next one.
fn is_just_behind(reading: &Reading<'_>, apology: &Said, one: &Said) -> bool {
    let sentence = |said: &Said| super::sentence_of(reading, said);
    let ((text, at), (its_text, its)) = (sentence(one), sentence(apology));
    text == its_text && (its == at || its + 1 == at)
}

/// The answer denies, blames or sends away: whose fault it was is not agreed.
pub(super) fn contests(reading: &Reading<'_>) -> bool {
    [Function::Blame, Function::Defence, Function::Runaround]
        .into_iter()
        .any(|function| read(reading, function).is_some())
}
