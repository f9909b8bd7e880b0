//! A clinician opens a record in an emergency.

use chartkey_domain::{
    account::{Actor, Visitor},
    correction::Words,
    draft::TypedDay,
    emergency::{born, called},
    id::{AccountId, GrantId, OrganizationId, PatientId},
};
use sqlx::{PgConnection, Postgres, Transaction};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{LONGEST, WHO};
use crate::{
    Error, Portal,
    audit::{self, Chain, Event, UsedGrant, What, Why, hex},
    fresh,
    letters::{self, About, LetterSubject},
    notices,
    notices::Notice,
    pool::detached,
    secrets::typed_code,
};

/// Failures that cost a clinician no wait, in a day.
const FREE_TRIES: i64 = 5;
/// Those that cost nobody of an organization one.
const FREE_TRIES_THERE: i64 = 50;
/// The most people of one birth date among whom a name is looked for.
const BORN_ON_A_DAY: i64 = 10_000;

/// Whom a clinician has before them, and why they have to look.
#[derive(Debug, Clone, Default)]
pub struct Claim {
    /// The code of a card; where it is empty, the name and the birth date count.
    pub code: String,
    /// The whole name.
    pub name: String,
    /// The birth date.
    pub born: TypedDay,
    /// Why.
    pub reason: String,
}

/// Who opens, where.
#[derive(Clone, Copy)]
struct By {
    account: AccountId,
    organization: OrganizationId,
}

/// What a plan opens.
struct Opens {
    categories: i32,
    labels: i16,
    sentence: String,
    language: String,
    catalogue_version: String,
    contact_email: Option<String>,
    patient_name: String,
}

