//! Changes of a record that are none of one reader's business.

use chartkey_domain::{
    added::{Kind, Typed},
    id::ItemId,
    policy::Whom,
};
use chartkey_ground::mutate::Dice;
use chartkey_portal::corrections::Opening;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Reader, item_of, places_of, sight::canary};
use crate::previewing::World;

/// How something that is kept from a reader changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kinds {
    /// It comes in, with people and a place that only it names.
    Added,
    /// Its source has it otherwise.
    Altered,
    /// Its source has entered it in error.
    InError,
    /// The patient says that it is wrong.
    SaidWrong,
    /// The patient keeps it from somebody else, too.
    KeptFromAnother,
    /// The patient writes it, for themselves.
    Written,
}

impl Kinds {
    pub const ALL: [Self; 6] = [Self::Added, Self::Altered, Self::InError, Self::SaidWrong, Self::KeptFromAnother, Self::Written];
}

/// A change that has not happened yet.
pub struct Change {
    pub kind: Kinds,
    /// What is changed, where that is there.
    pub item: Option<ItemId>,
    /// Where that is.
    pub places: Vec<String>,
    /// What it is called, where it is called anything, then a word that only the change brings.
    pub words: Vec<String>,
    source: String,
    entries: Vec<Value>,
}

/// One of these, of something that is kept from the reader; none where nothing is.
pub async fn change(world: &World, reader: &Reader, dice: &mut Dice, kind: Kinds) -> Option<Change> {
    let record = &world.records[reader.record];
    let canary = canary(dice);
    let source = record.source.clone();
    if kind == Kinds::Written {
        return Some(Change { kind, item: None, places: Vec::new(), words: vec![canary], source, entries: Vec::new() });
    }
    if kind == Kinds::Added {
        let entries = new(world, reader, dice, &canary);
        let words = vec![name(&entries[0]), canary];
        // From either of the sources that have told of the patient: what they say of the patient may be seen.
        let source = if dice.below(2) == 0 { format!("{source}-again") } else { source };
        return Some(Change { kind, item: None, places: Vec::new(), words, source, entries });
    }
    for _ in 0..40 {
        let mut entry = dice.pick(&record.entries).clone();
        let id = entry["resource"]["id"].as_str().unwrap_or_default().to_owned();
        let Some(item) = item_of(world, reader.record, &source, &id).await else { continue };
        if !reader.is_kept(world, item).await {
            continue;
        }
        let is_changed = match kind {
            Kinds::Altered => alter(&mut entry["resource"], &canary, dice),
            Kinds::InError => enter_in_error(&mut entry["resource"]),
            _ => true,
        };
        if is_changed {
            let (places, words) = (places_of(world, reader.record, item).await, vec![name(&entry), canary]);
            return Some(Change { kind, item: Some(item), places, words, source, entries: vec![entry] });
        }
    }
    None
}

impl Change {
    /// Makes it so. Returns what has changed, where that is something of the record.
    pub async fn happen(&self, world: &World, reader: &Reader) -> Option<ItemId> {
        let (portal, own) = (&world.house.portal, world.own(reader.record));
        let patient = world.records[reader.record].patient;
        match self.kind {
            Kinds::Added | Kinds::Altered | Kinds::InError => {
                world.bring(reader.record, &self.source, self.entries.clone()).await;
                let id = self.entries[0]["resource"]["id"].as_str()?;
                item_of(world, reader.record, &self.source, id).await
            }
            Kinds::SaidWrong => {
                let item = self.item?;
                let words = format!("This is not mine: {}.", self.words[1]);
                let draft = portal.keep_statement(&own, patient, item, &words).await.ok()?;
                let Opening::Opened(_) = portal.open_correction(&own, patient, item, draft).await.ok()? else { return None };
                Some(item)
            }
            Kinds::KeptFromAnother => {
                let item = self.item?;
                for other in world.named.iter().map(|named| named.actor.account()).filter(|other| *other != reader.account) {
                    // Of whom nothing was ever given to nothing can be kept.
                    if portal.keep_from(&own, patient, item, Whom::Account(other)).await.is_ok() {
                        return Some(item);
                    }
                }
                None
            }
            Kinds::Written => {
                let typed =
                    Typed { name: self.words[0].clone(), words: self.words[0].clone(), seen: "private".to_owned(), ..Typed::default() };
                let (draft, _) = portal.keep_writing(&own, patient, Kind::Note, None, None, typed).await.unwrap();
                Some(portal.add_writing(&own, patient, draft).await.unwrap().item)
            }
        }
    }
}

