//! The summaries that a clinician prints for a time without Chartkey: of each patient
//! who shares with them for treatment, what an emergency asks for.

use std::collections::HashSet;

use chartkey_domain::{account::Visitor, category::Category, grant::Purpose, id::PatientId};
use time::OffsetDateTime;

use crate::{
    Error, Opened, Portal,
    allergies::Allergies,
    audit::Shown,
    entry::{Entry, entries},
    record::Record,
    shared::Of,
};

/// The most patients of one page: each is a record opened, and each is watched while the
/// page is open.
pub const MOST: usize = 40;

/// The summary of one patient. Each list is newest first, what means the same once, with one more than
/// [`LISTED`](crate::paper::LISTED) where there are more.
#[derive(Debug, Clone, Default)]
pub struct PrintedSummary {
    /// Allergies.
    pub allergies: Allergies,
    /// In use.
    pub medicines: Vec<Entry>,
    /// That go on.
    pub problems: Vec<Entry>,
}

/// The summaries of a page.
#[derive(Debug, Clone)]
pub struct PrintedSummaries {
    /// By name; at most [`MOST`].
    pub patients: Vec<Opened<PrintedSummary>>,
    /// Whether there are more.
    pub has_more: bool,
    /// As of when.
    pub now: OffsetDateTime,
}

impl Portal {
    /// The records that asking for their summaries declares to be opened for treatment:
    /// those with such a grant in force, by name, at most [`MOST`].
    ///
    /// # Errors
    /// [`Error::NotFound`] for anybody who is no clinician.
    pub async fn treated(&self, visitor: &Visitor) -> Result<Vec<PatientId>, Error> {
        let (mut patients, _) = self.in_treatment(visitor, "shared-print-asked").await?;
        patients.truncate(MOST);
        Ok(patients)
    }

    /// The summaries of those whom the visitor has declared to treat. Each is read through
    /// the door, with an event of its own; one that has closed meanwhile is left out.
    ///
    /// # Errors
    /// [`Error::NotFound`] for anybody who is no clinician.
    pub async fn printed_summaries(&self, visitor: &Visitor) -> Result<PrintedSummaries, Error> {
        let (all, now) = self.in_treatment(visitor, "shared-print").await?;
        let has_more = all.len() > MOST;
        let is_declared = |patient: &PatientId| visitor.purposes.get(patient) == Some(&Purpose::Treatment);
        let mut patients = Vec::new();
        for patient in all.into_iter().take(MOST).filter(is_declared) {
            match self.printed_summary(visitor, patient).await {
                Ok(opened) => patients.push(opened),
                Err(Error::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(PrintedSummaries { patients, has_more, now })
    }

    async fn in_treatment(&self, visitor: &Visitor, page: &str) -> Result<(Vec<PatientId>, OffsetDateTime), Error> {
        let (rows, now) = self.entries(visitor, page, Of::Everybody).await?;
        let mut seen = HashSet::new();
        let open = rows.into_iter().filter(|row| row.entry.is_open && row.entry.purpose == Purpose::Treatment);
        Ok((open.map(|row| row.patient).filter(|patient| seen.insert(*patient)).collect(), now))
    }

    async fn printed_summary(&self, visitor: &Visitor, patient: PatientId) -> Result<Opened<PrintedSummary>, Error> {
        let mut record = self.open(visitor, patient).await?;
        let mut shown = Shown::default();
        let summary = essentials(&mut record, &mut shown).await?;
        record.close("summary-print", shown, summary).await
    }
}

/// What an emergency asks for first of an open record.
pub(crate) async fn essentials(record: &mut Record, shown: &mut Shown) -> Result<PrintedSummary, Error> {
    let patient = record.whose().patient;
    let rows = entries!(
        once "where i.patient_id = $1 and i.item_id = any (array( \
            select a.item_id from (select item_id, row_number() over (partition by category order by sort_at desc, item_id desc) as place \
                from (select distinct on (category, gate.meaning(title, codes, title_key, resource_type, item_id, status), source_id = (select gate.by_hand())) category, item_id, sort_at from item \
                    where patient_id = $1 and not is_error \
                        and (item.behind = 0 or gate.is_first(item.patient_id, item.twin, item.behind)) \
                        and (category = 4 or (category in (2, 3) and (last_at is null or last_at > now()) \
                        and coalesce(status, '') <> all (array['completed', 'stopped', 'cancelled', 'resolved', 'inactive', 'remission', \
                            'not-taken', 'draft', 'ended', 'not-done', 'refuted']))) \
                    order by category, gate.meaning(title, codes, title_key, resource_type, item_id, status), source_id = (select gate.by_hand()), sort_at desc, item_id desc) n) a where a.place <= 101)) \
         order by i.sort_at desc, i.item_id desc",
        patient.0
    )
    .fetch_all(record.connection())
    .await?;
    let (mut summary, mut allergies) = (PrintedSummary::default(), Vec::new());
    for entry in rows.into_iter().map(Entry::from) {
        shown.entries([&entry]);
        match entry.category {
            Category::Allergies => allergies.push(entry),
            Category::Medicines => summary.medicines.push(entry),
            _ => summary.problems.push(entry),
        }
    }
    summary.allergies = Allergies::of(record, allergies, shown).await?;
    Ok(summary)
}
