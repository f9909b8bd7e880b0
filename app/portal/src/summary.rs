//! The summary: what somebody who opens a record wants first.

use chartkey_domain::{account::Visitor, category::Category, id::PatientId};

use crate::{
    Error, Opened, Portal,
    audit::Shown,
    entry::{Entry, entries},
    keys::Aside,
};

/// The first page of a record. Each list is the newest few, newest first; those
/// with the same name once.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Allergies.
    pub allergies: Vec<Entry>,
    /// Medicines in use.
    pub medicines: Vec<Entry>,
    /// Problems that go on.
    pub problems: Vec<Entry>,
    /// The newest results.
    pub results: Vec<Entry>,
    /// The newest visits.
    pub visits: Vec<Entry>,
    /// Keys. The patient's only.
    pub aside: Option<Aside>,
}

impl Portal {
    /// The summary of a record.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor has no access.
    pub async fn summary(&self, visitor: &Visitor, patient: PatientId) -> Result<Opened<Summary>, Error> {
        let mut record = self.open(visitor, patient).await?;
        let rows = entries!(
            measured "where i.patient_id = $1 and i.item_id = any (array( \
                (select a.item_id from (select distinct on (title) item_id, sort_at from item \
                    where patient_id = $1 and category = 4 and not is_error order by title, sort_at desc, item_id desc) a \
                    order by a.sort_at desc, a.item_id desc limit 20) \
                union all (select a.item_id from (select distinct on (category, title) category, item_id, sort_at from item \
                    where patient_id = $1 and category in (2, 3) and not is_error and (last_at is null or last_at > now()) \
                        and coalesce(status, '') <> all (array['completed', 'stopped', 'cancelled', 'resolved', 'inactive', 'remission', \
                            'not-taken', 'draft', 'ended', 'not-done']) \
                    order by category, title, sort_at desc, item_id desc) a \
                    order by a.sort_at desc, a.item_id desc limit 24) \
                union all (select item_id from item where patient_id = $1 and category = 6 and not is_error and value_text is not null \
                    order by sort_at desc, item_id desc limit 5) \
                union all (select item_id from item where patient_id = $1 and category = 9 and not is_error and sort_at <= now() \
                    order by sort_at desc, item_id desc limit 4))) \
             order by i.sort_at desc, i.item_id desc",
            patient.0
        )
        .fetch_all(record.connection())
        .await?;
        let mut summary = Summary::default();
        let mut shown = Shown::default();
        for entry in rows.into_iter().map(Entry::from) {
            shown.entries([&entry]);
            match entry.category {
                Category::Allergies => summary.allergies.push(entry),
                Category::Medicines => summary.medicines.push(entry),
                Category::Problems => summary.problems.push(entry),
                Category::Results => summary.results.push(entry),
                _ => summary.visits.push(entry),
            }
        }
        summary.aside = Aside::of(&mut record, Category::Results).await?;
        record.close("summary", shown, summary).await
    }
}
