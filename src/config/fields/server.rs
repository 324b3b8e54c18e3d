//! The program and its doors.

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
