//! What could not be done, for programs and for their people: `application/problem+json` (RFC 9457), in the language asked
//! for. Never a word of a mail.

use std::cmp::Reverse;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::gate::drafts::DraftError;
use crate::lang::{Bilingual, Lang};
use crate::store::StoreError;
use crate::tokens::Scope;
use crate::web::Page;
use crate::web::rights::Wish;

/// Why a request was not answered as it wished.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    status: StatusCode,
    /// For programs; the titles may change.
    code: &'static str,
    // Boxed, since it is an error of many functions.
    title: Box<Bilingual>,
    detail: Box<Bilingual>,
    /// The scopes of which one is missing, or what has to be ticked.
    named: Vec<String>,
    field: Option<(HeaderName, String)>,
}

#[derive(Serialize)]
struct Told<'a> {
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    scopes: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    ticks: &'a [String],
}

const UNTICKED: &str = "not-ticked";

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, title: Bilingual, detail: Bilingual) -> Problem {
        Problem { status, code, title: Box::new(title), detail: Box::new(detail), named: Vec::new(), field: None }
    }

    pub(super) fn no_token() -> Problem {
        let detail = Bilingual::new(
            "Send a token that atena token add made, as: Authorization: Bearer TOKEN",
            "atena token add で作ったトークンを Authorization: Bearer TOKEN として送ってください。",
        );
        let title = Bilingual::new("A token is needed", "トークンが必要です");
        let problem = Problem::new(StatusCode::UNAUTHORIZED, "no-token", title, detail);
        problem.with(header::WWW_AUTHENTICATE, "Bearer realm=\"atena\"".to_owned())
    }

    pub(super) fn wrong_token() -> Problem {
        let detail = Bilingual::new(
            "The token is none of this atena's, was removed, or is out of date; atena token list shows those there are.",
            "このトークンは、この atena のものではないか、削除されたか、期限切れです。atena token list で一覧を確認できます。",
        );
        let title = Bilingual::new("The token does not count", "トークンが無効です");
        let problem = Problem::new(StatusCode::UNAUTHORIZED, "wrong-token", title, detail);
        problem.with(header::WWW_AUTHENTICATE, "Bearer realm=\"atena\", error=\"invalid_token\"".to_owned())
    }

    /// None of these scopes is the token's.
    pub(super) fn no_scope(scopes: &[Scope]) -> Problem {
        let named: Vec<String> = scopes.iter().map(|scope| scope.as_str().to_owned()).collect();
        let detail = Bilingual::new(
            format!("The token lacks the scope: {}", named.join(" or ")),
            format!("トークンにスコープがありません：{}", named.join("、または ")),
        );
        let title = Bilingual::new("The token does not open this", "このトークンでは実行できません");
        let scope = named.join(" ");
        let problem = Problem::new(StatusCode::FORBIDDEN, "no-scope", title, detail);
        Problem { named, ..problem }.with(
            header::WWW_AUTHENTICATE,
            format!("Bearer realm=\"atena\", error=\"insufficient_scope\", scope=\"{scope}\""),
        )
    }

    /// Whoever the token stands for may not do this with this mail.
    pub(super) fn not_allowed(wish: Wish) -> Problem {
        let title = Bilingual::new("This was not done", "実行しませんでした");
        Problem::new(StatusCode::FORBIDDEN, "not-allowed", title, wish.refusal())
    }

    /// The draft is somebody else's.
    pub(super) fn not_theirs() -> Problem {
        let title = Bilingual::new("This was not done", "実行しませんでした");
        let detail = Bilingual::new(
            "From names an address that is not one of whom the token stands for.",
            "From のアドレスが、トークンの利用者のものではありません。",
        );
        Problem::new(StatusCode::FORBIDDEN, "not-allowed", title, detail)
    }

    pub(super) fn too_many(wait: Duration) -> Problem {
        // Whole seconds, and never too early.
        let seconds = (wait.as_secs_f64().ceil() as u64).max(1);
        let detail = Bilingual::new(
            format!(
                "Ask again in {seconds} s. `api_rate` of [web] in atena.toml says how many requests a minute a token has."
            ),
            format!(
                "{seconds} 秒後にもう一度お試しください。1 分あたりの回数は atena.toml の [web] api_rate で決まります。"
            ),
        );
        let title = Bilingual::new("Too many requests", "要求が多すぎます");
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many", title, detail);
        problem.with(header::RETRY_AFTER, seconds.to_string())
    }

    pub(super) fn no_such_path() -> Problem {
        let detail = Bilingual::new(
            "GET /api/v1/openapi.json tells all there is.",
            "GET /api/v1/openapi.json ですべてのパスを確認できます。",
        );
        Problem::new(
            StatusCode::NOT_FOUND,
            "no-path",
            Bilingual::new("There is no such path", "このパスはありません"),
            detail,
        )
    }

    /// What stands in its place cannot be an id.
    pub(super) fn no_such_mail() -> Problem {
        let detail = Bilingual::new(
            "The id has eight letters and digits; GET /api/v1/mails lists all.",
            "ID は 8 文字の英数字です。GET /api/v1/mails で一覧を取得できます。",
        );
        Problem::new(StatusCode::NOT_FOUND, "no-mail", no_mail(), detail)
    }

    pub(super) fn wrong_method() -> Problem {
        let detail = Bilingual::new(
            "The field Allow names the methods of this path.",
            "使えるメソッドは Allow フィールドにあります。",
        );
        let title = Bilingual::new("This path is asked another way", "このメソッドは使えません");
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "wrong-method", title, detail)
    }

    pub(super) fn too_large() -> Problem {
        let detail = Bilingual::new(
            "A mail may be as large as `max_message_size` of [serve], any other body 256 KiB. Nothing was done.",
            "メールは [serve] の max_message_size まで、その他の本体は 256 KiB までです。何も実行していません。",
        );
        let title = Bilingual::new("The body is too large", "本体が大きすぎます");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", title, detail)
    }

    /// The request cannot be read.
    pub(super) fn unreadable(en: impl Into<String>, ja: impl Into<String>) -> Problem {
        let title = Bilingual::new("The request cannot be read", "要求を読み取れません");
        Problem::new(StatusCode::BAD_REQUEST, "unreadable", title, Bilingual::new(en, ja))
    }

    /// The request can be read, and asks for what cannot be.
    pub(super) fn unfit(en: impl Into<String>, ja: impl Into<String>) -> Problem {
        let title = Bilingual::new("Nothing was done", "何も実行していません");
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unfit", title, Bilingual::new(en, ja))
    }

    /// Named by their keys: the labels speak of people and files.
    pub(super) fn unticked(ticks: Vec<String>) -> Problem {
        let detail = Bilingual::new(
            format!("List in `ticks` what a person has looked at; missing: {}", ticks.join(", ")),
            format!("確認した項目を ticks に挙げてください。不足：{}", ticks.join("、")),
        );
        let title = Bilingual::new("Not everything was ticked", "確認されていない項目があります");
        Problem { named: ticks, ..Problem::new(StatusCode::UNPROCESSABLE_ENTITY, UNTICKED, title, detail) }
    }

    pub(super) fn text_is_gone() -> Problem {
        let detail = Bilingual::new(
            "The mail was sent or dropped, and its text is deleted then.",
            "送信済みか破棄済みのため、本文は削除されています。",
        );
        Problem::new(StatusCode::GONE, "text-gone", Bilingual::new("The text is gone", "本文は残っていません"), detail)
    }

    pub(super) fn out_of_order() -> Problem {
        let detail = Bilingual::new(
            "Nothing was changed; the log of atena serve says why. Try again later.",
            "何も変更していません。原因は atena serve のログにあります。しばらくしてからお試しください。",
        );
        let title = Bilingual::new("This does not work now", "現在処理できません");
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "out-of-order", title, detail)
    }

    fn with(self, name: HeaderName, value: String) -> Problem {
        Problem { field: Some((name, value)), ..self }
    }

    fn told(&self, lang: Lang) -> Vec<u8> {
        let (ticks, scopes): (&[String], &[String]) =
            if self.code == UNTICKED { (&self.named, &[]) } else { (&[], &self.named) };
        let (title, detail) = (self.title.get(lang), self.detail.get(lang));
        let told = Told { title, status: self.status.as_u16(), detail, code: self.code, scopes, ticks };
        serde_json::to_vec(&told).expect("texts and numbers only")
    }
}

