//! Commands and their answers, in step.

use secrecy::{ExposeSecret, SecretString};

use super::response::{Answer, Response, Status, Value};
use super::trouble::Trouble;
use super::wire::{SMALL, Wire};
use crate::upstream::reply::clean;

/// A connection and what is known of its server.
pub(super) struct Session {
    wire: Wire,
    commands: u32,
    /// Answers to the command under way.
    answers: u32,
    /// In capitals.
    pub(super) capabilities: Vec<String>,
    /// What a server may repeat and nobody may read.
    hidden: Vec<SecretString>,
}

/// What comes next from the server.
pub(super) enum Step {
    Data(Vec<Value>),
    /// `* OK …` and the like.
    Status(Answer),
    Continue,
    /// The end of the command.
    Done(Answer),
}

/// Of one command; more lines than the largest mailboxes have mails.
const MOST_ANSWERS: u32 = 10_000_000;

impl Session {
    pub(super) fn new(wire: Wire) -> Session {
        Session { wire, commands: 0, answers: 0, capabilities: Vec::new(), hidden: Vec::new() }
    }

    pub(super) fn into_wire(self) -> Wire {
        self.wire
    }

    pub(super) fn can(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|known| known == capability)
    }

    /// From now on this is taken out of the server's texts.
    pub(super) fn hide(&mut self, secret: &str) {
        if !secret.is_empty() {
            self.hidden.push(SecretString::from(secret));
        }
    }

    pub(super) async fn begin(&mut self, command: &str) -> Result<(), Trouble> {
        self.commands += 1;
        self.answers = 0;
        let line = format!("A{} {command}", self.commands);
        self.wire.send(&line).await
    }

    /// A line that was asked for.
    pub(super) async fn send(&mut self, line: &str) -> Result<(), Trouble> {
        self.wire.send(line).await
    }

    /// A literal that was announced, and the end of the command.
    pub(super) async fn octets(&mut self, literal: &[u8]) -> Result<(), Trouble> {
        self.wire.send_octets(literal).await
    }

    /// `room`: octets of the literals in one answer.
    pub(super) async fn step(&mut self, room: u64) -> Result<Step, Trouble> {
        self.answers += 1;
        if self.answers > MOST_ANSWERS {
            return Err(Trouble::Endless);
        }
        Ok(match self.wire.response(room).await? {
            Response::Continue => Step::Continue,
            Response::Data(values) => Step::Data(values),
            Response::Status(tag, mut answer) => {
                answer.text = self.said(&answer.text);
                match tag {
                    None if answer.status == Status::Bye => return Err(Trouble::Bye(answer.text)),
                    None => Step::Status(answer),
                    Some(tag) if tag == format!("A{}", self.commands) => Step::Done(answer),
                    Some(_) => return Err(Trouble::Garbage),
                }
            }
        })
    }

    /// The next data of a command; `None` at its end.
    ///
    /// # Errors
    /// Also when the command, called `name`, was refused.
    pub(super) async fn data(&mut self, name: &'static str, room: u64) -> Result<Option<Vec<Value>>, Trouble> {
        loop {
            match self.step(room).await? {
                Step::Data(values) => return Ok(Some(values)),
                Step::Status(_) | Step::Continue => {}
                Step::Done(answer) if answer.status == Status::Ok => return Ok(None),
                Step::Done(answer) => return Err(Trouble::Refused { command: name, said: answer.text }),
            }
        }
    }

    pub(super) async fn ask_capabilities(&mut self) -> Result<(), Trouble> {
        self.begin("CAPABILITY").await?;
        self.capabilities.clear();
        while let Some(values) = self.data("CAPABILITY", SMALL).await? {
            if values.first().is_some_and(|value| value.is("CAPABILITY")) {
                self.capabilities =
                    values.iter().skip(1).filter_map(|value| Some(value.word()?.to_uppercase())).collect();
            }
        }
        Ok(())
    }

    fn said(&self, text: &str) -> String {
        let hide = |text: String, secret: &SecretString| text.replace(secret.expose_secret(), "***");
        clean(&self.hidden.iter().fold(text.to_owned(), hide))
    }
}
