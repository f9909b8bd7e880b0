//! What took access away is in the journal once it was acknowledged, and the journal is whole or refused.

mod harness;
mod kept;
mod people;

use chartkey_domain::grant::Purpose;
use chartkey_portal::{
    Portal,
    journal::{self, Act},
    secrets::Pepper,
};
use kept::Kept;
use people::sentence;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

#[sqlx::test(migrations = "../../migrations")]
async fn every_act_that_takes_access_away_is_noted_with_its_commit(_: PgPoolOptions, options: PgConnectOptions) {
    let kept = Kept::build(options).await;
    let (house, ines) = (&kept.house, kept.house.ines());
    let before = kept.acts().await.len();
    let first = house.give(Purpose::Treatment).await;
    assert_eq!(house.portal.keep_journal().await.unwrap(), 0, "to give is not to take");
    house.portal.pause_grant(&ines, first).await.unwrap();
    house.portal.resume_grant(&ines, first).await.unwrap();
    let second = house.give(Purpose::Treatment).await;
    house.portal.withdraw_grant(&ines, second).await.unwrap();
    let new = house.draft(Purpose::Coordination).await;
    let code = house.portal.make_code(&ines, new.draft, new.terms, sentence()).await.unwrap();
    house.portal.refuse_code(&ines, code).await.unwrap();
    house.portal.invite(house.patient, "lost the first").await.unwrap();
    house.portal.invite(house.patient, "lost the second").await.unwrap();
    house
        .tamper(&format!("insert into block (patient_id, organization_id) select '{}', organization_id from organization", house.patient))
        .await;
    house.tamper("delete from block").await;
    house.tamper("insert into exclusion (patient_id, item_id, organization_id) select patient_id, item_id, organization_id from item, organization limit 1").await;
    house.tamper("insert into exclusion (patient_id, item_id) select patient_id, item_id from item limit 1").await;
    house.tamper("update account set password_hash = 'another' where kind = 'person'").await;
    house.tamper("update account set email = 'another@example.org' where kind = 'person'").await;
    house.tamper("insert into second_factor (account_id, sealed_seed) select account_id, '' from account where kind = 'person'").await;
    house.tamper("insert into recovery_code (account_id, code_hash) select account_id, sha256('1') from second_factor").await;
    house.tamper("update second_factor set confirmed_at = now()").await;
    house.tamper("update recovery_code set used_at = now()").await;
    house.tamper("delete from second_factor").await;
    house.tamper("insert into passkey (account_id, credential_id, name, credential) select account_id, '1', 'Phone', '{}' from account where kind = 'person'").await;
    house.tamper("update passkey set used_at = now()").await;
    house.tamper("delete from passkey").await;
    house
        .tamper(
            "insert into lowering (patient_id, item_id, category, labels) select patient_id, gen_random_uuid(), 6, 8 from patient limit 1",
        )
        .await;
    house.tamper("update lowering set labels = 0").await;
    house.portal.keep_journal().await.unwrap();
    assert_eq!(house.portal.journal_lag().await.unwrap().waiting, 0);

    let said: Vec<_> = kept
        .acts()
        .await
        .split_off(before)
        .iter()
        .map(|act| match act {
            Act::Grant { state, .. } => state.clone(),
            Act::Block { in_force, .. } => format!("block {in_force}"),
            Act::Exclusion { in_force, .. } => format!("exclusion {in_force}"),
            Act::Code { .. } => "code".to_owned(),
            Act::Claim { .. } => "claim".to_owned(),
            Act::Holder { in_force, .. } => format!("holder {in_force}"),
            Act::Password { digest, .. } => format!("password {}", digest.is_some()),
            Act::Email { .. } => "email".to_owned(),
            Act::SecondFactor { in_force, .. } => format!("factor {in_force}"),
            Act::RecoveryCode { .. } => "saved code".to_owned(),
            Act::Passkey { .. } => "passkey".to_owned(),
            Act::Undone { .. } => "undone".to_owned(),
            Act::Correction { .. } => "correction".to_owned(),
            Act::ByHand { in_force, .. } => format!("by-hand {in_force}"),
            Act::EmergencyPlan { categories, .. } => format!("emergency {categories}"),
            Act::Death { reported_at, .. } => format!("death {}", reported_at.is_some()),
            Act::IncapacityPlan { account, .. } => format!("stand-in {}", account.is_some()),
            Act::AsksFirst { in_force, .. } => format!("asks-first {in_force}"),
            Act::Admission { in_force, .. } => format!("admission {in_force}"),
            Act::Lowering { labels, .. } => format!("lowering {labels}"),
        })
        .collect();
    assert_eq!(
        said,
        [
            "paused",
            "active",
            "replaced",
            "withdrawn",
            "code",
            "claim",
            "block true",
            "block false",
            "exclusion true",
            "exclusion true",
            "password true",
            "email",
            "factor true",
            "saved code",
            "factor false",
            "passkey",
            "lowering 8",
            "lowering 0"
        ]
    );
    let text = std::fs::read_to_string(kept.file()).unwrap();
    for name in ["Ines", "Lindqvist", "results", "Haemoglobin", "another@example.org"] {
        assert!(!text.contains(name), "identifiers and times only: {name}");
    }
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_a_process_left_that_died_after_its_commit_is_written_by_the_next(_: PgPoolOptions, options: PgConnectOptions) {
    let kept = Kept::build(options).await;
    let (house, ines) = (&kept.house, kept.house.ines());
    let before = kept.acts().await.len();
    let grant = house.give(Purpose::Treatment).await;
    house.portal.withdraw_grant(&ines, grant).await.unwrap();
    assert_eq!(kept.acts().await.len(), before, "not acknowledged yet");
    let next = Portal::new(house.portal.pool().clone(), Pepper::new([7; 32])).unwrap().with_journal(&kept.file());
    next.refuse_an_older_database().await.unwrap();
    assert_eq!(next.keep_journal().await.unwrap(), 1);
    assert_eq!(kept.acts().await.len(), before + 1);
    // The first process goes on where the other ended.
    let grant = house.give(Purpose::Treatment).await;
    house.portal.withdraw_grant(&ines, grant).await.unwrap();
    house.portal.keep_journal().await.unwrap();
    assert_eq!(journal::read(&kept.file()).await.unwrap().fault(), None);
    assert_eq!(kept.acts().await.len(), before + 2);
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_journal_that_lost_lines_is_refused_and_one_that_was_changed_is_not_replayed(_: PgPoolOptions, options: PgConnectOptions) {
    let kept = Kept::build(options).await;
    let (house, ines) = (&kept.house, kept.house.ines());
    for purpose in [Purpose::Treatment, Purpose::Coordination] {
        let grant = house.give(purpose).await;
        house.portal.withdraw_grant(&ines, grant).await.unwrap();
    }
    house.portal.keep_journal().await.unwrap();
    let whole = std::fs::read_to_string(kept.file()).unwrap();
    let lines: Vec<_> = whole.split_inclusive('\n').collect();
    let (last, rest) = lines.split_last().unwrap();
    std::fs::write(kept.file(), rest.concat()).unwrap();
    let refused = house.portal.refuse_an_older_database().await.unwrap_err().to_string();
    assert!(refused.contains("does not hold what was written"), "{refused}");

    let (removed, rest) = rest.split_last().unwrap();
    std::fs::write(kept.file(), format!("{}{last}", rest.concat())).unwrap();
    assert!(removed.contains("withdrawn"));
    kept.goes_back("update access_grant set state = 'active', ended_at = null").await;
    let refused = house.portal.replay_journal(&[kept.file()], false).await.unwrap_err().to_string();
    assert!(refused.contains("was changed at line"), "{refused}");
    // A process of its own, as at the command line: it has read nothing of the file before.
    let operator = Portal::new(house.portal.pool().clone(), Pepper::new([7; 32])).unwrap();
    let replayed = operator.replay_journal(&[kept.file()], true).await.unwrap();
    assert_eq!(replayed.taken_away.grants_withdrawn, 1, "what it still says");
    let noted = "select count(*) from event where chain = 'system' and convert_from(bytes, 'UTF8') like '%restored-without-journal%'";
    assert_eq!(house.counted(noted).await, 1);
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_another_server_wrote_meanwhile_is_replayed_and_not_taken_for_known(_: PgPoolOptions, options: PgConnectOptions) {
    let kept = Kept::build(options).await;
    let (house, ines) = (&kept.house, kept.house.ines());
    let grant = house.give(Purpose::Treatment).await;
    house.portal.keep_journal().await.unwrap();
    house.tamper("create table mark as select * from journal_mark").await;
    house.portal.withdraw_grant(&ines, grant).await.unwrap();
    house.portal.keep_journal().await.unwrap();
    // The restored database, on which a replay of the file as it was then has left something to be written.
    kept.goes_back(
        "update access_grant set state = 'active', ended_at = null;
        insert into journal_outbox (act) select jsonb_build_object('kind', 'claim', 'claim', gen_random_uuid())",
    )
    .await;
    house.tamper("insert into journal_mark select * from mark").await;
    assert!(kept.may_read().await);
    let operator = Portal::new(house.portal.pool().clone(), Pepper::new([7; 32])).unwrap().with_journal(&kept.file());
    let refused = operator.open_journal().await.unwrap_err().to_string();
    assert!(refused.contains("replay-journal"), "nothing is written behind what is not known: {refused}");
    let replayed = operator.replay_journal(&[kept.file()], false).await.unwrap();
    assert_eq!((replayed.was_needed, replayed.taken_away.grants_withdrawn), (true, 1));
    assert!(!kept.may_read().await);
    operator.refuse_an_older_database().await.unwrap();
    assert_eq!(operator.journal_lag().await.unwrap().waiting, 0, "and then it is written");
}

#[sqlx::test(migrations = "../../migrations")]
async fn a_journal_that_is_not_there_is_not_begun_anew_unasked(_: PgPoolOptions, options: PgConnectOptions) {
    let kept = Kept::build(options).await;
    let house = &kept.house;
    let elsewhere = kept.folder.path().join("not-mounted");
    let second = Portal::new(house.portal.pool().clone(), Pepper::new([7; 32])).unwrap().with_journal(&elsewhere);
    for begin in [false, true] {
        if begin {
            std::fs::write(&elsewhere, "").unwrap();
        }
        let refused = second.refuse_an_older_database().await.unwrap_err().to_string();
        assert!(refused.contains("not there or empty"), "{refused}");
    }
    // A server of its own is begun by its operator, who gives the journals that there are.
    assert!(!second.replay_journal(&[kept.file()], false).await.unwrap().was_needed);
    second.refuse_an_older_database().await.unwrap();
    house.portal.refuse_an_older_database().await.unwrap();

    let refused = second.replay_journal(std::slice::from_ref(&elsewhere), false).await.unwrap_err().to_string();
    assert!(refused.contains("1 of the journals that the database knows were not given"), "{refused}");
    assert!(second.replay_journal(std::slice::from_ref(&elsewhere), true).await.unwrap().was_needed);
    assert!(!second.replay_journal(&[elsewhere], false).await.unwrap().was_needed, "it is not asked for again");
}

#[sqlx::test(migrations = "../../migrations")]
async fn what_a_request_began_is_kept_also_when_it_was_given_up(_: PgPoolOptions, options: PgConnectOptions) {
    let kept = Kept::build(options).await;
    let (house, ines) = (&kept.house, kept.house.ines());
    let grant = house.give(Purpose::Treatment).await;
    house.portal.keep_journal().await.unwrap();
    let before = kept.acts().await.len();
    let mut lock = house.superuser.begin().await.unwrap();
    sqlx::query("lock table access_grant in exclusive mode").execute(&mut *lock).await.unwrap();
    let given_up = tokio::time::timeout(
        std::time::Duration::from_millis(300),
        house.portal.owing(async { house.portal.withdraw_grant(&ines, grant).await.unwrap() }),
    );
    assert!(given_up.await.is_err(), "it waits for the lock");
    lock.rollback().await.unwrap();
    let written = async {
        while kept.acts().await.len() == before {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), written).await.unwrap();
    assert!(!kept.may_read().await);
}
