//! A patient looks at their own record with the eyes of somebody to whom they have given a grant or a code, or are about to.
//!
//! The door lets the patient in, finds out whose eyes these are, and writes the one event. From then on the transaction
//! is the grantee's (`gate.preview`): what is in force is loaded as it is for them, the policy decides for them, and
//! PostgreSQL is told what it would be told. Nothing that is shown is decided anywhere else, and nothing can be written.
//!
//! What a code would show to whoever redeems it is also read so that its patient can give it on paper.

use std::collections::BTreeMap;

use chartkey_domain::{
    account::{Actor, Visitor},
    category::Category,
    draft::{Draft, Recipient, Terms},
    grant::{Grant, GrantState, Grantee, Purpose},
    id::{AccountId, CodeId, GrantId, ItemId, OrganizationId, PatientId, PreviewId},
    item::ItemFacts,
    label::Labels,
    policy::{Decision, decide},
};
use sqlx::{PgConnection, Postgres, Transaction, types::Json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Loaded, Record, SharedGrant, Viewer, in_force::grantee, tell};
use crate::{
    Error, LABEL_TABLE_VERSION, Portal,
    audit::{self, Chain, Event, Shown, What, Why},
    sharing::{Sentence, check_grantee},
};

/// Whose eyes a patient looks with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Eyes {
    /// A clinician's at an organization.
    Clinician {
        /// Their name, as their organization gives it.
        name: String,
        /// Where.
        organization: String,
    },
    /// Those of somebody with one of these professions, to whom nothing else is given by name.
    Professions {
        /// As the organization's sign-in names them.
        professions: Vec<String>,
        /// Where.
        organization: String,
    },
    /// Those of whoever will redeem a code, to whom nothing else is given.
    Code,
    /// A carer's.
    Carer {
        /// Their name.
        name: String,
    },
    /// Those of whoever will redeem a code as a carer, to whom nothing else is given.
    CarerCode,
}

impl Eyes {
    /// Whether they are those of somebody who helps, and not a clinician's.
    #[must_use]
    pub const fn is_carer(&self) -> bool {
        matches!(self, Self::Carer { .. } | Self::CarerCode)
    }
}

/// Where what a patient looks at stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It is a grant in force.
    Given,
    /// It is a draft, of which the patient may make one.
    Drafted,
    /// It is a code that waits for somebody.
    Coded,
}

/// What a patient looks at in advance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The grant, its draft, or its code, by its identifier.
    pub id: PreviewId,
    /// Which of them it is.
    pub stage: Stage,
    /// With whose eyes.
    pub eyes: Eyes,
}

/// How much of one category is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PreviewedPart {
    /// Of which.
    pub category: Category,
    /// How many things the grantee sees.
    pub shown: i64,
    /// How many there are beside them.
    pub kept: i64,
}

impl Portal {
    /// Of each category of the visitor's own record that has anything: how much the grantee of a [`Self::previewing`]
    /// portal sees, and how much they do not. Things are counted as lists show them.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor has no such grant or draft, or its grantee sees nothing at all.
    pub async fn preview_parts(&self, visitor: &Visitor, patient: PatientId) -> Result<Vec<PreviewedPart>, Error> {
        let (mut transaction, entered) = self.step_in(visitor, patient).await?;
        let Some(preview) = self.preview.filter(|_| entered.own) else { return Err(Error::NotFound) };
        let subject = Subject::of(&mut transaction, visitor, patient, preview, entered.at).await?;
        let all = counted(&mut transaction, patient).await?;
        let mut record = subject.open(transaction, visitor, patient, entered.at).await?;
        let shown = counted(record.connection(), patient).await?;
        let part = |(category, count): (Category, i64)| {
            let shown = shown.get(&category).copied().unwrap_or_default();
            PreviewedPart { category, shown, kept: (count - shown).max(0) }
        };
        let parts = all.into_iter().map(part).collect();
        Ok(record.close("preview", Shown::default(), parts).await?.view)
    }
}

