//! Why a file is no address book that can be read, and what to do instead.

use crate::lang::Bilingual;

/// Nothing of the file can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("the file is empty")]
    Empty,
    #[error("the file is no address book: {0:?}")]
    Foreign(Foreign),
    /// No column is known as one for addresses. The names are those of the first row, shortened.
    #[error("no column with addresses among: {}", found.join(", "))]
    Columns { found: Vec<String> },
}

/// Files that people take for an address book, or keep one in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// `.xlsx`, `.ods`, `.zip`: all begin alike.
    Workbook,
    /// `.xls` and `.msg`.
    Office,
    /// `abook.sqlite` of Thunderbird.
    Sqlite,
    /// `abook.mab` of older Thunderbirds.
    Mork,
    /// `.pst` of Outlook.
    OutlookData,
    /// iCalendar.
    Calendar,
    /// Something else that is no text.
    Binary,
}

impl Foreign {
    /// What the first octets say.
    pub(super) fn of(octets: &[u8]) -> Option<Foreign> {
        const KNOWN: [(&[u8], Foreign); 6] = [
            (b"PK\x03\x04", Foreign::Workbook),
            (b"\xD0\xCF\x11\xE0", Foreign::Office),
            (b"SQLite format 3\0", Foreign::Sqlite),
            (b"// <!-- <mdb:mork", Foreign::Mork),
            (b"!BDN", Foreign::OutlookData),
            (b"BEGIN:VCALENDAR", Foreign::Calendar),
        ];
        KNOWN.iter().find(|(start, _)| octets.starts_with(start)).map(|&(_, foreign)| foreign)
    }

    fn explain(self) -> (&'static str, &'static str) {
        match self {
            Foreign::Workbook => (
                "the file is a workbook (Excel, LibreOffice) or a ZIP archive, not text. Save the sheet with the contacts \
                 as “CSV UTF-8”, or unpack the archive, and give that file",
                "Excel や LibreOffice のブック、または ZIP です。連絡先のシートを「CSV UTF-8」で保存するか、展開したファイルを指定してください",
            ),
            Foreign::Office => (
                "the file is one of Excel or Outlook in their own old format. Export the contacts as CSV and give that file",
                "Excel または Outlook の古い独自形式です。連絡先を CSV に書き出して指定してください",
            ),
            Foreign::Sqlite | Foreign::Mork => (
                "the file is the database that the mail program works with. Export the address book (Thunderbird: Address \
                 Book, Tools, Export) as vCard, LDIF or CSV and give that file",
                "メールソフトが内部で使うデータベースです。アドレス帳を書き出し（Thunderbird: アドレス帳 → ツール → エクスポート）、\
                 vCard、LDIF、CSV のいずれかを指定してください",
            ),
            Foreign::OutlookData => (
                "the file is a data file of Outlook (.pst). Export the contacts (File, Open & Export, Import/Export) as \
                 “Comma Separated Values” and give that file",
                "Outlook のデータファイル (.pst) です。連絡先を「ファイル → 開く/エクスポート → インポート/エクスポート」で\
                 「テキスト ファイル (コンマ区切り)」に書き出して指定してください",
            ),
            Foreign::Calendar => (
                "the file is a calendar (iCalendar), not an address book. Export the contacts as vCard or CSV",
                "カレンダー (iCalendar) で、アドレス帳ではありません。連絡先を vCard か CSV に書き出してください",
            ),
            Foreign::Binary => (
                "the file is not text. An address book is expected as vCard (.vcf), CSV or LDIF; export it in one of these",
                "テキストではありません。vCard (.vcf)、CSV、LDIF のいずれかで書き出したアドレス帳を指定してください",
            ),
        }
    }
}

impl Unreadable {
    /// What is wrong, what was expected, what to do.
    pub fn explain(&self) -> Bilingual {
        match self {
            Unreadable::Empty => Bilingual::new(
                "the file is empty. An address book is expected as vCard (.vcf), CSV or LDIF; export it again",
                "ファイルが空です。vCard (.vcf)、CSV、LDIF のいずれかでアドレス帳を書き出し直してください",
            ),
            Unreadable::Foreign(foreign) => {
                let (en, ja) = foreign.explain();
                Bilingual::new(en, ja)
            }
            Unreadable::Columns { found } => Bilingual::new(
                format!(
                    "the file is neither vCard nor LDIF, and as a table (CSV) it has no column with mail addresses. Its \
                     first row is: {}. Expected are names of columns as Google, Outlook or Thunderbird write them, such as \
                     “E-mail 1 - Value”, “E-mail Address”, “Primary Email”, or simply “name,email”. Put such names into the \
                     first row, or export the contacts as vCard",
                    list(found, "(nothing)", "“", "”", ", ")
                ),
                format!(
                    "vCard でも LDIF でもなく、表 (CSV) として見てもメールアドレスの列がありません。先頭の行は {} です。\
                     「電子メール アドレス」「E-mail 1 - Value」「Primary Email」など Google、Outlook、Thunderbird の列名か、\
                     「氏名,メールアドレス」のような列名が必要です。先頭の行に列名を書くか、連絡先を vCard で書き出してください",
                    list(found, "（なし）", "「", "」", "")
                ),
            ),
        }
    }
}

fn list(names: &[String], none: &str, open: &str, close: &str, between: &str) -> String {
    if names.is_empty() {
        return none.to_owned();
    }
    names.iter().map(|name| format!("{open}{name}{close}")).collect::<Vec<_>>().join(between)
}
