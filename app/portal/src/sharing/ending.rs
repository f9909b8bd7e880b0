//! Stopping, pausing and resuming a grant.

use chartkey_domain::{account::Visitor, grant::GrantState, id::GrantId};
use sqlx::PgConnection;

use super::{Columns, Sentence, about, notice, tell_story};
use crate::{Error, Portal, audit::What, fresh, notices, pool::detached, record::Record};

/// Whether a change was made by this call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was.
    Made,
    /// It had been made before: nothing happened now.
    MadeBefore,
}

/// One of the changes that end or interrupt a grant.
#[derive(Debug, Clone, Copy)]
struct Step {
    from: &'static [GrantState],
    to: GrantState,
    /// The kind in the story.
    kind: &'static str,
    /// The action in the log.
    action: &'static str,
}

const WITHDRAW: Step =
    Step { from: &[GrantState::Active, GrantState::Paused], to: GrantState::Withdrawn, kind: "withdrawn", action: "grant-withdrawn" };
/// By whoever was given it.
const GIVE_BACK: Step = Step { kind: "given-back", action: "help-ended", ..WITHDRAW };
const REPLACE: Step = Step { to: GrantState::Replaced, kind: "replaced", ..WITHDRAW };
/// Of what was passed on of another.
const FOLLOW: Step = Step { kind: "ended-with", ..WITHDRAW };
const PAUSE: Step = Step { from: &[GrantState::Active], to: GrantState::Paused, kind: "paused", action: "grant-paused" };
const RESUME: Step = Step { from: &[GrantState::Paused], to: GrantState::Active, kind: "resumed", action: "grant-resumed" };

impl Portal {
    /// Ends a grant for good. The next read through it is refused.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is none of the visitor's own or has ended in
    /// another way.
    pub async fn withdraw_grant(&self, visitor: &Visitor, grant: GrantId) -> Result<Change, Error> {
        self.step(visitor, grant, WITHDRAW).await
    }

    /// Stops a grant for now.
    ///
    /// # Errors
    /// As [`Self::withdraw_grant`].
    pub async fn pause_grant(&self, visitor: &Visitor, grant: GrantId) -> Result<Change, Error> {
        self.step(visitor, grant, PAUSE).await
    }

    /// Puts a paused grant in force again.
    ///
    /// # Errors
    /// As [`Self::withdraw_grant`], and [`Error::SignInAgain`]: what opens needs a fresh
    /// sign-in, what closes never does.
    pub async fn resume_grant(&self, visitor: &Visitor, grant: GrantId) -> Result<Change, Error> {
        self.step(visitor, grant, RESUME).await
    }

    async fn step(&self, visitor: &Visitor, grant: GrantId, step: Step) -> Result<Change, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            if step.to == GrantState::Active {
                fresh::require(record.connection(), &visitor).await?;
                hold_what_it_is_part_of(&mut record, grant).await?;
            }
            let Some(sentence) = take(&mut record, grant, step).await? else {
                return match state(&mut record, grant).await? {
                    Some(state) if state == step.to => Ok(Change::MadeBefore),
                    _ => Err(Error::NotFound),
                };
            };
            record.finish(What { text: Some(sentence), ..about(step.action, grant) }).await?;
            Ok(Change::Made)
        })
        .await
    }
}

/// Pauses a grant inside another change; `None` where it is not in force.
pub(crate) async fn suspend(record: &mut Record, grant: GrantId) -> Result<Option<String>, Error> {
    take(record, grant, PAUSE).await
}

/// Ends a grant for whoever was given it; `None` where it has ended.
pub(crate) async fn give_back(record: &mut Record, grant: GrantId) -> Result<Option<What>, Error> {
    Ok(take(record, grant, GIVE_BACK).await?.map(|_| about(GIVE_BACK.action, grant)))
}

/// Ends a grant inside another change; `None` where it has ended.
pub(super) async fn withdraw(record: &mut Record, grant: GrantId) -> Result<Option<String>, Error> {
    take(record, grant, WITHDRAW).await
}

/// Ends what was passed on, because it rests on nothing any more; `None` where it has ended.
pub(crate) async fn end_passed_on(record: &mut Record, grant: GrantId) -> Result<Option<String>, Error> {
    take(record, grant, FOLLOW).await
}

/// Ends a grant because what it rested on is another now; `None` where it has ended.
pub(crate) async fn replace(record: &mut Record, grant: GrantId) -> Result<Option<String>, Error> {
    take(record, grant, REPLACE).await
}

