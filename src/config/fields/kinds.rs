//! Kinds of mail, and what has to be ticked of them.

use super::{field, text, unset};
use crate::config::definition::{Default, Field, Form, Kind, Section};

pub(in crate::config) const KIND: Section = Section {
    name: "kind",
    form: Form::List,
    doc: text(
        "A kind of mail, and what has to be ticked of its mails besides what `[web]` and the clients ask for. A mail is of a kind if one of its \
         words stands in the subject or in the name of an attached file, or, where a file is attached, in your own text. `quotation`, `invoice`, \
         `order` and `contract` have words in Japanese and English; `fault` is any mail about a fault, a complaint or a late \
         answer, as `atena check --explain` reads it. A mail may be of several kinds.",
        "メールの種類と、その種類のメールで (`[web]` や取引先の項目に加えて) チェックが必要な項目です。件名か添付ファイル名、または添付がある\
         メールの自分の本文に、いずれかの語があれば、その種類とみなします。`quotation` (見積)、`invoice` (請求)、`order` (発注)、`contract` (契約) には日本語と英語の\
         語が用意されています。`fault` は不備・クレーム・返信の遅れについてのメールで、`atena check --explain` の読み取りに従います。一通が複数の種類に当たることもあります。",
    ),
    fields: &[
        field(
            "name",
            Kind::Text,
            Default::Required,
            "\"quotation\"",
            text(
                "`quotation`, `invoice`, `order`, `contract`, `fault`, or a name of your own with `words`.",
                "`quotation`、`invoice`、`order`、`contract`、`fault` のいずれか、または `words` を添えた独自の名前です。",
            ),
        ),
        field(
            "words",
            Kind::Texts,
            unset("those known for the name", "名前に応じて用意された語"),
            "[\"重要事項説明書\", \"survey report\"]",
            text(
                "Words by which a mail of this kind is known; they take the place of those that are known for its name. A word of Latin letters \
                 stands alone, so write its plural too.",
                "この種類のメールを見分ける語です。指定すると、名前に応じて用意された語の代わりになります。英字の語は単語単位で探すため、複数形も書いてください。",
            ),
        ),
        TICK,
        CHECK,
    ],
};

pub(super) const TICK: Field = field(
    "tick",
    Kind::Texts,
    Default::Value("[]"),
    "[\"warnings\", \"missing\"]",
    text(
        "What has to be ticked besides, as in `tick` of `[web]`. With several clients or kinds in one mail it is what any of them asks for.",
        "追加でチェックが必要な項目です。書き方は `[web]` の `tick` と同じです。一通に複数の取引先や種類が当たるときは、すべてを合わせたものになります。",
    ),
);

pub(super) const CHECK: Field = field(
    "check",
    Kind::Texts,
    Default::Value("[]"),
    "[\"小川さんの承認済みの価格表か\", \"Prices in dollars?\"]",
    text(
        "Questions of your own, each a box to tick, shown as you write them.",
        "独自の確認項目です。一つずつチェック欄になり、書いたとおりに表示されます。",
    ),
);
