//! Independent clinicians: an organization that maps no profession lets nobody in for what its provider says of them. The
//! operator admits each of them by name, after they have checked person and licence, and can dismiss them again.

use chartkey_domain::{
    correction::Words,
    id::{AccountId, OrganizationId, PatientId},
};
use sqlx::{PgConnection, Postgres, Transaction};
use time::OffsetDateTime;

use crate::{
    Error, Portal,
    audit::{self, Chain, Event, What, Why},
    notices::{self, Notice},
    operator::tell_holder,
    pool::detached,
    sessions,
    sign_in::{VerifiedClinician, hold_identity},
};

/// The longest name, and what else stands in one line, in characters.
const LONGEST_NAME: usize = 200;
const LONGEST_LINE: usize = 100;
/// The longest subject (OpenID Connect Core 1.0, section 2).
const LONGEST_SUBJECT: usize = 255;

/// Whom the operator admits.
#[derive(Debug, Clone)]
pub struct NewAdmission {
    /// The part of the address of the organization.
    pub slug: String,
    /// The `sub` of their ID token.
    pub subject: String,
    /// Their name, as patients read it.
    pub name: String,
    /// Their profession here.
    pub profession: String,
    /// The identifier of their licence, where it has one.
    pub identifier: Option<String>,
    /// How person and licence were checked, as patients read it.
    pub checked: String,
}

/// Whom the operator has admitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// The `sub` of their ID token.
    pub subject: String,
    /// Their name.
    pub name: String,
    /// Their profession here.
    pub profession: String,
    /// The identifier of their licence.
    pub identifier: Option<String>,
    /// How person and licence were checked.
    pub checked: String,
    /// Which operator has admitted them.
    pub admitted_by: String,
    /// When.
    pub admitted_at: OffsetDateTime,
    /// Since when they are dismissed.
    pub dismissed_at: Option<OffsetDateTime>,
}

/// How the operator has checked somebody before they admitted them, as patients read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// In the operator's words.
    pub how: String,
    /// When.
    pub at: OffsetDateTime,
}

impl Checked {
    /// Of two columns of an outer join.
    pub(crate) fn of(how: Option<String>, at: Option<OffsetDateTime>) -> Option<Self> {
        Some(Self { how: how?, at: at? })
    }
}

/// Whether whoever has or had something from a patient is let in, for their log.
#[derive(Clone, Copy)]
enum Change {
    Admitted,
    Dismissed,
}

impl Change {
    const fn action(self) -> &'static str {
        match self {
            Self::Admitted => "clinician-admitted",
            Self::Dismissed => "clinician-dismissed",
        }
    }
}

impl Portal {
    /// Admits a clinician, or one again who was dismissed: then what they were given opens again, and whoever gave it is told.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no organization of independent clinicians with this part of the address,
    /// [`Error::Conflict`] where they are admitted already, [`Error::Invalid`] with the name of what is missing or too long.
    pub async fn admit(&self, new: NewAdmission) -> Result<(), Error> {
        let new = new.read()?;
        let portal = self.clone();
        detached(async move {
            let (mut transaction, organization, at) = portal.enter_admissions(&new.slug, &new.subject).await?;
            let admitted = sqlx::query_scalar!(
                "insert into admission as m (organization_id, subject, name, profession, identifier, checked, admitted_by)
                values ($1, $2, $3, $4, $5, $6, $7)
                on conflict (organization_id, subject) do update set name = excluded.name, profession = excluded.profession,
                    identifier = excluded.identifier, checked = excluded.checked, admitted_by = excluded.admitted_by,
                    admitted_at = now(), dismissed_at = null
                where m.dismissed_at is not null
                returning admission_id",
                organization.id.0,
                new.subject,
                new.name,
                new.profession,
                new.identifier,
                new.checked,
                portal.operator()
            )
            .fetch_optional(&mut *transaction)
            .await?
            .ok_or(Error::Conflict("admitted"))?;
            let why = Why::Operator { reason: new.checked.clone() };
            if let Some(account) = account(&mut transaction, organization.id, &new.subject).await? {
                sqlx::query!(
                    "with named as (update account set display_name = $2 where account_id = $1)
                    update clinician set profession = $3, identifier = $4 where account_id = $1",
                    account.0,
                    new.name,
                    new.profession,
                    new.identifier
                )
                .execute(&mut *transaction)
                .await?;
                portal.tell(&mut transaction, account, &organization, at, Change::Admitted, &why).await?;
            }
            portal.note(&mut transaction, Change::Admitted, &format!("{admitted} {}", new.name), at, why).await?;
            transaction.commit().await?;
            Ok(())
        })
        .await
    }

