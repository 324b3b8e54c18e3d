//! The signals of one mail's recipients, as numbers.

use std::cell::OnceCell;

use super::kernel::Kernel;
use super::names::Named;
use super::thread;
use crate::correspondents::{Acquaintance, Known, Outline};
use crate::message::{Address, Mailbox};
use crate::people::address::is_list;
use crate::people::name::{Agreement, agreement};

/// The list of features, once: the variants and the names they have in the table of weights and in JSON.
macro_rules! features {
    ($($variant:ident = $name:literal,)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        enum Feature {
            $($variant,)*
        }

        /// The names of the signals, in the order of [`Signals::values`].
        pub const SIGNALS: [&str; COUNT] = [$($name,)*];
        const COUNT: usize = [$($name,)*].len();
    };
}

features! {
    // Who got the mails like this one.
    Fit = "fit",
    FitBySize = "fit_by_size",
    Size = "size",
    FitBesideOthers = "fit_beside_others",
    FarBesideOthers = "far_beside_others",
    RecentBesideOthers = "recent_beside_others",
    GroupWithout = "group_without",
    GroupWith = "group_with",
    Company = "company",
    // Where the wrong one takes the place of the one meant, the others say little: mails like this one going to somebody of
    // a similar name who is not on it, and a recipient not written to for long, are what is left.
    RivalFits = "rival_fits",
    Since = "since",
    SinceBesideOthers = "since_beside_others",
    // Names and domains.
    LookAlikeOnMail = "look_alike_on_mail",
    SameNameKnown = "same_name_known",
    Greeted = "greeted",
    OtherGreeted = "other_greeted",
    // The mail greets somebody whom none of the recipients is.
    AbsentGreeted = "absent_greeted",
    Domain = "domain",
    // Somebody never written to.
    FirstTime = "first_time",
    OtherFirstTimes = "other_first_times",
    FirstTimeBySize = "first_time_by_size",
    OnlyFirstTime = "only_first_time",
    FirstTimeLookAlike = "first_time_look_alike",
    FirstTimeColleague = "first_time_colleague",
    // The thread.
    InThread = "in_thread",
    OutOfThread = "out_of_thread",
    NoThread = "no_thread",
    FirstTimeInThread = "first_time_in_thread",
    FirstTimeOutOfThread = "first_time_out_of_thread",
    LookAlikeInThread = "look_alike_in_thread",
    FirstTimeNoThread = "first_time_no_thread",
    // Names that somebody never written to shares.
    LastName = "last_name",
    LastNameOnMail = "last_name_on_mail",
    LastNameKnown = "last_name_known",
    FirstName = "first_name",
    FirstNameOnMail = "first_name_on_mail",
    FirstNameKnown = "first_name_known",
    FirstTimeSameName = "first_time_same_name",
    FirstTimeDomain = "first_time_domain",
    // Whoever it is taken for got the mails like this one; somebody who shares a name is of the thread, or at its domain.
    NamesakeFits = "namesake_fits",
    NamesakeInThread = "namesake_in_thread",
    NamesakeColleague = "namesake_colleague",
    // New people come in numbers, and whoever is put on by mistake comes alone, beside a group that is a usual one.
    NewMany = "new_many",
    NewGroup = "new_group",
}

/// The signals of one recipient as numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Signals {
    /// In lower case.
    pub address: String,
    /// Never written to by the sender.
    pub is_new: bool,
    pub values: [f64; SIGNALS.len()],
}

impl Signals {
    fn set(&mut self, feature: Feature, value: f64) {
        self.values[feature as usize] = value;
    }
}

/// The first or the last name.
type Part = fn(&Named) -> &str;

/// Contacts one is most often confused with.
const LOOK_ALIKES: usize = 12;
/// From so many mails on a person's first name makes namesakes worth a look.
const OFTEN: u32 = 6;

/// A mail's recipients before what is known.
pub(super) struct Mail<'a> {
    outline: &'a Outline,
    known: &'a Known,
    recipients: Vec<Recipient<'a>>,
    /// Everybody known who is not on the mail.
    others: Vec<Person<'a>>,
    kernel: Kernel,
}

/// Somebody known.
struct Person<'a> {
    named: Named,
    about: &'a Acquaintance,
    in_thread: OnceCell<bool>,
}

struct Recipient<'a> {
    address: &'a str,
    named: Named,
    about: Option<&'a Acquaintance>,
    is_new: bool,
    in_thread: bool,
    is_greeted: bool,
}

