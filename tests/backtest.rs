//! Does a backtest judge each past mail by what was known before it, and count slips the same way every time?

#![allow(clippy::unwrap_used)]

mod terminal;

use std::fs;

use serde_json::Value;
use terminal::Scratch;

/// Name and address.
type Person = (&'static str, &'static str);

/// A mail that was sent; mails are an hour apart.
struct Mail {
    to: Vec<Person>,
    subject: String,
    text: String,
}

const MARIAN: Person = ("Marian Holt", "marian.holt@alderbio.example");
const TESS: Person = ("Tess Quigley", "tess.quigley@alderbio.example");
const OWEN: Person = ("Owen Pryce", "owen.pryce@lumen-dental.example");
const MARCUS: Person = ("Marcus Thorne", "m.thorne@fenwick.example");
const PETRA: Person = ("Petra Lang", "p.lang@fenwick.example");
const INES: Person = ("Ines Duarte", "ines.duarte@cobaltpress.example");
const SATO: Person = ("佐藤 健一", "k-sato@aoba.example");
const MIWA: Person = ("佐藤 美和", "miwa@kirishima.example");
/// Written to from some day on.
const LATE: [Person; 6] = [
    ("Tess Quist", "tess.quist@hokuto.example"),
    ("Owen Birch", "o.birch@hokuto.example"),
    ("Jonas Holt", "jholt@elm.example"),
    ("Bela Moss", "bela@elm.example"),
    ("Petra Vogel", "p.vogel@elm.example"),
    ("Carla Dunn", "c.dunn@elm.example"),
];

/// 160 mails about four matters, and every tenth from the eightieth on to somebody new as well.
fn mails() -> Vec<Mail> {
    let matters: [(&[Person], &str, &str); 6] = [
        (
            &[MARIAN, TESS],
            "Sampling plan",
            "Hi Marian,\n\nthe sampling plan for the trial review is ready, with the minutes.",
        ),
        (&[OWEN], "Scanner lease", "Hi Owen,\n\nthe invoice for the scanner lease goes out on the first."),
        (&[MARCUS, PETRA], "Drawings", "Hi Marcus,\n\nthe drawings of the second floor have the new staircase."),
        (&[SATO], "校正", "佐藤様\n\n秋のパンフレットの校正についてご連絡します。印刷の日程もご確認ください。"),
        (&[MARIAN, TESS], "Trial review", "Hi Tess,\n\nthe trial review begins at nine, with the sampling plan."),
        (&[INES, MIWA], "Contract", "Hi Ines,\n\nthe contract for the catalogue has the old price list."),
    ];
    let mail = |n: usize| {
        let (to, subject, text) = matters[n % matters.len()];
        let late = LATE.iter().enumerate().filter(|(at, _)| n >= 80 && n % 10 == 3 && (n / 10 - 8) % 6 == *at);
        let to = to.iter().copied().chain(late.map(|(_, one)| *one)).collect();
        Mail { to, subject: format!("{subject} {n}"), text: format!("{text}\n\nThis is note {n}.") }
    };
    (0..160).map(mail).collect()
}

fn at(n: usize) -> jiff::Timestamp {
    let first: jiff::Timestamp = "2026-03-02T00:00:00Z".parse().unwrap();
    first + jiff::SignedDuration::from_hours(n as i64)
}

fn list(to: &[Person]) -> Vec<String> {
    to.iter()
        .map(|(name, address)| if name.is_empty() { (*address).to_owned() } else { format!("{name} <{address}>") })
        .collect()
}

