//! Of which kind a mail is: what it owes depends on that.

use std::collections::BTreeSet;

use atena::rule::opinion::KINDS;

use super::Weights;
use super::corpus::Mail;
use super::few::{Row, held_out, learn, values};
use super::regression::probability;

/// Learns the kinds of each language, and gives each mail what others teach of it.
pub(crate) fn learnt(mails: &mut [Mail]) -> Weights {
    let mut out = Weights::new();
    for table in ["en?", "ja?"] {
        of_language(mails, table, &mut out);
    }
    out
}

fn of_language(mails: &mut [Mail], table: &str, out: &mut Weights) {
    let mut mails: Vec<&mut Mail> = mails.iter_mut().filter(|mail| mail.evidence.table_of_kinds() == table).collect();
    let situations: Vec<Vec<(&'static str, f32)>> = mails.iter().map(|mail| mail.evidence.situation()).collect();
    let mut others: BTreeSet<&'static str> = situations.iter().flatten().map(|(name, _)| *name).collect();
    others.remove("always");
    let names: Vec<&'static str> = std::iter::once("always").chain(others).collect();
    for (kind, of_kind) in KINDS.into_iter().enumerate() {
        let row = |(mail, situation): (&&mut Mail, &Vec<(&'static str, f32)>)| Row {
            author: mail.author.clone(),
            features: values(&names, situation),
            has: mail.kind == Some(kind),
            weight: if mail.kind.is_some() { 1.0 } else { 0.0 },
        };
        let rows: Vec<Row> = mails.iter().zip(&situations).map(row).collect();
        let odds = held_out(&rows);
        mails.iter_mut().zip(odds).for_each(|(mail, odds)| mail.evidence.kinds[kind] = probability(odds));
        for (name, weight) in names.iter().zip(learn(&rows, None)) {
            out.entry((table.to_owned(), (*name).to_owned())).or_default().push((of_kind, weight));
        }
    }
    let likeliest =
        |mail: &Mail| (0..KINDS.len()).max_by(|a, b| mail.evidence.kinds[*a].total_cmp(&mail.evidence.kinds[*b]));
    let told = || mails.iter().filter(|mail| mail.kind.is_some());
    let right = told().filter(|mail| likeliest(mail) == mail.kind).count();
    println!("{table} {right} of {} mails are of the likeliest kind", told().count());
}
