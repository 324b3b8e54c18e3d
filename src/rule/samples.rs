//! The files of examples: `Attach…` lines made into parts of a mail that are what their names say.
//!
//! | line | file |
//! |---|---|
//! | `Attach: name` | one with nothing to see in it |
//! | `Attach-Locked: name` | one that needs a password |
//! | `Attach-Zip: name: a.pdf, folder/b.exe` | an archive of these files; `Attach-Locked-Zip` one with a password |
//! | `Attach-Text: name: line / line` | one that begins with this text |
//! | `Attach-Program: name` | a program for Windows, whatever its name says |
//! | `Attach-Size: name: 24MB` | one of this size |
//! | `Attach-Inline: name` | a picture in the text |

use std::fmt::Write as _;

use super::size::Size;

/// The header names, longest first where one begins with another.
pub(super) const NAMES: [&str; 8] = [
    "Attach-Locked-Zip:",
    "Attach-Locked:",
    "Attach-Inline:",
    "Attach-Zip:",
    "Attach-Text:",
    "Attach-Program:",
    "Attach-Size:",
    "Attach:",
];

/// A line with its name, the file's name, and what stands behind it.
fn split(line: &str) -> Option<(&'static str, &str, &str)> {
    let header = NAMES.into_iter().find(|name| line.starts_with(name))?;
    let rest = line[header.len()..].trim_start_matches(' ');
    let has_detail = !matches!(header, "Attach:" | "Attach-Locked:" | "Attach-Program:" | "Attach-Inline:");
    let (name, detail) = rest.split_once(": ").filter(|_| has_detail).unwrap_or((rest, ""));
    Some((header, name, detail))
}

/// The part of a mail that a line stands for.
pub(super) fn part(line: &str) -> String {
    let (header, name, detail) = split(line).unwrap_or(("Attach:", "", ""));
    let list = || detail.split(", ").collect::<Vec<_>>();
    let content = match header {
        "Attach-Zip:" => zip(&list(), false),
        "Attach-Locked-Zip:" => zip(&list(), true),
        "Attach-Locked:" if name.ends_with(".zip") => zip(&["a.pdf"], true),
        "Attach-Locked:" if is_office(name) => locked_office(),
        "Attach-Locked:" => b"%PDF-1.7\ntrailer <</Encrypt 1 0 R>>".to_vec(),
        "Attach-Text:" => detail.replace(" / ", "\n").into_bytes(),
        "Attach-Program:" => [&b"MZ\x90\0"[..], &[0; 64]].concat(),
        _ if name == "winmail.dat" => b"\x78\x9F\x3E\x22\x01\0".to_vec(),
        _ if name.ends_with(".zip") => zip(&["a.pdf"], false),
        _ => b"%PDF-1.7\n".to_vec(),
    };
    let (media_type, disposition) = match header {
        "Attach-Text:" => ("text/plain; charset=utf-8", "attachment"),
        "Attach-Inline:" => ("image/png\nContent-ID: <picture@minato.example>", "inline"),
        _ => ("application/octet-stream", "attachment"),
    };
    format!(
        "--part\nContent-Type: {media_type}\nContent-Disposition: {disposition}; filename=\"{name}\"\n\
         Content-Transfer-Encoding: quoted-printable\n\n{}",
        quoted_printable(&content)
    )
}

/// The size a line claims, in bytes.
pub(super) fn size(line: &str) -> Option<usize> {
    let (_, _, detail) = split(line).filter(|(header, ..)| *header == "Attach-Size:")?;
    Size::try_from(detail.to_owned()).ok().map(Size::bytes)
}

fn is_office(name: &str) -> bool {
    [".xlsx", ".docx", ".pptx", ".xls", ".doc", ".ppt"].iter().any(|end| name.ends_with(end))
}

fn quoted_printable(bytes: &[u8]) -> String {
    let mut out = String::new();
    for line in bytes.chunks(24) {
        for byte in line {
            let _ = write!(out, "={byte:02X}");
        }
        out.push_str("=\n");
    }
    out
}

/// A ZIP of empty files (APPNOTE.TXT 4.3).
fn zip(names: &[&str], locked: bool) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for name in names {
        let offset = u32::try_from(out.len()).unwrap_or_default();
        let length = u16::try_from(name.len()).unwrap_or_default().to_le_bytes();
        // Bit 0: encrypted; bit 11: the name is UTF-8.
        let common = [&[20, 0, u8::from(locked), 8][..], &[0; 18], &length, &[0; 2]].concat();
        out.extend([&b"PK\x03\x04"[..], &common, name.as_bytes()].concat());
        let behind = [&[0; 10][..], &offset.to_le_bytes(), name.as_bytes()].concat();
        directory.extend([&b"PK\x01\x02\x14\0"[..], &common, &behind].concat());
    }
    let number = |n: usize| u32::try_from(n).unwrap_or_default().to_le_bytes();
    let (count, start) = (number(names.len()), number(out.len()));
    let end =
        [&b"PK\x05\x06\0\0\0\0"[..], &count[..2], &count[..2], &number(directory.len()), &start, &[0; 2]].concat();
    [out, directory, end].concat()
}

/// An OLE container with the stream that encrypted Office files have (MS-OFFCRYPTO 2.3.4.4).
fn locked_office() -> Vec<u8> {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    [&b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"[..], &[0; 16], &name].concat()
}
