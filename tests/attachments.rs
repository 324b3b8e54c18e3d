//! Is an attached file seen for what it is, whatever its name and headers say, and at what cost?
#![allow(clippy::unwrap_used)]

#[path = "attachments/hostile.rs"]
mod hostile;
#[path = "attachments/pdf/mod.rs"]
mod pdf;
#[path = "attachments/rules.rs"]
mod rules;
#[path = "attachments/samples.rs"]
mod samples;

use atena::message::{Attachment, Content, Kind, Message};
use samples::{Lock, deflated, mail, mime, office, ole, stored, zip};

fn only(raw: &[u8]) -> Attachment {
    let mut message = Message::parse(raw).unwrap();
    assert_eq!(message.attachments.len(), 1, "{:?}", message.attachments);
    message.attachments.remove(0)
}

/// The attachment of a mail that holds these bytes under this name.
fn attached(name: &str, content: &[u8]) -> Attachment {
    only(&mail(&[(name, content)]))
}

fn names(attachment: &Attachment) -> Vec<&str> {
    attachment.entries.iter().map(|entry| entry.name.as_str()).collect()
}

#[test]
fn archives_tell_their_files() {
    let data = zip(&[("見積書/東雲製菓.xlsx", b"x"), ("見積書/", b""), ("readme.txt", b"hello")], Lock::None);
    let seen = attached("data.zip", &data);
    assert_eq!((seen.content, seen.encrypted), (Content::Archive, false));
    assert_eq!(names(&seen), ["見積書/東雲製菓.xlsx", "readme.txt"]);
    // Something in front of it, as self-extracting archives and careless gateways have it, or its end cut off.
    let cut = &data[..data.len() - 30];
    assert_eq!(names(&attached("cut.zip", cut)), ["見積書/東雲製菓.xlsx", "readme.txt"]);
}

#[test]
fn names_in_archives_are_read_in_the_charset_of_who_packed_them() {
    let (sjis, ..) = encoding_rs::SHIFT_JIS.encode("御見積書_北斗建材様.xlsx");
    assert_eq!(names(&attached("a.zip", &stored(&sjis, 0, 0, b"x"))), ["御見積書_北斗建材様.xlsx"]);
    // macOS takes the marks of kana apart.
    let apart = "テ\u{3099}ータ.csv";
    assert_eq!(names(&attached("a.zip", &stored(apart.as_bytes(), 0, 0, b"x"))), ["データ.csv"]);
    assert_eq!(names(&attached("a.zip", &stored("ü.txt".as_bytes(), 1 << 11, 0, b"x"))), ["ü.txt"]);
    assert_eq!(names(&attached("a.zip", &stored(b"dir\\a.exe", 0, 0, b"x"))), ["dir/a.exe"]);
}

#[test]
fn encrypted_archives_are_found_by_content() {
    for (lock, expected) in [(Lock::None, false), (Lock::ZipCrypto, true), (Lock::Aes, true)] {
        for name in ["data.zip", "data.txt", "data.zi_", ""] {
            let seen = attached(name, &zip(&[("a.pdf", b"%PDF-1.7")], lock));
            assert_eq!((seen.content, seen.encrypted), (Content::Archive, expected), "{name}");
            assert_eq!(names(&seen), ["a.pdf"], "{name}");
        }
    }
}

#[test]
fn locked_office_files_and_pdfs_are_no_archives() {
    let package = ole("EncryptedPackage");
    let old_word = [&ole("WordDocument")[..], &[0xEC, 0xA5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x13]].concat();
    let old_sheet = [&ole("Workbook")[..], b"\x09\x08\x10\0\0\x06\x05\0", &[0; 12], b"\x2F\0\x36\0"].concat();
    for (name, content) in [("a.xlsx", &package), ("a.doc", &old_word), ("a.xls", &old_sheet)] {
        let seen = attached(name, content);
        assert_eq!((seen.content, seen.encrypted, seen.entries.len()), (Content::Office, true, 0), "{name}");
    }
    let open = ole("Workbook");
    assert!(!attached("a.xls", &open).encrypted);
    assert_eq!(attached("a.xls", &ole("_VBA_PROJECT")).content, Content::Macros);
    for (trailer, expected) in
        [("/Encrypt 5 0 R", true), ("/Encrypt<</V 2>>", true), ("", false), ("/EncryptMetadata false", false)]
    {
        let seen = attached("a.pdf", format!("%PDF-1.7\ntrailer <<{trailer}>>").as_bytes());
        assert_eq!((seen.content, seen.encrypted), (Content::Pdf, expected), "{trailer}");
    }
}