/// What a resource is called.
fn name(entry: &Value) -> String {
    let resource = &entry["resource"];
    let codes = ["code", "medicationCodeableConcept", "vaccineCode", "type"].map(|field| &resource[field]);
    let named = codes.iter().find_map(|code| code["text"].as_str().or(code["coding"][0]["display"].as_str()));
    named.unwrap_or("result").to_owned()
}

/// Something like what is there, and whoever it names: with the words of this change, half of the time of today, half of the
/// time with a sensitive label, and the rest of it perhaps the same as something that is seen.
fn new(world: &World, reader: &Reader, dice: &mut Dice, canary: &str) -> Vec<Value> {
    const TYPES: [&str; 8] = [
        "Observation",
        "Condition",
        "AllergyIntolerance",
        "MedicationRequest",
        "Procedure",
        "Immunization",
        "DiagnosticReport",
        "Encounter",
    ];
    let entries = &world.records[reader.record].entries;
    let kind = dice.pick(&TYPES);
    let alike: Vec<&Value> = entries.iter().filter(|entry| entry["resource"]["resourceType"] == **kind).collect();
    let mut entry = if alike.is_empty() {
        json!({"resource": {"resourceType": kind, "status": "final", "subject": {"reference": world.subject(reader.record)}, "code": {"text": canary}}})
    } else {
        (*dice.pick(&alike)).clone()
    };
    let [id, person, place] = std::array::from_fn(|_| Uuid::from_u64_pair(dice.number(), dice.number()).to_string());
    entry["fullUrl"] = json!(format!("urn:uuid:{id}"));
    let resource = &mut entry["resource"];
    resource["id"] = json!(id);
    if let Some(resource) = resource.as_object_mut() {
        resource.remove("identifier");
    }
    let today = world.today.to_string();
    if dice.below(2) == 0 {
        for field in ["effectiveDateTime", "recordedDate", "authoredOn", "occurrenceDateTime", "performedDateTime"] {
            if !resource[field].is_null() {
                resource[field] = json!(today);
            }
        }
        for field in ["onsetDateTime", "abatementDateTime"] {
            if !resource[field].is_null() {
                resource[field] = json!(today);
            }
        }
    }
    if dice.below(2) == 0 {
        let code = *dice.pick(&["HIV", "PSY", "ETH"]);
        resource["meta"] = json!({"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": code}]});
    }
    resource["note"] = json!([{"text": canary}]);
    let by = json!({"reference": format!("Practitioner/{person}"), "display": format!("Dr {canary}")});
    match *kind {
        "Observation" | "DiagnosticReport" => resource["performer"] = json!([by]),
        "Condition" | "AllergyIntolerance" => resource["recorder"] = by,
        "MedicationRequest" => resource["requester"] = by,
        "Procedure" | "Immunization" => resource["performer"] = json!([{"actor": by}]),
        _ => {
            resource["participant"] = json!([{"individual": by}]);
            resource["location"] = json!([{"location": {"reference": format!("Location/{place}"), "display": format!("{canary} House")}}]);
        }
    }
    let person = json!({"fullUrl": format!("Practitioner/{person}"), "resource": {"resourceType": "Practitioner", "id": person, "name": [{"text": format!("Dr {canary}")}]}});
    let place = json!({"fullUrl": format!("Location/{place}"), "resource": {"resourceType": "Location", "id": place, "name": format!("{canary} House")}});
    vec![entry, person, place]
}

/// Another note, another number, another end.
fn alter(resource: &mut Value, canary: &str, dice: &mut Dice) -> bool {
    resource["note"] = json!([{"text": canary}]);
    if let Some(value) = resource["valueQuantity"]["value"].as_f64() {
        resource["valueQuantity"]["value"] = json!(value + 1.0);
    }
    if dice.below(2) == 0 && resource["resourceType"] == "Condition" {
        resource["abatementDateTime"] = json!("2020-01-01");
    }
    true
}

/// Of what cannot be, nothing.
fn enter_in_error(resource: &mut Value) -> bool {
    match resource["resourceType"].as_str() {
        Some("Condition" | "AllergyIntolerance") => {
            resource["verificationStatus"] = json!({"coding": [{"code": "entered-in-error"}]});
        }
        Some(
            "Observation" | "MedicationRequest" | "Procedure" | "Immunization" | "Encounter" | "DiagnosticReport" | "DocumentReference",
        ) => {
            resource["status"] = json!("entered-in-error");
        }
        _ => return false,
    }
    true
}
