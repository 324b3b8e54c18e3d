//! `atena held draft`, and `b` in the dialogue: kept mails back among the drafts of the mailbox they belong to.

use jiff::Timestamp;

use super::super::Stop;
use super::dialogue::{Dialogue, Next, is_yes};
use super::{Desk, NOT_DONE};
use crate::gate::Opened;
use crate::gate::drafts::{DraftError, Drafts, HandBack};
use crate::imap::Appended;
use crate::lang::Bilingual;
use crate::store::Action;

impl Desk<'_> {
    /// Does it to every mail named, also after one that could not be put there.
    pub(super) async fn hand_back(&mut self, ids: &[String], drop: bool) -> Result<u8, Stop> {
        let drafts = Drafts::new(self.config, self.store.clone());
        let mut code = 0;
        for typed in ids {
            let Some(id) = self.find(typed).await? else {
                code = NOT_DONE;
                continue;
            };
            let asked = HandBack { drop, revision: None };
            match drafts.hand_back(&id, asked, &self.feedback, Timestamp::now()).await {
                Ok(appended) => {
                    writeln!(self.streams.out, "{id}: {}", done(&appended, drop).get(self.style.lang))?;
                }
                Err(DraftError::Store(error)) => code = self.refuse(&error)?,
                Err(error) => {
                    let text = format!("{id}: {}", error.explain().get(self.style.lang));
                    code = self.complain(&text)?;
                }
            }
        }
        Ok(code)
    }
}

impl Dialogue<'_> {
    /// Whether the mail can be put back among the drafts of a mailbox.
    pub(super) fn has_mailbox(&self, opened: &Opened) -> bool {
        let mail = &opened.mail.summary;
        let drafts = Drafts::new(self.desk.config, self.desk.store.clone());
        mail.state.after(Action::HandBack).is_some() && drafts.has_mailbox(mail)
    }

    /// Asks what shall become of the mail here, and puts it there.
    pub(super) async fn put_back(&mut self, opened: &Opened) -> Result<Next, Stop> {
        let ask = self.desk.word(
            "Put it among the drafts of its mailbox? (y = yes, and drop it here, k = yes, and keep it here, Enter = no) > ",
            "メールボックスの下書きに戻しますか？ (y = はい、こちらは破棄, k = はい、こちらにも残す, Enter = いいえ) > ",
        );
        let Some(answer) = self.key(ask)? else { return Ok(Next::End) };
        let drop = is_yes(&answer);
        if !drop && answer != "k" {
            return Ok(Next::Stay);
        }
        let drafts = Drafts::new(self.desk.config, self.desk.store.clone());
        let asked = HandBack { drop, revision: Some(opened.revision()) };
        let id = &opened.mail.summary.id;
        let text = match drafts.hand_back(id, asked, &self.desk.feedback, Timestamp::now()).await {
            Ok(appended) => done(&appended, drop),
            Err(DraftError::Store(error)) => return self.refused(&error),
            Err(error) => error.explain(),
        };
        self.say(&text.en, &text.ja)?;
        Ok(Next::List)
    }
}

fn done(appended: &Appended, dropped: bool) -> Bilingual {
    let folder = &appended.folder;
    match dropped {
        false => Bilingual::new(
            format!("put into the folder {folder}; it stays here"),
            format!("フォルダー {folder} に入れました。メールはここに残っています"),
        ),
        true => Bilingual::new(
            format!("put into the folder {folder}, and dropped here"),
            format!("フォルダー {folder} に入れ、こちらは破棄しました"),
        ),
    }
}
