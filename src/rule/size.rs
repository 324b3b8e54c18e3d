//! Sizes as people write them in packs.

use serde::Deserialize;

/// A size in bytes, written `20MB` (10⁶) or `20MiB` (2²⁰).
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Size(usize);

impl TryFrom<String> for Size {
    type Error = String;

    fn try_from(text: String) -> Result<Size, String> {
        const UNITS: [(&str, usize); 7] = [
            ("kib", 1 << 10),
            ("mib", 1 << 20),
            ("gib", 1 << 30),
            ("kb", 1_000),
            ("mb", 1_000_000),
            ("gb", 1_000_000_000),
            ("b", 1),
        ];
        let lower = text.trim().to_ascii_lowercase();
        UNITS
            .iter()
            .find_map(|(unit, bytes)| lower.strip_suffix(unit)?.trim_end().parse::<usize>().ok()?.checked_mul(*bytes))
            .map(Size)
            .ok_or_else(|| format!("`{text}` is no size: write 25MB or 64KiB"))
    }
}

impl Size {
    pub(super) fn bytes(self) -> usize {
        self.0
    }
}
