//! The log of a record as somebody who helps reads it: what they did themselves, and looks of others at nothing but what they
//! may see too. What is not on it leaves no gap: no count, no place in the chain, no digest.

use chartkey_domain::{
    account::{Actor, Visitor},
    id::PatientId,
};
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error, Opened, Portal,
    audit::{Chain, Event, Shown, UsedGrant, Who, Why},
};

/// Entries on one page; more where the last of them were at one moment.
pub const ENTRIES: usize = 40;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: OffsetDateTime,
    /// Who.
    pub who: Who,
    /// A stable word, as [`crate::audit::What`] has it.
    pub action: String,
    /// The page, or what was done there.
    pub page: Option<String>,
    /// The categories of what was shown, by slug.
    pub categories: Vec<String>,
    /// Why it was allowed.
    pub why: Reason,
}

/// Why it was allowed, as far as somebody who helps learns it: what others were given is between them and the patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// What the reader was given themselves.
    Yours(Vec<UsedGrant>),
    /// What somebody else was given.
    Given,
    /// It was opened in an emergency.
    Emergency,
}

/// A page of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelperLog {
    /// Newest first.
    pub entries: Vec<Entry>,
    /// What came before this time is on the next page, if there is one.
    pub older: Option<OffsetDateTime>,
}

impl Portal {
    /// What came before `before`, or the newest.
    ///
    /// # Errors
    /// [`Error::NotFound`] for everybody who does not help: the patient's is [`Self::activity`], and a clinician has none.
    pub async fn helper_log(
        &self,
        visitor: &Visitor,
        patient: PatientId,
        before: Option<OffsetDateTime>,
    ) -> Result<Opened<HelperLog>, Error> {
        let mut record = self.open(visitor, patient).await?;
        if record.is_own() || !matches!(visitor.actor, Actor::Person { .. }) {
            return record.refuse().await;
        }
        sqlx::query!("select set_config('chartkey.task', 'helper-log', true)").fetch_one(record.connection()).await?;
        let rows = sqlx::query!(
            r#"select s.shown_at, convert_from(e.bytes, 'UTF8')::jsonb as "event!: Json<Event>"
            from (
                select chain, seq, shown_at from event_shown
                where chain = $1 and shown_at < coalesce($2::timestamptz, 'infinity')
                order by shown_at desc fetch first $3 rows with ties
            ) s
            join event e on e.chain = s.chain and e.seq = s.seq
            order by s.shown_at desc, s.seq desc"#,
            Chain::Patient(patient).to_string(),
            before,
            // One more than a page is enough to know whether there is another.
            i64::try_from(ENTRIES).map_err(Error::internal)? + 1
        )
        .fetch_all(record.connection())
        .await?;
        sqlx::query!("select set_config('chartkey.task', '', true)").fetch_one(record.connection()).await?;
        let last = rows.get(ENTRIES - 1).map(|row| row.shown_at);
        let older = last.filter(|_| rows.len() > ENTRIES);
        let on_page = rows.into_iter().take_while(|row| last.is_none_or(|last| row.shown_at >= last));
        let entries = on_page.map(|row| entry(row.shown_at, row.event.0, visitor)).collect();
        record.close("activity", Shown::default(), HelperLog { entries, older }).await
    }
}

fn entry(at: OffsetDateTime, Event { who, what, why, .. }: Event, visitor: &Visitor) -> Entry {
    let is_own = who.account == Some(visitor.actor.account());
    let why = match why {
        Why::Grant { grants, .. } if is_own => Reason::Yours(grants),
        Why::Grant { emergency: Some(_), .. } => Reason::Emergency,
        _ => Reason::Given,
    };
    Entry { at, who, action: what.action, page: what.page, categories: what.categories, why }
}

/// What an event has shown, where somebody who helps may read it: it was done through a share, by one of those who help, or it
/// has items.
pub(crate) fn shown_by(chain: Chain, event: &Event) -> Option<Vec<Uuid>> {
    let is_shared = matches!((chain, &event.why), (Chain::Patient(_), Why::Grant { .. }));
    let shown: Vec<_> = event.what.shown.iter().map(|item| item.0).collect();
    (is_shared && (event.who.is_person() || !shown.is_empty())).then_some(shown)
}
