//! Replies of the next server: read leniently from bytes, shown to people cleaned. Pure.

use super::Answer;

/// A longer reply is no SMTP server; the largest real ones (EHLO, policy texts) stay under 4 KiB.
const MAX_REPLY: usize = 32 * 1024;
/// What is kept of one line; RFC 5321 section 4.5.3.1.5 allows 512 octets, real servers send more.
const MAX_LINE: usize = 990;
/// The longest text shown to a person, in characters.
const MAX_TEXT: usize = 400;

/// One complete reply (RFC 5321 section 4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    /// 200 to 599.
    pub(super) code: u16,
    /// The text of each line, not yet cleaned.
    pub(super) lines: Vec<String>,
}

/// Bytes that are not a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReplyError {
    Malformed,
    TooLong,
}

/// Collects replies from bytes that arrive in any pieces.
///
/// Takes what strict parsers choke on: no text behind the code, bare LF, octets that are not UTF-8, lines of any
/// length (cut), reply codes with an unregistered second digit.
#[derive(Debug, Default)]
pub(super) struct ReplyParser {
    line: Vec<u8>,
    lines: Vec<String>,
    code: Option<u16>,
    size: usize,
}

impl ReplyParser {
    /// Takes bytes up to the end of one reply. Returns how many were taken, and the reply if it is complete.
    ///
    /// # Errors
    /// The bytes are not a reply; nothing after that can be understood.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<(usize, Option<Reply>), ReplyError> {
        for (index, &byte) in bytes.iter().enumerate() {
            self.size += 1;
            if self.size > MAX_REPLY {
                return Err(ReplyError::TooLong);
            }
            if byte != b'\n' {
                if self.line.len() < MAX_LINE {
                    self.line.push(byte);
                }
                continue;
            }
            if let Some(reply) = self.end_line()? {
                return Ok((index + 1, Some(reply)));
            }
        }
        Ok((bytes.len(), None))
    }

    /// Nothing of a reply has arrived.
    pub(super) fn is_empty(&self) -> bool {
        self.size == 0
    }

    fn end_line(&mut self) -> Result<Option<Reply>, ReplyError> {
        let line = std::mem::take(&mut self.line);
        let line = line.strip_suffix(b"\r").unwrap_or(&line);
        let (digits, rest) = line.split_at_checked(3).ok_or(ReplyError::Malformed)?;
        if !(digits.iter().all(u8::is_ascii_digit) && matches!(digits[0], b'2'..=b'5')) {
            return Err(ReplyError::Malformed);
        }
        let code = digits.iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
        if self.code.is_some_and(|first| first != code) {
            return Err(ReplyError::Malformed);
        }
        let (more, text) = match rest.split_first() {
            None => (false, &b""[..]),
            Some((b'-', text)) => (true, text),
            Some((b' ' | b'\t', text)) => (false, text),
            Some(_) => return Err(ReplyError::Malformed),
        };
        self.code = Some(code);
        self.lines.push(String::from_utf8_lossy(text).into_owned());
        if more {
            return Ok(None);
        }
        let lines = std::mem::take(&mut self.lines);
        *self = ReplyParser::default();
        Ok(Some(Reply { code, lines }))
    }
}

impl Reply {
    /// The first digit: 2 done, 3 go on, 4 later, 5 no.
    pub(super) fn class(&self) -> u16 {
        self.code / 100
    }

    /// As an answer about the whole mail.
    pub(super) fn answer(&self) -> Answer {
        let enhanced = self.enhanced();
        Answer { code: Some(self.code), enhanced, text: self.text(), recipients: Vec::new(), uncertain: false }
    }

    /// The enhanced status code; RFC 2034 section 4: its class must agree with the reply code.
    fn enhanced(&self) -> Option<String> {
        let word = self.lines.first()?.split_whitespace().next()?;
        let mut parts = word.split('.');
        let class_agrees = parts.next()?.parse() == Ok(self.class());
        let number = |part: Option<&str>| {
            part.is_some_and(|p| (1..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()))
        };
        let fits = class_agrees && number(parts.next()) && number(parts.next()) && parts.next().is_none();
        fits.then(|| word.to_owned())
    }

