//! What a patient says is wrong, as FHIR: a `Communication` about the item for the statement, and one for
//! each message since, as the HL7 guide "Patient Request for Corrections" (STU 1) has the conversation. The
//! item's own resource stays as it came.

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
    /// Type and id of the resource that it is about.
    pub about: (String, String),
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

/// The resource.
pub(crate) fn communication(said: &Said) -> Value {
    let patient = said.patient.as_ref().map_or_else(|| json!({ "type": "Patient" }), |id| json!({ "reference": reference("Patient", id) }));
    let sender = if said.is_patient { patient.clone() } else { json!({ "type": "Practitioner", "display": said.by }) };
    let (of_type, id) = &said.about;
    let mut resource = json!({
        "resourceType": "Communication",
        "id": said.id,
        "status": "completed",
        "category": [{ "coding": [{ "system": KINDS, "code": "medRecCxReq" }] }],
        "subject": patient,
        "about": [{ "reference": reference(of_type, id) }],
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
fn reference(of_type: &str, id: &str) -> String {
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
            about: ("Condition".to_owned(), "c1".to_owned()),
            patient: Some("00000000-0000-0000-0000-000000000009".to_owned()),
            by: "Inés".to_owned(),
            is_patient: true,
            words: "I never had \"asthma\".".to_owned(),
            at: datetime!(2026-11-26 12:00 UTC),
        };
        let resource = communication(&statement);
        assert_eq!(resource["about"][0]["reference"], "Condition/c1");
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
}
