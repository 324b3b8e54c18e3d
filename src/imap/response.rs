//! What a server says, taken apart: status lines and data (RFC 3501 section 7). Pure.
//!
//! Lenient where servers differ, and never deeper or longer than its input.

use super::Position;

/// A line up to a literal or the end, or a literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// Without CRLF and without the `{123}` that announces a literal.
    Line(Vec<u8>),
    Literal(Vec<u8>),
    /// A literal too long to be kept.
    Skipped,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Response {
    /// `+ …`
    Continue,
    /// `* OK …`, `A1 NO …`
    Status(Option<String>, Answer),
    /// `* …`
    Data(Vec<Value>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: Status,
    /// What stands in brackets, in capitals: `AUTHENTICATIONFAILED`, `UIDVALIDITY 7`.
    pub(super) code: String,
    pub(super) text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Ok,
    No,
    Bad,
    Bye,
    Preauth,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Word(String),
    Text(Vec<u8>),
    List(Vec<Value>),
    /// See [`Piece::Skipped`].
    Skipped,
}

/// Deeper lists occur only in structures that nobody asked for.
const MOST_NESTED: usize = 32;

impl Response {
    /// `None`: no IMAP server says so.
    pub(super) fn parse(pieces: Vec<Piece>) -> Option<Response> {
        let Some(Piece::Line(first)) = pieces.first() else { return None };
        if first.first() == Some(&b'+') {
            return Some(Response::Continue);
        }
        let line = String::from_utf8_lossy(first);
        let (tag, rest) = line.split_once(' ')?;
        if let Some(answer) = Answer::parse(rest) {
            let is_tag = !tag.is_empty() && tag.bytes().all(|b| b.is_ascii_alphanumeric());
            return (tag == "*" || is_tag).then(|| Response::Status((tag != "*").then(|| tag.to_owned()), answer));
        }
        if tag != "*" {
            return None;
        }
        values(pieces).map(Response::Data)
    }
}

impl Answer {
    fn parse(rest: &str) -> Option<Answer> {
        let (word, text) = rest.split_once(' ').unwrap_or((rest, ""));
        let status = match word.to_ascii_uppercase().as_str() {
            "OK" => Status::Ok,
            "NO" => Status::No,
            "BAD" => Status::Bad,
            "BYE" => Status::Bye,
            "PREAUTH" => Status::Preauth,
            _ => return None,
        };
        let coded = text.strip_prefix('[').and_then(|inner| inner.split_once(']'));
        let (code, text) = coded.unwrap_or(("", text));
        Some(Answer { status, code: code.to_ascii_uppercase(), text: text.trim().to_owned() })
    }

    /// Where a mail was put: `APPENDUID 38505 3955` (RFC 4315 section 3).
    pub(super) fn appended(&self) -> Option<Position> {
        let (uid_validity, last_uid) = self.code.strip_prefix("APPENDUID ")?.split_once(' ')?;
        Some(Position { uid_validity: uid_validity.parse().ok()?, last_uid: last_uid.trim().parse().ok()? })
    }

    /// The number behind the name of a code.
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.code.strip_prefix(name)?.trim().parse().ok()
    }
}

impl Value {
    pub(super) fn word(&self) -> Option<&str> {
        if let Value::Word(word) = self { Some(word) } else { None }
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.word().is_some_and(|word| word.eq_ignore_ascii_case(name))
    }

    pub(super) fn number(&self) -> Option<u32> {
        self.word()?.parse().ok()
    }

    pub(super) fn list(&self) -> Option<&[Value]> {
        if let Value::List(list) = self { Some(list) } else { None }
    }

    /// A name, however it is written.
    pub(super) fn name(&self) -> Option<String> {
        match self {
            Value::Word(word) => Some(word.clone()),
            Value::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
            Value::List(_) | Value::Skipped => None,
        }
    }
}

/// Everything behind the `*`. Lists that are open at the end end there.
fn values(pieces: Vec<Piece>) -> Option<Vec<Value>> {
    let mut open: Vec<Vec<Value>> = vec![Vec::new()];
    for (n, piece) in pieces.into_iter().enumerate() {
        match piece {
            Piece::Line(line) => read_line(line.get(usize::from(n == 0)..)?, &mut open)?,
            Piece::Literal(text) => open.last_mut()?.push(Value::Text(text)),
            Piece::Skipped => open.last_mut()?.push(Value::Skipped),
        }
    }
    while open.len() > 1 {
        close(&mut open);
    }
    open.pop()
}

