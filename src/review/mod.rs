//! What a person has to see of a kept mail to decide on it: whom it really goes to, what is attached, the text with the
//! words that were remarked upon, and what has to be ticked before it may go.
//!
//! Pure: the page in the browser, the terminal and the API show the same sheet. Knows mails and findings; must not know the
//! store, HTML, or who looks.

mod change;
mod demand;
mod mark;
mod people;
mod tick;

use crate::checklist::Checklist;
use crate::correspondents::Standing;
use crate::finding::{Finding, Part};
use crate::message::{Envelope, Message};

pub use change::{Change, Recipients};
pub use demand::{Demand, Demands, Kind, OfClient, OfKind, Wanted};
pub use mark::{Line, Run, Zone};
pub use people::{Card, Field, House};
pub use tick::{About, Tick};

/// One kept mail, laid out for whoever decides.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// As the header writes it; the envelope's where there is none.
    pub from: String,
    pub date: String,
    pub subject: Vec<Run>,
    /// Recipients of the envelope by organisation: outside first, the most remarked upon first.
    pub houses: Vec<House>,
    /// Addresses of To and Cc that get nothing.
    pub undelivered: Vec<String>,
    /// The texts its reader sees, in order.
    pub texts: Vec<Vec<Line>>,
    pub files: Vec<File>,
    pub ticks: Vec<Tick>,
}

/// An attached file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Which attachment of the mail.
    pub number: usize,
    pub name: String,
    pub media_type: String,
    /// Octets, decoded.
    pub size: usize,
    pub encrypted: bool,
    /// The files of an archive, or the first words of a document.
    pub preview: Vec<String>,
    /// Findings about it, by their number.
    pub marks: Vec<usize>,
}

impl File {
    /// `1.2 MB`, `340 B`.
    pub fn size_text(&self) -> String {
        match self.size {
            octets @ 0..1_000 => format!("{octets} B"),
            octets @ 1_000..1_000_000 => format!("{} kB", octets / 1_000),
            octets => format!("{}.{} MB", octets / 1_000_000, octets % 1_000_000 / 100_000),
        }
    }
}

/// What a sheet is made of.
#[derive(Clone, Copy)]
pub struct Material<'a> {
    pub envelope: &'a Envelope,
    /// `None` where the mail cannot be read, or its text is gone.
    pub message: Option<&'a Message>,
    pub findings: &'a [Finding],
    pub checklist: Option<&'a Checklist>,
    pub standing: Option<&'a Standing>,
    pub own_domains: &'a [String],
    pub demands: &'a Demands,
}

/// Words of an archive or document shown beside its name.
const PREVIEW_LINES: usize = 6;

impl Sheet {
    /// Findings are numbered from 0, as `material.findings` has them.
    pub fn of(material: &Material<'_>) -> Sheet {
        let houses = people::houses(material);
        let files = material.message.map(|message| files(message, material.findings)).unwrap_or_default();
        let ticks = tick::ticks(material, &houses, &files);
        let Some(message) = material.message else {
            let from = material.envelope.sender.as_ref().map(ToString::to_string).unwrap_or_default();
            return Sheet { from, houses, ticks, ..Sheet::default() };
        };
        let header = |name| message.header(name).map(|header| header.text.clone()).unwrap_or_default();
        let subject = message.subject.as_deref().unwrap_or_default();
        let bodies = message.bodies.iter().enumerate();
        Sheet {
            from: header("from"),
            date: header("date"),
            subject: mark::header(subject, "subject", material.findings),
            houses,
            undelivered: message.envelope.undelivered.iter().map(ToString::to_string).collect(),
            texts: bodies.map(|(n, body)| mark::text(body, n, material.findings)).collect(),
            files,
            ticks,
        }
    }

    /// The boxes that must be ticked and are not. About recipients who are all left out nothing is asked.
    pub fn unticked<'a, 'b>(
        &'a self,
        ticked: &'b [String],
        without: &'b [String],
    ) -> impl Iterator<Item = &'a Tick> + use<'a, 'b> {
        let asked = |tick: &&Tick| tick.whom.is_empty() || tick.whom.iter().any(|one| !without.contains(one));
        self.ticks.iter().filter(asked).filter(|tick| !ticked.contains(&tick.key))
    }

    /// The first of [`Sheet::unticked`].
    pub fn untick<'a>(&'a self, ticked: &[String], without: &[String]) -> Option<&'a Tick> {
        self.unticked(ticked, without).next()
    }
}

fn files(message: &Message, findings: &[Finding]) -> Vec<File> {
    let shown = message.attachments.iter().enumerate().filter(|(_, one)| one.is_file());
    shown
        .map(|(number, one)| {
            let entries = one.entries.iter().map(|entry| entry.name.clone());
            let text = one.text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned);
            let about = |finding: &Finding| finding.location.part == Part::Attachment(number);
            File {
                number,
                name: one.name.clone(),
                media_type: one.media_type.clone(),
                size: one.size,
                encrypted: one.encrypted,
                preview: entries.chain(text).take(PREVIEW_LINES).collect(),
                marks: findings.iter().enumerate().filter(|(_, finding)| about(finding)).map(|(n, _)| n).collect(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Address;

    #[test]
    fn of_an_organisation_that_gets_nothing_nothing_is_asked() {
        let addresses = ["r.hale@alderbio.example", "k-sato@aoba.example", "mika@aoba.example"];
        let recipients = addresses.map(|text| Address::parse(text).expect("an address")).to_vec();
        let sheet = Sheet::of(&Material {
            envelope: &Envelope { recipients, ..Envelope::default() },
            message: None,
            findings: &[],
            checklist: None,
            standing: None,
            own_domains: &[],
            demands: &Demands { always: vec![Demand::Outside], ..Demands::default() },
        });
        let ticked = ["outside:alderbio.example".to_owned()];
        let asked = |without: &[&str]| {
            let without: Vec<String> = without.iter().map(|&one| one.to_owned()).collect();
            sheet.untick(&ticked, &without).map(|tick| tick.key.clone())
        };
        assert_eq!(asked(&[]).as_deref(), Some("outside:aoba.example"));
        assert_eq!(asked(&["k-sato@aoba.example"]).as_deref(), Some("outside:aoba.example"), "Mika still gets it");
        assert_eq!(asked(&["k-sato@aoba.example", "mika@aoba.example"]), None);
    }
}
