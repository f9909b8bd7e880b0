//! Reading the grants of one's own record: all of them, and one with its story.

use chartkey_domain::{
    account::Visitor,
    ages::Ages,
    category::Categories,
    grant::{GrantState, Purpose},
    id::{AccountId, GrantId},
    label::Labels,
};
use sqlx::types::Json;
use time::OffsetDateTime;

use super::{may_last_longer, things};
use crate::{
    Error, Opened, Portal,
    admissions::Checked,
    audit::{Chain, Event, Shown, What, Who},
    entry::Entry,
    record::Record,
};

/// A grant as the patient sees it.
#[derive(Debug, Clone)]
pub struct Whole {
    /// Which.
    pub id: GrantId,
    /// The clinician or carer, where it names one.
    pub name: Option<String>,
    /// Their account.
    pub account: Option<AccountId>,
    /// Where; a carer is nowhere.
    pub organization: Option<String>,
    /// Everybody with one of these professions, where it names nobody.
    pub professions: Vec<String>,
    /// What for.
    pub purpose: Purpose,
    /// Which categories.
    pub categories: Categories,
    /// Which sensitive labels.
    pub labels: Labels,
    /// From when on nothing sensitive is reached, where a birthday says so.
    pub labels_until: Option<OffsetDateTime>,
    /// What the patient read and confirmed.
    pub sentence: String,
    /// Whether a copy may be taken.
    pub may_export: bool,
    /// What the patient last did with it.
    pub state: GrantState,
    /// Whether it was ended by whoever was given it, who had helped the patient.
    pub is_given_back: bool,
    /// From when.
    pub starts_at: OffsetDateTime,
    /// The first moment at which it is over.
    pub ends_at: Option<OffsetDateTime>,
    /// When the patient ended it.
    pub ended_at: Option<OffsetDateTime>,
    /// Whether they get nothing, whatever they were given: the patient has blocked them, or the operator dismissed them.
    pub is_blocked: bool,
    /// Whether the operator has dismissed them.
    pub is_dismissed: bool,
    /// How the operator has checked the clinician, where their organization vouches for nobody.
    pub checked: Option<Checked>,
    /// Whether its last day is so near that the patient is told.
    pub ends_soon: bool,
    /// Whether the patient can give it anew with other terms ([`Portal::change_grant`]).
    pub may_change: bool,
    /// Whether it can last longer: it has a last day, and that is not where a child who gave it comes of age.
    pub may_last_longer: bool,
    /// Where a clinician has passed it on, or a carer shared it in the patient's place.
    pub passed_on: Option<PassedOn>,
}

/// From whom a grant is that the patient has not given themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOn {
    /// The grant that it rests on.
    pub of: GrantId,
    /// Who passed it on.
    pub by: String,
    /// Whether that is somebody who helps the patient.
    pub is_help: bool,
    /// Whether that grant is paused: until it goes on, this one cannot.
    pub is_held: bool,
}

impl Whole {
    /// Whether anything is seen through it.
    #[must_use]
    pub fn in_force(&self, now: OffsetDateTime) -> bool {
        !self.is_blocked && self.state == GrantState::Active && self.starts_at <= now && self.ends_at.is_none_or(|end| now < end)
    }

    /// Whether it is to somebody who helps the patient.
    #[must_use]
    pub const fn is_carer(&self) -> bool {
        self.account.is_some() && self.organization.is_none()
    }

    /// Whether it is over, by the patient or by its date.
    #[must_use]
    pub fn over(&self, now: OffsetDateTime) -> bool {
        matches!(self.state, GrantState::Withdrawn | GrantState::Replaced) || self.ends_at.is_some_and(|end| end <= now)
    }
}

/// Every grant of a record.
#[derive(Debug, Clone)]
pub struct SharingList {
    /// Newest first.
    pub grants: Vec<Whole>,
    /// Codes that wait for somebody, or for the patient.
    pub codes_waiting: i64,
    /// Requests that wait for the patient.
    pub requests_waiting: i64,
    /// The database's time.
    pub now: OffsetDateTime,
}