impl Portal {
    /// Opens the visitor's own record as it would be open to a clinician who redeems this code, to whom nothing else was
    /// given; with the sentence of the code. Nothing is written: whoever reads it notes what is taken.
    ///
    /// # Errors
    /// [`Error::NotFound`] where no such code of theirs waits for a clinician.
    pub(crate) async fn open_coded(&self, visitor: &Visitor, patient: PatientId, code: CodeId) -> Result<(Record, String), Error> {
        let (mut transaction, entered) = self.step_in(visitor, patient).await?;
        if !entered.own {
            return Err(Error::NotFound);
        }
        let found = coded(&mut transaction, patient, code, entered.at).await?.filter(|found| !found.recipient.is_carer());
        let found = found.ok_or(Error::NotFound)?;
        let sentence = found.sentence.clone();
        let subject = Subject::found(&mut transaction, patient, PreviewId(code.0), found).await?;
        Ok((subject.open(transaction, visitor, patient, entered.at).await?, sentence))
    }
}

/// How many things of each category whoever the transaction is for sees in lists.
async fn counted(connection: &mut PgConnection, patient: PatientId) -> Result<BTreeMap<Category, i64>, Error> {
    let rows = sqlx::query!(
        r#"select category, count(*) as "count!" from item i where i.patient_id = $1 and not i.is_error
            and (i.behind = 0 or gate.is_first(i.patient_id, i.twin, i.behind))
        group by category"#,
        patient.0
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (Category::from_number(row.category).unwrap_or(Category::Own), row.count)).collect())
}

/// A preview before it is opened: whose eyes these are, and what they are given.
pub(super) struct Subject {
    preview: Preview,
    actor: Actor,
    purpose: Purpose,
    /// The grant of a draft or a code, with its words.
    given: Option<(Grant, SharedGrant)>,
    /// What the patient has not opened yet.
    waiting: Vec<ItemId>,
}

impl Subject {
    /// Finds the grant in force, the draft or the code among the patient's own, and writes down that it is looked at, unless
    /// that was done within the hour. The transaction has entered their own record.
    pub(super) async fn of(
        connection: &mut PgConnection,
        visitor: &Visitor,
        patient: PatientId,
        preview: PreviewId,
        now: OffsetDateTime,
    ) -> Result<Self, Error> {
        let found = match granted(connection, patient, preview).await? {
            Some(found) => found,
            None => match drafted(connection, visitor, preview, now).await? {
                Some(found) => found,
                None => coded(connection, patient, CodeId(preview.0), now).await?.ok_or(Error::NotFound)?,
            },
        };
        if is_due(connection, visitor, patient, preview, &found.sentence).await? {
            let grant = (found.stage == Stage::Given).then_some(GrantId(preview.0));
            let what = What { action: "previewed".to_owned(), grant, text: Some(found.sentence.clone()), ..What::default() };
            let event = Event { at: now, who: visitor.into(), what, why: Why::Own };
            audit::append(connection, Chain::Patient(patient), &event).await?;
        }
        Self::found(connection, patient, preview, found).await
    }

    async fn found(connection: &mut PgConnection, patient: PatientId, preview: PreviewId, found: Found) -> Result<Self, Error> {
        let Found { recipient, purpose, sentence, given, stage } = found;
        // What was given was checked then; a draft may name whom it cannot be given to.
        if let (Recipient::Known(grantee), Some(_)) = (&recipient, &given) {
            check_grantee(connection, grantee)
                .await
                .map_err(|error| if matches!(error, Error::Invalid(_)) { Error::NotFound } else { error })?;
        }
        let (actor, eyes) = seen_by(connection, &recipient).await?;
        let waiting =
            sqlx::query_scalar!("select item_id from item where patient_id = $1 and waits", patient.0).fetch_all(connection).await?;
        Ok(Self {
            waiting: waiting.into_iter().map(ItemId).collect(),
            preview: Preview { id: preview, stage, eyes },
            actor,
            purpose,
            given: given.map(|grant| {
                let words = SharedGrant { id: grant.id, sentence, ends_at: grant.ends_at, emergency: None };
                (grant, words)
            }),
        })
    }

