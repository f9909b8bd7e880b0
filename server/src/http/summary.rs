//! The summary as a PDF: an attachment that answers a form of `/download`. And what a code shows, in its place.

use std::time::Duration;

use axum::{
    body::Body,
    extract::{Extension, Form, State, rejection::FormRejection},
    response::Response,
};
use chartkey_app::{api::ApiError, catalogue::Say, pages::code_paper::asking, paper, paper::Paper, pdf};
use chartkey_domain::id::CodeId;
use chartkey_portal::{Error, Opened, paper::PaperContents};
use serde::Deserialize;
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
    let made = async {
        let (visitor, patient) = holder(known)?;
        made(shared.portal.take_paper(&visitor, patient), Paper::of).await
    };
    answered(made.await, PAGE)
}

/// The form of [`code`].
#[derive(Debug, Deserialize)]
pub struct OfCode {
    code: CodeId,
}

/// What a code of theirs shows, as the page to print says it.
pub async fn code(State(shared): State<Shared>, known: Option<Extension<Known>>, form: Result<Form<OfCode>, FormRejection>) -> Response {
    let Ok(Form(OfCode { code })) = form else { return refused("/sharing/codes", ApiError::Invalid) };
    let made = async {
        let (visitor, patient) = holder(known)?;
        made(shared.portal.take_code_paper(&visitor, patient, code), Paper::of_code).await
    };
    answered(made.await, &asking(code))
}

fn answered(made: Result<Vec<u8>, ApiError>, page: &str) -> Response {
    match made {
        Ok(file) => attachment("application/pdf", &paper::name(today()), Body::from(file)),
        Err(problem) => refused(page, problem),
    }
}

async fn made(
    taken: impl Future<Output = Result<Opened<PaperContents>, Error>>,
    written: fn(Say, Opened<PaperContents>) -> Paper,
) -> Result<Vec<u8>, ApiError> {
    // Before the record is read: whoever is refused for a crowd has taken nothing.
    let place = timeout(PATIENCE, PLACES.acquire()).await.map_err(|_| Error::Busy)?.map_err(Error::internal)?;
    let opened = taken.await?;
    let (now, paper) = (opened.view.now, written(spoken(), opened));
    let file = tokio::task::spawn_blocking(move || {
        let _place = place;
        pdf::write(&paper, now)
    });
    let file = timeout(PATIENCE, file).await.map_err(|_| Error::Busy)?;
    Ok(file.map_err(Error::internal)?.map_err(Error::internal)?)
}
