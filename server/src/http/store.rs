//! The session store: the portal's sessions, as the session layer asks for them.
//!
//! The portal's clock decides when a session ends; what the layer believes about
//! expiry is ignored. Only a proven sign-in begins a session: a visitor without
//! one has none, and no cookie.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chartkey_domain::{
    account::{Actor, Visitor},
    device::{Device, Use},
    grant::Purpose,
    id::PatientId,
};
use chartkey_portal::{
    Portal,
    sessions::{NewSession, SessionKey},
    sign_in::SignedIn,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};

use crate::config::SessionTimes;

/// Where the layer's data hold what we keep, and what the database says of it.
pub(super) const KEPT: &str = "kept";
const LIFE: &str = "life";

/// What a session keeps.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    /// Who signed in, and how.
    pub signed_in: SignedIn,
    /// The record that a person holds, for the navigation; it decides nothing.
    pub record: Option<PatientId>,
    /// What a clinician declared to look for.
    pub purposes: BTreeMap<PatientId, Purpose>,
    /// Where it is.
    #[serde(default)]
    pub device: Device,
    /// Whose the device is.
    #[serde(default)]
    pub device_use: Use,
}

/// What the database said when the session was read. Never stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Life {
    /// When it ends.
    #[serde(with = "time::serde::rfc3339")]
    pub ends_at: OffsetDateTime,
    /// Whether its last use was not noted lately.
    pub is_stale: bool,
    /// When the account opens without its second factor, if somebody says that it is lost.
    #[serde(with = "time::serde::rfc3339::option")]
    pub factor_ends_at: Option<OffsetDateTime>,
    /// The language of the account, as a BCP 47 tag.
    pub language: String,
}

impl Kept {
    /// As the rest of the house knows a visitor.
    pub fn visitor(self, life: &Life) -> Visitor {
        let SignedIn { actor, name, organization_name, signed_in_by, at, provider_session: _ } = self.signed_in;
        Visitor { actor, name, organization_name, signed_in_by, signed_in_at: at, session_ends_at: life.ends_at, purposes: self.purposes }
    }
}

/// What the database says of a session that the layer has loaded.
pub(super) async fn life(session: &tower_sessions::Session) -> Option<Life> {
    session.get(LIFE).await.ok().flatten()
}

/// The store.
#[derive(Debug, Clone)]
pub struct Store {
    portal: Portal,
    times: SessionTimes,
}

impl Store {
    /// Over the portal's sessions.
    #[must_use]
    pub const fn new(portal: Portal, times: SessionTimes) -> Self {
        Self { portal, times }
    }
}

/// On a shared device, so long: who has gone has not left the next one much time.
const SHARED_IDLE: Duration = Duration::minutes(5);

/// How long a session lives without use.
pub(super) fn idle(times: &SessionTimes, kept: &Kept) -> Duration {
    let idle = match kept.signed_in.actor {
        Actor::Person { .. } => times.person_idle,
        Actor::Clinician { .. } => times.clinician_idle,
    };
    match kept.device_use {
        Use::Own => idle,
        Use::Shared => idle.min(SHARED_IDLE),
    }
}

pub(super) fn key(id: &Id) -> SessionKey {
    SessionKey::of(&id.to_string())
}

#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let data = stored(record)?;
        let kept: Kept = serde_json::from_value(data.clone()).map_err(|cause| Error::Decode(cause.to_string()))?;
        let session = NewSession {
            account: kept.signed_in.actor.account(),
            signed_in_at: kept.signed_in.at,
            data,
            device: kept.device,
            idle: idle(&self.times, &kept),
            absolute: self.times.absolute,
        };
        match self.portal.begin_session(key(&record.id), session).await.map_err(backend)? {
            true => Ok(()),
            false => Err(Error::Backend("the account's sessions were ended after this sign-in".to_owned())),
        }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        self.portal.save_session(key(&record.id), stored(record)?).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some(session) = self.portal.session(&key(id)).await.map_err(backend)? else { return Ok(None) };
        let life = Life {
            ends_at: session.ends_at,
            is_stale: session.is_stale,
            factor_ends_at: session.factor_ends_at,
            language: session.language,
        };
        let life = serde_json::to_value(life).map_err(|cause| Error::Encode(cause.to_string()))?;
        let data = [(KEPT.to_owned(), session.data), (LIFE.to_owned(), life)].into_iter().collect();
        Ok(Some(Record { id: *id, data, expiry_date: session.ends_at }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.portal.end_session(key(id)).await.map_err(backend)
    }
}

fn stored(record: &Record) -> Result<Value> {
    record.data.get(KEPT).cloned().ok_or_else(|| Error::Encode("a session without a sign-in".to_owned()))
}

/// The session was ended while something was done in it.
pub(super) fn ended() -> Error {
    Error::Backend("the session was ended meanwhile".to_owned())
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err calls")]
pub(super) fn backend(error: chartkey_portal::Error) -> Error {
    Error::Backend(error.to_string())
}
