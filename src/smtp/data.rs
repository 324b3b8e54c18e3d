//! Reads the text of one mail: from after DATA to the only end there is, CRLF.CRLF (RFC 5321 section 4.1.1.4), or the
//! chunks of BDAT, whose lengths are told (RFC 3030).
//!
//! The same reader accepts and drains: what is refused is read to its true end without being kept, so that no part
//! of a mail is ever taken for a command.

/// Takes octets, undoes dot-stuffing (RFC 5321 section 4.5.2), keeps at most `max_size` octets.
#[derive(Debug)]
pub(super) struct Reader {
    place: Place,
    /// A dot at the start of a line is stuffing, or the end.
    dotted: bool,
    text: Vec<u8>,
    max_size: usize,
    max_line: Option<usize>,
    /// Octets of the line so far.
    line: usize,
    fault: Option<Fault>,
}

/// Why a text is refused; the first one found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    BareCr,
    BareLf,
    Nul,
    TooBig,
    LongLine,
    /// Too much is in memory, of this mail and others.
    NoRoom,
}

/// Where in a line the next octet stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// After DATA, or after a true CRLF.
    LineStart,
    /// After a dot at the start of a line, not yet known to be the end or stuffing.
    Dot,
    /// After a dot at the start of a line and CR.
    DotCr,
    Text,
    /// After CR, not yet known to be half of a line end.
    Cr,
    /// After CRLF.CRLF.
    End,
}

impl Reader {
    pub(super) fn new(max_size: usize, max_line: Option<usize>) -> Reader {
        Reader { place: Place::LineStart, dotted: true, text: Vec::new(), max_size, max_line, line: 0, fault: None }
    }

    /// For chunks: every octet is text, and the end is told.
    pub(super) fn of_chunks(max_size: usize, max_line: Option<usize>) -> Reader {
        Reader { dotted: false, ..Reader::new(max_size, max_line) }
    }

