//! A font as far as text needs it: which characters its codes are, and how wide they are. ISO 32000-1, 9.6 to 9.10.

use hayro_cmap::{BfString, CMap};
use unicode_normalization::UnicodeNormalization;

use super::encoding::{self, Codes};
use super::file::File;
use super::value::{Dict, Value};

/// Widths of Helvetica from the space to the tilde, in thousandths: the standard fonts bring none of their own, and the
/// others among them differ too little to move a word.
const HELVETICA: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833,
    722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556,
    556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334,
    260, 334, 584,
];
const COURIER: f64 = 0.6;
/// The text of one glyph, in bytes: a ligature, a word in a sign.
const LONGEST_TEXT: usize = 64;
/// What a font costs besides its objects: tables of its characters and widths.
const COST: usize = 4 << 10;

pub(super) struct Font {
    shape: Shape,
    /// The file's own word for which characters its codes are.
    unicode: Option<CMap>,
    pub(super) is_vertical: bool,
}

enum Shape {
    /// One byte a code.
    Simple { text: Vec<String>, widths: Vec<f64> },
    /// Widths of runs of glyphs: first, last, width.
    Composite { codes: Codes, widths: Vec<(usize, usize, f64)>, default: f64 },
}

/// What a code shows.
pub(super) struct Shown {
    /// Empty if nobody can tell.
    pub(super) text: String,
    /// In units of the font size.
    pub(super) width: f64,
    /// The one-byte code 32, which word spacing widens (ISO 32000-1, 9.3.3).
    pub(super) is_space: bool,
}

impl Font {
    pub(super) fn read(file: &mut File<'_>, font: &Dict) -> Font {
        file.spend(COST);
        let unicode = match file.entry(font, "ToUnicode") {
            // What it builds upon says nothing of characters.
            Value::Stream(stream) => {
                Some(file.stream(&stream)).filter(|map| is_short(map)).and_then(|map| CMap::parse(&map, |_| Some(&[])))
            }
            _ => None,
        };
        if font.get("Subtype").name() != b"Type0" {
            return Font { shape: simple(file, font), unicode, is_vertical: false };
        }
        // A CMap of the file's own has its codes in two bytes nearly always.
        let encoding = file.entry(font, "Encoding");
        let name = encoding.name();
        Font { shape: composite(file, font, Codes::predefined(name)), unicode, is_vertical: name.ends_with(b"V") }
    }

    /// Every code of a string in its turn.
    pub(super) fn show(&self, bytes: &[u8], mut each: impl FnMut(Shown)) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let length = match &self.shape {
                Shape::Simple { .. } => 1,
                Shape::Composite { codes, .. } => codes.length(rest),
            };
            let (code, behind) = rest.split_at(length);
            each(self.shown(code));
            rest = behind;
        }
    }

    fn shown(&self, code: &[u8]) -> Shown {
        let number = code.iter().fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
        let own = self.unicode.as_ref().and_then(|map| map.lookup_bf_string(u32::try_from(number).ok()?));
        let own = own.map(|text| match text {
            BfString::Char(c) => String::from(c),
            BfString::String(text) => text,
        });
        let own = own.filter(|text| text.chars().any(is_character));
        let text = own.or_else(|| self.by_encoding(code)).filter(|text| text.len() <= LONGEST_TEXT);
        let text = text.map(readable).unwrap_or_default();
        let width = match &self.shape {
            Shape::Simple { widths, .. } => widths[number & 0xFF],
            Shape::Composite { codes: Codes::Glyphs, widths, default } => width_of(widths, number).unwrap_or(*default),
            // Which glyph a character has is not known here; Western ones are half as wide.
            Shape::Composite { default, .. } => {
                let is_narrow = text.chars().all(|c| c.is_ascii() || ('\u{FF61}'..='\u{FF9F}').contains(&c));
                if is_narrow { default / 2.0 } else { *default }
            }
        };
        Shown { text, width, is_space: code == b" " }
    }

    fn by_encoding(&self, code: &[u8]) -> Option<String> {
        match &self.shape {
            Shape::Simple { text, .. } => Some(text[usize::from(*code.first()?)].clone()),
            Shape::Composite { codes, .. } => codes.text(code),
        }
    }
}

/// A map without strings of unreasonable length: a look-up copies what it finds, however long, and each byte of a page may
/// be one.
fn is_short(map: &[u8]) -> bool {
    const LONGEST: usize = 512;
    let ends = |at: usize| match map.get(at..at + LONGEST) {
        Some(rest) if rest[0] == b'<' => rest.contains(&b'>'),
        Some(rest) if rest[0] == b'(' => is_closed(rest),
        _ => true,
    };
    (0..map.len()).all(ends)
}

