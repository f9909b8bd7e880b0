//! Encryption under keys that are not in the database.

use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};

use crate::{Error, secrets::Pepper};

/// The nonce before the ciphertext, in bytes: long enough to be chosen at random.
const NONCE: usize = 24;

impl Pepper {
    /// Encrypts with XChaCha20-Poly1305 under a key of `purpose`'s own. What is sealed
    /// for one `context` (an account, say) does not open for another.
    ///
    /// # Errors
    /// [`Error::Internal`] where the text is too long for the cipher, 256 GiB.
    pub fn seal(&self, purpose: &str, context: &str, text: &[u8]) -> Result<Vec<u8>, Error> {
        let nonce = rand::random::<[u8; NONCE]>();
        let payload = Payload { msg: text, aad: context.as_bytes() };
        let sealed = self.cipher(purpose)?.encrypt(&XNonce::from(nonce), payload).map_err(|_| Error::internal("too long to seal"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// What was sealed for this purpose and context; nothing where it was not, or has
    /// been changed.
    #[must_use]
    pub fn open(&self, purpose: &str, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: sealed, aad: context.as_bytes() };
        self.cipher(purpose).ok()?.decrypt(&XNonce::from(*nonce), payload).ok()
    }

    fn cipher(&self, purpose: &str) -> Result<XChaCha20Poly1305, Error> {
        XChaCha20Poly1305::new_from_slice(&self.digest("seal", purpose)).map_err(|_| Error::internal("a key of another length"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_purpose_and_context_alone() {
        let pepper = Pepper::new([7; 32]);
        let sealed = pepper.seal("typed", "mara", b"a name").unwrap();
        assert!(!sealed.windows(6).any(|part| part == b"a name"));
        assert_eq!(pepper.open("typed", "mara", &sealed).as_deref(), Some(b"a name".as_slice()));
        assert_eq!(pepper.open("typed", "noor", &sealed), None);
        assert_eq!(pepper.open("other", "mara", &sealed), None);
        assert_eq!(Pepper::new([8; 32]).open("typed", "mara", &sealed), None);
        assert_ne!(sealed, pepper.seal("typed", "mara", b"a name").unwrap());
    }

    #[test]
    fn what_was_changed_or_cut_does_not_open() {
        let pepper = Pepper::new([7; 32]);
        let sealed = pepper.seal("typed", "", b"a name").unwrap();
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert_eq!(pepper.open("typed", "", &changed), None, "byte {index}");
            assert_eq!(pepper.open("typed", "", &sealed[..index]), None, "cut at {index}");
        }
    }
}
