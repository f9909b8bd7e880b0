//! Grants as the patient gives, changes and ends them.
//!
//! Every change is one transaction: the guarded update, the words in the story of
//! the grant, the notice to open pages, and the event in the patient's chain. A
//! change runs to its end also when the person who asked for it hangs up, and
//! asking twice has one effect.

use chartkey_domain::{
    account::Visitor,
    ages::{Ages, Birthday},
    draft::{Draft, Recipient, Terms},
    grant::{GrantState, Grantee},
    id::{DraftId, GrantId, PatientId, RequestId},
    understanding::Answered,
};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, types::Json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error, Portal,
    audit::What,
    fresh,
    notices::{self, Notice},
    pool::detached,
    record::Record,
    requests,
};

mod announce;
mod change;
mod choices;
mod ending;
mod known;
mod list;
mod stop;
pub mod things;

pub(crate) use change::terms_of;
pub use choices::{Choices, Parts};
pub use ending::Change;
pub(crate) use ending::{end_passed_on, give_back, hold, replace, suspend};
pub(crate) use known::check as check_grantee;
pub use known::{Colleague, KnownOrganization};
pub use list::{GrantStory, Look, PassedOn, SharingList, StoryLine, Whole};

/// A sentence as the patient read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sentence {
    /// The words; `**` stands around what is set in bold.
    pub text: String,
    /// The language, as in `en`.
    pub language: String,
    /// The version of the catalogue that made it.
    pub catalogue_version: String,
}

/// A grant that the patient has checked and confirmed.
#[derive(Debug, Clone)]
pub struct NewGrant {
    /// The draft that it ends; a draft becomes a grant once.
    pub draft: DraftId,
    /// To whom.
    pub grantee: Grantee,
    /// What, for what and until when.
    pub terms: Terms,
    /// What the patient read and confirmed.
    pub sentence: Sentence,
}

impl Portal {
    /// Gives a grant. One to the same grantee for the same purpose is replaced.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the code of the question to be answered again,
    /// [`Error::Conflict`] where the draft has become a grant already,
    /// [`Error::SignInAgain`] where the sign-in is not fresh,
    /// [`Error::NotFound`] where the visitor has no record of their own.
    pub async fn give_grant(&self, visitor: &Visitor, new: NewGrant) -> Result<GrantId, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            fresh::require(record.connection(), &visitor).await?;
            let taken = take_draft(&mut record, new.draft).await?.ok_or(Error::Conflict("given"))?;
            if let Grantee::Carer { account } = new.grantee
                && !change::may_help(&mut record, account).await?
            {
                return Err(Error::Invalid("grant-who"));
            }
            let grant = insert(&mut record, portal.ages, &new.grantee, &new.terms, &new.sentence, &taken.answered).await?;
            if let Some(request) = taken.request {
                requests::given(&mut record, request, &new.grantee, grant).await?;
            }
            let what = What { text: Some(new.sentence.text), ..about("grant-given", grant) };
            record.finish(what).await?;
            Ok(grant)
        })
        .await
    }

    /// The record that the visitor holds.
    ///
    /// # Errors
    /// [`Error::NotFound`] where they hold none.
    pub async fn own_record(&self, visitor: &Visitor) -> Result<PatientId, Error> {
        let patient = sqlx::query_scalar!("select gate.own_record($1)", visitor.actor.account().0).fetch_one(&self.pool).await?;
        patient.map(PatientId).ok_or(Error::NotFound)
    }

    pub(crate) async fn open_own(&self, visitor: &Visitor) -> Result<Record, Error> {
        let record = self.open(visitor, self.own_record(visitor).await?).await?;
        if record.is_own() { Ok(record) } else { Err(Error::NotFound) }
    }
}

/// A draft that has ended.
pub(crate) struct Taken {
    /// What was answered about it.
    pub(crate) answered: Vec<Answered>,
    /// Whether it was for somebody who helps the patient.
    pub(crate) for_carer: bool,
    /// What it answers.
    request: Option<RequestId>,
}

/// Ends a draft; `None` where it has ended before.
pub(crate) async fn take_draft(record: &mut Record, draft: DraftId) -> Result<Option<Taken>, Error> {
    let account = record.visitor().actor.account();
    let taken = sqlx::query!(
        r#"delete from draft where draft_id = $1 and account_id = $2 and kind = 'grant'
        returning answered as "answered: Json<Vec<Answered>>", fields as "fields: Json<Draft>", request_id"#,
        draft.0,
        account.0
    )
    .fetch_optional(record.connection())
    .await?;
    Ok(taken.map(|taken| Taken {
        answered: taken.answered.0,
        for_carer: taken.fields.recipient.as_ref().is_some_and(Recipient::is_carer),
        request: taken.request_id.map(RequestId),
    }))
}

