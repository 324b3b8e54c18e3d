//! `[[fact]]`: what one's own organisation promises.

use toml::Spanned;

use super::clients::Names;
use super::incidents::party;
use super::reader::{Reader, Table};
use super::units::{self, quoted};
use super::{Client, Fact};
use crate::measure;
use crate::source::Fault;

/// Reads every fact; its values must state a quantity, else they would be compared with nothing and nobody would notice.
pub(super) fn read(reader: &mut Reader<'_>, tables: &[Table<'_>], names: &Names, clients: &[Client]) -> Vec<Fact> {
    let mut facts = Vec::new();
    for table in tables {
        let topic = reader.text(table, "topic").map(Spanned::into_inner);
        let words = some(reader, table, "words", units::filled);
        let values = some(reader, table, "value", value);
        let unless = reader.parse_each(table, "unless", units::filled).into_iter().map(Spanned::into_inner).collect();
        let client = table.key_span("client").and_then(|_| party(reader, table, names, clients));
        let note = reader.text(table, "note").map(Spanned::into_inner);
        if let Some(topic) = topic {
            facts.push(Fact { topic, words, values, unless, client, note });
        }
    }
    facts
}

/// The texts of a list that must not be empty.
pub(super) fn some(
    reader: &mut Reader<'_>,
    table: &Table<'_>,
    key: &str,
    read: impl Fn(&str) -> Result<String, Fault>,
) -> Vec<String> {
    let problems = reader.problems.len();
    let texts: Vec<String> = reader.parse_each(table, key, read).into_iter().map(Spanned::into_inner).collect();
    // Whatever else is wrong with the list has been said.
    if let (Some(span), true) = (table.key_span(key), texts.is_empty() && reader.problems.len() == problems) {
        reader.report(span, Fault::new(format!("`{key}` is empty"), format!("`{key}` が空です")));
    }
    texts
}

/// A text that states a quantity.
fn value(text: &str) -> Result<String, Fault> {
    let text = units::filled(text)?;
    if !measure::read(&text).is_empty() {
        return Ok(text);
    }
    Err(Fault::new(
        format!("{} states no amount, time or number with a unit", quoted(&text)),
        format!("{} から金額・期間・時間帯・単位付きの数を読み取れません", quoted(&text)),
    )
    .help(
        "write for example \"1 year\", \"5,500円\", \"9:00-17:30\", \"2 business days\", \"3%\", \"50 pcs\"",
        "例: \"1年\"、\"5,500円\"、\"9:00-17:30\"、\"2営業日\"、\"3%\"、\"50個\"",
    ))
}
