//! What the rules say about real files, shipped rules and such as people write for their firm.

use std::sync::LazyLock;

use atena::facts::{Client, Directory, Facts};
use atena::lang::Lang;
use atena::message::Message;
use atena::rule::Rules;
use atena::source::Source;

use crate::samples::{Lock, deflated, mail, mime, office, ole, stored, zip};

/// Rules a firm may add, besides the one that `docs/writing-rules.md` shows.
const OWN: &str = r#"
[[rule]]
id = "offers"
level = "warning"
confidence = "high"
title = { en = "“{file}” is an offer of {size}", ja = "「{file}」は見積書です（{size}）" }
why = { en = "Offers need a second look.", ja = "見積書は二重に確認します。" }
advice = { en = "Ask.", ja = "確認してください。" }
source = "Handbook, section 4"
[rule.check.files]
names = ["*見積*", "offer-??.*"]
except = ["*見本*"]
[[rule.example]]
match = "Attach: 御見積書.pdf\n\n佐藤様\n\nお送りします。"
[[rule.example]]
clean = "Attach: 御見積書（見本）.pdf\n\n佐藤様\n\nお送りします。"

[[rule]]
id = "large-picture"
level = "info"
confidence = "high"
title = { en = "“{file}”", ja = "「{file}」" }
why = { en = "Large.", ja = "大きいためです。" }
advice = { en = "Shrink it.", ja = "縮小してください。" }
source = "Handbook, section 5"
[rule.check.files]
contents = ["image"]
over = "1KiB"
[[rule.example]]
match = "Attach-Size: 写真.jpg: 2MB\n\n佐藤様\n\nお送りします。"
[[rule.example]]
clean = "Attach-Size: 図面.pdf: 2MB\n\n佐藤様\n\nお送りします。"

[[rule]]
id = "any-file"
level = "info"
confidence = "high"
title = { en = "{files}", ja = "{files}" }
why = { en = "A file.", ja = "ファイルです。" }
advice = { en = "Look.", ja = "確認してください。" }
source = "Handbook, section 6"
[rule.check.files]
[[rule.example]]
match = "Attach: 写真.jpg\n\n佐藤様\n\nお送りします。"
[[rule.example]]
clean = "Attach-Inline: logo.png\n\n佐藤様\n\nお送りします。"
"#;

/// The block of `docs/writing-rules.md` that forbids archives with a password, and the rules above.
fn own() -> String {
    let page = include_str!("../../docs/writing-rules.md");
    let blocks = page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next());
    let shown = blocks.into_iter().find(|block| block.contains("no-ppap")).expect("the page shows it");
    format!("{shown}\n{OWN}")
}

fn facts() -> Facts {
    let client = |name: &str, domain: &str| Client {
        name: name.to_owned(),
        names: Vec::new(),
        domains: vec![domain.to_owned()],
        addresses: Vec::new(),
    };
    let clients = vec![
        client("株式会社青葉精機", "aoba.example"),
        client("東雲製菓株式会社", "shinonome.example"),
        client("北斗建材株式会社", "hokuto.example"),
        client("Alder Biosciences Ltd", "alderbio.example"),
        client("Lumen Dental Care", "lumen.example"),
    ];
    Facts {
        now: None,
        own_domains: vec!["minato.example".to_owned()],
        clients: Directory::new(clients, &[]),
        ..Facts::default()
    }
}

fn load(packs: &[Source]) -> Rules {
    Rules::load(packs, &[], Lang::En).unwrap_or_else(|problems| panic!("{}", problems[0]))
}

/// Rule ids and titles of what is found.
fn findings(rules: &Rules, raw: &[u8]) -> Vec<(String, String)> {
    let message = Message::parse(raw).unwrap();
    rules.run(&message, &facts()).found.into_iter().map(|finding| (finding.rule, finding.title.en)).collect()
}

/// They take a second to load here.
static SHIPPED: LazyLock<Rules> = LazyLock::new(|| load(&Rules::embedded()));

fn found(raw: &[u8]) -> Vec<String> {
    findings(&SHIPPED, raw).into_iter().map(|(rule, _)| rule).collect()
}

