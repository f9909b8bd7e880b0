//! Telling patients which of their shares end soon, and carers and patients of birthdays.

use std::collections::BTreeSet;

use chartkey_domain::{ages::Birthday, telling::Telling};
use time::OffsetDateTime;

use crate::{
    Error, Portal,
    letters::{self, LetterSubject},
    pool::detached,
    telling::holders,
};

impl Portal {
    /// Writes to whoever holds a record of which a share ends soon, and wants to be told: once for each share, and one message for all that are found
    /// together. Returns how many shares.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn tell_endings(&self) -> Result<usize, Error> {
        let portal = self.clone();
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            sqlx::query!("select set_config('chartkey.task', 'operator', true)").fetch_one(&mut *transaction).await?;
            // Another worker that has begun to tell of one is waited for, and has told.
            let told = sqlx::query_scalar!(
                "insert into ending_told (patient_id, grant_id)
                select g.patient_id, g.grant_id from access_grant g
                where g.state = 'active' and g.ends_at > now() and g.ends_at <= now() + interval '7 days' and g.purpose <> 'emergency' and g.parent_grant_id is null
                    and gate.ends_soon(g.starts_at, g.ends_at)
                    and (select true from ending_told t where t.patient_id = g.patient_id and t.grant_id = g.grant_id) is null
                order by g.patient_id, g.grant_id
                on conflict do nothing returning patient_id"
            )
            .fetch_all(&mut *transaction)
            .await?;
            let patients: Vec<_> = told.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
            for holder in holders(&mut transaction, &patients, Telling::Ending).await? {
                letters::tell(&mut transaction, holder, LetterSubject::ShareEnding).await?;
            }
            transaction.commit().await?;
            Ok(told.len())
        })
        .await
    }

    /// Writes to carers, and to whoever holds the record, that after a birthday within 60 days they see less, or nothing: once for each.
    /// Returns how many birthdays.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn tell_birthdays(&self) -> Result<usize, Error> {
        let portal = self.clone();
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            sqlx::query!("select set_config('chartkey.task', 'operator', true)").fetch_one(&mut *transaction).await?;
            let found = sqlx::query!(
                r#"select g.patient_id as "patient_id!", g.grant_id as "grant_id!", g.grantee_account_id as "carer!", 'labels' as "about!", null::text as born, g.labels_until as "at!"
                from access_grant g
                where g.state = 'active' and g.organization_id is null and g.parent_grant_id is null and g.labels <> 0
                    and g.labels_until > now() and g.labels_until <= now() + interval '60 days'
                union all
                select g.patient_id, g.grant_id, g.grantee_account_id, 'end', p.birth_date, g.ends_at
                from access_grant g join patient p on p.patient_id = g.patient_id
                where g.state = 'active' and g.organization_id is null and g.parent_grant_id is null and p.birth_date is not null
                    and g.ends_at > now() and g.ends_at <= now() + interval '60 days'
                order by 1, 2, 4"#
            )
            .fetch_all(&mut *transaction)
            .await?;
            // An end that the patient has chosen is announced as that of any share.
            let is_birthday = |born: Option<&String>, at: OffsetDateTime| {
                born.is_none_or(|born| Birthday::of(born, portal.ages.adult).is_some_and(|of_age| of_age.first == at.date()))
            };
            let mut told = 0;
            for found in found.iter().filter(|found| is_birthday(found.born.as_ref(), found.at)) {
                let first = sqlx::query!(
                    "insert into birthday_told (patient_id, grant_id, about) values ($1, $2, $3) on conflict do nothing",
                    found.patient_id,
                    found.grant_id,
                    found.about
                )
                .execute(&mut *transaction)
                .await?;
                if first.rows_affected() == 0 {
                    continue;
                }
                told += 1;
                letters::tell(&mut transaction, found.carer, LetterSubject::HelpChanging).await?;
                for holder in holders(&mut transaction, &[found.patient_id], Telling::Ending).await? {
                    letters::tell(&mut transaction, holder, LetterSubject::HelpChanging).await?;
                }
            }
            transaction.commit().await?;
            Ok(told)
        })
        .await
    }
}
