//! What the rules are told: clients, who belongs together, incidents, facts.

use super::kinds::{CHECK, TICK};
use super::{field, text, unset};
use crate::config::definition::{Default, Form, Kind, Section};

pub(in crate::config) const CLIENT: Section = Section {
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
        TICK,
        CHECK,
    ],
};

pub(in crate::config) const JOINT: Section = Section {
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

pub(in crate::config) const INCIDENT: Section = Section {
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

pub(in crate::config) const FACT: Section = Section {
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
