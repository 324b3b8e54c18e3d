//! What the columns of exported tables are called.
//!
//! Google Contacts (before and since 2024), Outlook and Outlook on the web, Thunderbird, Apple-like lists, and what
//! people write themselves; English and Japanese. Names are compared without case, spaces and punctuation.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Given,
    Family,
    Middle,
    /// The whole name.
    Name,
    /// `Name` or 名前, which is the given name beside a column for the family name.
    NameOrGiven,
    GivenReading,
    FamilyReading,
    MiddleReading,
    NameReading,
    Nickname,
    Organisation,
    Role,
    /// `Title`: a role in most tables, `Dr.` in Outlook's, which has a column for the role besides.
    Title,
    Address,
    /// The name Outlook shows with an address.
    AddressName,
    Other,
}

const NAMES: [(Column, &[&str]); 9] = [
    (Column::Given, &["firstname", "givenname", "forename", "given", "first", "名", "下の名前", "ファーストネーム"]),
    (
        Column::Family,
        &[
            "lastname",
            "familyname",
            "surname",
            "family",
            "last",
            "姓",
            "苗字",
            "名字",
            "ラストネーム",
            "ファミリーネーム",
        ],
    ),
    (Column::Middle, &["middlename", "additionalname", "middle", "ミドルネーム"]),
    (
        Column::Name,
        &[
            "fullname",
            "displayname",
            "contactname",
            "contact",
            "氏名",
            "姓名",
            "お名前",
            "表示名",
            "宛名",
            "連絡先",
            "担当者",
            "担当者名",
        ],
    ),
    (Column::NameOrGiven, &["name", "名前"]),
    (Column::Nickname, &["nickname", "shortname", "ニックネーム", "愛称"]),
    (
        Column::Organisation,
        &[
            "company",
            "companyname",
            "organization",
            "organisation",
            "organizationname",
            "organisationname",
            "organization1name",
            "org",
            "employer",
            "会社",
            "会社名",
            "組織",
            "組織名",
            "勤務先",
            "勤務先名",
            "所属",
            "法人名",
            "団体名",
            "貴社名",
        ],
    ),
    (
        Column::Role,
        &[
            "jobtitle",
            "position",
            "role",
            "organizationtitle",
            "organisationtitle",
            "organization1title",
            "役職",
            "役職名",
            "職位",
            "役職名等",
        ],
    ),
    (Column::Title, &["title", "肩書き", "肩書"]),
];

/// What makes a name that of a reading, before or after the rest of it.
const READING: [&str; 15] = [
    "phonetic",
    "yomi",
    "kana",
    "reading",
    "furigana",
    "フリガナ",
    "ふりがな",
    "よみがな",
    "ヨミガナ",
    "読みがな",
    "読み仮名",
    "かな",
    "カナ",
    "よみ",
    "読み",
];

/// What a column beside an address is about it.
const ABOUT_ADDRESS: [&str; 19] = [
    "type",
    "label",
    "format",
    "mailing",
    "voicemail",
    "allow",
    "status",
    "verified",
    "opt",
    "date",
    "subject",
    "種類",
    "形式",
    "配信",
    "マガジン",
    "許可",
    "件名",
    "日時",
    "住所",
];

/// What a column of this name holds.
pub(super) fn column(name: &str) -> Column {
    let key = key(name);
    if let Some(column) = known(&key) {
        return column;
    }
    if let Some(column) = reading(&key) {
        return column;
    }
    let is_mail = key.contains("mail") || key.contains("メール") || key == "アドレス";
    if !is_mail || ABOUT_ADDRESS.iter().any(|word| key.contains(word)) {
        return Column::Other;
    }
    if key.ends_with("name") || key.ends_with('名') { Column::AddressName } else { Column::Address }
}

fn known(key: &str) -> Option<Column> {
    NAMES.iter().find(|(_, names)| names.contains(&key)).map(|&(column, _)| column)
}

/// `Phonetic First Name`, `Given Name Yomi`, 姓フリガナ; alone, the reading of the whole name.
fn reading(key: &str) -> Option<Column> {
    match key {
        "セイ" | "せい" => return Some(Column::FamilyReading),
        "メイ" | "めい" => return Some(Column::GivenReading),
        _ => {}
    }
    let rest = READING.iter().find_map(|word| key.strip_suffix(word).or_else(|| key.strip_prefix(word)))?;
    match known(rest) {
        Some(Column::Given) => Some(Column::GivenReading),
        Some(Column::Family) => Some(Column::FamilyReading),
        Some(Column::Middle) => Some(Column::MiddleReading),
        // Outlook's 名前フリガナ is that of the given name, and stands beside 姓フリガナ.
        Some(Column::NameOrGiven) if rest == "名前" => Some(Column::GivenReading),
        Some(Column::Name | Column::NameOrGiven) => Some(Column::NameReading),
        None if rest.is_empty() => Some(Column::NameReading),
        _ => None,
    }
}

/// Lower case, full-width letters as narrow ones, letters and digits only.
fn key(name: &str) -> String {
    let narrow = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c,
    };
    name.chars().take(100).map(narrow).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_known_by_the_names_programs_give_them() {
        for (column_kind, names) in [
            (
                Column::Address,
                "E-mail 1 - Value|E-mail Address|E-mail 2 Address|Primary Email|Secondary Email|email|E-Mail|Mail|\
                 電子メール アドレス|電子メール 2 アドレス|メールアドレス|別のメールアドレス|Ｅメール|メール|eMail (work)|アドレス|\
                 Email Address|Home E-mail|PCメール",
            ),
            (
                Column::Other,
                "E-mail 1 - Type|E-mail 1 - Label|E-mail Type|電子メールの種類|電子メール 2 の種類|Mailing Address|Notes|\
                 Home Address|メール配信|Organization 1 - Yomi Name|会社名フリガナ|Company Yomi|File As|Address 1|Screen Name||表題",
            ),
            (Column::AddressName, "E-mail Display Name|E-mail 2 Display Name|電子メール表示名|電子メール 2 表示名"),
            (Column::Given, "First Name|Given Name|名|first_name"),
            (Column::Family, "Last Name|Family Name|姓|Surname"),
            (Column::Name, "Display Name|表示名|氏名|Full Name|お名前"),
            (Column::NameOrGiven, "Name|名前"),
            (Column::GivenReading, "Phonetic First Name|Given Name Yomi|Given Yomi|名前フリガナ|名（フリガナ）|メイ"),
            (Column::FamilyReading, "Phonetic Last Name|Family Name Yomi|Surname Yomi|姓フリガナ|姓（ふりがな）|セイ"),
            (Column::NameReading, "Yomi Name|フリガナ|氏名フリガナ|ふりがな|お名前カナ"),
            (Column::Nickname, "Nickname|ニックネーム|Short Name"),
            (
                Column::Organisation,
                "Company|Organization Name|Organization 1 - Name|Organization|Organisation|会社名|組織",
            ),
            (Column::Role, "Job Title|Organization Title|Organization 1 - Title|役職|Position"),
            (Column::Title, "Title|肩書き"),
        ] {
            for name in names.split('|') {
                assert_eq!(column(name), column_kind, "{name}");
            }
        }
    }
}
