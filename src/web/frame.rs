//! What every page has: language, head, notices, errors.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Page;
use super::visitor::{Language, Visitor};
use crate::lang::{Bilingual, Lang};
use crate::store::StoreError;

/// The part of a page around its content.
#[derive(Clone)]
pub(super) struct Frame {
    pub(super) lang: Lang,
    /// Empty for strangers, who get no forms.
    pub(super) form_token: String,
    /// Who is logged in.
    pub(super) user: Option<String>,
    time_zone: TimeZone,
}

/// A page with one thing to say.
pub(super) struct Notice {
    pub(super) title: String,
    pub(super) text: String,
}

#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage {
    frame: Frame,
    notice: Notice,
}

impl Frame {
    pub(super) fn of(page: &Page, visitor: &Visitor) -> Frame {
        let user = visitor.rights.person.as_ref().map(|person| person.name.clone());
        Frame { form_token: visitor.form_token.clone(), user, ..Frame::bare(page, visitor.lang) }
    }

    pub(super) fn bare(page: &Page, lang: Lang) -> Frame {
        Frame { lang, form_token: String::new(), user: None, time_zone: page.time_zone.clone() }
    }

    /// The text in the reader's language.
    pub(super) fn t<'a>(&self, en: &'a str, ja: &'a str) -> &'a str {
        match self.lang {
            Lang::En => en,
            Lang::Ja => ja,
        }
    }

    pub(super) fn both<'a>(&self, text: &'a Bilingual) -> &'a str {
        text.get(self.lang)
    }

    pub(super) fn time(&self, at: &Timestamp) -> String {
        at.to_zoned(self.time_zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// For `<time datetime>`.
    pub(super) fn machine_time(&self, at: &Timestamp) -> String {
        at.to_string()
    }

    pub(super) fn style(&self) -> &'static str {
        super::asset::STYLE.path
    }

    pub(super) fn script(&self) -> &'static str {
        super::asset::SCRIPT.path
    }

    pub(super) fn notice(self, notice: Notice) -> Response {
        show(&NoticePage { frame: self, notice })
    }

    /// What could not be done, and why.
    pub(super) fn failed(self, error: &StoreError) -> Response {
        let status = match error {
            StoreError::Unknown { .. } => StatusCode::NOT_FOUND,
            StoreError::NotAllowed { .. }
            | StoreError::Changed { .. }
            | StoreError::Unapproved { .. }
            | StoreError::NoSuchRecipient { .. }
            | StoreError::NobodyLeft { .. } => StatusCode::CONFLICT,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        let title = match status {
            StatusCode::NOT_FOUND => self.t("There is no such mail", "このメールはありません"),
            StatusCode::CONFLICT => self.t("This was not done", "実行しませんでした"),
            _ => self.t("Nothing was changed; please try again", "何も変更していません。もう一度お試しください"),
        };
        let text = match error {
            StoreError::NotAllowed { state, .. } => {
                let lead =
                    self.t("It was decided on meanwhile; the mail is now:", "先に別の操作が行われました。現在の状態：");
                format!("{lead} {}", self.both(&state.explain()))
            }
            _ => self.both(&error.explain()).to_owned(),
        };
        let notice = Notice { title: title.to_owned(), text };
        (status, self.notice(notice)).into_response()
    }
}

/// Renders a page.
pub(super) fn show(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        // Templates write into memory: only a bug in one fails.
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// For every path there is none of.
pub(super) async fn nothing_here(State(page): State<Arc<Page>>, Language(lang): Language) -> Response {
    nothing(&page, lang)
}

pub(super) fn nothing(page: &Page, lang: Lang) -> Response {
    let frame = Frame::bare(page, lang);
    let notice = Notice {
        title: frame.t("There is no such page", "このページはありません").to_owned(),
        text: String::new(),
    };
    (StatusCode::NOT_FOUND, frame.notice(notice)).into_response()
}
