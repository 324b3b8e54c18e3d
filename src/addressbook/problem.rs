//! What in an address book could not be read, for its owner.

use crate::lang::Bilingual;
use crate::message::AddressError;

use super::Book;

/// More than anybody reads; a table of rubbish must not take more room than the rubbish.
const MOST: usize = 1000;

/// How much of a text is shown, in characters.
const SHOWN: usize = 60;

/// One thing that was not read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// From 1, in the file.
    pub line: Option<usize>,
    pub trouble: Trouble,
}

/// What is wrong. Texts are shortened and without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Where an address should stand.
    NoAddress { text: String, error: AddressError },
    /// No column for addresses holds anything, another one does.
    Elsewhere { address: String, column: String },
    /// A card without END:VCARD; it was read up to there.
    NoEnd,
    /// A quotation mark that is never closed; rows are read on from the next line.
    OpenQuote,
    /// A value that should be Base64 and is not.
    NoBase64 { field: String },
    /// So many more after these.
    More(usize),
}

impl Problem {
    /// What is wrong and what to do, without the line.
    pub fn explain(&self) -> Bilingual {
        match &self.trouble {
            Trouble::NoAddress { text, error } => {
                let (en, ja) = reason(*error);
                Bilingual::new(
                    format!("“{text}” is not a mail address: it {en}. Correct it in the address book, or leave it out"),
                    format!("「{text}」はメールアドレスではありません（{ja}）。アドレス帳で直すか、除いてください"),
                )
            }
            Trouble::Elsewhere { address, column } => Bilingual::new(
                format!(
                    "there is no address in the columns for addresses, but “{address}” stands in the column “{column}”: \
                     move it if it is the person's address"
                ),
                format!(
                    "アドレスの列は空ですが、「{column}」の列に「{address}」があります。本人のアドレスならアドレスの列に移してください"
                ),
            ),
            Trouble::NoEnd => Bilingual::new(
                "this card has no END:VCARD. It was read as far as it goes; if something is missing, export it again",
                "このカードには END:VCARD がありません。読めるところまで読みました。足りなければ書き出し直してください",
            ),
            Trouble::OpenQuote => Bilingual::new(
                "a quotation mark (\") in this row is never closed. The row is left out and reading goes on with the next \
                 line; write \"\" for a quotation mark within a quoted value",
                "この行の引用符 (\") が閉じられていません。この行を除き、次の行から読みます。引用符で囲んだ値の中の引用符は \"\" と書きます",
            ),
            Trouble::NoBase64 { field } => Bilingual::new(
                format!("the value of “{field}” should be Base64 and is not. It is left out; export the book again"),
                format!("「{field}」の値が Base64 として読めないため、除きました。アドレス帳を書き出し直してください"),
            ),
            Trouble::More(count) => {
                Bilingual::new(format!("{count} more problems after these"), format!("このほかに {count} 件あります"))
            }
        }
    }
}

fn reason(error: AddressError) -> (&'static str, &'static str) {
    match error {
        AddressError::NoAt => ("has no @ between a name and a domain", "名前とドメインの間に @ がありません"),
        AddressError::BadCharacter => {
            ("contains a character that no address has", "アドレスに使えない文字が含まれています")
        }
        AddressError::TooLong => ("is longer than 254 octets", "254 オクテットを超えています"),
        AddressError::LocalTooLong => ("has more than 64 octets before the @", "@ の前が 64 オクテットを超えています"),
        AddressError::BadDomain => ("has no valid domain after the @", "@ の後がドメイン名になっていません"),
    }
}

impl Book {
    pub(super) fn note(&mut self, line: usize, trouble: Trouble) {
        if self.problems.len() < MOST {
            self.problems.push(Problem { line: Some(line), trouble });
            return;
        }
        match self.problems.last_mut() {
            Some(Problem { trouble: Trouble::More(count), .. }) => *count += 1,
            _ => self.problems.push(Problem { line: None, trouble: Trouble::More(1) }),
        }
    }
}

/// The start of a text, fit to be shown.
pub(super) fn shown(text: &str) -> String {
    let mut shown: String =
        text.trim().chars().take(SHOWN).map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
    if text.trim().chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_beyond_a_thousand_are_counted() {
        let mut book = Book::default();
        for line in 1..=1500 {
            book.note(line, Trouble::NoEnd);
        }
        assert_eq!(book.problems.len(), MOST + 1);
        assert_eq!(book.problems[MOST], Problem { line: None, trouble: Trouble::More(500) });
    }

    #[test]
    fn texts_are_shown_without_control_characters_and_not_whole() {
        assert_eq!(shown(" a\u{1b}[2J "), "a\u{FFFD}[2J");
        assert_eq!(shown(&"あ".repeat(100)), "あ".repeat(SHOWN) + "…");
    }
}
