//! A mail given back to its author, among the drafts of the mailbox it belongs to.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;

use super::Page;
use super::form::Posted;
use super::permit::refusal_of;
use super::rights::Wish;
use super::sheet::Draft;
use super::visitor::Named;
use crate::gate::drafts::{DraftError, HandBack};
use crate::gate::feedback::Feedback;
use crate::store::{MailId, StoreError};

/// The form's button.
pub(super) async fn hand_back(State(page): State<Arc<Page>>, Named(id): Named, posted: Posted) -> Response {
    if let Some(refusal) = refusal_of(&page, &posted, Wish::Change, &id).await {
        return refusal;
    }
    let Posted { visitor, frame, form } = posted;
    let asked = HandBack { drop: !form.one("drop").is_empty(), revision: form.one("revision").parse().ok() };
    match put(&page, visitor.feedback(&page), id.clone(), asked).await {
        Ok(()) if asked.drop => see("/?done=handed-back&n=1"),
        Ok(()) => see(&format!("/mail/{id}?done=draft")),
        Err(DraftError::Store(error)) => frame.failed(&error),
        Err(error) => match page.gate.open(&id).await {
            Ok(opened) => {
                let refused = Some(frame.both(&error.explain()).to_owned());
                Draft { refused, said: None, typed: form }.page(&page, &visitor, frame, opened)
            }
            Err(error) => frame.failed(&error),
        },
    }
}

/// Puts it there in a task of its own: what was begun ends and is recorded, also when whoever asked hangs up.
pub(super) async fn put(page: &Arc<Page>, feedback: Feedback, id: MailId, asked: HandBack) -> Result<(), DraftError> {
    let page = Arc::clone(page);
    let put = async move { page.gate.drafts().hand_back(&id, asked, &feedback, Timestamp::now()).await };
    // It is never aborted; a panic in it is a bug that its caller sees as a store that stopped.
    tokio::spawn(put).await.unwrap_or_else(|_| Err(StoreError::Stopped.into())).map(|_| ())
}

/// 303: loading the page again must not do it twice.
fn see(to: &str) -> Response {
    (StatusCode::SEE_OTHER, Redirect::to(to)).into_response()
}
