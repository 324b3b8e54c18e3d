//! The addressee line(s) at the top: 宛名, "Dear …".
//!
//! Finds who is addressed; whether that fits the recipients is for `people` and the rules to say.

mod english;
mod japanese;
mod late;

use std::ops::Range;

use super::{Line, Zone};

/// Somebody the text addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressee {
    /// The words in the text, honorific included.
    pub range: Range<usize>,
    /// The name alone; for a desk, the words as they stand.
    pub name: String,
    pub kind: Addressed,
    /// Named as a receiver of a copy: 「（CC：木下様）」.
    pub copied: bool,
    /// A name and a comma, without a word of greeting or an honorific, or a name without a capital: it may be another word.
    pub alone: bool,
}

/// What kind of receiver is addressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addressed {
    Person,
    Company,
    /// Nobody by name: ご担当者様, 各位, "Dear all".
    Desk,
}

/// The head of a letter is short.
const MAX_HEAD_LINES: usize = 8;

pub(super) fn find(lines: &[Line<'_>]) -> Vec<Addressee> {
    let own: Vec<&Line<'_>> =
        lines.iter().filter(|line| line.zone == Zone::Own && !line.is_blank()).take(MAX_HEAD_LINES).collect();
    let mut out = Vec::new();
    for (n, line) in own.iter().enumerate() {
        if n > 0 && out.is_empty() && late::introduces(own[n - 1].text) {
            // A draft follows, or another text that greets somebody else.
            break;
        }
        if let Some(mut found) = english::english_line(line, n) {
            out.append(&mut found);
            // An English salutation is one line.
            break;
        }
        if japanese::ends_head(line.text) {
            if let Some(opening) = japanese::opening(line).filter(|_| n == 0) {
                japanese::japanese_line(&opening, &mut out);
            }
            if n == 0 && out.is_empty() && !japanese::is_opening(line.text) {
                out = late::head(&own);
            }
            break;
        }
        japanese::japanese_line(line, &mut out);
    }
    // A company line counts only above a person, a desk or 御中: a heading is not an addressee.
    if !out.iter().any(|a| a.kind != Addressed::Company || a.range.len() > a.name.len()) {
        out.clear();
    }
    late::closing(lines, &mut out);
    out
}

/// Whether a word is in a list of words between blanks.
fn among(list: &str, word: &str) -> bool {
    list.as_bytes().split(|byte| *byte == b' ').any(|known| known == word.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::super::Anatomy;
    use super::Addressed::{Company, Desk, Person};
    use super::*;

    fn addressed(text: &str) -> Vec<(Addressed, String)> {
        Anatomy::of(text).addressees.into_iter().map(|a| (a.kind, a.name)).collect()
    }

    #[test]
    fn reads_japanese_heads() {
        for (text, expected) in [
            (
                "株式会社青葉精機\n総務部　加藤様\n\nいつもお世話になっております。",
                &[(Company, "株式会社青葉精機"), (Person, "加藤")][..],
            ),
            (
                "北斗建材株式会社\n営業部 課長\n髙橋 修 様\n\nお世話になっております。",
                &[(Company, "北斗建材株式会社"), (Person, "髙橋 修")],
            ),
            ("㈱三光メディカル 佐藤課長\n", &[(Company, "㈱三光メディカル"), (Person, "佐藤")]),
            ("佐藤部長様、木下様\nお世話になっております。", &[(Person, "佐藤"), (Person, "木下")]),
            ("経理部御中\n", &[(Desk, "経理部")]),
            ("株式会社ミナト御中\n", &[(Company, "株式会社ミナト")]),
            ("株式会社青葉精機 御中\n", &[(Company, "株式会社青葉精機")]),
            ("株式会社青葉精機　営業部　御中\n", &[(Company, "株式会社青葉精機"), (Desk, "営業部")]),
            ("差出人：株式会社ミナト\n宛先：株式会社青葉精機 御中\n", &[(Company, "株式会社青葉精機")]),
            ("ご担当者様\n", &[(Desk, "ご担当者")]),
            ("関係者各位\n", &[]),
            ("服部様\n", &[(Person, "服部")]),
            ("田中さん\nお疲れさまです。", &[(Person, "田中")]),
            ("大家さん\n", &[(Desk, "大家")]),
            ("奥さん\n", &[(Desk, "奥")]),
            ("町内会長様\n", &[(Desk, "町内会長")]),
            ("司会者様\n", &[(Desk, "司会者")]),
            ("中西さん、お世話になっております。村瀬です。", &[(Person, "中西")]),
            ("青葉精機 加藤様、いつもありがとうございます。", &[(Person, "加藤")]),
            ("以前から佐藤様、加藤様にはお世話になっております。", &[]),
            ("王様\n\nお世話になっております。", &[(Person, "王")]),
            ("※再送です。\n\n佐藤様\n\nお世話になっております。", &[(Person, "佐藤")]),
            ("参加者は次のとおりです。\n山田様\n佐藤様\n", &[]),
            ("先方には次の文面で送ります。\n\n佐藤様\n\nお世話になっております。", &[]),
            ("Resend案です:\n佐藤様\nお世話になっております。", &[]),
            ("佐藤様\n\n資料です。\n以上、田中様よろしくお願いいたします。", &[(Person, "佐藤"), (Person, "田中")]),
            ("資料です。\nそれでは、田中さん、どうぞよろしくお願いします。", &[(Person, "田中")]),
            ("佐藤様\n\n資料です。\n佐藤様、よろしくお願いいたします。", &[(Person, "佐藤")]),
            ("資料です。\n田中様にもよろしくお伝えください。", &[]),
            ("資料です。\n本件は田中様よろしくお願いします。", &[]),
            ("資料です。\n皆様、よろしくお願いいたします。", &[(Desk, "皆")]),
            ("仕様の件です。\n山田様にもお伝えください。", &[]),
            ("お世話になっております。\n山田様の件、承知しました。", &[]),
        ] {
            let expected: Vec<_> = expected.iter().map(|(k, n)| (*k, n.to_string())).collect();
            assert_eq!(addressed(text), expected, "{text}");
        }
        let text = "渡辺様\n（CC：木下様）\n\nお世話になっております。";
        let found = Anatomy::of(text).addressees;
        assert_eq!((found[1].name.as_str(), found[1].copied, &text[found[1].range.clone()]), ("木下", true, "木下様"));
    }

    #[test]
    fn reads_english_salutations() {
        for (text, expected) in [
            ("Hi Mark,\n\nThanks", &[(Person, "Mark")][..]),
            ("Hi Mark and Priya,\n", &[(Person, "Mark"), (Person, "Priya")]),
            ("Dear Anna, Bob & Carl,\nwe", &[(Person, "Anna"), (Person, "Bob"), (Person, "Carl")]),
            ("Dear Mr. Tanaka:\n", &[(Person, "Tanaka")]),
            ("Dear Dr O'Neill,\n", &[(Person, "O'Neill")]),
            ("Hello Sarah, thanks for the quick answer.\n", &[(Person, "Sarah")]),
            ("Dear all,\n", &[(Desk, "all")]),
            ("Hi there,\n", &[]),
            ("Hi,\n", &[]),
            ("To whom it may concern,\n", &[(Desk, "whom it may concern")]),
            ("Derek,\n\nAttached.", &[(Person, "Derek")]),
            ("Thanks,\n\nAttached.", &[]),
            ("Dear Sato-san,\n", &[(Person, "Sato")]),
            ("Hi Chihiro-chan,\n", &[(Person, "Chihiro")]),
            ("Hi Ken\u{2011}kun,\n", &[(Person, "Ken")]),
            ("Ciao Chihiro,\n", &[(Person, "Chihiro")]),
            ("Liebe Anna,\n", &[(Person, "Anna")]),
            ("Sehr geehrte Frau Harada,\n", &[(Person, "Harada")]),
            ("Estimada Ana,\n", &[(Person, "Ana")]),
            ("Caro,\n\nyes.", &[(Person, "Caro")]),
            ("Cara Anna,\n", &[(Person, "Anna")]),
            ("Dear Credit Control,\n", &[(Desk, "Credit Control")]),
            ("Dear Parking Services,\n", &[(Desk, "Parking Services")]),
            ("Dear President,\n", &[(Desk, "President")]),
            ("Dear customers,\n", &[(Desk, "customers")]),
            ("Hi team,\n", &[(Desk, "team")]),
            ("Hi 今日お送りした資料の件でご連絡いたしましたが、先ほどの件も\n", &[]),
            ("Good morning Jean-Luc!\n", &[(Person, "Jean-Luc")]),
            ("Good morning, Priya\n", &[(Person, "Priya")]),
            ("Hi Anna – quick one\n", &[(Person, "Anna")]),
            ("Hi Anna - quick one: when?\n", &[(Person, "Anna")]),
            ("Hi Anna could you send it?\n", &[(Person, "Anna")]),
            ("Hi I have a question\n", &[]),
            ("Hello Just checking in\n", &[]),
            ("hi mark,\n", &[(Person, "mark")]),
            ("hi mark can you send it?\n", &[(Person, "mark")]),
            ("hi all,\n", &[(Desk, "all")]),
            ("hi just checking\n", &[]),
            ("Thanks Tom,\n\nThat helps.", &[(Person, "Tom")]),
            ("Thanks, Tom\n", &[]),
            ("Actually,\n\nno.", &[]),
            ("Incidentally,\n\nno.", &[]),
            ("Molly,\n\nyes.", &[(Person, "Molly")]),
            ("To All,\n\nyes.", &[(Desk, "To All")]),
            ("Dude-,\n\nyes.", &[(Desk, "Dude-")]),
            ("Dear Professor,\n", &[(Desk, "Professor")]),
            ("Dear Professor Hill,\n", &[(Person, "Hill")]),
            ("Monday,\n\nwe meet.", &[]),
            ("Please send this letter:\n\nDear Mr Lopez,\n", &[]),
            ("Here is a draft.\n\nDear Mr Lopez,\n", &[]),
            ("Resending this one.\n\nHi Anna,\n", &[(Person, "Anna")]),
        ] {
            let expected: Vec<_> = expected.iter().map(|(k, n)| (*k, n.to_string())).collect();
            assert_eq!(addressed(text), expected, "{text}");
        }
    }
}
