//! What a person does to one mail. Every action comes by a form of the page, never by a link.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

use super::Page;
use super::form::{Form, Posted};
use super::frame::Frame;
use super::permit::{refusal, refusal_of};
use super::rights::Wish;
use super::sheet::Draft;
use super::visitor::{Named, Visitor};
use crate::gate::Opened;
use crate::gate::feedback::{Feedback, Opinion};
use crate::message::Address;
use crate::store::{MailId, Release, StoreError};
use crate::team::Approved;

pub(super) async fn send(State(page): State<Arc<Page>>, Named(id): Named, posted: Posted) -> Response {
    let opened = match page.gate.open(&id).await {
        Ok(opened) => opened,
        Err(error) => return posted.frame.failed(&error),
    };
    if let Some(refusal) = refusal(&page, &posted, Wish::Release, &opened.mail.summary) {
        return refusal;
    }
    let Posted { visitor, frame, form } = posted;
    let now = Timestamp::now();
    match release(&page, &frame, &opened, &form, now) {
        Ok((release, what)) => done(frame, what, &id, visitor.feedback(&page).release(&id, release, now).await),
        Err(refused) => Draft { refused: Some(refused), said: None, typed: form }.page(&page, &visitor, frame, opened),
    }
}

/// What the form asks for, or why not yet.
fn release(
    page: &Page,
    frame: &Frame,
    opened: &Opened,
    form: &Form,
    now: Timestamp,
) -> Result<(Release, &'static str), String> {
    let web = &page.gate.config().web;
    let sheet = opened.sheet(page.gate.config());
    if let Some(tick) = sheet.untick(&form.all("tick"), &form.all("without")) {
        let (label, lead) = (frame.both(&tick.label), frame.t("Please tick first:", "先にチェックしてください："));
        return Err(format!("{lead} {label}"));
    }
    let note = reason(form);
    if web.ask_reason && opened.has_error() && note.is_none() {
        let words = ("Please say why it may go all the same.", "このまま送ってよい理由を書いてください。");
        return Err(frame.t(words.0, words.1).to_owned());
    }
    let without: Result<Vec<Address>, _> = form.all("without").iter().map(|text| Address::parse(text)).collect();
    let without = without.map_err(|error| error.to_string())?;
    let later = match form.one("at").trim() {
        "" => None,
        text => Some(time(page, text).filter(|time| *time > now).ok_or_else(|| {
            frame.t("That time has passed, or is none.", "時刻が過去か、正しくありません。").to_owned()
        })?),
    };
    let undo = undo_until(page, now);
    let what = if later.is_some() { "later" } else { "send" };
    // A second person lets go what was shown, and nothing it became since.
    let revision = Some(form.one("revision").parse().unwrap_or(opened.revision()));
    let approves = opened.mail.summary.approved != Approved::Enough;
    Ok((Release { without, not_before: later.or(undo), note, revision, approves }, what))
}

/// Until when a mail sent now can be taken back.
pub(super) fn undo_until(page: &Page, now: Timestamp) -> Option<Timestamp> {
    let undo = SignedDuration::try_from(page.gate.config().web.undo).ok()?;
    now.checked_add(undo).ok()
}

/// A time as a form writes it, here.
fn time(page: &Page, text: &str) -> Option<Timestamp> {
    let time: DateTime = text.parse().ok()?;
    Some(time.to_zoned(page.time_zone.clone()).ok()?.timestamp())
}

/// The address of an action, loaded again or opened by a scanner: shows the mail, and does nothing.
pub(super) async fn look(_visitor: Visitor, Named(id): Named) -> Redirect {
    Redirect::to(&format!("/mail/{id}"))
}

pub(super) async fn drop_mail(State(page): State<Arc<Page>>, Named(id): Named, posted: Posted) -> Response {
    let mistaken = !posted.form.one("mistake").is_empty();
    let drop = async |feedback: Feedback| feedback.drop_mail(&id, mistaken, Timestamp::now()).await;
    act(&page, posted, &id, (Wish::Change, "drop"), drop).await
}

pub(super) async fn cancel(State(page): State<Arc<Page>>, Named(id): Named, posted: Posted) -> Response {
    let cancel = async |feedback: Feedback| feedback.cancel(&id, Timestamp::now()).await;
    act(&page, posted, &id, (Wish::Change, "cancel"), cancel).await
}

/// Sends a mail back to its sender that waits for a second person; the reason is what helps.
pub(super) async fn refuse(State(page): State<Arc<Page>>, Named(id): Named, posted: Posted) -> Response {
    let why = reason(&posted.form);
    let refuse = async |feedback: Feedback| feedback.refuse(&id, why, Timestamp::now()).await;
    act(&page, posted, &id, (Wish::Refuse, "refuse"), refuse).await
}

/// Asks for a second person once more.
pub(super) async fn ask_again(State(page): State<Arc<Page>>, Named(id): Named, posted: Posted) -> Response {
    let why = reason(&posted.form);
    let ask = async |feedback: Feedback| feedback.ask_again(&id, why, Timestamp::now()).await;
    act(&page, posted, &id, (Wish::AskAgain, "ask"), ask).await
}

/// What a person says of one finding; the mail stays where it is.
pub(super) async fn say(State(page): State<Arc<Page>>, Named(id): Named, posted: Posted) -> Response {
    if let Some(refusal) = refusal_of(&page, &posted, Wish::Change, &id).await {
        return refusal;
    }
    let Posted { frame, form, .. } = posted;
    let opinion = match form.one("opinion") {
        "right" => Opinion::Right,
        "mistake" => Opinion::Mistake,
        _ => return back("none", &id),
    };
    let Ok(finding) = form.one("finding").parse() else { return back("none", &id) };
    let noted = page.feedback.say(&id, finding, opinion, Timestamp::now()).await;
    let what = if matches!(noted, Ok(false)) { "none" } else { form.one("opinion") };
    done(frame, what, &id, noted.map(|_| ()))
}

async fn act(
    page: &Page,
    posted: Posted,
    id: &MailId,
    (wish, what): (Wish, &str),
    act: impl AsyncFnOnce(Feedback) -> Result<(), StoreError>,
) -> Response {
    match refusal_of(page, &posted, wish, id).await {
        None => done(posted.frame, what, id, act(posted.visitor.feedback(page)).await),
        Some(refusal) => refusal,
    }
}

pub(super) fn reason(form: &Form) -> Option<String> {
    Some(form.one("reason").trim()).filter(|reason| !reason.is_empty()).map(str::to_owned)
}

fn done(frame: Frame, what: &str, id: &MailId, outcome: Result<(), StoreError>) -> Response {
    match outcome {
        Ok(()) => back(what, id),
        Err(error) => frame.failed(&error),
    }
}

/// Where to after something was done: the list, except for what one goes on with.
fn back(what: &str, id: &MailId) -> Response {
    let to = match what {
        "cancel" | "right" | "mistake" | "none" | "ask" => format!("/mail/{id}?done={what}"),
        "send" | "later" => format!("/?done={what}&n=1&undo={id}"),
        _ => format!("/?done={what}&n=1"),
    };
    // 303: loading the page again must not do it twice.
    (StatusCode::SEE_OTHER, Redirect::to(&to)).into_response()
}
