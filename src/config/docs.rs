//! The reference page `docs/configuration.md`, printed from the definition.

use super::definition::{Default, Field, Form, Section};
use super::fields::SECTIONS;
use crate::lang::Lang;

/// The page, as Markdown.
pub fn reference(lang: Lang) -> String {
    let mut page = String::from(match lang {
        Lang::En => INTRODUCTION_EN,
        Lang::Ja => INTRODUCTION_JA,
    });
    for section in SECTIONS {
        write_section(&mut page, section, lang);
    }
    page
}

const INTRODUCTION_EN: &str = "\
# Configuration

<!-- Printed by `atena config docs`; edit src/config/fields instead. -->

atena reads one file in [TOML](https://toml.io). It looks for it in this order:

1. the file given with `--config`, or named by the environment variable `ATENA_CONFIG`
2. `$XDG_CONFIG_HOME/atena/atena.toml`, usually `~/.config/atena/atena.toml`; on macOS
   `~/Library/Application Support/atena/atena.toml`; on Windows `%APPDATA%\\atena\\atena.toml`

Without a file everything has its default. `atena init` writes a file, `atena config check` reads it and names every
mistake with its line, `atena config show` prints every value and where it comes from. Unknown keys are mistakes.

Durations are whole numbers with a unit: `30s`, `10m`, `1h30m`, `2d`. Sizes are `25MB` (a million bytes each) or `64KiB`
(1024 bytes each). A path may begin with `~/`; a relative one starts at the directory of the file.
";

const INTRODUCTION_JA: &str = "\
# 設定

<!-- `atena config docs` の出力です。編集するのは src/config/fields です。 -->

atena は [TOML](https://toml.io) のファイルを一つ読みます。次の順に探します。

1. `--config` で指定したファイル、または環境変数 `ATENA_CONFIG` が示すファイル
2. `$XDG_CONFIG_HOME/atena/atena.toml` (通常は `~/.config/atena/atena.toml`)。macOS では
   `~/Library/Application Support/atena/atena.toml`、Windows では `%APPDATA%\\atena\\atena.toml`

ファイルがなければ、すべて既定値になります。`atena init` はファイルを作成し、`atena config check` は間違いをすべて行番号付きで示し、
`atena config show` は各項目の値とその由来を表示します。知らないキーは間違いとして扱います。

時間は整数と単位で書きます: `30s`、`10m`、`1h30m`、`2d`。大きさは `25MB` (100 万バイト単位) や `64KiB` (1024 バイト単位) です。
パスは `~/` で始められます。相対パスはファイルのあるディレクトリから数えます。
";

fn write_section(page: &mut String, section: &Section, lang: Lang) {
    let title = match (section.form, lang) {
        (Form::Top, Lang::En) => "Top of the file".to_owned(),
        (Form::Top, Lang::Ja) => "ファイルの先頭".to_owned(),
        _ => format!("`{}`", section.header()),
    };
    page.push_str(&format!("\n## {title}\n\n{}\n", section.doc.get(lang)));
    for field in section.fields {
        write_field(page, field, lang);
    }
}

fn write_field(page: &mut String, field: &Field, lang: Lang) {
    let (takes, default, example) = match lang {
        Lang::En => ("Value", "Default", "Example"),
        Lang::Ja => ("値", "既定値", "例"),
    };
    let when_missing = match (field.default, lang) {
        (Default::Value(value), _) => format!("`{value}`"),
        (Default::Unset(meaning), _) => meaning.get(lang).to_owned(),
        (Default::Required, Lang::En) => "none; must be given".to_owned(),
        (Default::Required, Lang::Ja) => "なし (必須)".to_owned(),
    };
    page.push_str(&format!("\n### `{}`\n\n{}\n\n", field.key, field.doc.get(lang)));
    page.push_str(&format!("- {takes}: {}\n", field.kind.describe(lang)));
    page.push_str(&format!("- {default}: {when_missing}\n"));
    page.push_str(&format!("- {example}: `{} = {}`\n", field.key, field.example));
}
