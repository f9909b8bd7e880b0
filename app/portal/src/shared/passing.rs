//! Passing a share on, where the patient allowed it: a clinician lets one colleague see part of what a patient shares with them, and a
//! carer shares part of what they see with clinicians, in the patient's place. The patient is told, and can end it; nobody passes on
//! what was passed on to them.

use chartkey_domain::{
    account::{Actor, Visitor},
    draft::Terms,
    grant::{Grantee, Purpose},
    id::{GrantId, PatientId},
};
use sqlx::{PgConnection, Postgres, Transaction};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Of, Row, SharedEntry, note, rows};
use crate::{
    Error, Portal,
    audit::{self, Chain, Event, UsedGrant, What, Why},
    caring::{Cared, cared},
    fresh,
    letters::{self, LetterSubject},
    notices::{self, Notice},
    pool::detached,
    record::grantee,
    sharing::{Columns, Sentence, about, add_to_story, check_grantee, hold, notice, terms_of},
};

/// A share that whoever was given it may pass on.
#[derive(Debug, Clone)]
pub struct Passable {
    /// Which.
    pub grant: GrantId,
    /// The patient's name.
    pub name: String,
    /// What the patient read and confirmed.
    pub sentence: String,
    /// What it reaches: of this a part can be passed on.
    pub terms: Terms,
    /// Whether it is a carer's, who shares with several in the patient's place; a clinician passes on to one colleague.
    pub is_help: bool,
    /// What they have passed on of it, while it lasts, newest first.
    pub passed: Vec<PassedOn>,
    /// The database's time.
    pub now: OffsetDateTime,
}

/// What was passed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOn {
    /// Which.
    pub grant: GrantId,
    /// What was confirmed.
    pub sentence: String,
    /// To whom, and what for.
    pub to: (Grantee, Purpose),
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
        let found = found(&mut transaction, visitor, grant).await?;
        let terms = terms(&mut transaction, grant, &found, now).await?;
        let passed = passed(&mut transaction, found.patient, grant).await?;
        note(&mut transaction, visitor, now, "passing-on", 1, Of::Grant(grant)).await?;
        transaction.commit().await?;
        let Found { name, sentence, is_help, .. } = found;
        Ok(Passable { grant, name, sentence, terms, is_help, passed, now })
    }

    /// Passes part of a share on: a clinician to one colleague, a carer to clinicians. The same once more, as by a double click, changes
    /// nothing.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the code of the question to be answered again, [`Error::Conflict`] with `passed-on` where it is passed on to
    /// somebody already, with `helped-before` where a carer has shared with them for this purpose already, with `passing-stopped` where
    /// the patient has stopped just that, [`Error::SignInAgain`] where the sign-in is not fresh, [`Error::NotFound`] as for [`Self::passable`].
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
            let account = visitor.actor.account();
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
                where patient_id = $1 and grant_id = $2 and state in ('active', 'paused')
                returning grantee_account_id, organization_id, professions",
                patient.0,
                grant.0
            )
            .fetch_optional(&mut *transaction)
            .await?;
            let Some(ended) = ended else {
                transaction.rollback().await?;
                return Ok(());
            };
            add_to_story(&mut transaction, patient, grant, "taken-back", &passed.sentence, &visitor.signed_in_by).await?;
            let columns =
                Columns { account: ended.grantee_account_id, organization: ended.organization_id, professions: ended.professions };
            let action = if matches!(visitor.actor, Actor::Person { .. }) { "helped-stop" } else { "share-taken-back" };
            let what = What { text: Some(passed.sentence.clone()), ..about(action, grant) };
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
    let share = found(transaction, visitor, grant).await?;
    let (patient, of) = (share.patient, terms(transaction, grant, &share, at).await?);
    let Some(until) = new.terms.until else { return Err(Error::Invalid("grant-end")) };
    new.terms.check(at.date()).map_err(|problem| Error::Invalid(problem.code()))?;
    let purpose = if share.is_help { new.terms.purpose } else { of.purpose };
    let terms = Terms { purpose, ..of.passed_on(new.terms.categories, new.terms.labels, until) };
    if terms != new.terms {
        return Err(Error::Invalid("grant-what"));
    }
    check_recipient(transaction, visitor, &new.to, share.is_help).await?;
    // The patient who stops it now is before this, or finds it.
    hold(transaction, grant).await?;
    let to = (new.to.clone(), purpose);
    let lasts = passed(transaction, patient, grant).await?;
    if let Some(before) = lasts.iter().find(|before| !share.is_help || before.to == to) {
        let is_again = before.to == to && before.sentence == new.sentence.text && !before.is_paused;
        let problem = Error::Conflict(if share.is_help { "helped-before" } else { "passed-on" });
        return if is_again { Ok(false) } else { Err(problem) };
    }
    may_pass(transaction, patient, grant, &new.to).await?;
    let (columns, dates) = (Columns::from(&new.to), new.terms.dates());
    let passed = Uuid::new_v4();
    sqlx::query!(
        "insert into access_grant (patient_id, grant_id, lineage_id, grantee_account_id, organization_id, purpose, purpose_text, categories,
            labels, data_from, data_to, includes_new, ends_at, parent_grant_id, made_by_account_id, sentence, professions)
        values ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
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
        new.sentence.text,
        columns.professions.as_deref()
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
        What { text: Some(new.sentence.text.clone()), ..about(if share.is_help { "helped-share" } else { "passed-on" }, GrantId(passed)) };
    tell(transaction, visitor, patient, at, &columns, what, UsedGrant { id: grant, sentence: share.sentence }).await?;
    Ok(true)
}

