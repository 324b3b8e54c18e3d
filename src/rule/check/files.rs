//! `files`: attached files by name, by what they are, by size; the kind for rules of one's own about files.

use serde::Deserialize;

use super::Kind;
use crate::message::text::Folded;
use crate::message::{Attachment, Content};
use crate::people::pattern;
use crate::rule::reading::{MAX_REMARKS, Reading, Remark};
use crate::rule::size::Size;

/// What a file must be, all of it together; without any of these every file is meant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::rule) struct Files {
    /// File names with `*` and `?`; names in archives count.
    #[serde(default)]
    names: Vec<Wildcard>,
    /// File names that are not meant.
    #[serde(default)]
    except: Vec<Wildcard>,
    #[serde(default)]
    contents: Vec<Trait>,
    /// Larger than this, one file.
    over: Option<Size>,
    /// All files that are meant, together larger than this.
    total_over: Option<Size>,
}

/// A name as people file it: `*見積*`, `*.exe`; any case, any width.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
struct Wildcard(String);

/// What a file is; by its bytes where they tell, else by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Trait {
    /// What runs when it is opened.
    Executable,
    /// The source of a program, which runs where an interpreter for it is.
    Script,
    /// Something that runs, under a name made to look like a document.
    Disguised,
    /// An Office file with macros.
    Macros,
    /// Whatever needs a password.
    Encrypted,
    EncryptedArchive,
    Archive,
    Office,
    Pdf,
    Image,
    /// Outlook's `winmail.dat`.
    Tnef,
}

impl From<String> for Wildcard {
    fn from(text: String) -> Wildcard {
        Wildcard(Folded::new(&text).text().to_owned())
    }
}

impl Kind for Files {
    fn run(&self, reading: &Reading<'_>) -> Vec<Remark> {
        let files = reading.message.attachments.iter().enumerate().filter(|(_, file)| file.is_file());
        let meant: Vec<(usize, String)> =
            files.filter_map(|(at, file)| self.shown(file).map(|shown| (at, shown))).collect();
        if meant.is_empty() {
            return Vec::new();
        }
        let size = |at: &usize| reading.message.attachments[*at].size;
        let total: usize = meant.iter().map(|(at, _)| size(at)).sum();
        let names: Vec<String> = meant.iter().map(|(_, shown)| shown.clone()).collect();
        let remark = |(at, shown): &(usize, String), bytes: usize| {
            Remark::at(reading.attachment_place(*at))
                .with("file", shown.as_str())
                .with("files", names.clone())
                .with("size", megabytes(bytes))
        };
        let Some(limit) = self.total_over else {
            return meant.iter().take(MAX_REMARKS).map(|one| remark(one, size(&one.0))).collect();
        };
        let largest = meant.iter().max_by_key(|(at, _)| size(at)).filter(|_| total > limit.bytes());
        largest.map(|one| remark(one, total)).into_iter().collect()
    }
}

impl Files {
    /// The file as it is shown if it is meant; with the file in it that is, if it is an archive.
    fn shown(&self, file: &Attachment) -> Option<String> {
        if self.over.is_some_and(|over| file.size <= over.bytes()) {
            return None;
        }
        if self.means(&file.name, file.content, Some(file)) {
            return Some(file.name.clone());
        }
        let inside = file.entries.iter().find(|entry| self.means(&entry.name, entry.content, None));
        inside.map(|entry| format!("{} › {}", file.name, entry.name))
    }

    /// Whether the name and what it is are meant; `whole` is the attachment if it is no file inside one.
    fn means(&self, path: &str, content: Content, whole: Option<&Attachment>) -> bool {
        // A rule about any file is about the attached ones, not one by one about what is in them.
        if whole.is_none() && self.names.is_empty() && self.contents.is_empty() {
            return false;
        }
        let any_trait = || self.contents.iter().any(|one| has(*one, path, content, whole));
        if !self.contents.is_empty() && !any_trait() {
            return false;
        }
        if self.names.is_empty() && self.except.is_empty() {
            return true;
        }
        let folded = Folded::new(path.rsplit('/').next().unwrap_or(path));
        let listed = |names: &[Wildcard]| names.iter().any(|name| pattern::like(&name.0, folded.text()));
        (self.names.is_empty() || listed(&self.names)) && !listed(&self.except)
    }
}

