//! Secrets: the pepper, random tokens, and what is stored instead of them.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// The key that is mixed into every stored hash of a secret. It lives outside the
/// database, so that the database alone cannot be used to guess.
#[derive(Clone)]
pub struct Pepper([u8; 32]);

impl Pepper {
    /// A pepper from its 32 bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The digest of something short or guessable. `purpose` keeps two uses of the
    /// same text apart.
    pub(crate) fn digest(&self, purpose: &str, text: &str) -> Vec<u8> {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(purpose.as_bytes());
        hash.update([0]);
        hash.update(text.as_bytes());
        hash.finalize().to_vec()
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper")
    }
}

/// A random token of 128 bits as text that fits into an address, a cookie, and a
/// line of a message.
#[must_use]
pub fn random_token() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>())
}

/// What is stored instead of a random token.
#[must_use]
pub fn digest(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Letters and digits that nobody confuses when reading them aloud.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// A random code that a person types: three groups of four, 60 bits.
#[must_use]
pub fn random_code() -> String {
    in_fours(&letters_of(&rand::random::<[u8; 12]>(), 12))
}

/// The first bytes as letters that a person types; 5 bits each.
pub(crate) fn letters_of(bytes: &[u8], length: usize) -> String {
    bytes.iter().take(length).filter_map(|byte| ALPHABET.get(usize::from(byte % 32))).map(|letter| char::from(*letter)).collect()
}

/// A code in groups of four, as people read it: `ABCD-EFGH-JKL`.
#[must_use]
pub fn in_fours(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// A code as a person typed it, without case, spaces and dashes.
#[must_use]
pub fn typed_code(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_survives_being_typed_carelessly() {
        let code = random_code();
        assert_eq!(code.len(), 14);
        assert_eq!(in_fours("ABCDEFGHJKL"), "ABCD-EFGH-JKL");
        assert_eq!(typed_code(&format!(" {} ", code.to_lowercase().replace('-', " "))), code.replace('-', ""));
    }

    #[test]
    fn the_same_text_for_two_purposes_has_two_digests() {
        let pepper = Pepper::new([7; 32]);
        assert_ne!(pepper.digest("claim", "A"), pepper.digest("email", "A"));
        assert_ne!(pepper.digest("claim", "A"), Pepper::new([8; 32]).digest("claim", "A"));
    }
}
