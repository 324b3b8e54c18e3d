//! Passwords that lie in memory only sealed: encrypted with a key that this process makes anew and never writes down.
//!
//! What leaks memory in pieces (a page of swap, a crash report, a read beyond a buffer) shows no password; whoever reads the
//! whole memory of the process can open them.

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

/// Closes and opens.
pub(super) struct Seal {
    key: LessSafeKey,
    random: SystemRandom,
}

/// A password nobody can read without the seal it was closed with.
pub(super) struct Sealed {
    nonce: [u8; NONCE_LEN],
    text: Vec<u8>,
}

impl Seal {
    pub(super) fn close(&self, password: &SecretString) -> Sealed {
        let nonce = bytes(&self.random);
        let mut text = Vec::with_capacity(password.expose_secret().len() + CHACHA20_POLY1305.tag_len());
        text.extend_from_slice(password.expose_secret().as_bytes());
        let closed = self.key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text);
        closed.expect("a password is shorter than the 256 GiB that one nonce is good for");
        Sealed { nonce, text }
    }

    /// `None` if it was closed with another seal.
    pub(super) fn open(&self, sealed: &Sealed) -> Option<SecretString> {
        let mut text = Zeroizing::new(sealed.text.clone());
        let nonce = Nonce::assume_unique_for_key(sealed.nonce);
        let password = self.key.open_in_place(nonce, Aad::empty(), &mut text).ok()?;
        Some(std::str::from_utf8(password).ok()?.into())
    }
}

impl Default for Seal {
    fn default() -> Seal {
        let random = SystemRandom::new();
        let key = Zeroizing::new(bytes::<32>(&random));
        let key = UnboundKey::new(&CHACHA20_POLY1305, &*key).expect("a key of ChaCha20 has 32 bytes");
        Seal { key: LessSafeKey::new(key), random }
    }
}

fn bytes<const N: usize>(random: &SystemRandom) -> [u8; N] {
    let mut bytes = [0; N];
    random.fill(&mut bytes).expect("the system has randomness, without which there is no TLS either");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_opens_with_its_own_seal_only_and_is_not_seen_meanwhile() {
        let seal = Seal::default();
        for password in ["", "hunter2", "合言葉"] {
            let sealed = seal.close(&password.into());
            assert_eq!(seal.open(&sealed).expect("its own seal").expose_secret(), password);
            assert!(
                password.is_empty() || !sealed.text.windows(password.len()).any(|part| part == password.as_bytes())
            );
            assert!(Seal::default().open(&sealed).is_none());
            assert_ne!(seal.close(&password.into()).text, sealed.text, "nobody sees that two are the same");
        }
    }
}