fn no_mail() -> Bilingual {
    Bilingual::new("There is no such mail", "このメールはありません")
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        let explained = error.explain();
        let (status, code, title) = match error {
            StoreError::Unknown { .. } => (StatusCode::NOT_FOUND, "no-mail", no_mail()),
            StoreError::NotAllowed { .. } | StoreError::Changed { .. } => {
                (StatusCode::CONFLICT, "conflict", Bilingual::new("Nothing was done", "何も実行していません"))
            }
            StoreError::Unapproved { .. } => (
                StatusCode::FORBIDDEN,
                "not-approved",
                Bilingual::new("The mail needs a second person", "別の人の承認が必要です"),
            ),
            StoreError::NoSuchRecipient { .. } | StoreError::NobodyLeft { .. } => {
                return Problem::unfit(explained.en, explained.ja);
            }
            // Paths and causes are the operator's.
            error => {
                tracing::error!(%error, "a request to the API could not be answered");
                return Problem::out_of_order();
            }
        };
        Problem::new(status, code, title, explained)
    }
}

impl From<DraftError> for Problem {
    fn from(error: DraftError) -> Problem {
        let explained = error.explain();
        let title = Bilingual::new("The draft was not put there", "下書きを入れられませんでした");
        match error {
            DraftError::Store(error) => error.into(),
            DraftError::NoMailbox { .. } => Problem::unfit(explained.en, explained.ja),
            DraftError::UnderWay { .. } => Problem::new(StatusCode::CONFLICT, "conflict", title, explained),
            error if error.is_uncertain() => {
                let title = Bilingual::new("The draft may have been put there", "下書きは入った可能性があります");
                Problem::new(StatusCode::BAD_GATEWAY, "mailbox-uncertain", title, explained)
            }
            DraftError::Mailbox(_) | DraftError::NoPassword { .. } => {
                Problem::new(StatusCode::BAD_GATEWAY, "mailbox", title, explained)
            }
            DraftError::Kept { .. } => {
                let title = Bilingual::new("The draft was put there", "下書きは入りました");
                Problem::new(StatusCode::CONFLICT, "conflict", title, explained)
            }
        }
    }
}

