//! Objects and operators from bytes: ISO 32000-1, 7.2 and 7.3. Knows nothing of where an object stands.

use super::value::{Dict, Value};

/// Deeper nesting no producer writes; deeper recursion would end the process.
const MAX_DEPTH: usize = 24;
/// Values read from one place; the widths of a large Japanese font are some 20,000.
const MAX_VALUES: usize = 50_000;
/// ISO 32000-1 Annex C: names have 127 bytes at most, strings in content streams 32,767.
const LONGEST_NAME: usize = 255;
const LONGEST_STRING: usize = 64 << 10;

pub(super) enum Token<'a> {
    Value(Value),
    /// An operator of a content stream, a keyword of a file, or a delimiter without its partner.
    Word(&'a [u8]),
}

pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
    left: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Lexer<'a> {
        Lexer { bytes, at: at.min(bytes.len()), left: MAX_VALUES }
    }

    /// For content streams, whose length is bounded already.
    pub(super) fn endless(bytes: &'a [u8]) -> Lexer<'a> {
        Lexer { bytes, at: 0, left: usize::MAX }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    pub(super) fn skip_blanks(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b'%' => {
                    self.at += self.rest().iter().position(|b| matches!(b, b'\r' | b'\n')).unwrap_or(self.rest().len())
                }
                _ if is_blank(byte) => self.at += 1,
                _ => return,
            }
        }
    }

    /// A keyword, if it is the next thing.
    pub(super) fn skip_word(&mut self, word: &[u8]) -> bool {
        self.skip_blanks();
        let is_next = self.rest().starts_with(word);
        self.at += if is_next { word.len() } else { 0 };
        is_next
    }

    pub(super) fn integer(&mut self) -> Option<usize> {
        self.skip_blanks();
        let digits = self.rest().iter().take(15).take_while(|b| b.is_ascii_digit()).count();
        let value = self.rest()[..digits].iter().fold(0, |value, b| value * 10 + usize::from(b - b'0'));
        self.at += digits;
        (digits > 0).then_some(value)
    }

    /// `None` at the end, or where it is hopeless.
    pub(super) fn token(&mut self) -> Option<Token<'a>> {
        self.nested(0)
    }

    /// The value that stands here.
    pub(super) fn value(&mut self) -> Value {
        match self.token() {
            Some(Token::Value(value)) => value,
            _ => Value::Other,
        }
    }

    fn nested(&mut self, depth: usize) -> Option<Token<'a>> {
        self.skip_blanks();
        self.left = self.left.checked_sub(1).filter(|_| depth <= MAX_DEPTH)?;
        let value = match self.peek()? {
            b'/' => Value::Name(self.name()),
            b'(' => Value::String(self.literal()),
            b'<' if self.rest().starts_with(b"<<") => self.dict(depth)?,
            b'<' => Value::String(self.hexadecimal()),
            b'[' => self.array(depth)?,
            b'0'..=b'9' | b'+' | b'-' | b'.' => self.number(),
            _ => return Some(self.word()),
        };
        Some(Token::Value(value))
    }

    fn word(&mut self) -> Token<'a> {
        let length = self.rest().iter().take_while(|b| is_regular(**b)).count();
        // A delimiter without its partner is passed over alone.
        let word = &self.rest()[..length.max(1)];
        self.at += word.len();
        match word {
            b"null" | b"true" | b"false" => Token::Value(Value::Other),
            _ => Token::Word(word),
        }
    }

    fn name(&mut self) -> Vec<u8> {
        self.at += 1;
        let length = self.rest().iter().take_while(|b| is_regular(**b)).count();
        let written = &self.rest()[..length];
        self.at += length;
        let mut out = Vec::with_capacity(length.min(LONGEST_NAME));
        let mut rest = written;
        while let Some((byte, behind)) = rest.split_first().filter(|_| out.len() < LONGEST_NAME) {
            let code = behind.get(..2).and_then(|pair| Some(nibble(pair[0])? << 4 | nibble(pair[1])?));
            match code.filter(|_| *byte == b'#') {
                Some(code) => {
                    out.push(code);
                    rest = &behind[2..];
                }
                None => {
                    out.push(*byte);
                    rest = behind;
                }
            }
        }
        out
    }

    fn literal(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut out = Vec::new();
        let mut depth = 0;
        while let Some(byte) = self.next_byte() {
            match byte {
                b')' if depth == 0 => break,
                b'\\' => self.escaped(&mut out),
                _ => {
                    depth += i32::from(byte == b'(') - i32::from(byte == b')');
                    out.push(byte);
                }
            }
            if out.len() >= LONGEST_STRING {
                break;
            }
        }
        out
    }

    /// ISO 32000-1, table 3.
    fn escaped(&mut self, out: &mut Vec<u8>) {
        match self.next_byte() {
            Some(digit @ b'0'..=b'7') => {
                let mut value = u32::from(digit - b'0');
                for _ in 0..2 {
                    let Some(digit) = self.peek().filter(|b| (b'0'..=b'7').contains(b)) else { break };
                    self.at += 1;
                    value = value * 8 + u32::from(digit - b'0');
                }
                // High-order overflow is ignored.
                out.push((value & 0xFF) as u8);
            }
            Some(b'n') => out.push(b'\n'),
            Some(b'r') => out.push(b'\r'),
            Some(b't') => out.push(b'\t'),
            Some(b'b') => out.push(8),
            Some(b'f') => out.push(12),
            Some(b'\r') => self.at += usize::from(self.peek() == Some(b'\n')),
            Some(b'\n') | None => {}
            Some(other) => out.push(other),
        }
    }

    fn next_byte(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn hexadecimal(&mut self) -> Vec<u8> {
        self.at += 1;
        let length = self.rest().iter().take(2 * LONGEST_STRING).take_while(|b| **b != b'>').count();
        let digits: Vec<u8> = self.rest()[..length].iter().filter_map(|b| nibble(*b)).collect();
        self.at = (self.at + length + 1).min(self.bytes.len());
        // A last digit alone counts as followed by 0.
        digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)).collect()
    }

    fn dict(&mut self, depth: usize) -> Option<Value> {
        self.at += 2;
        let mut out = Dict::default();
        loop {
            self.skip_blanks();
            if self.rest().starts_with(b">>") {
                self.at += 2;
                return Some(Value::Dict(out));
            }
            let key = match self.nested(depth + 1)? {
                Token::Value(Value::Name(key)) => key,
                // Garbage between entries; a dictionary that is never closed ends with its object.
                Token::Word(b"endobj" | b"stream") => return Some(Value::Dict(out)),
                _ => continue,
            };
            self.skip_blanks();
            if self.rest().starts_with(b">>") {
                continue;
            }
            if let Token::Value(value) = self.nested(depth + 1)? {
                out.0.push((key, value));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut out = Vec::new();
        loop {
            match self.nested(depth + 1)? {
                Token::Value(value) => out.push(value),
                Token::Word(b"]") => return Some(Value::Array(out)),
                Token::Word(b"endobj" | b"stream" | b">") => return None,
                Token::Word(_) => {}
            }
        }
    }

    /// A number, or a reference: `12 0 R`.
    fn number(&mut self) -> Value {
        let start = self.at;
        let length = self.rest().iter().take(64).take_while(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.')).count();
        self.at += length;
        let written = &self.bytes[start..self.at];
        if let Some(number) =
            u32::try_from(length).ok().filter(|n| *n <= 10).and_then(|_| reference(written, self.rest()))
        {
            self.at += number.1;
            return Value::Reference(number.0);
        }
        Value::Number(decimal(written))
    }
}

/// The number of the object, and how long the rest of the reference is.
fn reference(number: &[u8], behind: &[u8]) -> Option<(u32, usize)> {
    let number = std::str::from_utf8(number).ok()?.parse().ok()?;
    let mut lexer = Lexer::new(&behind[..behind.len().min(16)], 0);
    is_blank(*behind.first()?).then_some(())?;
    lexer.integer()?;
    let is_reference = lexer.skip_word(b"R") && lexer.peek().is_none_or(|byte| !is_regular(byte));
    is_reference.then_some((number, lexer.at))
}

/// Signs may be doubled and stand in the middle, as broken producers write them; then the number ends there.
fn decimal(written: &[u8]) -> f64 {
    let digits = written.trim_ascii_start();
    let signs = digits.iter().take_while(|b| matches!(b, b'+' | b'-')).count();
    let (mut value, mut scale) = (0.0, None);
    for byte in &digits[signs..] {
        match byte {
            b'0'..=b'9' => {
                value = value * 10.0 + f64::from(byte - b'0');
                scale = scale.map(|scale: f64| scale * 10.0);
            }
            b'.' if scale.is_none() => scale = Some(1.0),
            _ => break,
        }
    }
    let value = value / scale.unwrap_or(1.0);
    if digits.first() == Some(&b'-') { -value } else { value }
}

pub(super) fn nibble(byte: u8) -> Option<u8> {
    // A digit is below 16.
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

pub(super) fn is_blank(byte: u8) -> bool {
    matches!(byte, 0 | 9 | 10 | 12 | 13 | 32)
}

fn is_regular(byte: u8) -> bool {
    !is_blank(byte) && !matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}
