//! What clinicians ask a patient for. Whoever asks names the patient by their share name and is told "Sent", whether or not
//! somebody is called so. The patient gives what they want of it, by the questions of any other grant; asks why; or refuses.

use chartkey_domain::{
    account::{Actor, Visitor},
    correction::Words,
    draft::{Draft, Recipient, Terms},
    grant::Grantee,
    id::{AccountId, DraftId, GrantId, OrganizationId, PatientId, RequestId},
};
use sqlx::{PgConnection, types::Json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error, Opened, Portal,
    admissions::Checked,
    audit::{self, Chain, Event, Shown, What, Why},
    codes::Redeemer,
    notices,
    notices::Notice,
    pool::detached,
    record::Record,
    secrets::{random_code, typed_code},
    sharing::things,
};

mod asking;

pub use asking::{Asked, Length, NewRequest};

/// The longest words of a request and of what is said about it, in characters: a form that is refused shows them again.
pub const LONGEST: usize = 600;

/// The most that is said about one request.
const MESSAGES: i64 = 20;

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestState {
    /// Nobody has answered.
    Sent,
    /// The patient has given a share, of all of it or of some.
    Given,
    /// They do not want to.
    Refused,
    /// Whoever asked needs it no more.
    Withdrawn,
}

impl RequestState {
    fn from_slug(slug: &str) -> Option<Self> {
        Some(match slug {
            "sent" => Self::Sent,
            "given" => Self::Given,
            "refused" => Self::Refused,
            "withdrawn" => Self::Withdrawn,
            _ => return None,
        })
    }
}

/// Who asks, and who vouches for them.
pub type Asker = Redeemer;

/// What was said about a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// By the patient, or by who asks.
    pub is_patient: bool,
    /// What.
    pub words: String,
    /// When.
    pub at: OffsetDateTime,
}

/// A request as the patient sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Which.
    pub id: RequestId,
    /// Who asks.
    pub asker: Asker,
    /// What for, what and until when, if it were given today; `None` where it cannot be.
    pub terms: Option<Terms>,
    /// Why, in their words.
    pub words: String,
    /// What was said about it, oldest first.
    pub said: Vec<Said>,
    /// Where it stands.
    pub state: RequestState,
    /// What became of it.
    pub grant: Option<GrantId>,
    /// When they asked.
    pub asked_at: OffsetDateTime,
}

/// Every request, and the name by which clinicians ask.
#[derive(Debug, Clone)]
pub struct Requests {
    /// The name; `None`: nobody can ask.
    pub name: Option<String>,
    /// Newest first.
    pub requests: Vec<Request>,
}

impl Portal {
    /// What was asked of the visitor, and their share name.
    ///
    /// # Errors
    /// [`Error::NotFound`] where they have no record.
    pub async fn requests(&self, visitor: &Visitor) -> Result<Opened<Requests>, Error> {
        let mut record = self.open_own(visitor).await?;
        let patient = record.whose().patient;
        let name =
            sqlx::query_scalar!("select name from share_name where patient_id = $1", patient.0).fetch_optional(record.connection()).await?;
        let requests = requests(&mut record).await?;
        record.close("requests", Shown::default(), Requests { name, requests }).await
    }

