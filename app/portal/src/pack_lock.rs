//! The lock of a pack: a passphrase that nobody keeps, and what a browser needs to open
//! it again without anything of ours.

use std::{fmt, io::Read, num::NonZeroU32};

use chartkey_domain::account::Visitor;
use flate2::{Compression, read::GzEncoder};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    pbkdf2,
};

use crate::{Error, Portal, take_away::Spool};

/// How often PBKDF2-HMAC-SHA-256 is applied: what OWASP's Password Storage Cheat Sheet
/// asks for at least. Browsers offer no derivation that is harder to try on many
/// machines at once, so the length of the passphrase has to do the rest.
pub const ITERATIONS: NonZeroU32 = NonZeroU32::MIN.saturating_add(599_999);

/// The shortest passphrase, in characters.
const SHORTEST: usize = 12;
/// The longest, in bytes.
const LONGEST: usize = 1_000;

/// What a pack is locked with: kept nowhere, and printed nowhere.
pub struct Passphrase(String);

impl Passphrase {
    /// One of at least twelve characters, as it was typed, and at most a thousand bytes.
    #[must_use]
    pub fn parse(typed: String) -> Option<Self> {
        (typed.chars().count() >= SHORTEST && typed.len() <= LONGEST).then_some(Self(typed))
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase")
    }
}

/// The key that a passphrase and a salt give.
pub struct PackKey {
    salt: [u8; 16],
    key: LessSafeKey,
}

impl fmt::Debug for PackKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PackKey")
    }
}

/// One part of a pack under AES-256-GCM, the tag behind the bytes as WebCrypto wants it.
#[derive(Debug)]
pub struct Locked {
    /// The nonce; each part has its own.
    pub nonce: [u8; 12],
    /// What nobody reads without the passphrase.
    pub bytes: Vec<u8>,
}

/// A pack, locked.
#[derive(Debug)]
pub struct LockedPack {
    /// What goes into the derivation beside the passphrase.
    pub salt: [u8; 16],
    /// The overview as its page has it. Its name, `overview`, is authenticated with it.
    pub overview: Locked,
    /// The FHIR Bundle, compressed with gzip. Its name, `record`, is authenticated with it.
    pub record: Locked,
}

impl Portal {
    /// Derives the key of a new pack, in the queue of the passwords.
    ///
    /// # Errors
    /// [`Error::SignInAgain`] without a fresh sign-in, before any work is done for it;
    /// [`Error::Busy`] where too many wait.
    pub async fn pack_key(&self, visitor: &Visitor, passphrase: Passphrase) -> Result<PackKey, Error> {
        self.require_fresh(visitor).await?;
        self.passwords.in_turn(move || PackKey::derive(&passphrase, rand::random())).await
    }
}

impl PackKey {
    fn derive(passphrase: &Passphrase, salt: [u8; 16]) -> Result<Self, Error> {
        let mut key = [0; 32];
        pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ITERATIONS, &salt, passphrase.0.as_bytes(), &mut key);
        let key = UnboundKey::new(&AES_256_GCM, &key).map_err(|_| Error::internal("a key of another length"))?;
        Ok(Self { salt, key: LessSafeKey::new(key) })
    }

    /// Locks an overview and the record that belongs to it, away from the threads that
    /// serve requests.
    ///
    /// # Errors
    /// [`Error::Internal`] where the record cannot be read.
    pub async fn lock(self, overview: String, record: Spool) -> Result<LockedPack, Error> {
        tokio::task::spawn_blocking(move || {
            let mut compressed = Vec::new();
            GzEncoder::new(record.file, Compression::fast()).read_to_end(&mut compressed).map_err(Error::internal)?;
            let overview = self.part("overview", overview.into_bytes())?;
            Ok(LockedPack { salt: self.salt, overview, record: self.part("record", compressed)? })
        })
        .await
        .map_err(Error::internal)?
    }

    fn part(&self, name: &'static str, mut bytes: Vec<u8>) -> Result<Locked, Error> {
        let nonce = rand::random();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(name), &mut bytes)
            .map_err(|_| Error::internal("too long to lock"))?;
        Ok(Locked { nonce, bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(passphrase: &str) -> PackKey {
        PackKey::derive(&Passphrase::parse(passphrase.to_owned()).unwrap(), [7; 16]).unwrap()
    }

    fn open(key: &PackKey, name: &'static str, part: &Locked) -> Option<Vec<u8>> {
        let mut bytes = part.bytes.clone();
        let nonce = Nonce::assume_unique_for_key(part.nonce);
        key.key.open_in_place(nonce, Aad::from(name), &mut bytes).ok().map(|plain| plain.to_vec())
    }

    #[test]
    fn a_part_opens_for_its_passphrase_and_name_alone() {
        let part = key("four words nobody expects").part("overview", b"aspirin".to_vec()).unwrap();
        assert!(!part.bytes.windows(7).any(|bytes| bytes == b"aspirin"));
        assert_eq!(open(&key("four words nobody expects"), "overview", &part).as_deref(), Some(b"aspirin".as_slice()));
        assert_eq!(open(&key("four words nobody expects"), "record", &part), None);
        assert_eq!(open(&key("four words nobody expected"), "overview", &part), None);
    }

    #[test]
    fn a_short_passphrase_is_none_and_no_passphrase_is_printed() {
        assert!(Passphrase::parse("eleven char".to_owned()).is_none());
        assert!(Passphrase::parse("é".repeat(12)).is_some());
        assert!(Passphrase::parse("x".repeat(LONGEST + 1)).is_none());
        assert_eq!(format!("{:?}", Passphrase::parse("twelve chars".to_owned()).unwrap()), "Passphrase");
    }
}
