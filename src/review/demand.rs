//! What has to be ticked for which mail: of every mail, of mails to a client, of mails of a kind. What several of them want
//! is wanted once.

use crate::checklist::Checklist;
use crate::message::text::fold;
use crate::message::{Address, Message};
use crate::people::domain::belongs_to;

/// What must be ticked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Demand {
    /// Each organisation outside that gets the mail.
    Outside,
    /// Each attached file.
    Files,
    /// Each error that was found.
    Errors,
    /// Each warning that was found.
    Warnings,
    /// Each part that an answer to a fault lacks.
    Missing,
    /// A question of one's own.
    Check,
}

impl Demand {
    /// Those that are asked for by a word.
    pub const ALL: [Demand; 5] = [Demand::Outside, Demand::Files, Demand::Errors, Demand::Warnings, Demand::Missing];

    pub fn as_str(self) -> &'static str {
        match self {
            Demand::Outside => "outside",
            Demand::Files => "files",
            Demand::Errors => "errors",
            Demand::Warnings => "warnings",
            Demand::Missing => "missing",
            Demand::Check => "check",
        }
    }
}

/// What has to be ticked, from the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Demands {
    /// Of every mail.
    pub always: Vec<Demand>,
    /// Of mails to these.
    pub clients: Vec<OfClient>,
    /// Of mails of these kinds.
    pub kinds: Vec<OfKind>,
}

/// What is wanted besides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    pub demands: Vec<Demand>,
    /// Questions, as they were written.
    pub checks: Vec<String>,
}

/// A client, and what mails to it want.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OfClient {
    /// Sub-domains count.
    pub domains: Vec<String>,
    /// In lower case.
    pub addresses: Vec<String>,
    pub wanted: Wanted,
}

/// A kind of mail, and what mails of it want.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfKind {
    pub kind: Kind,
    pub wanted: Wanted,
}

/// What makes a mail one of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// It is about a fault.
    Fault,
    /// One of these words stands in its subject or the name of an attached file, or, with a file attached, in its own text.
    Words(Vec<String>),
}

/// A question, and the recipients it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) text: String,
    /// Their addresses; empty for the mail as a whole.
    pub(super) about: Vec<String>,
}

/// What one mail wants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) demands: Vec<Demand>,
    pub(super) questions: Vec<Question>,
}

impl Demands {
    /// What of it a mail to these wants.
    pub(super) fn of(&self, recipients: &[Address], message: Option<&Message>, checklist: Option<&Checklist>) -> Asked {
        let mut asked = Asked { demands: self.always.clone(), questions: Vec::new() };
        for (n, client) in self.clients.iter().enumerate() {
            let theirs = recipients.iter().filter(|one| self.client(one) == Some(n));
            let theirs: Vec<String> = theirs.map(ToString::to_string).collect();
            if !theirs.is_empty() {
                asked.add(&client.wanted, &theirs);
            }
        }
        // Of a text that is not read any kind may be.
        let is_one = |one: &&OfKind| match &one.kind {
            Kind::Fault => checklist.is_some(),
            Kind::Words(words) => message.is_none_or(|message| speaks_of(message, words)),
        };
        for kind in self.kinds.iter().filter(is_one) {
            asked.add(&kind.wanted, &[]);
        }
        asked
    }

    /// Whose address it is: by the address itself, else by the nearest domain.
    fn client(&self, address: &Address) -> Option<usize> {
        let (key, clients) = (address.key(), self.clients.iter().enumerate());
        let named = clients.clone().find(|(_, client)| client.addresses.contains(&key)).map(|(n, _)| n);
        let nearest = || {
            let domains = clients.flat_map(|(n, client)| client.domains.iter().map(move |domain| (n, domain)));
            let theirs = domains.filter(|(_, domain)| belongs_to(address.domain(), domain));
            theirs.max_by_key(|(_, domain)| domain.len()).map(|(n, _)| n)
        };
        named.or_else(nearest)
    }
}

impl Asked {
    fn add(&mut self, wanted: &Wanted, about: &[String]) {
        self.demands.extend(&wanted.demands);
        for text in &wanted.checks {
            match self.questions.iter_mut().find(|known| known.text == *text) {
                // Asked of the whole mail, it is asked whoever is left out.
                Some(known) if known.about.is_empty() || about.is_empty() => known.about.clear(),
                Some(known) => known.about.extend_from_slice(about),
                None => self.questions.push(Question { text: text.clone(), about: about.to_vec() }),
            }
        }
    }
}

fn speaks_of(message: &Message, words: &[String]) -> bool {
    let files = || message.attachments.iter().filter(|one| one.is_file());
    let has = |text: &str| words.iter().any(|word| stands_in(&fold(word), text));
    message.subject.as_deref().is_some_and(|subject| has(&fold(subject)))
        || files().any(|file| has(&fold(&file.name)))
        || (files().next().is_some() && message.bodies.iter().any(|body| has(body.own.text())))
}

