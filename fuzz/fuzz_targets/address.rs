//! An address that is accepted can be written into a command and is read back the same, has one key, and its domain is
//! compared with any other.

#![no_main]

use std::sync::Arc;

use atena::message::Address;
use atena::people::address::person_key;
use atena::people::domain;
use atena::smtp::{Options, Reply, Session, Step};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Ok(address) = Address::parse(text) else { return };
    compare(&address);
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

fn compare(address: &Address) {
    assert_eq!(person_key(address), person_key(address));
    let of = address.domain();
    let registrable = domain::registrable(of);
    assert_eq!(domain::likeness(of, &registrable), None);
    for known in ["aoba.example", "gmail.com", "xn--wgv71a119e.example"] {
        let by_index = domain::KnownDomains::new([(known, 0)].into_iter());
        let found = by_index.like(of).first().map(|found| found.2);
        assert_eq!(found, domain::likeness(of, known), "{of} {known}");
    }
    let _ = (domain::consumer_slip(of), domain::top_level_slip(of), domain::skeleton_of_mixed(of));
    assert_eq!(domain::front_of(of, |_| false), None);
}
