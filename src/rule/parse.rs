//! Packs and settings to rules: every problem with its place, all at once.

use std::collections::HashMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::examples::{Example, PackFacts, RawExample};
use super::words::Linker;
use super::{Check, Parameter, Rule, Rules, Setting};
use crate::finding::{Confidence, Level};
use crate::lang::Bilingual;
use crate::source::{Problem, Source};
use crate::suggest::nearest;

/// A rule block as it stands; every field is there.
struct RawRule {
    id: Spanned<String>,
    level: Level,
    confidence: Confidence,
    title: Bilingual,
    why: Bilingual,
    advice: Bilingual,
    source: String,
    check: Spanned<Check>,
    examples: Vec<RawExample>,
}

const FIELDS: [&str; 9] = ["id", "level", "confidence", "title", "why", "advice", "source", "check", "example"];

/// A rule with the places problems point at.
struct Placed {
    rule: Rule,
    source: Source,
    check_span: Range<usize>,
}

pub(super) fn load(packs: &[Source], settings: &[Setting]) -> Result<Rules, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut linker = Linker::default();
    let mut placed: Vec<Placed> = Vec::new();
    for pack in packs {
        read_pack(pack, &mut linker, &mut placed, &mut problems);
    }
    apply(settings, packs, &mut placed, &mut problems);
    for one in &mut placed {
        for words in one.rule.check.kind_mut().words() {
            if let Err(message) = linker.link(words) {
                problems.push(one.source.problem(one.check_span.clone(), message));
            }
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let lexicon = linker
        .build()
        .map_err(|message| packs.iter().take(1).map(|pack| pack.problem(0..0, message.clone())).collect::<Vec<_>>())?;
    Ok(Rules { rules: placed.into_iter().map(|one| one.rule).collect(), lexicon, packs: packs.to_vec() })
}

fn read_pack(pack: &Source, linker: &mut Linker, placed: &mut Vec<Placed>, problems: &mut Vec<Problem>) {
    let (table, errors) = DeTable::parse_recoverable(&pack.text);
    problems.extend(errors.iter().map(|error| problem(pack, error, 0..0)));
    if !errors.is_empty() {
        return;
    }
    let mut facts = PackFacts::default();
    let mut blocks = Vec::new();
    for (key, value) in table.into_inner() {
        let (key_span, key) = (key.span(), key.into_inner().into_owned());
        let span = value.span();
        match (key.as_str(), value) {
            ("lexicon", value) => match read::<HashMap<String, Vec<String>>>(pack, value) {
                Ok(lists) => lists.iter().for_each(|(name, entries)| linker.define(name, entries)),
                Err(error) => problems.push(error),
            },
            ("facts", value) => match read(pack, value) {
                Ok(read) => facts = read,
                Err(error) => problems.push(error),
            },
            ("rule", value) => match value.into_inner() {
                DeValue::Array(array) => blocks.extend(array),
                _ => problems.push(pack.problem(span, "`rule` is a list of blocks").with_help("write [[rule]]")),
            },
            (other, _) => problems.push(
                pack.problem(key_span, format!("unknown key `{other}` in a pack"))
                    .with_help("known are [[rule]], [lexicon], [facts]"),
            ),
        }
    }
    for block in blocks {
        if let Some(raw) = read_rule(pack, block, problems) {
            place(pack, raw, &facts, placed, problems);
        }
    }
}

/// One block, field by field, so that every mistake in it is told.
fn read_rule(pack: &Source, block: Spanned<DeValue<'_>>, problems: &mut Vec<Problem>) -> Option<RawRule> {
    let span = block.span();
    let DeValue::Table(table) = block.into_inner() else {
        problems.push(pack.problem(span, "a rule is a block of fields").with_help("write [[rule]]"));
        return None;
    };
    let mut fields: HashMap<String, Spanned<DeValue<'_>>> = HashMap::new();
    for (key, value) in table {
        let (key_span, key) = (key.span(), key.into_inner().into_owned());
        if FIELDS.contains(&key.as_str()) {
            fields.insert(key, value);
        } else {
            let near = nearest(&key, FIELDS)
                .map_or(format!("known are {}", FIELDS.join(", ")), |near| format!("did you mean `{near}`?"));
            problems.push(pack.problem(key_span, format!("unknown key `{key}` in a rule")).with_help(near));
        }
    }
    let mut reader = FieldReader { pack, span, fields, problems };
    // All are read before any is missed.
    let (id, level, confidence) = (reader.field("id"), reader.field("level"), reader.field("confidence"));
    let (title, why, advice) = (reader.field("title"), reader.field("why"), reader.field("advice"));
    let (source, check) = (reader.field("source"), reader.field("check"));
    let examples = if reader.fields.contains_key("example") { reader.field("example") } else { Some(Vec::new()) };
    Some(RawRule {
        id: id?,
        level: level?,
        confidence: confidence?,
        title: title?,
        why: why?,
        advice: advice?,
        source: source?,
        check: check?,
        examples: examples?,
    })
}

struct FieldReader<'a, 'i> {
    pack: &'a Source,
    /// Of the whole block.
    span: Range<usize>,
    fields: HashMap<String, Spanned<DeValue<'i>>>,
    problems: &'a mut Vec<Problem>,
}

impl FieldReader<'_, '_> {
    fn field<T: for<'de> Deserialize<'de>>(&mut self, name: &str) -> Option<T> {
        let Some(value) = self.fields.remove(name) else {
            let first_line = self.span.start..self.span.start.saturating_add("[[rule]]".len()).min(self.span.end);
            self.problems.push(self.pack.problem(first_line, format!("this rule has no `{name}`")));
            return None;
        };
        match read(self.pack, value) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        }
    }
}

