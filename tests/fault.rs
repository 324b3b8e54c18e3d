//! Is a mail about a fault read as its reader will read it: which kind of fault, which parts the answer holds?

#![allow(clippy::unwrap_used)]

use std::sync::LazyLock;

use atena::checklist::{Checklist, Explanation};
use atena::facts::Facts;
use atena::lang::Lang;
use atena::message::Message;
use atena::rule::Rules;
use atena::rule::opinion::Label;

/// Loading them takes most of a test.
static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::load(&Rules::embedded(), &[], Lang::En).unwrap());

fn explained(mail: &str) -> Explanation {
    let head = "From: 小川 <ogawa@minato.example>\nTo: 佐藤 健一 <k-sato@aoba.example>\nDate: Wed, 14 Oct 2026 10:00:00 +0900\n\
                Content-Type: text/plain; charset=utf-8\n";
    let message = Message::parse(format!("{head}{mail}").as_bytes()).unwrap();
    let facts = Facts { own_domains: vec!["minato.example".to_owned()], ..Facts::default() };
    RULES.explain(&message, &facts)
}

fn parts(list: &Checklist) -> Vec<&str> {
    list.parts.iter().filter(|part| part.location.is_some()).map(|part| part.part).collect()
}

#[test]
fn the_kind_of_fault_follows_from_complaint_admission_and_answer() {
    let complaint_ja = "\n\n2026年10月13日(火) 10:23 佐藤 健一 <k-sato@aoba.example>:\n> 注文した部品が割れて届きました。大変困っています。";
    let complaint_en = "\n\nOn Tue, 13 Oct 2026 at 09:12, Kim Sato <k-sato@aoba.example> wrote:\n\
                        > The pump arrived broken and our line is standing still. This is unacceptable.";
    for (kind, mail) in [
        (Some("slight-slip"), "\n佐藤様\n\n先ほどのメールに図面を添付し忘れておりました。失礼いたしました。改めてお送りします。".to_owned()),
        (Some("slight-slip"), "\nHi Kim,\n\nOops, I forgot the file in my last email, sorry about that. Here it is.".to_owned()),
        (Some("real-fault"), "\n佐藤様\n\n請求書の金額に誤りがございました。誠に申し訳ございません。".to_owned()),
        (Some("real-fault"), format!("\nHi Kim,\n\nI am sorry that the pump arrived broken. A new one left today.{complaint_en}")),
        (Some("first-report"), format!("\n佐藤様\n\n部品が割れて届いたとのこと、誠に申し訳ございません。原因は現在調査中です。本日17時までにご報告いたします。{complaint_ja}")),
        (Some("first-report"), format!("\nHi Kim,\n\nI am sorry that the pump arrived broken. We don't know the cause yet; you will hear from me by 5 pm.{complaint_en}")),
        (Some("contested"), format!("\n佐藤様\n\n破損は運送会社の責任であり、弊社に責任はございません。{complaint_ja}")),
        (Some("contested"), format!("\nHi Kim,\n\nAs clearly stated in our terms, we accept no liability for damage in transit.{complaint_en}")),
        (Some("repeat"), "\n佐藤様\n\n先月に続いて請求書の金額を誤っておりました。度重なる不手際、誠に申し訳ございません。".to_owned()),
        (Some("repeat"), "\nHi Kim,\n\nFor the second time we sent you the wrong probes. I am truly sorry.".to_owned()),
        (Some("late-answer"), "\n佐藤様\n\nお返事が遅くなり、申し訳ございません。納期は3週間です。\n\n2026年10月8日(木) 10:23 佐藤 健一 <k-sato@aoba.example>:\n> 納期を教えてください。".to_owned()),
        (Some("late-answer"), "\nHi Kim,\n\nSorry for the late reply. Delivery takes three weeks.\n\nOn Thu, 8 Oct 2026 at 09:12, Kim Sato <k-sato@aoba.example> wrote:\n> How long is delivery?".to_owned()),
        (None, "\n佐藤様\n\nお見積書をお送りいたします。ご不明な点がございましたら、ご連絡ください。".to_owned()),
        (None, "\nHi Kim,\n\nSorry, but we are fully booked on Friday. Would Monday suit you?".to_owned()),
        (None, "\n佐藤様\n\n10月20日はシステムを停止いたします。ご不便をおかけしますが、よろしくお願いいたします。".to_owned()),
        (None, "\nDear Kim,\n\nI am so sorry for your loss. Please take all the time you need.".to_owned()),
    ] {
        assert_eq!(explained(&mail).checklist.map(|list| list.kind), kind, "{mail}");
    }
}

