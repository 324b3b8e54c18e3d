//! One mail of each bad shape: it is read as far as a person could read it, and what cannot be read is held.

use atena::message::Message;

use super::{HEAD, found, html, mail, text};

const ANNOUNCED: &str = "資料を添付いたします。\r\n";

#[test]
fn raw_japanese_headers_and_bodies_of_every_encoding_are_read() {
    let raw =
        format!("From: a@kitayama-seiki.example\nTo: b@mitsuwa-seiko.example\nSubject: 見積書の件\n\n{ANNOUNCED}");
    for name in ["utf-8", "shift_jis", "euc-jp", "iso-2022-jp"] {
        let encoding = encoding_rs::Encoding::for_label(name.as_bytes()).unwrap();
        let raw = encoding.encode(&raw).0.into_owned();
        let message = Message::parse(&raw).unwrap();
        assert_eq!(message.subject.as_deref(), Some("見積書の件"), "{name}");
        assert_eq!(found(&raw), ["missing-attachment"], "{name}");
    }
}

#[test]
fn undecodable_charsets_leave_the_rest_readable() {
    for charset in ["x-klingon", "", "utf-7", "=?utf-8?"] {
        let headers = format!("Content-Type: text/plain; charset=\"{charset}\"\r\n");
        let raw = mail(&headers, b"Please find attached the report.\r\n\xff\xfe\x80");
        assert_eq!(found(&raw), ["missing-attachment"], "{charset}");
    }
    let wrong = mail("Content-Type: text/plain; charset=iso-2022-jp\r\n", "資料を添付いたします。");
    assert_eq!(found(&wrong), ["missing-attachment"], "UTF-8 under another label");
}

#[test]
fn charsets_without_a_decoder_are_read_as_far_as_they_are_ascii_or_held() {
    for charset in ["iso-2022-kr", "iso-2022-cn", "hz-gb-2312"] {
        let headers = format!("Content-Type: text/plain; charset={charset}\r\n");
        assert!(!found(&mail(&headers, "Please find attached the report.\r\n")).is_empty(), "{charset}");
    }
}

#[test]
fn multiparts_with_broken_boundaries_keep_their_texts_and_files() {
    let open = "Content-Type: multipart/mixed; boundary=\"b\"\r\n";
    let part = "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n";
    let file = "--b\r\nContent-Type: application/pdf; name=a.pdf\r\n\r\n%PDF\r\n";
    let cases = [
        ("no end", format!("{part}{ANNOUNCED}"), vec!["missing-attachment"]),
        ("no end, with file", format!("{part}{ANNOUNCED}{file}"), vec![]),
        ("text behind the end", format!("{part}{ANNOUNCED}--b--\r\nepilogue"), vec!["missing-attachment"]),
        ("part without headers", format!("--b\r\n\r\n{ANNOUNCED}--b--"), vec!["missing-attachment"]),
        ("empty part first", format!("--b\r\n--b\r\n{part}{ANNOUNCED}{file}--b--"), vec![]),
    ];
    for (name, body, expected) in cases {
        assert_eq!(found(&mail(open, body)), expected, "{name}");
    }
    let prefix = "Content-Type: multipart/mixed; boundary=\"ab\"\r\n";
    let body = format!(
        "--ab\r\nContent-Type: multipart/alternative; boundary=\"abc\"\r\n\r\n--abc\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{ANNOUNCED}--abc--\r\n--ab\r\n\
         Content-Type: application/pdf; name=\"a.pdf\"\r\n\r\nx\r\n--ab--\r\n"
    );
    assert_eq!(found(&mail(prefix, body)), [""; 0], "a boundary that begins with another");
}

/// The announcement inside so many multiparts.
fn nested(levels: usize) -> Vec<u8> {
    let mut body = String::from(HEAD);
    for level in 0..levels {
        body += &format!("Content-Type: multipart/mixed; boundary=\"b{level}\"\r\n\r\n--b{level}\r\n");
    }
    (body + "Content-Type: text/plain; charset=utf-8\r\n\r\n" + ANNOUNCED).into_bytes()
}

#[test]
fn nesting_beyond_what_mail_programs_write_is_held_and_not_passed() {
    assert_eq!(found(&nested(20)), ["missing-attachment"]);
    assert_eq!(found(&nested(20_000)), ["check-failed"]);
    found(&mail("", "Content-Type: message/rfc822\r\n\r\n".repeat(200_000)));
    let attached = [HEAD.as_bytes(), "Content-Type: message/rfc822\r\n\r\n".repeat(200_000).as_bytes()].concat();
    assert_eq!(found(&attached), ["check-failed"]);
}

#[test]
fn what_is_nested_too_deep_to_be_read_is_held() {
    for levels in [200, 1000] {
        assert!(!found(&nested(levels)).is_empty(), "{levels}");
    }
}

#[test]
fn a_hundred_thousand_parts_are_read() {
    let part = "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nx\r\n";
    let many = mail("Content-Type: multipart/mixed; boundary=\"b\"\r\n", part.repeat(100_000) + "--b--");
    assert_eq!(found(&many), [""; 0]);
}

#[test]
fn headers_that_are_none_lose_nothing_but_themselves() {
    assert_eq!(found(b"a"), ["empty-text"]);
    assert_eq!(found(b"\r\n\r\nhello"), [""; 0]);
    assert_eq!(found(HEAD.as_bytes()), ["empty-text"], "only headers");
    assert_eq!(found(b""), ["check-failed"]);
    assert_eq!(found(b" \r\n\t\r\n"), ["check-failed"]);
    let colon = b"no colon here\r\nTo: b@mitsuwa-seiko.example\r\nSubject: Hi\r\n\r\nSee the attached file.";
    let message = Message::parse(colon).unwrap();
    assert_eq!((message.to.len(), message.subject.as_deref()), (1, Some("Hi")));
    let bare = HEAD.replace("\r\n", "\n") + "\nSee the attached file.\n";
    assert_eq!(found(bare.as_bytes()), ["missing-attachment"], "bare line feeds");
    let nul = mail("X-\0: \0\r\n", b"See the attached file.\0\0\r\n");
    assert_eq!(found(&nul), ["missing-attachment"], "NULs");
}

