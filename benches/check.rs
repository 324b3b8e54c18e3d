//! What a check costs, beside what mail-parser alone needs for the same octets.
//!
//! `cargo bench --bench check`; the figures of docs/performance.md are ratios of rows of one run.

use std::fmt::Write;
use std::hint::black_box;
use std::path::Path;

use atena::config::{Config, Defaults, Handling};
use atena::facts::{Client, Directory, Facts};
use atena::gate::Judge;
use atena::lang::Lang;
use atena::message::Message;
use atena::rule::Rules;
use atena::source::Source;
use base64::Engine;
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};

const CLIENTS: usize = 10_000;

fn main() {
    divan::main();
}

/// The reference: mail-parser reads a business mail of 10 kB.
#[divan::bench]
fn mail_parser_alone(bencher: Bencher<'_, '_>) {
    let mail = business_mail();
    bencher.counter(BytesCount::of_slice(&mail)).bench(|| mail_parser::MessageParser::new().parse(black_box(&mail)));
}

/// The same octets as a message: decoded, folded, its anatomy known.
#[divan::bench]
fn message(bencher: Bencher<'_, '_>) {
    let mail = business_mail();
    bencher.counter(BytesCount::of_slice(&mail)).bench(|| Message::parse(black_box(&mail)).expect("a sound mail"));
}

/// The same octets judged by every rule, with 10,000 clients known.
#[divan::bench]
fn judged(bencher: Bencher<'_, '_>) {
    judge_all(bencher, &[business_mail()], CLIENTS);
}

/// The same with a hundred clients: what the directory costs.
#[divan::bench]
fn judged_with_100_clients(bencher: Bencher<'_, '_>) {
    judge_all(bencher, &[business_mail()], 100);
}

/// A Japanese mail of 10 kB in ISO-2022-JP.
#[divan::bench]
fn judged_iso_2022_jp(bencher: Bencher<'_, '_>) {
    judge_all(bencher, &[japanese_mail()], CLIENTS);
}

#[divan::bench]
fn mail_parser_alone_iso_2022_jp(bencher: Bencher<'_, '_>) {
    let mail = japanese_mail();
    bencher.counter(BytesCount::of_slice(&mail)).bench(|| mail_parser::MessageParser::new().parse(black_box(&mail)));
}

/// A thousand short drafts in two languages, one after the other.
#[divan::bench(sample_count = 10)]
fn judged_1000_drafts(bencher: Bencher<'_, '_>) {
    let drafts: Vec<Vec<u8>> = (0..1000).map(draft).collect();
    judge_all(bencher, &drafts, CLIENTS);
}

/// A mail of 50 MB: text of 200 kB and a file.
#[divan::bench(sample_count = 5)]
fn judged_50_mb(bencher: Bencher<'_, '_>) {
    judge_all(bencher, &[big_mail()], CLIENTS);
}

#[divan::bench(sample_count = 5)]
fn mail_parser_alone_50_mb(bencher: Bencher<'_, '_>) {
    let mail = big_mail();
    bencher.counter(BytesCount::of_slice(&mail)).bench(|| mail_parser::MessageParser::new().parse(black_box(&mail)));
}

/// A short mail with a quotation of 200 kB as a PDF, most of it a picture.
#[divan::bench]
fn mail_parser_alone_pdf(bencher: Bencher<'_, '_>) {
    let mail = mail_with_pdf();
    bencher.counter(BytesCount::of_slice(&mail)).bench(|| mail_parser::MessageParser::new().parse(black_box(&mail)));
}

/// The same octets as a message, the beginning of the PDF's text included.
#[divan::bench]
fn message_pdf(bencher: Bencher<'_, '_>) {
    let mail = mail_with_pdf();
    bencher.counter(BytesCount::of_slice(&mail)).bench(|| Message::parse(black_box(&mail)).expect("a sound mail"));
}

/// The same file under another first octet: what everything but the text of the PDF costs.
#[divan::bench]
fn message_unread_file(bencher: Bencher<'_, '_>) {
    let mail = mail_with_file(&[b"!", &quotation()[..]].concat());
    bencher.counter(BytesCount::of_slice(&mail)).bench(|| Message::parse(black_box(&mail)).expect("a sound mail"));
}

#[divan::bench]
fn judged_pdf(bencher: Bencher<'_, '_>) {
    judge_all(bencher, &[mail_with_pdf()], CLIENTS);
}

/// What every start of the program pays: the packs it was built with.
#[divan::bench(sample_count = 20)]
fn rules_loaded() -> Rules {
    Rules::load_lean(&[], &[], Lang::En).expect("the packs of the program are sound")
}

/// What a start with this many clients pays besides.
#[divan::bench(args = [100, 10_000], sample_count = 20)]
fn directory_built(bencher: Bencher<'_, '_>, count: usize) {
    bencher.with_inputs(|| clients(count)).bench_values(|clients| Directory::new(clients, &[]));
}

