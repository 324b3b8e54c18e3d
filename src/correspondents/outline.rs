//! What is kept of a mail: who, to whom, when, about what – in hashes where it would be text.

use jiff::Timestamp;

use super::hash;
use super::terms::{Terms, terms};
use crate::message::anatomy::{Addressed, Anatomy, QuoteHead};
use crate::message::text::Folded;
use crate::message::{Address, Attachment, Mailbox, Message};
use crate::people::name::fold;

/// The field that names a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    To,
    Cc,
    Bcc,
}

/// A recipient of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressee {
    /// In lower case.
    pub address: String,
    /// As the header shows it; may be empty.
    pub name: String,
    pub field: Field,
}

/// A file that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenFile {
    pub name: String,
    /// Of its octets.
    pub hash: u64,
}

/// What is kept of a mail.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    /// The author's address in lower case.
    pub sender: String,
    /// Its date; `None` for a draft that has none yet.
    pub at: Option<Timestamp>,
    /// Hash of the Message-ID; of the rest where there is none.
    pub id: u64,
    /// Hashes of the Message-IDs it answers, the nearest one last.
    pub answers: Vec<u64>,
    /// Each once, the author left out.
    pub recipients: Vec<Addressee>,
    /// Hash of the subject without `Re:` and the like; `None` if nothing is left.
    pub subject: Option<u64>,
    pub terms: Terms,
    /// The author of the mail it answers, in lower case.
    pub answered: Option<String>,
    /// The people greeted by name, folded.
    pub greeted: Vec<String>,
    /// The quoted texts with their heads in lower case, as far as they are looked at: who is of the thread. Never stored.
    pub quoted: String,
    pub files: Vec<SeenFile>,
    /// How it was judged before it went out, if it was.
    pub judged: Option<Judged>,
}

/// The worst scores of a mail's recipients: what is usual for its sender is learnt from those of ordinary mails.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    pub odds: f32,
    /// Of those never written to, by the names they share; far below all others where there is none.
    pub namesake: f32,
}

/// A mail that was taken apart already.
pub(super) struct Draft {
    pub(super) from: Mailbox,
    pub(super) at: Option<Timestamp>,
    pub(super) id: Option<u64>,
    pub(super) answers: Vec<u64>,
    pub(super) recipients: Vec<(Field, Mailbox)>,
    pub(super) subject: String,
    /// What the author wrote.
    pub(super) body: String,
    /// What others wrote before, with its heads.
    pub(super) quoted: String,
}

/// To more people at once nobody writes; who is on a list of them tells nothing of one.
const MOST_RECIPIENTS: usize = 200;
/// RFC 3696, erratum 1690: 254; some programs allow more.
const LONGEST_ADDRESS: usize = 320;

impl Outline {
    /// Of a mail as read; `None` without an author.
    pub fn of(message: &Message) -> Option<Outline> {
        let sender = message.from.first()?.address.key();
        let fields = [(Field::To, &message.to), (Field::Cc, &message.cc), (Field::Bcc, &message.bcc)];
        let named = fields.into_iter().flat_map(|(field, list)| list.iter().map(move |mailbox| (field, mailbox)));
        // Who is named and not delivered to does not get it.
        let undelivered: Vec<String> = message.envelope.undelivered.iter().map(Address::key).collect();
        let named = named.filter(|(_, mailbox)| !undelivered.contains(&mailbox.address.key()));
        let recipients = recipients(&sender, named);
        let subject = message.subject.as_deref().unwrap_or_default();
        let folded = Folded::new(subject);
        let texts = message.bodies.iter().map(|body| body.own.text());
        let at = message.date.as_ref().map(jiff::Zoned::timestamp);
        let ids = |name: &str| message.header(name).map(|header| message_ids(&header.text)).unwrap_or_default();
        let mut answers = ids("references");
        answers.extend(ids("in-reply-to"));
        let terms = terms(std::iter::once(folded.text()).chain(texts));
        let own = ids("message-id").first().copied();
        let outline = Outline {
            id: own.unwrap_or_else(|| stand_in(&sender, at, subject, &recipients)),
            sender,
            at,
            answers,
            recipients,
            subject: subject_key(subject),
            terms,
            answered: answered(message.bodies.iter().find_map(|body| body.anatomy.quote_head.as_ref())),
            greeted: greeted(message.bodies.iter().map(|body| &body.anatomy)),
            quoted: quoted(message.bodies.iter().map(|body| (body.original.as_str(), &body.anatomy))),
            files: message.attachments.iter().filter(|one| one.is_file() && one.size > 0).map(file).collect(),
            judged: None,
        };
        Some(outline)
    }

