//! Tells people what happens to kept mails while no page is open: on the desktop, by mail, to a program.
//!
//! Reads the store's events behind the relay's back: no mail waits for a notice, and none is lost by one. Each way has come so
//! far in the store ([`Store::told`]), so that a restart tells what was not told yet. Knows what happened and whom to tell; must
//! not know SMTP, or decide anything about a mail. Nothing but the notice for a mail's own sender shows its words or blind
//! copies.

#[cfg(feature = "desktop-notify")]
mod desktop;
#[cfg(not(feature = "desktop-notify"))]
#[path = "no_desktop.rs"]
mod desktop;
mod http;
mod mail;
mod news;
mod sample;
mod webhook;
mod words;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::config::{Config, NoticeTo};
use crate::happening::Happening;
use crate::lang::Bilingual;
use crate::rule::Rules;
use crate::store::{NewMail, Store, StoreError, Untold};
use crate::web;

use desktop::Desktop;
use mail::Letters;
use news::News;
use webhook::Hook;

pub use sample::{Came, try_all};

/// How soon something is told; the database is looked at so often.
const LOOK: Duration = Duration::from_millis(300);

/// Events read at a time.
const MOST: usize = 100;

/// What could not be told for so long is not told any more: people have looked by then.
const STALE: SignedDuration = SignedDuration::from_hours(24);

/// The longest wait before the next try.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// Tells what happens, each way at its own pace.
pub struct Teller {
    desk: Arc<Desk>,
    ways: Vec<Way>,
}

/// What all ways work with.
struct Desk {
    config: Config,
    rules: Arc<Rules>,
    store: Store,
    /// Where the review page is; `None` where there is none.
    page: Option<SocketAddr>,
}

/// One way of telling.
enum Way {
    Desktop(Desktop),
    Mail(Letters),
    Webhook(Hook),
}

/// Why somebody was not told.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Trouble {
    /// It may pass.
    passes: bool,
    why: Bilingual,
}

impl Trouble {
    fn passing(en: impl Into<String>, ja: impl Into<String>) -> Trouble {
        Trouble { passes: true, why: Bilingual::new(en, ja) }
    }

    fn lasting(en: impl Into<String>, ja: impl Into<String>) -> Trouble {
        Trouble { passes: false, why: Bilingual::new(en, ja) }
    }
}

impl Teller {
    /// Tells nothing yet.
    pub fn new(config: &Config, rules: Arc<Rules>, store: Store, page: Option<SocketAddr>) -> Teller {
        let desk = Desk { config: config.clone(), rules, store, page };
        Teller { ways: ways(config), desk: Arc::new(desk) }
    }

    /// What happens from now on is told; whether that could be noted. Also where there is no way to tell it: one that is
    /// switched on again later begins with what happens then.
    pub async fn begin(&self) -> bool {
        let names: Vec<&'static str> = self.ways.iter().map(Way::name).collect();
        let begun = self.desk.store.begin_telling(&names).await;
        if let Err(error) = &begun {
            tracing::error!(%error, "nobody can be told what happens to mails; it is tried again");
        }
        begun.is_ok()
    }

    /// Tells what happens until it is dropped.
    pub async fn run(self) {
        while !self.begin().await {
            sleep(LONGEST_WAIT).await;
        }
        let Teller { desk, ways } = self;
        if ways.is_empty() {
            return;
        }
        let (changes, changed) = watch::channel(());
        let mut telling = JoinSet::new();
        for way in ways {
            telling.spawn(keep_telling(Arc::clone(&desk), way, changed.clone()));
        }
        let mut watch = desk.store.watch();
        loop {
            // What cannot be looked at now may be the next time; those who tell say so.
            if !matches!(watch.changed().await, Ok(false)) {
                changes.send_replace(());
            }
            sleep(LOOK).await;
        }
    }
}

fn ways(config: &Config) -> Vec<Way> {
    let notify = &config.notify;
    let desktop = notify.desktop.then(|| Way::Desktop(Desktop::default()));
    let mail = notify.mail.clone().map(|to| Way::Mail(Letters { to }));
    let asks = config.team.approval.notice && !config.handling.policy.second_person.is_empty();
    let approval = asks.then_some(Way::Mail(Letters { to: NoticeTo::Approvers }));
    let webhook = notify.webhook.clone().map(|webhook| Way::Webhook(Hook { webhook }));
    [desktop, mail, approval, webhook].into_iter().flatten().collect()
}

