//! The beginning of a PDF's text, as a reader of its first pages sees it.
//!
//! No crate bounds what a hostile file can cost: they unpack object and cross-reference streams whole, read every page
//! and every object first, or search the file anew for each broken stream. Here a file is given an allowance, and every
//! byte read or unpacked is taken from it. What is left to crates: inflating, ciphers, encodings, the CMaps.
//!
//! Not read: pictures of text; fonts that number their glyphs as Adobe-Japan1 does, or in an order of their own, and do
//! not say which characters these are (no `ToUnicode`); `ActualText`.

mod encoding;
mod file;
mod filter;
mod font;
mod layout;
mod lock;
mod page;
mod syntax;
mod value;
mod xref;

use std::rc::Rc;

use super::MAX_TEXT;
use crate::message::charset;
use file::File;
use layout::Sheet;
use page::{Fonts, IDENTITY, Matrix, Reader};
use value::{Dict, Value};

/// Pages looked at for the beginning of a text.
const MAX_PAGES: usize = 5;
/// Nodes of the page tree looked at, and how deep it is (ISO 32000-1, 7.7.3).
const MAX_NODES: usize = 200;
const MAX_DEPTH: usize = 16;
/// Fields of a form.
const MAX_ANNOTATIONS: usize = 200;
/// In bytes.
const LONGEST_TITLE: usize = 1024;

/// Whether a PDF needs a password to be opened, and where its text begins: its title, then its lines. Takes from the
/// allowance what it cost, in bytes.
pub(super) fn read(content: &[u8], allowance: &mut usize) -> (bool, String) {
    // One file leaves something for the others.
    let most = *allowance / 2;
    let mut file = File::new(content, most);
    let opened = file.open();
    let text = if opened.is_ok() { beginning(&mut file) } else { String::new() };
    *allowance -= most - file.left();
    (opened.is_err(), text)
}

fn beginning(file: &mut File<'_>) -> String {
    let mut text = title(file).unwrap_or_default();
    let mut fonts = Fonts::new();
    for page in pages(file) {
        for line in lines(file, &mut fonts, &page) {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(&line);
        }
        if text.len() >= MAX_TEXT || file.left() == 0 {
            break;
        }
    }
    text
}

/// ISO 32000-1, 14.3.3.
fn title(file: &mut File<'_>) -> Option<String> {
    let description = file.resolved(&file.trailer.get("Info").clone());
    let title = file.entry(description.dict()?, "Title");
    let bytes = title.string()?;
    let bytes = &bytes[..bytes.len().min(LONGEST_TITLE)];
    let text = match bytes.strip_prefix(b"\xFE\xFF") {
        Some(utf16) => {
            let units = utf16.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]]));
            char::decode_utf16(units).map(|c| c.unwrap_or('\u{FFFD}')).collect()
        }
        None => charset::decode_unlabelled(bytes).into_owned(),
    };
    Some(text).filter(|text| !text.trim().is_empty())
}

/// A page, or a node of their tree that pages take entries from.
struct Node {
    dict: Dict,
    /// Shared by all that inherit them.
    resources: Rc<Value>,
    rotation: Rc<Value>,
    depth: usize,
}

impl Node {
    fn new(dict: Dict, above: Option<&Node>) -> Node {
        let entry = |key: &str, inherited: Option<&Rc<Value>>| match inherited {
            Some(inherited) if !dict.has(key) => inherited.clone(),
            _ => Rc::new(dict.get(key).clone()),
        };
        let resources = entry("Resources", above.map(|above| &above.resources));
        let rotation = entry("Rotate", above.map(|above| &above.rotation));
        Node { dict, resources, rotation, depth: above.map_or(0, |above| above.depth + 1) }
    }
}

/// The first pages, with what they inherit.
fn pages(file: &mut File<'_>) -> Vec<Node> {
    let root = file.resolved(&file.trailer.get("Root").clone());
    let top = root.dict().map(|root| file.entry(root, "Pages")).unwrap_or(Value::Other);
    let mut out = Vec::new();
    let mut waiting: Vec<Node> = top.dict().map(|top| Node::new(top.clone(), None)).into_iter().collect();
    for _ in 0..MAX_NODES {
        let Some(node) = waiting.pop().filter(|_| out.len() < MAX_PAGES) else { break };
        let kids = file.entry(&node.dict, "Kids");
        if kids.items().is_empty() {
            out.push(node);
            continue;
        }
        // The first kid is the next to be taken.
        for kid in kids.items().iter().take(MAX_PAGES).rev().filter(|_| node.depth < MAX_DEPTH) {
            if let Some(kid) = file.resolved(kid).dict() {
                waiting.push(Node::new(kid.clone(), Some(&node)));
            }
        }
    }
    out
}

fn lines(file: &mut File<'_>, fonts: &mut Fonts, page: &Node) -> Vec<String> {
    let contents = file.entry(&page.dict, "Contents");
    let streams = match &contents {
        Value::Array(items) => items.iter().map(|item| file.resolved(item)).collect(),
        _ => vec![contents],
    };
    let mut content = Vec::new();
    for stream in streams {
        if let Value::Stream(stream) = stream {
            content.extend(file.stream(&stream));
            content.push(b'\n');
        }
    }
    let resources = file.resolved(&page.resources);
    let rotation = file.resolved(&page.rotation).number().unwrap_or(0.0);
    let mut sheet = Sheet::default();
    let start = upright(rotation);
    let mut reader = Reader { file, fonts, sheet: &mut sheet };
    reader.page(&content, resources.dict().unwrap_or(&Dict::default()), start);
    let annotations = reader.file.entry(&page.dict, "Annots");
    for annotation in annotations.items().iter().take(MAX_ANNOTATIONS) {
        if let Some(annotation) = reader.file.resolved(annotation).dict() {
            reader.annotation(annotation, start);
        }
    }
    sheet.lines()
}

/// Turns a page as its viewer does: clockwise, in degrees (ISO 32000-1, table 30).
fn upright(rotation: f64) -> Matrix {
    match rotation.rem_euclid(360.0) as u32 {
        90 => [0.0, -1.0, 1.0, 0.0, 0.0, 0.0],
        180 => [-1.0, 0.0, 0.0, -1.0, 0.0, 0.0],
        270 => [0.0, 1.0, -1.0, 0.0, 0.0, 0.0],
        _ => IDENTITY,
    }
}
