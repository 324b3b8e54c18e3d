//! Reads tables of a TOML document by their definition: every value with its span and origin, every problem at once.
//!
//! Pure. Knows [`Section`]s, not what their values mean.

use std::ops::Range;

use jiff::civil::Date;
use serde::Deserialize as _;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::definition::{Default, Field, Form, Kind, Section, Word};
use super::fields::SECTIONS;
use super::settings::{Origin, Setting};
use super::units;
use crate::lang::Lang;
use crate::source::Fault;
use crate::source::{Problem, Source};
use crate::suggest::nearest;

/// One table of the document, or the absence of it.
pub(super) struct Table<'t> {
    section: &'static Section,
    /// As in [`Setting::table`].
    pub(super) name: String,
    entries: Option<DeTable<'t>>,
    /// The header, where a missing key is reported.
    pub(super) span: Range<usize>,
}

impl Table<'_> {
    /// Where a key stands, if it does.
    pub(super) fn key_span(&self, key: &str) -> Option<Range<usize>> {
        self.entries.as_ref()?.get_key_value(key).map(|(key, _)| key.span())
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().flat_map(|entries| entries.keys()).map(|key| key.get_ref().as_ref())
    }
}

/// Reads one document.
pub(super) struct Reader<'s> {
    source: &'s Source,
    /// The offset of every line feed.
    line_ends: Vec<usize>,
    lang: Lang,
    pub(super) problems: Vec<Problem>,
    pub(super) settings: Vec<Setting>,
}

impl<'s> Reader<'s> {
    pub(super) fn new(source: &'s Source, lang: Lang) -> Reader<'s> {
        let line_ends = source.text.match_indices('\n').map(|(at, _)| at).collect();
        Reader { source, line_ends, lang, problems: Vec::new(), settings: Vec::new() }
    }

    /// Notes a problem.
    pub(super) fn report(&mut self, span: Range<usize>, fault: Fault) {
        self.problems.push(self.source.fault(span, &fault, self.lang));
    }

    /// Line from 1; by the index, because every key is asked for.
    pub(super) fn line(&self, span: &Range<usize>) -> usize {
        self.line_ends.partition_point(|end| *end < span.start) + 1
    }

    /// The document itself.
    pub(super) fn top<'t>(&mut self, section: &'static Section, entries: &DeTable<'t>) -> Table<'t> {
        self.table_of(section, String::new(), entries.clone(), 0..0)
    }

    /// The table `[section]`, empty if it is missing or no table.
    pub(super) fn table<'t>(&mut self, top: &Table<'t>, section: &'static Section) -> Table<'t> {
        let absent = Table { section, name: section.name.to_owned(), entries: None, span: 0..0 };
        let Some((key, value)) = entry(top, section.name) else { return absent };
        match value.get_ref() {
            DeValue::Table(entries) => self.table_of(section, section.name.to_owned(), entries.clone(), key),
            other => {
                self.report(value.span(), wrong_shape(section, other));
                absent
            }
        }
    }

    /// Every `[[section]]`, in the order of the file.
    pub(super) fn tables<'t>(&mut self, top: &Table<'t>, section: &'static Section) -> Vec<Table<'t>> {
        let Some((_, value)) = entry(top, section.name) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.report(value.span(), wrong_shape(section, value.get_ref()));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for (index, item) in items.iter().enumerate() {
            match item.get_ref() {
                DeValue::Table(entries) => {
                    let name = format!("{}[{}]", section.name, index + 1);
                    tables.push(self.table_of(section, name, entries.clone(), item.span()));
                }
                other => self.report(item.span(), wrong_shape(section, other)),
            }
        }
        tables
    }

    /// Every `[section.ID]` with its id.
    pub(super) fn tables_by_id<'t>(
        &mut self,
        top: &Table<'t>,
        section: &'static Section,
    ) -> Vec<(Spanned<String>, Table<'t>)> {
        let Some((_, value)) = entry(top, section.name) else { return Vec::new() };
        let DeValue::Table(ids) = value.get_ref() else {
            self.report(value.span(), wrong_shape(section, value.get_ref()));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for (id, value) in ids {
            let name = format!("{}.{}", section.name, id.get_ref());
            match value.get_ref() {
                DeValue::Table(entries) => {
                    let table = Table { section, name, entries: Some(entries.clone()), span: id.span() };
                    tables.push((Spanned::new(id.span(), id.get_ref().to_string()), table));
                }
                other => self.report(value.span(), Fault::wrong_shape(&name, &format!("[{name}]"), other)),
            }
        }
        tables.sort_by_key(|(id, _)| id.span().start);
        tables
    }

    /// The keys of a table that are no fields, as (name, value, span of the name).
    pub(super) fn others(&mut self, table: &Table<'_>) -> Vec<(Spanned<String>, Spanned<toml::Value>)> {
        let mut others = Vec::new();
        for (key, value) in table.entries.iter().flatten() {
            if table.section.field(key.get_ref()).is_none() {
                let plain = plain(value);
                self.note(table, key.get_ref(), Some(plain.to_string()), Some(key.span()));
                others.push((Spanned::new(key.span(), key.get_ref().to_string()), Spanned::new(value.span(), plain)));
            }
        }
        others.sort_by_key(|(key, _)| key.span().start);
        others
    }

    pub(super) fn text(&mut self, table: &Table<'_>, key: &str) -> Option<Spanned<String>> {
        self.parse(table, key, units::filled)
    }

    pub(super) fn flag(&mut self, table: &Table<'_>, key: &str) -> Option<bool> {
        let (field, value) = self.fetch(table, key)?;
        let flag = value.get_ref().as_bool();
        self.expect_kind(field, &value, flag)
    }

    pub(super) fn word<W: Word>(&mut self, table: &Table<'_>, key: &str) -> Option<W> {
        let (field, value) = self.fetch(table, key)?;
        let text = self.expect_kind(field, &value, value.get_ref().as_str())?;
        let found = W::WORDS.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let words = W::WORDS.iter().map(|(word, _)| *word);
            self.report(value.span(), Fault::word(field, text, nearest(text, words)));
        }
        found
    }

