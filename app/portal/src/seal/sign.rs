//! Signing the next root.

use std::sync::Arc;

use chartkey_evidence::{
    BEGINNING, Digest, chain,
    key::{self, Key, Public},
    root::{Restored, Root, Signed, back},
    tree as shape,
};
use ed25519_dalek::{Signer, SigningKey};
use futures::TryStreamExt;
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Seal, blocking, counted,
    file::RootsFile,
    keys, moment, newest, read_key, signed, stored,
    tree::{Head, digest, tree},
};
use crate::{Error, Portal, pool::detached, secret_file};

/// Which root is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signing {
    /// That of this hour, unless there is one.
    WhenDue,
    /// One now.
    Now,
    /// One over a database that was put back: the line goes on after the roots that the file
    /// has and the database has not, and the new one says what happened.
    AfterRestore,
    /// One with a new file of roots, in the place of one that was lost. What the database says
    /// is believed.
    NewFile,
}

/// Why nothing is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    /// The file has roots that the database has not.
    Older,
    /// They have different roots.
    OtherLine,
    /// The file is not there, and there were roots.
    NoFile,
    /// The file is of another installation.
    OtherInstallation,
    /// The key is not there, and there was one.
    NoKey,
    /// The key is not the newest.
    OtherKey,
}

impl Refusal {
    /// With a sentence for the operator.
    fn error(self) -> Error {
        Error::internal(match self {
            Self::Older => {
                "the file of the roots has signed roots that the database does not know, so the database is an older one; if you restored \
                 it, run `chartkey sign-log --after-restore`, which says so to everybody"
            }
            Self::OtherLine => "the database and the file of the roots hold different roots of one number; keep both as evidence",
            Self::NoFile => {
                "the file of the roots is not beside the key, and there were roots; put back its copy, or run `chartkey sign-log --new-file`"
            }
            Self::OtherInstallation => "the file of the roots beside the key is of another installation; name another key file",
            Self::NoKey => {
                "the key that signs the log is not there, and there was one; put back its copy, or run `chartkey new-log-key --lost`"
            }
            Self::OtherKey => "the key that signs the log is not the one that the newest roots name; put that one back",
        })
    }
}

/// What is known when the transaction begins.
pub(super) struct Entered {
    pub at: OffsetDateTime,
    pub installation: Uuid,
    /// Whether nobody else signs at this moment.
    pub is_alone: bool,
}

impl Portal {
    /// Signs a root over the heads of all chains, once every new entry was found to follow from
    /// what the root before holds. Returns it; none where none is due, no key is set, or another
    /// server is signing.
    ///
    /// # Errors
    /// [`Error::Internal`] with a sentence for the operator: the database is older than the roots
    /// that were signed, a chain does not go on from where the last root has it, or the key or its
    /// file cannot be used. Then nothing is signed.
    pub async fn sign_log(&self, signing: Signing) -> Result<Option<Signed>, Error> {
        let Some(seal) = self.seal.clone() else { return Ok(None) };
        if signing == Signing::WhenDue && !self.is_root_due().await? {
            return Ok(None);
        }
        let portal = self.clone();
        detached(async move { portal.sign_alone(&seal, signing).await }).await
    }

