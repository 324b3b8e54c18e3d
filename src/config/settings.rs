//! The effective value of every key, and where it comes from.
//!
//! Pure.

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Default,
    /// The configuration file, at this line from 1.
    File {
        line: usize,
    },
    CommandLine,
    Environment,
}

/// One key with its effective value, for `config show`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// `serve`, `account[1]`, `rules.ID`; empty at the top.
    pub table: String,
    pub key: String,
    /// As TOML; `None` when nothing is set. Commands are cut to their first word.
    pub value: Option<String>,
    pub origin: Origin,
    /// The value is cut, so that the line is no TOML any more.
    pub cut: bool,
}

impl Setting {
    /// `serve.listen`, `account[1].upstream`.
    pub fn path(&self) -> String {
        if self.table.is_empty() { self.key.clone() } else { format!("{}.{}", self.table, self.key) }
    }
}
