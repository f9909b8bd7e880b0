//! The patient's first page.

use chartkey_domain::{
    account::Visitor,
    id::{GrantId, PatientId},
};
use serde::Deserialize;
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error, Opened, Portal, activity,
    audit::Shown,
    entry::{Entry, entries},
    news::{Found, Look, News},
    record::Record,
    sharing,
};

/// At a glance.
#[derive(Debug, Clone)]
pub struct Home {
    /// What came in since the patient last looked here.
    pub news: News,
    /// The newest visits, reports, documents and vaccines, newest first, where nothing
    /// is new.
    pub latest: Vec<Entry>,
    /// The visit that comes next, if one is planned.
    pub next_visit: Option<Entry>,
    /// What waits for the patient.
    pub waiting: Waiting,
    /// Who can see the record now.
    pub grants: Vec<HomeGrant>,
    /// Whether somebody lets them help with a record.
    pub helps: bool,
    /// When this was read.
    pub now: OffsetDateTime,
}

/// What waits for a decision of the patient's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waiting {
    /// Codes that somebody redeemed, and whose grant the patient has not confirmed.
    pub codes: i64,
    /// Requests that the patient has not answered.
    pub requests: i64,
    /// Corrections that a clinician has answered last.
    pub answered: i64,
    /// Results that wait until the patient opens them.
    pub results: i64,
    /// Looks since the last visit that may not fit.
    pub unusual: usize,
    /// Emergencies that the patient has not read of.
    pub emergencies: i64,
    /// Whether the patient has not decided what opens in an emergency.
    pub is_undecided: bool,
}

/// A grant in force, in its own words.
#[derive(Debug, Clone, Deserialize)]
pub struct HomeGrant {
    /// Which.
    #[serde(rename = "grant_id")]
    pub id: GrantId,
    /// What the patient confirmed.
    pub sentence: String,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub starts_at: OffsetDateTime,
    /// Until when; `None`: until the patient stops it.
    #[serde(with = "time::serde::rfc3339::option")]
    pub ends_at: Option<OffsetDateTime>,
    /// Whether it was given within a week to a carer, or by somebody else than the patient: it stays on top for so long.
    pub stays_on_top: bool,
    /// Whether a clinician has passed it on, or a carer shared it.
    pub is_passed_on: bool,
    /// Whether that was a carer.
    pub is_by_carer: bool,
    /// Whether that is so soon that the patient is told.
    pub ends_soon: bool,
    /// Whether it is somebody's who helps.
    is_carers: bool,
    /// Whether it can last longer.
    #[serde(skip)]
    pub may_last_longer: bool,
}

impl Portal {
    /// The patient's own first page. A look at it counts for what is new.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is not the visitor's own record.
    pub async fn home(&self, visitor: &Visitor, patient: PatientId, look: Look) -> Result<Opened<Home>, Error> {
        let mut record = self.open(visitor, patient).await?;
        if !record.is_own() {
            return Err(Error::NotFound);
        }
        let now = record.now();
        let found = Found::of(&mut record, look).await?;
        let since_seq = found.since_seq.unwrap_or(0);
        let Asked { waiting, mut grants, helps, next } = asked(&mut record).await?;
        for grant in &mut grants {
            grant.may_last_longer = sharing::may_last_longer(&record, self.ages, grant.is_carers, grant.ends_at);
        }
        let newest = found.newest();
        let named: Vec<_> = newest.iter().copied().chain(next).collect();
        let rows = entries!(
            "where i.patient_id = $1 and i.item_id = any (array( \
                select item_id from item where patient_id = $1 and not is_error and sort_at <= now() and $2 \
                    and (category in (5, 9, 10) or (category = 6 and resource_type = 'DiagnosticReport')) \
                    and (item.behind = 0 or gate.is_first(item.patient_id, item.twin, item.behind)) \
                    order by sort_at desc, item_id desc limit 6) || $3::uuid[]) \
             order by i.sort_at desc, i.item_id desc",
            patient.0,
            newest.is_empty(),
            &named
        )
        .fetch_all(record.connection())
        .await?;
        let read: Vec<Entry> = rows.into_iter().map(Entry::from).collect();
        let news = found.with(&read);
        let next_visit = next.and_then(|next| read.iter().find(|entry| entry.id.0 == next).cloned());
        let is_latest = |entry: &Entry| newest.is_empty() && Some(entry.id.0) != next;
        let latest: Vec<Entry> = read.into_iter().filter(is_latest).collect();
        let unusual = activity::unusual_after(&mut record, since_seq).await?;
        let mut shown = Shown::default();
        shown.entries(latest.iter().chain(&next_visit).chain(news.entries()));
        let home = Home { news, latest, next_visit, waiting: Waiting { unusual, ..waiting }, grants, helps, now };
        record.close("home", shown, home).await
    }
}

