//! All that was learnt, given out and put back.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::learn::{self, Learnt};
use super::manage::{self, Listed};
use super::{blob, short};
use crate::correspondents::{GREETINGS, Kept, KeptMail, keys};
use crate::store::sqlite::Fault;

/// One line of what is given out.
pub enum Exported {
    Person(Box<Listed>, Kept),
    Mail(KeptMail),
}

/// People before mails, each by sender.
pub(super) fn export(connection: &Connection, take: &mut dyn FnMut(Exported)) -> Result<(), Fault> {
    // One snapshot: the writer may be learning.
    let snapshot = connection.unchecked_transaction()?;
    let mut find = snapshot.prepare("SELECT number, address FROM sender ORDER BY address")?;
    let senders: Vec<(i64, String)> =
        find.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    for (sender, _) in &senders {
        people(&snapshot, *sender, take)?;
    }
    senders.iter().try_for_each(|(sender, address)| mails(&snapshot, *sender, address, take))
}

fn people(connection: &Connection, sender: i64, take: &mut dyn FnMut(Exported)) -> Result<(), Fault> {
    // By correspondent there is no index.
    let mut noted: HashMap<i64, Vec<i64>> = HashMap::new();
    let mut find = connection.prepare_cached("SELECT correspondent, key FROM likeness WHERE sender = ?1")?;
    let mut rows = find.query([sender])?;
    while let Some(row) = rows.next()? {
        noted.entry(row.get(0)?).or_default().push(row.get(1)?);
    }
    let mut more = connection.prepare_cached("SELECT blind, named_at FROM correspondent WHERE number = ?1")?;
    let mut files = connection
        .prepare_cached("SELECT name, hash, at FROM file WHERE sender = ?1 AND correspondent = ?2 ORDER BY at, hash")?;
    for (about, number) in manage::of_sender(connection, sender)? {
        let (blind, named) = more.query_row([number], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let own = keys(&about.address, &about.name);
        let mut keys = noted.remove(&number).unwrap_or_default();
        keys.retain(|key| !own.contains(&key.cast_unsigned()));
        let profile = manage::profile(connection, about, number)?;
        let of_files = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let kept = Kept {
            address_book: profile.about.listed,
            blind,
            named,
            same_person: profile.also,
            greeted: profile.greeted,
            files: files.query_map([sender, number], of_files)?.collect::<Result<_, _>>()?,
            keys,
        };
        take(Exported::Person(Box::new(profile.about), kept));
    }
    Ok(())
}

fn mails(connection: &Connection, sender: i64, address: &str, take: &mut dyn FnMut(Exported)) -> Result<(), Fault> {
    let addresses: HashMap<i64, String> = named(connection, "address", sender)?;
    let mut find = connection.prepare_cached(
        "SELECT l.mail, l.at, l.subject, l.recipients, r.terms, r.odds, r.namesake FROM learnt l LEFT JOIN recent r \
         ON r.sender = l.sender AND r.at = l.at AND r.mail = l.mail WHERE l.sender = ?1 ORDER BY l.at, l.mail",
    )?;
    let mut rows = find.query([sender])?;
    while let Some(row) = rows.next()? {
        let numbers = blob::to_numbers(&row.get::<_, Vec<u8>>(3)?);
        let terms: Option<Vec<u8>> = row.get(4)?;
        take(Exported::Mail(KeptMail {
            sender: address.to_owned(),
            mail: row.get(0)?,
            at: row.get(1)?,
            subject: row.get(2)?,
            to: numbers.iter().filter_map(|number| addresses.get(number).cloned()).collect(),
            terms: terms.map(|terms| blob::to_terms(&terms)),
            odds: row.get(5)?,
            namesake: row.get(6)?,
        }));
    }
    Ok(())
}

/// A column of a sender's correspondents, by number.
fn named(connection: &Connection, column: &str, sender: i64) -> Result<HashMap<i64, String>, Fault> {
    let sql = format!("SELECT number, {column} FROM correspondent WHERE sender = ?1");
    let mut find = connection.prepare_cached(&sql)?;
    let rows = find.query_map([sender], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Puts back what was kept of a person; counts never get smaller by it.
pub(super) fn put_person(
    connection: &Connection,
    sender: i64,
    number: i64,
    name: &str,
    kept: &Kept,
) -> Result<(), Fault> {
    let mut put = connection.prepare_cached(
        "UPDATE correspondent SET blind = max(blind, ?2), \
         name = CASE WHEN ?3 > coalesce(named_at, ?3 - 1) THEN ?4 ELSE name END, \
         named_at = max(coalesce(named_at, ?3), coalesce(?3, named_at)) WHERE number = ?1",
    )?;
    put.execute(params![number, kept.blind, kept.named, short(name)])?;
    let mut greeting = connection.prepare_cached(
        "INSERT INTO greeting (correspondent, name, mails) VALUES (?1, ?2, ?3) \
         ON CONFLICT (correspondent, name) DO UPDATE SET mails = max(mails, excluded.mails)",
    )?;
    for (name, mails) in kept.greeted.iter().take(GREETINGS) {
        greeting.execute(params![number, short(name), mails])?;
    }
    for (name, hash, at) in &kept.files {
        learn::put_file(connection, sender, *hash, number, name, *at)?;
    }
    let mut key =
        connection.prepare_cached("INSERT OR IGNORE INTO likeness (sender, key, correspondent) VALUES (?1, ?2, ?3)")?;
    for one in &kept.keys {
        key.execute([sender, *one, number])?;
    }
    let mut find = connection.prepare_cached("SELECT number FROM correspondent WHERE sender = ?1 AND address = ?2")?;
    for other in &kept.same_person {
        let other = find.query_row(params![sender, other.to_lowercase()], |row| row.get(0)).optional()?;
        // One that comes later names this one.
        other.map_or(Ok(()), |other| manage::join(connection, number, other))?;
    }
    Ok(())
}

/// Puts back mails that were learnt; those known are left as they are.
pub(super) fn restore(connection: &Connection, mails: &[KeptMail]) -> Result<Learnt, Fault> {
    let mut learnt = Learnt::default();
    let mut senders: BTreeSet<i64> = BTreeSet::new();
    for mail in mails {
        let sender = learn::sender(connection, &mail.sender.to_lowercase())?;
        let mut numbers = Vec::new();
        for address in &mail.to {
            numbers.push(learn::correspondent(connection, sender, &address.to_lowercase(), "")?.number);
        }
        let mut put = connection.prepare_cached(
            "INSERT OR IGNORE INTO learnt (sender, mail, at, subject, recipients) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        if put.execute(params![sender, mail.mail, mail.at, mail.subject, blob::of_numbers(&numbers)])? == 0 {
            learnt.skipped += 1;
            continue;
        }
        learnt.new += 1;
        senders.insert(sender);
        connection.prepare_cached("UPDATE sender SET mails = mails + 1 WHERE number = ?1")?.execute([sender])?;
        if let Some(terms) = &mail.terms {
            let mut put = connection.prepare_cached(
                "INSERT OR IGNORE INTO recent (sender, at, mail, recipients, terms, odds, namesake) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?;
            let (to, terms) = (blob::of_numbers(&numbers), blob::of_terms(terms.iter()));
            put.execute(params![sender, mail.at, mail.mail, to, terms, mail.odds, mail.namesake])?;
        }
    }
    for sender in senders {
        learn::trim(connection, sender)?;
        count_domains(connection, sender)?;
    }
    Ok(learnt)
}

/// Counts the mails to each domain anew, and the people there they went to.
fn count_domains(connection: &Connection, sender: i64) -> Result<(), Fault> {
    let domains = named(connection, "domain", sender)?;
    let mut counts: BTreeMap<&str, (i64, BTreeSet<i64>)> = BTreeMap::new();
    let mut find = connection.prepare_cached("SELECT recipients FROM learnt WHERE sender = ?1")?;
    let mut rows = find.query([sender])?;
    while let Some(row) = rows.next()? {
        for number in blob::to_numbers(&row.get::<_, Vec<u8>>(0)?) {
            let Some(domain) = domains.get(&number) else { continue };
            let (mails, people) = counts.entry(domain).or_default();
            *mails += 1;
            people.insert(number);
        }
    }
    connection.prepare_cached("DELETE FROM domain WHERE sender = ?1")?.execute([sender])?;
    let mut put =
        connection.prepare_cached("INSERT INTO domain (sender, domain, mails, people) VALUES (?1, ?2, ?3, ?4)")?;
    for (domain, (mails, people)) in counts {
        put.execute(params![sender, domain, mails, people.len() as i64])?;
    }
    Ok(())
}