impl<'a> Mail<'a> {
    pub(super) fn of(outline: &'a Outline, known: &'a Known) -> Mail<'a> {
        /// On a circular nobody stands out.
        const MOST: usize = 50;
        let candidates = outline.recipients.iter().take(MOST).filter(|one| !is_list(&one.address));
        let mut recipients: Vec<Recipient<'a>> = candidates
            .map(|one| {
                let about = known.of(&one.address).filter(|about| !about.of_house);
                let name = if one.name.is_empty() { about.map_or("", |about| about.name.as_str()) } else { &one.name };
                let named = Named::of(&one.address, name);
                let in_thread = known.thread.contains(&one.address)
                    || thread::names(&outline.quoted, &one.address, &named.first, &named.last);
                let is_greeted = greets(outline, &one.address, name, about);
                let is_new = about.is_none_or(|about| about.sent == 0);
                Recipient { address: &one.address, named, about, is_new, in_thread, is_greeted }
            })
            .collect();
        recipients.dedup_by(|a, b| a.address == b.address);
        let others = known.people().iter().filter(|about| !outline.has(&about.address) && about.sent > 0);
        let others = others
            .map(|about| Person { named: Named::of(&about.address, &about.name), about, in_thread: OnceCell::new() })
            .collect();
        let mut mail = Mail { outline, known, recipients, others, kernel: Kernel::default() };
        let numbers = mail.recipients.iter().map(|one| (one.about.map(|about| about.number), mail.rivals(one)));
        mail.kernel = Kernel::of(&known.history, &outline.terms, &numbers.collect::<Vec<_>>());
        mail
    }

    /// Who can have been meant instead: easily taken for the recipient, and for nobody else who is on the mail.
    fn rivals(&self, one: &Recipient<'_>) -> Vec<i64> {
        self.look_alikes(one).into_iter().map(|other| other.about.number).collect()
    }

    fn look_alikes(&self, one: &Recipient<'_>) -> Vec<&Person<'a>> {
        let on_mail = |other: &Person<'_>| self.recipients.iter().any(|here| here.named.is_named_as(&other.named));
        let mut alike: Vec<&Person<'_>> =
            self.others.iter().filter(|other| other.named.is_like(&one.named) && !on_mail(other)).collect();
        alike.sort_by(|a, b| b.about.sent.cmp(&a.about.sent).then_with(|| a.about.address.cmp(&b.about.address)));
        alike.truncate(LOOK_ALIKES);
        alike
    }

    /// It answers something, or goes on with a matter.
    pub(super) fn is_reply(&self) -> bool {
        !self.outline.quoted.trim().is_empty() || !self.known.thread.is_empty()
    }

    /// Nobody here has written to the recipient, and nobody has put it down.
    pub(super) fn is_first_time(&self, at: usize) -> bool {
        let known = self.known.of(self.recipients[at].address);
        known.is_none_or(|one| one.sent == 0 && one.received == 0 && one.colleagues == 0 && !one.listed)
    }

    pub(super) fn is_in_thread(&self, at: usize) -> bool {
        self.recipients[at].in_thread
    }

    /// Who is easily taken for the recipient and more likely meant: of the thread, sharing the last name, written to most.
    /// Somebody never written to is taken for others on the mail as well, by name.
    pub(super) fn rival(&self, at: usize) -> Option<&'a Acquaintance> {
        let one = &self.recipients[at];
        let mine = one.about.map_or(0, |about| about.sent);
        let alike = self.others.iter().filter(|other| other.named.is_like(&one.named));
        let alike = alike.map(|other| (self.knows_in_thread(other), &other.named, other.about));
        let beside = self.beside(at).filter(|other| one.is_new && other.named.shares_name(&one.named));
        let beside = beside.filter_map(|other| Some((other.in_thread, &other.named, other.about?)));
        let all = alike.chain(beside).filter(|(_, named, about)| !named.is_named_as(&one.named) && about.sent > mine);
        all.max_by_key(|(is_in, named, about)| (*is_in, named.shares_name(&one.named), about.sent))
            .map(|(.., about)| about)
    }

    /// Another address of the same person that is the one in use.
    pub(super) fn newer(&self, at: usize) -> Option<&'a Acquaintance> {
        /// In hours: whoever has two addresses uses both within such a time.
        const LONG: i64 = 180 * 24;
        let one = &self.recipients[at];
        let mine = self.known.of(one.address);
        let last = mine.and_then(|mine| mine.last);
        let is_joined = |other: &Acquaintance| mine.is_some_and(|mine| mine.person != 0 && mine.person == other.person);
        // A surname, or the name of a desk, is many people's.
        let is_whole =
            |other: &Named| !other.first.is_empty() && !other.last.is_empty() && other.is_named_as(&one.named);
        let is_later = |other: &Acquaintance| match (last, other.last) {
            (Some(mine), Some(theirs)) => theirs.duration_since(mine) >= jiff::SignedDuration::from_hours(LONG),
            (mine, theirs) => mine.is_none() && theirs.is_some(),
        };
        let twins = self.others.iter().filter(|other| {
            (is_whole(&other.named) || is_joined(other.about)) && other.about.sent >= 3 && is_later(other.about)
        });
        twins.map(|other| other.about).max_by_key(|other| other.last)
    }

    /// Of every recipient.
    pub(super) fn signals(&self) -> Vec<Signals> {
        (0..self.recipients.len()).map(|at| self.of_one(at)).collect()
    }

    fn of_one(&self, at: usize) -> Signals {
        let Recipient { address, is_new, .. } = &self.recipients[at];
        let values = [0.0; SIGNALS.len()];
        let mut features = Signals { address: (*address).to_owned(), is_new: *is_new, values };
        self.past(at, &mut features);
        self.names(at, &mut features);
        self.thread(at, &mut features);
        features
    }

    fn beside(&self, at: usize) -> impl Iterator<Item = &Recipient<'a>> {
        self.recipients.iter().enumerate().filter(move |(n, _)| *n != at).map(|(_, one)| one)
    }

    fn past(&self, at: usize, features: &mut Signals) {
        let one = &self.recipients[at];
        let known = if one.is_new { 0.0 } else { 1.0 };
        let size = (self.recipients.len() as f64).ln();
        let kernel = &self.kernel;
        let (fit, beside) = (kernel.fit[at], kernel.beside(&kernel.fit, at));
        features.set(Feature::Fit, (fit + 6.0).max(0.0));
        features.set(Feature::FitBySize, fit * size);
        features.set(Feature::Size, size);
        features.set(Feature::FitBesideOthers, known * beside);
        features.set(Feature::FarBesideOthers, known * (beside - 1.0).max(0.0));
        features.set(Feature::RecentBesideOthers, known * kernel.beside(&kernel.recent, at));
        features.set(Feature::GroupWithout, kernel.group_without[at]);
        features.set(Feature::GroupWith, kernel.group_with[at]);
        features.set(Feature::Company, kernel.beside(&kernel.company, at));
        features.set(Feature::RivalFits, known * kernel.rival[at]);
        features.set(Feature::NamesakeFits, (1.0 - known) * kernel.rival[at]);
        features.set(Feature::Since, kernel.since[at]);
        features.set(Feature::SinceBesideOthers, known * kernel.beside(&kernel.since, at));
    }

    fn names(&self, at: usize, features: &mut Signals) {
        let one = &self.recipients[at];
        let new = if one.is_new { 1.0 } else { 0.0 };
        let flag = |holds: bool| if holds { 1.0 } else { 0.0 };
        let size = (self.recipients.len() as f64).ln();
        let others_new = self.beside(at).filter(|other| other.is_new).count();
        let like_on_mail = flag(self.beside(at).any(|other| other.named.begins_as(&one.named)));
        let same_name = self.others.iter().any(|other| other.named.is_named_as(&one.named));
        let same_name = flag(!one.named.last.is_empty() && same_name);
        let domain = self.known.domains.get(&one.named.domain).map_or(0, |(mails, _)| *mails);
        let domain = f64::from(domain).ln_1p();
        let colleague = flag(self.beside(at).any(|other| other.named.domain == one.named.domain));
        let somebody_greeted = self.recipients.iter().any(|other| other.is_greeted);
        features.set(Feature::LookAlikeOnMail, like_on_mail);
        features.set(Feature::SameNameKnown, same_name);
        features.set(Feature::Greeted, flag(one.is_greeted));
        features.set(Feature::AbsentGreeted, flag(!self.outline.greeted.is_empty() && !somebody_greeted));
        features.set(Feature::OtherGreeted, flag(somebody_greeted && !one.is_greeted));
        features.set(Feature::Domain, domain);
        features.set(Feature::FirstTime, new);
        features.set(Feature::OtherFirstTimes, (others_new as f64).ln_1p());
        features.set(Feature::FirstTimeBySize, new * size);
        features.set(Feature::OnlyFirstTime, new * flag(others_new == 0));
        features.set(Feature::FirstTimeLookAlike, new * like_on_mail);
        features.set(Feature::FirstTimeColleague, new * colleague);
        features.set(Feature::FirstTimeSameName, new * same_name);
        features.set(Feature::FirstTimeDomain, new * domain);
        features.set(Feature::NewMany, new * (others_new as f64).ln_1p());
        features.set(Feature::NewGroup, new * self.kernel.group_without[at]);
        if one.is_new {
            self.namesakes(at, same_name > 0.0, features);
            self.meant(at, features);
        }
    }

    /// What somebody never written to shares with people who are.
    fn namesakes(&self, at: usize, same_name: bool, features: &mut Signals) {
        let one = &self.recipients[at];
        let shares = |mine: &str, theirs: &str| !mine.is_empty() && mine == theirs;
        let on_mail = |of: Part| self.beside(at).any(|other| shares(of(&one.named), of(&other.named)));
        let known = |of: Part| {
            let on_mail = self.beside(at).filter_map(|other| Some((&other.named, other.about?.sent)));
            let others = self.others.iter().map(|other| (&other.named, other.about.sent)).chain(on_mail);
            let alike = others.filter(|(other, _)| shares(of(&one.named), of(other)) && !other.is_named_as(&one.named));
            alike.map(|(_, sent)| sent).max().unwrap_or_default()
        };
        let (first, last): (Part, Part) = (|named| &named.first, |named| &named.last);
        let (last_on_mail, first_on_mail) = (on_mail(last), on_mail(first));
        let (last_known, first_known) = (known(last), known(first));
        let flag = |holds: bool| if holds { 1.0 } else { 0.0 };
        // Under the same whole name it is most likely another address of the same person.
        let other = flag(!same_name);
        let by_last = other * flag(last_on_mail || last_known > 0);
        features.set(Feature::LastName, by_last);
        features.set(Feature::LastNameOnMail, flag(last_on_mail));
        features.set(Feature::LastNameKnown, other * f64::from(last_known).ln_1p());
        features.set(Feature::FirstName, other * flag((first_on_mail || first_known >= OFTEN) && by_last == 0.0));
        features.set(Feature::FirstNameOnMail, flag(first_on_mail));
        features.set(Feature::FirstNameKnown, other * f64::from(first_known).ln_1p());
    }

    /// Whether somebody who shares a name is likely to be meant.
    fn meant(&self, at: usize, features: &mut Signals) {
        let one = &self.recipients[at];
        let flag = |holds: bool| if holds { 1.0 } else { 0.0 };
        let is_namesake = |other: &Named| other.shares_name(&one.named) && !other.is_named_as(&one.named);
        let absent = || self.others.iter().filter(|other| is_namesake(&other.named));
        let beside = || self.beside(at).filter(|other| is_namesake(&other.named));
        let is_in = || beside().any(|other| other.in_thread) || absent().any(|other| self.knows_in_thread(other));
        features.set(Feature::NamesakeInThread, flag(self.is_reply() && !one.in_thread && is_in()));
        let mut all = absent().map(|other| &other.named).chain(beside().map(|other| &other.named));
        features.set(Feature::NamesakeColleague, flag(all.any(|other| other.domain == one.named.domain)));
    }

    fn thread(&self, at: usize, features: &mut Signals) {
        let one = &self.recipients[at];
        let flag = |holds: bool| if holds { 1.0 } else { 0.0 };
        let new = flag(one.is_new);
        let others_in = self.beside(at).any(|other| other.in_thread);
        let out = flag(!one.in_thread && others_in);
        let none = flag(self.is_reply() && !one.in_thread && !others_in);
        features.set(Feature::InThread, flag(one.in_thread));
        features.set(Feature::OutOfThread, out);
        features.set(Feature::NoThread, none);
        features.set(Feature::FirstTimeInThread, new * flag(one.in_thread));
        features.set(Feature::FirstTimeOutOfThread, new * out);
        features.set(Feature::FirstTimeNoThread, new * none);
        features.set(Feature::LookAlikeInThread, flag(!one.in_thread && self.look_alike_in_thread(one).is_some()));
    }

    /// Somebody who is easily taken for the recipient, is not on the mail, and is of the thread.
    fn look_alike_in_thread(&self, one: &Recipient<'_>) -> Option<&Person<'a>> {
        if !self.is_reply() {
            return None;
        }
        self.look_alikes(one).into_iter().find(|other| self.knows_in_thread(other))
    }

    /// Asked of one person for every recipient; the quoted texts are searched once.
    fn knows_in_thread(&self, other: &Person<'_>) -> bool {
        let (address, named) = (&other.about.address, &other.named);
        let search = || thread::names(&self.outline.quoted, address, &named.first, &named.last);
        *other.in_thread.get_or_init(|| self.known.thread.contains(address) || search())
    }
}

/// Whether the mail greets this recipient: by a name it can have, or one it was greeted by before.
fn greets(outline: &Outline, address: &str, name: &str, about: Option<&Acquaintance>) -> bool {
    let Ok(address) = Address::parse(address) else { return false };
    let mailbox = Mailbox { name: name.to_owned(), address };
    outline.greeted.iter().any(|greeted| {
        about.is_some_and(|about| about.greeted.contains(greeted))
            || agreement(greeted, &mailbox) >= Agreement::Misspelt
    })
}
