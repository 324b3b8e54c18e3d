//! Findings that no rule makes: the mail, a part of it, or the check itself could not be read or run.

use super::reading::MAX_REMARKS;
use crate::finding::{Confidence, Evidence, Finding, Level, Location};
use crate::lang::Bilingual;
use crate::message::{Extent, Message, Trouble, Unreadable};

/// The id of the finding that stands for a check that could not be made.
pub const CHECK_FAILED: &str = "check-failed";

/// The id of the finding for a mail whose text is hidden by encryption.
const ENCRYPTED_MAIL: &str = "encrypted-mail";

/// The id of the finding for a character here and there that could not be read.
const UNDECODABLE_TEXT: &str = "undecodable-text";

/// The finding for a mail that could not be checked: it must be seen by a person, never pass in silence.
pub fn unreadable(why: Unreadable) -> Finding {
    let (title, advice) = match why {
        Unreadable::TooComplex => (
            Bilingual::new(
                "This mail could not be checked: its structure is too complex",
                "メールの構造が複雑すぎるため、確認できませんでした",
            ),
            Bilingual::new(
                "Attach fewer forwarded mails, or pack them into one file.",
                "転送メールの添付を減らすか、一つのファイルにまとめてください。",
            ),
        ),
        Unreadable::Empty => (
            Bilingual::new("This mail is empty", "メールが空です"),
            Bilingual::new("Write something, or do not send it.", "内容を書くか、送信を取りやめてください。"),
        ),
    };
    check_failed(title, advice, &why.to_string())
}

/// The finding for a mail on which a rule broke down: a fault of this program, and no reason to pass the mail.
pub fn broken_check() -> Finding {
    let title = Bilingual::new(
        "This mail could not be checked: the check itself failed",
        "確認処理そのものが失敗したため、メールを確認できませんでした",
    );
    let advice = Bilingual::new(
        "Read it through once more yourself, and report the fault with the line from the log.",
        "ご自身でもう一度読み返し、ログの該当行を添えて不具合をお知らせください。",
    );
    check_failed(title, advice, "the check itself failed")
}

/// Findings for the parts of a mail that could not be read: no rule saw them.
pub(super) fn troubles(message: &Message) -> Vec<Finding> {
    let of = |trouble: &Trouble| match trouble {
        Trouble::BrokenStructure => Some(check_failed(
            Bilingual::new(
                "This mail could not be checked: its structure is broken, and no text was found in it",
                "メールの構造が壊れていて本文を読み取れず、確認できませんでした",
            ),
            Bilingual::new(
                "Write it anew in the mail program; the receiver may see nothing either.",
                "メールソフトで作り直してください。受信者にも本文が見えない可能性があります。",
            ),
            "broken structure",
        )),
        Trouble::Charset { label, extent } => Some(undecodable(label, *extent)),
        Trouble::Encrypted => Some(encrypted()),
        // Whom the mail really goes to is in the envelope.
        Trouble::Address(_) => None,
    };
    // One finding of a kind: the parts of a broken mail are broken alike.
    let mut out: Vec<Finding> = Vec::new();
    for finding in message.troubles.iter().filter_map(of) {
        if !out.contains(&finding) {
            out.push(finding);
        }
    }
    out.truncate(MAX_REMARKS);
    out
}

/// Encryption is nobody's mistake, but silence would look like a check that was made.
fn encrypted() -> Finding {
    let finding = check_failed(
        Bilingual::new(
            "This mail is encrypted: only its recipients and subject were checked",
            "暗号化されたメールのため、宛先と件名だけを確認しました",
        ),
        Bilingual::new(
            "Read the text once more yourself before sending.",
            "送信前に、ご自身で本文をもう一度お確かめください。",
        ),
        "encrypted",
    );
    Finding { rule: ENCRYPTED_MAIL.to_owned(), level: Level::Info, ..finding }
}

fn undecodable(label: &str, extent: Extent) -> Finding {
    let label: String = label.chars().take(40).collect();
    let finding = check_failed(
        Bilingual::new(
            format!("Text in this mail could not be read: its character set is given as “{label}”"),
            format!("本文に読み取れない文字があります（文字コードの指定: 「{label}」）"),
        ),
        Bilingual::new(
            "Send it as UTF-8; the receiver may see the same garbage.",
            "UTF-8で送り直してください。受信者にも文字化けして見える可能性があります。",
        ),
        "undecodable text",
    );
    match extent {
        Extent::Most => finding,
        Extent::Some => Finding { rule: UNDECODABLE_TEXT.to_owned(), level: Level::Info, ..finding },
    }
}

fn check_failed(title: Bilingual, advice: Bilingual, reason: &str) -> Finding {
    Finding {
        rule: CHECK_FAILED.to_owned(),
        level: Level::Error,
        confidence: Confidence::High,
        title,
        why: Bilingual::new(
            "A mail that was not checked is not sent in silence.",
            "確認できていないメールを、黙って送ることはしません。",
        ),
        advice,
        location: Location::of_mail(),
        evidence: vec![("reason".into(), Evidence::from(reason))],
        doubt: None,
    }
}
