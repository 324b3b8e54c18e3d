//! What learning writes down, once.

use atena::correspondents::{Card, Outline, SeenFile};
use atena::store::StoreError;
use atena::store::people::{Learnt, Listed};

use crate::{ME, Scene, about, at, copies, mail, mail_of};

fn one(scene: &Scene, address: &str) -> Listed {
    scene.people.show(address).unwrap().remove(0).about
}

#[test]
fn people_are_counted_with_first_last_and_their_newest_name() {
    let scene = Scene::new();
    let mails = vec![
        mail(10, &["Sato Kenichi <k-sato@aoba.example>", "b@aoba.example"]),
        mail(30, &["佐藤 健一 <K-SATO@aoba.example>"]),
        mail(20, &["Ken <k-sato@aoba.example>"]),
        mail(40, &["k-sato@aoba.example"]),
    ];
    assert_eq!(scene.people.learn(mails).unwrap(), Learnt { new: 4, skipped: 0 });
    let sato = one(&scene, "K-Sato@Aoba.example");
    assert_eq!((sato.sent, sato.received, sato.first, sato.last), (4, 0, Some(at(10)), Some(at(40))));
    assert_eq!((sato.name.as_str(), sato.sender.as_str(), sato.listed), ("佐藤 健一", ME, false));
    assert_eq!(one(&scene, "b@aoba.example").sent, 1);
    assert_eq!(scene.people.senders().unwrap(), [(ME.to_owned(), 4)]);
}

#[test]
fn an_older_mail_read_later_takes_no_name_away() {
    let scene = Scene::new();
    scene.people.learn(vec![mail(50, &["Mia Holt <mia@alta.example>"])]).unwrap();
    scene.people.learn(vec![mail(10, &["Mia Berg <mia@alta.example>"])]).unwrap();
    scene.people.learn(vec![mail(60, &["mia@alta.example"])]).unwrap();
    let mia = one(&scene, "mia@alta.example");
    assert_eq!((mia.name.as_str(), mia.sent, mia.first), ("Mia Holt", 3, Some(at(10))));
    // Whoever writes her former name still finds her.
    let known = scene.people.known(&crate::draft(&["x@owada.example", "Nils Berg <n.b@owada.example>"])).unwrap();
    assert!(known.of("mia@alta.example").is_some());
}

#[test]
fn answers_greetings_files_and_domains_are_kept() {
    let scene = Scene::new();
    let text = "Dear Mr. Sato,\n\nHere is the list.\n";
    let mut with_file = about(1, &["k-sato@aoba.example"], text);
    with_file.files = vec![SeenFile { name: "list.pdf".to_owned(), hash: 7 }];
    with_file.answered = Some("k-sato@aoba.example".to_owned());
    let mails = vec![
        with_file,
        about(2, &["k-sato@aoba.example", "b@aoba.example"], text),
        about(3, &["k-sato@aoba.example"], "Dear Ken,\n\nSee you.\n"),
        copies(about(4, &["k-sato@aoba.example"], text)),
        about(5, &["k-sato@aoba.example"], text),
    ];
    scene.people.learn(mails).unwrap();
    let profile = scene.people.show("k-sato@aoba.example").unwrap().remove(0);
    assert_eq!(profile.about.received, 1);
    assert_eq!(profile.greeted, [("sato".to_owned(), 2), ("ken".to_owned(), 1)], "not of two, not of a copy");
    assert_eq!(profile.files, [("list.pdf".to_owned(), at(1))]);
    let known = scene.people.known(&crate::draft(&["new@aoba.example"])).unwrap();
    assert_eq!(known.domains["aoba.example"], (6, 2));
}

#[test]
fn a_mail_learnt_twice_changes_nothing() {
    let scene = Scene::new();
    let mails = vec![mail(1, &["Sato <a@aoba.example>"]), mail(2, &["b@aoba.example"])];
    scene.people.learn(mails.clone()).unwrap();
    let before = dump(&scene);
    assert_eq!(scene.people.learn(mails.clone()).unwrap(), Learnt { new: 0, skipped: 2 });
    assert_eq!(scene.people.learn([mails.clone(), mails].concat()).unwrap(), Learnt { new: 0, skipped: 4 });
    assert_eq!(dump(&scene), before);
    let twice = mail(3, &["c@aoba.example"]);
    assert_eq!(scene.people.learn(vec![twice.clone(), twice]).unwrap(), Learnt { new: 1, skipped: 1 });
    assert_eq!(one(&scene, "c@aoba.example").sent, 1);
}

#[test]
fn programs_that_give_every_mail_the_same_id_are_learnt_from() {
    let scene = Scene::new();
    let same = |minutes: i64, subject: u64| Outline {
        id: 1,
        subject: Some(subject),
        ..mail(minutes, &[&format!("p{subject}@aoba.example")])
    };
    let mails = vec![same(1, 1), same(2, 2), same(3, 3), same(2, 2)];
    assert_eq!(scene.people.learn(mails.clone()).unwrap(), Learnt { new: 3, skipped: 1 });
    assert_eq!(scene.people.learn(mails).unwrap(), Learnt { new: 0, skipped: 4 });
}

