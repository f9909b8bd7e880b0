//! The signed roots: each with the one before and its signature, and the newest with the heads
//! that it holds. What those promise of a chain is then asked of the chain, as what the anchor
//! file promises is.

use std::{collections::BTreeMap, path::Path};

use chartkey_evidence::{
    BEGINNING, Digest, hex,
    key::{self, Key},
    root::{Signed, back},
};
use futures::TryStreamExt;
use serde::Serialize;
use sqlx::PgConnection;

use super::{Anchored, Fault, Finding, VerifyReport};
use crate::{
    Error, Portal,
    seal::{Head, digest, tree, was_intended},
};

/// What was computed of the signed roots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Roots {
    /// How many.
    pub count: u64,
    /// When the newest was signed.
    pub newest_at: String,
    /// The key that signed it, in hex: to be compared with the one that you know.
    pub key: String,
    /// Whether this server has that key; `None`: it has none to compare with.
    pub is_our_key: Option<bool>,
    /// How many stood in a file outside the database; `None`: there was none, so a line of roots
    /// that was signed anew by whoever has the key was not looked for.
    pub kept: Option<u64>,
}

/// Roots by number, as a file outside the database has them.
pub(super) type Kept = BTreeMap<u64, Signed>;

/// Reads the file beside the key, or a copy of what is published.
pub(super) fn read(path: &Path) -> Result<Kept, Error> {
    let text = std::fs::read_to_string(path).map_err(|cause| Error::internal(format!("{}: {cause}", path.display())))?;
    Ok(text.lines().filter_map(Signed::parse).map(|signed| (signed.root.number, signed)).collect())
}

/// The line of roots while it is walked.
#[derive(Default)]
struct Line {
    hashes: Vec<Digest>,
    newest: Option<Signed>,
    bad: Option<u64>,
    /// The first that is not as it was kept.
    other: Option<u64>,
}

impl Line {
    fn step(&mut self, number: i64, line: &str, keys: &[Key], kept: Option<&Kept>) {
        let number = number.unsigned_abs();
        let Some(signed) = Signed::parse(line) else {
            self.hashes.push(BEGINNING);
            return self.blame(number);
        };
        let root = &signed.root;
        let hash = |number: u64| match usize::try_from(number).ok().and_then(|number| number.checked_sub(1)) {
            None => Some(BEGINNING),
            Some(place) => self.hashes.get(place).copied(),
        };
        let is_next = number == self.hashes.len() as u64 + 1 && root.number == number;
        let holds = hash(number - 1) == Some(root.previous) && hash(back(number)) == Some(root.skip);
        let in_force = key::in_force(keys, number);
        let is_signed = signed.is_signed() && in_force.is_some_and(|key| key.public == root.key);
        if !(is_next && holds && is_signed) {
            self.blame(number);
        }
        if kept.and_then(|kept| kept.get(&number)).is_some_and(|kept| *kept != signed) && self.other.is_none() {
            self.other = Some(number);
        }
        self.hashes.push(root.hash());
        self.newest = Some(signed);
    }

    fn blame(&mut self, number: u64) {
        self.bad = self.bad.or(Some(number));
    }
}

impl Portal {
    pub(super) async fn verify_roots(
        &self,
        connection: &mut PgConnection,
        kept: Option<&Kept>,
        anchored: &mut Anchored,
        report: &mut VerifyReport,
    ) -> Result<(), Error> {
        let mut found = |chain: &str, seq: u64, fault: Fault| {
            report.findings.push(Finding { chain: chain.to_owned(), seq: i64::try_from(seq).unwrap_or(i64::MAX), fault });
        };
        let lines = sqlx::query_scalar!("select line from log_key order by place").fetch_all(&mut *connection).await?;
        let keys: Vec<_> = lines.iter().filter_map(|line| Key::parse(line)).collect();
        if keys.len() != lines.len() || !key::are_in_order(&keys) {
            found("key", keys.len() as u64, Fault::RootKey);
        }
        let mut line = Line::default();
        {
            let mut roots = sqlx::query!("select number, line from log_root order by number").fetch(&mut *connection);
            while let Some(root) = roots.try_next().await? {
                line.step(root.number, &root.line, &keys, kept);
            }
        }
        let count = line.hashes.len() as u64;
        if let Some(number) = line.bad {
            found("root", number, Fault::Root);
        }
        let missing = match kept.and_then(|kept| kept.last_key_value()).filter(|(last, _)| **last > count) {
            // What a crash has left unfinished is finished when the next root is signed.
            Some((last, signed)) if *last == count + 1 && was_intended(connection, signed).await? => None,
            other => other.map(|_| count + 1),
        };
        if let Some(number) = line.other.or(missing) {
            found("root", number, Fault::RootKept);
        }
        let Some(newest) = line.newest else { return Ok(()) };
        let ours = self.log_key()?;
        let is_our_key = ours.map(|ours| key::is_handed_on(&keys, &newest.root.key, &ours));
        if is_our_key == Some(false) {
            found("key", keys.len() as u64, Fault::RootKey);
        }
        let heads = heads(connection).await?;
        let nodes = tree(&self.pepper, newest.root.number, &heads)?;
        if nodes.last() != Some(&newest.root.tree) {
            found("root", newest.root.number, Fault::RootHeads);
        }
        for (chain, seq, hash) in heads {
            let seq = i64::try_from(seq).map_err(Error::internal)?;
            anchored.entry(chain).or_default().entry(seq).or_insert_with(|| hex(&hash));
        }
        report.roots = Some(Roots {
            count,
            newest_at: newest.root.at,
            key: hex(&newest.root.key),
            is_our_key,
            kept: kept.map(|kept| kept.len() as u64),
        });
        Ok(())
    }
}

async fn heads(connection: &mut PgConnection) -> Result<Vec<Head>, Error> {
    let heads = sqlx::query!("select chain, seq, hash from sealed_head").fetch_all(connection).await?;
    heads.into_iter().map(|head| Ok((head.chain, head.seq.unsigned_abs(), digest(head.hash)?))).collect()
}