    /// Whom the operator has admitted at this organization, by name, those who were dismissed too.
    ///
    /// # Errors
    /// [`Error::NotFound`] as [`Self::admit`].
    pub async fn admissions(&self, slug: &str) -> Result<Vec<Admission>, Error> {
        let organization = organization(&self.pool, slug).await?;
        let admissions = sqlx::query_as!(
            Admission,
            "select subject, name, profession, identifier, checked, admitted_by, admitted_at, dismissed_at
            from admission where organization_id = $1 order by name, subject",
            organization.id.0
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(admissions)
    }

    /// Dismisses a clinician: their sessions end at once, what they were given opens nothing, and codes that they have used
    /// are refused. Whoever gave them something is told.
    ///
    /// # Errors
    /// [`Error::NotFound`] as [`Self::admit`], and where nobody with this subject is admitted.
    pub async fn dismiss(&self, slug: &str, subject: &str, reason: &str) -> Result<(), Error> {
        let (portal, slug, subject) = (self.clone(), slug.to_owned(), subject.to_owned());
        let why = Why::Operator { reason: reason.to_owned() };
        detached(async move {
            let (mut transaction, organization, at) = portal.enter_admissions(&slug, &subject).await?;
            let dismissed = sqlx::query!(
                "update admission set dismissed_at = now() where organization_id = $1 and subject = $2 and dismissed_at is null
                returning admission_id, name",
                organization.id.0,
                subject
            )
            .fetch_optional(&mut *transaction)
            .await?
            .ok_or(Error::NotFound)?;
            if let Some(account) = account(&mut transaction, organization.id, &subject).await? {
                sessions::end_all(&mut transaction, account).await?;
                audit::enter_account(&mut transaction, account).await?;
                let what = What { action: "sessions-ended".to_owned(), ..What::default() };
                let event = Event { at, who: portal.who(), what, why: why.clone() };
                audit::append(&mut transaction, Chain::Account(account), &event).await?;
                portal.tell(&mut transaction, account, &organization, at, Change::Dismissed, &why).await?;
            }
            let of = format!("{} {}", dismissed.admission_id, dismissed.name);
            portal.note(&mut transaction, Change::Dismissed, &of, at, why).await?;
            transaction.commit().await?;
            Ok(())
        })
        .await
    }

    /// A transaction of the operator's in which nobody with this subject signs in at the organization.
    async fn enter_admissions(
        &self,
        slug: &str,
        subject: &str,
    ) -> Result<(Transaction<'static, Postgres>, Independent, OffsetDateTime), Error> {
        let organization = organization(&self.pool, slug).await?;
        let mut transaction = self.pool.begin().await?;
        hold_identity(&mut transaction, organization.id, &organization.issuer, subject).await?;
        let at = sqlx::query_scalar!(r#"select now() as "at!" from set_config('chartkey.task', 'operator', true)"#)
            .fetch_one(&mut *transaction)
            .await?;
        Ok((transaction, organization, at))
    }

    /// Tells every patient from whom somebody has something that it opens nothing any more, or opens again; in the order of
    /// their chains.
    async fn tell(
        &self,
        transaction: &mut Transaction<'_, Postgres>,
        account: AccountId,
        organization: &Independent,
        at: OffsetDateTime,
        change: Change,
        why: &Why,
    ) -> Result<(), Error> {
        let patients = sqlx::query_scalar!(
            r#"with refused as (
                update grant_code set state = 'refused' where redeemed_by = $1 and state = 'redeemed' and $2 returning patient_id
            )
            select patient_id as "patient_id!" from refused
            union
            select patient_id from access_grant
            where grantee_account_id = $1 and state in ('active', 'paused') and (ends_at is null or now() < ends_at)
            order by 1"#,
            account.0,
            matches!(change, Change::Dismissed)
        )
        .fetch_all(&mut **transaction)
        .await?;
        let name =
            sqlx::query_scalar!("select display_name from account where account_id = $1", account.0).fetch_one(&mut **transaction).await?;
        let text = format!("{name}, {}", organization.name);
        for patient in patients.into_iter().map(PatientId) {
            sqlx::query!("select set_config('chartkey.patient', $1::uuid::text, true)", patient.0).fetch_one(&mut **transaction).await?;
            tell_holder(transaction, patient).await?;
            notices::send(transaction, Notice::of_holder(patient)).await?;
            let what = What { action: change.action().to_owned(), text: Some(text.clone()), ..What::default() };
            let event = Event { at, who: self.who(), what, why: why.clone() };
            audit::append(transaction, Chain::Patient(patient), &event).await?;
        }
        Ok(())
    }

    async fn note(
        &self,
        transaction: &mut Transaction<'_, Postgres>,
        change: Change,
        text: &str,
        at: OffsetDateTime,
        why: Why,
    ) -> Result<(), Error> {
        let what = What { action: change.action().to_owned(), text: Some(text.to_owned()), ..What::default() };
        audit::append(transaction, Chain::System, &Event { at, who: self.who(), what, why }).await
    }
}

impl NewAdmission {
    /// The same without what nobody sees around it; what is missing or too long is refused by its name.
    fn read(self) -> Result<Self, Error> {
        let line = |text: &str, most: usize| {
            let text = text.trim();
            let is_one = (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control);
            is_one.then(|| text.to_owned())
        };
        let is_subject = (1..=LONGEST_SUBJECT).contains(&self.subject.chars().count());
        Ok(Self {
            slug: self.slug,
            // It is compared letter by letter, so nothing of it is taken away.
            subject: is_subject.then_some(self.subject).ok_or(Error::Invalid("subject"))?,
            name: line(&self.name, LONGEST_NAME).ok_or(Error::Invalid("name"))?,
            profession: line(&self.profession, LONGEST_LINE).ok_or(Error::Invalid("profession"))?,
            identifier: match self.identifier {
                Some(identifier) => Some(line(&identifier, LONGEST_LINE).ok_or(Error::Invalid("licence"))?),
                None => None,
            },
            checked: Words::parse(&self.checked).ok_or(Error::Invalid("checked"))?.as_str().to_owned(),
        })
    }
}

/// An organization of independent clinicians.
struct Independent {
    id: OrganizationId,
    name: String,
    issuer: String,
}

async fn organization(pool: &sqlx::PgPool, slug: &str) -> Result<Independent, Error> {
    let found = sqlx::query!(
        "select organization_id, name, issuer from organization where slug = $1 and gate.is_independent(organization_id)",
        slug
    )
    .fetch_optional(pool)
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Independent { id: OrganizationId(found.organization_id), name: found.name, issuer: found.issuer })
}