/// A word of Latin letters stands alone: no letter goes on at its ends.
fn stands_in(word: &str, text: &str) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
    let goes_on = |inner: Option<char>, outer: Option<char>| is_letter(inner) && is_letter(outer);
    !word.is_empty()
        && text.match_indices(word).any(|(at, _)| {
            let (before, behind) = (&text[..at], &text[at + word.len()..]);
            !goes_on(word.chars().next(), before.chars().next_back())
                && !goes_on(word.chars().next_back(), behind.chars().next())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(demands: &[Demand], checks: &[&str]) -> Wanted {
        Wanted { demands: demands.to_vec(), checks: checks.iter().map(|&text| text.to_owned()).collect() }
    }

    fn client(domains: &[&str], addresses: &[&str], wanted: Wanted) -> OfClient {
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        OfClient { domains: owned(domains), addresses: owned(addresses), wanted }
    }

    fn asked(demands: &Demands, recipients: &[&str], raw: &str) -> (Vec<Demand>, Vec<(String, usize)>) {
        let recipients: Vec<Address> =
            recipients.iter().map(|text| Address::parse(text).expect("an address")).collect();
        let message = Message::parse(raw.replace('\n', "\r\n").as_bytes()).expect("a mail");
        let asked = demands.of(&recipients, Some(&message), None);
        let questions = asked.questions.into_iter().map(|one| (one.text, one.about.len()));
        (asked.demands, questions.collect())
    }

    #[test]
    fn several_clients_want_what_each_of_them_wants_once() {
        let demands = Demands {
            always: vec![Demand::Errors],
            clients: vec![
                client(&["alder.example"], &[], wanted(&[Demand::Files], &["Approved by Ogawa?", "In dollars?"])),
                client(
                    &["aoba.example"],
                    &["k@freemail.example"],
                    wanted(&[], &["小川さんの承認済み？", "In dollars?"]),
                ),
                client(&["lab.alder.example"], &[], wanted(&[Demand::Warnings], &["Ethics?"])),
            ],
            kinds: Vec::new(),
        };
        let question = |text: &str, n: usize| (text.to_owned(), n);
        let of = |recipients: &[&str]| asked(&demands, recipients, "Subject: x\n\nx\n");
        assert_eq!(of(&["x@other.example", "y@freemail.example"]), (vec![Demand::Errors], Vec::new()));
        let (wanted, questions) = of(&["R.Hale@uk.alder.example", "K@freemail.example", "m@aoba.example"]);
        assert_eq!(wanted, [Demand::Errors, Demand::Files]);
        assert_eq!(
            questions,
            [question("Approved by Ogawa?", 1), question("In dollars?", 3), question("小川さんの承認済み？", 2)]
        );
        // The nearest domain says whose it is.
        let (wanted, questions) = of(&["t@lab.alder.example"]);
        assert_eq!((wanted, questions), (vec![Demand::Errors, Demand::Warnings], vec![question("Ethics?", 1)]));
    }

    #[test]
    fn a_kind_is_told_by_subject_and_files_and_with_a_file_by_the_text() {
        let words = ["見積", "quotation"].map(str::to_owned).to_vec();
        let of_kind = OfKind { kind: Kind::Words(words), wanted: wanted(&[Demand::Files], &["New prices?"]) };
        let demands = Demands { kinds: vec![of_kind], ..Demands::default() };
        let is_one = |raw: &str| !asked(&demands, &["a@x.example"], raw).1.is_empty();
        let with_file = |text: &str, name: &str| {
            format!(
                "Subject: Hello\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n\
                 --b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=\"{name}\"\n\nx\n--b--\n"
            )
        };
        assert!(is_one("Subject: Your QUOTATION\n\nx\n") && is_one("Subject: お見積の件\n\nx\n"));
        assert!(is_one(&with_file("See below.", "quotation-12.pdf")));
        assert!(is_one(&with_file("添付のとおりお見積いたします。", "12.pdf")));
        for none in [
            "Subject: Hello\n\nYour quotation is on its way.\n".to_owned(),
            "Subject: Quotations of poets\n\nx\n".to_owned(),
            "Subject: Re\n\nThanks.\n\nOn Tue, 13 Oct 2026 at 09:12, A <a@x.example> wrote:\n> quotation\n".to_owned(),
            with_file("See below.\n\nOn Tue, 13 Oct 2026 at 09:12, A <a@x.example> wrote:\n> a quotation", "12.pdf"),
        ] {
            assert!(!is_one(&none), "{none}");
        }
    }

    #[test]
    fn a_question_of_the_whole_mail_stays_whoever_is_left_out() {
        let both = wanted(&[], &["Seen by two?"]);
        let demands = Demands {
            clients: vec![client(&["aoba.example"], &[], both.clone())],
            kinds: vec![OfKind { kind: Kind::Words(vec!["invoice".to_owned()]), wanted: both }],
            ..Demands::default()
        };
        let of = |raw| asked(&demands, &["m@aoba.example"], raw).1;
        assert_eq!(of("Subject: x\n\nx\n"), [("Seen by two?".to_owned(), 1)]);
        assert_eq!(of("Subject: Invoice\n\nx\n"), [("Seen by two?".to_owned(), 0)]);
    }
}