    /// A day, in quotes or not.
    pub(super) fn date(&mut self, table: &Table<'_>, key: &str) -> Option<Date> {
        let (field, value) = self.fetch(table, key)?;
        let text = match value.get_ref() {
            DeValue::Datetime(date) => Some(date.to_string()),
            other => other.as_str().map(str::to_owned),
        };
        match units::date(&self.expect_kind(field, &value, text)?) {
            Ok(date) => Some(date),
            Err(fault) => {
                self.report(value.span(), fault.of(key));
                None
            }
        }
    }

    /// A text that means a `T`; an unreadable one is reported under the key's name.
    pub(super) fn parse<T>(
        &mut self,
        table: &Table<'_>,
        key: &str,
        read: impl Fn(&str) -> Result<T, Fault>,
    ) -> Option<Spanned<T>> {
        let (field, value) = self.fetch(table, key)?;
        let text = self.expect_kind(field, &value, value.get_ref().as_str())?;
        match read(text) {
            Ok(found) => Some(Spanned::new(value.span(), found)),
            Err(fault) => {
                self.report(value.span(), fault.of(key));
                None
            }
        }
    }

    /// A list of texts that each mean a `T`; unreadable ones are reported and left out.
    pub(super) fn parse_each<T>(
        &mut self,
        table: &Table<'_>,
        key: &str,
        read: impl Fn(&str) -> Result<T, Fault>,
    ) -> Vec<Spanned<T>> {
        let Some((field, value)) = self.fetch(table, key) else { return Vec::new() };
        let alone = matches!(field.kind, Kind::TextOrTexts) && value.get_ref().is_str();
        let items =
            if alone { Some(std::slice::from_ref(&value)) } else { value.get_ref().as_array().map(|items| &items[..]) };
        let Some(items) = self.expect_kind(field, &value, items) else { return Vec::new() };
        let mut found = Vec::new();
        for item in items {
            let Some(text) = item.get_ref().as_str() else {
                self.report(item.span(), Fault::not_a_text(field, item.get_ref()));
                continue;
            };
            match read(text) {
                Ok(value) => found.push(Spanned::new(item.span(), value)),
                Err(fault) => self.report(item.span(), fault.of(key)),
            }
        }
        found
    }

