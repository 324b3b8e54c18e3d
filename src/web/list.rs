//! The list of mails: what waits for a person first.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;

use super::frame::{Frame, show};
use super::rights::Wish;
use super::visitor::Visitor;
use super::{Page, live, words};
use crate::finding::Level;
use crate::gate::record;
use crate::lang::Lang;
use crate::output::level_word;
use crate::store::{Action, Filter, MailId, Order, State as MailState, Summary};

/// Mails of one page.
const ROWS: u32 = 50;

/// What to show, from the address of the page.
#[derive(Deserialize, Clone, Default)]
#[serde(default)]
pub(super) struct Asked {
    show: String,
    q: String,
    order: String,
    after: String,
    /// What was just done, to how many.
    done: String,
    n: u64,
    /// How many were left as they are.
    left: u64,
    /// A mail that can be taken back.
    undo: String,
}

/// Which mails one tab has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    Waiting,
    Moving,
    Done,
}

impl Tab {
    const ALL: [Tab; 3] = [Tab::Waiting, Tab::Moving, Tab::Done];

    fn of(word: &str) -> Tab {
        Tab::ALL.into_iter().find(|tab| tab.word() == word).unwrap_or(Tab::Waiting)
    }

    fn word(self) -> &'static str {
        match self {
            Tab::Waiting => "waiting",
            Tab::Moving => "moving",
            Tab::Done => "done",
        }
    }

    fn states(self) -> Vec<MailState> {
        match self {
            Tab::Waiting => vec![MailState::Held, MailState::Failed],
            Tab::Moving => vec![MailState::Ready, MailState::Sending],
            Tab::Done => vec![MailState::Sent, MailState::Dropped],
        }
    }
}

struct TabLink {
    title: &'static str,
    href: String,
    count: u64,
    current: bool,
}

pub(super) struct Row {
    pub(super) id: MailId,
    pub(super) subject: String,
    pub(super) to: String,
    pub(super) more: usize,
    pub(super) client: Option<String>,
    pub(super) received: Timestamp,
    pub(super) tone: &'static str,
    pub(super) state: String,
    /// `error` …, for the mark in front.
    pub(super) risk: &'static str,
    pub(super) level: &'static str,
    pub(super) why: String,
    pub(super) others: usize,
}

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    frame: Frame,
    tabs: Vec<TabLink>,
    waiting: u64,
    asked: Asked,
    by_risk: bool,
    order_href: String,
    rows: Vec<Row>,
    older: Option<String>,
    said: Option<String>,
    /// A mail that can be taken back still.
    undo: Option<MailId>,
    /// Nothing was ever kept here.
    is_new: bool,
    can_decide: bool,
}

pub(super) async fn list(visitor: Visitor, State(page): State<Arc<Page>>, Query(asked): Query<Asked>) -> Response {
    let frame = Frame::of(&page, &visitor);
    let tab = Tab::of(&asked.show);
    let by_risk = asked.order == "risk";
    // An id of no mail shows the first page.
    let filter = Filter {
        states: tab.states(),
        words: asked.q.clone(),
        scope: visitor.rights.scope(page.team()),
        order: if by_risk { Order::Risk } else { Order::Time },
        after: MailId::parse(&asked.after),
        limit: ROWS + 1,
    };
    let (mails, counts) =
        match tokio::try_join!(page.store.list(filter), page.store.counts(visitor.rights.scope(page.team()))) {
            Ok(found) => found,
            Err(error) => return frame.failed(&error),
        };
    let has_more = mails.len() > ROWS as usize;
    let rows: Vec<Row> = mails.iter().take(ROWS as usize).map(|mail| row(&page, mail, frame.lang)).collect();
    let older = rows.last().filter(|_| has_more).map(|last| href(&asked, tab, &asked.order, last.id.as_str()));
    let other_order = if by_risk { "time" } else { "risk" };
    let list = ListPage {
        tabs: tabs(&counts, tab, frame.lang),
        waiting: live::waiting(&counts),
        order_href: href(&asked, tab, other_order, ""),
        undo: still_undone(&page, &visitor, &asked.undo).await,
        said: words::done(&asked.done, asked.n, frame.lang).map(|said| said + &words::left(asked.left, frame.lang)),
        is_new: counts.is_empty(),
        can_decide: tab == Tab::Waiting,
        by_risk,
        asked,
        rows,
        older,
        frame,
    };
    show(&list)
}

/// The mail of an id, as long as it has not gone.
async fn still_undone(page: &Page, visitor: &Visitor, id: &str) -> Option<MailId> {
    let mail = page.store.summary(&MailId::parse(id)?).await.ok()??;
    let may = mail.state.choices().any(|choice| choice == Action::Cancel)
        && visitor.rights.may(page.team(), Wish::Change, &mail);
    may.then_some(mail.id)
}

fn tabs(counts: &[(MailState, u64)], current: Tab, lang: Lang) -> Vec<TabLink> {
    let title = |tab: Tab| match (tab, lang) {
        (Tab::Waiting, Lang::En) => "Waiting for a decision",
        (Tab::Waiting, Lang::Ja) => "確認待ち",
        (Tab::Moving, Lang::En) => "On the way",
        (Tab::Moving, Lang::Ja) => "送信待ち",
        (Tab::Done, Lang::En) => "Done",
        (Tab::Done, Lang::Ja) => "処理済み",
    };
    let count = |tab: Tab| counts.iter().filter(|(state, _)| tab.states().contains(state)).map(|(_, n)| n).sum();
    let link = |tab: Tab| TabLink {
        title: title(tab),
        href: format!("/?show={}", tab.word()),
        count: count(tab),
        current: tab == current,
    };
    Tab::ALL.map(link).into()
}

fn href(asked: &Asked, tab: Tab, order: &str, after: &str) -> String {
    let pairs = [("show", tab.word()), ("q", &asked.q), ("order", order), ("after", after)];
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs.into_iter().filter(|(_, value)| !value.is_empty()));
    format!("/?{}", query.finish())
}

pub(super) fn row(page: &Page, mail: &Summary, lang: Lang) -> Row {
    let findings = record::read(&mail.findings_json);
    // The first of the worst: findings are in that order.
    let worst = findings.iter().rev().max_by_key(|finding| finding.level);
    let recipients = &mail.envelope.recipients;
    let level: Option<Level> = worst.map(|finding| finding.level);
    let why = worst.map(|finding| finding.title.get(lang).to_owned());
    Row {
        id: mail.id.clone(),
        subject: mail.subject.clone(),
        to: recipients.first().map(ToString::to_string).unwrap_or_default(),
        more: recipients.len().saturating_sub(1),
        client: recipients.iter().find_map(|one| page.gate.client_of(one)).map(str::to_owned),
        received: mail.received_at,
        tone: words::tone(mail.state),
        state: mail.state.explain().get(lang).to_owned(),
        risk: level.map_or("none", Level::as_str),
        level: level.map(|level| level_word(level, lang)).unwrap_or_default(),
        why: why.or_else(|| mail.answer.clone()).unwrap_or_default(),
        others: findings.len().saturating_sub(1),
    }
}
