//! Delivery reports as a client asks for them (RFC 3461): RET and ENVID at MAIL, NOTIFY and ORCPT at RCPT.

use std::fmt;

use super::Address;

/// What the client asked to be told about its mail, and how.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reports {
    /// How much of the mail a report gives back.
    pub returns: Option<Returns>,
    /// The client's own name for the mail, xtext as it came.
    pub envelope_id: Option<String>,
    /// For recipients that came with such parameters.
    pub recipients: Vec<Wish>,
}

/// What is to be told about one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    pub recipient: Address,
    pub notify: Option<Notify>,
    /// ORCPT as it came: `rfc822;` and xtext.
    pub original: Option<String>,
}

/// RET: the whole mail, or its header only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returns {
    Full,
    Headers,
}

/// NOTIFY. Nothing at all is NEVER.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Notify {
    pub success: bool,
    pub failure: bool,
    pub delay: bool,
}

impl Reports {
    pub fn is_empty(&self) -> bool {
        *self == Reports::default()
    }

    pub fn of(&self, recipient: &Address) -> Option<&Wish> {
        self.recipients.iter().find(|wish| wish.recipient == *recipient)
    }

    /// Whether a failure is to be told; without NOTIFY it is (RFC 3461 section 4.1).
    pub fn wants_failure(&self, recipient: &Address) -> bool {
        self.of(recipient).and_then(|wish| wish.notify).is_none_or(|notify| notify.failure)
    }

    /// Whether it is to be told that the mail arrived.
    pub fn wants_success(&self, recipient: &Address) -> bool {
        self.of(recipient).and_then(|wish| wish.notify).is_some_and(|notify| notify.success)
    }
}

impl Returns {
    pub fn parse(text: &str) -> Option<Returns> {
        [Returns::Full, Returns::Headers].into_iter().find(|returns| returns.as_str().eq_ignore_ascii_case(text))
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Returns::Full => "FULL",
            Returns::Headers => "HDRS",
        }
    }
}

impl Notify {
    /// `NEVER` alone, or a list of the others.
    pub fn parse(text: &str) -> Option<Notify> {
        let mut notify = Notify::default();
        if text.eq_ignore_ascii_case("NEVER") {
            return Some(notify);
        }
        for word in text.split(',') {
            match word.to_ascii_uppercase().as_str() {
                "SUCCESS" => notify.success = true,
                "FAILURE" => notify.failure = true,
                "DELAY" => notify.delay = true,
                _ => return None,
            }
        }
        Some(notify)
    }
}

impl fmt::Display for Notify {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [(self.success, "SUCCESS"), (self.failure, "FAILURE"), (self.delay, "DELAY")];
        let words: Vec<&str> = words.into_iter().filter(|(wanted, _)| *wanted).map(|(_, word)| word).collect();
        f.write_str(&if words.is_empty() { "NEVER".to_owned() } else { words.join(",") })
    }
}

/// Printable ASCII in which `+` begins two hexadecimal digits (RFC 3461 section 4). Not empty.
pub fn is_xtext(text: &str) -> bool {
    let bytes = text.as_bytes();
    let hex = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(b));
    let fine = |(at, byte): (usize, &u8)| match byte {
        b'+' => hex(bytes.get(at + 1)) && hex(bytes.get(at + 2)),
        b'=' => false,
        _ => byte.is_ascii_graphic(),
    };
    !bytes.is_empty() && bytes.iter().enumerate().all(fine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notify_is_never_or_a_list() {
        for (text, same) in
            [("NEVER", "NEVER"), ("never", "NEVER"), ("DELAY,Success", "SUCCESS,DELAY"), ("FAILURE", "FAILURE")]
        {
            assert_eq!(Notify::parse(text).map(|notify| notify.to_string()).as_deref(), Some(same), "{text}");
        }
        for text in ["", "NEVER,SUCCESS", "SUCCESS,", ",", "ALWAYS", "SUCCESS FAILURE"] {
            assert_eq!(Notify::parse(text), None, "{text}");
        }
    }

    #[test]
    fn xtext_is_printable_and_escapes_are_whole() {
        for fine in ["a", "QQ314159", "sato+2Bshop@client.example", "+3D"] {
            assert!(is_xtext(fine), "{fine}");
        }
        for bad in ["", "a b", "a=b", "+", "+2", "+2b", "a+", "é", "a\u{7f}"] {
            assert!(!is_xtext(bad), "{bad:?}");
        }
    }
}
