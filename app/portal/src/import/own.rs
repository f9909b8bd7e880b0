//! A file that a patient adds to their own record: what it may be, whose it says it is,
//! and what it brought.

use std::{
    fs::File,
    io::{Read, Seek},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use chartkey_domain::id::{ImportId, OrganizationId, PatientId, SourceId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgConnection;
use time::OffsetDateTime;
use zip::ZipArchive;

use super::{
    Error, ImportReport,
    identity::{self, hex, sha256},
    patients::UNNAMED,
    read::{self, Entries},
    resource::Resource,
    storable, store,
    twins::{self, Wait},
};
use crate::{
    audit::Who,
    fhir::{json, person::Person},
};

/// The most bytes of a file that a patient adds, as it comes.
pub const LARGEST: u64 = 64 << 20;

/// The most bytes of it, decompressed and all parts together. It is read in one piece.
pub const LARGEST_INSIDE: u64 = 128 << 20;

/// The most files in an archive.
const FILES: usize = 1_000;

/// The most resources of it, and the most values in them: what a few letters can grow to in memory.
const RESOURCES: usize = 200_000;
const VALUES: usize = 5_000_000;

/// The most versions of one thing in it.
const ROUNDS: i32 = 50;

/// How the name of the source of a patient's own files begins; the record follows.
const UPLOADS: &str = "upload/";

/// The same of what a patient writes by hand.
const HAND: &str = "own/";

/// How the name of a source begins of what clinicians of one organization write into one record; record and organization
/// follow, then its name.
const WRITTEN: &str = "written/";

/// The source of what clinicians of this organization write into this record.
pub(crate) fn written_at(patient: PatientId, organization: OrganizationId, name: &str) -> String {
    format!("{WRITTEN}{patient}/{organization}/{name}")
}

/// The name of the organization whose clinicians write as this source, if they do.
#[must_use]
pub fn writers_of(source: &str) -> Option<&str> {
    let mut parts = source.strip_prefix(WRITTEN)?.splitn(3, '/');
    parts.next()?.parse::<PatientId>().ok()?;
    parts.next()?.parse::<OrganizationId>().ok()?;
    parts.next()
}

/// Whether nobody can deliver a file as this source: what comes from it is written here.
pub(super) fn is_ours(source: &str) -> bool {
    owner_of(source).is_some() || source.starts_with(WRITTEN)
}

/// The source of the files that this patient adds.
#[must_use]
pub fn source_of(patient: PatientId) -> String {
    format!("{UPLOADS}{patient}")
}

/// The source of what this patient writes by hand.
#[must_use]
pub fn hand_of(patient: PatientId) -> String {
    format!("{HAND}{patient}")
}

/// Whose own files or writing this source stands for, if it stands for any.
#[must_use]
pub fn owner_of(source: &str) -> Option<PatientId> {
    source.strip_prefix(UPLOADS).or_else(|| source.strip_prefix(HAND))?.parse().ok()
}

/// Whether this source stands for what a patient writes by hand.
#[must_use]
pub fn is_by_hand(source: &str) -> bool {
    source.starts_with(HAND) && owner_of(source).is_some()
}

/// Who adds a file.
#[derive(Debug, Clone)]
pub struct Own {
    /// What it has been called since it was sent.
    pub import: ImportId,
    /// Whose record it goes to.
    pub patient: PatientId,
    /// The patient, as the log names them.
    pub who: Who,
    /// They have said that it is about them.
    pub is_confirmed: bool,
}

/// Whom a file says it is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Described {
    /// The name.
    pub name: Option<String>,
    /// The birth date, perhaps partial.
    pub birth_date: Option<String>,
    /// As coded.
    pub sex: Option<String>,
}

impl From<&Person> for Described {
    fn from(person: &Person) -> Self {
        Self { name: person.full_name.clone(), birth_date: person.birth_date.clone(), sex: person.sex.clone() }
    }
}

/// One text of a file: an archive has several.
#[derive(Debug)]
pub struct Part {
    /// Its name in the archive.
    pub name: Option<String>,
    /// FHIR in JSON.
    pub text: String,
}

/// The parts of a file by what it begins with, whatever it is called: an archive, a paper as
/// PDF or picture, or FHIR in JSON, compressed or not.
///
/// # Errors
/// As [`read::text`], [`Error::Archive`], [`Error::TooMany`], [`Error::TooMuch`], [`Error::Inside`].
pub fn parts(mut file: File, file_name: &str) -> Result<Vec<Part>, Error> {
    let mut head = Vec::new();
    (&mut file).take(8).read_to_end(&mut head)?;
    file.rewind()?;
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return archive(file);
    }
    let text = match paper(&head) {
        Some(kind) => document(file, kind, file_name)?,
        None => read::text(file, LARGEST_INSIDE)?,
    };
    let parts = vec![Part { name: None, text }];
    bounded(&parts)?;
    Ok(parts)
}