/// Whether the literal string (ISO 32000-1, 7.3.4.2) that begins here ends here, too.
fn is_closed(text: &[u8]) -> bool {
    let mut depth = 0;
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => _ = bytes.next(),
            b'(' => depth += 1,
            b')' if depth == 1 => return true,
            b')' => depth -= 1,
            _ => {}
        }
    }
    false
}

/// Not what producers write for "unknown": NUL, private characters.
fn is_character(c: char) -> bool {
    !matches!(c, '\0' | '\u{FFFD}' | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..)
}

/// Radicals are what some producers give for the kanji they look like, and ligatures are letters.
fn readable(text: String) -> String {
    let is_form = |c: char| matches!(c, '\u{2E80}'..='\u{2FDF}' | '\u{FB00}'..='\u{FB06}');
    if text.chars().any(is_form) { text.nfkc().collect() } else { text }
}

fn width_of(widths: &[(usize, usize, f64)], glyph: usize) -> Option<f64> {
    let at = widths.partition_point(|(_, last, _)| *last < glyph);
    widths.get(at).filter(|(first, ..)| *first <= glyph).map(|(.., width)| *width)
}

fn simple(file: &mut File<'_>, font: &Dict) -> Shape {
    let encoding = file.entry(font, "Encoding");
    let base = match encoding.dict() {
        Some(dict) => file.entry(dict, "BaseEncoding"),
        None => encoding.clone(),
    };
    // A TrueType font without an encoding is one of Windows' nearly always.
    let is_true_type = font.get("Subtype").name() == b"TrueType";
    let base = if base.name().is_empty() && is_true_type { b"WinAnsiEncoding" } else { base.name() };
    let mut text = encoding::simple(base);
    let differences = encoding.dict().map(|dict| file.entry(dict, "Differences")).unwrap_or(Value::Other);
    let mut code = 0;
    for item in differences.items() {
        match item {
            Value::Name(name) => {
                if let Some(text) = text.get_mut(code) {
                    *text = encoding::named(name).unwrap_or_default();
                }
                code += 1;
            }
            other => code = other.index().unwrap_or(code),
        }
    }
    let widths = simple_widths(file, font, &text);
    Shape::Simple { text, widths }
}

fn simple_widths(file: &mut File<'_>, font: &Dict, text: &[String]) -> Vec<f64> {
    // A Type 3 font has units of its own.
    let unit = match file.entry(font, "FontMatrix").items().first().and_then(Value::number) {
        Some(unit) if font.get("Subtype").name() == b"Type3" => unit.abs(),
        _ => 0.001,
    };
    let listed = file.entry(font, "Widths");
    let first = file.entry(font, "FirstChar").index().unwrap_or(0);
    let descriptor = file.entry(font, "FontDescriptor");
    let missing = descriptor.dict().and_then(|dict| dict.get("MissingWidth").number());
    let is_courier = font.get("BaseFont").name().starts_with(b"Courier");
    let standard = |text: &String| -> f64 {
        let index = text.chars().next().and_then(|c| (c as usize).checked_sub(32));
        let width = index.and_then(|n| HELVETICA.get(n)).map_or(0.556, |width| f64::from(*width) / 1000.0);
        if is_courier { COURIER } else { width }
    };
    let width = |(code, text): (usize, &String)| {
        let listed = code.checked_sub(first).and_then(|n| listed.items().get(n)?.number());
        listed.or(missing).map_or_else(|| standard(text), |width| width * unit)
    };
    text.iter().enumerate().map(width).collect()
}

fn composite(file: &mut File<'_>, font: &Dict, codes: Codes) -> Shape {
    let descendants = file.entry(font, "DescendantFonts");
    let descendant = descendants.items().first().map(|font| file.resolved(font)).unwrap_or(Value::Other);
    let none = Dict::default();
    let descendant = descendant.dict().unwrap_or(&none);
    let default = file.entry(descendant, "DW").number().unwrap_or(1000.0) / 1000.0;
    // ISO 32000-1, 9.7.4.3: `first [w w w]` or `first last w`.
    let listed = file.entry(descendant, "W");
    let mut widths = Vec::new();
    let mut rest = listed.items();
    while let [first, second, behind @ ..] = rest {
        let Some(first) = first.index() else { break };
        let many = file.resolved(second);
        if let Value::Array(many) = &many {
            let one = |(n, width): (usize, &Value)| Some((first + n, first + n, width.number()? / 1000.0));
            widths.extend(many.iter().enumerate().filter_map(one));
            rest = behind;
        } else {
            let ([width, behind @ ..], Some(last)) = (behind, many.index()) else { break };
            widths.extend(width.number().map(|width| (first, last, width / 1000.0)));
            rest = behind;
        }
    }
    widths.sort_by_key(|(first, ..)| *first);
    Shape::Composite { codes, widths, default }
}
