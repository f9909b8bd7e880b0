//! What follows an emergency where it happened: somebody else than who looked says whether it had to be.

use chartkey_domain::{
    account::{Actor, Visitor},
    correction::Words,
    id::{AccountId, GrantId, OrganizationId, PatientId},
};
use sqlx::{Postgres, Transaction};
use time::OffsetDateTime;

use super::LONGEST;
use crate::{
    Error, Portal,
    audit::{self, Chain, Event, What, Why},
    notices,
    notices::Notice,
    pool::detached,
};

/// What a review finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// It had to be.
    Needed,
    /// It did not.
    NotNeeded,
}

impl Finding {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Needed, Self::NotNeeded];

    /// The name in forms and tables.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Needed => "needed",
            Self::NotNeeded => "not-needed",
        }
    }

    /// The one of a [`Self::slug`].
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|finding| finding.slug() == slug)
    }
}

/// A look that waits to be reviewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Which.
    pub grant: GrantId,
    /// Who looked.
    pub name: String,
    /// Their profession.
    pub profession: String,
    /// Whose record.
    pub patient: String,
    /// The patient's birth date as the source gave it.
    pub birth_date: Option<String>,
    /// Why, in their words.
    pub reason: String,
    /// When.
    pub opened_at: OffsetDateTime,
    /// Whether it is the visitor's own: somebody else reviews it.
    pub is_own: bool,
}

/// What waits at an organization.
#[derive(Debug, Clone)]
pub struct Reviews {
    /// The oldest first.
    pub open: Vec<Open>,
    /// Records that are open to the visitor in an emergency now: which, whose, and until when.
    pub now_open: Vec<(PatientId, String, OffsetDateTime)>,
    /// Whether they are nobody's colleague, so that nothing waits there for anybody but the operator.
    pub is_independent: bool,
}

/// A transaction in which somebody reads what waits at their organization, or reviews it.
struct Entered {
    transaction: Transaction<'static, Postgres>,
    at: OffsetDateTime,
    organization: OrganizationId,
    is_independent: bool,
}

impl Portal {
    /// The emergencies of the visitor's organization that nobody has reviewed, and the records that are open to them now. To
    /// a clinician whom a patient has blocked, nothing is said of that patient; where the whole organization is, somebody there
    /// has to say all the same whether what had been opened was needed. Independent clinicians are nobody's colleagues: they
    /// read of their own alone, while it is open, and whoever admitted them reviews it.
    ///
    /// # Errors
    /// [`Error::NotFound`] for anybody but a clinician.
    pub async fn emergency_reviews(&self, visitor: &Visitor) -> Result<Reviews, Error> {
        let Actor::Clinician { account, .. } = visitor.actor else { return Err(Error::NotFound) };
        let Entered { mut transaction, at, organization, is_independent } = self.enter_review(visitor).await?;
        let rows = sqlx::query!(
            r#"select l.grant_id, l.patient_id, a.display_name, c.profession, p.full_name, p.birth_date, l.reason, l.opened_at,
                l.account_id = any ((select gate.accounts_of($1))::uuid[]) as "is_own!", v.grant_id is not null as "is_reviewed!",
                (select g.ends_at from access_grant g where g.patient_id = l.patient_id and g.grant_id = l.grant_id
                    and g.grantee_account_id = $1 and g.state = 'active' and now() < g.ends_at
                    and not gate.is_blocked(l.patient_id, $1, $2)) as open_until
            from emergency_look l
            left join emergency_review v on v.patient_id = l.patient_id and v.grant_id = l.grant_id
            join account a on a.account_id = l.account_id
            join clinician c on c.account_id = l.account_id
            join patient p on p.patient_id = l.patient_id
            where l.organization_id = $2 and ((v.grant_id is null and not gate.is_independent($2)) or (l.account_id = $1 and l.opened_at > now() - interval '1 hour'))
                and not gate.is_blocked(l.patient_id, $1, null)
            -- What is open to the reader first.
            order by l.account_id = $1 and l.opened_at > now() - interval '1 hour' desc, l.opened_at, l.grant_id limit 200"#,
            account.0,
            organization.0
        )
        .fetch_all(&mut *transaction)
        .await?;
        let what = What { action: "read".to_owned(), page: Some("emergency-reviews".to_owned()), ..What::default() };
        let event = Event { at, who: visitor.into(), what, why: Why::Own };
        audit::append(&mut transaction, Chain::Account(account), &event).await?;
        transaction.commit().await?;
        let now_open = rows.iter().filter_map(|row| Some((PatientId(row.patient_id), row.full_name.clone(), row.open_until?))).collect();
        let waits = rows.into_iter().filter(|row| !row.is_reviewed);
        let open = waits.map(|row| Open {
            grant: GrantId(row.grant_id),
            name: row.display_name,
            profession: row.profession,
            patient: row.full_name,
            birth_date: row.birth_date,
            reason: row.reason,
            opened_at: row.opened_at,
            is_own: row.is_own,
        });
        Ok(Reviews { open: open.collect(), now_open, is_independent })
    }

