//! The files of a document, as downloads.

use chartkey_domain::{
    account::Visitor,
    category::Category,
    id::{ItemId, PatientId},
};

use crate::{
    Error, Opened, Portal,
    audit::Shown,
    fhir::{self, document::ContentPlace},
    items::source,
    record::Record,
};

/// A file.
#[derive(Debug, Clone)]
pub struct File {
    /// The media type as the source gave it: not to be believed by a browser.
    pub content_type: String,
    /// The title as the source gave it.
    pub title: Option<String>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Portal {
    /// The file with this number (from 0) of a document. Written to the log as a
    /// download, whoever reads it.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such file for this visitor.
    pub async fn file(&self, visitor: &Visitor, patient: PatientId, item: ItemId, number: usize) -> Result<Opened<File>, Error> {
        let mut record = self.open(visitor, patient).await?;
        // A file is a copy: it leaves only through grants that allow one.
        if !record.whose().may_copy() {
            return Err(Error::NotFound);
        }
        // What cannot be split is shown only under documents.
        let is_document =
            sqlx::query_scalar!("select item_id from item where patient_id = $1 and item_id = $2 and category = 10", patient.0, item.0)
                .fetch_optional(record.connection())
                .await?;
        is_document.ok_or(Error::NotFound)?;
        let (raw, _) = source(&mut record, item).await?;
        let content = fhir::document(&raw).unwrap_or_default().into_iter().nth(number).ok_or(Error::NotFound)?;
        let bytes = match content.place {
            ContentPlace::Here(bytes) => bytes,
            ContentPlace::There(url) => elsewhere(&mut record, item, &url).await?,
            ContentPlace::Missing => return Err(Error::NotFound),
        };
        let mut shown = Shown::default();
        shown.add(item, Category::Documents);
        let file = File { content_type: content.content_type, title: content.title, bytes };
        let whose = record.finish(shown.what("export", "file")).await?;
        Ok(Opened { whose, view: file })
    }
}

/// The bytes of a Binary of the same source that came with the record.
async fn elsewhere(record: &mut Record, item: ItemId, url: &str) -> Result<Vec<u8>, Error> {
    let patient = record.whose().patient;
    let name = url.rsplit('/').next().unwrap_or_default().rsplit(':').next().unwrap_or_default();
    let binary = sqlx::query_scalar!(
        "select v.bytes from attachment a
            join item i on i.patient_id = a.patient_id and i.item_id = $2 and i.source_id = a.source_id
            join item_version v on v.patient_id = a.patient_id and v.item_id = a.item_id and v.version_no = a.version_no
            where a.patient_id = $1 and a.resource_type = 'Binary' and a.fhir_id = $3",
        patient.0,
        item.0,
        name
    )
    .fetch_optional(record.connection())
    .await?
    .ok_or(Error::NotFound)?;
    let contents = fhir::document(&String::from_utf8_lossy(&binary)).unwrap_or_default();
    contents
        .into_iter()
        .find_map(|content| match content.place {
            ContentPlace::Here(bytes) => Some(bytes),
            _ => None,
        })
        .ok_or(Error::NotFound)
}
