//! From the codes of a font to characters, where the file does not say it itself: ISO 32000-1, 9.6.6, 9.7.5.2, annex D.

use std::collections::HashMap;
use std::sync::LazyLock;

use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GBK, MACINTOSH, SHIFT_JIS, UTF_16BE, WINDOWS_1252};

/// The upper half of StandardEncoding from 161 on, `\0` where nothing is: ISO 32000-1, D.2.
const STANDARD: &str = "¡¢£⁄¥ƒ§¤'“«‹›ﬁﬂ\0–†‡·\0¶•‚„”»…‰\0¿\0`´ˆ˜¯˘˙¨\0˚¸\0˝˛ˇ—\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0Æ\0ª\0\0\0\0ŁØŒº\0\0\0\0\0æ\0\0\0ı\0\0łøœß";

/// The characters of the 256 codes of a simple font.
pub(super) fn simple(name: &[u8]) -> Vec<String> {
    let encoding = match name {
        b"WinAnsiEncoding" => WINDOWS_1252,
        b"MacRomanEncoding" => MACINTOSH,
        _ => return standard(),
    };
    let one = |code: u8| encoding.decode_without_bom_handling(&[code]).0.into_owned();
    (0..=255).map(one).collect()
}

fn standard() -> Vec<String> {
    let mut upper = STANDARD.chars();
    let one = |code: u8| match code {
        b'\'' => Some('’'),
        b'`' => Some('‘'),
        0..=160 => Some(char::from(code)).filter(char::is_ascii),
        _ => upper.next().filter(|c| *c != '\0'),
    };
    (0..=255).map(one).map(|c| c.map(String::from).unwrap_or_default()).collect()
}

/// The text of a glyph's name, by the rules of the Adobe Glyph List: `uni5FA1`, `u20BB7`, `f_i`, `A.sc`.
pub(super) fn named(name: &[u8]) -> Option<String> {
    static NAMES: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
        let table = include_str!("../../../../data/glyph-names.tsv");
        table.lines().filter_map(|line| line.split_once('\t')).collect()
    });
    let name = std::str::from_utf8(name).ok()?;
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    let character = |part: &str| -> Option<char> {
        let hex = NAMES.get(part).copied().or_else(|| part.strip_prefix("uni").filter(|hex| hex.len() == 4));
        let hex = hex.or_else(|| part.strip_prefix('u').filter(|hex| (4..=6).contains(&hex.len())));
        match hex {
            Some(hex) => char::from_u32(u32::from_str_radix(hex, 16).ok()?),
            None => part.parse().ok(),
        }
    };
    stem.split('_').map(character).collect()
}

/// How the bytes of a composite font's string are cut into codes, and what these are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Codes {
    /// Two bytes, which choose a glyph and say nothing of its character.
    Glyphs,
    /// Text in this encoding.
    Text(&'static Encoding),
    /// JIS X 0208 in two bytes of seven bits.
    Jis,
}

impl Codes {
    /// A predefined CMap (ISO 32000-1, table 118) by its name. Those of Adobe-Japan1 glyph numbers are no text.
    pub(super) fn predefined(name: &[u8]) -> Codes {
        let name = String::from_utf8_lossy(name);
        let has = |part: &str| name.contains(part);
        match () {
            () if name == "H" || name == "V" => Codes::Jis,
            () if has("UCS2") || has("UTF16") => Codes::Text(UTF_16BE),
            () if has("RKSJ") => Codes::Text(SHIFT_JIS),
            () if has("GB") && has("EUC") || has("GBK") => Codes::Text(GBK),
            () if has("B5") => Codes::Text(BIG5),
            () if has("KSC") => Codes::Text(EUC_KR),
            () if name.starts_with("EUC-") => Codes::Text(EUC_JP),
            () => Codes::Glyphs,
        }
    }

    /// How many bytes the first code has.
    pub(super) fn length(self, bytes: &[u8]) -> usize {
        let first = bytes.first().copied().unwrap_or_default();
        let length = match self {
            Codes::Glyphs | Codes::Jis => 2,
            Codes::Text(encoding) if encoding == UTF_16BE => {
                if matches!(first, 0xD8..=0xDB) {
                    4
                } else {
                    2
                }
            }
            Codes::Text(encoding) if encoding == SHIFT_JIS => {
                if matches!(first, 0x81..=0x9F | 0xE0..=0xFC) {
                    2
                } else {
                    1
                }
            }
            Codes::Text(_) => {
                if first >= 0x81 {
                    2
                } else {
                    1
                }
            }
        };
        length.min(bytes.len())
    }

    pub(super) fn text(self, code: &[u8]) -> Option<String> {
        let seven: Vec<u8>;
        let (encoding, code) = match self {
            Codes::Glyphs => return None,
            Codes::Text(encoding) => (encoding, code),
            Codes::Jis => {
                seven = code.iter().map(|byte| byte | 0x80).collect();
                (EUC_JP, &seven[..])
            }
        };
        encoding.decode_without_bom_handling_and_without_replacement(code).map(|text| text.into_owned())
    }
}
