//! Takes a file of FHIR R4 into the records of its patients.
//!
//! One file is one transaction: it is taken whole or not at all. What a file says
//! about consent, access, identity or carers (Consent, AuditEvent, Provenance,
//! Person, `Patient.link`, RelatedPerson, Subscription) is stored and never acts.
//!
//! Queries here are not checked at compile time: they speak of temporary tables
//! that exist only in their transaction.

mod copy;
mod error;
pub mod identity;
mod owner;
mod read;
mod resource;
mod stage;
mod store;
mod tray;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io::Read,
    time::Instant,
};

use chartkey_domain::id::{ImportId, PatientId, SourceId};
use serde::{Deserialize, Serialize};
use sqlx::{Connection, PgConnection, Row};
use time::OffsetDateTime;
use uuid::Uuid;

pub use error::Error;
use owner::Owners;
use resource::{Index, Resource};

use crate::{
    audit::{self, Chain, Event, What, Who, Why},
    fhir::{
        json::Json,
        person::{Person, person},
    },
};

/// The limit of a file once decompressed, unless another is given.
pub const LIMIT: u64 = 512 << 20;

/// Whose record a file goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Into {
    /// The Patients of the file.
    #[default]
    ByFile,
    /// This record; the file must be about one person.
    Patient(PatientId),
    /// A record of its own, even where the file has no Patient; about one person.
    New,
}

/// What an import needs to know beside the bytes.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// Who delivered the file. Identifiers count only within one source.
    pub source: String,
    /// Whose record it goes to.
    pub into: Into,
    /// The name of the file, for the report.
    pub file_name: String,
    /// The most bytes, decompressed.
    pub limit: u64,
    /// Why the operator imports it; stands in the log of every record it changes.
    pub reason: String,
}

impl ImportOptions {
    /// A file of a source, to the Patients that it names.
    #[must_use]
    pub fn new(source: impl std::convert::Into<String>, file_name: impl std::convert::Into<String>) -> Self {
        Self { source: source.into(), into: Into::ByFile, file_name: file_name.into(), limit: LIMIT, reason: "import".to_owned() }
    }
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Resources written.
    pub done: usize,
    /// Resources in the file.
    pub total: usize,
}

/// A resource that needs a person to look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noted {
    /// Where it stands in the file.
    pub position: String,
    /// Its type, where known.
    pub resource_type: String,
    /// Why.
    pub reason: String,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ImportReport {
    /// This run.
    pub import_id: Uuid,
    /// Who delivered the file.
    pub source: String,
    /// The name of the file.
    pub file_name: String,
    /// Resources in the file.
    pub resources: usize,
    /// Entries that carry no resource: requests and responses.
    pub entries_without_resource: usize,
    /// Resources by type.
    pub types: BTreeMap<String, usize>,
    /// Rows of records that are new. A resource that several patients name is one
    /// row in the record of each.
    pub created: u64,
    /// Rows with a newer version.
    pub updated: u64,
    /// Rows that changed, though the source gave no newer version.
    pub changed_without_version: u64,
    /// Versions that are older than the one in force; kept.
    pub older: u64,
    /// Rows that came as they are here.
    pub unchanged: u64,
    /// Resources that were kept but not understood.
    pub not_understood: Vec<Noted>,
    /// Resources that belong to nobody yet, in the operator's tray.
    pub unassigned: Vec<Noted>,
    /// Resources taken from the tray, since their patient came or an item names them.
    pub from_tray: usize,
    /// The records that the file is about.
    pub patients: Vec<PatientId>,
    /// How long it took.
    pub seconds: f64,
}

