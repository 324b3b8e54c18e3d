//! The newest mails, kept in memory, are those of the database whatever happened to it meanwhile.

use atena::correspondents::{Known, Outline, Past, REMEMBERED};
use atena::store::People;

use crate::{Scene, about, draft, mail, mail_of};

/// What a process that has never looked reads, beside what this one has in memory.
#[track_caller]
fn is_right(scene: &Scene) -> Known {
    let fresh = People::look(scene.directory.path()).unwrap().unwrap();
    let mail = draft(&["a@aoba.example", "b@aoba.example"]);
    let (kept, read) = (scene.people.known(&mail).unwrap(), fresh.known(&mail).unwrap());
    assert_eq!(newest(&kept), newest(&read));
    let missing = |known: &Known| known.missing.iter().map(|one| one.address.clone()).collect::<Vec<_>>();
    assert_eq!(missing(&kept), missing(&read));
    kept
}

/// More may be kept than is asked for.
fn newest(known: &Known) -> Vec<Past> {
    let mails = known.history.mails();
    mails[mails.len().saturating_sub(REMEMBERED)..].to_vec()
}

fn team(from: i64, count: i64) -> Vec<Outline> {
    (from..from + count).map(|n| mail(n, &["a@aoba.example", "b@aoba.example", "c@aoba.example"])).collect()
}

#[test]
fn newer_older_and_mixed_mails_are_all_seen() {
    let scene = Scene::new();
    scene.people.learn(team(100, 3)).unwrap();
    assert_eq!(is_right(&scene).history.len(), 3);
    scene.people.learn(team(200, 4)).unwrap();
    let known = is_right(&scene);
    assert_eq!((known.history.len(), known.missing.len()), (7, 1));
    scene.people.learn(team(10, 2)).unwrap();
    assert_eq!(is_right(&scene).history.mails()[0].at, crate::at(10).as_millisecond());
    scene.people.learn([team(20, 1), team(300, 1)].concat()).unwrap();
    scene.people.learn(vec![about(300, &["a@aoba.example"], "the same moment")]).unwrap();
    assert_eq!(is_right(&scene).history.len(), 12);
}

#[test]
fn the_oldest_words_go_when_there_are_too_many() {
    let scene = Scene::new();
    scene.people.learn(team(0, 1_990)).unwrap();
    assert_eq!(is_right(&scene).history.len(), 1_990);
    scene.people.learn(team(2_000, 200)).unwrap();
    is_right(&scene);
    assert_eq!(scene.count("recent"), REMEMBERED as i64);
    assert_eq!(scene.count("learnt"), 2_190);
    scene.people.learn(team(-500, 300)).unwrap();
    assert_eq!(scene.count("recent"), REMEMBERED as i64, "older ones are not kept at all");
    scene.people.learn(team(3_000, 600)).unwrap();
    assert_eq!(newest(&is_right(&scene))[0].at, crate::at(790).as_millisecond());
}

#[test]
fn what_was_forgotten_is_in_nobodys_memory() {
    let scene = Scene::new();
    scene.people.learn(team(0, 8)).unwrap();
    assert_eq!(is_right(&scene).missing[0].address, "c@aoba.example");
    scene.people.forget("c@aoba.example").unwrap();
    // Its number must not become that of the next stranger.
    scene.people.learn(vec![mail(50, &["new@aoba.example"])]).unwrap();
    assert!(is_right(&scene).missing.is_empty());
    // One mail fewer and one more are not the same mails.
    scene.people.forget("new@aoba.example").unwrap();
    scene.people.learn(vec![mail(60, &["a@aoba.example", "d@aoba.example"])]).unwrap();
    is_right(&scene);
}

#[test]
fn after_everything_was_forgotten_nobody_gets_the_memory_of_another() {
    let scene = Scene::new();
    scene.people.learn(team(0, 8)).unwrap();
    assert_eq!(is_right(&scene).mails, 8);
    // Another process forgets, and somebody else writes as many mails.
    let other = atena::store::Store::open(scene.directory.path()).unwrap().people();
    other.forget_all().unwrap();
    let mails = (0..8).map(|n| mail_of("aoki@own.example", n, &["x@alta.example"], "")).collect();
    other.learn(mails).unwrap();
    let theirs = Outline { sender: "aoki@own.example".to_owned(), ..draft(&["x@alta.example"]) };
    let known = scene.people.known(&theirs).unwrap();
    assert_eq!(known.history.to(known.of("x@alta.example").unwrap().number).len(), 8);
    assert_eq!(scene.people.known(&draft(&["a@aoba.example"])).unwrap().mails, 0);
}
