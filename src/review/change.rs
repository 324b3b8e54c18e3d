//! Other recipients for a mail, and what would change by them.

use super::Field;
use crate::message::{Address, Envelope, Mailbox, Message};

/// Who gets a mail, by the field that names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recipients {
    pub to: Vec<Mailbox>,
    pub cc: Vec<Mailbox>,
    pub bcc: Vec<Mailbox>,
}

/// What would become of one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub address: String,
    /// How it gets the mail now; `None` where it gets nothing.
    pub before: Option<Field>,
    pub after: Option<Field>,
}

impl Recipients {
    /// Who really gets a mail. Whom only its header names gets nothing, and is left out.
    pub fn of(message: &Message, envelope: &Envelope) -> Recipients {
        let mut recipients = Recipients::default();
        for address in &envelope.recipients {
            let named = message.recipients().find(|(_, mailbox)| mailbox.address.key() == address.key());
            match named {
                Some(("to", mailbox)) => recipients.to.push(mailbox.clone()),
                Some(("cc", mailbox)) => recipients.cc.push(mailbox.clone()),
                _ => recipients.bcc.push(Mailbox { name: String::new(), address: address.clone() }),
            }
        }
        recipients
    }

    /// Each address once, by the first field that names it.
    pub fn addresses(&self) -> Vec<Address> {
        self.fields().into_iter().map(|(address, _)| address).collect()
    }

    fn fields(&self) -> Vec<(Address, Field)> {
        let lists = [(Field::To, &self.to), (Field::Cc, &self.cc), (Field::Bcc, &self.bcc)];
        let mut out: Vec<(Address, Field)> = Vec::new();
        for (field, mailbox) in lists.into_iter().flat_map(|(field, list)| list.iter().map(move |one| (field, one))) {
            if !out.iter().any(|(address, _)| address.key() == mailbox.address.key()) {
                out.push((mailbox.address.clone(), field));
            }
        }
        out
    }

    /// What `after` makes of these: those who lose the mail, then those who get it, as it would be.
    pub fn changes(&self, after: &Recipients) -> Vec<Change> {
        let (before, after) = (self.fields(), after.fields());
        let field = |list: &[(Address, Field)], address: &Address| {
            list.iter().find(|(one, _)| one.key() == address.key()).map(|(_, field)| *field)
        };
        let lost = before.iter().filter(|(address, _)| field(&after, address).is_none());
        let lost = lost.map(|(address, was)| Change { address: address.to_string(), before: Some(*was), after: None });
        let kept = after.iter().map(|(address, is)| Change {
            address: address.to_string(),
            before: field(&before, address),
            after: Some(*is),
        });
        lost.chain(kept).collect()
    }
}

impl Change {
    /// In few words, for the record of the mail; `None` where all stays as it is.
    pub fn note(&self) -> Option<String> {
        let Change { address, before, after } = self;
        match (before, after) {
            (Some(_), None) => Some(format!("−{address}")),
            (None, Some(_)) => Some(format!("+{address}")),
            (Some(before), Some(after)) if before != after => {
                Some(format!("{address}: {} → {}", before.as_str(), after.as_str()))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipients(to: &str, cc: &str, bcc: &str) -> Recipients {
        Recipients { to: Mailbox::list(to), cc: Mailbox::list(cc), bcc: Mailbox::list(bcc) }
    }

    #[test]
    fn a_blind_copy_that_would_be_seen_is_a_change() {
        let before = recipients("a@x.example, b@x.example", "", "boss@own.example");
        let after = recipients("c@x.example, A@x.example", "Boss <boss@own.example>", "c@x.example");
        let notes: Vec<_> = before.changes(&after).iter().map(Change::note).collect();
        let told = |text: &str| Some(text.to_owned());
        assert_eq!(notes, [told("−b@x.example"), told("+c@x.example"), None, told("boss@own.example: Bcc → Cc")]);
        assert_eq!(after.addresses().len(), 3, "each once");
    }

    #[test]
    fn who_gets_a_mail_says_the_envelope() {
        let raw = b"To: A <a@x.example>, gone@x.example\r\nCc: c@x.example\r\nSubject: x\r\n\r\ntext\r\n";
        let message = Message::parse(raw).expect("a mail");
        let address = |text| Address::parse(text).expect("an address");
        let envelope = Envelope {
            recipients: ["c@x.example", "a@x.example", "blind@x.example"].map(address).to_vec(),
            ..Envelope::default()
        };
        let expected = recipients("A <a@x.example>", "c@x.example", "blind@x.example");
        assert_eq!(Recipients::of(&message, &envelope), expected);
    }
}
