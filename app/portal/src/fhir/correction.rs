//! What a patient says is wrong, as FHIR: a `Communication` about the item for the statement, and one for
//! each message since, as the HL7 guide "Patient Request for Corrections" (STU 1) has the conversation. The
//! item's own resource stays as it came.

use serde::Deserialize;
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;

/// The kinds of communication of that guide.
const KINDS: &str = "http://hl7.org/fhir/uv/patient-corrections/CodeSystem/PatientCorrectionTaskTypes";

/// A statement or a message.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    /// Its own identifier.
    pub id: Uuid,
    /// The statement that it belongs to, where it is a message.
    pub part_of: Option<Uuid>,
    /// The resource that it is about.
    pub about: About,
    /// The id of the patient's own resource, where the record has one.
    pub patient: Option<String>,
    /// Who said it.
    pub by: String,
    /// Whether that is the patient.
    pub is_patient: bool,
    /// What was said.
    pub words: String,
    /// When.
    pub at: OffsetDateTime,
}

/// The resource that something is said of.
#[derive(Debug, Clone)]
pub(crate) struct About {
    /// Its type.
    pub of_type: String,
    /// Its id.
    pub id: String,
    /// Its first business identifier, by which whoever has it under another id finds it.
    pub identifier: Option<Value>,
    /// What it is called, in the source's words.
    pub display: String,
}

#[derive(Deserialize)]
struct Identified {
    #[serde(default)]
    identifier: Value,
}

/// The first business identifier of a resource that says any: of most types they are a list, of some there is one.
pub(crate) fn identifier(resource: &[u8]) -> Option<Value> {
    let Identified { identifier } = serde_json::from_slice(resource).ok()?;
    let all = if let Value::Array(all) = identifier { all } else { vec![identifier] };
    all.into_iter().find(|one| one.get("value").is_some_and(Value::is_string))
}

/// The resource.
pub(crate) fn communication(said: &Said) -> Value {
    let patient = said.patient.as_ref().map_or_else(|| json!({ "type": "Patient" }), |id| json!({ "reference": reference("Patient", id) }));
    let sender = if said.is_patient { patient.clone() } else { json!({ "type": "Practitioner", "display": said.by }) };
    let About { of_type, id, identifier, display } = &said.about;
    let mut about = json!({ "reference": reference(of_type, id), "type": of_type, "display": display });
    if let (Some(identifier), Some(fields)) = (identifier, about.as_object_mut()) {
        fields.insert("identifier".to_owned(), identifier.clone());
    }
    let mut resource = json!({
        "resourceType": "Communication",
        "id": said.id,
        "status": "completed",
        "category": [{ "coding": [{ "system": KINDS, "code": "medRecCxReq" }] }],
        "subject": patient,
        "about": [about],
        "sent": said.at.format(&Rfc3339).ok(),
        "sender": sender,
        "payload": [{ "contentString": said.words }],
    });
    if let (Some(part_of), Some(fields)) = (said.part_of, resource.as_object_mut()) {
        fields.insert("partOf".to_owned(), json!([{ "reference": reference("Communication", &part_of.to_string()) }]));
    }
    resource
}

/// As a Bundle of ours is to be read: what has a UUID is found under it.
pub(super) fn reference(of_type: &str, id: &str) -> String {
    if Uuid::try_parse(id).is_ok() { format!("urn:uuid:{id}") } else { format!("{of_type}/{id}") }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn a_statement_points_at_its_item_and_a_message_at_the_statement() {
        let statement = Said {
            id: Uuid::from_u128(1),
            part_of: None,
            about: About {
                of_type: "Condition".to_owned(),
                id: "c1".to_owned(),
                identifier: identifier(
                    br#"{"identifier":[{"system":"urn:x"},{"system":"urn:oid:1.2","value":"7"}],"code":{"text":"Asthma"}}"#,
                ),
                display: "Asthma".to_owned(),
            },
            patient: Some("00000000-0000-0000-0000-000000000009".to_owned()),
            by: "Inés".to_owned(),
            is_patient: true,
            words: "I never had \"asthma\".".to_owned(),
            at: datetime!(2026-11-26 12:00 UTC),
        };
        let resource = communication(&statement);
        let about = json!({ "reference": "Condition/c1", "type": "Condition", "display": "Asthma",
            "identifier": { "system": "urn:oid:1.2", "value": "7" } });
        assert_eq!(resource["about"][0], about);
        assert_eq!(resource["subject"]["reference"], "urn:uuid:00000000-0000-0000-0000-000000000009");
        assert_eq!(resource["sender"], resource["subject"]);
        assert_eq!(resource["payload"][0]["contentString"], "I never had \"asthma\".");
        assert_eq!(resource["sent"], "2026-11-26T12:00:00Z");
        assert!(resource.get("partOf").is_none());

        let answer = Said {
            id: Uuid::from_u128(2),
            part_of: Some(statement.id),
            by: "Dr Lee, physician, Harbour".to_owned(),
            is_patient: false,
            ..statement
        };
        let resource = communication(&answer);
        assert_eq!(resource["partOf"][0]["reference"], "urn:uuid:00000000-0000-0000-0000-000000000001");
        assert_eq!(resource["sender"]["display"], "Dr Lee, physician, Harbour");
    }

    #[test]
    fn an_identifier_is_one_or_the_first_of_several_or_none() {
        let of = |resource: &str| identifier(resource.as_bytes()).map(|identifier| identifier["value"].clone());
        assert_eq!(of(r#"{"identifier":{"value":"a"}}"#), Some(json!("a")));
        assert_eq!(of(r#"{"identifier":[{"value":"a"},{"value":"b"}]}"#), Some(json!("a")));
        for none in [r#"{"identifier":[]}"#, r#"{"identifier":[{"value":1}]}"#, r#"{"id":"x"}"#, "no JSON", ""] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}
