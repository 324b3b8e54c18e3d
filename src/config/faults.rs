//! The sentences about keys and types: what is wrong, what is known, what was probably meant.
//!
//! Pure.

use toml::de::DeValue;

use super::definition::{Field, Form, Kind, Section, Text};
use super::fields::SECTIONS;
use super::units::quoted;
use crate::lang::Lang;
use crate::source::Fault;
use crate::suggest::nearest;

impl Fault {
    /// The same fault, naming the key it is about.
    pub(super) fn of(mut self, key: &str) -> Fault {
        self.message = self.message.map(|message| format!("`{key}`: {message}"));
        self
    }

    pub(super) fn unknown_key(section: &Section, key: &str, known: &[&str]) -> Fault {
        let place = if section.form == Form::Top { String::new() } else { format!(" in {}", section.header()) };
        let place_ja = if section.form == Form::Top { String::new() } else { format!("{} に", section.header()) };
        let fault = Fault::new(
            format!("unknown key {}{place}", named(key)),
            format!("{place_ja}不明なキー {} があります", named(key)),
        );
        if section.name == "account" && super::secrets::is_secret_key(key) {
            return Fault::new(
                "a password must not stand in this file",
                "このファイルにパスワードを書くことはできません",
            )
            .help(
                "use `password_command`, `password_env`, `password_keyring` or `pass_through` instead, and change the \
                 password if others could read the file",
                "代わりに `password_command`、`password_env`、`password_keyring`、`pass_through` のいずれかを使い、\
                 ファイルを他人が読めた場合はパスワードを変更してください",
            );
        }
        if section.name == "notify" && super::secrets::is_secret_key(key) {
            return Fault::new("a secret must not stand in this file", "このファイルに秘密の値を書くことはできません").help(
                "use `webhook_secret_command` or `webhook_secret_env` instead, and change the secret if others could read the file",
                "代わりに `webhook_secret_command` か `webhook_secret_env` を使い、ファイルを他人が読めた場合は値を変更してください",
            );
        }
        let home = SECTIONS
            .iter()
            .find(|other| other.name != section.name && other.form != Form::ById && other.field(key).is_some());
        if let Some(known) = nearest(key, known.iter().copied().filter(|known| !known.is_empty())) {
            return fault.help(format!("did you mean `{known}`?"), format!("`{known}` ではありませんか?"));
        }
        match home {
            Some(home) if home.form == Form::Top => fault.help(
                format!("`{key}` belongs at the top of the file, before the first [section]"),
                format!("`{key}` はファイルの先頭、最初の [セクション] より前に書きます"),
            ),
            Some(home) => fault.help(
                format!("`{key}` belongs in {}", home.header()),
                format!("`{key}` は {} に書きます", home.header()),
            ),
            None => {
                let list = known
                    .iter()
                    .filter(|known| !known.is_empty())
                    .map(|known| format!("`{known}`"))
                    .collect::<Vec<_>>();
                fault.help(format!("known here: {}", list.join(", ")), format!("使えるキー: {}", list.join("、")))
            }
        }
    }

    pub(super) fn missing(section: &Section, field: &Field) -> Fault {
        Fault::new(
            format!("{} has no `{}`", section.header(), field.key),
            format!("{} に `{}` がありません", section.header(), field.key),
        )
        .help(
            format!("for example: {} = {}", field.key, field.example),
            format!("例: {} = {}", field.key, field.example),
        )
    }

    pub(super) fn wrong_type(field: &Field, found: &DeValue<'_>) -> Fault {
        let found = type_name(found);
        Fault::new(
            format!("`{}` must be {}, not {}", field.key, field.kind.describe(Lang::En), found.en),
            format!(
                "`{}` には{}を書きます ({}は使えません)",
                field.key,
                spaced(&field.kind.describe(Lang::Ja)),
                found.ja
            ),
        )
        .help(
            format!("for example: {} = {}", field.key, field.example),
            format!("例: {} = {}", field.key, field.example),
        )
    }

    /// An element of a list of texts that is no text.
    pub(super) fn not_a_text(field: &Field, found: &DeValue<'_>) -> Fault {
        let found = type_name(found);
        Fault::new(
            format!("`{}` takes texts in quotes, not {}", field.key, found.en),
            format!("`{}` の要素は引用符で囲んだ文字列で、{}は使えません", field.key, found.ja),
        )
    }

