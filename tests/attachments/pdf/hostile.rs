//! PDFs made to exhaust or break what reads them. Whoever waits for one of these tests has found what they look for.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use proptest::prelude::*;

use super::samples::{file, page, stream, tree};
use super::{attached, fixtures, text};

fn packed(data: &[u8]) -> Vec<u8> {
    let mut out = ZlibEncoder::new(Vec::new(), Compression::best());
    out.write_all(data).unwrap();
    out.finish().unwrap()
}

fn with_content(entries: &str, data: &[u8], more: &[Vec<u8>]) -> Vec<u8> {
    let mut objects = tree("");
    objects.extend([stream(entries, data), b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_vec()]);
    objects.extend_from_slice(more);
    file(&objects)
}

#[test]
fn bombs_stay_small() {
    let operators = b"BT /F 9 Tf (boom) Tj ET\n".repeat(4 << 20);
    let once = packed(&operators);
    for (entries, data) in [("/Filter/FlateDecode", &once), ("/Filter[/FlateDecode/FlateDecode]", &packed(&once))] {
        let seen = text(&with_content(entries, data, &[]));
        assert!(seen.len() <= 8 << 10, "{}", seen.len());
    }
    // In what a font says of itself, and in a stream of objects.
    let table = stream("/Filter/FlateDecode", &packed(&b"1 beginbfchar <41><0042> endbfchar\n".repeat(1 << 20)));
    let font = "<</Type/Font/Subtype/Type1/BaseFont/X/ToUnicode 6 0 R>>";
    assert!(text(&page(b"BT /F 9 Tf (A) Tj ET", Some(font), &[table])).len() <= 1);
    let objects = stream("/Type/ObjStm/N 9000000/First 9/Filter/FlateDecode", &packed(&b"7 0 ".repeat(1 << 20)));
    let mut broken = page(b"BT /F 9 Tf (A) Tj ET", None, &[objects]);
    broken.truncate(broken.len() - 20);
    assert_eq!(text(&broken), "A");
}

#[test]
fn circles_end() {
    let form = stream("/Type/XObject/Subtype/Form", b"/X Do /X Do /X Do BT /F 9 Tf (x) Tj ET");
    text(&with_content("", b"/X Do", &[form]));
    for object in [
        "<</Type/Pages/Kids[2 0 R 2 0 R 2 0 R]>>",
        "2 0 R",
        "<</Type/Pages/Kids 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Resources 2 0 R>>",
    ] {
        let mut objects = tree("/Resources 3 0 R");
        objects[1] = object.into();
        objects.extend([
            b"<</Length 4 0 R>>\nstream\nBT ET\nendstream".to_vec(),
            b"<</Type/Font/DescendantFonts 5 0 R>>".to_vec(),
        ]);
        text(&file(&objects));
    }
    // A directory that comes before itself, and an object stream that is in itself.
    let own =
        "%PDF-1.5\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Root 1 0 R/Prev 9/XRefStm 9>>\nstartxref\n9\n%%EOF";
    assert_eq!(text(own.as_bytes()), "");
    let entries = [2, 0, 3, 0, 2, 0, 3, 1, 2, 0, 3, 0];
    let mut inside = b"%PDF-1.5\n3 0 obj\n".to_vec();
    inside.extend(stream("/Type/XRef/W[1 2 1]/Index[1 3]/Size 4/Root 1 0 R/N 1/First 4", &entries));
    inside.extend(b"\nendobj\nstartxref\n9\n%%EOF");
    assert_eq!(text(&inside), "");
}

#[test]
fn depth_and_number_are_bounded() {
    for unit in ["[", "<</A", "(", "<", "q ", "BT ", "/X Do ", "0 0 obj ", "1 0 R ", "BI ", "endstream ", "%PDF-"] {
        let many = unit.repeat((512 << 10) / unit.len());
        text(&with_content("", many.as_bytes(), &[]));
        text(format!("%PDF-1.4\n1 0 obj {many}").as_bytes());
        text(format!("%PDF-1.4\n1 0 obj <</Root 1 0 R/Pages {many}>>\ntrailer <</Root 1 0 R/Info 1 0 R>>").as_bytes());
    }
    // More objects than are looked for, with and without their directory.
    let mut objects = tree("");
    objects.extend([stream("", b"BT /F 9 Tf (one of many) Tj ET"), b"<</Type/Font/Subtype/Type1>>".to_vec()]);
    objects.resize(150_000, b"0".to_vec());
    let many = file(&objects);
    assert_eq!(text(&many), "one of many");
    assert_eq!(text(&many[..many.len() - 20]), "one of many");
    // Streams without an end, each of which is asked for.
    let open = b"<</Length 9>>\nstream\n".repeat(50_000);
    let kids: String = (6..10_000).map(|n| format!("{n} 0 R ")).collect();
    text(&with_content("", &open, &[format!("[{kids}]").into_bytes()]));
}

