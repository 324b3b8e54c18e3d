//! What a handful of mails tells, without a store: for examples of rules. The store does the same with indexes, and a test
//! holds the two together.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::{
    ACQUAINTED, Acquaintance, Addressee, Field, GREETINGS, History, Known, MOST_MISSING, Missing, Outline, Past,
    SentFile, keys,
};

impl Known {
    /// What mails tell of the people `draft` goes to, and of those they can be taken for.
    pub fn from_mails(mails: &[Outline], draft: &Outline) -> Known {
        let lessons = lessons(mails);
        let own: Vec<&Lesson<'_>> = lessons.iter().filter(|one| one.mail.sender == draft.sender).collect();
        let mut memory = Memory::default();
        own.iter().for_each(|lesson| memory.enter(lesson));
        let count = own.iter().filter(|lesson| lesson.is_first()).count() as u32;
        let mails: Vec<&Outline> = lessons.iter().map(|lesson| &*lesson.mail).collect();
        if count == 0 {
            return Known::default();
        }
        for one in memory.people.values_mut() {
            let is_colleagues = |mail: &&&Outline| mail.sender != draft.sender && mail.has(&one.about.address);
            if draft.has(&one.about.address) {
                one.about.colleagues = mails.iter().filter(is_colleagues).count() as u32;
            }
            one.about.greeted = one.greeted();
        }
        let mut history = History::new(std::mem::take(&mut memory.past));
        history.put_addresses(memory.people.values().map(|one| (one.about.number, one.about.address.clone())));
        let history = Arc::new(history);
        let mut people = memory.near(draft);
        people.extend(of_colleagues(&mails, draft, &memory));
        let mut known = Known::new(count, people);
        let written = memory.people.values().map(|one| u64::from(one.about.sent)).sum::<u64>();
        known.is_acquainted = count >= ACQUAINTED || written >= u64::from(ACQUAINTED);
        known.thread = thread(&own, draft);
        known.missing = memory.missing(&history, draft);
        (known.files, known.newest_files) = (memory.files_of(draft), memory.files_before(draft));
        known.domains = memory.domains;
        known.domains.retain(|domain, _| draft.recipients.iter().any(|one| domain_of(&one.address) == domain));
        known.history = history;
        known
    }
}

/// A mail, or what another copy of it adds.
struct Lesson<'a> {
    /// Its place among the lessons.
    at: usize,
    /// That of the first copy.
    of: usize,
    mail: Cow<'a, Outline>,
}

impl Lesson<'_> {
    fn is_first(&self) -> bool {
        self.at == self.of
    }
}

/// What each mail teaches: of several copies of one mail, each that somebody got whom the others do not name.
fn lessons(mails: &[Outline]) -> Vec<Lesson<'_>> {
    let mut firsts = HashMap::new();
    let mut out: Vec<Lesson<'_>> = Vec::new();
    for mail in mails.iter().filter(|mail| teaches(mail)) {
        let at = out.len();
        let of = *firsts.entry((&mail.sender, mail.id, mail.subject)).or_insert(at);
        if of == at {
            out.push(Lesson { at, of, mail: Cow::Borrowed(mail) });
            continue;
        }
        let is_new = |one: &&Addressee| !out.iter().any(|lesson| lesson.of == of && lesson.mail.has(&one.address));
        let recipients: Vec<Addressee> = mail.recipients.iter().filter(is_new).cloned().collect();
        if !recipients.is_empty() {
            let mail = Outline { recipients, at: out[of].mail.at, ..mail.clone() };
            out.push(Lesson { at, of, mail: Cow::Owned(mail) });
        }
    }
    out
}

/// The recipients whom only others have written to.
fn of_colleagues(mails: &[&Outline], draft: &Outline, memory: &Memory<'_>) -> Vec<Acquaintance> {
    let strangers = draft.recipients.iter().filter(|one| !memory.people.contains_key(one.address.as_str()));
    let about = strangers.map(|one| Acquaintance {
        address: one.address.clone(),
        colleagues: mails.iter().filter(|mail| mail.sender != draft.sender && mail.has(&one.address)).count() as u32,
        of_house: true,
        ..Acquaintance::default()
    });
    about.filter(|one| one.colleagues > 0).collect()
}

/// Without a time, or to nobody, a mail tells nothing.
fn teaches(mail: &Outline) -> bool {
    mail.at.is_some() && !mail.recipients.is_empty()
}

#[derive(Default)]
struct Memory<'a> {
    people: BTreeMap<&'a str, Person>,
    domains: HashMap<String, (u32, u32)>,
    /// Each as it went to each receiver last.
    files: BTreeMap<(u64, &'a str), SentFile>,
    past: Vec<Past>,
    /// Where the mails stand in it.
    places: HashMap<usize, usize>,
}

#[derive(Default)]
struct Person {
    about: Acquaintance,
    /// When it was named last.
    named: Option<jiff::Timestamp>,
    keys: BTreeSet<u64>,
    greeted: BTreeMap<String, u32>,
}

