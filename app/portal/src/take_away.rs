//! What a patient takes away of their own record: all of it as FHIR, what was measured as
//! a table, and what a pack for a time without Chartkey holds.
//!
//! All read the record into an unnamed file first, write the event, commit, and only
//! then hand anything on: no copy leaves without its trace.

use std::{
    fs::File,
    io::{self, BufWriter, Seek, Write},
};

use chartkey_domain::{account::Visitor, category::Category, id::PatientId};
use futures::TryStreamExt;
use time::OffsetDateTime;

use crate::{
    Error, Opened, Portal,
    allergies::Allergies,
    audit::{Shown, What},
    entry::{Entry, entries},
    export, fresh,
    pool::detached,
    record::Record,
};

/// A pack is encrypted and opened in one piece, in the memory of a telephone: a larger
/// record, in bytes of FHIR, has no pack.
pub const LARGEST_PACK: u64 = 64 * 1024 * 1024;

/// What was read, on its way out.
#[derive(Debug)]
pub struct Spool {
    /// At its beginning, and gone with this value.
    pub file: File,
    /// How long it is.
    pub bytes: u64,
}

/// What a pack holds.
#[derive(Debug)]
pub struct PackContents {
    /// For whoever has to know at once.
    pub overview: Overview,
    /// Everything as FHIR, of at most [`LARGEST_PACK`].
    pub record: Spool,
    /// As of when.
    pub made_at: OffsetDateTime,
}

/// What somebody who treats the patient wants first. Each list is newest first; but for
/// results and visits, what means the same once.
#[derive(Debug, Clone, Default)]
pub struct Overview {
    /// What the patient must not be given.
    pub allergies: Allergies,
    /// In use; one more than [`LISTED`](crate::paper::LISTED) where there are more.
    pub medicines: Vec<Entry>,
    /// That go on; likewise.
    pub problems: Vec<Entry>,
    /// Likewise.
    pub vaccines: Vec<Entry>,
    /// The newest 60.
    pub results: Vec<Entry>,
    /// The newest 20.
    pub visits: Vec<Entry>,
}

impl Portal {
    /// The visitor's own record as one FHIR Bundle, each resource byte for byte as it came.
    ///
    /// # Errors
    /// [`Error::SignInAgain`] without a fresh sign-in, [`Error::NotFound`] where the
    /// record is not theirs.
    pub async fn take_record(&self, visitor: &Visitor, patient: PatientId) -> Result<Opened<Spool>, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own_freshly(&visitor, patient).await?;
            let (whole, count) = spool(&mut record).await?;
            let whose = record.finish(taken("fhir", count)).await?;
            Ok(Opened { whose, view: whole })
        })
        .await
    }

    /// What was measured in the visitor's own record, results and vital signs, newest
    /// first: `head`, and what `line` makes of each. What was entered in error is left out.
    ///
    /// # Errors
    /// As [`Self::take_record`]; [`Error::Internal`] where a line cannot be made.
    pub async fn take_results(
        &self,
        visitor: &Visitor,
        patient: PatientId,
        head: Vec<u8>,
        line: impl Fn(&Entry) -> io::Result<Vec<u8>> + Send + 'static,
    ) -> Result<Opened<Spool>, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own_freshly(&visitor, patient).await?;
            let (results, count) = spool_results(&mut record, &head, line).await?;
            let whose = record.finish(taken("results", count)).await?;
            Ok(Opened { whose, view: results })
        })
        .await
    }

    /// What a pack of the visitor's own record holds.
    ///
    /// # Errors
    /// As [`Self::take_record`]; and `pack-too-large`, of which no event is written,
    /// because nothing is taken.
    pub async fn take_pack(&self, visitor: &Visitor, patient: PatientId) -> Result<Opened<PackContents>, Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own_freshly(&visitor, patient).await?;
            let (whole, count) = spool(&mut record).await?;
            if whole.bytes > LARGEST_PACK {
                return Err(Error::Invalid("pack-too-large"));
            }
            let overview = overview(&mut record).await?;
            let made_at = record.now();
            let whose = record.finish(taken("pack", count)).await?;
            Ok(Opened { whose, view: PackContents { overview, record: whole, made_at } })
        })
        .await
    }

    pub(crate) async fn open_own_freshly(&self, visitor: &Visitor, patient: PatientId) -> Result<Record, Error> {
        let mut record = self.open(visitor, patient).await?;
        if !record.is_own() {
            return record.refuse().await;
        }
        fresh::require(record.connection(), visitor).await?;
        Ok(record)
    }
}

fn taken(page: &str, count: usize) -> What {
    What { action: "exported".to_owned(), page: Some(page.to_owned()), items: u32::try_from(count).unwrap_or(u32::MAX), ..What::default() }
}

async fn spool(record: &mut Record) -> Result<(Spool, usize), Error> {
    let mut file = tempfile::tempfile().map_err(Error::internal)?;
    let patient = record.whose().patient;
    let count = export::bundle(record.connection(), patient, BufWriter::new(&mut file)).await.map_err(Error::internal)?;
    Ok((Spool::of(file).map_err(Error::internal)?, count))
}