#[test]
fn seven_zip_rar_tar_and_programs_are_known_by_their_bytes() {
    let coder = |bytes: &[u8]| [b"7z\xBC\xAF\x27\x1C\0\x04\0\0\0\0", &[0; 20][..], b"\x17\x06", bytes].concat();
    assert!(attached("a.7z", &coder(b"\x06\xF1\x07\x01")).encrypted);
    assert!(!attached("a.7z", &coder(b"\x03\x01\x01")).encrypted);
    let rar5 = b"Rar!\x1A\x07\x01\x00\0\0\0\0\x0E\x02\x00\x00\x05\x20\x00\x00\x06run.sh";
    assert_eq!(names(&attached("a.rar", rar5)), ["run.sh"]);
    assert!(attached("a.rar", b"Rar!\x1A\x07\x01\x00\0\0\0\0\x03\x04\x00\x00").encrypted);
    let mut rar4 = b"Rar!\x1A\x07\x00".to_vec();
    rar4.extend(b"\0\0\x73\0\0\x0D\0\0\0\0\0\0\0");
    rar4.extend(b"\0\0\x74\x04\x80\x25\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\0\0\0\0\0a.exe");
    let seen = attached("b.rar", &rar4);
    assert_eq!((names(&seen), seen.encrypted), (vec!["a.exe"], true));
    let mut tar = vec![0; 512];
    tar[..6].copy_from_slice(b"run.sh");
    tar[124..136].copy_from_slice(b"00000000000\0");
    tar[257..262].copy_from_slice(b"ustar");
    assert_eq!(names(&attached("a.tar", &tar)), ["run.sh"]);
    let program = [b"MZ\x90\0\x03\0\0\0", &[0; 64][..]].concat();
    assert_eq!(attached("report.pdf", &program).content, Content::Program);
    assert_eq!(
        attached("a.txt", b"MZ-700 and other home computers of the eighties, a list of all of them").content,
        Content::Unknown
    );
    assert_eq!(attached("tool", b"#!/bin/sh\nrm -r $1").content, Content::Script);
    let packed = zip(&[("holiday.jpg", &program[..]), ("b.txt", b"b")], Lock::None);
    assert_eq!(attached("a.zip", &packed).entries[0].content, Content::Program);
}

#[test]
fn an_archive_in_an_archive_is_looked_into_once() {
    let inner = zip(&[("setup.exe", b"x")], Lock::None);
    let middle = zip(&[("inner.zip", &inner[..])], Lock::None);
    assert_eq!(names(&attached("a.zip", &middle)), ["inner.zip/setup.exe", "inner.zip"]);
    let outer = zip(&[("middle.zip", &middle[..])], Lock::None);
    assert_eq!(names(&attached("a.zip", &outer)), ["middle.zip/inner.zip", "middle.zip"]);
    let locked = deflated(&[("inner.zip", &zip(&[("a.pdf", b"x")], Lock::Aes))]);
    assert!(attached("a.zip", &locked).encrypted);
}

#[test]
fn documents_tell_how_they_begin() {
    let word = office(&[
        ("docProps/core.xml", "<cp:coreProperties><dc:title>御見積書</dc:title></cp:coreProperties>"),
        (
            "word/document.xml",
            "<w:p><w:r><w:t>北斗建材株式会社</w:t></w:r><w:r><w:t xml:space=\"preserve\"> 御中</w:t></w:r></w:p><w:p><w:t>A &amp; B&#12290;</w:t></w:p>",
        ),
    ]);
    assert_eq!(attached("a.docx", &word).text, "御見積書\n北斗建材株式会社 御中\nA & B。\n");
    let sheet = office(&[(
        "xl/sharedStrings.xml",
        "<sst><si><t>東雲製菓</t><rPh sb=\"0\" eb=\"2\"><t>シノノメ</t></rPh></si><si><t>御中</t></si></sst>",
    )]);
    let seen = attached("a.xlsx", &sheet);
    assert_eq!((seen.content, seen.text.as_str(), seen.entries.len()), (Content::Office, "東雲製菓\n御中\n", 0));
    let (sjis, ..) = encoding_rs::SHIFT_JIS.encode("会社名,金額\n東雲製菓,1000\n");
    assert_eq!(attached("a.csv", &sjis).text, "会社名,金額\n東雲製菓,1000\n");
    for (title, expected) in [
        ("(Offer \\(draft\\))", "Offer (draft)"),
        ("<FEFF898B7A4D66F8>", "見積書"),
        ("(\\376\\377\\211\\213)", "見"),
        ("()", ""),
    ] {
        let pdf = format!(
            "%PDF-1.4\n1 0 obj<</Title (Chapter 1)/Parent 2 0 R>>endobj 3 0 obj\n<< /Title {title} /Producer (x) >> endobj"
        );
        assert_eq!(attached("a.pdf", pdf.as_bytes()).text, expected, "{title}");
    }
}

