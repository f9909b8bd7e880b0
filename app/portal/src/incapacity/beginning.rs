//! What clinicians say: that a patient cannot decide, that it is still so, that it is over.

use chartkey_domain::{
    account::{Actor, Visitor},
    correction::Words,
    id::{GrantId, OrganizationId, PatientId},
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{LONGEST, ending};
use crate::{
    Error, Opened, Portal, Viewer,
    audit::{Shown, What},
    caring::helpers,
    fresh,
    letters::{self, About, LetterSubject},
    notices::{self, Notice},
    pool::detached,
    record::Record,
    sharing::{Columns, about, add_to_story, notice},
    sources::work_in,
};

/// That a patient cannot decide, as a clinician has said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Who.
    pub name: String,
    /// Their profession, as their organization's sign-in names it.
    pub profession: String,
    /// Where they work.
    pub organization: String,
    /// Why, in their words.
    pub reason: String,
    /// When.
    pub at: OffsetDateTime,
    /// Whether it began with it: there was a second.
    pub has_begun: bool,
}

/// What has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// Who stands in.
    pub name: String,
    /// Since when.
    pub since: OffsetDateTime,
    /// When it is over unless somebody says that it is still so.
    pub ends_at: OffsetDateTime,
    /// Whether it was begun where the reader works, who may say so.
    pub is_ours: bool,
}

/// What a clinician reads of it.
#[derive(Debug, Clone)]
pub struct Incapacity {
    /// Who stands in for the patient; `None` where nobody is named who helps them.
    pub named: Option<String>,
    /// What a colleague or the reader has said, and nobody has confirmed yet; or what it has begun with.
    pub said: Vec<Said>,
    /// Whether it is the reader who has said what waits.
    pub waits_for_another: bool,
    /// What has begun.
    pub in_force: Option<InForce>,
    /// Whether the reader has nobody beside them: an independent clinician begins nothing.
    pub is_alone: bool,
}

/// What came of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// A second one has to say so within three days.
    Waits,
    /// It has begun, or had before.
    Begun,
}

impl Portal {
    /// What a clinician who reads a record is shown of it.
    ///
    /// # Errors
    /// [`Error::NotFound`] for anybody but a clinician to whom the record is open.
    pub async fn incapacity(&self, visitor: &Visitor, patient: PatientId) -> Result<Opened<Incapacity>, Error> {
        let (mut record, at) = self.open_as_clinician(visitor, patient).await?;
        let in_force = in_force(&mut record, at).await?;
        let named = named(&mut record).await?.map(|named| named.name);
        let mut said = said(&mut record).await?;
        let waits_for_another = mine(&mut record).await?;
        said.retain(|one| one.has_begun == in_force.is_some());
        if let Some(in_force) = &in_force {
            said.retain(|one| one.at > in_force.since - Duration::days(3));
        }
        let is_alone = is_alone(&mut record, at).await?;
        let found = Incapacity { named, said, waits_for_another, in_force, is_alone };
        record.close("incapacity", Shown::default(), found).await
    }