#[test]
fn rules_of_ones_own_see_names_contents_and_sizes() {
    let rules = load(&[Source::new("own.toml", own())]);
    assert!(rules.test().iter().all(|outcome| outcome.failures.is_empty()), "{:?}", rules.test());
    let ids = |files: &[(&str, &[u8])]| {
        let found = findings(&rules, &mail(files)).into_iter();
        found.map(|(rule, _)| rule).filter(|rule| rule != "any-file").collect::<Vec<_>>()
    };
    let locked = zip(&[("a.pdf", b"x")], Lock::Aes);
    assert_eq!(ids(&[("notes.txt", &locked)]), ["no-ppap"]);
    assert_eq!(ids(&[("notes.xlsx", &ole("EncryptedPackage"))]), [""; 0]);
    assert_eq!(ids(&[("OFFER-26.PDF", b"%PDF-1.7")]), ["offers"]);
    assert_eq!(ids(&[("ｏｆｆｅｒ－26.pdf", b"%PDF-1.7")]), ["offers"], "full width");
    assert_eq!(ids(&[("offer-126.pdf", b"%PDF-1.7")]), [""; 0]);
    assert_eq!(ids(&[("photo.bin", &[&b"\xFF\xD8\xFF"[..], &[0; 2000]].concat())]), ["large-picture"]);
    let packed = zip(&[("2026/御見積書_最終.xlsx", b"x"), ("b.txt", b"x")], Lock::None);
    let all = findings(&rules, &mail(&[("data.zip", &packed), ("c.txt", b"c")]));
    assert_eq!(all[0], ("offers".to_owned(), "“data.zip › 2026/御見積書_最終.xlsx” is an offer of 0.0 MB".to_owned()));
    assert_eq!(all.iter().filter(|(rule, _)| rule == "any-file").count(), 2);
}

#[test]
fn sizes_and_traits_that_are_none_are_told() {
    for (was, is) in [("over = \"1KiB\"", "over = \"big\""), ("[\"image\"]", "[\"imagery\"]"), ("over =", "ower =")] {
        let problems = Rules::load(&[Source::new("own.toml", own().replace(was, is))], &[], Lang::En).unwrap_err();
        assert_eq!(problems.len(), 1, "{is}: {problems:?}");
    }
}

#[test]
fn programs_are_found_wherever_they_hide() {
    let program = [b"MZ\x90\0\x03\0\0\0", &[0; 64][..]].concat();
    assert_eq!(found(&mail(&[("a.zip", &deflated(&[("bin/tool", &program)]))])), ["dangerous-attachment"]);
    let inner = deflated(&[("run.exe", b"x")]);
    assert_eq!(found(&mail(&[("a.zip", &deflated(&[("inner.zip", &inner)]))])), ["dangerous-attachment"]);
    let mut both = found(&mail(&[("report.pdf", &program)]));
    both.sort();
    assert_eq!(both, ["dangerous-attachment", "disguised-attachment"]);
    assert_eq!(found(&mail(&[("a.zip", &stored("見積.exe".as_bytes(), 0, 0, b"x"))])), ["dangerous-attachment"]);
    assert_eq!(found(&mail(&[("a.docx", &office(&[("word/document.xml", "<w:p/>")]))])), [""; 0]);
    assert_eq!(found(&mail(&[("a.xlsm", &office(&[("xl/vbaProject.bin", "x")]))])), ["macro-attachment"]);
}

#[test]
fn documents_of_another_client_are_found() {
    let (sjis, ..) = encoding_rs::SHIFT_JIS.encode("東雲製菓様_請求書.pdf");
    assert_eq!(found(&mail(&[("a.zip", &stored(&sjis, 0, 0, b"x"))])), ["wrong-attachment-party"]);
    let word = |text: &str| {
        office(&[("word/document.xml", &format!("<w:p><w:t>御見積書</w:t></w:p><w:p><w:t>{text}</w:t></w:p>"))])
    };
    assert_eq!(found(&mail(&[("a.docx", &word("東雲製菓株式会社　御中"))])), ["wrong-attachment-party"]);
    assert_eq!(found(&mail(&[("a.docx", &word("株式会社青葉精機　御中"))])), [""; 0]);
    assert_eq!(found(&mail(&[("a.docx", &word("納入先は東雲製菓株式会社です。"))])), [""; 0]);
    let sheet =
        "<sst><si><t>東雲製菓</t><rPh sb=\"0\" eb=\"2\"><t>シノノメセイカ</t></rPh></si><si><t>御中</t></si></sst>";
    assert_eq!(found(&mail(&[("a.xlsx", &office(&[("xl/sharedStrings.xml", sheet)]))])), ["wrong-attachment-party"]);
}

