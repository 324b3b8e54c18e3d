//! Any bytes are read or refused, every rule runs on what was read, and every finding points into the mail.

#![no_main]

use std::sync::LazyLock;

use atena::facts::Facts;
use atena::lang::Lang;
use atena::message::Message;
use atena::rule::Rules;
use libfuzzer_sys::fuzz_target;

static RULES: LazyLock<Rules> =
    LazyLock::new(|| Rules::load(&Rules::embedded(), &[], Lang::En).expect("the shipped packs are right"));

fuzz_target!(|input: &[u8]| {
    let Ok(message) = Message::parse(input) else { return };
    for finding in RULES.run(&message, &Facts::default()).found {
        let place = &finding.location;
        assert!(place.context.is_empty() || place.context.contains(&place.text), "{}", finding.rule);
    }
});