    /// Says that the patient cannot decide. With a second clinician of the same organization it begins.
    ///
    /// # Errors
    /// [`Error::Invalid`] with `incapacity-reason` where there is none; [`Error::SignInAgain`]; [`Error::NotFound`] for anybody but a
    /// clinician to whom the record is open, for an independent one, and where nobody is named who helps the patient.
    pub async fn state_incapacity(&self, visitor: &Visitor, patient: PatientId, reason: &str) -> Result<Came, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        let reason = Words::of_at_most(reason, LONGEST).ok_or(Error::Invalid("incapacity-reason"))?;
        detached(async move {
            let (mut record, at) = portal.open_as_clinician(&visitor, patient).await?;
            fresh::require(record.connection(), &visitor).await?;
            ending::lock(record.connection(), patient).await?;
            let Some(plan) = named(&mut record).await? else { return record.refuse().await };
            if is_alone(&mut record, at).await? || !is_the_patients(&mut record).await? {
                return record.refuse().await;
            }
            if in_force(&mut record, at).await?.is_some() {
                return Ok(Came::Begun);
            }
            // The second click of a double one says nothing new.
            if mine(&mut record).await? {
                return Ok(Came::Waits);
            }
            sqlx::query!(
                "insert into incapacity_statement (patient_id, account_id, organization_id, reason) values ($1, $2, $3, $4)",
                patient.0,
                visitor.actor.account().0,
                at.0,
                reason.as_str()
            )
            .execute(record.connection())
            .await?;
            let is_second = sqlx::query_scalar!(
                r#"select exists (select from incapacity_statement where patient_id = $1 and organization_id = $2 and begun_at is null
                    and void_at is null and stated_at > now() - interval '3 days'
                    and account_id <> all ((select gate.accounts_of($3))::uuid[])
                    -- Whom the patient has blocked since, or the operator dismissed, counts no more.
                    and not gate.is_blocked(patient_id, account_id, organization_id) and not gate.is_dismissed(account_id)) as "is!""#,
                patient.0,
                at.0,
                visitor.actor.account().0
            )
            .fetch_one(record.connection())
            .await?;
            if !is_second {
                tell_holder(&mut record).await?;
                record.finish(What { action: "incapacity-stated".to_owned(), ..What::default() }).await?;
                return Ok(Came::Waits);
            }
            let grant = begin(&mut record, at, &plan).await?;
            tell_everybody(&mut record, &visitor, &plan).await?;
            let what = What { text: Some(plan.sentence), ..about("incapacity-begun", grant) };
            record.finish(what).await?;
            Ok(Came::Begun)
        })
        .await
    }

    /// Says that it is still so, which lasts for 90 days from now, or that it is over.
    ///
    /// # Errors
    /// [`Error::SignInAgain`] where it goes on; [`Error::NotFound`] for anybody but a clinician to whom the record is open, of the
    /// organization where it was begun, and where nothing is in force.
    pub async fn review_incapacity(&self, visitor: &Visitor, patient: PatientId, is_still_so: bool) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let (mut record, at) = portal.open_as_clinician(&visitor, patient).await?;
            if is_still_so {
                fresh::require(record.connection(), &visitor).await?;
            }
            ending::lock(record.connection(), patient).await?;
            match in_force(&mut record, at).await?.filter(|found| found.is_ours) {
                // The second click of a double one.
                Some(found) if is_still_so && found.ends_at > record.now() + Duration::days(90) - Duration::minutes(1) => return Ok(()),
                Some(_) => {}
                None if !is_still_so && began_here(&mut record, at).await? => return Ok(()),
                None => return record.refuse().await,
            }
            let what = if is_still_so {
                let gone_on = sqlx::query!(
                    "update access_grant g set ends_at = gate.stand_in_end()
                    where patient_id = $1 and purpose = 'incapacity' and state = 'active' and now() < ends_at and gate.is_decided(g)
                    returning grant_id, sentence",
                    patient.0
                )
                .fetch_optional(record.connection())
                .await?;
                // The patient has decided otherwise since, or the help that it rests on has ended.
                let Some(gone_on) = gone_on else { return record.undo(Error::Conflict("stand-in-changed")).await };
                let grant = GrantId(gone_on.grant_id);
                add_to_story(record.connection(), patient, grant, "reviewed", &gone_on.sentence, &visitor.signed_in_by).await?;
                What { text: Some(gone_on.sentence), ..about("incapacity-reviewed", grant) }
            } else {
                let Some((grant, sentence)) = ending::end(record.connection(), patient, "over", &visitor.signed_in_by).await? else {
                    return record.refuse().await;
                };
                What { text: Some(sentence), ..about("incapacity-over", grant) }
            };
            tell_holder(&mut record).await?;
            record.finish(what).await?;
            Ok(())
        })
        .await
    }

    /// A record that is open to a clinician, in the task of their statements, and where they work.
    async fn open_as_clinician(&self, visitor: &Visitor, patient: PatientId) -> Result<(Record, OrganizationId), Error> {
        let Actor::Clinician { organization, .. } = visitor.actor else { return Err(Error::NotFound) };
        let mut record = self.open(visitor, patient).await?;
        work_in(&mut record, "incapacity").await?;
        Ok((record, organization))
    }
}

