//! The shape of a configuration's definition: sections and fields with their kind, default, example and text.
//!
//! Pure. `fields.rs` holds the one table made of these; reading, defaults, `config show` and the reference page all
//! come from it.

use crate::finding::Level;
use crate::lang::Lang;
use crate::verdict::Verdict;

/// A fixed text in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    pub en: &'static str,
    pub ja: &'static str,
}

impl Text {
    pub fn get(self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Ja => self.ja,
        }
    }
}

/// How a section is written in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The top of the file.
    Top,
    /// `[name]`, once.
    Table,
    /// `[[name]]`, as often as needed.
    List,
    /// `[name.ID]`, once per id; keys that are not fields are kept for whoever knows the id.
    ById,
}

/// One section of the file.
#[derive(Debug)]
pub struct Section {
    /// The name between the brackets; empty for the top of the file.
    pub name: &'static str,
    pub form: Form,
    pub doc: Text,
    pub fields: &'static [Field],
}

impl Section {
    /// The field of this key.
    pub fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    /// How the section's header looks: `[serve]`, `[[account]]`, `[rules.ID]`; empty for the top.
    pub fn header(&self) -> String {
        match self.form {
            Form::Top => String::new(),
            Form::Table => format!("[{}]", self.name),
            Form::List => format!("[[{}]]", self.name),
            Form::ById => format!("[{}.ID]", self.name),
        }
    }
}

/// One key.
#[derive(Debug)]
pub struct Field {
    pub key: &'static str,
    pub kind: Kind,
    pub default: Default,
    /// A value as it stands in a file.
    pub example: &'static str,
    pub doc: Text,
}

/// What happens when a key is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Default {
    /// This value, as TOML.
    Value(&'static str),
    /// Nothing is set, and this is what it means.
    Unset(Text),
    /// The key must be given.
    Required,
}

/// What may stand behind the `=`.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Text,
    Texts,
    /// One text, or a list of them.
    TextOrTexts,
    Flag,
    Path,
    /// An IP address and a port.
    Listen,
    /// The URL of the next server.
    Upstream,
    /// The URL of a mailbox.
    Imap,
    /// The URL of a web service; only its host is ever shown.
    Webhook,
    /// A command line; only its first word is ever shown.
    Command,
    /// A day of the calendar.
    Date,
    /// A whole number within these bounds.
    Count(u64, u64),
    /// Bytes within these bounds.
    Size(u64, u64),
    /// Milliseconds within these bounds.
    Duration(u64, u64),
    /// One of these words.
    Word(fn() -> Vec<&'static str>),
}

impl Kind {
    /// "must be …" and "takes …", for messages and the reference page.
    pub fn describe(&self, lang: Lang) -> String {
        let text = match self {
            Kind::Text => Text { en: "a text in quotes", ja: "引用符で囲んだ文字列" },
            Kind::Texts => Text { en: "a list of texts", ja: "文字列のリスト" },
            Kind::TextOrTexts => Text {
                en: "a text in quotes, or a list of texts",
                ja: "引用符で囲んだ文字列、またはそのリスト",
            },
            Kind::Flag => Text { en: "true or false", ja: "true か false" },
            Kind::Path => Text { en: "a path in quotes", ja: "引用符で囲んだパス" },
            Kind::Listen => Text { en: "an IP address and a port", ja: "IP アドレスとポート番号" },
            Kind::Upstream => Text { en: "the URL of a server", ja: "サーバーの URL" },
            Kind::Imap => Text { en: "the URL of a mailbox", ja: "メールボックスの URL" },
            Kind::Webhook => Text { en: "the URL of a webhook", ja: "Webhook の URL" },
            Kind::Command => Text { en: "a command line in quotes", ja: "引用符で囲んだコマンド行" },
            Kind::Date => Text { en: "a date such as 2026-10-02", ja: "2026-10-02 のような日付" },
            Kind::Size(..) => Text {
                en: "a size such as \"50MB\", or a number of bytes",
                ja: "\"50MB\" のような大きさ、またはバイト数",
            },
            Kind::Duration(..) => Text { en: "a duration such as \"10m\"", ja: "\"10m\" のような時間" },
            Kind::Count(min, max) => {
                return match lang {
                    Lang::En => format!("a whole number from {min} to {max}"),
                    Lang::Ja => format!("{min} から {max} までの整数"),
                };
            }
            Kind::Word(words) => {
                let words: Vec<String> = words().iter().map(|word| format!("\"{word}\"")).collect();
                return match lang {
                    Lang::En => format!("one of {}", words.join(", ")),
                    Lang::Ja => format!("{} のいずれか", words.join("、")),
                };
            }
        };
        text.get(lang).to_owned()
    }
}

/// A value chosen from a fixed list of words.
pub trait Word: Copy + 'static {
    /// Every word with its value, in the order shown to people.
    const WORDS: &'static [(&'static str, Self)];
}

/// The words of `W`, for [`Kind::Word`].
pub(super) fn words<W: Word>() -> Vec<&'static str> {
    W::WORDS.iter().map(|(word, _)| *word).collect()
}

impl Word for Lang {
    const WORDS: &'static [(&'static str, Lang)] = &[("ja", Lang::Ja), ("en", Lang::En)];
}

impl Word for Level {
    const WORDS: &'static [(&'static str, Level)] =
        &[("info", Level::Info), ("warning", Level::Warning), ("error", Level::Error)];
}

impl Word for Verdict {
    const WORDS: &'static [(&'static str, Verdict)] = &[
        ("forward", Verdict::Forward),
        ("delay", Verdict::Delay),
        ("hold", Verdict::Hold),
        ("return", Verdict::Return),
        ("reject", Verdict::Reject),
    ];
}
