//! The summary: what somebody who opens a record wants first.

use chartkey_domain::{account::Visitor, category::Category, id::PatientId};

use crate::{
    Error, Opened, Portal,
    allergies::Allergies,
    audit::Shown,
    care_team::{self, Member},
    entry::{Entry, entries},
    keys::Aside,
    news::{Found, Look, News},
    record::Record,
};

/// The first page of a record. Each list is newest first; what means the same once. Of allergies, medicines
/// and problems there is one more than [`LISTED`](crate::paper::LISTED) where there are more.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// Allergies.
    pub allergies: Allergies,
    /// Medicines in use.
    pub medicines: Vec<Entry>,
    /// Problems that go on.
    pub problems: Vec<Entry>,
    /// The newest results, the newest that the patient measured, and behind them those of earlier days that lie outside their
    /// laboratory's range and are the newest of their series, and the newest that waits for the patient.
    pub results: Vec<Entry>,
    /// The newest visits.
    pub visits: Vec<Entry>,
    /// Who looks after the patient.
    pub team: Vec<Member>,
    /// What came in since the reader last looked here. The patient's stands on their
    /// first page instead.
    pub news: Option<News>,
    /// Keys. The patient's only.
    pub aside: Option<Aside>,
}

impl Portal {
    /// The summary of a record. A look of anybody but the patient counts for what is new
    /// to them.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor has no access.
    pub async fn summary(&self, visitor: &Visitor, patient: PatientId, look: Look) -> Result<Opened<Summary>, Error> {
        let mut record = self.open(visitor, patient).await?;
        let news = if record.is_own() { None } else { Some(news(&mut record, look).await?) };
        let rows = entries!(
            once measured "where i.patient_id = $1 and i.item_id = any (array( \
                (select a.item_id from (select distinct on (gate.meaning(title, codes, title_key, resource_type, item_id, status), source_id = (select gate.by_hand())) item_id, sort_at from item \
                    where patient_id = $1 and category = 4 and not is_error \
                        and (item.behind = 0 or gate.is_first(item.patient_id, item.twin, item.behind)) \
                    order by gate.meaning(title, codes, title_key, resource_type, item_id, status), source_id = (select gate.by_hand()), sort_at desc, item_id desc) a \
                    order by a.sort_at desc, a.item_id desc limit 101) \
                union all (select a.item_id from (select item_id, row_number() over (partition by category order by sort_at desc, item_id desc) as place \
                    from (select distinct on (category, gate.meaning(title, codes, title_key, resource_type, item_id, status), source_id = (select gate.by_hand())) \
                            category, item_id, sort_at from item \
                        where patient_id = $1 and category in (2, 3) and not is_error \
                            and (item.behind = 0 or gate.is_first(item.patient_id, item.twin, item.behind)) \
                            and (last_at is null or last_at > now()) \
                            and coalesce(status, '') <> all (array['completed', 'stopped', 'cancelled', 'resolved', 'inactive', 'remission', \
                                'not-taken', 'draft', 'ended', 'not-done', 'refuted']) \
                        order by category, gate.meaning(title, codes, title_key, resource_type, item_id, status), source_id = (select gate.by_hand()), \
                            sort_at desc, item_id desc) n) a where a.place <= 101) \
                union all (select item_id from item where patient_id = $1 and category = 6 and source_id <> (select gate.by_hand()) \
                    and not is_error and value_text is not null \
                    and (item.behind = 0 or gate.is_first(item.patient_id, item.twin, item.behind)) \
                    order by sort_at desc, item_id desc limit 5) \
                union all (select item_id from item where patient_id = $1 and category = 6 and source_id = (select gate.by_hand()) \
                    and not is_error and value_text is not null order by sort_at desc, item_id desc limit 1) \
                union all (select o.item_id from (select item_id, sort_at, series from item \
                    where patient_id = $1 and category = 6 and not is_error and value_text is not null \
                        and (item.behind = 0 or gate.is_first(item.patient_id, item.twin, item.behind)) \
                        and (interpretation = any (array['HH', 'HU', 'CH', 'LL', 'LU', 'CL', 'H', '>', 'L', '<', 'A', 'AA']) \
                            or (interpretation is distinct from 'N' and (value_num < range_low or value_num > range_high))) \
                        and (not waits or (select gate.own_patient()) is null) \
                    order by sort_at desc, item_id desc limit 200) o \
                    where (select true from item b where b.patient_id = $1 and b.series = o.series and b.sort_at > o.sort_at and b.source_id <> (select gate.by_hand()) \
                        and not b.is_error and b.value_text is not null and (not b.waits or (select gate.own_patient()) is null) limit 1) is null \
                    order by o.sort_at desc, o.item_id desc limit 5) \
                union all (select item_id from item where patient_id = $1 and category = 6 and not is_error and value_text is not null \
                        and (item.behind = 0 or gate.is_first(item.patient_id, item.twin, item.behind)) \
                        and waits and (select gate.own_patient()) is not null order by sort_at desc, item_id desc limit 1) \
                union all (select item_id from item where patient_id = $1 and category = 9 and not is_error and sort_at <= now() \
                        and (item.behind = 0 or gate.is_first(item.patient_id, item.twin, item.behind)) \
                    order by sort_at desc, item_id desc limit 4))) \
             order by i.sort_at desc, i.item_id desc",
            patient.0
        )
        .fetch_all(record.connection())
        .await?;
        let (mut summary, mut allergies) = (Summary { news, ..Summary::default() }, Vec::new());
        let mut shown = Shown::default();
        for entry in rows.into_iter().map(Entry::from) {
            shown.entries([&entry]);
            match entry.category {
                Category::Allergies => allergies.push(entry),
                Category::Medicines => summary.medicines.push(entry),
                Category::Problems => summary.problems.push(entry),
                Category::Results => summary.results.push(entry),
                _ => summary.visits.push(entry),
            }
        }
        shown.entries(summary.news.iter().flat_map(News::entries));
        summary.allergies = Allergies::of(&mut record, allergies, &mut shown).await?;
        summary.team = care_team::team(&mut record, &mut shown).await?;
        summary.aside = Aside::of(&mut record, Category::Results).await?;
        record.close("summary", shown, summary).await
    }
}

/// What is new to a reader who is not the patient.
async fn news(record: &mut Record, look: Look) -> Result<News, Error> {
    let patient = record.whose().patient;
    let found = Found::of(record, look).await?;
    let newest = found.newest();
    if newest.is_empty() {
        return Ok(found.with([]));
    }
    let rows = entries!("where i.patient_id = $1 and i.item_id = any ($2)", patient.0, &newest).fetch_all(record.connection()).await?;
    let read: Vec<Entry> = rows.into_iter().map(Entry::from).collect();
    Ok(found.with(&read))
}