/// One line of a grant's story.
#[derive(Debug, Clone)]
pub struct StoryLine {
    /// `given`, `paused`, `resumed`, `withdrawn`, `replaced`, `given-back`, `passed-on`, `taken-back`, `ended-with` or
    /// `registered`.
    pub kind: String,
    /// The sentence as it was then.
    pub sentence: String,
    /// When.
    pub at: OffsetDateTime,
}

/// One look through a grant.
#[derive(Debug, Clone)]
pub struct Look {
    /// When.
    pub at: OffsetDateTime,
    /// By whom.
    pub who: Who,
    /// At what.
    pub what: What,
}

/// One grant with all that is known of it.
#[derive(Debug, Clone)]
pub struct GrantStory {
    /// The grant.
    pub grant: Whole,
    /// What was passed on of it, newest first.
    pub passed: Vec<Whole>,
    /// What became of it, oldest first.
    pub story: Vec<StoryLine>,
    /// The single things that it names, and whether each is open through it: what has changed since is not.
    pub things: Vec<(Entry, bool)>,
    /// The newest looks through it, newest first.
    pub looks: Vec<Look>,
    /// The database's time.
    pub now: OffsetDateTime,
}

impl Portal {
    /// Every grant of the visitor's own record.
    ///
    /// # Errors
    /// [`Error::NotFound`] where they have none.
    pub async fn sharing(&self, visitor: &Visitor) -> Result<Opened<SharingList>, Error> {
        let mut record = self.open_own(visitor).await?;
        let grants = grants(&mut record, self.ages, None).await?;
        let waiting = sqlx::query!(
            r#"select (select count(*) from grant_code
                where patient_id = $1 and (state = 'redeemed' or (state = 'waiting' and ends_at > now()))) as "codes!",
                (select count(*) from access_request r where r.patient_id = $1 and r.state = 'sent'
                    and not gate.is_blocked(r.patient_id, r.account_id, r.organization_id)) as "requests!""#,
            record.whose().patient.0
        )
        .fetch_one(record.connection())
        .await?;
        let list = SharingList { grants, codes_waiting: waiting.codes, requests_waiting: waiting.requests, now: record.now() };
        record.close("sharing", Shown::default(), list).await
    }

    /// One grant of the visitor's own record, its story, and who looked through it.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn grant(&self, visitor: &Visitor, grant: GrantId) -> Result<Opened<GrantStory>, Error> {
        let mut record = self.open_own(visitor).await?;
        let (mut whole, passed): (Vec<_>, Vec<_>) =
            grants(&mut record, self.ages, Some(grant)).await?.into_iter().partition(|one| one.id == grant);
        let Some(whole) = whole.pop() else { return Err(Error::NotFound) };
        let patient = record.whose().patient;
        let story = sqlx::query_as!(
            StoryLine,
            "select kind, sentence, at from grant_event where patient_id = $1 and grant_id = $2 order by event_no",
            patient.0,
            grant.0
        )
        .fetch_all(record.connection())
        .await?;
        let events = sqlx::query_scalar!(
            r#"select convert_from(bytes, 'UTF8')::jsonb as "event!: Json<Event>" from event
            where chain = $1 and convert_from(bytes, 'UTF8')::jsonb @> jsonb_build_object('why', jsonb_build_object(
                'kind', 'grant', 'grants', jsonb_build_array(jsonb_build_object('id', $2::text))))
            order by seq desc limit 200"#,
            Chain::Patient(patient).to_string(),
            grant.to_string()
        )
        .fetch_all(record.connection())
        .await?;
        let looks = events.into_iter().map(|Json(event)| Look { at: event.at, who: event.who, what: event.what }).collect();
        let (now, things) = (record.now(), things::named(&mut record, grant).await?);
        let mut shown = Shown::default();
        shown.entries(things.iter().map(|(entry, _)| entry));
        let what = What { grant: Some(grant), ..shown.what("read", "grant") };
        let whose = record.finish(what).await?;
        Ok(Opened { whose, view: GrantStory { grant: whole, passed, story, things, looks, now } })
    }
}

