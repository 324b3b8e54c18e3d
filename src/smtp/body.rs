//! The text of a mail as the session takes it: behind DATA, or in the chunks of BDAT (RFC 3030).

use super::data::{Fault, Reader};
use super::reply::{BARE_CR, BARE_LF};
use super::session::{Session, State};
use super::{Reply, Step};
use crate::message::Envelope;

/// A chunk that is read.
pub(super) struct Chunk {
    pub(super) octets: u64,
    pub(super) left: u64,
    pub(super) last: bool,
    /// It cannot be taken: it is read to its end all the same.
    pub(super) refusal: Option<Reply>,
}

impl Session {
    /// Whether the next octets are the text of a mail.
    pub fn reads_text(&self) -> bool {
        matches!(self.state, State::Data(_) | State::Chunk(_)) || self.chunks.is_some()
    }

    /// Octets of the mail that is read. Those of one that was given out are the driver's to count.
    pub fn mail_octets(&self) -> usize {
        match (&self.state, &self.chunks) {
            (State::Data(data), _) | (_, Some(data)) => data.1.kept(),
            _ => 0,
        }
    }

    /// There is no room for the mail that is read: nothing of it is kept, and at its end its sender is asked to come again.
    pub fn refuse_for_room(&mut self) {
        match (&mut self.state, &mut self.chunks) {
            (State::Data(data), _) | (_, Some(data)) => data.1.refuse(Fault::NoRoom),
            _ => {}
        }
    }

    /// RFC 3030 section 2. The octets come whatever is answered, so a chunk that cannot be taken is read to its end.
    pub(super) fn start_chunk(&mut self, octets: u64, last: bool) {
        let refusal = match (&self.chunks, self.envelope.take()) {
            (Some(_), _) => None,
            (None, None) => Some(Reply::bad_sequence("Say MAIL and RCPT first")),
            (None, Some(envelope)) if envelope.recipients.is_empty() => {
                self.envelope = Some(envelope);
                Some(Reply::no_recipients())
            }
            (None, Some(envelope)) => {
                let reader = Reader::of_chunks(self.options.max_size, self.options.max_line);
                self.chunks = Some(Box::new((envelope, reader)));
                None
            }
        };
        self.state = State::Chunk(Chunk { octets, left: octets, last, refusal });
    }

    pub(super) fn data(&mut self) -> Option<Step> {
        let State::Data(data) = &mut self.state else { return None };
        let used = data.1.feed(self.input.pending());
        self.input.consume(used);
        if !data.1.ended() {
            return Some(Step::NeedInput);
        }
        let State::Data(data) = std::mem::replace(&mut self.state, State::Command) else { return None };
        self.hand_out(*data)
    }

    /// The whole mail, or why it is refused.
    fn hand_out(&mut self, (envelope, reader): (Envelope, Reader)) -> Option<Step> {
        match reader.finish() {
            Ok(raw) => {
                self.state = State::AwaitMessage;
                Some(Step::Message { envelope, raw })
            }
            Err(fault) => {
                self.reply(self.refusal(fault));
                None
            }
        }
    }

    /// Takes what has come of a chunk; its reply follows its last octet.
    pub(super) fn chunk(&mut self) -> Option<Step> {
        let State::Chunk(chunk) = &mut self.state else { return None };
        let pending = self.input.pending();
        let used = usize::try_from(chunk.left).map_or(pending.len(), |left| left.min(pending.len()));
        if let (None, Some(data)) = (&chunk.refusal, &mut self.chunks) {
            data.1.feed(&pending[..used]);
        }
        chunk.left -= used as u64;
        self.input.consume(used);
        if chunk.left > 0 {
            return Some(Step::NeedInput);
        }
        let State::Chunk(chunk) = std::mem::replace(&mut self.state, State::Command) else { return None };
        if let Some(refusal) = chunk.refusal {
            self.refuse(refusal);
            return None;
        }
        if chunk.octets > 0 {
            self.uncount();
        }
        if chunk.last {
            let data = self.chunks.take()?;
            return self.hand_out(*data);
        }
        // A mail that has failed takes no further chunk.
        match self.chunks.as_ref().and_then(|data| data.1.fault()) {
            Some(fault) => {
                self.chunks = None;
                self.reply(self.refusal(fault));
            }
            None => self.reply(Reply::chunk_ok(chunk.octets)),
        }
        None
    }

    fn refusal(&self, fault: Fault) -> Reply {
        match fault {
            Fault::BareCr => Reply::bare_line_end(BARE_CR),
            Fault::BareLf => Reply::bare_line_end(BARE_LF),
            Fault::Nul => Reply::bare_line_end("a NUL octet"),
            Fault::TooBig => Reply::too_big(self.options.max_size),
            Fault::LongLine => Reply::text_line_too_long(self.options.max_line.unwrap_or_default()),
            Fault::NoRoom => Reply::no_room(),
        }
    }
}
