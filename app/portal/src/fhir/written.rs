//! What a clinician writes into a record, as FHIR R4: a note as a document with its text in it, a result as an observation,
//! a plan as a care plan; each with who wrote it and where they work, as they have signed in.

use base64::{Engine, engine::general_purpose::STANDARD};
use chartkey_domain::{
    account::{Actor, Visitor},
    added::{Added, Kind, Says},
    id::{AccountId, OrganizationId, PatientId},
};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;

use super::added::{Version, set};
use crate::import::own::written_at;

/// Who writes.
#[derive(Debug, Clone)]
pub(crate) struct Clinician {
    account: AccountId,
    name: String,
    profession: String,
    organization: OrganizationId,
    organization_name: String,
}

impl Clinician {
    /// The visitor, if they are one.
    pub fn of(visitor: &Visitor) -> Option<Self> {
        let Actor::Clinician { account, organization, profession } = &visitor.actor else { return None };
        Some(Self {
            account: *account,
            name: visitor.name.clone(),
            profession: profession.clone(),
            organization: *organization,
            organization_name: visitor.organization_name.clone().unwrap_or_default(),
        })
    }

    /// The source of what they write into this record: beside the files that their organization sends, and of this record
    /// alone, so that no identifier in another one is the same.
    pub fn source(&self, patient: PatientId) -> String {
        written_at(patient, self.organization, &self.organization_name)
    }

    fn practitioner(&self) -> Value {
        json!({"reference": format!("Practitioner/{}", self.account), "display": self.name})
    }

    fn place(&self) -> Value {
        json!({"reference": format!("Organization/{}", self.organization), "display": self.organization_name})
    }
}

/// The resources: what was written, then who wrote it, and where.
pub(crate) fn written(added: &Added, version: Version<'_>, by: &Clinician) -> Vec<String> {
    let at = version.at.format(&Rfc3339).unwrap_or_default();
    let meta = json!({"versionId": version.number.to_string(), "lastUpdated": at});
    let subject = version.patient();
    let resource = match &added.says {
        Says::Finding { name, value, unit, day } => {
            let mut fields = json!({
                "resourceType": "Observation",
                "id": version.id,
                "meta": meta,
                "status": version.status("final"),
                "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "exam"}]}],
                "code": {"text": name},
                "subject": subject,
                "effectiveDateTime": day.to_string(),
                "issued": at,
                "performer": [by.practitioner(), by.place()],
            });
            let quantity = number(value).map(|number| (number, unit.as_ref()));
            let words = unit.as_ref().map_or_else(|| value.clone(), |unit| format!("{value} {unit}"));
            set(&mut fields, "valueString", quantity.is_none().then(|| json!(words)));
            with_quantity(&fields, quantity)
        }
        Says::Note { title, words } if added.kind == Kind::Plan => json!({
            "resourceType": "CarePlan",
            "id": version.id,
            "meta": meta,
            "status": version.status("active"),
            "intent": "plan",
            // Its name in lists; the words are shown with documents, as all free text is.
            "category": [{"text": title}],
            "description": words,
            "subject": subject,
            "created": at,
            "author": by.practitioner(),
            "contributor": [by.place()],
        })
        .to_string(),
        Says::Note { title, words } => json!({
            "resourceType": "DocumentReference",
            "id": version.id,
            "meta": meta,
            "status": version.status("current"),
            "type": {"text": title},
            "subject": subject,
            "date": at,
            "author": [by.practitioner()],
            "custodian": by.place(),
            "content": [{"attachment": {"contentType": "text/plain; charset=utf-8", "data": STANDARD.encode(words), "title": title}}],
        })
        .to_string(),
        // What patients write is not a clinician's.
        Says::Reading { .. } | Says::Medicine { .. } | Says::Allergy { .. } => return Vec::new(),
    };
    let practitioner = json!({
        "resourceType": "Practitioner",
        "id": by.account,
        "name": [{"text": by.name}],
        "qualification": [{"code": {"text": by.profession}}],
    });
    let organization = json!({"resourceType": "Organization", "id": by.organization, "name": by.organization_name});
    vec![resource, practitioner.to_string(), organization.to_string()]
}

/// A number as JSON has it, with the digits that were typed.
fn number(typed: &str) -> Option<String> {
    let number = typed.replace(',', ".");
    let is_number = serde_json::from_str::<serde_json::Number>(&number).is_ok();
    (is_number && !number.contains(['e', 'E'])).then_some(number)
}

/// A number stands as it was typed, which a value of `serde_json` would not keep.
fn with_quantity(fields: &Value, quantity: Option<(String, Option<&String>)>) -> String {
    let mut text = fields.to_string();
    let Some((number, unit)) = quantity else { return text };
    text.pop();
    let unit = unit.map(|unit| format!(r#","unit":{}"#, json!(unit))).unwrap_or_default();
    format!(r#"{text},"valueQuantity":{{"value":{number}{unit}}}}}"#)
}

#[cfg(test)]
mod tests {
    use chartkey_domain::{added::Typed, id::AccountId};
    use time::macros::{date, datetime};
    use uuid::Uuid;

    use super::*;
    use crate::fhir::{json::Json, project};

    fn by() -> Clinician {
        Clinician {
            account: AccountId(Uuid::from_u128(1)),
            name: "Dr Lee".to_owned(),
            profession: "physician".to_owned(),
            organization: OrganizationId(Uuid::from_u128(2)),
            organization_name: "Northfield".to_owned(),
        }
    }

    fn resources(kind: Kind, value: &str) -> Vec<String> {
        let text = str::to_owned;
        let typed = Typed {
            name: text("Say \"x\""),
            words: text("Señor\nsaid."),
            first: text(value),
            how: text("mg/L"),
            day: text("6"),
            month: text("5"),
            year: text("2026"),
            ..Typed::default()
        };
        let added = typed.read(kind, date!(2026 - 11 - 26)).unwrap();
        let version = Version { id: "v", number: 1, at: datetime!(2026-11-26 12:00 UTC), patient: Some("p"), is_error: false };
        written(&added, version, &by())
    }

    #[test]
    fn every_kind_goes_where_it_says_and_says_who_wrote_it() {
        for kind in Kind::CLINICAL {
            let written = resources(kind, "7,50");
            let projection = project(&Json::parse(&written[0]).unwrap());
            assert_eq!((projection.category, projection.is_error), (Some(kind.category()), false), "{}", written[0]);
            assert!(projection.owners.contains(&"Patient/p".to_owned()) && written[0].contains("Dr Lee"), "{}", written[0]);
            assert_eq!(projection.title, "Say \"x\"", "{}", written[0]);
            assert!(written[1].contains("Dr Lee") && written[2].contains("Northfield"));
        }
    }

    #[test]
    fn a_number_keeps_its_digits_and_words_stay_words() {
        let value = |typed: &str| {
            let projection = project(&Json::parse(&resources(Kind::Finding, typed)[0]).unwrap());
            (projection.value.text, projection.value.unit)
        };
        assert_eq!(value("7,50"), (Some("7.50".to_owned()), Some("mg/L".to_owned())));
        assert_eq!(value("normal").0.as_deref(), Some("normal mg/L"));
        for odd in ["1e400", "-", "0x10", "NaN", "1.2.3"] {
            assert_eq!(value(odd).1, None, "{odd}");
        }
    }
}
