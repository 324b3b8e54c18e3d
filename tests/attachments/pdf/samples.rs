//! PDFs made by hand, for what no producer at hand writes.

use std::fmt::Write;

/// A file of these objects, numbered from 1, with a directory at its end; the first one is the catalog.
pub(crate) fn file(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (n, object) in objects.iter().enumerate() {
        writeln!(table, "{:010} 00000 n ", out.len()).unwrap();
        out.extend(format!("{} 0 obj\n", n + 1).bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    let at = out.len();
    out.extend(table.bytes());
    out.extend(format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n", objects.len() + 1).bytes());
    out
}

pub(crate) fn stream(entries: &str, data: &[u8]) -> Vec<u8> {
    [format!("<<{entries}/Length {}>>\nstream\n", data.len()).as_bytes(), data, b"\nendstream"].concat()
}

/// The first three objects: one page, whose content is object 4 and whose font F is object 5.
pub(crate) fn tree(page: &str) -> Vec<Vec<u8>> {
    vec![
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1/Resources<</Font<</F 5 0 R>>/XObject<</X 6 0 R>>>>>>".to_vec(),
        format!("<</Type/Page/Parent 2 0 R/Contents 4 0 R{page}>>").into_bytes(),
    ]
}

/// One page with this content, in a Western font or the one given; further objects are numbered from 6.
pub(crate) fn page(content: &[u8], font: Option<&str>, more: &[Vec<u8>]) -> Vec<u8> {
    let font = font.unwrap_or("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>");
    let mut objects = tree("");
    objects.extend([stream("", content), font.into()]);
    objects.extend_from_slice(more);
    file(&objects)
}

/// A Japanese font that is not in the file, with its codes in a predefined CMap.
pub(crate) fn japanese(cmap: &str) -> String {
    format!(
        "<</Type/Font/Subtype/Type0/BaseFont/Ryumin-Light/Encoding/{cmap}/DescendantFonts[<</Type/Font/Subtype/CIDFontType0\
         /BaseFont/Ryumin-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>/DW 1000>>]>>"
    )
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