    /// Makes a share name in the place of the one that was seen, by which nobody asks any more. Where another one is there by now,
    /// that stays.
    ///
    /// # Errors
    /// As [`Self::requests`].
    pub async fn new_share_name(&self, visitor: &Visitor, seen: &str) -> Result<(), Error> {
        let (portal, visitor, seen) = (self.clone(), visitor.clone(), typed_code(seen));
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            let made = sqlx::query!(
                "insert into share_name as n (patient_id, name) values ($1, $2)
                on conflict (patient_id) do update set name = excluded.name, since = now() where n.name = $3",
                record.whose().patient.0,
                typed_code(&random_code()),
                seen
            )
            .execute(record.connection())
            .await?;
            if made.rows_affected() == 0 {
                return Ok(());
            }
            record.finish(What { action: "share-name-made".to_owned(), ..What::default() }).await?;
            Ok(())
        })
        .await
    }

    /// Nobody can ask by a name any more.
    ///
    /// # Errors
    /// As [`Self::requests`].
    pub async fn remove_share_name(&self, visitor: &Visitor) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            let removed =
                sqlx::query!("delete from share_name where patient_id = $1", record.whose().patient.0).execute(record.connection()).await?;
            if removed.rows_affected() > 0 {
                record.finish(What { action: "share-name-removed".to_owned(), ..What::default() }).await?;
            }
            Ok(())
        })
        .await
    }

    /// Begins the draft of a grant that answers a request: with what was asked for, for the patient to narrow, to see and to give.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it does not wait for the visitor.
    pub async fn answer_request(&self, visitor: &Visitor, request: RequestId) -> Result<DraftId, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            let found = sqlx::query!(
                r#"select r.account_id, r.organization_id, r.terms as "terms: Json<Draft>", r.length from access_request r
                where r.patient_id = $1 and r.request_id = $2 and r.state = 'sent' and not gate.is_blocked(r.patient_id, r.account_id, r.organization_id)
                for update"#,
                record.whose().patient.0,
                request.0
            )
            .fetch_optional(record.connection())
            .await?
            .ok_or(Error::NotFound)?;
            let grantee = Grantee::Clinician { account: AccountId(found.account_id), organization: OrganizationId(found.organization_id) };
            let asked = Length::of(&found.length).said(found.terms.0, record.now().date());
            let things = things::of_grantee(&mut record, &grantee, asked.purpose).await?;
            let draft = Draft { recipient: Some(Recipient::Known(grantee)), things, ..asked };
            // Whoever comes back finds what they have chosen.
            let id = sqlx::query_scalar!(
                r#"with begun as (select draft_id from draft where account_id = $1 and request_id = $3 and ends_at > now()
                    and fields -> 'recipient' = $2::jsonb -> 'recipient' order by created_at limit 1),
                new as (insert into draft (account_id, kind, fields, request_id)
                    select $1, 'grant', $2, $3 where not exists (select from begun) returning draft_id)
                select draft_id as "draft_id!" from begun union all select draft_id from new"#,
                visitor.actor.account().0,
                Json(draft) as _,
                request.0
            )
            .fetch_one(record.connection())
            .await?;
            record.close("requests", Shown::default(), DraftId(id)).await.map(|opened| opened.view)
        })
        .await
    }

    /// Refuses a request. It is kept.
    ///
    /// # Errors
    /// As [`Self::answer_request`].
    pub async fn refuse_request(&self, visitor: &Visitor, request: RequestId) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            let Some(asker) = settle(&mut record, request, "refused", None).await? else {
                // The second post of a double click: the first has refused it.
                return if is_now(record.connection(), request, "refused").await? { Ok(()) } else { Err(Error::NotFound) };
            };
            sqlx::query!("delete from draft where request_id = $1", request.0).execute(record.connection()).await?;
            notices::send(record.connection(), Notice::of_account(asker)).await?;
            let name = called(record.connection(), asker).await?;
            record.finish(What { action: "request-refused".to_owned(), text: name, ..What::default() }).await?;
            Ok(())
        })
        .await
    }

    /// Says something about a request that waits: the patient asks why, and who asked answers.
    ///
    /// # Errors
    /// [`Error::Invalid`] where there are no words, too many, or too many messages, [`Error::NotFound`] where no request of
    /// the visitor's waits under this identifier.
    pub async fn write_to_request(&self, visitor: &Visitor, request: RequestId, words: &str) -> Result<(), Error> {
        let (portal, visitor, words) = (self.clone(), visitor.clone(), read(words)?);
        detached(async move {
            if matches!(visitor.actor, Actor::Clinician { .. }) {
                return portal.say_as_asker(&visitor, request, &words).await;
            }
            let mut record = portal.open_own(&visitor).await?;
            let asker = sqlx::query_scalar!(
                "select account_id from access_request where patient_id = $1 and request_id = $2 and state = 'sent'
                    and not gate.is_blocked(patient_id, account_id, organization_id)",
                record.whose().patient.0,
                request.0
            )
            .fetch_optional(record.connection())
            .await?
            .ok_or(Error::NotFound)?;
            if !say(record.connection(), request, true, &words).await? {
                return Ok(());
            }
            notices::send(record.connection(), Notice::of_account(AccountId(asker))).await?;
            record.finish(What { action: "request-written".to_owned(), ..What::default() }).await?;
            Ok(())
        })
        .await
    }
}

/// Words as they can be kept.
fn read(typed: &str) -> Result<Words, Error> {
    Words::parse(typed).filter(|words| words.as_str().chars().count() <= LONGEST).ok_or(Error::Invalid("request-words"))
}

/// What became of the request that a draft answers: the share that was given to who asked.
pub(crate) async fn given(record: &mut Record, request: RequestId, grantee: &Grantee, grant: GrantId) -> Result<(), Error> {
    let asked_by = sqlx::query_scalar!("select account_id from access_request where request_id = $1", request.0)
        .fetch_optional(record.connection())
        .await?;
    // The patient may have chosen somebody else on the way.
    let is_asker = matches!(grantee, Grantee::Clinician { account, .. } if Some(account.0) == asked_by);
    if is_asker && settle(record, request, "given", Some(grant)).await?.is_none() {
        // Refused, or taken back, since they began to answer it.
        return Err(Error::Conflict("changed"));
    }
    Ok(())
}

/// The guarded step of a request of the patient's; who asked, or `None` where it does not wait.
async fn settle(record: &mut Record, request: RequestId, state: &str, grant: Option<GrantId>) -> Result<Option<AccountId>, Error> {
    let asker = sqlx::query_scalar!(
        "update access_request set state = $3, grant_id = $4, answered_at = now()
        where patient_id = $1 and request_id = $2 and state = 'sent' returning account_id",
        record.whose().patient.0,
        request.0,
        state,
        grant.map(|grant| grant.0)
    )
    .fetch_optional(record.connection())
    .await?;
    Ok(asker.map(AccountId))
}

