//! Kinds of things, for what its source gave no name.

use chartkey_portal::fhir::types;

use super::{Language, Say};

impl Say {
    /// What a thing is called whose `title` is only its kind, because the source gave no words;
    /// `None` where the title is the source's.
    #[must_use]
    pub fn unnamed(self, resource_type: &str, title: &str) -> Option<String> {
        if resource_type == "Patient" && title == types::DETAILS {
            return Some(self.details().to_owned());
        }
        let written = types::in_words(resource_type);
        if title != written {
            return None;
        }
        let word = match self.0 {
            Language::English => None,
            Language::Spanish => spanish(resource_type),
        };
        Some(self.words(word.map_or(written, str::to_owned)))
    }
}

/// Resource types of FHIR R4 that are part of a record; the rest, which no practice sends about
/// a patient, keep the name that FHIR gives them.
fn spanish(resource_type: &str) -> Option<&'static str> {
    Some(match resource_type {
        "Account" => "Cuenta de gastos",
        "AdverseEvent" => "Suceso adverso",
        "AllergyIntolerance" => "Alergia o intolerancia",
        "Appointment" => "Cita",
        "AppointmentResponse" => "Respuesta a una cita",
        "BodyStructure" => "Parte del cuerpo",
        "CarePlan" => "Plan de atención",
        "CareTeam" => "Equipo de atención",
        "ChargeItem" => "Cargo",
        "Claim" => "Solicitud de pago",
        "ClaimResponse" => "Respuesta a una solicitud de pago",
        "ClinicalImpression" => "Valoración clínica",
        "Communication" => "Mensaje",
        "CommunicationRequest" => "Petición de mensaje",
        "Composition" => "Documento",
        "Condition" => "Problema de salud",
        "Consent" => "Consentimiento",
        "Contract" => "Contrato",
        "Coverage" => "Cobertura del seguro",
        "CoverageEligibilityRequest" => "Consulta al seguro",
        "CoverageEligibilityResponse" => "Respuesta del seguro",
        "DetectedIssue" => "Posible problema detectado",
        "Device" => "Dispositivo",
        "DeviceRequest" => "Petición de un dispositivo",
        "DeviceUseStatement" => "Uso de un dispositivo",
        "DiagnosticReport" => "Informe",
        "DocumentManifest" => "Conjunto de documentos",
        "DocumentReference" => "Documento",
        "Encounter" => "Consulta",
        "EnrollmentRequest" => "Petición de alta en el seguro",
        "EnrollmentResponse" => "Respuesta a un alta en el seguro",
        "EpisodeOfCare" => "Periodo de atención",
        "ExplanationOfBenefit" => "Explicación de beneficios",
        "FamilyMemberHistory" => "Antecedente familiar",
        "Flag" => "Aviso",
        "Goal" => "Objetivo",
        "GuidanceResponse" => "Recomendación",
        "ImagingStudy" => "Estudio de imagen",
        "Immunization" => "Vacuna",
        "ImmunizationEvaluation" => "Evaluación de una vacuna",
        "ImmunizationRecommendation" => "Vacunas recomendadas",
        "Invoice" => "Factura",
        "List" => "Lista",
        "Media" => "Imagen, vídeo o sonido",
        "MedicationAdministration" => "Medicamento administrado",
        "MedicationDispense" => "Medicamento entregado",
        "MedicationRequest" => "Receta",
        "MedicationStatement" => "Medicamento que se toma",
        "MolecularSequence" => "Secuencia genética",
        "NutritionOrder" => "Dieta indicada",
        "Observation" => "Observación",
        "PaymentNotice" => "Aviso de pago",
        "PaymentReconciliation" => "Liquidación de pagos",
        "Person" => "Persona",
        "Procedure" => "Procedimiento",
        "QuestionnaireResponse" => "Respuestas a un cuestionario",
        "RelatedPerson" => "Persona cercana",
        "RequestGroup" => "Conjunto de peticiones",
        "RiskAssessment" => "Valoración de un riesgo",
        "ServiceRequest" => "Petición de un servicio",
        "SupplyDelivery" => "Entrega de material",
        "SupplyRequest" => "Petición de material",
        "Task" => "Tarea",
        "VisionPrescription" => "Receta de gafas o lentes",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_name_is_called_by_its_kind_in_the_language_of_the_reader() {
        let (english, spanish) = (Say::of(Language::English), Say::of(Language::Spanish));
        assert_eq!(english.unnamed("ExplanationOfBenefit", "Explanation of benefit").as_deref(), Some("Explanation of benefit"));
        assert_eq!(spanish.unnamed("ExplanationOfBenefit", "Explanation of benefit").as_deref(), Some("Explicación de beneficios"));
        assert_eq!(spanish.unnamed("ExplanationOfBenefit", "Dental"), None);
        assert_eq!(spanish.unnamed("Patient", "Details").as_deref(), Some("Datos"));
    }
}
