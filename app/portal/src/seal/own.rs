//! A patient's own log with its proof, and checking it.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
};

use chartkey_domain::{account::Visitor, id::AccountId};
use chartkey_evidence::{
    check::{CHAIN, Check, END, EVENTS, Leaf, Report, SEEN, Seen},
    hex,
    root::{Signed, way},
    tree,
};
use futures::TryStreamExt;
use time::OffsetDateTime;

use super::{
    counted, keys, signed, stored,
    tree::{digest, salt},
};
use crate::{
    Error, Opened, Portal,
    audit::{Chain, What},
    fresh,
    pool::detached,
    record::Record,
    take_away::Spool,
};

/// A log with its proof, as `chartkey-evidence` checks it.
#[derive(Debug)]
pub struct Log {
    /// The text.
    pub spool: Spool,
    /// What the server found when it checked the same bytes.
    pub report: Report,
}

/// What is known beside the log.
#[derive(Debug, Clone)]
pub struct State {
    /// The number of the newest root and when it was signed.
    pub newest: Option<(u64, String)>,
    /// When the server last checked it for this account, and what it found.
    pub checked: Option<(OffsetDateTime, Report)>,
    /// Under which name a browser remembers what it saw of this log: it tells nobody whose it is.
    pub memory: String,
}

impl Portal {
    /// The visitor's own log, for their browser to check: with the way back to the root that it
    /// saw last.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor has no record of their own.
    pub async fn log_to_check(&self, visitor: &Visitor, seen: Option<u64>) -> Result<Opened<Log>, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let record = portal.open_own(&visitor).await?;
            portal.give_log(record, seen, "read").await
        })
        .await
    }

    /// The same without what the server remembers for the account, which is forgotten: for
    /// whoever was told why it does not fit any more.
    ///
    /// # Errors
    /// As [`Self::log_to_check`].
    pub async fn check_log_anew(&self, visitor: &Visitor) -> Result<Opened<Log>, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            sqlx::query!("update log_check set seen = null where account_id = $1", visitor.actor.account().0)
                .execute(record.connection())
                .await?;
            portal.give_log(record, None, "log-begun-anew").await
        })
        .await
    }

    /// The same to be taken away.
    ///
    /// # Errors
    /// [`Error::SignInAgain`] without a fresh sign-in; else as [`Self::log_to_check`].
    pub async fn take_log(&self, visitor: &Visitor) -> Result<Opened<Log>, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            fresh::require(record.connection(), &visitor).await?;
            portal.give_log(record, None, "exported").await
        })
        .await
    }

    async fn give_log(&self, mut record: Record, seen: Option<u64>, action: &str) -> Result<Opened<Log>, Error> {
        let log = self.write_log(&mut record, seen).await?;
        sqlx::query!(
            "insert into log_check (account_id, report, seen) values ($1, $2, $3)
            on conflict (account_id) do update set at = now(), report = excluded.report, seen = coalesce(excluded.seen, log_check.seen)",
            record.visitor().actor.account().0,
            log.report.to_string(),
            log.report.to_remember().map(|seen| seen.text())
        )
        .execute(record.connection())
        .await?;
        let whose = record.finish(What { action: action.to_owned(), page: Some("log".to_owned()), ..What::default() }).await?;
        Ok(Opened { whose, view: log })
    }

    async fn write_log(&self, record: &mut Record, seen: Option<u64>) -> Result<Log, Error> {
        let chain = Chain::Patient(record.whose().patient).to_string();
        let mut check = Check::new(None);
        if let Some(signer) = self.log_key()? {
            check = check.signed_by(signer);
        }
        let mut writing = Writing { to: BufWriter::new(tempfile::tempfile().map_err(Error::internal)?), check };
        writing.line(&format!("{CHAIN} {chain}"))?;
        self.write_proof(record, &chain, seen, &mut writing).await?;
        writing.line(EVENTS)?;
        let mut count = 0_u64;
        {
            let mut events = sqlx::query!("select hash, bytes from event where chain = $1 order by seq", chain).fetch(record.connection());
            while let Some(event) = events.try_next().await? {
                writing.pieces(&[hex(&event.hash).as_bytes(), b" ", &event.bytes])?;
                count += 1;
            }
        }
        writing.line(&format!("{END} {count}"))?;
        let Writing { to, check } = writing;
        let file = to.into_inner().map_err(|error| Error::internal(error.into_error()))?;
        Ok(Log { spool: Spool::of(file).map_err(Error::internal)?, report: check.finish() })
    }

    async fn write_proof(&self, record: &mut Record, chain: &str, seen: Option<u64>, writing: &mut Writing) -> Result<(), Error> {
        let account = record.visitor().actor.account();
        // One statement, so that head and root are of one moment.
        let now = sqlx::query!(
            r#"select r.line as "line?", s.seq as "seq?", s.hash as "hash?", c.seen as "seen?"
            from (select 1) as one
            left join (select line from log_root order by number desc limit 1) r on true
            left join sealed_head s on s.chain = $1
            left join log_check c on c.account_id = $2"#,
            chain,
            account.0
        )
        .fetch_one(record.connection())
        .await?;
        for key in keys(record.connection()).await? {
            writing.line(&key.line())?;
        }
        let remembered = now.seen.as_deref().and_then(Seen::parse);
        if let Some(line) = now.line {
            let newest = signed(&line)?;
            let known = [seen, remembered.as_ref().map(|remembered| remembered.number)];
            for line in roots(record, &newest, known.into_iter().flatten()).await? {
                writing.line(&line)?;
            }
            if let (Some(seq), Some(hash)) = (now.seq, now.hash) {
                let leaf = self.leaf(record, chain, newest.root.number, seq, hash).await?;
                writing.line(&leaf.line())?;
            }
        }
        if let Some(remembered) = remembered {
            writing.line(&format!("{SEEN} {}", remembered.text()))?;
        }
        Ok(())
    }

    /// The head of the chain in the root of this number. Where the database does not have it
    /// there, its way is empty, which is for the check to find.
    async fn leaf(&self, record: &mut Record, chain: &str, number: u64, seq: i64, hash: Vec<u8>) -> Result<Leaf, Error> {
        let (seq, salt) = (counted(seq)?, salt(&self.pepper, number, chain)?);
        let leaf = tree::leaf(&salt, chain, seq, &digest(hash)?);
        let found = sqlx::query!("select place, way from gate.log_way($1, $2)", stored(number)?, leaf.as_slice())
            .fetch_one(record.connection())
            .await?;
        let way: Result<Vec<_>, _> = found.way.unwrap_or_default().into_iter().map(digest).collect();
        Ok(Leaf { seq, salt, place: counted(found.place.unwrap_or(0))?, way: way? })
    }

    /// What is known beside the log of an open record of one's own.
    pub(crate) async fn log_state(&self, record: &mut Record) -> Result<State, Error> {
        let account = record.visitor().actor.account();
        let row = sqlx::query!(
            r#"select r.line as "line?", c.at as "at?", c.report as "report?"
            from (select 1) as one
            left join (select line from log_root order by number desc limit 1) r on true
            left join log_check c on c.account_id = $1"#,
            account.0
        )
        .fetch_one(record.connection())
        .await?;
        let newest = row.line.as_deref().map(signed).transpose()?.map(|newest| (newest.root.number, newest.root.at));
        let checked = row.at.zip(row.report.as_deref().and_then(Report::parse));
        Ok(State { newest, checked, memory: self.memory(account)? })
    }

    /// The account's, and not the record's: to put another record in its place has to show.
    fn memory(&self, account: AccountId) -> Result<String, Error> {
        let name = digest(self.pepper.digest("log-memory", &account.to_string()))?;
        Ok(hex(&name).chars().take(16).collect())
    }
}

