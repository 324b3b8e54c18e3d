//! Who looks at kept mail, and who approves what.

use super::{DAY, field, text, unset};
use crate::config::definition::{Default, Form, Kind, Section, words};
use crate::team::{Expiry, Role};

pub(in crate::config) const USER: Section = Section {
    name: "user",
    form: Form::List,
    doc: text(
        "Somebody who logs in to the review page (`[web] login = \"users\"`) with the password that `atena user add` asked for. Who has a password and no such block is a sender, whose name, if it is an address, is their own.",
        "確認ページにログインする人です (`[web] login = \"users\"`)。パスワードは `atena user add` で登録します。このブロックのない利用者は sender になり、名前がアドレスならそのアドレスが本人のものになります。",
    ),
    fields: &[
        field(
            "name",
            Kind::Text,
            Default::Required,
            "\"tanaka\"",
            text("The name they log in with.", "ログインに使う名前です。"),
        ),
        field(
            "role",
            Kind::Word(words::<Role>),
            Default::Value("\"sender\""),
            "\"approver\"",
            text(
                "`sender` sees and decides on mail of their own; `approver` also lets go, or sends back, what waits for a second person; `admin` sees and decides on everything, except on their own mail that waits for a second person.",
                "`sender` は自分のメールだけを確認できます。`approver` は承認待ちのメールも承認・差し戻しできます。`admin` はすべてのメールを扱えますが、承認の必要な自分のメールは承認できません。",
            ),
        ),
        field(
            "addresses",
            Kind::Texts,
            Default::Value("[]"),
            "[\"tanaka@aoba.example\", \"*@sales.aoba.example\"]",
            text(
                "Senders whose mail is theirs, besides mail handed over with their login.",
                "本人のものとする差出人アドレスです。本人のログインで渡されたメールは書かなくても本人のものになります。",
            ),
        ),
        field(
            "delegate",
            Kind::Text,
            unset("nobody", "なし"),
            "\"mori\"",
            text(
                "The user who approves in their place from `away_from` to `away_until`.",
                "`away_from` から `away_until` までの間、代わりに承認する利用者です。",
            ),
        ),
        field(
            "away_from",
            Kind::Date,
            unset("not away", "不在なし"),
            "2026-12-28",
            text("The first day away.", "不在の最初の日です。"),
        ),
        field(
            "away_until",
            Kind::Date,
            unset("not away", "不在なし"),
            "2027-01-04",
            text("The last day away.", "不在の最後の日です。"),
        ),
    ],
};

pub(in crate::config) const APPROVAL: Section = Section {
    name: "approval",
    form: Form::Table,
    doc: text(
        "Mail with findings of a rule that has `approval = true` is held until a second person lets it go: somebody other than its sender. Needs `[web] login = \"users\"`.",
        "`approval = true` としたルールの指摘があるメールは、差出人以外の人が承認するまで保留されます。`[web] login = \"users\"` が必要です。",
    ),
    fields: &[
        field(
            "by",
            Kind::Texts,
            unset("every approver and admin", "すべての approver と admin"),
            "[\"tanaka\"]",
            text("The users who approve.", "承認する利用者です。"),
        ),
        field(
            "notice",
            Kind::Flag,
            Default::Value("true"),
            "false",
            text(
                "Whether those who may let a mail go get a notice mail when it begins to wait for them: at the first address of their `[[user]]`.",
                "承認待ちになったメールを、承認できる人へ通知メールで知らせるかどうかです。宛先は `[[user]]` の最初のアドレスです。",
            ),
        ),
        field(
            "escalate_after",
            Kind::Duration(1_000, 365 * DAY),
            unset("never", "なし"),
            "\"4h\"",
            text(
                "After this time without a decision, `escalate_to` may approve as well.",
                "この時間を過ぎても決まらないときは、`escalate_to` の人も承認できます。",
            ),
        ),
        field(
            "escalate_to",
            Kind::Texts,
            unset("nobody", "なし"),
            "[\"mori\"]",
            text("The users who approve then.", "そのとき承認できる利用者です。"),
        ),
        field(
            "expire_after",
            Kind::Duration(1_000, 365 * DAY),
            unset("never", "なし"),
            "\"2d\"",
            text(
                "After this time without a decision, `on_expiry` happens; the sender is told.",
                "この時間を過ぎても決まらないときは、`on_expiry` のとおりに扱い、差出人に知らせます。",
            ),
        ),
        field(
            "on_expiry",
            Kind::Word(words::<Expiry>),
            Default::Value("\"drop\""),
            "\"release\"",
            text(
                "`drop`: the mail is not sent, and its sender gets it back whole; `release`: it is sent.",
                "`drop` は送信せず、差出人にメール全体を返します。`release` は送信します。",
            ),
        ),
    ],
};
