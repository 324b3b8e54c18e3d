//! Why the store could not do what was asked, for the operator (English, `Display`) and for people (`explain`).
//!
//! No variant carries mail text or an address.

use std::path::PathBuf;

use super::{Action, MailId, State};
use crate::lang::Bilingual;

/// Every way the store can fail.
///
/// Clonable because one failed transaction answers every caller that was part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The data directory or the database file cannot be made or opened for writing.
    #[error("cannot open {} for writing: {cause}", path.display())]
    Open { path: PathBuf, cause: String },
    /// A newer version of the program wrote the database.
    #[error("{} was written by a newer atena (schema {found}; this one knows up to {known}): update atena", path.display())]
    Newer { path: PathBuf, found: i64, known: i64 },
    /// The file is a database, but not ours.
    #[error("{} is a database of another program: choose another data directory", path.display())]
    Foreign { path: PathBuf },
    /// The file is not a database, or a damaged one.
    #[error(
        "{path} is damaged or not a database ({cause}). Stop atena, keep a copy of {path}, {path}-wal and {path}-shm, \
         and either restore a backup or rescue what is readable with: sqlite3 {path} .recover | sqlite3 rescued.db. \
         With the three files moved away atena starts empty; mails held in them are not sent.",
        path = path.display()
    )]
    Damaged { path: PathBuf, cause: String },
    /// No room: nothing of this request was kept.
    #[error("the disk that holds {} is full: make room on it", path.display())]
    Full { path: PathBuf },
    /// Another process kept the database locked for longer than we wait.
    #[error("{} is locked by another process", path.display())]
    Busy { path: PathBuf },
    /// Reading or writing failed in some other way: nothing of this request was kept.
    #[error("{}: {cause}", path.display())]
    Failed { path: PathBuf, cause: String },
    /// The writer has stopped.
    #[error("the store has stopped; see the log for why, and start atena again")]
    Stopped,
    /// No mail has this id.
    #[error("no mail has the id {id}")]
    Unknown { id: MailId },
    /// The mail is not in a state that allows this.
    #[error("cannot {action} mail {id}: it is {state}{}", possible(*state))]
    NotAllowed { id: MailId, state: State, action: Action },
    /// Somebody else decided on the mail meanwhile.
    #[error("mail {id} was decided on meanwhile: it is {state} now")]
    Changed { id: MailId, state: State },
    /// It is let go by somebody other than its sender.
    #[error("mail {id} needs a second person: somebody other than its sender lets it go, on the review page")]
    Unapproved { id: MailId },
    /// The lease ran out and another outbox has the mail, or a person decided otherwise.
    #[error("the claim on mail {id} is no longer ours")]
    Lost { id: MailId },
    /// The release named a recipient that the mail does not have.
    #[error("mail {id} has no such recipient; nothing was changed")]
    NoSuchRecipient { id: MailId },
    /// The release would have left nobody to send to.
    #[error("mail {id} would have no recipient left; drop it instead")]
    NobodyLeft { id: MailId },
}

impl StoreError {
    /// The same for a person, in both languages.
    pub fn explain(&self) -> Bilingual {
        Bilingual::new(self.to_string(), self.in_japanese())
    }

