//! The files of a document, as downloads: never shown inside a page of ours, and
//! never under the media type that the source claims.

use std::sync::Arc;

use axum::{
    extract::{Extension, OriginalUri, Path, State},
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use chartkey_app::{api::ApiError, request::welcome};
use chartkey_domain::id::{ItemId, PatientId};

use super::{Shared, plain, session::Known};

/// `/record/{patient}/documents/{item}/files/{number}`.
pub async fn file(
    State(shared): State<Shared>,
    known: Option<Extension<Known>>,
    OriginalUri(address): OriginalUri,
    Path((patient, item, number)): Path<(String, String, String)>,
) -> Response {
    let Some(Extension(known)) = known else { return Redirect::to(&welcome(address.path())).into_response() };
    let (Ok(patient), Ok(item), Ok(number)) = (patient.parse::<PatientId>(), item.parse::<ItemId>(), number.parse::<usize>()) else {
        return plain::problem(ApiError::NotFound);
    };
    let visitor = Arc::clone(&known.visitor);
    match shared.portal.file(&visitor, patient, item, number).await {
        Ok(opened) => {
            let file = opened.view;
            let name = format!("attachment; filename=\"document-{}.{}\"", number.saturating_add(1), ending(&file.content_type));
            ([(header::CONTENT_TYPE, "application/octet-stream".to_owned()), (header::CONTENT_DISPOSITION, name)], file.bytes)
                .into_response()
        }
        Err(error) => plain::problem(error.into()),
    }
}

/// What a device opens the file with. Names of files come from us alone, so that
/// none of the source's words ends in a folder of downloads.
fn ending(content_type: &str) -> &'static str {
    match content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "application/pdf" => "pdf",
        "text/plain" => "txt",
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "application/dicom" => "dcm",
        "application/xml" | "text/xml" => "xml",
        _ => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::ending;

    #[test]
    fn what_a_browser_could_run_has_no_ending_of_its_own() {
        for kind in ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript", "", "nonsense"] {
            assert_eq!(ending(kind), "bin");
        }
        assert_eq!(ending("Application/PDF; x=y"), "pdf");
    }
}