/// A clinician passes on to a colleague by name, and to nobody who is themselves. Whom a carer shares with is a clinician who is known, or
/// the professions of an organization.
async fn check_recipient(connection: &mut PgConnection, visitor: &Visitor, to: &Grantee, is_help: bool) -> Result<(), Error> {
    let account = match to {
        Grantee::Clinician { account, .. } => Some(account.0),
        Grantee::Professions { .. } if is_help => None,
        Grantee::Professions { .. } | Grantee::Carer { .. } => return Err(Error::Invalid("grant-who")),
    };
    let is_self =
        sqlx::query_scalar!(r#"select coalesce($1 = any (gate.accounts_of($2)), false) as "is_self!""#, account, visitor.actor.account().0)
            .fetch_one(&mut *connection)
            .await?;
    if is_self {
        return Err(Error::Invalid("grant-who"));
    }
    check_grantee(connection, to).await
}

/// Refuses what the patient has stopped: nobody passes the same share on to the same people again, whatever for, nor to a profession of
/// which they may be, or the other way round. And so it is with who passes it on too often, of which the patient would be told each time.
async fn may_pass(connection: &mut PgConnection, patient: PatientId, of: GrantId, to: &Grantee) -> Result<(), Error> {
    let columns = Columns::from(to);
    let before = sqlx::query!(
        r#"select coalesce(bool_or(g.organization_id = $4 and case
                    when g.grantee_account_id is not null and $3::uuid is not null then g.grantee_account_id = $3
                    when g.grantee_account_id is null and $3::uuid is null then g.professions && $5
                    else (select c.profession = any (coalesce(g.professions, $5)) from clinician c
                        where c.account_id = coalesce(g.grantee_account_id, $3) and c.organization_id = $4) end and (
                select e.kind from grant_event e where e.patient_id = g.patient_id and e.grant_id = g.grant_id and e.kind <> 'taken-back'
                order by e.event_no desc limit 1) in ('paused', 'withdrawn')), false) as "is_stopped!",
            count(*) filter (where g.created_at > now() - interval '1 day') as "today!"
        from access_grant g where g.patient_id = $1 and g.parent_grant_id = $2"#,
        patient.0,
        of.0,
        columns.account,
        columns.organization,
        columns.professions.as_deref()
    )
    .fetch_one(connection)
    .await?;
    match before {
        before if before.is_stopped => Err(Error::Conflict("passing-stopped")),
        before if before.today >= A_DAY => Err(Error::TooManyTries),
        _ => Ok(()),
    }
}

/// A share that may be passed on, as it stands in the visitor's list.
struct Found {
    patient: PatientId,
    name: String,
    sentence: String,
    ends_at: Option<OffsetDateTime>,
    /// Whether the visitor was given it as a carer.
    is_help: bool,
}

async fn found(connection: &mut PgConnection, visitor: &Visitor, grant: GrantId) -> Result<Found, Error> {
    let found = match visitor.actor {
        Actor::Clinician { .. } => rows(connection, visitor, Of::Grant(grant)).await?.into_iter().find(|row| row.entry.may_pass_on).map(
            |Row { entry, patient, .. }| {
                let SharedEntry { name, sentence, ends_at, .. } = entry;
                Found { patient, name, sentence, ends_at, is_help: false }
            },
        ),
        Actor::Person { account } => cared(connection, account, Some(grant))
            .await?
            .into_iter()
            .find(|cared| cared.may_share)
            .map(|Cared { patient, name, sentence, ends_at, .. }| Found { patient, name, sentence, ends_at, is_help: true }),
    };
    found.ok_or(Error::NotFound)
}

/// What a share reaches, until the day on which it ends.
async fn terms(connection: &mut PgConnection, grant: GrantId, found: &Found, at: OffsetDateTime) -> Result<Terms, Error> {
    let draft = terms_of(connection, found.patient, grant).await?;
    let terms = draft.terms(at.date()).map_err(|problem| Error::Invalid(problem.code()))?;
    let last = found.ends_at.map(|end| (end - time::Duration::NANOSECOND).date());
    Ok(Terms { until: last, ..terms })
}

/// What is passed on of a share, while it lasts, newest first.
async fn passed(connection: &mut PgConnection, patient: PatientId, of: GrantId) -> Result<Vec<PassedOn>, Error> {
    begin(connection, Some(patient)).await?;
    let passed = sqlx::query!(
        "select grant_id, grantee_account_id, organization_id, professions, purpose, sentence, state, starts_at, ends_at from access_grant
        where patient_id = $1 and parent_grant_id = $2 and state in ('active', 'paused') and ends_at > now()
        order by created_at desc, grant_id limit 100",
        patient.0,
        of.0
    )
    .fetch_all(connection)
    .await?;
    let passed = passed.into_iter().filter_map(|row| {
        Some(PassedOn {
            grant: GrantId(row.grant_id),
            sentence: row.sentence,
            to: (grantee(row.grantee_account_id, row.organization_id, row.professions)?, Purpose::from_slug(&row.purpose)?),
            is_paused: row.state == "paused",
            starts_at: row.starts_at,
            ends_at: row.ends_at,
        })
    });
    Ok(passed.collect())
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
