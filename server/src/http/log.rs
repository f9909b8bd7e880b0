//! What shows that the access log is whole: the signed roots for everybody, and a patient's own
//! chain with its proof for themselves.

use axum::{
    extract::{Extension, Form, Query, State, rejection::FormRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use chartkey_app::api::ApiError;
use chartkey_portal::take_away::Spool;
use serde::Deserialize;

use super::{
    Shared,
    download::{holder, refused, spooled, streamed, today},
    session::Known,
};

/// The page of the forms.
const PAGE: &str = "/activity";

/// A text of lines.
const TEXT: &str = "text/plain; charset=utf-8";

/// From which root on.
#[derive(Deserialize)]
pub struct Asked {
    from: Option<String>,
}

/// The fields of the question: the number of the root that the browser saw last.
#[derive(Deserialize)]
pub struct Remembered {
    #[serde(default)]
    seen: String,
}

/// The keys and the signed roots. Nothing in it is of anybody.
pub async fn published(State(shared): State<Shared>, Query(Asked { from }): Query<Asked>) -> Response {
    let from = match from.map(|from| from.parse()).transpose() {
        Ok(from) => from,
        Err(_) => return (StatusCode::BAD_REQUEST, "from: the number of a root\n").into_response(),
    };
    match shared.portal.published_log(from).await {
        Ok(text) => ([(header::CONTENT_TYPE, TEXT)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the signed roots were not given");
            (StatusCode::SERVICE_UNAVAILABLE, "not available now\n").into_response()
        }
    }
}

/// The log with its proof, for the module that checks it in the browser.
pub async fn chain(
    State(shared): State<Shared>,
    known: Option<Extension<Known>>,
    typed: Result<Form<Remembered>, FormRejection>,
) -> Response {
    let seen = typed.ok().and_then(|Form(typed)| typed.seen.parse().ok());
    let given = async {
        let (visitor, _) = holder(known)?;
        Ok(shared.portal.log_to_check(&visitor, seen).await?.view.spool)
    };
    answered(given.await, |spool| {
        let (length, body) = streamed(spool);
        ([(header::CONTENT_TYPE, TEXT)], length, body).into_response()
    })
}

/// The same as a file, for whoever the patient trusts to look at it.
pub async fn download(State(shared): State<Shared>, known: Option<Extension<Known>>) -> Response {
    let taken = async {
        let (visitor, _) = holder(known)?;
        Ok(shared.portal.take_log(&visitor).await?.view.spool)
    };
    answered(taken.await, |spool| spooled(TEXT, &format!("chartkey-log-{}.txt", today()), spool))
}

fn answered(given: Result<Spool, ApiError>, answer: impl FnOnce(Spool) -> Response) -> Response {
    match given {
        Ok(spool) => answer(spool),
        Err(problem) => refused(PAGE, problem),
    }
}
