//! `atena people clients`: the organisations written to that the configuration does not know, ready to be put into it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use super::super::Stop;
use super::{Desk, told};
use crate::lang::Lang;
use crate::people::address::is_list;
use crate::people::domain;

/// Fewer people or mails at one domain are no customer yet.
const LEAST_PEOPLE: usize = 2;
const LEAST_MAILS: u32 = 10;
/// More blocks nobody looks through.
const MOST: usize = 50;

#[derive(Default)]
struct House {
    mails: u32,
    people: BTreeSet<String>,
    /// Its names in address books, with the number of people.
    names: BTreeMap<String, usize>,
}

impl Desk<'_> {
    pub(super) fn clients(&self, out: &mut dyn Write) -> Result<u8, Stop> {
        let failed = |error| told(&error, self.lang);
        let senders = self.people.senders().map_err(failed)?;
        let of = |address: &str| address.rsplit_once('@').map(|(_, domain)| domain::registrable(domain));
        let own: BTreeSet<String> = senders.iter().filter_map(|(address, _)| of(address)).collect();
        let is_own = |house: &str| {
            own.contains(house) || self.config.own_domains.iter().any(|one| domain::belongs_to(house, one))
        };
        let mut houses: BTreeMap<String, House> = BTreeMap::new();
        for one in self.people.list("", usize::MAX >> 1).map_err(failed)? {
            let Some(name) = of(&one.address) else { continue };
            if is_own(&name)
                || domain::is_freemail(&name)
                || is_list(&one.address)
                || self.clients.of(&one.address).is_some()
            {
                continue;
            }
            let house = houses.entry(name).or_default();
            house.mails = house.mails.saturating_add(one.sent);
            if house.people.insert(one.address) && !one.organisation.is_empty() {
                *house.names.entry(one.organisation).or_default() += 1;
            }
        }
        let mut houses: Vec<(String, House)> = houses.into_iter().collect();
        houses.retain(|(_, house)| house.people.len() >= LEAST_PEOPLE && house.mails >= LEAST_MAILS);
        houses.sort_by_key(|(_, house)| std::cmp::Reverse(house.mails));
        for (domain, house) in houses.iter().take(MOST) {
            writeln!(out, "{}\n", block(domain, house, self.lang))?;
        }
        if houses.is_empty() {
            let said = match self.lang {
                Lang::En => "No organisation that is written to often is missing in the configuration.",
                Lang::Ja => "よく送っている会社で、設定にないものはありません。",
            };
            writeln!(out, "{said}")?;
        }
        Ok(0)
    }
}

/// As it stands in the configuration.
fn block(domain: &str, house: &House, lang: Lang) -> String {
    let name = house.names.iter().max_by_key(|(_, people)| **people).map_or(domain, |(name, _)| name.as_str());
    let (mails, people) = (house.mails, house.people.len());
    let about = match lang {
        Lang::En => format!("{mails} mails to {people} people"),
        Lang::Ja => format!("{people}名に{mails}通"),
    };
    let text = |text: &str| toml::Value::String(text.to_owned()).to_string();
    format!("[[client]]  # {about}\nname = {}\ndomains = [{}]", text(name), text(domain))
}
