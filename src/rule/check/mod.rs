//! The kinds of check, one file each: parameters from the pack, and what they say about a mail.
//!
//! A kind is a plain function of the mail as read and its own words; conditions, levels, texts and exceptions are the
//! rule's and no business of it.

mod apology;
mod attachment;
mod attachment_party;
mod attachment_text;
mod blind;
mod blind_habit;
mod claims;
mod clients;
mod companion;
mod confused;
mod date;
mod deadline;
mod delay;
mod disguised;
mod dormant;
mod duplicate;
mod empty_text;
mod envelope;
mod fact_mismatch;
mod files;
mod first_time;
mod forwarded_file;
mod greeting;
mod honorific;
mod impossible_date;
mod internal;
mod listed;
mod lookalike;
mod missing_recipient;
mod misspelt;
mod named_recipient;
mod new_domain;
mod numbers;
mod order_data;
mod other_address;
mod other_matter;
mod part;
mod password;
mod password_text;
mod pasted_client;
mod placeholder;
mod question_unanswered;
mod repeated_fault;
mod resent;
mod secret;
mod sender;
mod sensitive;
mod sent_file;
mod similar;
mod subject;
mod tactic;
mod terms_unclear;
mod unlikely;
mod unusual_count;
mod visible;
mod weekday;
mod wording;

use serde::Deserialize;

use super::expression::Function;
use super::fault::Part;
use super::mask;
use super::opinion::Label;
use super::reading::{Reading, Remark};
use super::words::Words;

/// The list of kinds, once: the variants, and how each is reached as a [`Kind`].
macro_rules! kinds_of_check {
    ($($variant:ident($kind:ty),)*) => {
        /// The kinds of check.
        // One value per rule, and none is moved about.
        #[allow(clippy::large_enum_variant)]
        #[derive(Debug, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub(super) enum Check {
            $($variant($kind),)*
        }

        impl Check {
            pub(super) fn kind(&self) -> &dyn Kind {
                match self {
                    $(Check::$variant(kind) => kind,)*
                }
            }

            pub(super) fn kind_mut(&mut self) -> &mut dyn Kind {
                match self {
                    $(Check::$variant(kind) => kind,)*
                }
            }
        }
    };
}

kinds_of_check! {
    Greeting(greeting::Greeting),
    NamedRecipient(named_recipient::NamedRecipient),
    Lookalike(lookalike::Lookalike),
    Misspelt(misspelt::Misspelt),
    VisibleRecipients(visible::VisibleRecipients),
    MixedClients(clients::MixedClients),
    Duplicate(duplicate::Duplicate),
    Disguised(disguised::Disguised),
    Envelope(envelope::Envelope),
    BlindRecipients(blind::BlindRecipients),
    Recipients(listed::Recipients),
    Apart(listed::Apart),
    Companion(companion::Companion),
    NewDomain(new_domain::NewDomain),
    Sender(sender::Sender),
    SimilarAddress(similar::SimilarAddress),
    Unlikely(unlikely::Unlikely),
    Namesake(unlikely::Namesake),
    FirstTime(first_time::FirstTime),
    MissingRecipient(missing_recipient::MissingRecipient),
    OtherAddress(other_address::OtherAddress),
    Confused(confused::Confused),
    FileSentElsewhere(sent_file::FileSentElsewhere),
    PasswordElsewhere(sent_file::PasswordElsewhere),
    BlindHabit(blind_habit::BlindHabit),
    UnusualCount(unusual_count::UnusualCount),
    OtherMatter(other_matter::OtherMatter),
    DormantAddress(dormant::DormantAddress),
    Resent(resent::Resent),
    InternalText(internal::InternalText),
    Attachment(attachment::Attachment),
    AttachmentParty(attachment_party::AttachmentParty),
    AttachmentText(attachment_text::AttachmentText),
    Files(files::Files),
    ForwardedFile(forwarded_file::ForwardedFile),
    Subject(subject::Subject),
    EmptyText(empty_text::EmptyText),
    Honorific(honorific::Honorific),
    Placeholder(placeholder::Placeholder),
    PastedClient(pasted_client::PastedClient),
    Weekday(weekday::Weekday),
    ImpossibleDate(impossible_date::ImpossibleDate),
    Deadline(deadline::Deadline),
    Password(password::Password),
    PasswordText(password_text::PasswordText),
    Sensitive(sensitive::Sensitive),
    Secret(secret::Secret),
    Apology(apology::Apology),
    Part(part::MissingPart),
    Tactic(tactic::Spoiled),
    RepeatedFault(repeated_fault::RepeatedFault),
    Delay(delay::Delay),
    FactMismatch(fact_mismatch::FactMismatch),
    OrderDataMismatch(order_data::OrderDataMismatch),
    TermsUnclear(terms_unclear::TermsUnclear),
    QuestionUnanswered(question_unanswered::QuestionUnanswered),
    Wording(wording::Wording),
}

/// What every kind of check can do.
pub(super) trait Kind {
    /// Its word lists, to be linked into the automaton.
    fn words(&mut self) -> Vec<&mut Words> {
        Vec::new()
    }

    fn run(&self, reading: &Reading<'_>) -> Vec<Remark>;

    /// What a second opinion is asked about where this has run.
    fn label(&self) -> Option<Label> {
        None
    }

    /// The part of an answer whose absence it tells.
    fn part(&self) -> Option<Part> {
        None
    }

    /// What spoils an answer where it finds something.
    fn tactic(&self) -> Option<Function> {
        None
    }

    /// What there is to say where only the second opinion finds something.
    fn supposed(&self, _reading: &Reading<'_>) -> Vec<Remark> {
        Vec::new()
    }

    /// Whether its findings weigh one level more where the reader was let down before.
    fn rises_on_repeat(&self) -> bool {
        false
    }

    /// What must not stand in any finding.
    fn secrets(&self, _reading: &Reading<'_>) -> Vec<mask::Secret> {
        Vec::new()
    }
}
