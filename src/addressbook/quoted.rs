//! Quoted-printable as vCard 2.1 has it (RFC 2045 section 6.7), lines already joined.

/// The octets; what is no escape stays as it is.
pub(super) fn decode(text: &str) -> Vec<u8> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        rest = match behind {
            [high, low, behind @ ..] if *first == b'=' => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => {
                    octets.push(high * 16 + low);
                    behind
                }
                _ => kept(&mut octets, rest),
            },
            _ => kept(&mut octets, rest),
        };
    }
    octets
}

fn kept<'t>(octets: &mut Vec<u8>, rest: &'t [u8]) -> &'t [u8] {
    let (first, behind) = rest.split_at(1);
    octets.extend_from_slice(first);
    behind
}

fn digit(octet: u8) -> Option<u8> {
    char::from(octet).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_escapes_and_keeps_the_rest() {
        assert_eq!(decode("=95\\=8E=a6"), b"\x95\\\x8e\xa6");
        assert_eq!(decode("1+1=2 =Z0 =4"), b"1+1=2 =Z0 =4");
    }
}
