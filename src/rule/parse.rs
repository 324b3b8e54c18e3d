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
use super::{Check, Rule, Rules, Setting, Vocabulary, embedded, faults, settings};
use crate::finding::{Confidence, Level};
use crate::lang::{Bilingual, Lang};
use crate::lexicon::Names;
use crate::source::{Fault, Problem, Source};

/// A rule block as it stands; every field is there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRule {
    id: String,
    level: Level,
    confidence: Confidence,
    title: Bilingual,
    why: Bilingual,
    advice: Bilingual,
    source: String,
    #[serde(default)]
    when: Conditions,
    check: Check,
}

const FIELDS: [&str; 10] =
    ["id", "level", "confidence", "title", "why", "advice", "source", "when", "check", "example"];

/// A rule, and where problems with its lists of words point at.
pub(super) struct Placed {
    pub(super) rule: Rule,
    pub(super) at: (Source, Range<usize>),
}

/// A block of expressions, and where problems with it point at.
struct Phrases {
    expression: Expression,
    at: (Source, Range<usize>),
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

/// Reads packs.
pub(super) fn load(packs: &[Source], settings: &[Setting], lang: Lang) -> Result<Rules, Vec<Problem>> {
    finish(Blocks::default(), packs, settings, lang)
}

/// Reads packs behind those of the program, which need no reading.
pub(super) fn load_behind_shipped(packs: &[Source], settings: &[Setting], lang: Lang) -> Result<Rules, Vec<Problem>> {
    // Nothing else could name their lists.
    let names = if packs.is_empty() && settings.is_empty() { Names::default() } else { embedded::names() };
    let mut blocks = Blocks { linker: Linker::behind(embedded::lexicon(), names), ..Blocks::default() };
    for pack in embedded::packs() {
        // The tests find what is wrong with them.
        let at = (Source::new(pack.name, ""), 0..0);
        let placed = |raw: RawRule| Placed { rule: raw.rule(pack.name, Vec::new()), at: at.clone() };
        blocks.rules.extend(pack.rules.into_iter().map(placed));
        let placed = |expression| Phrases { expression, at: at.clone() };
        blocks.phrases.extend(pack.expressions.into_iter().map(placed));
    }
    finish(blocks, packs, settings, lang)
}

/// The blocks of all packs so far.
#[derive(Default)]
struct Blocks {
    linker: Linker,
    rules: Vec<Placed>,
    phrases: Vec<Phrases>,
}

fn finish(blocks: Blocks, packs: &[Source], settings: &[Setting], lang: Lang) -> Result<Rules, Vec<Problem>> {
    let mut problems = Problems { lang, found: Vec::new() };
    let mut blocks = blocks;
    for pack in packs {
        if let Some(table) = parsed(pack, &mut problems) {
            read_table(pack, table, &mut blocks, &mut problems);
        }
    }
    let Blocks { mut linker, rules: mut placed, phrases } = blocks;
    settings::apply(settings, packs, &mut placed, &mut problems);
    for one in &mut placed {
        let rule = &mut one.rule;
        let conditions = rule.when.words().chain(rule.except.iter_mut().flat_map(Conditions::words));
        for words in rule.check.kind_mut().words().into_iter().chain(conditions) {
            if let Err(fault) = linker.link(words) {
                problems.add(&one.at.0, one.at.1.clone(), &fault);
            }
        }
    }
    let mut expressions = Expressions::default();
    for mut one in phrases {
        for words in one.expression.lists() {
            if let Err(fault) = linker.link(words) {
                problems.add(&one.at.0, one.at.1.clone(), &fault);
            }
        }
        expressions.add(one.expression);
    }
    if !problems.found.is_empty() {
        return Err(problems.found);
    }
    // Where nobody wrote a pack, a list of the configuration made it too large.
    let somewhere = || packs.iter().chain(settings.iter().map(|setting| &setting.source)).take(1);
    let too_large = |fault: Fault| somewhere().map(|pack| pack.fault(0..0, &fault, lang)).collect::<Vec<_>>();
    let lexicon = linker.build().map_err(too_large)?;
    let vocabulary = Vocabulary { lexicon, expressions };
    Ok(Rules { rules: placed.into_iter().map(|one| one.rule).collect(), vocabulary, packs: packs.to_vec() })
}

fn parsed<'a>(pack: &'a Source, problems: &mut Problems) -> Option<DeTable<'a>> {
    let (table, errors) = DeTable::parse_recoverable(&pack.text);
    for error in &errors {
        problems.add(pack, error.span().unwrap_or(0..0), &Fault::toml_syntax(error.message()));
    }
    errors.is_empty().then(|| table.into_inner())
}

