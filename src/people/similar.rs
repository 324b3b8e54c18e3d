//! Addresses compared: which known address can this one have been meant to be?
//!
//! What a finger does (a letter left out, doubled, exchanged with its neighbour on the keyboard), what an eye does
//! (`1` for `l`), and what completion does (another person whose address begins the same).

use std::hash::{DefaultHasher, Hash, Hasher};

use super::domain;

/// How one address can be taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// The same name before the @, at another organisation.
    Elsewhere,
    /// At the same domain, and beginning the same: completion offers both.
    Beginning,
    /// At the same domain, two slips apart.
    Near,
    /// At the same domain, one slip apart.
    Slip,
}

/// As many letters are typed before a person takes what completion offers.
const TYPED: usize = 4;
/// In shorter names one letter is too much of the name.
const SHORTEST: usize = 4;
/// In shorter names two letters are too much of the name.
const SHORTEST_NEAR: usize = 7;

/// How `address` can be taken for `known`; `None` if it cannot, or is it.
pub fn likeness(address: &str, known: &str) -> Option<Likeness> {
    let (a, b) = (Parts::of(address)?, Parts::of(known)?);
    if a.domain != b.domain {
        if a.local != b.local {
            return None;
        }
        // A domain that looks like the other is a matter of domains.
        let is_one_house = domain::registrable(&a.domain) == domain::registrable(&b.domain);
        let strangers = !is_one_house && domain::likeness(&a.domain, &b.domain).is_none();
        return (strangers && a.is_personal() && b.is_personal()).then_some(Likeness::Elsewhere);
    }
    if a.local == b.local {
        return None;
    }
    let (a_rest, b_rest) = differing(&a.local, &b.local);
    let shorter = a_rest.len().min(b_rest.len());
    let most = if shorter >= SHORTEST_NEAR { 2 * EDIT } else { EDIT };
    if shorter >= SHORTEST && a_rest.len().abs_diff(b_rest.len()) <= 2 {
        match distance(&a_rest, &b_rest) {
            ..=EDIT => return Some(Likeness::Slip),
            cost if cost <= most => return Some(Likeness::Near),
            _ => {}
        }
    }
    let typed = |local: &str| local.chars().take(TYPED).collect::<Vec<_>>();
    let begins_alike = a.local.chars().nth(TYPED - 1).is_some() && typed(&a.local) == typed(&b.local);
    (begins_alike && !domain::is_freemail(&a.domain)).then_some(Likeness::Beginning)
}

