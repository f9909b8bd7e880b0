//! Where each resource type of FHIR R4 goes. One row a type; the table is printed
//! to `docs/categories.md` and reviewed there.

use chartkey_domain::category::Category::{self, *};

/// Where a resource goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// An item of this category.
    Item(Category),
    /// An item whose category depends on what it observes ([`super::observation`]).
    Observation,
    /// An item whose category depends on what it reports ([`super::report`]).
    Report,
    /// Kept for each patient whose items name it, and seen only through them.
    Attachment,
}

use Placement::{Attachment, Item};

/// Every resource type of FHIR R4 (<https://hl7.org/fhir/R4/resourcelist.html>) but the two
/// abstract ones, Resource and DomainResource.
pub const TYPES: [(&str, Placement); 146] = [
    ("Account", Item(Insurance)),
    ("ActivityDefinition", Item(Own)),
    ("AdverseEvent", Item(Problems)),
    ("AllergyIntolerance", Item(Allergies)),
    ("Appointment", Item(Visits)),
    ("AppointmentResponse", Item(Visits)),
    ("AuditEvent", Item(Own)),
    ("Basic", Item(Own)),
    ("Binary", Attachment),
    ("BiologicallyDerivedProduct", Attachment),
    ("BodyStructure", Item(Problems)),
    ("Bundle", Item(Own)),
    ("CapabilityStatement", Item(Own)),
    ("CarePlan", Item(Plans)),
    ("CareTeam", Item(Plans)),
    ("CatalogEntry", Item(Own)),
    ("ChargeItem", Item(Insurance)),
    ("ChargeItemDefinition", Item(Own)),
    ("Claim", Item(Insurance)),
    ("ClaimResponse", Item(Insurance)),
    ("ClinicalImpression", Item(Documents)),
    ("CodeSystem", Item(Own)),
    ("Communication", Item(Own)),
    ("CommunicationRequest", Item(Own)),
    ("CompartmentDefinition", Item(Own)),
    ("Composition", Item(Documents)),
    ("ConceptMap", Item(Own)),
    ("Condition", Item(Problems)),
    ("Consent", Item(Own)),
    ("Contract", Item(Own)),
    ("Coverage", Item(Insurance)),
    ("CoverageEligibilityRequest", Item(Insurance)),
    ("CoverageEligibilityResponse", Item(Insurance)),
    ("DetectedIssue", Item(Own)),
    ("Device", Item(Devices)),
    ("DeviceDefinition", Attachment),
    ("DeviceMetric", Item(Devices)),
    ("DeviceRequest", Item(Plans)),
    ("DeviceUseStatement", Item(Devices)),
    ("DiagnosticReport", Placement::Report),
    ("DocumentManifest", Item(Documents)),
    ("DocumentReference", Item(Documents)),
    ("EffectEvidenceSynthesis", Item(Own)),
    ("Encounter", Item(Visits)),
    ("Endpoint", Attachment),
    ("EnrollmentRequest", Item(Insurance)),
    ("EnrollmentResponse", Item(Insurance)),
    ("EpisodeOfCare", Item(Visits)),
    ("EventDefinition", Item(Own)),
    ("Evidence", Item(Own)),
    ("EvidenceVariable", Item(Own)),
    ("ExampleScenario", Item(Own)),
    ("ExplanationOfBenefit", Item(Insurance)),
    ("FamilyMemberHistory", Item(Lifestyle)),
    ("Flag", Item(Own)),
    ("Goal", Item(Plans)),
    ("GraphDefinition", Item(Own)),
    ("Group", Item(Own)),
    ("GuidanceResponse", Item(Own)),
    ("HealthcareService", Attachment),
    ("ImagingStudy", Item(Imaging)),
    ("Immunization", Item(Vaccines)),
    ("ImmunizationEvaluation", Item(Vaccines)),
    ("ImmunizationRecommendation", Item(Vaccines)),
    ("ImplementationGuide", Item(Own)),
    ("InsurancePlan", Attachment),
    ("Invoice", Item(Insurance)),
    ("Library", Item(Own)),
    ("Linkage", Item(Own)),
    ("List", Item(Own)),
    ("Location", Attachment),
    ("Measure", Item(Own)),
    ("MeasureReport", Item(Own)),
    ("Media", Item(Imaging)),
    ("Medication", Attachment),
    ("MedicationAdministration", Item(Medicines)),
    ("MedicationDispense", Item(Medicines)),
    ("MedicationKnowledge", Attachment),
    ("MedicationRequest", Item(Medicines)),
    ("MedicationStatement", Item(Medicines)),
    ("MedicinalProduct", Attachment),
    ("MedicinalProductAuthorization", Item(Own)),
    ("MedicinalProductContraindication", Item(Own)),
    ("MedicinalProductIndication", Item(Own)),
    ("MedicinalProductIngredient", Item(Own)),
    ("MedicinalProductInteraction", Item(Own)),
    ("MedicinalProductManufactured", Item(Own)),
    ("MedicinalProductPackaged", Item(Own)),
    ("MedicinalProductPharmaceutical", Item(Own)),
    ("MedicinalProductUndesirableEffect", Item(Own)),
    ("MessageDefinition", Item(Own)),
    ("MessageHeader", Item(Own)),
    ("MolecularSequence", Item(Results)),
    ("NamingSystem", Item(Own)),
    ("NutritionOrder", Item(Plans)),
    ("Observation", Placement::Observation),
    ("ObservationDefinition", Item(Own)),
    ("OperationDefinition", Item(Own)),
    ("OperationOutcome", Item(Own)),
    ("Organization", Attachment),
    ("OrganizationAffiliation", Attachment),
    ("Parameters", Item(Own)),
    ("Patient", Item(Details)),
    ("PaymentNotice", Item(Insurance)),
    ("PaymentReconciliation", Item(Insurance)),
    ("Person", Item(Details)),
    ("PlanDefinition", Item(Own)),
    ("Practitioner", Attachment),
    ("PractitionerRole", Attachment),
    ("Procedure", Item(Procedures)),
    ("Provenance", Attachment),
    ("Questionnaire", Item(Own)),
    ("QuestionnaireResponse", Item(Lifestyle)),
    ("RelatedPerson", Item(Details)),
    ("RequestGroup", Item(Plans)),
    ("ResearchDefinition", Item(Own)),
    ("ResearchElementDefinition", Item(Own)),
    ("ResearchStudy", Item(Own)),
    ("ResearchSubject", Item(Own)),
    ("RiskAssessment", Item(Problems)),
    ("RiskEvidenceSynthesis", Item(Own)),
    ("Schedule", Item(Own)),
    ("SearchParameter", Item(Own)),
    ("ServiceRequest", Item(Plans)),
    ("Slot", Item(Own)),
    ("Specimen", Attachment),
    ("SpecimenDefinition", Item(Own)),
    ("StructureDefinition", Item(Own)),
    ("StructureMap", Item(Own)),
    ("Subscription", Item(Own)),
    ("Substance", Attachment),
    ("SubstanceNucleicAcid", Item(Own)),
    ("SubstancePolymer", Item(Own)),
    ("SubstanceProtein", Item(Own)),
    ("SubstanceReferenceInformation", Item(Own)),
    ("SubstanceSourceMaterial", Item(Own)),
    ("SubstanceSpecification", Item(Own)),
    ("SupplyDelivery", Item(Devices)),
    ("SupplyRequest", Item(Plans)),
    ("Task", Item(Own)),
    ("TerminologyCapabilities", Item(Own)),
    ("TestReport", Item(Own)),
    ("TestScript", Item(Own)),
    ("ValueSet", Item(Own)),
    ("VerificationResult", Item(Own)),
    ("VisionPrescription", Item(Plans)),
];

