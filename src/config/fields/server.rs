//! The program, its doors, and the accounts it sends through.

use super::{DAY, MB, field, text, unset};
use crate::config::definition::{Default, Form, Kind, Section, words};
use crate::config::{Auth, LogFormat};
use crate::lang::Lang;

pub(in crate::config) const TOP: Section = Section {
    name: "",
    form: Form::Top,
    doc: text(
        "These keys stand at the top of the file, before the first `[section]`.",
        "ファイルの先頭、最初の `[セクション]` より前に書きます。",
    ),
    fields: &[
        field(
            "language",
            Kind::Word(words::<Lang>),
            unset("the language of the system", "システムの言語"),
            "\"en\"",
            text(
                "The language of everything a person reads: findings, replies, help.",
                "指摘・応答・ヘルプなど、人が読む文の言語です。",
            ),
        ),
        field(
            "own_domains",
            Kind::Texts,
            Default::Value("[]"),
            "[\"example.co.jp\"]",
            text(
                "Domains of your own organisation; their sub-domains count too. Mail to them is internal.",
                "自社のドメインです。サブドメインも含みます。ここへのメールは社内宛てとして扱います。",
            ),
        ),
        field(
            "data_dir",
            Kind::Path,
            unset("the system's directory for application data", "システムのアプリケーションデータ用ディレクトリ"),
            "\"/var/lib/atena\"",
            text(
                "The directory of held mail and of what was learnt. A relative path starts at this file.",
                "保留中のメールと学習した内容を置くディレクトリです。相対パスはこのファイルの場所から数えます。",
            ),
        ),
        field(
            "rules_dir",
            Kind::Path,
            unset("only the built-in rules", "組み込みのルールのみ"),
            "\"rules\"",
            text(
                "A directory with rule packs of your own (`*.toml`). A relative path starts at this file.",
                "独自のルールパック (`*.toml`) を置くディレクトリです。相対パスはこのファイルの場所から数えます。",
            ),
        ),
    ],
};

