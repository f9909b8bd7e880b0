//! A second factor: an app that shows a code, and recovery codes for when it is lost.
//!
//! The seed is sealed with a key outside the database. A code is taken once: its time
//! step is kept, and PostgreSQL compares.

use chartkey_domain::account::{Actor, Visitor};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error, Portal,
    audit::{self, Who},
    fresh,
    letters::{self, LetterSubject},
    pool::detached,
    secrets::{random_code, typed_code},
};

mod loss;
mod totp;

pub use loss::Loss;
use totp::{Codes, SEED};

/// What the seed and the recovery codes are sealed for.
const FOR_SEED: &str = "totp-seed";
const FOR_CODES: &str = "recovery-codes";

/// A second post so soon is the second click of a double one.
const DOUBLE_CLICK: f64 = 10.0;

/// Recovery codes that are made together.
const RECOVERY_CODES: usize = 10;

/// Where a person stands with their second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecondFactor {
    /// There is none.
    Off,
    /// An app is being set up: the seed as text. It asks nobody for anything yet.
    Begun {
        /// Base32, as it is typed into an app.
        seed: String,
        /// The account as the app shows it.
        email: String,
    },
    /// It is asked for.
    On {
        /// Since when.
        since: OffsetDateTime,
        /// Recovery codes that are left.
        codes_left: i64,
        /// The new recovery codes, until their holder has put them away, and for an hour
        /// at most.
        codes: Vec<String>,
        /// Somebody says that it is lost.
        loss: Option<Loss>,
    },
}

/// What a right code was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    App,
    Recovery,
}

impl Portal {
    /// Where the visitor stands.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a clinician: theirs is their organization's.
    pub async fn second_factor(&self, visitor: &Visitor) -> Result<SecondFactor, Error> {
        let account = person(visitor)?;
        let row = sqlx::query!(
            r#"select a.email as "email!", f.sealed_seed as "sealed_seed?", f.confirmed_at,
                case when f.codes_until > now() then f.sealed_codes end as sealed_codes,
                (select count(*) from recovery_code r where r.account_id = a.account_id and r.used_at is null) as "codes_left!",
                l.begun_at as "begun_at?", l.ready_at as "ready_at?"
            from account a
            left join second_factor f on f.account_id = a.account_id
            left join factor_loss l on l.account_id = a.account_id and l.ends_at > now()
            where a.account_id = $1"#,
            account
        )
        .fetch_optional(&self.pool)
        .await?
        .ok_or(Error::NotFound)?;
        let Some(sealed) = row.sealed_seed else { return Ok(SecondFactor::Off) };
        let Some(since) = row.confirmed_at else {
            let seed = Codes::of(&self.unsealed(FOR_SEED, account, &sealed)?)?.text();
            return Ok(SecondFactor::Begun { seed, email: row.email });
        };
        let codes = match row.sealed_codes {
            Some(sealed) => lines(&self.unsealed(FOR_CODES, account, &sealed)?),
            None => Vec::new(),
        };
        let loss = row.begun_at.zip(row.ready_at).map(|(begun_at, ready_at)| Loss { begun_at, ready_at });
        Ok(SecondFactor::On { since, codes_left: row.codes_left, codes, loss })
    }

