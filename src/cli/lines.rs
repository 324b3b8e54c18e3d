//! Lines of files that may have lines of any length.

use std::io::{self, BufRead};

/// Reads a line with its end into `line`, and no more than `most` octets of it: the rest is passed over. Whether it was
/// read whole; `None` at the end of the file.
pub(super) fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>, most: usize) -> io::Result<Option<bool>> {
    line.clear();
    let (mut any, mut whole) = (false, true);
    loop {
        let octets = match reader.fill_buf() {
            Ok(octets) => octets,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if octets.is_empty() {
            return Ok(any.then_some(whole));
        }
        any = true;
        let end = octets.iter().position(|&octet| octet == b'\n').map(|at| at + 1);
        let part = &octets[..end.unwrap_or(octets.len())];
        let taken = part.len().min(most - line.len());
        line.extend_from_slice(&part[..taken]);
        whole &= taken == part.len();
        let length = part.len();
        reader.consume(length);
        if end.is_some() {
            return Ok(Some(whole));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    #[test]
    fn lines_are_cut_and_the_next_one_is_whole_again() {
        let text = format!("ab\n\n{}\nend", "x".repeat(10_000));
        let mut reader = BufReader::with_capacity(7, text.as_bytes());
        let mut line = Vec::new();
        let mut next = || {
            let whole = read_line(&mut reader, &mut line, 100).expect("reading from memory");
            whole.map(|whole| (whole, line.len()))
        };
        assert_eq!([next(), next(), next()], [Some((true, 3)), Some((true, 1)), Some((false, 100))]);
        assert_eq!([next(), next()], [Some((true, 3)), None]);
    }
}