    /// Whether an hour has begun since the newest root.
    async fn is_root_due(&self) -> Result<bool, Error> {
        let mut connection = self.pool.acquire().await?;
        let now = sqlx::query_scalar!(r#"select now() as "now!""#).fetch_one(&mut *connection).await?;
        let hour = |at: &str| at.get(..13).map(str::to_owned);
        Ok(newest(&mut connection).await?.is_none_or(|newest| hour(&newest.root.at) < hour(&moment(now))))
    }

    async fn sign_alone(&self, seal: &Arc<Seal>, signing: Signing) -> Result<Option<Signed>, Error> {
        let path = seal.roots_file();
        // The lock comes first, so that what the transaction sees is not older than the file.
        let mut file = blocking(move || RootsFile::hold(&path)).await?;
        let mut transaction = self.pool.begin().await?;
        let entered = enter(&mut transaction).await?;
        if !entered.is_alone {
            return Ok(None);
        }
        if file.installation.is_some_and(|installation| installation != entered.installation) {
            return Err(Refusal::OtherInstallation.error());
        }
        let mut keys = keys(&mut transaction).await?;
        let Line { before, restored, missing } = match catch_up(&mut transaction, &file, &mut keys, signing).await {
            Ok(line) => line,
            // The lock ends with the answer: whoever signs next is alone.
            Err(error) => {
                transaction.rollback().await?;
                return Err(error);
            }
        };
        let number = before.as_ref().map_or(0, |before| before.root.number) + 1;
        let key = signing_key(&mut transaction, seal, &mut keys, number, entered.at).await?;
        follow(&mut transaction).await?;
        let heads = take_heads(&mut transaction).await?;
        let nodes = tree(&self.pepper, number, &heads)?;
        let root = Root {
            number,
            at: moment(entered.at),
            height: shape::height(heads.len()),
            tree: nodes.last().copied().unwrap_or(BEGINNING),
            previous: before.as_ref().map_or(BEGINNING, |before| before.root.hash()),
            skip: hash_of(&mut transaction, back(number)).await?,
            restored: restored.or_else(|| before.and_then(|before| before.root.restored)),
            key: key.verifying_key().to_bytes(),
        };
        let signed = Signed { signature: key.sign(root.text().as_bytes()).to_bytes(), root };
        keep(&mut transaction, &signed).await?;
        sqlx::query!("insert into log_tree (number, nodes) values ($1, $2)", stored(number)?, nodes.concat())
            .execute(&mut *transaction)
            .await?;
        sqlx::query!("delete from log_tree where number < $1", stored(number)? - 1).execute(&mut *transaction).await?;
        self.intend(&signed).await?;
        let roots: Vec<_> = missing.into_iter().chain([signed.clone()]).collect();
        // Held until the commit: nobody else signs with this file before that.
        let _file = blocking(move || file.append(entered.installation, &keys, &roots).map(|()| file)).await?;
        transaction.commit().await?;
        Ok(Some(signed))
    }
}

impl Portal {
    /// Notes, in a transaction of its own, which root is about to be written into the file.
    async fn intend(&self, signed: &Signed) -> Result<(), Error> {
        let hash = signed.root.hash();
        sqlx::query!(
            "insert into log_intent (number, hash) values ($1, $2) on conflict (number) do update set hash = excluded.hash",
            stored(signed.root.number)?,
            hash.as_slice()
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

/// Whether the database knows that this root was about to be written into the file: then it is
/// not older than the root, whose commit a crash has prevented.
pub(crate) async fn was_intended(connection: &mut PgConnection, signed: &Signed) -> Result<bool, Error> {
    let hash = sqlx::query_scalar!("select hash from log_intent where number = $1", stored(signed.root.number)?)
        .fetch_optional(connection)
        .await?;
    Ok(hash.is_some_and(|hash| hash == signed.root.hash()))
}

/// Begins a transaction that sees one moment.
pub(super) async fn enter(connection: &mut PgConnection) -> Result<Entered, Error> {
    sqlx::query!("set transaction isolation level repeatable read").execute(&mut *connection).await?;
    let row = sqlx::query!(
        r#"select set_config('chartkey.task', 'seal', true) as "task!", now() as "at!",
            pg_try_advisory_xact_lock(hashtextextended('sign the log', 0)) as "alone!", installation_id
        from incarnation"#
    )
    .fetch_one(connection)
    .await?;
    Ok(Entered { at: row.at, installation: row.installation_id, is_alone: row.alone })
}

/// The line that the next root goes on.
struct Line {
    /// Its last root.
    before: Option<Signed>,
    /// What the next one says of a restore.
    restored: Option<Restored>,
    /// What another server has signed, and the file does not have.
    missing: Vec<Signed>,
}

/// Brings file and database to one line of roots.
async fn catch_up(connection: &mut PgConnection, file: &RootsFile, keys: &mut Vec<Key>, signing: Signing) -> Result<Line, Error> {
    let there = newest(connection).await?;
    let known = there.as_ref().map_or(0, |there| there.root.number);
    let Some(last) = file.roots.last().cloned().filter(|last| last.root.number > known) else {
        if file.roots.is_empty() && there.is_some() && signing != Signing::NewFile {
            return Err(Refusal::NoFile.error());
        }
        let missing = missing(connection, file, keys).await?;
        return Ok(Line { before: there, restored: None, missing });
    };
    if there.as_ref().is_some_and(|there| file.root(known) != Some(there)) {
        return Err(Refusal::OtherLine.error());
    }
    let is_unfinished = last.root.number == known + 1 && was_intended(connection, &last).await?;
    if !is_unfinished && signing != Signing::AfterRestore {
        return Err(Refusal::Older.error());
    }
    for key in file.keys.iter().filter(|key| !keys.contains(key)).cloned().collect::<Vec<_>>() {
        keep_key(connection, &key).await?;
        keys.push(key);
    }
    for signed in file.roots.iter().filter(|signed| signed.root.number > known) {
        keep(connection, signed).await?;
    }
    let restored = if is_unfinished { None } else { Some(restored(connection, there.as_ref(), last.root.number + 1).await?) };
    Ok(Line { before: Some(last), restored, missing: Vec::new() })
}

/// What the root of this number says of the restore before it: the moment that the operator's
/// replay has noted, else that of the last root that came through it.
async fn restored(connection: &mut PgConnection, there: Option<&Signed>, since: u64) -> Result<Restored, Error> {
    let noted = sqlx::query_scalar!("select restored_to from restore order by at desc limit 1").fetch_optional(connection).await?;
    let to = match (noted, there) {
        (Some(noted), _) => moment(noted),
        (None, Some(there)) => there.root.at.clone(),
        (None, None) => moment(OffsetDateTime::UNIX_EPOCH),
    };
    Ok(Restored { since, to })
}

/// What the database has and the file has not, if it follows from what the file has.
async fn missing(connection: &mut PgConnection, file: &RootsFile, keys: &[Key]) -> Result<Vec<Signed>, Error> {
    let mut last = file.roots.last().cloned();
    let number = last.as_ref().map_or(0, |last| last.root.number);
    let lines =
        sqlx::query_scalar!("select line from log_root where number >= $1 order by number", stored(number)?).fetch_all(connection).await?;
    let mut missing = Vec::new();
    for line in lines {
        let next = signed(&line)?;
        if last.as_ref().is_some_and(|last| last.root.number == next.root.number) {
            if last.as_ref() != Some(&next) {
                return Err(Refusal::OtherLine.error());
            }
            continue;
        }
        let follows = last.as_ref().is_none_or(|last| next.root.holds(&last.root));
        let in_force = key::in_force(keys, next.root.number);
        if !follows || !next.is_signed() || in_force.is_none_or(|key| key.public != next.root.key) {
            return Err(Refusal::OtherLine.error());
        }
        last = Some(next.clone());
        missing.push(next);
    }
    Ok(missing)
}

/// The key of the newest roots, made with the first.
async fn signing_key(
    connection: &mut PgConnection,
    seal: &Seal,
    keys: &mut Vec<Key>,
    number: u64,
    at: OffsetDateTime,
) -> Result<SigningKey, Error> {
    let Some(newest) = keys.last() else {
        if seal.key()?.is_none() {
            secret_file::make(&seal.key_file, &rand::random())
                .map_err(|cause| Error::internal(format!("the key that signs the log, {}: {cause}", seal.key_file.display())))?;
        }
        let signing = seal.key()?.ok_or_else(|| Refusal::NoKey.error())?;
        let first = Key { public: signing.verifying_key().to_bytes(), from: number, at: moment(at), before: None, endorsement: None };
        keep_key(connection, &first).await?;
        keys.push(first);
        return Ok(signing);
    };
    let Some(signing) = current(seal, &newest.public)? else {
        return Err(if seal.key()?.is_none() { Refusal::NoKey } else { Refusal::OtherKey }.error());
    };
    Ok(signing)
}

/// The key with this public half, if the file holds it. A new key that was committed by a
/// process which died before it put the file in its place is put there.
pub(super) fn current(seal: &Seal, public: &Public) -> Result<Option<SigningKey>, Error> {
    let is_it = |key: &SigningKey| key.verifying_key().to_bytes() == *public;
    if let Some(key) = seal.key()?.filter(is_it) {
        return Ok(Some(key));
    }
    let next = read_key(&seal.next_key_file())?.filter(is_it);
    if next.is_some() {
        std::fs::rename(seal.next_key_file(), &seal.key_file).map_err(Error::internal)?;
    }
    Ok(next)
}

/// Finds that every chain goes on from where the last root has it: nothing is signed for that
/// would cover up what was changed since.
async fn follow(connection: &mut PgConnection) -> Result<(), Error> {
    let gone = sqlx::query_scalar!(
        r#"select s.chain from sealed_head s left join chain_head h on h.chain = s.chain
        where h.seq is null or h.seq < s.seq or (h.seq = s.seq and h.hash <> s.hash)
        order by s.chain limit 1"#
    )
    .fetch_optional(&mut *connection)
    .await?;
    if let Some(chain) = gone {
        return Err(changed(&chain));
    }
    let mut entries = sqlx::query!(
        r#"select e.chain, e.seq, e.hash, e.bytes, s.seq as "from?", s.hash as "before?", h.seq as head_seq, h.hash as head_hash
        from chain_head h
        left join sealed_head s on s.chain = h.chain
        join event e on e.chain = h.chain and e.seq > coalesce(s.seq, 0)
        where h.seq > coalesce(s.seq, 0)
        order by e.chain, e.seq"#
    )
    .fetch(&mut *connection);
    let (mut walk, mut walked): (Option<Walk>, u64) = (None, 0);
    while let Some(entry) = entries.try_next().await? {
        if walk.as_ref().is_none_or(|walk| walk.chain != entry.chain) {
            walk.map_or(Ok(()), Walk::end)?;
            walked += 1;
            let hash = entry.before.map(digest).transpose()?.unwrap_or(BEGINNING);
            let head = (entry.head_seq, digest(entry.head_hash)?);
            walk = Some(Walk { chain: entry.chain, seq: entry.from.unwrap_or(0), hash, head });
        }
        let Some(walk) = &mut walk else { continue };
        walk.step(entry.seq, &entry.hash, &entry.bytes)?;
    }
    drop(entries);
    walk.map_or(Ok(()), Walk::end)?;
    let moved = sqlx::query_scalar!(
        r#"select count(*) as "moved!" from chain_head h left join sealed_head s on s.chain = h.chain where h.seq > coalesce(s.seq, 0)"#
    )
    .fetch_one(connection)
    .await?;
    if counted(moved)? == walked { Ok(()) } else { Err(changed("a chain without entries")) }
}

/// A chain from where the last root has it.
struct Walk {
    chain: String,
    seq: i64,
    hash: Digest,
    /// Where it has to end.
    head: (i64, Digest),
}

impl Walk {
    fn step(&mut self, seq: i64, hash: &[u8], event: &[u8]) -> Result<(), Error> {
        let next = chain::link(&self.chain, counted(seq)?, &self.hash, event);
        if seq != self.seq + 1 || next.as_slice() != hash {
            return Err(changed(&self.chain));
        }
        (self.seq, self.hash) = (seq, next);
        Ok(())
    }

    fn end(self) -> Result<(), Error> {
        if (self.seq, self.hash) == self.head { Ok(()) } else { Err(changed(&self.chain)) }
    }
}

fn changed(chain: &str) -> Error {
    Error::internal(format!("{chain} does not go on from where the last signed root has it; nothing was signed. Run `chartkey verify-log`"))
}

/// Notes the heads as this root holds them, and returns them.
async fn take_heads(connection: &mut PgConnection) -> Result<Vec<Head>, Error> {
    sqlx::query!(
        "insert into sealed_head (chain, seq, hash) select chain, seq, hash from chain_head where seq > 0
        on conflict (chain) do update set seq = excluded.seq, hash = excluded.hash where sealed_head.seq <> excluded.seq"
    )
    .execute(&mut *connection)
    .await?;
    let heads = sqlx::query!("select chain, seq, hash from sealed_head").fetch_all(connection).await?;
    heads.into_iter().map(|head| Ok((head.chain, counted(head.seq)?, digest(head.hash)?))).collect()
}

/// The hash of the root of this number; zeros before the first.
async fn hash_of(connection: &mut PgConnection, number: u64) -> Result<Digest, Error> {
    if number == 0 {
        return Ok(BEGINNING);
    }
    let line = sqlx::query_scalar!("select line from log_root where number = $1", stored(number)?).fetch_one(connection).await?;
    Ok(signed(&line)?.root.hash())
}

async fn keep(connection: &mut PgConnection, signed: &Signed) -> Result<(), Error> {
    sqlx::query!("insert into log_root (number, line) values ($1, $2)", stored(signed.root.number)?, signed.line())
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn keep_key(connection: &mut PgConnection, key: &Key) -> Result<(), Error> {
    sqlx::query!("insert into log_key (public_key, line) values ($1, $2)", key.public.as_slice(), key.line()).execute(connection).await?;
    Ok(())
}