#[test]
fn names_that_lead_nowhere_are_not_copied() {
    let names = "/x".repeat(24_000);
    let resources = format!("<</Font<</F 5 0 R/a[{names}]>>/XObject<</a[{names}]/b 7 0 R>>>>");
    let mut objects = tree("/Resources 6 0 R");
    let content = "/a Do /a 9 Tf /b 9 Tf ".repeat(40_000) + "BT /F 9 Tf (end) Tj ET";
    objects.extend([stream("", content.as_bytes()), b"<</Type/Font/Subtype/Type1>>".to_vec(), resources.into_bytes()]);
    assert_eq!(text(&file(&objects)), "end");
    // Inherited by a thousand, none of which is a page.
    objects = tree("");
    objects[1] = format!("<</Type/Pages/Kids[4 0 R]/Resources[{names}{names}]{}>>", "/Rotate 0".repeat(900)).into();
    objects.push(b"<</Type/Pages/Kids[4 0 R 4 0 R 4 0 R 4 0 R 4 0 R]>>".to_vec());
    assert_eq!(text(&file(&objects)), "");
}

#[test]
fn a_glyph_is_no_book_and_fonts_are_counted() {
    let content = b"BT /F 9 Tf 10 700 Td (A) Tj ".repeat(50_000);
    let font = "<</Type/Font/Subtype/Type1/BaseFont/X/ToUnicode 6 0 R>>";
    let (digits, letters) = ("0042".repeat(100_000), "BC".repeat(100_000));
    for target in
        [format!("<{digits}>"), format!("({letters})"), format!("(\\)(){letters})"), format!("<{}>", &digits[..400])]
    {
        let map = format!("1 beginbfchar <41>{target} endbfchar");
        let seen = text(&page(&content, Some(font), &[stream("", map.as_bytes())]));
        assert!(!seen.contains('B') && seen.len() <= 8 << 10, "{}", seen.len());
    }
    let named: String = (0..5_000).map(|n| format!("/G{n} {} 0 R", n + 7)).collect();
    let mut objects = tree("/Resources 6 0 R");
    let shown: String = (0..5_000).map(|n| format!("BT /G{n} 9 Tf {} 700 Td (x) Tj ET ", n * 20)).collect();
    objects.extend([stream("", shown.as_bytes()), b"0".to_vec(), format!("<</Font<<{named}>>>>").into_bytes()]);
    objects.resize(5_010, b"<</Type/Font/Subtype/Type1>>".to_vec());
    let count = text(&file(&objects)).matches('x').count();
    assert!((100..600).contains(&count), "{count}");
}

#[test]
fn trailers_of_many_keys_are_read_once() {
    let mut content = page(b"BT /F 9 Tf (found) Tj ET", None, &[]);
    let end = content.windows(9).rposition(|word| word == b"startxref").unwrap();
    let mut before: usize =
        std::str::from_utf8(&content[end + 9..]).unwrap().split_whitespace().next().unwrap().parse().unwrap();
    for n in 0..16 {
        let at = content.len();
        let keys: String = (0..8_000).map(|key| format!("/{n:x}{key:x} 0")).collect();
        content.extend(format!("xref\n0 0\ntrailer<</Prev {before}{keys}>>\n").bytes());
        before = at;
    }
    let broken = content.clone();
    content.extend(format!("startxref\n{before}\n%%EOF").bytes());
    assert_eq!(text(&content), "found");
    assert_eq!(text(&broken), "found");
}

