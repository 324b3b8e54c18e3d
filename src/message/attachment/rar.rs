//! RAR: names and the sign of a password from the block headers (technote.txt of RAR 4.x and RAR 5.0).

use super::MAX_ENTRIES;
use super::archive::entry_name;

/// Whether it needs a password, and the names of its files.
pub(super) fn list(content: &[u8]) -> (bool, Vec<String>) {
    match content.strip_prefix(b"Rar!\x1A\x07\x01\x00") {
        Some(blocks) => five(blocks),
        None => four(content.get(7..).unwrap_or_default()),
    }
}

/// A number of seven bits a byte, the least significant first.
fn vint(bytes: &mut &[u8]) -> Option<usize> {
    let mut value = 0u64;
    for shift in (0..63).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return usize::try_from(value).ok();
        }
    }
    None
}

fn five(mut blocks: &[u8]) -> (bool, Vec<String>) {
    let mut names = Vec::new();
    let mut locked = false;
    while names.len() < MAX_ENTRIES {
        let Some(block) = block(&mut blocks) else { break };
        match block.kind {
            // The headers themselves are encrypted: nothing more to see.
            4 => return (true, names),
            2 => {
                locked |= block.is_locked();
                names.extend(block.name());
            }
            _ => {}
        }
    }
    (locked, names)
}

/// A block of RAR 5.0.
struct Block<'a> {
    kind: usize,
    fields: &'a [u8],
    extra: &'a [u8],
}

/// The next block; moves on behind its data.
fn block<'a>(blocks: &mut &'a [u8]) -> Option<Block<'a>> {
    let mut rest = blocks.get(4..)?;
    let size = vint(&mut rest)?;
    let (mut header, behind) = rest.split_at_checked(size)?;
    let (kind, flags) = (vint(&mut header)?, vint(&mut header)?);
    let extra = if flags & 1 == 1 { vint(&mut header)? } else { 0 };
    let data = if flags & 2 == 2 { vint(&mut header)? } else { 0 };
    *blocks = behind.get(data..).unwrap_or_default();
    let (fields, extra) = header.split_at_checked(header.len().checked_sub(extra)?)?;
    Some(Block { kind, fields, extra })
}

impl Block<'_> {
    /// A record of type 1 in the extra area of a file tells how it is encrypted.
    fn is_locked(&self) -> bool {
        let mut extra = self.extra;
        while let Some(size) = vint(&mut extra) {
            let Some((mut record, rest)) = extra.split_at_checked(size) else { return false };
            if vint(&mut record) == Some(1) {
                return true;
            }
            extra = rest;
        }
        false
    }

    fn name(&self) -> Option<String> {
        let mut fields = self.fields;
        let flags = vint(&mut fields)?;
        // A directory is no file.
        if flags & 1 == 1 {
            return None;
        }
        let (_size, _attributes) = (vint(&mut fields)?, vint(&mut fields)?);
        let fixed = if flags & 2 == 2 { 4 } else { 0 } + if flags & 4 == 4 { 4 } else { 0 };
        fields = fields.get(fixed..)?;
        let (_method, _system, length) = (vint(&mut fields)?, vint(&mut fields)?, vint(&mut fields)?);
        Some(entry_name(fields.get(..length)?, true))
    }
}

fn four(mut blocks: &[u8]) -> (bool, Vec<String>) {
    let mut names = Vec::new();
    let mut locked = false;
    while names.len() < MAX_ENTRIES {
        let Some(header) = blocks.get(..7) else { break };
        let u16_in = |n: usize| usize::from(u16::from_le_bytes([header[n], header[n + 1]]));
        let (kind, flags, size) = (header[2], u16_in(3), u16_in(5));
        let u32_at = |at: usize| {
            let field = blocks.get(at..at + 4).unwrap_or(&[0; 4]);
            usize::try_from(u32::from_le_bytes([field[0], field[1], field[2], field[3]])).unwrap_or(usize::MAX)
        };
        // In the main header (0x73) bit 7 says that what follows is encrypted; in a file's (0x74) bit 2 that it is.
        if kind == 0x73 && flags & 0x80 != 0 {
            return (true, names);
        }
        if kind == 0x74 {
            locked |= flags & 4 != 0;
            let length = blocks.get(26..28).map_or(0, |n| usize::from(u16::from_le_bytes([n[0], n[1]])));
            let at = if flags & 0x100 != 0 { 40 } else { 32 };
            let name = blocks.get(at..at + length).unwrap_or_default();
            let name = name.split(|&b| b == 0).next().unwrap_or_default();
            // Bits 5 to 7 all set: a directory.
            names.extend(Some(entry_name(name, false)).filter(|_| flags & 0xE0 != 0xE0));
        }
        let data = if flags & 0x8000 != 0 { u32_at(7) } else { 0 };
        let Some(rest) = blocks.get(size.max(7).saturating_add(data)..) else { break };
        blocks = rest;
    }
    (locked, names)
}
