//! Bringing a restored database up to its journal: what was withdrawn, blocked or
//! ended since is withdrawn, blocked and ended again. A replay takes away and never
//! gives; it may run again, and the order of lines and files does not matter.

use std::{collections::BTreeMap, path::PathBuf};

use serde::Serialize;
use sqlx::{PgConnection, types::Json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    act::{About, Act},
    file::{self, Entry},
    mark,
};
use crate::{
    Error, Portal,
    audit::{self, Chain, Event, What, Who, Why, hex},
    pool::detached,
};

mod again;

use again::Again;

/// What a replay did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Replayed {
    /// False: the database was as new as its journal, and nothing was done.
    pub was_needed: bool,
    /// The moment the database had been restored to, as far as it knows.
    #[serde(with = "time::serde::rfc3339::option")]
    pub restored_to: Option<OffsetDateTime>,
    /// Acts in the journal.
    pub acts: usize,
    /// What was taken away again.
    pub taken_away: TakenAway,
}

/// How much was taken away again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TakenAway {
    /// Grants withdrawn.
    pub grants_withdrawn: u32,
    /// Grants paused.
    pub grants_paused: u32,
    /// Grants whose end is earlier now.
    pub grants_shortened: u32,
    /// Blocks and exclusions put in force.
    pub blocks: u32,
    /// Things that a file had brought which was taken back since: private again, until that is done again.
    pub made_private: u32,
    /// Codes that cannot be used any more.
    pub codes: u32,
    /// Accounts that do not hold a record any more.
    pub holders: u32,
    /// Passwords that have to be chosen anew: replaced since, or without the second factor that there was.
    pub passwords: u32,
    /// E-mail addresses that were left since: the operator gives the account its holder's.
    pub addresses: u32,
    /// Recovery codes that were used or replaced since.
    pub recovery_codes: u32,
    /// Passkeys that were taken away or stopped since.
    pub passkeys: u32,
    /// Corrections whose statement stands no more.
    pub corrections: u32,
    /// Patients who have to decide again what opens in an emergency: it was narrowed since, or their card replaced.
    pub emergency_plans: u32,
    /// Deaths that had been reported since.
    pub deaths: u32,
    /// Patients who have to name again who stands in for them: somebody else was named since, for less, or nobody.
    pub stand_ins: u32,
    /// Patients of whom clinicians are told no more to ask before they prescribe.
    pub told_no_more: u32,
    /// Independent clinicians whom the operator had dismissed since.
    pub clinicians_dismissed: u32,
    /// Grants to an organization that were paused, because somebody there was kept out whom this
    /// database does not know.
    pub paused_for_unknown: u32,
    /// Sessions ended: everybody signs in again.
    pub sessions: u32,
}

