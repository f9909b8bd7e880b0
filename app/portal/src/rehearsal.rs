//! A database for rehearsals: everybody in it is invented, and it says so.

use chartkey_domain::{account::Visitor, id::GrantId};
use time::OffsetDateTime;

use crate::{Error, Portal};

pub mod reset;
pub mod tasks;

impl Portal {
    /// Marks an empty database as one for rehearsals.
    ///
    /// # Errors
    /// [`Error::Conflict`] where there is a person, a record or an organization already.
    pub async fn begin_rehearsal(&self, seed: i64) -> Result<(), Error> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query!("select set_config('chartkey.task', 'operator', true)").fetch_one(&mut *transaction).await?;
        let marked = sqlx::query!(
            "insert into rehearsal (seed) select $1
             where not exists (select from account) and not exists (select from patient) and not exists (select from organization)
             on conflict do nothing",
            seed
        )
        .execute(&mut *transaction)
        .await?;
        if marked.rows_affected() == 0 {
            return Err(Error::Conflict("not-empty"));
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Whether everybody here is invented.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn is_rehearsal(&self) -> Result<bool, Error> {
        Ok(sqlx::query_scalar!(r#"select exists (select from rehearsal) as "marked!""#).fetch_one(&self.pool).await?)
    }

    /// Moves the life of a grant, so that a rehearsal can begin with old ones.
    ///
    /// # Errors
    /// [`Error::Conflict`] where real people are.
    pub async fn age_grant(
        &self,
        visitor: &Visitor,
        grant: GrantId,
        starts_at: OffsetDateTime,
        ends_at: OffsetDateTime,
    ) -> Result<(), Error> {
        if !self.is_rehearsal().await? {
            return Err(Error::Conflict("not-a-rehearsal"));
        }
        let mut record = self.open_own(visitor).await?;
        let patient = record.whose().patient;
        sqlx::query!(
            "update access_grant set starts_at = $3, created_at = $3, ends_at = $4 where patient_id = $1 and grant_id = $2",
            patient.0,
            grant.0,
            starts_at,
            ends_at
        )
        .execute(record.connection())
        .await?;
        let what = crate::audit::What { action: "grant-aged".to_owned(), grant: Some(grant), ..Default::default() };
        record.finish(what).await?;
        Ok(())
    }
}
