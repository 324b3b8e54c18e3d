//! Forms: what changes something comes by one of the page's own, and by nothing else.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequest, FromRequestParts, RawForm, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use super::Page;
use super::frame::{Frame, Notice};
use super::visitor::Visitor;

/// For a whole form: whoever sends it octet by octet keeps others out.
const BODY: Duration = Duration::from_secs(30);

/// The fields of a form; several may have one name.
#[derive(Default)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn one(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    pub(super) fn all(&self, name: &str) -> Vec<String> {
        self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    }
}

impl FromRequest<Arc<Page>> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, page: &Arc<Page>) -> Result<Form, Response> {
        let octets = timeout(BODY, RawForm::from_request(request, page)).await;
        let octets = octets.map_err(|_| StatusCode::REQUEST_TIMEOUT.into_response())?;
        let RawForm(octets) = octets.map_err(IntoResponse::into_response)?;
        Ok(Form(form_urlencoded::parse(&octets).into_owned().collect()))
    }
}

/// A form that this visitor sent from a page of this session: who takes one needs not look again.
pub(super) struct Posted {
    pub(super) visitor: Visitor,
    pub(super) frame: Frame,
    pub(super) form: Form,
}

impl FromRequest<Arc<Page>> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, page: &Arc<Page>) -> Result<Posted, Response> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, page).await?;
        let frame = Frame::of(page, &visitor);
        let form = Form::from_request(Request::from_parts(parts, body), page).await?;
        match visitor.sent(page, form.one("token")) {
            true => Ok(Posted { visitor, frame, form }),
            false => Err(foreign(frame)),
        }
    }
}

fn foreign(frame: Frame) -> Response {
    let notice = Notice {
        title: frame.t("Nothing was done", "何も実行していません").to_owned(),
        text: frame
            .t(
                "The page was open for too long, or another site asked for this. Load it again and repeat what you wanted.",
                "ページを長く開いたままだったか、別のサイトからの要求です。読み込み直してから、もう一度操作してください。",
            )
            .to_owned(),
    };
    (StatusCode::FORBIDDEN, frame.notice(notice)).into_response()
}
