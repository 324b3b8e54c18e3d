//! `atena held draft`: kept mails back among the drafts of the mailbox they belong to.

use jiff::Timestamp;

use super::super::Stop;
use super::{Desk, NOT_DONE};
use crate::gate::drafts::{DraftError, Drafts, HandBack};
use crate::lang::Lang;

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
                    let folder = appended.folder;
                    let text = match (self.style.lang, drop) {
                        (Lang::En, false) => format!("put into the folder {folder}; it stays here"),
                        (Lang::En, true) => format!("put into the folder {folder}, and dropped here"),
                        (Lang::Ja, false) => format!("フォルダー {folder} に入れました。メールはここに残っています"),
                        (Lang::Ja, true) => format!("フォルダー {folder} に入れ、こちらは破棄しました"),
                    };
                    writeln!(self.streams.out, "{id}: {text}")?;
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
