//! Files and mails made by hand, byte for byte where a test is about the bytes.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// How the files of a ZIP are locked; their bytes are not: nobody reads them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lock {
    None,
    ZipCrypto,
    Aes,
}

fn crlf_quoted(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for line in bytes.chunks(24) {
        line.iter().for_each(|byte| write!(out, "={byte:02X}").unwrap());
        out.extend(b"=\r\n");
    }
    out
}

/// A mail with a text and parts, each with its own header lines.
pub(crate) fn mime(parts: &[(&[u8], &[u8])]) -> Vec<u8> {
    let mut out = b"From: a@minato.example\r\nTo: b@aoba.example\r\nSubject: test\r\nMIME-Version: 1.0\r\n\
                    Content-Type: multipart/mixed; boundary=part\r\n\r\n--part\r\nContent-Type: text/plain\r\n\r\nHello\r\n"
        .to_vec();
    for (head, body) in parts {
        out.extend(b"--part\r\n");
        out.extend(*head);
        out.extend(b"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
        out.extend(crlf_quoted(body));
        out.extend(b"\r\n");
    }
    out.extend(b"--part--\r\n");
    out
}

/// A mail with files.
pub(crate) fn mail(files: &[(&str, &[u8])]) -> Vec<u8> {
    let head = |name: &str| {
        format!("Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"{name}\"")
    };
    let heads: Vec<String> = files.iter().map(|(name, _)| head(name)).collect();
    let parts: Vec<(&[u8], &[u8])> =
        heads.iter().zip(files).map(|(head, (_, content))| (head.as_bytes(), *content)).collect();
    mime(&parts)
}

/// A ZIP of stored files.
pub(crate) fn zip(files: &[(&str, &[u8])], lock: Lock) -> Vec<u8> {
    let method = if lock == Lock::Aes { 99 } else { 0 };
    let flags = (1 << 11) | u16::from(lock != Lock::None);
    let records: Vec<_> = files.iter().map(|(name, data)| (name.as_bytes(), flags, method, *data)).collect();
    raw_zip(&records)
}

/// A ZIP of one file with these flags and method.
pub(crate) fn stored(name: &[u8], flags: u16, method: u16, data: &[u8]) -> Vec<u8> {
    raw_zip(&[(name, flags, method, data)])
}

fn raw_zip(files: &[(&[u8], u16, u16, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, flags, method, data) in files {
        let offset = u32::try_from(out.len()).unwrap();
        let (length, size) = (u16::try_from(name.len()).unwrap(), u32::try_from(data.len()).unwrap());
        let mut common = Vec::new();
        common.extend(20u16.to_le_bytes());
        common.extend(flags.to_le_bytes());
        common.extend(method.to_le_bytes());
        common.extend([0; 8]);
        common.extend(size.to_le_bytes());
        common.extend(size.to_le_bytes());
        common.extend(length.to_le_bytes());
        common.extend([0; 2]);
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(*name);
        out.extend(*data);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(*name);
    }
    let (start, count) = (u32::try_from(out.len()).unwrap(), u16::try_from(files.len()).unwrap());
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend(u32::try_from(directory.len()).unwrap().to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0; 2]);
    out
}

/// A ZIP as programs write it.
pub(crate) fn deflated(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, data) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(data).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// An Office file of these parts.
pub(crate) fn office(parts: &[(&str, &str)]) -> Vec<u8> {
    let types = ("[Content_Types].xml", &b"<Types/>"[..]);
    let parts: Vec<(&str, &[u8])> =
        std::iter::once(types).chain(parts.iter().map(|(name, xml)| (*name, xml.as_bytes()))).collect();
    deflated(&parts)
}

/// An OLE container with a stream of this name, filled up to a sector.
pub(crate) fn ole(stream: &str) -> Vec<u8> {
    let mut out = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    out.extend([0; 16]);
    out.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
    out.resize(512, 0);
    out
}
