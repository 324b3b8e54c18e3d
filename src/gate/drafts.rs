//! Kept mails given back to their authors: put into the folder of drafts of their account's mailbox.
//!
//! What the mailbox said decides: the mail stays where it is, and is dropped only if that was asked for and the draft is
//! there for certain.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::credentials::Credentials;
use super::feedback::Feedback;
use crate::config::{self, Account, Config};
use crate::imap::{self, AppendError, Appended, Trouble, append};
use crate::lang::Bilingual;
use crate::message::as_draft;
use crate::store::{Action, MailId, Store, StoreError, Summary};

/// Puts kept mails into folders of drafts.
pub struct Drafts {
    config: Config,
    store: Store,
    credentials: Arc<Credentials>,
    /// Mails that are on their way there.
    moving: Mutex<HashSet<MailId>>,
}

/// What is wanted besides the draft.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HandBack {
    /// Throw the mail away once the draft is there.
    pub drop: bool,
    /// How many events the mail had when somebody looked at it; refused if something has happened to it since.
    pub revision: Option<usize>,
}

/// Why a mail is not known to lie among the drafts. Unless it is [`DraftError::Kept`], it was kept as it was.
#[derive(Debug)]
pub enum DraftError {
    Store(StoreError),
    /// No mailbox is configured for it.
    NoMailbox {
        account: Option<String>,
    },
    /// Another request for the same mail has not ended.
    UnderWay {
        id: MailId,
    },
    /// There is no password now, and why.
    NoPassword {
        account: String,
        why: String,
    },
    /// What the mailbox did; it may be uncertain.
    Mailbox(AppendError),
    /// The draft lies there, and what was to be done with the mail then was not.
    Kept {
        folder: String,
        error: StoreError,
    },
}

impl From<StoreError> for DraftError {
    fn from(error: StoreError) -> DraftError {
        DraftError::Store(error)
    }
}

impl Drafts {
    /// With no passwords but those the configuration says where to find.
    pub fn new(config: &Config, store: Store) -> Drafts {
        Drafts::sharing(config, store, Arc::default())
    }

    pub(super) fn sharing(config: &Config, store: Store, credentials: Arc<Credentials>) -> Drafts {
        Drafts { config: config.clone(), store, credentials, moving: Mutex::default() }
    }

    /// Whether there is a mailbox for this mail.
    pub fn has_mailbox(&self, mail: &Summary) -> bool {
        self.account(mail).is_some_and(|account| account.drafts.is_some())
    }

    /// Puts a mail into the folder of drafts of its account. Takes minutes where a server is slow; dropping the future may
    /// leave the draft there without a word of it in the record.
    ///
    /// # Errors
    /// Why it is not there, or may not be.
    pub async fn hand_back(
        &self,
        id: &MailId,
        asked: HandBack,
        feedback: &Feedback,
        now: Timestamp,
    ) -> Result<Appended, DraftError> {
        let _moving = self.begin(id)?;
        let mail = self.store.mail(id).await?.ok_or_else(|| StoreError::Unknown { id: id.clone() })?;
        let (state, action) = (mail.summary.state, Action::HandBack);
        let revision = mail.revision();
        let raw = mail.raw.filter(|_| state.after(action).is_some());
        let raw = raw.ok_or_else(|| StoreError::NotAllowed { id: id.clone(), state, action })?;
        if asked.revision.is_some_and(|seen| seen != revision) {
            return Err(StoreError::Changed { id: id.clone(), state }.into());
        }
        let account = self.account(&mail.summary);
        let Some((account, drafts)) = account.and_then(|account| Some((account, account.drafts.as_ref()?))) else {
            return Err(DraftError::NoMailbox { account: account.map(|account| account.name.clone()) });
        };
        let draft = as_draft(&raw, &mail.summary.envelope.recipients);
        let put = self.put(account, drafts, mail.summary.envelope.user.as_deref(), &draft).await;
        if let Some(note) = remark(&put, drafts) {
            let noted = feedback.handed_back(id, note, now).await;
            if let (Ok(appended), Err(error)) = (&put, noted) {
                return Err(DraftError::Kept { folder: appended.folder.clone(), error });
            }
        }
        let appended = put?;
        if asked.drop {
            // Only what lies among the drafts now, with the remark that it does.
            let dropped = feedback.drop_seen(id, false, Some(revision + 1), now).await;
            dropped.map_err(|error| DraftError::Kept { folder: appended.folder.clone(), error })?;
        }
        Ok(appended)
    }

