//! What a patient writes by hand, as FHIR R4: readings as the profile of vital signs has them, medicines and
//! allergies as US Core, a note as a document with its text in it. Each says that the patient made it, in the place
//! that its type has for that, and in the code of HL7 for what patients assert.

use base64::{Engine, engine::general_purpose::STANDARD};
use chartkey_domain::{
    added::{Added, Kind, LOWER, Measure, PULSE, Says, Taken, Typed, UPPER},
    names,
};
use serde_json::json;
use time::{OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description};

use super::{correction::reference, document, json::Json};

const LOINC: &str = "http://loinc.org";
const UCUM: &str = "http://unitsofmeasure.org";

/// One version of something.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Version<'w> {
    /// Its identifier.
    pub id: &'w str,
    /// Which version, from 1 on.
    pub number: i32,
    /// When it was written.
    pub at: OffsetDateTime,
    /// The identifier of the patient's own resource, where the record has one.
    pub patient: Option<&'w str>,
    /// Whether it was taken back.
    pub is_error: bool,
}

/// The resource.
pub(crate) fn resource(added: &Added, version: Version<'_>) -> String {
    let (patient, at) = (version.patient(), version.at.format(&Rfc3339).unwrap_or_default());
    match &added.says {
        Says::Reading { measure, first, second: Some(second), taken, .. } => {
            let value = format!(r#""component":[{},{}]"#, component(&UPPER, first), component(&LOWER, second));
            observation(measure, &value, *taken, version)
        }
        Says::Reading { measure, first, taken, .. } => {
            observation(measure, &format!(r#""valueQuantity":{}"#, quantity(measure, first)), *taken, version)
        }
        Says::Medicine { name, how, since, is_taken } => {
            let mut fields = json!({
                "resourceType": "MedicationStatement",
                "id": version.id,
                "meta": version.meta(),
                "status": version.status(if *is_taken { "active" } else { "completed" }),
                "category": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/medication-statement-category", "code": "patientspecified"}]},
                "medicationCodeableConcept": {"text": name},
                "subject": patient,
                "dateAsserted": at,
                "informationSource": patient,
            });
            set(&mut fields, "effectivePeriod", since.as_ref().map(|since| json!({"start": since})));
            set(&mut fields, "dosage", how.as_ref().map(|how| json!([{"text": how}])));
            fields.to_string()
        }
        Says::Allergy { name, reaction, since } => {
            let of = |kind: &str, code: &str| json!({"coding": [{"system": format!("http://terminology.hl7.org/CodeSystem/allergyintolerance-{kind}"), "code": code}]});
            let mut fields = json!({
                "resourceType": "AllergyIntolerance",
                "id": version.id,
                "meta": version.meta(),
                "verificationStatus": of("verification", version.status("unconfirmed")),
                "code": {"text": name},
                "patient": patient,
                "recordedDate": at,
                "recorder": patient,
                "asserter": patient,
            });
            // What was entered in error has no clinical status (constraint ait-2).
            set(&mut fields, "clinicalStatus", (!version.is_error).then(|| of("clinical", "active")));
            set(&mut fields, "onsetDateTime", since.as_ref().map(|since| json!(since)));
            set(&mut fields, "reaction", reaction.as_ref().map(|reaction| json!([{"manifestation": [{"text": reaction}]}])));
            fields.to_string()
        }
        // A clinician's alone, which `written` makes; of nothing nothing is kept.
        Says::Finding { .. } => String::new(),
        Says::Note { title, words } => json!({
            "resourceType": "DocumentReference",
            "id": version.id,
            "meta": version.meta(),
            "status": version.status("current"),
            "type": {"text": title},
            "subject": patient,
            "date": at,
            "author": [patient],
            "content": [{"attachment": {"contentType": "text/plain; charset=utf-8", "data": STANDARD.encode(words), "title": title}}],
        })
        .to_string(),
    }
}

/// The pulse that was taken with a blood pressure is a reading of its own.
pub(crate) fn pulse_of(added: &Added) -> Option<Added> {
    let Says::Reading { pulse: Some(pulse), taken, .. } = &added.says else { return None };
    let says = Says::Reading { measure: PULSE, first: pulse.clone(), second: None, pulse: None, taken: *taken };
    Some(Added { kind: Kind::Pulse, says, is_private: added.is_private })
}

/// What was typed for a resource that [`resource`] made, as far as it is one; who sees it is not in it.
pub(crate) fn typed(raw: &str) -> Option<(Kind, Typed)> {
    let resource = Json::parse(raw).ok()?;
    let text = |path: &str| resource.all(path).into_iter().find_map(Json::text).unwrap_or_default().to_owned();
    let kind = match resource.get("resourceType").str()? {
        "MedicationStatement" => Kind::Medicine,
        "AllergyIntolerance" => Kind::Allergy,
        "DocumentReference" => Kind::Note,
        _ => {
            let code = text("code.coding.code");
            Kind::ALL.into_iter().find(|kind| kind.measures().iter().any(|measure| measure.loinc == code))?
        }
    };
    let mut typed = Typed::default();
    match kind {
        Kind::Medicine => {
            (typed.name, typed.how) = (text("medicationCodeableConcept.text"), text("dosage.text"));
            since(&mut typed, &text("effectivePeriod.start"));
            typed.still = if text("status") == "completed" { "no" } else { "yes" }.to_owned();
        }
        Kind::Allergy => {
            (typed.name, typed.how) = (text("code.text"), text("reaction.manifestation.text"));
            since(&mut typed, &text("onsetDateTime"));
        }
        Kind::Note => {
            typed.name = text("type.text");
            typed.words = document(raw).ok()?.first()?.text()?;
        }
        Kind::Pressure => {
            (typed.first, typed.second) = (half(&resource, &UPPER)?, half(&resource, &LOWER)?);
            when(&mut typed, &text("effectiveDateTime"));
        }
        _ => {
            (typed.first, typed.unit) = (text("valueQuantity.value"), text("valueQuantity.code"));
            when(&mut typed, &text("effectiveDateTime"));
        }
    }
    Some((kind, typed))
}

impl Version<'_> {
    pub(super) fn patient(&self) -> serde_json::Value {
        self.patient.map_or_else(|| json!({"type": "Patient"}), |id| json!({"type": "Patient", "reference": reference("Patient", id)}))
    }

    /// PATAST: "patient asserted" (<https://terminology.hl7.org/CodeSystem-v3-ObservationValue.html>).
    fn meta(&self) -> serde_json::Value {
        json!({
            "versionId": self.number.to_string(),
            "lastUpdated": self.at.format(&Rfc3339).ok(),
            "security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "PATAST", "display": "patient asserted"}],
        })
    }

    pub(super) const fn status<'s>(&self, status: &'s str) -> &'s str {
        if self.is_error { "entered-in-error" } else { status }
    }
}

