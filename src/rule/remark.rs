//! What a check says about a mail.

use std::borrow::Cow;

use super::recipients::Recipient;
use crate::finding::{Doubt, Evidence, Location};

/// More findings of one rule in one mail nobody reads, and they would cost more than the mail.
pub(crate) const MAX_REMARKS: usize = 20;

/// What a check has to say; the rule's texts are added by the engine.
pub(crate) struct Remark {
    pub(crate) location: Location,
    pub(crate) evidence: Vec<(Cow<'static, str>, Evidence)>,
    pub(crate) doubt: Option<Doubt>,
}

impl Remark {
    pub(crate) fn at(location: Location) -> Remark {
        Remark { location, evidence: Vec::new(), doubt: None }
    }

    /// The recipient may be wrong, and one of the others meant.
    pub(crate) fn doubting(mut self, recipient: &Recipient<'_>, others: &[&str]) -> Remark {
        let others = others.iter().map(|other| other.to_lowercase()).collect();
        self.doubt = Some(Doubt { address: recipient.mailbox.address.key(), others });
        self
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Evidence>) -> Remark {
        self.evidence.push((Cow::Borrowed(name), value.into()));
        self
    }
}