/// A few letters of a text are a value in memory that is many times as large.
fn bounded(parts: &[Part]) -> Result<(), Error> {
    let values: usize = parts.iter().map(|part| json::shape(part.text.as_bytes()).values).sum();
    if values > VALUES { Err(Error::TooMuch { limit: VALUES }) } else { Ok(()) }
}

/// The media type of a paper, by its first bytes.
fn paper(head: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 3] = [(b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png")];
    KINDS.iter().find(|(begins, _)| head.starts_with(begins)).map(|(_, kind)| *kind)
}

/// A paper as a document of FHIR. The same paper is the same document, so nothing of when it
/// was sent is in it; when it was written nobody has said.
fn document(file: File, kind: &str, file_name: &str) -> Result<String, Error> {
    let mut bytes = Vec::new();
    file.take(LARGEST).read_to_end(&mut bytes)?;
    let (mut id, name) = (hex(&sha256(&bytes)), json!(file_name));
    id.truncate(32);
    let mut text = format!(
        r#"{{"resourceType":"DocumentReference","id":"{id}","status":"current","type":{{"text":{name}}},"content":[{{"attachment":{{"contentType":"{kind}","title":{name},"data":""#
    );
    STANDARD.encode_string(&bytes, &mut text);
    text.push_str(r#""}}]}"#);
    Ok(text)
}

fn archive(file: File) -> Result<Vec<Part>, Error> {
    let mut archive = ZipArchive::new(file)?;
    if archive.len() > FILES {
        return Err(Error::TooMany { limit: FILES });
    }
    let (mut parts, mut room) = (Vec::new(), LARGEST_INSIDE);
    for place in 0..archive.len() {
        let inner = archive.by_index(place)?;
        let name = inner.name()?.into_owned();
        // What a Mac puts beside each file.
        if !inner.is_file() || name.starts_with("__MACOSX/") || name.rsplit('/').next().is_some_and(|last| last.starts_with('.')) {
            continue;
        }
        let inside = |cause| match cause {
            Error::TooLarge { .. } => Error::TooLarge { limit: LARGEST_INSIDE },
            cause => Error::Inside { name: name.clone(), cause: Box::new(cause) },
        };
        let bytes = read::bytes(inner, room).map_err(inside)?;
        room = room.saturating_sub(bytes.len() as u64);
        let text = match read::decoded(bytes) {
            // An archive inside the archive, a picture, a note: said in the report, and no reason to refuse the rest.
            Err(Error::NotFhir(_)) => String::new(),
            text => text.map_err(inside)?,
        };
        parts.push(Part { name: Some(name), text });
    }
    bounded(&parts)?;
    Ok(parts)
}

/// The entries of all parts. Of an archive what is no FHIR is left out, unless nothing is.
pub(super) fn entries<'p>(parts: &'p [Part], own: Option<&Own>) -> Result<Entries<'p>, Error> {
    let most = if own.is_some() { RESOURCES } else { usize::MAX };
    let mut found = Entries::default();
    let mut any = false;
    for Part { name, text } in parts {
        let Some(name) = name else { return read::entries(text, most) };
        match read::entries(text, most.saturating_sub(found.entries.len())) {
            Ok(inside) => {
                any = true;
                found.empty += inside.empty;
                found.entries.extend(
                    inside.entries.into_iter().map(|entry| read::Entry { position: format!("{name}, {}", entry.position), ..entry }),
                );
            }
            Err(Error::NotFhir(_)) => found.left_out.push(name.clone()),
            Err(Error::TooMuch { .. }) => return Err(Error::TooMuch { limit: most }),
            Err(cause) => return Err(Error::Inside { name: name.clone(), cause: Box::new(cause) }),
        }
    }
    if any { Ok(found) } else { Err(Error::NotFhir("nothing in the archive is".into())) }
}

impl Own {
    /// Refuses a file that changes one thing again and again: each time is a round through the record.
    pub(super) fn is_bearable(rounds: i32) -> Result<(), Error> {
        if rounds > ROUNDS { Err(Error::TooMuch { limit: RESOURCES }) } else { Ok(()) }
    }

    /// From here on whatever is changed is kept as it was before, so that it can be taken back.
    pub(super) async fn keep_what_was(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        sqlx::query("select set_config('chartkey.undoable', $1, true)").bind(self.import.to_string()).execute(connection).await?;
        Ok(())
    }