/// Imports one file. The connection works as the runtime role; nothing of the file
/// is kept unless this returns a report.
///
/// Reading and parsing block: on a server, call this where that is allowed.
///
/// # Errors
/// [`Error`] says what to do.
pub async fn run(
    connection: &mut PgConnection,
    reader: impl Read,
    options: &ImportOptions,
    mut progress: impl FnMut(Progress),
) -> Result<ImportReport, Error> {
    let started = Instant::now();
    let text = read::text(reader, options.limit)?;
    let read::Entries { entries, empty } = read::entries(&text)?;
    let mut resources: Vec<Resource<'_>> = entries.into_iter().map(Resource::read).collect();
    let total = resources.len();

    let mut transaction = connection.begin().await?;
    let source = identity::source_id(&options.source);
    let import = ImportId(Uuid::now_v7());
    let Begun { at, is_known } = begin(&mut transaction, source, import, options, &text).await?;

    let index = index_of(&resources);
    let mut patients = known(&mut transaction, source, &resources, &index).await?;
    let only = who(&mut transaction, source, options.into, &mut patients, &resources, &index).await?;
    contradictions(&mut transaction, source, &patients, &resources).await?;

    let from_tray = tray::waiting(&mut transaction, source, &mut resources).await?;
    write_patients(&mut transaction, source, &patients, only, &resources).await?;

    let tray::Assigned { found, of, names_outside } = tray::named(&mut transaction, source, &mut resources, &patients, only).await?;
    let index = index_of(&resources);
    let owners = Owners { resources: &resources, index: &index, patients: &patients, of };
    let unassigned = tray::keep(&mut transaction, source, import, at, &owners).await?;
    let rounds = stage::stage(&mut transaction, source, &owners, |done| progress(Progress { done, total })).await?;
    let outcomes = store::store(&mut transaction, source, import, at, rounds, store::About { is_known, names_outside }).await?;

    write_heads(&mut transaction, source).await?;

    let mut report = ImportReport {
        import_id: import.0,
        source: options.source.clone(),
        file_name: options.file_name.clone(),
        resources: total,
        entries_without_resource: empty,
        created: outcomes.created,
        updated: outcomes.updated,
        changed_without_version: outcomes.changed_without_version,
        older: outcomes.older,
        unchanged: outcomes.unchanged,
        unassigned,
        from_tray: from_tray + found,
        patients: owners.of.iter().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect(),
        ..ImportReport::default()
    };
    for resource in resources.iter().filter(|resource| !resource.is_kept) {
        *report.types.entry(resource.resource_type.clone()).or_default() += 1;
        if let Some(reason) = &resource.reason {
            report.not_understood.push(note(resource, reason));
        }
    }
    report.seconds = started.elapsed().as_secs_f64();
    sqlx::query("update import set report = $2, finished_at = clock_timestamp() where import_id = $1")
        .bind(import.0)
        .bind(sqlx::types::Json(&report))
        .execute(&mut *transaction)
        .await?;
    if report.changed_anything() {
        tell(&mut transaction, &report, options, at).await?;
    }
    transaction.commit().await?;
    progress(Progress { done: total, total });
    Ok(report)
}

impl ImportReport {
    /// Whether any record is different from before.
    #[must_use]
    pub const fn changed_anything(&self) -> bool {
        self.created + self.updated + self.changed_without_version + self.older > 0
    }
}

/// Writes the import into the log of every record that the file is about, in the
/// order of the chains.
async fn tell(connection: &mut PgConnection, report: &ImportReport, options: &ImportOptions, at: OffsetDateTime) -> Result<(), Error> {
    let what = What { action: "imported".to_owned(), text: Some(options.source.clone()), ..What::default() };
    let event = Event { at, who: Who::operator(), what, why: Why::Operator { reason: options.reason.clone() } };
    for patient in &report.patients {
        sqlx::query("select set_config('chartkey.patient', $1, true)").bind(patient.to_string()).execute(&mut *connection).await?;
        audit::append(connection, Chain::Patient(*patient), &event).await.map_err(|error| Error::Log(Box::new(error)))?;
    }
    Ok(())
}

fn note(resource: &Resource<'_>, reason: &str) -> Noted {
    Noted { position: resource.position.clone(), resource_type: resource.resource_type.clone(), reason: reason.to_owned() }
}

fn index_of(resources: &[Resource<'_>]) -> Index {
    let mut index = Index::default();
    for (place, resource) in resources.iter().enumerate() {
        index.add(place, resource);
    }
    index
}

/// An import that has begun.
struct Begun {
    /// The time of the database.
    at: OffsetDateTime,
    /// Whether the same bytes came from the same source before.
    is_known: bool,
}

/// Says that this is an import, takes its turn among those of its source, and
/// writes down that it began.
async fn begin(
    connection: &mut PgConnection,
    source: SourceId,
    import: ImportId,
    options: &ImportOptions,
    text: &str,
) -> Result<Begun, sqlx::Error> {
    sqlx::query("select set_config('chartkey.task', 'import', true)").execute(&mut *connection).await?;
    // Where PostgreSQL was built with it, lz4 saves a tenth of the whole import (measured).
    sqlx::query(
        "select set_config('default_toast_compression', 'lz4', true)
         from pg_settings where name = 'default_toast_compression' and 'lz4' = any(enumvals)",
    )
    .execute(&mut *connection)
    .await?;
    // Plans of temporary tables must not be those of empty ones.
    sqlx::query("set local plan_cache_mode = force_custom_plan").execute(&mut *connection).await?;
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('chartkey-import ' || $1, 0))")
        .bind(source.0.to_string())
        .execute(&mut *connection)
        .await?;
    sqlx::query("insert into source (source_id, name) values ($1, $2) on conflict do nothing")
        .bind(source.0)
        .bind(&options.source)
        .execute(&mut *connection)
        .await?;
    let hash = identity::sha256(text.as_bytes());
    let is_known = sqlx::query_scalar("select exists (select from import where source_id = $1 and sha256 = $2)")
        .bind(source.0)
        .bind(hash.as_slice())
        .fetch_one(&mut *connection)
        .await?;
    let at = sqlx::query_scalar(
        "insert into import (import_id, source_id, file_name, sha256, started_at, report) values ($1, $2, $3, $4, clock_timestamp(), '{}')
         returning started_at",
    )
    .bind(import.0)
    .bind(source.0)
    .bind(options.file_name.replace('\0', ""))
    .bind(hash.as_slice())
    .fetch_one(connection)
    .await?;
    Ok(Begun { at, is_known })
}

