//! The baseline of `atena check`: findings that were there before and do not fail a run, until they grow too old.
//!
//! The file holds no words of the mails: a finding is its rule and a fingerprint.

use std::collections::HashMap;
use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Stop;
use crate::finding::{Allowance, Allowed, Finding};
use crate::lang::Lang;
use crate::output::{Checked, Fingerprints};
use crate::rule::CHECK_FAILED;

/// Known findings.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Baseline {
    version: u32,
    findings: Vec<Known>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    path: String,
    rule: String,
    fingerprint: String,
    /// The day it was first written down.
    since: Date,
}

const VERSION: u32 = 1;

impl Baseline {
    /// Reads a baseline file.
    ///
    /// # Errors
    /// It cannot be read, is no baseline, or was written by a later version.
    pub(super) fn read(path: &Path, lang: Lang) -> Result<Baseline, Stop> {
        let name = path.display();
        let stop = |en: String, ja: String| match lang {
            Lang::En => Stop::Message(en),
            Lang::Ja => Stop::Message(ja),
        };
        let text = std::fs::read_to_string(path).map_err(|error| {
            stop(
                format!("{name}: the baseline cannot be read: {error}; make one with --write-baseline"),
                format!("{name}: ベースラインを読み込めません: {error}。--write-baseline で作成できます"),
            )
        })?;
        let baseline: Baseline = serde_json::from_str(&text).map_err(|error| {
            stop(
                format!("{name}: this is no baseline: {error}; make one with --write-baseline"),
                format!("{name}: ベースラインとして読めません: {error}。--write-baseline で作成できます"),
            )
        })?;
        if baseline.version != VERSION {
            let version = baseline.version;
            return Err(stop(
                format!("{name}: version {version} of the baseline is not known; write it anew with --write-baseline"),
                format!(
                    "{name}: ベースラインのバージョン {version} には対応していません。--write-baseline で作り直してください"
                ),
            ));
        }
        Ok(baseline)
    }

    /// The findings of this run, each with the day it was first known.
    pub(super) fn of(messages: &[Checked<'_>], before: Option<&Baseline>, today: Date) -> Baseline {
        let since = before.map(Baseline::index).unwrap_or_default();
        let mut findings = Vec::new();
        for message in messages {
            let known = message.findings.iter().zip(fingerprints(&message.findings));
            for (finding, fingerprint) in known.filter(|(finding, _)| finding.rule != CHECK_FAILED) {
                let known = since.get(&(message.path.as_str(), fingerprint.as_str()));
                let since = known.map_or(today, |known| known.since);
                findings.push(Known { path: message.path.clone(), rule: finding.rule.clone(), fingerprint, since });
            }
        }
        Baseline { version: VERSION, findings }
    }

    /// Takes the known findings out of what fails; those known since before `oldest` count again.
    pub(super) fn apply(&self, messages: &mut [Checked<'_>], oldest: Option<Date>) {
        let known = self.index();
        for message in messages {
            let fingerprints = fingerprints(&message.findings);
            for (finding, fingerprint) in std::mem::take(&mut message.findings).into_iter().zip(fingerprints) {
                let entry = known.get(&(message.path.as_str(), fingerprint.as_str()));
                let is_young = |entry: &&&Known| oldest.is_none_or(|oldest| entry.since >= oldest);
                // Nobody knows what a check that failed would have found.
                match entry.filter(|_| finding.rule != CHECK_FAILED).filter(is_young) {
                    Some(_) => message.allowed.push(Allowed { finding, by: Allowance::Baseline }),
                    None => message.findings.push(finding),
                }
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.findings.len()
    }

    pub(super) fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self).expect("texts and dates only");
        json.push('\n');
        json
    }

    fn index(&self) -> HashMap<(&str, &str), &Known> {
        self.findings.iter().map(|known| ((known.path.as_str(), known.fingerprint.as_str()), known)).collect()
    }
}

fn fingerprints(findings: &[Finding]) -> Vec<String> {
    let mut fingerprints = Fingerprints::default();
    findings.iter().map(|finding| fingerprints.of(finding)).collect()
}
