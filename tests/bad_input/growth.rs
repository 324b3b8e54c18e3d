//! Twice the input must not take much more than twice the work.
//!
//! Work is the processor time of this thread, which does not depend on what else the machine does.
#![cfg(target_os = "linux")]

use super::{findings, html, mail, text};

/// Nanoseconds this thread has been on a processor (proc(5), schedstat).
fn processor_time() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    stat.split_whitespace().next().unwrap().parse().unwrap()
}

fn excess(name: &str, make: &dyn Fn(usize) -> Vec<u8>, n: usize) -> Option<String> {
    excess_of(&|raw| drop(findings(raw)), name, make, n)
}

/// What is wrong, if four times the input takes much more than four times the work.
fn excess_of(run: &dyn Fn(&[u8]), name: &str, make: &dyn Fn(usize) -> Vec<u8>, n: usize) -> Option<String> {
    let work = |raw: &[u8]| {
        let before = processor_time();
        run(raw);
        processor_time() - before
    };
    let (small, large) = (make(n), make(4 * n));
    run(&small);
    let mut last = (0, 0);
    for _ in 0..4 {
        // Caches and clocks only ever add: the least of several runs counts.
        last = ((0..3).map(|_| work(&small)).min().unwrap_or_default(), work(&large));
        // Quadratic work is sixteenfold; below two milliseconds the fixed part is the larger one.
        if last.1 < last.0.max(2_000_000) * 9 {
            return None;
        }
    }
    Some(format!("{name}: {n} take {} ms, four times as many {} ms", last.0 / 1_000_000, last.1 / 1_000_000))
}