async fn spool_results(
    record: &mut Record,
    head: &[u8],
    line: impl Fn(&Entry) -> io::Result<Vec<u8>> + Send,
) -> Result<(Spool, usize), Error> {
    let mut to = BufWriter::new(tempfile::tempfile().map_err(Error::internal)?);
    to.write_all(head).map_err(Error::internal)?;
    let patient = record.whose().patient;
    let mut rows = entries!(
        "where i.patient_id = $1 and i.category in (6, 7) and not i.is_error and i.value_text is not null \
         and (i.behind = 0 or gate.is_first(i.patient_id, i.twin, i.behind)) \
         order by i.sort_at desc, i.item_id desc",
        patient.0
    )
    .fetch(record.connection());
    let mut count = 0;
    while let Some(row) = rows.try_next().await? {
        let line = line(&Entry::from(row)).map_err(Error::internal)?;
        to.write_all(&line).map_err(Error::internal)?;
        count += 1;
    }
    let file = to.into_inner().map_err(|error| Error::internal(error.into_error()))?;
    Ok((Spool::of(file).map_err(Error::internal)?, count))
}

impl Spool {
    /// What was written to the file.
    pub(crate) fn of(mut file: File) -> io::Result<Self> {
        let bytes = file.stream_position()?;
        file.rewind()?;
        Ok(Self { file, bytes })
    }
}

async fn overview(record: &mut Record) -> Result<Overview, Error> {
    let patient = record.whose().patient;
    let rows = entries!(
        once "where i.patient_id = $1 and i.item_id = any (array( \
            (select a.item_id from (select distinct on (gate.meaning(title, codes, title_key, resource_type, item_id, status), source_id = (select gate.by_hand())) item_id, sort_at from item \
                where patient_id = $1 and category = 4 and not is_error \
                    and (item.behind = 0 or gate.is_first(item.patient_id, item.twin, item.behind)) \
                order by gate.meaning(title, codes, title_key, resource_type, item_id, status), source_id = (select gate.by_hand()), sort_at desc, item_id desc) a \
                order by a.sort_at desc, a.item_id desc limit 101) \
            union all (select a.item_id from (select item_id, row_number() over (partition by category order by sort_at desc, item_id desc) as place \
                from (select distinct on (category, gate.meaning(title, codes, title_key, resource_type, item_id, status), source_id = (select gate.by_hand())) category, item_id, sort_at from item \
                    where patient_id = $1 and category in (2, 3) and not is_error \
                        and (item.behind = 0 or gate.is_first(item.patient_id, item.twin, item.behind)) \
                        and (last_at is null or last_at > now()) \
                        and coalesce(status, '') <> all (array['completed', 'stopped', 'cancelled', 'resolved', 'inactive', 'remission', \
                            'not-taken', 'draft', 'ended', 'not-done', 'refuted']) \
                    order by category, gate.meaning(title, codes, title_key, resource_type, item_id, status), source_id = (select gate.by_hand()), sort_at desc, item_id desc) n) a where a.place <= 101) \
            union all (select a.item_id from (select distinct on (gate.meaning(title, codes, title_key, resource_type, item_id, status), source_id = (select gate.by_hand())) item_id, sort_at from item \
                where patient_id = $1 and category = 5 and not is_error and coalesce(status, '') <> 'not-done' \
                    and (item.behind = 0 or gate.is_first(item.patient_id, item.twin, item.behind)) \
                order by gate.meaning(title, codes, title_key, resource_type, item_id, status), source_id = (select gate.by_hand()), sort_at desc, item_id desc) a order by a.sort_at desc, a.item_id desc limit 101) \
            union all (select item_id from item where patient_id = $1 and category = 6 and source_id <> (select gate.by_hand()) \
                and not is_error and value_text is not null \
                and (item.behind = 0 or gate.is_first(item.patient_id, item.twin, item.behind)) \
                order by sort_at desc, item_id desc limit 60) \
            union all (select item_id from item where patient_id = $1 and category = 6 and source_id = (select gate.by_hand()) \
                and not is_error and value_text is not null order by sort_at desc, item_id desc limit 60) \
            union all (select item_id from item where patient_id = $1 and category = 9 and not is_error and sort_at <= now() \
                    and (item.behind = 0 or gate.is_first(item.patient_id, item.twin, item.behind)) \
                order by sort_at desc, item_id desc limit 20))) \
         order by i.sort_at desc, i.item_id desc",
        patient.0
    )
    .fetch_all(record.connection())
    .await?;
    let (mut overview, mut allergies) = (Overview::default(), Vec::new());
    for entry in rows.into_iter().map(Entry::from) {
        match entry.category {
            Category::Allergies => allergies.push(entry),
            Category::Medicines => overview.medicines.push(entry),
            Category::Problems => overview.problems.push(entry),
            Category::Vaccines => overview.vaccines.push(entry),
            Category::Results => overview.results.push(entry),
            _ => overview.visits.push(entry),
        }
    }
    // What leaves is counted whole, so what this rests on need not be noted.
    overview.allergies = Allergies::of(record, allergies, &mut Shown::default()).await?;
    Ok(overview)
}
