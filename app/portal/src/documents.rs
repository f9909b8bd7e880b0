//! The files of a document, as downloads.

use chartkey_domain::{
    account::Visitor,
    category::Category,
    id::{ItemId, PatientId},
};

use crate::{
    Error, Opened, Portal,
    audit::Shown,
    fhir::{self, Content, document::ContentPlace},
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
            return record.refuse().await;
        }
        // What cannot be split is shown only under documents.
        let is_document =
            sqlx::query_scalar!("select item_id from item where patient_id = $1 and item_id = $2 and category = 10", patient.0, item.0)
                .fetch_optional(record.connection())
                .await?;
        if is_document.is_none() {
            return record.refuse().await;
        }
        let (raw, _) = source(&mut record, item).await?;
        let mut contents = fhir::document(&raw).unwrap_or_default();
        bring(&mut record, item, &mut contents, |place, _| place == number).await?;
        let Some(Content { content_type, title, place: ContentPlace::Here(bytes), .. }) = contents.into_iter().nth(number) else {
            return record.refuse().await;
        };
        let mut shown = Shown::default();
        shown.add(item, Category::Documents);
        let file = File { content_type, title, bytes };
        let whose = record.finish(shown.what("export", "file")).await?;
        Ok(Opened { whose, view: file })
    }
}

/// Looks for what a document keeps in a Binary: brings the bytes of those that are
/// `wanted`, and says of the others that are not in the record that they are missing.
pub(crate) async fn bring(
    record: &mut Record,
    item: ItemId,
    contents: &mut [Content],
    wanted: impl Fn(usize, &Content) -> bool,
) -> Result<(), Error> {
    let patient = record.whose().patient;
    let wanted: Vec<i64> = (0_i64..)
        .zip(contents.iter().enumerate().filter(|(_, content)| content.names_a_file()))
        .filter(|(_, (place, content))| wanted(*place, content))
        .map(|(file, _)| file)
        .collect();
    let has_files = contents.iter().any(Content::names_a_file);
    let files = if has_files {
        // The references of a document to its files are in the order of its contents.
        sqlx::query!(
            r#"select a.item_id is not null as "is_here!", v.bytes as "bytes?"
                from (select r.patient_id, r.target_id, row_number() over (order by r.ordinal) - 1 as file from item_reference r
                    where r.patient_id = $1 and r.item_id = $2 and r.path like '%.url') r
                left join attachment a on a.patient_id = r.patient_id and a.item_id = r.target_id and a.resource_type = 'Binary'
                left join item_version v on v.patient_id = a.patient_id and v.item_id = a.item_id and v.version_no = a.version_no
                    and r.file = any($3)
                order by r.file"#,
            patient.0,
            item.0,
            &wanted
        )
        .fetch_all(record.connection())
        .await?
    } else {
        Vec::new()
    };
    let mut files = files.into_iter();
    for content in contents.iter_mut().filter(|content| matches!(content.place, ContentPlace::There(_))) {
        let file = if content.names_a_file() { files.next() } else { None };
        match file {
            Some(file) if file.is_here => {
                if let Some(bytes) = file.bytes.and_then(|bytes| inside(&bytes)) {
                    content.place = bytes;
                }
            }
            _ => content.place = ContentPlace::Missing,
        }
    }
    Ok(())
}

/// What a Binary holds.
fn inside(binary: &[u8]) -> Option<ContentPlace> {
    let contents = fhir::document(&String::from_utf8_lossy(binary)).unwrap_or_default();
    contents.into_iter().map(|content| content.place).find(|place| matches!(place, ContentPlace::Here(_)))
}