/// The lines of the newest root and of those on the way back to each that is known.
async fn roots(record: &mut Record, newest: &Signed, known: impl Iterator<Item = u64>) -> Result<Vec<String>, Error> {
    let mut known: Vec<_> = known.filter(|known| (1..newest.root.number).contains(known)).collect();
    known.sort_unstable_by(|one, other| other.cmp(one));
    let (mut numbers, mut from) = (vec![newest.root.number], newest.root.number);
    for to in known {
        numbers.extend(way(from, to).into_iter().skip(1));
        from = to;
    }
    let numbers = numbers.into_iter().map(stored).collect::<Result<Vec<_>, _>>()?;
    Ok(sqlx::query_scalar!("select line from log_root where number = any($1) order by number desc", &numbers)
        .fetch_all(record.connection())
        .await?)
}

/// A text on its way out that is checked as it is written.
struct Writing {
    to: BufWriter<File>,
    check: Check,
}

impl Writing {
    fn line(&mut self, line: &str) -> Result<(), Error> {
        self.pieces(&[line.as_bytes()])
    }

    fn pieces(&mut self, pieces: &[&[u8]]) -> Result<(), Error> {
        let mut write = |piece: &[u8]| -> io::Result<()> {
            self.check.feed(piece);
            self.to.write_all(piece)
        };
        pieces.iter().copied().chain([&b"\n"[..]]).try_for_each(&mut write).map_err(Error::internal)
    }
}
