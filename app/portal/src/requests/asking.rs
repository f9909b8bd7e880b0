//! The side of who asks: a clinician, who learns nothing but what the patient answers.

use chartkey_domain::{
    account::{Actor, Visitor},
    correction::Words,
    draft::{Draft, End, Terms, TypedDay},
    id::{DraftId, GrantId, PatientId, RequestId},
};
use sqlx::{Postgres, Transaction, types::Json};
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

use super::{RequestState, Said, is_now, note, of, read, say, threads};
use crate::{
    Error, Portal,
    audit::{self, Chain, Event, What, Why},
    notices,
    notices::Notice,
    pool::detached,
    secrets::typed_code,
    shared::once_shared,
};

/// How often one name may be asked in 30 days, however often it was refused.
const AGAIN: i64 = 3;
/// Of how many names a clinician may ask in a day: whoever guesses does not get far.
const A_DAY: i64 = 30;

/// How long a share is asked for, from when it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Length {
    /// A week.
    Week,
    /// As long as the questions of a patient preset.
    #[default]
    Preset,
    /// Three months.
    Quarter,
    /// Until the patient stops it.
    Open,
}

impl Length {
    /// All of them, the shortest first.
    pub const ALL: [Self; 4] = [Self::Week, Self::Preset, Self::Quarter, Self::Open];

    /// The name in forms.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Preset => "month",
            Self::Quarter => "quarter",
            Self::Open => "open",
        }
    }

    /// The one with this name.
    #[must_use]
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|length| length.slug() == slug)
    }

    /// The one that is stored so.
    pub(super) fn of(stored: &str) -> Self {
        Self::from_slug(stored).unwrap_or_default()
    }

    /// The answers of a draft that say the same on this day.
    pub(super) fn said(self, draft: Draft, today: Date) -> Draft {
        let days = |days: i64| today.checked_add(Duration::days(days)).unwrap_or(Date::MAX);
        let (end, until) = match self {
            Self::Week => (End::Day, TypedDay::from(days(7))),
            Self::Preset => (End::Preset, TypedDay::default()),
            Self::Quarter => (End::Day, TypedDay::from(days(90))),
            Self::Open => (End::Open, TypedDay::default()),
        };
        Draft { end, until, ..draft }
    }
}

/// What a clinician asks for.
#[derive(Debug, Clone)]
pub struct NewRequest {
    /// The patient's share name, as typed.
    pub name: String,
    /// What for and what; to whom and how long does not matter.
    pub draft: Draft,
    /// How long.
    pub length: Length,
    /// Why.
    pub words: String,
    /// Where the answers were kept until now.
    pub kept: Option<DraftId>,
}

/// A request as the one who asked sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Which.
    pub id: RequestId,
    /// What for, what and until when, if it were given today; `None` where it cannot be.
    pub terms: Option<Terms>,
    /// Why, in their words.
    pub words: String,
    /// What was said about it, oldest first.
    pub said: Vec<Said>,
    /// Where it stands.
    pub state: RequestState,
    /// The share that was given, while it lasts: which, and its sentence.
    pub grant: Option<(GrantId, String)>,
    /// When they asked.
    pub asked_at: OffsetDateTime,
}

