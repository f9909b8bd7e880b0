//! One category of a record as a list, newest first, a page at a time.

use chartkey_domain::{account::Visitor, category::Category, id::PatientId};

use crate::{
    Error, Opened, Portal,
    audit::Shown,
    cursor::Cursor,
    entry::{Entry, entries},
    keys::Aside,
};

/// The rows of one page. Queries carry it as a constant (a plan for a constant
/// limit is the better one), plus one row that tells whether there is more.
pub const PAGE: usize = 50;

/// What a list page shows.
#[derive(Debug, Clone)]
pub struct List {
    /// The category.
    pub category: Category,
    /// The rows, newest first.
    pub entries: Vec<Entry>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
    /// Total and keys. The patient's only.
    pub aside: Option<Aside>,
    /// Whether what was entered in error is listed too.
    pub with_errors: bool,
}

/// Cuts what was read for a page into the page and where the next one begins.
pub(crate) fn cut<T>(mut rows: Vec<T>, place: impl Fn(&T) -> Cursor) -> (Vec<T>, Option<Cursor>) {
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = if more { rows.last().map(place) } else { None };
    (rows, next)
}

impl Entry {
    /// The place in a list after this entry.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor::after(self.when.map(|(first, _)| first), self.id)
    }
}

impl Portal {
    /// A page of a category. `with_errors` lists what was entered in error, too.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor has no access.
    pub async fn list(
        &self,
        visitor: &Visitor,
        patient: PatientId,
        category: Category,
        after: Option<Cursor>,
        with_errors: bool,
    ) -> Result<Opened<List>, Error> {
        let mut record = self.open(visitor, patient).await?;
        // What is the patient's only is no page for anybody else, whatever is in it.
        if category == Category::Own && !record.is_own() {
            return record.refuse().await;
        }
        let (at, item) = Cursor::bounds(after);
        if !record.whose().may_show(category) {
            let nothing = List { category, entries: Vec::new(), next: None, aside: None, with_errors };
            return record.close(category.slug(), Shown::default(), nothing).await;
        }
        let rows = entries!(
            "where i.patient_id = $1 and i.category = $2 and (i.sort_at, i.item_id) < ($3::text::timestamptz, $4) and (not i.is_error or $5) \
             and (i.behind = 0 or gate.is_first(i.patient_id, i.twin, i.behind)) \
             order by i.sort_at desc, i.item_id desc limit 51",
            patient.0,
            category.number(),
            at,
            item,
            with_errors
        )
        .fetch_all(record.connection())
        .await?;
        let (entries, next) = cut(rows.into_iter().map(Entry::from).collect(), Entry::cursor);
        let aside = Aside::of(&mut record, category).await?;
        let mut shown = Shown::default();
        shown.entries(&entries);
        record.close(category.slug(), shown, List { category, entries, next, aside, with_errors }).await
    }
}
