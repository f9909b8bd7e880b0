//! Computing every chain again.
//!
//! The database alone shows what was changed, removed, put in or put elsewhere in
//! the middle of a chain. That a tail was cut off, or a chain written anew from the
//! start, shows only beside the anchor file; without it the report says so.
//!
//! Up to the newest signed root both show without the file as well ([`roots`]).
//!
//! A restore cuts tails, too. It counts once the operator's command has said so in the
//! anchor file: what it cut is then counted and named with its moment, apart from what
//! nobody accounts for. A restore that stands in the database alone excuses nothing and
//! is a finding of its own.

use std::{collections::BTreeMap, path::Path};

use chartkey_evidence::{BEGINNING as NOTHING, Digest, chain};
use futures::TryStreamExt;
use serde::Serialize;
use time::OffsetDateTime;
use tokio::io::{AsyncBufRead, AsyncBufReadExt};

use super::{
    anchor::{BEGINNING, Heads, Line, hash},
    hex,
};
use crate::{Error, Portal};

mod roots;

pub use roots::Roots;

/// What was found at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The hash does not follow from the entry and the one before: it was changed,
    /// put in, or stands in the place of another.
    DoesNotFollow,
    /// An entry before this one is missing.
    Missing,
    /// The head of the chain is not its last entry.
    Head,
    /// The anchor names an entry that is not there: the tail was cut off.
    CutOff,
    /// The anchor names another hash: the chain was written anew.
    WrittenAnew,
    /// A line of the anchor file does not follow from the one before.
    AnchorLine,
    /// The database names a restore that the anchor file does not.
    RestoreUnanchored,
    /// A root does not hold those before it, or was not signed by the key in force.
    Root,
    /// A key does not follow from the one before, or is not the one that this server signs with.
    RootKey,
    /// The heads that are kept for the newest root are not those that were signed.
    RootHeads,
    /// A root is not the one that was kept outside the database.
    RootKept,
}

/// The first bad entry of one chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The chain; `anchor` for the file, `restore` for the restores that the database names, `root`
    /// and `key` for those that sign the log.
    pub chain: String,
    /// The place in it, or the line, or which restore.
    pub seq: i64,
    /// What is wrong there.
    pub fault: Fault,
}

/// What was computed, and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifyReport {
    /// How many chains.
    pub chains: u64,
    /// How many entries.
    pub entries: u64,
    /// How many lines of the anchor file; `None`: there was none, so a cut tail and a
    /// chain written anew from the start were not looked for.
    pub anchor_lines: Option<u64>,
    /// The signed roots; `None`: nothing was signed.
    pub roots: Option<Roots>,
    /// The restores that cut the log, oldest first.
    pub restores: Vec<Cut>,
    /// The first bad entry of each chain, by chain.
    pub findings: Vec<Finding>,
}

/// What a restore cut off: entries that stand in the anchor file only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cut {
    /// The moment it went back to; `None`: this is a copy of an earlier state.
    #[serde(with = "time::serde::rfc3339::option")]
    pub restored_to: Option<OffsetDateTime>,
    /// How many entries after it the anchor file knows of.
    pub entries: i64,
    /// In how many chains.
    pub chains: u64,
}

/// Takes out what a restore cut off.
fn cut(anchored: &mut Anchored, heads: &Heads, restored_to: Option<OffsetDateTime>) -> Cut {
    let mut cut = Cut { restored_to, entries: 0, chains: 0 };
    anchored.retain(|chain, places| {
        let head = heads.get(chain).map_or(0, |(seq, _)| *seq);
        let gone = places.last_key_value().map_or(0, |(last, _)| last - head);
        if gone > 0 {
            cut.entries += gone;
            cut.chains += 1;
            places.retain(|seq, _| *seq <= head);
        }
        !places.is_empty()
    });
    cut
}