impl<'a> Memory<'a> {
    fn enter(&mut self, lesson: &'a Lesson<'_>) {
        let mail = &*lesson.mail;
        let mut recipients = Vec::new();
        for one in &mail.recipients {
            let number = self.people.len() as i64 + 1;
            let is_new = !self.people.contains_key(one.address.as_str());
            let person = self.people.entry(&one.address).or_default();
            if is_new {
                (person.about.number, person.about.address) = (number, one.address.clone());
            }
            if is_new || !one.name.is_empty() {
                person.keys.extend(keys(&one.address, &one.name));
            }
            let about = &mut person.about;
            if !one.name.is_empty() && mail.at >= person.named {
                (about.name, person.named) = (one.name.clone(), mail.at);
            }
            about.sent += 1;
            about.blind += u32::from(one.field == Field::Bcc);
            about.received += u32::from(mail.answered.as_ref() == Some(&one.address));
            about.first = about.first.map_or(mail.at, |first| mail.at.map(|at| at.min(first)));
            about.last = about.last.max(mail.at);
            recipients.push(about.number);
            let counts = self.domains.entry(domain_of(&one.address).to_owned()).or_default();
            *counts = (counts.0 + 1, counts.1 + u32::from(is_new));
        }
        self.enter_files(mail);
        if let Some((address, name)) = mail.greeting()
            && let Some(person) = self.people.get_mut(address)
            && (person.greeted.len() < GREETINGS || person.greeted.contains_key(name))
        {
            *person.greeted.entry(name.to_owned()).or_default() += 1;
        }
        if let Some(first) = self.places.get(&lesson.of) {
            self.past[*first].recipients.extend(recipients);
            return;
        }
        self.places.insert(lesson.of, self.past.len());
        let at = mail.at.map_or(0, |at| at.as_millisecond());
        self.past.push(Past { at, recipients, terms: mail.terms.clone(), judged: mail.judged });
    }

    fn enter_files(&mut self, mail: &'a Outline) {
        let at = mail.at.unwrap_or_default();
        for file in &mail.files {
            for one in &mail.recipients {
                let sent = SentFile { name: file.name.clone(), hash: file.hash, address: one.address.clone(), at };
                let last = self.files.entry((file.hash, &one.address)).or_insert_with(|| sent.clone());
                if at >= last.at {
                    *last = sent;
                }
            }
        }
    }

    fn files_of(&self, draft: &Outline) -> Vec<SentFile> {
        self.files_where(|file| draft.files.iter().any(|one| one.hash == file.hash))
    }

    fn files_before(&self, draft: &Outline) -> Vec<SentFile> {
        let day = jiff::SignedDuration::from_hours(24);
        self.files_where(|file| {
            draft.at.is_some_and(|at| at.duration_since(file.at) >= -day / 24 && at.duration_since(file.at) <= day)
        })
    }

    /// Newest first.
    fn files_where(&self, is_meant: impl Fn(&SentFile) -> bool) -> Vec<SentFile> {
        let mut files: Vec<SentFile> = self.files.values().filter(|file| is_meant(file)).cloned().collect();
        files.sort_by_key(|file| std::cmp::Reverse(file.at));
        files
    }

    fn near(&self, draft: &Outline) -> Vec<Acquaintance> {
        // By the name the header shows, and by the one that is known.
        let known =
            |address: &str| self.people.get(address).map(|one| keys(address, &one.about.name)).unwrap_or_default();
        let theirs: HashSet<u64> =
            draft.recipients.iter().flat_map(|it| [keys(&it.address, &it.name), known(&it.address)].concat()).collect();
        let near = |one: &&Person| draft.has(&one.about.address) || one.keys.iter().any(|key| theirs.contains(key));
        self.people.values().filter(near).map(|one| one.about.clone()).collect()
    }

    fn missing(&self, history: &History, draft: &Outline) -> Vec<Missing> {
        let numbers = draft.recipients.iter().map(|one| Some(self.people.get(one.address.as_str())?.about.number));
        let Some(group) = numbers.collect::<Option<Vec<i64>>>() else { return Vec::new() };
        let named: HashMap<i64, &Acquaintance> =
            self.people.values().map(|one| (one.about.number, &one.about)).collect();
        let usual = history.usual_with(&group).into_iter().take(MOST_MISSING);
        let missing = usual.filter_map(|(number, together, of)| {
            let one = named.get(&number)?;
            Some(Missing { address: one.address.clone(), name: one.name.clone(), together, of })
        });
        missing.collect()
    }
}

impl Person {
    /// Most frequent first.
    fn greeted(&self) -> Vec<String> {
        let mut names: Vec<(&String, &u32)> = self.greeted.iter().collect();
        names.sort_by_key(|(name, mails)| (std::cmp::Reverse(**mails), *name));
        names.into_iter().map(|(name, _)| name.clone()).collect()
    }
}

impl Outline {
    /// Whom it greets by which name; of several receivers or names it is not clear who is meant.
    pub fn greeting(&self) -> Option<(&str, &str)> {
        let mut addressed = self.recipients.iter().filter(|one| one.field == Field::To);
        match (addressed.next(), addressed.next(), self.greeted.as_slice()) {
            (Some(one), None, [name]) => Some((&one.address, name)),
            _ => None,
        }
    }
}

fn domain_of(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// Whom mails under the same subject, or answered by this one, went to. Of several with one Message-ID the first is meant.
fn thread(lessons: &[&Lesson<'_>], draft: &Outline) -> Vec<String> {
    let same = lessons.iter().filter(|one| one.mail.subject.is_some() && one.mail.subject == draft.subject);
    let firsts = draft.answers.iter().filter_map(|id| lessons.iter().find(|one| one.mail.id == *id));
    let answered = firsts.flat_map(|first| lessons.iter().filter(|one| one.of == first.of));
    let addresses: BTreeSet<String> =
        same.chain(answered).flat_map(|one| one.mail.recipients.iter().map(|one| one.address.clone())).collect();
    addresses.into_iter().collect()
}
