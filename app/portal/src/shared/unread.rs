//! Keeping a clinician's list of patients told of what has come in since they looked.

use chartkey_domain::{
    account::Actor,
    grant::Purpose,
    id::{AccountId, GrantId, OrganizationId, PatientId},
};
use time::OffsetDateTime;

use crate::{Error, Portal, pool::detached, record::Reader};

impl Portal {
    /// Looks at one record into which something has come, with the eyes of each clinician who has looked at it before and has a
    /// grant in force. Returns whether there was one; it may be done twice.
    ///
    /// # Errors
    /// [`Error::Database`]; the record comes last then.
    pub async fn note_next_unread(&self) -> Result<bool, Error> {
        let portal = self.clone();
        detached(async move {
            let Some((patient, since, readers)) = portal.due().await? else { return Ok(false) };
            let mut noted = Ok(());
            for reader in readers {
                noted = noted.and(portal.note_unread(patient, &reader).await);
            }
            let mut transaction = portal.pool.begin().await?;
            sqlx::query!("select set_config('chartkey.task', 'worker', true)").fetch_one(&mut *transaction).await?;
            // What has come in meanwhile is due still.
            match noted {
                Ok(()) => sqlx::query!("delete from news_due where patient_id = $1 and since = $2", patient.0, since),
                Err(_) => {
                    sqlx::query!("update news_due set since = clock_timestamp() where patient_id = $1 and since = $2", patient.0, since)
                }
            }
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
            noted.map(|()| true)
        })
        .await
    }

    async fn due(&self) -> Result<Option<(PatientId, OffsetDateTime, Vec<Reader>)>, Error> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query!("select set_config('chartkey.task', 'worker', true)").fetch_one(&mut *transaction).await?;
        let due = sqlx::query!("select patient_id, since from news_due order by since limit 1").fetch_optional(&mut *transaction).await?;
        let Some(due) = due else {
            transaction.rollback().await?;
            return Ok(None);
        };
        let rows = sqlx::query!(
            "select m.account_id, c.organization_id, c.profession, g.grant_id, g.purpose
            from viewer_mark m
            join clinician c on c.account_id = m.account_id
            join access_grant g on g.patient_id = m.patient_id and g.organization_id = c.organization_id
                and (g.grantee_account_id = m.account_id or (g.grantee_account_id is null and c.profession = any (g.professions)))
            where m.patient_id = $1 and g.state = 'active' and (g.ends_at is null or now() < g.ends_at) and g.purpose <> 'emergency'",
            due.patient_id
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.rollback().await?;
        let readers = rows.into_iter().filter_map(|row| {
            Some(Reader {
                actor: Actor::Clinician {
                    account: AccountId(row.account_id),
                    organization: OrganizationId(row.organization_id),
                    profession: row.profession,
                },
                grant: GrantId(row.grant_id),
                purpose: Purpose::from_slug(&row.purpose)?,
            })
        });
        Ok(Some((PatientId(due.patient_id), due.since, readers.collect())))
    }
}
