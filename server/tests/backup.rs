//! Nothing is lost, and nothing that was taken away comes back: on real clusters, with
//! the command line as an operator calls it.

mod cluster;
#[path = "../../app/portal/tests/harness/mod.rs"]
mod harness;
#[path = "../../app/portal/tests/people/mod.rs"]
mod people;

use std::{fs, path::Path, process::Output};

use chartkey_domain::grant::Purpose;
use chartkey_portal::{
    Portal, Standing,
    audit::{
        anchor::Anchor,
        verify::{Fault, VerifyReport},
    },
    secrets::Pepper,
};
use chartkey_server::{
    backup::{description, nightly, restore},
    config::{Config, Values},
};
use cluster::{Cluster, said};
use harness::Ground;
use people::House;
use serde_json::Value;
use sqlx::PgPool;

/// A cluster with Ines and her clinic in it, and a journal beside it.
struct Clinic {
    house: House,
    cluster: Cluster,
}

impl Clinic {
    async fn open() -> Self {
        let cluster = Cluster::start().await;
        let mut house = House::build(Ground::lay(cluster.url("postgres", "chartkey").parse().unwrap()).await).await;
        house.portal = house.portal.clone().with_journal(&cluster.path("journal"));
        house.portal.keep_journal().await.unwrap();
        Self { house, cluster }
    }

    async fn backup(&self) -> String {
        let made = json(&self.cluster.run(&["backup", "--json"]));
        made["folder"].as_str().unwrap().to_owned()
    }

    /// The moment of the database, and then a new segment, so that the old one is archived.
    async fn moment(&self) -> String {
        let now = sqlx::query_scalar(r#"select to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"#);
        let now = now.fetch_one(&self.house.superuser).await.unwrap();
        sqlx::query("select pg_sleep(0.01)").execute(&self.house.superuser).await.unwrap();
        now
    }

    /// Ends the segment and waits until it is in the archive.
    async fn archived(&self) {
        let segment: String = sqlx::query_scalar("select pg_walfile_name(pg_switch_wal())").fetch_one(&self.house.superuser).await.unwrap();
        let there = self.cluster.path(&format!("wal/{segment}.age"));
        for _ in 0..600 {
            if there.exists() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{segment} was not archived: {}", fs::read_to_string(self.cluster.postgres.log()).unwrap_or_default());
    }

    async fn may_read(&self, portal: &Portal) -> bool {
        portal.standing(&self.house.doctor(Some(Purpose::Treatment)), self.house.patient).await.unwrap() != Standing::Closed
    }

    fn config(&self) -> Config {
        let place = |name: &str| self.cluster.path(name).display().to_string();
        let recipient = fs::read_to_string(self.cluster.path("recipient")).unwrap();
        let variables = [
            ("DATABASE_URL", self.cluster.url("chartkey_runtime", "chartkey")),
            ("CHARTKEY_BACKUP_DATABASE_URL", self.cluster.url("chartkey_backup", "chartkey")),
            ("CHARTKEY_PEPPER_FILE", place("chartkey.pepper")),
            ("CHARTKEY_JOURNAL_FILE", place("journal")),
            ("CHARTKEY_BACKUP_DIR", place("backups")),
            ("CHARTKEY_BACKUP_RECIPIENT", recipient),
            ("CHARTKEY_BACKUP_IDENTITY_FILE", place("key")),
            ("CHARTKEY_WAL_DIR", place("wal")),
            ("CHARTKEY_SCRATCH_DIR", place("scratch")),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value)).to_vec();
        Config::understand(&Values::layered(Vec::new(), variables, Vec::new())).unwrap()
    }
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(output)))
}

fn flip_a_bit(path: &Path) {
    let mut bytes = fs::read(path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).unwrap();
}

