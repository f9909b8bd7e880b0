//! The operator's tray: what belongs to nobody yet, and what is taken from it
//! when its patient comes or an item names it.

use std::collections::{BTreeMap, BTreeSet};

use chartkey_domain::id::{ImportId, PatientId, SourceId};
use sqlx::{PgConnection, Row};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Noted,
    identity::{item_id, sha256},
    index_of, note,
    owner::{self, Owners},
    resource::{Named, Resource},
};
use crate::fhir::types::{Placement, placement};

/// Adds what has waited for the Patients of this file; gives how many.
pub async fn waiting(connection: &mut PgConnection, source: SourceId, resources: &mut Vec<Resource<'_>>) -> Result<usize, sqlx::Error> {
    let arrived: Vec<String> =
        resources.iter().filter(|resource| resource.resource_type == "Patient").map(|resource| resource.fhir_id.clone()).collect();
    let rows = sqlx::query("delete from unassigned where source_id = $1 and patient_fhir_id = any($2) returning fhir_id, bytes")
        .bind(source.0)
        .bind(arrived)
        .fetch_all(connection)
        .await?;
    let waited = rows.into_iter().map(|row| Ok(kept(row.try_get(0)?, row.try_get(1)?))).collect::<Result<Vec<_>, sqlx::Error>>()?;
    let count = waited.len();
    // What came earlier is taken before what the file says of the same thing.
    resources.splice(0..0, waited);
    Ok(count)
}

/// A file that names much that never came asks again this often at most.
const STEPS: usize = 8;

/// The owners of everything.
pub struct Assigned {
    /// How many resources of earlier files were added.
    pub found: usize,
    /// For each resource, the records it belongs to.
    pub of: Vec<BTreeSet<PatientId>>,
    /// Whether the file names resources of other files, or they name its own.
    pub names_outside: bool,
}

/// Assigns the resources, those that were [`awaited`] to whoever waits, and adds what they name from
/// earlier files of the source, step by step.
pub async fn named(
    connection: &mut PgConnection,
    source: SourceId,
    resources: &mut Vec<Resource<'_>>,
    patients: &BTreeMap<String, PatientId>,
    only: Option<PatientId>,
    mut given: Vec<(Named, PatientId)>,
) -> Result<Assigned, sqlx::Error> {
    let before = resources.len();
    let mut asked: BTreeSet<(Named, PatientId)> = BTreeSet::new();
    let mut step = 0;
    loop {
        let index = index_of(resources);
        let mut owners = Owners::assign(resources, &index, patients, only);
        for (named, patient) in &given {
            if let Some(place) = index.place(named).filter(|place| owners.says_nothing(*place)) {
                owners.give(place, *patient);
            }
        }
        owners.spread();
        step += 1;
        let outside: Vec<(Named, PatientId)> = outside(&owners).into_iter().filter(|pair| !asked.contains(pair)).collect();
        let of = owners.of;
        let names_outside = !(asked.is_empty() && given.is_empty() && outside.is_empty());
        let assigned = |found| Assigned { found, of, names_outside };
        if outside.is_empty() || step > STEPS {
            return Ok(assigned(resources.len() - before));
        }
        let absent = absent(connection, source, outside.clone()).await?;
        asked.extend(outside);
        let wanted: BTreeSet<&Named> = absent.iter().map(|(named, _)| named).collect();
        let found = fetch(connection, source, &wanted).await?;
        let names: BTreeSet<Named> = found.iter().map(Resource::named).collect();
        let (here, missing): (Vec<_>, Vec<_>) = absent.into_iter().partition(|(named, _)| names.contains(named));
        remember(connection, source, &missing).await?;
        if here.is_empty() {
            return Ok(assigned(resources.len() - before));
        }
        given.extend(here);
        resources.extend(found);
    }
}

fn kept(fhir_id: String, bytes: Vec<u8>) -> Resource<'static> {
    Resource::kept(fhir_id, String::from_utf8_lossy(&bytes).into_owned())
}

/// What owned resources name outside the file and could be copied to their record.
fn outside(owners: &Owners<'_, '_>) -> BTreeSet<(Named, PatientId)> {
    let mut outside = BTreeSet::new();
    for (place, patients) in owners.of.iter().enumerate().filter(|(_, patients)| !patients.is_empty()) {
        for named in owners.named_by(place) {
            if goes_with_its_namer(&named.resource_type) && owners.index.place(&named).is_none() {
                outside.extend(patients.iter().map(|patient| (named.clone(), *patient)));
            }
        }
    }
    outside
}

