//! Reading the access log of one's own record, newest first, and stopping what one
//! does not recognise. Opening the log is written down too.

use chartkey_domain::{
    account::Visitor,
    id::{AccountId, GrantId},
    verdict::{Facts, Verdict},
};
use sqlx::types::Json;
use time::OffsetDateTime;

use crate::{
    Error, Opened, Portal,
    audit::{Chain, Event, Shown, What, Who, Why},
    emergency,
    pool::detached,
    record::Record,
    seal::State,
    sharing::suspend,
};

/// Entries on one page of the log.
pub const ENTRIES: usize = 40;
/// Entries looked at for one page at most: a filter that finds little ends here and
/// goes on from here on the next page.
const LOOKED_AT: i64 = 2_000;
/// Those of others looked at for the patient's first page at most.
const GLANCED_AT: i64 = 150;

/// Which entries to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Filter {
    /// Every one.
    #[default]
    All,
    /// Those that may not fit.
    Unusual,
    /// Those that showed nothing.
    Refused,
    /// Those of everybody but the patient.
    Others,
    /// Those of one account.
    Person(AccountId),
    /// None by itself: everybody but the patient, with how many are theirs.
    People,
}

/// Somebody else in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// As they were called last.
    pub who: Who,
    /// How many of the newest entries of others are theirs.
    pub entries: usize,
    /// Of these, those that may not fit.
    pub unusual: usize,
    /// The newest.
    pub last: OffsetDateTime,
}

/// One entry.
#[derive(Debug, Clone)]
pub struct LogEntry {
    /// Its place in the chain.
    pub seq: i64,
    /// What was written down.
    pub event: Event,
    /// What is said of it.
    pub verdict: Verdict,
    /// The grants that it rested on and that are in force now.
    pub stoppable: bool,
}

/// A page of the log.
#[derive(Debug, Clone)]
pub struct ActivityPage {
    /// Newest first.
    pub entries: Vec<LogEntry>,
    /// Where the next page begins, if there may be one.
    pub older: Option<i64>,
    /// For [`Filter::People`]: who was there last comes first.
    pub people: Vec<Person>,
    /// What happened in emergencies and the patient has not read; it stands first.
    pub emergencies: Vec<emergency::Look>,
    /// What shows that nothing of it was changed.
    pub state: State,
}

struct Row {
    seq: i64,
    event: Json<Event>,
    first_time: bool,
    stoppable: bool,
    named: bool,
}

impl Portal {
    /// The entries before `before`, or the newest.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor has no record of their own.
    pub async fn activity(&self, visitor: &Visitor, filter: Filter, before: Option<i64>) -> Result<Opened<ActivityPage>, Error> {
        let mut record = self.open_own(visitor).await?;
        // One more than a page is enough to know whether there is another.
        let limit = if filter == Filter::All { i64::try_from(ENTRIES).map_err(Error::internal)? + 1 } else { LOOKED_AT };
        let person = if let Filter::Person(account) = filter { Some(account) } else { None };
        let rows = rows(&mut record, Span { after: 0, before, limit, is_others: filter == Filter::People }, person).await?;
        let last = rows.last().map(|row| row.seq);
        let full = i64::try_from(rows.len()).is_ok_and(|count| count >= LOOKED_AT);
        let mut entries = rows.into_iter().map(|row| entry(row, visitor)).filter(|entry| matches(filter, entry));
        let (page, people, older) = if filter == Filter::People {
            (Vec::new(), people(entries), last.filter(|_| full))
        } else {
            let page: Vec<_> = entries.by_ref().take(ENTRIES).collect();
            let older = if entries.next().is_some() { page.last().map(|entry| entry.seq) } else { last.filter(|_| full) };
            (page, Vec::new(), older)
        };
        let emergencies = emergency::looks(&mut record, true).await?;
        let state = self.log_state(&mut record).await?;
        record.close("activity", Shown::default(), ActivityPage { entries: page, older, people, emergencies, state }).await
    }

    /// The patient does not recognise a look: every grant it rested on is paused at
    /// once. Returns how many were in force.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such entry of a grant's in the visitor's own log.
    pub async fn not_recognised(&self, visitor: &Visitor, seq: i64) -> Result<usize, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            let chain = Chain::Patient(record.whose().patient).to_string();
            let event = sqlx::query_scalar!(
                r#"select convert_from(bytes, 'UTF8')::jsonb as "event!: Json<Event>" from event where chain = $1 and seq = $2"#,
                chain,
                seq
            )
            .fetch_optional(record.connection())
            .await?;
            let Some(Json(Event { why: Why::Grant { grants, .. }, who, .. })) = event else { return Err(Error::NotFound) };
            let mut stopped: Vec<GrantId> = Vec::new();
            for grant in grants {
                if suspend(&mut record, grant.id).await?.is_some() {
                    stopped.push(grant.id);
                }
            }
            let what = What {
                action: "not-recognised".to_owned(),
                grant: stopped.first().copied(),
                items: u32::try_from(stopped.len()).unwrap_or(u32::MAX),
                text: Some(who.name),
                ..What::default()
            };
            record.finish(what).await?;
            Ok(stopped.len())
        })
        .await
    }
}

