//! The signed roots: a line in which each holds the one before.

use sha2::{Digest as _, Sha256};

use crate::{
    Digest,
    fields::{bytes, fields, hex, moment, number, optional, or_dash},
    key::{self, Public},
    tree,
};

const NAME: &str = "chartkey-root-1";

/// A root, as it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// Its place in the line.
    pub number: u64,
    /// When, by the clock of the database, in UTC: `2026-11-27T01:00:00Z`.
    pub at: String,
    /// The levels of its tree above the leaves. No more is told of how many chains there are.
    pub height: u32,
    /// The root of the tree.
    pub tree: Digest,
    /// The hash of the root before.
    pub previous: Digest,
    /// The hash of the root of the number [`back`]: the way from the newest root to one of a year
    /// ago is less than a hundred steps with it, and nine thousand without.
    pub skip: Digest,
    /// The last restore of the database, if there was one.
    pub restored: Option<Restored>,
    /// The key that signs it.
    pub key: Public,
}

/// Since when the database is one that was put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// The number of the first root after it.
    pub since: u64,
    /// The moment that it was put back to, in UTC.
    pub to: String,
}

/// A root with its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// What was signed.
    pub root: Root,
    /// Of [`Root::text`].
    pub signature: [u8; 64],
}

impl Root {
    /// What is signed, and what the next root holds the hash of.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { number, at, height, tree, previous, skip, restored, key } = self;
        let restored = or_dash(restored.as_ref().map(|Restored { since, to }| format!("{since}@{to}")));
        format!("{NAME} {number} {at} {height} {} {} {} {restored} {}", hex(tree), hex(previous), hex(skip), hex(key))
    }

    /// SHA-256 of the text.
    #[must_use]
    pub fn hash(&self) -> Digest {
        Sha256::digest(self.text().as_bytes()).into()
    }

    /// Whether `other` stands in the line where this root says that one does: as the one before,
    /// or as the one that it goes back to.
    #[must_use]
    pub fn holds(&self, other: &Self) -> bool {
        let hash = other.hash();
        (other.number + 1 == self.number && hash == self.previous) || (other.number == back(self.number) && hash == self.skip)
    }
}

impl Signed {
    /// The line as it is published: the text, and the signature.
    #[must_use]
    pub fn line(&self) -> String {
        format!("{} {}", self.root.text(), hex(&self.signature))
    }

    /// Reads such a line.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let [place, at, height, tree, previous, skip, restored, key, signature] = fields(line, NAME)?;
        let read_restored = |text: &str| {
            let (since, to) = text.split_once('@')?;
            Some(Restored { since: number(since)?, to: moment(to)? })
        };
        let root = Root {
            number: number(place).filter(|number| *number > 0)?,
            at: moment(at)?,
            height: number(height).and_then(|height| u32::try_from(height).ok()).filter(|height| *height <= tree::HIGHEST)?,
            tree: bytes(tree)?,
            previous: bytes(previous)?,
            skip: bytes(skip)?,
            restored: optional(restored, read_restored)?,
            key: bytes(key)?,
        };
        Some(Self { root, signature: bytes(signature)? })
    }

    /// Whether the key that it names has signed it.
    #[must_use]
    pub fn is_signed(&self) -> bool {
        key::is_signed(&self.root.key, self.root.text().as_bytes(), &self.signature)
    }
}

/// The number that a root goes back to beside the one before: its own without the lowest bit.
/// 0 is before the first.
#[must_use]
pub const fn back(number: u64) -> u64 {
    number & number.wrapping_sub(1)
}

/// The numbers from a root back to an earlier one, both included, each of which the one before it
/// in this list holds the hash of. Empty where `to` is not earlier or the same.
#[must_use]
pub fn way(from: u64, to: u64) -> Vec<u64> {
    let mut way = Vec::new();
    let mut at = from;
    while at >= to && at > 0 {
        way.push(at);
        at = if back(at) >= to && back(at) > 0 { back(at) } else { at - 1 };
    }
    way
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_ends_where_it_is_to_and_is_short() {
        for (from, to) in [(1, 1), (2, 1), (8, 7), (8760, 1), (87_600, 5), (87_600, 43_813), (65_536, 65_535), (1 << 40, 3)] {
            let way = way(from, to);
            assert_eq!((way.first(), way.last()), (Some(&from), Some(&to)));
            assert!(way.windows(2).all(|step| step[1] == step[0] - 1 || step[1] == back(step[0])));
            assert!(way.len() <= 1_000, "{from} to {to}: {}", way.len());
        }
        assert!(way(8760, 1).len() < 100 && way(87_600, 1).len() < 150);
        assert!(way(3, 4).is_empty());
    }

    #[test]
    fn a_line_is_read_as_it_was_written_and_in_no_other_way() {
        let root = Root {
            number: 12,
            at: "2026-11-27T01:00:00Z".to_owned(),
            height: 10,
            tree: [1; 32],
            previous: [2; 32],
            skip: [3; 32],
            restored: Some(Restored { since: 9, to: "2026-11-26T01:00:00Z".to_owned() }),
            key: [4; 32],
        };
        let line = Signed { root, signature: [5; 64] }.line();
        assert_eq!(Signed::parse(&line).unwrap().line(), line);
        for other in [line.replace(" 12 ", " 012 "), format!("{line} "), line.replace(" 10 ", " 99 "), line.replace("0404", "0x04")] {
            assert_eq!(Signed::parse(&other), None, "{other}");
        }
    }
}
