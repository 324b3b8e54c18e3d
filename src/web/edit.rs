//! Other recipients for one mail: typed, shown as a difference with what the rules then say, and only then done.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;

use super::Page;
use super::form::{Form, Posted};
use super::frame::{Frame, Notice, show};
use super::permit::refusal_of;
use super::rights::Wish;
use super::visitor::{Named, Visitor};
use crate::finding::Finding;
use crate::gate::{Edit, Opened};
use crate::message::{shown, typed_mailboxes};
use crate::output::level_word;
use crate::review::{Change, Recipients};
use crate::store::{Action, MailId, Readdressed, StoreError};

#[derive(Template)]
#[template(path = "edit.html")]
struct EditPage {
    frame: Frame,
    id: MailId,
    subject: String,
    to: String,
    cc: String,
    bcc: String,
    wrong: Option<String>,
    /// A signature of a server in the mail no longer fits its header then.
    is_signed: bool,
    /// What would become of the mail.
    edit: Option<Edit>,
    /// Addresses its header names that get nothing as it is.
    undelivered: Vec<String>,
    /// What `edit` is of.
    looked: String,
    /// How much had happened to the mail when it was shown.
    revision: usize,
}

/// The recipients as typed.
///
/// # Errors
/// What is no address.
fn typed(form: &Form) -> Result<Recipients, Vec<String>> {
    let list = |name| typed_mailboxes(form.one(name));
    Ok(Recipients { to: list("to")?, cc: list("cc")?, bcc: list("bcc")? })
}

pub(super) async fn form(visitor: Visitor, State(page): State<Arc<Page>>, Named(id): Named) -> Response {
    let frame = Frame::of(&page, &visitor);
    let opened = match page.gate.open(&id).await {
        Ok(opened) => opened,
        Err(error) => return frame.failed(&error),
    };
    if !visitor.rights.may(page.team(), Wish::Change, &opened.mail.summary) {
        return Redirect::to(&format!("/mail/{id}")).into_response();
    }
    match opened.recipients() {
        Some(Recipients { to, cc, bcc }) => {
            let fields = [shown(&to), shown(&cc), shown(&bcc)];
            answer(frame, &opened, fields, None, None)
        }
        None => unreadable(frame, &opened),
    }
}

/// Shows the difference, or does it once it was seen.
pub(super) async fn edit(State(page): State<Arc<Page>>, Named(id): Named, posted: Posted) -> Response {
    if let Some(refusal) = refusal_of(&page, &posted, Wish::Change, &id).await {
        return refusal;
    }
    let Posted { visitor, frame, form } = posted;
    let opened = match page.gate.open(&id).await {
        Ok(opened) => opened,
        Err(error) => return frame.failed(&error),
    };
    let fields = ["to", "cc", "bcc"].map(|name| form.one(name).to_owned());
    let recipients = match typed(&form) {
        Err(unreadable) => {
            let lead = frame.t("This is no address:", "メールアドレスではありません：");
            let wrong = format!("{lead} {}", unreadable.join(", "));
            return answer(frame, &opened, fields, Some(wrong), None);
        }
        Ok(typed) if typed.addresses().is_empty() => {
            let wrong = frame.t("Nobody would get it.", "宛先がありません。").to_owned();
            return answer(frame, &opened, fields, Some(wrong), None);
        }
        Ok(typed) => typed,
    };
    let Some(edit) = page.gate.edit(&opened, &recipients).await else { return unreadable(frame, &opened) };
    // Typed once more behind what was shown: shown again first.
    let seen = !form.one("seen").is_empty() && form.one("looked") == looked(&fields);
    if !seen {
        return answer(frame, &opened, fields, None, Some(edit));
    }
    let new = Readdressed { revision: form.one("revision").parse().ok(), ..edit.new };
    match visitor.feedback(&page).readdress(&id, new, Timestamp::now()).await {
        Ok(()) => (StatusCode::SEE_OTHER, Redirect::to(&format!("/mail/{id}?done=edit"))).into_response(),
        Err(error) => frame.failed(&error),
    }
}

/// Its text is gone, or its header cannot be read.
fn unreadable(frame: Frame, opened: &Opened) -> Response {
    let summary = &opened.mail.summary;
    let (id, state) = (summary.id.clone(), summary.state);
    if opened.mail.raw.is_none() {
        return frame.failed(&StoreError::NotAllowed { id, state, action: Action::Edit });
    }
    let notice = Notice {
        title: frame.t("The recipients cannot be changed here", "ここでは宛先を変更できません").to_owned(),
        text: frame
            .t(
                "The header of this mail cannot be read, so nobody could say what would change in it. Take it back as a draft, or write it anew.",
                "このメールのヘッダーを読み取れず、変更内容を確認できません。下書きに戻すか、作り直してください。",
            )
            .to_owned(),
    };
    (StatusCode::CONFLICT, frame.notice(notice)).into_response()
}

/// What the difference was shown of; forms change line ends.
fn looked(fields: &[String; 3]) -> String {
    fields.join("|").split_whitespace().collect::<Vec<_>>().join(" ")
}

impl EditPage {
    fn level(&self, finding: &Finding) -> &'static str {
        level_word(finding.level, self.frame.lang)
    }

    /// Moved from one field to another: somebody in Bcc would be seen.
    fn is_moved(&self, change: &Change) -> bool {
        change.before.is_some() && change.after.is_some() && change.before != change.after
    }
}

fn answer(frame: Frame, opened: &Opened, fields: [String; 3], wrong: Option<String>, edit: Option<Edit>) -> Response {
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let summary = &opened.mail.summary;
    let is_signed = opened.message().is_some_and(|message| message.header("dkim-signature").is_some());
    let (id, subject) = (summary.id.clone(), summary.subject.clone());
    let looked = looked(&fields);
    let revision = opened.revision();
    let undelivered = match (&edit, opened.message()) {
        (Some(edit), _) => edit.unnamed.clone(),
        (None, Some(message)) => message.envelope.undelivered.iter().map(ToString::to_string).collect(),
        (None, None) => Vec::new(),
    };
    let [to, cc, bcc] = fields;
    let page = EditPage { frame, id, subject, to, cc, bcc, wrong, is_signed, edit, undelivered, looked, revision };
    (status, show(&page)).into_response()
}
