//! Whether somebody may do what they ask for; where the page is open to whoever has a link, everybody may.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Page;
use super::form::Posted;
use super::frame::Notice;
use super::rights::Wish;
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
    if posted.visitor.rights.may(page.team(), wish, mail) {
        return None;
    }
    let frame = posted.frame.clone();
    let text = frame.both(&wish.refusal()).to_owned();
    let notice = Notice { title: frame.t("This was not done", "実行しませんでした").to_owned(), text };
    Some((StatusCode::FORBIDDEN, frame.notice(notice)).into_response())
}
