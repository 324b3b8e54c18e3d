//! What the rules say of a mail; nothing is done. And what those who look at kept mails ask of the gate.

use std::sync::{Arc, LazyLock};

use aho_corasick::AhoCorasick;
use jiff::Zoned;

use super::{Gate, Judge, Judgement, setup};
use crate::config::Config;
use crate::facts::Facts;
use crate::message::{Address, Envelope};
use crate::rule::Rules;
use crate::store::StoredMail;

/// Smaller mails of text alone are judged where they are: handing them to another thread would cost more than judging
/// them.
const JUDGED_INLINE: usize = 32 * 1024;

/// Whether judging a mail is a matter of its length. Looking into a file is not: a PDF of a few kilobytes may be made to
/// cost what megabytes do, and all other mails would wait. What is in doubt counts as a file.
fn is_quick(raw: &[u8]) -> bool {
    static SIGNS: LazyLock<AhoCorasick> = LazyLock::new(|| {
        let signs = ["content-type", "content-disposition", "name"];
        AhoCorasick::builder().ascii_case_insensitive(true).build(signs).expect("literals")
    });
    let is_text = |behind: &[u8]| {
        let value = behind.trim_ascii_start().strip_prefix(b":").unwrap_or_default().trim_ascii_start();
        [&b"text/"[..], b"multipart/"]
            .iter()
            .any(|kind| value.get(..kind.len()).is_some_and(|start| start.eq_ignore_ascii_case(kind)))
    };
    raw.len() <= JUDGED_INLINE
        && SIGNS.find_iter(raw).all(|sign| sign.pattern().as_usize() == 0 && is_text(&raw[sign.end()..]))
}

impl Gate {
    /// The configuration it works by.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The rules in force.
    pub fn rules(&self) -> &Arc<Rules> {
        &self.rules
    }

    /// The client an address belongs to, if it is a known one's.
    pub fn client_of(&self, address: &Address) -> Option<&str> {
        let clients = &self.facts.clients;
        clients.of(&address.key()).map(|id| clients.client(id).name.as_str())
    }

    /// What the rules say of a kept mail now. `None` where its text is gone.
    pub async fn look(&self, mail: &StoredMail, now: &Zoned) -> Option<Judgement> {
        let raw = mail.raw.clone()?;
        let (_, _, judgement) = self.judged(mail.summary.envelope.clone(), raw, now).await;
        Some(judgement)
    }

    /// What the rules say of a draft as of its own date, as `atena check` does; without an envelope it goes to whom its
    /// headers name.
    pub async fn check(&self, envelope: Option<Envelope>, raw: Vec<u8>) -> Judgement {
        self.judge(envelope, raw, self.facts.clone()).await.2
    }

    pub(super) async fn judged(&self, envelope: Envelope, raw: Vec<u8>, now: &Zoned) -> (Envelope, Vec<u8>, Judgement) {
        let facts = Facts { now: Some(now.clone()), ..self.facts.clone() };
        let (envelope, raw, judgement) = self.judge(Some(envelope), raw, facts).await;
        (envelope.unwrap_or_default(), raw, judgement)
    }

    async fn judge(
        &self,
        envelope: Option<Envelope>,
        raw: Vec<u8>,
        facts: Facts,
    ) -> (Option<Envelope>, Vec<u8>, Judgement) {
        if is_quick(&raw) {
            let (rules, policy) = (&*self.rules, setup::policy(&self.config));
            let judge = Judge { rules, facts: &facts, policy, people: Some(&self.people) };
            let judgement = judge.judge(envelope.as_ref(), &raw);
            return (envelope, raw, judgement);
        }
        let (rules, policy) = (Arc::clone(&self.rules), setup::policy(&self.config).clone());
        let people = self.people.clone();
        let work = move || {
            let judge = Judge { rules: &rules, facts: &facts, policy: &policy, people: Some(&people) };
            let judgement = judge.judge(envelope.as_ref(), &raw);
            (envelope, raw, judgement)
        };
        tokio::task::spawn_blocking(work).await.expect("judge catches panics, and the task is never cancelled")
    }
}

#[cfg(test)]
mod tests {
    use super::is_quick;

    #[test]
    fn only_short_mails_of_text_are_quick() {
        for quick in [
            "Subject: Hello\n\nHello",
            "Content-Type: text/plain\n\nHello",
            "content-type:\n Multipart/Alternative; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>\n--b--",
        ] {
            assert!(is_quick(quick.as_bytes()), "{quick}");
        }
        for slow in [
            "Content-Type: application/pdf\n\n%PDF-",
            "Content-Type: multipart/mixed; boundary=b\n\n--b\nCONTENT-TYPE:\n image/png\n\n%PDF-",
            "Content-Type: (text/plain) application/pdf\n\n%PDF-",
            "Content-Type: text/plain; Name = a.pdf\n\n%PDF-",
            "Content-Disposition: attachment\n\n%PDF-",
            &"a".repeat(40_000),
        ] {
            assert!(!is_quick(slow.as_bytes()), "{slow}");
        }
    }
}
