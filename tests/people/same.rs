//! The store, with its indexes, says of a small world what reading all mails again would say.

use std::collections::BTreeMap;

use atena::correspondents::{Acquaintance, Field, Known, Outline, Past, SeenFile, SentFile};
use proptest::prelude::*;

use crate::{Scene, mail_of};

const SENDERS: [&str; 2] = ["ogawa@own.example", "aoki@own.example"];
const ADDRESSES: [&str; 9] = [
    "k-sato@aoba.example",
    "k-saito@aoba.example",
    "ken.sato@owada.example",
    "mia@alta.example",
    "mia.berg@alta.example",
    "miao@owada.example",
    "x@alta.example",
    "aoki@own.example",
    "stephan+list@gmail.com",
];
const NAMES: [&str; 5] = ["", "Sato Kenichi", "佐藤 健一", "Mia Berg", "Stephan"];

fn world() -> impl Strategy<Value = (Vec<Outline>, Outline)> {
    (prop::collection::vec(outline(), 0..20), outline())
}

fn outline() -> impl Strategy<Value = Outline> {
    let recipient = (0..ADDRESSES.len(), 0..NAMES.len(), prop::bool::weighted(0.8));
    // Few people and few matters, so that they meet.
    let people = prop_oneof![
        prop::collection::vec(recipient, 0..4),
        Just(vec![(0, 1, true), (1, 0, true), (3, 3, false)]),
        Just(vec![(0, 1, true), (1, 0, true)]),
    ];
    (
        0..SENDERS.len(),
        (0..30i64).prop_map(|n| n * 120),
        people,
        0..25u64,
        prop::option::of(0..3u64),
        0..25u64,
        0..4usize,
        0..3usize,
    )
        .prop_map(|(from, minutes, people, id, subject, answers, answered, greeted)| {
            let to: Vec<String> =
                people.iter().map(|(at, name, _)| format!("\"{}\" <{}>", NAMES[*name], ADDRESSES[*at])).collect();
            let to: Vec<&str> = to.iter().map(String::as_str).collect();
            let mut mail = mail_of(SENDERS[from], minutes, &to, "the roof tiles");
            for one in &mut mail.recipients {
                let (_, _, is_to) = people.iter().find(|(at, ..)| ADDRESSES[*at] == one.address).unwrap();
                one.field = if *is_to { Field::To } else { Field::Cc };
            }
            mail.id = id;
            mail.subject = subject;
            mail.answers = vec![answers];
            mail.answered = ADDRESSES.get(answered * 2).map(|&address| address.to_owned());
            mail.files = (0..id % 3).map(|n| SeenFile { name: format!("{minutes}.pdf"), hash: n }).collect();
            mail.greeted = ["sato", "mia"].iter().take(greeted).map(|&name| name.to_owned()).collect();
            mail
        })
}

/// What does not depend on how people are numbered.
fn facts(known: &Known) -> String {
    let people: BTreeMap<&str, Acquaintance> =
        known.people().iter().map(|one| (one.address.as_str(), Acquaintance { number: 0, ..one.clone() })).collect();
    let mut thread = known.thread.clone();
    thread.sort();
    let domains: BTreeMap<_, _> = known.domains.iter().collect();
    let mut missing: Vec<String> = known.missing.iter().map(|one| format!("{one:?}")).collect();
    missing.sort();
    let mut history: Vec<_> =
        known.history.mails().iter().map(|mail| (mail.at, receivers(known, mail), mail.terms.clone())).collect();
    history.sort();
    let files = |files: &[SentFile]| {
        let mut files: Vec<String> = files.iter().map(|file| format!("{file:?}")).collect();
        files.sort();
        files
    };
    let files = [files(&known.files), files(&known.newest_files)];
    format!(
        "files {files:?}\nmails {}\nacquainted {}\npeople {people:#?}\nthread {thread:?}\ndomains {domains:?}\nmissing {missing:?}\n\
         history {history:?}",
        known.mails, known.is_acquainted
    )
}

fn receivers<'a>(known: &'a Known, mail: &Past) -> Vec<&'a str> {
    let mut receivers = known.history.receivers(mail);
    receivers.sort_unstable();
    receivers
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_store_knows_what_the_mails_tell((mails, draft) in world(), batch in 1..8usize) {
        let scene = Scene::new();
        for (n, some) in mails.chunks(batch).enumerate() {
            scene.people.learn(some.to_vec()).unwrap();
            // What is kept in memory grows with what is learnt.
            let far = mails.len().min((n + 1) * batch);
            let (found, told) = (scene.people.known(&draft).unwrap(), Known::from_mails(&mails[..far], &draft));
            prop_assert_eq!(facts(&found), facts(&told));
        }
    }
}

#[test]
fn another_copy_tells_nothing_of_who_got_the_mail_already() {
    let sato = |name: &str| format!("\"{name}\" <k-sato@aoba.example>");
    let first = sato("Sato Kenichi");
    let mut mail = mail_of("ogawa@own.example", 0, &[&first, "\"Mia Berg\" <mia@alta.example>"], "the roof tiles");
    mail.id = 23;
    let second = sato("Mia Berg");
    let copy = Outline { recipients: mail_of("ogawa@own.example", 0, &[&second], "x").recipients, ..mail.clone() };
    let draft = mail_of("ogawa@own.example", 5, &["\"\" <mia@alta.example>"], "the roof tiles");
    let scene = Scene::new();
    let mails = [mail, copy];
    scene.people.learn(mails.to_vec()).unwrap();
    let (found, told) = (scene.people.known(&draft).unwrap(), Known::from_mails(&mails, &draft));
    assert_eq!(facts(&found), facts(&told));
}
