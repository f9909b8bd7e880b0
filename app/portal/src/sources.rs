//! Where a record comes from, as its patient reads it: what each import brought, showing what
//! a file of their own brought, and taking it back.

use chartkey_domain::{
    account::Visitor,
    category::Category,
    id::{ImportId, SourceId},
};
use sqlx::types::Json;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    Error, Opened, Portal,
    audit::{Shown, What},
    entry::{Entry, category, entries},
    import::{
        self, Noted, identity, own,
        twins::{self, Wait},
    },
    pool::detached,
    record::Record,
    uploads::Upload,
};

/// Imports that the page of sources names; the query carries it.
pub const DELIVERIES: usize = 200;

/// Changed things that the page of an import names; the query carries it.
pub const CHANGED: usize = 50;

/// What one import brought to the record.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Which.
    pub import: ImportId,
    /// Who delivered it.
    pub source: String,
    /// The same, as an address names it.
    pub source_id: SourceId,
    /// When.
    pub at: OffsetDateTime,
    /// Things that were new.
    pub added: i32,
    /// Things that came in another version.
    pub changed: i32,
    /// Things that came in an older version than the one here.
    pub older: i32,
    /// Things that were here already, as they came.
    pub unchanged: i32,
    /// Things that were not understood.
    pub not_understood: i32,
    /// Whether the patient added it.
    pub is_own: bool,
    /// When it was taken back.
    pub undone_at: Option<OffsetDateTime>,
    /// The name of the file, where the patient added it.
    pub file_name: Option<String>,
}

/// Every import, and every file that is not in the record yet.
#[derive(Debug, Clone)]
pub struct Sources {
    /// Newest first, at most [`DELIVERIES`].
    pub deliveries: Vec<Delivery>,
    /// Newest first; those that failed or were discarded for a month.
    pub uploads: Vec<Upload>,
    /// What the patient wrote by hand, where there is any.
    pub by_hand: Option<ByHand>,
}

/// What the patient wrote by hand, as a source of its own.
#[derive(Debug, Clone, Copy)]
pub struct ByHand {
    /// As an address names it.
    pub source_id: SourceId,
    /// How many things, without what was taken back.
    pub things: i64,
    /// When the newest was written or changed.
    pub newest_at: OffsetDateTime,
}

/// What of an import is in the record, of one category.
#[derive(Debug, Clone, Copy)]
pub struct Brought {
    /// The category.
    pub category: Category,
    /// Things that were new with it.
    pub new: i64,
    /// Things that are in force in the version that it brought.
    pub changed: i64,
}

/// The report of one import.
#[derive(Debug, Clone)]
pub struct Report {
    /// The figures.
    pub delivery: Delivery,
    /// What of it is in the record now.
    pub brought: Vec<Brought>,
    /// Whether anything that rests on it is the patient's alone until they show it.
    pub is_held: bool,
    /// The newest of what changed, at most [`CHANGED`].
    pub changed: Vec<Entry>,
    /// What was not understood, where the patient added the file.
    pub notes: Vec<Noted>,
}

/// What taking an import back would do.
#[derive(Debug, Clone)]
pub struct Undo {
    /// The figures of the import.
    pub delivery: Delivery,
    /// Things that go, by category.
    pub gone: Vec<(Category, i64)>,
    /// Things that go back to the version before.
    pub back: i64,
    /// Later imports that rest on this one: these have to be taken back first, newest first.
    pub later: Vec<(ImportId, OffsetDateTime)>,
}

struct Row {
    import_id: Uuid,
    source: String,
    source_id: Uuid,
    at: OffsetDateTime,
    added: i32,
    changed: i32,
    older: i32,
    unchanged: i32,
    not_understood: i32,
    is_own: bool,
    undone_at: Option<OffsetDateTime>,
    file_name: Option<String>,
}

impl From<Row> for Delivery {
    fn from(row: Row) -> Self {
        Self {
            import: ImportId(row.import_id),
            source: row.source,
            source_id: SourceId(row.source_id),
            at: row.at,
            added: row.added,
            changed: row.changed,
            older: row.older,
            unchanged: row.unchanged,
            not_understood: row.not_understood,
            is_own: row.is_own,
            undone_at: row.undone_at,
            file_name: row.file_name,
        }
    }
}

