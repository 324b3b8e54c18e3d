//! `atena people import`: reads sent mail on all processors, learns it in batches, each all or nothing. Interrupted, it is
//! simply run again: what was learnt is known by its Message-ID.

mod imap;
mod mails;
mod newest;
mod records;

use std::io::Write;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use super::super::Stop;
use super::super::sources::{Kind, Mine};
use super::{Desk, Import, told};
use crate::correspondents::Outline;
use crate::lang::{Bilingual, Lang};
use crate::output::Unreadable;
use crate::store::StoreError;
use crate::store::people::Learnt;
use newest::Newest;

/// Mails of one transaction: so many at once that rows they share are written once, so few that memory stays small.
pub(super) const BATCH: usize = 2_000;

/// Between two transactions; longer than others take to look again.
const PAUSE: Duration = Duration::from_millis(15);

/// Problems shown; the rest is counted.
const MOST_SHOWN: usize = 20;

/// What came of an import.
#[derive(Default)]
pub(super) struct Count {
    pub(super) learnt: usize,
    pub(super) known: usize,
    pub(super) people: usize,
    /// Mails that somebody else wrote.
    pub(super) others: usize,
    /// Mails a server did not give out, or that were too large.
    pub(super) not_read: usize,
    /// Files and folders of mails that were named.
    pub(super) folders: usize,
    pub(super) problems: Vec<Unreadable>,
    newest: Newest,
}

impl Count {
    /// The mail if it is one's own.
    fn own(&mut self, mine: &Mine, outline: Outline) -> Option<Outline> {
        let own = mine.take(outline);
        self.others += usize::from(own.is_none());
        own
    }

    fn add(&mut self, learnt: Learnt) {
        self.learnt += learnt.new;
        self.known += learnt.skipped;
    }
}

impl Desk<'_> {
    pub(super) fn import(&self, import: &Import, out: &mut dyn Write) -> Result<u8, Stop> {
        let mine = Mine::of(self.config, &import.from, import.as_sender.as_deref(), self.lang)?;
        let mut count = Count::default();
        let failed = |error: StoreError| told(&error, self.lang);
        let (servers, files): (Vec<&PathBuf>, Vec<&PathBuf>) =
            import.sources.iter().partition(|source| imap::is_url(source));
        let books = |path: &&PathBuf| Kind::of(path) == Kind::Book;
        if files.iter().any(books) && mine.of_books(&self.people).map_err(failed)?.is_empty() {
            return Err(self.nobody_named());
        }
        let mut mails = Vec::new();
        for path in files {
            match Kind::of(path) {
                Kind::Records => self.import_records(path, &mine, &mut count).map_err(failed)?,
                Kind::Book => self.import_book(path, &mine, &mut count).map_err(failed)?,
                Kind::Mails => mails.push(path.clone()),
            }
        }
        count.folders = mails.len();
        if !mails.is_empty() {
            self.import_mails(&mails, &mine, &mut count).map_err(failed)?;
        }
        self.learn_newest(&mut count).map_err(failed)?;
        for server in servers {
            self.import_server(&server.to_string_lossy(), import, &mine, &mut count)?;
        }
        self.report(&count, out)
    }

    fn learn(&self, mails: Vec<Outline>, count: &mut Count) -> Result<(), StoreError> {
        let mails: Vec<Outline> = mails.into_iter().filter_map(|mail| count.newest.take(mail)).collect();
        if mails.is_empty() {
            return Ok(());
        }
        let learnt = self.people.learn(mails)?;
        count.add(learnt);
        // A relay with a mail to keep gets its turn.
        thread::sleep(PAUSE);
        Ok(())
    }

    /// Learns the mails that were held back.
    fn learn_newest(&self, count: &mut Count) -> Result<(), StoreError> {
        let learnt = std::mem::take(&mut count.newest).learn(&self.people)?;
        count.add(learnt);
        Ok(())
    }

    fn nobody_named(&self) -> Stop {
        let said = Bilingual::new(
            "whose address book is it? Name your address, or @domain of your organisation, with --as",
            "誰のアドレス帳ですか。--as で自分のアドレスか、組織の @ドメインを指定してください",
        );
        Stop::Message(said.get(self.lang).to_owned())
    }

    fn report(&self, count: &Count, out: &mut dyn Write) -> Result<u8, Stop> {
        for problem in count.problems.iter().take(MOST_SHOWN) {
            writeln!(out, "{}: {}", problem.path, problem.reason.get(self.lang))?;
        }
        let (learnt, known, people, others) = (count.learnt, count.known, count.people, count.others);
        let more = count.problems.len() + count.not_read;
        let mut said = vec![match self.lang {
            Lang::En => format!("mails learnt from: {learnt}; known before: {known}"),
            Lang::Ja => format!("学習したメール: {learnt}通（学習済み: {known}通）"),
        }];
        said.extend((people > 0).then(|| match self.lang {
            Lang::En => format!("new people: {people}"),
            Lang::Ja => format!("新しい連絡先: {people}件"),
        }));
        said.extend((others > 0).then(|| match self.lang {
            Lang::En => {
                format!("left out, written by others: {others} (a former address of yours is named with --from)")
            }
            Lang::Ja => {
                format!("ほかの人が書いたメール（対象外）: {others}通（以前の自分のアドレスは --from で指定できます）")
            }
        }));
        said.extend((more > 0).then(|| match self.lang {
            Lang::En => format!("not read: {more}"),
            Lang::Ja => format!("読み取れなかったもの: {more}件"),
        }));
        let nothing = learnt + known + people + others == 0;
        said.extend((nothing && more == 0 && count.folders > 0).then(|| match self.lang {
            Lang::En => "no mail was found: of a folder, files ending in .eml, .mail and .mbox are read; name others yourself".to_owned(),
            Lang::Ja => {
                "メールが見つかりません。フォルダー内では .eml・.mail・.mbox のファイルを読みます。それ以外はファイル名を指定してください"
                    .to_owned()
            }
        }));
        for line in said {
            writeln!(out, "{line}")?;
        }
        // Nothing at all could be read: most likely the wrong place was named.
        let wrong = nothing && (more > 0 || count.folders > 0);
        Ok(if wrong { super::super::USAGE } else { 0 })
    }
}