/// Takes the step if the grant is where it starts, and stops what was passed on of it. Returns the grant's sentence.
async fn take(record: &mut Record, grant: GrantId, step: Step) -> Result<Option<String>, Error> {
    let taken = take_one(record, grant, step).await?;
    if taken.is_some() {
        follow(record, grant, step.to).await?;
    }
    Ok(taken)
}

/// What was passed on of a grant goes no further than it: what has ended or been replaced ends it, a pause is one for it, too. It
/// does not go on by itself.
pub(super) async fn follow(record: &mut Record, grant: GrantId, to: GrantState) -> Result<(), Error> {
    let step = match to {
        GrantState::Active => return Ok(()),
        GrantState::Paused => PAUSE,
        GrantState::Withdrawn | GrantState::Replaced => FOLLOW,
    };
    // Whoever is passing it on just now has done so by then, or finds it stopped.
    hold(record.connection(), grant).await?;
    let patient = record.whose().patient;
    let passed = sqlx::query_scalar!(
        "select grant_id from access_grant where patient_id = $1 and parent_grant_id = $2 and state in ('active', 'paused') and ends_at > now() order by grant_id",
        patient.0,
        grant.0
    )
    .fetch_all(record.connection())
    .await?;
    for passed in passed {
        take_one(record, GrantId(passed), step).await?;
    }
    Ok(())
}

/// What was passed on goes on while nobody pauses what it is part of.
async fn hold_what_it_is_part_of(record: &mut Record, grant: GrantId) -> Result<(), Error> {
    let patient = record.whose().patient;
    let of = sqlx::query_scalar!(
        r#"select parent_grant_id as "of!" from access_grant where patient_id = $1 and grant_id = $2 and parent_grant_id is not null"#,
        patient.0,
        grant.0
    )
    .fetch_optional(record.connection())
    .await?;
    match of {
        Some(of) => hold(record.connection(), GrantId(of)).await,
        None => Ok(()),
    }
}

/// Waits for whoever passes a grant on, or stops what was passed on of it.
pub(crate) async fn hold(connection: &mut PgConnection, grant: GrantId) -> Result<(), Error> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1::uuid::text, 66))", grant.0).fetch_one(connection).await?;
    Ok(())
}

async fn take_one(record: &mut Record, grant: GrantId, step: Step) -> Result<Option<String>, Error> {
    let patient = record.whose().patient;
    let from: Vec<_> = step.from.iter().map(|state| state.slug().to_owned()).collect();
    let taken = sqlx::query!(
        "update access_grant set state = $3, ended_at = case when $3 in ('withdrawn', 'replaced') then now() end
        where patient_id = $1 and grant_id = $2 and state = any($4)
            -- What was passed on goes on only while what it rests on does.
            and ($3 <> 'active' or parent_grant_id is null or (select true from access_grant g where g.patient_id = access_grant.patient_id
                and g.grant_id = access_grant.parent_grant_id and g.state = 'active'))
        returning sentence, grantee_account_id, organization_id",
        patient.0,
        grant.0,
        step.to.slug(),
        &from
    )
    .fetch_optional(record.connection())
    .await?;
    let Some(taken) = taken else { return Ok(None) };
    let sentence = as_given(record, grant, taken.sentence.clone()).await?;
    tell_story(record, grant, step.kind, &sentence, &[]).await?;
    let columns = Columns { account: taken.grantee_account_id, organization: taken.organization_id, professions: None };
    notices::send(record.connection(), notice(patient, &columns)).await?;
    Ok(Some(taken.sentence))
}

/// The sentence of a grant, in the language and of the catalogue in which it was given.
pub(super) async fn as_given(record: &mut Record, grant: GrantId, text: String) -> Result<Sentence, Error> {
    let patient = record.whose().patient;
    let given = sqlx::query!(
        "select language, catalogue_version from grant_event where patient_id = $1 and grant_id = $2 order by event_no limit 1",
        patient.0,
        grant.0
    )
    .fetch_optional(record.connection())
    .await?;
    let (language, catalogue_version) = given.map_or_else(Default::default, |given| (given.language, given.catalogue_version));
    Ok(Sentence { text, language, catalogue_version })
}

async fn state(record: &mut Record, grant: GrantId) -> Result<Option<GrantState>, Error> {
    let patient = record.whose().patient;
    let state = sqlx::query_scalar!("select state from access_grant where patient_id = $1 and grant_id = $2", patient.0, grant.0)
        .fetch_optional(record.connection())
        .await?;
    Ok(state.and_then(|state| GrantState::from_slug(&state)))
}