/// The event of a change to one grant.
pub(crate) fn about(action: &str, grant: GrantId) -> What {
    What { action: action.to_owned(), grant: Some(grant), ..What::default() }
}

/// The columns of a grantee.
pub(crate) struct Columns {
    pub(crate) account: Option<Uuid>,
    pub(crate) organization: Option<Uuid>,
    pub(crate) professions: Option<Vec<String>>,
}

impl From<&Grantee> for Columns {
    fn from(grantee: &Grantee) -> Self {
        match grantee {
            Grantee::Clinician { account, organization } => {
                Self { account: Some(account.0), organization: Some(organization.0), professions: None }
            }
            Grantee::Professions { organization, professions } => {
                Self { account: None, organization: Some(organization.0), professions: Some(professions.clone()) }
            }
            Grantee::Carer { account } => Self { account: Some(account.0), organization: None, professions: None },
        }
    }
}

/// Puts a grant in force, in the place of the one it replaces. What was answered before it was given stands in its story.
pub(crate) async fn insert(
    record: &mut Record,
    ages: Ages,
    grantee: &Grantee,
    terms: &Terms,
    sentence: &Sentence,
    answered: &[Answered],
) -> Result<GrantId, Error> {
    terms.check(record.now().date()).map_err(|problem| Error::Invalid(problem.code()))?;
    if sentence.text.trim().is_empty() {
        return Err(Error::Invalid("sentence"));
    }
    known::check(record.connection(), grantee).await?;
    let is_carer = matches!(grantee, Grantee::Carer { .. });
    if is_carer {
        ends_by_adulthood(record, ages, terms)?;
    }
    let labels_until = labels_until(ages, record.whose().birth_date.as_deref().filter(|_| is_carer), terms, record.now());
    let patient = record.whose().patient;
    let columns = Columns::from(grantee);
    if is_blocked(record, &columns).await? {
        return Err(Error::Conflict("blocked"));
    }
    let replaced = sqlx::query!(
        "update access_grant set state = 'replaced', ended_at = now()
        where patient_id = $1 and grantee_account_id is not distinct from $2 and organization_id is not distinct from $3
            and professions is not distinct from $5 and purpose = $4 and state in ('active', 'paused') and parent_grant_id is null
        returning grant_id, lineage_id, version_no, sentence",
        patient.0,
        columns.account,
        columns.organization,
        terms.purpose.slug(),
        columns.professions.as_deref()
    )
    .fetch_optional(record.connection())
    .await?;
    let (lineage, version) = replaced.as_ref().map_or((None, 1), |old| (Some(old.lineage_id), old.version_no + 1));
    let dates = terms.dates();
    let grant = sqlx::query_scalar!(
        "with made as (select gen_random_uuid() as grant_id)
        insert into access_grant (patient_id, grant_id, lineage_id, version_no, grantee_account_id, organization_id, professions,
            purpose, purpose_text, categories, labels, data_from, data_to, includes_new, may_export, may_write, may_delegate, ends_at, sentence, labels_until, created_at)
        select $1, grant_id, coalesce($2, grant_id), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
            -- What an import that is still running brings was not seen by the patient either.
            case when $13 then now() else least(now(), (select min(xact_start) from pg_stat_activity where datname = current_database())) end
        from made
        returning grant_id",
        patient.0,
        lineage,
        version,
        columns.account,
        columns.organization,
        columns.professions.as_deref(),
        terms.purpose.slug(),
        terms.purpose_text,
        terms.categories.bits(),
        i16::from(terms.labels.bits()),
        dates.from,
        dates.to,
        terms.includes_new,
        terms.may_export,
        terms.may_write,
        terms.may_delegate,
        terms.ends_at(),
        sentence.text,
        labels_until
    )
    .fetch_one(record.connection())
    .await
    .map_err(taken)?;
    let grant = GrantId(grant);
    things::insert(record, grant, &terms.things).await?;
    if let Some(old) = replaced {
        let old_grant = GrantId(old.grant_id);
        let words = ending::as_given(record, old_grant, old.sentence).await?;
        tell_story(record, old_grant, "replaced", &words, &[]).await?;
        ending::follow(record, old_grant, GrantState::Replaced).await?;
    }
    tell_story(record, grant, "given", sentence, answered).await?;
    notices::send(record.connection(), notice(patient, &columns)).await?;
    Ok(grant)
}

