//! Rows of a file into temporary tables. `COPY FROM` refuses tables under row
//! security; temporary ones, dropped at the commit, are the way in.

use std::{borrow::Cow, collections::HashMap};

use chartkey_domain::{
    id::{ItemId, PatientId, SourceId},
    waiting::ResultKind,
    when::Precision,
};
use sqlx::PgConnection;

use super::{
    copy::Rows,
    identity::{item_id, sha256},
    owner::Owners,
    phrases::Phrases,
    resource::{Named, Resource},
};
use crate::fhir::{alike, json::Json, project::Reference, texts, types};

/// The temporary tables. `round` parts the entries of one file that are the same
/// resource: each is taken after the one before it.
const TABLES: &str = "
    create temporary table stage (
        seq int, round int, is_attachment bool, patient_id uuid, item_id uuid, resource_type text, fhir_id text,
        category smallint, labels smallint, first_at timestamptz, last_at timestamptz, precision smallint, title text,
        title_key text, codes text[], status text, is_error bool, value_text text, value_num float8, unit text,
        range_low float8, range_high float8, range_low_text text, range_high_text text, range_text text, interpretation text, series text, visit_id uuid,
        author text, place text, author_id uuid, place_id uuid, author_is_named bool,
        place_is_named bool, is_negation bool, utc_offset smallint, version_id text, last_updated timestamptz, sha256 bytea, bytes bytea,
        paths text[], targets uuid[], displays text[], shown_id uuid, kept_id uuid, kind smallint, alike uuid
    ) on commit drop;
    create temporary table verdict (
        seq int, is_attachment bool, patient_id uuid, item_id uuid, outcome text, version_no int
    ) on commit drop";

const COLUMNS: i16 = 47;

/// References beyond this many of one resource are kept in its bytes only.
const REFERENCES: usize = 30_000;

/// The names of people and places of a file, as authors.
const NAMED: [&str; 5] = ["Practitioner", "PractitionerRole", "Organization", "Location", "HealthcareService"];

/// Copies every row; gives the number of rounds.
pub async fn stage(
    connection: &mut PgConnection,
    source: SourceId,
    owners: &Owners<'_, '_>,
    mut progress: impl FnMut(usize),
) -> Result<i32, sqlx::Error> {
    sqlx::raw_sql(TABLES).execute(&mut *connection).await?;
    let rows: Vec<(usize, PatientId)> =
        owners.of.iter().enumerate().flat_map(|(place, patients)| patients.iter().map(move |patient| (place, *patient))).collect();
    let mut rounds: HashMap<ItemId, i32> = HashMap::new();
    let mut most = 0;

    let mut copy = connection.copy_in_raw("copy stage from stdin (format binary)").await?;
    let mut items = Rows::new(COLUMNS);
    let mut phrases = Phrases::default();
    for (seq, (place, patient)) in rows.iter().enumerate() {
        let Some(resource) = owners.resources.get(*place) else { continue };
        let id = item_id(source, *patient, &resource.resource_type, &resource.fhir_id);
        let round = rounds.entry(id).and_modify(|round| *round += 1).or_default();
        most = most.max(*round);
        item(&mut items, &mut phrases, &Row { source, owners, resource, patient: *patient, id, seq, round: *round });
        if let Some(piece) = items.piece() {
            copy.send(piece).await?;
            progress(seq);
        }
    }
    copy.send(items.end()).await?;
    copy.finish().await?;
    phrases.stage(connection).await?;

    // What rows are found by; the rest is wide, and decides no plan.
    sqlx::raw_sql("analyze stage (seq, round, is_attachment, patient_id, item_id, resource_type)").execute(connection).await?;
    Ok(most + 1)
}

/// The item that a name would be in a record.
fn target_id(source: SourceId, patient: PatientId, named: &Named) -> Option<uuid::Uuid> {
    (!named.resource_type.is_empty()).then(|| item_id(source, patient, &named.resource_type, &named.fhir_id).0)
}

struct Row<'r, 'f, 'a> {
    source: SourceId,
    owners: &'r Owners<'f, 'a>,
    resource: &'r Resource<'a>,
    patient: PatientId,
    id: ItemId,
    seq: usize,
    round: i32,
}