impl Portal {
    /// Where the visitor's own record comes from.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the visitor has no record of their own.
    pub async fn sources(&self, visitor: &Visitor) -> Result<Opened<Sources>, Error> {
        let mut record = self.open_own(visitor).await?;
        let patient = record.whose().patient;
        let deliveries = sqlx::query_as!(
            Row,
            r#"select d.import_id, s.name as source, d.source_id, d.at, d.added, d.changed, d.older, d.unchanged, d.not_understood,
                d.is_own, d.undone_at, u.file_name as "file_name?"
            from delivery d join source s on s.source_id = d.source_id
            left join upload u on u.patient_id = d.patient_id and u.import_id = d.import_id
            where d.patient_id = $1 order by d.at desc, d.import_id limit 200"#,
            patient.0
        )
        .fetch_all(record.connection())
        .await?;
        let uploads = Upload::on_their_way(&mut record).await?;
        let source_id = identity::source_id(&own::hand_of(patient));
        let written = sqlx::query!(
            r#"select count(*) filter (where not is_error) as "things!", max(added_at) as newest_at
            from item where patient_id = $1 and source_id = $2"#,
            patient.0,
            source_id.0
        )
        .fetch_one(record.connection())
        .await?;
        let by_hand = written.newest_at.map(|newest_at| ByHand { source_id, things: written.things, newest_at });
        let view = Sources { deliveries: deliveries.into_iter().map(Delivery::from).collect(), uploads, by_hand };
        record.close("sources", Shown::default(), view).await
    }

    /// The report of one import into the visitor's own record.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such import in a record of theirs.
    pub async fn import_report(&self, visitor: &Visitor, import: ImportId) -> Result<Opened<Report>, Error> {
        let mut record = self.open_own(visitor).await?;
        let patient = record.whose().patient;
        let delivery = delivery(&mut record, import).await?;
        let told = sqlx::query!(
            r#"select d.notes as "notes!: Json<Vec<Noted>>", exists (select from gate.reached($1, array[$2::uuid]) r (item_id)
                join item i on i.patient_id = $1 and i.item_id = r.item_id where i.is_private and i.category <> $3) as "is_held!"
            from delivery d where d.patient_id = $1 and d.import_id = $2"#,
            patient.0,
            import.0,
            Category::Own.number()
        )
        .fetch_one(record.connection())
        .await?;
        let brought = sqlx::query!(
            r#"select i.category, count(*) filter (where not w.is_change) as "new!", count(*) filter (where w.is_change) as "changed!"
            from item_version v
            join item i on i.patient_id = v.patient_id and i.item_id = v.item_id and i.version_no = v.version_no
            cross join lateral (select exists (select from item_version e
                where e.patient_id = v.patient_id and e.item_id = v.item_id and e.version_no < v.version_no) as is_change) w
            where v.patient_id = $1 and v.import_id = $2
            group by i.category order by i.category"#,
            patient.0,
            import.0
        )
        .fetch_all(record.connection())
        .await?;
        let brought = brought.into_iter().map(|row| Brought { category: category(row.category), new: row.new, changed: row.changed });
        let changed = entries!(
            "where i.patient_id = $1 \
             and (select true from item_version v \
                where v.patient_id = i.patient_id and v.item_id = i.item_id and v.version_no = i.version_no and v.import_id = $2) \
             and (select true from item_version e \
                where e.patient_id = i.patient_id and e.item_id = i.item_id and e.version_no < i.version_no limit 1) \
             order by i.sort_at desc, i.item_id desc limit 50",
            patient.0,
            import.0
        )
        .fetch_all(record.connection())
        .await?;
        let mut shown = Shown::default();
        let changed: Vec<Entry> = changed.into_iter().map(Entry::from).collect();
        changed.iter().for_each(|entry| shown.add(entry.id, entry.category));
        record
            .close("import", shown, Report { delivery, brought: brought.collect(), is_held: told.is_held, changed, notes: told.notes.0 })
            .await
    }

    /// What taking an import back would do.
    ///
    /// # Errors
    /// As [`Self::import_report`], and where it is not the patient's to take back.
    pub async fn ask_undo(&self, visitor: &Visitor, import: ImportId) -> Result<Opened<Undo>, Error> {
        let mut record = self.open_own(visitor).await?;
        let patient = record.whose().patient;
        let delivery = delivery(&mut record, import).await?;
        if !delivery.is_own || delivery.undone_at.is_some() {
            return Err(Error::NotFound);
        }
        let rows = sqlx::query!(
            r#"select i.category, count(*) filter (where not w.is_change) as "gone!", count(*) filter (where w.is_change) as "back!"
            from gate.changed($1, $2) g (item_id)
            join item i on i.patient_id = $1 and i.item_id = g.item_id
            cross join lateral (select exists (select from item_version e
                where e.patient_id = i.patient_id and e.item_id = i.item_id and e.import_id <> $2) as is_change) w
            group by i.category order by i.category"#,
            patient.0,
            import.0
        )
        .fetch_all(record.connection())
        .await?;
        let later = later(&mut record, import).await?;
        let back = rows.iter().map(|row| row.back).sum();
        let gone = rows.iter().filter(|row| row.gone > 0).map(|row| (category(row.category), row.gone)).collect();
        record.close("import", Shown::default(), Undo { delivery, gone, back, later }).await
    }

    /// Takes back what a file of the patient's own brought and changed: for them and for
    /// everybody, in one transaction. Done twice it is done once.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such import in a record of theirs, or it is not theirs to
    /// take back; `later-import` where a later one rests on it, `file-is-read` while another is read.
    pub async fn undo_import(&self, visitor: &Visitor, import: ImportId) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            let patient = record.whose().patient;
            take_turn(&mut record).await?;
            let delivery = delivery(&mut record, import).await?;
            if !delivery.is_own {
                return Err(Error::NotFound);
            }
            if delivery.undone_at.is_some() {
                return Ok(());
            }
            if !later(&mut record, import).await?.is_empty() {
                return Err(Error::Invalid("later-import"));
            }
            let items = sqlx::query_scalar!(
                r#"select count(*) as "count!" from gate.changed($1, $2) g (item_id) join item i on i.patient_id = $1 and i.item_id = g.item_id"#,
                patient.0,
                import.0
            )
            .fetch_one(record.connection())
            .await?;
            work_in(&mut record, "import").await?;
            import::take_back(record.connection(), patient, import).await?;
            work_in(&mut record, "").await?;
            record.finish(did("import-undone", items)).await?;
            Ok(())
        })
        .await
    }

    /// Lets the keys that are out cover what a file of the patient's own brought, as far as it
    /// is in force. Done twice it is done once.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such file in a record of theirs, `file-is-read` while another is read.
    pub async fn show_import(&self, visitor: &Visitor, import: ImportId) -> Result<(), Error> {
        let (portal, visitor) = (self.clone(), visitor.clone());
        detached(async move {
            let mut record = portal.open_own(&visitor).await?;
            let patient = record.whose().patient;
            take_turn(&mut record).await?;
            if !delivery(&mut record, import).await?.is_own {
                return Err(Error::NotFound);
            }
            let told = sqlx::query!(
                "update delivery set shown_at = now() where patient_id = $1 and import_id = $2 and shown_at is null and undone_at is null",
                patient.0,
                import.0
            )
            .execute(record.connection())
            .await?;
            if told.rows_affected() > 0 {
                work_in(&mut record, "import").await?;
                twins::turn(record.connection(), patient).await?;
                let settle = sqlx::query_scalar!(r#"select gate.settle_privacy($1) as "shown!""#, patient.0);
                let shown = settle.fetch_one(record.connection()).await?;
                // What it is labelled with labels the same of other sources from now on.
                twins::find(record.connection(), &[patient.0], None, Wait::UntilOneIsOpen).await.map_err(twins::refused)?;
                work_in(&mut record, "").await?;
                record.finish(did("import-shown", shown)).await?;
            }
            Ok(())
        })
        .await
    }
}