#[test]
fn a_complete_letter_has_every_part_and_an_empty_one_only_its_apology() {
    let complete = [
        "\n佐藤様\n\n10月13日にお届けした部品が割れていたとのこと、誠に申し訳ございません。\n\n\
         原因は、梱包の手順に緩衝材の確認がなく、弊社が入れ忘れたことです。責任は弊社にございます。\n\
         代替品を本日発送し、明日の午前中にお届けします。\n本日より、梱包後に二名で確認する手順に改めました。\n\
         明日15時に、私からお電話いたします。",
        "\nDear Kim,\n\nOn 13 October we sent you a pump without padding, and it arrived broken. I am sorry. The mistake was ours.\n\n\
         What happened: we changed the packing list and forgot to add the padding.\nA new pump left by courier this morning, free of charge.\n\
         From today every box is checked by a second person before it leaves.\nI will call you tomorrow at 10.",
    ];
    for mail in complete {
        let list = explained(mail).checklist.unwrap();
        let found = parts(&list);
        for part in ["named-fault", "apology", "responsibility", "cause", "remedy", "prevention", "next-contact"] {
            assert!(found.contains(&part), "{part} in {mail}");
        }
        assert!(list.score >= list.pass, "{} in {mail}", list.score);
        assert!(list.penalties.is_empty(), "{mail}");
    }
    let empty = [
        "\n佐藤様\n\nこの度は多大なるご迷惑をおかけし、誠に申し訳ございません。深くお詫び申し上げます。",
        "\nDear Kim,\n\nWe truly apologise for the inconvenience. Please accept our sincere apologies.",
    ];
    for mail in empty {
        let list = explained(mail).checklist.unwrap();
        assert_eq!(parts(&list), ["apology"], "{mail}");
        assert!(list.score < list.pass);
    }
}

#[test]
fn advice_is_given_in_the_language_of_the_mail() {
    let advice = |mail: &str| {
        explained(mail).checklist.unwrap().parts.iter().map(|part| part.advice.clone()).collect::<String>()
    };
    assert!(advice("\nDear Kim,\n\nWe truly apologise for the inconvenience.").is_ascii_punctuated());
    assert!(advice("\n佐藤様\n\n多大なるご迷惑をおかけし、誠に申し訳ございません。").contains("お電話"));
}

trait Punctuated {
    fn is_ascii_punctuated(&self) -> bool;
}

impl Punctuated for String {
    /// English, apart from its quotation marks.
    fn is_ascii_punctuated(&self) -> bool {
        self.chars().all(|c| c.is_ascii() || matches!(c, '“' | '”' | '’'))
    }
}

#[test]
fn a_denial_is_no_remedy_and_somebody_elses_act_is_not_ours() {
    let quoted = "\n\nOn Tue, 13 Oct 2026 at 09:12, Kim Sato <k-sato@aoba.example> wrote:\n> The pump arrived broken. This is unacceptable, I want my money back.";
    for own in [
        "We will not refund the pump.",
        "Could you refund the pump?",
        "If you had insured it, we would have refunded you.",
        "You can replace the pump yourself.",
    ] {
        let list = explained(&format!("\nHi Kim,\n\nI am sorry that the pump arrived broken. {own}{quoted}"))
            .checklist
            .unwrap();
        assert!(!parts(&list).contains(&"remedy"), "{own}: {list:?}");
    }
    let quoted = "\n\n2026年10月13日(火) 10:23 佐藤 健一 <k-sato@aoba.example>:\n> 注文した部品が割れて届きました。大変困っています。返金してください。";
    for own in ["返金はいたしかねます。", "ご返金が必要でしょうか。", "代替品をお送りすることはできません。"]
    {
        let list = explained(&format!("\n佐藤様\n\n部品が割れていたとのこと、申し訳ございません。{own}{quoted}"))
            .checklist
            .unwrap();
        assert!(!parts(&list).contains(&"remedy"), "{own}: {list:?}");
    }
}

