//! Forgetting one address: every row that names it or leads to it.

use rusqlite::{Connection, params};

use super::{blob, feedback, learn};
use crate::store::sqlite::Fault;

/// For how many senders it was known, itself among them if it was one: what it learnt goes with it.
pub(super) fn forget(connection: &Connection, address: &str) -> Result<usize, Fault> {
    let mut find = connection.prepare_cached("SELECT number, sender FROM correspondent WHERE address = ?1")?;
    let found: Vec<(i64, i64)> =
        find.query_map([address], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let said = feedback::forget(connection, address)?;
    for (number, sender) in &found {
        forget_mails(connection, *sender, *number)?;
        // Nobody forgets often enough for an index that every mail would pay for; neither here nor below.
        connection
            .prepare_cached("DELETE FROM likeness WHERE sender = ?1 AND correspondent = ?2")?
            .execute([sender, number])?;
        part(connection, *number)?;
        // Greetings and files go with it.
        connection.prepare_cached("DELETE FROM correspondent WHERE number = ?1")?.execute([number])?;
        // Other processes have its mails in memory.
        connection.prepare_cached("UPDATE sender SET forgot = forgot + 1 WHERE number = ?1")?.execute([sender])?;
    }
    // A folder of its mailbox may be read again.
    connection.prepare_cached("DELETE FROM mark WHERE instr(lower(source), ?1) > 0")?.execute([address])?;
    let own = connection.prepare_cached("DELETE FROM sender WHERE address = ?1")?.execute([address])?;
    // Of some there are no mails, only what was said of them.
    Ok((found.len() + own).max(said.len()))
}

/// Of two addresses of one person the other one is nobody else any more.
fn part(connection: &Connection, number: i64) -> Result<(), Fault> {
    let mut others = connection.prepare_cached(
        "SELECT other.number FROM correspondent one JOIN correspondent other \
         ON other.sender = one.sender AND other.person = one.person AND other.person <> 0 AND other.number <> one.number \
         WHERE one.number = ?1 LIMIT 2",
    )?;
    let others: Vec<i64> = others.query_map([number], |row| row.get(0))?.collect::<Result<_, _>>()?;
    if let [other] = others.as_slice() {
        connection.prepare_cached("UPDATE correspondent SET person = 0 WHERE number = ?1")?.execute([other])?;
    }
    Ok(())
}

/// Takes it out of the mails learnt from; those that went to nobody else are forgotten whole, and their counts with them.
fn forget_mails(connection: &Connection, sender: i64, number: i64) -> Result<(), Fault> {
    let mut find = connection
        .prepare_cached("SELECT mail, at, recipients FROM learnt WHERE sender = ?1 AND instr(recipients, ?2) > 0")?;
    let mails: Vec<(i64, i64, Vec<u8>)> = find
        .query_map(params![sender, blob::of_numbers(&[number])], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let mut delete = connection.prepare_cached("DELETE FROM learnt WHERE sender = ?1 AND mail = ?2")?;
    let mut words = connection.prepare_cached("DELETE FROM recent WHERE sender = ?1 AND at = ?2 AND mail = ?3")?;
    let (mut theirs, mut whole) = (0, 0);
    for (mail, at, recipients) in mails {
        let all = blob::to_numbers(&recipients);
        let rest: Vec<i64> = all.iter().copied().filter(|one| *one != number).collect();
        if rest.len() == all.len() {
            continue;
        }
        theirs += 1;
        if !rest.is_empty() {
            learn::set_recipients(connection, (sender, at, mail), &rest)?;
            continue;
        }
        whole += 1;
        delete.execute([sender, mail])?;
        words.execute([sender, at, mail])?;
    }
    if theirs == 0 {
        return Ok(());
    }
    connection
        .prepare_cached("UPDATE sender SET mails = max(mails - ?2, 0) WHERE number = ?1")?
        .execute([sender, whole])?;
    connection
        .prepare_cached(
            "UPDATE domain SET mails = max(mails - ?3, 0), people = max(people - 1, 0) WHERE sender = ?1 AND domain = \
             (SELECT domain FROM correspondent WHERE number = ?2)",
        )?
        .execute([sender, number, theirs])?;
    connection.prepare_cached("DELETE FROM domain WHERE sender = ?1 AND mails = 0")?.execute([sender])?;
    Ok(())
}