pub(in crate::config) const SERVE: Section = Section {
    name: "serve",
    form: Form::Table,
    doc: text("The relay your mail program talks to.", "メールソフトの接続先となる中継サーバーです。"),
    fields: &[
        field(
            "listen",
            Kind::Listen,
            Default::Value("\"127.0.0.1:2525\""),
            "\"127.0.0.1:2525\"",
            text(
                "Where mail programs connect; STARTTLS is offered when a certificate is set. An address other than this \
                 machine's own (127.0.0.1, ::1) needs `tls_cert`, `tls_key` and `auth = \"pass-through\"` or `\"users\"`: atena is never an \
                 open relay.",
                "メールソフトの接続先です。証明書があれば STARTTLS を提供します。このコンピューター自身 (127.0.0.1、::1) 以外の\
                 アドレスには `tls_cert`、`tls_key`、`auth = \"pass-through\"` (または `\"users\"`) が必要です。オープンリレーにはなりません。",
            ),
        ),
        field(
            "listen_tls",
            Kind::Listen,
            unset("no such port", "待ち受けない"),
            "\"127.0.0.1:4650\"",
            text(
                "A second port where TLS begins with the first byte (implicit TLS). Needs `tls_cert` and `tls_key`.",
                "接続直後から TLS を使う (implicit TLS) 二つ目の待ち受けです。`tls_cert` と `tls_key` が必要です。",
            ),
        ),
        field(
            "tls_cert",
            Kind::Path,
            unset("no TLS", "TLS なし"),
            "\"tls/cert.pem\"",
            text("The certificate chain (PEM).", "サーバー証明書チェーン (PEM) です。"),
        ),
        field(
            "tls_key",
            Kind::Path,
            unset("no TLS", "TLS なし"),
            "\"tls/key.pem\"",
            text("The private key of the certificate (PEM).", "証明書の秘密鍵 (PEM) です。"),
        ),
        field(
            "hostname",
            Kind::Text,
            Default::Value("\"localhost\""),
            "\"mail.example.co.jp\"",
            text("The name the relay calls itself in its greeting.", "中継サーバーが最初の応答で名乗る名前です。"),
        ),
        field(
            "auth",
            Kind::Word(words::<Auth>),
            Default::Value("\"auto\""),
            "\"pass-through\"",
            text(
                "`auto` offers a login when an account takes the mail program's own credentials, and demands none. \
                 `pass-through` demands a login; the next server decides whether it is right. `users` demands one of the users that \
                 `atena user add` made, or, where an account passes logins through, one that the next server accepts. `none` offers \
                 no login.",
                "`auto` は、メールソフトの認証情報をそのまま使うアカウントがあるときにログインを受け付けます (必須にはしません)。\
                 `pass-through` はログインを必須とし、正しいかどうかは送信先サーバーが判断します。`users` は `atena user add` で登録した\
                 利用者、または (認証情報をそのまま使うアカウントがあれば) 送信先サーバーが認めるログインを必須とします。`none` はログインを受け付けません。",
            ),
        ),
        field(
            "trust_loopback",
            Kind::Flag,
            Default::Value("false"),
            "true",
            text(
                "Whether programs of this machine may send without the login that `auth` demands, through an address of this machine \
                 alone (127.0.0.1, ::1): scripts beside people who connect from the network.",
                "`auth` がログインを必須とするときも、このコンピューターだけの待ち受け (127.0.0.1、::1) では、ログインなしの送信を許すかどうかです。",
            ),
        ),
        field(
            "max_message_size",
            Kind::Size(65_536, 1_000 * MB),
            Default::Value("\"50MB\""),
            "\"25MB\"",
            text(
                "The largest mail accepted, from 64 KiB (RFC 5321) to 1 GB.",
                "受け付けるメールの最大の大きさです。64 KiB (RFC 5321) から 1 GB まで。",
            ),
        ),
        field(
            "max_recipients",
            Kind::Count(1, 10_000),
            Default::Value("1000"),
            "100",
            text("The most recipients of one mail.", "1 通あたりの宛先の上限です。"),
        ),
        field(
            "max_connections",
            Kind::Count(1, 10_000),
            Default::Value("100"),
            "20",
            text("The most connections at a time.", "同時接続数の上限です。"),
        ),
        field(
            "max_connections_per_address",
            Kind::Count(1, 10_000),
            Default::Value("50"),
            "10",
            text(
                "The most connections of one address at a time. All programs of this machine share one address.",
                "一つのアドレスからの同時接続数の上限です。このコンピューター上のプログラムは一つのアドレスを共有します。",
            ),
        ),
        field(
            "max_total_size",
            Kind::Size(1_000_000, 100_000 * MB),
            Default::Value("\"200MB\""),
            "\"100MB\"",
            text(
                "The most mail text in memory at a time, over all connections; while it is reached, further mails are put off \
                 with 452. One mail of `max_message_size` always fits.",
                "すべての接続を合わせて、同時にメモリに置くメール本文の上限です。達している間、次のメールは 452 で後回しになります。\
                 `max_message_size` のメール 1 通は常に受け取れます。",
            ),
        ),
        field(
            "max_line_length",
            Kind::Count(0, 10_000_000),
            Default::Value("0"),
            "998",
            text(
                "The longest line of a mail in bytes, without its line end; 0 sets no limit. RFC 5321 allows 998, mail programs \
                 and scripts send longer ones, and the next server decides about those.",
                "メール本文の 1 行の最大バイト数です (改行を除く)。0 なら制限しません。RFC 5321 では 998 までですが、より長い行を送る\
                 ソフトもあり、その可否は送信先サーバーが判断します。",
            ),
        ),
        field(
            "max_errors",
            Kind::Count(1, 1_000),
            Default::Value("10"),
            "20",
            text(
                "How many commands of a connection may be refused with 5xx before it is closed.",
                "一つの接続で、5xx で断られるコマンドがこの回数を超えると接続を閉じます。",
            ),
        ),
        field(
            "max_commands",
            Kind::Count(20, 1_000_000),
            Default::Value("300"),
            "100",
            text(
                "How many commands a connection may send without getting on: recipients that are taken do not count, and a mail \
                 that is taken begins the count anew.",
                "メールを送らずに一つの接続で送れるコマンドの数です。受け付けた宛先は数えず、メールを 1 通受け付けるごとに数え直します。",
            ),
        ),
        field(
            "max_failed_logins",
            Kind::Count(3, 1_000),
            Default::Value("20"),
            "10",
            text(
                "How many logins of one address may fail within a quarter of an hour before it can log in no more for as long. \
                 Answers come later from the third failure on.",
                "一つのアドレスから 15 分間に失敗できるログインの回数です。超えると同じ時間ログインできません。3 回目の失敗からは応答が遅くなります。",
            ),
        ),
        field(
            "answer_timeout",
            Kind::Duration(1_000, 3_600_000),
            Default::Value("\"50s\""),
            "\"25s\"",
            text(
                "The longest a mail program waits for the reply to a mail; many give up after a minute. A mail the next server has \
                 not been given whole by then is called back; of one it has, the author hears when the same mail is sent again.",
                "メールソフトが応答を待つ最長の時間です。多くのソフトは 1 分ほどで諦めます。それまでに送信先サーバーへ渡し終えていないメールは\
                 取りやめます。渡し終えたメールの結果は、同じメールをもう一度送ると分かります。",
            ),
        ),
        field(
            "data_timeout",
            Kind::Duration(1_000, DAY),
            Default::Value("\"30m\""),
            "\"10m\"",
            text(
                "How long the text of one mail may take to arrive, however many pieces it comes in.",
                "1 通のメール本文の受信にかけてよい時間の合計です。",
            ),
        ),
        field(
            "idle_timeout",
            Kind::Duration(1_000, DAY),
            Default::Value("\"5m\""),
            "\"5m\"",
            text(
                "How long a connection stays open without a whole command, or with silence inside a mail. RFC 5321 asks for five \
                 minutes.",
                "コマンドが届かない接続や、メールの途中で無通信の接続を維持する時間です。RFC 5321 は 5 分を求めています。",
            ),
        ),
        field(
            "utf8_replies",
            Kind::Flag,
            Default::Value("true"),
            "false",
            text(
                "Whether replies may contain Japanese. Mail programs show it, although RFC 6531 promises it only to some; \
                 `false` keeps replies in ASCII.",
                "応答に日本語を使うかどうかです。RFC 6531 の保証はありませんが、主なメールソフトは正しく表示します。`false` なら ASCII のみです。",
            ),
        ),
        field(
            "log",
            Kind::Word(words::<LogFormat>),
            Default::Value("\"human\""),
            "\"json\"",
            text("The form of the log.", "ログの形式です。"),
        ),
    ],
};

