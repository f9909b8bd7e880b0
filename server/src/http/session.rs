//! Who visits, and what a server function may do to their session.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};
use axum_extra::extract::CookieJar;
use chartkey_domain::{
    account::Visitor,
    device::{Device, Use},
    grant::Purpose,
    id::PatientId,
};
use chartkey_portal::{Portal, sign_in::SignedIn};
use time::{Duration, OffsetDateTime};
use tower_sessions::Session;

use super::{
    Shared, language, plain,
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
    /// After how long without use the session ends, on a shared device.
    pub leaves_after: Option<Duration>,
}

/// Where a page leads by itself when a session on a shared device has ended.
const DOORS: &str = "/welcome";

/// What a page asks for without anybody there makes no session longer: a stream of events is
/// open as long as the page is, and a page on a shared device leads away by itself.
const DO_NOT_EXTEND: [&str; 2] = ["/events", DOORS];

/// Says the same of a page that is fetched again by itself (`live.js`).
const LIVE: &str = "x-chartkey-live";

/// Reads the session once, notes that it was used, and says who visits in a
/// [`Known`]. Where the database cannot be asked, nobody is let in and nobody is signed out.
pub async fn know(State(shared): State<Shared>, session: Session, mut request: Request, next: Next) -> Response {
    // What is the same for everybody asks the database for nobody.
    if request.uri().path() == "/healthz" || request.uri().path().starts_with("/assets/") {
        return next.run(request).await;
    }
    let kept = match session.get::<Kept>(KEPT).await {
        Ok(kept) => kept,
        // A record that another version of the server wrote: whoever has it signs in again.
        Err(tower_sessions::session::Error::SerdeJson(error)) => {
            tracing::warn!(%error, "a session holds what this version does not know");
            None
        }
        Err(error) => {
            tracing::error!(%error, "the session cannot be read");
            return plain::unavailable();
        }
    };
    if let (Some(kept), Some(life), Some(id)) = (kept, store::life(&session).await, session.id()) {
        let idle = store::idle(&shared.config.sessions, &kept);
        if life.is_stale
            && !DO_NOT_EXTEND.contains(&request.uri().path())
            && !request.headers().contains_key(LIVE)
            && let Err(error) = shared.portal.touch_session(store::key(&id), idle).await
        {
            tracing::warn!(%error, "the use of a session was not noted");
        }
        language::speak(&life.language);
        let (record, factor_ends_at) = (kept.record, life.factor_ends_at);
        let leaves_after = (kept.device_use == Use::Shared).then_some(idle);
        request.extensions_mut().insert(Known { visitor: Arc::new(kept.visitor(&life)), record, factor_ends_at, leaves_after });
    }
    next.run(request).await
}

/// Clears what a device kept of the pages of a session that has ended, when it is led away from one,
/// or has gone by itself.
/// Not the cookies: the one of a sign-in that has just begun is among them.
pub async fn forget(State(cookie): State<&'static str>, request: Request, next: Next) -> Response {
    let is_over = request.extensions().get::<Known>().is_none() && CookieJar::from_headers(request.headers()).get(cookie).is_some();
    let is_door = request.uri().path() == DOORS;
    let mut response = next.run(request).await;
    let to = response.headers().get(header::LOCATION);
    let leads_away = is_door || to.is_some_and(|location| location.as_bytes().starts_with(DOORS.as_bytes()));
    if is_over && leads_away {
        response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    }
    response
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
    pub async fn begin(&self, signed_in: SignedIn, device: Device, device_use: Use) -> Result<(), NotWritten> {
        let record = self.portal.held_record(signed_in.actor.account()).await.unwrap_or_default();
        self.keep(Kept { signed_in, record, purposes: Default::default(), device, device_use }).await
    }

    /// Goes on with the session under a new id, for a sign-in that the same account proved
    /// again; for another account it is a new one. Whoever has seen the id before has
    /// nothing now.
    ///
    /// # Errors
    /// As [`Self::begin`], and where the session was ended meanwhile: proving oneself again
    /// revives nothing.
    pub async fn again(&self, signed_in: SignedIn, device: Device) -> Result<(), NotWritten> {
        let Some(kept) = self.of_same_account(&signed_in).await? else { return self.begin(signed_in, device, Use::Own).await };
        if !self.retire().await? {
            return Err(tower_sessions::session::Error::from(store::ended()).into());
        }
        self.keep(Kept { signed_in, device, ..kept }).await
    }

    /// Goes on under a new id after a change that has ended every session of the account,
    /// this one too.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub async fn go_on(&self, signed_in: SignedIn, device: Device) -> Result<(), NotWritten> {
        let Some(kept) = self.of_same_account(&signed_in).await? else { return self.begin(signed_in, device, Use::Own).await };
        self.retire().await?;
        self.keep(Kept { signed_in, device, ..kept }).await
    }

    async fn of_same_account(&self, signed_in: &SignedIn) -> Result<Option<Kept>, NotWritten> {
        let kept = self.session.get::<Kept>(KEPT).await?;
        Ok(kept.filter(|kept| kept.signed_in.actor.account() == signed_in.actor.account()))
    }

    /// Takes the id away from whoever has seen it. False where there was no such session.
    async fn retire(&self) -> Result<bool, NotWritten> {
        let Some(id) = self.session.id() else { return Ok(false) };
        let retired = self.portal.retire_session(store::key(&id)).await.map_err(store::backend);
        Ok(retired.map_err(tower_sessions::session::Error::from)?)
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
