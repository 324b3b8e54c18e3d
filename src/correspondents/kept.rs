//! What `atena people export` writes and `import` puts back, beside what an address book tells.

use serde::{Deserialize, Serialize};

use super::terms::Terms;

/// What is kept of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Stands in an address book.
    pub address_book: bool,
    /// Mails that it got as blind copies.
    #[serde(default)]
    pub blind: u32,
    /// When its name was seen in a mail, in milliseconds since 1970-01-01T00:00:00Z.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<i64>,
    /// Other addresses of the same person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub same_person: Vec<String>,
    /// Names it is greeted by, with the number of mails.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub greeted: Vec<(String, u32)>,
    /// Files sent: name, hash, time in milliseconds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<(String, i64, i64)>,
    /// What it can be taken for under former names, as [`super::keys`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<i64>,
}

/// What is kept of a mail: hashes and figures.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct KeptMail {
    pub sender: String,
    /// What it is known by.
    pub mail: i64,
    /// In milliseconds since 1970-01-01T00:00:00Z.
    pub at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<i64>,
    pub to: Vec<String>,
    /// Of the newest mails only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Terms>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub odds: Option<f32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namesake: Option<f32>,
}