/// What the first page asks beside the record's newest.
struct Asked {
    waiting: Waiting,
    grants: Vec<HomeGrant>,
    helps: bool,
    next: Option<Uuid>,
}

async fn asked(record: &mut Record) -> Result<Asked, Error> {
    let patient = record.whose().patient;
    let row = sqlx::query!(
        r#"select
            (select count(*) from grant_code where patient_id = $1 and state = 'redeemed') as "codes!",
            (select count(*) from access_request r where r.patient_id = $1 and r.state = 'sent'
                and not gate.is_blocked(r.patient_id, r.account_id, r.organization_id)) as "requests!",
            (select count(*) from correction where patient_id = $1 and state = 'answered') as "answered!",
            (select count(*) from emergency_look where patient_id = $1 and read_at is null) as "emergencies!",
            (select true from emergency_plan where patient_id = $1) is null as "is_undecided!",
            (select count(*) from item where patient_id = $1 and waits and not is_error
                and (item.behind = 0 or (select true from item b where b.patient_id = item.patient_id and b.twin = item.twin
                    and b.behind < item.behind and b.waits limit 1) is null)) as "results!",
            coalesce((select jsonb_agg(to_jsonb(g)) from (
                select h.grant_id, h.sentence, h.starts_at, h.ends_at,
                    (h.organization_id is null or h.parent_grant_id is not null) and h.created_at > now() - interval '7 days' as stays_on_top,
                    h.parent_grant_id is not null as is_passed_on, h.grantee_account_id is not null and h.organization_id is null as is_carers,
                    coalesce((select r.organization_id is null from access_grant r
                        where r.patient_id = h.patient_id and r.grant_id = h.parent_grant_id), false) as is_by_carer,
                    h.purpose <> all (array['emergency', 'incapacity']) and h.parent_grant_id is null and gate.ends_soon(h.starts_at, h.ends_at) as ends_soon
                from access_grant h
                where h.patient_id = $1 and h.state = 'active' and h.starts_at <= now() and (h.ends_at is null or h.ends_at > now())
                    and not gate.is_blocked(h.patient_id, h.grantee_account_id, h.organization_id)
                order by stays_on_top desc, ends_soon desc, h.created_at desc, h.grant_id limit 20
            ) g), '[]') as "grants!: Json<Vec<HomeGrant>>",
            exists (select from access_grant h where h.grantee_account_id = gate.account() and h.organization_id is null
                and h.state = 'active' and h.starts_at <= now() and (h.ends_at is null or h.ends_at > now())) as "helps!",
            (select item_id from item
                where patient_id = $1 and not is_error and sort_at > now() and resource_type = any (array['Appointment', 'Encounter'])
                    and coalesce(status, '') <> all (array['cancelled', 'noshow', 'waitlist'])
                order by sort_at, item_id limit 1) as next"#,
        patient.0
    )
    .fetch_one(record.connection())
    .await?;
    Ok(Asked {
        waiting: Waiting {
            codes: row.codes,
            requests: row.requests,
            answered: row.answered,
            results: row.results,
            unusual: 0,
            emergencies: row.emergencies,
            is_undecided: row.is_undecided,
        },
        grants: row.grants.0,
        helps: row.helps,
        next: row.next,
    })
}
