//! What is exported, forgotten and imported again is the same, in every table.

use std::collections::BTreeSet;

use rusqlite::Connection;

use crate::terminal::Scratch;

fn ok(scratch: &Scratch, line: &str) -> String {
    let output = scratch.run(&line.replace("atena", "atena --config atena.toml --data-dir data"));
    assert!(output.status.success(), "{line}: {}", scratch.text(&output.stderr));
    scratch.text(&output.stdout)
}

const PEOPLE: [&str; 5] = [
    "Sato Kenichi <k-sato@aoba.example>",
    "b@aoba.example",
    "Mia Berg <mia@alta.example>",
    "m@berg.example",
    "x@owada.example",
];

/// A scratch directory that has learnt from mails of every kind, and from an address book.
fn full() -> Scratch {
    let scratch = Scratch::new();
    let folder = scratch.path().join("mails");
    std::fs::create_dir(&folder).unwrap();
    for n in 0..70 {
        let (to, other) = (PEOPLE[n % 4], PEOPLE[(n * n + 1) % 4]);
        // A former name is still what completion offers her under.
        let to = if n < 10 { to.replace("Mia Berg", "Mia Holt") } else { to.to_owned() };
        let mail = format!(
            "From: Mai <ogawa@own.example>\nTo: {to}\nCc: {other}\nBcc: {}\nDate: Wed, {} Sep 2026 {:02}:00:00 +0900\n\
             Message-ID: <{n}@own.example>\nSubject: News {}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n\
             --x\n\nDear Mr. Sato,\n\nthe list {n} of roof tiles.\n--x\nContent-Type: application/pdf\n\
             Content-Disposition: attachment; filename=\"list {}.pdf\"\n\nfile {}\n--x--\n",
            PEOPLE[4],
            n % 28 + 1,
            n % 24,
            n % 9,
            n % 5,
            n % 5,
        );
        std::fs::write(folder.join(format!("{n}.eml")), mail).unwrap();
    }
    let book = "BEGIN:VCARD\nVERSION:3.0\nFN:Mia Berg\nN:Berg;Mia;;;\nORG:Alta\nTITLE:Head\nEMAIL:mia@alta.example\n\
                EMAIL:mia@home.example\nEND:VCARD\n\
                BEGIN:VCARD\nVERSION:3.0\nFN:Sato\nORG:青葉精機\nEMAIL:k-sato@aoba.example\nEND:VCARD\n";
    std::fs::write(scratch.path().join("book.vcf"), book).unwrap();
    std::fs::write(scratch.path().join("atena.toml"), "").unwrap();
    ok(&scratch, "atena people import mails");
    ok(&scratch, "atena people import --as ogawa@own.example book.vcf");
    ok(&scratch, "atena people merge b@aoba.example x@owada.example");
    ok(&scratch, "atena people merge x@owada.example m@berg.example");
    scratch
}

/// Every row of every table about people, with addresses for numbers; which number somebody has means nothing.
fn meaning(scratch: &Scratch) -> BTreeSet<String> {
    const QUERIES: [&str; 7] = [
        "SELECT 'sender', address, mails FROM sender",
        "SELECT 'person', s.address, c.address, c.name, c.named_at, c.names, c.role, c.organisation, c.domain, c.sent, c.received, \
         c.first_at, c.last_at, c.listed, c.blind, (SELECT group_concat(address) FROM (SELECT o.address FROM correspondent o \
         WHERE c.person <> 0 AND o.sender = c.sender AND o.person = c.person ORDER BY o.address)) \
         FROM correspondent c JOIN sender s ON s.number = c.sender",
        "SELECT 'domain', s.address, domain, d.mails, people FROM domain d JOIN sender s ON s.number = d.sender",
        "SELECT 'like', s.address, key, c.address FROM likeness l JOIN sender s ON s.number = l.sender \
         JOIN correspondent c ON c.number = l.correspondent",
        "SELECT 'recent', s.address, at, mail, terms, odds, namesake FROM recent r JOIN sender s ON s.number = r.sender",
        "SELECT 'greeting', c.address, g.name, mails FROM greeting g JOIN correspondent c ON c.number = g.correspondent",
        "SELECT 'file', c.address, hash, f.name, at FROM file f JOIN correspondent c ON c.number = f.correspondent",
    ];
    let database = Connection::open(scratch.path().join("data/atena.db")).unwrap();
    let mut out = BTreeSet::new();
    for query in QUERIES {
        let mut rows = database.prepare(query).unwrap();
        let columns = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        let before = out.len();
        while let Some(row) = rows.next().unwrap() {
            let cells: Vec<String> = (0..columns).map(|n| format!("{:?}", row.get_ref(n).unwrap())).collect();
            out.insert(cells.join(" "));
        }
        assert!(out.len() > before, "{query} finds something");
    }
    let mut rows = database.prepare("SELECT mail, at, subject, recipients FROM learnt").unwrap();
    let mut rows = rows.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let numbers: Vec<u8> = row.get(3).unwrap();
        let address = |number: &[u8]| {
            let number = i64::from_le_bytes(number.try_into().unwrap());
            let find = "SELECT address FROM correspondent WHERE number = ?1";
            database.query_row(find, [number], |row| row.get::<_, String>(0)).unwrap()
        };
        let to: Vec<String> = numbers.chunks(8).map(address).collect();
        out.insert(format!("{:?} {:?} {:?} {to:?}", row.get_ref(0), row.get_ref(1), row.get_ref(2)));
    }
    out
}

