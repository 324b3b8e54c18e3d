//! Who looks at kept mail together, whose mail is whose, and who lets a mail go that needs a second person.
//!
//! Pure: what the configuration says of people, and what follows from it at a given time. Knows neither passwords nor mails
//! beyond their sender.

use std::time::Duration;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, Zoned};

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Role {
    /// Sees and decides on mail of their own.
    #[default]
    Sender,
    /// Besides: sees what waits for a second person, and lets it go or sends it back.
    Approver,
    /// Sees and decides on every mail.
    Admin,
}

/// Somebody who logs in to the review page.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Person {
    /// As they log in.
    pub name: String,
    pub role: Role,
    /// Senders whose mail is theirs: addresses in lower case, or `@` and a domain.
    pub addresses: Vec<String>,
    /// Who approves in their place while they are away.
    pub delegate: Option<String>,
    /// The first and the last day they are away.
    pub away: Option<(Date, Date)>,
}

/// How a mail is let go that needs a second person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Approval {
    /// Approvers are told by mail of what waits for them.
    pub notice: bool,
    /// Who approves; every approver and admin where nobody is named.
    pub by: Vec<String>,
    /// From then on these approve as well.
    pub escalation: Option<(Duration, Vec<String>)>,
    /// What becomes of a mail that nobody decided on for so long.
    pub expiry: Option<(Duration, Expiry)>,
}

/// What becomes of a mail nobody approved in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// It goes.
    Release,
    /// It goes back to its sender, whole, and is not sent.
    Drop,
}

/// Whether a mail needs a second person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Approved {
    /// It does not, or has been let go by one.
    #[default]
    Enough,
    /// It waits for one.
    Wanted,
    /// One has sent it back to its sender.
    Refused,
}

/// A mail, as far as it matters who may do what with it.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// Of the envelope.
    pub sender: Option<&'a str>,
    /// Who handed it over, as they logged in.
    pub login: Option<&'a str>,
    pub approved: Approved,
    /// Since when it is as it is.
    pub since: Timestamp,
}

/// Which mails somebody sees: their own, and those that wait for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    pub login: String,
    /// As those of a [`Person`].
    pub addresses: Vec<String>,
    /// Mails that have waited for a second person since then or longer; `None` for none of them.
    pub waiting_since: Option<Timestamp>,
}

/// Everybody, and the rules among them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Team {
    pub people: Vec<Person>,
    pub approval: Approval,
}

impl Person {
    /// Somebody of whom nothing is said but their password: an address as a name is their own.
    pub fn unnamed(name: &str) -> Person {
        let addresses = if name.contains('@') { vec![name.to_lowercase()] } else { Vec::new() };
        Person { name: name.to_owned(), addresses, ..Person::default() }
    }

    /// Whether a mail is theirs: they handed it over, or it says it is from them.
    pub fn owns(&self, case: &Case<'_>) -> bool {
        // A login passed through to the provider is an address.
        case.login == Some(self.name.as_str())
            || [case.login, case.sender].into_iter().flatten().any(|one| self.has(one))
    }

    fn has(&self, address: &str) -> bool {
        let address = address.to_lowercase();
        let domain = address.rfind('@').map(|at| &address[at..]);
        self.addresses.iter().any(|own| *own == address || Some(own.as_str()) == domain)
    }

    /// Where to write to them.
    pub fn address(&self) -> Option<&str> {
        self.addresses.iter().map(String::as_str).find(|address| !address.starts_with('@'))
    }

    fn is_away(&self, day: Date) -> bool {
        self.away.is_some_and(|(first, last)| (first..=last).contains(&day))
    }
}

impl Team {
    /// Who logs in by this name.
    pub fn person(&self, name: &str) -> Person {
        self.people.iter().find(|person| person.name == name).cloned().unwrap_or_else(|| Person::unnamed(name))
    }

    /// Which mails somebody sees now; `None`: all.
    pub fn scope(&self, person: &Person, now: &Zoned) -> Option<Scope> {
        if person.role == Role::Admin {
            return None;
        }
        let escalated = self.approval.escalation.as_ref().filter(|(_, to)| self.stands_for(person, to, now));
        let waiting_since = match escalated {
            _ if self.stands_for(person, &self.first(), now) => Some(Timestamp::MAX),
            Some((after, _)) => {
                SignedDuration::try_from(*after).ok().and_then(|after| now.timestamp().checked_sub(after).ok())
            }
            None => None,
        };
        Some(Scope { login: person.name.clone(), addresses: person.addresses.clone(), waiting_since })
    }

    pub fn sees(&self, person: &Person, case: &Case<'_>, now: &Zoned) -> bool {
        person.owns(case)
            || self.scope(person, now).is_none_or(|scope| {
                case.approved == Approved::Wanted && scope.waiting_since.is_some_and(|since| case.since <= since)
            })
    }

    /// Whether somebody may let a mail go: never their own where it needs a second person.
    pub fn may_release(&self, person: &Person, case: &Case<'_>, now: &Zoned) -> bool {
        match case.approved {
            Approved::Enough => person.role == Role::Admin || person.owns(case),
            Approved::Wanted => !person.owns(case) && self.sees(person, case, now),
            Approved::Refused => false,
        }
    }

    /// Whether somebody may change, drop or take back a mail.
    pub fn may_change(&self, person: &Person, case: &Case<'_>) -> bool {
        person.role == Role::Admin || person.owns(case)
    }

    /// Those who may let a mail go now that needs a second person.
    pub fn approvers(&self, case: &Case<'_>, now: &Zoned) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(move |person| self.may_release(person, case, now))
    }

