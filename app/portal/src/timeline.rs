//! Everything by date.

use chartkey_domain::{account::Visitor, category::Category, id::PatientId};

use crate::{
    Error, Opened, Portal,
    audit::Shown,
    cursor::Cursor,
    entry::{Entry, entries},
    list::cut,
};

/// A page of everything.
#[derive(Debug, Clone)]
pub struct Timeline {
    /// The entries, newest first.
    pub entries: Vec<Entry>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

impl Portal {
    /// A page of everything, or of one category, newest first. `with_errors` lists what
    /// was entered in error, too.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor has no access.
    pub async fn timeline(
        &self,
        visitor: &Visitor,
        patient: PatientId,
        category: Option<Category>,
        after: Option<Cursor>,
        with_errors: bool,
    ) -> Result<Opened<Timeline>, Error> {
        let mut record = self.open(visitor, patient).await?;
        let (at, item) = Cursor::bounds(after);
        // A statement each: one category has an index of its own.
        let rows = match category {
            None => {
                entries!(
                    "where i.patient_id = $1 and (i.sort_at, i.item_id) < ($2::text::timestamptz, $3) and (not i.is_error or $4) \
                     order by i.sort_at desc, i.item_id desc limit 51",
                    patient.0,
                    at,
                    item,
                    with_errors
                )
                .fetch_all(record.connection())
                .await?
            }
            Some(category) => {
                entries!(
                    "where i.patient_id = $1 and i.category = $2 and (i.sort_at, i.item_id) < ($3::text::timestamptz, $4) and (not i.is_error or $5) \
                     order by i.sort_at desc, i.item_id desc limit 51",
                    patient.0,
                    category.number(),
                    at,
                    item,
                    with_errors
                )
                .fetch_all(record.connection())
                .await?
            }
        };
        let (entries, next) = cut(rows.into_iter().map(Entry::from).collect(), Entry::cursor);
        let mut shown = Shown::default();
        shown.entries(&entries);
        record.close("timeline", shown, Timeline { entries, next }).await
    }
}