#[test]
fn all_that_was_learnt_comes_back() {
    let scratch = full();
    let draft = "From: ogawa@own.example\nTo: k-sato@aoba.example, Nils Berg <nils@owada.example>\n\
                 Date: Wed, 14 Oct 2026 10:00:00 +0900\nSubject: Roof\n\nDear Mr. Sato,\n\nroof tiles.\n";
    std::fs::write(scratch.path().join("draft.eml"), draft).unwrap();
    let said = || {
        let show = PEOPLE.map(|one| {
            let address = one.rsplit(['<', ' ']).next().unwrap().trim_end_matches('>');
            ok(&scratch, &format!("atena people show --json {address}"))
        });
        let verdict = scratch.run("atena --config atena.toml --data-dir data check --format json draft.eml");
        (ok(&scratch, "atena people list"), show, scratch.text(&verdict.stdout))
    };
    let (before, told) = (meaning(&scratch), said());
    assert!(told.2.contains("\"namesake"), "past mail has a say: {}", told.2);
    let exported = ok(&scratch, "atena people export");
    assert!(!exported.contains("roof"), "no text");
    for part in ["address_book\":true", "blind", "named", "same_person", "greeted", "files", "keys", "terms", "odds"] {
        assert!(exported.contains(&format!("\"{part}")), "{part}");
    }
    std::fs::write(scratch.path().join("all.jsonl"), &exported).unwrap();
    ok(&scratch, "atena people forget --all");
    let out = ok(&scratch, "atena people import all.jsonl");
    assert!(out.contains("mails learnt from: 70; known before: 0") && out.contains("new people: 6"), "{out}");
    assert_eq!(meaning(&scratch), before);
    assert_eq!(said(), told);
    assert_eq!(ok(&scratch, "atena people export"), exported);
    // Read twice, or beside the mails themselves, it adds nothing up.
    let out = ok(&scratch, "atena people import all.jsonl mails");
    assert!(out.contains("mails learnt from: 0; known before: 140"), "{out}");
    assert_eq!(meaning(&scratch), before);
}

#[test]
fn organisations_often_written_to_are_proposed_as_clients() {
    let scratch = full();
    let out = ok(&scratch, "atena people clients");
    assert!(
        out.starts_with("[[client]]  # ") && out.contains("name = \"青葉精機\"\ndomains = [\"aoba.example\"]\n"),
        "{out}"
    );
    assert_eq!(out.matches("[[client]]").count(), 1, "one person is no customer, and colleagues are none: {out}");
    // What is proposed is right as it is, and then known.
    std::fs::write(scratch.path().join("atena.toml"), out).unwrap();
    ok(&scratch, "atena config check");
    assert!(ok(&scratch, "LANG=ja_JP.UTF-8 atena people clients").contains("設定にないものはありません"));
    assert!(ok(&scratch, "atena people show k-sato@aoba.example").contains("Client: 青葉精機"));
    assert!(ok(&scratch, "atena people list sato").contains("青葉精機"));
    let json = ok(&scratch, "atena people list --json sato");
    assert!(json.contains("\"client\": \"青葉精機\""), "{json}");
    assert!(!ok(&scratch, "atena people export").contains("\"client\""), "the configuration's, not learnt");
}