/// The plan of somebody who helps, as it becomes a grant.
struct Named {
    account: Uuid,
    name: String,
    categories: i32,
    labels: i16,
    may_delegate: bool,
    sentence: String,
    language: String,
    catalogue_version: String,
}

async fn named(record: &mut Record) -> Result<Option<Named>, Error> {
    let patient = record.whose().patient;
    let found = sqlx::query_as!(
        Named,
        "select p.account_id as account, a.display_name as name, p.categories, p.labels, p.may_delegate, p.sentence, p.language, p.catalogue_version
        from incapacity_plan p join account a on a.account_id = p.account_id
        where p.patient_id = $1 and exists (select from access_grant g where g.patient_id = p.patient_id
            and g.grantee_account_id = p.account_id and g.organization_id is null and g.purpose <> 'incapacity' and g.state = 'active'
            and (g.ends_at is null or now() < g.ends_at))",
        patient.0
    );
    Ok(found.fetch_optional(record.connection()).await?)
}

/// What was said of the patient, as far as the reader may know, the newest first.
pub(super) async fn said(record: &mut Record) -> Result<Vec<Said>, Error> {
    let (patient, is_own) = (record.whose().patient, record.is_own());
    let rows = sqlx::query!(
        r#"select a.display_name, c.profession, o.name as organization, s.reason, s.stated_at, s.begun_at is not null as "has_begun!"
        from incapacity_statement s
        join account a on a.account_id = s.account_id
        join clinician c on c.account_id = s.account_id
        join organization o on o.organization_id = s.organization_id
        where s.patient_id = $1 and ($2 or s.begun_at is not null or (s.void_at is null and s.stated_at > now() - interval '3 days'))
        order by s.stated_at desc, s.statement_id limit 100"#,
        patient.0,
        is_own
    )
    .fetch_all(record.connection())
    .await?;
    let said = rows.into_iter().map(|row| Said {
        name: row.display_name,
        profession: row.profession,
        organization: row.organization,
        reason: row.reason,
        at: row.stated_at,
        has_begun: row.has_begun,
    });
    Ok(said.collect())
}

/// Whether the reader, in any account of theirs, has said it, and it waits for another.
async fn mine(record: &mut Record) -> Result<bool, Error> {
    let (patient, account) = (record.whose().patient, record.visitor().actor.account());
    let is_mine = sqlx::query_scalar!(
        r#"select exists (select from incapacity_statement where patient_id = $1 and begun_at is null and void_at is null
            and stated_at > now() - interval '3 days' and account_id = any ((select gate.accounts_of($2))::uuid[])) as "is!""#,
        patient.0,
        account.0
    );
    Ok(is_mine.fetch_one(record.connection()).await?)
}

async fn in_force(record: &mut Record, at: OrganizationId) -> Result<Option<InForce>, Error> {
    let found = sqlx::query_as!(
        InForce,
        r#"select a.display_name as name, g.starts_at as since, gate.ends(g) as "ends_at!",
            exists (select from incapacity_statement s where s.patient_id = g.patient_id and s.begun_at = g.starts_at
                and s.organization_id = $2) as "is_ours!"
        from access_grant g join account a on a.account_id = g.grantee_account_id
        -- What the patient has paused they have stopped: nothing begins beside it.
        where g.patient_id = $1 and g.purpose = 'incapacity' and g.state in ('active', 'paused') and now() < gate.ends(g)"#,
        record.whose().patient.0,
        at.0
    );
    Ok(found.fetch_optional(record.connection()).await?)
}

/// Whether the record is open to the reader by something that the patient has given, be it for an emergency: whoever gains by it does
/// not open the door to those who say so.
async fn is_the_patients(record: &mut Record) -> Result<bool, Error> {
    let Viewer::Shared { grants, .. } = &record.whose().viewer else { return Ok(false) };
    let (patient, grants) = (record.whose().patient, grants.iter().map(|grant| grant.id.0).collect::<Vec<_>>());
    let is_theirs = sqlx::query_scalar!(
        r#"select exists (select from access_grant where patient_id = $1 and grant_id = any ($2) and parent_grant_id is null) as "is!""#,
        patient.0,
        &grants
    );
    Ok(is_theirs.fetch_one(record.connection()).await?)
}