    /// Opens the record as it is open to the grantee, or will be when the draft has been given.
    pub(super) async fn open(
        self,
        mut transaction: Transaction<'static, Postgres>,
        visitor: &Visitor,
        patient: PatientId,
        now: OffsetDateTime,
    ) -> Result<Record, Error> {
        let (organization, profession) = match &self.actor {
            Actor::Person { .. } => (None, None),
            Actor::Clinician { organization, profession, .. } => {
                (Some(organization.0).filter(|organization| !organization.is_nil()), Some(profession.as_str()))
            }
        };
        sqlx::query!("select gate.preview($1, $2, $3)", self.actor.account().0, organization, profession)
            .execute(&mut *transaction)
            .await?;
        let purpose = matches!(self.actor, Actor::Clinician { .. }).then_some(self.purpose);
        let mut loaded = Loaded::load_with(&mut transaction, patient, self.given).await?;
        // Whoever lets results wait for their own eyes does not come upon them with somebody else's.
        for item in self.waiting {
            let singled = &mut loaded.in_force.singled;
            singled.retain(|facts| facts.id != item);
            singled.push(unopened(item, now));
        }
        // Whom the patient has blocked sees nothing, whatever they are given.
        let Decision::Shared(permission) = decide(&self.actor, purpose, &loaded.in_force, now) else { return Err(Error::NotFound) };
        let head = tell(&mut transaction, &loaded, &permission, LABEL_TABLE_VERSION).await?;
        let (reader_name, organization_name) = self.preview.eyes.names();
        let reader = Visitor {
            actor: self.actor,
            name: reader_name,
            organization_name,
            purposes: purpose.map(|purpose| (patient, purpose)).into_iter().collect(),
            ..visitor.clone()
        };
        let viewer = Viewer::through(&loaded, &permission, &reader.actor, now);
        let whose = head.of(patient, viewer, Some(self.preview));
        Ok(Record { transaction, visitor: reader, purpose, whose, permission: Some(permission), now })
    }
}

/// To its own patient an item that waits is as if it were private.
const fn unopened(id: ItemId, added_at: OffsetDateTime) -> ItemFacts {
    ItemFacts {
        id,
        version: 0,
        category: Category::Own,
        labels: Labels::NONE,
        labels_current: false,
        when: None,
        added_at,
        is_private: true,
    }
}

impl Eyes {
    fn names(&self) -> (String, Option<String>) {
        match self {
            Self::Clinician { name, organization } => (name.clone(), Some(organization.clone())),
            Self::Professions { organization, .. } => (String::new(), Some(organization.clone())),
            Self::Code | Self::CarerCode => (String::new(), None),
            Self::Carer { name } => (name.clone(), None),
        }
    }
}

/// What a preview is of.
struct Found {
    recipient: Recipient,
    purpose: Purpose,
    sentence: String,
    /// Not yet given.
    given: Option<Grant>,
    stage: Stage,
}

/// A grant of the patient's that is in force.
async fn granted(connection: &mut PgConnection, patient: PatientId, preview: PreviewId) -> Result<Option<Found>, Error> {
    let row = sqlx::query!(
        "select grantee_account_id, organization_id, professions, purpose, sentence from access_grant
        where patient_id = $1 and grant_id = $2 and state = 'active' and starts_at <= now() and (ends_at is null or now() < ends_at)",
        patient.0,
        preview.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.and_then(|row| {
        let grantee = grantee(row.grantee_account_id, row.organization_id, row.professions)?;
        let purpose = Purpose::from_slug(&row.purpose)?;
        Some(Found { recipient: Recipient::Known(grantee), purpose, sentence: row.sentence, given: None, stage: Stage::Given })
    }))
}

/// A draft of the visitor's that is complete, with the sentence that they had before them.
async fn drafted(
    connection: &mut PgConnection,
    visitor: &Visitor,
    preview: PreviewId,
    now: OffsetDateTime,
) -> Result<Option<Found>, Error> {
    let row = sqlx::query!(
        r#"select fields as "fields: Json<Draft>", words as "words!: Json<Sentence>" from draft
        where draft_id = $1 and account_id = $2 and kind = 'grant' and ends_at > now() and words is not null"#,
        preview.0,
        visitor.actor.account().0
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.and_then(|row| {
        let recipient = row.fields.recipient.clone()?;
        let terms = row.fields.terms(now.date()).ok()?;
        Some(Found::not_given(preview.0, recipient, &terms, row.words.0.text, Stage::Drafted, now))
    }))
}

/// A code of the patient's that waits for somebody, with the sentence that they had before them when they made it.
async fn coded(connection: &mut PgConnection, patient: PatientId, code: CodeId, now: OffsetDateTime) -> Result<Option<Found>, Error> {
    let row = sqlx::query!(
        r#"select draft as "terms: Json<Terms>", words as "words!: Json<Sentence>", for_carer from grant_code
        where patient_id = $1 and code_id = $2 and state = 'waiting' and ends_at > now() and words is not null"#,
        patient.0,
        code.0
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| {
        let recipient = if row.for_carer { Recipient::CarerCode } else { Recipient::Code };
        Found::not_given(code.0, recipient, &row.terms, row.words.0.text, Stage::Coded, now)
    }))
}