#[test]
fn floods_in_headers_are_survived() {
    let cases: [(&str, String); 11] = [
        ("10 MB line", format!("Subject: {}", "x".repeat(10_000_000))),
        ("folds", format!("Subject: a\r\n{}", " b\r\n".repeat(100_000))),
        ("encoded words", format!("Subject: {}", "=?UTF-8?B?44GC?= ".repeat(50_000))),
        ("open encoded words", format!("Subject: {}", "=?UTF-8?B?".repeat(100_000))),
        ("signs of encoded words", format!("Subject: {}", "=?".repeat(300_000))),
        ("comments", format!("To: {}", "(".repeat(300_000))),
        ("quotes", format!("To: {}", "\"\\".repeat(300_000))),
        ("groups", format!("To: {}{}", "a:".repeat(300_000), ";".repeat(300_000))),
        ("angles", format!("To: {}", "<".repeat(300_000))),
        ("parameters", format!("Content-Type: text/plain;{}", " a=b;".repeat(100_000))),
        ("fields", "X-A: b\r\n".repeat(100_000)),
    ];
    for (name, header) in cases {
        let raw = format!("From: a@kitayama-seiki.example\r\n{header}\r\n\r\n資料を添付いたします。");
        assert!(found(raw.as_bytes()).contains(&"missing-attachment".to_owned()), "{name}");
    }
}

#[test]
fn ten_thousand_recipients_are_one_finding() {
    let to = |domain: &dyn Fn(usize) -> String| {
        let list: Vec<String> = (0..10_000).map(|n| format!("u{n}@{}", domain(n))).collect();
        format!("From: a@kitayama-seiki.example\r\nTo: {}\r\nSubject: x\r\n\r\nこんにちは", list.join(",\r\n "))
    };
    assert_eq!(found(to(&|n| format!("d{}.test", n % 2000)).as_bytes()), ["bulk-to-cc"]);
    assert_eq!(found(to(&|_| "mitsuwa-seiko.example".to_owned()).as_bytes()), [""; 0]);
}

#[test]
fn wrong_base64_and_large_attachments_are_files_all_the_same() {
    let mixed = |file: &str| {
        let body = format!(
            "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{ANNOUNCED}--b\r\nContent-Type: application/pdf; \
             name=\"a.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{file}\r\n--b--"
        );
        mail("Content-Type: multipart/mixed; boundary=\"b\"\r\n", body)
    };
    for wrong in ["****", "=", "A", "ＡＢＣ", "QUJD=QUJD=!", ""] {
        assert_eq!(found(&mixed(wrong)), [""; 0], "{wrong:?}");
    }
    let line = format!("{}\r\n", "QUJD".repeat(19));
    assert_eq!(found(&mixed(&line.repeat(860_000))), ["large-attachment"]);
    let body = mail("Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n", "!?".repeat(100_000) + "QQ");
    assert_eq!(found(&body), [""; 0], "a text in wrong base64");
}

#[test]
fn floods_of_lines_are_survived() {
    let cases = [
        ("blank lines", "\r\n".repeat(1_000_000) + ANNOUNCED),
        ("rules", "――――――――――――――――\r\n".repeat(20_000) + ANNOUNCED),
        ("lines", "お世話になっております。\r\n".repeat(100_000) + ANNOUNCED),
    ];
    for (name, body) in cases {
        assert!(found(&text(body)).contains(&"missing-attachment".to_owned()), "{name}");
    }
}

#[test]
fn floods_in_texts_are_survived() {
    let japanese = "お世話になっております。資料を添付いたします。";
    let cases = [
        ("quoted lines", "> hello there friend\r\n".repeat(240_000) + ANNOUNCED),
        ("quote marks", ">".repeat(2_000_000) + "\r\n" + ANNOUNCED),
        ("one line", japanese.repeat(75_000)),
        ("combining marks", format!("か{}\r\n{ANNOUNCED}", "\u{3099}".repeat(500_000))),
        ("zero width", format!("{}\r\n{ANNOUNCED}", "\u{200b}a".repeat(300_000))),
    ];
    for (name, body) in cases {
        assert!(found(&text(body)).contains(&"missing-attachment".to_owned()), "{name}");
    }
}

#[test]
fn deep_and_broken_html_is_read() {
    let cases = [
        ("open", "<div>".repeat(100_000) + ANNOUNCED),
        ("nested", "<div>".repeat(100_000) + ANNOUNCED + &"</div>".repeat(100_000)),
        ("tables", "<table><tr><td>".repeat(50_000) + ANNOUNCED),
        ("entities", "&amp;".repeat(200_000) + "<br>" + ANNOUNCED),
        ("never opened", "</blockquote>".repeat(100_000) + ANNOUNCED),
        ("angles", "<".repeat(50_000) + "<br>" + ANNOUNCED),
    ];
    for (name, body) in cases {
        assert!(found(&html(body)).contains(&"missing-attachment".to_owned()), "{name}");
    }
    for hidden in ["<!--", "<a href=\"", "<script>", "<style>", "<title>", "<blockquote>"] {
        found(&html(hidden.repeat(100_000) + ANNOUNCED));
    }
}
