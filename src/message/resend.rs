//! What makes a mail that is sent again the same mail, although its Message-ID, Date and boundaries are new.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::{Envelope, Kind, Message};

/// A hash of what the author chose: who sends to whom, subject, texts, files. Hexadecimal SHA-256.
///
/// `who` is the login name, or the address of the connection. Message-ID, Date, boundaries and the order of headers
/// are left out: mail programs make them anew at every attempt. A changed recipient, word or file gives another key.
pub fn resend_key(message: &Message, envelope: &Envelope, who: &str) -> String {
    let mut key = Key::new(envelope, who);
    key.text(message.subject.as_deref().unwrap_or_default().trim());
    key.count(message.bodies.len());
    for body in &message.bodies {
        key.lines(&body.original);
    }
    for digest in &message.unread_texts {
        key.field(&digest.to_le_bytes());
    }
    // Signatures and ciphertext are new at every attempt, though nothing was changed.
    let chosen = message.attachments.iter().filter(|a| !matches!(a.kind, Kind::Signature | Kind::EncryptedMail));
    for attachment in chosen {
        key.text(&attachment.name);
        key.count(attachment.size);
        key.field(&attachment.digest.to_le_bytes());
    }
    key.finish()
}

/// The same for a mail that could not be read: only the very same octets are the same mail.
pub fn resend_key_of_octets(raw: &[u8], envelope: &Envelope, who: &str) -> String {
    let mut key = Key::new(envelope, who);
    key.field(raw);
    key.finish()
}

struct Key(Sha256);

impl Key {
    fn new(envelope: &Envelope, who: &str) -> Key {
        let mut key = Key(Sha256::new());
        key.text(who);
        key.text(&envelope.sender.as_ref().map(|sender| sender.key()).unwrap_or_default());
        let recipients: BTreeSet<String> = envelope.recipients.iter().map(|address| address.key()).collect();
        key.count(recipients.len());
        recipients.iter().for_each(|recipient| key.text(recipient));
        key
    }

    /// With its length first, so that what two fields hold cannot be cut differently.
    fn field(&mut self, octets: &[u8]) {
        self.count(octets.len());
        self.0.update(octets);
    }

    fn count(&mut self, count: usize) {
        self.0.update((count as u64).to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.field(text.as_bytes());
    }

    /// A text without what transport and format=flowed do to it: line ends, white space at the end of lines and of
    /// the whole.
    fn lines(&mut self, text: &str) {
        for line in text.trim_end().lines() {
            self.text(line.trim_end());
        }
        // No line has this length.
        self.count(usize::MAX);
    }

    fn finish(self) -> String {
        self.0.finalize().iter().map(|octet| format!("{octet:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Address;

    /// A mail as Thunderbird makes it; what it makes anew for each attempt is numbered.
    fn mail(attempt: u32, word: &str, file: &str) -> String {
        format!(
            "Message-ID: <{attempt}@sender.example>\r\nDate: Sat, 21 Nov 2026 10:0{attempt}:00 +0900\r\n\
             Content-Type: multipart/mixed; boundary=\"b{attempt}\"\r\nTo: sato@client.example\r\n\
             Subject: =?UTF-8?B?6KaL56mN?=\r\n\r\n--b{attempt}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
             {word} \r\n\r\n--b{attempt}\r\nContent-Type: application/pdf; name=a.pdf\r\n\
             Content-Disposition: attachment; filename=a.pdf\r\n\r\n{file}\r\n--b{attempt}--\r\n"
        )
    }

    fn envelope(recipients: &[&str]) -> Envelope {
        let address = |text: &&str| Address::parse(text).expect("an address");
        Envelope {
            sender: Some(address(&"Suzuki@sender.example")),
            recipients: recipients.iter().map(address).collect(),
            ..Envelope::default()
        }
    }

    fn key(raw: &str, recipients: &[&str], who: &str) -> String {
        resend_key(&Message::parse(raw.as_bytes()).expect("a mail"), &envelope(recipients), who)
    }

    #[test]
    fn a_signature_made_anew_is_no_change() {
        let signed = |signature: &str| {
            let part = format!(
                "--b1\r\nContent-Type: application/pgp-signature; name=signature.asc\r\n\r\n{signature}\r\n--b1--\r\n"
            );
            mail(1, "hello", "file").replace("--b1--\r\n", &part)
        };
        let to = ["sato@client.example"];
        assert_eq!(key(&signed("first"), &to, "suzuki"), key(&signed("another, longer one"), &to, "suzuki"));
    }

    #[test]
    fn the_same_mail_from_thunderbird_has_the_same_key() {
        let to = ["sato@client.example", "ito@client.example"];
        let first = key(&mail(1, "hello", "file"), &to, "suzuki");
        assert_eq!(first, key(&mail(2, "hello", "file"), &to, "suzuki"));
        let other_order = ["ITO@client.example", "sato@client.example", "ito@client.example"];
        assert_eq!(first, key(&mail(2, "hello", "file"), &other_order, "suzuki"));
        let headers_moved = mail(3, "hello", "file").replace("To: sato@client.example\r\n", "");
        assert_eq!(first, key(&format!("To: sato@client.example\r\n{headers_moved}"), &to, "suzuki"));
        assert_eq!(first, key(&mail(1, "hello\r\n\r\n", "file"), &to, "suzuki"), "blank lines at the end");
        assert_eq!(first.len(), 64);
    }

    #[test]
    fn any_change_of_the_author_gives_another_key() {
        let to = ["sato@client.example"];
        let first = key(&mail(1, "hello", "file"), &to, "suzuki");
        let others = [
            key(&mail(1, "Hello", "file"), &to, "suzuki"),
            key(&mail(1, "hello", "fill"), &to, "suzuki"),
            key(&mail(1, "hello", "file").replace("a.pdf", "b.pdf"), &to, "suzuki"),
            key(&mail(1, "hello", "file").replace("6KaL56mN", "6KaL56mM"), &to, "suzuki"),
            key(&mail(1, "hello", "file"), &["ito@client.example"], "suzuki"),
            key(&mail(1, "hello", "file"), &["sato@client.example", "ito@client.example"], "suzuki"),
            key(&mail(1, "hello", "file"), &to, "ito"),
        ];
        for (n, other) in others.iter().enumerate() {
            assert_ne!(&first, other, "change {n}");
        }
    }

    #[test]
    fn a_mail_nobody_can_read_is_known_by_its_octets() {
        let to = envelope(&["sato@client.example"]);
        assert_eq!(resend_key_of_octets(b"\r\n", &to, "suzuki"), resend_key_of_octets(b"\r\n", &to, "suzuki"));
        assert_ne!(resend_key_of_octets(b"\r\n", &to, "suzuki"), resend_key_of_octets(b" \r\n", &to, "suzuki"));
    }
}
