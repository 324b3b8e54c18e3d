//! What makes a finding the same finding in the next run.

use std::collections::HashMap;

use crate::finding::Finding;

/// Fingerprints of the findings of one mail.
#[derive(Debug, Default)]
pub struct Fingerprints {
    seen: HashMap<u64, usize>,
}

impl Fingerprints {
    /// The same finding in the next run has the same fingerprint, although lines moved or the language changed: rule,
    /// part and words, and which one of several such it is. SARIF 2.1.0, 3.27.17 asks to leave out lines and paths.
    pub fn of(&mut self, finding: &Finding) -> String {
        let place = &finding.location;
        let hash = fnv1a(&[&finding.rule, &place.part.to_string(), &place.text]);
        let nth = self.seen.entry(hash).or_default();
        *nth += 1;
        format!("{hash:016x}:{nth}")
    }
}

/// FNV-1a, 64 bits: the standard library promises no hash that stays the same across its versions.
fn fnv1a(fields: &[&str]) -> u64 {
    let bytes = fields.iter().flat_map(|field| field.bytes().chain([0xff]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
