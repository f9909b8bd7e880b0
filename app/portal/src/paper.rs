//! What a patient prints of their own record, or takes as a file to print: what somebody
//! who has to treat them wants first, with nothing behind a link. And what a code of theirs would
//! show, for somebody who cannot sign in.

use chartkey_domain::{
    account::Visitor,
    category::Category,
    id::{CodeId, PatientId},
};
use time::OffsetDateTime;

use crate::{
    Error, Opened, Portal,
    allergies::Allergies,
    audit::{Shown, What},
    care_team::{self, Member},
    entry::{Entry, entries},
    pool::detached,
    record::Record,
};

/// The most allergies, medicines and problems that are printed; the queries carry one more,
/// by which whoever prints knows that there are more.
pub const LISTED: usize = 100;
/// The most results that are printed, likewise.
pub const RESULTS: usize = 30;
/// The most things of any other category, likewise.
pub const OTHERS: usize = 30;

/// The summary of a record for paper. Each list is newest first; what means the same once.
#[derive(Debug, Clone)]
pub struct PaperContents {
    /// Allergies.
    pub allergies: Allergies,
    /// Medicines in use; one more than [`LISTED`] where there are more.
    pub medicines: Vec<Entry>,
    /// Problems that go on; one more than [`LISTED`] where there are more.
    pub problems: Vec<Entry>,
    /// Results outside their laboratory's range that are the newest of their series; one
    /// more than [`RESULTS`] where there are more. And one that waits, where any does: what it found is
    /// on no paper.
    pub results: Vec<Entry>,
    /// The newest ten visits.
    pub visits: Vec<Entry>,
    /// Of every other category, and of all results, the newest, one more than [`OTHERS`] where there are more: on what is given
    /// in the place of a code alone.
    pub others: Vec<Entry>,
    /// Who looks after the patient.
    pub team: Vec<Member>,
    /// Who has delivered anything into the record, by name, at most a hundred.
    pub sources: Vec<String>,
    /// As of when.
    pub now: OffsetDateTime,
}

impl Portal {
    /// The summary of the visitor's own record for the page that is printed.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the record is not theirs.
    pub async fn paper(&self, visitor: &Visitor, patient: PatientId) -> Result<Opened<PaperContents>, Error> {
        let mut record = self.open(visitor, patient).await?;
        if !record.is_own() {
            return record.refuse().await;
        }
        let (contents, shown) = contents(&mut record).await?;
        record.close("print", shown, contents).await
    }

    /// The same for a file that leaves.
    ///
    /// # Errors
    /// [`Error::SignInAgain`] without a fresh sign-in, [`Error::NotFound`] where the
    /// record is not theirs.
    pub async fn take_paper(&self, visitor: &Visitor, patient: PatientId) -> Result<Opened<PaperContents>, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own_freshly(&visitor, patient).await?;
            let (view, shown) = contents(&mut record).await?;
            let whose = record.finish(shown.what("exported", "print")).await?;
            Ok(Opened { whose, view })
        })
        .await
    }

    /// The visitor's own record as a code of theirs would show it to whoever redeems it, for paper: read through the same door,
    /// and noted as taken, with the sentence of the code, before anything is handed out.
    ///
    /// # Errors
    /// As [`Self::take_paper`], and [`Error::NotFound`] where no such code waits for a clinician.
    pub async fn take_code_paper(&self, visitor: &Visitor, patient: PatientId, code: CodeId) -> Result<Opened<PaperContents>, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            portal.require_fresh(&visitor).await?;
            let (mut record, sentence) = portal.open_coded(&visitor, patient, code).await?;
            let (mut contents, mut shown) = contents(&mut record).await?;
            contents.others = others(&mut record).await?;
            shown.entries(&contents.others);
            // With those eyes nothing can be written; so the patient's own transaction says what was taken.
            let paper = record.close("code-paper", Shown::default(), contents).await?;
            let own = portal.open_own_freshly(&visitor, patient).await?;
            own.finish(What { text: Some(sentence), ..shown.what("exported", "code-paper") }).await?;
            Ok(paper)
        })
        .await
    }
}

/// The newest of what the summary has not: of each other category, and of all results.
async fn others(record: &mut Record) -> Result<Vec<Entry>, Error> {
    let patient = record.whose().patient;
    let rows = entries!(
        "where i.patient_id = $1 and i.item_id = any (array( \
            select a.item_id from (select item_id, row_number() over (partition by category order by sort_at desc, item_id desc) as place \
                from item where patient_id = $1 and category <> all (array[2, 3, 4, 9]) and not is_error \
                    and (item.behind = 0 or gate.is_first(item.patient_id, item.twin, item.behind))) a where a.place <= 31)) \
         order by i.category, i.sort_at desc, i.item_id desc",
        patient.0
    )
    .fetch_all(record.connection())
    .await?;
    Ok(rows.into_iter().map(Entry::from).collect())
}