#[test]
fn copies_of_one_mail_teach_all_who_got_one() {
    let scene = Scene::new();
    let copy = |to: &str| Outline { id: 1, subject: Some(7), ..mail(1, &[to]) };
    let people = ["a@aoba.example", "b@aoba.example", "c@alta.example"];
    assert_eq!(scene.people.learn(vec![copy(people[0])]).unwrap(), Learnt { new: 1, skipped: 0 });
    let draft = crate::draft(&people);
    assert_eq!(scene.people.known(&draft).unwrap().history.mails()[0].recipients.len(), 1);
    // A later copy, by the clock of whoever sends it, is the same mail.
    let late = Outline { at: Some(at(9)), ..copy(people[2]) };
    assert_eq!(
        scene.people.learn(vec![copy(people[1]), copy(people[0]), late]).unwrap(),
        Learnt { new: 2, skipped: 1 }
    );
    let known = scene.people.known(&draft).unwrap();
    assert_eq!((known.mails, known.history.len(), known.history.mails()[0].recipients.len()), (1, 1, 3));
    assert_eq!(known.domains["aoba.example"], (2, 2));
    for one in people {
        let known = known.of(one).unwrap();
        assert_eq!((known.sent, known.last), (1, Some(at(1))), "{one}");
    }
    let before = dump(&scene);
    assert_eq!(scene.people.learn(people.map(copy).to_vec()).unwrap(), Learnt { new: 0, skipped: 3 });
    assert_eq!(dump(&scene), before);
}

#[test]
fn what_tells_nothing_is_left_out() {
    let scene = Scene::new();
    let undated = Outline { at: None, ..mail(1, &["a@aoba.example"]) };
    let mails = vec![undated, mail(2, &[]), mail(3, &[ME])];
    assert_eq!(scene.people.learn(mails).unwrap(), Learnt { new: 0, skipped: 3 });
    assert_eq!(scene.count("correspondent"), 0);
}

#[test]
fn a_batch_is_learnt_whole_or_not_at_all() {
    let scene = Scene::new();
    scene.people.learn(vec![mail(1, &["a@aoba.example"])]).unwrap();
    let before = dump(&scene);
    scene
        .database()
        .execute_batch(
            "CREATE TRIGGER fault BEFORE INSERT ON correspondent WHEN NEW.address LIKE 'bad%' \
             BEGIN SELECT RAISE(ABORT, 'no'); END",
        )
        .unwrap();
    let mails = || vec![mail(2, &["b@aoba.example"]), mail(3, &["a@aoba.example", "bad@aoba.example"])];
    assert!(matches!(scene.people.learn(mails()), Err(StoreError::Failed { .. })));
    assert_eq!(dump(&scene), before);
    scene.database().execute_batch("DROP TRIGGER fault").unwrap();
    assert_eq!(scene.people.learn(mails()).unwrap().new, 2);
}

#[test]
fn each_sender_learns_alone_and_hears_of_colleagues() {
    let scene = Scene::new();
    let colleague = |n: i64| mail_of("aoki@own.example", n, &["a@aoba.example"], "");
    scene.people.learn((0..3).map(colleague).chain([mail(9, &["b@aoba.example"])]).collect()).unwrap();
    let known = scene.people.known(&crate::draft(&["a@aoba.example", "b@aoba.example"])).unwrap();
    let a = known.of("a@aoba.example").unwrap();
    assert_eq!((a.sent, a.colleagues), (0, 3), "somebody else's, and no stranger");
    scene.people.learn(vec![mail(10, &["a@aoba.example"])]).unwrap();
    let known = scene.people.known(&crate::draft(&["a@aoba.example"])).unwrap();
    let a = known.of("a@aoba.example").unwrap();
    assert_eq!((a.sent, a.colleagues), (1, 3));
}

