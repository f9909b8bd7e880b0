//! The summary as a PDF: an attachment that answers a form of `/download`.

use std::time::Duration;

use axum::{
    body::Body,
    extract::{Extension, State},
    response::Response,
};
use chartkey_app::{api::ApiError, paper, paper::Paper, pdf};
use chartkey_portal::Error;
use tokio::{sync::Semaphore, time::timeout};

use super::{
    Shared,
    download::{PAGE, attachment, holder, refused, today},
    language::spoken,
    session::Known,
};

/// As many are made at a time.
static PLACES: Semaphore = Semaphore::const_new(2);
/// How long somebody waits for a place, and then for the file, which has at most a few
/// hundred texts of a few hundred letters.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// The summary of the whole record, as the page to print says it.
pub async fn summary(State(shared): State<Shared>, known: Option<Extension<Known>>) -> Response {
    match made(&shared, known).await {
        Ok(file) => attachment("application/pdf", &paper::name(today()), Body::from(file)),
        Err(problem) => refused(PAGE, problem),
    }
}

async fn made(shared: &Shared, known: Option<Extension<Known>>) -> Result<Vec<u8>, ApiError> {
    let (visitor, patient) = holder(known)?;
    // Before the record is read: whoever is refused for a crowd has taken nothing.
    let place = timeout(PATIENCE, PLACES.acquire()).await.map_err(|_| Error::Busy)?.map_err(Error::internal)?;
    let opened = shared.portal.take_paper(&visitor, patient).await?;
    let (now, paper) = (opened.view.now, Paper::of(spoken(), opened));
    let file = tokio::task::spawn_blocking(move || {
        let _place = place;
        pdf::write(&paper, now)
    });
    let file = timeout(PATIENCE, file).await.map_err(|_| Error::Busy)?;
    Ok(file.map_err(Error::internal)?.map_err(Error::internal)?)
}
