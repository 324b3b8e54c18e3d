//! One part of a mail: what it says of itself, and its octets decoded.

use std::borrow::Cow;

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding, MessagePart};

use super::header::{self, Header};

/// What a part says of itself.
pub(super) struct About {
    pub(super) media_type: String,
    pub(super) charset: Option<String>,
    pub(super) disposition: String,
    pub(super) name: Option<String>,
    /// Without its angle brackets.
    pub(super) content_id: Option<String>,
}

impl About {
    pub(super) fn new(part: &MessagePart<'_>, raw: &[u8], known: &[Header]) -> About {
        let value = |name: &str| {
            if let Some(header) = known.iter().find(|header| header.name == name) {
                return Some(header.raw.clone());
            }
            let field = part.headers.iter().find(|field| field.name.as_str().eq_ignore_ascii_case(name))?;
            Some(header::unfold(slice(raw, field.offset_start, field.offset_end)))
        };
        let content_type = value("content-type").unwrap_or_default();
        let disposition = value("content-disposition").unwrap_or_default();
        let name = header::parameter(&disposition, "filename").or_else(|| header::parameter(&content_type, "name"));
        About {
            media_type: header::first_word(&content_type),
            charset: header::parameter(&content_type, "charset"),
            disposition: header::first_word(&disposition),
            name: name.filter(|name| !name.trim().is_empty()),
            content_id: value("content-id").map(|id| id.trim().trim_matches(['<', '>']).to_ascii_lowercase()),
        }
    }
}

pub(super) fn transfer_decode(raw: &[u8], encoding: Encoding) -> Cow<'_, [u8]> {
    let decoded = match encoding {
        Encoding::None => None,
        Encoding::Base64 => base64_decode(raw),
        Encoding::QuotedPrintable => quoted_printable_decode(raw),
    };
    decoded.map_or(Cow::Borrowed(raw), Cow::Owned)
}

/// Offsets come from the parser; inside a decoded nested message they may lie outside the raw mail.
pub(super) fn slice(raw: &[u8], start: u32, end: u32) -> &[u8] {
    raw.get(start as usize..end as usize).unwrap_or_default()
}