fn message(to: &str, text: &str) -> Message {
    let head = format!("From: 小川 <ogawa@minato.example>\nTo: <{to}>\nDate: Wed, 14 Oct 2026 10:00:00 +0900\n");
    Message::parse(format!("{head}Content-Type: text/plain; charset=utf-8\n\n{text}").as_bytes()).unwrap()
}

fn ours() -> Facts {
    Facts { own_domains: vec!["minato.example".to_owned()], ..Facts::default() }
}

/// The rules that find something in a mail to this address.
fn found(to: &str, text: &str) -> Vec<String> {
    RULES.run(&message(to, text), &ours()).found.into_iter().map(|finding| finding.rule).collect()
}

/// In words that no expression has: only what sentences weigh tells of them.
const BLAME: [&str; 2] = [
    "Hi Kim,\n\nI am sorry the pallets stood in the rain. Your night porter really ought to have noticed that the tarpaulin \
     had come off. Two dry pallets leave today at noon, and I will ring you at four. From now on every load gets a second strap.",
    "佐藤様\n\n納品した看板の社名が一文字違っており、誠に申し訳ございません。校正の段階で貴社のご担当の方がお気づきになるべきところでした。\
     正しい看板を明日取り付けに伺います。今後は二名で原稿と照合いたします。",
];

#[test]
fn what_no_expression_knows_is_found_by_its_sentence_in_mail_to_the_outside() {
    let blames = |to: &str, text: &str| found(to, text).contains(&"blame-shift".to_owned());
    for text in BLAME {
        assert!(blames("k-sato@aoba.example", text), "{text}");
        let lesson = RULES.lesson(&message("k-sato@aoba.example", text), &ours()).unwrap();
        assert!(!lesson.by_rules.contains(&Label::BlameShift), "an expression knows it now: {text}");
        // Inside the house tone is nobody's business.
        assert!(!blames("sato@minato.example", text), "{text}");
    }
}

#[test]
fn a_finding_that_only_a_sentence_tells_of_costs_points() {
    for text in BLAME {
        let list = explained(&format!("\n{text}")).checklist.unwrap();
        let costs: Vec<&str> = list.penalties.iter().map(|penalty| penalty.tactic).collect();
        assert_eq!(costs, ["blame"], "{text}");
    }
}

#[test]
fn a_text_without_end_or_in_another_language_is_judged_in_silence() {
    let told = "The minutes of the meeting are below. ".repeat(4_000);
    let in_one = "the next item is the budget and ".repeat(4_000);
    for text in [
        told.as_str(),
        in_one.as_str(),
        "Hallo Kim,\n\ndie Unterlagen liegen bereit, bis Donnerstag.\n",
        "您好，\n\n会议改到星期四下午三点，请确认。\n",
        "Добрый день!\n\nВстреча перенесена на четверг.\n",
        "🙂🙂🙂\n",
    ] {
        let found = found("k-sato@aoba.example", &format!("\n{text}"));
        assert!(found.iter().all(|rule| rule == "empty-subject"), "{found:?} in {:.60}", text);
    }
}

#[test]
fn a_japanese_name_does_not_make_an_english_mail_japanese() {
    let advice = |mail: &str| {
        explained(mail).checklist.unwrap().parts.iter().map(|part| part.advice.clone()).collect::<String>()
    };
    let english =
        "\nHi 佐藤さん,\n\nWe truly apologise for the inconvenience that the wrong delivery caused you last week.";
    assert!(advice(english).is_ascii_punctuated());
    let japanese = "\n佐藤様\n\nget_invoice_total() の戻り値に誤りがあり、誠に申し訳ございません。";
    assert!(!advice(japanese).is_ascii_punctuated());
}
