//! The tree of one root, from the heads that it holds.

use chartkey_evidence::{Digest, tree};

use crate::{Error, secrets::Pepper};

/// The head of a chain: its name, its last place and the hash there.
pub(crate) type Head = (String, u64, Digest);

/// Every node of the tree of the root of this number, as [`tree::grow`] has them.
pub(crate) fn tree(pepper: &Pepper, number: u64, heads: &[Head]) -> Result<Vec<Digest>, Error> {
    let size = 1_usize << tree::height(heads.len());
    let mut leaves = Vec::with_capacity(size);
    for (chain, seq, hash) in heads {
        leaves.push(tree::leaf(&salt(pepper, number, chain)?, chain, *seq, hash));
    }
    for place in heads.len()..size {
        leaves.push(tree::filling(&salt(pepper, number, &format!("filling {place}"))?));
    }
    Ok(tree::grow(leaves))
}

/// What a leaf is blinded with: another for each chain in each root, and the same for whoever
/// computes it again with the pepper.
pub(super) fn salt(pepper: &Pepper, number: u64, of: &str) -> Result<Digest, Error> {
    digest(pepper.digest("log-salt", &format!("{number} {of}")))
}

/// A hash as the database gives it.
pub(crate) fn digest(bytes: Vec<u8>) -> Result<Digest, Error> {
    bytes.try_into().map_err(|_| Error::internal("a hash has 32 bytes"))
}