impl Portal {
    /// Opens a record for an hour, as far as its patient has decided. The patient, and whom they have named, are told.
    ///
    /// # Errors
    /// [`Error::Invalid`] with `emergency-reason` where there is none, and with `emergency`, after the same work, where nobody is
    /// found, several are, the patient has not decided or decided that nothing opens, has blocked who asks, or has stopped them
    /// within a day; [`Error::TooManyTries`], [`Error::SignInAgain`], and [`Error::NotFound`] for anybody but a clinician.
    pub async fn open_emergency(&self, visitor: &Visitor, claim: Claim) -> Result<PatientId, Error> {
        let Actor::Clinician { account, organization, .. } = visitor.actor else { return Err(Error::NotFound) };
        let reason = Words::parse(&claim.reason).filter(|words| words.as_str().chars().count() <= LONGEST);
        let reason = reason.ok_or(Error::Invalid("emergency-reason"))?;
        let (portal, visitor, by) = (self.clone(), visitor.clone(), By { account, organization });
        detached(async move {
            portal.require_fresh(&visitor).await?;
            let subject = portal.pepper.digest("emergency", &account.to_string());
            let anywhere = portal.pepper.digest("emergency-at", &organization.to_string());
            if !portal.count_try(&subject, FREE_TRIES, &anywhere, FREE_TRIES_THERE).await? {
                return Err(Error::TooManyTries);
            }
            let patient = portal.try_emergency(&visitor, by, &claim, &reason).await?;
            // What was right is no try; it says nothing of those before.
            sqlx::query!(
                "delete from sign_in_failure where ctid in (
                    (select ctid from sign_in_failure where subject_hash = $1 order by failed_at desc limit 1)
                    union all
                    (select ctid from sign_in_failure where subject_hash = $2 order by failed_at desc limit 1))",
                subject,
                anywhere
            )
            .execute(&portal.pool)
            .await?;
            Ok(patient)
        })
        .await
    }

    async fn try_emergency(&self, visitor: &Visitor, by: By, claim: &Claim, reason: &Words) -> Result<PatientId, Error> {
        let (mut transaction, at) = self.enter(visitor).await?;
        fresh::require(&mut transaction, visitor).await?;
        let found = self.find(&mut transaction, claim).await?;
        // The same is done for nobody.
        let patient = PatientId(found.unwrap_or_default());
        sqlx::query!("select set_config('chartkey.patient', $1::uuid::text, true)", patient.0).fetch_one(&mut *transaction).await?;
        // The plan stays as it is until this has ended; and one at a time for each patient and clinician: the second post of a
        // double click finds what the first has opened.
        sqlx::query!(
            "select pg_advisory_xact_lock_shared(hashtextextended('emergency plan ' || $1::uuid::text, 0)),
                pg_advisory_xact_lock(hashtextextended($1::uuid::text || $2::uuid::text, 0))",
            patient.0,
            by.account.0
        )
        .execute(&mut *transaction)
        .await?;
        // The card may have been replaced while the plan was waited for.
        let found = self.find(&mut transaction, claim).await?.filter(|again| found == Some(*again));
        let opens = opens(&mut transaction, patient).await?.filter(|_| found.is_some());
        let earlier = sqlx::query!(
            r#"select coalesce(bool_or(state = 'active' and now() < ends_at and grantee_account_id = $2 and organization_id = $3), false) as "is_open!",
                coalesce(bool_or(state in ('paused', 'withdrawn') and now() < starts_at + interval '1 day'), false) as "was_stopped!",
                gate.is_blocked($1, $2, $3) as "is_blocked!"
            from access_grant where patient_id = $1 and grantee_account_id = any (gate.accounts_of($2)) and purpose = 'emergency'"#,
            patient.0,
            by.account.0,
            by.organization.0
        )
        .fetch_one(&mut *transaction)
        .await?;
        let opens = opens.filter(|_| !earlier.was_stopped && !earlier.is_blocked);
        let Some(mut opens) = opens else { return refuse(transaction, visitor, found.map(PatientId), at).await };
        // Marks of ours in a name would be taken for those of the sentence.
        let who: Vec<_> = [Some(&visitor.name), visitor.organization_name.as_ref()].into_iter().flatten().map(String::as_str).collect();
        opens.sentence = opens.sentence.replace(WHO, &who.join(", ").replace('*', ""));
        if earlier.is_open {
            transaction.rollback().await?;
            return Ok(patient);
        }
        let grant = open(&mut transaction, visitor, patient, by, &opens, reason).await?;
        tell(&mut transaction, visitor, patient, &opens, at).await?;
        let what =
            What { action: "emergency-opened".to_owned(), grant: Some(grant), text: Some(opens.sentence.clone()), ..What::default() };
        let why = Why::Grant {
            purpose: None,
            grants: vec![UsedGrant { id: grant, sentence: opens.sentence }],
            emergency: Some(reason.as_str().to_owned()),
        };
        audit::append(&mut transaction, Chain::Patient(patient), &Event { at, who: visitor.into(), what, why }).await?;
        transaction.commit().await?;
        Ok(patient)
    }

    /// Whoever has this card, or is the only one with this name and birth date.
    async fn find(&self, connection: &mut PgConnection, claim: &Claim) -> Result<Option<Uuid>, Error> {
        let code = typed_code(&claim.code);
        let hash = self.emergency_hash(&code);
        select_by(connection, &hex(&hash)).await?;
        let of_card = sqlx::query_scalar!("select patient_id from emergency_plan where code_hash = $1", hash)
            .fetch_optional(&mut *connection)
            .await?;
        // A date that nobody is born on, where it is none.
        let (name, born) = (called(&claim.name), born(&claim.born).unwrap_or_else(|| "-".to_owned()));
        select_by(connection, &born).await?;
        let born_then = sqlx::query!("select patient_id, full_name from patient where birth_date = $1 limit $2", born, BORN_ON_A_DAY + 1)
            .fetch_all(&mut *connection)
            .await?;
        // Among too many nobody can say that somebody is the only one of their name.
        let is_too_many = i64::try_from(born_then.len()).is_ok_and(|born| born > BORN_ON_A_DAY);
        let mut so_called = born_then.into_iter().filter(|one| !is_too_many && !name.is_empty() && called(&one.full_name) == name);
        let by_name = so_called.next().filter(|_| so_called.next().is_none()).map(|one| one.patient_id);
        Ok(if code.is_empty() { by_name } else { of_card })
    }
}