async fn delivery(record: &mut Record, import: ImportId) -> Result<Delivery, Error> {
    let patient = record.whose().patient;
    let row = sqlx::query_as!(
        Row,
        r#"select d.import_id, s.name as source, d.source_id, d.at, d.added, d.changed, d.older, d.unchanged, d.not_understood,
            d.is_own, d.undone_at, u.file_name as "file_name?"
        from delivery d join source s on s.source_id = d.source_id
        left join upload u on u.patient_id = d.patient_id and u.import_id = d.import_id
        where d.patient_id = $1 and d.import_id = $2"#,
        patient.0,
        import.0
    )
    .fetch_optional(record.connection())
    .await?;
    row.map(Delivery::from).ok_or(Error::NotFound)
}

/// Later files of the patient's own that rest on this one, newest first.
async fn later(record: &mut Record, import: ImportId) -> Result<Vec<(ImportId, OffsetDateTime)>, Error> {
    let rows = sqlx::query!(
        r#"select import_id as "import!", at as "at!" from gate.resting($1, $2) order by at desc"#,
        record.whose().patient.0,
        import.0
    )
    .fetch_all(record.connection())
    .await?;
    Ok(rows.into_iter().map(|row| (ImportId(row.import), row.at)).collect())
}

/// While one of the patient's own files is read, what it brings is on neither side yet: nobody shows
/// or takes back anything beside it.
pub(crate) async fn take_turn(record: &mut Record) -> Result<(), Error> {
    let source = identity::source_id(&own::source_of(record.whose().patient));
    // Whoever was refused a moment ago may still be about to leave.
    for _ in 0..5 {
        if own::try_turn(record.connection(), source).await? {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    Err(Error::Invalid("file-is-read"))
}

/// The task decides what the rest of the transaction may change. Every statement of it names
/// the record that is open.
pub(crate) async fn work_in(record: &mut Record, task: &str) -> Result<(), Error> {
    sqlx::query!("select set_config('chartkey.task', $1, true)", task).fetch_one(record.connection()).await?;
    Ok(())
}

fn did(action: &str, items: i64) -> What {
    What { action: action.to_owned(), items: u32::try_from(items).unwrap_or(u32::MAX), ..What::default() }
}
