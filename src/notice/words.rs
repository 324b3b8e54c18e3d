//! The words of a notice, in both languages: what happened, why, what can be done.

use jiff::tz::TimeZone;

use super::{News, Taken};
use crate::lang::{Bilingual, Lang};
use crate::message::Address;
use crate::upstream::Answer;

pub(super) fn subject(news: News<'_>, subject: &str, lang: Lang) -> String {
    let (en, ja) = match news {
        News::Refused(_) | News::Expired(_) | News::Damaged(_) => ("Not delivered", "送信できませんでした"),
        News::Relayed => ("Handed on", "送信先サーバーに渡しました"),
        News::Unapproved { sent: true } => ("Sent without approval", "承認なしで送信します"),
        News::Unapproved { sent: false } => ("Not approved, not sent", "承認されなかったため送信していません"),
    };
    let head = if lang == Lang::Ja { ja } else { en };
    if subject.is_empty() { head.to_owned() } else { format!("{head}: {subject}") }
}

pub(super) fn explain(mail: &Taken<'_>, news: News<'_>, subject: &str, recipients: &[&Address], lang: Lang) -> String {
    let mut paragraphs = vec![happened(news)];
    paragraphs.push(facts(mail, subject, recipients));
    if let News::Refused(answer) | News::Expired(answer) | News::Damaged(answer) = news {
        paragraphs.push(said(answer, mail.envelope.recipients.len()));
        paragraphs.extend(doubt(answer));
        // What is damaged cannot be tried again.
        let kept = mail.id.filter(|_| !matches!(news, News::Damaged(_)));
        paragraphs.extend(kept.map(|id| way_out(id, mail.envelope.recipients.len())));
    }
    let texts: Vec<&str> = paragraphs.iter().map(|paragraph| paragraph.get(lang)).collect();
    format!("{}\r\n", texts.join("\r\n\r\n"))
}

fn happened(news: News<'_>) -> Bilingual {
    match news {
        News::Refused(_) => Bilingual::new(
            "The mail server refused your mail. It was not delivered to anyone.",
            "送信先サーバーがメールを受け付けませんでした。どなたにも届いていません。",
        ),
        News::Expired(_) => Bilingual::new(
            "Your mail could not be handed to the mail server for four days. No further attempt is made.",
            "4 日間、メールを送信先サーバーに渡せませんでした。これ以上は自動で試みません。",
        ),
        News::Damaged(_) => Bilingual::new(
            "Your mail was kept and cannot be sent: the stored text is damaged. Please write it again.",
            "保管していたメールの本文が壊れていて、送信できません。お手数ですが、書き直してください。",
        ),
        News::Unapproved { sent: true } => Bilingual::new(
            "Nobody let your mail go in time, so it goes without a second person, as the configuration of atena says.",
            "期限までに承認されなかったため、atena の設定に従って承認なしで送信します。",
        ),
        News::Unapproved { sent: false } => Bilingual::new(
            "Nobody let your mail go in time. It was not sent to anyone; it is attached here, to send again or to write anew.",
            "期限までに承認されなかったため、どなたにも送信していません。メールをここに添付しますので、必要なら書き直して送ってください。",
        ),
        News::Relayed => Bilingual::new(
            "The mail server took your mail. It reports nothing further, so whether it was read or delivered is not known.",
            "送信先サーバーがメールを受け付けました。その先の配達については通知がないため、分かりません。",
        ),
    }
}

fn facts(mail: &Taken<'_>, subject: &str, recipients: &[&Address]) -> Bilingual {
    let names: Vec<&str> = recipients.iter().map(|recipient| recipient.as_str()).collect();
    let (names, at) = (names.join(", "), mail.received_at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M %:z"));
    Bilingual::new(
        format!("  Subject:  {subject}\r\n  Received: {at}\r\n  To:       {names}"),
        format!("  件名: {subject}\r\n  受付: {at}\r\n  宛先: {names}"),
    )
}

fn said(answer: &Answer, count: usize) -> Bilingual {
    let line = answer.line();
    if answer.recipients.is_empty() {
        return Bilingual::new(format!("The last answer was:\r\n  {line}"), format!("最後の応答:\r\n  {line}"));
    }
    let names: Vec<&str> = answer.recipients.iter().map(|recipient| recipient.as_str()).collect();
    let names = names.join(", ");
    if count == 1 {
        return Bilingual::new(
            format!("It refused {names}. Look whether the address is spelt right. Its answer was:\r\n  {line}"),
            format!("{names} が断られました。アドレスが正しいか確かめてください。応答:\r\n  {line}"),
        );
    }
    Bilingual::new(
        format!("It refused {names}, and so nobody got the mail. Its answer was:\r\n  {line}"),
        format!("{names} が断られたため、ほかの方にも送っていません。応答:\r\n  {line}"),
    )
}

fn doubt(answer: &Answer) -> Option<Bilingual> {
    answer.uncertain.then(|| {
        Bilingual::new(
            "The mail may have arrived all the same: the answer was lost. Ask the recipients before you send it again.",
            "応答が途切れたため、届いている可能性もあります。もう一度送る前に、宛先の方に確かめてください。",
        )
    })
}

fn way_out(id: &str, count: usize) -> Bilingual {
    let (en, ja) = if count > 1 {
        ("; with --without ADDRESS to all but that one", " (--without アドレス で、その宛先を除く)")
    } else {
        ("", "")
    };
    Bilingual::new(
        format!(
            "The mail is kept. On the computer that runs atena:\r\n  atena held show {id}       shows it\r\n  \
             atena held release {id}    tries again{en}\r\n  atena held drop {id}       throws it away"
        ),
        format!(
            "メールは保管されています。atena を動かしているコンピューターで:\r\n  atena held show {id}       内容を見る\r\n  \
             atena held release {id}    もう一度送る{ja}\r\n  atena held drop {id}       破棄する"
        ),
    )
}
