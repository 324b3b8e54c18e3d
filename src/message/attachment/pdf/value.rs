//! What objects are: ISO 32000-1, 7.3.

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// `null`, `true`, `false` and whatever stands where a value should: nothing here depends on them.
    Other,
    Number(f64),
    Name(Vec<u8>),
    String(Vec<u8>),
    Array(Vec<Value>),
    Dict(Dict),
    Stream(Box<Stream>),
    /// The number of an indirect object.
    Reference(u32),
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Dict(pub(super) Vec<(Vec<u8>, Value)>);

/// A stream's dictionary, and where its bytes begin in the file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stream {
    pub(super) dict: Dict,
    pub(super) start: usize,
    /// Its object number and generation, which its encryption depends on.
    pub(super) id: (u32, u16),
}

impl Dict {
    pub(super) fn get(&self, key: &str) -> &Value {
        self.0.iter().find(|(name, _)| name == key.as_bytes()).map_or(&Value::Other, |(_, value)| value)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key) != &Value::Other
    }

    /// Takes over those of the keys that are missing here.
    pub(super) fn complete_with(&mut self, other: &Dict, keys: &[&str]) {
        for key in keys {
            if other.has(key) && !self.has(key) {
                self.0.push(((*key).into(), other.get(key).clone()));
            }
        }
    }
}

impl Value {
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// A number that counts or points; fractions are cut, negative and huge ones are none.
    pub(super) fn index(&self) -> Option<usize> {
        // Exact up to 2^53, which no file is long enough for.
        self.number().filter(|number| (0.0..9e15).contains(number)).map(|number| number as usize)
    }

    pub(super) fn name(&self) -> &[u8] {
        match self {
            Value::Name(name) => name,
            _ => b"",
        }
    }

    pub(super) fn string(&self) -> Option<&[u8]> {
        match self {
            Value::String(string) => Some(string),
            _ => None,
        }
    }

    pub(super) fn items(&self) -> &[Value] {
        match self {
            Value::Array(items) => items,
            _ => &[],
        }
    }

    /// The dictionary, a stream's included.
    pub(super) fn dict(&self) -> Option<&Dict> {
        match self {
            Value::Dict(dict) => Some(dict),
            Value::Stream(stream) => Some(&stream.dict),
            _ => None,
        }
    }
}