async fn contents(record: &mut Record) -> Result<(PaperContents, Shown), Error> {
    let patient = record.whose().patient;
    let rows = entries!(
        once "where i.patient_id = $1 and i.item_id = any (array( \
            (select a.item_id from (select item_id, row_number() over (partition by category order by sort_at desc, item_id desc) as place \
                from (select distinct on (category, gate.meaning(title, codes, title_key, resource_type, item_id, status), source_id = (select gate.by_hand())) category, item_id, sort_at from item \
                    where patient_id = $1 and not is_error \
                    and (item.behind = 0 or gate.is_first(item.patient_id, item.twin, item.behind)) \
                    and (category = 4 or (category in (2, 3) and (last_at is null or last_at > now()) \
                        and coalesce(status, '') <> all (array['completed', 'stopped', 'cancelled', 'resolved', 'inactive', 'remission', \
                            'not-taken', 'draft', 'ended', 'not-done', 'refuted']))) \
                    order by category, gate.meaning(title, codes, title_key, resource_type, item_id, status), source_id = (select gate.by_hand()), sort_at desc, item_id desc) n) a where a.place <= 101) \
            union all (select o.item_id from (select distinct on (coalesce(series, item_id::text)) item_id, sort_at, series from item \
                where patient_id = $1 and category = 6 and not is_error and value_text is not null \
                    and (item.behind = 0 or gate.is_first(item.patient_id, item.twin, item.behind)) \
                    and (interpretation = any (array['HH', 'HU', 'CH', 'LL', 'LU', 'CL', 'H', '>', 'L', '<', 'A', 'AA']) \
                        or (interpretation is distinct from 'N' and (value_num < range_low or value_num > range_high))) \
                    and (not waits or (select gate.own_patient()) is null) \
                order by coalesce(series, item_id::text), sort_at desc, item_id desc) o \
                where (select true from item b where b.patient_id = $1 and b.series = o.series and b.sort_at > o.sort_at and b.source_id <> (select gate.by_hand()) \
                    and not b.is_error and b.value_text is not null and (not b.waits or (select gate.own_patient()) is null) limit 1) is null \
                order by o.sort_at desc, o.item_id desc limit 31) \
            union all (select item_id from item where patient_id = $1 and category = 6 and not is_error and value_text is not null and waits \
                    and (item.behind = 0 or gate.is_first(item.patient_id, item.twin, item.behind)) \
                order by sort_at desc, item_id desc limit 1) \
            union all (select item_id from item where patient_id = $1 and category = 9 and not is_error and sort_at <= now() \
                    and (item.behind = 0 or gate.is_first(item.patient_id, item.twin, item.behind)) \
                order by sort_at desc, item_id desc limit 10))) \
         order by i.sort_at desc, i.item_id desc",
        patient.0
    )
    .fetch_all(record.connection())
    .await?;
    let (mut allergies, mut medicines, mut problems, mut results, mut visits) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut shown = Shown::default();
    for entry in rows.into_iter().map(Entry::from) {
        shown.entries([&entry]);
        match entry.category {
            Category::Allergies => allergies.push(entry),
            Category::Medicines => medicines.push(entry),
            Category::Problems => problems.push(entry),
            Category::Results => results.push(entry),
            _ => visits.push(entry),
        }
    }
    let allergies = Allergies::of(record, allergies, &mut shown).await?;
    let team = care_team::team(record, &mut shown).await?;
    let (sources, now) = (sources(record).await?, record.now());
    Ok((PaperContents { allergies, medicines, problems, results, visits, others: Vec::new(), team, sources, now }, shown))
}

/// From one source to the next by the index, as everything by date offers them.
async fn sources(record: &mut Record) -> Result<Vec<String>, Error> {
    let patient = record.whose().patient;
    let names = sqlx::query_scalar!(
        "with recursive delivered as (
            (select source_id as id from item where patient_id = $1 order by source_id limit 1)
            union all
            select (select i.source_id from item i where i.patient_id = $1 and i.source_id > delivered.id order by i.source_id limit 1)
            from delivered where delivered.id is not null
        )
        select s.name from delivered d join source s on s.source_id = d.id where d.id is not null order by s.name limit 100",
        patient.0
    )
    .fetch_all(record.connection())
    .await?;
    Ok(names)
}
