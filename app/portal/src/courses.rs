//! What lasts: medicines and problems, each once, with its renewals behind it.

use chartkey_domain::{
    account::Visitor,
    category::Category,
    id::{ItemId, PatientId},
};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error, Opened, Portal,
    audit::Shown,
    entry::{Entry, entries},
    keys::Aside,
};

/// One medicine or problem.
#[derive(Debug, Clone)]
pub struct Course {
    /// Its newest entry.
    pub entry: Entry,
    /// How often it was recorded.
    pub times: usize,
    /// When it was first recorded.
    pub since: Option<OffsetDateTime>,
    /// Whether it goes on.
    pub is_active: bool,
}

/// Every medicine, or every problem.
#[derive(Debug, Clone)]
pub struct Courses {
    /// Those that go on come first, then newest first.
    pub courses: Vec<Course>,
    /// Whether there are more names than a page shows.
    pub has_more: bool,
    /// Whether what was entered in error is listed too.
    pub with_errors: bool,
    /// Keys. The patient's only.
    pub aside: Option<Aside>,
}

/// The most names of a page; the query carries it with one more.
const NAMES: usize = 200;

struct Group {
    newest: Uuid,
    items: Vec<Uuid>,
    since: Option<OffsetDateTime>,
    is_active: bool,
}

impl Portal {
    /// Medicines or problems, those with the same name once. The newest 200 names.
    /// `with_errors` lists what was entered in error, too, each name apart.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor has no access.
    pub async fn courses(
        &self,
        visitor: &Visitor,
        patient: PatientId,
        category: Category,
        with_errors: bool,
    ) -> Result<Opened<Courses>, Error> {
        let mut record = self.open(visitor, patient).await?;
        if !record.whose().may_show(category) {
            let nothing = Courses { courses: Vec::new(), has_more: false, with_errors, aside: None };
            return record.close(category.slug(), Shown::default(), nothing).await;
        }
        let mut groups = sqlx::query_as!(
            Group,
            r#"select (array_agg(i.item_id order by i.sort_at desc, i.item_id desc))[1] as "newest!", array_agg(i.item_id) as "items!",
                min(i.first_at) as since,
                bool_or(not i.is_error and (i.last_at is null or i.last_at > now()) and coalesce(i.status, '') <> all (array['completed', 'stopped',
                    'cancelled', 'resolved', 'inactive', 'remission', 'not-taken', 'draft', 'ended', 'not-done'])) as "is_active!"
            from item i where i.patient_id = $1 and i.category = $2 and (not i.is_error or $3)
                and (i.behind = 0 or gate.is_first(i.patient_id, i.twin, i.behind))
            group by gate.meaning(i.title, i.codes, i.title_key, i.resource_type, i.item_id, i.status), i.is_error, i.source_id = (select gate.by_hand()) order by 4 desc, max(i.sort_at) desc, 1 desc limit 201"#,
            patient.0,
            category.number(),
            with_errors
        )
        .fetch_all(record.connection())
        .await?;
        let has_more = groups.len() > NAMES;
        groups.truncate(NAMES);
        let newest: Vec<Uuid> = groups.iter().map(|group| group.newest).collect();
        let mut entries: std::collections::HashMap<ItemId, Entry> = entries!(
            once "where i.patient_id = $1 and i.item_id = any ($2)",
            patient.0,
            &newest
        )
        .fetch_all(record.connection())
        .await?
        .into_iter()
        .map(|row| (ItemId(row.item_id), row.into()))
        .collect();
        let mut shown = Shown::default();
        let mut courses = Vec::with_capacity(groups.len());
        for group in groups {
            for item in &group.items {
                shown.add(ItemId(*item), category);
            }
            if let Some(entry) = entries.remove(&ItemId(group.newest)) {
                entry.twins.iter().for_each(|twin| shown.add(twin.id, category));
                // Its first date on the same clock as its last.
                let since = group.since.map(|since| entry.when.map_or(since, |(newest, _)| since.to_offset(newest.offset())));
                courses.push(Course { entry, times: group.items.len(), since, is_active: group.is_active });
            }
        }
        let aside = Aside::of(&mut record, category).await?;
        record.close(category.slug(), shown, Courses { courses, has_more, with_errors, aside }).await
    }
}
