//! Passing a share on: a clinician lets one colleague see part of what a patient shares with them, where the patient allowed it. The
//! patient is told, and can end it; nobody passes on what was passed on to them.

use chartkey_domain::{
    account::{Actor, Visitor},
    draft::Terms,
    grant::Grantee,
    id::{AccountId, GrantId, PatientId},
};
use sqlx::{PgConnection, Postgres, Transaction};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Of, SharedEntry, note, rows};
use crate::{
    Error, Portal,
    audit::{self, Chain, Event, UsedGrant, What, Why},
    fresh,
    letters::{self, LetterSubject},
    notices::{self, Notice},
    pool::detached,
    sharing::{Columns, Sentence, check_grantee, hold, notice, terms_of},
};

/// A share that its clinician may pass on.
#[derive(Debug, Clone)]
pub struct Passable {
    /// As it stands in their list.
    pub entry: SharedEntry,
    /// What it reaches: of this a part can be passed on.
    pub terms: Terms,
    /// What they have passed on of it, while it lasts.
    pub passed: Option<PassedOn>,
    /// The database's time.
    pub now: OffsetDateTime,
}

/// What was passed on to a colleague.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOn {
    /// Which.
    pub grant: GrantId,
    /// What was confirmed.
    pub sentence: String,
    /// To whom.
    pub to: Option<AccountId>,
    /// Whether the patient has paused it.
    pub is_paused: bool,
    /// Since when.
    pub starts_at: OffsetDateTime,
    /// The first moment at which it is over.
    pub ends_at: Option<OffsetDateTime>,
}

impl Portal {
    /// A share that the visitor may pass on.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none, or its patient has not allowed it.
    pub async fn passable(&self, visitor: &Visitor, grant: GrantId) -> Result<Passable, Error> {
        let (mut transaction, now) = self.enter(visitor).await?;
        let (entry, patient) = found(&mut transaction, visitor, grant).await?;
        let terms = terms(&mut transaction, patient, &entry, now).await?;
        let passed = passed(&mut transaction, patient, grant).await?;
        note(&mut transaction, visitor, now, "passing-on", 1, Of::Grant(grant)).await?;
        transaction.commit().await?;
        Ok(Passable { entry, terms, passed, now })
    }

    /// Passes part of a share on to one colleague. The same once more, as by a double click, changes nothing.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the code of the question to be answered again, [`Error::Conflict`] with `passed-on` where it is passed on to
    /// somebody already, [`Error::SignInAgain`] where the sign-in is not fresh, [`Error::NotFound`] as for [`Self::passable`].
    pub async fn pass_on(&self, visitor: &Visitor, grant: GrantId, to: &Grantee, terms: &Terms, sentence: &Sentence) -> Result<(), Error> {
        let (portal, visitor, to, terms, sentence) = (self.clone(), visitor.clone(), to.clone(), terms.clone(), sentence.clone());
        detached(async move {
            let (mut transaction, at) = portal.enter(&visitor).await?;
            let passed = pass_on(&mut transaction, &visitor, at, grant, &Passed { to, terms, sentence }).await;
            match passed {
                Ok(true) => transaction.commit().await?,
                other => {
                    transaction.rollback().await?;
                    return other.map(drop);
                }
            }
            Ok(())
        })
        .await
    }

    /// Takes back what the visitor has passed on. What has ended has ended.
    ///
    /// # Errors
    /// [`Error::NotFound`] where they have passed on nothing of this name.
    pub async fn take_back(&self, visitor: &Visitor, grant: GrantId) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let Actor::Clinician { account, .. } = visitor.actor else { return Err(Error::NotFound) };
            let (mut transaction, at) = portal.enter(&visitor).await?;
            begin(&mut transaction, None).await?;
            let passed = sqlx::query!(
                r#"select patient_id, parent_grant_id as "of!", sentence from access_grant
                where grant_id = $1 and made_by_account_id = $2 and parent_grant_id is not null"#,
                grant.0,
                account.0
            )
            .fetch_optional(&mut *transaction)
            .await?
            .ok_or(Error::NotFound)?;
            let patient = PatientId(passed.patient_id);
            begin(&mut transaction, Some(patient)).await?;
            hold(&mut transaction, GrantId(passed.of)).await?;
            let ended = sqlx::query!(
                "update access_grant set state = 'withdrawn', ended_at = now()
                where patient_id = $1 and grant_id = $2 and state in ('active', 'paused') returning grantee_account_id, organization_id",
                patient.0,
                grant.0
            )
            .fetch_optional(&mut *transaction)
            .await?;
            let Some(ended) = ended else {
                transaction.rollback().await?;
                return Ok(());
            };
            sqlx::query!(
                "insert into grant_event (patient_id, grant_id, event_no, kind, sentence, language, catalogue_version, signed_in)
                select $1, $2, max(event_no) + 1, 'taken-back', $3, min(language), min(catalogue_version), $4
                from grant_event where patient_id = $1 and grant_id = $2",
                patient.0,
                grant.0,
                passed.sentence,
                visitor.signed_in_by
            )
            .execute(&mut *transaction)
            .await?;
            let columns = Columns { account: ended.grantee_account_id, organization: ended.organization_id, professions: None };
            let what =
                What { action: "share-taken-back".to_owned(), grant: Some(grant), text: Some(passed.sentence.clone()), ..What::default() };
            let used = UsedGrant { id: grant, sentence: passed.sentence };
            tell(&mut transaction, &visitor, patient, at, &columns, what, used).await?;
            transaction.commit().await?;
            Ok(())
        })
        .await
    }
}

