//! The accounts mail goes on through, and the mailboxes it is handed back to.

use super::{field, text, unset};
use crate::config::definition::{Default, Form, Kind, Section};

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
                "A certificate (PEM) to trust for the servers of this account, in addition to the system's.",
                "システムの証明書に加えて、このアカウントのサーバーについて信頼する証明書 (PEM) です。",
            ),
        ),
        field(
            "drafts",
            Kind::Imap,
            unset("drafts can be downloaded only", "下書きはダウンロードのみ"),
            "\"imaps://me@imap.example.jp\"",
            text(
                "The mailbox that a kept mail of this account can be put into as a draft: `imaps://user@host` (TLS, port 993), \
                 `imap+starttls://user@host` or `imap://user@host` (port 143, as with `upstream`). Without `/folder` behind it, it is the folder \
                 that the server calls the one of drafts, else one with a usual name (Drafts, 下書き). The password is that of the \
                 account, also the one a mail program logged in with; `oauth` counts here too.",
                "このアカウントの保留メールを下書きとして戻すメールボックスです。`imaps://ユーザー@ホスト` (TLS、ポート 993)、\
                 `imap+starttls://ユーザー@ホスト`、`imap://ユーザー@ホスト` (ポート 143、`upstream` と同様)。`/フォルダー` を付けなければ、サーバーが\
                 下書き用とするフォルダー、なければよくある名前 (Drafts、下書き) のフォルダーです。パスワードはアカウントのもの (メールソフトが\
                 ログインに使ったものを含む) で、`oauth` もここに適用されます。",
            ),
        ),
        field(
            "drafts_password_command",
            Kind::Command,
            unset("the password of the account", "アカウントのパスワード"),
            "\"secret-tool lookup service imap\"",
            text(
                "A command that prints the password of the mailbox, where it is another one.",
                "メールボックスのパスワードが別の場合に、それを 1 行目に出力するコマンドです。",
            ),
        ),
        field(
            "drafts_password_env",
            Kind::Text,
            unset("the password of the account", "アカウントのパスワード"),
            "\"ATENA_IMAP_PASSWORD\"",
            text(
                "The name of an environment variable with the password of the mailbox, where it is another one.",
                "メールボックスのパスワードが別の場合に、それが入った環境変数の名前です。",
            ),
        ),
    ],
};
