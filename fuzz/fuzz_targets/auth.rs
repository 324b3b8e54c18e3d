//! AUTH: a login is tried for exactly the payloads that a second, plain reading of the RFCs takes, with the user and
//! the password it finds; a mail is taken only after a login that was accepted, and bears its name.
//!
//! The first octet of the input chooses mechanism and manner, the second the answers; the rest is the payload. For
//! LOGIN, which has two, 0xFF stands between them: it occurs in no text.

#![no_main]

use std::sync::Arc;

use atena::smtp::{AuthOffer, Options};
use atena_fuzz::driver::{Driver, Event, assert_well_formed, replies};
use atena_fuzz::pieces;
use libfuzzer_sys::fuzz_target;

const MECHANISMS: [&str; 4] = ["PLAIN", "LOGIN", "OAUTHBEARER", "xoauth2"];
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const MAIL: &[u8] = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n.\r\n";

/// RFC 4954 section 4 asks for 12288 octets of a line, its end counted.
const MAX_LINE: usize = 12288;

fuzz_target!(|input: &[u8]| {
    let Some((&[how, answers], payload)) = input.split_first_chunk::<2>() else { return };
    let attempt = Attempt::new(how, payload);
    let whole = attempt.run(how & 16 != 0, answers, false);
    assert_eq!(attempt.run(how & 16 != 0, answers, true), whole);
    assert_well_formed(&whole);
    let logins: Vec<&Event> = whole.iter().filter(|event| matches!(event, Event::Login { .. })).collect();
    assert_eq!(logins, attempt.expected().iter().collect::<Vec<_>>());
    let mails = whole.iter().filter(|event| matches!(event, Event::Message { .. })).count();
    assert_eq!(mails, usize::from(replies(&whole).contains(&"235 2.7.0 Login accepted")));
});

struct Attempt {
    mechanism: &'static str,
    /// The first response stands in the command.
    initial: bool,
    first: Vec<u8>,
    /// The password of LOGIN.
    second: Vec<u8>,
}

impl Attempt {
    fn new(how: u8, payload: &[u8]) -> Attempt {
        let line = |payload: &[u8]| if how & 4 != 0 { without_ends(payload) } else { encode(payload) };
        let mut payloads = payload.splitn(2, |&byte| byte == 0xFF).map(line);
        let (first, second) = (payloads.next().unwrap_or_default(), payloads.next().unwrap_or_default());
        Attempt { mechanism: MECHANISMS[usize::from(how & 3)], initial: how & 8 != 0, first, second }
    }

    fn run(&self, tls: bool, answers: u8, single: bool) -> Vec<Event> {
        let options = Options { auth: AuthOffer::Required, auth_in_clear: !tls, ..Options::default() };
        let mut driver = Driver::new(&Arc::new(options), tls, answers);
        let mut say = |line: &[&[u8]]| {
            let bytes = line.concat();
            driver.feed_each(&if single { pieces(&bytes, [1; 3]) } else { vec![&bytes[..]] });
            matches!(driver.events.last(), Some(Event::Send(text)) if text.ends_with("334 UGFzc3dvcmQ6\r\n"))
        };
        say(&[b"EHLO x\r\nAUTH ", self.mechanism.as_bytes(), if self.initial { b" " } else { b"\r\n" }]);
        if say(&[&self.first, b"\r\n"]) {
            say(&[&self.second, b"\r\n"]);
        }
        say(&[MAIL]);
        driver.events
    }

    fn expected(&self) -> Option<Event> {
        let first = text(self.response()?)?;
        match self.mechanism {
            "PLAIN" => plain(&first),
            "LOGIN" if self.second.len() + 2 > MAX_LINE => None,
            "LOGIN" => login(&first, &text(&self.second)?, false),
            "OAUTHBEARER" => bearer(&first),
            _ => xoauth2(&first),
        }
    }

    /// In the command, white space around the response is not part of it, and an empty one is none.
    fn response(&self) -> Option<&[u8]> {
        let in_command = if self.initial { "AUTH ".len() + self.mechanism.len() + 1 } else { 0 };
        if in_command + self.first.len() + 2 > MAX_LINE {
            return None;
        }
        if !self.initial {
            return Some(&self.first);
        }
        let mut response = &self.first[..];
        while let [b' ', rest @ ..] | [rest @ .., b' ' | b'\t'] = response {
            response = rest;
        }
        (!response.is_empty()).then_some(response)
    }
}

