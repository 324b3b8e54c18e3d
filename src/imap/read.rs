//! The mails of a folder in the order of their UIDs, over as many connections as it takes.

use std::collections::{BTreeMap, VecDeque};

use super::folder::Purpose;
use super::response::{Answer, Status, Value};
use super::session::{Session, Step};
use super::trouble::Trouble;
use super::utf7::{encode, quoted};
use super::wire::SMALL;
use super::{ImapError, Mail, Position, Server, Summary, connect, folder, login};

/// Mails whose sizes are asked for at a time.
const SIZES: usize = 100;
/// Mails fetched at a time, and their octets together unless it is one.
const BATCH: usize = 20;
const BATCH_OCTETS: u64 = 4_000_000;
/// Folders with more mails are read no further; their UIDs alone take 20 MB.
const MOST_MAILS: usize = 5_000_000;
/// A server that gives out none of so many mails in a row gives out none at all.
const MOST_REFUSED: u32 = 3;

/// Reads the mails of a folder, or those behind a position, and gives them to `take` in ascending order of their UIDs. Without
/// `wanted` it is the folder of mails sent. `take` may wait for the disk. A connection that is lost is made again.
///
/// # Errors
/// Those of `take`, and what the server or the way there has done; then [`ImapError::after`] tells how far it got.
pub async fn read<E: From<ImapError>>(
    server: &Server,
    wanted: Option<&str>,
    from: Option<Position>,
    take: &mut (dyn FnMut(Mail) -> Result<(), E> + Send),
) -> Result<Summary, E> {
    let mut run = Run { server, wanted, chosen: None, position: from, take, summary: Summary::default() };
    let mut tries = 0;
    let mut reached: Option<Position> = None;
    loop {
        let trouble = match run.once().await {
            Ok(()) => return Ok(Summary { position: run.position, ..run.summary }),
            Err(Stop::Taker(error)) => return Err(error),
            Err(Stop::Server(trouble)) => trouble,
        };
        let after = run.position.filter(|position| position.last_uid > 0);
        let error = ImapError { server: server.to_string(), trouble, after };
        // Only onwards: a folder whose UIDs change each time would be read for ever.
        if run.position.is_some_and(|position| reached.is_none_or(|old| position.is_beyond(old))) {
            tries = 0;
        }
        reached = run.position;
        // A server that was never reached is told of at once: the name may be wrong.
        if run.chosen.is_none() || tries == server.limits.reconnects || !error.is_passing() {
            return Err(error.into());
        }
        tracing::debug!(server = error.server, tries, "the connection was lost and is made again");
        tokio::time::sleep(server.limits.pause * 4_u32.saturating_pow(tries)).await;
        tries += 1;
    }
}

impl Position {
    fn is_beyond(self, other: Position) -> bool {
        self.uid_validity == other.uid_validity && self.last_uid > other.last_uid
    }
}

struct Run<'a, E> {
    server: &'a Server,
    wanted: Option<&'a str>,
    /// The folder's name as the server writes it, once it was opened.
    chosen: Option<String>,
    position: Option<Position>,
    take: &'a mut (dyn FnMut(Mail) -> Result<(), E> + Send),
    summary: Summary,
}

enum Stop<E> {
    Server(Trouble),
    Taker(E),
}

impl<E> From<Trouble> for Stop<E> {
    fn from(trouble: Trouble) -> Stop<E> {
        Stop::Server(trouble)
    }
}

/// What becomes of a mail that is not handed over.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Skip {
    TooLarge,
    Missing,
}

/// Mails asked for and not yet dealt with, in ascending order; `skip` holds those of which nothing will come.
#[derive(Default)]
struct Queue {
    waiting: VecDeque<u32>,
    here: BTreeMap<u32, Vec<u8>>,
    skip: BTreeMap<u32, Skip>,
}