    pub(super) fn word(field: &Field, found: &str, meant: Option<&str>) -> Fault {
        let fault = Fault::new(
            format!("`{}` must be {}, not {}", field.key, field.kind.describe(Lang::En), quoted(found)),
            format!(
                "`{}` には{}を書きます ({} は使えません)",
                field.key,
                spaced(&field.kind.describe(Lang::Ja)),
                quoted(found)
            ),
        );
        match meant {
            Some(meant) => fault.help(format!("did you mean \"{meant}\"?"), format!("\"{meant}\" ではありませんか?")),
            None => fault,
        }
    }

    pub(super) fn out_of_bounds(field: &Field) -> Fault {
        let (min, max) = match field.kind {
            Kind::Size(min, max) => (size_text(min), size_text(max)),
            Kind::Duration(min, max) => (duration_text(min), duration_text(max)),
            Kind::Count(min, max) => (min.to_string(), max.to_string()),
            _ => unreachable!("`{}` is not defined as a number", field.key),
        };
        Fault::new(
            format!("`{}` must be between {min} and {max}", field.key),
            format!("`{}` は {min} から {max} までの値にしてください", field.key),
        )
    }

    pub(super) fn double_brackets(section: &Section) -> Fault {
        Fault::new(
            format!("[{}] is written with double brackets, because there can be several", section.name),
            format!("複数書けるため、[{}] は二重の角括弧で書きます", section.name),
        )
        .help(format!("write {}", section.header()), format!("{} と書いてください", section.header()))
    }

    pub(super) fn single_brackets(section: &Section) -> Fault {
        Fault::new(
            format!("[[{}]] is written with single brackets, because there is only one", section.name),
            format!("一つだけなので、[[{}]] は一重の角括弧で書きます", section.name),
        )
        .help(format!("write {}", section.header()), format!("{} と書いてください", section.header()))
    }

    pub(super) fn wrong_shape(name: &str, header: &str, found: &DeValue<'_>) -> Fault {
        let found = type_name(found);
        Fault::new(
            format!("{} is a section, not {}", named(name), found.en),
            format!("{} はセクションです ({}は使えません)", named(name), found.ja),
        )
        .help(
            format!("write {header} on a line of its own, and its keys below"),
            format!("{header} を 1 行に書き、その下にキーを書きます"),
        )
    }
}

/// A key in backquotes, without control characters and not endless.
fn named(key: &str) -> String {
    format!("`{}`", quoted(key).trim_matches('"'))
}

/// Japanese is set off from Latin letters by a space.
fn spaced(text: &str) -> String {
    if text.starts_with(|c: char| c.is_ascii()) { format!(" {text}") } else { text.to_owned() }
}

fn type_name(value: &DeValue<'_>) -> Text {
    match value {
        DeValue::String(_) => Text { en: "a text", ja: "文字列" },
        DeValue::Integer(_) => Text { en: "a number", ja: "数値" },
        DeValue::Float(_) => Text { en: "a number with a point", ja: "小数" },
        DeValue::Boolean(_) => Text { en: "a true/false value", ja: "真偽値" },
        DeValue::Datetime(_) => Text { en: "a date", ja: "日付" },
        DeValue::Array(_) => Text { en: "a list", ja: "リスト" },
        DeValue::Table(_) => Text { en: "a table", ja: "テーブル" },
    }
}

/// Bytes in the largest unit that divides them.
fn size_text(bytes: u64) -> String {
    in_units(bytes, &[("GB", 1_000_000_000), ("MB", 1_000_000), ("KiB", 1024), ("B", 1)])
}

/// Milliseconds in the largest unit that divides them.
fn duration_text(millis: u64) -> String {
    if millis == 0 {
        return "0s".to_owned();
    }
    in_units(millis, &[("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)])
}

fn in_units(value: u64, units: &[(&str, u64)]) -> String {
    let fitting = units.iter().find(|(_, size)| value.is_multiple_of(*size));
    fitting.map_or_else(|| value.to_string(), |(unit, size)| format!("{}{unit}", value / size))
}
