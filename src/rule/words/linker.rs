//! From the lists of all rules to what finds them.

use super::pattern::Pattern;
use super::{Layer, Layers, Place, Words};
use crate::lexicon::{self, Lexicon, Names};
use crate::rule::faults;
use crate::source::Fault;

/// Collects the lists of all rules.
#[derive(Default)]
pub(in crate::rule) struct Linker {
    /// Lists that came linked with the program.
    shipped: Option<Lexicon>,
    names: Names,
    /// Lists that came linked may name one that grew.
    grown: bool,
    own: lexicon::Linker,
}

impl Linker {
    /// Behind what comes with the program. The names of its lists are needed if there is anything behind it.
    pub(in crate::rule) fn behind(shipped: Lexicon, names: Names) -> Linker {
        Linker { shipped: Some(shipped), names, ..Linker::default() }
    }

    /// Adds a named list; a list of the same name grows.
    pub(in crate::rule) fn define(&mut self, name: &str, entries: Vec<String>) {
        self.grown |= self.names.has(name);
        self.names.define(name, entries);
    }

    /// Gives a list its place.
    ///
    /// # Errors
    /// A pattern that is no regular expression, or a reference to a list that does not exist.
    pub(in crate::rule) fn link(&mut self, words: &mut Words) -> Result<(), Fault> {
        let is_linked = words.place.is_some() && !self.grown;
        if is_linked || words.entries.is_empty() {
            return Ok(());
        }
        let known = self.own.patterns().len();
        let list = self.own.list(&words.entries, &self.names).map_err(|wrong| faults::of_list(&wrong))?;
        if let Some(source) = self.own.patterns()[known..].iter().find(|source| !Pattern::new(source, false).compiles())
        {
            return Err(faults::too_large_pattern(source));
        }
        words.place = Some(Place { layer: self.shipped.iter().len(), list });
        Ok(())
    }

    /// Everything that was linked.
    ///
    /// # Errors
    /// When there are more words than it can hold.
    pub(in crate::rule) fn build(self) -> Result<Layers, Fault> {
        let mut layers: Vec<Layer> = self.shipped.into_iter().map(Layer::new).collect();
        if !self.own.is_empty() {
            layers.push(Layer::new(Lexicon::new(self.own.build().ok_or_else(faults::too_many_words)?)));
        }
        Ok(Layers(layers))
    }
}