    pub(super) fn of_draft(draft: &Draft) -> Outline {
        let sender = draft.from.address.key();
        let recipients = recipients(&sender, draft.recipients.iter().map(|(field, mailbox)| (*field, mailbox)));
        let (own, others) = (Anatomy::of(&draft.body), Anatomy::of(&draft.quoted));
        let body = Folded::of(&draft.body, &own.own);
        let heads: Vec<&QuoteHead> = own.heads().chain(others.heads()).collect();
        Outline {
            id: draft.id.unwrap_or_else(|| stand_in(&sender, draft.at, &draft.subject, &recipients)),
            at: draft.at,
            answers: draft.answers.clone(),
            recipients,
            subject: subject_key(&draft.subject),
            terms: terms([Folded::new(&draft.subject).text(), body.text()]),
            answered: answered(heads.first().copied()),
            greeted: greeted([&own].into_iter()),
            quoted: quoted([(draft.body.as_str(), &own)].into_iter()) + &shortened(&draft.quoted).to_lowercase(),
            files: Vec::new(),
            judged: None,
            sender,
        }
    }

    /// What tells mails with the same Message-ID apart.
    pub fn id_with_subject(&self) -> u64 {
        let subject = self.subject.map(|subject| subject.to_string()).unwrap_or_default();
        hash::of_words(&[&self.id.to_string(), &subject])
    }

    /// Whether an address in lower case is one of its recipients.
    pub fn has(&self, address: &str) -> bool {
        self.recipients.iter().any(|one| one.address == address)
    }
}

fn recipients<'a>(sender: &str, named: impl Iterator<Item = (Field, &'a Mailbox)>) -> Vec<Addressee> {
    let mut out: Vec<Addressee> = Vec::new();
    for (field, mailbox) in named {
        let address = mailbox.address.key();
        let is_right = address != sender && address.len() <= LONGEST_ADDRESS;
        if is_right && out.len() < MOST_RECIPIENTS && !out.iter().any(|one| one.address == address) {
            out.push(Addressee { address, name: mailbox.name.clone(), field });
        }
    }
    out
}

/// The people greeted, each once.
fn greeted<'a>(texts: impl Iterator<Item = &'a Anatomy>) -> Vec<String> {
    let addressees = texts.flat_map(|anatomy| &anatomy.addressees);
    let mut out: Vec<String> =
        addressees.filter(|one| one.kind == Addressed::Person).map(|one| fold(&one.name)).collect();
    out.dedup();
    out
}

fn answered(newest: Option<&QuoteHead>) -> Option<String> {
    let head = newest.filter(|head| !head.forwarded)?;
    head.address.as_ref().map(|address| address.to_lowercase())
}

/// What others wrote, with the lines that say who they are.
fn quoted<'a>(texts: impl Iterator<Item = (&'a str, &'a Anatomy)>) -> String {
    let mut out = String::new();
    for (text, anatomy) in texts {
        for range in anatomy.attribution.iter().chain(&anatomy.quoted) {
            out.push_str(&shortened(&text[range.clone()]).to_lowercase());
            out.push('\n');
        }
    }
    shortened(&out).to_owned()
}