impl Portal {
    /// Replays these journal files, if the database was restored or moved, or lacks what
    /// they hold. All of it is one transaction, with an event for each record.
    ///
    /// `accept_loss` opens the database also without a journal that it knows, or with one that
    /// was changed: what is not said any more stays open, and the log says so. Afterwards the
    /// portal's own journal is begun, where it was not there.
    ///
    /// # Errors
    /// [`Error::Internal`] where a file cannot be read, was changed, is not given although the
    /// database knows it, or belongs to another installation; [`Error::Invalid`] where no file is given.
    pub async fn replay_journal(&self, files: &[PathBuf], accept_loss: bool) -> Result<Replayed, Error> {
        if files.is_empty() && !accept_loss {
            return Err(Error::Invalid("journal"));
        }
        // Nothing is written before it was compared: it would say that the database knows the whole file.
        let mut was_needed = self.is_another_incarnation().await?;
        let (mut readings, mut acts) = (Vec::new(), BTreeMap::<Uuid, Entry>::new());
        for path in files {
            let reading = file::read(path).await?;
            if let (Some(line), false) = (reading.fault(), accept_loss) {
                return Err(Error::internal(format!("the journal {} was changed at line {line}", path.display())));
            }
            was_needed |= self.compare(&reading).await?.is_some();
            acts.extend(reading.entries().map(|entry| (entry.entry, entry.clone())));
            readings.push(reading);
        }
        let mut missing = self.known_journals().await?;
        for reading in &readings {
            missing.retain(|known| reading.tail.file != Some(*known));
        }
        if !missing.is_empty() && !accept_loss {
            return Err(Error::internal(format!(
                "{} of the journals that the database knows were not given, and what stands in them would be open again: give each server's \
                 with --journal FILE",
                missing.len()
            )));
        }
        was_needed |= !missing.is_empty();
        if !was_needed {
            self.open_journal().await?;
            return Ok(Replayed { acts: acts.len(), ..Replayed::default() });
        }
        let count = acts.len();
        let last = last_acts(acts.into_values());
        let tails = readings.into_iter().map(|reading| reading.tail).collect::<Vec<_>>();
        let (portal, who) = (self.clone(), Who::restore(self.operator()));
        let replayed = detached(async move {
            let mut transaction = portal.pool.begin().await?;
            let entered = enter(&mut transaction).await?;
            let mut again = Again::begin(&mut transaction, entered.at, portal.passwords.of_nobody(), who.clone());
            for act in last {
                again.take(act).await?;
            }
            let taken_away = again.end().await?;
            let missing: Vec<_> = missing.into_iter().collect();
            sqlx::query!("delete from journal_mark where file_id = any($1)", &missing).execute(&mut *transaction).await?;
            for tail in &tails {
                mark(&mut transaction, tail).await?;
            }
            finish(&mut transaction, &entered, taken_away, who, accept_loss).await?;
            transaction.commit().await?;
            Ok(Replayed { was_needed: true, restored_to: Some(entered.restored_to), acts: count, taken_away })
        })
        .await?;
        self.open_journal().await?;
        Ok(replayed)
    }
}

/// The last act on each thing, in the order of records, so that chains are locked in order.
fn last_acts(entries: impl Iterator<Item = Entry>) -> Vec<Act> {
    let mut last = BTreeMap::<About, Entry>::new();
    for entry in entries {
        let newer = last.get(&entry.act.about()).is_none_or(|known| (known.at, known.act.takes()) <= (entry.at, entry.act.takes()));
        if newer {
            last.insert(entry.act.about(), entry);
        }
    }
    last.into_values().map(|entry| entry.act).collect()
}

/// Where the database stands before anything is replayed.
struct Entered {
    at: OffsetDateTime,
    restored_to: OffsetDateTime,
    heads: BTreeMap<String, (i64, String)>,
}

async fn enter(connection: &mut PgConnection) -> Result<Entered, Error> {
    sqlx::query!("select set_config('chartkey.task', 'verify', true)").fetch_one(&mut *connection).await?;
    let heads = sqlx::query!("select chain, seq, hash from chain_head where seq > 0").fetch_all(&mut *connection).await?;
    let row = sqlx::query!(
        r#"select now() as "at!", coalesce(
            pg_last_xact_replay_timestamp(),
            (select max((convert_from(e.bytes, 'UTF8')::jsonb ->> 'at')::timestamptz) from chain_head h join event e using (chain, seq)),
            now()) as "restored_to!""#
    )
    .fetch_one(&mut *connection)
    .await?;
    sqlx::query!("select set_config('chartkey.task', 'operator', true)").fetch_one(&mut *connection).await?;
    let heads = heads.into_iter().map(|head| (head.chain, (head.seq, hex(&head.hash)))).collect();
    Ok(Entered { at: row.at, restored_to: row.restored_to, heads })
}

async fn finish(connection: &mut PgConnection, entered: &Entered, taken_away: TakenAway, who: Who, accept_loss: bool) -> Result<(), Error> {
    sqlx::query!(
        "insert into restore (restored_to, heads, taken_away) values ($1, $2, $3)",
        entered.restored_to,
        Json(&entered.heads) as _,
        Json(taken_away) as _
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "update incarnation set (system_identifier, timeline, since) = (select live.system_identifier, live.timeline, now() from gate.incarnation() live)"
    )
    .execute(&mut *connection)
    .await?;
    let text = serde_json::to_string(&taken_away).map_err(Error::internal)?;
    let action = if accept_loss { "restored-without-journal" } else { "restored" };
    let what = What { action: action.to_owned(), text: Some(text), ..What::default() };
    let why = Why::Operator { reason: "restore".to_owned() };
    audit::append(connection, Chain::System, &Event { at: entered.at, who, what, why }).await
}
