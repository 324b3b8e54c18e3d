//! A mail given back to its author, to go on with.

use super::{Address, Mailbox, Message, readdressed};

/// The mail as a draft: those in its header who get it, and a Bcc field (RFC 5322 section 3.6.3) with those who get it
/// without standing there. Who was left out must not come back with the draft.
pub fn as_draft(raw: &[u8], recipients: &[Address]) -> Vec<u8> {
    let (raw, blind) = addressed(raw, recipients);
    let mut draft = Vec::new();
    if !blind.is_empty() {
        draft.extend(format!("Bcc: {}\r\n", blind.join(",\r\n ")).into_bytes());
    }
    draft.extend(raw);
    draft
}

fn addressed(raw: &[u8], recipients: &[Address]) -> (Vec<u8>, Vec<String>) {
    let all = || recipients.iter().map(ToString::to_string).collect();
    let Ok(message) = Message::parse(raw) else { return (raw.to_vec(), all()) };
    let gets_it = |mailbox: &&Mailbox| recipients.iter().any(|one| one.key() == mailbox.address.key());
    let list = |list: &[Mailbox]| list.iter().filter(gets_it).cloned().collect::<Vec<_>>();
    let (to, cc) = (list(&message.to), list(&message.cc));
    let is_named = |one: &Address| to.iter().chain(&cc).any(|mailbox| mailbox.address.key() == one.key());
    let blind = recipients.iter().filter(|one| !is_named(one)).map(ToString::to_string).collect();
    let is_whole = to.len() == message.to.len() && cc.len() == message.cc.len() && message.bcc.is_empty();
    (if is_whole { raw.to_vec() } else { readdressed(raw, &to, &cc) }, blind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_names_nobody_who_was_left_out() {
        let raw = b"To: A <a@x.example>, b@x.example\r\nCc: c@x.example\r\nSubject: x\r\n\r\ntext\r\n";
        let address = |text| Address::parse(text).expect("an address");
        let draft = as_draft(raw, &["a@x.example", "c@x.example", "d@x.example", "e@x.example"].map(address));
        assert_eq!(
            String::from_utf8_lossy(&draft),
            "Bcc: d@x.example,\r\n e@x.example\r\nTo: A <a@x.example>\r\nCc: c@x.example\r\nSubject: x\r\n\r\ntext\r\n"
        );
        assert_eq!(as_draft(raw, &["a@x.example", "b@x.example", "c@x.example"].map(address)), raw);
    }
}
