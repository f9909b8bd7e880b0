//! What a patient takes away: their record as FHIR, their results as a table, and all of it
//! locked in a pack. Each is an attachment that answers a form of `/download`.

use std::{fs::File, io, sync::Arc};

use axum::{
    body::Body,
    extract::{Extension, Form, State, rejection::FormRejection},
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Redirect, Response},
};
use chartkey_app::{
    api::ApiError,
    pack::{document, overview, pack_name, record_name},
    request::{again, welcome},
    table,
};
use chartkey_domain::{account::Visitor, id::PatientId};
use chartkey_portal::{pack_lock::Passphrase, take_away::Spool};
use futures::{Stream, stream};
use serde::Deserialize;
use time::{Date, OffsetDateTime};
use tokio::io::AsyncReadExt;

use super::{Shared, language::spoken, session::Known};

/// The page of the forms.
pub(super) const PAGE: &str = "/download";

/// What is read from the disk at a time.
const PIECE: usize = 64 * 1024;

/// The fields of the pack's form. Deliberately without `Debug`.
#[derive(Deserialize)]
pub struct Typed {
    #[serde(default)]
    passphrase: String,
    #[serde(default)]
    again: String,
}

/// The whole record, byte for byte as it came in.
pub async fn fhir(State(shared): State<Shared>, known: Option<Extension<Known>>) -> Response {
    let taken = async {
        let (visitor, patient) = holder(known)?;
        Ok(shared.portal.take_record(&visitor, patient).await?.view)
    };
    match taken.await {
        Ok(spool) => spooled("application/fhir+json", &record_name(today()), spool),
        Err(problem) => refused(PAGE, problem),
    }
}

/// Every result and vital sign as a table that a spreadsheet opens.
pub async fn results(State(shared): State<Shared>, known: Option<Extension<Known>>) -> Response {
    let taken = async {
        let (visitor, patient) = holder(known)?;
        let say = spoken();
        let head = table::head(say).map_err(chartkey_portal::Error::internal)?;
        Ok(shared.portal.take_results(&visitor, patient, head, move |entry| table::line(say, entry)).await?.view)
    };
    match taken.await {
        Ok(spool) => spooled("text/csv; charset=utf-8", &table::name(today()), spool),
        Err(problem) => refused(PAGE, problem),
    }
}

/// The pack, locked with what was typed, which is kept nowhere.
pub async fn pack(State(shared): State<Shared>, known: Option<Extension<Known>>, typed: Result<Form<Typed>, FormRejection>) -> Response {
    match packed(&shared, known, typed.ok().map(|Form(typed)| typed)).await {
        Ok(html) => attachment("text/html; charset=utf-8", &pack_name(today()), Body::from(html)),
        Err(problem) => refused(PAGE, problem),
    }
}

async fn packed(shared: &Shared, known: Option<Extension<Known>>, typed: Option<Typed>) -> Result<String, ApiError> {
    let (visitor, patient) = holder(known)?;
    let Typed { passphrase, again } = typed.ok_or(ApiError::Invalid)?;
    let are_alike = passphrase == again;
    let passphrase = Passphrase::parse(passphrase).ok_or(ApiError::Passphrase)?;
    if !are_alike {
        return Err(ApiError::PassphraseAgain);
    }
    // Before the record is read: whoever is refused for a crowd has taken nothing.
    let key = shared.portal.pack_key(&visitor, passphrase).await?;
    let opened = shared.portal.take_pack(&visitor, patient).await?;
    let say = spoken();
    let (words, made_on) = (overview(say, &opened), opened.view.made_at.date());
    let locked = key.lock(words, opened.view.record).await?;
    document(say, made_on, &locked).map_err(|error| chartkey_portal::Error::internal(error).into())
}

/// Who asks, and the record that they hold.
pub(super) fn holder(known: Option<Extension<Known>>) -> Result<(Arc<Visitor>, PatientId), ApiError> {
    let Extension(known) = known.ok_or(ApiError::SignedOut)?;
    let patient = known.record.ok_or(ApiError::NotFound)?;
    Ok((known.visitor, patient))
}

/// Leads back to the page, which is not found for whoever may not take anything, or to
/// where a sign-in is proven and then back.
pub(super) fn refused(page: &str, problem: ApiError) -> Response {
    let to = match problem {
        ApiError::SignedOut => welcome(page),
        ApiError::SignInAgain => again(page),
        problem => format!("{page}?problem={}", problem.code()),
    };
    Redirect::to(&to).into_response()
}

pub(super) fn spooled(kind: &'static str, name: &str, spool: Spool) -> Response {
    let (length, body) = streamed(spool);
    (length, attachment(kind, name, body)).into_response()
}

/// What was spooled, with its length.
pub(super) fn streamed(Spool { file, bytes }: Spool) -> ([(HeaderName, HeaderValue); 1], Body) {
    ([(header::CONTENT_LENGTH, HeaderValue::from(bytes))], Body::from_stream(pieces(file)))
}

/// A file under a name that holds nothing but a day of ours.
pub(super) fn attachment(kind: &'static str, name: &str, body: Body) -> Response {
    let mut response = ([(header::CONTENT_TYPE, kind)], body).into_response();
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

fn pieces(file: File) -> impl Stream<Item = io::Result<Vec<u8>>> {
    stream::try_unfold(tokio::fs::File::from_std(file), |mut file| async move {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok((read > 0).then_some((piece, file)))
    })
}

pub(super) fn today() -> Date {
    #[expect(clippy::disallowed_methods, reason = "the day in the name of a file; nothing is decided by it")]
    OffsetDateTime::now_utc().date()
}
