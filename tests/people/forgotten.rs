//! Forgotten is gone: from every table, and from the octets of the files.

use std::fs;
use std::path::PathBuf;

use atena::correspondents::feedback::{Doubted, Fate, Notes, Pair, Trace};
use atena::correspondents::{Card, Outline, SeenFile, keys};
use atena::store::people::Mark;
use rusqlite::Connection;

use crate::{ME, Scene, about, draft, mail, mail_of};

const ADDRESS: &str = "kestrel.quill@secret-hill.example";
const NAME: &str = "Kestrel Quillfeather";
/// Whatever leads to the person.
const TRACES: [&str; 7] = ["kestrel", "quill", "secret-hill", "Quillfeather", "plumage.pdf", "Falconry", "さいえんす"];

fn full_of(scene: &Scene) {
    let to = format!("{NAME} <{ADDRESS}>");
    let mut mails: Vec<Outline> = (0..400)
        .map(|n| match n % 4 {
            0 => about(n, &[&to], "Dear Ms. Quillfeather,\n\nYour feathers.\n"),
            1 => mail(n, &[&to, &format!("other{n}@aoba.example")]),
            2 => mail_of("aoki@own.example", n, &[&to], "hello"),
            _ => mail(n, &[&format!("Name {n} <other{}@aoba.example>", n % 50)]),
        })
        .collect();
    for mail in mails.iter_mut().step_by(3) {
        mail.files = vec![SeenFile { name: "plumage.pdf".to_owned(), hash: mail.id }];
    }
    // Files of others go by the same name; these are hers alone.
    for mail in &mut mails {
        if !mail.has(ADDRESS) || mail.recipients.len() > 1 {
            mail.files.clear();
        }
    }
    for batch in mails.chunks(70) {
        scene.people.learn(batch.to_vec()).unwrap();
    }
    let card = Card {
        name: NAME.to_owned(),
        names: vec!["さいえんす".to_owned()],
        role: "Falconry".to_owned(),
        organisation: "Quill & Co".to_owned(),
        addresses: vec![ADDRESS.to_owned()],
        ..Card::default()
    };
    scene.people.enter("@own.example", vec![card.clone()]).unwrap();
    scene.people.enter(ME, vec![card]).unwrap();
    scene.people.merge(ADDRESS, "other3@aoba.example").unwrap();
    scene.people.note(vec![notes(ADDRESS, "other3@aoba.example"), notes("other5@aoba.example", ADDRESS)]).unwrap();
    scene.people.note(vec![Notes { confused: Vec::new(), ..notes(ADDRESS, "other3@aoba.example") }]).unwrap();
}

/// Everything that can be said of two addresses.
fn notes(address: &str, other: &str) -> Notes {
    let (one, two) = (address.to_owned(), other.to_owned());
    let doubted = Doubted { rule: "namesake".to_owned(), address: one.clone(), others: vec![two.clone()] };
    let trace = Trace::of(&about(1, &[address], "Dear Ms. Quillfeather,"), Vec::new(), vec![doubted.clone()]);
    Notes {
        fates: vec![("namesake".to_owned(), Fate::Released)],
        right: vec![doubted],
        confused: vec![Pair { address: one.clone(), other: two, beside: false }],
        overridden: vec![("namesake".to_owned(), one)],
        trace: Some(trace),
        taken_back: true,
        ..Notes::new(ME, crate::at(1))
    }
}

/// Cells of any table that hold one of the words.
fn rows_with(database: &Connection, words: &[&str]) -> Vec<String> {
    let mut tables =
        database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(tables.len() >= 8, "{tables:?}");
    let mut out = Vec::new();
    for table in tables {
        let mut all = database.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = all.column_count();
        let mut rows = all.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                let cell = format!("{:?}", row.get_ref(column).unwrap());
                let octets = match row.get_ref(column).unwrap() {
                    rusqlite::types::ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                    _ => cell,
                };
                if words.iter().any(|word| octets.contains(word)) {
                    out.push(format!("{table}: {octets}"));
                }
            }
        }
    }
    out
}

/// Database, log and its index.
fn files(scene: &Scene) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(scene.directory.path()).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.is_file()).map(|path| (path.clone(), fs::read(path).unwrap()));
    files.collect()
}

fn holds(octets: &[u8], word: &str) -> bool {
    octets.windows(word.len()).any(|window| window == word.as_bytes())
}

