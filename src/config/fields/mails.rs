//! What becomes of a mail, and the rules.

use super::{DAY, field, text, unset};
use crate::config::definition::{Default, Form, Kind, Section, words};
use crate::config::{WhenCheckFails, WhenUnreachable};
use crate::finding::Level;
use crate::verdict::Verdict;

pub(in crate::config) const POLICY: Section = Section {
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
            "delay_info",
            Kind::Duration(0, DAY),
            unset("as `delay`", "`delay` と同じ"),
            "\"5m\"",
            text(
                "How long a mail waits that is delayed for a finding of the level info.",
                "レベル「情報」の指摘で遅らせるメールの待ち時間です。",
            ),
        ),
        field(
            "delay_warning",
            Kind::Duration(0, DAY),
            unset("as `delay`", "`delay` と同じ"),
            "\"5m\"",
            text(
                "How long a mail waits that is delayed for a finding of the level warning.",
                "レベル「警告」の指摘で遅らせるメールの待ち時間です。",
            ),
        ),
        field(
            "delay_error",
            Kind::Duration(0, DAY),
            unset("as `delay`", "`delay` と同じ"),
            "\"5m\"",
            text(
                "How long a mail waits that is delayed for a finding of the level error.",
                "レベル「エラー」の指摘で遅らせるメールの待ち時間です。",
            ),
        ),
        field(
            "delay_outside",
            Kind::Duration(0, DAY),
            Default::Value("\"0s\""),
            "\"1m\"",
            text(
                "How long every mail waits that goes to anybody outside your organisation (`own_domains`), findings or not: time to \
                 take it back with `atena held cancel`. Mail within it goes at once. Needs `own_domains`.",
                "社外 (`own_domains` 以外) 宛てを含むすべてのメールを、指摘がなくても待たせる時間です。その間は `atena held cancel` で取り消せます。\
                 社内だけのメールはすぐに送信されます。`own_domains` が必要です。",
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
        field(
            "learn",
            Kind::Flag,
            Default::Value("true"),
            "false",
            text(
                "Whether `serve` learns from each mail that passes whom you write to: addresses, names, times, names of files, and \
                 hashes of words, never text. It stays in the data directory; `atena people` shows and deletes it.",
                "送信されたメールから、誰に送っているかを学習するかどうかです。記録するのはアドレス・名前・時刻・添付ファイル名と、語やファイルのハッシュ値だけで、\
                 本文は残しません。データはデータフォルダーにだけ置かれ、`atena people` で表示・削除できます。",
            ),
        ),
    ],
};

pub(in crate::config) const RULES: Section = Section {
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
        field(
            "approval",
            Kind::Flag,
            unset("false", "false"),
            "true",
            text(
                "Whether mail with its findings is held until a second person lets it go, see `[approval]`.",
                "このルールの指摘があるメールを、別の人が承認するまで保留するかどうかです。`[approval]` を参照してください。",
            ),
        ),
    ],
};
