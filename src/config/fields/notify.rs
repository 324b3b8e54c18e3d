//! How people learn that a mail was held.

use super::{field, text, unset};
use crate::config::definition::{Default, Form, Kind, Section};

pub(in crate::config) const NOTIFY: Section = Section {
    name: "notify",
    form: Form::Table,
    doc: text(
        "How you learn that a mail was held, besides the review page: on the desktop, by mail, in a chat tool. `atena notify test` tries \
         what is set here; docs/notify.md has the set-up.",
        "メールが保留されたことを、確認ページのほかに、デスクトップ通知・メール・チャットで知らせます。`atena notify test` で試せます。設定方法は \
         docs/notify.md (英語) にあります。",
    ),
    fields: &[
        field(
            "desktop",
            Kind::Flag,
            Default::Value("false"),
            "true",
            text(
                "A notification on the desktop of the user who runs `atena serve`, for mails that are held or could not be delivered; a click \
                 opens the review page. Needs an atena built with `--features desktop-notify`.",
                "`atena serve` を動かしている利用者のデスクトップに、保留と送信失敗を通知します。クリックすると確認ページが開きます。\
                 `--features desktop-notify` を付けてビルドした atena が必要です。",
            ),
        ),
        field(
            "mail",
            Kind::Text,
            unset("no notice mail", "通知メールを送らない"),
            "\"sender\"",
            text(
                "A notice mail for each mail that is held, through the account of that mail: `\"sender\"` sends it to the sender, an address to \
                 a reviewer, who is not shown blind copies. What was answered with an error at once, and what could not be delivered, \
                 the sender is told anyway.",
                "保留したメールごとに、そのメールのアカウントから通知メールを送ります。`\"sender\"` なら差出人に、アドレスなら確認担当者に送り、\
                 担当者には Bcc を見せません。その場でエラーを返したメールと送信できなかったメールは、この設定がなくても差出人に伝わります。",
            ),
        ),
        field(
            "webhook",
            Kind::Webhook,
            unset("no webhook", "Webhook を呼ばない"),
            "\"https://chat.example/hooks/7c1f\"",
            text(
                "The URL that is told with a POST of JSON, of a chat tool for example: id, subject, sender, numbers of recipients and \
                 the rules that spoke, no text of the mail and no recipients. `http://` for this machine only. Its path is never shown.",
                "JSON を POST で知らせる先の URL です (チャットツールなど)。送るのは ID、件名、差出人、宛先の数、該当した規則で、本文と宛先は送りません。\
                 `http://` はこのコンピューター宛てのみ使えます。パスは表示しません。",
            ),
        ),
        field(
            "webhook_events",
            Kind::Texts,
            Default::Value("[\"held\", \"failed\"]"),
            "[\"held\", \"failed\", \"released\", \"dropped\", \"sent\"]",
            text(
                "What the webhook is told: `held`, `delayed`, `failed` (not delivered), `released`, `cancelled` (taken back), `edited` \
                 (other recipients), `dropped`, `sent` (what was kept before). Mails that pass at once are never told.",
                "Webhook に知らせる出来事です: `held` (保留)、`delayed` (送信待ち)、`failed` (送信失敗)、`released` (送信を許可)、`cancelled` (取り消し)、\
                 `edited` (宛先の変更)、`dropped` (破棄)、`sent` (保留などを経た送信)。そのまま送信されたメールは知らせません。",
            ),
        ),
        field(
            "webhook_secret_command",
            Kind::Command,
            unset("no signature", "署名なし"),
            "\"pass show atena/webhook\"",
            text(
                "A command that prints the secret on its first line; each request is signed with it (HMAC-SHA256).",
                "秘密の値を 1 行目に出力するコマンドです。各要求にこの値で署名します (HMAC-SHA256)。",
            ),
        ),
        field(
            "webhook_secret_env",
            Kind::Text,
            unset("no signature", "署名なし"),
            "\"ATENA_WEBHOOK_SECRET\"",
            text("The environment variable that holds the secret.", "秘密の値が入った環境変数の名前です。"),
        ),
        field(
            "webhook_ca",
            Kind::Path,
            unset("the certificates this system trusts", "システムが信頼する証明書のみ"),
            "\"/etc/ssl/own-ca.pem\"",
            text(
                "A PEM file with a certificate to trust for the webhook besides the system's.",
                "Webhook の接続で、システムのものに加えて信頼する証明書の PEM ファイルです。",
            ),
        ),
    ],
};