#[test]
fn one_name_in_every_spelling() {
    let spellings = [
        "Content-Disposition: attachment; filename*=UTF-8''%E8%A6%8B%E7%A9%8D%E6%9B%B8.pdf",
        "Content-Disposition: attachment;\r\n filename*0*=UTF-8''%E8%A6%8B;\r\n filename*1*=%E7%A9%8D%E6%9B%B8.pdf",
        "Content-Disposition: attachment; filename=\"=?UTF-8?B?6KaL56mN5pu4LnBkZg==?=\"",
        "Content-Disposition: attachment; filename=\"=?ISO-2022-JP?B?GyRCOCtAUT1xGyhCLnBkZg==?=\"",
        "Content-Type: application/pdf; name=\"=?Shift_JIS?B?jKmQz4+RLnBkZg==?=\"\r\nContent-Disposition: attachment",
        "Content-Disposition: attachment; filename=\"見積書.pdf\"",
    ];
    let (sjis, ..) = encoding_rs::SHIFT_JIS.encode("Content-Disposition: attachment; filename=\"見積書.pdf\"");
    let all = spellings.iter().map(|head| head.as_bytes()).chain([&sjis[..]]);
    for head in all {
        assert_eq!(only(&mime(&[(head, b"%PDF-1.7")])).name, "見積書.pdf", "{}", String::from_utf8_lossy(head));
    }
}

/// The kinds of the parts of a mail, behind its text.
fn kinds(parts: &[(&str, &[u8])]) -> Vec<Kind> {
    let parts: Vec<(&[u8], &[u8])> = parts.iter().map(|(head, body)| (head.as_bytes(), *body)).collect();
    Message::parse(&mime(&parts)).unwrap().attachments.iter().map(|attachment| attachment.kind).collect()
}

#[test]
fn what_mail_programs_add_is_no_file() {
    let png = "Content-Type: image/png; name=logo.png\r\nContent-ID: <Logo@x>\r\nContent-Disposition: ";
    let page = ("Content-Type: text/html", &b"<p>Hello <img src=\"cid:logo@X\"></p>"[..]);
    let logo = |how: &str| format!("{png}{how}");
    assert_eq!(kinds(&[page, (&logo("attachment"), b"x")]), [Kind::Embedded]);
    assert_eq!(kinds(&[(&logo("inline"), b"x")]), [Kind::Embedded]);
    assert_eq!(kinds(&[(&logo("attachment"), b"x")]), [Kind::File], "nobody shows it");
    let outlook = "Content-Type: image/png; name=image001.png\r\nContent-ID: <image001.png@01DB>\r\nContent-Disposition: attachment; filename=image001.png";
    assert_eq!(kinds(&[(outlook, b"x")]), [Kind::Embedded]);
    for (head, expected) in [
        (
            "Content-Type: application/pkcs7-signature; name=smime.p7s\r\nContent-Disposition: attachment; filename=smime.p7s",
            Kind::Signature,
        ),
        ("Content-Type: application/pgp-signature; name=signature.asc", Kind::Signature),
        ("Content-Type: text/calendar; name=invite.ics\r\nContent-Disposition: attachment", Kind::Card),
        ("Content-Type: text/x-vcard; name=ogawa.vcf\r\nContent-Disposition: attachment", Kind::Card),
        (
            "Content-Type: text/plain; name=ATT00001.txt\r\nContent-Disposition: attachment; filename=ATT00001.txt",
            Kind::Scrap,
        ),
        (
            "Content-Type: text/html; name=ATT00002.htm\r\nContent-Disposition: attachment; filename=ATT00002.htm",
            Kind::Scrap,
        ),
        ("Content-Type: image/jpeg; name=IMG_0012.jpeg\r\nContent-Disposition: attachment", Kind::File),
        ("Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Disposition: attachment", Kind::File),
    ] {
        assert_eq!(kinds(&[(head, b"x")]), [expected], "{head}");
    }
    assert_eq!(attached("winmail.dat", b"\x78\x9F\x3E\x22\x01\0").content, Content::Tnef);
}
