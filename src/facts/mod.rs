//! What checks may know besides the mail itself: the time, whose domains are ours, who our clients are, whom we write to.

mod contacts;
mod directory;
mod incidents;
mod known;

use std::sync::Arc;

use jiff::Zoned;
use jiff::civil::Date;

use crate::correspondents::{Acquaintance, Standing};

pub use contacts::{Contact, Contacts};
pub use directory::{Client, Directory};
pub use incidents::{Incident, Incidents, Party};
pub use known::{Fact, KnownFacts, Mention};

/// Everything a check may know besides the mail. Gathered before the rules run; rules never ask for more.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The time the mail is judged at; `None` for a dry run, which judges a draft as of its own Date.
    pub now: Option<Zoned>,
    /// Domains of the sender's organisation; sub-domains count.
    pub own_domains: Vec<String>,
    pub clients: Directory,
    /// People whose addresses are known, and how often they were written to.
    pub contacts: Contacts,
    /// What went wrong with clients before.
    pub incidents: Incidents,
    /// What one's own organisation promises.
    pub known: KnownFacts,
    /// What past mail tells of this mail's recipients; `None` where nothing was learnt from its sender.
    pub standing: Option<Arc<Standing>>,
}

impl Facts {
    /// An incident counts against the next mail for this long, in days: half a year.
    pub const INCIDENT_DAYS: i32 = 180;

    /// The facts for one mail: with what past mail tells of its recipients, and of the people they can be taken for.
    pub fn with(&self, standing: Standing) -> Facts {
        let people = standing.known.people().iter().map(contact).collect();
        let contacts = self.contacts.with(people);
        Facts { contacts, standing: Some(Arc::new(standing)), ..self.clone() }
    }

    /// What went wrong with the client of an address, or with this person if no client is known, up to a day and within
    /// [`Facts::INCIDENT_DAYS`] before it; newest first. Incidents of the day itself count, later ones do not.
    pub fn incidents_with(&self, address: &str, until: Date) -> Vec<&Incident> {
        let recent = self.incidents.until(until, Facts::INCIDENT_DAYS);
        recent.filter(|incident| incident.with.is_at(address, &self.clients)).collect()
    }
}

fn contact(one: &Acquaintance) -> Contact {
    Contact {
        address: one.address.clone(),
        name: one.name.clone(),
        names: one.names.iter().chain(&one.greeted).cloned().collect(),
        role: one.role.clone(),
        sent: one.sent,
        received: one.received,
        listed: one.listed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn incidents_are_found_by_client_and_day() {
        let client = |name: &str, domain: &str| Client {
            name: name.to_owned(),
            names: Vec::new(),
            domains: vec![domain.to_owned()],
            addresses: Vec::new(),
        };
        let incident = |with: Party, date: &str| Incident {
            with,
            date: date.parse().expect("a date"),
            kind: String::new(),
            note: String::new(),
        };
        let address = |address: &str| Party::Address(address.to_owned());
        let facts = Facts {
            clients: Directory::new(vec![client("Aoba", "aoba.example"), client("Alta", "alta.example")], &[]),
            incidents: Incidents::new(vec![
                incident(Party::Client(0), "2026-04-17"),
                incident(address("k-sato@aoba.example"), "2026-10-14"),
                incident(Party::Client(0), "2026-10-15"),
                incident(address("Hana@freemail.example"), "2026-10-01"),
                incident(Party::Client(1), "2026-04-16"),
            ]),
            ..Facts::default()
        };
        let dates = |address: &str| {
            let until = "2026-10-14".parse().expect("a date");
            facts.incidents_with(address, until).iter().map(|one| one.date.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(dates("Fujita@Sales.aoba.example"), ["2026-10-14", "2026-04-17"]);
        assert_eq!(dates("hana@freemail.example"), ["2026-10-01"]);
        assert!(dates("ken@freemail.example").is_empty() && dates("ito@alta.example").is_empty(), "too long ago");
    }
}