impl Row<'_, '_, '_> {
    /// The resource of this file that a reference names.
    fn inside(&self, target: &str) -> Option<&Resource<'_>> {
        let named = self.owners.index.target(target, self.owners.resources)?;
        self.owners.resources.get(self.owners.index.place(&named)?)
    }

    /// What a person or place is called: by the reference, else by itself. What is an
    /// item of its own (a related person, a care team, a device) is seen through the
    /// door or not at all, and its name in a reference goes with it.
    fn name(&self, reference: Option<&Reference>) -> Option<String> {
        let reference = reference?;
        let target = reference.target.as_deref();
        if target.is_some_and(|target| !self.is_attached(target)) {
            return None;
        }
        reference.display.clone().or_else(|| {
            let target = self.inside(target?)?;
            NAMED.contains(&target.resource_type.as_str()).then(|| target.projection.title.clone())
        })
    }

    /// What a reference names.
    fn named(&self, reference: Option<&Reference>) -> Option<Named> {
        self.owners.index.target(reference?.target.as_deref()?, self.owners.resources)
    }

    /// Whether a reference names an attachment that comes into the same record with this file.
    fn is_named(&self, reference: Option<&Reference>) -> bool {
        let place = self.named(reference).and_then(|named| self.owners.index.place(&named));
        place.is_some_and(|place| {
            let is_attachment = self.owners.resources.get(place).is_some_and(|target| target.projection.category.is_none());
            is_attachment && self.owners.of.get(place).is_some_and(|owners| owners.contains(&self.patient))
        })
    }

    /// Whether a reference names what every reader of the item may see with it: an
    /// attachment, the patient, or nothing that is known here.
    fn is_attached(&self, target: &str) -> bool {
        let named = self.inside(target).map(|target| target.resource_type.as_str());
        let written = || target.split(['/', '?']).rev().find(|part| types::is_known(part));
        match named.or_else(written) {
            Some("Patient") | None => true,
            Some(resource_type) => types::placement(resource_type) == types::Placement::Attachment,
        }
    }
}

fn item(rows: &mut Rows, phrases: &mut Phrases, row: &Row<'_, '_, '_>) {
    let own = &row.resource.projection;
    let medicine = own.title_from.as_deref().and_then(|target| row.inside(target)).map(|target| &target.projection);
    let is_attached = own.title_from.as_deref().is_none_or(|target| row.is_attached(target));
    let medicine = medicine.filter(|_| is_attached);
    let words = types::in_words(&row.resource.resource_type);
    let title = medicine.map_or(if is_attached { &own.title } else { &words }, |medicine| &medicine.title);
    let codes = medicine.filter(|_| own.codes.is_empty()).map_or(&own.codes, |medicine| &medicine.codes);
    let visit = own.visit.as_deref().and_then(|visit| row.owners.index.target(visit, row.owners.resources));
    let visit = visit.filter(|visit| visit.resource_type == "Encounter");
    let is_its_own = *title == own.title && *codes == own.codes;
    let texts = if is_its_own {
        Cow::Borrowed(&own.texts)
    } else {
        Cow::Owned(texts::texts(own.row(title, codes), Json::parse(&row.resource.raw).ok().as_ref()))
    };
    let references = own.references.get(..REFERENCES).unwrap_or(&own.references);
    rows.row()
        .int(i32::try_from(row.seq).unwrap_or(i32::MAX))
        .int(row.round)
        .bool(own.category.is_none())
        .uuid(Some(row.patient.0))
        .uuid(Some(row.id.0))
        .text(Some(&row.resource.resource_type))
        .text(Some(&row.resource.fhir_id))
        .small(own.category.map(chartkey_domain::category::Category::number))
        .small(Some(i16::from(own.labels.bits())))
        .moment(own.when.map(|when| when.first))
        .moment(own.when.and_then(|when| when.last))
        .small(own.when.map(|when| when.precision as i16))
        .text(Some(title))
        .text(codes.first().map(String::as_str))
        .texts(codes.iter().map(|code| Some(code.as_str())))
        .text(own.status.as_deref())
        .bool(own.is_error)
        .text(own.value.text.as_deref())
        .float(own.value.number)
        .text(own.value.unit.as_deref())
        .float(own.range.low)
        .float(own.range.high)
        .text(own.range.low_text.as_deref())
        .text(own.range.high_text.as_deref())
        .text(own.range.text.as_deref())
        .text(own.interpretation.as_deref())
        .text(own.series.as_deref())
        .uuid(visit.and_then(|visit| target_id(row.source, row.patient, &visit)))
        .text(row.name(own.author.as_ref()).as_deref())
        .text(row.name(own.place.as_ref()).as_deref())
        .uuid(row.named(own.author.as_ref()).and_then(|named| target_id(row.source, row.patient, &named)))
        .uuid(row.named(own.place.as_ref()).and_then(|named| target_id(row.source, row.patient, &named)))
        .bool(row.is_named(own.author.as_ref()))
        .bool(row.is_named(own.place.as_ref()))
        .bool(own.is_negation)
        .small(own.when.filter(|when| when.precision == Precision::Instant).map(|when| when.first.offset().whole_minutes()))
        .text(own.version_id.as_deref())
        .moment(own.last_updated)
        .bytes(&sha256(row.resource.raw.as_bytes()))
        .bytes(row.resource.raw.as_bytes())
        .texts(references.iter().map(|reference| Some(reference.path.as_str())))
        .uuids(references.iter().map(|reference| {
            let named = row.owners.index.target(reference.target.as_deref()?, row.owners.resources)?;
            target_id(row.source, row.patient, &named)
        }))
        .texts(references.iter().map(|reference| reference.display.as_deref()))
        .uuid(phrases.take(row.patient, &texts.shown))
        .uuid(phrases.take(row.patient, &texts.kept))
        .small(own.kind.map(ResultKind::number))
        .uuid(alike::key(own, title, codes));
}