pub(in crate::config) const ACCOUNT: Section = Section {
    name: "account",
    form: Form::List,
    doc: text(
        "Where mail goes on to. Exactly one of `password_command`, `password_env`, `password_keyring` and `pass_through` \
         says where the password comes from; none of them means no login. Without any account, mail is delivered into \
         the Maildir `delivered` in the data directory, and nothing leaves the machine.",
        "メールの送信先です。パスワードの取得方法は `password_command`、`password_env`、`password_keyring`、`pass_through` のうち一つで指定し、\
         どれもなければログインしません。アカウントが一つもないときは、データディレクトリの Maildir `delivered` に配達され、外には何も送られません。",
    ),
    fields: &[
        field(
            "name",
            Kind::Text,
            Default::Required,
            "\"work\"",
            text("What you call this account.", "このアカウントの呼び名です。"),
        ),
        field(
            "from",
            Kind::Texts,
            Default::Value("[]"),
            "[\"me@example.jp\", \"*@example.jp\"]",
            text(
                "The sender addresses that use this account; `*@domain` stands for a whole domain. An account without \
                 `from` takes every other address.",
                "このアカウントを使う差出人アドレスです。`*@ドメイン` でドメイン全体を表します。`from` のないアカウントは残りすべてを受け持ちます。",
            ),
        ),
        field(
            "upstream",
            Kind::Upstream,
            Default::Required,
            "\"smtps://smtp.example.jp\"",
            text(
                "The next server: `smtps://host` (TLS, port 465), `smtp+starttls://host` (port 587), `smtp://host` \
                 (port 25; on this machine without encryption, elsewhere with STARTTLS), each with an optional `:port`, or `maildir:PATH`.",
                "送信先サーバーです。`smtps://ホスト` (TLS、ポート 465)、`smtp+starttls://ホスト` (ポート 587)、`smtp://ホスト` (ポート 25。このコンピューター内は暗号化なし、他は STARTTLS)。\
                 いずれも `:ポート` を付けられます。または `maildir:パス`。",
            ),
        ),
        field(
            "user",
            Kind::Text,
            unset("no login", "ログインしない"),
            "\"me@example.jp\"",
            text("The login name at the next server.", "送信先サーバーのログイン名です。"),
        ),
        field(
            "password_command",
            Kind::Command,
            unset("not used", "使わない"),
            "\"secret-tool lookup service atena\"",
            text(
                "A command that prints the password on its first line.",
                "パスワードを 1 行目に出力するコマンドです。",
            ),
        ),
        field(
            "password_env",
            Kind::Text,
            unset("not used", "使わない"),
            "\"ATENA_PASSWORD\"",
            text("The name of an environment variable with the password.", "パスワードの入った環境変数の名前です。"),
        ),
        field(
            "password_keyring",
            Kind::Flag,
            Default::Value("false"),
            "true",
            text(
                "The password is in the keyring of the system; `atena init --password-keyring` puts it there. Needs an atena built with `--features keyring`.",
                "パスワードは OS のキーリングにあります。`atena init --password-keyring` で保存できます。`--features keyring` を付けてビルドした atena が必要です。",
            ),
        ),
        field(
            "oauth",
            Kind::Flag,
            Default::Value("false"),
            "true",
            text(
                "The password is an OAuth 2.0 access token, as Microsoft and Google ask for (XOAUTH2, OAUTHBEARER); \
                 `password_command` names the program that prints a fresh one.",
                "パスワードは Microsoft や Google が求める OAuth 2.0 のアクセストークンです (XOAUTH2、OAUTHBEARER)。新しいトークンを出力する\
                 プログラムを `password_command` に指定します。",
            ),
        ),
        field(
            "pass_through",
            Kind::Flag,
            Default::Value("false"),
            "true",
            text(
                "The mail program logs in as before; its credentials go to the next server and are kept nowhere.",
                "メールソフトはこれまでどおりログインします。その認証情報は送信先サーバーに渡され、どこにも保存されません。",
            ),
        ),
        field(
            "allow_plaintext",
            Kind::Flag,
            Default::Value("false"),
            "true",
            text(
                "Allows `smtp://` to another machine without encryption where the server offers none: everyone on the way can read \
                 mail and password. Without it, STARTTLS is demanded there.",
                "`smtp://` の送信先が暗号化に対応していないとき、暗号化なしの送信を許します。経路上の誰でもメールとパスワードを読めます。\
                 指定しなければ、他のコンピューターへは STARTTLS を必須とします。",
            ),
        ),
        field(
            "tls_ca",
            Kind::Path,
            unset("the system's certificates", "システムの証明書"),
            "\"tls/ca.pem\"",
            text(
                "A certificate (PEM) to trust for this server, in addition to the system's.",
                "システムの証明書に加えて、このサーバーについて信頼する証明書 (PEM) です。",
            ),
        ),
    ],
};
