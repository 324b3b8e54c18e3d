//! What the rules say about a mail, and what follows from it. Read only: the dry run and the relay call the same code.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::checklist::Checklist;
use crate::config::{Handling, WhenCheckFails};
use crate::correspondents::{Outline, Standing};
use crate::facts::Facts;
use crate::finding::{Allowed, Finding};
use crate::message::{Address, Envelope, Message, Unreadable, field_count};
use crate::rule::{self, Findings, Rules};
use crate::store::People;
use crate::verdict::Verdict;

/// One mail, judged.
#[derive(Debug)]
pub struct Judgement {
    pub verdict: Verdict,
    /// Worst first.
    pub findings: Vec<Finding>,
    /// What was found and allowed beforehand.
    pub allowed: Vec<Allowed>,
    /// What an answer to a fault holds and lacks; `None` where nothing went wrong.
    pub checklist: Option<Checklist>,
    /// How each recipient stands, where past mail tells.
    pub standing: Option<Arc<Standing>>,
    /// What there is to learn from the mail; `None` without an author.
    pub outline: Option<Outline>,
    /// The mail as read; `None` if it could not be.
    pub message: Option<Message>,
}

/// Who judges: the rules, what they may know, what follows from their findings.
#[derive(Clone, Copy)]
pub struct Judge<'a> {
    pub rules: &'a Rules,
    pub facts: &'a Facts,
    pub policy: &'a Handling,
    /// Whom past mail went to, where that is known.
    pub people: Option<&'a People>,
}

impl Judge<'_> {
    /// Checks one mail. With an envelope, recipients that no header names count as blind copies.
    ///
    /// A mail that cannot be read, or on which a rule breaks down, gets the finding `check-failed` and at least the verdict
    /// that the configuration names for it; it never passes in silence.
    pub fn judge(&self, envelope: Option<&Envelope>, raw: &[u8]) -> Judgement {
        // Nothing outlives the panic: message and findings are made inside.
        match catch_unwind(AssertUnwindSafe(|| self.check(envelope, raw))) {
            Ok(Ok(judgement)) => judgement,
            Ok(Err(why)) => failed(self.policy, rule::unreadable(why)),
            Err(_) => failed(self.policy, rule::broken_check()),
        }
    }

    fn check(&self, envelope: Option<&Envelope>, raw: &[u8]) -> Result<Judgement, Unreadable> {
        let mut message = Message::parse(raw)?;
        if let Some(envelope) = envelope {
            message.add_envelope(envelope);
        }
        // Whose mail it is says the envelope: nobody learns, by writing another name into From, whom that one writes to.
        let sender = envelope.and_then(|envelope| envelope.sender.as_ref()).map(Address::key);
        let is_own = |outline: &Outline| sender.as_ref().is_none_or(|sender| *sender == outline.sender);
        let outline = Outline::of(&message).filter(is_own);
        let acquainted = self.standing(outline.as_ref()).map(|standing| self.facts.with(standing));
        let facts = acquainted.as_ref().unwrap_or(self.facts);
        let mut findings = self.rules.run(&message, facts);
        let never = &self.policy.policy.second_person;
        // What could not be taken out before sending allows nothing: its reader would see it.
        let fields = message.headers.iter().filter(|header| header.name == rule::ALLOW_HEADER).count();
        if self.policy.allow_header && fields == field_count(raw, rule::ALLOW_HEADER) {
            findings.allow_by_mail(&message, never);
        }
        findings.allow_by_person(&message, facts, never);
        let Findings { found: findings, allowed, checklist } = findings;
        let unchecked = findings.iter().any(|finding| finding.rule == rule::CHECK_FAILED);
        let decided = self.policy.policy.decide(&findings);
        let verdict = if unchecked { decided.max(least(self.policy)) } else { decided };
        let standing = facts.standing.clone();
        Ok(Judgement { verdict, findings, allowed, checklist, standing, outline, message: Some(message) })
    }

    /// What past mail tells; a store that cannot be read makes no mail wait, since all other rules still look at it.
    fn standing(&self, outline: Option<&Outline>) -> Option<Standing> {
        let outline = outline?;
        match self.people?.known(outline) {
            Ok(known) if known.is_empty() => None,
            Ok(known) => Some(Standing::of(outline.clone(), known)),
            Err(error) => {
                tracing::error!(%error, "a mail was judged without what is known of its recipients");
                None
            }
        }
    }
}

/// The verdict on a mail that its author sent again after it was handed back: what remains of the findings then.
pub(super) fn confirmed(policy: &Handling, findings: &[Finding]) -> Verdict {
    let remaining = findings.iter().map(|finding| match policy.policy.of(finding) {
        _ if finding.rule == rule::CHECK_FAILED => least(policy),
        Verdict::Return => Verdict::Forward,
        verdict => verdict,
    });
    remaining.max().unwrap_or(Verdict::Forward)
}