/// How often one share is passed on in a day.
const A_DAY: i64 = 5;

/// What is passed on.
struct Passed {
    to: Grantee,
    terms: Terms,
    sentence: Sentence,
}

/// False where the same was passed on just now.
async fn pass_on(
    transaction: &mut Transaction<'static, Postgres>,
    visitor: &Visitor,
    at: OffsetDateTime,
    grant: GrantId,
    new: &Passed,
) -> Result<bool, Error> {
    fresh::require(transaction, visitor).await?;
    let (entry, patient) = found(transaction, visitor, grant).await?;
    let of = terms(transaction, patient, &entry, at).await?;
    let Some(until) = new.terms.until else { return Err(Error::Invalid("grant-end")) };
    new.terms.check(at.date()).map_err(|problem| Error::Invalid(problem.code()))?;
    if of.passed_on(new.terms.categories, new.terms.labels, until) != new.terms {
        return Err(Error::Invalid("grant-what"));
    }
    let Grantee::Clinician { account, .. } = new.to else { return Err(Error::Invalid("grant-who")) };
    let is_self = sqlx::query_scalar!(r#"select $1 = any (gate.accounts_of($2)) as "is_self!""#, account.0, visitor.actor.account().0)
        .fetch_one(&mut **transaction)
        .await?;
    if is_self {
        return Err(Error::Invalid("grant-who"));
    }
    check_grantee(transaction, &new.to).await?;
    // The patient who stops it now is before this, or finds it.
    hold(transaction, grant).await?;
    if let Some(before) = passed(transaction, patient, grant).await? {
        let is_again = before.to == Some(account) && before.sentence == new.sentence.text && !before.is_paused;
        return if is_again { Ok(false) } else { Err(Error::Conflict("passed-on")) };
    }
    may_pass(transaction, patient, grant, account).await?;
    let (columns, dates) = (Columns::from(&new.to), new.terms.dates());
    let passed = Uuid::new_v4();
    sqlx::query!(
        "insert into access_grant (patient_id, grant_id, lineage_id, grantee_account_id, organization_id, purpose, purpose_text, categories,
            labels, data_from, data_to, includes_new, ends_at, parent_grant_id, made_by_account_id, sentence)
        values ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        patient.0,
        passed,
        columns.account,
        columns.organization,
        new.terms.purpose.slug(),
        new.terms.purpose_text,
        new.terms.categories.bits(),
        i16::from(new.terms.labels.bits()),
        dates.from,
        dates.to,
        new.terms.includes_new,
        new.terms.ends_at(),
        grant.0,
        visitor.actor.account().0,
        new.sentence.text
    )
    .execute(&mut **transaction)
    .await
    .map_err(|cause| if stopped(&cause) { Error::NotFound } else { cause.into() })?;
    sqlx::query!(
        "insert into grant_event (patient_id, grant_id, event_no, kind, sentence, language, catalogue_version, signed_in)
        values ($1, $2, 1, 'passed-on', $3, $4, $5, $6)",
        patient.0,
        passed,
        new.sentence.text,
        new.sentence.language,
        new.sentence.catalogue_version,
        visitor.signed_in_by
    )
    .execute(&mut **transaction)
    .await?;
    let what =
        What { action: "passed-on".to_owned(), grant: Some(GrantId(passed)), text: Some(new.sentence.text.clone()), ..What::default() };
    tell(transaction, visitor, patient, at, &columns, what, UsedGrant { id: grant, sentence: entry.sentence }).await?;
    Ok(true)
}

