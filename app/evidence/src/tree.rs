//! The tree over the heads of all chains: that of RFC 9162, section 2.1, over a power of two.
//!
//! A leaf is blinded with a salt of its own, another in each root, and leaves stand in the order
//! of their hashes. So whoever gets the way from a leaf of theirs to the root learns nothing of
//! those beside it: neither whose they are, nor whether they have moved since the root before.
//! What is left over is filled, so that the size tells no more than its power of two.

use sha2::{Digest as _, Sha256};

use crate::Digest;

/// A tree has at least so many levels above its leaves: below a thousand chains the size tells
/// nothing.
pub const LOWEST: u32 = 10;

/// More than there can be: a way of more steps is none.
pub const HIGHEST: u32 = 40;

/// The leaf of a chain whose last entry stands at `seq` and has the hash `head`.
#[must_use]
pub fn leaf(salt: &Digest, chain: &str, seq: u64, head: &Digest) -> Digest {
    let mut hash = Sha256::new();
    hash.update([0]);
    hash.update(b"chartkey-head-1");
    hash.update(salt);
    hash.update(seq.to_be_bytes());
    hash.update(head);
    hash.update(chain.as_bytes());
    hash.finalize().into()
}

/// A leaf of nothing.
#[must_use]
pub fn filling(salt: &Digest) -> Digest {
    let mut hash = Sha256::new();
    hash.update([0]);
    hash.update(b"chartkey-none-1");
    hash.update(salt);
    hash.finalize().into()
}

fn node(left: &Digest, right: &Digest) -> Digest {
    let mut hash = Sha256::new();
    hash.update([1]);
    hash.update(left);
    hash.update(right);
    hash.finalize().into()
}

/// How many levels stand above so many leaves.
#[must_use]
pub fn height(leaves: usize) -> u32 {
    leaves.next_power_of_two().trailing_zeros().max(LOWEST)
}

/// Every node, level by level: the leaves in the order of their hashes, what is above them, and
/// the root as the last. `leaves` has to be a power of two.
#[must_use]
pub fn grow(mut leaves: Vec<Digest>) -> Vec<Digest> {
    debug_assert!(leaves.len().is_power_of_two(), "a tree is filled before it grows");
    leaves.sort_unstable();
    let (mut nodes, mut level) = (leaves, 0);
    while let Some(below) = nodes.get(level..).filter(|below| below.len() > 1) {
        let above: Vec<_> = below.as_chunks::<2>().0.iter().map(|[left, right]| node(left, right)).collect();
        level = nodes.len();
        nodes.extend(above);
    }
    nodes
}

/// The root to which a leaf at this place leads by this way, which begins beside the leaf.
/// `None` where the place is none of a tree of that height.
#[must_use]
pub fn climb(leaf: &Digest, place: u64, way: &[Digest]) -> Option<Digest> {
    let height = u32::try_from(way.len()).ok().filter(|height| *height <= HIGHEST)?;
    if place >> height != 0 {
        return None;
    }
    let (root, _) = way.iter().fold((*leaf, place), |(hash, place), beside| {
        let above = if place & 1 == 0 { node(&hash, beside) } else { node(beside, &hash) };
        (above, place >> 1)
    });
    Some(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_leaf_leads_to_the_root_and_no_other_does() {
        let salts: Vec<Digest> = (0..8).map(|salt| [salt; 32]).collect();
        let nodes = grow(salts.iter().map(filling).collect());
        assert_eq!(nodes.len(), 15);
        let root = nodes[14];
        for place in 0..8_usize {
            let way = [nodes[place ^ 1], nodes[8 + (place >> 1 ^ 1)], nodes[12 + (place >> 2 ^ 1)]];
            assert_eq!(climb(&nodes[place], place as u64, &way), Some(root));
            assert_ne!(climb(&nodes[place], (place ^ 1) as u64, &way), Some(root));
            assert_ne!(climb(&filling(&[9; 32]), place as u64, &way), Some(root));
            assert_eq!(climb(&nodes[place], place as u64 + 8, &way), None, "a place beyond the tree");
        }
    }

    #[test]
    fn a_node_cannot_be_passed_off_as_a_leaf() {
        let (left, right) = ([1; 32], [2; 32]);
        let inner = node(&left, &right);
        let forged: Digest = Sha256::digest([&[0][..], &left, &right].concat()).into();
        assert_ne!(inner, forged);
    }

    #[test]
    fn the_height_tells_a_power_of_two_and_nothing_of_a_small_house() {
        assert_eq!([0, 1, 1024, 1025, 2048, 2049].map(height), [10, 10, 10, 11, 11, 12]);
    }
}
