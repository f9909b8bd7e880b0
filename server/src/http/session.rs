//! Who visits, and what a server function may do to their session.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use chartkey_domain::{account::Visitor, device::Device, grant::Purpose, id::PatientId};
use chartkey_portal::{Portal, sign_in::SignedIn};
use time::OffsetDateTime;
use tower_sessions::Session;

use super::{
    Shared, plain,
    store::{self, KEPT, Kept},
};

/// Somebody is signed in.
#[derive(Debug, Clone)]
pub struct Known {
    /// Who.
    pub visitor: Arc<Visitor>,
    /// The record that they hold, for the navigation.
    pub record: Option<PatientId>,
    /// When the account opens without its second factor, if somebody says that it is lost.
    pub factor_ends_at: Option<OffsetDateTime>,
}

/// A stream of events is open as long as the page is: it neither begins a session
/// nor makes it longer.
const DOES_NOT_EXTEND: &str = "/events";

/// Reads the session once, notes that it was used, and says who visits in a
/// [`Known`]. Where it cannot be read nobody is let in and nobody is signed out.
pub async fn know(State(shared): State<Shared>, session: Session, mut request: Request, next: Next) -> Response {
    let kept = match session.get::<Kept>(KEPT).await {
        Ok(kept) => kept,
        Err(error) => {
            tracing::error!(%error, "the session cannot be read");
            return plain::failed();
        }
    };
    if let (Some(kept), Some(life), Some(id)) = (kept, store::life(&session).await, session.id()) {
        if life.is_stale && request.uri().path() != DOES_NOT_EXTEND {
            let idle = store::idle(&shared.config.sessions, &kept.signed_in.actor);
            if let Err(error) = shared.portal.touch_session(store::key(&id), idle).await {
                tracing::warn!(%error, "the use of a session was not noted");
            }
        }
        let (record, factor_ends_at) = (kept.record, life.factor_ends_at);
        request.extensions_mut().insert(Known { visitor: Arc::new(kept.visitor(life)), record, factor_ends_at });
    }
    next.run(request).await
}

/// The session of one request.
#[derive(Debug, Clone)]
pub struct Current {
    /// The layer's.
    pub session: Session,
    /// Everything the portal can do.
    pub portal: Portal,
}

/// The session could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("the session could not be written")]
pub struct NotWritten(#[from] tower_sessions::session::Error);

impl Current {
    /// Begins a session under a new id; the one before, whoever's it was, is gone.
    ///
    /// # Errors
    /// Where the database fails, and where the account's sessions were ended after
    /// this sign-in was proven.
    pub async fn begin(&self, signed_in: SignedIn, device: Device) -> Result<(), NotWritten> {
        let record = self.portal.held_record(signed_in.actor.account()).await.unwrap_or_default();
        self.keep(Kept { signed_in, record, purposes: Default::default(), device }).await
    }

    /// Goes on with the session under a new id, for a sign-in that the same account proved
    /// again; for another account it is a new one. Whoever has seen the id before has
    /// nothing now.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub async fn again(&self, signed_in: SignedIn, device: Device) -> Result<(), NotWritten> {
        let account = signed_in.actor.account();
        match self.session.get::<Kept>(KEPT).await? {
            Some(kept) if kept.signed_in.actor.account() == account => {
                if let Some(id) = self.session.id() {
                    self.portal
                        .retire_session(store::key(&id))
                        .await
                        .map_err(store::backend)
                        .map_err(tower_sessions::session::Error::from)?;
                }
                self.keep(Kept { signed_in, device, ..kept }).await
            }
            _ => self.begin(signed_in, device).await,
        }
    }

    async fn keep(&self, kept: Kept) -> Result<(), NotWritten> {
        self.session.clear().await;
        // Not `flush`: what is inserted after it would be stored under the old id.
        self.session.cycle_id().await?;
        self.session.insert(KEPT, kept).await?;
        self.session.save().await?;
        Ok(())
    }

    /// Ends the session.
    ///
    /// # Errors
    /// Where the database fails: then the session is alive, and the caller says so.
    pub async fn end(&self) -> Result<(), NotWritten> {
        self.session.flush().await?;
        Ok(())
    }

    /// Fixes what a record is opened for in this session.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn declare(&self, patient: PatientId, purpose: Purpose) -> Result<(), NotWritten> {
        self.change(|kept| kept.purposes.extend([(patient, purpose)])).await
    }

    /// Notes the record that a person holds now.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn hold(&self, patient: PatientId) -> Result<(), NotWritten> {
        self.change(|kept| kept.record = Some(patient)).await
    }

    async fn change(&self, change: impl FnOnce(&mut Kept)) -> Result<(), NotWritten> {
        if let Some(mut kept) = self.session.get::<Kept>(KEPT).await? {
            change(&mut kept);
            self.session.insert(KEPT, kept).await?;
        }
        Ok(())
    }
}
