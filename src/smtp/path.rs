//! Reverse-path and forward-path of RFC 5321 section 4.1.2: an address in angle brackets.

use crate::message::{Address, AddressError};

/// The address of a path, and whether it needs SMTPUTF8.
pub(super) struct Path(Address);

impl Path {
    /// Reads what stood between the angle brackets. A source route `@a.example,@b.example:` before the address is
    /// accepted and ignored (RFC 5321 section 4.1.1.3 and appendix C).
    pub(super) fn parse(text: &str) -> Result<Path, AddressError> {
        Address::parse(without_route(text)?).map(Path)
    }

    pub(super) fn address(&self) -> &Address {
        &self.0
    }

    pub(super) fn into_address(self) -> Address {
        self.0
    }

    pub(super) fn is_ascii(&self) -> bool {
        self.0.as_str().is_ascii()
    }
}

/// Splits `<path>` from the parameters behind it, which are empty or begin with a space. A `>` in a quoted local part
/// does not end the path: `<"a@b> c"@d.example>`.
pub(super) fn split(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('<')?;
    let mut quoted = false;
    let mut escaped = false;
    let end = inner.bytes().position(|byte| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'>' if !quoted => return true,
            _ => {}
        }
        false
    })?;
    let (path, parameters) = (&inner[..end], &inner[end + 1..]);
    (parameters.is_empty() || parameters.starts_with(' ')).then_some((path, parameters))
}

fn without_route(text: &str) -> Result<&str, AddressError> {
    if !text.starts_with('@') {
        return Ok(text);
    }
    // The colon behind the route, not one of an address literal such as `@[IPv6:::1]`.
    let mut literal = false;
    let colon = text.bytes().position(|byte| {
        literal = (literal || byte == b'[') && byte != b']';
        byte == b':' && !literal
    });
    let Some(colon) = colon else { return Ok(text) };
    // `At-domain *( "," At-domain )`: each is what may stand behind a mailbox.
    for host in text[..colon].split(',') {
        Address::parse(&format!("route{host}"))?;
    }
    Ok(&text[colon + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_bracket_does_not_end_the_path() {
        for (text, path, parameters) in [
            ("<>", "", ""),
            ("<a@b.example> SIZE=1", "a@b.example", " SIZE=1"),
            ("<\"a@b> c\"@d.example>", "\"a@b> c\"@d.example", ""),
            ("<\"a\\\"> b\"@d.example>", "\"a\\\"> b\"@d.example", ""),
            ("<a@b.example> X=<c@d>", "a@b.example", " X=<c@d>"),
        ] {
            assert_eq!(split(text), Some((path, parameters)), "{text}");
        }
        for text in ["", "a@b.example", "<a@b.example", "<\"a@b.example>", "<a@b.example>SIZE=1", "<\"a\\\">"] {
            assert_eq!(split(text), None, "{text}");
        }
    }

    #[test]
    fn source_routes_are_ignored() {
        for text in ["u@d.example", "@a.example:u@d.example", "@a.example,@[IPv6:::1]:u@d.example"] {
            assert_eq!(without_route(text), Ok("u@d.example"), "{text}");
        }
        for text in [
            "@a.example,u@d.example",
            "@:u@d.example",
            "@a.example,:u@d.example",
            "@a.example,b.example:u@d.example",
            "@a b:u@d.example",
            "@a@b.example:u@d.example",
            "@[IPv6:zz]:u@d.example",
            "@a..example:u@d.example",
        ] {
            assert!(Path::parse(text).is_err(), "{text}");
        }
    }
}
