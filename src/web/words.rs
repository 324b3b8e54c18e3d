//! What was done, and states, as people read them.

use crate::lang::Lang;
use crate::store::State;

/// What a page says after something was done.
pub(super) fn done(what: &str, count: u64, lang: Lang) -> Option<String> {
    let (en, ja) = match (what, count) {
        ("send" | "drop", 0) => ("Nothing was done.".to_owned(), "何も実行していません。".to_owned()),
        ("send", 1) => ("The mail goes out.".to_owned(), "メールを送信します。".to_owned()),
        ("send", n) => (format!("{n} mails go out."), format!("{n} 通を送信します。")),
        ("later", _) => {
            ("The mail goes out at the time you chose.".to_owned(), "指定した時刻に送信します。".to_owned())
        }
        ("drop", 1) => ("The mail was dropped.".to_owned(), "メールを破棄しました。".to_owned()),
        ("drop", n) => (format!("{n} mails were dropped."), format!("{n} 通を破棄しました。")),
        ("refuse", _) => {
            ("The mail was sent back to its sender.".to_owned(), "メールを差出人に差し戻しました。".to_owned())
        }
        ("ask", _) => ("Asked once more.".to_owned(), "もう一度承認を依頼しました。".to_owned()),
        ("cancel", _) => {
            ("Taken back: the mail is held again.".to_owned(), "送信を取り消し、保留に戻しました。".to_owned())
        }
        ("edit", _) => (
            "The recipients were changed, and the mail was checked anew.".to_owned(),
            "宛先を変更し、確認し直しました。".to_owned(),
        ),
        ("draft", _) => (
            "The draft lies in your folder of drafts. The mail itself stays here.".to_owned(),
            "下書きフォルダーに入れました。メールはここに残っています。".to_owned(),
        ),
        ("handed-back", _) => (
            "The draft lies in your folder of drafts, and the mail was dropped here.".to_owned(),
            "下書きフォルダーに入れ、こちらのメールは破棄しました。".to_owned(),
        ),
        ("test", _) => (
            "The test waits here, as every mail with an error does. Tick what there is to tick, and send it."
                .to_owned(),
            "テストメールを保留しました。確認項目にチェックを入れて送信してみてください。".to_owned(),
        ),
        ("right", _) => (
            "Noted: this recipient is right, and is not doubted again.".to_owned(),
            "この宛先は正しいと記録しました。次から確認しません。".to_owned(),
        ),
        ("mistake", _) => (
            "Noted: these two are easily confused. The next mail is warned of it.".to_owned(),
            "取り違えやすい宛先として記録しました。次回から警告します。".to_owned(),
        ),
        ("none", _) => (
            "There was nothing to note about this finding.".to_owned(),
            "この指摘について記録することはありません。".to_owned(),
        ),
        _ => return None,
    };
    Some(match lang {
        Lang::En => en,
        Lang::Ja => ja,
    })
}

/// Of several mails, those that nothing was done with.
pub(super) fn left(count: u64, lang: Lang) -> String {
    match (count, lang) {
        (0, _) => String::new(),
        (n, Lang::En) => format!(
            " {n} stay as they are: not all of it was ticked, somebody else has to approve, or decided meanwhile."
        ),
        (n, Lang::Ja) => {
            format!(" {n} 通はそのままです（未確認の項目がある、承認が必要、または先に別の操作が行われたため）。")
        }
    }
}

/// The class of a state's mark.
pub(super) fn tone(state: State) -> &'static str {
    match state {
        State::Held => "held",
        State::Failed => "failed",
        State::Ready | State::Sending => "moving",
        State::Sent => "sent",
        State::Dropped => "dropped",
    }
}
