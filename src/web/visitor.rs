//! Who is looking: the session in the cookie, the language, and the token that forms bring along.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use serde::Deserialize;

use super::frame::{Frame, nothing};
use super::key::{SESSION_VALID, Use};
use super::rights::Rights;
use super::{Page, login};
use crate::config::PageLogin;
use crate::gate::feedback::Feedback;
use crate::lang::Lang;
use crate::store::MailId;

/// Somebody who came by a link, or logged in.
pub(super) struct Visitor {
    session: String,
    pub(super) lang: Lang,
    /// What forms bring along.
    pub(super) form_token: String,
    pub(super) rights: Rights,
}

impl Visitor {
    /// Whether a form is one of this visitor's own.
    pub(super) fn sent(&self, page: &Page, token: &str) -> bool {
        page.key.accepts_form(&self.session, token)
    }

    /// Decisions that say in the record who made them.
    pub(super) fn feedback(&self, page: &Page) -> Feedback {
        match &self.rights.person {
            Some(person) => page.feedback.by(person.name.clone()),
            None => page.feedback.clone(),
        }
    }
}

impl FromRequestParts<Arc<Page>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, page: &Arc<Page>) -> Result<Visitor, Response> {
        let Language(lang) = Language::from_request_parts(parts, page).await.unwrap_or(Language(page.lang));
        let found = cookie(parts, &page.cookie).and_then(|session| {
            let rights = who(page, &session)?;
            Some(Visitor { form_token: page.key.form_token(&session), session, lang, rights })
        });
        // Only what is looked at can be gone back to.
        let wanted =
            parts.uri.path_and_query().filter(|_| parts.method == Method::GET).map_or("/", |path| path.as_str());
        found.ok_or_else(|| login::stranger(page, lang, wanted))
    }
}

/// What a session opens, if it is good.
fn who(page: &Page, session: &str) -> Option<Rights> {
    let (config, now) = (page.gate.config(), Timestamp::now());
    match config.web.login {
        PageLogin::Link => page.key.accepts(Use::Session, session, now).then(Rights::default),
        PageLogin::Users => {
            let stamp_of = |name: &str| match page.users.stamp(name) {
                Ok(stamp) => stamp,
                Err(error) => {
                    tracing::error!(%error, "nobody is let in to the review page");
                    None
                }
            };
            let name = page.key.user(session, now, stamp_of)?;
            Some(Rights::of(config.team.person(&name)))
        }
    }
}

/// The mail a path names, of those the visitor sees.
pub(super) struct Named(pub(super) MailId);

impl FromRequestParts<Arc<Page>> for Named {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, page: &Arc<Page>) -> Result<Named, Response> {
        let named = Path::<Vec<(String, String)>>::from_request_parts(parts, page).await.ok();
        let id = named.and_then(|Path(named)| named.into_iter().find(|(name, _)| name == "id"));
        let visitor = Visitor::from_request_parts(parts, page).await?;
        let Some(id) = id.and_then(|(_, text)| MailId::parse(&text)) else {
            return Err(nothing(page, visitor.lang));
        };
        if visitor.rights.person.is_none() {
            return Ok(Named(id));
        }
        match page.store.summary(&id).await {
            Ok(Some(mail)) if visitor.rights.sees(page.team(), &mail) => Ok(Named(id)),
            // As if there were none: that there is one is told to nobody.
            Ok(_) => Err(nothing(page, visitor.lang)),
            Err(error) => Err(Frame::of(page, &visitor).failed(&error)),
        }
    }
}

/// The language of the page: as chosen on it, else that of the configuration.
pub(super) struct Language(pub(super) Lang);

impl FromRequestParts<Arc<Page>> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, page: &Arc<Page>) -> Result<Language, Infallible> {
        let chosen = cookie(parts, &format!("{}-lang", page.cookie));
        Ok(Language(match chosen.as_deref() {
            Some("ja") => Lang::Ja,
            Some("en") => Lang::En,
            _ => page.lang,
        }))
    }
}

fn cookie(parts: &Parts, name: &str) -> Option<String> {
    let fields = parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = fields.flat_map(|field| field.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
}

#[derive(Deserialize)]
pub(super) struct Link {
    #[serde(default)]
    token: String,
}

/// The link of `atena serve` and `atena open`: begins a session, and takes the token out of the address.
pub(super) async fn enter(
    visitor: Result<Visitor, Response>,
    State(page): State<Arc<Page>>,
    Language(lang): Language,
    Query(link): Query<Link>,
) -> Response {
    if visitor.is_ok() {
        return Redirect::to("/").into_response();
    }
    let now = Timestamp::now();
    if page.gate.config().web.login == PageLogin::Users {
        return login::stranger(&page, lang, "/");
    }
    if !page.key.accepts(Use::Link, &link.token, now) || !page.links.take(&link.token) {
        return login::stranger(&page, lang, "/");
    }
    let session = page.key.token(Use::Session, now);
    ([(header::SET_COOKIE, set_cookie(&page, &session, SESSION_VALID))], Redirect::to("/")).into_response()
}

/// The field that gives a browser its session; one of no length takes it away.
pub(super) fn set_cookie(page: &Page, session: &str, age: Duration) -> String {
    let web = &page.gate.config().web;
    let is_encrypted = web.tls.is_some() || web.url.as_ref().is_some_and(|url| url.starts_with("https:"));
    let secure = if is_encrypted { "; Secure" } else { "" };
    // Lax: a link in a mail may lead here; what changes something asks for the token of a form besides.
    format!("{}={session}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{secure}", page.cookie, age.as_secs())
}

#[derive(Deserialize)]
pub(super) struct Question {
    question: String,
}

/// Shows to `atena open` that this is the page of its data directory, before a link is handed over.
pub(super) async fn proof(State(page): State<Arc<Page>>, Query(asked): Query<Question>) -> String {
    page.key.proof(&asked.question)
}

/// The links that were used, so that each opens one session.
#[derive(Default)]
pub(super) struct Links(Mutex<VecDeque<String>>);

impl Links {
    /// Links remembered.
    const MOST: usize = 1000;

    /// Whether a link was not used before.
    fn take(&self, link: &str) -> bool {
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if used.iter().any(|one| one == link) {
            return false;
        }
        if used.len() == Links::MOST {
            // Only who has the key makes links: the oldest of so many has long expired.
            used.pop_front();
        }
        used.push_back(link.to_owned());
        true
    }
}

#[derive(Deserialize)]
pub(super) struct Choice {
    lang: String,
    #[serde(default)]
    back: String,
}

/// Chooses the language.
pub(super) async fn choose_language(State(page): State<Arc<Page>>, Query(choice): Query<Choice>) -> Response {
    let lang = if choice.lang == "ja" { "ja" } else { "en" };
    let cookie = format!("{}-lang={lang}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000", page.cookie);
    ([(header::SET_COOKIE, cookie)], Redirect::to(own_page(&choice.back))).into_response()
}

/// A page of this site to go on to, or the list: `//host` would be another's.
pub(super) fn own_page(path: &str) -> &str {
    let own = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
    // Browsers leave out blanks and tabs: `/\t/host` would be another site's too.
    if own && path.bytes().all(|b| b.is_ascii_graphic()) { path } else { "/" }
}