    /// All lines as one, cleaned, without the enhanced status code that each line may repeat.
    pub(super) fn text(&self) -> String {
        let enhanced = self.enhanced();
        let bare = |line: &str| {
            let line = line.trim_start();
            let rest = enhanced.as_deref().and_then(|code| line.strip_prefix(code));
            rest.filter(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace)).unwrap_or(line).to_owned()
        };
        clean(&self.lines.iter().map(|line| bare(line)).collect::<Vec<_>>().join(" "))
    }
}

/// One printable line of at most 400 characters: what a stranger wrote, made safe for a terminal, a log and a reply.
pub(crate) fn clean(text: &str) -> String {
    let printable = |c: char| match c {
        // Undecodable bytes were replaced while reading.
        '\u{fffd}' => '?',
        // Invisible and direction-changing characters could make the text show as another one.
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => ' ',
        c if c.is_control() => ' ',
        c => c,
    };
    let spaced: String = text.chars().map(printable).collect();
    let line = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MAX_TEXT {
        return line;
    }
    line.chars().take(MAX_TEXT - 3).chain("...".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<(usize, Option<Reply>), ReplyError> {
        ReplyParser::default().feed(bytes)
    }

    fn reply(bytes: &[u8]) -> Reply {
        read(bytes).expect("a reply").1.expect("complete")
    }

    #[test]
    fn reads_replies_that_strict_parsers_refuse() {
        assert_eq!(reply(b"250\r\n"), Reply { code: 250, lines: vec![String::new()] });
        assert_eq!(reply(b"250 ok\n").lines, ["ok"]);
        assert_eq!(reply(b"571 5.7.1 no\r\n").code, 571);
        assert_eq!(reply(b"550 caf\xe9\r\n").text(), "caf?");
        assert_eq!(reply(b"250-   \r\n250 x\r\n").lines, ["   ", "x"]);
        let long = [b"550 ".as_slice(), &[b'a'; 5000], b"\r\n"].concat();
        assert_eq!(reply(&long).text().chars().count(), MAX_TEXT);
    }

    #[test]
    fn stops_at_the_end_of_one_reply() {
        let (taken, first) = read(b"250-a\r\n250 b\r\n250 c\r\n").expect("replies");
        assert_eq!((taken, first.expect("complete").lines.len()), (14, 2));
    }

    #[test]
    fn gives_the_same_reply_however_the_bytes_are_cut() {
        let bytes = b"550-5.1.1 no\r\n550 5.1.1 such user\r\n";
        for cut in 1..bytes.len() {
            let mut parser = ReplyParser::default();
            assert_eq!(parser.feed(&bytes[..cut]), Ok((cut, None)), "{cut}");
            let (_, second) = parser.feed(&bytes[cut..]).expect("a reply");
            assert_eq!(second.expect("complete").text(), "no such user", "{cut}");
            assert!(parser.is_empty());
        }
    }

    #[test]
    fn refuses_what_is_no_reply() {
        for bytes in
            [&b"hello\r\n"[..], b"\r\n", b"25\r\n", b"150 x\r\n", b"650 x\r\n", b"250x\r\n", b"250-a\r\n550 b\r\n"]
        {
            assert_eq!(read(bytes), Err(ReplyError::Malformed), "{bytes:?}");
        }
        assert_eq!(read(&b"250-a\r\n".repeat(10_000)), Err(ReplyError::TooLong));
        assert_eq!(read(&[b'2'; MAX_REPLY + 1]), Err(ReplyError::TooLong));
    }

    #[test]
    fn takes_the_enhanced_code_out_of_the_text() {
        let answer = reply(b"550-5.1.1 <x@y.example>: unknown\r\n550 5.1.1 ask the postmaster\r\n").answer();
        assert_eq!((answer.code, answer.enhanced.as_deref()), (Some(550), Some("5.1.1")));
        assert_eq!(answer.text, "<x@y.example>: unknown ask the postmaster");
        for other in
            [&b"550 4.1.1 x\r\n"[..], b"550 5.1 x\r\n", b"550 5.1.1.1 x\r\n", b"550 5.1.1234 x\r\n", b"550 x\r\n"]
        {
            assert_eq!(reply(other).answer().enhanced, None, "{other:?}");
        }
    }

    #[test]
    fn makes_texts_safe_to_show() {
        assert_eq!(clean("a\x1b[31m\x07b\u{202e}c\r\nd"), "a [31m b c d");
        assert_eq!(clean("宛先が見つかりません"), "宛先が見つかりません");
    }
}
