//! Whoever changes the log behind the portal's back is found.

mod harness;
mod people;

use chartkey_domain::grant::Purpose;
use chartkey_portal::audit::{
    anchor::Anchor,
    verify::{Fault, VerifyReport},
};
use harness::Ground;
use people::House;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::io::BufReader;

/// A log with six entries in the patient's chain, anchored after the fourth and the last.
struct Log {
    house: House,
    chain: String,
    anchor: std::path::PathBuf,
}

impl Log {
    async fn write(options: PgConnectOptions) -> Self {
        let house = House::build(Ground::lay(options).await).await;
        let anchor = std::env::temp_dir().join(format!("chartkey-anchor-{}", uuid::Uuid::new_v4()));
        let mut file = Anchor::open(&anchor).await.unwrap();
        let grant = house.give(Purpose::Treatment).await;
        for _ in 0..3 {
            house.portal.sharing(&house.ines()).await.unwrap();
        }
        file.append(&house.portal).await.unwrap();
        drop(file);
        let mut file = Anchor::open(&anchor).await.unwrap();
        house.portal.withdraw_grant(&house.ines(), grant).await.unwrap();
        house.portal.shared_list(&house.doctor(None)).await.unwrap();
        house.portal.sharing(&house.ines()).await.unwrap();
        file.append(&house.portal).await.unwrap();
        file.append(&house.portal).await.unwrap();
        let chain = format!("patient/{}", house.patient);
        Self { house, chain, anchor }
    }

    async fn tamper(&self, statement: &str) {
        self.house.tamper(&statement.replace("CHAIN", &format!("'{}'", self.chain))).await;
    }

    async fn alone(&self) -> VerifyReport {
        self.house.portal.verify(None::<BufReader<tokio::fs::File>>).await.unwrap()
    }

    async fn beside_the_anchor(&self) -> VerifyReport {
        let file = tokio::fs::File::open(&self.anchor).await.unwrap();
        self.house.portal.verify(Some(BufReader::new(file))).await.unwrap()
    }

    /// The only finding, which is in the patient's chain.
    fn only(&self, report: &VerifyReport) -> (i64, Fault) {
        let [finding] = report.findings.as_slice() else { panic!("{report:?}") };
        assert_eq!(finding.chain, self.chain);
        (finding.seq, finding.fault)
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.anchor);
    }
}

/// Writes the patient's chain anew from this place on, with hashes that follow.
const REWRITE: &str = "do $$
declare previous bytea; entry record;
begin
    select coalesce((select hash from event where chain = CHAIN and seq = FROM - 1), decode(repeat('00', 32), 'hex')) into previous;
    for entry in select seq, bytes from event where chain = CHAIN and seq >= FROM order by seq loop
        previous := sha256('chartkey-event-1'::bytea || convert_to(CHAIN, 'UTF8') || int8send(entry.seq) || previous || entry.bytes);
        update event set hash = previous where chain = CHAIN and seq = entry.seq;
    end loop;
    update chain_head set hash = previous, seq = (select max(seq) from event where chain = CHAIN) where chain = CHAIN;
end $$";

const CHANGE: &str =
    "update event set bytes = convert_to(replace(convert_from(bytes, 'UTF8'), 'Ines', 'Nobody'), 'UTF8') where chain = CHAIN and seq = 3";

