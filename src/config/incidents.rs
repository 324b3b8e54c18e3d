//! `[[incident]]`: what went wrong with a client, and whom a table names.

use toml::Spanned;

use super::clients::{Names, no_such_client};
use super::reader::{Reader, Table};
use super::units;
use super::{Client, Incident, Party};
use crate::source::Fault;

/// Reads every incident; its client must exist.
pub(super) fn read(reader: &mut Reader<'_>, tables: &[Table<'_>], names: &Names, clients: &[Client]) -> Vec<Incident> {
    let mut incidents = Vec::new();
    for table in tables {
        let with = party(reader, table, names, clients);
        let date = reader.date(table, "date");
        let kind = reader.text(table, "kind").map(Spanned::into_inner);
        let note = reader.text(table, "note").map(Spanned::into_inner);
        if let (Some(with), Some(date)) = (with, date) {
            incidents.push(Incident { with, date, kind, note });
        }
    }
    incidents
}

/// Whom the key `client` names: a client by name, or a person by address.
pub(super) fn party(reader: &mut Reader<'_>, table: &Table<'_>, names: &Names, clients: &[Client]) -> Option<Party> {
    let known = |text: &str| -> Result<Party, Fault> {
        match names.client(&units::filled(text)?) {
            Some(client) => Ok(Party::Client(client)),
            None if text.contains('@') => units::address(text.trim()).map(Party::Address),
            None => Err(no_such_client(text, clients)),
        }
    };
    reader.parse(table, "client", known).map(Spanned::into_inner)
}
