//! What is known for one mail.

use atena::correspondents::{Card, Known, Outline};

use crate::{ME, Scene, about, draft, mail, mail_of};

fn known(scene: &Scene, to: &[&str]) -> Known {
    scene.people.known(&draft(to)).unwrap()
}

#[test]
fn of_nobody_nothing_is_known() {
    let scene = Scene::new();
    let nothing = known(&scene, &["a@aoba.example"]);
    assert!(nothing.people().is_empty() && nothing.mails == 0 && !nothing.is_acquainted);
}

#[test]
fn recipients_and_everybody_they_can_be_taken_for() {
    let scene = Scene::new();
    let people = [
        "Mia Berg <m.berg@alta.example>",
        "斎藤 和子 <k-saito@aoba.example>",
        "Karin Holt <sales1@alta.example>",
        "鈴木一郎 <x1@alta.example>",
        "shimizu@alta.example",
        "stephanie@alta.example",
        "peter@nowhere.example",
    ];
    scene.people.learn(people.iter().enumerate().map(|(n, one)| mail(n as i64, &[one])).collect()).unwrap();
    for (recipient, neighbour) in [
        ("Nils Berg <nils@owada.example>", "m.berg@alta.example"),
        ("佐藤 健一 <k-sato@aoba.example>", "k-saito@aoba.example"),
        ("\"Holt, Karin\" <kh@owada.example>", "sales1@alta.example"),
        ("鈴木 二郎 <y2@owada.example>", "x1@alta.example"),
        ("shimizu@owada.example", "shimizu@alta.example"),
        ("stephany@alta.example", "stephanie@alta.example"),
    ] {
        let found = known(&scene, &[recipient]);
        let addresses: Vec<&str> = found.people().iter().map(|one| one.address.as_str()).collect();
        assert_eq!(addresses, [neighbour], "{recipient}");
    }
    let both = known(&scene, &["m.berg@alta.example", "peter@nowhere.example"]);
    assert!(both.of("m.berg@alta.example").is_some() && both.of("peter@nowhere.example").is_some());
    assert!(!both.is_acquainted && both.mails == 7, "seven mails tell of no habits");
}

#[test]
fn the_thread_is_found_by_its_subject_and_by_the_mail_it_answers() {
    let scene = Scene::new();
    let of = |n: i64, id: u64, subject: Option<u64>, to: &[&str]| Outline { id, subject, ..mail(n, to) };
    let mails = vec![
        of(1, 11, Some(5), &["a@aoba.example", "b@aoba.example"]),
        of(2, 12, Some(6), &["c@aoba.example"]),
        of(3, 13, None, &["d@aoba.example"]),
    ];
    scene.people.learn(mails).unwrap();
    let thread = |subject: Option<u64>, answers: &[u64]| {
        let mail = Outline { subject, answers: answers.to_vec(), ..draft(&["x@aoba.example"]) };
        let mut thread = scene.people.known(&mail).unwrap().thread;
        thread.sort();
        thread
    };
    assert_eq!(thread(Some(5), &[]), ["a@aoba.example", "b@aoba.example"]);
    assert_eq!(thread(None, &[99, 12]), ["c@aoba.example"]);
    assert_eq!(thread(Some(5), &[13]), ["a@aoba.example", "b@aoba.example", "d@aoba.example"]);
    assert!(thread(None, &[]).is_empty() && thread(Some(7), &[7]).is_empty());
}

#[test]
fn whoever_always_comes_along_is_missed() {
    let scene = Scene::new();
    let team = ["a@aoba.example", "b@aoba.example", "Boss <boss@aoba.example>"];
    scene.people.learn((0..6).map(|n| mail(n, &team)).collect()).unwrap();
    let missing = known(&scene, &["a@aoba.example", "b@aoba.example"]).missing;
    assert_eq!(missing.len(), 1);
    assert_eq!((missing[0].address.as_str(), missing[0].name.as_str()), ("boss@aoba.example", "Boss"));
    assert_eq!((missing[0].together, missing[0].of), (6, 6));
    assert!(known(&scene, &team).missing.is_empty());
    assert!(known(&scene, &["a@aoba.example", "stranger@aoba.example"]).missing.is_empty());
}

#[test]
fn what_the_house_knows_its_people_know() {
    let scene = Scene::new();
    let card = |address: &str| Card {
        addresses: vec![address.to_owned()],
        name: "Shop".to_owned(),
        sent: 10,
        ..Card::default()
    };
    let cards = (0..5).map(|n| card(&format!("shop{n}@alta.example"))).collect();
    assert_eq!(scene.people.enter("@Own.example", cards).unwrap(), 5);
    let found = known(&scene, &["shop1@alta.example"]);
    let shop = found.of("shop1@alta.example").unwrap();
    assert!(shop.of_house && shop.listed && shop.sent == 10);
    assert!(found.is_acquainted && found.people().len() == 5, "and those it can be taken for");
    // One's own knowledge goes before that of the house.
    scene.people.learn(vec![mail(1, &["shop1@alta.example"])]).unwrap();
    let found = known(&scene, &["shop1@alta.example"]);
    assert!(!found.of("shop1@alta.example").unwrap().of_house);
    let stranger = Outline { sender: "x@other.example".to_owned(), ..draft(&["shop1@alta.example"]) };
    assert!(scene.people.known(&stranger).unwrap().people().is_empty());
}

#[test]
fn greetings_come_most_frequent_first() {
    let scene = Scene::new();
    let greet = |n: i64, name: &str| about(n, &["k@aoba.example"], &format!("Dear {name},\n\nhello\n"));
    scene.people.learn(vec![greet(1, "Ken"), greet(2, "Mr. Sato"), greet(3, "Mr. Sato")]).unwrap();
    assert_eq!(known(&scene, &["k@aoba.example"]).of("k@aoba.example").unwrap().greeted, ["sato", "ken"]);
}

#[test]
fn a_store_that_is_only_looked_at_tells_the_same_and_learns_nothing() {
    let scene = Scene::new();
    scene.people.learn(vec![mail_of(ME, 1, &["a@aoba.example"], "")]).unwrap();
    let looked = atena::store::People::look(scene.directory.path()).unwrap().unwrap();
    assert_eq!(looked.known(&draft(&["a@aoba.example"])).unwrap().mails, 1);
    assert!(looked.learn(vec![mail(2, &["b@aoba.example"])]).is_err());
    let empty = tempfile::tempdir().unwrap();
    assert!(atena::store::People::look(empty.path()).unwrap().is_none());
}
