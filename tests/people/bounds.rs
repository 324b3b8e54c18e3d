//! Whatever a mail or a card says, what is kept of it is small.

use atena::correspondents::{Card, Outline, SeenFile};

use crate::{ME, Scene, about, draft, mail};

#[test]
fn circulars_long_names_and_many_files_are_kept_short() {
    let scene = Scene::new();
    let name = "宛".repeat(10_000);
    let to: Vec<String> = (0..500).map(|n| format!("\"{name}{n}\" <p{n}@aoba.example>")).collect();
    let to: Vec<&str> = to.iter().map(String::as_str).collect();
    let mut circular = about(1, &to, &"word ".repeat(100_000));
    circular.files = (0..500).map(|n| SeenFile { name: format!("{n}{}", "x".repeat(10_000)), hash: n }).collect();
    circular.greeted = vec![name.clone()];
    let mut single = mail(2, &[&format!("{name} <a@aoba.example>")]);
    single.greeted = vec![name.clone()];
    scene.people.learn(vec![circular, single]).unwrap();
    let size = std::fs::metadata(scene.store.path()).unwrap().len()
        + std::fs::metadata(scene.directory.path().join("atena.db-wal")).unwrap().len();
    assert!(size < 4_000_000, "{size} octets");
    assert_eq!(scene.count("correspondent"), 201);
    let known = scene.people.known(&draft(&to)).unwrap();
    assert!(known.people().len() <= 200 && known.people().iter().all(|one| one.name.len() <= 256));
    let a = &scene.people.show("a@aoba.example").unwrap()[0];
    assert!(a.greeted[0].0.len() <= 256 && a.about.name.starts_with('宛'));
}

#[test]
fn cards_are_kept_short_too() {
    let scene = Scene::new();
    let long = "読".repeat(100_000);
    let card = Card {
        name: long.clone(),
        names: vec![long.clone(); 1_000],
        role: long.clone(),
        organisation: long,
        addresses: vec!["a@aoba.example".to_owned()],
        ..Card::default()
    };
    scene.people.enter(ME, vec![card]).unwrap();
    let a = scene.people.show("a@aoba.example").unwrap().remove(0).about;
    assert!(a.name.len() <= 256 && a.names.len() <= 8 && a.role.len() <= 256 && a.organisation.len() <= 256);
}

#[test]
fn addresses_longer_than_any_are_nobodys() {
    let long = format!("{}@aoba.example", "a".repeat(1_000));
    assert!(mail(1, &[&long, "b@aoba.example"]).recipients.iter().all(|one| one.address == "b@aoba.example"));
}

#[test]
fn of_thousands_of_one_name_a_few_are_looked_at() {
    let scene = Scene::new();
    let to = |n: i64| format!("Sato Kenichi <sato{n}@d{n}.example>");
    for from in (0..6_000).step_by(2_000) {
        scene.people.learn((from..from + 2_000).map(|n| mail(n, &[&to(n)])).collect()).unwrap();
    }
    let mail = Outline { subject: Some(1), ..draft(&["Sato Kenichi <sato@new.example>"]) };
    assert!(scene.people.known(&mail).unwrap().people().len() <= 100);
}
