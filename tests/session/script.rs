//! Transcripts: `fixtures/session/*.smtp`. The format is described in `fixtures/session/README.md`.

use std::collections::VecDeque;
use std::sync::Arc;

use atena::smtp::{AuthOffer, LoginOutcome, Options, Reply, Session};

use crate::driver::{Act, Answer, Driver, Event, Text, add};

/// How the bytes of the client arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// The client waits for each answer that the transcript shows; the answer must be there by then.
    InStep,
    Whole,
    At(usize),
    EveryByte,
}

/// When `Login` and `Message` are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answers {
    AtOnce,
    /// Only when all that the client sends has been put in.
    Late,
}

/// An act, then input, then what follows from both.
#[derive(Debug, Default)]
struct Group {
    act: Option<Act>,
    input: Vec<u8>,
    expected: Vec<Event>,
}

pub(crate) struct Script {
    name: String,
    options: Options,
    tls: bool,
    groups: Vec<Group>,
    answers: VecDeque<Answer>,
}

impl Script {
    pub(crate) fn parse(name: &str, text: &str) -> Script {
        let options = Options { hostname: "relay.example".to_owned(), ..Options::default() };
        let mut script = Script {
            name: name.to_owned(),
            options,
            tls: false,
            groups: vec![Group::default()],
            answers: VecDeque::new(),
        };
        for (index, line) in text.lines().enumerate() {
            if !line.is_empty() && !line.starts_with('#') {
                script.line(line).unwrap_or_else(|| panic!("{name}, line {}: cannot read {line:?}", index + 1));
            }
        }
        script
    }

    /// The octets of the client, all together.
    pub(crate) fn input_len(&self) -> usize {
        self.groups.iter().map(|group| group.input.len()).sum()
    }

    pub(crate) fn expected(&self) -> Vec<Event> {
        self.groups.iter().flat_map(|group| group.expected.clone()).fold(Vec::new(), add)
    }

    pub(crate) fn run(&self, cut: Cut, answers: Answers) -> Vec<Event> {
        let session = Session::new(Arc::new(self.options.clone()), self.tls);
        let mut driver =
            Driver { session, answers: self.answers.clone(), late: answers == Answers::Late, events: Vec::new() };
        driver.pump();
        let mut position = 0;
        let mut gathered = Vec::new();
        let mut expected = Vec::new();
        for group in &self.groups {
            if let Some(act) = &group.act {
                driver.feed(&std::mem::take(&mut gathered));
                driver.act(act);
            }
            let end = position + group.input.len();
            match cut {
                Cut::EveryByte => group.input.iter().for_each(|&byte| driver.feed(&[byte])),
                Cut::At(at) if (position..end).contains(&at) => {
                    gathered.extend_from_slice(&group.input[..at - position]);
                    driver.feed(&std::mem::take(&mut gathered));
                    gathered.extend_from_slice(&group.input[at - position..]);
                }
                Cut::At(_) | Cut::Whole | Cut::InStep => gathered.extend_from_slice(&group.input),
            }
            position = end;
            if cut == Cut::InStep {
                driver.feed(&std::mem::take(&mut gathered));
                expected = group.expected.iter().cloned().fold(expected, add);
                assert_eq!(driver.events, expected, "{}, after {:?}", self.name, Text(group.input.clone()));
            }
        }
        driver.feed(&gathered);
        driver.answer_late();
        driver.events
    }

    fn line(&mut self, line: &str) -> Option<()> {
        if let Some(options) = line.strip_prefix("options:") {
            return options.split_whitespace().try_for_each(|option| self.option(option));
        }
        let (mark, rest) = line.split_at_checked(2)?;
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        match mark {
            "C:" => self.input([unescape(rest)?, b"\r\n".to_vec()].concat()),
            "C|" => self.input(unescape(rest)?),
            "S:" => self.expect(Event::Send(Text([unescape(rest)?, b"\r\n".to_vec()].concat()))),
            "M:" => self.expect(Event::Message { envelope: rest.to_owned(), raw: Text::default() }),
            "M>" => self.raw([unescape(rest)?, b"\r\n".to_vec()].concat())?,
            "M|" => self.raw(unescape(rest)?)?,
            "L:" => {
                let (user, password) = rest.split_once(' ')?;
                self.expect(Event::Login(user.to_owned(), password.to_owned()));
            }
            "T:" => self.expect(Event::StartTls),
            "X:" => self.expect(Event::Close),
            "= " | "=" => self.directive(rest)?,
            _ => return None,
        }
        Some(())
    }