/// Says what the clinician has typed, by which alone rows are found.
async fn select_by(connection: &mut PgConnection, selector: &str) -> Result<(), Error> {
    sqlx::query!(
        "select set_config('chartkey.task', 'emergency', true) as task, set_config('chartkey.selector', $1, true) as selector",
        selector
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// What the plan of a patient opens.
async fn opens(connection: &mut PgConnection, patient: PatientId) -> Result<Option<Opens>, Error> {
    Ok(sqlx::query_as!(
        Opens,
        r#"select e.categories, e.labels, e.named as sentence, e.language, e.catalogue_version, e.contact_email, p.full_name as patient_name
        from emergency_plan e join patient p on p.patient_id = e.patient_id
        where e.patient_id = $1 and e.extent <> 'nothing'
            -- As with everything else that is shared.
            and not exists (select from death_report d where d.patient_id = e.patient_id and d.reported_at <= now() - interval '30 days')"#,
        patient.0
    )
    .fetch_optional(connection)
    .await?)
}

/// Ends a try that opens nothing, for whatever reason. Whose record it was is told to them within the hour, as every refusal is.
async fn refuse(
    mut transaction: Transaction<'static, Postgres>,
    visitor: &Visitor,
    found: Option<PatientId>,
    at: OffsetDateTime,
) -> Result<PatientId, Error> {
    let what = What { action: "emergency-refused".to_owned(), patient: found, ..What::default() };
    audit::append(&mut transaction, Chain::System, &Event { at, who: visitor.into(), what, why: Why::Refused }).await?;
    transaction.commit().await?;
    Err(Error::Invalid("emergency"))
}

/// Puts the plan in force for one clinician, and what follows it on the list of their organization.
async fn open(
    connection: &mut PgConnection,
    visitor: &Visitor,
    patient: PatientId,
    by: By,
    opens: &Opens,
    reason: &Words,
) -> Result<GrantId, Error> {
    sqlx::query!(
        "update access_grant set state = 'replaced', ended_at = now() where patient_id = $1 and grantee_account_id = $2
            and organization_id = $3 and purpose = 'emergency' and state in ('active', 'paused') and ends_at <= now()",
        patient.0,
        by.account.0,
        by.organization.0
    )
    .execute(&mut *connection)
    .await?;
    let grant = Uuid::new_v4();
    sqlx::query!(
        "insert into access_grant (patient_id, grant_id, lineage_id, grantee_account_id, organization_id, purpose, purpose_text,
            categories, labels, ends_at, sentence)
        values ($1, $2, $2, $3, $4, 'emergency', $5, $6, $7, now() + interval '60 minutes', $8)",
        patient.0,
        grant,
        by.account.0,
        by.organization.0,
        reason.as_str(),
        opens.categories,
        opens.labels,
        opens.sentence
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into grant_event (patient_id, grant_id, event_no, kind, sentence, language, catalogue_version, signed_in)
        values ($1, $2, 1, 'given', $3, $4, $5, $6)",
        patient.0,
        grant,
        opens.sentence,
        opens.language,
        opens.catalogue_version,
        visitor.signed_in_by
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into emergency_look (patient_id, grant_id, account_id, organization_id, reason) values ($1, $2, $3, $4, $5)",
        patient.0,
        grant,
        by.account.0,
        by.organization.0,
        reason.as_str()
    )
    .execute(connection)
    .await?;
    Ok(GrantId(grant))
}

/// Tells the patient, by their open pages and by mail, and whom they have named.
async fn tell(
    connection: &mut PgConnection,
    visitor: &Visitor,
    patient: PatientId,
    opens: &Opens,
    at: OffsetDateTime,
) -> Result<(), Error> {
    notices::send(connection, Notice::of_holder(patient)).await?;
    let holders =
        sqlx::query_scalar!("select account_id from patient_holder where patient_id = $1", patient.0).fetch_all(&mut *connection).await?;
    for holder in holders {
        letters::tell(connection, holder, LetterSubject::Emergency).await?;
    }
    if let Some(email) = &opens.contact_email {
        let about = About {
            patient: opens.patient_name.clone(),
            organization: visitor.organization_name.clone().unwrap_or_default(),
            language: opens.language.clone(),
            at,
        };
        letters::post_about(connection, email, LetterSubject::EmergencyContact, &about).await?;
    }
    Ok(())
}
