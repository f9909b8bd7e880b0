//! A file that somebody adds to their own record. It goes piece by piece into an unnamed file on
//! disk, and from there into the database; only then is it acknowledged. A connection that is
//! lost meanwhile leaves nothing.

use std::{
    collections::HashSet,
    fs::File,
    io::{self, Seek, Write},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    body::Body,
    extract::{
        Extension, FromRequest, Multipart, Request, State,
        multipart::{Field, MultipartError},
    },
    response::{IntoResponse, Redirect, Response},
};
use chartkey_app::{api::ApiError, request::welcome};
use chartkey_domain::{account::Visitor, id::PatientId};
use chartkey_portal::import::own::LARGEST;
use futures::StreamExt;
use tokio::{sync::Semaphore, time::timeout};
use tower_sessions::Session;

use super::{Shared, plain, session::Known, store};

/// Where it is sent.
pub const PATH: &str = "/sources/upload";

/// The page of the form.
const PAGE: &str = "/sources/add";

/// Files that come in at once.
const AT_ONCE: usize = 8;

/// How long somebody waits for room.
const WAIT: Duration = Duration::from_secs(1);

/// How long a file may take to come in. Where nothing moves it is given up much sooner.
const SENDING: Duration = Duration::from_secs(30 * 60);

/// How long the database may take with it.
const KEEPING: Duration = Duration::from_secs(60);

/// What may come before the file. One piece of a body is as large as a frame of the connection.
const BEFORE: usize = 1 << 20;

/// Between two pieces of what comes before it.
const MOMENT: Duration = Duration::from_millis(1);

/// What is read of a file that is too large, so that its sender gets an answer.
const DRAINED: u64 = 4 * LARGEST;

/// Room for the files that are coming in: so many at once, and one for each record, so that nobody
/// takes up the room of all.
#[derive(Debug, Clone)]
pub struct Room {
    places: Arc<Semaphore>,
    records: Arc<Mutex<HashSet<PatientId>>>,
}

impl Default for Room {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(AT_ONCE)), records: Arc::default() }
    }
}

impl Room {
    /// The turn of a record; none where one of its files is coming in already.
    fn turn(&self, record: PatientId) -> Option<Turn> {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        records.insert(record).then(|| Turn { records: Arc::clone(&self.records), record })
    }
}

/// A record has its turn until this is dropped.
struct Turn {
    records: Arc<Mutex<HashSet<PatientId>>>,
    record: PatientId,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.record);
    }
}

/// Takes it in, and leads to the page that says how far it is.
pub async fn upload(State(shared): State<Shared>, known: Option<Extension<Known>>, session: Session, request: Request) -> Response {
    let Ok(Ok(_place)) = timeout(WAIT, Arc::clone(&shared.uploads.places).acquire_owned()).await else { return plain::busy() };
    match taken(&shared, known, &session, request).await {
        Ok(page) => Redirect::to(&page).into_response(),
        Err(ApiError::SignedOut) => Redirect::to(&welcome(PAGE)).into_response(),
        Err(problem) => Redirect::to(&format!("{PAGE}?problem={}", problem.code())).into_response(),
    }
}

async fn taken(shared: &Shared, known: Option<Extension<Known>>, session: &Session, request: Request) -> Result<String, ApiError> {
    let (visitor, patient) = holder(known)?;
    let _turn = shared.uploads.turn(patient).ok_or(ApiError::UploadsWait)?;
    shared.portal.room_for_upload(&visitor, patient).await.map_err(refused)?;
    let (request, begun) = bounded(request);
    let form = Multipart::from_request(request, &()).await.map_err(|_| ApiError::NoFile)?;
    let sent = timeout(SENDING, spooled(form, &begun)).await.map_err(|_| ApiError::UploadLost)??;
    // Meanwhile the session may have ended.
    let key = session.id().map(|id| store::key(&id)).ok_or(ApiError::SignedOut)?;
    if !shared.portal.sessions_alive([&key]).await?.contains(&key) {
        return Err(ApiError::SignedOut);
    }
    let kept = shared.portal.keep_upload(&visitor, patient, &sent.name, sent.file, sent.bytes);
    match timeout(KEEPING, kept).await.map_err(|_| ApiError::Unavailable)? {
        Ok(import) => Ok(format!("/sources/imports/{import}")),
        Err(error) => Err(refused(error)),
    }
}

fn refused(error: chartkey_portal::Error) -> ApiError {
    match error {
        chartkey_portal::Error::TooManyTries => ApiError::UploadsWait,
        error => error.into(),
    }
}

/// Who sends, and the record that they hold.
fn holder(known: Option<Extension<Known>>) -> Result<(Arc<Visitor>, PatientId), ApiError> {
    let Extension(known) = known.ok_or(ApiError::SignedOut)?;
    let patient = known.record.ok_or(ApiError::NotFound)?;
    Ok((known.visitor, patient))
}

/// A file that has come in, at its beginning.
struct Sent {
    name: String,
    file: File,
    bytes: u64,
}

/// The request, of which no more than a form's worth is read before its file begins: whatever
/// comes before that is kept in memory.
fn bounded(request: Request) -> (Request, Arc<AtomicBool>) {
    let begun = Arc::new(AtomicBool::new(false));
    let (has_begun, before) = (Arc::clone(&begun), Arc::new(AtomicUsize::new(0)));
    let (parts, body) = request.into_parts();
    let body = body.into_data_stream().then(move |piece| {
        let (has_begun, before) = (Arc::clone(&has_begun), Arc::clone(&before));
        async move {
            let piece = piece.map_err(io::Error::other)?;
            if !has_begun.load(Ordering::Relaxed) {
                // Whoever parses takes all that is there at once, unless there is nothing for a moment.
                tokio::time::sleep(MOMENT).await;
            }
            if !has_begun.load(Ordering::Relaxed) && before.fetch_add(piece.len(), Ordering::Relaxed) > BEFORE {
                return Err(io::Error::other("too much comes before the file"));
            }
            Ok(piece)
        }
    });
    (Request::from_parts(parts, Body::from_stream(body)), begun)
}

async fn spooled(mut form: Multipart, begun: &AtomicBool) -> Result<Sent, ApiError> {
    while let Some(field) = form.next_field().await.map_err(lost)? {
        if field.name() == Some("file") {
            begun.store(true, Ordering::Relaxed);
            let name = field.file_name().unwrap_or_default().to_owned();
            let (file, bytes) = pieces(field).await?;
            return if bytes == 0 { Err(ApiError::NoFile) } else { Ok(Sent { name, file, bytes }) };
        }
    }
    Err(ApiError::NoFile)
}

async fn pieces(mut field: Field<'_>) -> Result<(File, u64), ApiError> {
    let mut file = tempfile::tempfile().map_err(failed)?;
    let mut bytes = 0;
    while let Some(piece) = field.chunk().await.map_err(lost)? {
        bytes += piece.len() as u64;
        if bytes > DRAINED {
            return Err(ApiError::UploadTooLarge);
        }
        if bytes <= LARGEST {
            file.write_all(&piece).map_err(failed)?;
        }
    }
    if bytes > LARGEST {
        return Err(ApiError::UploadTooLarge);
    }
    file.rewind().map_err(failed)?;
    Ok((file, bytes))
}

fn lost(_: MultipartError) -> ApiError {
    ApiError::UploadLost
}

fn failed(error: io::Error) -> ApiError {
    tracing::error!(%error, "a file that came in could not be kept on disk");
    ApiError::Unavailable
}