/// The figures are about mails of 10 kB.
fn of_10_kb(mail: Vec<u8>) -> Vec<u8> {
    assert!((9_000..11_000).contains(&mail.len()), "{} octets", mail.len());
    mail
}

fn judge_all(bencher: Bencher<'_, '_>, mails: &[Vec<u8>], clients: usize) {
    let (rules, facts, handling) = (rules(), facts(clients), handling());
    let octets: usize = mails.iter().map(Vec::len).sum();
    bencher.counter(BytesCount::new(octets)).counter(ItemsCount::new(mails.len())).bench(|| {
        for mail in mails {
            black_box(
                Judge { rules: &rules, facts: &facts, policy: &handling, people: None }.judge(None, black_box(mail)),
            );
        }
    });
}

fn rules() -> Rules {
    Rules::load(&Rules::embedded(), &[], Lang::En).expect("the packs of the program are sound")
}

fn facts(count: usize) -> Facts {
    Facts {
        now: None,
        own_domains: vec!["minato.example".to_owned()],
        clients: Directory::new(clients(count), &[]),
        ..Facts::default()
    }
}

/// As without a configuration.
fn handling() -> Handling {
    let defaults = Defaults { language: Lang::En, data_dir: "data".into(), home: None };
    Config::load(Source::new("", ""), Path::new("/"), &defaults).expect("nothing is wrong with nothing").handling
}

/// Names of several shapes, no two alike.
fn clients(count: usize) -> Vec<Client> {
    let roots = ["青葉", "東雲", "北斗", "丸富", "Alder", "Lumen", "Fenwick", "Northgate"];
    let trades = ["精機", "製菓", "建材", "商事", " Trading", " Dental", " Works", " Logistics"];
    let client = |n: usize| {
        let name = format!("{}{}{}", roots[n % roots.len()], n, trades[n / roots.len() % trades.len()]);
        Client {
            names: vec![format!("{name}株式会社")],
            domains: vec![format!("client-{n}.example")],
            addresses: Vec::new(),
            name,
        }
    };
    (0..count).map(client).collect()
}

/// A reply of 10 kB with quoted text, an HTML alternative and a small file: what business mail looks like.
fn business_mail() -> Vec<u8> {
    let mut text = String::from("Dear Robert,\n\nThank you for your message. ");
    for n in 0..20 {
        let _ = write!(text, "Item {n}: we checked the drawing and will send the corrected one on time.\n\n");
    }
    text.push_str("Best regards,\nMariko Ogawa\n\nOn Tue, 13 Oct 2026 at 09:12, Robert Hale wrote:\n");
    for n in 0..15 {
        let _ = writeln!(text, "> Line {n} of what was asked before, long enough to be wrapped by most programs.");
    }
    let html = format!("<html><body><p>{}</p></body></html>", text.replace("\n\n", "</p>\n<p>").replace('>', "&gt;"));
    let file = "JVBERi0xLjcKJcOkw7zDtsOfCjIgMCBvYmoKPDwvTGVuZ3RoIDMgMCBSL0ZpbHRlci9GbGF0ZURlY29kZT4+\n".repeat(40);
    let mail = format!(
        "From: Mariko Ogawa <ogawa@minato.example>\nTo: Robert Hale <robert.hale@client-4.example>\n\
         Cc: Amy Wong <amy.wong@client-4.example>\nSubject: Re: Drawing for the spring order\n\
         Date: Wed, 14 Oct 2026 10:02:00 +0900\nMessage-ID: <1@minato.example>\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=outer\n\n--outer\nContent-Type: multipart/alternative; boundary=inner\n\n\
         --inner\nContent-Type: text/plain; charset=utf-8\n\n{text}\n--inner\nContent-Type: text/html; charset=utf-8\n\n\
         {html}\n--inner--\n--outer\nContent-Type: application/pdf; name=drawing.pdf\n\
         Content-Disposition: attachment; filename=drawing.pdf\nContent-Transfer-Encoding: base64\n\n{file}--outer--\n"
    );
    of_10_kb(mail.replace('\n', "\r\n").into_bytes())
}

/// Its text is 7-bit JIS, as many Japanese programs still send it.
fn japanese_mail() -> Vec<u8> {
    let mut text = String::from("株式会社青葉精機\n総務部　佐藤様\n\nいつもお世話になっております。\n");
    for n in 0..103 {
        let _ = writeln!(text, "項目{n}につきまして、図面を確認のうえ、修正したものを期日までにお送りする予定です。");
    }
    let head = "From: =?ISO-2022-JP?B?GyRCPi5AbhsoQg==?= <ogawa@minato.example>\nTo: <k-sato@client-8.example>\n\
                Subject: =?ISO-2022-JP?B?GyRCP15MTCRON28bKEI=?=\nDate: Wed, 14 Oct 2026 10:02:00 +0900\n\
                Message-ID: <2@minato.example>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=ISO-2022-JP\n\
                Content-Transfer-Encoding: 7bit\n\n";
    let (text, _, _) = encoding_rs::ISO_2022_JP.encode(&text);
    let lines = [head.as_bytes(), &text].concat();
    of_10_kb(lines.iter().flat_map(|&byte| if byte == b'\n' { vec![b'\r', b'\n'] } else { vec![byte] }).collect())
}