    fn option(&mut self, option: &str) -> Option<()> {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        match (name, value) {
            ("tls", "") => self.tls = true,
            ("starttls", "") => self.options.starttls = true,
            ("clear", "") => self.options.auth_in_clear = true,
            ("auth", "optional") => self.options.auth = AuthOffer::Optional,
            ("auth", "required") => self.options.auth = AuthOffer::Required,
            ("size", size) => self.options.max_size = size.parse().ok()?,
            ("recipients", count) => self.options.max_recipients = count.parse().ok()?,
            ("line", octets) => self.options.max_line = Some(octets.parse().ok()?),
            ("commands", count) => self.options.max_commands = count.parse().ok()?,
            ("errors", count) => self.options.max_errors = count.parse().ok()?,
            _ => return None,
        }
        Some(())
    }

    fn directive(&mut self, text: &str) -> Option<()> {
        let (name, rest) = text.split_once(' ').unwrap_or((text, ""));
        let lines = || -> Vec<String> { rest.split(" | ").map(str::to_owned).collect() };
        let answer = match name {
            "tls" => return self.act(Act::TlsStarted),
            "timeout" => return self.act(Act::TimedOut),
            "shutdown" => return self.act(Act::ShuttingDown),
            "login" => Answer::Login(match rest {
                "ok" => LoginOutcome::Accepted,
                "refused" => LoginOutcome::Refused { said: None },
                "later" => LoginOutcome::TryLater { said: None },
                _ => return None,
            }),
            "sent" => Answer::Mail(Reply::sent(rest)),
            "held" => Answer::Mail(Reply::held(rest)),
            "returned" => Answer::Mail(Reply::returned(&lines(), true)),
            "returned-ascii" => Answer::Mail(Reply::returned(&lines(), false)),
            "rejected" => Answer::Mail(Reply::rejected(&lines(), true)),
            "try-later" => Answer::Mail(Reply::try_later(rest)),
            "check-failed" => {
                Answer::Mail(Reply::try_later("The mail could not be checked and was not sent, please try again"))
            }
            "storage-full" => Answer::Mail(Reply::storage_full()),
            "refused" => {
                let (code, rest) = rest.split_once(' ')?;
                let (enhanced, text) = rest.split_once(' ')?;
                Answer::Mail(Reply::refused_by_upstream(code.parse().ok(), Some(enhanced), text))
            }
            _ => return None,
        };
        self.answers.push_back(answer);
        Some(())
    }

    fn act(&mut self, act: Act) -> Option<()> {
        self.groups.push(Group { act: Some(act), ..Group::default() });
        Some(())
    }

    fn input(&mut self, bytes: Vec<u8>) {
        match self.groups.last_mut() {
            Some(group) if group.expected.is_empty() => group.input.extend(bytes),
            _ => self.groups.push(Group { input: bytes, ..Group::default() }),
        }
    }

    fn expect(&mut self, event: Event) {
        if let Some(group) = self.groups.last_mut() {
            group.expected.push(event);
        }
    }

    fn raw(&mut self, bytes: Vec<u8>) -> Option<()> {
        let Some(Event::Message { raw, .. }) = self.groups.last_mut()?.expected.last_mut() else { return None };
        raw.0.extend(bytes);
        Some(())
    }
}

/// `\r \n \t \0 \\`, `\xNN`, and `\(TEXT*COUNT)` for a long run.
fn unescape(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        let (escape, tail) = rest[at + 1..].split_at_checked(1)?;
        rest = tail;
        match escape {
            "r" => bytes.push(b'\r'),
            "n" => bytes.push(b'\n'),
            "t" => bytes.push(b'\t'),
            "0" => bytes.push(0),
            "\\" => bytes.push(b'\\'),
            "x" => {
                let (digits, tail) = rest.split_at_checked(2)?;
                bytes.push(u8::from_str_radix(digits, 16).ok()?);
                rest = tail;
            }
            "(" => {
                let (run, tail) = rest.split_once(')')?;
                let (text, count) = run.rsplit_once('*')?;
                bytes.extend(text.repeat(count.parse().ok()?).into_bytes());
                rest = tail;
            }
            _ => return None,
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    Some(bytes)
}