fn assert_linear(faults: impl IntoIterator<Item = Option<String>>) {
    let faults: Vec<String> = faults.into_iter().flatten().collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn texts(units: &[&'static str]) {
    assert_linear(units.iter().map(|unit| excess(unit, &|n| text(unit.repeat(n)), (6000 / unit.len()).min(1500))));
}

fn pages(units: &[&'static str]) {
    assert_linear(units.iter().map(|unit| excess(unit, &|n| html(unit.repeat(n)), (8000 / unit.len()).min(1500))));
}

#[test]
fn work_grows_with_the_text() {
    texts(&[
        "お世話になっております。添付いたします。誠に申し訳ございません。",
        "田中様、",
        "1/",
        "{{",
        "[",
        "〇",
        "パスワードは",
        "sorry if ",
        "   \t",
        "Hi Tom and ",
        "2026",
        "か\u{3099}",
    ]);
}

#[test]
fn work_grows_with_dates_numbers_and_secrets() {
    texts(&[
        "10/5(月) x 21(水) ",
        "Mon 5, Tue 6 and ",
        "please send by 9 Oct, ",
        "10月9日までにお願いします、",
        "11月31日",
        "1 2-",
        "4539 1488 0343 6467 ",
        "-----begin private key-----",
        "password: a1b2c3d4 zip ",
        "{{a}} ",
        "今後とも青葉様の益々のご発展",
        "御中様",
        "eyja.eyja.",
    ]);
}

#[test]
fn work_grows_with_the_lines() {
    texts(&[
        "お世話になっております。添付いたします。誠に申し訳ございません。\r\n",
        "> 困っています\r\nはい\r\n",
        "田中様\r\n",
        "x\r\n",
        "\r\n",
        "――――――――――\r\n",
        "On Mon, Oct 19, 2026 at 9:40 AM Ruth <a@b.example>\r\n",
        "From: x\r\nSent: y\r\n",
        "-- \r\n",
        "Kind regards,\r\n",
        "10月22日（月）",
        "CCに",
    ]);
    pages(&["<table><tr><td>x", "<br>", "<p>a</p>", "<"]);
}

#[test]
fn work_grows_with_the_html() {
    pages(&["<div>", "<blockquote>", "<!--", "<a href=\"", "&amp;", "<span style='display:none'>"]);
}

#[test]
fn work_grows_with_headers_and_parts() {
    let to = |n: usize| {
        let list: Vec<String> = (0..n).map(|n| format!("u{n}@mitsuwa-seiko.example")).collect();
        format!("To: {}\r\nSubject: x\r\n\r\nこんにちは", list.join(", ")).into_bytes()
    };
    let recipients = excess("recipients", &to, 500);
    let words = |n: usize| format!("Subject: {}\r\n\r\nhi", "=?UTF-8?B?44GC?= ".repeat(n)).into_bytes();
    let words = excess("encoded words", &words, 3000);
    let open = |n: usize| format!("Subject: {}\r\n\r\nhi", "=?UTF-8?B?".repeat(n)).into_bytes();
    let open = excess("open encoded words", &open, 3000);
    let part = "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n";
    let parts = |n: usize| mail("Content-Type: multipart/mixed; boundary=\"b\"\r\n", part.repeat(n));
    let parts = excess("parts", &parts, 500);
    assert_linear([recipients, words, open, parts]);
}

#[test]
fn work_grows_with_the_organisations() {
    let to = |n: usize| {
        let list: Vec<String> = (0..n).map(|n| format!("u{n}@d{n}.test")).collect();
        format!("To: {}\r\nSubject: x\r\n\r\nこんにちは", list.join(", ")).into_bytes()
    };
    let answer = |n: usize| {
        let list: Vec<String> = (0..n).map(|n| format!("u{n}@d{n}.test")).collect();
        let to = list.join(", ");
        format!(
            "From: a@own.test\r\nTo: {to}\r\nSubject: Re: x\r\n\r\nok\r\n\r\n-----Original Message-----\r\n\
             From: u0@d0.test\r\nSent: Monday\r\nTo: {to}\r\nSubject: x\r\n\r\nhi"
        )
        .into_bytes()
    };
    assert_linear([excess("organisations", &to, 1000), excess("organisations of a thread", &answer, 1000)]);
}

#[test]
fn work_grows_with_the_invitations() {
    let invited = |n: usize| {
        let part = |n: usize| {
            format!(
                "--b\r\nContent-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n\
                 BEGIN:VEVENT\r\nSUMMARY:Meeting {n}\r\nDESCRIPTION:{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
                "we meet and talk ".repeat(20)
            )
        };
        let parts: String = (0..n).map(part).collect();
        mail("Content-Type: multipart/mixed; boundary=\"b\"\r\n", parts + "--b--")
    };
    assert_linear([excess("invitations", &invited, 100)]);
}

/// A circular goes to one of its readers in the headers and to all in the envelope.
#[test]
fn work_grows_with_the_envelope() {
    let to: Vec<String> = (0..4000).map(|n| format!("u{n}@d{}.test", n % 50)).collect();
    let raw = format!("From: a@own.test\r\nTo: {}\r\nSubject: x\r\n\r\nhi", to.join(", ")).into_bytes();
    let judged = |count: usize| {
        let addresses = (0..count).map(|n| format!("u{}@d{}.test", n * 2, n % 50));
        let recipients = addresses.filter_map(|address| atena::message::Address::parse(&address).ok()).collect();
        let envelope = atena::message::Envelope { recipients, ..Default::default() };
        let before = processor_time();
        super::findings_of(Some(&envelope), &raw);
        processor_time() - before
    };
    judged(1000);
    let (few, many) = (judged(1000), judged(4000));
    assert!(many < few.max(2_000_000) * 9, "1,000 take {few} ns, 4,000 {many} ns");
}

#[test]
fn work_grows_with_the_files() {
    let parts = |text: &str, name: &dyn Fn(usize) -> String, n: usize| {
        let part = |n: usize| {
            format!(
                "--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=\"{}\"\r\n\r\nx\r\n",
                name(n)
            )
        };
        let files: String = (0..n).map(part).collect();
        let body = format!("--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n{files}--b--", text.repeat(n));
        mail("Content-Type: multipart/mixed; boundary=\"b\"\r\n", body)
    };
    assert_linear([
        excess("months", &|n| parts("10月分を添付、", &|n| format!("{}月分_{n}.pdf", n % 9 + 1), n), 400),
        excess("names", &|n| parts("a1.pdfを添付 ", &|n| format!("b{n}.pdf"), n), 400),
        excess("versions", &|n| parts("添付v9の", &|n| format!("b_v{n}.pdf"), n), 400),
        excess("clients", &|n| parts("見積書です。", &|_| "三ツ和精工様.pdf".to_owned(), n), 400),
        excess("cids", &|n| html("<img src=\"cid:a@b\">".repeat(n)), 2000),
    ]);
}

#[test]
fn work_grows_with_the_address_book() {
    let card = "BEGIN:VCARD\r\n";
    assert_linear(
        [
            ("", "\"a,b\n"),
            ("name,email\n", "\"a,b\n"),
            ("name,email\n", "a,b@c.example\n"),
            ("name,email\n", "x,"),
            ("name,email\n\"", "a@b.example;"),
            ("name,email\n\"", "<"),
            ("email", ",email"),
            ("", "\u{3042}"),
            (card, "EMAIL:a@b.example\r\n"),
            (card, "FN:x\r\n y\r\n"),
            (card, "FN;QUOTED-PRINTABLE:=E3=\r\n"),
            (card, "AGENT:\r\nBEGIN:VCARD\r\n"),
            ("BEGIN:VCARD\r\nN:", ";,\\"),
            ("BEGIN:VCARD\r\nFN", ";X=\""),
            ("", "BEGIN:VCARD\r\n"),
            ("dn: x\n", "mail: a@b.example\n"),
            ("dn: x\ncn::", " QUJD\n"),
        ]
        .map(|(start, unit)| {
            let make = |n: usize| (start.to_owned() + &unit.repeat(n)).into_bytes();
            excess_of(
                &|raw| drop(atena::addressbook::read(raw)),
                &format!("{start}{unit}"),
                &make,
                100_000 / unit.len(),
            )
        }),
    );
    // Latin-1, CP932, UTF-8 with a fault in each character.
    for unit in [&b"J\xfcrgen,"[..], b"\x95\x5c\xb1,", b"\xe3\r\n \x81\x82", b"\xe3\x81\x82\xe3"] {
        let make = |n: usize| [b"name,email\n", unit.repeat(n).as_slice()].concat();
        assert_linear([excess_of(&|raw| drop(atena::addressbook::read(raw)), "charsets", &make, 20_000)]);
    }
}
