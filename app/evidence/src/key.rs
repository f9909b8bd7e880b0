//! The keys that roots are signed with, and how one follows another.

use ed25519_dalek::{Signature, VerifyingKey};

use crate::fields::{bytes, fields, hex, moment, number, optional, or_dash};

/// The public half of an Ed25519 key. It is its own name.
pub type Public = [u8; 32];

const NAME: &str = "chartkey-key-1";

/// One key, as it is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its public half.
    pub public: Public,
    /// The number of the first root that it signs.
    pub from: u64,
    /// When it was made, in UTC: `2026-11-27T01:00:00Z`.
    pub at: String,
    /// The key before it; none for the first.
    pub before: Option<Public>,
    /// What the key before it signed: [`Self::text`]. None where that was lost; then nothing but
    /// the word of whoever publishes it says that it may sign.
    pub endorsement: Option<[u8; 64]>,
}

impl Key {
    /// What the key before it signs.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { public, from, at, before, .. } = self;
        format!("{NAME} {} {from} {at} {}", hex(public), or_dash(before.map(|before| hex(&before))))
    }

    /// The line as it is published: the text, and the signature.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{} {}", self.text(), or_dash(self.endorsement.map(|signature| hex(&signature))))
    }

    /// Reads such a line.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let [public, from, at, before, endorsement] = fields(line, NAME)?;
        Some(Self {
            public: bytes(public)?,
            from: number(from)?,
            at: moment(at)?,
            before: optional(before, bytes)?,
            endorsement: optional(endorsement, bytes)?,
        })
    }

    fn is_endorsed(&self) -> bool {
        let signed = self.before.zip(self.endorsement);
        signed.is_some_and(|(before, endorsement)| is_signed(&before, self.text().as_bytes(), &endorsement))
    }
}

/// Whether the key has signed exactly this, as RFC 8032 has it and without keys and signatures
/// of small order.
#[must_use]
pub fn is_signed(public: &Public, text: &[u8], signature: &[u8; 64]) -> bool {
    VerifyingKey::from_bytes(public).is_ok_and(|key| key.verify_strict(text, &Signature::from_bytes(signature)).is_ok())
}

/// Whether these are keys one after another, oldest first.
#[must_use]
pub fn are_in_order(keys: &[Key]) -> bool {
    let begins = keys.first().is_none_or(|first| first.before.is_none() && first.endorsement.is_none());
    let follows = |pair: &[Key]| matches!(pair, [one, next] if next.before == Some(one.public) && next.from >= one.from);
    begins && keys.windows(2).all(follows)
}

/// The key that signs the root of this number: of several from one number on, the newest.
#[must_use]
pub fn in_force(keys: &[Key], number: u64) -> Option<&Key> {
    keys.iter().rev().find(|key| key.from <= number)
}

/// Whether each key after `known`, up to `signer`, was endorsed by the one before it.
#[must_use]
pub fn is_handed_on(keys: &[Key], known: &Public, signer: &Public) -> bool {
    let place = |public: &Public| keys.iter().position(|key| key.public == *public);
    let (Some(known), Some(signer)) = (place(known), place(signer)) else { return false };
    known <= signer && keys.get(known + 1..=signer).is_some_and(|later| later.iter().all(Key::is_endorsed))
}
