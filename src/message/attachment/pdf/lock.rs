//! The standard security handler with an empty password: ISO 32000-1, 7.6; for AES-256, ISO 32000-2, 7.6.4. Many
//! invoices are encrypted only against being changed, and open without a question.

use aes::{Aes128, Aes256};
use cbc::cipher::block_padding::NoPadding;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use md5::{Digest, Md5};
use sha2::{Sha256, Sha384, Sha512};

use super::value::{Dict, Value};

/// Stands in for a password's missing bytes: ISO 32000-1, 7.6.3.3.
const PAD: [u8; 32] = [
    0x28, 0xBF, 0x4E, 0x5E, 0x4E, 0x75, 0x8A, 0x41, 0x64, 0x00, 0x4E, 0x56, 0xFF, 0xFA, 0x01, 0x08, 0x2E, 0x2E, 0x00,
    0xB6, 0xD0, 0x68, 0x3E, 0x80, 0x2F, 0x0C, 0xA9, 0xFE, 0x64, 0x53, 0x69, 0x7A,
];
/// Rounds of the last revision's hash end by chance, about here.
const MAX_ROUNDS: usize = 1_000;

pub(super) struct Lock {
    key: Vec<u8>,
    streams: Method,
    strings: Method,
}

#[derive(Clone, Copy, PartialEq)]
enum Method {
    None,
    Rc4,
    Aes128,
    Aes256,
}

impl Lock {
    /// `None` where a password is needed, or another way than the standard one.
    pub(super) fn open(encrypt: &Dict, id: &[u8]) -> Option<Lock> {
        if encrypt.get("Filter").name() != b"Standard" {
            return None;
        }
        let (streams, strings) = match encrypt.get("V").index()? {
            1 | 2 => (Method::Rc4, Method::Rc4),
            4 | 5 => (method(encrypt, "StmF")?, method(encrypt, "StrF")?),
            _ => return None,
        };
        let revision = encrypt.get("R").index()?;
        let key = if revision >= 5 { long_key(encrypt, revision)? } else { short_key(encrypt, revision, id)? };
        Some(Lock { key, streams, strings })
    }

    /// The strings in an object, in their place; how many these are.
    pub(super) fn open_strings(&self, value: &mut Value, id: (u32, u16)) -> usize {
        match value {
            Value::String(string) => {
                *string = self.opened(self.strings, string, id);
                1
            }
            Value::Array(items) => items.iter_mut().map(|item| self.open_strings(item, id)).sum(),
            Value::Dict(dict) => dict.0.iter_mut().map(|(_, value)| self.open_strings(value, id)).sum(),
            _ => 0,
        }
    }

    pub(super) fn open_stream(&self, data: &[u8], id: (u32, u16)) -> Vec<u8> {
        self.opened(self.streams, data, id)
    }

    fn opened(&self, method: Method, data: &[u8], id: (u32, u16)) -> Vec<u8> {
        match method {
            Method::None => data.to_vec(),
            Method::Rc4 => rc4(&self.object_key(id, b""), data),
            Method::Aes128 => aes(&self.object_key(id, b"sAlT"), data),
            Method::Aes256 => aes(&self.key, data),
        }
    }

    /// ISO 32000-1, 7.6.2, algorithm 1.
    fn object_key(&self, (number, generation): (u32, u16), salt: &[u8]) -> Vec<u8> {
        let mut hash = Md5::new_with_prefix(&self.key);
        hash.update(&number.to_le_bytes()[..3]);
        hash.update(generation.to_le_bytes());
        hash.update(salt);
        hash.finalize()[..(self.key.len() + 5).min(16)].to_vec()
    }
}

/// The method of a named crypt filter (ISO 32000-1, 7.6.5).
fn method(encrypt: &Dict, which: &str) -> Option<Method> {
    let name = String::from_utf8_lossy(encrypt.get(which).name()).into_owned();
    if name.is_empty() || name == "Identity" {
        return Some(Method::None);
    }
    match encrypt.get("CF").dict()?.get(&name).dict()?.get("CFM").name() {
        b"None" => Some(Method::None),
        b"V2" => Some(Method::Rc4),
        b"AESV2" => Some(Method::Aes128),
        b"AESV3" => Some(Method::Aes256),
        _ => None,
    }
}

