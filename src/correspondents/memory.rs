//! What a handful of mails tells, without a store: for examples of rules. The store does the same with indexes, and a test
//! holds the two together.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::{ACQUAINTED, Acquaintance, Addressee, Field, History, Known, Missing, Outline, Past, SentFile, keys};

impl Known {
    /// What mails of one sender tell of the people `draft` goes to, and of those they can be taken for.
    pub fn from_mails(mails: &[Outline], draft: &Outline) -> Known {
        let own: Vec<&Outline> = mails.iter().filter(|mail| mail.sender == draft.sender && mail.at.is_some()).collect();
        let mut people: BTreeMap<&str, Acquaintance> = BTreeMap::new();
        let mut domains: HashMap<String, (u32, u32)> = HashMap::new();
        let mut past = Vec::new();
        for mail in &own {
            let mut recipients = Vec::new();
            for one in &mail.recipients {
                let number = people.len() as i64 + 1;
                let is_new = !people.contains_key(one.address.as_str());
                let person = people.entry(&one.address).or_insert_with(|| Acquaintance {
                    number,
                    address: one.address.clone(),
                    ..Acquaintance::default()
                });
                if !one.name.is_empty() {
                    person.name.clone_from(&one.name);
                }
                person.sent += 1;
                person.received += u32::from(mail.answered.as_ref() == Some(&one.address));
                person.first = person.first.map_or(mail.at, |first| mail.at.map(|at| at.min(first)));
                person.last = person.last.max(mail.at);
                recipients.push(person.number);
                let domain = one.address.rsplit_once('@').map_or("", |(_, domain)| domain);
                let counts = domains.entry(domain.to_owned()).or_default();
                *counts = (counts.0 + 1, counts.1 + u32::from(is_new));
            }
            let at = mail.at.map_or(0, |at| at.as_millisecond());
            past.push(Past { at, recipients, terms: mail.terms.clone() });
        }
        for mail in &own {
            greet(mail, &mut people);
        }
        let near = |one: &&Acquaintance| {
            let theirs: BTreeSet<u64> = keys(&one.address, &one.name).into_iter().collect();
            // By the name the header shows, and by the one that is known.
            let known = |it: &Addressee| people.get(it.address.as_str()).map_or(String::new(), |one| one.name.clone());
            let mut mine = draft
                .recipients
                .iter()
                .flat_map(|it| [keys(&it.address, &it.name), keys(&it.address, &known(it))].concat());
            draft.has(&one.address) || mine.any(|key| theirs.contains(&key))
        };
        let history = Arc::new(History::new(past));
        let named: HashMap<i64, &Acquaintance> = people.values().map(|one| (one.number, one)).collect();
        let group: Option<Vec<i64>> =
            draft.recipients.iter().map(|one| people.get(one.address.as_str()).map(|one| one.number)).collect();
        let missing = group.map(|group| history.usual_with(&group)).unwrap_or_default().into_iter().filter_map(
            |(number, together, of)| {
                let one = named.get(&number)?;
                Some(Missing { address: one.address.clone(), name: one.name.clone(), together, of })
            },
        );
        let missing = missing.collect();
        let count = own.len() as u32;
        let mut known = Known::new(count, people.values().filter(near).cloned().collect());
        known.is_acquainted = count >= ACQUAINTED || people.len() as u32 >= ACQUAINTED;
        known.thread = thread(&own, draft);
        (known.history, known.domains, known.missing) = (history, domains, missing);
        (known.files, known.newest_files) = files(&own, draft);
        known
    }
}

/// Whom files of the draft went to, and the files of the day before it.
fn files(mails: &[&Outline], draft: &Outline) -> (Vec<SentFile>, Vec<SentFile>) {
    let sent = |mail: &&Outline| {
        let (to, files, at) = (mail.recipients.clone(), mail.files.clone(), mail.at.unwrap_or_default());
        files.into_iter().flat_map(move |file| {
            let of = move |one: &Addressee| SentFile {
                name: file.name.clone(),
                hash: file.hash,
                address: one.address.clone(),
                at,
            };
            to.iter().map(of).collect::<Vec<_>>()
        })
    };
    let mut all: Vec<SentFile> = mails.iter().flat_map(sent).collect();
    all.sort_by_key(|file| std::cmp::Reverse(file.at));
    let is_attached = |file: &SentFile| draft.files.iter().any(|one| one.hash == file.hash);
    let day_before = |file: &SentFile| {
        draft.at.is_some_and(|at| file.at <= at && at.duration_since(file.at) <= jiff::SignedDuration::from_hours(24))
    };
    let pick = |which: &dyn Fn(&SentFile) -> bool| all.iter().filter(|file| which(file)).cloned().collect();
    (pick(&is_attached), pick(&day_before))
}

/// Of several receivers it is not clear who is greeted.
fn greet(mail: &Outline, people: &mut BTreeMap<&str, Acquaintance>) {
    let mut to = mail.recipients.iter().filter(|one| one.field == Field::To);
    if let (Some(only), None, [name]) = (to.next(), to.next(), mail.greeted.as_slice())
        && let Some(person) = people.get_mut(only.address.as_str())
        && !person.greeted.contains(name)
    {
        person.greeted.push(name.clone());
    }
}

/// Whom mails under the same subject, or answered by this one, went to.
fn thread(mails: &[&Outline], draft: &Outline) -> Vec<String> {
    let same = mails
        .iter()
        .filter(|mail| (mail.subject.is_some() && mail.subject == draft.subject) || draft.answers.contains(&mail.id));
    let addresses: BTreeSet<String> =
        same.flat_map(|mail| mail.recipients.iter().map(|one| one.address.clone())).collect();
    addresses.into_iter().collect()
}
