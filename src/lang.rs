//! The two languages a person may read, and texts that exist in both.
//!
//! Japanese and English are equal: a text without one of them does not compile or does not load.

use serde::Deserialize;

/// A language of everything a person reads (messages, help for rules, replies).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    #[default]
    En,
    Ja,
}

impl Lang {
    /// The language of a POSIX locale name such as `ja_JP.UTF-8`; anything that is not Japanese is English.
    pub fn of_locale(locale: &str) -> Lang {
        if locale.starts_with("ja") { Lang::Ja } else { Lang::En }
    }

    /// The language tag of BCP 47.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Ja => "ja",
        }
    }
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    pub en: String,
    pub ja: String,
}

impl Bilingual {
    pub fn new(en: impl Into<String>, ja: impl Into<String>) -> Bilingual {
        Bilingual { en: en.into(), ja: ja.into() }
    }

    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Ja => &self.ja,
        }
    }

    /// Applies `change` to both texts.
    pub fn map(&self, change: impl Fn(&str) -> String) -> Bilingual {
        Bilingual { en: change(&self.en), ja: change(&self.ja) }
    }
}
