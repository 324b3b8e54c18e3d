//! One mail: its sheet, and what can be done with it.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Zoned;
use serde::Deserialize;

use super::Page;
use super::form::Form;
use super::frame::{Frame, show as render};
use super::rights::Wish;
use super::visitor::{Named, Visitor};
use super::words;
use crate::finding::{Allowed, Level};
use crate::gate::Opened;
use crate::happening::Happening;
use crate::output::level_word;
use crate::review::{About, Card, Field, Run, Sheet, Tick, Zone};
use crate::store::{Action, Event, Summary};
use crate::team::Approved;

/// What was wrong with what was just sent, and what it said.
#[derive(Deserialize, Clone, Default)]
#[serde(default)]
pub(super) struct Asked {
    done: String,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct MailPage {
    frame: Frame,
    opened: Opened,
    sheet: Sheet,
    texts: Vec<usize>,
    said: Option<String>,
    /// What kept the mail from being sent just now.
    refused: Option<String>,
    /// What was typed and ticked, if it did not do.
    typed: Form,
    ask_reason: bool,
    /// There is a folder of drafts that it can be put into.
    mailbox: bool,
    undo: u64,
    may: Permits,
    /// Who may let it go, where it waits for a second person.
    approvers: Option<String>,
    /// A second person has sent it back.
    sent_back: bool,
}

/// What the visitor may do with the mail.
struct Permits {
    release: bool,
    change: bool,
    refuse: bool,
    ask_again: bool,
}

pub(super) async fn show(
    visitor: Visitor,
    State(page): State<Arc<Page>>,
    Named(id): Named,
    Query(asked): Query<Asked>,
) -> Response {
    let frame = Frame::of(&page, &visitor);
    match page.gate.open(&id).await {
        Ok(opened) => {
            let said = words::done(&asked.done, 1, frame.lang);
            Draft { said, ..Draft::default() }.page(&page, &visitor, frame, opened)
        }
        Err(error) => frame.failed(&error),
    }
}

/// How much has happened to a mail, for a page that shows it.
pub(super) async fn revision(_visitor: Visitor, State(page): State<Arc<Page>>, Named(id): Named) -> Response {
    match page.store.revision(&id).await {
        Ok(Some(revision)) => revision.to_string().into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// The page again, with what was typed and why it did not do.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) said: Option<String>,
    pub(super) refused: Option<String>,
    pub(super) typed: Form,
}

impl Draft {
    pub(super) fn page(self, page: &Page, visitor: &Visitor, frame: Frame, opened: Opened) -> Response {
        let sheet = opened.sheet(page.gate.config());
        let web = &page.gate.config().web;
        let status = if self.refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        let html = opened.mail.raw.as_deref().map(super::letter::count).unwrap_or_default();
        let mail = &opened.mail.summary;
        let page = MailPage {
            may: Permits {
                release: visitor.rights.may(page.team(), Wish::Release, mail),
                change: visitor.rights.may(page.team(), Wish::Change, mail),
                refuse: visitor.rights.may(page.team(), Wish::Refuse, mail),
                ask_again: visitor.rights.may(page.team(), Wish::AskAgain, mail),
            },
            approvers: match mail.approved {
                Approved::Wanted => approvers(page, mail),
                Approved::Enough | Approved::Refused => None,
            },
            sent_back: mail.approved == Approved::Refused,
            ask_reason: web.ask_reason && opened.has_error(),
            mailbox: page.gate.drafts().has_mailbox(&opened.mail.summary),
            undo: web.undo.as_secs(),
            texts: (0..html).collect(),
            said: self.said,
            refused: self.refused,
            typed: self.typed,
            frame,
            opened,
            sheet,
        };
        (status, render(&page)).into_response()
    }
}

fn approvers(page: &Page, mail: &Summary) -> Option<String> {
    let (team, case, now) = (&page.gate.config().team, mail.case(), Zoned::now());
    let names = team.approvers(&case, &now).map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ");
    Some(if names.is_empty() { "–".to_owned() } else { names })
}

impl MailPage {
    fn allows(&self, action: &str) -> bool {
        self.opened.mail.summary.state.choices().any(|choice| choice.as_str() == action)
    }

    /// Delayed or about to go: released already, so there is nothing to tick.
    fn is_waiting(&self) -> bool {
        self.allows(Action::Cancel.as_str())
    }

    fn level(&self, level: &Level) -> &'static str {
        level_word(*level, self.frame.lang)
    }

    fn is_ticked(&self, key: &str) -> bool {
        self.typed.all("tick").iter().any(|ticked| ticked == key)
    }

    fn is_left_out(&self, address: &str) -> bool {
        self.typed.all("without").iter().any(|without| without == address)
    }

    fn typed(&self, name: &str) -> &str {
        self.typed.one(name)
    }

    /// A note or a time was typed: it is to be seen.
    fn is_more_typed(&self) -> bool {
        ["reason", "at"].iter().any(|name| !self.typed(name).is_empty())
    }

    /// The boxes to tick beside one part of the page.
    fn ticks(&self, about: About) -> impl Iterator<Item = &Tick> {
        self.sheet.ticks.iter().filter(move |tick| tick.about == about)
    }

    fn house_ticks(&self, n: &usize) -> impl Iterator<Item = &Tick> {
        self.ticks(About::House(*n))
    }

    fn file_ticks(&self, n: &usize) -> impl Iterator<Item = &Tick> {
        self.ticks(About::File(*n))
    }

    fn finding_ticks(&self, n: &usize) -> impl Iterator<Item = &Tick> {
        self.ticks(About::Finding(*n))
    }

    fn mail_ticks(&self) -> impl Iterator<Item = &Tick> {
        self.ticks(About::Mail)
    }

    /// There is something to decide, and this is how.
    fn is_open(&self) -> bool {
        self.may.release && self.allows(Action::Release.as_str()) && !self.is_waiting()
    }

    /// It waits, and its recipients may still be changed.
    fn is_editable(&self) -> bool {
        self.may.change && self.opened.mail.summary.state.after(Action::Edit).is_some() && !self.is_waiting()
    }

    fn zone(&self, zone: &Zone) -> &'static str {
        match zone {
            Zone::Own => "own",
            Zone::Quoted => "quoted",
            Zone::Signature => "signature",
            Zone::Footer => "footer",
        }
    }

    /// The worst level of what a run is marked for.
    fn mark(&self, run: &Run) -> &'static str {
        let levels = run.marks.iter().filter_map(|&n| self.opened.findings.get(n)).map(|finding| finding.level);
        levels.max().map_or("info", Level::as_str)
    }

    /// How often it was written to before.
    fn before(&self, card: &Card) -> Option<String> {
        let day = card.last.map(|last| self.frame.time(&last)[..10].to_owned());
        Some(card.before(day.as_deref())?.get(self.frame.lang).to_owned())
    }

    fn state(&self) -> String {
        self.opened.mail.summary.state.explain().get(self.frame.lang).to_owned()
    }

    fn event(&self, event: &Event) -> String {
        let happened = event.remark.and_then(|_| event.happening()).map(Happening::explain);
        happened.unwrap_or_else(|| event.to.explain()).get(self.frame.lang).to_owned()
    }

    fn reason_of(&self, allowed: &Allowed) -> String {
        allowed.by.reason(self.frame.lang).unwrap_or_default().into_owned()
    }

    fn is_blind(&self, field: &Field) -> bool {
        *field == Field::Bcc
    }
}
