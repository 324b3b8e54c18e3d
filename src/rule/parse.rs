//! Packs to rules: every problem with its place, all at once.

use std::collections::HashMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::examples::{Example, PackFacts, RawExample};
use super::expression::{Expression, Expressions};
use super::when::Conditions;
use super::words::{Linker, Words};
use super::{Check, Rule, Rules, Setting, Vocabulary, faults, settings};
use crate::finding::{Confidence, Level};
use crate::lang::{Bilingual, Lang};
use crate::source::{Fault, Problem, Source};

/// A rule block as it stands; every field is there.
struct RawRule {
    id: Spanned<String>,
    level: Level,
    confidence: Confidence,
    title: Bilingual,
    why: Bilingual,
    advice: Bilingual,
    source: String,
    when: Conditions,
    check: Spanned<Check>,
    examples: Vec<RawExample>,
}

const FIELDS: [&str; 10] =
    ["id", "level", "confidence", "title", "why", "advice", "source", "when", "check", "example"];

/// A rule with the places problems point at.
pub(super) struct Placed {
    pub(super) rule: Rule,
    pub(super) source: Source,
    check_span: Range<usize>,
}

/// A block of expressions with the place problems point at.
struct Phrases {
    expression: Expression,
    source: Source,
    span: Range<usize>,
}

/// The problems found so far, in the language they are told in.
pub(super) struct Problems {
    lang: Lang,
    found: Vec<Problem>,
}

impl Problems {
    pub(super) fn add(&mut self, source: &Source, span: Range<usize>, fault: &Fault) {
        self.found.push(source.fault(span, fault, self.lang));
    }
}

/// Reads packs, behind those that are tables already and need no examples.
pub(super) fn load(
    embedded: Vec<(Source, DeTable<'_>)>,
    packs: &[Source],
    settings: &[Setting],
    lang: Lang,
) -> Result<Rules, Vec<Problem>> {
    let mut problems = Problems { lang, found: Vec::new() };
    let mut linker = Linker::default();
    let mut placed: Vec<Placed> = Vec::new();
    let mut phrases: Vec<Phrases> = Vec::new();
    let mut sources = Vec::with_capacity(embedded.len() + packs.len());
    for (pack, table) in embedded {
        let mut placing = Placing { demand_examples: false, placed: &mut placed, phrases: &mut phrases };
        read_table(&pack, table, &mut linker, &mut placing, &mut problems);
        sources.push(pack);
    }
    for pack in packs {
        let mut placing = Placing { demand_examples: true, placed: &mut placed, phrases: &mut phrases };
        if let Some(table) = parsed(pack, &mut problems) {
            read_table(pack, table, &mut linker, &mut placing, &mut problems);
        }
        sources.push(pack.clone());
    }
    settings::apply(settings, &sources, &mut placed, &mut problems);
    for one in &mut placed {
        let rule = &mut one.rule;
        let conditions = rule.when.words().chain(rule.except.iter_mut().flat_map(Conditions::words));
        for words in rule.check.kind_mut().words().into_iter().chain(conditions) {
            if let Err(fault) = linker.link(words) {
                problems.add(&one.source, one.check_span.clone(), &fault);
            }
        }
    }
    let mut expressions = Expressions::default();
    for mut one in phrases {
        for words in one.expression.lists() {
            if let Err(fault) = linker.link(words) {
                problems.add(&one.source, one.span.clone(), &fault);
            }
        }
        expressions.add(one.expression);
    }
    if !problems.found.is_empty() {
        return Err(problems.found);
    }
    let too_large =
        |fault: Fault| sources.iter().take(1).map(|pack| pack.fault(0..0, &fault, lang)).collect::<Vec<_>>();
    let lexicon = linker.build().map_err(too_large)?;
    let vocabulary = Vocabulary { lexicon, expressions };
    Ok(Rules { rules: placed.into_iter().map(|one| one.rule).collect(), vocabulary, packs: sources })
}

/// Where the blocks of a pack go.
struct Placing<'a> {
    demand_examples: bool,
    placed: &'a mut Vec<Placed>,
    phrases: &'a mut Vec<Phrases>,
}

fn parsed<'a>(pack: &'a Source, problems: &mut Problems) -> Option<DeTable<'a>> {
    let (table, errors) = DeTable::parse_recoverable(&pack.text);
    for error in &errors {
        problems.add(pack, error.span().unwrap_or(0..0), &Fault::toml_syntax(error.message()));
    }
    errors.is_empty().then(|| table.into_inner())
}