/// A number stands as it was typed, which a value of `serde_json` would not keep.
fn observation(measure: &Measure, value: &str, taken: Taken, version: Version<'_>) -> String {
    let mut fields = json!({
        "resourceType": "Observation",
        "id": version.id,
        "meta": version.meta(),
        "status": version.status("final"),
        "code": concept(measure),
        "subject": version.patient(),
        "effectiveDateTime": moment(taken),
        "issued": version.at.format(&Rfc3339).ok(),
        "performer": [version.patient()],
    });
    // Blood sugar is no vital sign, and no laboratory stands behind it either.
    let is_vital = !Kind::Glucose.measures().contains(measure);
    let category = json!([{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "vital-signs"}]}]);
    set(&mut fields, "category", is_vital.then_some(category));
    let mut text = fields.to_string();
    text.pop();
    format!("{text},{value}}}")
}

fn concept(measure: &Measure) -> serde_json::Value {
    let name = names::plain(&[format!("{LOINC}|{}", measure.loinc)]).map(|plain| plain.english.name);
    json!({"coding": [{"system": LOINC, "code": measure.loinc}], "text": name})
}

fn component(measure: &Measure, number: &str) -> String {
    format!(r#"{{"code":{},"valueQuantity":{}}}"#, concept(measure), quantity(measure, number))
}

fn quantity(measure: &Measure, number: &str) -> String {
    format!(r#"{{"value":{number},"unit":{},"system":"{UCUM}","code":{}}}"#, json!(measure.written), json!(measure.ucum))
}

/// Nobody says in which zone the patient's clock stood. What it showed is kept, as if it had been UTC: so
/// days stay the patient's own, and readings of one day keep their order.
fn moment(taken: Taken) -> String {
    let time = taken.time.and_then(|time| time.format(format_description!("[hour]:[minute]")).ok());
    time.map_or_else(|| taken.day.to_string(), |time| format!("{}T{time}:00Z", taken.day))
}

fn when(typed: &mut Typed, moment: &str) {
    let (day, time) = moment.split_once('T').unwrap_or((moment, ""));
    since(typed, day);
    typed.time = time.get(..5).unwrap_or_default().to_owned();
}

fn since(typed: &mut Typed, date: &str) {
    let mut parts = date.split('-').map(|part| part.trim_start_matches('0').to_owned());
    typed.year = parts.next().unwrap_or_default();
    typed.month = parts.next().unwrap_or_default();
    typed.day = parts.next().unwrap_or_default();
}

fn half(resource: &Json<'_>, measure: &Measure) -> Option<String> {
    let is_it = |component: &&Json<'_>| component.all("code.coding.code").into_iter().any(|code| code.str() == Some(measure.loinc));
    let component = resource.get("component").items().iter().find(is_it)?;
    component.get("valueQuantity").get("value").text().map(str::to_owned)
}

pub(super) fn set(fields: &mut serde_json::Value, name: &str, value: Option<serde_json::Value>) {
    if let (Some(fields), Some(value)) = (fields.as_object_mut(), value) {
        fields.insert(name.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use chartkey_domain::{category::Category, when::Precision};
    use time::macros::{date, datetime};

    use super::*;
    use crate::fhir::project;

    fn typed_for(kind: Kind) -> Typed {
        let text = str::to_owned;
        let is_reading = !kind.measures().is_empty();
        let unit = kind.measures().last().filter(|_| kind.measures().len() > 1).map(|measure| measure.ucum).unwrap_or_default();
        let first = match kind {
            Kind::Pressure => "124",
            Kind::Weight => "160.50",
            Kind::Pulse => "72",
            Kind::Temperature => "99.5",
            Kind::Glucose => "5.40",
            _ => "",
        };
        let is_pressure = kind == Kind::Pressure;
        Typed {
            first: text(first),
            second: text(if is_pressure { "80" } else { "" }),
            unit: text(unit),
            name: text(if is_reading { "" } else { "Say \"x\"" }),
            how: text(if matches!(kind, Kind::Medicine | Kind::Allergy) { "Twice a day" } else { "" }),
            words: text(if kind == Kind::Note { "Señor\nsaid." } else { "" }),
            still: text(if kind == Kind::Medicine { "no" } else { "" }),
            day: text(if is_reading { "6" } else { "" }),
            month: text(if kind == Kind::Note { "" } else { "5" }),
            year: text(if kind == Kind::Note { "" } else { "2026" }),
            time: text(if is_reading { "08:05" } else { "" }),
            ..Typed::default()
        }
    }

    fn written(kind: Kind, is_error: bool) -> (Typed, String) {
        let typed = typed_for(kind);
        let added = Typed { seen: "shared".to_owned(), ..typed.clone() }.read(kind, date!(2026 - 11 - 26)).unwrap();
        let version = Version {
            id: "00000000-0000-0000-0000-000000000001",
            number: 2,
            at: datetime!(2026-11-26 12:00 UTC),
            patient: Some("p"),
            is_error,
        };
        (typed, resource(&added, version))
    }

    #[test]
    fn what_was_written_is_read_again_as_it_was_typed() {
        for kind in Kind::ALL {
            let (typed_before, raw) = written(kind, false);
            let (read, mut typed_again) = typed(&raw).unwrap();
            if kind.measures().len() < 2 {
                typed_again.unit = String::new();
            }
            assert_eq!((read, typed_again), (kind, typed_before), "{raw}");
        }
    }

    #[test]
    fn every_kind_goes_where_it_says_and_says_who_made_it() {
        for kind in Kind::ALL {
            let (_, raw) = written(kind, false);
            let projection = project(&Json::parse(&raw).unwrap());
            assert_eq!((projection.category, projection.is_error), (Some(kind.category()), false), "{raw}");
            assert_eq!(projection.version_id.as_deref(), Some("2"));
            assert!(projection.owners.contains(&"Patient/p".to_owned()) && raw.matches("\"Patient/p\"").count() > 1, "{raw}");
            let (_, taken_back) = written(kind, true);
            assert!(project(&Json::parse(&taken_back).unwrap()).is_error, "{taken_back}");
        }
    }

    #[test]
    fn a_reading_has_its_digits_its_trend_and_the_time_of_the_patient_s_clock() {
        let read = |kind| {
            let (_, raw) = written(kind, false);
            project(&Json::parse(&raw).unwrap())
        };
        let weight = read(Kind::Weight);
        assert_eq!((weight.value.text.as_deref(), weight.value.unit.as_deref()), (Some("160.50"), Some("lb")));
        assert_eq!(weight.when.map(|when| (when.first, when.precision)), Some((datetime!(2026-05-06 8:05 UTC), Precision::Instant)));
        assert_eq!(read(Kind::Pressure).value.text.as_deref(), Some("124 / 80"));
        for kind in Kind::ALL.into_iter().filter(|kind| !kind.measures().is_empty()) {
            assert!(read(kind).series.as_deref().is_some_and(|series| crate::series::means(series).is_some()), "{kind:?}");
        }
        assert_eq!(Kind::Glucose.category(), Category::Results);
    }
}
