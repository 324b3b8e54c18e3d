//! What a person has to tick before a kept mail may go.
//!
//! Few and specific: boxes that are the same for every mail are ticked unread. A tick names what this mail does.

use super::demand::{Asked, Demand, Question};
use super::{File, House, Material};
use crate::finding::Level;
use crate::lang::Bilingual;

/// One box to tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tick {
    /// The same for the same mail, whoever looks.
    pub key: String,
    pub demand: Demand,
    pub label: Bilingual,
    pub about: About,
    /// Addresses of the recipients it is about: if all of them are left out, nothing is asked. Empty: it is always asked.
    pub whom: Vec<String>,
}

/// What a tick is shown beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// An organisation of the sheet, by its place there.
    House(usize),
    /// A file of the sheet, by its place there.
    File(usize),
    /// A finding, by its number.
    Finding(usize),
    /// The mail as a whole.
    Mail,
}

/// More of one kind are ticked together: nobody reads twenty boxes.
const MOST_OF_A_KIND: usize = 8;

pub(super) fn ticks(material: &Material<'_>, houses: &[House], files: &[File]) -> Vec<Tick> {
    let Asked { demands, questions } =
        material.demands.of(&material.envelope.recipients, material.message, material.checklist);
    let wanted = |demand: Demand| demands.contains(&demand);
    let mut ticks = Vec::new();
    if wanted(Demand::Outside) {
        ticks.extend(together(Demand::Outside, outside(houses), |n| {
            Bilingual::new(
                format!("All {n} organisations outside are right"),
                format!("社外の宛先 {n} 組織はすべて正しい"),
            )
        }));
    }
    if wanted(Demand::Files) {
        ticks.extend(together(Demand::Files, attached(files), |n| {
            Bilingual::new(format!("All {n} files are the right ones"), format!("添付 {n} 件はすべて正しい"))
        }));
    }
    for (level, demand) in [(Level::Error, Demand::Errors), (Level::Warning, Demand::Warnings)] {
        if wanted(demand) {
            ticks.extend(found(material, level, demand));
        }
    }
    if wanted(Demand::Missing) {
        ticks.extend(missing(material));
    }
    ticks.extend(questions.into_iter().map(|question| asked(question, houses)));
    ticks
}

/// A question stands in the words of whoever wrote it, beside the organisation it is about.
fn asked(question: Question, houses: &[House]) -> Tick {
    let Question { text, about } = question;
    let lives = |house: &House| about.iter().any(|one| house.cards.iter().any(|card| card.address == *one));
    let mut at = houses.iter().enumerate().filter(|(_, house)| lives(house)).map(|(n, _)| n);
    let place = match (at.next(), at.next()) {
        (Some(n), None) => About::House(n),
        _ => About::Mail,
    };
    let (key, label) = (format!("check:{text}"), Bilingual::new(text.clone(), text));
    Tick { key, demand: Demand::Check, label, about: place, whom: about }
}

fn together(demand: Demand, ticks: Vec<Tick>, all: impl Fn(usize) -> Bilingual) -> Vec<Tick> {
    match ticks.len() {
        0..=MOST_OF_A_KIND => ticks,
        n => vec![Tick {
            key: format!("{}:all", demand.as_str()),
            demand,
            label: all(n),
            about: About::Mail,
            whom: Vec::new(),
        }],
    }
}

fn outside(houses: &[House]) -> Vec<Tick> {
    let of = |(n, house): (usize, &House)| {
        let names: Vec<&str> = house
            .cards
            .iter()
            .map(|card| if card.name.is_empty() { card.address.as_str() } else { card.name.as_str() })
            .collect();
        let (en, ja) = (names.join(", "), names.join("、"));
        Tick {
            key: format!("outside:{}", house.name),
            demand: Demand::Outside,
            label: Bilingual::new(
                format!("It is for {en} at {}", house.name),
                format!("{}の {ja} 宛てで正しい", house.name),
            ),
            about: About::House(n),
            whom: house.cards.iter().map(|card| card.address.clone()).collect(),
        }
    };
    houses.iter().enumerate().filter(|(_, house)| !house.own).map(of).collect()
}

fn attached(files: &[File]) -> Vec<Tick> {
    let of = |(n, file): (usize, &File)| Tick {
        key: format!("file:{}", file.number),
        demand: Demand::Files,
        label: Bilingual::new(
            format!("“{}” is the right file", file.name),
            format!("「{}」は正しいファイルである", file.name),
        ),
        about: About::File(n),
        whom: Vec::new(),
    };
    files.iter().enumerate().map(of).collect()
}

fn found(material: &Material<'_>, level: Level, demand: Demand) -> Vec<Tick> {
    let here = material.findings.iter().enumerate().filter(|(_, finding)| finding.level == level);
    let ticks = here.map(|(n, finding)| Tick {
        key: format!("finding:{}:{}", finding.rule, n),
        demand,
        label: Bilingual::new(
            format!("I have seen this: {}", finding.title.en),
            format!("確認しました：{}", finding.title.ja),
        ),
        about: About::Finding(n),
        whom: Vec::new(),
    });
    together(demand, ticks.collect(), |n| {
        Bilingual::new(
            format!("I have seen all {n} of level {}", level.as_str()),
            format!("{} {n} 件をすべて確認した", level.as_str()),
        )
    })
}

fn missing(material: &Material<'_>) -> Vec<Tick> {
    let parts = material.checklist.into_iter().flat_map(|checklist| &checklist.parts);
    let lacking = parts.filter(|part| part.of > 0 && part.location.is_none());
    lacking
        .map(|part| Tick {
            key: format!("missing:{}", part.part),
            demand: Demand::Missing,
            label: Bilingual::new(
                format!("It goes without: {}", part.title.en),
                format!("「{}」がないまま送る", part.title.ja),
            ),
            about: About::Mail,
            whom: Vec::new(),
        })
        .collect()
}