fn read_table(
    pack: &Source,
    table: DeTable<'_>,
    linker: &mut Linker,
    placing: &mut Placing<'_>,
    problems: &mut Problems,
) {
    let mut facts = PackFacts::default();
    let mut blocks = Vec::new();
    for (key, value) in table {
        let (key_span, key) = (key.span(), key.into_inner().into_owned());
        let span = value.span();
        match (key.as_str(), value) {
            ("lexicon", value) => {
                let lists = read::<HashMap<String, Words>>(pack, value, problems).unwrap_or_default();
                lists.into_iter().for_each(|(name, words)| linker.define(&name, words.into_entries()));
            }
            ("facts", value) => facts = read(pack, value, problems).unwrap_or_default(),
            ("rule" | "expression", value) => match value.into_inner() {
                DeValue::Array(array) if key == "rule" => blocks.extend(array),
                DeValue::Array(array) => placing.phrases.extend(array.into_iter().filter_map(|block| {
                    let span = block.span();
                    let expression = read::<Expression>(pack, block, problems)?;
                    Some(Phrases { expression, source: pack.clone(), span })
                })),
                _ => problems.add(pack, span, &faults::not_a_list_of_blocks(&key)),
            },
            (other, _) => problems.add(pack, key_span, &faults::unknown_in_pack(other)),
        }
    }
    for block in blocks {
        if let Some(raw) = read_rule(pack, block, problems) {
            place(pack, raw, &facts, placing, problems);
        }
    }
}

/// One block, field by field, so that every mistake in it is told.
fn read_rule(pack: &Source, block: Spanned<DeValue<'_>>, problems: &mut Problems) -> Option<RawRule> {
    let span = block.span();
    let DeValue::Table(table) = block.into_inner() else {
        problems.add(pack, span, &faults::not_a_block());
        return None;
    };
    let mut fields: HashMap<String, Spanned<DeValue<'_>>> = HashMap::new();
    for (key, value) in table {
        let (key_span, key) = (key.span(), key.into_inner().into_owned());
        if FIELDS.contains(&key.as_str()) {
            fields.insert(key, value);
        } else {
            problems.add(pack, key_span, &faults::unknown_in_rule(&key, &FIELDS));
        }
    }
    let mut reader = FieldReader { pack, span, fields, problems };
    // All are read before any is missed.
    let (id, level, confidence) = (reader.field("id"), reader.field("level"), reader.field("confidence"));
    let (title, why, advice) = (reader.field("title"), reader.field("why"), reader.field("advice"));
    let (source, check) = (reader.field("source"), reader.field("check"));
    let (when, examples) = (reader.optional("when"), reader.optional("example"));
    Some(RawRule {
        id: id?,
        level: level?,
        confidence: confidence?,
        title: title?,
        why: why?,
        advice: advice?,
        source: source?,
        when: when?,
        check: check?,
        examples: examples?,
    })
}

struct FieldReader<'a, 'i> {
    pack: &'a Source,
    /// Of the whole block.
    span: Range<usize>,
    fields: HashMap<String, Spanned<DeValue<'i>>>,
    problems: &'a mut Problems,
}

impl FieldReader<'_, '_> {
    fn field<T: for<'de> Deserialize<'de>>(&mut self, name: &str) -> Option<T> {
        let Some(value) = self.fields.remove(name) else {
            let first_line = self.span.start..self.span.start.saturating_add("[[rule]]".len()).min(self.span.end);
            self.problems.add(self.pack, first_line, &faults::missing(name));
            return None;
        };
        read(self.pack, value, self.problems)
    }

    fn optional<T: for<'de> Deserialize<'de> + Default>(&mut self, name: &str) -> Option<T> {
        if self.fields.contains_key(name) { self.field(name) } else { Some(T::default()) }
    }
}

fn read<T: for<'de> Deserialize<'de>>(
    pack: &Source,
    value: Spanned<DeValue<'_>>,
    problems: &mut Problems,
) -> Option<T> {
    let span = value.span();
    let read = T::deserialize(ValueDeserializer::from(value));
    read.map_err(|error| problems.add(pack, error.span().unwrap_or(span), &faults::of_reader(error.message()))).ok()
}

fn place(pack: &Source, raw: RawRule, facts: &PackFacts, placing: &mut Placing<'_>, problems: &mut Problems) {
    let span = raw.id.span();
    let id = raw.id.into_inner();
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        problems.add(pack, span, &faults::bad_id(&id));
        return;
    }
    if placing.placed.iter().any(|one| one.rule.id == id && one.source == *pack) {
        problems.add(pack, span, &faults::twice(&id));
        return;
    }
    let examples: Vec<Example> = raw.examples.into_iter().map(|example| example.with(facts)).collect();
    let lacks_examples = !examples.iter().any(|example| example.fires) || examples.iter().all(|example| example.fires);
    if placing.demand_examples && lacks_examples {
        problems.add(pack, span, &faults::too_few_examples(&id));
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
        when: raw.when,
        except: None,
        check: raw.check.into_inner(),
    };
    let one = Placed { rule, source: pack.clone(), check_span };
    match placing.placed.iter_mut().find(|other| other.rule.id == one.rule.id) {
        Some(other) => *other = one,
        None => placing.placed.push(one),
    }
}