fn shortened(text: &str) -> &str {
    /// In octets: who is of a thread stands at its top.
    const MOST_QUOTED: usize = 16 * 1024;
    let mut end = text.len().min(MOST_QUOTED);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn file(attachment: &Attachment) -> SeenFile {
    let hash = attachment.digest;
    SeenFile { name: attachment.name.clone(), hash }
}

/// Hashes of the `<…>` of a field.
pub(super) fn message_ids(text: &str) -> Vec<u64> {
    let ids = text.split('<').skip(1).filter_map(|rest| rest.split_once('>').map(|(id, _)| id));
    ids.map(|id| hash::of(id.trim().as_bytes())).collect()
}

/// The same mail read twice is the same mail, with or without a Message-ID.
fn stand_in(sender: &str, at: Option<Timestamp>, subject: &str, recipients: &[Addressee]) -> u64 {
    let time = at.map(|at| at.as_millisecond().to_string()).unwrap_or_default();
    let addresses: Vec<&str> = recipients.iter().map(|one| one.address.as_str()).collect();
    hash::of_words(&[sender, &time, subject, &addresses.join(",")])
}

/// The subject of a whole thread: without prefixes, blanks and case.
pub(super) fn subject_key(subject: &str) -> Option<u64> {
    const PREFIXES: [&str; 12] =
        ["re:", "re：", "fw:", "fwd:", "fw：", "aw:", "wg:", "sv:", "tr:", "rv:", "返信:", "転送:"];
    let folded = fold(subject);
    let mut rest = folded.trim();
    while let Some(behind) = PREFIXES.iter().find_map(|prefix| rest.strip_prefix(prefix)) {
        rest = behind.trim_start();
    }
    let letters: String = rest.chars().filter(|c| c.is_alphanumeric()).collect();
    (!letters.is_empty()).then(|| hash::of(letters.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(mail: &str) -> Outline {
        let message = Message::parse(mail.replace('\n', "\r\n").as_bytes()).expect("a mail");
        Outline::of(&message).expect("an author")
    }

    #[test]
    fn a_mail_leaves_its_outline() {
        let one = outline(
            "From: Mai Ogawa <Ogawa@own.example>\nTo: Sato Kenichi <k-sato@aoba.example>, ogawa@own.example\n\
             Cc: K-Sato@aoba.example, hanada@aoba.example\nDate: Wed, 14 Oct 2026 10:00:00 +0900\nMessage-ID: <1@own.example>\n\
             In-Reply-To: <0@aoba.example>\nSubject: Re: Fwd: Price list\n\nDear Mr. Sato,\n\nThe price list is ready.\n",
        );
        assert_eq!(one.sender, "ogawa@own.example");
        let addresses: Vec<&str> = one.recipients.iter().map(|one| one.address.as_str()).collect();
        assert_eq!(addresses, ["k-sato@aoba.example", "hanada@aoba.example"], "each once, without the author");
        assert_eq!(one.answers, [hash::of(b"0@aoba.example")]);
        assert_eq!((one.id, one.subject), (hash::of(b"1@own.example"), subject_key("price  LIST")));
        assert_eq!(one.greeted, ["sato"]);
        assert!(one.terms.contains(&(terms(["price"])[0].0, 2)), "subject and text");
    }

    #[test]
    fn a_mail_without_an_id_is_known_again() {
        let mail = "From: a@own.example\nTo: b@alta.example\nDate: Wed, 14 Oct 2026 10:00:00 +0900\nSubject: x\n\nhi\n";
        assert_eq!(outline(mail).id, outline(mail).id);
        assert_ne!(outline(mail).id, outline(&mail.replace("b@", "c@")).id);
    }

    #[test]
    fn subjects_of_one_thread_are_one() {
        let key = |subject: &str| subject_key(subject);
        assert_eq!(key("Re: RE：お見積りの件"), key("お見積りの件 "));
        assert_ne!(key("Quote 12"), key("Quote 13"));
        assert_eq!((key("Re:"), key("")), (None, None));
    }
}
