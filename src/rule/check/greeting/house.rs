//! Houses greeted instead of people: 「青葉精機様」, 「三ツ矢工務店 御中」, "Dear Brightwater".

use crate::message::anatomy::{Addressed, Addressee};
use crate::people::company;
use crate::people::name::{is_house, is_japanese_surname, is_known_in_latin};
use crate::rule::reading::{Org, Reading};

/// The client an addressee is: by its name and nothing else if a person could be meant, by a mention otherwise.
fn client_of(reading: &Reading<'_>, addressee: &Addressee) -> Option<usize> {
    let directory = &reading.facts.clients;
    let name = addressee.name.as_str();
    match addressee.kind {
        // 長谷川様 is a person at every client but 長谷川 too.
        Addressed::Person if is_japanese_surname(name) || name.split([' ', '-']).all(is_known_in_latin) => None,
        Addressed::Person => directory.named(name),
        Addressed::Desk if name.is_ascii() => {
            let house = name.strip_suffix(" team").or_else(|| name.strip_suffix(" Team")).unwrap_or(name);
            let found = directory.mentioned(house).first().copied();
            found.filter(|client| company::same(house, &directory.client(*client).name))
        }
        Addressed::Company | Addressed::Desk => directory.mentioned(name).first().copied(),
    }
}

/// Whether a house is greeted under an honorific that people have too.
pub(super) fn is_greeted(reading: &Reading<'_>, addressee: &Addressee) -> bool {
    client_of(reading, addressee).is_some() || is_house(&addressee.name) || is_short_form(reading, &addressee.name)
}

/// 「山吹様」 to somebody at 山吹食品.
fn is_short_form(reading: &Reading<'_>, name: &str) -> bool {
    let name = company::core(name);
    let directory = &reading.facts.clients;
    let begins = |client: usize| company::core(&directory.client(client).name).starts_with(&name);
    !name.is_ascii()
        && name.chars().count() >= 2
        && reading.outside().any(|recipient| matches!(recipient.org, Org::Client(client) if begins(client)))
}

/// A known client is greeted, and the mail goes to people of another known client only.
pub(super) fn wrong<'a>(reading: &Reading<'a>) -> Vec<(usize, &'a Addressee)> {
    let directory = &reading.facts.clients;
    let recipients: Vec<&Org> = reading.outside().map(|r| &r.org).collect();
    let only_clients = !recipients.is_empty() && recipients.iter().all(|org| matches!(org, Org::Client(_)));
    if !only_clients {
        return Vec::new();
    }
    let is_wrong = |addressee: &Addressee| {
        client_of(reading, addressee).is_some_and(|greeted| {
            recipients.iter().all(|org| match org {
                Org::Client(client) => {
                    !directory.are_joint(greeted, *client)
                        && !company::same(&addressee.name, &directory.client(*client).name)
                }
                _ => false,
            })
        })
    };
    let texts = reading.texts.iter().enumerate();
    let all = texts.flat_map(|(n, text)| text.body.anatomy.addressees.iter().map(move |addressee| (n, addressee)));
    all.filter(|(_, addressee)| is_wrong(addressee)).collect()
}
