//! Changing a grant, which is never edited: its terms begin a draft, and what comes of it takes its place.

use chartkey_domain::{
    account::Visitor,
    category::Categories,
    draft::{Draft, End, Recipient, TypedDay},
    grant::{Grantee, Purpose},
    id::{AccountId, DraftId, GrantId, PatientId},
    label::Labels,
};
use sqlx::{PgConnection, types::Json};
use time::{Date, Duration, OffsetDateTime};

use super::things;
use crate::{
    Error, Portal,
    audit::Shown,
    pool::detached,
    record::{Record, grantee},
};

impl Portal {
    /// Begins a draft with the terms of a grant, in force or over. Its end is the same, or, where that is near or has passed, the one
    /// that is preset.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is none of the visitor's own that they could give so.
    pub async fn change_grant(&self, visitor: &Visitor, grant: GrantId) -> Result<DraftId, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            let draft = begun(&mut record, grant).await?;
            let id = begin(&mut record, draft).await?;
            record.close("grant", Shown::default(), id).await.map(|opened| opened.view)
        })
        .await
    }
}

/// A draft with the terms of a grant that the patient could give so.
pub(super) async fn begun(record: &mut Record, grant: GrantId) -> Result<Draft, Error> {
    let patient = record.whose().patient;
    let row = sqlx::query!(
        r#"select grantee_account_id, organization_id, professions, ends_at,
            coalesce(ends_at <= now() or gate.ends_soon(starts_at, ends_at), false) as "is_near!"
        from access_grant
        where patient_id = $1 and grant_id = $2 and purpose <> all (array['emergency', 'incapacity']) and made_by_account_id is null"#,
        patient.0,
        grant.0
    )
    .fetch_optional(record.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let grantee = grantee(row.grantee_account_id, row.organization_id, row.professions).ok_or(Error::NotFound)?;
    if let Grantee::Carer { account } = grantee
        && !may_help(record, account).await?
    {
        return Err(Error::NotFound);
    }
    let (end, until) = match row.ends_at {
        None => (End::Open, TypedDay::default()),
        Some(_) if row.is_near => (End::Preset, TypedDay::default()),
        Some(end) => (End::Day, TypedDay::from(last_day(end))),
    };
    let terms = terms_of(record.connection(), patient, grant).await?;
    Ok(Draft { recipient: Some(Recipient::Known(grantee)), things: things::of_grant(record, grant).await?, end, until, ..terms })
}

/// Whoever is given something as a carer without a code helps, or has until the patient or the time ended it: not who stopped by themselves.
pub(super) async fn may_help(record: &mut Record, account: AccountId) -> Result<bool, Error> {
    let patient = record.whose().patient;
    let helps = sqlx::query_scalar!(
        r#"select not exists (select from grant_event e
                where e.patient_id = g.patient_id and e.grant_id = g.grant_id and e.kind in ('given-back', 'unregistered')) as "helps!"
        from access_grant g
        where g.patient_id = $1 and g.grantee_account_id = $2 and g.organization_id is null and g.purpose <> 'incapacity'
        order by g.created_at desc, g.version_no desc limit 1"#,
        patient.0,
        account.0
    )
    .fetch_optional(record.connection())
    .await?;
    Ok(helps == Some(true))
}

/// Keeps a new draft. The second click of a double one goes on with the first.
pub(super) async fn begin(record: &mut Record, draft: Draft) -> Result<DraftId, Error> {
    let account = record.visitor().actor.account();
    let id = sqlx::query_scalar!(
        r#"with begun as (
            select draft_id from draft where account_id = $1 and kind = 'grant' and fields = $2 and created_at > now() - interval '1 minute'
            order by created_at limit 1
        ), made as (
            insert into draft (account_id, kind, fields) select $1, 'grant', $2 where not exists (select from begun) returning draft_id
        )
        select draft_id as "draft_id!" from begun union all select draft_id from made"#,
        account.0,
        Json(draft) as _
    )
    .fetch_one(record.connection())
    .await?;
    Ok(DraftId(id))
}

/// What a grant says of categories but for whom and how long, as answers to the questions before one.
pub(crate) async fn terms_of(connection: &mut PgConnection, patient: PatientId, grant: GrantId) -> Result<Draft, Error> {
    let row = sqlx::query!(
        r#"select purpose, purpose_text, categories, gate.labels_now(g) as "labels!", data_from, data_to, includes_new, may_export, may_write,
            may_delegate
        from access_grant g where patient_id = $1 and grant_id = $2"#,
        patient.0,
        grant.0
    )
    .fetch_one(connection)
    .await?;
    Ok(Draft {
        purpose: Purpose::from_slug(&row.purpose),
        purpose_text: row.purpose_text.unwrap_or_default(),
        categories: Categories::from_bits(row.categories),
        labels: Labels::from_bits(u8::try_from(row.labels).unwrap_or_default()),
        from: row.data_from.map(|from| TypedDay::from(from.date())).unwrap_or_default(),
        to: row.data_to.map(|to| TypedDay::from(last_day(to))).unwrap_or_default(),
        only_todays: !row.includes_new,
        may_export: row.may_export,
        may_write: row.may_write,
        may_delegate: row.may_delegate,
        ..Draft::default()
    })
}

/// The last day before a moment at which something is over.
fn last_day(over: OffsetDateTime) -> Date {
    (over - Duration::NANOSECOND).date()
}
