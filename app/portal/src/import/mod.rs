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
pub mod own;
mod owner;
mod patients;
mod phrases;
pub mod read;
mod relabel;
mod resource;
mod stage;
mod storable;
mod store;
mod take_back;
mod tray;
pub(crate) mod twins;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read,
    time::Instant,
};

use chartkey_domain::id::{ImportId, PatientId, SourceId};
use serde::{Deserialize, Serialize};
use sqlx::{Connection, PgConnection};
use time::OffsetDateTime;
use uuid::Uuid;

pub use error::Error;
use own::{Own, Part};
use owner::Owners;
use resource::{Index, Resource};
pub(crate) use storable::storable;
pub(crate) use store::LABELS;
pub(crate) use take_back::take_back;

use crate::audit::{self, Chain, Event, What, Who, Why};

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
    /// The name of the operator, beside the reason.
    pub operator: String,
    /// Set: the patient's own file, into their own record.
    pub own: Option<Own>,
}

impl ImportOptions {
    /// A file of a source, to the Patients that it names.
    #[must_use]
    pub fn new(source: impl std::convert::Into<String>, file_name: impl std::convert::Into<String>) -> Self {
        Self {
            source: source.into(),
            into: Into::ByFile,
            file_name: file_name.into(),
            limit: LIMIT,
            reason: "import".to_owned(),
            operator: "operator".to_owned(),
            own: None,
        }
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
    progress: impl FnMut(Progress),
) -> Result<ImportReport, Error> {
    let text = read::text(reader, options.limit)?;
    take(connection, &[Part { name: None, text }], options, progress).await
}

/// Imports the parts of one file, together.
pub(crate) async fn take(
    connection: &mut PgConnection,
    parts: &[Part],
    options: &ImportOptions,
    mut progress: impl FnMut(Progress),
) -> Result<ImportReport, Error> {
    if options.own.is_none() && own::is_ours(&options.source) {
        return Err(Error::OwnSource(options.source.clone()));
    }
    let understood = understand(parts, options.own.as_ref())?;
    if understood.resources.is_empty() && options.own.is_some() {
        return Err(Error::Empty);
    }
    // By itself: whoever counts for longer than that holds up others.
    sqlx::query(store::RECOUNT).execute(&mut *connection).await?;
    let mut transaction = connection.begin().await?;
    let Brought { report, at } = bring(&mut transaction, parts, understood, options, &mut progress).await?;
    own::deliver(&mut transaction, &report, at, options.own.as_ref()).await?;
    if report.changed_anything() {
        tell(&mut transaction, &report, options, at).await?;
    }
    transaction.commit().await?;
    progress(Progress { done: report.resources, total: report.resources });
    Ok(report)
}

/// The resources of a file, before anything is asked of the database.
#[derive(Debug)]
pub(crate) struct Understood<'p> {
    started: Instant,
    resources: Vec<Resource<'p>>,
    empty: usize,
    left_out: Vec<String>,
}

impl Understood<'_> {
    /// Type and identifier of each resource, in their order.
    pub fn named(&self) -> impl Iterator<Item = (&str, &str)> {
        self.resources.iter().map(|resource| (resource.resource_type.as_str(), resource.fhir_id.as_str()))
    }
}

/// Reads the parts of a file.
pub(crate) fn understand<'p>(parts: &'p [Part], own: Option<&Own>) -> Result<Understood<'p>, Error> {
    let started = Instant::now();
    let read::Entries { entries, empty, left_out } = own::entries(parts, own)?;
    Ok(Understood { started, resources: entries.into_iter().map(Resource::read).collect(), empty, left_out })
}

/// What came into records, on its way to its commit.
#[derive(Debug)]
pub(crate) struct Brought {
    /// What it did.
    pub report: ImportReport,
    /// The time of the database: `added_at` of all of it.
    pub at: OffsetDateTime,
}

