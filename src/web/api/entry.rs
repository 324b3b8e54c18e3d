//! Who is let in, and what comes along: the token's holder, and a body.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::problem::Problem;
use crate::gate::feedback::Feedback;
use crate::lang::{Bilingual, Lang};
use crate::store::{MailId, StoreError, Summary};
use crate::team;
use crate::tokens::{Scope, Token};
use crate::web::Page;
use crate::web::rights::{Rights, Wish};

/// For a whole body: a mail of the largest size comes in it from anywhere.
const BODY: Duration = Duration::from_secs(300);

/// A program that was let in.
#[derive(Clone)]
pub(super) struct Caller {
    /// `None` where everybody may.
    holder: Option<Token>,
    rights: Rights,
    /// What it was let in by.
    pub(super) secret: String,
    pub(super) lang: Lang,
}

impl Caller {
    pub(super) fn may(&self, scope: Scope) -> bool {
        self.holder.as_ref().is_some_and(|token| token.scopes.contains(&scope))
    }

    /// For the record.
    fn who(&self) -> String {
        match &self.holder {
            None => String::new(),
            Some(Token { name, user: None, .. }) => format!("token {name}"),
            Some(Token { name, user: Some(user), .. }) => format!("{user}, token {name}"),
        }
    }

    /// Decisions that say in the record who made them.
    pub(super) fn feedback(&self, page: &Page) -> Feedback {
        page.feedback.by(self.who())
    }

    /// Which mails are seen; `None`: all.
    pub(super) fn mails(&self, page: &Page) -> Option<team::Scope> {
        self.rights.scope(page.team())
    }

    /// Whether to let a mail go counts as that of a second person: nobody's token is none.
    pub(super) fn is_person(&self) -> bool {
        self.rights.person.is_some()
    }

    /// Whether mail from this address is theirs whom the token stands for.
    pub(super) fn writes_as(&self, address: &str) -> bool {
        self.rights.writes_as(address)
    }

    pub(super) fn sees(&self, page: &Page, mail: &Summary) -> bool {
        self.rights.sees(page.team(), mail)
    }

    /// # Errors
    /// This may not be done with the mail by whom the token stands for.
    pub(super) fn check(&self, page: &Page, wish: Wish, mail: &Summary) -> Result<(), Problem> {
        if self.rights.may(page.team(), wish, mail) { Ok(()) } else { Err(Problem::not_allowed(wish)) }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Caller, Infallible> {
        let nobody =
            || Caller { holder: None, rights: Rights::default(), secret: String::new(), lang: Lang::default() };
        Ok(parts.extensions.get::<Caller>().cloned().unwrap_or_else(nobody))
    }
}

/// The mail a path names, of those the caller sees.
pub(super) struct Named(pub(super) MailId);

impl FromRequestParts<Arc<Page>> for Named {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, page: &Arc<Page>) -> Result<Named, Problem> {
        let named = Path::<String>::from_request_parts(parts, page).await.ok();
        let id = named.and_then(|Path(text)| MailId::parse(&text)).ok_or_else(Problem::no_such_mail)?;
        let Ok(caller) = Caller::from_request_parts(parts, page).await;
        if caller.is_person() {
            let mail = page.store.summary(&id).await?;
            // As if there were none: that there is one is told to nobody.
            mail.filter(|mail| caller.rights.sees(page.team(), mail))
                .ok_or_else(|| StoreError::Unknown { id: id.clone() })?;
        }
        Ok(Named(id))
    }
}

/// Lets a request in whose token has one of the scopes.
pub(super) async fn admit(
    State((page, scopes)): State<(Arc<Page>, &'static [Scope])>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    if scopes.is_empty() {
        return next.run(request).await;
    }
    let secret = bearer(request.headers()).map(str::to_owned);
    match page.api.token(secret.as_deref(), peer.ip(), Instant::now()) {
        Ok(token) if scopes.iter().any(|scope| token.scopes.contains(scope)) => {
            let rights = token.user.as_deref().map(|user| Rights::of(page.team().person(user))).unwrap_or_default();
            let lang = request.extensions().get::<Lang>().copied().unwrap_or(page.lang);
            let secret = secret.unwrap_or_default();
            request.extensions_mut().insert(Caller { holder: Some(token), rights, secret, lang });
            next.run(request).await
        }
        Ok(_) => Problem::no_scope(scopes).into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// RFC 6750 section 2.1; the name of the scheme in any case.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// A body as JSON; none is one without fields.
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Json<T>, Problem> {
        let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = media_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
        let is_json = essence.eq_ignore_ascii_case("application/json");
        let octets = read(request, state).await?;
        if octets.is_empty() {
            return parsed(b"{}").map(Json);
        }
        if !is_json {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "no-json",
                Bilingual::new("The body is to be JSON", "本体は JSON にしてください"),
                Bilingual::new(
                    "Send it with the field Content-Type: application/json",
                    "Content-Type: application/json を付けて送ってください。",
                ),
            ));
        }
        parsed(&octets).map(Json)
    }
}

fn parsed<T: DeserializeOwned>(octets: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(octets).map_err(|error| match error.is_data() {
        true => {
            Problem::unfit(format!("The body does not fit: {error}"), format!("本体の内容が正しくありません：{error}"))
        }
        false => {
            Problem::unreadable(format!("The body is no JSON: {error}"), format!("本体が JSON ではありません：{error}"))
        }
    })
}

/// A body as it is, up to the limit of its route.
pub(super) async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    let broken = || Problem::unreadable("The body broke off.", "本体が途中で切れました。");
    let octets = timeout(BODY, Bytes::from_request(request, state)).await.map_err(|_| broken())?;
    octets.map_err(|rejection: BytesRejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
        _ => broken(),
    })
}
