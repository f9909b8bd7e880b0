//! Emergencies: what a patient lets open without a grant, decided in advance, and what happened through it.
//!
//! Nothing opens until the patient has decided. What opens is a grant like any other, of the plan's scope, to one clinician
//! who has signed in anew and given a reason, for an hour: so the door, the log, the lists and the patient's ways to stop it
//! are those of every grant.

use chartkey_domain::{
    account::Visitor,
    emergency::Extent,
    id::{GrantId, PatientId},
    label::Labels,
};
use sqlx::PgConnection;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error, Opened, Portal,
    accounts::Email,
    audit::{Shown, What},
    fresh,
    pool::detached,
    record::Record,
    secrets::{in_fours, letters_of, typed_code},
    sharing::{self, Sentence},
};

mod independent;
mod opening;
mod review;

pub use independent::IndependentEmergency;
pub use opening::Claim;
pub use review::{Finding, Open, Reviews};

/// The longest reason, in characters.
pub const LONGEST: usize = 600;
/// Where the sentence of what was opened has the name of who opened it.
pub const WHO: &str = "{who}";
/// The letters of a card's code; 5 bits each.
const CODE: usize = 12;
/// The longest name of a contact, in characters.
const NAME: usize = 200;

/// Whom the patient wants told at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// What the patient calls them.
    pub name: String,
    /// Where they read it.
    pub email: String,
}

/// What the patient has decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// How much opens.
    pub extent: Extent,
    /// With which sensitive labels.
    pub labels: Labels,
    /// What they read and confirmed.
    pub sentence: String,
    /// The code of their card, as it is typed; where nothing opens there is none.
    pub code: Option<String>,
    /// Who is told beside them.
    pub contact: Option<Contact>,
}

/// What a patient decides.
#[derive(Debug, Clone)]
pub struct NewPlan {
    /// How much opens.
    pub extent: Extent,
    /// The sensitive labels that were ticked for the summary.
    pub labels: Labels,
    /// What they have read.
    pub sentence: Sentence,
    /// The same as it will say who it was, with [`WHO`] in the place of their name.
    pub named: String,
    /// Who is told beside them, as typed: name and address, or neither.
    pub contact: Contact,
}

/// What happened in an emergency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The grant that it was.
    pub grant: GrantId,
    /// Who looked.
    pub name: String,
    /// Their profession, as their organization's sign-in names it.
    pub profession: String,
    /// Where they work.
    pub organization: String,
    /// Why, in their words.
    pub reason: String,
    /// When it opened.
    pub opened_at: OffsetDateTime,
    /// Whether it is open now.
    pub is_open: bool,
    /// Whether the patient has read that it happened.
    pub is_read: bool,
    /// What a review found: of somebody else of the organization, or of whoever admitted an independent clinician.
    pub review: Option<(Finding, String)>,
    /// Whether the operator reviews it, or has: who looked is nobody's colleague.
    pub is_operators: bool,
}

/// The plan and what happened.
#[derive(Debug, Clone)]
pub struct Emergency {
    /// `None`: not decided, so nothing opens.
    pub plan: Option<Plan>,
    /// The newest first.
    pub looks: Vec<Look>,
}

impl Portal {
    /// What the visitor has decided for an emergency, and what happened.
    ///
    /// # Errors
    /// [`Error::NotFound`] where they have no record.
    pub async fn emergency(&self, visitor: &Visitor) -> Result<Opened<Emergency>, Error> {
        let mut record = self.open_own(visitor).await?;
        let plan = self.plan(&mut record).await?;
        let looks = looks(&mut record, false).await?;
        record.close("emergency", Shown::default(), Emergency { plan, looks }).await
    }

    /// The code of the visitor's card, if anything opens by it.
    pub(crate) async fn card_code(&self, record: &mut Record) -> Result<Option<String>, Error> {
        Ok(self.plan(record).await?.and_then(|plan| plan.code))
    }

    async fn plan(&self, record: &mut Record) -> Result<Option<Plan>, Error> {
        let row = sqlx::query!(
            "select extent, labels, sentence, code_id, contact_name, contact_email from emergency_plan where patient_id = $1",
            record.whose().patient.0
        )
        .fetch_optional(record.connection())
        .await?;
        Ok(row.and_then(|row| {
            let extent = Extent::from_slug(&row.extent)?;
            Some(Plan {
                extent,
                labels: Labels::from_bits(u8::try_from(row.labels).ok()?),
                sentence: row.sentence,
                code: (extent != Extent::Nothing).then(|| in_fours(&self.emergency_code(row.code_id))),
                contact: row.contact_name.zip(row.contact_email).map(|(name, email)| Contact { name, email }),
            })
        }))
    }