/// Whether a request of the transaction's is in this state.
async fn is_now(connection: &mut PgConnection, request: RequestId, state: &str) -> Result<bool, Error> {
    let found = sqlx::query_scalar!("select state from access_request where request_id = $1", request.0).fetch_optional(connection).await?;
    Ok(found.as_deref() == Some(state))
}

/// Says it; false where the same was said just now: that is the second post of a double click.
async fn say(connection: &mut PgConnection, request: RequestId, is_patient: bool, words: &Words) -> Result<bool, Error> {
    // One at a time: two messages at once see each other.
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1::uuid::text, 0))", request.0).execute(&mut *connection).await?;
    let is_again = sqlx::query_scalar!(
        r#"select exists (select from access_request_message where request_id = $1 and is_patient = $2 and words = $3
            and at > now() - interval '1 minute') as "again!""#,
        request.0,
        is_patient,
        words.as_str()
    )
    .fetch_one(&mut *connection)
    .await?;
    if is_again {
        return Ok(false);
    }
    let said = sqlx::query!(
        "insert into access_request_message (request_id, message_no, is_patient, words)
        select $1, count(*) + 1, $2, $3 from access_request_message where request_id = $1 having count(*) < $4",
        request.0,
        is_patient,
        words.as_str(),
        MESSAGES
    )
    .execute(connection)
    .await?;
    if said.rows_affected() == 1 { Ok(true) } else { Err(Error::Invalid("request-full")) }
}

async fn called(connection: &mut PgConnection, account: AccountId) -> Result<Option<String>, Error> {
    crate::whom::called(connection, chartkey_domain::policy::Whom::Account(account)).await
}

/// What was said about these requests, oldest first.
async fn threads(connection: &mut PgConnection, requests: &[Uuid]) -> Result<Vec<(Uuid, Said)>, Error> {
    let rows = sqlx::query!(
        "select request_id, is_patient, words, at from access_request_message where request_id = any ($1) order by request_id, message_no",
        requests
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (row.request_id, Said { is_patient: row.is_patient, words: row.words, at: row.at })).collect())
}

fn of(threads: &[(Uuid, Said)], request: Uuid) -> Vec<Said> {
    threads.iter().filter(|(id, _)| *id == request).map(|(_, said)| said.clone()).collect()
}

async fn requests(record: &mut Record) -> Result<Vec<Request>, Error> {
    let today = record.now().date();
    let rows = sqlx::query!(
        r#"select r.request_id, r.terms as "terms: Json<Draft>", r.length, r.words, r.state, r.grant_id, r.asked_at,
            r.account_id, a.display_name, c.profession, r.organization_id, o.name as organization, c.issuer, c.signed_in_at,
            m.checked as "checked?", m.admitted_at as "admitted_at?"
        from access_request r
        join account a on a.account_id = r.account_id
        join clinician c on c.account_id = r.account_id
        join organization o on o.organization_id = r.organization_id
        left join admission m on m.organization_id = c.organization_id and m.subject = c.subject
        where r.patient_id = $1 and (r.state <> 'sent' or not gate.is_blocked(r.patient_id, r.account_id, r.organization_id))
        order by r.state = 'sent' desc, r.asked_at desc, r.request_id limit 100"#,
        record.whose().patient.0
    )
    .fetch_all(record.connection())
    .await?;
    let ids: Vec<_> = rows.iter().map(|row| row.request_id).collect();
    let threads = threads(record.connection(), &ids).await?;
    let requests = rows.into_iter().filter_map(|row| {
        Some(Request {
            id: RequestId(row.request_id),
            asker: Asker {
                account: AccountId(row.account_id),
                name: row.display_name,
                profession: row.profession,
                organization: OrganizationId(row.organization_id),
                organization_name: row.organization,
                issuer: row.issuer,
                signed_in_at: row.signed_in_at,
                checked: Checked::of(row.checked, row.admitted_at),
            },
            terms: Length::of(&row.length).said(row.terms.0, today).terms(today).ok(),
            words: row.words,
            said: of(&threads, row.request_id),
            state: RequestState::from_slug(&row.state)?,
            grant: row.grant_id.map(GrantId),
            asked_at: row.asked_at,
        })
    });
    Ok(requests.collect())
}

/// The event of a request that was sent: in the patient's chain, or where nobody is called so in the system's.
async fn note(
    connection: &mut PgConnection,
    visitor: &Visitor,
    patient: Option<PatientId>,
    at: OffsetDateTime,
    action: &str,
) -> Result<(), Error> {
    let (chain, why) = patient.map_or((Chain::System, Why::Refused), |patient| (Chain::Patient(patient), Why::Asked));
    let event = Event { at, who: visitor.into(), what: What { action: action.to_owned(), ..What::default() }, why };
    audit::append(connection, chain, &event).await
}
