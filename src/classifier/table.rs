//! The table of weights as octets, used where they lie in the program; `build.rs` writes it.
//!
//! A hash table with open addressing: a slot has half of the hash of a feature and the place of its row; a row has its
//! length, then a role and a weight each.

/// Weights stand in the table, and in `rules/weights.tsv`, as hundredths.
pub(crate) const SCALE: f32 = 100.0;

/// FNV-1a (Fowler, Noll, Vo) over the octets that are written to it, begun with the name of the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hash(u64);

impl Hash {
    pub(crate) fn of(table: &str) -> Hash {
        Hash(0xcbf2_9ce4_8422_2325).and(table.as_bytes()).and(b"\t")
    }

    pub(crate) fn and(self, octets: &[u8]) -> Hash {
        Hash(octets.iter().fold(self.0, |hash, octet| (hash ^ u64::from(*octet)).wrapping_mul(0x0000_0100_0000_01b3)))
    }

    /// The slot to begin at, of so many, and what the slot is told by.
    fn slot(self, slots: usize) -> (usize, u32) {
        // FNV-1a leaves names that differ in their last octet beside each other (the multiplier is Knuth's).
        let mixed = (self.0 ^ (self.0 >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let (high, low) = ((mixed >> 32) as u32, mixed as u32);
        let slot = (u64::from(high) * slots as u64) >> 32;
        (slot as usize, low ^ high.rotate_left(16))
    }
}

/// A table that lies somewhere.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table<'a> {
    slots: &'a [[u8; SLOT]],
    rows: &'a [u8],
}

/// Hash, then place.
const SLOT: usize = 8;
/// Role, then a weight of two octets.
const CELL: usize = 3;

impl<'a> Table<'a> {
    /// What [`octets`] wrote.
    pub(crate) fn read(octets: &'a [u8]) -> Table<'a> {
        let Some((count, rest)) = octets.split_first_chunk() else { return Table { slots: &[], rows: &[] } };
        let (slots, rows) = rest.split_at(u32::from_le_bytes(*count) as usize * SLOT);
        Table { slots: slots.as_chunks().0, rows }
    }

    /// The roles and weights of a feature, in hundredths.
    pub(crate) fn row(self, hash: Hash) -> impl Iterator<Item = (usize, i16)> + 'a {
        let row = self.find(hash).unwrap_or_default();
        let weight = |cell: &[u8; CELL]| (usize::from(cell[0]), i16::from_le_bytes([cell[1], cell[2]]));
        row.as_chunks().0.iter().map(weight)
    }

    fn find(self, hash: Hash) -> Option<&'a [u8]> {
        let (first, told) = hash.slot(self.slots.len());
        // Every other slot is empty.
        for slot in self.slots[first..].iter().chain(self.slots) {
            let [a, b, c, d, place @ ..] = *slot;
            let place = u32::from_le_bytes(place) as usize;
            if place == 0 {
                return None;
            }
            if u32::from_le_bytes([a, b, c, d]) == told {
                let cells = usize::from(self.rows[place]);
                return Some(&self.rows[place + 1..place + 1 + cells * CELL]);
            }
        }
        None
    }
}

/// Writes a table: of each feature its hash and its roles with their weights.
#[allow(dead_code)]
pub(crate) fn octets(features: &[(Hash, Vec<(u8, i16)>)]) -> Vec<u8> {
    let count = features.len() * 2 + 1;
    let mut slots = vec![[0; SLOT]; count];
    // A row never begins at 0, which marks an empty slot.
    let mut rows = vec![0];
    for (hash, cells) in features {
        let (first, told) = hash.slot(count);
        let free =
            (0..count).map(|n| (first + n) % count).find(|at| slots[*at][4..] == [0; 4]).expect("half of them is free");
        let place = u32::try_from(rows.len()).expect("a table is smaller than 4 GB");
        slots[free][..4].copy_from_slice(&told.to_le_bytes());
        slots[free][4..].copy_from_slice(&place.to_le_bytes());
        rows.push(u8::try_from(cells.len()).expect("there are few roles"));
        for (role, weight) in cells {
            rows.push(*role);
            rows.extend(weight.to_le_bytes());
        }
    }
    let count = u32::try_from(count).expect("a table is smaller than 4 GB");
    [count.to_le_bytes().as_slice(), slots.as_flattened(), &rows].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_that_was_written_is_found_and_no_other() {
        let name = |n: u16| Hash::of("t").and(n.to_string().as_bytes());
        let features: Vec<_> = (0..500).map(|n| (name(n), vec![(1, n.cast_signed()), (7, -3)])).collect();
        let octets = octets(&features);
        let table = Table::read(&octets);
        for n in 0..500 {
            assert_eq!(table.row(name(n)).collect::<Vec<_>>(), [(1, n.cast_signed()), (7, -3)]);
        }
        assert_eq!((500..2000).flat_map(|n| table.row(name(n))).count(), 0);
        assert_eq!(Table::read(&[]).row(name(1)).count(), 0);
    }
}
