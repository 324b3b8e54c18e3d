//! Is a mail about a fault read as its reader will read it: which kind of fault, which parts the answer holds?

#![allow(clippy::unwrap_used)]

use atena::checklist::{Checklist, Explanation};
use atena::facts::Facts;
use atena::lang::Lang;
use atena::message::Message;
use atena::rule::Rules;

fn explained(mail: &str) -> Explanation {
    let rules = Rules::load(&Rules::embedded(), &[], Lang::En).unwrap();
    let head = "From: 小川 <ogawa@minato.example>\nTo: 佐藤 健一 <k-sato@aoba.example>\nDate: Wed, 14 Oct 2026 10:00:00 +0900\n\
                Content-Type: text/plain; charset=utf-8\n";
    let message = Message::parse(format!("{head}{mail}").as_bytes()).unwrap();
    let facts = Facts { own_domains: vec!["minato.example".to_owned()], ..Facts::default() };
    rules.explain(&message, &facts)
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