impl VerifyReport {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Entries that the anchor file names: chain and place, and the hash there.
type Anchored = BTreeMap<String, BTreeMap<i64, String>>;

/// One chain while it is being computed.
#[derive(Debug)]
struct Walk {
    chain: String,
    seq: i64,
    hash: Digest,
    first_bad: Option<(i64, Fault)>,
}

impl Walk {
    fn begin(chain: String) -> Self {
        Self { chain, seq: 0, hash: NOTHING, first_bad: None }
    }

    fn step(&mut self, seq: i64, hash: &[u8], bytes: &[u8]) {
        if seq != self.seq + 1 {
            self.blame(seq, Fault::Missing);
        } else if chain::link(&self.chain, seq.unsigned_abs(), &self.hash, bytes).as_slice() != hash {
            self.blame(seq, Fault::DoesNotFollow);
        }
        self.seq = seq;
        self.hash = hash.try_into().unwrap_or(NOTHING);
    }

    fn blame(&mut self, seq: i64, fault: Fault) {
        if self.first_bad.is_none_or(|(bad, _)| seq < bad) {
            self.first_bad = Some((seq, fault));
        }
    }
}

impl Portal {
    /// Computes every chain again, and compares them with the anchor file where there
    /// is one, and the signed roots with the file that is kept beside the key.
    ///
    /// # Errors
    /// [`Error::Database`], or [`Error::Internal`] where a file cannot be read.
    /// What is found is no error.
    pub async fn verify(&self, anchor: Option<impl AsyncBufRead + Unpin + Send>) -> Result<VerifyReport, Error> {
        let beside = self.roots_file().filter(|path| path.exists());
        self.verify_with(anchor, beside.as_deref(), false).await
    }

    /// The same with another file of roots: a copy of what was published.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub async fn verify_beside(&self, anchor: Option<impl AsyncBufRead + Unpin + Send>, roots: &Path) -> Result<VerifyReport, Error> {
        self.verify_with(anchor, Some(roots), false).await
    }

    /// The same for a copy of an earlier state: what the anchor file names beyond the ends of
    /// the chains came later, and is counted as such.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub async fn verify_copy(&self, anchor: Option<impl AsyncBufRead + Unpin + Send>) -> Result<VerifyReport, Error> {
        self.verify_with(anchor, None, true).await
    }

    async fn verify_with(
        &self,
        anchor: Option<impl AsyncBufRead + Unpin + Send>,
        kept: Option<&Path>,
        is_copy: bool,
    ) -> Result<VerifyReport, Error> {
        let mut report = VerifyReport::default();
        let mut anchored = match anchor {
            Some(anchor) => read_anchor(anchor, &mut report).await?,
            None => Anchored::new(),
        };
        // A copy may be of the moment between a restore and its line.
        if report.anchor_lines.is_some() && !is_copy {
            let unanchored = (1..).zip(self.restores_to_anchor().await?);
            report.findings.extend(unanchored.map(|(seq, _)| Finding {
                chain: "restore".to_owned(),
                seq,
                fault: Fault::RestoreUnanchored,
            }));
        }
        let mut transaction = self.pool.begin().await?;
        sqlx::query!("set transaction isolation level repeatable read, read only").execute(&mut *transaction).await?;
        sqlx::query!("select set_config('chartkey.task', 'verify', true)").fetch_one(&mut *transaction).await?;
        let heads = sqlx::query!("select chain, seq, hash from chain_head").fetch_all(&mut *transaction).await?;
        let mut heads: BTreeMap<_, _> = heads.into_iter().map(|head| (head.chain, (head.seq, head.hash))).collect();
        if is_copy {
            let ends = heads.iter().map(|(chain, (seq, hash))| (chain.clone(), (*seq, hex(hash)))).collect();
            report.restores.push(cut(&mut anchored, &ends, None));
        }
        let kept = kept.map(roots::read).transpose()?;
        self.verify_roots(&mut transaction, kept.as_ref(), &mut anchored, &mut report).await?;
        {
            let mut events =
                sqlx::query!(r#"select chain, seq, hash, bytes from event order by chain collate "C", seq"#).fetch(&mut *transaction);
            let mut walk: Option<Walk> = None;
            while let Some(event) = events.try_next().await? {
                if walk.as_ref().is_some_and(|walk| walk.chain != event.chain)
                    && let Some(done) = walk.take()
                {
                    end(done, &mut heads, &mut anchored, &mut report);
                }
                let walk = walk.get_or_insert_with(|| Walk::begin(event.chain.clone()));
                walk.step(event.seq, &event.hash, &event.bytes);
                report.entries += 1;
                let promised = anchored.get_mut(&event.chain).and_then(|places| places.remove(&event.seq));
                if promised.is_some_and(|promised| promised != hex(&event.hash)) {
                    walk.blame(event.seq, Fault::WrittenAnew);
                }
            }
            if let Some(done) = walk {
                end(done, &mut heads, &mut anchored, &mut report);
            }
        }
        transaction.rollback().await?;
        for (chain, (seq, _)) in heads.into_iter().filter(|(_, (seq, _))| *seq > 0) {
            report.findings.push(Finding { chain: chain.clone(), seq, fault: Fault::Head });
            anchored.remove(&chain);
        }
        // A chain of which nothing is left.
        let gone = anchored.into_iter().filter(|(_, places)| !places.is_empty());
        report.findings.extend(gone.map(|(chain, _)| Finding { chain, seq: 1, fault: Fault::CutOff }));
        report.findings.sort_by(|one, other| one.chain.cmp(&other.chain));
        Ok(report)
    }
}

