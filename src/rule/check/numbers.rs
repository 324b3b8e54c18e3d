//! Numbers with a form and a check digit: payment cards, My Number, US Social Security.

use std::ops::Range;

/// Digits in groups, with one blank or hyphen between them.
#[derive(Debug)]
pub(super) struct Groups {
    groups: Vec<Group>,
}

#[derive(Debug)]
struct Group {
    start: usize,
    digits: Vec<u8>,
}

/// Longer numbers are nobody's card; the rest of the run is skipped.
const MOST_DIGITS: usize = 40;

/// The runs of grouped digits in a folded text, of nine digits or more, that are no part of a word, path or code.
pub(super) fn runs(text: &str) -> Vec<Groups> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(u8::is_ascii_digit) {
        let start = at + found;
        let groups = Groups::at(bytes, start);
        at = groups.range().end;
        let before = text[..start].chars().next_back();
        let inside = |c: char| c.is_ascii_alphanumeric() || "-_/=.+&%@\\".contains(c);
        let behind = bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'@'));
        let goes_on = bytes.get(at) == Some(&b'.') && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        if (9..=MOST_DIGITS).contains(&groups.digits().len()) && !before.is_some_and(inside) && !behind && !goes_on {
            out.push(groups);
        }
    }
    out
}

impl Groups {
    fn at(bytes: &[u8], start: usize) -> Groups {
        let mut groups = Vec::new();
        let mut at = start;
        loop {
            let length = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            groups.push(Group { start: at, digits: bytes[at..at + length].iter().map(|byte| byte - b'0').collect() });
            at += length;
            let gap = bytes.get(at).is_some_and(|byte| matches!(byte, b' ' | b'-'));
            if !gap || !bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
                return Groups { groups };
            }
            at += 1;
        }
    }

    pub(super) fn sizes(&self) -> Vec<usize> {
        self.groups.iter().map(|group| group.digits.len()).collect()
    }

    pub(super) fn digits(&self) -> Vec<u8> {
        self.groups.iter().flat_map(|group| group.digits.iter().copied()).collect()
    }

    pub(super) fn range(&self) -> Range<usize> {
        self.range_of(self.groups.len())
    }

    fn range_of(&self, first: usize) -> Range<usize> {
        let end = self.groups[..first].last().map_or(0, |group| group.start + group.digits.len());
        self.groups.first().map_or(0, |group| group.start)..end
    }

    /// Written in groups, as on a card.
    pub(super) fn is_spaced(&self) -> bool {
        self.groups.len() > 1
    }

    /// The digits of a card, if the run begins with groups as cards have them; a date or three digits of a security
    /// code may follow.
    pub(super) fn card(&self) -> Option<(Range<usize>, Vec<u8>)> {
        let sizes = self.sizes();
        let forms: [&[usize]; 7] = [&[4, 4, 4, 4, 3], &[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4], &[16], &[15], &[14]];
        let form = forms.into_iter().find(|form| sizes.starts_with(form))?;
        if sizes.get(form.len()).is_some_and(|next| *next > 3) {
            return None;
        }
        // The code of three digits on the back is no part of a number of sixteen.
        let nineteen = form.len() == 5 && is_luhn(&self.first(5)) && !is_luhn(&self.first(4));
        let taken = if form.len() == 5 && !nineteen { 4 } else { form.len() };
        Some((self.range_of(taken), self.first(taken)))
    }

    fn first(&self, groups: usize) -> Vec<u8> {
        self.groups[..groups].iter().flat_map(|group| group.digits.iter().copied()).collect()
    }
}

/// Issuer identification numbers of the brands (ISO/IEC 7812-1; ranges as in ETA/brand bulletins and the `credit-card-type`
/// table of Braintree): from, to (first six digits), lengths.
const BRANDS: [(&str, u32, u32, &[usize]); 9] = [
    ("Visa", 400_000, 499_999, &[16, 19]),
    ("Mastercard", 510_000, 559_999, &[16]),
    ("Mastercard", 222_100, 272_099, &[16]),
    ("American Express", 340_000, 349_999, &[15]),
    ("American Express", 370_000, 379_999, &[15]),
    ("JCB", 352_800, 358_999, &[16]),
    ("Diners Club", 300_000, 305_999, &[14]),
    ("Diners Club", 360_000, 369_999, &[14]),
    ("Discover", 644_000, 659_999, &[16]),
];

/// Numbers that payment services publish for tests (docs.stripe.com/testing, developer.paypal.com card testing): no card
/// stands behind them, and mails about test environments are full of them.
const TEST_CARDS: [&str; 18] = [
    "4242424242424242",
    "4000056655665556",
    "4000000000000002",
    "4000000000009995",
    "4000002500003155",
    "4111111111111111",
    "4012888888881881",
    "4222222222222220",
    "4005519200000004",
    "5555555555554444",
    "5200828282828210",
    "5105105105105100",
    "2223003122003222",
    "378282246310005",
    "371449635398431",
    "3566002020360505",
    "3530111333300000",
    "36227206271667",
];

