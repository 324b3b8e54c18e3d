//! One example through each way that is configured, for `atena notify test`.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::{Instant, sleep};

use super::news::News;
use super::{Desk, LOOK, Letters, Teller, Trouble, Way};
use crate::config::{Login, NoticeTo};
use crate::finding::{Confidence, Finding, Level, Location};
use crate::happening::Happening;
use crate::lang::Bilingual;
use crate::message::{Address, Envelope};
use crate::store::{MailId, State, StoreError, Summary};
use crate::team::Approved;

/// How long the outbox of a relay that runs is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came of one way.
pub struct Came {
    /// As in the configuration.
    pub way: &'static str,
    pub told: bool,
    /// Where, or why not.
    pub text: Bilingual,
}

/// Sends an example through each way; nothing where none is configured. `sender` stands for the sender of a mail.
pub async fn try_all(teller: &Teller, sender: Option<Address>) -> Vec<Came> {
    let desk = &teller.desk;
    let now = Timestamp::now();
    let mut came = Vec::new();
    for way in &teller.ways {
        let outcome = match sample(desk, sender.clone(), now) {
            Some(news) => tried(desk, way, &news).await,
            None => Err(Bilingual::new("the example could not be made", "例を作成できませんでした")),
        };
        let told = outcome.is_ok();
        let (Ok(text) | Err(text)) = outcome;
        came.push(Came { way: way.name(), told, text });
    }
    came
}

async fn tried(desk: &Desk, way: &Way, news: &News) -> Result<Bilingual, Bilingual> {
    let why = |trouble: Trouble| trouble.why;
    match way {
        Way::Desktop(desktop) => {
            desktop.tell(desk, news).await.map_err(why)?;
            Ok(Bilingual::new("a notification was shown", "通知を表示しました"))
        }
        Way::Webhook(hook) => {
            let (status, host) = (hook.tell(desk, news).await.map_err(why)?, &hook.webhook.url.host);
            Ok(Bilingual::new(format!("{host} answered {status}"), format!("{host} の応答は {status} でした")))
        }
        Way::Mail(letters) => {
            if letters.to == NoticeTo::Sender && news.mail.envelope.sender.is_none() {
                return Err(nobody());
            }
            posted(desk, letters, news).await
        }
    }
}

/// The way of every notice: kept, and sent by the relay that runs.
async fn posted(desk: &Desk, letters: &Letters, news: &News) -> Result<Bilingual, Bilingual> {
    let unreadable = |error: StoreError| error.explain();
    let notice = letters.write(desk, news).await.map_err(|trouble| trouble.why)?.ok_or_else(nobody)?;
    let to = notice.envelope.recipients.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let id = desk.store.hold(notice).await.map_err(unreadable)?;
    let deadline = Instant::now() + PATIENCE;
    loop {
        let mail = desk.store.summary(&id).await.map_err(unreadable)?;
        let answer = mail.as_ref().and_then(|mail| mail.answer.clone()).unwrap_or_default();
        match mail.map(|mail| mail.state) {
            Some(State::Sent) => {
                return Ok(Bilingual::new(format!("sent to {to}: {answer}"), format!("{to} に送りました: {answer}")));
            }
            Some(State::Failed) => {
                return Err(Bilingual::new(
                    format!("the mail server refused it: {answer}"),
                    format!("送信先サーバーに断られました: {answer}"),
                ));
            }
            _ if Instant::now() > deadline => return Err(unsent(&id, &answer)),
            _ => sleep(LOOK).await,
        }
    }
}

fn unsent(id: &MailId, answer: &str) -> Bilingual {
    let (en, ja) = match answer {
        "" => (String::new(), String::new()),
        answer => (format!(" So far: {answer}"), format!("これまでの応答: {answer}")),
    };
    Bilingual::new(
        format!("kept as {id}, and sent once atena serve runs and reaches the mail server.{en}"),
        format!("{id} として保存しました。atena serve が動いて送信先サーバーにつながれば送信します。{ja}"),
    )
}

fn nobody() -> Bilingual {
    Bilingual::new(
        "say with --sender ADDRESS whose mail the example is to be: notices go to the sender",
        "通知は差出人に届きます。例の差出人を --sender アドレス で指定してください",
    )
}

/// A held mail that nobody wrote.
fn sample(desk: &Desk, sender: Option<Address>, now: Timestamp) -> Option<News> {
    let sender = sender.or_else(|| own_address(desk));
    let account = desk.config.account_for(sender.as_ref().map_or("", |sender| sender.as_str()))?;
    let user = match account.login {
        Login::PassThrough => sender.as_ref().map(ToString::to_string),
        Login::None | Login::Stored { .. } => None,
    };
    let recipients = vec![Address::parse("robert.hale@alderbio.example").ok()?];
    let mail = Summary {
        id: MailId::parse("00000000")?,
        state: State::Held,
        envelope: Envelope { sender, recipients, user, ..Envelope::default() },
        account: Some(account.name.clone()),
        subject: "Quotation / お見積書".to_owned(),
        findings_json: String::new(),
        approved: Approved::Enough,
        size: 0,
        received_at: now,
        changed_at: now,
        due_at: None,
        attempts: 0,
        uncertain: false,
        failure: None,
        answer: None,
    };
    let delivery = format!("test-{}", now.as_millisecond());
    Some(News {
        delivery,
        happening: Happening::Held,
        at: now,
        note: None,
        mail,
        findings: vec![finding()],
        is_test: true,
    })
}

/// Whose mail the first account sends, if that is one person's.
fn own_address(desk: &Desk) -> Option<Address> {
    desk.config.accounts.iter().find_map(|account| match &account.login {
        Login::Stored { user, .. } => Address::parse(user).ok(),
        Login::None | Login::PassThrough => None,
    })
}

fn finding() -> Finding {
    Finding {
        rule: "missing-attachment".to_owned(),
        level: Level::Error,
        confidence: Confidence::High,
        title: Bilingual::new(
            "The text says “find the quotation attached”, but nothing is attached",
            "本文に「添付いたします」とありますが、添付ファイルがありません",
        ),
        why: Bilingual::new("", ""),
        advice: Bilingual::new("", ""),
        location: Location::of_mail(),
        evidence: Vec::new(),
        doubt: None,
    }
}
