//! What became of a mail, for whoever has to answer for it. Pure.

use jiff::Timestamp;

use crate::store::{MailId, StoreError};
use crate::upstream::Answer;

/// What became of a mail. Only `Sent`, `Held`, `Delayed` and `Queued` take responsibility for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// The next server took it; its reply text.
    Sent { text: String },
    /// On disk until a person decides.
    Held { id: MailId },
    /// On disk, goes at `until` by itself.
    Delayed { id: MailId, until: Timestamp },
    /// On disk, goes when the next server can be reached.
    Queued { id: MailId },
    /// Handed back: the same mail passes when it comes again.
    Returned { lines: Vec<String> },
    /// Handed back for good.
    Rejected { lines: Vec<String> },
    /// The next server refused it, or no server may be given it. Nothing was sent to anyone.
    Refused(Answer),
    /// Not sent as far as is known; later it may succeed.
    TryLater(Answer),
    /// The next server has the mail and has not answered yet. Its author can send the same mail again to hear what became
    /// of it; it does not go twice.
    Unanswered,
    /// It should have been kept and could not be.
    NotStored(StoreError),
}

impl Admission {
    /// For the log.
    pub fn as_str(&self) -> &'static str {
        match self {
            Admission::Sent { .. } => "sent",
            Admission::Held { .. } => "held",
            Admission::Delayed { .. } => "delayed",
            Admission::Queued { .. } => "queued",
            Admission::Returned { .. } => "returned",
            Admission::Rejected { .. } => "rejected",
            Admission::Refused(_) => "refused",
            Admission::TryLater(_) => "try-later",
            Admission::Unanswered => "unanswered",
            Admission::NotStored(_) => "not-stored",
        }
    }

    /// Whether the mail is no longer its author's to send again.
    pub(super) fn takes_over(&self) -> bool {
        match self {
            Admission::Sent { .. } | Admission::Held { .. } | Admission::Delayed { .. } | Admission::Queued { .. } => {
                true
            }
            Admission::Returned { .. }
            | Admission::Rejected { .. }
            | Admission::Refused(_)
            | Admission::TryLater(_)
            | Admission::Unanswered
            | Admission::NotStored(_) => false,
        }
    }
}