/// Whether a resource of this type may belong to whoever names it: people and places, and
/// what FHIR lets come without saying whose it is. One that does say so stays with that patient.
fn goes_with_its_namer(resource_type: &str) -> bool {
    const SUBJECT_OPTIONAL: [&str; 6] = ["Observation", "Media", "Device", "DocumentReference", "QuestionnaireResponse", "Questionnaire"];
    placement(resource_type) == Placement::Attachment || SUBJECT_OPTIONAL.contains(&resource_type)
}

/// Those that are not yet in the record.
async fn absent(
    connection: &mut PgConnection,
    source: SourceId,
    pairs: Vec<(Named, PatientId)>,
) -> Result<Vec<(Named, PatientId)>, sqlx::Error> {
    let ids: Vec<Uuid> = pairs.iter().map(|(named, patient)| item_id(source, *patient, &named.resource_type, &named.fhir_id).0).collect();
    let patients: BTreeSet<Uuid> = pairs.iter().map(|(_, patient)| patient.0).collect();
    let patients: Vec<Uuid> = patients.into_iter().collect();
    let here: Vec<Uuid> = sqlx::query_scalar(
        "select item_id from attachment where patient_id = any($1) and item_id = any($2)
         union all select item_id from item where patient_id = any($1) and item_id = any($2)",
    )
    .bind(patients)
    .bind(&ids)
    .fetch_all(connection)
    .await?;
    let here: BTreeSet<Uuid> = here.into_iter().collect();
    Ok(pairs.into_iter().zip(ids).filter(|(_, id)| !here.contains(id)).map(|(pair, _)| pair).collect())
}

/// The bytes of named resources: of the tray, from which they are taken, else of
/// the record of another patient who has the same practitioner, place or medicine: what
/// may be somebody's own (a specimen, a file) is never copied.
async fn fetch(connection: &mut PgConnection, source: SourceId, wanted: &BTreeSet<&Named>) -> Result<Vec<Resource<'static>>, sqlx::Error> {
    let (types, ids): (Vec<&str>, Vec<&str>) = wanted.iter().map(|named| (named.resource_type.as_str(), named.fhir_id.as_str())).unzip();
    let mut found = Vec::new();
    let mut names = BTreeSet::new();
    for statement in [
        "delete from unassigned u using unnest($2::text[], $3::text[]) w (resource_type, fhir_id)
         where u.source_id = $1 and u.resource_type = w.resource_type and u.fhir_id = w.fhir_id and u.patient_fhir_id is null
         returning u.fhir_id, u.bytes",
        "select distinct on (a.resource_type, a.fhir_id) a.fhir_id, v.bytes
         from unnest($2::text[], $3::text[]) w (resource_type, fhir_id)
         join attachment a on a.source_id = $1 and a.resource_type = w.resource_type and a.fhir_id = w.fhir_id
            and a.resource_type = any (array['Practitioner', 'PractitionerRole', 'Organization', 'Location', 'HealthcareService', 'Endpoint',
                'Medication', 'MedicationKnowledge', 'Substance', 'DeviceDefinition'])
         join item_version v on v.patient_id = a.patient_id and v.item_id = a.item_id and v.version_no = a.version_no
         order by a.resource_type, a.fhir_id, v.added_at desc",
    ] {
        for row in sqlx::query(statement).bind(source.0).bind(&types).bind(&ids).fetch_all(&mut *connection).await? {
            let kept = kept(row.try_get(0)?, row.try_get(1)?);
            if names.insert(kept.named()) {
                found.push(kept);
            }
        }
    }
    Ok(found)
}

/// Who has waited for resources of this file.
pub async fn awaited(
    connection: &mut PgConnection,
    source: SourceId,
    resources: &[Resource<'_>],
) -> Result<Vec<(Named, PatientId)>, sqlx::Error> {
    let names: BTreeSet<Named> = resources.iter().map(Resource::named).filter(|named| goes_with_its_namer(&named.resource_type)).collect();
    let (types, ids): (Vec<&str>, Vec<&str>) = names.iter().map(|named| (named.resource_type.as_str(), named.fhir_id.as_str())).unzip();
    let rows = sqlx::query(
        "delete from awaited a using unnest($2::text[], $3::text[]) w (resource_type, fhir_id)
         where a.source_id = $1 and a.resource_type = w.resource_type and a.fhir_id = w.fhir_id
         returning a.resource_type, a.fhir_id, a.patient_id",
    )
    .bind(source.0)
    .bind(types)
    .bind(ids)
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| Ok((Named { resource_type: row.try_get(0)?, fhir_id: row.try_get(1)? }, PatientId(row.try_get(2)?))))
        .collect()
}