fn has(one: Trait, path: &str, content: Content, whole: Option<&Attachment>) -> bool {
    let end = extension(path);
    let is_mail = whole.is_some_and(|file| file.media_type.starts_with("message/"));
    let named = |list: &[&str]| !is_mail && list.contains(&end.as_str());
    match one {
        Trait::Executable => content == Content::Program || named(&PROGRAMS),
        Trait::Script => content == Content::Script || named(&SCRIPTS),
        Trait::Disguised => !is_mail && is_disguised(path, &end, content),
        Trait::Macros => content == Content::Macros || named(&["docm", "xlsm", "pptm", "dotm", "xltm", "xlam"]),
        Trait::Encrypted => whole.is_some_and(|file| file.encrypted),
        Trait::EncryptedArchive => content == Content::Archive && whole.is_some_and(|file| file.encrypted),
        Trait::Archive => content == Content::Archive || named(&["zip", "7z", "rar", "lzh", "tar", "gz", "tgz"]),
        Trait::Office => {
            matches!(content, Content::Office | Content::Macros)
                || named(&["docx", "xlsx", "pptx", "doc", "xls", "ppt", "odt", "ods", "odp", "rtf"])
        }
        Trait::Pdf => content == Content::Pdf || named(&["pdf"]),
        Trait::Image => {
            content == Content::Picture || named(&["png", "jpg", "jpeg", "gif", "tif", "tiff", "heic", "webp"])
        }
        Trait::Tnef => content == Content::Tnef,
    }
}

/// What Windows starts at a double click, and what the large providers refuse for it (the lists of Gmail and Outlook).
const PROGRAMS: [&str; 35] = [
    "appx",
    "appxbundle",
    "apk",
    "bat",
    "chm",
    "cmd",
    "cpl",
    "exe",
    "gadget",
    "hta",
    "img",
    "iso",
    "jar",
    "jnlp",
    "jse",
    "lnk",
    "msc",
    "msi",
    "msix",
    "msp",
    "mst",
    "pif",
    "ps1",
    "reg",
    "scf",
    "scr",
    "sct",
    "vbe",
    "vbs",
    "vhd",
    "vhdx",
    "wsc",
    "wsf",
    "wsh",
    "xll",
];
const SCRIPTS: [&str; 13] =
    ["bash", "command", "js", "mjs", "php", "pl", "ps1xml", "psm1", "py", "pyw", "rb", "sh", "vb"];
/// What a disguise pretends to be.
const DOCUMENTS: [&str; 18] = [
    "csv", "doc", "docx", "gif", "heic", "jpeg", "jpg", "mp3", "mp4", "odt", "pdf", "png", "ppt", "pptx", "rtf", "txt",
    "xls", "xlsx",
];

/// The ending as the system takes it: Windows drops blanks and dots behind it.
fn extension(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = name.trim_end_matches(|c: char| c.is_whitespace() || c == '.');
    name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase()).unwrap_or_default()
}

fn is_disguised(path: &str, end: &str, content: Content) -> bool {
    // Overrides of the writing direction have no place in any language's file names (UAX #9, 2.2).
    if path.contains(['\u{202D}', '\u{202E}']) {
        return true;
    }
    let runs = PROGRAMS.contains(&end) || ["com", "js"].contains(&end);
    if !runs {
        return content == Content::Program && DOCUMENTS.contains(&end);
    }
    let stem =
        path.trim_end_matches(|c: char| c.is_whitespace() || c == '.').rsplit_once('.').map_or("", |(stem, _)| stem);
    // "report.pdf        .exe": the ending is out of sight.
    let is_far = stem.len() - stem.trim_end().len() >= 3;
    is_far || DOCUMENTS.contains(&extension(stem).as_str())
}

fn megabytes(bytes: usize) -> String {
    let tenths = bytes / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn disguises_are_told_from_odd_names() {
        let disguised = |name: &str, content| is_disguised(name, &extension(name), content);
        for name in [
            "invoice.pdf.exe",
            "請求書.xlsx.scr",
            "a/report.pdf     .exe",
            "photo\u{202E}gpj.exe",
            "cv.doc.js",
            "b.txt.lnk. ",
            "x.pdf.com",
        ] {
            assert!(disguised(name, Content::Unknown), "{name}");
        }
        for name in ["setup.exe", "pdf.js", "v1.2.exe", "app.min.js", "report.pdf", "data.csv.zip", "www.aoba.com", ""]
        {
            assert!(!disguised(name, Content::Unknown), "{name}");
        }
        assert!(disguised("report.pdf", Content::Program) && !disguised("tool.bin", Content::Program));
    }

    #[test]
    fn sizes_are_read_and_shown() {
        let bytes = |text: &str| Size::try_from(text.to_owned()).map(Size::bytes);
        assert_eq!((bytes("20MB"), bytes("64 KiB"), bytes("7b")), (Ok(20_000_000), Ok(65_536), Ok(7)));
        assert!(bytes("20").is_err() && bytes("MB").is_err() && bytes("99999999999999GB").is_err());
        assert_eq!((megabytes(27_460_000), megabytes(0)), ("27.4 MB".to_owned(), "0.0 MB".to_owned()));
    }
}
