//! What is told: an event with the mail it happened to.

use jiff::Timestamp;

use super::Desk;
use crate::finding::Finding;
use crate::gate::record;
use crate::happening::Happening;
use crate::message::Message;
use crate::review::{Demands, House, Material, Sheet};
use crate::store::{State, StoreError, Summary, Untold};

#[derive(Clone)]
pub(super) struct News {
    /// The same however often it is told, and no other's.
    pub(super) delivery: String,
    pub(super) happening: Happening,
    pub(super) at: Timestamp,
    /// What was said with it.
    pub(super) note: Option<String>,
    pub(super) mail: Summary,
    /// The worst first.
    pub(super) findings: Vec<Finding>,
    /// Nothing happened: somebody tries whether they would be told.
    pub(super) is_test: bool,
}

impl News {
    /// `None` where nothing is left of the mail.
    pub(super) async fn of(desk: &Desk, untold: &Untold, happening: Happening) -> Result<Option<News>, StoreError> {
        let Some(mail) = desk.store.summary(&untold.mail).await? else { return Ok(None) };
        let mut findings = record::read(&mail.findings_json);
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
        let (delivery, at) = (format!("{}-{}", mail.id, untold.number), untold.event.at);
        let note = untold.event.note.clone();
        Ok(Some(News { delivery, happening, at, note, mail, findings, is_test: false }))
    }

    /// The spelling for programs.
    pub(super) fn event(&self) -> &'static str {
        if self.is_test { "test" } else { self.happening.as_str() }
    }

    /// Whether a person still has to decide.
    pub(super) fn still_waits(&self) -> bool {
        matches!(self.mail.state, State::Held | State::Failed)
    }

    pub(super) fn sender(&self) -> Option<&str> {
        self.mail.envelope.sender.as_ref().map(|sender| sender.as_str())
    }

    /// Recipients outside, and the organisations they are of.
    pub(super) fn outside(&self, own_domains: &[String]) -> (usize, usize) {
        let houses: Vec<House> = self.houses(None, own_domains).into_iter().filter(|house| !house.own).collect();
        (houses.iter().map(|house| house.cards.len()).sum(), houses.len())
    }

    /// Whom it goes to, as the review page groups them.
    pub(super) fn houses(&self, message: Option<&Message>, own_domains: &[String]) -> Vec<House> {
        let material = Material {
            envelope: &self.mail.envelope,
            message,
            findings: &self.findings,
            checklist: None,
            standing: None,
            own_domains,
            demands: &Demands::default(),
        };
        Sheet::of(&material).houses
    }
}