/// Whether it has begun once where the reader works.
async fn began_here(record: &mut Record, at: OrganizationId) -> Result<bool, Error> {
    let began = sqlx::query_scalar!(
        r#"select exists (select from incapacity_statement where patient_id = $1 and organization_id = $2 and begun_at is not null) as "is!""#,
        record.whose().patient.0,
        at.0
    );
    Ok(began.fetch_one(record.connection()).await?)
}

async fn is_alone(record: &mut Record, at: OrganizationId) -> Result<bool, Error> {
    let alone = sqlx::query_scalar!(r#"select gate.is_independent($1) as "is!""#, at.0);
    Ok(alone.fetch_one(record.connection()).await?)
}

/// Puts the plan in force.
async fn begin(record: &mut Record, at: OrganizationId, plan: &Named) -> Result<GrantId, Error> {
    let (patient, by) = (record.whose().patient, record.visitor().signed_in_by.clone());
    let grant = Uuid::new_v4();
    sqlx::query!(
        "update incapacity_statement set begun_at = now()
        where patient_id = $1 and organization_id = $2 and begun_at is null and void_at is null and stated_at > now() - interval '3 days'",
        patient.0,
        at.0
    )
    .execute(record.connection())
    .await?;
    // One that nobody has looked at again in time makes room.
    ending::end(record.connection(), patient, "over", &by).await?;
    sqlx::query!(
        "insert into access_grant (patient_id, grant_id, lineage_id, grantee_account_id, purpose, categories, labels, may_delegate, ends_at, sentence)
        values ($1, $2, $2, $3, 'incapacity', $4, $5, $6, gate.stand_in_end(), $7)",
        patient.0,
        grant,
        plan.account,
        plan.categories,
        plan.labels,
        plan.may_delegate,
        plan.sentence
    )
    .execute(record.connection())
    .await?;
    sqlx::query!(
        "insert into grant_event (patient_id, grant_id, event_no, kind, sentence, language, catalogue_version, signed_in)
        values ($1, $2, 1, 'begun', $3, $4, $5, $6)",
        patient.0,
        grant,
        plan.sentence,
        plan.language,
        plan.catalogue_version,
        by
    )
    .execute(record.connection())
    .await?;
    let columns = Columns { account: Some(plan.account), organization: None, professions: None };
    notices::send(record.connection(), notice(patient, &columns)).await?;
    Ok(GrantId(grant))
}

/// The patient, by their open pages and by mail.
async fn tell_holder(record: &mut Record) -> Result<(), Error> {
    let patient = record.whose().patient;
    notices::send(record.connection(), Notice::of_holder(patient)).await?;
    let holders = sqlx::query_scalar!("select account_id from patient_holder where patient_id = $1", patient.0)
        .fetch_all(record.connection())
        .await?;
    for holder in holders {
        letters::tell(record.connection(), holder, LetterSubject::News).await?;
    }
    Ok(())
}

/// The patient, everybody who helps them, and whom they have named for emergencies.
async fn tell_everybody(record: &mut Record, visitor: &Visitor, plan: &Named) -> Result<(), Error> {
    let patient = record.whose().patient;
    tell_holder(record).await?;
    let organization = visitor.organization_name.clone().unwrap_or_default();
    let mut about = About { patient: record.whose().name.clone(), organization, language: plan.language.clone(), at: record.now() };
    for helper in helpers(record.connection(), patient).await? {
        letters::tell_about(record.connection(), helper, LetterSubject::IncapacityHelper, &about).await?;
    }
    let contact = sqlx::query!(
        r#"select contact_email as "email!", language from emergency_plan where patient_id = $1 and contact_email is not null"#,
        patient.0
    )
    .fetch_optional(record.connection())
    .await?;
    if let Some(contact) = contact {
        about.language = contact.language;
        letters::post_about(record.connection(), &contact.email, LetterSubject::IncapacityContact, &about).await?;
    }
    Ok(())
}