/// Compares the end of a chain with its head and with what the anchor still promises.
fn end(mut walk: Walk, heads: &mut BTreeMap<String, (i64, Vec<u8>)>, anchored: &mut Anchored, report: &mut VerifyReport) {
    report.chains += 1;
    let head = heads.remove(&walk.chain);
    if head.is_none_or(|(seq, hash)| (seq, hash.as_slice()) != (walk.seq, walk.hash.as_slice())) {
        walk.blame(walk.seq + 1, Fault::Head);
    }
    if let Some(promised) = anchored.remove(&walk.chain).and_then(|places| places.into_keys().next()) {
        if promised <= walk.seq {
            walk.blame(promised, Fault::Missing);
        } else if walk.first_bad.is_none_or(|(_, fault)| fault == Fault::Head) {
            // Places have no gaps, so the first that is missing is the next one.
            walk.first_bad = Some((walk.seq + 1, Fault::CutOff));
        }
    }
    if let Some((seq, fault)) = walk.first_bad {
        report.findings.push(Finding { chain: walk.chain, seq, fault });
    }
}

async fn read_anchor(anchor: impl AsyncBufRead + Unpin + Send, report: &mut VerifyReport) -> Result<Anchored, Error> {
    let (mut anchored, mut previous, mut count) = (Anchored::new(), BEGINNING.to_owned(), 0_u64);
    let mut lines = anchor.lines();
    let mut bad = None;
    while let Some(text) = lines.next_line().await.map_err(Error::internal)? {
        count += 1;
        match serde_json::from_str::<Line>(&text) {
            Ok(line) if line.previous == previous => {
                if line.restored_to.is_some() {
                    report.restores.push(cut(&mut anchored, &line.heads, line.restored_to));
                }
                for (chain, (seq, hash)) in line.heads {
                    // The first word counts: a later line of a log that was written anew changes nothing.
                    anchored.entry(chain).or_default().entry(seq).or_insert(hash);
                }
            }
            _ => bad = bad.or(i64::try_from(count).ok()),
        }
        previous = hash(&text);
    }
    report.anchor_lines = Some(count);
    report.findings.extend(bad.map(|seq| Finding { chain: "anchor".to_owned(), seq, fault: Fault::AnchorLine }));
    Ok(anchored)
}