    async fn put(
        &self,
        account: &Account,
        drafts: &config::Drafts,
        user: Option<&str>,
        draft: &[u8],
    ) -> Result<Appended, DraftError> {
        let login = self.credentials.mailbox(account, drafts, user).await;
        let login = login.map_err(|why| DraftError::NoPassword { account: account.name.clone(), why })?;
        let secret = login.password;
        let login = if login.token { imap::Login::Token(secret) } else { imap::Login::Password(secret) };
        let server = imap::Server { ca: account.tls_ca.clone(), ..imap::Server::new(&drafts.url, login) };
        let put = append(&server, drafts.url.folder.as_deref(), draft).await;
        if let Err(AppendError { trouble: Trouble::Login { .. }, .. }) = &put {
            self.credentials.fetch_anew(account).await;
        }
        // No names, subject or text: only what the operator needs to see.
        match &put {
            Ok(_) => tracing::info!(account = account.name, outcome = "drafted", "a mail was handed back"),
            Err(error) => {
                let (server, uncertain) = (error.server.as_str(), error.uncertain);
                tracing::warn!(account = account.name, server, uncertain, "a mail could not be handed back");
            }
        }
        put.map_err(DraftError::Mailbox)
    }

    fn account(&self, mail: &Summary) -> Option<&Account> {
        let sender = mail.envelope.sender.as_ref().map_or("", |sender| sender.as_str());
        self.config.account_of(mail.account.as_deref(), sender)
    }

    fn begin(&self, id: &MailId) -> Result<Moving<'_>, DraftError> {
        let is_first = self.moving().insert(id.clone());
        let moving = || Moving { drafts: self, id: id.clone() };
        is_first.then(moving).ok_or_else(|| DraftError::UnderWay { id: id.clone() })
    }

    fn moving(&self) -> MutexGuard<'_, HashSet<MailId>> {
        self.moving.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One mail on its way.
struct Moving<'a> {
    drafts: &'a Drafts,
    id: MailId,
}

impl Drop for Moving<'_> {
    fn drop(&mut self) {
        self.drafts.moving().remove(&self.id);
    }
}

/// What the record says: that it is there, or that nobody knows.
fn remark(put: &Result<Appended, DraftError>, drafts: &config::Drafts) -> Option<String> {
    let (user, host) = (&drafts.url.user, &drafts.url.host);
    match put {
        Ok(appended) => {
            let place = appended.place.map(|place| format!(", UID {}", place.last_uid)).unwrap_or_default();
            Some(format!("put into the folder {} of {user} at {host}{place}", appended.folder))
        }
        Err(DraftError::Mailbox(error)) if error.uncertain => {
            Some(format!("may lie among the drafts of {user} at {host}: no answer came"))
        }
        Err(_) => None,
    }
}

impl DraftError {
    /// Whether nobody knows if the draft is there.
    pub fn is_uncertain(&self) -> bool {
        matches!(self, DraftError::Mailbox(error) if error.uncertain)
    }

    /// For a person, in both languages.
    pub fn explain(&self) -> Bilingual {
        match self {
            DraftError::Store(error) => error.explain(),
            DraftError::NoMailbox { account } => {
                let name = account.as_deref().unwrap_or("-");
                Bilingual::new(
                    format!(
                        "the account {name} has no mailbox for drafts: write `drafts = \"imaps://user@host\"` into its [[account]]"
                    ),
                    format!(
                        "アカウント {name} に下書き用のメールボックスがありません。[[account]] に `drafts = \"imaps://ユーザー@ホスト\"` と書いてください"
                    ),
                )
            }
            DraftError::UnderWay { id } => Bilingual::new(
                format!("mail {id} is being put among the drafts already"),
                format!("メール {id} はすでに下書きへ戻している途中です"),
            ),
            DraftError::NoPassword { account, why } => Bilingual::new(
                format!("there is no password for the mailbox of the account {account}: {why}"),
                format!("アカウント {account} のメールボックスのパスワードがありません（{why}）"),
            ),
            DraftError::Mailbox(error) => error.explain(),
            DraftError::Kept { folder, error } => {
                let why = error.explain();
                Bilingual::new(
                    format!("the draft lies in the folder {folder}, but the mail was kept as it is: {}", why.en),
                    format!("下書きはフォルダー {folder} に入りましたが、メールはそのままです：{}", why.ja),
                )
            }
        }
    }
}
