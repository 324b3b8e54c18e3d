//! Kept mails: the list, one of them, its octets, and news of all.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::sse::{Event, KeepAlive};
use axum::response::{IntoResponse, Response, Sse};
use futures_core::Stream;
use futures_util::StreamExt;
use serde::Serialize;

use super::entry::{Caller, Named};
use super::problem::Problem;
use super::query::Query;
use crate::finding::{Allowed, Finding};
use crate::gate::record;
use crate::output::{HeldEntry, HeldList, HeldMail, HeldSheet, SheetJson};
use crate::store::{Filter, MailId, Order, State as MailState, Store, StoreError, StoredMail, Summary};
use crate::team::Scope;
use crate::tokens;
use crate::web::Page;
use crate::web::live::{self, News};

/// Mails of one answer.
const USUAL: u32 = 50;
const MOST: u32 = 200;

#[derive(Serialize)]
struct Listing<'a> {
    #[serde(flatten)]
    list: HeldList<'a>,
    /// For `after`; `None` on the last page.
    next: Option<&'a str>,
}

pub(super) async fn list(caller: Caller, State(page): State<Arc<Page>>, uri: Uri) -> Result<Response, Problem> {
    let query = Query::read(&uri, &["state", "q", "order", "after", "limit"])?;
    let limit = limit(&query)?;
    let after = after(&page, &caller, &query).await?;
    let filter = Filter {
        states: states(&query)?,
        words: query.one("q").unwrap_or_default().to_owned(),
        scope: caller.mails(&page),
        order: order(&query)?,
        after,
        // One more tells whether there are more.
        limit: limit + 1,
    };
    let mut mails = page.store.list(filter).await?;
    let has_more = mails.len() > limit as usize;
    mails.truncate(limit as usize);
    let entry = |mail| {
        let (findings, allowed) = kept_for(mail);
        HeldEntry::of(mail, &findings, &allowed, caller.lang)
    };
    let next = mails.last().filter(|_| has_more).map(|mail| mail.id.as_str());
    Ok(Json(Listing { list: HeldList::of(mails.iter().map(entry).collect()), next }).into_response())
}

fn limit(query: &Query) -> Result<u32, Problem> {
    let Some(text) = query.one("limit") else { return Ok(USUAL) };
    let limit = text.parse().ok().filter(|limit| (1..=MOST).contains(limit));
    limit.ok_or_else(|| {
        Problem::unreadable(
            format!("limit is a number from 1 to {MOST}."),
            format!("limit は 1 から {MOST} までの数です。"),
        )
    })
}

/// As `atena held list` where none is asked for: what is not done with.
fn states(query: &Query) -> Result<Vec<MailState>, Problem> {
    let words: Vec<&str> =
        query.all("state").flat_map(|value| value.split(',')).filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        [] => Ok(vec![MailState::Held, MailState::Failed, MailState::Ready, MailState::Sending]),
        words if words.contains(&"all") => Ok(Vec::new()),
        words => words.iter().map(|word| MailState::parse(word)).collect::<Option<Vec<_>>>().ok_or_else(|| {
            let known = MailState::ALL.map(MailState::as_str).join(", ");
            Problem::unreadable(
                format!("state is all, or some of {known}."),
                format!("state は all か、{known} のいずれかです。"),
            )
        }),
    }
}

fn order(query: &Query) -> Result<Order, Problem> {
    match query.one("order") {
        None | Some("time") => Ok(Order::Time),
        Some("risk") => Ok(Order::Risk),
        Some(_) => Err(Problem::unreadable("order is time or risk.", "order は time か risk です。")),
    }
}

/// The mail to go on behind. One that is not there would begin from the start again, without end.
async fn after(page: &Page, caller: &Caller, query: &Query) -> Result<Option<MailId>, Problem> {
    let Some(text) = query.one("after") else { return Ok(None) };
    if let Some(id) = MailId::parse(text)
        && page.store.summary(&id).await?.is_some_and(|mail| caller.sees(page, &mail))
    {
        return Ok(Some(id));
    }
    let (en, ja) = (
        "after is the id of no mail; begin anew without it.",
        "after の ID のメールはありません。after なしで最初から取得してください。",
    );
    Err(Problem::unreadable(en, ja))
}

/// What a mail was kept for, and what was found and does not count.
fn kept_for(mail: &Summary) -> (Vec<Finding>, Vec<Allowed>) {
    (record::read(&mail.findings_json), record::read_allowed(&mail.findings_json))
}

pub(super) async fn show(caller: Caller, State(page): State<Arc<Page>>, Named(id): Named) -> Result<Response, Problem> {
    let opened = page.gate.open(&id).await?;
    let sheet = opened.sheet(page.gate.config());
    let whole = HeldSheet {
        mail: HeldMail::of(&opened.mail, &opened.findings, &opened.allowed, caller.lang),
        sheet: SheetJson::of(&sheet, caller.lang, caller.may(tokens::Scope::Read)),
    };
    Ok(Json(whole).into_response())
}

/// A mail as `atena held show --json` tells it: what came of a decision.
pub(super) async fn told(page: &Page, id: &MailId, caller: &Caller) -> Result<Response, Problem> {
    let mail = page.store.mail(id).await?.ok_or_else(|| StoreError::Unknown { id: id.clone() })?;
    let (findings, allowed) = kept_for(&mail.summary);
    Ok(Json(HeldMail::of(&mail, &findings, &allowed, caller.lang)).into_response())
}

pub(super) async fn raw(State(page): State<Arc<Page>>, Named(id): Named) -> Result<Response, Problem> {
    match page.store.mail(&id).await? {
        Some(StoredMail { raw: Some(raw), .. }) => {
            let name = format!("attachment; filename=\"atena-{id}.eml\"");
            let fields = [(header::CONTENT_TYPE, "message/rfc822"), (header::CONTENT_DISPOSITION, name.as_str())];
            Ok((fields, raw).into_response())
        }
        Some(_) => Err(Problem::text_is_gone()),
        None => Err(StoreError::Unknown { id }.into()),
    }
}

/// Server-sent events, one for each change, as long as the token counts.
pub(super) async fn events(
    caller: Caller,
    State(page): State<Arc<Page>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let (shown, asking, news) = (Arc::clone(&page), caller.clone(), live::news(&page));
    let news = news.take_while(move |_| {
        let counts = page.api.is_known(&caller.secret);
        async move { counts }
    });
    // What somebody sees changes with the time.
    let event = move |news| seen(shown.store.clone(), asking.mails(&shown), news);
    Sse::new(news.then(event)).keep_alive(KeepAlive::default())
}

/// News as one hears them who sees these mails.
async fn seen(store: Store, scope: Option<Scope>, news: News) -> Result<Event, Infallible> {
    let waiting = match scope {
        None => news.waiting,
        some => store.counts(some).await.map(|counts| live::waiting(&counts)).unwrap_or_default(),
    };
    let change = news.change.to_string();
    Ok(Event::default().event("change").id(change).data(format!("{{\"waiting\":{waiting}}}")))
}