#[test]
fn cards_are_entered_and_counts_never_shrink() {
    let scene = Scene::new();
    scene.people.learn((0..3).map(|n| mail(n, &["Ken <a@aoba.example>"])).collect()).unwrap();
    let card = |name: &str, sent: u32, addresses: &[&str]| Card {
        name: name.to_owned(),
        names: vec!["さとう".to_owned()],
        role: "Sales".to_owned(),
        organisation: "Aoba".to_owned(),
        addresses: addresses.iter().map(|&address| address.to_owned()).collect(),
        sent,
        first: Some(at(-100)),
        ..Card::default()
    };
    let cards = vec![card("佐藤", 1, &["A@aoba.example", "sato@home.example"]), card("", 0, &["z@aoba.example"])];
    assert_eq!(scene.people.enter("OGAWA@own.example", cards).unwrap(), 2);
    let a = one(&scene, "a@aoba.example");
    assert_eq!(
        (a.name.as_str(), a.sent, a.listed, a.role.as_str()),
        ("Ken", 3, true, "Sales"),
        "mails show the newer name"
    );
    assert_eq!((a.first, a.last, a.names), (Some(at(-100)), Some(at(2)), vec!["さとう".to_owned()]));
    assert_eq!(one(&scene, "sato@home.example").name, "佐藤");
    assert_eq!(scene.people.show("a@aoba.example").unwrap()[0].also, ["sato@home.example"]);
    // An emptier card takes nothing away, a fuller one adds.
    let empty = Card { addresses: vec!["a@aoba.example".to_owned()], ..Card::default() };
    assert_eq!(scene.people.enter(ME, vec![empty, card("Zoe", 9, &["z@aoba.example"])]).unwrap(), 0);
    assert_eq!((one(&scene, "a@aoba.example").role.as_str(), one(&scene, "a@aoba.example").sent), ("Sales", 3));
    assert_eq!((one(&scene, "z@aoba.example").name.as_str(), one(&scene, "z@aoba.example").sent), ("Zoe", 9));
    // The name of a mail is the newer one, however old the mail.
    scene.people.learn(vec![mail(-500, &["Zoë Lind <z@aoba.example>"])]).unwrap();
    assert_eq!(one(&scene, "z@aoba.example").name, "Zoë Lind");
}

#[test]
fn counts_that_no_number_holds_stay_readable() {
    let scene = Scene::new();
    let card = |of: u32| {
        let addresses = vec!["a@aoba.example".to_owned()];
        vec![Card { addresses, sent: of, received: of, ..Card::default() }]
    };
    scene.people.enter(ME, card(u32::MAX)).unwrap();
    scene.people.enter("x@own.example", card(u32::MAX)).unwrap();
    scene.people.enter("y@own.example", card(u32::MAX)).unwrap();
    scene.people.learn(vec![mail(1, &["a@aoba.example"])]).unwrap();
    let known = scene.people.known(&crate::draft(&["a@aoba.example"])).unwrap();
    let a = known.of("a@aoba.example").unwrap();
    assert_eq!((a.sent, a.colleagues), (u32::MAX, u32::MAX));
    assert_eq!(scene.people.list("", 10).unwrap().len(), 3);
}

#[test]
fn addresses_of_one_person_are_joined_step_by_step() {
    let scene = Scene::new();
    let names = ["a", "b", "c", "d", "e"].map(|name| format!("{name}@aoba.example"));
    scene.people.learn(vec![mail(1, &names.each_ref().map(String::as_str))]).unwrap();
    let also = |name: &str| scene.people.show(name).unwrap().remove(0).also;
    assert_eq!(scene.people.merge(&names[3], &names[2]).unwrap(), 1);
    assert_eq!(scene.people.merge(&names[1], &names[0].to_uppercase()).unwrap(), 1);
    assert_eq!(also(&names[0]), [names[1].clone()]);
    assert_eq!(scene.people.merge(&names[0], &names[3]).unwrap(), 1);
    assert_eq!(also(&names[1]), [names[0].clone(), names[2].clone(), names[3].clone()]);
    assert!(also(&names[4]).is_empty());
    let known = scene.people.known(&crate::draft(&names.each_ref().map(String::as_str))).unwrap();
    let persons: Vec<i64> = names.iter().map(|name| known.of(name).unwrap().person).collect();
    assert!(persons[0] > 0 && persons[..4].iter().all(|one| *one == persons[0]) && persons[4] == 0, "{persons:?}");
    assert_eq!(scene.people.merge(&names[0], "nobody@aoba.example").unwrap(), 0);
}

#[test]
fn one_of_two_joined_addresses_that_is_forgotten_leaves_the_other_alone() {
    let scene = Scene::new();
    scene.people.learn(vec![mail(1, &["a@aoba.example", "b@aoba.example", "c@aoba.example"])]).unwrap();
    scene.people.merge("a@aoba.example", "b@aoba.example").unwrap();
    scene.people.forget("a@aoba.example").unwrap();
    scene.people.learn(vec![mail(2, &["new@aoba.example"])]).unwrap();
    scene.people.merge("new@aoba.example", "c@aoba.example").unwrap();
    assert!(scene.people.show("b@aoba.example").unwrap()[0].also.is_empty());
    assert_eq!(scene.people.show("c@aoba.example").unwrap()[0].also, ["new@aoba.example"]);
}

/// All rows of all tables about people.
fn dump(scene: &Scene) -> Vec<String> {
    let database = scene.database();
    let mut out = Vec::new();
    for table in ["sender", "correspondent", "domain", "likeness", "learnt", "recent", "greeting", "file"] {
        let mut rows = database.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let cells: Vec<String> = (0..columns).map(|n| format!("{:?}", row.get_ref(n).unwrap())).collect();
            out.push(format!("{table}: {}", cells.join(" ")));
        }
    }
    out
}