/// Writes down what is named and has not come yet.
async fn remember(connection: &mut PgConnection, source: SourceId, missing: &[(Named, PatientId)]) -> Result<(), sqlx::Error> {
    let types: Vec<&str> = missing.iter().map(|(named, _)| named.resource_type.as_str()).collect();
    let ids: Vec<&str> = missing.iter().map(|(named, _)| named.fhir_id.as_str()).collect();
    let patients: Vec<Uuid> = missing.iter().map(|(_, patient)| patient.0).collect();
    sqlx::query(
        "insert into awaited (source_id, resource_type, fhir_id, patient_id)
         select $1, w.resource_type, w.fhir_id, w.patient_id from unnest($2::text[], $3::text[], $4::uuid[]) w (resource_type, fhir_id, patient_id)
         on conflict do nothing",
    )
    .bind(source.0)
    .bind(types)
    .bind(ids)
    .bind(patients)
    .execute(connection)
    .await?;
    Ok(())
}

/// What belongs to nobody, for the report of a file that is kept in no tray.
pub fn left_out(owners: &Owners<'_, '_>) -> Vec<Noted> {
    let free = owners.resources.iter().enumerate().filter(|(place, _)| owners.is_free(*place));
    free.map(|(_, resource)| note(resource, resource.reason.as_deref().unwrap_or("it does not say whose it is"))).collect()
}

/// Puts what belongs to nobody into the tray, and says why.
pub async fn keep(
    connection: &mut PgConnection,
    source: SourceId,
    import: ImportId,
    at: OffsetDateTime,
    owners: &Owners<'_, '_>,
) -> Result<Vec<Noted>, sqlx::Error> {
    let mut noted = Vec::new();
    let (mut types, mut ids, mut reasons, mut waits) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut hashes, mut bytes) = (Vec::new(), Vec::new());
    let waits_for = |resource: &Resource<'_>| {
        // A Provenance waits with what it is about.
        let about = owners.targets(resource).into_iter().filter_map(|place| owners.resources.get(place));
        let mut said = std::iter::once(resource).chain(about).flat_map(|resource| owner::said(resource, owners.resources, owners.index));
        said.find(|id| !owners.patients.contains_key(id))
    };
    // The last of several of one name wins, as in a record.
    let last: BTreeMap<(Named, Option<String>), usize> =
        owners.resources.iter().enumerate().map(|(place, resource)| ((resource.named(), waits_for(resource)), place)).collect();
    for (place, resource) in owners.resources.iter().enumerate().filter(|(place, _)| owners.is_free(*place)) {
        let waits_for = waits_for(resource);
        let reason = match (&resource.reason, &waits_for) {
            (Some(reason), _) => reason.clone(),
            (None, Some(patient)) => format!("its Patient {patient} has not come"),
            (None, None) if resource.projection.names_owner => {
                "it says whose it is, but not by a reference to a Patient of this source".to_owned()
            }
            (None, None) if resource.projection.category.is_none() => "no patient's item names it yet".to_owned(),
            (None, None) => "it does not say whose it is".to_owned(),
        };
        noted.push(note(resource, &reason));
        if last.get(&(resource.named(), waits_for.clone())) == Some(&place) {
            types.push(resource.resource_type.replace('\0', ""));
            ids.push(resource.fhir_id.replace('\0', ""));
            reasons.push(reason.replace('\0', ""));
            waits.push(waits_for.map(|id| id.replace('\0', "")));
            hashes.push(sha256(resource.raw.as_bytes()).to_vec());
            bytes.push(resource.raw.as_bytes().to_vec());
        }
    }
    sqlx::query(
        "delete from unassigned u using unnest($2::text[], $3::text[], $4::text[], $5::bytea[]) n (resource_type, fhir_id, waits_for, sha256)
         where u.source_id = $1 and u.resource_type = n.resource_type and u.fhir_id = n.fhir_id
           and u.patient_fhir_id is not distinct from n.waits_for and u.sha256 <> n.sha256",
    )
    .bind(source.0)
    .bind(&types)
    .bind(&ids)
    .bind(&waits)
    .bind(&hashes)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "insert into unassigned (source_id, import_id, added_at, resource_type, fhir_id, reason, patient_fhir_id, sha256, bytes)
         select $1, $2, $3, n.* from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::bytea[], $9::bytea[]) n
         on conflict do nothing",
    )
    .bind(source.0)
    .bind(import.0)
    .bind(at)
    .bind(types)
    .bind(ids)
    .bind(reasons)
    .bind(waits)
    .bind(hashes)
    .bind(bytes)
    .execute(connection)
    .await?;
    Ok(noted)
}
