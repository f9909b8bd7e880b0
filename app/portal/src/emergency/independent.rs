//! Emergencies of independent clinicians, who are nobody's colleagues: whoever admitted them says whether it had to be.

use chartkey_domain::{
    correction::Words,
    id::{GrantId, PatientId},
};
use time::OffsetDateTime;

use super::{Finding, LONGEST};
use crate::{
    Error, Portal,
    audit::{self, Chain, Event, What, Why},
    notices::{self, Notice},
    pool::detached,
};

/// What an independent clinician has opened, and the operator has not reviewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndependentEmergency {
    /// Which.
    pub grant: GrantId,
    /// Where they are admitted: its part of addresses.
    pub organization: String,
    /// The subject by which their provider knows them.
    pub subject: String,
    /// Who looked.
    pub name: String,
    /// Why, in their words.
    pub reason: String,
    /// When.
    pub opened_at: OffsetDateTime,
}

impl Portal {
    /// What waits for the operator to review, the oldest first. Whose record it was is not said, where the reason does not: to
    /// ask a clinician, it needs not be known. That it was read is an event of the system's chain.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn independent_emergencies(&self) -> Result<Vec<IndependentEmergency>, Error> {
        let mut transaction = self.pool.begin().await?;
        let at = sqlx::query_scalar!(r#"select now() as "at!" from set_config('chartkey.task', 'operator', true)"#)
            .fetch_one(&mut *transaction)
            .await?;
        let rows = sqlx::query!(
            "select l.grant_id, o.slug, c.subject, a.display_name, l.reason, l.opened_at
            from organization o
            join emergency_look l on l.organization_id = o.organization_id
            join account a on a.account_id = l.account_id
            join clinician c on c.account_id = l.account_id
            where o.professions = '{}'
                and not exists (select from emergency_review v where v.patient_id = l.patient_id and v.grant_id = l.grant_id)
            order by l.opened_at, l.grant_id limit 200"
        )
        .fetch_all(&mut *transaction)
        .await?;
        let what = What { action: "read".to_owned(), page: Some("emergency-reviews".to_owned()), ..What::default() };
        audit::append(&mut transaction, Chain::System, &Event { at, who: self.who(), what, why: Why::Reviewed }).await?;
        transaction.commit().await?;
        let waiting = rows.into_iter().map(|row| IndependentEmergency {
            grant: GrantId(row.grant_id),
            organization: row.slug,
            subject: row.subject,
            name: row.display_name,
            reason: row.reason,
            opened_at: row.opened_at,
        });
        Ok(waiting.collect())
    }

    /// Says for the operator what a review has found. The patient reads it.
    ///
    /// # Errors
    /// [`Error::Invalid`] with `review-words` where nothing was said, or too much; [`Error::Conflict`] where it was reviewed already;
    /// [`Error::NotFound`] where no independent clinician has opened such a one.
    pub async fn review_independent_emergency(&self, grant: GrantId, finding: Finding, words: &str) -> Result<(), Error> {
        let words = Words::parse(words).filter(|words| words.as_str().chars().count() <= LONGEST).ok_or(Error::Invalid("review-words"))?;
        let portal = self.clone();
        detached(async move {
            let mut transaction = portal.pool.begin().await?;
            let at = sqlx::query_scalar!(r#"select now() as "at!" from set_config('chartkey.task', 'operator', true)"#)
                .fetch_one(&mut *transaction)
                .await?;
            let patient = sqlx::query_scalar!(
                "select patient_id from emergency_look where grant_id = $1 and gate.is_independent(organization_id)",
                grant.0
            )
            .fetch_optional(&mut *transaction)
            .await?;
            let patient = PatientId(patient.ok_or(Error::NotFound)?);
            let written = sqlx::query!(
                "insert into emergency_review (patient_id, grant_id, organization_id, finding, words)
                select patient_id, grant_id, organization_id, $3, $4 from emergency_look where patient_id = $1 and grant_id = $2
                on conflict do nothing",
                patient.0,
                grant.0,
                finding.slug(),
                words.as_str()
            )
            .execute(&mut *transaction)
            .await?;
            if written.rows_affected() == 0 {
                return Err(Error::Conflict("reviewed"));
            }
            sqlx::query!("select set_config('chartkey.patient', $1::uuid::text, true)", patient.0).fetch_one(&mut *transaction).await?;
            notices::send(&mut transaction, Notice::of_holder(patient)).await?;
            let action = format!("emergency-{}", finding.slug());
            let what = What { action, grant: Some(grant), text: Some(words.as_str().to_owned()), ..What::default() };
            let event = Event { at, who: portal.who(), what, why: Why::Reviewed };
            audit::append(&mut transaction, Chain::Patient(patient), &event).await?;
            transaction.commit().await?;
            Ok(())
        })
        .await
    }
}
