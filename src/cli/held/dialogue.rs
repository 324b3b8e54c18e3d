//! `atena held` in a terminal: the list, one mail, and what to do with it; one key and Enter each.
//!
//! Decides nothing itself: what has to be ticked says the sheet, what follows says the gate. Where the input ends, nothing
//! happens.

use std::io::BufRead;

use jiff::{SignedDuration, Timestamp};

use super::super::{Stop, lines};
use super::opener::Opener;
use super::page::{self, Draft};
use super::{Desk, LIST_LIMIT, WAITING, table, told};
use crate::gate::Opened;
use crate::lang::Lang;
use crate::message::Address;
use crate::output::one_line;
use crate::review::Sheet;
use crate::store::{Action, Filter, Found, MailId, Release, State, StoreError, Summary};

/// Octets of one answer; what is longer was not typed.
const LONGEST_ANSWER: usize = 4096;

pub(super) struct Dialogue<'a> {
    pub(super) desk: Desk<'a>,
    pub(super) opener: Opener<'a>,
    pub(super) input: &'a mut dyn BufRead,
    /// What the list showed last.
    pub(super) mails: Vec<Summary>,
    /// Sent last, and not for long: it can still be taken back.
    pub(super) sent: Option<MailId>,
}

/// Where to go.
pub(super) enum Next {
    List,
    Open(MailId),
    /// Stay with the mail.
    Stay,
    End,
}