/// The account of whoever has signed in there with this subject.
async fn account(connection: &mut PgConnection, organization: OrganizationId, subject: &str) -> Result<Option<AccountId>, Error> {
    let account =
        sqlx::query_scalar!("select account_id from clinician where organization_id = $1 and subject = $2", organization.0, subject)
            .fetch_optional(connection)
            .await?;
    Ok(account.map(AccountId))
}

/// Whoever signs in, as the operator has admitted them, where that is asked for: whatever their provider says of name,
/// profession and identifier. The transaction holds their identity.
///
/// # Errors
/// [`Error::NotFound`] where the operator has not, or has dismissed them.
pub(crate) async fn as_admitted(connection: &mut PgConnection, clinician: VerifiedClinician) -> Result<VerifiedClinician, Error> {
    let found = sqlx::query!(
        r#"select gate.is_independent($1) as "is_independent!", m.name as "name?", m.profession as "profession?", m.identifier
        from (select 1) one left join admission m on m.organization_id = $1 and m.subject = $2 and m.dismissed_at is null"#,
        clinician.organization.0,
        clinician.subject
    )
    .fetch_one(connection)
    .await?;
    if !found.is_independent {
        return Ok(clinician);
    }
    let (name, profession) = found.name.zip(found.profession).ok_or(Error::NotFound)?;
    Ok(VerifiedClinician { name, profession, identifier: found.identifier, ..clinician })
}
