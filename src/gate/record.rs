//! Findings as they are kept beside a stored mail. The only place that knows this format.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::finding::{Allowance, Allowed, Confidence, Doubt, Evidence, Finding, Level, Location, Part};
use crate::lang::Bilingual;

/// What the rules said, for [`crate::store::NewMail::findings_json`].
pub fn write(findings: &[Finding], allowed: &[Allowed]) -> String {
    let excused = |allowed: &Allowed| Kept { allowed: Some(Excuse::of(&allowed.by)), ..Kept::of(&allowed.finding) };
    let kept: Vec<Kept> = findings.iter().map(Kept::of).chain(allowed.iter().map(excused)).collect();
    serde_json::to_string(&kept).expect("texts and numbers only")
}

/// How bad findings are, for [`crate::store::NewMail::risk`].
pub fn risk(findings: &[Finding]) -> u8 {
    let of = |level: Level| match level {
        Level::Info => 1,
        Level::Warning => 2,
        Level::Error => 3,
    };
    findings.iter().map(|finding| of(finding.level)).max().unwrap_or(0)
}

/// Reads the findings that [`write`] wrote. What another version wrote and this one does not know is left out.
pub fn read(json: &str) -> Vec<Finding> {
    kept(json).filter(|kept| kept.allowed.is_none()).map(Kept::finding).collect()
}

/// Reads the findings that were allowed, with their reasons.
pub fn read_allowed(json: &str) -> Vec<Allowed> {
    let allowed = |mut kept: Kept| {
        let by = kept.allowed.take()?.allowance();
        Some(Allowed { finding: kept.finding(), by })
    };
    kept(json).filter_map(allowed).collect()
}

fn kept(json: &str) -> impl Iterator<Item = Kept> {
    let values: Vec<serde_json::Value> = serde_json::from_str(json).unwrap_or_default();
    values.into_iter().filter_map(|value| serde_json::from_value::<Kept>(value).ok())
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    doubt: Option<Whom>,
    /// It did not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    allowed: Option<Excuse>,
}

#[derive(Serialize, Deserialize)]
struct Whom {
    address: String,
    others: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Excuse {
    by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    on: Option<Date>,
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
        let evidence = finding.evidence.iter().map(|(name, evidence)| (name.to_string(), value(evidence)));
        Kept {
            rule: finding.rule.clone(),
            level: finding.level.as_str().to_owned(),
            confidence: finding.confidence.as_str().to_owned(),
            title: Texts::of(&finding.title),
            why: Texts::of(&finding.why),
            advice: Texts::of(&finding.advice),
            location: Place { part: Where::of(part), line, column, text, context, raw_line },
            evidence: evidence.collect(),
            doubt: finding.doubt.clone().map(|Doubt { address, others }| Whom { address, others }),
            allowed: None,
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
            evidence: self
                .evidence
                .into_iter()
                .filter_map(|(name, value)| Some((name.into(), evidence(value)?)))
                .collect(),
            doubt: self.doubt.map(|Whom { address, others }| Doubt { address, others }),
        }
    }
}

impl Excuse {
    fn of(by: &Allowance) -> Excuse {
        let (reason, on) = match by {
            Allowance::Mail { reason } => (Some(reason.clone()), None),
            Allowance::Person { on } => (None, Some(*on)),
            Allowance::Setting | Allowance::Baseline => (None, None),
        };
        Excuse { by: by.as_str().to_owned(), reason, on }
    }

    fn allowance(self) -> Allowance {
        match self {
            Excuse { on: Some(on), .. } => Allowance::Person { on },
            Excuse { reason: Some(reason), .. } => Allowance::Mail { reason },
            Excuse { .. } => Allowance::Setting,
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

fn evidence(value: serde_json::Value) -> Option<Evidence> {
    use serde_json::Value;
    match value {
        Value::String(text) => Some(Evidence::Text(text)),
        Value::Number(number) => number.as_i64().map(Evidence::Number),
        Value::Array(items) => {
            let text = |item: Value| if let Value::String(text) = item { Some(text) } else { None };
            items.into_iter().map(text).collect::<Option<Vec<_>>>().map(Evidence::List)
        }
        Value::Null | Value::Bool(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_read_back_as_they_were() {
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
                evidence: vec![
                    ("count".into(), Evidence::Number(2)),
                    ("names".into(), Evidence::List(vec!["a".to_owned()])),
                    ("words".into(), Evidence::Text("佐藤様".to_owned())),
                ],
                doubt: Some(Doubt { address: "a@b.example".to_owned(), others: vec!["c@b.example".to_owned()] }),
            })
            .collect();
        let by = Allowance::Mail { reason: "he answers for her".to_owned() };
        let on = "2026-11-12".parse().expect("a day");
        let by = [by, Allowance::Person { on }, Allowance::Setting];
        let allowed = by.map(|by| Allowed { finding: findings[0].clone(), by });
        let json = write(&findings, &allowed);
        assert_eq!(read(&json), findings);
        assert_eq!(read_allowed(&json), allowed);
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        assert_eq!(read("no json"), []);
        assert_eq!(read("{}"), []);
        assert_eq!(read("[{\"rule\":\"x\"}]"), []);
    }
}
