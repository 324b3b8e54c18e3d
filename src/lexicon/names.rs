//! Named lists of words, which other lists name as `@name`.

use std::collections::BTreeMap;

use super::Wrong;

/// The named lists.
#[derive(Debug, Default)]
pub(crate) struct Names(BTreeMap<String, Vec<String>>);

/// Lists name lists so deep at most.
const DEPTH: usize = 4;

impl Names {
    /// Adds a list; one of the same name grows.
    pub(crate) fn define(&mut self, name: &str, entries: Vec<String>) {
        self.0.entry(name.to_owned()).or_default().extend(entries);
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    #[allow(dead_code, reason = "only build.rs asks for all")]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().map(|(name, list)| (name.as_str(), list.as_slice()))
    }

    /// The entries with those of named lists in the place of their names.
    ///
    /// # Errors
    /// A list that does not exist.
    pub(crate) fn resolve(&self, entries: &[String]) -> Result<Vec<String>, Wrong> {
        let mut out = Vec::new();
        self.put(entries, 0, &mut out)?;
        Ok(out)
    }

    fn put(&self, entries: &[String], depth: usize, out: &mut Vec<String>) -> Result<(), Wrong> {
        for entry in entries {
            let Some(name) = entry.strip_prefix('@') else {
                out.push(entry.clone());
                continue;
            };
            let Some(list) = self.0.get(name).filter(|_| depth < DEPTH) else {
                let known = self.0.keys().cloned().collect();
                return Err(Wrong::NoSuchList { name: name.to_owned(), known });
            };
            self.put(list, depth + 1, out)?;
        }
        Ok(())
    }
}

impl From<BTreeMap<String, Vec<String>>> for Names {
    fn from(lists: BTreeMap<String, Vec<String>>) -> Names {
        Names(lists)
    }
}
