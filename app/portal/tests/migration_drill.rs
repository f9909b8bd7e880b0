//! An upgrade while people read and write: a database of the schema before, filled, is
//! brought to this one under load, as `chartkey migrate` does it.
//!
//! The load is this build's own methods, as far as the schema before serves them as well: a page that reads what
//! the newest step makes is opened once the step is done. The binary before is not built again. In its place stand its statements: whatever of
//! `.sqlx` PostgreSQL can prepare before the migration is what it could ask, and each of
//! those has to mean the same afterwards.
//!
//! What the newest steps hold, timed one by one over 10^5 items, 10^5 events and 10^4
//! sessions (PostgreSQL 15, two busy cores): 0011 took 0.36 s, 0013 0.08 s, 0014 0.16 s. None
//! of them reads or rewrites a table that grows with records. 0011 adds a column to `session` whose
//! default differs from row to row, so it rewrites that table, which holds who is signed in;
//! until it commits every request with a session waits. The one index it makes on a table
//! that was there is of `mail_token`, whose rows are swept. 0013 adds a column without a default to a
//! table of one row. 0014 makes tables and triggers: a trigger keeps writers of its table
//! waiting until the commit; its policy on `patient_holder`, which the door reads, keeps
//! everybody waiting. What could make people wait for longer is a lock that queues behind
//! somebody's long transaction, since everybody then queues behind it; and as it locks
//! one table after the other, it can deadlock with whoever changes a share, and that
//! person's change be the one that fails. So a migration gives a lock up after a fifth of
//! a second, before PostgreSQL looks for deadlocks, and tries again. 0019 reads `item` for
//! five indexes: whoever imports waits until its commit, and nobody who reads does. 0020 writes those
//! rows of `item` whose value is no number: whoever imports one of them again waits, and nobody who reads does. 0018
//! reads `item_version` before it locks anything; then it adds a column to it and triggers to
//! `item`, which keep everybody waiting for as long as that takes.
//! 0021 makes tables that refer to `patient` and `account`: whoever writes those waits until its commit, and nobody who reads does. It
//! looks through `draft`, which is swept. So does 0024, which adds a trigger to `item`: whoever imports waits until its commit, and
//! nobody who reads does. 0027 adds columns to `item` and `item_total`, which keeps everybody waiting while it reads `item` for three
//! indexes that hold nothing yet. 0029 reads `item` for one index, like 0019. 0037 makes a policy of `block` anew, which keeps
//! whoever reads somebody else's record waiting until its commit, and reads `clinician` for two indexes. 0038 adds
//! policies to `event` and `chain_head`, which keep everybody waiting until its commit, and makes tables that hold nothing yet.
//! 0039 adds a column without a default to `draft`, which this build asks for where a grant is given: as the newest step it cannot be tried
//! here, and what it keeps waiting was not timed. 0040 adds a policy to `grant_code`, and keeps whoever uses a code waiting until its commit; 0041 replaces a function. 0057 adds two columns
//! to `organization`, which is small, and keeps whoever signs in there waiting until its commit, and makes a table that holds nothing yet. 0062 makes a table that refers to `organization`: whoever
//! registers one waits until its commit. 0063 adds a column without a default and two policies to `grant_code`, and keeps whoever uses a code waiting until its commit; 0064 makes a table of its own. 0066 makes an index of `access_grant` anew, a
//! second beside it and policies, and keeps whoever reads somebody else's record waiting until its commit; 0067 and 0068 make policies
//! of `grant_event` and `patient_holder`.

mod harness;
mod people;

