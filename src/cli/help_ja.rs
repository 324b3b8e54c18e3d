//! The Japanese help texts, by subcommand and argument; a test sees that none is missing.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction};

/// Replaces every English help text by its Japanese one.
pub(super) fn translate(command: clap::Command) -> clap::Command {
    translate_at(command, "")
}

/// A wrong command line, told in Japanese.
pub(super) fn usage_error(error: &clap::Error) -> String {
    let context = |kind: ContextKind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join("、"),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let argument = context(ContextKind::InvalidArg);
    let what = match error.kind() {
        ErrorKind::MissingRequiredArgument => format!("必要な引数がありません: {argument}"),
        ErrorKind::UnknownArgument => format!("{argument} という引数はありません"),
        ErrorKind::InvalidSubcommand => {
            format!("{} というコマンドはありません", context(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "コマンドを指定してください".to_owned()
        }
        ErrorKind::InvalidValue if context(ContextKind::InvalidValue).is_empty() => {
            format!("{argument} の値がありません")
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("{argument} に「{}」は指定できません", context(ContextKind::InvalidValue))
        }
        ErrorKind::ArgumentConflict => {
            format!("{argument} と {} は同時に指定できません", context(ContextKind::PriorArg))
        }
        _ => format!("引数を読み取れません: {argument}"),
    };
    let mut out = format!("エラー: {what}\n");
    let valid = [ContextKind::ValidValue, ContextKind::ValidSubcommand].map(context).concat();
    if !valid.is_empty() {
        out.push_str(&format!("指定できるもの: {valid}\n"));
    }
    let near = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
        .map(context)
        .concat();
    if !near.is_empty() {
        out.push_str(&format!("もしかして: {near}\n"));
    }
    out.push_str("使い方は --help で表示できます\n");
    out
}

fn translate_at(mut command: clap::Command, path: &str) -> clap::Command {
    if let Some(about) = about(path) {
        command = command.about(about);
    }
    let arguments: Vec<String> = command.get_arguments().map(|argument| argument.get_id().to_string()).collect();
    for id in arguments {
        command = command.mut_arg(id, translate_argument);
    }
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    for name in names {
        let below = format!("{path} {name}");
        command = command.mut_subcommand(name, |sub| translate_at(sub, below.trim()));
    }
    // The built-in flags cannot be translated; ours do the same.
    let flag = |name: &'static str, short: char, action| {
        let text = help(name).unwrap_or_default();
        Arg::new(name).short(short).long(name).action(action).help(text).help_heading(OPTIONS)
    };
    command
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(flag("help", 'h', ArgAction::Help))
        .arg(flag("version", 'V', ArgAction::Version))
        .subcommand_help_heading("コマンド")
        .subcommand_value_name("コマンド")
        .help_template("{about}\n\n使い方: {usage}\n\n{all-args}\n")
}

const OPTIONS: &str = "オプション";

fn translate_argument(argument: Arg) -> Arg {
    let Some(text) = help(argument.get_id().as_str()) else { return argument };
    let heading = match (argument.get_help_heading(), argument.is_positional()) {
        (Some(_), _) => "共通オプション",
        (None, true) => "引数",
        (None, false) => OPTIONS,
    };
    let choices: Vec<String> = argument.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    let default: Vec<String> =
        argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    let takes_value = argument.get_action().takes_values();
    let text = match (takes_value && !choices.is_empty(), default.first()) {
        (true, Some(default)) => format!("{text}（{}。既定: {default}）", choices.join("、")),
        (true, None) => format!("{text}（{}）", choices.join("、")),
        (false, Some(default)) if takes_value => format!("{text}（既定: {default}）"),
        (false, _) => text.to_owned(),
    };
    let argument = argument.help(text).help_heading(heading);
    if takes_value { argument.hide_possible_values(true).hide_default_value(true) } else { argument }
}

fn about(path: &str) -> Option<&'static str> {
    Some(match path {
        "" => "送信前のメールを確認します: 宛先・宛名・添付の間違い、お詫びの抜け",
        "check" => "保存した下書きを確認します（ファイル、フォルダー、Maildir、mbox、- は標準入力）",
        "serve" => "メールソフトとサーバーの間で、送信メールを確認して中継します",
        "open" => "動作中の中継サーバーの確認ページを開きます",
        "held" => "保留中のメールを表示し、送信・破棄します（端末でコマンドを付けずに実行すると、1通ずつ確認できます）",
        "held list" => "保留中のメールを一覧します",
        "held show" => "メールの宛先、保留の理由、指摘の語に印を付けた本文、経過を表示します",
        "held release" => "メールを送信します",
        "held drop" => "メールを破棄します",
        "held draft" => "メールをアカウントのメールボックスの下書きフォルダーに入れます",
        "held cancel" => "送信待ちのメールを保留に戻します",
        "held watch" => "待ち始めたメールと決定を、起きるたびに1行ずつ表示します（Ctrl-C で終了）",
        "rules" => "規則を表示・検査します",
        "rules list" => "有効な規則を一覧します",
        "rules explain" => "規則を説明します（内容、理由、対処、例）",
        "rules test" => "規則の例を実行します（パックを指定できます）",
        "rules stats" => "規則ごとに指摘がどう扱われたかを集計し、いつも当たらない規則を控えめにする設定を示します",
        "people" => "メールの相手を学習し、表示・統合・削除します",
        "people import" => "送信済みメールから相手を学習します（本文は保存しません。学習済みのメールは飛ばします）",
        "people list" => "記録されている相手を、送信の多い順に一覧します",
        "people show" => "ある相手について記録されている内容をすべて表示します",
        "people merge" => "2つのアドレスが同じ人のものであることを記録します",
        "people forget" => "相手についての記録をすべて削除します",
        "people clients" => "よく送っている会社のうち [[client]] にないものを、設定に貼れる形で出力します",
        "people export" => "学習した内容をすべてJSON（1行1件、import で読み込めます）で出力します",
        "backtest" => {
            "送信済みメールを時刻順に判定し直します（規則ごとの指摘の頻度と処理時間、誤った宛先に気付けたか）"
        }
        "user" => "中継サーバーにログインできる利用者を登録・一覧・削除します",
        "user add" => "利用者を登録します。パスワードは入力を求めるか、標準入力から読みます（登録済みなら変更）",
        "user list" => "利用者を一覧します",
        "user remove" => "利用者を削除します",
        "token" => "ほかのプログラムが HTTP API を使うためのトークンを発行・一覧・削除します",
        "token add" => "トークンを発行して一度だけ表示します",
        "token list" => "トークンを一覧します",
        "token remove" => "トークンを削除します（すぐに使えなくなります）",
        "notify" => "保留の通知（デスクトップ、通知メール、Webhook）を試します",
        "notify test" => "設定されている通知を1つずつ試し、結果を表示します",
        "config" => "設定を検査・表示します",
        "config check" => "設定を検査し、問題をすべて行番号つきで示します",
        "config show" => "すべての設定値とその出どころを表示します",
        "config docs" => "設定項目の一覧を出力します",
        "init" => "いくつかの質問に答えて設定ファイルを作ります",
        "completions" => "シェルの補完定義を出力します",
        "man" => "マニュアルページを出力するか、フォルダーに書き出します",
        _ => return None,
    })
}