#[test]
fn a_quotation_or_invoice_of_another_client_is_found_in_a_pdf() {
    let file = |name: &str| crate::pdf::fixtures().into_iter().find(|(file, _)| file == name).unwrap().1;
    let is_found = |to: &str, pdf: &[u8]| {
        let raw = String::from_utf8(mail(&[("20261014.pdf", pdf)])).unwrap();
        let raw = raw.replacen("To: b@aoba.example", &format!("To: b@{to}.example"), 1);
        found(raw.as_bytes()).contains(&"wrong-attachment-party".to_owned())
    };
    for (name, client) in [
        ("chromium-quotation", "hokuto"),
        ("weasyprint", "hokuto"),
        ("libreoffice-writer", "hokuto"),
        ("qpdf-object-streams", "hokuto"),
        ("reportlab-rksj", "shinonome"),
        ("reportlab-unijis", "aoba"),
        ("chromium-invoice", "alderbio"),
        ("wkhtmltopdf", "alderbio"),
        ("ghostscript", "alderbio"),
        ("reportlab-owner", "alderbio"),
        ("libreoffice-calc", "lumen"),
        ("fpdf2", "lumen"),
        ("qpdf-aes256", "lumen"),
    ] {
        let pdf = file(name);
        // The goods of one of them go to another, who is no addressee: 「納入: 東雲製菓」, "Ship to: Lumen Dental Care".
        for to in ["aoba", "shinonome", "hokuto", "alderbio", "lumen"] {
            assert_eq!(is_found(to, &pdf), to != client, "{name} to {to}");
        }
        assert!(!is_found("minato", &pdf), "{name} to a colleague");
        assert!(!is_found("tax-office", &pdf), "{name} to somebody who is no client");
    }
    assert!(!is_found("aoba", &file("reportlab-user")), "nobody can tell");
    for (title, expected) in
        [("Signage - a case study", false), ("Customer references", false), ("Your reference 7", true)]
    {
        let content = format!("BT /F 9 Tf 14 TL 50 700 Td ({title}) Tj (Prepared for Alder Biosciences) ' ET");
        assert_eq!(is_found("lumen", &crate::pdf::page(content.as_bytes(), None, &[])), expected, "{title}");
    }
}

/// A mail with this text and part.
fn with_text(text: &str, part: Option<(&str, &[u8])>) -> Vec<u8> {
    let parts: Vec<(&[u8], &[u8])> = part.iter().map(|(head, body)| (head.as_bytes(), *body)).collect();
    let raw = String::from_utf8(mime(&parts)).unwrap();
    raw.replacen(
        "Content-Type: text/plain\r\n\r\nHello",
        &format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{text}"),
        1,
    )
    .into_bytes()
}

#[test]
fn only_files_keep_a_promise() {
    let promise = "Hello,\r\n\r\nplease find the contract attached.\r\n";
    let missing = |part| found(&with_text(promise, Some(part))) == ["missing-attachment"];
    assert!(missing((
        "Content-Type: image/png; name=logo.png\r\nContent-ID: <a@x>\r\nContent-Disposition: inline",
        b"x"
    )));
    assert!(missing((
        "Content-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Disposition: attachment",
        b"x"
    )));
    assert!(missing((
        "Content-Type: text/plain; name=ATT00001.txt\r\nContent-Disposition: attachment; filename=ATT00001.txt",
        b"x"
    )));
    assert!(missing(("Content-Type: text/x-vcard; name=a.vcf\r\nContent-Disposition: attachment", b"x")));
    assert!(!missing(("Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment", b"x")));
}

#[test]
fn promises_of_others_and_of_machines_bind_nobody() {
    for text in [
        "はい、承知しました。\r\n\r\n> 見積書を添付いたします。\r\n> ご査収ください。\r\n",
        "承知しました。\r\n\r\n-- \r\n小川\r\n当社からの添付ファイルをご確認ください。\r\n",
        "Thanks, all clear.\r\n\r\nThis e-mail and any files attached are confidential and intended solely for the addressee. If you are not the \
         intended recipient, please delete it; see the attached terms.\r\n",
    ] {
        assert_eq!(found(&with_text(text, None)), [""; 0], "{text}");
    }
}