/// The brand of a card number, if it is one: issuer, length and check digit fit.
pub(super) fn card_brand(digits: &[u8]) -> Option<&'static str> {
    let head = digits.get(..6)?.iter().fold(0u32, |sum, digit| sum * 10 + u32::from(*digit));
    let brand =
        BRANDS.iter().find(|(_, from, to, sizes)| (*from..=*to).contains(&head) && sizes.contains(&digits.len()))?;
    // 4444 4444 4444 4444 is what people write for "a number".
    let varied = digits.iter().collect::<std::collections::HashSet<_>>().len() > 2;
    let text: String = digits.iter().map(|digit| char::from(b'0' + digit)).collect();
    (varied && is_luhn(digits) && !TEST_CARDS.contains(&text.as_str())).then_some(brand.0)
}

/// The check digit of ISO/IEC 7812-1, annex B.
fn is_luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(n, digit)| u32::from(*digit) * (1 + n as u32 % 2))
        .map(|product| product / 10 + product % 10)
        .sum();
    sum.is_multiple_of(10)
}

/// The check digit of a 個人番号 (平成26年総務省令第85号 第5条).
pub(super) fn is_my_number(digits: &[u8]) -> bool {
    let Some((check, rest)) = digits.split_last().filter(|(_, rest)| rest.len() == 11) else { return false };
    // P_n is the n-th digit from the right, the check digit left out; Q_n is n + 1 up to the sixth, then n - 5.
    let weight = |n: u32| if n <= 6 { n + 1 } else { n - 5 };
    let sum: u32 = (1u32..).zip(rest.iter().rev()).map(|(n, digit)| u32::from(*digit) * weight(n)).sum();
    let expected = match sum % 11 {
        0 | 1 => 0,
        remainder => 11 - remainder,
    };
    let varied = rest.iter().any(|digit| digit != &rest[0]);
    varied && u32::from(*check) == expected
}

/// A number the US Social Security Administration can have issued (ssa.gov, "SSN randomization"): no area 000, 666 or
/// 9xx, no group 00, no serial 0000; and none of those printed in advertisements and forms.
pub(super) fn is_social_security(digits: &[u8]) -> bool {
    let number = |range: Range<usize>| digits[range].iter().fold(0u32, |sum, digit| sum * 10 + u32::from(*digit));
    if digits.len() != 9 {
        return false;
    }
    let (area, group, serial) = (number(0..3), number(3..5), number(5..9));
    let known = [(78, 5, 1120), (219, 9, 9999), (123, 45, 6789)];
    !matches!(area, 0 | 666 | 900..) && group != 0 && serial != 0 && !known.contains(&(area, group, serial))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> Vec<u8> {
        text.bytes().filter(u8::is_ascii_digit).map(|byte| byte - b'0').collect()
    }

    #[test]
    fn knows_cards_by_issuer_length_and_check_digit() {
        for (number, brand) in [
            ("4539 1488 0343 6467", Some("Visa")),
            ("5425 2334 3010 9903", Some("Mastercard")),
            ("3714 496353 98431", None),
            ("3759 876543 21004", Some("American Express")),
            ("3569 9900 1009 5841", Some("JCB")),
            ("4539 1488 0343 6468", None),
            ("9400 1000 0000 0000", None),
            ("4242 4242 4242 4242", None),
            ("4444 4444 4444 4448", None),
        ] {
            assert_eq!(card_brand(&digits(number)), brand, "{number}");
        }
    }

    #[test]
    fn knows_my_number_and_social_security_by_their_rules() {
        // The example of the ordinance's commentary: 12345678901 has the check digit 8.
        assert!(is_my_number(&digits("1234 5678 9018")));
        assert!(!is_my_number(&digits("1234 5678 9012")) && !is_my_number(&digits("0000 0000 0000")));
        assert!(is_social_security(&digits("536-22-8145")));
        for number in ["000-12-3456", "666-12-3456", "912-12-3456", "536-00-8145", "536-22-0000", "123-45-6789"] {
            assert!(!is_social_security(&digits(number)), "{number}");
        }
    }

    #[test]
    fn reads_groups_and_leaves_codes_alone() {
        let sizes = |text: &str| runs(text).iter().map(Groups::sizes).collect::<Vec<_>>();
        assert_eq!(sizes("no 4539 1488 0343 6467 12/27, 123"), [vec![4, 4, 4, 4, 2]]);
        assert_eq!(sizes("4539-1488-0343-6467."), [vec![4, 4, 4, 4]]);
        assert!(sizes("id=4539148803436467 PO-4539148803436467 4539148803436467.12 a/4539148803436467").is_empty());
        let card =
            |text: &str| runs(text).iter().find_map(|groups| groups.card().map(|(range, _)| text[range].to_owned()));
        assert_eq!(card("4539 1488 0343 6467 123").as_deref(), Some("4539 1488 0343 6467"));
        assert_eq!(card("4539 1488 0343 6467 1234"), None);
    }
}
