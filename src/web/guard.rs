//! What every request must be and every answer carry, whatever page it is.
//!
//! A page on another site can make a browser ask this one: by its address (DNS rebinding: the `Host` is another's), or with
//! a form of its own (`Origin`, `Sec-Fetch-Site`; and no form token, see [`super::visitor`]).

use std::net::SocketAddr;

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The names this page is asked for by.
#[derive(Debug, Clone)]
pub(super) struct Hosts(Vec<String>);

impl Hosts {
    /// The names of this machine, as browsers write them, and those of the configuration; these also without a port, for what
    /// stands in front of the page.
    pub(super) fn of(address: SocketAddr, named: &[String]) -> Hosts {
        let port = address.port();
        let names = ["127.0.0.1", "localhost", "[::1]"];
        // It may listen on another address of this machine, such as 127.0.0.2.
        let with_port = names.iter().map(|name| format!("{name}:{port}")).chain([address.to_string()]);
        // Browsers leave the usual port out.
        let own = names.iter().map(|&name| name.to_owned()).chain([address.ip().to_string()]);
        let bare = own.filter(|_| matches!(port, 80 | 443));
        let named = named.iter().flat_map(|name| [name.clone(), format!("{name}:{port}")]);
        Hosts(with_port.chain(bare).chain(named).collect())
    }

    fn holds(&self, host: &str) -> bool {
        self.0.iter().any(|known| known.eq_ignore_ascii_case(host))
    }
}

/// Nothing is loaded from anywhere else, nothing runs that is not ours, nobody frames it.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Not `no-referrer`: browsers then send the page's own forms with `Origin: null`, as a foreign site's.
    (header::REFERRER_POLICY, "same-origin"),
    // Mail text does not stay in the browser's files.
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Lets a request in or turns it away, and dresses the answer.
pub(super) async fn guard(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    let mut response = match refusal(&hosts, request.method(), request.headers()) {
        Some(why) => (StatusCode::FORBIDDEN, why).into_response(),
        None => next.run(request).await,
    };
    for (name, value) in HEADERS {
        // What a page says of itself is stricter, or an asset that may be kept.
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

fn refusal(hosts: &Hosts, method: &Method, headers: &HeaderMap) -> Option<&'static str> {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if !text(header::HOST).is_some_and(|host| hosts.holds(host)) {
        return Some("This page is asked for by another name than its own.\n");
    }
    if matches!(*method, Method::GET | Method::HEAD) {
        return None;
    }
    let foreign = text(header::ORIGIN).is_some_and(|origin| {
        let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        !host.is_some_and(|host| hosts.holds(host))
    });
    // A browser that says nothing of either is caught by the token of the form.
    let site = text(HeaderName::from_static("sec-fetch-site"));
    let elsewhere = site.is_some_and(|site| !matches!(site, "same-origin" | "none"));
    (foreign || elsewhere).then_some("A page of another site asked for this.\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_its_own_make_it_act() {
        let hosts = Hosts::of("127.0.0.2:2580".parse().expect("an address"), &["atena.example".to_owned()]);
        let refused = |method: Method, fields: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for &(name, value) in fields {
                headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            refusal(&hosts, &method, &headers).is_some()
        };
        let own = ("host", "127.0.0.1:2580");
        assert!(!refused(Method::GET, &[own]) && !refused(Method::GET, &[("host", "LOCALHOST:2580")]));
        assert!(!refused(Method::GET, &[("host", "127.0.0.2:2580")]));
        for host in ["atena.example", "ATENA.example:2580"] {
            assert!(!refused(Method::GET, &[("host", host)]), "{host}");
        }
        assert!(!refused(Method::POST, &[("host", "atena.example"), ("origin", "https://atena.example")]));
        for host in [
            "x.atena.example",
            "atena.example:1",
            "evil.test",
            "evil.test:2580",
            "127.0.0.1",
            "127.0.0.1:2581",
            "127.0.0.1.evil.test:2580",
            "",
        ] {
            assert!(refused(Method::GET, &[("host", host)]), "{host}");
        }
        assert!(refused(Method::GET, &[]), "no host");
        assert!(!refused(Method::POST, &[own, ("origin", "http://127.0.0.1:2580"), ("sec-fetch-site", "same-origin")]));
        for origin in ["http://evil.test", "null", "http://127.0.0.1:8000", "127.0.0.1:2580", "file://"] {
            assert!(refused(Method::POST, &[own, ("origin", origin)]), "{origin}");
        }
        for site in ["cross-site", "same-site", "x"] {
            assert!(refused(Method::POST, &[own, ("sec-fetch-site", site)]), "{site}");
        }
        assert!(refused(Method::DELETE, &[own, ("sec-fetch-site", "cross-site")]));
    }
}
