//! One thing measured over time.

use chartkey_domain::{account::Visitor, id::PatientId};

use crate::{
    Error, Opened, Portal,
    audit::Shown,
    entry::{Entry, entries},
    keys::Aside,
};

/// A series: the same code in the same unit.
#[derive(Debug, Clone)]
pub struct Trend {
    /// The newest 100 points, newest first; never empty. Each has a number and a date.
    pub entries: Vec<Entry>,
    /// Keys. The patient's only.
    pub aside: Option<Aside>,
}

impl Portal {
    /// A series over time.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor can see no point of it.
    pub async fn trend(&self, visitor: &Visitor, patient: PatientId, series: &str) -> Result<Opened<Trend>, Error> {
        let mut record = self.open(visitor, patient).await?;
        let rows = entries!(
            "where i.patient_id = $1 and i.series = $2 and not i.is_error and i.value_num is not null and i.first_at is not null \
             order by i.sort_at desc, i.item_id desc limit 100",
            patient.0,
            series
        )
        .fetch_all(record.connection())
        .await?;
        let entries: Vec<Entry> = rows.into_iter().map(Entry::from).collect();
        let Some(newest) = entries.first() else { return record.refuse().await };
        let aside = Aside::of(&mut record, newest.category).await?;
        let mut shown = Shown::default();
        shown.entries(&entries);
        record.close("trend", shown, Trend { entries, aside }).await
    }
}
