//! Any name is compared with any recipient; what is called misspelt fits.
//!
//! The input has three lines: the name in the text, the name beside the address, the address.

#![no_main]

use atena::message::{Address, Mailbox};
use atena::people::name::{Agreement, agreement, fold, misspelling, surname_at_end};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let [named, display, address] = text.splitn(3, '\n').collect::<Vec<_>>()[..] else { return };
    let Ok(address) = Address::parse(address) else { return };
    let mailbox = Mailbox { name: display.to_owned(), address };
    let found = agreement(named, &mailbox);
    assert!(misspelling(named, &mailbox).is_none() || found >= Agreement::Misspelt);
    assert!(surname_at_end(named).is_none_or(|surname| named.ends_with(surname)));
    let folded = fold(named);
    assert!(folded.len() <= named.len() * 20 + 16);
});
