//! The review page.

use super::{DAY, field, text, unset};
use crate::config::PageLogin;
use crate::config::definition::{Default, Form, Kind, Section, words};

pub(in crate::config) const WEB: Section = Section {
    name: "web",
    form: Form::Table,
    doc: text(
        "The review page: a page in the browser where kept mails are looked at and decided on. `atena open` opens it.",
        "確認ページです。保留中のメールをブラウザーで確認し、送信や破棄を決められます。`atena open` で開きます。",
    ),
    fields: &[
        field(
            "enabled",
            Kind::Flag,
            Default::Value("true"),
            "false",
            text("Whether `atena serve` has the page.", "`atena serve` が確認ページを提供するかどうかです。"),
        ),
        field(
            "listen",
            Kind::Listen,
            unset("127.0.0.1:2580, or a free port where that is taken", "127.0.0.1:2580 (使用中なら空いているポート)"),
            "\"127.0.0.1:8025\"",
            text(
                "Where the browser connects. Any other than an address of this machine (127.0.0.1, ::1) needs `login = \"users\"` and a certificate.",
                "ブラウザーの接続先です。このコンピューター (127.0.0.1、::1) 以外から開けるようにするには、`login = \"users\"` と証明書が必要です。",
            ),
        ),
        field(
            "login",
            Kind::Word(words::<PageLogin>),
            Default::Value("\"link\""),
            "\"users\"",
            text(
                "Who is let in: `link`, whoever has a link of `atena open`, and may do everything; `users`, whoever has a password (`atena user add`), to see what their `[[user]]` says.",
                "確認ページに入れる人です。`link` は `atena open` のリンクを持つ人で、すべての操作ができます。`users` はパスワード (`atena user add`) を持つ人で、見える範囲は `[[user]]` で決まります。",
            ),
        ),
        field(
            "hosts",
            Kind::Texts,
            Default::Value("[]"),
            "[\"atena.example\"]",
            text(
                "Names the page is opened by, besides those of this machine and the address of `listen`; requests by any other are refused.",
                "このページを開くときのホスト名です (このコンピューター自身の名前と `listen` のアドレスは書かなくても使えます)。それ以外の名前での要求は拒否します。",
            ),
        ),
        field(
            "url",
            Kind::Text,
            unset("made of `listen`, the certificate and `hosts`", "`listen`、証明書、`hosts` から決まります"),
            "\"https://atena.example\"",
            text(
                "Where people open the page, if that differs: behind a proxy that does the TLS. Links lead there, and its name is one of `hosts`.",
                "TLS を処理するプロキシの後ろなど、ページを開く URL が異なるときに書きます。リンクはこの URL になり、そのホスト名でも開けます。",
            ),
        ),
        field(
            "tls_cert",
            Kind::Path,
            unset("that of `[serve]`, beyond this machine", "このコンピューター以外から開くときは `[serve]` の証明書"),
            "\"/etc/atena/page.pem\"",
            text("The certificate chain of the page (PEM).", "確認ページの証明書チェーン (PEM) です。"),
        ),
        field(
            "tls_key",
            Kind::Path,
            unset("that of `[serve]`, beyond this machine", "このコンピューター以外から開くときは `[serve]` の鍵"),
            "\"/etc/atena/page-key.pem\"",
            text("Its private key (PEM).", "その秘密鍵 (PEM) です。"),
        ),
        field(
            "undo",
            Kind::Duration(0, DAY),
            Default::Value("\"10s\""),
            "\"30s\"",
            text(
                "How long a mail that was sent from the page, or in the dialogue of `atena held`, can be taken back; `\"0s\"` sends at once.",
                "ページや `atena held` の対話で送信したメールを取り消せる時間です。`\"0s\"` ならすぐに送ります。",
            ),
        ),
        field(
            "tick",
            Kind::Texts,
            Default::Value("[\"outside\", \"files\", \"errors\"]"),
            "[\"outside\", \"errors\", \"missing\"]",
            text(
                "What has to be ticked before a kept mail can be sent from the page or in the dialogue of `atena held`: `outside` (each organisation outside), `files` (each \
                 attached file), `errors`, `warnings` (each finding), `missing` (each part that an answer to a fault lacks). `[[client]]` and `[[kind]]` may ask for more.",
                "ページや `atena held` の対話から送信する前にチェックが必要な項目です。`outside` (社外の組織ごと)、`files` (添付ファイルごと)、`errors`、\
                 `warnings` (指摘ごと)、`missing` (お詫びに足りない要素ごと)。`[[client]]` と `[[kind]]` で追加できます。",
            ),
        ),
        field(
            "ask_reason",
            Kind::Flag,
            Default::Value("false"),
            "true",
            text(
                "Whether a mail with an error goes only with a reason, which is kept in its record.",
                "エラーのあるメールの送信に理由の入力を求め、記録に残すかどうかです。",
            ),
        ),
        field(
            "api_rate",
            Kind::Count(1, 1_000_000),
            Default::Value("600"),
            "60",
            text(
                "How many requests a minute the HTTP API (docs/api.md) answers for each token; more are answered 429.",
                "HTTP API (docs/api.md、英語) がトークンごとに 1 分間に受け付ける要求の数です。超えた要求には 429 を返します。",
            ),
        ),
    ],
};
