//! Whether somebody may do what they ask for; where the page is open to whoever has a link, everybody may.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Page;
use super::form::Posted;
use super::frame::Notice;
use super::visitor::Wish;
use crate::store::{MailId, StoreError, Summary};

/// As [`refusal`], of a mail by its id.
pub(super) async fn refusal_of(page: &Page, posted: &Posted, wish: Wish, id: &MailId) -> Option<Response> {
    let failed = |error: &StoreError| posted.frame.clone().failed(error);
    match page.store.summary(id).await {
        Ok(Some(mail)) => refusal(page, posted, wish, &mail),
        Ok(None) => Some(failed(&StoreError::Unknown { id: id.clone() })),
        Err(error) => Some(failed(&error)),
    }
}

/// The page that says why not; `None` where somebody may.
pub(super) fn refusal(page: &Page, posted: &Posted, wish: Wish, mail: &Summary) -> Option<Response> {
    if posted.visitor.may(page, wish, mail) {
        return None;
    }
    let frame = posted.frame.clone();
    let text = match wish {
        Wish::Release => frame.t(
            "This mail needs a second person: somebody else lets it go.",
            "このメールの送信には、差出人以外の人の承認が必要です。",
        ),
        Wish::Change => {
            frame.t("Only its sender changes or drops this mail.", "このメールを変更・破棄できるのは差出人だけです。")
        }
        Wish::Refuse | Wish::AskAgain => frame.t(
            "The mail waits for nobody’s approval now; somebody was quicker.",
            "このメールは承認待ちではありません。先に別の操作が行われました。",
        ),
    };
    let notice =
        Notice { title: frame.t("This was not done", "実行しませんでした").to_owned(), text: text.to_owned() };
    Some((StatusCode::FORBIDDEN, frame.notice(notice)).into_response())
}
