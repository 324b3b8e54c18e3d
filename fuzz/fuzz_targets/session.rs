//! A whole connection: no panic, always at rest, replies in their form, a mail only after CRLF.CRLF or BDAT LAST and
//! never with a stray CR, LF, or NUL, and the same steps when the octets come one by one or the answers late.
//!
//! The first octet of the input chooses what the listener offers, the second its limits. Behind an octet 0xFF stands
//! what the driver does at this place: see `act`.

#![no_main]

use std::sync::Arc;

use atena::smtp::{AuthOffer, Beyond, Options, Reply};
use atena_fuzz::driver::{Driver, Event, assert_well_formed};
use atena_fuzz::pieces;
use libfuzzer_sys::fuzz_target;

/// Fewer than a session keeps while it waits for an answer.
const MAX_INPUT: usize = 60_000;

fuzz_target!(|input: &[u8]| {
    let Some((&[flags, limits], bytes)) = input.split_first_chunk::<2>() else { return };
    if bytes.len() > MAX_INPUT {
        return;
    }
    let client = Client { options: options(flags, limits), tls: flags & 16 != 0, bytes };
    let whole = client.run(false, false);
    assert_eq!(client.run(true, false), whole);
    assert_eq!(client.run(true, true), whole);
    assert_well_formed(&whole);
    assert!(client.mails(&whole) <= client.ends());
});

fn options(flags: u8, limits: u8) -> Arc<Options> {
    Arc::new(Options {
        max_size: [100, 3, 20, 1_000_000][usize::from(limits & 3)],
        max_recipients: 2,
        max_line: (limits & 4 != 0).then_some(20),
        max_commands: if limits & 8 != 0 { 10 } else { 100 },
        max_errors: [20, 0, 3, 100][usize::from(limits >> 4 & 3)],
        starttls: flags & 1 != 0,
        auth: [AuthOffer::None, AuthOffer::Optional, AuthOffer::Required, AuthOffer::Optional]
            [usize::from(flags >> 1 & 3)],
        auth_in_clear: flags & 8 != 0,
        ..Options::default()
    })
}

struct Client<'a> {
    options: Arc<Options>,
    tls: bool,
    bytes: &'a [u8],
}

impl Client<'_> {
    fn run(&self, single: bool, late: bool) -> Vec<Event> {
        let mut driver = Driver::new(&self.options, self.tls, 0);
        driver.late = late;
        for (at, part) in self.bytes.split(|&byte| byte == 0xFF).enumerate() {
            let typed = match part {
                [what, typed @ ..] if at > 0 => {
                    act(&mut driver, *what);
                    typed
                }
                typed => typed,
            };
            driver.feed_each(&if single { pieces(typed, [1; 3]) } else { vec![typed] });
            driver.answer_late();
        }
        driver.events
    }

    fn mails(&self, events: &[Event]) -> usize {
        events.iter().filter(|event| matches!(event, Event::Message { .. })).count()
    }

    /// Places where a mail may end, in what is typed.
    fn ends(&self) -> usize {
        let mut typed = b"\r\n".to_vec();
        for (at, part) in self.bytes.split(|&byte| byte == 0xFF).enumerate() {
            typed.extend(part.iter().skip(usize::from(at > 0)).map(u8::to_ascii_lowercase));
        }
        let count = |end: &[u8]| typed.windows(end.len()).filter(|window| *window == end).count();
        count(b"\r\n.\r\n") + count(b"last")
    }
}

/// Digits choose the next answer, whatever is unknown does nothing.
fn act(driver: &mut Driver, what: u8) {
    match what {
        b'0'..=b'9' => driver.answers = what - b'0',
        b't' => driver.tls_started(),
        b'o' => driver.session.timed_out(),
        b's' => driver.session.shutting_down(),
        b'r' => driver.session.refuse_for_room(),
        b'n' => driver.session.set_trouble(Some(Reply::storage_full())),
        b'y' => driver.session.set_trouble(None),
        b'a' => driver.session.set_beyond(Beyond { max_size: Some(10), ascii_only: true }),
        b'b' => driver.session.set_beyond(Beyond::default()),
        _ => {}
    }
    driver.pump();
}
