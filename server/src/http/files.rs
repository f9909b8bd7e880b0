//! The files of a document: as downloads, never under the media type that the source claims, and as what a
//! browser shows, under one of ours.

use std::{future::Future, sync::Arc};

use axum::{
    extract::{Extension, OriginalUri, Path, State},
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use chartkey_app::{api::ApiError, request::welcome};
use chartkey_domain::{
    account::Visitor,
    id::{ItemId, PatientId, PreviewId},
};
use chartkey_portal::{Error, Opened, Portal, documents::File, fhir::document::kind::Kind};

use super::{Shared, headers, plain, session::Known};

/// What names a file: the record, the document, and the number of the part.
type Named = Path<(String, String, String)>;

/// `/record/{patient}/documents/{item}/files/{number}`.
pub async fn file(
    State(shared): State<Shared>,
    known: Option<Extension<Known>>,
    OriginalUri(address): OriginalUri,
    named: Named,
) -> Response {
    let read = async |portal: Portal, visitor: Arc<Visitor>, patient, item, number| portal.file(&visitor, patient, item, number).await;
    match opened(shared, known, address.path(), named, read).await {
        Ok((number, file)) => {
            let name = format!("attachment; filename=\"document-{}.{}\"", number.saturating_add(1), ending(&file.content_type));
            ([(header::CONTENT_TYPE, "application/octet-stream".to_owned()), (header::CONTENT_DISPOSITION, name)], file.bytes)
                .into_response()
        }
        Err(answer) => answer,
    }
}

/// `/record/{patient}/documents/{item}/files/{number}/shown`: a PDF or a picture that is one.
pub async fn shown(
    State(shared): State<Shared>,
    known: Option<Extension<Known>>,
    OriginalUri(address): OriginalUri,
    named: Named,
) -> Response {
    let read =
        async |portal: Portal, visitor: Arc<Visitor>, patient, item, number| portal.shown_file(&visitor, patient, item, number).await;
    for_a_browser(opened(shared, known, address.path(), named, read).await)
}

/// `/sharing/{grant}/preview/documents/{item}/files/{number}/shown`: the same, as the grantee is shown it.
pub async fn previewed(
    State(shared): State<Shared>,
    known: Option<Extension<Known>>,
    OriginalUri(address): OriginalUri,
    Path((grant, item, number)): Named,
) -> Response {
    let preview: Option<PreviewId> = grant.parse().ok();
    // Whoever holds no record has none to look at: no record is called nothing.
    let own = known.as_ref().and_then(|known| known.record).map(|patient| patient.to_string()).unwrap_or_default();
    let read = async |portal: Portal, visitor: Arc<Visitor>, patient, item, number| match preview {
        Some(preview) => portal.previewing(preview).shown_file(&visitor, patient, item, number).await,
        None => Err(Error::NotFound),
    };
    for_a_browser(opened(shared, known, address.path(), Path((own, item, number)), read).await)
}

/// A file that a browser shows, under a media type of ours.
fn for_a_browser(opened: Result<(usize, File), Response>) -> Response {
    match opened {
        Ok((number, file)) => {
            let Some(kind) = Kind::of(&file.content_type).shown_as() else { return plain::problem(ApiError::NotFound) };
            let name = format!("inline; filename=\"document-{}.{}\"", number.saturating_add(1), ending(&file.content_type));
            let said = [
                (header::CONTENT_TYPE, kind.to_owned()),
                (header::CONTENT_DISPOSITION, name),
                (header::CONTENT_SECURITY_POLICY, headers::SHOWN.to_owned()),
                (header::X_FRAME_OPTIONS, "SAMEORIGIN".to_owned()),
            ];
            (said, file.bytes).into_response()
        }
        Err(answer) => answer,
    }
}

/// The file that the address names, or the answer where there is none for whoever asks.
async fn opened<F: Future<Output = Result<Opened<File>, Error>>>(
    shared: Shared,
    known: Option<Extension<Known>>,
    address: &str,
    Path((patient, item, number)): Named,
    read: impl FnOnce(Portal, Arc<Visitor>, PatientId, ItemId, usize) -> F,
) -> Result<(usize, File), Response> {
    let Some(Extension(known)) = known else { return Err(Redirect::to(&welcome(address)).into_response()) };
    let (Ok(patient), Ok(item), Ok(number)) = (patient.parse(), item.parse(), number.parse()) else {
        return Err(plain::problem(ApiError::NotFound));
    };
    let opened = read(shared.portal, Arc::clone(&known.visitor), patient, item, number).await;
    opened.map(|opened| (number, opened.view)).map_err(|error| plain::problem(error.into()))
}

/// What a device opens the file with. Names of files come from us alone, so that
/// none of the source's words ends in a folder of downloads.
fn ending(content_type: &str) -> &'static str {
    match Kind::of(content_type) {
        Kind::Pdf => "pdf",
        Kind::Text => "txt",
        Kind::Rtf => "rtf",
        Kind::Jpeg => "jpg",
        Kind::Png => "png",
        Kind::Gif => "gif",
        Kind::WebP => "webp",
        Kind::Dicom => "dcm",
        Kind::Xml | Kind::Clinical => "xml",
        Kind::Html | Kind::Svg | Kind::Sound | Kind::Film | Kind::Zip | Kind::Other => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::ending;

    #[test]
    fn what_a_browser_could_run_has_no_ending_of_its_own() {
        for kind in ["text/html", "image/svg+xml", "application/xhtml+xml", "", "nonsense"] {
            assert_eq!(ending(kind), "bin");
        }
        assert_eq!((ending("Application/PDF; x=y"), ending("text/javascript")), ("pdf", "txt"));
    }
}