/// ISO 32000-1, 7.6.3.3, algorithm 2, and the check of 7.6.3.4, algorithms 4 and 5.
fn short_key(encrypt: &Dict, revision: usize, id: &[u8]) -> Option<Vec<u8>> {
    let length = match encrypt.get("V").index() {
        Some(1) => 5,
        Some(4) => 16,
        _ => (encrypt.get("Length").index().unwrap_or(40) / 8).clamp(5, 16),
    };
    let permissions = encrypt.get("P").number()? as i64 as u32;
    let mut hash = Md5::new_with_prefix(PAD);
    hash.update(encrypt.get("O").string()?.get(..32)?);
    hash.update(permissions.to_le_bytes());
    hash.update(id);
    // Reading turns `false` into no value at all; a file with clear metadata says so where the key would not fit.
    let mut keys = vec![hash.clone()];
    if revision >= 4 {
        hash.update([0xFF; 4]);
        keys.push(hash);
    }
    let user = encrypt.get("U").string()?;
    keys.into_iter().find_map(|hash| {
        let mut key = hash.finalize().to_vec();
        if revision >= 3 {
            (0..50).for_each(|_| key = Md5::digest(&key[..length]).to_vec());
        }
        key.truncate(length);
        opens(&key, revision, id, user).then_some(key)
    })
}

fn opens(key: &[u8], revision: usize, id: &[u8], user: &[u8]) -> bool {
    if revision < 3 {
        return user.starts_with(&rc4(key, &PAD));
    }
    let mut expected = Md5::new_with_prefix(PAD).chain_update(id).finalize().to_vec();
    for round in 0..20 {
        let key: Vec<u8> = key.iter().map(|byte| byte ^ round).collect();
        expected = rc4(&key, &expected);
    }
    user.starts_with(&expected)
}

/// ISO 32000-2, 7.6.4.3.3, algorithm 2.A for the empty user password; revision 5 has one round of SHA-256.
fn long_key(encrypt: &Dict, revision: usize) -> Option<Vec<u8>> {
    let user = encrypt.get("U").string()?;
    let hash = |salt: &[u8]| if revision == 5 { Some(Sha256::digest(salt).to_vec()) } else { hardened(salt) };
    if hash(user.get(32..40)?)? != user[..32] {
        return None;
    }
    let mut key = encrypt.get("UE").string()?.get(..32)?.to_vec();
    let between = hash(user.get(40..48)?)?;
    cbc::Decryptor::<Aes256>::new_from_slices(&between, &[0; 16]).ok()?.decrypt_padded::<NoPadding>(&mut key).ok()?;
    Some(key)
}

/// ISO 32000-2, 7.6.4.3.4, algorithm 2.B with nothing for the password.
fn hardened(salt: &[u8]) -> Option<Vec<u8>> {
    let mut key = Sha256::digest(salt).to_vec();
    for round in 1..=MAX_ROUNDS {
        let mut block = key.repeat(64);
        let length = block.len();
        cbc::Encryptor::<Aes128>::new_from_slices(&key[..16], &key[16..32])
            .ok()?
            .encrypt_padded::<NoPadding>(&mut block, length)
            .ok()?;
        let remainder = block[..16].iter().map(|byte| u32::from(*byte)).sum::<u32>() % 3;
        key = match remainder {
            0 => Sha256::digest(&block).to_vec(),
            1 => Sha384::digest(&block).to_vec(),
            _ => Sha512::digest(&block).to_vec(),
        };
        if round >= 64 && usize::from(*block.last()?) + 32 <= round {
            key.truncate(32);
            return Some(key);
        }
    }
    None
}

/// The first block is the initialization vector, the last byte says how many are padding (ISO 32000-1, 7.6.2).
fn aes(key: &[u8], data: &[u8]) -> Vec<u8> {
    let Some((start, rest)) = data.split_at_checked(16) else { return Vec::new() };
    let mut out = rest[..rest.len() / 16 * 16].to_vec();
    let is_open = match key.len() {
        16 => cbc::Decryptor::<Aes128>::new_from_slices(key, start)
            .is_ok_and(|cipher| cipher.decrypt_padded::<NoPadding>(&mut out).is_ok()),
        _ => cbc::Decryptor::<Aes256>::new_from_slices(key, start)
            .is_ok_and(|cipher| cipher.decrypt_padded::<NoPadding>(&mut out).is_ok()),
    };
    if !is_open {
        return Vec::new();
    }
    let padding = out.last().copied().map(usize::from).filter(|padding| (1..=16).contains(padding)).unwrap_or(0);
    out.truncate(out.len().saturating_sub(padding));
    out
}

/// No crate for twelve lines of a cipher that nothing is kept secret with any more.
fn rc4(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut state: [u8; 256] = std::array::from_fn(|n| n as u8);
    let mut j = 0_u8;
    for i in 0..256 {
        j = j.wrapping_add(state[i]).wrapping_add(key[i % key.len()]);
        state.swap(i, usize::from(j));
    }
    let (mut i, mut j) = (0_u8, 0_u8);
    let mut next = || {
        i = i.wrapping_add(1);
        j = j.wrapping_add(state[usize::from(i)]);
        state.swap(usize::from(i), usize::from(j));
        state[usize::from(state[usize::from(i)].wrapping_add(state[usize::from(j)]))]
    };
    data.iter().map(|byte| byte ^ next()).collect()
}