use std::{
    borrow::Cow,
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use chartkey_domain::{account::Visitor, grant::Purpose, id::GrantId};
use chartkey_ground::{Size, saw};
use chartkey_portal::{Portal, activity::Filter, news::Look, setup};
use harness::Ground;
use people::House;
use sqlx::{
    AssertSqlSafe, Column, ConnectOptions, Connection, Executor, PgConnection, SqlSafeStr, Statement, TypeInfo,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};

static ALL: Migrator = sqlx::migrate!("../../migrations");

/// How long a person may wait at most while a database is upgraded: less than the four
/// seconds after which a page says that it took too long.
const LONGEST: Duration = Duration::from_secs(3);

/// How long somebody's transaction stands in the way of it.
const LONG_TRANSACTION: Duration = Duration::from_millis(2_500);

/// A build server makes databases that have the schema already.
const EMPTY: &str = "do $$
    declare schema name;
    begin
        for schema in select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' loop
            execute format('drop schema %I cascade', schema);
        end loop;
        create schema public authorization pg_database_owner;
        grant usage on schema public to public;
    end $$";

async fn migrate_to_the_schema_before(options: &PgConnectOptions) {
    let before = ALL.migrations.len() - 1;
    let migrator = Migrator { migrations: Cow::Owned(ALL.migrations[..before].to_vec()), ..Migrator::DEFAULT };
    let mut connection = options.connect().await.unwrap();
    connection.execute(EMPTY).await.unwrap();
    migrator.run(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

async fn migrate(options: &PgConnectOptions) {
    setup::migrate(options.to_url_lossy().as_str()).await.unwrap();
}

/// Other people's records, and what was read of them.
async fn fill(superuser: &mut PgConnection, items: i32) {
    for statement in [
        "insert into patient (patient_id, full_name, birth_date)
            select gen_random_uuid(), 'Filler ' || n, '1970-01-01' from generate_series(1, greatest($1 / 500, 1)) n",
        "insert into item (patient_id, item_id, source_id, resource_type, fhir_id, category, version_no, labelled_by, first_at, last_at,
                precision, title, added_at)
            select p.patient_id, gen_random_uuid(), '00000000-0000-0000-0000-000000000001', 'Observation', gen_random_uuid()::text,
                1 + n % 15, 1, 1, now() - n * interval '1 hour', now() - n * interval '1 hour', 4, 'Thing ' || n % 50, now()
            from (select patient_id from patient where full_name like 'Filler %') p, generate_series(1, 500) n
            where $1 > 0",
        "select gate.append('patient/' || p.patient_id, convert_to('{\"n\":' || n || '}', 'UTF8'))
            from (select patient_id from patient where full_name like 'Filler %') p, generate_series(1, 500) n
            where $1 > 0",
    ] {
        sqlx::query(statement).bind(items).execute(&mut *superuser).await.unwrap();
    }
}

/// What people met while it went on.
#[derive(Debug, Default)]
struct Met {
    done: usize,
    longest: Duration,
    failed: Vec<String>,
}

impl Met {
    async fn one<T>(&mut self, work: impl Future<Output = Result<T, chartkey_portal::Error>>) {
        let begun = Instant::now();
        match work.await {
            Ok(_) => self.done += 1,
            Err(error) => self.failed.push(format!("{error}: {:?}", std::error::Error::source(&error))),
        }
        self.longest = self.longest.max(begun.elapsed());
    }
}

/// What people open.
#[derive(Debug, Clone, Copy)]
enum Page {
    Results,
    Summary,
    Sharing,
    Activity,
}

impl Page {
    const ALL: [Self; 4] = [Self::Results, Self::Summary, Self::Sharing, Self::Activity];

    async fn open(self, reader: &Reader) -> Result<(), chartkey_portal::Error> {
        let Reader { portal, doctor, ines, patient } = reader;
        match self {
            Self::Results => portal.results(doctor, *patient, None, false).await.map(drop),
            Self::Summary => portal.summary(ines, *patient, Look::Opened).await.map(drop),
            Self::Sharing => portal.sharing(ines).await.map(drop),
            Self::Activity => portal.activity(ines, Filter::All, None).await.map(drop),
        }
    }
}

/// Who opens them.
#[derive(Clone)]
struct Reader {
    portal: Portal,
    doctor: Visitor,
    ines: Visitor,
    patient: chartkey_domain::id::PatientId,
}

async fn read(reader: Reader, pages: Vec<Page>, over: Arc<AtomicBool>) -> Met {
    let mut met = Met::default();
    while !over.load(Ordering::Relaxed) {
        for page in &pages {
            met.one(page.open(&reader)).await;
        }
    }
    met
}

async fn write(portal: Portal, ines: Visitor, grant: GrantId, over: Arc<AtomicBool>) -> Met {
    let mut met = Met::default();
    while !over.load(Ordering::Relaxed) {
        met.one(portal.pause_grant(&ines, grant)).await;
        met.one(portal.resume_grant(&ines, grant)).await;
    }
    met
}

/// Each statement of `.sqlx` that can be prepared, with the names and types it gives.
async fn prepared(options: &PgConnectOptions) -> BTreeMap<String, Vec<(String, String)>> {
    let mut connection = options.connect().await.unwrap();
    let mut prepared = BTreeMap::new();
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.sqlx")).unwrap() {
        let query: serde_json::Value = serde_json::from_slice(&std::fs::read(file.unwrap().path()).unwrap()).unwrap();
        let text = query["query"].as_str().unwrap().to_owned();
        if let Ok(statement) = connection.prepare(AssertSqlSafe(text.clone()).into_sql_str()).await {
            let columns = statement.columns().iter().map(|column| (column.name().to_owned(), column.type_info().name().to_owned()));
            prepared.insert(text, columns.collect());
        }
    }
    prepared
}

#[sqlx::test(migrations = false)]
async fn an_upgrade_under_load_fails_nobody_and_makes_nobody_wait_long(_: PgPoolOptions, options: PgConnectOptions) {
    let items = Size::of_environment().of(10_000, 100_000);
    migrate_to_the_schema_before(&options).await;
    let house = House::build(Ground::lay(options.clone()).await).await;
    let active = house.give(Purpose::Treatment).await;
    let toggled = house.give(Purpose::Coordination).await;
    assert_ne!(active, toggled);
    fill(&mut options.connect().await.unwrap(), items).await;

    let over = Arc::new(AtomicBool::new(false));
    let doctor = house.doctor(Some(Purpose::Treatment));
    let reader = Reader { portal: house.portal.clone(), doctor, ines: house.ines(), patient: house.patient };
    let mut pages = Vec::new();
    for page in Page::ALL {
        match page.open(&reader).await {
            Ok(()) => pages.push(page),
            Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                assert!(cause.contains("does not exist"), "{page:?}: {cause}");
            }
        }
    }
    assert!(pages.len() >= 2, "{pages:?} alone are served by the schema before");
    let readers: Vec<_> = (0..2).map(|_| tokio::spawn(read(reader.clone(), pages.clone(), Arc::clone(&over)))).collect();
    let writer = tokio::spawn(write(house.portal.clone(), house.ines(), toggled, Arc::clone(&over)));
    // Somebody in the middle of something long: the migration must not queue everybody behind them.
    let mut slow = options.connect().await.unwrap();
    slow.execute("begin; select count(*) from access_grant; update access_grant set sentence = sentence where false").await.unwrap();
    let begun = Instant::now();
    let end_it = async {
        tokio::time::sleep(LONG_TRANSACTION).await;
        slow.execute("commit").await.unwrap();
    };
    let upgrade = async {
        migrate(&options).await;
        begun.elapsed()
    };
    let (took, ()) = tokio::join!(upgrade, end_it);
    // A round of everybody on the new schema.
    for page in Page::ALL.repeat(5) {
        page.open(&reader).await.unwrap();
    }
    over.store(true, Ordering::Relaxed);

    let mut reading = Met::default();
    for reader in readers {
        let met = reader.await.unwrap();
        reading.done += met.done;
        reading.longest = reading.longest.max(met.longest);
        reading.failed.extend(met.failed);
    }
    let writing = writer.await.unwrap();
    saw(&format!(
        "{items} items and as many events; migrated in {} ms, 2500 of them behind a long transaction; {} reads, the longest {} ms; {} writes, the longest {} ms",
        took.as_millis(),
        reading.done,
        reading.longest.as_millis(),
        writing.done,
        writing.longest.as_millis()
    ));
    assert!(reading.failed.is_empty() && writing.failed.is_empty(), "{:?} {:?}", reading.failed, writing.failed);
    assert!(reading.done > 20 && writing.done > 20, "{} reads, {} writes", reading.done, writing.done);
    assert!(reading.longest < LONGEST && writing.longest < LONGEST, "{reading:?} {writing:?}");
    house.portal.ready().await.unwrap();
}

#[sqlx::test(migrations = false)]
async fn what_could_be_asked_before_means_the_same_afterwards(_: PgPoolOptions, options: PgConnectOptions) {
    migrate_to_the_schema_before(&options).await;
    let before = prepared(&options).await;
    migrate(&options).await;
    let after = prepared(&options).await;
    saw(&format!("{} statements could be prepared before, {} can be now", before.len(), after.len()));
    assert!(before.len() > 100, "only {} statements could be prepared", before.len());
    for (statement, columns) in &before {
        assert_eq!(after.get(statement), Some(columns), "{statement}");
    }
}
