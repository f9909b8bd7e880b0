//! Whose records a file speaks of: which they are, that they are the same people as
//! before, and what their records are called.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chartkey_domain::id::{PatientId, SourceId};
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::{
    Error, Into, identity, owner,
    resource::{Index, Resource},
};
use crate::fhir::{
    json::Json,
    person::{Person, person},
};

/// What a record is called while its source gives no name.
pub(super) const UNNAMED: &str = "Unnamed";

/// The Patients of the file, and those of earlier files that it speaks of.
pub async fn known(
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
pub async fn who(
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
    // What waited may speak of more people; the file is what is about one.
    let of_file = resources.iter().filter(|resource| !resource.is_kept);
    let spoken: BTreeSet<String> = of_file.flat_map(|resource| owner::said(resource, resources, index)).collect();
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
pub async fn contradictions(
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
pub async fn begin(
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

/// Gives the records that began at this source the name and birth date of the
/// Patient in force, where that changed.
pub async fn write_heads(connection: &mut PgConnection, source: SourceId) -> Result<(), sqlx::Error> {
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