fn read_line(line: &[u8], open: &mut Vec<Vec<Value>>) -> Option<()> {
    let mut at = 0;
    while let Some(&byte) = line.get(at) {
        match byte {
            b' ' => at += 1,
            b'(' if open.len() > MOST_NESTED => return None,
            b'(' => {
                open.push(Vec::new());
                at += 1;
            }
            b')' => {
                close(open);
                at += 1;
            }
            b'"' => {
                let (text, end) = read_quoted(line, at + 1);
                open.last_mut()?.push(Value::Text(text));
                at = end;
            }
            _ => {
                let length = line[at..].iter().position(|b| b" ()".contains(b)).unwrap_or(line.len() - at);
                open.last_mut()?.push(Value::Word(String::from_utf8_lossy(&line[at..at + length]).into_owned()));
                at += length;
            }
        }
    }
    Some(())
}

fn close(open: &mut Vec<Vec<Value>>) {
    if let Some(list) = open.pop() {
        match open.last_mut() {
            Some(outer) => outer.push(Value::List(list)),
            // One `)` too many.
            None => open.push(list),
        }
    }
}

/// The text and the place behind its closing quote.
fn read_quoted(line: &[u8], mut at: usize) -> (Vec<u8>, usize) {
    let mut text = Vec::new();
    while let Some(&byte) = line.get(at) {
        match byte {
            b'"' => return (text, at + 1),
            b'\\' if line.get(at + 1).is_some() => {
                text.push(line[at + 1]);
                at += 2;
            }
            _ => {
                text.push(byte);
                at += 1;
            }
        }
    }
    (text, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Option<Response> {
        Response::parse(vec![Piece::Line(line.as_bytes().to_vec())])
    }

    fn word(text: &str) -> Value {
        Value::Word(text.to_owned())
    }

    #[test]
    fn status_lines() {
        let answer = |status, code: &str, text: &str| Answer { status, code: code.to_owned(), text: text.to_owned() };
        assert_eq!(parse("* OK ready"), Some(Response::Status(None, answer(Status::Ok, "", "ready"))));
        let refused = answer(Status::No, "AUTHENTICATIONFAILED", "no");
        assert_eq!(parse("A1 NO [AuthenticationFailed] no"), Some(Response::Status(Some("A1".to_owned()), refused)));
        assert_eq!(parse("* BYE"), Some(Response::Status(None, answer(Status::Bye, "", ""))));
        assert_eq!(answer(Status::Ok, "UIDVALIDITY 7", "").number("UIDVALIDITY"), Some(7));
        let place = answer(Status::Ok, "APPENDUID 38505 3955", "").appended();
        assert_eq!(place, Some(Position { uid_validity: 38505, last_uid: 3955 }));
        assert_eq!(answer(Status::Ok, "APPENDUID 38505", "").appended(), None);
        assert_eq!(parse("+ go on"), Some(Response::Continue));
        assert_eq!(parse("+"), Some(Response::Continue));
    }

    #[test]
    fn data() {
        let list = parse("* LIST (\\HasNoChildren \\Sent) \"/\" \"a \\\"b\\\"\"");
        let attributes = Value::List(vec![word("\\HasNoChildren"), word("\\Sent")]);
        let texts = [&b"/"[..], b"a \"b\""].map(|text| Value::Text(text.to_vec()));
        let [delimiter, name] = texts;
        assert_eq!(list, Some(Response::Data(vec![word("LIST"), attributes, delimiter, name])));
        let pieces = [&b"* 4 FETCH (UID 7 BODY[] "[..], b" FLAGS ())"].map(|line| Piece::Line(line.to_vec()));
        let [before, behind] = pieces;
        let fetched = Response::parse(vec![before, Piece::Literal(b"mail)".to_vec()), behind]);
        let inner = vec![
            word("UID"),
            word("7"),
            word("BODY[]"),
            Value::Text(b"mail)".to_vec()),
            word("FLAGS"),
            Value::List(Vec::new()),
        ];
        assert_eq!(fetched, Some(Response::Data(vec![word("4"), word("FETCH"), Value::List(inner)])));
    }

    #[test]
    fn what_no_server_says_is_nothing() {
        for line in ["", "SSH-2.0-OpenSSH_9.2", "220 mail.example ESMTP", "HTTP/1.1 400 Bad Request", "* ", "x OKAY"] {
            let read = parse(line);
            assert!(matches!(&read, None | Some(Response::Data(_))), "{line}: {read:?}");
            assert!(line == "* " || read.is_none(), "{line}");
        }
        assert_eq!(parse(&format!("* {}", "(".repeat(100))), None);
        assert!(parse("* LIST ()) (\"a").is_some());
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn nothing_is_too_odd_to_be_read(
            lines in proptest::collection::vec("[*+A1 ()\"\\\\{}~NILOKétch\\[\\]\0-]{0,40}", 1..6),
        ) {
            for start in ["", "* ", "A1 "] {
                let line = |line: &String| Piece::Line(format!("{start}{line}").into_bytes());
                let pieces = lines.iter().flat_map(|text| [line(text), Piece::Literal(b")".to_vec()), Piece::Skipped]);
                let _ = Response::parse(pieces.collect());
            }
        }
    }
}
