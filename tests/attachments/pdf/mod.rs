//! Is the beginning of a PDF read as its reader sees it, whoever made it?

mod hostile;
mod samples;

use std::path::PathBuf;

use crate::attached;
pub(crate) use samples::page;
use samples::{file, hexadecimal, japanese, stream, tree};

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/pdf")
}

/// The PDFs of real producers, by name.
pub(crate) fn fixtures() -> Vec<(String, Vec<u8>)> {
    let mut out: Vec<(String, Vec<u8>)> = std::fs::read_dir(directory())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "pdf"))
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap()))
        .collect();
    out.sort();
    out
}

fn text(content: &[u8]) -> String {
    attached("a.pdf", content).text
}

/// `ATENA_BLESS=1` writes the texts anew.
#[test]
fn files_of_real_producers_say_what_is_beside_them() {
    let bless = std::env::var_os("ATENA_BLESS").is_some();
    for (name, content) in fixtures() {
        let seen = attached("a.pdf", &content);
        assert_eq!(seen.encrypted, name == "reportlab-user", "{name}");
        let path = directory().join(format!("{name}.txt"));
        if bless {
            std::fs::write(&path, &seen.text).unwrap();
        }
        assert_eq!(seen.text, std::fs::read_to_string(&path).unwrap_or_default(), "{name}");
    }
}

#[test]
fn a_broken_directory_loses_no_text() {
    for (name, content) in fixtures().into_iter().filter(|(name, _)| !name.contains("aes")) {
        let whole = text(&content);
        let at = content.windows(9).rposition(|word| word == b"startxref").unwrap();
        let mut wrong = content.clone();
        wrong[at + 10..at + 12].copy_from_slice(b"99");
        let mut moved = content.clone();
        moved.splice(9..9, *b"% one line more\n");
        for (damage, content) in [("no end", &content[..at]), ("wrong offset", &wrong), ("moved", &moved)] {
            assert_eq!(text(content), whole, "{name}: {damage}");
        }
    }
}

#[test]
fn japanese_codes_are_read_without_a_table_of_the_file() {
    let words = "北斗建材株式会社 御中";
    let utf16: Vec<u8> = words.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let (sjis, ..) = encoding_rs::SHIFT_JIS.encode(words);
    let (euc, ..) = encoding_rs::EUC_JP.encode(words);
    let full_width: Vec<u8> = encoding_rs::EUC_JP.encode("北斗建材").0.iter().map(|byte| byte & 0x7F).collect();
    for (cmap, code, expected) in [
        ("90ms-RKSJ-H", &sjis[..], words),
        ("90msp-RKSJ-H", &sjis, words),
        ("EUC-H", &euc, words),
        ("UniJIS-UCS2-H", &utf16, words),
        ("UniJIS-UTF16-H", &utf16, words),
        ("UniJIS2004-UTF16-H", &utf16, words),
        ("H", &full_width, "北斗建材"),
        // Glyph numbers of Adobe-Japan1, which are no text without a table.
        ("Identity-H", &[0x0F, 0x12], ""),
    ] {
        let content = format!("BT /F 11 Tf 50 700 Td <{}> Tj ET", hexadecimal(code));
        assert_eq!(text(&page(content.as_bytes(), Some(&japanese(cmap)), &[])), expected, "{cmap}");
    }
}

#[test]
fn what_stands_on_one_line_is_a_line() {
    let shown = |content: &str| text(&page(content.as_bytes(), None, &[]));
    // Letters one by one, out of order, a word moved by a number, a line by leading.
    assert_eq!(shown("BT /F 10 Tf 57.2 700 Td (i) Tj -7.2 0 Td (H) Tj ET"), "Hi");
    assert_eq!(
        shown("BT /F 10 Tf 12 TL 50 700 Td [(Bill)-300(to:)] TJ (Acme) ' T* [(Le)20(eds)] TJ ET"),
        "Bill to:\nAcme\nLeeds"
    );
    // Bold as old printers made it, a superscript, type turned upside down and put right by its page.
    assert_eq!(shown("BT /F 10 Tf 50 700 Td (Bold) Tj ET BT /F 10 Tf 50.4 700 Td (Bold) Tj ET"), "Bold");
    assert_eq!(shown("BT /F 10 Tf 50 700 Td (1) Tj 6 Tf 3 Ts (st) Tj ET".replace("6 Tf", "/F 6 Tf").as_str()), "1st");
    assert_eq!(shown("q -1 0 0 -1 500 800 cm BT /F 10 Tf 50 700 Td (over) Tj ET Q"), "over");
    // A picture's bytes are no operators.
    assert_eq!(shown("BI /W 1 /H 1 ID (Tj EIx BT\n EI BT /F 10 Tf 1 0 0 1 5 5 Tm (a) Tj ET"), "a");
}

#[test]
fn columns_are_read_one_after_the_other_and_tables_by_rows() {
    let cells = [
        (50, 700, "Bill to:"),
        (300, 700, "Ship to:"),
        (50, 686, "Alder Biosciences"),
        (300, 686, "Lumen Dental"),
        (50, 620, "Item"),
        (250, 620, "Number"),
        (350, 620, "Price"),
        (50, 606, "Sign"),
        (250, 606, "2"),
        (350, 606, "150.00"),
    ];
    let content: String =
        cells.iter().map(|(x, y, text)| format!("BT /F 10 Tf 1 0 0 1 {x} {y} Tm ({text}) Tj ET\n")).collect();
    assert_eq!(
        text(&page(content.as_bytes(), None, &[])),
        "Bill to:\nAlder Biosciences\nShip to:\nLumen Dental\nItem  Number  Price\nSign  2  150.00"
    );
}