/// Where a resource of this type goes. What R4 does not know is the patient's only.
#[must_use]
pub fn placement(resource_type: &str) -> Placement {
    TYPES
        .binary_search_by_key(&resource_type, |(name, _)| name)
        .ok()
        .and_then(|row| TYPES.get(row))
        .map_or(Item(Own), |(_, placement)| *placement)
}

/// Whether R4 has a resource type of this name.
#[must_use]
pub fn is_known(resource_type: &str) -> bool {
    TYPES.binary_search_by_key(&resource_type, |(name, _)| name).is_ok()
}

/// What the patient's own description is called.
pub const DETAILS: &str = "Details";

/// The name of a type in words: `MedicationRequest` is "Medication request".
#[must_use]
pub fn in_words(resource_type: &str) -> String {
    let mut words = String::with_capacity(resource_type.len() + 4);
    for letter in resource_type.chars() {
        if letter.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
            words.push(letter.to_ascii_lowercase());
        } else {
            words.push(letter);
        }
    }
    words
}

/// The table as Markdown, as it stands in `docs/categories.md`.
#[must_use]
pub fn printed() -> String {
    let mut page = String::from(
        "# Where each resource type goes\n\n\
         Printed from `app/portal/src/fhir/types.rs`; a test compares. *own*: of the patient only, no grant reaches it.\n\
         *attachment*: kept for each patient whose items name it, and seen only through an item that is visible.\n\
         A type that FHIR R4 does not know is *own*.\n\n\
         | resource type | category |\n|---|---|\n",
    );
    for (name, placement) in TYPES {
        let place = match placement {
            Item(category) => category.slug(),
            Placement::Observation => "by its category: results, vitals, imaging or lifestyle",
            Placement::Report => "by its category: results, imaging, lifestyle or documents",
            Attachment => "attachment",
        };
        page.push_str(&format!("| {name} | {place} |\n"));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_printed() {
        assert!(TYPES.is_sorted_by_key(|(name, _)| *name));
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/categories.md");
        if std::env::var_os("CHARTKEY_PRINT").is_some() {
            std::fs::write(path, printed()).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(path).unwrap_or_default(),
            printed(),
            "print it with CHARTKEY_PRINT=1 and review the difference"
        );
    }

    #[test]
    fn what_r4_does_not_know_is_the_patients_only() {
        assert_eq!(placement("Flagon"), Item(Own));
        assert_eq!(placement("Flag"), Item(Own));
        assert_eq!(placement("Condition"), Item(Problems));
    }

    #[test]
    fn a_type_is_named_in_words() {
        assert_eq!(in_words("ExplanationOfBenefit"), "Explanation of benefit");
    }
}