    /// A number within the bounds of the field: a count, bytes, or milliseconds.
    pub(super) fn number(&mut self, table: &Table<'_>, key: &str) -> Option<u64> {
        let (field, value) = self.fetch(table, key)?;
        let integer = || {
            let digits = value.get_ref().as_integer()?;
            i128::from_str_radix(digits.as_str(), digits.radix()).ok()
        };
        let text = value.get_ref().as_str();
        let (number, min, max) = match field.kind {
            Kind::Count(min, max) => (integer().map(Ok), min, max),
            Kind::Size(min, max) => {
                (text.map(|text| units::size(text).map(i128::from)).or_else(|| integer().map(Ok)), min, max)
            }
            Kind::Duration(min, max) => {
                let millis = |text| units::duration(text).map(|duration| duration.as_millis() as i128);
                (text.map(millis), min, max)
            }
            _ => unreachable!("`{key}` is not defined as a number"),
        };
        match self.expect_kind(field, &value, number)? {
            Ok(number) if (i128::from(min)..=i128::from(max)).contains(&number) => u64::try_from(number).ok(),
            Ok(_) => {
                self.report(value.span(), Fault::out_of_bounds(field));
                None
            }
            Err(fault) => {
                self.report(value.span(), fault.of(key));
                None
            }
        }
    }

    /// The value in the file, else the default; notes it as a setting. A missing required key is reported.
    fn fetch<'t>(&mut self, table: &Table<'t>, key: &str) -> Option<(&'static Field, Spanned<DeValue<'t>>)> {
        let field = table.section.field(key).expect("every key that is read is defined in fields.rs");
        if let Some((span, value)) = entry(table, key) {
            self.note(table, key, Some(shown(field, value)), Some(span));
            return Some((field, value.clone()));
        }
        let default = match field.default {
            Default::Value(text) => Some(text),
            Default::Unset(_) => None,
            Default::Required => {
                self.report(table.span.clone(), Fault::missing(table.section, field));
                return None;
            }
        };
        self.note(table, key, default.map(str::to_owned), None);
        let value = DeValue::parse(default?).expect("defaults in fields.rs are TOML");
        Some((field, value))
    }

    fn note(&mut self, table: &Table<'_>, key: &str, value: Option<String>, span: Option<Range<usize>>) {
        let origin = span.map_or(Origin::Default, |span| Origin::File { line: self.line(&span) });
        let is_private =
            table.section.field(key).is_some_and(|field| matches!(field.kind, Kind::Command | Kind::Webhook));
        let cut = is_private && value.is_some();
        self.settings.push(Setting { table: table.name.clone(), key: key.to_owned(), value, origin, cut });
    }

    /// Reports a value of the wrong type.
    fn expect_kind<T>(&mut self, field: &'static Field, value: &Spanned<DeValue<'_>>, found: Option<T>) -> Option<T> {
        if found.is_none() {
            self.report(value.span(), Fault::wrong_type(field, value.get_ref()));
        }
        found
    }

    fn table_of<'t>(
        &mut self,
        section: &'static Section,
        name: String,
        entries: DeTable<'t>,
        span: Range<usize>,
    ) -> Table<'t> {
        let subsections = SECTIONS.iter().filter(|_| section.form == Form::Top).map(|sub| sub.name);
        let known: Vec<&str> = section.fields.iter().map(|field| field.key).chain(subsections).collect();
        for key in entries.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            self.report(key.span(), Fault::unknown_key(section, key.get_ref(), &known));
        }
        Table { section, name, entries: Some(entries), span }
    }
}

fn entry<'a, 't>(table: &'a Table<'t>, key: &str) -> Option<(Range<usize>, &'a Spanned<DeValue<'t>>)> {
    table.entries.as_ref()?.get_key_value(key).map(|(key, value)| (key.span(), value))
}

fn wrong_shape(section: &'static Section, found: &DeValue<'_>) -> Fault {
    match (section.form, found) {
        (Form::List, DeValue::Table(_)) => Fault::double_brackets(section),
        (Form::Table, DeValue::Array(_)) => Fault::single_brackets(section),
        (_, found) => Fault::wrong_shape(section.name, &section.header(), found),
    }
}

/// The value on one line; a command is cut to its first word, a webhook to its host.
fn shown(field: &Field, value: &Spanned<DeValue<'_>>) -> String {
    match (field.kind, value.get_ref().as_str()) {
        (Kind::Command, Some(command)) => format!("{} …", command.split_whitespace().next().unwrap_or_default()),
        (Kind::Webhook, Some(url)) => {
            let host =
                url.split_once("://").map_or("", |(_, rest)| rest).split(['/', '?', '#']).next().unwrap_or_default();
            format!("{} …", host.rsplit('@').next().unwrap_or_default())
        }
        _ => plain(value).to_string(),
    }
}

fn plain(value: &Spanned<DeValue<'_>>) -> toml::Value {
    // Numbers beyond 64 bits parse as TOML but have no value; their text is then what can be shown.
    toml::Value::deserialize(ValueDeserializer::from(value.clone()))
        .unwrap_or_else(|_| toml::Value::String("(a number too large)".to_owned()))
}