fn draft(n: usize) -> Vec<u8> {
    let body = match n % 4 {
        0 => "Dear Robert,\n\nPlease find the quotation attached.\n\nMariko\n",
        1 => "佐藤様\n\nいつもお世話になっております。\n資料を添付いたします。\n\n小川\n",
        2 => "Hi Robert,\n\nthe parts arrived broken again? We will call you today.\n\nMariko\n",
        _ => "佐藤様\n\nこのたびは納品が遅れ、誠に申し訳ございません。\n明日までに原因をご報告いたします。\n\n小川\n",
    };
    let mail = format!(
        "From: ogawa@minato.example\nTo: k-sato@client-{n}.example\nSubject: Order {n}\n\
         Date: Wed, 14 Oct 2026 10:02:00 +0900\nMessage-ID: <{n}@minato.example>\nMIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\n\n{body}"
    );
    mail.replace('\n', "\r\n").into_bytes()
}

/// A quotation as Chromium writes it, and a picture of 180 kB that was added to the file.
fn quotation() -> Vec<u8> {
    let mut out = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/pdf/chromium-quotation.pdf"))
        .expect("a fixture");
    let text = String::from_utf8_lossy(&out).into_owned();
    let last =
        text.rsplit_once("startxref").and_then(|(_, rest)| rest.split_whitespace().next()).expect("a whole file");
    let root = text.rsplit_once("/Root ").and_then(|(_, rest)| rest.split_once(" R")).expect("a whole file").0;
    let picture: Vec<u8> = (0..180_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let at = out.len();
    out.extend(format!("900 0 obj\n<</Subtype/Image/Length {}>>\nstream\n", picture.len()).bytes());
    out.extend(picture);
    out.extend(b"\nendstream\nendobj\n");
    let table = out.len();
    out.extend(
        format!(
            "xref\n900 1\n{at:010} 00000 n \ntrailer\n<</Size 901/Root {root} R/Prev {last}>>\nstartxref\n{table}\n%%EOF\n"
        )
        .bytes(),
    );
    out
}

fn mail_with_pdf() -> Vec<u8> {
    let mail = mail_with_file(&quotation());
    let read = Message::parse(&mail).expect("a sound mail");
    assert!(read.attachments[0].text.contains("北斗建材株式会社 御中"), "{:?}", read.attachments[0].text);
    mail
}

fn mail_with_file(content: &[u8]) -> Vec<u8> {
    let mut file = String::new();
    for line in base64::engine::general_purpose::STANDARD.encode(content).as_bytes().chunks(76) {
        file.push_str(&String::from_utf8_lossy(line));
        file.push('\n');
    }
    let mail = format!(
        "From: ogawa@minato.example\nTo: k-takahashi@client-2.example\nSubject: Quotation\n\
         Date: Wed, 14 Oct 2026 10:02:00 +0900\nMessage-ID: <3@minato.example>\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=outer\n\n--outer\nContent-Type: text/plain; charset=utf-8\n\n\
         髙橋様\n\nいつもお世話になっております。\n見積書を添付いたします。\n\n小川\n--outer\n\
         Content-Type: application/pdf; name=quotation.pdf\nContent-Disposition: attachment; filename=quotation.pdf\n\
         Content-Transfer-Encoding: base64\n\n{file}--outer--\n"
    );
    mail.replace('\n', "\r\n").into_bytes()
}

fn big_mail() -> Vec<u8> {
    let text = "We checked the drawing, and it will reach you on time.\n".repeat(200_000 / 55);
    let head = format!(
        "From: ogawa@minato.example\nTo: robert.hale@client-4.example\nSubject: Drawings\n\
         Date: Wed, 14 Oct 2026 10:02:00 +0900\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=outer\n\n\
         --outer\nContent-Type: text/plain; charset=utf-8\n\n{text}\n--outer\nContent-Type: application/zip\n\
         Content-Disposition: attachment; filename=drawings.zip\nContent-Transfer-Encoding: base64\n\n"
    );
    let line = format!("{}\r\n", "UEsDBBQAAAAIAJx1Tll".repeat(4));
    let mut mail = head.replace('\n', "\r\n").into_bytes();
    while mail.len() < 50_000_000 {
        mail.extend_from_slice(line.as_bytes());
    }
    mail.extend_from_slice(b"--outer--\r\n");
    mail
}
