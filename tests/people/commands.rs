//! What a person asks of what was learnt: list, show, merge, forget, export; in both languages.

use crate::terminal::Scratch;

/// A scratch directory whose home knows some people.
fn known() -> Scratch {
    let scratch = Scratch::new();
    let mails = [
        ("1", "Sato Kenichi <k-sato@aoba.example>", "Dear Mr. Sato,\n\nThe list."),
        ("2", "k-sato@aoba.example, Mia Berg <mia@alta.example>", "Hello,\n\nnews."),
        ("3", "k-sato@home.example", "Hi Ken,\n\nnews."),
    ];
    for (id, to, text) in mails {
        let mail = format!(
            "From: Mai <ogawa@own.example>\nTo: {to}\nDate: Wed, 1{id} Oct 2026 10:00:00 +0900\n\
             Message-ID: <{id}@own.example>\nSubject: News {id}\n\n{text}\n"
        );
        std::fs::write(scratch.path().join(format!("{id}.eml")), mail).unwrap();
    }
    ok(&scratch, "atena people import .");
    scratch
}

/// Exit code, standard output, standard error.
fn run(scratch: &Scratch, line: &str) -> (i32, String, String) {
    let output = scratch.run(line);
    (output.status.code().unwrap(), scratch.text(&output.stdout), scratch.text(&output.stderr))
}

#[track_caller]
fn ok(scratch: &Scratch, line: &str) -> String {
    let (code, out, err) = run(scratch, line);
    assert_eq!((code, err.as_str()), (0, ""), "{line}\n{out}");
    out
}

#[test]
fn the_list_shows_those_most_written_to_first() {
    let scratch = known();
    let out = ok(&scratch, "atena people list");
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0], "     2  2026-10-12  k-sato@aoba.example (Sato Kenichi)");
    assert_eq!(ok(&scratch, "atena people list mia").lines().count(), 1);
    let json: serde_json::Value = serde_json::from_str(&ok(&scratch, "atena people list KEN --json")).unwrap();
    assert_eq!(json["people"][0]["address"], "k-sato@aoba.example");
    assert!(ok(&scratch, "atena people list zzz").contains("Nobody"));
    let empty = Scratch::new();
    assert!(ok(&empty, "atena people list").contains("atena people import FOLDER"));
    assert!(ok(&empty, "LANG=ja_JP.UTF-8 atena people list").contains("atena people import フォルダー"));
}

#[test]
fn a_person_is_shown_whole() {
    let scratch = known();
    let out = ok(&scratch, "atena people show K-Sato@aoba.example");
    for line in ["Name: Sato Kenichi", "Sent to: 2", "First, last: 2026-10-11, 2026-10-12", "Greeted as: sato (1)"] {
        assert!(out.contains(line), "{line}\n{out}");
    }
    assert!(ok(&scratch, "LANG=ja_JP.UTF-8 atena people show k-sato@aoba.example").contains("送信: 2"));
    let (code, out, _) = run(&scratch, "atena people show nobody@aoba.example");
    assert_eq!((code, out.as_str()), (1, "nobody@aoba.example: nothing is known of it\n"));
    let (code, out, _) = run(&scratch, "LANG=ja_JP.UTF-8 atena people show nobody@aoba.example");
    assert_eq!((code, out.as_str()), (1, "nobody@aoba.example についての記録はありません\n"));
    let (code, out, _) = run(&scratch, "atena people show nobody@aoba.example --json");
    assert_eq!((code, out.contains("\"people\": []")), (1, true), "{out}");
}

#[test]
fn two_addresses_become_one_person() {
    let scratch = known();
    let out = ok(&scratch, "atena people merge k-sato@aoba.example K-sato@home.example");
    assert_eq!(out, "k-sato@aoba.example and K-sato@home.example are one person now\n");
    assert!(ok(&scratch, "atena people show k-sato@home.example").contains("Same person: k-sato@aoba.example"));
    let (code, out, _) = run(&scratch, "atena people merge k-sato@aoba.example x@aoba.example");
    assert_eq!((code, out.as_str()), (1, "x@aoba.example: nothing is known of it\n"));
    let out = ok(&scratch, "LANG=ja_JP.UTF-8 atena people merge mia@alta.example k-sato@home.example");
    assert!(out.contains("同じ人として記録しました"), "{out}");
    assert!(ok(&scratch, "atena people show mia@alta.example").contains("k-sato@aoba.example, k-sato@home.example"));
}

#[test]
fn whoever_is_forgotten_is_known_no_more() {
    let scratch = known();
    let out = ok(&scratch, "atena people forget MIA@alta.example");
    assert_eq!(out, "MIA@alta.example: deleted, with everything that leads to it\n");
    let (code, out, _) = run(&scratch, "LANG=ja_JP.UTF-8 atena people forget mia@alta.example k-sato@home.example");
    assert_eq!(code, 1, "one of them is not known");
    assert!(out.contains("についての記録はありません") && out.contains("の記録をすべて削除しました"), "{out}");
    assert_eq!(ok(&scratch, "atena people list").lines().count(), 1);
    assert_eq!(ok(&scratch, "atena people forget --all"), "all that was learnt is deleted\n");
    assert!(ok(&scratch, "atena people list").contains("Nobody"));
    assert_eq!(run(&scratch, "atena people forget").0, 2);
    assert_eq!(run(&scratch, "atena people forget --all mia@alta.example").0, 2);
}

#[test]
fn what_is_exported_is_imported_again() {
    let scratch = known();
    let card = r#"{"type": "contact", "sender": "ogawa@own.example", "address": "shop@alta.example", "name": "店", "reading": "みせ", "role": "Sales", "organisation": "Alta", "sent": 7, "received": 2, "first": "2026-01-02", "last": "2026-10-02"}"#;
    std::fs::write(scratch.path().join("card.jsonl"), card).unwrap();
    assert!(ok(&scratch, "atena people import card.jsonl").contains("new people: 1"));
    let exported = ok(&scratch, "atena people export");
    assert_eq!(exported.lines().count(), 4 + 3, "people and mails");
    std::fs::write(scratch.path().join("all.jsonl"), &exported).unwrap();
    ok(&scratch, "atena people forget --all");
    let out = ok(&scratch, "atena people import all.jsonl");
    assert!(out.contains("new people: 4"), "{out}");
    assert_eq!(ok(&scratch, "atena people export"), exported);
    // Read twice it adds nothing up.
    ok(&scratch, "atena people import all.jsonl");
    assert_eq!(ok(&scratch, "atena people export"), exported);
}
