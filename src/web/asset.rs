//! Style and script, compiled in.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

pub(super) struct Asset {
    pub(super) path: &'static str,
    name: &'static str,
    media_type: &'static str,
    text: &'static str,
}

pub(super) const STYLE: Asset = Asset {
    path: "/asset/page.css",
    name: "page.css",
    media_type: "text/css; charset=utf-8",
    text: include_str!("assets/page.css"),
};

pub(super) const SCRIPT: Asset = Asset {
    path: "/asset/page.js",
    name: "page.js",
    media_type: "text/javascript; charset=utf-8",
    text: include_str!("assets/page.js"),
};

pub(super) async fn asset(Path(name): Path<String>) -> Response {
    match [STYLE, SCRIPT].into_iter().find(|asset| asset.name == name) {
        // Asked for anew each time, answered from memory: small, and never of another version.
        Some(asset) => ([(header::CONTENT_TYPE, asset.media_type), (header::CACHE_CONTROL, "no-cache")], asset.text)
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