fn read<T: for<'de> Deserialize<'de>>(pack: &Source, value: Spanned<DeValue<'_>>) -> Result<T, Problem> {
    let span = value.span();
    T::deserialize(ValueDeserializer::from(value)).map_err(|error| problem(pack, &error, span))
}

fn problem(pack: &Source, error: &toml::de::Error, fallback: Range<usize>) -> Problem {
    pack.problem(error.span().unwrap_or(fallback), plain(error.message()))
}

/// A message of the reader without the words of its programmers.
fn plain(message: &str) -> String {
    message
        .replace("usize", "a whole number")
        .replace("a sequence", "a list")
        .replace("a map", "a table")
        .replace("struct Bilingual", "a table with `en` and `ja`")
        .replace("struct ", "the table ")
}

fn place(pack: &Source, raw: RawRule, facts: &PackFacts, placed: &mut Vec<Placed>, problems: &mut Vec<Problem>) {
    let span = raw.id.span();
    let id = raw.id.into_inner();
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        problems.push(
            pack.problem(span, format!("`{id}` is no rule id")).with_help("use lower-case letters, digits and hyphens"),
        );
        return;
    }
    if placed.iter().any(|one| one.rule.id == id && one.source == *pack) {
        problems.push(pack.problem(span, format!("there are two rules `{id}` in this pack")));
        return;
    }
    let examples: Vec<Example> = raw.examples.into_iter().map(|example| example.with(facts)).collect();
    if !examples.iter().any(|example| example.fires) || examples.iter().all(|example| example.fires) {
        problems.push(
            pack.problem(span, format!("rule `{id}` needs an example that fires and one that does not"))
                .with_help("add [[rule.example]] with `match` and with `clean`"),
        );
        return;
    }
    let check_span = raw.check.span();
    let rule = Rule {
        id,
        level: raw.level,
        confidence: raw.confidence,
        title: raw.title,
        why: raw.why,
        advice: raw.advice,
        source: raw.source,
        examples,
        pack: pack.name.to_string(),
        check: raw.check.into_inner(),
    };
    let one = Placed { rule, source: pack.clone(), check_span };
    match placed.iter_mut().find(|other| other.rule.id == one.rule.id) {
        Some(other) => *other = one,
        None => placed.push(one),
    }
}

fn apply(settings: &[Setting], packs: &[Source], placed: &mut Vec<Placed>, problems: &mut Vec<Problem>) {
    for setting in settings {
        let Some(at) = placed.iter().position(|one| one.rule.id == setting.id) else {
            let nearest = nearest(&setting.id, placed.iter().map(|one| one.rule.id.as_str()));
            problems.push(
                setting
                    .source
                    .problem(setting.id_span.clone(), format!("there is no rule `{}`", setting.id))
                    .with_help(
                        nearest.map_or("`atena rules list` shows all rules".to_owned(), |id| {
                            format!("did you mean `{id}`?")
                        }),
                    ),
            );
            continue;
        };
        if !setting.enabled {
            placed.remove(at);
            continue;
        }
        let one = &mut placed[at];
        one.rule.level = setting.level.unwrap_or(one.rule.level);
        for parameter in &setting.parameters {
            match with_parameter(packs, &one.source, &setting.id, parameter, &setting.parameters) {
                Ok(check) => one.rule.check = check,
                Err(message) => problems.push(setting.source.problem(parameter.span.clone(), message)),
            }
        }
    }
}

/// Reads the rule's check again with parameters replaced. Each parameter is tried alone first, so that the one at
/// fault is named.
fn with_parameter(
    packs: &[Source],
    source: &Source,
    id: &str,
    one: &Parameter,
    all: &[Parameter],
) -> Result<Check, String> {
    let check = check_of(packs, &source.name, id);
    let with = |parameters: &[&Parameter]| {
        let mut check = toml::Value::Table(check.clone().expect("the rule was read from one of the packs"));
        let kind = check.as_table_mut().and_then(|kinds| kinds.iter_mut().next()).expect("a check has one kind").1;
        for parameter in parameters {
            kind.as_table_mut()
                .expect("a kind has a table of parameters")
                .insert(parameter.name.clone(), parameter.value.clone());
        }
        Check::deserialize(check).map_err(|error| plain(error.message()))
    };
    with(&[one])?;
    Ok(with(&all.iter().collect::<Vec<_>>()).unwrap_or(with(&[one])?))
}

/// The `check` table of a rule as its pack gives it.
pub(super) fn check_of(packs: &[Source], pack: &str, id: &str) -> Option<toml::Table> {
    let pack = packs.iter().rev().find(|source| *source.name == *pack)?;
    let table: toml::Table = toml::from_str(&pack.text).ok()?;
    let blocks = table.get("rule")?.as_array()?;
    let block = blocks.iter().find(|block| block.get("id").and_then(toml::Value::as_str) == Some(id))?;
    block.get("check")?.as_table().cloned()
}