impl Dialogue<'_> {
    pub(super) async fn run(mut self) -> Result<u8, Stop> {
        let mut next = Next::List;
        loop {
            next = match next {
                Next::List | Next::Stay => self.list().await?,
                Next::Open(id) => self.mail(&id).await?,
                Next::End => return Ok(0),
            }
        }
    }

    async fn list(&mut self) -> Result<Next, Stop> {
        let filter = Filter { states: WAITING.to_vec(), limit: LIST_LIMIT, ..Filter::default() };
        self.mails = self.desk.store.list(filter).await.map_err(|error| told(&error, self.desk.style.lang))?;
        writeln!(self.desk.streams.out)?;
        table::write_numbered(self.desk.streams.out, &self.mails, Timestamp::now(), self.desk.style)?;
        loop {
            let open = self.desk.word("number or id = open", "番号か ID = 開く");
            let keys = [open, self.undo_key(), self.desk.word("Enter = refresh, q = quit", "Enter = 更新, q = 終了")];
            let Some(answer) = self.key(&prompt(&keys))? else { return Ok(Next::End) };
            match answer.as_str() {
                "" => return Ok(Next::List),
                "q" => return Ok(Next::End),
                "u" => return self.undo().await,
                typed => {
                    if let Some(id) = self.chosen(typed).await? {
                        return Ok(Next::Open(id));
                    }
                }
            }
        }
    }

    /// The mail with this number in the list, or an id that begins so.
    async fn chosen(&mut self, typed: &str) -> Result<Option<MailId>, Stop> {
        let number = typed.parse::<usize>().ok().and_then(|number| self.mails.get(number.checked_sub(1)?));
        if let Some(mail) = number {
            return Ok(Some(mail.id.clone()));
        }
        let found = self.desk.store.find(typed).await.map_err(|error| told(&error, self.desk.style.lang))?;
        if let Found::One(id) = found {
            return Ok(Some(id));
        }
        let shown = one_line(typed);
        self.say(
            &format!("\"{shown}\" is neither a number of the list nor the beginning of one id"),
            &format!("「{shown}」は一覧の番号でも、1 通に決まる ID の先頭でもありません"),
        )?;
        Ok(None)
    }

    /// Shows a mail and does what is asked, until another place is wanted.
    async fn mail(&mut self, id: &MailId) -> Result<Next, Stop> {
        let Some(mail) = self.desk.store.mail(id).await.map_err(|error| told(&error, self.desk.style.lang))? else {
            return self.refused(&StoreError::Unknown { id: id.clone() });
        };
        let opened = self.opener.open(mail);
        let (mut draft, mut shown) = (Draft::default(), false);
        loop {
            let sheet = opened.sheet_without(self.desk.config, &draft.without);
            if !shown {
                writeln!(self.desk.streams.out)?;
                page::write(self.desk.streams.out, &opened, &sheet, &draft, self.desk.style)?;
                shown = true;
            }
            let keys = self.keys(&opened, &sheet, &draft);
            let Some(answer) = self.key(&prompt(&keys))? else { return Ok(Next::End) };
            let state = opened.mail.summary.state;
            let next = match answer.as_str() {
                "q" => Next::End,
                "l" => Next::List,
                "n" => self.neighbour(id, 1)?,
                "p" => self.neighbour(id, -1)?,
                "u" => self.undo().await?,
                "" => {
                    shown = false;
                    Next::Stay
                }
                "t" if is_open(state) => self.tick(&sheet, &mut draft)?,
                "w" if is_open(state) => {
                    shown = false;
                    self.leave_out(&opened, &mut draft)?
                }
                "s" if allows(state, Action::Release) => self.send(&opened, &sheet, &draft).await?,
                "d" if allows(state, Action::Drop) => self.throw_away(id).await?,
                "b" if self.has_mailbox(&opened) => self.put_back(&opened).await?,
                "c" if allows(state, Action::Cancel) => self.take_back(id).await?,
                _ => Next::Stay,
            };
            if !matches!(next, Next::Stay) {
                return Ok(next);
            }
        }
    }

    /// What can be typed at a mail as it stands.
    fn keys(&self, opened: &Opened, sheet: &Sheet, draft: &Draft) -> Vec<&'static str> {
        let state = opened.mail.summary.state;
        let word = |en, ja| self.desk.word(en, ja);
        let mut keys = Vec::new();
        if is_open(state) && draft.untick(sheet).is_some() {
            keys.push(word("t = tick", "t = 確認"));
        }
        if is_open(state) {
            keys.push(word("w = leave somebody out", "w = 宛先を外す"));
        }
        if allows(state, Action::Release) {
            keys.push(word("s = send", "s = 送信"));
        }
        if allows(state, Action::Drop) {
            keys.push(word("d = drop", "d = 破棄"));
        }
        if self.has_mailbox(opened) {
            keys.push(word("b = back to the drafts", "b = 下書きに戻す"));
        }
        if allows(state, Action::Cancel) {
            keys.push(word("c = take back", "c = 保留に戻す"));
        }
        keys.push(self.undo_key());
        keys.push(word("n/p = next/previous, l = list, q = quit", "n/p = 次/前, l = 一覧, q = 終了"));
        keys
    }

    fn undo_key(&self) -> &'static str {
        if self.sent.is_some() {
            self.desk.word("u = undo the last send", "u = 直前の送信を取り消す")
        } else {
            ""
        }
    }

    /// The mail so many places further down the list; the list at its ends.
    fn neighbour(&mut self, id: &MailId, by: isize) -> Result<Next, Stop> {
        let at = self.mails.iter().position(|mail| mail.id == *id);
        let next = at.and_then(|at| at.checked_add_signed(by)).and_then(|at| self.mails.get(at));
        if let Some(mail) = next {
            return Ok(Next::Open(mail.id.clone()));
        }
        self.say("There is no further one.", "これ以上ありません。")?;
        Ok(Next::List)
    }

    /// Asks each sentence that is not ticked yet.
    fn tick(&mut self, sheet: &Sheet, draft: &mut Draft) -> Result<Next, Stop> {
        for tick in sheet.ticks.iter().filter(|tick| !draft.ticked.contains(&tick.key)).collect::<Vec<_>>() {
            let yes = self.desk.word("y = yes, Enter = not yet", "y = はい, Enter = まだ");
            let sentence = one_line(tick.label.get(self.desk.style.lang));
            let Some(answer) = self.key(&format!("{sentence} ({yes}) > "))? else { return Ok(Next::End) };
            if is_yes(&answer) {
                draft.ticked.push(tick.key.clone());
            }
        }
        match draft.untick(sheet) {
            None => self.say("All is ticked; s sends it.", "すべて確認しました。s で送信します。")?,
            Some(_) => self.say("Not all is ticked yet.", "まだ確認していない項目があります。")?,
        }
        Ok(Next::Stay)
    }

    /// Asks for a recipient; one that was left out comes back.
    fn leave_out(&mut self, opened: &Opened, draft: &mut Draft) -> Result<Next, Stop> {
        let recipients = &opened.mail.summary.envelope.recipients;
        let is_out = |draft: &Draft, one: &Address| draft.without.iter().any(|out| out.key() == one.key());
        for (n, one) in recipients.iter().enumerate() {
            let mark = if is_out(draft, one) { "-" } else { " " };
            writeln!(self.desk.streams.out, "  {mark} {}  {}", n + 1, one_line(one.as_str()))?;
        }
        let ask =
            self.desk.word("Who shall not get it? (number, Enter = nobody) > ", "外す宛先の番号 (Enter = なし) > ");
        let Some(answer) = self.key(ask)? else { return Ok(Next::End) };
        let chosen = answer.parse::<usize>().ok().and_then(|number| recipients.get(number.checked_sub(1)?));
        let Some(one) = chosen else { return Ok(Next::Stay) };
        if is_out(draft, one) {
            draft.without.retain(|out| out.key() != one.key());
        } else if draft.without.len() + 1 < recipients.len() {
            draft.without.push(one.clone());
        } else {
            self.say("Somebody has to get it; d drops it.", "宛先が 1 つは必要です。破棄は d です。")?;
        }
        Ok(Next::Stay)
    }

    async fn send(&mut self, opened: &Opened, sheet: &Sheet, draft: &Draft) -> Result<Next, Stop> {
        let (id, lang) = (&opened.mail.summary.id, self.desk.style.lang);
        let is_open = is_open(opened.mail.summary.state);
        if let Some(tick) = draft.untick(sheet).filter(|_| is_open) {
            let (en, ja) = (one_line(&tick.label.en), one_line(&tick.label.ja));
            self.say(&format!("Please tick first: {en}"), &format!("先に確認してください：{ja}"))?;
            return Ok(Next::Stay);
        }
        let mut note = None;
        if is_open && self.desk.config.web.ask_reason && opened.has_error() {
            let ask = self.desk.word("Why it may go all the same > ", "このまま送ってよい理由 > ");
            let Some(reason) = self.answer(ask)? else { return Ok(Next::End) };
            if reason.is_empty() {
                self.say("Without a reason it stays here.", "理由がないため送信しません。")?;
                return Ok(Next::Stay);
            }
            note = Some(reason);
        }
        let now = Timestamp::now();
        let undo = self.desk.config.web.undo;
        let later = SignedDuration::try_from(undo).ok().and_then(|undo| now.checked_add(undo).ok());
        // What waited for its time is asked to go at once.
        let not_before = later.filter(|_| is_open && !undo.is_zero());
        let (without, revision) = (draft.without.clone(), Some(opened.revision()));
        let release = Release { without, not_before, note, revision, approves: false };
        if let Err(error) = self.desk.feedback.release(id, release, now).await {
            return self.refused(&error);
        }
        self.sent = not_before.map(|_| id.clone());
        let seconds = undo.as_secs();
        match (not_before.is_some(), lang) {
            (false, _) => self.say("The mail goes out.", "メールを送信します。")?,
            (true, _) => self.say(
                &format!("The mail goes out; u takes it back within {seconds} s."),
                &format!("メールを送信します。{seconds} 秒以内なら u で取り消せます。"),
            )?,
        }
        Ok(Next::List)
    }

    async fn throw_away(&mut self, id: &MailId) -> Result<Next, Stop> {
        let ask = self.desk.word(
            "Drop it for good? (y = yes, m = yes, the recipient would have been wrong, Enter = no) > ",
            "破棄しますか？ (y = はい, m = はい、宛先の間違いだった, Enter = いいえ) > ",
        );
        let Some(answer) = self.key(ask)? else { return Ok(Next::End) };
        let mistaken = answer == "m";
        if !mistaken && !is_yes(&answer) {
            return Ok(Next::Stay);
        }
        match self.desk.feedback.drop_mail(id, mistaken, Timestamp::now()).await {
            Ok(()) => self.say("The mail was dropped.", "メールを破棄しました。")?,
            Err(error) => return self.refused(&error),
        }
        Ok(Next::List)
    }

    async fn undo(&mut self) -> Result<Next, Stop> {
        match self.sent.take() {
            Some(id) => self.take_back(&id).await,
            None => {
                self.say("There is nothing to take back.", "取り消せる送信はありません。")?;
                Ok(Next::List)
            }
        }
    }

    async fn take_back(&mut self, id: &MailId) -> Result<Next, Stop> {
        match self.desk.store.cancel(id, Timestamp::now()).await {
            Ok(()) => self.say("Taken back: the mail is held again.", "送信を取り消し、保留に戻しました。")?,
            Err(error) => return self.refused(&error),
        }
        Ok(Next::Open(id.clone()))
    }

    /// Says why something cannot be done to a mail: it was decided on elsewhere.
    pub(super) fn refused(&mut self, error: &StoreError) -> Result<Next, Stop> {
        match error {
            StoreError::Unknown { .. }
            | StoreError::NotAllowed { .. }
            | StoreError::Changed { .. }
            | StoreError::Unapproved { .. }
            | StoreError::NoSuchRecipient { .. }
            | StoreError::NobodyLeft { .. } => {
                let why = error.explain();
                self.say(&why.en, &why.ja)?;
                Ok(Next::List)
            }
            _ => Err(told(error, self.desk.style.lang)),
        }
    }

    pub(super) fn say(&mut self, en: &str, ja: &str) -> Result<(), Stop> {
        let text = if self.desk.style.lang == Lang::Ja { ja } else { en };
        writeln!(self.desk.streams.out, "{text}")?;
        Ok(())
    }

    /// What was typed, as a key: in any width, in lower case. `None` where the input ends.
    pub(super) fn key(&mut self, ask: &str) -> Result<Option<String>, Stop> {
        Ok(self.answer(ask)?.map(|answer| answer.chars().map(half_width).collect::<String>().to_lowercase()))
    }

    fn answer(&mut self, ask: &str) -> Result<Option<String>, Stop> {
        write!(self.desk.streams.out, "{ask}")?;
        self.desk.streams.out.flush()?;
        let mut line = Vec::new();
        let read = lines::read_line(&mut self.input, &mut line, LONGEST_ANSWER)?;
        // The shell's prompt gets a line of its own.
        if read.is_none() {
            writeln!(self.desk.streams.out)?;
        }
        Ok(read.map(|_| String::from_utf8_lossy(&line).trim().to_owned()))
    }
}

fn prompt(keys: &[&str]) -> String {
    let keys: Vec<&str> = keys.iter().filter(|key| !key.is_empty()).copied().collect();
    format!("{} > ", keys.join(", "))
}

/// There is something to decide.
fn is_open(state: State) -> bool {
    matches!(state, State::Held | State::Failed)
}

fn allows(state: State, action: Action) -> bool {
    state.choices().any(|choice| choice == action)
}

pub(super) fn is_yes(answer: &str) -> bool {
    ["y", "yes", "はい"].contains(&answer)
}

/// Japanese keyboards type letters and digits in full width.
fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}
