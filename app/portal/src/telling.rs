//! What a patient is written to about: their choice, and what a worker has to tell. A message says that there is something in Chartkey, and
//! neither who nor what.

use std::collections::BTreeSet;

use chartkey_domain::{account::Visitor, telling::Telling};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    Error, Portal, audit, fresh,
    letters::{self, LetterSubject},
    pool::detached,
    second_factor::person,
};

impl Portal {
    /// What the visitor is written to about.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a clinician.
    pub async fn tellings(&self, visitor: &Visitor) -> Result<Vec<Telling>, Error> {
        let untold = sqlx::query_scalar!("select kind from untold where account_id = $1", person(visitor)?).fetch_all(&self.pool).await?;
        Ok(Telling::ALL.into_iter().filter(|telling| !untold.iter().any(|kind| kind == telling.slug())).collect())
    }

    /// Chooses what the visitor is written to about. The same once more changes nothing.
    ///
    /// # Errors
    /// [`Error::SignInAgain`]: whoever wants to stay unseen would turn them off. [`Error::NotFound`] for a clinician.
    pub async fn choose_tellings(&self, visitor: &Visitor, chosen: &[Telling]) -> Result<(), Error> {
        let (portal, visitor, account) = (self.clone(), visitor.clone(), person(visitor)?);
        let untold: Vec<_> = Telling::ALL.into_iter().filter(|one| !chosen.contains(one)).map(|one| one.slug().to_owned()).collect();
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            fresh::require(&mut transaction, &visitor).await?;
            let told = sqlx::query!("delete from untold where account_id = $1 and kind <> all ($2)", account, &untold)
                .execute(&mut *transaction)
                .await?;
            let left = sqlx::query!(
                "insert into untold (account_id, kind) select $1, kind from unnest($2::text[]) k (kind) on conflict do nothing",
                account,
                &untold
            )
            .execute(&mut *transaction)
            .await?;
            if told.rows_affected() + left.rows_affected() > 0 {
                audit::append_to_account(&mut transaction, (&visitor).into(), visitor.actor.account(), "messages-chosen").await?;
            }
            transaction.commit().await?;
            Ok(())
        })
        .await
    }

    /// Writes to whoever holds a record that somebody has opened for the first time, or asks for: one message for all that is found
    /// together. Returns how many were written to.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn tell_news(&self) -> Result<usize, Error> {
        let portal = self.clone();
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            sqlx::query!("select set_config('chartkey.task', 'operator', true)").fetch_one(&mut *transaction).await?;
            // What another worker tells of is locked, and left to it.
            let looked = sqlx::query_scalar!(
                "update viewer_mark m set is_told = true
                from (select patient_id, account_id from viewer_mark where not is_told for update skip locked) u
                where m.patient_id = u.patient_id and m.account_id = u.account_id
                returning case when (select true from patient_holder h where h.patient_id = m.patient_id and h.account_id = m.account_id)
                    then null else m.patient_id end"
            )
            .fetch_all(&mut *transaction)
            .await?;
            let asked = sqlx::query_scalar!(
                "update access_request r set is_told = true
                from (select request_id from access_request where not is_told for update skip locked) u
                where r.request_id = u.request_id returning r.patient_id"
            )
            .fetch_all(&mut *transaction)
            .await?;
            let mut told = BTreeSet::new();
            for (patients, about) in [(looked, Telling::Look), (asked, Telling::Request)] {
                let patients: Vec<_> = patients.into_iter().flatten().collect();
                told.extend(holders(&mut transaction, &patients, about).await?);
            }
            for holder in &told {
                letters::tell(&mut transaction, *holder, LetterSubject::News).await?;
            }
            transaction.commit().await?;
            Ok(told.len())
        })
        .await
    }
}

/// Who holds these records and wants to be written to about this.
pub(crate) async fn holders(connection: &mut PgConnection, patients: &[Uuid], about: Telling) -> Result<Vec<Uuid>, Error> {
    Ok(sqlx::query_scalar!(
        "select distinct h.account_id from patient_holder h where h.patient_id = any ($1)
            and not exists (select from untold u where u.account_id = h.account_id and u.kind = $2)",
        patients,
        about.slug()
    )
    .fetch_all(connection)
    .await?)
}