/// How many looks that came after this place in the chain are unusual: of the newest
/// [`GLANCED_AT`] by others.
pub(crate) async fn unusual_after(record: &mut Record, seq: i64) -> Result<usize, Error> {
    let rows = rows(record, Span { after: seq, before: None, limit: GLANCED_AT, is_others: true }, None).await?;
    let visitor = record.visitor();
    Ok(rows.into_iter().map(|row| entry(row, visitor)).filter(|entry| matches(Filter::Unusual, entry)).count())
}

/// A part of a chain, newest first.
struct Span {
    /// Later than this place.
    after: i64,
    /// Earlier than this one.
    before: Option<i64>,
    /// The most entries.
    limit: i64,
    /// Without those of the patient.
    is_others: bool,
}

async fn rows(record: &mut Record, span: Span, person: Option<AccountId>) -> Result<Vec<Row>, Error> {
    let patient = record.whose().patient;
    let own = record.visitor().actor.account();
    let rows = sqlx::query_as!(
        Row,
        r#"with page as (
            select seq, account_id, convert_from(bytes, 'UTF8')::jsonb as event from event
            where chain = $1 and ($2::bigint is null or seq < $2) and ($3::uuid is null or account_id = $3) and seq > $7
                and (not $8 or account_id is distinct from $6)
            order by seq desc limit $4
        )
        select page.seq as "seq!", page.event as "event!: Json<Event>",
            coalesce(page.account_id <> $6 and page.seq = (
                select seq from event where chain = $1 and account_id = page.account_id and is_by_grant order by seq limit 1
            ), false) as "first_time!",
            exists (
                select from jsonb_array_elements(page.event -> 'why' -> 'grants') used
                join access_grant g on g.grant_id = (used ->> 'id')::uuid and g.patient_id = $5
                where g.state = 'active' and (g.ends_at is null or g.ends_at > now())
            ) as "stoppable!",
            exists (
                select from jsonb_array_elements(page.event -> 'why' -> 'grants') used
                join access_grant g on g.grant_id = (used ->> 'id')::uuid and g.patient_id = $5
                where g.grantee_account_id is not null and g.parent_grant_id is null
            ) as "named!"
        from page
        order by page.seq desc"#,
        Chain::Patient(patient).to_string(),
        span.before,
        person.map(|person| person.0),
        span.limit,
        patient.0,
        own.0,
        span.after,
        span.is_others
    )
    .fetch_all(record.connection())
    .await?;
    Ok(rows)
}

/// By whom these are. Whoever has no account is known by their name.
fn people(entries: impl Iterator<Item = LogEntry>) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for LogEntry { event, verdict, .. } in entries {
        let is_same = |person: &&mut Person| match (person.who.account, event.who.account) {
            (None, None) => person.who.name == event.who.name,
            (one, other) => one == other,
        };
        let unusual = usize::from(matches!(verdict, Verdict::Unusual(_)));
        match people.iter_mut().find(is_same) {
            Some(person) => {
                person.entries += 1;
                person.unusual += unusual;
            }
            None => people.push(Person { who: event.who, entries: 1, unusual, last: event.at }),
        }
    }
    people
}

fn entry(row: Row, visitor: &Visitor) -> LogEntry {
    let Json(event) = row.event;
    let facts = Facts {
        at: event.at,
        own: event.who.account == Some(visitor.actor.account()),
        refused: event.why == Why::Refused,
        items: event.what.items,
        first_time: row.first_time,
        named: row.named,
        emergency: matches!(event.why, Why::Grant { emergency: Some(_), .. }),
    };
    LogEntry { seq: row.seq, verdict: Verdict::of(facts), stoppable: row.stoppable, event }
}

fn matches(filter: Filter, entry: &LogEntry) -> bool {
    match filter {
        Filter::All | Filter::Person(_) | Filter::People => true,
        Filter::Unusual => matches!(entry.verdict, Verdict::Unusual(_)),
        Filter::Refused => entry.verdict == Verdict::Refused,
        Filter::Others => entry.verdict != Verdict::You,
    }
}