#[test]
fn nothing_leads_to_a_person_who_was_forgotten() {
    let scene = Scene::new();
    full_of(&scene);
    let number = scene.people.known(&draft(&[ADDRESS])).unwrap().of(ADDRESS).unwrap().number;
    assert!(!rows_with(&scene.database(), &TRACES).is_empty());
    assert!(files(&scene).iter().any(|(_, octets)| holds(octets, "kestrel")), "the search finds what is there");
    assert_eq!(scene.people.forget(&ADDRESS.to_uppercase()).unwrap(), 3);

    assert_eq!(rows_with(&scene.database(), &TRACES), Vec::<String>::new());
    let count = |sql: &str, of: i64| scene.database().query_row(sql, [of], |row| row.get::<_, i64>(0)).unwrap();
    for table in ["likeness", "greeting", "file"] {
        assert_eq!(count(&format!("SELECT count(*) FROM {table} WHERE correspondent = ?1"), number), 0, "{table}");
    }
    for key in keys(ADDRESS, NAME) {
        let left = count("SELECT count(*) FROM likeness WHERE key = ?1", key.cast_signed());
        let others = scene.people.list("", 1_000).unwrap();
        let shared = others.iter().any(|one| keys(&one.address, &one.name).contains(&key));
        assert!(left == 0 || shared, "a key that only she has");
    }
    // The log is emptied at once: whoever looks at the files finds nothing, though the store is still open.
    for (path, octets) in files(&scene) {
        for word in TRACES {
            assert!(!holds(&octets, word), "{word} is in {}", path.display());
        }
    }
}

#[test]
fn what_is_left_is_counted_right() {
    let scene = Scene::new();
    scene.people.learn(vec![mail(1, &["a@aoba.example"]), mail(2, &["a@aoba.example", "b@aoba.example"])]).unwrap();
    assert_eq!(scene.people.forget("a@aoba.example").unwrap(), 1);
    let known = scene.people.known(&draft(&["b@aoba.example", "a@aoba.example"])).unwrap();
    assert_eq!((known.mails, known.domains["aoba.example"]), (1, (1, 1)));
    assert!(known.of("a@aoba.example").is_none() && known.of("b@aoba.example").is_some());
    assert_eq!((scene.count("learnt"), scene.count("recent")), (1, 1));
    assert_eq!(scene.people.forget("a@aoba.example").unwrap(), 0);
    // Written to again, it is a first contact.
    scene.people.learn(vec![mail(3, &["a@aoba.example"])]).unwrap();
    assert_eq!(scene.people.show("a@aoba.example").unwrap()[0].about.sent, 1);
}

#[test]
fn a_sender_is_forgotten_with_what_it_learnt() {
    let scene = Scene::new();
    let theirs = |n: i64| mail_of("aoki@own.example", n, &["x@alta.example"], "");
    scene.people.learn(vec![theirs(1), theirs(2), mail(3, &["aoki@own.example", "y@alta.example"])]).unwrap();
    let mark = Mark { source: "Aoki@own.example@mail.own.example/Sent".to_owned(), validity: 1, last: 9 };
    scene.people.learn_up_to(vec![theirs(4)], mark.clone()).unwrap();
    assert_eq!(scene.people.forget("Aoki@own.example").unwrap(), 2);
    assert_eq!(scene.people.mark(&mark.source).unwrap(), None, "the folder may be read again");
    assert_eq!(rows_with(&scene.database(), &["aoki", "x@alta"]), Vec::<String>::new());
    assert_eq!(scene.people.senders().unwrap(), [(ME.to_owned(), 1)]);
}

#[test]
fn everything_can_be_forgotten_at_once() {
    let scene = Scene::new();
    full_of(&scene);
    scene.people.forget_all().unwrap();
    for table in [
        "sender",
        "correspondent",
        "domain",
        "likeness",
        "learnt",
        "recent",
        "greeting",
        "file",
        "said_right",
        "confused",
        "taken_back",
        "overridden",
    ] {
        assert_eq!(scene.count(table), 0, "{table}");
    }
    for (path, octets) in files(&scene) {
        for word in ["kestrel", "aoba.example", "ogawa", "plumage"] {
            assert!(!holds(&octets, word), "{word} is in {}", path.display());
        }
    }
    assert_eq!(scene.people.learn(vec![mail(1, &["a@aoba.example"])]).unwrap().new, 1);
}

#[test]
fn a_mail_whose_numbers_only_look_alike_is_left_alone() {
    let scene = Scene::new();
    // 1 and 256 in a row: the octets of 1 stand across the border of two numbers too.
    let many: Vec<String> = (0..260).map(|n| format!("p{n}@aoba.example")).collect();
    scene.people.learn(many.iter().enumerate().map(|(n, one)| mail(n as i64, &[one])).collect()).unwrap();
    let before = scene.count("learnt");
    scene.people.learn(vec![mail(900, &["p254@aoba.example", "p255@aoba.example", "p256@aoba.example"])]).unwrap();
    assert_eq!(scene.people.forget("p0@aoba.example").unwrap(), 1);
    assert_eq!(scene.count("learnt"), before);
    assert_eq!(scene.people.show("p255@aoba.example").unwrap()[0].about.sent, 2);
}
