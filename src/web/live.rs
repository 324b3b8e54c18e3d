//! News for open pages: a line whenever something changed in the store, by whichever process.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures_core::Stream;
use futures_util::StreamExt;
use tokio::sync::watch;

use super::Page;
use super::visitor::Visitor;
use crate::store::State as MailState;

/// How soon a page hears of a change; the database is looked at so often while somebody listens.
const LOOK: Duration = Duration::from_millis(300);

/// What pages are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct News {
    /// Counts up with each change.
    pub(super) change: u64,
    /// Mails that wait for a person.
    pub(super) waiting: u64,
}

pub(super) struct Live {
    news: watch::Sender<News>,
}

impl Default for Live {
    fn default() -> Live {
        Live { news: watch::Sender::new(News::default()) }
    }
}

/// Mails that wait for a person.
pub(super) fn waiting(counts: &[(MailState, u64)]) -> u64 {
    let waits = |state: &MailState| matches!(state, MailState::Held | MailState::Failed);
    counts.iter().filter(|(state, _)| waits(state)).map(|(_, count)| count).sum()
}

/// Looks for changes while anybody listens.
pub(super) async fn keep_watching(page: Arc<Page>) {
    let mut watch = page.store.watch();
    // What changes between somebody's coming and the first look must be seen by it.
    if let Err(error) = watch.changed().await {
        tracing::debug!(%error, "the database could not be watched");
    }
    loop {
        tokio::time::sleep(LOOK).await;
        if page.live.news.receiver_count() == 0 {
            continue;
        }
        match watch.changed().await {
            Ok(false) => {}
            Ok(true) => {
                let waiting = page.store.counts(None).await.map(|counts| waiting(&counts)).unwrap_or_default();
                page.live.news.send_modify(|news| *news = News { change: news.change + 1, waiting });
            }
            Err(error) => tracing::debug!(%error, "the database could not be watched"),
        }
    }
}

/// What happens from now on.
pub(super) fn news(page: &Page) -> impl Stream<Item = News> + use<> {
    let receiver = page.live.news.subscribe();
    futures_util::stream::unfold(receiver, |mut receiver| async move {
        receiver.changed().await.ok()?;
        let news = *receiver.borrow_and_update();
        Some((news, receiver))
    })
}

/// Server-sent events, one for each change.
pub(super) async fn events(
    _visitor: Visitor,
    State(page): State<Arc<Page>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    // Not how many wait: somebody may see a part of them only.
    let event = |news: News| {
        let change = news.change.to_string();
        Ok(Event::default().event("change").id(change.clone()).data(change))
    };
    Sse::new(news(&page).map(event)).keep_alive(KeepAlive::default())
}