fn read_table(pack: &Source, table: DeTable<'_>, into: &mut Blocks, problems: &mut Problems) {
    let mut facts = PackFacts::default();
    let mut rules = Vec::new();
    for (key, value) in table {
        let (key_span, key) = (key.span(), key.into_inner().into_owned());
        let span = value.span();
        match (key.as_str(), value) {
            ("lexicon", value) => {
                let lists = read::<HashMap<String, Words>>(pack, value, problems).unwrap_or_default();
                lists.into_iter().for_each(|(name, words)| into.linker.define(&name, words.into_entries()));
            }
            ("facts", value) => facts = read(pack, value, problems).unwrap_or_default(),
            ("rule" | "expression", value) => match value.into_inner() {
                DeValue::Array(array) if key == "rule" => rules.extend(array),
                DeValue::Array(array) => into.phrases.extend(array.into_iter().filter_map(|block| {
                    let span = block.span();
                    let expression = read::<Expression>(pack, block, problems)?;
                    Some(Phrases { expression, at: (pack.clone(), span) })
                })),
                _ => problems.add(pack, span, &faults::not_a_list_of_blocks(&key)),
            },
            (other, _) => problems.add(pack, key_span, &faults::unknown_in_pack(other)),
        }
    }
    for block in rules {
        if let Some(block) = read_rule(pack, block, problems) {
            place(pack, block, &facts, &mut into.rules, problems);
        }
    }
}

/// A block of one's own: with examples, and the places problems point at.
struct OwnRule {
    raw: RawRule,
    id_span: Range<usize>,
    check_span: Range<usize>,
    examples: Vec<RawExample>,
}

/// One block, field by field, so that every mistake in it is told.
fn read_rule(pack: &Source, block: Spanned<DeValue<'_>>, problems: &mut Problems) -> Option<OwnRule> {
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
    let (id_span, check_span) = (reader.span_of("id"), reader.span_of("check"));
    // All are read before any is missed.
    let (id, level, confidence) = (reader.field("id"), reader.field("level"), reader.field("confidence"));
    let (title, why, advice) = (reader.field("title"), reader.field("why"), reader.field("advice"));
    let (source, check) = (reader.field("source"), reader.field("check"));
    let (when, examples) = (reader.optional("when"), reader.optional("example"));
    let raw = RawRule {
        id: id?,
        level: level?,
        confidence: confidence?,
        title: title?,
        why: why?,
        advice: advice?,
        source: source?,
        when: when?,
        check: check?,
    };
    Some(OwnRule { raw, id_span, check_span, examples: examples? })
}

struct FieldReader<'a, 'i> {
    pack: &'a Source,
    /// Of the whole block.
    span: Range<usize>,
    fields: HashMap<String, Spanned<DeValue<'i>>>,
    problems: &'a mut Problems,
}

impl FieldReader<'_, '_> {
    fn span_of(&self, name: &str) -> Range<usize> {
        self.fields.get(name).map_or_else(|| self.span.clone(), Spanned::span)
    }

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

fn place(pack: &Source, block: OwnRule, facts: &PackFacts, placed: &mut Vec<Placed>, problems: &mut Problems) {
    let (id, span) = (block.raw.id.as_str(), block.id_span);
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        problems.add(pack, span, &faults::bad_id(id));
        return;
    }
    if placed.iter().any(|one| one.rule.id == id && one.at.0 == *pack) {
        problems.add(pack, span, &faults::twice(id));
        return;
    }
    let examples: Vec<Example> = block.examples.into_iter().map(|example| example.with(facts)).collect();
    if !examples.iter().any(|example| example.fires) || examples.iter().all(|example| example.fires) {
        problems.add(pack, span, &faults::too_few_examples(id));
        return;
    }
    let one = Placed { rule: block.raw.rule(&pack.name, examples), at: (pack.clone(), block.check_span) };
    match placed.iter_mut().find(|other| other.rule.id == one.rule.id) {
        Some(other) => *other = one,
        None => placed.push(one),
    }
}

impl RawRule {
    fn rule(self, pack: &str, examples: Vec<Example>) -> Rule {
        Rule {
            id: self.id,
            level: self.level,
            confidence: self.confidence,
            title: self.title,
            why: self.why,
            advice: self.advice,
            source: self.source,
            examples,
            pack: pack.to_owned(),
            when: self.when,
            except: None,
            check: self.check,
        }
    }
}
