//! An address that is accepted can be written into a command and is read back the same.

#![no_main]

use std::sync::Arc;

use atena::message::Address;
use atena::smtp::{Options, Reply, Session, Step};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Ok(address) = Address::parse(text) else { return };
    let mut session = Session::new(Arc::new(Options::default()), false);
    session.input(format!("EHLO x\r\nMAIL FROM:<> SMTPUTF8\r\nRCPT TO:<{address}>\r\nDATA\r\n.\r\n").as_bytes());
    for _ in 0..20 {
        if let Step::Message { envelope, .. } = session.step() {
            assert_eq!(envelope.recipients, [address]);
            session.answer(Reply::held("1"));
            return;
        }
    }
    panic!("refused on the wire");
});
