//! The sentences about mistakes in packs and in settings of rules, in both languages.

use std::borrow::Cow;

use crate::lexicon::Wrong;
use crate::source::Fault;
use crate::suggest::nearest;

pub(super) fn not_a_list_of_blocks(key: &str) -> Fault {
    Fault::new(format!("`{key}` is a list of blocks"), format!("`{key}` は二重の角括弧で書く項目です"))
        .help(format!("write [[{key}]]"), format!("[[{key}]] と書いてください"))
}

pub(super) fn not_a_block() -> Fault {
    Fault::new("a rule is a block of fields", "ルールは項目を並べたブロックで書きます")
        .help("write [[rule]]", "[[rule]] と書いてください")
}

pub(super) fn unknown_in_pack(key: &str) -> Fault {
    Fault::new(format!("unknown key `{key}` in a pack"), format!("パックに不明なキー `{key}` があります")).help(
        "known are [[rule]], [[expression]], [lexicon], [facts]",
        "使えるのは [[rule]]、[[expression]]、[lexicon]、[facts] です",
    )
}

pub(super) fn unknown_in_rule(key: &str, known: &[&str]) -> Fault {
    let fault = Fault::new(format!("unknown key `{key}` in a rule"), format!("ルールに不明なキー `{key}` があります"));
    match nearest(key, known.iter().copied()) {
        Some(near) => fault.help(format!("did you mean `{near}`?"), format!("`{near}` ではありませんか?")),
        None => fault.help(format!("known are {}", known.join(", ")), format!("使えるのは {} です", known.join("、"))),
    }
}

pub(super) fn missing(name: &str) -> Fault {
    Fault::new(format!("this rule has no `{name}`"), format!("このルールに `{name}` がありません"))
}

pub(super) fn bad_id(id: &str) -> Fault {
    Fault::new(format!("`{id}` is no rule id"), format!("`{id}` はルール ID として使えません"))
        .help("use lower-case letters, digits and hyphens", "半角の英小文字、数字、ハイフンを使ってください")
}

pub(super) fn twice(id: &str) -> Fault {
    Fault::new(format!("there are two rules `{id}` in this pack"), format!("このパックにルール `{id}` が二つあります"))
}

pub(super) fn too_few_examples(id: &str) -> Fault {
    Fault::new(
        format!("rule `{id}` needs an example that fires and one that does not"),
        format!("ルール `{id}` には、検出する例と検出しない例が一つ以上ずつ必要です"),
    )
    .help(
        "add [[rule.example]] with `match` and with `clean`",
        "[[rule.example]] に `match` の例と `clean` の例を加えてください",
    )
}

pub(super) fn no_such_rule<'a>(id: &str, known: impl Iterator<Item = &'a str>) -> Fault {
    let fault = Fault::new(format!("there is no rule `{id}`"), format!("ルール `{id}` はありません"));
    match nearest(id, known) {
        Some(id) => fault.help(format!("did you mean `{id}`?"), format!("`{id}` ではありませんか?")),
        None => fault.help("`atena rules list` shows all rules", "`atena rules list` ですべてのルールを表示できます"),
    }
}

pub(super) fn no_condition(name: &str) -> Fault {
    Fault::new(format!("`{name}` names no condition, or nobody"), format!("`{name}` に条件がないか、対象がありません"))
        .help(
            "for example: { to = [\"*@partner.example\"] }, { clients = [\"Alder\"] }, { outside = true }",
            "例: { to = [\"*@partner.example\"] }、{ clients = [\"青葉精機\"] }、{ outside = true }",
        )
}

/// Why a list of words cannot be linked.
pub(super) fn of_list(wrong: &Wrong) -> Fault {
    match wrong {
        Wrong::NoSuchList { name, known } => no_such_list(name, known),
        Wrong::EmptyEntry => empty_entry(),
        Wrong::OpenPattern(entry) => open_pattern(entry),
        Wrong::BadPattern { source, error } => bad_pattern(source, error),
    }
}

fn no_such_list(name: &str, known: &[String]) -> Fault {
    let fault = Fault::new(format!("there is no word list `{name}`"), format!("単語リスト `{name}` はありません"));
    match known {
        [] => fault,
        known => fault.help(format!("known are {}", known.join(", ")), format!("使えるリスト: {}", known.join("、"))),
    }
}

fn bad_pattern(source: &str, error: &regex_syntax::Error) -> Fault {
    // Its full text draws a picture over several lines; the kind is the sentence in it.
    let why = match error {
        regex_syntax::Error::Parse(error) => error.kind().to_string(),
        regex_syntax::Error::Translate(error) => error.kind().to_string(),
        other => other.to_string(),
    };
    Fault::new(
        format!("`/{source}/` is not a regular expression: {why}"),
        format!("`/{source}/` は正規表現として読めません: {why}"),
    )
}

