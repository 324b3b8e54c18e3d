//! The HTTP API: kept mails, decisions on them, and the check of drafts, for programs. `docs/api.md` is its manual,
//! `docs/openapi.json` its contract, and a test holds that to [`ROUTES`].
//!
//! Only a token opens it, never the session of the page: what a browser sends along by itself decides nothing here.

mod check;
mod decide;
mod entry;
mod mails;
mod problem;
mod query;
mod rate;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use jiff::Timestamp;
use tokio::sync::Semaphore;

use super::Page;
use crate::config::Config;
use crate::tokens::{Scope, Token, Tokens, TokensError};
use crate::users::{Users, UsersError};
use problem::Problem;
use rate::Rate;

/// What all paths of [`ROUTES`] begin with.
pub(super) const ROOT: &str = "/api/v1";

/// The contract, as it is served.
const DOCUMENT: &str = include_str!("../../../docs/openapi.json");

/// Answers to wrong tokens that one address gets in a minute without waiting.
const WRONG_TOKENS: u32 = 10;

/// Drafts that are in memory at a time: each may be as large as a mail.
const CHECKS_AT_ONCE: usize = 4;

struct Route {
    method: MethodFilter,
    path: &'static str,
    /// Each of them opens it; without any, everybody may.
    scopes: &'static [Scope],
    handler: fn(MethodFilter) -> MethodRouter<Arc<Page>>,
}

const GET: MethodFilter = MethodFilter::GET;
const POST: MethodFilter = MethodFilter::POST;

const READ: &[Scope] = &[Scope::Read];
const DECIDE: &[Scope] = &[Scope::Decide];
/// Whoever decides has to see what on.
const SEE: &[Scope] = &[Scope::Read, Scope::Decide];

/// All there is.
const ROUTES: [Route; 14] = [
    Route { method: GET, path: "/mails", scopes: SEE, handler: |method| on(method, mails::list) },
    Route { method: GET, path: "/mails/{id}", scopes: SEE, handler: |method| on(method, mails::show) },
    Route { method: GET, path: "/mails/{id}/raw", scopes: READ, handler: |method| on(method, mails::raw) },
    Route { method: POST, path: "/mails/{id}/release", scopes: DECIDE, handler: |method| on(method, decide::release) },
    Route { method: POST, path: "/mails/{id}/drop", scopes: DECIDE, handler: |method| on(method, decide::drop_mail) },
    Route { method: POST, path: "/mails/{id}/cancel", scopes: DECIDE, handler: |method| on(method, decide::cancel) },
    Route { method: POST, path: "/mails/{id}/draft", scopes: DECIDE, handler: |method| on(method, decide::draft) },
    Route {
        method: POST,
        path: "/mails/{id}/recipients",
        scopes: DECIDE,
        handler: |method| on(method, decide::recipients),
    },
    Route { method: POST, path: "/mails/{id}/refuse", scopes: DECIDE, handler: |method| on(method, decide::refuse) },
    Route { method: POST, path: "/mails/{id}/ask", scopes: DECIDE, handler: |method| on(method, decide::ask_again) },
    Route { method: POST, path: "/mails/{id}/say", scopes: DECIDE, handler: |method| on(method, decide::say) },
    Route { method: GET, path: "/events", scopes: SEE, handler: |method| on(method, mails::events) },
    Route { method: POST, path: CHECK, scopes: &[Scope::Check], handler: |method| on(method, check::check) },
    Route { method: GET, path: "/openapi.json", scopes: &[], handler: |method| on(method, document) },
];

const CHECK: &str = "/check";

/// What requests to the API share.
pub(super) struct Desk {
    tokens: Tokens,
    users: Users,
    /// By token.
    requests: Rate,
    /// By address.
    wrong_tokens: Rate,
    checks: Semaphore,
}

