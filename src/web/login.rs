//! Names and passwords, where the page asks for them; what it says to strangers everywhere.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use askama::Template;
use axum::extract::{ConnectInfo, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use secrecy::SecretString;

use super::Page;
use super::form::{Form, Posted};
use super::frame::{Frame, Notice, show};
use super::key::LOGIN_VALID;
use super::visitor::{Language, own_page, set_cookie};
use crate::config::PageLogin;
use crate::lang::Lang;
use crate::users::{Trier, Verdict};

/// Octets; whoever sends longer names wants the memory, not the page.
const LONGEST_NAME: usize = 256;

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    frame: Frame,
    name: String,
    /// The page that was asked for.
    back: String,
    refused: Option<&'static str>,
}

/// What somebody sees who has no session.
pub(super) fn stranger(page: &Page, lang: Lang, wanted: &str) -> Response {
    let frame = Frame::bare(page, lang);
    if page.gate.config().web.login == PageLogin::Users {
        return (
            StatusCode::UNAUTHORIZED,
            show(&LoginPage { frame, name: String::new(), back: wanted.to_owned(), refused: None }),
        )
            .into_response();
    }
    let notice = Notice {
        title: frame.t("This page opens with a link", "このページは専用のリンクから開きます").to_owned(),
        text: frame
            .t(
                "Run “atena open” on this computer, or use the link that “atena serve” printed when it started. A link is good once, for ten minutes.",
                "このコンピューターで atena open を実行するか、atena serve が起動時に表示したリンクを開いてください。リンクは 10 分以内に 1 回だけ使えます。",
            )
            .to_owned(),
    };
    (StatusCode::UNAUTHORIZED, frame.notice(notice)).into_response()
}

/// The form, and where it leads who is logged in already.
pub(super) async fn look() -> Redirect {
    Redirect::to("/")
}

/// Begins the session of somebody who knows a password.
pub(super) async fn log_in(
    State(page): State<Arc<Page>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Language(lang): Language,
    form: Form,
) -> Response {
    let frame = Frame::bare(&page, lang);
    let (name, back) = (form.one("name").trim().to_owned(), own_page(form.one("back")).to_owned());
    if page.gate.config().web.login != PageLogin::Users {
        return stranger(&page, lang, "/");
    }
    // A name is kept for as long as its failures count: those that nobody has are kept as one.
    let trier = Trier::of(peer.ip(), if name.len() > LONGEST_NAME { "" } else { &name });
    if !page.logins.begin(&trier, Instant::now()) {
        let refused = match lang {
            Lang::En => "Too many tries; try again in a quarter of an hour.",
            Lang::Ja => "試行回数が多すぎます。15 分ほど待ってからお試しください。",
        };
        return (StatusCode::TOO_MANY_REQUESTS, show(&LoginPage { frame, name, back, refused: Some(refused) }))
            .into_response();
    }
    match verify(&page, &name, form.one("password")).await {
        Some(Some(stamp)) => {
            page.logins.take_back(&trier);
            tracing::info!(%peer, "somebody logged in to the review page");
            let session = page.key.login(&name, &stamp, Timestamp::now());
            ([(header::SET_COOKIE, set_cookie(&page, &session, LOGIN_VALID))], see_other(&back)).into_response()
        }
        Some(None) => {
            let (failures, delay) = page.logins.failed(&trier, Instant::now());
            tracing::warn!(%peer, failures, "a login to the review page was refused");
            tokio::time::sleep(delay).await;
            let refused = match lang {
                Lang::En => "That is not the name or not the password.",
                Lang::Ja => "名前かパスワードが違います。",
            };
            (StatusCode::UNAUTHORIZED, show(&LoginPage { frame, name, back, refused: Some(refused) })).into_response()
        }
        None => {
            page.logins.take_back(&trier);
            let refused = match lang {
                Lang::En => "The users cannot be read just now; the log of atena says why.",
                Lang::Ja => "利用者の情報を読めません。atena のログを確認してください。",
            };
            (StatusCode::SERVICE_UNAVAILABLE, show(&LoginPage { frame, name, back, refused: Some(refused) }))
                .into_response()
        }
    }
}

/// Ends a session in this browser.
pub(super) async fn log_out(State(page): State<Arc<Page>>, _posted: Posted) -> Response {
    ([(header::SET_COOKIE, set_cookie(&page, "", std::time::Duration::ZERO))], see_other("/")).into_response()
}

fn see_other(to: &str) -> (StatusCode, Redirect) {
    (StatusCode::SEE_OTHER, Redirect::to(to))
}

/// What changes with the password of a user who knows it, or nothing; `None` after a failure, which is logged.
async fn verify(page: &Page, name: &str, password: &str) -> Option<Option<String>> {
    let (users, name, password) = (page.users.clone(), name.to_owned(), SecretString::from(password));
    // One after the other: a hash takes 19 MiB and a processor.
    let _turn = page.hashing.lock().await;
    let work = move || {
        Ok(match users.verify(&name, &password)? {
            Verdict::Right => users.stamp(&name)?,
            Verdict::Wrong | Verdict::Unknown => None,
        })
    };
    let outcome: Result<_, crate::users::UsersError> = tokio::task::spawn_blocking(work).await.ok()?;
    outcome.inspect_err(|error| tracing::error!(%error, "nobody can log in to the review page")).ok()
}