/// Arguments mean the same wherever they stand.
fn help(id: &str) -> Option<&'static str> {
    Some(match id {
        "config" => {
            "設定ファイル（既定: 利用者ごとの場所。`atena config show` で確認できます）[環境変数: ATENA_CONFIG]"
        }
        "name" => "ログイン名",
        "print" => "リンクを表示するだけで、ブラウザーは開きません",
        "token" => "トークンの名前（用途の分かるもの。例: crm）",
        "scope" => {
            "できること: read は保留メールの閲覧（本文も）、decide は本文なしの閲覧と送信・破棄などの判断、check は下書きの点検（複数指定できます）"
        }
        "expires" => "有効期間（例: 90d。既定: 削除するまで）",
        "tls" => {
            "ネットワーク上でのこのコンピューターの名前か IP アドレス。証明書を作り、スマートフォンなどから接続できるようにします（複数回指定可。設定ファイルがすでにあれば証明書だけを作ります）"
        }
        "data_dir" => "保留メールなどを置くフォルダー [環境変数: ATENA_DATA_DIR]",
        "lang" => "表示する言語（ja または en）",
        "colour" => "色を付けるか（auto は端末のとき）",
        "paths" => "メール（.eml）、フォルダー、Maildir、mbox。- は標準入力",
        "rcpt" => "ヘッダーにない宛先（複数指定できます）",
        "format" => "出力形式",
        "fail_on" => "終了コードを1にする最も軽いレベル",
        "now" => "各メールのDateではなく、この日時の時点で判定します（例: 2026-10-14T10:00+09:00[Asia/Tokyo]）",
        "explain" => "各メールの読み取り結果（状況、お返事の構成、文節ごとの印）を表示します",
        "baseline" => "既知の指摘のファイル。新しい指摘だけで終了コードが1になります",
        "baseline_days" => "この日数より古い既知の指摘は、再び数えます",
        "write_baseline" => "今回の指摘をベースラインとして書き込み、0で終了します",
        "listen" => "待ち受けるアドレスとポート",
        "upstream" => "送信サーバー（例: smtps://smtp.example.com、maildir:フォルダー）",
        "json" => "JSONで出力します",
        "once" => "最初の1行で終了します",
        "shell" => "シェル",
        "directory" => "コマンドごとのファイルを書き出すフォルダー（例: /usr/local/share/man/man1）",
        "all" => "送信済み・破棄済みも含めます",
        "ids" | "id" => "対象の番号（list の先頭の列。区別がつけば先頭の数文字で足ります。rules では規則の名前）",
        "note" => "記録に残す理由",
        "approve" => "承認待ちのメールを、承認者に代わって送信します（記録に残ります）",
        "without" => "この宛先を外して送ります（複数指定できます）",
        "drop" => "下書きに入れた後、元のメールを破棄します",
        "mistake" => "誤った宛先でした。取り違えた相手として記録します",
        "since" => "この日（UTC）以降のメールだけを集計します（例: 2026-10-01）",
        "raw" => "届いたままのメールを出力します",
        "sources" => {
            "送信済みメール（.eml、フォルダー、Maildir、mbox、- は標準入力）、サーバーのフォルダー（imaps://ユーザー@ホスト/Sent）、アドレス帳（.vcf、.csv、.ldif）、または1行1件のJSON（.jsonl）"
        }
        "token_command" => "サーバーのアクセストークン（OAuth 2.0）を出力するコマンド",
        "from" => "差出人としての自分の別のアドレス（複数指定できます。既定: 設定にあるもの、なければすべて）",
        "as_sender" => "誰の履歴とするか。自分のアドレスか、組織の @ドメイン（既定: 各メールの差出人）",
        "mailboxes" => "送信済みメール（.eml、フォルダー、Maildir、mbox、- は標準入力）、または1行1件のJSON（.jsonl）",
        "warm_up" => "古い順に、判定せず学習だけに使うメールの数（既定: 全体の5分の1）",
        "show_subjects" => "例に件名も表示します",
        "simulate_slips" => "メールに誤った宛先を加え、どれだけ気付けるかを数えます",
        "seed" => "乱数の種。同じ値なら結果も同じです",
        "trials" => "1通につき、種類ごとに誤った宛先を選ぶ回数",
        "kinds" => "誤った宛先の種類（複数指定できます。既定: 作れるものすべて）",
        "plot" => "検出率と止める割合の図をSVGで書き出します",
        "words" => "アドレスか名前にこの語を含むものだけ",
        "person" => "メールアドレス",
        "other" => "同じ人の別のアドレス",
        "people" => "メールアドレス",
        "everybody" => "全員と、メールから学習した内容すべて",
        "markdown" => "規則の一覧ページをMarkdownで出力します",
        "packs" => "パックのファイル",
        "address" => "自分のメールアドレス",
        "user" => "サーバーのログイン名（アドレスと違うとき）",
        "own_domain" => "自社のドメイン（複数指定できます）",
        "on_error" => "問題のあるメールの扱い: 保留するか、メールソフトに戻すか",
        "password_command" => "パスワードを出力するコマンド",
        "password_env" => "パスワードの入った環境変数の名前",
        "password_keyring" => "パスワードはOSのキーリングにあります",
        "pass_through" => "メールソフトがログインします。何も保存しません",
        "from_address" => "例の差出人とするアドレス（既定: 最初のアカウントのログイン名がアドレスであればそれ）",
        "force" => "既にあるファイルを上書きします",
        "output" => "書き込むファイル（既定: 設定ファイルの場所）",
        "help" => "使い方を表示します",
        "version" => "版を表示します",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::args::Args;

    fn untranslated(command: &clap::Command, path: &str) -> Vec<String> {
        let english: Vec<String> = command
            .get_arguments()
            .filter(|argument| help(argument.get_id().as_str()).is_none())
            .map(|argument| format!("{path} --{}", argument.get_id()))
            .collect();
        let own = about(path).is_none().then(|| path.to_owned());
        let below =
            command.get_subcommands().flat_map(|sub| untranslated(sub, format!("{path} {}", sub.get_name()).trim()));
        own.into_iter().chain(english).chain(below).collect()
    }

    #[test]
    fn every_help_text_exists_in_japanese() {
        assert_eq!(untranslated(&Args::command(), ""), Vec::<String>::new());
        translate(Args::command()).debug_assert();
    }
}
