//! A whole connection: no panic, always at rest, a mail only after CRLF.CRLF and never with a stray CR, LF, or NUL,
//! and the same replies and mails when the octets come one by one.
//!
//! The first octet of the input chooses what the listener offers.

#![no_main]

use std::sync::Arc;

use atena::smtp::{AuthOffer, LoginOutcome, Options, Reply, Session, Step};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((&flags, bytes)) = input.split_first() else { return };
    let options = Arc::new(Options {
        max_size: 100,
        max_recipients: 2,
        max_errors: 20,
        starttls: flags & 1 != 0,
        auth: [AuthOffer::None, AuthOffer::Optional, AuthOffer::Required, AuthOffer::Optional]
            [usize::from(flags >> 1 & 3)],
        auth_in_clear: flags & 8 != 0,
        ..Options::default()
    });
    let mut whole = Recorded::new(&options, flags & 16 != 0);
    whole.feed(bytes);
    let mut single = Recorded::new(&options, flags & 16 != 0);
    bytes.iter().for_each(|byte| single.feed(&[*byte]));
    assert_eq!(whole.replies, single.replies);
    assert_eq!(whole.mails, single.mails);
    let ends = [b"\r\n", bytes].concat().windows(5).filter(|window| window == b"\r\n.\r\n").count();
    assert!(whole.mails.len() <= ends);
});

struct Recorded {
    session: Session,
    replies: Vec<u8>,
    mails: Vec<Vec<u8>>,
}

impl Recorded {
    fn new(options: &Arc<Options>, tls: bool) -> Recorded {
        let session = Session::new(options.clone(), tls);
        let mut recorded = Recorded { session, replies: Vec::new(), mails: Vec::new() };
        recorded.feed(b"");
        recorded
    }

    fn feed(&mut self, bytes: &[u8]) {
        self.session.input(bytes);
        // No step without an octet used or a reply given.
        for _ in 0..bytes.len() * 4 + 8 {
            match self.session.step() {
                // After StartTls all that follows is plaintext: it must have no effect.
                Step::NeedInput | Step::Close => return,
                Step::StartTls => {}
                Step::Send(reply) => self.replies.extend(reply),
                Step::Login(credentials) if credentials.user.len() % 2 == 0 => {
                    self.session.login_answer(LoginOutcome::Accepted)
                }
                Step::Login(_) => self.session.login_answer(LoginOutcome::Refused { said: None }),
                Step::Message { envelope, raw } => {
                    assert!(!envelope.recipients.is_empty() && raw.len() <= 100);
                    let text = String::from_utf8_lossy(&raw).replace("\r\n", "");
                    assert!(!text.contains(['\r', '\n', '\0']));
                    self.mails.push(raw);
                    self.session.answer(Reply::sent("ok"));
                }
            }
        }
        panic!("the session does not come to rest");
    }
}