    /// Begins to set up an app, with another seed each time; the second click of a double
    /// one changes nothing.
    ///
    /// # Errors
    /// [`Error::SignInAgain`], [`Error::Conflict`] where one is asked for already,
    /// [`Error::NotFound`] for a clinician.
    pub async fn begin_second_factor(&self, visitor: &Visitor) -> Result<(), Error> {
        let (portal, visitor, account) = (self.clone(), visitor.clone(), person(visitor)?);
        let seed = rand::random::<[u8; SEED]>();
        let sealed = self.pepper.seal(FOR_SEED, &account.to_string(), &seed)?;
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            fresh::require(&mut transaction, &visitor).await?;
            sqlx::query!(
                "insert into second_factor (account_id, sealed_seed) values ($1, $2)
                on conflict (account_id) do update set sealed_seed = excluded.sealed_seed, made_at = now()
                    where second_factor.confirmed_at is null and second_factor.made_at < now() - make_interval(secs => $3)",
                account,
                sealed,
                DOUBLE_CLICK
            )
            .execute(&mut *transaction)
            .await?;
            sqlx::query!("select account_id from second_factor where account_id = $1 and confirmed_at is null", account)
                .fetch_optional(&mut *transaction)
                .await?
                .ok_or(Error::Conflict("second-factor"))?;
            transaction.commit().await?;
            Ok(())
        })
        .await
    }

    /// Ends setting up with the first code of the app: it is asked for from now on. The
    /// same code once more changes nothing.
    ///
    /// # Errors
    /// [`Error::SignInAgain`], [`Error::Invalid`] `wrong-code`, [`Error::NotFound`] where
    /// nothing is being set up.
    pub async fn confirm_second_factor(&self, visitor: &Visitor, code: &str) -> Result<(), Error> {
        let (portal, visitor, account, code) = (self.clone(), visitor.clone(), person(visitor)?, code.to_owned());
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            fresh::require(&mut transaction, &visitor).await?;
            let row = sqlx::query!(
                r#"select sealed_seed, last_step, extract(epoch from now())::bigint as "second!", confirmed_at is not null as "is_on!"
                from second_factor where account_id = $1 and (confirmed_at is null or confirmed_at > now() - make_interval(secs => $2))
                for update"#,
                account,
                DOUBLE_CLICK
            )
            .fetch_optional(&mut *transaction)
            .await?
            .ok_or(Error::NotFound)?;
            let seed = portal.unsealed(FOR_SEED, account, &row.sealed_seed)?;
            let step = Codes::of(&seed)?.step(&code, row.second).ok_or(Error::Invalid("wrong-code"))?;
            if row.is_on {
                return if step == row.last_step { Ok(()) } else { Err(Error::NotFound) };
            }
            sqlx::query!("update second_factor set confirmed_at = now(), last_step = $2 where account_id = $1", account, step)
                .execute(&mut *transaction)
                .await?;
            portal.store_codes(&mut transaction, account).await?;
            changed(&mut transaction, &visitor, LetterSubject::FactorOn, "second-factor-added").await?;
            transaction.commit().await?;
            Ok(())
        })
        .await
    }

    /// Makes recovery codes anew; those before open nothing more. The second click of a
    /// double one makes none.
    ///
    /// # Errors
    /// [`Error::SignInAgain`], [`Error::NotFound`] without a second factor.
    pub async fn new_recovery_codes(&self, visitor: &Visitor) -> Result<(), Error> {
        let (portal, visitor, account) = (self.clone(), visitor.clone(), person(visitor)?);
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            fresh::require(&mut transaction, &visitor).await?;
            let is_double = sqlx::query_scalar!(
                r#"select coalesce(codes_until > now() + interval '1 hour' - make_interval(secs => $2), false) as "double!"
                from second_factor where account_id = $1 and confirmed_at is not null for update"#,
                account,
                DOUBLE_CLICK
            )
            .fetch_optional(&mut *transaction)
            .await?
            .ok_or(Error::NotFound)?;
            if is_double {
                return Ok(());
            }
            sqlx::query!("delete from recovery_code where account_id = $1", account).execute(&mut *transaction).await?;
            portal.store_codes(&mut transaction, account).await?;
            changed(&mut transaction, &visitor, LetterSubject::CodesMade, "recovery-codes-made").await?;
            transaction.commit().await?;
            Ok(())
        })
        .await
    }

    /// The holder has put the recovery codes away: they are never shown again.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a clinician.
    pub async fn put_codes_away(&self, visitor: &Visitor) -> Result<(), Error> {
        let account = person(visitor)?;
        sqlx::query!("update second_factor set sealed_codes = null, codes_until = null where account_id = $1", account)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Takes the second factor away, with its recovery codes. Without one there is nothing
    /// to do.
    ///
    /// # Errors
    /// [`Error::SignInAgain`], [`Error::NotFound`] for a clinician.
    pub async fn remove_second_factor(&self, visitor: &Visitor) -> Result<(), Error> {
        let (portal, visitor, account) = (self.clone(), visitor.clone(), person(visitor)?);
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            fresh::require(&mut transaction, &visitor).await?;
            let was_on = sqlx::query_scalar!(
                r#"delete from second_factor where account_id = $1 returning confirmed_at is not null as "was_on!""#,
                account
            )
            .fetch_optional(&mut *transaction)
            .await?;
            if was_on == Some(true) {
                changed(&mut transaction, &visitor, LetterSubject::FactorOff, "second-factor-removed").await?;
            }
            transaction.commit().await?;
            Ok(())
        })
        .await
    }

    async fn store_codes(&self, connection: &mut PgConnection, account: Uuid) -> Result<(), Error> {
        let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| random_code()).collect();
        let hashes: Vec<Vec<u8>> = codes.iter().map(|code| self.recovery_digest(account, code)).collect();
        let sealed = self.pepper.seal(FOR_CODES, &account.to_string(), codes.join("\n").as_bytes())?;
        sqlx::query!(
            "with codes as (insert into recovery_code (account_id, code_hash) select $1, unnest($2::bytea[]))
            update second_factor set sealed_codes = $3, codes_until = now() + interval '1 hour' where account_id = $1",
            account,
            &hashes,
            sealed
        )
        .execute(connection)
        .await?;
        Ok(())
    }

    /// Takes a code: one of the app that no code of its step or a later one came before,
    /// or a recovery code that was not used. `None`: it is neither.
    pub(crate) async fn take_code(&self, connection: &mut PgConnection, account: Uuid, typed: &str) -> Result<Option<Taken>, Error> {
        let factor = sqlx::query!(
            r#"select sealed_seed, extract(epoch from clock_timestamp())::bigint as "second!" from second_factor
            where account_id = $1 and confirmed_at is not null"#,
            account
        )
        .fetch_optional(&mut *connection)
        .await?;
        let Some(factor) = factor else { return Ok(None) };
        let seed = self.unsealed(FOR_SEED, account, &factor.sealed_seed)?;
        let step = Codes::of(&seed)?.step(typed, factor.second);
        let by_app = sqlx::query!(
            "update second_factor set last_step = $2 where account_id = $1 and last_step < $2 and sealed_seed = $3",
            account,
            step,
            factor.sealed_seed
        )
        .execute(&mut *connection)
        .await?
        .rows_affected()
            == 1;
        if by_app {
            return Ok(Some(Taken::App));
        }
        let by_recovery = sqlx::query!(
            "update recovery_code set used_at = now() where account_id = $1 and code_hash = $2 and used_at is null",
            account,
            self.recovery_digest(account, typed)
        )
        .execute(connection)
        .await?
        .rows_affected()
            == 1;
        Ok(by_recovery.then_some(Taken::Recovery))
    }

    /// What was sealed for this account.
    fn unsealed(&self, purpose: &str, account: Uuid, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let opened = self.pepper.open(purpose, &account.to_string(), sealed);
        opened.ok_or_else(|| Error::internal("what was sealed does not open: another pepper, or it was changed"))
    }

    fn recovery_digest(&self, account: Uuid, code: &str) -> Vec<u8> {
        self.pepper.digest("recovery-code", &format!("{account} {}", typed_code(code)))
    }

    /// Removes what was begun and never confirmed, and codes that nobody put away.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sweep_second_factors(&self) -> Result<u64, Error> {
        let begun = sqlx::query!("delete from second_factor where confirmed_at is null and made_at < now() - interval '1 day'")
            .execute(&self.pool)
            .await?;
        sqlx::query!("update second_factor set sealed_codes = null, codes_until = null where codes_until < now()")
            .execute(&self.pool)
            .await?;
        sqlx::query!("delete from factor_loss where ends_at < now()").execute(&self.pool).await?;
        sqlx::query!("delete from half_sign_in where ends_at < now()").execute(&self.pool).await?;
        Ok(begun.rows_affected())
    }
}

