//! `[[client]]` and `[[joint]]`: reading, and the search for what two clients share by mistake.

use std::collections::HashMap;

use toml::Spanned;

use super::reader::{Reader, Table};
use super::units::{self, quoted};
use super::{Client, ClientAddress, Joint, kinds};
use crate::people::domain::is_freemail;
use crate::source::Fault;
use crate::suggest::nearest;

/// Who said something first: the client's name, and the line.
type Claims = HashMap<String, (usize, String, usize)>;

/// Reads every client; names, domains and addresses that two of them claim are problems.
pub(super) fn read(reader: &mut Reader<'_>, tables: &[Table<'_>], own_domains: &[String]) -> (Vec<Client>, Names) {
    let mut clients = Vec::new();
    let (mut names, mut domains, mut addresses) = (Claims::new(), Claims::new(), Claims::new());
    for (index, table) in tables.iter().enumerate() {
        let name = reader.text(table, "name");
        let more = reader.parse_each(table, "names", units::filled);
        let own_name = name.as_ref().map_or_else(|| table.name.clone(), |name| name.get_ref().clone());
        for name in name.iter().chain(&more) {
            claim(reader, &mut names, index, &own_name, &key(name.get_ref()), name);
        }
        let found = reader.parse_each(table, "domains", units::domain);
        for domain in &found {
            check_domain(reader, domain, own_domains);
            claim(reader, &mut domains, index, &own_name, domain.get_ref(), domain);
        }
        let single = reader.parse_each(table, "addresses", address);
        for address in &single {
            let said = Spanned::new(address.span(), address.get_ref().address.clone());
            claim(reader, &mut addresses, index, &own_name, said.get_ref(), &said);
        }
        // A client whose name is missing keeps its place, so that joints count as they will.
        let wanted = kinds::wanted(reader, table);
        let (names, domains, addresses) = (inner(more), inner(found), inner(single));
        clients.push(Client { name: own_name, names, domains, addresses, wanted });
    }
    (clients, Names(names))
}

/// Every name of every client, as compared.
pub(super) struct Names(Claims);

impl Names {
    /// The client of this name, as an index.
    pub(super) fn client(&self, name: &str) -> Option<usize> {
        self.0.get(&key(name)).map(|(index, ..)| *index)
    }
}

/// Reads every joint matter; its clients must exist.
pub(super) fn read_joints(
    reader: &mut Reader<'_>,
    tables: &[Table<'_>],
    names: &Names,
    clients: &[Client],
) -> Vec<Joint> {
    let mut joints = Vec::new();
    for table in tables {
        let note = reader.text(table, "note").map(Spanned::into_inner);
        let listed = reader.parse_each(table, "clients", units::filled);
        let mut indices = Vec::new();
        for name in &listed {
            match names.client(name.get_ref()) {
                Some(index) => indices.push(index),
                None => reader.report(name.span(), no_such_client(name.get_ref(), clients)),
            }
        }
        let complete = indices.len() == listed.len();
        indices.sort_unstable();
        indices.dedup();
        if let (true, Some(span), ..=1) = (complete, table.key_span("clients"), indices.len()) {
            reader.report(span, too_few());
        }
        joints.push(Joint { clients: indices, note });
    }
    joints
}

fn inner<T>(items: Vec<Spanned<T>>) -> Vec<T> {
    items.into_iter().map(Spanned::into_inner).collect()
}

/// `hanako@yamada.example` or `山田 花子 <hanako@yamada.example>`.
fn address(text: &str) -> Result<ClientAddress, Fault> {
    let named = text.trim().strip_suffix('>').and_then(|rest| rest.rsplit_once('<'));
    let (name, address) = named.unwrap_or(("", text));
    let name = name.trim().trim_matches('"').trim();
    let help = |fault: Fault| match text.contains('<') {
        true => fault.help(
            "write for example \"Hanako Yamada <hanako@yamada.example>\"",
            "例: \"山田 花子 <hanako@yamada.example>\"",
        ),
        false => fault,
    };
    Ok(ClientAddress { name: name.to_owned(), address: units::address(address.trim()).map_err(help)? })
}

/// The spelling names are compared by: case and spaces do not make another client.
fn key(name: &str) -> String {
    name.to_lowercase().split_whitespace().collect()
}

fn claim(reader: &mut Reader<'_>, claims: &mut Claims, client: usize, name: &str, key: &str, said: &Spanned<String>) {
    let line = reader.line(&said.span());
    let (first, other, first_line) = claims.entry(key.to_owned()).or_insert_with(|| (client, name.to_owned(), line));
    if *first != client {
        let fault = shared(said.get_ref(), other, *first_line);
        reader.report(said.span(), fault);
    }
}

fn check_domain(reader: &mut Reader<'_>, domain: &Spanned<String>, own_domains: &[String]) {
    let name = domain.get_ref();
    if is_freemail(name) {
        reader.report(domain.span(), freemail(name));
    }
    if own_domains
        .iter()
        .any(|own| name == own || name.strip_suffix(own.as_str()).is_some_and(|rest| rest.ends_with('.')))
    {
        reader.report(domain.span(), own(name));
    }
}

fn shared(what: &str, other: &str, line: usize) -> Fault {
    Fault::new(
        format!("{} already belongs to the client {} (line {line})", quoted(what), quoted(other)),
        format!("{} はすでに取引先 {} のものです ({line} 行目)", quoted(what), quoted(other)),
    )
    .help(
        "give each client what only it has; for a joint matter of both, write a [[joint]]",
        "それぞれの取引先に固有のものだけを書いてください。両者の共同案件には [[joint]] を使います",
    )
}

fn freemail(domain: &str) -> Fault {
    Fault::new(
        format!("{} is a provider's domain: its addresses belong to different people", quoted(domain)),
        format!("{} はメール事業者のドメインで、いろいろな人が使っています", quoted(domain)),
    )
    .help(
        "list the client's own addresses there: addresses = [\"…\"]",
        "この取引先のアドレスだけを書いてください: addresses = [\"…\"]",
    )
}

fn own(domain: &str) -> Fault {
    Fault::new(
        format!("{} is one of your `own_domains`", quoted(domain)),
        format!("{} は自社のドメイン (`own_domains`) です", quoted(domain)),
    )
}

fn too_few() -> Fault {
    Fault::new("a joint matter needs two different clients or more", "共同案件には二つ以上の異なる取引先が必要です")
}

pub(super) fn no_such_client(name: &str, clients: &[Client]) -> Fault {
    let fault =
        Fault::new(format!("there is no client {}", quoted(name)), format!("取引先 {} はありません", quoted(name)));
    let known =
        || clients.iter().flat_map(|client| std::iter::once(&client.name).chain(&client.names)).map(String::as_str);
    if let Some(meant) = nearest(name, known()) {
        return fault.help(format!("did you mean \"{meant}\"?"), format!("\"{meant}\" ではありませんか?"));
    }
    if clients.is_empty() {
        return fault.help("write a [[client]] first", "先に [[client]] を書いてください");
    }
    let list: Vec<String> = clients.iter().take(8).map(|client| quoted(&client.name)).collect();
    let more = if clients.len() > 8 { ", …" } else { "" };
    fault.help(format!("known: {}{more}", list.join(", ")), format!("登録済み: {}{more}", list.join("、")))
}
