//! What a card in a wallet says: for whoever finds its holder unable to speak.

use chartkey_domain::{account::Visitor, id::PatientId};
use time::OffsetDateTime;

use crate::{
    Error, Opened, Portal,
    audit::Shown,
    fhir::{
        json::Json,
        person::{Contact, contacts},
    },
    shared::{PrintedSummary, essentials},
};

/// The card of a patient.
#[derive(Debug, Clone)]
pub struct Card {
    /// Allergies, medicines in use, problems that go on.
    pub summary: PrintedSummary,
    /// Whom to call, as the newest description of the patient says.
    pub contacts: Vec<Contact>,
    /// The code by which the record opens in an emergency, as far as its patient has decided.
    pub code: Option<String>,
    /// As of when.
    pub now: OffsetDateTime,
}

impl Portal {
    /// The card of the visitor's own record.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the record is not theirs.
    pub async fn card(&self, visitor: &Visitor, patient: PatientId) -> Result<Opened<Card>, Error> {
        let mut record = self.open(visitor, patient).await?;
        if !record.is_own() {
            return record.refuse().await;
        }
        let mut shown = Shown::default();
        let summary = essentials(&mut record, &mut shown).await?;
        let described = sqlx::query_scalar!(
            "select v.bytes from item i
            join item_version v on v.patient_id = i.patient_id and v.item_id = i.item_id and v.version_no = i.version_no
            where i.patient_id = $1 and i.category = 1 and i.resource_type = 'Patient' and not i.is_error
            order by i.added_at desc, i.item_id desc limit 1",
            patient.0
        )
        .fetch_optional(record.connection())
        .await?;
        let text = described.and_then(|bytes| String::from_utf8(bytes).ok());
        let contacts = text.as_deref().and_then(|text| Json::parse(text).ok()).map(|json| contacts(&json)).unwrap_or_default();
        let code = self.card_code(&mut record).await?;
        let now = record.now();
        record.close("card", shown, Card { summary, contacts, code, now }).await
    }
}