    /// Reads up to the end of the text and says how many octets of `bytes` belong to it.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        while at < bytes.len() && self.place != Place::End {
            if self.place == Place::Text {
                // The long run of ordinary octets is copied at once. Unless told to, lines are not limited to the 1000
                // octets of RFC 5321 section 4.5.3.1.6: mail programs and scripts send longer ones, and the text is
                // relayed as it is.
                let run = bytes[at..].iter().position(|b| matches!(b, b'\r' | b'\n' | 0)).unwrap_or(bytes.len() - at);
                self.keep(&bytes[at..at + run]);
                at += run;
            }
            if let Some(&byte) = bytes.get(at) {
                self.place = self.next(byte);
                at += 1;
            }
        }
        at
    }

    pub(super) fn ended(&self) -> bool {
        self.place == Place::End
    }

    /// The text, ending exactly where it ended, or why it is refused.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, Fault> {
        if self.place == Place::Cr {
            self.refuse(Fault::BareCr);
        }
        // The mail may wait long for its answer; what doubling reserved is given back.
        self.text.shrink_to_fit();
        self.fault.map_or(Ok(self.text), Err)
    }

    fn next(&mut self, byte: u8) -> Place {
        match (self.place, byte) {
            (Place::LineStart, b'.') if self.dotted => Place::Dot,
            (Place::Dot, b'\r') => Place::DotCr,
            (Place::DotCr, b'\n') => Place::End,
            // `CRLF . CR` and something else: the dot was stuffing, the CR is bare.
            (Place::DotCr, _) => {
                self.refuse(Fault::BareCr);
                self.ordinary(byte)
            }
            (Place::Cr, b'\n') => {
                self.end_line();
                Place::LineStart
            }
            (Place::Cr, _) => {
                self.refuse(Fault::BareCr);
                self.ordinary(byte)
            }
            // After a stuffed dot the rest of the line is text, whatever it is.
            (Place::LineStart | Place::Dot | Place::Text, _) => self.ordinary(byte),
            (Place::End, _) => Place::End,
        }
    }

    fn ordinary(&mut self, byte: u8) -> Place {
        match byte {
            b'\r' => return Place::Cr,
            b'\n' => self.refuse(Fault::BareLf),
            0 => self.refuse(Fault::Nul),
            _ => self.keep(&[byte]),
        }
        Place::Text
    }

    /// What was found so far; it does not end the text.
    pub(super) fn fault(&self) -> Option<Fault> {
        self.fault
    }

    /// Octets that are kept of it.
    pub(super) fn kept(&self) -> usize {
        self.text.capacity()
    }

    /// Keeps nothing of it any more; the first reason counts.
    pub(super) fn refuse(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
        self.text = Vec::new();
    }

    fn end_line(&mut self) {
        self.line = 0;
        self.append(b"\r\n");
    }

    fn keep(&mut self, bytes: &[u8]) {
        // Whichever limit the first octet too many crosses, however many come at once.
        let until_size = self.max_size.saturating_sub(self.text.len());
        let until_line = self.max_line.map_or(usize::MAX, |limit| limit.saturating_sub(self.line));
        self.line = self.line.saturating_add(bytes.len());
        if bytes.len() > until_line && until_line <= until_size {
            return self.refuse(Fault::LongLine);
        }
        self.append(bytes);
    }

    fn append(&mut self, bytes: &[u8]) {
        if self.fault.is_some() || bytes.is_empty() {
            return;
        }
        let needed = self.text.len() + bytes.len();
        if needed > self.max_size {
            return self.refuse(Fault::TooBig);
        }
        if needed > self.text.capacity() {
            // Doubling, but never beyond the limit: `Vec` alone would reserve up to twice of it.
            let capacity = needed.max(self.text.capacity() * 2).min(self.max_size);
            self.text.reserve_exact(capacity - self.text.len());
        }
        self.text.extend_from_slice(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads `input` whole; the text or fault, and what was left over. `None` if the end was not found.
    fn read(input: &str, max_size: usize) -> Option<(Result<String, Fault>, &str)> {
        let mut reader = Reader::new(max_size, None);
        let used = reader.feed(input.as_bytes());
        reader
            .ended()
            .then(|| (reader.finish().map(|text| String::from_utf8_lossy(&text).into_owned()), &input[used..]))
    }

    #[test]
    fn ends_only_at_crlf_dot_crlf() {
        for (input, text, rest) in [
            (".\r\n", "", ""),
            (".\r\n.\r\n", "", ".\r\n"),
            ("a\r\n.\r\nQUIT\r\n", "a\r\n", "QUIT\r\n"),
            ("\r\n.\r\n", "\r\n", ""),
            ("..\r\n.\r\n", ".\r\n", ""),
            ("...\r\n.\r\n", "..\r\n", ""),
            (".a\r\n.\r\n", "a\r\n", ""),
            ("a.\r\n.\r\n", "a.\r\n", ""),
            ("a\r\n..b\r\n\r\n.\r\n", "a\r\n.b\r\n\r\n", ""),
        ] {
            assert_eq!(read(input, 100), Some((Ok(text.to_owned()), rest)), "{input:?}");
        }
        for input in
            ["", ".", ".\r", "a", "a.\r\n", "a\r\n", "a\r\n.", "a\r\n.\r", "a\n.\n", "a\r.\r", ". \r\n", "..\r\n"]
        {
            assert_eq!(read(input, 100), None, "{input:?}");
        }
    }

    #[test]
    fn names_the_first_fault_and_still_finds_the_end() {
        for (input, fault) in [
            ("a\n.\n\r\n.\r\n", Fault::BareLf),
            ("a\n.\r\n\r\n.\r\n", Fault::BareLf),
            (".\n\r\n.\r\n", Fault::BareLf),
            ("\n.\r\n\r\n.\r\n", Fault::BareLf),
            ("a\r.\r\r\n.\r\n", Fault::BareCr),
            (".\r\r\n.\r\n", Fault::BareCr),
            ("a\r\n.\r\r\n.\r\n", Fault::BareCr),
            (".\ra\r\n.\r\n", Fault::BareCr),
            ("\r\r\n.\r\n", Fault::BareCr),
            ("a\r\n.\0\r\n.\r\n", Fault::Nul),
            ("a\0\n\r\n.\r\n", Fault::Nul),
        ] {
            assert_eq!(read(input, 100), Some((Err(fault), "")), "{input:?}");
        }
    }

    #[test]
    fn chunks_are_text_to_the_last_octet() {
        let read = |chunks: &[&str]| {
            let mut reader = Reader::of_chunks(20, None);
            for chunk in chunks {
                assert_eq!(reader.feed(chunk.as_bytes()), chunk.len());
            }
            reader.finish().map(|text| String::from_utf8_lossy(&text).into_owned())
        };
        for chunks in [&["a\r\n.\r\nb\r\n"][..], &["..\r", "\n.", "\r\n"], &["no end"], &[], &["", "a", ""]] {
            assert_eq!(read(chunks), Ok(chunks.concat()), "{chunks:?}");
        }
        for (chunks, fault) in [
            (&["a\r"][..], Fault::BareCr),
            (&["a\r", "b"], Fault::BareCr),
            (&["a\n"], Fault::BareLf),
            (&["a\r\n", "\n"], Fault::BareLf),
            (&["\0"], Fault::Nul),
            (&["0123456789", "0123456789", "0"], Fault::TooBig),
        ] {
            assert_eq!(read(chunks), Err(fault), "{chunks:?}");
        }
    }

    #[test]
    fn a_line_has_its_limit_without_its_end() {
        let faults = |text: &str| {
            let mut reader = Reader::new(100, Some(3));
            // Octet by octet as well: a line arrives in pieces.
            for byte in text.as_bytes() {
                reader.feed(&[*byte]);
            }
            reader.finish().err()
        };
        for fine in ["123\r\n123\r\n.\r\n", "....\r\n.\r\n", "\r\n\r\n.\r\n"] {
            assert_eq!(faults(fine), None, "{fine:?}");
        }
        for long in ["1234\r\n.\r\n", "1\r\n1234\r\n.\r\n", ".....\r\n.\r\n"] {
            assert_eq!(faults(long), Some(Fault::LongLine), "{long:?}");
        }
    }

    #[test]
    fn keeps_no_more_than_the_limit() {
        assert_eq!(read("12345678\r\n.\r\n", 10), Some((Ok("12345678\r\n".to_owned()), "")));
        assert_eq!(read("123456789\r\n.\r\n", 10), Some((Err(Fault::TooBig), "")));
        let mut reader = Reader::new(1000, None);
        for _ in 0..100 {
            reader.feed(b"123456789\r\n");
            assert!(reader.text.capacity() <= 1000);
        }
        assert_eq!(reader.text.capacity(), 0, "what is refused is not kept");
    }
}