/// Refuses what the patient has stopped: nobody passes the same share on to the same colleague again. And so it is with who passes it
/// on too often, of which the patient would be told each time.
async fn may_pass(connection: &mut PgConnection, patient: PatientId, of: GrantId, to: AccountId) -> Result<(), Error> {
    let before = sqlx::query!(
        r#"select coalesce(bool_or(g.grantee_account_id = $3 and (
                select e.kind from grant_event e where e.patient_id = g.patient_id and e.grant_id = g.grant_id and e.kind <> 'taken-back'
                order by e.event_no desc limit 1) in ('paused', 'withdrawn')), false) as "is_stopped!",
            count(*) filter (where g.created_at > now() - interval '1 day') as "today!"
        from access_grant g where g.patient_id = $1 and g.parent_grant_id = $2"#,
        patient.0,
        of.0,
        to.0
    )
    .fetch_one(connection)
    .await?;
    match before {
        before if before.is_stopped => Err(Error::Conflict("passing-stopped")),
        before if before.today >= A_DAY => Err(Error::TooManyTries),
        _ => Ok(()),
    }
}

/// The share, and whose it is, as it stands in the visitor's list.
async fn found(connection: &mut PgConnection, visitor: &Visitor, grant: GrantId) -> Result<(SharedEntry, PatientId), Error> {
    let rows = rows(connection, visitor, Of::Grant(grant)).await?;
    let row = rows.into_iter().find(|row| row.entry.may_pass_on).ok_or(Error::NotFound)?;
    Ok((row.entry, row.patient))
}

/// What a share reaches, until the day on which it ends.
async fn terms(connection: &mut PgConnection, patient: PatientId, entry: &SharedEntry, at: OffsetDateTime) -> Result<Terms, Error> {
    let draft = terms_of(connection, patient, entry.grant).await?;
    let terms = draft.terms(at.date()).map_err(|problem| Error::Invalid(problem.code()))?;
    let last = entry.ends_at.map(|end| (end - time::Duration::NANOSECOND).date());
    Ok(Terms { until: last, ..terms })
}

/// What is passed on of a share, while it lasts.
async fn passed(connection: &mut PgConnection, patient: PatientId, of: GrantId) -> Result<Option<PassedOn>, Error> {
    begin(connection, Some(patient)).await?;
    let passed = sqlx::query!(
        "select grant_id, grantee_account_id, sentence, state, starts_at, ends_at from access_grant
        where patient_id = $1 and parent_grant_id = $2 and state in ('active', 'paused') and ends_at > now()
        order by created_at desc limit 1",
        patient.0,
        of.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(passed.map(|row| PassedOn {
        grant: GrantId(row.grant_id),
        sentence: row.sentence,
        to: row.grantee_account_id.map(AccountId),
        is_paused: row.state == "paused",
        starts_at: row.starts_at,
        ends_at: row.ends_at,
    }))
}

/// From here on a transaction is for passing on something of this patient's.
async fn begin(connection: &mut PgConnection, patient: Option<PatientId>) -> Result<(), Error> {
    sqlx::query!(
        "select set_config('chartkey.task', 'pass-on', true) as task, set_config('chartkey.patient', coalesce($1::uuid::text, ''), true) as patient",
        patient.map(|patient| patient.0)
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// Whether PostgreSQL refused the row: what it rests on was stopped meanwhile.
fn stopped(cause: &sqlx::Error) -> bool {
    cause.as_database_error().and_then(|cause| cause.code()).is_some_and(|code| code == "42501")
}

/// The patient is told: their open pages, by mail, and in their log.
async fn tell(
    connection: &mut PgConnection,
    visitor: &Visitor,
    patient: PatientId,
    at: OffsetDateTime,
    to: &Columns,
    what: What,
    used: UsedGrant,
) -> Result<(), Error> {
    notices::send(connection, notice(patient, to)).await?;
    notices::send(connection, Notice::of_holder(patient)).await?;
    let holders =
        sqlx::query_scalar!("select account_id from patient_holder where patient_id = $1", patient.0).fetch_all(&mut *connection).await?;
    for holder in holders {
        letters::tell(connection, holder, LetterSubject::News).await?;
    }
    let why = Why::Grant { purpose: None, grants: vec![used], emergency: None };
    audit::append(connection, Chain::Patient(patient), &Event { at, who: visitor.into(), what, why }).await
}
