//! How long a client may take for what comes next: a command, or the text of a mail. However it cuts its octets.

use std::time::Duration;

use tokio::time::Instant;

use crate::config::Limits;
use crate::smtp::Session;

/// When the client last got somewhere.
pub(super) struct Pace {
    /// The last whole line, and when it came.
    lines: u64,
    since: Instant,
    /// When the text of the mail began that is read now.
    text_since: Option<Instant>,
}

impl Pace {
    pub(super) fn new() -> Pace {
        Pace { lines: 0, since: Instant::now(), text_since: None }
    }

    /// Whether the text of a mail came, but not its end.
    pub(super) fn is_out_of_time(&self, limits: &Limits) -> bool {
        self.text_since.is_some_and(|since| since.elapsed() >= limits.data)
    }

    /// Until when the next octets must have come.
    pub(super) fn deadline(&mut self, session: &Session, limits: &Limits) -> Instant {
        let now = Instant::now();
        if session.reads_text() {
            let began = *self.text_since.get_or_insert(now);
            return (now + limits.idle).min(began + limits.data);
        }
        if self.text_since.take().is_some() || session.lines() != self.lines {
            (self.lines, self.since) = (session.lines(), now);
        }
        // One octet every few minutes is no command on its way.
        self.since + limits.idle.max(Duration::from_millis(1))
    }
}
