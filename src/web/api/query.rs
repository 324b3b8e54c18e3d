//! The part of an address behind `?`: what it does not know it refuses, so that no misspelt filter shows everything.

use axum::http::Uri;

use super::problem::Problem;

/// The fields, each known.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// # Errors
    /// A field that is not among `known`.
    pub(super) fn read(uri: &Uri, known: &[&str]) -> Result<Query, Problem> {
        let fields: Vec<(String, String)> =
            form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
        if fields.iter().all(|(name, _)| known.contains(&name.as_str())) {
            return Ok(Query(fields));
        }
        let known = known.join(", ");
        let (en, ja) = (format!("The query may have: {known}"), format!("クエリに指定できるもの：{known}"));
        Err(Problem::unreadable(en, ja))
    }

    /// What a field says; empty is as good as none.
    pub(super) fn one(&self, name: &str) -> Option<&str> {
        self.all(name).find(|value| !value.is_empty())
    }

    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}