/// The Patients of the file, and those of earlier files that it speaks of.
async fn known(
    connection: &mut PgConnection,
    source: SourceId,
    resources: &[Resource<'_>],
    index: &Index,
) -> Result<BTreeMap<String, PatientId>, sqlx::Error> {
    let spoken: BTreeSet<String> = resources.iter().flat_map(|resource| owner::said(resource, resources, index)).collect();
    let spoken: Vec<String> = spoken.into_iter().collect();
    let rows = sqlx::query("select fhir_id, patient_id from subject where source_id = $1 and fhir_id = any($2)")
        .bind(source.0)
        .bind(&spoken)
        .fetch_all(connection)
        .await?;
    let mut patients = BTreeMap::new();
    for row in rows {
        patients.insert(row.try_get(0)?, PatientId(row.try_get(1)?));
    }
    for resource in resources.iter().filter(|resource| resource.resource_type == "Patient") {
        patients.entry(resource.fhir_id.clone()).or_insert_with(|| identity::patient_id(source, &resource.fhir_id));
    }
    Ok(patients)
}

/// Where one record is asked for, makes everybody that the file speaks of that one.
async fn who(
    connection: &mut PgConnection,
    source: SourceId,
    into: Into,
    patients: &mut BTreeMap<String, PatientId>,
    resources: &[Resource<'_>],
    index: &Index,
) -> Result<Option<PatientId>, Error> {
    if into == Into::ByFile {
        return Ok(None);
    }
    let spoken: BTreeSet<String> = resources.iter().flat_map(|resource| owner::said(resource, resources, index)).collect();
    if spoken.len() > 1 {
        return Err(Error::SeveralPeople { count: spoken.len() });
    }
    let only = match into {
        Into::Patient(patient) => {
            let here = sqlx::query_scalar::<_, bool>("select exists (select from patient where patient_id = $1)").bind(patient.0);
            if !here.fetch_one(&mut *connection).await? {
                return Err(Error::NoSuchPatient(patient.0));
            }
            patient
        }
        _ => spoken
            .first()
            .map_or_else(|| PatientId(Uuid::new_v4()), |id| patients.get(id).copied().unwrap_or_else(|| identity::patient_id(source, id))),
    };
    for fhir_id in spoken {
        let known: Option<Uuid> = sqlx::query_scalar("select patient_id from subject where source_id = $1 and fhir_id = $2")
            .bind(source.0)
            .bind(&fhir_id)
            .fetch_optional(&mut *connection)
            .await?;
        if let Some(patient) = known.filter(|patient| *patient != only.0) {
            return Err(Error::AnotherRecord { fhir_id, patient });
        }
        patients.insert(fhir_id, only);
    }
    Ok(Some(only))
}

/// Stops a file that gives a known Patient another name or birth date.
async fn contradictions(
    connection: &mut PgConnection,
    source: SourceId,
    patients: &BTreeMap<String, PatientId>,
    resources: &[Resource<'_>],
) -> Result<(), Error> {
    let here: Vec<&Resource<'_>> = resources.iter().filter(|resource| resource.resource_type == "Patient").collect();
    let items: HashMap<Uuid, &str> = here
        .iter()
        .filter_map(|resource| {
            Some((identity::item_id(source, *patients.get(&resource.fhir_id)?, "Patient", &resource.fhir_id).0, resource.fhir_id.as_str()))
        })
        .collect();
    let rows = sqlx::query(
        "select i.item_id, v.bytes from item i join item_version v using (patient_id, item_id, version_no)
         where i.patient_id = any($1) and i.item_id = any($2)",
    )
    .bind(patients.values().map(|patient| patient.0).collect::<Vec<_>>())
    .bind(items.keys().copied().collect::<Vec<_>>())
    .fetch_all(connection)
    .await?;
    let mut persons: HashMap<String, Person> = HashMap::new();
    for row in rows {
        let bytes: Vec<u8> = row.try_get(1)?;
        let Some(id) = items.get(&row.try_get(0)?) else { continue };
        if let Some(json) = std::str::from_utf8(&bytes).ok().and_then(|text| Json::parse(text).ok()) {
            persons.insert((*id).to_owned(), person(&json));
        }
    }
    for resource in here {
        let Some(new) = &resource.person else { continue };
        if let Some(what) = persons.get(&resource.fhir_id).and_then(|old| old.contradicts(new)) {
            return Err(Error::OtherPerson { fhir_id: resource.fhir_id.clone(), what });
        }
        persons.insert(resource.fhir_id.clone(), new.clone());
    }
    Ok(())
}

/// Begins the records that are new.
async fn write_patients(
    connection: &mut PgConnection,
    source: SourceId,
    patients: &BTreeMap<String, PatientId>,
    only: Option<PatientId>,
    resources: &[Resource<'_>],
) -> Result<(), sqlx::Error> {
    let persons = resources.iter().filter_map(|resource| Some((resource, resource.person.as_ref()?)));
    for (resource, person) in persons {
        let Some(patient) = patients.get(&resource.fhir_id) else { continue };
        let begin = "insert into patient (patient_id, full_name, family, given, birth_date, sex, died) values ($1, $2, $3, $4, $5, $6, $7)
             on conflict do nothing";
        write_head(connection, begin, *patient, person).await?;
    }
    if let Some(patient) = only {
        sqlx::query("insert into patient (patient_id, full_name) values ($1, $2) on conflict do nothing")
            .bind(patient.0)
            .bind(UNNAMED)
            .execute(&mut *connection)
            .await?;
    }
    let (ids, records): (Vec<&str>, Vec<Uuid>) = patients.iter().map(|(id, patient)| (id.as_str(), patient.0)).unzip();
    sqlx::query(
        "insert into subject (source_id, fhir_id, patient_id) select $1, s.id, s.patient from unnest($2::text[], $3::uuid[]) s (id, patient)
         on conflict do nothing",
    )
    .bind(source.0)
    .bind(ids)
    .bind(records)
    .execute(connection)
    .await?;
    Ok(())
}

/// What a record is called while its source gives no name.
const UNNAMED: &str = "Unnamed";

/// Gives the records that began at this source the name and birth date of the
/// Patient in force, where that changed.
async fn write_heads(connection: &mut PgConnection, source: SourceId) -> Result<(), sqlx::Error> {
    let rows = sqlx::query(
        "select distinct i.patient_id, i.fhir_id, v.bytes
         from verdict d join item i on i.patient_id = d.patient_id and i.item_id = d.item_id
         join item_version v on v.patient_id = i.patient_id and v.item_id = i.item_id and v.version_no = i.version_no
         where i.resource_type = 'Patient' and d.outcome in ('created', 'updated', 'changed')",
    )
    .fetch_all(&mut *connection)
    .await?;
    for row in rows {
        let (patient, fhir_id, bytes): (Uuid, String, Vec<u8>) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let Ok(json) = Json::parse(std::str::from_utf8(&bytes).unwrap_or_default()) else { continue };
        // A record that another source began keeps the name that it has.
        if patient == identity::patient_id(source, &fhir_id).0 {
            let change = "update patient set full_name = $2, family = $3, given = $4, birth_date = $5, sex = $6, died = $7
                 where patient_id = $1 and (full_name, family, given, birth_date, sex, died) is distinct from ($2, $3, $4, $5, $6, $7)";
            write_head(connection, change, PatientId(patient), &person(&json)).await?;
        }
    }
    Ok(())
}

async fn write_head(
    connection: &mut PgConnection,
    statement: &'static str,
    patient: PatientId,
    person: &Person,
) -> Result<(), sqlx::Error> {
    let text = |text: Option<&str>| text.map(|text| text.replace('\0', ""));
    sqlx::query(statement)
        .bind(patient.0)
        .bind(text(person.full_name.as_deref().or(Some(UNNAMED))))
        .bind(text(person.family.as_deref()))
        .bind(text(person.given.as_deref()))
        .bind(text(person.birth_date.as_deref()))
        .bind(text(person.sex.as_deref()))
        .bind(text(person.died.as_deref()))
        .execute(connection)
        .await?;
    Ok(())
}