/// One way's work: in order, one event at a time, so that whoever is told of a decision was told of the mail.
async fn keep_telling(desk: Arc<Desk>, way: Way, mut changed: watch::Receiver<()>) {
    let mut in_trouble = false;
    loop {
        changed.mark_unchanged();
        let untold = match desk.store.untold(way.name(), MOST).await {
            Ok(untold) => untold,
            Err(error) => {
                tracing::debug!(%error, "what happened could not be read");
                Vec::new()
            }
        };
        if untold.is_empty() && changed.changed().await.is_err() {
            return;
        }
        for one in untold {
            let notice = tell(&desk, &way, &one, &mut in_trouble).await;
            // Told a second time rather than never: receivers know it by its number.
            if let Err(error) = desk.store.told(way.name(), one.number, notice).await {
                tracing::warn!(%error, way = way.name(), "what was told could not be noted");
                sleep(LOOK).await;
                break;
            }
        }
    }
}

/// Tells one event until it is told, nobody wants it any more, or it never will be; the mail to send, if that is how.
async fn tell(desk: &Desk, way: &Way, untold: &Untold, in_trouble: &mut bool) -> Option<NewMail> {
    let happening = untold.event.happening().filter(|happening| way.wants(*happening))?;
    for attempt in 1.. {
        let trouble = match News::of(desk, untold, happening).await {
            // Its record is gone.
            Ok(None) => return None,
            Ok(Some(news)) => match way.tell(desk, &news).await {
                Ok(notice) => {
                    if std::mem::take(in_trouble) {
                        tracing::info!(way = way.name(), "people are told again");
                    }
                    return notice;
                }
                Err(trouble) => trouble,
            },
            Err(error) => unreadable(&error),
        };
        let is_stale = Timestamp::now().duration_since(untold.event.at) > STALE;
        let again = trouble.passes && !is_stale;
        let (way, mail, event) = (way.name(), &untold.mail, happening.as_str());
        // Once, until it works again: everything that happens meanwhile would say the same.
        match std::mem::replace(in_trouble, true) {
            false => tracing::warn!(way, %mail, event, again, reason = %trouble.why.en, "nobody was told"),
            true => tracing::debug!(way, %mail, event, again, reason = %trouble.why.en, "nobody was told"),
        }
        if !again {
            return None;
        }
        sleep(wait(attempt)).await;
    }
    None
}

/// A second, then twice as long each time, up to ten minutes.
fn wait(attempt: u32) -> Duration {
    let seconds = 1_u64.checked_shl(attempt.saturating_sub(1)).unwrap_or(u64::MAX);
    Duration::from_secs(seconds).min(LONGEST_WAIT)
}

fn unreadable(error: &StoreError) -> Trouble {
    Trouble { passes: true, why: error.explain() }
}

impl Way {
    /// As in the configuration and in the store.
    fn name(&self) -> &'static str {
        match self {
            Way::Desktop(_) => "desktop",
            Way::Mail(Letters { to: NoticeTo::Approvers }) => "approval",
            Way::Mail(_) => "mail",
            Way::Webhook(_) => "webhook",
        }
    }

    fn wants(&self, happening: Happening) -> bool {
        match self {
            Way::Desktop(_) => matches!(happening, Happening::Held | Happening::Failed),
            Way::Mail(Letters { to: NoticeTo::Approvers }) => {
                let asks = matches!(happening, Happening::Held | Happening::Edited | Happening::AskedAgain);
                asks || matches!(happening, Happening::Escalated | Happening::SentBack)
            }
            // What could not be delivered its sender is told by `notice`; what was answered 5xx is not kept.
            Way::Mail(_) => happening == Happening::Held,
            Way::Webhook(hook) => hook.webhook.events.contains(&happening),
        }
    }

    /// Tells one piece of news; the mail to be kept with the note that it was told, if that is how.
    async fn tell(&self, desk: &Desk, news: &News) -> Result<Option<NewMail>, Trouble> {
        match self {
            Way::Desktop(desktop) => desktop.tell(desk, news).await.map(|()| None),
            Way::Mail(letters) => letters.write(desk, news).await,
            Way::Webhook(hook) => hook.tell(desk, news).await.map(|_| None),
        }
    }
}

impl Desk {
    /// A mail's place on the review page: it asks for a session, and looking changes nothing.
    fn link(&self, news: &News) -> Option<String> {
        self.page.map(|page| format!("{}/mail/{}", web::url(&self.config.web, page), news.mail.id))
    }

    /// What a rule remarks upon, without a word of any mail.
    fn remark(&self, rule: &str) -> Bilingual {
        let general = |title: &str| words::without_gaps(title);
        self.rules.get(rule).map_or_else(words::remark, |rule| rule.title.map(general))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let seconds: Vec<u64> = (1..13).map(|attempt| wait(attempt).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]);
        assert_eq!(wait(u32::MAX), LONGEST_WAIT);
    }
}
