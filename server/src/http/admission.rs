//! Who gets a turn when more come than can be served, and how long anybody waits.
//!
//! Without it a crowd makes everybody wait longer than a person does, and the work
//! that is done is for people who have gone. Here whoever finds no turn within a
//! second is told so, at almost no cost, and the others are served as fast as ever.
//! Reading, changing and coming in have turns of their own, so that a flood of
//! sign-ins keeps nobody from reading, and nobody from taking a key back. A database
//! that stands still is answered for within [`WAIT`] and [`TIME`].

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body_util::LengthLimitError;
use tokio::{sync::Semaphore, time::timeout};

use super::{BODY_LIMIT, plain, upload};

/// How long a request waits for its turn.
const WAIT: Duration = Duration::from_secs(1);

/// How long it may take then. Longer than a connection to the database is waited for.
const TIME: Duration = Duration::from_secs(4);

/// How long a form may take to come in. Nobody's turn has begun by then.
const BODY_TIME: Duration = Duration::from_secs(60);

/// Forms that are held while they come in, together, in bytes. A form is small: so
/// many come in at once that only a flood finds no room.
const HELD: usize = 32 * 1024 * 1024;

/// What a form takes of [`HELD`] where it does not say how long it is.
const UNSAID: usize = 16 * 1024;

/// Forms of whoever is not in yet: they cost a hash or a message, whatever cookies come with them.
const COMING_IN: &[&str] = &[
    "/api/sign-in",
    "/api/sign-in-code",
    "/api/sign-in-again",
    "/api/ask-for-passkey",
    "/api/sign-in-passkey",
    "/api/sign-in-again-passkey",
    "/api/sign-up",
    "/api/finish-sign-up",
    "/api/forgotten-password",
    "/api/ask-operator",
    "/api/new-password",
    "/api/second-factor-lost",
    "/api/keep-second-factor",
    "/api/confirm-email",
    "/api/undo-email",
];

/// The turns.
#[derive(Debug, Clone)]
pub struct Admission {
    reading: Arc<Semaphore>,
    changing: Arc<Semaphore>,
    coming_in: Arc<Semaphore>,
    told: Arc<Semaphore>,
}

/// What a request needs.
enum Needs<'a> {
    /// Nothing of ours: it does not wait, or waits for somebody else and says itself how long.
    Nothing,
    /// An answer in time.
    Time,
    /// A turn, and then an answer in time.
    Turn(&'a Arc<Semaphore>),
}

impl Admission {
    /// Over so many connections to the database: most for reading, some for changing and
    /// coming in, and what is left for streams of events.
    #[must_use]
    pub fn over(connections: u32) -> Self {
        let connections = usize::try_from(connections).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS / 16);
        let turns = |sixteenths: usize| Arc::new(Semaphore::new((connections * sixteenths / 16).max(1)));
        Self { reading: turns(9), changing: turns(3), coming_in: turns(2), told: turns(1) }
    }

    fn needs(&self, request: &Request) -> Needs<'_> {
        match request.uri().path() {
            "/healthz" | "/events" | upload::PATH => Needs::Nothing,
            "/readyz" => Needs::Time,
            // Anybody may send one, and each asks the database and perhaps a provider: a few at once, and in nobody's place.
            path if path.starts_with("/auth/") && !request.method().is_safe() => Needs::Turn(&self.told),
            path if path.starts_with("/assets/") || path.starts_with("/auth/") => Needs::Nothing,
            _ if request.method().is_safe() => Needs::Turn(&self.reading),
            path if COMING_IN.contains(&path) || !request.headers().contains_key(header::COOKIE) => Needs::Turn(&self.coming_in),
            _ => Needs::Turn(&self.changing),
        }
    }
}

/// Room for the forms that are coming in.
#[derive(Debug, Clone)]
pub struct Room(Arc<Semaphore>);

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(HELD)))
    }
}

/// Takes in what is sent before anybody's turn is spent on it: a slow sender keeps
/// nobody waiting but themselves.
pub async fn gather(State(room): State<Room>, request: Request, next: Next) -> Response {
    // A file is taken in by whoever knows who sends it.
    if request.method().is_safe() || request.uri().path() == upload::PATH {
        return next.run(request).await;
    }
    let said: Option<usize> = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if said.is_some_and(|said| said > BODY_LIMIT) {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    let size = u32::try_from(said.unwrap_or(UNSAID).min(BODY_LIMIT)).unwrap_or(u32::MAX);
    let Ok(Ok(_held)) = timeout(WAIT, room.0.acquire_many_owned(size)).await else { return plain::busy() };
    let limit = if said.is_some() { BODY_LIMIT } else { UNSAID };
    let (parts, body) = request.into_parts();
    match timeout(BODY_TIME, to_bytes(body, limit)).await {
        Ok(Ok(bytes)) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Ok(Err(error)) if is_too_large(&error) => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Ok(Err(_)) => plain::unread(),
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    let mut causes = std::iter::successors(Some(error as &(dyn std::error::Error + 'static)), |cause| cause.source());
    causes.any(|cause| cause.is::<LengthLimitError>())
}

/// Gives the request its turn and its time, or says that there is none.
pub async fn admit(State(admission): State<Admission>, request: Request, next: Next) -> Response {
    let is_change = !request.method().is_safe();
    let turn = match admission.needs(&request) {
        Needs::Nothing => return next.run(request).await,
        Needs::Time => None,
        Needs::Turn(turns) => match timeout(WAIT, Arc::clone(turns).acquire_owned()).await {
            Ok(Ok(turn)) => Some(turn),
            _ => return plain::busy(),
        },
    };
    let answer = timeout(TIME, next.run(request)).await;
    drop(turn);
    answer.unwrap_or_else(|_| {
        tracing::warn!("a request took too long and was given up");
        if is_change { plain::unfinished() } else { plain::too_slow() }
    })
}