    /// Decides what opens in an emergency, from now on. What is open by a wider plan ends.
    ///
    /// # Errors
    /// [`Error::Invalid`] with the code of what has to be written again, [`Error::SignInAgain`] where more opens than before, or
    /// somebody else is told, and the sign-in is not fresh, [`Error::NotFound`] where the visitor has no record.
    pub async fn decide_emergency(&self, visitor: &Visitor, new: NewPlan) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        let contact = contact(&new.contact)?;
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            // Whoever opens something just now has opened it before this, or finds what is decided here.
            sqlx::query!("select pg_advisory_xact_lock(hashtextextended('emergency plan ' || $1::uuid::text, 0))", record.whose().patient.0)
                .execute(record.connection())
                .await?;
            if opens_more(&portal.plan(&mut record).await?, &new, contact.as_ref()) {
                fresh::require(record.connection(), &visitor).await?;
            }
            let code = Uuid::new_v4();
            let (contact_name, contact_email) = contact.map(|contact| (contact.name, contact.email)).unzip();
            let changed = sqlx::query!(
                "insert into emergency_plan as p (patient_id, extent, categories, labels, sentence, named, language, catalogue_version,
                    code_id, code_hash, contact_name, contact_email)
                values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                on conflict (patient_id) do update set extent = excluded.extent, categories = excluded.categories, labels = excluded.labels,
                    sentence = excluded.sentence, named = excluded.named, language = excluded.language, catalogue_version = excluded.catalogue_version,
                    contact_name = excluded.contact_name, contact_email = excluded.contact_email, decided_at = now()
                where (p.extent, p.categories, p.labels, p.contact_name, p.contact_email)
                    is distinct from (excluded.extent, excluded.categories, excluded.labels, excluded.contact_name, excluded.contact_email)",
                record.whose().patient.0,
                new.extent.slug(),
                new.extent.categories().bits(),
                i16::from(new.extent.labels(new.labels).bits()),
                new.sentence.text,
                new.named,
                new.sentence.language,
                new.sentence.catalogue_version,
                code,
                portal.emergency_hash(&portal.emergency_code(code)),
                contact_name,
                contact_email
            )
            .execute(record.connection())
            .await?;
            // Deciding the same again changes nothing, and nothing is written.
            if changed.rows_affected() > 0 {
                end_wider(&mut record).await?;
                record.finish(What { action: "emergency-decided".to_owned(), text: Some(new.sentence.text), ..What::default() }).await?;
            }
            Ok(())
        })
        .await
    }

    /// Makes another code in the place of the one that was seen: a card that is lost opens nothing any more. Where another one
    /// is there by now, that stays.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor has decided nothing.
    pub async fn new_emergency_code(&self, visitor: &Visitor, seen: &str) -> Result<(), Error> {
        let (portal, visitor, seen) = (self.clone(), visitor.clone(), typed_code(seen));
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            sqlx::query!(
                "select pg_advisory_xact_lock(hashtextextended('emergency plan ' || $1::uuid::text, 0))",
                record.whose().patient.0
            )
            .execute(record.connection())
            .await?;
            let code = Uuid::new_v4();
            let made = sqlx::query!(
                "update emergency_plan set code_id = $2, code_hash = $3 where patient_id = $1 and code_hash = $4",
                record.whose().patient.0,
                code,
                portal.emergency_hash(&portal.emergency_code(code)),
                portal.emergency_hash(&seen)
            )
            .execute(record.connection())
            .await?;
            if made.rows_affected() > 0 {
                record.finish(What { action: "emergency-code-made".to_owned(), ..What::default() }).await?;
                return Ok(());
            }
            let is_there = portal.plan(&mut record).await?.is_some();
            let ended = record.undo(Error::NotFound).await;
            if is_there { Ok(()) } else { ended }
        })
        .await
    }

    /// The patient has read that their record was opened in an emergency.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such look of theirs.
    pub async fn read_emergency(&self, visitor: &Visitor, grant: GrantId) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            let read = sqlx::query_scalar!(
                r#"update emergency_look l set read_at = coalesce(l.read_at, now()) where l.patient_id = $1 and l.grant_id = $2
                returning read_at = now() as "is_new!""#,
                record.whose().patient.0,
                grant.0
            )
            .fetch_optional(record.connection())
            .await?;
            if read.ok_or(Error::NotFound)? {
                record.finish(What { action: "emergency-read".to_owned(), grant: Some(grant), ..What::default() }).await?;
            }
            Ok(())
        })
        .await
    }

    /// The code of a card, without dashes.
    fn emergency_code(&self, id: Uuid) -> String {
        letters_of(&self.pepper.digest("emergency-code", &id.to_string()), CODE)
    }

    /// What is kept of a code: enough to find whose it is, and not to print a card.
    fn emergency_hash(&self, typed: &str) -> Vec<u8> {
        self.pepper.digest("emergency-card", typed)
    }
}

