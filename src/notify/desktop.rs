//! Tells on the desktop of the user who runs the relay. A click opens the review page.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use notify_rust::Notification;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::news::News;
use super::{Desk, Trouble, words};
use crate::browser::browse;
use crate::config::Config;
use crate::lang::Lang;
use crate::output::one_line;
use crate::web::{self, Key};

/// How long the desktop may take to show something.
const LIMIT: Duration = Duration::from_secs(10);

/// Notifications whose clicks are waited for: a thread each.
const MOST_WAITING: usize = 8;

#[derive(Default)]
pub(super) struct Desktop {
    waiting: Arc<AtomicUsize>,
}

impl Desktop {
    pub(super) async fn tell(&self, desk: &Desk, news: &News) -> Result<(), Trouble> {
        // After a restart somebody may have decided.
        if !news.still_waits() {
            return Ok(());
        }
        let notification = notification(news, desk.config.language);
        let (page, config) = (desk.page, desk.config.clone());
        let open = move || {
            if let Some(page) = page {
                open_page(page, &config);
            }
        };
        let (sender, answer) = oneshot::channel();
        let waiting = Arc::clone(&self.waiting);
        // Not a thread of the runtime, which would wait for the click before it ends.
        std::thread::Builder::new()
            .name("notification".to_owned())
            .spawn(move || show(&notification, &waiting, sender, open))
            .map_err(|error| failed(&error.to_string()))?;
        match timeout(LIMIT, answer).await {
            Ok(Ok(shown)) => shown.map_err(|reason| failed(&reason)),
            Ok(Err(_)) => Err(failed("it broke off")),
            Err(_) => Err(failed("no answer")),
        }
    }
}

fn notification(news: &News, lang: Lang) -> Notification {
    let reasons: Vec<String> = news.findings.iter().map(|finding| one_line(finding.title.get(lang))).collect();
    let (subject, reason) = (words::subject(news, lang), words::first_of(&reasons, lang));
    let text = if reason.is_empty() { subject } else { format!("{subject} – {reason}") };
    let (show, open) =
        if lang == Lang::Ja { ("表示", "確認ページを開く") } else { ("Show", "Open the review page") };
    let mut notification = Notification::new();
    notification
        .appname("atena")
        .summary(&format!("atena: {}", words::headline(news).get(lang)))
        .body(&unmarked(&text))
        // A click on the notification itself, and its button.
        .action("default", show)
        .action("open", open);
    notification
}

/// Shows it, says so, and waits for a click.
fn show(
    notification: &Notification,
    waiting: &AtomicUsize,
    shown: oneshot::Sender<Result<(), String>>,
    open: impl FnOnce(),
) {
    let outcome = notification.show();
    // An error is a teller that no longer waits.
    let _ = shown.send(outcome.as_ref().map(|_| ()).map_err(ToString::to_string));
    let Ok(handle) = outcome else { return };
    if waiting.fetch_add(1, Ordering::Relaxed) < MOST_WAITING {
        handle.wait_for_action(|action| {
            if ["default", "open"].contains(&action) {
                open();
            }
        });
    }
    waiting.fetch_sub(1, Ordering::Relaxed);
}

/// With a link that lets in, as `atena open` does.
fn open_page(page: std::net::SocketAddr, config: &Config) {
    let opened = Key::of(&config.data_dir)
        .map_err(|error| error.to_string())
        .and_then(|key| browse(&web::link(config, &key, page, Timestamp::now())).map_err(|error| error.to_string()));
    if let Err(error) = opened {
        tracing::warn!(error, "the review page could not be opened; try atena open");
    }
}

/// Desktops of the freedesktop.org kind read markup in the text of a notification.
fn unmarked(text: &str) -> String {
    match cfg!(all(unix, not(target_os = "macos"))) {
        true => text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
        false => text.to_owned(),
    }
}

fn failed(reason: &str) -> Trouble {
    Trouble::lasting(
        format!(
            "the desktop showed no notification: {reason}. atena serve has to run in the session of the user, not as a service \
             of the system, and on Linux the desktop needs a notification daemon; otherwise use `mail` or `webhook`"
        ),
        format!(
            "デスクトップ通知を表示できませんでした: {reason}。atena serve はシステムのサービスではなく、利用者のセッションで動かしてください。\
             Linux では通知デーモンも必要です。難しい場合は `mail` か `webhook` を使ってください"
        ),
    )
}