impl Desk {
    pub(super) fn of(config: &Config) -> Desk {
        Desk {
            tokens: Tokens::of(&config.data_dir),
            users: Users::of(&config.data_dir),
            requests: Rate::of(config.web.api_rate),
            wrong_tokens: Rate::of(WRONG_TOKENS),
            checks: Semaphore::new(CHECKS_AT_ONCE),
        }
    }

    /// Whose request this is, if it may be made now.
    fn token(&self, secret: Option<&str>, address: IpAddr, now: Instant) -> Result<Token, Problem> {
        let Some(secret) = secret else { return Err(Problem::no_token()) };
        // Small, and read by one process at a time: no other thread is worth it.
        match self.find(secret) {
            Ok(Some(token)) => match self.requests.take(&token.name, now) {
                Ok(()) => Ok(token),
                Err(wait) => Err(Problem::too_many(wait)),
            },
            // A right token is let in whatever others of its address send: a program with an old one locks nobody out.
            Ok(None) => match self.wrong_tokens.take(&address.to_string(), now) {
                Ok(()) => Err(Problem::wrong_token()),
                Err(wait) => Err(Problem::too_many(wait)),
            },
            Err(error) => {
                tracing::error!(%error, "the tokens of the API cannot be read");
                Err(Problem::out_of_order())
            }
        }
    }

    /// The token that counts; one of a person counts as long as they can log in.
    fn find(&self, secret: &str) -> Result<Option<Token>, CannotTell> {
        let Some(token) = self.tokens.find(secret, Timestamp::now())? else { return Ok(None) };
        let counts = token.user.as_deref().map_or(Ok(true), |user| self.users.has(user))?;
        Ok(counts.then_some(token))
    }

    /// Whether a token that was let in still is one.
    fn is_known(&self, secret: &str) -> bool {
        self.find(secret).is_ok_and(|token| token.is_some())
    }
}

/// Why nobody knows whether a token counts.
#[derive(Debug, thiserror::Error)]
enum CannotTell {
    #[error(transparent)]
    Tokens(#[from] TokensError),
    #[error(transparent)]
    Users(#[from] UsersError),
}

pub(super) fn router(page: &Arc<Page>) -> Router<Arc<Page>> {
    let config = page.gate.config();
    let routes = ROUTES.iter().fold(Router::new(), |router, route| {
        let most = if route.path == CHECK { config.serve.limits.message_size } else { super::LARGEST_FORM };
        let guarded = (route.handler)(route.method)
            .route_layer(middleware::from_fn_with_state((Arc::clone(page), route.scopes), entry::admit))
            .layer(DefaultBodyLimit::max(most));
        router.route(route.path, guarded)
    });
    routes
        .fallback(async || Problem::no_such_path())
        .method_not_allowed_fallback(async || Problem::wrong_method())
        .layer(middleware::from_fn_with_state(Arc::clone(page), problem::tell))
}

async fn document() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT).into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_document_has_every_route_with_its_scopes_and_nothing_else() {
        let document: serde_json::Value = serde_json::from_str(DOCUMENT).expect("JSON");
        let mut written = BTreeSet::new();
        for (path, operations) in document["paths"].as_object().expect("paths") {
            for (method, operation) in operations.as_object().expect("operations") {
                if method == "parameters" {
                    continue;
                }
                let scopes: Vec<&str> = operation["security"]
                    .as_array()
                    .unwrap_or_else(|| panic!("{method} {path} has no security"))
                    .iter()
                    .filter_map(|one| one["token"][0].as_str())
                    .collect();
                written.insert((method.to_uppercase(), path.clone(), scopes.join(" ")));
            }
        }
        let known: BTreeSet<_> = ROUTES
            .iter()
            .map(|route| {
                let scopes: Vec<&str> = route.scopes.iter().map(|scope| scope.as_str()).collect();
                let method = if route.method == GET { "GET" } else { "POST" };
                (method.to_owned(), format!("{ROOT}{}", route.path), scopes.join(" "))
            })
            .collect();
        assert_eq!(written, known);
    }
}