/// Every grant, or one with what was passed on of it.
async fn grants(record: &mut Record, ages: Ages, only: Option<GrantId>) -> Result<Vec<Whole>, Error> {
    let patient = record.whose().patient;
    let rows = sqlx::query!(
        r#"select (select true from grant_event e where e.patient_id = g.patient_id and e.grant_id = g.grant_id and e.kind = 'given-back')
                is not null as "is_given_back!", g.grant_id, g.grantee_account_id, a.display_name as "display_name?", o.name as "organization?", g.professions, g.purpose, g.categories,
            gate.labels_now(g) as "labels!", g.labels_until, g.sentence, g.may_export, g.state, g.starts_at, g.ends_at, g.ended_at,
            gate.is_blocked(g.patient_id, g.grantee_account_id, g.organization_id) as "is_blocked!",
            gate.is_dismissed(g.grantee_account_id) as "is_dismissed!", m.checked as "checked?", m.admitted_at as "admitted_at?",
            g.purpose <> all (array['emergency', 'incapacity']) and g.parent_grant_id is null and g.state = 'active' and gate.ends_soon(g.starts_at, g.ends_at) as "ends_soon!",
            g.purpose <> all (array['emergency', 'incapacity']) and g.made_by_account_id is null
                and not gate.is_dismissed(g.grantee_account_id) as "may_change!",
            g.parent_grant_id, b.display_name as "passed_on_by?", coalesce(r.state = 'paused', false) as "is_held!",
            r.organization_id is null as "is_help!"
        from access_grant g
        left join access_grant r on r.patient_id = g.patient_id and r.grant_id = g.parent_grant_id
        left join account b on b.account_id = g.made_by_account_id
        left join account a on a.account_id = g.grantee_account_id
        left join organization o on o.organization_id = g.organization_id
        left join clinician c on c.account_id = g.grantee_account_id
        left join admission m on m.organization_id = c.organization_id and m.subject = c.subject
        where g.patient_id = $1 and ($2::uuid is null or g.grant_id = $2 or g.parent_grant_id = $2)
        order by g.created_at desc, g.grant_id limit 500"#,
        patient.0,
        only.map(|only| only.0)
    )
    .fetch_all(record.connection())
    .await?;
    let grants = rows.into_iter().filter_map(|row| {
        let is_carer = row.grantee_account_id.is_some() && row.organization.is_none();
        Some(Whole {
            id: GrantId(row.grant_id),
            name: row.display_name,
            account: row.grantee_account_id.map(AccountId),
            organization: row.organization,
            professions: row.professions.unwrap_or_default(),
            purpose: Purpose::from_slug(&row.purpose)?,
            categories: Categories::from_bits(row.categories),
            labels: Labels::from_bits(u8::try_from(row.labels).ok()?),
            labels_until: row.labels_until,
            sentence: row.sentence,
            may_export: row.may_export,
            state: GrantState::from_slug(&row.state)?,
            is_given_back: row.is_given_back,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            ended_at: row.ended_at,
            is_blocked: row.is_blocked,
            is_dismissed: row.is_dismissed,
            checked: Checked::of(row.checked, row.admitted_at),
            ends_soon: row.ends_soon,
            may_change: row.may_change,
            may_last_longer: may_last_longer(record, ages, is_carer, row.ends_at),
            passed_on: row.parent_grant_id.zip(row.passed_on_by).map(|(of, by)| PassedOn {
                of: GrantId(of),
                by,
                is_help: row.is_help,
                is_held: row.is_held,
            }),
        })
    });
    Ok(grants.collect())
}