#[test]
fn a_directory_that_ends_halfway_is_none() {
    let head =
        "%PDF-1.5\n9 0 obj\n<</Type/XRef/W[1 2 1]/Index[0 5 4294967296 1]/Length 0>>\nstream\n\nendstream\nendobj\n";
    let at = head.len();
    let own = format!("{head}xref\n0 0\ntrailer<</Root 1 0 R/XRefStm 9>>\nstartxref\n{at}\n%%EOF");
    assert_eq!(text(own.as_bytes()), "");
    // One stream that says a thousand times that it holds objects, and is locked or not.
    let numbers: String = (10..10_010).map(|n| format!("{n} 0 ")).collect();
    let named = "/ObjStm ".repeat(2_000);
    let pack = stream(&format!("/Type/ObjStm/N 10000/First 9/A[{named}]"), numbers.as_bytes());
    let broken = [b"%PDF-1.5\n9 0 obj\n", &pack[..], b"\nendobj\n"].concat();
    assert_eq!(text(&broken), "");
    // Blanks between a stream and its end, over and over.
    let blanks = " ".repeat(1 << 20);
    let mut objects = tree("");
    let kids = "5 0 R ".repeat(10_000);
    objects[2] = format!("<</Type/Page/Contents[{kids}]>>").into();
    objects.extend([b"0".to_vec(), format!("<</Length 0>>\nstream\n{blanks}").into_bytes()]);
    assert_eq!(text(&file(&objects)), "");
}

#[test]
fn locks_that_lie_are_locks() {
    for encrypt in [
        "/Filter/Standard/V 5/R 6/U()/UE()",
        "/Filter/Standard/V 4/R 4/CF<<>>/StmF/X/StrF/X",
        "/Filter/Standard/V 2/R 3/Length 99999/P -1/O()/U()",
        "/Filter/Standard/V 1/R 2/P 1e9/O(01234567890123456789012345678901)/U(01234567890123456789012345678901)",
        "/Filter/Adobe.PubSec/V 4",
    ] {
        let seen = attached("a.pdf", format!("%PDF-1.7\ntrailer <</Encrypt<<{encrypt}>>>>").as_bytes());
        assert_eq!((seen.encrypted, seen.text.as_str()), (true, ""), "{encrypt}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_are_survived(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
        cut in any::<prop::sample::Index>(),
        joint in any::<prop::sample::Index>(),
    ) {
        let all = fixtures();
        for (_, content) in &all {
            let mut bytes = content.clone();
            for (at, value) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *value;
            }
            prop_assert!(text(&bytes).len() <= 8 << 10);
            bytes.truncate(cut.index(bytes.len()));
            text(&bytes);
            // The beginning of one file and the end of another.
            bytes.extend(&all[joint.index(all.len())].1);
            text(&bytes);
        }
    }

    #[test]
    fn words_anywhere_are_all_read(words in proptest::collection::vec(
        (0..12_i32, 0..12_i32, prop::sample::select(vec![6, 10, 30]), prop::sample::select(vec!["1", "2,000", "(To)", "Sum"])),
        0..60))
    {
        // Columns and lines are far enough from one another for no letter to be shown upon its like.
        let places: std::collections::BTreeMap<(i32, i32), _> =
            words.iter().map(|(x, y, size, word)| ((*x, *y), (size, word))).collect();
        let show = |((x, y), (size, word)): (&(i32, i32), &(&i32, &&str))| {
            format!("BT /F {size} Tf 1 0 0 1 {} {} Tm ({word}) Tj ET\n", x * 100, y * 13)
        };
        let content: String = places.iter().map(show).collect();
        let read = text(&page(content.as_bytes(), None, &[]));
        let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
        prop_assert_eq!(letters(&read), places.values().map(|(_, word)| word.len()).sum::<usize>(), "{}", read);
    }

    #[test]
    fn no_objects_break_it(words in proptest::collection::vec(
        prop::sample::select(vec![
            "<<", ">>", "[", "]", "(", ")", "<41", ">", "/Pages", "/Kids", "/Contents", "/Font", "/F", "/Encoding",
            "/Differences", "/Widths", "/W", "/Index", "/Prev", "/Root", "1 0 R", "2 0 R", "99999999999 0 R", "0", "-1",
            "1e9", "4294967295", "stream\n", "endstream", "endobj", "2 0 obj", "/ToUnicode", "/DescendantFonts", "/Type0",
            "/Subtype", "/Identity-H", "/Filter", "/LZWDecode", "/FlateDecode", "/DecodeParms", "/Predictor", "15",
            "/Columns", "Tj", "TJ", "Tf", "/X", "Do", "cm", "Tm", "q", "Q", "BI", "'", "\"", "/Rotate", "/Length",
        ]), 0..200))
    {
        let soup = words.join(" ");
        text(&with_content("", soup.as_bytes(), &[stream("/Subtype/Form", soup.as_bytes())]));
        text(&page(b"BT /F 9 Tf (A) Tj ET", Some(&format!("<<{soup}>>")), &[]));
        text(format!("%PDF-1.7\n1 0 obj <<{soup}>> endobj trailer <</Root 1 0 R /Info 1 0 R {soup}>>").as_bytes());
    }
}
