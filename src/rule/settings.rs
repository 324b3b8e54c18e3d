//! What the configuration says about rules, applied to them.

use serde::Deserialize;

use super::parse::{Placed, Problems};
use super::when::Conditions;
use super::{Check, Parameter, Rule, Setting, embedded, faults};
use crate::source::{Fault, Source};

/// Applies every setting; a rule that is switched off is gone.
pub(super) fn apply(settings: &[Setting], packs: &[Source], placed: &mut Vec<Placed>, problems: &mut Problems) {
    for setting in settings {
        let Some(at) = placed.iter().position(|one| one.rule.id == setting.id) else {
            let fault = faults::no_such_rule(&setting.id, placed.iter().map(|one| one.rule.id.as_str()));
            problems.add(&setting.source, setting.id_span.clone(), &fault);
            continue;
        };
        if !setting.enabled {
            placed.remove(at);
            continue;
        }
        let one = &mut placed[at];
        one.rule.level = setting.level.unwrap_or(one.rule.level);
        let (conditions, parameters): (Vec<&Parameter>, Vec<&Parameter>) =
            setting.parameters.iter().partition(|parameter| ["when", "except"].contains(&parameter.name.as_str()));
        for parameter in conditions {
            match Conditions::deserialize(parameter.value.clone()) {
                Ok(read) if read.says_nothing() => {
                    problems.add(&setting.source, parameter.span.clone(), &faults::no_condition(&parameter.name));
                }
                Ok(read) => {
                    match parameter.name.as_str() {
                        "when" => one.rule.when = read,
                        _ => one.rule.except = Some(read),
                    }
                    one.at = (setting.source.clone(), parameter.span.clone());
                }
                Err(error) => {
                    problems.add(&setting.source, parameter.span.clone(), &faults::of_reader(error.message()));
                }
            }
        }
        for parameter in &parameters {
            match with_parameter(packs, &one.rule, parameter, &parameters) {
                Ok(check) => {
                    one.rule.check = check;
                    one.at = (setting.source.clone(), parameter.span.clone());
                }
                Err(fault) => problems.add(&setting.source, parameter.span.clone(), &fault),
            }
        }
    }
}

/// Reads the rule's check again with parameters replaced. Each parameter is tried alone first, so that the one at
/// fault is named.
fn with_parameter(packs: &[Source], rule: &Rule, one: &Parameter, all: &[&Parameter]) -> Result<Check, Fault> {
    let check = check_of(packs, &rule.pack, &rule.id);
    let with = |parameters: &[&Parameter]| {
        let mut check = toml::Value::Table(check.clone().expect("the rule was read from one of the packs"));
        let kind = check.as_table_mut().and_then(|kinds| kinds.iter_mut().next()).expect("a check has one kind").1;
        for parameter in parameters {
            kind.as_table_mut()
                .expect("a kind has a table of parameters")
                .insert(parameter.name.clone(), parameter.value.clone());
        }
        Check::deserialize(check).map_err(|error| faults::of_reader(error.message()))
    };
    let alone = with(&[one])?;
    Ok(with(all).unwrap_or(alone))
}

/// The `check` table of a rule as its pack gives it.
pub(super) fn check_of(packs: &[Source], pack: &str, id: &str) -> Option<toml::Table> {
    let own = packs.iter().rev().find(|source| *source.name == *pack).map(|source| &*source.text);
    let table: toml::Table = toml::from_str(own.or_else(|| embedded::text(pack))?).ok()?;
    let blocks = table.get("rule")?.as_array()?;
    let block = blocks.iter().find(|block| block.get("id").and_then(toml::Value::as_str) == Some(id))?;
    block.get("check")?.as_table().cloned()
}
