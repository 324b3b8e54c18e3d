//! Every section and key of `atena.toml`: the one definition that reading, defaults, `config show` and the reference
//! page come from. Long because it is a table.

use super::definition::{Default, Field, Form, Kind, Section, Text, words};
use super::{Auth, LogFormat, WhenCheckFails, WhenUnreachable};
use crate::finding::Level;
use crate::lang::Lang;
use crate::verdict::Verdict;

/// The sections in the order of the reference page.
pub const SECTIONS: [&Section; 9] = [&TOP, &SERVE, &ACCOUNT, &POLICY, &RULES, &CLIENT, &JOINT, &INCIDENT, &FACT];

const fn field(key: &'static str, kind: Kind, default: Default, example: &'static str, doc: Text) -> Field {
    Field { key, kind, default, example, doc }
}

const fn text(en: &'static str, ja: &'static str) -> Text {
    Text { en, ja }
}

const fn unset(en: &'static str, ja: &'static str) -> Default {
    Default::Unset(Text { en, ja })
}

const DAY: u64 = 86_400_000;
const MB: u64 = 1_000_000;

pub(super) const TOP: Section = Section {
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

pub(super) const SERVE: Section = Section {
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
                 machine's own (127.0.0.1, ::1) needs `tls_cert`, `tls_key` and `auth = \"pass-through\"`: atena is never an \
                 open relay.",
                "メールソフトの接続先です。証明書があれば STARTTLS を提供します。このコンピューター自身 (127.0.0.1、::1) 以外の\
                 アドレスには `tls_cert`、`tls_key`、`auth = \"pass-through\"` が必要です。オープンリレーにはなりません。",
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
                 `pass-through` demands a login; the next server decides whether it is right. `none` offers no login.",
                "`auto` は、メールソフトの認証情報をそのまま使うアカウントがあるときにログインを受け付けます (必須にはしません)。\
                 `pass-through` はログインを必須とし、正しいかどうかは送信先サーバーが判断します。`none` はログインを受け付けません。",
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
            "idle_timeout",
            Kind::Duration(1_000, DAY),
            Default::Value("\"5m\""),
            "\"5m\"",
            text(
                "How long a silent connection stays open. RFC 5321 asks for five minutes.",
                "無通信の接続を維持する時間です。RFC 5321 は 5 分を求めています。",
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

pub(super) const ACCOUNT: Section = Section {
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
                 (no encryption, port 25), each with an optional `:port`, or `maildir:PATH`.",
                "送信先サーバーです。`smtps://ホスト` (TLS、ポート 465)、`smtp+starttls://ホスト` (ポート 587)、`smtp://ホスト` (暗号化なし、ポート 25)。\
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
            "allow_plaintext_login",
            Kind::Flag,
            Default::Value("false"),
            "true",
            text(
                "Allows a login over `smtp://`: everyone on the way can read the password.",
                "`smtp://` でのログインを許します。経路上の誰でもパスワードを読めます。",
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

pub(super) const POLICY: Section = Section {
    name: "policy",
    form: Form::Table,
    doc: text(
        "What happens to a mail. The most severe verdict of its findings wins: `forward` sends it, `delay` sends it after \
         the delay, `hold` keeps it until a person decides, `return` hands it back and lets the same mail pass when it is \
         sent again, `reject` hands it back for good.",
        "メールの扱いです。指摘のうち最も厳しい判定に従います。`forward` は送信、`delay` は遅らせて送信、`hold` は人が判断するまで保留、\
         `return` は差し戻し (同じメールをもう一度送れば通過)、`reject` は拒否です。",
    ),
    fields: &[
        field(
            "info",
            Kind::Word(words::<Verdict>),
            Default::Value("\"forward\""),
            "\"forward\"",
            text("The verdict for findings of level `info`.", "レベル `info` の指摘に対する判定です。"),
        ),
        field(
            "warning",
            Kind::Word(words::<Verdict>),
            Default::Value("\"forward\""),
            "\"return\"",
            text("The verdict for findings of level `warning`.", "レベル `warning` の指摘に対する判定です。"),
        ),
        field(
            "error",
            Kind::Word(words::<Verdict>),
            Default::Value("\"hold\""),
            "\"return\"",
            text("The verdict for findings of level `error`.", "レベル `error` の指摘に対する判定です。"),
        ),
        field(
            "return_window",
            Kind::Duration(0, DAY),
            Default::Value("\"10m\""),
            "\"10m\"",
            text(
                "How long a returned mail may be confirmed by sending it again.",
                "差し戻したメールを、再送信によって確認とみなす時間です。",
            ),
        ),
        field(
            "delay",
            Kind::Duration(0, DAY),
            Default::Value("\"30s\""),
            "\"2m\"",
            text(
                "How long a delayed mail waits; until then it can be stopped.",
                "遅延送信の待ち時間です。その間は取り消せます。",
            ),
        ),
        field(
            "when_check_fails",
            Kind::Word(words::<WhenCheckFails>),
            Default::Value("\"hold\""),
            "\"reject\"",
            text(
                "What happens when the check itself fails, for example on a mail that cannot be read. It is never passed.",
                "検査そのものに失敗したとき (読めないメールなど) の扱いです。素通しすることはありません。",
            ),
        ),
        field(
            "allow_header",
            Kind::Flag,
            Default::Value("false"),
            "true",
            text(
                "Whether a mail may allow findings itself: `X-Atena-Allow: rule-id the reason`, once per rule. The field is taken \
                 out before the mail is sent on, and each use is logged.",
                "メール自身が指摘を許可できるようにするかどうかです。`X-Atena-Allow: ルールID 理由` をルールごとに書きます。このヘッダーは送信前に取り除かれ、使用はすべて記録されます。",
            ),
        ),
        field(
            "when_unreachable",
            Kind::Word(words::<WhenUnreachable>),
            Default::Value("\"refuse\""),
            "\"queue\"",
            text(
                "When the next server cannot be reached: `refuse` tells the mail program to try later (451), `queue` keeps \
                 the mail and sends it later.",
                "送信先サーバーに接続できないとき: `refuse` は後で送るようメールソフトに伝え (451)、`queue` は預かって後で送ります。",
            ),
        ),
    ],
};

pub(super) const RULES: Section = Section {
    name: "rules",
    form: Form::ById,
    doc: text(
        "Changes one rule, by its id. `when` and `except` take conditions on the mail (docs/writing-rules.md): `except = { to = [\"*@partner.example\"] }` allows its findings where every outside recipient is one of these. Any further key is a parameter of that rule; `atena rules list` shows the ids, `atena rules explain ID` the parameters.",
        "ルールを ID ごとに変更します。`when` と `except` にはメールの条件を書きます (docs/writing-rules.md)。`except = { to = [\"*@partner.example\"] }` は、社外の宛先がすべて該当するときに指摘を許可します。その他のキーはそのルールのパラメーターです。ID は `atena rules list`、パラメーターは `atena rules explain ID` で見られます。",
    ),
    fields: &[
        field(
            "enabled",
            Kind::Flag,
            unset("as the rule says", "ルールの定義どおり"),
            "false",
            text("Whether the rule is used.", "このルールを使うかどうかです。"),
        ),
        field(
            "level",
            Kind::Word(words::<Level>),
            unset("as the rule says", "ルールの定義どおり"),
            "\"warning\"",
            text("The level of its findings.", "指摘のレベルです。"),
        ),
        field(
            "verdict",
            Kind::Word(words::<Verdict>),
            unset("by level, see [policy]", "レベルによる ([policy] を参照)"),
            "\"hold\"",
            text(
                "The verdict for its findings, whatever their level.",
                "レベルによらず、このルールの指摘に対する判定です。",
            ),
        ),
    ],
};

pub(super) const CLIENT: Section = Section {
    name: "client",
    form: Form::List,
    doc: text(
        "A client: one organisation or person whose mail must not mix with another's.",
        "取引先です。他の取引先と取り違えてはならない組織や個人を書きます。",
    ),
    fields: &[
        field(
            "name",
            Kind::Text,
            Default::Required,
            "\"山田商事株式会社\"",
            text("The full name.", "正式な名称です。"),
        ),
        field(
            "names",
            Kind::Texts,
            Default::Value("[]"),
            "[\"山田商事\", \"ヤマダ\", \"Yamada Trading\"]",
            text(
                "Further names used in mail: short forms, kana, romaji, products.",
                "メールで使う別の呼び方です。略称、かな、ローマ字、製品名など。",
            ),
        ),
        field(
            "domains",
            Kind::Texts,
            Default::Value("[]"),
            "[\"yamada.example\"]",
            text(
                "The client's mail domains; sub-domains count too. A free-mail domain belongs to nobody: list the address \
                 under `addresses`.",
                "取引先のメールドメインです。サブドメインも含みます。フリーメールのドメインは誰のものでもないため、`addresses` にアドレスを書きます。",
            ),
        ),
        field(
            "addresses",
            Kind::Texts,
            Default::Value("[]"),
            "[\"山田 花子 <hanako@yamada.example>\", \"hanako@freemail.example\"]",
            text(
                "Single addresses of this client, with or without a name: people whose address is easily taken for \
                 another's, and addresses outside the domains above.",
                "この取引先の個々のアドレスです。名前を付けても構いません。間違えやすいアドレスの方や、上のドメイン以外のアドレスを書きます。",
            ),
        ),
    ],
};

pub(super) const JOINT: Section = Section {
    name: "joint",
    form: Form::List,
    doc: text(
        "A joint matter of several clients: mail to them together is expected.",
        "複数の取引先が共同で関わる案件です。まとめて宛先にしても指摘しません。",
    ),
    fields: &[
        field(
            "clients",
            Kind::Texts,
            Default::Required,
            "[\"山田商事\", \"Sato Works\"]",
            text("Two or more clients, by any of their names.", "二つ以上の取引先を、いずれかの名前で書きます。"),
        ),
        field(
            "note",
            Kind::Text,
            unset("no note", "メモなし"),
            "\"共同展示会 2026\"",
            text("A note for yourself.", "自分用のメモです。"),
        ),
    ],
};

pub(super) const INCIDENT: Section = Section {
    name: "incident",
    form: Form::List,
    doc: text(
        "Something that went wrong with a client: a mail to the wrong person, a late delivery, a wrong invoice. The next \
         half year of mail to this client is looked at with it in mind.",
        "取引先との間で起きた失敗です。誤送信、納期遅れ、請求の誤りなどを書きます。その後の半年間、この取引先へのメールはそれを踏まえて調べます。",
    ),
    fields: &[
        field(
            "client",
            Kind::Text,
            Default::Required,
            "\"山田商事\"",
            text(
                "The client, by any of its names, or the address of a person.",
                "取引先をいずれかの名前で、または個人をアドレスで書きます。",
            ),
        ),
        field("date", Kind::Date, Default::Required, "2026-10-02", text("The day it happened.", "起きた日です。")),
        field(
            "kind",
            Kind::Text,
            unset("not said", "指定なし"),
            "\"misaddressed\"",
            text("What it was, in one word of your own.", "何が起きたかを自分の言葉で短く書きます。"),
        ),
        field(
            "note",
            Kind::Text,
            unset("no note", "メモなし"),
            "\"別の取引先の見積書を送付\"",
            text("A note for yourself.", "自分用のメモです。"),
        ),
    ],
};

pub(super) const FACT: Section = Section {
    name: "fact",
    form: Form::List,
    doc: text(
        "Something that is right to say: the warranty, a price, the opening hours, a response time, a fee. A mail that names \
         the topic with another value is reported (`fact-mismatch`). Units and spellings need not agree: \"1 year\" is 12か月.",
        "正しい案内の内容です。保証期間、価格、営業時間、回答期限、手数料などを書きます。同じ話題に異なる値を書いたメールを指摘します (`fact-mismatch`)。\
         単位や表記は違っていても構いません (\"1 year\" と 12か月 は同じです)。",
    ),
    fields: &[
        field(
            "topic",
            Kind::Text,
            Default::Required,
            "\"保証期間\"",
            text(
                "What it is about, as people read it; facts of one topic are read together.",
                "指摘に表示する話題の名前です。同じ話題のものはまとめて読みます。",
            ),
        ),
        field(
            "words",
            Kind::Texts,
            Default::Required,
            "[\"保証\", \"warranty\"]",
            text(
                "The words that announce the topic; for the price of one product, its names.",
                "その話題を示す語です。商品ごとの価格なら商品名を書きます。",
            ),
        ),
        field(
            "value",
            Kind::TextOrTexts,
            Default::Required,
            "\"1 year\"",
            text(
                "The right value with its unit, or several: money (税込 and 税別 are kept apart), a span of time, business days, \
                 opening hours, a percentage, a number of things.",
                "正しい値を単位付きで書きます (複数可)。金額 (税込と税別は区別します)、期間、営業日数、時間帯、割合、数量が使えます。",
            ),
        ),
        field(
            "unless",
            Kind::Texts,
            Default::Value("[]"),
            "[\"中古\", \"refurbished\"]",
            text(
                "In the same sentence these words tell that something else is meant.",
                "同じ文にこの語があれば、別のものの話とみなします。",
            ),
        ),
        field(
            "client",
            Kind::Text,
            unset("every client", "すべての取引先"),
            "\"山田商事\"",
            text(
                "It holds for this client only (a name or an address), there in place of what holds for everybody.",
                "この取引先 (名前またはアドレス) だけに適用し、共通のものより優先します。",
            ),
        ),
        field(
            "note",
            Kind::Text,
            unset("no note", "メモなし"),
            "\"2026年4月改定\"",
            text("A note for yourself.", "自分用のメモです。"),
        ),
    ],
};