    /// Refuses a file that describes somebody else than the record does, or than an earlier file
    /// of the patient's did under the same identifier, unless they have said that it is about them.
    pub(super) async fn is_theirs(
        &self,
        connection: &mut PgConnection,
        patient: PatientId,
        resources: &[Resource<'_>],
        contradictions: Result<(), Error>,
    ) -> Result<(), Error> {
        let persons = || resources.iter().filter_map(|resource| resource.person.as_ref());
        if self.is_confirmed {
            return Ok(());
        }
        match contradictions {
            Err(Error::OtherPerson { .. }) => return Err(Error::SomebodyElse(persons().next().map(Described::from).unwrap_or_default())),
            other => other?,
        }
        let (name, birth_date, sex): (String, Option<String>, Option<String>) =
            sqlx::query_as("select full_name, birth_date, sex from patient where patient_id = $1")
                .bind(patient.0)
                .fetch_one(connection)
                .await?;
        let names = if name == UNNAMED { Vec::new() } else { vec![name.to_lowercase()] };
        let here = Person { names, birth_date, sex, ..Person::default() };
        let differs = |person: &&Person| {
            let sexes = here.sex.as_deref().zip(person.sex.as_deref());
            here.contradicts(person).is_some() || sexes.is_some_and(|(one, two)| one != two && two != "unknown" && one != "unknown")
        };
        persons().find(differs).map_or(Ok(()), |person| Err(Error::SomebodyElse(person.into())))
    }
}

/// Takes a turn among the imports of one source, until the end of the transaction.
pub(super) async fn turn(connection: &mut PgConnection, source: SourceId) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('chartkey-import ' || $1, 0))")
        .bind(source.0.to_string())
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// The same for somebody who does not wait: whether they have it. What they change afterwards
/// waits for nobody long.
pub(crate) async fn try_turn(connection: &mut PgConnection, source: SourceId) -> Result<bool, sqlx::Error> {
    sqlx::query("set local lock_timeout = '2s'").execute(&mut *connection).await?;
    sqlx::query_scalar("select pg_try_advisory_xact_lock(hashtextextended('chartkey-import ' || $1, 0))")
        .bind(source.0.to_string())
        .fetch_one(connection)
        .await
}

/// Writes down what came to each record, and that the patient's own file is done.
pub(super) async fn deliver(
    connection: &mut PgConnection,
    report: &ImportReport,
    at: OffsetDateTime,
    own: Option<&Own>,
) -> Result<(), sqlx::Error> {
    let (source, import) = (identity::source_id(&report.source), ImportId(report.import_id));
    let notes: Vec<_> = report.not_understood.iter().chain(&report.unassigned).filter(|_| own.is_some()).collect();
    sqlx::query(
        "insert into delivery (patient_id, import_id, source_id, at, added, changed, older, unchanged, not_understood, notes, is_own)
         select v.patient_id, $1, $2, $3,
            count(*) filter (where v.outcome = 'created'), count(*) filter (where v.outcome in ('updated', 'changed')),
            count(*) filter (where v.outcome = 'older'), count(*) filter (where v.outcome = 'unchanged'),
            count(*) filter (where s.resource_type = 'Unknown'), $4, $5
         from verdict v join stage s on s.seq = v.seq group by v.patient_id
        union all
        -- Its patient is told of a file that brought nothing that can be kept.
        select $6, $1, $2, $3, 0, 0, 0, 0, 0, $4, $5 where $6 is not null and not exists (select from verdict)",
    )
    .bind(import.0)
    .bind(source.0)
    .bind(at)
    .bind(storable(&notes))
    .bind(own.is_some())
    .bind(own.map(|own| own.patient.0))
    .execute(&mut *connection)
    .await?;
    if own.is_some() {
        sqlx::query("insert into item_again select distinct patient_id, $1::uuid, item_id from verdict where outcome = 'unchanged' on conflict do nothing")
            .bind(import.0)
            .execute(&mut *connection)
            .await?;
        sqlx::query("delete from upload_piece where import_id = $1").bind(import.0).execute(&mut *connection).await?;
        sqlx::query("update upload set state = 'done', done = $2, total = $2, said = null where import_id = $1")
            .bind(import.0)
            .bind(i32::try_from(report.resources).unwrap_or(i32::MAX))
            .execute(&mut *connection)
            .await?;
        // Who may see it is worked out afresh whenever something is taken back.
        sqlx::query("select set_config('chartkey.undoable', '', true)").execute(&mut *connection).await?;
        for patient in &report.patients {
            sqlx::query("select gate.settle_privacy($1)").bind(patient.0).execute(&mut *connection).await?;
            twins::find(connection, &[patient.0], None, Wait::AsTheFirst).await?;
        }
    }
    if let Some(own) = own {
        // What begins to wait because of the file waits no more without it.
        let patients: Vec<_> = report.patients.iter().map(|patient| patient.0).collect();
        own.keep_what_was(connection).await?;
        store::wait(connection, &patients).await?;
        sqlx::query("select set_config('chartkey.undoable', '', true)").execute(&mut *connection).await?;
    }
    Ok(())
}
