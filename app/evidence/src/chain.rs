//! The chain of the entries of one log.

use sha2::{Digest as _, Sha256};

use crate::Digest;

/// The hash of an entry: of the name of the format, the chain, the place as eight bytes
/// (big-endian), the hash before, and the bytes of the event.
#[must_use]
pub fn link(chain: &str, seq: u64, previous: &Digest, event: &[u8]) -> Digest {
    let mut hash = Sha256::new();
    hash.update(b"chartkey-event-1");
    hash.update(chain.as_bytes());
    hash.update(seq.to_be_bytes());
    hash.update(previous);
    hash.update(event);
    hash.finalize().into()
}