impl IntoResponse for Problem {
    /// Written by [`tell`], which knows the language.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some((name, value)) = &self.field
            && let Ok(value) = HeaderValue::from_str(value)
        {
            response.headers_mut().insert(name, value);
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Tells handlers the language, and problems in it.
pub(super) async fn tell(State(page): State<Arc<Page>>, mut request: Request, next: Next) -> Response {
    let lang = language(request.headers()).unwrap_or(page.lang);
    request.extensions_mut().insert(lang);
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let (mut head, _) = response.into_parts();
        head.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        head.headers.remove(header::CONTENT_LENGTH);
        response = Response::from_parts(head, problem.told(lang).into());
    }
    response.headers_mut().insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-language"));
    response
}

/// Of Japanese and English the one that is liked better (RFC 9110 section 12.5.4); `None` where neither is named.
fn language(headers: &HeaderMap) -> Option<Lang> {
    let fields = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
    let ranges = fields.flat_map(|field| field.split(',')).filter_map(|range| {
        let (tag, weight) = range.split_once(';').unwrap_or((range, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.parse::<f32>().ok())?;
        let lang = match tag.trim().to_ascii_lowercase().split('-').next()? {
            "ja" => Lang::Ja,
            "en" => Lang::En,
            _ => return None,
        };
        Some((lang, (weight * 1000.0) as u32)).filter(|(_, weight)| *weight > 0)
    });
    // The first of the most liked.
    let best = ranges.enumerate().max_by_key(|(n, (_, weight))| (*weight, Reverse(*n)));
    best.map(|(_, (lang, _))| lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_is_the_one_liked_better() {
        for (field, lang) in [
            ("ja", Some(Lang::Ja)),
            ("ja-JP, en;q=0.8", Some(Lang::Ja)),
            ("fr, en;q=0.8, ja;q=0.9", Some(Lang::Ja)),
            ("en-GB,ja", Some(Lang::En)),
            ("ja;q=0, en;q=0.1", Some(Lang::En)),
            ("fr", None),
            ("*", None),
            ("ja;q=x", None),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_static(field))]);
            assert_eq!(language(&headers), lang, "{field}");
        }
        assert_eq!(language(&HeaderMap::new()), None);
    }
}