/// Whether more opens by what is decided than before, or somebody else is told.
fn opens_more(before: &Option<Plan>, new: &NewPlan, contact: Option<&Contact>) -> bool {
    let (extent, labels) = before.as_ref().map_or((Extent::Nothing, Labels::NONE), |plan| (plan.extent, plan.labels));
    let categories = new.extent.categories().iter().any(|category| !extent.categories().contains(category));
    let told = before.as_ref().and_then(|plan| plan.contact.as_ref());
    categories || !new.extent.labels(new.labels).is_subset(labels) || (contact.is_some() && contact != told)
}

/// Ends the emergencies that show more than what is decided now: what still opens can be opened anew.
async fn end_wider(record: &mut Record) -> Result<(), Error> {
    let wider = sqlx::query_scalar!(
        "select g.grant_id from access_grant g join emergency_plan p on p.patient_id = g.patient_id
        where g.patient_id = $1 and g.purpose = 'emergency' and g.state in ('active', 'paused') and now() < g.ends_at
            and (g.categories & ~p.categories <> 0 or g.labels & ~p.labels <> 0)
        order by g.grant_id",
        record.whose().patient.0
    )
    .fetch_all(record.connection())
    .await?;
    for grant in wider {
        sharing::replace(record, GrantId(grant)).await?;
    }
    Ok(())
}

/// A contact as it can be kept; `None` where nobody was named.
fn contact(typed: &Contact) -> Result<Option<Contact>, Error> {
    let (name, email) = (typed.name.trim(), typed.email.trim());
    if name.is_empty() && email.is_empty() {
        return Ok(None);
    }
    if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
        return Err(Error::Invalid("contact-name"));
    }
    let email = Email::parse(email).ok_or(Error::Invalid("email"))?;
    Ok(Some(Contact { name: name.to_owned(), email: email.as_str().to_owned() }))
}

/// What happened in emergencies; all of it, or what the patient has not read.
pub(crate) async fn looks(record: &mut Record, is_unread: bool) -> Result<Vec<Look>, Error> {
    let patient: PatientId = record.whose().patient;
    looks_of(record.connection(), patient, is_unread).await
}

async fn looks_of(connection: &mut PgConnection, patient: PatientId, is_unread: bool) -> Result<Vec<Look>, Error> {
    let rows = sqlx::query!(
        r#"select l.grant_id, a.display_name, c.profession, o.name as organization, l.reason, l.opened_at, l.read_at,
            v.finding as "finding?", v.words as "words?", case when v.grant_id is null then gate.is_independent(l.organization_id) else v.account_id is null end as "is_operators!",
            g.state = 'active' and now() < g.ends_at and not gate.is_blocked(l.patient_id, l.account_id, l.organization_id) as "is_open!"
        from emergency_look l
        left join emergency_review v on v.patient_id = l.patient_id and v.grant_id = l.grant_id
        join access_grant g on g.patient_id = l.patient_id and g.grant_id = l.grant_id
        join account a on a.account_id = l.account_id
        join clinician c on c.account_id = l.account_id
        join organization o on o.organization_id = l.organization_id
        where l.patient_id = $1 and (l.read_at is null or not $2)
        order by l.opened_at desc, l.grant_id limit 100"#,
        patient.0,
        is_unread
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Look {
            grant: GrantId(row.grant_id),
            name: row.display_name,
            profession: row.profession,
            organization: row.organization,
            reason: row.reason,
            opened_at: row.opened_at,
            is_open: row.is_open,
            is_read: row.read_at.is_some(),
            review: row.finding.as_deref().and_then(Finding::from_slug).map(|finding| (finding, row.words.unwrap_or_default())),
            is_operators: row.is_operators,
        })
        .collect())
}