fn without_ends(payload: &[u8]) -> Vec<u8> {
    payload.iter().copied().filter(|byte| !b"\r\n".contains(byte)).collect()
}

/// Base64 by its definition: a row of bits, six to a digit (RFC 4648 section 4).
fn encode(bytes: &[u8]) -> Vec<u8> {
    let mut bits = row(bytes, 8);
    bits.resize(bits.len().next_multiple_of(6), 0);
    let mut digits: Vec<u8> = numbers(&bits, 6).map(|number| DIGITS[usize::from(number)]).collect();
    digits.resize(digits.len().next_multiple_of(4), b'=');
    digits
}

fn decode(line: &[u8]) -> Option<Vec<u8>> {
    let padding = line.iter().rev().take_while(|&&byte| byte == b'=').count();
    if !line.len().is_multiple_of(4) || padding > 2 {
        return None;
    }
    let digit = |byte: &u8| DIGITS.iter().position(|digit| digit == byte).map(|at| at as u8);
    let digits: Option<Vec<u8>> = line[..line.len() - padding].iter().map(digit).collect();
    let bits = row(&digits?, 6);
    let (octets, spare) = bits.split_at(bits.len() / 8 * 8);
    spare.iter().all(|&bit| bit == 0).then(|| numbers(octets, 8).collect())
}

fn row(numbers: &[u8], width: u8) -> Vec<u8> {
    numbers.iter().flat_map(|number| (0..width).rev().map(move |at| number >> at & 1)).collect()
}

fn numbers(bits: &[u8], width: usize) -> impl Iterator<Item = u8> {
    bits.chunks(width).map(|bits| bits.iter().fold(0, |number, bit| number << 1 | bit))
}

fn text(line: &[u8]) -> Option<String> {
    String::from_utf8(decode(line)?).ok()
}

fn login(user: &str, password: &str, token: bool) -> Option<Event> {
    let fine = !user.is_empty() && !user.contains(char::is_control) && !password.is_empty() && !password.contains('\0');
    fine.then(|| Event::Login { user: user.to_owned(), password: password.to_owned(), token })
}

/// RFC 4616 section 2.
fn plain(text: &str) -> Option<Event> {
    match text.split('\0').collect::<Vec<_>>()[..] {
        [on_behalf_of, user, password] if ["", user].contains(&on_behalf_of) => login(user, password, false),
        _ => None,
    }
}

/// RFC 7628 section 3.1. A comma or an equals sign of the name that is not escaped stands for itself.
fn bearer(text: &str) -> Option<Event> {
    let [header, fields @ ..] = &text.split('\u{1}').collect::<Vec<_>>()[..] else { return None };
    let name = header.strip_prefix("n,a=")?.strip_suffix(',')?;
    let mut user = String::new();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let (read, length) = match rest.get(..3) {
            Some("=2C") => (',', 3),
            Some("=3D") => ('=', 3),
            _ => (first, first.len_utf8()),
        };
        user.push(read);
        rest = &rest[length..];
    }
    login(&user, token(fields)?, true)
}

/// As Google and Microsoft describe it.
fn xoauth2(text: &str) -> Option<Event> {
    let [user, fields @ ..] = &text.split('\u{1}').collect::<Vec<_>>()[..] else { return None };
    login(user.strip_prefix("user=")?, token(fields)?, true)
}

/// The token of the first field that has one (RFC 6750 section 2.1); two empty ones end them.
fn token<'a>(fields: &[&'a str]) -> Option<&'a str> {
    let [fields @ .., "", ""] = fields else { return None };
    let (kind, token) = fields.iter().find_map(|field| field.strip_prefix("auth="))?.split_once(' ')?;
    let fine = token.chars().all(|c| c.is_ascii_alphanumeric() || "-._~+/=".contains(c));
    (fine && kind.eq_ignore_ascii_case("bearer")).then_some(token)
}