impl<E> Run<'_, E> {
    /// Over one connection.
    async fn once(&mut self) -> Result<(), Stop<E>> {
        let (mut session, known) = connect::open(self.server).await?;
        if !known {
            login::log_in(&mut session, self.server).await?;
        }
        let (uid_validity, total) = self.open(&mut session).await?;
        let after = match self.position {
            // Without a validity (RFC 9051 section 2.3.1.1) UIDs hold for one session only.
            Some(position) if position.uid_validity == uid_validity && uid_validity > 0 => position.last_uid,
            Some(_) => {
                self.summary.renumbered = true;
                0
            }
            None => 0,
        };
        self.position = Some(Position { uid_validity, last_uid: after });
        let uids = if total == 0 { Vec::new() } else { uids(&mut session, after).await? };
        let count = u32::try_from(uids.len()).unwrap_or(u32::MAX);
        self.summary.total = total.max(count);
        let mut number = self.summary.total - count;
        for uids in uids.chunks(SIZES) {
            self.chunk(&mut session, uids, number).await?;
            number += u32::try_from(uids.len()).unwrap_or(u32::MAX);
        }
        // Politeness; all is here.
        let _ = session.begin("LOGOUT").await;
        Ok(())
    }

    /// EXAMINE: the folder's validity and the number of its mails.
    async fn open(&mut self, session: &mut Session) -> Result<(u32, u32), Trouble> {
        let (raw, name, listed) = match &self.chosen {
            Some(raw) => (raw.clone(), self.summary.folder.clone(), Vec::new()),
            None => {
                let folders = folder::list(session).await?;
                let names = folder::names(&folders);
                let found = match self.wanted {
                    Some(wanted) => folder::find(&folders, wanted),
                    None => folder::meant(&folders, Purpose::Sent),
                };
                match (found, self.wanted) {
                    (Some(found), _) => (found.raw.clone(), found.name.clone(), Vec::new()),
                    // Some folders are open, but on no list.
                    (None, Some(wanted)) => (encode(wanted), wanted.to_owned(), names),
                    (None, None) => return Err(Trouble::NoKnownFolder { purpose: Purpose::Sent, existing: names }),
                }
            }
        };
        session.begin(&format!("EXAMINE {}", quoted(&raw))).await?;
        let (mut uid_validity, mut total) = (0, 0);
        let end = loop {
            match session.step(SMALL).await? {
                Step::Status(answer) => uid_validity = answer.number("UIDVALIDITY ").unwrap_or(uid_validity),
                Step::Data(values) => match &values[..] {
                    [count, word] if word.is("EXISTS") => total = count.number().ok_or(Trouble::Garbage)?,
                    _ => {}
                },
                Step::Continue => {}
                Step::Done(end) => break end,
            }
        };
        opened(&end, self.wanted, listed, self.chosen.is_none())?;
        self.chosen = Some(raw);
        self.summary.folder = name;
        Ok((uid_validity, total))
    }

    /// Mails whose sizes are asked for together; `number` of them stand before the first in the folder.
    async fn chunk(&mut self, session: &mut Session, uids: &[u32], number: u32) -> Result<(), Stop<E>> {
        let sizes = sizes(session, uids).await?;
        let numbers: BTreeMap<u32, u32> = uids.iter().copied().zip(number + 1..).collect();
        let mut queue = Queue { waiting: uids.iter().copied().collect(), ..Queue::default() };
        let mut wanted = Vec::new();
        for uid in uids {
            match sizes.get(uid) {
                None => drop(queue.skip.insert(*uid, Skip::Missing)),
                Some(size) if *size > self.server.limits.largest => drop(queue.skip.insert(*uid, Skip::TooLarge)),
                Some(size) => wanted.push((*uid, u64::from(*size))),
            }
        }
        let mut refused = 0;
        let mut left = &wanted[..];
        while !left.is_empty() {
            let (batch, rest) = left.split_at(batch(left));
            left = rest;
            let uids: Vec<u32> = batch.iter().map(|(uid, _)| *uid).collect();
            let Err(trouble) = self.fetch(session, &uids, &mut queue, &numbers).await? else { continue };
            // One mail that cannot be read spoils the answer for all of them.
            for uid in uids.into_iter().filter(|uid| queue.waiting.contains(uid)).collect::<Vec<_>>() {
                match self.fetch(session, &[uid], &mut queue, &numbers).await? {
                    Ok(()) => refused = 0,
                    Err(_) if refused + 1 < MOST_REFUSED => {
                        refused += 1;
                        queue.skip.insert(uid, Skip::Missing);
                    }
                    Err(_) => return Err(trouble.into()),
                }
            }
        }
        self.hand_over(&mut queue, &numbers)
    }

    /// The inner error: the server refused.
    async fn fetch(
        &mut self,
        session: &mut Session,
        uids: &[u32],
        queue: &mut Queue,
        numbers: &BTreeMap<u32, u32>,
    ) -> Result<Result<(), Trouble>, Stop<E>> {
        let room = u64::from(self.server.limits.largest);
        session.begin(&format!("UID FETCH {} (UID BODY.PEEK[])", set(uids))).await?;
        loop {
            let values = match session.data("UID FETCH", room).await {
                Ok(Some(values)) => values,
                Ok(None) => break,
                Err(trouble @ Trouble::Refused { .. }) => return Ok(Err(trouble)),
                Err(trouble) => return Err(trouble.into()),
            };
            let Some((uid, mut items)) = fetched(values) else { continue };
            if !uids.contains(&uid) || !queue.waiting.contains(&uid) {
                continue;
            }
            let at = items.iter().position(|item| item.is("BODY[]")).filter(|at| at + 1 < items.len());
            let body = at.map(|at| items.swap_remove(at + 1));
            match body {
                Some(Value::Text(raw)) => drop(queue.here.insert(uid, raw)),
                Some(Value::Skipped) => drop(queue.skip.insert(uid, Skip::TooLarge)),
                // Only flags that changed meanwhile, or NIL for a mail that cannot be read.
                _ => continue,
            }
            self.hand_over(queue, numbers)?;
            // Out of order servers may answer, but not with more than was asked for.
            if queue.here.values().map(|raw| raw.len() as u64).sum::<u64>() > room.max(BATCH_OCTETS) * 2 {
                return Err(Trouble::Endless.into());
            }
        }
        for uid in uids {
            if !queue.here.contains_key(uid) && queue.waiting.contains(uid) {
                queue.skip.entry(*uid).or_insert(Skip::Missing);
            }
        }
        self.hand_over(queue, numbers)?;
        Ok(Ok(()))
    }

    /// Gives out what stands at the head of the queue.
    fn hand_over(&mut self, queue: &mut Queue, numbers: &BTreeMap<u32, u32>) -> Result<(), Stop<E>> {
        while let Some(&uid) = queue.waiting.front() {
            let uid_validity = self.position.map_or(0, |position| position.uid_validity);
            let position = Position { uid_validity, last_uid: uid };
            if let Some(raw) = queue.here.remove(&uid) {
                let number = numbers.get(&uid).copied().unwrap_or_default();
                let mail = Mail { raw, position, number, total: self.summary.total };
                (self.take)(mail).map_err(Stop::Taker)?;
                self.summary.taken += 1;
            } else {
                match queue.skip.get(&uid) {
                    Some(Skip::TooLarge) => self.summary.too_large += 1,
                    Some(Skip::Missing) => self.summary.missing += 1,
                    None => return Ok(()),
                }
            }
            queue.waiting.pop_front();
            self.position = Some(position);
        }
        Ok(())
    }
}