    /// Says what a review has found. The patient reads it.
    ///
    /// # Errors
    /// [`Error::Invalid`] where nothing was found or said, [`Error::Conflict`] where somebody else has said it by now,
    /// [`Error::NotFound`] where there is no such look of a colleague's.
    pub async fn review_emergency(&self, visitor: &Visitor, grant: GrantId, finding: Option<Finding>, words: &str) -> Result<(), Error> {
        let finding = finding.ok_or(Error::Invalid("finding"))?;
        let words = Words::parse(words).filter(|words| words.as_str().chars().count() <= LONGEST).ok_or(Error::Invalid("review-words"))?;
        let Actor::Clinician { account, .. } = visitor.actor else { return Err(Error::NotFound) };
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let Entered { mut transaction, at, organization, .. } = portal.enter_review(&visitor).await?;
            let patient = sqlx::query_scalar!(
                "insert into emergency_review (patient_id, grant_id, account_id, organization_id, finding, words)
                select l.patient_id, l.grant_id, $3, l.organization_id, $4, $5 from emergency_look l
                where l.grant_id = $1 and l.organization_id = $2 and not gate.is_independent($2)
                    and l.account_id <> all ((select gate.accounts_of($3))::uuid[]) and not gate.is_blocked(l.patient_id, $3, null)
                on conflict do nothing returning patient_id",
                grant.0,
                organization.0,
                account.0,
                finding.slug(),
                words.as_str()
            )
            .fetch_optional(&mut *transaction)
            .await?;
            let Some(patient) = patient.map(PatientId) else {
                return portal.was_reviewed(transaction, account, grant, finding, &words).await;
            };
            sqlx::query!("select set_config('chartkey.patient', $1::uuid::text, true)", patient.0).fetch_one(&mut *transaction).await?;
            notices::send(&mut transaction, Notice::of_holder(patient)).await?;
            let action = format!("emergency-{}", finding.slug());
            let what = What { action, grant: Some(grant), text: Some(words.as_str().to_owned()), ..What::default() };
            audit::append(&mut transaction, Chain::Patient(patient), &Event { at, who: (&visitor).into(), what, why: Why::Reviewed })
                .await?;
            transaction.commit().await?;
            Ok(())
        })
        .await
    }

    /// What is answered where nothing could be said: nothing happens in the second post of a double click.
    async fn was_reviewed(
        &self,
        mut transaction: Transaction<'static, Postgres>,
        account: AccountId,
        grant: GrantId,
        finding: Finding,
        words: &Words,
    ) -> Result<(), Error> {
        let said = sqlx::query!(
            "select account_id, finding, words from emergency_review where grant_id = $1 and not gate.is_blocked(patient_id, $2, null)",
            grant.0,
            account.0
        )
        .fetch_optional(&mut *transaction)
        .await?;
        transaction.rollback().await?;
        match said {
            None => Err(Error::NotFound),
            Some(said)
                if (said.account_id, said.finding.as_str(), said.words.as_str()) == (Some(account.0), finding.slug(), words.as_str()) =>
            {
                Ok(())
            }
            Some(_) => Err(Error::Conflict("reviewed")),
        }
    }

    async fn enter_review(&self, visitor: &Visitor) -> Result<Entered, Error> {
        let Actor::Clinician { organization, .. } = visitor.actor else { return Err(Error::NotFound) };
        let (mut transaction, at) = self.enter(visitor).await?;
        let is_independent = sqlx::query_scalar!(
            r#"select gate.is_independent($1) as "is!" from set_config('chartkey.task', 'review', true)"#,
            organization.0
        )
        .fetch_one(&mut *transaction)
        .await?;
        Ok(Entered { transaction, at, organization, is_independent })
    }
}