impl Portal {
    /// Asks whoever has this share name. It is answered alike where nobody has, and where they have blocked who asks.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the code of what has to be written again, [`Error::Conflict`] where the visitor has asked them and
    /// waits, [`Error::TooManyTries`] where they have asked too often, [`Error::NotFound`] for anybody but a clinician.
    pub async fn ask(&self, visitor: &Visitor, new: NewRequest) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let Actor::Clinician { account, organization, .. } = visitor.actor else { return Err(Error::NotFound) };
            let name = typed_code(&new.name);
            if name.is_empty() {
                return Err(Error::Invalid("share-name"));
            }
            let words = read(&new.words)?;
            let (mut transaction, at) = portal.enter(&visitor).await?;
            new.length.said(new.draft.clone(), at.date()).terms(at.date()).map_err(|problem| Error::Invalid(problem.code()))?;
            let hash = portal.pepper.digest("share-name", &name);
            if !portal.may_ask(&mut transaction, &visitor, &hash, &words).await? {
                return Ok(());
            }
            sqlx::query!(
                "select set_config('chartkey.task', 'ask', true) as task, set_config('chartkey.selector', $1, true) as selector",
                name
            )
            .fetch_one(&mut *transaction)
            .await?;
            let found = sqlx::query_scalar!("select patient_id from share_name where name = $1", name).fetch_optional(&mut *transaction).await?;
            // The same is done for nobody.
            let patient = PatientId(found.unwrap_or_default());
            let is_blocked = portal.is_blocked(&mut transaction, &visitor, patient).await?;
            let found = found.filter(|_| !is_blocked).map(PatientId);
            sqlx::query!(
                "insert into access_request (account_id, organization_id, patient_id, name_hash, terms, length, words) values ($1, $2, $3, $4, $5, $6, $7)",
                account.0,
                organization.0,
                found.map(|patient| patient.0),
                hash,
                Json(&new.draft) as _,
                new.length.slug(),
                words.as_str()
            )
            .execute(&mut *transaction)
            .await?;
            let kept = new.kept.map(|kept| kept.0);
            sqlx::query!("delete from draft where draft_id = $1 and account_id = $2", kept, account.0).execute(&mut *transaction).await?;
            tell(transaction, &visitor, found, at, "access-asked").await
        })
        .await
    }

    /// Asks the patient of a share that the visitor has, or had within 90 days, for the same once more. They know them, so no share
    /// name is asked for, and how often is counted apart: neither says what the share name is.
    ///
    /// # Errors
    /// As [`Self::ask`]; and [`Error::NotFound`] where there is no such share.
    pub async fn ask_again(&self, visitor: &Visitor, grant: GrantId, length: Length, words: &str) -> Result<(), Error> {
        let (portal, visitor, words) = (self.clone(), visitor.clone(), read(words)?);
        detached(async move {
            let Actor::Clinician { account, organization, .. } = visitor.actor else { return Err(Error::NotFound) };
            let (mut transaction, at) = portal.enter(&visitor).await?;
            let (patient, draft) = once_shared(&mut transaction, &visitor, grant).await?;
            length.said(draft.clone(), at.date()).terms(at.date()).map_err(|problem| Error::Invalid(problem.code()))?;
            let hash = portal.pepper.digest("share-again", &patient.to_string());
            match portal.may_ask(&mut transaction, &visitor, &hash, &words).await {
                Ok(true) => {}
                told => {
                    transaction.rollback().await?;
                    return told.map(drop);
                }
            }
            sqlx::query!(
                "insert into access_request (account_id, organization_id, patient_id, name_hash, terms, length, words) values ($1, $2, $3, $4, $5, $6, $7)",
                account.0,
                organization.0,
                patient.0,
                hash,
                Json(&draft) as _,
                length.slug(),
                words.as_str()
            )
            .execute(&mut *transaction)
            .await?;
            tell(transaction, &visitor, Some(patient), at, "access-asked").await
        })
        .await
    }

    /// Refuses to ask again while the last request waits, and to ask too often. False where the same was asked just now: that is the
    /// second post of a double click.
    async fn may_ask(
        &self,
        transaction: &mut Transaction<'_, Postgres>,
        visitor: &Visitor,
        hash: &[u8],
        words: &Words,
    ) -> Result<bool, Error> {
        let account = visitor.actor.account().0;
        // One at a time: two requests at once see each other.
        sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1::uuid::text, 0))", account).execute(&mut **transaction).await?;
        let asked = sqlx::query!(
            r#"select coalesce(bool_or(name_hash = $2 and state = 'sent' and words = $3 and asked_at > now() - interval '1 minute'), false) as "is_again!",
                count(*) filter (where name_hash = $2 and state = 'sent') as "waiting!",
                count(*) filter (where name_hash = $2 and asked_at > now() - interval '30 days') as "again!",
                count(*) filter (where asked_at > now() - interval '1 day') as "today!"
            from access_request where account_id = $1"#,
            account,
            hash,
            words.as_str()
        )
        .fetch_one(&mut **transaction)
        .await?;
        match asked {
            asked if asked.is_again => Ok(false),
            asked if asked.waiting > 0 => Err(Error::Conflict("asked")),
            asked if asked.again >= AGAIN || asked.today >= A_DAY => Err(Error::TooManyTries),
            _ => Ok(true),
        }
    }

    /// What the visitor has asked for, the newest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] for anybody but a clinician.
    pub async fn asked(&self, visitor: &Visitor) -> Result<Vec<Asked>, Error> {
        let Actor::Clinician { account, .. } = visitor.actor else { return Err(Error::NotFound) };
        let (mut transaction, now) = self.enter(visitor).await?;
        let rows = sqlx::query!(
            r#"select r.request_id, r.terms as "terms: Json<Draft>", r.length, r.words, r.state, r.asked_at, g.grant_id as "grant_id?", g.sentence as "sentence?"
            from access_request r
            left join access_grant g on g.patient_id = r.patient_id and g.grant_id = r.grant_id and g.state = 'active'
                and coalesce(now() < gate.ends(g), true) and not gate.is_blocked(g.patient_id, r.account_id, r.organization_id)
            where r.account_id = $1 and r.asked_at > now() - interval '90 days' order by r.asked_at desc, r.request_id limit 100"#,
            account.0
        )
        .fetch_all(&mut *transaction)
        .await?;
        let ids: Vec<_> = rows.iter().map(|row| row.request_id).collect();
        let threads = threads(&mut transaction, &ids).await?;
        let asked: Vec<_> = rows
            .into_iter()
            .filter_map(|row| {
                Some(Asked {
                    id: RequestId(row.request_id),
                    terms: Length::of(&row.length).said(row.terms.0, now.date()).terms(now.date()).ok(),
                    words: row.words,
                    said: of(&threads, row.request_id),
                    state: RequestState::from_slug(&row.state)?,
                    grant: row.grant_id.map(GrantId).zip(row.sentence),
                    asked_at: row.asked_at,
                })
            })
            .collect();
        let what = What { action: "read".to_owned(), page: Some("asked".to_owned()), ..What::default() };
        let event = Event { at: now, who: visitor.into(), what, why: Why::Own };
        audit::append(&mut transaction, Chain::Account(account), &event).await?;
        transaction.commit().await?;
        Ok(asked)
    }

    /// Takes a request back.
    ///
    /// # Errors
    /// [`Error::NotFound`] where no request of the visitor's waits under this identifier.
    pub async fn withdraw_request(&self, visitor: &Visitor, request: RequestId) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let (mut transaction, at) = portal.enter(&visitor).await?;
            let asked = sqlx::query!(
                "update access_request set state = 'withdrawn', answered_at = now()
                where account_id = $1 and request_id = $2 and state = 'sent' returning patient_id",
                visitor.actor.account().0,
                request.0
            )
            .fetch_optional(&mut *transaction)
            .await?;
            let Some(asked) = asked else {
                return if is_now(&mut transaction, request, "withdrawn").await? { Ok(()) } else { Err(Error::NotFound) };
            };
            tell(transaction, &visitor, asked.patient_id.map(PatientId), at, "request-withdrawn").await
        })
        .await
    }

    pub(super) async fn say_as_asker(&self, visitor: &Visitor, request: RequestId, words: &Words) -> Result<(), Error> {
        let (mut transaction, at) = self.enter(visitor).await?;
        let asked = sqlx::query!(
            "select patient_id from access_request where account_id = $1 and request_id = $2 and state = 'sent'",
            visitor.actor.account().0,
            request.0
        )
        .fetch_optional(&mut *transaction)
        .await?
        .ok_or(Error::NotFound)?;
        if !say(&mut transaction, request, false, words).await? {
            return Ok(());
        }
        tell(transaction, visitor, asked.patient_id.map(PatientId), at, "request-explained").await
    }
}

/// Ends what a clinician did about a request: the open pages of the patient hear of it, and it is in their log.
/// To a patient who has blocked them by now it is as if they had asked nobody.
async fn tell(
    mut transaction: Transaction<'static, Postgres>,
    visitor: &Visitor,
    patient: Option<PatientId>,
    at: OffsetDateTime,
    action: &str,
) -> Result<(), Error> {
    let heard = patient.unwrap_or(PatientId(Uuid::nil()));
    sqlx::query!("select set_config('chartkey.patient', $1::uuid::text, true)", heard.0).fetch_one(&mut *transaction).await?;
    let Actor::Clinician { account, organization, .. } = visitor.actor else { return Err(Error::NotFound) };
    let is_blocked = sqlx::query_scalar!(r#"select gate.is_blocked($1, $2, $3) as "blocked!""#, heard.0, account.0, organization.0)
        .fetch_one(&mut *transaction)
        .await?;
    let patient = patient.filter(|_| !is_blocked);
    let heard = patient.unwrap_or(PatientId(Uuid::nil()));
    notices::send(&mut transaction, Notice::of_holder(heard)).await?;
    note(&mut transaction, visitor, patient, at, action).await?;
    transaction.commit().await?;
    Ok(())
}
