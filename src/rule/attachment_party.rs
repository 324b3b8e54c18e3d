//! `attachment-party`: a file's name carries another client than the recipients.

use serde::Deserialize;

use super::Kind;
use super::reading::{MAX_REMARKS, Org, Reading, Remark};
use super::visible;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AttachmentParty {}

impl Kind for AttachmentParty {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let directory = &reading.facts.clients;
        let recipients = visible::distinct(reading.outside());
        if recipients.is_empty() {
            return Vec::new();
        }
        let mut named_in_text: Vec<usize> =
            reading.texts.iter().flat_map(|text| directory.mentioned(text.body.own.text())).collect();
        // Who is greeted by mistake does not explain a file: 「北斗建材 髙橋様」 with 北斗建材's file to 東雲製菓.
        let greeted = reading
            .texts
            .iter()
            .flat_map(|text| text.body.anatomy.addressees.iter().flat_map(|a| directory.mentioned(&a.name)));
        let greeted: Vec<usize> = greeted.collect();
        named_in_text.retain(|client| !greeted.contains(client));
        let files = reading.message.attachments.iter().enumerate().filter(|(_, a)| a.is_file());
        let mut out = Vec::new();
        for (at, file) in files {
            if out.len() == MAX_REMARKS {
                break;
            }
            let parties = directory.mentioned(&file.name);
            let fits = |party: &usize| {
                named_in_text.contains(party)
                    || recipients.iter().any(|org| match org {
                        Org::Client(client) => directory.are_joint(*party, *client),
                        // A misspelt domain is a finding of its own; the file fits whom it is meant for.
                        Org::Domain(domain) => {
                            directory.resembled(domain).is_some_and(|(_, client, _)| client == *party)
                        }
                        Org::Own | Org::Person(_) => false,
                    })
            };
            if parties.is_empty() || parties.iter().any(fits) {
                continue;
            }
            let party = directory.client(parties[0]).name.as_str();
            let remark = Remark::at(reading.attachment_place(at))
                .with("file", file.name.as_str())
                .with("party", party)
                .with("recipients", visible::names(reading, &recipients));
            out.push(remark);
        }
        out
    }
}
