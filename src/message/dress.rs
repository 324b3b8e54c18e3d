//! The HTML of a mail as it was written, for showing it to somebody; everything else reads its text.

use std::collections::HashMap;

use mail_parser::{MessageParser, MessagePart, PartType};

use super::part::{About, slice, transfer_decode};
use super::{charset, complexity};

/// What a mail looks like.
#[derive(Debug, Clone, Default)]
pub struct Dress {
    /// The HTML texts in order, decoded; not made safe in any way.
    pub texts: Vec<String>,
    /// The pictures they may show, by Content-ID in lower case (RFC 2392).
    pub pictures: HashMap<String, Picture>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// `image/png`, in lower case.
    pub media_type: String,
    pub octets: Vec<u8>,
}

/// Pictures of all texts together, in octets: logos and screenshots fit.
const MOST_PICTURES: usize = 4 << 20;

impl Dress {
    /// Reads the HTML of a raw mail; nothing where the mail cannot be read or has none. Attached mails are left out.
    pub fn of(raw: &[u8]) -> Dress {
        let mut dress = Dress::default();
        let parsed = complexity::check(raw).ok().and_then(|()| MessageParser::default().parse(raw));
        let mut left = MOST_PICTURES;
        for part in parsed.iter().flat_map(|parsed| &parsed.parts) {
            let about = About::new(part, raw, &[]);
            match &part.body {
                PartType::Html(_) if about.disposition != "attachment" => dress.texts.push(text(part, &about, raw)),
                PartType::Binary(octets) | PartType::InlineBinary(octets) => {
                    let id = about.content_id.filter(|_| about.media_type.starts_with("image/"));
                    if let Some(id) = id.filter(|_| octets.len() <= left) {
                        left -= octets.len();
                        dress.pictures.insert(id, Picture { media_type: about.media_type, octets: octets.to_vec() });
                    }
                }
                _ => {}
            }
        }
        dress
    }
}

fn text(part: &MessagePart<'_>, about: &About, raw: &[u8]) -> String {
    let octets = transfer_decode(slice(raw, part.offset_body, part.offset_end), part.encoding);
    charset::decode(&octets, about.charset.as_deref()).text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_decoded_by_its_charset_and_pictures_are_found_by_id() {
        let raw = "Subject: x\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=iso-2022-jp\r\n\r\n\
                   <p>\u{1b}$B:4F#\u{1b}(B</p>\r\n--b\r\nContent-Type: image/png\r\nContent-ID: <Logo@x>\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC\r\n--b--\r\n";
        let dress = Dress::of(raw.as_bytes());
        assert_eq!(dress.texts.iter().map(|text| text.trim()).collect::<Vec<_>>(), ["<p>佐藤</p>"]);
        let picture = Picture { media_type: "image/png".to_owned(), octets: vec![0, 1, 2] };
        assert_eq!(dress.pictures.get("logo@x"), Some(&picture));
        assert!(Dress::of(b"Subject: x\r\n\r\nplain\r\n").texts.is_empty() && Dress::of(b"").texts.is_empty());
    }
}
