//! What a program does to one mail on behalf of a person; the same as the page does, and recorded with the token's name.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::entry::{Caller, Json, Named};
use super::mails;
use super::problem::Problem;
use crate::gate::Opened;
use crate::gate::drafts::HandBack;
use crate::gate::feedback::Opinion;
use crate::gate::record;
use crate::message::{Address, Mailbox, typed_mailboxes};
use crate::review::Recipients;
use crate::store::{Action, MailId, Release, State as MailState, StoreError, Summary};
use crate::team::Approved;
use crate::web::rights::Wish;
use crate::web::{Page, drafts};

/// As the page has it.
const LONGEST_NOTE: usize = 500;

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ReleaseAsked {
    /// Recipients that do not get it.
    without: Vec<String>,
    /// Until then it can be taken back.
    not_before: Option<Timestamp>,
    note: Option<String>,
    /// Of the mail as it was looked at.
    revision: Option<usize>,
    /// What a person looked at, by its key.
    ticks: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(super) struct DropAsked {
    /// It would have gone to the wrong person.
    mistake: bool,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(super) struct DraftAsked {
    /// Throw the mail away once the draft is there.
    drop: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CancelAsked {}

/// What helps whoever reads it.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(super) struct NoteAsked {
    note: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RecipientsAsked {
    to: Vec<String>,
    cc: Vec<String>,
    bcc: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SayAsked {
    /// By its number.
    finding: usize,
    opinion: OpinionAsked,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum OpinionAsked {
    Right,
    Mistake,
}

#[derive(Serialize)]
struct Said {
    /// Whether there was anything to note.
    noted: bool,
}

pub(super) async fn release(
    caller: Caller,
    State(page): State<Arc<Page>>,
    Named(id): Named,
    Json(asked): Json<ReleaseAsked>,
) -> Result<Response, Problem> {
    let opened = page.gate.open(&id).await?;
    caller.check(&page, Wish::Release, &opened.mail.summary)?;
    let now = Timestamp::now();
    let waits = may_be_released(&opened, now)?;
    // What waits for its time goes anyway: there is nothing to look at before it goes sooner.
    if !waits {
        let sheet = opened.sheet(page.gate.config());
        let missing: Vec<String> = sheet.unticked(&asked.ticks, &asked.without).map(|tick| tick.key.clone()).collect();
        if !missing.is_empty() {
            return Err(Problem::unticked(missing));
        }
    }
    let note = note(asked.note)?;
    if !waits && page.gate.config().web.ask_reason && opened.has_error() && note.is_none() {
        let (en, ja) =
            ("Say in `note` why it may go all the same.", "このまま送ってよい理由を note に書いてください。");
        return Err(Problem::unfit(en, ja));
    }
    let without = asked.without.iter().map(|text| address(text)).collect::<Result<Vec<Address>, Problem>>()?;
    if asked.not_before.is_some_and(|time| time <= now) {
        return Err(Problem::unfit("`not_before` has passed.", "not_before が過去の時刻です。"));
    }
    // Of two who decide at once, one does.
    // A token of nobody's is no second person: the store refuses it.
    let approves = caller.is_person() && opened.mail.summary.approved != Approved::Enough;
    if approves && asked.revision.is_none() {
        let (en, ja) = (
            "Say in `revision` which one of the mail was looked at: a second person lets go what was shown.",
            "確認したときの revision を指定してください。承認者が送信を認めるのは、確認した内容だけです。",
        );
        return Err(Problem::unfit(en, ja));
    }
    let revision = asked.revision.or(Some(opened.revision()));
    let release = Release { without, not_before: asked.not_before, note, revision, approves };
    caller.feedback(&page).release(&id, release, now).await?;
    mails::told(&page, &id, &caller).await
}

/// Whether it only waits for its time.
///
/// # Errors
/// It was let go already, or is past that.
fn may_be_released(opened: &Opened, now: Timestamp) -> Result<bool, StoreError> {
    let summary = &opened.mail.summary;
    let (id, state) = (summary.id.clone(), summary.state);
    let waits = state == MailState::Ready && summary.due_at.is_some_and(|due| due > now);
    match state.after(Action::Release) {
        None => Err(StoreError::NotAllowed { id, state, action: Action::Release }),
        // On its way: a second release, whoever asks for it, is none.
        Some(_) if state == MailState::Ready && !waits => Err(StoreError::Changed { id, state }),
        Some(_) => Ok(waits),
    }
}

pub(super) async fn drop_mail(
    caller: Caller,
    State(page): State<Arc<Page>>,
    Named(id): Named,
    Json(asked): Json<DropAsked>,
) -> Result<Response, Problem> {
    allowed(&page, &caller, Wish::Change, &id).await?;
    caller.feedback(&page).drop_mail(&id, asked.mistake, Timestamp::now()).await?;
    mails::told(&page, &id, &caller).await
}

pub(super) async fn cancel(
    caller: Caller,
    State(page): State<Arc<Page>>,
    Named(id): Named,
    Json(CancelAsked {}): Json<CancelAsked>,
) -> Result<Response, Problem> {
    allowed(&page, &caller, Wish::Change, &id).await?;
    caller.feedback(&page).cancel(&id, Timestamp::now()).await?;
    mails::told(&page, &id, &caller).await
}

pub(super) async fn draft(
    caller: Caller,
    State(page): State<Arc<Page>>,
    Named(id): Named,
    Json(asked): Json<DraftAsked>,
) -> Result<Response, Problem> {
    allowed(&page, &caller, Wish::Change, &id).await?;
    let asked = HandBack { drop: asked.drop, revision: None };
    drafts::put(&page, caller.feedback(&page), id.clone(), asked).await?;
    mails::told(&page, &id, &caller).await
}

pub(super) async fn recipients(
    caller: Caller,
    State(page): State<Arc<Page>>,
    Named(id): Named,
    Json(asked): Json<RecipientsAsked>,
) -> Result<Response, Problem> {
    let recipients = Recipients { to: mailboxes(&asked.to)?, cc: mailboxes(&asked.cc)?, bcc: mailboxes(&asked.bcc)? };
    if recipients.addresses().is_empty() {
        return Err(Problem::unfit("Nobody would get it.", "宛先がありません。"));
    }
    let opened = page.gate.open(&id).await?;
    caller.check(&page, Wish::Change, &opened.mail.summary)?;
    let state = opened.mail.summary.state;
    if state.after(Action::Edit).is_none() {
        return Err(StoreError::NotAllowed { id, state, action: Action::Edit }.into());
    }
    let Some(edit) = page.gate.edit(&opened, &recipients).await else {
        return Err(Problem::unfit(
            "The header of this mail cannot be read, so its recipients cannot be changed.",
            "このメールのヘッダーを読み取れないため、宛先を変更できません。",
        ));
    };
    caller.feedback(&page).readdress(&id, edit.new, Timestamp::now()).await?;
    mails::told(&page, &id, &caller).await
}

/// Sends a mail back to its sender that waits for a second person.
pub(super) async fn refuse(
    caller: Caller,
    State(page): State<Arc<Page>>,
    Named(id): Named,
    Json(asked): Json<NoteAsked>,
) -> Result<Response, Problem> {
    allowed(&page, &caller, Wish::Refuse, &id).await?;
    caller.feedback(&page).refuse(&id, note(asked.note)?, Timestamp::now()).await?;
    mails::told(&page, &id, &caller).await
}

/// Asks for a second person once more.
pub(super) async fn ask_again(
    caller: Caller,
    State(page): State<Arc<Page>>,
    Named(id): Named,
    Json(asked): Json<NoteAsked>,
) -> Result<Response, Problem> {
    allowed(&page, &caller, Wish::AskAgain, &id).await?;
    caller.feedback(&page).ask_again(&id, note(asked.note)?, Timestamp::now()).await?;
    mails::told(&page, &id, &caller).await
}

pub(super) async fn say(
    caller: Caller,
    State(page): State<Arc<Page>>,
    Named(id): Named,
    Json(asked): Json<SayAsked>,
) -> Result<Response, Problem> {
    let opinion = match asked.opinion {
        OpinionAsked::Right => Opinion::Right,
        OpinionAsked::Mistake => Opinion::Mistake,
    };
    let mail = allowed(&page, &caller, Wish::Change, &id).await?;
    if record::read(&mail.findings_json).len() <= asked.finding {
        return Err(Problem::unfit("The mail has no finding of this number.", "この番号の指摘はありません。"));
    }
    let noted = page.feedback.say(&id, asked.finding, opinion, Timestamp::now()).await?;
    Ok(axum::Json(Said { noted }).into_response())
}

/// The mail, as far as this may be done with it.
async fn allowed(page: &Page, caller: &Caller, wish: Wish, id: &MailId) -> Result<Summary, Problem> {
    let mail = page.store.summary(id).await?.ok_or_else(|| StoreError::Unknown { id: id.clone() })?;
    caller.check(page, wish, &mail)?;
    Ok(mail)
}

fn note(text: Option<String>) -> Result<Option<String>, Problem> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    match &text {
        Some(text) if text.chars().count() > LONGEST_NOTE => Err(Problem::unfit(
            format!("`note` has more than {LONGEST_NOTE} characters."),
            format!("note は {LONGEST_NOTE} 文字までです。"),
        )),
        _ => Ok(text),
    }
}

fn address(text: &str) -> Result<Address, Problem> {
    let (en, ja) = ("`without` has what is no address.", "without にメールアドレスでないものがあります。");
    Address::parse(text).map_err(|_| Problem::unfit(en, ja))
}

fn mailboxes(list: &[String]) -> Result<Vec<Mailbox>, Problem> {
    let (en, ja) = ("The lists have what is no address.", "宛先にメールアドレスでないものがあります。");
    typed_mailboxes(&list.join(", ")).map_err(|_| Problem::unfit(en, ja))
}
