//! Tells authors what became of their mail after it was taken.

use std::panic::{AssertUnwindSafe, catch_unwind};

use jiff::Timestamp;

use super::passage::Parcel;
use super::{Gate, Mail};
use crate::config::{Account, UpstreamUrl};
use crate::message::{Envelope, Message};
use crate::notice::{self, News, Taken};
use crate::store::{Initial, NewMail};

/// A mail that there is news about.
pub(super) struct About<'a> {
    pub(super) id: Option<&'a str>,
    pub(super) envelope: &'a Envelope,
    pub(super) raw: &'a [u8],
    pub(super) received_at: Timestamp,
}

impl Gate {
    /// To the author who asked for it: the mail was handed on. It is sent, whatever comes of this.
    pub(super) async fn tell_sent(&self, mail: &Mail<'_>, now: Timestamp) {
        let Parcel { envelope, raw, .. } = &*mail.parcel;
        if envelope.reports.is_empty() {
            return;
        }
        let about = About { id: None, envelope, raw, received_at: now };
        if let Some(notice) = self.notice(&about, mail.account, News::Relayed, now)
            && let Err(error) = self.store.hold(notice).await
        {
            tracing::error!(%error, "the author is not told that the mail was sent");
        }
    }

    /// The mail that tells the news, to go through the account of the mail it is about.
    pub(super) fn notice(
        &self,
        about: &About<'_>,
        account: &Account,
        news: News<'_>,
        now: Timestamp,
    ) -> Option<NewMail> {
        // A server that reports itself was asked to.
        if matches!(news, News::Relayed) && self.upstreams[&account.name].offer().is_some_and(|offer| offer.reports) {
            return None;
        }
        let About { id, envelope, raw, received_at } = *about;
        let server = match &account.upstream {
            UpstreamUrl::Smtp { host, .. } => Some(host.as_str()),
            UpstreamUrl::Maildir(_) => None,
        };
        let taken = Taken { id, envelope, raw, received_at, server, hostname: &self.config.serve.hostname };
        // The mail is sent, or failed, whatever its own text does to this.
        let write = || notice::write(&taken, news, self.config.language, now);
        let raw = catch_unwind(AssertUnwindSafe(write)).ok().flatten()?;
        let subject = Message::parse(&raw).ok().and_then(|message| message.subject);
        // From the null path, so that nobody answers a notice with another one (RFC 3464 section 2).
        let (recipients, user) = (vec![envelope.sender.clone()?], envelope.user.clone());
        let told = Envelope { recipients, user, ..Envelope::default() };
        Some(NewMail {
            account: Some(account.name.clone()),
            subject: subject.unwrap_or_default(),
            notice: true,
            ..NewMail::new(told, raw, Initial::Ready { not_before: None }, now)
        })
    }
}