#[sqlx::test(migrations = "../../migrations")]
async fn an_untouched_log_is_sound_and_the_report_says_what_was_not_looked_for(_: PgPoolOptions, options: PgConnectOptions) {
    let log = Log::write(options).await;
    let alone = log.alone().await;
    assert!(alone.is_sound(), "{alone:?}");
    assert_eq!(alone.anchor_lines, None);
    let beside = log.beside_the_anchor().await;
    assert!(beside.is_sound(), "{beside:?}");
    assert_eq!((beside.anchor_lines, beside.chains), (Some(3), 2));
    assert_eq!(beside.entries, 7);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_changed_entry_is_named(_: PgPoolOptions, options: PgConnectOptions) {
    let log = Log::write(options).await;
    log.tamper(CHANGE).await;
    assert_eq!(log.only(&log.alone().await), (3, Fault::DoesNotFollow));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_removed_entry_is_named_by_the_one_after_it(_: PgPoolOptions, options: PgConnectOptions) {
    let log = Log::write(options).await;
    log.tamper("delete from event where chain = CHAIN and seq = 3").await;
    assert_eq!(log.only(&log.alone().await), (4, Fault::Missing));
}

#[sqlx::test(migrations = "../../migrations")]
async fn an_entry_that_was_put_in_is_named(_: PgPoolOptions, options: PgConnectOptions) {
    let log = Log::write(options).await;
    log.tamper("update event set seq = seq + 1000 where chain = CHAIN and seq > 3").await;
    log.tamper("update event set seq = seq - 999 where chain = CHAIN and seq > 3").await;
    log.tamper("insert into event select chain, 4, sha256('a'), bytes from event where chain = CHAIN and seq = 3").await;
    assert_eq!(log.only(&log.alone().await), (4, Fault::DoesNotFollow));
}

#[sqlx::test(migrations = "../../migrations")]
async fn two_entries_that_changed_places_are_named(_: PgPoolOptions, options: PgConnectOptions) {
    let log = Log::write(options).await;
    log.tamper("update event set seq = 1000 where chain = CHAIN and seq = 2").await;
    log.tamper("update event set seq = 2 where chain = CHAIN and seq = 3").await;
    log.tamper("update event set seq = 3 where chain = CHAIN and seq = 1000").await;
    assert_eq!(log.only(&log.alone().await), (2, Fault::DoesNotFollow));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_tail_that_was_cut_off_with_its_head_is_found_beside_the_anchor_alone(_: PgPoolOptions, options: PgConnectOptions) {
    let log = Log::write(options).await;
    log.tamper("delete from event where chain = CHAIN and seq > 4").await;
    assert_eq!(log.only(&log.alone().await), (5, Fault::Head), "the head still says that there was more");
    log.tamper("update chain_head set seq = 4, hash = (select hash from event where chain = CHAIN and seq = 4) where chain = CHAIN").await;
    assert!(log.alone().await.is_sound());
    assert_eq!(log.only(&log.beside_the_anchor().await), (5, Fault::CutOff));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_chain_that_was_written_anew_is_found_beside_the_anchor_alone(_: PgPoolOptions, options: PgConnectOptions) {
    let log = Log::write(options).await;
    log.tamper(CHANGE).await;
    log.tamper(&REWRITE.replace("FROM", "3")).await;
    assert!(log.alone().await.is_sound());
    assert_eq!(log.only(&log.beside_the_anchor().await), (4, Fault::WrittenAnew), "the first anchored entry at or after the change");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_chain_that_is_gone_altogether_is_found_beside_the_anchor(_: PgPoolOptions, options: PgConnectOptions) {
    let log = Log::write(options).await;
    log.tamper("delete from event where chain = CHAIN").await;
    log.tamper("delete from chain_head where chain = CHAIN").await;
    assert_eq!(log.only(&log.beside_the_anchor().await), (1, Fault::CutOff));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_changed_anchor_file_is_found(_: PgPoolOptions, options: PgConnectOptions) {
    let log = Log::write(options).await;
    let text = std::fs::read_to_string(&log.anchor).unwrap();
    std::fs::write(&log.anchor, text.replacen("\"at\":\"2", "\"at\":\"3", 1)).unwrap();
    let report = log.beside_the_anchor().await;
    let finding = report.findings.first().unwrap();
    assert_eq!((finding.chain.as_str(), finding.seq, finding.fault), ("anchor", 2, Fault::AnchorLine));
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_restore_that_was_put_into_the_database_excuses_nothing(_: PgPoolOptions, options: PgConnectOptions) {
    let log = Log::write(options).await;
    let cut = "delete from event where chain = CHAIN and seq > 4;
        update chain_head set seq = 4, hash = (select hash from event where chain = CHAIN and seq = 4) where chain = CHAIN;
        insert into restore (restored_to, heads, taken_away)
            select now(), jsonb_object_agg(chain, jsonb_build_array(seq, encode(hash, 'hex'))), '{}' from chain_head where seq > 0";
    for statement in cut.split(';') {
        log.tamper(statement).await;
    }
    // The worker goes on as ever, and says nothing of it.
    Anchor::open(&log.anchor).await.unwrap().append(&log.house.portal).await.unwrap();
    let report = log.beside_the_anchor().await;
    let found: Vec<_> = report.findings.iter().map(|finding| (finding.chain.as_str(), finding.seq, finding.fault)).collect();
    assert_eq!(found, [(log.chain.as_str(), 5, Fault::CutOff), ("restore", 1, Fault::RestoreUnanchored)]);
    assert!(report.restores.is_empty());

    // The operator's command has it said, and then it is named in every report.
    let moments = Anchor::open(&log.anchor).await.unwrap().append_restores(&log.house.portal).await.unwrap();
    let report = log.beside_the_anchor().await;
    assert!(report.is_sound(), "{report:?}");
    assert_eq!(
        report.restores.iter().map(|cut| (cut.entries, cut.chains, cut.restored_to)).collect::<Vec<_>>(),
        [(2, 1, Some(moments[0]))]
    );
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_chain_that_was_written_anew_and_anchored_again_is_found(_: PgPoolOptions, options: PgConnectOptions) {
    let log = Log::write(options).await;
    log.tamper("delete from event where chain = CHAIN and seq > 4").await;
    log.tamper(CHANGE).await;
    log.tamper(&REWRITE.replace("FROM", "3")).await;
    Anchor::open(&log.anchor).await.unwrap().append(&log.house.portal).await.unwrap();
    assert_eq!(log.only(&log.beside_the_anchor().await), (4, Fault::WrittenAnew));
}