/// As an mbox, the newest first: the order is to be found by the dates.
fn mbox(mails: &[Mail]) -> String {
    let mail = |(n, mail): (usize, &Mail)| {
        let date = at(n).to_zoned(jiff::tz::TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S %z").to_string();
        format!(
            "From me@own.example Mon Mar  2 00:00:00 2026\nFrom: me@own.example\nTo: {}\nSubject: {}\nDate: {date}\n\
             Message-ID: <{n}@own.example>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{}\n\n",
            list(&mail.to).join(", "),
            mail.subject,
            mail.text
        )
    };
    mails.iter().enumerate().rev().map(mail).collect()
}

fn records(mails: &[Mail]) -> String {
    let record = |(n, mail): (usize, &Mail)| {
        let line = serde_json::json!({
            "id": format!("<{n}@own.example>"), "date": at(n).to_string(), "from": "me@own.example",
            "to": list(&mail.to), "subject": mail.subject, "body": mail.text,
        });
        format!("{line}\n")
    };
    mails.iter().enumerate().map(record).collect()
}

/// What a command prints on a mailbox.
fn run(scratch: &Scratch, arguments: &str) -> String {
    fs::create_dir_all(scratch.path().join("tmp")).unwrap();
    let output = scratch.run(&format!("TMPDIR=$WORK/tmp atena backtest {arguments}"));
    let (out, err) = (scratch.text(&output.stdout), scratch.text(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    assert_eq!(fs::read_dir(scratch.path().join("tmp")).unwrap().count(), 0, "nothing is left behind");
    out
}

fn json(scratch: &Scratch, arguments: &str) -> Value {
    serde_json::from_str(&run(scratch, &format!("--format json {arguments}"))).unwrap()
}

fn rule<'a>(page: &'a Value, id: &str) -> &'a Value {
    page["rules"].as_array().unwrap().iter().find(|rule| rule["rule"] == id).unwrap_or(&Value::Null)
}

#[test]
fn a_small_mailbox_is_counted_as_by_hand() {
    let scratch = Scratch::new();
    let mut mails: Vec<Mail> = mails().into_iter().take(10).collect();
    mails[7].text = "Hi Owen,\n\nplease find attached the invoice.".to_owned();
    mails[7].to = vec![OWEN];
    mails[7].subject = "Private matter".to_owned();
    fs::write(scratch.path().join("sent.mbox"), mbox(&mails)).unwrap();
    let page = json(&scratch, "--warm-up 6 sent.mbox");
    assert_eq!((&page["mails"], &page["judged"]), (&10.into(), &4.into()));
    assert_eq!((&page["first_day"], &page["last_day"]), (&"2026-03-02".into(), &"2026-03-02".into()));
    assert_eq!(
        (&page["levels"]["error"], &page["interrupted"], &page["verdicts"]["hold"]),
        (&1.into(), &1.into(), &1.into())
    );
    let found = rule(&page, "missing-attachment");
    assert_eq!((&found["mails"], &found["level"]), (&1.into(), &"error".into()));
    assert_eq!(found["examples"][0]["recipients"], serde_json::json!([OWEN.1]));
    assert!(found["microseconds"].as_f64().unwrap() >= 0.0 && page["time"]["whole"].as_f64().unwrap() > 0.0);
    assert!(found["examples"][0]["subject"].is_null(), "subjects only where they are asked for");

    let text = run(&scratch, "--warm-up 6 sent.mbox");
    assert!(text.contains("mails: 10; learnt from first: 6; judged: 4, 2026-03-02 to 2026-03-02"), "{text}");
    assert!(text.lines().any(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") == "held 1 25.0"), "{text}");
    assert!(!text.contains("Private matter"));
    assert!(run(&scratch, "--show-subjects --warm-up 6 sent.mbox").contains("[Private matter]"));
    let text = run(&scratch, "--lang ja sent.mbox");
    assert!(text.contains("メール: 10通（最初の2通は学習のみ、判定: 8通、2026-03-02〜2026-03-02）"), "{text}");
    assert!(!scratch.path().join("../home/data/atena").exists(), "the user's own store is not touched");
}

#[test]
fn a_mail_knows_those_before_it_and_neither_itself_nor_those_behind() {
    let scratch = Scratch::new();
    let mut mails = mails();
    mails.truncate(71);
    // Behind so many that habits are known: somebody new twice, somebody new once; nothing says where the addresses are from.
    for (n, to) in
        [(60, "t.kuramoto@kirishima.example"), (65, "t.kuramoto@kirishima.example"), (70, "r.foss@birch.example")]
    {
        mails[n].to = vec![("", to)];
        mails[n].text = "The figures of last month.".to_owned();
    }
    fs::write(scratch.path().join("sent.mbox"), mbox(&mails)).unwrap();
    let page = json(&scratch, "--warm-up 12 sent.mbox");
    let found = rule(&page, "unknown-first-time");
    let to: Vec<&str> =
        found["examples"].as_array().unwrap().iter().map(|one| one["recipients"][0].as_str().unwrap()).collect();
    assert_eq!((&found["mails"], to), (&2.into(), vec!["t.kuramoto@kirishima.example", "r.foss@birch.example"]));
    // A copy of a mail teaches nothing of the mail.
    fs::write(scratch.path().join("copy.mbox"), mbox(&mails)).unwrap();
    let again = json(&scratch, "--warm-up 12 sent.mbox copy.mbox");
    assert_eq!((&again["judged"], rule(&again, "unknown-first-time")["mails"].as_u64()), (&59.into(), Some(2)));
}

#[test]
fn records_are_judged_as_the_mails_they_tell_of() {
    let scratch = Scratch::new();
    fs::write(scratch.path().join("sent.mbox"), mbox(&mails())).unwrap();
    fs::write(
        scratch.path().join("sent.jsonl"),
        records(&mails()) + "{\"type\": \"org\", \"org\": \"x\", \"own_domains\": []}\nno record\n",
    )
    .unwrap();
    let [mut one, mut other] =
        ["sent.mbox", "sent.jsonl"].map(|name| json(&scratch, &format!("--simulate-slips --trials 1 {name}")));
    assert_eq!(other["unreadable"][0]["path"], "sent.jsonl:162");
    for page in [&mut one, &mut other] {
        page["unreadable"] = Value::Null;
    }
    assert_eq!(one, other);
}

#[test]
fn the_same_seed_makes_the_same_slips() {
    let scratch = Scratch::new();
    fs::write(scratch.path().join("sent.jsonl"), records(&mails())).unwrap();
    let slips = |more: &str| run(&scratch, &format!("--simulate-slips --trials 1 --warm-up 100 {more} sent.jsonl"));
    assert_eq!(slips("--plot a.svg"), slips("--plot b.svg --seed 1"));
    let svg = fs::read_to_string(scratch.path().join("a.svg")).unwrap();
    assert_eq!(svg, fs::read_to_string(scratch.path().join("b.svg")).unwrap());
    well_formed(&svg);
    assert!(!svg.contains("http://") || svg.matches("http://").count() == 1, "nothing is fetched from elsewhere");
    slips("--lang ja --plot ja.svg");
    let japanese = fs::read_to_string(scratch.path().join("ja.svg")).unwrap();
    well_formed(&japanese);
    assert!(japanese.contains("似た人を追加") && svg.contains("look-alike added"));

    let page = |more: &str| json(&scratch, &format!("--simulate-slips --trials 1 --warm-up 100 {more} sent.jsonl"));
    assert_ne!(page("")["slips"]["kinds"], page("--seed 2")["slips"]["kinds"]);
    let one = page("--kind stranger");
    let kinds = one["slips"]["kinds"].as_array().unwrap();
    assert_eq!((kinds.len(), &kinds[0]["kind"]), (1, &"stranger".into()));
}

#[test]
fn slips_are_counted_and_most_are_found() {
    let scratch = Scratch::new();
    fs::write(scratch.path().join("sent.jsonl"), records(&mails())).unwrap();
    let page = json(&scratch, "--simulate-slips --trials 2 --warm-up 80 sent.jsonl");
    let kinds = page["slips"]["kinds"].as_array().unwrap();
    let names: Vec<&str> = kinds.iter().map(|kind| kind["kind"].as_str().unwrap()).collect();
    assert_eq!(names, ["look-alike", "stranger", "namesake", "replace"]);
    assert_eq!(page["judged"], 80);
    assert_eq!(kinds[0]["slips"], 160, "two on each mail");
    assert!(kinds[1]["slips"].as_u64().unwrap() < 160, "who was written to is no stranger");
    for kind in kinds {
        let share = |name: &str| kind[name].as_f64().unwrap();
        for name in ["auc", "precision_at_1", "caught_at_1_percent", "caught_at_5_percent"] {
            assert!((0.0..=1.0).contains(&share(name)), "{name} of {kind}");
        }
        assert!(share("caught_at_1_percent") <= share("caught_at_5_percent"));
        assert_eq!(kind["curve"].as_array().unwrap().len(), 101);
    }
    assert!(kinds[0]["precision_at_1"].as_f64().unwrap() > 0.8, "matters are plainly told apart: {}", kinds[0]);
    let stranger = &kinds[1];
    assert!(stranger["rules"]["unknown-first-time"].as_u64() > Some(0), "{stranger}");
}

#[test]
fn where_there_is_nothing_to_judge_it_is_said() {
    let scratch = Scratch::new();
    fs::write(scratch.path().join("sent.jsonl"), records(&mails()[..3])).unwrap();
    for (arguments, said) in [
        ("--warm-up 3 sent.jsonl", "no mail to judge: there are 3, and 3 are learnt from first (--warm-up)"),
        ("none.mbox", "none.mbox: there is no such file"),
        ("--from x sent.jsonl", "--from x: not a mail address"),
        ("--from you@own.example sent.jsonl", "3 more were written by others"),
        ("--seed 2 sent.jsonl", "--simulate-slips"),
    ] {
        let output = scratch.run(&format!("atena backtest {arguments}"));
        let err = scratch.text(&output.stderr);
        assert_eq!((output.status.code(), err.contains(said)), (Some(2), true), "{arguments}: {err}");
    }
}

/// Every element ends where it should, and `&` only begins an entity.
fn well_formed(svg: &str) {
    let mut open: Vec<&str> = Vec::new();
    for tag in svg.split('<').skip(1) {
        let (tag, text) = tag.split_once('>').unwrap();
        assert!(!text.contains('&') || text.contains(';'));
        let name = tag.split([' ', '/']).find(|word| !word.is_empty()).unwrap();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(name);
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
    }
    assert!(open.is_empty() && svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
}
