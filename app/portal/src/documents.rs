//! The files of a document: as downloads, and as what a browser shows.

use chartkey_domain::{
    account::Visitor,
    category::Category,
    id::{ItemId, PatientId},
};

use crate::{
    Error, Opened, Portal,
    audit::Shown,
    entry::entries,
    fhir::{
        self, Content,
        document::{ContentPlace, reading::Reading},
    },
    parts::Source,
    record::Record,
    search::in_turn,
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

/// What the files of a page may take together, as they are stored, in bytes. What does not fit is offered
/// without having been looked into.
const LOOKED_INTO: i64 = 16 << 20;

impl Portal {
    /// The file with this number (from 0) of a document. Written to the log as a
    /// download, whoever reads it.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such file for this visitor.
    pub async fn file(&self, visitor: &Visitor, patient: PatientId, item: ItemId, number: usize) -> Result<Opened<File>, Error> {
        let record = self.open(visitor, patient).await?;
        // A file is a copy: it leaves only through grants that allow one.
        let (record, content) = one(record, item, number).await?;
        let Some((Content { content_type, title, place: ContentPlace::Here(bytes), .. }, true)) = content else {
            return record.refuse().await;
        };
        let whose = record.finish(shown(item).what("export", "file")).await?;
        Ok(Opened { whose, view: File { content_type, title, bytes } })
    }

    /// The same file for a browser to show, where it is a PDF or a picture that may be shown. Whoever may see
    /// the document may: it is a page of it, as its text would be.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such file for this visitor, or it is not shown.
    pub async fn shown_file(&self, visitor: &Visitor, patient: PatientId, item: ItemId, number: usize) -> Result<Opened<File>, Error> {
        let record = self.open(visitor, patient).await?;
        let (record, content) = one(record, item, number).await?;
        let is_shown = |content: &Content| matches!(content.reading(0), Reading::Pdf | Reading::Picture { .. });
        let content =
            in_turn(move || content.map(|(content, _)| content).filter(|content| content.kind().shown_as().is_some() && is_shown(content)))
                .await?;
        let Some(Content { content_type, title, place: ContentPlace::Here(bytes), .. }) = content else {
            return record.refuse().await;
        };
        record.close("file", shown(item), File { content_type, title, bytes }).await
    }
}

/// One part of a document that the reader sees, by its number among these, with its bytes, and whether a copy of it may leave.
async fn one(mut record: Record, item: ItemId, number: usize) -> Result<(Record, Option<(Content, bool)>), Error> {
    let patient = record.whose().patient;
    // What cannot be split is shown only under documents.
    let row = entries!(told "where i.patient_id = $1 and i.item_id = $2 and i.category = 10", patient.0, item.0)
        .fetch_optional(record.connection())
        .await?;
    let Some(source) = row.and_then(|mut row| Source::of(&mut row)) else { return Ok((record, None)) };
    let (source, contents) = in_turn(move || {
        let contents = fhir::document::part(source.raw(), None).unwrap_or_default();
        (source, contents)
    })
    .await?;
    // The reader counts what they see.
    let shown = source.shown(&record, &contents);
    let mut counted = shown.into_iter().enumerate().filter_map(|(number, may_copy)| may_copy.map(|may_copy| (number, may_copy)));
    let Some((number, may_copy)) = counted.nth(number) else { return Ok((record, None)) };
    let mut contents = in_turn(move || fhir::document::part(source.raw(), Some(number)).unwrap_or_default()).await?;
    bring_one(&mut record, item, &mut contents, number).await?;
    Ok((record, contents.into_iter().nth(number).map(|content| (content, may_copy))))
}

fn shown(item: ItemId) -> Shown {
    let mut shown = Shown::default();
    shown.add(item, Category::Documents);
    shown
}

/// Looks for what a document keeps in a Binary: brings the bytes as far as there is room on a page, and says of
/// what is not in the record that it is missing.
pub(crate) async fn bring(record: &mut Record, item: ItemId, contents: &mut [Content]) -> Result<(), Error> {
    files(record, item, contents, None).await
}

/// The same of one alone, however large it is.
async fn bring_one(record: &mut Record, item: ItemId, contents: &mut [Content], number: usize) -> Result<(), Error> {
    if !contents.get(number).is_some_and(Content::names_a_file) {
        return Ok(());
    }
    let before = contents.iter().take(number).filter(|content| content.names_a_file()).count();
    files(record, item, contents, i64::try_from(before).ok()).await
}

async fn files(record: &mut Record, item: ItemId, contents: &mut [Content], only: Option<i64>) -> Result<(), Error> {
    let patient = record.whose().patient;
    let has_files = contents.iter().any(Content::names_a_file);
    let files = if has_files {
        // The references of a document to its files are in the order of its contents.
        sqlx::query!(
            r#"select a.item_id is not null as "is_here!", octet_length(v.bytes) as length,
                    case when r.file = $3 or ($3::bigint is null and sum(octet_length(v.bytes)) over (order by r.file) <= $4::bigint)
                        then v.bytes end as bytes
                from (select r.patient_id, r.target_id, row_number() over (order by r.ordinal) - 1 as file from item_reference r
                    where r.patient_id = $1 and r.item_id = $2 and r.path like '%.url') r
                left join attachment a on a.patient_id = r.patient_id and a.item_id = r.target_id and a.resource_type = 'Binary'
                left join item_version v on v.patient_id = a.patient_id and v.item_id = a.item_id and v.version_no = a.version_no
                order by r.file"#,
            patient.0,
            item.0,
            only,
            LOOKED_INTO
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
            Some(file) if file.is_here => match file.bytes.map(|bytes| inside(&bytes)) {
                Some(Some(inside)) => content.take(inside),
                // A Binary with nothing in it.
                Some(None) => content.place = ContentPlace::Missing,
                // Base64 takes four letters for three bytes.
                None => content.place = ContentPlace::Large(usize::try_from(file.length.unwrap_or_default()).unwrap_or_default() / 4 * 3),
            },
            _ => content.place = ContentPlace::Missing,
        }
    }
    Ok(())
}

/// What a Binary holds.
fn inside(binary: &[u8]) -> Option<Content> {
    let contents = fhir::document(&String::from_utf8_lossy(binary)).unwrap_or_default();
    contents.into_iter().find(|content| matches!(content.place, ContentPlace::Here(_)))
}