    fn in_japanese(&self) -> String {
        match self {
            StoreError::Open { path, cause } => {
                format!("{} を書き込み用に開けません（{cause}）。場所と権限を確かめてください", path.display())
            }
            StoreError::Newer { path, found, known } => format!(
                "{} は新しい版の atena が書いたものです（スキーマ {found}、この版は {known} まで）。atena を更新してください",
                path.display()
            ),
            StoreError::Foreign { path } => {
                format!("{} は別のプログラムのデータベースです。別のデータフォルダーを指定してください", path.display())
            }
            StoreError::Damaged { path, cause } => format!(
                "{path} が壊れているか、データベースではありません（{cause}）。atena を止め、{path}、{path}-wal、{path}-shm の写しを取り、\
                 バックアップを戻すか、sqlite3 {path} .recover | sqlite3 rescued.db で読める分を取り出してください。\
                 この三つを移せば atena は空の状態で始まりますが、その中に保留したメールは送られません",
                path = path.display()
            ),
            StoreError::Full { path } => {
                format!("{} のあるディスクに空きがありません。空きを作ってください", path.display())
            }
            StoreError::Busy { path } => format!("{} は別のプロセスが使用中です", path.display()),
            StoreError::Failed { path, cause } => format!("{} を読み書きできません（{cause}）", path.display()),
            StoreError::Stopped => {
                "保存処理が止まっています。ログで原因を確かめ、atena を起動し直してください".to_owned()
            }
            StoreError::Unknown { id } => format!("ID が {id} のメールはありません"),
            StoreError::NotAllowed { id, state, action } => format!(
                "メール {id} は{}なので、{}{}",
                state.explain().ja,
                action.cannot_in_japanese(),
                choices(*state).map_or_else(String::new, |choices| format!("（できること：{choices}）"))
            ),
            StoreError::Changed { id, state } => {
                format!("メール {id} はその間に扱いが決まりました。現在は{}です", state.explain().ja)
            }
            StoreError::Unapproved { id } => {
                format!("メール {id} の送信には、差出人以外の人の承認が必要です。確認ページで承認してもらってください")
            }
            StoreError::Lost { id } => format!("メール {id} は別の送信処理に移っています"),
            StoreError::NoSuchRecipient { id } => {
                format!("指定された宛先はメール {id} にありません。何も変更していません")
            }
            StoreError::NobodyLeft { id } => {
                format!("メール {id} の宛先がなくなります。送らない場合は破棄（drop）してください")
            }
        }
    }
}

impl State {
    /// What a person reads for this state.
    pub fn explain(self) -> Bilingual {
        let (en, ja) = match self {
            State::Held => ("held", "保留中"),
            State::Ready => ("waiting to be sent", "送信待ち"),
            State::Sending => ("being sent", "送信中"),
            State::Sent => ("sent", "送信済み"),
            State::Failed => ("not delivered", "送信失敗"),
            State::Dropped => ("dropped", "破棄済み"),
        };
        Bilingual::new(en, ja)
    }
}

impl Action {
    fn cannot_in_japanese(self) -> &'static str {
        match self {
            Action::Release => "送信を許可できません",
            Action::Drop => "破棄できません",
            Action::Cancel => "取り消せません",
            Action::Edit => "宛先を変更できません",
            Action::HandBack => "下書きに戻せません",
            Action::Claim | Action::Deliver | Action::Retry | Action::Fail => "送信処理を進められません",
        }
    }
}

fn possible(state: State) -> String {
    choices(state).map_or_else(
        || "; nothing can be done with it now".to_owned(),
        |choices| format!("; what can be done with it now: {choices}"),
    )
}

/// The person's choices as they are typed; `None` when there are none.
fn choices(state: State) -> Option<String> {
    let words: Vec<&str> = state.choices().map(Action::as_str).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_action_names_the_mail_its_state_and_the_choices() {
        let id = MailId::parse("k0m1x9az").expect("made of the alphabet");
        let error = StoreError::NotAllowed { id: id.clone(), state: State::Held, action: Action::Cancel };
        assert_eq!(
            error.to_string(),
            "cannot cancel mail k0m1x9az: it is held; what can be done with it now: release, drop"
        );
        assert_eq!(error.explain().ja, "メール k0m1x9az は保留中なので、取り消せません（できること：release, drop）");
        let error = StoreError::NotAllowed { id, state: State::Sent, action: Action::Drop };
        assert_eq!(error.to_string(), "cannot drop mail k0m1x9az: it is sent; nothing can be done with it now");
        assert_eq!(error.explain().ja, "メール k0m1x9az は送信済みなので、破棄できません");
    }
}
