//! Several mails at once: each is shown with all that has to be ticked for it, and only what was ticked goes.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;

use super::Page;
use super::act::{reason, undo_until};
use super::form::{Form, Posted};
use super::frame::{Frame, Notice, show};
use super::list::{Row, row};
use super::permit::{refusal, refusal_of};
use super::rights::Wish;
use super::visitor::Visitor;
use crate::lang::Lang;
use crate::review::Tick;
use crate::store::{MailId, Release, StoreError};
use crate::team::Approved;

/// More mails nobody looks at in one go.
const MOST: usize = 50;

#[derive(Template)]
#[template(path = "bulk.html")]
struct BulkPage {
    frame: Frame,
    mails: Vec<Chosen>,
    /// `send` or `drop`.
    action: &'static str,
    ask_reason: bool,
    refused: Option<&'static str>,
}

/// A mail as it was chosen.
struct Chosen {
    row: Row,
    /// What has happened to it so far, by number: what is ticked is ticked of this.
    revision: usize,
    /// What has to be ticked before it goes.
    ticks: Vec<Tick>,
}

/// Shows what is about to happen.
pub(super) async fn ask(State(page): State<Arc<Page>>, posted: Posted) -> Response {
    confirm(&page, &posted, None).await
}

async fn confirm(page: &Page, posted: &Posted, refused: Option<&'static str>) -> Response {
    let (frame, form) = (posted.frame.clone(), &posted.form);
    let action = action(form);
    let mut mails = Vec::new();
    for (id, _) in chosen(form) {
        let opened = match page.gate.open(&id).await {
            Ok(opened) => opened,
            Err(StoreError::Unknown { .. }) => continue,
            Err(error) => return frame.failed(&error),
        };
        if !posted.visitor.rights.sees(page.team(), &opened.mail.summary) {
            continue;
        }
        let ticks = if action == "drop" { Vec::new() } else { opened.sheet(page.gate.config()).ticks };
        let row = row(page, &opened.mail.summary, frame.lang);
        mails.push(Chosen { row, revision: opened.revision(), ticks });
    }
    if mails.is_empty() {
        return (StatusCode::SEE_OTHER, Redirect::to("/")).into_response();
    }
    let ask_reason = page.gate.config().web.ask_reason;
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    (status, show(&BulkPage { frame, mails, action, ask_reason, refused })).into_response()
}

/// The address of such a page, loaded again.
pub(super) async fn look(_visitor: Visitor) -> Redirect {
    Redirect::to("/")
}

/// Does it to the mails that were ticked. Those not ticked whole, or decided on meanwhile, are left as they are.
pub(super) async fn carry_out(State(page): State<Arc<Page>>, posted: Posted) -> Response {
    let what = action(&posted.form);
    let note = reason(&posted.form);
    if what == "send" && page.gate.config().web.ask_reason && note.is_none() {
        let refused = match posted.frame.lang {
            Lang::En => "Please say why they may go.",
            Lang::Ja => "送ってよい理由を書いてください。",
        };
        return confirm(&page, &posted, Some(refused)).await;
    }
    let (mut done, mut left) = (0, 0);
    for (id, revision) in chosen(&posted.form) {
        match one(&page, &posted, (&id, revision), what, note.clone()).await {
            Ok(true) => done += 1,
            Ok(false) => left += 1,
            Err(error) => return broken_off(posted.frame, done, &error),
        }
    }
    (StatusCode::SEE_OTHER, Redirect::to(&format!("/?done={what}&n={done}&left={left}"))).into_response()
}

/// Whether it was done.
async fn one(
    page: &Page,
    posted: &Posted,
    (id, revision): (&MailId, Option<usize>),
    what: &str,
    note: Option<String>,
) -> Result<bool, StoreError> {
    let now = Timestamp::now();
    let (form, feedback) = (&posted.form, posted.visitor.feedback(page));
    let outcome = match what {
        "drop" if refusal_of(page, posted, Wish::Change, id).await.is_some() => return Ok(false),
        "drop" => feedback.drop_mail(id, false, now).await,
        _ => {
            let opened = match page.gate.open(id).await {
                // As one that is not this visitor's.
                Err(StoreError::Unknown { .. }) => return Ok(false),
                opened => opened?,
            };
            if refusal(page, posted, Wish::Release, &opened.mail.summary).is_some() {
                return Ok(false);
            }
            let of_mail = format!("{id} ");
            let ticked: Vec<String> =
                form.all("tick").iter().filter_map(|tick| tick.strip_prefix(&of_mail)).map(str::to_owned).collect();
            if opened.sheet(page.gate.config()).untick(&ticked, &[]).is_some() {
                return Ok(false);
            }
            let release = Release {
                not_before: undo_until(page, now),
                note,
                revision: revision.or(Some(opened.revision())),
                approves: opened.mail.summary.approved != Approved::Enough,
                ..Release::default()
            };
            feedback.release(id, release, now).await
        }
    };
    match outcome {
        Ok(()) => Ok(true),
        Err(
            StoreError::NotAllowed { .. }
            | StoreError::Unknown { .. }
            | StoreError::Changed { .. }
            | StoreError::Unapproved { .. },
        ) => Ok(false),
        Err(error) => Err(error),
    }
}

/// The store failed on the way: what was done before is done.
fn broken_off(frame: Frame, done: usize, error: &StoreError) -> Response {
    if done == 0 {
        return frame.failed(error);
    }
    let title = frame.t("Not all of it was done", "一部だけ実行しました").to_owned();
    let lead = frame.t("Mails done before:", "実行済みのメール数：");
    let text = format!("{lead} {done}. {}", frame.both(&error.explain()));
    (StatusCode::SERVICE_UNAVAILABLE, frame.notice(Notice { title, text })).into_response()
}

fn action(form: &Form) -> &'static str {
    if form.one("action") == "drop" { "drop" } else { "send" }
}

/// The mails of a form, each with what had happened to it when it was shown, where the form says so: `ID` or `ID.3`.
fn chosen(form: &Form) -> Vec<(MailId, Option<usize>)> {
    let read = |text: &String| {
        let (id, revision) = text.split_once('.').unwrap_or((text, ""));
        Some((MailId::parse(id)?, revision.parse().ok()))
    };
    form.all("id").iter().filter_map(read).take(MOST).collect()
}