#[test]
fn kanji_set_wide_are_a_word_and_vertical_lines_run_from_the_right() {
    let show = |text: &str| hexadecimal(&encoding_rs::SHIFT_JIS.encode(text).0);
    let wide = format!("BT /F 20 Tf 20 Tc 50 700 Td <{}> Tj ET", show("御見積書"));
    assert_eq!(text(&page(wide.as_bytes(), Some(&japanese("90ms-RKSJ-H")), &[])), "御見積書");
    let spaced = format!("BT /F 10 Tf 50 700 Td <{}> Tj ET", show("株 式 会 社　北斗建材　　御 中"));
    assert_eq!(text(&page(spaced.as_bytes(), Some(&japanese("90ms-RKSJ-H")), &[])), "株式会社 北斗建材 御中");
    let vertical = format!("BT /F 10 Tf 500 700 Td <{}> Tj -16 0 Td <{}> Tj ET", show("髙橋様"), show("拝啓"));
    assert_eq!(text(&page(vertical.as_bytes(), Some(&japanese("90ms-RKSJ-V")), &[])), "髙橋様\n拝啓");
}

#[test]
fn names_of_glyphs_and_the_file_s_own_table_are_characters() {
    let font = "<</Type/Font/Subtype/Type1/BaseFont/X/Encoding<</Differences[1/uni5FA1/u4E2D/f_i/A.sc/eacute/g77]>>>>";
    assert_eq!(text(&page(b"BT /F 10 Tf <010203040506> Tj ET", Some(font), &[])), "御中fiAé");
    let table = b"1 beginbfrange <01><02><5FA1> endbfrange 1 beginbfchar <03><4E2D00B7> endbfchar 1 beginbfchar <04><2F00> endbfchar";
    let font =
        "<</Type/Font/Subtype/Type3/FontMatrix[.01 0 0 .01 0 0]/FirstChar 1/Widths[60 60 60 60]/ToUnicode 6 0 R>>";
    // A radical is the kanji it looks like.
    assert_eq!(text(&page(b"BT /F 10 Tf <010304> Tj ET", Some(font), &[stream("", table)])), "御中·一");
}

#[test]
fn forms_filters_and_turned_pages_are_seen_through() {
    let form = stream("/Type/XObject/Subtype/Form/Matrix[1 0 0 1 0 100]", b"BT /F 10 Tf 50 600 Td (inside) Tj ET");
    assert_eq!(text(&page(b"/X Do BT /F 10 Tf 50 690 Td (below) Tj ET", None, &[form])), "inside\nbelow");
    let words = "BT /F 10 Tf 50 700 Td (filtered) Tj ET";
    let font = b"<</Type/Font/Subtype/TrueType/BaseFont/Arial>>".to_vec();
    let run = [&[words.len() as u8 - 1], words.as_bytes(), &[128]].concat();
    let twice = hexadecimal(hexadecimal(words.as_bytes()).as_bytes());
    // ISO 32000-1, 7.4.4.2 has this example of LZW.
    let lzw = b"\x80\x0B\x60\x50\x22\x0C\x0C\x85\x01";
    for (entries, data, expected) in [
        ("/Filter/RunLengthDecode", &run[..], "filtered"),
        ("/Filter[/ASCIIHexDecode/AHx]", twice.as_bytes(), "filtered"),
        ("/Filter/DCTDecode", words.as_bytes(), ""),
        ("/Filter/LZWDecode", lzw, ""),
    ] {
        let mut objects = tree("");
        objects.extend([stream(entries, data), font.clone()]);
        assert_eq!(text(&file(&objects)), expected, "{entries}");
    }
    let mut filled = tree("/Annots[6 0 R<</Subtype/Link>>]");
    let field = b"<</Subtype/Widget/Rect[150 714 50 700]/AP<</N 7 0 R>>>>".to_vec();
    let shown =
        stream("/Subtype/Form/BBox[0 0 100 14]/Resources<</Font<</F 5 0 R>>>>", b"BT /F 10 Tf 0 0 Td (Acme) Tj ET");
    filled.extend([stream("", b"BT /F 10 Tf 10 700 Td (To:) Tj 60 -15 Td (below) Tj ET"), font.clone(), field, shown]);
    assert_eq!(text(&file(&filled)), "To: Acme\nbelow");
    let mut turned = tree("/Rotate 90");
    turned.extend([
        stream("", b"BT /F 10 Tf 0 1 -1 0 50 50 Tm (first) Tj ET BT /F 10 Tf 0 1 -1 0 70 50 Tm (second) Tj ET"),
        font,
    ]);
    assert_eq!(text(&file(&turned)), "first\nsecond");
}

#[test]
fn the_newest_version_of_an_object_counts() {
    let mut content = page(b"BT /F 10 Tf (old) Tj ET", None, &[]);
    let first = content.windows(4).rposition(|word| word == b"xref").unwrap();
    let first = content[..first].windows(4).rposition(|word| word == b"xref").unwrap();
    let at = content.len();
    content.extend(b"4 0 obj\n");
    content.extend(stream("", b"BT /F 10 Tf (new) Tj ET"));
    let table = content.len() + 8;
    content.extend(format!("\nendobj\nxref\n4 1\n{at:010} 00000 n \ntrailer\n<</Size 6/Root 1 0 R/Prev {first}>>\nstartxref\n{table}\n%%EOF").bytes());
    assert_eq!(text(&content), "new");
}

#[test]
fn a_scanned_page_has_no_text() {
    let picture =
        stream("/Type/XObject/Subtype/Image/Width 1/Height 1/Filter/DCTDecode", b"\xFF\xD8\xFF(BT /F 1 Tf (no) Tj ET");
    assert_eq!(text(&page(b"q 500 0 0 700 0 0 cm /X Do Q", None, &[picture])), "");
}
