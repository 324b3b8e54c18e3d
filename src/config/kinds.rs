//! `[[kind]]`, and what else says what has to be ticked: `tick` and `check`.

use toml::Spanned;

use super::Client;
use super::known::some;
use super::reader::{Reader, Table};
use super::units::{self, quoted};
use crate::review::{Demand, Kind, OfClient, OfKind, Wanted};
use crate::source::Fault;
use crate::suggest::nearest;

/// The kind that is told by what went wrong.
const FAULT: &str = "fault";

/// Kinds whose words are known.
const KNOWN: [(&str, &[&str]); 4] = [
    ("quotation", &["見積", "quotation", "quotations", "quote", "quotes", "estimate", "estimates"]),
    ("invoice", &["請求書", "ご請求", "御請求", "invoice", "invoices"]),
    (
        "order",
        &["発注", "注文", "purchase order", "purchase orders", "order confirmation", "order form", "order number"],
    ),
    ("contract", &["契約", "覚書", "約款", "秘密保持", "contract", "contracts", "agreement", "agreements", "nda"]),
];

/// Reads every kind; two may not have one name.
pub(super) fn read(reader: &mut Reader<'_>, tables: &[Table<'_>]) -> Vec<OfKind> {
    let mut kinds = Vec::new();
    let mut names: Vec<(String, usize)> = Vec::new();
    for table in tables {
        let name = reader.parse(table, "name", units::filled);
        let words = some(reader, table, "words", units::filled);
        let wanted = wanted(reader, table);
        let Some(name) = name else { continue };
        if let Some((_, line)) = names.iter().find(|(known, _)| known == name.get_ref()) {
            reader.report(name.span(), twice(name.get_ref(), *line));
        }
        names.push((name.get_ref().clone(), reader.line(&name.span())));
        let has_words = table.key_span("words");
        match (kind(name.get_ref(), words), has_words) {
            (Some(Kind::Fault), Some(span)) => reader.report(span, no_words()),
            (Some(kind), _) => kinds.push(OfKind { kind, wanted: wanted.clone() }),
            // What is wrong with its words has been said.
            (None, Some(_)) => {}
            (None, None) => reader.report(name.span(), unknown(name.get_ref())),
        }
        if wanted == Wanted::default() && ["tick", "check"].iter().all(|key| table.key_span(key).is_none()) {
            reader.report(table.span.clone(), nothing_wanted());
        }
    }
    kinds
}

/// `tick` and `check` of a client or a kind.
pub(super) fn wanted(reader: &mut Reader<'_>, table: &Table<'_>) -> Wanted {
    let demands = reader.parse_each(table, "tick", demand).into_iter().map(Spanned::into_inner).collect();
    let checks = reader.parse_each(table, "check", units::filled).into_iter().map(Spanned::into_inner).collect();
    Wanted { demands, checks }
}

/// What mails to clients want.
pub(super) fn of_clients(clients: &[Client]) -> Vec<OfClient> {
    let of = |client: &Client| OfClient {
        domains: client.domains.clone(),
        addresses: client.addresses.iter().map(|one| one.address.clone()).collect(),
        wanted: client.wanted.clone(),
    };
    clients.iter().map(of).collect()
}

/// One thing to tick.
pub(super) fn demand(text: &str) -> Result<Demand, Fault> {
    Demand::ALL.into_iter().find(|demand| demand.as_str() == text).ok_or_else(|| {
        let known = Demand::ALL.map(|demand| format!("\"{}\"", demand.as_str())).join(", ");
        Fault::new(format!("there is no such thing to tick: \"{text}\""), format!("「{text}」という項目はありません"))
            .help(format!("known are {known}"), format!("指定できるのは {known} です"))
    })
}

/// `None` for one that is not known and has no words.
fn kind(name: &str, words: Vec<String>) -> Option<Kind> {
    if name == FAULT {
        return Some(Kind::Fault);
    }
    let known = || KNOWN.iter().find(|(known, _)| *known == name);
    match words.is_empty() {
        false => Some(Kind::Words(words)),
        true => known().map(|(_, words)| Kind::Words(words.iter().map(|&word| word.to_owned()).collect())),
    }
}

fn twice(name: &str, line: usize) -> Fault {
    Fault::new(
        format!("the kind {} exists already (line {line})", quoted(name)),
        format!("種類 {} はすでにあります ({line} 行目)", quoted(name)),
    )
}

fn no_words() -> Fault {
    Fault::new(
        "a mail about a fault is told by what it says, not by words",
        "不備についてのメールかどうかは内容で判断するため、`words` は使われません",
    )
    .help("take it out, or give the kind another name", "この行を消すか、種類に別の名前を付けてください")
}

fn unknown(name: &str) -> Fault {
    let known = || KNOWN.iter().map(|(known, _)| *known).chain([FAULT]);
    let fault = Fault::new(
        format!("the kind {} is not known, and has no `words` to know it by", quoted(name)),
        format!("種類 {} は登録されておらず、見分けるための `words` もありません", quoted(name)),
    );
    match nearest(name, known()) {
        Some(meant) => fault.help(format!("did you mean \"{meant}\"?"), format!("\"{meant}\" ではありませんか?")),
        None => {
            let list = known().collect::<Vec<_>>().join(", ");
            fault.help(
                format!("known are {list}; for others, add `words`"),
                format!("登録済み: {list}。ほかの種類には `words` を加えてください"),
            )
        }
    }
}

fn nothing_wanted() -> Fault {
    Fault::new("this kind asks for nothing", "この種類には確認項目がありません")
        .help("add `tick` or `check`", "`tick` か `check` を加えてください")
}
