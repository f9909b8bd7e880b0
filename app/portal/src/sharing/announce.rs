//! Telling patients which of their shares end soon, and carers and patients of birthdays.

use std::collections::BTreeSet;

use chartkey_domain::{
    ages::{Ages, Birthday},
    id::PatientId,
    telling::Telling,
};
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{Columns, notice};
use crate::{
    Error, Portal,
    letters::{self, LetterSubject},
    notices,
    pool::detached,
    telling::holders,
};

impl Portal {
    /// Writes to whoever holds a record of which a share ends soon, and wants to be told: once for each share, and one message for all that are found
    /// together; and to whoever stands in for somebody who cannot decide, two weeks before that ends. Returns how many shares.
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
                where g.state = 'active' and g.ends_at > now() and g.ends_at <= now() + interval '7 days'
                    and g.purpose <> all (array['emergency', 'incapacity']) and g.parent_grant_id is null
                    and not exists (select from death_report d where d.patient_id = g.patient_id)
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
            let stand_in = sqlx::query_scalar!(
                r#"with told as (
                    insert into ending_told as t (patient_id, grant_id)
                    select g.patient_id, g.grant_id from access_grant g
                    where g.state = 'active' and g.purpose = 'incapacity' and g.ends_at > now() and g.ends_at <= now() + interval '14 days'
                        and not exists (select from death_report d where d.patient_id = g.patient_id)
                        and gate.stands(g)
                    order by g.patient_id, g.grant_id
                    on conflict (patient_id, grant_id) do update set told_at = now() where t.told_at < now() - interval '14 days'
                    returning t.patient_id, t.grant_id
                )
                select distinct g.grantee_account_id as "account!" from told join access_grant g on g.patient_id = told.patient_id and g.grant_id = told.grant_id
                order by 1"#
            )
            .fetch_all(&mut *transaction)
            .await?;
            for account in &stand_in {
                letters::tell(&mut transaction, *account, LetterSubject::StandInEnding).await?;
            }
            transaction.commit().await?;
            Ok(told.len() + stand_in.len())
        })
        .await
    }

    /// Writes to carers, and to whoever holds the record, that after a birthday within 60 days they see less, or nothing: once for each, and
    /// whatever else they are written to about. A birth date that was put right, or an age that the operator has changed, counts from now
    /// on. Returns how many birthdays.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn tell_birthdays(&self) -> Result<usize, Error> {
        let portal = self.clone();
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            sqlx::query!("select set_config('chartkey.task', 'operator', true)").fetch_one(&mut *transaction).await?;
            put_right(&mut transaction, portal.ages).await?;
            let found = sqlx::query!(
                r#"select g.patient_id as "patient_id!", g.grant_id as "grant_id!", g.grantee_account_id as "carer!", 'labels' as "about!", null::text as born, g.labels_until as "at!"
                from access_grant g
                where g.state = 'active' and g.organization_id is null and g.parent_grant_id is null
                    and not exists (select from death_report d where d.patient_id = g.patient_id)
                    and g.labels_until > now() and (g.ends_at is null or g.ends_at > g.labels_until) and g.labels_until <= now() + interval '60 days'
                union all
                select g.patient_id, g.grant_id, g.grantee_account_id, 'end', p.birth_date, g.ends_at
                from access_grant g join patient p on p.patient_id = g.patient_id
                where g.state = 'active' and g.organization_id is null and g.parent_grant_id is null
                    and p.birth_date is not null and not exists (select from death_report d where d.patient_id = g.patient_id)
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
                let holders = sqlx::query_scalar!("select account_id from patient_holder where patient_id = $1", found.patient_id);
                for holder in holders.fetch_all(&mut *transaction).await? {
                    letters::tell(&mut transaction, holder, LetterSubject::HelpChanging).await?;
                }
            }
            transaction.commit().await?;
            Ok(told)
        })
        .await
    }
}

/// What carers were given of a child ends, and leaves out what is sensitive, no later than their birthdays say now.
async fn put_right(connection: &mut PgConnection, ages: Ages) -> Result<(), Error> {
    let given = sqlx::query!(
        r#"select g.patient_id, g.grant_id, g.grantee_account_id as "carer!", g.created_at, g.ends_at, g.labels_until, p.birth_date as "born!",
            g.labels <> 0 or (select true from grant_item n
                where n.patient_id = g.patient_id and n.grant_id = g.grant_id and n.labels <> 0 limit 1) is not null as "is_sensitive!"
        from access_grant g join patient p on p.patient_id = g.patient_id
        where g.state in ('active', 'paused') and g.organization_id is null and g.parent_grant_id is null
            and p.birth_date > to_char(now() - interval '40 years', 'YYYY')
        order by g.patient_id, g.grant_id"#
    )
    .fetch_all(&mut *connection)
    .await?;
    for given in given {
        // Who was old enough as they gave it has decided it themselves.
        let birthday = |age| {
            let birthday = Birthday::of(&given.born, age)?.first.midnight().assume_utc();
            (given.created_at < birthday).then_some(birthday)
        };
        let earlier = |now: Option<OffsetDateTime>, birthday: Option<OffsetDateTime>| birthday.into_iter().chain(now).min();
        let ends_at = earlier(given.ends_at, birthday(ages.adult));
        let labels_until = earlier(given.labels_until, birthday(ages.sensitive).filter(|_| given.is_sensitive));
        if (ends_at, labels_until) == (given.ends_at, given.labels_until) {
            continue;
        }
        sqlx::query!(
            "update access_grant set ends_at = $3, labels_until = $4 where patient_id = $1 and grant_id = $2 and state in ('active', 'paused')",
            given.patient_id,
            given.grant_id,
            ends_at,
            labels_until
        )
        .execute(&mut *connection)
        .await?;
        let columns = Columns { account: Some(given.carer), organization: None, professions: None };
        notices::send(connection, notice(PatientId(given.patient_id), &columns)).await?;
    }
    Ok(())
}
