//! Findings as they are kept beside a stored mail. The only place that knows this format.

use serde::{Deserialize, Serialize};

use crate::finding::{Confidence, Evidence, Finding, Level, Location, Part};
use crate::lang::Bilingual;

/// What the rules said, for [`crate::store::NewMail::findings_json`].
pub fn write(findings: &[Finding]) -> String {
    let kept: Vec<Kept> = findings.iter().map(Kept::of).collect();
    serde_json::to_string(&kept).expect("texts and numbers only")
}

/// Reads what [`write`] wrote; evidence is in the titles and is not read back. What another version wrote and this one
/// does not know is left out.
pub fn read(json: &str) -> Vec<Finding> {
    let values: Vec<serde_json::Value> = serde_json::from_str(json).unwrap_or_default();
    values.into_iter().filter_map(|value| serde_json::from_value::<Kept>(value).ok()).map(Kept::finding).collect()
}

#[derive(Serialize, Deserialize)]
struct Kept {
    rule: String,
    level: String,
    confidence: String,
    title: Texts,
    why: Texts,
    advice: Texts,
    location: Place,
    evidence: serde_json::Map<String, serde_json::Value>,
}

#[derive(Serialize, Deserialize)]
struct Texts {
    en: String,
    ja: String,
}

#[derive(Serialize, Deserialize)]
struct Place {
    part: Where,
    line: usize,
    column: usize,
    text: String,
    context: String,
    raw_line: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Where {
    Header(String),
    Body(usize),
    Attachment(usize),
    Envelope,
    Mail,
}

impl Kept {
    fn of(finding: &Finding) -> Kept {
        let Location { part, line, column, text, context, raw_line } = finding.location.clone();
        let evidence = finding.evidence.iter().map(|(name, evidence)| ((*name).to_owned(), value(evidence)));
        Kept {
            rule: finding.rule.clone(),
            level: finding.level.as_str().to_owned(),
            confidence: finding.confidence.as_str().to_owned(),
            title: Texts::of(&finding.title),
            why: Texts::of(&finding.why),
            advice: Texts::of(&finding.advice),
            location: Place { part: Where::of(part), line, column, text, context, raw_line },
            evidence: evidence.collect(),
        }
    }

    fn finding(self) -> Finding {
        let Place { part, line, column, text, context, raw_line } = self.location;
        // A level this version does not know is not taken lightly.
        let level = Level::ALL.into_iter().find(|level| level.as_str() == self.level).unwrap_or(Level::Error);
        let confidences = [Confidence::Low, Confidence::Medium, Confidence::High];
        let confidence = confidences.into_iter().find(|one| one.as_str() == self.confidence);
        Finding {
            rule: self.rule,
            level,
            confidence: confidence.unwrap_or(Confidence::High),
            title: self.title.bilingual(),
            why: self.why.bilingual(),
            advice: self.advice.bilingual(),
            location: Location { part: part.part(), line, column, text, context, raw_line },
            evidence: Vec::new(),
        }
    }
}

impl Texts {
    fn of(text: &Bilingual) -> Texts {
        Texts { en: text.en.clone(), ja: text.ja.clone() }
    }

    fn bilingual(self) -> Bilingual {
        Bilingual { en: self.en, ja: self.ja }
    }
}

impl Where {
    fn of(part: Part) -> Where {
        match part {
            Part::Header(name) => Where::Header(name),
            Part::Body(n) => Where::Body(n),
            Part::Attachment(n) => Where::Attachment(n),
            Part::Envelope => Where::Envelope,
            Part::Mail => Where::Mail,
        }
    }

    fn part(self) -> Part {
        match self {
            Where::Header(name) => Part::Header(name),
            Where::Body(n) => Part::Body(n),
            Where::Attachment(n) => Part::Attachment(n),
            Where::Envelope => Part::Envelope,
            Where::Mail => Part::Mail,
        }
    }
}

fn value(evidence: &Evidence) -> serde_json::Value {
    match evidence {
        Evidence::Text(text) => text.as_str().into(),
        Evidence::List(items) => items.clone().into(),
        Evidence::Number(number) => (*number).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_read_back_as_they_were_but_for_the_evidence() {
        let location = |part| Location {
            part,
            line: 3,
            column: 2,
            text: "佐藤様".to_owned(),
            context: "佐藤様\u{1b}".to_owned(),
            raw_line: 9,
        };
        let parts = [Part::Header("to".to_owned()), Part::Body(1), Part::Attachment(0), Part::Envelope, Part::Mail];
        let findings: Vec<Finding> = parts
            .into_iter()
            .map(|part| Finding {
                rule: "greeting-mismatch".to_owned(),
                level: Level::Warning,
                confidence: Confidence::Low,
                title: Bilingual::new("a", "あ"),
                why: Bilingual::new("b", "い"),
                advice: Bilingual::new("c", "う"),
                location: location(part),
                evidence: Vec::new(),
            })
            .collect();
        assert_eq!(read(&write(&findings)), findings);
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        assert_eq!(read("no json"), []);
        assert_eq!(read("{}"), []);
        assert_eq!(read("[{\"rule\":\"x\"}]"), []);
    }
}
