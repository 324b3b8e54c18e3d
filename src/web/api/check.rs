//! Judging a draft: the same report as that of `atena check --format json`, and nothing is done.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::entry::{self, Caller};
use super::problem::Problem;
use super::query::Query;
use crate::finding::Level;
use crate::lang::Bilingual;
use crate::message::{Address, Envelope, Mailbox, is_mail};
use crate::output::{self, Checked, Format, Options};
use crate::web::Page;

/// A body that takes longer would keep others from being checked.
const SLOWEST: Duration = Duration::from_secs(60);

/// What the report calls the draft, as that of standard input.
const PATH: &str = "-";

pub(super) async fn check(
    caller: Caller,
    State(page): State<Arc<Page>>,
    request: Request,
) -> Result<Response, Problem> {
    let query = Query::read(request.uri(), &["rcpt"])?;
    let recipients = query.all("rcpt").map(Address::parse).collect::<Result<Vec<Address>, _>>();
    let recipients = recipients
        .map_err(|_| Problem::unreadable("rcpt is to be an address.", "rcpt にはメールアドレスを指定してください。"))?;
    // Never closed.
    let _place = page.api.checks.acquire().await.map_err(|_| Problem::out_of_order())?;
    let raw = match tokio::time::timeout(SLOWEST, entry::read(request, &page)).await {
        Ok(read) => read?,
        Err(_) => return Err(too_slow()),
    };
    if !is_mail(&raw) {
        return Err(Problem::unfit(
            "This is no mail: it does not begin with header lines such as From: or Subject:",
            "メールではありません（From: や Subject: などのヘッダー行で始まっていません）。",
        ));
    }
    let envelope = (!recipients.is_empty()).then(|| Envelope { recipients, ..Envelope::default() });
    let judgement = page.gate.check(envelope, raw.into()).await;
    // Whom somebody else writes to is in the report.
    let is_own = |from: &Mailbox| caller.writes_as(&from.address.key());
    if judgement.message.as_ref().is_some_and(|message| !message.from.iter().all(is_own)) {
        return Err(Problem::not_theirs());
    }
    let checked = Checked {
        subject: None,
        allowed: judgement.allowed,
        checklist: judgement.checklist,
        standing: judgement.standing,
        ..Checked::new(PATH, judgement.verdict, judgement.findings)
    };
    let options = Options { lang: caller.lang, colour: false, width: 0, fail_on: Level::Error };
    let mut report = Vec::new();
    output::write(&mut report, Format::Json, &[checked], &[], &[], &options).map_err(|_| Problem::out_of_order())?;
    Ok(([(header::CONTENT_TYPE, "application/json")], report).into_response())
}

fn too_slow() -> Problem {
    let detail = Bilingual::new("Send it again.", "もう一度送ってください。");
    let title = Bilingual::new("The mail did not come within a minute", "1 分以内にメールを受け取れませんでした");
    Problem::new(StatusCode::REQUEST_TIMEOUT, "too-slow", title, detail)
}