async fn count(pool: &PgPool, table: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {table}"))).fetch_one(pool).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_withdrawn_stays_withdrawn_after_a_restore_to_before_it() {
    let clinic = Clinic::open().await;
    let (house, cluster) = (&clinic.house, &clinic.cluster);
    let grant = house.give(Purpose::Treatment).await;
    clinic.backup().await;
    house.portal.sharing(&house.ines()).await.unwrap();
    let before = clinic.moment().await;
    house.portal.withdraw_grant(&house.ines(), grant).await.unwrap();
    assert_eq!(house.portal.keep_journal().await.unwrap(), 1);
    clinic.archived().await;

    // As by PostgreSQL's own means: nobody has replayed anything.
    let to = time::OffsetDateTime::parse(&before, &time::format_description::well_known::Rfc3339).unwrap();
    let (backup, description) = description::choose(&cluster.path("backups"), Some(to)).unwrap();
    let request = restore::Request {
        backup,
        description,
        into: cluster.path("restored"),
        to: Some(to),
        archive_reader: Some(env!("CARGO_BIN_EXE_chartkey").into()),
    };
    let keeping = clinic.config().keeping;
    let restored = tokio::task::spawn_blocking(move || restore::restore(&keeping, &request)).await.unwrap().unwrap();
    let url = restored.runtime_url().unwrap();
    let portal = Portal::connect(&url, Pepper::new([7; 32]), 2).await.unwrap();
    assert!(clinic.may_read(&portal).await, "it was restored to when the grant was in force");
    let refused = cluster.command(&["serve", "--listen", "127.0.0.1:0"]).env("DATABASE_URL", &url).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused).contains("replay-journal"), "{}", said(&refused));

    let replayed = cluster.command(&["replay-journal", "--json"]).env("DATABASE_URL", &url).output().unwrap();
    let report = json(&replayed);
    assert_eq!((&report["wasNeeded"], &report["takenAway"]["grantsWithdrawn"]), (&Value::Bool(true), &1.into()), "{report}");
    assert!(!clinic.may_read(&portal).await);
    portal.refuse_an_older_database().await.unwrap();
    assert!(portal.verify(None::<tokio::io::BufReader<tokio::fs::File>>).await.unwrap().is_sound());
    let again = cluster.command(&["replay-journal", "--json"]).env("DATABASE_URL", &url).output().unwrap();
    assert_eq!(json(&again)["wasNeeded"], false);

    // The journal is the restored database's now: the old server acknowledges nothing any more.
    let grant = house.give(Purpose::Coordination).await;
    house.portal.withdraw_grant(&house.ines(), grant).await.unwrap();
    assert!(house.portal.keep_journal().await.unwrap_err().to_string().contains("the database does not know"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_withdrawn_at_the_old_server_after_the_restore_is_withdrawn_after_the_switch() {
    let clinic = Clinic::open().await;
    let (house, cluster) = (&clinic.house, &clinic.cluster);
    let grant = house.give(Purpose::Treatment).await;
    clinic.backup().await;
    let (backup, description) = description::choose(&cluster.path("backups"), None).unwrap();
    let request = restore::Request { backup, description, into: cluster.path("restored"), to: None, archive_reader: None };
    let keeping = clinic.config().keeping;
    let restored = tokio::task::spawn_blocking(move || restore::restore(&keeping, &request)).await.unwrap().unwrap();
    let url = restored.runtime_url().unwrap();
    // As `chartkey restore` does, without a journal of its own: what it does waits to be written.
    let scratch = Portal::connect(&url, Pepper::new([7; 32]), 2).await.unwrap();
    assert!(scratch.replay_journal(&[cluster.path("journal")], false).await.unwrap().was_needed);
    sqlx::query("select gate.journal(jsonb_build_object('kind', 'claim', 'claim', gen_random_uuid()))")
        .execute(scratch.pool())
        .await
        .unwrap();
    house.portal.withdraw_grant(&house.ines(), grant).await.unwrap();
    assert_eq!(house.portal.keep_journal().await.unwrap(), 1);
    assert!(clinic.may_read(&scratch).await, "there nobody knows of it");

    let replayed = cluster.command(&["replay-journal", "--json"]).env("DATABASE_URL", &url).output().unwrap();
    let report = json(&replayed);
    assert_eq!((&report["wasNeeded"], &report["takenAway"]["grantsWithdrawn"]), (&Value::Bool(true), &1.into()), "{report}");
    assert!(!clinic.may_read(&scratch).await);
    scratch.with_journal(&cluster.path("journal")).refuse_an_older_database().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_failover_a_running_server_lets_nobody_in_before_the_journal_was_replayed() {
    let cluster = Cluster::start().await;
    let portal = Portal::connect(&cluster.url("chartkey_runtime", "chartkey"), Pepper::new([7; 32]), 2).await.unwrap();
    let portal = portal.with_journal(&cluster.path("journal"));
    portal.refuse_an_older_database().await.unwrap();
    portal.open_journal().await.unwrap();
    cluster.postgres.fail_over().unwrap();
    // Longer than a server waits for a connection.
    for _ in 0..2 {
        portal.now().await.unwrap_err();
    }
    let report = json(&cluster.run(&["replay-journal", "--json"]));
    assert_eq!(report["wasNeeded"], true, "{report}");
    portal.now().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_equal_when_restored_and_a_flipped_bit_is_found() {
    let clinic = Clinic::open().await;
    let (house, cluster) = (&clinic.house, &clinic.cluster);
    house.give(Purpose::Treatment).await;
    let anchor = cluster.path("anchor");
    Anchor::open(&anchor).await.unwrap().append(&house.portal).await.unwrap();
    let backup = clinic.backup().await;
    house.portal.sharing(&house.ines()).await.unwrap();
    Anchor::open(&anchor).await.unwrap().append(&house.portal).await.unwrap();

    let verified = cluster.command(&["verify", "--json"]).env("CHARTKEY_ANCHOR_FILE", "anchor").output().unwrap();
    let report = json(&verified);
    assert_eq!(verified.status.code(), Some(0), "{}", said(&verified));
    assert_eq!((&report["differences"], &report["rowsCompared"]), (&0.into(), &Value::Bool(true)), "{report}");
    assert_eq!(report["rows"]["access_grant"], 1);
    assert_eq!(report["log"]["restores"][0]["entries"], 1, "what was read after the backup: {report}");
    assert_eq!(fs::read_dir(cluster.path("scratch")).unwrap().count(), 0, "nothing is left of it");
    let names: Vec<_> = fs::read_dir(cluster.path(&backup)).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 3, "no plain file: {names:?}");
    let status = json(&cluster.run(&["status", "--json"]));
    assert_eq!((&status["proofs"][0]["differences"], &status["proofs"][0]["isRestored"]), (&0.into(), &Value::Bool(true)), "{status}");

    let sealed = cluster.path(&backup).join("cluster.tar.gz.age");
    flip_a_bit(&sealed);
    let found = cluster.run(&["verify"]);
    assert_eq!(found.status.code(), Some(1));
    assert!(said(&found).contains("cluster.tar.gz.age is not what was written"), "{}", said(&found));
    // Whoever changes the description with it is found by the encryption.
    let listed = cluster.path(&backup).join("backup.json");
    let mut description: Value = serde_json::from_slice(&fs::read(&listed).unwrap()).unwrap();
    let sum = std::process::Command::new("sha256sum").arg(&sealed).output().unwrap().stdout;
    description["files"][0]["sha256"] = String::from_utf8(sum).unwrap().split_whitespace().next().unwrap().into();
    fs::write(&listed, serde_json::to_vec(&description).unwrap()).unwrap();
    let found = cluster.run(&["verify"]);
    assert_eq!(found.status.code(), Some(1), "{}", said(&found));
    assert_eq!(fs::read_dir(cluster.path("scratch")).unwrap().count(), 0, "nothing is left of it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_goes_to_a_moment_and_a_broken_or_missing_segment_is_named() {
    let clinic = Clinic::open().await;
    let (house, cluster) = (&clinic.house, &clinic.cluster);
    clinic.backup().await;
    house.give(Purpose::Treatment).await;
    let between = clinic.moment().await;
    clinic.archived().await;
    house.give(Purpose::SecondOpinion).await;
    clinic.archived().await;

    let restored = json(&cluster.run(&["restore", "--to", &between, "--into", "to-between", "--json"]));
    assert_eq!(restored["restored"]["rows"]["access_grant"], 1, "{restored}");
    let restored = json(&cluster.run(&["restore", "--into", "to-the-end", "--json"]));
    assert_eq!((&restored["restored"]["rows"]["access_grant"], &restored["restored"]["differences"]), (&2.into(), &0.into()), "{restored}");
    assert!(cluster.path("to-the-end/data/PG_VERSION").exists() && !cluster.path("to-the-end/key").exists());
    let over = cluster.run(&["restore", "--into", "to-the-end"]);
    assert_eq!(over.status.code(), Some(1), "never over what is there");
    let early = cluster.run(&["restore", "--to", "2001-01-01T00:00:00Z", "--into", "early"]);
    assert!(said(&early).contains("no backup"), "{}", said(&early));

    let mut segments: Vec<_> = fs::read_dir(cluster.path("wal")).unwrap().map(|entry| entry.unwrap().path()).collect();
    segments.retain(|path| path.extension().is_some_and(|end| end == "age") && path.file_stem().unwrap().len() == 24);
    segments.sort();
    let broken = segments[segments.len() - 2].clone();
    let whole = fs::read(&broken).unwrap();
    flip_a_bit(&broken);
    let found = cluster.run(&["restore", "--into", "broken"]);
    assert_eq!(found.status.code(), Some(1));
    assert!(said(&found).contains(&format!("{} is not what was written", broken.display())), "{}", said(&found));
    assert!(!cluster.path("broken").exists(), "what was unpacked is removed");
    // PostgreSQL itself is told not to take it for the end of the log.
    let name = broken.file_stem().unwrap().to_str().unwrap();
    let asked = cluster.run(&["restore-wal", "--from", "wal", "--identity", "key", name, "asked"]);
    assert_eq!(asked.status.code(), Some(190), "{}", said(&asked));
    fs::write(&broken, whole).unwrap();
    fs::remove_file(&broken).unwrap();
    let found = cluster.run(&["restore", "--into", "missing"]);
    assert!(said(&found).contains("is missing"), "{}", said(&found));
    let asked = cluster.run(&["restore-wal", "--from", "wal", "--identity", "key", name, "asked"]);
    assert_eq!(asked.status.code(), Some(1), "{}", said(&asked));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_nightly_job_keeps_what_it_proved_and_what_failed() {
    let clinic = Clinic::open().await;
    let (house, cluster) = (&clinic.house, &clinic.cluster);
    let mut config = clinic.config();
    config.keeping.keep = 1;
    let now = house.portal.now().await.unwrap();
    config.keeping.hour = now.hour();
    assert!(nightly::is_due(&house.portal, &config.keeping).await.unwrap());
    nightly::run(&house.portal, &config).await;
    assert!(!nightly::is_due(&house.portal, &config.keeping).await.unwrap(), "once a night");
    let proof = house.portal.last_proofs(1).await.unwrap().remove(0);
    assert_eq!((proof.differences, proof.is_restored, &proof.failed), (Some(0), true, &None), "{proof:?}");

    config.keeping.identity_file = None;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    nightly::run(&house.portal, &config).await;
    let proof = house.portal.last_proofs(1).await.unwrap().remove(0);
    assert_eq!((proof.differences, proof.is_restored), (None, false), "without the key it says that it was not restored");
    assert_eq!(description::list(&cluster.path("backups")).unwrap().len(), 1, "so many are kept");

    config.keeping.database_url = Some(cluster.url("chartkey_nobody", "chartkey"));
    nightly::run(&house.portal, &config).await;
    assert!(house.portal.last_proofs(1).await.unwrap().remove(0).failed.is_some());
    let last = cluster.run(&["verify", "--last"]);
    assert_eq!((last.status.code(), said(&last).lines().count()), (Some(1), 4), "{}", said(&last));
}

/// The only finding of a report, beside what restores cut.
fn only(report: &VerifyReport) -> Fault {
    let [finding] = report.findings.as_slice() else { panic!("{report:?}") };
    finding.fault
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_anchor_tells_a_log_that_a_restore_cut_from_one_that_was_tampered_with() {
    let clinic = Clinic::open().await;
    let (house, cluster) = (&clinic.house, &clinic.cluster);
    let grant = house.give(Purpose::Treatment).await;
    clinic.backup().await;
    house.portal.sharing(&house.ines()).await.unwrap();
    house.portal.withdraw_grant(&house.ines(), grant).await.unwrap();
    house.portal.keep_journal().await.unwrap();
    let anchor = cluster.path("anchor");
    Anchor::open(&anchor).await.unwrap().append(&house.portal).await.unwrap();

    let (backup, description) = description::choose(&cluster.path("backups"), None).unwrap();
    let request = restore::Request { backup, description, into: cluster.path("restored"), to: None, archive_reader: None };
    let keeping = clinic.config().keeping;
    let restored = tokio::task::spawn_blocking(move || restore::restore(&keeping, &request)).await.unwrap().unwrap();
    let portal = Portal::connect(&restored.runtime_url().unwrap(), Pepper::new([7; 32]), 2).await.unwrap();
    let beside = async || {
        let file = tokio::io::BufReader::new(tokio::fs::File::open(&anchor).await.unwrap());
        portal.verify(Some(file)).await.unwrap()
    };
    assert_eq!(only(&beside().await), Fault::CutOff, "nobody has accounted for it");

    portal.replay_journal(&[cluster.path("journal")], false).await.unwrap();
    let report = beside().await;
    assert!(report.findings.iter().any(|finding| finding.fault == Fault::RestoreUnanchored) && report.restores.is_empty(), "{report:?}");
    // The operator's command has it stand in the anchor file, and whoever looks has to know of it.
    let url = restored.runtime_url().unwrap();
    let command = |arguments: &[&str]| {
        let mut command = cluster.command(arguments);
        command.env("DATABASE_URL", &url).env("CHARTKEY_ANCHOR_FILE", &anchor).output().unwrap()
    };
    let replayed = command(&["replay-journal"]);
    assert!(said(&replayed).contains("the anchor file says now"), "{}", said(&replayed));
    let report = beside().await;
    assert!(report.is_sound() && report.restores.len() == 1, "{report:?}");
    assert_eq!((report.restores[0].entries, report.restores[0].chains), (2, 1), "the look and the withdrawal");
    let place = anchor.display().to_string();
    let found = command(&["verify-log", "--anchor", &place]);
    assert_eq!(found.status.code(), Some(1), "{}", said(&found));
    assert!(said(&found).contains("--restored-to"), "{}", said(&found));
    let rfc3339 = time::format_description::well_known::Rfc3339;
    let to = report.restores[0].restored_to.unwrap().format(&rfc3339).unwrap();
    let known = command(&["verify-log", "--anchor", &place, "--restored-to", &to]);
    assert_eq!(known.status.code(), Some(0), "{}", said(&known));

    let superuser = PgPool::connect(&restored.runtime_url().unwrap().replace("chartkey_runtime", "postgres")).await.unwrap();
    assert!(count(&superuser, "event").await > 0);
    sqlx::query("delete from event where chain like 'patient/%' and seq = (select max(seq) from event e where e.chain = event.chain)")
        .execute(&superuser)
        .await
        .unwrap();
    sqlx::query(
        "update chain_head h set (seq, hash) = (select e.seq, e.hash from event e where e.chain = h.chain order by seq desc limit 1)
        where chain like 'patient/%'",
    )
    .execute(&superuser)
    .await
    .unwrap();
    assert_eq!(only(&beside().await), Fault::CutOff, "what comes after the restore is still guarded");
}