fn empty_entry() -> Fault {
    Fault::new(
        "a list of words has an empty entry, which nothing matches",
        "単語リストに空の項目があります。何にも一致しません",
    )
}

fn open_pattern(entry: &str) -> Fault {
    let fault = Fault::new(
        format!("`{entry}` begins like a pattern and does not end like one"),
        format!("`{entry}` は正規表現のように始まりますが、`/` で終わっていません"),
    );
    fault.help("write a `/` at its end", "末尾に `/` を付けてください")
}

pub(super) fn too_large_pattern(source: &str) -> Fault {
    Fault::new(
        format!("`/{source}/` repeats too much to be compiled; use smaller counts"),
        format!("`/{source}/` は繰り返しが多すぎて使えません。回数を小さくしてください"),
    )
}

pub(super) fn too_many_words() -> Fault {
    Fault::new(
        "the word lists are too large: together they may have 4 GiB",
        "単語リストが大きすぎます: 合わせて 4 GiB までです",
    )
}

/// What the reader of TOML says, in the words of people who write rules.
pub(super) fn of_reader(message: &str) -> Fault {
    let message = plain(message);
    let japanese = japanese(&message).unwrap_or_else(|| format!("値を読めません: {message}"));
    let meant = message.strip_prefix("unknown ").and_then(|rest| {
        let mut names = rest.split('`').skip(1).step_by(2);
        let found = names.next()?;
        nearest(found, names).map(str::to_owned)
    });
    let fault = Fault::new(message, japanese);
    match meant {
        Some(meant) => fault.help(format!("did you mean `{meant}`?"), format!("`{meant}` ではありませんか?")),
        None => fault,
    }
}

/// Without the words of its programmers.
fn plain(message: &str) -> String {
    message
        .replace("usize", "a whole number")
        .replace("a sequence", "a list")
        .replace("a map", "a table")
        .replace("struct Bilingual", "a table with `en` and `ja`")
        .replace("struct ", "the table ")
        .replace("wanted string or table", "one of the known words is needed, in quotes")
}

/// serde's sentences are few and fixed; one that is not among them is shown as it is.
fn japanese(message: &str) -> Option<String> {
    let behind = |start: &str| message.strip_prefix(start);
    let and_expected = |rest: &'_ str| -> Option<(String, String)> {
        let (found, expected) = rest.split_once(", expected ")?;
        Some((found.to_owned(), expected.to_owned()))
    };
    let choices = |expected: &str| {
        let names: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
        if names.is_empty() { expected.to_owned() } else { names.join("、") }
    };
    if let Some(field) = behind("missing field ") {
        return Some(format!("{field} がありません"));
    }
    if let Some((found, expected)) = behind("unknown field ").and_then(and_expected) {
        return Some(format!("不明なキー {found} があります。使えるのは {} です", choices(&expected)));
    }
    if let Some((found, expected)) = behind("unknown variant ").and_then(and_expected) {
        return Some(format!("{found} は使えません。使えるのは {} です", choices(&expected)));
    }
    if let Some((found, expected)) = behind("invalid type: ").and_then(and_expected) {
        return Some(format!("{}が必要です ({}は使えません)", type_name(&expected), type_name(&found)));
    }
    if let Some((found, expected)) = behind("invalid value: ").and_then(and_expected) {
        return Some(format!("値 {found} は使えません (必要なもの: {})", type_name(&expected)));
    }
    if message.starts_with("one of the known words") {
        return Some("決まった語のいずれかを引用符で囲んで書きます".to_owned());
    }
    if let Some(entry) = message.strip_suffix(" is neither an address nor a domain") {
        return Some(format!("{entry} はアドレスでもドメインでもありません"));
    }
    behind("duplicate field ").map(|field| format!("{field} が二度あります"))
}

fn type_name(english: &str) -> Cow<'_, str> {
    const NAMES: [(&str, &str); 10] = [
        ("a list", "リスト"),
        ("list", "リスト"),
        ("sequence", "リスト"),
        ("a table with `en` and `ja`", "`en` と `ja` のテーブル"),
        ("a table", "テーブル"),
        ("map", "テーブル"),
        ("a string", "文字列"),
        ("string", "文字列"),
        ("a boolean", "true か false"),
        ("a whole number", "整数"),
    ];
    let kinds =
        [("string \"", "文字列 "), ("integer `", "整数 "), ("boolean `", "真偽値 "), ("floating point `", "小数 ")];
    if let Some((_, ja)) = NAMES.iter().find(|(en, _)| *en == english) {
        return Cow::Borrowed(ja);
    }
    match kinds.iter().find(|(start, _)| english.starts_with(start)) {
        Some((start, ja)) => Cow::Owned(format!("{ja}{}", &english[start.len() - 1..])),
        None => Cow::Borrowed(english),
    }
}
