//! The words of notices, in both languages.

use super::news::News;
use crate::happening::Happening;
use crate::lang::{Bilingual, Lang};
use crate::output::one_line;

/// Characters of a subject that are shown.
const SUBJECT: usize = 100;

/// What happened, as a headline.
pub(super) fn headline(news: &News) -> Bilingual {
    let text = match news.happening {
        Happening::Held => Bilingual::new("Mail held", "メールを保留しました"),
        Happening::Delayed => Bilingual::new("Mail waits for its time", "メールを送信待ちにしました"),
        Happening::Failed => Bilingual::new("Mail not delivered", "メールを送信できませんでした"),
        Happening::Released => Bilingual::new("Mail released", "メールの送信を許可しました"),
        Happening::Cancelled => Bilingual::new("Mail taken back", "メールを保留に戻しました"),
        Happening::Edited => Bilingual::new("Recipients changed", "メールの宛先を変更しました"),
        Happening::Dropped => Bilingual::new("Mail dropped", "メールを破棄しました"),
        Happening::Sent => Bilingual::new("Mail sent", "メールを送信しました"),
        Happening::SentBack => Bilingual::new("Mail sent back to its sender", "メールを差出人に差し戻しました"),
        Happening::AskedAgain => Bilingual::new("Approval asked for again", "メールの承認を再依頼しました"),
        Happening::Escalated => Bilingual::new("Mail not approved in time", "メールが期限までに承認されていません"),
    };
    match news.is_test {
        true => Bilingual::new(format!("Test: {}", text.en), format!("テスト: {}", text.ja)),
        false => text,
    }
}

/// The subject on one line, in quotation marks.
pub(super) fn subject(news: &News, lang: Lang) -> String {
    let line = one_line(&news.mail.subject);
    let mut shown: String = line.chars().take(SUBJECT).collect();
    if shown.len() < line.len() {
        shown.push('…');
    }
    match lang {
        Lang::En => format!("“{shown}”"),
        Lang::Ja => format!("「{shown}」"),
    }
}

/// The first of several remarks, and how many more there are.
pub(super) fn first_of(remarks: &[String], lang: Lang) -> String {
    match (remarks, lang) {
        ([], _) => String::new(),
        ([only], _) => only.clone(),
        ([first, rest @ ..], Lang::En) => format!("{first} (and {} more)", rest.len()),
        ([first, rest @ ..], Lang::Ja) => format!("{first}（ほか {} 件）", rest.len()),
    }
}

/// For a remark that no rule made.
pub(super) fn remark() -> Bilingual {
    Bilingual::new("The mail could not be checked as usual", "メールを通常どおりには確認できませんでした")
}

/// The title of a rule without the names of its gaps.
pub(super) fn without_gaps(title: &str) -> String {
    let mut text = String::new();
    let mut rest = title;
    while let Some((before, behind)) = rest.split_once('{') {
        text.push_str(before);
        text.push('…');
        rest = behind.split_once('}').map_or("", |(_, rest)| rest);
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_dots() {
        assert_eq!(without_gaps("“{name}” greets {recipient}"), "“…” greets …");
        assert_eq!(without_gaps("no gap"), "no gap");
        assert_eq!(without_gaps("open {name"), "open …");
    }
}