/// `listed`: the folders there are, for one that is none of them.
fn opened(end: &Answer, wanted: Option<&str>, listed: Vec<String>, first: bool) -> Result<(), Trouble> {
    match (end.status, wanted) {
        (Status::Ok, _) => Ok(()),
        (Status::No, Some(name)) if first && !listed.is_empty() => {
            Err(Trouble::NoFolder { name: name.to_owned(), existing: listed })
        }
        _ => Err(Trouble::Refused { command: "EXAMINE", said: end.text.clone() }),
    }
}

/// The UIDs behind this one, ascending.
async fn uids(session: &mut Session, after: u32) -> Result<Vec<u32>, Trouble> {
    let Some(first) = after.checked_add(1) else { return Ok(Vec::new()) };
    session.begin(&format!("UID FETCH {first}:* (UID)")).await?;
    let mut uids = Vec::new();
    while let Some(values) = session.data("UID FETCH", SMALL).await? {
        // `9:*` is `*:9` where the last one is 5 (RFC 9051 section 9, seq-range).
        uids.extend(fetched(values).map(|(uid, _)| uid).filter(|&uid| uid > after));
        if uids.len() > MOST_MAILS {
            return Err(Trouble::Endless);
        }
    }
    uids.sort_unstable();
    uids.dedup();
    Ok(uids)
}

async fn sizes(session: &mut Session, uids: &[u32]) -> Result<BTreeMap<u32, u32>, Trouble> {
    session.begin(&format!("UID FETCH {} (UID RFC822.SIZE)", set(uids))).await?;
    let mut sizes = BTreeMap::new();
    while let Some(values) = session.data("UID FETCH", SMALL).await? {
        let Some((uid, items)) = fetched(values) else { continue };
        let size = items.iter().position(|item| item.is("RFC822.SIZE")).and_then(|at| items.get(at + 1));
        // A number too long to be one is a mail too long to be read.
        if let Some(size) = size.filter(|_| uids.binary_search(&uid).is_ok()) {
            sizes.insert(uid, size.number().unwrap_or(u32::MAX));
        }
    }
    Ok(sizes)
}

/// The UID and the items of `4 FETCH (UID 7 …)`; the items are pairs.
fn fetched(values: Vec<Value>) -> Option<(u32, Vec<Value>)> {
    let [_, word, list] = <[Value; 3]>::try_from(values).ok()?;
    let Value::List(mut items) = list else { return None };
    if !word.is("FETCH") {
        return None;
    }
    if items.len() % 2 == 1 {
        items.pop();
    }
    let at = items.iter().position(|item| item.is("UID"))?;
    let uid = items.get(at + 1)?.number()?;
    Some((uid, items))
}

/// How many of these, at least one, to fetch at a time.
fn batch(mails: &[(u32, u64)]) -> usize {
    let mut octets = 0;
    let fits = |(_, size): &&(u32, u64)| {
        octets += size;
        octets <= BATCH_OCTETS
    };
    mails.iter().take(BATCH).take_while(fits).count().max(1)
}

fn set(uids: &[u32]) -> String {
    uids.iter().map(u32::to_string).collect::<Vec<_>>().join(",")
}