/// Brings the parts of one file into the records, in the transaction of the caller, who writes the event. The task
/// is `import` afterwards.
pub(crate) async fn bring(
    transaction: &mut PgConnection,
    parts: &[Part],
    understood: Understood<'_>,
    options: &ImportOptions,
    mut progress: impl FnMut(Progress),
) -> Result<Brought, Error> {
    let Understood { started, mut resources, empty, left_out } = understood;
    let total = resources.len();
    let source = identity::source_id(&options.source);
    let import = options.own.as_ref().map_or_else(|| ImportId(Uuid::now_v7()), |own| own.import);
    let Begun { at, is_known } = begin(transaction, source, import, options, parts).await?;

    // What waited for this file may speak of more people than it does.
    let from_tray = tray::waiting(transaction, source, &mut resources).await?;
    let index = index_of(&resources);
    let mut patients = patients::known(transaction, source, &resources, &index).await?;
    let only = patients::who(transaction, source, options.into, &mut patients, &resources, &index).await?;
    let contradictions = patients::contradictions(transaction, source, &patients, &resources).await;
    match (&options.own, only) {
        (Some(own), Some(patient)) => own.is_theirs(transaction, patient, &resources, contradictions).await?,
        _ => contradictions?,
    }

    patients::begin(transaction, source, &patients, only, &resources).await?;

    let awaited = tray::awaited(transaction, source, &resources).await?;
    let waiting = awaited.iter().map(|(_, patient)| patient);
    let records: Vec<Uuid> = patients.values().chain(only.as_ref()).chain(waiting).map(|patient| patient.0).collect();
    lock(transaction, &records).await?;
    relabel::stale(transaction, &records).await?;
    phrases::stale(transaction, &records).await?;
    // What was only read again is not what the file changes.
    if let Some(own) = &options.own {
        own.keep_what_was(transaction).await?;
    }

    let tray::Assigned { found, of, names_outside } = tray::named(transaction, source, &mut resources, &patients, only, awaited).await?;
    let index = index_of(&resources);
    let owners = Owners { resources: &resources, index: &index, patients: &patients, of };
    let unassigned = match &options.own {
        // What of it can be nobody's record is not for the operator either.
        Some(_) => tray::left_out(&owners),
        None => tray::keep(transaction, source, import, at, &owners).await?,
    };
    let rounds = stage::stage(transaction, source, &owners, |done| progress(Progress { done, total })).await?;
    if options.own.is_some() {
        Own::is_bearable(rounds)?;
    }
    let about = store::About { is_known, names_outside, is_own: options.own.is_some(), is_by_hand: own::is_by_hand(&options.source) };
    let outcomes = store::store(transaction, source, import, at, rounds, about).await?;

    patients::write_heads(transaction, source).await?;

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
    report.not_understood.extend(left_out.into_iter().map(|position| Noted {
        position,
        resource_type: "Unknown".to_owned(),
        reason: "it is no FHIR in JSON, and was not kept".to_owned(),
    }));
    report.seconds = started.elapsed().as_secs_f64();
    sqlx::query("update import set report = $2, finished_at = clock_timestamp() where import_id = $1")
        .bind(import.0)
        .bind(storable(&report))
        .execute(&mut *transaction)
        .await?;
    Ok(Brought { report, at })
}

impl ImportReport {
    /// Whether any record is different from before.
    #[must_use]
    pub const fn changed_anything(&self) -> bool {
        self.created + self.updated + self.changed_without_version + self.older > 0
    }
}

/// Takes turns at these records with whoever else brings something into them or reads them again:
/// all at once and always in this order, so that nobody waits for somebody who waits. It keeps
/// nobody from what only names a record: a share, a block.
async fn lock(connection: &mut PgConnection, records: &[Uuid]) -> Result<(), sqlx::Error> {
    let lock = "select from patient where patient_id = any($1) order by patient_id for no key update";
    sqlx::query(lock).bind(records).execute(connection).await?;
    Ok(())
}

/// Writes the import into the log of every record that the file is about, in the
/// order of the chains, and where in it the file came.
async fn tell(connection: &mut PgConnection, report: &ImportReport, options: &ImportOptions, at: OffsetDateTime) -> Result<(), Error> {
    let by_operator = || (Who::operator(&options.operator), Some(options.source.clone()), Why::Operator { reason: options.reason.clone() });
    let (who, text, why) = options.own.as_ref().map_or_else(by_operator, |own| (own.who.clone(), None, Why::Own));
    let what = What { action: "imported".to_owned(), text, ..What::default() };
    let event = Event { at, who, what, why };
    for patient in &report.patients {
        sqlx::query("select set_config('chartkey.patient', $1, true)").bind(patient.to_string()).execute(&mut *connection).await?;
        audit::append(connection, Chain::Patient(*patient), &event).await.map_err(|error| Error::Log(Box::new(error)))?;
        arrived(connection, *patient, at).await?;
    }
    Ok(())
}

/// Notes where in the log of a record it came what was added at this moment: its newest event; and that the lists of its readers
/// are to be told.
pub(crate) async fn arrived(connection: &mut PgConnection, patient: PatientId, at: OffsetDateTime) -> Result<(), sqlx::Error> {
    sqlx::query(
        "with due as (insert into news_due (patient_id) values ($1::uuid) on conflict (patient_id) do update set since = excluded.since)
         insert into arrival (patient_id, seq, added_at)
         select $1::uuid, seq, $2 from chain_head where chain = 'patient/' || $1::uuid::text",
    )
    .bind(patient.0)
    .bind(at)
    .execute(connection)
    .await?;
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
    parts: &[Part],
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
    own::turn(connection, source).await?;
    sqlx::query("insert into source (source_id, name) values ($1, $2) on conflict do nothing")
        .bind(source.0)
        .bind(&options.source)
        .execute(&mut *connection)
        .await?;
    let hash = identity::sha256_of(parts.iter().map(|part| part.text.as_bytes()));
    let is_known = sqlx::query_scalar("select exists (select from import where source_id = $1 and sha256 = $2 and undone_at is null)")
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
