//! The first steps: what to type into the mail program, a mail to try it with, and what was learnt so far.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Zoned;
use tokio::time::{Instant, sleep_until};

use super::Page;
use super::form::Posted;
use super::frame::{Frame, show};
use super::visitor::Visitor;
use crate::config::Auth;
use crate::gate::{Admission, Arrival, Author, Patience};
use crate::lang::Lang;
use crate::message::{Address, Envelope};

/// How long the page waits for the next server's answer to the test.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Template)]
#[template(path = "start.html")]
struct StartPage {
    frame: Frame,
    server: String,
    port: u16,
    has_tls: bool,
    login: String,
    /// Senders with the number of their mails that were learnt from.
    learnt: Vec<(String, u32)>,
    own_domains: Vec<String>,
    clients: usize,
    /// What came of the test, or what was wrong with its address.
    came: Option<String>,
    address: String,
}

pub(super) async fn start(visitor: Visitor, State(page): State<Arc<Page>>) -> Response {
    answer(&page, &visitor, StatusCode::OK, None, String::new()).await
}

/// Sends a mail with a slip in it to its own sender, the way every mail goes.
pub(super) async fn test(State(page): State<Arc<Page>>, posted: Posted) -> Response {
    let Posted { visitor, frame, form } = posted;
    let typed = form.one("address").trim().to_owned();
    let Ok(address) = Address::parse(&typed) else {
        let wrong = frame.t("This is no mail address.", "メールアドレスではありません。").to_owned();
        return answer(&page, &visitor, StatusCode::UNPROCESSABLE_ENTITY, Some(wrong), typed).await;
    };
    if !visitor.rights.writes_as(&address.key()) {
        let wrong = frame.t("This is not an address of yours.", "ご自分のアドレスではありません。").to_owned();
        return answer(&page, &visitor, StatusCode::FORBIDDEN, Some(wrong), typed).await;
    }
    let now = Zoned::now();
    let envelope = Envelope {
        sender: Some(address.clone()),
        recipients: vec![address.clone()],
        utf8: !address.as_str().is_ascii(),
        ..Envelope::default()
    };
    let arrival = Arrival { envelope, raw: mail(&address, frame.lang, &now), hold: Box::new(()) };
    let mut waiting = Waiting(Instant::now() + PATIENCE);
    let came = match page.gate.admit(arrival, None, "page", &now, &mut waiting).await {
        Admission::Held { id } | Admission::Delayed { id, .. } | Admission::Queued { id } => {
            return (StatusCode::SEE_OTHER, Redirect::to(&format!("/mail/{id}?done=test"))).into_response();
        }
        Admission::Sent { .. } => frame
            .t(
                "It was sent: by your [policy], mails with errors are not kept.",
                "送信しました。[policy] の設定では、エラーのあるメールも保留されません。",
            )
            .to_owned(),
        Admission::Returned { lines } | Admission::Rejected { lines } => {
            let lead = frame.t("Your mail program would read:", "メールソフトには次のように表示されます：");
            format!("{lead} {}", lines.join(" "))
        }
        Admission::Refused(answer) | Admission::TryLater(answer) => {
            format!("{} {}", frame.t("It was not sent:", "送信できませんでした："), answer.text)
        }
        Admission::Unanswered => {
            frame.t("The mail server has not answered yet.", "メールサーバーの応答がまだありません。").to_owned()
        }
        Admission::NotStored(error) => frame.both(&error.explain()).to_owned(),
    };
    answer(&page, &visitor, StatusCode::OK, Some(came), typed).await
}

/// The browser waits a while.
struct Waiting(Instant);

impl Author for Waiting {
    async fn next(&mut self) -> Patience {
        sleep_until(self.0).await;
        Patience::Over
    }
}

/// It promises a file and has none.
fn mail(address: &Address, lang: Lang, now: &Zoned) -> Vec<u8> {
    let text = match lang {
        Lang::En => {
            "Hello,\r\n\r\nthis is a test of atena. I have attached the quotation – and nothing is attached.\r\n\
             Send it on, and it arrives in your inbox as it is.\r\n"
        }
        Lang::Ja => {
            "お世話になっております。\r\n\r\natena のテストです。お見積書を添付いたします。\r\nこのメールには何も添付されていません。送信すると、このままご自分の受信箱に届きます。\r\n"
        }
    };
    let date = now.strftime("%a, %d %b %Y %H:%M:%S %z");
    let id = format!("{}.atena-test@{}", now.timestamp().as_microsecond(), address.domain());
    let head = format!(
        "From: {address}\r\nTo: {address}\r\nSubject: atena test\r\nDate: {date}\r\nMessage-ID: <{id}>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    );
    let octets = STANDARD.encode(text).into_bytes();
    // RFC 2045 section 6.8.
    let lines = octets.chunks(76).flat_map(|line| [line, b"\r\n"]).collect::<Vec<_>>().concat();
    [head.into_bytes(), lines].concat()
}

async fn answer(page: &Page, visitor: &Visitor, status: StatusCode, came: Option<String>, address: String) -> Response {
    let (config, people, frame) = (page.gate.config(), page.store.people(), Frame::of(page, visitor));
    let senders = tokio::task::spawn_blocking(move || people.senders()).await;
    let learnt = match senders {
        // Of others' mail a sender learns nothing here, nor how much there is.
        Ok(Ok(senders)) => senders.into_iter().filter(|(sender, _)| visitor.rights.writes_as(sender)).collect(),
        Ok(Err(error)) => return frame.failed(&error),
        Err(_) => Vec::new(),
    };
    let login = match config.serve.auth {
        Auth::Users => frame.t("as given to atena user add", "atena user add で登録した名前とパスワード"),
        Auth::PassThrough => frame.t("as at your provider", "今までと同じ"),
        Auth::Auto if config.offers_login() => frame.t("as at your provider", "今までと同じ"),
        Auth::Auto | Auth::None => frame.t("none", "なし"),
    };
    let html = show(&StartPage {
        server: if page.relay.ip().is_unspecified() { "127.0.0.1".to_owned() } else { page.relay.ip().to_string() },
        port: page.relay.port(),
        has_tls: config.serve.tls.is_some(),
        own_domains: config.own_domains.clone(),
        clients: config.clients.len(),
        login: login.to_owned(),
        frame,
        learnt,
        came,
        address,
    });
    (status, html).into_response()
}