fn failed(policy: &Handling, finding: Finding) -> Judgement {
    let verdict = policy.policy.of(&finding).max(least(policy));
    Judgement {
        verdict,
        findings: vec![finding],
        allowed: Vec::new(),
        checklist: None,
        standing: None,
        outline: None,
        message: None,
    }
}

/// What happens at least to a mail that was not checked.
fn least(policy: &Handling) -> Verdict {
    match policy.when_check_fails {
        WhenCheckFails::Hold => Verdict::Hold,
        WhenCheckFails::Reject => Verdict::Reject,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{Config, Defaults};
    use crate::gate::setup;
    use crate::lang::Lang;
    use crate::message::Address;
    use crate::source::Source;

    fn config(text: &str) -> Config {
        let defaults = Defaults { language: Lang::En, data_dir: "/".into(), home: None };
        Config::load(Source::new("atena.toml", text), Path::new("/"), &defaults).expect("a valid configuration")
    }

    fn verdict_of(text: &str, raw: &[u8]) -> (Verdict, Vec<String>) {
        let config = config(text);
        let rules = setup::rules(&config).expect("the packs are right");
        let judgement =
            Judge { rules: &rules, facts: &setup::facts(&config, None), policy: setup::policy(&config), people: None }
                .judge(None, raw);
        (judgement.verdict, judgement.findings.into_iter().map(|finding| finding.rule).collect())
    }

    #[test]
    fn a_mail_that_cannot_be_read_is_never_forwarded() {
        for (text, verdict) in [
            ("", Verdict::Hold),
            ("[policy]\nerror = \"forward\"\n", Verdict::Hold),
            ("[policy]\nwhen_check_fails = \"reject\"\n", Verdict::Reject),
            ("[policy]\nerror = \"return\"\n", Verdict::Return),
        ] {
            assert_eq!(verdict_of(text, b"\r\n \r\n"), (verdict, vec![rule::CHECK_FAILED.to_owned()]), "{text}");
        }
    }

    #[test]
    fn the_envelope_alone_makes_a_blind_copy() {
        let config = config("");
        let rules = setup::rules(&config).expect("the packs are right");
        let facts = setup::facts(&config, None);
        let raw = b"From: a@own.example\r\nTo: b@client.example\r\nSubject: lunch\r\n\r\nSee you at noon.\r\n";
        let blind = Address::parse("c@client.example").expect("an address");
        let envelope = Envelope { recipients: vec![blind.clone()], ..Envelope::default() };
        let judgement = Judge { rules: &rules, facts: &facts, policy: setup::policy(&config), people: None }
            .judge(Some(&envelope), raw);
        assert_eq!(judgement.message.expect("readable").bcc[0].address, blind);
        assert_eq!(judgement.verdict, Verdict::Forward);
    }

    #[test]
    fn an_allowance_that_cannot_be_taken_out_allows_nothing() {
        let mail = |head: &str| {
            format!(
                "{head}From: a@own.example\r\nTo: Robert Hale <robert.hale@client.example>\r\nSubject: x\r\n\r\nDear Sarah,\r\n\r\nhello\r\n"
            )
        };
        let settings = "[policy]\nallow_header = true\n";
        let allowed = "X-Atena-Allow: greeting-mismatch she answers for him\r\n";
        assert_eq!(verdict_of(settings, mail(allowed).as_bytes()).0, Verdict::Forward);
        assert_eq!(verdict_of(settings, mail(&format!(" {allowed}")).as_bytes()).0, Verdict::Hold);
        assert_eq!(verdict_of("", mail(allowed).as_bytes()).0, Verdict::Hold);
    }

    #[test]
    fn a_confirmation_answers_only_what_the_mail_was_handed_back_for() {
        let config = config("[rules.missing-attachment]\nverdict = \"return\"\n");
        let rules = setup::rules(&config).expect("the packs are right");
        let confirmed_after = |raw: &[u8]| {
            let judgement = Judge {
                rules: &rules,
                facts: &setup::facts(&config, None),
                policy: setup::policy(&config),
                people: None,
            }
            .judge(None, raw);
            assert_eq!(judgement.verdict, Verdict::Return);
            confirmed(setup::policy(&config), &judgement.findings)
        };
        let head = "From: a@own.example\r\nTo: Robert Hale <robert.hale@client.example>\r\nSubject: x\r\n\r\n";
        let promised = "Please find attached our quotation.\r\n";
        assert_eq!(confirmed_after(format!("{head}{promised}").as_bytes()), Verdict::Forward);
        assert_eq!(confirmed_after(format!("{head}Dear Sarah,\r\n\r\n{promised}").as_bytes()), Verdict::Hold);
    }
}