/// Says that a right code was used: a recovery code is worth a message, and either
/// shows that the second factor is not lost.
pub(crate) async fn code_was_right(connection: &mut PgConnection, who: &Who, account: Uuid, taken: Taken) -> Result<(), Error> {
    loss::end(connection, who, account).await?;
    if taken == Taken::Recovery {
        letters::tell(connection, account, LetterSubject::CodeUsed).await?;
        audit::append_to_account(connection, who.clone(), account.into(), "recovery-code-used").await?;
    }
    Ok(())
}

/// Whether a right password is still asked for a code. Where the wait of a loss is over
/// the second factor is removed instead.
pub(crate) async fn is_asked(connection: &mut PgConnection, who: &Who, account: Uuid) -> Result<bool, Error> {
    if loss::settle(connection, who, account).await? {
        return Ok(false);
    }
    let asked = sqlx::query_scalar!(
        r#"select exists (select from second_factor where account_id = $1 and confirmed_at is not null) as "asked!""#,
        account
    )
    .fetch_one(connection)
    .await?;
    Ok(asked)
}

/// The event of a change to how somebody signs in, and its message.
pub(crate) async fn changed(connection: &mut PgConnection, visitor: &Visitor, subject: LetterSubject, action: &str) -> Result<(), Error> {
    let account = visitor.actor.account();
    letters::tell(connection, account.0, subject).await?;
    audit::append_to_account(connection, visitor.into(), account, action).await
}

/// The account of a person; a clinician signs in at their organization.
pub(crate) fn person(visitor: &Visitor) -> Result<Uuid, Error> {
    match visitor.actor {
        Actor::Person { account } => Ok(account.0),
        Actor::Clinician { .. } => Err(Error::NotFound),
    }
}

fn lines(bytes: &[u8]) -> Vec<String> {
    String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect()
}
