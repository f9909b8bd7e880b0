//! The patient's first page.

use chartkey_domain::{
    account::Visitor,
    id::{GrantId, PatientId},
};
use time::OffsetDateTime;

use crate::{
    Error, Opened, Portal,
    audit::Shown,
    entry::{Entry, entries},
};

/// At a glance.
#[derive(Debug, Clone)]
pub struct Home {
    /// The newest visits, reports, documents and vaccines, newest first.
    pub latest: Vec<Entry>,
    /// The visit that comes next, if one is planned.
    pub next_visit: Option<Entry>,
    /// Who can see the record now.
    pub grants: Vec<HomeGrant>,
    /// When this was read.
    pub now: OffsetDateTime,
}

/// A grant in force, in its own words.
#[derive(Debug, Clone)]
pub struct HomeGrant {
    /// Which.
    pub id: GrantId,
    /// What the patient confirmed.
    pub sentence: String,
    /// Since when.
    pub starts_at: OffsetDateTime,
    /// Until when; `None`: until the patient stops it.
    pub ends_at: Option<OffsetDateTime>,
}

impl Portal {
    /// The patient's own first page.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is not the visitor's own record.
    pub async fn home(&self, visitor: &Visitor, patient: PatientId) -> Result<Opened<Home>, Error> {
        let mut record = self.open(visitor, patient).await?;
        if !record.is_own() {
            return Err(Error::NotFound);
        }
        let rows = entries!(
            "where i.patient_id = $1 and i.item_id = any (array( \
                (select item_id from item where patient_id = $1 and not is_error and sort_at <= now() \
                    and (category in (5, 9, 10) or (category = 6 and resource_type = 'DiagnosticReport')) \
                    order by sort_at desc, item_id desc limit 6) \
                union all (select item_id from item where patient_id = $1 and category = 9 and not is_error and sort_at > now() \
                    and coalesce(status, '') <> all (array['cancelled', 'noshow']) order by sort_at, item_id limit 1))) \
             order by i.sort_at desc, i.item_id desc",
            patient.0
        )
        .fetch_all(record.connection())
        .await?;
        let grants = sqlx::query!(
            "select grant_id, sentence, starts_at, ends_at from access_grant
                where patient_id = $1 and state = 'active' and starts_at <= now() and (ends_at is null or ends_at > now())
                order by created_at desc, grant_id limit 20",
            patient.0
        )
        .map(|row| HomeGrant { id: GrantId(row.grant_id), sentence: row.sentence, starts_at: row.starts_at, ends_at: row.ends_at })
        .fetch_all(record.connection())
        .await?;
        let now = record.now();
        let (next, latest): (Vec<Entry>, Vec<Entry>) =
            rows.into_iter().map(Entry::from).partition(|entry| entry.when.is_some_and(|(first, _)| first > now));
        let mut shown = Shown::default();
        shown.entries(latest.iter().chain(&next));
        record.close("home", shown, Home { latest, next_visit: next.into_iter().next(), grants, now }).await
    }
}
