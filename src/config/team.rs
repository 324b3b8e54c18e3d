//! `[[user]]` and `[approval]`: who looks at kept mail, and who approves.

use std::time::Duration;

use toml::Spanned;

use super::reader::{Reader, Table};
use super::units::{self, quoted};
use super::{FromPattern, Word};
use crate::source::Fault;
use crate::suggest::nearest;
use crate::team::{Approval, Expiry, Person, Role, Team};

/// Reads everybody, and how approvals go among them.
pub(super) fn read(reader: &mut Reader<'_>, users: &[Table<'_>], approval: &Table<'_>) -> Option<Team> {
    let (people, delegates) = people(reader, users);
    let notice = reader.flag(approval, "notice");
    let by = reader.parse_each(approval, "by", units::filled);
    let escalate_to = reader.parse_each(approval, "escalate_to", units::filled);
    for name in delegates.iter().chain(&by).chain(&escalate_to) {
        if !people.iter().any(|one| one.name == *name.get_ref()) {
            reader.report(name.span(), nobody(name.get_ref(), &people));
        }
    }
    for name in by.iter().chain(&escalate_to) {
        if people.iter().any(|one| one.name == *name.get_ref() && one.role == Role::Sender) {
            reader.report(name.span(), no_approver(name.get_ref()));
        }
    }
    let after = reader.number(approval, "escalate_after").map(Duration::from_millis);
    both(reader, approval, "escalate_after", "escalate_to");
    let expire = reader.number(approval, "expire_after").map(Duration::from_millis);
    let on_expiry: Option<Expiry> = reader.word(approval, "on_expiry");
    let inner = |names: Vec<Spanned<String>>| names.into_iter().map(Spanned::into_inner).collect::<Vec<_>>();
    Some(Team {
        people,
        approval: Approval {
            notice: notice?,
            by: inner(by),
            escalation: after.zip(Some(inner(escalate_to))),
            expiry: expire.zip(Some(on_expiry?)),
        },
    })
}

/// Everybody, and the delegates they name.
fn people(reader: &mut Reader<'_>, tables: &[Table<'_>]) -> (Vec<Person>, Vec<Spanned<String>>) {
    let (mut people, mut delegates): (Vec<Person>, Vec<Spanned<String>>) = (Vec::new(), Vec::new());
    for table in tables {
        let name = reader.text(table, "name");
        let role = reader.word(table, "role");
        let addresses = reader.parse_each(table, "addresses", FromPattern::parse);
        let delegate = reader.text(table, "delegate");
        let away = away(reader, table);
        if let (Some(span), None) = (table.key_span("delegate"), table.key_span("away_from")) {
            reader.report(span, half("delegate", "away_from"));
        }
        let Some(name) = name else { continue };
        if people.iter().any(|one| one.name == *name.get_ref()) {
            reader.report(name.span(), twice(name.get_ref()));
            continue;
        }
        delegates.extend(delegate.clone());
        people.push(Person {
            name: name.into_inner(),
            role: role.unwrap_or_default(),
            addresses: addresses.into_iter().map(|one| written(one.into_inner())).collect(),
            delegate: delegate.map(Spanned::into_inner),
            away,
        });
    }
    (people, delegates)
}

/// Two keys that say nothing one without the other.
fn both(reader: &mut Reader<'_>, table: &Table<'_>, one: &str, other: &str) {
    for (one, other) in [(one, other), (other, one)] {
        if let (Some(span), None) = (table.key_span(one), table.key_span(other)) {
            reader.report(span, half(one, other));
        }
    }
}

/// What has to be there where a rule needs a second person: people who log in, and one who may approve.
pub(super) fn missing(team: &Team, logs_in: bool) -> Option<Fault> {
    if !logs_in {
        return Some(
            Fault::new(
                "`approval` needs people who log in to the review page",
                "`approval` には、確認ページにログインする利用者が必要です",
            )
            .help("[web] login = \"users\"", "[web] login = \"users\""),
        );
    }
    let approves = |one: &Person| one.role != Role::Sender;
    (!team.people.iter().any(approves)).then(|| {
        Fault::new("nobody may approve", "承認できる人がいません").help(
            "give a [[user]] the role \"approver\" or \"admin\"",
            "[[user]] の role を \"approver\" か \"admin\" にしてください",
        )
    })
}

fn away(reader: &mut Reader<'_>, table: &Table<'_>) -> Option<(jiff::civil::Date, jiff::civil::Date)> {
    let (from, until) = (reader.date(table, "away_from"), reader.date(table, "away_until"));
    both(reader, table, "away_from", "away_until");
    let (from, until) = from.zip(until)?;
    if let (true, Some(span)) = (until < from, table.key_span("away_until")) {
        reader.report(span, Fault::new("the last day is before the first", "最後の日が最初の日より前です"));
    }
    Some((from, until))
}

/// As [`Person::addresses`] has it.
fn written(pattern: FromPattern) -> String {
    match pattern {
        FromPattern::Address(address) => address,
        FromPattern::Domain(domain) => format!("@{domain}"),
    }
}

fn half(one: &str, other: &str) -> Fault {
    Fault::new(format!("`{one}` needs `{other}`"), format!("`{one}` には `{other}` も必要です"))
}

fn twice(name: &str) -> Fault {
    Fault::new(
        format!("there is a user {} already", quoted(name)),
        format!("利用者 {} がもう一度書かれています", quoted(name)),
    )
}

fn nobody(name: &str, people: &[Person]) -> Fault {
    let names: Vec<&str> = people.iter().map(|one| one.name.as_str()).collect();
    let fault = Fault::new(
        format!("there is no [[user]] {}", quoted(name)),
        format!("{} という [[user]] はありません", quoted(name)),
    );
    match nearest(name, names.iter().copied()) {
        Some(near) => fault.help(format!("did you mean {}?", quoted(near)), format!("{} ですか？", quoted(near))),
        None if names.is_empty() => fault,
        None => {
            let known = names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
            fault.help(format!("known: {known}"), format!("あるのは: {known}"))
        }
    }
}

fn no_approver(name: &str) -> Fault {
    Fault::new(
        format!("{} is a sender, and senders do not approve", quoted(name)),
        format!("{} は sender なので承認できません", quoted(name)),
    )
    .help("role = \"approver\"", "role = \"approver\"")
}

impl Word for Role {
    const WORDS: &'static [(&'static str, Role)] =
        &[("sender", Role::Sender), ("approver", Role::Approver), ("admin", Role::Admin)];
}

impl Word for Expiry {
    const WORDS: &'static [(&'static str, Expiry)] = &[("drop", Expiry::Drop), ("release", Expiry::Release)];
}