/// The moment from which a carer sees nothing sensitive of a child; `None` where they were given nothing of it, or by somebody who is old
/// enough.
pub(crate) fn labels_until(ages: Ages, born: Option<&str>, terms: &Terms, now: OffsetDateTime) -> Option<OffsetDateTime> {
    let until = Birthday::of(born?, ages.sensitive)?.first.midnight().assume_utc();
    (now < until && !terms.labels.union(terms.named_labels()).is_empty()).then_some(until)
}

/// Refuses a carer whom a child would give more time than until they are of age: then they decide anew.
pub(crate) fn ends_by_adulthood(record: &Record, ages: Ages, terms: &Terms) -> Result<(), Error> {
    let of_age = record.whose().birth_date.as_deref().and_then(|born| Birthday::of(born, ages.adult));
    let is_child = of_age.filter(|of_age| record.now().date() < of_age.first);
    match is_child {
        Some(of_age) if terms.until.is_none_or(|until| until >= of_age.first) => Err(Error::Invalid("grant-of-age")),
        _ => Ok(()),
    }
}

/// Whether a share can be made to last longer: it has a last day, and that is not where a child who gave it comes of age.
pub(crate) fn may_last_longer(record: &Record, ages: Ages, is_carers: bool, ends_at: Option<OffsetDateTime>) -> bool {
    let of_age = record.whose().birth_date.as_deref().and_then(|born| Birthday::of(born, ages.adult));
    let of_age = of_age.map(|of_age| of_age.first.midnight().assume_utc());
    ends_at.is_some() && !(is_carers && ends_at == of_age)
}

/// Whether the patient has blocked a grantee, or everybody where they work.
async fn is_blocked(record: &mut Record, columns: &Columns) -> Result<bool, Error> {
    let blocked = sqlx::query_scalar!(
        r#"select gate.is_blocked($1, $2, $3) as "blocked!""#,
        record.whose().patient.0,
        columns.account,
        columns.organization
    )
    .fetch_one(record.connection())
    .await?;
    Ok(blocked)
}

/// Two grants to one grantee at the same moment: the second is told so.
fn taken(cause: sqlx::Error) -> Error {
    match cause.as_database_error().and_then(|cause| cause.constraint()) {
        Some("access_grant_one_person" | "access_grant_one_organization") => Error::Conflict("changed"),
        _ => cause.into(),
    }
}

pub(crate) fn notice(patient: PatientId, columns: &Columns) -> Notice {
    Notice {
        patient: Some(patient),
        account: columns.account.map(Into::into),
        organization: columns.organization.filter(|_| columns.account.is_none()).map(Into::into),
        is_holders: false,
    }
}

/// Adds one line to the story of a grant.
pub(crate) async fn tell_story(
    record: &mut Record,
    grant: GrantId,
    kind: &str,
    sentence: &Sentence,
    answered: &[Answered],
) -> Result<(), Error> {
    let patient = record.whose().patient;
    let signed_in = record.visitor().signed_in_by.clone();
    sqlx::query!(
        "insert into grant_event (patient_id, grant_id, event_no, kind, sentence, language, catalogue_version, signed_in, check_answer)
        select $1, $2, coalesce(max(event_no), 0) + 1, $3, $4, $5, $6, $7, $8
        from grant_event where patient_id = $1 and grant_id = $2",
        patient.0,
        grant.0,
        kind,
        sentence.text,
        sentence.language,
        sentence.catalogue_version,
        signed_in,
        (!answered.is_empty()).then_some(Json(answered)) as _
    )
    .execute(record.connection())
    .await?;
    Ok(())
}

/// Adds one line to the story of a grant whose first one says its language, in a transaction that opens no record.
pub(crate) async fn add_to_story(
    connection: &mut PgConnection,
    patient: PatientId,
    grant: GrantId,
    kind: &str,
    sentence: &str,
    signed_in: &str,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into grant_event (patient_id, grant_id, event_no, kind, sentence, language, catalogue_version, signed_in)
        select $1, $2, max(event_no) + 1, $3, $4, min(language), min(catalogue_version), $5
        from grant_event where patient_id = $1 and grant_id = $2",
        patient.0,
        grant.0,
        kind,
        sentence,
        signed_in
    )
    .execute(connection)
    .await?;
    Ok(())
}