/// The letters of two names without the words both begin or end with: `linux-pm` and `linux-pwm` differ by more than
/// half of what tells them apart.
fn differing(a: &str, b: &str) -> (Vec<char>, Vec<char>) {
    let (mut a, mut b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let is_mark = |c: &char| !c.is_alphanumeric();
    let common = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    if let Some(end) = a[..common].iter().rposition(is_mark) {
        a.drain(..=end);
        b.drain(..=end);
    }
    let common = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    if let Some(start) = a[a.len() - common..].iter().position(is_mark) {
        let kept = common - start;
        a.truncate(a.len() - kept);
        b.truncate(b.len() - kept);
    }
    (a, b)
}

/// An address in the form it is compared in.
struct Parts {
    /// Lower case, without a `+tag`.
    local: String,
    domain: String,
}

impl Parts {
    fn of(address: &str) -> Option<Parts> {
        let (local, domain) = address.rsplit_once('@')?;
        let local = local.trim_matches('"').split('+').next().unwrap_or_default().to_lowercase();
        let domain = if domain.is_ascii() { domain.to_ascii_lowercase() } else { domain::to_ascii(domain) };
        (!local.is_empty()).then_some(Parts { local, domain })
    }

    /// Names a person at an organisation: everybody has an `info@`, and at a provider the same name is somebody else.
    fn is_personal(&self) -> bool {
        const DESKS: &str = "info sales support office contact service admin account accounts accounting billing team \
            desk mail order orders shop store press help helpdesk hello jobs career finance invoice legal marketing \
            reception staff customer webmaster postmaster noreply inquiry enquiries soumu keiri eigyo jinji toiawase \
            hanbai kouhou koho honsha shiten jimu kaigai gijutsu center uketsuke";
        let words = self.local.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
        self.local.chars().filter(|c| c.is_alphabetic()).count() > SHORTEST
            && !words.into_iter().any(|word| DESKS.split_whitespace().any(|desk| desk == word))
            && !domain::is_freemail(&self.domain)
    }
}

/// The cost of one full edit; what happens easily costs half.
const EDIT: usize = 2;

/// Optimal string alignment with costs: a neighbouring key, a look-alike, a doubled letter, two letters swapped are
/// half an edit.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before = vec![0; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).map(|n| n * EDIT).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut row = vec![(i + 1) * EDIT];
        for (j, &y) in b.iter().enumerate() {
            let doubled = |text: &[char], at: usize| if at > 0 && text[at - 1] == text[at] { 1 } else { EDIT };
            let mut cost = (above[j] + exchange(x, y)).min(above[j + 1] + doubled(a, i)).min(row[j] + doubled(b, j));
            if i > 0 && j > 0 && x == b[j - 1] && a[i - 1] == y && x != y {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or_default()
}

fn exchange(x: char, y: char) -> usize {
    const LOOK_ALIKE: [&str; 7] = ["1li", "0o", "5s", "2z", "8b", "vu", ".-_"];
    if x == y {
        return 0;
    }
    let alike = LOOK_ALIKE.iter().any(|set| set.contains(x) && set.contains(y));
    if alike || are_neighbours(x, y) { 1 } else { EDIT }
}

/// Side by side on a keyboard; both letters, so that `sato1` and `sato2` stay two people.
fn are_neighbours(x: char, y: char) -> bool {
    const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
    ROWS.iter().any(|row| matches!((row.find(x), row.find(y)), (Some(a), Some(b)) if a.abs_diff(b) == 1))
}

/// Known addresses, arranged so that finding what an address can be taken for does not depend on how many there are.
#[derive(Debug, Default)]
pub struct NearAddresses {
    /// Hashes of what two alike addresses have in common, with the position of the address; sorted.
    shared: Vec<(u32, u32)>,
}

/// More addresses that have one thing in common are not looked at: a house of thousands of names in S.
const MOST_CANDIDATES: usize = 256;

impl NearAddresses {
    pub fn new<'a>(addresses: impl Iterator<Item = &'a str>) -> NearAddresses {
        let positions = (0..u32::MAX).zip(addresses);
        let of = |(at, address): (u32, &str)| traits(address).into_iter().map(move |hash| (hash, at));
        let mut shared: Vec<(u32, u32)> = positions.flat_map(of).collect();
        shared.sort_unstable();
        NearAddresses { shared }
    }

    /// Positions of the addresses this one should be compared with.
    pub fn candidates(&self, address: &str) -> Vec<usize> {
        let mut out: Vec<usize> = Vec::new();
        for hash in traits(address) {
            let start = self.shared.partition_point(|entry| entry.0 < hash);
            let found = self.shared[start..].iter().take_while(|entry| entry.0 == hash).take(MOST_CANDIDATES);
            out.extend(found.map(|entry| entry.1 as usize));
        }
        out.sort_unstable();
        out.dedup();
        out
    }
}

/// Two alike addresses share one of these: the name with one letter left out, its beginning, or all of it elsewhere.
fn traits(address: &str) -> Vec<u32> {
    let Some(parts) = Parts::of(address) else { return Vec::new() };
    let hash = |kind: u8, local: &str, domain: &str| {
        let mut hasher = DefaultHasher::new();
        (kind, local, domain).hash(&mut hasher);
        // The upper half is as good as the lower.
        (hasher.finish() >> 32) as u32
    };
    let (local, domain) = (parts.local.as_str(), parts.domain.as_str());
    let mut out = vec![hash(0, local, domain)];
    let without = |(at, c): (usize, char)| hash(0, &format!("{}{}", &local[..at], &local[at + c.len_utf8()..]), domain);
    out.extend(local.char_indices().map(without));
    if let Some((end, last)) = local.char_indices().nth(TYPED - 1) {
        out.push(hash(1, &local[..end + last.len_utf8()], domain));
    }
    if parts.is_personal() {
        out.push(hash(2, local, ""));
    }
    out.sort_unstable();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::Likeness::{Beginning, Elsewhere, Near, Slip};
    use super::*;

    #[test]
    fn tells_slips_from_neighbours_from_strangers() {
        for (a, b, expected) in [
            ("k-saito@aoba.example", "k-sato@aoba.example", Some(Slip)),
            ("k-sato2@aoba.example", "K-Sato@Aoba.example", Some(Slip)),
            ("k.sato@aoba.example", "k-sato@aoba.example", Some(Slip)),
            ("tanka@aoba.example", "tanaka@aoba.example", Some(Slip)),
            ("tnaaka@aoba.example", "tanaka@aoba.example", Some(Slip)),
            ("sara.cheng@fenwick.example", "sarah.chen@fenwick.example", Some(Near)),
            ("stepanie.miler@fenwick.example", "stephanie.miller@fenwick.example", Some(Near)),
            ("j.osborne@wexcombe.example", "j.osei@wexcombe.example", Some(Beginning)),
            ("n.mori@owada.example", "n.morimoto@owada.example", Some(Beginning)),
            ("shimizu@alta.example", "shimizu@saibun.example", Some(Elsewhere)),
            ("shimizu@mail.alta.example", "shimizu@alta.example", None),
            ("shimizu@alta-boek1.example", "shimizu@alta-boeki.example", None),
            ("info@alta.example", "info@saibun.example", None),
            ("shimizu@gmail.com", "shimizu@saibun.example", None),
            ("joy@alta.example", "joe@alta.example", None),
            ("k-sato@aoba.example", "k-sato+list@aoba.example", None),
            ("a.müler@aoba.example", "a.müller@aoba.example", Some(Slip)),
            ("é.sato@aoba.example", "é.saito@aoba.example", Some(Slip)),
            ("佐藤健一郎@aoba.example", "佐藤健二郎@aoba.example", Some(Slip)),
            ("j.osborne@gmail.com", "j.osei@gmail.com", None),
            ("linux-pm@lists.example", "linux-pwm@lists.example", Some(Beginning)),
            ("anna.lee@aoba.example", "anne.lee@aoba.example", Some(Slip)),
            ("a.li@aoba.example", "a.lu@aoba.example", None),
            ("a.li@aoba.example", "b.li@aoba.example", None),
            ("佐藤@aoba.example", "加藤@aoba.example", None),
        ] {
            assert_eq!(likeness(a, b), expected, "{a} {b}");
            let index = NearAddresses::new(["x.unrelated@aoba.example", b].into_iter());
            assert!(expected.is_none() || index.candidates(a).contains(&1), "{a} {b} by index");
        }
    }
}