impl Found {
    /// The grant that these terms become, as if it were given now.
    fn not_given(id: Uuid, recipient: Recipient, terms: &Terms, sentence: String, stage: Stage, now: OffsetDateTime) -> Self {
        let grant = Grant {
            id: GrantId(id),
            grantee: match &recipient {
                Recipient::Known(grantee) => grantee.clone(),
                Recipient::Code => Grantee::Clinician { account: NOBODY, organization: NOWHERE },
                Recipient::CarerCode => Grantee::Carer { account: NOBODY },
            },
            purpose: terms.purpose,
            scope: terms.scope(now),
            state: GrantState::Active,
            starts_at: now,
            ends_at: terms.ends_at(),
            may_delegate: terms.may_delegate,
            may_export: terms.may_export,
            may_write: terms.may_write,
            through: None,
        };
        Self { recipient, purpose: terms.purpose, sentence, given: Some(grant), stage }
    }
}

/// Of whom nobody knows yet who it is: no account and no organization has this identifier.
const NOBODY: AccountId = AccountId(Uuid::nil());
const NOWHERE: OrganizationId = OrganizationId(Uuid::nil());

/// As whom the policy decides, and what they are called.
async fn seen_by(connection: &mut PgConnection, recipient: &Recipient) -> Result<(Actor, Eyes), Error> {
    let grantee = match recipient {
        Recipient::Known(grantee) => grantee,
        Recipient::Code => {
            let actor = Actor::Clinician { account: NOBODY, organization: NOWHERE, profession: String::new() };
            return Ok((actor, Eyes::Code));
        }
        Recipient::CarerCode => return Ok((Actor::Person { account: NOBODY }, Eyes::CarerCode)),
    };
    let (account, organization) = match grantee {
        Grantee::Clinician { account, organization } => (Some(account.0), Some(organization.0)),
        Grantee::Professions { organization, .. } => (None, Some(organization.0)),
        Grantee::Carer { account } => (Some(account.0), None),
    };
    let named = sqlx::query!(
        r#"select a.display_name as "name?", o.name as "organization?", c.profession as "profession?"
        from (select $1::uuid as account_id, $2::uuid as organization_id) g
        left join account a on a.account_id = g.account_id
        left join organization o on o.organization_id = g.organization_id
        left join clinician c on c.account_id = g.account_id"#,
        account,
        organization
    )
    .fetch_one(connection)
    .await?;
    let (name, organization_name) = (named.name.unwrap_or_default(), named.organization.unwrap_or_default());
    Ok(match grantee.clone() {
        Grantee::Clinician { account, organization } => {
            let profession = named.profession.ok_or(Error::NotFound)?;
            (Actor::Clinician { account, organization, profession }, Eyes::Clinician { name, organization: organization_name })
        }
        Grantee::Professions { organization, professions } => {
            let profession = professions.first().cloned().ok_or(Error::NotFound)?;
            let actor = Actor::Clinician { account: NOBODY, organization, profession };
            (actor, Eyes::Professions { professions, organization: organization_name })
        }
        Grantee::Carer { account } => (Actor::Person { account }, Eyes::Carer { name }),
    })
}

/// Whether this look is to be written down: the first within an hour, or since the sentence is another.
async fn is_due(
    connection: &mut PgConnection,
    visitor: &Visitor,
    patient: PatientId,
    preview: PreviewId,
    sentence: &str,
) -> Result<bool, Error> {
    let noted = sqlx::query_scalar!(
        r#"insert into preview_mark as m (patient_id, account_id, preview_id, sentence) values ($1, $2, $3, $4)
        on conflict (patient_id, account_id, preview_id) do update set at = now(), sentence = excluded.sentence
            where m.at <= now() - interval '1 hour' or m.sentence <> excluded.sentence
        returning true as "noted!""#,
        patient.0,
        visitor.actor.account().0,
        preview.0,
        sentence
    )
    .fetch_optional(connection)
    .await?;
    Ok(noted.is_some())
}