    /// Who approves from the first moment on.
    fn first(&self) -> Vec<String> {
        if !self.approval.by.is_empty() {
            return self.approval.by.clone();
        }
        self.people.iter().filter(|person| person.role != Role::Sender).map(|person| person.name.clone()).collect()
    }

    /// Whether somebody is one of these, or stands in for one who is away.
    fn stands_for(&self, person: &Person, names: &[String], now: &Zoned) -> bool {
        let asked = |one: &Person| names.contains(&one.name);
        person.role != Role::Sender && asked(person)
            || self.people.iter().any(|one| {
                asked(one) && one.is_away(now.date()) && one.delegate.as_deref() == Some(person.name.as_str())
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(name: &str, role: Role) -> Person {
        Person { name: name.to_owned(), role, addresses: vec![format!("{name}@own.example")], ..Person::default() }
    }

    fn at(text: &str) -> Zoned {
        format!("{text}[UTC]").parse().expect("a time")
    }

    fn team() -> Team {
        let away = Some((Date::constant(2026, 8, 10), Date::constant(2026, 8, 14)));
        Team {
            people: vec![
                person("sato", Role::Sender),
                Person { delegate: Some("mori".to_owned()), away, ..person("tanaka", Role::Approver) },
                person("mori", Role::Sender),
                person("chief", Role::Approver),
                person("root", Role::Admin),
            ],
            approval: Approval {
                notice: true,
                by: vec!["tanaka".to_owned()],
                escalation: Some((Duration::from_secs(3600), vec!["chief".to_owned()])),
                expiry: None,
            },
        }
    }

    fn case(sender: &'static str, approved: Approved) -> Case<'static> {
        Case { sender: Some(sender), login: None, approved, since: at("2026-08-03T09:00:00+00:00").timestamp() }
    }

    /// Who sees a mail, and who may let it go.
    fn told(case: &Case<'_>, now: &str) -> (Vec<String>, Vec<String>) {
        let (team, now) = (team(), at(now));
        let names = |test: &dyn Fn(&Person) -> bool| {
            team.people.iter().filter(|one| test(one)).map(|one| one.name.clone()).collect::<Vec<_>>()
        };
        (names(&|one| team.sees(one, case, &now)), names(&|one| team.may_release(one, case, &now)))
    }

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn a_sender_sees_own_mail_and_an_admin_all() {
        let (sees, releases) = told(&case("sato@own.example", Approved::Enough), "2026-08-03T09:10:00+00:00");
        assert_eq!((sees, releases), (names(&["sato", "root"]), names(&["sato", "root"])));
        let by_login = Case { login: Some("mori"), ..case("office@own.example", Approved::Enough) };
        assert_eq!(told(&by_login, "2026-08-03T09:10:00+00:00").0, names(&["mori", "root"]));
        let passed = Case { login: Some("Sato@own.example"), ..case("office@own.example", Approved::Enough) };
        assert!(person("sato", Role::Sender).owns(&passed), "a login passed through to the provider");
        let domain = Person { addresses: vec!["@own.example".to_owned()], ..Person::default() };
        assert!(domain.owns(&case("sato@own.example", Approved::Enough)));
        assert!(!domain.owns(&case("sato@not-own.example", Approved::Enough)));
        assert!(Person::unnamed("A@own.example").owns(&case("a@own.example", Approved::Enough)));
    }

    #[test]
    fn a_second_person_is_another_person() {
        let wanted = case("sato@own.example", Approved::Wanted);
        let (sees, releases) = told(&wanted, "2026-08-03T09:10:00+00:00");
        assert_eq!((sees, releases), (names(&["sato", "tanaka", "root"]), names(&["tanaka", "root"])));
        for own in ["tanaka", "root"] {
            let sender: &'static str = if own == "root" { "root@own.example" } else { "tanaka@own.example" };
            let (_, releases) = told(&case(sender, Approved::Wanted), "2026-08-03T09:10:00+00:00");
            assert!(!releases.contains(&own.to_owned()), "{own} approves their own mail");
        }
        let (_, releases) = told(&case("sato@own.example", Approved::Refused), "2026-08-03T09:10:00+00:00");
        assert_eq!(releases, names(&[]), "changed first, then asked again");
    }

    #[test]
    fn who_is_away_is_stood_in_for_and_after_a_while_others_approve_too() {
        let wanted = case("sato@own.example", Approved::Wanted);
        assert_eq!(told(&wanted, "2026-08-03T10:00:01+00:00").1, names(&["tanaka", "chief", "root"]));
        let names_of = |case: &Case<'_>, now: &str| {
            let (team, now) = (team(), at(now));
            let names: Vec<_> = team.approvers(case, &now).map(|one| one.name.as_str()).collect();
            names.join(" ")
        };
        let today = Case { since: at("2026-08-12T09:00:00+00:00").timestamp(), ..wanted };
        assert_eq!(told(&today, "2026-08-12T09:10:00+00:00").1, names(&["tanaka", "mori", "root"]));
        assert_eq!(names_of(&today, "2026-08-12T09:10:00+00:00"), "tanaka mori root", "whom to ask");
        let tomorrow = Case { since: at("2026-08-15T09:00:00+00:00").timestamp(), ..wanted };
        assert_eq!(told(&tomorrow, "2026-08-15T09:10:00+00:00").1, names(&["tanaka", "root"]));
        assert_eq!(names_of(&tomorrow, "2026-08-15T09:10:00+00:00"), "tanaka root");
    }
}
