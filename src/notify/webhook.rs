//! Tells a program, a chat tool for example, with a POST of JSON: `docs/notify.md` has its fields and how its signature is
//! verified. Fields may be added, none is renamed without a new `version`.

use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use sha2::Sha256;

use super::news::News;
use super::{Desk, Trouble, http, words};
use crate::config::{PasswordSource, Webhook};
use crate::finding::Finding;
use crate::gate::{password_of_command, password_of_environment};
use crate::lang::Lang;

pub(super) struct Hook {
    pub(super) webhook: Webhook,
}

#[derive(Serialize)]
struct Body<'a> {
    version: u32,
    delivery: &'a str,
    event: &'static str,
    at: String,
    /// What chat tools show.
    text: String,
    link: Option<String>,
    mail: Mail<'a>,
    reasons: Vec<Reason<'a>>,
}

#[derive(Serialize)]
struct Mail<'a> {
    id: &'a str,
    state: &'static str,
    subject: &'a str,
    from: Option<&'a str>,
    /// Of the envelope: who else gets it is not told, only how many.
    recipients: usize,
    outside: usize,
    organisations: usize,
}

#[derive(Serialize)]
struct Reason<'a> {
    rule: &'a str,
    level: &'static str,
    text: String,
}

impl Hook {
    /// The status it was answered with: 2xx.
    pub(super) async fn tell(&self, desk: &Desk, news: &News) -> Result<u16, Trouble> {
        let Webhook { url, secret, ca, .. } = &self.webhook;
        let body = body(desk, news);
        let now = Timestamp::now().as_second().to_string();
        let mut fields = vec![
            ("X-Atena-Event", news.event().to_owned()),
            ("X-Atena-Delivery", news.delivery.clone()),
            ("X-Atena-Timestamp", now.clone()),
        ];
        if let Some(secret) = secret {
            fields.push(("X-Atena-Signature", format!("sha256={}", signature(&fetch(secret).await?, &now, &body))));
        }
        let status = http::post(url, ca.as_deref(), &fields, body).await?;
        match status {
            200..=299 => Ok(status),
            // Whoever is busy is asked again; what a server finds wrong with a request it will find wrong again.
            408 | 425 | 429 | 500..=599 => Err(Trouble::passing(
                format!("{} answered {status}", url.host),
                format!("{} の応答は {status} でした", url.host),
            )),
            300..=399 => Err(Trouble::lasting(
                format!(
                    "{} answered {status}: it is elsewhere, and redirects are not followed; set its new URL",
                    url.host
                ),
                format!("{} の応答は {status} でした。転送先には送りません。新しい URL を設定してください", url.host),
            )),
            _ => Err(Trouble::lasting(
                format!(
                    "{} answered {status}: look whether the URL is still right, and what the receiver takes",
                    url.host
                ),
                format!("{} の応答は {status} でした。URL と受信側の設定を確かめてください", url.host),
            )),
        }
    }
}

async fn fetch(source: &PasswordSource) -> Result<SecretString, Trouble> {
    let (key, fetched) = match source {
        PasswordSource::Command(command) => ("webhook_secret_command", password_of_command(command).await),
        PasswordSource::Environment(name) => ("webhook_secret_env", password_of_environment(name)),
        PasswordSource::Keyring => ("webhook_secret_env", Err("not of the keyring".to_owned())),
    };
    fetched
        .map_err(|reason| Trouble::passing(format!("{key}: {reason}"), format!("{key} の値を取得できません: {reason}")))
}

/// HMAC-SHA256 over time and body, in hexadecimal: a request that was overheard is not good for long.
fn signature(secret: &SecretString, timestamp: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).expect("HMAC takes any key");
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body.as_bytes());
    mac.finalize().into_bytes().iter().map(|octet| format!("{octet:02x}")).collect()
}

fn body(desk: &Desk, news: &News) -> String {
    let lang = desk.config.language;
    let reason = |finding: &Finding| desk.remark(&finding.rule).get(lang).to_owned();
    let reasons: Vec<String> = news.findings.iter().map(reason).collect();
    let (outside, organisations) = news.outside(&desk.config.own_domains);
    let link = desk.link(news);
    let body = Body {
        version: 1,
        delivery: &news.delivery,
        event: news.event(),
        at: news.at.to_string(),
        text: line(news, &reasons, link.as_deref(), lang),
        link,
        mail: Mail {
            id: news.mail.id.as_str(),
            state: news.mail.state.as_str(),
            subject: &news.mail.subject,
            from: news.sender(),
            recipients: news.mail.envelope.recipients.len(),
            outside,
            organisations,
        },
        reasons: news
            .findings
            .iter()
            .zip(reasons)
            .map(|(finding, text)| Reason { rule: &finding.rule, level: finding.level.as_str(), text })
            .collect(),
    };
    serde_json::to_string(&body).expect("texts and numbers only")
}

/// What a chat tool shows.
fn line(news: &News, reasons: &[String], link: Option<&str>, lang: Lang) -> String {
    let head = words::headline(news);
    let mut lines = vec![match lang {
        Lang::En => format!("{}: {}", head.en, plain(&words::subject(news, lang))),
        Lang::Ja => format!("{}: {}", head.ja, plain(&words::subject(news, lang))),
    }];
    lines.extend(news.sender().map(|sender| match lang {
        Lang::En => format!("From: {}", plain(sender)),
        Lang::Ja => format!("差出人: {}", plain(sender)),
    }));
    lines.extend(reasons.first().map(|_| words::first_of(reasons, lang)));
    lines.extend(link.map(str::to_owned));
    lines.join("\n")
}

/// Without what chat tools take for links and calls to everybody: a subject may have been written by others.
fn plain(text: &str) -> String {
    let mut in_word = false;
    let mut shown = String::new();
    for c in text.replace("://", ":\u{200b}//").chars() {
        shown.push(match c {
            '<' => '‹',
            '>' => '›',
            '&' => '＆',
            '[' => '［',
            ']' => '］',
            // Within an address it calls nobody.
            '@' if !in_word => '＠',
            c => c,
        });
        in_word = c.is_alphanumeric();
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_other_tools() {
        // printf '1700000000.{"event":"held"}' | openssl dgst -sha256 -hmac hunter2
        let secret = SecretString::from("hunter2");
        let signed = signature(&secret, "1700000000", "{\"event\":\"held\"}");
        assert_eq!(signed, "32a494f5ac0df7ca4fffd086278ddde62ae473e5062d665685047ee1335202ce");
    }

    #[test]
    fn a_subject_calls_nobody_and_leads_nowhere() {
        assert_eq!(plain("<!channel> @here [a](https://x)"), "‹!channel› ＠here ［a］(https:\u{200b}//x)");
        assert_eq!(plain("taro_yamada@own.example"), "taro_yamada@own.example");
    }
}
