//! A mail address as it came, known to be safe to write into an SMTP command.

use core::net::{Ipv4Addr, Ipv6Addr};
use std::fmt;

/// An addr-spec, `local@domain` (RFC 5321 section 4.1.2 `Mailbox`, RFC 6531 for non-ASCII), kept byte for byte.
///
/// Lenient where real mail is (`foo..bar.@docomo.ne.jp`), strict where it is dangerous: no control characters,
/// no CR or LF, no `<`, `>` or space outside a quoted local part, lengths within RFC 5321 section 4.5.3.1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(String);

/// Why a text is not an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    #[error("has no @ between a name and a domain")]
    NoAt,
    #[error("contains a character that is not allowed in an address")]
    BadCharacter,
    #[error("is longer than the 254 bytes that SMTP allows")]
    TooLong,
    #[error("has a name before the @ longer than 64 bytes")]
    LocalTooLong,
    #[error("has a domain that is not a domain name or address literal")]
    BadDomain,
}

impl Address {
    /// Reads `local@domain` without angle brackets. The bare `Postmaster` of RFC 5321 section 4.5.1 is an address too.
    ///
    /// # Errors
    /// Says what is wrong; the text itself is left to the caller, who knows whether it may be shown.
    pub fn parse(text: &str) -> Result<Address, AddressError> {
        if text.eq_ignore_ascii_case("postmaster") {
            return Ok(Address(text.to_owned()));
        }
        if text.len() > 254 {
            return Err(AddressError::TooLong);
        }
        let at = text.rfind('@').filter(|&at| at > 0 && at + 1 < text.len()).ok_or(AddressError::NoAt)?;
        let (local, domain) = (&text[..at], &text[at + 1..]);
        if local.len() > 64 {
            return Err(AddressError::LocalTooLong);
        }
        check_local(local)?;
        check_domain(domain)?;
        Ok(Address(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the last `@`.
    pub fn local(&self) -> &str {
        self.0.rfind('@').map_or(&self.0, |at| &self.0[..at])
    }

    /// The part after the last `@`; empty for the bare `Postmaster`.
    pub fn domain(&self) -> &str {
        self.0.rfind('@').map_or("", |at| &self.0[at + 1..])
    }

    /// The spelling to compare by: lower case throughout. Local parts that differ only in case are one mailbox
    /// on every server people write to, although RFC 5321 section 2.4 leaves it to the receiver.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// RFC 5321 `Dot-string` without its rule about dots, or `Quoted-string`.
fn check_local(local: &str) -> Result<(), AddressError> {
    let bad = Err(AddressError::BadCharacter);
    if local.chars().any(char::is_control) {
        return bad;
    }
    let Some(inner) = local.strip_prefix('"') else {
        let forbidden = |c: char| c.is_whitespace() || "()<>[]:;@\\,\"".contains(c);
        return if local.contains(forbidden) { bad } else { Ok(()) };
    };
    let Some(inner) = inner.strip_suffix('"') else { return bad };
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => return bad,
            '\\' if chars.next().is_none() => return bad,
            _ => {}
        }
    }
    Ok(())
}

/// RFC 5321 `Domain` or `address-literal`; underscores and U-labels are let through as real servers do.
fn check_domain(domain: &str) -> Result<(), AddressError> {
    if let Some(literal) = domain.strip_prefix('[') {
        let inner = literal.strip_suffix(']').ok_or(AddressError::BadDomain)?;
        return if is_literal(inner) { Ok(()) } else { Err(AddressError::BadDomain) };
    }
    let label_ok = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_' || (!c.is_ascii() && c.is_alphanumeric()))
    };
    let name = domain.strip_suffix('.').unwrap_or(domain);
    if name.split('.').all(label_ok) { Ok(()) } else { Err(AddressError::BadDomain) }
}

/// RFC 5321 section 4.1.3: an IPv4 address, or `IPv6:` and one; no other tag was ever registered.
fn is_literal(inner: &str) -> bool {
    match inner.split_at_checked(5) {
        Some((tag, address)) if tag.eq_ignore_ascii_case("IPv6:") => address.parse::<Ipv6Addr>().is_ok(),
        _ => inner.parse::<Ipv4Addr>().is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_literal_is_an_address_of_its_kind() {
        for fine in ["192.0.2.1", "IPv6:2001:db8::1", "ipv6:::ffff:192.0.2.1"] {
            assert!(is_literal(fine), "{fine}");
        }
        for bad in ["", "x", "999.1.1.1", "192.0.2", "IPv6:", "IPv6:192.0.2.1", "2001:db8::1", ":x", "tag:x"] {
            assert!(!is_literal(bad), "{bad}");
        }
    }

    #[test]
    fn reads_what_real_servers_take() {
        for text in [
            "a@b.example",
            "foo..bar.@docomo.ne.jp",
            "\"a b@c\"@d.example",
            "x@[127.0.0.1]",
            "x@[IPv6:::1]",
            "佐藤@例え.example",
            "Postmaster",
        ] {
            assert_eq!(Address::parse(text).map(|a| a.to_string()), Ok(text.to_owned()), "{text}");
        }
        let quoted = Address::parse("\"a b@c\"@d.example").expect("valid above");
        assert_eq!((quoted.local(), quoted.domain()), ("\"a b@c\"", "d.example"));
    }

    #[test]
    fn refuses_what_could_break_out_of_a_command() {
        for text in [
            "",
            "a",
            "@b",
            "a@",
            "a b@c",
            "a\r\nRCPT TO:<x@y>@c",
            "a@b>",
            "<a@b>",
            "\"a\0\"@b",
            "\"a\"b\"@c",
            "a@b c",
            "a@[",
            "a@b..c",
            "\"a\\\"@b",
        ] {
            assert!(Address::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(Address::parse(&format!("{}@b", "a".repeat(65))), Err(AddressError::LocalTooLong));
    }
}
