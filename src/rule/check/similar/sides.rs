//! Which of two addresses a mail speaks to: by thread, greeting, display name, title, matter, or how often each is used.

use std::collections::HashSet;

use super::{FAR_OFTENER, Mail, Rival};
use crate::facts::Contact;
use crate::message::{Address, Mailbox};
use crate::people::name::{Agreement, agreement, fold};
use crate::people::similar::Likeness;
use crate::rule::reading::Recipient;

/// What the mail says for either of two addresses.
pub(super) struct Sides<'a> {
    mail: &'a Mail<'a>,
    pub(super) rival: &'a Rival<'a>,
    me: Option<&'a Contact>,
    /// The recipient under the name we know, else the one the header shows.
    recipient: Mailbox,
    display: &'a str,
    other: Mailbox,
}

impl<'a> Sides<'a> {
    pub(super) fn of(
        mail: &'a Mail<'a>,
        recipient: &'a Recipient<'_>,
        me: Option<&'a Contact>,
        rival: &'a Rival<'a>,
    ) -> Sides<'a> {
        let display = recipient.mailbox.name.as_str();
        let name = me.map(|me| me.name.as_str()).filter(|name| !name.is_empty()).unwrap_or(display);
        let other = Address::parse(&rival.contact.address).unwrap_or_else(|_| recipient.mailbox.address.clone());
        Sides {
            mail,
            rival,
            me,
            recipient: Mailbox { name: name.to_owned(), address: recipient.mailbox.address.clone() },
            display,
            other: Mailbox { name: rival.contact.name.clone(), address: other },
        }
    }

    /// Words that only one of the two is called by.
    fn own_words(&self) -> (HashSet<String>, HashSet<String>) {
        let words = |name: &str, more: &[String]| -> HashSet<String> {
            let all = std::iter::once(name).chain(more.iter().map(String::as_str)).map(fold);
            all.flat_map(|name| name.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
                .filter(|word| word.chars().count() >= if word.is_ascii() { 3 } else { 2 })
                .collect()
        };
        let mine = words(&self.recipient.name, self.me.map_or(&[], |me| &me.names));
        let theirs = words(&self.rival.contact.name, &self.rival.contact.names);
        (mine.difference(&theirs).cloned().collect(), theirs.difference(&mine).cloned().collect())
    }

    /// The mail names the recipient as it names nobody else.
    pub(super) fn affirm_recipient(&self) -> bool {
        let (mine, _) = self.own_words();
        let whole = self.me.map(|me| compact(&me.name)).filter(|name| name.chars().count() >= 3);
        let is_rivals = |name: &str| compact(&self.rival.contact.name).contains(name);
        whole.is_some_and(|name| !is_rivals(&name) && self.mail.own().letters.contains(&name))
            || mine.iter().any(|word| has_word(&self.mail.own().text, word))
            || self.mail.greeted().any(|name| {
                agreement(name, &self.recipient) == Agreement::Same && agreement(name, &self.other) < Agreement::Same
            })
    }

    /// The header shows nobody's name, or the other one's.
    pub(super) fn is_unnamed(&self) -> bool {
        let theirs = fold(&self.rival.contact.name);
        match (self.display.is_empty(), theirs.is_empty()) {
            (true, _) => true,
            (false, true) => agreement(self.display, &self.other) >= Agreement::Misspelt,
            (false, false) => {
                fold(self.display).split_whitespace().all(|word| theirs.split_whitespace().any(|one| one == word))
            }
        }
    }

    /// What points to the other address, in the words of the mail.
    pub(super) fn evidence(&self) -> Option<Vec<String>> {
        let near = self.rival.likeness >= Likeness::Near;
        let by_thread = || match self.rival.in_thread {
            Some(0) if self.mail.has_author => true,
            Some(_) => near,
            None => false,
        };
        if by_thread() {
            return Some(vec![self.rival.contact.address.clone()]);
        }
        if self.rival.likeness == Likeness::Elsewhere {
            return self.by_matter().map(|client| vec![client]);
        }
        let greeted = self.mail.greeted().find(|name| {
            let (theirs, mine) = (agreement(name, &self.other), agreement(name, &self.recipient));
            theirs >= Agreement::Misspelt && mine < theirs
        });
        let by_name = greeted.map(str::to_owned).or_else(|| self.by_display()).or_else(|| self.by_opening());
        by_name.map(|word| vec![word]).or_else(|| self.by_count().filter(|_| near))
    }

    /// The header shows the other one's name for this address.
    fn by_display(&self) -> Option<String> {
        let bare = Mailbox { name: String::new(), address: self.recipient.address.clone() };
        let is_known = self.me.is_some_and(|me| !me.name.is_empty());
        let other = &self.rival.contact.name;
        let same_name = !other.is_empty() && compact(self.display) == compact(other);
        let by_address = agreement(self.display, &bare) == Agreement::Different
            && agreement(self.display, &self.other) == Agreement::Same;
        (!self.display.is_empty() && !is_known && (same_name || by_address)).then(|| self.display.to_owned())
    }

    /// A given name or a title in the opening that only the other one has.
    fn by_opening(&self) -> Option<String> {
        let (_, theirs) = self.own_words();
        let role = |contact: &Contact| fold(&contact.role);
        let my_role = self.me.map(role).unwrap_or_default();
        let roles = role(&self.rival.contact);
        let titles = roles.split_whitespace().filter(|word| word.chars().count() >= 4 && !my_role.contains(word));
        let mut words: Vec<String> = theirs.into_iter().chain(titles.map(str::to_owned)).collect();
        words.sort();
        words.into_iter().find(|word| has_word(&self.mail.own().opening, word))
    }

    /// The client whose name the mail writes is the other one's.
    fn by_matter(&self) -> Option<String> {
        let clients = &self.mail.reading.facts.clients;
        let theirs = clients.of_domain(self.other.address.domain())?;
        let mine = clients.of_domain(self.recipient.address.domain());
        let mut named = clients.mentioned(&self.mail.own().text);
        named.extend(clients.mentioned(self.mail.reading.message.subject.as_deref().unwrap_or_default()));
        let points = named.contains(&theirs) && mine.is_none_or(|mine| mine != theirs && !named.contains(&mine));
        points.then(|| clients.client(theirs).name.clone())
    }

    fn by_count(&self) -> Option<Vec<String>> {
        let mine = self.me.map_or(0, Contact::exchanged);
        let theirs = self.rival.contact.exchanged();
        let far = theirs >= FAR_OFTENER && mine.saturating_mul(FAR_OFTENER) <= theirs && self.is_unnamed();
        far.then(|| {
            vec![format!("{} : {theirs}", self.rival.contact.address), format!("{} : {mine}", self.recipient.address)]
        })
    }
}

fn compact(name: &str) -> String {
    fold(name).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Latin words are whole words.
fn has_word(text: &str, word: &str) -> bool {
    let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.match_indices(word).any(|(at, _)| {
        !word.is_ascii() || (!latin(text[..at].chars().next_back()) && !latin(text[at + word.len()..].chars().next()))
    })
}
